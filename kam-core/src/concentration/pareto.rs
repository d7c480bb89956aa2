//! Pareto: how few accounts bring how much, and on whom the company depends.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use kam_numerics::stats;

use super::Population;
use crate::error::{Error, Result};
use crate::facts::ranking::{count_of, count_share, share};
use crate::facts::{Facts, Measure};
use crate::method::figure::{COUNT, Figure, Figures, NUMBER, SHARE};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Places, Table, Unit, View};

/// Options of [`pareto`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ParetoOptions {
    /// What is shared out: revenue, profit, margin or any other fact.
    pub base: Measure,
    /// The accounts that count: those with a line in the window, or all.
    pub population: Population,
    /// The share of the accounts, largest first, whose share of the base is told.
    pub top_share: f64,
    /// The share of the base for which the smallest share of accounts is told.
    pub target_share: f64,
    /// How many of the largest accounts stand for the key accounts.
    pub key_count: usize,
    /// Below this share of the base the key accounts weigh little.
    pub key_band_low: f64,
    /// Above this share of the base the company depends on the key accounts.
    pub key_band_high: f64,
    /// The shares of the base from which on one account is flagged, ascending.
    pub dependency: Vec<f64>,
}

impl Default for ParetoOptions {
    fn default() -> Self {
        ParetoOptions {
            base: Measure::Revenue,
            population: Population::Window,
            top_share: 0.2,
            target_share: 0.8,
            key_count: 10,
            key_band_low: 0.30,
            key_band_high: 0.55,
            dependency: vec![0.1, 0.2, 0.5],
        }
    }
}

impl Options for ParetoOptions {
    fn validate(&self) -> Result<()> {
        for (name, value) in [("top_share", self.top_share), ("target_share", self.target_share)] {
            if !(value > 0.0 && value <= 1.0) {
                return Err(Error::option(name, value, "above 0 and at most 1"));
            }
        }
        if self.key_count == 0 {
            return Err(Error::option("key_count", 0, "at least 1"));
        }
        if !(0.0..=1.0).contains(&self.key_band_low) {
            return Err(Error::option("key_band_low", self.key_band_low, "between 0 and 1"));
        }
        if !(self.key_band_low..=1.0).contains(&self.key_band_high) {
            return Err(Error::option("key_band_high", self.key_band_high, "between key_band_low and 1"));
        }
        let between = self.dependency.iter().all(|value| *value > 0.0 && *value <= 1.0);
        if !between || self.dependency.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Error::option("dependency", format!("{:?}", self.dependency), "ascending shares above 0 and at most 1"));
        }
        Ok(())
    }
}

/// Where the key accounts' share of the base lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Below `key_band_low`.
    Below,
    /// Within the band, its ends included.
    Inside,
    /// Above `key_band_high`.
    Above,
}

/// How many accounts hold at least a share of the base each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Dependency {
    /// The share of the base.
    pub threshold: f64,
    /// The accounts that hold at least as much.
    pub accounts: usize,
}

/// Pareto in figures. Shares are `None` where the base's total is not positive; `note` then says so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParetoSummary {
    /// What is shared out.
    pub base: Measure,
    /// The accounts that count.
    pub accounts: usize,
    /// The base's total, money in units of the currency.
    pub total: f64,
    /// The share of the accounts that counts as the top (the option).
    pub top_share: f64,
    /// How many accounts that is, rounded up.
    pub top_accounts: usize,
    /// The share of the base that they hold.
    pub share_of_top: Option<f64>,
    /// The share of the base to be reached (the option).
    pub target_share: f64,
    /// The fewest accounts that hold it.
    pub accounts_to_target: Option<usize>,
    /// The same as a share of the accounts.
    pub share_of_accounts_to_target: Option<f64>,
    /// The share of the largest account.
    pub cr1: Option<f64>,
    /// The share of the five largest.
    pub cr5: Option<f64>,
    /// The share of the ten largest.
    pub cr10: Option<f64>,
    /// The share of the twenty largest.
    pub cr20: Option<f64>,
    /// The Herfindahl–Hirschman index of the positive values, from 1 / n to 1 (times 10,000 in the notation of competition law).
    pub hhi: Option<f64>,
    /// The accounts that stand for the key accounts.
    pub key_accounts: usize,
    /// Their share of the base.
    pub key_share: Option<f64>,
    /// Where that share lies.
    pub key_band: Option<Band>,
    /// How many accounts reach each dependency threshold.
    pub dependency: Vec<Dependency>,
    /// Why shares are missing.
    pub note: Option<String>,
}

/// One account of [`Pareto`].
#[derive(Clone, Debug, PartialEq)]
pub struct ParetoAccount {
    /// Its place in the facts' keys.
    pub account: usize,
    /// Its base, in minor units or as a count.
    pub value: i64,
    /// Its share of the total.
    pub share: Option<f64>,
    /// The share of the accounts up to and with this one.
    pub cumulative_share: Option<f64>,
    /// The highest dependency threshold that its share reaches.
    pub dependency: Option<f64>,
}

/// The result of [`pareto`].
#[derive(Clone, Debug, PartialEq)]
pub struct Pareto {
    /// The figures.
    pub summary: ParetoSummary,
    /// The accounts, largest first, equal values by key.
    pub accounts: Vec<ParetoAccount>,
}

/// How few accounts bring how much: the share of the top accounts, the fewest that bring a target share, concentration ratios and the
/// Herfindahl–Hirschman index, whether the key accounts' share is healthy, and which single accounts the company depends on.
///
/// ```
/// use kam_core::{ParetoOptions, pareto};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let result = pareto(&facts, &ParetoOptions::default())?;
/// assert!(result.summary.share_of_top > Some(0.5));
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn pareto(facts: &Facts, options: &ParetoOptions) -> Result<Pareto> {
    options.validate()?;
    let values = facts.measure(options.base)?;
    let order = Facts::descending(options.population.accounts(facts), &values);
    let total: i128 = order.iter().map(|&at| i128::from(values[at])).sum();
    let mut held = 0i128;
    let accounts: Vec<ParetoAccount> = order
        .iter()
        .map(|&at| {
            held += i128::from(values[at]);
            let part = share(values[at].into(), total);
            let reached = |limit: &&f64| part.is_some_and(|part| part >= **limit);
            ParetoAccount {
                account: at,
                value: values[at],
                share: part,
                cumulative_share: share(held, total),
                dependency: options.dependency.iter().rev().find(reached).copied(),
            }
        })
        .collect();
    Ok(Pareto { summary: summary(facts, options, &accounts, total), accounts })
}

fn summary(facts: &Facts, options: &ParetoOptions, accounts: &[ParetoAccount], total: i128) -> ParetoSummary {
    let of_first = |count: usize| accounts.get(count.min(accounts.len()).wrapping_sub(1)).and_then(|last| last.cumulative_share);
    let top_accounts = count_of(options.top_share, accounts.len());
    let reached = |account: &ParetoAccount| account.cumulative_share.is_some_and(|share| share >= options.target_share);
    let accounts_to_target = accounts.iter().position(reached).map(|at| at + 1);
    let key_share = of_first(options.key_count);
    let values: Vec<i64> = accounts.iter().map(|account| account.value).collect();
    let count = |threshold: f64| accounts.iter().filter(|account| account.share.is_some_and(|share| share >= threshold)).count();
    ParetoSummary {
        base: options.base,
        accounts: accounts.len(),
        total: facts.measure_number(options.base, total),
        top_share: options.top_share,
        top_accounts,
        share_of_top: of_first(top_accounts),
        target_share: options.target_share,
        accounts_to_target,
        share_of_accounts_to_target: accounts_to_target.and_then(|count| count_share(count, accounts.len())),
        cr1: of_first(1),
        cr5: of_first(5),
        cr10: of_first(10),
        cr20: of_first(20),
        hhi: stats::herfindahl(&values),
        key_accounts: options.key_count.min(accounts.len()),
        key_share,
        key_band: key_share.map(|share| match share {
            share if share < options.key_band_low => Band::Below,
            share if share > options.key_band_high => Band::Above,
            _ => Band::Inside,
        }),
        dependency: options.dependency.iter().map(|&threshold| Dependency { threshold, accounts: count(threshold) }).collect(),
        note: (total <= 0).then(|| format!("the total of {} is not positive, so nobody holds a share of it", options.base)),
    }
}

/// [`pareto`] in the registry.
pub struct ParetoMethod;

impl Method for ParetoMethod {
    const NAME: &'static str = "pareto";
    const TITLE: &'static str = "Pareto";
    const ABOUT: &'static str = "How few accounts bring how much, and on which single accounts the company depends.";
    const TABLES: &'static [(&'static str, &'static str)] =
        &[("pareto", "an account, largest first"), ("dependency", "a dependency threshold")];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "top_accounts", "accounts_to_target", "key_accounts", "dependency.accounts"]),
        (Figure::Of("base"), &["total"]),
        (
            SHARE,
            &[
                "top_share",
                "share_of_top",
                "target_share",
                "share_of_accounts_to_target",
                "cr1",
                "cr5",
                "cr10",
                "cr20",
                "key_share",
                "dependency.threshold",
            ],
        ),
        (NUMBER, &["hhi"]),
    ];
    type Options = ParetoOptions;

    fn run(context: &Context<'_>, options: &ParetoOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = pareto(facts, options)?;
        let rows = &result.accounts;
        let by_row = View::new(&Arc::new(()), Places::Same(rows.len()));
        let main = Table::new(
            "pareto",
            vec![
                facts.account_column(rows.iter().map(|row| row.account)),
                by_row.counts("rank", |(), row| row + 1),
                facts.measure_column(options.base, rows.iter().map(|row| Some(row.value))),
                Column::floats("share", Unit::Share, rows.iter().map(|row| row.share)),
                Column::floats("cumulative_share", Unit::Share, rows.iter().map(|row| row.cumulative_share)),
                Column::floats("dependency", Unit::Share, rows.iter().map(|row| row.dependency)),
            ],
        )?;
        let levels = &result.summary.dependency;
        let dependency = Table::new(
            "dependency",
            vec![
                Column::floats("threshold", Unit::Share, levels.iter().map(|level| Some(level.threshold))),
                Column::counts("accounts", levels.iter().map(|level| i64::try_from(level.accounts).unwrap_or(i64::MAX))),
            ],
        )?;
        let mut of_account = vec![None; facts.len()];
        for (rank, row) in (1i64..).zip(rows) {
            of_account[row.account] = Some((rank, row));
        }
        Outcome::new(vec![main, dependency], &result.summary)?.with_accounts(vec![
            Column::integers("pareto_rank", Unit::Count, of_account.iter().map(|row| row.map(|(rank, _)| rank))),
            Column::floats("share", Unit::Share, of_account.iter().map(|row| row.and_then(|(_, row)| row.share))),
            Column::floats("dependency", Unit::Share, of_account.iter().map(|row| row.and_then(|(_, row)| row.dependency))),
        ])
    }
}
