//! Purchase models ("buy till you die"): customers who buy at a rate of their own until they silently drop out.
//!
//! The input is one (x, t_x, T) a customer: x repeat transactions, the last of them a time t_x after the first one, seen until a time T
//! after it. Times are in any unit; α of every model (and β of Pareto/NBD) scales with it, the other parameters do not.

mod beta_geometric;
mod customers;
mod fit;
mod hypergeometric;
mod model;
mod newton;
mod pareto_integral;
mod pareto_nbd;
mod quadrature;
pub mod special;

pub use customers::{InputError, MOST_REPEATS, check_customers};
pub use fit::{Fit, FitOptions, FitReport, fit};
pub use hypergeometric::{beta_mean, hyp2f1};
pub use model::{Kind, Model};

#[cfg(test)]
mod tests;
