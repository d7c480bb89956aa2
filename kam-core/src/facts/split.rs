//! A state in several, each with accounts of its own: what a cluster shuffles so that no machine has to hold them all.

use super::fold::{KeyCode, PARTITIONS, Partition};
use super::state::{Accounts, FactsState};
use crate::ledger::Counts;

impl FactsState {
    /// Splits the state into `parts` (1 to 512) that have no account in common; merging them, in any order, gives it back.
    ///
    /// Which part an account goes to depends on its key alone, so parts of one number of several states belong together. What was
    /// counted per row, quarantine and reconciliation, stays with the first part.
    #[must_use]
    pub fn split(self, parts: usize) -> Vec<FactsState> {
        let parts = parts.clamp(1, PARTITIONS);
        let FactsState { options, shape, accounts, labels, counts } = self;
        let mut counts = Some(counts);
        let accounts: Vec<Accounts> = match accounts {
            Accounts::None => (0..parts).map(|_| Accounts::None).collect(),
            Accounts::Integers(partitions) => deal(partitions, parts).into_iter().map(Accounts::Integers).collect(),
            Accounts::Texts(partitions) => deal(partitions, parts).into_iter().map(Accounts::Texts).collect(),
        };
        let state = |accounts| FactsState {
            options: options.clone(),
            shape: shape.clone(),
            accounts,
            labels: labels.clone(),
            counts: counts.take().unwrap_or_else(Counts::default),
        };
        accounts.into_iter().map(state).collect()
    }
}

/// Every part has all partitions, most of them empty.
fn deal<C: KeyCode>(partitions: Vec<Partition<C>>, parts: usize) -> Vec<Vec<Partition<C>>> {
    let mut dealt: Vec<Vec<Partition<C>>> = (0..parts).map(|_| (0..PARTITIONS).map(|_| Partition::default()).collect()).collect();
    for (at, partition) in partitions.into_iter().enumerate() {
        dealt[at * parts / PARTITIONS][at] = partition;
    }
    dealt
}
