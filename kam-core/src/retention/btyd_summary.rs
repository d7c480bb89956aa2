//! What purchase and spend models read of the facts: repeat active days x, their last one t_x, the age T, the mean spend.

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::table::{Column, Table, Unit};
use crate::time::{Date, Grain};

/// Which money a mean spend is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spend {
    /// Net revenue: sales less returns.
    #[default]
    Net,
    /// Sales alone.
    Gross,
}

/// The days of a time unit of purchase models. Models measure time evenly, so a month is a twelfth of 365.25 days; periods of the
/// calendar are used where money is discounted.
#[must_use]
pub fn days_per_unit(unit: Grain) -> f64 {
    match unit {
        Grain::Day => 1.0,
        Grain::Week => 7.0,
        Grain::Month => 365.25 / 12.0,
        Grain::Quarter => 365.25 / 4.0,
        Grain::Year => 365.25,
    }
}

/// The histories of all accounts in the convention of "buy till you die" models: all sales of a day are one transaction, the first of
/// them opens the account and is not counted.
#[derive(Clone, Debug, PartialEq)]
pub struct BtydSummary {
    /// The day the accounts are seen from.
    pub as_of: Date,
    /// The unit of the times.
    pub unit: Grain,
    /// Do days count on which all that was bought was free?
    pub free: bool,
    /// The first day; `None` for an account that has not bought up to `as_of`.
    pub first: Vec<Option<Date>>,
    /// Days with a purchase after the first one; `None` for an account that has not bought.
    pub x: Vec<Option<u32>>,
    /// Days from the first day to the last.
    pub last: Vec<i32>,
    /// Days from the first day to `as_of`.
    pub age: Vec<i32>,
}

impl BtydSummary {
    /// The histories up to the day of the facts, or to an earlier one; with `free`, days on which all that was bought was free count.
    pub fn of(facts: &Facts, as_of: Option<Date>, unit: Grain, free: bool) -> Result<Self> {
        let day = as_of.unwrap_or(facts.as_of());
        if day > facts.as_of() {
            return Err(Error::new(
                Code::StateMismatch,
                format!("the facts are as of {}, so they cannot be seen from {day}", facts.as_of()),
            )
            .with_hint("make the facts with a later as_of"));
        }
        let free = free && facts.has_free_days();
        let known = !free && day == facts.as_of();
        let history = |at: usize| match (facts.first_date(at), facts.last_date(at)) {
            (Some(first), Some(last)) if known => Some((facts.history().active_days[at] - 1, first, last)),
            _ => {
                let seen = |days: &mut dyn Iterator<Item = Date>| {
                    let mut days = days.take_while(|date| *date <= day);
                    let first = days.next()?;
                    let (x, last) = days.fold((0, first), |(x, _), date| (x + 1, date));
                    Some((x, first, last))
                };
                if free { seen(&mut facts.purchase_days(at)) } else { seen(&mut facts.active_days(at)) }
            }
        };
        let rows: Vec<Option<(i64, Date, Date)>> = (0..facts.len()).into_par_iter().with_min_len(1024).map(history).collect();
        Ok(BtydSummary {
            as_of: day,
            unit,
            free,
            first: rows.iter().map(|row| row.map(|(_, first, _)| first)).collect(),
            x: rows.iter().map(|row| row.and_then(|(x, ..)| u32::try_from(x).ok())).collect(),
            last: rows.iter().map(|row| row.map_or(0, |(_, first, last)| last.days_since(first))).collect(),
            age: rows.iter().map(|row| row.map_or(0, |(_, first, _)| day.days_since(first))).collect(),
        })
    }

    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.x.len()
    }

    /// No accounts?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// The accounts with a sale.
    pub fn buyers(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter(|at| self.x[*at].is_some())
    }

    /// Accounts with a repeat active day.
    #[must_use]
    pub fn repeaters(&self) -> usize {
        self.x.iter().filter(|x| x.is_some_and(|x| x > 0)).count()
    }

    /// x, t_x and T of one account in units of time; an account without a sale has zeros.
    #[must_use]
    pub fn history(&self, at: usize) -> [f64; 3] {
        let unit = days_per_unit(self.unit);
        [f64::from(self.x[at].unwrap_or(0)), f64::from(self.last[at]) / unit, f64::from(self.age[at]) / unit]
    }

    /// x, t_x and T of the accounts with a sale, as the models take them.
    #[must_use]
    pub fn histories(&self) -> [Vec<f64>; 3] {
        let mut columns = [vec![], vec![], vec![]];
        for at in self.buyers() {
            for (column, value) in columns.iter_mut().zip(self.history(at)) {
                column.push(value);
            }
        }
        columns
    }

    /// Works something out once for every different history and gives it to all accounts that have it; `None` for those without a sale.
    pub(crate) fn each_history<T: Clone + Send>(&self, work: impl Fn([f64; 3]) -> T + Sync + Send) -> Vec<Option<T>> {
        let mut order: Vec<usize> = self.buyers().collect();
        let key = |at: usize| (self.x[at], self.last[at], self.age[at]);
        order.par_sort_unstable_by_key(|at| (key(*at), *at));
        let runs: Vec<&[usize]> = order.chunk_by(|a, b| key(*a) == key(*b)).collect();
        let results: Vec<T> = runs.par_iter().with_min_len(256).map(|run| work(self.history(run[0]))).collect();
        let mut out = vec![None; self.len()];
        for (run, result) in runs.into_iter().zip(results) {
            for &at in run {
                out[at] = Some(result.clone());
            }
        }
        out
    }

    /// What each account spent on a day after the first one, on average, in units of the currency; `None` without a repeat
    /// day. Net spend takes off all returns, also those of the first day's purchase.
    ///
    /// Money up to an earlier day than the facts' own is known where their grain is the day.
    pub fn mean_spend(&self, facts: &Facts, spend: Spend) -> Result<Vec<Option<f64>>> {
        let whole = self.as_of == facts.as_of();
        if !whole && facts.cell_grain() != Grain::Day {
            return Err(Error::new(
                Code::StateMismatch,
                format!("the facts have sums of a {}, so the spend up to {} is not known", facts.cell_grain(), self.as_of),
            )
            .with_hint("make the facts with this as_of, or with the grain day"));
        }
        let history = facts.history();
        let amount = |at: usize| {
            if whole {
                return if spend == Spend::Net { history.revenue[at] } else { history.gross_sales(at) };
            }
            let cells = facts.cells(at).take_while(|cell| Grain::Day.start(cell.period) <= self.as_of);
            cells.map(|cell| if spend == Spend::Net { cell.revenue } else { cell.revenue + cell.returns }).sum()
        };
        Ok((0..self.len())
            .map(|at| {
                let x = self.x[at].filter(|x| *x > 0)?;
                // Where the first day was free, nothing was paid on it, and the first sale is a repeat.
                let first = if self.first[at] == facts.first_date(at) { facts.first_day_revenue(at) } else { 0 };
                Some(facts.scale().to_currency(amount(at) - first) / f64::from(x))
            })
            .collect())
    }

    /// The table account, x, t_x, T, mean_spend; without the accounts that have no sale.
    pub fn table(&self, facts: &Facts, spend: Spend) -> Result<Table> {
        let mean_spend = self.mean_spend(facts, spend)?;
        let buyers: Vec<usize> = self.buyers().collect();
        let time = |place: usize| buyers.iter().map(move |at| Some(self.history(*at)[place]));
        Table::new(
            "btyd_summary",
            vec![
                facts.account_column(buyers.iter().copied()),
                Column::counts("x", buyers.iter().map(|at| i64::from(self.x[*at].unwrap_or(0)))),
                Column::floats("t_x", Unit::Number, time(1)),
                Column::floats("T", Unit::Number, time(2)),
                Column::floats("mean_spend", Unit::Money, buyers.iter().map(|at| mean_spend[*at])),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray};

    use super::*;
    use crate::{Columns, FactsOptions, Ledger};

    fn facts(grain: Grain) -> Facts {
        let columns = [
            ("account", vec!["a", "a", "a", "a", "a", "b", "c"]),
            ("date", vec!["2024-01-01", "2024-01-01", "2024-01-08", "2024-02-05", "2024-03-01", "2024-02-01", "2024-02-01"]),
            ("amount", vec!["10", "5", "20", "30", "-8", "7", "-7"]),
        ];
        let batch = RecordBatch::try_from_iter(columns.map(|(name, values)| (name, Arc::new(StringArray::from(values)) as ArrayRef)));
        let ledger = Ledger::from_batches(vec![batch.unwrap()], Columns::new("account", "date", "amount")).unwrap();
        ledger.facts(&FactsOptions { grain, ..FactsOptions::new(Date::parse("2024-03-31").unwrap()) }).unwrap()
    }

    #[test]
    fn one_transaction_a_day_and_the_first_is_not_counted() {
        let facts = facts(Grain::Month);
        let summary = BtydSummary::of(&facts, None, Grain::Week, true).unwrap();
        assert_eq!(summary.x, [Some(2), Some(0), None]);
        assert_eq!(summary.history(0), [2.0, 5.0, 90.0 / 7.0]);
        assert_eq!(summary.history(1), [0.0, 0.0, 59.0 / 7.0]);
        assert_eq!((summary.repeaters(), summary.buyers().count()), (1, 2));
        assert_eq!(summary.mean_spend(&facts, Spend::Net).unwrap(), [Some(21.0), None, None]);
        assert_eq!(summary.mean_spend(&facts, Spend::Gross).unwrap(), [Some(25.0), None, None]);
        assert_eq!(summary.table(&facts, Spend::Net).unwrap().columns(), ["account", "x", "t_x", "T", "mean_spend"]);
    }

    #[test]
    fn an_earlier_day_is_seen_in_the_same_facts() {
        let day = Some(Date::parse("2024-01-31").unwrap());
        for grain in [Grain::Month, Grain::Day] {
            let facts = facts(grain);
            let summary = BtydSummary::of(&facts, day, Grain::Day, true).unwrap();
            assert_eq!(summary.x, [Some(1), None, None]);
            assert_eq!(summary.history(0), [1.0, 7.0, 30.0]);
            let spend = summary.mean_spend(&facts, Spend::Net);
            assert_eq!(spend.ok(), (grain == Grain::Day).then(|| vec![Some(20.0), None, None]));
        }
        assert!(BtydSummary::of(&facts(Grain::Day), Some(Date::parse("2024-04-01").unwrap()), Grain::Day, true).is_err());
    }

    #[test]
    fn a_day_without_pay_is_a_purchase_if_asked_for() {
        let columns = [
            ("account", vec!["a", "a", "a", "b", "c", "c"]),
            ("date", vec!["2024-01-01", "2024-01-08", "2024-01-09", "2024-02-01", "2024-02-01", "2024-02-02"]),
            ("amount", vec!["0", "20", "0.00", "0", "5", "-5"]),
        ];
        let batch = RecordBatch::try_from_iter(columns.map(|(name, values)| (name, Arc::new(StringArray::from(values)) as ArrayRef)));
        let ledger = Ledger::from_batches(vec![batch.unwrap()], Columns::new("account", "date", "amount")).unwrap();
        for grain in [Grain::Month, Grain::Week, Grain::Day] {
            let facts = ledger.facts(&FactsOptions { grain, ..FactsOptions::new(Date::parse("2024-03-31").unwrap()) }).unwrap();
            let with = BtydSummary::of(&facts, None, Grain::Day, true).unwrap();
            assert_eq!((with.x.as_slice(), with.history(0)), ([Some(2), Some(0), Some(0)].as_slice(), [2.0, 8.0, 90.0]));
            assert_eq!(with.mean_spend(&facts, Spend::Net).unwrap(), [Some(10.0), None, None]);
            let without = BtydSummary::of(&facts, None, Grain::Day, false).unwrap();
            assert_eq!((without.x.as_slice(), without.history(0)), ([Some(0), None, Some(0)].as_slice(), [0.0, 0.0, 83.0]));
        }
    }

    #[test]
    fn units_are_even() {
        assert!((days_per_unit(Grain::Month) * 12.0 - 365.25).abs() < 1e-12 && days_per_unit(Grain::Week).to_bits() == 7f64.to_bits());
    }
}
