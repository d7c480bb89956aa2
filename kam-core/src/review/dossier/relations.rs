//! Who decides, who else sells there, what was agreed, planned and rated.

use serde::Serialize;

use super::super::source::Source;
use super::DossierOptions;
use super::history::{latest, text};
use crate::crm::{Role, Side, Status};
use crate::time::Date;

/// Who decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DecisionScheme<'a> {
    /// Is there a contact who decides?
    pub decision_maker_known: bool,
    /// The mean support of the contacts, weighted by their influence; `None` where nobody has both.
    pub support: Option<f64>,
    /// How many contacts there are.
    pub contact_count: usize,
    /// The contacts, the most influential first.
    pub contacts: Vec<ContactEntry<'a>>,
}

/// A person at the account.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContactEntry<'a> {
    /// The name.
    pub name: &'a str,
    /// The position.
    pub title: Option<&'a str>,
    /// The part in decisions.
    pub role: Option<Role>,
    /// How much the word counts.
    pub influence: Option<f64>,
    /// For us (1) or against us (−1).
    pub support: Option<f64>,
}

/// Somebody else who sells to the account.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompetitorEntry<'a> {
    /// The name.
    pub competitor: &'a str,
    /// The share of the account's spend.
    pub share: Option<f64>,
    /// What they are good at.
    pub strengths: Option<&'a str>,
    /// What they are not good at.
    pub weaknesses: Option<&'a str>,
}

/// A clause of a contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClauseEntry<'a> {
    /// What was agreed.
    pub clause: Option<&'a str>,
    /// Until when.
    pub due: Option<Date>,
    /// How it stands.
    pub status: Status,
    /// Is it open past its day?
    pub overdue: bool,
    /// What it is worth.
    pub value: Option<f64>,
}

/// A target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanEntry {
    /// The first day it is for.
    pub from: Date,
    /// The last.
    pub until: Date,
    /// The revenue that is planned.
    pub target: f64,
    /// What came of it up to the day of the review; `None` where the periods of the facts are longer than the plan's, or it begins later.
    pub actual: Option<f64>,
}

/// A rating.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RatingEntry<'a> {
    /// Who is rated.
    pub side: Side,
    /// Which competitor, where that is one.
    pub competitor: Option<&'a str>,
    /// On what.
    pub criterion: &'a str,
    /// The score.
    pub score: f64,
    /// The account's own weight for the criterion.
    pub weight: Option<f64>,
}

fn number(column: &Option<Vec<Option<f64>>>, row: usize) -> Option<f64> {
    column.as_ref().and_then(|values| values[row])
}

/// What is not known comes last.
fn descending(value: Option<f64>) -> (bool, std::cmp::Reverse<i64>) {
    let bits = value.unwrap_or(0.0).to_bits().cast_signed();
    (value.is_none(), std::cmp::Reverse(bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()))
}

pub(super) fn decision_scheme<'a>(source: &'a Source, place: usize, options: &DossierOptions) -> DecisionScheme<'a> {
    let Some(table) = source.crm.contacts() else { return DecisionScheme::default() };
    let mut rows: Vec<usize> = source.contacts.of(place).collect();
    let role = |row: usize| table.role.as_ref().and_then(|roles| roles[row]);
    let both = |row: &usize| Some((number(&table.influence, *row)?, number(&table.support, *row)?));
    let weighed: Vec<(f64, f64)> = {
        let mut pairs: Vec<(f64, f64)> = rows.iter().filter_map(both).collect();
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        pairs
    };
    let influence: f64 = weighed.iter().map(|(influence, _)| influence).sum();
    let support = (influence > 0.0).then(|| weighed.iter().map(|(influence, support)| influence * support).sum::<f64>() / influence);
    let (contact_count, decision_maker_known) = (rows.len(), rows.iter().any(|row| role(*row) == Some(Role::DecisionMaker)));
    latest(&mut rows, options.rows, table, |row| descending(number(&table.influence, *row)));
    let contact = |row: usize| ContactEntry {
        name: &table.name[row],
        title: text(&table.title, row),
        role: role(row),
        influence: number(&table.influence, row),
        support: number(&table.support, row),
    };
    DecisionScheme { decision_maker_known, support, contact_count, contacts: rows.into_iter().map(contact).collect() }
}

pub(super) fn competitors<'a>(source: &'a Source, place: usize, options: &DossierOptions) -> Vec<CompetitorEntry<'a>> {
    let Some(table) = source.crm.competitors() else { return vec![] };
    let mut rows: Vec<usize> = source.competitors.of(place).collect();
    latest(&mut rows, options.rows, table, |row| descending(number(&table.share, *row)));
    let entry = |row: usize| CompetitorEntry {
        competitor: &table.competitor[row],
        share: number(&table.share, row),
        strengths: text(&table.strengths, row),
        weaknesses: text(&table.weaknesses, row),
    };
    rows.into_iter().map(entry).collect()
}

pub(super) fn contracts<'a>(source: &'a Source, place: usize, options: &DossierOptions) -> Vec<ClauseEntry<'a>> {
    let Some(table) = source.crm.contracts() else { return vec![] };
    let today = source.facts.as_of();
    let (due, status) = (|row: usize| table.due_day(row), |row: usize| table.status_on(row, today));
    let mut rows: Vec<usize> = source.contracts.of(place).collect();
    // Those that are open or breached before those that were met.
    latest(&mut rows, options.rows, table, |row| (status(*row) == Status::Met, due(*row).is_none(), due(*row)));
    let entry = |row: usize| ClauseEntry {
        clause: text(&table.clause, row),
        due: due(row),
        status: status(row),
        overdue: status(row) == Status::Open && !table.is_running(row, today),
        value: number(&table.value, row),
    };
    rows.into_iter().map(entry).collect()
}

pub(super) fn plans(source: &Source, place: usize, options: &DossierOptions) -> Vec<PlanEntry> {
    let Some(table) = source.crm.plans() else { return vec![] };
    let facts = &source.facts;
    let days = |row: usize| table.period[row].days(facts.grain());
    let mut rows: Vec<usize> = source.plans.of(place).collect();
    latest(&mut rows, options.rows, table, |row| std::cmp::Reverse(days(*row)));
    let entry = |row: usize| {
        let (from, until) = days(row);
        let (first, last) = (facts.grain().period(from), facts.grain().period(until));
        // Only whole periods of the facts can be added up.
        let fits = facts.grain().start(first) == from && facts.grain().end(last) == until && from <= facts.as_of() && place < facts.len();
        let sold = || facts.periods(place).filter(|sums| (first..=last).contains(&sums.period)).map(|sums| sums.revenue).sum::<i64>();
        PlanEntry { from, until, target: table.target[row], actual: fits.then(|| facts.scale().to_currency(sold())) }
    };
    let mut entries: Vec<PlanEntry> = rows.into_iter().map(entry).collect();
    entries.reverse();
    entries
}

pub(super) fn ratings<'a>(source: &'a Source, place: usize, options: &DossierOptions) -> Vec<RatingEntry<'a>> {
    let Some(table) = source.crm.ratings() else { return vec![] };
    let entry = |row: usize| RatingEntry {
        side: table.side[row],
        competitor: text(&table.competitor, row),
        criterion: &table.criterion[row],
        score: table.score[row],
        weight: number(&table.weight, row),
    };
    let mut rows: Vec<usize> = source.ratings.of(place).collect();
    latest(&mut rows, options.rows.saturating_mul(4), table, |row| {
        (table.side[*row], text(&table.competitor, *row), &table.criterion[*row])
    });
    rows.into_iter().map(entry).collect()
}
