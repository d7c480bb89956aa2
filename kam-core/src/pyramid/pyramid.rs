//! The relationship pyramid: each account's level, its evidence, and what is missing for the next level.

use std::collections::BTreeMap;

use serde::Serialize;

use super::evidence::{PyramidInputs, RelationshipEvidence, collect};
use super::gates::{Gate, GateState, Gates};
use super::golden_shot::{GoldenShot, golden_shots};
use super::levels::{Level, LevelSums, level, missing};
use super::options::PyramidOptions;
use super::words::describe;
use crate::crm::Crm;
use crate::error::Result;
use crate::facts::{Facts, word_lists};
use crate::method::{Context, Method, Options, Outcome};
use crate::money::Scale;
use crate::table::{Column, Table, Unit};

/// Where one account stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PyramidAccount {
    /// The level.
    pub level: Level,
    /// Is a gate up to this level unknown, or known by a proxy only?
    pub provisional: bool,
    /// On the level transaction: is it a golden shot? `None` where data are missing; no on every other level.
    pub golden_shot: Option<bool>,
    /// The parts of a golden shot.
    pub golden: GoldenShot,
    /// The states of the gates.
    pub gates: Gates,
    /// The numbers that the gates look at.
    pub numbers: RelationshipEvidence,
}

impl PyramidAccount {
    /// The gates of the next level that are not met: closed, or unknown.
    pub fn missing(&self) -> impl Iterator<Item = Gate> {
        missing(&self.gates, self.level)
    }
}

/// The result in a few figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PyramidSummary {
    /// How many accounts there are.
    pub accounts: usize,
    /// How many of them stand on each level.
    pub levels: BTreeMap<&'static str, usize>,
    /// How many levels are provisional.
    pub provisional: usize,
    /// How many golden shots there are; `None` where no account could be judged.
    pub golden_shots: Option<usize>,
    /// Gates that are unknown for every account: the data that would answer them were not given.
    pub unknown_gates: Vec<&'static str>,
}

/// The pyramid.
#[derive(Clone, Debug, PartialEq)]
pub struct Pyramid {
    /// One an account, in the order of the facts' keys.
    pub accounts: Vec<PyramidAccount>,
    /// One a level, the highest first; the level none only where an account stands there.
    pub levels: Vec<LevelSums>,
    /// The result in a few figures.
    pub summary: PyramidSummary,
    options: PyramidOptions,
    scale: Scale,
}

impl Pyramid {
    /// Why an account stands on its level, in words: the gates of the level, then those below that are unknown.
    #[must_use]
    pub fn evidence(&self, at: usize) -> String {
        let account = &self.accounts[at];
        let own = account.level.max(Level::Transaction);
        let below = |gate: &Gate| gate.level() < own && account.gates.state(*gate) == GateState::Unknown;
        let gates = Gate::ALL.into_iter().filter(|gate| gate.level() == own).chain(Gate::ALL.into_iter().filter(below));
        let mut text = String::with_capacity(256);
        for gate in gates {
            if !text.is_empty() {
                text.push_str("; ");
            }
            self.describe(&mut text, gate, account);
        }
        if account.level == Level::Transaction {
            text.push_str("; ");
            // Writing to a text cannot fail.
            let _ = account.golden.describe(&mut text, &account.numbers);
        }
        text
    }

    /// What keeps an account from the next level, in words, gate by gate.
    #[must_use]
    pub fn missing(&self, at: usize) -> Vec<String> {
        let account = &self.accounts[at];
        let named = |gate: Gate| {
            let mut text = String::with_capacity(96);
            text.push_str(gate.name());
            text.push_str(": ");
            self.describe(&mut text, gate, account);
            text
        };
        account.missing().map(named).collect()
    }

    fn describe(&self, text: &mut String, gate: Gate, account: &PyramidAccount) {
        // Writing to a text cannot fail.
        let _ = describe(text, gate, &account.numbers, &self.options, self.scale);
    }
}

/// Puts every account on its level.
///
/// ```
/// use std::sync::Arc;
/// use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use kam_core::{Columns, Crm, FactsOptions, Ledger, PyramidInputs, PyramidOptions, pyramid};
/// use kam_core::time::Date;
///
/// let rows = RecordBatch::try_from_iter([
///     ("account", Arc::new(StringArray::from(vec!["a", "a", "b"])) as ArrayRef),
///     ("date", Arc::new(StringArray::from(vec!["2024-01-15", "2024-11-20", "2024-12-02"])) as ArrayRef),
///     ("amount", Arc::new(Int64Array::from(vec![100, 150, 90])) as ArrayRef),
/// ])?;
/// let ledger = Ledger::from_batches(vec![rows], Columns::new("account", "date", "amount"))?;
/// let facts = ledger.facts(&FactsOptions::new(Date::parse("2024-12-31")?))?;
/// let result = pyramid(&facts, &Crm::default(), &PyramidInputs::default(), &PyramidOptions::default())?;
/// let levels: Vec<&str> = result.accounts.iter().map(|account| account.level.name()).collect();
/// assert_eq!(levels, ["cooperation", "transaction"]);
/// assert_eq!(result.missing(1)[0], "active_days: 1 day with a sale (2 needed)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pyramid(facts: &Facts, crm: &Crm, inputs: &PyramidInputs<'_>, options: &PyramidOptions) -> Result<Pyramid> {
    options.validate()?;
    inputs.validate(facts)?;
    let evidence = collect(facts, crm, inputs, options);
    let golden = golden_shots(facts, &evidence, options);
    let accounts: Vec<PyramidAccount> = evidence.into_iter().zip(golden).map(|(numbers, golden)| place(numbers, golden, options)).collect();
    let levels = level_sums(facts, &accounts);
    let judged = accounts.iter().any(|account| account.level == Level::Transaction && account.golden_shot.is_some());
    let unknown = |gate: &Gate| !accounts.is_empty() && accounts.iter().all(|account| account.gates.state(*gate) == GateState::Unknown);
    let summary = PyramidSummary {
        accounts: accounts.len(),
        levels: levels.iter().map(|sums| (sums.level.name(), sums.accounts)).collect(),
        provisional: levels.iter().map(|sums| sums.provisional).sum(),
        golden_shots: judged.then(|| levels.iter().map(|sums| sums.golden_shots).sum()),
        unknown_gates: Gate::ALL.into_iter().filter(unknown).map(Gate::name).collect(),
    };
    Ok(Pyramid { accounts, levels, summary, options: options.clone(), scale: facts.scale() })
}

fn place(numbers: RelationshipEvidence, golden: GoldenShot, options: &PyramidOptions) -> PyramidAccount {
    let gates = Gates::of(&numbers, options);
    let (level, provisional) = level(&gates, options.unknown_gates);
    let golden_shot = if level == Level::Transaction { golden.holds() } else { Some(false) };
    PyramidAccount { level, provisional, golden_shot, golden, gates, numbers }
}

fn level_sums(facts: &Facts, accounts: &[PyramidAccount]) -> Vec<LevelSums> {
    let window = facts.window();
    let of = |level: Level| {
        let here = || accounts.iter().enumerate().filter(move |(_, account)| account.level == level);
        LevelSums {
            level,
            accounts: here().count(),
            provisional: here().filter(|(_, account)| account.provisional).count(),
            golden_shots: here().filter(|(_, account)| account.golden_shot == Some(true)).count(),
            revenue: here().map(|(at, _)| i128::from(window.revenue[at])).sum(),
            profit: window.cost.as_ref().map(|_| here().filter_map(|(at, _)| window.profit(at)).map(i128::from).sum()),
        }
    };
    Level::DESCENDING.into_iter().map(of).filter(|sums| sums.level != Level::None || sums.accounts > 0).collect()
}

/// [`pyramid`] in the registry.
pub struct PyramidMethod;

impl Method for PyramidMethod {
    const NAME: &'static str = "pyramid";
    const TITLE: &'static str = "Relationship pyramid";
    const ABOUT: &'static str =
        "How far each relationship has come, from transaction to synergy, why, and what is missing for the next level.";
    const TABLES: &'static [(&'static str, &'static str)] =
        &[("pyramid", "an account, the highest level first"), ("levels", "a level, the highest first")];
    type Options = PyramidOptions;

    fn run(context: &Context<'_>, options: &PyramidOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = pyramid(facts, context.crm, &PyramidInputs::default(), options)?;
        let each = &result.accounts;
        Outcome::new(vec![accounts_table(facts, &result)?, levels_table(facts, &result)?], &result.summary)?.with_accounts(vec![
            Column::words("level", each.iter().map(|account| account.level.name())),
            Column::flags("level_provisional", each.iter().map(|account| Some(account.provisional))),
            word_lists("level_missing", (0..facts.len()).map(|at| result.missing(at))),
            Column::flags("golden_shot", each.iter().map(|account| account.golden_shot)),
        ])
    }
}

fn accounts_table(facts: &Facts, result: &Pyramid) -> Result<Table> {
    let revenue = &facts.window().revenue;
    let mut order: Vec<usize> = (0..facts.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse((result.accounts[at].level, revenue[at])), at));
    let rows = || order.iter().map(|at| &result.accounts[*at]);
    let numbers = || rows().map(|row| &row.numbers);
    let small = |value: Option<usize>| value.and_then(|value| i64::try_from(value).ok());
    let mut columns = vec![
        facts.account_column(order.iter().copied()),
        Column::words("level", rows().map(|row| row.level.name())),
        Column::flags("provisional", rows().map(|row| Some(row.provisional))),
        Column::flags("golden_shot", rows().map(|row| row.golden_shot)),
        Column::words("evidence", order.iter().map(|at| result.evidence(*at))),
        word_lists("missing", order.iter().map(|at| result.missing(*at))),
    ];
    for gate in Gate::ALL {
        columns.push(Column::words(&format!("gate_{}", gate.name()), rows().map(|row| row.gates.state(gate).name())));
    }
    columns.extend([
        Column::money("revenue", facts.scale(), order.iter().map(|at| Some(revenue[*at]))),
        Column::money("profit", facts.scale(), numbers().map(|e| e.profit)),
        Column::counts("active_days", numbers().map(|e| e.active_days)),
        Column::integers("tenure_months", Unit::Plain, numbers().map(|e| e.tenure_months.map(i64::from))),
        Column::counts("active_periods", numbers().map(|e| e.active_periods)),
        Column::integers("periods", Unit::Periods, numbers().map(|e| Some(e.periods))),
        Column::floats("growth", Unit::Number, order.iter().map(|at| facts.growth(*at))),
        Column::integers("open_disputes", Unit::Count, numbers().map(|e| small(e.open_disputes))),
        Column::integers("open_complaints", Unit::Count, numbers().map(|e| small(e.open_complaints))),
        Column::integers("breached_clauses", Unit::Count, numbers().map(|e| small(e.breached_clauses))),
        Column::integers("overdue_clauses", Unit::Count, numbers().map(|e| small(e.overdue_clauses))),
        Column::integers("joint_activities", Unit::Count, numbers().map(|e| small(e.joint_activities))),
        Column::floats("p_alive", Unit::Share, numbers().map(|e| e.p_alive)),
        Column::floats("margin_rate", Unit::Share, rows().map(|row| row.golden.margin_rate)),
        Column::floats("discount_rate", Unit::Share, rows().map(|row| row.golden.discount_rate)),
    ]);
    Table::new("pyramid", columns)
}

fn levels_table(facts: &Facts, result: &Pyramid) -> Result<Table> {
    let levels = &result.levels;
    let count = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let money = |value: i128| facts.scale().wide_to_currency(value);
    let accounts: i128 = levels.iter().map(|sums| i128::from(count(sums.accounts))).sum();
    let revenue: i128 = levels.iter().map(|sums| sums.revenue).sum();
    let profit: Option<i128> = levels.iter().map(|sums| sums.profit).sum();
    Table::new(
        "levels",
        vec![
            Column::words("level", levels.iter().map(|sums| sums.level.name())),
            Column::counts("accounts", levels.iter().map(|sums| count(sums.accounts))),
            Column::floats("accounts_share", Unit::Share, levels.iter().map(|sums| share(count(sums.accounts).into(), accounts))),
            Column::floats("revenue", Unit::Money, levels.iter().map(|sums| Some(money(sums.revenue)))),
            Column::floats("revenue_share", Unit::Share, levels.iter().map(|sums| share(sums.revenue, revenue))),
            Column::floats("profit", Unit::Money, levels.iter().map(|sums| sums.profit.map(money))),
            Column::floats("profit_share", Unit::Share, levels.iter().map(|sums| share(sums.profit?, profit?))),
            Column::counts("provisional", levels.iter().map(|sums| count(sums.provisional))),
            Column::counts("golden_shots", levels.iter().map(|sums| count(sums.golden_shots))),
        ],
    )
}

/// A part of a total; parts of nothing or of a loss are no shares.
#[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
fn share(part: i128, total: i128) -> Option<f64> {
    (total > 0).then(|| part as f64 / total as f64)
}
