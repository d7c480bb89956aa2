//! Batches that come over a border.

use arrow::array::{Array, RecordBatch};

use crate::error::{Code, Error, Result};

/// A batch that another program made: lengths, offsets, keys of dictionaries and UTF-8 are looked through before anything trusts them.
///
/// Arrow takes over what a C stream gives without looking, and text that is not UTF-8 must never become a Rust string. `place` and the
/// batch's `number` stand before the error.
pub fn check_foreign(batch: RecordBatch, place: &str, number: usize) -> Result<RecordBatch> {
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        array.to_data().validate_full().map_err(|source| {
            let is_text = ["UTF-8", "UTF8"].iter().any(|word| source.to_string().contains(word));
            Error::new(
                if is_text { Code::NotUtf8 } else { Code::SourceDamaged },
                format!("{place}: batch {number}, column `{}`: {source}", field.name()),
            )
            .with_hint("the stream's producer must mend it")
            .with_source(source)
        })?;
    }
    Ok(batch)
}
