//! Times every method of a review on a large ledger: `review ROWS ACCOUNTS DAYS (int|text) [METHOD…]` of one in memory with a table of
//! accounts, `review FILE.parquet [METHOD…]` of a file alone.
//!
//! Prints the seconds, the processor's seconds and the largest resident memory of the whole review; the same of reading every cell of every
//! table, one table after the other; then, of the methods run one after the other, the seconds, the processor's seconds over all threads, the
//! share of the time, and the resident memory when each was done.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::time::Instant;

use kam_benches::{AS_OF, Shape, accounts_table, ledger};
use kam_core::money::Scale;
use kam_core::progress::Progress;
use kam_core::time::Date;
use kam_core::{Columns, Crm, Facts, FactsOptions, Ledger, ReviewOptions, Window, review};

/// What a method found when it began.
struct Stage {
    name: String,
    at: Instant,
    processor: f64,
    resident: u64,
}

impl Stage {
    fn now(name: &str) -> Self {
        Stage {
            name: name.to_owned(),
            at: Instant::now(),
            processor: kam_benches::processor_seconds(),
            resident: kam_benches::resident_megabytes().unwrap_or(0),
        }
    }
}

struct Stages(Mutex<Vec<Stage>>);

impl Progress for Stages {
    fn report(&self, stage: &str, _: u64, _: Option<u64>) -> ControlFlow<()> {
        if let Ok(mut stages) = self.0.lock()
            && stages.last().is_none_or(|last| last.name != stage)
        {
            stages.push(Stage::now(stage));
        }
        ControlFlow::Continue(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let file = words.first().filter(|word| word.ends_with(".parquet"));
    let (words, methods) = if file.is_some() { (&[][..], &words[1..]) } else { words.split_at(words.len().min(4)) };
    let number = |at: usize, otherwise: usize| words.get(at).map_or(Ok(otherwise), |word| word.parse());
    let shape = Shape {
        rows: number(0, 20_000_000)?,
        accounts: number(1, 1_000_000)? as u64,
        days: u32::try_from(number(2, 730)?)?,
        text_keys: words.get(3).is_some_and(|word| word == "text"),
        seed: 20,
    };
    let columns = Columns::new("account", "date", "amount").cost("cost").scale(Scale::new(0)?);
    let ledger = match &file {
        Some(file) => Ledger::scan(file.as_str(), columns)?,
        None => Ledger::from_batches(ledger(&shape), columns)?,
    };
    let options = FactsOptions { window: Window::Periods(24), ..FactsOptions::new(Date(AS_OF)) };
    let start = Instant::now();
    let facts = ledger.facts(&options)?;
    drop(ledger);
    let peak = || kam_benches::peak_megabytes().unwrap_or(0);
    println!("{:>24} {:>8.3} s, {} accounts, peak {} MB", "facts", start.elapsed().as_secs_f64(), facts.len(), peak());
    let crm = match &file {
        Some(_) => Crm::default(),
        None => Crm::builder().table("accounts", vec![accounts_table(&shape)])?.build()?,
    };
    let mut options = ReviewOptions::default();
    if !methods.is_empty() {
        options = options.methods(methods.iter().cloned());
    }
    let (start, processor) = (Instant::now(), kam_benches::processor_seconds());
    let whole = review(&facts, &crm, &options, &())?;
    let (seconds, processor) = (start.elapsed().as_secs_f64(), kam_benches::processor_seconds() - processor);
    println!("{:>24} {seconds:>8.3} s, processor {processor:.2} s, peak {} MB", "review", peak());
    let start = Instant::now();
    let tables = whole.methods.iter().flat_map(|ran| &ran.outcome.tables).chain([&whole.accounts]);
    let bytes: Vec<usize> = tables.map(|table| Ok(table.batch()?.get_array_memory_size())).collect::<kam_core::Result<_>>()?;
    let read = start.elapsed().as_secs_f64();
    println!(
        "{:>24} {read:>8.3} s, {} MB one table after the other, peak {} MB",
        "every cell read",
        bytes.iter().sum::<usize>() >> 20,
        peak()
    );
    drop(whole);
    alone(&facts, &crm, &options)
}

/// The methods one after the other, as in a thread pool of the caller's: what each takes alone.
fn alone(facts: &Facts, crm: &Crm, options: &ReviewOptions) -> Result<(), Box<dyn std::error::Error>> {
    let stages = Stages(Mutex::default());
    let start = Instant::now();
    let review = rayon::ThreadPoolBuilder::new().build()?.install(|| review(facts, crm, options, &stages))?;
    let total = start.elapsed().as_secs_f64();
    let mut stages = stages.0.into_inner()?;
    stages.push(Stage::now("end"));
    println!("{:>24} {:>8}   {:>9} {:>7} {:>11}", "method", "seconds", "processor", "share", "resident MB");
    for pair in stages.windows(2) {
        let [stage, next] = pair else { continue };
        let (seconds, processor) = ((next.at - stage.at).as_secs_f64(), next.processor - stage.processor);
        let skipped = if review.skipped.iter().any(|skipped| skipped.method == stage.name) { ", skipped" } else { "" };
        let name = if stage.name == "review" { "master table" } else { &stage.name };
        let share = 100.0 * seconds / total;
        println!("{name:>24} {seconds:>8.3} s {processor:>8.2} s {share:>5.1} % {:>11}{skipped}", next.resident);
    }
    println!("{:>24} {total:>8.3} s, {} columns of the master table", "one after the other", review.accounts.columns().len());
    Ok(())
}
