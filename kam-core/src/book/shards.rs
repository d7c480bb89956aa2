//! Shards of runs, in and out of the file.

use std::collections::BTreeMap;
use std::sync::Mutex;

use redb::Table;

use super::record::{RunEntry, RunRecord, Snapshot, StoredShard, WHOLE};
use super::store::{PIECE, checksum, damaged, failed, seal, to_json};
use crate::error::{Error, Result};
use crate::facts::run::{SHARDS, Shard, decode, encode};
use crate::facts::{Label, hash_bytes};

/// How hard shards are compressed: the least, which is nearly as small and much the fastest.
const LEVEL: i32 = 1;

/// The name that the checksum of a shard knows.
fn name(run: u64, share: u8) -> String {
    format!("{run}.{share}")
}

/// A shard ready to be stored.
pub(super) struct Packed {
    share: u8,
    raw: usize,
    /// A hash of the bytes before they were compressed.
    content: u64,
    bytes: Vec<u8>,
}

impl Packed {
    pub fn of(share: u8, shard: &Shard) -> Result<Self> {
        let raw = encode(shard);
        let bytes = zstd::bulk::compress(&raw, LEVEL).map_err(|source| Error::internal(format!("cells cannot be compressed: {source}")))?;
        Ok(Packed { share, raw: raw.len(), content: hash_bytes(&raw), bytes })
    }

    /// A hash of the shard, the same however it was compressed.
    pub fn content(&self) -> u64 {
        self.content
    }

    /// Stores the shard as part of a run.
    pub fn store(&self, run: u64, cells: &mut Table<'_, (u64, u8, u32), &'static [u8]>) -> Result<StoredShard> {
        let pieces = store_pieces(run, self.share, &self.bytes, cells)?;
        Ok(StoredShard {
            share: self.share,
            pieces,
            bytes: self.bytes.len(),
            raw: self.raw,
            checksum: checksum("cells", &name(run, self.share), &self.bytes),
        })
    }
}

fn store_pieces(run: u64, share: u8, bytes: &[u8], cells: &mut Table<'_, (u64, u8, u32), &'static [u8]>) -> Result<u32> {
    let mut pieces = 0;
    for piece in bytes.chunks(PIECE) {
        cells.insert((run, share, pieces), piece).map_err(failed)?;
        pieces += 1;
    }
    Ok(pieces)
}

impl RunRecord {
    /// Stores the record; gives what the manifest is to know.
    pub fn store(&self, id: u64, cells: u64, runs: &mut Table<'_, u64, &'static [u8]>) -> Result<RunEntry> {
        let (checksum, sealed) = seal("run", &id.to_string(), &to_json(self)?);
        runs.insert(id, sealed.as_slice()).map_err(failed)?;
        Ok(RunEntry { id, cells, checksum })
    }
}

impl Snapshot {
    /// The compressed bytes of a shard, whose checksum is looked at.
    fn bytes(&self, run: u64, stored: &StoredShard) -> Result<Vec<u8>> {
        let name = name(run, stored.share);
        let mut bytes = Vec::with_capacity(stored.bytes);
        for piece in 0..stored.pieces {
            let found = self.cells.get((run, stored.share, piece)).map_err(failed)?;
            bytes.extend_from_slice(found.ok_or_else(|| damaged(format!("cells `{name}`: piece {piece} is missing")))?.value());
        }
        if bytes.len() == stored.bytes && checksum("cells", &name, &bytes) == stored.checksum {
            Ok(bytes)
        } else {
            Err(damaged(format!("the checksum of cells `{name}` is wrong")))
        }
    }

    /// Stores a shard in another file as it is.
    pub fn copy(&self, run: u64, stored: &StoredShard, cells: &mut Table<'_, (u64, u8, u32), &'static [u8]>) -> Result<()> {
        store_pieces(run, stored.share, &self.bytes(run, stored)?, cells).map(|_| ())
    }

    pub fn shard(&self, run: u64, stored: &StoredShard, labels: &[u32]) -> Result<Shard> {
        let raw = zstd::bulk::decompress(&self.bytes(run, stored)?, stored.raw)
            .map_err(|source| damaged(format!("cells `{}`: {source}", name(run, stored.share))))?;
        decode(&raw, labels).map_err(|error| error.at(format!("cells `{}`", name(run, stored.share))))
    }
}

/// Several runs, read share by share.
pub(super) struct Runs<'a> {
    snapshot: &'a Snapshot,
    /// The labels of all runs, ascending.
    pub labels: Vec<Label>,
    /// Of runs that are cut: the run, what its labels are called here, its shards by share.
    cut: Vec<(u64, Vec<u32>, BTreeMap<u8, StoredShard>)>,
    /// The shards of runs that were not cut, by share, until they are taken.
    whole: Vec<Mutex<Vec<Shard>>>,
}

impl<'a> Runs<'a> {
    pub fn open(snapshot: &'a Snapshot, entries: &[RunEntry]) -> Result<Self> {
        let records: Vec<(u64, RunRecord)> = entries.iter().map(|entry| Ok((entry.id, snapshot.run(entry)?))).collect::<Result<_>>()?;
        let mut labels: Vec<Label> = records.iter().flat_map(|(_, record)| record.labels.iter().cloned()).collect();
        labels.sort_unstable();
        labels.dedup();
        let mut runs = Runs { snapshot, labels, cut: vec![], whole: (0..SHARDS).map(|_| Mutex::default()).collect() };
        for (id, record) in records {
            let place = |label: &Label| runs.labels.binary_search(label).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX);
            let numbers: Vec<u32> = record.labels.iter().map(place).collect();
            match record.shards.as_slice() {
                [stored] if stored.share == WHOLE => {
                    let shards = snapshot.shard(id, stored, &numbers)?.split()?;
                    for (share, shard) in runs.whole.iter_mut().zip(shards) {
                        if let (false, Ok(share)) = (shard.keys.is_empty(), share.get_mut()) {
                            share.push(shard);
                        }
                    }
                }
                stored => runs.cut.push((id, numbers, stored.iter().map(|shard| (shard.share, *shard)).collect())),
            }
        }
        Ok(runs)
    }

    /// The shards of one share of the keys, once.
    pub fn take(&self, share: usize) -> Result<Vec<Shard>> {
        let mut shards = self.whole[share].lock().map(|mut shards| std::mem::take(&mut *shards)).unwrap_or_default();
        let share = u8::try_from(share).unwrap_or(WHOLE);
        for (run, labels, stored) in &self.cut {
            if let Some(stored) = stored.get(&share) {
                shards.push(self.snapshot.shard(*run, stored, labels)?);
            }
        }
        Ok(shards)
    }
}
