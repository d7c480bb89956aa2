use arrow::array::*;
use kam_core::method::{Context, method};
use kam_core::time::Date;
use kam_core::{Columns, Crm, FactsOptions, Ledger};
use std::sync::Arc;
use std::time::Instant;
fn main() {
    let n: i64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let last = Date::parse("2025-12-31").unwrap().0;
    let mut x = 1u64;
    let mut next = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x
    };
    let (mut acc, mut day, mut amount, mut cost, mut dir) = (vec![], vec![], vec![], vec![], vec![]);
    let names = ["a", "b", "c", "d", "e"];
    for at in 0..n {
        let months = 1 + (next() % 24) as i32;
        for m in 0..24 {
            if (next() % 24) as i32 > months {
                continue;
            }
            acc.push(at);
            day.push(last - m * 30 - (next() % 28) as i32);
            let a = 100 + (next() % 100000) as i64;
            amount.push(a);
            cost.push(a * 7 / 10);
            dir.push(names[(next() % 5) as usize]);
        }
    }
    println!("{} rows", acc.len());
    let batch = RecordBatch::try_from_iter([
        ("account", Arc::new(Int64Array::from(acc)) as ArrayRef),
        ("date", Arc::new(Date32Array::from(day))),
        ("amount", Arc::new(Int64Array::from(amount))),
        ("cost", Arc::new(Int64Array::from(cost))),
        ("direction", Arc::new(StringArray::from(dir))),
    ])
    .unwrap();
    let t = Instant::now();
    let facts = Ledger::from_batches(vec![batch], Columns::new("account", "date", "amount").cost("cost").direction("direction"))
        .unwrap()
        .facts(&FactsOptions::new(Date(last)))
        .unwrap();
    println!("facts {:?}", t.elapsed());
    let accounts = RecordBatch::try_from_iter([
        ("account", Arc::new(Int64Array::from_iter_values(0..n)) as ArrayRef),
        ("industry", Arc::new(StringArray::from_iter_values((0..n).map(|at| format!("industry {}", at % 12))))),
        ("region", Arc::new(StringArray::from_iter_values((0..n).map(|at| format!("region {}", at % 7))))),
        ("budget", Arc::new(Float64Array::from_iter_values((0..n).map(|at| (at * 7919 % 100_000) as f64)))),
        ("annual_revenue", Arc::new(Float64Array::from_iter_values((0..n).map(|at| (at * 7907 % 1_000_000) as f64)))),
        ("employees", Arc::new(Int64Array::from_iter_values((0..n).map(|at| at * 31 % 500)))),
        ("reference", Arc::new(BooleanArray::from_iter((0..n).map(|at| Some(at % 50 == 0))))),
    ])
    .unwrap();
    let t = Instant::now();
    let crm = Crm::builder().accounts(vec![accounts]).unwrap().build().unwrap();
    println!("crm {:?}", t.elapsed());
    let t = Instant::now();
    let p = kam_core::pyramid(&facts, &crm, &kam_core::PyramidInputs::default(), &kam_core::PyramidOptions::default()).unwrap();
    println!("pyramid() {:?} {}", t.elapsed(), std::mem::size_of_val(&p.accounts[0]));
    let t = Instant::now();
    drop(p);
    println!("drop {:?}", t.elapsed());
    for name in ["pyramid", "pyramid_transitions", "key_account_types", "routes", "key_account_profile", "three_p"] {
        let t = Instant::now();
        let out = method(name).unwrap().run(&Context::new(&facts, &crm), &serde_json::json!({})).unwrap();
        println!("{name} {:?} ({} tables)", t.elapsed(), out.tables.len());
    }
}
