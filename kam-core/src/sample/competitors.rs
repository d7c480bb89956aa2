//! Who else sells to the accounts, and how much of their spend they hold.

use arrow::array::RecordBatch;

use super::batch::Columns;
use super::cast::{Customer, Pattern};
use super::names::COMPETITORS;
use super::random::Dice;
use crate::error::Result;

const STRENGTHS: [&str; 4] = ["low price", "short delivery times", "wide range", "service around the clock"];
const WEAKNESSES: [&str; 4] = ["weak advice", "long repairs", "no stock in the region", "poor documentation"];

struct Rival<'a> {
    account: &'a str,
    competitor: usize,
    /// Thousandths of the account's spend.
    share: i64,
    weakness: usize,
}

pub(super) fn competitors(seed: u64, customers: &[Customer]) -> Result<RecordBatch> {
    let mut rows: Vec<Rival<'_>> = vec![];
    for (at, customer) in customers.iter().enumerate() {
        let mut dice = Dice::new(seed, 7_000_000 + at as u64);
        let candidate = customer.pattern == Pattern::Candidate;
        if !(candidate || at * 3 < customers.len() || dice.chance(200)) {
            continue;
        }
        let first = usize::try_from(dice.below(COMPETITORS.len() as i64)).unwrap_or(0);
        // A candidate buys everything elsewhere, every second one nearly all from one house.
        let bought_here = if candidate { 0 } else { customer.annual * 1000 / customer.budget.max(1) };
        let left = (1000 - bought_here).max(0);
        let share = if candidate && at % 2 == 0 { 780 } else { left * dice.between(450, 700) / 1000 };
        let weakness = usize::try_from(dice.below(WEAKNESSES.len() as i64)).unwrap_or(0);
        rows.push(Rival { account: &customer.account, competitor: first, share, weakness });
        if left - share > 60 {
            let competitor = (first + 1) % COMPETITORS.len();
            rows.push(Rival { account: &customer.account, competitor, share: left - share, weakness: (weakness + 1) % WEAKNESSES.len() });
        }
    }
    Columns::new("competitors")
        .text("account", rows.iter().map(|row| Some(row.account)))
        .text("competitor", rows.iter().map(|row| Some(COMPETITORS[row.competitor])))
        .thousandths("share", rows.iter().map(|row| Some(row.share)))
        .text("strengths", rows.iter().map(|row| Some(STRENGTHS[row.competitor])))
        .text("weaknesses", rows.iter().map(|row| Some(WEAKNESSES[row.weakness])))
        .batch()
}
