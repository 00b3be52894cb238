//! What a path in the source stands for, by the rules of `use`.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::tree::{ImportPath, ModuleId, Name, Tree};

/// What a path stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    /// A module of the project.
    Module(ModuleId),
    /// A struct or enum with derives.
    Derived(usize),
    /// A type alias.
    Alias(usize),
    /// A type of the project without derives.
    Plain,
    /// Something of a crate whose source is not the project's: its full path, beginning with the
    /// package's name in `use` form.
    External(Vec<String>),
}

/// A crate of the project.
pub(super) struct Krate {
    /// Its root module.
    pub(super) root: ModuleId,
    /// Its package.
    pub(super) package: usize,
    /// Names of other crates: of the project (their root), or foreign (their package's name).
    pub(super) externs: HashMap<String, Extern>,
}

/// What an extern name stands for.
#[derive(Debug, Clone)]
pub(super) enum Extern {
    /// A crate of the project, by its root module.
    Project(ModuleId),
    /// Another crate, by its package's name in `use` form.
    Foreign(String),
}

/// Resolves paths in a tree.
pub(super) struct Names<'t> {
    pub(super) tree: &'t Tree,
    pub(super) crates: &'t [Krate],
    found: RefCell<HashMap<(ModuleId, String), Option<Target>>>,
}

impl<'t> Names<'t> {
    pub(super) fn new(tree: &'t Tree, crates: &'t [Krate]) -> Self {
        Self {
            tree,
            crates,
            found: RefCell::default(),
        }
    }

    /// What a path in `module` stands for.
    pub(super) fn resolve(&self, module: ModuleId, path: &syn::Path) -> Option<Target> {
        let path = ImportPath {
            absolute: path.leading_colon.is_some(),
            segments: path
                .segments
                .iter()
                .map(|s| super::tree::text(&s.ident))
                .collect(),
        };
        self.path(module, &path, &mut HashSet::new())
    }

    /// External crates whose `*` imports reach `module`, directly or through modules of the project.
    pub(super) fn foreign_globs(&self, module: ModuleId) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        self.collect_globs(module, &mut found, &mut HashSet::new());
        found
    }

    fn collect_globs(
        &self,
        module: ModuleId,
        found: &mut Vec<Vec<String>>,
        seen: &mut HashSet<ModuleId>,
    ) {
        if !seen.insert(module) {
            return;
        }
        for glob in &self.tree.modules[module].globs {
            match self.path(module, glob, &mut HashSet::new()) {
                Some(Target::Module(inner)) => self.collect_globs(inner, found, seen),
                Some(Target::External(path)) => found.push(path),
                _ => {}
            }
        }
    }

    fn path(
        &self,
        module: ModuleId,
        path: &ImportPath,
        seen: &mut HashSet<(ModuleId, String)>,
    ) -> Option<Target> {
        let (first, rest) = path.segments.split_first()?;
        let mut at = if path.absolute {
            self.extern_crate(module, first)?
        } else {
            match first.as_str() {
                "crate" => Target::Module(self.crates[self.tree.modules[module].krate].root),
                "self" => Target::Module(module),
                "super" => Target::Module(self.tree.modules[module].parent?),
                name => self
                    .name(module, name, seen)
                    .or_else(|| self.extern_crate(module, name))?,
            }
        };
        for segment in rest {
            at = match at {
                Target::Module(m) if segment == "super" => {
                    Target::Module(self.tree.modules[m].parent?)
                }
                Target::Module(m) if segment == "self" => Target::Module(m),
                Target::Module(m) => self.name(m, segment, seen)?,
                Target::External(mut path) => {
                    path.push(segment.clone());
                    Target::External(path)
                }
                // A variant of an enum, an associated type.
                Target::Derived(_) | Target::Alias(_) | Target::Plain => return None,
            };
        }
        Some(at)
    }

    fn name(
        &self,
        module: ModuleId,
        name: &str,
        seen: &mut HashSet<(ModuleId, String)>,
    ) -> Option<Target> {
        let key = (module, name.to_owned());
        if let Some(known) = self.found.borrow().get(&key) {
            return known.clone();
        }
        // Imports may go round in circles; such a way leads nowhere.
        if !seen.insert(key.clone()) {
            return None;
        }
        let target = self.name_anew(module, name, seen);
        seen.remove(&key);
        // What was looked up within a circle may be open only because of the circle.
        if seen.is_empty() || target.is_some() {
            self.found.borrow_mut().insert(key, target.clone());
        }
        target
    }

    fn name_anew(
        &self,
        module: ModuleId,
        name: &str,
        seen: &mut HashSet<(ModuleId, String)>,
    ) -> Option<Target> {
        match self.tree.modules[module].names.get(name) {
            Some(Name::Module(m)) => return Some(Target::Module(*m)),
            Some(Name::Derived(d)) => return Some(Target::Derived(*d)),
            Some(Name::Alias(a)) => return Some(Target::Alias(*a)),
            Some(Name::Plain) => return Some(Target::Plain),
            Some(Name::Import(path)) => {
                if let Some(target) = self.path(module, path, seen) {
                    return Some(target);
                }
            }
            None => {}
        }
        let globs = &self.tree.modules[module].globs;
        globs
            .iter()
            .find_map(|glob| match self.path(module, glob, seen)? {
                Target::Module(inner) => self.name(inner, name, seen),
                _ => None,
            })
    }

    fn extern_crate(&self, module: ModuleId, name: &str) -> Option<Target> {
        match self.crates[self.tree.modules[module].krate]
            .externs
            .get(name)
        {
            Some(Extern::Project(root)) => Some(Target::Module(*root)),
            Some(Extern::Foreign(package)) => Some(Target::External(vec![package.clone()])),
            None if matches!(name, "std" | "core" | "alloc") => {
                Some(Target::External(vec![name.to_owned()]))
            }
            None => None,
        }
    }
}
