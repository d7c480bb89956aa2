//! The dossiers of the page: of whom, and where they are linked from.

use std::collections::HashMap;

use minijinja::{Value, context};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::accounts::by_revenue;
use super::words;
use crate::error::Result;
use crate::label::cut;
use crate::number;
use crate::review::{DossierOptions, Review};
use crate::table::Table;

/// Whose dossiers stand in the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a number of key accounts, or a list of accounts")]
pub enum PageDossiers {
    /// Those of so many key accounts, the largest revenue first, of the accounts of the marketing list that the page shows, and of those
    /// whom the summary names. Key is whom a route or type makes key, and who is in class A.
    Largest(usize),
    /// Those of these accounts, by their keys.
    Of(Vec<String>),
}

/// The lists of one dossier are shorter in the page: there are many of them.
const SHORT: DossierOptions = DossierOptions { rows: 8, periods: 12, due_within_days: 90 };

/// The columns of the master table that say in a few words who an account is.
const ABOUT: [&str; 4] = ["abc_xyz", "level", "quadrant", "rfm_segment"];

/// The dossiers of a page.
pub(super) struct Dossiers {
    /// The accounts' keys, in the order of the page.
    accounts: Vec<String>,
    /// The place of each.
    pub numbers: HashMap<String, usize>,
}

impl Dossiers {
    /// Chooses the accounts; `shown` is how many rows of the marketing list the page shows,
    /// `named` are those whom the summary names.
    pub fn choose(review: &Review, wanted: &PageDossiers, shown: usize, named: &[String]) -> Self {
        let mut dossiers = Dossiers { accounts: vec![], numbers: HashMap::new() };
        match wanted {
            PageDossiers::Of(accounts) => accounts.iter().for_each(|account| dossiers.add(account.clone())),
            PageDossiers::Largest(0) => {}
            PageDossiers::Largest(most) => {
                for row in largest_key_accounts(&review.accounts, *most) {
                    dossiers.add(text(&review.accounts, "account", row).unwrap_or_default());
                }
                if let Some(list) = review.table("marketing_list") {
                    (0..list.len().min(shown)).filter_map(|row| text(list, "account", row)).for_each(|account| dossiers.add(account));
                }
                named.iter().for_each(|account| dossiers.add(account.clone()));
            }
        }
        dossiers
    }

    fn add(&mut self, account: String) {
        if !self.numbers.contains_key(&account) {
            self.numbers.insert(account.clone(), self.accounts.len());
            self.accounts.push(account);
        }
    }

    /// The dossiers for the template. An account that is not there is an error that names accounts like it.
    pub fn render(&self, review: &Review) -> Result<Vec<Value>> {
        let each = self.accounts.iter().enumerate().map(|(at, account)| {
            let dossier = review.dossier_with(account, &SHORT)?;
            let about = match dossier.history.window.as_ref() {
                Some(window) => number::short_money(window.revenue, dossier.currency),
                None => "candidate".to_owned(),
            };
            let class = |column: &&str| {
                let class = text(&review.accounts, column, review.row_of(account)?)?;
                let said = words::spaced(column, &class).unwrap_or_else(|| class.clone());
                Some(context! { text => said, shade => words::shade(column, &class).unwrap_or(5) })
            };
            let classes: Vec<Value> = ABOUT.iter().filter_map(class).collect();
            let title = if dossier.title.trim().is_empty() { account.clone() } else { dossier.title.to_string() };
            let key = (title != *account).then(|| cut(account));
            let title = cut(&title);
            Ok(context! { at, title, key, about, classes, html => Value::from_safe_string(dossier.to_html_article(3)) })
        });
        each.collect()
    }
}

/// The places of the largest key accounts in the master table.
pub(super) fn largest_key_accounts(accounts: &Table, most: usize) -> Vec<usize> {
    let columns = accounts.columns();
    let at = |name: &str| columns.iter().position(|column| *column == name);
    let (flag, types, class) = (at("key_account"), at("key_account_types"), at("abc"));
    let is_key = |row: usize| {
        flag.is_some_and(|column| accounts.value(column, row) == Json::Bool(true))
            || types.is_some_and(|column| accounts.value(column, row).as_array().is_some_and(|types| !types.is_empty()))
            || class.is_some_and(|column| accounts.value(column, row) == "A")
    };
    by_revenue(accounts, accounts.len()).into_iter().filter(|row| is_key(*row)).take(most).collect()
}

/// A word of a table.
pub(super) fn text(table: &Table, column: &str, row: usize) -> Option<String> {
    let at = table.columns().iter().position(|name| *name == column)?;
    match table.value(at, row) {
        Json::String(text) => Some(text),
        _ => None,
    }
}
