//! Statistics: concentration, quantiles, variation, interpolation; evidence, survival, Markov chains.

mod abc_limits;
mod auc;
mod concentration;
mod cross_correlation;
mod distributions;
mod intraclass;
mod markov;
mod quantile;
mod risk_ratio;
mod spline;
mod survival;
mod variation;
mod weight_of_evidence;

pub use abc_limits::{AbcLimits, CurvePoint, abc_limits};
pub use auc::area_under_curve;
pub use concentration::{gini, gini_below_axis, gini_polarised, herfindahl};
pub use cross_correlation::{LagCorrelation, cross_correlation};
pub use distributions::{f_probability, f_quantile, incomplete_beta, normal_quantile};
pub use intraclass::{IntraclassCorrelation, intraclass_correlation};
pub use markov::{expected_steps, transition_probabilities};
pub use quantile::{inverse_ecdf, quantile_cuts};
pub use risk_ratio::{RiskRatio, risk_ratio};
pub use spline::Spline;
pub use survival::{Lasting, kaplan_meier};
pub use variation::coefficient_of_variation;
pub use weight_of_evidence::{WeightOfEvidence, weight_of_evidence};
