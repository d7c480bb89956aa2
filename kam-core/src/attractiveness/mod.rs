//! Attractiveness: how much each account is worth to us, by our own criteria.

#[expect(clippy::module_inception, reason = "a method's file is found by the method's name")]
mod attractiveness;
mod criteria;
mod options;
mod values;

pub use attractiveness::{Attractiveness, AttractivenessMethod, AttractivenessSummary, LeftOut, ScoredCriterion, Unmapped, attractiveness};
pub use criteria::{Criterion, CriterionDirection, CriterionFact, CriterionSource, default_criteria};
pub use options::{AttractivenessOptions, MissingValues, Normalisation, WeightRule};
