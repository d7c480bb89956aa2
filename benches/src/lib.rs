//! Seeded ledgers for benchmarks: as large as wanted, Pareto-shaped, the same on every machine.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use rayon::prelude::*;

/// What a ledger looks like.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Rows.
    pub rows: usize,
    /// Accounts that may occur.
    pub accounts: u64,
    /// Days before and with 2024-12-31.
    pub days: u32,
    /// Text keys instead of integers.
    pub text_keys: bool,
    /// The seed.
    pub seed: u64,
}

/// Rows of a batch.
pub const BATCH: usize = 1 << 20;

/// 2024-12-31.
pub const AS_OF: i32 = 20_088;

/// The ledger's batches: account, date, amount and cost in minor units.
///
/// A fifth of the accounts has most of the lines; amounts are spread over three powers of ten; one line in fifty is a return.
#[must_use]
pub fn ledger(shape: &Shape) -> Vec<RecordBatch> {
    let batches = shape.rows.div_ceil(BATCH);
    (0..batches).into_par_iter().map(|at| batch(shape, at, BATCH.min(shape.rows - at * BATCH))).collect()
}

/// The rows of one day of such a ledger, the first being 0.
#[must_use]
pub fn day(shape: &Shape, number: u32) -> RecordBatch {
    let date = AS_OF - (shape.days - 1 - number) as i32;
    filled(shape, u64::from(number), shape.rows / shape.days as usize, |_| date)
}

fn batch(shape: &Shape, at: usize, rows: usize) -> RecordBatch {
    filled(shape, at as u64, rows, |random| AS_OF - random.random_range(0..shape.days) as i32)
}

fn filled(shape: &Shape, at: u64, rows: usize, date: impl Fn(&mut Pcg64) -> i32) -> RecordBatch {
    let mut random = Pcg64::seed_from_u64(shape.seed.wrapping_add(at));
    let (mut accounts, mut dates, mut amounts, mut costs) =
        (Vec::with_capacity(rows), Vec::with_capacity(rows), Vec::with_capacity(rows), Vec::with_capacity(rows));
    for _ in 0..rows {
        // The square of a uniform number: the k-th of n accounts gets lines in proportion to 1/√k.
        let uniform: f64 = random.random();
        let rank = ((uniform * uniform) * shape.accounts as f64) as u64;
        // Numbers of seven to ten digits in no order, as customer numbers are.
        accounts.push((rank.wrapping_mul(2_654_435_761) % 4_294_967_291) as i64);
        dates.push(date(&mut random));
        let size = 10i64.pow(random.random_range(1..4));
        let amount = random.random_range(size..size * 100);
        let amount = if random.random_ratio(1, 50) { -amount } else { amount };
        amounts.push(amount);
        costs.push(amount * random.random_range(40..95) / 100);
    }
    let keys: ArrayRef = if shape.text_keys {
        Arc::new(StringArray::from_iter_values(accounts.iter().map(|account| format!("C{account:010}"))))
    } else {
        Arc::new(Int64Array::from(accounts))
    };
    RecordBatch::try_from_iter(vec![
        ("account", keys),
        ("date", Arc::new(Date32Array::from(dates)) as ArrayRef),
        ("amount", Arc::new(Int64Array::from(amounts)) as ArrayRef),
        ("cost", Arc::new(Int64Array::from(costs)) as ArrayRef),
    ])
    .expect("columns of one length")
}

/// The table accounts of the ledger's accounts: name, industry, region, employees, annual revenue, budget, reference.
#[must_use]
pub fn accounts_table(shape: &Shape) -> RecordBatch {
    let mut random = Pcg64::seed_from_u64(shape.seed ^ 0xACC0);
    let industries = ["machines", "food", "building", "health", "trade", "energy"];
    let regions = ["north", "east", "south", "west"];
    let numbers: Vec<i64> = (0..shape.accounts).map(|rank| (rank.wrapping_mul(2_654_435_761) % 4_294_967_291) as i64).collect();
    let keys: ArrayRef = if shape.text_keys {
        Arc::new(StringArray::from_iter_values(numbers.iter().map(|account| format!("C{account:010}"))))
    } else {
        Arc::new(Int64Array::from(numbers.clone()))
    };
    let mut pick = |words: &[&str]| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(numbers.iter().map(|_| words[random.random_range(0..words.len())].to_owned())))
    };
    let (industry, region) = (pick(&industries), pick(&regions));
    let mut whole =
        |most: i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(numbers.iter().map(|_| random.random_range(1..most)))) };
    let (employees, annual_revenue, budget) = (whole(5_000), whole(900_000_000), whole(90_000));
    let reference: ArrayRef =
        Arc::new(arrow::array::Float64Array::from_iter_values(numbers.iter().map(|number| (number % 11) as f64 / 10.0)));
    let name: ArrayRef = Arc::new(StringArray::from_iter_values(numbers.iter().map(|number| format!("Company {number}"))));
    RecordBatch::try_from_iter(vec![
        ("account", keys),
        ("name", name),
        ("industry", industry),
        ("region", region),
        ("employees", employees),
        ("annual_revenue", annual_revenue),
        ("budget", budget),
        ("reference", reference),
    ])
    .expect("columns of one length")
}

/// The largest resident memory of this process so far, where the system tells.
#[must_use]
pub fn peak_megabytes() -> Option<u64> {
    status("VmHWM:")
}

/// The resident memory of this process, where the system tells.
#[must_use]
pub fn resident_megabytes() -> Option<u64> {
    status("VmRSS:")
}

fn status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// Seconds that the processor spent on this process's threads, where the system tells.
#[must_use]
pub fn processor_seconds() -> f64 {
    // Fields 14 and 15, counted behind the name, which may hold anything; in hundredths of a second on every Linux there is.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    behind.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() as f64 / 100.0
}

/// How fast all threads together copy memory that has been touched before, in gigabytes read and written a second: the best of ten.
#[must_use]
pub fn copy_speed() -> f64 {
    const WORDS: usize = 16 << 20;
    let threads = rayon::current_num_threads();
    let mut pairs: Vec<(Vec<u64>, Vec<u64>)> = (0..threads).map(|thread| (vec![thread as u64 + 1; WORDS], vec![1; WORDS])).collect();
    let mut copy = || {
        let start = std::time::Instant::now();
        pairs.par_iter_mut().for_each(|(from, to)| to.copy_from_slice(std::hint::black_box(from)));
        (2 * 8 * WORDS * threads) as f64 / start.elapsed().as_secs_f64() / 1e9
    };
    (0..10).map(|_| copy()).fold(0.0, f64::max)
}
