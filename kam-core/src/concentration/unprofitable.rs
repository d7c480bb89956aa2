//! Accounts that cost more than they bring: by how much, since when, and what drives it.

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::facts::ranking::count_share;
use crate::facts::{Facts, Measure, Sums};
use crate::method::figure::{COUNT, Figures, MONEY, SHARE};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Table, Unit};
use crate::time::{Date, Period};

/// Options of [`unprofitable`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UnprofitableOptions {
    /// Losses up to this, in units of the currency, are passed over.
    pub tolerance: f64,
}

impl Options for UnprofitableOptions {
    fn validate(&self) -> Result<()> {
        if !(self.tolerance >= 0.0 && self.tolerance.is_finite()) {
            return Err(crate::Error::option("tolerance", self.tolerance, "an amount of 0 or more"));
        }
        Ok(())
    }
}

/// What takes more of an account's sales than of the ledger's as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LossDriver {
    /// Product cost.
    Cost,
    /// Cost to serve.
    CostToServe,
    /// Returns and credits.
    Returns,
    /// Discount off the list amount.
    Discount,
}

impl LossDriver {
    /// In the order that decides between equal excesses.
    pub const ALL: [LossDriver; 4] = [LossDriver::Cost, LossDriver::CostToServe, LossDriver::Returns, LossDriver::Discount];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LossDriver::Cost => "cost",
            LossDriver::CostToServe => "cost_to_serve",
            LossDriver::Returns => "returns",
            LossDriver::Discount => "discount",
        }
    }

    fn measure(self) -> Measure {
        match self {
            LossDriver::Cost => Measure::Cost,
            LossDriver::CostToServe => Measure::CostToServe,
            LossDriver::Returns => Measure::Returns,
            LossDriver::Discount => Measure::Discount,
        }
    }
}

/// An account that costs more than it brings. Money is in minor units.
#[derive(Clone, Debug, PartialEq)]
pub struct UnprofitableAccount {
    /// Its place in the facts' keys.
    pub account: usize,
    /// By how much cost and cost to serve exceed revenue in the window.
    pub loss: i64,
    /// The first day of the first period of the unbroken run of loss-making periods that ends with its latest period with a line;
    /// `None` where that latest period made no loss.
    pub since: Option<Date>,
    /// How many periods with a line that run has.
    pub periods_in_run: usize,
    /// The first day of the period from which on the window's cumulative profit stayed below zero.
    pub under_water_since: Option<Date>,
    /// What drives it.
    pub driver: LossDriver,
    /// Each driver's excess over the ledger's rate, in the order of [`LossDriver::ALL`]; `None` where the ledger lacks the column.
    pub excess: [Option<f64>; 4],
}

/// Unprofitable accounts in figures, money in units of the currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnprofitableSummary {
    /// Accounts with a line in the window.
    pub accounts: usize,
    /// Those that cost more than they bring.
    pub unprofitable_accounts: usize,
    /// The same as a share.
    pub unprofitable_share: Option<f64>,
    /// What they lose together.
    pub total_loss: f64,
    /// The profit of all accounts.
    pub total_profit: f64,
    /// The profit without these accounts.
    pub profit_without_them: f64,
}

/// The result of [`unprofitable`].
#[derive(Clone, Debug, PartialEq)]
pub struct Unprofitable {
    /// The figures.
    pub summary: UnprofitableSummary,
    /// The accounts, largest loss first, equal losses by key.
    pub accounts: Vec<UnprofitableAccount>,
}

/// Accounts whose cost and cost to serve exceed their revenue in the window.
///
/// ```
/// use kam_core::{UnprofitableOptions, unprofitable};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let result = unprofitable(&facts, &UnprofitableOptions::default())?;
/// let worst = &result.accounts[0];
/// println!("{} loses {} minor units, most of it to {}", facts.account(worst.account), worst.loss, worst.driver.name());
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn unprofitable(facts: &Facts, options: &UnprofitableOptions) -> Result<Unprofitable> {
    options.validate()?;
    let profit = facts.measure(Measure::Profit)?;
    let window = facts.window();
    let scale = facts.scale();
    let is_loss = |&at: &usize| profit[at] < 0 && scale.to_currency(-profit[at]) > options.tolerance;
    let losses: Vec<i64> = profit.iter().map(|profit| -profit).collect();
    let order = Facts::descending((0..facts.len()).filter(is_loss), &losses);
    let rates = LossDriver::ALL.map(|driver| Rate::of(driver, facts));
    let accounts: Vec<UnprofitableAccount> = order
        .par_iter()
        .with_min_len(1024)
        .map(|&at| {
            let (since, periods_in_run) = loss_run(facts, at);
            let excess = rates.each_ref().map(|rate| rate.as_ref().map(|rate| rate.excess(at)));
            UnprofitableAccount {
                account: at,
                loss: losses[at],
                since,
                periods_in_run,
                under_water_since: under_water(facts, at),
                driver: driver(&excess, window, at),
                excess,
            }
        })
        .collect();
    let sum = |values: &mut dyn Iterator<Item = i64>| values.map(i128::from).sum::<i128>();
    let total_profit = sum(&mut profit.iter().copied());
    let total_loss = sum(&mut accounts.iter().map(|account| account.loss));
    let in_window = window.lines.iter().filter(|&&lines| lines > 0).count();
    let summary = UnprofitableSummary {
        accounts: in_window,
        unprofitable_accounts: accounts.len(),
        unprofitable_share: count_share(accounts.len(), in_window),
        total_loss: scale.wide_to_currency(total_loss),
        total_profit: scale.wide_to_currency(total_profit),
        profit_without_them: scale.wide_to_currency(total_profit + total_loss),
    };
    Ok(Unprofitable { summary, accounts })
}

/// What a driver takes of the sales at list prices in the ledger as a whole, and of each account's. Money in units of the currency.
///
/// One basis for all drivers makes the excesses of an account add up to what its profit falls short of the ledger's rate of profit.
struct Rate {
    taken: Vec<f64>,
    basis: Vec<f64>,
    rate: f64,
}

impl Rate {
    fn of(driver: LossDriver, facts: &Facts) -> Option<Self> {
        let window = facts.window();
        let taken = driver.measure().of(window)?;
        let discount = Measure::Discount.of(window);
        let at_list = |at: usize| i128::from(window.gross_sales(at)) + discount.as_ref().map_or(0, |discount| i128::from(discount[at]));
        let basis: Vec<i128> = (0..facts.len()).map(at_list).collect();
        let money = |sum: i128| facts.scale().wide_to_currency(sum);
        let (all_taken, all_basis) = (money(taken.iter().map(|&value| i128::from(value)).sum()), money(basis.iter().sum()));
        Some(Rate {
            taken: taken.into_iter().map(|value| money(value.into())).collect(),
            basis: basis.into_iter().map(money).collect(),
            rate: if all_basis > 0.0 { all_taken / all_basis } else { 0.0 },
        })
    }

    /// What the driver takes of this account beyond what it would at the ledger's rate.
    fn excess(&self, at: usize) -> f64 {
        self.taken[at] - self.rate * self.basis[at]
    }
}

/// The driver with the largest positive excess; where none exceeds the ledger's rate, the larger of cost and cost to serve.
fn driver(excess: &[Option<f64>; 4], window: &Sums, at: usize) -> LossDriver {
    let mut best: Option<(f64, LossDriver)> = None;
    for (driver, excess) in LossDriver::ALL.into_iter().zip(excess) {
        if let Some(excess) = excess.filter(|&excess| excess > best.map_or(0.0, |(best, _)| best)) {
            best = Some((excess, driver));
        }
    }
    let of = |sums: &Option<Vec<i64>>| sums.as_ref().map_or(0, |sums| sums[at]);
    match best {
        Some((_, driver)) => driver,
        None if of(&window.cost_to_serve) > of(&window.cost) => LossDriver::CostToServe,
        None => LossDriver::Cost,
    }
}

/// The start and the length of the run of loss-making periods at the end of the account's history.
fn loss_run(facts: &Facts, at: usize) -> (Option<Date>, usize) {
    let (mut start, mut length): (Option<Period>, usize) = (None, 0);
    for sums in facts.periods(at) {
        if sums.profit() < 0 {
            start = start.or(Some(sums.period));
            length += 1;
        } else {
            (start, length) = (None, 0);
        }
    }
    (start.map(|period| facts.grain().start(period)), length)
}

/// The start of the period from which on the profit added up over the window stayed below zero.
fn under_water(facts: &Facts, at: usize) -> Option<Date> {
    let (mut profit, mut start) = (0i128, None);
    for sums in facts.periods(at).filter(|sums| facts.span().contains(sums.period)) {
        profit += i128::from(sums.profit());
        start = if profit < 0 { start.or(Some(sums.period)) } else { None };
    }
    start.map(|period| facts.grain().start(period))
}

/// [`unprofitable`] in the registry.
pub struct UnprofitableMethod;

impl Method for UnprofitableMethod {
    const NAME: &'static str = "unprofitable";
    const TITLE: &'static str = "Unprofitable accounts";
    const ABOUT: &'static str = "Which accounts cost more than they bring, by how much, since when, and what drives it.";
    const NEEDS: &'static [&'static str] = &["ledger.cost"];
    const TABLES: &'static [(&'static str, &'static str)] =
        &[("unprofitable", "an account that costs more than it brings, largest loss first")];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "unprofitable_accounts"]),
        (SHARE, &["unprofitable_share"]),
        (MONEY, &["total_loss", "total_profit", "profit_without_them"]),
    ];
    type Options = UnprofitableOptions;

    fn run(context: &Context<'_>, options: &UnprofitableOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = unprofitable(facts, options)?;
        let rows = &result.accounts;
        let window = facts.window();
        let measures = [Measure::Revenue, Measure::Cost, Measure::CostToServe, Measure::Returns, Measure::Discount];
        let mut columns = vec![facts.account_column(rows.iter().map(|row| row.account))];
        columns.push(Column::money("loss", facts.scale(), rows.iter().map(|row| Some(row.loss))));
        for measure in measures {
            if let Some(values) = measure.of(window) {
                columns.push(facts.measure_column(measure, rows.iter().map(|row| Some(values[row.account]))));
            }
        }
        columns.push(Column::dates("since", rows.iter().map(|row| row.since)));
        columns.push(Column::integers("periods_in_run", Unit::Periods, rows.iter().map(|row| i64::try_from(row.periods_in_run).ok())));
        columns.push(Column::dates("under_water_since", rows.iter().map(|row| row.under_water_since)));
        columns.push(Column::words("driver", rows.iter().map(|row| row.driver.name())));
        for (at, driver) in LossDriver::ALL.into_iter().enumerate() {
            if driver.measure().of(window).is_some() {
                columns.push(Column::floats(&format!("excess_{}", driver.name()), Unit::Money, rows.iter().map(|row| row.excess[at])));
            }
        }
        let mut of_account: Vec<Option<&UnprofitableAccount>> = vec![None; facts.len()];
        for row in rows {
            of_account[row.account] = Some(row);
        }
        Outcome::new(vec![Table::new("unprofitable", columns)?], &result.summary)?.with_accounts(vec![
            Column::flags("unprofitable", of_account.iter().map(|row| Some(row.is_some()))),
            Column::dates("unprofitable_since", of_account.iter().map(|row| row.and_then(|row| row.since))),
            Column::text("loss_driver", of_account.iter().map(|row| row.map(|row| row.driver.name()))),
        ])
    }
}
