//! Runs the golden corpus through the Rust interface.

#[path = "../support/batch.rs"]
mod batch;
#[path = "../support/golden.rs"]
mod corpus;

use std::path::Path;

use corpus::{Case, LedgerData};
use kam_core::calculation::calculation;
use kam_core::method::{Context, Outcome, method};
use kam_core::{Columns, Crm, FactsOptions, Ledger, Result};

fn run(case: &Case) -> Option<Result<Outcome>> {
    if let Some(input) = &case.input {
        return Some(calculation(&case.method).and_then(|calculation| calculation.outcome(input)));
    }
    let columns: Columns = serde_json::from_value(case.columns.clone()).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let options: FactsOptions = serde_json::from_value(case.facts.clone()).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let ledger = match &case.ledger {
        LedgerData::Inline(data) => Ledger::from_batches(vec![batch::batch(data)], columns),
        LedgerData::File(path) => Ledger::scan(path.display().to_string(), columns),
        LedgerData::Absent(file) => {
            println!("not run: {}: the shared ledgers have no {file} here", case.name);
            return None;
        }
    };
    let outcome = |ledger: Ledger| {
        let facts = ledger.facts(&options)?;
        let mut crm = Crm::builder();
        for (table, columns) in &case.crm {
            let columns = columns.as_object().unwrap_or_else(|| panic!("{}: crm.{table} must be a table of columns", case.name));
            crm = crm.table(table, vec![batch::batch(columns)])?;
        }
        let crm = crm.build()?;
        method(&case.method)?.run(&Context::new(&facts, &crm), &case.options)
    };
    Some(ledger.and_then(outcome))
}

#[test]
fn every_case_of_the_corpus() {
    let cases = corpus::cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"));
    assert!(!cases.is_empty(), "the corpus is empty");
    let mut failures = vec![];
    let mut not_run = 0;
    for case in &cases {
        let differences = match run(case) {
            None => {
                not_run += 1;
                continue;
            }
            Some(Ok(outcome)) => case.differences(&outcome.to_json()),
            Some(Err(error)) => {
                let message = format!("{error}; {}", error.hint().unwrap_or_default());
                case.error_differences(u64::from(error.code() as u16), &message)
            }
        };
        failures.extend(differences.into_iter().map(|difference| format!("{}: {difference}", case.name)));
    }
    println!("{} cases, {not_run} of them not run", cases.len());
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}

/// A comparison that finds nothing would pass everything.
#[test]
fn the_comparison_finds_what_differs() {
    let cases = corpus::cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"));
    let case = cases.iter().find(|case| case.name == "abc/one_large_account.toml").expect("the case this test bends");
    let right = run(case).expect("its rows are its own").expect("it runs").to_json();
    assert_eq!(case.differences(&right), Vec::<String>::new());
    let mut wrong = right.clone();
    wrong["summary"]["a_accounts"] = 2.into();
    assert_eq!(case.differences(&wrong).len(), 1);
    wrong["tables"]["abc"]["columns"]["abc"][0] = "B".into();
    assert_eq!(case.differences(&wrong).len(), 2);
    wrong["tables"]["abc"]["columns"].as_object_mut().expect("columns").remove("share");
    assert_eq!(case.differences(&wrong).len(), 3);
    assert_eq!(case.error_differences(301, "option `a` is 2").len(), 1);
}
