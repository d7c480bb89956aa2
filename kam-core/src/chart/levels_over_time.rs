//! How many accounts stood on each level at the end of every period.

use serde_json::json;

use super::levels::{COLOURS, LEVELS, NAMES, name};
use super::measure::{Measure, count, count_axis, words};
use super::period;
use super::picture::Picture;
use super::sheet::Sheet;
use crate::number::grouped;

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("levels_by_period")?;
    let (ends, level, accounts) = (table.days("period_end")?, table.words("level")?, table.numbers("accounts")?);
    let revenue = table.numbers("revenue");
    let mut rows = vec![];
    let (mut first, mut last) = (0.0, 0.0);
    let (begin, end) = (ends.iter().flatten().min()?, ends.iter().flatten().max()?);
    for (row, end_of_period) in ends.iter().enumerate() {
        let (Some(on), Some(place)) = (*end_of_period, LEVELS.iter().position(|known| level.get(row) == Some(known))) else { continue };
        let count = accounts.get(row)?;
        if place < 2 {
            first += if on == *begin { count } else { 0.0 };
            last += if on == *end { count } else { 0.0 };
        }
        rows.push(json!({
            "end": period::day(on), "level": name(LEVELS[place]), "order": LEVELS.len() - place, "accounts": count,
            "revenue": revenue.as_ref().and_then(|revenue| revenue.get(row)),
        }));
    }
    let measure = Measure::of(sheet, table, "revenue");
    let title =
        format!("Partners and more: {} on {}, {} on {}", sheet.accounts(first), period::day(*begin), grouped(last, 0), period::day(*end));
    let subtitle = sheet.say("Accounts by level at the end of every period, as it was known then.");
    let body = json!({
        "data": { "values": rows },
        "mark": { "type": "bar", "cornerRadius": 0 },
        "encoding": {
            "x": { "field": "end", "type": "ordinal", "sort": null, "scale": { "paddingInner": 0.12 }, "axis": { "title": "End of period", "labelAngle": 0 } },
            "y": { "field": "accounts", "type": "quantitative", "axis": count_axis(&sheet.say("Accounts")) },
            "color": { "field": "level", "type": "nominal", "scale": { "domain": NAMES, "range": "category" }, "legend": {} },
            "order": { "field": "order" },
            "tooltip": [words("end", "End of period"), words("level", "Level"), count("accounts", &sheet.say("Accounts")), measure.tooltip("revenue")],
        },
    });
    Some(Picture::new(title, subtitle, body).colours(&COLOURS))
}
