//! Facts are exact and do not depend on the order of the rows, on batches, threads or merges; and they are what a plain sum gives.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use kam_core::facts::StateOptions;
use kam_core::time::{Date, Grain, Period};
use kam_core::{Columns, Facts, FactsOptions, FactsState, Ledger, Window};
use proptest::prelude::*;

/// A line of a made-up ledger; money in minor units.
#[derive(Clone, Debug)]
struct Line {
    account: Option<u8>,
    day: i32,
    amount: i64,
    cost: Option<i64>,
    list_amount: Option<i64>,
    order: u8,
    direction: Option<u8>,
    manager: u8,
}

const EPOCH: i32 = 14_975; // 2011-01-01

fn line() -> impl Strategy<Value = Line> {
    (
        proptest::option::weighted(0.95, 0u8..12),
        EPOCH - 40..EPOCH + 900,
        prop_oneof![4 => 1i64..100_000, 1 => -50_000i64..0, 1 => Just(0)],
        proptest::option::weighted(0.9, 0i64..60_000),
        proptest::option::weighted(0.9, 0i64..120_000),
        0u8..30,
        proptest::option::weighted(0.9, 0u8..4),
        0u8..3,
    )
        .prop_map(|(account, day, amount, cost, list_amount, order, direction, manager)| Line {
            account,
            day,
            amount,
            cost,
            list_amount,
            order,
            direction,
            manager,
        })
}

/// Text keys short and long, so that both ways of holding them are met.
fn name(account: u8) -> String {
    if account.is_multiple_of(2) { format!("A{account}") } else { format!("Gesellschaft für Großkunden {account}") }
}

fn batch(lines: &[Line], text_keys: bool) -> RecordBatch {
    let keys: ArrayRef = if text_keys {
        Arc::new(lines.iter().map(|line| line.account.map(name)).collect::<StringArray>())
    } else {
        Arc::new(lines.iter().map(|line| line.account.map(|account| i64::from(account) - 5)).collect::<Int64Array>())
    };
    let integers = |value: fn(&Line) -> Option<i64>| Arc::new(lines.iter().map(value).collect::<Int64Array>()) as ArrayRef;
    RecordBatch::try_from_iter_with_nullable(vec![
        ("account", keys, true),
        ("date", Arc::new(lines.iter().map(|line| Some(line.day)).collect::<Date32Array>()) as ArrayRef, true),
        ("amount", integers(|line| Some(line.amount)), true),
        ("cost", integers(|line| line.cost), true),
        ("list", integers(|line| line.list_amount), true),
        ("order", integers(|line| Some(line.order.into())), true),
        (
            "line",
            Arc::new(lines.iter().map(|line| line.direction.map(|direction| format!("dir {direction}"))).collect::<StringArray>()),
            true,
        ),
        ("rep", Arc::new(lines.iter().map(|line| Some(format!("rep {}", line.manager))).collect::<StringArray>()) as ArrayRef, true),
    ])
    .unwrap()
}

/// Which columns a ledger maps: they decide how the fold keeps and sums rows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mapped {
    /// Account, date, amount, cost: narrow rows, summed in a dense array.
    Few,
    /// Orders and list amounts as well: wide rows, summed in a dense array.
    NoLabels,
    /// Directions and managers as well: wide rows, sorted.
    All,
}

fn mapped() -> impl Strategy<Value = Mapped> {
    prop_oneof![Just(Mapped::Few), Just(Mapped::NoLabels), Just(Mapped::All)]
}

fn columns(mapped: Mapped) -> Columns {
    let columns = Columns::new("account", "date", "amount").cost("cost").scale(kam_core::money::Scale::new(0).unwrap());
    match mapped {
        Mapped::Few => columns,
        Mapped::NoLabels => columns.list_amount("list").order("order"),
        Mapped::All => columns.list_amount("list").order("order").direction("line").manager("rep"),
    }
}

fn options(grain: Grain, window: Window) -> FactsOptions {
    FactsOptions { grain, window, ..FactsOptions::new(Date(EPOCH + 700)) }
}

fn facts(batches: Vec<RecordBatch>, mapped: Mapped, options: &FactsOptions) -> Facts {
    Ledger::from_batches(batches, columns(mapped)).unwrap().facts(options).unwrap()
}

fn grain() -> impl Strategy<Value = Grain> {
    prop_oneof![Just(Grain::Day), Just(Grain::Week), Just(Grain::Month), Just(Grain::Quarter), Just(Grain::Year)]
}

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![Just(Window::ALL), (1u32..40).prop_map(Window::Periods)]
}

/// The plain sums of one account.
#[derive(Default)]
struct Plain {
    days: BTreeSet<i32>,
    purchase_days: BTreeSet<i32>,
    first_day: BTreeMap<i32, i64>,
    orders: BTreeSet<u8>,
    window_orders: BTreeSet<u8>,
    periods: BTreeMap<Period, [i64; 6]>,
    directions: BTreeMap<(Option<u8>, Period), i64>,
}

fn plain(lines: &[Line], options: &FactsOptions, span: kam_core::facts::Span) -> BTreeMap<u8, Plain> {
    let mut accounts: BTreeMap<u8, Plain> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.day <= options.as_of.0) {
        let Some(account) = line.account else { continue };
        let sums = accounts.entry(account).or_default();
        let period = options.grain.period(Date(line.day));
        let cell = sums.periods.entry(period).or_default();
        cell[0] += 1;
        cell[1] += line.amount;
        cell[2] += -line.amount.min(0);
        cell[3] += line.cost.unwrap_or(0);
        cell[4] += line.list_amount.unwrap_or(line.amount);
        cell[5] += i64::from(line.amount > 0);
        *sums.directions.entry((line.direction, period)).or_default() += line.amount;
        if line.amount >= 0 {
            sums.purchase_days.insert(line.day);
        }
        if line.amount > 0 {
            sums.days.insert(line.day);
            *sums.first_day.entry(line.day).or_default() += line.amount;
            sums.orders.insert(line.order);
            if span.contains(period) {
                sums.window_orders.insert(line.order);
            }
        }
    }
    accounts
}

fn compare(facts: &Facts, lines: &[Line], text_keys: bool, mapped: Mapped) {
    let plain = plain(lines, facts.options(), facts.span());
    assert_eq!(facts.len(), plain.len());
    for (account, sums) in &plain {
        let key = if text_keys { name(*account) } else { (i64::from(*account) - 5).to_string() };
        let at = facts.keys().find(&key).unwrap();
        assert_eq!(facts.active_days(at).map(|day| day.0).collect::<Vec<_>>(), sums.days.iter().copied().collect::<Vec<_>>());
        assert_eq!(facts.purchase_days(at).map(|day| day.0).collect::<Vec<_>>(), sums.purchase_days.iter().copied().collect::<Vec<_>>());
        assert_eq!(facts.first_date(at).map(|day| day.0), sums.days.first().copied());
        assert_eq!(facts.last_date(at).map(|day| day.0), sums.days.last().copied());
        assert_eq!(facts.first_day_revenue(at), sums.first_day.values().next().copied().unwrap_or(0));
        let mapped_only = |column: &Option<Vec<i64>>| column.as_ref().map(|column| column[at]);
        let has_orders = mapped != Mapped::Few;
        assert_eq!(mapped_only(&facts.history().orders), has_orders.then_some(sums.orders.len() as i64));
        assert_eq!(mapped_only(&facts.window().orders), has_orders.then_some(sums.window_orders.len() as i64));
        let periods: Vec<_> =
            facts.periods(at).map(|p| (p.period, [p.lines, p.revenue, p.returns, p.cost, p.list_amount, p.sale_lines])).collect();
        let list = |mut sums: [i64; 6]| {
            sums[4] *= i64::from(has_orders);
            sums
        };
        assert_eq!(periods, sums.periods.iter().map(|(period, sums)| (*period, list(*sums))).collect::<Vec<_>>());
        for (all, sums_of) in [(true, facts.history()), (false, facts.window())] {
            let inside = || sums.periods.iter().filter(|(period, _)| all || facts.span().contains(**period)).map(|(_, sums)| sums);
            assert_eq!(sums_of.lines[at], inside().map(|sums| sums[0]).sum::<i64>());
            assert_eq!(sums_of.revenue[at], inside().map(|sums| sums[1]).sum::<i64>());
            assert_eq!(sums_of.returns[at], inside().map(|sums| sums[2]).sum::<i64>());
            assert_eq!(sums_of.cost.as_ref().unwrap()[at], inside().map(|sums| sums[3]).sum::<i64>());
            assert_eq!(mapped_only(&sums_of.list_amount), has_orders.then_some(inside().map(|sums| sums[4]).sum::<i64>()));
            assert_eq!(sums_of.active_periods[at], inside().filter(|sums| sums[5] > 0).count() as i64);
        }
        let mut directions: BTreeMap<(Option<u8>, Period), i64> = BTreeMap::new();
        for cell in facts.cells(at) {
            let direction = facts.labels().labels[cell.label as usize].direction.as_ref();
            let number = direction.map(|text| text.trim_start_matches("dir ").parse().unwrap());
            *directions.entry((number, facts.period_of(&cell))).or_default() += cell.revenue;
        }
        if mapped == Mapped::All {
            assert_eq!(directions, sums.directions);
        }
    }
    // Every row has one fate, in rows and in money.
    let reconciliation = facts.reconciliation();
    assert_eq!(reconciliation.read().rows, lines.len() as u64);
    assert_eq!(reconciliation.read().amount, lines.iter().map(|line| i128::from(line.amount)).sum::<i128>());
    let unassigned: Vec<_> = lines.iter().filter(|line| line.account.is_none()).collect();
    assert_eq!(reconciliation.unassigned.rows, unassigned.len() as u64);
    assert_eq!(reconciliation.used().amount, facts.history().revenue.iter().map(|minor| i128::from(*minor)).sum::<i128>());
    assert_eq!(reconciliation.in_window.amount, facts.window().revenue.iter().map(|minor| i128::from(*minor)).sum::<i128>());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn facts_are_the_plain_sums(lines in proptest::collection::vec(line(), 0..300), text_keys: bool, mapped in mapped(), grain in grain(), window in window()) {
        let facts = facts(vec![batch(&lines, text_keys)], mapped, &options(grain, window));
        compare(&facts, &lines, text_keys, mapped);
    }

    #[test]
    fn order_and_batches_cannot_be_seen(
        (lines, shuffled) in proptest::collection::vec(line(), 1..300).prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        text_keys: bool,
        mapped in mapped(),
        size in 1usize..50,
        threads in 1usize..5,
        window in window(),
    ) {
        let options = options(Grain::Month, window);
        let whole = facts(vec![batch(&lines, text_keys)], mapped, &options);
        let parts: Vec<RecordBatch> = shuffled.chunks(size).map(|part| batch(part, text_keys)).collect();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let other = pool.install(|| facts(parts, mapped, &options));
        prop_assert!(whole == other);
    }

    #[test]
    fn any_tree_of_merges_gives_the_same(
        lines in proptest::collection::vec((line(), 0usize..5), 1..200),
        order in Just(vec![0usize, 1, 2, 3, 4]).prop_shuffle(),
        left_first: bool,
        text_keys: bool,
        mapped in mapped(),
        grain in grain(),
        window in window(),
    ) {
        let options = options(grain, window);
        let all: Vec<Line> = lines.iter().map(|(line, _)| line.clone()).collect();
        let whole = facts(vec![batch(&all, text_keys)], mapped, &options);
        for cell in [Grain::Day, grain_of_cells(grain)] {
            let as_of = if cell == Grain::Day { None } else { Some(options.as_of) };
            let mut states: Vec<FactsState> = order.iter().map(|part| {
                let mut state = FactsState::new(&StateOptions { as_of, cell });
                let lines: Vec<Line> = lines.iter().filter(|(_, of)| of == part).map(|(line, _)| line.clone()).collect();
                state.fold(&Ledger::from_batches(vec![batch(&lines, text_keys)], columns(mapped)).unwrap()).unwrap();
                state
            }).collect();
            while states.len() > 1 {
                let (mut a, b) = if left_first { (states.remove(0), states.remove(0)) } else { let b = states.pop().unwrap(); (states.pop().unwrap(), b) };
                a.merge(&b).unwrap();
                states.push(a);
            }
            let merged = states.pop().unwrap().finish(&options).unwrap();
            prop_assert!(whole == merged);
        }
    }

    #[test]
    fn encoded_states_come_back_and_are_the_same_bytes_for_the_same_rows(
        (lines, shuffled) in proptest::collection::vec(line(), 0..200).prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        text_keys: bool,
        mapped in mapped(),
        at in 0usize..10_000,
    ) {
        let options = options(Grain::Quarter, Window::Periods(4));
        let state = |lines: &[Line]| {
            let mut state = FactsState::new(&StateOptions { as_of: None, cell: Grain::Day });
            state.fold(&Ledger::from_batches(vec![batch(lines, text_keys)], columns(mapped)).unwrap()).unwrap();
            state
        };
        let bytes = state(&lines).encode().unwrap();
        prop_assert!(bytes == state(&shuffled).encode().unwrap());
        let back = FactsState::decode(&bytes).unwrap();
        prop_assert!(bytes == back.encode().unwrap());
        prop_assert!(back.finish(&options).unwrap() == facts(vec![batch(&lines, text_keys)], mapped, &options));
        let mut damaged = bytes.clone();
        let at = at % damaged.len();
        damaged[at] ^= 1;
        prop_assert_eq!(FactsState::decode(&damaged).unwrap_err().code() as u16, 403);
        prop_assert_eq!(FactsState::decode(&bytes[..at]).unwrap_err().code() as u16, 403);
    }

    #[test]
    fn a_roll_up_is_the_fold_of_the_renamed_rows(lines in proptest::collection::vec(line(), 0..200), text_keys: bool, mapped in mapped(), window in window()) {
        let options = options(Grain::Month, window);
        // Odd accounts belong to the even one before them, which keeps the kind of the key.
        let head = |account: u8| account & !1;
        let text = |account: u8| if text_keys { name(account) } else { (i64::from(account) - 5).to_string() };
        let parents: BTreeMap<String, String> = (0..12).filter(|account| head(*account) != *account).map(|account| (text(account), text(head(account)))).collect();
        let rolled = facts(vec![batch(&lines, text_keys)], mapped, &options).roll_up(&|account| parents.get(account).cloned()).unwrap();
        let renamed: Vec<Line> = lines.iter().map(|line| Line { account: line.account.map(head), ..line.clone() }).collect();
        let folded = facts(vec![batch(&renamed, text_keys)], mapped, &options);
        prop_assert_eq!(rolled.keys(), folded.keys());
        for at in 0..folded.len() {
            prop_assert!(rolled.cells(at).eq(folded.cells(at)));
            prop_assert_eq!(rolled.first_date(at), folded.first_date(at));
            prop_assert_eq!(rolled.last_date(at), folded.last_date(at));
            prop_assert_eq!(rolled.first_day_revenue(at), folded.first_day_revenue(at));
        }
        prop_assert_eq!(&rolled.window().revenue, &folded.window().revenue);
        prop_assert_eq!(&rolled.history().active_days, &folded.history().active_days);
    }

    #[test]
    fn folding_again_and_again_is_folding_once(lines in proptest::collection::vec(line(), 1..200), at in 0usize..200, text_keys: bool, mapped in mapped()) {
        let options = options(Grain::Week, Window::ALL);
        let at = at.min(lines.len());
        let mut state = FactsState::new(&StateOptions { as_of: Some(options.as_of), cell: Grain::Week });
        for part in [&lines[..at], &lines[at..]] {
            state.fold(&Ledger::from_batches(vec![batch(part, text_keys)], columns(mapped)).unwrap()).unwrap();
        }
        prop_assert!(facts(vec![batch(&lines, text_keys)], mapped, &options) == state.finish(&options).unwrap());
    }
}

fn grain_of_cells(grain: Grain) -> Grain {
    match grain {
        Grain::Day => Grain::Day,
        Grain::Week => Grain::Week,
        _ => Grain::Month,
    }
}

fn lines_of(amounts: &[(u8, i64)]) -> Vec<Line> {
    let line = |(account, amount): &(u8, i64)| Line {
        account: Some(*account),
        day: EPOCH,
        amount: *amount,
        cost: None,
        list_amount: None,
        order: 0,
        direction: None,
        manager: 0,
    };
    amounts.iter().map(line).collect()
}

#[test]
fn sums_that_would_overflow_are_an_error() {
    let huge = i64::MAX - 1;
    let ledger = Ledger::from_batches(vec![batch(&lines_of(&[(0, huge), (0, huge)]), true)], columns(Mapped::All)).unwrap();
    let error = ledger.facts(&options(Grain::Month, Window::ALL)).unwrap_err();
    assert_eq!(error.code() as u16, 401, "{error}");
    assert!(error.hint().unwrap().contains("scale"));
}

#[test]
fn an_empty_ledger_has_no_accounts() {
    let facts = facts(vec![batch(&[], true)], Mapped::All, &options(Grain::Month, Window::ALL));
    assert!(facts.is_empty());
    assert_eq!(facts.accounts_table().unwrap().len(), 0);
    assert_eq!(facts.periods_table().unwrap().len(), 0);
    assert_eq!(facts.span().periods(), 1);
}

#[test]
fn states_of_different_ledgers_are_not_mixed() {
    let state = |text_keys| {
        let mut state = FactsState::new(&StateOptions { as_of: None, cell: Grain::Day });
        state.fold(&Ledger::from_batches(vec![batch(&lines_of(&[(0, 1)]), text_keys)], columns(Mapped::All)).unwrap()).unwrap();
        state
    };
    let error = state(true).merge(&state(false)).unwrap_err();
    assert_eq!(error.code() as u16, 402);
    let mut months = FactsState::new(&StateOptions { as_of: Some(Date(EPOCH)), cell: Grain::Month });
    months.fold(&Ledger::from_batches(vec![batch(&lines_of(&[(0, 1)]), true)], columns(Mapped::All)).unwrap()).unwrap();
    assert_eq!(months.finish(&options(Grain::Week, Window::ALL)).unwrap_err().code() as u16, 402);
}

#[test]
fn parts_without_a_single_key_are_of_any_kind() {
    let none: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>, None]));
    let (whole, text): (ArrayRef, ArrayRef) = (Arc::new(Int64Array::from(vec![7, 8])), Arc::new(StringArray::from(vec!["a", "b"])));
    let part = |keys: &ArrayRef| {
        let days: ArrayRef = Arc::new(Date32Array::from(vec![EPOCH, EPOCH]));
        let amounts: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        RecordBatch::try_from_iter([("account", Arc::clone(keys)), ("date", days), ("amount", amounts)]).unwrap()
    };
    let facts = |keys: &[&ArrayRef]| -> kam_core::Result<Facts> {
        let batches: Vec<RecordBatch> = keys.iter().map(|keys| part(keys)).collect();
        Ledger::from_batches(batches, Columns::new("account", "date", "amount"))?.facts(&options(Grain::Month, Window::ALL))
    };
    for order in [[&none, &whole], [&whole, &none], [&none, &text], [&text, &none]] {
        let facts = facts(&order).unwrap();
        assert_eq!(facts.len(), 2);
        assert_eq!(facts.reconciliation().unassigned.rows, 2);
    }
    assert_eq!(facts(&[&none, &none]).unwrap().len(), 0);
    let error = facts(&[&whole, &none, &text]).unwrap_err();
    assert!(error.to_string().contains("`account` is text from row 5 on"), "{error}");
}

#[test]
fn money_of_postgres_is_refused_by_its_name() {
    let field = |kind: &str| {
        let kind = HashMap::from([("POSTGRESQL:type".to_owned(), kind.to_owned())]);
        arrow::datatypes::Field::new("amount", arrow::datatypes::DataType::Int64, true).with_metadata(kind)
    };
    let facts = |kind: &str| -> kam_core::Result<Facts> {
        let fields = [("account", arrow::datatypes::DataType::Utf8), ("date", arrow::datatypes::DataType::Date32)]
            .map(|(name, kind)| arrow::datatypes::Field::new(name, kind, true));
        let schema = Arc::new(arrow::datatypes::Schema::new([fields.to_vec(), vec![field(kind)]].concat()));
        let columns: Vec<ArrayRef> =
            vec![Arc::new(StringArray::from(vec!["a"])), Arc::new(Date32Array::from(vec![EPOCH])), Arc::new(Int64Array::from(vec![1234]))];
        let batch = RecordBatch::try_new(schema, columns).unwrap();
        Ledger::from_batches(vec![batch], Columns::new("account", "date", "amount"))?.facts(&options(Grain::Month, Window::ALL))
    };
    assert_eq!(facts("int8").unwrap().len(), 1);
    let error = facts("money").unwrap_err();
    assert_eq!((error.code() as u16, error.hint()), (202, Some("cast it in the query: amount::numeric")));
}
