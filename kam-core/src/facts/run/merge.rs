//! Shards of one share of the keys, merged like sorted lists.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Shard;
use crate::error::Result;
use crate::facts::cells::Cell;
use crate::facts::fold::merge_into;
use crate::facts::keys::Key;

/// One account of several shards: its cells by period and label, its orders by period and hash.
pub(super) struct Account<'a> {
    pub key: Key<'a>,
    pub cells: &'a [Cell],
    pub orders: &'a [(i32, u64)],
}

/// Goes through the accounts of all shards in the order of their keys, each once.
pub(super) fn each_account(shards: &[&Shard], mut take: impl FnMut(Account<'_>) -> Result<()>) -> Result<()> {
    let mut next: Vec<(usize, usize)> = vec![(0, 0); shards.len()];
    let mut heap: BinaryHeap<Reverse<(Key<'_>, usize)>> =
        shards.iter().enumerate().filter(|(_, shard)| !shard.keys.is_empty()).map(|(at, shard)| Reverse((shard.keys.get(0), at))).collect();
    let (mut cells, mut merged, mut orders): (Vec<Cell>, Vec<Cell>, Vec<(i32, u64)>) = (vec![], vec![], vec![]);
    while let Some(Reverse((key, _))) = heap.peek().copied() {
        cells.clear();
        orders.clear();
        let mut sources = 0;
        while let Some(mut top) = heap.peek_mut().filter(|top| top.0.0 == key) {
            let at = top.0.1;
            let (shard, (account, order)) = (shards[at], &mut next[at]);
            cells.extend(shard.cells_of(*account));
            let own = shard.orders[*order..].iter().take_while(|(of, _, _)| *of as usize == *account);
            orders.extend(own.clone().map(|(_, period, hash)| (*period, *hash)));
            *order += own.count();
            *account += 1;
            sources += 1;
            if *account < shard.keys.len() {
                top.0.0 = shard.keys.get(*account);
            } else {
                std::collections::binary_heap::PeekMut::pop(top);
            }
        }
        if sources > 1 {
            merged.clear();
            merge_into(&mut merged, &mut cells);
            orders.sort_unstable();
            orders.dedup();
            take(Account { key, cells: &merged, orders: &orders })?;
        } else {
            take(Account { key, cells: &cells, orders: &orders })?;
        }
    }
    Ok(())
}

/// One shard of all.
pub(crate) fn merge(shards: &[&Shard]) -> Result<Option<Shard>> {
    let Some(first) = shards.first() else { return Ok(None) };
    let mut merged = Shard::none_like(&first.keys);
    each_account(shards, |account| merged.push(account.key, account.cells, account.orders.iter().copied()))?;
    Ok(Some(merged))
}
