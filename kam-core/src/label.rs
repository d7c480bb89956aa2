//! Names of columns, figures, classes and options as people read them.

use std::borrow::Cow;

/// Names of people, with a capital wherever they stand.
const NAMES: [&str; 4] = ["chen", "tsaur", "rhai", "raffinetti"];

/// Words that are written in capitals.
const CAPITALS: [&str; 9] = ["abc", "xyz", "rfm", "hhi", "cr1", "cr5", "cr10", "cr20", "clv"];

/// `cost_to_serve` as `Cost to serve`, `abc_xyz` as `ABC XYZ`.
pub(crate) fn label(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for word in name.split('_').filter(|word| !word.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        if CAPITALS.contains(&word) {
            text.push_str(&word.to_uppercase());
        } else if text.is_empty() || NAMES.contains(&word) {
            let mut letters = word.chars();
            text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(letters.as_str());
        } else {
            text.push_str(word);
        }
    }
    text
}

/// How many letters of a name are shown.
const LONGEST: usize = 120;

/// A name from data as pages and pictures show it: one that is longer than any name should be ends with an ellipsis.
pub(crate) fn cut(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", name[..end].trim_end())),
        None => Cow::Borrowed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_letters() {
        let whole = "ü".repeat(LONGEST);
        assert_eq!(cut(&whole), whole);
        assert_eq!(cut(&format!("{whole}n")), format!("{whole}…"));
        assert_eq!(cut(&format!("{} and Sons", "ACME ".repeat(24))), format!("{}…", "ACME ".repeat(24).trim_end()));
        assert_eq!(cut(""), "");
    }

    #[test]
    fn names_become_words() {
        assert_eq!(label("cost_to_serve"), "Cost to serve");
        assert_eq!(label("abc_xyz"), "ABC XYZ");
        assert_eq!(label("cr10"), "CR10");
        assert_eq!(label("gini_chen_tsaur_rhai"), "Gini Chen Tsaur Rhai");
        assert_eq!(label("abc_cumulative_share_before"), "ABC cumulative share before");
        assert_eq!(label("über_uns"), "Über uns");
        assert_eq!(label(""), "");
    }
}
