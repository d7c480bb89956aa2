//! The relationship pyramid: transaction, cooperation, partnership, synergy.

mod as_of;
mod evidence;
mod gates;
mod golden_shot;
mod levels;
mod options;
#[expect(clippy::module_inception, reason = "a method's file is found by the method's name")]
mod pyramid;
mod pyramid_transitions;
mod pyramid_transitions_tables;
mod words;

pub use evidence::{PyramidInputs, RelationshipEvidence};
pub use gates::{Gate, GateState, Gates};
pub use golden_shot::GoldenShot;
pub use levels::{Level, LevelSums};
pub use options::{PyramidOptions, UnknownGates};
pub use pyramid::{Pyramid, PyramidAccount, PyramidSummary, pyramid};

pub use pyramid_transitions::{
    LevelsAt, Mover, PAliveAt, PyramidTransitions, PyramidTransitionsInputs, PyramidTransitionsOptions, PyramidTransitionsSummary, Undated,
    period_ends, pyramid_transitions,
};

pub(crate) use pyramid::outcome;
pub(crate) use pyramid_transitions_tables::transitions_outcome;
