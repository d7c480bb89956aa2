//! The RFM map: recency and frequency, the segments' names and what they bring.

use serde_json::json;

use super::heat::Heat;
use super::measure::{Measure, count, share, words};
use super::picture::Picture;
use super::sheet::Sheet;
use crate::label::label;
use crate::number::{grouped, numbered, percent};

/// What stands in a cell of the map.
#[derive(Clone, Default)]
struct Cell<'a> {
    accounts: usize,
    money: f64,
    names: Vec<(&'a str, usize)>,
}

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("rfm")?;
    let (recency, frequency) = (table.numbers("recency_score")?, table.numbers("frequency_score")?);
    let (money, segment) = (table.numbers("monetary")?, table.words("rfm_segment")?);
    let mut map = vec![Cell::default(); 25];
    let place = |score: Option<f64>| (1..=5usize).find(|place| score == Some(*place as f64));
    for row in 0..table.len() {
        let (Some(r), Some(f)) = (place(recency.get(row)), place(frequency.get(row))) else { continue };
        let cell: &mut Cell<'_> = &mut map[(f - 1) * 5 + r - 1];
        cell.accounts += 1;
        cell.money += money.get(row).unwrap_or(0.0);
        let name = segment.get(row).unwrap_or("");
        match cell.names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, times)) => *times += 1,
            None => cell.names.push((name, 1)),
        }
    }
    let all: f64 = map.iter().map(|cell| cell.money.max(0.0)).sum();
    let what = sheet.say(&label(sheet.word("monetary").unwrap_or("revenue")));
    let measure = Measure::new(sheet, &what, table.unit("monetary"), map.iter().map(|cell| cell.money.abs()).fold(0.0, f64::max));
    let mut cells = vec![];
    for (at, cell) in map.iter().enumerate() {
        // The name that most of the cell's accounts have; the first of equals.
        let name = cell.names.iter().rev().max_by_key(|(_, times)| *times).map_or("", |(name, _)| *name);
        let part = if all > 0.0 { cell.money.max(0.0) / all } else { 0.0 };
        let text =
            if cell.accounts == 0 { "–".to_owned() } else { format!("{name}\n{}\n{}", grouped(cell.accounts as f64, 0), percent(part)) };
        cells.push(json!({
            "x": (at % 5 + 1).to_string(), "y": (at / 5 + 1).to_string(), "value": part, "text": text, "segment": name,
            "accounts": cell.accounts, "money": cell.money, "share": part,
        }));
    }
    let champions = sheet.table("segments").and_then(|segments| {
        let (names, accounts, share) = (segments.words("rfm_segment")?, segments.numbers("accounts")?, segments.numbers("share")?);
        let row = (0..segments.len()).max_by(|a, b| share.get(*a).unwrap_or(0.0).total_cmp(&share.get(*b).unwrap_or(0.0)))?;
        Some((names.get(row)?.to_owned(), accounts.get(row)?, share.get(row)?))
    });
    let title = match champions {
        Some((name, accounts, share)) => {
            let bring = sheet.say(&numbered(accounts, "customer brings", "customers bring"));
            format!("{name}: {bring} {} of {}", percent(share), what.to_lowercase())
        }
        None => sheet.say("How lately and how often accounts buy"),
    };
    let subtitle = format!(
        "{} by recency and frequency: name, number and share of {}; the stronger the colour, the larger the share.",
        capital(sheet.perspective().words().accounts),
        what.to_lowercase()
    );
    let tooltip = json!([
        words("segment", "Segment"),
        words("x", "Recency score"),
        words("y", "Frequency score"),
        count("accounts", &sheet.say("Accounts")),
        measure.tooltip("money"),
        share("share", &format!("Share of {}", what.to_lowercase())),
    ]);
    let scores: Vec<String> = (1..=5).map(|score: u8| score.to_string()).collect();
    let heat = Heat {
        cells,
        columns: scores.clone(),
        rows: scores.into_iter().rev().collect(),
        x_title: sheet.say("Recency score: 5 bought lately"),
        y_title: "Frequency score: 5 often".to_owned(),
        tooltip,
        named: true,
    };
    Some(Picture::new(title, subtitle, heat.body()).height(340))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
