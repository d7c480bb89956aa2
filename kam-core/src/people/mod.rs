//! People and effort: what is done for accounts, who does it, and what becomes of it.

mod dossier_items;
mod effort;
pub(crate) mod effort_tables;
mod hygiene;
mod managers;
mod market_indicator;
mod plans;
mod portfolio;
pub(crate) mod portfolio_tables;

pub use dossier_items::DossierItem;
pub use effort::{EffortAccount, EffortAgainstValue, EffortGroup, EffortInputs, EffortMeasure, EffortOptions, EffortSums, Served, effort};
pub use hygiene::{Hygiene, HygieneMethod, HygieneOptions, LossLink, Mistakes, hygiene};
pub use managers::Managers;
pub use market_indicator::{
    Correlated, IndexedPeriod, MarketIndicator, MarketIndicatorInputs, MarketIndicatorMethod, MarketIndicatorOptions, market_indicator,
};
pub use plans::{PlanRow, PlanSpan, PlansAgainstActual};
pub use portfolio::{
    Attribution, Clause, ClauseState, LevelPart, MISTAKES, ManagedPortfolio, Portfolio, PortfolioInputs, PortfolioOptions, portfolio,
};
