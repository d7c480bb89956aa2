//! The table `opportunities`: deals won, lost and open.

use super::Optional;
use super::cell::{between, day, key, number, text};
use super::join::Joined;
use super::source::Source;
use super::word::{word, words};
use crate::error::Result;
use crate::time::Date;

pub(super) const COLUMNS: &[&str] =
    &["account", "opened", "closed", "outcome", "value", "probability", "reason", "competitor", "direction", "manager"];

words! {
    /// How an opportunity ended.
    Outcome {
        /// We got it.
        Won = "won",
        /// We did not.
        Lost = "lost",
        /// Not decided yet.
        Open = "open",
    }
}

/// Deals, in the order of the caller's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opportunities {
    /// The account; `None` where nobody knows it yet.
    pub account: Vec<Option<String>>,
    /// The day it was opened.
    pub opened: Optional<Date>,
    /// The day it was closed, or is expected to be.
    pub closed: Optional<Date>,
    /// How it ended.
    pub outcome: Vec<Outcome>,
    /// What it is worth.
    pub value: Optional<f64>,
    /// How likely it is to be won, 0–1.
    pub probability: Optional<f64>,
    /// Why it was won or lost.
    pub reason: Optional<String>,
    /// Who else was in it.
    pub competitor: Optional<String>,
    /// Product line, region or whatever the ledger's direction is.
    pub direction: Optional<String>,
    /// Whose opportunity it is.
    pub manager: Optional<String>,
    pub(super) joined: Joined,
}

impl Opportunities {
    pub(super) fn read(source: &Source<'_>) -> Result<Self> {
        let opportunities = Opportunities {
            account: source.required("account", key)?,
            opened: source.optional("opened", day(source.dates))?,
            closed: source.optional("closed", day(source.dates))?,
            outcome: source.filled("outcome", word)?,
            value: source.optional("value", number)?,
            probability: source.optional("probability", between(0.0, 1.0))?,
            reason: source.optional("reason", text)?,
            competitor: source.optional("competitor", text)?,
            direction: source.optional("direction", text)?,
            manager: source.optional("manager", text)?,
            joined: Joined::default(),
        };
        if let (Some(opened), Some(closed)) = (&opportunities.opened, &opportunities.closed) {
            let early =
                (0..opened.len()).find_map(|row| Some((row, opened[row]?, closed[row]?)).filter(|(_, opened, closed)| closed < opened));
            if let Some((row, opened, closed)) = early {
                return Err(source.value_error(row, "closed", closed, &format!("the day it was opened, {opened}, or a later one")));
            }
        }
        Ok(opportunities)
    }

    /// The day the row was opened, where that is known.
    #[must_use]
    pub fn opened_day(&self, row: usize) -> Option<Date> {
        self.opened.as_ref().and_then(|days| days[row])
    }

    /// The day the row was closed, or is expected to be, where that is known.
    #[must_use]
    pub fn closed_day(&self, row: usize) -> Option<Date> {
        self.closed.as_ref().and_then(|days| days[row])
    }

    /// How the row stood as of a day: `None` where it was opened later, open where it was closed later, else as it ended. Without a day it is
    /// taken as it is.
    #[must_use]
    pub fn outcome_on(&self, row: usize, on: Date) -> Option<Outcome> {
        if self.opened_day(row).is_some_and(|opened| opened > on) {
            return None;
        }
        Some(if self.closed_day(row).is_some_and(|closed| closed > on) { Outcome::Open } else { self.outcome[row] })
    }
}
