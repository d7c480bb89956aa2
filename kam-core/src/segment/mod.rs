//! Segments: accounts put into classes by what they buy, how regularly and how recently.

mod abc;
mod abc_xyz;
mod rfm;
mod rfm_segments;
mod xyz;

pub use abc::{Abc, AbcAccount, AbcClass, AbcClassSums, AbcLimitsMethod, AbcMethod, AbcOptions, AbcSummary, ComputedLimits, abc};
pub use abc_xyz::{AbcXyz, AbcXyzCell, AbcXyzMethod, AbcXyzOptions, AbcXyzSummary, abc_xyz};
pub use rfm::{CutPoints, Rfm, RfmAccount, RfmFrequency, RfmMethod, RfmOptions, RfmSummary, rfm};
pub use rfm_segments::{RfmSegment, RfmSegments, SegmentPreset};
pub use xyz::{Xyz, XyzAccount, XyzClass, XyzLimits, XyzMeasure, XyzMethod, XyzOptions, XyzReason, XyzSummary, xyz};
