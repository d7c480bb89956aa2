//! Accounts whose keys or names are like what was asked for.

use rayon::prelude::*;

use super::source::Source;

/// At most three accounts, the likeliest first, each as its key and, where it has one, its name.
pub(super) fn near(source: &Source, wanted: &str) -> Vec<(String, Option<String>)> {
    let wanted: Vec<char> = folded(wanted);
    let of = |place: usize| {
        let key = source.key(place);
        let by_key = unlikeness(&wanted, &folded(&key));
        let by_name = source.name(&key).and_then(|name| unlikeness(&wanted, &folded(name)));
        Some((by_key.into_iter().chain(by_name).min()?, place))
    };
    let mut found: Vec<(usize, usize)> = (0..source.len()).into_par_iter().filter_map(of).collect();
    found.sort_unstable();
    found.truncate(3);
    let named = |place: usize| {
        let key = source.key(place).into_owned();
        let name = source.name(&key).filter(|name| *name != key).map(str::to_owned);
        (key, name)
    };
    found.into_iter().map(|(_, place)| named(place)).collect()
}

fn folded(text: &str) -> Vec<char> {
    text.trim().chars().flat_map(char::to_lowercase).collect()
}

/// 0 for the same, then by edits; what begins with or holds it counts as near too; `None` where they have little in common.
fn unlikeness(wanted: &[char], other: &[char]) -> Option<usize> {
    let most = (wanted.len() / 3).clamp(1, 4);
    if wanted.is_empty() || other.is_empty() {
        return None;
    }
    if wanted.len().abs_diff(other.len()) <= most
        && let Some(edits) = edits(wanted, other, most)
    {
        return Some(edits);
    }
    let holds = |text: &[char], part: &[char]| part.len() >= 3 && text.windows(part.len()).any(|window| window == part);
    (other.starts_with(wanted) && wanted.len() >= 2)
        .then_some(most + 1)
        .or_else(|| (holds(other, wanted) || holds(wanted, other)).then_some(most + 2))
}

/// How many letters must be put in, left out or changed, up to a most.
fn edits(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, letter) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (place, other) in b.iter().enumerate() {
            let change = corner + usize::from(letter != other);
            corner = row[place + 1];
            row[place + 1] = change.min(corner + 1).min(row[place] + 1);
        }
        if row.iter().all(|edits| *edits > most) {
            return None;
        }
    }
    row.last().copied().filter(|edits| *edits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(wanted: &str, other: &str) -> Option<usize> {
        unlikeness(&folded(wanted), &folded(other))
    }

    #[test]
    fn near_is_by_letters_beginnings_and_parts() {
        assert_eq!(like("ACME", "acme"), Some(0));
        assert_eq!(like("ACNE", "Acme"), Some(1));
        assert_eq!(like("ac", "acme works"), Some(2));
        assert_eq!(like("works", "acme works"), Some(3));
        assert_eq!(like("Acme Works Ltd", "acme works"), Some(4));
        assert_eq!(like("acme", "zebra"), None);
        assert_eq!(like("", "a"), None);
        assert_eq!(edits(&folded("kitten"), &folded("sitting"), 4), Some(3));
    }
}
