//! A book gives the facts of one fold over all its rows; what must be refused is refused by name.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use proptest::prelude::*;

use super::*;
use crate::FactsOptions;
use crate::facts::{Facts, Window};
use crate::time::Date;

/// A line of a made-up ledger. Half the ways to break one are in it.
#[derive(Clone, Debug)]
struct Line {
    account: Option<u8>,
    /// A day after [`EPOCH`]; none is a date that cannot be read.
    day: Option<i32>,
    /// Cents; none is missing, half a cent is rounded.
    amount: Option<i64>,
    half: bool,
    cost: Option<i64>,
    order: u8,
    direction: Option<u8>,
}

const EPOCH: i32 = 14_975; // 2011-01-01

fn line() -> impl Strategy<Value = Line> {
    (
        proptest::option::weighted(0.95, 0u8..25),
        proptest::option::weighted(0.95, -40i32..420),
        proptest::option::weighted(0.97, prop_oneof![4 => 1i64..100_000, 1 => -50_000i64..0, 1 => Just(0)]),
        proptest::bool::weighted(0.1),
        proptest::option::weighted(0.9, 0i64..60_000),
        0u8..30,
        proptest::option::weighted(0.8, 0u8..4),
    )
        .prop_map(|(account, day, amount, half, cost, order, direction)| Line { account, day, amount, half, cost, order, direction })
}

fn batch(lines: &[Line], text_keys: bool) -> RecordBatch {
    let keys: ArrayRef = if text_keys {
        let name = |account: u8| {
            if account.is_multiple_of(2) { format!("Ä{account}") } else { format!("Gesellschaft für Großkunden {account}") }
        };
        Arc::new(lines.iter().map(|line| line.account.map(name)).collect::<StringArray>())
    } else {
        Arc::new(lines.iter().map(|line| line.account.map(|account| i64::from(account) * 1_000_000_007 - 5)).collect::<Int64Array>())
    };
    let date = |line: &Line| line.day.map_or_else(|| "soon".to_owned(), |day| Date(EPOCH + day).to_string());
    let amount = |line: &Line| line.amount.map(|cents| cents as f64 / 100.0 + if line.half { 0.0049 } else { 0.0 });
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("account", keys),
        ("date", Arc::new(lines.iter().map(|line| Some(date(line))).collect::<StringArray>())),
        ("amount", Arc::new(lines.iter().map(amount).collect::<Float64Array>())),
        ("cost", Arc::new(lines.iter().map(|line| line.cost.map(|cents| cents as f64 / 100.0)).collect::<Float64Array>())),
        ("order", Arc::new(lines.iter().map(|line| Some(i64::from(line.order))).collect::<Int64Array>())),
        ("line", Arc::new(lines.iter().map(|line| line.direction.map(|at| format!("dir {at}"))).collect::<StringArray>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

fn columns(rich: bool) -> Columns {
    let columns = Columns::new("account", "date", "amount").max_bad_share(1.0);
    if rich { columns.cost("cost").list_amount("cost").order("order").direction("line") } else { columns }
}

fn ledger(lines: &[Line], text_keys: bool, columns: &Columns) -> Ledger {
    Ledger::from_batches(vec![batch(lines, text_keys)], columns.clone()).unwrap()
}

fn options(as_of: i32, grain: Grain, window: Window) -> FactsOptions {
    FactsOptions { grain, window, ..FactsOptions::new(Date(EPOCH + as_of)) }
}

fn some_line(account: u8, day: i32, amount: i64) -> Line {
    Line { account: Some(account), day: Some(day), amount: Some(amount), half: false, cost: Some(amount / 2), order: 0, direction: None }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Bit for bit the same, but for where quarantined rows stand.
fn same(book: &Facts, fold: &Facts) {
    let rows = |facts: &Facts| {
        let rows = facts.quarantine.rows().iter().map(|row| (row.column.clone(), row.rule.clone(), row.value.clone(), row.amount));
        let mut rows: Vec<_> = rows.collect();
        rows.sort();
        rows
    };
    assert_eq!(rows(book), rows(fold));
    assert_eq!(book.quarantine.counts(), fold.quarantine.counts());
    let mut fold = fold.clone();
    fold.quarantine = book.quarantine.clone();
    assert_eq!(book.reconciliation(), fold.reconciliation());
    assert!(*book == fold);
}

fn grain() -> impl Strategy<Value = Grain> {
    prop_oneof![Just(Grain::Day), Just(Grain::Week), Just(Grain::Month), Just(Grain::Quarter), Just(Grain::Year)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_book_gives_the_facts_of_one_fold(
        lines in proptest::collection::vec((line(), 0usize..20), 1..400),
        text_keys: bool,
        rich: bool,
        compacted in proptest::option::of(0usize..20),
        questions in proptest::collection::vec((-60i32..500, grain(), prop_oneof![Just(Window::ALL), (1u32..20).prop_map(Window::Periods)]), 1..4),
    ) {
        let folder = Folder::new();
        let columns = columns(rich);
        let book = Book::create(folder.file("book.kam"), &columns).unwrap();
        for at in 0..20 {
            let own: Vec<Line> = lines.iter().filter(|(_, of)| *of == at).map(|(line, _)| line.clone()).collect();
            let appended = book.append(&ledger(&own, text_keys, &columns), &format!("batch {at}")).unwrap();
            prop_assert_eq!(appended.read.rows, own.len() as u64);
            prop_assert_eq!(&appended.merge_failure, &None);
            if compacted == Some(at) {
                book.compact().unwrap();
            }
        }
        let all: Vec<Line> = lines.into_iter().map(|(line, _)| line).collect();
        for (as_of, grain, window) in questions {
            let options = options(as_of, grain, window);
            same(&book.facts(&options).unwrap(), &ledger(&all, text_keys, &columns).facts(&options).unwrap());
        }
        book.verify().unwrap();
    }
}

/// Shards are cut where runs are large; the small books of the other tests never are.
#[test]
fn large_runs_are_cut_and_give_the_same_facts() {
    let folder = Folder::new();
    let columns = Columns::new("account", "date", "amount").direction("line").scale(crate::money::Scale::new(0).unwrap());
    let rows = |from: i64| {
        let numbers = || from..from + 30_000;
        RecordBatch::try_from_iter_with_nullable(vec![
            ("account", Arc::new(numbers().map(|at| Some((at * at) % 7919)).collect::<Int64Array>()) as ArrayRef, true),
            ("date", Arc::new(numbers().map(|at| Some(Date(EPOCH + (at % 400) as i32).to_string())).collect::<StringArray>()), true),
            ("amount", Arc::new(numbers().map(|at| Some(at % 1000 - 100)).collect::<Int64Array>()), true),
            ("line", Arc::new(numbers().map(|at| (at % 5 > 0).then(|| format!("{}", at % 3))).collect::<StringArray>()), true),
        ])
        .unwrap()
    };
    let book = Book::create(folder.file("book.kam"), &columns).unwrap();
    let batches: Vec<RecordBatch> = (0..10).map(|at| rows(at * 29_000)).collect();
    let mut merged = 0;
    for (at, batch) in batches.iter().enumerate() {
        let ledger = Ledger::from_batches(vec![batch.clone()], columns.clone()).unwrap();
        merged += book.append(&ledger, &at.to_string()).unwrap().merged_runs;
    }
    assert_eq!(merged, 8);
    let fold = Ledger::from_batches(batches, columns.clone()).unwrap();
    let questions = [options(200, Grain::Week, Window::ALL), options(500, Grain::Month, Window::Periods(3))];
    for options in &questions {
        same(&book.facts(options).unwrap(), &fold.facts(options).unwrap());
    }
    book.verify().unwrap();
    book.compact().unwrap();
    book.backup(folder.file("copy.kam")).unwrap();
    drop(book);
    for file in ["book.kam", "copy.kam"] {
        let book = Book::open(folder.file(file)).unwrap();
        for options in &questions {
            same(&book.facts(options).unwrap(), &fold.facts(options).unwrap());
        }
        book.verify().unwrap();
    }
}

/// An append merges no run of a million cells, and runs are few: so its cost has a bound that does not know the history.
#[test]
fn a_year_of_daily_appends_gives_the_facts_of_one_fold_and_few_runs() {
    let folder = Folder::new();
    let columns = columns(true);
    let book = Book::create(folder.file("book.kam"), &columns).unwrap();
    let day = |at: i32| -> Vec<Line> {
        let lines = 5 + (at * 7) % 11;
        let account = |line: i32| u8::try_from((at * 13 + line * line) % 40).unwrap();
        let mut lines: Vec<Line> = (0..lines).map(|line| some_line(account(line), at, i64::from(at * line) * 10 - 400)).collect();
        // Late postings, an unreadable day and counter sales come along.
        lines[0].day = Some((at - 9).max(0));
        lines[1].day = (at % 30 > 0).then_some(at);
        lines[2].account = (at % 4 > 0).then_some(3);
        lines
    };
    let mut all = vec![];
    for at in 0..366 {
        let lines = day(at);
        let appended = book.append(&ledger(&lines, true, &columns), &Date(EPOCH + at).to_string()).unwrap();
        assert!(appended.merged_runs <= 2 * 8 && appended.merge_failure.is_none(), "{appended:?}");
        all.extend(lines);
    }
    let runs = |book: &Book| book.with(|database| Ok(Snapshot::of(database)?.manifest.runs.len())).unwrap();
    assert!(runs(&book) < 2 * 8, "{}", runs(&book));
    let questions = [
        options(365, Grain::Month, Window::Periods(12)),
        options(365, Grain::Week, Window::ALL),
        options(200, Grain::Day, Window::Periods(90)),
        options(100, Grain::Quarter, Window::Periods(2)),
    ];
    let whole = ledger(&all, true, &columns);
    let ask = |book: &Book| questions.iter().for_each(|options| same(&book.facts(options).unwrap(), &whole.facts(options).unwrap()));
    ask(&book);
    book.compact().unwrap();
    assert_eq!(runs(&book), 1);
    ask(&book);
    assert_eq!(book.batches().unwrap().len(), 366);
    book.verify().unwrap();
}

#[test]
fn a_repeated_batch_is_a_no_op_and_another_one_of_its_name_an_error() {
    let folder = Folder::new();
    let columns = columns(true);
    let book = Book::create(folder.file("book.kam"), &columns).unwrap();
    let mut lines: Vec<Line> = (0..50).map(|at| some_line(at % 7, i32::from(at), i64::from(at) * 100 - 500)).collect();
    lines[3].day = None;
    let first = book.append(&ledger(&lines, true, &columns), "monday").unwrap();
    assert!(!first.repeated);
    assert_eq!((first.read.rows, first.used.rows, first.quarantined.rows), (50, 49, 1));
    // The same rows in another order are the same batch.
    let mut shuffled = lines.clone();
    shuffled.reverse();
    let second = book.append(&ledger(&shuffled, true, &columns), "monday").unwrap();
    assert!(second.repeated);
    assert_eq!(second.used, first.used);
    lines[20].amount = Some(7);
    let error = book.append(&ledger(&lines, true, &columns), "monday").unwrap_err();
    assert_eq!(error.code(), Code::BookBatch);
    assert!(error.to_string().contains("monday") && error.to_string().contains("book.kam"), "{error}");
    assert_eq!(book.batches().unwrap().len(), 1);
    assert_eq!(book.append(&ledger(&lines, true, &columns), "").unwrap_err().code(), Code::Option);
}

#[test]
fn what_does_not_go_together_is_refused_before_it_is_stored() {
    let folder = Folder::new();
    let columns = columns(false);
    let book = Book::create(folder.file("book.kam"), &columns).unwrap();
    let options = options(300, Grain::Month, Window::ALL);
    assert_eq!(book.facts(&options).unwrap_err().code(), Code::MissingInput);
    let lines = [some_line(1, 1, 100)];
    book.append(&ledger(&lines, true, &columns), "1").unwrap();
    // Other columns, another kind of key, sums too large, too much rubbish.
    let error = book.append(&ledger(&lines, true, &columns.clone().cost("cost")), "2").unwrap_err();
    assert_eq!(error.code(), Code::BookColumns);
    assert!(error.to_string().contains("`cost` is nothing in the book and `cost` here"), "{error}");
    assert_eq!(book.append(&ledger(&lines, false, &columns), "2").unwrap_err().code(), Code::StateMismatch);
    let huge: Vec<Line> = vec![some_line(2, 1, i64::MAX / 4); 3];
    book.append(&ledger(&huge, true, &columns), "2").unwrap();
    assert_eq!(book.append(&ledger(&huge, true, &columns), "3").unwrap_err().code(), Code::Overflow);
    assert_eq!(book.batches().unwrap().len(), 2);
    assert_eq!(book.facts(&options).unwrap().len(), 2);
    drop(book);
    let error = Book::open_or_create(folder.file("book.kam"), &columns.clone().manager("rep")).unwrap_err();
    assert_eq!(error.code(), Code::BookColumns);
    assert!(error.to_string().contains("manager") && error.to_string().contains("rep"), "{error}");

    let strict = columns.clone().max_bad_share(0.1);
    let book = Book::create(folder.file("strict.kam"), &strict).unwrap();
    let bad = [some_line(1, 1, 100), Line { amount: None, ..some_line(1, 1, 100) }];
    assert_eq!(book.append(&ledger(&bad, true, &strict), "1").unwrap_err().code(), Code::TooManyBadRows);
    assert_eq!(book.batches().unwrap().len(), 0);
}

#[test]
fn currencies_are_held_across_batches() {
    let folder = Folder::new();
    let columns = Columns::new("account", "date", "amount").currency("currency");
    let rows = |currency: &str| {
        let text = |value: &str| Arc::new(StringArray::from(vec![value])) as ArrayRef;
        let columns = vec![("account", text("a")), ("date", text("2024-01-01")), ("amount", text("5.00")), ("currency", text(currency))];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let book = Book::create(folder.file("book.kam"), &columns).unwrap();
    book.append(&book.ledger(vec![rows("EUR")]).unwrap(), "1").unwrap();
    let error = book.append(&book.ledger(vec![rows("USD")]).unwrap(), "2").unwrap_err();
    assert_eq!(error.code(), Code::CurrencyWithoutRate);
    assert!(error.to_string().contains("EUR, USD"), "{error}");
    book.append(&book.ledger(vec![rows("EUR")]).unwrap(), "2").unwrap();
    assert_eq!(book.facts(&FactsOptions::new(Date::parse("2024-12-31").unwrap())).unwrap().currency(), Some("EUR"));
}

#[test]
fn quarantined_rows_name_their_batch_and_file() {
    let folder = Folder::new();
    let columns = columns(false);
    let book = Book::create(folder.file("book.kam"), &columns).unwrap();
    std::fs::write(folder.file("day.csv"), "account,date,amount\na,2024-01-01,1\na,soon,2\n").unwrap();
    book.append(&book.ledger(folder.file("day.csv")).unwrap(), "csv").unwrap();
    let bad = Line { day: None, ..some_line(1, 1, 100) };
    book.append(&ledger(&[some_line(1, 1, 100), bad], true, &columns), "frame").unwrap();
    let facts = book.facts(&options(10_000, Grain::Month, Window::ALL)).unwrap();
    let places: Vec<(String, u64)> = facts.quarantine().rows().iter().map(|row| (row.source.clone().unwrap(), row.row)).collect();
    assert_eq!(places, [(format!("csv: {}", folder.file("day.csv").display()), 2), ("frame".to_owned(), 2)]);
    let table = book.batches().unwrap();
    assert_eq!(table.to_json()["columns"]["batch_id"], serde_json::json!(["csv", "frame"]));
    assert_eq!(table.to_json()["columns"]["quarantined"], serde_json::json!([1, 1]));
    assert_eq!(table.to_json()["columns"]["amount"], serde_json::json!([3.0, 2.0]));
}

#[test]
fn a_file_that_is_no_book_is_refused_by_name() {
    let folder = Folder::new();
    let columns = columns(false);
    let code = |name: &str| {
        let error = Book::open(folder.file(name)).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        error.code()
    };
    assert_eq!(code("none.kam"), Code::BookStorage);
    for error in [Book::open("").unwrap_err(), Book::create("", &columns).unwrap_err()] {
        assert_eq!((error.code(), error.to_string().as_str()), (Code::BookStorage, "the path of the book is empty"));
    }
    std::fs::create_dir(folder.file("folder.kam")).unwrap();
    assert_eq!(code("folder.kam"), Code::BookStorage);
    std::fs::write(folder.file("empty.kam"), b"").unwrap();
    assert_eq!(code("empty.kam"), Code::BookDamaged);
    std::fs::write(folder.file("text.kam"), "customer,day,net\n".repeat(1000)).unwrap();
    assert_eq!(code("text.kam"), Code::BookDamaged);
    drop(Database::create(folder.file("other.kam")).unwrap());
    assert_eq!(code("other.kam"), Code::BookDamaged);
    let error = Book::create(folder.file("no/such/folder.kam"), &columns).unwrap_err();
    assert_eq!(error.code(), Code::BookStorage);
    let book = Book::create(folder.file("book.kam"), &columns).unwrap();
    assert_eq!(Book::create(folder.file("book.kam"), &columns).unwrap_err().code(), Code::BookStorage);
    assert_eq!(book.backup(folder.file("book.kam")).unwrap_err().code(), Code::BookStorage);
    // Nothing is left behind by what failed.
    let names: Vec<_> = std::fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    // A book that is open is held, here as in another process.
    assert_eq!(code("book.kam"), Code::BookHeld);
    drop(book);
    Book::open(folder.file("book.kam")).unwrap();
    // A newer format.
    let mut bytes = std::fs::read(folder.file("book.kam")).unwrap();
    assert_eq!(&bytes[..8], b"KAMBOOK\x01");
    bytes[7] = 2;
    std::fs::write(folder.file("book.kam"), &bytes).unwrap();
    assert_eq!(code("book.kam"), Code::BookVersion);
}

#[test]
fn threads_read_while_one_appends() {
    let folder = Folder::new();
    let columns = columns(true);
    let book = Book::create(folder.file("book.kam"), &columns).unwrap();
    let day = |at: i32| -> Vec<Line> { (0..20).map(|account| some_line(account, at, 100 + i64::from(at))).collect() };
    book.append(&ledger(&day(0), true, &columns), "0").unwrap();
    let options = options(400, Grain::Day, Window::ALL);
    let done = std::sync::atomic::AtomicBool::new(false);
    let reads = std::thread::scope(|scope| {
        let read = || {
            let mut last = 0;
            let mut reads = 0;
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let facts = book.facts(&options).unwrap();
                // Whole batches only, and never fewer than before.
                let rows = facts.reconciliation().read().rows;
                assert!(rows.is_multiple_of(20) && rows >= last);
                assert_eq!(facts.history().lines.iter().sum::<i64>(), i64::try_from(rows).unwrap());
                (last, reads) = (rows, reads + 1);
            }
            reads
        };
        let readers = [scope.spawn(read), scope.spawn(read)];
        for at in 1..60 {
            book.append(&ledger(&day(at), true, &columns), &at.to_string()).unwrap();
            if at % 20 == 0 {
                book.backup(folder.file(&format!("{at}.kam"))).unwrap();
                assert_eq!(Book::open(folder.file(&format!("{at}.kam"))).unwrap().batches().unwrap().len(), at as usize + 1);
                book.compact().unwrap();
            }
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        readers.map(|reader| reader.join().unwrap())
    });
    assert!(reads.iter().sum::<usize>() > 2);
    assert_eq!(book.facts(&options).unwrap().reconciliation().read().rows, 60 * 20);
}

/// Hashes are stored: a fold that wants faster ones needs a new format of the book.
#[test]
fn stored_hashes_do_not_change() {
    assert_eq!(crate::facts::hash_bytes(b""), HASHES[0]);
    assert_eq!(crate::facts::hash_bytes(b"kam"), HASHES[1]);
    assert_eq!(crate::facts::hash_bytes("Gesellschaft für Großkunden".as_bytes()), HASHES[2]);
}

const HASHES: [u64; 3] = [5_706_795_948_885_657_404, 8_029_455_659_521_366_230, 3_366_777_784_246_685_403];
