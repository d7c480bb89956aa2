//! Purchase models: who is still alive, and how often each account will buy.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use kam_numerics::btyd::{self, Fit, Kind};

use super::btyd_summary::{BtydSummary, days_per_unit};
use super::holdout::{Holdout, HoldoutSummary, holdout};
use super::{looks, purchase_model_tables};
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::figure::{COUNT, Figures, NUMBER};
use crate::method::{Context, Method, Options, Outcome};
use crate::progress::Progress;
use crate::time::{Date, Grain};

/// What is said of a fit that is stopped.
const STAGE: &str = "fitting the purchase model";

/// Which purchase model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseModelKind {
    /// BG/NBD: an account may be lost after every repeat purchase.
    #[default]
    BgNbd,
    /// MBG/NBD: also after the first purchase.
    MbgNbd,
    /// Pareto/NBD: an account may be lost at any time.
    ParetoNbd,
}

impl PurchaseModelKind {
    /// The numerics' name of it.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            PurchaseModelKind::BgNbd => Kind::BgNbd,
            PurchaseModelKind::MbgNbd => Kind::MbgNbd,
            PurchaseModelKind::ParetoNbd => Kind::ParetoNbd,
        }
    }

    /// What is tried where the fit of this one cannot be trusted.
    fn next(self) -> Self {
        match self {
            PurchaseModelKind::MbgNbd => PurchaseModelKind::BgNbd,
            PurchaseModelKind::BgNbd | PurchaseModelKind::ParetoNbd => PurchaseModelKind::MbgNbd,
        }
    }
}

/// Options of [`purchase_model`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PurchaseModelOptions {
    /// The model: `bg_nbd`, `mbg_nbd` or `pareto_nbd`.
    pub model: PurchaseModelKind,
    /// The unit of time. Scaling it scales alpha (and beta) alone; a month is a twelfth of 365.25 days.
    pub unit: Grain,
    /// Does a day count as a purchase on which all that was bought was free (amount zero)?
    pub free_purchases: bool,
    /// How many units ahead purchases are expected; without, those of a year: 365 days, 52 weeks, 12 months, 4 quarters or 1 year.
    pub horizon: Option<f64>,
    /// The level of the intervals.
    pub level: f64,
    /// Take another model where the fit of the first cannot be trusted, and say so?
    pub fallback: bool,
    /// With fewer accounts that bought on a second day, no fit is trusted.
    pub min_repeaters: u32,
    /// The greatest standard error that a parameter of a trusted fit may have, as a multiple of the parameter.
    pub max_relative_error: f64,
    /// Also fit the history up to this day alone and compare what is expected of the rest.
    pub calibration_end: Option<Date>,
}

impl Default for PurchaseModelOptions {
    fn default() -> Self {
        PurchaseModelOptions {
            model: PurchaseModelKind::BgNbd,
            unit: Grain::Week,
            free_purchases: true,
            horizon: None,
            level: 0.95,
            fallback: true,
            min_repeaters: 50,
            max_relative_error: 1.0,
            calibration_end: None,
        }
    }
}

impl PurchaseModelOptions {
    /// The horizon in units of time.
    #[must_use]
    pub fn horizon_units(&self) -> f64 {
        self.horizon.unwrap_or(match self.unit {
            Grain::Day => 365.0,
            Grain::Week => 52.0,
            Grain::Month => 12.0,
            Grain::Quarter => 4.0,
            Grain::Year => 1.0,
        })
    }
}

impl Options for PurchaseModelOptions {
    fn validate(&self) -> Result<()> {
        if let Some(horizon) = self.horizon.filter(|horizon| !(horizon.is_finite() && *horizon > 0.0)) {
            return Err(Error::option("horizon", horizon, "a number of units above 0"));
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::option("level", self.level, "a share between 0 and 1"));
        }
        if self.max_relative_error.is_nan() || self.max_relative_error <= 0.0 {
            return Err(Error::option("max_relative_error", self.max_relative_error, "a number above 0"));
        }
        Ok(())
    }
}

/// What stands in where no fit can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// Another purchase model.
    Model,
    /// How long an account has been silent against its own median gap, in `loss`; other methods do without.
    OwnMedianGap,
}

/// One fit that was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tried {
    /// The model.
    pub model: PurchaseModelKind,
    /// Parameter → best value.
    pub params: BTreeMap<&'static str, f64>,
    /// Parameter → standard error; null where the Hessian gives none.
    pub standard_errors: BTreeMap<&'static str, Option<f64>>,
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// Did the search end at a maximum?
    pub converged: bool,
    /// Steps of the optimiser.
    pub iterations: usize,
    /// The largest component of the gradient per account, by the logarithms of the parameters.
    pub gradient_norm: Option<f64>,
    /// Starting points, and how many led to the best point.
    pub starts: usize,
    /// How many starting points led to the best point.
    pub agreeing_starts: usize,
    /// What is to be known of the fit.
    pub warnings: Vec<String>,
    /// Why it is not trusted; null where it is.
    pub why_not: Option<String>,
}

/// A purchase model in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PurchaseModelSummary {
    /// The model that was asked for.
    pub model: PurchaseModelKind,
    /// The model whose figures these are.
    pub model_used: PurchaseModelKind,
    /// The unit of time.
    pub unit: Grain,
    /// How many units ahead purchases are expected.
    pub horizon: f64,
    /// All accounts.
    pub accounts: usize,
    /// Those with a sale.
    pub buyers: usize,
    /// Those that bought on a second day.
    pub repeaters: usize,
    /// Different histories among them.
    pub groups: usize,
    /// Parameter → best value.
    pub params: BTreeMap<&'static str, f64>,
    /// Parameter → standard error.
    pub standard_errors: BTreeMap<&'static str, Option<f64>>,
    /// The log-likelihood.
    pub log_likelihood: Option<f64>,
    /// Did the search end at a maximum?
    pub converged: bool,
    /// Can decisions build on it?
    pub trustworthy: bool,
    /// Why not.
    pub why_not: Option<String>,
    /// What stands in for what was asked.
    pub fallback: Option<Fallback>,
    /// The fits in the order they were tried.
    pub tried: Vec<Tried>,
    /// The sum of P(alive): accounts that are expected to be alive.
    pub expected_alive: f64,
    /// Purchases expected in the horizon, over all accounts.
    pub expected_purchases: f64,
    /// Purchases expected of a new account in the horizon.
    pub expected_purchases_new: Option<f64>,
    /// How the model did in the holdout, where one was asked for.
    pub holdout: Option<HoldoutSummary>,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`purchase_model`].
#[derive(Clone, Debug, PartialEq)]
pub struct PurchaseModel {
    /// The figures.
    pub summary: PurchaseModelSummary,
    /// The histories the model was fitted to.
    pub histories: BtydSummary,
    /// The fit; `None` where no account has a sale.
    pub fit: Option<Fit>,
    /// The probability that an account is alive, in the order of the facts' keys; NaN for an account without a sale.
    pub p_alive: Vec<f64>,
    /// Its interval.
    pub p_alive_interval: Vec<(f64, f64)>,
    /// Purchases (active days) expected in the horizon; NaN for an account without a sale.
    pub expected_purchases: Vec<f64>,
    /// Their interval.
    pub expected_purchases_interval: Vec<(f64, f64)>,
    /// Can decisions build on it?
    pub trustworthy: bool,
    /// Why not.
    pub why_not: Option<String>,
    /// What came of the holdout, where one was asked for.
    pub holdout: Option<Holdout>,
}

impl PurchaseModel {
    /// The model that all methods of a context share, with the options that were given for it.
    pub fn shared(context: &Context<'_>) -> Result<Arc<Self>> {
        let options = context.given::<PurchaseModelOptions>(PurchaseModelMethod::NAME)?;
        context.remember(PurchaseModelMethod::NAME, &options, || purchase_model_with(context.facts, &options, context.progress()))
    }

    /// P(alive) by account, for methods that build on it; `None` where the fit is not to be trusted ([`why_not`](Self::why_not) says why).
    #[must_use]
    pub fn trusted_p_alive(&self) -> Option<&[f64]> {
        self.trustworthy.then_some(&self.p_alive)
    }

    /// P(alive) of one account as evidence about it on a day up to that of the facts: the model as it was fitted, on what had been bought by
    /// then. `None` where the fit is not to be trusted, nothing had been bought, or the model gives everybody with such a history the
    /// same: BG/NBD says 1 of whoever bought once, because its customers leave after a repeat purchase only.
    #[must_use]
    pub fn evidence_of_life(&self, facts: &Facts, at: usize, day: Date) -> Option<f64> {
        let fit = self.fit.as_ref().filter(|_| self.trustworthy)?;
        let says_nothing = |x: u32| x == 0 && self.summary.model_used == PurchaseModelKind::BgNbd;
        if day == facts.as_of() {
            return self.histories.x[at].filter(|x| !says_nothing(*x)).map(|_| self.p_alive[at]);
        }
        let seen = |days: &mut dyn Iterator<Item = Date>| {
            let mut days = days.take_while(|date| *date <= day);
            let first = days.next()?;
            Some(days.fold((0u32, first, first), |(x, first, _), date| (x + 1, first, date)))
        };
        let history = if self.histories.free { seen(&mut facts.purchase_days(at)) } else { seen(&mut facts.active_days(at)) };
        let (x, first, last) = history.filter(|(x, ..)| !says_nothing(*x))?;
        let unit = days_per_unit(self.histories.unit);
        let time = |to: Date| f64::from(to.days_since(first)) / unit;
        Some(fit.model.p_alive(f64::from(x), time(last), time(day)))
    }
}

/// Fits a purchase model to the whole history and says of each account whether it is alive and how often it will buy.
///
/// ```
/// use kam_core::{PurchaseModelOptions, purchase_model};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let model = purchase_model(&facts, &PurchaseModelOptions::default())?;
/// assert_eq!(model.p_alive.len(), facts.len());
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn purchase_model(facts: &Facts, options: &PurchaseModelOptions) -> Result<PurchaseModel> {
    purchase_model_with(facts, options, &())
}

/// [`purchase_model`] that can be stopped.
pub fn purchase_model_with(facts: &Facts, options: &PurchaseModelOptions, progress: &dyn Progress) -> Result<PurchaseModel> {
    options.validate()?;
    let histories = BtydSummary::of(facts, None, options.unit, options.free_purchases)?;
    let [x, t_x, age] = histories.histories();
    let mut fits: Vec<(PurchaseModelKind, Fit, Option<String>)> = vec![];
    if !x.is_empty() {
        let mut kinds = vec![options.model];
        if options.fallback {
            kinds.push(options.model.next());
        }
        for kind in kinds {
            let fit = looks::fit(STAGE, progress, |options| btyd::fit(kind.kind(), &x, &t_x, &age, options).map_err(refuse))?;
            let why_not = why_not(&fit, histories.repeaters(), options);
            let trusted = why_not.is_none();
            fits.push((kind, fit, why_not));
            if trusted {
                break;
            }
        }
    }
    // The first that is trusted, else the one that was asked for.
    let used = fits.iter().position(|(.., why_not)| why_not.is_none()).or((!fits.is_empty()).then_some(0));
    let tried = fits.iter().map(|(kind, fit, why_not)| tried(*kind, fit, why_not.clone())).collect();
    let used = used.map(|at| fits.swap_remove(at));
    let held_out = match (options.calibration_end, &used) {
        (Some(day), Some((kind, ..))) => holdout(facts, kind.kind(), (options.unit, options.free_purchases), day, progress)?,
        _ => None,
    };
    Ok(conclude(facts, options, histories, used, tried, held_out))
}

fn refuse(error: btyd::InputError) -> Error {
    Error::new(Code::FitInput, format!("purchase model: {error}")).with_hint(error.hint)
}

/// Why decisions should not build on a fit.
fn why_not(fit: &Fit, repeaters: usize, options: &PurchaseModelOptions) -> Option<String> {
    let names = fit.model.kind().parameters();
    if u64::try_from(repeaters).is_ok_and(|repeaters| repeaters < u64::from(options.min_repeaters)) {
        return Some(format!("accounts that bought on a second day: {repeaters}, and {} are needed", options.min_repeaters));
    }
    if !fit.report.converged {
        return Some("the search for the parameters did not converge".to_owned());
    }
    if let Some(name) = fit.report.at_bound.first() {
        return Some(format!("the data have no finite best value of {name}"));
    }
    if fit.covariance.is_none() {
        return Some("the likelihood is flat at the best point".to_owned());
    }
    let params = fit.model.params();
    let loose = |i: &usize| fit.standard_errors[*i].is_nan() || fit.standard_errors[*i] > options.max_relative_error * params[*i];
    (0..4).find(loose).map(|i| {
        format!("{} is {:.4} with a standard error of {:.4}: the data hardly determine it", names[i], params[i], fit.standard_errors[i])
    })
}

fn named<T>(fit: &Fit, values: [T; 4]) -> BTreeMap<&'static str, T> {
    fit.model.kind().parameters().into_iter().zip(values).collect()
}

fn tried(model: PurchaseModelKind, fit: &Fit, why_not: Option<String>) -> Tried {
    Tried {
        model,
        params: named(fit, fit.model.params()),
        standard_errors: named(fit, fit.standard_errors.map(|value| value.is_finite().then_some(value))),
        log_likelihood: fit.log_likelihood,
        converged: fit.report.converged,
        iterations: fit.report.iterations,
        gradient_norm: Some(fit.report.gradient_norm).filter(|norm| norm.is_finite()),
        starts: fit.report.starts,
        agreeing_starts: fit.report.agreeing_starts,
        warnings: fit.report.warnings.clone(),
        why_not,
    }
}

/// What the fit says of each account: P(alive) and expected purchases, with their intervals.
type Prediction = (f64, (f64, f64), f64, (f64, f64));

fn conclude(
    facts: &Facts,
    options: &PurchaseModelOptions,
    histories: BtydSummary,
    used: Option<(PurchaseModelKind, Fit, Option<String>)>,
    tried: Vec<Tried>,
    holdout: Option<Holdout>,
) -> PurchaseModel {
    const UNKNOWN: (f64, f64) = (f64::NAN, f64::NAN);
    let horizon = options.horizon_units();
    let predictions: Vec<Option<Prediction>> = match &used {
        Some((_, fit, _)) => histories.each_history(|[x, t_x, age]| {
            (
                fit.model.p_alive(x, t_x, age),
                fit.p_alive_interval(options.level, x, t_x, age).unwrap_or(UNKNOWN),
                fit.model.expected_purchases(horizon, x, t_x, age),
                fit.expected_purchases_interval(options.level, horizon, x, t_x, age).unwrap_or(UNKNOWN),
            )
        }),
        None => vec![None; facts.len()],
    };
    let each = |of: fn(&Prediction) -> f64| -> Vec<f64> { predictions.iter().map(|row| row.as_ref().map_or(f64::NAN, of)).collect() };
    let interval =
        |of: fn(&Prediction) -> (f64, f64)| -> Vec<(f64, f64)> { predictions.iter().map(|row| row.as_ref().map_or(UNKNOWN, of)).collect() };
    let (p_alive, expected_purchases) = (each(|row| row.0), each(|row| row.2));
    let known = |values: &[f64]| values.iter().filter(|value| value.is_finite()).fold(0.0, |sum, value| sum + value);
    let (model_used, why_not) = match &used {
        Some((kind, _, why_not)) => (*kind, why_not.clone()),
        None => (options.model, Some("no account has a sale".to_owned())),
    };
    let fit = used.map(|(_, fit, _)| fit);
    let trustworthy = why_not.is_none();
    let summary = PurchaseModelSummary {
        model: options.model,
        model_used,
        unit: options.unit,
        horizon,
        accounts: facts.len(),
        buyers: histories.buyers().count(),
        repeaters: histories.repeaters(),
        groups: fit.as_ref().map_or(0, |fit| fit.report.groups),
        params: fit.as_ref().map(|fit| named(fit, fit.model.params())).unwrap_or_default(),
        standard_errors: fit
            .as_ref()
            .map(|fit| named(fit, fit.standard_errors.map(|value| value.is_finite().then_some(value))))
            .unwrap_or_default(),
        log_likelihood: fit.as_ref().map(|fit| fit.log_likelihood),
        converged: fit.as_ref().is_some_and(|fit| fit.report.converged),
        trustworthy,
        why_not: why_not.clone(),
        fallback: match (trustworthy, model_used == options.model) {
            (false, _) => Some(Fallback::OwnMedianGap),
            (true, false) => Some(Fallback::Model),
            (true, true) => None,
        },
        tried,
        expected_alive: known(&p_alive),
        expected_purchases: known(&expected_purchases),
        expected_purchases_new: fit.as_ref().map(|fit| fit.model.expected_purchases_new(horizon)),
        holdout: holdout.as_ref().map(|holdout| holdout.summary.clone()),
        note: why_not.as_ref().map(|why| format!("the fit is not to be trusted: {why}; methods that build on it use each account's own median gap (loss) or do without, and say so")),
    };
    PurchaseModel {
        summary,
        histories,
        fit,
        p_alive,
        p_alive_interval: interval(|row| row.1),
        expected_purchases,
        expected_purchases_interval: interval(|row| row.3),
        trustworthy,
        why_not,
        holdout,
    }
}

/// [`purchase_model`] in the registry.
pub struct PurchaseModelMethod;

impl Method for PurchaseModelMethod {
    const NAME: &'static str = "purchase_model";
    const TITLE: &'static str = "Purchase model";
    const ABOUT: &'static str =
        "Says of each account whether it is still alive and how often it will buy, by a model of the whole history.";
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("purchase_model", "an account"),
        ("parameters", "a parameter"),
        ("frequency_bins", "accounts with one number of repeat purchases in the calibration"),
        ("tracking", "a week"),
    ];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "buyers", "repeaters", "groups", "tried.iterations", "holdout.accounts", "holdout.actual"]),
        (
            NUMBER,
            &[
                "horizon",
                "params",
                "standard_errors",
                "log_likelihood",
                "tried",
                "expected_alive",
                "expected_purchases",
                "expected_purchases_new",
                "holdout",
            ],
        ),
    ];
    type Options = PurchaseModelOptions;

    fn run(context: &Context<'_>, options: &PurchaseModelOptions) -> Result<Outcome> {
        let result = context.remember(Self::NAME, options, || purchase_model_with(context.facts, options, context.progress()))?;
        purchase_model_tables::outcome(context.facts, &result)
    }
}
