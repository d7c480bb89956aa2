//! Market indicator: do key accounts lead the rest?

use kam_numerics::stats::{LagCorrelation, cross_correlation};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::facts::ranking::share;
use crate::method::figure::{COUNT, Figures, NUMBER, PERIODS};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Table, Unit};
use crate::time::{Grain, Period};

/// What of the two indices is correlated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Correlated {
    /// The indices as they are: two that only grow correlate at every lag.
    Levels,
    /// Their change from period to period.
    #[default]
    Changes,
    /// Their change from the same period of the year before, which leaves seasons out.
    YearChanges,
}

/// Options of [`market_indicator`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MarketIndicatorOptions {
    /// Key accounts are those before which larger ones held less than this share of the revenue of the base periods.
    pub key_share: f64,
    /// How many periods at the beginning of the history are the base: they choose the key accounts, and their mean is 100.
    #[schemars(range(min = 1))]
    pub base_periods: u32,
    /// What of the two indices is correlated.
    pub correlated: Correlated,
    /// Up to how many periods one may go ahead of the other.
    pub max_lag: u32,
    /// The confidence of the interval that chance alone stays within.
    pub confidence: f64,
}

impl Default for MarketIndicatorOptions {
    fn default() -> Self {
        MarketIndicatorOptions { key_share: 0.80, base_periods: 12, correlated: Correlated::Changes, max_lag: 6, confidence: 0.95 }
    }
}

impl Options for MarketIndicatorOptions {
    fn validate(&self) -> Result<()> {
        if !(self.key_share > 0.0 && self.key_share <= 1.0) {
            return Err(Error::option("key_share", self.key_share, "a share above 0, at most 1"));
        }
        if !(1..=10_000).contains(&self.base_periods) {
            return Err(Error::option("base_periods", self.base_periods, "a number of periods from 1 to 10,000"));
        }
        if self.max_lag > 10_000 {
            return Err(Error::option("max_lag", self.max_lag, "a number of periods up to 10,000"));
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::option("confidence", self.confidence, "a probability between 0 and 1"));
        }
        Ok(())
    }
}

/// What other methods worked out about the accounts, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarketIndicatorInputs<'a> {
    /// Which accounts are key accounts; without, those that held `key_share` of the base periods' revenue.
    pub key: Option<&'a [bool]>,
}

/// One period of the two series. Revenue is in minor units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndexedPeriod {
    /// The period.
    pub period: Period,
    /// Revenue of the key accounts.
    pub key_revenue: i128,
    /// Revenue of the others.
    pub rest_revenue: i128,
    /// The key accounts' revenue as an index, 100 for the mean of the base periods; `None` where that is not positive.
    pub key_index: Option<f64>,
    /// The same of the others.
    pub rest_index: Option<f64>,
}

/// The result of [`market_indicator`].
#[derive(Clone, Debug, PartialEq)]
pub struct MarketIndicator {
    /// Every period from the first with a line to the last whole one.
    pub periods: Vec<IndexedPeriod>,
    /// Which accounts are key accounts, in the order of the facts' keys.
    pub key: Vec<bool>,
    /// Correlations by lag; a positive lag says that the key accounts go ahead.
    pub lags: Vec<LagCorrelation>,
    /// The strongest correlation outside its interval.
    pub strongest: Option<LagCorrelation>,
    /// Why nothing can be told.
    pub note: Option<String>,
}

/// Sets the growth of the key accounts against that of the rest, period by period and lag by lag.
pub fn market_indicator(facts: &Facts, inputs: &MarketIndicatorInputs<'_>, options: &MarketIndicatorOptions) -> Result<MarketIndicator> {
    options.validate()?;
    if inputs.key.is_some_and(|key| key.len() != facts.len()) {
        return Err(Error::new(Code::StateMismatch, "market_indicator: the key accounts are not those of these facts")
            .with_hint("give one value per account in key order"));
    }
    let grain = facts.grain();
    let first = (0..facts.len()).into_par_iter().filter_map(|at| facts.purchases(at).next()).map(|bought| bought.period).min();
    // A period that is not over yet would look like a fall.
    let last = if grain.end(facts.span().last) == facts.as_of() { facts.span().last } else { Period(facts.span().last.0 - 1) };
    let first = first.filter(|first| *first <= last);
    let base_end = first.map(|first| Period(first.0.saturating_add_unsigned(options.base_periods) - 1));
    let key = match inputs.key {
        Some(key) => key.to_vec(),
        None => key_accounts(facts, base_end, options.key_share),
    };
    let mut periods = series(facts, &key, first, last);
    let base = usize::try_from(options.base_periods).unwrap_or(usize::MAX).min(periods.len());
    index(&mut periods, base);
    let both: Option<(Vec<f64>, Vec<f64>)> = periods.iter().map(|period| Some((period.key_index?, period.rest_index?))).collect();
    let max_lag = usize::try_from(options.max_lag).unwrap_or(usize::MAX);
    let lags = both.as_ref().and_then(|(key, rest)| {
        let step = step(options.correlated, grain);
        cross_correlation(&changes(key, step), &changes(rest, step), max_lag, options.confidence)
    });
    let note = match (&both, &lags) {
        (_, Some(_)) if !periods.is_empty() => None,
        (Some(_), _) => Some(format!("too few periods to correlate up to lag {max_lag}, or nothing changes in one of the two")),
        (None, _) => Some("key accounts or the rest have no positive revenue in the base periods".to_owned()),
    };
    let lags = lags.unwrap_or_default();
    let outside = lags.iter().filter(|lag| lag.correlation.abs() > lag.bartlett);
    // Of equal ones the nearest to lag 0, then the one at which key accounts lead.
    let strongest = outside
        .copied()
        .max_by(|a, b| a.correlation.abs().total_cmp(&b.correlation.abs()).then(b.lag.abs().cmp(&a.lag.abs())).then(a.lag.cmp(&b.lag)));
    Ok(MarketIndicator { periods, key, lags, strongest, note })
}

fn key_accounts(facts: &Facts, base_end: Option<Period>, key_share: f64) -> Vec<bool> {
    let mut key = vec![false; facts.len()];
    let Some(base_end) = base_end else { return key };
    let revenue: Vec<i64> = (0..facts.len()).into_par_iter().with_min_len(1024).map(|at| before(facts, at, base_end)).collect();
    let total: i128 = revenue.iter().map(|revenue| i128::from((*revenue).max(0))).sum();
    let (mut held, mut before, mut last) = (0i128, 0i128, None);
    for at in Facts::descending((0..facts.len()).filter(|at| revenue[*at] > 0), &revenue) {
        if last != Some(revenue[at]) {
            (before, last) = (held, Some(revenue[at]));
        }
        held += i128::from(revenue[at]);
        key[at] = share(before, total).is_some_and(|before| before < key_share);
    }
    key
}

fn series(facts: &Facts, key: &[bool], first: Option<Period>, last: Period) -> Vec<IndexedPeriod> {
    let Some(first) = first else { return vec![] };
    let count = usize::try_from(last.0 - first.0 + 1).unwrap_or(0);
    // Sums of whole numbers do not depend on how the accounts are cut.
    let add = |mut sums: Vec<[i128; 2]>, at: usize| {
        for bought in facts.purchases(at) {
            let place = usize::try_from(bought.period.0 - first.0).ok();
            if let Some(sums) = place.and_then(|place| sums.get_mut(place)) {
                sums[usize::from(key[at])] += i128::from(bought.revenue);
            }
        }
        sums
    };
    let merge = |mut sums: Vec<[i128; 2]>, others: Vec<[i128; 2]>| {
        sums.iter_mut().zip(others).for_each(|(own, other)| *own = [own[0] + other[0], own[1] + other[1]]);
        sums
    };
    let empty = || vec![[0; 2]; count];
    let sums = (0..facts.len()).into_par_iter().with_min_len(8192).fold(empty, add).reduce(empty, merge);
    let period = |(period, [rest_revenue, key_revenue]): (i32, [i128; 2])| IndexedPeriod {
        period: Period(period),
        key_revenue,
        rest_revenue,
        key_index: None,
        rest_index: None,
    };
    (first.0..).zip(sums).map(period).collect()
}

/// The revenue of an account up to a period.
fn before(facts: &Facts, at: usize, end: Period) -> i64 {
    facts.purchases(at).take_while(|bought| bought.period <= end).map(|bought| bought.revenue).sum()
}

#[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
fn index(periods: &mut [IndexedPeriod], base: usize) {
    let sum = |value: fn(&IndexedPeriod) -> i128| periods[..base].iter().map(value).sum::<i128>();
    let (key, rest) = (sum(|period| period.key_revenue), sum(|period| period.rest_revenue));
    let of = |revenue: i128, all: i128| (all > 0).then(|| revenue as f64 / all as f64 * base as f64 * 100.0);
    for period in periods {
        period.key_index = of(period.key_revenue, key);
        period.rest_index = of(period.rest_revenue, rest);
    }
}

/// How many periods back a change is counted from; 0 for none.
fn step(correlated: Correlated, grain: Grain) -> usize {
    match (correlated, grain) {
        (Correlated::Levels, _) => 0,
        (Correlated::Changes, _) | (_, Grain::Year) => 1,
        (_, Grain::Quarter) => 4,
        (_, Grain::Month) => 12,
        (_, Grain::Week) => 52,
        (_, Grain::Day) => 365,
    }
}

fn changes(series: &[f64], step: usize) -> Vec<f64> {
    match step {
        0 => series.to_vec(),
        _ => series.iter().skip(step).zip(series).map(|(now, before)| now - before).collect(),
    }
}

#[derive(Serialize)]
struct Summary {
    key_accounts: usize,
    periods: usize,
    correlated: Correlated,
    strongest_lag: Option<i64>,
    strongest_correlation: Option<f64>,
    interval: Option<f64>,
    key_accounts_lead: Option<bool>,
    last_key_index: Option<f64>,
    last_rest_index: Option<f64>,
    note: Option<String>,
}

/// [`market_indicator`] in the registry.
pub struct MarketIndicatorMethod;

impl Method for MarketIndicatorMethod {
    const NAME: &'static str = "market_indicator";
    const TITLE: &'static str = "Market indicator";
    const ABOUT: &'static str = "Whether key accounts lead the rest: both growth indices, and their correlation at every lag.";
    const TABLES: &'static [(&'static str, &'static str)] =
        &[("market_indicator", "a period, oldest first"), ("lags", "a lag; positive where key accounts go ahead")];
    const FIGURES: Figures = &[
        (COUNT, &["key_accounts"]),
        (PERIODS, &["periods", "strongest_lag"]),
        (NUMBER, &["strongest_correlation", "interval", "last_key_index", "last_rest_index"]),
    ];
    type Options = MarketIndicatorOptions;

    fn run(context: &Context<'_>, options: &MarketIndicatorOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = market_indicator(facts, &MarketIndicatorInputs::default(), options)?;
        let (rows, lags) = (&result.periods, &result.lags);
        let summary = Summary {
            key_accounts: result.key.iter().filter(|key| **key).count(),
            periods: rows.len(),
            correlated: options.correlated,
            strongest_lag: result.strongest.map(|lag| lag.lag),
            strongest_correlation: result.strongest.map(|lag| lag.correlation),
            interval: lags.first().map(|lag| lag.bartlett),
            key_accounts_lead: (!lags.is_empty()).then(|| result.strongest.is_some_and(|lag| lag.lag > 0)),
            last_key_index: rows.last().and_then(|period| period.key_index),
            last_rest_index: rows.last().and_then(|period| period.rest_index),
            note: result.note.clone(),
        };
        let money = |value: i128| Some(facts.scale().wide_to_currency(value));
        let periods = Table::new(
            "market_indicator",
            vec![
                Column::dates("period", rows.iter().map(|row| Some(facts.grain().start(row.period)))),
                Column::floats("key_revenue", Unit::Money, rows.iter().map(|row| money(row.key_revenue))),
                Column::floats("rest_revenue", Unit::Money, rows.iter().map(|row| money(row.rest_revenue))),
                Column::floats("key_index", Unit::Number, rows.iter().map(|row| row.key_index)),
                Column::floats("rest_index", Unit::Number, rows.iter().map(|row| row.rest_index)),
            ],
        )?;
        let number =
            |name: &str, value: fn(&LagCorrelation) -> f64| Column::floats(name, Unit::Number, lags.iter().map(|lag| Some(value(lag))));
        let by_lag = Table::new(
            "lags",
            vec![
                Column::integers("lag", Unit::Periods, lags.iter().map(|lag| Some(lag.lag))),
                number("correlation", |lag| lag.correlation),
                number("low", |lag| lag.correlation - lag.bartlett),
                number("high", |lag| lag.correlation + lag.bartlett),
                number("bartlett", |lag| lag.bartlett),
                number("white_noise", |lag| lag.white_noise),
                Column::flags("outside", lags.iter().map(|lag| Some(lag.correlation.abs() > lag.bartlett))),
            ],
        )?;
        Outcome::new(vec![periods, by_lag], &summary)
    }
}
