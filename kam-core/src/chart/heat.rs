//! Cells of two classes, the darker the more they hold, with words in them.

use serde_json::{Value, json};

/// Above this part of the largest value a cell is dark, and its words are light. On both papers words then stand out at three to one or more.
const DARK: f64 = 0.72;

/// A cell: `x`, `y`, `value` (0 and more) and `lines`, beside whatever its tooltip shows.
pub(super) struct Heat {
    pub cells: Vec<Value>,
    /// The classes from left to right.
    pub columns: Vec<String>,
    /// The classes from top to bottom.
    pub rows: Vec<String>,
    pub x_title: String,
    pub y_title: String,
    pub tooltip: Value,
    /// Is the first line of a cell its name, in bold?
    pub named: bool,
}

impl Heat {
    pub fn body(self) -> Value {
        let largest = self.cells.iter().filter_map(|cell| cell["value"].as_f64()).fold(0.0, f64::max);
        let cells: Vec<Value> = self
            .cells
            .into_iter()
            .map(|mut cell| {
                let part = if largest > 0.0 { cell["value"].as_f64().unwrap_or(0.0).max(0.0) / largest } else { 0.0 };
                cell["part"] = json!(part);
                cell["dark"] = json!(part > DARK);
                cell
            })
            .collect();
        let axis = |title: &str| json!({ "title": title, "labelAngle": 0, "ticks": false, "domain": false, "labelFontSize": 12, "labelOverlap": false });
        let mut x_axis = axis(&self.x_title);
        x_axis["orient"] = json!("bottom");
        let names = self.columns.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        // On a narrow screen names that would touch stand aslant.
        let narrow = format!("width / {} < {}", self.columns.len().max(1), names * 7);
        x_axis["labelAngle"] = json!({ "expr": format!("{narrow} ? -40 : 0") });
        x_axis["labelAlign"] = json!({ "expr": format!("{narrow} ? 'right' : 'center'") });
        x_axis["labelBaseline"] = json!({ "expr": format!("{narrow} ? 'middle' : 'top'") });
        let room = format!("width / {} - 8", self.columns.len().max(1));
        let text = |style: &str, dark: bool| {
            json!({
                "transform": [{ "filter": format!("datum.dark == {dark}") }],
                "mark": { "type": "text", "style": style, "baseline": "middle", "lineBreak": "\n", "lineHeight": 14, "limit": { "expr": room }, "tooltip": null,
                          "fontWeight": if self.named { 500 } else { 400 }, "dy": { "expr": "-7 * (length(split(datum.text, '\\n')) - 1)" } },
                "encoding": { "text": { "field": "text" } },
            })
        };
        json!({
            "data": { "values": cells },
            "encoding": {
                "x": { "field": "x", "type": "nominal", "scale": { "domain": self.columns, "paddingInner": 0.03 }, "axis": x_axis },
                "y": { "field": "y", "type": "nominal", "scale": { "domain": self.rows, "paddingInner": 0.03 }, "axis": axis(&self.y_title) },
            },
            "layer": [
                { "mark": { "type": "rect", "style": "line", "cornerRadius": 3, "opacity": 0.55, "tooltip": null } },
                { "mark": { "type": "rect", "style": "accent", "cornerRadius": 3 },
                  "encoding": { "opacity": { "field": "part", "type": "quantitative", "scale": { "domain": [0, 1], "range": [0, 0.95] }, "legend": null },
                                "tooltip": self.tooltip } },
                text("label", false),
                text("on_dark", true),
            ],
        })
    }
}
