//! How a measure is shown: its axis, its tooltip, its words, in units of the currency or as what it is.

use serde_json::{Value, json};

use super::sheet::{Rows, Sheet};
use crate::label::label;
use crate::money::decimals;
use crate::number;
use crate::table::Unit;

/// A measure of one chart.
pub(super) struct Measure {
    /// What it is called, in the words of the perspective.
    pub title: String,
    unit: Unit,
    currency: Option<String>,
    /// What the axis counts in: 1, a thousand, a million, a billion.
    divisor: f64,
    largest: f64,
}

impl Measure {
    /// A column of a table; the largest value decides whether the axis counts in thousands or millions.
    pub fn of(sheet: Sheet<'_>, table: Rows<'_>, column: &str) -> Self {
        let numbers = table.numbers(column);
        let sizes = (0..table.len()).filter_map(|row| numbers.as_ref()?.get(row)).map(f64::abs);
        Self::new(sheet, &label(column), table.unit(column), sizes.fold(0.0, f64::max))
    }

    /// A measure by its name and unit.
    pub fn new(sheet: Sheet<'_>, title: &str, unit: Unit, largest: f64) -> Self {
        let divisor = match largest {
            _ if unit != Unit::Money => 1.0,
            size if size >= 1e9 => 1e9,
            size if size >= 1e6 => 1e6,
            size if size >= 1e4 => 1e3,
            _ => 1.0,
        };
        Measure { title: sheet.say(title), unit, currency: sheet.currency().map(str::to_owned), divisor, largest }
    }

    /// The title with the unit: `Revenue (EUR m)`.
    pub fn heading(&self) -> String {
        let size = match self.divisor {
            1e9 => "bn",
            1e6 => "m",
            1e3 => "k",
            _ => "",
        };
        let unit = match self.unit {
            Unit::Money => format!("{} {size}", self.currency.as_deref().unwrap_or("")).trim().to_owned(),
            Unit::Days => "days".to_owned(),
            _ => String::new(),
        };
        if unit.is_empty() { self.title.clone() } else { format!("{} ({unit})", self.title) }
    }

    /// An axis.
    pub fn axis(&self) -> Value {
        match self.unit {
            Unit::Money => json!({ "title": self.heading(), "labelExpr": format!("format(datum.value / {}, ',.6~f')", self.divisor) }),
            Unit::Share => json!({ "title": self.heading(), "format": ".0%" }),
            Unit::Count | Unit::Periods | Unit::Days => count_axis(&self.heading()),
            _ => json!({ "title": self.heading(), "format": ",.4~f" }),
        }
    }

    /// A line of a tooltip.
    pub fn tooltip(&self, field: &str) -> Value {
        tooltip(field, &self.title, self.unit, self.currency.as_deref(), self.largest)
    }

    /// A value in a few letters: `EUR 1.25 m`, `12.5%`.
    pub fn short(&self, value: f64) -> String {
        match self.unit {
            Unit::Money => format!("{} {}", self.currency.as_deref().unwrap_or(""), number::short(value)).trim().to_owned(),
            Unit::Share => number::percent(value),
            _ => number::plain(value),
        }
    }
}

/// An axis of whole numbers: between them stands nothing.
pub(super) fn count_axis(title: &str) -> Value {
    json!({ "title": title, "labelExpr": "datum.value == floor(datum.value) ? format(datum.value, ',.0f') : ''", "tickMinStep": 1 })
}

/// A line of a tooltip: money with the decimals of its currency unless it is large, shares in per cent.
pub(super) fn tooltip(field: &str, title: &str, unit: Unit, currency: Option<&str>, largest: f64) -> Value {
    let title = match (unit, currency) {
        (Unit::Money, Some(currency)) => format!("{title} ({currency})"),
        (Unit::Days, _) => format!("{title} (days)"),
        _ => title.to_owned(),
    };
    let format = match unit {
        Unit::Money if largest >= 1e5 => ",.0f".to_owned(),
        Unit::Money => format!(",.{}f", currency.map_or(2, decimals)),
        Unit::Share => ".1%".to_owned(),
        Unit::Count | Unit::Periods | Unit::Days => ",.0f".to_owned(),
        _ => ",.4~r".to_owned(),
    };
    json!({ "field": field, "type": "quantitative", "title": title, "format": format })
}

/// A line of a tooltip with words.
pub(super) fn words(field: &str, title: &str) -> Value {
    json!({ "field": field, "type": "nominal", "title": title })
}

/// A line of a tooltip with a share.
pub(super) fn share(field: &str, title: &str) -> Value {
    tooltip(field, title, Unit::Share, None, 1.0)
}

/// A line of a tooltip with a count.
pub(super) fn count(field: &str, title: &str) -> Value {
    tooltip(field, title, Unit::Count, None, 1.0)
}
