//! Facts: the ledger summed up.

use std::ffi::{c_char, c_void};

use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::review::FactsSummary;
use kam_core::{CostToServeOptions, Facts, FactsOptions};

use crate::border::{self, Failure, Fallible, Out, Text, call, free, json, optional_text, read, text};
use crate::crm::kam_crm;
use crate::error::kam_error;
use crate::ledger::kam_ledger;
use crate::progress::{Listener, kam_progress};
use crate::status::kam_status;
use crate::stream::give;

/// The exact sums of a ledger per account and period: what every method reads. It does not change, and any number of threads may use
/// it at once. Free it with kam_facts_free; results and reviews made of it live on.
pub struct kam_facts {
    pub(crate) facts: Facts,
    summary: Text,
}

impl kam_facts {
    pub(crate) fn new(facts: Facts) -> Self {
        kam_facts { facts, summary: Text::default() }
    }
}

pub(crate) fn facts_options(options: &str) -> Fallible<FactsOptions> {
    Ok(FactsOptions::from_json(&json(Some(options), "options_json")?)?)
}

/// Reads a ledger and sums it up.
///
/// `options_json` is {"as_of": "2011-12-09", "grain": "month", "window": 12, "perspective": "customer"}: the day the facts are seen from
/// (required: kam never reads the clock), the period of the series (day, week, month, quarter or year; month without), the number of
/// periods that segments and shares use (12 without), or "all", and whether accounts are customers or, of a purchase ledger, suppliers
/// ("supplier"; "customer" without). Rows that cannot be used are in the table "quarantine"; too many of them are KAM_TOO_MANY_BAD_ROWS.
/// On success `*facts` is the caller's, and needs the ledger no more.
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
        out.give(kam_facts::new(crm.get().roll_up(facts)?));
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
        let options: CostToServeOptions = border::options(options, "options", "they are hour_rate and spread")?;
        out.give(kam_facts::new(crm.get().with_cost_to_serve(facts, &options)?));
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
        give(&table, stream)?;
        Ok(())
    })
}

/// Gives the facts in short as JSON: as_of, the window, accounts, rows, totals. The text belongs to the facts and lives as long as they.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_facts_summary(facts: *const kam_facts, json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (facts, json) = unsafe { (read(facts, "facts")?, Out::new(json, "json")?) };
        facts.summary.give(json, || {
            let summary = serde_json::to_string(&FactsSummary::of(&facts.facts));
            Ok(summary.map_err(|source| kam_core::Error::internal(format!("summary of facts: {source}")))?)
        })
    })
}

/// Frees facts. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_facts_free(facts: *mut kam_facts) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(facts) };
}
