//! The selection matrix: accounts as bubbles in their four quadrants.

use serde_json::json;

use super::bubbles::{Bubble, cloud};
use super::measure::{Measure, tooltip, words};
use super::picture::Picture;
use super::sheet::Sheet;
use super::theme::Colour;
use crate::label::label;
use crate::number::{grouped, numbered, percent};
use crate::table::Unit;

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("selection_matrix")?;
    let (account, quadrant) = (table.accounts()?, table.words("quadrant")?);
    let (attractive, revenue) = (table.numbers("attractiveness")?, table.numbers("revenue")?);
    let second = sheet.word("second_axis").unwrap_or("relative_strength");
    let strength = table.numbers(second)?;
    let (unit, second_title) = match second {
        "revenue_share" => (Unit::Share, sheet.say("Share of revenue")),
        _ => (Unit::Number, sheet.say("Our relative strength (1 = as strong as the best competitor)")),
    };
    let mut accounts = vec![];
    for row in 0..table.len() {
        if let (Some(x), Some(y), Some(name)) = (strength.get(row), attractive.get(row), quadrant.get(row)) {
            accounts.push(Bubble {
                account: account.get(row)?,
                x,
                y,
                size: revenue.get(row).unwrap_or(0.0),
                class: label(name),
                more: json!({ "revenue": revenue.get(row) }),
            });
        }
    }
    if accounts.is_empty() {
        return None;
    }
    let (cut_x, cut_y) = (sheet.number("strength_cut"), sheet.number("attractiveness_cut"));
    let x = range(accounts.iter().map(|account| account.x).chain(cut_x));
    let y = range(accounts.iter().map(|account| account.y).chain(cut_y));
    let cloud = cloud(sheet, &accounts, x, y, |value| value);
    let measure = Measure::of(sheet, table, "revenue");
    let x_axis = json!({ "field": "x", "type": "quantitative", "scale": { "domain": [x.0, x.1], "nice": false, "zero": false },
        "axis": { "title": second_title, "format": if unit == Unit::Share { ".1%" } else { ".2~f" }, "grid": false } });
    let y_axis = json!({ "field": "y", "type": "quantitative", "scale": { "domain": [y.0, y.1], "nice": false, "zero": false },
        "axis": { "title": sheet.say("Attractiveness to us (0–100)"), "grid": false } });
    let corners = corners(sheet, x, y)?;
    let classes: Vec<&str> = corners.iter().map(|corner| corner.name.as_str()).collect();
    let color = json!({ "field": "class", "type": "nominal", "scale": { "domain": classes, "range": "category" }, "legend": null });
    let mut tips = sheet.who("account");
    tips.extend([
        words("class", "Quadrant"),
        tooltip("y", &sheet.say("Attractiveness"), Unit::Number, None, 1.0),
        tooltip("x", &sheet.say(&label(second)), unit, None, 1.0),
        measure.tooltip("revenue"),
    ]);
    let mut layers = vec![];
    for (axis, cut) in [("x", cut_x), ("y", cut_y)] {
        if let Some(cut) = cut {
            let encoding = if axis == "x" { json!({ "x": x_axis }) } else { json!({ "y": y_axis }) };
            layers.push(json!({ "data": { "values": [{ axis: cut }] }, "mark": { "type": "rule", "style": "guide", "tooltip": null }, "encoding": encoding }));
        }
    }
    layers.extend(cloud.layers(&x_axis, &y_axis, &color, &json!(tips), &sheet.say("Accounts")));
    for corner in &corners {
        layers.push(json!({
            "data": { "values": [{ "x": corner.x, "y": corner.y, "text": corner.text }] },
            "mark": { "type": "text", "style": "big", "lineBreak": "\n", "lineHeight": 15, "align": corner.align, "baseline": corner.baseline,
                      "dx": if corner.align == "left" { 6 } else { -6 }, "dy": if corner.baseline == "top" { 5 } else { -20 }, "tooltip": null,
                      "limit": { "expr": "width / 2 - 10" } },
            "encoding": { "x": x_axis, "y": y_axis, "text": { "field": "text" } },
        }));
    }
    let key = corners.first()?;
    let title = format!(
        "{} attracted by us{}",
        sheet.say(&numbered(key.accounts, "customer attracts us and is", "customers attract us and are")),
        key.share.map_or(String::new(), |share| format!(", with {} of {}", percent(share), sheet.perspective().words().revenue))
    );
    let mut subtitle =
        format!("Each bubble is one {}; its area is its {}.", sheet.perspective().words().account, sheet.perspective().words().revenue);
    if cloud.rest > 0 {
        subtitle += &format!(
            " The {} drawn, {} the shaded ground.",
            numbered(cloud.bubbles.len() as f64, "largest is", "largest are"),
            numbered(cloud.rest as f64, "more is", "more are")
        );
    }
    let colours = [Colour::Accent, Colour::Second, Colour::Gain, Colour::Muted];
    Some(Picture::new(title, subtitle, json!({ "layer": layers })).colours(&colours).height(400))
}

/// A quadrant's name in its corner.
struct Corner {
    name: String,
    text: String,
    accounts: f64,
    share: Option<f64>,
    x: f64,
    y: f64,
    align: &'static str,
    baseline: &'static str,
}

fn corners(sheet: Sheet<'_>, x: (f64, f64), y: (f64, f64)) -> Option<Vec<Corner>> {
    let table = sheet.table("quadrants")?;
    let (name, accounts, share) = (table.words("quadrant")?, table.numbers("accounts")?, table.numbers("revenue_share")?);
    let (attractive, strong) = (table.words("attractiveness")?, table.words("strength")?);
    (0..table.len())
        .map(|row| {
            let (up, right) = (attractive.get(row) == Some("high"), strong.get(row) == Some("high"));
            let count = accounts.get(row)?;
            let held = share.get(row).map_or(String::new(), |share| format!(" · {}", percent(share)));
            Some(Corner {
                name: label(name.get(row)?),
                text: format!("{}\n{}{held}", label(name.get(row)?), grouped(count, 0)),
                accounts: count,
                share: share.get(row),
                x: if right { x.1 } else { x.0 },
                y: if up { y.1 } else { y.0 },
                align: if right { "right" } else { "left" },
                baseline: if up { "top" } else { "bottom" },
            })
        })
        .collect()
}

/// From the least to the largest, with room at both ends.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let room = if high > low { (high - low) * 0.12 } else { (high.abs() * 0.5).max(1.0) };
    // What is never negative begins a little below zero, so that a bubble at zero is whole.
    (if low >= 0.0 { (low - room).max(high * -0.03) } else { low - room }, high + room)
}
