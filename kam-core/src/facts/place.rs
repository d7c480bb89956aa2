//! Where accounts stand by their key's text: for look-ups by the million, in a table of hashes that is made when it is first asked for.

use std::sync::{Arc, OnceLock};

use arrow::array::ArrayRef;
use hashbrown::HashTable;

use super::Facts;
use super::fold::hash_bytes;
use super::keys::{Key, Keys, whole};

/// What is made of the keys when it is first asked for. Facts with and without it are equal.
#[derive(Clone, Default)]
pub(crate) struct PlaceIndex {
    /// The places of keys by their hashes.
    table: Arc<OnceLock<HashTable<u32>>>,
    /// All keys as a column.
    column: Arc<OnceLock<ArrayRef>>,
}

impl PlaceIndex {
    /// The column of all keys, which tables in their order share.
    pub fn column(&self, make: impl FnOnce() -> ArrayRef) -> ArrayRef {
        Arc::clone(self.column.get_or_init(make))
    }
}

impl PartialEq for PlaceIndex {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

fn hash(key: Key<'_>) -> u64 {
    match key {
        Key::Integer(number) => hash_bytes(&number.to_le_bytes()),
        Key::Text(text) => hash_bytes(text.as_bytes()),
    }
}

impl Facts {
    /// What [`Keys::find`] gives, for look-ups of many accounts: each is two or three reads in place of one a bit of their number.
    pub(crate) fn place_of(&self, text: &str) -> Option<u32> {
        let keys = &*self.keys;
        let key = match keys {
            Keys::Integers(_) => Key::Integer(whole(text)?),
            Keys::Texts(_) => Key::Text(text),
        };
        let table = self.places.table.get_or_init(|| {
            let mut table = HashTable::with_capacity(keys.len());
            for at in 0..u32::try_from(keys.len()).unwrap_or(u32::MAX) {
                table.insert_unique(hash(keys.get(at as usize)), at, |at| hash(keys.get(*at as usize)));
            }
            table
        });
        table.find(hash(key), |at| keys.get(*at as usize) == key).copied()
    }
}
