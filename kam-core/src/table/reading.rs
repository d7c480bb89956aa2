//! Cells that are read out of a method's result when somebody looks.

use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field};
use serde_json::Value;

use super::places::Places;
use super::texts::{self, Texts};
use crate::facts::Facts;
use crate::time::Date;

/// What reads a cell, by the place of its account in the result.
type Of<T> = Box<dyn Fn(usize) -> T + Send + Sync>;

/// What writes a cell.
type Write<W, T> = Box<dyn Fn(usize, &mut W) -> T + Send + Sync>;

/// What reads the cells of a column.
pub(super) enum Read {
    Integer(Of<Option<i64>>),
    /// Numbers that are not finite are none.
    Float(Of<Option<f64>>),
    Flag(Of<Option<bool>>),
    Day(Of<Option<Date>>),
    /// A word that is one of a few.
    Word(Of<Option<&'static str>>),
    /// Writes a text; no where there is none.
    Text(Write<String, bool>),
    Texts(Write<Texts, ()>),
    Key(Box<Keyed>),
}

/// The keys of accounts.
pub(crate) struct Keyed {
    facts: Facts,
    others: Arc<[String]>,
    /// Are all of them whole numbers, and the column one of numbers?
    are_whole: bool,
}

impl Keyed {
    /// The keys of the facts, and behind them others: a place past the last key is one of those.
    pub fn new(facts: &Facts, others: Arc<[String]>) -> Self {
        let are_whole = facts.keys().are_whole(&others);
        Keyed { facts: facts.clone(), others, are_whole }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.facts.len() + self.others.len()
    }

    fn value(&self, at: usize) -> Value {
        let text = match at.checked_sub(self.facts.len()) {
            None => self.facts.account(at),
            Some(other) => self.others[other].as_str().into(),
        };
        if self.are_whole { text.parse::<i64>().ok().into() } else { text.into() }
    }

    fn array(&self, places: &Places) -> ArrayRef {
        match places {
            // Tables in the order of the keys share one column.
            Places::Same(rows) if *rows == self.facts.len() && self.others.is_empty() => self.facts.key_column(),
            places => self.facts.keys().column_with(&self.others, places.iter()),
        }
    }
}

/// A column's cells: what reads them, and in which row each stands.
pub(super) struct Reading {
    read: Arc<Read>,
    places: Places,
    kept: OnceLock<ArrayRef>,
}

impl Reading {
    pub fn new(read: Read, places: Places) -> Self {
        Reading { read: Arc::new(read), places, kept: OnceLock::new() }
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The type of the cells; texts may be large ones once they are read.
    pub fn kind(&self) -> DataType {
        match &*self.read {
            Read::Integer(_) => DataType::Int64,
            Read::Float(_) => DataType::Float64,
            Read::Flag(_) => DataType::Boolean,
            Read::Day(_) => DataType::Date32,
            Read::Word(_) | Read::Text(_) => DataType::Utf8,
            Read::Texts(_) => DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))),
            Read::Key(keyed) => keyed.array(&Places::Rows(Arc::new([]))).data_type().clone(),
        }
    }

    /// All cells.
    pub fn array(&self) -> ArrayRef {
        if let Some(kept) = self.kept.get() {
            return Arc::clone(kept);
        }
        let places = &self.places;
        match &*self.read {
            Read::Integer(read) => Arc::new(places.iter().map(read).collect::<Int64Array>()),
            Read::Float(read) => Arc::new(places.iter().map(|at| finite(read(at))).collect::<Float64Array>()),
            Read::Flag(read) => Arc::new(places.iter().map(read).collect::<BooleanArray>()),
            Read::Day(read) => Arc::new(places.iter().map(|at| read(at).map(|day| day.0)).collect::<Date32Array>()),
            Read::Word(read) => Arc::new(places.iter().map(read).collect::<StringArray>()),
            Read::Text(write) => texts::texts(places.len(), |row, text| write(places.get(row), text)),
            Read::Texts(write) => texts::lists(places.len(), |row, texts| write(places.get(row), texts)),
            Read::Key(keyed) => keyed.array(places),
        }
    }

    /// All cells, kept for whoever asks next.
    pub fn kept(&self) -> &ArrayRef {
        self.kept.get_or_init(|| self.array())
    }

    /// One cell.
    pub fn value(&self, row: usize) -> Value {
        let at = self.places.get(row);
        match &*self.read {
            Read::Integer(read) => read(at).into(),
            Read::Float(read) => finite(read(at)).into(),
            Read::Flag(read) => read(at).into(),
            Read::Day(read) => read(at).map(|day| day.to_string()).into(),
            Read::Word(read) => read(at).into(),
            Read::Text(write) => {
                let mut text = String::new();
                if write(at, &mut text) { text.into() } else { Value::Null }
            }
            Read::Texts(write) => {
                let mut texts = Texts::default();
                write(at, &mut texts);
                texts.iter().collect()
            }
            Read::Key(keyed) => keyed.value(at),
        }
    }

    /// The same cells of these rows.
    pub fn rows(&self, rows: impl Iterator<Item = usize>) -> Self {
        Reading { read: Arc::clone(&self.read), places: self.places.pick(rows), kept: OnceLock::new() }
    }
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}
