//! Kills processes that append and compact at random moments; every acknowledged batch must be there, exactly once. Then fills a disk.
//!
//! This program is its own child: `book_crash write PATH FIRST` and `book_crash fill PATH`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use kam_core::time::Date;
use kam_core::{Book, Columns, Facts, FactsOptions, Ledger, Window};

const KILLS: u64 = 320;
const DAY: i32 = 19_723; // 2024-01-01

fn columns() -> Columns {
    Columns::new("account", "date", "amount").max_bad_share(1.0)
}

fn id(number: u64) -> String {
    format!("batch {number}")
}

/// The rows of a batch, the same in every process; one of them is quarantined.
fn batch(number: u64) -> RecordBatch {
    let rows = || 0..(20 + number % 30);
    let mix = |at: u64| (number * 31 + at).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    RecordBatch::try_from_iter_with_nullable(vec![
        ("account", Arc::new(rows().map(|at| Some(format!("customer {}", mix(at) % 500))).collect::<StringArray>()) as ArrayRef, true),
        ("date", Arc::new(rows().map(|at| Some(DAY + (mix(at) % 365) as i32)).collect::<Date32Array>()), true),
        ("amount", Arc::new(rows().map(|at| (at > 0).then_some((mix(at) % 100_000) as i64 - 5000)).collect::<Int64Array>()), true),
    ])
    .expect("columns of one length")
}

fn options() -> FactsOptions {
    FactsOptions { window: Window::ALL, ..FactsOptions::new(Date(DAY + 200)) }
}

fn say(word: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{word}").and_then(|()| out.flush());
}

fn append(book: &Book, number: u64) -> kam_core::Result<bool> {
    Ok(book.append(&book.ledger(vec![batch(number)])?, &id(number))?.repeated)
}

/// Appends without an end, compacts now and then, and says what it begins and what is done.
fn write(path: &Path, first: u64) -> kam_core::Result<()> {
    let book = Book::open_or_create(path, &columns())?;
    if first > 0 {
        // What a client does that does not know whether its last batch arrived.
        assert!(append(&book, first - 1)?, "the last batch is new");
    }
    for number in first.. {
        say("append");
        append(&book, number)?;
        say(&format!("done {number}"));
        if number % 4 == 3 {
            say("compact");
            book.compact()?;
            say("compacted");
        }
    }
    Ok(())
}

/// Appends until the disk is full; the book goes on answering.
fn fill(path: &Path) -> kam_core::Result<()> {
    let book = Book::open_or_create(path, &columns())?;
    for number in 0.. {
        match append(&book, number) {
            Ok(_) => say(&format!("done {number}")),
            Err(error) => {
                assert_eq!(error.code() as u16, 706, "{error}");
                assert!(error.to_string().contains("full.kam"), "{error}");
                assert!(error.hint().is_some_and(|hint| hint.contains("make room")), "{error:?}");
                // Again: the same error, and nothing lost.
                assert_eq!(append(&book, number).expect_err("still full").code() as u16, 706);
                check(&book, number, number);
                say("full");
                return Ok(());
            }
        }
        assert!(number < 100_000, "the disk does not get full");
    }
    Ok(())
}

/// The facts of the first batches in one fold, with the quarantine of the book, whose sources name the batches.
fn fold(batches: u64, book: &Facts) -> bool {
    let all = Ledger::from_batches((0..batches).map(batch).collect(), columns()).expect("a ledger").facts(&options()).expect("facts");
    book.keys() == all.keys()
        && book.window() == all.window()
        && book.history() == all.history()
        && book.reconciliation() == all.reconciliation()
        && book.quarantine().counts() == all.quarantine().counts()
        && (0..all.len()).all(|at| book.cells(at).eq(all.cells(at)) && book.first_date(at) == all.first_date(at))
}

/// Are the batches those acknowledged, and at most one more that was under way? Gives their number.
fn check(book: &Book, acknowledged: u64, at_most: u64) -> u64 {
    let table = book.batches().expect("the list of batches");
    let ids = table.to_json()["columns"]["batch_id"].clone();
    let batches = table.len() as u64;
    assert_eq!(ids, serde_json::json!((0..batches).map(id).collect::<Vec<_>>()), "each once and in order");
    assert!((acknowledged..=at_most).contains(&batches), "{batches} batches, {acknowledged} acknowledged");
    if batches > 0 {
        let facts = book.facts(&options()).expect("facts");
        assert!(fold(batches, &facts), "the facts of {batches} batches are others");
    }
    batches
}

/// Runs a child, kills it after a while (or waits for its end), and gives the lines that it said.
fn child(command: &mut Command, kill_after: Option<Duration>) -> Vec<String> {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("a child");
    let said = Arc::new(Mutex::new(vec![]));
    let (out, lines) = (child.stdout.take().expect("its output"), Arc::clone(&said));
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            lines.lock().expect("lines").push(line);
        }
    });
    if let Some(delay) = kill_after {
        std::thread::sleep(delay);
        // SIGKILL where there are signals.
        child.kill().expect("a kill");
    }
    let status = child.wait().expect("an end");
    reader.join().expect("the reader");
    assert!(kill_after.is_some() || status.success(), "{status}");
    assert!(kill_after.is_none() || !status.success(), "the child ended by itself");
    Arc::try_unwrap(said).expect("one owner").into_inner().expect("lines")
}

/// In memory where the system has such a folder: a kill does not lose what the system was given, so the disk adds nothing but time.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

fn program() -> Command {
    Command::new(std::env::current_exe().expect("this program"))
}

/// Acknowledgements among the lines of a child: the last number, plus one.
fn acknowledged(lines: &[String]) -> Option<u64> {
    lines.iter().rev().find_map(|line| line.strip_prefix("done ")).map(|number| number.parse::<u64>().expect("a number") + 1)
}

fn kills_lose_nothing() {
    let folder = folder();
    let (mut book_number, mut batches, mut most) = (0, 0, 0);
    let (mut in_append, mut in_compaction, mut elsewhere) = (0, 0, 0);
    let mut path = PathBuf::new();
    for kill in 0..KILLS {
        // A new book now and then, so that its making is met as well.
        if kill % 32 == 0 {
            (book_number, batches) = (book_number + 1, 0);
            path = folder.path().join(format!("{book_number}.kam"));
        }
        let delay = Duration::from_micros((kill.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % 60_000);
        let lines = child(program().arg("write").arg(&path).arg(batches.to_string()), Some(delay));
        match lines.last().map(String::as_str) {
            Some("append") => in_append += 1,
            Some("compact") => in_compaction += 1,
            _ => elsewhere += 1,
        }
        let done = acknowledged(&lines).unwrap_or(batches);
        if path.exists() {
            let book = Book::open(&path).expect("a book after a kill");
            batches = check(&book, done, done + 1);
            if kill % 16 == 15 {
                book.verify().expect("a whole book");
            }
        } else {
            assert_eq!(done, 0);
        }
        most = most.max(batches);
    }
    println!("{KILLS} kills: {in_append} in an append, {in_compaction} in a compaction, {elsewhere} elsewhere; up to {most} batches");
    assert!(in_append > 20 && in_compaction > 20, "the kills met too little");
}

/// Writes are limited by the shell, as a full disk would.
fn a_full_disk_loses_nothing() {
    let folder = folder();
    let path = folder.path().join("full.kam");
    // Blocks of 512 bytes (or 1024, as the shell counts): more than a new book, less than what comes.
    let limited = r#"trap '' XFSZ; ulimit -f 2600; exec "$0" fill "$1""#;
    let lines = child(Command::new("sh").args(["-c", limited]).arg(std::env::current_exe().expect("this program")).arg(&path), None);
    assert_eq!(lines.last().map(String::as_str), Some("full"), "{lines:?}");
    let done = acknowledged(&lines).expect("some batches before the disk was full");
    let book = Book::open(&path).expect("a book after a full disk");
    check(&book, done, done);
    append(&book, done).expect("there is room again");
    check(&book, done + 1, done + 1);
    book.verify().expect("a whole book");
    println!("the disk was full after {done} batches");
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", path, first] => write(Path::new(path), first.parse().expect("a number")),
        ["fill", path] => fill(Path::new(path)),
        _ if words.iter().any(|word| word == "--list") => Ok(()),
        _ => {
            kills_lose_nothing();
            if cfg!(unix) {
                a_full_disk_loses_nothing();
            }
            Ok(())
        }
    };
    if let Err(error) = done {
        eprintln!("{error:?}");
        std::process::exit(1);
    }
}
