//! The other end: what the company itself buys, from whom, and what it thinks of its suppliers.

use arrow::array::RecordBatch;

use super::batch::{self, Columns};
use super::calendar::Calendar;
use super::names::{self, MANAGERS, REGIONS};
use super::random::{Dice, permille};
use crate::error::Result;
use crate::time::Date;

/// What is bought.
const GOODS: [&str; 5] = ["Castings", "Electronics", "Bearings", "Packaging", "Logistics"];
/// What the company rates its suppliers by, and they it.
const OURS: [&str; 5] = ["quality", "delivery", "price", "service", "innovation"];
const THEIRS: [&str; 3] = ["payment", "planning", "growth"];
/// What the largest supplier is paid in a year, in cents.
const LARGEST: i64 = 180_000_000;
const SUPPLIERS: usize = 40;

/// A purchase ledger and the tables beside it, under the canonical column names: the accounts are suppliers.
#[derive(Clone, Debug, PartialEq)]
pub struct Purchases {
    /// What was bought: amounts are spend, list amounts what the price list asked.
    pub ledger: RecordBatch,
    /// Who the suppliers are.
    pub accounts: RecordBatch,
    /// What the company thinks of them (`of_customer`: we rate the account), and they of it (`of_us`).
    pub ratings: RecordBatch,
    /// Meetings, joint work, complaints.
    pub activities: RecordBatch,
    /// Framework agreements.
    pub contracts: RecordBatch,
}

impl Purchases {
    /// Every table under its name, the ledger first.
    #[must_use]
    pub fn tables(&self) -> [(&'static str, &RecordBatch); 5] {
        [
            ("ledger", &self.ledger),
            ("accounts", &self.accounts),
            ("ratings", &self.ratings),
            ("activities", &self.activities),
            ("contracts", &self.contracts),
        ]
    }
}

struct Supplier {
    account: String,
    name: String,
    region: usize,
    buyer: usize,
    /// A year's spend in cents, orders in a thousand months, what the price lies below the list in thousandths.
    annual: i64,
    orders: i64,
    saving: i64,
    /// How many kinds of goods it delivers, and which is the first.
    range: usize,
    first: usize,
    from: usize,
    to: usize,
    /// 0 a stranger to 3 a partner.
    closeness: i64,
}

pub(super) fn purchases(seed: u64, calendar: Calendar) -> Result<Purchases> {
    let mut dice = Dice::new(seed, 8_000_000);
    let names = names::accounts(&mut dice, SUPPLIERS);
    let suppliers: Vec<Supplier> = names.into_iter().enumerate().map(|(at, name)| supplier(&mut dice, at, &name, calendar)).collect();
    Ok(Purchases {
        ledger: ledger(seed, &suppliers, calendar)?,
        accounts: accounts(&suppliers)?,
        ratings: ratings(seed, &suppliers)?,
        activities: activities(seed, &suppliers, calendar)?,
        contracts: contracts(seed, &suppliers, calendar)?,
    })
}

fn supplier(dice: &mut Dice, at: usize, name: &str, calendar: Calendar) -> Supplier {
    let closeness = match at {
        0 | 2 | 5 => 3,
        _ => dice.between(0, 2),
    };
    let last = calendar.last();
    let (from, to) = match at % 8 {
        // One in eight is new, one was bought from once, one was given up.
        3 => (last - 1, last),
        6 => (last / 2, last / 2),
        7 => (0, calendar.year()),
        _ => (0, last),
    };
    Supplier {
        account: format!("S-{:03}", at + 1),
        name: names::registered(dice, name),
        region: usize::try_from(dice.below(REGIONS.len() as i64)).unwrap_or(0),
        buyer: at % MANAGERS.len(),
        annual: LARGEST / (at as i64 + 1),
        orders: if closeness >= 2 { dice.between(1_500, 4_000) } else { dice.between(250, 1_200) },
        saving: dice.between(0, 140),
        range: usize::try_from(1 + dice.below(3)).unwrap_or(1),
        first: usize::try_from(dice.below(GOODS.len() as i64)).unwrap_or(0),
        from,
        to,
        closeness,
    }
}

fn ledger(seed: u64, suppliers: &[Supplier], calendar: Calendar) -> Result<RecordBatch> {
    struct Line {
        supplier: usize,
        day: Date,
        amount: i64,
        list: i64,
        good: usize,
    }
    let mut lines = vec![];
    for (at, supplier) in suppliers.iter().enumerate() {
        let mut dice = Dice::new(seed, 8_100_000 + at as u64);
        for month in supplier.from..=supplier.to {
            let orders = if month == supplier.from { 1 } else { dice.around(supplier.orders) };
            for _ in 0..orders {
                let usual = supplier.annual * 1000 / (12 * supplier.orders);
                let amount = permille(usual, dice.between(700, 1_300)).max(2_000);
                let good = (supplier.first + usize::try_from(dice.below(supplier.range as i64)).unwrap_or(0)) % GOODS.len();
                let day = dice.day(calendar.start(month), calendar.end(month));
                lines.push(Line { supplier: at, day, amount, list: amount * 1000 / (1000 - supplier.saving), good });
                if dice.chance(20) {
                    let back = Date(day.0 + 9).min(calendar.as_of);
                    lines.push(Line { supplier: at, day: back, amount: -amount / 4, list: -amount / 4, good });
                }
            }
        }
    }
    lines.sort_by_key(|line| (line.day, line.supplier));
    Columns::new("purchases")
        .text("account", lines.iter().map(|line| Some(&suppliers[line.supplier].account)))
        .text("date", lines.iter().map(|line| Some(line.day.to_string())))
        .text("order", (1..=lines.len()).map(|number| Some(format!("PO-{number:06}"))))
        .text("amount", lines.iter().map(|line| Some(batch::decimal(line.amount))))
        .money("list_amount", lines.iter().map(|line| Some(line.list)))
        .text("direction", lines.iter().map(|line| Some(GOODS[line.good])))
        .text("currency", lines.iter().map(|_| Some("EUR")))
        .text("manager", lines.iter().map(|line| Some(MANAGERS[suppliers[line.supplier].buyer])))
        .batch()
}

fn accounts(suppliers: &[Supplier]) -> Result<RecordBatch> {
    Columns::new("suppliers")
        .text("account", suppliers.iter().map(|supplier| Some(&supplier.account)))
        .text("name", suppliers.iter().map(|supplier| Some(&supplier.name)))
        .text("manager", suppliers.iter().map(|supplier| Some(MANAGERS[supplier.buyer])))
        .text("region", suppliers.iter().map(|supplier| Some(REGIONS[supplier.region])))
        .flags("reference", suppliers.iter().map(|supplier| Some(supplier.closeness == 3)))
        .batch()
}

fn ratings(seed: u64, suppliers: &[Supplier]) -> Result<RecordBatch> {
    let mut rows: Vec<(&str, &str, &str, i64)> = vec![];
    for (at, supplier) in suppliers.iter().enumerate() {
        let mut dice = Dice::new(seed, 8_200_000 + at as u64);
        for criterion in OURS {
            rows.push((
                &supplier.account,
                criterion,
                "of_customer",
                dice.between(30 + 12 * supplier.closeness, 64 + 12 * supplier.closeness) * 100,
            ));
        }
        for criterion in THEIRS {
            rows.push((
                &supplier.account,
                criterion,
                "of_us",
                dice.between(30 + 14 * supplier.closeness, 58 + 14 * supplier.closeness) * 100,
            ));
        }
    }
    Columns::new("supplier ratings")
        .text("account", rows.iter().map(|row| Some(row.0)))
        .text("criterion", rows.iter().map(|row| Some(row.1)))
        .text("side", rows.iter().map(|row| Some(row.2)))
        .thousandths("score", rows.iter().map(|row| Some(row.3)))
        .batch()
}

fn activities(seed: u64, suppliers: &[Supplier], calendar: Calendar) -> Result<RecordBatch> {
    let mut rows: Vec<(Date, &str, &str, Option<bool>, usize)> = vec![];
    for (at, supplier) in suppliers.iter().enumerate() {
        let mut dice = Dice::new(seed, 8_300_000 + at as u64);
        for month in supplier.from..=supplier.to {
            let day = dice.day(calendar.start(month), calendar.end(month));
            if dice.chance(80 + 120 * supplier.closeness) {
                rows.push((day, &supplier.account, "meeting", None, supplier.buyer));
            }
            if supplier.closeness == 3 && month % 4 == 1 {
                rows.push((day, &supplier.account, "joint_product", None, supplier.buyer));
            }
            if dice.chance(15) {
                rows.push((day, &supplier.account, "complaint", Some(month + 6 < calendar.months()), supplier.buyer));
            }
        }
    }
    rows.sort();
    Columns::new("supplier activities")
        .text("account", rows.iter().map(|row| Some(row.1)))
        .dates("date", rows.iter().map(|row| Some(row.0)))
        .text("kind", rows.iter().map(|row| Some(row.2)))
        .flags("resolved", rows.iter().map(|row| row.3))
        .text("manager", rows.iter().map(|row| Some(MANAGERS[row.4])))
        .batch()
}

fn contracts(seed: u64, suppliers: &[Supplier], calendar: Calendar) -> Result<RecordBatch> {
    let mut dice = Dice::new(seed, 8_400_000);
    let bound: Vec<(&Supplier, i32)> = suppliers
        .iter()
        .filter(|supplier| supplier.closeness >= 2 && supplier.to == calendar.last())
        .map(|supplier| (supplier, i32::try_from(dice.between(90, 500)).unwrap_or(90)))
        .collect();
    Columns::new("supplier contracts")
        .text("account", bound.iter().map(|(supplier, _)| Some(&supplier.account)))
        .text("clause", bound.iter().map(|_| Some("framework agreement")))
        .dates("due", bound.iter().map(|(_, days)| Some(Date(calendar.as_of.0 + days))))
        .text("status", bound.iter().map(|_| Some("open")))
        .money("value", bound.iter().map(|(supplier, _)| Some(supplier.annual)))
        .batch()
}
