//! Facts by head office: the accounts of a group become one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Facts;
use super::cells::{Cell, Cells, Chunk, Run};
use super::fold::push_merged;
use super::keys::{Keys, Texts, whole};
use super::place::PlaceIndex;
use super::sums::Sums;
use crate::error::{Code, Error, Result};
use crate::ledger::Extras;

impl Facts {
    /// The facts of head offices: every account is counted with the top of its chain of parents, which `parent` gives by the text of a
    /// key. An account without a parent is its own head office; a parent need not be in the ledger.
    ///
    /// Distinct orders are added up: an order that two accounts of a group share counts for each. A chain that closes on itself is an
    /// error that names it.
    ///
    /// Whatever a crm's rows say of an account then belongs to its head office.
    pub fn roll_up(&self, parent: &dyn Fn(&str) -> Option<String>) -> Result<Facts> {
        self.roll_up_with(std::iter::empty(), parent)
    }

    /// The same, with the head offices of accounts that the ledger does not know.
    pub(crate) fn roll_up_with<'a>(&self, others: impl Iterator<Item = &'a str>, parent: &dyn Fn(&str) -> Option<String>) -> Result<Facts> {
        let (mut groups, mut head_offices) = (BTreeMap::<String, Vec<usize>>::new(), BTreeMap::new());
        for at in 0..self.len() {
            let account = self.account(at);
            let head = head_office(&account, parent)?;
            if *account != head {
                head_offices.insert(account.into_owned(), head.clone());
            }
            groups.entry(head).or_default().push(at);
        }
        // Those of an earlier roll-up are counted with the head office of theirs.
        let earlier = self.head_offices.iter().map(|(account, head)| (account.as_str(), head.as_str()));
        for (account, from) in others.map(|account| (account, account)).chain(earlier) {
            let head = head_office(from, parent)?;
            if account != head {
                head_offices.insert(account.to_owned(), head);
            }
        }
        let (keys, groups) = self.group_keys(groups);
        let mut chunk = Chunk::default();
        let mut runs = vec![];
        for accounts in &groups {
            let mut cells: Vec<Cell> = accounts.iter().flat_map(|at| self.cells(*at)).collect();
            let start = chunk.len();
            push_merged(&mut chunk, &mut cells)?;
            let place = |place: usize| u32::try_from(place).map_err(|_| Error::internal("more than 4,294,967,295 cells in one roll-up"));
            runs.push(Run { chunk: 0, start: place(start)?, len: place(chunk.len() - start)? });
        }
        let first = |accounts: &Vec<usize>| accounts.iter().filter_map(|at| self.first_date[*at]).min();
        let mut facts = Facts {
            keys: Arc::new(keys),
            places: PlaceIndex::default(),
            cells: Arc::new(Cells { chunks: vec![chunk], runs }),
            first_date: Arc::new(groups.iter().map(first).collect()),
            first_day_revenue: groups
                .iter()
                .map(|accounts| {
                    let day = first(accounts);
                    accounts.iter().filter(|at| self.first_date[**at] == day).map(|at| self.first_day_revenue[*at]).sum()
                })
                .collect::<Vec<_>>()
                .into(),
            last_date: Arc::default(),
            history: Arc::default(),
            window: Arc::default(),
            options: self.options.clone(),
            span: self.span,
            scale: self.scale,
            currency: self.currency.clone(),
            labels: self.labels.clone(),
            reconciliation: self.reconciliation,
            quarantine: self.quarantine.clone(),
            activity_cost: self.activity_cost,
            head_offices: Arc::new(head_offices),
        };
        facts.sum_up(&self.window.extras(), &|_| &[]);
        for (here, there) in [(&mut facts.window, &self.window), (&mut facts.history, &self.history)] {
            Arc::make_mut(here).orders =
                there.orders.as_ref().map(|orders| groups.iter().map(|accounts| accounts.iter().map(|at| orders[*at]).sum()).collect());
        }
        Ok(facts)
    }

    /// Keys stay whole numbers where every head office is one.
    fn group_keys(&self, groups: BTreeMap<String, Vec<usize>>) -> (Keys, Vec<Vec<usize>>) {
        if let Keys::Integers(_) = *self.keys {
            let numbers: Option<Vec<i64>> = groups.keys().map(|text| whole(text)).collect();
            if let Some(numbers) = numbers {
                let mut pairs: Vec<_> = numbers.into_iter().zip(groups.into_values()).collect();
                pairs.sort_by_key(|(number, _)| *number);
                let (numbers, groups) = pairs.into_iter().unzip();
                return (Keys::Integers(numbers), groups);
            }
        }
        let mut texts = Texts::default();
        groups.keys().for_each(|text| texts.push(text));
        (Keys::Texts(texts), groups.into_values().collect())
    }
}

fn head_office(account: &str, parent: &dyn Fn(&str) -> Option<String>) -> Result<String> {
    let mut chain = vec![account.to_owned()];
    while let Some(next) = parent(&chain[chain.len() - 1]).filter(|next| !next.trim().is_empty()) {
        if let Some(start) = chain.iter().position(|seen| *seen == next) {
            // A head office that names itself as its parent is common and clear.
            if start + 1 == chain.len() {
                break;
            }
            return Err(Error::new(
                Code::CrmValue,
                format!("accounts: column `parent` goes in a circle: {} → {next}", chain[start..].join(" → ")),
            )
            .with_hint("let one of them have no parent"));
        }
        chain.push(next);
    }
    Ok(chain.swap_remove(chain.len() - 1))
}

impl Sums {
    /// Which columns the sums have, as the fold says it.
    pub(super) fn extras(&self) -> Extras {
        let place = |column: &Option<Vec<i64>>| column.as_ref().map(|_| 0);
        Extras {
            cost: place(&self.cost),
            cost_to_serve: place(&self.cost_to_serve),
            list_amount: place(&self.list_amount),
            order: place(&self.orders),
            labels: false,
        }
    }
}
