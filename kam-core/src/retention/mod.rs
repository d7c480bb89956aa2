//! Growth, loss and win-back: what becomes of the revenue of accounts from one time to the next, who is still alive, and what is to come.

mod bridge_steps;
mod bridge_tables;
mod btyd_summary;
mod clv;
mod develop_or_acquire;
mod develop_tables;
mod holdout;
mod looks;
mod loss;
mod loss_dynamics;
mod loss_dynamics_tables;
mod loss_reasons;
mod loss_tables;
mod purchase_model;
mod purchase_model_tables;
mod return_chance;
mod revenue_bridge;
mod spend_model;
mod value;
mod win_back;
mod win_back_options;
mod win_back_tables;

pub use bridge_steps::{Bridge, Movement};
pub use btyd_summary::{BtydSummary, Spend, days_per_unit};
pub use clv::{Clv, ClvMethod, ClvOptions, ClvSummary, clv};
pub use develop_or_acquire::{
    DevelopAccount, DevelopInputs, DevelopOrAcquire, DevelopOrAcquireMethod, DevelopOrAcquireOptions, DevelopSums, GrowthGroup, Verdict,
    develop_or_acquire,
};
pub use holdout::{Holdout, HoldoutSummary, TrackingWeek};
pub use loss::{Loss, LossAccount, LossCriterion, LossEpisode, LossInputs, LossMethod, LossOptions, LossState, loss};
pub use loss_dynamics::{
    LossCase, LossDynamics, LossDynamicsInputs, LossDynamicsMethod, LossDynamicsOptions, LossPeriod, LossSums, loss_dynamics,
};
pub use loss_reasons::{Reason, ReasonDetail, ReasonSums, Reasons};
pub use purchase_model::{
    Fallback, PurchaseModel, PurchaseModelKind, PurchaseModelMethod, PurchaseModelOptions, PurchaseModelSummary, Tried, purchase_model,
    purchase_model_with,
};
pub use return_chance::{ReturnChance, ReturnChances, ReturnCurve};
pub use revenue_bridge::{
    AccountMovement, BridgeStep, DirectionStep, RevenueBridge, RevenueBridgeMethod, RevenueBridgeOptions, RevenueBridgeSummary,
    revenue_bridge,
};
pub use spend_model::{
    NonPositive, SpendModel, SpendModelMethod, SpendModelOptions, SpendModelSummary, SpendSource, spend_model, spend_model_with,
};
pub use value::ValueBase;
pub use win_back::{NotWorth, OfferOutcome, WinBack, WinBackAccount, WinBackInputs, WinBackMethod, win_back};
pub use win_back_options::{Offer, ReturnChanceSource, ReturnValueSource, WinBackObjective, WinBackOptions};
