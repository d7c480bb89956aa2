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

/// The pipeline of a reseller, whose product `GTX Pro` the pipeline calls `GTXPro`: deals, accounts and products as the files have them.
#[test]
fn crm_opportunities() {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray};
    use kam_core::Crm;
    use kam_core::method::{Context, method};
    use serde_json::json;

    let Some(folder) = ledger("crm_opportunities") else { return };
    let read = |name: &str| -> (Vec<String>, Vec<Vec<String>>) {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let mut rows = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        (rows.next().unwrap(), rows.collect())
    };
    let column = |(names, rows): &(Vec<String>, Vec<Vec<String>>), name: &str, say: &dyn Fn(&str) -> String| -> ArrayRef {
        let at = names.iter().position(|column| column == name).unwrap();
        Arc::new(rows.iter().map(|row| Some(say(&row[at])).filter(|text| !text.is_empty())).collect::<StringArray>())
    };
    let same = |text: &str| text.to_owned();
    let batch = |columns: Vec<(&str, ArrayRef)>| RecordBatch::try_from_iter(columns).unwrap();
    let pipeline = read("sales_pipeline.csv");
    let won = (pipeline.0.clone(), pipeline.1.iter().filter(|row| row[4] == "Won").cloned().collect());
    // The ledger is what was won, under the products' own names.
    let product = |text: &str| if text == "GTXPro" { "GTX Pro".to_owned() } else { text.to_owned() };
    let rows = batch(vec![
        ("account", column(&won, "account", &same)),
        ("date", column(&won, "close_date", &same)),
        ("amount", column(&won, "close_value", &same)),
        ("product", column(&won, "product", &product)),
    ]);
    let columns = Columns::new("account", "date", "amount").direction("product");
    let facts = Ledger::from_batches(vec![rows], columns).unwrap().facts(&FactsOptions::new(Date::parse("2017-12-31").unwrap())).unwrap();
    assert_eq!((facts.len(), facts.window().revenue.iter().sum::<i64>()), (85, 1_000_553_400));
    assert_eq!(facts.reconciliation().read().rows, 4_238);

    let outcome = |text: &str| if matches!(text, "Won" | "Lost") { text.to_owned() } else { "open".to_owned() };
    let opportunities = batch(vec![
        ("account", column(&pipeline, "account", &same)),
        ("opened", column(&pipeline, "engage_date", &same)),
        ("closed", column(&pipeline, "close_date", &same)),
        ("outcome", column(&pipeline, "deal_stage", &outcome)),
        ("value", column(&pipeline, "close_value", &same)),
        ("direction", column(&pipeline, "product", &same)),
    ]);
    let table = read("accounts.csv");
    let accounts = batch(vec![
        ("account", column(&table, "account", &same)),
        ("industry", column(&table, "sector", &same)),
        ("annual_revenue", column(&table, "revenue", &same)),
        ("employees", column(&table, "employees", &same)),
        ("region", column(&table, "office_location", &same)),
    ]);
    let crm = Crm::builder().accounts(vec![accounts]).unwrap().opportunities(vec![opportunities]).unwrap().build().unwrap();
    let run = |name: &str| method(name).unwrap().run(&Context::new(&facts, &crm), &json!({})).unwrap();
    for name in ["routes", "three_p"] {
        let summary = run(name).summary;
        let unknown = summary["unknown_directions"].as_array().unwrap();
        assert_eq!(unknown.len(), 1, "{name}");
        assert_eq!((&unknown[0]["direction"], &unknown[0]["like"]), (&json!("GTXPro"), &json!("GTX Pro")));
        let (rows, value): (Vec<&Vec<String>>, f64) = {
            let rows: Vec<_> = pipeline.1.iter().filter(|row| row[2] == "GTXPro").collect();
            let value = rows.iter().filter_map(|row| row[7].parse::<f64>().ok()).sum();
            (rows, value)
        };
        assert_eq!((unknown[0]["opportunities"].as_u64().unwrap() as usize, unknown[0]["value"].as_f64().unwrap()), (rows.len(), value));
    }
    let routes = run("routes");
    assert_eq!(routes.summary["opportunities_without_account"], 1_425);
    let missing = routes.summary["missing"].to_string();
    for column in ["accounts.budget", "opportunities.probability", "accounts.reference"] {
        assert!(missing.contains(column), "{missing}");
    }
    assert!(routes.summary["routes"]["pareto"].as_u64().unwrap() > 0);
    let three_p = run("three_p");
    assert_eq!((&three_p.summary["accounts"], &three_p.summary["candidates"]), (&json!(85), &json!(0)));
    assert!(
        three_p.summary["missing"].to_string().contains("contacts") && three_p.summary["missing"].to_string().contains("accounts.budget")
    );
    assert_eq!(three_p.summary["unknown"]["power"], 85);
    assert_eq!(three_p.summary["unknown"]["need"], 0);
}
