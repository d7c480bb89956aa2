//! Colours and letters of all charts, for light and dark paper and for the report's page.
//!
//! The colours are those of Okabe and Ito, who chose them so that people with any kind of colour vision tell them apart; ordered classes
//! differ in lightness as well.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// On what a chart stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// White paper.
    #[default]
    Light,
    /// A dark page.
    Dark,
    /// A page whose style sheet says the colours, as custom properties `--kam-accent` and so on: one drawing for light, dark and print.
    /// For SVG in HTML.
    Page,
}

/// What a colour means in a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    /// What the chart is about.
    Accent,
    /// What it is compared with.
    Second,
    /// What was won.
    Gain,
    /// What was lost, or is in the way.
    Loss,
    /// What stands in the background.
    Muted,
    /// A fifth thing among equals.
    Violet,
    /// A sixth.
    Sky,
    /// A seventh.
    Olive,
    /// The best of ordered classes.
    Best,
    /// The next.
    Good,
    /// The third.
    Fair,
    /// The least.
    Least,
    /// Letters.
    Ink,
    /// Letters that matter less.
    Soft,
    /// Lines of the grid.
    Line,
    /// What everything stands on.
    Paper,
}

/// Every colour: its name, on light paper, on dark.
const COLOURS: [(Colour, &str, &str, &str); 16] = [
    (Colour::Accent, "accent", "#0072b2", "#5cb8f2"),
    (Colour::Second, "second", "#e69f00", "#f0b640"),
    (Colour::Gain, "gain", "#009e73", "#35c9a0"),
    (Colour::Loss, "loss", "#d55e00", "#ff8a50"),
    (Colour::Muted, "muted", "#97a1ae", "#768294"),
    (Colour::Violet, "violet", "#b35a94", "#de9cc4"),
    (Colour::Sky, "sky", "#56b4e9", "#9ad4f7"),
    (Colour::Olive, "olive", "#8a8500", "#d8d04a"),
    (Colour::Best, "best", "#0b4f80", "#a9dbff"),
    (Colour::Good, "good", "#3b8bc4", "#5cb8f2"),
    (Colour::Fair, "fair", "#9cc9ea", "#2b78ae"),
    (Colour::Least, "least", "#ccd4dc", "#465160"),
    (Colour::Ink, "ink", "#1b2330", "#e4e8ee"),
    (Colour::Soft, "soft", "#5b6675", "#a4aebb"),
    (Colour::Line, "line", "#e1e5ea", "#2e3642"),
    (Colour::Paper, "paper", "#ffffff", "#12161c"),
];

/// What tells things apart that have no order.
pub(super) const EQUALS: [Colour; 8] =
    [Colour::Accent, Colour::Second, Colour::Gain, Colour::Violet, Colour::Sky, Colour::Loss, Colour::Olive, Colour::Muted];

const FONT: &str = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif";

impl Theme {
    fn colour(self, colour: Colour) -> String {
        // All colours are listed, so the first is never taken for another.
        let (_, name, light, dark) = COLOURS.iter().find(|(listed, ..)| *listed == colour).unwrap_or(&COLOURS[0]);
        match self {
            Theme::Light => (*light).to_owned(),
            Theme::Dark => (*dark).to_owned(),
            Theme::Page => format!("var(--kam-{name})"),
        }
    }

    /// The configuration of a Vega-Lite specification, without the colours of single charts' classes.
    #[must_use]
    pub fn config(self) -> Value {
        let of = |colour| self.colour(colour);
        let mut style: Map<String, Value> =
            COLOURS.iter().map(|(colour, name, ..)| ((*name).to_owned(), json!({ "color": of(*colour) }))).collect();
        let text = |colour, size: u32| json!({ "color": of(colour), "fontSize": size, "font": FONT });
        style.insert("label".to_owned(), text(Colour::Ink, 11));
        style.insert("note".to_owned(), text(Colour::Soft, 11));
        style.insert("on_dark".to_owned(), text(Colour::Paper, 11));
        style.insert("big".to_owned(), json!({ "color": of(Colour::Ink), "fontSize": 12, "fontWeight": 600, "font": FONT }));
        style.insert("guide".to_owned(), json!({ "color": of(Colour::Soft), "strokeWidth": 1, "strokeDash": [4, 3] }));
        let background = if self == Theme::Page { "transparent".to_owned() } else { of(Colour::Paper) };
        json!({
            "background": background,
            "font": FONT,
            "padding": 12,
            "view": { "stroke": null },
            "title": {
                "anchor": "start", "align": "left", "frame": "bounds", "fontSize": 15, "fontWeight": 600, "color": of(Colour::Ink), "lineHeight": 19,
                "subtitleColor": of(Colour::Soft), "subtitleFontSize": 12, "subtitlePadding": 5, "subtitleLineHeight": 16, "offset": 16,
            },
            "axis": {
                "labelColor": of(Colour::Soft), "titleColor": of(Colour::Soft), "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
                "gridColor": of(Colour::Line), "domainColor": of(Colour::Muted), "tickColor": of(Colour::Muted), "tickSize": 4, "titlePadding": 8,
                "labelLimit": 170, "labelOverlap": true, "labelSeparation": 4, "labelFlush": false,
            },
            "axisX": { "tickCount": 7 },
            "axisY": { "tickCount": 7 },
            "legend": {
                "orient": "top", "direction": "horizontal", "title": null, "labelColor": of(Colour::Ink), "labelFontSize": 11, "labelLimit": 200,
                "symbolType": "circle", "symbolSize": 90, "symbolStrokeWidth": 0, "offset": 8, "columnPadding": 14, "columns": 4,
            },
            "mark": { "tooltip": true },
            "line": { "strokeWidth": 2 },
            "text": { "font": FONT, "fontSize": 11, "color": of(Colour::Ink) },
            "style": style,
        })
    }

    /// The configuration of one chart, whose classes have these colours.
    pub(super) fn config_of(self, colours: &[Colour]) -> Value {
        let mut config = self.config();
        config["range"] = json!({ "category": self.range(colours) });
        config
    }

    /// The colours of one chart's classes.
    pub(super) fn range(self, colours: &[Colour]) -> Vec<String> {
        let colours = if colours.is_empty() { &EQUALS } else { colours };
        colours.iter().map(|colour| self.colour(*colour)).collect()
    }

    /// The custom properties that [`Theme::Page`] refers to, as declarations of a style sheet; `dark` for those of a dark page.
    #[must_use]
    pub fn properties(dark: bool) -> String {
        COLOURS.iter().map(|(_, name, on_light, on_dark)| format!("--kam-{name}: {};", if dark { on_dark } else { on_light })).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_has_every_style() {
        let configs = [Theme::Light, Theme::Dark, Theme::Page].map(Theme::config);
        let styles = configs.each_ref().map(|config| config["style"].as_object().unwrap().keys().collect::<Vec<_>>());
        assert_eq!(styles[0], styles[1]);
        assert_eq!(styles[0], styles[2]);
        assert_eq!(configs[2]["style"]["accent"]["color"], "var(--kam-accent)");
        assert_eq!(configs[1]["background"], "#12161c");
        assert!(Theme::properties(false).contains("--kam-accent: #0072b2;"));
        assert!(EQUALS.iter().all(|colour| COLOURS.iter().any(|(listed, ..)| listed == colour)));
    }
}
