//! What is known of each relationship: the numbers that the gates look at.

use crate::crm::{ByAccount, Crm, Kind, Status};
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::time::{Date, Period};

use super::options::PyramidOptions;

/// What other methods worked out about the accounts, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct PyramidInputs<'a> {
    /// The probability that the account is alive; NaN where it is not known.
    pub p_alive: Option<&'a [f64]>,
    /// Are both sides attractive to each other?
    pub mutual: Option<&'a [Option<bool>]>,
}

impl PyramidInputs<'_> {
    pub(super) fn validate(&self, facts: &Facts) -> Result<()> {
        let lengths = [("p_alive", self.p_alive.map(<[f64]>::len)), ("mutual", self.mutual.map(<[Option<bool>]>::len))];
        for (name, len) in lengths {
            if let Some(len) = len.filter(|len| *len != facts.len()) {
                let message = format!("pyramid: {name} has {len} values for {} accounts", facts.len());
                return Err(Error::new(Code::StateMismatch, message).with_hint("give one value per account of the facts, in key order"));
            }
        }
        Ok(())
    }
}

/// The numbers about one relationship. `None` where no data speak of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RelationshipEvidence {
    /// The first sale.
    pub first_date: Option<Date>,
    /// Days with a sale, of the whole history.
    pub active_days: i64,
    /// Full calendar months from the first sale to `as_of`.
    pub tenure_months: Option<i32>,
    /// Days from the last sale to `as_of`.
    pub silent_days: Option<i32>,
    /// Disputes that are not resolved.
    pub open_disputes: Option<usize>,
    /// Clauses that were broken.
    pub breached_clauses: Option<usize>,
    /// Periods of the window with a sale.
    pub active_periods: i64,
    /// Periods of the window since the first sale.
    pub periods: i64,
    /// Profit of the window, in minor units.
    pub profit: Option<i64>,
    /// Revenue of the window's first and second half, in minor units.
    pub half_revenues: Option<(i128, i128)>,
    /// Directions bought in during the window's first and second half.
    pub half_directions: Option<(usize, usize)>,
    /// Complaints of the last periods that are not resolved.
    pub open_complaints: Option<usize>,
    /// Clauses that are open past their day.
    pub overdue_clauses: Option<usize>,
    /// Contracts that run.
    pub running_contracts: Option<usize>,
    /// The probability that the account is alive.
    pub p_alive: Option<f64>,
    /// The gap that most gaps between two days with a sale do not exceed, in the whole ledger.
    pub usual_gap: Option<i32>,
    /// Are both sides attractive to each other?
    pub mutual: Option<bool>,
    /// Joint activities in the window.
    pub joint_activities: Option<usize>,
}

/// Collects the evidence of every account, in key order.
pub(super) fn collect(facts: &Facts, crm: &Crm, inputs: &PyramidInputs<'_>, options: &PyramidOptions) -> Vec<RelationshipEvidence> {
    let usual_gap = usual_gap(facts, options.usual_gap);
    let mut all: Vec<RelationshipEvidence> = (0..facts.len()).map(|at| of_ledger(facts, at, usual_gap)).collect();
    add_activities(&mut all, facts, crm, options);
    add_contracts(&mut all, facts, crm);
    for (at, evidence) in all.iter_mut().enumerate() {
        evidence.p_alive = inputs.p_alive.map(|values| values[at]).filter(|value| value.is_finite());
        evidence.mutual = inputs.mutual.and_then(|values| values[at]);
    }
    all
}

fn of_ledger(facts: &Facts, at: usize, usual_gap: Option<i32>) -> RelationshipEvidence {
    let window = facts.window();
    let span = facts.span();
    let first_date = facts.first_date(at);
    let halves = facts.window_halves();
    RelationshipEvidence {
        first_date,
        active_days: facts.history().active_days[at],
        tenure_months: first_date.map(|first| full_months(first, facts.as_of())),
        silent_days: facts.days_since_last_sale(at),
        active_periods: window.active_periods[at],
        periods: first_date.map_or(0, |first| i64::from(span.last.0 - span.first.max(facts.grain().period(first)).0 + 1)),
        profit: window.profit(at),
        half_revenues: facts.half_revenues(at),
        half_directions: halves.and_then(|(first, second)| Some((facts.directions_in(at, first)?, facts.directions_in(at, second)?))),
        usual_gap,
        ..RelationshipEvidence::default()
    }
}

fn add_activities(all: &mut [RelationshipEvidence], facts: &Facts, crm: &Crm, options: &PyramidOptions) {
    let Some(activities) = crm.activities() else { return };
    let (today, window_start) = (facts.as_of(), facts.window_start());
    let last = facts.span().last.0;
    let back = i32::try_from(options.trust_periods).unwrap_or(i32::MAX).saturating_sub(1);
    let trust_start = facts.grain().period(today).0.min(last).saturating_sub(back);
    for (evidence, rows) in all.iter_mut().zip(activities.by_account(facts)) {
        let count = |of: &dyn Fn(usize) -> bool| Some(rows.iter().filter(|row| activities.date[**row] <= today && of(**row)).count());
        let open = |row: usize, kind: Kind| activities.kind[row] == kind && !activities.is_resolved(row);
        let in_trust = |row: usize| facts.grain().period(activities.date[row]) >= Period(trust_start);
        evidence.open_disputes = count(&|row| open(row, Kind::Dispute));
        evidence.open_complaints = count(&|row| open(row, Kind::Complaint) && in_trust(row));
        evidence.joint_activities = count(&|row| activities.kind[row].is_joint() && activities.date[row] >= window_start);
    }
}

fn add_contracts(all: &mut [RelationshipEvidence], facts: &Facts, crm: &Crm) {
    let Some(contracts) = crm.contracts() else { return };
    let today = facts.as_of();
    for (evidence, rows) in all.iter_mut().zip(contracts.by_account(facts)) {
        let count = |of: &dyn Fn(usize) -> bool| Some(rows.iter().filter(|row| of(**row)).count());
        evidence.breached_clauses = count(&|row| contracts.status[row] == Status::Breached);
        evidence.overdue_clauses = count(&|row| contracts.status[row] == Status::Open && !contracts.is_running(row, today));
        evidence.running_contracts = count(&|row| contracts.is_running(row, today));
    }
}

/// Full calendar months between two days: from the 31st, a shorter month is full on its last day.
fn full_months(first: Date, last: Date) -> i32 {
    let ((year, month, day), (last_year, last_month, last_day)) = (first.ymd(), last.ymd());
    let months = (i32::from(last_year) - i32::from(year)) * 12 + i32::from(last_month) - i32::from(month);
    let ends_month = Date(last.0 + 1).ymd().2 == 1;
    months - i32::from(last_day < day && !ends_month)
}

/// The smallest gap between two days with a sale of one account that at least this share of all gaps do not exceed.
fn usual_gap(facts: &Facts, share: f64) -> Option<i32> {
    let mut counts: Vec<u64> = vec![];
    for at in 0..facts.len() {
        let mut last: Option<Date> = None;
        for day in facts.active_days(at) {
            if let Some(gap) = last.and_then(|last| usize::try_from(day.days_since(last)).ok()) {
                if counts.len() <= gap {
                    counts.resize(gap + 1, 0);
                }
                counts[gap] += 1;
            }
            last = Some(day);
        }
    }
    let total: u64 = counts.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "a count of gaps far below 2⁵³")]
    let needed = share * total as f64;
    let mut seen = 0;
    let gap = counts.iter().position(|count| {
        seen += count;
        #[expect(clippy::cast_precision_loss, reason = "a count of gaps far below 2⁵³")]
        let seen = seen as f64;
        *count > 0 && seen >= needed - 1e-9
    });
    gap.and_then(|gap| i32::try_from(gap).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(first: &str, last: &str) -> i32 {
        full_months(Date::parse(first).unwrap(), Date::parse(last).unwrap())
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        assert_eq!(months("2024-01-15", "2024-04-15"), 3);
        assert_eq!(months("2024-01-15", "2024-04-14"), 2);
        assert_eq!(months("2023-11-30", "2024-02-29"), 3);
        assert_eq!(months("2023-11-30", "2024-02-28"), 2);
        assert_eq!(months("2024-03-31", "2024-06-30"), 3);
        assert_eq!(months("2024-12-31", "2024-12-31"), 0);
        assert_eq!(months("2023-12-31", "2024-12-30"), 11);
    }
}
