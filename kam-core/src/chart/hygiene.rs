//! The seven mistakes: who makes which, and what losses follow.

use serde_json::json;

use super::heat::Heat;
use super::measure::{count, count_axis, words};
use super::period;
use super::picture::Picture;
use super::sheet::Sheet;
use crate::label::label;
use crate::number::{self, counted, grouped};

const MISTAKES: [&str; 7] = ["late", "dispute", "interrupted", "no_dossier", "unprepared", "manners", "product_ignorance"];
const SHORT: [&str; 7] = ["Late", "Dispute", "Interrupted", "No dossier", "Unprepared", "Manners", "Product"];

/// How many managers are shown.
const MOST: usize = 20;

/// Mistakes by manager and kind.
pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("managers")?;
    let (manager, all) = (table.words("manager")?, table.numbers("mistakes")?);
    let shown = table.len().min(MOST);
    let mut cells = vec![];
    let mut names = vec![];
    for row in 0..shown {
        let name = manager.get(row).unwrap_or("no manager").to_owned();
        for (kind, short) in MISTAKES.iter().zip(SHORT) {
            let Some(times) = table.numbers(kind).and_then(|times| times.get(row)) else { continue };
            let text = if times > 0.0 { grouped(times, 0) } else { "·".to_owned() };
            cells.push(json!({ "x": short, "y": name, "value": times, "text": text, "kind": label(kind), "all": all.get(row) }));
        }
        names.push(name);
    }
    if cells.iter().all(|cell| cell["value"] == 0.0) {
        return None;
    }
    let title = format!("{} in the window", sheet.numbered("mistakes", "mistake", "mistakes of seven kinds"));
    let subtitle = match (sheet.number("risk_ratio"), sheet.number("risk_ratio_low"), sheet.number("risk_ratio_high")) {
        (Some(ratio), Some(low), Some(high)) => sheet.say(&format!(
            "Accounts that met one were lost {} times as often as others (95% interval {} to {}).",
            number::times(ratio),
            number::times(low),
            number::times(high)
        )),
        _ => "By manager and kind; the stronger the colour, the more.".to_owned(),
    };
    let tooltip = json!([words("y", "Manager"), words("kind", "Mistake"), count("value", "Times"), count("all", "Mistakes of all kinds")]);
    let heat = Heat {
        cells,
        columns: SHORT.map(str::to_owned).to_vec(),
        rows: names,
        x_title: "Mistake".to_owned(),
        y_title: String::new(),
        tooltip,
        named: false,
    };
    Some(Picture::new(title, subtitle, heat.body()).rows(shown, 34))
}

/// Mistakes period by period.
pub(super) fn draw_trend(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("trend")?;
    let names = period::names(&table.days("period")?);
    let (mistakes, activities) = (table.numbers("mistakes")?, table.numbers("activities")?);
    let mut rows = vec![];
    for (row, name) in names.iter().enumerate() {
        rows.push(json!({ "period": name, "mistakes": mistakes.get(row)?, "activities": activities.get(row) }));
    }
    if rows.iter().all(|row| row["mistakes"] == 0.0) {
        return None;
    }
    let change = sheet.number("change").unwrap_or(0.0);
    let title = match change {
        change if change < 0.0 => format!("{} in the second half of the window than in the first", counted(-change, "fewer mistake")),
        change if change > 0.0 => format!("{} in the second half of the window than in the first", counted(change, "more mistake")),
        _ => "As many mistakes in the second half of the window as in the first".to_owned(),
    };
    let body = json!({
        "data": { "values": rows },
        "mark": { "type": "bar", "style": "loss" },
        "encoding": {
            "x": { "field": "period", "type": "ordinal", "sort": null, "axis": { "title": "Period", "labelAngle": 0 } },
            "y": { "field": "mistakes", "type": "quantitative", "axis": count_axis("Mistakes") },
            "tooltip": [words("period", "Period"), count("mistakes", "Mistakes"), count("activities", "Activities")],
        },
    });
    Some(Picture::new(title, "The seven mistakes by period.", body).height(200))
}
