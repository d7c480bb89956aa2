//! Runs: accounts in the order of their keys with their cells of days, as the book stores and merges them.
//!
//! A run is cut into shards by a hash of the key, so that shards are read, merged and summed up on their own and in parallel. Runs need
//! no table to look accounts up in: they are merged like sorted lists.

mod coarse;
mod codec;
mod merge;

use super::cells::{Cell, Chunk, Label};
use super::fold::{KeyCode, Order, Partition, hash_bytes};
use super::keys::{Key, Keys, Texts};
use super::state::{Accounts, FactsState};
use crate::error::{Error, Result};

pub(crate) use coarse::facts_of;
pub(crate) use codec::{decode, encode};
pub(crate) use merge::merge;

/// How many shards a large run is cut into.
pub(crate) const SHARDS: usize = 64;

/// The accounts of some of the keys, ascending.
#[derive(Clone, Debug)]
pub(crate) struct Shard {
    pub keys: Keys,
    /// Where each account's cells begin; one more entry than accounts.
    pub starts: Vec<u32>,
    /// Cells by account, period and label.
    pub cells: Chunk,
    /// By account (its place among the keys), period and hash, each once.
    pub orders: Vec<Order>,
}

/// The shard that a key belongs to. Stored: the same on every machine and in every version.
pub(crate) fn shard_of(key: Key<'_>) -> usize {
    let hash = match key {
        Key::Integer(number) => hash_bytes(&number.to_le_bytes()),
        Key::Text(text) => hash_bytes(text.as_bytes()),
    };
    usize::try_from(hash >> 58).unwrap_or(0)
}

impl Shard {
    /// A shard without accounts, for keys of the kind of these.
    pub fn none_like(keys: &Keys) -> Self {
        Shard { keys: keys.none_like(), starts: vec![0], cells: Chunk::default(), orders: vec![] }
    }

    /// The cells of an account.
    pub fn cells_of(&self, account: usize) -> impl Iterator<Item = Cell> + '_ {
        (self.starts[account] as usize..self.starts[account + 1] as usize).map(|at| self.cells.get(at))
    }

    /// Adds an account after all others.
    pub fn push(&mut self, key: Key<'_>, cells: &[Cell], orders: impl Iterator<Item = (i32, u64)>) -> Result<()> {
        let account = narrow(self.keys.len())?;
        self.keys.push(key)?;
        self.cells.extend(cells)?;
        self.starts.push(narrow(self.cells.len())?);
        self.orders.extend(orders.map(|(period, hash)| (account, period, hash)));
        Ok(())
    }

    /// The shards of a run that was not cut yet, all [`SHARDS`] of them.
    pub fn split(&self) -> Result<Vec<Shard>> {
        let mut shards: Vec<Shard> = (0..SHARDS).map(|_| Shard::none_like(&self.keys)).collect();
        let (mut cells, mut next) = (vec![], 0);
        for account in 0..self.keys.len() {
            cells.clear();
            cells.extend(self.cells_of(account));
            let orders = self.orders[next..].iter().take_while(|(of, _, _)| *of as usize == account);
            let key = self.keys.get(account);
            shards[shard_of(key)].push(key, &cells, orders.clone().map(|(_, period, hash)| (*period, *hash)))?;
            next += orders.count();
        }
        Ok(shards)
    }
}

fn narrow(place: usize) -> Result<u32> {
    u32::try_from(place).map_err(|_| Error::internal("a shard of more than 4,294,967,295 cells"))
}

impl FactsState {
    /// The accounts of a state of days as one shard, and the labels that its cells name, ascending.
    pub(crate) fn to_shard(&self) -> Result<(Vec<Label>, Shard)> {
        let (labels, places) = self.labels.sorted();
        let shard = match &self.accounts {
            Accounts::Integers(partitions) => shard(partitions, &places, Keys::Integers(vec![])),
            Accounts::Texts(partitions) => shard(partitions, &places, Keys::Texts(Texts::default())),
            Accounts::None => Err(Error::internal("a state without a ledger has no accounts")),
        }?;
        Ok((labels, shard))
    }
}

fn shard<C: KeyCode>(partitions: &[Partition<C>], labels: &[u32], none: Keys) -> Result<Shard> {
    let mut order: Vec<(Key<'_>, usize, usize)> = vec![];
    for (at, partition) in partitions.iter().enumerate() {
        order.extend((0u32..).take(partition.len()).map(|id| (C::get(&partition.keys, id), at, id as usize)));
    }
    order.sort_unstable_by_key(|(key, _, _)| *key);
    let mut shard = Shard::none_like(&none);
    let mut cells: Vec<Cell> = vec![];
    for (key, at, id) in order {
        let partition = &partitions[at];
        cells.clear();
        cells.extend(partition.run(id).map(|place| partition.cells.get(place)));
        for cell in &mut cells {
            cell.label = labels[cell.label as usize];
        }
        cells.sort_unstable_by_key(|cell| (cell.period, cell.label));
        shard.push(key, &cells, partition.orders_of(id).iter().map(|(_, period, hash)| (*period, *hash)))?;
    }
    Ok(shard)
}
