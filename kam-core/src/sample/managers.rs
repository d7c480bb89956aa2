//! The account managers: what they speak, how much they can do, and how good they are at it.

use arrow::array::RecordBatch;

use super::batch::Columns;
use super::names::MANAGERS;
use super::random::Dice;
use crate::crm::COMPETENCES;
use crate::error::Result;

/// What each of the managers speaks.
const LANGUAGES: [&str; 6] = ["de, en", "de, en, sv", "de, en, it", "de, en", "de, en, fr", "ar, de, en, fr"];
/// Hours a year for 240 accounts. The first has less than its accounts need today, the last hardly any accounts yet.
const HOURS: [i64; 6] = [430, 520, 640, 460, 580, 620];
/// How good each is on the whole, from 1 to 10 in tenths; the fourth makes most of the mistakes.
const LEVEL: [i64; 6] = [68, 62, 84, 45, 76, 71];
/// What one or another is especially good or bad at: manager, criterion, tenths more or fewer.
const MARKED: [(usize, &str, i64); 8] = [
    (0, "documentation", 20),
    (0, "presenting", -15),
    (1, "listening", 20),
    (2, "negotiation", 12),
    (3, "listening", -20),
    (3, "selling", 30),
    (4, "strategic_thinking", 15),
    (5, "languages", 25),
];

pub(super) fn managers(accounts: u32) -> Result<RecordBatch> {
    let hours = |manager: usize| HOURS[manager] * i64::from(accounts) / 240;
    Columns::new("managers")
        .text("manager", MANAGERS.iter().map(Some))
        .text("languages", LANGUAGES.iter().map(Some))
        .integers("capacity", (0..MANAGERS.len()).map(|manager| Some(hours(manager))))
        .batch()
}

/// Ratings from 1 to 10 on the whole catalogue, by two colleagues; one rating in 25 is missing.
pub(super) fn ratings(seed: u64) -> Result<RecordBatch> {
    let mut dice = Dice::new(seed, 4);
    let mut rows: Vec<(&str, &str, i64)> = vec![];
    for (manager, name) in MANAGERS.iter().enumerate() {
        for criterion in COMPETENCES {
            let marked = MARKED.iter().find(|(who, what, _)| *who == manager && *what == criterion).map_or(0, |(_, _, by)| *by);
            for _ in 0..2 {
                let score = (LEVEL[manager] + marked + dice.between(-12, 12)).clamp(10, 100);
                if !dice.chance(40) {
                    rows.push((name, criterion, score * 100));
                }
            }
        }
    }
    Columns::new("manager_ratings")
        .text("manager", rows.iter().map(|row| Some(row.0)))
        .text("criterion", rows.iter().map(|row| Some(row.1)))
        .thousandths("score", rows.iter().map(|row| Some(row.2)))
        .batch()
}
