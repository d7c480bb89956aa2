//! Who decides at the accounts.

use arrow::array::RecordBatch;

use super::batch::Columns;
use super::cast::{Customer, Pattern};
use super::names;
use super::random::Dice;
use crate::error::Result;

/// Role, title, and the range of the influence in thousandths.
const ROLES: [(&str, &str, (i64, i64)); 6] = [
    ("decision_maker", "Head of purchasing", (750, 1000)),
    ("influencer", "Production manager", (450, 800)),
    ("champion", "Development engineer", (350, 700)),
    ("user", "Maintenance lead", (150, 450)),
    ("gatekeeper", "Assistant to the board", (200, 500)),
    ("blocker", "Controller", (400, 800)),
];

struct Contact<'a> {
    account: &'a str,
    name: String,
    title: &'static str,
    role: &'static str,
    influence: i64,
    support: i64,
}

pub(super) fn contacts(seed: u64, customers: &[Customer]) -> Result<RecordBatch> {
    let mut rows = vec![];
    for (at, customer) in customers.iter().enumerate() {
        let mut dice = Dice::new(seed, 5_000_000 + at as u64);
        // Partners are known down to the last role; of small accounts often nobody is.
        let known = if at < 4 { 1000 } else { 180 + 170 * customer.closeness + if at * 3 < customers.len() { 200 } else { 0 } };
        // Of every second candidate nobody knows who decides.
        let nobody_decides = customer.pattern == Pattern::Candidate && at % 2 == 1;
        for (role, title, (low, high)) in ROLES {
            let certain = role == "decision_maker" && customer.pattern == Pattern::Candidate;
            if (nobody_decides && role == "decision_maker") || !(certain || dice.chance(known)) {
                continue;
            }
            let mood = if role == "blocker" { -600 } else { -200 + 250 * customer.closeness };
            rows.push(Contact {
                account: &customer.account,
                name: names::person(&mut dice),
                title,
                role,
                influence: dice.between(low, high) / 50 * 50,
                support: (mood + dice.between(-300, 300)).clamp(-1000, 1000) / 50 * 50,
            });
        }
    }
    Columns::new("contacts")
        .text("account", rows.iter().map(|row| Some(row.account)))
        .text("name", rows.iter().map(|row| Some(&row.name)))
        .text("title", rows.iter().map(|row| Some(row.title)))
        .text("role", rows.iter().map(|row| Some(row.role)))
        .thousandths("influence", rows.iter().map(|row| Some(row.influence)))
        .thousandths("support", rows.iter().map(|row| Some(row.support)))
        .batch()
}
