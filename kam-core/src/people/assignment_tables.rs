//! The assignment as tables.

use serde::Serialize;

use super::assignment::{AssignedAccount, Assignment, AssignmentOptions};
use crate::error::Result;
use crate::facts::Facts;
use crate::method::Outcome;
use crate::table::{Column, Table, Unit};

#[derive(Serialize)]
struct Summary {
    managers: usize,
    accounts: usize,
    left_as_they_are: usize,
    moves: usize,
    without_manager: usize,
    objective_today: f64,
    objective: f64,
    gain: f64,
    bound: f64,
    gap: f64,
    optimal: bool,
    nodes: u64,
    competence_today: f64,
    competence: f64,
    over_capacity_today: f64,
    language_gaps_today: usize,
    note: Option<String>,
}

/// The proposal as the registry gives it.
pub(crate) fn outcome(facts: &Facts, result: &Assignment, rated: bool, options: &AssignmentOptions) -> Result<Outcome> {
    let rows = || result.accounts.iter();
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let manager = |place: Option<usize>| place.map(|place| result.managers[place].manager.as_str());
    let competence = |place: Option<usize>| place.and_then(|place| result.managers[place].competence);
    let base = facts.measure(options.base)?;
    let main = Table::new(
        "assignment",
        vec![
            facts.account_column(rows().map(|row| row.account)),
            Column::text("manager_today", rows().map(|row| row.today.as_deref())),
            Column::text("proposed_manager", rows().map(|row| manager(row.proposed))),
            Column::flags("moves", rows().map(|row| Some(row.moves()))),
            Column::sentences("why", result.accounts.len(), |at, text| text.push_str(&why(result, &result.accounts[at]))),
            facts.measure_column(options.base, rows().map(|row| Some(base[row.account]))),
            Column::floats("weight", Unit::Share, rows().map(|row| Some(row.weight))),
            Column::floats("hours", Unit::Number, rows().map(|row| Some(row.hours))),
            Column::words("hours_from", rows().map(|row| row.hours_from)),
            Column::text("language", rows().map(|row| row.language.as_deref())),
            Column::counts("eligible", rows().map(|row| count(row.eligible))),
            Column::floats("competence_today", Unit::Number, rows().map(|row| competence(row.today_place))),
            Column::floats("competence", Unit::Number, rows().map(|row| competence(row.proposed))),
        ],
    )?;
    let of = |place: usize, today: bool| rows().filter(move |row| (if today { row.today_place } else { row.proposed }) == Some(place));
    let managers = || result.managers.iter().enumerate();
    let hours = |place: usize, today: bool| of(place, today).map(|row| row.hours).sum::<f64>() + result.managers[place].reserved;
    let load =
        |place: usize, today: bool| (result.managers[place].capacity > 0.0).then(|| hours(place, today) / result.managers[place].capacity);
    let of_managers = Table::new(
        "managers",
        vec![
            Column::words("manager", managers().map(|(_, manager)| &manager.manager)),
            Column::floats("competence", Unit::Number, managers().map(|(_, manager)| manager.competence)),
            Column::text("languages", managers().map(|(_, manager)| manager.languages.as_ref().map(|words| words.join(", ")))),
            Column::floats("capacity", Unit::Number, managers().map(|(_, manager)| Some(manager.capacity))),
            Column::flags("capacity_known", managers().map(|(_, manager)| Some(manager.capacity_known))),
            Column::floats("reserved_hours", Unit::Number, managers().map(|(_, manager)| Some(manager.reserved))),
            Column::counts("accounts_today", managers().map(|(place, _)| count(of(place, true).count()))),
            Column::floats("hours_today", Unit::Number, managers().map(|(place, _)| Some(hours(place, true)))),
            Column::floats("load_today", Unit::Share, managers().map(|(place, _)| load(place, true))),
            Column::counts("accounts", managers().map(|(place, _)| count(of(place, false).count()))),
            Column::floats("hours", Unit::Number, managers().map(|(place, _)| Some(hours(place, false)))),
            Column::floats("load", Unit::Share, managers().map(|(place, _)| load(place, false))),
        ],
    )?;
    let gap = result.bound - result.proposed;
    let summary = Summary {
        managers: result.managers.len(),
        accounts: result.accounts.len(),
        left_as_they_are: result.left_as_they_are,
        moves: rows().filter(|row| row.moves()).count(),
        without_manager: rows().filter(|row| row.proposed.is_none()).count(),
        objective_today: result.today,
        objective: result.proposed,
        gain: result.proposed - result.today,
        bound: result.bound,
        gap: if gap > 1e-9 && result.bound > 0.0 { gap / result.bound } else { 0.0 },
        optimal: result.optimal,
        nodes: result.nodes,
        competence_today: result.competence.0,
        competence: result.competence.1,
        over_capacity_today: result.over_capacity_today,
        language_gaps_today: result.language_gaps_today,
        note: note(result, rated),
    };
    let mut proposed = vec![None; facts.len()];
    rows().for_each(|row| proposed[row.account] = manager(row.proposed));
    Outcome::new(vec![main, of_managers], &summary)?.with_accounts(vec![Column::text("proposed_manager", proposed)])
}

fn note(result: &Assignment, rated: bool) -> Option<String> {
    let mut notes = vec![];
    if !rated {
        notes.push("managers were not rated, so all count as equally good".to_owned());
    }
    let unknown = result.managers.iter().filter(|manager| !manager.capacity_known).count();
    if unknown > 0 {
        notes.push(format!("the capacity of {unknown} managers is not known: default_capacity was taken"));
    }
    if result.over_capacity_today > 0.0 || result.language_gaps_today > 0 {
        notes.push("today's assignment does not keep to capacity and languages, so it may be worth more than any that does".to_owned());
    }
    (!notes.is_empty()).then(|| notes.join("; "))
}

fn why(result: &Assignment, row: &AssignedAccount) -> String {
    let name = |place: usize| &result.managers[place].manager;
    let score = |place: usize| result.managers[place].competence.map_or_else(|| "not rated".to_owned(), |score| format!("{score:.1}"));
    match (row.proposed, row.today_place) {
        (None, _) if row.eligible == 0 => format!("no manager speaks {}", row.language.as_deref().unwrap_or("its language")),
        (None, _) => format!("{:.1} hours a year fit nobody's capacity", row.hours),
        (Some(new), Some(old)) if new == old => format!("stays with {} (competence {})", name(new), score(new)),
        (Some(new), Some(old)) => {
            let spoken = result.managers[old].languages.as_ref();
            let speaks = row.language.as_ref().is_none_or(|language| spoken.is_none_or(|spoken| spoken.contains(language)));
            match &row.language {
                Some(language) if !speaks => format!("{} does not speak {language}, {} does", name(old), name(new)),
                _ => format!("competence {} instead of {}", score(new), score(old)),
            }
        }
        (Some(new), None) => match &row.today {
            Some(old) => format!("{old} is not among the managers; {} has competence {}", name(new), score(new)),
            None => format!("nobody looks after it; {} has competence {}", name(new), score(new)),
        },
    }
}
