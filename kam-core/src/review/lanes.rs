//! Methods side by side: while one sorts or sums on a single thread, another has the rest of the machine.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::{Code, Result};
use crate::method::{Entry, Outcome};
use crate::progress::Progress;

/// So many methods run at once. Most of what they do uses all threads anyway; more of them would only hold more results at a time.
const LANES: usize = 2;

/// How often the caller is asked whether to stop while no method says how far it is.
const LOOK: Duration = Duration::from_millis(50);

/// Runs every entry, each after those whose results it takes, and gives what `work` gave, in the order of the entries; nothing of those that
/// were not begun when the caller stopped. `work` gets the place of the entry, whom it reports to, and how many are done; `done` is told
/// after each which are not.
///
/// The caller's progress is asked on the calling thread alone. Inside a thread pool of the caller's the methods run one after the other,
/// in that pool.
pub(super) fn run(
    entries: &[&'static Entry],
    progress: &dyn Progress,
    work: impl Fn(usize, &dyn Progress, usize) -> Result<Outcome> + Sync,
    done: impl Fn(&[&'static Entry]) + Sync,
) -> Vec<Option<Result<Outcome>>> {
    let board = Board::new(entries);
    let lane = |progress: &dyn Progress| {
        while let Some((place, finished)) = board.take() {
            let ending = Ending(&board);
            let result = work(place, progress, finished);
            std::mem::forget(ending);
            done(&board.put(place, result));
        }
    };
    if rayon::current_thread_index().is_some() || rayon::current_num_threads() == 1 {
        lane(progress);
    } else {
        let is_stopped = AtomicBool::new(false);
        let (sender, events) = mpsc::channel();
        std::thread::scope(|scope| {
            let lanes: Vec<_> = (0..LANES.min(entries.len()))
                .map(|_| {
                    let relay = Relay { sender: sender.clone(), is_stopped: &is_stopped };
                    scope.spawn(|| lane(&{ relay }))
                })
                .collect();
            drop(sender);
            listen(events, progress, &is_stopped);
            for lane in lanes {
                if let Err(panic) = lane.join() {
                    std::panic::resume_unwind(panic);
                }
            }
        });
    }
    board.results()
}

/// Passes on what the lanes report, until all of them have ended. The receiver goes down with it: where the caller's progress panics, no lane may
/// wait for an answer.
fn listen(events: Receiver<Event>, progress: &dyn Progress, is_stopped: &AtomicBool) {
    loop {
        let flow = match events.recv_timeout(LOOK) {
            Ok(event) => {
                // Whoever has said stop is not asked again.
                let flow = match is_stopped.load(Ordering::Relaxed) {
                    true => ControlFlow::Break(()),
                    false => progress.report(&event.stage, event.done, event.total),
                };
                // A lane that does not wait any more has ended.
                let _ = event.answer.send(flow);
                flow
            }
            Err(RecvTimeoutError::Timeout) if progress.is_stopped() => ControlFlow::Break(()),
            Err(RecvTimeoutError::Timeout) => ControlFlow::Continue(()),
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if flow.is_break() {
            is_stopped.store(true, Ordering::Relaxed);
        }
    }
}

/// What a lane reports.
struct Event {
    stage: String,
    done: u64,
    total: Option<u64>,
    answer: Sender<ControlFlow<()>>,
}

/// Reports to the thread that called.
struct Relay<'a> {
    sender: Sender<Event>,
    is_stopped: &'a AtomicBool,
}

impl Progress for Relay<'_> {
    fn report(&self, stage: &str, done: u64, total: Option<u64>) -> ControlFlow<()> {
        if self.is_stopped() {
            return ControlFlow::Break(());
        }
        let (answer, answered) = mpsc::channel();
        let event = Event { stage: stage.to_owned(), done, total, answer };
        match self.sender.send(event).ok().and_then(|()| answered.recv().ok()) {
            Some(flow) => flow,
            // Nobody listens any more: the caller's progress panicked.
            None => ControlFlow::Break(()),
        }
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
    Done,
}

/// The states of the methods, and what those that are done gave.
type States = (Vec<State>, Vec<Option<Result<Outcome>>>);

/// Which methods wait, run and are done.
struct Board {
    entries: Vec<&'static Entry>,
    state: Mutex<States>,
    changed: Condvar,
}

impl Board {
    fn new(entries: &[&'static Entry]) -> Self {
        let results = entries.iter().map(|_| None).collect();
        Board { entries: entries.to_vec(), state: Mutex::new((vec![State::Waiting; entries.len()], results)), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, States> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first entry that need not wait for another, and how many are done; `None` where none is left.
    fn take(&self) -> Option<(usize, usize)> {
        let mut guard = self.lock();
        loop {
            let states = &mut guard.0;
            let is_free = |at: &usize| {
                let takes = self.entries[*at].takes;
                states[*at] == State::Waiting
                    && (0..*at).all(|other| states[other] == State::Done || !takes.contains(&self.entries[other].name))
            };
            if let Some(at) = (0..states.len()).find(is_free) {
                states[at] = State::Running;
                return Some((at, states.iter().filter(|state| **state == State::Done).count()));
            }
            if !states.contains(&State::Waiting) {
                return None;
            }
            guard = self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Puts a result down; gives the entries that are not done.
    fn put(&self, at: usize, result: Result<Outcome>) -> Vec<&'static Entry> {
        let mut guard = self.lock();
        if result.as_ref().is_err_and(|error| error.code() == Code::Interrupted) {
            guard.0.iter_mut().filter(|state| **state == State::Waiting).for_each(|state| *state = State::Done);
        }
        (guard.0[at], guard.1[at]) = (State::Done, Some(result));
        self.changed.notify_all();
        let undone = self.entries.iter().zip(&guard.0).filter(|(_, state)| **state != State::Done);
        undone.map(|(entry, _)| *entry).collect()
    }

    fn results(self) -> Vec<Option<Result<Outcome>>> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).1
    }
}

/// Lets nobody wait for a method that panicked.
struct Ending<'a>(&'a Board);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.lock().0.fill(State::Done);
        self.0.changed.notify_all();
    }
}
