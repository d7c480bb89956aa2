//! A chart as one drawing function gives it, and as a Vega-Lite specification.

use serde_json::{Value, json};

use super::theme::{Colour, Theme};

/// The version of Vega-Lite that the specifications are written in.
pub const SCHEMA: &str = "https://vega.github.io/schema/vega-lite/v6.json";

const WIDTH: u32 = 600;

/// What one drawing function gives.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    /// What the picture says, in a sentence.
    pub title: String,
    /// What it shows, and the figures that belong to it.
    pub subtitle: String,
    /// The colours of its classes.
    pub colours: Vec<Colour>,
    /// Its height: a number of pixels, or a step for each row.
    pub height: Value,
    /// Data, marks and encodings.
    pub body: Value,
}

impl Picture {
    pub fn new(title: impl Into<String>, subtitle: impl Into<String>, body: Value) -> Self {
        Picture { title: title.into(), subtitle: subtitle.into(), colours: vec![], height: json!(320), body }
    }

    pub fn colours(mut self, colours: &[Colour]) -> Self {
        self.colours = colours.to_vec();
        self
    }

    /// So many pixels.
    pub fn height(mut self, pixels: u32) -> Self {
        self.height = json!(pixels);
        self
    }

    /// Room for so many rows of this height.
    pub fn rows(mut self, rows: usize, step: usize) -> Self {
        self.height = json!((rows.max(1) * step).max(60));
        self
    }

    /// A picture of nothing, which says so.
    pub fn nothing(title: &str) -> Self {
        let body = json!({
            "data": { "values": [{}] },
            "mark": { "type": "text", "style": "note", "fontSize": 13, "text": "The result has no figures for this chart.", "tooltip": null },
        });
        Picture::new(title, "", body).height(90)
    }
}

/// A chart of a result: its words, and its specification for each theme.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// The chart's name.
    pub name: &'static str,
    /// Is there nothing to draw? Then the specification says so.
    pub is_empty: bool,
    pub(super) picture: Picture,
}

impl Drawing {
    /// What the chart says, in a sentence.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.picture.title
    }

    /// What it shows, and the figures that belong to it.
    #[must_use]
    pub fn subtitle(&self) -> &str {
        &self.picture.subtitle
    }

    /// The height of the plot in pixels.
    #[must_use]
    pub fn height(&self) -> Option<u64> {
        self.picture.height.as_u64()
    }

    /// The whole Vega-Lite specification: data, title, colours of the theme.
    #[must_use]
    pub fn spec(&self, theme: Theme) -> Value {
        let picture = &self.picture;
        let mut title = json!({ "text": lines(&picture.title, 80) });
        if !picture.subtitle.is_empty() {
            title["subtitle"] = json!(lines(&picture.subtitle, 112));
        }
        let mut spec =
            json!({ "$schema": SCHEMA, "description": self.description(), "title": title, "width": WIDTH, "height": picture.height });
        extend(&mut spec, &picture.body);
        spec["config"] = theme.config_of(&picture.colours);
        spec
    }

    /// The specification for a page that sets the title itself, gives the width, and has [`Theme::Page`]'s configuration once for all charts.
    #[must_use]
    pub fn spec_of_page(&self) -> Value {
        let picture = &self.picture;
        let mut spec = json!({
            "$schema": SCHEMA,
            "description": self.description(),
            "width": "container",
            "height": picture.height,
            "autosize": { "type": "fit-x", "contains": "padding" },
        });
        extend(&mut spec, &picture.body);
        spec["config"] = json!({ "range": { "category": Theme::Page.range(&picture.colours) } });
        spec
    }

    fn description(&self) -> String {
        match self.picture.subtitle.is_empty() {
            true => self.picture.title.clone(),
            false => format!("{}. {}", self.picture.title.trim_end_matches('.'), self.picture.subtitle),
        }
    }
}

fn extend(spec: &mut Value, body: &Value) {
    if let (Value::Object(spec), Value::Object(body)) = (spec, body) {
        spec.extend(body.clone());
    }
}

/// A text in lines of at most so many letters, broken between words.
fn lines(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_break_between_words() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("unbreakable", 3), ["unbreakable"]);
        assert!(lines("", 3).is_empty());
    }
}
