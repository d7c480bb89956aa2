//! Intervals by the delta method: how sure a prediction is, given how sure the parameters are.

use super::customers::{InputError, check_customers, check_lengths};
use super::fit::Fit;
use super::model::{Model, check_times, each};

/// The scale on which a prediction is taken to be normal, so that its interval stays where the prediction can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    /// Probabilities: the logarithm of the odds.
    Odds,
    /// Numbers that are not negative: the logarithm.
    Logarithm,
}

impl Fit {
    /// The interval of P(alive) at a level such as 0.95; `None` where the fit has no standard errors.
    #[must_use]
    pub fn p_alive_interval(&self, level: f64, x: f64, t_x: f64, age: f64) -> Option<(f64, f64)> {
        self.interval(level, Scale::Odds, |model| model.p_alive(x, t_x, age))
    }

    /// The interval of the number of purchases that is expected in a time t. It is that of the mean: what a customer really buys
    /// varies more.
    #[must_use]
    pub fn expected_purchases_interval(&self, level: f64, t: f64, x: f64, t_x: f64, age: f64) -> Option<(f64, f64)> {
        self.interval(level, Scale::Logarithm, |model| model.expected_purchases(t, x, t_x, age))
    }

    /// The interval of the number of purchases expected of a new customer.
    #[must_use]
    pub fn expected_purchases_new_interval(&self, level: f64, t: f64) -> Option<(f64, f64)> {
        self.interval(level, Scale::Logarithm, |model| model.expected_purchases_new(t))
    }

    /// The intervals of many customers: of P(alive) where `t` is empty, else of the purchases expected in a time t, one for all or one
    /// each. NaN where the fit has no standard errors.
    pub fn intervals(&self, level: f64, t: &[f64], x: &[f64], t_x: &[f64], age: &[f64]) -> Result<Vec<(f64, f64)>, InputError> {
        check_customers(x, t_x, age)?;
        if t.len() > 1 {
            check_lengths(&[("t", t.len()), ("x", x.len())])?;
        }
        check_times(t)?;
        Ok(each(x.len(), |row| {
            let interval = match t {
                [] => self.p_alive_interval(level, x[row], t_x[row], age[row]),
                [t] => self.expected_purchases_interval(level, *t, x[row], t_x[row], age[row]),
                t => self.expected_purchases_interval(level, t[row], x[row], t_x[row], age[row]),
            };
            interval.unwrap_or((f64::NAN, f64::NAN))
        }))
    }

    fn interval(&self, level: f64, scale: Scale, predict: impl Fn(&Model) -> f64) -> Option<(f64, f64)> {
        let covariance = self.covariance.as_ref()?;
        let to = |value: f64| match scale {
            Scale::Odds => (value / (1.0 - value)).ln(),
            Scale::Logarithm => value.ln(),
        };
        let at = predict(&self.model);
        if !to(at).is_finite() {
            // Certain whatever the parameters are: no time has passed, or nobody can have dropped out.
            return Some((at, at));
        }
        const STEP: f64 = 1e-4;
        let params = self.model.params();
        let slope: [f64; 4] = std::array::from_fn(|i| {
            let moved = |by: f64| {
                let mut params = params;
                params[i] *= f64::exp(by);
                to(predict(&Model::of(self.model.kind(), params)))
            };
            (moved(STEP) - moved(-STEP)) / (2.0 * STEP)
        });
        let variance: f64 = (0..4).map(|i| slope[i] * (0..4).map(|j| covariance[i][j] * slope[j]).sum::<f64>()).sum();
        let reach = normal_quantile(0.5 + 0.5 * level) * variance.max(0.0).sqrt();
        if !reach.is_finite() {
            return None;
        }
        let from = |value: f64| match scale {
            Scale::Odds => 1.0 / (1.0 + (-value).exp()),
            Scale::Logarithm => value.exp(),
        };
        Some((from(to(at) - reach), from(to(at) + reach)))
    }
}

/// The quantile of the standard normal distribution, by Newton's method on its distribution function.
#[must_use]
pub fn normal_quantile(probability: f64) -> f64 {
    if !(probability > 0.0 && probability < 1.0) {
        return if probability >= 1.0 { f64::INFINITY } else { f64::NEG_INFINITY };
    }
    let upper = probability.min(1.0 - probability);
    // A first guess good to some hundredths, on the side of the smaller tail.
    let t = (-2.0 * upper.ln()).sqrt();
    let mut z = t - (2.30753 + 0.27061 * t) / (1.0 + t * (0.99229 + 0.04481 * t));
    for _ in 0..20 {
        let tail = 0.5 * libm::erfc(z / std::f64::consts::SQRT_2);
        let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let step = (tail - upper) / density;
        z += step;
        if step.abs() < 1e-14 {
            break;
        }
    }
    if probability < 0.5 { -z } else { z }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btyd::{FitOptions, Kind, fit};

    #[test]
    fn quantiles_of_the_normal_distribution() {
        for (probability, z) in
            [(0.5, 0.0), (0.975, 1.959_963_984_540_054), (0.05, -1.644_853_626_951_472_7), (1e-9, -5.997_807_015_008_182)]
        {
            assert!((normal_quantile(probability) - z).abs() < 1e-9, "{probability}");
        }
        assert!(normal_quantile(1.0).is_infinite() && normal_quantile(0.0).is_infinite());
    }

    #[test]
    fn intervals_hold_the_prediction_and_stay_where_it_can_be() {
        let x: Vec<f64> = (0..300).map(|at| f64::from(at % 7)).collect();
        let age: Vec<f64> = (0..300).map(|at| 30.0 + f64::from(at % 11)).collect();
        let t_x: Vec<f64> = (0..300).map(|at| if at % 7 == 0 { 0.0 } else { 3.0 + f64::from(at % 25) }).collect();
        for kind in Kind::ALL {
            let fit = fit(kind, &x, &t_x, &age, &FitOptions::default()).unwrap();
            let (low, high) = fit.p_alive_interval(0.95, 3.0, 20.0, 38.0).unwrap();
            let at = fit.model.p_alive(3.0, 20.0, 38.0);
            assert!(0.0 < low && low < at && at < high && high < 1.0, "{kind}: {low} {at} {high}");
            let narrow = fit.p_alive_interval(0.5, 3.0, 20.0, 38.0).unwrap();
            assert!(low < narrow.0 && narrow.1 < high);
            let (low, high) = fit.expected_purchases_interval(0.95, 26.0, 3.0, 20.0, 38.0).unwrap();
            let at = fit.model.expected_purchases(26.0, 3.0, 20.0, 38.0);
            assert!(0.0 < low && low < at && at < high, "{kind}: {low} {at} {high}");
            assert_eq!(fit.expected_purchases_new_interval(0.95, 0.0), Some((0.0, 0.0)));
            assert!(fit.expected_purchases_new_interval(0.95, 10.0).unwrap().0 > 0.0);
        }
    }
}
