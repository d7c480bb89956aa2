//! Headline figures, and the summaries of methods as labelled figures.

use minijinja::{Value, context};
use serde_json::Value as Json;

use super::cells;
use super::words;
use crate::facts::Perspective;
use crate::method::Outcome;
use crate::number;
use crate::review::Review;
use crate::table::Unit;

/// The few figures at the top: what, how much, and what that means.
pub(super) fn headline(review: &Review) -> Vec<Value> {
    let facts = &review.facts;
    let currency = facts.currency.as_deref().unwrap_or("");
    let money = |value: f64| if currency.is_empty() { number::short(value) } else { format!("{currency} {}", number::short(value)) };
    let mut figures = vec![
        figure("Accounts", count(facts.active_accounts), format!("with a sale in the window, of {} known", count(facts.accounts))),
        figure("Revenue", money(facts.totals.revenue), format!("after {} of returns", money(facts.totals.returns))),
    ];
    if let Some(profit) = facts.totals.profit {
        let share = (facts.totals.revenue > 0.0).then(|| profit / facts.totals.revenue);
        figures.push(figure(
            "Profit",
            money(profit),
            share.map_or(String::new(), |share| format!("{} of revenue", number::percent(share))),
        ));
    }
    if let Some(pareto) = review.get("pareto").map(|outcome| &outcome.summary) {
        let number = |name: &str| pareto.get(name).and_then(Json::as_f64);
        let base = pareto.get("base").and_then(Json::as_str).unwrap_or("revenue");
        if let (Some(top), Some(share)) = (number("top_share"), number("share_of_top")) {
            let label = format!("Top {}", number::percent(top).replace(".0%", "%"));
            figures.push(figure(
                &label,
                number::percent(share),
                format!("of {} held by the largest accounts", words::label(base).to_lowercase()),
            ));
        }
        if let (Some(accounts), Some(share)) = (number("key_accounts"), number("key_share")) {
            figures.push(figure(
                "Key accounts",
                number::percent(share),
                format!("of {base} held by the {} largest", number::plain(accounts)),
            ));
        }
    }
    if let Some(losing) = review.get("unprofitable").and_then(|outcome| outcome.tables.first()).filter(|table| !table.is_empty()) {
        figures.push(figure("Unprofitable", count(losing.len()), "accounts cost more than they bring".to_owned()));
    }
    let say = |text: &str| facts.perspective.say(text).into_owned();
    figures.into_iter().map(|(label, value, note)| context! { label => say(&label), value, note => say(&note) }).collect()
}

fn figure(label: &str, value: String, note: String) -> (String, String, String) {
    (label.to_owned(), value, note)
}

#[expect(clippy::cast_precision_loss, reason = "a count on a page")]
pub(super) fn count(number: usize) -> String {
    number::grouped(number as f64, 0)
}

/// A summary as figures with labels. The note stands apart; what is missing, and lists that a table shows as well, are left out.
pub(super) fn summary(outcome: &Outcome, currency: Option<&str>, perspective: Perspective) -> Vec<Value> {
    let summary = &outcome.summary;
    let counted = summary
        .get("base")
        .and_then(Json::as_str)
        .is_some_and(|base| matches!(base, "lines" | "active_days" | "active_periods" | "orders"));
    summary
        .iter()
        .filter(|(name, value)| {
            let in_table = (value.is_array() || value.is_object()) && outcome.table(name).is_some();
            *name != "note" && !value.is_null() && !in_table && !value.as_array().is_some_and(Vec::is_empty)
        })
        .map(|(name, value)| {
            let text = match value {
                Json::Number(number) => in_unit(number.as_f64().unwrap_or(f64::NAN), unit(name, number.is_f64(), counted), currency),
                Json::String(text) => words::label(text),
                other => cells::plain(other),
            };
            let long = matches!(value, Json::Array(_) | Json::Object(_));
            context! { label => perspective.say(&words::label(name)).into_owned(), value => text, long }
        })
        .collect()
}

fn in_unit(value: f64, unit: Unit, currency: Option<&str>) -> String {
    match unit {
        Unit::Share => number::percent(value),
        Unit::Money => currency.map_or(String::new(), |currency| format!("{currency} ")) + &number::grouped(value, 0),
        Unit::Count => number::grouped(value, 0),
        _ => number::plain(value),
    }
}

/// What a figure of a summary is, by its name: summaries are JSON, which has no units.
fn unit(name: &str, is_fraction: bool, counted: bool) -> Unit {
    const MONEY: [&str; 12] =
        ["total", "peak", "destroyed", "revenue", "profit", "loss", "gain", "cost", "margin", "value", "amount", "spend"];
    let words = || name.split('_');
    if !is_fraction {
        Unit::Count
    } else if words().any(|word| matches!(word, "share" | "rate")) || matches!(name, "cr1" | "cr5" | "cr10" | "cr20") {
        Unit::Share
    } else if !counted && words().any(|word| MONEY.contains(&word)) {
        Unit::Money
    } else {
        Unit::Number
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::table::{Column, Table};

    fn values(summary: Json) -> Vec<(String, String)> {
        let limits = Table::new("limits", vec![Column::counts("n", [1])]).unwrap();
        let outcome = Outcome::new(vec![limits], &summary).unwrap();
        let text = |figure: &Value, name: &str| figure.get_attr(name).unwrap().to_string();
        summary_of(&outcome).iter().map(|figure| (text(figure, "label"), text(figure, "value"))).collect()
    }

    fn summary_of(outcome: &Outcome) -> Vec<Value> {
        summary(outcome, Some("EUR"), Perspective::Customer)
    }

    #[test]
    fn figures_are_in_their_units() {
        let of = |name: &str, value: Json| values(json!({ "base": "revenue", name: value }))[1].1.clone();
        assert_eq!(of("share_of_top", 0.8.into()), "80.0%");
        assert_eq!(of("cr10", 0.455.into()), "45.5%");
        assert_eq!(of("total", 1_234_567.4.into()), "EUR 1,234,567");
        assert_eq!(of("accounts", 1_234.into()), "1,234");
        assert_eq!(of("hhi", 0.0312.into()), "0.031");
        assert_eq!(of("bounds", json!({ "lower_limit": 0.5, "upper": 2 })), "lower limit 0.500, upper 2");
        assert_eq!(values(json!({ "base": "orders", "total": 12.0 }))[1].1, "12");
    }

    #[test]
    fn notes_and_missing_figures_and_what_a_table_shows_are_left_out() {
        assert!(values(json!({ "note": "n", "hhi": null, "limits": [1, 2], "left_out": [] })).is_empty());
        assert_eq!(values(json!({ "left_out": ["a", "b"] })), [("Left out".to_owned(), "a, b".to_owned())]);
    }
}
