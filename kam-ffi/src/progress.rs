//! Progress of long calls.

use std::ffi::{c_char, c_int, c_void};
use std::ops::ControlFlow;

use kam_core::progress::Progress;

use crate::border::c_text;

/// Hears how far the work is, and may stop it: return 0 to go on, anything else to stop with KAM_INTERRUPTED.
///
/// `user` is the pointer that was given with the callback; `stage` is valid during the call only; `done` of `total` are rows (or
/// methods of a review), `total` is 0 where it is not known. It is called on the thread that made the call, must not throw or jump out,
/// and must not change or free the handles of the call.
pub type kam_progress = Option<unsafe extern "C" fn(user: *mut c_void, stage: *const c_char, done: u64, total: u64) -> c_int>;

/// The caller's callback.
pub(crate) struct Listener {
    pub progress: kam_progress,
    pub user: *mut c_void,
}

// SAFETY: the library reports from the thread that called it; the pointer is the callback's own and never looked at here.
unsafe impl Sync for Listener {}

impl Progress for Listener {
    fn report(&self, stage: &str, done: u64, total: Option<u64>) -> ControlFlow<()> {
        let Some(progress) = self.progress else { return ControlFlow::Continue(()) };
        let stage = c_text(stage);
        // SAFETY: the contract asks for a function of this type that takes this pointer.
        let stop = unsafe { progress(self.user, stage.as_ptr(), done, total.unwrap_or(0)) };
        if stop == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
