//! Runs are merged: a few of one size on the way, all of them when asked for.

use rayon::prelude::*;

use super::Book;
use super::backup::fill;
use super::record::{Manifest, RunEntry, RunRecord, Snapshot, StoredShard, WHOLE};
use super::shards::{Packed, Runs};
use super::store::{self, CELLS, META, RUNS, begin_write, failed, guarded, seal, to_json};
use crate::error::{Error, Result};
use crate::facts::run::{SHARDS, merge};
use crate::progress::{Progress, report};

/// So many runs of one size are merged into one of the next.
const TOGETHER: usize = 8;

/// Runs below this many cells count as of the smallest size; each further size is [`TOGETHER`] times as large.
const SMALLEST: u64 = 1 << 10;

/// Runs of this many cells or more are left alone by appends, so that the cost of an append has a bound. [`Book::compact`] merges them.
const LARGE: u64 = 1 << 20;

/// A run of this many cells or more is cut into shards.
const CUT: u64 = 1 << 16;

/// Shards that are worked on at a time.
const WAVE: usize = 16;

/// The size of a run: 0 for the smallest.
fn size(cells: u64) -> u32 {
    (cells / SMALLEST).checked_ilog(TOGETHER as u64).map_or(0, |size| size + 1)
}

/// The runs to merge next: the smallest that there are enough of.
fn due(runs: &[RunEntry]) -> Option<Vec<RunEntry>> {
    let mut small: Vec<RunEntry> = runs.iter().filter(|run| run.cells < LARGE).copied().collect();
    small.sort_by_key(|run| (size(run.cells), run.id));
    small.chunk_by(|a, b| size(a.cells) == size(b.cells)).find(|runs| runs.len() >= TOGETHER).map(<[RunEntry]>::to_vec)
}

impl Book {
    /// Merges the runs that are due; gives how many were merged. The caller is the only one who writes.
    pub(super) fn tidy(&self) -> Result<usize> {
        let mut merged = 0;
        loop {
            let done = self.with(|database| {
                let snapshot = Snapshot::of(database)?;
                let Some(runs) = due(&snapshot.manifest.runs) else { return Ok(0) };
                merge_runs(database, &snapshot, &runs, &())?;
                Ok(runs.len())
            })?;
            if done == 0 {
                return Ok(merged);
            }
            merged += done;
        }
    }

    /// Merges all runs into one, which facts are read from fastest, and gives the room that is free back to the disk.
    ///
    /// It costs as much as the whole history, and for a moment as much room again; once a month or after a first load is enough. Readers
    /// go on meanwhile, appends wait.
    pub fn compact(&self) -> Result<()> {
        self.compact_with(&())
    }

    /// [`Book::compact`] that reports its progress and can be stopped, which leaves the runs as they were.
    pub fn compact_with(&self, progress: &dyn Progress) -> Result<()> {
        let _writer = self.writer.lock().map_err(|_| Error::internal("a thread that wrote to the book failed"))?;
        // A small book is merged in one step, so who wants to stop is asked before it.
        report(progress, "compacting the book", 0, Some(SHARDS as u64))?;
        self.with(|database| {
            let snapshot = Snapshot::of(database)?;
            let runs = snapshot.manifest.runs.clone();
            if runs.len() > 1 {
                merge_runs(database, &snapshot, &runs, progress)?;
            }
            drop(snapshot);
            Ok(())
        })?;
        // The file anew, without the room that was freed. Nobody writes meanwhile, so the copy is the book; the store's own way to give room
        // back is not used, because it commits in one phase, and would let a kill leave pages that disagree with their checksums.
        let anew = self.with(|database| {
            let snapshot = Snapshot::of(database)?;
            Ok(guarded(&self.path, || store::create(&self.path, true, |copy| fill(&snapshot, copy))))
        })??;
        self.alone(|database| {
            *database = anew;
            Ok(())
        })
    }
}

/// One run of several, in one transaction.
fn merge_runs(database: &redb::Database, snapshot: &Snapshot, entries: &[RunEntry], progress: &dyn Progress) -> Result<()> {
    let runs = Runs::open(snapshot, entries)?;
    let write = begin_write(database)?;
    {
        let mut meta = write.open_table(META).map_err(failed)?;
        let mut manifest = Manifest::read(&meta)?;
        let id = manifest.next_run;
        let (mut cells, mut records) = (write.open_table(CELLS).map_err(failed)?, write.open_table(RUNS).map_err(failed)?);
        let mut record = RunRecord { labels: runs.labels.clone(), shards: vec![] };
        let mut count = 0;
        let mut put = |packed: Vec<(u64, Packed)>| -> Result<()> {
            for (cells_of, packed) in packed {
                record.shards.push(packed.store(id, &mut cells)?);
                count += cells_of;
            }
            Ok(())
        };
        if entries.iter().map(|entry| entry.cells).sum::<u64>() < CUT {
            put(merge_whole(&runs)?.into_iter().collect())?;
        } else {
            for start in (0..SHARDS).step_by(WAVE) {
                let wave = (start..start + WAVE).into_par_iter().map(|share| merge_share(&runs, share));
                put(wave.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())?;
                report(progress, "compacting the book", (start + WAVE) as u64, Some(SHARDS as u64))?;
            }
        }
        for entry in entries {
            let old = snapshot.run(entry)?;
            records.remove(entry.id).map_err(failed)?;
            for StoredShard { share, pieces, .. } in old.shards {
                for piece in 0..pieces {
                    cells.remove((entry.id, share, piece)).map_err(failed)?;
                }
            }
        }
        manifest.runs.retain(|run| entries.iter().all(|entry| entry.id != run.id));
        manifest.runs.push(record.store(id, count, &mut records)?);
        manifest.next_run += 1;
        meta.insert("manifest", seal("meta", "manifest", &to_json(&manifest)?).1.as_slice()).map_err(failed)?;
    }
    write.commit().map_err(failed)
}

fn merge_share(runs: &Runs<'_>, share: usize) -> Result<Option<(u64, Packed)>> {
    let shards = runs.take(share)?;
    let Some(merged) = merge(&shards.iter().collect::<Vec<_>>())? else { return Ok(None) };
    Ok(Some((merged.cells.len() as u64, Packed::of(u8::try_from(share).unwrap_or(WHOLE), &merged)?)))
}

/// All shares as one shard.
fn merge_whole(runs: &Runs<'_>) -> Result<Option<(u64, Packed)>> {
    let mut shards = vec![];
    for share in 0..SHARDS {
        shards.extend(runs.take(share)?);
    }
    let Some(merged) = merge(&shards.iter().collect::<Vec<_>>())? else { return Ok(None) };
    Ok(Some((merged.cells.len() as u64, Packed::of(WHOLE, &merged)?)))
}
