//! The levels of the pyramid as charts name and colour them.

use super::theme::Colour;

/// From the top of the pyramid down.
pub(super) const LEVELS: [&str; 4] = ["synergy", "partnership", "cooperation", "transaction"];

/// Their colours, in this order.
pub(super) const COLOURS: [Colour; 4] = [Colour::Best, Colour::Good, Colour::Fair, Colour::Least];

/// Their names, in this order.
pub(super) const NAMES: [&str; 4] = ["Synergy", "Partnership", "Cooperation", "Transaction"];

/// The name of a level; `none` and what is not known stay as they are.
pub(super) fn name(level: &str) -> &str {
    LEVELS.iter().position(|known| *known == level).map_or(level, |at| NAMES[at])
}
