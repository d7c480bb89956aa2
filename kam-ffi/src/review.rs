//! The review: every method that the data allow, at once.

use std::collections::BTreeMap;
use std::ffi::{CString, c_char, c_void};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::report::{ReviewHtmlOptions, review_html};
use kam_core::{CompareOptions, Review, ReviewOptions};

use crate::border::{self, Failure, Fallible, Out, Text, c_text, call, free, optional_text, read, text};
use crate::crm::{crm_or_none, kam_crm};
use crate::error::kam_error;
use crate::facts::kam_facts;
use crate::progress::{Listener, kam_progress};
use crate::result::kam_result;
use crate::status::kam_status;
use crate::stream::give;

/// What every method that the data allow says, in one. It does not change, and any number of threads may use it at once. Free it with
/// kam_review_free.
pub struct kam_review {
    pub(crate) review: Arc<Review>,
    json: Text,
    html: Text,
    /// Pages by their options; none is ever taken out, so their texts stay where they are.
    pages: Mutex<BTreeMap<Option<String>, CString>>,
}

fn options(text: Option<&str>) -> Fallible<ReviewOptions> {
    let hint = r#"they are {"methods": ["abc", …], "options": {"abc": {…}, …}}"#;
    border::options(text, "options of the review", hint)
}

/// Runs every method that the data allow. A method that lacks a table or column is listed as skipped, with the reason.
///
/// `crm` may be NULL. `options_json` is NULL or {"methods": ["abc", …], "options": {"abc": {…}, …}}: the methods to run (all without),
/// and the options of single methods that differ from their defaults. On success `*review` is the caller's; it does not need facts and
/// crm to live on. Fails with KAM_OPTION for `options_json` and KAM_UNKNOWN_METHOD for a method that it names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_new(
    facts: *const kam_facts,
    crm: *const kam_crm,
    options_json: *const c_char,
    review: *mut *mut kam_review,
    error: *mut *mut kam_error,
) -> kam_status {
    // SAFETY: the calling contract at the head of the header.
    unsafe { kam_review_new_with_progress(facts, crm, options_json, None, std::ptr::null_mut(), review, error) }
}

/// kam_review_new that reports its progress, method by method, and can be stopped. `progress` may be NULL; `user` is passed on to it and
/// may be NULL. Fails as kam_review_new, and with KAM_INTERRUPTED where the callback says so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_new_with_progress(
    facts: *const kam_facts,
    crm: *const kam_crm,
    options_json: *const c_char,
    progress: kam_progress,
    user: *mut c_void,
    review: *mut *mut kam_review,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (facts, crm, options_json, out) = unsafe {
            (&read(facts, "facts")?.facts, crm_or_none(crm)?, optional_text(options_json, "options_json")?, Out::new(review, "review")?)
        };
        let review = kam_core::review::review(facts, crm, &options(options_json)?, &Listener { progress, user })?;
        out.give(kam_review { review: Arc::new(review), json: Text::default(), html: Text::default(), pages: Mutex::default() });
        Ok(())
    })
}

/// Gives a table as an Arrow stream: "accounts" (the master table, one row an account with what every method says of it), "skipped"
/// (method, reason, hint), "reconciliation", "quarantine", the main table of a method by the method's name ("abc"), or any of its tables
/// as "method.table".
///
/// The caller releases the stream. It may outlive the review. Fails with KAM_INVALID_ARGUMENT for a name that is none of these.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_table(
    review: *const kam_review,
    name: *const c_char,
    stream: *mut FFI_ArrowArrayStream,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (review, name, stream) = unsafe { (&read(review, "review")?.review, text(name, "name")?, Out::new(stream, "stream")?) };
        if name == "skipped" {
            give(&review.skipped_table()?, stream)?;
            return Ok(());
        }
        let table = review.table(name).ok_or_else(|| {
            let methods: Vec<_> = review.methods.iter().map(|method| method.name).collect();
            Failure::argument(format!("the review has no table `{name}`"))
                .hint(format!("tables are accounts, skipped, reconciliation, quarantine and those of {}", methods.join(", ")))
        })?;
        give(table, stream)?;
        Ok(())
    })
}

/// Gives the whole review as JSON: facts, methods (each with title, about, options, summary, tables), skipped, accounts, reconciliation,
/// quarantine. The text belongs to the review and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_json(review: *const kam_review, json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (review, json) = unsafe { (read(review, "review")?, Out::new(json, "json")?) };
        review.json.give(json, || Ok(review.review.to_json()?.to_string()))
    })
}

/// Gives the review as one self-contained HTML page that asks for nothing from outside; what comes from data is escaped. Its tables sort and
/// search by a script of the page's own; charts need kam_review_html_with. The text belongs to the review and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_html(review: *const kam_review, html: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (review, html) = unsafe { (read(review, "review")?, Out::new(html, "html")?) };
        review.html.give(html, || Ok(review_html(&review.review, &ReviewHtmlOptions::default())?))
    })
}

/// Compares a review with an older one: who moved between classes, levels and quadrants, and which figures moved them.
///
/// `options_json` is NULL or {"methods": ["abc", …]}: the methods whose classes are compared, all without. On success `*result` is the caller's; its
/// tables are "changes" (one row an account and class that changed), "moves" (one row a class and a pair of words) and "accounts" (those that only
/// one review knows). Rules that are not what they were (window, grain, options) stand in the summary as "rules_changed", and its "note" says so. It
/// does not need the reviews to live on. Fails with KAM_STATE_MISMATCH for reviews of two currencies or of two ends of the relationship, or where
/// the older one is of a later day; KAM_OPTION for `options_json`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_compare(
    review: *const kam_review,
    older: *const kam_review,
    options_json: *const c_char,
    result: *mut *mut kam_result,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (review, older, options_json, out) = unsafe {
            (read(review, "review")?, read(older, "older")?, optional_text(options_json, "options_json")?, Out::new(result, "result")?)
        };
        let hint = r#"they are {"methods": ["abc", …]}"#;
        let options: CompareOptions = border::options(options_json, "options of the comparison", hint)?;
        let comparison = review.review.compare_with(&older.review, &options)?;
        out.give(kam_result::new("compare", comparison.into_outcome()));
        Ok(())
    })
}

/// kam_review_html with options, NULL or an object of: "title", "max_rows" (of each table), "max_accounts" (of the master table, largest revenue
/// first), "dossiers" (for how many key accounts, or an array of accounts), and "script": the text of a script that gives `vegaEmbed`, with Vega
/// and Vega-Lite in it, by which the page draws its charts.
///
/// The text belongs to the review and lives as long as it. Fails with KAM_OPTION for `options_json`, also where "script" cannot stand inside a page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_html_with(
    review: *const kam_review,
    options_json: *const c_char,
    html: *mut *const c_char,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (review, given, html) =
            unsafe { (read(review, "review")?, optional_text(options_json, "options_json")?, Out::new(html, "html")?) };
        let pages = || review.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let key = given.map(str::to_owned);
        let known = pages().get(&key).map(|page| page.as_ptr());
        let page = match known {
            Some(page) => page,
            None => {
                let hint = "they are title, max_rows, max_accounts, dossiers and script";
                let options: ReviewHtmlOptions = border::options(given, "options of the page", hint)?;
                let made = c_text(&review_html(&review.review, &options)?);
                pages().entry(key).or_insert(made).as_ptr()
            }
        };
        html.write(page);
        Ok(())
    })
}

/// Frees a review. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_free(review: *mut kam_review) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(review) };
}
