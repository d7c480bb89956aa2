//! Growth, loss and win-back: what becomes of the revenue of accounts from one time to the next.

mod bridge_steps;
mod bridge_tables;
mod loss;
mod loss_tables;
mod revenue_bridge;

pub use bridge_steps::{Bridge, Movement};
pub use loss::{Loss, LossAccount, LossCriterion, LossEpisode, LossInputs, LossMethod, LossOptions, LossState, loss};
pub use revenue_bridge::{
    AccountMovement, BridgeStep, DirectionStep, RevenueBridge, RevenueBridgeMethod, RevenueBridgeOptions, RevenueBridgeSummary,
    revenue_bridge,
};
