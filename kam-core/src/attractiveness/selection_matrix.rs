//! The selection matrix: how attractive an account is to us, against how strong we are with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attractiveness::{Attractiveness, AttractivenessMethod};
use super::cuts::CutPoint;
use super::decimal::write_decimal;
use super::our_attractiveness::{OurAttractiveness, OurAttractivenessMethod};
use super::quadrants::{Quadrant, QuadrantPreset};
use crate::error::{Error, Result};
use crate::facts::{Facts, Perspective};
use crate::method::figure::{COUNT, Figures, NUMBER};
use crate::method::{Context, Method, Options, Outcome};
use crate::table::{Column, Places, Table, Unit, View};

/// What stands on the second axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecondAxis {
    /// How strong we are with the account against the best competitor.
    RelativeStrength,
    /// What the account is worth: its share of the window's revenue. This is the axis that Steele and Court draw.
    RevenueShare,
}

/// Options of [`selection_matrix`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SelectionMatrixOptions {
    /// What the quadrants are called. Without: as Cheverton calls those of customers, and as Steele and Court call those of suppliers.
    pub preset: Option<QuadrantPreset>,
    /// Where attractiveness is cut: `"median"`, `{"absolute": 50}` or `{"quantile": 0.8}`.
    pub attractiveness_cut: CutPoint,
    /// Where the second axis is cut. Without: a relative strength at 1, where we are level with the best competitor, and a share of revenue at
    /// the median.
    pub strength_cut: Option<CutPoint>,
    /// What stands on the second axis. Without: the relative strength for customers, and for suppliers their share of our spend.
    pub second_axis: Option<SecondAxis>,
    /// Use relative strengths that are only inferred? Without, such accounts have no quadrant.
    pub inferred: bool,
}

impl Default for SelectionMatrixOptions {
    fn default() -> Self {
        SelectionMatrixOptions { preset: None, attractiveness_cut: CutPoint::Median, strength_cut: None, second_axis: None, inferred: true }
    }
}

impl Options for SelectionMatrixOptions {
    fn validate(&self) -> Result<()> {
        self.attractiveness_cut.validate("attractiveness_cut")?;
        self.strength_cut.map_or(Ok(()), |cut| cut.validate("strength_cut"))
    }
}

/// Where one account lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelectionMatrixAccount {
    /// The quadrant; `None` where the second axis is unknown.
    pub quadrant: Option<Quadrant>,
    /// How attractive the account is to us.
    pub attractiveness: f64,
    /// The value on the second axis.
    pub strength: Option<f64>,
    /// Is the second axis only inferred?
    pub inferred: bool,
    /// Is the attraction mutual: attractive to us, and we at least level with the best competitor (or at the cut that was given for the
    /// relative strength)? `None` where it is attractive and our relative strength is unknown, or only inferred.
    pub mutual: Option<bool>,
}

/// One quadrant.
#[derive(Clone, Debug, PartialEq)]
pub struct QuadrantSums {
    /// Which it is.
    pub quadrant: Quadrant,
    /// How many accounts lie in it.
    pub accounts: usize,
    /// Their revenue of the window, in minor units.
    pub revenue: i128,
    /// Their profit of the window, in minor units; `None` without a cost column.
    pub profit: Option<i128>,
}

/// The result in a few figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SelectionMatrixSummary {
    /// How many accounts there are.
    pub accounts: usize,
    /// How many of them lie in each quadrant.
    pub quadrants: BTreeMap<&'static str, usize>,
    /// How many have no quadrant, because the second axis is unknown.
    pub unknown: usize,
    /// How many lie where they do by an inferred strength.
    pub inferred: usize,
    /// Where attractiveness was cut.
    pub attractiveness_cut: Option<f64>,
    /// Where the second axis was cut.
    pub strength_cut: Option<f64>,
    /// What the quadrants are called.
    pub preset: QuadrantPreset,
    /// What stands on the second axis.
    pub second_axis: SecondAxis,
}

/// The matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectionMatrix {
    /// One an account, in the order of the facts' keys.
    pub accounts: Vec<SelectionMatrixAccount>,
    /// The four quadrants, the one where both are high first.
    pub quadrants: Vec<QuadrantSums>,
    /// The result in a few figures.
    pub summary: SelectionMatrixSummary,
    perspective: Perspective,
}

impl SelectionMatrix {
    /// Is the attraction mutual, account by account in key order: what the pyramid's gate asks.
    #[must_use]
    pub fn mutual(&self) -> Vec<Option<bool>> {
        self.accounts.iter().map(|account| account.mutual).collect()
    }

    /// Why an account lies where it does, in words.
    #[must_use]
    pub fn evidence(&self, at: usize) -> String {
        let mut text = String::new();
        self.write_evidence(at, &mut text);
        text
    }

    fn write_evidence(&self, at: usize, text: &mut String) {
        let account = &self.accounts[at];
        text.push_str("attractiveness ");
        write_decimal(text, account.attractiveness);
        let side = |text: &mut String, value: f64, cut: Option<f64>, decimals: f64, unit: &str| {
            if let Some(cut) = cut {
                text.push_str(if CutPoint::is_reached(cut, value) { ", high (" } else { ", low (" });
                text.push_str("cut ");
                write_decimal(text, cut * decimals);
                text.push_str(unit);
                text.push(')');
            }
        };
        side(text, account.attractiveness, self.summary.attractiveness_cut, 1.0, "");
        text.push_str("; ");
        let name = match self.summary.second_axis {
            SecondAxis::RelativeStrength => "relative strength",
            SecondAxis::RevenueShare => {
                text.push_str("share of ");
                self.perspective.words().revenue
            }
        };
        text.push_str(name);
        match account.strength {
            None => text.push_str(" unknown"),
            Some(strength) => {
                // A percentage, because one decimal of a ratio says little.
                text.push(' ');
                write_decimal(text, strength * 100.0);
                text.push_str(" %");
                side(text, strength, self.summary.strength_cut, 100.0, " %");
                if account.inferred {
                    text.push_str(", inferred");
                }
            }
        }
    }
}

/// Puts every account into its quadrant.
///
/// `attractiveness` and `ours` are those of the same facts.
pub fn selection_matrix(
    facts: &Facts,
    attractiveness: &Attractiveness,
    ours: &OurAttractiveness,
    options: &SelectionMatrixOptions,
) -> Result<SelectionMatrix> {
    options.validate()?;
    let preset = options.preset.unwrap_or(QuadrantPreset::of(facts.perspective()));
    if attractiveness.score.len() != facts.len() || ours.accounts.len() != facts.len() {
        return Err(Error::internal("selection_matrix: results of other facts"));
    }
    let second_axis = options.second_axis.unwrap_or(match facts.perspective() {
        Perspective::Customer => SecondAxis::RelativeStrength,
        Perspective::Supplier => SecondAxis::RevenueShare,
    });
    let level = CutPoint::Absolute(1.0);
    let (second_cut, mutual_cut) = match second_axis {
        SecondAxis::RelativeStrength => (options.strength_cut.unwrap_or(level), options.strength_cut.unwrap_or(level)),
        SecondAxis::RevenueShare => (options.strength_cut.unwrap_or(CutPoint::Median), level),
    };
    let window = facts.window();
    let total: i128 = window.revenue.iter().map(|revenue| i128::from(*revenue)).sum();
    #[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
    let second = |at: usize| match second_axis {
        SecondAxis::RevenueShare => ((total > 0).then(|| window.revenue[at] as f64 / total as f64), false),
        SecondAxis::RelativeStrength => {
            let account = &ours.accounts[at];
            (account.relative_strength.get().filter(|_| options.inferred || !account.is_inferred()), account.is_inferred())
        }
    };
    let axes: Vec<(Option<f64>, bool)> = (0..facts.len()).map(second).collect();
    let attractiveness_cut = options.attractiveness_cut.of(attractiveness.score.iter().copied());
    let strength_cut = second_cut.of(axes.iter().filter_map(|(strength, _)| *strength));
    let known_strength = |at: usize| ours.accounts[at].relative_strength.get().filter(|_| !ours.accounts[at].is_inferred());
    let mutual_cut = mutual_cut.of(axes.iter().enumerate().filter_map(|(at, (strength, _))| match second_axis {
        SecondAxis::RelativeStrength => *strength,
        SecondAxis::RevenueShare => known_strength(at),
    }));
    let place = |(at, (strength, inferred)): (usize, &(Option<f64>, bool))| {
        let score = attractiveness.score[at];
        let is_attractive = attractiveness_cut.is_some_and(|cut| CutPoint::is_reached(cut, score));
        let is_strong = strength.zip(strength_cut).map(|(strength, cut)| CutPoint::is_reached(cut, strength));
        let are_strong = known_strength(at).zip(mutual_cut).map(|(strength, cut)| CutPoint::is_reached(cut, strength));
        SelectionMatrixAccount {
            quadrant: is_strong.map(|is_strong| Quadrant::of(is_attractive, is_strong)),
            attractiveness: score,
            strength: *strength,
            inferred: *inferred && strength.is_some(),
            mutual: if is_attractive { are_strong } else { Some(false) },
        }
    };
    let accounts: Vec<SelectionMatrixAccount> = axes.iter().enumerate().map(place).collect();
    let sums = |quadrant: Quadrant| {
        let here = || accounts.iter().enumerate().filter(move |(_, account)| account.quadrant == Some(quadrant)).map(|(at, _)| at);
        QuadrantSums {
            quadrant,
            accounts: here().count(),
            revenue: here().map(|at| i128::from(window.revenue[at])).sum(),
            profit: window.cost.as_ref().map(|_| here().filter_map(|at| window.profit(at)).map(i128::from).sum()),
        }
    };
    let quadrants: Vec<QuadrantSums> = Quadrant::ALL.into_iter().map(sums).collect();
    let summary = SelectionMatrixSummary {
        accounts: accounts.len(),
        quadrants: quadrants.iter().map(|sums| (sums.quadrant.name(preset), sums.accounts)).collect(),
        unknown: accounts.iter().filter(|account| account.quadrant.is_none()).count(),
        inferred: accounts.iter().filter(|account| account.inferred).count(),
        attractiveness_cut,
        strength_cut,
        preset,
        second_axis,
    };
    Ok(SelectionMatrix { accounts, quadrants, summary, perspective: facts.perspective() })
}

/// [`selection_matrix`] in the registry.
pub struct SelectionMatrixMethod;

impl SelectionMatrixMethod {
    /// The matrix with these options: worked out once in a context, from the attractiveness and our attractiveness that were given for it.
    pub(crate) fn result(context: &Context<'_>, options: &SelectionMatrixOptions) -> Result<Arc<SelectionMatrix>> {
        context.remember(Self::NAME, options, || {
            let attractiveness = AttractivenessMethod::result(context, &context.given(AttractivenessMethod::NAME)?)?;
            let ours = OurAttractivenessMethod::result(context, &context.given(OurAttractivenessMethod::NAME)?)?;
            selection_matrix(context.facts, &attractiveness, &ours, options)
        })
    }
}

impl Method for SelectionMatrixMethod {
    const NAME: &'static str = "selection_matrix";
    const TITLE: &'static str = "Selection matrix";
    const ABOUT: &'static str = "Which accounts are attractive to us and we to them: four quadrants, each with its policy.";
    const BUILDS_ON: &'static [&'static str] = &[AttractivenessMethod::NAME, OurAttractivenessMethod::NAME];
    const TABLES: &'static [(&'static str, &'static str)] =
        &[("selection_matrix", "an account, quadrant by quadrant, the highest revenue first"), ("quadrants", "a quadrant")];
    const FIGURES: Figures =
        &[(COUNT, &["accounts", "quadrants", "unknown", "inferred"]), (NUMBER, &["attractiveness_cut", "strength_cut"])];
    type Options = SelectionMatrixOptions;

    fn run(context: &Context<'_>, options: &SelectionMatrixOptions) -> Result<Outcome> {
        let facts = context.facts;
        let result = Self::result(context, options)?;
        let (each, revenue, preset) = (&result.accounts, &facts.window().revenue, result.summary.preset);
        let mut order: Vec<usize> = (0..facts.len()).collect();
        // Those without a quadrant come last.
        let place = |at: usize| each[at].quadrant.map_or(Quadrant::ALL.len(), |quadrant| quadrant as usize);
        order.par_sort_unstable_by_key(|at| (place(*at), std::cmp::Reverse(revenue[*at]), *at));
        let main = Table::new("selection_matrix", account_columns(facts, &View::new(&result, order.into_iter().collect()), &result))?;
        let sums = &result.quadrants;
        let money = |value: i128| facts.scale().wide_to_currency(value);
        let total: i128 = revenue.iter().map(|revenue| i128::from(*revenue)).sum();
        #[expect(clippy::cast_precision_loss, reason = "the nearest doubles of exact sums")]
        let share = |part: i128| (total > 0).then(|| part as f64 / total as f64);
        let quadrants = Table::new(
            "quadrants",
            vec![
                Column::words("quadrant", sums.iter().map(|sums| sums.quadrant.name(preset))),
                Column::words("attractiveness", sums.iter().map(|sums| if sums.quadrant.is_attractive() { "high" } else { "low" })),
                Column::words("strength", sums.iter().map(|sums| if sums.quadrant.is_strong() { "high" } else { "low" })),
                Column::counts("accounts", sums.iter().map(|sums| i64::try_from(sums.accounts).unwrap_or(i64::MAX))),
                Column::floats("revenue", Unit::Money, sums.iter().map(|sums| Some(money(sums.revenue)))),
                Column::floats("revenue_share", Unit::Share, sums.iter().map(|sums| share(sums.revenue))),
                Column::floats("profit", Unit::Money, sums.iter().map(|sums| sums.profit.map(money))),
                Column::words("policy", sums.iter().map(|sums| sums.quadrant.policy(preset))),
            ],
        )?;
        let own = View::new(&result, Places::Same(facts.len()));
        Outcome::new(vec![main, quadrants], &result.summary)?.with_accounts(vec![quadrant_column(&own), mutual_column(&own)])
    }
}

fn quadrant_column(view: &View<SelectionMatrix>) -> Column {
    view.words("quadrant", |matrix, at| matrix.accounts[at].quadrant.map(|quadrant| quadrant.name(matrix.summary.preset)))
}

fn mutual_column(view: &View<SelectionMatrix>) -> Column {
    view.flags("mutual", |matrix, at| matrix.accounts[at].mutual)
}

fn account_columns(facts: &Facts, view: &View<SelectionMatrix>, matrix: &SelectionMatrix) -> Vec<Column> {
    let (name, unit) = match matrix.summary.second_axis {
        SecondAxis::RelativeStrength => ("relative_strength", Unit::Number),
        SecondAxis::RevenueShare => ("revenue_share", Unit::Share),
    };
    let window = facts.clone();
    vec![
        view.accounts(facts),
        quadrant_column(view),
        view.floats("attractiveness", Unit::Number, |matrix, at| Some(matrix.accounts[at].attractiveness)),
        view.floats(name, unit, |matrix, at| matrix.accounts[at].strength),
        view.flags("inferred", |matrix, at| matrix.accounts[at].strength.map(|_| matrix.accounts[at].inferred)),
        mutual_column(view),
        view.money("revenue", facts.scale(), move |_, at| Some(window.window().revenue[at])),
        view.sentences("evidence", |matrix, at, text| matrix.write_evidence(at, text)),
    ]
}
