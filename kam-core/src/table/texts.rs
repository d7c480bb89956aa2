//! Columns of sentences, written by all threads at once into a few buffers: a text an account without an allocation an account.

use std::sync::Arc;

use arrow::array::{ArrayRef, GenericListArray, LargeStringArray, OffsetSizeTrait, StringArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::Field;
use rayon::prelude::*;

/// Rows that one thread writes at a time.
const CHUNK: usize = 8_192;

/// Texts on their way into a column, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Adds the text that `write` writes.
    pub fn push(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.text);
        self.ends.push(self.text.len());
    }

    /// The texts one after the other.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.ends.iter().scan(0, |start, end| Some(&self.text[std::mem::replace(start, *end)..*end]))
    }

    fn lengths(&self) -> impl Iterator<Item = usize> {
        self.ends.iter().scan(0, |start, end| Some(end - std::mem::replace(start, *end)))
    }
}

fn chunks(rows: usize) -> impl IndexedParallelIterator<Item = std::ops::Range<usize>> {
    (0..rows.div_ceil(CHUNK)).into_par_iter().map(move |chunk| chunk * CHUNK..((chunk + 1) * CHUNK).min(rows))
}

/// One text a row; none where `write` says no.
pub(super) fn texts(rows: usize, write: impl Fn(usize, &mut String) -> bool + Sync) -> ArrayRef {
    let (parts, is_there): (Vec<Texts>, Vec<Vec<bool>>) = chunks(rows)
        .map(|rows| {
            let mut texts = Texts::default();
            let is_there = rows.map(|row| {
                let is_there = write(row, &mut texts.text);
                texts.ends.push(texts.text.len());
                is_there
            });
            let is_there = is_there.collect();
            (texts, is_there)
        })
        .unzip();
    let is_there = NullBuffer::from_iter(is_there.into_iter().flatten());
    array(parts, Some(is_there).filter(|is_there| is_there.null_count() > 0))
}

/// One list of texts a row: `List`, or `LargeList` past two billion texts.
pub(super) fn lists(rows: usize, write: impl Fn(usize, &mut Texts) + Sync) -> ArrayRef {
    let (parts, lengths): (Vec<Texts>, Vec<Vec<usize>>) = chunks(rows)
        .map(|rows| {
            let mut texts = Texts::default();
            let lengths = rows.map(|row| {
                let before = texts.ends.len();
                write(row, &mut texts);
                texts.ends.len() - before
            });
            let lengths = lengths.collect();
            (texts, lengths)
        })
        .unzip();
    let words: usize = lengths.iter().flatten().sum();
    let values = array(parts, None);
    match i32::try_from(words) {
        Ok(_) => list_array::<i32>(lengths, values),
        Err(_) => list_array::<i64>(lengths, values),
    }
}

fn list_array<O: OffsetSizeTrait>(lengths: Vec<Vec<usize>>, values: ArrayRef) -> ArrayRef {
    let field = Arc::new(Field::new("item", values.data_type().clone(), true));
    Arc::new(GenericListArray::<O>::new(field, OffsetBuffer::from_lengths(lengths.into_iter().flatten()), values, None))
}

/// `Utf8`, or `LargeUtf8` past 2 GiB.
fn array(parts: Vec<Texts>, is_there: Option<NullBuffer>) -> ArrayRef {
    let bytes: usize = parts.iter().map(|part| part.text.len()).sum();
    let mut lengths = Vec::with_capacity(parts.iter().map(|part| part.ends.len()).sum());
    let mut all = String::with_capacity(bytes);
    // A part is given back as soon as it is taken over.
    for part in parts {
        all.push_str(&part.text);
        lengths.extend(part.lengths());
    }
    let (lengths, all) = (lengths.into_iter(), all.into_bytes().into());
    match i32::try_from(bytes) {
        Ok(_) => Arc::new(StringArray::new(OffsetBuffer::from_lengths(lengths), all, is_there)),
        Err(_) => Arc::new(LargeStringArray::new(OffsetBuffer::from_lengths(lengths), all, is_there)),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use arrow::array::{Array, AsArray};

    use super::*;

    #[test]
    fn rows_stand_in_their_order_across_chunks() {
        let rows = 3 * CHUNK + 5;
        let column = texts(rows, |row, text| write!(text, "row {row}").is_ok());
        let column = column.as_string::<i32>();
        assert_eq!((column.len(), column.value(0), column.value(rows - 1)), (rows, "row 0", "row 24580"));
        assert_eq!(texts(0, |_, _| true).len(), 0);
    }

    #[test]
    fn lists_may_be_empty() {
        let column = lists(CHUNK + 2, |row, texts| (0..row % 3).for_each(|nth| texts.push(|text| write!(text, "{row}.{nth}").unwrap())));
        let column = column.as_list::<i32>();
        assert_eq!(column.value(0).len(), 0);
        let last = column.value(CHUNK);
        let last = last.as_string::<i32>();
        assert_eq!((last.len(), last.value(1)), (2, "8192.1"));
    }
}
