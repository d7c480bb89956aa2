//! The columns of a Parquet file, read ahead in blocks: the library asks for a page's header and body apart, each by some kilobytes.

use std::fs::File;
use std::io::{self, Chain, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use bytes::buf::{Buf, Reader};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// Bytes that are read at a time: more than most pages have, and less than the second-level cache.
const BLOCK: usize = 1 << 18;

/// Bytes that are read for the header of a page that may be skipped.
const HEADER: usize = 1 << 12;

/// An open file, some ranges of which are read from their beginning to their end, one beside the other.
#[derive(Clone)]
pub(super) struct ReadAhead(Arc<Mutex<Handle>>);

struct Handle {
    file: File,
    length: u64,
    ranges: Vec<Ahead>,
}

/// A range, and the block of it that was read last.
struct Ahead {
    range: Range<u64>,
    start: u64,
    block: Bytes,
}

impl ReadAhead {
    /// Ranges lie beside each other without common bytes, as the columns of a row group do.
    pub fn new(file: File, ranges: impl IntoIterator<Item = Range<u64>>) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let ranges = ranges.into_iter().map(|range| Ahead { range, start: 0, block: Bytes::new() }).collect();
        Ok(ReadAhead(Arc::new(Mutex::new(Handle { file, length, ranges }))))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Handle) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Handle {
    /// At most so many bytes from a place on, fewer where the file ends.
    fn read(&mut self, start: u64, most: usize) -> io::Result<Bytes> {
        self.file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::with_capacity(most);
        (&self.file).take(most as u64).read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }

    /// What is at hand from a place on.
    fn at_hand(&self, start: u64) -> Option<Bytes> {
        let holds = |ahead: &&Ahead| (ahead.start..ahead.start + ahead.block.len() as u64).contains(&start);
        self.ranges.iter().find(holds).map(|ahead| ahead.block.slice((start - ahead.start) as usize..))
    }

    /// At least so many bytes from a place on, fewer where the file ends; what follows in its range is read with them.
    fn ahead(&mut self, start: u64, least: usize) -> io::Result<Bytes> {
        if let Some(bytes) = self.at_hand(start)
            && bytes.len() >= least
        {
            return Ok(bytes);
        }
        let Some(at) = self.ranges.iter().position(|ahead| ahead.range.contains(&start)) else { return self.read(start, least) };
        let rest = self.ranges[at].range.end - start;
        let block = self.read(start, least.max(BLOCK.min(usize::try_from(rest).unwrap_or(BLOCK))))?;
        (self.ranges[at].start, self.ranges[at].block) = (start, block.clone());
        Ok(block)
    }
}

impl Length for ReadAhead {
    fn len(&self) -> u64 {
        self.with(|handle| handle.length)
    }
}

/// What follows what is at hand, for a header that goes on where a block ends.
pub(super) struct Rest {
    file: ReadAhead,
    at: u64,
}

impl Read for Rest {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let bytes = self.file.with(|handle| handle.read(self.at, to.len()))?;
        to[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}

impl ChunkReader for ReadAhead {
    type T = Chain<Reader<Bytes>, Rest>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let bytes = self.with(|handle| handle.at_hand(start).map_or_else(|| handle.read(start, HEADER), Ok))?;
        let rest = Rest { file: self.clone(), at: start + bytes.len() as u64 };
        Ok(bytes.reader().chain(rest))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.with(|handle| handle.ahead(start, length))?;
        if bytes.len() < length {
            return Err(ParquetError::EOF(format!("of {length} bytes from {start} on the file holds {}", bytes.len())));
        }
        Ok(bytes.slice(..length))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Bytes that tell where they lie, of more than two blocks, in two ranges that meet.
    fn opened() -> (Vec<u8>, ReadAhead) {
        let bytes: Vec<u8> = (0..2 * BLOCK as u32 + 1_000).flat_map(u32::to_le_bytes).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let (all, middle) = (bytes.len() as u64, 3 * BLOCK as u64 + 7);
        (bytes, ReadAhead::new(file, [0..middle, middle..all]).unwrap())
    }

    #[test]
    fn bytes_are_those_of_the_file() {
        let (bytes, file) = opened();
        let middle = 3 * BLOCK + 7;
        // In turns, as pages of two columns are: whole blocks, parts of them, over their ends, back again, up to the end of a range.
        for (start, length) in [
            (4, 0),
            (4, 9),
            (middle, 70_000),
            (13, 3 * BLOCK),
            (middle + 70_000, BLOCK),
            (BLOCK - 5, 10),
            (middle - 1, 1),
            (0, 4),
            (middle - 3, 6),
        ] {
            assert_eq!(file.get_bytes(start as u64, length).unwrap(), bytes[start..start + length], "{length} from {start}");
        }
        assert_eq!(Length::len(&file), bytes.len() as u64);
    }

    #[test]
    fn a_header_may_be_longer_than_what_is_at_hand() {
        let (bytes, file) = opened();
        for start in [0, 5, BLOCK - 3] {
            for at_hand in [false, true] {
                if at_hand {
                    file.get_bytes(start as u64, 1).unwrap();
                }
                let mut found = vec![0; HEADER + BLOCK];
                file.get_read(start as u64).unwrap().read_exact(&mut found).unwrap();
                assert_eq!(found, bytes[start..start + HEADER + BLOCK]);
            }
        }
    }

    #[test]
    fn what_the_file_does_not_hold_is_an_error() {
        let (bytes, file) = opened();
        let last = bytes.len() as u64 - 4;
        assert_eq!(file.get_bytes(last, 4).unwrap(), bytes[bytes.len() - 4..]);
        assert_eq!(file.get_bytes(last, 5).unwrap_err().to_string(), format!("EOF: of 5 bytes from {last} on the file holds 4"));
        assert_eq!(file.get_read(last).unwrap().read_to_end(&mut vec![]).unwrap(), 4);
    }
}
