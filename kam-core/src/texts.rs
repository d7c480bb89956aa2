//! Columns of sentences, written by all threads at once into a few buffers: a text an account without an allocation an account.

use std::sync::Arc;

use arrow::array::{ArrayRef, LargeStringArray, ListArray, StringArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::Field;
use rayon::prelude::*;

use crate::error::{Error, Result};

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

    fn lengths(&self) -> impl Iterator<Item = usize> {
        self.ends.iter().scan(0, |start, end| Some(end - std::mem::replace(start, *end)))
    }
}

fn chunks(rows: usize) -> impl IndexedParallelIterator<Item = std::ops::Range<usize>> {
    (0..rows.div_ceil(CHUNK)).into_par_iter().map(move |chunk| chunk * CHUNK..((chunk + 1) * CHUNK).min(rows))
}

/// One text a row.
pub(crate) fn texts(rows: usize, write: impl Fn(usize, &mut String) + Sync) -> Result<ArrayRef> {
    let parts: Vec<Texts> = chunks(rows)
        .map(|rows| {
            let mut texts = Texts::default();
            rows.for_each(|row| texts.push(|text| write(row, text)));
            texts
        })
        .collect();
    array(parts)
}

/// One list of texts a row.
pub(crate) fn lists(rows: usize, write: impl Fn(usize, &mut Texts) + Sync) -> Result<ArrayRef> {
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
    if i32::try_from(words).is_err() {
        return Err(Error::internal("more than 2,147,483,647 texts in one column"));
    }
    let offsets = OffsetBuffer::from_lengths(lengths.into_iter().flatten());
    let values = array(parts)?;
    let field = Arc::new(Field::new("item", values.data_type().clone(), true));
    let lists = ListArray::try_new(field, offsets, values, None).map_err(|source| Error::internal(source.to_string()))?;
    Ok(Arc::new(lists))
}

/// `Utf8`, or `LargeUtf8` past 2 GiB.
fn array(parts: Vec<Texts>) -> Result<ArrayRef> {
    let bytes: usize = parts.iter().map(|part| part.text.len()).sum();
    let mut lengths = Vec::with_capacity(parts.iter().map(|part| part.ends.len()).sum());
    let mut all = String::with_capacity(bytes);
    // A part is given back as soon as it is taken over.
    for part in parts {
        all.push_str(&part.text);
        lengths.extend(part.lengths());
    }
    let failed = |source: arrow::error::ArrowError| Error::internal(format!("a column of texts: {source}"));
    let lengths = lengths.into_iter();
    Ok(match i32::try_from(bytes) {
        Ok(_) => Arc::new(StringArray::try_new(OffsetBuffer::from_lengths(lengths), all.into_bytes().into(), None).map_err(failed)?),
        Err(_) => Arc::new(LargeStringArray::try_new(OffsetBuffer::from_lengths(lengths), all.into_bytes().into(), None).map_err(failed)?),
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use arrow::array::{Array, AsArray};

    use super::*;

    #[test]
    fn rows_stand_in_their_order_across_chunks() {
        let rows = 3 * CHUNK + 5;
        let column = texts(rows, |row, text| write!(text, "row {row}").unwrap()).unwrap();
        let column = column.as_string::<i32>();
        assert_eq!((column.len(), column.value(0), column.value(rows - 1)), (rows, "row 0", "row 24580"));
        assert_eq!(texts(0, |_, _| ()).unwrap().len(), 0);
    }

    #[test]
    fn lists_may_be_empty() {
        let column =
            lists(CHUNK + 2, |row, texts| (0..row % 3).for_each(|nth| texts.push(|text| write!(text, "{row}.{nth}").unwrap()))).unwrap();
        let column = column.as_list::<i32>();
        assert_eq!(column.value(0).len(), 0);
        let last = column.value(CHUNK);
        let last = last.as_string::<i32>();
        assert_eq!((last.len(), last.value(1)), (2, "8192.1"));
    }
}
