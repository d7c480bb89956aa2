//! XYZ: accounts classed by how regularly they buy.

use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use kam_numerics::stats;

use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::facts::ranking::count_share;
use crate::method::figure::{COUNT, Figures, NUMBER, PERIODS};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Places, Table, Unit, View};
use crate::time::Date;

/// What regularity is measured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum XyzMeasure {
    /// Active periods ÷ periods since the first sale in the window.
    #[default]
    Frequency,
    /// The coefficient of variation of the revenue per period of the window, periods without a sale counted as zero.
    Variability,
}

/// Limits of variability by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum XyzLimits {
    /// X up to 0.10, Y up to 0.25.
    #[default]
    Strict,
    /// X up to 0.2, Y up to 0.6.
    Moderate,
    /// X up to 0.5, Y up to 1.0.
    Wide,
}

/// Options of [`xyz`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct XyzOptions {
    /// What regularity is measured by: frequency of purchase, or variability of revenue.
    pub measure: XyzMeasure,
    /// The limits of variability by name: strict 0.10 and 0.25, moderate 0.2 and 0.6, wide 0.5 and 1.0. Frequency does not use it.
    pub limits: XyzLimits,
    /// X from this frequency on (default 0.75), or up to this variability (default: that of `limits`).
    pub x: Option<f64>,
    /// Y from this frequency on (default 0.35), or up to this variability (default: that of `limits`).
    pub y: Option<f64>,
    /// Taken off the number of periods in the variance: 0 for all periods there are, 1 for a sample of them.
    pub ddof: usize,
}

impl XyzOptions {
    /// The limits of X and Y that apply.
    #[must_use]
    pub fn bounds(&self) -> (f64, f64) {
        let (x, y) = match (self.measure, self.limits) {
            (XyzMeasure::Frequency, _) => (0.75, 0.35),
            (XyzMeasure::Variability, XyzLimits::Strict) => (0.10, 0.25),
            (XyzMeasure::Variability, XyzLimits::Moderate) => (0.2, 0.6),
            (XyzMeasure::Variability, XyzLimits::Wide) => (0.5, 1.0),
        };
        (self.x.unwrap_or(x), self.y.unwrap_or(y))
    }
}

impl Options for XyzOptions {
    fn validate(&self) -> Result<()> {
        let (x, y) = self.bounds();
        match self.measure {
            XyzMeasure::Frequency => {
                if !(x > 0.0 && x <= 1.0) {
                    return Err(Error::option("x", x, "a frequency above 0 and at most 1"));
                }
                if !(y > 0.0 && y <= x) {
                    return Err(Error::option("y", y, "a frequency above 0 and at most x"));
                }
            }
            XyzMeasure::Variability => {
                if !(x >= 0.0 && x.is_finite()) {
                    return Err(Error::option("x", x, "a coefficient of variation of 0 or more"));
                }
                if !(y >= x && y.is_finite()) {
                    return Err(Error::option("y", y, "a coefficient of variation of x or more"));
                }
            }
        }
        if self.ddof > 1 {
            return Err(Error::option("ddof", self.ddof, "0 or 1"));
        }
        Ok(())
    }
}

/// A class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum XyzClass {
    /// Frequent, or steady.
    X,
    /// Regular, or somewhat varying.
    Y,
    /// Irregular.
    Z,
}

impl XyzClass {
    /// All three.
    pub const ALL: [XyzClass; 3] = [XyzClass::X, XyzClass::Y, XyzClass::Z];

    /// Its letter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            XyzClass::X => "X",
            XyzClass::Y => "Y",
            XyzClass::Z => "Z",
        }
    }
}

/// Why an account is Z without a measured regularity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum XyzReason {
    /// No sale in the window.
    NoSaleInWindow,
    /// Returns outweigh sales, so there is no mean to vary around.
    MeanNotPositive,
    /// The window has too few periods for `ddof`.
    TooFewPeriods,
}

impl XyzReason {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            XyzReason::NoSaleInWindow => "no_sale_in_window",
            XyzReason::MeanNotPositive => "mean_not_positive",
            XyzReason::TooFewPeriods => "too_few_periods",
        }
    }
}

/// One account of [`Xyz`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct XyzAccount {
    /// Its class.
    pub class: XyzClass,
    /// The frequency or the coefficient of variation; `None` with a reason.
    pub value: Option<f64>,
    /// Periods of the window with a sale.
    pub active_periods: i64,
    /// Periods measured over: since the first sale in the window for frequency, the whole window for variability.
    pub periods: i64,
    /// The first day of the first period of the window with a sale.
    pub since: Option<Date>,
    /// Why there is no value.
    pub reason: Option<XyzReason>,
}

/// XYZ in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct XyzSummary {
    /// What regularity was measured by.
    pub measure: XyzMeasure,
    /// The limit of X.
    pub x: f64,
    /// The limit of Y.
    pub y: f64,
    /// Periods of the window.
    pub window_periods: usize,
    /// All accounts.
    pub accounts: usize,
    /// Accounts in class X.
    pub x_accounts: usize,
    /// Accounts in class Y.
    pub y_accounts: usize,
    /// Accounts in class Z.
    pub z_accounts: usize,
    /// Those among Z without a measured regularity.
    pub unmeasured_accounts: usize,
}

/// The result of [`xyz`].
#[derive(Clone, Debug, PartialEq)]
pub struct Xyz {
    /// The figures.
    pub summary: XyzSummary,
    /// The accounts, in the order of the facts' keys.
    pub accounts: Vec<XyzAccount>,
}

/// Classes accounts by how regularly they buy.
///
/// ```
/// use kam_core::{XyzOptions, segment::XyzMeasure, xyz};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let result = xyz(&facts, &XyzOptions { measure: XyzMeasure::Variability, ..XyzOptions::default() })?;
/// assert_eq!(result.accounts.len(), facts.len());
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn xyz(facts: &Facts, options: &XyzOptions) -> Result<Xyz> {
    options.validate()?;
    let accounts: Vec<XyzAccount> = (0..facts.len()).into_par_iter().with_min_len(1024).map(|at| account(facts, options, at)).collect();
    let count = |class: XyzClass| accounts.iter().filter(|account| account.class == class).count();
    let (x, y) = options.bounds();
    let summary = XyzSummary {
        measure: options.measure,
        x,
        y,
        window_periods: facts.span().periods(),
        accounts: accounts.len(),
        x_accounts: count(XyzClass::X),
        y_accounts: count(XyzClass::Y),
        z_accounts: count(XyzClass::Z),
        unmeasured_accounts: accounts.iter().filter(|account| account.reason.is_some()).count(),
    };
    Ok(Xyz { summary, accounts })
}

fn account(facts: &Facts, options: &XyzOptions, at: usize) -> XyzAccount {
    let span = facts.span();
    let in_window: Vec<_> = facts.purchases(at).filter(|sums| span.contains(sums.period)).collect();
    let first = in_window.iter().find(|bought| bought.is_sale).map(|bought| bought.period);
    let active = in_window.iter().filter(|bought| bought.is_sale).count();
    let unmeasured = |reason, periods| XyzAccount {
        class: XyzClass::Z,
        value: None,
        active_periods: i64::try_from(active).unwrap_or(i64::MAX),
        periods,
        since: first.map(|period| facts.grain().start(period)),
        reason: Some(reason),
    };
    let (value, periods) = match options.measure {
        XyzMeasure::Frequency => {
            let Some(first) = first else { return unmeasured(XyzReason::NoSaleInWindow, 0) };
            let periods = usize::try_from(span.last.0 - first.0 + 1).unwrap_or(0);
            (count_share(active, periods), periods)
        }
        XyzMeasure::Variability => {
            let revenue: Vec<f64> = in_window.iter().map(|sums| facts.scale().to_currency(sums.revenue)).collect();
            (stats::coefficient_of_variation(&revenue, span.periods() - revenue.len(), options.ddof), span.periods())
        }
    };
    let periods_counted = i64::try_from(periods).unwrap_or(i64::MAX);
    let Some(value) = value else {
        let reason = match first {
            None => XyzReason::NoSaleInWindow,
            Some(_) if periods <= options.ddof => XyzReason::TooFewPeriods,
            Some(_) => XyzReason::MeanNotPositive,
        };
        return unmeasured(reason, periods_counted);
    };
    let (x, y) = options.bounds();
    let within = |limit: f64| match options.measure {
        XyzMeasure::Frequency => value >= limit,
        XyzMeasure::Variability => value <= limit,
    };
    XyzAccount {
        class: if within(x) {
            XyzClass::X
        } else if within(y) {
            XyzClass::Y
        } else {
            XyzClass::Z
        },
        value: Some(value),
        active_periods: i64::try_from(active).unwrap_or(i64::MAX),
        periods: periods_counted,
        since: first.map(|period| facts.grain().start(period)),
        reason: None,
    }
}

/// The classes with these options, worked out once in a context.
pub(super) fn shared(context: &Context<'_>, options: &XyzOptions) -> Result<Arc<Xyz>> {
    context.remember(XyzMethod::NAME, options, || xyz(context.facts, options))
}

/// [`xyz`] in the registry.
pub struct XyzMethod;

impl Method for XyzMethod {
    const NAME: &'static str = "xyz";
    const TITLE: &'static str = "XYZ analysis";
    const ABOUT: &'static str = "Classes accounts by how regularly they buy.";
    const TABLES: &'static [(&'static str, &'static str)] = &[("xyz", "an account"), ("classes", "a class")];
    const FIGURES: Figures = &[
        (NUMBER, &["x", "y"]),
        (PERIODS, &["window_periods"]),
        (COUNT, &["accounts", "x_accounts", "y_accounts", "z_accounts", "unmeasured_accounts"]),
    ];
    type Options = XyzOptions;

    fn run(context: &Context<'_>, options: &XyzOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = shared(context, options)?;
        let rows = &result.accounts;
        let (name, unit) = match options.measure {
            XyzMeasure::Frequency => ("frequency", Unit::Share),
            XyzMeasure::Variability => ("variability", Unit::Number),
        };
        let view = View::new(&result, Places::Same(facts.len()));
        let columns = vec![
            view.accounts(facts),
            view.words("xyz", |xyz, at| xyz.accounts[at].class.name()),
            view.floats(name, unit, |xyz, at| xyz.accounts[at].value),
            view.integers("window_active_periods", Unit::Periods, |xyz, at| Some(xyz.accounts[at].active_periods)),
            view.integers("periods", Unit::Periods, |xyz, at| Some(xyz.accounts[at].periods)),
            view.dates("since", |xyz, at| xyz.accounts[at].since),
            view.words("reason", |xyz, at| xyz.accounts[at].reason.map(XyzReason::name)),
        ];
        let of_master = vec![columns[1].named("xyz"), columns[2].named(&format!("xyz_{name}"))];
        let main = Table::new("xyz", columns)?;
        let count = |class: XyzClass| rows.iter().filter(|row| row.class == class).count();
        let class_table = Table::new(
            "classes",
            vec![
                Column::words("xyz", XyzClass::ALL.iter().map(|class| class.name())),
                Column::counts("accounts", XyzClass::ALL.iter().map(|&class| i64::try_from(count(class)).unwrap_or(i64::MAX))),
                Column::floats("accounts_share", Unit::Share, XyzClass::ALL.iter().map(|&class| count_share(count(class), rows.len()))),
            ],
        )?;
        Outcome::new(vec![main, class_table], &result.summary)?.with_accounts(of_master)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_names_and_can_be_set() {
        let of = |limits| XyzOptions { measure: XyzMeasure::Variability, limits, ..XyzOptions::default() };
        assert_eq!(XyzOptions::default().bounds(), (0.75, 0.35));
        assert_eq!(of(XyzLimits::Strict).bounds(), (0.10, 0.25));
        assert_eq!(of(XyzLimits::Moderate).bounds(), (0.2, 0.6));
        assert_eq!(of(XyzLimits::Wide).bounds(), (0.5, 1.0));
        assert_eq!(XyzOptions { y: Some(0.5), ..of(XyzLimits::Moderate) }.bounds(), (0.2, 0.5));
    }

    #[test]
    fn limits_that_cannot_be_are_refused() {
        let with = |measure, x, y| XyzOptions { measure, x: Some(x), y: Some(y), ..XyzOptions::default() }.validate();
        for (x, y) in [(0.0, 0.0), (1.1, 0.5), (0.5, 0.6), (0.5, 0.0), (f64::NAN, 0.1), (0.5, f64::NAN)] {
            assert!(with(XyzMeasure::Frequency, x, y).is_err(), "{x} {y}");
        }
        for (x, y) in [(-0.1, 0.5), (0.5, 0.4), (f64::NAN, 0.1), (0.1, f64::INFINITY)] {
            assert!(with(XyzMeasure::Variability, x, y).is_err(), "{x} {y}");
        }
        assert!(with(XyzMeasure::Variability, 0.0, 0.0).is_ok());
        assert!(XyzOptions { ddof: 2, ..XyzOptions::default() }.validate().is_err());
    }
}
