//! The tables of a purchase model.

use super::purchase_model::PurchaseModel;
use crate::error::Result;
use crate::facts::Facts;
use crate::method::Outcome;
use crate::table::{Column, Table, Unit, columns};

pub(super) fn outcome(facts: &Facts, result: &PurchaseModel) -> Result<Outcome> {
    let histories = &result.histories;
    let accounts = 0..facts.len();
    let time = |name: &str, place: usize| {
        Column::floats(name, Unit::Number, accounts.clone().map(|at| histories.x[at].map(|_| histories.history(at)[place])))
    };
    let number = |name: &str, unit: Unit, values: &[f64]| Column::floats(name, unit, values.iter().copied().map(Some));
    let (p_alive, expected) = (&result.p_alive_interval, &result.expected_purchases_interval);
    let end = |name: &str, unit: Unit, values: &[(f64, f64)], end: fn(&(f64, f64)) -> f64| {
        Column::floats(name, unit, values.iter().map(|interval| Some(end(interval))))
    };
    let columns = columns![
        facts.account_column(accounts.clone()),
        Column::integers("x", Unit::Count, histories.x.iter().map(|x| x.map(i64::from))),
        time("t_x", 1),
        time("T", 2),
        number("p_alive", Unit::Share, &result.p_alive),
        end("p_alive_low", Unit::Share, p_alive, |interval| interval.0),
        end("p_alive_high", Unit::Share, p_alive, |interval| interval.1),
        number("expected_purchases", Unit::Number, &result.expected_purchases),
        end("expected_purchases_low", Unit::Number, expected, |interval| interval.0),
        end("expected_purchases_high", Unit::Number, expected, |interval| interval.1),
    ]?;
    let taken =
        ["p_alive", "expected_purchases"].map(|name| columns.iter().find(|column| column.name() == name).map(|column| column.named(name)));
    let main = Table::new("purchase_model", columns)?;
    let fit = result.fit.as_ref();
    let names = fit.map_or([].as_slice(), |fit| match fit.model.kind() {
        kam_numerics::btyd::Kind::ParetoNbd => &["r", "alpha", "s", "beta"],
        _ => &["r", "alpha", "a", "b"],
    });
    let parameters = Table::new(
        "parameters",
        vec![
            Column::words("parameter", names),
            Column::floats("value", Unit::Number, fit.into_iter().flat_map(|fit| fit.model.params()).map(Some)),
            Column::floats("standard_error", Unit::Number, fit.into_iter().flat_map(|fit| fit.standard_errors).map(Some)),
        ],
    )?;
    let bins = result.holdout.as_ref().map_or([].as_slice(), |holdout| &holdout.bins);
    let count = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let frequency_bins = Table::new(
        "frequency_bins",
        vec![
            Column::counts("x", bins.iter().map(|bin| count(bin.x))),
            Column::flags("and_more", bins.iter().map(|bin| Some(bin.and_more))),
            Column::counts("accounts", bins.iter().map(|bin| count(bin.customers))),
            Column::floats("expected", Unit::Number, bins.iter().map(|bin| Some(bin.expected))),
            Column::floats("actual", Unit::Number, bins.iter().map(|bin| Some(bin.actual))),
        ],
    )?;
    let weeks = result.holdout.as_ref().map_or([].as_slice(), |holdout| &holdout.weeks);
    let whole = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let tracking = Table::new(
        "tracking",
        vec![
            Column::dates("end", weeks.iter().map(|week| Some(week.end))),
            Column::flags("holdout", weeks.iter().map(|week| Some(week.holdout))),
            Column::floats("expected", Unit::Number, weeks.iter().map(|week| Some(week.expected))),
            Column::counts("actual", weeks.iter().map(|week| whole(week.actual))),
            Column::floats("expected_cumulative", Unit::Number, weeks.iter().map(|week| Some(week.expected_cumulative))),
            Column::counts("actual_cumulative", weeks.iter().map(|week| whole(week.actual_cumulative))),
        ],
    )?;
    Outcome::new(vec![main, parameters, frequency_bins, tracking], &result.summary)?.with_accounts(taken.into_iter().flatten().collect())
}
