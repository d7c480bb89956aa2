//! The table `contracts`: clauses, when they are due, and whether they were kept.

use super::Optional;
use super::cell::{day, key, number, text};
use super::join::Joined;
use super::source::Source;
use super::word::{word, words};
use crate::error::Result;
use crate::time::Date;

pub(super) const COLUMNS: &[&str] = &["account", "clause", "due", "status", "value"];

words! {
    /// How a clause stands.
    Status {
        /// Not due yet, or not fulfilled yet.
        Open = "open",
        /// Kept.
        Met = "met",
        /// Broken.
        Breached = "breached",
    }
}

/// Clauses, in the order of the caller's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contracts {
    /// The account the contract is with.
    pub account: Vec<String>,
    /// What was agreed.
    pub clause: Optional<String>,
    /// Until when.
    pub due: Optional<Date>,
    /// How it stands.
    pub status: Vec<Status>,
    /// What it is worth.
    pub value: Optional<f64>,
    pub(super) joined: Joined,
}

impl Contracts {
    pub(super) fn read(source: &Source<'_>) -> Result<Self> {
        Ok(Contracts {
            account: source.filled("account", key)?,
            clause: source.optional("clause", text)?,
            due: source.optional("due", day(source.dates))?,
            status: source.filled("status", word)?,
            value: source.optional("value", number)?,
            joined: Joined::default(),
        })
    }

    /// The day the row's clause is due, where that is known.
    #[must_use]
    pub fn due_day(&self, row: usize) -> Option<Date> {
        self.due.as_ref().and_then(|due| due[row])
    }

    /// How the row's clause stands as of a day: its status is known from the day it is due on, until then it is open. Without a day its status
    /// is taken as it is.
    #[must_use]
    pub fn status_on(&self, row: usize, on: Date) -> Status {
        if self.due_day(row).is_some_and(|due| due > on) { Status::Open } else { self.status[row] }
    }

    /// Does the row's contract run on that day: a clause that is open then and not due before it (or has no day)?
    #[must_use]
    pub fn is_running(&self, row: usize, on: Date) -> bool {
        self.status_on(row, on) == Status::Open && self.due_day(row).is_none_or(|due| due >= on)
    }
}
