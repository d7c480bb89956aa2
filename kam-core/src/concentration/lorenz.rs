//! The Lorenz curve and the Gini coefficient.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use kam_numerics::stats;

use super::Population;
use crate::error::{Error, Result};
use crate::facts::ranking::{count_share, share};
use crate::facts::{Facts, Measure};
use crate::method::figure::{COUNT, Figure, Figures, NUMBER};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Table, Unit};

/// How the Gini coefficient is brought back between 0 and 1 where values are negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GiniNormalisation {
    /// Chen, Tsaur and Rhai 1982, as corrected by Berrebi and Silber 1985.
    #[default]
    ChenTsaurRhai,
    /// Raffinetti, Siletti and Vernizzi 2015.
    Raffinetti,
}

/// Options of [`lorenz`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LorenzOptions {
    /// What is shared out: revenue, profit, margin or any other fact.
    pub base: Measure,
    /// The accounts that count: those with a line in the window, or all.
    pub population: Population,
    /// Which normalised coefficient is given as `gini_normalised`.
    pub normalisation: GiniNormalisation,
    /// The most points of the curve that are given, its two ends included.
    pub points: usize,
}

impl Default for LorenzOptions {
    fn default() -> Self {
        LorenzOptions {
            base: Measure::Revenue,
            population: Population::Window,
            normalisation: GiniNormalisation::ChenTsaurRhai,
            points: 1001,
        }
    }
}

impl Options for LorenzOptions {
    fn validate(&self) -> Result<()> {
        if self.points < 2 {
            return Err(Error::option("points", self.points, "at least 2, the ends of the curve"));
        }
        Ok(())
    }
}

/// A point of the Lorenz curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LorenzPoint {
    /// The accounts taken, smallest first.
    pub accounts: usize,
    /// What they hold, in minor units or as a count.
    pub cumulative: i128,
    /// Their share of the total; `None` where the total is not positive.
    pub lorenz: Option<f64>,
}

/// The Gini coefficients.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LorenzSummary {
    /// What is shared out.
    pub base: Measure,
    /// The accounts that count.
    pub accounts: usize,
    /// The base's total, money in units of the currency.
    pub total: f64,
    /// The accounts with a negative value.
    pub negative_accounts: usize,
    /// The ordinary Gini coefficient; it can pass 1 where values are negative. `None` where the total is not positive.
    pub gini: Option<f64>,
    /// The coefficient of the chosen normalisation.
    pub gini_normalised: Option<f64>,
    /// The normalisation chosen.
    pub normalisation: GiniNormalisation,
    /// Normalised by Chen, Tsaur and Rhai; the ordinary one without negative values.
    pub gini_chen_tsaur_rhai: Option<f64>,
    /// Normalised by Raffinetti, Siletti and Vernizzi; n / (n − 1) times the ordinary one without negative values.
    pub gini_raffinetti: Option<f64>,
    /// Why coefficients are missing.
    pub note: Option<String>,
}

/// The result of [`lorenz`].
#[derive(Clone, Debug, PartialEq)]
pub struct Lorenz {
    /// The coefficients.
    pub summary: LorenzSummary,
    /// The curve from no account to all, smallest first.
    pub points: Vec<LorenzPoint>,
}

/// How unevenly the base is spread: the Lorenz curve and the Gini coefficient, ordinary and normalised for negative values.
///
/// ```
/// use kam_core::{LorenzOptions, lorenz};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let result = lorenz(&facts, &LorenzOptions::default())?;
/// assert!(result.summary.gini > Some(0.5));
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn lorenz(facts: &Facts, options: &LorenzOptions) -> Result<Lorenz> {
    options.validate()?;
    let measured = facts.measure(options.base)?;
    let mut values: Vec<i64> = options.population.accounts(facts).map(|at| measured[at]).collect();
    values.sort_unstable();
    let total: i128 = values.iter().map(|&value| i128::from(value)).sum();
    let (chen_tsaur_rhai, raffinetti) = (stats::gini_below_axis(&values), stats::gini_polarised(&values));
    let summary = LorenzSummary {
        base: options.base,
        accounts: values.len(),
        total: facts.measure_number(options.base, total),
        negative_accounts: values.partition_point(|&value| value < 0),
        gini: stats::gini(&values),
        gini_normalised: match options.normalisation {
            GiniNormalisation::ChenTsaurRhai => chen_tsaur_rhai,
            GiniNormalisation::Raffinetti => raffinetti,
        },
        normalisation: options.normalisation,
        gini_chen_tsaur_rhai: chen_tsaur_rhai,
        gini_raffinetti: raffinetti,
        note: (total <= 0).then(|| format!("the total of {} is not positive, so shares of it are not defined", options.base)),
    };
    Ok(Lorenz { summary, points: points(&values, total, options.points) })
}

/// The curve's corners, thinned evenly to at most so many with both ends kept.
fn points(ascending: &[i64], total: i128, most: usize) -> Vec<LorenzPoint> {
    let n = ascending.len();
    let steps = n.min(most - 1);
    let (mut points, mut taken, mut cumulative) = (Vec::with_capacity(steps + 1), 0, 0i128);
    for step in 0..=steps {
        let accounts = (step * n).checked_div(steps).unwrap_or(0);
        cumulative += ascending[taken..accounts].iter().map(|&value| i128::from(value)).sum::<i128>();
        taken = accounts;
        points.push(LorenzPoint { accounts, cumulative, lorenz: share(cumulative, total) });
    }
    points
}

/// [`lorenz`] in the registry.
pub struct LorenzMethod;

impl Method for LorenzMethod {
    const NAME: &'static str = "lorenz";
    const TITLE: &'static str = "Lorenz curve and Gini coefficient";
    const ABOUT: &'static str = "How unevenly revenue or profit is spread over the accounts.";
    const TABLES: &'static [(&'static str, &'static str)] = &[("lorenz", "a point of the curve, from no account to all, smallest first")];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "negative_accounts"]),
        (Figure::Of("base"), &["total"]),
        (NUMBER, &["gini", "gini_normalised", "gini_chen_tsaur_rhai", "gini_raffinetti"]),
    ];
    type Options = LorenzOptions;

    fn run(context: &Context<'_>, options: &LorenzOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = lorenz(facts, options)?;
        let rows = &result.points;
        let number = |row: &LorenzPoint| Some(facts.measure_number(options.base, row.cumulative));
        let table = Table::new(
            "lorenz",
            vec![
                Column::counts("accounts", rows.iter().map(|row| i64::try_from(row.accounts).unwrap_or(i64::MAX))),
                Column::floats("accounts_share", Unit::Share, rows.iter().map(|row| count_share(row.accounts, result.summary.accounts))),
                Column::floats("cumulative", options.base.unit(), rows.iter().map(number)),
                Column::floats("lorenz", Unit::Share, rows.iter().map(|row| row.lorenz)),
            ],
        )?;
        Outcome::new(vec![table], &result.summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_is_thinned_and_keeps_its_ends() {
        let values: Vec<i64> = (1..=10_000).collect();
        let curve = points(&values, values.iter().map(|&value| i128::from(value)).sum(), 1001);
        assert_eq!(curve.len(), 1001);
        assert_eq!((curve[0].accounts, curve[0].lorenz), (0, Some(0.0)));
        assert_eq!((curve[1000].accounts, curve[1000].lorenz), (10_000, Some(1.0)));
        assert!(curve.windows(2).all(|pair| pair[1].accounts - pair[0].accounts == 10));
    }

    #[test]
    fn a_short_curve_has_every_corner() {
        let curve = points(&[1, 3], 4, 1001);
        assert_eq!(curve.iter().map(|point| point.lorenz).collect::<Vec<_>>(), [Some(0.0), Some(0.25), Some(1.0)]);
        assert_eq!(points(&[], 0, 1001), [LorenzPoint { accounts: 0, cumulative: 0, lorenz: None }]);
        assert_eq!(points(&[-3, 1], -2, 1001)[2], LorenzPoint { accounts: 2, cumulative: -2, lorenz: None });
    }
}
