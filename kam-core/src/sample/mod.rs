//! A sample company: a seeded B2B seller of drives and sensors with every table that kam reads.
//!
//! Its customers are drawn so that each class, level and type of the methods has somebody in it; `docs/sample-company.md` describes them.

mod accounts;
mod activities;
mod batch;
mod calendar;
mod cast;
mod competitors;
mod contacts;
mod contracts;
mod managers;
mod names;
mod opportunities;
mod orders;
mod plans;
mod purchases;
mod random;
mod ratings;
#[cfg(test)]
mod tests;

pub use purchases::Purchases;

use arrow::array::RecordBatch;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::method::Options;
use crate::time::Date;
use calendar::Calendar;

/// What sample company to make. The same options give the same bytes on every platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SampleOptions {
    /// Where chance begins: another seed, another company.
    pub seed: u64,
    /// How many accounts there are, one in twenty of which has not bought yet.
    pub accounts: u32,
    /// How many months the ledger covers, the last of which holds `as_of`.
    pub months: u32,
    /// The last day of the history; a few orders are booked ahead of it.
    pub as_of: Date,
}

impl Default for SampleOptions {
    fn default() -> Self {
        // 2025-12-31, in days since 1970.
        SampleOptions { seed: 1, accounts: 240, months: 36, as_of: Date(20_453) }
    }
}

impl Options for SampleOptions {
    fn validate(&self) -> Result<()> {
        if !(60..=1_000_000).contains(&self.accounts) {
            return Err(Error::option("accounts", self.accounts, "60 to 1,000,000: fewer leave classes empty"));
        }
        if !(24..=600).contains(&self.months) {
            return Err(Error::option("months", self.months, "24 to 600: climbers and leavers need two years to show"));
        }
        Ok(())
    }
}

/// A sample company: the ledger and every other table, as Arrow record batches under the canonical column names.
///
/// ```
/// use kam_core::sample::{Company, SampleOptions};
///
/// let company = Company::generate(&SampleOptions::default())?;
/// assert_eq!(company.accounts.num_rows(), 240);
/// # Ok::<(), kam_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    /// Dates and amounts as text, other money as decimals; with a few rows that cannot be used and sales without an account.
    pub ledger: RecordBatch,
    /// Master data of every account, the candidates too.
    pub accounts: RecordBatch,
    /// What the company and its customers think of each other, from 1 to 10.
    pub ratings: RecordBatch,
    /// Visits, calls, joint work, complaints and mistakes.
    pub activities: RecordBatch,
    /// Deals won, lost and open.
    pub opportunities: RecordBatch,
    /// Who decides.
    pub contacts: RecordBatch,
    /// Monthly targets of managers and of the largest accounts.
    pub plans: RecordBatch,
    /// Clauses with their due days.
    pub contracts: RecordBatch,
    /// Who else sells to the accounts.
    pub competitors: RecordBatch,
    /// What the account managers speak and how much they can do.
    pub managers: RecordBatch,
    /// How good they are at what their work asks for, from 1 to 10.
    pub manager_ratings: RecordBatch,
    /// The other end: what the company itself buys, and from whom.
    pub purchases: Purchases,
}

impl Company {
    /// Draws a company.
    pub fn generate(options: &SampleOptions) -> Result<Self> {
        options.validate()?;
        let SampleOptions { seed, accounts, months, as_of } = *options;
        let calendar = Calendar::new(as_of, months as usize);
        let customers = cast::cast(seed, accounts as usize, calendar);
        Ok(Company {
            ledger: orders::ledger(seed, &customers, calendar)?,
            accounts: accounts::accounts(seed, &customers)?,
            ratings: ratings::ratings(seed, &customers)?,
            activities: activities::activities(seed, &customers, calendar)?,
            opportunities: opportunities::opportunities(seed, &customers, calendar)?,
            contacts: contacts::contacts(seed, &customers)?,
            plans: plans::plans(seed, &customers, calendar)?,
            contracts: contracts::contracts(seed, &customers, calendar)?,
            competitors: competitors::competitors(seed, &customers)?,
            managers: managers::managers(accounts)?,
            manager_ratings: managers::ratings(seed)?,
            purchases: purchases::purchases(seed, calendar)?,
        })
    }

    /// Every table of the selling side under its name, the ledger first.
    #[must_use]
    pub fn tables(&self) -> [(&'static str, &RecordBatch); 11] {
        [
            ("ledger", &self.ledger),
            ("accounts", &self.accounts),
            ("ratings", &self.ratings),
            ("activities", &self.activities),
            ("opportunities", &self.opportunities),
            ("contacts", &self.contacts),
            ("plans", &self.plans),
            ("contracts", &self.contracts),
            ("competitors", &self.competitors),
            ("managers", &self.managers),
            ("manager_ratings", &self.manager_ratings),
        ]
    }
}
