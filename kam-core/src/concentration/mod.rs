//! Concentration and profitability: how few accounts bring how much, and which cost more than they bring.

mod cost_to_serve;
mod lorenz;
mod pareto;
mod population;
mod unprofitable;
mod whale_curve;

pub use cost_to_serve::{CostToServe, CostToServeMethod, CostToServeSummary, cost_to_serve};
pub use lorenz::{GiniNormalisation, Lorenz, LorenzMethod, LorenzOptions, LorenzPoint, LorenzSummary, lorenz};
pub use pareto::{Band, Dependency, Pareto, ParetoAccount, ParetoMethod, ParetoOptions, ParetoSummary, pareto};
pub use population::Population;
pub use unprofitable::{
    LossDriver, Unprofitable, UnprofitableAccount, UnprofitableMethod, UnprofitableOptions, UnprofitableSummary, unprofitable,
};
pub use whale_curve::{WhaleCurve, WhaleCurveMethod, WhaleCurveOptions, WhaleCurvePoint, WhaleCurveSummary, whale_curve};
