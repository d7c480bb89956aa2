//! Growth, loss and win-back: what becomes of the revenue of accounts from one time to the next.

mod btyd_summary;
mod clv;
mod holdout;
mod purchase_model;
mod purchase_model_tables;
mod spend_model;

pub use btyd_summary::{BtydSummary, Spend, days_per_unit};
pub use clv::{Clv, ClvMethod, ClvOptions, ClvSummary, clv};
pub use holdout::{Holdout, HoldoutSummary, TrackingWeek};
pub use purchase_model::{
    Fallback, PurchaseModel, PurchaseModelKind, PurchaseModelMethod, PurchaseModelOptions, PurchaseModelSummary, Tried, purchase_model,
};
pub use spend_model::{NonPositive, SpendModel, SpendModelMethod, SpendModelOptions, SpendModelSummary, SpendSource, spend_model};
