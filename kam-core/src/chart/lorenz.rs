//! The Lorenz curve: how unevenly the base is spread over the accounts.

use serde_json::json;

use super::measure::{count, share};
use super::picture::Picture;
use super::sheet::Sheet;
use super::thin::{TOLERANCE, curve};
use crate::label::label;

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("lorenz")?;
    let (accounts, held) = (table.numbers("accounts_share")?, table.numbers("lorenz")?);
    let base = sheet.say(&label(sheet.word("base")?)).to_lowercase();
    let gini = sheet.number("gini_normalised").or_else(|| sheet.number("gini"))?;
    let (mut x, mut y) = (vec![], vec![]);
    for row in 0..table.len() {
        x.push(accounts.get(row)?);
        y.push(held.get(row)?);
    }
    let rows: Vec<_> = curve(&x, &y, TOLERANCE)
        .into_iter()
        .map(|at| json!({ "accounts_share": x[at], "share": y[at], "even": x[at], "accounts": at }))
        .collect();
    let word = match gini {
        gini if gini >= 0.7 => "very unevenly",
        gini if gini >= 0.4 => "unevenly",
        gini if gini >= 0.2 => "rather evenly",
        _ => "evenly",
    };
    let title = sheet.say(&format!("Accounts share {base} {word}: Gini {gini:.2}"));
    let subtitle = sheet.say("The deeper the curve hangs below the dashed line, the more the largest accounts hold.");
    let x_axis = json!({ "field": "accounts_share", "type": "quantitative", "scale": { "domain": [0, 1] },
        "axis": { "title": sheet.say("Share of accounts, the smallest first"), "format": ".0%" } });
    let on =
        |field: &str| json!({ "field": field, "type": "quantitative", "axis": { "title": format!("Share of {base}"), "format": ".0%" } });
    let tooltip = json!([
        count("accounts", &sheet.say("Accounts")),
        share("accounts_share", &sheet.say("Share of accounts")),
        share("share", &format!("Share of {base}")),
    ]);
    let body = json!({
        "data": { "values": rows },
        "layer": [
            { "mark": { "type": "area", "style": "accent", "opacity": 0.12, "tooltip": null }, "encoding": { "x": x_axis, "y": on("share"), "y2": { "field": "even" } } },
            { "mark": { "type": "line", "style": "guide", "tooltip": null }, "encoding": { "x": x_axis, "y": on("even") } },
            { "mark": { "type": "line", "style": "accent", "tooltip": null }, "encoding": { "x": x_axis, "y": on("share") } },
            { "mark": { "type": "point", "style": "accent", "filled": true, "size": 90, "opacity": 0 },
              "encoding": { "x": x_axis, "y": on("share"), "tooltip": tooltip } },
            { "data": { "values": [{ "accounts_share": 0.68, "even": 0.68 }] },
              "mark": { "type": "text", "style": "note", "align": "right", "dx": -8, "dy": -6, "text": format!("the same {base} from all"), "tooltip": null },
              "encoding": { "x": x_axis, "y": on("even") } },
        ],
    });
    Some(Picture::new(title, subtitle, body))
}
