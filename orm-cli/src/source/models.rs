//! From derived items to models: which are ours, which app they belong to, what their names mean.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use orm_schema::parse::{ParsedModel, Resolve, parse_model};
use orm_schema::{FieldType, ModelId, nearest};
use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Path, Token};

use super::names::{Krate, Names, Target};
use super::tree::{FileId, ModuleId, Tree, text};
use super::{SourceModel, SourceModels};
use super::{flatten, scalar};
use crate::project::{LIBRARY, Project};
use crate::report::{Diagnostic, Failure};

/// A model whose attributes are read.
pub(super) struct Found {
    pub(super) derived: usize,
    pub(super) module: ModuleId,
    pub(super) id: ModelId,
    pub(super) parsed: ParsedModel,
    /// Bases whose fields were spliced in: their paths mean what they mean there.
    pub(super) bases: Vec<Base>,
}

/// A base that was spliced into a model.
#[derive(Clone)]
pub(super) struct Base {
    file: FileId,
    bytes: Range<usize>,
    module: ModuleId,
}

/// All that the resolver of names needs.
pub(super) struct Sources<'t> {
    pub(super) names: Names<'t>,
    pub(super) found: Vec<Found>,
    /// Models by their derived item.
    pub(super) by_derived: HashMap<usize, usize>,
    /// Models whose own attributes are wrong, by their derived item: that is told, and what refers to
    /// them is not to blame. They go by the app of their file.
    pub(super) faulty: HashMap<usize, ModelId>,
}

/// Makes the models of what was read.
pub(super) fn collect(
    project: &Project,
    tree: &Tree,
    crates: &[Krate],
) -> Result<SourceModels, Failure> {
    let mut faults = Vec::new();
    let mut sources = Sources {
        names: Names::new(tree, crates),
        found: Vec::new(),
        by_derived: HashMap::new(),
        faulty: HashMap::new(),
    };
    find(project, &mut sources, &mut faults);
    let broken = flatten::splice(&mut sources, &mut faults);
    let mut result = SourceModels {
        apps: project.known_apps(),
        ..SourceModels::default()
    };
    for found in &sources.found {
        if found.parsed.is_abstract || broken.contains(&found.derived) {
            continue;
        }
        let package = crates[tree.modules[found.module].krate].package;
        match resolve(&sources, found, package) {
            Ok(model) => result.models.push(model),
            Err(e) => absorb(tree, tree.modules[found.module].file, &e, &mut faults),
        }
    }
    result
        .models
        .sort_by_cached_key(|m| (m.def.app.clone(), m.def.name.clone()));
    duplicates(&result.models, &mut faults);
    folders(project, &mut result, &mut faults);
    if faults.is_empty() {
        Ok(result)
    } else {
        faults.sort_by_key(|f| f.place.as_ref().map(|p| (p.file.clone(), p.bytes.start)));
        Err(faults.into())
    }
}

/// Finds the models and reads their attributes.
fn find(project: &Project, sources: &mut Sources<'_>, faults: &mut Vec<Diagnostic>) {
    let tree = sources.names.tree;
    // A file may be in the library and in a binary of one package: its models are the library's.
    let mut seen: HashSet<(usize, std::sync::Arc<std::path::Path>, usize)> = HashSet::new();
    for (index, item) in tree.derived.iter().enumerate() {
        let module = &tree.modules[item.module];
        match derives(&sources.names, item.module, &item.input.attrs, "Model") {
            Ok(true) => {}
            Ok(false) => continue,
            Err(e) => {
                absorb(tree, module.file, &e, faults);
                continue;
            }
        }
        let package = sources.names.crates[module.krate].package;
        let path = &tree.files[module.file].path;
        let start = item.input.ident.span().byte_range().start;
        if !seen.insert((package, std::sync::Arc::clone(path), start)) {
            continue;
        }
        match parse_model(&item.input) {
            Ok(parsed) => {
                let app = app(project, &parsed, path, package);
                sources.by_derived.insert(index, sources.found.len());
                sources.found.push(Found {
                    derived: index,
                    module: item.module,
                    id: ModelId::new(app, text(&parsed.ident)),
                    parsed,
                    bases: Vec::new(),
                });
            }
            Err(e) => {
                let app = project.app_of(&project.packages[package], path);
                let id = ModelId::new(app, text(&item.input.ident));
                sources.faulty.insert(index, id);
                absorb(tree, module.file, &e, faults);
            }
        }
    }
}

fn app(project: &Project, parsed: &ParsedModel, file: &std::path::Path, package: usize) -> String {
    if let Some(app) = &parsed.app {
        return app.value.clone();
    }
    project.app_of(&project.packages[package], file)
}

/// Whether one of the derives is the library's macro of this name.
pub(super) fn derives(
    names: &Names<'_>,
    module: ModuleId,
    attrs: &[Attribute],
    what: &str,
) -> syn::Result<bool> {
    for attr in attrs.iter().filter(|a| a.path().is_ident("derive")) {
        for path in attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)? {
            if is_ours(names, module, &path, what)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn is_ours(names: &Names<'_>, module: ModuleId, path: &Path, what: &str) -> syn::Result<bool> {
    const COMMON: [&str; 9] = [
        "Debug",
        "Clone",
        "Copy",
        "PartialEq",
        "Eq",
        "Hash",
        "PartialOrd",
        "Ord",
        "Default",
    ];
    let single = path.get_ident().map(text);
    if single.as_deref().is_some_and(|name| COMMON.contains(&name)) {
        return Ok(false);
    }
    let target = names.resolve(module, path);
    if let Some(Target::External(full)) = &target {
        return Ok(full[0] == LIBRARY && full.last().is_some_and(|l| l == what));
    }
    if single.as_deref() != Some(what) {
        let first = path.segments.first().is_some_and(|s| s.ident == LIBRARY);
        return Ok(target.is_none()
            && first
            && path.segments.last().is_some_and(|s| s.ident == what));
    }
    // A type of the same name does not hide a macro that comes by `*`.
    let globs = names.foreign_globs(module);
    if globs.iter().any(|g| g[0] == LIBRARY) {
        return Ok(true);
    }
    if target.is_some() {
        return Ok(false);
    }
    let foreign = globs
        .iter()
        .find(|g| !matches!(g[0].as_str(), "std" | "core" | "alloc"));
    match foreign {
        Some(glob) => Err(syn::Error::new_spanned(
            path,
            format!(
                "cannot tell whether `{what}` is `{LIBRARY}::{what}` or comes from `{}::*`: write `{LIBRARY}::{what}`",
                glob.join("::")
            ),
        )),
        None => Ok(true),
    }
}

fn resolve(sources: &Sources<'_>, found: &Found, package: usize) -> syn::Result<SourceModel> {
    let tree = sources.names.tree;
    let file = tree.modules[found.module].file;
    let context = Context { sources, found };
    let def = found.parsed.resolve(&context)?;
    let place = |span| match found.bases.is_empty() {
        true => tree.place_in(file, span),
        false => tree.place(file, span),
    };
    let fields = found.parsed.fields.iter().map(|f| (text(&f.ident), f));
    let mut model = SourceModel {
        place: place(found.parsed.ident.span()),
        fields: fields
            .clone()
            .map(|(name, f)| (name, place(f.ident.span())))
            .collect(),
        renamed_from: found.parsed.renamed_from.as_ref().map(|r| r.value.clone()),
        renamed_fields: BTreeMap::new(),
        auto_now: Vec::new(),
        made: Vec::new(),
        through_fields: BTreeMap::new(),
        package,
        def,
    };
    for (name, field) in fields {
        if let Some(old) = &field.options.renamed_from {
            model.renamed_fields.insert(name.clone(), old.value.clone());
        }
        if field.options.auto_now.is_some() || field.options.auto_now_add.is_some() {
            model.auto_now.push(name.clone());
        }
        if let Some((from, to)) = &field.options.through_fields {
            let pair = (from.value.clone(), to.value.clone());
            model.through_fields.insert(name.clone(), pair);
        }
        if field.options.default_fn.is_some() {
            model.made.push(name);
        }
    }
    Ok(model)
}

/// Answers the grammar's questions for one model.
struct Context<'a, 't> {
    sources: &'a Sources<'t>,
    found: &'a Found,
}

impl Resolve for Context<'_, '_> {
    fn app(&self) -> &str {
        &self.found.id.app
    }

    fn model(&self, path: &Path) -> Result<ModelId, String> {
        self.sources.model(self.found, path)
    }

    fn scalar(&self, ty: &syn::Type) -> Result<(FieldType, bool), String> {
        scalar::resolve(
            self.sources,
            self.found.module_of(self.sources.names.tree, ty.span()),
            ty,
        )
    }
}

impl Found {
    /// The module whose names a piece of the model uses: its own, or that of a base.
    fn module_of(&self, tree: &Tree, span: Span) -> ModuleId {
        if self.bases.is_empty() {
            return self.module;
        }
        let file = tree.file_of(span);
        let bytes = span.byte_range();
        let base = self.bases.iter().find(|b| {
            Some(b.file) == file && b.bytes.start <= bytes.start && bytes.end <= b.bytes.end
        });
        base.map_or(self.module, |b| b.module)
    }
}

impl Base {
    pub(super) fn new(file: FileId, bytes: Range<usize>, module: ModuleId) -> Self {
        Self {
            file,
            bytes,
            module,
        }
    }
}

impl Sources<'_> {
    /// The model that a path in a relation of `from` names.
    pub(super) fn model(&self, from: &Found, path: &Path) -> Result<ModelId, String> {
        if path.is_ident("Self") {
            return Ok(from.id.clone());
        }
        let shown = shown(path);
        let module = from.module_of(self.names.tree, path.span());
        let mut target = self.names.resolve(module, path);
        let mut aliases = 0;
        while let Some(Target::Alias(alias)) = target {
            let alias = &self.names.tree.aliases[alias];
            aliases += 1;
            target = match &*alias.item.ty {
                syn::Type::Path(p) if p.qself.is_none() && aliases < 32 => {
                    self.names.resolve(alias.module, &p.path)
                }
                _ => {
                    return Err(format!(
                        "`{shown}` is an alias of something that is no model"
                    ));
                }
            };
        }
        match target {
            Some(Target::Derived(derived)) => {
                match self.by_derived.get(&derived) {
                    Some(found) if self.found[*found].parsed.is_abstract => Err(format!(
                        "`{shown}` is an abstract base without a table, so nothing can refer to it"
                    )),
                    Some(found) => Ok(self.found[*found].id.clone()),
                    None => self.faulty.get(&derived).cloned().ok_or_else(|| {
                        format!("`{shown}` is not a model: it does not derive `Model`")
                    }),
                }
            }
            Some(Target::Plain) => Err(format!(
                "`{shown}` is not a model: it does not derive `Model`"
            )),
            Some(Target::Module(_)) => Err(format!("`{shown}` is a module, not a model")),
            Some(Target::External(full)) => Err(format!(
                "cannot read the model `{}`: the crate `{}` is not part of this workspace, so its source is not at hand",
                full.join("::"),
                full[0]
            )),
            Some(Target::Alias(_)) | None => Err(self.unknown_model(from, &shown)),
        }
    }

    fn unknown_model(&self, from: &Found, shown: &str) -> String {
        let last = shown.rsplit("::").next().unwrap_or(shown);
        let same: Vec<&Found> = self.found.iter().filter(|f| f.id.name == last).collect();
        let globs = self.names.foreign_globs(from.module);
        if let [only] = same.as_slice() {
            let path = self.module_path(only.module, from.module);
            return format!(
                "cannot find the model `{shown}` here; there is one: `use {path}::{last};`"
            );
        }
        let near = nearest(last, self.found.iter().map(|f| f.id.name.as_str()));
        let advice = near.map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
        let foreign = globs.iter().find(|g| g[0] != LIBRARY && g[0] != "std");
        match foreign {
            Some(glob) => format!(
                "cannot find the model `{shown}`: it may come from `{}::*`, whose source is not at hand{advice}",
                glob.join("::")
            ),
            None => format!("cannot find the model `{shown}` here{advice}"),
        }
    }

    /// The path of a module as another one would write it.
    fn module_path(&self, module: ModuleId, from: ModuleId) -> String {
        let tree = self.names.tree;
        let mut parts = Vec::new();
        let mut at = module;
        while let Some(parent) = tree.modules[at].parent {
            let name = tree.modules[parent].names.iter().find_map(|(name, what)| {
                matches!(what, super::tree::Name::Module(m) if *m == at).then_some(name.as_str())
            });
            parts.push(name.unwrap_or("self").to_owned());
            at = parent;
        }
        let own = tree.modules[module].krate == tree.modules[from].krate;
        let externs = &self.names.crates[tree.modules[from].krate].externs;
        let krate = externs
            .iter()
            .find(|(_, e)| matches!(e, super::names::Extern::Project(root) if *root == at))
            .map(|(name, _)| name.clone());
        parts.push(if own {
            "crate".to_owned()
        } else {
            krate.unwrap_or_else(|| "crate".to_owned())
        });
        parts.reverse();
        parts.join("::")
    }
}

/// A path as written, without spaces.
pub(super) fn shown(path: &Path) -> String {
    let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
    names.join("::")
}

fn absorb(tree: &Tree, file: FileId, error: &syn::Error, faults: &mut Vec<Diagnostic>) {
    for one in error.clone() {
        let place = tree.place(file, one.span());
        faults.push(Diagnostic::at(place, one.to_string()));
    }
}

fn duplicates(models: &[SourceModel], faults: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<(String, String), &SourceModel> = HashMap::new();
    for model in models {
        let key = (model.def.app.clone(), model.def.name.to_lowercase());
        if let Some(first) = seen.insert(key, model) {
            faults.push(
                Diagnostic::at(
                    model.place.clone(),
                    format!(
                        "two models are named {}: the other stands at {}:{}",
                        model.def.id(),
                        crate::report::shown(&first.place.file),
                        first.place.line()
                    ),
                )
                .hint("rename one, or give it another app: #[model(app = \"…\")]"),
            );
        }
    }
}

/// Where the migrations of every app lie; two packages must not share an app by accident.
fn folders(project: &Project, result: &mut SourceModels, faults: &mut Vec<Diagnostic>) {
    let mut owners: BTreeMap<&str, &SourceModel> = BTreeMap::new();
    for model in &result.models {
        let app = model.def.app.as_str();
        let package = &project.packages[model.package];
        let configured = project.names_migrations(app, package);
        match owners.get(app) {
            Some(first) if first.package != model.package && !configured => faults.push(
                Diagnostic::at(
                    model.place.clone(),
                    format!(
                        "the app `{app}` has models in two packages, `{}` and `{}`",
                        project.packages[first.package].name, package.name
                    ),
                )
                .hint(format!(
                    "say where its migrations lie: [apps.{app}] migrations = \"…\" in orm.toml"
                )),
            ),
            Some(_) => {}
            None => {
                owners.insert(app, model);
                result
                    .apps
                    .insert(app.to_owned(), project.migrations_of(app, Some(package)));
            }
        }
    }
}
