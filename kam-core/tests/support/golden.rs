//! The golden corpus: cases read from TOML, and the comparison of an outcome in JSON with what a case expects.
//!
//! Nothing here knows kam's types, so that whoever runs a method by other means, such as the C interface, includes this file as it is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// One case.
pub struct Case {
    /// Where it stands: `abc/one_account.toml`.
    pub name: String,
    /// The name of the method, or of the calculation: then with a dot, `mcda.topsis`.
    pub method: String,
    /// What a calculation takes.
    pub input: Option<Value>,
    /// The ledger's columns, as `Columns` reads them.
    pub columns: Value,
    /// The ledger's rows.
    pub ledger: LedgerData,
    /// The facts' options.
    pub facts: Value,
    /// Optional tables: table → column → values.
    pub crm: Map<String, Value>,
    /// The method's options.
    pub options: Value,
    /// What must come out.
    pub expected: Value,
    tolerance: Value,
}

/// Where a case's rows are.
pub enum LedgerData {
    /// Columns in the case itself, each with its values.
    Inline(Map<String, Value>),
    /// A file of the shared ledgers.
    File(PathBuf),
    /// A file of the shared ledgers, which are not on this machine.
    Absent(String),
}

/// Every case under a folder `golden/<method>/<case>.toml`, in the order of their names.
pub fn cases(corpus: &Path) -> Vec<Case> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
        paths.sort();
        paths
    };
    let files = list(corpus).into_iter().filter(|folder| folder.is_dir()).flat_map(|folder| list(&folder));
    files.filter(|file| file.extension().is_some_and(|ending| ending == "toml")).map(|file| read(corpus, &file)).collect()
}

fn read(corpus: &Path, file: &Path) -> Case {
    let name = file.strip_prefix(corpus).unwrap_or(file).display().to_string();
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut case: Map<String, Value> = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut take = |key: &str| case.remove(key).unwrap_or(Value::Null);
    let text = |value: &Value, key: &str| value.as_str().unwrap_or_else(|| panic!("{name}: `{key}` must be text")).to_owned();
    for key in ["source", "note"] {
        assert!(!text(&take(key), key).trim().is_empty(), "{name}: `{key}` is empty");
    }
    let method = text(&take("method"), "method");
    assert!(name.starts_with(&format!("{method}/")), "{name}: the case must stand in the folder {method}");
    let input = method.contains('.').then(|| nulls(take("input")));
    let mut ledger = object(&name, "ledger", take("ledger"));
    let columns = ledger.remove("columns").unwrap_or(Value::Null);
    let rows = match (ledger.remove("file"), ledger.remove("data")) {
        (Some(file), None) => shared_ledger(&text(&file, "ledger.file")),
        (None, data) => LedgerData::Inline(object(&name, "ledger.data", data.unwrap_or_default())),
        (Some(_), Some(_)) => panic!("{name}: a ledger has either a file or data"),
    };
    let (facts, crm, options) = (take("facts"), object(&name, "crm", take("crm")), nulls(take("options")));
    let (expected, tolerance) = (take("expected"), take("tolerance"));
    assert!(expected.as_object().is_some_and(|expected| !expected.is_empty()), "{name}: nothing is expected");
    assert!(case.is_empty(), "{name}: unknown keys {:?}", case.keys().collect::<Vec<_>>());
    assert!(ledger.is_empty(), "{name}: unknown keys of ledger {:?}", ledger.keys().collect::<Vec<_>>());
    Case { name, method, input, columns, ledger: rows, facts, crm, options, expected, tolerance }
}

/// TOML has no null, so the word stands for it.
fn nulls(value: Value) -> Value {
    match value {
        Value::String(word) if word == "null" => Value::Null,
        Value::Array(values) => values.into_iter().map(nulls).collect(),
        Value::Object(values) => values.into_iter().map(|(key, value)| (key, nulls(value))).collect(),
        other => other,
    }
}

fn object(name: &str, key: &str, value: Value) -> Map<String, Value> {
    match value {
        Value::Null => Map::new(),
        Value::Object(object) => object,
        other => panic!("{name}: `{key}` must be a table, not {other}"),
    }
}

/// The shared ledgers stand beside the repository, or where `KAM_LEDGERS` says.
fn shared_ledger(file: &str) -> LedgerData {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/ledgers");
    let folder = std::env::var_os("KAM_LEDGERS").map_or(beside, PathBuf::from);
    let path = folder.join(file);
    if path.exists() { LedgerData::File(path) } else { LedgerData::Absent(file.to_owned()) }
}

impl Case {
    /// What differs between an outcome, `{"summary": …, "tables": {name: {"columns": {…}}}}`, and what is expected: nothing, if all is well.
    pub fn differences(&self, outcome: &Value) -> Vec<String> {
        let mut found = vec![];
        let expected = self.expected.as_object().expect("checked when read");
        for (key, value) in expected {
            match key.as_str() {
                "summary" => self.subset("summary", "summary", value, &outcome["summary"], &mut found),
                "tables" => {
                    for (table, columns) in value.as_object().into_iter().flatten() {
                        self.table(table, columns, &outcome["tables"][table]["columns"], &mut found);
                    }
                }
                "error" => found.push(format!("an error was expected, {value}, and there was none")),
                other => found.push(format!("the case expects `{other}`, which is neither summary, tables nor error")),
            }
        }
        found
    }

    /// What differs between an error and the one expected.
    pub fn error_differences(&self, code: u64, message: &str) -> Vec<String> {
        let Some(expected) = self.expected.get("error") else {
            return vec![format!("error {code}: {message}")];
        };
        let mut found = vec![];
        if expected["code"].as_u64() != Some(code) {
            found.push(format!("error code {code} ({message}), expected {}", expected["code"]));
        }
        for part in expected["contains"].as_array().into_iter().flatten() {
            if !part.as_str().is_some_and(|part| message.contains(part)) {
                found.push(format!("the error `{message}` does not contain {part}"));
            }
        }
        found
    }

    fn subset(&self, path: &str, key: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
        match (expected, actual) {
            (Value::Object(expected), Value::Object(actual)) => {
                for (key, expected) in expected {
                    match actual.get(key) {
                        Some(actual) => self.subset(&format!("{path}.{key}"), key, expected, actual, found),
                        None => found.push(format!("{path} has no `{key}`, only {:?}", actual.keys().collect::<Vec<_>>())),
                    }
                }
            }
            (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
                for (at, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                    self.subset(&format!("{path}[{at}]"), key, expected, actual, found);
                }
            }
            _ if self.equal(key, expected, actual) => {}
            _ => found.push(format!("{path} is {actual}, expected {expected}")),
        }
    }

    fn table(&self, table: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
        let (Some(expected), Some(actual)) = (expected.as_object(), actual.as_object()) else {
            found.push(format!("there is no table `{table}`"));
            return;
        };
        let empty = vec![];
        let values = |columns: &Map<String, Value>, name: &str| columns.get(name).and_then(Value::as_array).cloned();
        // With accounts listed the rows are looked up by account; without, they stand in the table's order.
        let places: Option<Vec<Option<usize>>> = expected.get("account").and_then(Value::as_array).map(|accounts| {
            let keys: Vec<String> = values(actual, "account").unwrap_or_default().iter().map(key_text).collect();
            accounts.iter().map(|account| keys.iter().position(|key| *key == key_text(account))).collect()
        });
        for (column, wanted) in expected {
            let wanted = wanted.as_array().unwrap_or(&empty);
            let Some(got) = values(actual, column) else {
                found.push(format!("table {table} has no column `{column}`, only {:?}", actual.keys().collect::<Vec<_>>()));
                continue;
            };
            if places.is_none() && wanted.len() != got.len() {
                found.push(format!("table {table}, column {column}: {} rows, expected {}", got.len(), wanted.len()));
                continue;
            }
            if places.as_ref().is_some_and(|places| places.len() != wanted.len()) {
                found.push(format!("the case's table {table} has columns of different lengths"));
                continue;
            }
            for (row, wanted) in wanted.iter().enumerate() {
                let place = places.as_ref().map_or(Some(row), |places| places[row]);
                let place_text = place.map_or_else(|| "missing".to_owned(), |place| place.to_string());
                match place.and_then(|place| got.get(place)) {
                    Some(got) if column == "account" && key_text(got) == key_text(wanted) => {}
                    Some(got) if self.equal(column, wanted, got) => {}
                    got => {
                        let mut text = format!("table {table}, column {column}, row {place_text}: ");
                        let _ = match got {
                            Some(got) => write!(text, "{got}, expected {wanted}"),
                            None => write!(text, "expected {wanted}"),
                        };
                        found.push(text);
                    }
                }
            }
        }
    }

    /// Numbers within the tolerance, lists by their elements, everything else exactly. TOML has no null, so the word `null` stands for it.
    fn equal(&self, column: &str, expected: &Value, actual: &Value) -> bool {
        match (expected, actual) {
            (Value::Number(expected), Value::Number(actual)) => match (expected.as_f64(), actual.as_f64()) {
                (Some(expected), Some(actual)) => (expected - actual).abs() <= self.tolerance(column),
                _ => expected == actual,
            },
            (Value::Array(expected), Value::Array(actual)) => {
                expected.len() == actual.len() && expected.iter().zip(actual).all(|(expected, actual)| self.equal(column, expected, actual))
            }
            (Value::String(word), Value::Null) => word == "null",
            _ => expected == actual,
        }
    }

    fn tolerance(&self, column: &str) -> f64 {
        let of_column = self.tolerance["columns"][column].as_f64();
        of_column.or_else(|| self.tolerance["absolute"].as_f64()).unwrap_or(1e-9)
    }
}

/// Keys are whole numbers in some ledgers and text in others.
fn key_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
