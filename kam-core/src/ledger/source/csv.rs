//! CSV files, read as text so that amounts stay exact; and text separated by white space.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use csv::ByteRecord;

use super::{Opened, Reading, Task, damaged, not_found};
use crate::error::{Code, Error, Result};
use crate::ledger::check::Part;

/// Rows of a batch.
const BATCH: usize = 32_768;

pub(super) fn open(path: &Path, reading: &Reading) -> Result<Opened> {
    let place: Arc<str> = path.display().to_string().into();
    let file = File::open(path).map_err(|source| not_found(&place, source))?;
    let (input, mark) = skip_mark(BufReader::with_capacity(1 << 20, file)).map_err(|source| failed(&place, source))?;
    let mut records = match reading.delimiter {
        Some(delimiter) => {
            let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(input);
            Records::Csv { reader: Box::new(reader), path: path.to_owned(), delimiter, mark, last: 0 }
        }
        None => Records::Words(input),
    };
    let mut record = ByteRecord::new();
    if !records.read(&mut record, &place)? {
        return Err(damaged(&place, "it holds only blank lines"));
    }
    let names: Vec<String> = if reading.header {
        let names = record.iter().enumerate().map(|(at, name)| text(name, &place, 0, &format!("number {}", at + 1)).map(str::to_owned));
        names.collect::<Result<_>>()?
    } else {
        (1..=record.len()).map(|at| format!("column_{at}")).collect()
    };
    let fields = names.len();
    let all: SchemaRef = Arc::new(Schema::new(names.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect::<Vec<_>>()));
    let columns = reading.project(&all, &place)?;
    let schema = Arc::new(all.project(&columns).map_err(|source| damaged(&place, source))?);
    let waiting = (!reading.header).then_some(record);
    let table = Table { records, waiting, schema: Arc::clone(&schema), columns, fields, place, next: 1, ended: false };
    Ok(Opened { schema, rows: None, tasks: Box::new(table) })
}

/// Skips the byte order mark that some programs write in front of UTF-8, and says how long it is.
fn skip_mark(mut input: BufReader<File>) -> std::io::Result<(BufReader<File>, u64)> {
    if input.fill_buf()?.starts_with(&[0xEF, 0xBB, 0xBF]) {
        input.read_exact(&mut [0; 3])?;
        return Ok((input, 3));
    }
    Ok((input, 0))
}

/// Does the file end inside a quoted field? `from` is where its last record begins.
///
/// A quote that never closes swallows all that follows into one field, and the reader takes the end of the file for the end of the field.
fn ends_in_quotes(path: &Path, from: u64, delimiter: u8) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let (mut quoted, mut at_start) = (false, true);
    for byte in BufReader::new(file).bytes() {
        let byte = byte?;
        if quoted {
            // A doubled quote closes and opens again.
            quoted = byte != b'"';
            at_start = !quoted;
        } else {
            quoted = byte == b'"' && at_start;
            at_start = byte == delimiter || byte == b'\n' || byte == b'\r';
        }
    }
    Ok(quoted)
}

fn failed(place: &str, source: std::io::Error) -> Error {
    Error::new(Code::SourceFailed, format!("{place}: {source}")).with_source(source)
}

fn text<'a>(bytes: &'a [u8], place: &str, row: u64, column: &str) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|source| {
        let shown = String::from_utf8_lossy(bytes);
        let at = if row == 0 { "header".to_owned() } else { format!("row {row}") };
        Error::new(Code::NotUtf8, format!("{place}: {at}, column `{column}`: the bytes of `{shown}` are not UTF-8"))
            .with_hint("the file is in another encoding, perhaps Latin-1 or Windows-1252; convert it to UTF-8")
            .with_source(source)
    })
}

enum Records {
    Csv {
        reader: Box<csv::Reader<BufReader<File>>>,
        path: PathBuf,
        delimiter: u8,
        /// The length of the byte order mark, and where after it the last record began.
        mark: u64,
        last: u64,
    },
    Words(BufReader<File>),
}

impl Records {
    /// The next record that is not blank; `false` at the end.
    fn read(&mut self, record: &mut ByteRecord, place: &str) -> Result<bool> {
        match self {
            Records::Csv { reader, path, delimiter, mark, last } => {
                if reader.read_byte_record(record).map_err(|source| damaged(place, source))? {
                    *last = record.position().map_or(*last, csv::Position::byte);
                    return Ok(true);
                }
                if ends_in_quotes(path, *mark + *last, *delimiter).map_err(|source| failed(place, source))? {
                    let line = reader.position().line();
                    return Err(damaged(
                        place,
                        format!("its last record opens a quote that never closes, and runs to the end in line {line}"),
                    ));
                }
                Ok(false)
            }
            Records::Words(input) => loop {
                let mut line = vec![];
                if input.read_until(b'\n', &mut line).map_err(|source| failed(place, source))? == 0 {
                    return Ok(false);
                }
                record.clear();
                line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).for_each(|word| record.push_field(word));
                if !record.is_empty() {
                    return Ok(true);
                }
            },
        }
    }
}

/// The rows of a file in batches of the wanted columns.
struct Table {
    records: Records,
    /// The first record of a file without names, which was read to count the columns.
    waiting: Option<ByteRecord>,
    schema: SchemaRef,
    columns: Vec<usize>,
    fields: usize,
    place: Arc<str>,
    next: u64,
    ended: bool,
}

impl Table {
    fn batch(&mut self) -> Result<Option<Part>> {
        let mut builders: Vec<StringBuilder> = self.columns.iter().map(|_| StringBuilder::with_capacity(BATCH, BATCH * 12)).collect();
        let first_row = self.next;
        let mut ragged = vec![];
        let mut record = self.waiting.take().unwrap_or_default();
        let mut waiting = !record.is_empty();
        let mut rows = 0;
        while rows < BATCH {
            if !std::mem::take(&mut waiting) && !self.records.read(&mut record, &self.place)? {
                self.ended = true;
                break;
            }
            if record.len() != self.fields {
                ragged.push((rows, format!("{} fields instead of {}", record.len(), self.fields)));
            }
            for ((builder, column), field) in builders.iter_mut().zip(&self.columns).zip(self.schema.fields()) {
                match record.get(*column) {
                    Some(bytes) => builder.append_value(text(bytes, &self.place, self.next, field.name())?),
                    None => builder.append_null(),
                }
            }
            rows += 1;
            self.next += 1;
        }
        if rows == 0 {
            return Ok(None);
        }
        let arrays: Vec<ArrayRef> = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(|source| damaged(&self.place, source))?;
        Ok(Some(Part { batch, source: Some(Arc::clone(&self.place)), first_row, ragged }))
    }
}

impl Iterator for Table {
    type Item = Result<Task>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let part = self.batch();
        if part.is_err() {
            self.ended = true;
        }
        part.map(|part| part.map(Task::Part)).transpose()
    }
}
