//! Account keys inside the fold: integers as they are, text as a 16-byte view that holds short text itself.

use super::waiting::{Fit, NarrowRow, TakeRows, Waiting};
use crate::error::Result;
use crate::facts::keys::Key;

/// How keys of one kind are written into rows and kept in a partition.
pub(crate) trait KeyCode: Send + Sync + 'static {
    /// Words of a row that the key takes.
    const WORDS: usize;
    /// The keys of a partition's accounts, by the account's number.
    type Store: Default + Clone + Send + Sync + std::fmt::Debug;

    /// A well-mixed hash of a row's key.
    fn hash(words: &[u64]) -> u64;
    /// Is this row's key that of account `id`? Long text of the row lies in `arena`.
    fn equals(store: &Self::Store, id: u32, words: &[u64], arena: &[u8]) -> bool;
    /// Adds the row's key as the next account.
    fn push(store: &mut Self::Store, words: &[u64], arena: &[u8]);
    /// The hash of an account's key.
    fn hash_of(store: &Self::Store, id: u32) -> u64;
    /// How many accounts there are.
    fn len(store: &Self::Store) -> usize;
    /// An account's key.
    fn get(store: &Self::Store, id: u32) -> Key<'_>;
    /// Puts a row aside that may be narrow.
    fn push_narrow<const W: usize>(rows: &mut Waiting<W>, hash: u64, row: [u64; W]) -> Result<()>;
    /// Puts rows aside that are known to be narrow and fit like this, `count` of them.
    fn extend_narrow<const W: usize>(rows: &mut Waiting<W>, fit: Fit, count: usize, narrow: impl Iterator<Item = NarrowRow>) -> Result<()>;
    /// Hands over the rows of a partition.
    fn each<const W: usize>(rows: &Waiting<W>, partition: usize, to: &mut impl TakeRows<W>);
    /// The words of an account's key and the arena they point into, as a row would hold them.
    fn words(store: &Self::Store, id: u32) -> ([u64; 2], &[u8]);
}

/// The folded multiply of two halves: every bit of the input reaches every bit of the result.
#[inline]
fn mix(word: u64) -> u64 {
    let product = u128::from(word ^ 0x9E37_79B9_7F4A_7C15) * u128::from(0xD6E8_FEB8_6659_FD93_u64);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are folded")]
    let folded = (product as u64) ^ ((product >> 64) as u64);
    folded
}

/// The same of two words at once.
#[inline]
fn mix_both(first: u64, second: u64) -> u64 {
    let product = u128::from(first ^ 0x9E37_79B9_7F4A_7C15) * u128::from(second ^ 0xD6E8_FEB8_6659_FD93_u64);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are folded")]
    let folded = (product as u64) ^ ((product >> 64) as u64);
    folded
}

/// A hash of bytes that is the same on every machine.
pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut hash = mix(bytes.len() as u64);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        hash = mix(hash ^ u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
    }
    let mut rest = [0; 8];
    rest[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    mix(hash ^ u64::from_le_bytes(rest))
}

/// Whole-number keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IntegerCode;

impl KeyCode for IntegerCode {
    const WORDS: usize = 1;
    type Store = Vec<i64>;

    #[inline(always)]
    fn push_narrow<const W: usize>(rows: &mut Waiting<W>, hash: u64, row: [u64; W]) -> Result<()> {
        rows.push_narrow::<1>(hash, row)
    }

    #[inline(always)]
    fn extend_narrow<const W: usize>(rows: &mut Waiting<W>, fit: Fit, count: usize, narrow: impl Iterator<Item = NarrowRow>) -> Result<()> {
        rows.extend_integers(fit, count, narrow)
    }

    #[inline(always)]
    fn each<const W: usize>(rows: &Waiting<W>, partition: usize, to: &mut impl TakeRows<W>) {
        rows.each::<1>(partition, to);
    }

    #[inline]
    fn hash(words: &[u64]) -> u64 {
        mix(words[0])
    }

    #[inline]
    fn equals(store: &Vec<i64>, id: u32, words: &[u64], _: &[u8]) -> bool {
        store[id as usize] == words[0].cast_signed()
    }

    fn push(store: &mut Vec<i64>, words: &[u64], _: &[u8]) {
        store.push(words[0].cast_signed());
    }

    fn hash_of(store: &Vec<i64>, id: u32) -> u64 {
        mix(store[id as usize].cast_unsigned())
    }

    fn len(store: &Vec<i64>) -> usize {
        store.len()
    }

    fn get(store: &Vec<i64>, id: u32) -> Key<'_> {
        Key::Integer(store[id as usize])
    }

    fn words(store: &Vec<i64>, id: u32) -> ([u64; 2], &[u8]) {
        ([store[id as usize].cast_unsigned(), 0], &[])
    }
}

/// Text keys.
///
/// Word 0 holds the length in its low half. Up to [`TextCode::INLINE`] bytes the text itself fills the rest; beyond, word 0 holds
/// half a hash and word 1 the place of the text in an arena.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextCode;

/// The keys of a partition that are text.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextStore {
    views: Vec<[u64; 2]>,
    arena: Vec<u8>,
}

impl TextCode {
    /// Bytes of a text that the words hold themselves.
    pub const INLINE: usize = 12;

    /// The words of a text; a long one is added to `arena`.
    #[inline]
    pub fn encode(bytes: &[u8], arena: &mut Vec<u8>) -> [u64; 2] {
        if bytes.len() <= Self::INLINE {
            return Self::of_view(bytes.len() as u128 | Self::short(bytes) << 32);
        }
        let place = arena.len() as u64;
        arena.extend_from_slice(bytes);
        // A text of 4 GiB or more cannot come out of an Arrow array of text that fits a batch; its length is kept below that.
        [(bytes.len() as u64 & 0xFFFF_FFFF) | (hash_bytes(bytes) & 0xFFFF_FFFF_0000_0000), place]
    }

    /// The words of a short text: its length in 32 bits and then its bytes, as Arrow's views have them too.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "split into halves")]
    pub fn of_view(view: u128) -> [u64; 2] {
        [view as u64, (view >> 64) as u64]
    }

    /// Up to twelve bytes as a number, by loads of a fixed size that overlap: a copy of a length that varies is a call.
    #[inline(always)]
    fn short(bytes: &[u8]) -> u128 {
        let length = bytes.len();
        if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            // Of the last eight bytes those that the first eight do not have.
            let rest = u128::from(u64::from_le_bytes(*last)) >> (8 * (16 - length));
            u128::from(u64::from_le_bytes(*first)) | rest << 64
        } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            let rest = u64::from(u32::from_le_bytes(*last)) >> (8 * (8 - length));
            u128::from(u64::from(u32::from_le_bytes(*first)) | rest << 32)
        } else {
            bytes.iter().rev().fold(0, |number, byte| number << 8 | u128::from(*byte))
        }
    }

    #[inline]
    fn length(words: &[u64]) -> usize {
        usize::try_from(words[0] & 0xFFFF_FFFF).unwrap_or(0)
    }

    fn long<'a>(words: &[u64], arena: &'a [u8]) -> &'a [u8] {
        let place = usize::try_from(words[1]).unwrap_or(0);
        &arena[place..place + Self::length(words)]
    }
}

impl KeyCode for TextCode {
    const WORDS: usize = 2;
    type Store = TextStore;

    #[inline(always)]
    fn push_narrow<const W: usize>(rows: &mut Waiting<W>, hash: u64, row: [u64; W]) -> Result<()> {
        rows.push_narrow::<2>(hash, row)
    }

    #[inline(always)]
    fn extend_narrow<const W: usize>(rows: &mut Waiting<W>, _: Fit, count: usize, narrow: impl Iterator<Item = NarrowRow>) -> Result<()> {
        rows.extend_texts(count, narrow)
    }

    #[inline(always)]
    fn each<const W: usize>(rows: &Waiting<W>, partition: usize, to: &mut impl TakeRows<W>) {
        rows.each::<2>(partition, to);
    }

    #[inline]
    fn hash(words: &[u64]) -> u64 {
        if Self::length(words) <= Self::INLINE { mix_both(words[0], words[1]) } else { mix(words[0]) }
    }

    #[inline]
    fn equals(store: &TextStore, id: u32, words: &[u64], arena: &[u8]) -> bool {
        let view = &store.views[id as usize];
        if view[0] != words[0] {
            return false;
        }
        if Self::length(words) <= Self::INLINE { view[1] == words[1] } else { Self::long(view, &store.arena) == Self::long(words, arena) }
    }

    fn push(store: &mut TextStore, words: &[u64], arena: &[u8]) {
        let mut view = [words[0], words[1]];
        if Self::length(words) > Self::INLINE {
            view[1] = store.arena.len() as u64;
            store.arena.extend_from_slice(Self::long(words, arena));
        }
        store.views.push(view);
    }

    fn hash_of(store: &TextStore, id: u32) -> u64 {
        Self::hash(&store.views[id as usize])
    }

    fn len(store: &TextStore) -> usize {
        store.views.len()
    }

    fn get(store: &TextStore, id: u32) -> Key<'_> {
        let view = &store.views[id as usize];
        let length = Self::length(view);
        let bytes = if length <= Self::INLINE { &bytemuck::bytes_of(view)[4..4 + length] } else { Self::long(view, &store.arena) };
        // The bytes were text when they were encoded.
        Key::Text(std::str::from_utf8(bytes).unwrap_or_default())
    }

    fn words(store: &TextStore, id: u32) -> ([u64; 2], &[u8]) {
        (store.views[id as usize], &store.arena)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_length_come_back_and_differ() {
        let mut arena = vec![];
        let mut store = TextStore::default();
        let texts: Vec<String> = (0..40).map(|length| "äbcdefghij".chars().cycle().take(length).collect()).collect();
        for text in &texts {
            let words = TextCode::encode(text.as_bytes(), &mut arena);
            TextCode::push(&mut store, &words, &arena);
        }
        for (id, text) in (0u32..).zip(&texts) {
            assert_eq!(TextCode::get(&store, id), Key::Text(text));
            let words = TextCode::encode(text.as_bytes(), &mut arena);
            for other in 0..40 {
                assert_eq!(TextCode::equals(&store, other, &words, &arena), other == id);
            }
            assert_eq!(TextCode::hash(&words), TextCode::hash_of(&store, id));
        }
    }
}
