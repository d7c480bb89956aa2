//! Purchase and spend models by name.

use std::collections::BTreeMap;

use kam_numerics::btyd::{self, FitOptions, GammaGamma, InputError, Model};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Calculate;
use crate::error::{Code, Error, Result};

/// One number a customer; null is a missing number, and an error names its row.
type Numbers = Vec<Option<f64>>;

fn numbers(values: &Numbers) -> Vec<f64> {
    values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn refuse(error: InputError) -> Error {
    Error::new(Code::FitInput, error.to_string()).with_hint(error.hint)
}

fn model(name: &str, params: &BTreeMap<String, f64>) -> Result<Model> {
    let kind = name.parse().map_err(refuse)?;
    Model::named(kind, params.iter().map(|(name, value)| (name.as_str(), *value))).map_err(refuse)
}

/// [`btyd::fit`].
pub(super) struct FitModel;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FitModelInput {
    /// `bg_nbd`, `mbg_nbd` or `pareto_nbd`.
    model: String,
    /// Repeat transactions.
    x: Numbers,
    /// The time from the first transaction to the last.
    t_x: Numbers,
    /// The time from the first transaction to the end of what is seen.
    #[serde(rename = "T")]
    age: Numbers,
}

#[derive(Serialize)]
pub(super) struct FitOutput {
    params: BTreeMap<&'static str, f64>,
    standard_errors: BTreeMap<&'static str, Option<f64>>,
    log_likelihood: f64,
    converged: bool,
    iterations: usize,
    gradient_norm: Option<f64>,
    starts: usize,
    agreeing_starts: usize,
    at_bound: Vec<&'static str>,
    warnings: Vec<String>,
    customers: usize,
    groups: usize,
}

impl FitOutput {
    fn new<const N: usize>(names: [&'static str; N], params: [f64; N], errors: [f64; N], value: f64, report: btyd::FitReport) -> Self {
        FitOutput {
            params: names.into_iter().zip(params).collect(),
            standard_errors: names.into_iter().zip(errors.map(finite)).collect(),
            log_likelihood: value,
            converged: report.converged,
            iterations: report.iterations,
            gradient_norm: finite(report.gradient_norm),
            starts: report.starts,
            agreeing_starts: report.agreeing_starts,
            at_bound: report.at_bound,
            warnings: report.warnings,
            customers: report.customers,
            groups: report.groups,
        }
    }
}

impl Calculate for FitModel {
    const NAME: &'static str = "btyd.fit";
    const ABOUT: &'static str = "Fits a purchase model to customers by maximum likelihood.";
    type Input = FitModelInput;
    type Output = FitOutput;

    fn calculate(input: &FitModelInput) -> Result<FitOutput> {
        let kind = input.model.parse().map_err(refuse)?;
        let fit =
            btyd::fit(kind, &numbers(&input.x), &numbers(&input.t_x), &numbers(&input.age), &FitOptions::default()).map_err(refuse)?;
        Ok(FitOutput::new(kind.parameters(), fit.model.params(), fit.standard_errors, fit.log_likelihood, fit.report))
    }
}

/// What a [`Model`] of given parameters says.
pub(super) struct UseModel;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UseModelInput {
    /// `bg_nbd`, `mbg_nbd` or `pareto_nbd`; or `gamma_gamma`, which takes and gives what `btyd.gamma_gamma` does.
    model: String,
    /// r, alpha, a, b; of Pareto/NBD r, alpha, s, beta; of Gamma-Gamma p, q, gamma.
    params: BTreeMap<String, f64>,
    /// Repeat transactions of customers.
    #[serde(default)]
    x: Numbers,
    /// The time from the first transaction to the last.
    #[serde(default)]
    t_x: Numbers,
    /// The time from the first transaction to the end of what is seen.
    #[serde(default, rename = "T")]
    age: Numbers,
    /// Times to look ahead: for the customers one for all or one each; for a new customer any.
    #[serde(default)]
    t: Numbers,
    /// Of Gamma-Gamma alone: the mean spend of the repeat transactions.
    #[serde(default)]
    mean_spend: Numbers,
}

/// What either kind of model says.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum UseEitherOutput {
    Purchases(UseModelOutput),
    Spend(UseSpendOutput),
}

#[derive(Serialize)]
pub(super) struct UseModelOutput {
    /// One a customer.
    p_alive: Vec<f64>,
    /// One a customer, where t has one time or as many as there are customers; else null.
    expected_purchases: Option<Vec<f64>>,
    /// One a time t.
    expected_purchases_new: Vec<f64>,
    /// Of all customers together; null without any.
    log_likelihood: Option<f64>,
}

impl Calculate for UseModel {
    const NAME: &'static str = "btyd.model";
    const ABOUT: &'static str = "Says what a purchase model of given parameters expects of customers, and of a new one.";
    type Input = UseModelInput;
    type Output = UseEitherOutput;

    fn calculate(input: &UseModelInput) -> Result<UseEitherOutput> {
        if input.model == GammaGamma::NAME {
            return spend(&input.params, &input.x, &input.mean_spend).map(UseEitherOutput::Spend);
        }
        if !input.mean_spend.is_empty() {
            return Err(Error::option("mean_spend", "given", "left out, for it is of gamma_gamma alone"));
        }
        let model = model(&input.model, &input.params)?;
        let [x, t_x, age, t] = [&input.x, &input.t_x, &input.age, &input.t].map(numbers);
        let fits = !x.is_empty() && (t.len() == 1 || t.len() == x.len());
        Ok(UseEitherOutput::Purchases(UseModelOutput {
            p_alive: model.p_alive_of(&x, &t_x, &age).map_err(refuse)?,
            expected_purchases: fits.then(|| model.expected_purchases_of(&t, &x, &t_x, &age)).transpose().map_err(refuse)?,
            expected_purchases_new: model.expected_purchases_new_at(&t).map_err(refuse)?,
            log_likelihood: (!x.is_empty()).then(|| model.log_likelihood(&x, &t_x, &age)).transpose().map_err(refuse)?,
        }))
    }
}

/// [`btyd::frequency_bins`].
pub(super) struct FrequencyBins;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FrequencyBinsInput {
    /// `bg_nbd`, `mbg_nbd` or `pareto_nbd`.
    model: String,
    /// r, alpha, a, b; of Pareto/NBD r, alpha, s, beta.
    params: BTreeMap<String, f64>,
    /// Repeat transactions in the calibration.
    x: Numbers,
    /// The time from the first transaction to the last of the calibration.
    t_x: Numbers,
    /// The time from the first transaction to the end of the calibration.
    #[serde(rename = "T")]
    age: Numbers,
    /// The length of the holdout.
    t: f64,
    /// Transactions in the holdout.
    x_star: Numbers,
    /// Customers with this many transactions and more share a bin.
    #[serde(default = "seven")]
    last: usize,
}

fn seven() -> usize {
    7
}

#[derive(Serialize)]
pub(super) struct FrequencyBinsOutput {
    x: Vec<usize>,
    customers: Vec<usize>,
    expected: Vec<f64>,
    actual: Vec<f64>,
}

impl Calculate for FrequencyBins {
    const NAME: &'static str = "btyd.frequency_bins";
    const ABOUT: &'static str = "Compares expected and actual transactions of a holdout by the number of transactions in the calibration.";
    type Input = FrequencyBinsInput;
    type Output = FrequencyBinsOutput;

    fn calculate(input: &FrequencyBinsInput) -> Result<FrequencyBinsOutput> {
        let model = model(&input.model, &input.params)?;
        let [x, t_x, age, x_star] = [&input.x, &input.t_x, &input.age, &input.x_star].map(numbers);
        let bins = btyd::frequency_bins(&model, &[input.t], [&x, &t_x, &age], &x_star, input.last.min(100_000)).map_err(refuse)?;
        Ok(FrequencyBinsOutput {
            x: bins.iter().map(|bin| bin.x).collect(),
            customers: bins.iter().map(|bin| bin.customers).collect(),
            expected: bins.iter().map(|bin| bin.expected).collect(),
            actual: bins.iter().map(|bin| bin.actual).collect(),
        })
    }
}

/// [`btyd::fit_gamma_gamma`].
pub(super) struct FitSpend;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FitSpendInput {
    /// Repeat transactions.
    x: Numbers,
    /// The mean spend of them; any value, also null, where x is 0.
    mean_spend: Numbers,
}

impl Calculate for FitSpend {
    const NAME: &'static str = "btyd.fit_gamma_gamma";
    const ABOUT: &'static str = "Fits the Gamma-Gamma spend model to the mean spend of customers by maximum likelihood.";
    type Input = FitSpendInput;
    type Output = FitOutput;

    fn calculate(input: &FitSpendInput) -> Result<FitOutput> {
        let fit = btyd::fit_gamma_gamma(&numbers(&input.x), &numbers(&input.mean_spend), &FitOptions::default()).map_err(refuse)?;
        Ok(FitOutput::new(GammaGamma::PARAMETERS, fit.model.params(), fit.standard_errors, fit.log_likelihood, fit.report))
    }
}

/// What a [`GammaGamma`] model of given parameters says.
pub(super) struct UseSpend;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UseSpendInput {
    /// p, q, gamma.
    params: BTreeMap<String, f64>,
    /// Repeat transactions of customers.
    x: Numbers,
    /// The mean spend of them; any value, also null, where x is 0.
    mean_spend: Numbers,
}

#[derive(Serialize)]
pub(super) struct UseSpendOutput {
    /// One a customer; null where the model's mean is infinite.
    expected_spend: Vec<Option<f64>>,
    /// Over all customers; null where it is infinite (q ≤ 1).
    mean: Option<f64>,
}

impl Calculate for UseSpend {
    const NAME: &'static str = "btyd.gamma_gamma";
    const ABOUT: &'static str = "Says what a Gamma-Gamma model of given parameters expects customers to spend per transaction.";
    type Input = UseSpendInput;
    type Output = UseSpendOutput;

    fn calculate(input: &UseSpendInput) -> Result<UseSpendOutput> {
        spend(&input.params, &input.x, &input.mean_spend)
    }
}

fn spend(params: &BTreeMap<String, f64>, x: &Numbers, mean_spend: &Numbers) -> Result<UseSpendOutput> {
    let model = GammaGamma::named(params.iter().map(|(name, value)| (name.as_str(), *value))).map_err(refuse)?;
    let expected_spend = model.expected_spend_of(&numbers(x), &numbers(mean_spend)).map_err(refuse)?;
    Ok(UseSpendOutput { expected_spend, mean: model.mean() })
}
