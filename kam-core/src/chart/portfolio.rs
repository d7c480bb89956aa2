//! The managers' portfolios: what each looks after, on which level, and how it stands to the plan.

use serde_json::{Value, json};

use super::bars::range;
use super::levels::{COLOURS, LEVELS, NAMES, name};
use super::measure::{Measure, count, share, words};
use super::picture::Picture;
use super::sheet::Sheet;
use super::theme::Colour;
use crate::label::label;
use crate::number::{counted, grouped, numbered, percent};

/// How many managers are shown.
const MOST: usize = 25;

/// The managers by revenue, the largest first, with their rows.
fn order(sheet: Sheet<'_>) -> Option<Vec<(usize, String, f64)>> {
    let table = sheet.table("portfolio")?;
    let (manager, revenue) = (table.words("manager")?, table.numbers("revenue")?);
    let mut rows: Vec<(usize, String, f64)> =
        (0..table.len()).map(|row| (row, manager.get(row).unwrap_or("no manager").to_owned(), revenue.get(row).unwrap_or(0.0))).collect();
    rows.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    rows.truncate(MOST);
    Some(rows)
}

/// Revenue by level of the pyramid, or as a whole where levels are not known.
pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let managers = order(sheet)?;
    let all = sheet.table("portfolio")?;
    let (accounts, dependency) = (all.numbers("accounts")?, all.numbers("dependency")?);
    let largest_account = all.words("largest_account")?;
    let mut rows: Vec<Value> = vec![];
    let levels = sheet.table("levels");
    for (at, manager, revenue) in &managers {
        let mut push = |level: &str, order: usize, value: f64, held: Option<f64>| {
            rows.push(json!({
                "manager": manager, "level": level, "order": order, "revenue": value, "accounts": held, "total": revenue, "all_accounts": accounts.get(*at),
                "dependency": dependency.get(*at), "largest": largest_account.get(*at).map(|account| sheet.call(account).name),
            }));
        };
        match levels.and_then(|levels| {
            Some((levels, levels.words("manager")?, levels.words("level")?, levels.numbers("revenue")?, levels.numbers("accounts")?))
        }) {
            Some((levels, of, level, money, held)) => {
                for row in (0..levels.len()).filter(|row| of.get(*row).unwrap_or("no manager") == manager) {
                    let place = LEVELS.iter().position(|known| level.get(row) == Some(known)).unwrap_or(LEVELS.len() - 1);
                    push(name(LEVELS[place]), place, money.get(row).unwrap_or(0.0), held.get(row));
                }
            }
            None => push("Revenue", 0, *revenue, accounts.get(*at)),
        }
    }
    let with_levels = levels.is_some();
    let totals: Vec<Value> = managers
        .iter()
        .map(|(at, manager, revenue)| {
            let text = format!("{} · {}", sheet.money(*revenue), grouped(accounts.get(*at).unwrap_or(0.0), 0));
            json!({ "manager": manager, "total": revenue.max(0.0), "text": text })
        })
        .collect();
    let top = managers.first().map_or(0.0, |(_, _, revenue)| *revenue);
    let measure = Measure::of(sheet, all, "revenue");
    let said = sheet.perspective().words();
    let most_dependent =
        managers.iter().filter_map(|(at, manager, _)| Some((dependency.get(*at)?, manager))).max_by(|a, b| a.0.total_cmp(&b.0));
    let title = match most_dependent {
        Some((share, manager)) => format!("{manager} depends most on one {}: {} of the portfolio", said.account, percent(share)),
        None => sheet.say("What every manager looks after"),
    };
    let mut subtitle = format!(
        "{}{} of each manager's {}{}.",
        label(said.revenue),
        if with_levels { " by level of the relationship" } else { "" },
        said.accounts,
        ", and their number"
    );
    if all.len() > managers.len() {
        subtitle += &format!(" The {} largest of {} portfolios.", managers.len(), all.len());
    }
    let classes: Vec<&str> = if with_levels { NAMES.to_vec() } else { vec!["Revenue"] };
    let legend = if with_levels { json!({}) } else { Value::Null };
    let body = json!({
        "data": { "values": rows },
        "layer": [
            { "mark": { "type": "bar", "cornerRadius": 0 },
              "encoding": {
                "y": { "field": "manager", "type": "nominal", "sort": null, "axis": { "title": null, "ticks": false, "domain": false, "labelOverlap": false, "labelFontSize": 12 } },
                "x": { "field": "revenue", "type": "quantitative", "scale": { "domainMax": top.max(1.0), "range": range(&totals), "nice": false }, "axis": measure.axis() },
                "color": { "field": "level", "type": "nominal", "scale": { "domain": classes, "range": "category" }, "legend": legend },
                "order": { "field": "order" },
                "tooltip": [words("manager", "Manager"), words("level", "Level"), measure.tooltip("revenue"), count("accounts", &sheet.say("Accounts")),
                            words("largest", &sheet.say("Largest account")), share("dependency", "Its share")],
              } },
            { "data": { "values": totals }, "mark": { "type": "text", "style": "label", "align": "left", "dx": 5, "tooltip": null },
              "encoding": { "y": { "field": "manager", "type": "nominal", "sort": null }, "x": { "field": "total", "type": "quantitative" }, "text": { "field": "text" } } },
        ],
    });
    let colours = if with_levels { COLOURS.to_vec() } else { vec![Colour::Accent] };
    Some(Picture::new(title, subtitle, body).colours(&colours).rows(managers.len(), 34))
}

/// Actual against plan.
pub(super) fn draw_plans(sheet: Sheet<'_>) -> Option<Picture> {
    let managers = order(sheet)?;
    let table = sheet.table("portfolio")?;
    let (target, actual, attained) = (table.numbers("target")?, table.numbers("actual")?, table.numbers("attainment")?);
    let rows: Vec<Value> = managers
        .iter()
        .filter_map(|(at, manager, _)| {
            let (target, actual) = (target.get(*at)?, actual.get(*at)?);
            let met = attained.get(*at).is_some_and(|attained| attained >= 1.0);
            Some(json!({
                "manager": manager, "target": target, "actual": actual, "attainment": attained.get(*at), "class": if met { "Met" } else { "Missed" },
                "end": actual.max(target).max(0.0), "text": attained.get(*at).map_or(String::new(), percent),
            }))
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let shown = rows.len();
    let top = rows.iter().filter_map(|row| row["end"].as_f64()).fold(0.0, f64::max);
    let met = rows.iter().filter(|row| row["class"] == "Met").count();
    let measure = Measure::new(sheet, "Revenue", crate::table::Unit::Money, top);
    let all = counted(rows.len() as f64, "manager");
    let title = numbered(met as f64, &format!("of {all} meets the plan"), &format!("of {all} meet their plan"));
    let subtitle = match sheet.number("plan_attainment") {
        Some(share) => format!("Actual as bars, the plan as a line across; together {} of the plan.", percent(share)),
        None => "Actual as bars, the plan as a line across.".to_owned(),
    };
    let y = json!({ "field": "manager", "type": "nominal", "sort": null, "axis": { "title": null, "ticks": false, "domain": false, "labelOverlap": false, "labelFontSize": 12 } });
    let body = json!({
        "data": { "values": rows },
        "encoding": { "y": y },
        "layer": [
            { "mark": { "type": "bar", "height": { "band": 0.62 } },
              "encoding": {
                "x": { "field": "actual", "type": "quantitative", "scale": { "domainMax": top.max(1.0), "range": range(&rows), "nice": false }, "axis": measure.axis() },
                "color": { "field": "class", "type": "nominal", "scale": { "domain": ["Met", "Missed"], "range": "category" }, "legend": {} },
                "tooltip": [words("manager", "Manager"), measure.tooltip("actual"), { "field": "target", "type": "quantitative", "title": "Plan", "format": ",.0f" }, share("attainment", "Attained")],
              } },
            { "mark": { "type": "tick", "style": "ink", "thickness": 3, "height": { "band": 0.9 }, "tooltip": null }, "encoding": { "x": { "field": "target", "type": "quantitative" } } },
            { "mark": { "type": "text", "style": "label", "align": "left", "dx": 6, "tooltip": null }, "encoding": { "x": { "field": "end", "type": "quantitative" }, "text": { "field": "text" } } },
        ],
    });
    Some(Picture::new(title, subtitle, body).colours(&[Colour::Gain, Colour::Loss]).rows(shown, 32))
}
