//! The key account marketing list: whom to address, whom to speak to there, and why.

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::managers::Managers;
use crate::crm::{ByAccount, ByValue, Crm, Role};
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::{Options, Outcome};
use crate::table::{Column, Table, Unit};

/// A route by which an account is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetRoute {
    /// Among those that hold most now.
    Pareto,
    /// What it is projected to bring, or its budget, would put it there.
    Potential,
    /// An open opportunity is likely to be won.
    Likely,
    /// Its name brings others.
    Strategic,
}

impl TargetRoute {
    /// All of them, in the order of the routes to a key account.
    pub const ALL: [TargetRoute; 4] = [TargetRoute::Pareto, TargetRoute::Potential, TargetRoute::Likely, TargetRoute::Strategic];

    /// Its name in options and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TargetRoute::Pareto => "pareto",
            TargetRoute::Potential => "potential",
            TargetRoute::Likely => "likely",
            TargetRoute::Strategic => "strategic",
        }
    }
}

/// Who may stand on the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Addressed {
    /// The ledger's accounts and the candidates.
    #[default]
    All,
    /// The candidates alone: accounts that the crm knows and the ledger does not.
    Candidates,
    /// The ledger's accounts alone.
    Customers,
}

/// Options of [`marketing_list`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MarketingListOptions {
    /// Who may stand on the list.
    pub accounts: Addressed,
    /// An account by one of these routes is a target.
    pub routes: Vec<TargetRoute>,
    /// A candidate without such a route is a target as well where it fits the profile of the key accounts at least that well, 0 to 1; null leaves
    /// such candidates out.
    pub least_fit: Option<f64>,
    /// Leave out accounts that fail the three-P check.
    pub leave_out_failed: bool,
    /// The longest list; null for all targets.
    pub max_accounts: Option<u32>,
}

impl Default for MarketingListOptions {
    fn default() -> Self {
        MarketingListOptions {
            accounts: Addressed::All,
            routes: vec![TargetRoute::Potential, TargetRoute::Likely, TargetRoute::Strategic],
            least_fit: Some(0.5),
            leave_out_failed: true,
            max_accounts: None,
        }
    }
}

impl Options for MarketingListOptions {
    fn validate(&self) -> Result<()> {
        if let Some(fit) = self.least_fit.filter(|fit| !(0.0..=1.0).contains(fit)) {
            return Err(Error::option("least_fit", fit, "between 0 and 1, or null"));
        }
        if self.routes.is_empty() && self.least_fit.is_none() {
            return Err(Error::option("routes", "empty", "at least one route, unless least_fit is given"));
        }
        if self.max_accounts == Some(0) {
            return Err(Error::option("max_accounts", 0, "1 or more, or null for all"));
        }
        Ok(())
    }
}

/// What the three-P check says of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetCheck {
    /// Passed, open or failed.
    pub verdict: &'static str,
    /// Need, purse and power: met, not_met or unknown.
    pub points: [&'static str; 3],
}

/// What other methods worked out: the ledger's accounts in the order of the facts' keys, then the candidates.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarketingListInputs<'a> {
    /// The candidates' keys, ascending.
    pub candidates: &'a [String],
    /// Per account and route, in the order of [`TargetRoute::ALL`], whether it is key by it; `None` where data are missing.
    pub routes: &'a [[Option<bool>; 4]],
    /// How well each account fits the profile of the key accounts.
    pub fit: Option<&'a [Option<f64>]>,
    /// The three-P check.
    pub checks: Option<&'a [TargetCheck]>,
}

/// An account on the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Its place: among the facts' keys, or past them among the candidates.
    pub account: usize,
    /// The routes by which it is a target.
    pub routes: Vec<TargetRoute>,
    /// Its fit.
    pub fit: Option<f64>,
    /// Its three-P check.
    pub check: Option<TargetCheck>,
    /// The rows of its contacts in the table contacts: whom to speak to first.
    pub contacts: Vec<usize>,
    /// Its row in the table accounts.
    pub row: Option<usize>,
}

impl Target {
    /// How many of the three Ps are met.
    #[must_use]
    pub fn met(&self) -> usize {
        self.check.map_or(0, |check| check.points.iter().filter(|point| **point == "met").count())
    }
}

/// The result of [`marketing_list`].
#[derive(Clone, Debug, PartialEq)]
pub struct MarketingList {
    /// The targets in the order in which to address them.
    pub targets: Vec<Target>,
    /// Targets that were left out because they fail the three-P check.
    pub failed: usize,
    /// Targets past the longest list.
    pub cut: usize,
}

/// Puts the accounts to target in the order in which to address them, with the contacts to speak to.
///
/// A target is an account by one of the routes asked for, or a candidate that fits well. First come those with most of the three Ps met, of
/// these those with most routes, the best fit, the largest budget, and then the keys decide.
pub fn marketing_list(facts: &Facts, crm: &Crm, inputs: &MarketingListInputs<'_>, options: &MarketingListOptions) -> Result<MarketingList> {
    options.validate()?;
    if crm.accounts().is_none() && crm.contacts().is_none() && crm.opportunities().is_none() {
        let message = "marketing_list: accounts, contacts and opportunities say whom to win and whom to speak to, and none was given";
        return Err(Error::new(Code::MissingInput, message).with_hint("give the crm table contacts, accounts or opportunities"));
    }
    let subjects = facts.len() + inputs.candidates.len();
    for (name, len) in
        [("routes", Some(inputs.routes.len())), ("fit", inputs.fit.map(<[_]>::len)), ("checks", inputs.checks.map(<[_]>::len))]
    {
        if let Some(len) = len.filter(|len| *len != subjects) {
            let message = format!("marketing_list: {name} has {len} values for {subjects} accounts and candidates");
            return Err(Error::new(Code::StateMismatch, message).with_hint("give one value per account of the facts, then per candidate"));
        }
    }
    let key = |at: usize| if at < facts.len() { facts.account(at) } else { inputs.candidates[at - facts.len()].as_str().into() };
    let rows = crm.accounts().map(|accounts| accounts.rows_of(facts));
    let (mut targets, mut failed) = (vec![], 0);
    for at in 0..subjects {
        let is_candidate = at >= facts.len();
        if options.accounts == (if is_candidate { Addressed::Customers } else { Addressed::Candidates }) {
            continue;
        }
        let is_route = |route: &TargetRoute| inputs.routes[at][*route as usize] == Some(true) && options.routes.contains(route);
        let routes: Vec<TargetRoute> = TargetRoute::ALL.into_iter().filter(|route| is_route(route)).collect();
        let fit = inputs.fit.and_then(|fit| fit[at]);
        let fits = is_candidate && options.least_fit.is_some_and(|least| fit.is_some_and(|fit| fit >= least));
        if routes.is_empty() && !fits {
            continue;
        }
        let check = inputs.checks.map(|checks| checks[at]);
        if options.leave_out_failed && check.is_some_and(|check| check.verdict == "failed") {
            failed += 1;
            continue;
        }
        let row = if is_candidate {
            crm.accounts().and_then(|accounts| accounts.row_of(&key(at)))
        } else {
            rows.as_ref().and_then(|rows| rows.of(at))
        };
        targets.push(Target { account: at, routes, fit, check, contacts: vec![], row });
    }
    let budget = |target: &Target| number(crm.accounts().and_then(|accounts| accounts.budget.as_ref()), target.row);
    targets.par_sort_by(|a, b| {
        let by = |value: Option<f64>| value.unwrap_or(f64::NEG_INFINITY);
        let order = b.met().cmp(&a.met()).then(b.routes.len().cmp(&a.routes.len()));
        order.then(by(b.fit).total_cmp(&by(a.fit))).then(by(budget(b)).total_cmp(&by(budget(a)))).then(a.account.cmp(&b.account))
    });
    let longest = options.max_accounts.map_or(targets.len(), |most| most as usize);
    let cut = targets.len().saturating_sub(longest);
    targets.truncate(longest);
    put_contacts(&mut targets, facts, crm, key);
    Ok(MarketingList { targets, failed, cut })
}

/// Gives each target its contacts, whom to speak to first at the front.
fn put_contacts<'k>(targets: &mut [Target], facts: &Facts, crm: &Crm, key: impl Fn(usize) -> std::borrow::Cow<'k, str>) {
    let Some(contacts) = crm.contacts() else { return };
    let places: std::collections::HashMap<String, usize> =
        targets.iter().enumerate().map(|(place, target)| (key(target.account).into_owned(), place)).collect();
    for row in 0..contacts.rows() {
        let account = contacts.account_of(row).map(|account| facts.head_office(account).unwrap_or(account));
        if let Some(place) = account.and_then(|account| places.get(account)) {
            targets[*place].contacts.push(row);
        }
    }
    let value = |column: &Option<Vec<Option<f64>>>, row: usize| number(column.as_ref(), Some(row)).unwrap_or(0.0);
    for target in targets {
        // Who decides first, then who counts most, then who is for us.
        target.contacts.sort_by(|a, b| {
            let role = |row: usize| contacts.role.as_ref().and_then(|roles| roles[row]);
            let rank = |row: usize| match role(row) {
                Some(Role::DecisionMaker) => 0,
                Some(Role::Champion) => 1,
                Some(Role::Influencer) => 2,
                Some(Role::User) => 3,
                None => 4,
                Some(Role::Gatekeeper) => 5,
                Some(Role::Blocker) => 6,
            };
            let influence = |row: usize| value(&contacts.influence, row);
            let support = |row: usize| value(&contacts.support, row);
            let order = rank(*a).cmp(&rank(*b)).then(influence(*b).total_cmp(&influence(*a)));
            order
                .then(support(*b).total_cmp(&support(*a)))
                .then(contacts.name[*a].cmp(&contacts.name[*b]))
                .then_with(|| contacts.compare(*a, *b))
        });
    }
}

fn number(column: Option<&Vec<Option<f64>>>, row: Option<usize>) -> Option<f64> {
    column?.get(row?).copied().flatten()
}

#[derive(Serialize)]
struct Summary {
    targets: usize,
    candidates: usize,
    with_contact: usize,
    with_decision_maker: usize,
    passed: usize,
    failed_left_out: usize,
    cut_off: usize,
}

/// The list as the registry gives it.
pub(crate) fn outcome(facts: &Facts, crm: &Crm, candidates: &[String], list: &MarketingList) -> Result<Outcome> {
    let managers = Managers::of(facts, crm);
    let targets = &list.targets;
    let role = |row: usize| crm.contacts().and_then(|contacts| contacts.role.as_ref()).and_then(|roles| roles[row]);
    let decides = |target: &&Target| target.contacts.first().is_some_and(|row| role(*row) == Some(Role::DecisionMaker));
    let summary = Summary {
        targets: targets.len(),
        candidates: targets.iter().filter(|target| target.account >= facts.len()).count(),
        with_contact: targets.iter().filter(|target| !target.contacts.is_empty()).count(),
        with_decision_maker: targets.iter().filter(decides).count(),
        passed: targets.iter().filter(|target| target.check.is_some_and(|check| check.verdict == "passed")).count(),
        failed_left_out: list.failed,
        cut_off: list.cut,
    };
    let names: Vec<&str> = candidates.iter().map(String::as_str).collect();
    let account = |places: &mut dyn Iterator<Item = usize>| facts.account_column_with(&names, places);
    let main = Table::new("marketing_list", {
        let mut columns = vec![account(&mut targets.iter().map(|target| target.account))];
        columns.extend(main_columns(facts, crm, &managers, targets)?);
        columns
    })?;
    let listed: Vec<(usize, usize)> =
        targets.iter().enumerate().flat_map(|(place, target)| target.contacts.iter().map(move |row| (place, *row))).collect();
    let mut columns = vec![account(&mut listed.iter().map(|(place, _)| targets[*place].account))];
    columns.extend(contact_columns(crm, listed.iter().map(|(_, row)| Some(*row))));
    let contacts = Table::new("contacts", columns)?;
    let mut on_list = vec![false; facts.len()];
    targets.iter().filter(|target| target.account < facts.len()).for_each(|target| on_list[target.account] = true);
    Outcome::new(vec![main, contacts], &summary)?.with_accounts(vec![Column::flags("marketing_target", on_list.into_iter().map(Some))])
}

fn main_columns(facts: &Facts, crm: &Crm, managers: &Managers, targets: &[Target]) -> Result<Vec<Column>> {
    let rows = || targets.iter();
    let text = |name: &str, of: fn(&crate::crm::Accounts) -> Option<&Vec<Option<String>>>| {
        let column = crm.accounts().and_then(of);
        Column::text(name, rows().map(|target| column.and_then(|column| column[target.row?].as_deref())))
    };
    let manager = |target: &Target| match target.account < facts.len() {
        true => managers.name(managers.of_account[target.account]).map(str::to_owned),
        false => crm.accounts().and_then(|accounts| accounts.manager.as_ref()?[target.row?].clone()),
    };
    let point = |name: &str, place: usize| Column::text(name, rows().map(move |target| target.check.map(|check| check.points[place])));
    let mut columns = vec![
        Column::counts("rank", (1..).take(targets.len())),
        text("name", |accounts| accounts.name.as_ref()),
        Column::flags("in_ledger", rows().map(|target| Some(target.account < facts.len()))),
        Column::sentence_lists("routes", targets.len(), |at, list| {
            targets[at].routes.iter().for_each(|route| list.push(|text| text.push_str(route.name())));
        }),
        Column::floats("fit", Unit::Share, rows().map(|target| target.fit)),
        Column::text("three_p", rows().map(|target| target.check.map(|check| check.verdict))),
        point("need", 0),
        point("purse", 1),
        point("power", 2),
    ];
    let first = contact_columns(crm, rows().map(|target| target.contacts.first().copied()));
    columns.extend(first.into_iter().map(|column| column.named(&format!("contact_{}", column.name()))));
    columns.extend([
        Column::counts("contacts", rows().map(|target| i64::try_from(target.contacts.len()).unwrap_or(i64::MAX))),
        Column::text("manager", rows().map(manager)),
        text("industry", |accounts| accounts.industry.as_ref()),
        text("region", |accounts| accounts.region.as_ref()),
        text("language", |accounts| accounts.language.as_ref()),
        Column::floats(
            "budget",
            Unit::Money,
            rows().map(|target| number(crm.accounts().and_then(|accounts| accounts.budget.as_ref()), target.row)),
        ),
        Column::money("revenue", facts.scale(), rows().map(|target| facts.window().revenue.get(target.account).copied())),
    ]);
    Ok(columns)
}

/// The card of the contacts in these rows of the table contacts.
fn contact_columns(crm: &Crm, rows: impl Iterator<Item = Option<usize>> + Clone) -> Vec<Column> {
    let contacts = crm.contacts();
    let title = contacts.and_then(|contacts| contacts.title.as_ref());
    let role = contacts.and_then(|contacts| contacts.role.as_ref());
    let [influence, support] =
        [contacts.and_then(|contacts| contacts.influence.as_ref()), contacts.and_then(|contacts| contacts.support.as_ref())];
    vec![
        Column::text("name", rows.clone().map(|row| contacts.and_then(|contacts| Some(&contacts.name[row?])))),
        Column::text("title", rows.clone().map(|row| title.and_then(|title| title[row?].as_deref()))),
        Column::text("role", rows.clone().map(|row| role.and_then(|role| role[row?]).map(Role::word))),
        Column::floats("influence", Unit::Share, rows.clone().map(|row| number(influence, row))),
        Column::floats("support", Unit::Number, rows.map(|row| number(support, row))),
    ]
}
