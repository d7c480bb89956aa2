//! Parquet files: each row group is work for one thread, and only the wanted columns are read.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, FieldRef, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelector};

use super::{Opened, Reading, Task, damaged, not_found};
use crate::error::Result;
use crate::ledger::check::Part;

/// A row group of an opened file, or a piece of one.
pub(crate) struct RowGroup {
    file: Arc<Opening>,
    group: usize,
    first_row: u64,
    /// Rows of the group before this piece.
    skipped: usize,
    rows: usize,
}

/// Pieces that a file has at least, where it has the rows: so many threads find work in a file of few row groups, and end together.
const PIECES: usize = 16;

/// Rows of a piece at least: the dictionaries of a group are read for each of its pieces.
const PIECE: usize = 1 << 17;

struct Opening {
    path: PathBuf,
    place: Arc<str>,
    metadata: ArrowReaderMetadata,
    columns: Vec<usize>,
}

pub(super) fn open(path: &Path, reading: &Reading) -> Result<Opened> {
    let place = path.display().to_string();
    let file = File::open(path).map_err(|source| not_found(&place, source))?;
    // A file that was cut short has lost its footer, which is read first.
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|source| damaged(&place, source))?;
    let columns = reading.project(metadata.schema(), &place)?;
    let metadata = with_views(metadata, reading);
    let schema = Arc::new(metadata.schema().project(&columns).map_err(|source| damaged(&place, source))?);
    let rows: Vec<usize> = metadata.metadata().row_groups().iter().map(|group| usize::try_from(group.num_rows()).unwrap_or(0)).collect();
    let total = rows.iter().map(|rows| *rows as u64).sum();
    let opening = Arc::new(Opening { path: path.to_owned(), place: place.into(), metadata, columns });
    let mut next = 1;
    let pieces = PIECES.div_ceil(rows.len().max(1));
    let tasks = rows.into_iter().enumerate().flat_map(move |(group, rows)| {
        let first_row = next;
        next += rows as u64;
        let piece = rows.div_ceil(pieces).max(PIECE);
        let file = Arc::clone(&opening);
        (0..rows.div_ceil(piece)).map(move |at| {
            let skipped = at * piece;
            let rows = piece.min(rows - skipped);
            Ok(Task::RowGroup(RowGroup { file: Arc::clone(&file), group, first_row: first_row + skipped as u64, skipped, rows }))
        })
    });
    Ok(Opened { schema, rows: Some(total), tasks: Box::new(tasks) })
}

/// The same with the account, where it is text, read as views: short text is not copied, and long text not once a row.
fn with_views(metadata: ArrowReaderMetadata, reading: &Reading) -> ArrowReaderMetadata {
    let account = reading.columns.as_ref().map(|columns| columns.account.as_str());
    let view = |field: &FieldRef| {
        let is_text = matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8) && Some(field.name().as_str()) == account;
        if is_text { Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)) } else { Arc::clone(field) }
    };
    let fields: Vec<FieldRef> = metadata.schema().fields().iter().map(view).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata.schema().metadata().clone()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).unwrap_or(metadata)
}

impl RowGroup {
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Reads the piece in parts of at most `batch` rows.
    pub fn parts(self, batch: usize) -> Result<impl Iterator<Item = Result<Part>> + Send> {
        let Opening { path, place, metadata, columns } = &*self.file;
        let failed = |source: &dyn std::fmt::Display, place: &str| damaged(place, format!("row group {}: {source}", self.group));
        // Every group opens the file anew: clones of one handle share its position, and threads would move it under each other.
        let handle = File::open(path).map_err(|source| failed(&source, place))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(handle, metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        let mut builder = builder.with_projection(mask).with_row_groups(vec![self.group]).with_batch_size(batch);
        let whole = usize::try_from(metadata.metadata().row_group(self.group).num_rows()).unwrap_or(0);
        if self.rows < whole {
            // Pages that hold none of the rows are skipped without being unpacked.
            builder = builder.with_row_selection(vec![RowSelector::skip(self.skipped), RowSelector::select(self.rows)].into());
        }
        let reader = builder.build().map_err(|source| failed(&source, place))?;
        let (place, group, mut next) = (Arc::clone(place), self.group, self.first_row);
        Ok(reader.map(move |batch| {
            let batch = batch.map_err(|source| damaged(&place, format!("row group {group}: {source}")))?;
            let first_row = next;
            next += batch.num_rows() as u64;
            Ok(Part { batch, source: Some(Arc::clone(&place)), first_row, ragged: vec![] })
        }))
    }
}
