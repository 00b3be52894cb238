//! Learns the models by reading the source: no compiler, so it is quick and works on broken code.
//!
//! It follows `mod` from the crate roots, resolves names by `use`, honours `cfg`, and refuses with
//! file and line what it cannot resolve. It never guesses: what only a compiler can know (models
//! that a macro makes) is left to the guard in the linked program.

mod cfg;
mod flatten;
mod items;
mod models;
mod names;
mod scalar;
mod tree;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use orm_schema::{ModelDef, ModelId};

use crate::project::{LIBRARY, Package, Project};
use crate::report::{Diagnostic, Failure, Place};
use cfg::Cfg;
use names::{Extern, Krate};
use tree::{Loader, Tree};

/// A model that the source declares.
#[derive(Debug, Clone)]
pub struct SourceModel {
    /// The model.
    pub def: ModelDef,
    /// Where its name stands.
    pub place: Place,
    /// Where its fields' names stand.
    pub fields: BTreeMap<String, Place>,
    /// The old name, from `renamed_from`.
    pub renamed_from: Option<String>,
    /// Old names of fields by new ones, from `renamed_from`.
    pub renamed_fields: BTreeMap<String, String>,
    /// Fields that take the time of saving: `auto_now`, `auto_now_add`.
    pub auto_now: Vec<String>,
    /// Fields with `default_fn`.
    pub made: Vec<String>,
    /// What `through_fields` says, by field.
    pub through_fields: BTreeMap<String, (String, String)>,
    /// The package, as an index of the project's packages.
    pub package: usize,
}

/// What the source declares.
#[derive(Debug, Clone, Default)]
pub struct SourceModels {
    /// The models, by app and name.
    pub models: Vec<SourceModel>,
    /// Folder of migrations of every app.
    pub apps: BTreeMap<String, PathBuf>,
}

impl SourceModels {
    /// The model of this id; names compare without case.
    pub fn model(&self, id: &ModelId) -> Option<&SourceModel> {
        self.models.iter().find(|m| m.def.id().same(id))
    }
}

/// Reads the models of a project.
///
/// # Errors
/// Everything in the way at once, each with file and line: syntax, files that are missing, names
/// that do not resolve, faults in attributes.
pub fn read(project: &Project) -> Result<SourceModels, Failure> {
    if project.packages.is_empty() {
        return Err(no_package(project).into());
    }
    let mut tree = Tree::default();
    let crates = read_crates(project, &mut tree);
    if !tree.faults.is_empty() {
        return Err(std::mem::take(&mut tree.faults).into());
    }
    models::collect(project, &tree, &crates)
}

fn no_package(project: &Project) -> Diagnostic {
    let manifest = project.root.join("Cargo.toml");
    if !manifest.is_file() {
        return Diagnostic::new(format!(
            "no Cargo.toml in {}: there is no source to read",
            project.root.display()
        ))
        .hint("the models are read from a crate's source; run this where the source is");
    }
    Diagnostic::at(
        Place::file(manifest),
        format!("no package here depends on `{LIBRARY}`, so there are no models"),
    )
    .hint("add it: cargo add orm")
}

/// Reads every crate of every package; a package's library comes first.
fn read_crates(project: &Project, tree: &mut Tree) -> Vec<Krate> {
    let custom = Cfg::custom_from_env();
    let mut crates: Vec<Krate> = Vec::new();
    // A package's library, by package index.
    let mut libraries: HashMap<usize, usize> = HashMap::new();
    for (index, package) in project.packages.iter().enumerate() {
        let cfg = Cfg {
            features: project.features_of(index),
            custom: custom.clone(),
            build_script: package.build_script,
        };
        for root in package.lib.iter().chain(&package.bins) {
            let krate = crates.len();
            if let Some(root_module) = Loader::new(tree, &cfg, krate).root(root) {
                if Some(root) == package.lib.as_ref() {
                    libraries.insert(index, krate);
                }
                crates.push(Krate {
                    root: root_module,
                    package: index,
                    externs: HashMap::new(),
                });
            }
        }
    }
    let roots: HashMap<usize, usize> = libraries
        .iter()
        .map(|(p, k)| (*p, crates[*k].root))
        .collect();
    for krate in &mut crates {
        krate.externs = externs(project, krate.package, &roots);
    }
    crates
}

/// The crates that a package's source can name.
fn externs(
    project: &Project,
    index: usize,
    roots: &HashMap<usize, usize>,
) -> HashMap<String, Extern> {
    let package: &Package = &project.packages[index];
    let mut externs = HashMap::new();
    if let (Some(name), Some(root)) = (&package.lib_name, roots.get(&index)) {
        externs.insert(name.clone(), Extern::Project(*root));
    }
    for dep in &package.dependencies {
        let of_project = project.packages.iter().position(|p| {
            p.name == dep.package && dep.path.as_ref().is_some_and(|path| *path == p.dir)
        });
        let target = of_project.and_then(|p| Some((p, *roots.get(&p)?)));
        match target {
            Some((p, root)) => {
                // A dependency is named by its library, unless the dependency is renamed.
                let renamed = dep.extern_name != dep.package.replace('-', "_");
                let lib = project.packages[p].lib_name.clone();
                let name = if renamed { None } else { lib };
                externs.insert(
                    name.unwrap_or_else(|| dep.extern_name.clone()),
                    Extern::Project(root),
                );
            }
            None => {
                let package = dep.package.replace('-', "_");
                externs.insert(dep.extern_name.clone(), Extern::Foreign(package));
            }
        }
    }
    // The library is known by its name where the dependency is not written down yet.
    externs
        .entry(LIBRARY.to_owned())
        .or_insert_with(|| Extern::Foreign(LIBRARY.to_owned()));
    externs
}
