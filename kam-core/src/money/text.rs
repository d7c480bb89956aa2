//! Amounts written as text, read exactly: never through a float.

use crate::error::{Error, Result};

/// How amounts are written, stated by an example: `1234.56` (the default), `1,234.56`, `1.234,56`, `$1,234.56`, `1 234,56 €`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberFormat {
    decimal: char,
    group: Option<char>,
    prefix: String,
    suffix: String,
}

impl Default for NumberFormat {
    fn default() -> Self {
        NumberFormat { decimal: '.', group: None, prefix: String::new(), suffix: String::new() }
    }
}

impl NumberFormat {
    /// Learns the format from the amount 1234.56 as it would stand in the data.
    pub fn from_example(example: &str) -> Result<Self> {
        let refuse = || {
            Error::option("amount_format", format!("`{example}`"), "the number 1234.56 as the data write it, like 1,234.56 or 1.234,56 €")
        };
        let text = example.trim();
        let start = text.find('1').ok_or_else(refuse)?;
        let end = text.rfind('6').ok_or_else(refuse)? + 1;
        let body = text.get(start..end).ok_or_else(refuse)?;
        let rest = body.strip_prefix('1').ok_or_else(refuse)?;
        let (group, rest) = match rest.strip_prefix("234") {
            Some(rest) => (None, rest),
            None => {
                let group = rest.chars().next().ok_or_else(refuse)?;
                (Some(group), rest[group.len_utf8()..].strip_prefix("234").ok_or_else(refuse)?)
            }
        };
        let decimal = rest.chars().next().ok_or_else(refuse)?;
        if &rest[decimal.len_utf8()..] != "56"
            || decimal.is_alphanumeric()
            || group.is_some_and(|group| group.is_alphanumeric() || group == decimal)
        {
            return Err(refuse());
        }
        Ok(NumberFormat { decimal, group, prefix: text[..start].trim().to_owned(), suffix: text[end..].trim().to_owned() })
    }

    /// The number as `mantissa · 10^-decimals`; `None` where the text is not a number of this format.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<(i128, u32)> {
        let mut text = text.trim();
        let mut negative = false;
        let sign = |text: &mut &str, negative: &mut bool| {
            if let Some(rest) = text.strip_prefix('-').or_else(|| text.strip_prefix('\u{2212}')) {
                *negative = true;
                *text = rest.trim_start();
            } else if let Some(rest) = text.strip_prefix('+') {
                *text = rest.trim_start();
            }
        };
        if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            // Bookkeepers write a negative amount in brackets.
            negative = true;
            text = inner.trim();
        } else {
            sign(&mut text, &mut negative);
        }
        if !self.prefix.is_empty()
            && let Some(rest) = text.strip_prefix(self.prefix.as_str())
        {
            text = rest.trim_start();
            if !negative {
                sign(&mut text, &mut negative);
            }
        }
        if !self.suffix.is_empty() {
            text = text.strip_suffix(self.suffix.as_str()).unwrap_or(text).trim_end();
        }
        let (mantissa, decimals) = self.read_digits(text)?;
        Some((if negative { -mantissa } else { mantissa }, decimals))
    }

    fn read_digits(&self, text: &str) -> Option<(i128, u32)> {
        let (mut mantissa, mut decimals, mut digits) = (0i128, 0u32, 0u32);
        let mut after_point = false;
        // Digits since the last group separator; a separator asks for exactly three before the next.
        let mut run = 0u32;
        let mut grouped = false;
        for letter in text.chars() {
            if let Some(digit) = letter.to_digit(10) {
                mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(digit))?;
                digits += 1;
                run += 1;
                decimals += u32::from(after_point);
            } else if letter == self.decimal && !after_point {
                if grouped && run != 3 {
                    return None;
                }
                after_point = true;
            } else if self.group == Some(letter) && !after_point && digits > 0 {
                if (grouped && run != 3) || run > 3 {
                    return None;
                }
                grouped = true;
                run = 0;
            } else {
                return None;
            }
        }
        (digits > 0 && (after_point || !grouped || run == 3)).then_some((mantissa, decimals))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers() {
        let plain = NumberFormat::default();
        assert_eq!(plain.read("1234.56"), Some((123_456, 2)));
        assert_eq!(plain.read(" -0.5 "), Some((-5, 1)));
        assert_eq!(plain.read("(12.50)"), Some((-1250, 2)));
        assert_eq!(plain.read("7"), Some((7, 0)));
        for text in ["", "-", ".", "1,234.56", "1e5", "12.3.4", "NaN", "twelve", "$5", "1 2"] {
            assert_eq!(plain.read(text), None, "{text}");
        }
    }

    #[test]
    fn formats_by_example() {
        let german = NumberFormat::from_example("1.234,56 €").unwrap();
        assert_eq!(german.read("1.234,56 €"), Some((123_456, 2)));
        assert_eq!(german.read("-1.234.567"), Some((-1_234_567, 0)));
        assert_eq!(german.read("12.34"), None);
        let dollars = NumberFormat::from_example("$1,234.56").unwrap();
        assert_eq!(dollars.read("$6.62 "), Some((662, 2)));
        assert_eq!(dollars.read("-$1,234.56"), Some((-123_456, 2)));
        assert_eq!(dollars.read("$-3"), Some((-3, 0)));
        assert_eq!(dollars.read("12,34.5"), None);
        assert_eq!(NumberFormat::from_example("1234.56").unwrap(), NumberFormat::default());
        for example in ["", "abc", "1.234.56", "123456", "1234"] {
            assert!(NumberFormat::from_example(example).is_err(), "{example}");
        }
    }
}
