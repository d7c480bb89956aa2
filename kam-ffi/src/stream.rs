//! Arrow C streams in and out.

use arrow::array::{RecordBatch, RecordBatchIterator};
use arrow::error::ArrowError;
use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_arrow::ForeignStream;
use kam_core::Table;
use kam_core::ledger::at_least_one;

use crate::border::{Failure, Fallible, Out};

/// A stream of the caller's, moved to us.
///
/// # Safety
/// NULL, or a stream as the Arrow C stream interface has it. It is ours after the call and marked as released at the caller's.
pub(crate) unsafe fn take(stream: *mut FFI_ArrowArrayStream) -> Option<FFI_ArrowArrayStream> {
    // SAFETY: not NULL, and the caller promises a stream that was set up, or zeroes, which is a released one.
    (!stream.is_null()).then(|| unsafe { FFI_ArrowArrayStream::from_raw(stream) })
}

/// Opens a stream that [`take`] took; `place` stands before its errors.
pub(crate) fn open(stream: Option<FFI_ArrowArrayStream>, place: &str) -> Fallible<ForeignStream> {
    let Some(stream) = stream else {
        return Err(Failure::null("stream"));
    };
    if stream.release().is_none() {
        return Err(Failure::argument("argument `stream` was released").hint("a stream is read once; make a new one"));
    }
    // SAFETY: the calling contract at the head of the header: a stream as the Arrow C stream interface has it.
    Ok(unsafe { ForeignStream::open(stream, place) }?)
}

/// All batches, at least one, so that a stream without rows still says what its columns are.
pub(crate) fn collect(stream: ForeignStream) -> Fallible<Vec<RecordBatch>> {
    let schema = stream.schema();
    Ok(at_least_one(stream.collect::<Result<Vec<_>, _>>()?, schema))
}

/// A table as a stream of one batch; the caller releases it, and it may outlive the handle it came from.
pub(crate) fn give(table: &Table, stream: Out<FFI_ArrowArrayStream>) -> Fallible<()> {
    let batch = table.batch()?;
    let schema = batch.schema();
    let reader = RecordBatchIterator::new(std::iter::once(Ok::<_, ArrowError>(batch)), schema);
    stream.write(FFI_ArrowArrayStream::new(Box::new(reader)));
    Ok(())
}
