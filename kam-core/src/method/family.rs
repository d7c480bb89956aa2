//! The families of methods.

use serde::Serialize;

/// What a method is about: the folder in which its file stands. Lists of many methods are cut along families.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// How the business is shared out over the accounts, and who costs more than they bring.
    Concentration,
    /// Classes by value and by how accounts buy.
    Segment,
    /// Who is a key account, and who could become one.
    KeyAccount,
    /// How attractive the accounts are to us, and we to them.
    Attractiveness,
    /// Where each relationship stands.
    Pyramid,
    /// Growth, loss, and what is still to come.
    Retention,
    /// The managers, their effort and their portfolios.
    People,
}
