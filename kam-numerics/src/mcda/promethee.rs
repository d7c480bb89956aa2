//! PROMETHEE II: how far every alternative is preferred to all others, and they to it.
//!
//! J.-P. Brans and P. Vincke, "A preference ranking organisation method", *Management Science* 31 (1985), 647–656.

use rayon::prelude::*;

use super::error::McdaError;
use super::extent::extents;
use super::matrix::{Matrix, PIECE};
use super::normalise::Direction;
use super::preference::Preference;
use super::scale::checked_weights;

/// The flows.
#[derive(Clone, Debug, PartialEq)]
pub struct Promethee {
    /// Net flow of every alternative, −1 to 1: leaving − entering; more is better.
    pub phi: Vec<f64>,
    /// Leaving flow: the mean preference for it over the others.
    pub phi_plus: Vec<f64>,
    /// Entering flow: the mean preference for the others over it.
    pub phi_minus: Vec<f64>,
    /// Net flow by one criterion alone, one column a criterion, unweighted; their weighted sum is the net flow.
    pub criterion_flows: Vec<Vec<f64>>,
    /// The weights, which add up to 1.
    pub weights: Vec<f64>,
}

/// Flows of every alternative, one preference function a criterion.
///
/// In O(n log n) a criterion by sorting and running sums, but O(n²) for the Gaussian function, whose sum over the others has no such form.
/// A constant criterion gives no preference. One alternative has nothing to be compared with: its flows are 0.
pub fn promethee2(
    matrix: &Matrix<'_>,
    weights: &[f64],
    directions: &[Direction],
    preferences: &[Preference],
) -> Result<Promethee, McdaError> {
    let weights = checked_weights(matrix, weights, directions)?;
    if preferences.len() != matrix.criteria() {
        return Err(McdaError::Parameters { name: "preference", found: preferences.len(), expected: matrix.criteria() });
    }
    preferences.iter().enumerate().try_for_each(|(criterion, preference)| preference.check(criterion))?;
    // Refuses missing values.
    extents(matrix)?;
    let flows: Vec<Flows> = (0..matrix.criteria())
        .into_par_iter()
        .map(|criterion| {
            let mut values = matrix.column(criterion).into_owned();
            if directions[criterion] == Direction::Cost {
                values.par_iter_mut().for_each(|x| *x = -*x);
            }
            match preferences[criterion] {
                gaussian @ Preference::Gaussian { .. } => pair_by_pair(&values, gaussian),
                other => by_sorting(&values, other),
            }
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "counts of alternatives are far below 2⁵³")]
    let others = (matrix.alternatives().max(2) - 1) as f64;
    let weighed = |side: fn(&Flows) -> &Vec<f64>| -> Vec<f64> {
        let at = |at| flows.iter().zip(&weights).fold(0.0, |sum, (flows, weight)| sum + weight * (side(flows)[at] / others));
        (0..matrix.alternatives()).into_par_iter().with_min_len(PIECE).map(at).collect()
    };
    let (phi_plus, phi_minus) = (weighed(|flows| &flows.leaving), weighed(|flows| &flows.entering));
    let phi = phi_plus.par_iter().with_min_len(PIECE).zip(&phi_minus).map(|(plus, minus)| plus - minus).collect();
    let net = |flows: Flows| flows.leaving.iter().zip(flows.entering).map(|(leaving, entering)| (leaving - entering) / others).collect();
    Ok(Promethee { phi, phi_plus, phi_minus, criterion_flows: flows.into_par_iter().map(net).collect(), weights })
}

/// One criterion's flows before they are divided by the number of the others.
struct Flows {
    leaving: Vec<f64>,
    entering: Vec<f64>,
}

/// O(n²), in pieces whose sums run over the others in their order.
fn pair_by_pair(values: &[f64], preference: Preference) -> Flows {
    let (leaving, entering) = values
        .par_iter()
        .map(|x| values.iter().fold((0.0, 0.0), |(leaving, entering), y| (leaving + preference.of(x - y), entering + preference.of(y - x))))
        .unzip();
    Flows { leaving, entering }
}

/// How a preference function is put together from steps (a count) and ramps (a count times x less a running sum).
fn by_sorting(values: &[f64], preference: Preference) -> Flows {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    // By value and then by place, so that the order of equal values is settled.
    order.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let ascending: Vec<f64> = order.iter().map(|(value, _)| *value).collect();
    let (leaving, entering) = match preference {
        Preference::Usual | Preference::Gaussian { .. } => steps(&ascending, 0.0),
        Preference::UShape { q } => steps(&ascending, q),
        Preference::Level { q, p } => {
            let ((leaving_q, entering_q), (leaving_p, entering_p)) = (steps(&ascending, q), steps(&ascending, p));
            let half = |a: Vec<f64>, b: Vec<f64>| a.iter().zip(b).map(|(a, b)| (a + b) / 2.0).collect();
            (half(leaving_q, leaving_p), half(entering_q, entering_p))
        }
        Preference::VShape { p } => ramps(&ascending, 0.0, p),
        Preference::Linear { q, p } if p == q => steps(&ascending, q),
        Preference::Linear { q, p } => ramps(&ascending, q, p),
    };
    let mut flows = Flows { leaving: vec![0.0; values.len()], entering: vec![0.0; values.len()] };
    for ((_, at), (leaving, entering)) in order.iter().zip(leaving.into_iter().zip(entering)) {
        (flows.leaving[*at], flows.entering[*at]) = (leaving, entering);
    }
    flows
}

/// For every value, how many lie more than `threshold` below it, and above it.
#[expect(clippy::cast_precision_loss, reason = "counts of alternatives are far below 2⁵³")]
fn steps(ascending: &[f64], threshold: f64) -> (Vec<f64>, Vec<f64>) {
    let below = counts_below(ascending, threshold);
    let above = counts_above(ascending, threshold);
    (below.into_iter().map(|count| count as f64).collect(), above.into_iter().map(|count| count as f64).collect())
}

/// For every value, how many are smaller by more than a threshold. The difference is rounded as it is wherever two values are compared.
fn counts_below(ascending: &[f64], threshold: f64) -> Vec<usize> {
    let mut count = 0;
    let each = |x: &f64| {
        while count < ascending.len() && x - ascending[count] > threshold {
            count += 1;
        }
        count
    };
    ascending.iter().map(each).collect()
}

/// For every value, how many are larger by more than a threshold.
fn counts_above(ascending: &[f64], threshold: f64) -> Vec<usize> {
    let n = ascending.len();
    let mut count = 0;
    let each = |x: &f64| {
        while count < n && ascending[n - 1 - count] - x > threshold {
            count += 1;
        }
        count
    };
    let mut counts: Vec<usize> = ascending.iter().rev().map(each).collect();
    counts.reverse();
    counts
}

/// For every value, the sum over those below (and above) of (d − q) ÷ (p − q), cut off at 0 and 1.
///
/// Those more than p away count 1. Of those between, Σ(x − y − q) = count · (x − q) − Σy, the last from running sums. They are kept in
/// two doubles each, because the difference of two long sums would lose what a short range of close values needs.
#[expect(clippy::cast_precision_loss, reason = "counts of alternatives are far below 2⁵³")]
fn ramps(ascending: &[f64], q: f64, p: f64) -> (Vec<f64>, Vec<f64>) {
    let n = ascending.len();
    let mut sums = Vec::with_capacity(n + 1);
    let mut sum = Double::default();
    sums.push(sum);
    for x in ascending {
        sum = sum.plus(*x);
        sums.push(sum);
    }
    let part = |full: usize, partly: usize, ranged: f64| full as f64 + (ranged / (p - q)).clamp(0.0, partly as f64);
    let below = counts_below(ascending, p).into_iter().zip(counts_below(ascending, q)).zip(ascending);
    let leaving = below.map(|((full, some), x)| {
        let count = some - full;
        part(full, count, Double::product(count as f64, x - q).minus(sums[some].less(sums[full])).value())
    });
    let above = counts_above(ascending, p).into_iter().zip(counts_above(ascending, q)).zip(ascending);
    let entering = above.map(|((full, some), x)| {
        let count = some - full;
        part(full, count, sums[n - full].less(sums[n - some]).minus(Double::product(count as f64, x + q)).value())
    });
    (leaving.collect(), entering.collect())
}

/// A sum in two doubles: its nearest double and what that leaves over.
#[derive(Clone, Copy, Default)]
struct Double {
    high: f64,
    low: f64,
}

impl Double {
    fn of_sum(a: f64, b: f64) -> Double {
        let high = a + b;
        let bb = high - a;
        Double { high, low: (a - (high - bb)) + (b - bb) }
    }

    fn product(a: f64, b: f64) -> Double {
        let high = a * b;
        Double { high, low: a.mul_add(b, -high) }
    }

    fn plus(self, x: f64) -> Double {
        let sum = Double::of_sum(self.high, x);
        Double::of_sum(sum.high, sum.low + self.low)
    }

    fn less(self, other: Double) -> Double {
        let difference = Double::of_sum(self.high, -other.high);
        Double::of_sum(difference.high, difference.low + (self.low - other.low))
    }

    fn minus(self, other: Double) -> Double {
        self.less(other)
    }

    fn value(self) -> f64 {
        self.high + self.low
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BENEFIT, close, directions, matrices, two_dominated};
    use super::*;
    use proptest::prelude::*;

    /// Zhao et al. 2013.
    #[test]
    fn published() {
        let matrix = Matrix::of_rows(&[4.0, 3.0, 2.0, 3.0, 2.0, 4.0, 5.0, 1.0, 3.0], 3).unwrap();
        let result = promethee2(&matrix, &[0.5, 0.3, 0.2], &BENEFIT[..3], &[Preference::Usual; 3]).unwrap();
        close(&result.phi, &[0.1, -0.3, 0.2], 1e-15);
        let of_criteria: Vec<f64> = (0..3).map(|at| (0..3).map(|c| result.weights[c] * result.criterion_flows[c][at]).sum()).collect();
        close(&of_criteria, &result.phi, 1e-15);
    }

    #[test]
    fn alone_constant_and_wrong() {
        let run = |values: &[f64], preference| promethee2(&Matrix::of_rows(values, 1).unwrap(), &[1.0], &BENEFIT[..1], &[preference]);
        for preference in [Preference::Usual, Preference::VShape { p: 1.0 }, Preference::Gaussian { s: 1.0 }] {
            assert_eq!(run(&[3.0], preference).unwrap().phi, [0.0]);
            assert_eq!(run(&[], preference).unwrap().phi, [0.0; 0]);
            assert_eq!(run(&[3.0, 3.0, 3.0], preference).unwrap().phi_plus, [0.0; 3]);
            assert_eq!(run(&[3.0, f64::NAN], preference), Err(McdaError::Missing { criterion: 0, alternative: 1 }));
        }
        for (wrong, name) in [
            (Preference::UShape { q: -1.0 }, "q"),
            (Preference::VShape { p: 0.0 }, "p"),
            (Preference::Level { q: 2.0, p: 1.0 }, "p"),
            (Preference::Linear { q: f64::NAN, p: 1.0 }, "q"),
            (Preference::Gaussian { s: 0.0 }, "s"),
        ] {
            let message = run(&[1.0, 2.0], wrong).unwrap_err().to_string();
            assert!(message.contains(&format!(" {name} of criterion 0 is")), "{message}");
        }
    }

    #[test]
    fn close_values_among_distant_ones() {
        // A running sum in one double would lose the differences of the last three.
        let mut values: Vec<f64> = (0..2000).map(|at| 1e9 + f64::from(at) * 1e6).collect();
        values.extend([3e9, 3e9 + 0.001, 3e9 + 0.002]);
        let preference = Preference::VShape { p: 0.01 };
        let (sorted, naive) = (by_sorting(&values, preference), pair_by_pair(&values, preference));
        close(&sorted.leaving, &naive.leaving, 1e-6);
        close(&sorted.entering, &naive.entering, 1e-6);
    }

    fn preferences() -> impl Strategy<Value = Preference> {
        (0usize..5, prop_oneof![Just(0.0), Just(1.0), 0f64..20.0], prop_oneof![Just(0.0), Just(2.0), 0.1f64..30.0]).prop_map(
            |(kind, q, more)| match kind {
                0 => Preference::Usual,
                1 => Preference::UShape { q },
                2 => Preference::VShape { p: more.max(0.5) },
                3 => Preference::Level { q, p: q + more },
                _ => Preference::Linear { q, p: q + more },
            },
        )
    }

    proptest! {
        #[test]
        fn sorting_gives_what_all_pairs_give(
            values in prop::collection::vec(prop_oneof![(-5i32..5).prop_map(f64::from), -50f64..50.0], 0..60),
            preference in preferences(),
        ) {
            let (sorted, naive) = (by_sorting(&values, preference), pair_by_pair(&values, preference));
            close(&sorted.leaving, &naive.leaving, 1e-9);
            close(&sorted.entering, &naive.entering, 1e-9);
        }

        #[test]
        fn invariants((rows, weights, signs) in matrices(), preference in preferences(), factor in 0.01f64..100.0) {
            let criteria = weights.len();
            let directions = directions(&signs);
            let (rows, better, worse) = two_dominated(rows, &directions);
            for preference in [preference, Preference::Gaussian { s: 3.0 }] {
                let run = |rows: &[f64], weights: &[f64]| {
                    promethee2(&Matrix::of_rows(rows, criteria).unwrap(), weights, &directions, &vec![preference; criteria]).unwrap()
                };
                let result = run(&rows, &weights);
                prop_assert!(result.phi.iter().sum::<f64>().abs() < 1e-9);
                prop_assert!(result.phi_plus.iter().chain(&result.phi_minus).all(|x| (-1e-12..=1.0 + 1e-12).contains(x)));
                prop_assert!(result.phi[better] >= result.phi[worse] - 1e-9);
                let scaled: Vec<f64> = weights.iter().map(|weight| weight * factor).collect();
                close(&run(&rows, &scaled).phi, &result.phi, 1e-9);
                let reversed: Vec<f64> = rows.chunks(criteria).rev().flatten().copied().collect();
                let back: Vec<f64> = run(&reversed, &weights).phi.into_iter().rev().collect();
                close(&back, &result.phi, 1e-9);
            }
        }
    }
}
