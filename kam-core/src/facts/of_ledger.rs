//! From a ledger to its facts in one call.

use super::{Facts, FactsOptions, FactsState, StateOptions};
use crate::error::Result;
use crate::ledger::Ledger;
use crate::progress::Progress;

impl Ledger {
    /// Reads the ledger and sums it up.
    ///
    /// More bad rows than `max_bad_share` are an error that names the commonest reasons.
    pub fn facts(&self, options: &FactsOptions) -> Result<Facts> {
        self.facts_with(options, &())
    }

    /// [`Ledger::facts`] that reports its progress and can be stopped.
    pub fn facts_with(&self, options: &FactsOptions, progress: &dyn Progress) -> Result<Facts> {
        options.validate()?;
        let mut state = FactsState::new(&StateOptions { as_of: Some(options.as_of), cell: options.grain.cell() });
        state.fold_with(self, progress)?;
        state.refuse_bad_rows(self.columns())?;
        state.finish(options)
    }
}
