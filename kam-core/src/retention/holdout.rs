//! How a purchase model that was fitted to the first part of the history does in the rest of it.

use serde::Serialize;

use kam_numerics::btyd::{self, FrequencyBin, Kind, Model};

use super::btyd_summary::{BtydSummary, days_per_unit};
use super::looks;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::progress::Progress;
use crate::time::{Date, Grain};

/// One week of all accounts together: repeat transactions that the model expects and that were made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackingWeek {
    /// The last day of the week.
    pub end: Date,
    /// Does it end after the calibration?
    pub holdout: bool,
    /// Expected in the week.
    pub expected: f64,
    /// Made in the week.
    pub actual: u64,
    /// Expected up to its end.
    pub expected_cumulative: f64,
    /// Made up to its end.
    pub actual_cumulative: u64,
}

/// A holdout in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HoldoutSummary {
    /// The last day of the calibration.
    pub calibration_end: Date,
    /// Accounts with a sale up to then.
    pub accounts: usize,
    /// The parameters of the fit to the calibration, in the order of the model's names.
    pub params: [f64; 4],
    /// Its log-likelihood.
    pub log_likelihood: f64,
    /// Did it converge?
    pub converged: bool,
    /// Purchases that the accounts made after the calibration.
    pub actual: u64,
    /// Purchases that the model expected of them, given what each did before.
    pub expected: f64,
    /// The mean absolute difference per account.
    pub mean_absolute_error: f64,
}

/// A fit to the calibration and what came after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Holdout {
    /// The figures.
    pub summary: HoldoutSummary,
    /// By the number of repeat transactions in the calibration.
    pub bins: Vec<FrequencyBin>,
    /// Week by week from the first sale.
    pub weeks: Vec<TrackingWeek>,
}

/// Transactions from this number on share a bin.
const LAST_BIN: usize = 7;

/// Fits the model to the history up to a day and compares what it expects of the rest. `None` where nobody bought up to that day.
pub(super) fn holdout(
    facts: &Facts,
    kind: Kind,
    (unit, free): (Grain, bool),
    calibration_end: Date,
    progress: &dyn Progress,
) -> Result<Option<Holdout>> {
    if calibration_end >= facts.as_of() {
        return Err(Error::option("calibration_end", calibration_end, &format!("a day before the facts' as_of, {}", facts.as_of())));
    }
    let before = BtydSummary::of(facts, Some(calibration_end), unit, free)?;
    let after = BtydSummary::of(facts, None, unit, free)?;
    let accounts: Vec<usize> = before.buyers().collect();
    if accounts.is_empty() {
        return Ok(None);
    }
    let [x, t_x, age] = before.histories();
    let wrong = |error| Error::internal(format!("holdout: {error}"));
    let fit = looks::fit("holdout", progress, |options| btyd::fit(kind, &x, &t_x, &age, options).map_err(wrong))?;
    let model = fit.model;
    let made = |at: usize| f64::from(after.x[at].unwrap_or(0) - before.x[at].unwrap_or(0));
    let x_star: Vec<f64> = accounts.iter().map(|at| made(*at)).collect();
    let ahead = f64::from(facts.as_of().days_since(calibration_end)) / days_per_unit(unit);
    let refuse = |error| Error::internal(format!("holdout: {error}"));
    let bins = btyd::frequency_bins(&model, &[ahead], [&x, &t_x, &age], &x_star, LAST_BIN).map_err(refuse)?;
    let expected = model.expected_purchases_of(&[ahead], &x, &t_x, &age).map_err(refuse)?;
    let apart: f64 = expected.iter().zip(&x_star).map(|(expected, made)| (expected - made).abs()).sum();
    let summary = HoldoutSummary {
        calibration_end,
        accounts: accounts.len(),
        params: model.params(),
        log_likelihood: fit.log_likelihood,
        converged: fit.report.converged,
        actual: accounts.iter().map(|&at| u64::from(after.x[at].unwrap_or(0) - before.x[at].unwrap_or(0))).sum(),
        expected: expected.iter().sum(),
        mean_absolute_error: apart / to_float(accounts.len()),
    };
    Ok(Some(Holdout { summary, bins, weeks: tracking(facts, &model, &after, &accounts, calibration_end) }))
}

/// Weeks from the first sale of these accounts to the day of the facts; the last one may be shorter. Expected is what the model gives up to
/// the end of a week's last day, as in the walkthrough of the R package BTYD.
fn tracking(facts: &Facts, model: &Model, histories: &BtydSummary, accounts: &[usize], calibration_end: Date) -> Vec<TrackingWeek> {
    let Some(start) = accounts.iter().filter_map(|at| histories.first[*at]).min() else { return vec![] };
    let weeks = usize::try_from(facts.as_of().days_since(start)).unwrap_or(0) / 7 + 1;
    let mut made = vec![0u64; weeks];
    for &at in accounts {
        let first = histories.first[at];
        // Without free purchases among the histories the first day is that of a sale, and free days before it do not count.
        let bought: &mut dyn Iterator<Item = Date> = if histories.free { &mut facts.purchase_days(at) } else { &mut facts.active_days(at) };
        for day in bought.filter(|day| Some(*day) > first) {
            made[usize::try_from(day.days_since(start)).unwrap_or(0) / 7] += 1;
        }
    }
    let mut out: Vec<TrackingWeek> = Vec::with_capacity(weeks);
    let (mut actual_cumulative, mut before) = (0, 0.0);
    for (week, actual) in (0i32..).zip(made) {
        let end = Date(start.0 + 7 * week + 6).min(facts.as_of());
        let ages: Vec<f64> = accounts
            .iter()
            .filter_map(|at| histories.first[*at])
            .map(|first| f64::from(end.days_since(first) + 1) / days_per_unit(histories.unit))
            .collect();
        let expected_cumulative = btyd::expected_in_total(model, &ages);
        actual_cumulative += actual;
        out.push(TrackingWeek {
            end,
            holdout: end > calibration_end,
            expected: expected_cumulative - before,
            actual,
            expected_cumulative,
            actual_cumulative,
        });
        before = expected_cumulative;
    }
    out
}

#[expect(clippy::cast_precision_loss, reason = "a number of accounts")]
fn to_float(count: usize) -> f64 {
    count as f64
}
