//! Losses, their dynamics, the win-back list and develop or acquire: against a walk day by day, and whatever the order of the rows.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use kam_core::method::{Context, method};
use kam_core::money::Scale;
use kam_core::retention::{LossCriterion, LossState, NotWorth, Offer};
use kam_core::time::Date;
use kam_core::{
    Code, Columns, Crm, Facts, FactsOptions, Ledger, LossDynamicsInputs, LossDynamicsOptions, LossInputs, LossOptions, WinBackInputs,
    WinBackOptions, loss, loss_dynamics, win_back,
};
use proptest::prelude::*;
use serde_json::json;

const FIRST: i32 = 18_993; // 2022-01-01
const LAST: i32 = 700;

/// A line of a made-up ledger: account, day, amount, direction.
type Line = (u8, i32, i64, u8);
/// Something that was done: account (none above 9), day, kind, hours, settled?
type Event = (u8, i32, u8, f64, bool);

fn lines() -> impl Strategy<Value = Vec<Line>> {
    proptest::collection::vec((0u8..8, 0i32..800, prop_oneof![5 => 1i64..50_000, 1 => -30_000i64..1], 0u8..3), 0..80)
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec((0u8..12, 0i32..800, 0u8..4, 0.0..9.0, any::<bool>()), 0..40)
}

fn texts(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

fn day(offset: i32) -> Option<String> {
    Some(Date(FIRST + offset).to_string())
}

fn facts(lines: &[Line]) -> Facts {
    let rows = batch(vec![
        ("account", texts(lines.iter().map(|line| Some(format!("a{}", line.0))))),
        ("date", texts(lines.iter().map(|line| day(line.1)))),
        ("amount", Arc::new(Int64Array::from_iter_values(lines.iter().map(|line| line.2)))),
        ("line", texts(lines.iter().map(|line| (line.3 > 0).then(|| format!("line {}", line.3))))),
    ]);
    let columns = Columns::new("account", "date", "amount").direction("line").scale(Scale::new(0).unwrap());
    Ledger::from_batches(vec![rows], columns).unwrap().facts(&FactsOptions::new(Date(FIRST + LAST))).unwrap()
}

fn crm(events: &[Event]) -> Crm {
    let kinds = ["visit", "complaint", "late", "dispute"];
    let activities = batch(vec![
        ("account", texts(events.iter().map(|event| (event.0 < 10).then(|| format!("a{}", event.0))))),
        ("date", texts(events.iter().map(|event| day(event.1)))),
        ("kind", texts(events.iter().map(|event| Some(kinds[event.2 as usize].to_owned())))),
        ("hours", Arc::new(Float64Array::from_iter_values(events.iter().map(|event| event.3)))),
        ("cost", Arc::new(Float64Array::from_iter_values(events.iter().map(|event| event.3 * 1.1)))),
        ("resolved", Arc::new(events.iter().map(|event| Some(event.4)).collect::<BooleanArray>())),
    ]);
    Crm::builder().activities(vec![activities]).unwrap().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn losses_are_those_of_a_walk_day_by_day(lines in lines(), days in 1u32..200) {
        let facts = facts(&lines);
        let options = LossOptions { days, ..LossOptions::default() };
        let result = loss(&facts, &LossInputs::default(), &options).unwrap();
        let limit = i32::try_from(days).unwrap();
        for at in 0..facts.len() {
            let bought: Vec<i32> = facts.active_days(at).map(|day| day.0 - FIRST).collect();
            let (mut last, mut lost, mut losses, mut returns, mut first_loss) = (None, false, 0, 0, None);
            for today in 0..=LAST {
                if bought.contains(&today) {
                    returns += u32::from(lost);
                    (last, lost) = (Some(today), false);
                } else if !lost && last.is_some_and(|last| today - last >= limit) {
                    lost = true;
                    losses += 1;
                    first_loss = first_loss.or(Some(Date(FIRST + today)));
                }
            }
            let account = &result.accounts[at];
            prop_assert_eq!((account.losses, account.returns, account.first_loss), (losses, returns, first_loss));
            let state = match (last, lost, returns) {
                (None, ..) => LossState::NeverBought,
                (_, true, _) => LossState::Lost,
                (_, _, 0) => LossState::Active,
                _ => LossState::Returned,
            };
            prop_assert_eq!(account.state, state);
            prop_assert_eq!(account.lost_on.is_some(), lost);
        }
        let of_accounts: u32 = result.accounts.iter().map(|account| account.losses).sum();
        prop_assert_eq!(of_accounts as usize, result.episodes.len());
    }

    #[test]
    fn the_dynamics_add_up(lines in lines(), events in events()) {
        let facts = facts(&lines);
        let options = LossOptions { days: 60, ..LossOptions::default() };
        let losses = loss(&facts, &LossInputs::default(), &options).unwrap();
        let result = loss_dynamics(&facts, &crm(&events), &losses, &LossDynamicsInputs::default(), &LossDynamicsOptions::default()).unwrap();
        let value: i128 = losses.episodes.iter().map(|episode| i128::from(episode.value)).sum();
        let returned: i128 = losses.episodes.iter().filter(|episode| episode.returned_on.is_some()).map(|episode| i128::from(episode.value)).sum();
        prop_assert_eq!(result.periods.iter().map(|period| period.sums.losses).sum::<usize>(), losses.episodes.len());
        prop_assert_eq!(result.periods.iter().map(|period| period.sums.value).sum::<i128>(), value);
        prop_assert_eq!(result.directions.iter().map(|(_, sums)| sums.value).sum::<i128>(), value);
        prop_assert_eq!(result.directions.iter().map(|(_, sums)| sums.returned_value).sum::<i128>(), returned);
        // Whoever is not lost at the end has bought and is counted, had there been a further period.
        let kept = losses.accounts.iter().filter(|account| matches!(account.state, LossState::Active | LossState::Returned)).count();
        if let Some(last) = result.periods.last() {
            let first_sales = (0..facts.len()).filter(|at| facts.first_date(*at).is_some_and(|day| facts.grain().period(day) == last.period)).count();
            let counted = last.accounts + first_sales as i64 - last.sums.losses as i64 + last.sums.returns as i64;
            prop_assert_eq!(counted, kept as i64);
        }
        prop_assert!(result.cases.iter().all(|case| !case.reasons.is_empty()));
    }

    #[test]
    fn the_list_keeps_the_budget_and_a_larger_one_is_no_worse(lines in lines(), budgets in (0.0f64..400.0, 0.0f64..400.0), uplift: bool) {
        let facts = facts(&lines);
        let losses = loss(&facts, &LossInputs::default(), &LossOptions { days: 60, ..LossOptions::default() }).unwrap();
        let offers = vec![
            Offer { cost: 25.0, chance_factor: 1.2, chance_added: 0.05, ..Offer::new("call") },
            Offer { cost: 90.0, chance_factor: 1.5, chance_added: 0.1, ..Offer::new("visit") },
            Offer { discount: 0.2, chance_factor: 1.4, ..Offer::new("discount") },
        ];
        let objective = if uplift { kam_core::retention::WinBackObjective::Uplift } else { kam_core::retention::WinBackObjective::ExpectedValue };
        let run = |budget: Option<f64>, search_limit: u32| {
            let options = WinBackOptions { offers: offers.clone(), budget, objective, search_limit, ..WinBackOptions::default() };
            win_back(&facts, &losses, &WinBackInputs::default(), &options).unwrap()
        };
        let (small, large) = (budgets.0.min(budgets.1), budgets.0.max(budgets.1));
        let (least, most) = (run(Some(small), 2_000_000), run(Some(large), 2_000_000));
        for (result, budget) in [(&least, small), (&most, large)] {
            let cost: i64 = result.chosen().filter_map(|row| row.best).map(|best| best.cost).sum();
            prop_assert!(cost as f64 <= budget.round());
            prop_assert!(result.is_optimal && result.objective == result.bound);
            prop_assert!(result.accounts.iter().filter(|row| row.not_worth == Some(NotWorth::BeyondBudget)).count() == 0 || cost > 0 || budget < 90.0);
        }
        prop_assert!(least.objective <= most.objective && most.objective <= run(None, 0).objective);
        let greedy = run(Some(small), 0);
        prop_assert!(greedy.objective <= least.objective && least.objective <= greedy.bound);
    }

    #[test]
    fn order_and_threads_cannot_be_seen(
        (lines, other_lines) in lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        (events, other_events) in events().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        threads in 1usize..5,
    ) {
        let run = |lines: &[Line], events: &[Event]| {
            let (facts, crm) = (facts(lines), crm(events));
            let options = |name: &str| if name == "win_back" { json!({"given": {"loss": {"criterion": "gap"}}}) } else { json!({}) };
            ["revenue_bridge", "develop_or_acquire", "loss", "loss_dynamics", "win_back"]
                .map(|name| method(name).unwrap().run(&Context::new(&facts, &crm), &options(name)).unwrap().to_json())
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        prop_assert_eq!(run(&lines, &events), pool.install(|| run(&other_lines, &other_events)));
    }
}

#[test]
fn a_model_decides_where_it_is_asked_to() {
    let facts = facts(&[(0, 10, 100, 0), (1, 690, 50, 0), (2, 300, -5, 0)]);
    let options = LossOptions { criterion: LossCriterion::PAlive, ..LossOptions::default() };
    let missing = loss(&facts, &LossInputs::default(), &options).unwrap_err();
    assert_eq!(missing.code(), Code::MissingInput);
    let wrong = loss(&facts, &LossInputs { p_alive: Some(&[0.1]) }, &options).unwrap_err();
    assert_eq!(wrong.code(), Code::StateMismatch);
    let p_alive = [0.9, 0.2, 0.1];
    let result = loss(&facts, &LossInputs { p_alive: Some(&p_alive) }, &options).unwrap();
    let states: Vec<LossState> = result.accounts.iter().map(|account| account.state).collect();
    assert_eq!(states, [LossState::Active, LossState::Lost, LossState::NeverBought]);
    assert_eq!(result.accounts[0].lost_by, [Some(true), None, Some(false)], "the days say otherwise, and stand beside it");
    assert_eq!((result.accounts[1].lost_on, result.episodes.len()), (None, 0));
    let dynamics = loss_dynamics(&facts, &Crm::default(), &result, &LossDynamicsInputs::default(), &LossDynamicsOptions::default());
    assert_eq!(dynamics.unwrap_err().code(), Code::MissingInput);
    // What is not a number is not known.
    let unknown = loss(&facts, &LossInputs { p_alive: Some(&[f64::NAN; 3]) }, &options).unwrap();
    assert_eq!((unknown.accounts[0].state, unknown.accounts[0].p_alive.get()), (LossState::Active, None));
}

#[test]
fn chance_and_value_can_be_given() {
    let facts = facts(&[(0, 10, 100, 0), (1, 20, 50, 0), (2, 30, 70, 0)]);
    let losses = loss(&facts, &LossInputs::default(), &LossOptions::default()).unwrap();
    let chance = kam_core::retention::ReturnChanceSource::PAlive;
    let options = WinBackOptions { chance, ..WinBackOptions::default() };
    assert_eq!(win_back(&facts, &losses, &WinBackInputs::default(), &options).unwrap_err().code(), Code::MissingInput);
    let inputs = WinBackInputs { p_alive: Some(&[0.5, 0.25, f64::NAN]), value: Some(&[40.0, 1_000.0, 10.0]), revenue: None };
    let result = win_back(&facts, &losses, &inputs, &options).unwrap();
    let rows: Vec<_> = result.accounts.iter().map(|row| (row.account, row.best.map(|best| best.net), row.not_worth)).collect();
    assert_eq!(rows, [(1, Some(250), None), (0, Some(20), None), (2, None, Some(NotWorth::NoChanceKnown))]);
}

#[test]
fn a_horizon_beyond_the_longest_silence_says_how_far_its_chances_reach() {
    // Nobody was ever silent for more than 690 days, and the first of the lost has been for 300.
    let facts = facts(&[(0, 10, 100, 0), (1, 20, 50, 0), (2, 30, 70, 0), (3, 400, 500, 0), (4, 300, 20, 0), (4, 650, 20, 0)]);
    let of = |horizon: u32| {
        let options = json!({ "horizon_periods": horizon });
        method("win_back").unwrap().run(&Context::new(&facts, &Crm::default()), &options).unwrap()
    };
    let (short, long, longer) = (of(6).summary, of(24), of(240));
    assert_eq!(short["chance_days"], short["horizon_days"]);
    assert!(!short["note"].as_str().unwrap().contains("longest silence"));
    for outcome in [&long, &longer] {
        assert_eq!(outcome.summary["chance_days"], 390);
        let note = outcome.summary["note"].as_str().unwrap();
        assert!(note.contains("within the first 390 of the horizon's") && note.contains("values are of the whole horizon"), "{note}");
    }
    let chances = |outcome: &kam_core::method::Outcome| {
        let table = &outcome.tables[0];
        let (account, chance) = (table.position("account").unwrap(), table.position("chance").unwrap());
        let mut chances: Vec<_> =
            (0..table.len()).map(|row| (table.value(account, row).to_string(), table.value(chance, row).to_string())).collect();
        chances.sort();
        chances
    };
    assert_eq!(chances(&long), chances(&longer));
}

#[test]
fn without_a_chance_an_account_of_value_says_so() {
    // Nobody ever came back.
    let facts = facts(&[(0, 10, 1_500, 0), (1, 20, -50, 0), (1, 21, 20, 0)]);
    let losses = loss(&facts, &LossInputs::default(), &LossOptions::default()).unwrap();
    let of = |offer: Offer| {
        let options = WinBackOptions { offers: vec![offer], smoothing: 0.0, ..WinBackOptions::default() };
        let result = win_back(&facts, &losses, &WinBackInputs::default(), &options).unwrap();
        result.accounts.iter().find(|row| row.account == 0).copied().unwrap()
    };
    assert_eq!((of(Offer::new("call")).chance, of(Offer::new("call")).not_worth), (Some(0.0), Some(NotWorth::NoChance)));
    assert_eq!(of(Offer { cost: 10.0, ..Offer::new("visit") }).not_worth, Some(NotWorth::NoChance));
    assert_eq!(of(Offer { chance_added: 0.5, ..Offer::new("gift") }).not_worth, None);
}

#[test]
fn a_loss_is_of_who_sold_most_around_the_last_day() {
    let of = |lines: &[(&str, i64, &str, &str)]| {
        let rows = batch(vec![
            ("account", texts(lines.iter().map(|_| Some("a".to_owned())))),
            ("date", texts(lines.iter().map(|line| Some(line.0.to_owned())))),
            ("amount", Arc::new(Int64Array::from_iter_values(lines.iter().map(|line| line.1)))),
            ("line", texts(lines.iter().map(|line| Some(line.2.to_owned())))),
            ("rep", texts(lines.iter().map(|line| Some(line.3.to_owned())))),
        ]);
        let columns = Columns::new("account", "date", "amount").direction("line").manager("rep");
        let facts = Ledger::from_batches(vec![rows], columns).unwrap();
        let facts = facts.facts(&FactsOptions::new(Date::parse("2024-12-31").unwrap())).unwrap();
        let losses = loss(&facts, &LossInputs::default(), &LossOptions::default()).unwrap();
        let options = LossDynamicsOptions::default();
        let result = loss_dynamics(&facts, &Crm::default(), &losses, &LossDynamicsInputs::default(), &options).unwrap();
        result.managers[0].0.clone().unwrap()
    };
    // A manager's directions add up, and what came back is not taken off the sale.
    assert_eq!(of(&[("2024-03-28", 500, "x", "m1"), ("2024-03-28", 300, "x", "m2"), ("2024-03-28", 300, "y", "m2")]), "m2");
    assert_eq!(of(&[("2024-03-28", 100, "x", "m1"), ("2024-03-28", 500, "x", "m2"), ("2024-03-29", -450, "x", "m2")]), "m2");
    // In a direction that was not sold on the last day nobody's sales count.
    assert_eq!(of(&[("2024-03-05", 1_000, "y", "m1"), ("2024-03-28", 1, "x", "m1"), ("2024-03-28", 500, "x", "m2")]), "m2");
    // Nor do those of who did not sell on the last day.
    assert_eq!(of(&[("2024-03-05", 1_000, "x", "m1"), ("2024-03-28", 500, "x", "m2")]), "m2");
    // Of equal ones the first by name; and where a month cannot be told apart by days, who sold most in it.
    assert_eq!(of(&[("2024-03-28", 5, "x", "m2"), ("2024-03-28", 5, "x", "m1")]), "m1");
    assert_eq!(of(&[("2024-03-05", 1_000, "x", "m1"), ("2024-03-28", 1, "x", "m1"), ("2024-03-28", 500, "x", "m2")]), "m1");
}
