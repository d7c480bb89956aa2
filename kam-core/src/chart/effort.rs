//! Effort against value: who gets how much of our hours for what share of the value.

use serde_json::json;

use super::bars::range;
use super::bubbles::{Bubble, cloud};
use super::measure::{Measure, count, share, tooltip, words};
use super::picture::Picture;
use super::sheet::Sheet;
use super::theme::Colour;
use crate::label::label;
use crate::number::{numbered, percent};
use crate::table::Unit;

/// How accounts are served, as the chart says it.
const SERVED: [(&str, &str); 3] = [("under", "Too little effort"), ("fair", "Fair"), ("over", "Too much effort")];

/// Every account by its shares of effort and value.
pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("effort")?;
    let (account, served) = (table.accounts()?, table.words("served")?);
    let (effort, value) = (table.numbers("effort_share")?, table.numbers("value_share")?);
    let hours = table.numbers("hours")?;
    let base = sheet.word("base").unwrap_or("profit");
    // Days and periods of the window have a name of their own as columns.
    let column = if table.numbers(base).is_some() { base.to_owned() } else { format!("window_{base}") };
    let worth = table.numbers(&column);
    let mut accounts = vec![];
    let (mut top_x, mut top_y) = (0.0_f64, 0.0_f64);
    for row in 0..table.len() {
        let (Some(x), Some(name)) = (effort.get(row), account.get(row)) else { continue };
        let y = value.get(row).unwrap_or(0.0).max(0.0);
        (top_x, top_y) = (top_x.max(x), top_y.max(y));
        let class = SERVED.iter().find(|(word, _)| served.get(row) == Some(word)).map_or("Fair", |(_, said)| said);
        let more = json!({ "hours": hours.get(row), "worth": worth.as_ref().and_then(|worth| worth.get(row)) });
        accounts.push(Bubble { account: name, x, y, size: x + y, class: class.to_owned(), more });
    }
    if top_x <= 0.0 {
        return None;
    }
    let (x, y) = ((0.0, top_x * 1.3), (0.0, (top_y * 1.1).max(0.01)));
    let cloud = cloud(sheet, &accounts, x, y, f64::sqrt);
    let said_base = sheet.say(&label(base)).to_lowercase();
    let axis = |field: &str, title: String, range: (f64, f64)| {
        json!({ "field": field, "type": "quantitative", "scale": { "type": "sqrt", "domain": [range.0, range.1], "nice": false },
                "axis": { "title": title, "format": ".1~%", "tickCount": 6 } })
    };
    let (x_axis, y_axis) = (axis("x", "Share of all effort".to_owned(), x), axis("y", format!("Share of all {said_base}"), y));
    let classes = SERVED.map(|(_, said)| said);
    let color = json!({ "field": "class", "type": "nominal", "scale": { "domain": classes, "range": "category" }, "legend": {} });
    let measure = Measure::of(sheet, table, &column);
    let mut tips = sheet.who("account");
    tips.extend([
        words("class", "Served"),
        share("x", "Share of effort"),
        share("y", &format!("Share of {said_base}")),
        tooltip("hours", "Hours", Unit::Number, None, 1.0),
        measure.tooltip("worth"),
    ]);
    let end = x.1.min(y.1);
    let line = json!([{ "x": 0, "y": 0 }, { "x": end, "y": end }]);
    let mut layers = vec![
        json!({ "data": { "values": line }, "mark": { "type": "line", "style": "guide", "tooltip": null }, "encoding": { "x": x_axis, "y": y_axis } }),
    ];
    layers.extend(cloud.layers(&x_axis, &y_axis, &color, &json!(tips), &sheet.say("Accounts")));
    let under = sheet.numbered("under_served", "account gets", "accounts get");
    let title = sheet.say(&format!("{under} too little of our effort, {} too much", sheet.count("over_served")));
    let mut subtitle =
        sheet.say(&format!("Above the dashed line an account brings a larger share of {said_base} than it gets of our effort."));
    if let Some(neglected) = sheet.number("neglected_regulars").filter(|neglected| *neglected > 0.0) {
        let held = sheet.number("neglected_value_share").map_or(String::new(), |share| format!(" with {} of {said_base}", percent(share)));
        let regulars = numbered(neglected, &format!("regular account{held} is"), &format!("regular accounts{held} are"));
        subtitle += &sheet.say(&format!(" {regulars} neglected."));
    }
    if cloud.rest > 0 {
        subtitle += &format!(" {} the shaded ground.", numbered(cloud.rest as f64, "smaller one is", "smaller ones are"));
    }
    Some(Picture::new(title, subtitle, json!({ "layer": layers })).colours(&[Colour::Loss, Colour::Muted, Colour::Accent]).height(360))
}

/// Effort and value by class.
pub(super) fn draw_classes(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("classes")?;
    let name = table.words("abc").or_else(|| table.words("level")).or_else(|| table.words("class"))?;
    let (effort, value, accounts) = (table.numbers("effort_share")?, table.numbers("value_share")?, table.numbers("accounts")?);
    let said_base = sheet.say(&label(sheet.word("base").unwrap_or("profit"))).to_lowercase();
    let (of_effort, of_value) = ("of effort".to_owned(), format!("of {said_base}"));
    let mut rows = vec![];
    for row in 0..table.len() {
        for (what, part) in [(&of_effort, effort.get(row)), (&of_value, value.get(row))] {
            let part = part.unwrap_or(0.0);
            rows.push(json!({ "class": name.get(row).unwrap_or("none"), "what": what, "share": part, "text": percent(part), "accounts": accounts.get(row) }));
        }
    }
    let first = name.get(0)?;
    let title = format!("{first} gets {} of effort for {} of {said_base}", percent(effort.get(0)?), percent(value.get(0).unwrap_or(0.0)));
    let body = json!({
        "data": { "values": rows },
        "encoding": {
            "y": { "field": "class", "type": "nominal", "sort": null, "axis": { "title": null, "labelFontSize": 14, "labelFontWeight": 600, "ticks": false, "domain": false } },
            "yOffset": { "field": "what", "type": "nominal", "sort": [of_effort, of_value] },
            "x": { "field": "share", "type": "quantitative", "scale": { "range": range(&rows) }, "axis": { "title": "Share", "format": ".0%" } },
        },
        "layer": [
            { "mark": { "type": "bar" },
              "encoding": {
                "color": { "field": "what", "type": "nominal", "scale": { "domain": [of_effort, of_value], "range": "category" }, "legend": {} },
                "tooltip": [words("class", "Class"), words("what", ""), share("share", "Share"), count("accounts", &sheet.say("Accounts"))],
              } },
            { "mark": { "type": "text", "style": "label", "align": "left", "dx": 4, "tooltip": null }, "encoding": { "text": { "field": "text" } } },
        ],
    });
    let subtitle = sheet.say("Effort and value by class of the accounts.");
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Second, Colour::Accent]).rows(table.len(), 60))
}
