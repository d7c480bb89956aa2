//! The revenue bridge closes to the last minor unit: on made-up rows against plain sums, and on every real ledger.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use kam_core::money::Scale;
use kam_core::retention::{Bridge, Movement, RevenueBridge};
use kam_core::time::{Date, Grain};
use kam_core::{Columns, Facts, FactsOptions, Ledger, RevenueBridgeOptions, Window, revenue_bridge};
use proptest::prelude::*;

const FIRST: i32 = 18_993; // 2022-01-01

/// A line of a made-up ledger: account, day, amount, direction.
type Line = (u8, i32, i64, Option<u8>);

fn line() -> impl Strategy<Value = Line> {
    (0u8..8, 0i32..900, prop_oneof![4 => 1i64..50_000, 1 => -30_000i64..1], proptest::option::weighted(0.9, 0u8..4))
}

fn facts(lines: &[Line], grain: Grain, window: Window, has_directions: bool) -> Facts {
    let texts = |values: &mut dyn Iterator<Item = Option<String>>| Arc::new(values.collect::<StringArray>()) as ArrayRef;
    let rows = RecordBatch::try_from_iter_with_nullable(vec![
        ("account", texts(&mut lines.iter().map(|line| Some(format!("a{}", line.0)))), true),
        ("date", texts(&mut lines.iter().map(|line| Some(Date(FIRST + line.1).to_string()))), true),
        ("amount", Arc::new(Int64Array::from_iter_values(lines.iter().map(|line| line.2))) as ArrayRef, true),
        ("line", texts(&mut lines.iter().map(|line| line.3.map(|direction| format!("line {direction}")))), true),
    ])
    .unwrap();
    let columns = Columns::new("account", "date", "amount").scale(Scale::new(0).unwrap());
    let columns = if has_directions { columns.direction("line") } else { columns };
    let options = FactsOptions { grain, window, ..FactsOptions::new(Date(FIRST + 800)) };
    Ledger::from_batches(vec![rows], columns).unwrap().facts(&options).unwrap()
}

/// Every bridge closes; the series is a chain that ends with the ledger's revenue; directions add up to it.
fn check(facts: &Facts, result: &RevenueBridge) {
    let mut before = 0i128;
    for step in &result.steps {
        assert!(step.bridge.closes(), "{step:?}");
        assert_eq!(step.bridge.opening, before);
        before = step.bridge.closing;
    }
    let revenue: i128 = facts.history().revenue.iter().map(|minor| i128::from(*minor)).sum();
    assert_eq!(result.steps.iter().map(|step| step.bridge.closing).sum::<i128>(), revenue);
    if facts.labels().has_direction {
        let of_step = |at: usize| result.directions.iter().filter(move |row| row.step == at).map(|row| &row.bridge);
        for (at, step) in result.steps.iter().enumerate() {
            directions_add_up(&step.bridge, of_step(at));
        }
        directions_add_up(&result.comparison.bridge, result.comparison_directions.iter().map(|row| &row.bridge));
    }
    let comparison = &result.comparison.bridge;
    assert!(comparison.closes());
    assert_eq!(result.accounts.iter().map(|row| i128::from(row.opening)).sum::<i128>(), comparison.opening);
    assert_eq!(result.accounts.iter().map(|row| i128::from(row.closing)).sum::<i128>(), comparison.closing);
    let of = |movement: Movement| result.accounts.iter().filter(move |row| row.movement == movement);
    let change = |movement: Movement| of(movement).map(|row| i128::from(row.change())).sum::<i128>();
    assert_eq!(change(Movement::New), comparison.new);
    assert_eq!(change(Movement::Returned), comparison.returned);
    assert_eq!(-change(Movement::Lost), comparison.lost);
    assert_eq!(
        change(Movement::Expansion) + change(Movement::Contraction) + change(Movement::Absent),
        comparison.expansion - comparison.contraction
    );
    assert_eq!(of(Movement::Lost).count() as i64, comparison.lost_accounts);
    assert_eq!(of(Movement::New).count() as i64, comparison.new_accounts);
    assert_eq!(of(Movement::Returned).count() as i64, comparison.returned_accounts);
}

fn directions_add_up<'a>(whole: &Bridge, parts: impl Iterator<Item = &'a Bridge> + Clone) {
    assert!(parts.clone().all(Bridge::closes));
    assert!(parts.clone().all(|part| part.cross_sold <= part.expansion && part.dropped <= part.contraction));
    let sum = |value: fn(&Bridge) -> i128| parts.clone().map(value).sum::<i128>();
    assert_eq!(sum(|part| part.opening), whole.opening);
    assert_eq!(sum(|part| part.closing), whole.closing);
    assert_eq!(sum(|part| part.new), whole.new);
    assert_eq!(sum(|part| part.returned), whole.returned);
    assert_eq!(sum(|part| part.lost), whole.lost);
    assert_eq!(sum(|part| part.expansion - part.contraction), whole.expansion - whole.contraction);
}

/// The closing sums by a plain walk over the lines: per span revenue, and the revenue of first purchases.
fn plain(lines: &[Line], grain: Grain, span: i32) -> BTreeMap<i32, (i128, i128)> {
    let last = grain.period(Date(FIRST + 800)).0;
    let place = |day: i32| -((last - grain.period(Date(FIRST + day)).0) / span);
    let lines: Vec<&Line> = lines.iter().filter(|line| line.1 <= 800).collect();
    let mut spans: BTreeMap<i32, (i128, i128)> = BTreeMap::new();
    let first = |account: u8| lines.iter().filter(|line| line.0 == account && line.2 > 0).map(|line| place(line.1)).min();
    for line in &lines {
        let of = place(line.1);
        spans.entry(of).or_default().0 += i128::from(line.2);
        if first(line.0) == Some(of) {
            spans.entry(of).or_default().1 += i128::from(line.2);
        }
        // Credits of the span before a first purchase weigh on what is new: new is the change.
        if first(line.0) == Some(of + 1) {
            spans.entry(of + 1).or_default().1 -= i128::from(line.2);
        }
    }
    spans
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_bridge_closes(
        lines in proptest::collection::vec(line(), 0..150),
        grain in prop_oneof![Just(Grain::Week), Just(Grain::Month), Just(Grain::Quarter), Just(Grain::Year)],
        window in prop_oneof![Just(Window::ALL), (1u32..20).prop_map(Window::Periods)],
        span in 1u32..15,
        has_directions: bool,
    ) {
        let facts = facts(&lines, grain, window, has_directions);
        let result = revenue_bridge(&facts, &RevenueBridgeOptions { span, comparison: None }).unwrap();
        check(&facts, &result);
        let plain = plain(&lines, grain, i32::try_from(span).unwrap());
        let count = i32::try_from(result.steps.len()).unwrap();
        for (at, step) in (1 - count..).zip(&result.steps) {
            let (closing, new) = plain.get(&at).copied().unwrap_or_default();
            prop_assert_eq!(step.bridge.closing, closing);
            prop_assert_eq!(step.bridge.new, new);
        }
    }

    #[test]
    fn order_and_threads_cannot_be_seen(
        (lines, shuffled) in proptest::collection::vec(line(), 1..150).prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        threads in 1usize..5,
    ) {
        let options = RevenueBridgeOptions { span: 3, comparison: None };
        let run = |lines: &[Line]| revenue_bridge(&facts(lines, Grain::Month, Window::default(), true), &options).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        prop_assert_eq!(run(&lines), pool.install(|| run(&shuffled)));
    }
}

/// The folder of the shared ledgers, `None` (and a word about it) where one is absent.
fn ledger(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("KAM_LEDGERS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/ledgers"), PathBuf::from);
    let path = folder.join(name);
    if !path.exists() {
        eprintln!("not run: {} is not here", path.display());
    }
    path.exists().then_some(path)
}

/// Bridges of several spans over a real ledger, all of which must close.
fn closes(path: &Path, columns: Columns, as_of: &str, revenue: i128) {
    for grain in [Grain::Week, Grain::Month, Grain::Year] {
        let options = FactsOptions { grain, ..FactsOptions::new(Date::parse(as_of).unwrap()) };
        let facts = Ledger::scan(path, columns.clone()).unwrap().facts(&options).unwrap();
        assert_eq!(facts.history().revenue.iter().map(|minor| i128::from(*minor)).sum::<i128>(), revenue);
        for span in [1, 3, 12] {
            check(&facts, &revenue_bridge(&facts, &RevenueBridgeOptions { span, comparison: None }).unwrap());
        }
    }
}

/// A CSV file's rows by the names of their columns.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let bytes = |record: csv::ByteRecord| record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect::<Vec<_>>();
    let names = bytes(reader.byte_headers().unwrap().clone());
    reader.byte_records().map(|record| names.iter().cloned().zip(bytes(record.unwrap())).collect()).collect()
}

/// A ledger of these rows as a CSV file.
fn written(lines: impl Iterator<Item = [String; 4]>) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let mut writer = csv::Writer::from_path(file.path()).unwrap();
    writer.write_record(["account", "date", "amount", "direction"]).unwrap();
    lines.for_each(|line| writer.write_record(&line).unwrap());
    writer.flush().unwrap();
    file
}

#[test]
fn cdnow_closes() {
    let Some(path) = ledger("cdnow/CDNOW_master.txt") else { return };
    closes(&path, Columns::new("customer_id", "date", "dollar_value").delimiter("whitespace"), "1998-06-30", 250_031_563);
}

#[test]
fn online_retail_closes() {
    let Some(path) = ledger("online_retail/online_retail.parquet") else { return };
    let columns = Columns::new("CustomerID", "InvoiceDate", "Quantity * UnitPrice").direction("Country").scale(Scale::new(3).unwrap());
    closes(&path, columns, "2011-12-09", 8_300_065_814);
}

#[test]
fn superstore_closes() {
    let Some(path) = ledger("superstore/superstore.csv") else { return };
    let columns =
        Columns::new("Customer ID", "Order Date", "Sales").direction("Region").date_format("%m/%d/%Y").scale(Scale::new(4).unwrap());
    closes(&path, columns, "2021-12-31", 22_972_008_603);
}

#[test]
fn classicmodels_closes() {
    let Some(folder) = ledger("classicmodels") else { return };
    let by = |file: &str, key: &str| -> BTreeMap<String, BTreeMap<String, String>> {
        rows(&folder.join(file)).into_iter().map(|row| (row[key].clone(), row)).collect()
    };
    let (orders, products) = (by("orders.csv", "orderNumber"), by("products.csv", "productCode"));
    let lines = rows(&folder.join("orderdetails.csv")).into_iter().map(|row| {
        let order = &orders[&row["orderNumber"]];
        let cents = |text: &str| (text.parse::<f64>().unwrap() * 100.0).round();
        let amount = cents(&row["priceEach"]) * row["quantityOrdered"].parse::<f64>().unwrap() / 100.0;
        let direction = products[&row["productCode"]]["productLine"].clone();
        [order["customerNumber"].clone(), order["orderDate"].clone(), format!("{amount:.2}"), direction]
    });
    let file = written(lines);
    closes(file.path(), Columns::new("account", "date", "amount").direction("direction"), "2005-05-31", 960_419_061);
}

#[test]
fn crm_opportunities_closes() {
    let Some(folder) = ledger("crm_opportunities") else { return };
    let won = rows(&folder.join("sales_pipeline.csv")).into_iter().filter(|row| row["deal_stage"] == "Won");
    let lines = won.map(|row| ["account", "close_date", "close_value", "product"].map(|name| row[name].clone()));
    let file = written(lines);
    closes(file.path(), Columns::new("account", "date", "amount").direction("direction"), "2017-12-31", 1_000_553_400);
}

#[test]
fn global_electronics_closes() {
    let Some(folder) = ledger("global_electronics") else { return };
    let products: BTreeMap<String, BTreeMap<String, String>> =
        rows(&folder.join("Products.csv")).into_iter().map(|row| (row["ProductKey"].clone(), row)).collect();
    let lines = rows(&folder.join("Sales.csv")).into_iter().map(|row| {
        let product = &products[&row["ProductKey"]];
        let price: f64 = product["Unit Price USD"].replace(['$', ',', ' '], "").parse().unwrap();
        let amount = (price * 100.0).round() * row["Quantity"].parse::<f64>().unwrap() / 100.0;
        // Dates stand there as 01-31-2016 and as 1/31/2016.
        let parts: Vec<u32> = row["Order Date"].split(['-', '/']).map(|part| part.parse().unwrap()).collect();
        let date = format!("{:04}-{:02}-{:02}", parts[2], parts[0], parts[1]);
        [row["CustomerKey"].clone(), date, format!("{amount:.2}"), product["Category"].clone()]
    });
    let file = written(lines);
    closes(file.path(), Columns::new("account", "date", "amount").direction("direction"), "2021-02-20", 5_575_547_959);
}
