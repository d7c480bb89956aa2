//! Names of columns, figures and options as people read them.

pub(super) use crate::label::label;

/// Does a column of this name hold classes, which stand in badges?
pub(super) fn is_class(column: &str) -> bool {
    matches!(column, "abc" | "xyz" | "abc_xyz" | "rfm_segment" | "level" | "quadrant" | "key_account_types" | "routes" | "three_p")
}

/// A word of kam's own, like `cost_to_serve`, without its underscores; what comes from the caller's data stays as it is.
pub(super) fn spaced(column: &str, text: &str) -> Option<String> {
    let data = matches!(
        column,
        "account" | "parent" | "name" | "source" | "column" | "value" | "direction" | "manager" | "competitor" | "largest_account"
            // Of summaries.
            | "best" | "best_competitors" | "criterion" | "criteria" | "unrated_criteria" | "used_attributes" | "constant" | "word"
    );
    let ours = text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    (ours && !data).then(|| text.replace('_', " "))
}

/// The shade of a class: 1 the best to 5 the least, 6 a warning; `None` for words that are no class.
///
/// Shades differ in lightness as well as in hue, and the word always stands in the badge, so that nobody needs to tell colours apart.
pub(super) fn shade(column: &str, value: &str) -> Option<u8> {
    let first = |letters: &str| value.chars().next().and_then(|letter| letters.find(letter)).and_then(|at| u8::try_from(at).ok());
    let place = |order: &[&str]| order.iter().position(|name| name.eq_ignore_ascii_case(value)).and_then(|at| u8::try_from(at).ok());
    match column {
        "abc" | "abc_xyz" => Some([1, 3, 5][usize::from(first("ABC")?)]),
        "xyz" => Some([2, 4, 5][usize::from(first("XYZ")?)]),
        "level" | "from_level" | "to_level" | "level_before" => {
            Some([5, 4, 2, 1][usize::from(place(&["transaction", "cooperation", "partnership", "synergy"])?)])
        }
        "rfm_segment" => Some(match value.to_lowercase().as_str() {
            "champions" => 1,
            "loyal" | "loyal customers" => 2,
            "at risk" | "can't lose" | "cannot lose them" | "can't lose them" => 6,
            "hibernating" | "lost" | "about to sleep" => 5,
            "need attention" | "needs attention" => 3,
            _ => 4,
        }),
        "quadrant" => Some(match value {
            "key" | "strategic" | "core" => 1,
            "key development" | "key_development" | "star" | "development" => 2,
            "maintenance" | "status" | "exploitable" => 3,
            _ => 5,
        }),
        "three_p" => Some(match value {
            "passed" => 2,
            "open" => 5,
            _ => 6,
        }),
        "level_migration" => Some(if value == "climber" { 2 } else { 6 }),
        "need" | "purse" | "power" => Some(match value {
            "met" => 2,
            "unknown" => 5,
            _ => 6,
        }),
        "key_band" => Some(if value == "inside" { 2 } else { 3 }),
        _ if column.starts_with("gate_") => Some(match value {
            "met" | "pass" | "passed" => 2,
            "unknown" => 5,
            _ => 6,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_their_underscores() {
        assert_eq!(spaced("driver", "cost_to_serve").as_deref(), Some("cost to serve"));
        assert_eq!(spaced("account", "cost_to_serve"), None);
        assert_eq!(spaced("driver", "A_b"), None);
    }

    #[test]
    fn classes_have_shades_and_other_words_none() {
        assert_eq!([shade("abc", "A"), shade("abc", "B"), shade("abc", "C")], [Some(1), Some(3), Some(5)]);
        assert_eq!(shade("abc_xyz", "AZ"), Some(1));
        assert_eq!(shade("level", "synergy"), Some(1));
        assert_eq!(shade("rfm_segment", "At Risk"), Some(6));
        assert_eq!(shade("policy", "A"), None);
        assert_eq!(shade("abc", "?"), None);
        assert_eq!(shade("level", "somewhere"), None);
    }
}
