//! The fit of an account to the profile of the key accounts, and how well it tells them apart.

use kam_numerics::stats::{self, WeightOfEvidence};
use rayon::prelude::*;

use super::bins::{Binned, NONE};

/// How many accounts of each bin are key, and how many are not.
pub(super) struct Counts {
    pub keys: Vec<u64>,
    pub others: Vec<u64>,
}

impl Counts {
    pub fn of(binned: &Binned, accounts: impl Iterator<Item = (usize, bool)>) -> Self {
        let mut counts = Counts { keys: vec![0; binned.labels.len()], others: vec![0; binned.labels.len()] };
        for (at, key) in accounts {
            if binned.codes[at] != NONE {
                let side = if key { &mut counts.keys } else { &mut counts.others };
                side[binned.codes[at] as usize] += 1;
            }
        }
        counts
    }

    /// The same of each fold by itself.
    fn by_fold(binned: &Binned, accounts: &[(usize, bool)], fold: &[usize], folds: usize) -> Vec<Counts> {
        let mut counts: Vec<Counts> = (0..folds).map(|_| Counts::of(binned, std::iter::empty())).collect();
        for ((at, key), fold) in accounts.iter().zip(fold) {
            if binned.codes[*at] != NONE {
                let side = if *key { &mut counts[*fold].keys } else { &mut counts[*fold].others };
                side[binned.codes[*at] as usize] += 1;
            }
        }
        counts
    }

    /// All folds together but one.
    fn without(folds: &[Counts], held_out: usize) -> Counts {
        let bins = folds.first().map_or(0, |counts| counts.keys.len());
        let sum = |side: fn(&Counts) -> &[u64], bin: usize| {
            let rest = folds.iter().enumerate().filter(|(fold, _)| *fold != held_out);
            rest.map(|(_, counts)| side(counts)[bin]).sum()
        };
        let all = |side: fn(&Counts) -> &[u64]| (0..bins).map(|bin| sum(side, bin)).collect();
        Counts { keys: all(|counts| &counts.keys), others: all(|counts| &counts.others) }
    }
}

/// The weights of the attributes that tell enough.
pub(super) struct Scorecard {
    /// Per attribute its weights; `None` where it tells too little to be used.
    pub used: Vec<Option<WeightOfEvidence>>,
    worst: f64,
    best: f64,
}

impl Scorecard {
    /// `least` is the information value from which on an attribute is used.
    pub fn new(evidence: Vec<Option<WeightOfEvidence>>, least: f64) -> Self {
        let used: Vec<_> = evidence
            .into_iter()
            .map(|evidence| {
                // Without smoothing a weight may be infinite, and nothing adds up with it.
                evidence.filter(|evidence| evidence.information_value >= least && evidence.weights.iter().all(|weight| weight.is_finite()))
            })
            .collect();
        let bound = |pick: fn(f64, f64) -> f64| {
            used.iter().flatten().map(|evidence| evidence.weights.iter().copied().fold(0.0, pick)).fold(0.0, |sum, part| sum + part)
        };
        Scorecard { worst: bound(f64::min), best: bound(f64::max), used }
    }

    /// The sum of an account's weights.
    pub fn score(&self, attributes: &[Binned], at: usize) -> f64 {
        let each = self.used.iter().zip(attributes).filter_map(|(evidence, binned)| Some((evidence.as_ref()?, binned.codes[at])));
        each.filter(|(_, code)| *code != NONE).fold(0.0, |sum, (evidence, code)| sum + evidence.weights[code as usize])
    }

    /// The score on the way from the worst that an account could have (0) to the best (1); `None` where no attribute is used.
    pub fn fit(&self, score: f64) -> Option<f64> {
        (self.best > self.worst).then(|| ((score - self.worst) / (self.best - self.worst)).clamp(0.0, 1.0))
    }
}

/// The evidence of every attribute in these accounts.
pub(super) fn evidence(attributes: &[Binned], accounts: &[(usize, bool)], smoothing: f64) -> Vec<Option<WeightOfEvidence>> {
    let of = |binned: &Binned| {
        let counts = Counts::of(binned, accounts.iter().copied());
        stats::weight_of_evidence(&counts.keys, &counts.others, smoothing)
    };
    attributes.par_iter().map(of).collect()
}

/// The mean over the folds of the area under the curve of accounts that took no part in making the weights; `None` where a fold could not be
/// judged because too few accounts are key, or are not.
pub(super) fn cross_validated_auc(
    attributes: &[Binned],
    accounts: &[(usize, bool)],
    folds: usize,
    seed: u64,
    smoothing: f64,
    least: f64,
) -> Option<f64> {
    let fold = fold_of(accounts, folds, seed);
    let counted: Vec<Vec<Counts>> = attributes.par_iter().map(|binned| Counts::by_fold(binned, accounts, &fold, folds)).collect();
    let area = |held_out: usize| {
        let training = counted.iter().map(|folds| Counts::without(folds, held_out));
        let evidence = training.map(|counts| stats::weight_of_evidence(&counts.keys, &counts.others, smoothing));
        let card = Scorecard::new(evidence.collect(), least);
        let test = accounts.iter().zip(&fold).filter(|(_, fold)| **fold == held_out);
        let (scores, marked): (Vec<f64>, Vec<bool>) = test.map(|((at, key), _)| (card.score(attributes, *at), *key)).unzip();
        stats::area_under_curve(&scores, &marked)
    };
    let areas: Vec<f64> = (0..folds).into_par_iter().map(area).collect::<Option<_>>()?;
    #[expect(clippy::cast_precision_loss, reason = "a count of folds")]
    (!areas.is_empty()).then(|| areas.iter().sum::<f64>() / areas.len() as f64)
}

/// Deals the key accounts and the others to the folds, each in an order drawn by the seed, so that every fold has its part of both.
fn fold_of(accounts: &[(usize, bool)], folds: usize, seed: u64) -> Vec<usize> {
    let mut fold = vec![0; accounts.len()];
    for side in [true, false] {
        let mut drawn: Vec<(u64, usize)> = (0u64..)
            .zip(accounts)
            .enumerate()
            .filter(|(_, (_, (_, key)))| *key == side)
            .map(|(place, (number, _))| (scatter(seed ^ scatter(number)), place))
            .collect();
        drawn.sort_unstable();
        for (nth, (_, place)) in drawn.into_iter().enumerate() {
            fold[place] = nth % folds;
        }
    }
    fold
}

/// A number that looks drawn: the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(codes: &[u32], bins: usize) -> Binned {
        Binned { name: "x".to_owned(), is_numeric: false, labels: vec![String::new(); bins], codes: codes.to_vec() }
    }

    #[test]
    fn folds_share_out_both_sides() {
        let accounts: Vec<(usize, bool)> = (0..103).map(|at| (at, at % 5 == 0)).collect();
        let fold = fold_of(&accounts, 5, 7);
        for which in 0..5 {
            let keys = accounts.iter().zip(&fold).filter(|((_, key), fold)| *key && **fold == which).count();
            let others = accounts.iter().zip(&fold).filter(|((_, key), fold)| !*key && **fold == which).count();
            assert!((4..=5).contains(&keys) && (16..=17).contains(&others), "{keys} {others}");
        }
        assert_eq!(fold, fold_of(&accounts, 5, 7));
        assert_ne!(fold, fold_of(&accounts, 5, 8));
    }

    #[test]
    fn what_tells_apart_has_a_large_area_and_noise_has_none() {
        let accounts: Vec<(usize, bool)> = (0..200).map(|at| (at, at % 4 == 0)).collect();
        let telling: Vec<u32> = (0..200u32).map(|at| if at % 4 == 0 { u32::from(at % 20 == 0) } else { 1 }).collect();
        let auc = cross_validated_auc(&[attribute(&telling, 2)], &accounts, 5, 1, 0.5, 0.02).unwrap();
        assert!(auc > 0.85, "{auc}");
        let noise: Vec<u32> = (0..200u64).map(|at| (scatter(at) % 2) as u32).collect();
        let auc = cross_validated_auc(&[attribute(&noise, 2)], &accounts, 5, 1, 0.5, 0.0).unwrap();
        assert!((0.3..0.7).contains(&auc), "{auc}");
        assert_eq!(cross_validated_auc(&[attribute(&noise, 2)], &accounts[..8], 5, 1, 0.5, 0.0), None, "two key accounts for five folds");
    }

    #[test]
    fn the_fit_runs_from_the_worst_to_the_best() {
        let codes = attribute(&[0, 1, NONE], 2);
        let evidence = stats::weight_of_evidence(&[8, 2], &[2, 8], 0.0);
        let card = Scorecard::new(vec![evidence], 0.02);
        let fit = |at: usize| card.fit(card.score(std::slice::from_ref(&codes), at));
        assert_eq!((fit(0), fit(1)), (Some(1.0), Some(0.0)));
        assert!((fit(2).unwrap() - 0.5).abs() < 1e-12, "who fits no bin is in the middle");
        assert_eq!(Scorecard::new(vec![None], 0.02).fit(0.0), None);
    }
}
