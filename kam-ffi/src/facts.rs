//! Facts: the ledger summed up.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ops::ControlFlow;
use std::sync::OnceLock;

use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::progress::Progress;
use kam_core::review::FactsSummary;
use kam_core::{Facts, FactsOptions};

use crate::border::{Failure, Fallible, Out, c_text, call, free, json, optional_text, read, text};
use crate::crm::kam_crm;
use crate::error::kam_error;
use crate::ledger::kam_ledger;
use crate::status::kam_status;
use crate::stream::give;

/// The exact sums of a ledger per account and period: what every method reads. It does not change, and any number of threads may use
/// it at once. Free it with kam_facts_free; results and reviews made of it live on.
pub struct kam_facts {
    pub(crate) facts: Facts,
    summary: OnceLock<CString>,
}

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

impl kam_facts {
    pub(crate) fn new(facts: Facts) -> Self {
        kam_facts { facts, summary: OnceLock::new() }
    }
}

pub(crate) fn facts_options(options: &str) -> Fallible<FactsOptions> {
    Ok(FactsOptions::from_json(&json(Some(options), "options_json")?)?)
}

/// Reads a ledger and sums it up.
///
/// `options_json` is {"as_of": "2011-12-09", "grain": "month", "window": 12}: the day the facts are seen from (required: kam never reads
/// the clock), the period of the series (day, week, month, quarter or year; month without) and the number of periods that segments and
/// shares use (12 without), or "all". Rows that cannot be used are in the table "quarantine"; too many of them are
/// KAM_TOO_MANY_BAD_ROWS. On success `*facts` is the caller's, and needs the ledger no more.
///
/// Fails with KAM_OPTION for `options_json`, the codes of 100 for a source that cannot be read and currencies without a rate, those of
/// 200 for its columns, KAM_OVERFLOW for sums too large.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_facts_new(
    ledger: *const kam_ledger,
    options_json: *const c_char,
    facts: *mut *mut kam_facts,
    error: *mut *mut kam_error,
) -> kam_status {
    // SAFETY: the calling contract at the head of the header.
    unsafe { kam_facts_new_with_progress(ledger, options_json, None, std::ptr::null_mut(), facts, error) }
}

/// kam_facts_new that reports its progress and can be stopped. `progress` may be NULL; `user` is passed on to it and may be NULL. Fails
/// as kam_facts_new, and with KAM_INTERRUPTED where the callback says so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_facts_new_with_progress(
    ledger: *const kam_ledger,
    options_json: *const c_char,
    progress: kam_progress,
    user: *mut c_void,
    facts: *mut *mut kam_facts,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (ledger, options, out) = unsafe { (read(ledger, "ledger")?, text(options_json, "options_json")?, Out::new(facts, "facts")?) };
        out.give(kam_facts::new(ledger.ledger.facts_with(&facts_options(options)?, &Listener { progress, user })?));
        Ok(())
    })
}

/// Makes facts of head offices: each account is counted with the top of its chain of parents, which the crm's table "accounts" names in
/// its column "parent". On success `*rolled_up` is the caller's, and needs neither the facts nor the crm any more.
///
/// Fails with KAM_MISSING_INPUT for a crm without that table or column, KAM_CRM_VALUE for parents that go in a circle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_facts_roll_up(
    facts: *const kam_facts,
    crm: *const kam_crm,
    rolled_up: *mut *mut kam_facts,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (facts, crm, out) = unsafe { (&read(facts, "facts")?.facts, read(crm, "crm")?, Out::new(rolled_up, "rolled_up")?) };
        out.give(kam_facts::new(crm.get()?.roll_up(facts)?));
        Ok(())
    })
}

/// Makes facts whose cost to serve holds the cost of the crm's activities, so that profit and every method on it count them.
///
/// `options_json` is NULL or {"hour_rate": 95.0, "spread": "revenue"}: what an hour costs where an activity does not say what it cost, and
/// by what (revenue, lines, orders, equal) the cost that belongs to no account is shared out. On success `*served` is the caller's, and needs
/// neither the facts nor the crm any more.
///
/// Fails with KAM_OPTION for `options_json`, KAM_MISSING_INPUT for a crm without activities or their cost, KAM_STATE_MISMATCH for facts that
/// hold the cost already, KAM_OVERFLOW for sums too large.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_facts_with_cost_to_serve(
    facts: *const kam_facts,
    crm: *const kam_crm,
    options_json: *const c_char,
    served: *mut *mut kam_facts,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (facts, crm, options, out) = unsafe {
            (&read(facts, "facts")?.facts, read(crm, "crm")?, optional_text(options_json, "options_json")?, Out::new(served, "served")?)
        };
        let options: Option<kam_core::CostToServeOptions> = serde_json::from_value(json(options, "options_json")?)
            .map_err(|source| Failure::option(format!("options: {source}")).hint("they are hour_rate and spread"))?;
        let made = crm.get()?.with_cost_to_serve(facts, &options.unwrap_or_default())?;
        out.give(kam_facts { facts: made, summary: OnceLock::new() });
        Ok(())
    })
}

/// Gives a table of the facts as an Arrow stream: "accounts" (one row an account), "periods" (an account and period), "directions" (an
/// account and direction), "quarantine" (the rows that could not be used, and why) or "reconciliation" (how rows and money add up).
///
/// The caller releases the stream. It may outlive the facts. Fails with KAM_INVALID_ARGUMENT for another name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_facts_table(
    facts: *const kam_facts,
    name: *const c_char,
    stream: *mut FFI_ArrowArrayStream,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (facts, name, stream) = unsafe { (&read(facts, "facts")?.facts, text(name, "name")?, Out::new(stream, "stream")?) };
        let table = match name {
            "accounts" => facts.accounts_table()?,
            "periods" => facts.periods_table()?,
            "directions" => facts.directions_table()?,
            "quarantine" => facts.quarantine_table()?,
            "reconciliation" => facts.reconciliation_table()?,
            _ => {
                return Err(Failure::argument(format!("facts have no table `{name}`"))
                    .hint("tables are accounts, periods, directions, quarantine, reconciliation"));
            }
        };
        give(&table, stream);
        Ok(())
    })
}

/// Gives the facts in short as JSON: as_of, the window, accounts, rows, totals. The text belongs to the facts and lives as long as they.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_facts_summary(facts: *const kam_facts, json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (facts, json) = unsafe { (read(facts, "facts")?, Out::new(json, "json")?) };
        let made = match facts.summary.get() {
            Some(made) => made,
            None => {
                let made = serde_json::to_string(&FactsSummary::of(&facts.facts))
                    .map_err(|source| kam_core::Error::internal(format!("summary of facts: {source}")))?;
                facts.summary.get_or_init(|| c_text(&made))
            }
        };
        json.write(made.as_ptr());
        Ok(())
    })
}

/// Frees facts. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_facts_free(facts: *mut kam_facts) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(facts) };
}
