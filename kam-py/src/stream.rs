//! Frames in and out by the Arrow C stream interface, as PyCapsules named `arrow_array_stream`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_arrow::ForeignStream;
use kam_core::ledger::{Source, Stream, at_least_one, read_file};
use kam_core::{Code, Error};
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyIterator};

use crate::errors::{OrRaise, detached};

const NAME: &std::ffi::CStr = c"arrow_array_stream";
const METHOD: &str = "__arrow_c_stream__";

/// Batches in memory, on their way into or out of Python.
#[pyclass(frozen, module = "kam._kam")]
pub struct Frame {
    pub batch: RecordBatch,
}

#[pymethods]
impl Frame {
    /// A frame of a file that is read whole.
    #[staticmethod]
    fn of_file(py: Python<'_>, path: &str) -> PyResult<Self> {
        let batch = detached(py, || {
            let batches = read_file(path)?;
            let schema = batches[0].schema();
            concat_batches(&schema, &batches).map_err(|source| Error::new(Code::SourceDamaged, format!("{path} cannot be read: {source}")))
        })?;
        Ok(Frame { batch })
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface lets a producer ignore a schema that it cannot or need not cast to.
        let _ = requested_schema;
        capsule(py, &self.batch)
    }
}

/// One batch as a stream for any consumer.
pub fn capsule<'py>(py: Python<'py>, batch: &RecordBatch) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = batch.schema();
    let batches: Vec<Result<RecordBatch, ArrowError>> = vec![Ok(batch.clone())];
    let reader: Box<dyn RecordBatchReader + Send> = Box::new(RecordBatchIterator::new(batches, schema));
    // The capsule owns the stream; whoever moves it out leaves a released one, and dropping that does nothing.
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), NAME)
}

/// A frame's batches as a stream, opened now.
fn open(frame: &Bound<'_, PyAny>) -> Result<ForeignStream, Error> {
    let kind = frame.get_type().name().map_or_else(|_| "object".to_owned(), |name| name.to_string());
    if !frame.hasattr(METHOD).unwrap_or(false) {
        return Err(Error::new(Code::SourceUnsupported, format!("a {kind} is not a frame that kam reads: it has no {METHOD}"))
            .with_hint("pass a frame of polars, pandas, pyarrow, DuckDB or Ibis, or a path"));
    }
    let capsule =
        frame.call_method0(METHOD).map_err(|raised| failed(frame.py(), &format!("a {kind} cannot be read as an Arrow stream"), raised))?;
    let no_stream = || {
        Error::new(Code::SourceFailed, format!("{METHOD} of a {kind} gave no PyCapsule named arrow_array_stream"))
            .with_hint("is the library that made it up to date?")
    };
    let capsule = capsule.cast_into::<PyCapsule>().map_err(|_| no_stream())?;
    let pointer = capsule.pointer_checked(Some(NAME)).map_err(|_| no_stream())?;
    // SAFETY: the interface says that a capsule of this name holds a valid, aligned and initialised ArrowArrayStream for as long as
    // it lives, and it lives until the end of this function. The stream is moved out of it, which leaves a released one behind, and
    // nobody else reads it meanwhile: the interpreter is attached.
    unsafe {
        let stream = FFI_ArrowArrayStream::from_raw(pointer.as_ptr().cast::<FFI_ArrowArrayStream>());
        ForeignStream::open(stream, &format!("the stream of a {kind}"))
    }
}

/// An exception below kam.
fn failed(py: Python<'_>, what: &str, raised: PyErr) -> Error {
    let hint = if raised.is_instance_of::<PyImportError>(py) {
        "pandas frames need pyarrow: pip install 'kam[pandas]'"
    } else {
        "its library could not give its rows: is every column of one type, and was it not read before?"
    };
    Error::new(Code::SourceFailed, format!("{what}: {}", raised.value(py))).with_hint(hint).with_source(raised)
}

/// A frame as a ledger's source, read anew each time; one that gives its rows `once` is refused the second time.
pub fn frame_source(frame: Py<PyAny>, once: bool) -> Source {
    let used = AtomicBool::new(false);
    Source::Stream(Arc::new(move || {
        if once && used.swap(true, Ordering::Relaxed) {
            return Err(read_already("a reader"));
        }
        let reader = Python::attach(|py| open(frame.bind(py)))?;
        // The stream takes the interpreter's lock itself if it needs it.
        Ok(Stream { schema: reader.schema(), batches: Box::new(reader) })
    }))
}

/// A list of frames as a ledger's source, read anew each time; an iterator is read once.
pub fn frames_source(frames: Py<PyAny>) -> Source {
    let used = AtomicBool::new(false);
    Source::Stream(Arc::new(move || {
        let iterator = Python::attach(|py| {
            let frames = frames.bind(py);
            let iterator = frames.try_iter().map_err(|raised| failed(py, "the ledger's frames cannot be listed", raised))?;
            // What is its own iterator has no second beginning.
            if iterator.as_ptr() == frames.as_ptr() && used.swap(true, Ordering::Relaxed) {
                return Err(read_already("an iterator"));
            }
            Ok(iterator.unbind())
        })?;
        let mut frames = Frames { iterator, reader: None, number: 0 };
        let Some(first) = frames.advance()? else {
            return Err(Error::new(Code::SourceDamaged, "the ledger has no frame, so it has no columns")
                .with_hint("give it at least one frame, even one without rows"));
        };
        Ok(Stream { schema: first, batches: Box::new(frames) })
    }))
}

fn read_already(what: &str) -> Error {
    Error::new(Code::SourceFailed, format!("the ledger is {what}, and it has been read already"))
        .with_hint("it gives its rows once: make a new ledger of a new one, or pass a frame or a list of frames, which can be read again")
}

/// The frames of an iterator, one after the other.
struct Frames {
    iterator: Py<PyIterator>,
    reader: Option<ForeignStream>,
    /// The number of the last batch, over all frames.
    number: usize,
}

impl Frames {
    /// Opens the next frame; its columns, or nothing at the end.
    fn advance(&mut self) -> Result<Option<SchemaRef>, Error> {
        let opened = Python::attach(|py| match self.iterator.bind(py).clone().next() {
            None => Ok(None),
            Some(Ok(frame)) => open(&frame).map(Some),
            Some(Err(raised)) => Err(failed(py, "the ledger's iterator failed", raised)),
        });
        self.reader = opened?.map(|reader| reader.after(self.number));
        Ok(self.reader.as_ref().map(ForeignStream::schema))
    }
}

impl Iterator for Frames {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let reader = self.reader.as_mut()?;
            match reader.next() {
                Some(batch) => {
                    self.number = reader.number();
                    if batch.is_err() {
                        self.reader = None;
                    }
                    return Some(batch);
                }
                None => match self.advance() {
                    Ok(_) => {}
                    Err(error) => {
                        self.reader = None;
                        return Some(Err(error));
                    }
                },
            }
        }
    }
}

/// All batches of a frame, for tables that are read whole.
pub fn collect(frame: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    let py = frame.py();
    let reader = open(frame).or_raise(py)?;
    let schema = reader.schema();
    let all = detached(py, || reader.collect::<Result<Vec<_>, _>>())?;
    Ok(at_least_one(all, schema))
}
