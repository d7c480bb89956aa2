//! The pipeline: what was won, what was lost and why, what is open.

use arrow::array::RecordBatch;

use super::batch::Columns;
use super::calendar::Calendar;
use super::cast::{Customer, Pattern};
use super::names::{COMPETITORS, DIRECTIONS, MANAGERS};
use super::random::{Dice, permille};
use crate::error::Result;
use crate::time::Date;

const LOST: [&str; 5] = ["price", "late delivery", "product gap", "relationship", "postponed"];
const WON: [&str; 3] = ["quality", "service", "price"];

struct Opportunity {
    account: usize,
    opened: Date,
    closed: Option<Date>,
    outcome: &'static str,
    value: i64,
    probability: Option<i64>,
    reason: Option<&'static str>,
    competitor: Option<&'static str>,
    direction: &'static str,
}

pub(super) fn opportunities(seed: u64, customers: &[Customer], calendar: Calendar) -> Result<RecordBatch> {
    let mut rows = vec![];
    let mut candidates = 0;
    for (at, customer) in customers.iter().enumerate() {
        let mut dice = Dice::new(seed, 4_000_000 + at as u64);
        if customer.pattern == Pattern::Candidate {
            candidate(&mut dice, at, customer, candidates, calendar, &mut rows);
            candidates += 1;
            continue;
        }
        // The larger the account, the more there is in the pipeline.
        let rate = if at < 12 {
            4_000
        } else if at < 60 {
            1_800
        } else {
            350
        };
        for _ in 0..dice.around(rate) {
            rows.push(deal(&mut dice, at, customer, calendar));
        }
    }
    rows.sort_by_key(|row| (row.opened, row.account));
    Columns::new("opportunities")
        .text("account", rows.iter().map(|row| Some(&customers[row.account].account)))
        .dates("opened", rows.iter().map(|row| Some(row.opened)))
        .dates("closed", rows.iter().map(|row| row.closed))
        .text("outcome", rows.iter().map(|row| Some(row.outcome)))
        .money("value", rows.iter().map(|row| Some(row.value)))
        .thousandths("probability", rows.iter().map(|row| row.probability))
        .text("reason", rows.iter().map(|row| row.reason))
        .text("competitor", rows.iter().map(|row| row.competitor))
        .text("direction", rows.iter().map(|row| Some(row.direction)))
        .text("manager", rows.iter().map(|row| Some(MANAGERS[customers[row.account].manager])))
        .batch()
}

/// A deal with a buyer somewhere in the history.
fn deal(dice: &mut Dice, at: usize, customer: &Customer, calendar: Calendar) -> Opportunity {
    let opened = dice.day(calendar.start(0), calendar.ago(20));
    let closed = Date(opened.0 + i32::try_from(dice.between(15, 200)).unwrap_or(15));
    let leaving = matches!(customer.pattern, Pattern::Leaver | Pattern::Gone | Pattern::Shrinking);
    let won = dice.chance(if leaving { 250 } else { 580 });
    let (outcome, closed) = match (closed <= calendar.as_of, won) {
        (false, _) => ("open", None),
        (true, true) => ("won", Some(closed)),
        (true, false) => ("lost", Some(closed)),
    };
    Opportunity {
        account: at,
        opened,
        closed,
        outcome,
        value: permille(customer.annual, dice.between(60, 300)).max(50_000) / 1_000 * 1_000,
        probability: (outcome == "open").then(|| dice.between(2, 18) * 50),
        reason: match outcome {
            "won" => Some(*dice.pick(&WON)),
            "lost" => Some(*dice.pick(&LOST)),
            _ => None,
        },
        competitor: (outcome == "lost" && dice.chance(600)).then(|| *dice.pick(&COMPETITORS)),
        direction: DIRECTIONS[usize::try_from(dice.below(DIRECTIONS.len() as i64)).unwrap_or(0)],
    }
}

/// A candidate has one open opportunity, most of them after one that was lost; every third is nearly won, and the last has none.
fn candidate(dice: &mut Dice, at: usize, customer: &Customer, nth: usize, calendar: Calendar, rows: &mut Vec<Opportunity>) {
    let direction = DIRECTIONS[nth % DIRECTIONS.len()];
    if nth % 12 == 11 {
        return;
    }
    if dice.chance(600) {
        let opened = dice.day(calendar.start(calendar.year() / 2), calendar.start(calendar.year()));
        rows.push(Opportunity {
            account: at,
            opened,
            closed: Some(Date(opened.0 + 60)),
            outcome: "lost",
            value: permille(customer.annual, 300),
            probability: None,
            reason: Some(*dice.pick(&LOST)),
            competitor: Some(*dice.pick(&COMPETITORS)),
            direction,
        });
    }
    let probability = if nth.is_multiple_of(3) { dice.between(14, 18) * 50 } else { dice.between(3, 12) * 50 };
    rows.push(Opportunity {
        account: at,
        opened: calendar.ago(dice.between(20, 150)),
        closed: None,
        outcome: "open",
        value: permille(customer.annual, dice.between(400, 900)) / 1_000 * 1_000,
        probability: Some(probability),
        reason: None,
        competitor: dice.chance(500).then(|| *dice.pick(&COMPETITORS)),
        direction,
    });
}
