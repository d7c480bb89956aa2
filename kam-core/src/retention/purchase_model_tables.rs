//! The tables of a purchase model.

use std::sync::Arc;

use super::purchase_model::PurchaseModel;
use crate::error::Result;
use crate::facts::Facts;
use crate::method::Outcome;
use crate::table::{Column, Places, Table, Unit, View};

pub(super) fn outcome(facts: &Facts, result: &Arc<PurchaseModel>) -> Result<Outcome> {
    let view = View::new(result, Places::Same(facts.len()));
    let time = |name: &str, place: usize| {
        view.floats(name, Unit::Number, move |model, at| model.histories.x[at].map(|_| model.histories.history(at)[place]))
    };
    let number = |name: &str, unit: Unit, of: fn(&PurchaseModel) -> &[f64]| view.floats(name, unit, move |model, at| Some(of(model)[at]));
    let low =
        |name: &str, unit: Unit, of: fn(&PurchaseModel) -> &[(f64, f64)]| view.floats(name, unit, move |model, at| Some(of(model)[at].0));
    let high =
        |name: &str, unit: Unit, of: fn(&PurchaseModel) -> &[(f64, f64)]| view.floats(name, unit, move |model, at| Some(of(model)[at].1));
    let columns = vec![
        view.accounts(facts),
        view.integers("x", Unit::Count, |model, at| model.histories.x[at].map(i64::from)),
        time("t_x", 1),
        time("T", 2),
        number("p_alive", Unit::Share, |model| &model.p_alive),
        low("p_alive_low", Unit::Share, |model| &model.p_alive_interval),
        high("p_alive_high", Unit::Share, |model| &model.p_alive_interval),
        number("expected_purchases", Unit::Number, |model| &model.expected_purchases),
        low("expected_purchases_low", Unit::Number, |model| &model.expected_purchases_interval),
        high("expected_purchases_high", Unit::Number, |model| &model.expected_purchases_interval),
    ];
    let taken = [4, 7].map(|at| columns[at].clone()).into();
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
    Outcome::new(vec![main, parameters, frequency_bins, tracking], &result.summary)?.with_accounts(taken)
}
