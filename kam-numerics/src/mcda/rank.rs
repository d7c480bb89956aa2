//! Places of scores.

use rayon::prelude::*;

/// Places from the best, 1 for the highest score. Equal scores share the better place and the next place is skipped (1, 2, 2, 4).
///
/// Scores that agree to nine decimals are equal: sums of the same parts in another order must not decide. A score that is not
/// finite has no place.
#[must_use]
pub fn competition_ranks(scores: &[f64]) -> Vec<Option<usize>> {
    let mut order: Vec<(f64, usize)> =
        scores.iter().map(|score| (score * 1e9).round() + 0.0).zip(0..).filter(|(score, _)| score.is_finite()).collect();
    order.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut ranks = vec![None; scores.len()];
    let (mut rank, mut last) = (0, f64::NAN);
    for (place, (score, at)) in order.into_iter().enumerate() {
        if score != last {
            (rank, last) = (place + 1, score);
        }
        ranks[at] = Some(rank);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_share_a_place() {
        assert_eq!(competition_ranks(&[0.3, 0.9, 0.1 + 0.2, 0.1]), [Some(2), Some(1), Some(2), Some(4)]);
        assert_eq!(competition_ranks(&[-0.0, 0.0, f64::NAN]), [Some(1), Some(1), None]);
        assert_eq!(competition_ranks(&[]), []);
    }
}
