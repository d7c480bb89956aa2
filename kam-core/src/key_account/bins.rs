//! Attributes of accounts cut into bins: quantiles of numbers, words, and what is missing.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use kam_numerics::stats;
use rayon::prelude::*;

use super::subjects::Subjects;
use crate::crm::{Accounts, Values};
use crate::error::{Error, Result};
use crate::money::Spoken;

/// The bin of an account that fits none of them: it says nothing either way.
pub(super) const NONE: u32 = u32::MAX;

/// An attribute in bins.
pub(super) struct Binned {
    pub name: String,
    pub is_numeric: bool,
    /// What each bin holds, in words.
    pub labels: Vec<String>,
    /// The bin of every subject.
    pub codes: Vec<u32>,
}

enum Column<'a> {
    Numbers(&'a [Option<f64>]),
    Words(&'a [Option<String>]),
}

/// The attributes that can be asked for: those that say what an account is, not what we made of it.
fn columns(accounts: &Accounts) -> Vec<(&str, Column<'_>)> {
    let numbers = [
        ("employees", &accounts.employees),
        ("annual_revenue", &accounts.annual_revenue),
        ("budget", &accounts.budget),
        ("reference", &accounts.reference),
    ];
    let words = [("industry", &accounts.industry), ("region", &accounts.region)];
    let mut all: Vec<(&str, Column<'_>)> =
        words.into_iter().filter_map(|(name, column)| Some((name, Column::Words(column.as_ref()?)))).collect();
    all.extend(numbers.into_iter().filter_map(|(name, column)| Some((name, Column::Numbers(column.as_ref()?)))));
    all.extend(accounts.attributes.iter().map(|attribute| match &attribute.values {
        Values::Numeric(values) => (attribute.name.as_str(), Column::Numbers(values)),
        Values::Categorical(values) => (attribute.name.as_str(), Column::Words(values)),
    }));
    all
}

/// Cuts the attributes into bins by the accounts of the population; candidates fall into the bins that these make.
pub(super) fn cut(
    subjects: &Subjects<'_>,
    accounts: &Accounts,
    population: &[usize],
    wanted: &[String],
    without: Option<&str>,
    bins: usize,
    least: usize,
) -> Result<Vec<Binned>> {
    let all = columns(accounts);
    if let Some(name) = wanted.iter().find(|name| !all.iter().any(|(there, _)| there == name)) {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        return Err(Error::option(
            "attributes",
            format!("`{name}`"),
            &format!("columns of accounts that describe them: {}", names.join(", ")),
        ));
    }
    let chosen =
        all.into_iter().filter(|(name, _)| Some(*name) != without && (wanted.is_empty() || wanted.iter().any(|want| want == name)));
    Ok(chosen
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(name, column)| match column {
            Column::Numbers(values) => numbers(name, subjects, values, population, bins),
            Column::Words(values) => words(name, subjects, values, population, least),
        })
        .collect())
}

const MISSING: &str = "(missing)";
const OTHER: &str = "(other)";

fn numbers(name: &str, subjects: &Subjects<'_>, values: &[Option<f64>], population: &[usize], bins: usize) -> Binned {
    let value = |at: usize| values[subjects.row(at)?];
    let mut ascending: Vec<f64> = population.iter().filter_map(|at| value(*at)).collect();
    ascending.sort_unstable_by(f64::total_cmp);
    let mut cuts = stats::quantile_cuts(&ascending, bins);
    cuts.dedup();
    // Nothing lies above the largest value.
    cuts.retain(|cut| ascending.last().is_some_and(|last| cut < last));
    let said = |amount: f64| Spoken { amount, currency: None };
    let mut labels: Vec<String> = match (cuts.first(), cuts.last()) {
        (Some(first), Some(last)) => {
            let between = cuts.windows(2).map(|pair| format!("over {} up to {}", said(pair[0]), said(pair[1])));
            std::iter::once(format!("up to {}", said(*first))).chain(between).chain([format!("over {}", said(*last))]).collect()
        }
        _ if ascending.is_empty() => vec![],
        _ => vec![said(ascending[0]).to_string()],
    };
    let valued = labels.len();
    let lacking = population.iter().any(|at| value(*at).is_none());
    if lacking {
        labels.push(MISSING.to_owned());
    }
    let missing = if lacking { narrow(valued) } else { NONE };
    let code = |at: usize| match value(at) {
        Some(value) if valued > 0 => narrow(cuts.partition_point(|cut| *cut < value)),
        Some(_) => NONE,
        None => missing,
    };
    Binned { name: name.to_owned(), is_numeric: true, labels, codes: (0..subjects.len()).map(code).collect() }
}

fn words(name: &str, subjects: &Subjects<'_>, values: &[Option<String>], population: &[usize], least: usize) -> Binned {
    let value = |at: usize| values[subjects.row(at)?].as_deref();
    let mut counts: HashMap<&str, usize, FixedState> = HashMap::default();
    let mut lacking = false;
    for at in population {
        match value(*at) {
            Some(word) => *counts.entry(word).or_default() += 1,
            None => lacking = true,
        }
    }
    let mut kept: Vec<&str> = counts.iter().filter(|(_, count)| **count >= least).map(|(word, _)| *word).collect();
    kept.sort_unstable();
    let mut labels: Vec<String> = kept.iter().map(|word| (*word).to_owned()).collect();
    let mut further = |is: bool, label: &str| {
        if is {
            labels.push(label.to_owned());
            narrow(labels.len() - 1)
        } else {
            NONE
        }
    };
    let other = further(kept.len() < counts.len(), OTHER);
    let missing = further(lacking, MISSING);
    let code = |at: usize| match value(at) {
        Some(word) => kept.binary_search(&word).map_or(other, narrow),
        None => missing,
    };
    Binned { name: name.to_owned(), is_numeric: false, labels, codes: (0..subjects.len()).map(code).collect() }
}

fn narrow(bin: usize) -> u32 {
    u32::try_from(bin).unwrap_or(NONE)
}
