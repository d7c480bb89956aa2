//! Headline figures, and the summaries of methods as labelled figures.

use minijinja::{Value, context};
use serde_json::Value as Json;

use super::cells;
use super::words;
use crate::label::label;
use crate::method::Outcome;
use crate::number;
use crate::review::Review;
use crate::table::Unit;

/// The few figures at the top: what, how much, and what that means.
pub(super) fn headline(review: &Review) -> Vec<Value> {
    let facts = &review.facts;
    let money = |value: f64| number::short_money(value, facts.currency.as_deref());
    let figure_of = |method: &str, name: &str| review.get(method)?.summary.get(name)?.as_f64();
    let mut figures = vec![(
        "Revenue",
        money(facts.totals.revenue),
        format!("from {}, after {} of returns", number::counted(count(facts.active_accounts), "customer"), money(facts.totals.returns)),
    )];
    if let Some(profit) = facts.totals.profit {
        let share = (facts.totals.revenue > 0.0).then(|| profit / facts.totals.revenue);
        figures.push(("Profit", money(profit), share.map_or(String::new(), |share| format!("{} of revenue", number::part(share)))));
    }
    if let (Some(accounts), Some(share)) = (figure_of("pareto", "key_accounts"), figure_of("pareto", "key_share")) {
        let base = review.get("pareto").and_then(|pareto| pareto.summary.get("base")?.as_str()).unwrap_or("revenue");
        let note = format!("of {} from the {} largest customers", label(base).to_lowercase(), number::plain(accounts));
        figures.push(("Dependency", number::part(share), note));
    }
    if let (Some(loss), Some(accounts)) = (figure_of("unprofitable", "total_loss"), figure_of("unprofitable", "unprofitable_accounts")) {
        figures.push((
            "Lost on loss-makers",
            money(loss),
            format!("by {} that cost more than they bring", number::counted(accounts, "customer")),
        ));
    }
    if let Some(net) = figure_of("revenue_bridge", "net_revenue_retention") {
        let note = match (figure_of("loss_dynamics", "window_losses"), figure_of("loss_dynamics", "window_lost_value")) {
            (Some(count), Some(worth)) => format!("{} worth {} lost in the window", number::counted(count, "customer"), money(worth)),
            _ => "of the revenue before, from the same customers".to_owned(),
        };
        figures.push(("Net revenue retention", number::part(net), note));
    }
    if let (Some(chosen), Some(net)) = (figure_of("win_back", "chosen"), figure_of("win_back", "net")) {
        let less = if figure_of("win_back", "cost").is_some_and(|cost| cost > 0.0) { ", less the offers' cost" } else { "" };
        figures.push(("To win back", money(net), format!("expected of {}{less}", number::counted(chosen, "lost customer"))));
    }
    let say = |text: &str| facts.perspective.say(text).into_owned();
    figures.into_iter().map(|(label, value, note)| context! { label => say(label), value, note => say(&note) }).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a count on a page")]
fn count(number: usize) -> f64 {
    number as f64
}

/// A figure of a summary, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its name in the summary.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Its value in its unit: `EUR 1,234`, `45.5%`, `1,234`.
    pub text: String,
    /// Is it a list, or figures of its own?
    pub is_list: bool,
}

impl Outcome {
    /// The summary as people read it: every figure in its unit, names in the words of the perspective. The note stands apart; what is
    /// missing, and lists that a table shows as well, are left out.
    #[must_use]
    pub fn figures(&self) -> Vec<Told> {
        let shown = |(name, value): (&String, &Json)| {
            let in_table = (value.is_array() || value.is_object()) && self.table(name).is_some();
            if name == "note" || value.is_null() || in_table || value.as_array().is_some_and(Vec::is_empty) {
                return None;
            }
            let is_list = matches!(value, Json::Array(_) | Json::Object(_));
            let label = self.origin.perspective.say(&label(name)).into_owned();
            Some(Told { name: name.clone(), label, text: self.tell(name, value), is_list })
        };
        self.summary.iter().filter_map(shown).collect()
    }

    /// A value of the summary; `name` is where it stands, `outer.inner` in figures of their own.
    fn tell(&self, name: &str, value: &Json) -> String {
        let last = name.rsplit('.').next().unwrap_or(name);
        match value {
            Json::Number(number) => in_unit(number.as_f64().unwrap_or(f64::NAN), self.unit(name), self.origin.currency.as_deref()),
            Json::String(text) => words::spaced(last, text).unwrap_or_else(|| text.clone()),
            Json::Array(values) => {
                let between = if values.iter().any(Json::is_object) { "; " } else { ", " };
                values.iter().map(|value| self.tell(name, value)).collect::<Vec<_>>().join(between)
            }
            Json::Object(fields) => fields
                .iter()
                .map(|(inner, value)| {
                    let said = words::spaced(last, inner).unwrap_or_else(|| inner.clone());
                    format!("{said} {}", self.tell(&format!("{name}.{inner}"), value))
                })
                .collect::<Vec<_>>()
                .join(", "),
            other => cells::plain(other),
        }
    }
}

fn in_unit(value: f64, unit: Unit, currency: Option<&str>) -> String {
    match unit {
        Unit::Share => number::part(value),
        Unit::Money => number::money(value, currency),
        Unit::Count => number::grouped(value, 0),
        Unit::Days => format!("{} day{}", number::plain(value), if value == 1.0 { "" } else { "s" }),
        Unit::Periods => format!("{} period{}", number::plain(value), if value == 1.0 { "" } else { "s" }),
        Unit::Number | Unit::Plain => number::plain(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::Perspective;
    use crate::method::Origin;
    use crate::table::{Column, Table};

    /// A summary of the method `pareto` in words, by label.
    fn told(summary: Json) -> Vec<(String, String)> {
        let limits = Table::new("limits", vec![Column::counts("n", [1])]).unwrap();
        let mut outcome = Outcome::new(vec![limits], &summary).unwrap();
        outcome.origin =
            Origin { method: "pareto", currency: Some("EUR".to_owned()), perspective: Perspective::Customer, ..Origin::default() };
        outcome.units = vec![
            ("total", Unit::Money),
            ("top_share", Unit::Share),
            ("accounts", Unit::Count),
            ("dependency.threshold", Unit::Share),
            ("dependency", Unit::Count),
        ];
        outcome.figures().into_iter().map(|told| (told.label, told.text)).collect()
    }

    #[test]
    fn figures_are_in_their_units() {
        let of = |name: &str, value: Json| told(json!({ name: value }))[0].1.clone();
        assert_eq!(of("top_share", 0.2.into()), "20%");
        assert_eq!(of("top_share", 0.4554.into()), "45.5%");
        assert_eq!(of("total", 1_234_567.4.into()), "EUR 1,234,567");
        assert_eq!(of("total", 950.5.into()), "EUR 950.50");
        assert_eq!(of("accounts", 1_234.into()), "1,234");
        assert_eq!(of("hhi", 0.0312.into()), "0.031");
        assert_eq!(
            of("dependency", json!([{ "threshold": 0.1, "accounts": 2 }, { "threshold": 0.5, "accounts": 0 }])),
            "threshold 10%, accounts 2; threshold 50%, accounts 0"
        );
        assert_eq!(of("converged", true.into()), "yes");
    }

    #[test]
    fn notes_and_missing_figures_and_what_a_table_shows_are_left_out() {
        assert!(told(json!({ "note": "n", "hhi": null, "limits": [1, 2], "left_out": [] })).is_empty());
        assert_eq!(told(json!({ "left_out": ["a", "b"] })), [("Left out".to_owned(), "a, b".to_owned())]);
    }

    #[test]
    fn text_of_data_keeps_its_letters() {
        assert_eq!(told(json!({ "why_not": "r_1 < 0" }))[0].1, "r_1 < 0");
        assert_eq!(told(json!({ "base": "cost_to_serve" }))[0].1, "cost to serve");
    }
}
