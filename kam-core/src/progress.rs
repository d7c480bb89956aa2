//! How long work says how far it is, and asks whether to go on.

use std::ops::ControlFlow;

use crate::error::{Code, Error, Result};

/// Hears how far long work is, and may stop it.
pub trait Progress: Sync {
    /// `done` of `total` rows (or methods) of a stage; `total` where it is known. Breaking ends the work with [`Code::Interrupted`].
    fn report(&self, stage: &str, done: u64, total: Option<u64>) -> ControlFlow<()>;

    /// Asked within a stage, where nobody knows how much is done: should the work stop?
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Nobody listens.
impl Progress for () {
    fn report(&self, _: &str, _: u64, _: Option<u64>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Reports, and turns a stop into an error.
pub(crate) fn report(progress: &dyn Progress, stage: &str, done: u64, total: Option<u64>) -> Result<()> {
    match progress.report(stage, done, total) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(stopped(stage)),
    }
}

/// The error of work that the caller stopped.
pub(crate) fn stopped(stage: &str) -> Error {
    Error::new(Code::Interrupted, format!("{stage}: stopped by the caller"))
}
