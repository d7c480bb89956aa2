//! What the methods say of an account: its classes, and the figures that put it there.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::super::Review;
use super::super::classes::is_class;
use crate::table::{Table, Unit};

/// The row of an account in a method's table.
#[derive(Clone)]
pub struct Standing<'a> {
    /// The method's name in every language.
    pub method: &'static str,
    /// Its name for people.
    pub title: &'a Cow<'static, str>,
    /// The method's table.
    pub table: &'a Table,
    /// The row in it.
    pub row: usize,
}

/// One figure of a standing.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure<'a> {
    /// The column.
    pub name: &'a str,
    /// What its numbers are.
    pub unit: Unit,
    /// The value.
    pub value: Value,
    /// Is it a class, and not what put the account there?
    pub is_class: bool,
}

impl<'a> Standing<'a> {
    /// The row's figures but the account, in the order of the table.
    pub fn figures(&self) -> impl Iterator<Item = Figure<'a>> + use<'a> {
        let (method, table, row) = (self.method, self.table, self.row);
        table.columns().into_iter().enumerate().filter(|(_, name)| *name != "account").map(move |(at, name)| Figure {
            name,
            unit: table.unit(at),
            value: table.value(at, row),
            is_class: is_class(method, name),
        })
    }

    /// One figure by its column.
    #[must_use]
    pub fn figure(&self, column: &str) -> Option<Value> {
        let at = self.table.position(column)?;
        Some(self.table.value(at, self.row))
    }
}

impl PartialEq for Standing<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.method == other.method && self.table.name() == other.table.name() && self.figures().eq(other.figures())
    }
}

impl std::fmt::Debug for Standing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}[{}]", self.method, self.table.name(), self.row)
    }
}

/// The figures that are classes, or those that are not, as an object.
struct Part<'b, 'a>(&'b Standing<'a>, bool);

impl Serialize for Part<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for figure in self.0.figures().filter(|figure| figure.is_class == self.1) {
            map.serialize_entry(figure.name, &figure.value)?;
        }
        map.end()
    }
}

/// `{"method", "title", "table", "class": {column: value}, "evidence": {column: value}}`.
impl Serialize for Standing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("method", self.method)?;
        map.serialize_entry("title", &**self.title)?;
        map.serialize_entry("table", self.table.name())?;
        map.serialize_entry("class", &Part(self, true))?;
        map.serialize_entry("evidence", &Part(self, false))?;
        map.end()
    }
}

/// Every table that the account stands in, in the order of the review.
pub(super) fn standings(review: &Review, place: usize) -> Vec<Standing<'_>> {
    let of = |indexed: &super::super::source::Indexed| {
        let ran = &review.methods[indexed.method];
        let table = &ran.outcome.tables[indexed.table];
        Some(Standing { method: ran.name, title: &ran.title, table, row: indexed.row(place, table.len())? })
    };
    review.source.tables.iter().filter_map(of).collect()
}
