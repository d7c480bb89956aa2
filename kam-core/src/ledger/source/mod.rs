//! Where rows come from: files of three formats, lists and globs of them, frames in memory, streams.

mod csv;
mod ipc;
mod parquet;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::check::{Checks, Part};
use super::columns::Columns;
use crate::error::{Code, Error, Result};

pub(crate) use parquet::RowGroup;

/// A ledger's rows.
#[derive(Clone)]
pub enum Source {
    /// Parquet, CSV or Arrow IPC files; globs are expanded.
    Files(Vec<String>),
    /// Batches in memory, of one schema.
    Batches(Vec<RecordBatch>),
    /// A stream that can be opened, once or again and again.
    Stream(Arc<dyn Fn() -> Result<Stream> + Send + Sync>),
}

/// Batches that come one after the other.
pub struct Stream {
    /// The columns of every batch.
    pub schema: SchemaRef,
    /// The batches; an error ends the stream.
    pub batches: Box<dyn Iterator<Item = Result<RecordBatch>> + Send>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Files(files) => write!(f, "{}", files.join(", ")),
            Source::Batches(batches) => write!(f, "{} batches", batches.len()),
            Source::Stream(_) => f.write_str("a stream"),
        }
    }
}

impl From<&str> for Source {
    fn from(path: &str) -> Self {
        Source::Files(vec![path.to_owned()])
    }
}

impl From<String> for Source {
    fn from(path: String) -> Self {
        Source::Files(vec![path])
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Source::Files(vec![path.to_string_lossy().into_owned()])
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Source::from(path.as_path())
    }
}

impl From<Vec<RecordBatch>> for Source {
    fn from(batches: Vec<RecordBatch>) -> Self {
        Source::Batches(batches)
    }
}

/// How a file is read: how its text is cut, and which columns of it.
#[derive(Clone)]
struct Reading {
    /// What separates the columns of text; `None` for white space.
    delimiter: Option<u8>,
    /// Does text begin with the names of its columns?
    header: bool,
    /// The ledger's columns; without them, every column is read.
    columns: Option<Columns>,
}

impl Reading {
    fn of(columns: &Columns) -> Result<Self> {
        Ok(Reading { delimiter: columns.delimiter_byte()?, header: columns.header, columns: Some(columns.clone()) })
    }

    /// The places of the columns that are read of a file with this schema.
    fn project(&self, schema: &SchemaRef, place: &str) -> Result<Vec<usize>> {
        let Some(columns) = &self.columns else { return Ok((0..schema.fields().len()).collect()) };
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        columns.places(&names).map_err(|error| error.at(place))
    }
}

/// A file of a table that is read whole, of a crm or of rates: Parquet, CSV with commas and a header, or Arrow IPC. Text of CSV stays text.
pub fn read_file(path: &str) -> Result<Vec<RecordBatch>> {
    let Opened { schema, tasks, .. } = open_file(Path::new(path), &Reading { delimiter: Some(b','), header: true, columns: None })?;
    let mut batches = vec![];
    let mut take = |part: Part| -> Result<()> {
        if let Some((row, why)) = part.ragged.first() {
            return Err(Error::new(Code::SourceDamaged, format!("{path}: row {} has {why}", part.first_row + *row as u64))
                .with_hint("is a field with a comma in it not in quotes?"));
        }
        batches.push(part.batch);
        Ok(())
    };
    for task in tasks {
        match task? {
            Task::Part(part) => take(part)?,
            Task::RowGroup(group) => group.parts(1 << 16)?.try_for_each(|part| take(part?))?,
        }
    }
    Ok(at_least_one(batches, schema))
}

/// The batches of a table, or one without rows: a table always has columns.
#[must_use]
pub fn at_least_one(mut batches: Vec<RecordBatch>, schema: SchemaRef) -> Vec<RecordBatch> {
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    batches
}

/// A piece of work for one thread: a batch, or a part of a file that the thread reads itself.
pub(crate) enum Task {
    Part(Part),
    RowGroup(RowGroup),
}

impl Task {
    /// About how many rows it brings.
    pub fn rows(&self) -> usize {
        match self {
            Task::Part(part) => part.batch.num_rows(),
            Task::RowGroup(group) => group.rows(),
        }
    }
}

/// An opened source: the columns of its first part, how many rows it has where that is known, and its work.
pub(crate) struct Opened {
    pub schema: SchemaRef,
    pub rows: Option<u64>,
    pub tasks: Box<dyn Iterator<Item = Result<Task>> + Send>,
}

impl Source {
    pub(crate) fn open(&self, checks: &Checks) -> Result<Opened> {
        match self {
            Source::Files(patterns) => open_files(expand(patterns)?, &Reading::of(&checks.columns)?),
            Source::Batches(batches) => {
                let first = batches.first().ok_or_else(|| {
                    Error::new(Code::SourceDamaged, "the ledger is an empty list of batches, so it has no columns")
                        .with_hint("pass at least one batch, even one without rows")
                })?;
                let rows = batches.iter().map(|batch| batch.num_rows() as u64).sum();
                let tasks = number_rows(batches.clone().into_iter().map(Ok), None);
                Ok(Opened { schema: first.schema(), rows: Some(rows), tasks })
            }
            Source::Stream(open) => {
                let stream = open()?;
                Ok(Opened { schema: stream.schema, rows: None, tasks: number_rows(stream.batches, None) })
            }
        }
    }
}

/// Batches as work, with the number of each one's first row.
fn number_rows(
    batches: impl Iterator<Item = Result<RecordBatch>> + Send + 'static,
    source: Option<Arc<str>>,
) -> Box<dyn Iterator<Item = Result<Task>> + Send> {
    let mut next = 1u64;
    Box::new(batches.map(move |batch| {
        let batch = batch?;
        let first_row = next;
        next += batch.num_rows() as u64;
        Ok(Task::Part(Part { batch, source: source.clone(), first_row, ragged: vec![] }))
    }))
}

/// One file after the other; the second is opened when the first is read.
fn open_files(files: Vec<PathBuf>, reading: &Reading) -> Result<Opened> {
    let first = files
        .first()
        .ok_or_else(|| Error::new(Code::SourceNotFound, "the ledger is an empty list of files").with_hint("name at least one file"))?;
    let opened = open_file(first, reading)?;
    if files.len() == 1 {
        return Ok(opened);
    }
    let (schema, rest, reading) = (opened.schema.clone(), files[1..].to_vec(), reading.clone());
    let more = rest.into_iter().flat_map(move |file| -> Box<dyn Iterator<Item = Result<Task>> + Send> {
        match open_file(&file, &reading) {
            Ok(opened) => opened.tasks,
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    });
    Ok(Opened { schema, rows: None, tasks: Box::new(opened.tasks.chain(more)) })
}

fn open_file(path: &Path, reading: &Reading) -> Result<Opened> {
    let place = path.display().to_string();
    let failed = |source: std::io::Error| not_found(&place, source);
    let found = std::fs::metadata(path).map_err(failed)?;
    if found.is_dir() {
        return Err(Error::new(Code::SourceUnsupported, format!("{place} is a folder"))
            .with_hint(format!("name its files, for example {place}/*.parquet")));
    }
    if found.len() == 0 {
        return Err(Error::new(Code::SourceDamaged, format!("{place} is empty: it has no columns")).with_hint("was it written completely?"));
    }
    let mut file = File::open(path).map_err(failed)?;
    let mut magic = [0u8; 6];
    let read = file.read(&mut magic).map_err(failed)?;
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let named = |names: &[&str]| extension.as_deref().is_some_and(|extension| names.contains(&extension));
    if magic.starts_with(b"PAR1") {
        parquet::open(path, reading)
    } else if magic.starts_with(b"ARROW1") {
        ipc::open_file(path, reading)
    } else if magic.starts_with(&[0xFF; 4]) {
        ipc::open_stream(path, reading)
    } else if named(&["parquet", "pq"]) {
        Err(damaged(&place, "it is not a Parquet file, whatever its name says"))
    } else if named(&["arrow", "feather", "ipc", "arrows"]) {
        Err(damaged(&place, "it is not an Arrow file, whatever its name says"))
    } else if magic[..read].contains(&0) || named(&["gz", "zip", "zst", "xlsx", "xls", "json", "jsonl"]) {
        Err(Error::new(Code::SourceUnsupported, format!("{place} is not a kind of file that kam reads"))
            .with_hint("kam reads Parquet, CSV and Arrow IPC files; unpack it, or pass it as a frame"))
    } else {
        csv::open(path, reading)
    }
}

/// Globs in order of the names they match; plain paths as they are.
fn expand(patterns: &[String]) -> Result<Vec<PathBuf>> {
    let mut files = vec![];
    for pattern in patterns {
        if pattern.is_empty() {
            return Err(Error::new(Code::SourceNotFound, "the path of the ledger is empty").with_hint("name a file, or a glob of files"));
        }
        if !pattern.contains(['*', '?', '[']) || Path::new(pattern).exists() {
            files.push(PathBuf::from(pattern));
            continue;
        }
        let found =
            glob::glob(pattern).map_err(|source| Error::new(Code::SourceNotFound, format!("{pattern}: {source}")).with_source(source))?;
        let before = files.len();
        for path in found {
            files.push(path.map_err(|source| Error::new(Code::SourceNotFound, source.to_string()).with_source(source))?);
        }
        if files.len() == before {
            return Err(Error::new(Code::SourceNotFound, format!("no file matches {pattern}")).with_hint("is the path right?"));
        }
    }
    Ok(files)
}

/// A file that cannot be opened.
fn not_found(place: &str, source: std::io::Error) -> Error {
    Error::new(Code::SourceNotFound, format!("{place}: {source}"))
        .with_hint("is the path right, and may the file be read?")
        .with_source(source)
}

fn damaged(place: &str, why: impl fmt::Display) -> Error {
    Error::new(Code::SourceDamaged, format!("{place} cannot be read: {why}"))
        .with_hint("was it written completely? write it anew, or leave it out")
}
