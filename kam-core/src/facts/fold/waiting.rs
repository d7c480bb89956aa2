//! One thread's rows that wait to be folded: narrow where a row fits, as most do, at its full width otherwise.

use bytemuck::Pod;

use super::key::TextCode;
use super::rows::Rows;
use crate::error::Result;

/// Rows of `W` words, of which those that fit are kept in fewer.
///
/// Scattering rows is bound by memory, and most of all by memory that is touched for the first time. An integer key below 2³² takes 12 bytes
/// with a day of 16 bits and two money values of 24, 16 bytes with a day and two money values of 32; a text of up to twelve bytes takes 24
/// bytes, whose first word has room for a day of 24 bits and whose last holds the money.
#[derive(Default)]
pub(crate) struct Waiting<const W: usize> {
    wide: Rows<[u64; W]>,
    integers: Rows<[u64; 2]>,
    small: Rows<[u8; 12]>,
    texts: Rows<[u64; 3]>,
    /// Long text that rows point to.
    pub arena: Vec<u8>,
    /// Keys of the rows that are being put aside.
    pub keys: Vec<[u64; 2]>,
}

/// How narrow all rows of a part may be whose keys are short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Wide,
    Narrow,
    Small,
}

impl Fit {
    /// By the first and the last day, and a bound of the money, all of which lies in `-most..most`.
    pub fn of((first, last): (i32, i32), most: u64) -> Self {
        if first >= 0 && last < 1 << 16 && most <= 1 << 23 {
            Fit::Small
        } else if first >= 0 && last < 1 << 24 && most <= 1 << 31 {
            Fit::Narrow
        } else {
            Fit::Wide
        }
    }
}

/// A row that is known to be narrow: hash, key, day, amount and one more money value.
pub(crate) type NarrowRow = (u64, [u64; 2], i32, i64, i64);

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

/// A row of 32 bits of key, 24 of the amount, 16 of the day and 24 of another money value. It is made of bytes, which are written in two
/// pieces, where three words would be written in three: scattering waits for nothing but writes.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "as many bits as fit are asked for")]
fn small(key: u64, day: u32, amount: i64, more: i64) -> [u8; 12] {
    let head = key | (amount.cast_unsigned() & 0xFF_FFFF) << 32 | u64::from(day) << 56;
    let tail = (more as u32) << 8 | day >> 8;
    let mut row = [0; 12];
    row[..8].copy_from_slice(&head.to_ne_bytes());
    row[8..].copy_from_slice(&tail.to_ne_bytes());
    row
}

/// Writes a small row as a wide one.
#[inline(always)]
fn widen_small<const W: usize>(small: &[u8; 12], row: &mut [u64; W]) {
    let (head, tail): (u64, u32) = (bytemuck::pod_read_unaligned(&small[..8]), bytemuck::pod_read_unaligned(&small[8..]));
    row[0] = head & 0xFFFF_FFFF;
    row[1] = head >> 56 | u64::from(tail & 0xFF) << 8;
    // Shifted to the left end and back, so that the sign comes along.
    let (amount, more) = ((head << 8).cast_signed() >> 40, tail.cast_signed() >> 8);
    put_money(row, 2, amount.cast_unsigned(), i64::from(more).cast_unsigned());
}

/// How many rows are handed over at a time, at most.
pub(crate) const HANDFUL: usize = 64;

/// What is done with rows. A trait, because a closure that is called in several loops would not become part of them.
pub(crate) trait TakeRows<const W: usize> {
    /// Takes the next rows, [`HANDFUL`] at most.
    fn take(&mut self, rows: &[[u64; W]]);
}

/// Hands over the rows of a partition, made wide.
#[inline(always)]
fn hand_over<T: Pod, const W: usize>(rows: &Rows<T>, partition: usize, to: &mut impl TakeRows<W>, widen: impl Fn(&T, &mut [u64; W])) {
    let mut wide = [[0; W]; HANDFUL];
    let mut blocks = rows.of(partition).peekable();
    while let Some(block) = blocks.next() {
        if let Some(next) = blocks.peek() {
            touch(next);
        }
        for rows in block.chunks(HANDFUL) {
            for (wide, row) in wide.iter_mut().zip(rows) {
                widen(row, wide);
            }
            to.take(&wide[..rows.len()]);
        }
    }
}

/// Looks at every line of the cache that rows lie in. Blocks lie all over the memory, where the processor does not foresee the next one; so
/// it fetches all lines of a handful at once, and while the handful before is being folded.
#[inline(always)]
fn touch<T: Pod>(rows: &[T]) {
    std::hint::black_box(rows.iter().step_by((64 / size_of::<T>()).max(1)).fold(0, |all, row| all ^ bytemuck::bytes_of(row)[0]));
}

/// The bits of the first word of a short text that are not used.
const TEXT_GAP: u64 = 0xFFFF_FF00;

/// Writes the two money values of a row where a wide one has them.
#[inline(always)]
fn put_money<const W: usize>(row: &mut [u64; W], at: usize, amount: u64, more: u64) {
    row[at] = amount;
    if W > at + 1 {
        row[at + 1] = more;
    }
}

impl<const W: usize> Waiting<W> {
    /// The memory that rows take, in bytes.
    pub fn bytes(&self) -> usize {
        self.wide.bytes() + self.integers.bytes() + self.small.bytes() + self.texts.bytes() + self.arena.len()
    }

    /// How many rows a partition has.
    pub fn count(&self, partition: usize) -> usize {
        self.wide.count(partition) + self.integers.count(partition) + self.small.count(partition) + self.texts.count(partition)
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

    /// Adds rows with integer keys that fit like this, `count` of them.
    #[inline(always)]
    pub fn extend_integers(&mut self, fit: Fit, count: usize, rows: impl Iterator<Item = NarrowRow>) -> Result<()> {
        if fit == Fit::Small {
            let small = |(hash, key, day, amount, more): NarrowRow| (hash, small(key[0], day.cast_unsigned(), amount, more));
            return self.small.extend(count, rows.map(small));
        }
        let narrow =
            |(hash, key, day, amount, more): NarrowRow| (hash, [key[0] | u64::from(day.cast_unsigned()) << 32, both(amount, more)]);
        self.integers.extend(count, rows.map(narrow))
    }

    /// Adds rows that are known to be narrow, with keys of short text, `count` of them.
    #[inline(always)]
    pub fn extend_texts(&mut self, count: usize, rows: impl Iterator<Item = NarrowRow>) -> Result<()> {
        let narrow =
            |(hash, key, day, amount, more): NarrowRow| (hash, [key[0] | u64::from(day.cast_unsigned()) << 8, key[1], both(amount, more)]);
        self.texts.extend(count, rows.map(narrow))
    }

    /// Hands over the rows of a partition at their full width, always in the same order; their key has `KEY` words.
    #[inline(always)]
    pub fn each<const KEY: usize>(&self, partition: usize, to: &mut impl TakeRows<W>) {
        if KEY == 1 {
            hand_over(&self.small, partition, to, widen_small);
            hand_over(&self.integers, partition, to, |[head, money], row| {
                row[0] = head & 0xFFFF_FFFF;
                row[1] = head >> 32;
                put_money(row, 2, widened(*money), widened(money >> 32));
            });
        } else {
            hand_over(&self.texts, partition, to, |[first, second, money], row| {
                row[0] = first & !TEXT_GAP;
                row[1] = *second;
                row[2] = (first & TEXT_GAP) >> 8;
                put_money(row, 3, widened(*money), widened(money >> 32));
            });
        }
        self.wide.of(partition).flat_map(|block| block.chunks(HANDFUL)).for_each(|rows| to.take(rows));
    }

    /// Forgets the rows and keeps the memory.
    pub fn clear(&mut self) {
        self.wide.clear();
        self.integers.clear();
        self.small.clear();
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
    fn small_rows_come_back_as_they_were() {
        let (least, most) = (-(1i64 << 23), (1i64 << 23) - 1);
        let mut rows: Vec<NarrowRow> = vec![];
        for key in [0, 7, 0xFFFF_FFFF] {
            for day in [0, 255, 256, 20_000, 0xFFFF] {
                for money in [0, 1, -1, least, most] {
                    rows.push(((rows.len() as u64) << 32, [key, 0], day, money, 5));
                    rows.push(((rows.len() as u64) << 32, [key, 0], day, -7, money));
                }
            }
        }
        let mut waiting = Waiting::<4>::default();
        let fit = Fit::of((0, 0xFFFF), 1 << 23);
        assert_eq!(fit, Fit::Small);
        waiting.extend_integers(fit, rows.len(), rows.iter().copied()).unwrap();
        let mut back = Back(vec![]);
        (0..super::super::PARTITIONS).for_each(|partition| waiting.each::<1>(partition, &mut back));
        let wide = |(_, key, day, amount, more): &NarrowRow| {
            [key[0], u64::from(day.cast_unsigned()), amount.cast_unsigned(), more.cast_unsigned()]
        };
        let mut rows: Vec<[u64; 4]> = rows.iter().map(wide).collect();
        rows.sort_unstable();
        back.0.sort_unstable();
        assert_eq!(rows, back.0);
        assert_eq!(waiting.bytes(), waiting.small.bytes());
    }

    #[test]
    fn parts_fit_by_their_days_and_their_money() {
        assert_eq!(Fit::of((0, 0xFFFF), (1 << 23) + 1), Fit::Narrow);
        assert_eq!(Fit::of((0, 1 << 16), 1), Fit::Narrow);
        assert_eq!(Fit::of((0, (1 << 24) - 1), 1 << 31), Fit::Narrow);
        assert_eq!(Fit::of((0, 1 << 24), 1), Fit::Wide);
        assert_eq!(Fit::of((-1, 0), 1), Fit::Wide);
        assert_eq!(Fit::of((0, 0), (1 << 31) + 1), Fit::Wide);
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
