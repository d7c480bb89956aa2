//! The master table of the page: which columns, which accounts, in which order.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;

use super::{cells, words};
use crate::review::Review;
use crate::table::Table;

/// The facts that stand beside what the methods say; all of them are in the review's JSON.
const FACTS: [&str; 5] = ["account", "name", "revenue", "profit", "last_date"];

/// So many accounts of the largest revenue, with the columns of the page.
pub(super) fn largest(review: &Review, most: usize) -> Table {
    review.accounts.rows(by_revenue(&review.accounts, most).into_iter()).select(&columns(review))
}

/// The rows of the largest revenue, largest first, equal ones by key.
pub(super) fn by_revenue(table: &Table, most: usize) -> Vec<usize> {
    let revenue = table.column("revenue").and_then(|column| column.as_primitive_opt::<Float64Type>());
    let value = |row: usize| revenue.filter(|revenue| revenue.is_valid(row)).map_or(f64::NEG_INFINITY, |revenue| revenue.value(row));
    let order = |a: &usize, b: &usize| value(*b).total_cmp(&value(*a)).then(a.cmp(b));
    let mut rows: Vec<usize> = (0..table.len()).collect();
    if most < rows.len() {
        rows.select_nth_unstable_by(most, order);
        rows.truncate(most);
    }
    rows.sort_unstable_by(order);
    rows
}

/// The columns that the page shows: some of the facts, the classes that the methods give, then their figures. What needs sentences stands in
/// the methods' own tables.
fn columns(review: &Review) -> Vec<usize> {
    let names = review.accounts.columns();
    let of_methods = |name: &str| {
        review.methods.iter().filter_map(|ran| ran.outcome.accounts.as_ref().map(|table| (ran, table))).any(|(ran, table)| {
            table.columns().iter().any(|column| *column == name || name.strip_prefix(ran.name) == Some(&format!("_{column}")))
        })
    };
    let order = |at: usize| {
        let name = names[at];
        match FACTS.iter().position(|fact| *fact == name) {
            Some(place) => Some((0, place)),
            None if !of_methods(name) || cells::is_wide(name) => None,
            None if words::is_class(name) => Some((1, at)),
            None if review.accounts.kind(at).is_nested() => None,
            None => Some((2, at)),
        }
    };
    let mut places: Vec<_> = (0..names.len()).filter_map(|at| order(at).map(|order| (order, at))).collect();
    places.sort_unstable();
    places.into_iter().map(|(_, at)| at).collect()
}
