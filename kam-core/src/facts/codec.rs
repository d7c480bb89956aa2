//! States as bytes: a header, three Arrow streams, a checksum. Equal states give equal bytes.
//!
//! ```text
//! "KAMFACTS" · version u32 · header (JSON) · accounts · cells · orders (Arrow IPC streams), each after its length u64 · checksum u64
//! ```

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, LargeStringArray, RecordBatch, UInt32Array, UInt64Array};
use arrow::datatypes::{Int32Type, Int64Type, UInt32Type, UInt64Type};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use serde::{Deserialize, Serialize};

use super::cells::{Cell, Chunk};
use super::fold::{FirstDay, IntegerCode, KeyCode, Partition, TextCode, hash_bytes, partition_of};
use super::keys::Key;
use super::narrow::Narrow;
use super::state::{Accounts, FactsState, Shape, StateOptions};
use crate::error::{Code, Error, Result};
use crate::ledger::{Counts, Extras, KeyKind};
use crate::money::Scale;
use crate::time::{Date, Grain, Period};

const MAGIC: &[u8; 8] = b"KAMFACTS";

/// The version that is written. Older ones are read, newer ones refused.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Header {
    as_of: Option<Date>,
    cell: Grain,
    shape: Option<StoredShape>,
    labels: Vec<(Option<String>, Option<String>)>,
    counts: Counts,
}

/// A [`Shape`] as it is stored, here and in the book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredShape {
    integer_keys: bool,
    /// Which word of a row holds cost, cost to serve, list amount, order.
    words: [Option<usize>; 4],
    labels: bool,
    direction: bool,
    manager: bool,
    scale: Scale,
    currency: Option<String>,
    converted: bool,
}

impl StoredShape {
    pub fn of(shape: &Shape) -> Self {
        StoredShape {
            integer_keys: shape.kind == KeyKind::Integer,
            words: [shape.extras.cost, shape.extras.cost_to_serve, shape.extras.list_amount, shape.extras.order],
            labels: shape.extras.labels,
            direction: shape.has_direction,
            manager: shape.has_manager,
            scale: shape.scale,
            currency: shape.currency.clone(),
            converted: shape.converted,
        }
    }

    pub fn shape(&self) -> Shape {
        let [cost, cost_to_serve, list_amount, order] = self.words;
        Shape {
            kind: if self.integer_keys { KeyKind::Integer } else { KeyKind::Text },
            extras: Extras { cost, cost_to_serve, list_amount, order, labels: self.labels },
            has_direction: self.direction,
            has_manager: self.manager,
            scale: self.scale,
            currency: self.currency.clone(),
            converted: self.converted,
        }
    }
}

impl FactsState {
    /// The state as bytes that [`FactsState::decode`] reads, on this or another machine.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let (labels, number) = self.labels.sorted();
        let header = Header {
            as_of: self.options.as_of,
            cell: self.options.cell,
            shape: self.shape.as_ref().map(StoredShape::of),
            labels: labels.into_iter().map(|label| (label.direction, label.manager)).collect(),
            counts: self.counts.settled(),
        };
        let header = serde_json::to_vec(&header).map_err(|source| Error::internal(format!("facts cannot be encoded: {source}")))?;
        let streams = match &self.accounts {
            Accounts::Integers(partitions) => batches(partitions, &number)?,
            Accounts::Texts(partitions) => batches(partitions, &number)?,
            Accounts::None => vec![],
        };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        let mut section = |content: &[u8]| {
            bytes.extend((content.len() as u64).to_le_bytes());
            bytes.extend(content);
        };
        section(&header);
        for batch in &streams {
            let mut writer = StreamWriter::try_new(vec![], batch.schema_ref()).map_err(internal)?;
            writer.write(batch).map_err(internal)?;
            section(&writer.into_inner().map_err(internal)?);
        }
        let checksum = hash_bytes(&bytes);
        bytes.extend(checksum.to_le_bytes());
        Ok(bytes)
    }

    /// A state from bytes; damaged ones and those of a newer version are refused.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let damaged = |why: &str| Error::new(Code::StateDamaged, format!("encoded facts: {why}")).with_hint("were they stored completely?");
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("these bytes are something else"))?;
        let (content, checksum) =
            bytes.split_last_chunk::<8>().filter(|_| rest.len() >= 12).ok_or_else(|| damaged("they are cut short"))?;
        let version = u32::from_le_bytes(*rest.first_chunk().ok_or_else(|| damaged("they are cut short"))?);
        if version > VERSION {
            return Err(Error::new(
                Code::StateDamaged,
                format!("encoded facts: version {version} is newer than {VERSION}, the newest this kam reads"),
            )
            .with_hint("use a newer kam"));
        }
        if hash_bytes(content) != u64::from_le_bytes(*checksum) {
            return Err(damaged("their checksum is wrong"));
        }
        let mut rest = &content[MAGIC.len() + 4..];
        let mut section = || -> Result<&[u8]> {
            let (len, after) = rest.split_first_chunk::<8>().ok_or_else(|| damaged("a section is missing"))?;
            let len = usize::try_from(u64::from_le_bytes(*len)).unwrap_or(usize::MAX);
            let (section, after) = after.split_at_checked(len).ok_or_else(|| damaged("a section is cut short"))?;
            rest = after;
            Ok(section)
        };
        let header: Header = serde_json::from_slice(section()?).map_err(|source| damaged(&source.to_string()))?;
        let mut state = FactsState::new(&StateOptions { as_of: header.as_of, cell: header.cell });
        state.options.validate()?;
        state.counts = header.counts;
        let Some(shape) = header.shape else { return Ok(state) };
        state.take_shape(&shape.shape())?;
        let numbers: Vec<u32> =
            header.labels.iter().map(|(direction, manager)| state.labels.number(direction.as_deref(), manager.as_deref())).collect();
        let mut read = || -> Result<RecordBatch> {
            let mut reader = StreamReader::try_new(section()?, None).map_err(|source| damaged(&source.to_string()))?;
            reader.next().ok_or_else(|| damaged("a table is missing"))?.map_err(|source| damaged(&source.to_string()))
        };
        let (accounts, cells, orders) = (read()?, read()?, read()?);
        match &mut state.accounts {
            Accounts::Integers(partitions) => read_accounts(partitions, &accounts, &cells, &orders, &numbers),
            Accounts::Texts(partitions) => read_accounts(partitions, &accounts, &cells, &orders, &numbers),
            Accounts::None => Ok(()),
        }?;
        Ok(state)
    }
}

fn internal(source: arrow::error::ArrowError) -> Error {
    Error::internal(format!("facts cannot be encoded: {source}"))
}

/// Accounts in the order of their keys, their cells by period and label, their orders.
fn batches<C: KeyCode>(partitions: &[Partition<C>], labels: &[u32]) -> Result<Vec<RecordBatch>> {
    let mut order: Vec<(usize, usize)> =
        partitions.iter().enumerate().flat_map(|(at, partition)| (0..partition.len()).map(move |id| (at, id))).collect();
    let key = |(at, id): &(usize, usize)| C::get(&partitions[*at].keys, u32::try_from(*id).unwrap_or(u32::MAX));
    order.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    let mut chunk = Chunk::default();
    let (mut cell_counts, mut order_counts, mut order_periods, mut order_hashes) = (vec![], vec![], vec![], vec![]);
    for (at, id) in &order {
        let partition = &partitions[*at];
        let mut cells: Vec<Cell> = partition
            .run(*id)
            .map(|place| {
                let mut cell = partition.cells.get(place);
                cell.label = labels[cell.label as usize];
                cell
            })
            .collect();
        cells.sort_unstable_by_key(|cell| (cell.period, cell.label));
        chunk.extend(&cells)?;
        cell_counts.push(cells.len() as u64);
        let orders = partition.orders_of(*id);
        order_counts.push(orders.len() as u64);
        order_periods.extend(orders.iter().map(|(_, period, _)| *period));
        order_hashes.extend(orders.iter().map(|(_, _, hash)| *hash));
    }
    let keys: ArrayRef = if C::WORDS == 1 {
        Arc::new(order.iter().map(|place| if let Key::Integer(number) = key(place) { number } else { 0 }).collect::<Int64Array>())
    } else {
        Arc::new(LargeStringArray::from_iter_values(order.iter().map(|place| if let Key::Text(text) = key(place) { text } else { "" })))
    };
    let first = |(at, id): &(usize, usize)| partitions[*at].first_days[*id];
    let accounts = vec![
        ("account", keys),
        ("first_day", Arc::new(order.iter().map(|place| first(place).day).collect::<Int32Array>()) as ArrayRef),
        ("first_day_revenue", Arc::new(order.iter().map(|place| first(place).revenue).collect::<Int64Array>())),
        ("cells", Arc::new(UInt64Array::from(cell_counts))),
        ("orders", Arc::new(UInt64Array::from(order_counts))),
    ];
    let words = |column: &Narrow| Arc::new(UInt32Array::from_iter_values((0..column.len()).map(|at| column.get_u32(at)))) as ArrayRef;
    let money = |column: &Narrow| Arc::new(Int64Array::from_iter_values(column.iter())) as ArrayRef;
    let periods = (0..chunk.len()).map(|at| chunk.period.get_i32(at));
    let cells = vec![
        ("period", Arc::new(Int32Array::from_iter_values(periods)) as ArrayRef),
        ("label", words(&chunk.label)),
        ("lines", words(&chunk.lines)),
        ("sale_lines", words(&chunk.sale_lines)),
        ("days", words(&chunk.days)),
        ("free_days", words(&chunk.free_days)),
        ("revenue", money(&chunk.revenue)),
        ("returns", money(&chunk.returns)),
        ("cost", money(&chunk.cost)),
        ("cost_to_serve", money(&chunk.cost_to_serve)),
        ("list_amount", money(&chunk.list_amount)),
    ];
    let orders =
        vec![("period", Arc::new(Int32Array::from(order_periods)) as ArrayRef), ("hash", Arc::new(UInt64Array::from(order_hashes)))];
    [accounts, cells, orders].into_iter().map(|columns| RecordBatch::try_from_iter(columns).map_err(internal)).collect()
}

/// The columns of a table by name, of the type they were written with.
struct Columns<'a>(&'a RecordBatch);

impl Columns<'_> {
    fn array(&self, name: &str) -> Result<&ArrayRef> {
        self.0.column_by_name(name).filter(|array| array.null_count() == 0).ok_or_else(|| wrong(name))
    }

    fn primitive<T: arrow::array::ArrowPrimitiveType>(&self, name: &str) -> Result<&[T::Native]> {
        let array = self.array(name)?.as_primitive_opt::<T>().ok_or_else(|| wrong(name))?;
        Ok(array.values())
    }
}

fn wrong(name: &str) -> Error {
    Error::new(Code::StateDamaged, format!("encoded facts: the column `{name}` is missing or of another type"))
}

fn read_accounts<C: KeyCode>(
    partitions: &mut [Partition<C>],
    accounts: &RecordBatch,
    cells: &RecordBatch,
    orders: &RecordBatch,
    labels: &[u32],
) -> Result<()> {
    let (accounts, cells, orders) = (Columns(accounts), Columns(cells), Columns(orders));
    let chunk = Chunk {
        period: cells.primitive::<Int32Type>("period")?.to_vec().into(),
        label: cells.primitive::<UInt32Type>("label")?.to_vec().into(),
        lines: cells.primitive::<UInt32Type>("lines")?.to_vec().into(),
        sale_lines: cells.primitive::<UInt32Type>("sale_lines")?.to_vec().into(),
        days: cells.primitive::<UInt32Type>("days")?.to_vec().into(),
        free_days: cells.primitive::<UInt32Type>("free_days")?.to_vec().into(),
        revenue: cells.primitive::<Int64Type>("revenue")?.to_vec().into(),
        returns: cells.primitive::<Int64Type>("returns")?.to_vec().into(),
        cost: cells.primitive::<Int64Type>("cost")?.to_vec().into(),
        cost_to_serve: cells.primitive::<Int64Type>("cost_to_serve")?.to_vec().into(),
        list_amount: cells.primitive::<Int64Type>("list_amount")?.to_vec().into(),
    };
    let (periods, hashes) = (orders.primitive::<Int32Type>("period")?, orders.primitive::<UInt64Type>("hash")?);
    let (first_days, revenues) = (accounts.primitive::<Int32Type>("first_day")?, accounts.primitive::<Int64Type>("first_day_revenue")?);
    let (cell_counts, order_counts) = (accounts.primitive::<UInt64Type>("cells")?, accounts.primitive::<UInt64Type>("orders")?);
    let (mut next_cell, mut next_order) = (0usize, 0usize);
    let mut arena = vec![];
    for account in 0..first_days.len() {
        let words = if C::WORDS == 1 {
            [accounts.primitive::<Int64Type>("account")?[account].cast_unsigned(), 0]
        } else {
            arena.clear();
            let keys = accounts.array("account")?.as_string_opt::<i64>().ok_or_else(|| wrong("account"))?;
            TextCode::encode(keys.value(account).as_bytes(), &mut arena)
        };
        let hash = if C::WORDS == 1 { IntegerCode::hash(&words) } else { TextCode::hash(&words) };
        let partition = &mut partitions[partition_of(hash)];
        let end = next_cell + usize::try_from(cell_counts[account]).unwrap_or(usize::MAX);
        if end > chunk.len() {
            return Err(wrong("cells"));
        }
        let mut own: Vec<Cell> = (next_cell..end).map(|place| chunk.get(place)).collect();
        for cell in &mut own {
            cell.label = *labels.get(cell.label as usize).ok_or_else(|| wrong("label"))?;
        }
        own.sort_unstable_by_key(|cell| (Period(cell.period.0), cell.label));
        next_cell = end;
        let id = partition.insert(&words[..C::WORDS], &arena, FirstDay { day: first_days[account], revenue: revenues[account] }, &own)?;
        let end = next_order + usize::try_from(order_counts[account]).unwrap_or(usize::MAX);
        let own = periods.get(next_order..end).zip(hashes.get(next_order..end)).ok_or_else(|| wrong("orders"))?;
        partition.orders.extend(own.0.iter().zip(own.1).map(|(period, hash)| (id, *period, *hash)));
        next_order = end;
    }
    for partition in partitions {
        partition.orders.sort_unstable();
    }
    Ok(())
}
