//! The levels of the pyramid, and which of them the gates lead to.

use serde::Serialize;

use super::gates::{Gate, GateState, Gates};
use super::options::UnknownGates;

/// A level of the relationship, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// No sale yet: only returns or credits.
    None,
    /// A sale.
    Transaction,
    /// The parties know each other and the risk is gone.
    Cooperation,
    /// Trust, many transactions good for both, a long future.
    Partnership,
    /// Both act together.
    Synergy,
}

impl Level {
    /// All levels, the highest first.
    pub const DESCENDING: [Level; 5] = [Level::Synergy, Level::Partnership, Level::Cooperation, Level::Transaction, Level::None];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Transaction => "transaction",
            Level::Cooperation => "cooperation",
            Level::Partnership => "partnership",
            Level::Synergy => "synergy",
        }
    }

    /// The gates that lead to it, in the order of [`Gate::ALL`].
    #[must_use]
    pub fn gates(self) -> &'static [Gate] {
        match self {
            Level::None => &[],
            Level::Transaction => &[Gate::Bought],
            Level::Cooperation => &[Gate::ActiveDays, Gate::Tenure, Gate::Risk],
            Level::Partnership => &[Gate::Activity, Gate::GoodForBoth, Gate::Trust, Gate::Future],
            Level::Synergy => &[Gate::Mutual, Gate::Joint],
        }
    }

    /// The level above.
    #[must_use]
    pub fn next(self) -> Option<Level> {
        match self {
            Level::None => Some(Level::Transaction),
            Level::Transaction => Some(Level::Cooperation),
            Level::Cooperation => Some(Level::Partnership),
            Level::Partnership => Some(Level::Synergy),
            Level::Synergy => None,
        }
    }
}

/// The accounts of a level and what they bring. Money is in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelSums {
    /// The level.
    pub level: Level,
    /// How many accounts stand there.
    pub accounts: usize,
    /// How many of them provisionally.
    pub provisional: usize,
    /// How many golden shots there are.
    pub golden_shots: usize,
    /// Their revenue of the window.
    pub revenue: i128,
    /// Their profit of the window; `None` without a cost column.
    pub profit: Option<i128>,
}

/// The highest level all of whose gates, and those of the levels below, stand open; and whether it is provisional.
pub(super) fn level(gates: &Gates, unknown: UnknownGates) -> (Level, bool) {
    let mut reached = Level::None;
    let mut provisional = false;
    while let Some(next) = reached.next() {
        let own = || next.gates().iter();
        if own().any(|gate| blocks(gates.state(*gate), next, unknown)) {
            break;
        }
        let by_proxy = gates.future_by_proxy && Gate::Future.level() == next;
        provisional |= by_proxy || own().any(|gate| gates.state(*gate) == GateState::Unknown);
        reached = next;
    }
    (reached, provisional)
}

/// Does a gate in this state keep an account from the level it leads to?
pub(super) fn blocks(state: GateState, level: Level, unknown: UnknownGates) -> bool {
    match state {
        GateState::Met => false,
        GateState::NotMet => true,
        // Unknown gates leave room for doubt about a partnership, but synergy is nothing beyond its two gates.
        GateState::Unknown => unknown == UnknownGates::Block || level == Level::Synergy,
    }
}

/// The gates that still keep an account from the next level, and those that nobody knows of.
pub(super) fn missing(gates: &Gates, level: Level) -> impl Iterator<Item = Gate> {
    let next = level.next().map_or(&[][..], Level::gates);
    next.iter().copied().filter(move |gate| gates.state(*gate) != GateState::Met)
}
