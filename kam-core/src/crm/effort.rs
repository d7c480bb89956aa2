//! Hours and cost of activities, added up exactly so that the order of the rows cannot be seen.

use super::Activities;
use super::join::ByAccount;
use crate::facts::Facts;
use crate::time::Date;

/// What was spent on accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// How many activities.
    pub activities: usize,
    /// Thousandths of a second.
    time: i128,
    /// Minor units.
    cost: i128,
}

impl Effort {
    pub(crate) fn add(&mut self, other: &Effort) {
        self.activities += other.activities;
        self.time += other.time;
        self.cost += other.cost;
    }

    /// Hours.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the nearest double of an exact sum")]
    pub fn hours(&self) -> f64 {
        self.time as f64 / 3.6e6
    }

    /// The same in whole thousandths of a second, as it is added up.
    #[must_use]
    pub fn milliseconds(&self) -> i128 {
        self.time
    }

    /// Cost in minor units.
    #[must_use]
    pub fn cost(&self) -> i128 {
        self.cost
    }
}

/// Whom an activity was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// An account of the ledger, by its place in the facts' keys.
    Account(usize),
    /// An account that the ledger does not know.
    Stranger,
    /// Nobody in particular.
    Nobody,
}

/// The effort of one row of the activities.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EffortRow {
    /// The row, from 0.
    pub row: usize,
    /// Whom it was for.
    pub whom: Whom,
    /// What it took.
    pub effort: Effort,
    /// Does it say how long it took?
    pub has_hours: bool,
    /// Does it say what it cost, or its hours at a rate?
    pub has_cost: bool,
}

impl Activities {
    /// The effort of every row from `first` (the beginning, without) to `last`; an hour costs `hour_rate` units of the currency where a row
    /// does not say what it cost.
    pub(crate) fn efforts<'a>(
        &'a self,
        facts: &'a Facts,
        first: Option<Date>,
        last: Date,
        hour_rate: Option<f64>,
    ) -> impl Iterator<Item = EffortRow> + 'a {
        #[expect(clippy::cast_precision_loss, reason = "a power of ten of at most a million")]
        let minor = facts.scale().units() as f64;
        let inside = move |row: &usize| first.is_none_or(|first| self.date[*row] >= first) && self.date[*row] <= last;
        let places = self.places(facts);
        (0..self.date.len()).filter(inside).map(move |row| {
            let value = |column: &Option<Vec<Option<f64>>>| column.as_ref().and_then(|values| values[row]);
            let hours = value(&self.hours);
            let cost = value(&self.cost).or_else(|| Some(hours? * hour_rate?));
            let units = |amount: Option<f64>, per: f64| rounded(amount.unwrap_or(0.0) * per);
            let whom = match self.account[row].as_deref() {
                None => Whom::Nobody,
                Some(_) => places.of(row).map_or(Whom::Stranger, Whom::Account),
            };
            let effort = Effort { activities: 1, time: units(hours, 3.6e6), cost: units(cost, minor) };
            EffortRow { row, whom, effort, has_hours: hours.is_some(), has_cost: cost.is_some() }
        })
    }
}

/// The effort of a time, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Efforts {
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
    /// All activities, and those that say neither: they count as free.
    pub rows: usize,
    pub unpriced: usize,
}

impl Efforts {
    /// The activities of these days.
    pub fn of(facts: &Facts, activities: &Activities, first: Date, last: Date, hour_rate: Option<f64>) -> Self {
        let mut efforts = Efforts { accounts: vec![Effort::default(); facts.len()], ..Efforts::default() };
        let mut strangers: Vec<&str> = vec![];
        for row in activities.efforts(facts, Some(first), last, hour_rate) {
            efforts.has_hours |= row.has_hours;
            efforts.has_cost |= row.has_cost;
            efforts.rows += 1;
            efforts.unpriced += usize::from(!row.has_cost);
            match row.whom {
                Whom::Nobody => efforts.unassigned.add(&row.effort),
                Whom::Account(at) => efforts.accounts[at].add(&row.effort),
                Whom::Stranger => {
                    efforts.unknown.add(&row.effort);
                    strangers.extend(activities.account[row.row].as_deref());
                }
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
pub(crate) fn rounded(amount: f64) -> i128 {
    amount.round().clamp(-1e24, 1e24) as i128
}
