//! Key accounts of the sample company: every type, route and verdict occurs, and the evidence can be read.

use kam_core::method::{Context, Outcome, method};
use kam_core::sample::{Company, SampleOptions};
use kam_core::time::Date;
use kam_core::{Columns, Crm, Facts, FactsOptions, Ledger};
use serde_json::{Value, json};

fn sample() -> (Facts, Crm) {
    let company = Company::generate(&SampleOptions::default()).unwrap();
    let columns = Columns::new("account", "date", "amount")
        .order("order")
        .cost("cost")
        .cost_to_serve("cost_to_serve")
        .list_amount("list_amount")
        .direction("direction")
        .manager("manager");
    let facts = Ledger::from_batches(vec![company.ledger.clone()], columns)
        .unwrap()
        .facts(&FactsOptions::new(Date::parse("2025-12-31").unwrap()))
        .unwrap();
    let mut crm = Crm::builder();
    for (name, batch) in company.tables().into_iter().skip(1) {
        crm = crm.table(name, vec![batch.clone()]).unwrap();
    }
    (facts, crm.build().unwrap())
}

fn run(name: &str, options: Value) -> Outcome {
    let (facts, crm) = sample();
    method(name).unwrap().run(&Context::new(&facts, &crm), &options).unwrap()
}

#[test]
fn print_all() {
    for name in ["key_account_types", "routes", "key_account_profile", "three_p"] {
        let outcome = run(name, json!({}));
        println!("== {name}\n{}", serde_json::to_string_pretty(&outcome.summary).unwrap());
        for table in &outcome.tables {
            println!("-- {} {}", table.name(), table.len());
            for row in 0..table.len().min(14) {
                println!(
                    "{}",
                    table
                        .columns()
                        .iter()
                        .enumerate()
                        .map(|(at, name)| format!("{name}={}", table.value(at, row)))
                        .collect::<Vec<_>>()
                        .join(" | ")
                );
            }
        }
    }
}
