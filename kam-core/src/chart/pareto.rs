//! The Pareto curve: what share of the base the largest accounts hold.

use serde_json::json;

use super::measure::{count, share};
use super::picture::Picture;
use super::sheet::Sheet;
use super::thin::{TOLERANCE, curve};
use crate::label::label;
use crate::number::percent;

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("pareto")?;
    let (held, account) = (table.numbers("cumulative_share")?, table.accounts()?);
    let base = sheet.say(&label(sheet.word("base")?)).to_lowercase();
    let accounts = table.len();
    let (mut x, mut y) = (vec![0.0], vec![0.0]);
    for row in 0..accounts {
        x.push((row + 1) as f64 / accounts as f64);
        // Without a positive total there are no shares.
        y.push(held.get(row)?);
    }
    let rows: Vec<_> = curve(&x, &y, TOLERANCE)
        .into_iter()
        .map(|at| {
            let last = sheet.call(&at.checked_sub(1).and_then(|row| account.get(row)).unwrap_or("none".into()));
            last.in_row("account", json!({ "accounts_share": x[at], "share": y[at], "rank": at }))
        })
        .collect();
    let (top, top_holds) = (sheet.number("top_share")?, sheet.number("share_of_top")?);
    let title = sheet.say(&format!("The largest {} of accounts hold {} of {base}", short(top), percent(top_holds)));
    let subtitle = match (sheet.number("target_share"), sheet.number("share_of_accounts_to_target")) {
        (Some(target), Some(of_accounts)) => {
            let to_target = sheet.count("accounts_to_target");
            let all = sheet.numbered("accounts", "account", "accounts");
            sheet.say(&format!("{} is held by {to_target} of {all}, {} of them.", short(target), percent(of_accounts)))
        }
        _ => String::new(),
    };
    // The point stands on the curve: the top share is of whole accounts, rounded up.
    let whole = sheet.number("top_accounts").map_or(top, |held| held / (accounts.max(1) as f64));
    let guide = json!([{ "x": whole, "y": top_holds, "zero": 0, "text": format!("{} → {}", short(top), percent(top_holds)) }]);
    let x_axis = json!({ "field": "accounts_share", "type": "quantitative", "scale": { "domain": [0, 1] },
        "axis": { "title": sheet.say("Share of accounts, the largest first"), "format": ".0%" } });
    let y_axis = json!({ "field": "share", "type": "quantitative", "axis": { "title": format!("Share of {base}"), "format": ".0%" } });
    let mut tooltip = vec![count("rank", "Rank")];
    tooltip.extend(sheet.who("account"));
    tooltip.extend([share("accounts_share", &sheet.say("Share of accounts")), share("share", &format!("Share of {base}"))]);
    let on_guide = |x: &str, y: &str| json!({ "x": { "field": x, "type": "quantitative" }, "y": { "field": y, "type": "quantitative" } });
    let mut down = on_guide("x", "y");
    down["y2"] = json!({ "field": "zero" });
    let mut across = on_guide("zero", "y");
    across["x2"] = json!({ "field": "x" });
    let body = json!({
        "layer": [
            { "data": { "values": rows }, "mark": { "type": "area", "style": "accent", "opacity": 0.12, "tooltip": null },
              "encoding": { "x": x_axis, "y": y_axis } },
            { "data": { "values": guide }, "mark": { "type": "rule", "style": "guide", "tooltip": null }, "encoding": down },
            { "data": { "values": guide }, "mark": { "type": "rule", "style": "guide", "tooltip": null }, "encoding": across },
            { "data": { "values": rows }, "mark": { "type": "line", "style": "accent", "tooltip": null }, "encoding": { "x": x_axis, "y": y_axis } },
            { "data": { "values": rows }, "mark": { "type": "point", "style": "accent", "filled": true, "size": 90, "opacity": 0 },
              "encoding": { "x": x_axis, "y": y_axis, "tooltip": tooltip } },
            { "data": { "values": guide }, "mark": { "type": "point", "style": "accent", "filled": true, "size": 60, "opacity": 1, "tooltip": null }, "encoding": on_guide("x", "y") },
            { "data": { "values": guide }, "mark": { "type": "text", "style": "big", "align": if whole > 0.75 { "right" } else { "left" }, "dx": if whole > 0.75 { -10 } else { 10 }, "dy": 12, "tooltip": null },
              "encoding": { "x": { "field": "x", "type": "quantitative" }, "y": { "field": "y", "type": "quantitative" }, "text": { "field": "text" } } },
        ],
    });
    Some(Picture::new(title, subtitle, body))
}

/// A share without a decimal that says nothing.
fn short(share: f64) -> String {
    percent(share).replace(".0%", "%")
}
