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

    /// Does the row's contract run on that day: an open clause that is not due before it (or has no day)?
    #[must_use]
    pub fn is_running(&self, row: usize, on: Date) -> bool {
        self.status[row] == Status::Open && self.due.as_ref().and_then(|due| due[row]).is_none_or(|due| due >= on)
    }
}
