//! Short lists as bars: who loses most, who is worth most, how many accounts have which label.

use serde_json::{Value, json};

use super::bars::{Bars, range};
use super::measure::{Measure, count, count_axis, words};
use super::picture::Picture;
use super::sheet::{Rows, Sheet};
use super::theme::Colour;
use crate::label::label;
use crate::number::{grouped, percent};

/// How many accounts a list shows.
const MOST: usize = 15;

/// The largest losses, and what drives them.
pub(super) fn draw_unprofitable(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("unprofitable")?;
    let driver = table.words("driver");
    let driven = |row: usize| driver.and_then(|driver| driver.get(row)).map(|word| label(word).to_lowercase());
    let list = list(sheet, table, "loss", |_| true, |row| json!({ "driver": driven(row) }), driven)?;
    let loss = sheet.number("total_loss").unwrap_or(0.0);
    let (one, many) = (
        format!("account costs {} more than it brings", sheet.money(loss)),
        format!("accounts cost {} more than they bring", sheet.money(loss)),
    );
    let title = sheet.say(&sheet.numbered("unprofitable_accounts", &one, &many));
    let mut subtitle = "The largest losses and what drives each.".to_owned();
    if let Some(profit) = sheet.number("profit_without_them") {
        let them = if sheet.number("unprofitable_accounts") == Some(1.0) { "it" } else { "them" };
        subtitle += &format!(" Without {them} profit would be {}.", sheet.money(profit));
    }
    Some(list.picture(sheet, title, subtitle, "loss", vec![words("driver", "Driver")]))
}

/// What accounts will still bring.
pub(super) fn draw_clv(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("clv")?;
    let alive = table.numbers("p_alive")?;
    let list = list(sheet, table, "clv", |_| true, |row| json!({ "alive": alive.get(row) }), |_| None)?;
    let until = sheet.word("until").unwrap_or("the horizon");
    let total = sheet.number("total").unwrap_or(0.0);
    let title = sheet.say(&format!("Until {until} the accounts will bring about {}", sheet.money(total)));
    let trust = if sheet.outcome.summary.get("trustworthy") == Some(&Value::Bool(false)) {
        " The models behind it are not to be trusted; see their reports."
    } else {
        ""
    };
    let subtitle = sheet.say(&format!("The accounts of the highest customer lifetime value, discounted.{trust}"));
    Some(list.picture(sheet, title, subtitle, "accent", vec![super::measure::share("alive", "Chance of being alive")]))
}

/// Whom to win back.
pub(super) fn draw_win_back(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("win_back")?;
    let (offer, chance) = (table.words("offer")?, table.numbers("chance_with_offer")?);
    let listed = table.flags("win_back")?;
    let said = |row: usize| Some(label(offer.get(row)?).to_lowercase());
    let list = list(sheet, table, "net", |row| listed.value(row), |row| json!({ "offer": said(row), "chance": chance.get(row) }), said)?;
    let title = sheet.say(&format!(
        "{} worth winning back: {} expected, net of offers",
        sheet.numbered("chosen", "lost account is", "lost accounts are"),
        sheet.money(sheet.number("net").unwrap_or(0.0))
    ));
    let subtitle = "Expected value times the chance of return, less the cost of the offer.".to_owned();
    Some(list.picture(sheet, title, subtitle, "gain", vec![words("offer", "Offer"), super::measure::share("chance", "Chance of return")]))
}

/// Who is served at what cost.
pub(super) fn draw_cost_to_serve(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("cost_to_serve")?;
    let part = table.numbers("share_of_revenue")?;
    let said = |row: usize| Some(format!("{} of {}", percent(part.get(row)?), sheet.perspective().words().revenue));
    let list = list(sheet, table, "cost_to_serve", |_| true, |row| json!({ "part": part.get(row) }), said)?;
    let title = sheet.say("The accounts that cost most to serve");
    let subtitle = sheet.say(&format!(
        "From the ledger {}, from activities {}.",
        sheet.money(sheet.number("ledger_cost_to_serve").unwrap_or(0.0)),
        sheet.money(sheet.number("assigned").unwrap_or(0.0))
    ));
    Some(list.picture(sheet, title, subtitle, "second", vec![super::measure::share("part", &sheet.say("Share of its revenue"))]))
}

/// A list of accounts by one column.
struct List {
    rows: Vec<Value>,
    measure: Measure,
    of: usize,
}

fn list(
    sheet: Sheet<'_>,
    table: Rows<'_>,
    column: &str,
    keep: impl Fn(usize) -> bool,
    more: impl Fn(usize) -> Value,
    said: impl Fn(usize) -> Option<String>,
) -> Option<List> {
    let (account, values) = (table.accounts()?, table.numbers(column)?);
    let value = |row: usize| values.get(row).unwrap_or(f64::NEG_INFINITY);
    let mut order: Vec<usize> = (0..table.len()).filter(|row| values.get(*row).is_some_and(|value| value != 0.0) && keep(*row)).collect();
    let of = order.len();
    // What rounds to nothing makes no list.
    if order.iter().all(|row| value(*row).abs() < 0.005) {
        return None;
    }
    order.sort_by(|a, b| value(*b).total_cmp(&value(*a)).then(a.cmp(b)));
    order.truncate(MOST);
    let measure = Measure::of(sheet, table, column);
    let called = sheet.called(order.iter().map(|row| account.get(*row)));
    let rows: Vec<Value> = order
        .into_iter()
        .zip(called)
        .map(|(row, called)| {
            let text = said(row).map_or_else(|| measure.short(value(row)), |said| format!("{} · {said}", measure.short(value(row))));
            let mut shown = called.in_row("name", json!({ "value": value(row), "text": text }));
            if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more(row)) {
                shown.extend(more);
            }
            shown
        })
        .collect();
    (!rows.is_empty()).then_some(List { rows, measure, of })
}

impl List {
    fn picture(self, sheet: Sheet<'_>, title: String, mut subtitle: String, style: &'static str, more: Vec<Value>) -> Picture {
        let shown = self.rows.len();
        if self.of > shown {
            subtitle += &format!(" The first {shown} of {}.", grouped(self.of as f64, 0));
        }
        let mut tooltip = sheet.who("name");
        tooltip.push(self.measure.tooltip("value"));
        tooltip.extend(more);
        let bars = Bars {
            rows: self.rows,
            names: sheet.say("Account"),
            axis: self.measure.axis(),
            tooltip: json!(tooltip),
            style,
            classes: vec![],
        };
        Picture::new(title, subtitle, bars.body()).rows(shown, 24)
    }
}

/// How many accounts have which label.
fn labels(sheet: Sheet<'_>, table: &str, key: &str, title: String, subtitle: String) -> Option<Picture> {
    let table = sheet.table(table)?;
    let (name, accounts) = (table.words(key)?, table.numbers("accounts")?);
    let candidates = table.numbers("candidates");
    let classes = [label(sheet.perspective().words().accounts), "Candidates".to_owned()];
    let mut rows = vec![];
    for row in 0..table.len() {
        let (held, wanted) = (accounts.get(row)?, candidates.as_ref().and_then(|candidates| candidates.get(row)).unwrap_or(0.0));
        let name = label(name.get(row)?);
        rows.push(json!({ "name": name, "class": classes[0], "order": 0, "value": held, "text": "" }));
        let text = if wanted > 0.0 { format!("{} + {}", grouped(held, 0), grouped(wanted, 0)) } else { grouped(held, 0) };
        rows.push(json!({ "name": name, "class": classes[1], "order": 1, "value": wanted, "text": text, "end": held + wanted }));
    }
    let most = rows.iter().filter_map(|row| row["end"].as_f64()).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let shown = rows.len() / 2;
    let y = json!({ "field": "name", "type": "nominal", "sort": null, "axis": { "title": null, "ticks": false, "domain": false, "labelOverlap": false, "labelFontSize": 12 } });
    let body = json!({
        "data": { "values": rows },
        "encoding": { "y": y },
        "layer": [
            { "mark": { "type": "bar", "cornerRadius": 0 },
              "encoding": {
                "x": { "field": "value", "type": "quantitative", "scale": { "domainMax": most, "range": range(&rows), "nice": false }, "axis": count_axis(&classes[0]) },
                "color": { "field": "class", "type": "nominal", "scale": { "domain": classes, "range": "category" }, "legend": {} },
                "order": { "field": "order" },
                "tooltip": [words("name", &label(key)), words("class", ""), count("value", "Number")],
              } },
            { "transform": [{ "filter": "datum.text !== ''" }], "mark": { "type": "text", "style": "label", "align": "left", "dx": 5, "tooltip": null },
              "encoding": { "x": { "field": "end", "type": "quantitative" }, "text": { "field": "text" } } },
        ],
    });
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Accent, Colour::Sky]).rows(shown, 34))
}

fn key_accounts(sheet: Sheet<'_>) -> String {
    sheet.numbered("key_accounts", "account or candidate is key", "accounts and candidates are key")
}

/// Why accounts are key.
pub(super) fn draw_types(sheet: Sheet<'_>) -> Option<Picture> {
    let title = sheet.say(&format!("{} in at least one way", key_accounts(sheet)));
    labels(sheet, "types", "key_account_type", title, sheet.say("How many accounts and candidates have each label; one can have several."))
}

/// By which route accounts are key.
pub(super) fn draw_routes(sheet: Sheet<'_>) -> Option<Picture> {
    let title = sheet.say(&format!("{} by at least one of four routes", key_accounts(sheet)));
    let subtitle =
        sheet.say("Pareto: they bring the 80% now. Potential: they could. Likely: we shall win them. Strategic: their name brings others.");
    labels(sheet, "route_counts", "route", title, subtitle)
}
