//! Descriptive statistics: concentration, quantiles, variation, interpolation.

mod abc_limits;
mod concentration;
mod cross_correlation;
mod distributions;
mod intraclass;
mod quantile;
mod risk_ratio;
mod spline;
mod variation;

pub use abc_limits::{AbcLimits, CurvePoint, abc_limits};
pub use concentration::{gini, gini_below_axis, gini_polarised, herfindahl};
pub use cross_correlation::{LagCorrelation, cross_correlation};
pub use distributions::{f_probability, f_quantile, incomplete_beta, normal_quantile};
pub use intraclass::{IntraclassCorrelation, intraclass_correlation};
pub use quantile::{inverse_ecdf, quantile_cuts};
pub use risk_ratio::{RiskRatio, risk_ratio};
pub use spline::Spline;
pub use variation::coefficient_of_variation;
