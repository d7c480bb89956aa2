//! What every call returns.

/// What a call returns: KAM_OK, or why it failed. Numbers are stable and never reused; newer versions may add some, so treat one that
/// you do not know as a failure. Blocks of one hundred belong to one stage: 100 reading a source, 200 columns and their types, 300
/// options, 400 facts, 500 crm tables, 600 fitting a model, 700 the book, 900 the caller or a defect.
pub type kam_status = i32;

/// Done; the outputs are written.
pub const KAM_OK: kam_status = 0;
/// A file or folder that is not there or may not be read.
pub const KAM_SOURCE_NOT_FOUND: kam_status = 101;
/// A file that is not what its name says, is empty, or is cut short.
pub const KAM_SOURCE_DAMAGED: kam_status = 102;
/// A kind of source that kam does not read.
pub const KAM_SOURCE_UNSUPPORTED: kam_status = 103;
/// A failure below kam while a source was read: disk, network, the caller's stream.
pub const KAM_SOURCE_FAILED: kam_status = 104;
/// Bytes in the data that are not UTF-8.
pub const KAM_NOT_UTF8: kam_status = 105;
/// More bad rows than max_bad_share allows, or any with on_bad_rows = raise.
pub const KAM_TOO_MANY_BAD_ROWS: kam_status = 110;
/// Several currencies and no rates, or a currency that the rates do not know.
pub const KAM_CURRENCY_WITHOUT_RATE: kam_status = 111;
/// A column that the source does not have.
pub const KAM_COLUMN_MISSING: kam_status = 201;
/// A column whose type cannot hold what it should.
pub const KAM_COLUMN_TYPE: kam_status = 202;
/// Batches or files of one ledger that disagree on a column.
pub const KAM_COLUMN_CHANGED: kam_status = 203;
/// An option of no such name, a wrong type or an impossible value; JSON that cannot be read.
pub const KAM_OPTION: kam_status = 301;
/// A method that does not exist.
pub const KAM_UNKNOWN_METHOD: kam_status = 302;
/// A date that cannot be read or is impossible.
pub const KAM_DATE: kam_status = 303;
/// Money that does not fit 63 bits at the chosen scale.
pub const KAM_OVERFLOW: kam_status = 401;
/// States that cannot be merged, or cannot answer what was asked.
pub const KAM_STATE_MISMATCH: kam_status = 402;
/// Encoded facts that are damaged or of a newer version.
pub const KAM_STATE_DAMAGED: kam_status = 403;
/// A method that lacks what it needs.
pub const KAM_MISSING_INPUT: kam_status = 404;
/// An account that the facts do not know.
pub const KAM_UNKNOWN_ACCOUNT: kam_status = 405;
/// Two rows of a crm table for one key.
pub const KAM_DUPLICATE_KEY: kam_status = 501;
/// A value of a crm table that cannot be used.
pub const KAM_CRM_VALUE: kam_status = 502;
/// Input that a model cannot be fitted to.
pub const KAM_FIT_INPUT: kam_status = 601;
/// A book that another process holds.
pub const KAM_BOOK_HELD: kam_status = 701;
/// A book that is damaged.
pub const KAM_BOOK_DAMAGED: kam_status = 702;
/// A book of a newer format.
pub const KAM_BOOK_VERSION: kam_status = 703;
/// A book or a batch with other columns than the book was made with.
pub const KAM_BOOK_COLUMNS: kam_status = 704;
/// A batch that stands in the book with other rows.
pub const KAM_BOOK_BATCH: kam_status = 705;
/// A book that is not there, may not be written, or has no room left.
pub const KAM_BOOK_STORAGE: kam_status = 706;
/// The progress callback asked to stop.
pub const KAM_INTERRUPTED: kam_status = 901;
/// A pointer is NULL that must not be; the message names the argument.
pub const KAM_NULL_ARGUMENT: kam_status = 902;
/// A string argument is not UTF-8; the message names the argument.
pub const KAM_INVALID_UTF8: kam_status = 903;
/// An argument that cannot be: no such table, a released stream, columns of different lengths.
pub const KAM_INVALID_ARGUMENT: kam_status = 904;
/// A defect of kam: please report it. The call's handles can still be read and freed.
pub const KAM_INTERNAL: kam_status = 999;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// Every code of the library has its constant here, and every constant below 900 a code.
    #[test]
    fn the_codes_are_those_of_the_library() {
        let number = |line: &str, after: &str| {
            line.split_once(after).and_then(|(_, rest)| rest.trim().trim_end_matches([',', ';']).parse::<i32>().ok())
        };
        let codes: BTreeSet<i32> = include_str!("../../kam-core/src/error.rs")
            .lines()
            .filter(|line| line.starts_with("    ") && line.trim().starts_with(char::is_uppercase) && line.trim().ends_with(','))
            .filter_map(|line| number(line, " = "))
            .collect();
        let constants: BTreeSet<i32> = include_str!("status.rs")
            .lines()
            .filter(|line| line.starts_with("pub const"))
            .filter_map(|line| number(line, "kam_status = "))
            .collect();
        assert!(codes.len() > 20 && codes.contains(&(kam_core::Code::Internal as i32)));
        assert_eq!(codes.difference(&constants).collect::<Vec<_>>(), Vec::<&i32>::new());
        let own = [super::KAM_OK, super::KAM_NULL_ARGUMENT, super::KAM_INVALID_UTF8, super::KAM_INVALID_ARGUMENT];
        assert_eq!(constants.difference(&codes).copied().collect::<Vec<_>>(), own);
    }
}
