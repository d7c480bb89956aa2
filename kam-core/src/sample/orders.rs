//! The ledger: orders, credit notes, counter sales, and a few rows that cannot be used.

use super::batch::{self, Columns};
use super::calendar::Calendar;
use super::cast::{Customer, Pattern};
use super::names::{DIRECTIONS, MANAGERS};
use super::random::{Dice, permille};
use crate::error::Result;
use crate::time::Date;
use arrow::array::RecordBatch;

/// Months of the year from January, in thousandths of the mean: even, before Christmas, building season, summer gap.
const SEASONS: [[i64; 12]; 4] = [
    [1000; 12],
    [780, 800, 900, 940, 960, 960, 900, 920, 1060, 1180, 1340, 1260],
    [620, 680, 950, 1120, 1220, 1250, 1220, 1180, 1150, 1080, 860, 670],
    [1080, 1080, 1120, 1080, 1020, 960, 740, 660, 1060, 1100, 1080, 1020],
];

/// The smallest and the largest order of a golden shot, in cents.
const GOLDEN: (i64, i64) = (450_000, 6_000_000);

struct Order {
    day: Date,
    /// The place of the account; `None` for a sale over the counter.
    customer: Option<usize>,
    lines: Vec<Line>,
    manager: Option<usize>,
}

#[derive(Clone, Copy)]
struct Line {
    amount: i64,
    cost: i64,
    cost_to_serve: i64,
    list_amount: i64,
    direction: usize,
}

/// A row as it is written: the dates and amounts of bad rows are text that says nothing.
struct Row<'a> {
    account: Option<&'a str>,
    date: Option<String>,
    order: String,
    amount: Option<String>,
    cost: Option<i64>,
    cost_to_serve: i64,
    list_amount: i64,
    direction: &'static str,
    manager: Option<&'static str>,
}

/// The ledger's batch.
pub(super) fn ledger(seed: u64, customers: &[Customer], calendar: Calendar) -> Result<RecordBatch> {
    let mut orders = vec![];
    for (at, customer) in customers.iter().enumerate() {
        let mut dice = Dice::new(seed, 1_000 + at as u64);
        buy(&mut dice, at, customer, calendar, &mut orders);
    }
    late_credit(customers, calendar, &mut orders);
    counter_sales(&mut Dice::new(seed, 2), calendar, &mut orders);
    // Stable: an account's orders of one day stay in the order they were drawn in.
    orders.sort_by_key(|order| (order.day, order.customer));
    let mut rows = write(&orders, customers);
    spoil(&mut rows, calendar);
    batch(&rows)
}

/// All orders of one account.
fn buy(dice: &mut Dice, at: usize, customer: &Customer, calendar: Calendar, orders: &mut Vec<Order>) {
    let mut bought = false;
    for month in 0..calendar.months() {
        if !customer.buys(month) {
            continue;
        }
        let climbing = 80 + 920 * month as i64 / calendar.last().max(1) as i64;
        let (rate, level) = match customer.pattern {
            Pattern::Climber => (permille(customer.orders, climbing).max(250), climbing * climbing / 1000),
            _ => (customer.orders, 1000 + customer.growth * (month as i64 - calendar.year() as i64) / 12),
        };
        let count = match customer.pattern {
            Pattern::Newcomer | Pattern::GoldenShot => 1,
            // Who buys once a year may not buy at all by chance; then the last month makes a buyer of it.
            _ if month == customer.to && !bought => 1,
            _ => dice.around(rate),
        };
        bought |= count > 0;
        // The size of one order: a year's volume over a year's orders.
        let usual = match customer.pattern {
            Pattern::GoldenShot => permille(customer.annual, 300).clamp(GOLDEN.0, GOLDEN.1),
            Pattern::Climber => customer.annual * 1000 / (12 * rate),
            _ => customer.annual * 1000 / (12 * customer.orders.max(1)),
        };
        let season = SEASONS[customer.season][calendar.of_year(month)];
        for _ in 0..count {
            let strayed = permille(usual, 1000 + dice.between(-customer.wobble, customer.wobble));
            let value = permille(permille(strayed, season), level.max(100)).max(1_500);
            let day = match customer.pattern {
                // The fifth of the month, or the last day there is.
                Pattern::Standing => Date(calendar.start(month).0 + 4).min(calendar.end(month)),
                _ => dice.day(calendar.start(month), calendar.end(month)),
            };
            let lines = lines(dice, at, customer, value, month, calendar);
            let credit = credit(dice, customer, &lines, day, calendar);
            let manager = Some(customer.manager_in(month));
            orders.push(Order { day, customer: Some(at), lines, manager });
            if let Some((day, line)) = credit {
                orders.push(Order { day, customer: Some(at), lines: vec![line], manager });
            }
        }
    }
}

/// Splits an order's value into lines of several directions.
fn lines(dice: &mut Dice, at: usize, customer: &Customer, value: i64, month: usize, calendar: Calendar) -> Vec<Line> {
    // Whoever grows opens one direction after another.
    let range = match customer.pattern {
        Pattern::Climber => 1 + customer.range * (month + 1) / (calendar.months() + 1),
        _ => customer.range,
    };
    let range = range.clamp(1, DIRECTIONS.len());
    let count = if customer.pattern == Pattern::Standing { 1 } else { dice.between(1, 3) };
    let mut left = value;
    (0..count)
        .map(|line| {
            let amount = if line + 1 == count { left } else { permille(left, dice.between(300, 700)) };
            left -= amount;
            let direction = (at + usize::try_from(dice.below(range as i64)).unwrap_or(0)) % DIRECTIONS.len();
            Line {
                amount,
                cost: permille(amount, 1000 - customer.margin + dice.between(-15, 15)),
                // Every order costs something, whatever it brings.
                cost_to_serve: permille(amount, customer.cost_to_serve) + if line == 0 { 1_800 } else { 0 },
                list_amount: amount * 1000 / (1000 - customer.discount),
                direction,
            }
        })
        .collect()
}

/// Now and then goods come back, a few weeks later and never after `as_of`.
fn credit(dice: &mut Dice, customer: &Customer, lines: &[Line], day: Date, calendar: Calendar) -> Option<(Date, Line)> {
    let rate = match customer.pattern {
        Pattern::LossMaker => 60,
        Pattern::GoldenShot => 0,
        _ => 18,
    };
    if !dice.chance(rate) {
        return None;
    }
    let back = Date(day.0 + i32::try_from(dice.between(4, 30)).unwrap_or(4));
    let part = *dice.pick(&[150, 300, 500, 1000]);
    let line = lines.first().filter(|_| back <= calendar.as_of)?;
    let returned = |value: i64| -permille(value, part);
    Some((
        back,
        Line {
            amount: returned(line.amount),
            cost: returned(line.cost),
            cost_to_serve: 2_500,
            list_amount: returned(line.list_amount),
            direction: line.direction,
        },
    ))
}

/// The largest of those who stopped before the last year sends goods back within it: an account with negative revenue and no sale.
fn late_credit(customers: &[Customer], calendar: Calendar, orders: &mut Vec<Order>) {
    let Some(at) = customers.iter().position(|customer| customer.pattern == Pattern::Gone) else { return };
    let value = permille(customers[at].annual, 15);
    let line = Line {
        amount: -value,
        cost: -permille(value, 1000 - customers[at].margin),
        cost_to_serve: 2_500,
        list_amount: -value,
        direction: at % DIRECTIONS.len(),
    };
    let day = calendar.start(calendar.year());
    orders.push(Order { day, customer: Some(at), lines: vec![line], manager: Some(customers[at].manager) });
}

/// Sales to whoever walks in: they belong to no account.
fn counter_sales(dice: &mut Dice, calendar: Calendar, orders: &mut Vec<Order>) {
    for month in 0..calendar.months() {
        for _ in 0..dice.between(2, 6) {
            let amount = dice.between(1_200, 48_000);
            let line = Line {
                amount,
                cost: permille(amount, 640),
                cost_to_serve: 0,
                list_amount: amount,
                direction: usize::try_from(dice.below(DIRECTIONS.len() as i64)).unwrap_or(0),
            };
            orders.push(Order {
                day: dice.day(calendar.start(month), calendar.end(month)),
                customer: None,
                lines: vec![line],
                manager: None,
            });
        }
    }
}

fn write<'a>(orders: &[Order], customers: &'a [Customer]) -> Vec<Row<'a>> {
    let mut rows = vec![];
    for (number, order) in orders.iter().enumerate() {
        for line in &order.lines {
            let kind = match order.customer {
                None => "CS",
                Some(_) if line.amount < 0 => "CN",
                Some(_) => "SO",
            };
            rows.push(Row {
                account: order.customer.map(|at| customers[at].account.as_str()),
                date: Some(order.day.to_string()),
                order: format!("{kind}-{:06}", number + 1),
                amount: Some(batch::decimal(line.amount)),
                cost: Some(line.cost),
                cost_to_serve: line.cost_to_serve,
                list_amount: line.list_amount,
                direction: DIRECTIONS[line.direction],
                manager: order.manager.map(|manager| MANAGERS[manager]),
            });
        }
    }
    rows
}

/// What happens in every real ledger: dates that are none, amounts that are missing, a year mistyped, a cost that nobody entered, and two
/// orders booked ahead.
fn spoil(rows: &mut Vec<Row<'_>>, calendar: Calendar) {
    let accounts: Vec<_> = rows.iter().filter_map(|row| row.account).take(40).collect();
    let ahead = |days: i32| Some(Date(calendar.as_of.0 + days).to_string());
    let (year, ..) = calendar.as_of.ymd();
    let bad: [(Option<String>, Option<&str>); 9] = [
        (Some(format!("{}-02-30", year - 1)), Some("418.00")),
        (Some("soon".to_owned()), Some("96.40")),
        (None, Some("1250.00")),
        (Some(format!("{}-05-14", year - 1)), None),
        (Some(format!("{year}-03-03")), Some("n/a")),
        (Some(format!("{year}-06-17")), Some("1.204.50")),
        (Some(format!("{:04}-11-20", (year - 1900).max(1))), Some("733.10")),
        (ahead(9), Some("2310.00")),
        (ahead(23), Some("879.90")),
    ];
    let step = rows.len() / (bad.len() + 1);
    for from in [step / 3, step * 2] {
        if let Some(row) = rows[from..].iter_mut().find(|row| row.account.is_some()) {
            row.cost = None;
        }
    }
    for (nth, (date, amount)) in bad.into_iter().enumerate() {
        let row = Row {
            account: accounts.get(nth * 4).copied(),
            date,
            order: format!("SO-9{nth:05}"),
            amount: amount.map(str::to_owned),
            cost: Some(20_000),
            cost_to_serve: 1_800,
            list_amount: 50_000,
            direction: DIRECTIONS[nth % DIRECTIONS.len()],
            manager: Some(MANAGERS[nth % MANAGERS.len()]),
        };
        rows.insert(((nth + 1) * step).min(rows.len()), row);
    }
}

fn batch(rows: &[Row<'_>]) -> Result<RecordBatch> {
    Columns::new("ledger")
        .text("account", rows.iter().map(|row| row.account))
        .text("date", rows.iter().map(|row| row.date.as_deref()))
        .text("order", rows.iter().map(|row| Some(row.order.as_str())))
        .text("amount", rows.iter().map(|row| row.amount.as_deref()))
        .money("cost", rows.iter().map(|row| row.cost))
        .money("cost_to_serve", rows.iter().map(|row| Some(row.cost_to_serve)))
        .money("list_amount", rows.iter().map(|row| Some(row.list_amount)))
        .text("direction", rows.iter().map(|row| Some(row.direction)))
        .text("currency", rows.iter().map(|_| Some("EUR")))
        .text("manager", rows.iter().map(|row| row.manager))
        .batch()
}
