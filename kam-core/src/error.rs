//! One error for the whole library: a stable code, a message that says where, a hint that says what to do.

use std::fmt;

/// What went wrong, as a stable number. Blocks of one hundred belong to one stage; numbers are never reused.
///
/// | block | stage |
/// | --- | --- |
/// | 100 | reading a source |
/// | 200 | columns and their types |
/// | 300 | options |
/// | 400 | facts |
/// | 500 | crm tables |
/// | 600 | fitting a model |
/// | 700 | the book |
/// | 900 | the caller stopped it, or a defect of kam |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
#[non_exhaustive]
pub enum Code {
    /// A file or folder that is not there or may not be read.
    SourceNotFound = 101,
    /// A file that is not what its name says, is empty, or is cut short.
    SourceDamaged = 102,
    /// A kind of source that kam does not read.
    SourceUnsupported = 103,
    /// A failure below kam while a source was read (disk, network, the caller's iterator).
    SourceFailed = 104,
    /// Bytes that are not UTF-8.
    NotUtf8 = 105,
    /// More bad rows than `max_bad_share` allows, or any with `on_bad_rows = raise`.
    TooManyBadRows = 110,
    /// Several currencies and no rates, or a currency that the rates do not know.
    CurrencyWithoutRate = 111,
    /// A column that the source does not have.
    ColumnMissing = 201,
    /// A column whose type cannot hold what it should.
    ColumnType = 202,
    /// Batches or files of one ledger that disagree on a column.
    ColumnChanged = 203,
    /// An option that does not exist, has the wrong type or an impossible value.
    Option = 301,
    /// A method that does not exist.
    UnknownMethod = 302,
    /// A date that cannot be read or is impossible.
    Date = 303,
    /// Money that does not fit 63 bits at the chosen scale.
    Overflow = 401,
    /// States that cannot be merged, or cannot answer what was asked.
    StateMismatch = 402,
    /// Encoded facts that are damaged or of a newer version.
    StateDamaged = 403,
    /// A method that lacks what it needs.
    MissingInput = 404,
    /// An account that the facts do not know.
    UnknownAccount = 405,
    /// Two rows of a crm table for one key.
    DuplicateKey = 501,
    /// A value of a crm table that cannot be used.
    CrmValue = 502,
    /// Input that a model cannot be fitted to.
    FitInput = 601,
    /// A book that another process holds.
    BookHeld = 701,
    /// A book that is damaged.
    BookDamaged = 702,
    /// A book of a newer format.
    BookVersion = 703,
    /// A book or a batch with other columns than the book was made with.
    BookColumns = 704,
    /// A batch that stands in the book with other rows.
    BookBatch = 705,
    /// A book that is not there, may not be written, or has no room left.
    BookStorage = 706,
    /// The caller asked to stop.
    Interrupted = 901,
    /// A defect of kam: please report it.
    Internal = 999,
}

/// The error of every fallible call: [`code`](Error::code), a message, and often a [`hint`](Error::hint).
///
/// ```
/// let error = kam_core::time::Date::parse("2011-13-01").unwrap_err();
/// assert_eq!(error.code() as u16, 303);
/// assert!(error.to_string().contains("2011-13-01"));
/// ```
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Inner {
    code: Code,
    message: String,
    hint: Option<String>,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of every fallible call of the library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of this kind; the message names table, row, column and value where there are any.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { code, message: message.into(), hint: None, source: None }))
    }

    /// Says what the caller can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Keeps the error below this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error once more, without the one below it.
    pub(crate) fn again(&self) -> Self {
        Error(Box::new(Inner { code: self.0.code, message: self.0.message.clone(), hint: self.0.hint.clone(), source: None }))
    }

    /// Puts the place in front of the message: `place: message`. A message that names the place already stays as it is.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        let place = place.to_string();
        if self.without(&place).len() == self.0.message.len() {
            self.0.message = format!("{place}: {}", self.0.message);
        }
        self
    }

    /// The message without this place in front of it, for whoever says the place beside it.
    pub(crate) fn without(&self, place: &str) -> &str {
        let message = self.0.message.as_str();
        message.strip_prefix(place).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(message)
    }

    /// A wrong option: which, what it was, what it may be.
    pub(crate) fn option(name: &str, value: impl fmt::Display, expected: &str) -> Self {
        Error::new(Code::Option, format!("option `{name}` is {value}")).with_hint(format!("it must be {expected}"))
    }

    /// Options that are not what their type says: which, and what is wrong with it.
    pub(crate) fn unreadable_option(source: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let option = match source.path().to_string() {
            whole if whole == "." => "options".to_owned(),
            path => format!("option `{path}`"),
        };
        Error::new(Code::Option, format!("{option}: {}", in_words(source.inner().to_string())))
    }

    /// Refuses a list in the place of options: it would be read by their order, which nobody promised.
    pub(crate) fn refuse_list(options: &serde_json::Value) -> Result<()> {
        if options.is_array() {
            return Err(Error::new(Code::Option, "options are a list").with_hint("pass an object, {\"name of the option\": value}"));
        }
        Ok(())
    }

    /// A defect of kam.
    pub fn internal(message: impl Into<String>) -> Self {
        Error::new(Code::Internal, message).with_hint("this is a defect of kam; please report it")
    }

    /// Runs work for a caller that no panic may reach: one becomes an error with its message.
    pub fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
        // Whoever calls has nothing left of what the work may have half changed: an error is all that comes back.
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            Err(Error::internal(format!("kam stopped unexpectedly: {}", text.unwrap_or("no message"))))
        })
    }

    /// The stable number of this kind of error.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What to do about it, where kam knows.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Did the caller stop the work?
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.code() == Code::Interrupted
    }
}

/// What a reader expected in words that are not Rust's.
fn in_words(mut message: String) -> String {
    const TYPES: [(&str, &str); 9] = [
        ("u8", "a whole number from 0 to 255"),
        ("u16", "a whole number from 0 to 65535"),
        ("u32", "a whole number from 0 to 4294967295"),
        ("u64", "a whole number of 0 or more"),
        ("usize", "a whole number of 0 or more"),
        ("i32", "a whole number"),
        ("i64", "a whole number"),
        ("f64", "a number"),
        ("a sequence", "a list"),
    ];
    let known = TYPES.iter().find_map(|(rust, words)| {
        let at = message.strip_suffix(rust)?.len();
        message[..at].ends_with("expected ").then_some((at, words))
    });
    if let Some((at, words)) = known {
        message.replace_range(at.., words);
    }
    message
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.0.code as u16, self.0.message)?;
        if let Some(hint) = &self.0.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_of_a_wrong_type_says_in_words_what_it_may_be() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only read")]
        struct Sample {
            days: u32,
            share: f64,
            names: Vec<String>,
        }
        let message = |json: serde_json::Value| {
            let error = serde_path_to_error::deserialize::<_, Sample>(&json).unwrap_err();
            Error::unreadable_option(&error).to_string()
        };
        let days = |days: serde_json::Value| message(serde_json::json!({ "days": days, "share": 1.0, "names": [] }));
        assert_eq!(days((-5).into()), "option `days`: invalid value: integer `-5`, expected a whole number from 0 to 4294967295");
        assert_eq!(days("u32".into()), "option `days`: invalid type: string \"u32\", expected a whole number from 0 to 4294967295");
        let share = message(serde_json::json!({ "days": 1, "share": "much", "names": [] }));
        assert_eq!(share, "option `share`: invalid type: string \"much\", expected a number");
        let names = message(serde_json::json!({ "days": 1, "share": 1, "names": 5 }));
        assert_eq!(names, "option `names`: invalid type: integer `5`, expected a list");
    }

    #[test]
    fn a_place_is_said_once() {
        let error = Error::new(Code::MissingInput, "no contacts").at("three_p");
        assert_eq!((error.to_string().as_str(), error.without("three_p")), ("three_p: no contacts", "no contacts"));
        let error = error.at("three_p");
        assert_eq!(error.to_string(), "three_p: no contacts");
        assert_eq!(error.without("three"), "three_p: no contacts");
        assert_eq!(error.at("options").to_string(), "options: three_p: no contacts");
    }

    #[test]
    fn a_panic_is_caught_as_an_internal_error() {
        let error = Error::caught(|| -> Result<()> { panic!("out of {}", "cheese") }).unwrap_err();
        assert_eq!((error.code(), error.to_string().as_str()), (Code::Internal, "kam stopped unexpectedly: out of cheese"));
        assert!(error.hint().is_some());
        let error = Error::caught(|| -> Result<()> { std::panic::panic_any(7) }).unwrap_err();
        assert_eq!(error.to_string(), "kam stopped unexpectedly: no message");
        assert_eq!(Error::caught(|| Ok(3)).unwrap(), 3);
        assert_eq!(Error::caught(|| Err::<(), _>(Error::new(Code::Date, "no day"))).unwrap_err().code(), Code::Date);
    }
}
