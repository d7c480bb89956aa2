//! Gamma-Gamma (Fader and Hardie 2013): the mean spend of a customer's transactions varies around a mean of the customer's own, which
//! varies between customers. Parameters p, q, γ.

use rayon::prelude::*;

use super::customers::{CHUNK, InputError, check_lengths};
use super::fit::{BOUNDS, FitOptions, FitReport, covariance};
use super::model::by_name;
use super::newton::{Derivatives, Maximum, maximise};
use super::special::{digamma, digamma_rise, ln_gamma, ln_gamma_rise, trigamma};

/// A spend model with its parameters; γ is in the unit of the spend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGamma {
    params: [f64; 3],
}

impl GammaGamma {
    /// The name of the model.
    pub const NAME: &'static str = "gamma_gamma";

    /// The names of the parameters.
    pub const PARAMETERS: [&'static str; 3] = ["p", "q", "gamma"];

    /// A model of given parameters, which are positive numbers.
    pub fn new(params: [f64; 3]) -> Result<Self, InputError> {
        for (name, value) in Self::PARAMETERS.iter().zip(params) {
            if !(value.is_finite() && value > 0.0) {
                return Err(InputError::whole(format!("parameter {name} is {value}"), "parameters are positive numbers"));
            }
        }
        Ok(GammaGamma { params })
    }

    /// A model of parameters by their names, in any order: all of them and no others.
    pub fn named<'a>(params: impl IntoIterator<Item = (&'a str, f64)>) -> Result<Self, InputError> {
        Self::new(by_name(&Self::PARAMETERS, params)?)
    }

    /// p, q, γ.
    #[must_use]
    pub fn params(&self) -> [f64; 3] {
        self.params
    }

    /// The mean spend over all customers, p γ / (q − 1); `None` for q ≤ 1, where the model's mean is infinite.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        self.expected_spend(0.0, 0.0)
    }

    /// The expected spend per transaction of a customer with x transactions of this mean: between the customer's own mean and that of
    /// all. `None` where p x + q ≤ 1: the model's mean is infinite there, and no number of it would mean anything.
    #[must_use]
    pub fn expected_spend(&self, x: f64, mean_spend: f64) -> Option<f64> {
        let [p, q, gamma] = self.params;
        let shape = p * x + q - 1.0;
        let total = if x > 0.0 { x * mean_spend } else { 0.0 };
        (shape > 0.0).then(|| p * (gamma + total) / shape)
    }

    /// [`expected_spend`](Self::expected_spend) of many customers; those without a transaction may have any mean spend.
    pub fn expected_spend_of(&self, x: &[f64], mean_spend: &[f64]) -> Result<Vec<Option<f64>>, InputError> {
        check_spend(x, mean_spend)?;
        Ok(x.par_iter().zip(mean_spend).map(|(&x, &mean)| self.expected_spend(x, mean)).collect())
    }
}

/// A fitted spend model.
#[derive(Clone, Debug, PartialEq)]
pub struct GammaGammaFit {
    /// The model at the best point.
    pub model: GammaGamma,
    /// Standard errors of the parameters, from the Hessian; NaN where it gives none.
    pub standard_errors: [f64; 3],
    /// The covariance of the logarithms of the parameters.
    pub covariance: Option<[[f64; 3]; 3]>,
    /// The log-likelihood at the best point.
    pub log_likelihood: f64,
    /// How the fit went; customers are those with x > 0.
    pub report: FitReport,
}

/// Customers with the same number of transactions: x and the mean spends, in units of their mean.
struct Level {
    x: f64,
    spends: Vec<f64>,
}

/// Refuses input that has no meaning, naming the row.
fn check_spend(x: &[f64], mean_spend: &[f64]) -> Result<(), InputError> {
    check_lengths(&[("x", x.len()), ("mean_spend", mean_spend.len())])?;
    for (row, (&x, &spend)) in x.iter().zip(mean_spend).enumerate() {
        if !(x.is_finite() && x >= 0.0 && x.fract() == 0.0) {
            return Err(InputError::at(row, format!("x is {x}"), "x counts transactions: a whole number from 0"));
        }
        if x > 0.0 && !(spend.is_finite() && spend > 0.0) {
            return Err(InputError::at(
                row,
                format!("mean_spend is {spend}"),
                "the model knows positive spends only: leave out customers whose returns exceed their purchases",
            ));
        }
    }
    Ok(())
}

/// Fits the model to the mean spend of x transactions a customer. Customers with x = 0 say nothing about spend and are not used.
///
/// ```
/// use kam_numerics::btyd::{FitOptions, fit_gamma_gamma};
/// let fit = fit_gamma_gamma(&[2.0, 0.0, 5.0, 1.0, 3.0], &[22.35, f64::NAN, 40.0, 11.8, 73.7], &FitOptions::default())?;
/// assert_eq!(fit.report.customers, 4);
/// assert!(fit.model.expected_spend(2.0, 22.35).is_some());
/// # Ok::<(), kam_numerics::btyd::InputError>(())
/// ```
pub fn fit_gamma_gamma(x: &[f64], mean_spend: &[f64], options: &FitOptions<'_>) -> Result<GammaGammaFit, InputError> {
    check_spend(x, mean_spend)?;
    let mut rows: Vec<(u64, u64)> =
        x.iter().zip(mean_spend).filter(|(x, _)| **x > 0.0).map(|(x, spend)| (x.to_bits(), spend.to_bits())).collect();
    if rows.is_empty() {
        return Err(InputError::whole("no customer has a repeat transaction", "a spend model is fitted to customers with x > 0"));
    }
    rows.par_sort_unstable();
    let customers = rows.len();
    let unit = rows.iter().map(|(_, spend)| f64::from_bits(*spend)).sum::<f64>() / customers as f64;
    let mut levels: Vec<Level> = vec![];
    let mut log_spend = 0.0;
    for (x, spend) in rows {
        let (x, spend) = (f64::from_bits(x), f64::from_bits(spend));
        if levels.last().is_none_or(|level| level.x.to_bits() != x.to_bits()) {
            levels.push(Level { x, spends: vec![] });
        }
        if let Some(level) = levels.last_mut() {
            level.spends.push(spend / unit);
        }
        log_spend += spend.ln();
    }
    let total = customers as f64;
    let (low, high) = (BOUNDS.0.ln(), BOUNDS.1.ln());
    let starts: [[f64; 3]; 4] = [[3.0, 3.0, 0.7], [1.0, 1.2, 0.5], [10.0, 10.0, 0.9], [0.5, 2.0, 2.0]];
    let found: Vec<Maximum<3>> = starts
        .iter()
        .filter_map(|start| {
            maximise(start.map(f64::ln), [low; 3], [high; 3], options, |point| log_likelihood(&levels, point).scaled(1.0 / total))
        })
        .collect();
    let top = found.iter().map(|found| found.at.value).fold(f64::NEG_INFINITY, f64::max);
    let near = |found: &&Maximum<3>, share: f64| found.at.value >= top - share * top.abs().max(1.0);
    let agreeing_starts = found.iter().filter(|found| near(found, 1e-8)).count();
    let best = found.iter().filter(|found| near(found, 1e-11)).max_by_key(|found| found.converged);
    let Some(best) = best else {
        return Err(InputError::whole("the likelihood of these spends is not finite", "spends differ by too many orders of magnitude"));
    };
    let scaled = best.point.map(f64::exp);
    let params = [scaled[0], scaled[1], scaled[2] * unit];
    let covariance = covariance(&best.at.hessian, &best.free, total);
    let standard_errors = std::array::from_fn(|i| match &covariance {
        Some(covariance) if best.free[i] => params[i] * covariance[i][i].sqrt(),
        _ => f64::NAN,
    });
    let at_bound: Vec<&'static str> = (0..3).filter(|&i| !best.free[i]).map(|i| GammaGamma::PARAMETERS[i]).collect();
    let mut warnings = vec![];
    if !best.converged {
        warnings.push("the search ended before it reached a maximum; the parameters are those of the best point it saw".to_owned());
    }
    for name in &at_bound {
        warnings.push(format!("the likelihood rises to the bound of {name}: the data have no finite best value of it"));
    }
    if covariance.is_none() {
        warnings.push("the likelihood is flat at the best point: there are no standard errors".to_owned());
    }
    if params[1] <= 1.0 {
        warnings.push(format!("q is {:.4}, not above 1: the mean spend over all customers is infinite", params[1]));
    }
    Ok(GammaGammaFit {
        model: GammaGamma { params },
        standard_errors,
        covariance,
        // The density of a spend is one per unit of spend.
        log_likelihood: best.at.value * total - log_spend,
        report: FitReport {
            converged: best.converged,
            iterations: found.iter().map(|found| found.iterations).sum(),
            gradient_norm: best.gradient_norm,
            starts: starts.len(),
            agreeing_starts,
            at_bound,
            warnings,
            customers,
            groups: customers,
        },
    })
}

/// The log-likelihood but for − Σ ln(spend), and its derivatives by the logarithms of p, q, γ.
fn log_likelihood(levels: &[Level], point: &[f64; 3]) -> Derivatives<3> {
    let [p, q, gamma] = point.map(f64::exp);
    let mut sum = Derivatives::ZERO;
    let (ln_gamma_q, digamma_q, trigamma_q) = (ln_gamma(q), digamma(q), trigamma(q));
    for level in levels {
        let z = p * level.x;
        let shape = z + q;
        let of_chunk = |spends: &[f64]| {
            // ln(x m / (γ + x m)), ln(γ / (γ + x m)), γ / (γ + x m) and its product with the rest.
            let mut sums = [0.0; 4];
            for spend in spends {
                let ratio = gamma / (level.x * spend);
                let part = ratio / (1.0 + ratio);
                let log = ratio.ln_1p();
                sums[0] -= log;
                sums[1] += ratio.ln() - log;
                sums[2] += part;
                sums[3] += part * (1.0 - part);
            }
            sums
        };
        let parts: Vec<[f64; 4]> = level.spends.par_chunks(CHUNK).map(of_chunk).collect();
        let [own, all, part, both] = parts.into_iter().fold([0.0; 4], |sum, part| std::array::from_fn(|i| sum[i] + part[i]));
        let n = level.spends.len() as f64;
        let second_shape = trigamma(shape);
        sum.value += n * (ln_gamma_rise(z, q) - ln_gamma_q) + z * own + q * all;
        let by_p = n * z * digamma_rise(z, q) + z * own;
        let by_q = n * q * (digamma(shape) - digamma_q) + q * all;
        sum.gradient[0] += by_p;
        sum.gradient[1] += by_q;
        sum.gradient[2] += n * q - shape * part;
        sum.hessian[0][0] += by_p + n * z * z * (second_shape - trigamma(z));
        sum.hessian[0][1] += n * z * q * second_shape;
        sum.hessian[0][2] -= z * part;
        sum.hessian[1][1] += by_q + n * q * q * (second_shape - trigamma_q);
        sum.hessian[1][2] += q * (n - part);
        sum.hessian[2][2] -= shape * both;
    }
    for i in 0..3 {
        for j in 0..i {
            sum.hessian[i][j] = sum.hessian[j][i];
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradient_and_hessian_are_those_of_the_likelihood() {
        let levels = [Level { x: 1.0, spends: vec![0.3, 1.5, 9.0] }, Level { x: 40.0, spends: vec![0.8, 1.1] }];
        for point in [[6.25f64, 3.74, 0.5], [0.2, 0.6, 3.0], [400.0, 90.0, 0.01]] {
            let point = point.map(f64::ln);
            let exact = log_likelihood(&levels, &point);
            for i in 0..3 {
                let at = |by: f64| {
                    let mut moved = point;
                    moved[i] += by;
                    log_likelihood(&levels, &moved)
                };
                let (up, down) = (at(1e-5), at(-1e-5));
                let slope = (up.value - down.value) / 2e-5;
                assert!((slope - exact.gradient[i]).abs() < 1e-6 * (1.0 + slope.abs()), "{i}: {slope} {}", exact.gradient[i]);
                for j in 0..3 {
                    let bend = (up.gradient[j] - down.gradient[j]) / 2e-5;
                    assert!((bend - exact.hessian[i][j]).abs() < 1e-6 * (1.0 + bend.abs()), "{i} {j}: {bend} {}", exact.hessian[i][j]);
                }
            }
        }
    }

    #[test]
    fn where_the_mean_is_infinite_there_is_none() {
        let heavy = GammaGamma::new([0.4, 0.5, 10.0]).unwrap();
        assert_eq!((heavy.mean(), heavy.expected_spend(1.0, 20.0)), (None, None));
        assert!((heavy.expected_spend(2.0, 20.0).unwrap() - 0.4 * 50.0 / 0.3).abs() < 1e-9);
        assert_eq!(GammaGamma::new([6.0, 3.0, 10.0]).unwrap().mean(), Some(30.0));
        assert!(GammaGamma::new([6.0, 0.0, 10.0]).is_err());
    }

    #[test]
    fn spends_that_cannot_be_are_named() {
        for (x, spend) in [(1.0, 0.0), (1.0, -3.0), (1.0, f64::NAN), (0.5, 1.0), (-1.0, 1.0)] {
            let error = fit_gamma_gamma(&[1.0, x], &[5.0, spend], &FitOptions::default()).unwrap_err();
            assert_eq!(error.row, Some(1), "{error}");
        }
        assert!(fit_gamma_gamma(&[0.0], &[f64::NAN], &FitOptions::default()).is_err());
        // One customer, or all alike: no spread, so the fit says what it cannot know.
        for spends in [&[7.0][..], &[7.0, 7.0, 7.0]] {
            let fit = fit_gamma_gamma(&vec![2.0; spends.len()], spends, &FitOptions::default()).unwrap();
            assert!(!fit.report.warnings.is_empty(), "{fit:?}");
        }
    }
}
