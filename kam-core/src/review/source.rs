//! What a review keeps beside its tables, so that one account can be looked up at once: facts, crm, and who stands where.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::Reviewed;
use crate::crm::{ByAccount, Crm, Grouped, RowPlaces};
use crate::facts::Facts;
use crate::table::Places;

/// Tables with one row an account that are not the main table of their method.
const ALSO: [(&str, &str); 4] =
    [("abc_xyz", "accounts"), ("key_account_profile", "fit"), ("revenue_bridge", "accounts"), ("pyramid_transitions", "movers")];

/// The data behind a review. Facts and crm share what the caller has.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub facts: Facts,
    pub crm: Crm,
    /// The accounts that only the crm knows, ascending; they stand behind those of the facts.
    pub candidates: Vec<String>,
    pub ratings: Grouped,
    pub activities: Grouped,
    pub opportunities: Grouped,
    pub contacts: Grouped,
    pub plans: Grouped,
    pub contracts: Grouped,
    pub competitors: Grouped,
    /// By head office, the rows of the accounts table that name it as their parent.
    pub children: Grouped,
    /// The tables with one row an account.
    pub tables: Vec<Indexed>,
}

/// A method's table, and in which row of it an account stands.
#[derive(Clone, Debug)]
pub(super) struct Indexed {
    /// The place of the method among those that ran.
    pub method: usize,
    /// The place of the table among the method's.
    pub table: usize,
    /// Who stands in which row, and how many accounts and candidates there are.
    places: Places,
    subjects: usize,
    /// By account, once somebody has asked; empty where one stands in two rows. Whoever only reads tables never asks.
    rows: OnceLock<Vec<u32>>,
}

impl Indexed {
    /// The row of an account, where it stands in the table.
    pub fn row(&self, account: usize, rows: usize) -> Option<usize> {
        let row = match &self.places {
            Places::Same(_) => account,
            Places::Rows(places) => {
                let of = self.rows.get_or_init(|| rows_of(&places[..rows.min(places.len())], self.subjects).unwrap_or_default());
                *of.get(account)? as usize
            }
        };
        (row < rows).then_some(row)
    }
}

/// Where accounts stand: those of the facts by their keys, then the candidates.
struct Finder<'a> {
    facts: &'a Facts,
    candidates: HashMap<&'a str, usize>,
}

impl Finder<'_> {
    fn group(&self, table: Option<&impl ByAccount>) -> Grouped {
        table.map_or_else(Grouped::default, |table| self.group_by(&table.places(self.facts), |row| table.account_of(row)))
    }

    fn group_by<'b>(&self, places: &RowPlaces, account: impl Fn(usize) -> Option<&'b str>) -> Grouped {
        let subject = |account| self.facts.head_office(account).unwrap_or(account);
        let behind = |row: usize| self.candidates.get(subject(account(row)?)).copied();
        Grouped::with_others(places, self.facts.len() + self.candidates.len(), behind)
    }
}

impl Source {
    /// Looks up where everything stands, and takes the tables' notes of it.
    pub fn new(facts: &Facts, crm: &Crm, methods: &mut [Reviewed]) -> Self {
        let candidates: Vec<String> = crm.candidates(facts).into_iter().map(str::to_owned).collect();
        let places = candidates.iter().enumerate().map(|(at, name)| (name.as_str(), facts.len() + at)).collect();
        let finder = Finder { facts, candidates: places };
        let children = crm.accounts().and_then(|accounts| accounts.parent.as_ref()).map_or_else(Grouped::default, |parents| {
            let parent = |row: usize| parents[row].as_deref();
            finder.group_by(&RowPlaces::look_up(facts, parents.len(), parent), parent)
        });
        let (ratings, activities) = (finder.group(crm.ratings()), finder.group(crm.activities()));
        let (opportunities, contacts) = (finder.group(crm.opportunities()), finder.group(crm.contacts()));
        let (plans, contracts, competitors) = (finder.group(crm.plans()), finder.group(crm.contracts()), finder.group(crm.competitors()));
        drop(finder);
        let subjects = facts.len() + candidates.len();
        Source {
            facts: facts.clone(),
            crm: crm.clone(),
            candidates,
            ratings,
            activities,
            opportunities,
            contacts,
            plans,
            contracts,
            competitors,
            children,
            tables: index(methods, subjects),
        }
    }

    /// How many accounts and candidates there are.
    pub fn len(&self) -> usize {
        self.facts.len() + self.candidates.len()
    }

    /// The place of the account with this key.
    pub fn place(&self, account: &str) -> Option<usize> {
        let candidate = || self.candidates.binary_search_by(|name| name.as_str().cmp(account)).ok().map(|at| at + self.facts.len());
        self.facts.keys().find(account).or_else(candidate)
    }

    /// The key of the account at a place.
    pub fn key(&self, place: usize) -> Cow<'_, str> {
        match place.checked_sub(self.facts.len()) {
            None => self.facts.account(place),
            Some(at) => self.candidates.get(at).map_or_else(String::new, String::clone).into(),
        }
    }

    /// The name of the account with this key, where the crm says one.
    pub fn name(&self, account: &str) -> Option<&str> {
        self.crm.accounts()?.name_of(account)
    }
}

/// The tables in which accounts are looked up. The tables themselves do not need what they noted of their rows.
fn index(methods: &mut [Reviewed], subjects: usize) -> Vec<Indexed> {
    let mut tables = vec![];
    for (method, ran) in methods.iter_mut().enumerate() {
        for (table, own) in ran.outcome.tables.iter_mut().enumerate() {
            let is_wanted = table == 0 || ALSO.contains(&(ran.name, own.name()));
            let places = own.take_places().filter(|_| is_wanted);
            tables.extend(places.map(|places| Indexed { method, table, places, subjects, rows: OnceLock::new() }));
        }
    }
    tables
}

/// In which row each account stands; `None` where one stands in two.
fn rows_of(places: &[u32], subjects: usize) -> Option<Vec<u32>> {
    let mut rows = vec![u32::MAX; subjects];
    for (row, place) in (0u32..).zip(places) {
        let slot = rows.get_mut(*place as usize)?;
        if *slot != u32::MAX {
            return None;
        }
        *slot = row;
    }
    Some(rows)
}
