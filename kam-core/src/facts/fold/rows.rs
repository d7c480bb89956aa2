//! Rows of one width: one chain of fixed blocks per partition, in memory that is used again.

use std::marker::PhantomData;

use bytemuck::Pod;
use memmap2::MmapMut;

use crate::error::{Code, Error, Result};

/// How many partitions the rows are scattered to: enough that the cells of one, for a million accounts and two years of months, stay near
/// the second-level cache; few enough that the open ends of all do.
pub(crate) const PARTITIONS: usize = 512;

/// Rows of a block, which lie together, and of a segment, the unit in which memory is asked for. Both are powers of two.
const BLOCK: usize = 256;
const SEGMENT: usize = 1 << 20;

/// The partition of a key's hash: bits that the hash tables inside a partition do not look at first.
#[inline]
pub(crate) fn partition_of(hash: u64) -> usize {
    ((hash >> 32) & (PARTITIONS as u64 - 1)) as usize
}

/// Takes the next free block into the blocks of a partition. Apart, because the registers that it needs are missed by the loop around it.
#[cold]
#[inline(never)]
fn next_block(free: &mut usize, blocks: &mut Vec<usize>) -> usize {
    let place = *free;
    *free += BLOCK;
    blocks.push(place);
    place
}

/// Rows of one kind, by partition.
pub(crate) struct Rows<T> {
    segments: Vec<Segment<T>>,
    /// The first row of the next free block.
    free: usize,
    /// Per partition: where its next row goes. At the beginning of a block it needs a new one first.
    next: Box<[usize; PARTITIONS]>,
    /// Per partition: the first rows of its blocks.
    blocks: Vec<Vec<usize>>,
}

/// Memory for [`SEGMENT`] rows, in huge pages where the system has them: touching small pages for the first time costs more than
/// scattering the rows. Memory is only taken where rows are written.
struct Segment<T>(MmapMut, PhantomData<T>);

impl<T: Pod> Segment<T> {
    fn new() -> std::io::Result<Self> {
        let map = MmapMut::map_anon(SEGMENT * size_of::<T>())?;
        #[cfg(target_os = "linux")]
        // Advice that is not taken costs time, not correctness.
        let _ = map.advise(memmap2::Advice::HugePage);
        Ok(Segment(map, PhantomData))
    }

    #[inline]
    fn rows(&self) -> &[T] {
        bytemuck::cast_slice(&self.0)
    }

    #[inline]
    fn rows_mut(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(&mut self.0)
    }

    /// The same with its length in its type, so that a place below it needs no check.
    fn all_mut(&mut self) -> Option<&mut [T; SEGMENT]> {
        self.rows_mut().try_into().ok()
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Rows { segments: vec![], free: 0, next: Box::new([0; PARTITIONS]), blocks: vec![vec![]; PARTITIONS] }
    }
}

impl<T: Pod> Rows<T> {
    /// The memory that rows take, in bytes.
    pub fn bytes(&self) -> usize {
        self.free * size_of::<T>()
    }

    /// Adds a row.
    #[inline(always)]
    pub fn push(&mut self, hash: u64, row: T) -> Result<()> {
        let partition = partition_of(hash);
        let mut place = self.next[partition];
        if place.is_multiple_of(BLOCK) {
            place = self.block(partition)?;
        }
        self.segments[place / SEGMENT].rows_mut()[place % SEGMENT] = row;
        self.next[partition] = place + 1;
        Ok(())
    }

    /// Adds many rows, `count` at most: memory is asked for once, before the first.
    #[inline(always)]
    pub fn extend(&mut self, count: usize, rows: impl Iterator<Item = (u64, T)>) -> Result<()> {
        // At worst every partition begins a block that it does not fill.
        self.reserve(self.free + (count / BLOCK + PARTITIONS + 1) * BLOCK)?;
        let Rows { segments, free, next, blocks } = self;
        let next = &mut **next;
        let mut memory: Vec<&mut [T; SEGMENT]> = segments.iter_mut().filter_map(Segment::all_mut).collect();
        for (hash, row) in rows {
            let partition = partition_of(hash);
            let mut place = next[partition];
            if place.is_multiple_of(BLOCK) {
                place = next_block(free, &mut blocks[partition]);
            }
            memory[place / SEGMENT][place % SEGMENT] = row;
            next[partition] = place.wrapping_add(1);
        }
        Ok(())
    }

    /// Makes segments for the rows below `end`.
    fn reserve(&mut self, end: usize) -> Result<()> {
        while self.segments.len() * SEGMENT < end {
            let segment = Segment::new()
                .map_err(|source| Error::new(Code::SourceFailed, format!("no memory for the rows: {source}")).with_source(source))?;
            self.segments.push(segment);
        }
        Ok(())
    }

    /// Gives a partition its next block.
    #[cold]
    fn block(&mut self, partition: usize) -> Result<usize> {
        self.reserve(self.free + BLOCK)?;
        Ok(next_block(&mut self.free, &mut self.blocks[partition]))
    }

    /// How many rows a partition has.
    pub fn count(&self, partition: usize) -> usize {
        let blocks = &self.blocks[partition];
        match (blocks.len(), self.next[partition] % BLOCK) {
            (blocks, 0) => blocks * BLOCK,
            (blocks, rows) => (blocks - 1) * BLOCK + rows,
        }
    }

    /// The rows of a partition, block by block.
    pub fn of(&self, partition: usize) -> impl Iterator<Item = &[T]> {
        let blocks = &self.blocks[partition];
        let last = blocks.len().saturating_sub(1);
        // The last block is full where the next row would need a new one.
        let filled = match self.next[partition] % BLOCK {
            0 => BLOCK,
            rows => rows,
        };
        blocks.iter().enumerate().map(move |(at, block)| {
            let rows = &self.segments[block / SEGMENT].rows()[block % SEGMENT..][..BLOCK];
            if at == last { &rows[..filled] } else { rows }
        })
    }

    /// Forgets the rows and keeps the memory.
    pub fn clear(&mut self) {
        self.next.fill(0);
        self.blocks.iter_mut().for_each(Vec::clear);
        self.free = 0;
    }
}
