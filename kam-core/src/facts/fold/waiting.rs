//! One thread's rows that wait to be folded: narrow where a row fits, as most do, at its full width otherwise.

use super::key::TextCode;
use super::rows::Rows;
use crate::error::Result;

/// Rows of `W` words, of which those that fit are kept in fewer.
///
/// Scattering rows is bound by memory, so half the bytes are nearly half the time. A narrow row has two money values of 32 bits in its last
/// word. Before them stand the key and the day: an integer key below 2³² and the day in one word, or a text of up to twelve bytes in two,
/// whose first has room for a day of 24 bits.
#[derive(Default)]
pub(crate) struct Waiting<const W: usize> {
    wide: Rows<W>,
    integers: Rows<2>,
    texts: Rows<3>,
    /// Long text that rows point to.
    pub arena: Vec<u8>,
    /// Keys of the rows that are being put aside.
    pub keys: Vec<[u64; 2]>,
}

/// The signed 64-bit number of a word, if 32 bits hold it.
#[inline]
fn narrowed(word: u64) -> Option<u64> {
    i32::try_from(word.cast_signed()).ok().map(|number| u64::from(number.cast_unsigned()))
}

/// Two money values of 32 bits in one word.
#[inline(always)]
fn both(amount: i64, more: i64) -> u64 {
    amount.cast_unsigned() & 0xFFFF_FFFF | more.cast_unsigned() << 32
}

/// The word of the lower half.
#[inline]
fn widened(half: u64) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is asked for")]
    let number = (half as u32).cast_signed();
    i64::from(number).cast_unsigned()
}

/// How many rows are handed over at a time, at most.
pub(crate) const HANDFUL: usize = 64;

/// What is done with rows. A trait, because a closure that is called in several loops would not become part of them.
pub(crate) trait TakeRows<const W: usize> {
    /// Takes the next rows, [`HANDFUL`] at most.
    fn take(&mut self, rows: &[[u64; W]]);
}

/// The bits of the first word of a short text that are not used.
const TEXT_GAP: u64 = 0xFFFF_FF00;

/// Writes the two money values of a narrow row where a wide one has them.
#[inline(always)]
fn put_money<const W: usize>(row: &mut [u64; W], at: usize, money: u64) {
    row[at] = widened(money);
    if W > at + 1 {
        row[at + 1] = widened(money >> 32);
    }
}

impl<const W: usize> Waiting<W> {
    /// The memory that rows take, in bytes.
    pub fn bytes(&self) -> usize {
        self.wide.bytes() + self.integers.bytes() + self.texts.bytes() + self.arena.len()
    }

    /// How many rows a partition has.
    pub fn count(&self, partition: usize) -> usize {
        self.wide.count(partition) + self.integers.count(partition) + self.texts.count(partition)
    }

    /// Has a partition no row?
    pub fn is_empty(&self, partition: usize) -> bool {
        self.count(partition) == 0
    }

    /// Adds a row as it is.
    #[inline]
    pub fn push(&mut self, hash: u64, row: [u64; W]) -> Result<()> {
        self.wide.push(hash, row)
    }

    /// Adds a row without a label or an order, and with at most one money column beside the amount; the key has `KEY` words.
    #[inline(always)]
    pub fn push_narrow<const KEY: usize>(&mut self, hash: u64, row: [u64; W]) -> Result<()> {
        let more = if W > KEY + 2 { row[KEY + 2] } else { 0 };
        let (Some(amount), Some(more)) = (narrowed(row[KEY + 1]), narrowed(more)) else {
            return self.wide.push(hash, row);
        };
        let (money, day) = (amount | more << 32, row[KEY]);
        if KEY == 1 {
            if row[0] >> 32 == 0 {
                return self.integers.push(hash, [row[0] | day << 32, money]);
            }
        } else if row[0] & TEXT_GAP == 0 && row[0] & 0xFF <= TextCode::INLINE as u64 && day < 1 << 24 {
            return self.texts.push(hash, [row[0] | day << 8, row[1], money]);
        }
        self.wide.push(hash, row)
    }

    /// Adds rows that are known to be narrow, with integer keys, `count` of them.
    #[inline(always)]
    pub fn extend_integers(&mut self, count: usize, rows: impl Iterator<Item = (u64, [u64; 2], i32, i64, i64)>) -> Result<()> {
        let narrow = |(hash, key, day, amount, more): (u64, [u64; 2], i32, i64, i64)| {
            (hash, [key[0] | u64::from(day.cast_unsigned()) << 32, both(amount, more)])
        };
        self.integers.extend(count, rows.map(narrow))
    }

    /// Adds rows that are known to be narrow, with keys of short text, `count` of them.
    #[inline(always)]
    pub fn extend_texts(&mut self, count: usize, rows: impl Iterator<Item = (u64, [u64; 2], i32, i64, i64)>) -> Result<()> {
        let narrow = |(hash, key, day, amount, more): (u64, [u64; 2], i32, i64, i64)| {
            (hash, [key[0] | u64::from(day.cast_unsigned()) << 8, key[1], both(amount, more)])
        };
        self.texts.extend(count, rows.map(narrow))
    }

    /// Hands over the rows of a partition at their full width, always in the same order; their key has `KEY` words.
    #[inline(always)]
    pub fn each<const KEY: usize>(&self, partition: usize, to: &mut impl TakeRows<W>) {
        let mut wide = [[0; W]; HANDFUL];
        if KEY == 1 {
            for rows in self.integers.of(partition).flat_map(|block| block.chunks(HANDFUL)) {
                for (row, [head, money]) in wide.iter_mut().zip(rows) {
                    row[0] = head & 0xFFFF_FFFF;
                    row[1] = head >> 32;
                    put_money(row, 2, *money);
                }
                to.take(&wide[..rows.len()]);
            }
        } else {
            for rows in self.texts.of(partition).flat_map(|block| block.chunks(HANDFUL)) {
                for (row, [first, second, money]) in wide.iter_mut().zip(rows) {
                    row[0] = first & !TEXT_GAP;
                    row[1] = *second;
                    row[2] = (first & TEXT_GAP) >> 8;
                    put_money(row, 3, *money);
                }
                to.take(&wide[..rows.len()]);
            }
        }
        self.wide.of(partition).flat_map(|block| block.chunks(HANDFUL)).for_each(|rows| to.take(rows));
    }

    /// Forgets the rows and keeps the memory.
    pub fn clear(&mut self) {
        self.wide.clear();
        self.integers.clear();
        self.texts.clear();
        self.arena.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Back<const W: usize>(Vec<[u64; W]>);

    impl<const W: usize> TakeRows<W> for Back<W> {
        fn take(&mut self, rows: &[[u64; W]]) {
            self.0.extend_from_slice(rows);
        }
    }

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
            waiting.push_narrow::<1>((hash as u64) << 32, *row).unwrap();
        }
        let mut back = Back(vec![]);
        (0..super::super::PARTITIONS).for_each(|partition| waiting.each::<1>(partition, &mut back));
        rows.sort_unstable();
        back.0.sort_unstable();
        assert_eq!(rows, back.0);
        assert!(waiting.integers.bytes() > 0 && waiting.wide.bytes() > 0);
        waiting.clear();
        assert_eq!(waiting.bytes(), 0);
    }
    #[test]
    fn rows_of_text_come_back_as_they_were() {
        let minus = (-1i64).cast_unsigned();
        let mut arena = vec![];
        let mut rows: Vec<[u64; 5]> = vec![];
        for text in ["", "a", "abcd", "twelve bytes", "thirteen byte", "a text that is longer than all that"] {
            let key = TextCode::encode(text.as_bytes(), &mut arena);
            for day in [0, 20_000, (1 << 24) - 1, 1 << 24, u64::from((-5i32).cast_unsigned())] {
                for money in [0, minus, 1 << 40] {
                    rows.push([key[0], key[1], day, money, 7]);
                }
            }
        }
        let mut waiting = Waiting::<5>::default();
        for (hash, row) in rows.iter().enumerate() {
            waiting.push_narrow::<2>((hash as u64) << 32, *row).unwrap();
        }
        let mut back = Back(vec![]);
        (0..super::super::PARTITIONS).for_each(|partition| waiting.each::<2>(partition, &mut back));
        let count: usize = (0..super::super::PARTITIONS).map(|partition| waiting.count(partition)).sum();
        assert_eq!(count, rows.len());
        rows.sort_unstable();
        back.0.sort_unstable();
        assert_eq!(rows, back.0);
        assert!(waiting.texts.bytes() > 0 && waiting.wide.bytes() > 0 && waiting.integers.bytes() == 0);
    }
}
