//! Lost accounts as tables.

use std::cmp::Reverse;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use super::loss::{Loss, LossAccount, LossCriterion, LossState};
use crate::error::Result;
use crate::facts::Facts;
use crate::facts::ranking::count_share;
use crate::method::Outcome;
use crate::table::{Column, Keyed, Places, Table, Unit, View};
use crate::time::Date;

/// Loss in figures; money in units of the currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct LossSummary {
    /// The criterion that decides.
    criterion: LossCriterion,
    /// Accounts that ever bought.
    buyers: usize,
    /// Those that are lost now.
    lost: usize,
    /// The same as a share of the buyers.
    lost_share: Option<f64>,
    /// What the lost ones were worth, over the periods up to their last purchase.
    lost_value: f64,
    /// Those that were lost, came back and are not lost now.
    returned: usize,
    /// Those that never were lost.
    active: usize,
    /// Accounts with returns or credits only.
    never_bought: usize,
    /// Losses in the whole history.
    losses: usize,
    /// How many of them ended with a return.
    returns: usize,
    /// The same as a share.
    return_share: Option<f64>,
    /// The median of the days from a loss to the return that ended it.
    median_days_to_return: Option<f64>,
    /// How many accounts are lost by each criterion; null where it cannot be said of any.
    lost_by: LostBy,
    /// What is special about this result.
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct LostBy {
    days: Option<usize>,
    gap: Option<usize>,
    p_alive: Option<usize>,
}

impl LossSummary {
    fn of(facts: &Facts, result: &Loss) -> Self {
        let in_state = |state: LossState| result.accounts.iter().filter(move |account| account.state == state).count();
        let buyers = result.accounts.len() - in_state(LossState::NeverBought);
        let value: i128 = result.lost().map(|at| i128::from(result.accounts[at].value)).sum();
        let mut days: Vec<i32> = result.episodes.iter().filter_map(|row| Some(row.returned_on?.days_since(row.lost_on))).collect();
        days.sort_unstable();
        let by = |criterion: usize| {
            let known = || result.accounts.iter().filter_map(move |account| account.lost_by[criterion]);
            (known().count() > 0).then(|| known().filter(|is_lost| *is_lost).count())
        };
        LossSummary {
            criterion: result.options.criterion,
            buyers,
            lost: in_state(LossState::Lost),
            lost_share: count_share(in_state(LossState::Lost), buyers),
            lost_value: facts.scale().wide_to_currency(value),
            returned: in_state(LossState::Returned),
            active: in_state(LossState::Active),
            never_bought: in_state(LossState::NeverBought),
            losses: result.episodes.len(),
            returns: days.len(),
            return_share: count_share(days.len(), result.episodes.len()),
            median_days_to_return: super::loss::median(&days),
            lost_by: LostBy { days: by(0), gap: by(1), p_alive: by(2) },
            note: note(result, buyers, days.len()),
        }
    }
}

fn note(result: &Loss, buyers: usize, returns: usize) -> Option<String> {
    if buyers == 0 {
        Some("no account ever bought".to_owned())
    } else if let Some(fallback) = &result.fallback {
        Some(fallback.clone())
    } else if result.options.criterion == LossCriterion::PAlive {
        Some("P(alive) tells who is lost today, not since when: there are no losses of the history".to_owned())
    } else if returns * 2 > result.episodes.len() {
        Some("more than half of all losses ended with a return: these accounts often pause for longer than the limit".to_owned())
    } else {
        None
    }
}

pub(super) fn outcome(facts: &Facts, result: &Arc<Loss>) -> Result<Outcome> {
    let summary = LossSummary::of(facts, result);
    let tables = vec![
        Table::new("loss", account_columns(facts, &View::new(result, order(result))))?,
        Table::new("episodes", episode_columns(facts, result))?,
    ];
    let own = View::new(result, Places::Same(facts.len()));
    Outcome::new(tables, &summary)?.with_accounts(vec![
        own.words("loss", |loss, at| loss.accounts[at].state.name()),
        own.dates("lost_on", |loss, at| loss.accounts[at].lost_on),
        own.counts("losses", |loss, at| loss.accounts[at].losses),
    ])
}

/// By state, the most valuable first, then in the order of the keys.
fn order(result: &Loss) -> Places {
    let key = |(at, account): (usize, &LossAccount)| (account.state, Reverse(account.value), at);
    let mut order: Vec<(LossState, Reverse<i64>, usize)> = result.accounts.par_iter().enumerate().map(key).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(.., at)| at).collect()
}

fn account_columns(facts: &Facts, view: &View<Loss>) -> Vec<Column> {
    let dates = |name: &str, value: fn(&LossAccount) -> Option<Date>| view.dates(name, move |loss, at| value(&loss.accounts[at]));
    let days = |name: &str, value: fn(&LossAccount) -> Option<i32>| {
        view.integers(name, Unit::Days, move |loss, at| value(&loss.accounts[at]).map(i64::from))
    };
    let flags = |name: &str, criterion: usize| view.flags(name, move |loss, at| loss.accounts[at].lost_by[criterion]);
    let last = facts.clone();
    vec![
        view.accounts(facts),
        view.words("loss", |loss, at| loss.accounts[at].state.name()),
        dates("lost_on", |row| row.lost_on),
        view.dates("last_date", move |_, at| last.last_date(at)),
        days("silent_days", |row| row.silent_days),
        days("limit_days", |row| row.limit_days),
        view.money("value", facts.scale(), |loss, at| Some(loss.accounts[at].value)),
        dates("first_loss", |row| row.first_loss),
        view.counts("losses", |loss, at| loss.accounts[at].losses),
        view.counts("returns", |loss, at| loss.accounts[at].returns),
        dates("last_return", |row| row.last_return),
        view.floats("median_gap", Unit::Days, |loss, at| loss.accounts[at].median_gap),
        view.counts("gaps", |loss, at| loss.accounts[at].gaps),
        view.floats("p_alive", Unit::Share, |loss, at| loss.accounts[at].p_alive),
        flags("lost_by_days", 0),
        flags("lost_by_gap", 1),
        flags("lost_by_p_alive", 2),
    ]
}

fn episode_columns(facts: &Facts, result: &Arc<Loss>) -> Vec<Column> {
    let episodes = &result.episodes;
    let mut order: Vec<usize> = (0..episodes.len()).collect();
    order.par_sort_by_key(|at| (Reverse(episodes[*at].lost_on), Reverse(episodes[*at].value), episodes[*at].account));
    let accounts = order.iter().map(|at| episodes[*at].account).collect();
    let view = View::new(result, order.into_iter().collect());
    let as_of = facts.as_of();
    vec![
        Column::accounts(Keyed::new(facts, Arc::default()), accounts),
        view.dates("lost_on", |loss, at| Some(loss.episodes[at].lost_on)),
        view.dates("last_sale", |loss, at| Some(loss.episodes[at].last_sale)),
        view.integers("limit_days", Unit::Days, |loss, at| Some(i64::from(loss.episodes[at].limit_days()))),
        view.dates("returned_on", |loss, at| loss.episodes[at].returned_on),
        view.integers("silent_days", Unit::Days, move |loss, at| {
            let episode = &loss.episodes[at];
            Some(i64::from(episode.returned_on.unwrap_or(as_of).days_since(episode.last_sale)))
        }),
        view.money("value", facts.scale(), |loss, at| Some(loss.episodes[at].value)),
    ]
}
