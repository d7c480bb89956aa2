//! Small made-up ledgers of two years.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use kam_core::crm::Kind;
use kam_core::time::Date;
use kam_core::{Columns, Crm, Facts, FactsOptions, Ledger, Window};
use proptest::prelude::*;

/// A line: account, day from 2023-01-01 on, amount and cost in whole units, direction.
pub type Line = (u8, i32, i64, i64, u8);

pub fn lines() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec((0u8..6, 0i32..731, -40i64..300, 0i64..200, 0u8..4), 1..90)
}

fn texts(values: impl IntoIterator<Item = String>) -> ArrayRef {
    Arc::new(values.into_iter().map(Some).collect::<StringArray>())
}

fn first() -> i32 {
    Date::parse("2023-01-01").unwrap().0
}

pub fn facts(lines: &[Line], as_of: Date, window: Window, grain: &str) -> Facts {
    let each = |of: &dyn Fn(&Line) -> String| texts(lines.iter().map(of));
    let rows = RecordBatch::try_from_iter([
        ("account", each(&|line| line.0.to_string())),
        ("date", each(&|line| Date(first() + line.1).to_string())),
        ("amount", Arc::new(Int64Array::from_iter_values(lines.iter().map(|line| line.2))) as ArrayRef),
        ("cost", Arc::new(Int64Array::from_iter_values(lines.iter().map(|line| line.3)))),
        ("direction", each(&|line| format!("line {}", line.4))),
    ])
    .unwrap();
    let mut options = FactsOptions::new(as_of);
    options.window = window;
    options.grain = serde_json::from_value(grain.into()).unwrap();
    let columns = Columns::new("account", "date", "amount").cost("cost").direction("direction");
    Ledger::from_batches(vec![rows], columns).unwrap().facts(&options).unwrap()
}

/// Activities by account, day and the place of their kind; none is resolved.
pub fn activities(events: &[(u8, i32, usize)], kinds: &[Kind]) -> Crm {
    let rows = RecordBatch::try_from_iter([
        ("account", texts(events.iter().map(|event| event.0.to_string()))),
        ("date", texts(events.iter().map(|event| Date(first() + event.1).to_string()))),
        ("kind", texts(events.iter().map(|event| kinds[event.2].word().to_owned()))),
    ])
    .unwrap();
    Crm::builder().activities(vec![rows]).unwrap().build().unwrap()
}
