//! Attractiveness both ways: how much each account is worth to us by our own criteria, how attractive we are to it by its own, and what follows
//! from both.

#[expect(clippy::module_inception, reason = "a method's file is found by the method's name")]
mod attractiveness;
mod criteria;
mod cuts;
mod decimal;
mod inferred;
mod options;
mod our_attractiveness;
mod our_attractiveness_tables;
mod quadrants;
mod scoring;
mod selection_matrix;
mod values;

pub use attractiveness::{Attractiveness, AttractivenessMethod, AttractivenessSummary, LeftOut, ScoredCriterion, Unmapped, attractiveness};
pub use criteria::{Criterion, CriterionDirection, CriterionFact, CriterionSource, default_criteria};
pub use cuts::CutPoint;
pub use inferred::Signals;
pub use options::{AttractivenessOptions, MissingValues, Normalisation, PreferenceFunction, RandomIndex, Scoring, WeightRule};
pub use our_attractiveness::{
    BestCompetitor, CriterionComparison, OurAttractiveness, OurAttractivenessAccount, OurAttractivenessMethod, OurAttractivenessOptions,
    OurAttractivenessSummary, Rating, TheirCriterion, our_attractiveness,
};
pub use quadrants::{Quadrant, QuadrantPreset};
pub use scoring::{Comparisons, Sureness};
pub use selection_matrix::{
    QuadrantSums, SecondAxis, SelectionMatrix, SelectionMatrixAccount, SelectionMatrixMethod, SelectionMatrixOptions,
    SelectionMatrixSummary, selection_matrix,
};
