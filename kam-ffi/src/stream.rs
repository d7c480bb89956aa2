//! Arrow C streams in and out.

use arrow::array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use kam_core::ledger::{at_least_one, check_foreign};
use kam_core::{Code, Error, Table};

use crate::border::{Failure, Fallible, Out};

/// A stream of the caller's, moved to us.
///
/// # Safety
/// NULL, or a stream as the Arrow C stream interface has it. It is ours after the call and marked as released at the caller's.
pub(crate) unsafe fn take(stream: *mut FFI_ArrowArrayStream) -> Option<FFI_ArrowArrayStream> {
    // SAFETY: not NULL, and the caller promises a stream that was set up, or zeroes, which is a released one.
    (!stream.is_null()).then(|| unsafe { FFI_ArrowArrayStream::from_raw(stream) })
}

/// The batches of a stream, each checked.
pub(crate) struct Batches {
    reader: RecordBatchStreamReader,
    place: &'static str,
    number: usize,
}

impl Batches {
    /// Opens a stream that [`take`] took; `place` stands before its errors.
    pub fn open(stream: Option<FFI_ArrowArrayStream>, place: &'static str) -> Fallible<Self> {
        let Some(stream) = stream else {
            return Err(Failure::null("stream"));
        };
        if stream.release().is_none() {
            return Err(Failure::argument("argument `stream` was released").hint("a stream is read once; make a new one"));
        }
        let reader = RecordBatchStreamReader::try_new(stream)
            .map_err(|source| Error::new(Code::SourceFailed, format!("{place}: the stream has no schema: {source}")).with_source(source))?;
        Ok(Batches { reader, place, number: 0 })
    }

    pub fn schema(&self) -> SchemaRef {
        self.reader.schema()
    }

    /// All batches, at least one, so that a stream without rows still says what its columns are.
    pub fn collect(self) -> Fallible<Vec<RecordBatch>> {
        let schema = self.schema();
        Ok(at_least_one(Iterator::collect::<Result<Vec<_>, _>>(self)?, schema))
    }
}

impl Iterator for Batches {
    type Item = kam_core::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        self.number += 1;
        Some(match batch {
            Ok(batch) => check_foreign(batch, self.place, self.number),
            Err(source) => {
                Err(Error::new(Code::SourceFailed, format!("{}: batch {}: {source}", self.place, self.number)).with_source(source))
            }
        })
    }
}

/// A table as a stream of one batch; the caller releases it, and it may outlive the handle it came from.
pub(crate) fn give(table: &Table, stream: Out<FFI_ArrowArrayStream>) -> Fallible<()> {
    let batch = table.batch()?;
    let schema = batch.schema();
    let reader = RecordBatchIterator::new(std::iter::once(Ok::<_, ArrowError>(batch)), schema);
    stream.write(FFI_ArrowArrayStream::new(Box::new(reader)));
    Ok(())
}
