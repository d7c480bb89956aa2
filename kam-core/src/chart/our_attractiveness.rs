//! How customers rate us against the best of our competitors, criterion by criterion.

use serde_json::json;

use super::measure::{count, share, words};
use super::picture::Picture;
use super::sheet::Sheet;
use super::theme::Colour;
use crate::label::label;
use crate::number::times;

const CLASSES: [&str; 2] = ["We", "Best competitor"];

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("their_criteria")?;
    let (criterion, weight, accounts) = (table.words("criterion")?, table.numbers("weight")?, table.numbers("accounts")?);
    let (ours, theirs) = (table.numbers("our_score")?, table.numbers("best_competitor_score")?);
    let mut rows = vec![];
    let mut spans = vec![];
    for row in 0..table.len() {
        let name = label(criterion.get(row)?);
        let both = [(CLASSES[0], ours.get(row)), (CLASSES[1], theirs.get(row))];
        for (who, score) in both {
            if let Some(score) = score {
                rows.push(
                    json!({ "criterion": name, "who": who, "score": score, "weight": weight.get(row), "accounts": accounts.get(row) }),
                );
            }
        }
        if let (Some(ours), Some(theirs)) = (ours.get(row), theirs.get(row)) {
            spans.push(json!({ "criterion": name, "from": ours, "to": theirs }));
        }
    }
    if rows.is_empty() {
        return None;
    }
    let compared = sheet.number("compared").unwrap_or(0.0);
    let of = format!("of {}", sheet.accounts(compared));
    let ahead = sheet.numbered("ahead", &format!("{of} rates"), &format!("{of} rate"));
    let title = format!("{ahead} us above every competitor");
    let subtitle = match sheet.number("median_relative_strength") {
        Some(median) if compared == 1.0 => {
            format!("Its scores by its criteria; it sees us at {} times the best competitor.", times(median))
        }
        Some(median) => {
            format!("Mean scores by their criteria; half of them see us at {} times the best competitor or more.", times(median))
        }
        None => "Mean scores by their criteria.".to_owned(),
    };
    let y = json!({ "field": "criterion", "type": "nominal", "sort": null, "axis": { "title": null, "ticks": false, "domain": false, "grid": true, "labelFontSize": 12 } });
    let shown = table.len();
    let scores: Vec<f64> = rows.iter().filter_map(|row| row["score"].as_f64()).collect();
    let (low, high) = (scores.iter().copied().fold(f64::INFINITY, f64::min), scores.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    // A tenth of a point is not to look like a world: the axis spans at least a fifth of the highest score.
    let margin = ((0.2 * high.abs() - (high - low)) / 2.0).max(0.08 * (high - low)).max(0.1);
    let body = json!({
        "data": { "values": rows },
        "layer": [
            { "data": { "values": spans }, "mark": { "type": "rule", "style": "muted", "strokeWidth": 3, "tooltip": null },
              "encoding": { "y": y, "x": { "field": "from", "type": "quantitative" }, "x2": { "field": "to" } } },
            { "mark": { "type": "circle", "size": 140, "opacity": 1 },
              "encoding": {
                "y": y,
                "x": { "field": "score", "type": "quantitative", "scale": { "zero": false, "nice": true, "domain": [low - margin, high + margin] }, "axis": { "title": "Mean score", "format": ",.3~f", "grid": false } },
                "color": { "field": "who", "type": "nominal", "scale": { "domain": CLASSES, "range": "category" }, "legend": {} },
                "tooltip": [words("criterion", "Criterion"), words("who", ""), { "field": "score", "type": "quantitative", "title": "Mean score", "format": ".2f" },
                            share("weight", "Mean weight"), count("accounts", &sheet.say("Accounts"))],
              } },
        ],
    });
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Accent, Colour::Second]).rows(shown, 40))
}
