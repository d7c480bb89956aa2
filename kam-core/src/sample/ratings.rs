//! Ratings on a scale of 1 to 10: what the company thinks of its accounts, and what they think of it and of its competitors.

use arrow::array::RecordBatch;

use super::batch::Columns;
use super::cast::{Customer, Pattern};
use super::names::COMPETITORS;
use super::random::{Dice, permille};
use crate::error::Result;

/// What a customer rates its suppliers by.
const THEIRS: [&str; 5] = ["price", "quality", "delivery", "service", "innovation"];
/// What the company rates a customer by, beside what the ledger tells.
const OURS: [&str; 5] = ["reliability", "reputation", "quality_requirements", "service_requirements", "market_knowledge"];

struct Rating<'a> {
    account: &'a str,
    criterion: &'static str,
    side: &'static str,
    competitor: Option<&'static str>,
    /// Thousandths.
    score: i64,
    weight: Option<i64>,
}

pub(super) fn ratings(seed: u64, customers: &[Customer]) -> Result<RecordBatch> {
    let mut rows = vec![];
    for (at, customer) in customers.iter().enumerate() {
        let mut dice = Dice::new(seed, 2_000_000 + at as u64);
        // The larger half is rated, and every third of the rest; who never came back is not asked.
        let asked = at * 2 < customers.len() || dice.chance(330);
        if !asked || matches!(customer.pattern, Pattern::GoldenShot | Pattern::Gone) {
            continue;
        }
        of_customer(&mut dice, customer, &mut rows);
        if customer.pattern != Pattern::Candidate {
            by_customer(&mut dice, customer, &mut rows);
        }
    }
    Columns::new("ratings")
        .text("account", rows.iter().map(|row| Some(row.account)))
        .text("criterion", rows.iter().map(|row| Some(row.criterion)))
        .text("side", rows.iter().map(|row| Some(row.side)))
        .text("competitor", rows.iter().map(|row| row.competitor))
        .thousandths("score", rows.iter().map(|row| Some(row.score)))
        .thousandths("weight", rows.iter().map(|row| row.weight))
        .batch()
}

fn of_customer<'a>(dice: &mut Dice, customer: &'a Customer, rows: &mut Vec<Rating<'a>>) {
    for criterion in OURS {
        let (low, high) = match criterion {
            "reputation" if customer.reference => (88, 100),
            "reliability" if customer.closeness >= 2 => (68, 96),
            "reliability" if customer.pattern == Pattern::LossMaker => (25, 55),
            "quality_requirements" | "service_requirements" | "market_knowledge" if customer.expert => (86, 99),
            _ => (32, 82),
        };
        let score = dice.between(low, high) * 100;
        rows.push(Rating { account: &customer.account, criterion, side: "of_customer", competitor: None, score, weight: None });
    }
}

/// The customer weighs the criteria in its own way and rates us and one or two others by them.
fn by_customer<'a>(dice: &mut Dice, customer: &'a Customer, rows: &mut Vec<Rating<'a>>) {
    let raw: Vec<i64> = THEIRS.iter().map(|_| dice.between(1, 9)).collect();
    let sum: i64 = raw.iter().sum();
    let mut left = 1000;
    let weights: Vec<i64> = raw
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let weight = if at + 1 == raw.len() { left } else { part * 1000 / sum };
            left -= weight;
            weight
        })
        .collect();
    let rivals = usize::try_from(dice.between(1, 2)).unwrap_or(1);
    let first = usize::try_from(dice.below(COMPETITORS.len() as i64)).unwrap_or(0);
    for (criterion, weight) in THEIRS.into_iter().zip(weights) {
        let best = dice.between(4_800, 7_000);
        let ours = permille(best, customer.strength) + dice.between(-300, 300);
        let rating = |side, competitor, score: i64| Rating {
            account: &customer.account,
            criterion,
            side,
            competitor,
            score: score.clamp(1_000, 10_000) / 100 * 100,
            weight: Some(weight),
        };
        rows.push(rating("of_us", None, ours));
        for rival in 0..rivals {
            let score = if rival == 0 { best } else { best - dice.between(200, 1_500) };
            rows.push(rating("of_competitor", Some(COMPETITORS[(first + rival) % COMPETITORS.len()]), score));
        }
    }
}
