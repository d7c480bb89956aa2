//! The ABC classes: how many accounts they are and how much of the base they hold.

use serde_json::json;

use super::bars::range;
use super::measure::{count, share, words};
use super::picture::Picture;
use super::sheet::Sheet;
use super::theme::Colour;
use crate::label::label;
use crate::number::percent;

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("classes")?;
    let (class, accounts, of_accounts) = (table.words("abc")?, table.numbers("accounts")?, table.numbers("accounts_share")?);
    let of_base = table.numbers("share")?;
    let base = sheet.say(&label(sheet.word("base")?)).to_lowercase();
    let mut rows = vec![];
    for row in 0..table.len() {
        let name = class.get(row)?;
        let count = accounts.get(row)?;
        let mut push = |what: &str, part: Option<f64>| {
            if let Some(part) = part {
                rows.push(json!({ "class": name, "what": what, "share": part, "accounts": count, "text": percent(part) }));
            }
        };
        push("of accounts", of_accounts.get(row));
        push(&format!("of {base}"), of_base.get(row));
    }
    let first_held = of_base.get(0)?;
    let holders = sheet.numbered("a_accounts", "A account holds", "A accounts hold");
    let title = sheet.say(&format!("{holders} {} of {base}", percent(first_held)));
    let others = [sheet.numbered("b_accounts", "is B", "are B"), sheet.numbered("c_accounts", "is C", "are C")];
    let subtitle = sheet.say(&format!("{}, of {} in all.", others.join(" and "), sheet.count("accounts")));
    let what = [sheet.say("of accounts"), format!("of {base}")];
    let rows: Vec<_> = rows
        .into_iter()
        .map(|mut row| {
            if row["what"] == "of accounts" {
                row["what"] = json!(what[0]);
            }
            row
        })
        .collect();
    let encoding = json!({
        "y": { "field": "class", "type": "nominal", "sort": null, "axis": { "title": "Class", "labelFontSize": 14, "labelFontWeight": 600, "ticks": false, "domain": false, "titleAngle": 0, "titleAlign": "right", "titleY": -6 } },
        "yOffset": { "field": "what", "type": "nominal", "sort": what },
        "x": { "field": "share", "type": "quantitative", "scale": { "range": range(&rows) }, "axis": { "title": "Share", "format": ".0%" } },
    });
    let body = json!({
        "data": { "values": rows },
        "encoding": encoding,
        "layer": [
            { "mark": { "type": "bar" },
              "encoding": {
                "color": { "field": "what", "type": "nominal", "scale": { "domain": what, "range": "category" }, "legend": {} },
                "tooltip": [words("class", "Class"), count("accounts", &sheet.say("Accounts")), share("share", "Share"), words("what", "")],
              } },
            { "mark": { "type": "text", "style": "label", "align": "left", "dx": 4, "tooltip": null }, "encoding": { "text": { "field": "text" } } },
        ],
    });
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Muted, Colour::Accent]).rows(3, 64))
}
