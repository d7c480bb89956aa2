//! Targets: of every manager month by month, and of the largest accounts for the last year.

use arrow::array::RecordBatch;

use super::batch::Columns;
use super::calendar::Calendar;
use super::cast::Customer;
use super::names::MANAGERS;
use super::random::{Dice, permille};
use crate::error::Result;
use crate::time::Date;

struct Plan<'a> {
    manager: Option<&'static str>,
    account: Option<&'a str>,
    period: Date,
    target: i64,
}

pub(super) fn plans(seed: u64, customers: &[Customer], calendar: Calendar) -> Result<RecordBatch> {
    let mut dice = Dice::new(seed, 4);
    let mut rows = vec![];
    for month in calendar.year()..calendar.months() {
        let period = calendar.start(month);
        for (manager, name) in MANAGERS.iter().enumerate() {
            let due: i64 = customers
                .iter()
                .filter(|customer| customer.manager_in(month) == manager && customer.buys(month))
                .map(|customer| customer.annual / 12)
                .sum();
            let target = permille(due, dice.between(960, 1120)) / 100_000 * 100_000;
            rows.push(Plan { manager: Some(name), account: None, period, target });
        }
        for customer in customers.iter().take(12) {
            let target = permille(customer.annual / 12, dice.between(980, 1150)) / 10_000 * 10_000;
            rows.push(Plan { manager: None, account: Some(&customer.account), period, target });
        }
    }
    Columns::new("plans")
        .text("manager", rows.iter().map(|row| row.manager))
        .text("account", rows.iter().map(|row| row.account))
        .dates("period", rows.iter().map(|row| Some(row.period)))
        .money("target", rows.iter().map(|row| Some(row.target)))
        .batch()
}
