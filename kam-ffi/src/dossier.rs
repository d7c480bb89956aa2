//! The dossier of one account, from a review.

use std::ffi::c_char;
use std::sync::Arc;

use kam_core::{Dossier, DossierOptions, Review};

use crate::border::{self, Fallible, Out, Text, call, free, optional_text, read, text};
use crate::error::kam_error;
use crate::review::kam_review;
use crate::status::kam_status;

/// Everything that a review knows of one account. It does not change, and any number of threads may use it at once. It lives on when the
/// review is freed. Free it with kam_dossier_free.
pub struct kam_dossier {
    review: Arc<Review>,
    account: String,
    options: DossierOptions,
    json: Text,
    markdown: Text,
    html: Text,
}

impl kam_dossier {
    /// Made again for each of its texts: a dossier takes less time than its text, and borrows from the review.
    fn make(&self) -> Fallible<Dossier<'_>> {
        Ok(self.review.dossier_with(&self.account, &self.options)?)
    }
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
        let hint = r#"they are {"rows": 20, "periods": 24, "due_within_days": 90}"#;
        let options: DossierOptions = border::options(options_json, "options of the dossier", hint)?;
        // An account that is not there is refused here, and not where a text is asked for.
        review.review.dossier_with(account, &options)?;
        let (review, account) = (Arc::clone(&review.review), account.to_owned());
        out.give(kam_dossier { review, account, options, json: Text::new(), markdown: Text::new(), html: Text::new() });
        Ok(())
    })
}

/// Gives the dossier as JSON. The text belongs to the dossier and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_dossier_json(dossier: *const kam_dossier, json: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (dossier, json) = unsafe { (read(dossier, "dossier")?, Out::new(json, "json")?) };
        dossier.json.give(json, || Ok(dossier.make()?.to_json()?))
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
        dossier.markdown.give(markdown, || Ok(dossier.make()?.to_markdown()))
    })
}

/// Gives the dossier as a fragment of HTML with its style, without scripts and without anything from outside; what comes from data is escaped. The
/// text belongs to the dossier and lives as long as it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_dossier_html(dossier: *const kam_dossier, html: *mut *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (dossier, html) = unsafe { (read(dossier, "dossier")?, Out::new(html, "html")?) };
        dossier.html.give(html, || Ok(dossier.make()?.to_html_fragment()))
    })
}

/// Frees a dossier. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_dossier_free(dossier: *mut kam_dossier) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(dossier) };
}
