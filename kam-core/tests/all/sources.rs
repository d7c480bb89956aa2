//! Every kind of source gives the same facts, and every kind of damage a clear error.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::*;
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use kam_core::time::Date;
use kam_core::{Columns, Error, Facts, FactsOptions, Ledger, Window};
use tempfile::TempDir;

const CSV: &str = "customer,day,net\nACME,2024-01-05,100.10\nÄrzte GmbH,2024-02-01,-5\nACME,2024-02-03,0.05\n,2024-02-04,7\n";

fn columns() -> Columns {
    Columns::new("customer", "day", "net")
}

fn options() -> FactsOptions {
    FactsOptions { window: Window::ALL, ..FactsOptions::new(Date::parse("2024-12-31").unwrap()) }
}

fn write(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn read(path: &std::path::Path, columns: Columns) -> Result<Facts, Error> {
    Ledger::scan(path, columns).unwrap().facts(&options())
}

fn batch() -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(vec![
        ("customer", Arc::new(StringArray::from(vec![Some("ACME"), Some("Ärzte GmbH"), Some("ACME"), None])) as ArrayRef, true),
        ("day", Arc::new(StringArray::from(vec!["2024-01-05", "2024-02-01", "2024-02-03", "2024-02-04"])) as ArrayRef, true),
        ("net", Arc::new(Float64Array::from(vec![100.10, -5.0, 0.05, 7.0])) as ArrayRef, true),
    ])
    .unwrap()
}

fn parquet_bytes(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = vec![];
    let properties = parquet::file::properties::WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn files_batches_and_streams_give_the_same_facts() {
    let folder = TempDir::new().unwrap();
    let from_csv = read(&write(&folder, "a.csv", CSV), columns()).unwrap();
    assert_eq!(from_csv.len(), 2);
    assert_eq!(from_csv.window().revenue, vec![10_015, -500]);
    assert_eq!(from_csv.reconciliation().unassigned.amount, 700);
    assert_eq!(from_csv, read(&write(&folder, "bom.csv", format!("\u{feff}{CSV}")), columns()).unwrap());
    assert_eq!(from_csv, read(&write(&folder, "semicolon.csv", CSV.replace(',', ";")), columns().delimiter(";")).unwrap());
    assert_eq!(from_csv, read(&write(&folder, "tab.tsv", CSV.replace(',', "\t")), columns().delimiter("tab")).unwrap());

    let batch = batch();
    assert_eq!(from_csv, Ledger::from_batches(vec![batch.clone()], columns()).unwrap().facts(&options()).unwrap());
    assert_eq!(from_csv, read(&write(&folder, "a.parquet", parquet_bytes(&batch)), columns()).unwrap());

    let mut file = arrow::ipc::writer::FileWriter::try_new(vec![], &batch.schema()).unwrap();
    file.write(&batch).unwrap();
    file.finish().unwrap();
    assert_eq!(from_csv, read(&write(&folder, "a.arrow", file.into_inner().unwrap()), columns()).unwrap());
    let mut stream = arrow::ipc::writer::StreamWriter::try_new(vec![], &batch.schema()).unwrap();
    stream.write(&batch).unwrap();
    stream.finish().unwrap();
    assert_eq!(from_csv, read(&write(&folder, "a.arrows", stream.into_inner().unwrap()), columns()).unwrap());

    // A glob of two files has every row twice.
    fs::create_dir(folder.path().join("parts")).unwrap();
    for name in ["parts/1.csv", "parts/2.csv"] {
        write(&folder, name, CSV);
    }
    let twice = read(&folder.path().join("parts/*.csv"), columns()).unwrap();
    assert_eq!(twice.window().revenue, vec![20_030, -1000]);
}

#[test]
fn whitespace_and_nameless_columns() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "cd.txt", " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n\n");
    let columns = Columns::new("column_1", "column_3", "column_5").delimiter("whitespace").header(false);
    let facts = Ledger::scan(path, columns).unwrap().facts(&FactsOptions::new(Date::parse("1997-12-31").unwrap())).unwrap();
    assert_eq!(facts.account(0), "00004");
    assert_eq!(facts.window().revenue, vec![5906]);
}

#[test]
fn every_type_of_column_is_read() {
    let base = batch();
    let text = |to: &DataType| cast(base.column(0), to).unwrap();
    let days = cast(base.column(1), &DataType::Date32).unwrap();
    let instants = cast(&days, &DataType::Timestamp(TimeUnit::Millisecond, None)).unwrap();
    let nanoseconds = cast(&instants, &DataType::Timestamp(TimeUnit::Nanosecond, None)).unwrap();
    let in_utc: ArrayRef = Arc::new(nanoseconds.as_primitive::<arrow::datatypes::TimestampNanosecondType>().clone().with_timezone("UTC"));
    let cents = Decimal128Array::from(vec![10_010_000i128, -500_000, 5_000, 700_000]).with_precision_and_scale(20, 5).unwrap();
    let expected = Ledger::from_batches(vec![base.clone()], columns()).unwrap().facts(&options()).unwrap();
    let facts = |key: ArrayRef, day: ArrayRef, net: ArrayRef| {
        let batch =
            RecordBatch::try_from_iter_with_nullable(vec![("customer", key, true), ("day", day, true), ("net", net, true)]).unwrap();
        Ledger::from_batches(vec![batch], columns()).unwrap().facts(&options()).unwrap()
    };
    for key in [DataType::LargeUtf8, DataType::Utf8View, DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8))] {
        assert_eq!(expected, facts(text(&key), Arc::clone(base.column(1)), Arc::clone(base.column(2))), "{key}");
    }
    for day in [days.clone(), cast(&days, &DataType::Date64).unwrap(), instants, in_utc] {
        assert_eq!(expected, facts(text(&DataType::Utf8), Arc::clone(&day), Arc::clone(base.column(2))), "{}", day.data_type());
    }
    let amounts: ArrayRef = Arc::new(StringArray::from(vec!["100.10", "-5", "0.05", "7.00"]));
    let decimals: ArrayRef = Arc::new(cents);
    for net in [amounts, Arc::clone(&decimals), cast(&decimals, &DataType::Decimal256(40, 5)).unwrap()] {
        assert_eq!(expected, facts(text(&DataType::Utf8), Arc::clone(&days), Arc::clone(&net)), "{}", net.data_type());
    }
    // Integer keys of every width, and the floats that frames make of integers with gaps.
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(3), Some(200), Some(3), None]));
    let expected = facts(Arc::clone(&numbers), Arc::clone(&days), Arc::clone(base.column(2)));
    assert_eq!(expected.keys().get(1).to_string(), "200");
    for kind in [
        DataType::Int16,
        DataType::UInt8,
        DataType::UInt64,
        DataType::Float64,
        DataType::Float32,
        DataType::Decimal128(38, 0),
        DataType::Decimal128(20, 2),
        DataType::Decimal256(50, 10),
        DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Int64)),
    ] {
        assert_eq!(expected, facts(cast(&numbers, &kind).unwrap(), Arc::clone(&days), Arc::clone(base.column(2))), "{kind}");
    }
}

/// Warehouses number customers by decimals, frames with gaps by floats.
#[test]
fn numbers_with_a_point_are_keys_and_labels_where_they_are_whole() {
    let decimals =
        |values: Vec<Option<i128>>, scale| Arc::new(Decimal128Array::from(values).with_precision_and_scale(38, scale).unwrap()) as ArrayRef;
    let floats = |values: Vec<Option<f64>>| Arc::new(Float64Array::from(values)) as ArrayRef;
    let huge = 10i128.pow(30);
    let batch = RecordBatch::try_from_iter_with_nullable(vec![
        ("customer", decimals(vec![Some(700), Some(750), Some(huge), None, Some(-300)], 2), true),
        ("day", floats(vec![Some(20_240_105.0), Some(20_240_106.0), Some(20_240_107.0), Some(20_240_108.0), Some(20_240_109.0)]), true),
        ("net", Arc::new(Int64Array::from(vec![1, 2, 4, 8, 16])), true),
        ("manager", floats(vec![Some(7.0), Some(7.0), Some(7.0), Some(7.0), None]), true),
        ("line", decimals(vec![Some(30), Some(30), Some(30), Some(30), Some(35)], 1), true),
        ("no", decimals(vec![Some(1), Some(1), Some(1), Some(1), Some(2)], 0), true),
    ])
    .unwrap();
    let columns = columns().date_format("%Y%m%d").manager("manager").direction("line").order("no").max_bad_share(1.0);
    let facts = Ledger::from_batches(vec![batch], columns).unwrap().facts(&options()).unwrap();
    assert_eq!(facts.keys().iter().map(|key| key.to_string()).collect::<Vec<_>>(), ["-3", "7"]);
    assert_eq!(facts.first_date(1).unwrap().to_string(), "2024-01-05");
    assert_eq!(facts.reconciliation().unassigned.amount, 800);
    let rows: Vec<_> = facts.quarantine().rows().iter().map(|row| (row.row, &*row.rule, row.value.as_str())).collect();
    assert_eq!(rows, [(2, "account_unreadable", "7.50"), (3, "account_too_large", "10000000000000000000000000000.00")]);
    let labels: Vec<_> = facts.labels().labels.iter().map(|label| (label.direction.as_deref(), label.manager.as_deref())).collect();
    assert_eq!(labels, [(Some("3"), Some("7")), (Some("3.5"), None)]);

    // Hashes that take all 64 bits are no keys, and each is named.
    let hashes = RecordBatch::try_from_iter(vec![
        ("customer", Arc::new(UInt64Array::from(vec![5, u64::MAX])) as ArrayRef),
        ("day", Arc::new(Date32Array::from(vec![19_800, 19_800])) as ArrayRef),
        ("net", Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef),
    ])
    .unwrap();
    let facts = Ledger::from_batches(vec![hashes], self::columns().max_bad_share(0.5)).unwrap().facts(&options()).unwrap();
    let bad = &facts.quarantine().rows()[0];
    assert_eq!((bad.row, &*bad.rule, bad.value.as_str()), (2, "account_too_large", "18446744073709551615"));
}

#[test]
fn zones_decide_the_day() {
    let late = TimestampSecondArray::from(vec![Date::parse("2024-03-01").unwrap().0 as i64 * 86_400 - 1800]).with_timezone("UTC");
    let batch = RecordBatch::try_from_iter(vec![
        ("customer", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
        ("day", Arc::new(late) as ArrayRef),
        ("net", Arc::new(Int64Array::from(vec![5])) as ArrayRef),
    ])
    .unwrap();
    let day = |columns: Columns| {
        Ledger::from_batches(vec![batch.clone()], columns).unwrap().facts(&options()).unwrap().first_date(0).unwrap().to_string()
    };
    assert_eq!(day(columns()), "2024-02-29");
    assert_eq!(day(columns().timezone("Europe/Berlin")), "2024-03-01");
    let error = Ledger::from_batches(vec![batch.clone()], columns().timezone("Mars/Base")).unwrap().facts(&options()).unwrap_err();
    assert!(error.to_string().contains("Mars/Base"));
}

#[test]
fn formulas_are_exact() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.csv", "c,d,q,price,profit\nx,2024-01-01,3,1.055,1.1\nx,2024-01-02,10,0.1,0.25\n");
    let columns = Columns::new("c", "d", "q * price").cost("price - profit").scale(kam_core::money::Scale::new(3).unwrap());
    let facts = read(&path, columns).unwrap();
    assert_eq!(facts.window().revenue, vec![4165]);
    assert_eq!(facts.window().cost, Some(vec![-45 - 150]));
}

#[test]
fn bad_rows_are_quarantined_with_row_column_rule_and_value() {
    let folder = TempDir::new().unwrap();
    let path = write(
        &folder,
        "a.csv",
        "customer,day,net\nA,2024-01-05,1\nA,05.01.2024,2\nA,2024-01-06,\nA,2024-01-07,three\nA,1900-01-01,4\nA,2024-01-08,1e3\nA,,5\nA,2024-01-09\nA,2024-01-10,99999999999999999999\n,2024-01-11,x\n",
    );
    let facts = read(&path, columns().max_bad_share(1.0)).unwrap();
    let rows: Vec<_> =
        facts.quarantine().rows().iter().map(|row| (row.row, &*row.column, &*row.rule, row.value.as_str(), row.amount)).collect();
    assert_eq!(
        rows,
        vec![
            (2, "day", "date_unreadable", "05.01.2024", Some(200)),
            (3, "net", "amount_missing", "", None),
            (4, "net", "amount_unreadable", "three", None),
            (5, "day", "date_out_of_range", "1900-01-01", Some(400)),
            (6, "net", "amount_unreadable", "1e3", None),
            (7, "day", "date_missing", "", Some(500)),
            (8, "", "row_ragged", "2 fields instead of 3", None),
            (9, "net", "amount_too_large", "99999999999999999999", None),
            (10, "net", "amount_unreadable", "x", None),
        ]
    );
    let reconciliation = facts.reconciliation();
    assert_eq!((reconciliation.read().rows, reconciliation.read().amount), (10, 1200));
    assert_eq!((reconciliation.quarantined.rows, reconciliation.quarantined_without_amount), (9, 6));

    let error = read(&path, columns()).unwrap_err();
    assert_eq!(error.code() as u16, 110);
    for part in ["9 of 10 rows", "5 %", "3 × amount_unreadable", "row 4, column `net`: `three`"] {
        assert!(error.to_string().contains(part), "{part} is not in: {error}");
    }
    let error = read(&path, columns().on_bad_rows(kam_core::ledger::OnBadRows::Raise)).unwrap_err();
    assert!(error.to_string().contains("row 2, column `day`: `05.01.2024`"), "{error}");
}

#[test]
fn damage_gives_a_clear_error() {
    let folder = TempDir::new().unwrap();
    let check = |path: PathBuf, columns: Columns, code: u16, parts: &[&str]| {
        let error = read(&path, columns).unwrap_err();
        assert_eq!(error.code() as u16, code, "{error}");
        let text = format!("{error:?}");
        for part in parts {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
    };
    check(folder.path().join("nowhere.csv"), columns(), 101, &["nowhere.csv"]);
    check(folder.path().join("*.nothing"), columns(), 101, &["no file matches"]);
    check(folder.path().to_owned(), columns(), 103, &["is a folder", "*.parquet"]);
    check(write(&folder, "empty.csv", ""), columns(), 102, &["empty.csv is empty"]);
    check(write(&folder, "blank.csv", "\n\n"), columns(), 102, &["blank"]);
    check(
        write(&folder, "wrong.csv", CSV),
        Columns::new("client", "day", "net"),
        201,
        &["wrong.csv", "`client`", "`customer`, `day`, `net`"],
    );
    check(write(&folder, "case.csv", CSV), Columns::new("Customer", "day", "net"), 201, &["did you mean `customer`?"]);
    check(write(&folder, "semi.csv", CSV.replace(',', ";")), columns(), 201, &["state the delimiter"]);
    check(
        write(&folder, "latin.csv", b"customer,day,net\nACME,2024-01-01,1\n\xC4rzte,2024-01-01,1\n"),
        columns(),
        105,
        &["latin.csv", "row 2", "`customer`", "Latin-1"],
    );
    let quote = "customer,day,net\nA,2024-01-01,1\n\"B \"\"C\"\",2024-01-01,1\nD,2024-01-01,1\n";
    check(write(&folder, "quote.csv", quote), columns(), 102, &["quote.csv", "a quote that never closes"]);
    check(write(&folder, "quote-bom.csv", format!("\u{feff}{quote}")), columns(), 102, &["a quote that never closes"]);
    let closed = "customer,day,net\n5\" pipe,2024-01-01,1\nA,2024-01-01,\"1\"";
    assert_eq!(read(&write(&folder, "closed.csv", closed), columns()).unwrap().len(), 2);
    check(write(&folder, "text.parquet", CSV), columns(), 102, &["text.parquet", "not a Parquet file"]);
    check(write(&folder, "a.json", "{\"a\":1}"), columns(), 103, &["a.json"]);
    let whole = parquet_bytes(&batch());
    for cut in [5, whole.len() / 2, whole.len() - 1] {
        check(write(&folder, "cut.parquet", &whole[..cut]), columns(), 102, &["cut.parquet", "written completely"]);
    }
    let mut stream = arrow::ipc::writer::StreamWriter::try_new(vec![], &batch().schema()).unwrap();
    stream.write(&batch()).unwrap();
    stream.finish().unwrap();
    let stream = stream.into_inner().unwrap();
    check(write(&folder, "cut.arrows", &stream[..stream.len() / 2]), columns(), 102, &["cut.arrows"]);
    // A wrong type names the column, the type and what it may be.
    let flags = RecordBatch::try_from_iter(vec![
        ("customer", Arc::new(StringArray::from(vec!["a"])) as ArrayRef),
        ("day", Arc::new(Date32Array::from(vec![19_000])) as ArrayRef),
        ("net", Arc::new(BooleanArray::from(vec![true])) as ArrayRef),
    ])
    .unwrap();
    check(
        write(&folder, "flags.parquet", parquet_bytes(&flags)),
        columns(),
        202,
        &["flags.parquet", "`net`", "Boolean", "decimals or text"],
    );
    // Two files that disagree on the type of the key.
    write(&folder, "mixed-1.csv", CSV);
    let numbers = RecordBatch::try_from_iter(vec![
        ("customer", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
        ("day", Arc::new(Date32Array::from(vec![19_000])) as ArrayRef),
        ("net", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
    ])
    .unwrap();
    write(&folder, "mixed-2.parquet", parquet_bytes(&numbers));
    check(folder.path().join("mixed-*"), columns(), 203, &["mixed-2.parquet", "`customer`", "same type"]);
}

#[test]
fn currencies_need_rates() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.csv", "c,d,m,cur\nx,2024-01-05,10,EUR\nx,2024-01-06,10,USD\ny,2024-01-06,10,GBP\ny,2024-01-06,3,\n");
    let columns = Columns::new("c", "d", "m").currency("cur").max_bad_share(1.0);
    let ledger = Ledger::scan(path, columns).unwrap();
    let error = ledger.facts(&options()).unwrap_err();
    assert_eq!(error.code() as u16, 111);
    assert!(error.to_string().contains("EUR, GBP, USD"), "{error}");
    let mut rates = kam_core::money::Rates::new("EUR");
    rates.add("USD", Date::parse("2024-01-06").unwrap(), "1.25").unwrap();
    let error = rates.add("EUR", Date::parse("2024-01-06").unwrap(), "2").unwrap_err();
    assert!(error.to_string().contains("EUR on 2024-01-06 is `2`, but it is the base currency"), "{error}");
    rates.add("EUR", Date::parse("2024-01-06").unwrap(), "1.00").unwrap();
    let facts = ledger.clone().with_rates(rates).unwrap().facts(&options()).unwrap();
    assert_eq!((facts.currency(), facts.len(), facts.window().revenue[0]), (Some("EUR"), 1, 1800));
    let rules: Vec<_> = facts.quarantine().rows().iter().map(|row| (row.row, &*row.rule)).collect();
    assert_eq!(rules, vec![(3, "currency_unknown"), (4, "currency_missing")]);
}

#[test]
fn what_a_conversion_rounds_is_reported() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.csv", format!("c,d,m,cur\nx,2024-01-05,0.006,EUR\n{}", "x,2024-01-05,1,USD\n".repeat(300)));
    let mut rates = kam_core::money::Rates::new("EUR");
    rates.add("USD", Date::parse("2024-01-01").unwrap(), "3").unwrap();
    let facts =
        Ledger::scan(path, Columns::new("c", "d", "m").currency("cur")).unwrap().with_rates(rates).unwrap().facts(&options()).unwrap();
    assert_eq!(facts.window().revenue[0], 300 * 33 + 1);
    // A third of a cent was taken from each of 300 rows, and 0.4 cents were added to one, in billionths of a cent.
    assert_eq!(facts.reconciliation().rounding, -300 * 333_333_333 + 400_000_000);
}

#[test]
fn a_row_without_a_day_has_no_rate() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.csv", "c,d,m,cur\nx,2024-01-06,10,USD\nx,never,10,USD\n");
    let columns = Columns::new("c", "d", "m").currency("cur").max_bad_share(1.0);
    let mut rates = kam_core::money::Rates::new("EUR");
    rates.add("USD", Date::parse("1960-01-01").unwrap(), "2").unwrap();
    let facts = Ledger::scan(path, columns).unwrap().with_rates(rates).unwrap().facts(&options()).unwrap();
    let reconciliation = facts.reconciliation();
    assert_eq!((reconciliation.quarantined.rows, reconciliation.quarantined.amount, reconciliation.quarantined_without_amount), (1, 0, 1));
    assert_eq!(&*facts.quarantine().rows()[0].column, "d");
}

#[test]
fn two_columns_of_one_name_are_refused_in_a_file_too() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.csv", "customer,day,net,net\nACME,2024-01-05,1,2\n");
    let error = read(&path, columns()).unwrap_err();
    assert!(error.to_string().contains("two columns are called `net`"), "{error}");
}

#[test]
fn an_empty_field_is_missing_whatever_the_source() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.csv", "customer,day,net,no,line\nACME,2024-01-05,1,,\nACME,2024-01-06,1,7,north\nACME,2024-01-07,1,,\n");
    let facts = read(&path, columns().order("no").direction("line")).unwrap();
    assert_eq!(facts.history().orders, Some(vec![1]), "a line without an order is none");
    let directions: Vec<_> = facts.labels().labels.iter().map(|label| label.direction.as_deref()).collect();
    assert_eq!(directions, [None, Some("north")]);
}

#[test]
fn a_window_ends_where_the_calendar_begins() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.csv", CSV);
    let asked = |window: serde_json::Value| {
        let options = FactsOptions::from_json(&serde_json::json!({ "as_of": "2024-12-31", "grain": "year", "window": window }))?;
        Ledger::scan(path.as_path(), columns())?.facts(&options).map(|facts| facts.window_start().to_string())
    };
    assert_eq!(asked(2024.into()).unwrap(), "0001-01-01");
    for window in [2025.into(), 100_000.into(), serde_json::json!(-1), serde_json::json!("some")] {
        let error = asked(window).unwrap_err();
        assert_eq!(error.code() as u16, 301);
        assert!(error.to_string().contains("`window`"), "{error}");
    }
}

#[test]
fn a_large_csv_is_read_in_batches_with_the_right_row_numbers() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("large.csv");
    let mut file = std::io::BufWriter::new(fs::File::create(&path).unwrap());
    writeln!(file, "customer,day,net").unwrap();
    for row in 1..=100_000u32 {
        let amount = if row == 77_777 { "bad".to_owned() } else { format!("{row}.25") };
        writeln!(file, "C{},2024-01-{:02},{amount}", row % 1000, row % 28 + 1).unwrap();
    }
    drop(file);
    let facts = read(&path, columns()).unwrap();
    assert_eq!(facts.quarantine().rows()[0].row, 77_777);
    assert_eq!(facts.reconciliation().used().rows, 99_999);
    assert_eq!(facts.reconciliation().used().amount, (5_000_050_000 - 77_777) * 100 + 25 * 99_999);
}

/// One row group of many rows is cut into pieces that threads read by themselves; the last row is a bad one, in the last piece.
#[test]
fn a_row_group_in_pieces_keeps_its_rows_and_their_numbers() {
    let folder = TempDir::new().unwrap();
    let rows = 400_001usize;
    for text_keys in [false, true] {
        let keys: ArrayRef = if text_keys {
            Arc::new(StringArray::from_iter_values((0..rows).map(|row| format!("C{:0width$}", row % 977, width = 1 + row % 977 % 17))))
        } else {
            Arc::new(Int64Array::from_iter_values((0..rows).map(|row| (row % 977) as i64 * if row % 977 > 900 { -(1 << 33) } else { 1 })))
        };
        let amounts = (0..rows).map(|row| match row {
            _ if row == rows - 1 => i64::MAX,
            _ if row % 1_009 == 0 => 1 << 40,
            _ => (row % 300) as i64 - 20,
        });
        let batch = RecordBatch::try_from_iter(vec![
            ("customer", keys),
            ("day", Arc::new(Date32Array::from_iter_values((0..rows).map(|row| 19_000 + (row % 700) as i32))) as ArrayRef),
            ("net", Arc::new(Int64Array::from_iter_values(amounts)) as ArrayRef),
        ])
        .unwrap();
        let mut bytes = vec![];
        let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let from_file = read(&write(&folder, "whole.parquet", bytes), columns()).unwrap();
        // The sums of every account, row by row.
        let mut sums = std::collections::BTreeMap::new();
        let (keys, amounts) =
            (cast(batch.column(0), &DataType::Utf8).unwrap(), batch.column(2).as_primitive::<arrow::datatypes::Int64Type>());
        for row in 0..rows - 1 {
            *sums.entry(keys.as_string::<i32>().value(row).to_owned()).or_insert(0i64) += amounts.value(row) * 100;
        }
        assert_eq!(from_file.len(), sums.len());
        for at in 0..from_file.len() {
            assert_eq!(from_file.window().revenue[at], sums[&*from_file.account(at)]);
        }
        let rejected = from_file.quarantine().rows();
        assert_eq!((rejected.len(), rejected[0].row), (1, rows as u64));
        let mut from_batch = Ledger::from_batches(vec![batch], columns()).unwrap().facts(&options()).unwrap();
        assert_eq!(from_batch.reconciliation(), from_file.reconciliation());
        assert!(from_batch.keys() == from_file.keys() && from_batch.history() == from_file.history());
        assert!((0..from_batch.len()).all(|at| from_batch.cells(at).eq(from_file.cells(at))));
        from_batch = Ledger::scan(folder.path().join("whole.parquet").as_path(), columns()).unwrap().facts(&options()).unwrap();
        assert_eq!(from_batch, from_file);
    }
}
