//! The table `ratings`: scores by criterion, ours of the customer, the customer's of us and of our competitors.

use super::Optional;
use super::cell::{key, not_negative, number, text};
use super::join::Joined;
use super::source::Source;
use super::word::{word, words};
use crate::error::Result;

pub(super) const COLUMNS: &[&str] = &["account", "criterion", "side", "competitor", "score", "weight"];

words! {
    /// Who is rated.
    Side {
        /// The customer, by us.
        OfCustomer = "of_customer",
        /// We, by the customer.
        OfUs = "of_us",
        /// A competitor of ours, by the customer.
        OfCompetitor = "of_competitor",
    }
}

/// Scores by criterion, in the order of the caller's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ratings {
    /// The account that is rated, or that rates.
    pub account: Vec<String>,
    /// What is rated.
    pub criterion: Vec<String>,
    /// Who is rated.
    pub side: Vec<Side>,
    /// The competitor's name; every row of the side `of_competitor` has one.
    pub competitor: Optional<String>,
    /// The score, on whatever scale the criterion has.
    pub score: Vec<f64>,
    /// That customer's own weight for the criterion, 0 or more.
    pub weight: Optional<f64>,
    pub(super) joined: Joined,
}

impl Ratings {
    pub(super) fn read(source: &Source<'_>) -> Result<Self> {
        let ratings = Ratings {
            account: source.filled("account", key)?,
            criterion: source.filled("criterion", text)?,
            side: source.filled("side", word)?,
            competitor: source.optional("competitor", text)?,
            score: source.filled("score", number)?,
            weight: source.optional("weight", not_negative)?,
            joined: Joined::default(),
        };
        let named = |row: usize| ratings.competitor.as_ref().is_some_and(|names| names[row].is_some());
        match (0..ratings.side.len()).find(|row| ratings.side[*row] == Side::OfCompetitor && !named(*row)) {
            Some(row) => Err(source.missing_error(row, "competitor").at("a rating of the side of_competitor must name the competitor")),
            None => Ok(ratings),
        }
    }
}
