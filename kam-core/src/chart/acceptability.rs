//! SMAA-2: how often every alternative stands on every rank, whatever the weights.

use serde_json::{Value, json};

use super::measure::{share, words};
use super::picture::Picture;
use super::sheet::Sheet;

/// How many alternatives and ranks are shown.
const MOST: usize = 20;

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let all = sheet.outcome.summary.get("acceptability")?.as_array()?;
    let at = |alternative: usize, rank: usize| all[alternative].get(rank).and_then(Value::as_f64).unwrap_or(0.0);
    let ranks = all.first()?.as_array()?.len();
    // Whoever knows what the alternatives are called adds their names to what the calculation gave.
    let names = sheet.outcome.summary.get("names").and_then(Value::as_array);
    let name = |alternative: usize| {
        let said = names.and_then(|names| names.get(alternative)?.as_str());
        said.map_or_else(|| (alternative + 1).to_string(), str::to_owned)
    };
    // The expected rank puts the alternatives in order.
    let expected = |alternative: usize| (0..ranks).map(|rank| rank as f64 * at(alternative, rank)).sum::<f64>();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| expected(*a).total_cmp(&expected(*b)).then(a.cmp(b)));
    order.truncate(MOST);
    let mut rows = vec![];
    for alternative in &order {
        for rank in 0..ranks.min(MOST) {
            let part = at(*alternative, rank);
            if part > 0.0 {
                rows.push(json!({ "alternative": name(*alternative), "rank": (rank + 1).to_string(), "share": part }));
            }
        }
    }
    let best = *order.first()?;
    let who = if names.is_some() { name(best) } else { format!("Alternative {}", name(best)) };
    let title = format!("{who} is first under {} of all weights", crate::number::part(at(best, 0)));
    let subtitle = "Rank acceptabilities (SMAA-2): the share of random weights that put an alternative on a rank.".to_owned();
    let names: Vec<String> = order.iter().map(|alternative| name(*alternative)).collect();
    let ranks: Vec<String> = (1..=ranks.min(MOST)).map(|rank| rank.to_string()).collect();
    let axis = |title: &str| json!({ "title": title, "labelAngle": 0, "ticks": false, "domain": false });
    let body = json!({
        "data": { "values": rows },
        "mark": { "type": "rect", "style": "accent", "cornerRadius": 2 },
        "encoding": {
            "x": { "field": "rank", "type": "nominal", "scale": { "domain": ranks }, "axis": axis("Rank") },
            "y": { "field": "alternative", "type": "nominal", "scale": { "domain": names }, "axis": axis("Alternative") },
            "opacity": { "field": "share", "type": "quantitative", "scale": { "domain": [0, 1], "range": [0.06, 1] }, "legend": { "title": "Share of weights", "format": ".0%" } },
            "tooltip": [words("alternative", "Alternative"), words("rank", "Rank"), share("share", "Share of weights")],
        },
    });
    Some(Picture::new(title, subtitle, body).rows(order.len(), 22))
}
