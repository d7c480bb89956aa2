//! Progress to a Python callable, and Ctrl-C to the work.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use kam_core::Error;
use kam_core::progress::Progress;
use pyo3::prelude::*;

use crate::errors::exception;

/// How often the interpreter is visited at most, so that asking costs nothing.
const VISIT: Duration = Duration::from_millis(40);

/// Hears the work's reports on the thread that called kam.
pub struct Reporter {
    callback: Option<Py<PyAny>>,
    state: Mutex<State>,
}

struct State {
    visited: Option<Instant>,
    raised: Option<PyErr>,
}

impl Reporter {
    /// Reports go to `callback(stage, done, total)`; without one only Ctrl-C is looked for.
    pub fn new(callback: Option<Py<PyAny>>) -> Self {
        Reporter { callback, state: Mutex::new(State { visited: None, raised: None }) }
    }

    /// Runs long work without the interpreter and turns its error into an exception: the one that stopped it, where it was stopped.
    pub fn run<T: Send>(self, py: Python<'_>, work: impl FnOnce(&dyn Progress) -> Result<T, Error> + Send) -> PyResult<T> {
        let done = py.detach(|| Error::caught(|| work(&self)));
        let raised = self.state.into_inner().ok().and_then(|state| state.raised);
        match (done, raised) {
            (Err(error), Some(raised)) if error.is_interrupted() => Err(raised),
            (Err(error), _) => Err(exception(py, &error)),
            // A fit that was stopped gives its best point, which nobody waits for any more.
            (Ok(_), Some(raised)) => Err(raised),
            (Ok(value), None) => {
                // A signal that came after the last report must not be lost.
                py.check_signals()?;
                Ok(value)
            }
        }
    }
}

impl Reporter {
    /// Visits the interpreter, and keeps what it raised.
    fn visit(&self, visit: impl FnOnce(Python<'_>) -> PyResult<()>) -> ControlFlow<()> {
        let Ok(mut state) = self.state.lock() else { return ControlFlow::Break(()) };
        state.visited = Some(Instant::now());
        drop(state);
        match Python::attach(visit) {
            Ok(()) => ControlFlow::Continue(()),
            Err(raised) => {
                if let Ok(mut state) = self.state.lock() {
                    state.raised = Some(raised);
                }
                ControlFlow::Break(())
            }
        }
    }

    fn has_raised(&self) -> bool {
        self.state.lock().map_or(true, |state| state.raised.is_some())
    }

    /// Was the last visit a while ago?
    fn is_due(&self) -> bool {
        self.state.lock().is_ok_and(|state| state.visited.is_none_or(|visited| visited.elapsed() >= VISIT))
    }
}

impl Progress for Reporter {
    fn report(&self, stage: &str, done: u64, total: Option<u64>) -> ControlFlow<()> {
        if total != Some(done) && !self.is_due() {
            return ControlFlow::Continue(());
        }
        self.visit(|py| {
            py.check_signals()?;
            self.callback.as_ref().map_or(Ok(()), |callback| callback.call1(py, (stage, done, total)).map(|_| ()))
        })
    }

    fn is_stopped(&self) -> bool {
        // A signal is told once.
        self.has_raised() || self.is_due() && self.visit(|py| py.check_signals()).is_break()
    }
}
