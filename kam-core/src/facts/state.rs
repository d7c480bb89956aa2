//! The mergeable state of a fold.

use super::{Facts, FactsOptions};
use crate::error::Result;
use crate::time::{Date, Grain};

/// What a state is folded for.
#[derive(Clone, Debug, PartialEq)]
pub struct StateOptions {
    /// Rows after this day are counted and left out.
    pub as_of: Option<Date>,
    /// The grain of the cells.
    pub cell: Grain,
}

/// The mergeable state.
#[derive(Clone, Debug)]
pub struct FactsState {}

impl FactsState {
    /// Facts of this state.
    pub fn finish(self, _options: &FactsOptions) -> Result<Facts> {
        Err(crate::Error::internal("not yet"))
    }
}
