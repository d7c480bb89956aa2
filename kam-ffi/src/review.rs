//! The review: every method that the data allow, at once.

use std::ffi::{CString, c_char, c_void};
use std::sync::{Arc, OnceLock};

use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::report::{ReviewHtmlOptions, review_html};
use kam_core::{CompareOptions, DossierOptions, Review, ReviewOptions};
use serde::de::DeserializeOwned;

use crate::border::{Failure, Fallible, Out, c_text, call, free, json, optional_text, read, text};
use crate::crm::{crm_or_none, kam_crm};
use crate::error::kam_error;
use crate::facts::{Listener, kam_facts, kam_progress};
use crate::result::kam_result;
use crate::status::kam_status;
use crate::stream::give;

/// What every method that the data allow says, in one. It does not change, and any number of threads may use it at once. Free it with
/// kam_review_free.
pub struct kam_review {
    review: Arc<Review>,
    json: OnceLock<CString>,
    html: OnceLock<CString>,
}

fn options(text: Option<&str>) -> Fallible<ReviewOptions> {
    let options: Option<ReviewOptions> = serde_json::from_value(json(text, "options_json")?).map_err(|source| {
        Failure::option(format!("options of the review: {source}")).hint(r#"they are {"methods": ["abc", …], "options": {"abc": {…}, …}}"#)
    })?;
    Ok(options.unwrap_or_default())
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
        out.give(kam_review { review: Arc::new(review), json: OnceLock::new(), html: OnceLock::new() });
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
            give(&review.skipped_table()?, stream);
            return Ok(());
        }
        let table = review.table(name).ok_or_else(|| {
            let methods: Vec<_> = review.methods.iter().map(|method| method.name).collect();
            Failure::argument(format!("the review has no table `{name}`"))
                .hint(format!("tables are accounts, skipped, reconciliation, quarantine and those of {}", methods.join(", ")))
        })?;
        give(table, stream);
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
        let made = match review.json.get() {
            Some(made) => made,
            None => {
                let made = review.review.to_json()?;
                review.json.get_or_init(|| c_text(&made.to_string()))
            }
        };
        json.write(made.as_ptr());
        Ok(())
    })
}

/// Gives the review as one self-contained HTML page, without scripts and without anything from outside; what comes from data is escaped.
/// The text belongs to the review and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_html(review: *const kam_review, html: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (review, html) = unsafe { (read(review, "review")?, Out::new(html, "html")?) };
        let made = match review.html.get() {
            Some(made) => made,
            None => {
                let made = review_html(&review.review, &ReviewHtmlOptions::default())?;
                review.html.get_or_init(|| c_text(&made))
            }
        };
        html.write(made.as_ptr());
        Ok(())
    })
}

/// Everything that a review knows of one account. It does not change, and any number of threads may use it at once. It lives on when the
/// review is freed. Free it with kam_dossier_free.
pub struct kam_dossier {
    review: Arc<Review>,
    account: String,
    options: DossierOptions,
    json: CString,
    markdown: OnceLock<CString>,
    html: OnceLock<CString>,
}

fn own_options<O: DeserializeOwned + Default>(text: Option<&str>, what: &str) -> Fallible<O> {
    let options: Option<O> =
        serde_json::from_value(json(text, "options_json")?).map_err(|source| Failure::option(format!("options of {what}: {source}")))?;
    Ok(options.unwrap_or_default())
}

/// Gives the dossier of an account, by its key in the ledger or the crm: who it is, its group, its classes with the figures that put it there,
/// what was delivered, won and lost, what was done, who decides, competitors, contracts, plans, ratings, and what to do next.
///
/// It takes microseconds whatever the size of the review. `options_json` is NULL or {"rows": 20, "periods": 24, "due_within_days": 90}: how many
/// rows of each list and how many periods it holds, and until when clauses are a next step. On success `*dossier` is the caller's. Fails with
/// KAM_UNKNOWN_ACCOUNT for a key that is not there, and the error's hint names keys like it; KAM_OPTION for `options_json`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_dossier(
    review: *const kam_review,
    account: *const c_char,
    options_json: *const c_char,
    dossier: *mut *mut kam_dossier,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (review, account, options_json, out) = unsafe {
            (
                read(review, "review")?,
                text(account, "account")?,
                optional_text(options_json, "options_json")?,
                Out::new(dossier, "dossier")?,
            )
        };
        let options: DossierOptions = own_options(options_json, "the dossier")?;
        let json = c_text(&review.review.dossier_with(account, &options)?.to_json()?);
        let (review, account) = (Arc::clone(&review.review), account.to_owned());
        out.give(kam_dossier { review, account, options, json, markdown: OnceLock::new(), html: OnceLock::new() });
        Ok(())
    })
}

/// Gives the dossier as JSON. The text belongs to the dossier and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_dossier_json(dossier: *const kam_dossier, json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (dossier, json) = unsafe { (read(dossier, "dossier")?, Out::new(json, "json")?) };
        json.write(dossier.json.as_ptr());
        Ok(())
    })
}

/// Gives the dossier as Markdown (CommonMark with tables); what comes from data is escaped. The text belongs to the dossier and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_dossier_markdown(
    dossier: *const kam_dossier,
    markdown: *mut *const c_char,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (dossier, markdown) = unsafe { (read(dossier, "dossier")?, Out::new(markdown, "markdown")?) };
        let made = match dossier.markdown.get() {
            Some(made) => made,
            None => {
                let made = dossier.review.dossier_with(&dossier.account, &dossier.options)?.to_markdown();
                dossier.markdown.get_or_init(|| c_text(&made))
            }
        };
        markdown.write(made.as_ptr());
        Ok(())
    })
}

/// Gives the dossier as a fragment of HTML with its style, without scripts and without anything from outside; what comes from data is escaped. The
/// text belongs to the dossier and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_dossier_html(dossier: *const kam_dossier, html: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (dossier, html) = unsafe { (read(dossier, "dossier")?, Out::new(html, "html")?) };
        let made = match dossier.html.get() {
            Some(made) => made,
            None => {
                let made = dossier.review.dossier_with(&dossier.account, &dossier.options)?.to_html_fragment();
                dossier.html.get_or_init(|| c_text(&made))
            }
        };
        html.write(made.as_ptr());
        Ok(())
    })
}

/// Frees a dossier. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_dossier_free(dossier: *mut kam_dossier) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(dossier) };
}

/// Compares a review with an older one: who moved between classes, levels and quadrants, and which figures moved them.
///
/// `options_json` is NULL or {"methods": ["abc", …]}: the methods whose classes are compared, all without. On success `*result` is the caller's; its
/// tables are "changes" (one row an account and class that changed), "moves" (one row a class and a pair of words) and "accounts" (those that only
/// one review knows). It does not need the reviews to live on. Fails with KAM_STATE_MISMATCH for reviews of two currencies or of two ends of the
/// relationship, KAM_OPTION for `options_json`.
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
        let options: CompareOptions = own_options(options_json, "the comparison")?;
        let comparison = review.review.compare_with(&older.review, &options)?;
        out.give(kam_result::new("compare", comparison.into_outcome()));
        Ok(())
    })
}

/// Frees a review. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_review_free(review: *mut kam_review) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(review) };
}
