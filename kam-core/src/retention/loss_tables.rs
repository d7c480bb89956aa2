//! Lost accounts as tables.

use std::cmp::Reverse;

use rayon::prelude::*;
use serde::Serialize;

use super::loss::{Loss, LossAccount, LossCriterion, LossEpisode, LossState};
use crate::error::Result;
use crate::facts::Facts;
use crate::facts::ranking::count_share;
use crate::method::Outcome;
use crate::table::{Column, Table, Unit, columns};
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

pub(super) fn outcome(facts: &Facts, result: &Loss) -> Result<Outcome> {
    let summary = LossSummary::of(facts, result);
    let each = &result.accounts;
    Outcome::new(vec![accounts(facts, result)?, episodes(facts, result)?], &summary)?.with_accounts(vec![
        Column::words("loss", each.iter().map(|account| account.state.name())),
        Column::dates("lost_on", each.iter().map(|account| account.lost_on)),
        Column::counts("losses", each.iter().map(|account| i64::from(account.losses))),
    ])
}

fn accounts(facts: &Facts, result: &Loss) -> Result<Table> {
    let key = |(at, account): (usize, &LossAccount)| (account.state, Reverse(account.value), at);
    let mut order: Vec<(LossState, Reverse<i64>, usize)> = result.accounts.par_iter().enumerate().map(key).collect();
    order.par_sort_unstable();
    let order: Vec<usize> = order.into_iter().map(|(.., at)| at).collect();
    let rows = || order.iter().map(|at| &result.accounts[*at]);
    let dates = |name: &str, value: fn(&LossAccount) -> Option<Date>| Column::dates(name, rows().map(value));
    let days = |name: &str, value: fn(&LossAccount) -> Option<i32>| {
        Column::integers(name, Unit::Days, rows().map(|row| value(row).map(i64::from)))
    };
    let flags = |name: &str, criterion: usize| Column::flags(name, rows().map(move |row| row.lost_by[criterion]));
    Table::new(
        "loss",
        columns![
            facts.account_column(order.iter().copied()),
            Column::words("loss", rows().map(|row| row.state.name())),
            dates("lost_on", |row| row.lost_on),
            Column::dates("last_date", order.iter().map(|at| facts.last_date(*at))),
            days("silent_days", |row| row.silent_days),
            days("limit_days", |row| row.limit_days),
            Column::money("value", facts.scale(), rows().map(|row| Some(row.value))),
            dates("first_loss", |row| row.first_loss),
            Column::counts("losses", rows().map(|row| i64::from(row.losses))),
            Column::counts("returns", rows().map(|row| i64::from(row.returns))),
            dates("last_return", |row| row.last_return),
            Column::floats("median_gap", Unit::Days, rows().map(|row| row.median_gap)),
            Column::counts("gaps", rows().map(|row| i64::try_from(row.gaps).unwrap_or(i64::MAX))),
            Column::floats("p_alive", Unit::Share, rows().map(|row| row.p_alive)),
            flags("lost_by_days", 0),
            flags("lost_by_gap", 1),
            flags("lost_by_p_alive", 2),
        ]?,
    )
}

fn episodes(facts: &Facts, result: &Loss) -> Result<Table> {
    let mut rows: Vec<&LossEpisode> = result.episodes.iter().collect();
    rows.par_sort_by_key(|row| (Reverse(row.lost_on), Reverse(row.value), row.account));
    Table::new(
        "episodes",
        columns![
            facts.account_column(rows.iter().map(|row| row.account)),
            Column::dates("lost_on", rows.iter().map(|row| Some(row.lost_on))),
            Column::dates("last_sale", rows.iter().map(|row| Some(row.last_sale))),
            Column::integers("limit_days", Unit::Days, rows.iter().map(|row| Some(i64::from(row.limit_days())))),
            Column::dates("returned_on", rows.iter().map(|row| row.returned_on)),
            Column::integers(
                "silent_days",
                Unit::Days,
                rows.iter().map(|row| Some(i64::from(row.returned_on.unwrap_or(facts.as_of()).days_since(row.last_sale)))),
            ),
            Column::money("value", facts.scale(), rows.iter().map(|row| Some(row.value))),
        ]?,
    )
}
