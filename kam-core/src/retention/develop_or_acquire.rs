//! Develop key accounts or win new ones: what each brought for the effort it took.

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bridge_steps::Movement;
use super::develop_tables::outcome;
use super::revenue_bridge::{RevenueBridge, RevenueBridgeOptions, remembered_bridge};
use super::value::ValueBase;
use crate::crm::{Crm, Effort, Efforts};
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::figure::{Figures, MONEY, NUMBER};
use crate::method::{Context, Method, Options, Outcome};

/// Options of [`develop_or_acquire`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DevelopOrAcquireOptions {
    /// An account of the opening span is a key account while larger ones held less than this share of that span's value.
    pub key_share: f64,
    /// What the value of accounts is of; without, profit where the ledger has costs and revenue where not.
    pub base: Option<ValueBase>,
    /// What an hour costs, in units of the currency, for activities that do not say what they cost.
    pub hour_rate: Option<f64>,
    /// Returns per unit of effort closer to each other than this share of the larger one are even.
    pub even_within: f64,
}

impl Default for DevelopOrAcquireOptions {
    fn default() -> Self {
        DevelopOrAcquireOptions { key_share: 0.80, base: None, hour_rate: None, even_within: 0.10 }
    }
}

impl Options for DevelopOrAcquireOptions {
    fn validate(&self) -> Result<()> {
        if !(self.key_share > 0.0 && self.key_share <= 1.0) {
            return Err(Error::option("key_share", self.key_share, "a share above 0, at most 1"));
        }
        if let Some(rate) = self.hour_rate.filter(|rate| !(*rate >= 0.0 && rate.is_finite())) {
            return Err(Error::option("hour_rate", rate, "an amount of 0 or more"));
        }
        if !(0.0..1.0).contains(&self.even_within) {
            return Err(Error::option("even_within", self.even_within, "a share from 0 to below 1"));
        }
        Ok(())
    }
}

/// What other methods worked out about the accounts, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct DevelopInputs<'a> {
    /// Which accounts were key accounts at the end of the opening span; without, those that held `key_share` of its value.
    pub key: Option<&'a [bool]>,
}

/// To whom the effort went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrowthGroup {
    /// Key accounts of the opening span.
    Key,
    /// The other accounts of the opening span.
    Other,
    /// Accounts that bought before the opening span, not in it, and now again.
    Returned,
    /// Accounts that bought before the opening span only.
    Former,
    /// Accounts that bought for the first time in the closing span.
    New,
    /// Accounts that have not bought yet.
    Prospect,
}

impl GrowthGroup {
    /// All six, in the order of the table.
    pub const ALL: [GrowthGroup; 6] =
        [GrowthGroup::Key, GrowthGroup::Other, GrowthGroup::Returned, GrowthGroup::Former, GrowthGroup::New, GrowthGroup::Prospect];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            GrowthGroup::Key => "key",
            GrowthGroup::Other => "other",
            GrowthGroup::Returned => "returned",
            GrowthGroup::Former => "former",
            GrowthGroup::New => "new",
            GrowthGroup::Prospect => "prospect",
        }
    }

    fn of(facts: &Facts, at: usize, movement: Movement, is_key: bool) -> Self {
        match movement {
            Movement::New => GrowthGroup::New,
            Movement::Returned => GrowthGroup::Returned,
            Movement::Absent if facts.first_date(at).is_none() => GrowthGroup::Prospect,
            Movement::Absent => GrowthGroup::Former,
            _ if is_key => GrowthGroup::Key,
            _ => GrowthGroup::Other,
        }
    }
}

/// One account. Money is in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DevelopAccount {
    /// Its group.
    pub group: GrowthGroup,
    /// Its value in the opening span.
    pub opening: i128,
    /// Its value in the closing span.
    pub closing: i128,
    /// What was spent on it in the closing span.
    pub effort: Effort,
}

/// A group or a side. Money is in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DevelopSums {
    /// How many accounts.
    pub accounts: usize,
    /// Their value in the opening span.
    pub opening: i128,
    /// Their value in the closing span.
    pub closing: i128,
    /// What those that grew gained.
    pub gain: i128,
    /// What those that shrank lost.
    pub decline: i128,
    /// What was spent on them in the closing span.
    pub effort: Effort,
}

impl DevelopSums {
    fn add(&mut self, account: &DevelopAccount) {
        let change = account.closing - account.opening;
        self.accounts += 1;
        self.opening += account.opening;
        self.closing += account.closing;
        self.gain += change.max(0);
        self.decline += (-change).max(0);
        self.effort.add(&account.effort);
    }

    pub(super) fn merged(&self, other: &DevelopSums) -> DevelopSums {
        let mut effort = self.effort;
        effort.add(&other.effort);
        DevelopSums {
            accounts: self.accounts + other.accounts,
            opening: self.opening + other.opening,
            closing: self.closing + other.closing,
            gain: self.gain + other.gain,
            decline: self.decline + other.decline,
            effort,
        }
    }

    /// Gain less decline.
    #[must_use]
    pub fn net(&self) -> i128 {
        self.gain - self.decline
    }

    /// An amount for each unit of cost; `None` where nothing was spent.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
    pub fn per_cost(&self, amount: i128) -> Option<f64> {
        (self.effort.cost() > 0).then(|| amount as f64 / self.effort.cost() as f64)
    }

    /// An amount, in units of the currency, for each hour; `None` where there was none.
    #[must_use]
    pub fn per_hour(&self, facts: &Facts, amount: i128) -> Option<f64> {
        (self.effort.hours() > 0.0).then(|| facts.scale().wide_to_currency(amount) / self.effort.hours())
    }
}

/// Which of the two brought more for its effort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Growing key accounts.
    Develop,
    /// Winning new accounts.
    Acquire,
    /// Neither.
    Even,
    /// That cannot be said.
    Unknown,
}

/// The result of [`develop_or_acquire`].
#[derive(Clone, Debug, PartialEq)]
pub struct DevelopOrAcquire {
    /// The groups that have accounts or effort, in the order of [`GrowthGroup::ALL`].
    pub groups: Vec<(GrowthGroup, DevelopSums)>,
    /// Key accounts.
    pub develop: DevelopSums,
    /// New accounts and prospects.
    pub acquire: DevelopSums,
    /// Effort on nobody in particular.
    pub unassigned: Effort,
    /// By what was gained per cost, or per hour where no cost is known.
    pub verdict: Verdict,
    /// By the same less what shrinking and lost accounts lost.
    pub verdict_net: Verdict,
    /// One an account, in the order of the facts' keys.
    pub accounts: Vec<DevelopAccount>,
    /// What the value is of.
    pub base: ValueBase,
    /// Are hours known?
    pub has_hours: bool,
    /// Is cost known?
    pub has_cost: bool,
    /// What could not be said, and why.
    pub missing: Vec<String>,
}

/// Sets what key accounts gained between the two spans of the bridge against what new accounts brought, each for the effort it took.
///
/// ```
/// use kam_core::{Crm, DevelopInputs, DevelopOrAcquireOptions, RevenueBridgeOptions, develop_or_acquire, revenue_bridge};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let crm = Crm::builder().activities(vec![company.activities])?.build()?;
/// let bridge = revenue_bridge(&facts, &RevenueBridgeOptions::default())?;
/// let result = develop_or_acquire(&facts, &crm, &bridge, &DevelopInputs::default(), &DevelopOrAcquireOptions::default())?;
/// println!("a unit of cost on key accounts brought {:?}", result.develop.per_cost(result.develop.gain));
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn develop_or_acquire(
    facts: &Facts,
    crm: &Crm,
    bridge: &RevenueBridge,
    inputs: &DevelopInputs<'_>,
    options: &DevelopOrAcquireOptions,
) -> Result<DevelopOrAcquire> {
    options.validate()?;
    if bridge.accounts.len() != facts.len() || inputs.key.is_some_and(|key| key.len() != facts.len()) {
        return Err(Error::new(Code::StateMismatch, "develop_or_acquire: the bridge or the key accounts are not those of these facts")
            .with_hint("give the bridge of the same facts, and one value per account in key order"));
    }
    let base = ValueBase::chosen(options.base, facts)?;
    let values = values(facts, bridge, base);
    let by_value;
    let key = match inputs.key {
        Some(key) => key,
        None => {
            by_value = key_accounts(&values, options.key_share);
            &by_value
        }
    };
    let mut missing = vec![];
    let (first, last) = (bridge.summary.closing_from, bridge.summary.closing_until);
    let efforts = match crm.activities() {
        Some(activities) => Efforts::of(facts, activities, first, last, options.hour_rate),
        None => Efforts { accounts: vec![Effort::default(); facts.len()], ..Efforts::default() },
    };
    say_what_is_missing(crm, bridge, &efforts, &mut missing);
    let accounts: Vec<DevelopAccount> = (0..facts.len())
        .map(|at| {
            let group = GrowthGroup::of(facts, at, bridge.accounts[at].movement, key[at]);
            DevelopAccount { group, opening: values[at].0, closing: values[at].1, effort: efforts.accounts[at] }
        })
        .collect();
    let groups: Vec<(GrowthGroup, DevelopSums)> = GrowthGroup::ALL
        .into_iter()
        .map(|group| {
            let mut sums = DevelopSums::default();
            accounts.iter().filter(|account| account.group == group).for_each(|account| sums.add(account));
            if group == GrowthGroup::Prospect {
                sums.accounts += efforts.unknown_accounts;
                sums.effort.add(&efforts.unknown);
            }
            (group, sums)
        })
        .collect();
    let of = |group: GrowthGroup| groups.iter().find(|(other, _)| *other == group).map(|(_, sums)| *sums).unwrap_or_default();
    let (develop, acquire) = (of(GrowthGroup::Key), of(GrowthGroup::New).merged(&of(GrowthGroup::Prospect)));
    let verdict = |amount: fn(&DevelopSums) -> i128| {
        let rate = |sums: &DevelopSums| {
            if efforts.has_cost { sums.per_cost(amount(sums)) } else { sums.per_hour(facts, amount(sums)) }
        };
        judge(rate(&develop), rate(&acquire), options.even_within)
    };
    Ok(DevelopOrAcquire {
        verdict: verdict(|sums| sums.gain),
        verdict_net: verdict(DevelopSums::net),
        groups: groups.into_iter().filter(|(_, sums)| sums.accounts > 0 || sums.effort.activities > 0).collect(),
        develop,
        acquire,
        unassigned: efforts.unassigned,
        accounts,
        base,
        has_hours: efforts.has_hours,
        has_cost: efforts.has_cost,
        missing,
    })
}

/// Every account's value in the opening and in the closing span of the comparison.
fn values(facts: &Facts, bridge: &RevenueBridge, base: ValueBase) -> Vec<(i128, i128)> {
    let grain = facts.grain();
    let (opening, closing) = (grain.period(bridge.summary.opening_from), grain.period(bridge.summary.closing_from));
    (0..facts.len())
        .into_par_iter()
        .with_min_len(1024)
        .map(|at| {
            let mut values = (0, 0);
            for sums in facts.periods(at).filter(|sums| sums.period >= opening) {
                *(if sums.period >= closing { &mut values.1 } else { &mut values.0 }) += base.of(&sums);
            }
            values
        })
        .collect()
}

/// The accounts before which larger ones hold less than a share of the positive values; equal values stand together.
#[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
fn key_accounts(values: &[(i128, i128)], share: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..values.len()).filter(|at| values[*at].0 > 0).collect();
    order.sort_unstable_by_key(|at| (std::cmp::Reverse(values[*at].0), *at));
    let total: i128 = order.iter().map(|at| values[*at].0).sum();
    let mut key = vec![false; values.len()];
    let (mut held, mut before, mut last) = (0i128, 0i128, None);
    for at in order {
        if last != Some(values[at].0) {
            (before, last) = (held, Some(values[at].0));
        }
        held += values[at].0;
        key[at] = (before as f64 / total as f64) < share;
    }
    key
}

fn say_what_is_missing(crm: &Crm, bridge: &RevenueBridge, efforts: &Efforts, missing: &mut Vec<String>) {
    match crm.activities() {
        None => missing.push("activities: without this table the effort is not known, and gains cannot be set against it".to_owned()),
        Some(_) => {
            if !efforts.has_hours {
                missing.push("activities: without the column `hours` nothing can be said per hour".to_owned());
            }
            if !efforts.has_cost {
                missing.push(
                    "activities: without the column `cost`, or hours and the option hour_rate, nothing can be said per cost".to_owned(),
                );
            } else if efforts.unpriced > 0 {
                missing.push(format!(
                    "activities: {} of {} say neither a cost nor hours with a rate and count as free: who had many of them looks cheaper \
                     than they are",
                    efforts.unpriced, efforts.rows
                ));
            }
        }
    }
    if let Some(note) = &bridge.summary.note {
        missing.push(note.clone());
    }
}

fn judge(develop: Option<f64>, acquire: Option<f64>, even_within: f64) -> Verdict {
    match (develop, acquire) {
        (Some(develop), Some(acquire)) if (develop - acquire).abs() <= even_within * develop.abs().max(acquire.abs()) => Verdict::Even,
        (Some(develop), Some(acquire)) if develop > acquire => Verdict::Develop,
        (Some(_), Some(_)) => Verdict::Acquire,
        _ => Verdict::Unknown,
    }
}

/// [`develop_or_acquire`] in the registry.
pub struct DevelopOrAcquireMethod;

impl Method for DevelopOrAcquireMethod {
    const NAME: &'static str = "develop_or_acquire";
    const TITLE: &'static str = "Develop or acquire";
    const ABOUT: &'static str = "What growing key accounts brought against winning new ones, for the hours and cost of each.";
    const BUILDS_ON: &'static [&'static str] = &["revenue_bridge"];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("develop_or_acquire", "a side: developing key accounts, acquiring new ones"),
        ("groups", "a group of accounts"),
        ("accounts", "an account with value or effort in the comparison, largest change first"),
    ];
    const FIGURES: Figures = &[
        (NUMBER, &["develop_gain_per_cost", "acquire_gain_per_cost", "unassigned_hours"]),
        (MONEY, &["develop_gain_per_hour", "acquire_gain_per_hour", "cost_per_new_account", "unassigned_cost"]),
    ];
    type Options = DevelopOrAcquireOptions;

    fn run(context: &Context<'_>, options: &DevelopOrAcquireOptions) -> Result<Outcome> {
        let bridge = remembered_bridge(context, &context.given::<RevenueBridgeOptions>("revenue_bridge")?)?;
        let result = develop_or_acquire(context.facts, context.crm, &bridge, &DevelopInputs::default(), options)?;
        outcome(context.facts, &bridge, &result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_accounts_are_those_that_hold_the_share() {
        let key = |values: &[i128]| key_accounts(&values.iter().map(|value| (*value, 0)).collect::<Vec<_>>(), 0.8);
        assert_eq!(key(&[85, 15]), [true, false]);
        assert_eq!(key(&[15, 80, 5]), [false, true, false]);
        assert_eq!(key(&[5, 5, 5]), [true, true, true]);
        assert_eq!(key(&[0, -3, 10]), [false, false, true]);
        assert_eq!(key(&[]), Vec::<bool>::new());
    }

    #[test]
    fn verdicts() {
        assert_eq!(judge(Some(2.0), Some(1.0), 0.1), Verdict::Develop);
        assert_eq!(judge(Some(1.0), Some(2.0), 0.1), Verdict::Acquire);
        assert_eq!(judge(Some(0.95), Some(1.0), 0.1), Verdict::Even);
        assert_eq!(judge(Some(0.0), Some(0.0), 0.0), Verdict::Even);
        assert_eq!(judge(None, Some(1.0), 0.1), Verdict::Unknown);
    }
}
