//! A table as a view of a result: its columns say how a cell is read, and nothing is read before somebody looks.

use std::sync::Arc;

use super::Unit;
use super::column::Column;
use super::places::Places;
use super::reading::{Keyed, Read, Reading};
use super::texts::Texts;
use crate::facts::{Facts, Measure};
use crate::money::Scale;
use crate::time::Date;

/// What a method found, and in which row of a table each account stands. Every column reads by the account's place in the result.
pub(crate) struct View<T> {
    of: Arc<T>,
    places: Places,
}

impl<T: Send + Sync + 'static> View<T> {
    /// A view of a result with the accounts in this order.
    pub fn new(of: &Arc<T>, places: Places) -> Self {
        View { of: Arc::clone(of), places }
    }

    fn column(&self, name: &str, unit: Unit, read: Read) -> Column {
        Column::read(name, unit, Reading::new(read, self.places.clone()))
    }

    /// The column `account`: the keys of the facts.
    pub fn accounts(&self, facts: &Facts) -> Column {
        self.subjects(facts, &Arc::default())
    }

    /// The column `account` with candidates behind the accounts of the ledger.
    pub fn subjects(&self, facts: &Facts, candidates: &Arc<[String]>) -> Column {
        Column::accounts(Keyed::new(facts, Arc::clone(candidates)), self.places.clone())
    }

    /// Whole numbers.
    pub fn integers(&self, name: &str, unit: Unit, read: impl Fn(&T, usize) -> Option<i64> + Send + Sync + 'static) -> Column {
        let of = Arc::clone(&self.of);
        self.column(name, unit, Read::Integer(Box::new(move |at| read(&of, at))))
    }

    /// Counts, one in every row.
    pub fn counts<N: TryInto<i64>>(&self, name: &str, read: impl Fn(&T, usize) -> N + Send + Sync + 'static) -> Column {
        self.integers(name, Unit::Count, move |of, at| Some(read(of, at).try_into().unwrap_or(i64::MAX)))
    }

    /// Numbers; one that is not finite becomes null.
    pub fn floats<N: Into<Option<f64>>>(&self, name: &str, unit: Unit, read: impl Fn(&T, usize) -> N + Send + Sync + 'static) -> Column {
        let of = Arc::clone(&self.of);
        self.column(name, unit, Read::Float(Box::new(move |at| read(&of, at).into())))
    }

    /// Money from minor units.
    pub fn money(&self, name: &str, scale: Scale, read: impl Fn(&T, usize) -> Option<i64> + Send + Sync + 'static) -> Column {
        self.floats(name, Unit::Money, move |of, at| read(of, at).map(|minor| scale.to_currency(minor)))
    }

    /// The values of a measure, under its name.
    pub fn measure(&self, measure: Measure, scale: Scale, read: impl Fn(&T, usize) -> Option<i64> + Send + Sync + 'static) -> Column {
        match measure.unit() {
            Unit::Money => self.money(measure.column(), scale, read),
            unit => self.integers(measure.column(), unit, read),
        }
    }

    /// Yes, no or unknown.
    pub fn flags(&self, name: &str, read: impl Fn(&T, usize) -> Option<bool> + Send + Sync + 'static) -> Column {
        let of = Arc::clone(&self.of);
        self.column(name, Unit::Plain, Read::Flag(Box::new(move |at| read(&of, at))))
    }

    /// Days of the calendar.
    pub fn dates(&self, name: &str, read: impl Fn(&T, usize) -> Option<Date> + Send + Sync + 'static) -> Column {
        let of = Arc::clone(&self.of);
        self.column(name, Unit::Plain, Read::Day(Box::new(move |at| read(&of, at))))
    }

    /// Words of which there are a few.
    pub fn words<W: Into<Option<&'static str>>>(&self, name: &str, read: impl Fn(&T, usize) -> W + Send + Sync + 'static) -> Column {
        let of = Arc::clone(&self.of);
        self.column(name, Unit::Plain, Read::Word(Box::new(move |at| read(&of, at).into())))
    }

    /// Words out of the data.
    pub fn texts(&self, name: &str, read: impl for<'a> Fn(&'a T, usize) -> Option<&'a str> + Send + Sync + 'static) -> Column {
        let of = Arc::clone(&self.of);
        let write = move |at: usize, text: &mut String| match read(&of, at) {
            Some(word) => {
                text.push_str(word);
                true
            }
            None => false,
        };
        self.column(name, Unit::Plain, Read::Text(Box::new(write)))
    }

    /// Sentences, one a row.
    pub fn sentences(&self, name: &str, write: impl Fn(&T, usize, &mut String) + Send + Sync + 'static) -> Column {
        let of = Arc::clone(&self.of);
        let write = move |at: usize, text: &mut String| {
            write(&of, at, text);
            true
        };
        self.column(name, Unit::Plain, Read::Text(Box::new(write)))
    }

    /// Lists of words or sentences, one list a row.
    pub fn lists(&self, name: &str, write: impl Fn(&T, usize, &mut Texts) + Send + Sync + 'static) -> Column {
        let of = Arc::clone(&self.of);
        self.column(name, Unit::Plain, Read::Texts(Box::new(move |at, texts| write(&of, at, texts))))
    }
}
