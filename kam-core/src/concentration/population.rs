//! Which accounts a share of the accounts is a share of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::Facts;

/// The accounts that count as the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// Accounts with a line or a cost to serve in the window: who left years ago no longer counts.
    #[default]
    Window,
    /// Every account of the ledger's history.
    All,
}

impl Population {
    /// The places of the accounts that count, ascending.
    pub(crate) fn accounts(self, facts: &Facts) -> impl Iterator<Item = usize> + '_ {
        let window = facts.window();
        let costs = move |at: usize| window.cost_to_serve.as_ref().is_some_and(|cost| cost[at] != 0);
        (0..facts.len()).filter(move |&at| self == Population::All || window.lines[at] > 0 || costs(at))
    }
}
