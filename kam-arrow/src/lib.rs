//! Arrow streams of other programs, looked through before anything trusts them: the border that Python and C share.
//!
//! Arrow takes over what a C stream gives without looking. A wrong length, a missing pointer or text that is not UTF-8 would become a
//! panic or worse somewhere else; here it becomes an error that names the batch and the column.

mod layout;

use std::ffi::CStr;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch, RecordBatchOptions, StructArray};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::{Code, Error};

use layout::{Flaw, RawStream, look_at_array, look_at_schema};

/// The batches of another program's stream, each checked before it is given. An error ends the stream.
pub struct ForeignStream {
    stream: FFI_ArrowArrayStream,
    schema: SchemaRef,
    place: String,
    number: usize,
    is_over: bool,
}

impl std::fmt::Debug for ForeignStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ForeignStream({}, batch {})", self.place, self.number)
    }
}

fn flawed(place: &str, flaw: &Flaw) -> Error {
    let code = if flaw.is_text { Code::NotUtf8 } else { Code::SourceDamaged };
    Error::new(code, format!("{place}{}", flaw.what)).with_hint("the stream's producer must mend it")
}

impl ForeignStream {
    /// Asks a stream for its columns; `place` stands before its errors.
    ///
    /// Fails with [`Code::SourceFailed`] where the stream does, [`Code::SourceDamaged`] and [`Code::NotUtf8`] where what it says of its
    /// columns cannot be.
    ///
    /// # Safety
    /// A stream as the Arrow C stream interface has it, or a released one. What its pointers point to must be there as long as they say.
    pub unsafe fn open(stream: FFI_ArrowArrayStream, place: &str) -> Result<Self, Error> {
        let mut opened = ForeignStream { stream, schema: Arc::new(Schema::empty()), place: place.to_owned(), number: 0, is_over: false };
        let raw = opened.raw();
        let failed = |why: &str| {
            Error::new(Code::SourceFailed, format!("{place}: the stream has no schema: {why}"))
                .with_hint("a stream can be read once; was this one read before?")
        };
        // SAFETY: the stream is ours and lives; its callbacks are those that its producer set.
        let schema = unsafe {
            let get_schema = (*raw).get_schema.filter(|_| (*raw).release.is_some()).ok_or_else(|| failed("it was released"))?;
            let mut schema = FFI_ArrowSchema::empty();
            if get_schema(raw, (&raw mut schema).cast()) != 0 {
                return Err(failed(&said(raw)));
            }
            look_at_schema((&raw const schema).cast()).map_err(|flaw| flawed(&format!("{place}: "), &flaw))?;
            schema
        };
        let unknown = |source| Error::new(Code::SourceDamaged, format!("{place}: the stream's schema: {source}")).with_source(source);
        opened.schema = Arc::new(Schema::try_from(&schema).map_err(unknown)?);
        Ok(opened)
    }

    /// Counts its batches from this number on, as those of a stream that goes on with another.
    #[must_use]
    pub fn after(mut self, number: usize) -> Self {
        self.number = number;
        self
    }

    /// The number of the last batch that was asked for.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// The columns of every batch.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn raw(&mut self) -> *mut RawStream {
        (&raw mut self.stream).cast()
    }

    fn batch(&mut self) -> Result<Option<RecordBatch>, Error> {
        let raw = self.raw();
        let failed = |why: &str| Error::new(Code::SourceFailed, format!("{}: batch {}: {why}", self.place, self.number));
        let of_rows = DataType::Struct(self.schema.fields().clone());
        let place = format!("{}: batch {}", self.place, self.number);
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: as in `open`; an array is taken over only after its lengths and pointers were looked at.
        let data = unsafe {
            let get_next = (*raw).get_next.ok_or_else(|| failed("the stream has no next"))?;
            if get_next(raw, (&raw mut array).cast()) != 0 {
                return Err(failed(&said(raw)));
            }
            if array.is_released() {
                return Ok(None);
            }
            look_at_array((&raw const array).cast(), &of_rows).map_err(|flaw| flawed(&place, &flaw))?;
            from_ffi_and_data_type(array, of_rows)
        };
        let damaged = |source| Error::new(Code::SourceDamaged, format!("{place}: {source}")).with_source(source);
        let rows = StructArray::from(data.map_err(damaged)?);
        if rows.null_count() > 0
            && let Some(row) = (0..rows.len()).find(|row| rows.is_null(*row))
        {
            let message = format!("{place}: row {} is null as a whole, so none of its columns says anything", row + 1);
            return Err(Error::new(Code::SourceDamaged, message).with_hint("drop such rows, or give them values"));
        }
        let (count, columns) = (rows.len(), rows.into_parts().1);
        for (field, array) in self.schema.fields().iter().zip(&columns) {
            array.to_data().validate_full().map_err(|source| {
                let is_text = ["UTF-8", "UTF8"].iter().any(|word| source.to_string().contains(word));
                flawed(&place, &Flaw { what: format!(", column `{}`: {source}", field.name()), is_text })
            })?;
        }
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(self.schema(), columns, &options).map(Some).map_err(damaged)
    }
}

impl Iterator for ForeignStream {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        self.number += 1;
        let batch = self.batch();
        self.is_over = !matches!(batch, Ok(Some(_)));
        batch.transpose()
    }
}

/// What a stream says of its last error.
///
/// # Safety
/// A stream that lives.
unsafe fn said(raw: *mut RawStream) -> String {
    // SAFETY: the producer's text lives until its next call, and is copied here.
    let text = unsafe { (*raw).get_last_error.map(|get| get(raw)).filter(|text| !text.is_null()).map(|text| CStr::from_ptr(text)) };
    text.map_or_else(|| "its producer does not say why".to_owned(), |text| text.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests;
