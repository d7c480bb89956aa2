//! Multi-criteria decisions: alternatives rated by several criteria, made comparable, weighed, ranked.
//!
//! Values come column by column: one slice a criterion, one value an alternative. A value that is not finite is missing.

mod normalise;
mod rank;
mod weighted_sum;

pub use normalise::{Direction, Normalisation, normalise};
pub use rank::competition_ranks;
pub use weighted_sum::{McdaError, WeightedSum, equal_weights, unit_weights, weighted_sum};
