//! Migrations from folders, and from texts that a program carries.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::format::{FormatError, conflict_marker};
use super::graph::{Graph, GraphError};
use super::migration::Migration;

/// The file of an application's folder that names its newest migration.
pub const HEAD: &str = "HEAD";

/// Files of a program: path below the folder of migrations, such as `blog/0001_initial.toml`, and
/// text.
pub type EmbeddedMigrations<'a> = &'a [(&'a str, &'a str)];

/// Migrations that cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A folder or file cannot be read.
    #[error("cannot read {}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is no migration.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A path is not `<app>/<name>.toml`.
    #[error("{0} is no migration: its path has to be <app>/<name>.toml")]
    Path(String),
    /// `HEAD` is wrong.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// The migrations do not fit each other.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// A `HEAD` file that does not name the newest migration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeadError {
    /// Git left a conflict: two branches added migrations.
    #[error(
        "{file} holds a conflict that git left: two branches added migrations to {app}; \
         run `makemigrations --merge` to join them, or `rebase` to renumber the one not applied yet"
    )]
    Conflict {
        /// The file.
        file: String,
        /// The application.
        app: String,
    },
    /// It names a migration that is not there.
    #[error(
        "{file} names {name}, but {name}.toml is not there; bring the file back, or correct {file}"
    )]
    Missing {
        /// The file.
        file: String,
        /// The name.
        name: String,
    },
    /// It is not one name on one line.
    #[error("{file} has to hold the name of the newest migration of {app} on one line")]
    Malformed {
        /// The file.
        file: String,
        /// The application.
        app: String,
    },
}

/// The text of a `HEAD` file.
pub fn head_text(name: &str) -> String {
    format!("{name}\n")
}

/// Reads the text of an application's `HEAD` file, and checks that its migration is there.
///
/// # Errors
/// [`HeadError`]: marks of a conflict, a name without a migration, more or less than a name.
pub fn read_head(
    file: &str,
    app: &str,
    text: &str,
    migrations: &[Migration],
) -> Result<String, HeadError> {
    let (file, app) = (file.to_owned(), app.to_owned());
    if conflict_marker(text).is_some() {
        return Err(HeadError::Conflict { file, app });
    }
    let name = text.trim();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err(HeadError::Malformed { file, app });
    }
    if migrations.iter().any(|m| m.app == app && m.name == name) {
        Ok(name.to_owned())
    } else {
        Err(HeadError::Missing {
            file,
            name: name.to_owned(),
        })
    }
}

/// Reads an application's folder. A folder that is not there has no migrations.
///
/// # Errors
/// Every file that cannot be read, in the order of their names, and a `HEAD` that is wrong.
pub fn load_folder(app: &str, folder: &Path) -> Result<Vec<Migration>, Vec<LoadError>> {
    let files = files(folder).map_err(|e| vec![e])?;
    let mut migrations = Vec::new();
    let mut errors = Vec::new();
    for file in &files {
        match read_file(app, file) {
            Ok(migration) => migrations.push(migration),
            Err(error) => errors.push(error),
        }
    }
    let head = folder.join(HEAD);
    match fs::read_to_string(&head) {
        Ok(text) if errors.is_empty() => {
            let read = read_head(&head.display().to_string(), app, &text, &migrations);
            errors.extend(read.err().map(LoadError::Head));
        }
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(source) => errors.push(LoadError::Io { path: head, source }),
    }
    if errors.is_empty() {
        Ok(migrations)
    } else {
        Err(errors)
    }
}

/// Reads a folder that has a folder for each application.
///
/// # Errors
/// Everything that is wrong with any of them.
pub fn load_folders(root: &Path) -> Result<Vec<Migration>, Vec<LoadError>> {
    let mut folders: Vec<PathBuf> = entries(root).map_err(|e| vec![e])?;
    folders.retain(|p| p.is_dir() && !hidden(p));
    let mut migrations = Vec::new();
    let mut errors = Vec::new();
    for folder in folders {
        let app = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        match load_folder(&app, &folder) {
            Ok(read) => migrations.extend(read),
            Err(found) => errors.extend(found),
        }
    }
    if errors.is_empty() {
        Ok(migrations)
    } else {
        Err(errors)
    }
}

/// Reads the files that a program carries; `HEAD` files among them are for git alone.
///
/// # Errors
/// The first file that is no migration.
pub fn load_embedded(files: EmbeddedMigrations<'_>) -> Result<Vec<Migration>, LoadError> {
    let mut migrations = Vec::new();
    for (path, text) in files {
        let parts: Vec<&str> = path.split(['/', '\\']).collect();
        match parts[..] {
            [_, HEAD] => {}
            [app, file] => {
                let name = file
                    .strip_suffix(".toml")
                    .ok_or_else(|| LoadError::Path((*path).to_owned()))?;
                migrations.push(Migration::from_toml(app, name, path, text)?);
            }
            _ => return Err(LoadError::Path((*path).to_owned())),
        }
    }
    Ok(migrations)
}

impl Graph {
    /// The graph of the files that a program carries.
    ///
    /// # Errors
    /// A file that is no migration, migrations that do not fit each other, several newest ones.
    pub fn embedded(files: EmbeddedMigrations<'_>) -> Result<Self, LoadError> {
        let graph = Self::new(load_embedded(files)?)?;
        graph.check_conflicts()?;
        Ok(graph)
    }
}

fn read_file(app: &str, file: &Path) -> Result<Migration, LoadError> {
    let text = fs::read_to_string(file).map_err(|source| LoadError::Io {
        path: file.to_owned(),
        source,
    })?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    Ok(Migration::from_toml(
        app,
        &name,
        &file.display().to_string(),
        &text,
    )?)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut files = entries(folder)?;
    files.retain(|p| p.extension().is_some_and(|e| e == "toml") && !hidden(p));
    Ok(files)
}

/// What is in a folder, in the order of names; nothing if it is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let failed = |source| LoadError::Io {
        path: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(failed(e)),
    };
    let mut out = Vec::new();
    for entry in entries {
        out.push(entry.map_err(failed)?.path());
    }
    out.sort();
    Ok(out)
}

fn hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|n| n.as_encoded_bytes().starts_with(b"."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_read_and_faults_collected() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let file = dir.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write("blog/0001_initial.toml", "format = 1\n");
        write(
            "blog/0002_x.toml",
            "format = 1\ndepends_on = [\"blog.0001_initial\"]\n",
        );
        write("blog/.0002_x.toml.swp", "?");
        write("blog/HEAD", &head_text("0002_x"));
        write("auth/0001_initial.toml", "format = 1\n");
        let names: Vec<String> = load_folders(dir.path())
            .unwrap()
            .into_iter()
            .map(|m| m.name)
            .collect();
        assert_eq!(names, ["0001_initial", "0001_initial", "0002_x"]);
        assert!(
            load_folder("shop", &dir.path().join("shop"))
                .unwrap()
                .is_empty()
        );

        write("blog/HEAD", "0003_y\n");
        let errors = load_folders(dir.path()).unwrap_err();
        assert!(
            matches!(&errors[..], [LoadError::Head(HeadError::Missing { name, .. })] if name == "0003_y")
        );
        write("blog/0001_initial.toml", "format = 9\n");
        write("auth/0001_initial.toml", "formt = 1\n");
        assert_eq!(load_folders(dir.path()).unwrap_err().len(), 2);
    }

    #[test]
    fn heads_say_what_is_wrong() {
        let there = [Migration::new("blog", "0001_initial")];
        let read = |text: &str| read_head("HEAD", "blog", text, &there);
        assert_eq!(read("0001_initial\n"), Ok("0001_initial".into()));
        let conflict = "<<<<<<< ours\n0002_x\n=======\n0002_y\n>>>>>>> theirs\n";
        let error = read(conflict).unwrap_err().to_string();
        assert!(
            error.contains("--merge") && error.contains("rebase"),
            "{error}"
        );
        assert!(matches!(read(""), Err(HeadError::Malformed { .. })));
        assert!(matches!(read("a\nb\n"), Err(HeadError::Malformed { .. })));
        assert!(matches!(read("0002_x"), Err(HeadError::Missing { .. })));
    }

    #[test]
    fn a_program_carries_its_files() {
        let files = [
            ("blog/HEAD", "0001_initial\n"),
            ("blog/0001_initial.toml", "format = 1\n"),
        ];
        assert_eq!(Graph::embedded(&files).unwrap().migrations().len(), 1);
        assert!(matches!(
            load_embedded(&[("0001.toml", "")]),
            Err(LoadError::Path(_))
        ));
        let error = load_embedded(&[("blog/0001.toml", "x")])
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("blog/0001.toml:1:"), "{error}");
    }
}
