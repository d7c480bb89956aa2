//! Key accounts and relationships of the sample company: every type, route, level and verdict occurs, the past is seen as it was known
//! then, and the buying side speaks its own words.

use kam_core::crm::Kind;
use kam_core::key_account::{
    KeyAccountProfileOptions, KeyAccountTypesOptions, KeyRule, RoutesInputs, RoutesOptions, key_account_profile, key_account_types, routes,
};
use kam_core::method::{Context, Outcome, method};
use kam_core::pyramid::{Level, PyramidTransitionsOptions, pyramid_transitions};
use kam_core::report::{ReviewHtmlOptions, review_html};
use kam_core::sample::{Company, SampleOptions};
use kam_core::time::Date;
use kam_core::{
    Columns, Crm, Facts, FactsOptions, Ledger, PyramidInputs, PyramidOptions, PyramidTransitionsInputs, ReviewOptions, Window, pyramid,
    review,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::made_up;

fn sample_columns() -> Columns {
    Columns::new("account", "date", "amount")
        .order("order")
        .cost("cost")
        .cost_to_serve("cost_to_serve")
        .list_amount("list_amount")
        .direction("direction")
        .currency("currency")
        .manager("manager")
}

fn crm<'a>(tables: impl IntoIterator<Item = (&'a str, &'a arrow::array::RecordBatch)>) -> Crm {
    let tables = tables.into_iter().filter(|(name, _)| *name != "ledger");
    let builder = tables.fold(Crm::builder(), |builder, (name, batch)| builder.table(name, vec![batch.clone()]).unwrap());
    builder.build().unwrap()
}

fn sample(seed: u64) -> (Facts, Crm) {
    let company = Company::generate(&SampleOptions { seed, ..SampleOptions::default() }).unwrap();
    let ledger = Ledger::from_batches(vec![company.ledger.clone()], sample_columns()).unwrap();
    (ledger.facts(&FactsOptions::new(Date::parse("2025-12-31").unwrap())).unwrap(), crm(company.tables()))
}

fn run(name: &str, facts: &Facts, crm: &Crm, options: Value) -> Outcome {
    method(name).unwrap().run(&Context::new(facts, crm), &options).unwrap()
}

fn texts(outcome: &Outcome, table: &str, column: &str) -> Vec<Value> {
    let table = outcome.table(table).unwrap();
    let at = table.columns().iter().position(|name| *name == column).unwrap();
    (0..table.len()).map(|row| table.value(at, row)).collect()
}

#[test]
fn every_type_route_and_verdict_occurs() {
    for seed in 1..6 {
        let (facts, crm) = sample(seed);
        let types = run("key_account_types", &facts, &crm, json!({}));
        for (kind, count) in types.summary["types"].as_object().unwrap() {
            assert!(count.as_u64().unwrap() > 0, "seed {seed}: no {kind}");
        }
        let several = texts(&types, "key_account_types", "key_account_types");
        assert!(several.iter().any(|types| types.as_array().unwrap().len() >= 2), "seed {seed}: nobody is of two types");
        let routes = run("routes", &facts, &crm, json!({}));
        for (route, count) in routes.summary["routes"].as_object().unwrap() {
            assert!(count.as_u64().unwrap() > 0, "seed {seed}: no {route}");
        }
        let check = run("three_p", &facts, &crm, json!({ "accounts": "candidates" }));
        assert!(check.summary["verdicts"]["passed"].as_u64().unwrap() > 0, "seed {seed}: {:?}", check.summary);
        assert!(check.summary["verdicts"]["failed"].as_u64().unwrap() > 0, "seed {seed}");
        let profile = run("key_account_profile", &facts, &crm, json!({}));
        assert!(profile.summary["auc"].as_f64().unwrap() > 0.8, "seed {seed}: size tells who is key");
        for outcome in [&types, &routes, &check, &profile] {
            assert!(outcome.accounts.as_ref().is_none_or(|table| table.len() == facts.len()), "candidates stay out of the master table");
        }
    }
}

/// Both sides are attractive where the sample company's partners say so: the matrix comes from elsewhere, the pyramid takes it.
#[test]
fn every_level_occurs_and_the_last_end_is_today() {
    let (facts, crm) = sample(1);
    let joint = |at: usize| {
        let activities = crm.activities().unwrap();
        let is_joint = |row: usize| activities.kind[row].is_joint() && activities.account[row].as_deref() == Some(&facts.account(at));
        Some((0..activities.kind.len()).any(is_joint))
    };
    let mutual: Vec<Option<bool>> = (0..facts.len()).map(joint).collect();
    let today =
        pyramid(&facts, &crm, &PyramidInputs { mutual: Some(&mutual), ..PyramidInputs::default() }, &PyramidOptions::default()).unwrap();
    for level in [Level::Transaction, Level::Cooperation, Level::Partnership, Level::Synergy] {
        assert!(today.accounts.iter().any(|account| account.level == level), "no {}", level.name());
    }
    let inputs = PyramidTransitionsInputs { mutual: Some(&mutual), ..PyramidTransitionsInputs::default() };
    let moves = pyramid_transitions(&facts, &crm, &inputs, &PyramidTransitionsOptions::default()).unwrap();
    let last = moves.ends.len() - 1;
    for (at, account) in today.accounts.iter().enumerate() {
        assert_eq!(moves.level(at, last), account.level, "{}", facts.account(at));
    }
    assert_eq!(moves.counts.iter().flatten().sum::<u64>(), (facts.len() * last) as u64);
    for end in &moves.levels {
        assert_eq!(end.accounts.iter().sum::<usize>(), facts.len());
    }
    for row in moves.probabilities.iter().flatten() {
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
    assert!(moves.movers.iter().any(|mover| mover.to > mover.from) && moves.movers.iter().any(|mover| mover.to < mover.from));
    assert!(moves.movers.iter().all(|mover| mover.gates().next().is_some()), "every move has its reason");
}

#[test]
fn sentences_end_with_numbers_not_with_codes() {
    let (facts, crm) = sample(1);
    let evidence = texts(&run("key_account_types", &facts, &crm, json!({})), "labels", "evidence");
    let said: Vec<&str> = evidence.iter().map(|text| text.as_str().unwrap()).collect();
    assert!(said.iter().any(|text| text.contains("% of all profit") && text.contains(" EUR")), "{said:?}");
    assert!(said.iter().all(|text| !text.contains('_') && !text.contains("NaN")), "{said:?}");
}

#[test]
fn a_seed_draws_the_same_and_only_the_check_depends_on_it() {
    let (facts, crm) = sample(1);
    let with = |seed: u64| {
        key_account_profile(&facts, &crm, None, &KeyAccountProfileOptions { seed, ..KeyAccountProfileOptions::default() }).unwrap()
    };
    let (a, b, c) = (with(1), with(1), with(2));
    assert_eq!(a, b);
    assert_ne!(a.summary.auc, c.summary.auc);
    assert_eq!(a.accounts, c.accounts);
    let key = routes(&facts, &crm, &RoutesInputs::default(), &RoutesOptions::default()).unwrap().key_accounts();
    let any = key_account_profile(&facts, &crm, Some(&key), &KeyAccountProfileOptions::default()).unwrap();
    assert!(any.summary.key_accounts > a.summary.key_accounts);
    assert!(key_account_profile(&facts, &crm, Some(&key[1..]), &KeyAccountProfileOptions::default()).is_err());
}

#[test]
fn by_any_route_are_key_whom_routes_finds() {
    let (facts, crm) = sample(1);
    let (routes, profile) =
        (run("routes", &facts, &crm, json!({})), run("key_account_profile", &facts, &crm, json!({ "key": "any_route" })));
    let key = |outcome: &Outcome, table: &str, column: &str, is_key: &dyn Fn(&Value) -> bool| {
        let accounts = texts(outcome, table, "account").into_iter().zip(texts(outcome, table, "in_ledger"));
        let accounts = accounts.zip(texts(outcome, table, column));
        let own = accounts.filter(|((_, in_ledger), value)| in_ledger == true && is_key(value));
        own.map(|((account, _), _)| account.to_string()).collect::<std::collections::BTreeSet<String>>()
    };
    let found = key(&routes, "routes", "routes", &|routes| !routes.as_array().unwrap().is_empty());
    assert_eq!(key(&profile, "fit", "key_account", &|key| key == true), found);
    assert_eq!(profile.summary["missing"], routes.summary["missing"]);
    // From Rust, without the models, there is no projection, and the summary says so.
    let options = KeyAccountProfileOptions { key: KeyRule::AnyRoute, ..KeyAccountProfileOptions::default() };
    let alone = key_account_profile(&facts, &crm, None, &options).unwrap().summary;
    assert!(alone.missing.iter().any(|missing| missing.contains("no purchase model")), "{:?}", alone.missing);
}

#[test]
fn what_is_projected_opens_the_route_potential() {
    let (facts, crm) = sample(1);
    let none = vec![f64::NAN; facts.len()];
    let mut much = none.clone();
    let plain =
        routes(&facts, &crm, &RoutesInputs { projected: Some(&none), ..RoutesInputs::default() }, &RoutesOptions::default()).unwrap();
    let at = plain.accounts.iter().position(|account| !account.is_key()).unwrap();
    much[at] = 5e6;
    let with =
        routes(&facts, &crm, &RoutesInputs { projected: Some(&much), ..RoutesInputs::default() }, &RoutesOptions::default()).unwrap();
    assert_eq!(with.accounts[at].is[1], Some(true));
    assert!(with.summary.missing.is_empty());
    assert!(
        routes(&facts, &crm, &RoutesInputs { projected: Some(&much[1..]), ..RoutesInputs::default() }, &RoutesOptions::default()).is_err()
    );
}

#[test]
fn a_purchase_ledger_is_reviewed_in_the_words_of_buying() {
    let purchases = Company::generate(&SampleOptions::default()).unwrap().purchases;
    let columns =
        Columns::new("account", "date", "amount").order("order").list_amount("list_amount").direction("direction").currency("currency");
    let ledger = Ledger::from_batches(vec![purchases.ledger.clone()], columns).unwrap();
    let mut options = FactsOptions::new(Date::parse("2025-12-31").unwrap());
    let sold = ledger.facts(&options).unwrap();
    options.perspective = serde_json::from_value(json!("supplier")).unwrap();
    let bought = ledger.facts(&options).unwrap();
    assert_eq!(sold.window(), bought.window(), "words change, sums do not");
    let crm = crm(purchases.tables());
    let whole = review(&bought, &crm, &ReviewOptions::default(), &()).unwrap();
    for method in ["pareto", "abc", "xyz", "rfm", "pyramid", "pyramid_transitions", "routes"] {
        assert!(whole.get(method).is_some(), "{method}: {:?}", whole.skipped);
    }
    assert_eq!(whole.facts.perspective.name(), "supplier");
    // A supplier is judged by how we rate it, and the quadrants are those of supplier preferencing.
    let summary = |name: &str| &whole.get(name).expect(name).summary;
    assert_eq!(summary("attractiveness")["criteria"], json!(["quality", "delivery", "price", "service", "innovation"]));
    assert_eq!(summary("selection_matrix")["preset"], json!("steele_court"));
    let levels = texts(whole.get("pyramid").unwrap(), "pyramid", "level");
    for level in ["transaction", "cooperation", "partnership"] {
        assert!(levels.contains(&json!(level)), "no {level}");
    }
    let said = texts(whole.get("pyramid").unwrap(), "pyramid", "evidence");
    assert!(said.iter().any(|text| text.as_str().unwrap().contains("saved against the list, spend ")), "{said:?}");
    assert!(said.iter().all(|text| !text.as_str().unwrap().contains("customer") && !text.as_str().unwrap().contains("revenue")));
    let page = review_html(&whole, &ReviewHtmlOptions::default()).unwrap();
    assert!(page.contains("Key supplier review") && page.contains("<h2>Suppliers</h2>") && page.contains("Spend"));
    assert!(whole.accounts.columns().contains(&"revenue"), "machine names stay");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The level at the end of a period is the level that facts of that day give: nothing later leaks in.
    #[test]
    fn the_past_is_seen_as_it_was_known(
        lines in made_up::lines(),
        events in prop::collection::vec((0u8..6, 0i32..700, 0usize..4), 0..10),
        window in prop_oneof![Just(Window::Periods(12)), Just(Window::Periods(5)), Just(Window::Periods(1)), Just(Window::ALL)],
        grain in prop_oneof![Just("month"), Just("quarter"), Just("week")],
        future_proxy in any::<bool>(),
    ) {
        let crm = made_up::activities(&events, &[Kind::Dispute, Kind::Complaint, Kind::JointTeam, Kind::Visit]);
        let facts = made_up::facts(&lines, Date::parse("2024-12-31").unwrap(), window, grain);
        let rules = PyramidOptions { future_proxy, ..PyramidOptions::default() };
        let options = PyramidTransitionsOptions { periods: 30, pyramid: rules.clone(), ..PyramidTransitionsOptions::default() };
        let mutual = vec![Some(true); facts.len()];
        let moves = pyramid_transitions(&facts, &crm, &PyramidTransitionsInputs { mutual: Some(&mutual), ..PyramidTransitionsInputs::default() }, &options).unwrap();
        for (end, day) in moves.ends.iter().enumerate() {
            let then = made_up::facts(&lines, *day, window, grain);
            // A window of all periods begins with the ledger, which is the same for every end.
            let mutual = vec![Some(true); then.len()];
            let pyramid = pyramid(&then, &crm, &PyramidInputs { mutual: Some(&mutual), ..PyramidInputs::default() }, &rules).unwrap();
            for at in 0..facts.len() {
                let level = then.keys().find(&facts.account(at)).map_or(Level::None, |at| pyramid.accounts[at].level);
                prop_assert_eq!(moves.level(at, end), level, "{} on {}", facts.account(at), day);
            }
        }
    }

    #[test]
    fn the_order_of_accounts_changes_nothing(lines in made_up::lines(), shuffled in Just(()).prop_perturb(|(), mut random| random.random::<u64>())) {
        let mut other = lines.clone();
        let turn = usize::try_from(shuffled % other.len() as u64).unwrap();
        other.rotate_left(turn);
        other.reverse();
        let day = Date::parse("2024-12-31").unwrap();
        let (a, b) = (made_up::facts(&lines, day, Window::Periods(12), "month"), made_up::facts(&other, day, Window::Periods(12), "month"));
        for name in ["key_account_types", "routes", "pyramid", "pyramid_transitions"] {
            let (a, b) = (run(name, &a, &Crm::default(), json!({})), run(name, &b, &Crm::default(), json!({})));
            prop_assert_eq!(&a.tables, &b.tables);
            prop_assert_eq!(a.summary, b.summary);
        }
    }

    /// Shares of a total add up, so no more than ten accounts hold a tenth each; and scaling all money changes no type and no route.
    #[test]
    fn breadwinners_are_few_and_money_has_no_unit(lines in made_up::lines(), factor in 2i64..50) {
        let day = Date::parse("2024-12-31").unwrap();
        let scaled: Vec<made_up::Line> = lines.iter().map(|line| (line.0, line.1, line.2 * factor, line.3 * factor, line.4)).collect();
        let (a, b) = (made_up::facts(&lines, day, Window::Periods(12), "month"), made_up::facts(&scaled, day, Window::Periods(12), "month"));
        let crm = Crm::default();
        let types = |facts: &Facts| key_account_types(facts, &crm, &KeyAccountTypesOptions::default()).unwrap();
        let routed = |facts: &Facts| routes(facts, &crm, &RoutesInputs::default(), &RoutesOptions::default()).unwrap();
        prop_assert_eq!(types(&a).accounts.iter().map(|account| account.is).collect::<Vec<_>>(), types(&b).accounts.iter().map(|account| account.is).collect::<Vec<_>>());
        prop_assert_eq!(routed(&a).accounts.iter().map(|account| account.is).collect::<Vec<_>>(), routed(&b).accounts.iter().map(|account| account.is).collect::<Vec<_>>());
        if (0..a.len()).all(|at| a.window().profit(at).unwrap() >= 0) {
            prop_assert!(types(&a).summary.types["breadwinner"] <= 10);
        }
    }
}
