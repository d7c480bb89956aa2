//! The revenue bridge: from the revenue before to the revenue now.

use serde_json::{Value, json};

use super::bars::range;
use super::measure::{Measure, count, words};
use super::period;
use super::picture::Picture;
use super::sheet::Sheet;
use super::theme::Colour;
use crate::label::label;
use crate::number::percent;

const CLASSES: [&str; 3] = ["Total", "Won", "Lost"];

/// The waterfall of the comparison.
pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("comparison")?;
    let (part, revenue, accounts) = (table.words("part")?, table.numbers("revenue")?, table.numbers("accounts")?);
    let mut rows: Vec<Value> = vec![];
    let (mut level, mut largest) = (0.0_f64, 0.0_f64);
    for row in 0..table.len() {
        let (name, value) = (part.get(row)?, revenue.get(row)?);
        let (from, to, class) = match name {
            "opening" | "closing" => (0.0, value, "Total"),
            "contraction" | "lost" => (level, level - value.abs(), "Lost"),
            _ => (level, level + value, "Won"),
        };
        level = to;
        largest = largest.max(from.abs()).max(to.abs());
        let signed = if class == "Lost" { -value.abs() } else { value };
        rows.push(json!({
            "name": label(name), "from": from, "to": to, "class": class, "revenue": signed, "accounts": accounts.get(row),
            "end": from.max(to), "text": if class == "Total" { sheet.money(value) } else { format!("{}{}", if signed > 0.0 { "+" } else { "" }, crate::number::short(signed)) },
        }));
    }
    if largest <= 0.0 {
        return None;
    }
    let links: Vec<Value> =
        rows.windows(2).map(|pair| json!({ "name": pair[0]["name"], "next": pair[1]["name"], "at": pair[0]["to"] })).collect();
    let measure = Measure::new(sheet, "Revenue", crate::table::Unit::Money, largest);
    let (opening, closing) = (sheet.number("opening")?, sheet.number("closing")?);
    let words_of = sheet.perspective().words();
    let change = if opening > 0.0 {
        format!(" ({}{})", if closing >= opening { "+" } else { "" }, percent(closing / opening - 1.0))
    } else {
        String::new()
    };
    let title = format!("{} went from {} to {}{change}", label(words_of.revenue), sheet.money(opening), sheet.money(closing));
    let came = sheet.accounts(sheet.number("new_accounts").unwrap_or(0.0));
    let subtitle = match (sheet.number("gross_revenue_retention"), sheet.number("net_revenue_retention")) {
        (Some(gross), Some(net)) => format!(
            "{} of the opening {} stayed before growth (gross retention), {} with it (net). {came} came, {} went.",
            percent(gross),
            words_of.revenue,
            percent(net),
            sheet.count("lost_accounts")
        ),
        _ => format!("{came} came, {} went.", sheet.count("lost_accounts")),
    };
    let y = json!({ "field": "name", "type": "nominal", "sort": null, "axis": { "title": null, "ticks": false, "domain": false, "labelOverlap": false, "labelFontSize": 12 }, "scale": { "paddingInner": 0.3 } });
    let x = json!({ "field": "from", "type": "quantitative", "scale": { "domain": [0, largest], "range": range(&rows), "nice": false }, "axis": measure.axis() });
    let body = json!({
        "data": { "values": rows },
        "layer": [
            { "mark": { "type": "bar" },
              "encoding": { "y": y, "x": x, "x2": { "field": "to" },
                "color": { "field": "class", "type": "nominal", "scale": { "domain": CLASSES, "range": "category" }, "legend": null },
                "tooltip": [words("name", "Part"), measure.tooltip("revenue"), count("accounts", &sheet.say("Accounts"))] } },
            { "data": { "values": links }, "mark": { "type": "rule", "style": "guide", "tooltip": null },
              "encoding": { "x": { "field": "at", "type": "quantitative" }, "y": { "field": "name", "type": "nominal", "sort": null, "bandPosition": 0.5 }, "y2": { "field": "next", "bandPosition": 0.5 } } },
            { "mark": { "type": "text", "style": "label", "align": "left", "dx": 6, "tooltip": null },
              "encoding": { "y": y, "x": { "field": "end", "type": "quantitative" }, "text": { "field": "text" } } },
        ],
    });
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Muted, Colour::Gain, Colour::Loss]).height(270))
}

/// Period by period: what was won above the line, what was lost below.
pub(super) fn draw_periods(sheet: Sheet<'_>) -> Option<Picture> {
    const PARTS: [(&str, f64); 5] = [("new", 1.0), ("returned", 1.0), ("expansion", 1.0), ("contraction", -1.0), ("lost", -1.0)];
    let table = sheet.table("revenue_bridge")?;
    let days = table.days("period")?;
    let names = period::names(&days);
    let comparable = table.flags("comparable")?;
    let mut rows = vec![];
    let (mut won, mut lost, mut largest) = (0.0, 0.0, 0.0_f64);
    for (row, name) in names.iter().enumerate() {
        if !comparable.value(row) {
            continue;
        }
        for (place, (part, sign)) in PARTS.iter().enumerate() {
            let value = table.numbers(part)?.get(row)? * sign;
            if value > 0.0 {
                won += value
            } else {
                lost -= value
            }
            largest = largest.max(value.abs());
            rows.push(json!({ "period": name, "part": label(part), "order": place, "value": value }));
        }
    }
    if rows.is_empty() {
        return None;
    }
    let measure = Measure::new(sheet, "Change of revenue", crate::table::Unit::Money, largest);
    let title = format!("Over all periods {} came or grew and {} shrank or went", sheet.money(won), sheet.money(lost));
    let subtitle = sheet.say("Each period against the one before: above the line what was won, below it what was lost.");
    let classes: Vec<String> = PARTS.iter().map(|(part, _)| label(part)).collect();
    let body = json!({
        "data": { "values": rows },
        "mark": { "type": "bar", "cornerRadius": 0 },
        "encoding": {
            "x": { "field": "period", "type": "ordinal", "sort": null, "axis": { "title": "Period", "labelAngle": 0 } },
            "y": { "field": "value", "type": "quantitative", "axis": measure.axis() },
            "color": { "field": "part", "type": "nominal", "scale": { "domain": classes, "range": "category" }, "legend": { "columns": 3 } },
            "order": { "field": "order" },
            "tooltip": [words("period", "Period"), words("part", "Part"), measure.tooltip("value")],
        },
    });
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Accent, Colour::Sky, Colour::Gain, Colour::Second, Colour::Loss]))
}
