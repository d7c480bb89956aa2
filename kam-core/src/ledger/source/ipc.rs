//! Arrow IPC files and streams.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use arrow::ipc::reader::{FileReader, StreamReader};

use super::{Opened, damaged, number_rows, project};
use crate::error::{Code, Error, Result};
use crate::ledger::check::Checks;

fn open(path: &Path) -> Result<(String, BufReader<File>)> {
    let place = path.display().to_string();
    let file = File::open(path).map_err(|source| Error::new(Code::SourceNotFound, format!("{place}: {source}")).with_source(source))?;
    Ok((place, BufReader::new(file)))
}

pub(super) fn open_file(path: &Path, checks: &Checks) -> Result<Opened> {
    let (place, file) = open(path)?;
    let reader = FileReader::try_new(file, None).map_err(|source| damaged(&place, source))?;
    let columns = project(&reader.schema(), checks, &place)?;
    let (place, file) = open(path)?;
    let reader = FileReader::try_new(file, Some(columns)).map_err(|source| damaged(&place, source))?;
    let schema = reader.schema();
    let name = place.clone();
    let batches = reader.map(move |batch| batch.map_err(|source| damaged(&place, source)));
    Ok(Opened { schema, rows: None, tasks: number_rows(batches, Some(name.into())) })
}

pub(super) fn open_stream(path: &Path, checks: &Checks) -> Result<Opened> {
    let (place, file) = open(path)?;
    let reader = StreamReader::try_new(file, None).map_err(|source| damaged(&place, source))?;
    let columns = project(&reader.schema(), checks, &place)?;
    let (place, file) = open(path)?;
    let reader = StreamReader::try_new(file, Some(columns)).map_err(|source| damaged(&place, source))?;
    let schema = reader.schema();
    let name = place.clone();
    let batches = reader.map(move |batch| batch.map_err(|source| damaged(&place, source)));
    Ok(Opened { schema, rows: None, tasks: number_rows(batches, Some(name.into())) })
}
