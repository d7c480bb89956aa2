//! The whale curve: profit added up from the most profitable account on, and what the loss-makers take away again.

use serde_json::json;

use super::measure::{Measure, count, share};
use super::picture::Picture;
use super::sheet::Sheet;
use super::thin::{TOLERANCE, curve};
use crate::label::label;
use crate::number::{counted, grouped};

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("whale_curve")?;
    let (money, account) = (table.numbers("cumulative_profit").or_else(|| table.numbers(&cumulative(sheet)))?, table.accounts()?);
    let base = sheet.say(&label(sheet.word("base").unwrap_or("profit")));
    let accounts = table.len();
    let (mut x, mut y) = (vec![0.0], vec![0.0]);
    for row in 0..accounts {
        x.push((row + 1) as f64 / accounts as f64);
        y.push(money.get(row)?);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank among the rows")]
    let turn = (sheet.number("turning_rank").unwrap_or(0.0).max(0.0) as usize).min(accounts);
    let point = |at: usize| {
        let last = sheet.call(&at.checked_sub(1).and_then(|row| account.get(row)).unwrap_or("none".into()));
        last.in_row("account", json!({ "accounts_share": x[at], "profit": y[at], "rank": at }))
    };
    // The curve turns at its peak, so both parts are thinned by themselves and meet there.
    let rise: Vec<_> = curve(&x[..=turn], &y[..=turn], TOLERANCE).into_iter().map(point).collect();
    let fall: Vec<_> = curve(&x[turn..], &y[turn..], TOLERANCE).into_iter().map(|at| point(at + turn)).collect();
    let (peak, total) = (y[turn], y[accounts]);
    let measure =
        Measure::new(sheet, &format!("Cumulative {}", base.to_lowercase()), crate::table::Unit::Money, peak.abs().max(total.abs()));
    let losers = sheet.numbered("loss_accounts", "account loses", "accounts lose");
    let (title, subtitle) = if peak > total {
        (
            sheet.say(&format!("{losers} {} of the {} that the others make", sheet.money(peak - total), base.to_lowercase())),
            sheet.say(&format!(
                "{base} peaks at {} with {} and ends at {} with all {}.",
                sheet.money(peak),
                counted(turn as f64, "account"),
                sheet.money(total),
                grouped(accounts as f64, 0)
            )),
        )
    } else {
        (
            sheet.say(&format!("No account takes {} away", base.to_lowercase())),
            sheet.say(&format!("{} from {}.", sheet.money(total), counted(accounts as f64, "account"))),
        )
    };
    let x_axis = json!({ "field": "accounts_share", "type": "quantitative", "scale": { "domain": [0, 1] },
        "axis": { "title": sheet.say(&format!("Share of accounts, by {} from the highest", base.to_lowercase())), "format": ".0%" } });
    let y_axis = json!({ "field": "profit", "type": "quantitative", "axis": measure.axis() });
    let mut tooltip = vec![count("rank", "Rank")];
    tooltip.extend(sheet.who("account"));
    tooltip.extend([share("accounts_share", &sheet.say("Share of accounts")), measure.tooltip("profit")]);
    let encoding = json!({ "x": x_axis, "y": y_axis });
    let mut with_tooltip = encoding.clone();
    with_tooltip["tooltip"] = json!(tooltip);
    let left = x[turn] > 0.4;
    let marks = json!([{ "accounts_share": x[turn], "profit": peak, "text": format!("peak {}", sheet.money(peak)) }]);
    let mut of_peak = encoding.clone();
    of_peak["text"] = json!({ "field": "text" });
    let line = |rows: &[serde_json::Value], style: &str| {
        json!([
            { "data": { "values": rows }, "mark": { "type": "area", "style": style, "opacity": 0.12, "tooltip": null }, "encoding": encoding },
            { "data": { "values": rows }, "mark": { "type": "line", "style": style, "strokeWidth": 2.5, "tooltip": null }, "encoding": encoding },
            { "data": { "values": rows }, "mark": { "type": "point", "style": style, "filled": true, "size": 90, "opacity": 0 }, "encoding": with_tooltip },
        ])
    };
    let mut layers = vec![];
    for part in [line(&rise, "accent"), line(&fall, "loss")] {
        layers.extend(part.as_array().cloned().unwrap_or_default());
    }
    if peak > total {
        layers.push(json!({ "data": { "values": marks }, "mark": { "type": "rule", "style": "guide", "tooltip": null }, "encoding": { "y": encoding["y"] } }));
        layers.push(json!({ "data": { "values": marks }, "mark": { "type": "point", "style": "accent", "filled": true, "size": 60, "opacity": 1, "tooltip": null }, "encoding": encoding }));
        layers.push(json!({ "data": { "values": marks },
            "mark": { "type": "text", "style": "big", "align": if left { "right" } else { "left" }, "dx": if left { -6 } else { 6 }, "dy": -9, "tooltip": null },
            "encoding": of_peak }));
    }
    Some(Picture::new(title, subtitle, json!({ "layer": layers })))
}

/// The column of the running sum where the base is another measure.
fn cumulative(sheet: Sheet<'_>) -> String {
    format!("cumulative_{}", sheet.word("base").unwrap_or_default())
}
