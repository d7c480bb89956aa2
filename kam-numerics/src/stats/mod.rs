//! Descriptive statistics: concentration, quantiles, variation, interpolation.

mod abc_limits;
mod concentration;
mod quantile;
mod spline;
mod variation;

pub use abc_limits::{AbcLimits, CurvePoint, abc_limits};
pub use concentration::{gini, gini_below_axis, gini_polarised, herfindahl};
pub use quantile::{inverse_ecdf, quantile_cuts};
pub use spline::Spline;
pub use variation::coefficient_of_variation;
