//! From which end a ledger is seen: key customer and key supplier are one relationship.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From which end the ledger is seen. It changes words and defaults, never sums; names of columns and options stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Perspective {
    /// A sales ledger: the accounts are our customers.
    #[default]
    Customer,
    /// A purchase ledger: the accounts are our suppliers, and what they sold us is our spend.
    Supplier,
}

/// What the things of a ledger are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// One of the accounts.
    pub account: &'static str,
    /// Several of them.
    pub accounts: &'static str,
    /// Net revenue.
    pub revenue: &'static str,
    /// A line with a positive amount.
    pub sale: &'static str,
}

const CUSTOMER: Words = Words { account: "customer", accounts: "customers", revenue: "revenue", sale: "sale" };
const SUPPLIER: Words = Words { account: "supplier", accounts: "suppliers", revenue: "spend", sale: "purchase" };

/// The seller's words and the buyer's for them.
const PAIRS: [(&str, &str); 13] = [
    ("customer", "supplier"),
    ("customers", "suppliers"),
    ("revenue", "spend"),
    ("sale", "purchase"),
    ("sales", "purchases"),
    ("attractiveness", "supplier rating"),
    ("key account", "key supplier"),
    ("account", "supplier"),
    ("an account", "a supplier"),
    ("accounts", "suppliers"),
    ("buys", "supplies"),
    ("bought", "supplied"),
    ("key accounts", "key suppliers"),
];

impl Perspective {
    /// What things are called.
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Perspective::Customer => &CUSTOMER,
            Perspective::Supplier => &SUPPLIER,
        }
    }

    /// Its name in options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Perspective::Customer => "customer",
            Perspective::Supplier => "supplier",
        }
    }

    /// A text of kam's own, such as a title or a label, in the words of this end. Texts from data never go through here.
    #[must_use]
    pub fn say(self, text: &str) -> Cow<'_, str> {
        if self == Perspective::Customer {
            return Cow::Borrowed(text);
        }
        let mut said = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let is_start = !said.chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_' || before == '`');
            let replaced = is_start.then(|| PAIRS.iter().filter_map(|(theirs, ours)| swap(rest, theirs, ours)).max_by_key(|(len, _)| *len));
            match replaced.flatten() {
                Some((len, ours)) => {
                    said.push_str(&ours);
                    rest = &rest[len..];
                }
                None => {
                    said.push(letter);
                    rest = &rest[letter.len_utf8()..];
                }
            }
        }
        Cow::Owned(said)
    }
}

/// The buyer's word where the text begins with the seller's as a whole word, with the same capital; and how much of the text it replaces.
fn swap(text: &str, theirs: &str, ours: &str) -> Option<(usize, String)> {
    let head = text.get(..theirs.len()).filter(|head| head.eq_ignore_ascii_case(theirs))?;
    let ends = !text[theirs.len()..].chars().next().is_some_and(|next| next.is_alphanumeric() || next == '_');
    let capital = head.starts_with(char::is_uppercase);
    let mut letters = ours.chars();
    let first = letters.next().filter(|_| ends)?;
    Some((theirs.len(), if capital { first.to_uppercase().chain(letters).collect() } else { ours.to_owned() }))
}

impl fmt::Display for Perspective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_selling_become_those_of_buying() {
        let said = |text| Perspective::Supplier.say(text).into_owned();
        assert_eq!(said("Revenue of the key accounts"), "Spend of the key suppliers");
        assert_eq!(said("Attractiveness: how much each account is worth"), "Supplier rating: how much each supplier is worth");
        assert_eq!(said("a sale in 6 of 12 periods"), "a purchase in 6 of 12 periods");
        assert_eq!(said("wholesale accountancy, `account` and Umsätze"), "wholesale accountancy, `account` and Umsätze");
        assert_eq!(said("what an account brings"), "what a supplier brings");
        assert_eq!(said("The customer’s sales"), "The supplier’s purchases");
        assert_eq!(Perspective::Customer.say("Revenue"), "Revenue");
    }
}
