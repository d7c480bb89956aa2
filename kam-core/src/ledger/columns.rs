//! What the caller says about a ledger: which column is which, and how its text is to be read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::money::{NumberFormat, Scale};
use crate::time::Date;

/// Which column of the ledger is which, and how its text is read. Only account, date and amount are required.
///
/// A money column may also be the product or the difference of two columns, `"Quantity * UnitPrice"` or `"Sales - Profit"`.
///
/// ```
/// use kam_core::Columns;
/// let columns = Columns::new("customer", "day", "quantity * price").cost("quantity * buy_price");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The customer: text or whole numbers.
    pub account: String,
    /// The day: a date, a timestamp or text.
    pub date: String,
    /// Net revenue; negative for a return or credit.
    pub amount: String,
    /// The document the line stands on; distinct orders are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Product cost of the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// What serving the customer cost on this line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_to_serve: Option<String>,
    /// The amount before discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_amount: Option<String>,
    /// Product line, region or another direction of sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// The currency of the line's money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Who looked after the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// How text dates are written, in strftime's letters (`%d.%m.%Y`); ISO 8601 without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
    /// How text amounts are written, as the number 1234.56 would be: `1,234.56`, `1.234,56 €`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_format: Option<String>,
    /// The zone in which timestamps with a zone become days.
    #[serde(default = "utc")]
    pub timezone: String,
    /// Decimals of a minor unit, 0 to 6.
    #[serde(default)]
    pub scale: Scale,
    /// The currency of money without a currency column, for display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_currency: Option<String>,
    /// What to do about rows that cannot be used.
    #[serde(default)]
    pub on_bad_rows: OnBadRows,
    /// The share of bad rows beyond which the ledger is refused, 0 to 1.
    #[serde(default = "five_percent")]
    pub max_bad_share: f64,
    /// Days before this one are quarantined as `date_out_of_range`.
    #[serde(default = "earliest")]
    pub earliest: Date,
    /// Days after this one are quarantined as `date_out_of_range`.
    #[serde(default = "latest")]
    pub latest: Date,
    /// What separates the columns of a CSV file: one letter, `tab` or `whitespace`.
    #[serde(default = "comma")]
    pub delimiter: String,
    /// Does a CSV file begin with the names of its columns? Without, they are called `column_1`, `column_2` …
    #[serde(default = "yes")]
    pub header: bool,
}

/// What to do about rows that cannot be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnBadRows {
    /// Keep them apart, with the reason, and go on.
    #[default]
    Quarantine,
    /// Refuse the ledger at the first one.
    Raise,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn five_percent() -> f64 {
    0.05
}

fn earliest() -> Date {
    Date(-7305) // 1950-01-01
}

fn latest() -> Date {
    Date(47_846) // 2100-12-31
}

fn comma() -> String {
    ",".to_owned()
}

fn yes() -> bool {
    true
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $value:expr;)*) => {
        $($(#[$doc])* #[must_use] pub fn $name(mut self, $name: $kind) -> Self { self.$name = $value; self })*
    };
}

impl Columns {
    /// The three required columns; everything else is optional.
    #[must_use]
    pub fn new(account: impl Into<String>, date: impl Into<String>, amount: impl Into<String>) -> Self {
        Columns {
            account: account.into(),
            date: date.into(),
            amount: amount.into(),
            order: None,
            cost: None,
            cost_to_serve: None,
            list_amount: None,
            direction: None,
            currency: None,
            manager: None,
            date_format: None,
            amount_format: None,
            timezone: utc(),
            scale: Scale::default(),
            base_currency: None,
            on_bad_rows: OnBadRows::default(),
            max_bad_share: five_percent(),
            earliest: earliest(),
            latest: latest(),
            delimiter: comma(),
            header: true,
        }
    }

    setters! {
        /// Names the column of the document.
        order: &str = Some(order.to_owned());
        /// Names the column of product cost.
        cost: &str = Some(cost.to_owned());
        /// Names the column of cost to serve.
        cost_to_serve: &str = Some(cost_to_serve.to_owned());
        /// Names the column of the amount before discount.
        list_amount: &str = Some(list_amount.to_owned());
        /// Names the column of the direction.
        direction: &str = Some(direction.to_owned());
        /// Names the column of the currency.
        currency: &str = Some(currency.to_owned());
        /// Names the column of the manager.
        manager: &str = Some(manager.to_owned());
        /// States how text dates are written.
        date_format: &str = Some(date_format.to_owned());
        /// States how text amounts are written.
        amount_format: &str = Some(amount_format.to_owned());
        /// Names the zone of timestamps.
        timezone: &str = timezone.to_owned();
        /// States the decimals of a minor unit.
        scale: Scale = scale;
        /// Names the currency.
        base_currency: &str = Some(base_currency.to_owned());
        /// States what happens to bad rows.
        on_bad_rows: OnBadRows = on_bad_rows;
        /// States how many bad rows are too many.
        max_bad_share: f64 = max_bad_share;
        /// States what separates the columns of a CSV file.
        delimiter: &str = delimiter.to_owned();
        /// States whether a CSV file names its columns.
        header: bool = header;
    }

    /// Columns from a JSON object of these fields.
    pub fn from_json(json: &serde_json::Value) -> Result<Self> {
        Error::refuse_list(json).map_err(|error| error.at("columns"))?;
        let columns: Columns = serde_path_to_error::deserialize(json).map_err(|source| {
            let is_missing = source.inner().to_string().starts_with("missing field");
            Error::unreadable_option(&source).at("columns").with_hint(if is_missing {
                "account, date and amount are required"
            } else {
                "look at the name, the type and what it may be"
            })
        })?;
        columns.validate()?;
        Ok(columns)
    }

    pub(crate) fn validate(&self) -> Result<()> {
        Scale::new(self.scale.decimals())?;
        if !(0.0..=1.0).contains(&self.max_bad_share) {
            return Err(Error::option("max_bad_share", self.max_bad_share, "a share between 0 and 1"));
        }
        if self.earliest > self.latest {
            return Err(Error::option("earliest", self.earliest, &format!("a day before `latest`, {}", self.latest)));
        }
        // A century of days on either side keeps every sum of days far inside 32 bits.
        if self.earliest < Date(-141_427) || self.latest > Date(376_199) {
            return Err(Error::option(
                "earliest, latest",
                format!("{} to {}", self.earliest, self.latest),
                "between 1582-10-15 and 2999-12-31",
            ));
        }
        self.delimiter_byte()?;
        self.number_format()?;
        Ok(())
    }

    pub(crate) fn number_format(&self) -> Result<NumberFormat> {
        self.amount_format.as_deref().map_or_else(|| Ok(NumberFormat::default()), NumberFormat::from_example)
    }

    /// The delimiter of CSV files; `None` for white space.
    pub(crate) fn delimiter_byte(&self) -> Result<Option<u8>> {
        match self.delimiter.as_bytes() {
            b"whitespace" => Ok(None),
            b"tab" => Ok(Some(b'\t')),
            [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => Ok(Some(*byte)),
            _ => Err(Error::option(
                "delimiter",
                format!("`{}`", self.delimiter),
                "one ASCII sign such as `,` or `;`, or `tab`, or `whitespace`",
            )),
        }
    }

    /// The roles that are mapped, each with its column or formula: `account`, `date`, `amount` and what else was named.
    pub fn roles(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let optional = [
            ("order", &self.order),
            ("cost", &self.cost),
            ("cost_to_serve", &self.cost_to_serve),
            ("list_amount", &self.list_amount),
            ("direction", &self.direction),
            ("currency", &self.currency),
            ("manager", &self.manager),
        ];
        let required = [("account", &self.account), ("date", &self.date), ("amount", &self.amount)];
        let required = required.into_iter().map(|(role, name)| (role, name.as_str()));
        required.chain(optional.into_iter().filter_map(|(role, name)| name.as_deref().map(|name| (role, name))))
    }

    /// The columns that are read of a source with these columns, each once, operands of products and differences apart. One that the
    /// source lacks is among them.
    #[must_use]
    pub fn wanted(&self, available: &[String]) -> Vec<String> {
        let mut wanted: Vec<String> = vec![];
        for (_, name) in self.roles() {
            for part in Formula::of(name, available).columns() {
                if !wanted.contains(part) {
                    wanted.push(part.clone());
                }
            }
        }
        wanted
    }

    /// The places of the wanted columns in a source with these columns. One that is missing, or that stands there twice, is an error that
    /// says what for.
    pub fn places(&self, available: &[String]) -> Result<Vec<usize>> {
        self.wanted(available).iter().map(|name| self.place(name, available)).collect()
    }

    /// The place of a column that must be there, once.
    pub(crate) fn place(&self, name: &str, available: &[String]) -> Result<usize> {
        let at = available.iter().position(|column| column == name).ok_or_else(|| self.missing(name, available))?;
        if available[at + 1..].iter().any(|column| column == name) {
            return Err(Error::new(Code::ColumnType, format!("two columns are called `{name}`")).with_hint("rename one of them"));
        }
        Ok(at)
    }

    /// The error of a column that is not there: what for, and what there is.
    pub(crate) fn missing(&self, name: &str, available: &[String]) -> Error {
        let role = self.roles().find(|(_, text)| Formula::of(text, available).columns().iter().any(|part| *part == name));
        let what_for = match role {
            Some((role, text)) if text != name => format!(", for `{role}`, which is {text}"),
            Some((role, _)) => format!(", for `{role}`"),
            None => String::new(),
        };
        let alike = available.iter().find(|column| column.trim().eq_ignore_ascii_case(name.trim()));
        let hint = match alike {
            Some(column) => format!("did you mean `{column}`?"),
            None => format!("the ledger's columns are {}", available.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
        };
        let error = Error::new(Code::ColumnMissing, format!("there is no column `{name}`{what_for}"));
        let joined = available.len() == 1 && [';', '\t', '|'].iter().any(|sign| available[0].contains(*sign));
        error.with_hint(if joined { format!("{hint}; if those are several, state the delimiter") } else { hint })
    }
}

/// A column, or two columns put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Formula {
    Column(String),
    Product(String, String),
    Difference(String, String),
}

impl Formula {
    /// A name that a column has is that column; otherwise `*`, and `-` between blanks, are read as operators.
    pub fn of(name: &str, available: &[String]) -> Self {
        if !available.iter().any(|column| column == name) {
            if let Some((left, right)) = name.split_once('*') {
                return Formula::Product(left.trim().to_owned(), right.trim().to_owned());
            }
            // Names with a hyphen are common, so a minus stands between blanks.
            if let Some((left, right)) = name.split_once(" - ") {
                return Formula::Difference(left.trim().to_owned(), right.trim().to_owned());
            }
        }
        Formula::Column(name.to_owned())
    }

    pub fn columns(&self) -> Vec<&String> {
        match self {
            Formula::Column(name) => vec![name],
            Formula::Product(left, right) | Formula::Difference(left, right) => vec![left, right],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_from_json_refuse_what_they_do_not_know() {
        let columns = Columns::from_json(&serde_json::json!({"account": "a", "date": "d", "amount": "m", "scale": 3})).unwrap();
        assert_eq!(columns, Columns::new("a", "d", "m").scale(Scale::new(3).unwrap()));
        for (wrong, word) in [
            (serde_json::json!({"account": "a", "date": "d"}), "amount"),
            (serde_json::json!({"account": "a", "date": "d", "amount": "m", "costs": "c"}), "costs"),
            (serde_json::json!({"account": "a", "date": "d", "amount": "m", "scale": 9}), "scale"),
            (serde_json::json!({"account": "a", "date": "d", "amount": "m", "max_bad_share": 5}), "max_bad_share"),
            (serde_json::json!({"account": "a", "date": "d", "amount": "m", "delimiter": "ab"}), "delimiter"),
        ] {
            assert!(Columns::from_json(&wrong).unwrap_err().to_string().contains(word), "{word}");
        }
        assert_eq!(earliest(), Date::parse("1950-01-01").unwrap());
        assert_eq!(latest(), Date::parse("2100-12-31").unwrap());
    }

    #[test]
    fn an_option_of_a_wrong_type_is_named() {
        let error = Columns::from_json(&serde_json::json!({"account": "a", "date": "d", "amount": "m", "header": "yes"})).unwrap_err();
        assert!(error.to_string().starts_with("columns: option `header`: "), "{error}");
    }

    #[test]
    fn a_missing_column_is_named_with_its_role() {
        let have = ["day".to_owned(), "q".to_owned(), "Net".to_owned()];
        let columns = Columns::new("customer", "day", "q*price").cost("q*price").list_amount("net");
        assert_eq!(columns.wanted(&have), ["customer", "day", "q", "price", "net"]);
        let said = |name: &str| format!("{:?}", columns.missing(name, &have));
        assert_eq!(said("customer"), "[201] there is no column `customer`, for `account` (the ledger's columns are `day`, `q`, `Net`)");
        assert_eq!(
            said("price"),
            "[201] there is no column `price`, for `amount`, which is q*price (the ledger's columns are `day`, `q`, `Net`)"
        );
        assert_eq!(said("net"), "[201] there is no column `net`, for `list_amount` (did you mean `Net`?)");
        assert_eq!(columns.places(&have).unwrap_err().code(), Code::ColumnMissing);
        assert_eq!(Columns::new("q", "day", "q").places(&have).unwrap(), [1, 0]);
        let twice = ["q".to_owned(), "day".to_owned(), "q".to_owned()];
        assert_eq!(Columns::new("q", "day", "q").places(&twice).unwrap_err().code(), Code::ColumnType);
    }

    #[test]
    fn a_column_of_that_name_comes_before_a_formula() {
        let have = vec!["a * b".to_owned(), "q".to_owned(), "p".to_owned()];
        assert_eq!(Formula::of("a * b", &have), Formula::Column("a * b".into()));
        assert_eq!(Formula::of("q*p", &have), Formula::Product("q".into(), "p".into()));
        assert_eq!(Formula::of("q - p", &have), Formula::Difference("q".into(), "p".into()));
        assert_eq!(Formula::of("net-amount", &have), Formula::Column("net-amount".into()));
    }
}
