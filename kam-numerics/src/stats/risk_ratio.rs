//! How much likelier something is with a condition than without it.

use super::distributions::normal_quantile;

/// The risk ratio of two groups with its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RiskRatio {
    /// The share of the exposed that it happened to.
    pub exposed_risk: f64,
    /// The share of the others that it happened to.
    pub other_risk: f64,
    /// The first ÷ the second.
    pub ratio: f64,
    /// The lower limit of the ratio's confidence interval.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
    /// Was one half added to every count, because one of them is 0 and the ratio would have no limits?
    pub corrected: bool,
}

/// The risk ratio with the interval of Katz et al. (1978), on the logarithm of the ratio. Where a count of events is 0, one half is added to all
/// four counts of the ratio and its interval (Haldane 1955, Anscombe 1956); the risks stay as they are.
///
/// `None` where a group is empty, has fewer members than events, or nothing happened to anybody.
#[must_use]
pub fn risk_ratio(exposed_events: u64, exposed: u64, other_events: u64, others: u64, confidence: f64) -> Option<RiskRatio> {
    let sound = exposed > 0 && others > 0 && exposed_events <= exposed && other_events <= others && exposed_events + other_events > 0;
    if !(sound && confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let corrected = exposed_events == 0 || other_events == 0;
    let (event, member) = if corrected { (0.5, 1.0) } else { (0.0, 0.0) };
    let (a, n) = (float(exposed_events) + event, float(exposed) + member);
    let (c, m) = (float(other_events) + event, float(others) + member);
    let ratio = (a / n) / (c / m);
    let spread = normal_quantile(f64::midpoint(1.0, confidence)) * ((1.0 / a - 1.0 / n) + (1.0 / c - 1.0 / m)).max(0.0).sqrt();
    Some(RiskRatio {
        exposed_risk: float(exposed_events) / float(exposed),
        other_risk: float(other_events) / float(others),
        ratio,
        low: ratio * (-spread).exp(),
        high: ratio * spread.exp(),
        corrected,
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 27 of 122 against 44 of 487: 2.45, 1.58 to 3.79.
        let result = risk_ratio(27, 122, 44, 487, 0.95).unwrap();
        assert!((result.ratio - 27.0 * 487.0 / (122.0 * 44.0)).abs() < 1e-14);
        let spread = 1.959_963_984_540_054 * (1.0 / 27.0 - 1.0 / 122.0 + 1.0 / 44.0 - 1.0 / 487.0f64).sqrt();
        assert!((result.high / result.ratio - spread.exp()).abs() < 1e-14 && !result.corrected);
        assert!((result.low * result.high - result.ratio.powi(2)).abs() < 1e-12);
    }

    #[test]
    fn nothing_in_one_group_is_corrected() {
        let result = risk_ratio(3, 10, 0, 20, 0.95).unwrap();
        assert!(result.corrected && result.other_risk == 0.0);
        assert!((result.ratio - (3.5 / 11.0) / (0.5 / 21.0)).abs() < 1e-12);
    }

    #[test]
    fn too_little_to_tell() {
        for (a, n, c, m) in [(0, 0, 1, 2), (1, 2, 0, 0), (0, 5, 0, 5), (6, 5, 1, 5)] {
            assert_eq!(risk_ratio(a, n, c, m, 0.95), None);
        }
        let all = risk_ratio(5, 5, 5, 5, 0.95).unwrap();
        assert_eq!((all.ratio, all.low, all.high), (1.0, 1.0, 1.0));
    }
}
