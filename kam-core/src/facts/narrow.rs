//! A column of whole numbers, stored as narrow as what it holds: most cells of a ledger have small numbers, and memory that is touched for
//! the first time costs more than adding up what stands in it.

use std::ops::Range;

/// Whole numbers of one column.
#[derive(Clone, Debug)]
pub(crate) enum Narrow {
    /// Nothing but zeros: how many.
    Zeros(usize),
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Words(Vec<i32>),
    Longs(Vec<i64>),
}

/// How wide the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    Zero,
    Byte,
    Short,
    Word,
    Long,
}

/// What numbers need, gathered one after the other: every bit that any of them has, and every bit of their signs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bits {
    all: u64,
    signs: u64,
}

impl Bits {
    /// What one number needs.
    pub fn of(number: i64) -> Self {
        let mut bits = Bits::default();
        bits.take(number);
        bits
    }

    #[inline(always)]
    pub fn take(&mut self, number: i64) {
        let sign = (number >> 63).cast_unsigned();
        self.all |= number.cast_unsigned() ^ sign;
        self.signs |= sign;
    }

    /// The narrowest width that holds all of them.
    pub fn width(self) -> Width {
        match (self.all, self.signs) {
            (0, 0) => Width::Zero,
            (0..0x100, 0) => Width::Byte,
            (0..0x1_0000, 0) => Width::Short,
            (0..0x8000_0000, _) => Width::Word,
            _ => Width::Long,
        }
    }
}

impl Default for Narrow {
    fn default() -> Self {
        Narrow::Zeros(0)
    }
}

impl Narrow {
    /// A column of these numbers, which are no wider than this.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the width was found from the numbers")]
    pub fn of(width: Width, numbers: impl ExactSizeIterator<Item = i64>) -> Self {
        match width {
            Width::Zero => Narrow::Zeros(numbers.len()),
            Width::Byte => Narrow::Bytes(numbers.map(|number| number as u8).collect()),
            Width::Short => Narrow::Shorts(numbers.map(|number| number as u16).collect()),
            Width::Word => Narrow::Words(numbers.map(|number| number as i32).collect()),
            Width::Long => Narrow::Longs(numbers.collect()),
        }
    }

    /// A column of zeros but for these numbers, each with its place, which are no wider than this.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the width was found from the numbers")]
    pub fn scattered(width: Width, len: usize, numbers: impl Iterator<Item = (usize, i64)>) -> Self {
        fn filled<T: Clone + Default>(len: usize, numbers: impl Iterator<Item = (usize, T)>) -> Vec<T> {
            let mut column = vec![T::default(); len];
            numbers.for_each(|(at, number)| column[at] = number);
            column
        }
        match width {
            Width::Zero => Narrow::Zeros(len),
            Width::Byte => Narrow::Bytes(filled(len, numbers.map(|(at, number)| (at, number as u8)))),
            Width::Short => Narrow::Shorts(filled(len, numbers.map(|(at, number)| (at, number as u16)))),
            Width::Word => Narrow::Words(filled(len, numbers.map(|(at, number)| (at, number as i32)))),
            Width::Long => Narrow::Longs(filled(len, numbers)),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Narrow::Zeros(len) => *len,
            Narrow::Bytes(numbers) => numbers.len(),
            Narrow::Shorts(numbers) => numbers.len(),
            Narrow::Words(numbers) => numbers.len(),
            Narrow::Longs(numbers) => numbers.len(),
        }
    }

    /// Is there nothing but zeros, without a look at every number?
    pub fn is_zero(&self) -> bool {
        matches!(self, Narrow::Zeros(_))
    }

    #[inline]
    pub fn get(&self, at: usize) -> i64 {
        match self {
            Narrow::Zeros(_) => 0,
            Narrow::Bytes(numbers) => i64::from(numbers[at]),
            Narrow::Shorts(numbers) => i64::from(numbers[at]),
            Narrow::Words(numbers) => i64::from(numbers[at]),
            Narrow::Longs(numbers) => numbers[at],
        }
    }

    /// The number at a place of a column that was made of 32-bit numbers without a sign.
    #[inline]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they were of 32 bits when they came in")]
    pub fn get_u32(&self, at: usize) -> u32 {
        self.get(at) as u32
    }

    /// The number at a place of a column that was made of 32-bit numbers.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "they were of 32 bits when they came in")]
    pub fn get_i32(&self, at: usize) -> i32 {
        self.get(at) as i32
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = i64> + Clone + '_ {
        (0..self.len()).map(|at| self.get(at))
    }

    pub fn min(&self) -> Option<i64> {
        match self {
            Narrow::Zeros(len) => (*len > 0).then_some(0),
            Narrow::Bytes(numbers) => numbers.iter().copied().min().map(i64::from),
            Narrow::Shorts(numbers) => numbers.iter().copied().min().map(i64::from),
            Narrow::Words(numbers) => numbers.iter().copied().min().map(i64::from),
            Narrow::Longs(numbers) => numbers.iter().copied().min(),
        }
    }

    /// Adds numbers at the end, widening the column where they need it.
    #[inline]
    pub fn extend(&mut self, numbers: impl ExactSizeIterator<Item = i64> + Clone) {
        let mut bits = Bits::default();
        numbers.clone().for_each(|number| bits.take(number));
        self.widen(bits.width());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the column was made as wide as they are")]
        match self {
            Narrow::Zeros(len) => *len += numbers.len(),
            Narrow::Bytes(column) => column.extend(numbers.map(|number| number as u8)),
            Narrow::Shorts(column) => column.extend(numbers.map(|number| number as u16)),
            Narrow::Words(column) => column.extend(numbers.map(|number| number as i32)),
            Narrow::Longs(column) => column.extend(numbers),
        }
    }

    fn take_bits(&self, places: Range<usize>, bits: &mut Bits) {
        match self {
            Narrow::Longs(numbers) => numbers[places].iter().for_each(|number| bits.take(*number)),
            narrower => places.for_each(|at| bits.take(narrower.get(at))),
        }
    }

    fn width(&self) -> Width {
        match self {
            Narrow::Zeros(_) => Width::Zero,
            Narrow::Bytes(_) => Width::Byte,
            Narrow::Shorts(_) => Width::Short,
            Narrow::Words(_) => Width::Word,
            Narrow::Longs(_) => Width::Long,
        }
    }

    fn widen(&mut self, width: Width) {
        if width > self.width() {
            *self = Narrow::of(width, self.iter());
        }
    }

    /// A column of parts of others, one after the other.
    pub fn gather<'a>(parts: impl Iterator<Item = (&'a Narrow, Range<usize>)> + Clone) -> Self {
        let mut width = parts.clone().map(|(column, _)| column.width()).max().unwrap_or(Width::Zero);
        if width == Width::Long {
            // The parts may need less than the columns that they are taken from. Looking costs more than it spares where those are narrow.
            let mut bits = Bits::default();
            parts.clone().for_each(|(column, places)| column.take_bits(places, &mut bits));
            width = bits.width();
        }
        let len = parts.clone().map(|(_, places)| places.len()).sum();
        match width {
            Width::Zero => Narrow::Zeros(len),
            Width::Byte => Narrow::Bytes(gathered(parts, len, |column| if let Narrow::Bytes(numbers) = column { numbers } else { &[] })),
            Width::Short => Narrow::Shorts(gathered(parts, len, |column| if let Narrow::Shorts(numbers) = column { numbers } else { &[] })),
            Width::Word => Narrow::Words(gathered(parts, len, |column| if let Narrow::Words(numbers) = column { numbers } else { &[] })),
            Width::Long => Narrow::Longs(gathered(parts, len, |column| if let Narrow::Longs(numbers) = column { numbers } else { &[] })),
        }
    }

    /// Makes every number anew.
    pub fn map(&mut self, change: impl Fn(i64) -> i64) {
        let mut changed = Narrow::default();
        changed.extend(self.iter().map(change).collect::<Vec<_>>().into_iter());
        *self = changed;
    }
}

/// Numbers of a width that holds all of them: whole parts are copied where a column has that width itself.
fn gathered<'a, T: Copy + TryFrom<i64> + Default>(
    parts: impl Iterator<Item = (&'a Narrow, Range<usize>)>,
    len: usize,
    own: fn(&Narrow) -> &[T],
) -> Vec<T> {
    let mut all = Vec::with_capacity(len);
    let fitted = |number: i64| T::try_from(number).unwrap_or_default();
    for (column, places) in parts {
        match (own(column).get(places.clone()), column) {
            (Some(numbers), _) => all.extend_from_slice(numbers),
            (None, Narrow::Longs(numbers)) => all.extend(numbers[places].iter().map(|number| fitted(*number))),
            (None, column) => all.extend(places.map(|at| fitted(column.get(at)))),
        }
    }
    all
}

// The same numbers are equal however wide they are stored.
impl PartialEq for Narrow {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Narrow {}

impl From<Vec<i64>> for Narrow {
    fn from(numbers: Vec<i64>) -> Self {
        Narrow::Longs(numbers)
    }
}

impl From<Vec<i32>> for Narrow {
    fn from(numbers: Vec<i32>) -> Self {
        Narrow::Words(numbers)
    }
}

impl From<Vec<u32>> for Narrow {
    fn from(numbers: Vec<u32>) -> Self {
        let mut column = Narrow::default();
        column.extend(numbers.into_iter().map(i64::from));
        column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_whatever_came_before_them() {
        let numbers = [0, 1, 255, 256, 65_535, 65_536, -1, i64::from(i32::MAX), i64::from(i32::MIN), 1 << 31, i64::MAX, i64::MIN, 0];
        for start in 0..numbers.len() {
            let mut column = Narrow::default();
            let mut whole = vec![];
            for number in numbers.iter().cycle().skip(start).take(numbers.len()) {
                column.extend([*number].into_iter());
                whole.push(*number);
                assert_eq!(column.iter().collect::<Vec<_>>(), whole);
                assert_eq!(column, Narrow::from(whole.clone()));
                assert_eq!(column.min(), whole.iter().copied().min());
            }
        }
    }

    #[test]
    fn parts_of_columns_of_every_width_are_put_together() {
        let columns = [
            Narrow::Zeros(4),
            Narrow::Bytes(vec![1, 2, 255, 4]),
            Narrow::Shorts(vec![256, 65_535, 3, 0]),
            Narrow::Words(vec![-1, i32::MIN, i32::MAX, 7]),
            Narrow::Longs(vec![i64::MIN, i64::MAX, 0, -9]),
        ];
        for widest in 0..columns.len() {
            let parts = || columns[..=widest].iter().rev().flat_map(|column| [(column, 1..3), (column, 4..4), (column, 0..1)]);
            let expected: Vec<i64> = parts().flat_map(|(column, places)| places.map(|at| column.get(at))).collect();
            let gathered = Narrow::gather(parts());
            assert_eq!(gathered, Narrow::from(expected));
            assert_eq!(gathered.width(), columns[widest].width());
        }
        let wide = Narrow::Longs(vec![i64::MAX, -3, 200, 7]);
        let width = |places: Range<usize>| Narrow::gather(std::iter::once((&wide, places))).width();
        assert_eq!((width(0..4), width(1..4), width(2..4), width(4..4)), (Width::Long, Width::Word, Width::Byte, Width::Zero));
        assert_eq!(Narrow::gather(std::iter::empty()), Narrow::Zeros(0));
    }

    #[test]
    fn scattered_numbers_stand_in_their_places() {
        for number in [0, 1, 256, -1, 65_536, i64::MAX] {
            let column = Narrow::scattered(Bits::of(number).width(), 4, [(3, number), (1, number)].into_iter());
            assert_eq!(column.iter().collect::<Vec<_>>(), [0, number, 0, number]);
        }
    }

    #[test]
    fn a_column_is_as_narrow_as_its_numbers() {
        let width = |numbers: &[i64]| {
            let mut column = Narrow::default();
            column.extend(numbers.iter().copied());
            column.width()
        };
        assert_eq!(width(&[0, 0]), Width::Zero);
        assert_eq!(width(&[0, 255]), Width::Byte);
        assert_eq!(width(&[256]), Width::Short);
        assert_eq!(width(&[-1]), Width::Word);
        assert_eq!(width(&[65_536]), Width::Word);
        assert_eq!(width(&[i64::from(i32::MIN)]), Width::Word);
        assert_eq!(width(&[1 << 31]), Width::Long);
    }
}
