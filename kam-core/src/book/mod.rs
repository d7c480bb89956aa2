//! The book: a persistent ledger of facts. Batches are appended as they come, facts are asked for at any time, and no row is read twice.

mod append;
mod backup;
mod compact;
mod pages;
mod read;
mod record;
mod shards;
mod store;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock, RwLockReadGuard};

pub use append::Appended;

use redb::Database;

use crate::error::{Code, Error, Result};
use crate::ledger::{Columns, Ledger, Source};
use crate::time::Grain;
use record::{Manifest, Snapshot};
use store::{BATCHES, CELLS, META, QUARANTINE, RUNS, begin_write, failed, guarded, seal, to_json};

/// A persistent ledger of facts in one file.
///
/// A batch that was acknowledged is there exactly once, whatever happens to the process. Threads share one open book: any number may ask
/// for facts while one appends. Another process is refused.
///
/// ```no_run
/// use kam_core::{Book, Columns, FactsOptions, time::Date};
/// let book = Book::open_or_create("ledger.kam", &Columns::new("customer", "day", "net"))?;
/// let appended = book.append(&book.ledger("2011-12-09.csv")?, "2011-12-09")?;
/// println!("{} rows used", appended.used.rows);
/// let facts = book.facts(&FactsOptions::new(Date::parse("2011-12-09")?))?;
/// # Ok::<(), kam_core::Error>(())
/// ```
pub struct Book {
    path: PathBuf,
    columns: Columns,
    /// `None` after a failure of the disk, until it is opened anew.
    database: RwLock<Option<Database>>,
    /// Held by whoever writes, from the look at what is there to the end.
    writer: Mutex<()>,
}

impl Book {
    /// A new book in a file that is not there yet.
    pub fn create(path: impl AsRef<Path>, columns: &Columns) -> Result<Self> {
        let path = named(path.as_ref())?;
        columns.validate()?;
        let manifest = Manifest {
            columns: columns.clone(),
            cell: Grain::Day,
            shape: None,
            batches: 0,
            batch_digest: 0,
            runs: vec![],
            next_run: 0,
            absolute: 0,
            currencies: Default::default(),
        };
        let database = guarded(path, || {
            store::create(path, false, |database| {
                let write = begin_write(database)?;
                {
                    let mut meta = write.open_table(META).map_err(failed)?;
                    meta.insert("manifest", seal("meta", "manifest", &to_json(&manifest)?).1.as_slice()).map_err(failed)?;
                    write.open_table(BATCHES).map_err(failed)?;
                    write.open_table(QUARANTINE).map_err(failed)?;
                    write.open_table(RUNS).map_err(failed)?;
                    write.open_table(CELLS).map_err(failed)?;
                }
                write.commit().map_err(failed)?;
                append::echo(database, 0)
            })
        })?;
        Ok(Book { path: path.to_owned(), columns: columns.clone(), database: RwLock::new(Some(database)), writer: Mutex::new(()) })
    }

    /// The book in a file, with the columns that it was made with.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = named(path.as_ref())?;
        let (database, columns) = guarded(path, || {
            let database = store::open(path)?;
            let snapshot = Snapshot::of(&database)?;
            // What appending trusts is looked through now.
            snapshot.batches()?;
            for entry in &snapshot.manifest.runs {
                snapshot.run(entry)?;
            }
            let columns = snapshot.manifest.columns.clone();
            drop(snapshot);
            Ok((database, columns))
        })?;
        Ok(Book { path: path.to_owned(), columns, database: RwLock::new(Some(database)), writer: Mutex::new(()) })
    }

    /// The book in a file; a new one where there is none. One with other columns is an error that names the difference.
    pub fn open_or_create(path: impl AsRef<Path>, columns: &Columns) -> Result<Self> {
        let path = path.as_ref();
        if !path.exists() {
            return Book::create(path, columns);
        }
        let book = Book::open(path)?;
        book.check_columns(columns)?;
        Ok(book)
    }

    /// Where the book is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the columns of its batches mean.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// A ledger with the book's columns, to be appended.
    pub fn ledger(&self, source: impl Into<Source>) -> Result<Ledger> {
        Ledger::scan(source, self.columns.clone())
    }

    fn check_columns(&self, columns: &Columns) -> Result<()> {
        let Some(difference) = difference(&self.columns, columns)? else { return Ok(()) };
        Err(Error::new(Code::BookColumns, format!("{}: the book was made with other columns: {difference}", self.path.display()))
            .with_hint("say the same, or leave the columns out to open it as it is; rows of another kind need a book of their own"))
    }

    /// Runs work on the open file.
    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T>) -> Result<T> {
        let done = guarded(&self.path, || {
            let database = self.opened()?;
            match &*database {
                Some(database) => work(database),
                None => Err(Error::internal("the book is not open")),
            }
        });
        if done.as_ref().is_err_and(|error| error.code() == Code::BookStorage) {
            // After a failure of the disk the store wants to be opened anew.
            self.close()?;
        }
        done
    }

    fn opened(&self) -> Result<RwLockReadGuard<'_, Option<Database>>> {
        let poisoned = || Error::internal("a thread that opened the book failed");
        let database = self.database.read().map_err(|_| poisoned())?;
        if database.is_some() {
            return Ok(database);
        }
        drop(database);
        let mut closed = self.database.write().map_err(|_| poisoned())?;
        if closed.is_none() {
            *closed = Some(store::open(&self.path)?);
        }
        drop(closed);
        self.database.read().map_err(|_| poisoned())
    }

    /// Runs work that needs the file for itself: it waits for all readers.
    fn alone<T>(&self, work: impl FnOnce(&mut Database) -> Result<T>) -> Result<T> {
        guarded(&self.path, || {
            drop(self.opened()?);
            let mut database = self.database.write().map_err(|_| Error::internal("a thread that opened the book failed"))?;
            database.as_mut().map_or_else(|| Err(Error::internal("the book is not open")), work)
        })
    }

    fn close(&self) -> Result<()> {
        guarded(&self.path, || {
            if let Ok(mut database) = self.database.write() {
                drop(database.take());
            }
            Ok(())
        })
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        // A damaged file may make the store panic once more when it is closed.
        let _ = self.close();
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Book {}", self.path.display())
    }
}

/// A path that says something.
fn named(path: &Path) -> Result<&Path> {
    if path.as_os_str().is_empty() {
        return Err(Error::new(Code::BookStorage, "the path of the book is empty").with_hint("name a file"));
    }
    Ok(path)
}

/// The first thing that columns differ in, in words.
fn difference(here: &Columns, there: &Columns) -> Result<Option<String>> {
    let fields = |columns: &Columns| {
        serde_json::to_value(columns).map_err(|source| Error::internal(format!("columns cannot be compared: {source}")))
    };
    let (here, there) = (fields(here)?, fields(there)?);
    let empty = serde_json::Map::new();
    let (here, there) = (here.as_object().unwrap_or(&empty), there.as_object().unwrap_or(&empty));
    let say = |value: Option<&serde_json::Value>| {
        value.map_or_else(|| "nothing".to_owned(), |value| format!("`{}`", value.to_string().trim_matches('"')))
    };
    let names = here.keys().chain(there.keys());
    Ok(names
        .into_iter()
        .find(|name| here.get(*name) != there.get(*name))
        .map(|name| format!("`{name}` is {} in the book and {} here", say(here.get(name)), say(there.get(name)))))
}
