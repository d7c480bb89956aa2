//! Crm tables joined to facts, and what attractiveness and the pyramid make of them: sums, orders, levels.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use kam_core::attractiveness::{Criterion, CriterionFact, CriterionSource, MissingValues, Normalisation};
use kam_core::crm::ByAccount;
use kam_core::method::{Context, METHODS, method};
use kam_core::pyramid::{Gate, GateState, Level, UnknownGates};
use kam_core::time::Date;
use kam_core::{
    AttractivenessOptions, Code, Columns, Crm, Facts, FactsOptions, Ledger, PyramidInputs, PyramidOptions, Window, attractiveness, pyramid,
};
use proptest::prelude::*;
use serde_json::Value;

fn texts(values: impl IntoIterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

/// A line of a made-up ledger: account, day of 2024, amount and cost in whole units, direction.
type Line = (u8, i32, i64, i64, u8);

fn facts(lines: &[Line]) -> Facts {
    let first = Date::parse("2024-01-01").unwrap().0;
    let each = |of: fn(&Line) -> String| texts(lines.iter().map(|line| Some(of(line))));
    let rows = batch(vec![
        ("account", each(|line| line.0.to_string())),
        ("date", texts(lines.iter().map(|line| Some(Date(first + line.1).to_string())))),
        ("amount", Arc::new(Int64Array::from_iter_values(lines.iter().map(|line| line.2)))),
        ("cost", Arc::new(Int64Array::from_iter_values(lines.iter().map(|line| line.3)))),
        ("line", each(|line| format!("line {}", line.4))),
    ]);
    let columns = Columns::new("account", "date", "amount").cost("cost").direction("line");
    let mut options = FactsOptions::new(Date::parse("2024-12-31").unwrap());
    options.window = Window::Periods(12);
    Ledger::from_batches(vec![rows], columns).unwrap().facts(&options).unwrap()
}

fn crm(budgets: &[(u8, Option<f64>)], scores: &[(u8, f64)], events: &[(u8, i32, bool)]) -> Crm {
    let first = Date::parse("2024-01-01").unwrap().0;
    let accounts = batch(vec![
        // Whole floats, as pandas makes them of integers with gaps.
        ("account", Arc::new(Float64Array::from_iter_values(budgets.iter().map(|(account, _)| f64::from(*account))))),
        ("budget", Arc::new(budgets.iter().map(|(_, budget)| *budget).collect::<Float64Array>())),
    ]);
    let ratings = batch(vec![
        ("account", Arc::new(Int64Array::from_iter_values(scores.iter().map(|(account, _)| i64::from(*account))))),
        ("criterion", texts(scores.iter().map(|_| Some("payment".to_owned())))),
        ("side", texts(scores.iter().map(|_| Some("of_customer".to_owned())))),
        ("score", Arc::new(Float64Array::from_iter_values(scores.iter().map(|(_, score)| *score)))),
    ]);
    let activities = batch(vec![
        ("account", texts(events.iter().map(|(account, ..)| Some(account.to_string())))),
        ("date", texts(events.iter().map(|(_, day, _)| Some(Date(first + day).to_string())))),
        ("kind", texts(events.iter().map(|(_, _, joint)| Some(if *joint { "joint_team" } else { "dispute" }.to_owned())))),
    ]);
    let builder = Crm::builder().accounts(vec![accounts]).unwrap().ratings(vec![ratings]).unwrap();
    builder.activities(vec![activities]).unwrap().build().unwrap()
}

fn criteria() -> Vec<Criterion> {
    vec![
        Criterion { weight: 2.0, ..Criterion::new("profit", CriterionSource::Fact(CriterionFact::Profit)) },
        Criterion { weight: 0.7, ..Criterion::new("growth", CriterionSource::Fact(CriterionFact::Growth)) },
        Criterion { weight: 0.1, ..Criterion::new("opened", CriterionSource::Fact(CriterionFact::DirectionsOpened)) },
        Criterion::new("budget", CriterionSource::Attribute("budget".to_owned())),
        Criterion { weight: 0.3, ..Criterion::new("payment", CriterionSource::Rating("payment".to_owned())) },
    ]
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec((0u8..8, 0i32..366, -50i64..400, 0i64..300, 0u8..3), 1..60)
}

fn tables() -> impl Strategy<Value = Crm> {
    let budgets = prop::collection::btree_map(0u8..10, prop::option::of(0f64..1e6), 0..10);
    let scores = prop::collection::vec((0u8..10, 0f64..10.0), 0..20);
    let events = prop::collection::vec((0u8..10, 0i32..400, any::<bool>()), 0..8);
    (budgets, scores, events).prop_map(|(budgets, scores, events)| crm(&budgets.into_iter().collect::<Vec<_>>(), &scores, &events))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn points_add_up_to_the_score_and_ranks_follow_it(lines in lines(), crm in tables(), median in any::<bool>(), way in 0usize..6) {
        use Normalisation as N;
        let facts = facts(&lines);
        let options = AttractivenessOptions {
            criteria: Some(criteria()),
            normalisation: [N::MinMax, N::Vector, N::Sum, N::Max, N::ZScore, N::Rank][way],
            missing: if median { MissingValues::Median } else { MissingValues::Worst },
            ..AttractivenessOptions::default()
        };
        let result = attractiveness(&facts, &crm, &options).unwrap();
        prop_assert!((result.criteria.iter().map(|criterion| criterion.weight).sum::<f64>() - 1.0).abs() < 1e-12);
        for at in 0..facts.len() {
            let points = result.criteria.iter().fold(0.0, |sum, criterion| sum + criterion.points[at]);
            prop_assert_eq!(points, result.score[at]);
            if matches!(options.normalisation, N::MinMax | N::Rank) {
                prop_assert!((0.0..=100.0 + 1e-9).contains(&result.score[at]));
            }
            for other in 0..facts.len() {
                let (a, b) = (result.score[at], result.score[other]);
                prop_assert!(result.rank[at] >= result.rank[other] || a > b);
                prop_assert!(result.rank[at] < result.rank[other] || a <= b + 1e-9);
            }
        }
        prop_assert_eq!(result.criteria.len() + result.summary.left_out.len(), 5);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        (lines, shuffled) in lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        (scores, other) in prop::collection::vec((0u8..10, 0f64..10.0), 0..20)
            .prop_flat_map(|scores| (Just(scores.clone()), Just(scores).prop_shuffle())),
    ) {
        let (a, b) = (facts(&lines), facts(&shuffled));
        let budgets: Vec<_> = (0u8..10).map(|account| (account, Some(f64::from(account)))).collect();
        let backwards: Vec<_> = budgets.iter().rev().copied().collect();
        let (crm_a, crm_b) = (crm(&budgets, &scores, &[(1, 30, false), (2, 40, true)]), crm(&backwards, &other, &[(2, 40, true), (1, 30, false)]));
        let options = serde_json::json!({ "criteria": criteria() });
        for (name, options) in [("attractiveness", &options), ("pyramid", &Value::Null)] {
            let run = |facts, crm| method(name).unwrap().run(&Context::new(facts, crm), options).unwrap();
            let (a, b) = (run(&a, &crm_a), run(&b, &crm_b));
            prop_assert_eq!(&a.tables, &b.tables, "bit for bit");
            prop_assert_eq!(a.accounts, b.accounts);
            prop_assert_eq!(a.summary, b.summary);
        }
    }

    #[test]
    fn levels_follow_their_gates(lines in lines(), crm in tables(), p_alive in prop::collection::vec(0f64..1.0, 8), mutual in any::<Option<bool>>()) {
        let facts = facts(&lines);
        let mutual = vec![mutual; facts.len()];
        let inputs = PyramidInputs { p_alive: Some(&p_alive[..facts.len()]), mutual: Some(&mutual), ..PyramidInputs::default() };
        let run = |unknown_gates| pyramid(&facts, &crm, &inputs, &PyramidOptions { unknown_gates, ..PyramidOptions::default() }).unwrap();
        let (open, blocked) = (run(UnknownGates::Provisional), run(UnknownGates::Block));
        for (account, strict) in open.accounts.iter().zip(&blocked.accounts) {
            prop_assert!(strict.level <= account.level && !strict.provisional);
            for gate in Gate::ALL {
                let state = account.gates.state(gate);
                if gate.level() <= account.level {
                    prop_assert!(state != GateState::NotMet);
                    prop_assert!(account.provisional || state == GateState::Met);
                }
                if gate.level() <= strict.level {
                    prop_assert_eq!(state, GateState::Met);
                }
            }
            prop_assert_eq!(account.missing().next().is_none(), account.level == Level::Synergy);
        }
        let total: i128 = open.levels.iter().map(|level| level.revenue).sum();
        prop_assert_eq!(total, facts.window().revenue.iter().map(|revenue| i128::from(*revenue)).sum::<i128>());
        prop_assert_eq!(open.levels.iter().map(|level| level.accounts).sum::<usize>(), facts.len());
    }
}

#[test]
fn accounts_are_joined_by_the_text_of_their_keys() {
    let facts = facts(&[(7, 0, 10, 1, 0), (3, 0, 10, 1, 0)]);
    let crm = crm(&[(9, None), (7, Some(5.0)), (2, None)], &[(7, 1.0), (9, 2.0), (7, 3.0)], &[]);
    let accounts = crm.accounts().unwrap();
    assert_eq!(accounts.rows_of(&facts).iter().collect::<Vec<_>>(), [None, Some(1)], "accounts 3 and 7 of the ledger");
    assert_eq!(accounts.candidates(&facts), [2, 0], "2 and 9 are candidates");
    assert_eq!(accounts.of_facts(&facts, accounts.budget.as_ref().unwrap()), [None, Some(&5.0)]);
    assert_eq!(crm.ratings().unwrap().by_account(&facts), [vec![], vec![0, 2]]);
    assert_eq!(crm.activities().unwrap().by_account(&facts), [vec![], Vec::<usize>::new()]);
}

#[test]
fn synergy_needs_both_sides_and_joint_work() {
    let lines: Vec<Line> = (0..12).map(|month| (1, month * 30, 100 + i64::from(month), 10, 0)).collect();
    let facts = facts(&lines);
    let none = StringArray::from(Vec::<String>::new());
    let no_contract = batch(vec![("account", Arc::new(none.clone())), ("status", Arc::new(none))]);
    let with = |joint: bool| {
        let activities = batch(vec![
            ("account", texts([Some("1".to_owned())])),
            ("date", texts([Some("2024-05-05".to_owned())])),
            ("kind", texts([Some(if joint { "shared_logistics" } else { "visit" }.to_owned())])),
        ]);
        let builder = Crm::builder().activities(vec![activities]).unwrap();
        builder.contracts(vec![no_contract.clone()]).unwrap().build().unwrap()
    };
    let level = |joint: bool, p_alive: f64, mutual: Option<bool>| {
        let inputs = PyramidInputs { p_alive: Some(&[p_alive]), mutual: Some(&[mutual]), ..PyramidInputs::default() };
        let account = pyramid(&facts, &with(joint), &inputs, &PyramidOptions::default()).unwrap().accounts.remove(0);
        (account.level, account.provisional)
    };
    assert_eq!(level(true, 0.9, Some(true)), (Level::Synergy, false));
    assert_eq!(level(false, 0.9, Some(true)), (Level::Partnership, false));
    assert_eq!(level(true, 0.9, None), (Level::Partnership, false), "unknown never passes for synergy");
    assert_eq!(level(true, 0.7, Some(true)), (Level::Cooperation, false));
    assert_eq!(level(true, f64::NAN, Some(true)), (Level::Synergy, true), "an unknown P(alive) leaves it provisional");
    let wrong = PyramidInputs { p_alive: Some(&[0.5, 0.5]), ..PyramidInputs::default() };
    let error = pyramid(&facts, &with(true), &wrong, &PyramidOptions::default()).unwrap_err();
    assert_eq!(error.code(), Code::StateMismatch);
    assert!(error.to_string().contains("p_alive has 2 values for 1 accounts"));
}

#[test]
fn master_columns_stand_in_the_order_of_the_keys() {
    let facts = facts(&[(7, 0, 10, 1, 0), (3, 0, 30, 1, 0), (3, 200, 30, 1, 1)]);
    for (name, columns) in [
        ("attractiveness", &["attractiveness", "attractiveness_rank", "attractiveness_sureness"][..]),
        ("pyramid", &["level", "level_provisional", "level_missing", "golden_shot"]),
    ] {
        let outcome = method(name).unwrap().run(&Context::new(&facts, &Crm::default()), &Value::Null).unwrap();
        let accounts = outcome.accounts.unwrap();
        assert_eq!((accounts.columns(), accounts.len()), (columns.to_vec(), 2));
        let main = METHODS.iter().find(|entry| entry.name == name).unwrap().tables[0].0;
        assert_eq!(outcome.tables[0].name(), main);
    }
    let outcome = method("attractiveness").unwrap().run(&Context::new(&facts, &Crm::default()), &Value::Null).unwrap();
    assert_eq!(outcome.accounts.unwrap().to_json()["columns"]["attractiveness_rank"], serde_json::json!([1, 2]));
}

#[test]
fn options_that_cannot_be_are_named() {
    let facts = facts(&[(1, 0, 10, 1, 0)]);
    let refused = |options: Value| method("attractiveness").unwrap().run(&Context::new(&facts, &Crm::default()), &options).unwrap_err();
    let criterion = |change: Value| {
        let mut criterion = serde_json::json!({ "name": "x", "source": { "fact": "revenue" } });
        criterion.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        serde_json::json!({ "criteria": [criterion] })
    };
    for (options, part) in [
        (serde_json::json!({ "criteria": [] }), "`criteria` is empty"),
        (criterion(serde_json::json!({ "name": "Big Name" })), "Big Name"),
        (criterion(serde_json::json!({ "weight": -1.0 })), "-1"),
        (criterion(serde_json::json!({ "weight": 0.0 })), "weighted 0"),
        (criterion(serde_json::json!({ "values": { "a": 1.0 } })), "values"),
        (criterion(serde_json::json!({ "source": { "fact": "turnover" } })), "turnover"),
        (criterion(serde_json::json!({ "direction": "up" })), "up"),
        (serde_json::json!({ "criterion": [] }), "criterion"),
    ] {
        let error = refused(options.clone());
        assert_eq!(error.code(), Code::Option, "{options}");
        assert!(error.to_string().contains(part), "{options}: {error}");
    }
}
