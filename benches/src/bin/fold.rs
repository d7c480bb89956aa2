//! Times the fold of a ledger in memory: `fold ROWS ACCOUNTS DAYS (int|text) [RUNS]`.

use std::time::Instant;

use kam_benches::{AS_OF, Shape, ledger};
use kam_core::facts::StateOptions;
use kam_core::money::Scale;
use kam_core::time::{Date, Grain};
use kam_core::{Columns, FactsOptions, FactsState, Ledger, Window};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: usize| words.get(at).map_or(Ok(otherwise), |word| word.parse());
    let shape = Shape {
        rows: number(0, 20_000_000)?,
        accounts: number(1, 468_000)? as u64,
        days: u32::try_from(number(2, 730)?)?,
        text_keys: words.get(3).is_some_and(|word| word == "text"),
        seed: 20,
    };
    let batches = ledger(&shape);
    let columns = Columns::new("account", "date", "amount").cost("cost").scale(Scale::new(0)?);
    let ledger = Ledger::from_batches(batches, columns)?;
    let options = FactsOptions { window: Window::ALL, ..FactsOptions::new(Date(AS_OF)) };
    for _ in 0..number(4, 5)? {
        let start = Instant::now();
        let mut state = FactsState::new(&StateOptions { as_of: Some(options.as_of), cell: Grain::Month });
        state.fold(&ledger)?;
        let folded = start.elapsed();
        let facts = state.finish(&options)?;
        let finished = start.elapsed();
        let cells: usize = (0..facts.len()).map(|at| facts.cells(at).count()).sum();
        println!(
            "fold {:.3} s, finish {:.3} s, {:.1} M rows/s, {} accounts, {cells} cells",
            folded.as_secs_f64(),
            (finished - folded).as_secs_f64(),
            shape.rows as f64 / folded.as_secs_f64() / 1e6,
            facts.len(),
        );
    }
    Ok(())
}
