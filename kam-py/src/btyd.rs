//! Purchase and spend models over NumPy arrays.

use kam_core::numerics::btyd::{self, Fit, FitOptions, FitReport, InputError};
use kam_core::retention::{BtydSummary, Spend};
use kam_core::time::{Date, Grain};
use kam_core::{Code, Error};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use serde_json::json;

use crate::errors::{OrRaise, detached};
use crate::facts::Facts;
use crate::progress::Reporter;
use crate::table::Table;

type Numbers<'py> = Bound<'py, PyArray1<f64>>;
type Read<'py> = PyReadonlyArray1<'py, f64>;
type Ends<'py> = (Numbers<'py>, Numbers<'py>);

fn refuse(error: InputError) -> Error {
    Error::new(Code::FitInput, error.to_string()).with_hint(error.hint)
}

fn report(report: &FitReport) -> String {
    json!({
        "converged": report.converged,
        "iterations": report.iterations,
        "gradient_norm": report.gradient_norm,
        "starts": report.starts,
        "agreeing_starts": report.agreeing_starts,
        "at_bound": report.at_bound,
        "warnings": report.warnings,
        "customers": report.customers,
        "groups": report.groups,
    })
    .to_string()
}

/// A purchase model, fitted or of given parameters.
#[pyclass(frozen, module = "kam._kam")]
pub struct PurchaseModel {
    model: btyd::Model,
    fit: Option<Fit>,
}

/// Fits a purchase model; `group` counts identical customers once.
#[pyfunction]
pub fn btyd_fit(py: Python<'_>, model: &str, x: Read<'_>, t_x: Read<'_>, age: Read<'_>, group: bool) -> PyResult<PurchaseModel> {
    let kind = model.parse().map_err(refuse).or_raise(py)?;
    let (x, t_x, age) = (x.as_slice()?, t_x.as_slice()?, age.as_slice()?);
    let fit = Reporter::new(None).run(py, |progress| {
        let go_on = || !progress.is_stopped();
        btyd::fit(kind, x, t_x, age, &FitOptions { group, go_on: &go_on, ..FitOptions::default() }).map_err(refuse)
    })?;
    Ok(PurchaseModel { model: fit.model, fit: Some(fit) })
}

/// A purchase model of given parameters, by their names.
#[pyfunction]
pub fn btyd_model(py: Python<'_>, model: &str, params: Vec<(String, f64)>) -> PyResult<PurchaseModel> {
    let kind = model.parse().map_err(refuse).or_raise(py)?;
    let params = params.iter().map(|(name, value)| (name.as_str(), *value));
    Ok(PurchaseModel { model: btyd::Model::named(kind, params).map_err(refuse).or_raise(py)?, fit: None })
}

#[pymethods]
impl PurchaseModel {
    #[getter]
    fn name(&self) -> &'static str {
        self.model.kind().name()
    }

    /// The parameters: name and value.
    #[getter]
    fn params(&self) -> Vec<(&'static str, f64)> {
        self.model.kind().parameters().into_iter().zip(self.model.params()).collect()
    }

    /// Their standard errors; nothing for a model that was not fitted.
    #[getter]
    fn standard_errors(&self) -> Option<Vec<(&'static str, f64)>> {
        self.fit.as_ref().map(|fit| self.model.kind().parameters().into_iter().zip(fit.standard_errors).collect())
    }

    #[getter]
    fn log_likelihood(&self) -> Option<f64> {
        self.fit.as_ref().map(|fit| fit.log_likelihood)
    }

    /// How the fit went, as JSON.
    #[getter]
    fn report(&self) -> Option<String> {
        self.fit.as_ref().map(|fit| report(&fit.report))
    }

    fn p_alive<'py>(&self, py: Python<'py>, x: Read<'py>, t_x: Read<'py>, age: Read<'py>) -> PyResult<Numbers<'py>> {
        let (x, t_x, age) = (x.as_slice()?, t_x.as_slice()?, age.as_slice()?);
        let values = Reporter::new(None).run(py, |_| self.model.p_alive_of(x, t_x, age).map_err(refuse))?;
        Ok(PyArray1::from_vec(py, values))
    }

    fn expected_purchases<'py>(
        &self,
        py: Python<'py>,
        t: Read<'py>,
        x: Read<'py>,
        t_x: Read<'py>,
        age: Read<'py>,
    ) -> PyResult<Numbers<'py>> {
        let (t, x, t_x, age) = (t.as_slice()?, x.as_slice()?, t_x.as_slice()?, age.as_slice()?);
        let values = Reporter::new(None).run(py, |_| self.model.expected_purchases_of(t, x, t_x, age).map_err(refuse))?;
        Ok(PyArray1::from_vec(py, values))
    }

    fn expected_purchases_new<'py>(&self, py: Python<'py>, t: Read<'py>) -> PyResult<Numbers<'py>> {
        let t = t.as_slice()?;
        let values = Reporter::new(None).run(py, |_| self.model.expected_purchases_new_at(t).map_err(refuse))?;
        Ok(PyArray1::from_vec(py, values))
    }

    /// The log-likelihood of customers.
    fn log_likelihood_of(&self, py: Python<'_>, x: Read<'_>, t_x: Read<'_>, age: Read<'_>) -> PyResult<f64> {
        let (x, t_x, age) = (x.as_slice()?, t_x.as_slice()?, age.as_slice()?);
        Reporter::new(None).run(py, |_| self.model.log_likelihood(x, t_x, age).map_err(refuse))
    }

    /// Both ends of the interval of P(alive) (`t` of no length) or of the expected purchases; NaN without standard errors.
    fn interval<'py>(
        &self,
        py: Python<'py>,
        level: f64,
        t: Read<'py>,
        x: Read<'py>,
        t_x: Read<'py>,
        age: Read<'py>,
    ) -> PyResult<Ends<'py>> {
        let (t, x, t_x, age) = (t.as_slice()?, x.as_slice()?, t_x.as_slice()?, age.as_slice()?);
        let ends = Reporter::new(None).run(py, |_| {
            let fit = self.fit.as_ref().ok_or_else(|| {
                Error::new(Code::FitInput, "a model of given parameters has no intervals").with_hint("intervals come from a fit")
            })?;
            if !(level > 0.0 && level < 1.0) {
                return Err(Error::new(Code::Option, format!("option `level` is {level}")).with_hint("it must be between 0 and 1"));
            }
            fit.intervals(level, t, x, t_x, age).map_err(refuse)
        })?;
        let end = |of: fn(&(f64, f64)) -> f64| PyArray1::from_iter(py, ends.iter().map(of));
        Ok((end(|interval| interval.0), end(|interval| interval.1)))
    }

    /// Expected and actual transactions of a holdout by x: x, customers, expected, actual.
    #[expect(clippy::type_complexity, reason = "four columns")]
    #[expect(clippy::too_many_arguments, reason = "the columns of the input")]
    fn frequency_bins(
        &self,
        py: Python<'_>,
        t: Read<'_>,
        x: Read<'_>,
        t_x: Read<'_>,
        age: Read<'_>,
        x_star: Read<'_>,
        last: usize,
    ) -> PyResult<(Vec<usize>, Vec<usize>, Vec<f64>, Vec<f64>)> {
        let (t, x, t_x, age, x_star) = (t.as_slice()?, x.as_slice()?, t_x.as_slice()?, age.as_slice()?, x_star.as_slice()?);
        let bins = Reporter::new(None)
            .run(py, |_| btyd::frequency_bins(&self.model, t, [x, t_x, age], x_star, last.min(100_000)).map_err(refuse))?;
        Ok((
            bins.iter().map(|bin| bin.x).collect(),
            bins.iter().map(|bin| bin.customers).collect(),
            bins.iter().map(|bin| bin.expected).collect(),
            bins.iter().map(|bin| bin.actual).collect(),
        ))
    }

    /// Customers drawn from the model: x, t_x, T and whether each is still alive.
    fn simulate<'py>(
        &self,
        py: Python<'py>,
        customers: usize,
        age: (f64, f64),
        seed: u64,
    ) -> PyResult<(Numbers<'py>, Numbers<'py>, Numbers<'py>, Bound<'py, PyArray1<bool>>)> {
        let drawn = detached(py, || Ok(btyd::simulate(&self.model, customers, age, seed)))?;
        let numbers = |values: Vec<f64>| PyArray1::from_vec(py, values);
        Ok((numbers(drawn.x), numbers(drawn.t_x), numbers(drawn.age), PyArray1::from_vec(py, drawn.alive)))
    }
}

/// A Gamma-Gamma spend model, fitted or of given parameters.
#[pyclass(frozen, module = "kam._kam")]
pub struct SpendModel {
    model: btyd::GammaGamma,
    fit: Option<btyd::GammaGammaFit>,
}

/// Fits a spend model to the mean spend of x transactions.
#[pyfunction]
pub fn btyd_fit_gamma_gamma(py: Python<'_>, x: Read<'_>, mean_spend: Read<'_>) -> PyResult<SpendModel> {
    let (x, mean_spend) = (x.as_slice()?, mean_spend.as_slice()?);
    let fit = Reporter::new(None).run(py, |progress| {
        let go_on = || !progress.is_stopped();
        btyd::fit_gamma_gamma(x, mean_spend, &FitOptions { go_on: &go_on, ..FitOptions::default() }).map_err(refuse)
    })?;
    Ok(SpendModel { model: fit.model, fit: Some(fit) })
}

/// A spend model of given parameters, by their names.
#[pyfunction]
pub fn btyd_gamma_gamma(py: Python<'_>, params: Vec<(String, f64)>) -> PyResult<SpendModel> {
    let params = params.iter().map(|(name, value)| (name.as_str(), *value));
    Ok(SpendModel { model: btyd::GammaGamma::named(params).map_err(refuse).or_raise(py)?, fit: None })
}

#[pymethods]
impl SpendModel {
    /// The parameters: name and value.
    #[getter]
    fn params(&self) -> Vec<(&'static str, f64)> {
        btyd::GammaGamma::PARAMETERS.into_iter().zip(self.model.params()).collect()
    }

    /// Their standard errors; nothing for a model that was not fitted.
    #[getter]
    fn standard_errors(&self) -> Option<Vec<(&'static str, f64)>> {
        self.fit.as_ref().map(|fit| btyd::GammaGamma::PARAMETERS.into_iter().zip(fit.standard_errors).collect())
    }

    #[getter]
    fn log_likelihood(&self) -> Option<f64> {
        self.fit.as_ref().map(|fit| fit.log_likelihood)
    }

    /// How the fit went, as JSON.
    #[getter]
    fn report(&self) -> Option<String> {
        self.fit.as_ref().map(|fit| report(&fit.report))
    }

    /// The mean over all customers; nothing where it is infinite.
    #[getter]
    fn mean(&self) -> Option<f64> {
        self.model.mean()
    }

    /// One a customer; NaN where the model's mean is infinite.
    fn expected_spend<'py>(&self, py: Python<'py>, x: Read<'py>, mean_spend: Read<'py>) -> PyResult<Numbers<'py>> {
        let (x, mean_spend) = (x.as_slice()?, mean_spend.as_slice()?);
        let values = Reporter::new(None).run(py, |_| self.model.expected_spend_of(x, mean_spend).map_err(refuse))?;
        Ok(PyArray1::from_iter(py, values.into_iter().map(|value| value.unwrap_or(f64::NAN))))
    }
}

/// The histories of a ledger's accounts: account, x, t_x, T, mean_spend.
#[pyfunction]
pub fn btyd_summary(py: Python<'_>, facts: &Facts, as_of: Option<&str>, unit: &str, free: bool, gross: bool) -> PyResult<Table> {
    let facts = &facts.facts;
    let table = Reporter::new(None).run(py, |_| {
        let day = as_of.map(Date::parse).transpose()?;
        let unit: Grain = serde_json::from_value(json!(unit)).map_err(|_| {
            Error::new(Code::Option, format!("option `unit` is {unit}")).with_hint("it must be day, week, month, quarter or year")
        })?;
        BtydSummary::of(facts, day, unit, free)?.table(facts, if gross { Spend::Gross } else { Spend::Net })
    })?;
    Ok(Table { table })
}
