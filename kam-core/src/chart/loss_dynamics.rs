//! Losses and returns over time, and what losses had in common.

use serde_json::json;

use super::bars::Bars;
use super::measure::{Measure, count, count_axis, share, words};
use super::period;
use super::picture::Picture;
use super::sheet::Sheet;
use super::theme::Colour;
use crate::label::label;
use crate::number::grouped;

/// How many rows a list of bars shows.
const MOST: usize = 12;

/// What was lost and what came back, period by period.
pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("loss_dynamics")?;
    let names = period::names(&table.days("period")?);
    let (losses, lost) = (table.numbers("losses")?, table.numbers("lost_value")?);
    let (returns, returned) = (table.numbers("returns")?, table.numbers("returned_value")?);
    let mut rows = vec![];
    let mut largest = 0.0_f64;
    for (row, name) in names.iter().enumerate() {
        for (what, times, value) in [("Lost", losses.get(row)?, -lost.get(row)?), ("Returned", returns.get(row)?, returned.get(row)?)] {
            largest = largest.max(value.abs());
            rows.push(json!({ "period": name, "what": what, "value": value, "times": times }));
        }
    }
    if rows.iter().all(|row| row["times"] == 0.0) {
        return None;
    }
    let measure = Measure::new(sheet, "Value", crate::table::Unit::Money, largest);
    let worth = sheet.money(sheet.number("window_lost_value").unwrap_or(0.0));
    let (one, many) = (format!("account worth {worth} was"), format!("accounts worth {worth} were"));
    let title = sheet.say(&format!("{} lost in the window", sheet.numbered("window_losses", &one, &many)));
    let subtitle = sheet.say(&format!(
        "{} and {} in the whole history; an account is worth what it brought in the periods up to its last purchase.",
        sheet.numbered("losses", "loss", "losses"),
        sheet.numbered("returns", "return", "returns")
    ));
    let body = json!({
        "data": { "values": rows },
        "layer": [
            { "mark": { "type": "bar", "cornerRadius": 0 },
              "encoding": {
                "x": { "field": "period", "type": "ordinal", "sort": null, "axis": { "title": "Period", "labelAngle": 0 } },
                "y": { "field": "value", "type": "quantitative", "axis": measure.axis() },
                "color": { "field": "what", "type": "nominal", "scale": { "domain": ["Returned", "Lost"], "range": "category" }, "legend": {} },
                "tooltip": [words("period", "Period"), words("what", ""), count("times", &sheet.say("Accounts")), measure.tooltip("value")],
              } },
            { "data": { "values": [{ "zero": 0 }] }, "mark": { "type": "rule", "style": "soft", "tooltip": null }, "encoding": { "y": { "field": "zero", "type": "quantitative" } } },
        ],
    });
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Gain, Colour::Loss]).height(260))
}

/// What came before losses, the most frequent first.
pub(super) fn draw_reasons(sheet: Sheet<'_>) -> Option<Picture> {
    let title = match sheet.word("most_frequent_reason") {
        Some(reason) => format!("What came before losses most often: {}", label(reason).to_lowercase()),
        None => "What came before losses".to_owned(),
    };
    bars(sheet, "reasons", "reason", title, "Number of losses and what they were worth. A loss can have several reasons.", false)
}

/// In which directions the losses were, the largest value first.
pub(super) fn draw_directions(sheet: Sheet<'_>) -> Option<Picture> {
    bars(
        sheet,
        "directions",
        "direction",
        sheet.say("In which directions accounts were lost"),
        "What was lost and in how many losses. A loss counts in every direction that the account bought.",
        true,
    )
}

/// A list of bars as long as the number of losses, or as their value where the table is in the order of that.
fn bars(sheet: Sheet<'_>, table: &str, key: &str, title: String, subtitle: &str, by_value: bool) -> Option<Picture> {
    let table = sheet.table(table)?;
    let (name, losses, value) = (table.words(key)?, table.numbers("losses")?, table.numbers("lost_value")?);
    let part = table.numbers("share").or_else(|| table.numbers("value_share"));
    let measure = Measure::of(sheet, table, "lost_value");
    let shown = table.len().min(MOST);
    let rows: Vec<_> = (0..shown)
        .filter_map(|row| {
            let (times, money) = (losses.get(row)?, value.get(row).unwrap_or(0.0));
            let name = name.get(row).unwrap_or("unknown");
            let name = if key == "reason" { label(name) } else { name.to_owned() };
            Some(json!({
                "name": name, "value": if by_value { money } else { times }, "losses": times, "money": money, "share": part.as_ref().and_then(|part| part.get(row)),
                "text": if by_value { format!("{} · {}", sheet.money(money), grouped(times, 0)) } else { format!("{} · {}", grouped(times, 0), sheet.money(money)) },
            }))
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut subtitle = sheet.say(subtitle);
    if table.len() > shown {
        subtitle += &format!(" The first {shown} of {}.", table.len());
    }
    let tooltip = json!([words("name", &label(key)), count("losses", "Losses"), measure.tooltip("money"), share("share", "Share")]);
    let axis = if by_value { measure.axis() } else { count_axis("Losses") };
    let bars = Bars { rows, names: label(key), axis, tooltip, style: "loss", classes: vec![] };
    Some(Picture::new(title, subtitle, bars.body()).rows(shown, 26))
}
