//! One thread's rows that wait to be folded: sixteen bytes where a row fits them, as most do, its full width otherwise.

use super::rows::Rows;
use crate::error::Result;

/// Rows of `W` words, of which those that fit are kept in two.
///
/// A narrow row holds a key below 2³² and the day in its first word, the amount and one more money column in its second. Scattering
/// rows is bound by memory, so half the bytes are nearly half the time.
#[derive(Default)]
pub(crate) struct Waiting<const W: usize> {
    wide: Rows<W>,
    narrow: Rows<2>,
    /// Long text that rows point to.
    pub arena: Vec<u8>,
}

/// The signed 64-bit number of a word, if 32 bits hold it.
#[inline]
fn narrowed(word: u64) -> Option<u64> {
    i32::try_from(word.cast_signed()).ok().map(|number| u64::from(number.cast_unsigned()))
}

/// The word of the lower half.
#[inline]
fn widened(half: u64) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is asked for")]
    let number = (half as u32).cast_signed();
    i64::from(number).cast_unsigned()
}

impl<const W: usize> Waiting<W> {
    /// The memory that rows take, in bytes.
    pub fn bytes(&self) -> usize {
        self.wide.bytes() + self.narrow.bytes() + self.arena.len()
    }

    /// Adds a row as it is.
    #[inline]
    pub fn push(&mut self, hash: u64, row: [u64; W]) -> Result<()> {
        self.wide.push(hash, row)
    }

    /// Adds a row of an integer key without a label or an order, and with at most one money column beside the amount.
    #[inline]
    pub fn push_narrow(&mut self, hash: u64, row: [u64; W]) -> Result<()> {
        let more = if W > 3 { row[3] } else { 0 };
        match (row[0] >> 32, narrowed(row[2]), narrowed(more)) {
            (0, Some(amount), Some(more)) => self.narrow.push(hash, [row[0] | row[1] << 32, amount | more << 32]),
            _ => self.wide.push(hash, row),
        }
    }

    /// Hands over the rows of a partition at their full width, always in the same order.
    #[inline]
    pub fn each(&self, partition: usize, mut take: impl FnMut(&[u64; W])) {
        for block in self.narrow.of(partition) {
            for [first, second] in block {
                let mut row = [0; W];
                row[0] = first & 0xFFFF_FFFF;
                row[1] = first >> 32;
                row[2] = widened(*second);
                if W > 3 {
                    row[3] = widened(second >> 32);
                }
                take(&row);
            }
        }
        self.wide.of(partition).flatten().for_each(take);
    }

    /// Forgets the rows and keeps the memory.
    pub fn clear(&mut self) {
        self.wide.clear();
        self.narrow.clear();
        self.arena.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let day = u64::from((-5i32).cast_unsigned());
        let minus = (-1i64).cast_unsigned();
        let mut rows: Vec<[u64; 4]> = vec![];
        for key in [0, 7, 0xFFFF_FFFF, 1 << 32, minus] {
            for money in [0, 1, minus, i32::MAX as u64, i32::MAX as u64 + 1, i64::from(i32::MIN).cast_unsigned(), i64::MIN.cast_unsigned()]
            {
                rows.push([key, day, money, 5]);
                rows.push([key, 20_000, 5, money]);
            }
        }
        let mut waiting = Waiting::<4>::default();
        for (hash, row) in rows.iter().enumerate() {
            waiting.push_narrow((hash as u64) << 32, *row).unwrap();
        }
        let mut back = vec![];
        (0..super::super::PARTITIONS).for_each(|partition| waiting.each(partition, |row| back.push(*row)));
        rows.sort_unstable();
        back.sort_unstable();
        assert_eq!(rows, back);
        assert!(waiting.narrow.bytes() > 0 && waiting.wide.bytes() > 0);
        waiting.clear();
        assert_eq!(waiting.bytes(), 0);
    }
}
