//! From the columns of a part to rows that wait to be folded: whole columns at once where nothing is asked of single rows.

use arrow::array::{Array, GenericStringArray, OffsetSizeTrait};

use super::fold::{Fit, IntegerCode, KeyCode, TextCode, Waiting, head_word};
use crate::error::{Error, Result};
use crate::ledger::{Bound, KeyColumn, KeyKind, TextColumn, Whole};

/// Keys as they come out of a batch.
pub(crate) trait ReadKey: KeyCode {
    const KIND: KeyKind;
    /// The words of the key of a used row.
    fn read(bound: &Bound, row: usize, arena: &mut Vec<u8>) -> [u64; 2];
    /// Puts all rows of a part aside that has nothing but used rows, which may be narrow.
    fn read_all<const W: usize>(bound: &Bound, whole: &Whole<'_>, rows: &mut Waiting<W>) -> Result<()>;
}

/// Puts the rows of whole columns aside, whose keys all fit a narrow row where `is_short`.
#[inline(always)]
fn put_aside<C: KeyCode, const W: usize>(
    keys: impl Iterator<Item = [u64; 2]>,
    is_short: bool,
    whole: &Whole<'_>,
    rows: &mut Waiting<W>,
) -> Result<()> {
    // At most one of them is mapped, or the rows would not be narrow.
    let more = whole.more.into_iter().flatten().next();
    let (count, units) = (whole.days.len(), whole.units);
    let columns = keys.zip(whole.days).zip(whole.amounts);
    let fit = Fit::of(whole.span, whole.most);
    if is_short && fit != Fit::Wide {
        // Nothing is asked of single rows.
        let narrow = |((key, day), amount): (([u64; 2], &i32), &i64), more: i64| {
            (C::hash(&key[..C::WORDS]), key, *day, amount.wrapping_mul(units), more.wrapping_mul(units))
        };
        return match more {
            Some(more) => C::extend_narrow(rows, fit, count, columns.zip(more).map(|(row, more)| narrow(row, *more))),
            None => C::extend_narrow(rows, fit, count, columns.map(|row| narrow(row, 0))),
        };
    }
    let mut put = |key: [u64; 2], day: i32, amount: i64, more: i64| {
        let mut words = [0u64; W];
        words[..C::WORDS].copy_from_slice(&key[..C::WORDS]);
        words[C::WORDS] = head_word(day, 0);
        words[C::WORDS + 1] = amount.wrapping_mul(units).cast_unsigned();
        if W > C::WORDS + 2 {
            words[C::WORDS + 2] = more.wrapping_mul(units).cast_unsigned();
        }
        C::push_narrow(rows, C::hash(&words[..C::WORDS]), words)
    };
    match more {
        Some(more) => columns.zip(more).try_for_each(|(((key, day), amount), more)| put(key, *day, *amount, *more)),
        None => columns.into_iter().try_for_each(|((key, day), amount)| put(key, *day, *amount, 0)),
    }
}

impl ReadKey for IntegerCode {
    const KIND: KeyKind = KeyKind::Integer;

    #[inline]
    fn read(bound: &Bound, row: usize, _: &mut Vec<u8>) -> [u64; 2] {
        let key = match &bound.keys {
            KeyColumn::Integers(array) => array.value(row),
            keys => keys.integer(row).and_then(|key| key.ok()).unwrap_or(0),
        };
        [key.cast_unsigned(), 0]
    }

    fn read_all<const W: usize>(bound: &Bound, whole: &Whole<'_>, rows: &mut Waiting<W>) -> Result<()> {
        let KeyColumn::Integers(array) = &bound.keys else { return Err(Error::internal("keys without gaps are not whole numbers")) };
        let keys = array.values();
        let is_short = keys.iter().fold(0, |bits, key| bits | key.cast_unsigned()) >> 32 == 0;
        put_aside::<Self, W>(keys.iter().map(|key| [key.cast_unsigned(), 0]), is_short, whole, rows)
    }
}

impl ReadKey for TextCode {
    const KIND: KeyKind = KeyKind::Text;

    #[inline]
    fn read(bound: &Bound, row: usize, arena: &mut Vec<u8>) -> [u64; 2] {
        TextCode::encode(bound.keys.text(row).unwrap_or_default().as_bytes(), arena)
    }

    fn read_all<const W: usize>(bound: &Bound, whole: &Whole<'_>, rows: &mut Waiting<W>) -> Result<()> {
        let KeyColumn::Texts(column) = &bound.keys else { return Err(Error::internal("keys without gaps are not text")) };
        let (mut keys, mut arena) = (std::mem::take(&mut rows.keys), std::mem::take(&mut rows.arena));
        // Keys are made of all texts first: a loop that does this and the rest is no longer one that the compiler takes apart.
        keys.clear();
        let longest = match column {
            TextColumn::Small(array) => encode_all(array, &mut keys, &mut arena),
            TextColumn::Large(array) => encode_all(array, &mut keys, &mut arena),
            TextColumn::View(array) => {
                let longest = array.views().iter().fold(0, |most, view| most.max(*view & 0xFFFF_FFFF));
                if longest <= TextCode::INLINE as u128 {
                    // A view that holds its text is made of the same bytes as the words of a short key.
                    keys.extend(array.views().iter().map(|view| TextCode::of_view(*view)));
                } else {
                    keys.extend((0..array.len()).map(|row| TextCode::encode(array.value(row).as_bytes(), &mut arena)));
                }
                usize::try_from(longest).unwrap_or(usize::MAX)
            }
        };
        let result = put_aside::<Self, W>(keys.iter().copied(), longest <= TextCode::INLINE, whole, rows);
        (rows.keys, rows.arena) = (keys, arena);
        result
    }
}

/// The keys of all texts of a column without gaps, and the length of the longest.
fn encode_all<O: OffsetSizeTrait>(array: &GenericStringArray<O>, keys: &mut Vec<[u64; 2]>, arena: &mut Vec<u8>) -> usize {
    let bytes = array.value_data();
    let texts = array.value_offsets().windows(2).map(|ends| bytes.get(ends[0].as_usize()..ends[1].as_usize()).unwrap_or_default());
    keys.extend(texts.map(|text| TextCode::encode(text, arena)));
    array.value_offsets().windows(2).fold(0, |most, ends| most.max((ends[1] - ends[0]).as_usize()))
}
