//! Which rows of a crm table belong to which account of the facts.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use rayon::prelude::*;

use crate::facts::{Facts, Keys};

/// A table whose rows name accounts.
pub trait ByAccount {
    /// The account that a row names, if any.
    fn account_of(&self, row: usize) -> Option<&str>;

    /// How many rows there are.
    fn rows(&self) -> usize;

    /// For each row where its account stands among those of the facts. Looked up once for the same facts.
    fn places(&self, facts: &Facts) -> Arc<RowPlaces>;

    /// For each account of the facts, in key order, its rows in the order of the table. Rows of other accounts, or of none, are in no list.
    fn by_account(&self, facts: &Facts) -> Vec<Vec<usize>> {
        let rows = Grouped::new(&self.places(facts), facts.len());
        (0..facts.len()).map(|at| rows.of(at).collect()).collect()
    }
}

/// Where the accounts that rows name stand among those of the facts.
#[derive(Debug)]
pub struct RowPlaces {
    places: Vec<u32>,
    /// The other way round, for a table with one row an account: worked out when it is first asked for.
    rows: OnceLock<Vec<u32>>,
}

/// The place of a row of no account of the facts, and the row of an account that has none.
const NOWHERE: u32 = u32::MAX;

impl RowPlaces {
    /// Looks up the accounts that so many rows name; of facts by head office, a subsidiary's rows are its head office's.
    pub(crate) fn look_up<'a>(facts: &Facts, rows: usize, account: impl Fn(usize) -> Option<&'a str> + Sync) -> Self {
        Self::look_up_own(facts, rows, |row| account(row).map(|account| facts.head_office(account).unwrap_or(account)))
    }

    /// The same where a row speaks of its own account alone.
    fn look_up_own<'a>(facts: &Facts, rows: usize, account: impl Fn(usize) -> Option<&'a str> + Sync) -> Self {
        let place = |row: usize| account(row).and_then(|account| facts.place_of(account)).unwrap_or(NOWHERE);
        Self::of_rows((0..rows).into_par_iter().with_min_len(1024).map(place).collect())
    }

    fn of_rows(places: Vec<u32>) -> Self {
        RowPlaces { places, rows: OnceLock::new() }
    }

    /// The row of each of so many accounts, the last where it has several.
    fn rows(&self, accounts: usize) -> &[u32] {
        self.rows.get_or_init(|| {
            let mut rows = vec![NOWHERE; accounts];
            for (row, place) in (0u32..).zip(&self.places) {
                if let Some(slot) = rows.get_mut(*place as usize) {
                    *slot = row;
                }
            }
            rows
        })
    }

    /// The place of a row's account; `None` where the row names none, or one that the ledger does not know.
    #[must_use]
    pub fn of(&self, row: usize) -> Option<usize> {
        self.places.get(row).filter(|place| **place != NOWHERE).map(|place| *place as usize)
    }

    /// The same for all rows.
    pub fn iter(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        self.places.iter().map(|place| (*place != NOWHERE).then_some(*place as usize))
    }
}

/// In which row of a table with one row an account each account of the facts stands, by its place.
#[derive(Clone, Debug)]
pub struct AccountRows {
    places: Arc<RowPlaces>,
    accounts: usize,
}

impl AccountRows {
    pub(super) fn new(places: Arc<RowPlaces>, facts: &Facts) -> Self {
        AccountRows { places, accounts: facts.len() }
    }

    /// The row of the account at a place; `None` where the table has none of it.
    #[must_use]
    pub fn of(&self, place: usize) -> Option<usize> {
        self.places.rows(self.accounts).get(place).filter(|row| **row != NOWHERE).map(|row| *row as usize)
    }

    /// The same for all accounts, in key order.
    pub fn iter(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        self.places.rows(self.accounts).iter().map(|row| (*row != NOWHERE).then_some(*row as usize))
    }
}

/// The places that were looked up last, and the keys they are places of. It says nothing about a table: any two are equal, and a clone is
/// empty.
#[derive(Default)]
pub(crate) struct Joined(Mutex<Option<(Weak<Keys>, Arc<RowPlaces>)>>);

impl Joined {
    fn places(&self, facts: &Facts, rows: usize, look_up: impl FnOnce() -> RowPlaces) -> Arc<RowPlaces> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((keys, places)) = known
            && std::ptr::eq(keys.as_ptr(), Arc::as_ptr(&facts.keys))
            && places.places.len() == rows
        {
            return places;
        }
        // Not under the lock: this thread may take over work that asks for the same places.
        let places = Arc::new(look_up());
        let keys = Arc::downgrade(&facts.keys);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((keys, Arc::clone(&places)));
        places
    }
}

impl Clone for Joined {
    fn clone(&self) -> Self {
        Joined::default()
    }
}

impl PartialEq for Joined {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Joined")
    }
}

/// The rows of a table by account, in the table's order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grouped {
    /// Empty where there is no table.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Grouped {
    /// The rows of so many accounts.
    pub fn new(places: &RowPlaces, accounts: usize) -> Self {
        Self::of_places(&places.places, accounts)
    }

    /// The same with accounts behind those of the facts: `behind` says where a row belongs that is of none of these.
    pub fn with_others(places: &RowPlaces, accounts: usize, behind: impl Fn(usize) -> Option<usize>) -> Self {
        let place = |(row, place): (usize, &u32)| match *place {
            NOWHERE => behind(row).and_then(|place| u32::try_from(place).ok()).unwrap_or(NOWHERE),
            place => place,
        };
        Self::of_places(&places.places.iter().enumerate().map(place).collect::<Vec<u32>>(), accounts)
    }

    fn of_places(places: &[u32], accounts: usize) -> Self {
        let mut starts = vec![0u32; accounts + 1];
        for place in places.iter().filter(|place| **place != NOWHERE) {
            starts[*place as usize + 1] += 1;
        }
        for at in 0..accounts {
            starts[at + 1] += starts[at];
        }
        let mut rows = vec![0; starts[accounts] as usize];
        for (row, place) in (0u32..).zip(places).filter(|(_, place)| **place != NOWHERE) {
            // The start of the account is its next free slot until its rows are in.
            let slot = &mut starts[*place as usize];
            rows[*slot as usize] = row;
            *slot += 1;
        }
        // Every start stands at its end now, which is the start of the next.
        starts.rotate_right(1);
        starts[0] = 0;
        Grouped { starts, rows }
    }

    /// The rows of an account.
    pub fn of(&self, account: usize) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator + Clone + '_ {
        let range = match (self.starts.get(account), self.starts.get(account + 1)) {
            (Some(start), Some(end)) => *start as usize..*end as usize,
            _ => 0..0,
        };
        self.rows[range].iter().map(|row| *row as usize)
    }
}

macro_rules! by_account {
    ($($look_up:ident $table:ty: |$self:ident, $row:ident| $account:expr, $rows:expr;)+) => {
        $(impl ByAccount for $table {
            fn account_of(&$self, $row: usize) -> Option<&str> {
                $account
            }

            fn rows(&$self) -> usize {
                $rows
            }

            fn places(&$self, facts: &Facts) -> Arc<RowPlaces> {
                $self.joined.places(facts, $rows, || RowPlaces::$look_up(facts, $rows, |row| $self.account_of(row)))
            }
        })+
    };
}

by_account! {
    look_up_own super::Accounts: |self, row| Some(&self.account[row]), self.account.len();
    look_up super::Ratings: |self, row| Some(&self.account[row]), self.account.len();
    look_up super::Activities: |self, row| self.account[row].as_deref(), self.account.len();
    look_up super::Opportunities: |self, row| self.account[row].as_deref(), self.account.len();
    look_up super::Contacts: |self, row| Some(&self.account[row]), self.account.len();
    look_up super::Plans: |self, row| self.account.as_ref()?[row].as_deref(), self.target.len();
    look_up super::Contracts: |self, row| Some(&self.account[row]), self.account.len();
    look_up super::Competitors: |self, row| Some(&self.account[row]), self.account.len();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_in_their_order() {
        let places = RowPlaces::of_rows(vec![2, NOWHERE, 0, 2, 2, NOWHERE]);
        let of = |grouped: &Grouped| (0..5).map(|at| grouped.of(at).collect()).collect::<Vec<Vec<usize>>>();
        assert_eq!(of(&Grouped::new(&places, 4)), [vec![2], vec![], vec![0, 3, 4], vec![], vec![]]);
        let others = Grouped::with_others(&places, 4, |row| (row == 5).then_some(3));
        assert_eq!(of(&others), [vec![2], vec![], vec![0, 3, 4], vec![5], vec![]]);
        assert_eq!(of(&Grouped::default()), vec![vec![0usize; 0]; 5]);
    }
}
