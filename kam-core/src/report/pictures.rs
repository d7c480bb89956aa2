//! The charts of the page, and the sentences that sum it up.

use minijinja::{Value, context};
use serde_json::{Value as Json, json};

use crate::chart::Theme;
use crate::method::Outcome;
use crate::review::Review;

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

/// The findings that a sales director reads in a minute, in this order where the review has them.
const FINDINGS: [&str; 11] = [
    "pareto",
    "whale_curve",
    "abc_xyz",
    "revenue_bridge",
    "loss_dynamics",
    "win_back",
    "routes",
    "selection_matrix",
    "pyramid",
    "effort",
    "portfolio",
];

/// One sentence a finding: what the main chart of a method says.
pub(super) fn minute(review: &Review) -> Vec<Value> {
    let found = |name: &&str| {
        let ran = review.methods.iter().find(|ran| ran.name == *name)?;
        let drawing = ran.outcome.chart(None).ok()??;
        (!drawing.is_empty).then(|| context! { method => ran.name, topic => &*ran.title, text => drawing.title() })
    };
    FINDINGS.iter().filter_map(found).collect()
}
