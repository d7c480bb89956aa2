use std::collections::BTreeSet;

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use serde_json::{Value, json};

use super::*;
use crate::crm::Crm;
use crate::facts::{FactsOptions, Perspective};
use crate::ledger::{Columns, Ledger};
use crate::method::{METHODS, Names, Origin};
use crate::table::{Column, Table, Unit};
use crate::time::Date;

fn outcome(method: &'static str, tables: Vec<Table>, summary: Value) -> Outcome {
    let mut outcome = Outcome::new(tables, &summary).unwrap();
    outcome.origin = Origin { method, currency: Some("EUR".to_owned()), ..Origin::default() };
    outcome
}

/// A whale of so many accounts, the last tenth of which lose money.
fn whale(accounts: usize) -> Outcome {
    let mut sum = 0.0;
    let sums: Vec<f64> = (0..accounts)
        .map(|at| {
            sum += 1000.0 / (at + 1) as f64 - if at >= accounts * 9 / 10 { 0.5 } else { 0.0 };
            sum
        })
        .collect();
    let peak = sums.iter().copied().fold(0.0, f64::max);
    let turn = sums.iter().position(|value| *value == peak).map_or(0, |at| at + 1);
    let table = Table::new(
        "whale_curve",
        vec![
            Column::words("account", (0..accounts).map(|at| format!("account {at}"))),
            Column::floats("cumulative_profit", Unit::Money, sums.iter().copied().map(Some)),
        ],
    );
    outcome("whale_curve", vec![table.unwrap()], json!({ "base": "profit", "turning_rank": turn, "loss_accounts": 3 }))
}

#[test]
fn every_listed_method_exists_and_names_are_unique() {
    let methods: BTreeSet<&str> = METHODS.iter().map(|entry| entry.name).chain(["mcda.smaa"]).collect();
    for (method, charts) in CHARTS {
        assert!(methods.contains(method), "{method}");
        let names: BTreeSet<&str> = charts.iter().map(|chart| chart.name).collect();
        assert_eq!(names.len(), charts.len(), "{method}");
    }
    assert_eq!(CHARTS.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len(), CHARTS.len());
}

#[test]
fn a_million_accounts_are_a_small_specification() {
    let large = whale(1_000_000).chart(None).unwrap().unwrap();
    let text = large.spec(Theme::Light).to_string();
    assert!(text.len() < 60_000, "{}", text.len());
    assert_eq!(text, whale(1_000_000).chart(Some("whale_curve")).unwrap().unwrap().spec(Theme::Light).to_string());
    // Peak and end stand where they stand.
    assert!(text.contains("\"account\":\"account 999999\""));
}

#[test]
fn accounts_that_are_numbers_are_called_by_their_digits() {
    let losses = [Some(5.0), Some(3.0)];
    let keys = Column::integers("account", Unit::Plain, [Some(141), Some(-7)]);
    let columns = vec![keys, Column::floats("loss", Unit::Money, losses), Column::words("driver", ["discount", "cost"])];
    let table = Table::new("unprofitable", columns).unwrap();
    let outcome = outcome("unprofitable", vec![table], json!({ "unprofitable_accounts": 2, "total_loss": 8.0 }));
    let spec = outcome.chart(None).unwrap().unwrap().spec(Theme::Light);
    assert_eq!([&spec["data"]["values"][0]["name"], &spec["data"]["values"][1]["name"]], ["141", "-7"]);
}

#[test]
fn accounts_are_called_by_their_names() {
    let hostile = "<img src=x onerror=alert(1)>";
    let words = |words: &[&str]| Arc::new(StringArray::from(words.to_vec())) as ArrayRef;
    let names = RecordBatch::try_from_iter([
        ("account", words(&["1", "2", "3", "4", "5"])),
        ("name", words(&["Zeta", "Zeta", hostile, " ", &"long ".repeat(100)])),
    ]);
    let crm = Crm::builder().accounts(vec![names.unwrap()]).unwrap().build().unwrap();
    let columns = vec![
        Column::words("account", ["1", "2", "3", "4", "5", "6"]),
        Column::floats("loss", Unit::Money, [6.0, 5.0, 4.0, 3.0, 2.0, 1.0].map(Some)),
        Column::words("driver", ["cost"; 6]),
    ];
    let mut losses = outcome("unprofitable", vec![Table::new("unprofitable", columns).unwrap()], json!({ "unprofitable_accounts": 6 }));
    losses.origin.names = Names::of(&crm);
    let spec = losses.chart(None).unwrap().unwrap().spec(Theme::Light);
    let shown = |field: &str| {
        spec["data"]["values"].as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let cut = format!("{}…", "long ".repeat(24).trim_end());
    // On an axis two accounts of one name are two; who has no name is called by the key.
    assert_eq!(shown("name"), ["Zeta (1)", "Zeta (2)", hostile, "4", &cut, "6"]);
    assert_eq!(shown("key"), ["1", "2", "3", "4", "5", "6"]);
    assert!(spec["layer"][0]["encoding"]["tooltip"].as_array().unwrap().iter().any(|line| line["field"] == "key"), "{spec}");
    let mut places = vec![];
    find(&spec, hostile, "", &mut places);
    assert_eq!(places, ["/data/values/2/name"]);
}

#[test]
fn names_from_data_stay_data() {
    let hostile = "</script><img src=x onerror=alert(1)> '+ alert(1) +' \u{2028}";
    let table = Table::new(
        "unprofitable",
        vec![Column::words("account", [hostile]), Column::floats("loss", Unit::Money, [Some(5.0)]), Column::words("driver", ["discount"])],
    );
    let outcome = outcome("unprofitable", vec![table.unwrap()], json!({ "unprofitable_accounts": 1, "total_loss": 5.0 }));
    let spec = outcome.chart(None).unwrap().unwrap().spec(Theme::Light);
    let mut places = vec![];
    find(&spec, hostile, "", &mut places);
    assert_eq!(places, ["/data/values/0/name"], "a name stands in the data and nowhere else");
}

fn find(value: &Value, text: &str, path: &str, places: &mut Vec<String>) {
    match value {
        Value::String(found) if found.contains(text) => places.push(path.to_owned()),
        Value::Array(values) => values.iter().enumerate().for_each(|(at, value)| find(value, text, &format!("{path}/{at}"), places)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| find(value, text, &format!("{path}/{name}"), places)),
        _ => {}
    }
}

#[test]
fn one_of_something_is_not_several() {
    let keys = |count: u8| (0..count).map(|at| char::from(b'a' + at).to_string());
    let lines = |count: u8, lossy: u8| {
        let rows = || keys(count).flat_map(|key| (1..=12).map(move |month| (key.clone(), format!("2024-{month:02}-05"))));
        let costs = rows().map(|(key, _)| if key.as_bytes()[0] < b'a' + lossy { 20.0 } else { 5.0 });
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("account", Arc::new(rows().map(|(key, _)| Some(key)).collect::<StringArray>())),
            ("date", Arc::new(rows().map(|(_, day)| Some(day)).collect::<StringArray>())),
            ("amount", Arc::new(rows().map(|_| Some(10.0)).collect::<Float64Array>())),
            ("cost", Arc::new(costs.map(Some).collect::<Float64Array>())),
            ("manager", Arc::new(rows().map(|_| Some("Ann")).collect::<StringArray>())),
        ];
        vec![RecordBatch::try_from_iter(columns).unwrap()]
    };
    let one = |name: &'static str, word: &str| (name, Arc::new(StringArray::from(vec![word])) as ArrayRef);
    let late = || vec![RecordBatch::try_from_iter([one("account", "a"), one("date", "2024-11-20"), one("kind", "late")]).unwrap()];
    for (accounts, lossy) in [(1, 0), (1, 1), (2, 1), (5, 1)] {
        for perspective in [Perspective::Customer, Perspective::Supplier] {
            let columns = Columns::new("account", "date", "amount").cost("cost").manager("manager");
            let ledger = Ledger::from_batches(lines(accounts, lossy), columns).unwrap();
            let options = FactsOptions { perspective, ..FactsOptions::new(Date::parse("2024-12-31").unwrap()) };
            let crm = Crm::builder().table("activities", late()).unwrap().build().unwrap();
            let review =
                crate::review::review(&ledger.facts(&options).unwrap(), &crm, &crate::review::ReviewOptions::default(), &()).unwrap();
            let drawings: Vec<Drawing> = review.methods.iter().flat_map(|ran| ran.outcome.charts()).collect();
            assert!(drawings.len() > 8);
            let many =
                ["accounts", "customers", "suppliers", "mistakes", "climbs", "falls", "periods", "losses", "returns", "managers", "are"];
            for drawing in drawings {
                let text = format!("{} {} {}", drawing.title(), drawing.subtitle(), drawing.spec(Theme::Light)["data"]);
                let words: Vec<&str> = text.split(|letter: char| !letter.is_alphanumeric() && letter != '.').collect();
                for pair in words.windows(2) {
                    assert!(pair[0] != "1" || !many.contains(&pair[1]), "{}: {text}", drawing.name);
                }
            }
        }
    }
}

#[test]
fn themes_change_colours_and_nothing_else() {
    let drawing = whale(50).chart(None).unwrap().unwrap();
    let [mut light, mut dark, page] = [Theme::Light, Theme::Dark, Theme::Page].map(|theme| drawing.spec(theme));
    assert_ne!(light["config"], dark["config"]);
    assert_eq!(page["config"]["style"]["loss"]["color"], "var(--kam-loss)");
    light["config"] = Value::Null;
    dark["config"] = Value::Null;
    assert_eq!(light, dark);
    assert!(drawing.spec_of_page()["title"].is_null());
}

#[test]
fn nothing_to_show_is_said() {
    let empty = outcome("whale_curve", vec![], json!({}));
    assert!(empty.charts().is_empty());
    let drawing = empty.chart(None).unwrap().unwrap();
    assert!(drawing.is_empty && drawing.spec(Theme::Light).to_string().contains("no figures"));
    assert!(outcome("xyz", vec![], json!({})).chart(None).unwrap().is_none());
    let error = empty.chart(Some("wale")).unwrap_err();
    assert_eq!(error.code(), Code::Option);
    assert!(error.hint().is_some_and(|hint| hint.contains("whale_curve")));
}
