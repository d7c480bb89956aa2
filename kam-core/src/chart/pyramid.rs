//! The relationship pyramid: on the left how many accounts stand on each level, on the right what they bring.

use serde_json::{Value, json};

use super::levels::{COLOURS, LEVELS, NAMES};
use super::measure::{Measure, count, share, words};
use super::picture::Picture;
use super::sheet::{Rows, Sheet};
use crate::number::{grouped, numbered, percent};

/// One level.
struct Level {
    accounts: f64,
    revenue: f64,
    climbed: usize,
    fell: usize,
}

/// Of the method `pyramid`: the levels as they are.
pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("levels")?;
    let rows = (0..table.len()).collect::<Vec<_>>();
    picture(sheet, table, &rows, |_| (0, 0), false)
}

/// Of the method `pyramid_transitions`: the levels at the end of the last period, and who climbed to them or fell to them.
pub(super) fn draw_with_movers(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("levels_by_period")?;
    let ends = table.days("period_end")?;
    let last = ends.iter().flatten().max()?;
    let rows: Vec<usize> = (0..table.len()).filter(|row| ends[*row].as_ref() == Some(last)).collect();
    let movers = sheet.table("movers");
    let moved = |level: &str| {
        let Some((movers, to, migration)) =
            movers.and_then(|movers| Some((movers, movers.words("level")?, movers.words("level_migration")?)))
        else {
            return (0, 0);
        };
        let times = |what: &str| (0..movers.len()).filter(|row| to.get(*row) == Some(level) && migration.get(*row) == Some(what)).count();
        (times("climber"), times("faller"))
    };
    picture(sheet, table, &rows, moved, true)
}

fn picture(
    sheet: Sheet<'_>,
    table: Rows<'_>,
    places: &[usize],
    moved: impl Fn(&str) -> (usize, usize),
    with_moves: bool,
) -> Option<Picture> {
    let (name, accounts) = (table.words("level")?, table.numbers("accounts")?);
    let revenue = table.numbers("revenue");
    let levels: Vec<Level> = LEVELS
        .iter()
        .map(|level| {
            let row = places.iter().copied().find(|row| name.get(*row) == Some(level));
            let (climbed, fell) = moved(level);
            let of = |numbers: Option<&super::sheet::Numbers<'_>>| row.and_then(|row| numbers?.get(row)).unwrap_or(0.0);
            Level { accounts: of(Some(&accounts)), revenue: of(revenue.as_ref()), climbed, fell }
        })
        .collect();
    let all: f64 = levels.iter().map(|level| level.accounts).sum();
    let total: f64 = levels.iter().map(|level| level.revenue).sum();
    if all <= 0.0 {
        return None;
    }
    let part = |value: f64, whole: f64| if whole > 0.0 { value.max(0.0) / whole } else { 0.0 };
    let (said_accounts, said_revenue) = (sheet.perspective().words().accounts, sheet.perspective().words().revenue);
    let (left, right) = (format!("Share of {said_accounts}"), format!("Share of {said_revenue}"));
    let mut rows: Vec<Value> = vec![];
    for (at, level) in levels.iter().enumerate() {
        let moves = match (with_moves, level.climbed, level.fell) {
            (false, ..) | (true, 0, 0) => String::new(),
            (true, climbed, 0) => format!("▲ {climbed}"),
            (true, 0, fell) => format!("▼ {fell}"),
            (true, climbed, fell) => format!("▲ {climbed}  ▼ {fell}"),
        };
        let row = |side: &str, value: f64, text: String| {
            json!({
                "level": NAMES[at], "name": format!("{}|{moves}", NAMES[at]), "side": side, "value": value, "text": text,
                "accounts": level.accounts, "accounts_share": part(level.accounts, all), "revenue": level.revenue, "revenue_share": part(level.revenue, total),
                "climbed": level.climbed, "fell": level.fell,
            })
        };
        let of_revenue = if total > 0.0 { format!(" · {}", percent(part(level.revenue, total))) } else { String::new() };
        rows.push(row(&left, -part(level.accounts, all), grouped(level.accounts, 0)));
        rows.push(row(&right, part(level.revenue, total), format!("{}{of_revenue}", sheet.money(level.revenue))));
    }
    let measure = Measure::new(sheet, "Revenue", crate::table::Unit::Money, total.abs());
    let mut tooltip = vec![
        words("level", "Level"),
        count("accounts", &sheet.say("Accounts")),
        share("accounts_share", &left),
        measure.tooltip("revenue"),
        share("revenue_share", &right),
    ];
    if with_moves {
        tooltip.extend([count("climbed", "Climbed to it"), count("fell", "Fell to it")]);
    }
    let order: Vec<Value> = rows.iter().step_by(2).map(|row| row["name"].clone()).collect();
    let reach = |side: usize| {
        rows.iter().skip(side).step_by(2).filter_map(|row| row["value"].as_f64()).fold(0.01, |reach: f64, value| reach.max(value.abs()))
    };
    // Room for the longest number on the left.
    let left_room = levels.iter().map(|level| grouped(level.accounts, 0).len() * 7 + 12).max().unwrap_or(0).max(40);
    let encoding = json!({
        "y": { "field": "name", "type": "nominal", "sort": order, "scale": { "paddingInner": 0.16 },
               "axis": { "title": null, "ticks": false, "domain": false, "labelFontSize": 12, "labelOverlap": false, "labelExpr": "split(datum.label, '|')", "labelLineHeight": 15 } },
        "x": { "field": "value", "type": "quantitative", "scale": { "domain": [-reach(0), reach(1)], "range": [left_room, { "expr": "max(width - 132, width * 0.4)" }], "nice": false },
               "axis": { "title": format!("← {} · {} →", left.to_lowercase(), right.to_lowercase()), "labelExpr": "format(abs(datum.value), '.0%')", "tickCount": 7 } },
    });
    let text = |side: &str, align: &str, dx: i32| {
        json!({
            "transform": [{ "filter": format!("datum.side === '{side}'") }],
            "mark": { "type": "text", "style": "label", "align": align, "dx": dx, "tooltip": null },
            "encoding": { "text": { "field": "text" } },
        })
    };
    let body = json!({
        "data": { "values": rows },
        "encoding": encoding,
        "layer": [
            { "mark": { "type": "bar" },
              "encoding": { "color": { "field": "level", "type": "nominal", "scale": { "domain": NAMES, "range": "category" }, "legend": null }, "tooltip": tooltip } },
            { "data": { "values": [{ "value": 0 }] }, "mark": { "type": "rule", "style": "paper", "strokeWidth": 3, "tooltip": null }, "encoding": { "y": { "value": 0 }, "y2": { "value": "height" } } },
            text(&left, "right", -5),
            text(&right, "left", 5),
        ],
    });
    let top = levels[0].accounts + levels[1].accounts;
    let top_revenue = part(levels[0].revenue + levels[1].revenue, total);
    let of = format!("of {}", sheet.accounts(all));
    let partners = numbered(top, &format!("{of} is a partner"), &format!("{of} are partners"));
    let title = format!("{partners} or more, with {} of {said_revenue}", percent(top_revenue));
    let subtitle = if with_moves {
        format!(
            "▲ climbed and ▼ fell to the level within the comparison: {}, {}.",
            sheet.numbered("climbers", "climber", "climbers"),
            sheet.numbered("fallers", "faller", "fallers")
        )
    } else {
        sheet.say(&format!(
            "{} together with us; {} and no more.",
            numbered(levels[0].accounts, "customer acts", "customers act"),
            numbered(levels[3].accounts, "has bought", "have bought")
        ))
    };
    Some(Picture::new(title, subtitle, body).colours(&COLOURS).height(250))
}
