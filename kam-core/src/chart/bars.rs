//! Bars that lie, one a row, with their value beside them: long names and narrow screens suit them.

use serde_json::{Value, json};

/// Rows with `name`, `value` and `text`, in the order from top to bottom.
pub(super) struct Bars {
    pub rows: Vec<Value>,
    /// The heading of the names.
    pub names: String,
    pub axis: Value,
    pub tooltip: Value,
    /// The style of the bars; with classes, the field `class` and these names colour them.
    pub style: &'static str,
    pub classes: Vec<String>,
}

/// The pixels that the longest `text` of these rows needs behind its bar.
fn room(rows: &[Value]) -> usize {
    let letters = rows.iter().filter_map(|row| row["text"].as_str()).map(|text| text.chars().count()).max().unwrap_or(0);
    (letters * 6 + 12).min(180)
}

/// The range of an axis along which bars lie: from the left to where the words behind the longest need room, on a screen of any width.
pub(super) fn range(rows: &[Value]) -> Value {
    json!([0, { "expr": format!("max(width - {}, width * 0.25)", room(rows)) }])
}

impl Bars {
    pub fn body(self) -> Value {
        let values = || self.rows.iter().filter_map(|row| row["value"].as_f64());
        let (low, high) = values().fold((0.0, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
        let domain = if low < high { json!([low, high]) } else { json!([0, 1]) };
        let range = match room(&self.rows) {
            // Words stand on both sides.
            both if low < 0.0 => {
                json!([{ "expr": format!("min({both}, width * 0.35)") }, { "expr": format!("max(width - {both}, width * 0.65)") }])
            }
            _ => range(&self.rows),
        };
        let names = json!({ "title": null, "ticks": false, "domain": false, "labelLimit": 170, "labelOverlap": false });
        let mut bar =
            json!({ "mark": { "type": "bar", "style": self.style, "cornerRadiusEnd": 2 }, "encoding": { "tooltip": self.tooltip } });
        if !self.classes.is_empty() {
            bar["mark"] = json!({ "type": "bar" });
            bar["encoding"]["color"] =
                json!({ "field": "class", "type": "nominal", "scale": { "domain": self.classes, "range": "category" }, "legend": {} });
        }
        let text = |align: &str, filter: &str| {
            json!({
                "transform": [{ "filter": filter }],
                "mark": { "type": "text", "style": "label", "align": align, "dx": if align == "left" { 5 } else { -5 }, "tooltip": null },
                "encoding": { "text": { "field": "text" } },
            })
        };
        json!({
            "data": { "values": self.rows },
            "encoding": {
                "y": { "field": "name", "type": "nominal", "sort": null, "axis": names, "title": self.names },
                "x": { "field": "value", "type": "quantitative", "scale": { "domain": domain, "range": range, "nice": false }, "axis": self.axis },
            },
            "layer": [bar, text("left", "datum.value >= 0"), text("right", "datum.value < 0")],
        })
    }
}
