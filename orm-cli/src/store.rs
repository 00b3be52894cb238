//! The migration files on disk: read from their folders, written all or none.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use orm::migrate::{EmbeddedMigrations, FormatError, HEAD, Migration, load_embedded};

use crate::report::{Diagnostic, Failure, Place, chain};

/// The migrations of a project.
#[derive(Debug, Clone, Default)]
pub struct Store {
    /// The folders, by app.
    pub apps: BTreeMap<String, PathBuf>,
    /// The migrations, by app and name.
    pub migrations: Vec<Migration>,
}

impl Store {
    /// Reads all migrations. A folder that is not there has none.
    ///
    /// # Errors
    /// Every file that does not parse, with its place.
    pub fn read(apps: BTreeMap<String, PathBuf>) -> Result<Self, Failure> {
        let mut store = Self {
            apps,
            migrations: Vec::new(),
        };
        let mut faults = Vec::new();
        for (app, dir) in &store.apps {
            for file in migration_files(dir, &mut faults) {
                match read_file(app, &file) {
                    Ok(migration) => store.migrations.push(migration),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        faults.extend(
            store
                .apps
                .iter()
                .filter_map(|(app, dir)| head_fault(app, dir)),
        );
        if faults.is_empty() {
            Ok(store)
        } else {
            Err(faults.into())
        }
    }

    /// The migrations that a program carries.
    ///
    /// # Errors
    /// A text that does not parse, or migrations that do not fit each other.
    pub fn embedded(files: EmbeddedMigrations<'_>) -> Result<Self, Failure> {
        let migrations = load_embedded(files).map_err(|e| Failure::usage(chain(&e)))?;
        let apps = migrations
            .iter()
            .map(|m| (m.app.clone(), PathBuf::from("migrations").join(&m.app)));
        Ok(Self {
            apps: apps.collect(),
            migrations,
        })
    }

    /// The file of a migration.
    pub fn file(&self, app: &str, name: &str) -> Option<PathBuf> {
        Some(self.apps.get(app)?.join(format!("{name}.toml")))
    }
}

/// `HEAD` names a migration whose file is not there: it was lost, and the next one would be
/// written against too old a state.
fn head_fault(app: &str, dir: &Path) -> Option<Diagnostic> {
    let file = dir.join(HEAD);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
        Err(e) => {
            let fault = format!("cannot read the file: {e}");
            return Some(Diagnostic::at(Place::file(file), fault));
        }
    };
    // Marks of a conflict that git left: the two newest migrations say more than this file.
    let name = text.trim();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    // A file that is there and does not parse has its own fault.
    let there = dir.join(format!("{name}.toml")).is_file();
    (!there).then(|| {
        let source: Arc<str> = text.as_str().into();
        Diagnostic::at(
            Place::new(file.as_path(), &source, 0..name.len()),
            format!(
                "the newest migration of `{app}` is said to be {name}, but {name}.toml is not there"
            ),
        )
        .hint(format!(
            "bring the file back, or correct {}",
            crate::report::shown(&file)
        ))
    })
}

/// The migration files of a folder, in the order of their names.
fn migration_files(dir: &Path, faults: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(e) => {
            faults.push(Diagnostic::new(format!(
                "cannot read the folder {}: {e}",
                dir.display()
            )));
            return Vec::new();
        }
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .filter(|p| {
            !p.file_name()
                .is_some_and(|n| n.as_encoded_bytes().starts_with(b"."))
        })
        .collect();
    files.sort();
    files
}

fn read_file(app: &str, file: &Path) -> Result<Migration, Diagnostic> {
    let text = fs::read_to_string(file)
        .map_err(|e| Diagnostic::at(Place::file(file), format!("cannot read the file: {e}")))?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let shown = crate::report::shown(file);
    Migration::from_toml(app, &name, &shown, &text).map_err(|e| diagnostic(file, &text, &e))
}

fn diagnostic(file: &Path, text: &str, error: &FormatError) -> Diagnostic {
    let source: Arc<str> = text.into();
    let line_start: usize = text
        .split_inclusive('\n')
        .take(error.line - 1)
        .map(str::len)
        .sum();
    let line = text[line_start..].lines().next().unwrap_or_default();
    let offset = line
        .char_indices()
        .nth(error.column - 1)
        .map_or(line.len(), |(i, _)| i);
    let start = line_start + offset;
    let end = (line_start + line.len()).max(start);
    Diagnostic {
        hint: error.hint.clone(),
        ..Diagnostic::at(Place::new(file, &source, start..end), error.problem.clone())
    }
}

/// Writes files that must not be there yet.
///
/// # Errors
/// A file is there, or the disk refuses; then none of them is.
pub fn write_new(files: &[(PathBuf, String)]) -> Result<(), Failure> {
    if let Some((file, _)) = files.iter().find(|(f, _)| f.exists()) {
        return Err(Failure::usage(format!(
            "{} is already there",
            file.display()
        )));
    }
    write_all(files)
}

/// Writes files, all or none: each under another name first, then renamed in the order given, so
/// that a `HEAD` file at the end never names what is not there.
///
/// # Errors
/// The disk refuses; then nothing is changed.
pub fn write_all(files: &[(PathBuf, String)]) -> Result<(), Failure> {
    let mut staged: Vec<(PathBuf, &Path)> = Vec::new();
    let result = stage(files, &mut staged).and_then(|()| publish(&staged));
    if result.is_err() {
        for (temporary, _) in &staged {
            // It may be renamed already, or never written.
            let _ = fs::remove_file(temporary);
        }
    }
    result.map_err(|(file, e)| Failure::usage(format!("cannot write {}: {e}", file.display())))
}

type WriteError = (PathBuf, io::Error);

fn stage<'f>(
    files: &'f [(PathBuf, String)],
    staged: &mut Vec<(PathBuf, &'f Path)>,
) -> Result<(), WriteError> {
    for (file, text) in files {
        let failed = |e| (file.clone(), e);
        let dir = file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(dir).map_err(failed)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let temporary = dir.join(format!(".{name}.{}.tmp", std::process::id()));
        staged.push((temporary.clone(), file));
        let mut out = fs::File::create(&temporary).map_err(failed)?;
        out.write_all(text.as_bytes())
            .and_then(|()| out.sync_all())
            .map_err(failed)?;
    }
    Ok(())
}

/// Renames the files into place; when one fails, those before it become what they were.
fn publish(staged: &[(PathBuf, &Path)]) -> Result<(), WriteError> {
    let mut done: Vec<(&Path, Option<Vec<u8>>)> = Vec::new();
    for (temporary, file) in staged {
        let before = fs::read(file).ok();
        if let Err(e) = fs::rename(temporary, file) {
            for (file, before) in done.into_iter().rev() {
                let _ = match before {
                    Some(bytes) => fs::write(file, bytes),
                    None => fs::remove_file(file),
                };
            }
            return Err(((*file).to_owned(), e));
        }
        done.push((file, before));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_all_or_none() {
        let dir = tempfile::tempdir().unwrap();
        let old = dir.path().join("old");
        fs::write(&old, "before").unwrap();
        let folder_in_the_way = dir.path().join("blocked");
        fs::create_dir_all(folder_in_the_way.join("x")).unwrap();
        let files = [
            (old.clone(), "after".to_owned()),
            (dir.path().join("new/file"), "new".to_owned()),
            (folder_in_the_way, "blocked".to_owned()),
        ];
        assert!(write_all(&files).is_err());
        assert_eq!(fs::read_to_string(&old).unwrap(), "before");
        assert!(!dir.path().join("new/file").exists());
        let left: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .flatten()
            .map(|e| e.file_name())
            .collect();
        assert_eq!(left.len(), 3, "{left:?}");
        write_all(&files[..2]).unwrap();
        assert_eq!(fs::read_to_string(&old).unwrap(), "after");
        assert_eq!(
            fs::read_to_string(dir.path().join("new/file")).unwrap(),
            "new"
        );
    }
}
