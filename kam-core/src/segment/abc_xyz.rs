//! ABC-XYZ: what accounts bring crossed with how regularly they buy, and a policy for each of the nine cells.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::abc::{self, Abc, AbcClass, AbcMethod, AbcOptions};
use super::xyz::{self, Xyz, XyzClass, XyzMeasure, XyzMethod, XyzOptions};
use crate::error::{Error, Result};
use crate::facts::ranking::{count_share, share};
use crate::facts::{Facts, Measure};
use crate::method::figure::{COUNT, Figures, MONEY};
use crate::method::{Context, Method, Options, Outcome, Repeat};
use crate::table::{Column, Places, Table, Unit, View};

/// Options of [`abc_xyz`] where it makes both classes itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AbcXyzOptions {
    /// Options of the ABC analysis.
    pub abc: AbcOptions,
    /// Options of the XYZ analysis.
    pub xyz: XyzOptions,
}

impl Options for AbcXyzOptions {
    fn validate(&self) -> Result<()> {
        self.abc.validate().map_err(|error| error.at("abc"))?;
        self.xyz.validate().map_err(|error| error.at("xyz"))
    }
}

/// One of the nine cells. Money is in units of the currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AbcXyzCell {
    /// The ABC class.
    pub abc: AbcClass,
    /// The XYZ class.
    pub xyz: XyzClass,
    /// How many accounts it has.
    pub accounts: usize,
    /// The same as a share of all accounts.
    pub accounts_share: Option<f64>,
    /// Their revenue in the window.
    pub revenue: f64,
    /// The same as a share of all revenue.
    pub revenue_share: Option<f64>,
    /// Their profit in the window; `None` where the ledger has no cost.
    pub profit: Option<f64>,
    /// The same as a share of all profit.
    pub profit_share: Option<f64>,
    /// How such accounts are best looked after.
    pub policy: &'static str,
}

/// ABC-XYZ in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AbcXyzSummary {
    /// The base of the ABC classes.
    pub base: Measure,
    /// The measure of the XYZ classes.
    pub measure: XyzMeasure,
    /// All accounts.
    pub accounts: usize,
    /// Their revenue in the window, in units of the currency.
    pub revenue: f64,
    /// Their profit in the window; `None` where the ledger has no cost.
    pub profit: Option<f64>,
    /// The cells that have an account.
    pub cells_used: usize,
}

/// The result of [`abc_xyz`].
#[derive(Clone, Debug, PartialEq)]
pub struct AbcXyz {
    /// The figures.
    pub summary: AbcXyzSummary,
    /// The nine cells, AX first, CZ last.
    pub cells: Vec<AbcXyzCell>,
    /// The two classes of every account, in the order of the facts' keys.
    pub accounts: Vec<(AbcClass, XyzClass)>,
}

/// Crosses the classes of [`abc`](super::abc()) and [`xyz`](super::xyz()), which must be of these facts.
///
/// ```
/// use kam_core::{AbcOptions, XyzOptions, abc, abc_xyz, xyz};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let crossed = abc_xyz(&facts, &abc(&facts, &AbcOptions::default())?, &xyz(&facts, &XyzOptions::default())?)?;
/// println!("{} accounts are AX: {}", crossed.cells[0].accounts, crossed.cells[0].policy);
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn abc_xyz(facts: &Facts, abc: &Abc, xyz: &Xyz) -> Result<AbcXyz> {
    if abc.accounts.len() != facts.len() || xyz.accounts.len() != facts.len() {
        return Err(Error::option("abc, xyz", "a result of other facts", "results of the facts they are crossed for"));
    }
    let accounts: Vec<(AbcClass, XyzClass)> = abc.by_account().into_iter().zip(&xyz.accounts).map(|(abc, xyz)| (abc, xyz.class)).collect();
    let window = facts.window();
    let profits = Measure::Profit.of(window);
    let number = |sum: i128| facts.scale().wide_to_currency(sum);
    let sum = |values: &[i64], cell: Option<(AbcClass, XyzClass)>| -> i128 {
        accounts.iter().zip(values).filter(|(class, _)| cell.is_none_or(|cell| **class == cell)).map(|(_, &value)| i128::from(value)).sum()
    };
    let (revenue, profit) = (sum(&window.revenue, None), profits.as_ref().map(|profits| sum(profits, None)));
    let mut cells = vec![];
    for abc in AbcClass::ALL {
        for xyz in XyzClass::ALL {
            let cell = Some((abc, xyz));
            let count = accounts.iter().filter(|class| **class == (abc, xyz)).count();
            let cell_revenue = sum(&window.revenue, cell);
            let cell_profit = profits.as_ref().map(|profits| sum(profits, cell));
            cells.push(AbcXyzCell {
                abc,
                xyz,
                accounts: count,
                accounts_share: count_share(count, accounts.len()),
                revenue: number(cell_revenue),
                revenue_share: share(cell_revenue, revenue),
                profit: cell_profit.map(number),
                profit_share: cell_profit.zip(profit).and_then(|(part, total)| share(part, total)),
                policy: policy(abc, xyz),
            });
        }
    }
    let summary = AbcXyzSummary {
        base: abc.summary.base,
        measure: xyz.summary.measure,
        accounts: accounts.len(),
        revenue: number(revenue),
        profit: profit.map(number),
        cells_used: cells.iter().filter(|cell| cell.accounts > 0).count(),
    };
    Ok(AbcXyz { summary, cells, accounts })
}

/// The cell of two classes.
fn name(abc: AbcClass, xyz: XyzClass) -> &'static str {
    match (abc, xyz) {
        (AbcClass::A, XyzClass::X) => "AX",
        (AbcClass::A, XyzClass::Y) => "AY",
        (AbcClass::A, XyzClass::Z) => "AZ",
        (AbcClass::B, XyzClass::X) => "BX",
        (AbcClass::B, XyzClass::Y) => "BY",
        (AbcClass::B, XyzClass::Z) => "BZ",
        (AbcClass::C, XyzClass::X) => "CX",
        (AbcClass::C, XyzClass::Y) => "CY",
        (AbcClass::C, XyzClass::Z) => "CZ",
    }
}

/// How accounts of a cell are best looked after.
fn policy(abc: AbcClass, xyz: XyzClass) -> &'static str {
    match (abc, xyz) {
        (AbcClass::A, XyzClass::X) => "Protect: a named manager, agreed service and a joint plan; no lapse in supply or attention.",
        (AbcClass::A, XyzClass::Y) => {
            "Steady: visit in the rhythm of its purchases, offer a frame contract, follow up every period it misses."
        }
        (AbcClass::A, XyzClass::Z) => {
            "Explain: find out why large purchases come so seldom, prepare the next one early, look for what it needs every month."
        }
        (AbcClass::B, XyzClass::X) => {
            "Develop: a faithful buyer with room to grow; widen the range and see whether it can become an A account."
        }
        (AbcClass::B, XyzClass::Y) => "Keep warm: planned contact by telephone, and offers that bring the next purchase forward.",
        (AbcClass::B, XyzClass::Z) => "Qualify: learn its budget and its supplier before effort is spent; act on enquiries and seasons.",
        (AbcClass::C, XyzClass::X) => "Simplify: keep the habit, cut the cost of it; standing orders, self-service, joint deliveries.",
        (AbcClass::C, XyzClass::Y) => "Standardise: the ordinary channel on ordinary terms, effort only for a reason.",
        (AbcClass::C, XyzClass::Z) => "Let come: self-service, prices that cover the cost of a single order, no visits.",
    }
}

/// [`abc_xyz`] in the registry.
pub struct AbcXyzMethod;

impl Method for AbcXyzMethod {
    const NAME: &'static str = "abc_xyz";
    const TITLE: &'static str = "ABC-XYZ analysis";
    const TAKES: &'static [&'static str] = &["abc", "xyz"];
    const ABOUT: &'static str = "Crosses what accounts bring with how regularly they buy, with a policy for each of the nine cells.";
    const REPEATS: &'static [Repeat] = &[("abc", AbcMethod::NAME, None), ("xyz", XyzMethod::NAME, None)];
    const TABLES: &'static [(&'static str, &'static str)] = &[("abc_xyz", "a cell, AX first"), ("accounts", "an account")];
    const FIGURES: Figures = &[(COUNT, &["accounts", "cells_used"]), (MONEY, &["revenue", "profit"])];
    type Options = AbcXyzOptions;

    fn run(context: &Context<'_>, options: &AbcXyzOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = Arc::new(abc_xyz(facts, &*abc::shared(context, &options.abc)?, &*xyz::shared(context, &options.xyz)?)?);
        let cells = &result.cells;
        let floats = |name: &str, unit, value: fn(&AbcXyzCell) -> Option<f64>| Column::floats(name, unit, cells.iter().map(value));
        let main = Table::new(
            "abc_xyz",
            vec![
                Column::words("abc_xyz", cells.iter().map(|cell| name(cell.abc, cell.xyz))),
                Column::words("abc", cells.iter().map(|cell| cell.abc.name())),
                Column::words("xyz", cells.iter().map(|cell| cell.xyz.name())),
                Column::counts("accounts", cells.iter().map(|cell| i64::try_from(cell.accounts).unwrap_or(i64::MAX))),
                floats("accounts_share", Unit::Share, |cell| cell.accounts_share),
                floats("revenue", Unit::Money, |cell| Some(cell.revenue)),
                floats("revenue_share", Unit::Share, |cell| cell.revenue_share),
                floats("profit", Unit::Money, |cell| cell.profit),
                floats("profit_share", Unit::Share, |cell| cell.profit_share),
                Column::words("policy", cells.iter().map(|cell| cell.policy)),
            ],
        )?;
        let view = View::new(&result, Places::Same(facts.len()));
        let columns = vec![
            view.accounts(facts),
            view.words("abc", |crossed, at| crossed.accounts[at].0.name()),
            view.words("xyz", |crossed, at| crossed.accounts[at].1.name()),
            view.texts("abc_xyz", |crossed, at| Some(name(crossed.accounts[at].0, crossed.accounts[at].1))),
        ];
        let of_master = vec![columns[3].named("abc_xyz")];
        let accounts = Table::new("accounts", columns)?;
        Outcome::new(vec![main, accounts], &result.summary)?.with_accounts(of_master)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_cell_has_a_policy_of_its_own() {
        let all: BTreeSet<_> = AbcClass::ALL.into_iter().flat_map(|abc| XyzClass::ALL.map(|xyz| policy(abc, xyz))).collect();
        assert_eq!(all.len(), 9);
    }

    #[test]
    fn options_of_both_are_checked() {
        let error =
            AbcXyzOptions { abc: AbcOptions { a: 2.0, ..AbcOptions::default() }, ..AbcXyzOptions::default() }.validate().unwrap_err();
        assert!(error.to_string().starts_with("abc: option `a`"), "{error}");
        let xyz = XyzOptions { x: Some(0.1), ..XyzOptions::default() };
        let error = AbcXyzOptions { xyz, ..AbcXyzOptions::default() }.validate().unwrap_err();
        assert!(error.to_string().starts_with("xyz: option `y`"), "{error}");
    }
}
