//! Who migrates an embedded database, for those who find it locked.
//!
//! There the write transaction is the lock, and what it writes nobody sees before it ends: the note
//! is a file beside the database. It is no lock. One that a killed run left behind is read only by
//! those whom a living writer keeps out, and goes with the next migration.

use std::path::PathBuf;

use super::lock::owner;
use crate::backend::{Db, DbError};

/// A note that is taken back at the end.
#[derive(Debug)]
pub(crate) struct OwnerNote(PathBuf);

impl OwnerNote {
    /// Leaves a note; none for a database in memory, or where no file can be written.
    pub(crate) fn leave(db: &Db) -> Option<Self> {
        let path = path(db)?;
        match std::fs::write(&path, owner(None)) {
            Ok(()) => Some(Self(path)),
            Err(error) => {
                tracing::debug!(target: "orm::migrate", %error, path = %path.display(), "no note of the owner");
                None
            }
        }
    }
}

impl Drop for OwnerNote {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Who keeps others from writing, as far as is known.
pub(crate) fn holder(db: &Db, error: &DbError) -> String {
    let noted = path(db).and_then(|path| std::fs::read_to_string(path).ok());
    match noted.map(|text| text.trim().to_owned()) {
        Some(owner) if !owner.is_empty() => {
            let owner: String = owner.chars().take(300).collect();
            format!("{owner} ({error})")
        }
        _ => format!("another process is writing to this database ({error})"),
    }
}

fn path(db: &Db) -> Option<PathBuf> {
    let mut name = db.file()?.as_os_str().to_owned();
    name.push("-migrating");
    Some(name.into())
}
