//! Numbers for the labels that occur, given in the order they are met; facts sort them.

use std::sync::Mutex;

use hashbrown::HashTable;

use super::cells::Label;
use super::fold::hash_bytes;
use crate::ledger::Bound;

/// Every label once, with its number.
#[derive(Clone, Debug, Default)]
pub(crate) struct LabelTable {
    labels: Vec<Label>,
    numbers: HashTable<u32>,
}

fn hash(direction: Option<&str>, manager: Option<&str>) -> u64 {
    let part = |text: Option<&str>| text.map_or(1, |text| hash_bytes(text.as_bytes()));
    part(direction).rotate_left(1) ^ part(manager)
}

fn is(label: &Label, direction: Option<&str>, manager: Option<&str>) -> bool {
    label.direction.as_deref() == direction && label.manager.as_deref() == manager
}

impl LabelTable {
    /// The labels by number.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// The labels in ascending order, and for each number its place among them.
    pub fn sorted(&self) -> (Vec<Label>, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        order.sort_by_key(|at| &self.labels[*at]);
        let mut places = vec![0; self.labels.len()];
        for (place, at) in (0u32..).zip(&order) {
            places[*at] = place;
        }
        (order.into_iter().map(|at| self.labels[at].clone()).collect(), places)
    }

    /// The number of a label; a new one gets the next.
    pub fn number(&mut self, direction: Option<&str>, manager: Option<&str>) -> u32 {
        let labels = &mut self.labels;
        let entry = self.numbers.entry(
            hash(direction, manager),
            |number| is(&labels[*number as usize], direction, manager),
            |number| hash(labels[*number as usize].direction.as_deref(), labels[*number as usize].manager.as_deref()),
        );
        *entry
            .or_insert_with(|| {
                labels.push(Label { direction: direction.map(str::to_owned), manager: manager.map(str::to_owned) });
                u32::try_from(labels.len() - 1).unwrap_or(u32::MAX)
            })
            .get()
    }
}

/// The numbers that one thread has already asked for.
#[derive(Default)]
pub(crate) struct LabelCache {
    known: LabelTable,
    numbers: Vec<u32>,
    last: Option<u32>,
}

impl LabelCache {
    /// The number of a row's label.
    pub fn number(&mut self, bound: &Bound, row: usize, all: &Mutex<LabelTable>) -> u32 {
        let direction = bound.directions.as_ref().and_then(|column| column.filled(row));
        let manager = bound.managers.as_ref().and_then(|column| column.filled(row));
        // Rows of one label tend to follow each other.
        if let Some(last) = self.last.filter(|last| is(&self.known.labels[*last as usize], direction, manager)) {
            return self.numbers[last as usize];
        }
        let known = self.known.number(direction, manager);
        if known as usize == self.numbers.len() {
            let mut all = all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            self.numbers.push(all.number(direction, manager));
        }
        self.last = Some(known);
        self.numbers[known as usize]
    }
}
