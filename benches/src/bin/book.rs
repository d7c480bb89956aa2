//! Times a book of daily batches against one fold: `book ROWS_A_DAY ACCOUNTS DAYS FOLDER`.
//!
//! Leaves `book.kam` and `ledger.parquet` with the same rows in the folder.

use std::fs::File;
use std::path::PathBuf;
use std::time::Instant;

use kam_benches::{AS_OF, Shape, day};
use kam_core::money::Scale;
use kam_core::time::Date;
use kam_core::{Book, Columns, FactsOptions, Ledger, Window};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [rows, accounts, days, folder] = words.as_slice() else {
        return Err("usage: book ROWS_A_DAY ACCOUNTS DAYS FOLDER".into());
    };
    let (rows, days): (usize, u32) = (rows.parse()?, days.parse()?);
    let shape = Shape { rows: rows * days as usize, accounts: accounts.parse()?, days, text_keys: false, seed: 20 };
    let folder = PathBuf::from(folder);
    let (path, parquet) = (folder.join("book.kam"), folder.join("ledger.parquet"));
    let columns = Columns::new("account", "date", "amount").cost("cost").scale(Scale::new(0)?);
    let _ = std::fs::remove_file(&path);
    let book = Book::create(&path, &columns)?;

    let properties = parquet::file::properties::WriterProperties::builder();
    let properties = properties.set_compression(parquet::basic::Compression::SNAPPY).build();
    let mut writer = parquet::arrow::ArrowWriter::try_new(File::create(&parquet)?, day(&shape, 0).schema(), Some(properties))?;
    let mut appends = vec![];
    for number in 0..days {
        let batch = day(&shape, number);
        writer.write(&batch)?;
        let ledger = Ledger::from_batches(vec![batch], columns.clone())?;
        let start = Instant::now();
        let appended = book.append(&ledger, &format!("day {number}"))?;
        appends.push((start.elapsed().as_secs_f64() * 1e3, appended.merged_runs));
    }
    writer.close()?;
    for (name, part) in
        [("first 30", &appends[..30.min(appends.len())]), ("last 30", &appends[appends.len().saturating_sub(30)..]), ("all", &appends[..])]
    {
        let sorted = |merged: bool| {
            let mut times: Vec<f64> = part.iter().filter(|(_, runs)| merged == (*runs > 0)).map(|(time, _)| *time).collect();
            times.sort_by(f64::total_cmp);
            times
        };
        let (plain, merging) = (sorted(false), sorted(true));
        let middle = |times: &[f64]| times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
        println!(
            "appends, {name}: median {:.1} ms; {} that merged runs: median {:.1} ms, longest {:.1} ms; mean of all {:.1} ms",
            middle(&plain),
            merging.len(),
            middle(&merging),
            merging.last().copied().unwrap_or(f64::NAN),
            part.iter().map(|(time, _)| time).sum::<f64>() / part.len() as f64,
        );
    }
    let size = |path: &PathBuf| std::fs::metadata(path).map(|data| data.len() as f64 / 1e6);
    let months = FactsOptions { window: Window::ALL, ..FactsOptions::new(Date(AS_OF)) };
    let ask = |what: &str| -> Result<(), Box<dyn std::error::Error>> {
        for _ in 0..3 {
            let start = Instant::now();
            let facts = book.facts(&months)?;
            println!("facts {what}: {:.2} s, {} accounts", start.elapsed().as_secs_f64(), facts.len());
        }
        Ok(())
    };
    println!("book {:.0} MB, Parquet {:.0} MB", size(&path)?, size(&parquet)?);
    ask("before compaction")?;
    let start = Instant::now();
    book.compact()?;
    println!("compaction {:.2} s; book {:.0} MB", start.elapsed().as_secs_f64(), size(&path)?);
    ask("after compaction")?;
    let start = Instant::now();
    book.append(&Ledger::from_batches(vec![day(&shape, days - 1)], columns.clone())?, "one more")?;
    println!("append after compaction {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let start = Instant::now();
    drop(book);
    println!("close {:.1} ms; book {:.0} MB", start.elapsed().as_secs_f64() * 1e3, size(&path)?);
    let start = Instant::now();
    let book = Book::open(&path)?;
    println!("open {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let start = Instant::now();
    book.backup(folder.join("copy.kam"))?;
    println!("backup {:.2} s", start.elapsed().as_secs_f64());
    std::fs::remove_file(folder.join("copy.kam"))?;
    let start = Instant::now();
    book.verify()?;
    println!("verify {:.2} s", start.elapsed().as_secs_f64());
    let ledger = Ledger::scan(parquet, columns)?;
    for _ in 0..3 {
        let start = Instant::now();
        let facts = ledger.facts(&months)?;
        println!("fold of the Parquet file: {:.2} s, {} accounts", start.elapsed().as_secs_f64(), facts.len());
    }
    Ok(())
}
