//! Times every method of a review on a large ledger: `review ROWS ACCOUNTS DAYS (int|text) [METHOD…]`.
//!
//! Prints the seconds and the share of each method, and the largest resident memory of the process.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::time::Instant;

use kam_benches::{AS_OF, Shape, accounts_table, ledger};
use kam_core::money::Scale;
use kam_core::progress::Progress;
use kam_core::time::Date;
use kam_core::{Columns, Crm, FactsOptions, Ledger, ReviewOptions, Window, review};

/// When each method began.
struct Stages(Mutex<Vec<(String, Instant)>>);

impl Progress for Stages {
    fn report(&self, stage: &str, done: u64, _: Option<u64>) -> ControlFlow<()> {
        if let Ok(mut stages) = self.0.lock()
            && stages.last().is_none_or(|(last, _)| last != stage)
        {
            let _ = done;
            stages.push((stage.to_owned(), Instant::now()));
        }
        ControlFlow::Continue(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: usize| words.get(at).map_or(Ok(otherwise), |word| word.parse());
    let shape = Shape {
        rows: number(0, 20_000_000)?,
        accounts: number(1, 1_000_000)? as u64,
        days: u32::try_from(number(2, 730)?)?,
        text_keys: words.get(3).is_some_and(|word| word == "text"),
        seed: 20,
    };
    let columns = Columns::new("account", "date", "amount").cost("cost").scale(Scale::new(0)?);
    let ledger = Ledger::from_batches(ledger(&shape), columns)?;
    let options = FactsOptions { window: Window::Periods(24), ..FactsOptions::new(Date(AS_OF)) };
    let start = Instant::now();
    let facts = ledger.facts(&options)?;
    println!("{:>24} {:>8.3} s, {} accounts", "facts", start.elapsed().as_secs_f64(), facts.len());
    let crm = Crm::builder().table("accounts", vec![accounts_table(&shape)])?.build()?;
    let mut options = ReviewOptions::default();
    if words.len() > 4 {
        options = options.methods(words[4..].iter().cloned());
    }
    let stages = Stages(Mutex::default());
    let start = Instant::now();
    let review = review(&facts, &crm, &options, &stages)?;
    let total = start.elapsed().as_secs_f64();
    let stages = stages.0.into_inner()?;
    let ends = stages.iter().skip(1).map(|(_, at)| *at).chain([Instant::now()]);
    for ((name, begin), end) in stages.iter().zip(ends) {
        let seconds = (end - *begin).as_secs_f64();
        let skipped = if review.skipped.iter().any(|skipped| skipped.method == name) { ", skipped" } else { "" };
        let name = if name == "review" { "master table" } else { name };
        println!("{name:>24} {seconds:>8.3} s {:>5.1} %{skipped}", 100.0 * seconds / total);
    }
    println!("{:>24} {total:>8.3} s, {} columns of the master table", "review", review.accounts.columns().len());
    if let Some(peak) = kam_benches::peak_megabytes() {
        println!("{:>24} {peak:>8} MB", "peak resident");
    }
    Ok(())
}
