//! A copy of a book that is in use.

use std::path::Path;

use redb::Database;

use super::Book;
use super::append::echo;
use super::record::{Manifest, RunRecord, Snapshot};
use super::store::{self, BATCHES, CELLS, META, QUARANTINE, RUNS, begin_write, failed, guarded, seal, to_json};
use crate::error::Result;

impl Book {
    /// Copies the book as it is now into a new file, which is there whole or not at all. Readers and appends go on meanwhile.
    ///
    /// Every checksum is looked at on the way: a damaged book gives an error, not a backup.
    pub fn backup(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        self.with(|database| {
            let snapshot = Snapshot::of(database)?;
            // What goes wrong at the copy is said of its path, and is no failure of the book.
            let made = guarded(path, || store::create(path, false, |copy| fill(&snapshot, copy)));
            Ok(made.map(drop))
        })?
    }
}

pub(super) fn fill(snapshot: &Snapshot, copy: &Database) -> Result<()> {
    let write = begin_write(copy)?;
    {
        let mut meta = write.open_table(META).map_err(failed)?;
        let mut batches = write.open_table(BATCHES).map_err(failed)?;
        let mut quarantine = write.open_table(QUARANTINE).map_err(failed)?;
        let mut runs = write.open_table(RUNS).map_err(failed)?;
        let mut cells = write.open_table(CELLS).map_err(failed)?;
        let mut manifest: Manifest = snapshot.manifest.clone();
        manifest.batch_digest = 0;
        for batch in snapshot.batches()? {
            let (checksum, sealed) = seal("batch", &batch.id, &to_json(&batch)?);
            batches.insert(batch.id.as_str(), sealed.as_slice()).map_err(failed)?;
            manifest.batch_digest = manifest.batch_digest.wrapping_add(checksum);
            if let Some(sealed) = snapshot.sealed_quarantine(&batch)? {
                quarantine.insert(batch.sequence, sealed.as_slice()).map_err(failed)?;
            }
        }
        for entry in &mut manifest.runs {
            let record: RunRecord = snapshot.run(entry)?;
            for stored in &record.shards {
                snapshot.copy(entry.id, stored, &mut cells)?;
            }
            *entry = record.store(entry.id, entry.cells, &mut runs)?;
        }
        meta.insert("manifest", seal("meta", "manifest", &to_json(&manifest)?).1.as_slice()).map_err(failed)?;
    }
    write.commit().map_err(failed)?;
    echo(copy, 0)
}
