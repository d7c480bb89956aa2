//! How much values vary around their mean.

/// The coefficient of variation, standard deviation ÷ mean, of these values and of `zeros` further zeros.
///
/// `ddof` is taken off the number of values in the variance: 0 for the population, 1 for a sample. `None` where no value is left to
/// divide by or the mean is not positive.
#[must_use]
pub fn coefficient_of_variation(values: &[f64], zeros: usize, ddof: usize) -> Option<f64> {
    let n = values.len() + zeros;
    if n <= ddof {
        return None;
    }
    let mean = values.iter().sum::<f64>() / float(n);
    if mean.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
        return None;
    }
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() + float(zeros) * mean.powi(2);
    Some((squares / float(n - ddof)).sqrt() / mean)
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_count_as_values() {
        assert_eq!(coefficient_of_variation(&[5.0, 5.0], 0, 0), Some(0.0));
        assert_eq!(coefficient_of_variation(&[4.0], 1, 0), Some(1.0));
        assert_eq!(coefficient_of_variation(&[4.0, 0.0], 0, 0), coefficient_of_variation(&[4.0], 1, 0));
        assert!((coefficient_of_variation(&[4.0], 1, 1).unwrap() - 2f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn undefined_without_a_positive_mean_or_enough_values() {
        for (values, zeros, ddof) in [(&[][..], 0, 0), (&[][..], 3, 0), (&[1.0, -1.0][..], 0, 0), (&[-2.0][..], 0, 0), (&[3.0][..], 0, 1)] {
            assert_eq!(coefficient_of_variation(values, zeros, ddof), None);
        }
    }
}
