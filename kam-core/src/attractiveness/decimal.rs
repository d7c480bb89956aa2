//! Numbers with one decimal, written without the formatting machinery: a million sentences hold several million of them.

use std::fmt::Write;

/// Writes a number with one decimal.
pub(super) fn write_decimal(text: &mut String, value: f64) {
    let tenths = value.abs() * 10.0;
    let below = tenths.floor();
    let rest = tenths - below;
    // Ties and whatever does not fit are left to the machinery, which knows the number's exact value.
    let fits = tenths < 1e15;
    if !fits || (rest - 0.5).abs() < 1e-6 {
        // Writing to a text cannot fail.
        let _ = write!(text, "{value:.1}");
        return;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative and below 10¹⁵")]
    let mut number = (below + f64::from(rest > 0.5)) as u64;
    if value.is_sign_negative() {
        text.push('-');
    }
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        let digit = (number % 10) as u8;
        digits[at] += digit;
        number /= 10;
        if number == 0 && at <= digits.len() - 2 {
            break;
        }
    }
    let whole = digits.len() - 1;
    digits[at..whole].iter().for_each(|digit| text.push(char::from(*digit)));
    text.push('.');
    text.push(char::from(digits[whole]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(value: f64) -> String {
        let mut text = String::new();
        write_decimal(&mut text, value);
        text
    }

    #[test]
    fn by_hand() {
        for value in [0.0, -0.0, 0.04, 0.05, 0.25, 0.35, 9.96, 10.0, 12.34, -12.36, 99.95, 1e20, f64::NAN, f64::INFINITY] {
            assert_eq!(written(value), format!("{value:.1}"));
        }
    }

    proptest! {
        #[test]
        fn as_the_machinery_writes(value in prop_oneof![any::<f64>(), -1e4f64..1e4, -1f64..1.0]) {
            prop_assert_eq!(written(value), format!("{value:.1}"));
        }
    }
}
