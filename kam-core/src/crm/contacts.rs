//! The table `contacts`: people at the accounts.

use super::Optional;
use super::cell::{between, key, text};
use super::join::Joined;
use super::source::Source;
use super::word::{word, words};
use crate::error::Result;

pub(super) const COLUMNS: &[&str] = &["account", "name", "title", "role", "influence", "support"];

words! {
    /// What part a person has in the account's decisions.
    Role {
        /// Decides.
        DecisionMaker = "decision_maker",
        /// Is asked before the decision.
        Influencer = "influencer",
        /// Speaks for us.
        Champion = "champion",
        /// Uses what we sell.
        User = "user",
        /// Decides whom we get to see.
        Gatekeeper = "gatekeeper",
        /// Works against us.
        Blocker = "blocker",
    }
}

/// People, in the order of the caller's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contacts {
    /// The account they work for.
    pub account: Vec<String>,
    /// The person's name.
    pub name: Vec<String>,
    /// The person's position.
    pub title: Optional<String>,
    /// The part in decisions.
    pub role: Optional<Role>,
    /// How much the person's word counts, 0–1.
    pub influence: Optional<f64>,
    /// For us (1) or against us (−1).
    pub support: Optional<f64>,
    pub(super) joined: Joined,
}

impl Contacts {
    pub(super) fn read(source: &Source<'_>) -> Result<Self> {
        Ok(Contacts {
            account: source.filled("account", key)?,
            name: source.filled("name", text)?,
            title: source.optional("title", text)?,
            role: source.optional("role", word)?,
            influence: source.optional("influence", between(0.0, 1.0))?,
            support: source.optional("support", between(-1.0, 1.0))?,
            joined: Joined::default(),
        })
    }
}
