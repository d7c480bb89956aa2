//! The input: one (x, t_x, T) a customer, checked row by row, sorted, identical ones counted once.

use std::fmt;

use rayon::prelude::*;

/// What is wrong with the input of a model, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct InputError {
    /// The row, the first is 0; `None` where it is not about one row.
    pub row: Option<usize>,
    /// What is wrong, with the value.
    pub message: String,
    /// What would be right.
    pub hint: &'static str,
}

impl InputError {
    pub(super) fn whole(message: impl Into<String>, hint: &'static str) -> Self {
        InputError { row: None, message: message.into(), hint }
    }

    pub(super) fn at(row: usize, message: impl Into<String>, hint: &'static str) -> Self {
        InputError { row: Some(row), message: message.into(), hint }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Some(row) => write!(f, "row {row} (the first is 0): {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for InputError {}

/// The most repeat transactions of one customer that a likelihood is computed for.
pub const MOST_REPEATS: f64 = 10_000_000.0;

/// Refuses slices of different lengths.
pub(super) fn check_lengths(columns: &[(&str, usize)]) -> Result<(), InputError> {
    let (first, length) = columns[0];
    match columns.iter().find(|(_, other)| *other != length) {
        Some((name, other)) => Err(InputError::whole(
            format!("{first} has {length} values and {name} has {other}"),
            "all inputs have one value a customer, in the same order",
        )),
        None => Ok(()),
    }
}

/// Checks one customer: what is wrong, and what would be right.
fn check_row(row: usize, x: f64, t_x: f64, age: f64) -> Result<(), InputError> {
    let wrong = |message: String, hint: &'static str| Err(InputError::at(row, message, hint));
    for (name, value) in [("x", x), ("t_x", t_x), ("T", age)] {
        if !value.is_finite() {
            return wrong(format!("{name} is {value}"), "leave out customers without a known history");
        }
        if value < 0.0 {
            return wrong(format!("{name} is {value}"), "counts and times are not negative");
        }
    }
    if x.fract() != 0.0 {
        return wrong(format!("x is {x}"), "x counts repeat transactions: a whole number");
    }
    if x > MOST_REPEATS {
        return wrong(format!("x is {x}"), "x is at most 10,000,000");
    }
    if t_x > age {
        return wrong(format!("t_x {t_x} is greater than T {age}"), "t_x is the time from the first transaction to the last, T to the end");
    }
    if x > 0.0 && t_x == 0.0 {
        return wrong(
            format!("x is {x} and t_x is 0"),
            "a repeat transaction lies after the first one: count one transaction a customer and day, and leave out the first",
        );
    }
    if x == 0.0 && t_x > 0.0 {
        return wrong(format!("x is 0 and t_x is {t_x}"), "without a repeat transaction t_x is 0");
    }
    Ok(())
}

/// Checks all customers; the error is that of the first wrong row.
pub fn check_customers(x: &[f64], t_x: &[f64], age: &[f64]) -> Result<(), InputError> {
    check_lengths(&[("x", x.len()), ("t_x", t_x.len()), ("T", age.len())])?;
    let wrong = (0..x.len()).into_par_iter().with_min_len(8192).find_map_first(|row| check_row(row, x[row], t_x[row], age[row]).err());
    wrong.map_or(Ok(()), Err)
}

/// Customers in ascending order of (x, t_x, T), identical ones once with their number, times in a unit of their own.
#[derive(Clone, Debug)]
pub(super) struct Customers {
    /// Times, in units of `unit`, and how many customers have them.
    pub rows: Vec<Row>,
    /// The values of x that occur, ascending, and how many customers have each.
    pub levels: Vec<(f64, f64)>,
    /// How many customers there are.
    pub total: f64,
    /// The sum of x.
    pub repeats: f64,
    /// The caller's times are these times multiplied by `unit`, the mean of T: so the optimiser sees the same numbers whatever the unit.
    pub unit: f64,
}

/// One group of identical customers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub t_x: f64,
    pub age: f64,
    pub count: u32,
    /// The place of its x in the levels.
    pub level: u32,
}

/// Sums of floating-point numbers run over chunks of this many rows, whatever the number of threads.
pub(super) const CHUNK: usize = 4096;

impl Customers {
    /// Checks, sorts and groups. Without `group` every customer stays a row of its own.
    pub fn new(x: &[f64], t_x: &[f64], age: &[f64], group: bool) -> Result<Self, InputError> {
        check_customers(x, t_x, age)?;
        if x.is_empty() {
            return Err(InputError::whole("there are no customers", "a model is fitted to at least one customer"));
        }
        // Bits of numbers that are not negative have the order of the numbers; adding 0 turns −0 into 0.
        let key = |at: usize| (x[at] as u32, (t_x[at] + 0.0).to_bits(), (age[at] + 0.0).to_bits());
        let mut sorted: Vec<(u32, u64, u64)> = (0..x.len()).into_par_iter().with_min_len(8192).map(key).collect();
        sorted.par_sort_unstable();
        let mut sum = 0.0;
        let mut most = 0.0f64;
        for &(_, _, age) in &sorted {
            sum += f64::from_bits(age);
            most = most.max(f64::from_bits(age));
        }
        // Where all customers began at the very end there is no time at all, and any unit will do.
        let unit = if most > 0.0 { sum / x.len() as f64 } else { 1.0 };
        let mut rows: Vec<Row> = Vec::with_capacity(sorted.len());
        let mut levels: Vec<(f64, f64)> = vec![];
        let mut before = None;
        for key in sorted {
            match rows.last_mut() {
                Some(row) if group && before == Some(key) && row.count < u32::MAX => row.count += 1,
                _ => {
                    if before.is_none_or(|(x, ..)| x != key.0) {
                        levels.push((f64::from(key.0), 0.0));
                    }
                    let level = u32::try_from(levels.len() - 1).unwrap_or(u32::MAX);
                    rows.push(Row { t_x: f64::from_bits(key.1) / unit, age: f64::from_bits(key.2) / unit, count: 1, level });
                }
            }
            if let Some(level) = levels.last_mut() {
                level.1 += 1.0;
            }
            before = Some(key);
        }
        let repeats = levels.iter().map(|(x, count)| x * count).sum();
        Ok(Customers { rows, levels, total: x.len() as f64, repeats, unit })
    }

    /// Every so-manieth row, for a first look; the same customers where they are few.
    pub fn thinned(&self, most: usize) -> Option<Self> {
        if self.rows.len() <= most {
            return None;
        }
        let step = self.rows.len().div_ceil(most);
        let mut thin = Customers { rows: vec![], levels: vec![], total: 0.0, repeats: 0.0, unit: self.unit };
        let mut last = None;
        for row in self.rows.iter().skip(step / 2).step_by(step) {
            let x = self.levels[row.level as usize].0;
            if last != Some(row.level) {
                thin.levels.push((x, 0.0));
                last = Some(row.level);
            }
            let count = f64::from(row.count);
            if let Some(level) = thin.levels.last_mut() {
                level.1 += count;
            }
            thin.total += count;
            thin.repeats += count * x;
            thin.rows.push(Row { level: u32::try_from(thin.levels.len() - 1).unwrap_or(u32::MAX), ..*row });
        }
        Some(thin)
    }

    /// Sums over the rows: chunks of a fixed size, in parallel, added in order, so that the bits do not depend on the threads.
    pub fn sum<S: Send, A>(&self, of_chunk: impl Fn(&[Row]) -> S + Sync + Send, zero: A, mut add: impl FnMut(&mut A, S)) -> A {
        let parts: Vec<S> = self.rows.par_chunks(CHUNK).map(of_chunk).collect();
        let mut sum = zero;
        parts.into_iter().for_each(|part| add(&mut sum, part));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_row_is_named() {
        let cases = [
            (1.0, 2.0, 1.5, "t_x 2 is greater than T 1.5"),
            (1.5, 1.0, 2.0, "x is 1.5"),
            (1.0, 0.0, 2.0, "x is 1 and t_x is 0"),
            (0.0, 1.0, 2.0, "x is 0 and t_x is 1"),
            (-1.0, 1.0, 2.0, "x is -1"),
            (1.0, -1.0, 2.0, "t_x is -1"),
            (1.0, 1.0, -2.0, "T is -2"),
            (f64::NAN, 1.0, 2.0, "x is NaN"),
            (1.0, f64::NAN, 2.0, "t_x is NaN"),
            (1.0, 1.0, f64::INFINITY, "T is inf"),
            (1e9, 1.0, 2.0, "x is 1000000000"),
        ];
        for (x, t_x, age, message) in cases {
            let error = Customers::new(&[0.0, x], &[0.0, t_x], &[3.0, age], true).unwrap_err();
            assert_eq!((error.row, error.message.as_str()), (Some(1), message));
            assert!(error.to_string().contains("row 1"), "{error}");
        }
        assert_eq!(Customers::new(&[], &[], &[], true).unwrap_err().row, None);
        assert!(Customers::new(&[1.0], &[], &[], true).unwrap_err().message.contains("t_x has 0"));
        assert!(Customers::new(&[0.0], &[0.0], &[0.0], true).is_ok());
    }

    #[test]
    fn identical_customers_are_one_row_in_any_order() {
        let x = [2.0, 0.0, 1.0, 0.0, 2.0];
        let t_x = [3.0, 0.0, 1.0, -0.0, 3.0];
        let age = [4.0, 4.0, 4.0, 4.0, 4.0];
        let grouped = Customers::new(&x, &t_x, &age, true).unwrap();
        let counts: Vec<(f64, f64, u32)> = grouped.rows.iter().map(|row| (row.t_x, row.age, row.count)).collect();
        assert_eq!(counts, [(0.0, 1.0, 2), (0.25, 1.0, 1), (0.75, 1.0, 2)]);
        assert_eq!(grouped.levels, [(0.0, 2.0), (1.0, 1.0), (2.0, 2.0)]);
        assert_eq!((grouped.total, grouped.repeats, grouped.unit), (5.0, 5.0, 4.0));
        assert_eq!(Customers::new(&x, &t_x, &age, false).unwrap().rows.len(), 5);
        let thin = grouped.thinned(2).unwrap();
        assert_eq!((thin.rows.len(), thin.levels.len()), (1, 1));
        assert!(grouped.thinned(3).is_none());
    }
}
