//! The pyramid in the registry: what it takes from other families is put together here.

use std::sync::Arc;

use super::{Context, Method, Outcome};
use crate::attractiveness::SelectionMatrixMethod;
use crate::error::{Code, Result};
use crate::pyramid::{self, PyramidInputs, PyramidOptions, PyramidTransitionsInputs, PyramidTransitionsOptions};

/// The probability that each account of the ledger is alive, in key order; `None` while no purchase model gives it.
fn p_alive(_: &Context<'_>) -> Result<Option<Arc<Vec<f64>>>> {
    Ok(None)
}

/// Whether both sides are attractive to each other, in key order, by the selection matrix; `None` where no customer was asked, or the data allow
/// no matrix.
fn mutual(context: &Context<'_>) -> Result<Option<Arc<Vec<Option<bool>>>>> {
    if context.crm.ratings().is_none() {
        return Ok(None);
    }
    let options = context.given(SelectionMatrixMethod::NAME)?;
    match SelectionMatrixMethod::result(context, &options) {
        Ok(matrix) => Ok(Some(Arc::new(matrix.mutual()))),
        Err(error) if error.code() == Code::MissingInput => Ok(None),
        Err(error) => Err(error),
    }
}

/// The level of each relationship, in key order.
pub(super) fn levels(context: &Context<'_>) -> Result<Vec<&'static str>> {
    let options = context.given::<PyramidOptions>(PyramidMethod::NAME)?;
    let (p_alive, mutual) = (p_alive(context)?, mutual(context)?);
    let inputs = PyramidInputs {
        p_alive: p_alive.as_ref().map(|values| values.as_slice()),
        mutual: mutual.as_ref().map(|values| values.as_slice()),
    };
    let pyramid = pyramid::pyramid(context.facts, context.crm, &inputs, &options)?;
    Ok(pyramid.accounts.iter().map(|account| account.level.name()).collect())
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
    type Options = PyramidOptions;

    fn run(context: &Context<'_>, options: &PyramidOptions) -> Result<Outcome> {
        let (p_alive, mutual) = (p_alive(context)?, mutual(context)?);
        let inputs = PyramidInputs {
            p_alive: p_alive.as_ref().map(|values| values.as_slice()),
            mutual: mutual.as_ref().map(|values| values.as_slice()),
        };
        pyramid::outcome(context.facts, context.crm, &inputs, options)
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
    type Options = PyramidTransitionsOptions;

    fn run(context: &Context<'_>, options: &PyramidTransitionsOptions) -> Result<Outcome> {
        let mutual = mutual(context)?;
        let inputs = PyramidTransitionsInputs { p_alive: None, mutual: mutual.as_ref().map(|values| values.as_slice()) };
        pyramid::transitions_outcome(context.facts, context.crm, &inputs, options)
    }
}
