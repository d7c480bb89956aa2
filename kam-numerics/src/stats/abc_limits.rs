//! Where a curve of diminishing yield says that effort stops paying: the computed limits of Ultsch and Lötsch (2015).
//!
//! Values sorted from the largest give a curve: the share of the values taken (effort) against the share of their sum (yield). Its
//! *Pareto point* lies nearest to (0, 1), all the yield for no effort; at its *break-even point* the slope is 1, one more per cent of
//! effort brings one more per cent of yield. The first group ends at whichever comes first; the second ends at the *submarginal point*,
//! the point of the curve nearest to (x, 1), where x is the effort of the other of the two.

use super::Spline;

/// A point of the curve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CurvePoint {
    /// The share of the values, largest first.
    pub effort: f64,
    /// The share of their sum.
    pub gain: f64,
}

/// The limits that the curve of a set of values gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AbcLimits {
    /// Nearest to (0, 1).
    pub pareto: CurvePoint,
    /// Where the slope is 1.
    pub break_even: CurvePoint,
    /// Nearest to (x, 1), x being the larger effort of the two above.
    pub submarginal: CurvePoint,
    /// Where the first group ends: the smaller effort of the Pareto and the break-even point.
    pub first_end: CurvePoint,
    /// The largest value that no longer belongs to the first group; the largest value of all, where the curve would leave that group
    /// empty, belongs to it all the same.
    pub below_first: i64,
    /// The smallest value of the second group.
    pub least_second: i64,
}

/// The limits of positive values sorted descending. `None` for fewer than two values or where all are equal: such a curve is a straight
/// line, which singles out no point.
///
/// As in the authors' program, the curve is a cubic spline read at 101 places (1,001 for more than 100 values), and the groups end at the
/// value whose rank is the effort times the number of values, rounded half to even. The slope is that of the spline through those places.
/// The program reads it for the i-th of m places at i ÷ m, a little to the right of the place itself, and so does this: with the slope
/// at the place one data set in four has other groups than the program's.
#[must_use]
pub fn abc_limits(descending: &[i64]) -> Option<AbcLimits> {
    let (first, last) = (descending.first()?, descending.last()?);
    if first == last || *last <= 0 {
        return None;
    }
    let n = descending.len();
    let total: i128 = descending.iter().map(|&value| i128::from(value)).sum();
    let mut taken = 0i128;
    let (mut effort, mut gain) = (vec![0.0], vec![0.0]);
    for (place, &value) in descending.iter().enumerate() {
        taken += i128::from(value);
        effort.push(float(place + 1) / float(n));
        gain.push(wide(taken) / wide(total));
    }
    let curve = Spline::new(effort, gain)?;
    let steps = if n < 101 { 100 } else { 1000 };
    let mut points: Vec<CurvePoint> = (0..=steps)
        .map(|step| {
            let effort = float(step) / float(steps);
            CurvePoint { effort, gain: curve.value(effort) }
        })
        .collect();
    // A steep curve makes the spline swing past all of the yield: from there on it is all of it.
    if let Some(full) = points.iter().position(|point| point.gain >= 1.0) {
        points[full..].iter_mut().for_each(|point| point.gain = 1.0);
    }
    let smooth = Spline::new(points.iter().map(|point| point.effort).collect(), points.iter().map(|point| point.gain).collect())?;
    let least = |measure: &dyn Fn(usize) -> f64| {
        (0..points.len()).map(|place| (place, measure(place))).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| points[place])
    };
    let nearest_to = |x: f64| least(&|place| (points[place].effort - x).powi(2) + (1.0 - points[place].gain).powi(2));
    let pareto = nearest_to(0.0)?;
    // Of places as good as each other the last one, as the program means it: the curve of 1, 2, … n is symmetric about its break-even point.
    let off: Vec<f64> = (1..=points.len()).map(|place| (smooth.slope(float(place) / float(points.len())) - 1.0).abs()).collect();
    let nearest = off.iter().copied().min_by(f64::total_cmp)?;
    let break_even = points[off.iter().rposition(|off| *off <= nearest + 1e-9)?];
    let (first_end, other) = if break_even.effort < pareto.effort { (break_even, pareto) } else { (pareto, break_even) };
    let submarginal = nearest_to(other.effort)?;
    let rank = |point: CurvePoint| place(point.effort * float(n)).clamp(1, n);
    Some(AbcLimits {
        pareto,
        break_even,
        submarginal,
        first_end,
        below_first: descending[rank(first_end) - 1],
        least_second: descending[rank(submarginal) - 1],
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn float(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "the nearest double of an exact sum")]
fn wide(sum: i128) -> f64 {
    sum as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of values")]
fn place(rank: f64) -> usize {
    rank.round_ties_even() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(descending: &[i64]) -> (Vec<i64>, Vec<i64>) {
        let limits = abc_limits(descending).unwrap();
        let first = descending.iter().copied().filter(|&value| value > limits.below_first).collect();
        let second = descending.iter().copied().filter(|&value| value <= limits.below_first && value >= limits.least_second).collect();
        (first, second)
    }

    #[test]
    fn published_examples() {
        assert_eq!(groups(&[9, 8, 7, 6, 5, 4, 3, 2, 1]), (vec![9, 8, 7], vec![6, 5, 4]));
        assert_eq!(groups(&[25, 22, 17, 15, 6, 5, 3, 3, 2, 2, 1]), (vec![25, 22, 17], vec![15, 6]));
    }

    // Against the same package; with the slope at the places themselves the second groups would have one more.
    #[test]
    fn the_slope_is_read_where_the_program_reads_it() {
        assert_eq!(groups(&[50, 39, 35, 20, 19, 16, 13, 6]), (vec![50, 39], vec![35, 20]));
        assert_eq!(groups(&[56, 55, 50, 48, 39, 32, 12, 7]), (vec![56, 55, 50], vec![48, 39]));
    }

    #[test]
    fn points_of_a_symmetric_curve() {
        let limits = abc_limits(&[9, 8, 7, 6, 5, 4, 3, 2, 1]).unwrap();
        assert_eq!((limits.pareto.effort, limits.break_even.effort, limits.submarginal.effort), (0.42, 0.5, 0.63));
        assert_eq!(limits.first_end, limits.pareto);
    }

    // Against the Python package abc_analysis.
    #[test]
    fn longer_curves_are_read_at_more_places() {
        let sizes = |values: Vec<i64>| {
            let (first, second) = groups(&values);
            (first.len(), second.len())
        };
        assert_eq!(sizes((1..=200).map(|place| 100_000 / place).collect()), (32, 31));
        assert_eq!(sizes((6..=155).map(|place| 100_000 / place).collect()), (38, 29));
        assert_eq!(sizes((0..300).map(|place| 1000 - 3 * place).collect()), (126, 65));
    }

    #[test]
    fn a_straight_curve_has_no_limits() {
        for values in [&[][..], &[3], &[5, 5, 5], &[5, 0]] {
            assert_eq!(abc_limits(values), None);
        }
    }
}
