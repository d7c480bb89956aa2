//! Accounts whose keys or names are like what was asked for.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::source::Source;
use crate::facts::{Key, Keys};

/// Up to how many accounts every one is compared. Among more, only those are that its place in the order of the keys, a single letter or a name
/// leads to: who mistypes a key should not wait for a million of them.
const FEW: usize = 10_000;

/// How many neighbours in the order of the keys are compared, on either side.
const NEIGHBOURS: usize = 50;

/// What is longer than this many letters is not compared: no key is.
const LONGEST: usize = 100;

/// At most three accounts, the likeliest first, each as its key and, where it has one, its name.
pub(super) fn near(source: &Source, wanted: &str) -> Vec<(String, Option<String>)> {
    let wanted = wanted.trim();
    if wanted.chars().nth(LONGEST).is_some() {
        return vec![];
    }
    let letters: Vec<char> = folded(wanted);
    let of = |place: usize| {
        let key = source.key(place);
        let by_key = unlikeness(&letters, &folded(&key));
        let by_name = source.name(&key).and_then(|name| unlikeness(&letters, &folded(name)));
        Some((by_key.into_iter().chain(by_name).min()?, place))
    };
    let mut found: Vec<(usize, usize)> = match source.len() {
        0..=FEW => (0..source.len()).into_par_iter().filter_map(of).collect(),
        _ => likely(source, wanted).into_iter().filter_map(of).collect(),
    };
    found.sort_unstable();
    found.truncate(3);
    let named = |place: usize| {
        let key = source.key(place).into_owned();
        let name = source.name(&key).filter(|name| *name != key).map(str::to_owned);
        (key, name)
    };
    found.into_iter().map(|(_, place)| named(place)).collect()
}

/// Where to look among many accounts.
fn likely(source: &Source, wanted: &str) -> BTreeSet<usize> {
    let letters = letters_of_keys(source);
    let spelled = spelled(wanted, &letters);
    let mut places: BTreeSet<usize> = neighbours(source, wanted).chain(neighbours(source, &spelled)).collect();
    places.extend(source.place(&spelled));
    places.extend(one_letter_off(&spelled, &letters).par_iter().filter_map(|key| source.place(key)).collect::<Vec<_>>());
    places.extend(by_name(source, wanted));
    places
}

/// The letters that keys are made of, by a sample of them.
fn letters_of_keys(source: &Source) -> BTreeSet<char> {
    let step = source.len().div_ceil(1_000).max(1);
    let letters: BTreeSet<char> = (0..source.len()).step_by(step).flat_map(|place| source.key(place).chars().collect::<Vec<_>>()).collect();
    letters.into_iter().take(100).collect()
}

/// In capitals or in small letters, where all keys are.
fn spelled(wanted: &str, letters: &BTreeSet<char>) -> String {
    match (letters.iter().any(|letter| letter.is_uppercase()), letters.iter().any(|letter| letter.is_lowercase())) {
        (true, false) => wanted.to_uppercase(),
        (false, true) => wanted.to_lowercase(),
        _ => wanted.to_owned(),
    }
}

/// The accounts around the place where such a key would stand.
fn neighbours(source: &Source, wanted: &str) -> impl Iterator<Item = usize> {
    let around = |at: usize, len: usize| at.saturating_sub(NEIGHBOURS)..(at + NEIGHBOURS).min(len);
    let keys = source.facts.keys();
    let at = match (keys, wanted.parse::<i64>()) {
        (Keys::Integers(keys), Ok(number)) => keys.partition_point(|key| *key < number),
        (Keys::Integers(_), Err(_)) => keys.len(),
        (Keys::Texts(_), _) => {
            let (mut low, mut high) = (0, keys.len());
            while low < high {
                let middle = low.midpoint(high);
                if keys.get(middle) < Key::Text(wanted) { low = middle + 1 } else { high = middle }
            }
            low
        }
    };
    let behind = keys.len();
    let candidate = source.candidates.partition_point(|key| key.as_str() < wanted);
    around(at, keys.len()).chain(around(candidate, source.candidates.len()).map(move |at| behind + at))
}

/// What is written with one letter changed, left out or put in, or two exchanged.
fn one_letter_off(wanted: &str, letters: &BTreeSet<char>) -> Vec<String> {
    let wanted: Vec<char> = wanted.chars().collect();
    let mut variants = vec![];
    for at in 0..=wanted.len() {
        let (before, behind) = wanted.split_at(at);
        let with = |middle: &[char], behind: &[char]| [before, middle, behind].concat().into_iter().collect::<String>();
        variants.extend(letters.iter().map(|letter| with(&[*letter], behind)));
        if let [first, behind @ ..] = behind {
            variants.push(with(&[], behind));
            variants.extend(letters.iter().map(|letter| with(&[*letter], behind)));
            if let [second, behind @ ..] = behind {
                variants.push(with(&[*second, *first], behind));
            }
        }
    }
    variants
}

/// The accounts that are called so.
fn by_name(source: &Source, wanted: &str) -> Vec<usize> {
    let Some((accounts, names)) = source.crm.accounts().and_then(|accounts| Some((accounts, accounts.name.as_ref()?))) else {
        return vec![];
    };
    let is_called =
        |name: &Option<String>| name.as_ref().is_some_and(|name| name.len() == wanted.len() && name.eq_ignore_ascii_case(wanted));
    let rows = names.par_iter().enumerate().filter(|(_, name)| is_called(name));
    rows.filter_map(|(row, _)| source.place(&accounts.account[row])).collect()
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
