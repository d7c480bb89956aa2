//! Weights drawn at random: uniform over all that meet the constraints.

use rand::RngExt;
use rand_pcg::Pcg64;

use crate::mcda::error::McdaError;

/// What is known of the weights. Without constraints every set of weights that adds up to 1 is as likely as any other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeightConstraints {
    /// Criteria by their importance, the most important first; those that are not listed may weigh anything.
    pub order: Vec<usize>,
    /// The least and the greatest weight of every criterion, as shares of all weights; none where empty.
    pub bounds: Vec<(f64, f64)>,
}

/// How often one sample may be drawn anew because it does not meet the constraints.
const TRIES: usize = 100_000;

/// Draws weights; each sample has its own stream of random numbers, so that samples can be drawn in any order.
pub(super) struct Sampler {
    criteria: usize,
    seed: u64,
    order: Vec<usize>,
    bounds: Vec<(f64, f64)>,
    /// The criteria whose weight is not settled by equal bounds.
    free: Vec<usize>,
    /// Where the simplex that is drawn from begins: weight = start + direction · size · part.
    start: Vec<f64>,
    direction: f64,
    size: f64,
}

impl Sampler {
    pub fn new(criteria: usize, constraints: &WeightConstraints, seed: u64) -> Result<Self, McdaError> {
        let order = constraints.order.clone();
        for (at, criterion) in order.iter().enumerate() {
            if order[..at].contains(criterion) {
                return Err(McdaError::Twice { criterion: *criterion });
            }
            if *criterion >= criteria {
                #[expect(clippy::cast_precision_loss, reason = "a place among the criteria")]
                let value = *criterion as f64;
                return Err(McdaError::Parameter {
                    name: "order",
                    criterion: None,
                    value,
                    expected: "the number of a criterion, counted from 0",
                });
            }
        }
        if !constraints.bounds.is_empty() && constraints.bounds.len() != criteria {
            return Err(McdaError::Parameters { name: "bounds", found: constraints.bounds.len(), expected: criteria });
        }
        let mut bounds = constraints.bounds.clone();
        bounds.resize(criteria, (0.0, 1.0));
        for (criterion, (least, most)) in bounds.iter().enumerate() {
            let refuse = |name, value, expected| Err(McdaError::Parameter { name, criterion: Some(criterion), value, expected });
            if !(0.0..=1.0).contains(least) {
                return refuse("the least weight", *least, "a share from 0 to 1");
            }
            if !(*least..=1.0).contains(most) {
                return refuse("the greatest weight", *most, "a share from the least weight to 1");
            }
        }
        let (least, most): (f64, f64) = bounds.iter().fold((0.0, 0.0), |(a, b), (least, most)| (a + least, b + most));
        if least > 1.0 + 1e-9 || most < 1.0 - 1e-9 {
            let constraints = format!("the least weights add up to {least} and the greatest to {most}, so none add up to 1");
            return Err(McdaError::NoWeightsMeet { constraints });
        }
        let free: Vec<usize> = (0..criteria).filter(|criterion| bounds[*criterion].1 - bounds[*criterion].0 > 1e-12).collect();
        // From below, by the least weights; those that are ordered must begin alike. Or from above, where that leaves a smaller simplex.
        let listed = order.iter().map(|criterion| bounds[*criterion].0).fold(1.0, f64::min);
        let from_below: Vec<f64> = (0..criteria)
            .map(|criterion| if order.contains(&criterion) && free.contains(&criterion) { listed } else { bounds[criterion].0 })
            .collect();
        let size = (1.0 - from_below.iter().sum::<f64>()).max(0.0);
        let from_above = (most - 1.0).max(0.0);
        let (start, direction, size) = if order.is_empty() && from_above < size {
            (bounds.iter().map(|(_, most)| *most).collect(), -1.0, from_above)
        } else {
            (from_below, 1.0, size)
        };
        Ok(Sampler { criteria, seed, order, bounds, free, start, direction, size })
    }

    /// The weights of one sample.
    pub fn weights(&self, sample: usize) -> Result<Vec<f64>, McdaError> {
        let mut random = Pcg64::new(u128::from(self.seed), sample as u128);
        let mut weights = vec![0.0; self.criteria];
        let mut cuts = vec![0.0; self.free.len() + 1];
        for _ in 0..TRIES {
            self.draw(&mut random, &mut cuts, &mut weights);
            if self.allows(&weights) {
                return Ok(weights);
            }
        }
        let constraints =
            format!("of {TRIES} random sets of weights none met the order {:?} within the bounds {:?}", self.order, self.bounds);
        Err(McdaError::NoWeightsMeet { constraints })
    }

    /// Uniform over the simplex: the gaps between sorted uniform numbers.
    fn draw(&self, random: &mut Pcg64, cuts: &mut [f64], weights: &mut [f64]) {
        weights.copy_from_slice(&self.start);
        let parts = self.free.len();
        if parts == 0 {
            return;
        }
        cuts[0] = 0.0;
        cuts[1..parts].fill_with(|| random.random::<f64>());
        cuts[parts] = 1.0;
        cuts[1..parts].sort_unstable_by(f64::total_cmp);
        for (at, criterion) in self.free.iter().enumerate() {
            weights[*criterion] += self.direction * self.size * (cuts[at + 1] - cuts[at]);
        }
        // Sorting maps every order onto the one that is asked for, evenly.
        let listed: Vec<usize> = self.order.iter().copied().filter(|criterion| self.free.contains(criterion)).collect();
        let mut values: Vec<f64> = listed.iter().map(|criterion| weights[*criterion]).collect();
        values.sort_unstable_by(|a, b| b.total_cmp(a));
        for (criterion, value) in listed.into_iter().zip(values) {
            weights[criterion] = value;
        }
    }

    fn allows(&self, weights: &[f64]) -> bool {
        let inside = |(weight, (least, most)): (&f64, &(f64, f64))| *weight >= least - 1e-12 && *weight <= most + 1e-12;
        weights.iter().zip(&self.bounds).all(inside) && self.order.windows(2).all(|pair| weights[pair[0]] >= weights[pair[1]] - 1e-12)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn means(criteria: usize, constraints: &WeightConstraints) -> Vec<f64> {
        let sampler = Sampler::new(criteria, constraints, 7).unwrap();
        let mut sums = vec![0.0; criteria];
        for sample in 0..20_000 {
            let weights = sampler.weights(sample).unwrap();
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9 && sampler.allows(&weights), "{weights:?}");
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight / 20_000.0);
        }
        sums
    }

    #[test]
    fn uniform_means() {
        let near = |a: &[f64], b: &[f64]| crate::mcda::testing::close(a, b, 0.006);
        near(&means(3, &WeightConstraints::default()), &[1.0 / 3.0; 3]);
        // The centroid of ordered weights (Barron & Barrett 1996, rank order centroid): 11/18, 5/18, 2/18.
        near(&means(3, &WeightConstraints { order: vec![2, 0, 1], ..Default::default() }), &[5.0 / 18.0, 2.0 / 18.0, 11.0 / 18.0]);
        // Only two of three are ordered.
        near(&means(3, &WeightConstraints { order: vec![0, 1], ..Default::default() }), &[0.5, 1.0 / 6.0, 1.0 / 3.0]);
        let bounds = vec![(0.2, 1.0), (0.2, 1.0), (0.0, 1.0)];
        near(&means(3, &WeightConstraints { bounds, ..Default::default() }), &[0.4, 0.4, 0.2]);
        // Hardly more than one point, drawn from above.
        near(&means(3, &WeightConstraints { bounds: vec![(0.0, 0.34); 3], ..Default::default() }), &[1.0 / 3.0; 3]);
        // One is settled.
        let bounds = vec![(0.5, 0.5), (0.0, 1.0), (0.0, 1.0)];
        near(&means(3, &WeightConstraints { bounds, ..Default::default() }), &[0.5, 0.25, 0.25]);
        let both = WeightConstraints { order: vec![0, 1, 2], bounds: vec![(0.1, 0.6); 3] };
        assert!(means(3, &both)[0] > 0.4);
        near(&means(1, &WeightConstraints::default()), &[1.0]);
        let settled = WeightConstraints { bounds: vec![(0.25, 0.25), (0.75, 0.75)], ..Default::default() };
        near(&means(2, &settled), &[0.25, 0.75]);
    }

    #[test]
    fn what_cannot_be_met_is_named() {
        let refused = |constraints: WeightConstraints| Sampler::new(2, &constraints, 1).err().unwrap().to_string();
        assert!(refused(WeightConstraints { order: vec![2], ..Default::default() }).contains("order is 2"));
        assert_eq!(refused(WeightConstraints { order: vec![0, 0], ..Default::default() }), "order names criterion 0 twice");
        assert!(refused(WeightConstraints { bounds: vec![(0.0, 1.0)], ..Default::default() }).contains("bounds has 1 values"));
        assert!(refused(WeightConstraints { bounds: vec![(0.0, 0.3); 2], ..Default::default() }).contains("0.6"));
        assert!(
            refused(WeightConstraints { bounds: vec![(0.5, 0.3); 2], ..Default::default() }).contains("the greatest weight of criterion 0")
        );
        let against = WeightConstraints { order: vec![0, 1], bounds: vec![(0.0, 0.3), (0.7, 1.0)] };
        assert!(Sampler::new(2, &against, 1).unwrap().weights(0).unwrap_err().to_string().contains("none met"));
    }

    proptest! {
        #[test]
        fn samples_have_their_own_stream(seed in any::<u64>(), sample in 0usize..1000) {
            let sampler = |seed| Sampler::new(4, &WeightConstraints::default(), seed).unwrap().weights(sample).unwrap();
            prop_assert_eq!(sampler(seed), sampler(seed));
            prop_assert_ne!(sampler(seed), sampler(seed.wrapping_add(1)));
        }
    }
}
