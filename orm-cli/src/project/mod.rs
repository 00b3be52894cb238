//! The project that a command works on: its folder, its configuration, its packages and apps.

mod cargo;
mod config;
mod database;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use orm::migrate::{AppStorage, HEAD};
use orm_schema::{StorageType, default_app, nearest};

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
    /// The configuration of packages that have another one, by their folder.
    configs: BTreeMap<PathBuf, Config>,
    /// Features asked for on the command line.
    pub features: Vec<String>,
    /// Whether default features are off.
    pub no_default_features: bool,
}

impl Project {
    /// A place without configuration and source: a program that carries its migrations.
    pub fn bare(root: PathBuf) -> Self {
        Self {
            root,
            config: Config::default(),
            packages: Vec::new(),
            configs: BTreeMap::new(),
            features: Vec::new(),
            no_default_features: false,
        }
    }

    /// Whether the working directory or a folder above is a project.
    pub fn is_here() -> bool {
        std::env::current_dir().is_ok_and(|d| d.ancestors().any(is_root))
    }

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
            configs: configs(&root, &packages)?,
            root,
            config,
            packages,
            features: Vec::new(),
            no_default_features: false,
        })
    }

    /// Checks that some package has each feature that was asked for: a misspelled one would have
    /// models overlooked in silence.
    ///
    /// # Errors
    /// The first that none has, with the nearest.
    pub fn check_features(&self) -> Result<(), Failure> {
        let all = || {
            let own = self.packages.iter().flat_map(|p| p.features.keys());
            let optional = self.packages.iter().flat_map(|p| &p.dependencies);
            let optional = optional.filter(|d| d.optional).map(|d| &d.extern_name);
            own.chain(optional)
        };
        let known = |name: &str| {
            name == "default" || all().any(|f| f.replace('-', "_") == name.replace('-', "_"))
        };
        // `package/feature` is cargo's to check.
        let mut asked = self.features.iter().filter(|f| !f.contains('/'));
        let Some(unknown) = asked.find(|f| !known(f)) else {
            return Ok(());
        };
        let fault = Diagnostic::new(format!("--features {unknown}: no package has that feature"));
        Err(match nearest(unknown, all().map(String::as_str)) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault,
        }
        .into())
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

    /// The `orm.toml` that tells of a package's apps: its own, else that of the workspace around it.
    /// The derive looks in the same places, as the names of tables hang on it.
    fn config_of(&self, package: &Package) -> &Config {
        self.configs.get(&package.dir).unwrap_or(&self.config)
    }

    /// The app of a model that names none: the innermost `source` that holds its file, else the
    /// only app there is, else the package.
    pub fn app_of(&self, package: &Package, file: &Path) -> String {
        let apps = &self.config_of(package).apps;
        let by_source = apps.values().any(|a| a.source.is_some());
        let found = by_source
            .then(|| file.canonicalize().ok())
            .flatten()
            .and_then(|file| {
                apps.iter()
                    .filter_map(|(name, app)| Some((app.source.as_deref()?, name)))
                    .filter(|(source, _)| {
                        file.starts_with(source) || file == source.with_extension("rs")
                    })
                    .max_by_key(|(source, _)| source.components().count())
                    .map(|(_, name)| name.clone())
            });
        found.unwrap_or_else(|| self.default_app_of(package))
    }

    /// The app of a package's models that no attribute and no `source` gives another one.
    pub fn default_app_of(&self, package: &Package) -> String {
        let apps = &self.config_of(package).apps;
        match apps.first_key_value() {
            Some((name, app)) if apps.len() == 1 && app.source.is_none() => name.clone(),
            _ => default_app(&package.name),
        }
    }

    /// Whether `orm.toml` says where the migrations of an app lie.
    pub fn names_migrations(&self, app: &str, package: &Package) -> bool {
        let config = self.config_of(package).apps.get(app);
        config.is_some_and(|a| a.migrations.is_some())
    }

    /// The folder of an app's migrations.
    pub fn migrations_of(&self, app: &str, package: Option<&Package>) -> PathBuf {
        let config = package.map_or(&self.config, |p| self.config_of(p));
        let configured = config.apps.get(app).and_then(|a| a.migrations.clone());
        configured.unwrap_or_else(|| {
            let dir = package.map_or(self.root.as_path(), |p| p.dir.as_path());
            dir.join("migrations").join(app)
        })
    }

    /// Apps that are known without reading any source: configured ones, and folders of migrations.
    pub fn known_apps(&self) -> BTreeMap<String, PathBuf> {
        let mut apps = BTreeMap::new();
        let mut places: Vec<Option<&Package>> = self.packages.iter().map(Some).collect();
        if !self.packages.iter().any(|p| p.dir == self.root) {
            places.push(None);
        }
        for package in places {
            let dir = package.map_or(self.root.as_path(), |p| p.dir.as_path());
            let entries = std::fs::read_dir(dir.join("migrations"));
            for entry in entries.into_iter().flatten().flatten() {
                let app = entry.file_name().to_string_lossy().into_owned();
                if holds_migrations(&entry.path()) {
                    apps.insert(app.clone(), self.migrations_of(&app, package));
                }
            }
        }
        for (app, config) in &self.config.apps {
            if config.migrations.is_some() || !apps.contains_key(app) {
                let only = self.packages.first().filter(|_| self.packages.len() == 1);
                apps.insert(app.clone(), self.migrations_of(app, only));
            }
        }
        apps
    }

    /// What an app says of the storage of its models: the environment, else the file.
    ///
    /// # Errors
    /// An unknown word in the environment.
    pub fn storage_of(&self, app: &str) -> Result<AppStorage, Failure> {
        Ok(AppStorage {
            storage_type: self.storage_type_of(app)?,
            unenforced_unique: unenforced(app)?,
        })
    }

    fn storage_type_of(&self, app: &str) -> Result<Option<StorageType>, Failure> {
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

/// The variable that leaves an app's unique keys unchecked on SingleStore.
pub(crate) fn unenforced_variable(app: &str) -> String {
    format!("ORM_UNENFORCED_UNIQUE_{}", app.to_uppercase())
}

fn unenforced(app: &str) -> Result<bool, Failure> {
    let variable = unenforced_variable(app);
    match std::env::var(&variable).unwrap_or_default().as_str() {
        "" | "0" => Ok(false),
        "1" => Ok(true),
        other => Err(Failure::usage(format!(
            "{variable}: `{other}` is neither 1 nor 0"
        ))),
    }
}

/// The feature of this package that an item of a feature list turns on.
fn implied(item: &str) -> &str {
    let item = item.strip_prefix("dep:").unwrap_or(item);
    item.split_once('/')
        .map_or(item, |(dep, _)| dep.trim_end_matches('?'))
}

/// Whether a folder holds migrations of ours: other tools have their own in folders of that name.
fn holds_migrations(dir: &Path) -> bool {
    let entries = std::fs::read_dir(dir);
    let ours = |name: &std::ffi::OsStr| {
        name == HEAD || Path::new(name).extension().is_some_and(|e| e == "toml")
    };
    entries
        .into_iter()
        .flatten()
        .flatten()
        .any(|e| ours(&e.file_name()))
}

/// The `orm.toml` files of packages that have another one than the project.
fn configs(root: &Path, packages: &[Package]) -> Result<BTreeMap<PathBuf, Config>, Failure> {
    let mut configs = BTreeMap::new();
    for package in packages {
        let own = package.dir.join("orm.toml");
        let file = if own.is_file() {
            own
        } else {
            let above =
                workspace_of(&Manifest::read(&package.dir)?)?.map(|w| w.dir.join("orm.toml"));
            match above.filter(|f| f.is_file()) {
                Some(file) => file,
                None => continue,
            }
        };
        let dir = file.parent().unwrap_or(root);
        if dir != root {
            configs.insert(package.dir.clone(), Config::read(&file, dir)?);
        }
    }
    Ok(configs)
}

fn is_root(dir: &Path) -> bool {
    dir.join("orm.toml").is_file() || dir.join("Cargo.toml").is_file()
}

fn named_root(dir: &Path) -> Result<PathBuf, Failure> {
    let root = dir.canonicalize().map_err(|e| {
        Failure::usage(format!(
            "cannot read the project's folder {}: {e}",
            dir.display()
        ))
    })?;
    if is_root(&root) {
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
    let nearest = here.ancestors().find(|d| is_root(d));
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
    // A dependency that is not written down yet is no reason to see nothing: the source is read all
    // the same, as it is where code does not compile.
    if !packages.iter().any(|p| kept.contains(&p.name)) {
        return packages;
    }
    packages
        .into_iter()
        .filter(|p| kept.contains(&p.name))
        .collect()
}
