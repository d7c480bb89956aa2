//! The book: a persistent ledger of facts.

use std::ffi::{c_char, c_void};

use arrow::ffi_stream::FFI_ArrowArrayStream;
use kam_core::Book;

use crate::border::{Out, call, free, optional_text, read, text};
use crate::error::kam_error;
use crate::facts::{facts_options, kam_facts};
use crate::ledger::{self, kam_ledger};
use crate::progress::{Listener, kam_progress};
use crate::status::kam_status;
use crate::stream::give;

/// A persistent ledger of facts in one file: batches are appended as they come, facts asked for at any time. Any number of threads may
/// use one book at once, also to append: appends wait for each other, facts do not wait for appends. Free it with kam_book_free, which
/// lets go of the file; facts made of it live on.
pub struct kam_book {
    book: Book,
}

/// What became of a batch.
#[repr(C)]
pub struct kam_appended {
    /// 1 if the batch was in the book already with the same rows, so that nothing was done; 0 if it was added.
    pub repeated: i32,
    /// All rows that were read.
    pub rows: u64,
    /// Rows that facts can use.
    pub used: u64,
    /// Rows without an account.
    pub unassigned: u64,
    /// Rows that could not be used.
    pub quarantined: u64,
    /// How many stored runs were merged on the way, so that their number stays small.
    pub merged_runs: u64,
    /// NULL, or why runs that were due could not be merged, say for want of room: the batch is in the book all the same, and the next
    /// append tries again. It is the caller's: free it with kam_error_free.
    pub merge_failure: *mut kam_error,
}

/// Opens the book in a file, or makes a new one where there is none.
///
/// `columns_json` is as for kam_ledger_open, and must be that with which the book was made. It may be NULL: then the book must be there,
/// and is opened as it was made. Another process that has the book open is KAM_BOOK_HELD, and so is another handle of this one. On
/// success `*book` is the caller's.
///
/// Fails with KAM_OPTION for `columns_json`, KAM_BOOK_COLUMNS where it differs from the book's, KAM_BOOK_DAMAGED, KAM_BOOK_VERSION for a
/// book of a newer kam, KAM_BOOK_STORAGE where the file is not there or cannot be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_open(
    path: *const c_char,
    columns_json: *const c_char,
    book: *mut *mut kam_book,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (path, columns, out) = unsafe { (text(path, "path")?, optional_text(columns_json, "columns_json")?, Out::new(book, "book")?) };
        let book = match columns {
            Some(columns) => Book::open_or_create(path, &ledger::columns(columns)?)?,
            None => Book::open(path)?,
        };
        out.give(kam_book { book });
        Ok(())
    })
}

/// Adds the rows of a ledger to the book as the batch `batch_id`, all or none. When it returns KAM_OK, they are on the disk.
///
/// The ledger comes from files, a stream or a builder, and must have the columns of the book; a builder's columns have their own names:
/// {"account": "account", "date": "date", "amount": "amount", …}. A batch id that is in the book already with the same rows, in whatever
/// order, does nothing and says so in `appended`; with other rows it is KAM_BOOK_BATCH. `appended` may be NULL, and then nobody hears of a
/// failed merge.
///
/// Fails with KAM_BOOK_COLUMNS for other columns, KAM_STATE_MISMATCH for another kind of accounts or currency, KAM_BOOK_STORAGE where the
/// disk is full, and as kam_facts_new for what is wrong with the ledger. After a failure the book is as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_append(
    book: *const kam_book,
    ledger: *const kam_ledger,
    batch_id: *const c_char,
    appended: *mut kam_appended,
    error: *mut *mut kam_error,
) -> kam_status {
    // SAFETY: the calling contract at the head of the header.
    unsafe { kam_book_append_with_progress(book, ledger, batch_id, None, std::ptr::null_mut(), appended, error) }
}

/// kam_book_append that reports its progress and can be stopped, which adds nothing. `progress` may be NULL; `user` is passed on to it
/// and may be NULL. Fails as kam_book_append, and with KAM_INTERRUPTED where the callback says so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_append_with_progress(
    book: *const kam_book,
    ledger: *const kam_ledger,
    batch_id: *const c_char,
    progress: kam_progress,
    user: *mut c_void,
    appended: *mut kam_appended,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (book, ledger, batch_id) = unsafe { (&read(book, "book")?.book, &read(ledger, "ledger")?.ledger, text(batch_id, "batch_id")?) };
        let done = book.append_with(ledger, batch_id, &Listener { progress, user })?;
        if !appended.is_null() {
            // SAFETY: not NULL, and the caller promises a place that can be written to.
            unsafe { Out::new(appended, "appended") }?.write(kam_appended {
                repeated: i32::from(done.repeated),
                rows: done.read.rows,
                used: done.used.rows,
                unassigned: done.unassigned.rows,
                quarantined: done.quarantined.rows,
                merged_runs: done.merged_runs as u64,
                merge_failure: done.merge_failure.map_or(std::ptr::null_mut(), |(code, why)| kam_error::of_merge(code as kam_status, &why)),
            });
        }
        Ok(())
    })
}

/// Makes facts of all batches that are in the book, as of any day and in any grain.
///
/// `options_json` is as for kam_facts_new. The facts are those of one ledger with all rows, but for the table "quarantine", whose column
/// "source" names the batch and whose rows are numbered within it. On success `*facts` is the caller's, and needs the book no more.
///
/// Fails with KAM_OPTION for `options_json`, KAM_MISSING_INPUT for a book without a batch, KAM_BOOK_DAMAGED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_facts(
    book: *const kam_book,
    options_json: *const c_char,
    facts: *mut *mut kam_facts,
    error: *mut *mut kam_error,
) -> kam_status {
    // SAFETY: the calling contract at the head of the header.
    unsafe { kam_book_facts_with_progress(book, options_json, None, std::ptr::null_mut(), facts, error) }
}

/// kam_book_facts that reports its progress and can be stopped. `progress` may be NULL; `user` is passed on to it and may be NULL. Fails
/// as kam_book_facts, and with KAM_INTERRUPTED where the callback says so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_facts_with_progress(
    book: *const kam_book,
    options_json: *const c_char,
    progress: kam_progress,
    user: *mut c_void,
    facts: *mut *mut kam_facts,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (book, options, out) = unsafe { (&read(book, "book")?.book, text(options_json, "options_json")?, Out::new(facts, "facts")?) };
        out.give(kam_facts::new(book.facts_with(&facts_options(options)?, &Listener { progress, user })?));
        Ok(())
    })
}

/// Gives the list of batches as an Arrow stream: batch_id, rows, used, unassigned, quarantined, amount, used_amount, first_date,
/// last_date, in the order in which they came. The caller releases the stream. It may outlive the book.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_batches(
    book: *const kam_book,
    stream: *mut FFI_ArrowArrayStream,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (book, stream) = unsafe { (&read(book, "book")?.book, Out::new(stream, "stream")?) };
        give(&book.batches()?, stream)?;
        Ok(())
    })
}

/// Merges what was appended into what facts are read from fastest, and gives free room back to the disk. It costs as much as the whole
/// history; once a month or after a first load is enough. Fails with KAM_BOOK_STORAGE where the disk is full: the book is as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_compact(book: *const kam_book, error: *mut *mut kam_error) -> kam_status {
    // SAFETY: the calling contract at the head of the header.
    unsafe { kam_book_compact_with_progress(book, None, std::ptr::null_mut(), error) }
}

/// kam_book_compact that reports its progress and can be stopped, which leaves the book as it was. `progress` may be NULL; `user` is
/// passed on to it and may be NULL. Fails as kam_book_compact, and with KAM_INTERRUPTED where the callback says so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_compact_with_progress(
    book: *const kam_book,
    progress: kam_progress,
    user: *mut c_void,
    error: *mut *mut kam_error,
) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let book = &unsafe { read(book, "book") }?.book;
        Ok(book.compact_with(&Listener { progress, user })?)
    })
}

/// Copies the book as it is now into a new file, while it is in use. Fails with KAM_BOOK_STORAGE where there is a file already or no
/// room, KAM_BOOK_DAMAGED for a book that is not whole.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_backup(book: *const kam_book, path: *const c_char, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        let (book, path) = unsafe { (&read(book, "book")?.book, text(path, "path")?) };
        Ok(book.backup(path)?)
    })
}

/// Reads the whole file and looks at every checksum. Fails with KAM_BOOK_DAMAGED, naming what is damaged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_verify(book: *const kam_book, error: *mut *mut kam_error) -> kam_status {
    call(error, || {
        // SAFETY: the calling contract at the head of the header.
        Ok(unsafe { read(book, "book") }?.book.verify()?)
    })
}

/// Frees a book and lets go of its file. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kam_book_free(book: *mut kam_book) {
    // SAFETY: the calling contract at the head of the header.
    unsafe { free(book) };
}
