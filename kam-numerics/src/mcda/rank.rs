//! Places of scores.

/// Places from the best, 1 for the highest score. Equal scores share the better place and the next place is skipped (1, 2, 2, 4).
///
/// Scores that agree to nine decimals are equal: sums of the same parts in another order must not decide. A score that is not
/// finite has no place.
#[must_use]
pub fn competition_ranks(scores: &[f64]) -> Vec<Option<usize>> {
    let rounded: Vec<f64> = scores.iter().map(|score| (score * 1e9).round()).collect();
    let mut descending: Vec<f64> = rounded.iter().copied().filter(|score| score.is_finite()).collect();
    descending.sort_by(|a, b| b.total_cmp(a));
    rounded.iter().map(|score| score.is_finite().then(|| descending.partition_point(|other| other > score) + 1)).collect()
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
