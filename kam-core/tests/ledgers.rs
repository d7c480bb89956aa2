//! The published totals of real ledgers, to the last unit. They run where the shared ledgers lie beside the project, and say so where not.

use std::path::PathBuf;

use kam_core::money::Scale;
use kam_core::time::Date;
use kam_core::{Columns, Facts, FactsOptions, Ledger, Window};

/// The folder of a ledger, `None` (and a word about it) where it is absent.
fn ledger(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("KAM_LEDGERS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/ledgers"), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        Some(path)
    } else {
        eprintln!("not run: {} is not here", path.display());
        None
    }
}

fn facts(path: PathBuf, columns: Columns, as_of: &str) -> Facts {
    let options = FactsOptions { window: Window::ALL, ..FactsOptions::new(Date::parse(as_of).unwrap()) };
    Ledger::scan(path, columns).unwrap().facts(&options).unwrap()
}

fn mills() -> Scale {
    Scale::new(3).unwrap()
}

#[test]
fn online_retail() {
    let Some(path) = ledger("online_retail/online_retail.parquet") else { return };
    let columns = Columns::new("CustomerID", "InvoiceDate", "Quantity * UnitPrice").order("InvoiceNo").scale(mills());
    let facts = facts(path, columns, "2011-12-09");
    let reconciliation = facts.reconciliation();
    assert_eq!(reconciliation.read().rows, 541_909);
    assert_eq!(reconciliation.unassigned.rows, 135_080);
    assert_eq!(reconciliation.quarantined.rows, 0);
    assert_eq!(reconciliation.used().rows, 406_829);
    let sums = facts.window();
    assert_eq!(sums.sale_lines.iter().sum::<i64>(), 397_884);
    assert_eq!(sums.sale_lines.iter().filter(|lines| **lines > 0).count(), 4_338);
    assert_eq!((0..facts.len()).map(|at| sums.gross_sales(at)).sum::<i64>(), 8_911_407_904);
    assert_eq!(sums.orders.as_ref().unwrap().iter().sum::<i64>(), 18_532);
}

#[test]
fn cdnow_master() {
    let Some(path) = ledger("cdnow/CDNOW_master.txt") else { return };
    let facts = facts(path, Columns::new("customer_id", "date", "dollar_value").delimiter("whitespace"), "1998-06-30");
    assert_eq!(facts.reconciliation().read().rows, 69_659);
    assert_eq!(facts.len(), 23_570);
    assert_eq!(facts.window().revenue.iter().sum::<i64>(), 250_031_563);
}

#[test]
fn superstore() {
    let Some(path) = ledger("superstore/superstore.csv") else { return };
    let columns = Columns::new("Customer ID", "Order Date", "Sales")
        .cost("Sales - Profit")
        .direction("Region")
        .date_format("%m/%d/%Y")
        .scale(Scale::new(4).unwrap());
    let facts = facts(path, columns, "2021-12-31");
    assert_eq!(facts.len(), 793);
    assert_eq!(facts.window().revenue.iter().sum::<i64>(), 22_972_008_603);
    assert_eq!((0..facts.len()).map(|at| facts.window().profit(at).unwrap()).sum::<i64>(), 2_863_970_217);
    let mut regions = std::collections::BTreeMap::<&str, i64>::new();
    for at in 0..facts.len() {
        for cell in facts.cells(at) {
            *regions.entry(facts.labels().labels[cell.label as usize].direction.as_deref().unwrap()).or_default() += cell.revenue;
        }
    }
    let cents = |minor: i64| Scale::default().to_text(i128::from((minor + 50) / 100));
    assert_eq!(
        regions.into_iter().map(|(region, minor)| (region, cents(minor))).collect::<Vec<_>>(),
        [("Central", "501239.89"), ("East", "678781.24"), ("South", "391721.91"), ("West", "725457.82")]
            .map(|(region, text)| (region, text.to_owned()))
    );
}
