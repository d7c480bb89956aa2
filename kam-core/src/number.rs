//! Numbers as people read them: thousands apart, a true minus, shares in per cent.

/// A number with so many decimals and commas between thousands. A value that rounds to zero has no sign.
pub(crate) fn grouped(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 3);
    if value < 0.0 && digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        text.push('−');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if !part.is_empty() {
        text.push('.');
        text.push_str(part);
    }
    text
}

/// A share in per cent, with one decimal.
pub(crate) fn percent(share: f64) -> String {
    grouped(share * 100.0, 1) + "%"
}

/// A number on a scale of its own: whole numbers whole, others with about four digits, and no zeros at the end.
pub(crate) fn plain(value: f64) -> String {
    let decimals = match value.abs() {
        size if size == size.trunc() => 0,
        size if size >= 1000.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 10.0 => 2,
        _ => 3,
    };
    let text = grouped(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Large money in short: millions from one million on, in thousands from a hundred thousand on.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 999_950_000.0 => grouped(value / 1e9, 2) + " bn",
        size if size >= 999_950.0 => grouped(value / 1e6, 2) + " m",
        size if size >= 100_000.0 => grouped(value / 1e3, 0) + " k",
        _ => grouped(value, 0),
    }
}

/// A share in per cent for a sentence: one decimal, and none where it is whole.
pub(crate) fn part(share: f64) -> String {
    percent(share).replace(".0%", "%")
}

/// How many times as much: `2.5`, `0.96`.
pub(crate) fn times(ratio: f64) -> String {
    grouped(ratio, if ratio.abs() < 1.0 { 2 } else { 1 })
}

/// So many of something: `1 customer`, `1,234 customers`.
pub(crate) fn counted(count: f64, thing: &str) -> String {
    numbered(count, thing, &format!("{thing}s"))
}

/// A count with the words that follow one, or those that follow any other number: `1 account loses`, `1,234 accounts lose`.
pub(crate) fn numbered(count: f64, one: &str, many: &str) -> String {
    let number = grouped(count, 0);
    // What is read decides: 0.9 is written as 1.
    let words = if number == "1" { one } else { many };
    format!("{number} {words}")
}

/// Money for people: the currency's code before it, whole units from 1,000 on, the currency's own decimals below.
pub(crate) fn money(value: f64, currency: Option<&str>) -> String {
    let decimals = if value.abs() >= 1000.0 || value == value.trunc() { 0 } else { currency.map_or(2, crate::money::decimals) };
    with_currency(grouped(value, decimals), currency)
}

/// Money in a sentence: `EUR 1.25 m`.
pub(crate) fn short_money(value: f64, currency: Option<&str>) -> String {
    with_currency(short(value), currency)
}

fn with_currency(text: String, currency: Option<&str>) -> String {
    currency.map_or_else(|| text.clone(), |currency| format!("{currency} {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(1_234_567.891, 2), "1,234,567.89");
        assert_eq!(grouped(-1_000.0, 0), "−1,000");
        assert_eq!(grouped(999.0, 0), "999");
        assert_eq!(grouped(-0.001, 2), "0.00");
        assert_eq!(grouped(0.0, 0), "0");
        assert_eq!(grouped(100_000.0, 0), "100,000");
    }

    #[test]
    fn shares_are_per_cent() {
        assert_eq!(percent(0.8), "80.0%");
        assert_eq!(percent(-0.0312), "−3.1%");
        assert_eq!(percent(12.5), "1,250.0%");
    }

    #[test]
    fn money_has_the_decimals_of_its_currency_where_they_matter() {
        assert_eq!(money(1_234_567.89, Some("EUR")), "EUR 1,234,568");
        assert_eq!(money(12.5, Some("EUR")), "EUR 12.50");
        assert_eq!(money(12.6, Some("JPY")), "JPY 13");
        assert_eq!(money(0.125, Some("KWD")), "KWD 0.125");
        assert_eq!(money(0.0, Some("EUR")), "EUR 0");
        assert_eq!(money(-950.0, None), "−950");
        assert_eq!(short_money(1_254_000.0, Some("USD")), "USD 1.25 m");
        assert_eq!(part(0.2), "20%");
        assert_eq!([counted(1.0, "customer"), counted(1_234.0, "customer")], ["1 customer", "1,234 customers"]);
        assert_eq!([0.9, 1.0, 1.5].map(|count| numbered(count, "is", "are")), ["1 is", "1 is", "2 are"]);
        assert_eq!(part(0.2044), "20.4%");
        assert_eq!([times(2.4951), times(0.96), times(1.0)], ["2.5", "0.96", "1.0"]);
    }

    #[test]
    fn other_numbers_keep_about_four_digits() {
        assert_eq!(plain(0.634_571), "0.635");
        assert_eq!([plain(5.0), plain(0.25), plain(12.5), plain(100.0), plain(9.9996)], ["5", "0.25", "12.5", "100", "10"]);
        assert_eq!(plain(12.345), "12.35");
        assert_eq!(plain(9_876.5), "9,876");
        assert_eq!(short(22_412_345.0), "22.41 m");
        assert_eq!(short(-512_345.0), "−512 k");
        assert_eq!(short(99_999.0), "99,999");
    }
}
