//! What a book knows of itself, of its batches and of its runs.

use redb::{ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::store::{BATCHES, CELLS, META, QUARANTINE, RUNS, damaged, failed, from_json, unseal};
use crate::error::Result;
use crate::facts::{Label, StoredShape};
use crate::ledger::{Columns, Counts, Quarantine};
use crate::time::Grain;

/// The book's own record. It is written with every change, and holds what the other tables must be held against.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub columns: Columns,
    /// The cells of the runs: days.
    pub cell: Grain,
    /// What the first batch's ledger was like.
    pub shape: Option<StoredShape>,
    /// How many batches there are; the next one's sequence number.
    pub batches: u64,
    /// The sum of the batches' checksums.
    pub batch_digest: u64,
    pub runs: Vec<RunEntry>,
    pub next_run: u64,
    /// The sum of the absolute values of all money, for the check of overflow.
    #[serde(with = "crate::money::wide")]
    pub absolute: i128,
    pub currencies: BTreeSet<String>,
}

/// A run, as the manifest lists it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct RunEntry {
    pub id: u64,
    pub cells: u64,
    /// The checksum of its record.
    pub checksum: u64,
}

/// What came in as one batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct BatchRecord {
    pub id: String,
    pub sequence: u64,
    /// Without the quarantined rows, which stand in a table of their own.
    pub counts: Counts,
    /// A hash of what the batch brought, the same for any order of its rows.
    pub content: u64,
    /// The checksum of the quarantined rows, where there are any.
    pub quarantine: Option<u64>,
}

/// Accounts in the order of their keys, cut into shards or not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RunRecord {
    pub labels: Vec<Label>,
    pub shards: Vec<StoredShard>,
}

/// Where a shard stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct StoredShard {
    /// The share of the keys, or [`WHOLE`].
    pub share: u8,
    pub pieces: u32,
    /// Compressed.
    pub bytes: usize,
    /// Uncompressed.
    pub raw: usize,
    /// Of the compressed bytes.
    pub checksum: u64,
}

/// The share of a run that is not cut.
pub(super) const WHOLE: u8 = u8::MAX;

/// The book as it was at one moment; nothing that is written later is seen.
pub(super) struct Snapshot {
    pub manifest: Manifest,
    pub cells: ReadOnlyTable<(u64, u8, u32), &'static [u8]>,
    batches: ReadOnlyTable<&'static str, &'static [u8]>,
    quarantine: ReadOnlyTable<u64, &'static [u8]>,
    runs: ReadOnlyTable<u64, &'static [u8]>,
    /// Kept alive with the tables.
    _read: ReadTransaction,
}

impl Manifest {
    pub fn read(table: &impl ReadableTable<&'static str, &'static [u8]>) -> Result<Self> {
        let stored = table.get("manifest").map_err(failed)?.ok_or_else(|| damaged("its manifest is missing"))?;
        let (_, value) = unseal("meta", "manifest", stored.value())?;
        from_json("meta", "manifest", value)
    }
}

impl BatchRecord {
    pub fn read(id: &str, sealed: &[u8]) -> Result<(u64, Self)> {
        let (checksum, value) = unseal("batch", id, sealed)?;
        Ok((checksum, from_json("batch", id, value)?))
    }
}

impl Snapshot {
    pub fn of(database: &redb::Database) -> Result<Self> {
        let read = database.begin_read().map_err(failed)?;
        Ok(Snapshot {
            manifest: Manifest::read(&read.open_table(META).map_err(failed)?)?,
            cells: read.open_table(CELLS).map_err(failed)?,
            batches: read.open_table(BATCHES).map_err(failed)?,
            quarantine: read.open_table(QUARANTINE).map_err(failed)?,
            runs: read.open_table(RUNS).map_err(failed)?,
            _read: read,
        })
    }

    /// All batches in the order in which they came; they must be those that the manifest counts.
    pub fn batches(&self) -> Result<Vec<BatchRecord>> {
        let mut batches = vec![];
        let mut digest = 0u64;
        for entry in self.batches.iter().map_err(failed)? {
            let (id, sealed) = entry.map_err(failed)?;
            let (checksum, batch) = BatchRecord::read(id.value(), sealed.value())?;
            digest = digest.wrapping_add(checksum);
            batches.push(batch);
        }
        if batches.len() as u64 != self.manifest.batches || digest != self.manifest.batch_digest {
            return Err(damaged(format!("its batches are not the {} that it knows", self.manifest.batches)));
        }
        batches.sort_by_key(|batch| batch.sequence);
        Ok(batches)
    }

    /// The quarantined rows of a batch as they are stored; their checksum is looked at.
    pub fn sealed_quarantine(&self, batch: &BatchRecord) -> Result<Option<Vec<u8>>> {
        let Some(checksum) = batch.quarantine else { return Ok(None) };
        let stored = self.quarantine.get(batch.sequence).map_err(failed)?;
        let stored = stored.ok_or_else(|| damaged(format!("the quarantined rows of batch `{}` are missing", batch.id)))?;
        let (found, _) = unseal("quarantine", &batch.sequence.to_string(), stored.value())?;
        if found != checksum {
            return Err(damaged(format!("the quarantined rows of batch `{}` are others", batch.id)));
        }
        Ok(Some(stored.value().to_vec()))
    }

    pub fn quarantine(&self, batch: &BatchRecord) -> Result<Option<Quarantine>> {
        let Some(sealed) = self.sealed_quarantine(batch)? else { return Ok(None) };
        let key = batch.sequence.to_string();
        let (_, value) = unseal("quarantine", &key, &sealed)?;
        let json = zstd::decode_all(value).map_err(|source| damaged(format!("quarantine `{key}`: {source}")))?;
        from_json("quarantine", &key, &json).map(Some)
    }

    /// The record of a run.
    pub fn run(&self, entry: &RunEntry) -> Result<RunRecord> {
        let key = entry.id.to_string();
        let stored = self.runs.get(entry.id).map_err(failed)?.ok_or_else(|| damaged(format!("run {key} is missing")))?;
        let (checksum, value) = unseal("run", &key, stored.value())?;
        if checksum != entry.checksum {
            return Err(damaged(format!("run {key} is another one")));
        }
        from_json("run", &key, value)
    }
}
