//! Facts with further cost to serve: what serving the accounts cost beyond what the ledger says.

use std::sync::Arc;

use super::Facts;
use super::cells::{Cell, Cells, Chunk, Label, Run};
use super::fold::push_merged;
use crate::error::{Code, Error, Result};
use crate::time::Period;

/// Cost to serve of one account in one period of the [cell grain](Facts::cell_grain).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddedCost {
    /// The account's place in the keys.
    pub account: usize,
    /// The period.
    pub period: Period,
    /// The label it belongs to; without, that with the largest revenue of the account's period, or none where the period has no line.
    pub label: Option<u32>,
    /// Minor units.
    pub amount: i64,
}

impl Facts {
    /// Does cost to serve hold the cost of the crm's activities, and was what belonged to no account spread as well?
    pub(crate) fn activity_cost(&self) -> Option<bool> {
        self.activity_cost
    }

    /// These facts with costs added, which must be in the order of the accounts.
    pub(crate) fn with_added_cost(&self, added: &[AddedCost], spread: bool) -> Result<Facts> {
        if self.activity_cost.is_some() {
            return Err(Error::new(Code::StateMismatch, "these facts hold the cost of activities already")
                .with_hint("start from the facts of the ledger"));
        }
        self.check_room(added)?;
        let mut facts = self.clone();
        let mut rest = added;
        // Costs of a period without a line have no direction and no manager: the empty label is the first.
        let has_empty = self.labels.labels.first() == Some(&Label::default());
        let (mut chunk, mut runs, mut used_empty) = (Chunk::default(), Vec::with_capacity(self.len()), has_empty);
        let shift = u32::from(!has_empty);
        for account in 0..self.len() {
            let own = rest.partition_point(|cost| cost.account == account);
            let (here, later) = rest.split_at(own);
            rest = later;
            let mut cells: Vec<Cell> = self.cells(account).collect();
            cells.iter_mut().for_each(|cell| cell.label += shift);
            let lines = cells.len();
            for cost in here {
                let of_period = cells[..lines].iter().filter(|cell| cell.period == cost.period);
                let largest = of_period.max_by_key(|cell| (cell.revenue, std::cmp::Reverse(cell.label))).map(|cell| cell.label);
                let label = cost.label.map(|label| label + shift).or(largest).unwrap_or(0);
                used_empty |= label == 0;
                cells.push(Cell { period: cost.period, label, cost_to_serve: cost.amount, ..Cell::default() });
            }
            let start = chunk.len();
            push_merged(&mut chunk, &mut cells)?;
            let place = |place: usize| {
                u32::try_from(place).map_err(|_| {
                    Error::new(Code::Overflow, "more than 4,294,967,295 cells with the costs of activities")
                        .with_hint("use a coarser grain")
                })
            };
            runs.push(Run { chunk: 0, start: place(start)?, len: place(chunk.len() - start)? });
        }
        if used_empty && !has_empty {
            facts.labels.labels.insert(0, Label::default());
        } else if !has_empty {
            chunk.label.map(|label| label - i64::from(shift));
        }
        facts.cells = Arc::new(Cells { chunks: vec![chunk], runs });
        facts.activity_cost = Some(spread);
        let mut extras = self.window.extras();
        (extras.cost_to_serve, extras.order) = (Some(0), None);
        facts.sum_up(&extras, &|_| &[]);
        Arc::make_mut(&mut facts.window).orders.clone_from(&self.window.orders);
        Arc::make_mut(&mut facts.history).orders.clone_from(&self.history.orders);
        Ok(facts)
    }

    /// With the costs, no sum of the facts may leave 63 bits, in whatever order it is made.
    fn check_room(&self, added: &[AddedCost]) -> Result<()> {
        let wide = |value: i64| i128::from(value).abs();
        let cells = (0..self.len())
            .flat_map(|account| self.cells(account))
            .map(|cell| wide(cell.revenue) + 2 * wide(cell.returns) + wide(cell.cost) + wide(cell.cost_to_serve) + wide(cell.list_amount));
        let all: i128 = cells.sum::<i128>() + added.iter().map(|cost| wide(cost.amount)).sum::<i128>();
        if all < i128::from(i64::MAX) {
            return Ok(());
        }
        Err(Error::new(Code::Overflow, "the ledger's money and the costs of activities add up to more than 63 bits of minor units")
            .with_hint("choose a smaller scale"))
    }
}
