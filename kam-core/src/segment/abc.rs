//! ABC: accounts classed by how much of the base those before them already hold.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use kam_numerics::stats;

use crate::error::{Error, Result};
use crate::facts::ranking::{count_share, share};
use crate::facts::{Facts, Measure};
use crate::method::figure::{COUNT, Figure, Figures, SHARE};
use crate::method::{Context, Method, Options, Outcome};
use crate::nullable::Nullable;
use crate::table::{Column, Places, Table, Unit, View};

/// How the limits between the classes are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AbcLimitsMethod {
    /// The shares `a` and `b`.
    #[default]
    Thresholds,
    /// Computed from the curve (Ultsch and Lötsch 2015); `a` and `b` are not used.
    ComputedLimits,
}

/// Options of [`abc`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AbcOptions {
    /// What is shared out: revenue, profit, margin or any other fact.
    pub base: Measure,
    /// How the limits between the classes are found: thresholds, or computed from the curve.
    pub method: AbcLimitsMethod,
    /// An account is A while those before it hold less than this share of the base.
    pub a: f64,
    /// An account is B while those before it hold less than this share, and C from there on.
    pub b: f64,
}

impl Default for AbcOptions {
    fn default() -> Self {
        AbcOptions { base: Measure::Revenue, method: AbcLimitsMethod::Thresholds, a: 0.80, b: 0.95 }
    }
}

impl Options for AbcOptions {
    fn validate(&self) -> Result<()> {
        if !(self.a > 0.0 && self.a <= 1.0) {
            return Err(Error::option("a", self.a, "a share between 0 and 1, above 0"));
        }
        if !(self.b >= self.a && self.b <= 1.0) {
            return Err(Error::option("b", self.b, "a share between a and 1"));
        }
        Ok(())
    }
}

/// A class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum AbcClass {
    /// The few that bring most.
    A,
    /// Those between.
    B,
    /// The many that bring little, nothing or a loss.
    C,
}

impl AbcClass {
    /// All three.
    pub const ALL: [AbcClass; 3] = [AbcClass::A, AbcClass::B, AbcClass::C];

    /// Its letter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            AbcClass::A => "A",
            AbcClass::B => "B",
            AbcClass::C => "C",
        }
    }
}

/// One account of [`Abc`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AbcAccount {
    /// Its place in the facts' keys.
    pub account: usize,
    /// Its base, in minor units or as a count.
    pub value: i64,
    /// Its share of the sum of the positive values; none where it has none.
    pub share: Nullable,
    /// The share of all up to and with this one.
    pub cumulative_share: Nullable,
    /// The share of all with a larger value: what decides its class.
    pub cumulative_share_before: Nullable,
    /// Its class.
    pub class: AbcClass,
}

/// What a class holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AbcClassSums {
    /// The class.
    pub class: AbcClass,
    /// How many accounts it has.
    pub accounts: usize,
    /// The same as a share of all accounts.
    pub accounts_share: Option<f64>,
    /// The sum of their base, negative values included, money in units of the currency.
    pub value: f64,
    /// The positive part of it as a share of the sum of the positive values.
    pub share: Option<f64>,
}

/// Where the curve says that the classes end: the efforts are shares of the accounts with a positive value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ComputedLimits {
    /// The effort at the Pareto point.
    pub pareto: f64,
    /// The effort at the break-even point.
    pub break_even: f64,
    /// The effort at the submarginal point, where B ends.
    pub submarginal: f64,
    /// The effort where A ends: the smaller of the first two.
    pub a: f64,
}

/// ABC in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AbcSummary {
    /// What is shared out.
    pub base: Measure,
    /// How the limits were found.
    pub method: AbcLimitsMethod,
    /// All accounts.
    pub accounts: usize,
    /// Those with a positive value.
    pub positive_accounts: usize,
    /// The sum of the positive values, money in units of the currency.
    pub total: f64,
    /// Accounts in class A.
    pub a_accounts: usize,
    /// Accounts in class B.
    pub b_accounts: usize,
    /// Accounts in class C.
    pub c_accounts: usize,
    /// The computed limits, where they were asked for and the values have any.
    pub computed_limits: Option<ComputedLimits>,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`abc`].
#[derive(Clone, Debug, PartialEq)]
pub struct Abc {
    /// The figures.
    pub summary: AbcSummary,
    /// The accounts, largest first, equal values by key.
    pub accounts: Vec<AbcAccount>,
    /// What each class holds.
    pub classes: [AbcClassSums; 3],
}

impl Abc {
    /// The class of every account, in the order of the facts' keys.
    #[must_use]
    pub fn by_account(&self) -> Vec<AbcClass> {
        let mut classes = vec![AbcClass::C; self.accounts.len()];
        for account in &self.accounts {
            classes[account.account] = account.class;
        }
        classes
    }
}

/// Classes accounts by the share of the base that larger ones already hold.
///
/// ```
/// use kam_core::{AbcOptions, abc};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let result = abc(&facts, &AbcOptions { a: 0.7, ..AbcOptions::default() })?;
/// let largest = &result.accounts[0];
/// assert_eq!((largest.class.name(), largest.cumulative_share_before.get()), ("A", Some(0.0)));
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn abc(facts: &Facts, options: &AbcOptions) -> Result<Abc> {
    options.validate()?;
    let values = facts.measure(options.base)?;
    let order = Facts::descending(0..facts.len(), &values);
    let descending: Vec<i64> = order.iter().map(|&at| values[at]).collect();
    let positive = &descending[..descending.partition_point(|&value| value > 0)];
    let limits = match options.method {
        AbcLimitsMethod::Thresholds => None,
        AbcLimitsMethod::ComputedLimits => stats::abc_limits(positive),
    };
    let (accounts, total) = classify(&order, &descending, options, limits.as_ref());
    let classes = AbcClass::ALL.map(|class| sums(facts, options.base, &accounts, class, total));
    let all_equal = positive.len() > 1 && positive.first() == positive.last();
    let summary = AbcSummary {
        base: options.base,
        method: options.method,
        accounts: accounts.len(),
        positive_accounts: positive.len(),
        total: facts.measure_number(options.base, total),
        a_accounts: classes[0].accounts,
        b_accounts: classes[1].accounts,
        c_accounts: classes[2].accounts,
        computed_limits: limits.map(|limits| ComputedLimits {
            pareto: limits.pareto.effort,
            break_even: limits.break_even.effort,
            submarginal: limits.submarginal.effort,
            a: limits.first_end.effort,
        }),
        note: if total == 0 {
            Some(format!("no account has a positive {}: all are C", options.base))
        } else if all_equal {
            Some(format!("all positive values of {} are equal: they are one class, A", options.base))
        } else {
            None
        },
    };
    Ok(Abc { summary, accounts, classes })
}

/// The accounts with their classes, and the sum of the positive values.
fn classify(order: &[usize], descending: &[i64], options: &AbcOptions, limits: Option<&stats::AbcLimits>) -> (Vec<AbcAccount>, i128) {
    let total: i128 = descending.iter().filter(|&&value| value > 0).map(|&value| i128::from(value)).sum();
    let largest = descending.first();
    // `before` is what all larger values hold, `held` what has been passed: they differ within a run of equal values.
    let (mut before, mut held) = (0i128, 0i128);
    let mut accounts: Vec<AbcAccount> = Vec::with_capacity(order.len());
    for (&account, &value) in order.iter().zip(descending) {
        if accounts.last().is_some_and(|last| last.value != value) {
            before = held;
        }
        let shares = |part: i128| share(part, total).filter(|_| value > 0);
        let cumulative_share_before = shares(before);
        held += i128::from(value.max(0));
        let class = match (cumulative_share_before, limits) {
            (None, _) => AbcClass::C,
            (Some(_), Some(limits)) if value > limits.below_first || Some(&value) == largest => AbcClass::A,
            (Some(_), Some(limits)) if value >= limits.least_second => AbcClass::B,
            (Some(_), Some(_)) => AbcClass::C,
            // Computed limits that the values do not have: one value, or all equal.
            (Some(_), None) if options.method == AbcLimitsMethod::ComputedLimits => AbcClass::A,
            (Some(before), None) if before < options.a => AbcClass::A,
            (Some(before), None) if before < options.b => AbcClass::B,
            (Some(_), None) => AbcClass::C,
        };
        accounts.push(AbcAccount {
            account,
            value,
            share: shares(value.into()).into(),
            cumulative_share: shares(held).into(),
            cumulative_share_before: cumulative_share_before.into(),
            class,
        });
    }
    (accounts, total)
}

fn sums(facts: &Facts, base: Measure, accounts: &[AbcAccount], class: AbcClass, total: i128) -> AbcClassSums {
    let of_class = || accounts.iter().filter(move |account| account.class == class);
    let sum = |positive: bool| of_class().filter(|account| !positive || account.value > 0).map(|account| i128::from(account.value)).sum();
    AbcClassSums {
        class,
        accounts: of_class().count(),
        accounts_share: count_share(of_class().count(), accounts.len()),
        value: facts.measure_number(base, sum(false)),
        share: share(sum(true), total),
    }
}

/// The classes with these options, worked out once in a context.
pub(super) fn shared(context: &Context<'_>, options: &AbcOptions) -> Result<Arc<Abc>> {
    context.remember(AbcMethod::NAME, options, || abc(context.facts, options))
}

/// [`abc`] in the registry.
pub struct AbcMethod;

impl Method for AbcMethod {
    const NAME: &'static str = "abc";
    const TITLE: &'static str = "ABC analysis";
    const ABOUT: &'static str = "Classes accounts by the share of the base that larger ones already hold.";
    const TABLES: &'static [(&'static str, &'static str)] = &[("abc", "an account, largest first"), ("classes", "a class")];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "positive_accounts", "a_accounts", "b_accounts", "c_accounts"]),
        (Figure::Of("base"), &["total"]),
        (SHARE, &["computed_limits"]),
    ];
    type Options = AbcOptions;

    fn run(context: &Context<'_>, options: &AbcOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = shared(context, options)?;
        let rows = &result.accounts;
        let view = View::new(&result, Places::Same(rows.len()));
        let shares =
            |name: &str, value: fn(&AbcAccount) -> Nullable| view.floats(name, Unit::Share, move |abc, row| value(&abc.accounts[row]));
        let main = Table::new(
            "abc",
            vec![
                facts.account_column(rows.iter().map(|row| row.account)),
                view.words("abc", |abc, row| abc.accounts[row].class.name()),
                view.counts("rank", |_, row| row + 1),
                view.measure(options.base, facts.scale(), |abc, row| Some(abc.accounts[row].value)),
                shares("share", |row| row.share),
                shares("cumulative_share", |row| row.cumulative_share),
                shares("cumulative_share_before", |row| row.cumulative_share_before),
            ],
        )?;
        let classes = &result.classes;
        let class_table = Table::new(
            "classes",
            vec![
                Column::words("abc", classes.iter().map(|row| row.class.name())),
                Column::counts("accounts", classes.iter().map(|row| i64::try_from(row.accounts).unwrap_or(i64::MAX))),
                Column::floats("accounts_share", Unit::Share, classes.iter().map(|row| row.accounts_share)),
                Column::floats(options.base.column(), options.base.unit(), classes.iter().map(|row| Some(row.value))),
                Column::floats("share", Unit::Share, classes.iter().map(|row| row.share)),
            ],
        )?;
        let by_account = result.by_account();
        let mut before = vec![None; facts.len()];
        for row in rows {
            before[row.account] = row.cumulative_share_before.get();
        }
        Outcome::new(vec![main, class_table], &result.summary)?.with_accounts(vec![
            Column::words("abc", by_account.iter().map(|class| class.name())),
            Column::floats("abc_cumulative_share_before", Unit::Share, before),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(values: &[i64], options: &AbcOptions) -> String {
        let order = Facts::descending(0..values.len(), values);
        let descending: Vec<i64> = order.iter().map(|&at| values[at]).collect();
        let positive = &descending[..descending.partition_point(|&value| value > 0)];
        let limits = if options.method == AbcLimitsMethod::ComputedLimits { stats::abc_limits(positive) } else { None };
        let (accounts, _) = classify(&order, &descending, options, limits.as_ref());
        let mut letters = vec![' '; values.len()];
        for account in accounts {
            letters[account.account] = account.class.name().chars().next().unwrap();
        }
        letters.into_iter().collect()
    }

    #[test]
    fn the_class_is_decided_by_what_comes_before() {
        let options = AbcOptions::default();
        for (values, expected) in [
            (&[85, 15][..], "AB"),
            (&[100, 1, 1, 1, 1], "ACCCC"),
            (&[80, 15, 5], "ABC"),
            (&[79, 16, 5], "AAC"),
            (&[5, 5, 5], "AAA"),
            (&[7], "A"),
            (&[], ""),
            (&[0, -3, 10], "CCA"),
            (&[0, -3], "CC"),
        ] {
            assert_eq!(classes(values, &options), expected, "{values:?}");
        }
    }

    #[test]
    fn equal_values_get_the_class_of_the_first_of_them() {
        // The three of 10 begin at 0.70 and pass 0.80 between them.
        assert_eq!(classes(&[70, 10, 10, 10], &AbcOptions::default()), "AAAA");
        assert_eq!(classes(&[60, 20, 10, 5, 5], &AbcOptions::default()), "AABBB");
    }

    #[test]
    fn computed_limits_never_leave_the_largest_outside() {
        let options = AbcOptions { method: AbcLimitsMethod::ComputedLimits, ..AbcOptions::default() };
        assert_eq!(classes(&[100, 1, 1, 1, 1], &options), "ACCCC");
        assert_eq!(classes(&[85, 15], &options), "AC");
        assert_eq!(classes(&[5, 5, 5, 5], &options), "AAAA");
        assert_eq!(classes(&[7], &options), "A");
        assert_eq!(classes(&[1, 2, 3, 4, 5, 6, 7, 8, 9], &options), "CCCBBBAAA");
    }

    #[test]
    fn limits_that_cannot_be_are_refused() {
        for (a, b) in [(0.0, 0.95), (1.1, 1.2), (0.8, 0.7), (0.8, 1.1), (f64::NAN, 0.9), (0.8, f64::NAN)] {
            assert!(AbcOptions { a, b, ..AbcOptions::default() }.validate().is_err(), "{a} {b}");
        }
        assert!(AbcOptions { a: 1.0, b: 1.0, ..AbcOptions::default() }.validate().is_ok());
    }
}
