//! Weight of evidence and information value: how a property of two kinds tells one from the other.

/// The weights of the bins and what they say together.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightOfEvidence {
    /// Per bin ln(share of the one kind ÷ share of the other); infinite where a bin lacks a kind and nothing is smoothed.
    pub weights: Vec<f64>,
    /// Per bin its part of the information value.
    pub contributions: Vec<f64>,
    /// The sum of the parts.
    pub information_value: f64,
}

/// Weights of evidence of bins that hold `ones[i]` of the one kind and `others[i]` of the other (Siddiqi 2006, Credit Risk Scorecards, ch. 6).
///
/// `smoothing` is added to every count, and so to the totals once per bin, which keeps the shares of each kind adding up to 1. With 0 a bin
/// without one of the kinds has an infinite weight. A bin without either has the weight 0. `None` where a kind does not occur at all or the
/// slices differ in length.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
pub fn weight_of_evidence(ones: &[u64], others: &[u64], smoothing: f64) -> Option<WeightOfEvidence> {
    let (total_ones, total_others): (u64, u64) = (ones.iter().sum(), others.iter().sum());
    if total_ones == 0 || total_others == 0 || ones.len() != others.len() {
        return None;
    }
    let bins = ones.len() as f64;
    let (all_ones, all_others) = (total_ones as f64 + smoothing * bins, total_others as f64 + smoothing * bins);
    let shares = ones.iter().zip(others).map(|(one, other)| {
        let parts = ((*one as f64 + smoothing) / all_ones, (*other as f64 + smoothing) / all_others);
        (parts, one + other == 0)
    });
    let weights: Vec<f64> = shares.clone().map(|((one, other), empty)| if empty { 0.0 } else { (one / other).ln() }).collect();
    let contributions: Vec<f64> =
        shares.zip(&weights).map(|(((one, other), empty), weight)| if empty { 0.0 } else { (one - other) * weight }).collect();
    let information_value = contributions.iter().sum();
    Some(WeightOfEvidence { weights, contributions, information_value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Siddiqi 2006, exhibit 6.2: the age of 1,806 good and 194 bad applicants, weights in hundredths as printed. The information value
    /// follows from the printed counts.
    #[test]
    fn ages_of_good_and_bad_applicants() {
        let good = [42, 152, 246, 405, 475, 339, 147];
        let bad = [8, 48, 54, 45, 25, 11, 3];
        let result = weight_of_evidence(&good, &bad, 0.0).unwrap();
        for (weight, printed) in result.weights.iter().zip([-57.28, -107.83, -71.47, -3.38, 71.34, 119.71, 166.08]) {
            assert!((weight * 100.0 - printed).abs() < 0.01, "{weight} for {printed}");
        }
        assert!((result.information_value - 0.6502).abs() < 0.000_05, "{}", result.information_value);
    }

    #[test]
    fn a_kind_that_does_not_occur_says_nothing() {
        assert_eq!(weight_of_evidence(&[0, 0], &[1, 2], 0.5), None);
        assert_eq!(weight_of_evidence(&[], &[], 0.5), None);
        let unsmoothed = weight_of_evidence(&[1, 0, 0], &[1, 1, 0], 0.0).unwrap();
        assert_eq!(unsmoothed.weights[1], f64::NEG_INFINITY);
        assert_eq!(unsmoothed.weights[2], 0.0);
    }

    proptest! {
        #[test]
        fn the_information_value_is_never_negative(counts in proptest::collection::vec((0u64..50, 0u64..50), 1..9), smoothing in 0.01f64..2.0) {
            let (ones, others): (Vec<u64>, Vec<u64>) = counts.into_iter().unzip();
            if let Some(result) = weight_of_evidence(&ones, &others, smoothing) {
                prop_assert!(result.contributions.iter().all(|part| *part >= -1e-12));
                let swapped = weight_of_evidence(&others, &ones, smoothing).unwrap();
                prop_assert!((result.information_value - swapped.information_value).abs() < 1e-9);
            }
        }
    }
}
