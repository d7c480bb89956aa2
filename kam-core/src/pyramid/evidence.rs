//! What is known of each relationship: the numbers that the gates look at.

use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::nullable::Nullable;
use crate::time::Date;

/// What other methods worked out about the accounts, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct PyramidInputs<'a> {
    /// The probability that the account is alive; NaN where it is not known.
    pub p_alive: Option<&'a [f64]>,
    /// Why there is no P(alive), where a purchase model was asked and could not tell.
    pub why_no_p_alive: Option<&'a str>,
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
    pub active_days: u32,
    /// Full calendar months from the first sale to `as_of`.
    pub tenure_months: Option<i32>,
    /// Days from the last sale to `as_of`.
    pub silent_days: Option<i32>,
    /// Disputes that are not resolved.
    pub open_disputes: Option<u32>,
    /// Clauses that were broken.
    pub breached_clauses: Option<u32>,
    /// Periods of the window with a sale.
    pub active_periods: u32,
    /// Periods of the window since the first sale.
    pub periods: u32,
    /// What the window brought us, in minor units: profit or, of a supplier, what we saved against the list.
    pub gain: Option<i64>,
    /// Revenue of the window's first and second half, in minor units.
    pub half_revenues: Option<(i64, i64)>,
    /// Directions bought in during the window's first and second half.
    pub half_directions: Option<(u32, u32)>,
    /// Complaints of the last periods that are not resolved.
    pub open_complaints: Option<u32>,
    /// Clauses that are open past their day.
    pub overdue_clauses: Option<u32>,
    /// Contracts that run.
    pub running_contracts: Option<u32>,
    /// The probability that the account is alive.
    pub p_alive: Nullable,
    /// The gap that most gaps between two days with a sale do not exceed, in the whole ledger.
    pub usual_gap: Option<i32>,
    /// Are both sides attractive to each other?
    pub mutual: Option<bool>,
    /// Joint activities in the window.
    pub joint_activities: Option<u32>,
}
