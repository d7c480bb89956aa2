//! Effort, cost to serve, plan and actual add up exactly: over accounts, managers and groups, on made-up rows of every kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use kam_core::crm::Driver;
use kam_core::method::{Context, method};
use kam_core::money::Scale;
use kam_core::people::EffortMeasure;
use kam_core::time::Date;
use kam_core::{
    Columns, CostToServeOptions, Crm, EffortInputs, EffortOptions, Facts, FactsOptions, Ledger, PortfolioInputs, PortfolioOptions,
    RevenueBridgeOptions, WhaleCurveOptions, effort, portfolio, revenue_bridge, whale_curve,
};
use proptest::prelude::*;

const FIRST: i32 = 19_358; // 2023-01-01

/// A line: account, day, amount, cost, manager.
type Line = (u8, i32, i64, i64, Option<u8>);
/// An activity: account, day, quarters of an hour, cost, manager.
type Act = (Option<u8>, i32, Option<u16>, Option<u32>, Option<u8>);

fn line() -> impl Strategy<Value = Line> {
    let amount = prop_oneof![4 => 1i64..50_000, 1 => -30_000i64..1];
    (0u8..6, 0i32..730, amount, 0i64..20_000, proptest::option::weighted(0.8, 0u8..3))
}

fn act() -> impl Strategy<Value = Act> {
    // Accounts 6 and 7 are not in the ledger.
    use proptest::option::weighted;
    (weighted(0.8, 0u8..8), -100i32..800, weighted(0.9, 0u16..40), weighted(0.5, 0u32..10_000), weighted(0.5, 0u8..3))
}

fn texts(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn facts(lines: &[Line]) -> Facts {
    let numbers = |value: fn(&Line) -> i64| Arc::new(Int64Array::from_iter_values(lines.iter().map(value))) as ArrayRef;
    let rows = RecordBatch::try_from_iter_with_nullable(vec![
        ("account", texts(lines.iter().map(|line| Some(format!("a{}", line.0)))), true),
        ("date", texts(lines.iter().map(|line| Some(Date(FIRST + line.1).to_string()))), true),
        ("amount", numbers(|line| line.2), true),
        ("cost", numbers(|line| line.3), true),
        ("order", numbers(|line| i64::from(line.1) / 3), true),
        ("manager", texts(lines.iter().map(|line| line.4.map(|manager| format!("m{manager}")))), true),
    ])
    .unwrap();
    let columns = Columns::new("account", "date", "amount").cost("cost").order("order").manager("manager").scale(Scale::new(0).unwrap());
    Ledger::from_batches(vec![rows], columns).unwrap().facts(&FactsOptions::new(Date(FIRST + 729))).unwrap()
}

fn crm(acts: &[Act], targets: &[(u8, u8, u16)]) -> Crm {
    let floats = |value: &dyn Fn(&Act) -> Option<f64>| Arc::new(acts.iter().map(value).collect::<Float64Array>()) as ArrayRef;
    let activities = RecordBatch::try_from_iter_with_nullable(vec![
        ("account", texts(acts.iter().map(|act| act.0.map(|account| format!("a{account}")))), true),
        ("date", texts(acts.iter().map(|act| Some(Date(FIRST + act.1).to_string()))), true),
        ("kind", texts(acts.iter().map(|_| Some("visit".to_owned()))), true),
        ("hours", floats(&|act| act.2.map(|quarters| f64::from(quarters) / 4.0)), true),
        ("cost", floats(&|act| act.3.map(f64::from)), true),
        ("manager", texts(acts.iter().map(|act| act.4.map(|manager| format!("m{manager}")))), true),
    ])
    .unwrap();
    let plans = RecordBatch::try_from_iter_with_nullable(vec![
        ("manager", texts(targets.iter().map(|target| Some(format!("m{}", target.0)))), true),
        ("period", texts(targets.iter().map(|target| Some(format!("2024-{:02}", target.1 + 1)))), true),
        ("target", Arc::new(Int64Array::from_iter_values(targets.iter().map(|target| i64::from(target.2)))) as ArrayRef, true),
    ])
    .unwrap();
    Crm::builder().activities(vec![activities]).unwrap().plans(vec![plans]).unwrap().build().unwrap()
}

fn sum(values: &[i64]) -> i128 {
    values.iter().map(|value| i128::from(*value)).sum()
}

proptest! {
    #[test]
    fn every_cost_of_an_activity_is_somewhere(
        lines in prop::collection::vec(line(), 1..60),
        acts in prop::collection::vec(act(), 0..60),
        driver in prop_oneof![Just(None), Just(Some(Driver::Revenue)), Just(Some(Driver::Lines)), Just(Some(Driver::Orders)), Just(Some(Driver::Equal))],
    ) {
        let (facts, crm) = (facts(&lines), crm(&acts, &[]));
        let options = CostToServeOptions { hour_rate: Some(37.0), spread: driver };
        let costs = crm.activity_costs(&facts, &options).unwrap();
        prop_assert_eq!(sum(&costs.assigned) + sum(&costs.spread) + i128::from(costs.rest), i128::from(costs.total));
        let served = crm.with_cost_to_serve(&facts, &options).unwrap();
        let (before, after) = (facts.window(), served.window());
        let added: Vec<i64> = (0..facts.len()).map(|at| costs.assigned[at] + costs.spread[at]).collect();
        prop_assert_eq!(after.cost_to_serve.as_ref().unwrap(), &added);
        prop_assert_eq!(sum(served.history().cost_to_serve.as_ref().unwrap()), sum(&added) + i128::from(costs.before_window));
        for (at, added) in added.iter().enumerate() {
            prop_assert_eq!(after.profit(at).unwrap(), before.profit(at).unwrap() - added);
        }
        // Nothing else changes.
        prop_assert_eq!((&after.revenue, &after.returns, &after.cost, &after.orders), (&before.revenue, &before.returns, &before.cost, &before.orders));
        prop_assert_eq!((&after.lines, &after.active_days, &after.active_periods), (&before.lines, &before.active_days, &before.active_periods));
        for at in 0..facts.len() {
            prop_assert_eq!((served.first_date(at), served.last_date(at)), (facts.first_date(at), facts.last_date(at)));
            let managers = |facts: &Facts| {
                let mut sums = BTreeMap::new();
                for cell in facts.cells(at).filter(|cell| cell.lines > 0) {
                    *sums.entry(facts.labels().labels[cell.label as usize].manager.clone()).or_insert(0) += cell.revenue;
                }
                sums
            };
            prop_assert_eq!(managers(&served), managers(&facts));
        }
        let whale = whale_curve(&served, &WhaleCurveOptions::default()).unwrap();
        let profit: i128 = (0..facts.len()).map(|at| i128::from(after.profit(at).unwrap())).sum();
        prop_assert!((whale.summary.total - profit as f64).abs() < 1e-6, "{} is not {profit}", whale.summary.total);
        prop_assert!(crm.with_cost_to_serve(&served, &options).is_err());
    }

    #[test]
    fn effort_adds_up_and_the_proposal_keeps_it(
        lines in prop::collection::vec(line(), 1..60),
        acts in prop::collection::vec(act(), 0..60),
        measure in prop_oneof![Just(EffortMeasure::Hours), Just(EffortMeasure::Cost)],
        equal_part in 0.0f64..=1.0,
    ) {
        let (facts, crm) = (facts(&lines), crm(&acts, &[]));
        let options = EffortOptions { measure: Some(measure), hour_rate: Some(37.0), equal_part, ..EffortOptions::default() };
        let class = vec!["x"; facts.len()];
        let result = effort(&facts, &crm, &EffortInputs { class: Some(&class) }, &options).unwrap();
        let spent: i128 = result.accounts.iter().map(|row| i128::from(row.spent)).sum();
        prop_assert_eq!(result.accounts.iter().map(|row| i128::from(row.proposed)).sum::<i128>(), spent);
        prop_assert!(result.accounts.iter().all(|row| row.proposed >= 0));
        prop_assert_eq!(result.managers.iter().map(|(_, sums)| sums.spent).sum::<i128>(), spent);
        prop_assert_eq!(result.classes.iter().map(|(_, sums)| sums.spent).sum::<i128>(), spent);
        let done: i128 = result.done_by.iter().map(|(_, effort)| effort.milliseconds()).sum();
        prop_assert_eq!(result.groups.iter().map(|(_, sums)| sums.effort.milliseconds()).sum::<i128>(), done);
        let window = facts.window_start().0..=facts.as_of().0;
        let quarters = acts.iter().filter(|act| window.contains(&(FIRST + act.1))).filter_map(|act| act.2).map(i128::from).sum::<i128>();
        prop_assert_eq!(done, quarters * 900_000);
        for index in [result.equal_for_all, result.value_for_value].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&index));
        }
    }

    #[test]
    fn a_manager_of_all_accounts_has_the_retention_of_the_bridge(lines in prop::collection::vec(line(), 1..60)) {
        let facts = facts(&lines);
        let accounts: Vec<Option<String>> = (0u8..6).map(|account| Some(format!("a{account}"))).collect();
        let managers = texts(accounts.iter().map(|_| Some("all".to_owned())));
        let accounts = RecordBatch::try_from_iter(vec![("account", texts(accounts.into_iter())), ("manager", managers)]).unwrap();
        let crm = Crm::builder().accounts(vec![accounts]).unwrap().build().unwrap();
        let outcome = method("portfolio").unwrap().run(&Context::new(&facts, &crm), &serde_json::Value::Null).unwrap();
        let bridge = revenue_bridge(&facts, &RevenueBridgeOptions::default()).unwrap();
        prop_assert_eq!(bridge.over(0..facts.len()), bridge.comparison.bridge);
        let table = &outcome.tables[0];
        prop_assert_eq!(table.value(0, 0), "all");
        let summary = bridge.summary;
        for (name, expected) in [
            ("account_retention", summary.account_retention),
            ("gross_revenue_retention", summary.gross_revenue_retention),
            ("net_revenue_retention", summary.net_revenue_retention),
        ] {
            prop_assert_eq!(table.value(table.position(name).unwrap(), 0).as_f64(), expected, "{}", name);
        }
    }

    #[test]
    fn portfolios_and_plans_add_up_to_the_ledger(
        lines in prop::collection::vec(line(), 1..60),
        targets in prop::collection::vec((0u8..4, 0u8..12, 0u16..5_000), 0..20),
    ) {
        let (facts, crm) = (facts(&lines), crm(&[], &targets));
        let result = portfolio(&facts, &crm, &PortfolioInputs::default(), &PortfolioOptions::default());
        let Ok(result) = result else {
            prop_assert!(lines.iter().all(|line| line.4.is_none()) && targets.is_empty());
            return Ok(());
        };
        prop_assert_eq!(result.portfolios.iter().map(|own| own.revenue).sum::<i128>(), sum(&facts.window().revenue));
        prop_assert_eq!(result.portfolios.iter().map(|own| own.accounts).sum::<usize>(), facts.len());
        let mut months: BTreeMap<(Date, Date), (i128, i128)> = BTreeMap::new();
        for row in &result.plans.managers {
            let month = months.entry(row.span).or_default();
            *month = (month.0 + row.target.unwrap_or(0), month.1 + row.actual.unwrap());
        }
        let planned: i128 = targets.iter().map(|target| i128::from(target.2)).sum();
        prop_assert_eq!(months.values().map(|month| month.0).sum::<i128>(), planned);
        for ((first, last), (_, actual)) in months {
            let sold = lines.iter().filter(|line| (first.0..=last.0).contains(&(FIRST + line.1))).map(|line| i128::from(line.2)).sum::<i128>();
            prop_assert_eq!(actual, sold);
        }
    }
}
