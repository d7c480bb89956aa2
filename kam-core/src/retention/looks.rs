//! Fits that can be stopped: an optimiser asks before every look at the data whether the caller still waits.

use std::cell::Cell;

use kam_numerics::btyd::FitOptions;

use crate::error::Result;
use crate::progress::{self, Progress};

/// Runs a fit under a caller's progress. A stopped fit comes back with the best point it saw, which here is an error like every other
/// work that was stopped.
pub(super) fn fit<T>(stage: &str, progress: &dyn Progress, fit: impl FnOnce(&FitOptions<'_>) -> Result<T>) -> Result<T> {
    let stopped = Cell::new(false);
    let go_on = || {
        stopped.set(stopped.get() || progress.is_stopped());
        !stopped.get()
    };
    let fitted = fit(&FitOptions { go_on: &go_on, ..FitOptions::default() });
    if stopped.get() { Err(progress::stopped(stage)) } else { fitted }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::sample::{Company, SampleOptions};
    use crate::time::Date;
    use crate::{Code, Columns, FactsOptions, Ledger, PurchaseModelOptions, SpendModelOptions};

    /// Waits for so many looks.
    struct Patience(AtomicU32);

    impl Progress for Patience {
        fn report(&self, _: &str, _: u64, _: Option<u64>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }

        fn is_stopped(&self) -> bool {
            self.0.fetch_sub(1, Ordering::Relaxed) == 0
        }
    }

    #[test]
    fn a_fit_is_stopped_between_two_looks() {
        let company = Company::generate(&SampleOptions::default()).unwrap();
        let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount")).unwrap();
        let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31").unwrap())).unwrap();
        for looks in [0, 1, 7] {
            let patience = || Patience(AtomicU32::new(looks));
            let purchases = super::super::purchase_model_with(&facts, &PurchaseModelOptions::default(), &patience());
            let spend = super::super::spend_model_with(&facts, &SpendModelOptions::default(), &patience());
            for error in [purchases.unwrap_err(), spend.unwrap_err()] {
                assert_eq!(error.code(), Code::Interrupted, "{error}");
            }
        }
    }
}
