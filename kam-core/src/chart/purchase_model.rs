//! How well the purchase model foretells what it has not seen, and who is still alive.

use serde_json::{Value, json};

use super::measure::{Measure, count, words};
use super::picture::Picture;
use super::sheet::Sheet;
use super::theme::Colour;
use crate::label::label;
use crate::number::{counted, numbered, percent, plain};
use crate::table::Unit;

const CLASSES: [&str; 2] = ["Actual", "Expected"];

/// Purchases week by week.
pub(super) fn draw_tracking(sheet: Sheet<'_>) -> Option<Picture> {
    tracking(sheet, "actual", "expected", "Purchases a week")
}

/// The same added up.
pub(super) fn draw_cumulative(sheet: Sheet<'_>) -> Option<Picture> {
    tracking(sheet, "actual_cumulative", "expected_cumulative", "Purchases so far")
}

fn tracking(sheet: Sheet<'_>, actual: &str, expected: &str, axis: &str) -> Option<Picture> {
    let table = sheet.table("tracking")?;
    let (ends, holdout) = (table.days("end")?, table.flags("holdout")?);
    let (made, foretold) = (table.numbers(actual)?, table.numbers(expected)?);
    let mut rows: Vec<Value> = vec![];
    let mut begin = None;
    let (mut sum, mut sum_expected) = (0.0, 0.0);
    for (row, end) in ends.iter().enumerate() {
        let end = end.as_ref()?.to_string();
        if holdout.value(row) {
            begin.get_or_insert(end.clone());
            sum += table.numbers("actual")?.get(row)?;
            sum_expected += table.numbers("expected")?.get(row)?;
        }
        for (what, value) in [("Actual", made.get(row)?), ("Expected", foretold.get(row)?)] {
            rows.push(json!({ "end": end, "what": what, "value": value }));
        }
    }
    let off = if sum > 0.0 { format!(", {} off", percent((sum_expected / sum - 1.0).abs())) } else { String::new() };
    let title = format!(
        "In the weeks it had not seen, the model expected {}; {} made{off}",
        counted(sum_expected, "purchase"),
        numbered(sum, "was", "were")
    );
    let subtitle = format!("{}. Right of the dashed line are the weeks that the model was not fitted to.", axis);
    let x =
        json!({ "field": "end", "type": "temporal", "timeUnit": "utcyearmonthdate", "axis": { "title": "Week ending", "grid": false } });
    let y = json!({ "field": "value", "type": "quantitative", "axis": { "title": axis, "format": ",.0f" } });
    let color = json!({ "field": "what", "type": "nominal", "scale": { "domain": CLASSES, "range": "category" }, "legend": { "symbolType": "stroke", "symbolStrokeWidth": 3 } });
    let tooltip = json!([
        { "field": "end", "type": "temporal", "timeUnit": "utcyearmonthdate", "title": "Week ending", "format": "%d %b %Y" },
        words("what", ""), { "field": "value", "type": "quantitative", "title": axis, "format": ",.1f" },
    ]);
    let mut layers = vec![
        json!({ "data": { "values": rows }, "mark": { "type": "line", "tooltip": null },
                "encoding": { "x": x, "y": y, "color": color,
                    "strokeDash": { "field": "what", "type": "nominal", "scale": { "domain": CLASSES, "range": [[1, 0], [6, 3]] }, "legend": null } } }),
        json!({ "data": { "values": rows }, "mark": { "type": "point", "filled": true, "size": 70, "opacity": 0 },
                "encoding": { "x": x, "y": y, "color": color, "tooltip": tooltip } }),
    ];
    if let Some(begin) = begin {
        layers.push(json!({ "data": { "values": [{ "end": begin }] }, "mark": { "type": "rule", "style": "guide", "tooltip": null }, "encoding": { "x": x } }));
    }
    Some(Picture::new(title, subtitle, json!({ "layer": layers })).colours(&[Colour::Muted, Colour::Accent]))
}

/// Purchases of the holdout time by the number of those before.
pub(super) fn draw_frequency(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("frequency_bins")?;
    let (x, accounts, more) = (table.numbers("x")?, table.numbers("accounts")?, table.flags("and_more")?);
    let (actual, expected) = (table.numbers("actual")?, table.numbers("expected")?);
    let mut rows = vec![];
    for row in 0..table.len() {
        let name = format!("{}{}", plain(x.get(row)?), if more.value(row) { "+" } else { "" });
        for (what, value) in [("Actual", actual.get(row)?), ("Expected", expected.get(row)?)] {
            rows.push(json!({ "x": name, "what": what, "value": value, "accounts": accounts.get(row) }));
        }
    }
    let title = "Who bought more before buys more after, as the model expects".to_owned();
    let subtitle = sheet.say("Mean purchases of an account in the time the model had not seen, by its repeat purchases before.");
    let body = json!({
        "data": { "values": rows },
        "mark": { "type": "bar" },
        "encoding": {
            "x": { "field": "x", "type": "ordinal", "sort": null, "axis": { "title": "Repeat purchases before", "labelAngle": 0 } },
            "xOffset": { "field": "what", "type": "nominal", "sort": CLASSES },
            "y": { "field": "value", "type": "quantitative", "axis": { "title": "Mean purchases after", "format": ",.3~f" } },
            "color": { "field": "what", "type": "nominal", "scale": { "domain": CLASSES, "range": "category" }, "legend": {} },
            "tooltip": [words("x", "Repeat purchases before"), words("what", ""), { "field": "value", "type": "quantitative", "title": "Mean purchases after", "format": ",.2f" },
                        count("accounts", &sheet.say("Accounts"))],
        },
    });
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Muted, Colour::Accent]).height(280))
}

/// How many accounts have which chance of being alive.
pub(super) fn draw_alive(sheet: Sheet<'_>) -> Option<Picture> {
    const BINS: u8 = 20;
    let table = sheet.table("purchase_model")?;
    let alive = table.numbers("p_alive")?;
    let edge = |bin: u8| f64::from(bin) / f64::from(BINS);
    let mut counts = [0_u64; BINS as usize];
    for chance in (0..table.len()).filter_map(|row| alive.get(row)) {
        // The last bin that begins at or below the chance.
        let bin = (0..BINS).rev().find(|bin| chance >= edge(*bin)).unwrap_or(0);
        counts[usize::from(bin)] += 1;
    }
    let all: u64 = counts.iter().sum();
    if all == 0 {
        return None;
    }
    let rows: Vec<Value> =
        (0..BINS).zip(counts).map(|(bin, count)| json!({ "from": edge(bin), "to": edge(bin + 1), "accounts": count })).collect();
    let of = format!("of {}", sheet.accounts(sheet.number("buyers").unwrap_or(0.0)));
    let alive = numbered(sheet.number("expected_alive")?, &format!("{of} is"), &format!("{of} are"));
    let title = format!("About {alive} still alive");
    let model = label(sheet.word("model_used").unwrap_or("model"))
        .replace("Bg nbd", "BG/NBD")
        .replace("Mbg nbd", "MBG/NBD")
        .replace("Pareto nbd", "Pareto/NBD");
    let trust = if sheet.outcome.summary.get("trustworthy") == Some(&Value::Bool(false)) {
        " The fit is not to be trusted; see its report."
    } else {
        ""
    };
    let subtitle = format!("How likely it is, by {model}, that they will buy again.{trust}");
    let measure = Measure::new(sheet, "Accounts", Unit::Count, 0.0);
    let body = json!({
        "data": { "values": rows },
        "mark": { "type": "bar", "style": "accent", "binSpacing": 1 },
        "encoding": {
            "x": { "field": "from", "type": "quantitative", "bin": { "binned": true, "step": 0.05 }, "axis": { "title": "Chance of being alive", "format": ".0%", "values": [0, 0.2, 0.4, 0.6, 0.8, 1], "grid": false }, "scale": { "domain": [0, 1] } },
            "x2": { "field": "to" },
            "y": { "field": "accounts", "type": "quantitative", "axis": measure.axis() },
            "tooltip": [{ "field": "from", "type": "quantitative", "title": "From", "format": ".0%" }, { "field": "to", "type": "quantitative", "title": "To", "format": ".0%" },
                        measure.tooltip("accounts")],
        },
    });
    Some(Picture::new(title, subtitle, body).height(240))
}
