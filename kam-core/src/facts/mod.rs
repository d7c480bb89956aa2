//! Facts: exact integer sums per account and period. The waist: the only thing methods read of a ledger.

mod added_cost;
mod cells;
mod codec;
mod derived;
mod finish;
mod fold;
mod folding;
mod keys;
mod labels;
mod measure;
mod narrow;
mod of_ledger;
mod options;
mod perspective;
mod place;
pub(crate) mod ranking;
mod read_key;
mod roll_up;
pub(crate) mod run;
mod split;
mod state;
mod sums;
mod tables;

pub(crate) use added_cost::AddedCost;
pub use cells::{Cell, Label, Labels, PeriodSums};
pub use keys::{Key, Keys, Texts};
pub use measure::Measure;
pub use options::{All, FactsOptions, Span, Window};
pub use perspective::Perspective;
pub use state::{FactsState, StateOptions};
pub use sums::Sums;

pub(crate) use codec::StoredShape;
pub(crate) use finish::refuse_currencies;
pub(crate) use fold::hash_bytes;
pub(crate) use state::{Shape, mismatch, refuse_overflow};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ledger::{Quarantine, Reconciliation};
use crate::money::Scale;
use crate::time::{Date, Grain, Period};
use cells::Cells;

/// Exact sums of a ledger, per account in ascending order of the keys.
///
/// Two facts are equal when every figure in them is: they do not depend on the order of the rows, on batches, threads or merges. A clone
/// shares the figures and costs nothing.
#[derive(Clone, PartialEq)]
pub struct Facts {
    pub(crate) options: FactsOptions,
    pub(crate) span: Span,
    pub(crate) scale: Scale,
    pub(crate) currency: Option<String>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) places: place::PlaceIndex,
    pub(crate) labels: Labels,
    pub(crate) cells: Arc<Cells>,
    pub(crate) first_date: Arc<Vec<Option<Date>>>,
    pub(crate) last_date: Arc<Vec<Option<Date>>>,
    pub(crate) first_day_revenue: Arc<Vec<i64>>,
    pub(crate) history: Arc<Sums>,
    pub(crate) window: Arc<Sums>,
    pub(crate) reconciliation: Reconciliation,
    pub(crate) quarantine: Quarantine,
    /// Does cost to serve hold the cost of activities, and is what belonged to no account spread as well?
    pub(crate) activity_cost: Option<bool>,
    /// Of facts by head office: which head office each other account is counted with.
    pub(crate) head_offices: Arc<BTreeMap<String, String>>,
}

impl Facts {
    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// No accounts?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The day the facts are seen from.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.options.as_of
    }

    /// The grain of the period series.
    #[must_use]
    pub fn grain(&self) -> Grain {
        self.options.grain
    }

    /// From which end the ledger is seen.
    #[must_use]
    pub fn perspective(&self) -> Perspective {
        self.options.perspective
    }

    /// The options the facts were made with.
    #[must_use]
    pub fn options(&self) -> &FactsOptions {
        &self.options
    }

    /// The window's first and last period.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The first day of the window.
    #[must_use]
    pub fn window_start(&self) -> Date {
        self.grain().start(self.span.first)
    }

    /// The decimals of a minor unit.
    #[must_use]
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The currency of all money, where the ledger named it.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    /// The accounts' keys, ascending.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The text of one account's key.
    #[must_use]
    pub fn account(&self, at: usize) -> Cow<'_, str> {
        match self.keys.get(at) {
            Key::Integer(number) => Cow::Owned(number.to_string()),
            Key::Text(text) => Cow::Borrowed(text),
        }
    }

    /// The head office that an account is counted with; `None` where it is its own, or where the facts are not by head office.
    #[must_use]
    pub fn head_office(&self, account: &str) -> Option<&str> {
        self.head_offices.get(account).map(String::as_str)
    }

    /// The first day with a sale in the whole history; `None` where there are only returns.
    #[must_use]
    pub fn first_date(&self, at: usize) -> Option<Date> {
        self.first_date[at]
    }

    /// The last day with a sale in the whole history.
    #[must_use]
    pub fn last_date(&self, at: usize) -> Option<Date> {
        self.last_date[at]
    }

    /// Revenue of the sales on the first day with a sale, in minor units.
    #[must_use]
    pub fn first_day_revenue(&self, at: usize) -> i64 {
        self.first_day_revenue[at]
    }

    /// Sums over the window.
    #[must_use]
    pub fn window(&self) -> &Sums {
        &self.window
    }

    /// Sums over the whole history up to `as_of`.
    #[must_use]
    pub fn history(&self) -> &Sums {
        &self.history
    }

    /// The directions and managers that cells are labelled with.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// One account's cells over its whole history, by period and then label.
    pub fn cells(&self, at: usize) -> impl Iterator<Item = Cell> + '_ {
        self.cells.of(at)
    }

    /// The grain of [`Cell::period`]: the facts' own for days and weeks, months otherwise.
    #[must_use]
    pub fn cell_grain(&self) -> Grain {
        self.grain().cell()
    }

    /// The period of the facts' grain that a cell belongs to.
    #[must_use]
    pub fn period_of(&self, cell: &Cell) -> Period {
        self.grain().of_cell(self.cell_grain(), cell.period)
    }

    /// One account's sums per period of the grain, over its whole history, oldest first; periods without a line are left out.
    pub fn periods(&self, at: usize) -> impl Iterator<Item = PeriodSums> + '_ {
        cells::Periods::new(self, at)
    }

    /// What one account bought per period of the grain, over its whole history, oldest first; periods without a line are left out.
    pub(crate) fn purchases(&self, at: usize) -> cells::Purchases<'_> {
        cells::Purchases::new(self, at)
    }

    /// The period of each of one account's cells with its days with a sale, bit 0 for the first day of the period.
    pub(crate) fn cell_days(&self, at: usize) -> impl Iterator<Item = (Period, u32)> + '_ {
        self.cells.of(at).days()
    }

    /// The days with a sale of one account, oldest first, each once.
    pub fn active_days(&self, at: usize) -> impl Iterator<Item = Date> + '_ {
        cells::Days::new(self, at, false)
    }

    /// The days on which one account bought something, also those on which all of it was free (amount zero), oldest first, each once.
    pub fn purchase_days(&self, at: usize) -> impl Iterator<Item = Date> + '_ {
        cells::Days::new(self, at, true)
    }

    /// Has any account a line of amount zero?
    pub(crate) fn has_free_days(&self) -> bool {
        self.cells.chunks.iter().any(|chunk| chunk.free_days.iter().any(|days| days != 0))
    }

    /// How the ledger's rows and money add up.
    #[must_use]
    pub fn reconciliation(&self) -> &Reconciliation {
        &self.reconciliation
    }

    /// The rows that could not be used, and why.
    #[must_use]
    pub fn quarantine(&self) -> &Quarantine {
        &self.quarantine
    }
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Facts of {} accounts as of {} (grain {}, {} periods in the window)",
            self.len(),
            self.as_of(),
            self.grain(),
            self.span.periods()
        )
    }
}
