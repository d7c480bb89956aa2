//! The spend model: what an account will spend per purchase, between its own mean and that of all.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use kam_numerics::btyd::{self, GammaGamma, GammaGammaFit};

use super::btyd_summary::{BtydSummary, Spend};
use super::looks;
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::figure::{COUNT, Figures, MONEY, NUMBER};
use crate::method::{Context, Method, Options, Outcome};
use crate::progress::Progress;
use crate::table::{Column, Places, Table, Unit, View};
use crate::time::Grain;

/// What accounts are expected to spend whose repeat purchases brought nothing, or less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NonPositive {
    /// Nothing.
    #[default]
    Zero,
    /// What an account without a repeat purchase is expected to spend.
    LikeNew,
}

/// Options of [`spend_model`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SpendModelOptions {
    /// The money: `net` of returns, or `gross` sales.
    pub spend: Spend,
    /// What accounts whose repeat purchases brought nothing or less are expected to spend: `zero`, or the same as a new account
    /// (`like_new`). The model knows positive spends only, so they are left out of the fit.
    pub non_positive: NonPositive,
    /// Does a day count as a purchase on which all that was bought was free (amount zero)?
    pub free_purchases: bool,
    /// With fewer accounts that bought on a second day, the fit is not trusted.
    pub min_repeaters: u32,
}

impl Default for SpendModelOptions {
    fn default() -> Self {
        SpendModelOptions { spend: Spend::Net, non_positive: NonPositive::Zero, free_purchases: true, min_repeaters: 50 }
    }
}

impl Options for SpendModelOptions {}

/// Where an account's expected spend comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpendSource {
    /// The Gamma-Gamma model.
    Model,
    /// The mean over the accounts' own means, where the model's mean is infinite or no model could be fitted.
    MeanOfAll,
    /// The account's own mean, where the model's mean is infinite or no model could be fitted.
    OwnMean,
    /// The option `non_positive`: its repeat purchases brought nothing or less.
    NonPositive,
}

impl SpendSource {
    fn name(self) -> &'static str {
        match self {
            SpendSource::Model => "model",
            SpendSource::MeanOfAll => "mean_of_all",
            SpendSource::OwnMean => "own_mean",
            SpendSource::NonPositive => "non_positive",
        }
    }
}

/// A spend model in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpendModelSummary {
    /// All accounts.
    pub accounts: usize,
    /// Those the model was fitted to: with a repeat purchase and a positive mean spend.
    pub fitted: usize,
    /// Those with a repeat purchase and a mean spend of zero or less, which were left out.
    pub non_positive: usize,
    /// Parameter → best value.
    pub params: BTreeMap<&'static str, f64>,
    /// Parameter → standard error; null where the Hessian gives none.
    pub standard_errors: BTreeMap<&'static str, Option<f64>>,
    /// The log-likelihood.
    pub log_likelihood: Option<f64>,
    /// Did the search end at a maximum?
    pub converged: bool,
    /// What the fit is to be known by.
    pub warnings: Vec<String>,
    /// The model's mean spend over all accounts, p γ / (q − 1); null where it is infinite (q ≤ 1).
    pub mean_spend: Option<f64>,
    /// The mean over the accounts' own means.
    pub mean_of_all: Option<f64>,
    /// The correlation between the number of purchases and the mean spend, which the model takes to be none.
    pub correlation: Option<f64>,
    /// Can decisions build on it?
    pub trustworthy: bool,
    /// Why not.
    pub why_not: Option<String>,
}

/// The result of [`spend_model`].
#[derive(Clone, Debug, PartialEq)]
pub struct SpendModel {
    /// The figures.
    pub summary: SpendModelSummary,
    /// The fit; `None` where no account has a positive repeat spend.
    pub fit: Option<GammaGammaFit>,
    /// Repeat purchases by account; `None` without a sale.
    pub x: Vec<Option<u32>>,
    /// The account's own mean spend per repeat purchase, in units of the currency.
    pub mean_spend: Vec<Option<f64>>,
    /// The expected spend per purchase, in units of the currency, in the order of the facts' keys; `None` for an account without a sale, or
    /// where nothing is known of anybody's spend.
    pub expected_spend: Vec<Option<f64>>,
    /// Where it comes from.
    pub source: Vec<Option<SpendSource>>,
}

impl SpendModel {
    /// The model that all methods of a context share, with the options that were given for it.
    pub fn shared(context: &Context<'_>) -> Result<Arc<Self>> {
        let options = context.given::<SpendModelOptions>(SpendModelMethod::NAME)?;
        context.remember(SpendModelMethod::NAME, &options, || spend_model_with(context.facts, &options, context.progress()))
    }
}

/// Correlations beyond this are told.
const CORRELATED: f64 = 0.3;

/// Fits Gamma-Gamma to the mean spend of the repeat purchases and says what each account will spend per purchase.
///
/// ```
/// use kam_core::{SpendModelOptions, spend_model};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let model = spend_model(&facts, &SpendModelOptions::default())?;
/// assert_eq!(model.expected_spend.len(), facts.len());
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn spend_model(facts: &Facts, options: &SpendModelOptions) -> Result<SpendModel> {
    spend_model_with(facts, options, &())
}

/// [`spend_model`] that can be stopped.
pub fn spend_model_with(facts: &Facts, options: &SpendModelOptions, progress: &dyn Progress) -> Result<SpendModel> {
    options.validate()?;
    let histories = BtydSummary::of(facts, None, Grain::Day, options.free_purchases)?;
    let mean_spend = histories.mean_spend(facts, options.spend)?;
    let positive = |at: &usize| mean_spend[*at].is_some_and(|spend| spend > 0.0);
    let known: Vec<usize> = (0..facts.len()).filter(positive).collect();
    let non_positive = mean_spend.iter().flatten().filter(|spend| **spend <= 0.0).count();
    let x: Vec<f64> = known.iter().map(|at| f64::from(histories.x[*at].unwrap_or(0))).collect();
    let spend: Vec<f64> = known.iter().filter_map(|at| mean_spend[*at]).collect();
    let fit = if known.is_empty() {
        None
    } else {
        let refuse = |error: btyd::InputError| Error::new(Code::FitInput, format!("spend model: {error}")).with_hint(error.hint);
        Some(looks::fit("fitting the spend model", progress, |options| btyd::fit_gamma_gamma(&x, &spend, options).map_err(refuse))?)
    };
    let mean_of_all = (!spend.is_empty()).then(|| spend.iter().sum::<f64>() / to_float(spend.len()));
    let correlation = correlation(&x, &spend);
    let why_not = why_not(fit.as_ref(), known.len(), options);
    let expected = |at: usize| -> Option<(f64, SpendSource)> {
        let purchases = histories.x[at]?;
        let own = mean_spend[at];
        if own.is_some_and(|own| own <= 0.0) && options.non_positive == NonPositive::Zero {
            return Some((0.0, SpendSource::NonPositive));
        }
        let own = own.filter(|own| *own > 0.0);
        let purchases = if own.is_some() { f64::from(purchases) } else { 0.0 };
        let modelled = fit.as_ref().and_then(|fit| fit.model.expected_spend(purchases, own.unwrap_or(0.0)));
        match (modelled, own) {
            (Some(modelled), _) => Some((modelled, SpendSource::Model)),
            (None, Some(own)) => Some((own, SpendSource::OwnMean)),
            (None, None) => mean_of_all.map(|mean| (mean, SpendSource::MeanOfAll)),
        }
    };
    let rows: Vec<Option<(f64, SpendSource)>> = (0..facts.len()).into_par_iter().with_min_len(1024).map(expected).collect();
    let named = |values: [f64; 3]| GammaGamma::PARAMETERS.into_iter().zip(values);
    let mut warnings = fit.as_ref().map(|fit| fit.report.warnings.clone()).unwrap_or_default();
    if let Some(correlation) = correlation.filter(|correlation| correlation.abs() > CORRELATED) {
        warnings.push(format!(
            "the number of purchases and the mean spend are correlated ({correlation:.2}); the model takes them to be independent"
        ));
    }
    let summary = SpendModelSummary {
        accounts: facts.len(),
        fitted: known.len(),
        non_positive,
        params: fit.as_ref().map(|fit| named(fit.model.params()).collect()).unwrap_or_default(),
        standard_errors: fit
            .as_ref()
            .map(|fit| named(fit.standard_errors).map(|(name, value)| (name, value.is_finite().then_some(value))).collect())
            .unwrap_or_default(),
        log_likelihood: fit.as_ref().map(|fit| fit.log_likelihood),
        converged: fit.as_ref().is_some_and(|fit| fit.report.converged),
        warnings,
        mean_spend: fit.as_ref().and_then(|fit| fit.model.mean()),
        mean_of_all,
        correlation,
        trustworthy: why_not.is_none(),
        why_not,
    };
    Ok(SpendModel {
        summary,
        fit,
        x: histories.x,
        mean_spend,
        expected_spend: rows.iter().map(|row| row.map(|(spend, _)| spend)).collect(),
        source: rows.into_iter().map(|row| row.map(|(_, source)| source)).collect(),
    })
}

fn why_not(fit: Option<&GammaGammaFit>, fitted: usize, options: &SpendModelOptions) -> Option<String> {
    let Some(fit) = fit else { return Some("no account has a repeat purchase with a positive spend".to_owned()) };
    if u64::try_from(fitted).is_ok_and(|fitted| fitted < u64::from(options.min_repeaters)) {
        return Some(format!("accounts with a repeat purchase of a positive spend: {fitted}, and {} are needed", options.min_repeaters));
    }
    if !fit.report.converged {
        return Some("the search for the parameters did not converge".to_owned());
    }
    if let Some(name) = fit.report.at_bound.first() {
        return Some(format!("the data have no finite best value of {name}"));
    }
    let q = fit.model.params()[1];
    (q <= 1.0).then(|| format!("q is {q:.4}, not above 1: the model's mean spend over all accounts is infinite"))
}

/// Pearson's correlation; `None` where one of the two does not vary.
fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = to_float(x.len());
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        xx += (x - mean_x).powi(2);
        yy += (y - mean_y).powi(2);
        xy += (x - mean_x) * (y - mean_y);
    }
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

#[expect(clippy::cast_precision_loss, reason = "a number of accounts")]
fn to_float(count: usize) -> f64 {
    count as f64
}

/// [`spend_model`] in the registry.
pub struct SpendModelMethod;

impl Method for SpendModelMethod {
    const NAME: &'static str = "spend_model";
    const TITLE: &'static str = "Spend model";
    const ABOUT: &'static str = "Says what each account will spend per purchase, between its own mean and that of all.";
    const TABLES: &'static [(&'static str, &'static str)] = &[("spend_model", "an account"), ("parameters", "a parameter")];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "fitted", "non_positive"]),
        (NUMBER, &["params", "standard_errors", "log_likelihood", "correlation"]),
        (MONEY, &["mean_spend", "mean_of_all"]),
    ];
    type Options = SpendModelOptions;

    fn run(context: &Context<'_>, options: &SpendModelOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = context.remember(Self::NAME, options, || spend_model_with(facts, options, context.progress()))?;
        let view = View::new(&result, Places::Same(facts.len()));
        let columns = vec![
            view.accounts(facts),
            view.integers("x", Unit::Count, |model, at| model.x[at].map(i64::from)),
            view.floats("mean_spend", Unit::Money, |model, at| model.mean_spend[at]),
            view.floats("expected_spend", Unit::Money, |model, at| model.expected_spend[at]),
            view.words("spend_source", |model, at| model.source[at].map(SpendSource::name)),
        ];
        let of_master = vec![columns[3].clone()];
        let main = Table::new("spend_model", columns)?;
        let fit = result.fit.as_ref();
        let parameters = Table::new(
            "parameters",
            vec![
                Column::words("parameter", fit.into_iter().flat_map(|_| GammaGamma::PARAMETERS)),
                Column::floats("value", Unit::Number, fit.into_iter().flat_map(|fit| fit.model.params()).map(Some)),
                Column::floats("standard_error", Unit::Number, fit.into_iter().flat_map(|fit| fit.standard_errors).map(Some)),
            ],
        )?;
        Outcome::new(vec![main, parameters], &result.summary)?.with_accounts(of_master)
    }
}
