//! How a model that was fitted to a first part of the time does in the rest.

use super::customers::{InputError, check_lengths};
use super::model::{Model, each};

/// Customers with the same number of repeat transactions in the calibration time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrequencyBin {
    /// Their x; the last bin also holds all larger ones.
    pub x: usize,
    /// Is it the last one, open above?
    pub and_more: bool,
    /// How many they are.
    pub customers: usize,
    /// The mean number of transactions that the model expects of them in the holdout time.
    pub expected: f64,
    /// The mean number they made.
    pub actual: f64,
}

/// Expected and actual transactions in a holdout time t (one for all, or one each), by the number x in the calibration time; x from
/// `last` on stand together. Bins without a customer are left out.
pub fn frequency_bins(
    model: &Model,
    t: &[f64],
    [x, t_x, age]: [&[f64]; 3],
    x_star: &[f64],
    last: usize,
) -> Result<Vec<FrequencyBin>, InputError> {
    check_lengths(&[("x", x.len()), ("x_star", x_star.len())])?;
    let expected = model.expected_purchases_of(t, x, t_x, age)?;
    let mut bins: Vec<FrequencyBin> =
        (0..=last).map(|x| FrequencyBin { x, and_more: x == last, customers: 0, expected: 0.0, actual: 0.0 }).collect();
    for row in 0..x.len() {
        let bin = &mut bins[(x[row] as usize).min(last)];
        bin.customers += 1;
        bin.expected += expected[row];
        bin.actual += x_star[row];
    }
    bins.retain(|bin| bin.customers > 0);
    for bin in &mut bins {
        bin.expected /= bin.customers as f64;
        bin.actual /= bin.customers as f64;
    }
    Ok(bins)
}

/// The repeat transactions that the model expects of all customers together until each has reached an age; ages of 0 and below are those
/// of customers who have not begun. The ages of one point of a tracking table.
#[must_use]
pub fn expected_in_total(model: &Model, ages: &[f64]) -> f64 {
    let mut sorted: Vec<u64> = ages.iter().filter(|age| **age > 0.0).map(|age| age.to_bits()).collect();
    sorted.sort_unstable();
    let runs: Vec<&[u64]> = sorted.chunk_by(|a, b| a == b).collect();
    each(runs.len(), |at| runs[at].len() as f64 * model.expected_purchases_new(f64::from_bits(runs[at][0]))).into_iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btyd::Kind;

    #[test]
    fn bins_and_totals() {
        let model = Model::new(Kind::BgNbd, [0.25, 4.4, 0.8, 2.4]).unwrap();
        let (x, t_x, age) = ([0.0, 1.0, 9.0, 0.0], [0.0, 5.0, 30.0, 0.0], [39.0; 4]);
        let bins = frequency_bins(&model, &[10.0], [&x, &t_x, &age], &[1.0, 0.0, 4.0, 0.0], 7).unwrap();
        let shape: Vec<(usize, usize, f64, bool)> = bins.iter().map(|bin| (bin.x, bin.customers, bin.actual, bin.and_more)).collect();
        assert_eq!(shape, [(0, 2, 0.5, false), (1, 1, 0.0, false), (7, 1, 4.0, true)]);
        assert!((bins[0].expected - model.expected_purchases(10.0, 0.0, 0.0, 39.0)).abs() < 1e-12);
        let total = expected_in_total(&model, &[3.0, -1.0, 0.0, 3.0]);
        assert!((total - 2.0 * model.expected_purchases_new(3.0)).abs() < 1e-12);
        assert!(frequency_bins(&model, &[10.0], [&x, &t_x, &age], &[1.0], 7).is_err());
    }
}
