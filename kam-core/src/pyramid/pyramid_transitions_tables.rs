//! The transitions of the pyramid as tables.

use std::sync::Arc;

use rayon::prelude::*;

use super::levels::Level;
use super::pyramid_transitions::{
    CHUNK, LEVELS, LevelsAt, PROVISIONAL, PyramidTransitions, PyramidTransitionsInputs, PyramidTransitionsOptions, STATES,
    pyramid_transitions,
};
use crate::crm::Crm;
use crate::error::Result;
use crate::facts::Facts;
use crate::method::Outcome;
use crate::table::{Column, Keyed, Places, Table, Unit, View};

/// The transitions as the registry gives them, with what other methods worked out.
pub(crate) fn transitions_outcome(
    facts: &Facts,
    crm: &Crm,
    inputs: &PyramidTransitionsInputs<'_>,
    options: &PyramidTransitionsOptions,
) -> Result<Outcome> {
    let result = Arc::new(pyramid_transitions(facts, crm, inputs, options)?);
    let last = result.ends.len() - 1;
    let compared = last.saturating_sub(options.compare as usize);
    let tables = vec![
        matrix_table(&result)?,
        levels_table(facts, &result)?,
        climb_table(&result)?,
        Table::new("movers", mover_columns(facts, &result))?,
        Table::new("spells", spell_columns(facts, &result))?,
        account_levels_table(facts, &result, options.max_account_levels)?,
    ];
    let own = View::new(&result, Places::Same(facts.len()));
    let change = move |result: &PyramidTransitions, at: usize| match (result.level(at, compared), result.level(at, last)) {
        (Level::None, _) => None,
        (before, now) => Some(now as i64 - before as i64),
    };
    Outcome::new(tables, &result.summary)?.with_accounts(vec![
        own.words("level_before", move |result, at| result.level(at, compared).name()),
        own.integers("level_change", Unit::Number, change),
    ])
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn matrix_table(result: &PyramidTransitions) -> Result<Table> {
    let pairs = || (0..STATES).flat_map(|from| (0..STATES).map(move |to| (from, to)));
    let probability = |(from, to): (usize, usize)| match (from.checked_sub(1), to.checked_sub(1)) {
        (Some(from), Some(to)) => result.probabilities[from].as_ref().map(|row| row[to]),
        _ => None,
    };
    Table::new(
        "pyramid_transitions",
        vec![
            Column::words("from_level", pairs().map(|(from, _)| LEVELS[from].name())),
            Column::words("to_level", pairs().map(|(_, to)| LEVELS[to].name())),
            Column::counts("transitions", pairs().map(|(from, to)| whole(result.counts[from][to]))),
            Column::floats("probability", Unit::Share, pairs().map(probability)),
        ],
    )
}

fn levels_table(facts: &Facts, result: &PyramidTransitions) -> Result<Table> {
    let rows = || result.ends.iter().zip(&result.levels).flat_map(|(end, at)| (0..STATES).rev().map(move |state| (end, at, state)));
    let money = |value: i128| facts.scale().wide_to_currency(value);
    let share = |at: &LevelsAt, state: usize| crate::facts::ranking::share(at.revenue[state], at.revenue.iter().sum());
    Table::new(
        "levels_by_period",
        vec![
            Column::dates("period_end", rows().map(|(end, ..)| Some(*end))),
            Column::words("level", rows().map(|(_, _, state)| LEVELS[state].name())),
            Column::counts("accounts", rows().map(|(_, at, state)| whole(at.accounts[state] as u64))),
            Column::counts("provisional", rows().map(|(_, at, state)| whole(at.provisional[state] as u64))),
            Column::floats("revenue", Unit::Money, rows().map(|(_, at, state)| Some(money(at.revenue[state])))),
            Column::floats("revenue_share", Unit::Share, rows().map(|(_, at, state)| share(at, state))),
            Column::floats("gain", Unit::Money, rows().map(|(_, at, state)| at.gain.map(|gain| money(gain[state])))),
        ],
    )
}

fn climb_table(result: &PyramidTransitions) -> Result<Table> {
    let pairs = || (1..STATES).flat_map(|from| (from + 1..STATES).map(move |to| (from, to)));
    Table::new(
        "time_to_climb",
        vec![
            Column::words("from_level", pairs().map(|(from, _)| LEVELS[from].name())),
            Column::words("to_level", pairs().map(|(_, to)| LEVELS[to].name())),
            Column::floats("expected_periods", Unit::Number, pairs().map(|(from, to)| result.expected_periods[from - 1][to - 1])),
        ],
    )
}

fn mover_columns(facts: &Facts, result: &Arc<PyramidTransitions>) -> Vec<Column> {
    let view = View::new(result, Places::Same(result.movers.len()));
    let keyed = Keyed::new(facts, Arc::default());
    let window = facts.clone();
    vec![
        Column::accounts(keyed, result.movers.iter().map(|mover| mover.account).collect()),
        view.words("level_migration", |result, row| if result.movers[row].to > result.movers[row].from { "climber" } else { "faller" }),
        view.words("from_level", |result, row| result.movers[row].from.name()),
        view.words("level", |result, row| result.movers[row].to.name()),
        view.dates("since", |result, row| Some(result.movers[row].since)),
        view.lists("changed", |result, row, list| {
            let mover = &result.movers[row];
            let evidence = result.seen(mover);
            mover.gates().for_each(|gate| list.push(|text| result.write_change(&evidence, gate, text)));
        }),
        view.money("revenue", facts.scale(), move |result, row| Some(window.window().revenue[result.movers[row].account])),
    ]
}

/// An account that stood on one level from one end of a period to another.
struct Spell {
    account: u32,
    from: u16,
    to: u16,
}

/// What the table of spells reads.
struct Spells {
    result: Arc<PyramidTransitions>,
    spells: Vec<Spell>,
}

impl Spells {
    fn of(result: &Arc<PyramidTransitions>) -> Self {
        let level = |cell: u8| cell & !PROVISIONAL;
        // Options allow ten thousand ends.
        let end = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
        let of_account = |(account, path): (usize, &[u8])| {
            let mut start = 0;
            let runs: Vec<Spell> = path
                .chunk_by(|a, b| level(*a) == level(*b))
                .map(|run| {
                    let from = start;
                    start += run.len();
                    Spell { account: u32::try_from(account).unwrap_or(u32::MAX), from: end(from), to: end(start - 1) }
                })
                .collect();
            runs
        };
        let spells = result.path.par_chunks(result.ends.len()).enumerate().with_min_len(CHUNK).flat_map_iter(of_account).collect();
        Spells { result: Arc::clone(result), spells }
    }
}

/// One row an account and run of periods on one level.
fn spell_columns(facts: &Facts, result: &Arc<PyramidTransitions>) -> Vec<Column> {
    let spells = Arc::new(Spells::of(result));
    let view = View::new(&spells, Places::Same(spells.spells.len()));
    vec![
        Column::accounts(Keyed::new(facts, Arc::default()), spells.spells.iter().map(|spell| spell.account as usize).collect()),
        view.words("level", |of, row| of.result.level(of.spells[row].account as usize, usize::from(of.spells[row].from)).name()),
        view.dates("first_end", |of, row| Some(of.result.ends[usize::from(of.spells[row].from)])),
        view.dates("last_end", |of, row| Some(of.result.ends[usize::from(of.spells[row].to)])),
        view.integers("periods", Unit::Periods, |of, row| Some(i64::from(of.spells[row].to - of.spells[row].from) + 1)),
    ]
}

fn account_levels_table(facts: &Facts, result: &PyramidTransitions, most: usize) -> Result<Table> {
    let ends = result.ends.len();
    let accounts = if facts.len().saturating_mul(ends) <= most { facts.len() } else { 0 };
    let rows = || (0..accounts).flat_map(|at| (0..ends).map(move |end| (at, end)));
    Table::new(
        "account_levels",
        vec![
            facts.account_column(rows().map(|(at, _)| at)),
            Column::dates("period_end", rows().map(|(_, end)| Some(result.ends[end]))),
            Column::words("level", rows().map(|(at, end)| result.level(at, end).name())),
            Column::flags("provisional", rows().map(|(at, end)| Some(result.is_provisional(at, end)))),
        ],
    )
}
