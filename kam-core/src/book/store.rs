//! The file: what stands in which table, how every value is sealed, and what the store's errors mean.

use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use redb::{Database, TableDefinition};

use super::pages::Pages;
use crate::error::{Code, Error, Result};
use crate::facts::hash_bytes;

/// `manifest` and `echo`.
pub(super) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
/// What came in, by batch id.
pub(super) const BATCHES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("batches");
/// The quarantined rows of a batch, by its sequence number, where it has any.
pub(super) const QUARANTINE: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("quarantine");
/// What the runs are.
pub(super) const RUNS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("runs");
/// The shards of runs in pieces: run, share, piece.
pub(super) const CELLS: TableDefinition<'_, (u64, u8, u32), &[u8]> = TableDefinition::new("cells");

/// The format that is written. Older ones are read, newer ones refused.
pub(super) const FORMAT: u8 = 1;

/// How the file begins; the format follows.
const MAGIC: &[u8; 7] = b"KAMBOOK";

/// Memory for pages of the file.
const CACHE: usize = 64 << 20;

/// Bytes of a shard that are stored under one key: with its key it just fills a page of 64 KiB.
pub(super) const PIECE: usize = (64 << 10) - 64;

/// A checksum of a value that knows where the value belongs, so that no two can change places.
pub(super) fn checksum(table: &str, key: &str, value: &[u8]) -> u64 {
    let words = [hash_bytes(table.as_bytes()), hash_bytes(key.as_bytes()), hash_bytes(value)];
    let mut bytes = [0; 24];
    for (to, word) in bytes.chunks_exact_mut(8).zip(words) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    hash_bytes(&bytes)
}

/// A value behind its checksum.
pub(super) fn seal(table: &str, key: &str, value: &[u8]) -> (u64, Vec<u8>) {
    let sum = checksum(table, key, value);
    let mut sealed = sum.to_le_bytes().to_vec();
    sealed.extend_from_slice(value);
    (sum, sealed)
}

/// A sealed value with its checksum, which is looked at.
pub(super) fn unseal<'a>(table: &str, key: &str, sealed: &'a [u8]) -> Result<(u64, &'a [u8])> {
    let (sum, value) = sealed.split_first_chunk::<8>().ok_or_else(|| damaged(format!("{table} `{key}` is cut short")))?;
    let sum = u64::from_le_bytes(*sum);
    if checksum(table, key, value) == sum { Ok((sum, value)) } else { Err(damaged(format!("the checksum of {table} `{key}` is wrong"))) }
}

/// What is stored as JSON.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(table: &str, key: &str, value: &[u8]) -> Result<T> {
    serde_json::from_slice(value).map_err(|source| damaged(format!("{table} `{key}`: {source}")))
}

pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|source| Error::internal(format!("the book cannot store a record: {source}")))
}

/// A book whose bytes are not those that were written.
pub(super) fn damaged(why: impl Display) -> Error {
    Error::new(Code::BookDamaged, format!("the book is damaged: {why}"))
        .with_hint("go back to a backup, or append its batches to a new book")
}

/// What an error of the store means.
pub(super) fn failed(error: impl Into<redb::Error>) -> Error {
    let error = error.into();
    match &error {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => {
            Error::new(Code::BookHeld, "the book is open already, in this or another process")
                .with_hint("close it there; threads of one process share one open book")
        }
        redb::Error::UpgradeRequired(version) => {
            Error::new(Code::BookVersion, format!("the file is of version {version} of its store, which this kam does not read"))
                .with_hint("use the kam that wrote it to make a backup, or a newer kam")
        }
        redb::Error::Io(source) if matches!(source.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof) => {
            damaged(source)
        }
        redb::Error::Io(source) => {
            let full = matches!(
                source.kind(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::FileTooLarge | std::io::ErrorKind::QuotaExceeded
            );
            let hint =
                if full { "make room; everything that was acknowledged is there" } else { "is the path right, and may it be written?" };
            Error::new(Code::BookStorage, format!("the book cannot be read or written: {source}")).with_hint(hint)
        }
        redb::Error::PreviousIo | redb::Error::DatabaseClosed => {
            Error::new(Code::BookStorage, "the book was closed after a failure of its disk").with_hint("try again")
        }
        _ => damaged(&error),
    }
    .with_source(error)
}

/// Runs what reads the file. The store may panic over bytes that it never wrote; that is damage, not a defect.
pub(super) fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Err(damaged(format!("its store stopped: {}", text.unwrap_or("no message"))))
    });
    done.map_err(|error| if error.code() as u16 / 100 == 7 { error.at(path.display()) } else { error })
}

/// The store on a file that may be read and written.
fn store(file: File) -> Result<Database> {
    let mut magic = [0; 8];
    magic[..7].copy_from_slice(MAGIC);
    magic[7] = FORMAT;
    let pages = Pages::new(file, u64::from_le_bytes(magic)).map_err(|source| failed(redb::Error::Io(source)))?;
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE);
    builder.create_with_backend(pages).map_err(failed)
}

/// A transaction that is whole on the disk before it counts.
pub(super) fn begin_write(database: &Database) -> Result<redb::WriteTransaction> {
    let mut write = database.begin_write().map_err(failed)?;
    write.set_two_phase_commit(true);
    Ok(write)
}

/// Opens the file and looks at the format.
pub(super) fn open(path: &Path) -> Result<Database> {
    let place = |source: std::io::Error| {
        Error::new(Code::BookStorage, format!("the book cannot be opened: {source}"))
            .with_hint("is the path right, and may it be written?")
            .with_source(source)
    };
    if std::fs::metadata(path).map_err(place)?.is_dir() {
        return Err(Error::new(Code::BookStorage, "a book is a file, and this is a folder"));
    }
    let mut file = File::options().read(true).write(true).open(path).map_err(place)?;
    let mut magic = [0; 8];
    file.read_exact(&mut magic).map_err(|_| damaged("it is too short to be one"))?;
    match magic {
        [start @ .., _] if start != *MAGIC => Err(damaged("it does not begin as one")),
        [.., 0] => Err(damaged("it does not say its format")),
        [.., version] if version > FORMAT => {
            Err(Error::new(Code::BookVersion, format!("the book is of format {version}, newer than {FORMAT}, the newest this kam reads"))
                .with_hint("use a newer kam"))
        }
        _ => store(file),
    }
}

/// Makes a file at a path, where there is none or in place of the one that is there: filled under another name first, so that a half-made
/// one is never found at the path.
pub(super) fn create(path: &Path, replace: bool, fill: impl FnOnce(&Database) -> Result<()>) -> Result<Database> {
    let exists = || Error::new(Code::BookStorage, "there is a file already").with_hint("open it, or take another path");
    if !replace && path.exists() {
        return Err(exists());
    }
    let made = beside(path);
    let place = |source: std::io::Error| failed(redb::Error::Io(source));
    let _ = std::fs::remove_file(&made);
    let file = File::options().read(true).write(true).create_new(true).open(&made).map_err(place);
    let filled = file.and_then(store).and_then(|database| fill(&database).map(|()| database));
    let moved = filled.and_then(|database| {
        if replace {
            std::fs::rename(&made, path).map_err(place)?;
        } else {
            // A link does not replace what somebody else put there meanwhile; where there are no links, the file is renamed.
            match std::fs::hard_link(&made, path) {
                Ok(()) => std::fs::remove_file(&made).map_err(place)?,
                Err(source) if source.kind() == std::io::ErrorKind::AlreadyExists => return Err(exists()),
                Err(_) => std::fs::rename(&made, path).map_err(place)?,
            }
        }
        sync_folder(path);
        Ok(database)
    });
    if moved.is_err() {
        let _ = std::fs::remove_file(&made);
    }
    moved
}

/// The name under which a file is made: of this process and this call, so that two do not meet.
fn beside(path: &Path) -> PathBuf {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".new-{}-{}", std::process::id(), CALLS.fetch_add(1, Ordering::Relaxed)));
    path.with_file_name(name)
}

/// Makes the name of a new file last, where the system can.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
