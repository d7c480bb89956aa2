//! Times dossiers on a large review: `dossier ACCOUNTS (int|text) [CALLS]`.
//!
//! The ledger has twenty lines an account over two years; every account has a row in the accounts table, two contacts, three activities, two
//! opportunities, a clause and a competitor. Prints quantiles in microseconds of `Review::dossier` alone and with each way of writing it, for accounts
//! drawn at random, and the largest resident memory of the process. `--write FOLDER` writes the tables as Arrow files instead, for the programs in C and
//! Python beside this one.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use arrow::ipc::writer::FileWriter;
use kam_benches::{AS_OF, Shape, accounts_table, ledger};
use kam_core::money::Scale;
use kam_core::time::Date;
use kam_core::{Columns, Crm, FactsOptions, Ledger, Review, ReviewOptions, Window, review};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

type Failure = Box<dyn std::error::Error>;

fn words(values: impl Iterator<Item = &'static str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

/// `each` rows an account, with the account's key.
fn keys(accounts: &RecordBatch, each: usize) -> Result<ArrayRef, Failure> {
    let column = accounts.column_by_name("account").ok_or("no accounts")?;
    let places: arrow::array::UInt64Array = (0..accounts.num_rows() * each).map(|row| (row / each) as u64).collect();
    Ok(arrow::compute::take(column, &places, None)?)
}

/// The crm tables beside accounts.
fn tables(accounts: &RecordBatch) -> Result<Vec<(&'static str, RecordBatch)>, Failure> {
    let rows = accounts.num_rows();
    let days = |each: usize, step: i32| -> ArrayRef {
        Arc::new(Date32Array::from_iter_values((0..rows * each).map(|row| AS_OF - (row as i32).wrapping_mul(step).rem_euclid(700))))
    };
    let pick = |each: usize, from: &'static [&'static str]| words((0..rows * each).map(move |row| from[row * 7 % from.len()]));
    let numbers = |each: usize, of: fn(usize) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values((0..rows * each).map(of))) };
    let batch = |columns: Vec<(&str, ArrayRef)>| RecordBatch::try_from_iter(columns);
    let contacts = batch(vec![
        ("account", keys(accounts, 2)?),
        ("name", pick(2, &["Ada Byron", "Carl Gauss", "Emmy Noether"])),
        ("role", pick(2, &["decision_maker", "user", "influencer", "champion"])),
        ("influence", numbers(2, |row| (row % 10) as f64 / 10.0)),
        ("support", numbers(2, |row| (row % 5) as f64 / 2.5 - 1.0)),
    ])?;
    let activities = batch(vec![
        ("account", keys(accounts, 3)?),
        ("date", days(3, 13)),
        ("kind", pick(3, &["visit", "call", "meeting", "dispute", "late", "complaint", "delivery", "call"])),
        ("hours", numbers(3, |row| (row % 8) as f64 / 2.0)),
        ("manager", pick(3, &["Ann", "Ben", "Cyd", "Dan"])),
    ])?;
    let opportunities = batch(vec![
        ("account", keys(accounts, 2)?),
        ("opened", days(2, 17)),
        ("outcome", pick(2, &["won", "lost", "open"])),
        ("value", numbers(2, |row| (row % 1_000) as f64 * 10.0)),
        ("reason", pick(2, &["price", "delivery", "relationship"])),
    ])?;
    let contracts = batch(vec![
        ("account", keys(accounts, 1)?),
        ("clause", pick(1, &["bonus", "payment in 30 days", "service level"])),
        ("due", days(1, 29)),
        ("status", pick(1, &["open", "met", "breached", "met"])),
    ])?;
    let competitors = batch(vec![
        ("account", keys(accounts, 1)?),
        ("competitor", pick(1, &["Vektor", "Hansa", "Delta"])),
        ("share", numbers(1, |row| (row % 10) as f64 / 20.0)),
    ])?;
    Ok(vec![
        ("contacts", contacts),
        ("activities", activities),
        ("opportunities", opportunities),
        ("contracts", contracts),
        ("competitors", competitors),
    ])
}

/// Median, 99th percentile and maximum of calls in microseconds.
fn time(name: &str, accounts: &[String], mut call: impl FnMut(&str) -> Result<usize, kam_core::Error>) -> Result<(), Failure> {
    let mut taken = Vec::with_capacity(accounts.len());
    let mut size = 0;
    for account in accounts {
        let start = Instant::now();
        size += std::hint::black_box(call(account)?);
        taken.push(start.elapsed().as_secs_f64() * 1e6);
    }
    taken.sort_unstable_by(f64::total_cmp);
    let at = |part: f64| taken[((taken.len() - 1) as f64 * part) as usize];
    println!("{name:>24} {:>9.1} µs median {:>9.1} µs p99 {:>9.1} µs max {:>8} bytes", at(0.5), at(0.99), at(1.0), size / accounts.len());
    Ok(())
}

fn measure(review: &Review, calls: usize) -> Result<(), Failure> {
    let mut random = Pcg64::seed_from_u64(5);
    let draw = |_| {
        let value = review.accounts.value(0, random.random_range(0..review.accounts.len()));
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    };
    let accounts: Vec<String> = (0..calls).map(draw).collect();
    time("dossier", &accounts, |account| review.dossier(account).map(|dossier| dossier.classes.len()))?;
    time("dossier to JSON", &accounts, |account| review.dossier(account)?.to_json().map(|text| text.len()))?;
    time("dossier to Markdown", &accounts, |account| Ok(review.dossier(account)?.to_markdown().len()))?;
    time("dossier to HTML", &accounts, |account| Ok(review.dossier(account)?.to_html_fragment().len()))?;
    let refused = |account: &str| review.dossier(account).err().and_then(|error| error.hint().map(str::len)).unwrap_or(0);
    let mistyped: Vec<String> = accounts.iter().take(100).map(|account| format!("{account}x")).collect();
    time("a mistyped account", &mistyped, |account| Ok(refused(account)))?;
    time("an unknown account", &vec!["Nobody of that name".to_owned(); 100], |account| Ok(refused(account)))?;
    Ok(())
}

fn write(folder: &Path, name: &str, batches: &[RecordBatch]) -> Result<(), Failure> {
    let first = batches.first().ok_or("no rows")?;
    let mut writer = FileWriter::try_new(File::create(folder.join(format!("{name}.arrow")))?, first.schema_ref())?;
    batches.iter().try_for_each(|batch| writer.write(batch))?;
    Ok(writer.finish()?)
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let accounts: u64 = words.first().map_or(Ok(1_000_000), |word| word.parse())?;
    let text_keys = words.get(1).is_some_and(|word| word == "text");
    let shape = Shape { rows: accounts as usize * 20, accounts, days: 730, text_keys, seed: 20 };
    let batches = ledger(&shape);
    let of_accounts = accounts_table(&shape);
    let others = tables(&of_accounts)?;
    if let Some(at) = words.iter().position(|word| word == "--write") {
        let folder = Path::new(words.get(at + 1).ok_or("--write needs a folder")?);
        write(folder, "ledger", &batches)?;
        write(folder, "accounts", &[of_accounts])?;
        return others.iter().try_for_each(|(name, table)| write(folder, name, std::slice::from_ref(table)));
    }
    let columns = Columns::new("account", "date", "amount").cost("cost").scale(Scale::new(0)?);
    let options = FactsOptions { window: Window::Periods(24), ..FactsOptions::new(Date(AS_OF)) };
    let facts = Ledger::from_batches(batches, columns)?.facts(&options)?;
    let mut builder = Crm::builder().table("accounts", vec![of_accounts])?;
    for (name, table) in others {
        builder = builder.table(name, vec![table])?;
    }
    let crm = builder.build()?;
    let start = Instant::now();
    let review = review(&facts, &crm, &ReviewOptions::default(), &())?;
    println!("{:>24} {:>9.1} s, {} accounts, {} methods", "review", start.elapsed().as_secs_f64(), facts.len(), review.methods.len());
    measure(&review, words.get(2).map_or(Ok(20_000), |word| word.parse())?)?;
    if let Some(peak) = kam_benches::peak_megabytes() {
        println!("{:>24} {peak:>9} MB", "peak resident");
    }
    Ok(())
}
