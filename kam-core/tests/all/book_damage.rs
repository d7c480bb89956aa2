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
            Arc::new(
                numbers()
                    .map(|at| Some(format!("customer {}", at * i64::from(day) % if accounts < 100 { 97 } else { 27_001 })))
                    .collect::<StringArray>(),
            ) as ArrayRef,
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
    append: usize,
    verify: usize,
    harmless: usize,
}

/// Opens a changed file, asks it, and says who noticed. `next` is the answer after one more day: a changed byte must not wait for it.
fn ask(path: &Path, right: &Answer, next: Option<(i32, &Answer)>, found: &mut Found, what: &str) {
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
    if let Some((day, right)) = next {
        let appended = book.append(&book.ledger(vec![batch(day, 20)]).unwrap(), &format!("day {day}"));
        match appended.and_then(|_| answer(&book)) {
            Ok(given) => assert!(given == *right, "{what}: a wrong answer after one more batch"),
            Err(error) => {
                refused(error);
                found.append += 1;
                return;
            }
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

/// A book's bytes, its answer, and the answer after one more day.
fn made(path: &Path, days: i32, accounts: i64) -> (Vec<u8>, Answer, Answer) {
    let book = Book::create(path, &columns()).unwrap();
    (1..=days).for_each(|day| append(&book, day, accounts));
    let right = answer(&book).unwrap();
    drop(book);
    let bytes = fs::read(path).unwrap();
    let book = Book::open(path).unwrap();
    append(&book, days + 1, 20);
    (bytes, right, answer(&book).unwrap())
}

/// Where files are changed thousands of times: in memory where the system has such a folder.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// A mask other than 0, the same on every run.
fn mask(at: usize) -> u8 {
    let word = (at as u64 ^ 0x5DEE_CE66).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56;
    u8::try_from(word).unwrap().max(1)
}

/// Changes bytes of the book, one at a time.
fn change_each(bytes: &[u8], places: impl Iterator<Item = usize>, right: &Answer, next: (i32, &Answer)) -> Found {
    let folder = folder();
    let path = folder.path().join("changed.kam");
    let mut changed = bytes.to_vec();
    let mut found = Found::default();
    for at in places {
        changed[at] ^= mask(at);
        fs::write(&path, &changed).unwrap();
        let next = at.is_multiple_of(3).then_some(next);
        ask(&path, right, next, &mut found, &format!("byte {at} of {} changed by {:#04x}", bytes.len(), mask(at)));
        changed[at] = bytes[at];
    }
    println!("{} bytes: {found:?}", bytes.len());
    found
}

#[test]
fn every_changed_byte_of_a_small_book_is_found_or_changes_nothing() {
    // The store complains on stderr where it stops over such bytes.
    std::panic::set_hook(Box::new(|_| {}));
    let folder = folder();
    let (bytes, right, after) = made(&folder.path().join("small.kam"), 3, 20);
    // Forty-nine bytes of fifty are room that nobody wrote to: of those one in a hundred, unless all are asked for.
    let all = std::env::var_os("KAM_EVERY_BYTE").is_some();
    let places = (0..bytes.len()).filter(|at| all || bytes[*at] != 0 || at % 100 == 0);
    let found = change_each(&bytes, places, &right, (4, &after));
    assert!(found.open > 1000 && found.append > 0 && found.harmless > 1000, "{found:?}");
    let _ = std::panic::take_hook();
}

#[test]
fn changed_bytes_and_missing_ends_of_a_larger_book_are_found() {
    std::panic::set_hook(Box::new(|_| {}));
    let folder = folder();
    // Enough cells that runs are merged and cut into shards.
    let (bytes, right, after) = made(&folder.path().join("large.kam"), 12, 9000);
    let written: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let places = written.iter().step_by(written.len() / 400).copied();
    let found = change_each(&bytes, places, &right, (13, &after));
    assert!(found.facts > 100, "{found:?}");
    let path = folder.path().join("changed.kam");
    let mut found = Found::default();
    for length in (0..bytes.len()).step_by(bytes.len() / 40) {
        fs::write(&path, &bytes[..length]).unwrap();
        ask(&path, &right, None, &mut found, &format!("the first {length} bytes"));
    }
    assert_eq!(found.harmless, 0, "{found:?}");
    let _ = std::panic::take_hook();
}

/// A book that the first kam with books wrote; `KAM_WRITE_BOOK=1` writes it anew, which only a change of the format may ask for.
#[test]
fn a_book_of_the_first_format_is_read() {
    let folder = folder();
    let (bytes, right, after) = made(&folder.path().join("now.kam"), 3, 20);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/books/format-1.kam.zst");
    if std::env::var_os("KAM_WRITE_BOOK").is_some() {
        fs::create_dir_all(kept.parent().unwrap()).unwrap();
        fs::write(&kept, zstd::encode_all(&bytes[..], 19).unwrap()).unwrap();
    }
    let path = folder.path().join("then.kam");
    fs::write(&path, zstd::decode_all(&fs::read(&kept).unwrap()[..]).unwrap()).unwrap();
    let book = Book::open_or_create(&path, &columns()).unwrap();
    assert!(answer(&book).unwrap() == right);
    // The same rows are known to be the same, and more can follow.
    assert!(book.append(&book.ledger(vec![batch(2, 20)]).unwrap(), "day 2").unwrap().repeated);
    append(&book, 4, 20);
    assert!(answer(&book).unwrap() == after);
    book.verify().unwrap();
}
