//! The table `activities`: what was done with and for an account, and what went wrong.

use super::Optional;
use super::cell::{day, flag, key, not_negative, text};
use super::join::Joined;
use super::source::Source;
use super::word::{word, words};
use crate::error::Result;
use crate::time::Date;

pub(super) const COLUMNS: &[&str] = &["account", "date", "kind", "hours", "cost", "manager", "resolved", "reason"];

words! {
    /// What kind of activity it was. The last seven are the mistakes of account managers.
    Kind {
        /// A visit to the account.
        Visit = "visit",
        /// A call.
        Call = "call",
        /// A meeting.
        Meeting = "meeting",
        /// A delivery.
        Delivery = "delivery",
        /// A team of both sides at work.
        JointTeam = "joint_team",
        /// A product that both sides develop.
        JointProduct = "joint_product",
        /// Warehouses or transport that both sides share.
        SharedLogistics = "shared_logistics",
        /// The account complained.
        Complaint = "complaint",
        /// We were late.
        Late = "late",
        /// We disputed with the account.
        Dispute = "dispute",
        /// The manager interrupted and did not listen.
        Interrupted = "interrupted",
        /// There was no dossier.
        NoDossier = "no_dossier",
        /// The negotiation was not prepared.
        Unprepared = "unprepared",
        /// Bad manners.
        Manners = "manners",
        /// The manager did not know the product.
        ProductIgnorance = "product_ignorance",
    }
}

impl Kind {
    /// Do both sides act together?
    #[must_use]
    pub fn is_joint(self) -> bool {
        matches!(self, Kind::JointTeam | Kind::JointProduct | Kind::SharedLogistics)
    }

    /// Is it something that we did for the account, and neither the account's complaint nor a mistake of ours?
    #[must_use]
    pub fn is_service(self) -> bool {
        self != Kind::Complaint && !self.is_mistake()
    }

    /// Is it one of the seven mistakes?
    #[must_use]
    pub fn is_mistake(self) -> bool {
        use Kind::{Dispute, Interrupted, Late, Manners, NoDossier, ProductIgnorance, Unprepared};
        matches!(self, Late | Dispute | Interrupted | NoDossier | Unprepared | Manners | ProductIgnorance)
    }
}

/// What was done, in the order of the caller's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activities {
    /// The account; `None` for work that belongs to none.
    pub account: Vec<Option<String>>,
    /// The day.
    pub date: Vec<Date>,
    /// What it was.
    pub kind: Vec<Kind>,
    /// How many hours it took.
    pub hours: Optional<f64>,
    /// What it cost.
    pub cost: Optional<f64>,
    /// Who did it.
    pub manager: Optional<String>,
    /// Is the complaint or dispute settled? Without a value it is not.
    pub resolved: Optional<bool>,
    /// Why.
    pub reason: Optional<String>,
    pub(super) joined: Joined,
}

impl Activities {
    pub(super) fn read(source: &Source<'_>) -> Result<Self> {
        Ok(Activities {
            account: source.required("account", key)?,
            date: source.filled("date", day(source.dates))?,
            kind: source.filled("kind", word)?,
            hours: source.optional("hours", not_negative)?,
            cost: source.optional("cost", not_negative)?,
            manager: source.optional("manager", text)?,
            resolved: source.optional("resolved", flag)?,
            reason: source.optional("reason", text)?,
            joined: Joined::default(),
        })
    }

    /// Is the row settled? A row without a word on it is not.
    #[must_use]
    pub fn is_resolved(&self, row: usize) -> bool {
        self.resolved.as_ref().and_then(|resolved| resolved[row]).unwrap_or(false)
    }
}
