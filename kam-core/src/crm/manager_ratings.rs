//! The table `manager_ratings`: how good the account managers are at what their work asks for.

use super::cell::{number, text};
use super::source::Source;
use crate::error::Result;

pub(super) const COLUMNS: &[&str] = &["manager", "criterion", "score"];

/// What the work of an account manager asks for: eleven skills, then five traits.
pub const COMPETENCES: [&str; 16] = [
    "negotiation",
    "trust",
    "selling",
    "keeping_loyalty",
    "advising",
    "market_knowledge",
    "languages",
    "client_business",
    "strategic_thinking",
    "presenting",
    "documentation",
    "resilience",
    "listening",
    "erudition",
    "client_focus",
    "persuasion",
];

/// Scores of managers by criterion, in the order of the caller's rows. A manager may be rated on a criterion by several people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ManagerRatings {
    /// Who is rated.
    pub manager: Vec<String>,
    /// On what: one of [`COMPETENCES`] or a criterion of the caller's own.
    pub criterion: Vec<String>,
    /// The score, the more the better, on one scale for all criteria.
    pub score: Vec<f64>,
}

impl ManagerRatings {
    pub(super) fn read(source: &Source<'_>) -> Result<Self> {
        Ok(ManagerRatings {
            manager: source.filled("manager", text)?,
            criterion: source.filled("criterion", text)?,
            score: source.filled("score", number)?,
        })
    }
}
