//! SMAA-2: how a ranking holds where nobody agrees on the weights.
//!
//! R. Lahdelma and P. Salminen, "SMAA-2: stochastic multicriteria acceptability analysis for group decision making", *Operations Research*
//! 49 (2001), 444–454; T. Tervonen and R. Lahdelma, "Implementing stochastic multicriteria acceptability analysis", *European Journal of
//! Operational Research* 178 (2007), 500–513.

mod constraints;
mod ranks;

pub use constraints::WeightConstraints;

use std::ops::Range;

use rayon::prelude::*;

use self::constraints::Sampler;
use self::ranks::{Counts, all_ranks, first_ranks};
use super::error::McdaError;
use super::extent::extents;
use super::matrix::{Matrix, PIECE};
use super::normalise::{Direction, Normalisation};
use super::scale::{check_directions, normalised};

/// How to sample.
#[derive(Clone, Debug, PartialEq)]
pub struct SmaaOptions {
    /// How the criteria are brought to a common scale; `None` takes benefits as they are and costs negated.
    pub normalisation: Option<Normalisation>,
    /// What is known of the weights.
    pub constraints: WeightConstraints,
    /// How many sets of weights are drawn.
    pub samples: usize,
    /// Where the random numbers start: the same seed gives the same bits, on any number of threads.
    pub seed: u64,
    /// How many ranks are kept, from the first; all without a number. The first few of many alternatives are found without sorting them.
    pub ranks: Option<usize>,
}

impl Default for SmaaOptions {
    fn default() -> Self {
        SmaaOptions {
            normalisation: Some(Normalisation::MinMax),
            constraints: WeightConstraints::default(),
            samples: 10_000,
            seed: 0,
            ranks: None,
        }
    }
}

/// Counts are kept for at most this many pairs of alternative and rank: 8 GiB.
const MOST_COUNTS: usize = 1 << 31;

/// Acceptabilities and central weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Smaa {
    /// How many alternatives there are.
    pub alternatives: usize,
    /// How many criteria there are.
    pub criteria: usize,
    /// How many ranks were kept.
    pub ranks: usize,
    /// How many sets of weights were drawn.
    pub samples: usize,
    /// How often each alternative, or one that equals it in every criterion, stood on each rank: alternatives × ranks.
    pub counts: Vec<u32>,
    /// How many alternatives equal it in every criterion, itself included: they share their counts.
    pub twins: Vec<u32>,
    /// The mean of the weights under which each alternative comes first, alternatives × criteria; NaN for those that never do.
    pub central_weights: Vec<f64>,
    /// The probability of coming first under its own central weights. Values are exact here, and the weights that favour an alternative are
    /// convex, so it is 1 for whoever ever comes first; 0 for the rest.
    pub confidence: Vec<f64>,
    /// The mean of all weights that were drawn.
    pub mean_weights: Vec<f64>,
}

impl Smaa {
    /// The share of the weights under which an alternative stands on a rank, from 0 for the first.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of samples are far below 2⁵³")]
    pub fn acceptability(&self, alternative: usize, rank: usize) -> f64 {
        if self.samples == 0 {
            return 0.0;
        }
        f64::from(self.counts[alternative * self.ranks + rank]) / (f64::from(self.twins[alternative]) * self.samples as f64)
    }

    /// The share of the weights under which an alternative stands among the first few.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of samples are far below 2⁵³")]
    pub fn among_first(&self, alternative: usize, ranks: usize) -> f64 {
        let row = &self.counts[alternative * self.ranks..(alternative + 1) * self.ranks];
        let count: u64 = row.iter().take(ranks).map(|count| u64::from(*count)).sum();
        count as f64 / (f64::from(self.twins[alternative]) * self.samples.max(1) as f64)
    }

    /// All acceptabilities, alternatives × ranks.
    #[must_use]
    pub fn acceptabilities(&self) -> Vec<f64> {
        let mut all = vec![0.0; self.counts.len()];
        all.par_chunks_mut(self.ranks.max(1)).enumerate().with_min_len(64).for_each(|(alternative, row)| {
            row.iter_mut().enumerate().for_each(|(rank, share)| *share = self.acceptability(alternative, rank));
        });
        all
    }
}

/// Ranks the alternatives by the weighted sum under random weights, and counts.
///
/// Alternatives that are equal in every criterion share their ranks evenly; other equal scores, which hardly ever occur, stand in the order of
/// their values by the first criterion, then the next, the better one before. Kept in full, acceptabilities are doubly stochastic: every row and every column adds up to 1.
pub fn smaa(matrix: &Matrix<'_>, directions: &[Direction], options: &SmaaOptions) -> Result<Smaa, McdaError> {
    smaa_watched(matrix, directions, options, &|_| true)
}

/// [`smaa`] that tells `goes_on` now and then how many samples are done, and stops where it says no.
pub fn smaa_watched(
    matrix: &Matrix<'_>,
    directions: &[Direction],
    options: &SmaaOptions,
    goes_on: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Smaa, McdaError> {
    check_directions(matrix, directions)?;
    extents(matrix)?;
    let (alternatives, criteria) = (matrix.alternatives(), matrix.criteria());
    let refuse = |name, value: usize, expected| {
        #[expect(clippy::cast_precision_loss, reason = "for a message")]
        Err(McdaError::Parameter { name, criterion: None, value: value as f64, expected })
    };
    if options.samples == 0 || u32::try_from(options.samples).is_err() {
        return refuse("samples", options.samples, "a number from 1 to 4294967295");
    }
    if options.ranks == Some(0) {
        return refuse("ranks", 0, "a number of 1 or more");
    }
    let ranks = options.ranks.unwrap_or(alternatives).min(alternatives);
    if alternatives.saturating_mul(ranks) > MOST_COUNTS || u32::try_from(alternatives).is_err() {
        return refuse("ranks", ranks, "fewer: alternatives times ranks must stay below 2³¹");
    }
    let columns = normalised(matrix, directions, options.normalisation)?;
    let sampler = Sampler::new(criteria, &options.constraints, options.seed)?;
    let weights: Vec<Vec<f64>> = (0..options.samples).into_par_iter().map(|sample| sampler.weights(sample)).collect::<Result<_, _>>()?;
    // From here on alternatives stand in the order of their values: results are put back into the caller's order at the end.
    let order = by_values(&columns, alternatives);
    let columns: Vec<Vec<f64>> = columns.into_par_iter().map(|column| order.iter().map(|at| column[*at]).collect()).collect();
    let counted = if ranks.saturating_mul(8) <= alternatives {
        first_ranks(&columns, &weights, alternatives, ranks, goes_on)
    } else {
        all_ranks(&columns, &weights, alternatives, ranks, goes_on)
    };
    let Counts { counts: counted, firsts } = counted.ok_or(McdaError::Stopped)?;
    let mut counts = vec![0u32; alternatives * ranks];
    let mut twins = vec![1; alternatives];
    let mut speaker: Vec<usize> = (0..alternatives).collect();
    for group in equal_runs(&columns, alternatives) {
        // Only one alternative stands on a rank, so no sum exceeds the samples.
        let mut sum = vec![0u32; ranks];
        for at in group.clone() {
            sum.iter_mut().zip(&counted[at * ranks..]).for_each(|(sum, count)| *sum += count);
        }
        for at in group.clone() {
            let place = order[at];
            counts[place * ranks..(place + 1) * ranks].copy_from_slice(&sum);
            twins[place] = u32::try_from(group.len()).unwrap_or(u32::MAX);
            speaker[at] = group.start;
        }
    }
    let (central_weights, confidence) = central(&columns, &weights, &firsts, &speaker, &order);
    let mean = |criterion: usize| weights.iter().map(|weights| weights[criterion]).sum::<f64>();
    #[expect(clippy::cast_precision_loss, reason = "counts of samples are far below 2⁵³")]
    let mean_weights = (0..criteria).map(|criterion| mean(criterion) / options.samples as f64).collect();
    Ok(Smaa { alternatives, criteria, ranks, samples: options.samples, counts, twins, central_weights, confidence, mean_weights })
}

/// The alternatives by their values, criterion by criterion, the highest first; equal ones in their own order. Whoever is at least as good by
/// every criterion then stands before.
fn by_values(columns: &[Vec<f64>], alternatives: usize) -> Vec<usize> {
    let Some((first, others)) = columns.split_first() else { return (0..alternatives).collect() };
    let compare = |a: usize, b: usize| {
        others.iter().map(|column| column[b].total_cmp(&column[a])).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    };
    // The first value beside the place: most comparisons need no other.
    let mut order: Vec<(f64, usize)> = first.iter().copied().zip(0..).collect();
    order.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| compare(a.1, b.1)).then(a.1.cmp(&b.1)));
    order.into_iter().map(|(_, at)| at).collect()
}

/// Runs of alternatives that are equal in every criterion, of one and more; they stand in the order of their values.
fn equal_runs(columns: &[Vec<f64>], alternatives: usize) -> Vec<Range<usize>> {
    let equal = |a: usize, b: usize| columns.iter().all(|column| column[a].total_cmp(&column[b]).is_eq());
    let starts: Vec<usize> = (0..alternatives).filter(|at| *at == 0 || !equal(at - 1, *at)).collect();
    let ends = starts.iter().skip(1).copied().chain([alternatives]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// The mean weights of whoever comes first, and whether they come first under them. Twins speak with one voice. `order` says where results go.
fn central(columns: &[Vec<f64>], weights: &[Vec<f64>], firsts: &[usize], speaker: &[usize], order: &[usize]) -> (Vec<f64>, Vec<f64>) {
    let (alternatives, criteria) = (speaker.len(), columns.len());
    let mut central = vec![f64::NAN; alternatives * criteria];
    let mut confidence = vec![0.0; alternatives];
    if alternatives == 0 {
        return (central, confidence);
    }
    // By whoever is first and then by sample, so that sums run in one order.
    let mut samples: Vec<(usize, usize)> = firsts.iter().enumerate().map(|(sample, first)| (speaker[*first], sample)).collect();
    samples.sort_unstable();
    let groups: Vec<&[(usize, usize)]> = samples.chunk_by(|a, b| a.0 == b.0).collect();
    let found: Vec<(usize, Vec<f64>, f64)> = groups
        .into_par_iter()
        .map(|group| {
            #[expect(clippy::cast_precision_loss, reason = "counts of samples are far below 2⁵³")]
            let count = group.len() as f64;
            let mean: Vec<f64> =
                (0..criteria).map(|criterion| group.iter().map(|(_, sample)| weights[*sample][criterion]).sum::<f64>() / count).collect();
            let score = |at: usize| columns.iter().zip(&mean).map(|(column, weight)| weight * column[at]).sum::<f64>();
            let own = score(group[0].0);
            let slack = 1e-9 * own.abs().max(1.0);
            let is_first = (0..alternatives).into_par_iter().with_min_len(PIECE).all(|at| score(at) <= own + slack);
            (group[0].0, mean, f64::from(is_first))
        })
        .collect();
    let mut of_speaker = vec![usize::MAX; alternatives];
    for (at, (first, _, _)) in found.iter().enumerate() {
        of_speaker[*first] = at;
    }
    for at in 0..alternatives {
        if let Some((_, mean, sure)) = found.get(of_speaker[speaker[at]]) {
            let place = order[at];
            central[place * criteria..(place + 1) * criteria].copy_from_slice(mean);
            confidence[place] = *sure;
        }
    }
    (central, confidence)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BENEFIT, close, directions, matrices, two_dominated};
    use super::*;
    use proptest::prelude::*;

    fn run(rows: &[f64], directions: &[Direction], options: &SmaaOptions) -> Smaa {
        smaa(&Matrix::of_rows(rows, directions.len()).unwrap(), directions, options).unwrap()
    }

    /// With two criteria the weights are one number, and every acceptability is the length of an interval.
    #[test]
    fn two_criteria_by_hand() {
        // Scores w, 1 − w and 0.6 throughout: the third is first for w between 0.4 and 0.6.
        let options = SmaaOptions { normalisation: None, samples: 100_000, ..Default::default() };
        let result = run(&[1.0, 0.0, 0.0, 1.0, 0.6, 0.6], &BENEFIT[..2], &options);
        close(&result.acceptabilities(), &[0.4, 0.1, 0.5, 0.4, 0.1, 0.5, 0.2, 0.8, 0.0], 0.005);
        close(&result.central_weights, &[0.8, 0.2, 0.2, 0.8, 0.5, 0.5], 0.005);
        assert_eq!(result.confidence, [1.0; 3]);
        close(&result.mean_weights, &[0.5, 0.5], 0.005);
        // Where the first criterion matters more: w from ½ to 1.
        let constraints = WeightConstraints { order: vec![0, 1], ..Default::default() };
        let result = run(&[1.0, 0.0, 0.0, 1.0, 0.6, 0.6], &BENEFIT[..2], &SmaaOptions { constraints, ..options });
        close(&result.acceptabilities(), &[0.8, 0.2, 0.0, 0.0, 0.0, 1.0, 0.2, 0.8, 0.0], 0.005);
        assert!(result.central_weights[2].is_nan());
        assert_eq!(result.confidence, [1.0, 0.0, 1.0]);
    }

    #[test]
    fn twins_share_and_few_ranks_are_a_part_of_all() {
        let rows = [1.0, 0.0, 0.5, 0.4, 0.5, 0.4, 0.0, 1.0];
        let all = run(&rows, &BENEFIT[..2], &SmaaOptions { samples: 1000, ..Default::default() });
        for rank in 0..4 {
            assert_eq!(all.acceptability(1, rank), all.acceptability(2, rank));
        }
        assert_eq!(all.twins, [1, 2, 2, 1]);
        let few = run(&rows, &BENEFIT[..2], &SmaaOptions { samples: 1000, ranks: Some(2), ..Default::default() });
        for at in 0..4 {
            assert_eq!(few.among_first(at, 2), all.acceptability(at, 0) + all.acceptability(at, 1));
            assert_eq!(few.acceptability(at, 1), all.acceptability(at, 1));
        }
    }

    #[test]
    fn threads_do_not_matter() {
        let rows: Vec<f64> = (0..3000).map(|at| f64::from((at * 7919) % 1009)).collect();
        let with = |threads, ranks| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let options = SmaaOptions { samples: 300, seed: 42, ranks, ..Default::default() };
            pool.install(|| format!("{:?}", run(&rows, &BENEFIT[..5], &options)))
        };
        assert_eq!(with(1, None), with(3, None));
        assert_eq!(with(1, Some(7)), with(3, Some(7)));
    }

    #[test]
    fn stops_where_it_is_told_to() {
        let matrix = Matrix::of_rows(&[1.0, 2.0], 1).unwrap();
        for ranks in [None, Some(1)] {
            let options = SmaaOptions { samples: 5000, ranks, ..Default::default() };
            assert_eq!(smaa_watched(&matrix, &BENEFIT[..1], &options, &|_| false), Err(McdaError::Stopped));
        }
    }

    #[test]
    fn alone_none_and_wrong() {
        let alone = run(&[3.0, 4.0], &BENEFIT[..2], &SmaaOptions { samples: 10, ..Default::default() });
        assert_eq!((alone.acceptabilities(), alone.confidence), (vec![1.0], vec![1.0]));
        assert!(run(&[], &BENEFIT[..2], &SmaaOptions { samples: 10, ..Default::default() }).acceptabilities().is_empty());
        let matrix = Matrix::of_rows(&[1.0, f64::NAN], 1).unwrap();
        assert_eq!(smaa(&matrix, &BENEFIT[..1], &SmaaOptions::default()), Err(McdaError::Missing { criterion: 0, alternative: 1 }));
        let matrix = Matrix::of_rows(&[1.0, 2.0], 1).unwrap();
        for options in [SmaaOptions { samples: 0, ..Default::default() }, SmaaOptions { ranks: Some(0), ..Default::default() }] {
            assert!(matches!(smaa(&matrix, &BENEFIT[..1], &options), Err(McdaError::Parameter { .. })));
        }
    }

    proptest! {
        #[test]
        fn doubly_stochastic((rows, _, signs) in matrices(), seed in any::<u64>()) {
            let directions = directions(&signs);
            let (rows, better, worse) = two_dominated(rows, &directions);
            let result = run(&rows, &directions, &SmaaOptions { samples: 64, seed, ..Default::default() });
            let (n, all) = (result.alternatives, result.acceptabilities());
            for at in 0..n {
                prop_assert!((all[at * n..(at + 1) * n].iter().sum::<f64>() - 1.0).abs() < 1e-12);
                prop_assert!(((0..n).map(|row| all[row * n + at]).sum::<f64>() - 1.0).abs() < 1e-12);
                // Whoever is dominated is never more often among the first few.
                prop_assert!(result.among_first(better, at + 1) >= result.among_first(worse, at + 1) - 1e-12);
            }
            prop_assert!(result.counts.iter().all(|count| *count <= 64));
            prop_assert!((0..n).all(|at| (result.acceptability(at, 0) > 0.0) == (result.confidence[at] == 1.0)));
        }
    }
}
