//! What a dossier of an account should hold, and which of it is there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::managers::Managers;
use crate::crm::{ByAccount, Crm, Role, Side};
use crate::facts::Facts;

/// Something that a dossier should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DossierItem {
    /// The account's name.
    Name,
    /// Its industry and region.
    Description,
    /// How many people it employs, or its own revenue.
    Size,
    /// What it spends on what we sell.
    Budget,
    /// Who looks after it.
    Manager,
    /// A contact.
    Contacts,
    /// A contact who decides.
    DecisionMaker,
    /// A contact with influence and support.
    DecisionScheme,
    /// Who else sells to it.
    Competitors,
    /// An opportunity, won, lost or open.
    Opportunities,
    /// A clause of a contract.
    Contracts,
    /// How we rate it.
    RatingOfCustomer,
    /// How it rates us.
    RatingOfUs,
    /// A target.
    Plan,
}

impl DossierItem {
    /// All of them.
    pub const ALL: [DossierItem; 14] = [
        DossierItem::Name,
        DossierItem::Description,
        DossierItem::Size,
        DossierItem::Budget,
        DossierItem::Manager,
        DossierItem::Contacts,
        DossierItem::DecisionMaker,
        DossierItem::DecisionScheme,
        DossierItem::Competitors,
        DossierItem::Opportunities,
        DossierItem::Contracts,
        DossierItem::RatingOfCustomer,
        DossierItem::RatingOfUs,
        DossierItem::Plan,
    ];

    /// Its name in options and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DossierItem::Name => "name",
            DossierItem::Description => "description",
            DossierItem::Size => "size",
            DossierItem::Budget => "budget",
            DossierItem::Manager => "manager",
            DossierItem::Contacts => "contacts",
            DossierItem::DecisionMaker => "decision_maker",
            DossierItem::DecisionScheme => "decision_scheme",
            DossierItem::Competitors => "competitors",
            DossierItem::Opportunities => "opportunities",
            DossierItem::Contracts => "contracts",
            DossierItem::RatingOfCustomer => "rating_of_customer",
            DossierItem::RatingOfUs => "rating_of_us",
            DossierItem::Plan => "plan",
        }
    }
}

/// For each account, in key order, the items it has as bits, bit 0 for the first of [`DossierItem::ALL`].
pub(super) fn present(facts: &Facts, crm: &Crm, managers: &Managers) -> Vec<u16> {
    let mut has = vec![0u16; facts.len()];
    let bit = |item: DossierItem| 1u16 << item as u16;
    for (at, own) in has.iter_mut().enumerate() {
        if managers.of_account[at] < managers.len() {
            *own |= bit(DossierItem::Manager);
        }
    }
    if let Some(accounts) = crm.accounts() {
        fn known<T>(column: &Option<Vec<Option<T>>>, row: usize) -> bool {
            column.as_ref().is_some_and(|column| column[row].is_some())
        }
        for (own, row) in has.iter_mut().zip(accounts.rows_of(facts).iter()) {
            let Some(row) = row else { continue };
            for (item, is_known) in [
                (DossierItem::Name, known(&accounts.name, row)),
                (DossierItem::Description, known(&accounts.industry, row) && known(&accounts.region, row)),
                (DossierItem::Size, known(&accounts.employees, row) || known(&accounts.annual_revenue, row)),
                (DossierItem::Budget, known(&accounts.budget, row)),
            ] {
                *own |= if is_known { bit(item) } else { 0 };
            }
        }
    }
    let mut mark = |table: Option<&dyn ByAccount>, item: DossierItem, is_one: &dyn Fn(usize) -> bool| {
        let Some(table) = table else { return };
        for (row, at) in table.places(facts).iter().enumerate() {
            if let Some(at) = at.filter(|_| is_one(row)) {
                has[at] |= bit(item);
            }
        }
    };
    if let Some(contacts) = crm.contacts() {
        let filled = |column: &Option<Vec<Option<f64>>>, row: usize| column.as_ref().is_some_and(|column| column[row].is_some());
        let decides = |row: usize| contacts.role.as_ref().is_some_and(|role| role[row] == Some(Role::DecisionMaker));
        mark(Some(contacts), DossierItem::Contacts, &|_| true);
        mark(Some(contacts), DossierItem::DecisionMaker, &decides);
        mark(Some(contacts), DossierItem::DecisionScheme, &|row| filled(&contacts.influence, row) && filled(&contacts.support, row));
    }
    if let Some(ratings) = crm.ratings() {
        mark(Some(ratings), DossierItem::RatingOfCustomer, &|row| ratings.side[row] == Side::OfCustomer);
        mark(Some(ratings), DossierItem::RatingOfUs, &|row| ratings.side[row] == Side::OfUs);
    }
    mark(crm.competitors().map(|table| table as &dyn ByAccount), DossierItem::Competitors, &|_| true);
    if let Some(opportunities) = crm.opportunities() {
        mark(Some(opportunities), DossierItem::Opportunities, &|row| opportunities.outcome_on(row, facts.as_of()).is_some());
    }
    mark(crm.contracts().map(|table| table as &dyn ByAccount), DossierItem::Contracts, &|_| true);
    mark(crm.plans().map(|table| table as &dyn ByAccount), DossierItem::Plan, &|_| true);
    has
}
