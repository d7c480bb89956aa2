//! Hours and cost of activities, added up exactly so that the order of the rows cannot be seen.

use crate::crm::Activities;
use crate::facts::Facts;
use crate::time::Date;

/// What was spent on accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// How many activities.
    pub activities: usize,
    /// Millionths of an hour.
    hours: i128,
    /// Minor units.
    cost: i128,
}

impl Effort {
    pub(super) fn add(&mut self, other: &Effort) {
        self.activities += other.activities;
        self.hours += other.hours;
        self.cost += other.cost;
    }

    /// Hours.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the nearest double of an exact sum")]
    pub fn hours(&self) -> f64 {
        self.hours as f64 / 1e6
    }

    /// Cost in minor units.
    #[must_use]
    pub fn cost(&self) -> i128 {
        self.cost
    }
}

/// The effort of a time, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Efforts {
    /// By account, in the order of the facts' keys.
    pub accounts: Vec<Effort>,
    /// On accounts that the ledger does not know.
    pub unknown: Effort,
    /// How many such accounts there are.
    pub unknown_accounts: usize,
    /// On nobody in particular.
    pub unassigned: Effort,
    pub has_hours: bool,
    /// Does some row say what it cost, or its hours at a rate?
    pub has_cost: bool,
}

impl Efforts {
    /// The activities of these days; an hour costs `hour_rate` units of the currency where a row does not say what it cost.
    pub fn of(facts: &Facts, activities: &Activities, first: Date, last: Date, hour_rate: Option<f64>) -> Self {
        let mut efforts = Efforts { accounts: vec![Effort::default(); facts.len()], ..Efforts::default() };
        let mut strangers: Vec<&str> = vec![];
        for row in (0..activities.date.len()).filter(|row| (first..=last).contains(&activities.date[*row])) {
            let value = |column: &Option<Vec<Option<f64>>>| column.as_ref().and_then(|values| values[row]);
            let hours = value(&activities.hours);
            let cost = value(&activities.cost).or_else(|| Some(hours? * hour_rate?));
            efforts.has_hours |= hours.is_some();
            efforts.has_cost |= cost.is_some();
            let units = |amount: Option<f64>, per: f64| rounded(amount.unwrap_or(0.0) * per);
            #[expect(clippy::cast_precision_loss, reason = "a power of ten of at most a million")]
            let effort = Effort { activities: 1, hours: units(hours, 1e6), cost: units(cost, facts.scale().units() as f64) };
            match activities.account[row].as_deref() {
                None => efforts.unassigned.add(&effort),
                Some(account) => match facts.keys().find(account) {
                    Some(at) => efforts.accounts[at].add(&effort),
                    None => {
                        efforts.unknown.add(&effort);
                        strangers.push(account);
                    }
                },
            }
        }
        strangers.sort_unstable();
        strangers.dedup();
        efforts.unknown_accounts = strangers.len();
        efforts
    }
}

/// To the nearest whole number; what no company spends is cut off, so that sums cannot overflow.
#[expect(clippy::cast_possible_truncation, reason = "cut off before")]
fn rounded(amount: f64) -> i128 {
    amount.round().clamp(-1e24, 1e24) as i128
}
