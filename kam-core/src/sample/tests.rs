use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type};

use super::*;
use crate::error::Code;

/// One value as text that says it exactly.
fn cell(array: &dyn Array, row: usize) -> String {
    if array.is_null(row) {
        return "∅".to_owned();
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::Decimal128(18, 2) => array.as_primitive::<Decimal128Type>().value(row).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => format!("{:016x}", array.as_primitive::<Float64Type>().value(row).to_bits()),
        DataType::Date32 => Date(array.as_primitive::<Date32Type>().value(row)).to_string(),
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        other => panic!("a column of {other}"),
    }
}

fn column(batch: &RecordBatch, name: &str) -> Vec<String> {
    let array = batch.column_by_name(name).unwrap();
    (0..array.len()).map(|row| cell(array, row)).collect()
}

fn count(batch: &RecordBatch, name: &str, value: &str) -> usize {
    column(batch, name).iter().filter(|cell| *cell == value).count()
}

/// FNV-1a over every name and value of every table.
fn hash(company: &Company) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut take = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for (name, batch) in company.tables() {
        take(name);
        for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
            take(field.name());
            (0..array.len()).for_each(|row| take(&cell(array, row)));
        }
    }
    hash
}

fn company(seed: u64) -> Company {
    Company::generate(&SampleOptions { seed, ..SampleOptions::default() }).unwrap()
}

/// What the ledger says of an account, in cents.
#[derive(Default, Debug)]
struct Bought {
    days: BTreeSet<Date>,
    months: BTreeSet<i32>,
    sale_lines: usize,
    revenue: i64,
    profit: i64,
    list_amount: i64,
    /// The same within the last twelve months.
    year_revenue: i64,
    year_profit: i64,
    /// By calendar year.
    years: BTreeMap<i16, i64>,
}

/// The rows that can be used, by account; the empty text is the counter.
fn fold(company: &Company) -> BTreeMap<String, Bought> {
    let [account, date, amount, cost, cost_to_serve, list_amount] =
        ["account", "date", "amount", "cost", "cost_to_serve", "list_amount"].map(|name| column(&company.ledger, name));
    let mut accounts: BTreeMap<String, Bought> = BTreeMap::new();
    for row in 0..company.ledger.num_rows() {
        let (Ok(day), Ok(cents)) = (Date::parse(&date[row]), amount[row].replacen('.', "", 1).parse::<i64>()) else { continue };
        if day > Date::parse("2025-12-31").unwrap() || day < Date::parse("2000-01-01").unwrap() {
            continue;
        }
        let number = |text: &str| text.parse::<i64>().unwrap_or(0);
        let profit = cents - number(&cost[row]) - number(&cost_to_serve[row]);
        let bought = accounts.entry(account[row].clone()).or_default();
        if cents > 0 {
            bought.days.insert(day);
            bought.months.insert(crate::time::Grain::Month.period(day).0);
            bought.sale_lines += 1;
        }
        bought.revenue += cents;
        bought.profit += profit;
        bought.list_amount += number(&list_amount[row]);
        *bought.years.entry(day.ymd().0).or_default() += cents;
        if day.ymd().0 == 2025 {
            bought.year_revenue += cents;
            bought.year_profit += profit;
        }
    }
    accounts
}

fn customers(company: &Company) -> BTreeMap<String, Bought> {
    let mut all = fold(company);
    all.remove("∅");
    all
}

#[test]
fn a_seed_gives_the_same_bytes() {
    let first = company(1);
    assert_eq!(first, Company::generate(&SampleOptions::default()).unwrap());
    assert_eq!(
        hash(&first),
        16_991_535_145_371_404_697,
        "a change to the generator changes every page that shows the sample: pin the new hash"
    );
    assert_ne!(hash(&first), hash(&company(2)));
}

#[test]
fn every_table_has_rows_and_knows_its_accounts() {
    let company = company(1);
    let accounts: BTreeSet<String> = column(&company.accounts, "account").into_iter().collect();
    assert_eq!(accounts.len(), 240);
    for (name, batch) in company.tables() {
        // There are six managers, whatever the number of accounts.
        assert!(batch.num_rows() >= if name == "managers" { 6 } else { 30 }, "{name}: {}", batch.num_rows());
        if name.starts_with("manager") {
            continue;
        }
        for account in column(batch, "account") {
            assert!(accounts.contains(&account) || (account == "∅" && matches!(name, "ledger" | "plans")), "{name}: {account}");
        }
    }
    for parent in column(&company.accounts, "parent") {
        assert!(parent == "∅" || accounts.contains(&parent));
    }
}

#[test]
fn a_few_accounts_bring_most() {
    for seed in 1..6 {
        let customers = customers(&company(seed));
        let mut revenue: Vec<i64> = customers.values().map(|bought| bought.year_revenue).filter(|revenue| *revenue > 0).collect();
        revenue.sort_unstable_by(|a, b| b.cmp(a));
        let total: i64 = revenue.iter().sum();
        let top: i64 = revenue.iter().take(revenue.len() / 5).sum();
        // In cents: between 15 and 30 million a year, a fifth of the accounts holding seven to nine tenths.
        assert!((1_500_000_000..3_000_000_000).contains(&total), "{total}");
        assert!((700..900).contains(&(top * 1000 / total)), "seed {seed}: {}", top * 1000 / total);
        let profit: i64 = customers.values().map(|bought| bought.year_profit).sum();
        assert!((150..330).contains(&(profit * 1000 / total)), "seed {seed}: {}", profit * 1000 / total);
        let breadwinners = customers.values().filter(|bought| bought.year_profit * 10 >= profit).count();
        assert!((1..=4).contains(&breadwinners), "seed {seed}: {breadwinners}");
    }
}

#[test]
fn the_planted_buyers_are_there() {
    for seed in 1..6 {
        let customers = customers(&company(seed));
        let some = |what: &str, least: usize, is: &dyn Fn(&Bought) -> bool| {
            let found = customers.values().filter(|bought| is(bought)).count();
            assert!(found >= least, "seed {seed}: {found} {what}");
        };
        let last = |bought: &Bought| *bought.days.last().unwrap();
        let day = |text: &str| Date::parse(text).unwrap();
        some("loss-makers", 5, &|bought| bought.profit < 0 && bought.revenue > 0);
        some("golden shots", 8, &|bought| {
            bought.days.len() == 1
                && bought.profit * 100 >= bought.revenue * 45
                && bought.list_amount == bought.revenue
                && last(bought) < day("2025-09-01")
        });
        some("newcomers", 5, &|bought| *bought.days.first().unwrap() >= day("2025-11-01"));
        some("frequent leavers", 8, &|bought| bought.days.range(day("2025-01-01")..).count() >= 8 && last(bought) < day("2025-10-01"));
        some("long gone", 5, &|bought| bought.days.len() > 3 && last(bought) < day("2025-01-01"));
        some("returners", 5, &|bought| {
            let days: Vec<_> = bought.days.iter().collect();
            days.windows(2).any(|pair| pair[1].days_since(*pair[0]) > 180) && bought.months.len() >= 12 && last(bought) > day("2025-09-01")
        });
        some("climbers", 5, &|bought| {
            let [first, last] = [2023, 2025].map(|year| bought.years.get(&year).copied().unwrap_or(0));
            first > 0 && last > 5 * first && bought.months.len() > 12
        });
        some("accounts with negative revenue and no sale in the window", 1, &|bought| {
            bought.year_revenue < 0 && last(bought) < day("2025-01-01")
        });
    }
}

#[test]
fn frequencies_reach_every_cell_of_abc_and_xyz() {
    for seed in 1..6 {
        let customers = customers(&company(seed));
        let total: i64 = customers.values().map(|bought| bought.year_revenue.max(0)).sum();
        let mut order: Vec<&Bought> = customers.values().filter(|bought| bought.year_revenue > 0).collect();
        order.sort_by_key(|bought| -bought.year_revenue);
        let mut before = 0;
        let mut cells: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for bought in order {
            let class = [80, 95].iter().filter(|limit| before * 100 >= total * **limit).count();
            before += bought.year_revenue;
            // 2025-12 is month 671 since 1970.
            let active: Vec<i32> = bought.months.iter().copied().filter(|month| *month > 659).collect();
            let since = 671 - active.first().copied().unwrap_or(671) + 1;
            let share = active.len() * 100 / usize::try_from(since).unwrap();
            let regularity = [75, 35].iter().filter(|limit| share < **limit).count();
            *cells.entry((class, regularity)).or_default() += 1;
        }
        assert_eq!(cells.len(), 9, "seed {seed}: {cells:?}");
    }
}

#[test]
fn returns_counter_sales_and_bad_rows_are_in_the_ledger() {
    let ledger = company(1).ledger;
    let amounts = column(&ledger, "amount");
    let negative = amounts.iter().filter(|amount| amount.starts_with('-')).count();
    assert!(negative > 50, "{negative}");
    assert!(count(&ledger, "account", "∅") > 50);
    assert_eq!(count(&ledger, "date", "soon"), 1);
    assert_eq!(count(&ledger, "date", "2024-02-30"), 1);
    assert_eq!(count(&ledger, "date", "∅"), 1);
    assert_eq!(count(&ledger, "date", "0125-11-20"), 1);
    assert_eq!(count(&ledger, "amount", "∅"), 1);
    assert_eq!(count(&ledger, "amount", "n/a"), 1);
    assert_eq!(count(&ledger, "amount", "1.204.50"), 1);
    assert_eq!(count(&ledger, "cost", "∅"), 2);
    let ahead = column(&ledger, "date").iter().filter(|date| date.as_str() > "2025-12-31" && date.starts_with("20")).count();
    assert_eq!(ahead, 2);
}

#[test]
fn the_other_tables_hold_what_the_methods_look_for() {
    for seed in 1..6 {
        let company = company(seed);
        let customers = customers(&company);
        let accounts = column(&company.accounts, "account");
        let candidates = accounts.iter().filter(|account| !customers.contains_key(*account)).count();
        assert_eq!(candidates, 12, "seed {seed}");
        let kinds = [
            "visit",
            "call",
            "meeting",
            "delivery",
            "joint_team",
            "joint_product",
            "shared_logistics",
            "complaint",
            "late",
            "dispute",
            "interrupted",
            "no_dossier",
            "unprepared",
            "manners",
            "product_ignorance",
        ];
        for kind in kinds {
            assert!(count(&company.activities, "kind", kind) > 0, "seed {seed}: no {kind}");
        }
        assert_eq!(column(&company.activities, "kind").into_iter().collect::<BTreeSet<_>>().len(), kinds.len());
        for (table, name, values) in [
            (&company.ratings, "side", &["of_customer", "of_us", "of_competitor"][..]),
            (&company.opportunities, "outcome", &["won", "lost", "open"]),
            (&company.contracts, "status", &["open", "met", "breached"]),
            (&company.contacts, "role", &["decision_maker", "influencer", "champion", "user", "gatekeeper", "blocker"]),
            (&company.accounts, "reference", &["true", "false"]),
            (&company.activities, "resolved", &["true", "false", "∅"]),
        ] {
            let found: BTreeSet<_> = column(table, name).into_iter().collect();
            assert_eq!(found, values.iter().map(|value| (*value).to_owned()).collect(), "seed {seed}: {name}");
        }
        let half: Vec<f64> = company.competitors.column_by_name("share").unwrap().as_primitive::<Float64Type>().values().to_vec();
        assert!(half.iter().all(|share| (0.0..=1.0).contains(share)));
        assert!(half.iter().filter(|share| **share >= 0.5).count() >= 5);
    }
}

#[test]
fn weights_of_a_customer_add_up_to_one_and_the_strength_goes_both_ways() {
    let company = company(1);
    let [account, criterion, side] = ["account", "criterion", "side"].map(|name| column(&company.ratings, name));
    let score = company.ratings.column_by_name("score").unwrap().as_primitive::<Float64Type>();
    let weight = company.ratings.column_by_name("weight").unwrap().as_primitive::<Float64Type>();
    let mut strength: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    let mut experts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut best: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for row in 0..account.len() {
        assert!((1.0..=10.0).contains(&score.value(row)));
        match side[row].as_str() {
            "of_us" => {
                let sums = strength.entry(&account[row]).or_default();
                sums[0] += score.value(row) * weight.value(row);
                sums[2] += weight.value(row);
            }
            "of_competitor" => {
                let most = best.entry((&account[row], &criterion[row])).or_default();
                *most = most.max(score.value(row) * weight.value(row));
            }
            _ if score.value(row) >= 8.5 && criterion[row] != "reliability" => *experts.entry(&account[row]).or_default() += 1,
            _ => {}
        }
    }
    for ((account, _), score) in best {
        strength.get_mut(account).unwrap()[1] += score;
    }
    assert!(strength.values().all(|[_, _, weights]| (weights - 1.0).abs() < 1e-9));
    let ahead = strength.values().filter(|[us, them, _]| us > them).count();
    assert!(ahead > 20 && strength.len() - ahead > 20, "{ahead} of {}", strength.len());
    assert!(experts.values().filter(|criteria| **criteria >= 3).count() >= 3);
}

#[test]
fn names_from_everywhere_stand_in_the_ledger_and_the_accounts() {
    let company = company(1);
    for name in ["<script>alert(1)</script> & Söhne", "شركة النخيل للتجهيزات", "山田精密工業"] {
        assert!(count(&company.ledger, "account", name) > 0, "{name}");
        assert_eq!(count(&company.accounts, "account", name), 1, "{name}");
    }
}

#[test]
fn sizes_that_leave_classes_empty_are_refused() {
    let bad = SampleOptions { accounts: 10, ..SampleOptions::default() };
    let error = Company::generate(&bad).unwrap_err();
    assert_eq!(error.code(), Code::Option);
    assert!(error.to_string().contains("accounts"), "{error}");
    let bad = SampleOptions { months: 12, ..SampleOptions::default() };
    assert!(Company::generate(&bad).unwrap_err().to_string().contains("months"));
    for (accounts, months, as_of) in [(60, 24, "2024-02-10"), (1_000, 30, "2026-01-01")] {
        let options = SampleOptions { accounts, months, as_of: Date::parse(as_of).unwrap(), ..SampleOptions::default() };
        assert_eq!(Company::generate(&options).unwrap().accounts.num_rows(), accounts as usize);
    }
}
