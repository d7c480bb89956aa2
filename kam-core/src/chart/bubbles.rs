//! Accounts as bubbles on two axes: the largest one by one, the rest as a shaded ground, names where there is room.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::sheet::{Called, Sheet};
use super::thin::{BUBBLES, Bin, Named, Side, bins, labels, largest};

/// How many bubbles may bear a name.
const NAMED: usize = 14;

/// The plot for which names are placed, in pixels: that of a chart of the usual width.
const PLOT: (f64, f64) = (520.0, 360.0);

/// One account.
pub(super) struct Bubble<'a> {
    pub account: Cow<'a, str>,
    pub x: f64,
    pub y: f64,
    /// Its area; what is negative has none.
    pub size: f64,
    /// Its class.
    pub class: String,
    /// Other fields for its tooltip.
    pub more: Value,
}

/// What is drawn.
pub(super) struct Cloud {
    /// The bubbles as rows, the largest first; those with `align`, `dx` and `dy` have room for their names, or for these in short: `label`.
    pub bubbles: Vec<Value>,
    /// The rest as rectangles with `count`.
    pub ground: Vec<Value>,
    /// How many accounts stand in the ground.
    pub rest: usize,
}

/// Bubbles and ground of these accounts; `scale` maps a value to its place on an axis, 0 to 1.
pub(super) fn cloud(sheet: Sheet<'_>, accounts: &[Bubble<'_>], x: (f64, f64), y: (f64, f64), scale: fn(f64) -> f64) -> Cloud {
    let sizes: Vec<f64> = accounts.iter().map(|account| account.size.max(0.0)).collect();
    let (shown, rest) = largest(&sizes, BUBBLES);
    let place = |value: f64, range: (f64, f64)| {
        let (low, high) = (scale(range.0), scale(range.1));
        if high > low { (scale(value) - low) / (high - low) } else { 0.5 }
    };
    let top = shown.first().map_or(0.0, |at| sizes[*at]).max(f64::MIN_POSITIVE);
    let radius = |at: usize| ((14.0 + 886.0 * sizes[at] / top) / std::f64::consts::PI).sqrt();
    let called: Vec<Called> = shown.iter().map(|at| sheet.call(&accounts[*at].account)).collect();
    let named: Vec<Named> = shown
        .iter()
        .zip(&called)
        .take(NAMED)
        .map(|(at, called)| {
            let account = &accounts[*at];
            let (x, y) = (place(account.x, x) * PLOT.0, (1.0 - place(account.y, y)) * PLOT.1);
            let length = |name: &str| name.chars().count().min(24) as f64 * 6.0;
            Named { x, y, radius: radius(*at), lengths: [length(&called.name), length(short(&called.name))] }
        })
        .collect();
    let sides = labels(&named, PLOT);
    let bubbles = shown
        .iter()
        .zip(&called)
        .enumerate()
        .map(|(nth, (at, called))| {
            let account = &accounts[*at];
            let side = sides.get(nth).copied().flatten();
            let mut row = called.in_row(
                "account",
                json!({ "x": brief(account.x), "y": brief(account.y), "size": brief(sizes[*at]), "class": account.class }),
            );
            if let Some((side, which)) = side {
                row["label"] = if which == 0 { called.name.as_str() } else { short(&called.name) }.into();
                let gap = (radius(*at) + 3.0).round();
                let (align, dx, dy) = match side {
                    Side::Right => ("left", gap, 0.0),
                    Side::Left => ("right", -gap, 0.0),
                    Side::Above => ("center", 0.0, -gap - 6.0),
                    Side::Below => ("center", 0.0, gap + 6.0),
                    Side::AboveLeft => ("right", radius(*at).round(), -gap - 6.0),
                    Side::BelowLeft => ("right", radius(*at).round(), gap + 6.0),
                    Side::AboveRight => ("left", -radius(*at).round(), -gap - 6.0),
                    Side::BelowRight => ("left", -radius(*at).round(), gap + 6.0),
                };
                row["align"] = json!(align);
                row["dx"] = json!(dx);
                row["dy"] = json!(dy);
            }
            if let (Value::Object(row), Value::Object(more)) = (&mut row, &account.more) {
                row.extend(more.clone());
            }
            row
        })
        .collect();
    let ground = bins(rest.iter().map(|at| (accounts[*at].x, accounts[*at].y)), x, y, 36, 24);
    let cell = |bin: &Bin| json!({ "x": bin.x.0, "x2": bin.x.1, "y": bin.y.0, "y2": bin.y.1, "count": bin.count });
    Cloud { bubbles, ground: ground.iter().map(cell).collect(), rest: rest.len() }
}

/// Words at the end of a name that say what kind of company it is: beside a bubble the name is understood without them.
const LEGAL_FORMS: [&str; 27] = [
    "AB", "AG", "AS", "A/S", "BV", "B.V.", "Corp", "Corp.", "GmbH", "Inc", "Inc.", "KG", "Limited", "LLC", "LLP", "Ltd", "Ltd.", "NV",
    "N.V.", "Oy", "PLC", "SA", "S.A.", "SE", "SpA", "Srl", "s.r.o.",
];

/// A name without its legal form.
fn short(name: &str) -> &str {
    match name.trim_end().rsplit_once(char::is_whitespace) {
        Some((first, last)) if LEGAL_FORMS.iter().any(|form| form.eq_ignore_ascii_case(last)) => first.trim_end_matches([' ', ',']),
        _ => name,
    }
}

/// A number with six digits, which is more than a picture shows.
fn brief(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

impl Cloud {
    /// The layers of the cloud; the axes and the colours are the caller's.
    pub fn layers(&self, x: &Value, y: &Value, color: &Value, tooltip: &Value, each: &str) -> Vec<Value> {
        let mut layers = vec![];
        if !self.ground.is_empty() {
            layers.push(json!({
                "data": { "values": self.ground },
                "mark": { "type": "rect", "style": "muted" },
                "encoding": {
                    "x": x, "x2": { "field": "x2" }, "y": y, "y2": { "field": "y2" },
                    "opacity": { "field": "count", "type": "quantitative", "scale": { "type": "log", "range": [0.08, 0.6] }, "legend": null },
                    "tooltip": [{ "field": "count", "type": "quantitative", "title": each, "format": ",d" }],
                },
            }));
        }
        layers.push(json!({
            "data": { "values": self.bubbles },
            "mark": { "type": "circle", "opacity": 0.72, "stroke": null },
            "encoding": {
                "x": x, "y": y, "color": color,
                "size": { "field": "size", "type": "quantitative", "scale": { "domainMin": 0, "range": [14, 900] }, "legend": null },
                "tooltip": tooltip,
            },
        }));
        let named: Vec<&Value> = self.bubbles.iter().filter(|bubble| bubble["align"].is_string()).collect();
        if !named.is_empty() {
            layers.push(json!({
                "data": { "values": named },
                "mark": { "type": "text", "style": "label", "align": { "expr": "datum.align" }, "dx": { "expr": "datum.dx" }, "dy": { "expr": "datum.dy" },
                          "limit": 160, "tooltip": null },
                "encoding": { "x": x, "y": y, "text": { "field": "label" } },
            }));
        }
        layers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_short_is_without_its_legal_form() {
        let names = ["Wacholder Pharma AB", "Meyer, Inc.", "acme gmbh", "Bank of Rome", "GmbH", "株式会社 山田", ""];
        assert_eq!(names.map(short), ["Wacholder Pharma", "Meyer", "acme", "Bank of Rome", "GmbH", "株式会社 山田", ""]);
    }
}
