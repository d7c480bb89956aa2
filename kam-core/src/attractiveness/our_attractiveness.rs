//! Our attractiveness: how each customer rates us against our competitors, by its own criteria and weights.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cuts::CutPoint;
use super::inferred::{Signals, infer};
use super::our_attractiveness_tables;
use crate::crm::{ByAccount, Crm, Ratings, Side};
use crate::error::Result;
use crate::facts::Facts;
use crate::method::figure::{COUNT, Figures, NUMBER};
use crate::method::{Context, Method, Options, Outcome};
use crate::nullable::Nullable;

/// Options of [`our_attractiveness`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OurAttractivenessOptions {
    /// Infer a proxy from the ledger and the activities for accounts that do not rate us? Such accounts are marked `inferred`.
    pub infer: bool,
}

impl Default for OurAttractivenessOptions {
    fn default() -> Self {
        OurAttractivenessOptions { infer: true }
    }
}

impl Options for OurAttractivenessOptions {}

/// One criterion by which an account rates its suppliers.
#[derive(Clone, Debug, PartialEq)]
pub struct TheirCriterion {
    /// The place of its name in [`OurAttractiveness::criteria`].
    pub criterion: usize,
    /// Its share of all of this account's weights for the criteria that we are rated by.
    pub weight: f64,
    /// Our score.
    pub ours: f64,
    /// The best competitor's score, where the account rates that competitor by this criterion.
    pub theirs: Option<f64>,
}

/// How attractive we are to one account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OurAttractivenessAccount {
    /// Our weighted score on the account's own scale; of 100 where it is inferred. None where nothing is known.
    pub our_score: Nullable,
    /// Our score ÷ the best competitor's, both over the criteria that both are rated by; inferred: ÷ the median account's. Above 1 we are
    /// ahead. None without a competitor to compare with, or where its score is not positive.
    pub relative_strength: Nullable,
    /// What the account says of us, where it rates us.
    pub rating: Option<Box<Rating>>,
    /// What the proxy from ledger and activities is made of, where our score is inferred.
    pub signals: Option<Signals>,
}

/// What an account says of us and of our competitors.
#[derive(Clone, Debug, PartialEq)]
pub struct Rating {
    /// The criteria that it rates us by.
    pub criteria: Vec<TheirCriterion>,
    /// The best competitor, where one is rated by a criterion that we are rated by too.
    pub best: Option<BestCompetitor>,
    /// The competitors that it rates by other criteria than us alone: they cannot be compared.
    pub not_compared: Vec<String>,
    /// One of our criteria and one of a competitor's that differ in capitals or blanks alone: perhaps the same, and not compared.
    pub alike: Option<(String, String)>,
}

/// The competitor furthest ahead of us, or least behind, by the criteria that both are rated by; of equals the first by name.
#[derive(Clone, Debug, PartialEq)]
pub struct BestCompetitor {
    /// Its name.
    pub name: String,
    /// How many criteria both are rated by.
    pub criteria: usize,
    /// Our weighted score over these.
    pub ours: f64,
    /// Its weighted score over these.
    pub theirs: f64,
}

impl OurAttractivenessAccount {
    /// Is our score the proxy from ledger and activities?
    #[must_use]
    pub fn is_inferred(&self) -> bool {
        self.signals.is_some()
    }

    /// The criteria that the account rates us by; none where it does not.
    #[must_use]
    pub fn criteria(&self) -> &[TheirCriterion] {
        self.rating.as_ref().map_or(&[], |rating| &rating.criteria)
    }

    /// The competitor that we are compared with.
    #[must_use]
    pub fn best(&self) -> Option<&BestCompetitor> {
        self.rating.as_ref()?.best.as_ref()
    }

    /// Its name.
    #[must_use]
    pub fn best_competitor(&self) -> Option<&str> {
        self.best().map(|best| best.name.as_str())
    }

    /// Its weighted score over the criteria that both are rated by.
    #[must_use]
    pub fn best_competitor_score(&self) -> Option<f64> {
        self.best().map(|best| best.theirs)
    }

    /// Does it rate competitors, but none by a criterion that it rates us by?
    #[must_use]
    pub fn is_incomparable(&self) -> bool {
        self.rating.as_ref().is_some_and(|rating| rating.best.is_none() && !rating.not_compared.is_empty())
    }
}

/// A criterion over all accounts.
#[derive(Clone, Debug, PartialEq)]
pub struct CriterionComparison {
    /// Its name.
    pub name: String,
    /// How many accounts rate us by it.
    pub accounts: usize,
    /// The mean of its shares of those accounts' weights.
    pub weight: f64,
    /// The mean of our scores.
    pub our_score: f64,
    /// The mean of the best competitors' scores, of the accounts that rate one by it.
    pub best_competitor_score: Option<f64>,
    /// How many accounts see us ahead by it.
    pub ahead: usize,
    /// How many see us behind.
    pub behind: usize,
}

/// The result in a few figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OurAttractivenessSummary {
    /// How many accounts there are.
    pub accounts: usize,
    /// How many of them rate us.
    pub rated: usize,
    /// How many of those rate a competitor too, by a criterion that they rate us by.
    pub compared: usize,
    /// How many rate competitors, but by other criteria than us alone.
    pub incomparable: usize,
    /// For how many it was inferred.
    pub inferred: usize,
    /// For how many nothing is known.
    pub unknown: usize,
    /// How many of the compared see us ahead of every competitor, or level with the best.
    pub ahead: usize,
    /// The median relative strength of the compared.
    pub median_relative_strength: Option<f64>,
    /// The competitors, by how many accounts see them as the best.
    pub best_competitors: BTreeMap<String, usize>,
    /// How many ratings of us or of competitors are of accounts that the ledger does not know; they are not used.
    pub ratings_of_unknown_accounts: usize,
}

/// How attractive we are.
#[derive(Clone, Debug, PartialEq)]
pub struct OurAttractiveness {
    /// One an account, in the order of the facts' keys.
    pub accounts: Vec<OurAttractivenessAccount>,
    /// The criteria by which customers rate us, by name.
    pub criteria: Vec<CriterionComparison>,
    /// The result in a few figures.
    pub summary: OurAttractivenessSummary,
}

/// How attractive we are to every account of the facts.
///
/// Each account's scores count by that account's own weights; a criterion without a weight counts with the mean of the account's other weights,
/// and without any all count the same. We are compared with a competitor by the criteria that both are rated by.
///
/// ```
/// use std::sync::Arc;
/// use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
/// use kam_core::{Columns, Crm, FactsOptions, Ledger, OurAttractivenessOptions, our_attractiveness};
/// use kam_core::time::Date;
///
/// let text = |values: &[&str]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
/// let rows = RecordBatch::try_from_iter([
///     ("account", text(&["a"])),
///     ("date", text(&["2024-12-02"])),
///     ("amount", Arc::new(Int64Array::from(vec![100])) as ArrayRef),
/// ])?;
/// let ratings = RecordBatch::try_from_iter([
///     ("account", text(&["a", "a", "a", "a"])),
///     ("criterion", text(&["price", "quality", "price", "quality"])),
///     ("side", text(&["of_us", "of_us", "of_competitor", "of_competitor"])),
///     ("competitor", text(&["", "", "Globex", "Globex"])),
///     ("score", Arc::new(Float64Array::from(vec![4.0, 9.0, 8.0, 5.0])) as ArrayRef),
///     ("weight", Arc::new(Float64Array::from(vec![1.0, 3.0, 1.0, 3.0])) as ArrayRef),
/// ])?;
/// let facts = Ledger::from_batches(vec![rows], Columns::new("account", "date", "amount"))?
///     .facts(&FactsOptions::new(Date::parse("2024-12-31")?))?;
/// let crm = Crm::builder().table("ratings", vec![ratings])?.build()?;
/// let ours = our_attractiveness(&facts, &crm, &OurAttractivenessOptions::default())?;
/// // (4 + 3 · 9) ÷ 4 against (8 + 3 · 5) ÷ 4
/// assert_eq!(ours.accounts[0].relative_strength.get(), Some(7.75 / 5.75));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn our_attractiveness(facts: &Facts, crm: &Crm, options: &OurAttractivenessOptions) -> Result<OurAttractiveness> {
    options.validate()?;
    let names = criteria_names(crm.ratings());
    let mut accounts = match crm.ratings() {
        Some(ratings) => {
            let lists = ratings.by_account(facts);
            lists.into_par_iter().with_min_len(256).map(|rows| rated(ratings, &rows, &names)).collect()
        }
        None => vec![OurAttractivenessAccount::default(); facts.len()],
    };
    if options.infer {
        infer(facts, crm, &mut accounts);
    }
    let summary = summarise(facts, crm, &accounts);
    let criteria = compare(&names, &accounts);
    Ok(OurAttractiveness { accounts, criteria, summary })
}

/// The criteria that customers rate us by, each once, by name.
fn criteria_names(ratings: Option<&Ratings>) -> Vec<String> {
    let Some(ratings) = ratings else { return vec![] };
    let ours = (0..ratings.side.len()).filter(|row| ratings.side[*row] == Side::OfUs);
    let mut names: Vec<String> = ours.map(|row| ratings.criterion[row].clone()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The mean in ascending order, so that the order of the rows does not matter.
fn mean(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Scores by criterion with this account's own weights.
struct Scores<'a> {
    by_criterion: BTreeMap<&'a str, f64>,
}

impl<'a> Scores<'a> {
    fn of(ratings: &'a Ratings, rows: impl Iterator<Item = usize>) -> Self {
        let mut lists: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        rows.for_each(|row| lists.entry(&ratings.criterion[row]).or_default().push(ratings.score[row]));
        Scores { by_criterion: lists.into_iter().filter_map(|(name, scores)| Some((name, mean(scores)?))).collect() }
    }

    /// The weighted mean; of the plain scores where the weights of these criteria are all 0.
    fn weighted(&self, weight: &dyn Fn(&str) -> f64) -> Option<f64> {
        let total: f64 = self.by_criterion.keys().map(|name| weight(name)).sum();
        if total > 0.0 {
            return Some(self.by_criterion.iter().map(|(name, score)| weight(name) * score).sum::<f64>() / total);
        }
        mean(self.by_criterion.values().copied().collect())
    }

    /// Those by a criterion that the other has too.
    fn shared_with(&self, other: &Scores<'_>) -> Self {
        let shared = self.by_criterion.iter().filter(|(name, _)| other.by_criterion.contains_key(*name));
        Scores { by_criterion: shared.map(|(name, score)| (*name, *score)).collect() }
    }

    /// A criterion of each that differ in capitals or blanks alone.
    fn alike(&self, other: &Scores<'_>) -> Option<(String, String)> {
        let letters = |name: &str| name.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect::<String>();
        let own: BTreeMap<String, &str> = self.by_criterion.keys().map(|name| (letters(name), *name)).collect();
        other.by_criterion.keys().filter(|name| !self.by_criterion.contains_key(*name)).find_map(|name| {
            let own = own.get(&letters(name))?;
            Some(((*own).to_owned(), (*name).to_owned()))
        })
    }
}

/// What an account's rows of ratings say.
fn rated(ratings: &Ratings, rows: &[usize], names: &[String]) -> OurAttractivenessAccount {
    let ours = Scores::of(ratings, rows.iter().copied().filter(|row| ratings.side[*row] == Side::OfUs));
    if ours.by_criterion.is_empty() {
        return OurAttractivenessAccount::default();
    }
    let mut lists: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in rows.iter().filter(|row| ratings.side[**row] != Side::OfCustomer) {
        if let Some(weight) = ratings.weight.as_ref().and_then(|weights| weights[*row]) {
            lists.entry(&ratings.criterion[*row]).or_default().push(weight);
        }
    }
    let weights: BTreeMap<&str, f64> = lists.into_iter().filter_map(|(name, weights)| Some((name, mean(weights)?))).collect();
    let instead = mean(weights.values().copied().collect()).unwrap_or(1.0);
    let weight = |name: &str| weights.get(name).copied().unwrap_or(instead);

    let mut rivals: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for row in rows.iter().filter(|row| ratings.side[**row] == Side::OfCompetitor) {
        if let Some(name) = ratings.competitor.as_ref().and_then(|names| names[*row].as_deref()) {
            rivals.entry(name).or_default().push(*row);
        }
    }
    let (mut best, mut not_compared, mut alike): (Option<(BestCompetitor, Scores<'_>)>, Vec<String>, _) = (None, vec![], None);
    // By name ascending, and only one that is further ahead of us takes the place.
    for (name, rows) in rivals {
        let all = Scores::of(ratings, rows.into_iter());
        alike = alike.or_else(|| ours.alike(&all));
        let scores = all.shared_with(&ours);
        let Some((our, their)) = ours.shared_with(&scores).weighted(&weight).zip(scores.weighted(&weight)) else {
            not_compared.push(name.to_owned());
            continue;
        };
        if best.as_ref().is_none_or(|(best, _)| their - our > best.theirs - best.ours) {
            let criteria = scores.by_criterion.len();
            best = Some((BestCompetitor { name: name.to_owned(), criteria, ours: our, theirs: their }, scores));
        }
    }
    let our_score = ours.weighted(&weight);
    let total: f64 = ours.by_criterion.keys().map(|name| weight(name)).sum();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    let equal = 1.0 / ours.by_criterion.len() as f64;
    let criteria = ours.by_criterion.iter().filter_map(|(name, score)| {
        Some(TheirCriterion {
            criterion: names.binary_search_by(|other| other.as_str().cmp(name)).ok()?,
            weight: if total > 0.0 { weight(name) / total } else { equal },
            ours: *score,
            theirs: best.as_ref().and_then(|(_, scores)| scores.by_criterion.get(name).copied()),
        })
    });
    let rating = Rating { criteria: criteria.collect(), best: best.map(|(best, _)| best), not_compared, alike };
    let strength = rating.best.as_ref().filter(|best| best.theirs > 0.0).map(|best| best.ours / best.theirs);
    OurAttractivenessAccount {
        our_score: our_score.into(),
        relative_strength: strength.into(),
        rating: Some(Box::new(rating)),
        signals: None,
    }
}

fn summarise(facts: &Facts, crm: &Crm, accounts: &[OurAttractivenessAccount]) -> OurAttractivenessSummary {
    let count = |what: &dyn Fn(&&OurAttractivenessAccount) -> bool| accounts.iter().filter(what).count();
    let compared = |account: &&OurAttractivenessAccount| !account.is_inferred() && account.relative_strength.is_some();
    let mut strengths: Vec<f64> = accounts.iter().filter(compared).filter_map(|account| account.relative_strength.get()).collect();
    strengths.sort_by(f64::total_cmp);
    let mut best_competitors = BTreeMap::new();
    for name in accounts.iter().filter_map(OurAttractivenessAccount::best_competitor) {
        *best_competitors.entry(name.to_owned()).or_insert(0) += 1;
    }
    let of_unknown = crm.ratings().map_or(0, |ratings| {
        let places = ratings.places(facts);
        (0..ratings.side.len()).filter(|row| ratings.side[*row] != Side::OfCustomer && places.of(*row).is_none()).count()
    });
    OurAttractivenessSummary {
        accounts: accounts.len(),
        rated: count(&|account| !account.is_inferred() && account.our_score.is_some()),
        compared: count(&compared),
        incomparable: count(&|account| account.is_incomparable()),
        inferred: count(&|account| account.is_inferred()),
        unknown: count(&|account| !account.our_score.is_some()),
        ahead: count(&|account| {
            compared(account) && account.relative_strength.get().is_some_and(|strength| CutPoint::is_reached(1.0, strength))
        }),
        median_relative_strength: super::cuts::median(&strengths),
        best_competitors,
        ratings_of_unknown_accounts: of_unknown,
    }
}

/// Criteria over all accounts, summed in the order of the keys.
fn compare(names: &[String], accounts: &[OurAttractivenessAccount]) -> Vec<CriterionComparison> {
    #[derive(Clone, Default)]
    struct Sums {
        accounts: usize,
        weight: f64,
        ours: f64,
        compared: usize,
        theirs: f64,
        ahead: usize,
        behind: usize,
    }
    let mut sums = vec![Sums::default(); names.len()];
    for each in accounts.iter().flat_map(OurAttractivenessAccount::criteria) {
        let sum = &mut sums[each.criterion];
        sum.accounts += 1;
        sum.weight += each.weight;
        sum.ours += each.ours;
        if let Some(theirs) = each.theirs {
            sum.compared += 1;
            sum.theirs += theirs;
            sum.ahead += usize::from(each.ours > theirs);
            sum.behind += usize::from(each.ours < theirs);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    let over = |sum: f64, count: usize| sum / count as f64;
    let each = names.iter().zip(sums).filter(|(_, sum)| sum.accounts > 0);
    each.map(|(name, sum)| CriterionComparison {
        name: name.clone(),
        accounts: sum.accounts,
        weight: over(sum.weight, sum.accounts),
        our_score: over(sum.ours, sum.accounts),
        best_competitor_score: (sum.compared > 0).then(|| over(sum.theirs, sum.compared)),
        ahead: sum.ahead,
        behind: sum.behind,
    })
    .collect()
}

/// [`our_attractiveness`] in the registry.
pub struct OurAttractivenessMethod;

impl OurAttractivenessMethod {
    /// The result with these options: worked out once in a context.
    pub(crate) fn result(context: &Context<'_>, options: &OurAttractivenessOptions) -> Result<Arc<OurAttractiveness>> {
        context.remember(Self::NAME, options, || our_attractiveness(context.facts, context.crm, options))
    }
}

impl Method for OurAttractivenessMethod {
    const NAME: &'static str = "our_attractiveness";
    const TITLE: &'static str = "Our attractiveness";
    const ABOUT: &'static str = "How attractive we are to each account against our competitors, by its own criteria and weights.";
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("our_attractiveness", "an account, those who prefer us most first"),
        ("their_criteria", "a criterion by which customers rate us"),
    ];
    const FIGURES: Figures = &[
        (
            COUNT,
            &[
                "accounts",
                "rated",
                "compared",
                "incomparable",
                "inferred",
                "unknown",
                "ahead",
                "best_competitors",
                "ratings_of_unknown_accounts",
            ],
        ),
        (NUMBER, &["median_relative_strength"]),
    ];
    type Options = OurAttractivenessOptions;

    fn run(context: &Context<'_>, options: &OurAttractivenessOptions) -> Result<Outcome> {
        our_attractiveness_tables::outcome(context.facts, Self::result(context, options)?)
    }
}
