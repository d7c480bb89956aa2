//! Arrow IPC files and streams.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use arrow::ipc::reader::{FileReader, StreamReader};

use super::{Opened, Reading, damaged, not_found, number_rows};
use crate::error::Result;

fn open(path: &Path) -> Result<(String, BufReader<File>)> {
    let place = path.display().to_string();
    let file = File::open(path).map_err(|source| not_found(&place, source))?;
    Ok((place, BufReader::new(file)))
}

pub(super) fn open_file(path: &Path, reading: &Reading) -> Result<Opened> {
    let (place, file) = open(path)?;
    let reader = FileReader::try_new(file, None).map_err(|source| damaged(&place, source))?;
    let columns = reading.project(&reader.schema(), &place)?;
    let (place, file) = open(path)?;
    let reader = FileReader::try_new(file, Some(columns)).map_err(|source| damaged(&place, source))?;
    let schema = reader.schema();
    let name = place.clone();
    let batches = reader.map(move |batch| batch.map_err(|source| damaged(&place, source)));
    Ok(Opened { schema, rows: None, tasks: number_rows(batches, Some(name.into())) })
}

pub(super) fn open_stream(path: &Path, reading: &Reading) -> Result<Opened> {
    let (place, file) = open(path)?;
    let reader = StreamReader::try_new(file, None).map_err(|source| damaged(&place, source))?;
    let columns = reading.project(&reader.schema(), &place)?;
    let (place, file) = open(path)?;
    let reader = StreamReader::try_new(file, Some(columns)).map_err(|source| damaged(&place, source))?;
    let schema = reader.schema();
    let name = place.clone();
    let batches = reader.map(move |batch| batch.map_err(|source| damaged(&place, source)));
    Ok(Opened { schema, rows: None, tasks: number_rows(batches, Some(name.into())) })
}
