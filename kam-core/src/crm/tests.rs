//! The tables as a caller gives them: batches in, a checked crm or an error that says what to do.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;

use super::*;
use crate::error::{Code, Error};
use crate::time::{Date, Grain};

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

fn texts(values: &[&str]) -> ArrayRef {
    // A dot stands for null.
    Arc::new(values.iter().map(|value| (*value != ".").then_some(*value)).collect::<StringArray>())
}

fn floats(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn refused(table: &str, columns: Vec<(&str, ArrayRef)>) -> Error {
    Crm::builder().table(table, vec![batch(columns)]).unwrap_err()
}

fn assert_says(error: &Error, code: Code, parts: &[&str]) {
    let text = format!("{error:?}");
    assert_eq!(error.code(), code, "{text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[test]
fn the_empty_crm_is_the_default() {
    let crm = Crm::builder().build().unwrap();
    assert_eq!(crm, Crm::default());
    assert!(crm.is_empty() && crm.accounts().is_none());
}

#[test]
fn accounts_keep_what_they_do_not_know_as_attributes() {
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]), None]));
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), None]));
    let crm = Crm::builder()
        .accounts(vec![batch(vec![
            ("account", floats(&[7.0, 12.0])),
            ("reference", flags.clone()),
            ("since", Arc::new(Date32Array::from(vec![Some(0), None]))),
            ("tier", texts(&["gold", "."])),
            ("visits", floats(&[3.0, f64::NAN])),
            ("vip", flags),
            ("tags", list),
        ])])
        .unwrap()
        .build()
        .unwrap();
    let accounts = crm.accounts().unwrap();
    assert_eq!(accounts.account, ["7", "12"]);
    assert_eq!((accounts.row_of("12"), accounts.row_of("12.0")), (Some(1), None));
    assert_eq!(accounts.reference, Some(vec![Some(1.0), None]));
    assert_eq!(accounts.since, Some(vec![Some(Date(0)), None]));
    assert_eq!(accounts.budget, None);
    assert_eq!(accounts.attributes.iter().map(|attribute| attribute.name.as_str()).collect::<Vec<_>>(), ["tier", "vip", "visits"]);
    assert_eq!(accounts.attribute("tier").unwrap().values, Values::Categorical(vec![Some("gold".to_owned()), None]));
    assert_eq!(accounts.attribute("vip").unwrap().categories().unwrap().into_iter().collect::<Vec<_>>(), [("true", 1)]);
    assert_eq!(accounts.attribute("visits").unwrap().values, Values::Numeric(vec![Some(3.0), None]));
    assert_eq!((crm.ignored().len(), crm.ignored()[0].column.as_str()), (1, "tags"));
}

/// Databases write "for ever" as a day that no calendar has.
#[test]
fn a_day_that_no_calendar_has_is_refused_in_an_attribute_too() {
    let account = || ("account", texts(&["a", "b"]));
    let days = |last: i32| ("renewal", Arc::new(Date32Array::from(vec![Some(0), Some(last)])) as ArrayRef);
    let error = refused("accounts", vec![account(), days(i32::MAX)]);
    assert_says(&error, Code::CrmValue, &["accounts, row 2, column `renewal`", "2147483647 days from 1970-01-01", "years 1 to 9999"]);
    // The last day of the calendar, which they write as well, is a day.
    let crm = Crm::builder().accounts(vec![batch(vec![account(), days(2_932_896)])]).unwrap().build().unwrap();
    let renewal = crm.accounts().unwrap().attribute("renewal").unwrap();
    assert_eq!(renewal.values, Values::Categorical(vec![Some("1970-01-01".to_owned()), Some("9999-12-31".to_owned())]));
}

#[test]
fn a_key_twice_is_an_error_across_types_and_batches() {
    let first = batch(vec![("account", texts(&["7", "8"]))]);
    let second = batch(vec![("account", texts(&["9", "8"]))]);
    let error = Crm::builder().accounts(vec![first, second]).unwrap_err();
    assert_says(&error, Code::DuplicateKey, &["rows 2 and 4", "`8`"]);
}

#[test]
fn values_that_cannot_be_are_named_with_table_row_column_and_value() {
    let account = || ("account", texts(&["a", "b"]));
    let error = refused("accounts", vec![account(), ("budget", texts(&["10", "ten"]))]);
    assert_says(&error, Code::CrmValue, &["accounts, row 2, column `budget`", "`ten`", "finite number"]);
    let error = refused("accounts", vec![account(), ("budget", floats(&[-1.0, 0.0]))]);
    assert_says(&error, Code::CrmValue, &["row 1", "`-1`", "0 or more"]);
    let error = refused("accounts", vec![account(), ("since", texts(&["2020-01-01", "1.2.2020"]))]);
    assert_says(&error, Code::CrmValue, &["row 2", "`1.2.2020`", "2011-12-09"]);
    let error = refused("accounts", vec![("account", floats(&[1.0, 1.5]))]);
    assert_says(&error, Code::CrmValue, &["row 2", "`1.5`", "whole number"]);
    let error = refused("accounts", vec![("account", texts(&["a", " "]))]);
    assert_says(&error, Code::CrmValue, &["row 2", "`account`", "no value"]);
    let error = refused("activities", vec![account(), ("date", texts(&["2024-01-01"; 2])), ("kind", texts(&["Visit", "party"]))]);
    assert_says(&error, Code::CrmValue, &["activities, row 2", "`party`", "one of visit, call", "product_ignorance"]);
    let error = refused("contacts", vec![account(), ("name", texts(&["x", "y"])), ("support", floats(&[-1.0, 1.01]))]);
    assert_says(&error, Code::CrmValue, &["contacts, row 2", "`support`", "from -1 to 1"]);
    let error = refused("contacts", vec![account(), ("name", texts(&["x", "y"])), ("role", texts(&["boss", "user"]))]);
    assert_says(&error, Code::CrmValue, &["`boss`", "decision_maker, influencer"]);
    let error = refused("contracts", vec![account(), ("status", texts(&["met", "broken"]))]);
    assert_says(&error, Code::CrmValue, &["contracts, row 2", "open, met, breached"]);
    let error = refused("opportunities", vec![account(), ("outcome", texts(&["won", "pending"]))]);
    assert_says(&error, Code::CrmValue, &["won, lost, open"]);
    let error = refused("competitors", vec![account(), ("competitor", texts(&["x", "y"])), ("share", floats(&[0.2, 20.0]))]);
    assert_says(&error, Code::CrmValue, &["competitors, row 2", "`20`", "from 0 to 1"]);
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]), None]));
    assert_says(&refused("accounts", vec![account(), ("budget", list)]), Code::ColumnType, &["accounts, column `budget`", "List"]);
}

#[test]
fn columns_that_a_table_needs() {
    let error = refused("accounts", vec![("customer", texts(&["a"]))]);
    assert_says(&error, Code::ColumnMissing, &["accounts", "`account`", "there are customer"]);
    let error = refused("ratings", vec![("account", texts(&["a"])), ("criterion", texts(&["price"])), ("score", floats(&[1.0]))]);
    assert_says(&error, Code::ColumnMissing, &["`side`"]);
    let empty = RecordBatch::new_empty(batch(vec![("account", texts(&["a"]))]).schema());
    assert_eq!(Crm::builder().accounts(vec![empty]).unwrap().build().unwrap().accounts().unwrap().len(), 0);
    assert_eq!(Crm::builder().accounts(vec![]).unwrap().build().unwrap().accounts().unwrap().len(), 0, "an empty stream");
}

#[test]
fn managers_and_what_they_speak() {
    let managers = vec![
        ("manager", texts(&["Ann", "Ben", "Cyd"])),
        ("languages", Arc::new(StringArray::from(vec![Some("DE, en;fr / it |sv"), Some(" , "), None])) as ArrayRef),
        ("capacity", floats(&[1600.0, 0.0, f64::NAN])),
    ];
    let crm = Crm::builder().managers(vec![batch(managers)]).unwrap().build().unwrap();
    let table = crm.managers().unwrap();
    assert_eq!(table.languages_of(0).unwrap(), ["de", "en", "fr", "it", "sv"]);
    assert_eq!((table.languages_of(1), table.languages_of(2)), (Some(vec![]), None));
    assert_eq!(table.capacity, Some(vec![Some(1600.0), Some(0.0), None]));
    let error = refused("managers", vec![("manager", texts(&["Ann", "Ben", "Ann"]))]);
    assert_says(&error, Code::DuplicateKey, &["managers, rows 1 and 3", "`Ann`"]);
    let error = refused("manager_ratings", vec![("manager", texts(&["Ann"])), ("criterion", texts(&["trust"]))]);
    assert_says(&error, Code::ColumnMissing, &["manager_ratings", "`score`"]);
    // A clone shares its tables.
    assert!(std::ptr::eq(crm.clone().managers().unwrap(), table));
}

#[test]
fn ratings_of_competitors_name_them() {
    let columns = |competitors: &[&str]| {
        vec![
            ("account", texts(&["a", "a"])),
            ("criterion", texts(&["price", "price"])),
            ("side", texts(&["of_us", "of_competitor"])),
            ("competitor", texts(competitors)),
            ("score", Arc::new(Int64Array::from(vec![5, 3])) as ArrayRef),
        ]
    };
    let crm = Crm::builder().ratings(vec![batch(columns(&[".", "Globex"]))]).unwrap().build().unwrap();
    let ratings = crm.ratings().unwrap();
    assert_eq!((ratings.side[1], ratings.score[1]), (Side::OfCompetitor, 3.0));
    assert_says(&refused("ratings", columns(&["Globex", "."])), Code::CrmValue, &["ratings, row 2", "`competitor`"]);
    let sides = refused(
        "ratings",
        vec![("account", texts(&["a"])), ("criterion", texts(&["price"])), ("side", texts(&["theirs"])), ("score", floats(&[1.0]))],
    );
    assert_says(&sides, Code::CrmValue, &["`theirs`", "of_customer, of_us, of_competitor"]);
}

#[test]
fn the_caller_maps_columns_and_nothing_is_read_twice() {
    let columns = vec![
        ("customer", texts(&["a", "b"])),
        ("account", texts(&["x", "y"])),
        ("spend", floats(&[1.0, 2.0])),
        ("seg", texts(&["p", "q"])),
    ];
    let mapping = Mapping::new([("account", "customer"), ("budget", "spend"), ("segment", "seg")]);
    let crm = Crm::builder().mapped_table("accounts", vec![batch(columns.clone())], &mapping).unwrap().build().unwrap();
    let accounts = crm.accounts().unwrap();
    assert_eq!(accounts.account, ["a", "b"]);
    assert_eq!(accounts.budget, Some(vec![Some(1.0), Some(2.0)]));
    assert!(accounts.attribute("segment").is_some() && accounts.attributes.len() == 1);
    assert_eq!(crm.ignored()[0].column, "account");

    let builder = || Crm::builder().mapped_table("accounts", vec![batch(columns.clone())], &Mapping::new([("account", "client")]));
    assert_says(&builder().unwrap_err(), Code::ColumnMissing, &["`client`", "customer"]);
    let error = Crm::builder().mapped_table("contracts", vec![batch(columns.clone())], &Mapping::new([("statuss", "seg")])).unwrap_err();
    assert_says(&error, Code::ColumnMissing, &["`statuss`", "status"]);
    // A value's error names the caller's column too.
    let error = Crm::builder().mapped_table("accounts", vec![batch(columns)], &Mapping::new([("budget", "seg")])).unwrap_err();
    assert_says(&error, Code::CrmValue, &["`seg` (budget)"]);
}

#[test]
fn tables_by_name_once_each() {
    let one = || vec![batch(vec![("account", texts(&["a"])), ("status", texts(&["open"])), ("x", texts(&["1"]))])];
    let crm = Crm::builder().contracts(one()).unwrap().build().unwrap();
    assert_eq!(crm.ignored(), [Ignored { table: "contracts", column: "x".to_owned(), reason: "it is not a column of this table" }]);
    assert_says(&Crm::builder().table("contract", one()).unwrap_err(), Code::Option, &["`contract`", "accounts, ratings"]);
    assert_says(&Crm::builder().contracts(one()).unwrap().contracts(one()).unwrap_err(), Code::Option, &["given twice"]);
    let other = batch(vec![("account", texts(&["a"])), ("status", texts(&["open"]))]);
    let error = Crm::builder().contracts([one(), vec![other]].concat()).unwrap_err();
    assert_says(&error, Code::ColumnChanged, &["batch 2"]);
}

#[test]
fn events_without_an_account_and_plans_without_anyone() {
    let crm = Crm::builder()
        .activities(vec![batch(vec![
            ("account", texts(&["a", "."])),
            ("date", texts(&["2024-01-05", "2024-02-01"])),
            ("kind", texts(&["complaint", "call"])),
            ("resolved", texts(&["no", "."])),
        ])])
        .unwrap()
        .opportunities(vec![batch(vec![("account", texts(&["."])), ("outcome", texts(&["Open"])), ("probability", floats(&[0.4]))])])
        .unwrap()
        .plans(vec![batch(vec![("manager", texts(&["Ann"])), ("period", texts(&["2024-Q1"])), ("target", floats(&[100.0]))])])
        .unwrap()
        .build()
        .unwrap();
    let activities = crm.activities().unwrap();
    assert_eq!(activities.account, [Some("a".to_owned()), None]);
    assert!(!activities.is_resolved(0) && !activities.is_resolved(1));
    assert_eq!(crm.opportunities().unwrap().outcome, [Outcome::Open]);
    assert_eq!(crm.plans().unwrap().period[0].days(Grain::Month).0, Date::parse("2024-01-01").unwrap());
    let error = refused("plans", vec![("manager", texts(&["."])), ("period", texts(&["2024"])), ("target", floats(&[1.0]))]);
    assert_says(&error, Code::CrmValue, &["plans, row 1", "a manager, an account or both"]);
    let error = refused(
        "opportunities",
        vec![
            ("account", texts(&["a"])),
            ("outcome", texts(&["won"])),
            ("opened", texts(&["2024-02-01"])),
            ("closed", texts(&["2024-01-01"])),
        ],
    );
    assert_says(&error, Code::CrmValue, &["opportunities, row 1, column `closed`", "2024-02-01"]);
}

#[test]
fn dates_in_the_callers_format() {
    let columns = vec![("account", texts(&["a"])), ("status", texts(&["open"])), ("due", texts(&["31.12.2024"]))];
    let crm = Crm::builder().date_format("%d.%m.%Y").unwrap().contracts(vec![batch(columns)]).unwrap().build().unwrap();
    let contracts = crm.contracts().unwrap();
    let due = Date::parse("2024-12-31").unwrap();
    assert_eq!(contracts.due, Some(vec![Some(due)]));
    assert!(contracts.is_running(0, due) && !contracts.is_running(0, Date(due.0 + 1)));
    assert!(Crm::builder().timezone("Mars/Olympus").is_err());
}
