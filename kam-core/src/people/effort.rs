//! Effort against value: who is served for more or less than they bring, and how the same effort could be shared out.

use std::collections::BTreeMap;

use kam_numerics::allocation::largest_remainder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::managers::Managers;
use crate::crm::{Crm, Effort, Whom};
use crate::error::{Code, Error, Result};
use crate::facts::ranking::share;
use crate::facts::{Facts, Measure};
use crate::method::Options;
use crate::time::Date;

/// What effort is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EffortMeasure {
    /// Hours of activities.
    Hours,
    /// Cost of activities, and the ledger's cost to serve.
    Cost,
}

/// Options of [`effort`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EffortOptions {
    /// What effort is measured in; without, hours where the activities have them and cost where not.
    pub measure: Option<EffortMeasure>,
    /// What effort is set against; without, profit where the ledger has costs and revenue where not.
    pub base: Option<Measure>,
    /// What an hour costs, in units of the currency, for activities that do not say what they cost.
    pub hour_rate: Option<f64>,
    /// Over-served: a share of the effort of at least this many times the share of the value.
    pub over: f64,
    /// Under-served: a share of the effort of at most this many times the share of the value.
    pub under: f64,
    /// A gap between the two shares smaller than this part of an equal share is passed over.
    pub least_gap: f64,
    /// A regular bought before the window, and in at least this share of the window's periods.
    pub regular_share: f64,
    /// A regular is neglected that nobody turned to for this many days, or that is under-served.
    pub neglect_days: u32,
    /// The part of the effort that the proposal shares out equally; the rest goes by value.
    pub equal_part: f64,
    /// The proposal's hours are whole numbers of this many minutes.
    #[schemars(range(min = 1))]
    pub unit_minutes: u32,
}

impl Default for EffortOptions {
    fn default() -> Self {
        EffortOptions {
            measure: None,
            base: None,
            hour_rate: None,
            over: 1.5,
            under: 0.5,
            least_gap: 0.5,
            regular_share: 0.5,
            neglect_days: 90,
            equal_part: 0.2,
            unit_minutes: 1,
        }
    }
}

impl Options for EffortOptions {
    fn validate(&self) -> Result<()> {
        if let Some(rate) = self.hour_rate.filter(|rate| !(*rate >= 0.0 && rate.is_finite())) {
            return Err(Error::option("hour_rate", rate, "an amount of 0 or more"));
        }
        if !(self.over >= 1.0 && self.over.is_finite()) {
            return Err(Error::option("over", self.over, "a number of at least 1"));
        }
        for (name, value) in [("under", self.under), ("regular_share", self.regular_share), ("equal_part", self.equal_part)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::option(name, value, "a number from 0 to 1"));
            }
        }
        if !(self.least_gap >= 0.0 && self.least_gap.is_finite()) {
            return Err(Error::option("least_gap", self.least_gap, "a number of 0 or more"));
        }
        if !(1..=60_000).contains(&self.unit_minutes) {
            return Err(Error::option("unit_minutes", self.unit_minutes, "1 to 60,000 minutes"));
        }
        Ok(())
    }
}

/// What other methods worked out about the accounts, in the order of the facts' keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct EffortInputs<'a> {
    /// The class of each account.
    pub class: Option<&'a [&'static str]>,
}

/// How an account is served for what it brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Served {
    /// More effort than value.
    Over,
    /// About as much.
    Fair,
    /// Less effort than value.
    Under,
}

impl Served {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Served::Over => "over",
            Served::Fair => "fair",
            Served::Under => "under",
        }
    }
}

/// Whom the effort went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffortGroup {
    /// Accounts that bought before the window and in most of its periods.
    Regular,
    /// Accounts that bought before the window, less regularly.
    Other,
    /// Accounts that bought for the first time in the window.
    New,
    /// Accounts that have not bought; those that the ledger does not know among them.
    Prospect,
    /// Nobody in particular.
    Unassigned,
}

impl EffortGroup {
    /// All, in the order of the table.
    pub const ALL: [EffortGroup; 5] =
        [EffortGroup::Regular, EffortGroup::Other, EffortGroup::New, EffortGroup::Prospect, EffortGroup::Unassigned];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EffortGroup::Regular => "regular",
            EffortGroup::Other => "other",
            EffortGroup::New => "new",
            EffortGroup::Prospect => "prospect",
            EffortGroup::Unassigned => "unassigned",
        }
    }

    /// Is it acquisition?
    #[must_use]
    pub fn is_acquisition(self) -> bool {
        matches!(self, EffortGroup::New | EffortGroup::Prospect)
    }

    fn of(facts: &Facts, at: usize, options: &EffortOptions) -> Self {
        match facts.first_date(at) {
            None => EffortGroup::Prospect,
            Some(first) if first >= facts.window_start() => EffortGroup::New,
            Some(_) => {
                #[expect(clippy::cast_precision_loss, reason = "counts of periods")]
                let share = facts.window().active_periods[at] as f64 / facts.span().periods() as f64;
                if share >= options.regular_share { EffortGroup::Regular } else { EffortGroup::Other }
            }
        }
    }
}

/// One account that has a line or effort in the window.
#[derive(Clone, Debug, PartialEq)]
pub struct EffortAccount {
    /// Its place in the facts' keys.
    pub account: usize,
    /// What was done for it in the window.
    pub effort: Effort,
    /// The effort by the measure: thousandths of a second, or minor units with the ledger's cost to serve.
    pub spent: i64,
    /// Its base over the window, in minor units or as a count.
    pub value: i64,
    /// Its share of the effort on accounts.
    pub effort_share: Option<f64>,
    /// Its share of the positive values; a loss is a share of 0.
    pub value_share: Option<f64>,
    /// The share of the effort ÷ the share of the value; `None` without value.
    pub index: Option<f64>,
    /// How it is served; `None` where there is no effort or no value at all.
    pub served: Option<Served>,
    /// What it is.
    pub group: EffortGroup,
    /// The last day, of all days up to `as_of`, on which something was done for it: complaints and mistakes are not.
    pub last_activity: Option<Date>,
    /// A regular that nobody turned to for `neglect_days`, or that is under-served.
    pub neglected: bool,
    /// The effort that the proposal gives it, as `spent`.
    pub proposed: i64,
}

/// A class, a manager or a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EffortSums {
    /// How many accounts.
    pub accounts: usize,
    /// What was done.
    pub effort: Effort,
    /// The effort by the measure.
    pub spent: i128,
    /// Of it, on accounts that the ledger does not know, or on nobody in particular.
    pub spent_elsewhere: i128,
    /// Their base.
    pub value: i128,
    /// The positive part of it.
    pub positive: i128,
    /// What the proposal gives them.
    pub proposed: i128,
    /// How many are over-served, and how many under-served.
    pub served: [usize; 2],
    /// How many regulars are neglected.
    pub neglected: usize,
}

impl EffortSums {
    fn add(&mut self, account: &EffortAccount) {
        self.accounts += 1;
        self.effort.add(&account.effort);
        self.spent += i128::from(account.spent);
        self.value += i128::from(account.value);
        self.positive += i128::from(account.value.max(0));
        self.proposed += i128::from(account.proposed);
        self.served[0] += usize::from(account.served == Some(Served::Over));
        self.served[1] += usize::from(account.served == Some(Served::Under));
        self.neglected += usize::from(account.neglected);
    }
}

/// The result of [`effort`].
#[derive(Clone, Debug, PartialEq)]
pub struct EffortAgainstValue {
    /// What effort is measured in.
    pub measure: EffortMeasure,
    /// What it is set against.
    pub base: Measure,
    /// The accounts with a line or effort in the window, most effort first.
    pub accounts: Vec<EffortAccount>,
    /// All of them.
    pub total: EffortSums,
    /// By class, where classes were given, in the order of their names.
    pub classes: Vec<(&'static str, EffortSums)>,
    /// By the account's manager, by name; `None` for accounts without one.
    pub managers: Vec<(Option<String>, EffortSums)>,
    /// Those of [`EffortGroup::ALL`] that have accounts or effort.
    pub groups: Vec<(EffortGroup, EffortSums)>,
    /// Who did it: the activities by the manager who is named on them, else the account's; `None` where there is neither.
    pub done_by: Vec<(Option<String>, Effort)>,
    /// 1 where every account gets the same, 0 where one gets everything; `None` for fewer than two accounts or no effort.
    pub equal_for_all: Option<f64>,
    /// 1 where every account gets its share of the value, 0 where effort and value meet nowhere; `None` without either.
    pub value_for_value: Option<f64>,
}

/// Sets the effort of the window on each account against what it brings.
pub fn effort(facts: &Facts, crm: &Crm, inputs: &EffortInputs<'_>, options: &EffortOptions) -> Result<EffortAgainstValue> {
    options.validate()?;
    if inputs.class.is_some_and(|class| class.len() != facts.len()) {
        return Err(Error::new(Code::StateMismatch, "effort: the classes are not those of these facts")
            .with_hint("give one class per account in key order"));
    }
    let done = Done::of(facts, crm, options)?;
    let managers = Managers::of(facts, crm);
    let measure = done.measure;
    let base = options.base.unwrap_or(if facts.window().cost.is_some() { Measure::Profit } else { Measure::Revenue });
    let values = facts.measure(base)?;
    let mut accounts: Vec<EffortAccount> = (0..facts.len())
        .filter(|at| facts.window().lines[*at] > 0 || done.accounts[*at].activities > 0)
        .map(|at| EffortAccount {
            account: at,
            effort: done.accounts[at],
            spent: done.spent[at],
            value: values[at],
            effort_share: None,
            value_share: None,
            index: None,
            served: None,
            group: EffortGroup::of(facts, at, options),
            last_activity: done.last[at],
            neglected: false,
            proposed: 0,
        })
        .collect();
    judge(facts, options, &mut accounts);
    propose(measure, options, &mut accounts)?;
    let mut by_class: BTreeMap<&'static str, EffortSums> = BTreeMap::new();
    let mut by_manager = vec![EffortSums::default(); managers.len() + 1];
    let mut by_group: BTreeMap<EffortGroup, EffortSums> = BTreeMap::new();
    let mut total = EffortSums::default();
    for account in &accounts {
        total.add(account);
        by_manager[managers.of_account[account.account]].add(account);
        by_group.entry(account.group).or_default().add(account);
        if let Some(class) = inputs.class {
            by_class.entry(class[account.account]).or_default().add(account);
        }
    }
    for (group, rest, strangers) in
        [(EffortGroup::Prospect, &done.unknown, done.unknown_accounts), (EffortGroup::Unassigned, &done.unassigned, 0)]
    {
        if rest.activities > 0 {
            let sums = by_group.entry(group).or_default();
            sums.accounts += strangers;
            sums.effort.add(rest);
            // The proposal is about accounts of the ledger; what went elsewhere stays.
            sums.spent += done.spent_on_others(rest);
            sums.spent_elsewhere += done.spent_on_others(rest);
            sums.proposed += done.spent_on_others(rest);
        }
    }
    let (equal_for_all, value_for_value) = indices(&accounts);
    accounts.sort_unstable_by_key(|account| (std::cmp::Reverse(account.spent), account.account));
    let used = by_manager.into_iter().enumerate().filter(|(_, sums)| sums.accounts > 0);
    Ok(EffortAgainstValue {
        measure,
        base,
        accounts,
        total,
        classes: by_class.into_iter().collect(),
        managers: used.map(|(place, sums)| (managers.name(place).map(str::to_owned), sums)).collect(),
        groups: by_group.into_iter().collect(),
        done_by: done.by_manager(facts, crm, &managers, options),
        equal_for_all,
        value_for_value,
    })
}

/// What was done in the window, and how it is measured.
struct Done {
    measure: EffortMeasure,
    accounts: Vec<Effort>,
    spent: Vec<i64>,
    last: Vec<Option<Date>>,
    unknown: Effort,
    unknown_accounts: usize,
    unassigned: Effort,
    /// Does the accounts' cost to serve hold the cost of what was done for others?
    spread: bool,
}

impl Done {
    fn of(facts: &Facts, crm: &Crm, options: &EffortOptions) -> Result<Self> {
        let missing = |what: &str| {
            Error::new(Code::MissingInput, format!("activities: {what}, without which effort is not known"))
                .with_hint("give the crm table `activities` with account, date, kind and hours or cost")
        };
        let activities = crm.activities().ok_or_else(|| missing("there is no such table"))?;
        let has_cost = activities.cost.is_some() || (activities.hours.is_some() && options.hour_rate.is_some());
        let measure = match options.measure {
            Some(EffortMeasure::Hours) | None if activities.hours.is_some() => EffortMeasure::Hours,
            Some(EffortMeasure::Hours) => return Err(missing("there is no column `hours`")),
            Some(EffortMeasure::Cost) | None if has_cost => EffortMeasure::Cost,
            Some(EffortMeasure::Cost) => {
                return Err(missing("there is neither a column `cost` nor a column `hours` with the option hour_rate"));
            }
            None => return Err(missing("there is neither a column `hours` nor a column `cost`")),
        };
        let mut done = Done {
            measure,
            accounts: vec![Effort::default(); facts.len()],
            spent: vec![],
            last: vec![None; facts.len()],
            unknown: Effort::default(),
            unknown_accounts: 0,
            unassigned: Effort::default(),
            spread: facts.activity_cost() == Some(true),
        };
        let mut strangers: Vec<&str> = vec![];
        for row in activities.efforts(facts, None, facts.as_of(), options.hour_rate) {
            let day = activities.date[row.row];
            // A complaint takes hours, and is no sign that somebody turned to the account of their own accord.
            if let Whom::Account(at) = row.whom
                && activities.kind[row.row].is_service()
            {
                done.last[at] = done.last[at].max(Some(day));
            }
            if day < facts.window_start() {
                continue;
            }
            match row.whom {
                Whom::Account(at) => done.accounts[at].add(&row.effort),
                Whom::Nobody => done.unassigned.add(&row.effort),
                Whom::Stranger => {
                    done.unknown.add(&row.effort);
                    strangers.extend(activities.account[row.row].as_deref());
                }
            }
        }
        strangers.sort_unstable();
        strangers.dedup();
        done.unknown_accounts = strangers.len();
        done.spent = (0..facts.len()).map(|at| done.spent_on(facts, at)).collect::<Result<_>>()?;
        Ok(done)
    }

    fn spent_on(&self, facts: &Facts, at: usize) -> Result<i64> {
        let ledger = facts.window().cost_to_serve.as_ref().map_or(0, |cost| i128::from(cost[at]));
        let spent = match self.measure {
            EffortMeasure::Hours => self.accounts[at].milliseconds(),
            // A negative cost to serve is a credit; nobody spends less than nothing.
            EffortMeasure::Cost if facts.activity_cost().is_some() => ledger.max(0),
            EffortMeasure::Cost => (ledger + self.accounts[at].cost()).max(0),
        };
        i64::try_from(spent).map_err(|_| Error::new(Code::Overflow, "activities: the effort on one account leaves 63 bits"))
    }

    fn spent_on_others(&self, effort: &Effort) -> i128 {
        match self.measure {
            EffortMeasure::Hours => effort.milliseconds(),
            EffortMeasure::Cost if self.spread => 0,
            EffortMeasure::Cost => effort.cost(),
        }
    }

    fn by_manager(&self, facts: &Facts, crm: &Crm, managers: &Managers, options: &EffortOptions) -> Vec<(Option<String>, Effort)> {
        let mut by = vec![Effort::default(); managers.len() + 1];
        if let Some(activities) = crm.activities() {
            for row in activities.efforts(facts, Some(facts.window_start()), facts.as_of(), options.hour_rate) {
                let named = activities.manager.as_ref().and_then(|manager| manager[row.row].as_deref());
                let account = if let Whom::Account(at) = row.whom { Some(at) } else { None };
                by[managers.doer(named, account)].add(&row.effort);
            }
        }
        let used = by.into_iter().enumerate().filter(|(_, effort)| effort.activities > 0);
        used.map(|(place, effort)| (managers.name(place).map(str::to_owned), effort)).collect()
    }
}

/// Shares, indices and verdicts.
fn judge(facts: &Facts, options: &EffortOptions, accounts: &mut [EffortAccount]) {
    let spent: i128 = accounts.iter().map(|account| i128::from(account.spent)).sum();
    let value: i128 = accounts.iter().map(|account| i128::from(account.value.max(0))).sum();
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let least_gap = options.least_gap / accounts.len().max(1) as f64;
    for account in accounts {
        account.effort_share = share(account.spent.into(), spent);
        account.value_share = share(account.value.max(0).into(), value);
        if let (Some(effort), Some(value)) = (account.effort_share, account.value_share) {
            account.index = (value > 0.0).then(|| effort / value);
            account.served = Some(if (effort - value).abs() < least_gap || effort == value {
                Served::Fair
            } else if effort >= options.over * value {
                Served::Over
            } else if effort <= options.under * value {
                Served::Under
            } else {
                Served::Fair
            });
        }
        let silent = account.last_activity.is_none_or(|day| i64::from(facts.as_of().days_since(day)) >= i64::from(options.neglect_days));
        account.neglected = account.group == EffortGroup::Regular && (silent || account.served == Some(Served::Under));
    }
}

/// The same effort, a part of it shared out equally and the rest by value, in whole units.
fn propose(measure: EffortMeasure, options: &EffortOptions, accounts: &mut [EffortAccount]) -> Result<()> {
    let total: i128 = accounts.iter().map(|account| i128::from(account.spent)).sum();
    let total = i64::try_from(total).map_err(|_| Error::new(Code::Overflow, "activities: the effort on all accounts leaves 63 bits"))?;
    let unit = match measure {
        EffortMeasure::Hours => i64::from(options.unit_minutes) * 60_000,
        EffortMeasure::Cost => 1,
    };
    let units = total / unit;
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a part of the units, rounded down")]
    let equal = ((units as f64 * options.equal_part) as i64).clamp(0, units);
    let by_value: Vec<i64> = accounts.iter().map(|account| account.value.max(0)).collect();
    let ones = vec![1; accounts.len()];
    let Some(by_value) = largest_remainder(units - equal, &by_value).or_else(|| largest_remainder(units - equal, &ones)) else {
        return Ok(());
    };
    let Some(equally) = largest_remainder(equal, &ones) else { return Ok(()) };
    for ((account, by_value), equally) in accounts.iter_mut().zip(by_value).zip(equally) {
        account.proposed = (by_value + equally) * unit;
    }
    // What is less than a unit stays with the first of those who get most.
    if let Some(most) = accounts.iter_mut().max_by_key(|account| (account.proposed, std::cmp::Reverse(account.account))) {
        most.proposed += total % unit;
    }
    Ok(())
}

/// How near effort is to the same for all, and how near to everybody's share of the value.
fn indices(accounts: &[EffortAccount]) -> (Option<f64>, Option<f64>) {
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let count = accounts.len() as f64;
    let distance = |of: &dyn Fn(&EffortAccount) -> Option<f64>| {
        accounts.iter().map(|account| Some((account.effort_share? - of(account)?).abs())).sum::<Option<f64>>().map(|sum| sum / 2.0)
    };
    let equal = (accounts.len() > 1).then(|| distance(&|_| Some(1.0 / count))).flatten();
    let value = (!accounts.is_empty()).then(|| distance(&|account| account.value_share)).flatten();
    (equal.map(|distance| (1.0 - distance / (1.0 - 1.0 / count)).clamp(0.0, 1.0)), value.map(|distance| (1.0 - distance).clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(at: usize, spent: i64, value: i64) -> EffortAccount {
        EffortAccount {
            account: at,
            effort: Effort::default(),
            spent,
            value,
            effort_share: share(spent.into(), 100),
            value_share: share(value.max(0).into(), 100),
            index: None,
            served: None,
            group: EffortGroup::Other,
            last_activity: None,
            neglected: false,
            proposed: 0,
        }
    }

    #[test]
    fn equal_for_all_runs_from_one_account_to_all_alike() {
        let of = |spent: &[i64]| indices(&spent.iter().enumerate().map(|(at, spent)| account(at, *spent, 25)).collect::<Vec<_>>());
        assert_eq!(of(&[25, 25, 25, 25]), (Some(1.0), Some(1.0)));
        assert_eq!(of(&[100, 0, 0, 0]), (Some(0.0), Some(0.25)));
        assert_eq!(of(&[50, 50, 0, 0]).0, Some(1.0 - 0.5 / 0.75));
        assert_eq!(of(&[100]).0, None);
        assert_eq!(of(&[]), (None, None));
    }

    #[test]
    fn the_proposal_keeps_the_total() {
        let mut accounts = vec![account(0, 7, 90), account(1, 50, 10), account(2, 43, -30)];
        propose(EffortMeasure::Cost, &EffortOptions { equal_part: 0.3, ..EffortOptions::default() }, &mut accounts).unwrap();
        // 30 equally, 70 by 90 : 10 : 0.
        assert_eq!(accounts.iter().map(|account| account.proposed).collect::<Vec<_>>(), [73, 17, 10]);
        let mut losers = vec![account(0, 7, -1), account(1, 4, 0)];
        propose(EffortMeasure::Cost, &EffortOptions::default(), &mut losers).unwrap();
        assert_eq!(losers.iter().map(|account| account.proposed).collect::<Vec<_>>(), [6, 5]);
        let mut hours = vec![account(0, 100_001, 1), account(1, 100_000, 3)];
        propose(EffortMeasure::Hours, &EffortOptions { equal_part: 0.0, ..EffortOptions::default() }, &mut hours).unwrap();
        assert_eq!(hours.iter().map(|account| account.proposed).collect::<Vec<_>>(), [60_000, 140_001]);
        propose(EffortMeasure::Cost, &EffortOptions::default(), &mut []).unwrap();
    }

    #[test]
    fn options_that_cannot_be_are_refused() {
        let refused = |change: fn(&mut EffortOptions)| {
            let mut options = EffortOptions::default();
            change(&mut options);
            options.validate().is_err()
        };
        assert!(refused(|options| options.hour_rate = Some(f64::NAN)));
        assert!(refused(|options| options.over = 0.9));
        assert!(refused(|options| options.under = 1.1));
        assert!(refused(|options| options.equal_part = -0.1));
        assert!(refused(|options| options.least_gap = f64::INFINITY));
        assert!(refused(|options| options.unit_minutes = 0));
        assert!(EffortOptions::default().validate().is_ok());
    }
}
