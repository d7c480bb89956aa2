//! The review: every method that the data allow, one after the other, and all of it in one master table.

mod classes;
mod compare;
pub mod dossier;
mod lanes;
mod near;
mod options;
mod source;
mod summary;
#[cfg(test)]
mod tests;

pub use compare::{CompareOptions, Comparison};
pub use dossier::{Dossier, DossierOptions};
pub use options::ReviewOptions;
pub use summary::{Adding, FactsSummary, Part, Totals};

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::crm::Crm;
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::{Context, Entry, METHODS, Outcome, method};
use crate::progress::{self, Progress};
use crate::table::{Column, Places, Table, View};

/// What [`review`] gives.
#[derive(Clone, Debug)]
pub struct Review {
    /// What the facts are.
    pub facts: FactsSummary,
    /// The master table: one row an account, its facts, and what every method says of it.
    pub accounts: Table,
    /// What ran, in the order of the registry.
    pub methods: Vec<Reviewed>,
    /// What did not, and why.
    pub skipped: Vec<Skipped>,
    /// How the ledger's rows and money add up.
    pub reconciliation: Table,
    /// The rows that could not be used.
    pub quarantine: Table,
    source: source::Source,
}

/// A method that ran.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// The method's name in every language.
    pub name: &'static str,
    /// Its name for people, in the words of the facts' perspective.
    pub title: Cow<'static, str>,
    /// One sentence: what it answers.
    pub about: Cow<'static, str>,
    /// What the rows of each of its tables are.
    pub rows: &'static [(&'static str, &'static str)],
    /// The options it ran with, defaults filled in.
    pub options: Value,
    /// What it gave.
    pub outcome: Outcome,
}

/// A method that lacked what it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The method's name in every language.
    pub method: &'static str,
    /// Its name for people, in the words of the facts' perspective.
    pub title: Cow<'static, str>,
    /// Which table or column is missing and why it matters, without the method's name in front.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Runs every method that the data allow, in the order of the registry.
///
/// A method that lacks a table or column, or whose defaults the facts do not allow, is listed under `skipped`; wrong options and every
/// other error end the review. `progress` hears
/// the name of each method before it runs.
pub fn review(facts: &Facts, crm: &Crm, options: &ReviewOptions, progress: &dyn Progress) -> Result<Review> {
    options.check(|name| method(name).map(|_| ()))?;
    run(METHODS, facts, crm, options, progress)
}

fn run(entries: &'static [Entry], facts: &Facts, crm: &Crm, options: &ReviewOptions, progress: &dyn Progress) -> Result<Review> {
    let given: BTreeMap<&str, Value> = entries.iter().map(|entry| (entry.name, entry.of_given(&options.options))).collect();
    let said = given.iter().filter(|(_, given)| !given.is_null());
    let context = Context::new(facts, crm).with_given(said.map(|(name, given)| ((*name).to_owned(), given.clone())));
    let entries: Vec<&'static Entry> = entries.iter().filter(|entry| options.runs(entry)).collect();
    let total = u64::try_from(entries.len()).ok();
    let work = |at: usize, progress: &dyn Progress, done: usize| {
        let entry: &Entry = entries[at];
        progress::report(progress, entry.name, u64::try_from(done).unwrap_or(0), total)?;
        entry.run(&context.clone().with_progress(progress), &given[entry.name])
    };
    let forget = |undone: &[&Entry]| context.forget(|name| undone.iter().any(|entry| entry.name == name || entry.takes.contains(&name)));
    let mut results = lanes::run(&entries, progress, work, forget);
    let is_stopped = |result: &Option<Result<Outcome>>| matches!(result, Some(Err(error)) if error.code() == Code::Interrupted);
    if let Some(Some(Err(stopped))) = results.iter().position(is_stopped).map(|at| results.swap_remove(at)) {
        return Err(stopped);
    }
    let (mut methods, mut skipped) = (vec![], vec![]);
    for (entry, result) in entries.iter().zip(results) {
        let given = &given[entry.name];
        match result.ok_or_else(|| Error::internal(format!("review: {} was not run", entry.name)))? {
            Ok(outcome) => methods.push(Reviewed {
                name: entry.name,
                title: facts.perspective().say(entry.title),
                about: facts.perspective().say(entry.about),
                rows: entry.tables,
                options: filled(entry.defaults()?, given),
                outcome,
            }),
            // Defaults that these facts do not allow, such as a year ahead of the calendar's last day, are no fault of the caller's.
            Err(error) if error.code() == Code::MissingInput || error.code() == Code::Option && given.is_null() => skipped.push(Skipped {
                method: entry.name,
                title: facts.perspective().say(entry.title),
                reason: error.without(entry.name).to_owned(),
                hint: error.hint().map(str::to_owned),
            }),
            // Options already say whose they are.
            Err(error) if error.code() == Code::Option => return Err(error),
            Err(error) => return Err(error.at(entry.name)),
        }
    }
    drop(context);
    progress::report(progress, "review", total.unwrap_or(0), total)?;
    let source = source::Source::new(facts, crm, &mut methods);
    Ok(Review {
        facts: FactsSummary::of(facts),
        accounts: master(facts, crm, &methods)?,
        methods,
        skipped,
        reconciliation: facts.reconciliation_table()?,
        quarantine: facts.quarantine_table()?,
        source,
    })
}

/// The defaults with what was given in their place.
fn filled(defaults: Value, given: &Value) -> Value {
    match (defaults, given) {
        (Value::Object(mut all), Value::Object(given)) => {
            all.extend(given.clone());
            Value::Object(all)
        }
        (defaults, _) => defaults,
    }
}

/// The facts' columns and every method's. A name that is taken already gets the method's name in front.
fn master(facts: &Facts, crm: &Crm, methods: &[Reviewed]) -> Result<Table> {
    let base = facts.accounts_table()?;
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut columns = vec![];
    let from_methods = methods.iter().filter_map(|method| method.outcome.accounts.as_ref().map(|table| (Some(method.name), table)));
    for (method, table) in std::iter::once((None, &base)).chain(from_methods) {
        if table.len() != facts.len() {
            let name = method.unwrap_or("facts");
            return Err(Error::internal(format!("{name}: {} rows for {} accounts in the master table", table.len(), facts.len())));
        }
        for column in table.own_columns() {
            let name = match method {
                // The account stands in the table once.
                Some(_) if column.name() == "account" => continue,
                Some(method) if taken.contains(column.name()) => format!("{method}_{}", column.name()),
                _ => column.name().to_owned(),
            };
            if !taken.insert(name.clone()) {
                return Err(Error::internal(format!("two columns of the master table are called {name}")));
            }
            let is_account = name == "account";
            columns.push(column.named(&name));
            if let Some(names) = names(facts, crm).filter(|_| is_account) {
                taken.insert("name".to_owned());
                columns.push(names);
            }
        }
    }
    Table::new("accounts", columns)
}

/// What people call the accounts, where the CRM says it: keys are often numbers.
fn names(facts: &Facts, crm: &Crm) -> Option<Column> {
    let accounts = crm.accounts()?;
    accounts.name.as_ref()?;
    let known = Arc::new((crm.clone(), accounts.rows_of(facts)));
    let view = View::new(&known, Places::Same(facts.len()));
    Some(view.texts("name", |(crm, rows), at| crm.accounts()?.name.as_ref()?[rows.of(at)?].as_deref()))
}

impl Review {
    /// What a method gave, by its name; `None` where it did not run.
    #[must_use]
    pub fn get(&self, method: &str) -> Option<&Outcome> {
        self.methods.iter().find(|ran| ran.name == method).map(|ran| &ran.outcome)
    }

    /// The row of an account in the master table.
    pub(crate) fn row_of(&self, account: &str) -> Option<usize> {
        self.source.facts.keys().find(account)
    }

    /// What people call an account, where the crm says it.
    pub(crate) fn name_of(&self, account: &str) -> Option<&str> {
        self.source.name(account)
    }

    /// A table: `accounts` (the master table), `reconciliation`, `quarantine`, a method's main table by the method's name, or any of its
    /// tables as `method.table`.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        match name {
            "accounts" => Some(&self.accounts),
            "reconciliation" => Some(&self.reconciliation),
            "quarantine" => Some(&self.quarantine),
            _ => match name.split_once('.') {
                Some((method, table)) => self.get(method)?.table(table),
                None => self.get(name)?.tables.first(),
            },
        }
    }

    /// One row a method that was skipped: method, reason, hint.
    pub fn skipped_table(&self) -> Result<Table> {
        Table::new(
            "skipped",
            vec![
                Column::words("method", self.skipped.iter().map(|skipped| skipped.method)),
                Column::words("reason", self.skipped.iter().map(|skipped| &skipped.reason)),
                Column::text("hint", self.skipped.iter().map(|skipped| skipped.hint.as_deref())),
            ],
        )
    }

    /// The whole review: `facts`, `methods` (each with title, about, options, summary, tables), `skipped`, `accounts`, `reconciliation`,
    /// `quarantine`.
    pub fn to_json(&self) -> Result<Value> {
        let plain = |value: serde_json::Result<Value>| value.map_err(|source| Error::internal(format!("review: {source}")));
        let methods: Map<String, Value> = self
            .methods
            .iter()
            .map(|ran| {
                let mut object = json!({ "title": ran.title, "about": ran.about, "options": ran.options });
                if let (Value::Object(object), Value::Object(outcome)) = (&mut object, ran.outcome.to_json()) {
                    object.extend(outcome);
                }
                (ran.name.to_owned(), object)
            })
            .collect();
        Ok(json!({
            "facts": plain(serde_json::to_value(&self.facts))?,
            "methods": methods,
            "skipped": plain(serde_json::to_value(&self.skipped))?,
            "accounts": self.accounts.to_json(),
            "reconciliation": self.reconciliation.to_json(),
            "quarantine": self.quarantine.to_json(),
        }))
    }
}
