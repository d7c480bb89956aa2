//! A book with a changed byte is refused, or gives the same answer: never another one, and never a panic.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use kam_core::time::Date;
use kam_core::{Book, Columns, Facts, FactsOptions, Window};

const DAY: i32 = 19_723; // 2024-01-01

fn columns() -> Columns {
    Columns::new("account", "date", "amount").direction("line").max_bad_share(1.0)
}

/// One day's lines; a few are quarantined.
fn batch(day: i32, accounts: i64) -> RecordBatch {
    let numbers = || 0..accounts;
    RecordBatch::try_from_iter_with_nullable(vec![
        (
            "account",
            Arc::new(numbers().map(|at| Some(format!("customer {}", at * i64::from(day) % 97))).collect::<StringArray>()) as ArrayRef,
            true,
        ),
        ("date", Arc::new(numbers().map(|_| Some(DAY + day)).collect::<Date32Array>()), true),
        ("amount", Arc::new(numbers().map(|at| (at % 11 > 0).then_some(at * 37 % 1000)).collect::<Int64Array>()), true),
        ("line", Arc::new(numbers().map(|at| Some(format!("line {}", at % 3))).collect::<StringArray>()), true),
    ])
    .unwrap()
}

fn append(book: &Book, day: i32, accounts: i64) {
    book.append(&book.ledger(vec![batch(day, accounts)]).unwrap(), &format!("day {day}")).unwrap();
}

fn options() -> FactsOptions {
    FactsOptions { window: Window::ALL, ..FactsOptions::new(Date(DAY + 300)) }
}

/// What a book answers: its facts and its batches.
type Answer = (Facts, serde_json::Value);

fn answer(book: &Book) -> kam_core::Result<Answer> {
    Ok((book.facts(&options())?, book.batches()?.to_json()))
}

/// What became of a change: the place of the code that found it.
#[derive(Debug, Default)]
struct Found {
    open: usize,
    facts: usize,
    verify: usize,
    harmless: usize,
}

/// Opens a changed file, asks it, and says who noticed.
fn ask(path: &Path, right: &Answer, found: &mut Found, what: &str) {
    let refused = |error: kam_core::Error| {
        assert!(matches!(error.code() as u16, 701..=706), "{what}: {error:?}");
        assert!(error.to_string().contains("changed.kam"), "{what}: {error}");
    };
    let book = match Book::open(path) {
        Ok(book) => book,
        Err(error) => {
            refused(error);
            found.open += 1;
            return;
        }
    };
    match answer(&book) {
        Ok(given) => assert!(given == *right, "{what}: a wrong answer"),
        Err(error) => {
            refused(error);
            found.facts += 1;
            return;
        }
    }
    match book.verify() {
        Ok(()) => found.harmless += 1,
        Err(error) => {
            refused(error);
            found.verify += 1;
        }
    }
}

fn made(path: &Path, days: i32, accounts: i64) -> (Vec<u8>, Answer) {
    let book = Book::create(path, &columns()).unwrap();
    (1..=days).for_each(|day| append(&book, day, accounts));
    let right = answer(&book).unwrap();
    drop(book);
    (fs::read(path).unwrap(), right)
}

#[test]
fn every_changed_byte_of_a_small_book_is_found_or_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, right) = made(&folder.path().join("small.kam"), 3, 20);
    eprintln!("{} bytes, {} zero", bytes.len(), bytes.iter().filter(|b| **b == 0).count());
}
