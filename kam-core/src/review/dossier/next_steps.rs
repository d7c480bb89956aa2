//! What to do next with an account: promises that are due, mistakes that are open, terms that lose money, and what is missing for more.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::super::source::Source;
use super::history::{latest, text};
use super::{DossierOptions, Standing};
use crate::crm::{Kind, Status};
use crate::money::Spoken;
use crate::time::Date;

/// Why something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A clause that was breached.
    ClauseBreached,
    /// A clause that is open past its day.
    ClauseOverdue,
    /// A complaint, a dispute or another mistake that is not settled.
    Mistake,
    /// It costs more than it brings: prices or terms, or what it costs to serve, are to be talked about.
    Unprofitable,
    /// A clause that is due soon.
    ClauseDue,
    /// A point of the three-P check that is not met or unknown.
    ThreeP,
    /// What is missing for the next level of the pyramid.
    PyramidGate,
}

impl StepKind {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            StepKind::ClauseBreached => "clause_breached",
            StepKind::ClauseOverdue => "clause_overdue",
            StepKind::Mistake => "mistake",
            StepKind::Unprofitable => "unprofitable",
            StepKind::ClauseDue => "clause_due",
            StepKind::ThreeP => "three_p",
            StepKind::PyramidGate => "pyramid_gate",
        }
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextStep<'a> {
    /// Why.
    pub kind: StepKind,
    /// What it is about: the clause, the kind of mistake, what drives the loss, the P, the gate.
    pub about: Cow<'a, str>,
    /// What is the matter.
    pub text: String,
    /// The day it is due, or was due, or happened, or since when it is so.
    pub date: Option<Date>,
}

/// The next steps, the most pressing kind first, and in each kind those that are longest due.
pub(super) fn next_steps<'a>(source: &'a Source, place: usize, classes: &[Standing<'_>], options: &DossierOptions) -> Vec<NextStep<'a>> {
    let mut steps = clauses(source, place, options);
    steps.extend(mistakes(source, place, options));
    steps.extend(checks(classes));
    let mut gates = gates(classes);
    if let Some(mut loss) = loss(source, classes) {
        // The pyramid's gate says the loss again, and how revenue went: that is kept as evidence, and one step is enough.
        let says_loss = |step: &NextStep<'_>| step.about == "good_for_both" && step.text.starts_with("a loss of ");
        if let Some(at) = gates.iter().position(says_loss)
            && let Some((_, how)) = gates.remove(at).text.split_once(", ")
        {
            loss.text = format!("{}; {how}", loss.text);
        }
        steps.push(loss);
    }
    steps.extend(gates);
    // Stable: within a kind they stand in their order already.
    steps.sort_by_key(|step| step.kind);
    steps
}

fn clauses<'a>(source: &'a Source, place: usize, options: &DossierOptions) -> Vec<NextStep<'a>> {
    let Some(table) = source.crm.contracts() else { return vec![] };
    let today = source.facts.as_of();
    let due = |row: usize| table.due_day(row);
    let within = i32::try_from(options.due_within_days).unwrap_or(i32::MAX);
    let kind = |row: usize| match (table.status_on(row, today), due(row)) {
        (Status::Breached, _) => Some(StepKind::ClauseBreached),
        (Status::Open, Some(day)) if day < today => Some(StepKind::ClauseOverdue),
        (Status::Open, Some(day)) if day.days_since(today) <= within => Some(StepKind::ClauseDue),
        _ => None,
    };
    let mut rows: Vec<usize> = source.contracts.of(place).filter(|row| kind(*row).is_some()).collect();
    latest(&mut rows, options.rows, table, |row| (kind(*row), due(*row).is_none(), due(*row)));
    let step = |row: usize| {
        let (kind, day) = (kind(row)?, due(row));
        let on = day.map_or_else(String::new, |day| format!(" on {day}"));
        let text = match kind {
            StepKind::ClauseBreached => {
                format!("make good the breached clause{}", day.map_or_else(String::new, |day| format!(", due on {day}")))
            }
            StepKind::ClauseOverdue => format!("keep the clause that was due{on}, {} days ago", day.map_or(0, |day| today.days_since(day))),
            _ => format!("keep the clause that is due{on}, in {} days", day.map_or(0, |day| day.days_since(today))),
        };
        Some(NextStep { kind, about: text_or(table.clause.as_ref(), row, "clause"), text, date: day })
    };
    rows.into_iter().filter_map(step).collect()
}

fn text_or<'a>(column: Option<&'a Vec<Option<String>>>, row: usize, otherwise: &'static str) -> Cow<'a, str> {
    column.and_then(|column| column[row].as_deref()).map_or(Cow::Borrowed(otherwise), Cow::Borrowed)
}

/// Complaints and disputes that are open, however old they are; of the other mistakes those of the window.
fn mistakes<'a>(source: &'a Source, place: usize, options: &DossierOptions) -> Vec<NextStep<'a>> {
    let Some(table) = source.crm.activities() else { return vec![] };
    let (first, last) = (source.facts.window_start(), source.facts.as_of());
    let is_open = |row: &usize| {
        let (kind, day) = (table.kind[*row], table.date[*row]);
        let counts = matches!(kind, Kind::Complaint | Kind::Dispute) || (kind.is_mistake() && day >= first);
        counts && day <= last && !table.is_resolved(*row)
    };
    let mut rows: Vec<usize> = source.activities.of(place).filter(is_open).collect();
    latest(&mut rows, options.rows, table, |row| table.date[*row]);
    let step = |row: usize| {
        let (kind, day) = (table.kind[row], table.date[row]);
        let what = match kind {
            Kind::Complaint => "settle the complaint",
            Kind::Dispute => "settle the dispute",
            Kind::Late => "make good the delay",
            Kind::Interrupted => "hear the account out, whom we interrupted",
            Kind::NoDossier => "prepare the dossier that was missing",
            Kind::Unprepared => "repeat the negotiation that was not prepared",
            Kind::Manners => "apologise for bad manners",
            _ => "answer what could not be answered about the product",
        };
        let reason = text(&table.reason, row).map_or_else(String::new, |reason| format!(" ({reason})"));
        NextStep { kind: StepKind::Mistake, about: Cow::Borrowed(kind.word()), text: format!("{what} of {day}{reason}"), date: Some(day) }
    };
    rows.into_iter().map(step).collect()
}

/// What to talk about with an account that costs more than it brings, and the figures that say so.
fn loss<'a>(source: &Source, classes: &[Standing<'_>]) -> Option<NextStep<'a>> {
    let row = classes.iter().find(|standing| standing.method == "unprofitable")?;
    let money = |column: &str| {
        let amount = row.figure(column)?.as_f64()?;
        (amount > 0.0).then(|| Spoken { amount, currency: source.facts.currency() }.to_string())
    };
    let driver = row.figure("driver")?.as_str()?.to_owned();
    let (what, driven) = match driver.as_str() {
        "cost_to_serve" => ("what it costs to serve", "cost to serve is"),
        "discount" => ("the discount", "discount is"),
        "returns" => ("the returns", "returns are"),
        _ => ("prices", "product cost is"),
    };
    let mut text = format!("renegotiate {what}: it costs {} more than it brings", money("loss")?);
    if let Some(excess) = money(&format!("excess_{driver}")) {
        text += &format!("; its {driven} {excess} above what is usual for such sales");
    }
    let since = row.figure("since").and_then(|day| Date::parse(day.as_str()?).ok());
    if let Some(since) = since {
        text += &format!("; at a loss since {since}");
    }
    Some(NextStep { kind: StepKind::Unprofitable, about: Cow::Owned(driver), text, date: since })
}

/// The points of the three-P check that are not met or unknown.
fn checks<'a>(classes: &[Standing<'_>]) -> Vec<NextStep<'a>> {
    let Some(check) = classes.iter().find(|standing| standing.method == "three_p") else { return vec![] };
    let word = |column: &str| check.figure(column).and_then(|value| value.as_str().map(str::to_owned));
    let mut steps = vec![];
    for (point, not_met, unknown) in [
        ("need", "find out what it needs now", "find out whether it needs what we sell"),
        ("purse", "bring what is offered and what it can pay together", "find out what it can pay"),
        ("power", "win a contact who decides", "find out who decides"),
    ] {
        let what = match word(point).as_deref() {
            Some("not_met") => not_met,
            Some("unknown") => unknown,
            _ => continue,
        };
        let evidence = word(&format!("{point}_evidence")).map_or_else(String::new, |evidence| format!(": {evidence}"));
        steps.push(NextStep { kind: StepKind::ThreeP, about: Cow::Borrowed(point), text: format!("{what}{evidence}"), date: None });
    }
    steps
}

/// What is missing for the next level of the pyramid.
fn gates<'a>(classes: &[Standing<'_>]) -> Vec<NextStep<'a>> {
    let Some(pyramid) = classes.iter().find(|standing| standing.method == "pyramid") else { return vec![] };
    let Some(Value::Array(missing)) = pyramid.figure("missing") else { return vec![] };
    let step = |gate: &Value| {
        let text = gate.as_str()?;
        let (about, what) = text.split_once(": ").unwrap_or(("gate", text));
        Some(NextStep { kind: StepKind::PyramidGate, about: Cow::Owned(about.to_owned()), text: what.to_owned(), date: None })
    };
    missing.iter().filter_map(step).collect()
}
