//! Purchase models on real ledgers. They run where the shared ledgers lie beside the project, and say so where not.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use kam_core::key_account::{KeyAccountProfileOptions, KeyRule, key_account_profile};
use kam_core::method::{Context, method};
use kam_core::money::Scale;
use kam_core::numerics::btyd::{FitOptions, Kind, fit};
use kam_core::retention::{BtydSummary, PurchaseModelKind, Spend};
use kam_core::time::{Date, Grain};
use kam_core::{
    ClvOptions, Columns, Crm, Facts, FactsOptions, Ledger, PurchaseModelOptions, SpendModelOptions, Window, clv, purchase_model,
    spend_model,
};
use serde_json::{Value, json};

/// The file of a ledger, `None` (and a word about it) where it is absent.
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

fn cdnow_sample(as_of: &str) -> Option<Facts> {
    let columns = Columns::new("column_2", "column_3", "column_5").date_format("%Y%m%d").delimiter("whitespace").header(false);
    Some(facts(ledger("cdnow/CDNOW_sample.txt")?, columns, as_of))
}

#[test]
fn the_cdnow_summary_is_the_published_one() {
    let Some(facts) = cdnow_sample("1998-06-30") else { return };
    let Some(published) = ledger("cdnow/cdnow_sample_summary_exact.csv") else { return };
    let calibration = BtydSummary::of(&facts, Some(Date::parse("1997-09-30").unwrap()), Grain::Week, true).unwrap();
    let whole = BtydSummary::of(&facts, None, Grain::Week, true).unwrap();
    let text = std::fs::read_to_string(published).unwrap();
    let mut rows = 0;
    for (at, line) in text.lines().skip(1).enumerate() {
        let values: Vec<f64> = line.split(',').skip(1).map(|value| value.parse().unwrap()).collect();
        let [x, t_x, age] = calibration.history(at);
        let x_star = f64::from(whole.x[at].unwrap() - calibration.x[at].unwrap());
        for (found, expected) in [x, t_x, age, x_star].into_iter().zip(&values) {
            assert!((found - expected).abs() < 1e-12, "row {at}: {found} {expected}");
        }
        rows += 1;
    }
    assert_eq!((rows, calibration.len()), (2357, 2357));
    let sum: f64 = (0..rows).map(|at| calibration.history(at)[0]).sum();
    assert_eq!((sum as u32, rows - calibration.repeaters()), (2457, 1411));
}

#[test]
fn spends_before_a_day_are_those_of_facts_as_of_that_day() {
    let Some(path) = ledger("cdnow/CDNOW_sample.txt") else { return };
    let day = Date::parse("1997-09-30").unwrap();
    let columns = Columns::new("column_2", "column_3", "column_5").date_format("%Y%m%d").delimiter("whitespace").header(false);
    let ledger = Ledger::scan(path, columns).unwrap();
    let then = ledger.facts(&FactsOptions::new(day)).unwrap();
    let later = ledger.facts(&FactsOptions { grain: Grain::Day, ..FactsOptions::new(Date::parse("1998-06-30").unwrap()) }).unwrap();
    let of = |facts: &Facts| {
        let summary = BtydSummary::of(facts, Some(day), Grain::Week, true).unwrap();
        (summary.histories(), summary.mean_spend(facts, Spend::Net).unwrap())
    };
    assert_eq!(of(&then), of(&later));
}

/// Fitted in days and in weeks: only the times scale.
#[test]
fn online_retail_in_days_and_in_weeks() {
    let Some(path) = ledger("online_retail/online_retail.parquet") else { return };
    let columns = Columns::new("CustomerID", "InvoiceDate", "Quantity * UnitPrice").scale(Scale::new(3).unwrap());
    let facts = facts(path, columns, "2011-12-09");
    for model in [PurchaseModelKind::BgNbd, PurchaseModelKind::MbgNbd, PurchaseModelKind::ParetoNbd] {
        let fit = |unit| {
            let options = PurchaseModelOptions { model, unit, fallback: false, free_purchases: false, ..PurchaseModelOptions::default() };
            purchase_model(&facts, &options).unwrap()
        };
        let (days, weeks) = (fit(Grain::Day), fit(Grain::Week));
        println!("{:?} {:?} {:?}", weeks.summary.params, weeks.summary.standard_errors, weeks.summary.why_not);
        for (name, in_days) in &days.summary.params {
            let unit = if ["alpha", "beta"].contains(name) { 7.0 } else { 1.0 };
            let in_weeks = weeks.summary.params[name] * unit;
            assert!((in_days / in_weeks - 1.0).abs() < 1e-6, "{model:?} {name}: {in_days} {in_weeks}");
        }
        for (in_days, in_weeks) in days.p_alive.iter().zip(&weeks.p_alive) {
            assert!((in_days - in_weeks).abs() < 1e-7 || in_days.is_nan() && in_weeks.is_nan());
        }
        assert!(weeks.summary.converged);
        assert_eq!(weeks.summary.buyers, 4338);
        if model == PurchaseModelKind::BgNbd {
            assert!((weeks.summary.params["a"] - 0.0034).abs() < 2e-4, "{:?}", weeks.summary.params);
        }
    }
}

#[test]
fn lifetime_values_of_online_retail_add_up() {
    let Some(path) = ledger("online_retail/online_retail.parquet") else { return };
    let columns = Columns::new("CustomerID", "InvoiceDate", "Quantity * UnitPrice").scale(Scale::new(3).unwrap());
    let facts = facts(path, columns, "2011-12-09");
    let purchases = purchase_model(&facts, &PurchaseModelOptions::default()).unwrap();
    let spend = spend_model(&facts, &SpendModelOptions::default()).unwrap();
    println!("{:?}", spend.summary);
    assert!(spend.summary.non_positive > 0, "the ledger has customers whose returns exceed their repeat purchases");
    let options = ClvOptions { discount_rate: 0.0, margin_rate: Some(0.3), ..ClvOptions::default() };
    let value = clv(&facts, &purchases, &spend, &options).unwrap();
    assert_eq!(value.summary.until, Date::parse("2012-12-09").unwrap());
    // A year of 366 days without discount: what the model expects in 366 / 7 weeks, times spend and margin.
    let fit = purchases.fit.as_ref().unwrap();
    for at in (0..facts.len()).step_by(97) {
        if purchases.histories.x[at].is_none() {
            assert_eq!(value.clv[at], None);
            continue;
        }
        let [x, t_x, age] = purchases.histories.history(at);
        let expected = fit.model.expected_purchases(366.0 / 7.0, x, t_x, age) * spend.expected_spend[at].unwrap() * 0.3;
        assert!((value.clv[at].unwrap() - expected).abs() < 1e-6 * expected.abs().max(1.0));
    }
    let discounted = clv(&facts, &purchases, &spend, &ClvOptions { discount_rate: 0.02, ..options }).unwrap();
    assert!(discounted.summary.total < value.summary.total && discounted.summary.total > 0.8 * value.summary.total);
}

/// The numerics alone, on the published summary: every model to its published likelihood, with an interval around each prediction.
#[test]
fn predictions_lie_in_their_intervals() {
    let Some(facts) = cdnow_sample("1997-09-30") else { return };
    let summary = BtydSummary::of(&facts, None, Grain::Week, true).unwrap();
    let [x, t_x, age] = summary.histories();
    for (kind, likelihood) in [(Kind::BgNbd, -9582.429), (Kind::MbgNbd, -9582.1357), (Kind::ParetoNbd, -9594.976)] {
        let fit = fit(kind, &x, &t_x, &age, &FitOptions::default()).unwrap();
        assert!((fit.log_likelihood - likelihood).abs() < 1e-3);
        for at in (0..x.len()).step_by(101) {
            let p = fit.model.p_alive(x[at], t_x[at], age[at]);
            let (low, high) = fit.p_alive_interval(0.95, x[at], t_x[at], age[at]).unwrap();
            assert!(low <= p && p <= high);
            let expected = fit.model.expected_purchases(39.0, x[at], t_x[at], age[at]);
            let (low, high) = fit.expected_purchases_interval(0.95, 39.0, x[at], t_x[at], age[at]).unwrap();
            assert!(low <= expected && expected <= high);
        }
    }
}

/// Weeks 20 to 25 as the walkthrough of the R package BTYD prints them.
#[test]
fn the_weeks_of_cdnow_are_the_published_ones() {
    let Some(facts) = cdnow_sample("1998-06-30") else { return };
    let options = PurchaseModelOptions {
        model: PurchaseModelKind::ParetoNbd,
        calibration_end: Some(Date::parse("1997-09-30").unwrap()),
        ..PurchaseModelOptions::default()
    };
    let weeks = purchase_model(&facts, &options).unwrap().holdout.unwrap().weeks;
    assert_eq!((weeks.len(), weeks[77].end.to_string().as_str()), (78, "1998-06-30"));
    let printed = &weeks[19..25];
    assert_eq!(printed.iter().map(|week| week.actual).collect::<Vec<_>>(), [73, 55, 70, 33, 56, 99]);
    assert_eq!(printed.iter().map(|week| week.actual_cumulative).collect::<Vec<_>>(), [1359, 1414, 1484, 1517, 1573, 1672]);
    let expected = [78.31, 76.42, 74.65, 72.98, 71.41, 69.93];
    let cumulative = [1309.0, 1385.0, 1460.0, 1533.0, 1604.0, 1674.0];
    for (week, (expected, cumulative)) in printed.iter().zip(expected.into_iter().zip(cumulative)) {
        assert!((week.expected - expected).abs() < 0.015, "{week:?}");
        assert!((week.expected_cumulative - cumulative).abs() < 0.5, "{week:?}");
    }
}

#[test]
fn whom_the_models_project_to_be_key_is_key_by_any_route() {
    let columns = Columns::new("column_2", "column_3", "column_5").date_format("%Y%m%d").delimiter("whitespace").header(false);
    let Some(path) = ledger("cdnow/CDNOW_sample.txt") else { return };
    let options = FactsOptions { window: Window::Periods(3), ..FactsOptions::new(Date::parse("1998-06-30").unwrap()) };
    let facts = Ledger::scan(path, columns).unwrap().facts(&options).unwrap();
    let keys: StringArray = (0..facts.len()).map(|at| Some(facts.account(at).into_owned())).collect();
    let industries: StringArray = (0..facts.len()).map(|at| Some(["music", "other"][at % 2])).collect();
    let accounts = [("account", Arc::new(keys) as ArrayRef), ("industry", Arc::new(industries) as ArrayRef)];
    let crm = Crm::builder().accounts(vec![RecordBatch::try_from_iter(accounts).unwrap()]).unwrap().build().unwrap();
    let context = Context::new(&facts, &crm);
    let summary = |name: &str, options: Value| method(name).unwrap().run(&context, &options).unwrap().summary;
    let (routes, profile) = (summary("routes", Value::Null), summary("key_account_profile", json!({ "key": "any_route" })));
    assert!(routes["routes"]["potential"].as_u64() > Some(0), "{routes:?}");
    assert_eq!(profile["key_accounts"], routes["key_accounts"]);
    let alone = KeyAccountProfileOptions { key: KeyRule::AnyRoute, ..KeyAccountProfileOptions::default() };
    let alone = key_account_profile(&facts, &crm, None, &alone).unwrap().summary;
    assert_eq!(Some(alone.key_accounts as u64), routes["routes"]["pareto"].as_u64());
}
