//! Makes criteria of different scales comparable: whatever was measured, more of the result is better.

/// Is more of a criterion better or worse?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// More is better; written +1.
    Benefit,
    /// More is worse; written −1.
    Cost,
}

impl Direction {
    /// The direction of a sign: +1 benefit, −1 cost, nothing else.
    #[must_use]
    pub fn of_sign(sign: i64) -> Option<Self> {
        match sign {
            1 => Some(Direction::Benefit),
            -1 => Some(Direction::Cost),
            _ => None,
        }
    }

    /// +1 or −1.
    #[must_use]
    pub fn sign(self) -> f64 {
        match self {
            Direction::Benefit => 1.0,
            Direction::Cost => -1.0,
        }
    }
}

/// How a column of values is brought to a common scale. `x` is a value, the rest is of the column's finite values.
///
/// | way | benefit | cost | range | a constant column |
/// | --- | --- | --- | --- | --- |
/// | min-max | (x − min) ÷ (max − min) | (max − x) ÷ (max − min) | 0–1 | 0.5 |
/// | vector | x ÷ √Σx² | 1 − x ÷ √Σx² | 0–1 for values ≥ 0 | 1 ÷ √n; zeros stay 0 |
/// | sum | x ÷ Σ\|x\| | 1 − x ÷ Σ\|x\| | 0–1 for values ≥ 0 | 1 ÷ n; zeros stay 0 |
/// | max | x ÷ max\|x\| | 1 − x ÷ max\|x\| | 0–1 for values ≥ 0 | 1; zeros stay 0 |
/// | z-score | (x − mean) ÷ s | (mean − x) ÷ s | open | 0 |
/// | rank | (rank from below − 1) ÷ (n − 1) | (rank from above − 1) ÷ (n − 1) | 0–1 | 0.5 |
///
/// s is the standard deviation with divisor n. Equal values share the mean of their ranks. For cost, "stays" and the constants of
/// vector, sum and max are taken from 1. Vector, sum and max are ratios: with negative values they leave 0–1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Normalisation {
    /// The worst value is 0, the best is 1.
    #[default]
    MinMax,
    /// By the Euclidean length of the column.
    Vector,
    /// By the sum of the column.
    Sum,
    /// By the largest value of the column.
    Max,
    /// Standard deviations from the mean.
    ZScore,
    /// By place: the worst is 0, the best is 1.
    Rank,
}

/// The column on a common scale, where more is better.
///
/// A value that is not finite is missing: it becomes NaN and does not count in the others' scale. A column without a finite value is all NaN.
#[must_use]
pub fn normalise(values: &[f64], direction: Direction, way: Normalisation) -> Vec<f64> {
    let known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let scale = |of: &dyn Fn(f64) -> f64| values.iter().map(|&x| if x.is_finite() { of(x) } else { f64::NAN }).collect();
    let least = known.iter().copied().fold(f64::INFINITY, f64::min);
    let most = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Halves, so that the distance of two huge values of opposite sign stays finite.
    let width = most / 2.0 - least / 2.0;
    match way {
        Normalisation::MinMax if width == 0.0 => scale(&|_| 0.5),
        Normalisation::MinMax => match direction {
            Direction::Benefit => scale(&|x| (x / 2.0 - least / 2.0) / width),
            Direction::Cost => scale(&|x| (most / 2.0 - x / 2.0) / width),
        },
        Normalisation::Vector => scale(&ratio(length(&known), direction)),
        Normalisation::Sum => scale(&ratio(known.iter().map(|x| x.abs()).sum(), direction)),
        Normalisation::Max => scale(&ratio(least.abs().max(most.abs()), direction)),
        Normalisation::ZScore => {
            let (mean, deviation) = mean_and_deviation(&known);
            if deviation == 0.0 { scale(&|_| 0.0) } else { scale(&|x| direction.sign() * ((x - mean) / deviation)) }
        }
        Normalisation::Rank => {
            let mut ascending = known;
            ascending.sort_by(f64::total_cmp);
            scale(&|x| place(&ascending, x, direction))
        }
    }
}

fn ratio(whole: f64, direction: Direction) -> impl Fn(f64) -> f64 {
    move |x| {
        let part = if whole == 0.0 { 0.0 } else { x / whole };
        match direction {
            Direction::Benefit => part,
            Direction::Cost => 1.0 - part,
        }
    }
}

/// √Σx², without overflow of the squares.
fn length(values: &[f64]) -> f64 {
    let most = values.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if most == 0.0 { 0.0 } else { most * values.iter().map(|x| (x / most).powi(2)).sum::<f64>().sqrt() }
}

#[expect(clippy::cast_precision_loss, reason = "counts of alternatives are far below 2⁵³")]
pub(super) fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    // Equal values have no deviation, whatever rounding would make of their mean.
    if values.windows(2).all(|pair| pair[0] == pair[1]) {
        return (values.first().copied().unwrap_or(0.0), 0.0);
    }
    let n = values.len() as f64;
    let mean = values.iter().map(|x| x / n).sum::<f64>();
    let distances: Vec<f64> = values.iter().map(|x| x - mean).collect();
    (mean, length(&distances) / n.sqrt())
}

/// Where a value stands among all, 0 for the worst and 1 for the best, equal values in the middle of their places.
#[expect(clippy::cast_precision_loss, reason = "counts of alternatives are far below 2⁵³")]
fn place(ascending: &[f64], x: f64, direction: Direction) -> f64 {
    if ascending.len() < 2 {
        return 0.5;
    }
    let below = ascending.partition_point(|value| *value < x);
    let not_above = ascending.partition_point(|value| *value <= x);
    let (worse, last) = match direction {
        Direction::Benefit => (below, not_above - 1),
        Direction::Cost => (ascending.len() - not_above, ascending.len() - below - 1),
    };
    (worse + last) as f64 / 2.0 / (ascending.len() - 1) as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WAYS: [Normalisation; 6] =
        [Normalisation::MinMax, Normalisation::Vector, Normalisation::Sum, Normalisation::Max, Normalisation::ZScore, Normalisation::Rank];

    fn close(a: &[f64], b: &[f64]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12 || (a.is_nan() && b.is_nan()))
    }

    #[test]
    fn by_definition() {
        let column = [3.0, 4.0, 0.0];
        let benefit = |way| normalise(&column, Direction::Benefit, way);
        assert!(close(&benefit(Normalisation::MinMax), &[0.75, 1.0, 0.0]));
        assert!(close(&benefit(Normalisation::Vector), &[0.6, 0.8, 0.0]));
        assert!(close(&benefit(Normalisation::Sum), &[3.0 / 7.0, 4.0 / 7.0, 0.0]));
        assert!(close(&benefit(Normalisation::Max), &[0.75, 1.0, 0.0]));
        assert!(close(&benefit(Normalisation::Rank), &[0.5, 1.0, 0.0]));
        let deviation = (26.0f64 / 9.0).sqrt();
        assert!(close(&benefit(Normalisation::ZScore), &[2.0 / 3.0 / deviation, 5.0 / 3.0 / deviation, -7.0 / 3.0 / deviation]));
        let cost = |way| normalise(&column, Direction::Cost, way);
        assert!(close(&cost(Normalisation::MinMax), &[0.25, 0.0, 1.0]));
        assert!(close(&cost(Normalisation::Vector), &[0.4, 0.2, 1.0]));
        assert!(close(&cost(Normalisation::Rank), &[0.5, 0.0, 1.0]));
    }

    #[test]
    fn equal_values_share_their_ranks() {
        assert!(close(&normalise(&[1.0, 5.0, 5.0, 9.0], Direction::Benefit, Normalisation::Rank), &[0.0, 0.5, 0.5, 1.0]));
        assert!(close(&normalise(&[1.0, 1.0, 9.0], Direction::Cost, Normalisation::Rank), &[0.75, 0.75, 0.0]));
    }

    #[test]
    fn constant_columns_and_zeros() {
        for direction in [Direction::Benefit, Direction::Cost] {
            for values in [&[7.0][..], &[7.0, 7.0], &[0.0, 0.0]] {
                assert!(normalise(values, direction, Normalisation::MinMax).iter().all(|x| *x == 0.5));
                assert!(normalise(values, direction, Normalisation::Rank).iter().all(|x| *x == 0.5));
                assert!(normalise(values, direction, Normalisation::ZScore).iter().all(|x| *x == 0.0));
            }
        }
        assert_eq!(normalise(&[0.1; 10], Direction::Benefit, Normalisation::ZScore), [0.0; 10]);
        for way in [Normalisation::Vector, Normalisation::Sum, Normalisation::Max] {
            assert_eq!(normalise(&[0.0, 0.0], Direction::Benefit, way), [0.0, 0.0]);
            assert_eq!(normalise(&[0.0, 0.0], Direction::Cost, way), [1.0, 1.0]);
        }
    }

    #[test]
    fn missing_values_stay_missing_and_change_nothing_else() {
        for way in WAYS {
            let with = normalise(&[1.0, f64::NAN, 4.0, f64::INFINITY, 2.0], Direction::Benefit, way);
            let without = normalise(&[1.0, 4.0, 2.0], Direction::Benefit, way);
            assert!(close(&with, &[without[0], f64::NAN, without[1], f64::NAN, without[2]]), "{way:?}");
            assert!(normalise(&[f64::NAN; 3], Direction::Cost, way).iter().all(|x| x.is_nan()));
            assert!(normalise(&[], Direction::Cost, way).is_empty());
        }
    }

    #[test]
    fn signs() {
        assert_eq!(Direction::of_sign(1), Some(Direction::Benefit));
        assert_eq!(Direction::of_sign(-1), Some(Direction::Cost));
        assert_eq!(Direction::of_sign(0), None);
    }

    proptest! {
        #[test]
        fn better_is_never_scored_worse(values in prop::collection::vec(-1e200f64..1e200, 1..30), way in prop::sample::select(WAYS.to_vec())) {
            for direction in [Direction::Benefit, Direction::Cost] {
                let scaled = normalise(&values, direction, way);
                prop_assert!(scaled.iter().all(|x| x.is_finite()));
                for (a, x) in values.iter().zip(&scaled) {
                    for (b, y) in values.iter().zip(&scaled) {
                        if a == b { prop_assert_eq!(x, y); }
                        if (a - b) * direction.sign() > 0.0 { prop_assert!(x >= y, "{} {} -> {} {}", a, b, x, y); }
                    }
                }
                if matches!(way, Normalisation::MinMax | Normalisation::Rank) {
                    prop_assert!(scaled.iter().all(|x| (0.0..=1.0).contains(x)));
                }
            }
        }

        #[test]
        fn non_negative_values_stay_between_0_and_1(values in prop::collection::vec(0f64..1e12, 1..30), way in prop::sample::select(WAYS.to_vec())) {
            prop_assume!(way != Normalisation::ZScore);
            for direction in [Direction::Benefit, Direction::Cost] {
                prop_assert!(normalise(&values, direction, way).iter().all(|x| (0.0..=1.0 + 1e-12).contains(x)));
            }
        }

        #[test]
        fn scale_does_not_matter(values in prop::collection::vec(0f64..1e6, 2..30), way in prop::sample::select(WAYS.to_vec())) {
            // Powers of two scale without rounding.
            let scaled: Vec<f64> = values.iter().map(|x| x * 1024.0).collect();
            let (a, b) = (normalise(&values, Direction::Benefit, way), normalise(&scaled, Direction::Benefit, way));
            prop_assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-9), "{:?} {:?}", a, b);
        }
    }
}
