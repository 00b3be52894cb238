//! The file that a dump is written to until it is whole: beside the one that it shall become, under a
//! name of its own, and locked as long as somebody writes it.
//!
//! What a killed run leaves is known by that name and by nobody holding it: the next run that writes to
//! the same folder removes it. The file that is to be replaced is touched by a rename only.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::report::{Diagnostic, Failure, shown};

/// What the names of such files end in. Programs of others use `.part` alone.
const SUFFIX: &str = ".dumpdata-part";

/// A file that is not whole yet; gone when this is dropped, unless it was put in its place.
pub(super) struct Part {
    path: PathBuf,
    /// Locked where the file system knows locks.
    file: File,
}

impl Part {
    /// Begins the file for `target`, and takes over what an earlier run left of it.
    ///
    /// # Errors
    /// The folder takes no file, or somebody else writes one for the same target.
    pub(super) fn begin(target: &Path) -> Result<Self, Failure> {
        let mut name = target.as_os_str().to_owned();
        name.push(SUFFIX);
        let path = PathBuf::from(name);
        // A link would be followed, and a pipe waited for.
        if fs::symlink_metadata(&path).is_ok_and(|m| !m.is_file()) {
            let other = io::Error::other("something else than a plain file is there; remove it");
            return Err(cannot("write", &path, &other));
        }
        loop {
            let file = open(&path).map_err(|e| cannot("write", &path, &e))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(held(&path, target)),
                // A file system without locks: as if nobody held it.
                Err(TryLockError::Error(_)) => {}
            }
            // Another run may have removed it between the two, as one that nobody holds.
            if is_at(&file, &path) {
                file.set_len(0).map_err(|e| cannot("write", &path, &e))?;
                return Ok(Self { path, file });
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Puts the file in its place; whoever opens that finds the old one or the new one, whole.
    pub(super) fn finish(self, target: &Path) -> Result<(), Failure> {
        self.file
            .sync_all()
            .map_err(|e| cannot("write", &self.path, &e))?;
        fs::rename(&self.path, target).map_err(|e| cannot("make", target, &e))?;
        // The new name has to outlive a loss of power as well; not every system lets folders be opened.
        if let Ok(folder) = File::open(folder_of(target)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After `finish` the name is free, or that of another run, which holds its own file.
        if is_at(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes from the folder of `target` what killed runs left there; hands back what.
pub(super) fn sweep(target: &Path) -> Vec<PathBuf> {
    let mut removed = Vec::new();
    let entries = fs::read_dir(folder_of(target)).into_iter().flatten();
    for entry in entries.flatten() {
        let ours = entry
            .file_name()
            .as_encoded_bytes()
            .ends_with(SUFFIX.as_bytes());
        let plain = entry.file_type().is_ok_and(|t| t.is_file());
        if !(ours && plain) {
            continue;
        }
        let path = target.with_file_name(entry.file_name());
        // Without locks nobody can tell whether it is written just now.
        let Ok(file) = File::options().write(true).open(&path) else {
            continue;
        };
        if file.try_lock().is_ok() && is_at(&file, &path) && fs::remove_file(&path).is_ok() {
            removed.push(path);
        }
    }
    removed.sort();
    removed
}

fn open(path: &Path) -> io::Result<File> {
    File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Whether the path still names this file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |m: fs::Metadata| (m.dev(), m.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(own), Ok(there)) => id(own) == id(there),
        _ => false,
    }
}

/// Elsewhere a file that somebody holds keeps its name.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

fn held(path: &Path, target: &Path) -> Failure {
    Diagnostic::new(format!(
        "another dumpdata writes {} just now: it holds {}",
        shown(target),
        shown(path)
    ))
    .hint("wait for it to end, or write to another file")
    .into()
}

/// What the disk refused.
pub(super) fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Diagnostic::new(format!("cannot {what} {}: {error}", shown(path))).into()
}
