//! The charts of the page.

use minijinja::{Value, context};
use serde_json::{Value as Json, json};

use crate::chart::Theme;
use crate::method::Outcome;

/// The specifications that the page draws, in the order of their places.
#[derive(Default)]
pub(super) struct Pictures {
    specs: Vec<Json>,
}

impl Pictures {
    /// The charts of a result for the template: title, subtitle, and the number of the specification.
    pub fn of(&mut self, outcome: &Outcome) -> Vec<Value> {
        let drawings = outcome.charts();
        drawings
            .iter()
            .map(|drawing| {
                self.specs.push(drawing.spec_of_page());
                let height = drawing.height().map_or(String::new(), |height| (height + 60).to_string());
                context! { title => drawing.title(), subtitle => drawing.subtitle(), at => self.specs.len() - 1, height }
            })
            .collect()
    }

    /// What the page's script reads.
    pub fn json(&self) -> Json {
        json!({ "config": Theme::Page.config(), "charts": self.specs })
    }
}
