//! Directions that opportunities name and the ledger does not know: often one product under two spellings.

use std::collections::BTreeMap;

use serde::Serialize;

use super::subjects::sum;
use crate::crm::{Crm, Outcome};
use crate::facts::Facts;
use crate::table::{Column, Table, Unit};

/// A direction of the opportunities that the ledger does not have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnknownDirection {
    /// As the opportunities write it.
    pub direction: String,
    /// The ledger's direction that differs from it in capitals, spaces and punctuation alone.
    pub like: Option<String>,
    /// How many opportunities name it.
    pub opportunities: usize,
    /// What they are worth together, as far as they have a value.
    pub value: f64,
    /// What those won are worth together.
    pub won_value: f64,
}

/// The directions of the opportunities that no line of the ledger has, by name; none where one of the two has no directions at all.
pub(super) fn unknown_directions(facts: &Facts, crm: &Crm) -> Vec<UnknownDirection> {
    let named = crm.opportunities().and_then(|opportunities| Some((opportunities, opportunities.direction.as_ref()?)));
    let Some((opportunities, directions)) = named.filter(|_| facts.labels().has_direction) else { return vec![] };
    let (known, as_of) = (facts.labels().directions(), facts.as_of());
    let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, direction) in directions.iter().enumerate() {
        // What is opened after `as_of` is not there yet.
        if opportunities.outcome_on(row, as_of).is_none() {
            continue;
        }
        if let Some(direction) = direction.as_deref().filter(|direction| known.binary_search(direction).is_err()) {
            rows.entry(direction).or_default().push(row);
        }
    }
    let value = |row: usize| opportunities.value.as_ref().and_then(|values| values[row]);
    let unknown = rows.into_iter().map(|(direction, rows)| UnknownDirection {
        direction: direction.to_owned(),
        like: known.iter().find(|known| letters(known) == letters(direction)).map(|known| (*known).to_owned()),
        opportunities: rows.len(),
        value: sum(rows.iter().filter_map(|row| value(*row))),
        won_value: sum(rows
            .iter()
            .filter(|row| opportunities.outcome_on(**row, as_of) == Some(Outcome::Won))
            .filter_map(|row| value(*row))),
    });
    unknown.collect()
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// One row a direction.
pub(super) fn unknown_directions_table(unknown: &[UnknownDirection]) -> crate::error::Result<Table> {
    let count = |row: &UnknownDirection| i64::try_from(row.opportunities).unwrap_or(i64::MAX);
    Table::new(
        "unknown_directions",
        vec![
            Column::words("direction", unknown.iter().map(|row| &row.direction)),
            Column::text("like", unknown.iter().map(|row| row.like.as_ref())),
            Column::counts("opportunities", unknown.iter().map(count)),
            Column::floats("value", Unit::Money, unknown.iter().map(|row| Some(row.value))),
            Column::floats("won_value", Unit::Money, unknown.iter().map(|row| Some(row.won_value))),
        ],
    )
}
