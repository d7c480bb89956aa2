use std::ops::ControlFlow;
use std::sync::Mutex;
use std::thread::ThreadId;

use schemars::JsonSchema;
use serde::Deserialize;

use super::*;
use crate::facts::FactsOptions;
use crate::ledger::{Columns, Ledger};
use crate::method::{Family, Method, Options};
use crate::sample::{Company, SampleOptions};
use crate::table::Unit;

/// The sample company's facts with every column of its ledger.
fn facts() -> Facts {
    let options = SampleOptions { accounts: 60, ..SampleOptions::default() };
    let company = Company::generate(&options).unwrap();
    let columns = Columns::new("account", "date", "amount")
        .order("order")
        .cost("cost")
        .cost_to_serve("cost_to_serve")
        .list_amount("list_amount")
        .direction("direction")
        .currency("currency")
        .manager("manager");
    Ledger::from_batches(vec![company.ledger], columns).unwrap().facts(&FactsOptions::new(options.as_of)).unwrap()
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct LimitOptions {
    limit: i64,
    name: String,
}

impl Default for LimitOptions {
    fn default() -> Self {
        LimitOptions { limit: 10, name: "many".to_owned() }
    }
}

impl Options for LimitOptions {
    fn validate(&self) -> Result<()> {
        if self.limit < 0 { Err(Error::option("limit", self.limit, "0 or more")) } else { Ok(()) }
    }
}

/// Flags accounts with more lines than the limit, under a name that another method and the facts use as well.
struct Many<const SECOND: bool>;

impl<const SECOND: bool> Method for Many<SECOND> {
    const NAME: &'static str = if SECOND { "more" } else { "many" };
    const TITLE: &'static str = "Many lines";
    const ABOUT: &'static str = "Who has many lines.";
    const TABLES: &'static [(&'static str, &'static str)] = &[("many", "an account"), ("count", "the whole")];
    type Options = LimitOptions;

    fn run(context: &Context<'_>, options: &LimitOptions) -> Result<Outcome> {
        let lines = &context.facts.window().lines;
        let many = || lines.iter().map(|lines| Some(*lines > options.limit));
        let main = Table::new("many", vec![context.facts.account_column(0..lines.len()), Column::flags("many", many())])?;
        let count = Table::new("count", vec![Column::counts("accounts", [many().filter(|many| *many == Some(true)).count() as i64])])?;
        Outcome::new(vec![main, count], &json!({ "limit": options.limit }))?.with_accounts(vec![
            context.facts.account_column(0..lines.len()),
            Column::flags("many", many()),
            Column::counts("revenue", lines.iter().copied()),
        ])
    }
}

struct Lacking;

impl Method for Lacking {
    const NAME: &'static str = "lacking";
    const TITLE: &'static str = "Lacking";
    const ABOUT: &'static str = "Needs what is not there.";
    const TABLES: &'static [(&'static str, &'static str)] = &[("lacking", "nothing")];
    type Options = LimitOptions;

    fn run(_: &Context<'_>, _: &LimitOptions) -> Result<Outcome> {
        Err(Error::new(Code::MissingInput, "accounts: the column `budget` is missing").with_hint("give the accounts table a budget"))
    }
}

struct Broken;

impl Method for Broken {
    const NAME: &'static str = "broken";
    const TITLE: &'static str = "Broken";
    const ABOUT: &'static str = "Fails.";
    const TABLES: &'static [(&'static str, &'static str)] = &[("broken", "nothing")];
    type Options = LimitOptions;

    fn run(_: &Context<'_>, _: &LimitOptions) -> Result<Outcome> {
        Err(Error::new(Code::Overflow, "too large"))
    }
}

struct Faulty;

impl Method for Faulty {
    const NAME: &'static str = "faulty";
    const TITLE: &'static str = "Faulty";
    const ABOUT: &'static str = "Panics.";
    const TABLES: &'static [(&'static str, &'static str)] = &[("faulty", "nothing")];
    type Options = LimitOptions;

    fn run(_: &Context<'_>, _: &LimitOptions) -> Result<Outcome> {
        panic!("a method with a fault")
    }
}

/// Waits for a method that never comes to an end.
struct Patient;

impl Method for Patient {
    const NAME: &'static str = "patient";
    const TITLE: &'static str = "Patient";
    const ABOUT: &'static str = "Waits.";
    const TAKES: &'static [&'static str] = &["faulty"];
    const TABLES: &'static [(&'static str, &'static str)] = &[("patient", "nothing")];
    type Options = LimitOptions;

    fn run(_: &Context<'_>, _: &LimitOptions) -> Result<Outcome> {
        Err(Error::new(Code::Overflow, "was run after all"))
    }
}

static THREE: &[Entry] =
    &[Entry::of::<Many<false>>(Family::Segment), Entry::of::<Lacking>(Family::Segment), Entry::of::<Many<true>>(Family::Segment)];
static FAILING: &[Entry] = &[Entry::of::<Broken>(Family::Segment)];
static PANICKING: &[Entry] = &[Entry::of::<Faulty>(Family::Segment), Entry::of::<Patient>(Family::Segment)];

#[test]
fn methods_run_in_order_and_missing_input_is_skipped() {
    let facts = facts();
    let options = ReviewOptions::default().option("many", json!({ "limit": 40 }));
    let review = run(THREE, &facts, &Crm::default(), &options, &()).unwrap();
    assert_eq!(review.methods.iter().map(|ran| ran.name).collect::<Vec<_>>(), ["many", "more"]);
    assert_eq!(review.methods[0].options, json!({ "limit": 40, "name": "many" }));
    assert_eq!(review.skipped.len(), 1);
    assert_eq!((review.skipped[0].method, review.skipped[0].hint.as_deref()), ("lacking", Some("give the accounts table a budget")));
    assert!(review.skipped[0].reason.contains("budget"));
    assert_eq!(review.skipped_table().unwrap().columns(), ["method", "reason", "hint"]);
    assert!(review.get("lacking").is_none());
    assert_eq!(review.table("many").unwrap().name(), "many");
    assert_eq!(review.table("many.count").unwrap().len(), 1);
    assert_eq!(review.table("accounts").unwrap().len(), facts.len());
    assert!(review.table("many.none").is_none() && review.table("none").is_none());
}

#[test]
fn a_method_is_named_once_where_it_lacks_something() {
    let (facts, crm) = (facts(), Crm::default());
    let review = review(&facts, &crm, &ReviewOptions::default(), &()).unwrap();
    let three_p = review.skipped.iter().find(|skipped| skipped.method == "three_p").unwrap();
    assert!(three_p.reason.starts_with("need, purse and power"), "{}", three_p.reason);
    for skipped in &review.skipped {
        assert!(!skipped.reason.starts_with(skipped.method), "{}: {}", skipped.method, skipped.reason);
        let alone = method(skipped.method).unwrap().run(&Context::new(&facts, &crm), &Value::Null).unwrap_err().to_string();
        assert!(alone.matches(&format!("{}: ", skipped.method)).count() <= 1, "{alone}");
    }
}

#[test]
fn the_master_table_has_each_name_once() {
    let facts = facts();
    let review = run(THREE, &facts, &Crm::default(), &ReviewOptions::default(), &()).unwrap();
    let columns = review.accounts.columns();
    assert_eq!(columns[0], "account");
    for name in ["revenue", "profit", "many", "many_revenue", "more_many", "more_revenue"] {
        assert_eq!(columns.iter().filter(|column| **column == name).count(), 1, "{name} in {columns:?}");
    }
    let unit = |name: &str| review.accounts.position(name).map(|at| review.accounts.unit(at));
    assert_eq!((unit("revenue"), unit("many_revenue")), (Some(Unit::Money), Some(Unit::Count)));
}

#[test]
fn a_cell_reads_the_same_alone_in_its_column_and_in_other_rows() {
    let company = Company::generate(&SampleOptions { accounts: 60, ..SampleOptions::default() }).unwrap();
    let crm = company.tables().into_iter().skip(1).fold(Crm::builder(), |crm, (name, batch)| crm.table(name, vec![batch.clone()]).unwrap());
    let review = review(&facts(), &crm.build().unwrap(), &ReviewOptions::default(), &()).unwrap();
    let tables = review.methods.iter().flat_map(|ran| &ran.outcome.tables).chain([&review.accounts]);
    let mut kinds = BTreeSet::new();
    for table in tables {
        let batch = table.batch().unwrap();
        let built = batch
            .schema_ref()
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, array)| Column::built(field.name(), Unit::Plain, array.clone()));
        let built = Table::new(table.name(), built.collect()).unwrap();
        let backwards = table.rows((0..table.len()).rev());
        for column in 0..table.columns().len() {
            kinds.insert(table.kind(column).to_string());
            assert!(table.is_empty() || table.kind(column) == built.kind(column), "{} {column}", table.name());
            for row in 0..table.len() {
                let cell = table.value(column, row);
                assert_eq!(cell, built.value(column, row), "{} {column} {row}", table.name());
                assert_eq!(cell, backwards.value(column, table.len() - 1 - row), "{} {column} {row}", table.name());
            }
        }
        assert_eq!(table.head(3).batch().unwrap().columns(), batch.slice(0, 3.min(table.len())).columns());
    }
    assert!(kinds.len() >= 6, "{kinds:?}");
}

#[test]
fn wrong_options_and_other_failures_end_the_review() {
    let facts = facts();
    let go = |entries, options: &ReviewOptions| run(entries, &facts, &Crm::default(), options, &()).unwrap_err();
    let error = go(THREE, &ReviewOptions::default().option("many", json!({ "limit": -1 })));
    assert_eq!(error.code(), Code::Option);
    assert!(error.to_string().contains("many") && error.to_string().contains("limit"), "{error}");
    let error = go(THREE, &ReviewOptions::default().option("many", json!({ "limmit": 1 })));
    assert!(error.to_string().contains("limmit"), "{error}");
    let error = go(FAILING, &ReviewOptions::default());
    assert_eq!((error.code(), error.to_string().as_str()), (Code::Overflow, "broken: too large"));
    // What is not asked for cannot fail.
    let none = ReviewOptions::default().methods(Vec::<String>::new());
    assert!(run(FAILING, &facts, &Crm::default(), &none, &()).unwrap().methods.is_empty());
}

#[test]
fn names_that_the_registry_does_not_have_are_refused() {
    let facts = facts();
    let refused = |options: &ReviewOptions| review(&facts, &Crm::default(), options, &()).unwrap_err();
    let error = refused(&ReviewOptions::default().methods(["abcd"]));
    assert_eq!(error.code(), Code::UnknownMethod);
    assert!(error.to_string().contains("abcd"), "{error}");
    assert_eq!(refused(&ReviewOptions::default().option("abcd", json!({}))).code(), Code::UnknownMethod);
    let known = |_: &str| Ok(());
    let outside = ReviewOptions::default().methods(["a"]).option("b", json!({}));
    assert_eq!(outside.check(known).unwrap_err().code(), Code::Option);
    let number = ReviewOptions::default().option("b", json!(3));
    assert!(number.check(known).unwrap_err().to_string().contains("options.b"));
    assert!(ReviewOptions::default().option("b", Value::Null).check(known).is_ok());
}

/// Hears everything on one thread, and stops the work from so many finished methods on.
struct Heard {
    stages: Mutex<Vec<String>>,
    stop: u64,
    thread: ThreadId,
}

impl Heard {
    fn new(stop: u64) -> Self {
        Heard { stages: Mutex::default(), stop, thread: std::thread::current().id() }
    }

    fn sorted(self) -> Vec<String> {
        let mut stages = self.stages.into_inner().unwrap();
        assert_eq!(stages.last().map(String::as_str), Some("review"));
        stages.sort_unstable();
        stages
    }
}

impl Progress for Heard {
    fn report(&self, stage: &str, done: u64, total: Option<u64>) -> ControlFlow<()> {
        assert_eq!((std::thread::current().id(), total), (self.thread, Some(3)));
        self.stages.lock().unwrap().push(stage.to_owned());
        if done >= self.stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn the_caller_hears_of_every_method_on_his_thread_and_can_stop() {
    let facts = facts();
    let go = |entries, heard: &Heard| run(entries, &facts, &Crm::default(), &ReviewOptions::default(), heard);
    let heard = Heard::new(9);
    go(THREE, &heard).unwrap();
    assert_eq!(heard.sorted(), ["lacking", "many", "more", "review"]);
    let heard = Heard::new(1);
    assert!(go(THREE, &heard).unwrap_err().is_interrupted());
    // The second method may begin before or after the first is done.
    assert!((2..=3).contains(&heard.stages.into_inner().unwrap().len()));
    // Whoever has said stop is not asked again.
    let heard = Heard::new(0);
    assert!(go(THREE, &heard).unwrap_err().is_interrupted());
    assert_eq!(heard.stages.into_inner().unwrap().len(), 1);
}

#[test]
fn methods_side_by_side_say_what_they_say_one_after_the_other() {
    let company = Company::generate(&SampleOptions { accounts: 60, ..SampleOptions::default() }).unwrap();
    let crm = company.tables().into_iter().skip(1).fold(Crm::builder(), |crm, (name, batch)| crm.table(name, vec![batch.clone()]).unwrap());
    let (facts, crm) = (facts(), crm.build().unwrap());
    let go = || review(&facts, &crm, &ReviewOptions::default(), &()).unwrap();
    let in_turn = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(go);
    let side_by_side = go();
    assert_eq!(in_turn.methods.len(), METHODS.len());
    for (one, other) in in_turn.methods.iter().zip(&side_by_side.methods) {
        assert_eq!((one.name, &one.options, &one.outcome.summary), (other.name, &other.options, &other.outcome.summary));
        assert_eq!(one.outcome.tables, other.outcome.tables, "{}", one.name);
    }
    assert_eq!(in_turn.accounts, side_by_side.accounts);
}

#[test]
fn a_panic_of_the_callers_progress_leaves_nobody_waiting() {
    struct Panicking;
    impl Progress for Panicking {
        fn report(&self, _: &str, _: u64, _: Option<u64>) -> ControlFlow<()> {
            panic!("a listener with a fault")
        }
    }
    let facts = facts();
    let go = || review(&facts, &Crm::default(), &ReviewOptions::default(), &Panicking).map(|_| ());
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(go)).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"a listener with a fault"));
}

#[test]
fn a_panic_in_one_method_leaves_nobody_waiting() {
    let facts = facts();
    let go = || run(PANICKING, &facts, &Crm::default(), &ReviewOptions::default(), &()).map(|_| ());
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(go)).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"a method with a fault"));
}

#[test]
fn the_sample_adds_up_in_rows_and_in_money() {
    let facts = facts();
    let review = run(THREE, &facts, &Crm::default(), &ReviewOptions::default(), &()).unwrap();
    let parts = &review.facts.reconciliation;
    let all = [parts.in_window, parts.before_window, parts.after_as_of, parts.unassigned, parts.quarantined];
    assert_eq!(all.iter().map(|part| part.rows).sum::<u64>(), parts.read.rows);
    assert!((all.iter().map(|part| part.amount).sum::<f64>() - parts.read.amount).abs() < 0.005);
    assert!(all.iter().all(|part| part.rows > 0), "{parts:?}");
    assert_eq!((parts.quarantined.rows, parts.after_as_of.rows, parts.cost_missing), (7, 2, 2));
    assert_eq!(review.facts.currency.as_deref(), Some("EUR"));
    assert_eq!(review.facts.accounts, 57);
    assert!(review.facts.totals.profit.unwrap() > 0.0 && review.facts.totals.revenue < review.facts.history_totals.revenue);
    assert!((review.facts.totals.revenue - parts.in_window.amount).abs() < 0.005);
}

#[test]
fn the_whole_review_is_json() {
    let facts = facts();
    let review = run(THREE, &facts, &Crm::default(), &ReviewOptions::default(), &()).unwrap();
    let whole = review.to_json().unwrap();
    assert_eq!(whole["facts"]["as_of"], "2025-12-31");
    assert_eq!(whole["methods"]["many"]["summary"]["limit"], 10);
    assert_eq!(whole["methods"]["many"]["options"]["name"], "many");
    assert_eq!(whole["methods"]["many"]["tables"]["count"]["rows"], 1);
    assert_eq!(whole["skipped"][0]["method"], "lacking");
    assert_eq!(whole["accounts"]["rows"], facts.len());
    assert_eq!(whole["quarantine"]["rows"], 7);
    assert_eq!(serde_json::from_str::<Value>(&whole.to_string()).unwrap(), whole);
}

#[test]
fn every_registered_method_runs_over_the_sample_or_says_what_it_lacks() {
    let facts = facts();
    let review = review(&facts, &Crm::default(), &ReviewOptions::default(), &()).unwrap();
    assert_eq!(review.methods.len() + review.skipped.len(), METHODS.len());
    for ran in &review.methods {
        let names: Vec<_> = ran.outcome.tables.iter().map(Table::name).collect();
        assert_eq!(names, ran.rows.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{}", ran.name);
    }
}

/// A method that others build on can run with two sets of options in one review: its own, and those that one of the others gives it.
#[test]
fn what_one_method_gives_another_stays_between_them() {
    let facts = facts();
    let days = |days: u32| json!({ "criterion": "days", "days": days });
    let result = |review: &Review, method: &str| review.get(method).unwrap().to_json();
    let options = |win_back: Value| {
        ReviewOptions::default()
            .methods(["loss", "loss_dynamics", "win_back"])
            .option("loss", days(400))
            .option("win_back", json!({ "given": { "loss": win_back } }))
    };
    let review = |options: &ReviewOptions| review(&facts, &Crm::default(), options, &()).unwrap();
    let (same, other) = (review(&options(days(400))), review(&options(days(60))));
    // The review's own loss and what builds on it without a word go by the review's options …
    for method in ["loss", "loss_dynamics"] {
        assert_eq!(result(&same, method), result(&other, method));
    }
    // … and the one that was given others goes by those, as it would alone.
    let alone = review(&ReviewOptions::default().methods(["loss", "win_back"]).option("loss", days(60)));
    assert_ne!(result(&same, "win_back"), result(&other, "win_back"));
    assert_eq!(result(&other, "win_back"), result(&alone, "win_back"));
}

/// What a method does by default can lie past the calendar; what the caller asked for must not.
#[test]
fn defaults_that_the_facts_do_not_allow_are_skipped_and_the_same_when_asked_for_refused() {
    let company = Company::generate(&SampleOptions { accounts: 60, ..SampleOptions::default() }).unwrap();
    let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount")).unwrap();
    let facts = ledger.facts(&FactsOptions::new(crate::time::Date::parse("9999-12-31").unwrap())).unwrap();
    let ran = review(&facts, &Crm::default(), &ReviewOptions::default(), &()).unwrap();
    let skipped = ran.skipped.iter().find(|skipped| skipped.method == "clv").unwrap();
    assert!(skipped.reason.contains("`periods`") && skipped.hint.as_deref().is_some_and(|hint| hint.contains("9999")), "{skipped:?}");
    let asked = ReviewOptions::default().option("clv", json!({ "periods": 3 }));
    let error = review(&facts, &Crm::default(), &asked, &()).unwrap_err();
    assert_eq!(error.code(), Code::Option, "{error}");
}

/// The rows of a table in another order: a row's place is drawn by a multiplication that hits every place once.
fn shuffled(batch: &arrow::array::RecordBatch, factor: u64) -> arrow::array::RecordBatch {
    let mut rows: Vec<u64> = (0..batch.num_rows() as u64).collect();
    rows.sort_by_key(|row| (row.wrapping_add(7).wrapping_mul(factor) >> 17, *row));
    arrow::compute::take_record_batch(batch, &arrow::array::UInt64Array::from(rows)).unwrap()
}

/// Numbers of one digit and dates of one month, so that many rows are equal by what results are sorted by.
fn coarse(batch: &arrow::array::RecordBatch) -> arrow::array::RecordBatch {
    use arrow::array::{Array, AsArray, RecordBatch};
    use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type};
    let columns = batch.columns().iter().map(|column| match column.data_type() {
        DataType::Float64 => Arc::new(column.as_primitive::<Float64Type>().unary::<_, Float64Type>(|value| {
            let unit = 10f64.powf(value.abs().max(1e-9).log10().floor());
            (value / unit).round() * unit
        })) as Arc<dyn Array>,
        DataType::Decimal128(..) => {
            let cents = column.as_primitive::<Decimal128Type>();
            let rounded = cents.unary::<_, Decimal128Type>(|cents| cents - cents % 1_000_000);
            Arc::new(rounded.with_data_type(column.data_type().clone()))
        }
        DataType::Date32 => Arc::new(column.as_primitive::<Date32Type>().unary::<_, Date32Type>(|day| day - day.rem_euclid(30))),
        _ => Arc::clone(column),
    });
    RecordBatch::try_new(batch.schema(), columns.collect()).unwrap()
}

#[test]
fn the_order_of_the_crm_rows_cannot_be_seen() {
    let company = Company::generate(&SampleOptions { accounts: 120, ..SampleOptions::default() }).unwrap();
    let columns = Columns::new("account", "date", "amount").order("order").cost("cost").direction("direction").manager("manager");
    let facts = Ledger::from_batches(vec![company.ledger.clone()], columns)
        .unwrap()
        .facts(&FactsOptions::new(SampleOptions::default().as_of))
        .unwrap();
    let plain = |batch: &arrow::array::RecordBatch| batch.clone();
    for made in [plain, coarse] {
        let go = |order: &dyn Fn(&arrow::array::RecordBatch) -> arrow::array::RecordBatch| {
            let tables = company.tables().into_iter().skip(1);
            let crm = tables.fold(Crm::builder(), |crm, (name, batch)| crm.table(name, vec![order(&made(batch))]).unwrap());
            review(&facts, &crm.build().unwrap(), &ReviewOptions::default(), &()).unwrap()
        };
        let one = go(&|batch| batch.clone());
        assert!(one.skipped.is_empty(), "{:?}", one.skipped);
        let subjects: Vec<String> =
            (0..facts.len()).map(|at| facts.account(at).into_owned()).chain(one.source.candidates.clone()).collect();
        for factor in [0x9E37_79B9_7F4A_7C15, 0xD134_2543_DE82_EF95] {
            let other = go(&|batch| shuffled(batch, factor));
            assert_eq!(one.skipped, other.skipped);
            for (one, other) in one.methods.iter().zip(&other.methods) {
                assert_eq!(one.outcome.to_json().to_string(), other.outcome.to_json().to_string(), "{}", one.name);
            }
            assert_eq!(one.to_json().unwrap().to_string(), other.to_json().unwrap().to_string());
            let narrow = DossierOptions { rows: 3, ..DossierOptions::default() };
            for (account, options) in subjects.iter().flat_map(|account| [(account, DossierOptions::default()), (account, narrow.clone())])
            {
                let dossier = |review: &Review| review.dossier_with(account, &options).unwrap().to_json().unwrap();
                assert_eq!(dossier(&one), dossier(&other));
            }
        }
    }
}
