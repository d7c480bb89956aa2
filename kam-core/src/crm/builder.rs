//! The builder: tables in, one by one, each checked as it comes.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use jiff::tz::TimeZone;

use super::source::{Mapping, Source};
use super::{
    AccountManagers, Accounts, Activities, Competitors, Contacts, Contracts, Crm, ManagerRatings, Opportunities, Plans, Ratings, accounts,
    activities, competitors, contacts, contracts, manager_ratings, managers, opportunities, plans, ratings,
};
use crate::error::{Code, Error, Result};
use crate::time::DateFormat;

/// Every crm table with its canonical columns.
pub const TABLES: &[(&str, &[&str])] = &[
    ("accounts", accounts::COLUMNS),
    ("ratings", ratings::COLUMNS),
    ("activities", activities::COLUMNS),
    ("opportunities", opportunities::COLUMNS),
    ("contacts", contacts::COLUMNS),
    ("plans", plans::COLUMNS),
    ("contracts", contracts::COLUMNS),
    ("competitors", competitors::COLUMNS),
    ("managers", managers::COLUMNS),
    ("manager_ratings", manager_ratings::COLUMNS),
];

/// Puts a [`Crm`] together.
///
/// A table can be given once. How text dates are read and which zone timestamps are seen in must be said before the tables.
#[derive(Debug)]
pub struct Builder {
    crm: Crm,
    dates: DateFormat,
    date_format: Option<String>,
    zone: TimeZone,
}

impl Default for Builder {
    fn default() -> Self {
        Builder { crm: Crm::default(), dates: DateFormat::iso(), date_format: None, zone: TimeZone::UTC }
    }
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident),+) => {
        $($(#[$doc])*
        pub fn $name(self, batches: Vec<RecordBatch>) -> Result<Self> {
            self.table(stringify!($name), batches)
        })+
    };
}

impl Builder {
    /// How text dates are written, in strftime's letters (`%d.%m.%Y`); ISO 8601 without it.
    pub fn date_format(mut self, format: &str) -> Result<Self> {
        self.dates = DateFormat::new(Some(format), &self.zone)?;
        self.date_format = Some(format.to_owned());
        Ok(self)
    }

    /// The zone whose days timestamps with a zone are turned into (`Europe/Berlin`); UTC without it.
    pub fn timezone(mut self, name: &str) -> Result<Self> {
        self.zone = crate::time::zone(name)?;
        self.dates = DateFormat::new(self.date_format.as_deref(), &self.zone)?;
        Ok(self)
    }

    tables! {
        /// Who the accounts are.
        accounts,
        /// Scores by criterion.
        ratings,
        /// What was done and what went wrong.
        activities,
        /// Deals won, lost and open.
        opportunities,
        /// People at the accounts.
        contacts,
        /// Targets by period.
        plans,
        /// Clauses of contracts.
        contracts,
        /// Who else sells to the accounts.
        competitors,
        /// The account managers, what they speak and how much they can do.
        managers,
        /// How good the account managers are at what their work asks for.
        manager_ratings
    }

    /// A table by its name; its columns have the canonical names.
    pub fn table(self, name: &str, batches: Vec<RecordBatch>) -> Result<Self> {
        self.mapped_table(name, batches, &Mapping::default())
    }

    /// A table by its name, with the caller's names of columns.
    pub fn mapped_table(mut self, name: &str, batches: Vec<RecordBatch>, mapping: &Mapping) -> Result<Self> {
        self.add(name, &batches, mapping)?;
        Ok(self)
    }

    /// A table by its name, with the caller's names of columns, for callers that go on after an error: then nothing was added.
    pub fn add(&mut self, name: &str, batches: &[RecordBatch], mapping: &Mapping) -> Result<()> {
        let Some((table, columns)) = TABLES.iter().find(|(table, _)| *table == name) else {
            let names: Vec<&str> = TABLES.iter().map(|(table, _)| *table).collect();
            let error = Error::new(Code::Option, format!("there is no crm table `{name}`"));
            return Err(error.with_hint(format!("crm tables are {}", names.join(", "))));
        };
        let source = Source::new(table, batches, mapping, columns, *table == "accounts", &self.dates)?;
        macro_rules! put {
            ($field:ident, $table:expr) => {{
                if self.crm.$field.is_some() {
                    let error = Error::new(Code::Option, format!("the crm table `{name}` was given twice"));
                    return Err(error.with_hint("give each table once; it may come in any number of batches"));
                }
                self.crm.$field = Some(Arc::new($table));
            }};
        }
        let mut attributes_ignored = None;
        match *table {
            "accounts" => {
                let (accounts, ignored) = Accounts::read(&source)?;
                attributes_ignored = Some(ignored);
                put!(accounts, accounts);
            }
            "ratings" => put!(ratings, Ratings::read(&source)?),
            "activities" => put!(activities, Activities::read(&source)?),
            "opportunities" => put!(opportunities, Opportunities::read(&source)?),
            "contacts" => put!(contacts, Contacts::read(&source)?),
            "plans" => put!(plans, Plans::read(&source)?),
            "contracts" => put!(contracts, Contracts::read(&source)?),
            "competitors" => put!(competitors, Competitors::read(&source)?),
            "managers" => put!(managers, AccountManagers::read(&source)?),
            _ => put!(manager_ratings, ManagerRatings::read(&source)?),
        }
        self.crm.ignored.extend(attributes_ignored.unwrap_or_else(|| source.ignored("it is not a column of this table")));
        // The order in which tables were given says nothing.
        self.crm.ignored.sort_by(|a, b| (a.table, &a.column).cmp(&(b.table, &b.column)));
        Ok(())
    }

    /// The crm of the tables so far.
    #[must_use]
    pub fn so_far(&self) -> &Crm {
        &self.crm
    }

    /// The finished crm.
    pub fn build(self) -> Result<Crm> {
        Ok(self.crm)
    }
}
