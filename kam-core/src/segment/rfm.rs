//! RFM: accounts scored by how recently, how often and for how much they buy, and named by their scores.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use kam_numerics::stats;

use super::rfm_segments::{RfmSegments, SegmentMap};
use crate::error::{Error, Result};
use crate::facts::ranking::{count_share, share};
use crate::facts::{Facts, Measure};
use crate::method::figure::{COUNT, DAYS, Figure, Figures, NUMBER};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Places, Table, Unit, View};

/// What counts as often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RfmFrequency {
    /// Distinct days with a sale.
    #[default]
    ActiveDays,
    /// Distinct periods with a sale.
    ActivePeriods,
    /// Distinct orders with a sale.
    Orders,
    /// Lines of every sign.
    Lines,
}

impl RfmFrequency {
    fn measure(self) -> Measure {
        match self {
            RfmFrequency::ActiveDays => Measure::ActiveDays,
            RfmFrequency::ActivePeriods => Measure::ActivePeriods,
            RfmFrequency::Orders => Measure::Orders,
            RfmFrequency::Lines => Measure::Lines,
        }
    }
}

/// Four ascending cut points for each of the three, money in units of the currency. A value belongs to the group numbered by the cut
/// points strictly below it: five points for the fewest days since the last sale, the most purchases, the most money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CutPoints {
    /// Days since the last sale.
    pub recency_days: Option<[f64; 4]>,
    /// Purchases.
    pub frequency: Option<[f64; 4]>,
    /// Money.
    pub monetary: Option<[f64; 4]>,
}

/// Options of [`rfm`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RfmOptions {
    /// What counts as often, over the window.
    pub frequency: RfmFrequency,
    /// What counts as much, over the window: revenue, profit, margin or any other fact.
    pub monetary: Measure,
    /// Cut points that are given, such as those of an earlier result; those left out are the quintiles of the accounts with a sale.
    pub cut_points: CutPoints,
    /// The names of the segments: "default", "first_match_11", or rows of name and ranges of scores.
    pub segments: RfmSegments,
    /// In rows of your own that overlap, the first that fits counts; otherwise an overlap is an error.
    pub first_match: bool,
}

impl Default for RfmOptions {
    fn default() -> Self {
        RfmOptions {
            frequency: RfmFrequency::ActiveDays,
            monetary: Measure::Revenue,
            cut_points: CutPoints::default(),
            segments: RfmSegments::default(),
            first_match: false,
        }
    }
}

impl Options for RfmOptions {
    fn validate(&self) -> Result<()> {
        let points = &self.cut_points;
        for (name, cuts) in [("recency_days", points.recency_days), ("frequency", points.frequency), ("monetary", points.monetary)] {
            let ascending = |cuts: &[f64; 4]| cuts.windows(2).all(|pair| pair[0] <= pair[1]) && cuts.iter().all(|cut| cut.is_finite());
            if let Some(cuts) = cuts.filter(|cuts| !ascending(cuts)) {
                return Err(Error::option(&format!("cut_points.{name}"), format!("{cuts:?}"), "four ascending numbers"));
            }
        }
        SegmentMap::new(&self.segments, self.first_match).map(|_| ())
    }
}

/// One account of [`Rfm`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RfmAccount {
    /// Days from the last sale of the whole history to `as_of`; `None` without a sale.
    pub recency_days: Option<i64>,
    /// Purchases in the window.
    pub frequency: i64,
    /// Money in the window, in minor units (or a count, where `monetary` is one).
    pub monetary: i64,
    /// 5 for the most recent.
    pub recency_score: u8,
    /// 5 for the most frequent.
    pub frequency_score: u8,
    /// 5 for the most money.
    pub monetary_score: u8,
    /// The segment's place in [`Rfm::segments`].
    pub segment: usize,
}

/// RFM in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RfmSummary {
    /// What counted as often.
    pub frequency: RfmFrequency,
    /// What counted as much.
    pub monetary: Measure,
    /// All accounts.
    pub accounts: usize,
    /// Those that never had a sale: they score 1 throughout.
    pub accounts_without_sale: usize,
    /// The cut points applied: save them, and give them as the option of the same name to score later data alike.
    pub cut_points: CutPoints,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`rfm`].
#[derive(Clone, Debug, PartialEq)]
pub struct Rfm {
    /// The figures.
    pub summary: RfmSummary,
    /// The accounts, in the order of the facts' keys.
    pub accounts: Vec<RfmAccount>,
    /// The segments' names, in the order of their table.
    pub segments: Vec<String>,
}

/// Scores accounts from 1 to 5 by recency, frequency and money, and names their segments.
///
/// ```
/// use kam_core::{RfmOptions, rfm};
/// # use kam_core::{Columns, FactsOptions, Ledger, sample::{Company, SampleOptions}, time::Date};
/// # let company = Company::generate(&SampleOptions::default())?;
/// # let ledger = Ledger::from_batches(vec![company.ledger], Columns::new("account", "date", "amount").cost("cost"))?;
/// # let facts = ledger.facts(&FactsOptions::new(Date::parse("2025-12-31")?))?;
/// let result = rfm(&facts, &RfmOptions::default())?;
/// let later = RfmOptions { cut_points: result.summary.cut_points, ..RfmOptions::default() };
/// assert_eq!(rfm(&facts, &later)?.accounts, result.accounts);
/// # Ok::<(), kam_core::Error>(())
/// ```
pub fn rfm(facts: &Facts, options: &RfmOptions) -> Result<Rfm> {
    options.validate()?;
    let frequency = facts.measure(options.frequency.measure())?;
    let monetary = facts.measure(options.monetary)?;
    let money: Vec<f64> = monetary.iter().map(|&value| facts.measure_number(options.monetary, value.into())).collect();
    let recency: Vec<Option<i64>> =
        (0..facts.len()).map(|at| facts.last_date(at).map(|last| i64::from(facts.as_of().days_since(last)))).collect();
    let buyers: Vec<usize> = (0..facts.len()).filter(|&at| recency[at].is_some()).collect();
    let quintiles = |value: &dyn Fn(usize) -> f64| {
        let mut values: Vec<f64> = buyers.iter().map(|&at| value(at)).collect();
        values.sort_unstable_by(f64::total_cmp);
        stats::quantile_cuts(&values, 5).try_into().ok()
    };
    let given = &options.cut_points;
    let cut_points = CutPoints {
        recency_days: given.recency_days.or_else(|| quintiles(&|at| recency[at].map_or(0.0, whole))),
        frequency: given.frequency.or_else(|| quintiles(&|at| whole(frequency[at]))),
        monetary: given.monetary.or_else(|| quintiles(&|at| money[at])),
    };
    let map = SegmentMap::new(&options.segments, options.first_match)?;
    let accounts: Vec<RfmAccount> = (0..facts.len())
        .map(|at| {
            let [recency_score, frequency_score, monetary_score] = match recency[at] {
                None => [1; 3],
                Some(days) => [
                    6 - score(whole(days), cut_points.recency_days.as_ref()),
                    score(whole(frequency[at]), cut_points.frequency.as_ref()),
                    score(money[at], cut_points.monetary.as_ref()),
                ],
            };
            RfmAccount {
                recency_days: recency[at],
                frequency: frequency[at],
                monetary: monetary[at],
                recency_score,
                frequency_score,
                monetary_score,
                segment: map.segment(recency_score, frequency_score, monetary_score),
            }
        })
        .collect();
    let summary = RfmSummary {
        frequency: options.frequency,
        monetary: options.monetary,
        accounts: accounts.len(),
        accounts_without_sale: accounts.len() - buyers.len(),
        cut_points,
        note: buyers.is_empty().then(|| "no account ever had a sale, so there are no quintiles".to_owned()),
    };
    Ok(Rfm { summary, accounts, segments: map.names })
}

/// One more than the cut points strictly below a value.
fn score(value: f64, cuts: Option<&[f64; 4]>) -> u8 {
    cuts.map_or(1, |cuts| cuts.iter().fold(1, |score, cut| score + u8::from(*cut < value)))
}

#[expect(clippy::cast_precision_loss, reason = "days and counts far below 2⁵³")]
fn whole(number: i64) -> f64 {
    number as f64
}

/// [`rfm`] in the registry.
pub struct RfmMethod;

impl Method for RfmMethod {
    const NAME: &'static str = "rfm";
    const TITLE: &'static str = "RFM segments";
    const ABOUT: &'static str = "Scores accounts by how recently, how often and for how much they buy, and names their segments.";
    const TABLES: &'static [(&'static str, &'static str)] =
        &[("rfm", "an account"), ("segments", "a segment, empty ones too"), ("cut_points", "a quintile")];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "accounts_without_sale"]),
        (DAYS, &["cut_points.recency_days"]),
        (NUMBER, &["cut_points.frequency"]),
        (Figure::Of("monetary"), &["cut_points.monetary"]),
    ];
    type Options = RfmOptions;

    fn run(context: &Context<'_>, options: &RfmOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = Arc::new(rfm(facts, options)?);
        let view = View::new(&result, Places::Same(facts.len()));
        let score = |name: &str, score: fn(&RfmAccount) -> u8| {
            view.integers(name, Unit::Number, move |rfm, at| Some(i64::from(score(&rfm.accounts[at]))))
        };
        let columns = vec![
            view.accounts(facts),
            view.texts("rfm_segment", |rfm, at| Some(&rfm.segments[rfm.accounts[at].segment])),
            view.integers("recency_days", Unit::Days, |rfm, at| rfm.accounts[at].recency_days),
            view.counts("frequency", |rfm, at| rfm.accounts[at].frequency),
            match options.monetary.unit() {
                Unit::Money => view.money("monetary", facts.scale(), |rfm, at| Some(rfm.accounts[at].monetary)),
                #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
                unit => view.floats("monetary", unit, |rfm, at| Some(rfm.accounts[at].monetary as f64)),
            },
            score("recency_score", |row| row.recency_score),
            score("frequency_score", |row| row.frequency_score),
            score("monetary_score", |row| row.monetary_score),
        ];
        let of_master = [1, 2, 5, 6, 7].map(|at| columns[at].clone()).into();
        let main = Table::new("rfm", columns)?;
        let tables = vec![main, segments_table(facts, options, &result)?, cut_points_table(options, &result.summary.cut_points)?];
        Outcome::new(tables, &result.summary)?.with_accounts(of_master)
    }
}

fn segments_table(facts: &Facts, options: &RfmOptions, result: &Rfm) -> Result<Table> {
    let rows = &result.accounts;
    let count = |segment: usize| rows.iter().filter(|row| row.segment == segment).count();
    let sum = |segment: usize| rows.iter().filter(|row| row.segment == segment).map(|row| i128::from(row.monetary)).sum::<i128>();
    let total: i128 = rows.iter().map(|row| i128::from(row.monetary)).sum();
    let segments = || 0..result.segments.len();
    Table::new(
        "segments",
        vec![
            Column::words("rfm_segment", &result.segments),
            Column::counts("accounts", segments().map(|segment| i64::try_from(count(segment)).unwrap_or(i64::MAX))),
            Column::floats("accounts_share", Unit::Share, segments().map(|segment| count_share(count(segment), rows.len()))),
            Column::floats(
                "monetary",
                options.monetary.unit(),
                segments().map(|segment| Some(facts.measure_number(options.monetary, sum(segment)))),
            ),
            Column::floats("share", Unit::Share, segments().map(|segment| share(sum(segment), total))),
        ],
    )
}

fn cut_points_table(options: &RfmOptions, cuts: &CutPoints) -> Result<Table> {
    let column = |name: &str, unit, cuts: Option<[f64; 4]>| Column::floats(name, unit, (0..4).map(move |at| cuts.map(|cuts| cuts[at])));
    Table::new(
        "cut_points",
        vec![
            Column::floats("quantile", Unit::Share, [0.2, 0.4, 0.6, 0.8].map(Some)),
            column("recency_days", Unit::Days, cuts.recency_days),
            column("frequency", Unit::Count, cuts.frequency),
            column("monetary", options.monetary.unit(), cuts.monetary),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_get_equal_scores() {
        let cuts = Some(&[1.0, 1.0, 2.0, 9.0]);
        assert_eq!([0.0, 1.0, 2.0, 3.0, 9.0, 10.0].map(|value| score(value, cuts)), [1, 1, 3, 4, 4, 5]);
        assert_eq!(score(5.0, None), 1);
    }

    #[test]
    fn cut_points_must_ascend() {
        for cuts in [[1.0, 3.0, 2.0, 4.0], [1.0, 2.0, f64::NAN, 4.0], [1.0, 2.0, 3.0, f64::INFINITY]] {
            let cut_points = CutPoints { monetary: Some(cuts), ..CutPoints::default() };
            let error = RfmOptions { cut_points, ..RfmOptions::default() }.validate().unwrap_err();
            assert!(error.to_string().contains("cut_points.monetary"), "{error}");
        }
    }
}
