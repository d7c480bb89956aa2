//! What must hold of attractiveness both ways, whatever the figures.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use kam_core::attractiveness::{
    AttractivenessMethod, Criterion, CriterionDirection, CriterionSource, CutPoint, Normalisation, OurAttractiveness, Quadrant, Scoring,
    WeightRule,
};
use kam_core::facts::Perspective;
use kam_core::method::{Context, METHODS, Method};
use kam_core::sample::{Company, SampleOptions};
use kam_core::time::Date;
use kam_core::{
    AttractivenessOptions, Columns, Crm, Facts, FactsOptions, Ledger, OurAttractivenessOptions, SelectionMatrixOptions, attractiveness,
    our_attractiveness, selection_matrix,
};
use proptest::prelude::*;

fn texts(values: impl IntoIterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

/// Accounts of these names, one sale each, and what the CRM knows of them: three figures each.
fn company(names: &[String], rows: &[[f64; 3]]) -> (Facts, Crm) {
    let ledger = RecordBatch::try_from_iter([
        ("account", texts(names.iter().cloned())),
        ("date", texts(names.iter().map(|_| "2024-11-20".to_owned()))),
        ("amount", Arc::new(Int64Array::from_iter_values(names.iter().map(|_| 100))) as ArrayRef),
    ])
    .unwrap();
    let facts = Ledger::from_batches(vec![ledger], Columns::new("account", "date", "amount")).unwrap();
    let facts = facts.facts(&FactsOptions::new(Date::parse("2024-12-31").unwrap())).unwrap();
    let column = |at: usize| Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row[at]))) as ArrayRef;
    let accounts = RecordBatch::try_from_iter([
        ("account", texts(names.iter().cloned())),
        ("one", column(0)),
        ("two", column(1)),
        ("three", column(2)),
    ])
    .unwrap();
    (facts, Crm::builder().accounts(vec![accounts]).unwrap().build().unwrap())
}

/// By three attributes, the second of which is a cost.
fn options(scoring: Scoring, weights: [f64; 3]) -> AttractivenessOptions {
    let criterion = |(name, weight): (&str, f64)| {
        let direction = if name == "two" { CriterionDirection::Cost } else { CriterionDirection::Benefit };
        Criterion { weight, direction, ..Criterion::new(name, CriterionSource::Attribute(name.to_owned())) }
    };
    AttractivenessOptions {
        criteria: Some(["one", "two", "three"].into_iter().zip(weights).map(criterion).collect()),
        scoring,
        sureness_samples: 64,
        sureness_top: 3,
        ..AttractivenessOptions::default()
    }
}

fn names(rows: usize) -> Vec<String> {
    (0..rows).map(|at| format!("account {at:03}")).collect()
}

fn figures() -> impl Strategy<Value = Vec<[f64; 3]>> {
    let figure = || prop_oneof![(-5i32..=5).prop_map(f64::from), -100f64..100.0];
    prop::collection::vec([figure(), figure(), figure()], 2..16)
}

fn close(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6)
}

const SCORINGS: [Scoring; 4] = [Scoring::WeightedSum, Scoring::Topsis, Scoring::Vikor, Scoring::Promethee2];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn of_every_scoring(rows in figures(), weights in prop::array::uniform3(0.05f64..1.0), factor in 0.1f64..10.0, turn in 1usize..9) {
        // One more account that is better than the first in everything that counts.
        let better = [rows[0][0] + 1.0, rows[0][1] - 1.0, rows[0][2]];
        let rows: Vec<[f64; 3]> = rows.into_iter().chain([better]).collect();
        let names = names(rows.len());
        let (facts, crm) = company(&names, &rows);
        // The same accounts under each other's names.
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        let (turned_facts, turned_crm) = company(&names, &turned);
        for scoring in SCORINGS {
            let result = attractiveness(&facts, &crm, &options(scoring, weights)).unwrap();
            prop_assert!(result.score.iter().all(|score| (-1e-9..=100.0 + 1e-9).contains(score)), "{:?}", result.score);
            prop_assert!(result.score[rows.len() - 1] >= result.score[0] - 1e-9, "{scoring:?} {:?}", result.score);
            let scaled = attractiveness(&facts, &crm, &options(scoring, weights.map(|weight| weight * factor))).unwrap();
            prop_assert!(close(&result.score, &scaled.score), "{scoring:?}");
            let mut other = attractiveness(&turned_facts, &turned_crm, &options(scoring, weights)).unwrap().score;
            other.rotate_right(turn % rows.len());
            prop_assert!(close(&result.score, &other), "{scoring:?}");
            let parts = matches!(scoring, Scoring::WeightedSum | Scoring::Promethee2);
            for at in 0..rows.len() {
                prop_assert_eq!(result.criteria.iter().all(|criterion| !criterion.points.is_empty()), parts);
                if parts {
                    let points = result.criteria.iter().fold(0.0, |sum, criterion| sum + criterion.points[at]);
                    prop_assert_eq!(points, result.score[at]);
                }
            }
            let sureness = result.sureness.unwrap();
            prop_assert!((sureness.first.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let places = rows.len().min(3);
            prop_assert!((sureness.among_top.iter().sum::<f64>() - places as f64).abs() < 1e-9);
            prop_assert!(sureness.among_top[rows.len() - 1] >= sureness.among_top[0] - 1e-9);
        }
    }

    #[test]
    fn of_every_weighting(rows in figures()) {
        let (facts, crm) = company(&names(rows.len()), &rows);
        for weights in [WeightRule::Given, WeightRule::Equal, WeightRule::Entropy, WeightRule::Critic] {
            for normalisation in [Normalisation::MinMax, Normalisation::Rank] {
                let options = AttractivenessOptions { weights, normalisation, ..options(Scoring::WeightedSum, [1.0, 2.0, 3.0]) };
                let result = attractiveness(&facts, &crm, &options).unwrap();
                let sum: f64 = result.criteria.iter().map(|criterion| criterion.weight).sum();
                prop_assert!((sum - 1.0).abs() < 1e-9 && result.criteria.iter().all(|criterion| criterion.weight >= 0.0));
            }
        }
    }

    #[test]
    fn of_the_matrix(rows in figures(), cut in 0f64..=1.0) {
        let (facts, crm) = company(&names(rows.len()), &rows);
        let score = attractiveness(&facts, &crm, &options(Scoring::WeightedSum, [1.0; 3])).unwrap();
        let ours = our_attractiveness(&facts, &crm, &OurAttractivenessOptions::default()).unwrap();
        let options = SelectionMatrixOptions { attractiveness_cut: CutPoint::Quantile(cut), ..SelectionMatrixOptions::default() };
        let matrix = selection_matrix(&facts, &score, &ours, &options).unwrap();
        prop_assert_eq!(matrix.quadrants.iter().map(|sums| sums.accounts).sum::<usize>() + matrix.summary.unknown, rows.len());
        for (at, account) in matrix.accounts.iter().enumerate() {
            // All bought alike and nobody was asked: everybody is level with the median, by inference only.
            prop_assert_eq!(account.strength, Some(1.0));
            prop_assert!(account.inferred && account.mutual != Some(true));
            let attractive = score.score[at] >= matrix.summary.attractiveness_cut.unwrap();
            prop_assert_eq!(account.quadrant, Some(Quadrant::of(attractive, true)));
        }
    }
}

fn sample() -> (Facts, Crm) {
    let company = Company::generate(&SampleOptions::default()).unwrap();
    let columns = Columns::new("account", "date", "amount")
        .order("order")
        .cost("cost")
        .cost_to_serve("cost_to_serve")
        .list_amount("list_amount")
        .direction("direction")
        .manager("manager");
    let facts = Ledger::from_batches(vec![company.ledger.clone()], columns)
        .unwrap()
        .facts(&FactsOptions::new(Date::parse("2025-12-31").unwrap()))
        .unwrap();
    let mut crm = Crm::builder();
    for (name, batch) in company.tables().into_iter().skip(1) {
        crm = crm.table(name, vec![batch.clone()]).unwrap();
    }
    (facts, crm.build().unwrap())
}

/// On the sample company every quadrant occurs, and the evidence names both sides.
#[test]
fn every_quadrant_of_the_sample_company() {
    let (facts, crm) = sample();
    let context = Context::new(&facts, &crm);
    let entry = METHODS.iter().find(|entry| entry.name == "selection_matrix").unwrap();
    let outcome = entry.run(&context, &serde_json::Value::Null).unwrap();
    let quadrants = outcome.summary["quadrants"].as_object().unwrap();
    assert_eq!(quadrants.len(), 4);
    assert!(quadrants.values().all(|count| count.as_u64() > Some(0)), "{quadrants:?}");
    assert_eq!(entry.builds_on[0], AttractivenessMethod::NAME);
}

/// What account a of a ledger of one line says of us, from its ratings: criterion, competitor (none for us), score.
fn rated(ratings: &[(&str, Option<&str>, f64)]) -> OurAttractiveness {
    let texts = |values: Vec<Option<&str>>| Arc::new(StringArray::from(values)) as ArrayRef;
    let batch = |columns: Vec<(&str, ArrayRef)>| {
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
    };
    let rows = batch(vec![
        ("account", texts(vec![Some("a")])),
        ("date", texts(vec![Some("2024-12-02")])),
        ("amount", Arc::new(Float64Array::from(vec![10.0]))),
    ]);
    let ledger = Ledger::from_batches(vec![rows], Columns::new("account", "date", "amount")).unwrap();
    let facts = ledger.facts(&FactsOptions::new(Date::parse("2024-12-31").unwrap())).unwrap();
    let ratings = batch(vec![
        ("account", texts(ratings.iter().map(|_| Some("a")).collect())),
        ("criterion", texts(ratings.iter().map(|rating| Some(rating.0)).collect())),
        ("side", texts(ratings.iter().map(|rating| Some(if rating.1.is_some() { "of_competitor" } else { "of_us" })).collect())),
        ("competitor", texts(ratings.iter().map(|rating| rating.1).collect())),
        ("score", Arc::new(ratings.iter().map(|rating| Some(rating.2)).collect::<Float64Array>())),
        ("weight", Arc::new(ratings.iter().map(|_| Some(0.5)).collect::<Float64Array>())),
    ]);
    let crm = Crm::builder().ratings(vec![ratings]).unwrap().build().unwrap();
    our_attractiveness(&facts, &crm, &OurAttractivenessOptions::default()).unwrap()
}

#[test]
fn we_are_compared_by_the_criteria_that_both_are_rated_by() {
    let ours = rated(&[("price", None, 2.0), ("quality", None, 9.0), ("price", Some("K"), 3.0)]);
    let account = &ours.accounts[0];
    assert_eq!((account.our_score.get(), account.relative_strength.get()), (Some(5.5), Some(2.0 / 3.0)));
    assert_eq!(
        ours.evidence(0),
        "rates us 2.0, K 3.0 by 1 common criterion (us 5.5 by 2 criteria); behind most by price (2.0 against 3.0, weight 50.0 %)"
    );
    assert_eq!((ours.summary.compared, ours.summary.ahead), (1, 0));
    // Of competitors rated by different criteria the one furthest ahead of us, not the one with the highest score.
    let ours = rated(&[("price", None, 2.0), ("quality", None, 9.0), ("price", Some("K"), 3.0), ("quality", Some("J"), 8.0)]);
    assert_eq!((ours.accounts[0].best_competitor(), ours.accounts[0].best().unwrap().criteria), (Some("K"), 1));
}

#[test]
fn a_competitor_without_a_common_criterion_is_not_compared() {
    let ours = rated(&[("price", None, 2.0), ("service", Some("J"), 9.0), (" Price", Some("K"), 3.0)]);
    let account = &ours.accounts[0];
    assert!(account.is_incomparable() && !account.is_inferred());
    assert_eq!((account.our_score.get(), account.relative_strength.get(), account.best_competitor()), (Some(2.0), None, None));
    let evidence = ours.evidence(0);
    assert!(
        evidence.starts_with("rates us 2.0 by 1 criterion; not compared with J, K: no criterion in common; `price` and `"),
        "{evidence}"
    );
    assert!(evidence.ends_with("Price` differ in capitals or blanks alone and count as two criteria"), "{evidence}");
    assert_eq!((ours.summary.rated, ours.summary.compared, ours.summary.incomparable), (1, 0, 1));
}

#[test]
fn a_supplier_lies_by_its_share_of_spend() {
    let (facts, crm) = sample();
    let company = Company::generate(&SampleOptions::default()).unwrap();
    let options = FactsOptions { perspective: Perspective::Supplier, ..facts.options().clone() };
    let facts = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount")).unwrap().facts(&options).unwrap();
    let criteria = vec![Criterion::new("reliability", CriterionSource::Rating("reliability".to_owned()))];
    let score =
        attractiveness(&facts, &crm, &AttractivenessOptions { criteria: Some(criteria), ..AttractivenessOptions::default() }).unwrap();
    let ours = our_attractiveness(&facts, &crm, &OurAttractivenessOptions::default()).unwrap();
    let matrix = selection_matrix(&facts, &score, &ours, &SelectionMatrixOptions::default()).unwrap();
    assert!(matrix.evidence(0).contains("; share of spend "), "{}", matrix.evidence(0));
}
