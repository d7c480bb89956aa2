//! The program that times dossiers from C compiles without a warning and makes the same review as Rust of the same files.

#[path = "../../kam-ffi/tests/support/cc.rs"]
#[expect(dead_code, reason = "the tests of the C interface use what is left")]
mod cc;

use std::io::Write;
use std::process::{Command, Stdio};

use kam_core::ledger::read_file;
use kam_core::money::Scale;
use kam_core::time::Date;
use kam_core::{Columns, Crm, FactsOptions, Ledger, ReviewOptions, Window, review};

#[test]
fn the_review_from_c_is_that_of_rust() {
    // So that cargo makes the library that the program links.
    assert_eq!(kam::kam_abi_version(), kam::KAM_ABI_VERSION);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).with_extension("arrow").display().to_string();
    cc::succeed(Command::new(env!("CARGO_BIN_EXE_dossier")).args(["500", "int", "--write"]).arg(folder.path()));

    let columns = Columns::new("account", "date", "amount").cost("cost").scale(Scale::new(0).expect("a scale"));
    let options = FactsOptions { window: Window::Periods(24), ..FactsOptions::new(Date::parse("2024-12-31").expect("a day")) };
    let facts = Ledger::scan(path("ledger"), columns).expect("a ledger").facts(&options).expect("facts");
    let mut builder = Crm::builder();
    for table in ["accounts", "contacts", "activities", "opportunities", "contracts", "competitors"] {
        builder = builder.table(table, read_file(&path(table)).expect("a file")).expect("a table");
    }
    let review = review(&facts, &builder.build().expect("a crm"), &ReviewOptions::default(), &()).expect("a review");
    let keys: Vec<String> = (0..review.accounts.len()).step_by(7).map(|row| review.accounts.value(0, row).to_string()).collect();
    let expected: Vec<String> =
        keys.iter().map(|key| review.dossier(key).and_then(|dossier| dossier.to_json()).expect("a dossier")).collect();
    assert!(keys.len() > 50, "{}", keys.len());

    let program = cc::compile_in("dossier", &[cc::root().join("../benches/dossier.c")], cc::Way { flags: &["-std=c11", "-O2"], ..cc::C });
    let mut child =
        Command::new(&program).arg(folder.path()).arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a program");
    child.stdin.take().expect("its input").write_all(keys.join("\n").as_bytes()).expect("keys that are taken");
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success());
    let found = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(found.lines().collect::<Vec<_>>(), expected);

    std::fs::write(folder.path().join("keys"), keys.join("\n")).expect("a file of keys");
    let keys = std::fs::File::open(folder.path().join("keys")).expect("the keys");
    let said = cc::succeed(Command::new(&program).arg(folder.path()).stdin(keys));
    assert!(said.contains(" dossiers from C: ") && said.contains(" p99, "), "{said}");
}
