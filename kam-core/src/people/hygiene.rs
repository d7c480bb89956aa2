//! Relationship hygiene: the seven mistakes, how complete the dossiers are, and whether mistakes are followed by losses.

use kam_numerics::stats::{RiskRatio, risk_ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dossier_items::{DossierItem, present};
use super::managers::Managers;
use super::portfolio::MISTAKES;
use crate::crm::{ByAccount, Crm, Kind};
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::facts::ranking::count_share;
use crate::method::figure::{COUNT, Figures, NUMBER, SHARE};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Table, Unit};
use crate::time::Period;

/// Options of [`hygiene`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HygieneOptions {
    /// What a dossier should hold.
    pub dossier: Vec<DossierItem>,
    /// How many periods at the end show who was lost: those with no sale in them.
    #[schemars(range(min = 1))]
    pub follow_up_periods: u32,
    /// How many periods before those show who bought and to whom mistakes happened.
    #[schemars(range(min = 1))]
    pub exposure_periods: u32,
    /// The confidence of the interval of the risk ratio.
    pub confidence: f64,
}

impl Default for HygieneOptions {
    fn default() -> Self {
        HygieneOptions { dossier: DossierItem::ALL.to_vec(), follow_up_periods: 6, exposure_periods: 12, confidence: 0.95 }
    }
}

impl Options for HygieneOptions {
    fn validate(&self) -> Result<()> {
        for (name, periods) in [("follow_up_periods", self.follow_up_periods), ("exposure_periods", self.exposure_periods)] {
            if !(1..=10_000).contains(&periods) {
                return Err(Error::option(name, periods, "a number of periods from 1 to 10,000"));
            }
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::option("confidence", self.confidence, "a probability between 0 and 1"));
        }
        Ok(())
    }
}

/// The mistakes of the window and what they are to be seen against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    /// By kind, in the order of [`MISTAKES`].
    pub kinds: [usize; 7],
    /// In the first half of the window.
    pub first_half: usize,
    /// In the second half.
    pub second_half: usize,
    /// Activities of every kind.
    pub activities: usize,
}

impl Mistakes {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> usize {
        self.kinds.iter().sum()
    }

    /// More or fewer in the second half of the window than in the first.
    #[must_use]
    pub fn change(&self) -> i64 {
        count(self.second_half) - count(self.first_half)
    }
}

/// Accounts with and without a kind of mistake, and how many were lost afterwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossLink {
    /// The kind; `None` for any of the seven.
    pub kind: Option<Kind>,
    /// Accounts it happened to, and how many of them were lost.
    pub exposed: (u64, u64),
    /// Accounts it did not happen to, and how many of them were lost.
    pub others: (u64, u64),
    /// How much likelier the loss was; `None` where that cannot be told.
    pub ratio: Option<RiskRatio>,
}

/// The result of [`hygiene`].
#[derive(Clone, Debug, PartialEq)]
pub struct Hygiene {
    /// Mistakes by account, in the order of the facts' keys.
    pub accounts: Vec<Mistakes>,
    /// Who looks after whom.
    pub managers: Managers,
    /// Mistakes by the manager who is named on them, else the account's; at last those of nobody.
    pub by_manager: Vec<Mistakes>,
    /// Mistakes by period of the window, oldest first.
    pub periods: Vec<(Period, Mistakes)>,
    /// The share of the dossier's items that each account has; `None` where none are asked for.
    pub completeness: Vec<Option<f64>>,
    /// What is missing in each account's dossier, as places in `options.dossier`.
    pub missing: Vec<Vec<DossierItem>>,
    /// By item asked for, how many accounts have it.
    pub items: Vec<(DossierItem, usize)>,
    /// Any mistake first, then by kind.
    pub links: Vec<LossLink>,
}

fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Counts the mistakes, looks through the dossiers, and sets earlier mistakes against later losses.
pub fn hygiene(facts: &Facts, crm: &Crm, options: &HygieneOptions) -> Result<Hygiene> {
    options.validate()?;
    let activities = crm.activities().ok_or_else(|| {
        Error::new(Code::MissingInput, "activities: there is no such table; the managers' mistakes are kinds of activities")
            .with_hint("give the crm table `activities` with account, date and kind")
    })?;
    let managers = Managers::of(facts, crm);
    let (grain, span) = (facts.grain(), facts.span());
    let halves = facts.window_halves();
    let mut accounts = vec![Mistakes::default(); facts.len()];
    let mut by_manager = vec![Mistakes::default(); managers.len() + 1];
    let mut periods: Vec<(Period, Mistakes)> = (span.first.0..=span.last.0).map(|period| (Period(period), Mistakes::default())).collect();
    let last_exposed = Period(span.last.0.saturating_sub_unsigned(options.follow_up_periods));
    let first_exposed = Period(last_exposed.0.saturating_sub_unsigned(options.exposure_periods) + 1);
    let mut exposed = vec![0u8; facts.len()];
    let places = activities.places(facts);
    for row in (0..activities.date.len()).filter(|row| activities.date[*row] <= facts.as_of()) {
        let at = places.of(row);
        let period = grain.period(activities.date[row]);
        let kind = MISTAKES.iter().position(|kind| *kind == activities.kind[row]);
        if let (Some(at), Some(kind), true) = (at, kind, (first_exposed..=last_exposed).contains(&period)) {
            exposed[at] |= 1 << kind;
        }
        if !span.contains(period) {
            continue;
        }
        let named = activities.manager.as_ref().and_then(|manager| manager[row].as_deref());
        let of_period = usize::try_from(period.0 - span.first.0).ok().and_then(|place| periods.get_mut(place));
        let places = [at.map(|at| &mut accounts[at]), Some(&mut by_manager[managers.doer(named, at)]), of_period.map(|(_, own)| own)];
        for own in places.into_iter().flatten() {
            own.activities += 1;
            if let Some(kind) = kind {
                own.kinds[kind] += 1;
                if let Some((first, second)) = halves {
                    own.first_half += usize::from(first.contains(period));
                    own.second_half += usize::from(second.contains(period));
                }
            }
        }
    }
    let has = present(facts, crm, &managers);
    let is_there = |own: u16, item: DossierItem| own & (1 << item as u16) != 0;
    let missing: Vec<Vec<DossierItem>> =
        has.iter().map(|own| options.dossier.iter().copied().filter(|item| !is_there(*own, *item)).collect()).collect();
    let completeness = missing.iter().map(|missing| count_share(options.dossier.len() - missing.len(), options.dossier.len())).collect();
    let items = options.dossier.iter().map(|item| (*item, has.iter().filter(|own| is_there(**own, *item)).count())).collect();
    let links = links(facts, &exposed, first_exposed, last_exposed, options.confidence);
    Ok(Hygiene { accounts, managers, by_manager, periods, completeness, missing, items, links })
}

/// Of the accounts with a sale in the periods of exposure, those without one afterwards are lost.
fn links(facts: &Facts, exposed: &[u8], first: Period, last: Period, confidence: f64) -> Vec<LossLink> {
    // Counted over the account's mistakes as bits: members and losses for each of the 128 combinations.
    let mut of_mask = vec![(0u64, 0u64); 128];
    for (at, mask) in exposed.iter().enumerate() {
        let (mut bought, mut later) = (false, false);
        for sums in facts.periods(at).filter(|sums| sums.sale_lines > 0) {
            bought |= (first..=last).contains(&sums.period);
            later |= sums.period > last;
        }
        if bought {
            let own = &mut of_mask[usize::from(*mask)];
            *own = (own.0 + 1, own.1 + u64::from(!later));
        }
    }
    let link = |kind: Option<usize>| {
        let is_exposed = |mask: usize| kind.map_or(mask != 0, |kind| mask & (1 << kind) != 0);
        let sum = |want: bool| {
            let of = of_mask.iter().enumerate().filter(|(mask, _)| is_exposed(*mask) == want);
            of.fold((0, 0), |sum, (_, own)| (sum.0 + own.0, sum.1 + own.1))
        };
        let (with, without): ((u64, u64), (u64, u64)) = (sum(true), sum(false));
        let ratio = risk_ratio(with.1, with.0, without.1, without.0, confidence);
        LossLink { kind: kind.map(|kind| MISTAKES[kind]), exposed: with, others: without, ratio }
    };
    std::iter::once(None).chain((0..MISTAKES.len()).map(Some)).map(link).collect()
}

#[derive(Serialize)]
struct Summary {
    accounts: usize,
    mistakes: usize,
    accounts_with_mistakes: usize,
    change: i64,
    dossier_completeness: Option<f64>,
    exposed_accounts: u64,
    exposed_lost: u64,
    other_accounts: u64,
    other_lost: u64,
    risk_ratio: Option<f64>,
    risk_ratio_low: Option<f64>,
    risk_ratio_high: Option<f64>,
    note: Option<String>,
}

/// [`hygiene`] in the registry.
pub struct HygieneMethod;

impl Method for HygieneMethod {
    const NAME: &'static str = "hygiene";
    const TITLE: &'static str = "Relationship hygiene";
    const ABOUT: &'static str = "The managers' seven mistakes, how complete the dossiers are, and whether mistakes are followed by losses.";
    const NEEDS: &'static [&'static str] = &["activities"];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("hygiene", "an account, most mistakes first"),
        ("managers", "a manager, most mistakes first"),
        ("trend", "a period of the window"),
        ("dossier", "an item of the dossier"),
        ("link", "any mistake, and each kind, against losses afterwards"),
    ];
    const FIGURES: Figures = &[
        (
            COUNT,
            &[
                "accounts",
                "mistakes",
                "accounts_with_mistakes",
                "change",
                "exposed_accounts",
                "exposed_lost",
                "other_accounts",
                "other_lost",
            ],
        ),
        (SHARE, &["dossier_completeness"]),
        (NUMBER, &["risk_ratio", "risk_ratio_low", "risk_ratio_high"]),
    ];
    type Options = HygieneOptions;

    fn run(context: &Context<'_>, options: &HygieneOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = hygiene(facts, context.crm, options)?;
        let of_periods = |value: fn(&Mistakes) -> usize| result.periods.iter().map(|(_, own)| value(own)).sum::<usize>();
        let any = &result.links[0];
        let known: Vec<f64> = result.completeness.iter().copied().flatten().collect();
        let ratio = any.ratio.as_ref();
        let summary = Summary {
            accounts: facts.len(),
            mistakes: of_periods(Mistakes::total),
            accounts_with_mistakes: result.accounts.iter().filter(|own| own.total() > 0).count(),
            change: count(of_periods(|own| own.second_half)) - count(of_periods(|own| own.first_half)),
            #[expect(clippy::cast_precision_loss, reason = "a count")]
            dossier_completeness: (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64),
            exposed_accounts: any.exposed.0,
            exposed_lost: any.exposed.1,
            other_accounts: any.others.0,
            other_lost: any.others.1,
            risk_ratio: ratio.map(|ratio| ratio.ratio),
            risk_ratio_low: ratio.map(|ratio| ratio.low),
            risk_ratio_high: ratio.map(|ratio| ratio.high),
            note: ratio
                .is_none()
                .then(|| "whether losses follow mistakes cannot be told: it takes accounts with and without, and a loss".to_owned()),
        };
        let mut order: Vec<usize> = (0..facts.len()).collect();
        order.sort_by_key(|at| (std::cmp::Reverse(result.accounts[*at].total()), *at));
        let own = |at: &usize| result.accounts[*at];
        let managers = &result.managers;
        let mut columns = vec![
            facts.account_column(order.iter().copied()),
            Column::text("manager", order.iter().map(|at| managers.name(managers.of_account[*at]))),
        ];
        columns.extend(mistakes_columns(order.iter().map(own)));
        columns.push(Column::floats("dossier_completeness", Unit::Share, order.iter().map(|at| result.completeness[*at])));
        columns.push(Column::sentence_lists("dossier_missing", order.len(), |row, list| {
            result.missing[order[row]].iter().for_each(|item| list.push(|text| text.push_str(item.name())));
        }));
        let mut by: Vec<usize> = (0..result.by_manager.len()).filter(|place| result.by_manager[*place].activities > 0).collect();
        by.sort_by_key(|place| (std::cmp::Reverse(result.by_manager[*place].total()), *place));
        let mut of_managers = vec![Column::text("manager", by.iter().map(|place| managers.name(*place)))];
        of_managers.extend(mistakes_columns(by.iter().map(|place| result.by_manager[*place])));
        let mut trend = vec![Column::dates("period", result.periods.iter().map(|(period, _)| Some(facts.grain().start(*period))))];
        // The change over the window says nothing of one period.
        trend.extend(mistakes_columns(result.periods.iter().map(|(_, own)| *own)).into_iter().take(2 + MISTAKES.len()));
        let items = &result.items;
        let dossier = vec![
            Column::words("item", items.iter().map(|(item, _)| item.name())),
            Column::counts("accounts", items.iter().map(|(_, accounts)| count(*accounts))),
            Column::floats("share", Unit::Share, items.iter().map(|(_, accounts)| count_share(*accounts, facts.len()))),
        ];
        let tables = vec![
            Table::new("hygiene", columns)?,
            Table::new("managers", of_managers)?,
            Table::new("trend", trend)?,
            Table::new("dossier", dossier)?,
            link_table(&result.links)?,
        ];
        Outcome::new(tables, &summary)?.with_accounts(vec![
            Column::counts("mistakes", result.accounts.iter().map(|own| count(own.total()))),
            Column::floats("dossier_completeness", Unit::Share, result.completeness.iter().copied()),
        ])
    }
}

fn mistakes_columns(rows: impl Iterator<Item = Mistakes> + Clone) -> Vec<Column> {
    let mut columns = vec![
        Column::counts("activities", rows.clone().map(|own| count(own.activities))),
        Column::counts("mistakes", rows.clone().map(|own| count(own.total()))),
    ];
    for (place, kind) in MISTAKES.iter().enumerate() {
        columns.push(Column::counts(kind.word(), rows.clone().map(|own| count(own.kinds[place]))));
    }
    columns.push(Column::integers("change", Unit::Count, rows.map(|own| Some(own.change()))));
    columns
}

fn link_table(links: &[LossLink]) -> Result<Table> {
    let counts = |name: &str, value: fn(&LossLink) -> u64| {
        Column::counts(name, links.iter().map(|link| i64::try_from(value(link)).unwrap_or(i64::MAX)))
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of accounts")]
    let risk = |(members, lost): (u64, u64)| (members > 0).then(|| lost as f64 / members as f64);
    let ratio = |name: &str, value: fn(&RiskRatio) -> f64| {
        Column::floats(name, Unit::Number, links.iter().map(|link| link.ratio.as_ref().map(value)))
    };
    Table::new(
        "link",
        vec![
            Column::words("mistake", links.iter().map(|link| link.kind.map_or("any", Kind::word))),
            counts("exposed_accounts", |link| link.exposed.0),
            counts("exposed_lost", |link| link.exposed.1),
            Column::floats("exposed_risk", Unit::Share, links.iter().map(|link| risk(link.exposed))),
            counts("other_accounts", |link| link.others.0),
            counts("other_lost", |link| link.others.1),
            Column::floats("other_risk", Unit::Share, links.iter().map(|link| risk(link.others))),
            ratio("risk_ratio", |ratio| ratio.ratio),
            ratio("low", |ratio| ratio.low),
            ratio("high", |ratio| ratio.high),
            Column::flags("corrected", links.iter().map(|link| link.ratio.map(|ratio| ratio.corrected))),
        ],
    )
}
