//! Who looks after which account.

use std::collections::{BTreeMap, BTreeSet};

use crate::crm::Crm;
use crate::facts::Facts;

/// Every manager that ledger or crm name, and the accounts they look after.
#[derive(Clone, Debug, PartialEq)]
pub struct Managers {
    /// Their names, ascending.
    pub names: Vec<String>,
    /// For each account, in the order of the facts' keys, the place of its manager in `names`; the number of managers where it has none.
    pub of_account: Vec<usize>,
    places: BTreeMap<String, usize>,
}

impl Managers {
    /// The manager of an account is the one that the accounts table names; without, the one of its last period with a sale that the ledger names
    /// a manager for: the one with most revenue in it, of equal ones the first by name.
    #[must_use]
    pub fn of(facts: &Facts, crm: &Crm) -> Self {
        let ledger: Vec<Option<&str>> = facts.labels().labels.iter().map(|label| label.manager.as_deref()).collect();
        let mut all: BTreeSet<&str> = ledger.iter().copied().flatten().collect();
        let columns = [
            crm.accounts().and_then(|accounts| accounts.manager.as_ref()),
            crm.activities().and_then(|activities| activities.manager.as_ref()),
            crm.plans().and_then(|plans| plans.manager.as_ref()),
            crm.opportunities().and_then(|opportunities| opportunities.manager.as_ref()),
        ];
        all.extend(columns.into_iter().flatten().flatten().filter_map(|manager| manager.as_deref()));
        let places: BTreeMap<String, usize> = all.iter().enumerate().map(|(place, name)| ((*name).to_owned(), place)).collect();
        let place = |name: &str| places.get(name).copied();
        let of_crm = crm.accounts().and_then(|accounts| Some(accounts.of_facts(facts, accounts.manager.as_ref()?)));
        let of_account = (0..facts.len())
            .map(|at| {
                let named = of_crm.as_ref().and_then(|managers| managers[at].map(String::as_str));
                named.or_else(|| last_in_ledger(facts, &ledger, at)).and_then(place).unwrap_or(places.len())
            })
            .collect();
        Managers { names: places.keys().cloned().collect(), of_account, places }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Nobody?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The name at a place; `None` for nobody's.
    #[must_use]
    pub fn name(&self, place: usize) -> Option<&str> {
        self.names.get(place).map(String::as_str)
    }

    /// The place of a name; nobody's where it is not known.
    #[must_use]
    pub fn place(&self, name: Option<&str>) -> usize {
        name.and_then(|name| self.places.get(name).copied()).unwrap_or(self.names.len())
    }

    /// The place of whoever did something: the name on it, without one the manager of the account it was for.
    pub(super) fn doer(&self, name: Option<&str>, account: Option<usize>) -> usize {
        match (name, account) {
            (Some(_), _) => self.place(name),
            (None, Some(at)) => self.of_account[at],
            (None, None) => self.names.len(),
        }
    }
}

fn last_in_ledger<'a>(facts: &Facts, managers: &[Option<&'a str>], at: usize) -> Option<&'a str> {
    if !facts.labels().has_manager {
        return None;
    }
    let mut last = None;
    let mut revenue: BTreeMap<&str, i64> = BTreeMap::new();
    for cell in facts.cells(at).filter(|cell| cell.sale_lines > 0) {
        let Some(manager) = managers[cell.label as usize] else { continue };
        let period = facts.period_of(&cell);
        if last != Some(period) {
            (last, revenue) = (Some(period), BTreeMap::new());
        }
        *revenue.entry(manager).or_default() += cell.revenue;
    }
    revenue.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map(|(manager, _)| manager)
}
