//! Dossiers of every kind of account, and two reviews side by side.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, UInt64Array};
use kam_core::review::dossier::{NextStep, StepKind};
use kam_core::sample::{Company, SampleOptions};
use kam_core::time::Date;
use kam_core::{
    Code, Columns, CompareOptions, Crm, DossierOptions, Facts, FactsOptions, Ledger, PyramidInputs, PyramidTransitionsInputs,
    PyramidTransitionsOptions, Review, ReviewOptions, Table, Window, pyramid, pyramid_transitions, review,
};
use serde_json::Value;

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn words(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn numbers(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Vec<RecordBatch> {
    vec![RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()]
}

fn company() -> Company {
    Company::generate(&SampleOptions::default()).unwrap()
}

fn crm_of(company: &Company) -> Crm {
    let tables = company.tables().into_iter().filter(|(name, _)| *name != "ledger");
    tables.fold(Crm::builder(), |crm, (name, table)| crm.table(name, vec![table.clone()]).unwrap()).build().unwrap()
}

fn facts_of(company: &Company, as_of: &str) -> Facts {
    let columns = Columns::new("account", "date", "amount")
        .order("order")
        .cost("cost")
        .cost_to_serve("cost_to_serve")
        .list_amount("list_amount")
        .direction("direction")
        .currency("currency")
        .manager("manager");
    let ledger = Ledger::from_batches(vec![company.ledger.clone()], columns).unwrap();
    ledger.facts(&FactsOptions::new(Date::parse(as_of).unwrap())).unwrap()
}

fn made(lines: &[(&str, &str, f64)], as_of: &str) -> Facts {
    let columns = vec![
        ("account", words(&lines.iter().map(|line| line.0).collect::<Vec<_>>())),
        ("date", words(&lines.iter().map(|line| line.1).collect::<Vec<_>>())),
        ("amount", numbers(&lines.iter().map(|line| line.2).collect::<Vec<_>>())),
    ];
    let ledger = Ledger::from_batches(batch(columns), Columns::new("account", "date", "amount")).unwrap();
    ledger.facts(&FactsOptions { window: Window::Periods(12), ..FactsOptions::new(Date::parse(as_of).unwrap()) }).unwrap()
}

fn reviewed(facts: &Facts, crm: &Crm) -> Review {
    review(facts, crm, &ReviewOptions::default(), &()).unwrap()
}

/// The rows of a table as objects.
fn rows(table: &Table) -> Vec<serde_json::Map<String, Value>> {
    let names = table.columns();
    (0..table.len()).map(|row| names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), table.value(at, row))).collect()).collect()
}

#[test]
fn every_account_of_the_sample_has_a_dossier() {
    let company = company();
    let (facts, crm) = (facts_of(&company, "2025-12-31"), crm_of(&company));
    let review = reviewed(&facts, &crm);
    assert_eq!(review.skipped, []);
    let pyramid = rows(review.table("pyramid").unwrap());
    let checks = rows(review.table("three_p").unwrap());
    let losses = rows(review.table("unprofitable").unwrap());
    let activities = crm.activities().unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    let accounts = &crm.accounts().unwrap().account;
    assert_eq!(accounts.len(), 240);
    for account in accounts {
        let dossier = review.dossier(account).unwrap();
        assert_eq!(dossier.account, account.as_str());
        let steps = |kind: StepKind| dossier.next_steps.iter().filter(|step| step.kind == kind).count();
        // What is missing for the next level is what the pyramid says.
        let level = pyramid.iter().find(|row| row["account"] == account.as_str());
        let missing = level.map_or(0, |row| row["missing"].as_array().unwrap().len());
        let losing = level.is_some_and(|row| row["missing"].to_string().contains("\"good_for_both: a loss of"));
        assert_eq!(steps(StepKind::PyramidGate), missing - usize::from(losing), "{account}");
        let unprofitable = losses.iter().any(|row| row["account"] == account.as_str());
        assert_eq!(steps(StepKind::Unprofitable), usize::from(unprofitable), "{account}");
        assert!(!losing || unprofitable, "{account}");
        assert_eq!(dossier.in_ledger, level.is_some());
        let check = checks.iter().find(|row| row["account"] == account.as_str()).unwrap();
        let open = ["need", "purse", "power"].iter().filter(|point| check[**point] != "met").count();
        assert_eq!(steps(StepKind::ThreeP), open, "{account}");
        let own = (0..activities.date.len())
            .filter(|row| activities.account[*row].as_deref() == Some(account) && activities.date[*row] <= facts.as_of());
        assert_eq!(dossier.history.latest_activities.len(), own.clone().count().min(20), "{account}");
        let in_window = own.filter(|row| activities.date[*row] >= facts.window_start()).count();
        assert_eq!(dossier.history.activities.iter().map(|kind| kind.count).sum::<usize>(), in_window, "{account}");
        kinds.extend(dossier.next_steps.iter().map(|step| step.kind));
        assert!(dossier.next_steps.is_sorted_by_key(|step| step.kind));
        // Every way of writing works, and the JSON is that of the data.
        let written = dossier.to_json().unwrap();
        assert!(!["-0.0,", "-0.0}", "-0.0]"].iter().any(|zero| written.contains(zero)), "{account}: {written}");
        let json: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(json["next_steps"].as_array().unwrap().len(), dossier.next_steps.len());
        let (page, text) = (dossier.to_html(), dossier.to_markdown());
        assert!(!page.contains("<script") && !text.contains("<script") && page.contains("</html>"));
    }
    assert!(kinds.len() >= 5, "{kinds:?}");
    let methods = |account: &str| review.dossier(account).unwrap().classes.iter().map(|standing| standing.method).collect::<Vec<_>>();
    let largest = review.table("pareto").unwrap().value(0, 0);
    for method in
        ["pareto", "abc", "xyz", "abc_xyz", "rfm", "routes", "three_p", "attractiveness", "selection_matrix", "pyramid", "loss", "effort"]
    {
        assert!(methods(largest.as_str().unwrap()).contains(&method), "{method}");
    }
}

#[test]
fn rows_that_differ_in_nothing_they_are_sorted_by_are_told_apart_by_the_rest() {
    let facts = made(&[("a", "2024-05-01", 100.0), ("b", "2024-05-01", 100.0)], "2024-12-31");
    let go = |backwards: bool| {
        let table = |columns: Vec<(&str, ArrayRef)>| {
            let rows = batch(columns).remove(0);
            let order = (0..rows.num_rows() as u64).map(|row| if backwards { rows.num_rows() as u64 - 1 - row } else { row });
            vec![arrow::compute::take_record_batch(&rows, &order.collect::<UInt64Array>()).unwrap()]
        };
        let names: Vec<String> = (0..30).map(|person| format!("p{person:02}")).collect();
        let people = names.iter().map(|name| Some(name.as_str())).chain([Some("Ann"), Some("Ann")]).collect::<Vec<_>>();
        let of_two = |first, second| [vec![None; 30], vec![first, second]].concat();
        let crm = Crm::builder()
            .contacts(table(vec![
                ("account", words(&["a"; 32])),
                ("name", texts(&people)),
                ("title", texts(&of_two(Some("CFO"), Some("CEO")))),
                ("role", texts(&of_two(Some("decision_maker"), Some("decision_maker")))),
            ]))
            .unwrap()
            .contracts(table(vec![
                ("account", words(&["a", "a"])),
                ("clause", words(&["stock", "price"])),
                ("due", words(&["2025-01-10", "2025-01-10"])),
                ("status", words(&["open", "open"])),
            ]))
            .unwrap()
            .activities(table(vec![
                ("account", words(&["a", "a"])),
                ("date", words(&["2024-06-01", "2024-06-01"])),
                ("kind", words(&["dispute", "dispute"])),
                ("hours", numbers(&[2.0, 1.0])),
                ("reason", words(&["price", "date"])),
            ]))
            .unwrap()
            .opportunities(table(vec![
                ("account", words(&["a", "a"])),
                ("closed", words(&["2025-06-01", "2025-06-01"])),
                ("outcome", words(&["open", "open"])),
                ("probability", numbers(&[0.8, 0.8])),
                ("value", Arc::new(Float64Array::from(vec![Some(0.0), None]))),
                ("reason", words(&["x", "y"])),
            ]))
            .unwrap()
            .competitors(table(vec![
                ("account", words(&["a", "a"])),
                ("competitor", words(&["Rival", "Rival"])),
                ("strengths", words(&["price", "name"])),
            ]))
            .unwrap()
            .ratings(table(vec![
                ("account", words(&["a", "a"])),
                ("criterion", words(&["trust", "trust"])),
                ("side", words(&["of_us", "of_us"])),
                ("score", numbers(&[3.0, 5.0])),
            ]))
            .unwrap()
            .plans(table(vec![
                ("account", words(&["a", "a"])),
                ("period", words(&["2024-05", "2024-05"])),
                ("target", numbers(&[3.0, 5.0])),
            ]))
            .unwrap()
            .managers(table(vec![("manager", words(&["m1", "m2"]))]))
            .unwrap()
            .build()
            .unwrap();
        let review = reviewed(&facts, &crm);
        let dossiers = ["a", "b"].map(|account| review.dossier(account).unwrap().to_json().unwrap());
        (review.to_json().unwrap(), dossiers)
    };
    let (one, other) = (go(false), go(true));
    for (method, result) in one.0["methods"].as_object().unwrap() {
        assert_eq!(result.to_string(), other.0["methods"][method].to_string(), "{method}");
    }
    assert_eq!((one.0.to_string(), one.1), (other.0.to_string(), other.1));
}

#[test]
fn a_dossier_holds_the_figures_of_the_tables() {
    let company = company();
    let (facts, crm) = (facts_of(&company, "2025-12-31"), crm_of(&company));
    let review = reviewed(&facts, &crm);
    let master = rows(&review.accounts);
    for row in master.iter().step_by(17) {
        let dossier = review.dossier(row["account"].as_str().unwrap()).unwrap();
        let (window, all) = (dossier.history.window.as_ref().unwrap(), dossier.history.all.as_ref().unwrap());
        assert_eq!(Value::from(window.revenue), row["revenue"]);
        assert_eq!(Value::from(all.profit), row["history_profit"]);
        let abc = dossier.classes.iter().find(|standing| standing.method == "abc").unwrap();
        assert_eq!(abc.figure("abc").unwrap(), row["abc"]);
        assert_eq!(abc.figure("cumulative_share_before").unwrap(), row["abc_cumulative_share_before"]);
        let options = DossierOptions { rows: 1_000, periods: 1_000, ..DossierOptions::default() };
        let whole = review.dossier_with(row["account"].as_str().unwrap(), &options).unwrap();
        let cents = |amount: f64| (amount * 100.0).round() as i64;
        assert_eq!(whole.history.periods.iter().map(|period| cents(period.revenue)).sum::<i64>(), cents(all.revenue));
        assert_eq!(whole.history.directions.iter().map(|own| cents(own.revenue)).sum::<i64>(), cents(all.revenue));
        assert_eq!(whole.history.directions.iter().map(|own| cents(own.window_revenue)).sum::<i64>(), cents(window.revenue));
    }
}

#[test]
fn names_of_every_kind() {
    let facts =
        made(&[("1", "2024-05-01", 10.0), ("2", "2024-05-01", 20.0), ("3", "2024-05-01", 30.0), ("4", "2024-06-01", 5.0)], "2024-12-31");
    let rtl = "شركة النخيل للتجهيزات";
    let accounts = batch(vec![
        ("account", words(&["1", "2", "3"])),
        ("name", texts(&[Some(" "), Some(rtl), Some("<script>alert('x')</script>|*b*")])),
        ("parent", texts(&[None, Some("3"), None])),
    ]);
    let review = reviewed(&facts, &Crm::builder().accounts(accounts).unwrap().build().unwrap());
    // Without a name, the key stands for it.
    let empty = review.dossier("1").unwrap();
    assert_eq!((&*empty.title, empty.general.name), ("1", None));
    assert!(empty.to_markdown().starts_with("# 1\n") && empty.to_html().contains("<bdi dir=\"auto\">1</bdi>"));
    let right = review.dossier("2").unwrap();
    assert_eq!(right.title, rtl);
    assert!(right.to_markdown().contains(rtl) && right.to_html().contains(&format!("<dd dir=\"auto\">{rtl}</dd>")));
    assert_eq!(serde_json::from_str::<Value>(&right.to_json().unwrap()).unwrap()["general"]["name"], rtl);
    assert_eq!(&*right.structure.parent.as_ref().unwrap().account, "3");
    let script = review.dossier("3").unwrap();
    let (page, text) = (script.to_html(), script.to_markdown());
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;|*b*"), "{page}");
    assert!(!text.contains("<script") && text.contains("# &lt;script&gt;alert\\('x'\\)&lt;/script&gt;\\|\\*b\\*"), "{text}");
    assert_eq!((script.structure.subsidiary_count, &*script.structure.subsidiaries[0].account), (1, "2"));
    // Not in the accounts table at all, and nothing was ever done for it.
    let alone = review.dossier("4").unwrap();
    assert_eq!((alone.general.manager.as_deref(), alone.history.activities.len(), alone.decision_scheme.contact_count), (None, 0, 0));
    assert!(alone.next_steps.iter().all(|step| matches!(step.kind, StepKind::PyramidGate | StepKind::ThreeP)));
}

#[test]
fn promises_and_mistakes_in_their_order() {
    let facts = made(&[("a", "2024-05-01", 10.0), ("b", "2024-05-01", 10.0)], "2024-12-31");
    let contracts = batch(vec![
        ("account", words(&["a", "a", "a", "a", "a", "b"])),
        ("clause", words(&["soon", "late", "broken", "kept", "far", "other"])),
        ("due", words(&["2025-01-30", "2024-12-01", "2024-06-01", "2024-01-01", "2026-01-01", "2025-01-01"])),
        ("status", words(&["open", "open", "breached", "met", "open", "open"])),
    ]);
    let activities = batch(vec![
        ("account", words(&["a", "a", "a", "a", "a"])),
        ("date", words(&["2020-02-02", "2024-03-03", "2024-04-04", "2020-05-05", "2025-06-06"])),
        ("kind", words(&["dispute", "late", "complaint", "late", "dispute"])),
        ("resolved", texts(&[None, Some("no"), Some("yes"), None, None])),
        ("reason", texts(&[Some("price"), None, None, None, None])),
    ]);
    let crm = Crm::builder().contracts(contracts).unwrap().activities(activities).unwrap().build().unwrap();
    let review = reviewed(&facts, &crm);
    let dossier = review.dossier("a").unwrap();
    let steps: Vec<(StepKind, &str, &str)> = dossier
        .next_steps
        .iter()
        .map(|step| (step.kind, &*step.about, step.text.as_str()))
        .filter(|step| step.0 < StepKind::ThreeP)
        .collect();
    // Settled, of another window, still to come, kept or far away: none of these is a step.
    assert_eq!(
        steps,
        [
            (StepKind::ClauseBreached, "broken", "make good the breached clause, due on 2024-06-01"),
            (StepKind::ClauseOverdue, "late", "keep the clause that was due on 2024-12-01, 30 days ago"),
            (StepKind::Mistake, "dispute", "settle the dispute of 2020-02-02 (price)"),
            (StepKind::Mistake, "late", "make good the delay of 2024-03-03"),
            (StepKind::ClauseDue, "soon", "keep the clause that is due on 2025-01-30, in 30 days"),
        ]
    );
    assert_eq!(dossier.contracts.iter().map(|own| own.clause.unwrap()).collect::<Vec<_>>(), ["broken", "late", "soon", "far", "kept"]);
    let none = DossierOptions { due_within_days: 0, ..DossierOptions::default() };
    assert!(review.dossier_with("b", &none).unwrap().next_steps.iter().all(|step| step.kind != StepKind::ClauseDue));
}

#[test]
fn an_account_that_loses_money_is_to_be_talked_to_about_it() {
    // Twelve months each: `a` sells at a profit, `b` is expensive to serve from July on and buys less, `c` sells below cost.
    let lines = ["a", "b", "c"].into_iter().flat_map(|account| (1..=12).map(move |month| (account, month)));
    let of = |value: fn(&str, i32) -> f64| numbers(&lines.clone().map(|(account, month)| value(account, month)).collect::<Vec<_>>());
    let columns = vec![
        ("account", words(&lines.clone().map(|(account, _)| account).collect::<Vec<_>>())),
        ("date", Arc::new(lines.clone().map(|(_, month)| Some(format!("2024-{month:02}-05"))).collect::<StringArray>()) as ArrayRef),
        ("amount", of(|account, month| if account == "b" && month > 6 { 80.0 } else { 100.0 })),
        ("cost", of(|account, _| if account == "c" { 130.0 } else { 50.0 })),
        ("serving", of(|account, month| if account == "b" && month > 6 { 200.0 } else { 0.0 })),
    ];
    let columns_of = Columns::new("account", "date", "amount").cost("cost").cost_to_serve("serving");
    let ledger = Ledger::from_batches(batch(columns), columns_of).unwrap();
    // That nothing is open must be known before the pyramid looks at the gain.
    let activities = batch(vec![("account", words(&["a"])), ("date", words(&["2024-05-01"])), ("kind", words(&["visit"]))]);
    let contracts = batch(vec![("account", words(&["a"])), ("clause", words(&["bonus"])), ("status", words(&["met"]))]);
    let crm = Crm::builder().activities(activities).unwrap().contracts(contracts).unwrap().build().unwrap();
    let review = reviewed(&ledger.facts(&FactsOptions::new(Date::parse("2024-12-31").unwrap())).unwrap(), &crm);
    let steps = |account: &str| -> Vec<(String, String)> {
        let dossier = review.dossier(account).unwrap();
        let of_loss = |step: &&NextStep<'_>| step.kind == StepKind::Unprofitable || step.text.contains("a loss");
        dossier.next_steps.iter().filter(of_loss).map(|step| (step.about.to_string(), step.text.clone())).collect()
    };
    assert_eq!(steps("a"), []);
    assert_eq!(
        steps("b"),
        [(
            "cost_to_serve".to_owned(),
            "renegotiate what it costs to serve: it costs 720 more than it brings; its cost to serve is 827.59 above what is usual for \
             such sales; at a loss since 2024-07-01; revenue 480 in the window's second half after 600 in its first"
                .to_owned()
        )]
    );
    let of_c = steps("c");
    assert_eq!(of_c.len(), 1);
    assert!(of_c[0].1.starts_with("renegotiate prices: it costs 360 more than it brings"), "{}", of_c[0].1);
    assert!(review.dossier("b").unwrap().to_html().contains("unprofitable, cost to serve"));
}

#[test]
fn the_pyramid_of_a_day_is_what_the_transitions_say_of_it() {
    let company = company();
    let crm = crm_of(&company);
    let options = PyramidTransitionsOptions { periods: 30, ..PyramidTransitionsOptions::default() };
    let today = facts_of(&company, "2025-12-31");
    let seen_today = pyramid_transitions(&today, &crm, &PyramidTransitionsInputs::default(), &options).unwrap();
    for as_of in ["2024-03-31", "2024-12-31", "2025-05-31", "2025-08-31", "2025-10-31", "2025-12-31"] {
        let facts = facts_of(&company, as_of);
        let levels = pyramid(&facts, &crm, &PyramidInputs::default(), &options.pyramid).unwrap();
        let then = pyramid_transitions(&facts, &crm, &PyramidTransitionsInputs::default(), &options).unwrap();
        let end = seen_today.ends.iter().position(|end| *end == facts.as_of()).unwrap();
        for (at, account) in levels.accounts.iter().enumerate() {
            let key = facts.account(at);
            let place = (0..today.len()).find(|place| today.account(*place) == key).unwrap();
            assert_eq!(account.level, then.level(at, then.ends.len() - 1), "{key} as of {as_of}");
            assert_eq!(account.level, seen_today.level(place, end), "{key} on {as_of}, seen from {}", today.as_of());
        }
    }
}

#[test]
fn ten_thousand_opportunities() {
    let facts = made(&[("a", "2024-05-01", 10.0)], "2024-12-31");
    let many = 10_000usize;
    let of = |text: fn(usize) -> String| -> ArrayRef { Arc::new((0..many).map(|at| Some(text(at))).collect::<StringArray>()) };
    let opportunities = batch(vec![
        ("account", of(|at| if at % 10_000 == 7 { "b".to_owned() } else { "a".to_owned() })),
        ("opened", of(|at| format!("2023-{:02}-{:02}", at % 12 + 1, at % 28 + 1))),
        ("closed", of(|at| format!("2024-{:02}-{:02}", at % 12 + 1, at % 28 + 1))),
        ("outcome", of(|at| ["won", "lost", "lost", "open"][at % 4].to_owned())),
        ("value", numbers(&(0..many).map(|at| at as f64).collect::<Vec<_>>())),
        ("reason", of(|at| format!("reason {}", at % 3))),
    ]);
    let review = reviewed(&facts, &Crm::builder().opportunities(opportunities).unwrap().build().unwrap());
    let dossier = review.dossier("a").unwrap();
    let history = &dossier.history;
    assert_eq!((history.won.count, history.lost.count, history.open.count), (2_500, 5_000, 2_499));
    let values = history.won.value + history.lost.value + history.open.value;
    assert_eq!(values, (0..10_000).sum::<i32>() as f64 - 7.0);
    assert_eq!(history.lost_reasons.iter().map(|(_, count)| count).sum::<usize>(), 5_000);
    assert_eq!(history.deals.len(), 20);
    assert!(history.deals.iter().all(|deal| deal.outcome == kam_core::crm::Outcome::Open));
    assert!(history.deals.is_sorted_by_key(|deal| std::cmp::Reverse(deal.closed)));
    assert!(dossier.to_json().unwrap().len() < 20_000 && dossier.to_markdown().contains("9,979 further opportunities are not shown"));
    // A candidate has a dossier as well.
    let candidate = review.dossier("b").unwrap();
    assert!(!candidate.in_ledger && candidate.history.all.is_none() && candidate.history.open.count == 1);
    assert!(candidate.to_html().contains("Nothing was bought yet."));
}

#[test]
fn as_of_a_day_no_later_word_on_clauses_and_deals_is_known() {
    let facts = made(&[("a", "2023-01-10", 10.0), ("a", "2023-11-10", 10.0), ("a", "2024-02-01", 10.0)], "2024-12-31");
    let contracts = batch(vec![
        ("account", words(&["a", "a", "a"])),
        ("clause", words(&["later", "kept early", "today"])),
        ("due", words(&["2026-03-01", "2025-02-01", "2024-12-31"])),
        ("status", words(&["breached", "met", "met"])),
    ]);
    let opportunities = batch(vec![
        ("account", words(&["a", "a", "a", "a"])),
        ("opened", words(&["2024-02-01", "2024-02-01", "2025-01-01", "2024-01-01"])),
        ("closed", words(&["2026-01-01", "2026-01-01", "2026-01-01", "2024-12-31"])),
        ("outcome", words(&["won", "lost", "won", "lost"])),
        ("probability", numbers(&[0.9, 0.2, 0.9, 0.9])),
        ("reason", words(&["price", "quality", "price", "delivery"])),
        ("value", numbers(&[5.0, 7.0, 100.0, 1.0])),
    ]);
    let crm = Crm::builder().contracts(contracts).unwrap().opportunities(opportunities).unwrap();
    let accounts = batch(vec![("account", words(&["a"])), ("manager", words(&["m"]))]);
    let review = reviewed(&facts, &crm.accounts(accounts).unwrap().build().unwrap());
    let row = |table: &str| rows(review.table(table).unwrap()).remove(0);
    let pyramid = row("pyramid");
    assert_eq!((&pyramid["breached_clauses"], &pyramid["gate_future"]), (&0.into(), &"met".into()));
    assert!(rows(review.table("portfolio.clauses").unwrap()).iter().all(|row| row["state"] == "due" && row["clause"] == "kept early"));
    for table in ["three_p", "routes"] {
        assert_eq!((&row(table)["open_opportunities"], &row(table)["open_value"]), (&2.into(), &12.0.into()), "{table}");
    }
    assert_eq!((&row("routes")["probability"], &row("routes")["likely"]), (&0.9.into(), &true.into()));
    let dossier = review.dossier("a").unwrap();
    let history = &dossier.history;
    assert_eq!((history.won.count, history.lost.count, history.open.count, history.open.value), (0, 1, 2, 12.0));
    assert_eq!(history.lost_reasons, [("delivery", 1)]);
    let (mut named, open) = (vec![], kam_core::crm::Outcome::Open);
    named.extend(history.deals.iter().map(|deal| (deal.outcome, deal.closed.is_some(), deal.reason)));
    assert_eq!(named, [(open, true, None), (open, true, None), (kam_core::crm::Outcome::Lost, true, Some("delivery"))]);
    assert!(dossier.next_steps.iter().all(|step| step.kind != StepKind::ClauseBreached && step.about != "later"));
    let states: Vec<_> = dossier.contracts.iter().map(|own| (own.clause.unwrap(), own.status.word(), own.overdue)).collect();
    assert_eq!(states, [("kept early", "open", false), ("later", "open", false), ("today", "met", false)]);
}

#[test]
fn an_account_that_is_not_there_names_those_like_it() {
    let facts = made(&[("ACME", "2024-05-01", 10.0), ("Globex", "2024-05-01", 20.0), ("103", "2024-05-01", 30.0)], "2024-12-31");
    let accounts = batch(vec![("account", words(&["103", "Initech"])), ("name", words(&["Atelier graphique", "Initech"]))]);
    let review = reviewed(&facts, &Crm::builder().accounts(accounts).unwrap().build().unwrap());
    let refused = |account: &str| review.dossier(account).unwrap_err();
    let error = refused("Acne");
    assert_eq!((error.code(), error.to_string().as_str()), (Code::UnknownAccount, "there is no account `Acne`"));
    assert!(error.hint().unwrap().contains("did you mean `ACME`?"), "{:?}", error.hint());
    // By its name, which is not its key; and a candidate.
    assert!(refused("atelier Graphique").hint().unwrap().contains("`103` (Atelier graphique)"));
    assert!(refused("initech").hint().unwrap().contains("`Initech`"));
    assert!(refused("zzzzzzzz").hint().unwrap().contains("by their key"));
    assert!(review.dossier("Initech").is_ok());
}

#[test]
fn among_many_accounts_those_like_one_are_found_without_comparing_all() {
    let named: Vec<String> = (0..12_000).map(|number| format!("KD-{}", 10_000 + number * 7)).collect();
    let lines: Vec<(&str, &str, f64)> = named.iter().map(|key| (key.as_str(), "2024-05-01", 10.0)).collect();
    let accounts = batch(vec![("account", words(&["KD-10007", "Initech"])), ("name", words(&["Atelier graphique", "Initech"]))]);
    let crm = Crm::builder().accounts(accounts).unwrap().build().unwrap();
    let few = ReviewOptions::default().methods(["abc"]);
    let of = |facts: &Facts| review(facts, &crm, &few, &()).unwrap();
    let review_of_texts = of(&made(&lines, "2024-12-31"));
    let hint = |review: &Review, account: &str| review.dossier(account).unwrap_err().hint().unwrap().to_owned();
    // Other letters, a letter changed at the beginning, left out, put in, exchanged; the beginning alone; a name; a candidate.
    for (wanted, meant) in [
        ("kd-31000", "`KD-31000`"),
        ("XD-31000", "`KD-31000`"),
        ("KD31000", "`KD-31000`"),
        ("KD-310000", "`KD-31000`"),
        ("DK-31000", "`KD-31000`"),
        ("KD-3099", "`KD-30"),
        ("atelier graphique", "`KD-10007` (Atelier graphique)"),
        ("Initecx", "`Initech`"),
    ] {
        assert!(hint(&review_of_texts, wanted).contains(meant), "{wanted}: {}", hint(&review_of_texts, wanted));
    }
    for unlike in ["Nobody of that name", "", &"long ".repeat(200_000)] {
        assert!(hint(&review_of_texts, unlike).contains("by their key"), "{}", hint(&review_of_texts, unlike));
    }
    let keys = (0..12_000_i64).map(|number| 10_000 + number * 7);
    let columns = vec![
        ("account", Arc::new(Int64Array::from_iter_values(keys)) as ArrayRef),
        ("date", words(&["2024-05-01"; 12_000])),
        ("amount", numbers(&[10.0; 12_000])),
    ];
    let ledger = Ledger::from_batches(batch(columns), Columns::new("account", "date", "amount")).unwrap();
    let facts = ledger.facts(&FactsOptions::new(Date::parse("2024-12-31").unwrap())).unwrap();
    let review_of_numbers = of(&facts);
    assert!(hint(&review_of_numbers, "41000").contains("`31000`"), "{}", hint(&review_of_numbers, "41000"));
    assert!(hint(&review_of_numbers, "31000x").contains("`31000`"));
}

#[test]
fn a_review_does_not_differ_from_itself() {
    let company = company();
    let review = reviewed(&facts_of(&company, "2025-12-31"), &crm_of(&company));
    let same = review.compare(&review).unwrap();
    assert_eq!((same.changes.len(), same.accounts.len()), (0, 0));
    assert_eq!(same.summary["accounts_changed"], 0);
    assert!(rows(&same.moves).iter().all(|row| row["before"] == row["after"] && row["revenue_before"] == row["revenue"]));
}

#[test]
fn moves_add_up_to_the_accounts_of_both() {
    let company = company();
    let crm = crm_of(&company);
    let (newer, older) = (reviewed(&facts_of(&company, "2025-12-31"), &crm), reviewed(&facts_of(&company, "2025-06-30"), &crm));
    let comparison = newer.compare(&older).unwrap();
    let both = comparison.summary["accounts"].as_i64().unwrap();
    let (moves, changes) = (rows(&comparison.moves), rows(&comparison.changes));
    let abc: Vec<_> = moves.iter().filter(|row| row["class"] == "abc").collect();
    assert_eq!(abc.iter().map(|row| row["accounts"].as_i64().unwrap()).sum::<i64>(), both);
    let moved: i64 = moves.iter().filter(|row| row["before"] != row["after"]).map(|row| row["accounts"].as_i64().unwrap()).sum();
    assert_eq!(moved, changes.len() as i64);
    assert!(changes.iter().all(|row| row["before"] != row["after"]));
    for class in ["abc", "xyz", "level", "quadrant", "rfm_segment", "loss"] {
        assert!(changes.iter().any(|row| row["class"] == class), "nobody changed {class}");
    }
    // Whoever moved has figures that moved.
    let abc_changes: Vec<_> = changes.iter().filter(|row| row["class"] == "abc").collect();
    assert!(abc_changes.iter().all(|row| !row["changed"].as_array().unwrap().is_empty()));
    assert!(abc_changes.iter().any(|row| row["direction"] == "up") && abc_changes.iter().any(|row| row["direction"] == "down"));
    assert_eq!(comparison.summary["new_accounts"].as_u64().unwrap() as usize, rows(&comparison.accounts).len());
    let only = newer.compare_with(&older, &CompareOptions { methods: Some(vec!["abc".to_owned()]) }).unwrap();
    assert_eq!(only.changes.len(), abc_changes.len());
}

#[test]
fn who_moved_and_why() {
    let old = made(&[("a", "2023-05-01", 900.0), ("b", "2023-05-01", 100.0), ("gone", "2023-05-01", 1.0)], "2023-12-31");
    let new = made(&[("a", "2024-05-01", 100.0), ("b", "2024-05-01", 900.0), ("new", "2024-05-01", 2.0)], "2024-12-31");
    let only = ReviewOptions::default().methods(["abc"]);
    let of = |facts: &Facts| review(facts, &Crm::default(), &only, &()).unwrap();
    let comparison = of(&new).compare(&of(&old)).unwrap();
    let changes = rows(&comparison.changes);
    let expected = [("a", "A", "B", "down", "revenue: 900.00 → 100.00"), ("b", "B", "A", "up", "revenue: 100.00 → 900.00")];
    assert_eq!(changes.len(), expected.len());
    for (row, (account, before, after, direction, revenue)) in changes.iter().zip(expected) {
        assert_eq!((&row["account"], &row["before"], &row["after"]), (&account.into(), &before.into(), &after.into()));
        assert_eq!((&row["method"], &row["class"], &row["direction"]), (&"abc".into(), &"abc".into(), &direction.into()));
        assert!(row["changed"].as_array().unwrap().contains(&revenue.into()), "{row:?}");
    }
    let accounts = rows(&comparison.accounts);
    assert_eq!(
        accounts.iter().map(|row| (row["account"].as_str().unwrap(), row["change"].as_str().unwrap())).collect::<Vec<_>>(),
        [("new", "new"), ("gone", "gone")]
    );
}

#[test]
fn a_comparison_names_the_rules_that_changed() {
    let company = company();
    let facts = facts_of(&company, "2025-12-31");
    let of = |facts: &Facts, a: f64| {
        let only = ReviewOptions::default().methods(["abc", "xyz", "abc_xyz"]).option("abc", serde_json::json!({ "a": a }));
        review(facts, &Crm::default(), &only, &()).unwrap()
    };
    let comparison = of(&facts, 0.5).compare(&of(&facts, 0.8)).unwrap();
    // What was given for one method holds in the other that repeats it.
    let rules = ["abc.a: 0.8 → 0.5", "abc_xyz.abc.a: 0.8 → 0.5"];
    assert_eq!(comparison.rules_changed, rules);
    assert_eq!(comparison.summary["rules_changed"], serde_json::json!(rules));
    assert!(comparison.summary["note"].as_str().unwrap().contains("moved by them alone: abc.a: 0.8 → 0.5"));
    let changes = rows(&comparison.changes);
    assert!(changes.iter().any(|row| row["method"] == "abc"));
    let first = |row: &serde_json::Map<String, Value>| {
        if row["method"] == "abc" { format!("rule {}", rules[0]) } else { format!("rule {}", rules[1]) }
    };
    assert!(changes.iter().all(|row| row["changed"][0] == first(row).as_str()), "{changes:?}");
    // Window and grain bear on every class.
    let ledger = Ledger::from_batches(vec![company.ledger.clone()], Columns::new("account", "date", "amount")).unwrap();
    let options = FactsOptions { window: Window::Periods(4), grain: kam_core::time::Grain::Quarter, ..facts.options().clone() };
    let comparison = of(&ledger.facts(&options).unwrap(), 0.8).compare(&of(&facts, 0.8)).unwrap();
    assert_eq!(comparison.rules_changed, ["grain: month → quarter", "window: 12 → 4"]);
    let same = of(&facts, 0.8).compare(&of(&facts_of(&company, "2025-06-30"), 0.8)).unwrap();
    assert_eq!((same.rules_changed.len(), &same.summary["note"]), (0, &Value::Null));
}

#[test]
fn an_older_review_is_of_no_later_day() {
    let lines = [("a", "2024-05-01", 10.0)];
    let of = |as_of: &str| reviewed(&made(&lines, as_of), &Crm::default());
    let error = of("2024-06-30").compare(&of("2024-12-31")).unwrap_err();
    assert_eq!(error.code(), Code::StateMismatch);
    assert!(error.to_string().contains("2024-12-31, later than this one, as of 2024-06-30"), "{error}");
}

#[test]
fn reviews_that_cannot_be_compared() {
    let facts = made(&[("a", "2024-05-01", 10.0)], "2024-12-31");
    let review = reviewed(&facts, &Crm::default());
    let wrong = CompareOptions { methods: Some(vec!["lorenz".to_owned()]) };
    assert_eq!(review.compare_with(&review, &wrong).unwrap_err().code(), Code::Option);
    let supplier = FactsOptions { perspective: kam_core::facts::Perspective::Supplier, ..facts.options().clone() };
    let columns = vec![("account", words(&["a"])), ("date", words(&["2024-05-01"])), ("amount", numbers(&[1.0]))];
    let other = Ledger::from_batches(batch(columns), Columns::new("account", "date", "amount")).unwrap().facts(&supplier).unwrap();
    assert_eq!(review.compare(&reviewed(&other, &Crm::default())).unwrap_err().code(), Code::StateMismatch);
}
