//! What people did for the accounts: visits and calls, work done together, complaints, and the seven mistakes.

use arrow::array::RecordBatch;

use super::batch::Columns;
use super::calendar::Calendar;
use super::cast::{Customer, Pattern};
use super::names::MANAGERS;
use super::random::Dice;
use crate::error::Result;
use crate::time::Date;

/// The seven mistakes by which an account manager loses customers.
const MISTAKES: [&str; 7] = ["late", "dispute", "interrupted", "no_dossier", "unprepared", "manners", "product_ignorance"];
/// What is done together.
const JOINT: [&str; 3] = ["joint_team", "joint_product", "shared_logistics"];
/// Why customers complain.
const REASONS: [&str; 5] = ["late delivery", "wrong item", "damaged goods", "invoice", "quality"];
/// What an hour costs, in cents.
const RATE: i64 = 9_500;
/// The manager who makes most of the mistakes.
const CARELESS: usize = 3;

#[derive(Default)]
struct Activity {
    account: usize,
    date: Option<Date>,
    kind: &'static str,
    /// Thousandths.
    hours: i64,
    cost: i64,
    manager: usize,
    resolved: Option<bool>,
    reason: Option<&'static str>,
}

pub(super) fn activities(seed: u64, customers: &[Customer], calendar: Calendar) -> Result<RecordBatch> {
    let mut rows = vec![];
    for (at, customer) in customers.iter().enumerate() {
        let mut dice = Dice::new(seed, 3_000_000 + at as u64);
        for month in 0..calendar.months() {
            if customer.buys(month) || customer.pattern == Pattern::Candidate {
                contact(&mut dice, at, customer, month, calendar, &mut rows);
                trouble(&mut dice, at, customer, month, calendar, &mut rows);
            }
        }
        together(&mut dice, at, customer, calendar, &mut rows);
        open_trouble(&mut dice, at, customer, calendar, &mut rows);
    }
    each_mistake_once(customers, calendar, &mut rows);
    rows.sort_by_key(|row| (row.date, row.account));
    Columns::new("activities")
        .text("account", rows.iter().map(|row| Some(&customers[row.account].account)))
        .dates("date", rows.iter().map(|row| row.date))
        .text("kind", rows.iter().map(|row| Some(row.kind)))
        .thousandths("hours", rows.iter().map(|row| Some(row.hours)))
        .money("cost", rows.iter().map(|row| Some(row.cost)))
        .text("manager", rows.iter().map(|row| Some(MANAGERS[row.manager])))
        .flags("resolved", rows.iter().map(|row| row.resolved))
        .text("reason", rows.iter().map(|row| row.reason))
        .batch()
}

/// An activity of so many quarters of an hour on a day of the month.
fn on(dice: &mut Dice, at: usize, customer: &Customer, month: usize, calendar: Calendar, kind: &'static str, quarters: i64) -> Activity {
    let date = dice.day(calendar.start(month), calendar.end(month));
    let hours = quarters * 250;
    Activity {
        account: at,
        date: Some(date),
        kind,
        hours,
        cost: hours * RATE / 1000,
        manager: customer.manager_in(month),
        ..Activity::default()
    }
}

/// Calls and visits: nearly the same for everybody, which is the policy that the review is there to question.
fn contact(dice: &mut Dice, at: usize, customer: &Customer, month: usize, calendar: Calendar, rows: &mut Vec<Activity>) {
    let calls = 300 + 100 * customer.closeness + if customer.pattern == Pattern::LossMaker { 700 } else { 0 };
    for _ in 0..dice.around(calls) {
        let quarters = dice.between(1, 4);
        rows.push(on(dice, at, customer, month, calendar, "call", quarters));
    }
    let visits = 60 + 50 * customer.closeness + if customer.pattern == Pattern::Candidate { 60 } else { 0 };
    if dice.chance(visits) {
        let quarters = dice.between(8, 24);
        rows.push(on(dice, at, customer, month, calendar, "visit", quarters));
    }
    if customer.closeness >= 2 && dice.chance(90) {
        let quarters = dice.between(4, 16);
        rows.push(on(dice, at, customer, month, calendar, "meeting", quarters));
    }
    if at < 40 && customer.pattern != Pattern::Candidate && dice.chance(250) {
        let quarters = dice.between(2, 6);
        rows.push(on(dice, at, customer, month, calendar, "delivery", quarters));
    }
}

/// Complaints and mistakes: few, more of them with the careless manager, and most before somebody leaves.
fn trouble(dice: &mut Dice, at: usize, customer: &Customer, month: usize, calendar: Calendar, rows: &mut Vec<Activity>) {
    let leaving = matches!(customer.pattern, Pattern::Leaver | Pattern::Gone) && month + 4 > customer.to;
    let careless = customer.manager_in(month) == CARELESS;
    if dice.chance(12 + if leaving { 180 } else { 0 }) {
        let mut complaint = on(dice, at, customer, month, calendar, "complaint", 4);
        complaint.reason = Some(*dice.pick(&REASONS));
        complaint.resolved = Some(!leaving || dice.chance(400));
        rows.push(complaint);
    }
    if dice.chance(8 + if leaving { 220 } else { 0 } + if careless { 40 } else { 0 }) {
        let kind = *dice.pick(&MISTAKES);
        let mut mistake = on(dice, at, customer, month, calendar, kind, 2);
        if matches!(kind, "late" | "dispute") {
            mistake.reason = Some(*dice.pick(&REASONS));
            mistake.resolved = Some(!leaving);
        }
        rows.push(mistake);
    }
}

/// Joint work, in the last year at least once.
fn together(dice: &mut Dice, at: usize, customer: &Customer, calendar: Calendar, rows: &mut Vec<Activity>) {
    if customer.closeness < 3 {
        return;
    }
    for (nth, kind) in JOINT.into_iter().enumerate() {
        // The first partners do all three; others at least one.
        if at < 4 || nth == at % 3 || dice.chance(250) {
            for _ in 0..dice.between(1, 3) {
                let month = usize::try_from(dice.between(calendar.year() as i64, calendar.last() as i64)).unwrap_or(0);
                let quarters = dice.between(16, 80);
                rows.push(on(dice, at, customer, month, calendar, kind, quarters));
            }
        }
    }
}

/// A complaint of the last weeks that nobody has settled yet keeps some accounts from partnership.
fn open_trouble(dice: &mut Dice, at: usize, customer: &Customer, calendar: Calendar, rows: &mut Vec<Activity>) {
    if at > 4 && customer.closeness == 2 && dice.chance(120) {
        let mut complaint = on(dice, at, customer, calendar.last(), calendar, "complaint", 3);
        (complaint.resolved, complaint.reason) = (Some(false), Some("late delivery"));
        rows.push(complaint);
    }
}

/// Chance may leave one of the seven out; the careless manager does not.
fn each_mistake_once(customers: &[Customer], calendar: Calendar, rows: &mut Vec<Activity>) {
    let Some(at) = customers.iter().position(|customer| customer.pattern == Pattern::Leaver) else { return };
    for (nth, kind) in MISTAKES.into_iter().enumerate() {
        let date = Some(Date(calendar.start(customers[at].to).0 - 7 * i32::try_from(nth).unwrap_or(0)));
        let resolved = matches!(kind, "late" | "dispute").then_some(false);
        rows.push(Activity { account: at, date, kind, hours: 500, cost: RATE / 2, manager: CARELESS, resolved, reason: None });
    }
}
