//! Days, periods of a grain, and text dates. Nothing here reads the clock.

mod date;
mod format;
mod grain;

pub use date::Date;
pub use format::DateFormat;
pub(crate) use format::zone;
pub use grain::{Grain, Period};
