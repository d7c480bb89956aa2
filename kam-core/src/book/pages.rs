//! The pages of the file under their checksums, below the store: no byte that was not written comes up.
//!
//! ```text
//! 4096 bytes: a checksum for each of the 512 pages that follow · the pages · the next checksums …
//! ```
//!
//! The first page, whose two commit slots the store changes in place and checks itself, has none; there stands what kind of file it is.
//! Every other page is written where nothing committed stands, and its checksum is in the file before the commit that needs it counts,
//! which takes commits in two phases: after a crash only pages without a meaning can disagree with theirs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard};

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

use crate::facts::hash_bytes;

/// The store's page.
const PAGE: usize = 4096;

/// Pages whose checksums fill one page.
const GROUP: usize = PAGE / 8;

const PAGE_BYTES: u64 = PAGE as u64;
const GROUP_PAGES: u64 = GROUP as u64;

/// A file whose pages are checked when they are read.
#[derive(Debug)]
pub(super) struct Pages {
    file: FileBackend,
    sums: Mutex<BTreeMap<u64, Group>>,
}

/// The checksums of a group, as they were read and as they are to be written.
#[derive(Debug)]
struct Group {
    sums: Vec<u64>,
    is_dirty: bool,
}

/// Where a page of the store stands in the file.
fn place(page: u64) -> u64 {
    (page + page / GROUP_PAGES + 1) * PAGE_BYTES
}

/// Where the checksums of a group stand.
fn place_of_sums(group: u64) -> u64 {
    group * (GROUP_PAGES + 1) * PAGE_BYTES
}

/// The checksum of a page, which knows where it belongs. Room that was never written is all zeros, and so is its checksum.
fn sum(page: u64, bytes: &[u8]) -> u64 {
    if bytes.iter().all(|byte| *byte == 0) {
        return 0;
    }
    let mut words = [0; 16];
    words[..8].copy_from_slice(&page.to_le_bytes());
    words[8..].copy_from_slice(&hash_bytes(bytes).to_le_bytes());
    hash_bytes(&words).max(1)
}

fn failed(error: redb::DatabaseError) -> Error {
    Error::other(error.to_string())
}

impl Pages {
    /// A file that begins with this word: written into an empty one, read from any other.
    pub fn new(file: File, magic: u64) -> Result<Self> {
        let pages = Pages { file: FileBackend::new(file).map_err(failed)?, sums: Mutex::default() };
        if pages.file.len()? == 0 {
            let mut sums = vec![0; GROUP];
            sums[0] = magic;
            pages.lock()?.insert(0, Group { sums, is_dirty: true });
        }
        Ok(pages)
    }

    fn lock(&self) -> Result<MutexGuard<'_, BTreeMap<u64, Group>>> {
        self.sums.lock().map_err(|_| Error::other("a thread that read the book failed"))
    }

    /// The checksums of a group, read when they are first needed.
    fn group<'a>(&self, sums: &'a mut BTreeMap<u64, Group>, group: u64) -> Result<&'a mut Group> {
        match sums.entry(group) {
            std::collections::btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::btree_map::Entry::Vacant(room) => {
                let mut bytes = vec![0; PAGE];
                self.file.read(place_of_sums(group), &mut bytes)?;
                let sums = bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default())).collect();
                Ok(room.insert(Group { sums, is_dirty: false }))
            }
        }
    }

    /// Writes the checksums that changed.
    fn flush(&self) -> Result<()> {
        for (at, group) in self.lock()?.iter_mut().filter(|(_, group)| group.is_dirty) {
            let bytes: Vec<u8> = group.sums.iter().flat_map(|word| word.to_le_bytes()).collect();
            self.file.write(place_of_sums(*at), &bytes)?;
            group.is_dirty = false;
        }
        Ok(())
    }

    /// Whole pages of one group, checked.
    fn read_pages(&self, first: u64, out: &mut [u8]) -> Result<()> {
        self.file.read(place(first), out)?;
        let known: Vec<u64> = {
            let mut sums = self.lock()?;
            let group = self.group(&mut sums, first / GROUP_PAGES)?;
            let start = usize::try_from(first % GROUP_PAGES).unwrap_or(0);
            group.sums[start..start + out.len() / PAGE].to_vec()
        };
        for ((page, bytes), known) in (first..).zip(out.chunks_exact(PAGE)).zip(known) {
            if page > 0 && sum(page, bytes) != known {
                return Err(Error::new(ErrorKind::InvalidData, format!("the checksum of page {page} is wrong")));
            }
        }
        Ok(())
    }

    fn write_pages(&self, first: u64, data: &[u8]) -> Result<()> {
        {
            let mut sums = self.lock()?;
            let group = self.group(&mut sums, first / GROUP_PAGES)?;
            for (page, bytes) in (first..).zip(data.chunks_exact(PAGE)) {
                group.sums[usize::try_from(page % GROUP_PAGES).unwrap_or(0)] = sum(page, bytes);
            }
            group.is_dirty = true;
        }
        self.file.write(place(first), data)
    }
}

/// Runs of whole pages, each within one group, that hold these bytes: the first page, and the number of pages.
fn spans(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize)> {
    let end = (offset + length as u64).div_ceil(PAGE_BYTES);
    let mut next = offset / PAGE_BYTES;
    std::iter::from_fn(move || {
        let first = next;
        next = end.min((first / GROUP_PAGES + 1) * GROUP_PAGES);
        (first < end).then(|| (first, usize::try_from(next - first).unwrap_or(0)))
    })
}

impl StorageBackend for Pages {
    fn len(&self) -> Result<u64> {
        let length = self.file.len()?;
        let groups = length.div_ceil((GROUP_PAGES + 1) * PAGE_BYTES);
        Ok(length.saturating_sub(groups * PAGE_BYTES))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        if offset + out.len() as u64 <= PAGE_BYTES {
            return self.file.read(place(0) + offset, out);
        }
        if offset.is_multiple_of(PAGE_BYTES) && out.len().is_multiple_of(PAGE) {
            let mut rest = out;
            for (first, pages) in spans(offset, rest.len()) {
                let (own, after) = rest.split_at_mut(pages * PAGE);
                self.read_pages(first, own)?;
                rest = after;
            }
            return Ok(());
        }
        let mut whole = vec![];
        for (first, pages) in spans(offset, out.len()) {
            let start = whole.len();
            whole.resize(start + pages * PAGE, 0);
            self.read_pages(first, &mut whole[start..])?;
        }
        let start = usize::try_from(offset % PAGE_BYTES).unwrap_or(0);
        out.copy_from_slice(&whole[start..start + out.len()]);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<()> {
        let pages = len.div_ceil(PAGE_BYTES);
        let groups = pages.div_ceil(GROUP_PAGES);
        let length = len + groups * PAGE_BYTES;
        if self.file.len()? <= length {
            return self.file.set_len(length);
        }
        // What is cut off and comes back later comes back as zeros, and so do its checksums.
        {
            let mut sums = self.lock()?;
            sums.retain(|group, _| *group < groups);
            if !pages.is_multiple_of(GROUP_PAGES) {
                let group = self.group(&mut sums, groups - 1)?;
                group.sums[usize::try_from(pages % GROUP_PAGES).unwrap_or(0)..].fill(0);
                group.is_dirty = true;
            }
        }
        self.flush()?;
        self.file.set_len(length)
    }

    fn sync_data(&self) -> Result<()> {
        self.flush()?;
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        if offset + data.len() as u64 <= PAGE_BYTES {
            // A commit: what it stands on must be in the file before it.
            self.flush()?;
            return self.file.write(place(0) + offset, data);
        }
        if offset.is_multiple_of(PAGE_BYTES) && data.len().is_multiple_of(PAGE) {
            let mut rest = data;
            for (first, pages) in spans(offset, data.len()) {
                let (own, after) = rest.split_at(pages * PAGE);
                self.write_pages(first, own)?;
                rest = after;
            }
            return Ok(());
        }
        let start = offset / PAGE_BYTES * PAGE_BYTES;
        let end = (offset + data.len() as u64).div_ceil(PAGE_BYTES) * PAGE_BYTES;
        let mut whole = vec![0; usize::try_from(end - start).unwrap_or(0)];
        self.read(start, &mut whole)?;
        let at = usize::try_from(offset - start).unwrap_or(0);
        whole[at..at + data.len()].copy_from_slice(data);
        self.write(start, &whole)
    }

    fn close(&self) -> Result<()> {
        let flushed = self.flush();
        self.file.close()?;
        flushed
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> std::result::Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> std::result::Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> std::result::Result<(), BackendError> {
        self.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> std::result::Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> std::result::Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> std::result::Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> Pages {
        Pages::new(tempfile::tempfile().unwrap(), 7).unwrap()
    }

    #[test]
    fn bytes_come_back_wherever_groups_end() {
        let pages = pages();
        let length = 3 * GROUP * PAGE + 5 * PAGE;
        pages.set_len(length as u64).unwrap();
        assert_eq!(pages.len().unwrap(), length as u64);
        let bytes: Vec<u8> = (0..length).map(|at| (at / 7 % 251) as u8).collect();
        pages.write(PAGE_BYTES, &bytes[PAGE..]).unwrap();
        // Across the border of two groups, whole pages and not.
        for (offset, length) in [(PAGE, 4 * PAGE), ((GROUP - 2) * PAGE, 5 * PAGE), ((2 * GROUP - 1) * PAGE + 17, PAGE + 1), (PAGE + 1, 2)] {
            let mut out = vec![0; length];
            pages.read(offset as u64, &mut out).unwrap();
            assert!(out == bytes[offset..offset + length]);
        }
        pages.write((GROUP * PAGE - 3) as u64, b"across").unwrap();
        let mut out = [0; 8];
        pages.read((GROUP * PAGE - 4) as u64, &mut out).unwrap();
        assert_eq!(&out[1..7], b"across");
        // What is cut off comes back as zeros.
        let short = (GROUP + 10) * PAGE;
        pages.set_len(short as u64).unwrap();
        pages.set_len(length as u64).unwrap();
        let mut out = vec![1; PAGE];
        pages.read((short + PAGE) as u64, &mut out).unwrap();
        assert!(out.iter().all(|byte| *byte == 0));
        pages.read((short - PAGE) as u64, &mut out).unwrap();
        assert!(out == bytes[short - PAGE..short]);
    }

    #[test]
    fn a_changed_byte_is_found_on_every_page_but_the_first() {
        let pages = pages();
        pages.set_len(600 * PAGE_BYTES).unwrap();
        pages.write(PAGE_BYTES, &vec![5; 599 * PAGE]).unwrap();
        pages.sync_data().unwrap();
        for page in [1, 511, 512, 599] {
            pages.file.write(place(page) + 1000, &[4]).unwrap();
            let mut out = vec![0; PAGE];
            let error = pages.read(page * PAGE_BYTES, &mut out).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidData);
            assert!(error.to_string().contains(&format!("page {page} ")));
            // Mended, it is well again; moved, it is not.
            pages.file.write(place(page), &vec![5; PAGE]).unwrap();
            pages.read(page * PAGE_BYTES, &mut out).unwrap();
        }
        assert_ne!(sum(1, &[5; PAGE]), sum(2, &[5; PAGE]));
        let mut first = [0; 8];
        pages.file.read(0, &mut first).unwrap();
        assert_eq!(u64::from_le_bytes(first), 7);
    }
}
