//! Attractiveness: how much each account is worth to us, by our own criteria.

#[expect(clippy::module_inception, reason = "a method's file is found by the method's name")]
mod attractiveness;
mod criteria;
mod values;

pub use attractiveness::{
    Attractiveness, AttractivenessMethod, AttractivenessOptions, AttractivenessSummary, LeftOut, MissingValues, Normalisation,
    ScoredCriterion, Unmapped, WeightRule, attractiveness,
};
pub use criteria::{Criterion, CriterionDirection, CriterionFact, CriterionSource, default_criteria};
