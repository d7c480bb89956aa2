//! What a book is asked for: facts, its batches, whether it is whole.

use super::Book;
use super::record::{BatchRecord, Snapshot};
use super::shards::Runs;
use super::store::{damaged, failed};
use crate::error::{Code, Error, Result};
use crate::facts::run::{SHARDS, facts_of};
use crate::facts::{Facts, FactsOptions};
use crate::ledger::{Counts, Tally};
use crate::progress::Progress;
use crate::table::{Column, Table, Unit};
use crate::time::Date;

impl Book {
    /// The facts of all batches that were acknowledged when this was called: as of any day, in any grain, over any window.
    ///
    /// They are bit for bit those of one [`Ledger::facts`](crate::Ledger::facts) over all rows, but for the place of quarantined rows:
    /// their source is the batch, or `batch: file`, and rows are numbered within it.
    pub fn facts(&self, options: &FactsOptions) -> Result<Facts> {
        self.facts_with(options, &())
    }

    /// [`Book::facts`] that reports its progress and can be stopped.
    pub fn facts_with(&self, options: &FactsOptions, progress: &dyn Progress) -> Result<Facts> {
        self.with(|database| {
            let snapshot = Snapshot::of(database)?;
            let Some(shape) = &snapshot.manifest.shape else {
                return Err(Error::new(Code::MissingInput, format!("{}: the book has no batch yet", self.path.display()))
                    .with_hint("append at least one, even one without rows"));
            };
            let counts = counts(&snapshot, &snapshot.batches()?)?;
            let runs = Runs::open(&snapshot, &snapshot.manifest.runs)?;
            facts_of(SHARDS, &|share| runs.take(share), &runs.labels, counts, &shape.shape(), options, progress)
        })
    }

    /// One row a batch, in the order in which they came: `batch_id`, `rows`, `used`, `unassigned`, `quarantined`, `amount` of all rows,
    /// `used_amount`, `first_date` and `last_date` of used rows.
    pub fn batches(&self) -> Result<Table> {
        let (batches, scale) = self.with(|database| {
            let snapshot = Snapshot::of(database)?;
            Ok((snapshot.batches()?, snapshot.manifest.columns.scale))
        })?;
        let count =
            |tally: fn(&BatchRecord) -> Tally| batches.iter().map(move |batch| i64::try_from(tally(batch).rows).unwrap_or(i64::MAX));
        let money = |tally: fn(&BatchRecord) -> Tally| batches.iter().map(move |batch| Some(scale.wide_to_currency(tally(batch).amount)));
        let date = |day: fn((i32, i32)) -> i32| batches.iter().map(move |batch| batch.counts.days.map(day).map(Date));
        Table::new(
            "batches",
            vec![
                Column::words("batch_id", batches.iter().map(|batch| batch.id.as_str())),
                Column::counts("rows", count(|batch| batch.counts.reconciliation.read())),
                Column::counts("used", count(|batch| batch.counts.reconciliation.used())),
                Column::counts("unassigned", count(|batch| batch.counts.reconciliation.unassigned)),
                Column::counts("quarantined", count(|batch| batch.counts.reconciliation.quarantined)),
                Column::floats("amount", Unit::Money, money(|batch| batch.counts.reconciliation.read())),
                Column::floats("used_amount", Unit::Money, money(|batch| batch.counts.reconciliation.used())),
                Column::dates("first_date", date(|(first, _)| first)),
                Column::dates("last_date", date(|(_, last)| last)),
            ],
        )
    }

    /// Reads everything and looks at every checksum, the book's own and its store's; damage is an error that names what is damaged.
    ///
    /// It waits for threads that read, and they for it.
    pub fn verify(&self) -> Result<()> {
        let _writer = self.writer.lock().map_err(|_| Error::internal("a thread that wrote to the book failed"))?;
        self.with(|database| {
            let snapshot = Snapshot::of(database)?;
            counts(&snapshot, &snapshot.batches()?)?;
            for entry in &snapshot.manifest.runs {
                let record = snapshot.run(entry)?;
                let labels: Vec<u32> = (0u32..).take(record.labels.len()).collect();
                let mut cells = 0;
                for stored in &record.shards {
                    cells += snapshot.shard(entry.id, stored, &labels)?.cells.len() as u64;
                }
                if cells != entry.cells {
                    return Err(damaged(format!("run {} has {cells} cells instead of {}", entry.id, entry.cells)));
                }
            }
            Ok(())
        })?;
        self.alone(
            |database| {
                if database.check_integrity().map_err(failed)? { Ok(()) } else { Err(damaged("its store had to be repaired")) }
            },
        )
    }
}

/// What all batches counted.
fn counts(snapshot: &Snapshot, batches: &[BatchRecord]) -> Result<Counts> {
    let mut all = Counts::default();
    for batch in batches {
        let mut counts = batch.counts.clone();
        if let Some(quarantine) = snapshot.quarantine(batch)? {
            counts.quarantine = quarantine;
        }
        all.merge(counts);
    }
    Ok(all)
}
