//! The table `managers`: the account managers, what they speak and how much they can do.

use super::Optional;
use super::cell::{not_negative, text};
use super::source::Source;
use crate::error::{Code, Error, Result};

pub(super) const COLUMNS: &[&str] = &["manager", "languages", "capacity"];

/// Account managers, in the order of the caller's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountManagers {
    /// The name, as in the other tables; each once.
    pub manager: Vec<String>,
    /// The languages they work in, parted by commas, semicolons, slashes or bars.
    pub languages: Optional<String>,
    /// How many hours a year they have for accounts.
    pub capacity: Optional<f64>,
}

impl AccountManagers {
    pub(super) fn read(source: &Source<'_>) -> Result<Self> {
        let managers = AccountManagers {
            manager: source.filled("manager", text)?,
            languages: source.optional("languages", text)?,
            capacity: source.optional("capacity", not_negative)?,
        };
        let mut rows: Vec<usize> = (0..managers.manager.len()).collect();
        rows.sort_by_key(|row| (&managers.manager[*row], *row));
        match rows.windows(2).find(|pair| managers.manager[pair[0]] == managers.manager[pair[1]]) {
            Some(pair) => {
                let (first, second, name) = (pair[0] + 1, pair[1] + 1, &managers.manager[pair[0]]);
                let message = format!("managers, rows {first} and {second}: the manager `{name}` stands there twice");
                Err(Error::new(Code::DuplicateKey, message).with_hint("keep one row per manager"))
            }
            None => Ok(managers),
        }
    }

    /// The languages of a row, in small letters; `None` where the row or the table says nothing of them.
    #[must_use]
    pub fn languages_of(&self, row: usize) -> Option<Vec<String>> {
        let listed = self.languages.as_ref()?[row].as_ref()?;
        Some(listed.split([',', ';', '/', '|']).map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect())
    }
}
