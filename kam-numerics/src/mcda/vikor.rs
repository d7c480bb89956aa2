//! VIKOR: a compromise between the good of the whole and the regret of the worst criterion.
//!
//! S. Opricovic and G.-H. Tzeng, "Compromise solution by MCDM methods: a comparative analysis of VIKOR and TOPSIS",
//! *European Journal of Operational Research* 156 (2004), 445–455.

use rayon::prelude::*;

use super::error::McdaError;
use super::extent::extents;
use super::matrix::{Matrix, PIECE, TILE};
use super::normalise::Direction;
use super::scale::checked_weights;

/// The three measures and the compromise.
#[derive(Clone, Debug, PartialEq)]
pub struct Vikor {
    /// Group utility of every alternative: the weighted sum of its distances from the best; less is better.
    pub s: Vec<f64>,
    /// Individual regret of every alternative: the largest of those weighted distances; less is better.
    pub r: Vec<f64>,
    /// The compromise measure, 0 to 1; less is better.
    pub q: Vec<f64>,
    /// The best value of every criterion.
    pub best: Vec<f64>,
    /// The worst value of every criterion.
    pub worst: Vec<f64>,
    /// The weights, which add up to 1.
    pub weights: Vec<f64>,
    /// The alternatives of the compromise, by Q ascending and then in their own order: one alone where both conditions are met.
    pub compromise: Vec<usize>,
    /// C1, acceptable advantage: the second best Q lies at least 1 ÷ (alternatives − 1) above the best.
    pub acceptable_advantage: bool,
    /// C2, acceptable stability: the best by Q is also the best by S or by R.
    pub acceptable_stability: bool,
}

/// Values that differ by less than this are equal: sums of the same parts in another order must not decide.
const SAME: f64 = 1e-12;

/// Ranks alternatives by closeness to the ideal, `v` the weight of the group utility against the individual regret (0 to 1, usually 0.5).
///
/// The method's own scale is min-max, so a linear normalisation before it changes nothing. A constant criterion counts 0. Where all S, or
/// all R, are equal, their part of Q is 0. One alternative is the compromise.
pub fn vikor(matrix: &Matrix<'_>, weights: &[f64], directions: &[Direction], v: f64) -> Result<Vikor, McdaError> {
    if !(0.0..=1.0).contains(&v) {
        return Err(McdaError::Parameter { name: "v", criterion: None, value: v, expected: "a number from 0 to 1" });
    }
    let weights = checked_weights(matrix, weights, directions)?;
    let extents = extents(matrix)?;
    let (best, worst): (Vec<f64>, Vec<f64>) = extents
        .iter()
        .zip(directions)
        .map(|(extent, direction)| match direction {
            Direction::Benefit => (extent.most, extent.least),
            Direction::Cost => (extent.least, extent.most),
        })
        .unzip();
    // Weighted distance from the best = best · factor − x · factor, with the factor's sign by the direction.
    let factors: Vec<f64> = extents
        .iter()
        .zip(directions)
        .zip(&weights)
        .map(|((extent, direction), weight)| {
            let half = extent.half_width();
            if half == 0.0 { 0.0 } else { direction.sign() * weight * (0.5 / half) }
        })
        .collect();

    let alternatives = matrix.alternatives();
    let (mut s, mut r, mut q) = (vec![0.0; alternatives], vec![0.0; alternatives], vec![0.0; alternatives]);
    let ranges: Vec<[f64; 4]> = s
        .par_chunks_mut(PIECE)
        .zip(r.par_chunks_mut(PIECE))
        .enumerate()
        .map(|(piece, (s, r))| {
            let mut scratch = [0.0; TILE];
            for (tile, (s, r)) in s.chunks_mut(TILE).zip(r.chunks_mut(TILE)).enumerate() {
                matrix.tile(piece * PIECE + tile * TILE, s.len(), &mut scratch, |criterion, values| {
                    let (factor, best) = (factors[criterion], best[criterion]);
                    for ((x, s), r) in values.iter().zip(s.iter_mut()).zip(r.iter_mut()) {
                        let distance = (best - x) * factor;
                        *s += distance;
                        *r = if distance > *r { distance } else { *r };
                    }
                });
            }
            let ends = |values: &[f64]| values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)));
            let ((s_least, s_most), (r_least, r_most)) = (ends(s), ends(r));
            [s_least, s_most, r_least, r_most]
        })
        .collect();
    let least = |at: usize| ranges.iter().map(|range| range[at]).fold(f64::INFINITY, f64::min);
    let most = |at: usize| ranges.iter().map(|range| range[at]).fold(f64::NEG_INFINITY, f64::max);
    let (s_least, r_least) = (least(0), least(2));
    let share = |weight: f64, least: f64, most: f64| if most - least <= SAME { 0.0 } else { weight / (most - least) };
    let (of_s, of_r) = (share(v, s_least, most(1)), share(1.0 - v, r_least, most(3)));
    q.par_chunks_mut(PIECE).zip(s.par_chunks(PIECE)).zip(r.par_chunks(PIECE)).for_each(|((q, s), r)| {
        for ((q, s), r) in q.iter_mut().zip(s).zip(r) {
            *q = (s - s_least) * of_s + (r - r_least) * of_r;
        }
    });
    let (compromise, acceptable_advantage, acceptable_stability) = compromise(&s, &r, &q, s_least, r_least);
    Ok(Vikor { s, r, q, best, worst, weights, compromise, acceptable_advantage, acceptable_stability })
}

/// The compromise, C1 and C2.
#[expect(clippy::cast_precision_loss, reason = "counts of alternatives are far below 2⁵³")]
fn compromise(s: &[f64], r: &[f64], q: &[f64], s_least: f64, r_least: f64) -> (Vec<usize>, bool, bool) {
    if q.is_empty() {
        return (vec![], false, false);
    }
    let best = q.iter().copied().fold(f64::INFINITY, f64::min);
    let firsts: Vec<usize> = (0..q.len()).filter(|at| q[*at] <= best + SAME).collect();
    if q.len() == 1 {
        return (firsts, true, true);
    }
    let advantage = 1.0 / (q.len() - 1) as f64;
    let second = if firsts.len() > 1 { best } else { q.iter().copied().filter(|q| *q > best + SAME).fold(f64::INFINITY, f64::min) };
    let is_ahead = second - best >= advantage - SAME;
    let is_stable = firsts.iter().any(|at| s[*at] <= s_least + SAME || r[*at] <= r_least + SAME);
    let mut set: Vec<usize> = match (is_ahead, is_stable) {
        (true, true) => firsts,
        (true, false) => (0..q.len()).filter(|at| q[*at] <= second + SAME).collect(),
        (false, _) => (0..q.len()).filter(|at| q[*at] - best < advantage - SAME).collect(),
    };
    // Equal values stay in their own order: the sort is stable.
    set.sort_by(|a, b| ((q[*a] - best) / SAME).floor().total_cmp(&((q[*b] - best) / SAME).floor()));
    (set, is_ahead, is_stable)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BENEFIT, close, directions, matrices, two_dominated};
    use super::*;
    use proptest::prelude::*;

    fn run(rows: &[f64], weights: &[f64], directions: &[Direction]) -> Vikor {
        vikor(&Matrix::of_rows(rows, weights.len()).unwrap(), weights, directions, 0.5).unwrap()
    }

    /// Opricovic & Tzeng 2004, the mountain climber.
    #[test]
    fn published() {
        let result = run(&[1.0, 3000.0, 2.0, 3750.0, 5.0, 4500.0], &[0.5, 0.5], &[Direction::Cost, Direction::Benefit]);
        close(&result.s, &[0.5, 0.375, 0.5], 1e-12);
        close(&result.r, &[0.5, 0.25, 0.5], 1e-12);
        close(&result.q, &[1.0, 0.0, 1.0], 1e-12);
        assert_eq!((result.compromise, result.acceptable_advantage, result.acceptable_stability), (vec![1], true, true));
    }

    #[test]
    fn conditions() {
        // No stability: the best and the second.
        let rows = [
            [1.0, 101.0, 1.0, 101.0, 1.0],
            [101.0, 1.0, 101.0, 1.0, 101.0],
            [1.0, 1.0, 1.0, 1.0, 101.0],
            [11.0, 11.0, 11.0, 16.0, 61.0],
            [56.0; 5],
        ];
        let result = run(rows.as_flattened(), &[0.2; 5], &[Direction::Cost; 5]);
        assert_eq!((result.compromise, result.acceptable_advantage, result.acceptable_stability), (vec![3, 4], true, false));
        // No advantage: the best share their place.
        let rows = [[4.0, 4.0, 4.0], [7.0, 6.0, 8.0], [8.0, 8.0, 6.0], [6.0, 8.0, 8.0]];
        let result = run(rows.as_flattened(), &[0.3, 0.4, 0.3], &BENEFIT[..3]);
        assert_eq!((result.compromise, result.acceptable_advantage, result.acceptable_stability), (vec![2, 3, 1], false, true));
    }

    #[test]
    fn constant_and_alone() {
        let all_equal = run(&[3.0; 6], &[1.0; 2], &BENEFIT[..2]);
        assert_eq!((all_equal.q, all_equal.compromise), (vec![0.0; 3], vec![0, 1, 2]));
        let alone = run(&[1.0, 2.0], &[1.0; 2], &BENEFIT[..2]);
        assert_eq!((alone.q, alone.compromise, alone.acceptable_advantage), (vec![0.0], vec![0], true));
        assert_eq!(run(&[], &[1.0; 2], &BENEFIT[..2]).compromise, [0; 0]);
        let matrix = Matrix::of_rows(&[1.0, 2.0], 1).unwrap();
        assert!(vikor(&matrix, &[1.0], &BENEFIT[..1], 1.5).unwrap_err().to_string().contains("v is 1.5"));
        let matrix = Matrix::of_rows(&[1.0, f64::NAN], 1).unwrap();
        assert_eq!(vikor(&matrix, &[1.0], &BENEFIT[..1], 0.5), Err(McdaError::Missing { criterion: 0, alternative: 1 }));
    }

    proptest! {
        #[test]
        fn invariants((rows, weights, signs) in matrices(), factor in 0.01f64..100.0) {
            let directions = directions(&signs);
            let (rows, better, worse) = two_dominated(rows, &directions);
            let result = run(&rows, &weights, &directions);
            prop_assert!(result.q.iter().all(|q| (-1e-9..=1.0 + 1e-9).contains(q)));
            prop_assert!(result.q[better] <= result.q[worse] + 1e-9);
            let scaled: Vec<f64> = weights.iter().map(|weight| weight * factor).collect();
            close(&run(&rows, &scaled, &directions).q, &result.q, 1e-9);
            let reversed: Vec<f64> = rows.chunks(weights.len()).rev().flatten().copied().collect();
            let back: Vec<f64> = run(&reversed, &weights, &directions).q.into_iter().rev().collect();
            close(&back, &result.q, 1e-9);
            prop_assert!(!result.compromise.is_empty());
        }
    }
}
