//! The relationship pyramid: each account's level, its evidence, and what is missing for the next level.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use super::as_of::{Known, Series, Viewer};
use super::evidence::{PyramidInputs, RelationshipEvidence};
use super::gates::{Gate, GateState, Gates};
use super::golden_shot::{GoldenShot, Margins};
use super::levels::{Level, LevelSums, level, missing};
use super::options::PyramidOptions;
use super::words::{Voice, describe, future_note};
use crate::crm::Crm;
use crate::error::Result;
use crate::facts::Facts;
use crate::method::{Options, Outcome};
use crate::table::{Column, Places, Table, Unit, View};

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
    /// What is special about this result.
    pub note: Option<String>,
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
    voice: Voice,
}

impl Pyramid {
    /// Why an account stands on its level, in words: the gates of the level, then those below that are unknown.
    #[must_use]
    pub fn evidence(&self, at: usize) -> String {
        let mut text = String::with_capacity(256);
        self.write_evidence(at, &mut text);
        text
    }

    fn write_evidence(&self, at: usize, text: &mut String) {
        let account = &self.accounts[at];
        let own = account.level.max(Level::Transaction);
        let below = |gate: &Gate| gate.level() < own && account.gates.state(*gate) == GateState::Unknown;
        let gates = own.gates().iter().copied().chain(Gate::ALL.into_iter().filter(below));
        let start = text.len();
        for gate in gates {
            if text.len() > start {
                text.push_str("; ");
            }
            self.describe(text, gate, account);
        }
        if account.level == Level::Transaction {
            text.push_str("; ");
            // Writing to a text cannot fail.
            let _ = account.golden.describe(text, &account.numbers);
        }
    }

    /// What keeps an account from the next level, in words, gate by gate.
    #[must_use]
    pub fn missing(&self, at: usize) -> Vec<String> {
        let account = &self.accounts[at];
        let named = |gate: Gate| {
            let mut text = String::with_capacity(96);
            self.write_missing(gate, account, &mut text);
            text
        };
        account.missing().map(named).collect()
    }

    fn write_missing(&self, gate: Gate, account: &PyramidAccount, text: &mut String) {
        text.push_str(gate.name());
        text.push_str(": ");
        self.describe(text, gate, account);
    }

    fn describe(&self, text: &mut String, gate: Gate, account: &PyramidAccount) {
        // Writing to a text cannot fail.
        let _ = describe(text, gate, &account.numbers, &self.options, &self.voice);
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
    let p_alive = inputs.p_alive.map(|values| move |at: usize, _: usize| Some(values[at]));
    let mutual = inputs.mutual.map(|values| move |at: usize, _: usize| values[at]);
    let known = Known { p_alive: p_alive.as_ref().map(|known| known as _), mutual: mutual.as_ref().map(|known| known as _) };
    let viewer = Viewer::new(facts, crm, options, 1);
    let margins = Margins::of(facts, options);
    let see = |series: &mut Series, at: usize| {
        viewer.read(at, series);
        let mut numbers = viewer.see(at, 0, series);
        known.add_to(&mut numbers, at, 0);
        let golden = margins.judge(facts, at, &numbers, options);
        place(numbers, golden, options)
    };
    let accounts: Vec<PyramidAccount> = (0..facts.len()).into_par_iter().with_min_len(512).map_init(Series::default, see).collect();
    let levels = level_sums(facts, &accounts);
    let judged = accounts.iter().any(|account| account.level == Level::Transaction && account.golden_shot.is_some());
    let unknown = |gate: &Gate| !accounts.is_empty() && accounts.iter().all(|account| account.gates.state(*gate) == GateState::Unknown);
    let summary = PyramidSummary {
        accounts: accounts.len(),
        levels: levels.iter().map(|sums| (sums.level.name(), sums.accounts)).collect(),
        provisional: levels.iter().map(|sums| sums.provisional).sum(),
        golden_shots: judged.then(|| levels.iter().map(|sums| sums.golden_shots).sum()),
        unknown_gates: Gate::ALL.into_iter().filter(unknown).map(Gate::name).collect(),
        note: inputs.why_no_p_alive.map(|why| future_note(why, options)),
    };
    Ok(Pyramid { accounts, levels, summary, options: options.clone(), voice: Voice::of(facts) })
}

fn place(numbers: RelationshipEvidence, golden: GoldenShot, options: &PyramidOptions) -> PyramidAccount {
    let gates = Gates::of(&numbers, options);
    let (level, provisional) = level(&gates, options.unknown_gates);
    let golden_shot = if level == Level::Transaction { golden.holds() } else { Some(false) };
    PyramidAccount { level, provisional, golden_shot, golden, gates, numbers }
}

fn level_sums(facts: &Facts, accounts: &[PyramidAccount]) -> Vec<LevelSums> {
    let window = facts.window();
    let mut all = Level::DESCENDING.map(|level| LevelSums {
        level,
        accounts: 0,
        provisional: 0,
        golden_shots: 0,
        revenue: 0,
        profit: window.cost.as_ref().map(|_| 0),
    });
    for (at, account) in accounts.iter().enumerate() {
        let sums = &mut all[Level::DESCENDING.len() - 1 - account.level as usize];
        sums.accounts += 1;
        sums.provisional += usize::from(account.provisional);
        sums.golden_shots += usize::from(account.golden_shot == Some(true));
        sums.revenue += i128::from(window.revenue[at]);
        sums.profit = sums.profit.zip(window.profit(at)).map(|(sum, profit)| sum + i128::from(profit));
    }
    all.into_iter().filter(|sums| sums.level != Level::None || sums.accounts > 0).collect()
}

/// The pyramid as the registry gives it.
pub(crate) fn outcome(facts: &Facts, result: Pyramid) -> Result<Outcome> {
    let levels = levels_table(facts, &result)?;
    let order = order(facts, &result);
    let seen = Arc::new(Seen { facts: facts.clone(), result });
    let main = Table::new("pyramid", account_columns(&seen, &View::new(&seen, order)))?;
    let names = ["level", "level_provisional", "golden_shot", "level_missing"];
    let [level, provisional, golden_shot, missing] = standing_columns(&View::new(&seen, Places::Same(facts.len())), names);
    let master = vec![level, provisional, missing, golden_shot];
    Outcome::new(vec![main, levels], &seen.result.summary)?.with_accounts(master)
}

/// What the tables read.
struct Seen {
    facts: Facts,
    result: Pyramid,
}

impl Seen {
    fn numbers(&self, at: usize) -> &RelationshipEvidence {
        &self.result.accounts[at].numbers
    }
}

/// Where the accounts stand, and what is missing: under these names.
fn standing_columns(view: &View<Seen>, names: [&str; 4]) -> [Column; 4] {
    [
        view.words(names[0], |seen, at| seen.result.accounts[at].level.name()),
        view.flags(names[1], |seen, at| Some(seen.result.accounts[at].provisional)),
        view.flags(names[2], |seen, at| seen.result.accounts[at].golden_shot),
        view.lists(names[3], |seen, at, list| {
            let account = &seen.result.accounts[at];
            account.missing().for_each(|gate| list.push(|text| seen.result.write_missing(gate, account, text)));
        }),
    ]
}

fn account_columns(seen: &Seen, view: &View<Seen>) -> Vec<Column> {
    let scale = seen.facts.scale();
    let count = |name: &str, value: fn(&RelationshipEvidence) -> Option<u32>| {
        view.integers(name, Unit::Count, move |seen, at| value(seen.numbers(at)).map(i64::from))
    };
    let [level, provisional, golden_shot, missing] = standing_columns(view, ["level", "provisional", "golden_shot", "missing"]);
    let evidence = view.sentences("evidence", |seen, at, text| seen.result.write_evidence(at, text));
    let mut columns = vec![view.accounts(&seen.facts), level, provisional, golden_shot, evidence, missing];
    for gate in Gate::ALL {
        columns.push(view.words(&format!("gate_{}", gate.name()), move |seen, at| seen.result.accounts[at].gates.state(gate).name()));
    }
    columns.extend([
        view.money("revenue", scale, |seen, at| Some(seen.facts.window().revenue[at])),
        view.money("profit", scale, |seen, at| seen.facts.window().profit(at)),
        view.counts("active_days", |seen, at| seen.numbers(at).active_days),
        view.integers("tenure_months", Unit::Plain, |seen, at| seen.numbers(at).tenure_months.map(i64::from)),
        view.counts("window_active_periods", |seen, at| seen.numbers(at).active_periods),
        view.integers("periods", Unit::Periods, |seen, at| Some(i64::from(seen.numbers(at).periods))),
        view.floats("growth", Unit::Number, |seen, at| growth(seen.numbers(at).half_revenues)),
        count("open_disputes", |e| e.open_disputes),
        count("open_complaints", |e| e.open_complaints),
        count("breached_clauses", |e| e.breached_clauses),
        count("overdue_clauses", |e| e.overdue_clauses),
        count("joint_activities", |e| e.joint_activities),
        view.floats("p_alive", Unit::Share, |seen, at| seen.numbers(at).p_alive),
        view.floats("margin_rate", Unit::Share, |seen, at| seen.result.accounts[at].golden.margin_rate),
        view.floats("discount_rate", Unit::Share, |seen, at| seen.result.accounts[at].golden.discount_rate),
    ]);
    columns
}

/// Growth inside the window, as [`Facts::growth`] has it.
#[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
fn growth(halves: Option<(i64, i64)>) -> Option<f64> {
    let (first, second) = halves.map(|(first, second)| (i128::from(first), i128::from(second)))?;
    let size = first.abs() + second.abs();
    (size > 0).then(|| (second - first) as f64 / size as f64)
}

/// The highest level first, then by revenue, then in the order of the keys.
fn order(facts: &Facts, result: &Pyramid) -> Places {
    let revenue = &facts.window().revenue;
    let key = |(at, account): (usize, &PyramidAccount)| (std::cmp::Reverse((account.level, revenue[at])), at);
    let mut order: Vec<_> = result.accounts.par_iter().enumerate().map(key).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(_, at)| at).collect()
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
