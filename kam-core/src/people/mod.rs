//! People and effort: what is done for accounts, who does it, and what becomes of it.

mod assignment;
pub(crate) mod assignment_tables;
mod competence;
mod dossier_items;
mod effort;
pub(crate) mod effort_tables;
mod hygiene;
mod managers;
mod market_indicator;
pub(crate) mod marketing_list;
mod plans;
mod portfolio;
pub(crate) mod portfolio_tables;

pub use assignment::{AssignedAccount, Assignee, Assignment, AssignmentInputs, AssignmentOptions, MOST_PAIRS, assignment};
pub use competence::{
    Competence, CompetenceCriterion, CompetenceMethod, CompetenceOptions, CompetenceScoring, CompetenceWeights, CompetentManager,
    RatingScale, competence,
};
pub use dossier_items::DossierItem;
pub use effort::{EffortAccount, EffortAgainstValue, EffortGroup, EffortInputs, EffortMeasure, EffortOptions, EffortSums, Served, effort};
pub use hygiene::{Hygiene, HygieneMethod, HygieneOptions, LossLink, Mistakes, hygiene};
pub use managers::Managers;
pub use market_indicator::{
    Correlated, IndexedPeriod, MarketIndicator, MarketIndicatorInputs, MarketIndicatorMethod, MarketIndicatorOptions, market_indicator,
};
pub use marketing_list::{
    Addressed, MarketingList, MarketingListInputs, MarketingListOptions, Target, TargetCheck, TargetRoute, marketing_list,
};
pub use plans::{PlanRow, PlanSpan, PlansAgainstActual};
pub use portfolio::{
    Attribution, Clause, ClauseState, LevelPart, MISTAKES, ManagedPortfolio, Portfolio, PortfolioInputs, PortfolioOptions, Retention,
    portfolio,
};
