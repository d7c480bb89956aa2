//! Key account management analytics: from a sales ledger, and what else a CRM knows, to decisions.
//!
//! Data flows one way: sources → [`Ledger`](ledger) → [`Facts`] → methods → review → report.
#![forbid(unsafe_code)]

pub mod attractiveness;
pub mod book;
pub mod calculation;
pub mod chart;
pub mod concentration;
pub mod crm;
mod error;
pub mod facts;
pub mod key_account;
mod label;
pub mod ledger;
pub mod method;
pub mod money;
mod nullable;
mod number;
pub mod people;
pub mod progress;
pub mod pyramid;
pub mod report;
pub mod retention;
pub mod review;
pub mod sample;
pub mod segment;
mod table;
pub mod time;
mod whole;

pub use attractiveness::{
    AttractivenessOptions, OurAttractivenessOptions, SelectionMatrixOptions, attractiveness, our_attractiveness, selection_matrix,
};
pub use book::Book;
pub use concentration::{
    LorenzOptions, ParetoOptions, UnprofitableOptions, WhaleCurveOptions, cost_to_serve, lorenz, pareto, unprofitable, whale_curve,
};
pub use crm::{CostToServeOptions, Crm};
pub use error::{Code, Error, Result};
pub use facts::{Facts, FactsOptions, FactsState, Measure, Window};
pub use kam_numerics as numerics;
pub use key_account::{
    KeyAccountProfileOptions, KeyAccountTypesOptions, RoutesInputs, RoutesOptions, ThreePOptions, key_account_profile, key_account_types,
    routes, three_p,
};
pub use ledger::{Columns, Ledger};
pub use nullable::Nullable;
pub use people::{
    AssignmentInputs, AssignmentOptions, CompetenceOptions, EffortInputs, EffortOptions, HygieneOptions, MarketIndicatorInputs,
    MarketIndicatorOptions, MarketingListInputs, MarketingListOptions, PortfolioInputs, PortfolioOptions, assignment, competence, effort,
    hygiene, market_indicator, marketing_list, portfolio,
};
pub use pyramid::{PyramidInputs, PyramidOptions, PyramidTransitionsInputs, PyramidTransitionsOptions, pyramid, pyramid_transitions};
pub use retention::{
    ClvOptions, DevelopInputs, DevelopOrAcquireOptions, LossDynamicsInputs, LossDynamicsOptions, LossInputs, LossOptions,
    PurchaseModelOptions, RevenueBridgeOptions, SpendModelOptions, WinBackInputs, WinBackOptions, clv, develop_or_acquire, loss,
    loss_dynamics, purchase_model, revenue_bridge, spend_model, win_back,
};
pub use review::{CompareOptions, Comparison, Dossier, DossierOptions, Review, ReviewOptions, review};
pub use segment::{AbcOptions, AbcXyzOptions, RfmOptions, XyzOptions, abc, abc_xyz, rfm, xyz};
pub use table::{Table, Unit};

/// The Rust of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
