//! Times the fold of a ledger: `fold ROWS ACCOUNTS DAYS (int|text) [RUNS]` of one in memory, `fold FILE.parquet [RUNS]` of a file.
//!
//! For each run: the seconds of the fold and of what follows it, the processor's seconds of the fold, rows and bytes of the columns a
//! second. Then how fast the same threads copy memory, and the largest resident memory of the process.

use std::time::Instant;

use kam_benches::{AS_OF, Shape, copy_speed, ledger, peak_megabytes, processor_seconds};
use kam_core::facts::StateOptions;
use kam_core::money::Scale;
use kam_core::time::{Date, Grain};
use kam_core::{Columns, FactsOptions, FactsState, Ledger, Window};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: usize| words.get(at).map_or(Ok(otherwise), |word| word.parse());
    let columns = Columns::new("account", "date", "amount").cost("cost").scale(Scale::new(0)?);
    let file = words.first().filter(|word| word.ends_with(".parquet"));
    let (ledger, bytes, runs) = if let Some(file) = file {
        (Ledger::scan(file.as_str(), columns)?, std::fs::metadata(file)?.len(), number(1, 5)?)
    } else {
        let shape = Shape {
            rows: number(0, 20_000_000)?,
            accounts: number(1, 468_000)? as u64,
            days: u32::try_from(number(2, 730)?)?,
            text_keys: words.get(3).is_some_and(|word| word == "text"),
            seed: 20,
        };
        let batches = ledger(&shape);
        let bytes = batches.iter().map(|batch| batch.get_array_memory_size() as u64).sum();
        (Ledger::from_batches(batches, columns)?, bytes, number(4, 5)?)
    };
    let options = FactsOptions { window: Window::ALL, ..FactsOptions::new(Date(AS_OF)) };
    for _ in 0..runs {
        let (start, before) = (Instant::now(), processor_seconds());
        let mut state = FactsState::new(&StateOptions { as_of: Some(options.as_of), cell: Grain::Month });
        state.fold(&ledger)?;
        let folded = start.elapsed().as_secs_f64();
        let processor = processor_seconds() - before;
        let rows = state.reconciliation().read().rows;
        let facts = state.finish(&options)?;
        let finished = start.elapsed().as_secs_f64() - folded;
        let cells: usize = (0..facts.len()).map(|at| facts.cells(at).count()).sum();
        println!(
            "fold {folded:.3} s, finish {finished:.3} s, processor {processor:.3} s, {:.1} M rows/s, {:.2} GB/s, {} accounts, {cells} cells",
            rows as f64 / folded / 1e6,
            bytes as f64 / folded / 1e9,
            facts.len(),
        );
    }
    if let Some(peak) = peak_megabytes() {
        println!("peak resident {peak} MB");
    }
    println!("memory is copied at {:.1} GB/s, read and written", copy_speed());
    Ok(())
}
