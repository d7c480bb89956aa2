//! Multi-criteria decisions: alternatives rated by several criteria, made comparable, weighed, ranked.
//!
//! Values come column by column (one slice a criterion) or row by row, as a [`Matrix`]. A value that is not finite is missing: the error
//! names its criterion and alternative. What a missing value should count as is for the caller to say beforehand.

mod ahp;
mod critic;
mod entropy;
mod error;
mod extent;
mod matrix;
mod normalise;
mod preference;
mod promethee;
mod rank;
mod scale;
mod smaa;
#[cfg(test)]
mod testing;
mod topsis;
mod vikor;
mod weighted_sum;

pub use ahp::{Ahp, AhpHierarchy, AhpNode, RandomIndex, ahp, ahp_hierarchy};
pub use critic::{CriticWeights, critic_weights};
pub use entropy::{EntropyWeights, entropy_weights};
pub use error::McdaError;
pub use matrix::Matrix;
pub use normalise::{Direction, Normalisation, normalise};
pub use preference::Preference;
pub use promethee::{Promethee, promethee2};
pub use rank::competition_ranks;
pub use scale::normalised;
pub use smaa::{Smaa, SmaaOptions, WeightConstraints, smaa, smaa_watched};
pub use topsis::{Topsis, topsis};
pub use vikor::{Vikor, vikor};
pub use weighted_sum::{WeightedSum, equal_weights, scored_sum, unit_weights, weighted_sum};
