//! The accounts' keys, sorted: all text or all integers, as the ledger has them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, LargeStringArray, StringArray};

use crate::error::{Error, Result};

/// One account's key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Key<'a> {
    /// A whole number.
    Integer(i64),
    /// Text, exactly as in the ledger.
    Text(&'a str),
}

impl<'a> Key<'a> {
    /// The key as text: an integer by its digits.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        match self {
            Key::Integer(number) => Cow::Owned(number.to_string()),
            Key::Text(text) => Cow::Borrowed(text),
        }
    }

    /// The first eight bytes of the key, in an order that agrees with the keys'.
    pub(crate) fn prefix(&self) -> u64 {
        match self {
            Key::Integer(number) => number.cast_unsigned() ^ (1 << 63),
            Key::Text(text) => {
                let mut bytes = [0; 8];
                let len = text.len().min(8);
                bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
                u64::from_be_bytes(bytes)
            }
        }
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Integer(number) => number.fmt(f),
            Key::Text(text) => f.write_str(text),
        }
    }
}

/// Keys in ascending order, each once: integers by value, text by its UTF-8 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Whole numbers.
    Integers(Vec<i64>),
    /// Text.
    Texts(Texts),
}

/// Many texts in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    bytes: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a text at the end.
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// None at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text at a place.
    #[must_use]
    pub fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start..self.ends[at]]
    }
}

impl Keys {
    /// No keys of the kind of these.
    pub(crate) fn none_like(&self) -> Keys {
        match self {
            Keys::Integers(_) => Keys::Integers(vec![]),
            Keys::Texts(_) => Keys::Texts(Texts::default()),
        }
    }

    /// Adds a key of the same kind, larger than all before it.
    pub(crate) fn push(&mut self, key: Key<'_>) -> Result<()> {
        match (self, key) {
            (Keys::Integers(keys), Key::Integer(number)) => keys.push(number),
            (Keys::Texts(keys), Key::Text(text)) => keys.push(text),
            _ => return Err(Error::internal("keys of both kinds in one ledger")),
        }
        Ok(())
    }

    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Keys::Integers(keys) => keys.len(),
            Keys::Texts(keys) => keys.len(),
        }
    }

    /// No accounts?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key at a place.
    #[must_use]
    pub fn get(&self, at: usize) -> Key<'_> {
        match self {
            Keys::Integers(keys) => Key::Integer(keys[at]),
            Keys::Texts(keys) => Key::Text(keys.get(at)),
        }
    }

    /// All keys in order.
    pub fn iter(&self) -> impl Iterator<Item = Key<'_>> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The place of the account whose key has this text; an integer's text is its digits.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<usize> {
        match self {
            Keys::Integers(keys) => {
                let number = whole(text)?;
                keys.binary_search(&number).ok()
            }
            Keys::Texts(keys) => {
                let at = partition_point(keys.len(), |at| keys.get(at) < text);
                (at < keys.len() && keys.get(at) == text).then_some(at)
            }
        }
    }

    /// The Arrow column of the keys at these places, in this order: `Int64` or `Utf8` (`LargeUtf8` past 2 GiB).
    pub(crate) fn column(&self, places: impl Iterator<Item = usize>) -> ArrayRef {
        match self {
            Keys::Integers(keys) => Arc::new(Int64Array::from_iter_values(places.map(|at| keys[at]))),
            Keys::Texts(keys) if i32::try_from(keys.bytes.len()).is_err() => {
                Arc::new(LargeStringArray::from_iter_values(places.map(|at| keys.get(at))))
            }
            Keys::Texts(keys) => Arc::new(StringArray::from_iter_values(places.map(|at| keys.get(at)))),
        }
    }

    /// Are these keys, and others behind them, all whole numbers?
    pub(crate) fn are_whole(&self, others: &[String]) -> bool {
        matches!(self, Keys::Integers(_)) && others.iter().all(|other| whole(other).is_some())
    }

    /// The same column with further accounts behind those of the ledger: a place past the last key is one of `others`. It stays `Int64` where
    /// all of them are whole numbers too.
    pub(crate) fn column_with(&self, others: &[String], places: impl Iterator<Item = usize>) -> ArrayRef {
        if others.is_empty() {
            return self.column(places);
        }
        if let (Keys::Integers(keys), Some(numbers)) = (self, others.iter().map(|text| whole(text)).collect::<Option<Vec<i64>>>()) {
            let key = |at: usize| keys.get(at).or_else(|| numbers.get(at - keys.len())).copied();
            return Arc::new(places.map(key).collect::<Int64Array>());
        }
        let texts: Vec<Cow<'_, str>> =
            places.map(|at| if at < self.len() { self.get(at).text() } else { Cow::Borrowed(others[at - self.len()].as_str()) }).collect();
        if texts.iter().map(|text| text.len()).sum::<usize>() > i32::MAX as usize {
            return Arc::new(LargeStringArray::from_iter_values(texts));
        }
        Arc::new(StringArray::from_iter_values(texts))
    }
}

/// The whole number whose digits a text is: written as it prints, without a plus or leading zeros.
pub(super) fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let prints = match digits {
        [b'0'] => text.len() == 1,
        [first, ..] => first.is_ascii_digit() && *first != b'0',
        [] => false,
    };
    if prints { text.parse().ok() } else { None }
}

fn partition_point(len: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}
