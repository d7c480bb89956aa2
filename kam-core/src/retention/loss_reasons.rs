//! What happened before accounts were lost: complaints, mistakes, lost opportunities.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::loss::{Loss, LossEpisode, LossState};
use super::loss_dynamics::LossSums;
use crate::crm::{ByAccount, Crm, Kind, Outcome};
use crate::facts::Facts;
use crate::facts::ranking::count_share;
use crate::time::Date;

/// Something that may have driven an account away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A complaint, or one of the managers' mistakes, by the kind of the activity.
    Activity(Kind),
    /// An opportunity that was lost.
    LostOpportunity,
    /// Nothing of the kind is on record.
    NoneKnown,
}

impl Reason {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Reason::Activity(kind) => kind.word(),
            Reason::LostOpportunity => "lost_opportunity",
            Reason::NoneKnown => "none_known",
        }
    }
}

/// One reason over all losses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReasonSums {
    /// The reason.
    pub reason: Reason,
    /// The losses it came before.
    pub sums: LossSums,
    /// Those losses as a share of all.
    pub share: Option<f64>,
    /// In how many of them something of the kind was not settled.
    pub unresolved: usize,
    /// The share of the accounts that are not lost to whom the same happened from as many days before their last purchase until `as_of`.
    pub share_of_kept: Option<f64>,
}

/// A reason as it was noted, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonDetail {
    /// The reason.
    pub reason: Reason,
    /// What was noted.
    pub detail: String,
    /// The losses it came before.
    pub sums: LossSums,
}

/// What came before the losses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasons {
    /// By reason, most frequent first and what is not known last. A loss counts in each of its reasons.
    pub reasons: Vec<ReasonSums>,
    /// By what was noted, most frequent first.
    pub details: Vec<ReasonDetail>,
    of_episodes: Vec<Vec<Reason>>,
}

/// Something on record about an account.
struct Event<'a> {
    day: Date,
    reason: Reason,
    is_open: bool,
    detail: Option<&'a str>,
}

impl Reasons {
    pub(super) fn of(facts: &Facts, crm: &Crm, loss: &Loss, days: u32, missing: &mut Vec<String>) -> Self {
        if crm.activities().is_none() {
            missing.push("activities: without this table complaints and mistakes before a loss are not known".to_owned());
        }
        if crm.opportunities().is_none() {
            missing.push("opportunities: without this table opportunities lost before a loss are not known".to_owned());
        }
        if crm.activities().is_none() && crm.opportunities().is_none() {
            return Reasons::default();
        }
        let events = events(facts, crm);
        let before = i32::try_from(days).unwrap_or(i32::MAX);
        let within = |at: usize, last_sale: Date, until: Date| {
            let from = Date(last_sale.0.saturating_sub(before));
            events[at].iter().filter(move |event| (from..=until).contains(&event.day))
        };
        let mut by_reason: BTreeMap<Reason, (LossSums, usize)> = BTreeMap::new();
        let mut by_detail: BTreeMap<(Reason, &str), LossSums> = BTreeMap::new();
        let mut of_episodes = Vec::with_capacity(loss.episodes.len());
        for episode in &loss.episodes {
            let LossEpisode { account, last_sale, lost_on, returned_on, value } = *episode;
            let met = || within(account, last_sale, lost_on);
            let mut reasons: Vec<Reason> = met().map(|event| event.reason).collect();
            reasons.sort_unstable();
            reasons.dedup();
            let mut details: Vec<(Reason, &str)> = met().filter_map(|event| Some((event.reason, event.detail?))).collect();
            details.sort_unstable();
            details.dedup();
            if reasons.is_empty() {
                reasons.push(Reason::NoneKnown);
            }
            for reason in &reasons {
                let (sums, open) = by_reason.entry(*reason).or_default();
                sums.add(value, returned_on.is_some());
                *open += usize::from(met().any(|event| event.reason == *reason && event.is_open));
            }
            for detail in details {
                by_detail.entry(detail).or_default().add(value, returned_on.is_some());
            }
            of_episodes.push(reasons);
        }
        let kept = kept(facts, loss, |at, last| {
            let mut reasons: Vec<Reason> = within(at, last, facts.as_of()).map(|event| event.reason).collect();
            reasons.sort_unstable();
            reasons.dedup();
            if reasons.is_empty() { vec![Reason::NoneKnown] } else { reasons }
        });
        let all = loss.episodes.len();
        let mut reasons: Vec<ReasonSums> = by_reason
            .into_iter()
            .map(|(reason, (sums, unresolved))| ReasonSums {
                reason,
                sums,
                share: count_share(sums.losses, all),
                unresolved,
                share_of_kept: count_share(kept.1.get(&reason).copied().unwrap_or(0), kept.0),
            })
            .collect();
        // What is not known says the least, however frequent.
        let known = |row: &ReasonSums| row.reason != Reason::NoneKnown;
        reasons.sort_by_key(|row| (!known(row), Reverse((row.sums.losses, row.sums.value)), row.reason));
        let mut details: Vec<ReasonDetail> =
            by_detail.into_iter().map(|((reason, detail), sums)| ReasonDetail { reason, detail: detail.to_owned(), sums }).collect();
        // A stable sort: equal ones stay in the order of their reasons and words.
        details.sort_by(|a, b| b.sums.losses.cmp(&a.sums.losses).then_with(|| b.sums.value.cmp(&a.sums.value)));
        Reasons { reasons, details, of_episodes }
    }

    /// The reasons of one loss; none where no table speaks of any.
    pub(super) fn of_episode(&self, at: usize) -> Vec<Reason> {
        self.of_episodes.get(at).cloned().unwrap_or_default()
    }
}

/// How many accounts are not lost, and to how many of them each reason happened of late.
fn kept(facts: &Facts, loss: &Loss, reasons: impl Fn(usize, Date) -> Vec<Reason>) -> (usize, BTreeMap<Reason, usize>) {
    let (mut accounts, mut counts) = (0, BTreeMap::new());
    for (at, account) in loss.accounts.iter().enumerate() {
        let Some(last) = facts.last_date(at).filter(|_| matches!(account.state, LossState::Active | LossState::Returned)) else { continue };
        accounts += 1;
        for reason in reasons(at, last) {
            *counts.entry(reason).or_default() += 1;
        }
    }
    (accounts, counts)
}

/// What is on record about each account until `as_of`.
fn events<'a>(facts: &Facts, crm: &'a Crm) -> Vec<Vec<Event<'a>>> {
    let mut events: Vec<Vec<Event<'a>>> = (0..facts.len()).map(|_| vec![]).collect();
    let today = facts.as_of();
    if let Some(activities) = crm.activities() {
        for (list, rows) in events.iter_mut().zip(activities.by_account(facts)) {
            for row in rows {
                let (day, kind) = (activities.date[row], activities.kind[row]);
                if day <= today && (kind == Kind::Complaint || kind.is_mistake()) {
                    let detail = activities.reason.as_ref().and_then(|reasons| reasons[row].as_deref());
                    // Only complaints and disputes are something to be settled.
                    let is_open = matches!(kind, Kind::Complaint | Kind::Dispute) && !activities.is_resolved(row);
                    list.push(Event { day, reason: Reason::Activity(kind), is_open, detail });
                }
            }
        }
    }
    if let Some(opportunities) = crm.opportunities() {
        for (list, rows) in events.iter_mut().zip(opportunities.by_account(facts)) {
            for row in rows.into_iter().filter(|row| opportunities.outcome[*row] == Outcome::Lost) {
                let date = |column: &Option<Vec<Option<Date>>>| column.as_ref().and_then(|days| days[row]);
                let detail = opportunities.reason.as_ref().and_then(|reasons| reasons[row].as_deref());
                if let Some(day) = date(&opportunities.closed).or_else(|| date(&opportunities.opened)).filter(|day| *day <= today) {
                    list.push(Event { day, reason: Reason::LostOpportunity, is_open: false, detail });
                }
            }
        }
    }
    events
}
