//! Whom the methods of key accounts speak of: the ledger's accounts in the order of their keys, and behind them the candidates, whom only
//! the crm knows.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::crm::{AccountRows, ByAccount, Crm, Grouped, Optional};
use crate::facts::Facts;
use crate::table::Places;

/// The ledger's accounts and the candidates.
pub(super) struct Subjects<'a> {
    pub facts: &'a Facts,
    /// The candidates' keys, ascending.
    pub candidates: Vec<&'a str>,
    places: HashMap<&'a str, usize>,
    /// The row of each account in the table accounts.
    rows: Option<AccountRows>,
    /// The same of the candidates.
    candidate_rows: Vec<Option<usize>>,
}

impl<'a> Subjects<'a> {
    pub fn new(facts: &'a Facts, crm: &'a Crm) -> Self {
        let candidates = crm.candidates(facts);
        let places = candidates.iter().enumerate().map(|(at, name)| (*name, facts.len() + at)).collect();
        let rows = crm.accounts().map(|accounts| accounts.rows_of(facts));
        let candidate_rows = candidates.iter().map(|name| crm.accounts()?.row_of(name)).collect();
        Subjects { facts, candidates, places, rows, candidate_rows }
    }

    pub fn len(&self) -> usize {
        self.facts.len() + self.candidates.len()
    }

    /// Is it one of the ledger's accounts?
    pub fn is_in_ledger(&self, at: usize) -> bool {
        at < self.facts.len()
    }

    /// The row in the table accounts.
    pub fn row(&self, at: usize) -> Option<usize> {
        match at.checked_sub(self.facts.len()) {
            None => self.rows.as_ref()?.of(at),
            Some(candidate) => self.candidate_rows[candidate],
        }
    }

    /// The value of a column of the table accounts.
    pub fn value<'b, T>(&self, column: Option<&'b Optional<T>>, at: usize) -> Option<&'b T> {
        column?.as_ref()?[self.row(at)?].as_ref()
    }

    /// The number in a column of the table accounts.
    pub fn number(&self, column: Option<&Optional<f64>>, at: usize) -> Option<f64> {
        self.value(column, at).copied()
    }

    /// A sum per account of the ledger, and nothing for candidates.
    pub fn sum(&self, sums: &[i64], at: usize) -> Option<i64> {
        sums.get(at).copied()
    }

    /// The rows of a crm table by account.
    pub fn group(&self, table: Option<&impl ByAccount>) -> Grouped {
        let Some(table) = table else { return Grouped::default() };
        let subject = |account| self.facts.head_office(account).unwrap_or(account);
        let behind = |row: usize| self.places.get(subject(table.account_of(row)?)).copied();
        Grouped::with_others(&table.places(self.facts), self.len(), behind)
    }

    /// The candidates' keys, to keep.
    pub fn candidate_keys(&self) -> Arc<[String]> {
        self.candidates.iter().map(|name| (*name).to_owned()).collect()
    }
}

/// A sum that does not depend on the order of its parts.
pub(super) fn sum(parts: impl Iterator<Item = f64>) -> f64 {
    let mut parts: Vec<f64> = parts.collect();
    parts.sort_unstable_by(f64::total_cmp);
    parts.into_iter().fold(0.0, |sum, part| sum + part)
}

/// The places of all subjects by these keys, the largest first, equal ones in the order of the keys.
pub(super) fn largest_first<K: Ord + Send>(len: usize, key: impl Fn(usize) -> K + Sync + Send) -> Places {
    let mut order: Vec<(Reverse<K>, usize)> = (0..len).into_par_iter().map(|at| (Reverse(key(at)), at)).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(_, at)| at).collect()
}

/// A number that can be sorted by; what is not known comes last.
pub(super) fn sortable(value: Option<f64>) -> (bool, i64) {
    let bits = value.unwrap_or(0.0).to_bits().cast_signed();
    // The order of the bits is that of the numbers, backwards for negative ones.
    (value.is_some(), bits ^ (((bits >> 63).cast_unsigned() >> 1).cast_signed()))
}

/// The largest of them.
pub(super) fn largest(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_they_are() {
        let mut values = [Some(2.0), None, Some(-3.0), Some(0.0), Some(-0.5), Some(1e12)];
        values.sort_by_key(|value| sortable(*value));
        assert_eq!(values, [None, Some(-3.0), Some(-0.5), Some(0.0), Some(2.0), Some(1e12)]);
        assert_eq!(largest_first(3, |at| [1, 5, 5][at]), [1, 2, 0].into_iter().collect());
        assert_eq!(sum([0.1, 0.2, 0.3].into_iter()), sum([0.3, 0.2, 0.1].into_iter()));
    }
}
