//! Fitting a purchase model by maximum likelihood.

use super::customers::{Customers, InputError};
use super::model::{Kind, Model};
use super::newton::{Derivatives, Maximum, inverse, maximise};

/// How a fit is done. The defaults are right for all data seen so far.
#[derive(Clone, Copy)]
pub struct FitOptions<'a> {
    /// Steps of the optimiser at most.
    pub max_iterations: usize,
    /// Count identical (x, t_x, T) once. Without it the result is the same to rounding, and the time longer.
    pub group: bool,
    /// Asked before every look at the data; at `false` the search ends where it is, and what comes back did not converge.
    pub go_on: &'a dyn Fn() -> bool,
}

impl Default for FitOptions<'_> {
    fn default() -> Self {
        FitOptions { max_iterations: 200, group: true, go_on: &|| true }
    }
}

/// How well a fit went. A fit that did not converge still has its best point.
#[derive(Clone, Debug, PartialEq)]
pub struct FitReport {
    /// Did the search end at a maximum (inside, or at a bound of the parameters)?
    pub converged: bool,
    /// Steps of the optimiser, over all starts and the last climb.
    pub iterations: usize,
    /// The largest component of the gradient of the mean log-likelihood by the logarithms of the parameters.
    pub gradient_norm: f64,
    /// Starting points tried.
    pub starts: usize,
    /// How many of them led to the best point.
    pub agreeing_starts: usize,
    /// Parameters that stand at the bound of what is searched: the data have no finite maximum in them.
    pub at_bound: Vec<&'static str>,
    /// What is to be known before the fit is used.
    pub warnings: Vec<String>,
    /// Customers, and how many different (x, t_x, T) they have.
    pub customers: usize,
    /// Different (x, t_x, T).
    pub groups: usize,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The model at the best point.
    pub model: Model,
    /// Standard errors of the parameters, from the Hessian; NaN where it gives none.
    pub standard_errors: [f64; 4],
    /// The covariance of the logarithms of the parameters, for intervals; `None` where the Hessian gives none. A parameter at a bound is
    /// taken as known.
    pub covariance: Option<[[f64; 4]; 4]>,
    /// The log-likelihood at the best point.
    pub log_likelihood: f64,
    /// How the fit went.
    pub report: FitReport,
}

/// Where a parameter is searched, with times in units of the mean T.
pub(super) const BOUNDS: (f64, f64) = (1e-6, 1e6);

/// So many rows are enough to find the way to the maximum; the last steps look at all.
const FIRST_LOOK: usize = 20_000;

/// Fits a model to customers with x repeat transactions, the last at t_x, seen until T.
///
/// ```
/// use kam_numerics::btyd::{FitOptions, Kind, fit};
/// let x = [2.0, 0.0, 5.0, 1.0, 0.0, 3.0];
/// let t_x = [30.4, 0.0, 33.0, 1.7, 0.0, 12.0];
/// let age = [38.9, 38.9, 38.0, 37.0, 36.0, 35.0];
/// let fit = fit(Kind::MbgNbd, &x, &t_x, &age, &FitOptions::default())?;
/// assert!(fit.log_likelihood.is_finite() && fit.report.customers == 6);
/// # Ok::<(), kam_numerics::btyd::InputError>(())
/// ```
pub fn fit(kind: Kind, x: &[f64], t_x: &[f64], age: &[f64], options: &FitOptions<'_>) -> Result<Fit, InputError> {
    let customers = Customers::new(x, t_x, age, options.group)?;
    Ok(fit_customers(kind, &customers, options))
}

fn fit_customers(kind: Kind, customers: &Customers, options: &FitOptions<'_>) -> Fit {
    let thin = customers.thinned(FIRST_LOOK);
    let starts = starts(kind, customers);
    let mut iterations = 0;
    let mut found: Vec<Maximum<4>> =
        starts.iter().filter_map(|start| climb(kind, thin.as_ref().unwrap_or(customers), *start, options)).collect();
    iterations += found.iter().map(|found| found.iterations).sum::<usize>();
    let agreeing = agreeing(&found);
    let best = best(&mut found);
    let last = match (&thin, best) {
        (None, best) => best,
        (Some(_), first) => {
            let mut all: Vec<Maximum<4>> =
                first.iter().filter_map(|first| climb(kind, customers, first.point.map(f64::exp), options)).collect();
            if !all.iter().any(|found| found.converged) {
                all.extend(starts.iter().filter_map(|start| climb(kind, customers, *start, options)));
            }
            iterations += all.iter().map(|found| found.iterations).sum::<usize>();
            self::best(&mut all)
        }
    };
    // The likelihood is finite at every point of the box, so there is always a best one unless the caller stopped the search before the
    // first look; the first start stands in.
    let last = last.unwrap_or_else(|| {
        let point = starts[0].map(f64::ln);
        let at =
            if (options.go_on)() { kind.log_likelihood(customers, &point).scaled(1.0 / customers.total) } else { Derivatives::UNKNOWN };
        Maximum { point, at, free: [true; 4], converged: false, iterations: 0, gradient_norm: f64::NAN }
    });
    finish(kind, customers, &last, iterations, starts.len(), agreeing)
}

fn climb(kind: Kind, customers: &Customers, start: [f64; 4], options: &FitOptions<'_>) -> Option<Maximum<4>> {
    let (low, high) = (BOUNDS.0.ln(), BOUNDS.1.ln());
    maximise(start.map(f64::ln), [low; 4], [high; 4], options, |point| kind.log_likelihood(customers, point).scaled(1.0 / customers.total))
}

/// Points to begin at: the mean rate of purchases with three degrees of difference between customers and of dropping out.
fn starts(kind: Kind, customers: &Customers) -> Vec<[f64; 4]> {
    // Times are in units of the mean T, so x per customer is the rate.
    let rate = (customers.repeats / customers.total).clamp(1e-3, 1e4);
    let shapes = [0.5, 1.5, 0.2, 5.0];
    shapes
        .into_iter()
        .enumerate()
        .map(|(at, r)| {
            let alpha = (r / (1.5 * rate)).clamp(2.0 * BOUNDS.0, 0.5 * BOUNDS.1);
            match (kind, at) {
                (Kind::ParetoNbd, 0) => [r, alpha, 0.5, 0.5],
                (Kind::ParetoNbd, 1) => [r, alpha, 1.5, 3.0],
                (Kind::ParetoNbd, 2) => [r, alpha, 0.1, 1.0],
                (Kind::ParetoNbd, _) => [r, alpha, 3.0, 1.0],
                (_, 0) => [r, alpha, 0.7, 2.0],
                (_, 1) => [r, alpha, 1.5, 1.5],
                (_, 2) => [r, alpha, 0.05, 2.0],
                (_, _) => [r, alpha, 2.0, 10.0],
            }
        })
        .collect()
}

/// How many of the searches reached the highest value.
fn agreeing(found: &[Maximum<4>]) -> usize {
    let top = found.iter().map(|found| found.at.value).fold(f64::NEG_INFINITY, f64::max);
    found.iter().filter(|found| found.at.value >= top - 1e-8 * top.abs().max(1.0)).count()
}

/// The highest; among equals one that converged.
fn best(found: &mut Vec<Maximum<4>>) -> Option<Maximum<4>> {
    let top = found.iter().map(|found| found.at.value).fold(f64::NEG_INFINITY, f64::max);
    found.retain(|found| found.at.value >= top - 1e-11 * top.abs().max(1.0));
    let at = found.iter().position(|found| found.converged).unwrap_or(0);
    (!found.is_empty()).then(|| found.swap_remove(at))
}

fn finish(kind: Kind, customers: &Customers, last: &Maximum<4>, iterations: usize, starts: usize, agreeing: usize) -> Fit {
    let times = kind.is_time();
    let params: [f64; 4] = std::array::from_fn(|i| last.point[i].exp() * if times[i] { customers.unit } else { 1.0 });
    let model = Model::of(kind, params);
    let covariance = covariance(&last.at.hessian, &last.free, customers.total);
    let standard_errors = std::array::from_fn(|i| match &covariance {
        Some(covariance) if last.free[i] => params[i] * covariance[i][i].sqrt(),
        _ => f64::NAN,
    });
    let names = kind.parameters();
    let at_bound: Vec<&'static str> = (0..4).filter(|&i| !last.free[i]).map(|i| names[i]).collect();
    let mut warnings = vec![];
    if !last.converged {
        warnings.push("the search ended before it reached a maximum; the parameters are those of the best point it saw".to_owned());
    }
    for &name in &at_bound {
        let at = names.iter().position(|other| *other == name).unwrap_or(0);
        let side = if last.point[at] < 0.0 { "0" } else { "infinity" };
        warnings.push(format!("the likelihood rises towards {name} → {side}: the data have no finite best value of it"));
    }
    if covariance.is_none() {
        warnings.push("the likelihood is flat at the best point: there are no standard errors".to_owned());
    }
    for i in (0..4).filter(|&i| standard_errors[i] > params[i]) {
        warnings.push(format!("{} is hardly determined: its standard error is greater than itself", names[i]));
    }
    if customers.repeats == 0.0 {
        warnings.push("nobody has a repeat transaction: there is nothing to learn rates from".to_owned());
    }
    Fit {
        model,
        standard_errors,
        covariance,
        log_likelihood: last.at.value * customers.total - customers.repeats * customers.unit.ln(),
        report: FitReport {
            converged: last.converged,
            iterations,
            gradient_norm: last.gradient_norm,
            starts,
            agreeing_starts: agreeing,
            at_bound,
            warnings,
            customers: customers.levels.iter().map(|(_, count)| *count as usize).sum(),
            groups: customers.rows.len(),
        },
    }
}

/// The inverse of the negative Hessian of the free parameters.
pub(super) fn covariance<const N: usize>(hessian: &[[f64; N]; N], free: &[bool; N], total: f64) -> Option<[[f64; N]; N]> {
    let mut matrix = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..N {
            matrix[i][j] = match (free[i], free[j]) {
                (true, true) => -hessian[i][j] * total,
                _ => f64::from(u8::from(i == j)),
            };
        }
    }
    let mut inverse = inverse(&matrix)?;
    for i in (0..N).filter(|&i| !free[i]) {
        inverse[i][i] = 0.0;
    }
    Some(inverse)
}
