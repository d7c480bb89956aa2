//! C programs against the header and the library.

#[path = "support/cc.rs"]
mod cc;
#[path = "../../kam-core/tests/support/golden.rs"]
mod golden;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use cc::{C, Link, Watch, Way, compile, have, needed, root, run, run_sanitized, sanitized, succeed, there, under_valgrind};
use golden::{Case, LedgerData};
use serde_json::{Map, Value};

const LEDGER: &str =
    "customer,day,net\nACME,2024-01-05,8500.00\nÄnderung GmbH,2024-02-01,1200.50\nACME,2024-03-01,-50\nInitech,2024-03-02,300\n";
const COLUMNS: &str = r#"{"account":"customer","date":"day","amount":"net"}"#;
const FACTS: &str = r#"{"as_of":"2024-12-31"}"#;

fn tests_c(names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| root().join("tests-c").join(name)).collect()
}

#[test]
fn the_example_reads_a_ledger_and_prints_abc_and_pyramid() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("sales.csv");
    std::fs::write(&ledger, LEDGER).expect("a ledger");
    for (name, link) in [("review", Link::Shared), ("review_static", Link::Static)] {
        let program = compile(name, &[root().join("examples/review.c")], link);
        let text = succeed(Command::new(&program).arg(&ledger).args([COLUMNS, FACTS]));
        for expected in ["abc {", "pyramid {", "ACME", "Änderung GmbH", "8450", "1200.5", "transaction"] {
            assert!(text.contains(expected), "no {expected} in\n{text}");
        }
        let output = run(Command::new(&program).arg(folder.path().join("none.csv")).args([COLUMNS, FACTS]));
        assert_eq!(output.status.code(), Some(1));
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.starts_with("error 101: ") && message.contains("none.csv"), "{message}");
        if have("valgrind") {
            succeed(under_valgrind(&program).arg(&ledger).args([COLUMNS, FACTS]));
        }
        let program = sanitized(name, &[root().join("examples/review.c")], Way { link, ..C }, Watch::Memory);
        succeed(run_sanitized(&program).arg(&ledger).args([COLUMNS, FACTS]));
    }
}

#[test]
fn the_book_takes_batches_again_and_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (book, ledger) = (folder.path().join("ledger.kam"), folder.path().join("sales.csv"));
    std::fs::write(&ledger, LEDGER).expect("a ledger");
    let program = compile("book", &[root().join("examples/book.c")], Link::Shared);
    let append = |batch: &str| succeed(Command::new(&program).args([&book, &ledger]).args([COLUMNS, batch, FACTS]));
    assert!(append("monday").starts_with("monday: 4 rows, 4 used, 0 quarantined\n"));
    assert!(append("monday").starts_with("monday: was there already\n"));
    let text = append("tuesday");
    for expected in ["batch_id", "monday", "tuesday", "ACME", "Änderung GmbH", "2401"] {
        assert!(text.contains(expected), "no {expected} in\n{text}");
    }
    if have("valgrind") {
        succeed(under_valgrind(&program).args([&book, &ledger]).args([COLUMNS, "wednesday", FACTS]));
    }
    let program = sanitized("book", &[root().join("examples/book.c")], C, Watch::Memory);
    succeed(run_sanitized(&program).args([&book, &ledger]).args([COLUMNS, "thursday", FACTS]));
}

/// The programs of several files: each with a folder of its own, and under valgrind and the sanitizers once more.
fn checks_of(name: &str, sources: &[PathBuf]) -> u32 {
    let program = compile(name, sources, Link::Shared);
    let folder = || tempfile::tempdir().expect("a folder");
    let at = |folder: &tempfile::TempDir| if name == "threads" { folder.path().join("book.kam") } else { folder.path().to_owned() };
    let place = folder();
    let text = succeed(Command::new(&program).arg(at(&place)));
    if have("valgrind") {
        let place = folder();
        succeed(under_valgrind(&program).arg(at(&place)));
    }
    let mut watches = vec![Watch::Memory];
    if name == "threads" {
        watches.push(Watch::Threads);
    }
    for watch in watches {
        let place = folder();
        succeed(run_sanitized(&sanitized(name, sources, C, watch)).arg(at(&place)));
    }
    text.split_whitespace().next().and_then(|count| count.parse().ok()).expect("a count")
}

/// One file an object, after its place in `src`.
fn misuse() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root().join("tests-c/misuse")).expect("tests-c/misuse").map(|file| file.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "c"));
    files.sort();
    files
}

#[test]
fn misuse_is_survived() {
    let checks = checks_of("misuse", &[misuse(), tests_c(&["given.c", "columns.c"])].concat());
    assert!(checks > 200, "{checks}");
}

#[test]
fn rows_come_in_every_way() {
    assert!(checks_of("ways", &tests_c(&["ways.c", "given.c", "columns.c"])) > 10);
}

#[test]
fn threads_share_handles() {
    assert!(checks_of("threads", &tests_c(&["threads.c", "given.c", "columns.c"])) > 10);
}

/// What valgrind and the sanitizers are asked to find, they find: handles that nobody frees.
#[test]
fn a_leak_is_seen() {
    let program = compile("leak", &tests_c(&["leak.c"]), Link::Shared);
    succeed(&mut Command::new(&program));
    let watched = sanitized("leak", &tests_c(&["leak.c"]), C, Watch::Memory);
    let mut ways = vec![(run_sanitized(&watched), "leaked in")];
    if have("valgrind") {
        ways.push((under_valgrind(&program), "definitely lost"));
    }
    for (mut way, word) in ways {
        let output = run(&mut way);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(9) && message.contains(word), "{message}");
    }
}

/// The sanitizer of threads sees what the program does without a lock, although the library is not instrumented.
#[test]
fn a_race_is_seen() {
    let output = run(&mut run_sanitized(&sanitized("race", &tests_c(&["race.c", "given.c", "columns.c"]), C, Watch::Threads)));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(9) && message.contains("data race") && message.contains("race.c"), "{message}");
}

/// Every function with an error, and every one that frees, is in the test of misuse.
#[test]
fn misuse_calls_every_function() {
    let header = std::fs::read_to_string(root().join("include/kam.h")).expect("kam.h");
    let misuse: String = misuse().iter().map(|file| std::fs::read_to_string(file).expect("a source")).collect();
    let prototypes = header.split("*/").filter_map(|part| part.split_once('(')).map(|(before, _)| before);
    let names: Vec<&str> = prototypes
        .filter(|before| !before.contains(['#', ';']))
        .filter_map(|before| before.rsplit([' ', '*', '\n']).next())
        .filter(|name| name.starts_with("kam_"))
        .collect();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        assert!(misuse.contains(&format!("{name}(")), "{name} is not called");
    }
}

#[test]
fn the_header_is_cxx() {
    if !needed("g++", || there("c++")) {
        return;
    }
    let source = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("header.cpp");
    // Twice, and after another copy of the Arrow structs, as hosts with an Arrow library have them.
    std::fs::write(
        &source,
        "#include \"kam.h\"\n#include \"kam.h\"\nint main() { return kam_abi_version() == KAM_ABI_VERSION ? 0 : 1; }\n",
    )
    .expect("a source");
    succeed(
        Command::new("c++")
            .args(["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I"])
            .arg(root().join("include"))
            .arg(&source),
    );
}

/// A case's columns as `tests-c/columns.c` reads them; types as the Rust runner of the corpus chooses them.
fn columns_file(path: &Path, columns: &Map<String, Value>) {
    let rows = columns.values().next().and_then(Value::as_array).map_or(0, Vec::len);
    let mut text = format!("{} {rows}\n", columns.len());
    for (name, values) in columns {
        let values = values.as_array().expect("a list of values");
        let given: Vec<&Value> = values.iter().filter(|value| value.as_str() != Some("null")).collect();
        let all = |is: fn(&Value) -> bool| !given.is_empty() && given.iter().all(|value| is(value));
        let kind = if all(Value::is_i64) {
            'l'
        } else if all(Value::is_number) {
            'g'
        } else if all(Value::is_boolean) {
            'b'
        } else {
            'u'
        };
        let _ = writeln!(text, "{kind} {name}");
        for value in values {
            let _ = match value.as_str() {
                Some("null") => writeln!(text, "-"),
                Some(word) => writeln!(text, "={}", word.replace('\\', "\\\\").replace('\n', "\\n")),
                None => writeln!(text, "={value}"),
            };
        }
    }
    std::fs::write(path, text).expect("a file of columns");
}

/// The arguments of `tests-c/golden.c`; `None` where the case's ledger is not on this machine.
fn arguments(case: &Case, folder: &Path) -> Option<Vec<String>> {
    if let Some(input) = &case.input {
        let path = folder.join("input.json");
        std::fs::write(&path, input.to_string()).expect("a file of input");
        return Some(vec![case.method.clone(), path.display().to_string()]);
    }
    let ledger = match &case.ledger {
        LedgerData::Inline(data) => {
            let path = folder.join("ledger");
            columns_file(&path, data);
            format!("@{}", path.display())
        }
        LedgerData::File(path) => path.display().to_string(),
        LedgerData::Absent(file) => {
            println!("not run: {}: the shared ledgers have no {file} here", case.name);
            return None;
        }
    };
    let mut arguments = vec![case.method.clone(), case.columns.to_string(), case.facts.to_string(), case.options.to_string(), ledger];
    for (table, columns) in &case.crm {
        let path = folder.join(table);
        columns_file(&path, columns.as_object().expect("columns"));
        arguments.extend([table.clone(), path.display().to_string()]);
    }
    Some(arguments)
}

#[test]
fn every_case_of_the_corpus() {
    let sources = tests_c(&["golden.c", "columns.c"]);
    let (program, watched) = (compile("golden", &sources, Link::Shared), sanitized("golden", &sources, C, Watch::Memory));
    let cases = golden::cases(&root().join("../kam-core/tests/golden"));
    assert!(!cases.is_empty(), "the corpus is empty");
    let folder = tempfile::tempdir().expect("a folder");
    let (mut failures, mut not_run, mut looked_through) = (vec![], 0, vec![]);
    let valgrind = have("valgrind");
    for case in &cases {
        let Some(arguments) = arguments(case, folder.path()) else {
            not_run += 1;
            continue;
        };
        let output = run(Command::new(&program).args(&arguments));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let differences = match output.status.code() {
            Some(0) => case.differences(&serde_json::from_str(&text).expect("JSON")),
            Some(3) => {
                let (code, message) = text.split_once('\n').expect("a code and a message");
                case.error_differences(code.parse().expect("a code"), message.trim_end())
            }
            _ => vec![format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr))],
        };
        failures.extend(differences.into_iter().map(|difference| format!("{}: {difference}", case.name)));
        // One small case of every method is enough to see its memory.
        if output.status.success() && matches!(case.ledger, LedgerData::Inline(_)) && !looked_through.contains(&case.method) {
            looked_through.push(case.method.clone());
            if valgrind {
                succeed(under_valgrind(&program).args(&arguments));
            }
            succeed(run_sanitized(&watched).args(&arguments));
        }
    }
    println!("{} cases, {not_run} of them not run; memory watched: {}", cases.len(), looked_through.join(", "));
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}
