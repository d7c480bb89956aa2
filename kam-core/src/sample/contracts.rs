//! Clauses agreed with the closer accounts: met, running, and a few breached.

use arrow::array::RecordBatch;

use super::batch::Columns;
use super::calendar::Calendar;
use super::cast::{Customer, Pattern};
use super::random::{Dice, permille};
use crate::error::Result;
use crate::time::Date;

struct Contract<'a> {
    account: &'a str,
    clause: &'static str,
    due: Date,
    status: &'static str,
    value: i64,
}

pub(super) fn contracts(seed: u64, customers: &[Customer], calendar: Calendar) -> Result<RecordBatch> {
    let mut rows = vec![];
    for (at, customer) in customers.iter().enumerate() {
        let mut dice = Dice::new(seed, 6_000_000 + at as u64);
        let leaving = matches!(customer.pattern, Pattern::Leaver | Pattern::Gone | Pattern::Shrinking);
        // All partners have a frame; so have some of the others, as far as they buy at all.
        if customer.pattern == Pattern::Candidate
            || !(customer.closeness >= 3 || dice.chance(if customer.closeness == 2 { 550 } else { 120 }))
        {
            continue;
        }
        let ahead = Date(calendar.as_of.0 + i32::try_from(dice.between(60, 500)).unwrap_or(60));
        let behind = calendar.ago(dice.between(40, 700));
        let mut add = |clause, due, status, value| rows.push(Contract { account: &customer.account, clause, due, status, value });
        if !leaving {
            add("framework agreement", ahead, "open", customer.annual / 100 * 100);
        }
        add("volume bonus", behind, if leaving { "breached" } else { "met" }, permille(customer.annual, 30));
        // Of those not yet partners, one in eight has missed the payment terms.
        if customer.closeness < 3 && dice.chance(125) {
            add("payment terms", calendar.ago(dice.between(20, 300)), "breached", permille(customer.annual, 20));
        }
        if at < 40 {
            add(
                "service level",
                Date(calendar.as_of.0 + i32::try_from(dice.between(5, 90)).unwrap_or(5)),
                "open",
                permille(customer.annual, 50),
            );
        }
    }
    Columns::new("contracts")
        .text("account", rows.iter().map(|row| Some(row.account)))
        .text("clause", rows.iter().map(|row| Some(row.clause)))
        .dates("due", rows.iter().map(|row| Some(row.due)))
        .text("status", rows.iter().map(|row| Some(row.status)))
        .money("value", rows.iter().map(|row| Some(row.value)))
        .batch()
}
