//! Which rows of a crm table belong to which account of the facts.

use crate::facts::Facts;

/// A table whose rows name accounts.
pub trait ByAccount {
    /// The account that a row names, if any.
    fn account_of(&self, row: usize) -> Option<&str>;

    /// How many rows there are.
    fn rows(&self) -> usize;

    /// For each account of the facts, in key order, its rows in the order of the table. Rows of other accounts, or of none, are in no list.
    fn by_account(&self, facts: &Facts) -> Vec<Vec<usize>> {
        let mut lists = vec![vec![]; facts.len()];
        for row in 0..self.rows() {
            if let Some(at) = self.account_of(row).and_then(|account| facts.keys().find(account)) {
                lists[at].push(row);
            }
        }
        lists
    }
}

macro_rules! by_account {
    ($($table:ty: |$self:ident, $row:ident| $account:expr, $rows:expr;)+) => {
        $(impl ByAccount for $table {
            fn account_of(&$self, $row: usize) -> Option<&str> {
                $account
            }

            fn rows(&$self) -> usize {
                $rows
            }
        })+
    };
}

by_account! {
    super::Accounts: |self, row| Some(&self.account[row]), self.account.len();
    super::Ratings: |self, row| Some(&self.account[row]), self.account.len();
    super::Activities: |self, row| self.account[row].as_deref(), self.account.len();
    super::Opportunities: |self, row| self.account[row].as_deref(), self.account.len();
    super::Contacts: |self, row| Some(&self.account[row]), self.account.len();
    super::Plans: |self, row| self.account.as_ref()?[row].as_deref(), self.target.len();
    super::Contracts: |self, row| Some(&self.account[row]), self.account.len();
    super::Competitors: |self, row| Some(&self.account[row]), self.account.len();
}
