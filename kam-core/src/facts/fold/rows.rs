//! Rows waiting to be folded: one chain of fixed blocks per partition, in memory that is used again.

/// How many partitions the rows are scattered to. Enough that the accounts of one fit the second-level cache for a million accounts,
/// few enough that the open ends of all fit the first-level cache.
pub(crate) const PARTITIONS: usize = 256;

/// Rows of a block.
const BLOCK: usize = 512;

/// The partition of a key's hash: bits that the hash tables inside a partition do not look at first.
#[inline]
fn partition(hash: u64) -> usize {
    ((hash >> 32) & (PARTITIONS as u64 - 1)) as usize
}

/// One thread's rows of `W` words, by partition.
pub(crate) struct Rows<const W: usize> {
    /// Blocks in use or waiting to be used again.
    blocks: Vec<Box<[[u64; W]]>>,
    used: usize,
    /// Per partition: the blocks of its chain and how far the last one is filled.
    chains: Vec<Chain>,
    len: usize,
    /// Long text that rows point to.
    pub arena: Vec<u8>,
}

#[derive(Default, Clone)]
struct Chain {
    blocks: Vec<u32>,
    filled: usize,
}

impl<const W: usize> Default for Rows<W> {
    fn default() -> Self {
        Rows { blocks: vec![], used: 0, chains: vec![Chain { blocks: vec![], filled: BLOCK }; PARTITIONS], len: 0, arena: vec![] }
    }
}

impl<const W: usize> Rows<W> {
    /// How many rows are waiting.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The memory held, in bytes.
    pub fn bytes(&self) -> usize {
        self.used * BLOCK * W * 8 + self.arena.len()
    }

    /// Adds a row.
    #[inline]
    pub fn push(&mut self, hash: u64, row: [u64; W]) {
        let chain = &mut self.chains[partition(hash)];
        if chain.filled == BLOCK {
            if self.used == self.blocks.len() {
                self.blocks.push(vec![[0; W]; BLOCK].into_boxed_slice());
            }
            chain.blocks.push(u32::try_from(self.used).unwrap_or(u32::MAX));
            chain.filled = 0;
            self.used += 1;
        }
        let block = *chain.blocks.last().unwrap_or(&0);
        self.blocks[block as usize][chain.filled] = row;
        chain.filled += 1;
        self.len += 1;
    }

    /// The rows of a partition, block by block.
    pub fn of(&self, partition: usize) -> impl Iterator<Item = &[[u64; W]]> {
        let chain = &self.chains[partition];
        let last = chain.blocks.len().saturating_sub(1);
        chain.blocks.iter().enumerate().map(move |(at, block)| {
            let rows = &self.blocks[*block as usize];
            if at == last { &rows[..chain.filled] } else { &rows[..] }
        })
    }

    /// Forgets the rows and keeps the memory.
    pub fn clear(&mut self) {
        for chain in &mut self.chains {
            chain.blocks.clear();
            chain.filled = BLOCK;
        }
        self.used = 0;
        self.len = 0;
        self.arena.clear();
    }
}
