//! What makes the most attractive accounts so, and how sure their place is.

use serde_json::{Value, json};

use super::bars::{Bars, range};
use super::measure::{share, words};
use super::picture::Picture;
use super::sheet::{Called, Sheet};
use super::theme::EQUALS;
use crate::label::label;
use crate::number::percent;

/// How many accounts are shown.
const MOST: usize = 20;

/// The points of the highest scores, criterion by criterion.
pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("attractiveness")?;
    let (account, score) = (table.accounts()?, table.numbers("score")?);
    let criteria: Vec<&str> = sheet.outcome.summary.get("criteria")?.as_array()?.iter().filter_map(Value::as_str).collect();
    let shown = table.len().min(MOST);
    let called = sheet.called((0..shown).map(|row| account.get(row)));
    let mut rows = vec![];
    for (row, called) in called.iter().enumerate() {
        for (order, criterion) in criteria.iter().enumerate() {
            if let Some(points) = table.numbers(&format!("{criterion}_points")).and_then(|points| points.get(row)) {
                let points = json!({ "criterion": label(criterion), "order": order, "points": points, "score": score.get(row) });
                rows.push(called.in_row("account", points));
            }
        }
    }
    if rows.is_empty() {
        return None;
    }
    let total = |(row, called): (usize, &Called)| {
        let score = score.get(row)?;
        Some(called.in_row("account", json!({ "score": score, "text": format!("{score:.0}") })))
    };
    let totals: Vec<Value> = called.iter().enumerate().filter_map(total).collect();
    let title = sheet.say(&match shown {
        1 => "What makes the most attractive account so".to_owned(),
        _ => format!("What makes the {shown} most attractive accounts so"),
    });
    let subtitle = sheet.say("The score (0–100) is the sum of the points of its criteria.");
    let mut tooltip = sheet.who("account");
    tooltip.extend([
        words("criterion", "Criterion"),
        json!({ "field": "points", "type": "quantitative", "title": "Points", "format": ".1f" }),
        json!({ "field": "score", "type": "quantitative", "title": "Score", "format": ".1f" }),
    ]);
    let classes: Vec<String> = criteria.iter().map(|criterion| label(criterion)).collect();
    let y = json!({ "field": "account", "type": "nominal", "sort": null, "axis": { "title": null, "ticks": false, "domain": false, "labelOverlap": false } });
    let body = json!({
        "data": { "values": rows },
        "layer": [
            { "mark": { "type": "bar", "cornerRadius": 0 },
              "encoding": {
                "y": y,
                "x": { "field": "points", "type": "quantitative", "scale": { "range": range(&totals) }, "axis": { "title": sheet.say("Attractiveness"), "format": ",.0f" } },
                "color": { "field": "criterion", "type": "nominal", "scale": { "domain": classes, "range": "category" }, "legend": {} },
                "order": { "field": "order" },
                "tooltip": tooltip,
              } },
            { "data": { "values": totals }, "mark": { "type": "text", "style": "label", "align": "left", "dx": 5, "tooltip": null },
              "encoding": { "y": y, "x": { "field": "score", "type": "quantitative" }, "text": { "field": "text" } } },
        ],
    });
    Some(Picture::new(title, subtitle, body).colours(&EQUALS).rows(shown, 22))
}

/// SMAA: how sure it is that an account is among the best, whatever the criteria weigh.
pub(super) fn draw_sureness(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("attractiveness")?;
    let (account, sure, first) = (table.accounts()?, table.numbers("sureness")?, table.numbers("first_sureness")?);
    let mut order: Vec<usize> = (0..table.len()).collect();
    let value = |row: usize| sure.get(row).unwrap_or(-1.0);
    order.sort_by(|a, b| value(*b).total_cmp(&value(*a)).then(a.cmp(b)));
    order.truncate(MOST);
    let (most, best) = match sheet.count("sureness_top").as_str() {
        "1" => ("the most attractive".to_owned(), "the best".to_owned()),
        top => (format!("among the {top} most attractive"), format!("among the best {top}")),
    };
    let called = sheet.called(order.iter().map(|row| account.get(*row)));
    let rows: Vec<Value> = order
        .iter()
        .zip(called)
        .filter_map(|(row, called)| {
            let (sure, first) = (sure.get(*row)?, first.get(*row).unwrap_or(0.0));
            Some(called.in_row("name", json!({ "value": sure, "first": first, "text": percent(sure) })))
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let title = sheet.say(&format!("How sure it is that an account is {most}"));
    let subtitle = format!(
        "Its share of {} of weights (SMAA-2): what holds whatever the criteria weigh.",
        sheet.numbered("sureness_samples", "random set", "random sets")
    );
    let mut tooltip = sheet.who("name");
    tooltip.extend([share("value", &label(&best)), share("first", "On the first place")]);
    let axis = json!({ "title": format!("Share of weights with a place {best}"), "format": ".0%" });
    let shown = rows.len();
    let bars = Bars { rows, names: sheet.say("Account"), axis, tooltip: json!(tooltip), style: "accent", classes: vec![] };
    Some(Picture::new(title, subtitle, bars.body()).rows(shown, 22))
}
