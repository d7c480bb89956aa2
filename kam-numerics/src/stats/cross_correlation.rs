//! Does one series lead another: correlations at every lag, with the interval within which chance alone keeps them.

use super::distributions::normal_quantile;

/// The correlation of two series at one lag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LagCorrelation {
    /// How many steps the first series goes ahead of the second; negative where it follows.
    pub lag: i64,
    /// The correlation of the first series with the second `lag` steps later.
    pub correlation: f64,
    /// Half the width of the interval around 0 that independent series with these autocorrelations stay in, by Bartlett's formula.
    pub bartlett: f64,
    /// The same for series without autocorrelation: z ÷ √n.
    pub white_noise: f64,
}

/// Correlations from lag −`max_lag` to `max_lag`: r(k) = Σ (xₜ − x̄)(yₜ₊ₖ − ȳ) ÷ √(Σ(x − x̄)² Σ(y − ȳ)²), over the n − |k| pairs there are.
///
/// Bartlett (1955): of two independent series, var r(k) ≈ Σⱼ ρₓ(j) ρᵧ(j) ÷ n over all j; the autocorrelations are estimated up to `max_lag` and a
/// sum that comes out below 1 counts as 1, so that the interval is never narrower than that of series without autocorrelation. `None` for series of
/// different or too small length (n ≤ `max_lag` + 1) or without variation.
#[must_use]
pub fn cross_correlation(x: &[f64], y: &[f64], max_lag: usize, confidence: f64) -> Option<Vec<LagCorrelation>> {
    let n = x.len();
    if y.len() != n || n <= max_lag + 1 || !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let (x, y) = (centred(x)?, centred(y)?);
    let cross = |x: &[f64], y: &[f64], lag: usize| x.iter().zip(&y[lag..]).map(|(x, y)| x * y).sum::<f64>();
    let (own_x, own_y) = (cross(&x, &x, 0), cross(&y, &y, 0));
    let scale = (own_x * own_y).sqrt();
    let shared: f64 = (1..=max_lag).map(|lag| cross(&x, &x, lag) / own_x * (cross(&y, &y, lag) / own_y)).sum();
    let length = float(n);
    let white_noise = normal_quantile(f64::midpoint(1.0, confidence)) / length.sqrt();
    let bartlett = white_noise * (1.0 + 2.0 * shared).max(1.0).sqrt();
    let at = |lag: i64, correlation: f64| LagCorrelation { lag, correlation: correlation / scale, bartlett, white_noise };
    let signed = |lag: usize| i64::try_from(lag).unwrap_or(i64::MAX);
    let behind = (1..=max_lag).rev().map(|lag| at(-signed(lag), cross(&y, &x, lag)));
    Some(behind.chain((0..=max_lag).map(|lag| at(signed(lag), cross(&x, &y, lag)))).collect())
}

/// The series less its mean; `None` where nothing varies.
fn centred(series: &[f64]) -> Option<Vec<f64>> {
    let mean = series.iter().sum::<f64>() / float(series.len());
    let varies = series.iter().any(|value| *value != series[0]) && series.iter().all(|value| value.is_finite());
    varies.then(|| series.iter().map(|value| value - mean).collect())
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leads_is_found_at_a_positive_lag() {
        let x = [0.0, 1.0, 0.0, -1.0, 2.0, 0.0, -2.0, 1.0, 0.0, 0.0];
        let y = [0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 2.0, 0.0, -2.0, 1.0];
        let lags = cross_correlation(&x, &y, 3, 0.95).unwrap();
        let best = lags.iter().max_by(|a, b| a.correlation.total_cmp(&b.correlation)).unwrap();
        assert_eq!((lags.len(), best.lag), (7, 2));
        let turned = cross_correlation(&y, &x, 3, 0.95).unwrap();
        for (one, other) in lags.iter().zip(turned.iter().rev()) {
            assert_eq!((one.lag, one.correlation, one.bartlett), (-other.lag, other.correlation, other.bartlett));
        }
    }

    #[test]
    fn a_series_agrees_with_itself() {
        let x = [1.0, 3.0, 2.0, 5.0, 4.0];
        let lags = cross_correlation(&x, &x, 2, 0.95).unwrap();
        assert!((lags[2].correlation - 1.0).abs() < 1e-15);
        assert!(lags.iter().all(|lag| lag.bartlett >= lag.white_noise));
    }

    #[test]
    fn too_little_to_tell() {
        assert_eq!(cross_correlation(&[1.0, 2.0, 3.0], &[1.0, 2.0], 1, 0.95), None);
        assert_eq!(cross_correlation(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], 2, 0.95), None);
        assert_eq!(cross_correlation(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0], 1, 0.95), None);
        assert_eq!(cross_correlation(&[], &[], 0, 0.95), None);
    }
}
