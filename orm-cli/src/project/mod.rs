//! The project that a command works on: its folder, its configuration, its packages and apps.

mod cargo;
mod config;
mod database;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use orm_schema::{StorageType, default_app};

pub use cargo::{Dependency, Package};
pub use config::{AppConfig, Config};

use crate::report::{Diagnostic, Failure, Place};
use cargo::Manifest;

/// The package of the library itself, whose source holds no models of the project.
pub const LIBRARY: &str = "orm";

/// A project.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder with `orm.toml` or `Cargo.toml`.
    pub root: PathBuf,
    /// What `orm.toml` says.
    pub config: Config,
    /// The packages whose models belong to it: the package or the members of the workspace, then
    /// their path dependencies.
    pub packages: Vec<Package>,
    /// Features asked for on the command line.
    pub features: Vec<String>,
    /// Whether default features are off.
    pub no_default_features: bool,
}

impl Project {
    /// Finds the project: `dir`, else the nearest folder upwards with `orm.toml` or `Cargo.toml`.
    /// A package whose workspace has an `orm.toml` above it belongs to that one.
    ///
    /// # Errors
    /// No project, or a file that does not parse.
    pub fn find(dir: Option<&Path>) -> Result<Self, Failure> {
        let root = match dir {
            Some(dir) => named_root(dir)?,
            None => nearest_root()?,
        };
        let config_file = root.join("orm.toml");
        let config = if config_file.is_file() {
            Config::read(&config_file, &root)?
        } else {
            Config::default()
        };
        let packages = packages(&root)?;
        Ok(Self {
            root,
            config,
            packages,
            features: Vec::new(),
            no_default_features: false,
        })
    }

    /// The features that are on in a package: those asked for, the default ones, and what
    /// dependents in the project ask of it, transitively.
    pub fn features_of(&self, package: usize) -> BTreeSet<String> {
        let target = &self.packages[package];
        let mut asked: Vec<String> = self.features.clone();
        if !self.no_default_features {
            asked.push("default".to_owned());
        }
        for dependent in self.packages.iter().filter(|p| p.dir != target.dir) {
            for dep in dependent
                .dependencies
                .iter()
                .filter(|d| d.package == target.name)
            {
                asked.extend(dep.features.iter().cloned());
                if dep.default_features {
                    asked.push("default".to_owned());
                }
            }
        }
        let mut on = BTreeSet::new();
        while let Some(name) = asked.pop() {
            if let Some(list) = target.features.get(&name) {
                if on.insert(name) {
                    asked.extend(list.iter().map(|item| implied(item).to_owned()));
                }
            } else if target
                .dependencies
                .iter()
                .any(|d| d.optional && d.extern_name == name.replace('-', "_"))
            {
                on.insert(name);
            }
        }
        on
    }

    /// The app of models in a package that name none, when no `source` contains them.
    pub fn default_app_of(&self, package: &Package) -> String {
        let only = (self.config.apps.len() == 1 && self.packages.len() == 1)
            .then(|| self.config.apps.iter().next())
            .flatten()
            .filter(|(_, app)| app.source.is_none());
        match only {
            Some((name, _)) => name.clone(),
            None => default_app(&package.name),
        }
    }

    /// The app whose `source` contains the file: the innermost one.
    pub fn app_of_file(&self, file: &Path) -> Option<&str> {
        self.config
            .apps
            .iter()
            .filter_map(|(name, app)| Some((app.source.as_deref()?, name)))
            .filter(|(source, _)| file.starts_with(source) || is_module_file(source, file))
            .max_by_key(|(source, _)| source.components().count())
            .map(|(_, name)| name.as_str())
    }

    /// The folder of an app's migrations.
    pub fn migrations_of(&self, app: &str, package: Option<&Package>) -> PathBuf {
        let configured = self.config.apps.get(app).and_then(|a| a.migrations.clone());
        configured.unwrap_or_else(|| {
            let dir = package.map_or(self.root.as_path(), |p| p.dir.as_path());
            dir.join("migrations").join(app)
        })
    }

    /// Apps that are known without reading any source: configured ones, and folders of migrations.
    pub fn known_apps(&self) -> BTreeMap<String, PathBuf> {
        let mut apps = BTreeMap::new();
        let mut dirs: Vec<Option<&Package>> = self.packages.iter().map(Some).collect();
        if !self.packages.iter().any(|p| p.dir == self.root) {
            dirs.push(None);
        }
        for package in dirs {
            let dir = package.map_or(self.root.as_path(), |p| p.dir.as_path());
            let Ok(entries) = std::fs::read_dir(dir.join("migrations")) else {
                continue;
            };
            for entry in entries.flatten().filter(|e| e.path().is_dir()) {
                let app = entry.file_name().to_string_lossy().into_owned();
                if !app.starts_with('.') {
                    apps.insert(app.clone(), self.migrations_of(&app, package));
                }
            }
        }
        for (app, config) in &self.config.apps {
            if config.migrations.is_some() || !apps.contains_key(app) {
                let package = self.packages.first().filter(|_| self.packages.len() == 1);
                apps.insert(app.clone(), self.migrations_of(app, package));
            }
        }
        apps
    }

    /// The storage type of an app's models that name none: the environment's, else the file's.
    ///
    /// # Errors
    /// An unknown storage type in the environment.
    pub fn storage_type_of(&self, app: &str) -> Result<Option<StorageType>, Failure> {
        let variable = format!("ORM_STORAGE_TYPE_{}", app.to_uppercase());
        match std::env::var(&variable) {
            Ok(text) if !text.is_empty() => {
                StorageType::from_name(&text).map(Some).ok_or_else(|| {
                    let names: Vec<_> = StorageType::NAMES.iter().map(|(n, _)| *n).collect();
                    Failure::usage(format!(
                        "{variable}: {}",
                        config::unknown_storage_type(&text, &names)
                    ))
                })
            }
            _ => Ok(self.config.apps.get(app).and_then(|a| a.storage_type)),
        }
    }
}

/// The feature of this package that an item of a feature list turns on.
fn implied(item: &str) -> &str {
    let item = item.strip_prefix("dep:").unwrap_or(item);
    item.split_once('/')
        .map_or(item, |(dep, _)| dep.trim_end_matches('?'))
}

/// Whether `src/blog` is meant to contain `src/blog.rs`, the module's own file.
fn is_module_file(source: &Path, file: &Path) -> bool {
    source.is_dir() && file.with_extension("") == source
}

fn named_root(dir: &Path) -> Result<PathBuf, Failure> {
    let root = dir.canonicalize().map_err(|e| {
        Failure::usage(format!(
            "cannot read the project's folder {}: {e}",
            dir.display()
        ))
    })?;
    if root.join("orm.toml").is_file() || root.join("Cargo.toml").is_file() {
        return Ok(root);
    }
    let fault = format!(
        "no project in {}: there is neither orm.toml nor Cargo.toml",
        root.display()
    );
    Err(Diagnostic::at(Place::file(root), fault)
        .hint("give the folder of a crate or workspace to --project")
        .into())
}

fn nearest_root() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir()
        .and_then(|d| d.canonicalize())
        .map_err(|e| Failure::usage(format!("cannot read the working directory: {e}")))?;
    let nearest = here
        .ancestors()
        .find(|d| d.join("orm.toml").is_file() || d.join("Cargo.toml").is_file());
    let Some(nearest) = nearest else {
        return Err(Diagnostic::new(format!(
            "no project: neither orm.toml nor Cargo.toml in {} or any folder above",
            here.display()
        ))
        .hint("run it inside a crate, or name the crate's folder: orm-cli --project DIR …")
        .into());
    };
    if nearest.join("orm.toml").is_file() {
        return Ok(nearest.to_owned());
    }
    let manifest = Manifest::read(nearest)?;
    let above = workspace_of(&manifest)?.filter(|w| w.dir.join("orm.toml").is_file());
    Ok(above.map_or_else(|| nearest.to_owned(), |w| w.dir))
}

/// The workspace that a package belongs to, if another manifest says so.
fn workspace_of(manifest: &Manifest) -> Result<Option<Manifest>, Failure> {
    if manifest.is_workspace() {
        return Ok(None);
    }
    let named = manifest
        .table
        .get("package")
        .and_then(|p| p.get("workspace")?.as_str());
    if let Some(path) = named {
        return Manifest::read(&manifest.dir.join(path)).map(Some);
    }
    for dir in manifest
        .dir
        .ancestors()
        .skip(1)
        .filter(|d| d.join("Cargo.toml").is_file())
    {
        // A file above that is broken or foreign is not this project's concern.
        let Ok(above) = Manifest::read(dir) else {
            continue;
        };
        if above.is_workspace() {
            return Ok(Some(above));
        }
    }
    Ok(None)
}

/// The packages at `root` and their path dependencies.
fn packages(root: &Path) -> Result<Vec<Package>, Failure> {
    if !root.join("Cargo.toml").is_file() {
        return Ok(Vec::new());
    }
    let manifest = Manifest::read(root)?;
    let above = workspace_of(&manifest)?;
    let workspace = if manifest.is_workspace() {
        Some(&manifest)
    } else {
        above.as_ref()
    };
    let mut found: Vec<Package> = Vec::new();
    let mut queue: Vec<PathBuf> = Vec::new();
    if manifest.has_package() {
        queue.push(manifest.dir.clone());
    }
    queue.extend(manifest.members());
    queue.reverse();
    while let Some(dir) = queue.pop() {
        if found.iter().any(|p| p.dir == dir) {
            continue;
        }
        let own = Manifest::read(&dir)?;
        let Some(package) = own.package(workspace) else {
            continue;
        };
        if package.name == LIBRARY {
            continue;
        }
        for dep in package.dependencies.iter().rev() {
            if let Some(path) = &dep.path
                && dep.package != LIBRARY
            {
                queue.insert(0, path.clone());
            }
        }
        found.push(package);
    }
    Ok(with_models(found))
}

/// Keeps the packages that can hold models: those that depend on the library, and those that depend
/// on such a package, which may hand its models on by `pub use`.
fn with_models(packages: Vec<Package>) -> Vec<Package> {
    let mut kept: BTreeSet<String> = [LIBRARY.to_owned()].into();
    loop {
        let more: Vec<String> = packages
            .iter()
            .filter(|p| !kept.contains(&p.name))
            .filter(|p| p.dependencies.iter().any(|d| kept.contains(&d.package)))
            .map(|p| p.name.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        kept.extend(more);
    }
    packages
        .into_iter()
        .filter(|p| kept.contains(&p.name))
        .collect()
}
