//! A table as the template shows it: columns with labels and units, rows of cells with their text and marks.

use std::borrow::Cow;
use std::collections::HashMap;

use minijinja::{Value, context};
use serde_json::{Value as Json, json};

use super::words;
use crate::facts::Perspective;
use crate::label::cut;
use crate::number;
use crate::table::{Table, Unit};

/// How a table is shown.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The first rows that are shown.
    pub max_rows: usize,
    /// The currency beside the names of money columns.
    pub currency: Option<&'a str>,
    /// In whose words columns are named.
    pub perspective: Perspective,
    /// Names of columns as they are, and money to the minor unit: for people who go on to compute.
    pub raw: bool,
    /// The dossiers of the page, by the accounts' keys: their names become links.
    pub dossiers: Option<&'a HashMap<String, usize>>,
}

struct Shown<'a> {
    raw: bool,
    name: &'a str,
    unit: Unit,
    /// Decimals of the numbers.
    decimals: usize,
    numeric: bool,
    dossiers: Option<&'a HashMap<String, usize>>,
}

impl Shown<'_> {
    /// The number of an account's dossier, where the column holds accounts and the page has one.
    fn dossier(&self, text: &str) -> Option<usize> {
        self.dossiers.filter(|_| matches!(self.name, "account" | "largest_account"))?.get(text).copied()
    }

    /// A name as the page shows it: a page of thousands of rows has no room for a novel. Sentences stay whole, and so does what people compute with.
    fn cut<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.raw || is_wide(self.name) { Cow::Borrowed(text) } else { cut(text) }
    }
}

/// The columns of a table; so many rows decide how many decimals their numbers need.
fn columns<'a>(table: &'a Table, view: View<'a>, rows: usize) -> Vec<Shown<'a>> {
    let of = |(at, name): (usize, &'a str)| {
        let unit = table.unit(at);
        let numeric = table.kind(at).is_numeric() && name != "account";
        let decimals = decimals(table, at, rows, unit, view);
        Shown { raw: view.raw, name, unit, decimals, numeric, dossiers: view.dossiers }
    };
    table.columns().into_iter().enumerate().map(of).collect()
}

/// The table for the template: `columns`, `rows`, and how many more rows there are.
pub(super) fn table(table: &Table, view: View<'_>) -> Value {
    let shown = table.len().min(view.max_rows);
    show(table, view, shown, &columns(table, view, shown))
}

/// The first rows of a table whose other rows are data for the script, see [`data`]: numbers look alike in both.
pub(super) fn first_of(table: &Table, view: View<'_>) -> Value {
    show(table, view, table.len().min(view.max_rows), &columns(table, view, table.len()))
}

fn show(table: &Table, view: View<'_>, shown: usize, columns: &[Shown<'_>]) -> Value {
    let headings: Vec<Value> = columns
        .iter()
        .map(|column| {
            let note = match column.unit {
                Unit::Money if !view.raw => view.currency.unwrap_or(""),
                Unit::Days if !view.raw && !field_says_days(column.name) => "days",
                _ => "",
            };
            let label = if view.raw { column.name.to_owned() } else { view.perspective.say(&words::label(column.name)).into_owned() };
            context! { label, note, class => if column.numeric { "num" } else { "" }, wide => is_wide(column.name) }
        })
        .collect();
    let rows: Vec<Value> = (0..shown)
        .map(|row| columns.iter().enumerate().map(|(at, column)| cell(column, &table.value(at, row))).collect::<Vec<_>>())
        .map(Value::from)
        .collect();
    context! {
        raw => view.raw,
        columns => headings,
        rows,
        total => number::grouped(count(table.len()), 0),
        shown => number::grouped(count(shown), 0),
        more => number::grouped(count(table.len() - shown), 0),
        is_cut => shown < table.len(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows on a page")]
fn count(rows: usize) -> f64 {
    rows as f64
}

fn field_says_days(name: &str) -> bool {
    name.split('_').any(|word| word == "days")
}

/// Columns of sentences, which need room to break lines in.
pub(super) fn is_wide(name: &str) -> bool {
    matches!(
        name,
        "evidence"
            | "need_evidence"
            | "purse_evidence"
            | "power_evidence"
            | "changed"
            | "reasons"
            | "policy"
            | "reason"
            | "hint"
            | "missing"
            | "level_missing"
            | "value"
            | "description"
            | "about"
            | "note"
    )
}

/// Money without its cents where they do not matter, and numbers with as many decimals as the column needs.
fn decimals(table: &Table, column: usize, rows: usize, unit: Unit, view: View<'_>) -> usize {
    let sizes = || (0..rows).filter_map(|row| table.value(column, row).as_f64()).map(f64::abs);
    let largest = sizes().fold(0.0, f64::max);
    match unit {
        Unit::Money if view.raw => minor_decimals(sizes()),
        Unit::Money if largest < 1000.0 && sizes().any(|size| size != size.trunc()) => view.currency.map_or(2, crate::money::decimals),
        Unit::Money => 0,
        Unit::Count | Unit::Periods => 0,
        _ if sizes().all(|size| size == size.trunc()) => 0,
        _ if largest >= 1000.0 => 0,
        _ if largest >= 100.0 => 1,
        _ if largest >= 10.0 => 2,
        _ => 3,
    }
}

/// The decimals of a minor unit, as the amounts show them: at least two, six at most, and two for means that have no end.
fn minor_decimals(sizes: impl Iterator<Item = f64> + Clone) -> usize {
    let fits = |decimals: &u8| {
        let unit = 10f64.powi(i32::from(*decimals));
        sizes.clone().all(|size| ((size * unit).round() - size * unit).abs() < 1e-4 + size * unit * 4e-16)
    };
    (2..=6u8).find(fits).map_or(2, usize::from)
}

fn cell(column: &Shown<'_>, value: &Json) -> Value {
    match value {
        Json::Null => context! { text => "–", class => if column.numeric { "num none" } else { "none" } },
        Json::Bool(yes) => context! { text => if *yes { "yes" } else { "no" }, class => if *yes { "yes" } else { "no" } },
        Json::Number(number) if column.numeric => numeric(column, number.as_f64().unwrap_or(f64::NAN)),
        Json::Array(list) => {
            let parts = parts(column, list);
            match parts.is_empty() {
                true => context! { text => "–", class => "none" },
                false => context! { text => parts.join(" · "), class => "words" },
            }
        }
        Json::String(text) => match words::shade(column.name, text) {
            Some(shade) => context! { text, shade, class => "" },
            None => {
                let spaced = words::spaced(column.name, text).filter(|_| !column.raw);
                let href = column.dossier(text).map(|at| format!("#dossier-{at}"));
                context! { text => column.cut(spaced.as_deref().unwrap_or(text)), class => text_class(column.name, text), href }
            }
        },
        other => context! { text => plain(other), class => "key" },
    }
}

/// The parts of a list in words.
fn parts(column: &Shown<'_>, list: &[Json]) -> Vec<String> {
    let part = |word: &Json| {
        let text = plain(word);
        if column.raw { text } else { column.cut(&words::spaced(column.name, &text).unwrap_or(text)).into_owned() }
    };
    list.iter().map(part).collect()
}

fn text_class(column: &str, text: &str) -> &'static str {
    match column {
        "account" => "key",
        _ if is_wide(column) => "words",
        // Days of the calendar are of one width.
        _ if text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[0].is_ascii_digit() => "day",
        _ => "",
    }
}

fn numeric(column: &Shown<'_>, value: f64) -> Value {
    let text = match column.unit {
        Unit::Share => number::percent(value),
        _ => number::grouped(value, column.decimals),
    };
    let class = if value < 0.0 { "num minus" } else { "num" };
    // A bar for what is a part of a whole.
    if column.unit == Unit::Share && (0.0..=1.0).contains(&value) {
        return context! { text, class => "num part", bar => format!("{:.1}", value * 100.0) };
    }
    context! { text, class }
}

/// All rows of a table for the page's script, column by column: numbers as they are shown, words by their place in a list of words.
pub(super) fn data(table: &Table, view: View<'_>) -> Json {
    let columns: Vec<Json> =
        columns(table, view, table.len()).iter().enumerate().map(|(at, column)| column_data(table, at, column)).collect();
    json!({ "rows": table.len(), "columns": columns })
}

fn column_data(table: &Table, at: usize, column: &Shown<'_>) -> Json {
    let values = (0..table.len()).map(|row| table.value(at, row));
    if column.numeric {
        let (scale, decimals) = if column.unit == Unit::Share { (100.0, 1) } else { (1.0, column.decimals) };
        let shown = |value: Json| value.as_f64().and_then(|value| format!("{:.decimals$}", value * scale).parse::<f64>().ok());
        let values: Vec<Json> = values.map(|value| shown(value).map_or(Json::Null, whole)).collect();
        return json!({ "kind": if column.unit == Unit::Share { "share" } else { "number" }, "decimals": decimals, "values": values });
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    let (mut words, mut classes, mut shades, mut links) = (vec![], vec![], vec![], vec![]);
    let values: Vec<Json> = values
        .map(|value| {
            let key = match &value {
                Json::Null => return Json::Null,
                Json::String(text) => text.clone(),
                Json::Array(parts) if parts.is_empty() => return Json::Null,
                Json::Array(list) => parts(column, list).join(" · "),
                other => plain(other),
            };
            let next = places.len();
            let place = *places.entry(key.clone()).or_insert(next);
            if place == next {
                let shade = words::shade(column.name, &key);
                classes.push(match &value {
                    Json::Bool(true) => "yes",
                    Json::Bool(false) => "no",
                    Json::Array(_) => "words",
                    _ => text_class(column.name, &key),
                });
                links.push(column.dossier(&key));
                words.push(column.cut(&words::spaced(column.name, &key).filter(|_| shade.is_none()).unwrap_or(key)).into_owned());
                shades.push(shade);
            }
            place.into()
        })
        .collect();
    let mut data = json!({ "kind": "words", "words": words, "values": values });
    // What all words have in common is left out, or said once.
    for (name, all) in [("classes", json!(classes)), ("shades", json!(shades)), ("dossiers", json!(links))] {
        let same = all.as_array().is_none_or(|all| all.windows(2).all(|pair| pair[0] == pair[1]));
        data[name] = if same { all.get(0).cloned().unwrap_or_default() } else { all };
    }
    data
}

/// A number without a fraction in fewer letters.
#[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
fn whole(value: f64) -> Json {
    if value == value.trunc() && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

/// A JSON value in words.
pub(super) fn plain(value: &Json) -> String {
    match value {
        Json::Null => "–".to_owned(),
        Json::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Json::Number(number) => number.as_f64().map_or_else(|| number.to_string(), number::plain),
        Json::String(text) => text.clone(),
        Json::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{} {}", words::label(name).to_lowercase(), plain(value)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_shows_its_minor_units() {
        let of = |sizes: &[f64]| minor_decimals(sizes.iter().copied());
        assert_eq!(of(&[8_911_407.904, 1.0]), 3);
        assert_eq!(of(&[9_604_190.61]), 2);
        assert_eq!(of(&[5.0]), 2);
        assert_eq!(of(&[0.000_301]), 6);
        assert_eq!(of(&[1.0 / 3.0]), 2, "a mean");
    }
}
