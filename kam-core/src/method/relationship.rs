//! The pyramid in the registry: what it takes from other families is put together here.

use std::sync::Arc;

use super::figure::{COUNT, Figures, PERIODS};
use super::{Context, Method, Outcome, Repeat};
use crate::attractiveness::{AttractivenessMethod, OurAttractivenessMethod, SelectionMatrixMethod};
use crate::error::{Code, Result};
use crate::pyramid::{
    self, Level, PAliveAt, Pyramid, PyramidInputs, PyramidOptions, PyramidTransitionsInputs, PyramidTransitionsOptions, period_ends,
};
use crate::retention::{PurchaseModel, PurchaseModelMethod};

/// What both methods take from others.
const BUILDS_ON: &[&str] =
    &[PurchaseModelMethod::NAME, SelectionMatrixMethod::NAME, AttractivenessMethod::NAME, OurAttractivenessMethod::NAME];

/// Under which name it is remembered whether both sides are attractive to each other.
const MUTUAL: &str = "mutual";

/// The purchase model, or why the ledger allows none that can be trusted.
fn model(context: &Context<'_>) -> Result<Result<Arc<PurchaseModel>, String>> {
    match PurchaseModel::shared(context) {
        Ok(model) => Ok(match &model.why_not {
            Some(why) => Err(why.clone()),
            None => Ok(model),
        }),
        Err(error) if matches!(error.code(), Code::MissingInput | Code::FitInput) => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

/// Whether both sides are attractive to each other, in key order, by the selection matrix; `None` where no customer was asked, or the data allow
/// no matrix.
fn mutual(context: &Context<'_>) -> Result<Option<Arc<Vec<Option<bool>>>>> {
    if context.crm.ratings().is_none() {
        return Ok(None);
    }
    let options = context.given(SelectionMatrixMethod::NAME)?;
    match context.remember(MUTUAL, &options, || Ok(SelectionMatrixMethod::result(context, &options)?.mutual())) {
        Ok(mutual) => Ok(Some(mutual)),
        Err(error) if error.code() == Code::MissingInput => Ok(None),
        Err(error) => Err(error),
    }
}

fn pyramid_of(context: &Context<'_>, options: &PyramidOptions) -> Result<Pyramid> {
    let (facts, mutual) = (context.facts, mutual(context)?);
    let p_alive: Result<Vec<f64>, String> = model(context)?.map(|model| {
        let one = |at: usize| model.evidence_of_life(facts, at, facts.as_of()).unwrap_or(f64::NAN);
        (0..facts.len()).map(one).collect()
    });
    let inputs = PyramidInputs {
        p_alive: p_alive.as_deref().ok(),
        why_no_p_alive: p_alive.as_ref().err().map(String::as_str),
        mutual: mutual.as_ref().map(|values| values.as_slice()),
    };
    pyramid::pyramid(facts, context.crm, &inputs, options)
}

fn levels_of(pyramid: &Pyramid) -> Vec<Level> {
    pyramid.accounts.iter().map(|account| account.level).collect()
}

/// The level of each relationship, in key order: worked out once in a context, from what was given for the methods below it.
pub(super) fn levels(context: &Context<'_>) -> Result<Arc<Vec<Level>>> {
    let options = context.given::<PyramidOptions>(PyramidMethod::NAME)?;
    context.remember(PyramidMethod::NAME, &options, || Ok(levels_of(&pyramid_of(context, &options)?)))
}

/// [`pyramid`](pyramid::pyramid()) in the registry.
pub struct PyramidMethod;

impl Method for PyramidMethod {
    const NAME: &'static str = "pyramid";
    const TITLE: &'static str = "Relationship pyramid";
    const ABOUT: &'static str =
        "How far each relationship has come, from transaction to synergy, why, and what is missing for the next level.";
    const TABLES: &'static [(&'static str, &'static str)] =
        &[("pyramid", "an account, the highest level first"), ("levels", "a level, the highest first")];
    const BUILDS_ON: &'static [&'static str] = BUILDS_ON;
    const TAKES: &'static [&'static str] = &[PurchaseModelMethod::NAME, SelectionMatrixMethod::NAME, MUTUAL];
    const FIGURES: Figures = &[(COUNT, &["accounts", "levels", "provisional", "golden_shots"])];
    type Options = PyramidOptions;

    fn run(context: &Context<'_>, options: &PyramidOptions) -> Result<Outcome> {
        let pyramid = pyramid_of(context, options)?;
        // Of a million accounts the levels are worth keeping for others, the evidence is not.
        context.remember(Self::NAME, options, || Ok(levels_of(&pyramid)))?;
        pyramid::outcome(context.facts, pyramid)
    }
}

/// [`pyramid_transitions`](pyramid::pyramid_transitions()) in the registry.
pub struct PyramidTransitionsMethod;

impl Method for PyramidTransitionsMethod {
    const NAME: &'static str = "pyramid_transitions";
    const TITLE: &'static str = "Transitions of the pyramid";
    const ABOUT: &'static str =
        "How accounts move between the levels of the pyramid, how long it takes to climb, and who climbed or fell and why.";
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("pyramid_transitions", "a level and one that it was followed by"),
        ("levels_by_period", "an end of a period and a level"),
        ("time_to_climb", "a level and a higher one"),
        ("movers", "an account that stands on another level than before; climbers first"),
        ("spells", "an account and a run of periods on one level"),
        ("account_levels", "an account and an end of a period"),
    ];
    const REPEATS: &'static [Repeat] = &[("pyramid", PyramidMethod::NAME, None)];
    const BUILDS_ON: &'static [&'static str] = BUILDS_ON;
    const TAKES: &'static [&'static str] = &[PurchaseModelMethod::NAME, MUTUAL];
    const FIGURES: Figures =
        &[(COUNT, &["accounts", "moves", "climbs", "falls", "climbers", "fallers", "levels"]), (PERIODS, &["periods", "periods_to_climb"])];
    type Options = PyramidTransitionsOptions;

    fn run(context: &Context<'_>, options: &PyramidTransitionsOptions) -> Result<Outcome> {
        let (facts, mutual, model) = (context.facts, mutual(context)?, model(context)?);
        let ends = period_ends(facts, options);
        let p_alive = model.as_ref().ok().map(|model| |at: usize, place: usize| model.evidence_of_life(facts, at, ends[place]));
        let p_alive = p_alive.as_ref().map(|known| known as PAliveAt<'_>);
        let why_no_p_alive = model.as_ref().err().map(String::as_str);
        let inputs = PyramidTransitionsInputs { p_alive, why_no_p_alive, mutual: mutual.as_ref().map(|values| values.as_slice()) };
        pyramid::transitions_outcome(context.facts, context.crm, &inputs, options)
    }
}
