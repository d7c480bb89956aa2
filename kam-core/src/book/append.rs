//! A batch comes in.

use redb::{Database, ReadableTable};

use super::Book;
use super::record::{BatchRecord, Manifest, RunRecord, WHOLE};
use super::shards::Packed;
use super::store::{BATCHES, CELLS, META, QUARANTINE, RUNS, begin_write, failed, seal, to_json};
use crate::error::{Code, Error, Result};
use crate::facts::run::Shard;
use crate::facts::{FactsState, Label, StateOptions, StoredShape, hash_bytes, mismatch, refuse_currencies, refuse_overflow};
use crate::ledger::{Counts, Ledger, Quarantine, Tally, refuse_rubbish};
use crate::money::Scale;
use crate::progress::Progress;
use crate::time::{Date, Grain};

/// What became of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Appended {
    /// The batch's id.
    pub batch_id: String,
    /// Was it in the book already, with the same rows? Then nothing was done, and the other figures are those of the first time.
    pub repeated: bool,
    /// All rows that were read; amounts are in minor units.
    pub read: Tally,
    /// Rows that facts can use.
    pub used: Tally,
    /// Rows without an account.
    pub unassigned: Tally,
    /// Rows that could not be used; `facts().quarantine()` says why, row by row.
    pub quarantined: Tally,
    /// The first and the last day of used rows.
    pub days: Option<(Date, Date)>,
    /// How many runs were merged on the way, to keep their number small.
    pub merged_runs: usize,
    /// Why runs that were due were not merged; the batch is in the book all the same, and the next one tries again.
    pub merge_failure: Option<(Code, String)>,
    /// The decimals of a minor unit.
    pub scale: Scale,
}

/// A folded batch, ready to be stored.
struct Batch {
    shape: crate::facts::Shape,
    labels: Vec<Label>,
    shard: Shard,
    counts: Counts,
    quarantine: Quarantine,
    packed: Option<Packed>,
    content: u64,
}

impl Book {
    /// Adds the rows of a ledger, all or none. Its columns must be the book's; [`Book::ledger`] makes one that is.
    ///
    /// A batch id that is in the book already is a no-op if the batch brings the same rows, in whatever order, and an error otherwise.
    /// When this returns, the batch is on the disk. More bad rows than `max_bad_share` are an error, and nothing is added.
    pub fn append(&self, ledger: &Ledger, batch_id: &str) -> Result<Appended> {
        self.append_with(ledger, batch_id, &())
    }

    /// [`Book::append`] that reports its progress and can be stopped, which adds nothing.
    pub fn append_with(&self, ledger: &Ledger, batch_id: &str, progress: &dyn Progress) -> Result<Appended> {
        if batch_id.is_empty() || batch_id.len() > 1000 {
            return Err(Error::option("batch_id", format!("`{batch_id}`"), "a text of 1 to 1000 bytes"));
        }
        self.check_columns(ledger.columns())?;
        let batch = fold(ledger, batch_id, progress)?;
        let _writer = self.writer.lock().map_err(|_| Error::internal("a thread that wrote to the book failed"))?;
        let mut appended = self.with(|database| store(database, batch_id, &batch))?;
        if !appended.repeated {
            match self.tidy() {
                Ok(merged) => appended.merged_runs = merged,
                Err(error) => appended.merge_failure = Some((error.code(), error.to_string())),
            }
        }
        Ok(appended)
    }
}

fn fold(ledger: &Ledger, batch_id: &str, progress: &dyn Progress) -> Result<Batch> {
    let mut state = FactsState::new(&StateOptions { as_of: None, cell: Grain::Day });
    state.fold_with(ledger, progress)?;
    refuse_rubbish(ledger.columns(), state.reconciliation(), state.quarantine())?;
    let (labels, shard) = state.to_shard()?;
    let shape = state.shape.ok_or_else(|| Error::internal("a folded state has no shape"))?;
    let mut counts = state.counts;
    let quarantine = std::mem::take(&mut counts.quarantine).of_batch(batch_id);
    let packed = if shard.keys.is_empty() { None } else { Some(Packed::of(WHOLE, &shard)?) };
    let content = content(&counts, &quarantine, &labels, packed.as_ref())?;
    Ok(Batch { shape, labels, shard, counts, quarantine, packed, content })
}

/// A hash of what a batch brings, whatever the order of its rows and wherever they come from.
fn content(counts: &Counts, quarantine: &Quarantine, labels: &[Label], packed: Option<&Packed>) -> Result<u64> {
    let rows: Vec<_> = quarantine.rows().iter().map(|row| (&row.column, &row.rule, &row.value, row.amount)).collect();
    let parts = to_json(&(counts, quarantine.counts(), labels))?;
    let mut hashes = vec![hash_bytes(&parts), packed.map_or(0, Packed::content)];
    let mut rows: Vec<u64> = rows.iter().map(|row| Ok(hash_bytes(&to_json(row)?))).collect::<Result<_>>()?;
    rows.sort_unstable();
    hashes.extend(rows);
    Ok(hash_bytes(&hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect::<Vec<_>>()))
}

/// Puts the batch into the file, in one transaction.
fn store(database: &Database, batch_id: &str, batch: &Batch) -> Result<Appended> {
    let write = begin_write(database)?;
    {
        let mut meta = write.open_table(META).map_err(failed)?;
        let mut batches = write.open_table(BATCHES).map_err(failed)?;
        let mut manifest = Manifest::read(&meta)?;
        if let Some(stored) = batches.get(batch_id).map_err(failed)? {
            let (_, known) = BatchRecord::read(batch_id, stored.value())?;
            return repeated(&known, batch);
        }
        admit(&mut manifest, batch)?;
        let sequence = manifest.batches;
        let mut record =
            BatchRecord { id: batch_id.to_owned(), sequence, counts: batch.counts.clone(), content: batch.content, quarantine: None };
        if !batch.quarantine.is_empty() {
            let json = zstd::bulk::compress(&to_json(&batch.quarantine)?, 1)
                .map_err(|source| Error::internal(format!("quarantined rows cannot be compressed: {source}")))?;
            let (checksum, sealed) = seal("quarantine", &sequence.to_string(), &json);
            write.open_table(QUARANTINE).map_err(failed)?.insert(sequence, sealed.as_slice()).map_err(failed)?;
            record.quarantine = Some(checksum);
        }
        let (checksum, sealed) = seal("batch", batch_id, &to_json(&record)?);
        batches.insert(batch_id, sealed.as_slice()).map_err(failed)?;
        manifest.batches += 1;
        manifest.batch_digest = manifest.batch_digest.wrapping_add(checksum);
        if let Some(packed) = &batch.packed {
            let id = manifest.next_run;
            let stored = packed.store(id, &mut write.open_table(CELLS).map_err(failed)?)?;
            let record = RunRecord { labels: batch.labels.clone(), shards: vec![stored] };
            let entry = record.store(id, batch.shard.cells.len() as u64, &mut write.open_table(RUNS).map_err(failed)?)?;
            manifest.runs.push(entry);
            manifest.next_run += 1;
        }
        meta.insert("manifest", seal("meta", "manifest", &to_json(&manifest)?).1.as_slice()).map_err(failed)?;
    }
    write.commit().map_err(failed)?;
    let appended = Appended::new(batch_id, false, &batch.counts, batch.shape.scale);
    // The batch is in; an echo that fails is made up for by the next commit.
    let _ = echo(database, batch.content);
    Ok(appended)
}

/// Commits once more. The store keeps its last two commits, and falls back to the one before where the last is unreadable: now both hold
/// all batches, so that no flipped bit can take the book back by one.
pub(super) fn echo(database: &Database, word: u64) -> Result<()> {
    let write = begin_write(database)?;
    write.open_table(META).map_err(failed)?.insert("echo", word.to_le_bytes().as_slice()).map_err(failed)?;
    write.commit().map_err(failed)
}

fn repeated(known: &BatchRecord, batch: &Batch) -> Result<Appended> {
    if known.content == batch.content {
        return Ok(Appended::new(&known.id, true, &known.counts, batch.shape.scale));
    }
    let read = |counts: &Counts| counts.reconciliation.read();
    let (there, here) = (read(&known.counts), read(&batch.counts));
    let scale = batch.shape.scale;
    Err(Error::new(
        Code::BookBatch,
        format!(
            "batch `{}` is in the book already, with other rows: {} rows of {} there, {} rows of {} here",
            known.id,
            there.rows,
            scale.to_text(there.amount),
            here.rows,
            scale.to_text(here.amount)
        ),
    )
    .with_hint("append a correction as a batch of its own, with the differences as rows"))
}

/// Looks whether the batch goes together with those that are there, so that facts never fail later.
fn admit(manifest: &mut Manifest, batch: &Batch) -> Result<()> {
    match &manifest.shape {
        Some(shape) => {
            if let Some(what) = shape.shape().difference(&batch.shape) {
                return Err(mismatch(what).at("the batch and the book"));
            }
        }
        None => manifest.shape = Some(StoredShape::of(&batch.shape)),
    }
    manifest.currencies.extend(batch.counts.currencies.iter().cloned());
    if !batch.shape.converted {
        refuse_currencies(&manifest.currencies)?;
    }
    manifest.absolute += batch.counts.absolute;
    refuse_overflow(manifest.absolute, batch.shape.scale)
}

impl Appended {
    fn new(batch_id: &str, repeated: bool, counts: &Counts, scale: Scale) -> Self {
        let rows = &counts.reconciliation;
        Appended {
            batch_id: batch_id.to_owned(),
            repeated,
            read: rows.read(),
            used: rows.used(),
            unassigned: rows.unassigned,
            quarantined: rows.quarantined,
            days: counts.days.map(|(first, last)| (Date(first), Date(last))),
            merged_runs: 0,
            merge_failure: None,
            scale,
        }
    }

    /// The same as JSON, with the names of [`Book::batches`] and money in units of the currency.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let money = |tally: Tally| self.scale.wide_to_currency(tally.amount);
        serde_json::json!({
            "batch_id": self.batch_id,
            "repeated": self.repeated,
            "rows": self.read.rows,
            "used": self.used.rows,
            "unassigned": self.unassigned.rows,
            "quarantined": self.quarantined.rows,
            "amount": money(self.read),
            "used_amount": money(self.used),
            "first_date": self.days.map(|(first, _)| first),
            "last_date": self.days.map(|(_, last)| last),
            "merged_runs": self.merged_runs,
            "merge_failure": self.merge_failure.as_ref().map(|(_, why)| why),
        })
    }
}
