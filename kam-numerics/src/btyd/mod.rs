//! Purchase models ("buy till you die"): customers who buy at a rate of their own until they silently drop out.
//!
//! The input is one (x, t_x, T) a customer: x repeat transactions, the last of them a time t_x after the first one, seen until a time T
//! after it. Times are in any unit; α of every model (and β of Pareto/NBD) scales with it, the other parameters do not.

mod beta_geometric;
mod customers;
mod evaluate;
mod fit;
mod gamma_gamma;
mod hypergeometric;
mod interval;
mod model;
mod newton;
mod pareto_integral;
mod pareto_nbd;
mod quadrature;
mod simulate;
pub mod special;

pub use customers::{InputError, MOST_REPEATS, check_customers};
pub use evaluate::{FrequencyBin, expected_in_total, frequency_bins};
pub use fit::{Fit, FitOptions, FitReport, fit};
pub use gamma_gamma::{GammaGamma, GammaGammaFit, fit_gamma_gamma};
pub use hypergeometric::{beta_mean, hyp2f1};
pub use interval::normal_quantile;
pub use model::{Kind, Model};
pub use simulate::{Simulated, simulate, simulate_spend};

#[cfg(test)]
mod tests;
