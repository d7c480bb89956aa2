//! The table `competitors`: who else sells to the accounts.

use super::Optional;
use super::cell::{between, key, text};
use super::join::Joined;
use super::source::Source;
use crate::error::Result;

pub(super) const COLUMNS: &[&str] = &["account", "competitor", "share", "strengths", "weaknesses"];

/// Competitors, in the order of the caller's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Competitors {
    /// The account they sell to.
    pub account: Vec<String>,
    /// The competitor's name.
    pub competitor: Vec<String>,
    /// Their share of the account's spend, 0–1.
    pub share: Optional<f64>,
    /// What they are good at.
    pub strengths: Optional<String>,
    /// What they are not good at.
    pub weaknesses: Optional<String>,
    pub(super) joined: Joined,
}

impl Competitors {
    pub(super) fn read(source: &Source<'_>) -> Result<Self> {
        Ok(Competitors {
            account: source.filled("account", key)?,
            competitor: source.filled("competitor", text)?,
            share: source.optional("share", between(0.0, 1.0))?,
            strengths: source.optional("strengths", text)?,
            weaknesses: source.optional("weaknesses", text)?,
            joined: Joined::default(),
        })
    }
}
