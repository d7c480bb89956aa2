//! Do the key accounts lead the rest?

use serde_json::json;

use super::measure::words;
use super::picture::Picture;
use super::sheet::Sheet;
use super::theme::Colour;
use crate::number::{counted, plain};

/// The growth index of the key accounts and of the rest.
pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("market_indicator")?;
    let (days, key, rest) = (table.days("period")?, table.numbers("key_index")?, table.numbers("rest_index")?);
    let classes = [sheet.say("Key accounts"), "The rest".to_owned()];
    let mut rows = vec![];
    for (row, day) in days.iter().enumerate() {
        for (what, value) in [(&classes[0], key.get(row)), (&classes[1], rest.get(row))] {
            if let Some(value) = value {
                rows.push(json!({ "period": day.as_ref()?.to_string(), "what": what, "index": value }));
            }
        }
    }
    if rows.is_empty() {
        return None;
    }
    let lag = sheet.number("strongest_lag");
    let title = match lag {
        Some(lag) if lag > 0.0 => sheet.say(&format!("The key accounts lead the rest by {}", counted(lag, "period"))),
        Some(lag) if lag < 0.0 => sheet.say(&format!("The rest leads the key accounts by {}", counted(-lag, "period"))),
        Some(_) => sheet.say("The key accounts and the rest move together"),
        None => sheet.say("The key accounts do not lead the rest"),
    };
    let subtitle = sheet.say("Revenue of the key accounts and of the rest, each as an index: 100 is its mean over the first periods.");
    let x = json!({ "field": "period", "type": "temporal", "timeUnit": "utcyearmonthdate", "axis": { "title": "Period", "grid": false, "format": "%b %y" } });
    let y = json!({ "field": "index", "type": "quantitative", "scale": { "zero": false }, "axis": { "title": "Index", "format": ",.0f" } });
    let color = json!({ "field": "what", "type": "nominal", "scale": { "domain": classes, "range": "category" }, "legend": { "symbolType": "stroke", "symbolStrokeWidth": 3 } });
    let tooltip = json!([
        { "field": "period", "type": "temporal", "timeUnit": "utcyearmonthdate", "title": "Period", "format": "%d %b %Y" }, words("what", ""),
        { "field": "index", "type": "quantitative", "title": "Index", "format": ",.1f" },
    ]);
    let body = json!({
        "data": { "values": rows },
        "layer": [
            { "data": { "values": [{ "index": 100 }] }, "mark": { "type": "rule", "style": "guide", "tooltip": null }, "encoding": { "y": y } },
            { "mark": { "type": "line", "tooltip": null }, "encoding": { "x": x, "y": y, "color": color } },
            { "mark": { "type": "point", "filled": true, "size": 70, "opacity": 0 }, "encoding": { "x": x, "y": y, "color": color, "tooltip": tooltip } },
        ],
    });
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Accent, Colour::Second]).height(260))
}

/// How the key accounts' changes go with those of the rest, by the periods between.
pub(super) fn draw_lags(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("lags")?;
    let (lag, value) = (table.numbers("lag")?, table.numbers("correlation")?);
    let (low, high, outside) = (table.numbers("low")?, table.numbers("high")?, table.flags("outside")?);
    let rows: Vec<_> = (0..table.len())
        .filter_map(|row| {
            let class = if outside.value(row) { "Beyond chance" } else { "Within chance" };
            Some(json!({ "lag": plain(lag.get(row)?), "value": value.get(row)?, "low": low.get(row), "high": high.get(row), "class": class }))
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let x = json!({ "field": "lag", "type": "ordinal", "sort": null, "axis": { "title": sheet.say("Periods that the key accounts go ahead"), "labelAngle": 0 } });
    let y = json!({ "field": "value", "type": "quantitative", "scale": { "domain": [-1, 1] }, "axis": { "title": "Correlation", "format": ".1f" } });
    let body = json!({
        "data": { "values": rows },
        "layer": [
            { "mark": { "type": "bar" },
              "encoding": { "x": x, "y": y, "color": { "field": "class", "type": "nominal", "scale": { "domain": ["Within chance", "Beyond chance"], "range": "category" }, "legend": {} },
                "tooltip": [words("lag", "Periods ahead"), { "field": "value", "type": "quantitative", "title": "Correlation", "format": ".2f" },
                    { "field": "low", "type": "quantitative", "title": "Low", "format": ".2f" }, { "field": "high", "type": "quantitative", "title": "High", "format": ".2f" }] } },
            { "mark": { "type": "rule", "style": "soft", "tooltip": null }, "encoding": { "x": x, "y": { "field": "low", "type": "quantitative" }, "y2": { "field": "high" } } },
        ],
    });
    let title = sheet.say("How the key accounts' changes go with those of the rest");
    let subtitle = "Correlation by the periods between, with its 95% interval; only what lies beyond chance counts.";
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Muted, Colour::Accent]).height(240))
}
