//! A shard as bytes: one column after the other, numbers as differences in as few bytes as they need.
//!
//! ```text
//! accounts · cells · orders · columns (bits) · keys · cells per account · days · lines · returned lines · revenue
//!   · label, free days, returns, cost, cost to serve, list amount, each if its bit is set · orders per account · their days · their hashes
//! ```
//!
//! Numbers are little-endian base-128 varints, signed ones zigzag. Equal shards give equal bytes. Whoever stores them keeps a checksum.

use super::{Shard, narrow};
use crate::error::{Code, Error, Result};
use crate::facts::cells::Chunk;
use crate::facts::keys::{Keys, Texts};
use crate::facts::narrow::{Narrow, Width};

/// Bits of the columns that a shard may leave out because they are zero throughout.
const LABEL: u64 = 1;
const RETURNS: u64 = 2;
const COST: u64 = 4;
const COST_TO_SERVE: u64 = 8;
const LIST_AMOUNT: u64 = 16;
const INTEGER_KEYS: u64 = 32;
const FREE_DAYS: u64 = 64;

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

#[inline]
fn zagzig(word: u64) -> i64 {
    (word >> 1).cast_signed() ^ -(word & 1).cast_signed()
}

/// The bytes of a shard.
pub(crate) fn encode(shard: &Shard) -> Vec<u8> {
    let cells = &shard.cells;
    let has = |bit: u64, is_there: bool| if is_there { bit } else { 0 };
    let columns = has(LABEL, !cells.label.is_zero())
        | has(RETURNS, !cells.returns.is_zero())
        | has(COST, !cells.cost.is_zero())
        | has(COST_TO_SERVE, !cells.cost_to_serve.is_zero())
        | has(LIST_AMOUNT, !cells.list_amount.is_zero())
        | has(FREE_DAYS, !cells.free_days.is_zero())
        | has(INTEGER_KEYS, matches!(shard.keys, Keys::Integers(_)));
    let mut bytes = Vec::with_capacity(16 * cells.len());
    for number in [shard.keys.len() as u64, cells.len() as u64, shard.orders.len() as u64, columns] {
        put(&mut bytes, number);
    }
    put_keys(&mut bytes, &shard.keys);
    shard.starts.windows(2).for_each(|ends| put(&mut bytes, u64::from(ends[1] - ends[0])));
    let mut first = 0;
    for ends in shard.starts.windows(2) {
        let mut before = first;
        for at in ends[0]..ends[1] {
            let day = cells.period.get(at as usize);
            put(&mut bytes, zigzag(day - before));
            before = day;
            first = if at == ends[0] { day } else { first };
        }
    }
    let rows = cells.len();
    cells.lines.iter().for_each(|lines| put(&mut bytes, lines.cast_unsigned()));
    (0..rows).for_each(|at| put(&mut bytes, u64::from(cells.lines.get_u32(at) - cells.sale_lines.get_u32(at))));
    cells.revenue.iter().for_each(|minor| put(&mut bytes, zigzag(minor)));
    // A column of nothing but zeros is left out.
    let kept = |column: &Narrow| if column.is_zero() { 0..0 } else { 0..rows };
    for column in [&cells.label, &cells.free_days] {
        kept(column).for_each(|at| put(&mut bytes, u64::from(column.get_u32(at))));
    }
    for column in [&cells.returns, &cells.cost, &cells.cost_to_serve] {
        kept(column).for_each(|at| put(&mut bytes, zigzag(column.get(at))));
    }
    // Mostly the revenue or a little more.
    kept(&cells.list_amount).for_each(|at| put(&mut bytes, zigzag(cells.list_amount.get(at).wrapping_sub(cells.revenue.get(at)))));
    put_orders(&mut bytes, shard);
    bytes
}

fn put_keys(bytes: &mut Vec<u8>, keys: &Keys) {
    match keys {
        Keys::Integers(keys) => {
            let mut before = 0i64;
            for key in keys {
                put(bytes, zigzag(key.wrapping_sub(before)));
                before = *key;
            }
        }
        Keys::Texts(keys) => {
            let mut before = "";
            for key in (0..keys.len()).map(|at| keys.get(at)) {
                let mut shared = before.bytes().zip(key.bytes()).take_while(|(a, b)| a == b).count();
                while !key.is_char_boundary(shared) {
                    shared -= 1;
                }
                put(bytes, shared as u64);
                put(bytes, (key.len() - shared) as u64);
                bytes.extend_from_slice(&key.as_bytes()[shared..]);
                before = key;
            }
        }
    }
}

fn put_orders(bytes: &mut Vec<u8>, shard: &Shard) {
    if shard.orders.is_empty() {
        return;
    }
    let mut rest = &shard.orders[..];
    for account in 0..shard.keys.len() {
        let own = rest.iter().take_while(|(of, _, _)| *of as usize == account).count();
        put(bytes, own as u64);
        rest = &rest[own..];
    }
    let mut before = 0;
    for (_, day, _) in &shard.orders {
        put(bytes, zigzag(i64::from(*day) - i64::from(before)));
        before = *day;
    }
    shard.orders.iter().for_each(|(_, _, hash)| bytes.extend(hash.to_le_bytes()));
}

fn wrong() -> Error {
    Error::new(Code::BookDamaged, "stored cells are not what they should be")
}

/// The bits of eight bytes that say that a number goes on.
const MORE: u64 = 0x8080_8080_8080_8080;

/// The number that eight bytes begin with and its length, if it ends within them.
#[inline]
fn short(word: u64) -> Option<(u64, usize)> {
    let ends = !word & MORE;
    if ends == 0 {
        return None;
    }
    // Everything up to the first byte that does not go on.
    let own = word & (ends ^ (ends - 1)) & !MORE;
    // Groups of seven bits move together: pairs, fours, eight.
    let own = (own & 0x007F_007F_007F_007F) | (own & 0x7F00_7F00_7F00_7F00) >> 1;
    let own = (own & 0x0000_3FFF_0000_3FFF) | (own & 0x3FFF_0000_3FFF_0000) >> 2;
    let own = (own & 0x0FFF_FFFF) | (own & 0x0FFF_FFFF_0000_0000) >> 4;
    Some((own, ends.trailing_zeros() as usize / 8 + 1))
}

/// What is left of the bytes of a shard.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    #[inline]
    fn number(&mut self) -> Result<u64> {
        if let Some(word) = self.0.first_chunk::<8>()
            && let Some((number, length)) = short(u64::from_le_bytes(*word))
        {
            self.0 = &self.0[length..];
            return Ok(number);
        }
        self.long()
    }

    #[cold]
    fn long(&mut self) -> Result<u64> {
        let mut number = 0;
        for (at, byte) in self.0.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7F) << (7 * at);
            if *byte < 0x80 {
                self.0 = &self.0[at + 1..];
                return Ok(number);
            }
        }
        Err(wrong())
    }

    /// A number of things of which each takes at least one byte.
    fn length(&mut self) -> Result<usize> {
        usize::try_from(self.number()?).map_err(|_| wrong())
    }

    fn signed(&mut self) -> Result<i64> {
        self.number().map(zagzig)
    }

    fn take(&mut self, bytes: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or_else(wrong)?;
        self.0 = rest;
        Ok(taken)
    }

    /// So many numbers.
    #[inline]
    fn column<T>(&mut self, rows: usize, value: impl Fn(u64) -> T) -> Result<Vec<T>> {
        let mut column = Vec::with_capacity(rows);
        while column.len() < rows {
            // Most columns are mostly numbers of one byte: eight at once.
            if let Some(word) = self.0.first_chunk::<8>().filter(|_| column.len() + 8 <= rows)
                && u64::from_le_bytes(*word) & MORE == 0
            {
                column.extend(word.iter().map(|byte| value(u64::from(*byte))));
                self.0 = &self.0[8..];
            } else {
                column.push(value(self.number()?));
            }
        }
        Ok(column)
    }

    fn counts(&mut self, rows: usize) -> Result<Vec<u32>> {
        #[expect(clippy::cast_possible_truncation, reason = "written from 32 bits, and the checksum of the bytes was looked at")]
        self.column(rows, |number| number as u32)
    }

    fn money(&mut self, rows: usize, is_there: bool) -> Result<Vec<i64>> {
        if is_there { self.column(rows, zagzig) } else { Ok(vec![]) }
    }
}

/// A shard from its bytes; `labels` says which number each of its labels gets.
pub(crate) fn decode(bytes: &[u8], labels: &[u32]) -> Result<Shard> {
    let mut bytes = Bytes(bytes);
    let (accounts, rows, orders) = (bytes.length()?, bytes.length()?, bytes.length()?);
    let columns = bytes.number()?;
    if accounts > bytes.0.len() || rows > bytes.0.len() || orders > bytes.0.len() {
        return Err(wrong());
    }
    let keys = read_keys(&mut bytes, accounts, columns & INTEGER_KEYS != 0)?;
    let mut starts = Vec::with_capacity(accounts + 1);
    starts.push(0);
    let mut end = 0u32;
    for _ in 0..accounts {
        end = end.checked_add(narrow(bytes.length()?)?).ok_or_else(wrong)?;
        starts.push(end);
    }
    if end as usize != rows {
        return Err(wrong());
    }
    let mut period = Vec::with_capacity(rows);
    let mut first = 0i64;
    for ends in starts.windows(2) {
        let mut day = first;
        for at in ends[0]..ends[1] {
            day = day.wrapping_add(bytes.signed()?);
            first = if at == ends[0] { day } else { first };
            period.push(i32::try_from(day).map_err(|_| wrong())?);
        }
    }
    let lines = bytes.counts(rows)?;
    let mut sale_lines = bytes.counts(rows)?;
    sale_lines.iter_mut().zip(&lines).for_each(|(count, lines)| *count = lines.saturating_sub(*count));
    let days: Vec<i64> = sale_lines.iter().map(|sales| i64::from(*sales > 0)).collect();
    let revenue = bytes.money(rows, true)?;
    let mut label = if columns & LABEL != 0 { bytes.counts(rows)? } else { vec![] };
    renumber(&mut label, labels, rows)?;
    let free_days = if columns & FREE_DAYS != 0 { bytes.counts(rows)? } else { vec![] };
    let returns = bytes.money(rows, columns & RETURNS != 0)?;
    let cost = bytes.money(rows, columns & COST != 0)?;
    let cost_to_serve = bytes.money(rows, columns & COST_TO_SERVE != 0)?;
    let mut list_amount = bytes.money(rows, columns & LIST_AMOUNT != 0)?;
    list_amount.iter_mut().zip(&revenue).for_each(|(list, revenue)| *list = list.wrapping_add(*revenue));
    let orders = read_orders(&mut bytes, accounts, orders)?;
    let cells = Chunk {
        period: period.into(),
        label: kept(label, rows),
        lines: lines.into(),
        sale_lines: sale_lines.into(),
        days: Narrow::of(Width::Byte, days.into_iter()),
        free_days: kept(free_days, rows),
        revenue: revenue.into(),
        returns: kept(returns, rows),
        cost: kept(cost, rows),
        cost_to_serve: kept(cost_to_serve, rows),
        list_amount: kept(list_amount, rows),
    };
    if bytes.0.is_empty() { Ok(Shard { keys, starts, cells, orders }) } else { Err(wrong()) }
}

/// A column that is left out is all zeros.
fn kept<T>(numbers: Vec<T>, rows: usize) -> Narrow
where
    Narrow: From<Vec<T>>,
{
    if numbers.is_empty() { Narrow::Zeros(rows) } else { numbers.into() }
}

/// Gives labels their numbers among those of all runs. A column that is left out is all zeros.
fn renumber(label: &mut Vec<u32>, labels: &[u32], rows: usize) -> Result<()> {
    if label.is_empty() && labels.first().is_some_and(|first| *first != 0) {
        label.resize(rows, 0);
    }
    for label in label {
        *label = *labels.get(*label as usize).ok_or_else(wrong)?;
    }
    Ok(())
}

fn read_keys(bytes: &mut Bytes<'_>, accounts: usize, integers: bool) -> Result<Keys> {
    if integers {
        let mut keys = Vec::with_capacity(accounts);
        let mut key = 0i64;
        for _ in 0..accounts {
            key = key.wrapping_add(bytes.signed()?);
            keys.push(key);
        }
        return Ok(Keys::Integers(keys));
    }
    let mut keys = Texts::default();
    let mut key = String::new();
    for _ in 0..accounts {
        let (shared, own) = (bytes.length()?, bytes.length()?);
        if !key.is_char_boundary(shared) {
            return Err(wrong());
        }
        key.truncate(shared);
        key.push_str(std::str::from_utf8(bytes.take(own)?).map_err(|_| wrong())?);
        keys.push(&key);
    }
    Ok(Keys::Texts(keys))
}

fn read_orders(bytes: &mut Bytes<'_>, accounts: usize, orders: usize) -> Result<Vec<(u32, i32, u64)>> {
    if orders == 0 {
        return Ok(vec![]);
    }
    let mut of = Vec::with_capacity(orders);
    for account in 0..narrow(accounts)? {
        let own = bytes.length()?;
        if own > orders - of.len() {
            return Err(wrong());
        }
        of.resize(of.len() + own, account);
    }
    if of.len() != orders {
        return Err(wrong());
    }
    let mut day = 0i64;
    let mut days = Vec::with_capacity(orders);
    for _ in 0..orders {
        day = day.wrapping_add(bytes.signed()?);
        days.push(i32::try_from(day).map_err(|_| wrong())?);
    }
    let hashes = bytes.take(orders.checked_mul(8).ok_or_else(wrong)?)?;
    let hashes = hashes.chunks_exact(8).map(|hash| u64::from_le_bytes(hash.try_into().unwrap_or_default()));
    Ok(of.into_iter().zip(days).zip(hashes).map(|((of, day), hash)| (of, day, hash)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_come_back() {
        let numbers: Vec<u64> = (0..64).flat_map(|bits| [1u64 << bits, (1u64 << bits) - 1, u64::MAX >> bits]).collect();
        let mut bytes = vec![];
        numbers.iter().chain(&[5; 40]).for_each(|number| put(&mut bytes, *number));
        let column = Bytes(&bytes).column(numbers.len() + 40, |number| number).unwrap();
        assert_eq!(column[..numbers.len()], numbers);
        assert!(column[numbers.len()..].iter().all(|number| *number == 5));
        for end in 0..bytes.len() {
            assert!(Bytes(&bytes[..end]).column(numbers.len() + 40, |number| number).is_err());
        }
        for number in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(zagzig(zigzag(number)), number);
        }
    }
}
