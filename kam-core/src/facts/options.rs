//! What facts are asked for: as of which day, in which periods, over which window.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Perspective;
use crate::error::{self, Error};
use crate::time::{Date, Grain, Period};

/// How many periods, the last of which holds `as_of`, count for segments and shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Window {
    /// This many periods of the grain, at least one.
    Periods(u32),
    /// The whole history.
    All(All),
}

/// The word `all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum All {
    /// The whole history.
    All,
}

impl Window {
    /// The whole history.
    pub const ALL: Window = Window::All(All::All);
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        match value.as_u64().map(u32::try_from) {
            Some(Ok(periods)) => Ok(Window::Periods(periods)),
            _ if value == "all" => Ok(Window::ALL),
            _ => Err(serde::de::Error::custom(format!("{value} is not a number of periods from 1, nor \"all\""))),
        }
    }
}

impl Default for Window {
    fn default() -> Self {
        Window::Periods(12)
    }
}

/// Options of [`Ledger::facts`](crate::Ledger::facts).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactsOptions {
    /// The day the facts are seen from; later rows are counted as `after_as_of` and left out.
    pub as_of: Date,
    /// The period of the series. Periods are those of the calendar.
    #[serde(default)]
    pub grain: Grain,
    /// The periods that segments and shares use: the one that holds `as_of` and those before it, or `all`.
    #[serde(default)]
    pub window: Window,
    /// `customer` for a sales ledger, `supplier` for a purchase ledger: the words and defaults of every method, never the sums.
    #[serde(default)]
    pub perspective: Perspective,
}

impl FactsOptions {
    /// Twelve months that end with the month of `as_of`.
    #[must_use]
    pub fn new(as_of: Date) -> Self {
        FactsOptions { as_of, grain: Grain::default(), window: Window::default(), perspective: Perspective::default() }
    }
}

impl FactsOptions {
    /// Options from JSON, such as `{"as_of": "2011-12-09", "grain": "month", "window": 12, "perspective": "customer"}`: `as_of` is required,
    /// a window may be `"all"`. An error names the option.
    pub fn from_json(options: &serde_json::Value) -> error::Result<Self> {
        Error::refuse_list(options).map_err(|error| error.at("facts"))?;
        serde_path_to_error::deserialize(options).map_err(|source| {
            Error::unreadable_option(&source).at("facts").with_hint(
                "as_of is a day like \"2011-12-09\" and required; grain is day, week, month, quarter or year; window a number of periods or \
                 \"all\"; perspective customer or supplier",
            )
        })
    }

    pub(crate) fn validate(&self) -> error::Result<()> {
        match self.window {
            Window::Periods(0) => Err(Error::option("window", 0, "a number of periods from 1, or `all`")),
            Window::Periods(periods) => {
                let first = self.grain.after(self.grain.period(self.as_of), 1 - i64::from(periods));
                let refuse = || Error::option("window", periods, "a number of periods that begins in the year 1 or later, or `all`");
                first.map(|_| ()).ok_or_else(refuse)
            }
            Window::All(All::All) => Ok(()),
        }
    }
}

/// A window resolved against a ledger: its first and last period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first period of the window.
    pub first: Period,
    /// The period that holds `as_of`.
    pub last: Period,
}

impl Span {
    /// How many periods the window has.
    #[must_use]
    pub fn periods(&self) -> usize {
        usize::try_from(self.last.0 - self.first.0 + 1).unwrap_or(0)
    }

    /// Does the window hold this period?
    #[must_use]
    pub fn contains(&self, period: Period) -> bool {
        (self.first..=self.last).contains(&period)
    }
}
