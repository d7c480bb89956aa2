//! Multi-criteria decisions by name.

mod normalise;
mod scoring;
mod smaa;
mod weights;
mod words;

pub use scoring::{Each, PreferenceWord, preferences};
pub use smaa::ConstraintsInput;
pub use weights::RandomIndexWord;
pub use words::{Scale, directions, refuse};

pub(super) use normalise::Normalise;
pub(super) use scoring::{Promethee2, Topsis, Vikor, WeightedSum};
pub(super) use smaa::Smaa;
pub(super) use weights::{Ahp, AhpHierarchy, CriticWeights, EntropyWeights};
