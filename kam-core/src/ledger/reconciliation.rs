//! How the rows and the money of a ledger add up.

use crate::error::Result;
use serde::{Deserialize, Serialize};

use crate::money::Scale;
use crate::table::{Column, Table, Unit};

/// Rows, and the amounts on them that could be read, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Rows.
    pub rows: u64,
    /// The sum of their amounts, as far as they could be read.
    #[serde(with = "crate::money::wide")]
    pub amount: i128,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.rows += other.rows;
        self.amount += other.amount;
    }
}

/// Every row that was read, once: `read = in_window + before_window + after_as_of + unassigned + quarantined`, in rows and in money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// Used, inside the window.
    pub in_window: Tally,
    /// Used, before the window: they count for the history.
    pub before_window: Tally,
    /// Dated after `as_of`.
    pub after_as_of: Tally,
    /// Without an account: an ordinary thing, counter sales for example.
    pub unassigned: Tally,
    /// Not usable; [`Quarantine`](super::Quarantine) says why, row by row.
    pub quarantined: Tally,
    /// How many of the quarantined rows have no amount that could be read, so that their money is unknown.
    pub quarantined_without_amount: u64,
    /// Rows, used or after `as_of`, whose mapped cost is missing; it counts as 0.
    pub cost_missing: u64,
    /// Rows, used or after `as_of`, whose mapped list amount is missing; it counts as the amount, without a discount.
    pub list_amount_missing: u64,
    /// What rounding to minor units added in all to the money of these rows, in billionths of a minor unit.
    #[serde(with = "crate::money::wide")]
    pub rounding: i128,
}

impl Reconciliation {
    /// All rows that were read.
    #[must_use]
    pub fn read(&self) -> Tally {
        let mut all = self.used();
        for part in [self.after_as_of, self.unassigned, self.quarantined] {
            all.add(part);
        }
        all
    }

    /// The rows that the facts hold: inside the window and before it.
    #[must_use]
    pub fn used(&self) -> Tally {
        let mut used = self.in_window;
        used.add(self.before_window);
        used
    }

    /// The share of the rows that is bad: quarantined rows in all rows; 0 of none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share of rows")]
    pub fn bad_share(&self) -> f64 {
        if self.read().rows == 0 { 0.0 } else { self.quarantined.rows as f64 / self.read().rows as f64 }
    }

    /// Puts apart what of the used rows lies inside the window.
    pub(crate) fn split_window(&mut self, inside: Tally) {
        let used = self.used();
        self.in_window = inside;
        self.before_window = Tally { rows: used.rows - inside.rows, amount: used.amount - inside.amount };
    }

    /// Counts used rows as later than `as_of`.
    pub(crate) fn move_after_as_of(&mut self, later: Tally) {
        self.after_as_of.add(later);
        self.in_window.rows -= later.rows;
        self.in_window.amount -= later.amount;
    }

    pub(crate) fn merge(&mut self, other: &Reconciliation) {
        self.in_window.add(other.in_window);
        self.before_window.add(other.before_window);
        self.after_as_of.add(other.after_as_of);
        self.unassigned.add(other.unassigned);
        self.quarantined.add(other.quarantined);
        self.quarantined_without_amount += other.quarantined_without_amount;
        self.cost_missing += other.cost_missing;
        self.list_amount_missing += other.list_amount_missing;
        self.rounding += other.rounding;
    }

    /// One row a fate (`in_window`, `before_window`, `after_as_of`, `unassigned`, `quarantined`, and their sum `read`): rows and amount.
    pub(crate) fn table(&self, scale: Scale) -> Result<Table> {
        let fates = [
            ("in_window", self.in_window),
            ("before_window", self.before_window),
            ("after_as_of", self.after_as_of),
            ("unassigned", self.unassigned),
            ("quarantined", self.quarantined),
            ("read", self.read()),
        ];
        Table::new(
            "reconciliation",
            vec![
                Column::words("fate", fates.map(|(fate, _)| fate)),
                Column::counts("rows", fates.map(|(_, tally)| i64::try_from(tally.rows).unwrap_or(i64::MAX))),
                Column::floats("amount", Unit::Money, fates.map(|(_, tally)| Some(scale.wide_to_currency(tally.amount)))),
            ],
        )
    }
}
