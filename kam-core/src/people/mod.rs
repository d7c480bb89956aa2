//! People and effort: what is done for accounts, who does it, and what becomes of it.

mod effort;
pub(crate) mod effort_tables;
mod managers;

pub use effort::{EffortAccount, EffortAgainstValue, EffortGroup, EffortInputs, EffortMeasure, EffortOptions, EffortSums, Served, effort};
pub use managers::Managers;
