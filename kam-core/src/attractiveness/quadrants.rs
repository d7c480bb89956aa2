//! The four quadrants and what the literature calls them.

use crate::facts::Perspective;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the quadrants are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuadrantPreset {
    /// Cheverton: key, key_development, maintenance, opportunistic.
    #[default]
    Cheverton,
    /// McDonald and Woodburn: strategic, star, status, streamline.
    McdonaldWoodburn,
    /// Steele and Court, supplier preferencing from the customer's view, how a supplier sees it: core, development, exploitable, nuisance.
    SteeleCourt,
}

impl QuadrantPreset {
    /// The usual names for this end of the relationship.
    #[must_use]
    pub fn of(perspective: Perspective) -> Self {
        match perspective {
            Perspective::Customer => QuadrantPreset::Cheverton,
            Perspective::Supplier => QuadrantPreset::SteeleCourt,
        }
    }
}

/// A quadrant by its two axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quadrant {
    /// Attractive to us, and we are strong there.
    BothHigh,
    /// Attractive to us, but others are stronger.
    AttractiveOnly,
    /// We are strong there, but it is less attractive.
    StrongOnly,
    /// Neither.
    BothLow,
}

impl Quadrant {
    /// All four, the best first.
    pub const ALL: [Quadrant; 4] = [Quadrant::BothHigh, Quadrant::AttractiveOnly, Quadrant::StrongOnly, Quadrant::BothLow];

    /// The quadrant of two sides.
    #[must_use]
    pub fn of(is_attractive: bool, is_strong: bool) -> Self {
        match (is_attractive, is_strong) {
            (true, true) => Quadrant::BothHigh,
            (true, false) => Quadrant::AttractiveOnly,
            (false, true) => Quadrant::StrongOnly,
            (false, false) => Quadrant::BothLow,
        }
    }

    /// Is its attractiveness high?
    #[must_use]
    pub fn is_attractive(self) -> bool {
        matches!(self, Quadrant::BothHigh | Quadrant::AttractiveOnly)
    }

    /// Is its second axis high?
    #[must_use]
    pub fn is_strong(self) -> bool {
        matches!(self, Quadrant::BothHigh | Quadrant::StrongOnly)
    }

    /// Its name in a preset.
    #[must_use]
    pub fn name(self, preset: QuadrantPreset) -> &'static str {
        let names = match preset {
            QuadrantPreset::Cheverton => ["key", "key_development", "maintenance", "opportunistic"],
            QuadrantPreset::McdonaldWoodburn => ["strategic", "star", "status", "streamline"],
            QuadrantPreset::SteeleCourt => ["core", "development", "exploitable", "nuisance"],
        };
        names[self as usize]
    }

    /// What to do with its accounts.
    #[must_use]
    pub fn policy(self, preset: QuadrantPreset) -> &'static str {
        let policies = match preset {
            QuadrantPreset::Cheverton | QuadrantPreset::McdonaldWoodburn => [
                "invest in the relationship: joint plans, the best people, a team of its own",
                "find out what keeps others ahead, close the gap or stop trying",
                "keep what there is with less effort, and free people for the first two",
                "serve when it pays, at standard terms",
            ],
            QuadrantPreset::SteeleCourt => [
                "a supplier looks after it, invests in it and defends it",
                "a supplier courts it, hoping for more",
                "a supplier raises prices and risks losing it",
                "a supplier gives it little attention and may let it go",
            ],
        };
        policies[self as usize]
    }
}
