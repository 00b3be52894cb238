//! What `Cargo.toml` says: crate roots, features, dependencies, members of a workspace.
//!
//! Read directly and not through `cargo metadata`, which takes longer than reading 1,000 models and
//! needs a lock file and often the network.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::{Table, Value};

use crate::report::{Diagnostic, Failure, Place};

/// A package whose source can be read.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its folder, canonical.
    pub dir: PathBuf,
    /// Its name.
    pub name: String,
    /// The library's name in `use` paths, if it has a library.
    pub lib_name: Option<String>,
    /// The library's root.
    pub lib: Option<PathBuf>,
    /// The binaries' roots.
    pub bins: Vec<PathBuf>,
    /// `[features]`.
    pub features: BTreeMap<String, Vec<String>>,
    /// All dependencies, development and build ones excluded.
    pub dependencies: Vec<Dependency>,
    /// Whether a build script may set `cfg` names.
    pub build_script: bool,
}

/// A dependency.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The name in `use` paths.
    pub extern_name: String,
    /// The package's name.
    pub package: String,
    /// The folder, where it is a path dependency; canonical.
    pub path: Option<PathBuf>,
    /// Whether it comes only with a feature.
    pub optional: bool,
    /// Whether its default features are on.
    pub default_features: bool,
    /// Features asked for.
    pub features: Vec<String>,
}

/// A `Cargo.toml` file.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) dir: PathBuf,
    pub(super) table: Table,
}

impl Manifest {
    /// Reads `dir/Cargo.toml`.
    pub(super) fn read(dir: &Path) -> Result<Self, Failure> {
        let file = dir.join("Cargo.toml");
        let text = std::fs::read_to_string(&file).map_err(|e| {
            Diagnostic::at(Place::file(&*file), format!("cannot read the file: {e}"))
        })?;
        let table = text.parse::<Table>().map_err(|e| {
            let source: Arc<str> = text.as_str().into();
            let place = Place::new(file.as_path(), &source, e.span().unwrap_or(0..0));
            Failure::from(Diagnostic::at(
                place,
                format!("Cargo.toml does not parse: {}", e.message().trim()),
            ))
        })?;
        let dir = dir
            .canonicalize()
            .map_err(|e| Failure::usage(format!("cannot read {}: {e}", dir.display())))?;
        Ok(Self { dir, table })
    }

    pub(super) fn is_workspace(&self) -> bool {
        self.table.contains_key("workspace")
    }

    pub(super) fn has_package(&self) -> bool {
        self.table.contains_key("package")
    }

    /// The folders of the workspace's members.
    pub(super) fn members(&self) -> Vec<PathBuf> {
        let Some(workspace) = self.table.get("workspace") else {
            return Vec::new();
        };
        let patterns = |key: &str| -> BTreeSet<PathBuf> {
            strings(workspace.get(key))
                .iter()
                .flat_map(|p| expand(&self.dir, p))
                .collect()
        };
        let excluded = patterns("exclude");
        patterns("members")
            .into_iter()
            .filter(|m| !excluded.contains(m))
            .collect()
    }

    /// The package of this manifest; `workspace` serves what is inherited.
    pub(super) fn package(&self, workspace: Option<&Manifest>) -> Option<Package> {
        let package = self.table.get("package")?;
        let name = package.get("name")?.as_str()?.to_owned();
        let under = |p: &str| self.dir.join(p);
        let lib_table = self.table.get("lib");
        let lib = lib_table
            .and_then(|l| l.get("path")?.as_str())
            .map(under)
            .or_else(|| Some(under("src/lib.rs")))
            .filter(|p| p.is_file());
        let lib_name = lib.as_ref().map(|_| {
            lib_table
                .and_then(|l| l.get("name")?.as_str())
                .unwrap_or(&name)
                .replace('-', "_")
        });
        let build_script = match package.get("build") {
            Some(Value::Boolean(on)) => *on,
            Some(_) => true,
            None => under("build.rs").is_file(),
        };
        Some(Package {
            bins: self.bins(&name),
            features: self.features(),
            dependencies: self.dependencies(workspace),
            dir: self.dir.clone(),
            name,
            lib_name,
            lib,
            build_script,
        })
    }

    fn bins(&self, package: &str) -> Vec<PathBuf> {
        let mut bins = Vec::new();
        let listed = self.table.get("bin").and_then(Value::as_array);
        for bin in listed.into_iter().flatten() {
            let name = bin.get("name").and_then(Value::as_str).unwrap_or(package);
            match bin.get("path").and_then(Value::as_str) {
                Some(path) => bins.push(self.dir.join(path)),
                None => bins.extend([
                    self.dir.join(format!("src/bin/{name}.rs")),
                    self.dir.join(format!("src/bin/{name}/main.rs")),
                ]),
            }
        }
        // What cargo finds by itself.
        let found = self.table.get("package").and_then(|p| p.get("autobins"));
        if found.and_then(Value::as_bool) != Some(false) {
            for bin in discovered(&self.dir.join("src/bin")) {
                if !bins.contains(&bin) {
                    bins.push(bin);
                }
            }
        }
        let main = self.dir.join("src/main.rs");
        if !bins.contains(&main) {
            bins.insert(0, main);
        }
        bins.retain(|p| p.is_file());
        bins
    }

    fn features(&self) -> BTreeMap<String, Vec<String>> {
        let table = self.table.get("features").and_then(Value::as_table);
        table
            .into_iter()
            .flatten()
            .map(|(name, list)| (name.clone(), strings(Some(list))))
            .collect()
    }

    fn dependencies(&self, workspace: Option<&Manifest>) -> Vec<Dependency> {
        let mut tables: Vec<&Table> = Vec::new();
        tables.extend(self.table.get("dependencies").and_then(Value::as_table));
        let targets = self.table.get("target").and_then(Value::as_table);
        for (_, target) in targets.into_iter().flatten() {
            tables.extend(target.get("dependencies").and_then(Value::as_table));
        }
        let inherited = workspace.and_then(|w| {
            Some((
                w,
                w.table.get("workspace")?.get("dependencies")?.as_table()?,
            ))
        });
        tables
            .into_iter()
            .flatten()
            .map(|(name, own)| dependency(&self.dir, name, own, inherited))
            .collect()
    }
}

fn dependency(
    dir: &Path,
    name: &str,
    own: &Value,
    inherited: Option<(&Manifest, &Table)>,
) -> Dependency {
    let from_workspace = own.get("workspace").and_then(Value::as_bool) == Some(true);
    let base = inherited
        .filter(|_| from_workspace)
        .and_then(|(m, table)| Some((m.dir.as_path(), table.get(name)?)));
    let get = |key: &str| -> Option<(&Path, &Value)> {
        own.get(key)
            .map(|v| (dir, v))
            .or_else(|| base.and_then(|(d, v)| Some((d, v.get(key)?))))
    };
    let mut features = strings(own.get("features"));
    features.extend(
        base.map(|(_, v)| strings(v.get("features")))
            .unwrap_or_default(),
    );
    Dependency {
        extern_name: name.replace('-', "_"),
        package: get("package")
            .and_then(|(_, v)| v.as_str())
            .unwrap_or(name)
            .to_owned(),
        path: get("path")
            .and_then(|(d, v)| Some(d.join(v.as_str()?)))
            .and_then(|p| p.canonicalize().ok()),
        optional: own
            .get("optional")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        default_features: get("default-features")
            .and_then(|(_, v)| v.as_bool())
            .unwrap_or(true),
        features,
    }
}

/// The strings of an array.
fn strings(value: Option<&Value>) -> Vec<String> {
    let array = value.and_then(Value::as_array);
    array
        .into_iter()
        .flatten()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}

/// The binaries in a folder: files, and folders with a `main.rs`; in the order of their names.
fn discovered(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|e| e.path())
        .filter_map(|path| match path.is_dir() {
            true => Some(path.join("main.rs")),
            false => path.extension().is_some_and(|e| e == "rs").then_some(path),
        })
        .collect();
    found.sort();
    found
}

/// The folders that a member pattern names: `*` and `?` within one part, as Cargo allows.
fn expand(dir: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![dir.to_owned()];
    for part in pattern.split('/').filter(|p| !p.is_empty() && *p != ".") {
        found = if part.contains(['*', '?']) {
            found.iter().flat_map(|d| matching(d, part)).collect()
        } else {
            found.into_iter().map(|d| d.join(part)).collect()
        };
    }
    found
        .into_iter()
        .filter(|d| d.join("Cargo.toml").is_file())
        .filter_map(|d| d.canonicalize().ok())
        .collect()
}

fn matching(dir: &Path, part: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|e| wildcard(part.as_bytes(), e.file_name().as_encoded_bytes()))
        .map(|e| e.path())
        .collect()
}

/// Whether a name matches a pattern of `*` and `?`.
fn wildcard(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            wildcard(rest, name)
                || name
                    .split_first()
                    .is_some_and(|(_, n)| wildcard(pattern, n))
        }
        (Some((b'?', rest)), Some((_, n))) => wildcard(rest, n),
        (Some((p, rest)), Some((c, n))) => p == c && wildcard(rest, n),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::wildcard;

    #[test]
    fn member_patterns_match_as_cargo_does() {
        assert!(wildcard(b"*", b"blog"));
        assert!(wildcard(b"b*g", b"blog"));
        assert!(wildcard(b"blo?", b"blog"));
        assert!(!wildcard(b"blo?", b"blo"));
        assert!(!wildcard(b"b*x", b"blog"));
    }
}
