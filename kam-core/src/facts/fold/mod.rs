//! The fold: rows are scattered by the hash of their account into partitions, and each partition is folded where it fits the cache.
//!
//! A row is a few 64-bit words: the key (one word for integers, two for text), the day with the label, the amount, and one word for
//! every other money column and the order, so that one kernel serves every shape of ledger without a branch per row. Sums are of
//! integers and sets, which is why neither the order of the rows nor the number of threads can be seen in the result.

mod days;
mod dense;
mod key;
mod partition;
mod rows;
mod sorted;
mod waiting;

pub(crate) use days::DayIndex;
pub(crate) use key::{IntegerCode, KeyCode, TextCode, hash_bytes};
pub(crate) use partition::{FirstDay, FoldRows, NO_ORDER, Order, Partition, Scratch, head_word, merge_into, push_merged};
pub(crate) use rows::{PARTITIONS, partition_of};
pub(crate) use waiting::{Fit, Waiting};
