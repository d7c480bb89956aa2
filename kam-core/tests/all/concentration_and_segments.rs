//! What must hold of concentration and segments for any ledger.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use kam_core::concentration::Population;
use kam_core::method::{Context, METHODS};
use kam_core::segment::{AbcLimitsMethod, RfmSegments, SegmentPreset, XyzMeasure};
use kam_core::time::Date;
use kam_core::{
    AbcOptions, AbcXyzOptions, Columns, Crm, Facts, FactsOptions, Ledger, LorenzOptions, Measure, ParetoOptions, RfmOptions,
    UnprofitableOptions, WhaleCurveOptions, Window, XyzOptions, abc, abc_xyz, lorenz, pareto, rfm, unprofitable, whale_curve, xyz,
};
use proptest::prelude::*;

/// A line: account, day of 2024, amount and cost in whole units.
type Line = (i64, u16, i64, i64);

fn lines() -> impl Strategy<Value = Vec<Line>> {
    proptest::collection::vec((0i64..12, 0u16..366, -50i64..200, 0i64..150), 1..80)
}

fn facts(lines: &[Line], window: Window) -> Facts {
    let first = Date::parse("2024-01-01").unwrap();
    let days: Vec<String> = lines.iter().map(|line| Date(first.0 + i32::from(line.1)).to_string()).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("account", Arc::new(lines.iter().map(|line| Some(line.0)).collect::<Int64Array>())),
        ("date", Arc::new(StringArray::from(days))),
        ("amount", Arc::new(lines.iter().map(|line| Some(line.2)).collect::<Int64Array>())),
        ("cost", Arc::new(Float64Array::from_iter_values(lines.iter().map(|line| line.3 as f64)))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let ledger = Ledger::from_batches(vec![batch], Columns::new("account", "date", "amount").cost("cost")).unwrap();
    let mut options = FactsOptions::new(Date::parse("2024-12-31").unwrap());
    options.window = window;
    ledger.facts(&options).unwrap()
}

proptest! {
    #[test]
    fn the_order_of_the_rows_changes_nothing(lines in lines(), turn in 0usize..80) {
        let mut turned = lines.clone();
        turned.rotate_left(turn % lines.len());
        turned.reverse();
        let (one, other) = (facts(&lines, Window::Periods(6)), facts(&turned, Window::Periods(6)));
        let crm = Crm::default();
        for name in ["pareto", "lorenz", "whale_curve", "unprofitable", "abc", "xyz", "abc_xyz", "rfm"] {
            let entry = METHODS.iter().find(|entry| entry.name == name).unwrap();
            let run = |facts: &Facts| entry.run(&Context::new(facts, &crm), &serde_json::Value::Null).unwrap().to_json().to_string();
            prop_assert_eq!(run(&one), run(&other), "{}", name);
        }
    }

    #[test]
    fn a_larger_account_is_never_in_a_worse_class(lines in lines(), computed in any::<bool>(), a in 0.05f64..0.9, more in 0.0f64..0.1) {
        let facts = facts(&lines, Window::ALL);
        let method = if computed { AbcLimitsMethod::ComputedLimits } else { AbcLimitsMethod::Thresholds };
        let result = abc(&facts, &AbcOptions { method, a, b: a + more, ..AbcOptions::default() }).unwrap();
        prop_assert_eq!(result.accounts.len(), facts.len());
        for pair in result.accounts.windows(2) {
            prop_assert!(pair[0].value >= pair[1].value && pair[0].class <= pair[1].class);
            prop_assert!(pair[0].value != pair[1].value || pair[0].class == pair[1].class);
        }
        let counted: usize = result.classes.iter().map(|class| class.accounts).sum();
        prop_assert_eq!(counted, facts.len());
        let best = &result.accounts[0];
        prop_assert_eq!(best.value > 0, best.class.name() == "A");
        let held: f64 = result.classes.iter().filter_map(|class| class.share).sum();
        prop_assert!(best.value <= 0 || (held - 1.0).abs() < 1e-12);
    }

    #[test]
    fn shares_add_up_to_the_whole(lines in lines()) {
        let facts = facts(&lines, Window::ALL);
        let result = pareto(&facts, &ParetoOptions { population: Population::All, ..ParetoOptions::default() }).unwrap();
        let total: i64 = facts.window().revenue.iter().sum();
        if total > 0 {
            prop_assert_eq!(result.accounts.last().unwrap().cumulative_share, Some(1.0));
            let sum: f64 = result.accounts.iter().filter_map(|account| account.share).sum();
            prop_assert!((sum - 1.0).abs() < 1e-12);
            prop_assert!(result.summary.cr1 <= result.summary.cr5 || result.accounts.iter().any(|account| account.value < 0));
        } else {
            prop_assert!(result.summary.note.is_some() && result.accounts.iter().all(|account| account.share.is_none()));
        }
    }

    #[test]
    fn the_lorenz_curve_is_convex_and_gives_the_gini_coefficient(lines in lines()) {
        let facts = facts(&lines, Window::ALL);
        let result = lorenz(&facts, &LorenzOptions::default()).unwrap();
        let heights: Vec<f64> = result.points.iter().filter_map(|point| point.lorenz).collect();
        if let Some(gini) = result.summary.gini {
            prop_assert!(heights.windows(3).all(|three| three[2] - three[1] >= three[1] - three[0] - 1e-9));
            let steps = (heights.len() - 1) as f64;
            let area: f64 = heights.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0 / steps).sum();
            prop_assert!((gini - (1.0 - 2.0 * area)).abs() < 1e-9 * (1.0 + gini));
        } else {
            prop_assert!(heights.is_empty());
        }
    }

    #[test]
    fn gains_less_what_is_destroyed_are_the_total(lines in lines()) {
        let facts = facts(&lines, Window::Periods(12));
        let curve = whale_curve(&facts, &WhaleCurveOptions::default()).unwrap();
        let losses = unprofitable(&facts, &UnprofitableOptions::default()).unwrap();
        prop_assert!((curve.summary.peak - curve.summary.destroyed - curve.summary.total).abs() < 1e-6);
        prop_assert!((losses.summary.total_loss - curve.summary.destroyed).abs() < 1e-6);
        prop_assert_eq!(losses.accounts.len(), curve.summary.loss_accounts);
        prop_assert!(curve.points.iter().all(|point| facts.scale().wide_to_currency(point.cumulative) <= curve.summary.peak + 1e-6));
        let all_sales: i64 = (0..facts.len()).map(|at| facts.window().gross_sales(at)).sum();
        for account in &losses.accounts {
            if all_sales > 0 {
                let sales = facts.scale().to_currency(facts.window().gross_sales(account.account));
                let usual = losses.summary.total_profit / facts.scale().to_currency(all_sales) * sales;
                let shortfall = usual + facts.scale().to_currency(account.loss);
                prop_assert!((account.excess.iter().flatten().sum::<f64>() - shortfall).abs() < 1e-6, "the excesses explain the shortfall");
            }
            prop_assert!(account.under_water_since.is_some(), "a loss in the window began somewhere in it");
            prop_assert_eq!(account.since.is_some(), account.periods_in_run > 0);
        }
    }

    #[test]
    fn every_account_has_one_of_nine_cells(lines in lines(), variability in any::<bool>()) {
        let facts = facts(&lines, Window::Periods(6));
        let measure = if variability { XyzMeasure::Variability } else { XyzMeasure::Frequency };
        let options = AbcXyzOptions { xyz: XyzOptions { measure, ..XyzOptions::default() }, ..AbcXyzOptions::default() };
        let classes = xyz(&facts, &options.xyz).unwrap();
        for account in &classes.accounts {
            prop_assert_eq!(account.value.is_none(), account.reason.is_some());
            prop_assert!(account.active_periods <= account.periods || account.reason.is_some());
        }
        let crossed = abc_xyz(&facts, &abc(&facts, &options.abc).unwrap(), &classes).unwrap();
        prop_assert_eq!(crossed.cells.iter().map(|cell| cell.accounts).sum::<usize>(), facts.len());
        let revenue: f64 = crossed.cells.iter().map(|cell| cell.revenue).sum();
        prop_assert!((revenue - crossed.summary.revenue).abs() < 1e-6);
    }

    #[test]
    fn saved_cut_points_give_the_same_scores(lines in lines(), eleven in any::<bool>()) {
        let facts = facts(&lines, Window::Periods(6));
        let preset = if eleven { SegmentPreset::FirstMatch11 } else { SegmentPreset::Default };
        let options = RfmOptions { segments: RfmSegments::Preset(preset), monetary: Measure::Profit, ..RfmOptions::default() };
        let first = rfm(&facts, &options).unwrap();
        let saved = serde_json::to_value(first.summary.cut_points).unwrap();
        let again = rfm(&facts, &RfmOptions { cut_points: serde_json::from_value(saved).unwrap(), ..options }).unwrap();
        prop_assert_eq!(&first.accounts, &again.accounts);
        for (one, other) in first.accounts.iter().flat_map(|one| first.accounts.iter().map(move |other| (one, other))) {
            prop_assert!(one.recency_days.is_none() || other.recency_days.is_none() || one.monetary > other.monetary || one.monetary_score <= other.monetary_score);
            prop_assert!(one.recency_days.is_none() || one.recency_days > other.recency_days || one.recency_score >= other.recency_score);
        }
    }
}
