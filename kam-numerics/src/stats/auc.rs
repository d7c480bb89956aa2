//! The area under the receiver operating characteristic.

/// The probability that a score drawn from the marked is larger than one drawn from the others, equal scores counting half (Hanley and
/// McNeil 1982); `None` where all or none are marked. Scores must not be NaN.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
pub fn area_under_curve(scores: &[f64], marked: &[bool]) -> Option<f64> {
    let mut order: Vec<(f64, bool)> = scores.iter().copied().zip(marked.iter().copied()).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut doubled) = (0u128, 0u128);
    let mut total_marked = 0u128;
    for run in order.chunk_by(|a, b| a.0 == b.0) {
        let ones = run.iter().filter(|(_, marked)| *marked).count() as u128;
        let others = run.len() as u128 - ones;
        doubled += ones * (2 * below + others);
        below += others;
        total_marked += ones;
    }
    let pairs = total_marked * below;
    (pairs > 0).then(|| doubled as f64 / (2.0 * pairs as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_in_the_right_order() {
        assert_eq!(area_under_curve(&[1.0, 2.0, 3.0, 4.0], &[false, false, true, true]), Some(1.0));
        assert_eq!(area_under_curve(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, false]), Some(0.0));
        assert_eq!(area_under_curve(&[1.0, 1.0, 1.0], &[true, false, true]), Some(0.5));
        // The example of scikit-learn's documentation.
        assert_eq!(area_under_curve(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]), Some(0.75));
        assert_eq!(area_under_curve(&[1.0], &[true]), None);
        assert_eq!(area_under_curve(&[], &[]), None);
    }

    /// Hanley and McNeil 1982, table I: 58 normal and 51 abnormal images in five grades; the area is 0.893.
    #[test]
    fn graded_images() {
        let (normal, abnormal) = ([33, 6, 6, 11, 2], [3, 2, 2, 11, 33]);
        let (mut scores, mut marked) = (vec![], vec![]);
        for (grade, (normal, abnormal)) in normal.into_iter().zip(abnormal).enumerate() {
            scores.extend(std::iter::repeat_n(f64::from(u8::try_from(grade).unwrap()), normal + abnormal));
            marked.extend(std::iter::repeat_n(false, normal).chain(std::iter::repeat_n(true, abnormal)));
        }
        let area = area_under_curve(&scores, &marked).unwrap();
        assert!((area - 0.893).abs() < 0.0005, "{area}");
    }
}
