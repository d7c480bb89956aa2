//! The table `accounts`: one row an account.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::Optional;
use super::attribute::{self, Attribute};
use super::cell::{day, degree, key, not_negative, text};
use super::join::{AccountRows, ByAccount, Joined};
use super::source::{Ignored, Source};
use crate::error::{Code, Error, Result};
use crate::facts::{Facts, hash_bytes};
use crate::time::Date;

pub(super) const COLUMNS: &[&str] = &[
    "account",
    "name",
    "parent",
    "manager",
    "industry",
    "region",
    "language",
    "employees",
    "annual_revenue",
    "budget",
    "needed_hours",
    "reference",
    "since",
];

/// Who the accounts are, in the order of the caller's rows. Accounts that the ledger does not know are candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accounts {
    /// The key, as text; each once.
    pub account: Vec<String>,
    /// The name for people.
    pub name: Optional<String>,
    /// The key of the head office.
    pub parent: Optional<String>,
    /// Who looks after it.
    pub manager: Optional<String>,
    /// Its industry.
    pub industry: Optional<String>,
    /// Its region.
    pub region: Optional<String>,
    /// The language it is to be spoken to in.
    pub language: Optional<String>,
    /// How many people it employs.
    pub employees: Optional<f64>,
    /// Its own revenue in a year.
    pub annual_revenue: Optional<f64>,
    /// What it spends in a year on what we sell.
    pub budget: Optional<f64>,
    /// How many hours a year it needs.
    pub needed_hours: Optional<f64>,
    /// How far its name brings others: 0 (no) to 1 (yes).
    pub reference: Optional<f64>,
    /// Since when it is a customer, by the CRM.
    pub since: Optional<Date>,
    /// Every further column, by name ascending.
    pub attributes: Vec<Attribute>,
    index: Index,
    pub(super) joined: Joined,
}

impl Accounts {
    pub(super) fn read(source: &Source<'_>) -> Result<(Self, Vec<Ignored>)> {
        let mut accounts = Accounts {
            account: source.filled("account", key)?,
            name: source.optional("name", text)?,
            parent: source.optional("parent", key)?,
            manager: source.optional("manager", text)?,
            industry: source.optional("industry", text)?,
            region: source.optional("region", text)?,
            language: source.optional("language", text)?,
            employees: source.optional("employees", not_negative)?,
            annual_revenue: source.optional("annual_revenue", not_negative)?,
            budget: source.optional("budget", not_negative)?,
            needed_hours: source.optional("needed_hours", not_negative)?,
            reference: source.optional("reference", degree)?,
            since: source.optional("since", day(source.dates))?,
            ..Accounts::default()
        };
        for (row, account) in (0u32..).zip(&accounts.account) {
            if let Some(first) = accounts.index.insert(&accounts.account, row) {
                let message = format!("accounts, rows {} and {}: the account `{account}` stands there twice", first + 1, row + 1);
                return Err(Error::new(Code::DuplicateKey, message).with_hint("keep one row per account; keys are compared as text"));
            }
        }
        let mut ignored = vec![];
        for (name, theirs) in source.unread() {
            let mut ignore = |reason| ignored.push(Ignored { table: "accounts", column: theirs.clone(), reason });
            if COLUMNS.contains(&name.as_str()) {
                ignore("another column is mapped to this name");
                continue;
            }
            match attribute::read(source, name, &theirs)? {
                Some(attribute) => accounts.attributes.push(attribute),
                None => ignore("its type is neither words nor numbers"),
            }
        }
        accounts.attributes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok((accounts, ignored))
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.account.len()
    }

    /// No rows?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.account.is_empty()
    }

    /// The row (from 0) of the account with this key.
    #[must_use]
    pub fn row_of(&self, account: &str) -> Option<usize> {
        self.index.find(&self.account, account)
    }

    /// What people call the account with this key.
    #[must_use]
    pub fn name_of(&self, account: &str) -> Option<&str> {
        let name = self.name.as_ref()?[self.row_of(account)?].as_deref()?;
        (!name.trim().is_empty()).then_some(name)
    }

    /// For each account of the facts, in key order, its row here.
    #[must_use]
    pub fn rows_of(&self, facts: &Facts) -> AccountRows {
        AccountRows::new(self.places(facts), facts)
    }

    /// The rows of accounts that the ledger does not know, by key ascending. Subsidiaries are none where the facts are by head office.
    #[must_use]
    pub fn candidates(&self, facts: &Facts) -> Vec<usize> {
        let places = self.places(facts);
        let is_candidate = |row: &usize| places.of(*row).is_none() && facts.head_office(&self.account[*row]).is_none();
        let mut rows: Vec<usize> = (0..self.len()).filter(is_candidate).collect();
        rows.sort_by(|a, b| self.account[*a].cmp(&self.account[*b]));
        rows
    }

    /// The rows that speak of an account by itself: all but those of subsidiaries, where the facts are by head office.
    pub(crate) fn own_rows<'a>(&'a self, facts: &'a Facts) -> impl Iterator<Item = usize> + 'a {
        (0..self.len()).filter(|row| facts.head_office(&self.account[*row]).is_none())
    }

    /// A column's values for each account of the facts, in key order.
    pub fn of_facts<'a, T>(&self, facts: &Facts, column: &'a [Option<T>]) -> Vec<Option<&'a T>> {
        self.rows_of(facts).iter().map(|row| column.get(row?)?.as_ref()).collect()
    }

    /// A further column by its name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// The rows by the hashes of their keys.
#[derive(Clone, Debug, Default)]
struct Index(HashTable<u32>);

impl Index {
    /// Adds a row; gives the row that has the same key already.
    fn insert(&mut self, keys: &[String], row: u32) -> Option<u32> {
        let hash = |row: u32| hash_bytes(keys[row as usize].as_bytes());
        match self.0.entry(hash(row), |other| keys[*other as usize] == keys[row as usize], |other| hash(*other)) {
            Entry::Occupied(other) => Some(*other.get()),
            Entry::Vacant(entry) => {
                entry.insert(row);
                None
            }
        }
    }

    fn find(&self, keys: &[String], key: &str) -> Option<usize> {
        self.0.find(hash_bytes(key.as_bytes()), |row| keys[*row as usize] == key).map(|row| *row as usize)
    }
}

// It follows from the keys.
impl PartialEq for Index {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
