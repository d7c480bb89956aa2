//! Words that a column chooses from a fixed list.

use std::borrow::Cow;

use super::cell::{Cell, Refused};

/// A column's words and the type that holds them.
pub(super) trait Word: Copy + 'static {
    /// Every word that is allowed, with its value.
    const WORDS: &'static [(&'static str, Self)];
}

/// Reads one of the allowed words; capitals, spaces and hyphens do not matter (`Of customer` is `of_customer`).
pub(super) fn word<W: Word>(cell: &Cell<'_>) -> Result<Option<W>, Refused> {
    let text = match cell {
        Cell::Missing => return Ok(None),
        Cell::Text(text) => text.trim().to_lowercase().replace([' ', '-'], "_"),
        other => other.to_string(),
    };
    W::WORDS.iter().find(|(word, _)| *word == text).map(|(_, value)| Some(*value)).ok_or_else(|| {
        let words: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
        Cow::Owned(format!("one of {}", words.join(", ")))
    })
}

/// An enum of words: each variant with the word that stands for it in data, options and results.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every word, in the order of the documentation.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word in data, options and results.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl $crate::crm::word::Word for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $name::$variant)),+];
        }
    };
}
pub(super) use words;
