//! Effort against value as tables.

use serde::Serialize;

use super::effort::{EffortAgainstValue, EffortMeasure, EffortSums};
use super::managers::Managers;
use crate::crm::Crm;
use crate::error::Result;
use crate::facts::ranking::share;
use crate::facts::{Facts, Measure};
use crate::method::Outcome;
use crate::table::{Column, Table, Unit};

#[derive(Serialize)]
struct Summary {
    measure: EffortMeasure,
    base: Measure,
    accounts: usize,
    total_effort: f64,
    total_hours: f64,
    equal_for_all: Option<f64>,
    value_for_value: Option<f64>,
    over_served: usize,
    under_served: usize,
    neglected_regulars: usize,
    neglected_value_share: Option<f64>,
    acquisition_share: Option<f64>,
    unassigned_share: Option<f64>,
    moved: f64,
    note: Option<String>,
}

/// Hours from thousandths of a second, or money from minor units.
fn amount(facts: &Facts, measure: EffortMeasure, sum: i128) -> f64 {
    match measure {
        #[expect(clippy::cast_precision_loss, reason = "the nearest double of an exact sum")]
        EffortMeasure::Hours => sum as f64 / 3.6e6,
        EffortMeasure::Cost => facts.scale().wide_to_currency(sum),
    }
}

fn unit(measure: EffortMeasure) -> Unit {
    match measure {
        EffortMeasure::Hours => Unit::Number,
        EffortMeasure::Cost => Unit::Money,
    }
}

fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The outcome; `class` is the name of the class column and each account's class.
pub(crate) fn outcome(facts: &Facts, crm: &Crm, result: &EffortAgainstValue, class: Option<(&str, &[&'static str])>) -> Result<Outcome> {
    let measure = result.measure;
    let all: i128 = result.groups.iter().map(|(_, sums)| sums.spent).sum();
    let of_groups = |is: fn(&super::effort::EffortGroup) -> bool| {
        result.groups.iter().filter(move |(group, _)| is(group)).map(|(_, sums)| sums.spent).sum()
    };
    let neglected: i128 = result.accounts.iter().filter(|row| row.neglected).map(|row| i128::from(row.value.max(0))).sum();
    let acquisition: i128 = of_groups(|group| group.is_acquisition());
    let moved: i128 = result.accounts.iter().map(|row| i128::from((row.proposed - row.spent).max(0))).sum();
    let summary = Summary {
        measure,
        base: result.base,
        accounts: result.total.accounts,
        total_effort: amount(facts, measure, all),
        total_hours: result.done_by.iter().map(|(_, effort)| effort.hours()).fold(0.0, |sum, hours| sum + hours),
        equal_for_all: result.equal_for_all,
        value_for_value: result.value_for_value,
        over_served: result.total.served[0],
        under_served: result.total.served[1],
        neglected_regulars: result.total.neglected,
        neglected_value_share: share(neglected, result.total.positive),
        acquisition_share: share(acquisition, all),
        unassigned_share: share(of_groups(|group| *group == super::effort::EffortGroup::Unassigned), all),
        moved: amount(facts, measure, moved),
        note: note(result, acquisition),
    };
    let mut tables = vec![accounts_table(facts, crm, result, class)?];
    if let Some((name, _)) = class {
        let names = result.classes.iter().map(|(class, _)| Some(*class));
        tables.push(sums_table(facts, result, "classes", Column::text(name, names), result.classes.iter().map(|(_, sums)| sums))?);
    }
    let names = result.managers.iter().map(|(manager, _)| manager.as_deref());
    tables.push(sums_table(facts, result, "managers", Column::text("manager", names), result.managers.iter().map(|(_, sums)| sums))?);
    let names = result.groups.iter().map(|(group, _)| Some(group.name()));
    tables.push(sums_table(facts, result, "groups", Column::text("group", names), result.groups.iter().map(|(_, sums)| sums))?);
    let done = &result.done_by;
    tables.push(Table::new(
        "done_by",
        vec![
            Column::text("manager", done.iter().map(|(manager, _)| manager.as_deref())),
            Column::counts("activities", done.iter().map(|(_, effort)| count(effort.activities))),
            Column::floats("hours", Unit::Number, done.iter().map(|(_, effort)| Some(effort.hours()))),
            Column::floats(
                "activity_cost",
                Unit::Money,
                done.iter().map(|(_, effort)| Some(facts.scale().wide_to_currency(effort.cost()))),
            ),
        ],
    )?);
    let mut of_account = vec![None; facts.len()];
    result.accounts.iter().for_each(|row| of_account[row.account] = Some(row));
    Outcome::new(tables, &summary)?.with_accounts(vec![
        Column::floats("effort_share", Unit::Share, of_account.iter().map(|row| row.and_then(|row| row.effort_share))),
        Column::floats("effort_index", Unit::Number, of_account.iter().map(|row| row.and_then(|row| row.index))),
        Column::text("served", of_account.iter().map(|row| row.and_then(|row| row.served).map(super::effort::Served::name))),
        Column::flags("neglected", of_account.iter().map(|row| row.map(|row| row.neglected))),
    ])
}

fn note(result: &EffortAgainstValue, acquisition: i128) -> Option<String> {
    if result.total.spent == 0 {
        return Some("no effort on accounts of the ledger in the window".to_owned());
    }
    if result.total.positive == 0 {
        return Some(format!("no account has a positive {}: the proposal is the same for all", result.base));
    }
    (result.total.neglected > 0 && acquisition > 0).then(|| "regulars are neglected while effort goes to acquisition".to_owned())
}

fn accounts_table(facts: &Facts, crm: &Crm, result: &EffortAgainstValue, class: Option<(&str, &[&'static str])>) -> Result<Table> {
    let rows = &result.accounts;
    let managers = Managers::of(facts, crm);
    let measure = result.measure;
    let spent = |name: &str, value: &dyn Fn(&super::effort::EffortAccount) -> i64| {
        Column::floats(name, unit(measure), rows.iter().map(|row| Some(amount(facts, measure, value(row).into()))))
    };
    let mut columns = vec![
        facts.account_column(rows.iter().map(|row| row.account)),
        Column::text("manager", rows.iter().map(|row| managers.name(managers.of_account[row.account]))),
    ];
    if let Some((name, class)) = class {
        columns.push(Column::words(name, rows.iter().map(|row| class[row.account])));
    }
    columns.extend([
        Column::words("group", rows.iter().map(|row| row.group.name())),
        Column::counts("activities", rows.iter().map(|row| count(row.effort.activities))),
        Column::floats("hours", Unit::Number, rows.iter().map(|row| Some(row.effort.hours()))),
        Column::floats("activity_cost", Unit::Money, rows.iter().map(|row| Some(facts.scale().wide_to_currency(row.effort.cost())))),
        spent("effort", &|row| row.spent),
        Column::floats("effort_share", Unit::Share, rows.iter().map(|row| row.effort_share)),
        facts.measure_column(result.base, rows.iter().map(|row| Some(row.value))),
        Column::floats("value_share", Unit::Share, rows.iter().map(|row| row.value_share)),
        Column::floats("index", Unit::Number, rows.iter().map(|row| row.index)),
        Column::text("served", rows.iter().map(|row| row.served.map(super::effort::Served::name))),
        Column::integers("window_active_periods", Unit::Periods, rows.iter().map(|row| Some(facts.window().active_periods[row.account]))),
        Column::dates("last_activity", rows.iter().map(|row| row.last_activity)),
        Column::flags("neglected", rows.iter().map(|row| Some(row.neglected))),
        spent("proposed", &|row| row.proposed),
        spent("change", &|row| row.proposed - row.spent),
    ]);
    Table::new("effort", columns)
}

fn sums_table<'a>(
    facts: &Facts,
    result: &EffortAgainstValue,
    name: &str,
    key: Column,
    rows: impl Iterator<Item = &'a EffortSums> + Clone,
) -> Result<Table> {
    let measure = result.measure;
    let spent = |name: &str, value: fn(&EffortSums) -> i128| {
        Column::floats(name, unit(measure), rows.clone().map(|row| Some(amount(facts, measure, value(row)))))
    };
    let counts = |name: &str, value: fn(&EffortSums) -> usize| Column::counts(name, rows.clone().map(|row| count(value(row))));
    // Of the effort on the ledger's accounts in every table, so that an index means the same in all of them.
    let shares =
        |row: &EffortSums| (share(row.spent - row.spent_elsewhere, result.total.spent), share(row.positive, result.total.positive));
    let mut columns = vec![
        key,
        counts("accounts", |row| row.accounts),
        counts("activities", |row| row.effort.activities),
        Column::floats("hours", Unit::Number, rows.clone().map(|row| Some(row.effort.hours()))),
        Column::floats("activity_cost", Unit::Money, rows.clone().map(|row| Some(facts.scale().wide_to_currency(row.effort.cost())))),
        spent("effort", |row| row.spent),
        Column::floats("effort_share", Unit::Share, rows.clone().map(|row| shares(row).0)),
        Column::floats(
            result.base.column(),
            result.base.unit(),
            rows.clone().map(|row| Some(facts.measure_number(result.base, row.value))),
        ),
        Column::floats("value_share", Unit::Share, rows.clone().map(|row| shares(row).1)),
        Column::floats(
            "index",
            Unit::Number,
            rows.clone().map(|row| shares(row).0.zip(shares(row).1).and_then(|(effort, value)| (value > 0.0).then(|| effort / value))),
        ),
        counts("over_served", |row| row.served[0]),
        counts("under_served", |row| row.served[1]),
        counts("neglected_regulars", |row| row.neglected),
        spent("proposed", |row| row.proposed),
        spent("change", |row| row.proposed - row.spent),
    ];
    if name == "groups" {
        let all: i128 = rows.clone().map(|row| row.spent).sum();
        let column = Column::floats("all_effort_share", Unit::Share, rows.map(|row| share(row.spent, all)));
        columns.push(column);
    }
    Table::new(name, columns)
}
