//! The parts of the library by themselves: folding, merging, writing and reading states, finishing, and every method.
//!
//! `cargo bench -p kam-benches`, or one part: `cargo bench -p kam-benches -- fold`.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use kam_benches::{AS_OF, Shape, ledger};
use kam_core::facts::StateOptions;
use kam_core::method::{Context, METHODS};
use kam_core::money::Scale;
use kam_core::sample::{Company, SampleOptions};
use kam_core::time::{Date, Grain};
use kam_core::{Columns, Crm, FactsOptions, FactsState, Ledger};
use serde_json::Value;

const ROWS: usize = 1_000_000;

fn folded(text_keys: bool, seed: u64) -> (Ledger, FactsState) {
    let shape = Shape { rows: ROWS, accounts: 25_000, days: 730, text_keys, seed };
    let columns = Columns::new("account", "date", "amount").cost("cost").scale(Scale::new(0).expect("a scale"));
    let ledger = Ledger::from_batches(ledger(&shape), columns).expect("a ledger");
    let mut state = FactsState::new(&options());
    state.fold(&ledger).expect("a state");
    (ledger, state)
}

fn options() -> StateOptions {
    StateOptions { as_of: Some(Date(AS_OF)), cell: Grain::Month }
}

fn facts(c: &mut Criterion) {
    let mut group = c.benchmark_group("facts");
    group.sample_size(20).throughput(Throughput::Elements(ROWS as u64));
    for (name, text_keys) in [("integers", false), ("texts", true)] {
        let (ledger, state) = folded(text_keys, 1);
        let (_, other) = folded(text_keys, 2);
        group.bench_function(format!("fold/{name}"), |b| {
            b.iter(|| {
                let mut state = FactsState::new(&options());
                state.fold(black_box(&ledger)).expect("a state");
                state
            });
        });
        group.bench_function(format!("merge/{name}"), |b| {
            b.iter_batched(|| state.clone(), |mut state| state.merge(black_box(&other)).map(|()| state), BatchSize::LargeInput);
        });
        group.bench_function(format!("encode/{name}"), |b| b.iter(|| black_box(&state).encode()));
        let bytes = state.encode().expect("bytes");
        group.bench_function(format!("decode/{name}"), |b| b.iter(|| FactsState::decode(black_box(&bytes))));
        group.bench_function(format!("finish/{name}"), |b| {
            b.iter_batched(|| state.clone(), |state| state.finish(&FactsOptions::new(Date(AS_OF))), BatchSize::LargeInput);
        });
    }
    group.finish();
}

/// Every method on the sample company with all its tables.
fn methods(c: &mut Criterion) {
    let company = Company::generate(&SampleOptions { accounts: 2_000, ..SampleOptions::default() }).expect("a company");
    let columns = Columns::new("account", "date", "amount")
        .order("order")
        .cost("cost")
        .cost_to_serve("cost_to_serve")
        .list_amount("list_amount")
        .direction("direction")
        .manager("manager");
    let ledger = Ledger::from_batches(vec![company.ledger.clone()], columns).expect("a ledger");
    let facts = ledger.facts(&FactsOptions::new(SampleOptions::default().as_of)).expect("facts");
    let crm = company
        .tables()
        .into_iter()
        .filter(|(name, _)| *name != "ledger")
        .fold(Crm::builder(), |builder, (name, table)| builder.table(name, vec![table.clone()]).expect("a table"));
    let crm = crm.build().expect("a crm");
    let mut group = c.benchmark_group("methods");
    group.sample_size(10).throughput(Throughput::Elements(facts.len() as u64));
    for method in METHODS {
        group.bench_function(method.name, |b| {
            b.iter(|| method.run(&Context::new(black_box(&facts), &crm), &Value::Null).expect("an outcome"));
        });
    }
    group.finish();
}

criterion_group!(parts, facts, methods);
criterion_main!(parts);
