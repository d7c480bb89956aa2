//! From sources to checked rows: columns, rules, quarantine, reconciliation.

mod quarantine;
mod reconciliation;

pub use quarantine::{KEPT, Quarantine, Rejected};
pub use reconciliation::{Reconciliation, Tally};
