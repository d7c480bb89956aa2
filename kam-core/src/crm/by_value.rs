//! How the rows of a table stand to each other by what they hold, so that where they stand in it cannot be seen.

use std::cmp::Ordering;

use super::{
    Activities, Competitors, Contacts, Contracts, Kind, Opportunities, Optional, Outcome, PlanPeriod, Plans, Ratings, Role, Side, Status,
};
use crate::time::Date;

/// A table whose rows can be told apart by what they hold. Rows that are equal hold the same in every column.
pub(crate) trait ByValue {
    /// Which of two rows comes first; a value that is not there comes after those that are.
    fn compare(&self, a: usize, b: usize) -> Ordering;
}

/// A value of a column.
trait Value {
    fn order(&self, other: &Self) -> Ordering;
}

impl Value for f64 {
    fn order(&self, other: &Self) -> Ordering {
        self.total_cmp(other)
    }
}

impl<T: Value> Value for Option<T> {
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Some(one), Some(other)) => one.order(other),
            _ => self.is_none().cmp(&other.is_none()),
        }
    }
}

macro_rules! ordered {
    ($($value:ty),+) => {
        $(impl Value for $value {
            fn order(&self, other: &Self) -> Ordering {
                self.cmp(other)
            }
        })+
    };
}

ordered!(String, Date, bool, Kind, Outcome, PlanPeriod, Role, Side, Status);

/// A column of a table.
trait Column {
    fn compare(&self, a: usize, b: usize) -> Ordering;
}

impl<T: Value> Column for Vec<T> {
    fn compare(&self, a: usize, b: usize) -> Ordering {
        self[a].order(&self[b])
    }
}

impl<T: Value> Column for Optional<T> {
    fn compare(&self, a: usize, b: usize) -> Ordering {
        self.as_ref().map_or(Ordering::Equal, |values| values.compare(a, b))
    }
}

macro_rules! by_value {
    ($($table:ident: $($column:ident)+;)+) => {
        $(impl ByValue for $table {
            fn compare(&self, a: usize, b: usize) -> Ordering {
                Ordering::Equal$(.then_with(|| self.$column.compare(a, b)))+
            }
        })+
    };
}

by_value! {
    Ratings: account side competitor criterion score weight;
    Activities: account date kind hours cost manager resolved reason;
    Opportunities: account outcome closed opened value probability reason competitor direction manager;
    Contacts: account name title role influence support;
    Plans: account period target manager;
    Contracts: account status due clause value;
    Competitors: account competitor share strengths weaknesses;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_apart_by_every_column_and_what_is_missing_comes_last() {
        let contacts = Contacts {
            account: vec!["a".to_owned(); 4],
            name: vec!["Ann".to_owned(); 4],
            title: Some(vec![None, Some("CFO".to_owned()), Some("CEO".to_owned()), Some("CEO".to_owned())]),
            support: Some(vec![None, None, Some(0.5), Some(0.5)]),
            ..Contacts::default()
        };
        let mut rows = [0, 1, 2, 3];
        rows.sort_by(|a, b| contacts.compare(*a, *b));
        assert_eq!(rows, [2, 3, 1, 0]);
        assert_eq!(contacts.compare(2, 3), Ordering::Equal);
    }
}
