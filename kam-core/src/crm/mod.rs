//! The optional tables of a CRM, one file each, typed and validated.
//!
//! Tables come as Arrow record batches; nothing here reads a file. Every table is optional, and so is every column past the few
//! that a table is about. Figures of a CRM (budgets, values, costs) are doubles: only the ledger's money is exact.

mod accounts;
mod activities;
mod attribute;
mod builder;
mod by_value;
mod cell;
mod competitors;
mod contacts;
mod contracts;
mod cost_to_serve;
mod effort;
mod join;
mod manager_ratings;
mod managers;
mod opportunities;
mod plans;
mod ratings;
mod source;
mod word;

pub use accounts::Accounts;
pub use activities::{Activities, Kind};
pub use attribute::{Attribute, Values};
pub use builder::{Builder, TABLES};
pub(crate) use by_value::ByValue;
pub use competitors::Competitors;
pub use contacts::{Contacts, Role};
pub use contracts::{Contracts, Status};
pub use cost_to_serve::{ActivityCosts, CostToServeOptions, Driver};
pub use effort::Effort;
pub(crate) use effort::{Efforts, Whom, rounded};
pub(crate) use join::Grouped;
pub use join::{AccountRows, ByAccount, RowPlaces};
pub use manager_ratings::{COMPETENCES, ManagerRatings};
pub use managers::AccountManagers;
pub use opportunities::{Opportunities, Outcome};
pub use plans::{PlanPeriod, Plans};
pub use ratings::{Ratings, Side};
pub use source::{Ignored, Mapping};

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::{Code, Error, Result};
use crate::facts::Facts;

/// A column that a table may lack: `None` without the column, an inner `None` where a row has no value.
pub type Optional<T> = Option<Vec<Option<T>>>;

/// What a CRM knows beside the ledger. Every table is optional; the default has none. A clone shares the tables.
///
/// ```
/// use std::sync::Arc;
/// use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
/// use kam_core::Crm;
///
/// let accounts = RecordBatch::try_from_iter([
///     ("account", Arc::new(StringArray::from(vec!["ACME", "Globex"])) as ArrayRef),
///     ("budget", Arc::new(Float64Array::from(vec![Some(120_000.0), None])) as ArrayRef),
/// ])?;
/// let crm = Crm::builder().accounts(vec![accounts])?.build()?;
/// let accounts = crm.accounts().ok_or("no accounts")?;
/// assert_eq!(accounts.row_of("Globex"), Some(1));
/// assert_eq!(accounts.budget.as_ref().and_then(|budget| budget[0]), Some(120_000.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crm {
    pub(crate) accounts: Option<Arc<Accounts>>,
    pub(crate) ratings: Option<Arc<Ratings>>,
    pub(crate) activities: Option<Arc<Activities>>,
    pub(crate) opportunities: Option<Arc<Opportunities>>,
    pub(crate) contacts: Option<Arc<Contacts>>,
    pub(crate) plans: Option<Arc<Plans>>,
    pub(crate) contracts: Option<Arc<Contracts>>,
    pub(crate) competitors: Option<Arc<Competitors>>,
    pub(crate) managers: Option<Arc<AccountManagers>>,
    pub(crate) manager_ratings: Option<Arc<ManagerRatings>>,
    pub(crate) ignored: Vec<Ignored>,
}

impl Crm {
    /// Tables are added one by one and checked as they are.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The facts of head offices: each account is counted with the top of its chain of parents, by the accounts table's column `parent`.
    ///
    /// With these facts, whatever the tables say of a subsidiary belongs to its head office: activities, contacts, opportunities, ratings,
    /// plans, contracts, competitors. Of the accounts table only the head office's own row counts: its name, industry, budget and so on.
    ///
    /// Without that column, an error says so; see [`Facts::roll_up`] for the rest.
    pub fn roll_up(&self, facts: &Facts) -> Result<Facts> {
        let missing = |what: &str| {
            Error::new(Code::MissingInput, format!("accounts: {what}, which names each account's head office"))
                .with_hint("give the crm table `accounts` with the columns account and parent")
        };
        let accounts = self.accounts().ok_or_else(|| missing("there is no such table; its column `parent` is needed"))?;
        let parents = accounts.parent.as_ref().ok_or_else(|| missing("there is no column `parent`"))?;
        facts.roll_up_with(accounts.account.iter().map(String::as_str), &|account| parents[accounts.row_of(account)?].clone())
    }

    /// Who the accounts are: names, head offices, industries, budgets, attributes.
    #[must_use]
    pub fn accounts(&self) -> Option<&Accounts> {
        self.accounts.as_deref()
    }

    /// How we rate accounts, and they us and our competitors.
    #[must_use]
    pub fn ratings(&self) -> Option<&Ratings> {
        self.ratings.as_deref()
    }

    /// Visits, calls, complaints, mistakes, joint work.
    #[must_use]
    pub fn activities(&self) -> Option<&Activities> {
        self.activities.as_deref()
    }

    /// Deals won, lost and open.
    #[must_use]
    pub fn opportunities(&self) -> Option<&Opportunities> {
        self.opportunities.as_deref()
    }

    /// People at the accounts.
    #[must_use]
    pub fn contacts(&self) -> Option<&Contacts> {
        self.contacts.as_deref()
    }

    /// Targets of managers and accounts.
    #[must_use]
    pub fn plans(&self) -> Option<&Plans> {
        self.plans.as_deref()
    }

    /// Clauses of contracts.
    #[must_use]
    pub fn contracts(&self) -> Option<&Contracts> {
        self.contracts.as_deref()
    }

    /// Who else sells to the accounts.
    #[must_use]
    pub fn competitors(&self) -> Option<&Competitors> {
        self.competitors.as_deref()
    }

    /// The account managers, what they speak and how much they can do.
    #[must_use]
    pub fn managers(&self) -> Option<&AccountManagers> {
        self.managers.as_deref()
    }

    /// How good the account managers are at what their work asks for.
    #[must_use]
    pub fn manager_ratings(&self) -> Option<&ManagerRatings> {
        self.manager_ratings.as_deref()
    }

    /// The accounts that the ledger does not know and somebody wants to win: those that the tables accounts, ratings, opportunities,
    /// contacts and competitors name, each once, ascending. Of facts by head office, these are head offices too.
    #[must_use]
    pub fn candidates<'a>(&'a self, facts: &'a Facts) -> Vec<&'a str> {
        fn strangers<'a>(table: Option<&'a impl ByAccount>, facts: &'a Facts, into: &mut BTreeSet<&'a str>) {
            let Some(table) = table else { return };
            let places = table.places(facts);
            let named = (0..table.rows()).filter(|row| places.of(*row).is_none()).filter_map(|row| table.account_of(row));
            // The row of a subsidiary is nobody's where its head office is in the ledger.
            into.extend(named.map(|account| facts.head_office(account).unwrap_or(account)).filter(|head| facts.place_of(head).is_none()));
        }
        let mut found = BTreeSet::new();
        strangers(self.accounts(), facts, &mut found);
        strangers(self.ratings(), facts, &mut found);
        strangers(self.opportunities(), facts, &mut found);
        strangers(self.contacts(), facts, &mut found);
        strangers(self.competitors(), facts, &mut found);
        found.into_iter().collect()
    }

    /// The columns that were given and are not read.
    #[must_use]
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    /// No table at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Crm::default()
    }
}

#[cfg(test)]
mod tests;
