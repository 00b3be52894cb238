//! The tree of modules: follows `mod` from the crate roots through the files.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Lit, Meta, UseTree};

use super::cfg::Cfg;
use super::items::{RawItem, RawKind, read_items};
use crate::report::{Diagnostic, Place};

/// Index of a module.
pub(super) type ModuleId = usize;
/// Index of a file.
pub(super) type FileId = usize;

/// A file that was read.
pub(super) struct SourceFile {
    pub(super) path: Arc<Path>,
    pub(super) text: Arc<str>,
}

/// A module with the names that it declares.
pub(super) struct Module {
    /// The crate, as an index of crates.
    pub(super) krate: usize,
    pub(super) parent: Option<ModuleId>,
    pub(super) file: FileId,
    /// Names in the namespace of types.
    pub(super) names: HashMap<String, Name>,
    /// `use path::*`.
    pub(super) globs: Vec<ImportPath>,
}

/// What a name in a module stands for.
pub(super) enum Name {
    Module(ModuleId),
    /// A struct or enum with derives.
    Derived(usize),
    /// A type alias.
    Alias(usize),
    /// A type without derives.
    Plain,
    /// An import.
    Import(ImportPath),
}

/// The path of an import.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ImportPath {
    pub(super) absolute: bool,
    pub(super) segments: Vec<String>,
}

/// A struct or enum with derives, attributes included and `cfg_attr` taken apart.
pub(super) struct DerivedItem {
    pub(super) module: ModuleId,
    pub(super) input: DeriveInput,
}

/// A type alias.
pub(super) struct AliasItem {
    pub(super) module: ModuleId,
    pub(super) item: syn::ItemType,
}

/// All that was read.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) files: Vec<SourceFile>,
    pub(super) modules: Vec<Module>,
    pub(super) derived: Vec<DerivedItem>,
    pub(super) aliases: Vec<AliasItem>,
    /// Files by the name that spans know them by.
    labels: HashMap<String, FileId>,
    pub(super) faults: Vec<Diagnostic>,
}

/// Where a module's `mod x;` are looked for.
struct Folder {
    dir: PathBuf,
    /// The folder that `#[path]` is relative to.
    path_base: PathBuf,
}

/// Reads one crate into the tree.
pub(super) struct Loader<'t> {
    pub(super) tree: &'t mut Tree,
    pub(super) cfg: &'t Cfg,
    pub(super) krate: usize,
    /// Files on the way down, against modules that contain themselves.
    open: BTreeSet<PathBuf>,
}

impl<'t> Loader<'t> {
    pub(super) fn new(tree: &'t mut Tree, cfg: &'t Cfg, krate: usize) -> Self {
        Self {
            tree,
            cfg,
            krate,
            open: BTreeSet::new(),
        }
    }

    /// Reads the crate of this root file; `None` if it cannot be read.
    pub(super) fn root(&mut self, path: &Path) -> Option<ModuleId> {
        let dir = path.parent().unwrap_or(path).to_owned();
        let folder = Folder {
            path_base: dir.clone(),
            dir,
        };
        self.file(path, None, &folder)
    }

    fn file(&mut self, path: &Path, parent: Option<ModuleId>, folder: &Folder) -> Option<ModuleId> {
        let (file, tokens) = self.read(path)?;
        let id = self.new_module(parent, file);
        self.open.insert(path.to_owned());
        let whole = self.items(id, file, tokens, folder);
        self.open.remove(path);
        // `#![cfg(...)]` in the file turns the whole module off.
        whole.then_some(id)
    }

    fn read(&mut self, path: &Path) -> Option<(FileId, TokenStream)> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) => {
                let fault = Diagnostic::at(Place::file(path), format!("cannot read the file: {e}"));
                self.tree.faults.push(fault);
                return None;
            }
        };
        let text = without_shebang(text.strip_prefix('\u{feff}').unwrap_or(&text));
        self.tree.files.push(SourceFile {
            path: path.into(),
            text: text.into(),
        });
        let file = self.tree.files.len() - 1;
        let text = Arc::clone(&self.tree.files[file].text);
        match text.parse::<TokenStream>() {
            Ok(tokens) => {
                if let Some(first) = tokens.clone().into_iter().next() {
                    self.tree.labels.insert(first.span().file(), file);
                }
                Some((file, tokens))
            }
            Err(e) => {
                let cause =
                    unclosed(&text).unwrap_or_else(|| "cannot read this as Rust".to_owned());
                self.fault(file, e.span(), format!("syntax error: {cause}"));
                None
            }
        }
    }

    fn new_module(&mut self, parent: Option<ModuleId>, file: FileId) -> ModuleId {
        self.tree.modules.push(Module {
            krate: self.krate,
            parent,
            file,
            names: HashMap::new(),
            globs: Vec::new(),
        });
        self.tree.modules.len() - 1
    }

    /// Reads the items of a module; false if the module is turned off from inside.
    fn items(
        &mut self,
        module: ModuleId,
        file: FileId,
        tokens: TokenStream,
        folder: &Folder,
    ) -> bool {
        let raw = match read_items(tokens) {
            Ok(raw) => raw,
            Err(e) => {
                self.error(file, &e, "syntax error: ");
                return true;
            }
        };
        match self.cfg.apply(raw.attrs) {
            Ok(Some(_)) => {}
            Ok(None) => return false,
            Err(e) => {
                self.error(file, &e, "");
                return true;
            }
        }
        for item in raw.items {
            self.item(module, file, item, folder);
        }
        true
    }

    fn item(&mut self, module: ModuleId, file: FileId, item: RawItem, folder: &Folder) {
        let attrs = match self.cfg.apply(item.attrs) {
            Ok(Some(attrs)) => attrs,
            Ok(None) => return,
            Err(e) => return self.error(file, &e, ""),
        };
        match item.kind {
            RawKind::Module(name, Some(content)) => {
                self.inline(module, file, &name, &attrs, content, folder)
            }
            RawKind::Module(name, None) => self.outline(module, file, &name, &attrs, folder),
            RawKind::Use(item) => {
                let mut prefix = Vec::new();
                self.imports(
                    module,
                    item.leading_colon.is_some(),
                    &mut prefix,
                    &item.tree,
                );
            }
            RawKind::ExternCrate(item) => {
                let name = item
                    .rename
                    .as_ref()
                    .map_or(&item.ident, |(_, n)| n)
                    .to_string();
                let path = ImportPath {
                    absolute: item.ident != "self",
                    segments: vec![if item.ident == "self" {
                        "crate".to_owned()
                    } else {
                        text(&item.ident)
                    }],
                };
                self.declare(module, name, Name::Import(path));
            }
            RawKind::Alias(item) => {
                let name = text(&item.ident);
                self.tree.aliases.push(AliasItem { module, item });
                self.declare(module, name, Name::Alias(self.tree.aliases.len() - 1));
            }
            RawKind::Derived(input) => {
                let mut input = *input;
                input.attrs = attrs;
                if let Err(e) = strip(self.cfg, &mut input.data) {
                    return self.error(file, &e, "");
                }
                let name = text(&input.ident);
                self.tree.derived.push(DerivedItem { module, input });
                self.declare(module, name, Name::Derived(self.tree.derived.len() - 1));
            }
            RawKind::Named(name) => self.declare(module, text(&name), Name::Plain),
            RawKind::Include(tokens) => self.include(module, file, tokens, folder),
        }
    }

    fn declare(&mut self, module: ModuleId, name: String, what: Name) {
        let names = &mut self.tree.modules[module].names;
        // Two names of one module live beside each other only in different namespaces, and an
        // import may stand for a macro or function alone: what is declared here wins.
        if matches!(what, Name::Import(_)) && names.contains_key(&name) {
            return;
        }
        names.insert(name, what);
    }

    fn imports(
        &mut self,
        module: ModuleId,
        absolute: bool,
        prefix: &mut Vec<String>,
        tree: &UseTree,
    ) {
        let path = |prefix: &[String], last: Option<&syn::Ident>| {
            let mut segments = prefix.to_vec();
            // `use a::{self}` imports `a` itself.
            segments.extend(last.filter(|l| *l != "self" || prefix.is_empty()).map(text));
            ImportPath { absolute, segments }
        };
        match tree {
            UseTree::Path(part) => {
                prefix.push(text(&part.ident));
                self.imports(module, absolute, prefix, &part.tree);
                prefix.pop();
            }
            UseTree::Name(name) => {
                let path = path(prefix, Some(&name.ident));
                let name = path.segments.last().cloned().unwrap_or_default();
                self.declare(module, name, Name::Import(path));
            }
            UseTree::Rename(rename) => {
                let path = path(prefix, Some(&rename.ident));
                self.declare(module, text(&rename.rename), Name::Import(path));
            }
            UseTree::Glob(_) => {
                let path = path(prefix, None);
                self.tree.modules[module].globs.push(path);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.imports(module, absolute, prefix, tree);
                }
            }
        }
    }

    fn inline(
        &mut self,
        module: ModuleId,
        file: FileId,
        name: &syn::Ident,
        attrs: &[Attribute],
        content: TokenStream,
        folder: &Folder,
    ) {
        let below = match path_attribute(attrs) {
            Some(path) => folder.path_base.join(path),
            None => folder.dir.join(text(name)),
        };
        let inner = self.new_module(Some(module), file);
        let folder = Folder {
            path_base: below.clone(),
            dir: below,
        };
        if self.items(inner, file, content, &folder) {
            self.declare(module, text(name), Name::Module(inner));
        }
    }

    fn outline(
        &mut self,
        module: ModuleId,
        file: FileId,
        name: &syn::Ident,
        attrs: &[Attribute],
        folder: &Folder,
    ) {
        let Some(path) = self.module_file(file, name, attrs, folder) else {
            return;
        };
        if self.open.contains(&path) {
            self.fault(
                file,
                name.span(),
                format!("the module `{name}` contains itself: {}", path.display()),
            );
            return;
        }
        let parent = path.parent().unwrap_or(&path).to_owned();
        let owns_folder =
            path.file_name().is_some_and(|f| f == "mod.rs") || path_attribute(attrs).is_some();
        let below = Folder {
            dir: if owns_folder {
                parent.clone()
            } else {
                path.with_extension("")
            },
            path_base: parent,
        };
        if let Some(inner) = self.file(&path, Some(module), &below) {
            self.declare(module, text(name), Name::Module(inner));
        }
    }

    fn module_file(
        &mut self,
        file: FileId,
        name: &syn::Ident,
        attrs: &[Attribute],
        folder: &Folder,
    ) -> Option<PathBuf> {
        if let Some(path) = path_attribute(attrs) {
            let path = folder.path_base.join(path);
            if path.is_file() {
                return Some(path);
            }
            self.fault(
                file,
                name.span(),
                format!(
                    "no file for the module `{name}`: {} does not exist",
                    path.display()
                ),
            );
            return None;
        }
        let flat = folder.dir.join(format!("{}.rs", text(name)));
        let nested = folder.dir.join(text(name)).join("mod.rs");
        let message = match (flat.is_file(), nested.is_file()) {
            (true, false) => return Some(flat),
            (false, true) => return Some(nested),
            (true, true) => format!(
                "two files for the module `{name}`: {} and {}",
                flat.display(),
                nested.display()
            ),
            (false, false) => format!(
                "no file for the module `{name}`: neither {} nor {} exists",
                flat.display(),
                nested.display()
            ),
        };
        self.fault(file, name.span(), message);
        None
    }

    /// `include!("file.rs")` puts the file's items here. One that a build script makes is not there
    /// to be read; the guard in the program finds models in it.
    fn include(&mut self, module: ModuleId, file: FileId, tokens: TokenStream, folder: &Folder) {
        let Ok(name) = syn::parse2::<syn::LitStr>(tokens) else {
            return;
        };
        let here = Arc::clone(&self.tree.files[file].path);
        let path = here.parent().unwrap_or(&here).join(name.value());
        if self.open.contains(&path) {
            return;
        }
        // Names resolve in this module, but places are in that file: models keep their own module.
        let Some((included, tokens)) = self.read(&path) else {
            return;
        };
        let inner = self.new_module(Some(module), included);
        self.open.insert(path.clone());
        self.items(inner, included, tokens, folder);
        self.open.remove(&path);
        let names = std::mem::take(&mut self.tree.modules[inner].names);
        for (name, what) in names {
            self.declare(module, name, what);
        }
        let up = ImportPath {
            absolute: false,
            segments: vec!["super".to_owned()],
        };
        self.tree.modules[inner].globs.push(up);
    }

    fn fault(&mut self, file: FileId, span: Span, message: String) {
        let place = self.tree.place(file, span);
        self.tree.faults.push(Diagnostic::at(place, message));
    }

    fn error(&mut self, file: FileId, error: &syn::Error, prefix: &str) {
        for one in error.clone() {
            self.fault(file, one.span(), format!("{prefix}{one}"));
        }
    }
}

impl Tree {
    /// The place of a span, wherever it comes from; `file` is meant where the span does not say it.
    pub(super) fn place(&self, file: FileId, span: Span) -> Place {
        self.place_in(self.file_of(span).unwrap_or(file), span)
    }

    /// The place of a span that is known to come from this file: to ask the span itself is slow.
    pub(super) fn place_in(&self, file: FileId, span: Span) -> Place {
        let file = &self.files[file];
        Place::new(Arc::clone(&file.path), &file.text, span.byte_range())
    }

    /// The file of a span.
    pub(super) fn file_of(&self, span: Span) -> Option<FileId> {
        self.labels.get(&span.file()).copied()
    }
}

/// Leaves out the fields and variants that `cfg` turns off.
fn strip(cfg: &Cfg, data: &mut Data) -> syn::Result<()> {
    match data {
        Data::Struct(data) => strip_fields(cfg, &mut data.fields),
        Data::Union(_) => Ok(()),
        Data::Enum(data) => {
            let mut kept = Vec::new();
            for mut variant in std::mem::take(&mut data.variants) {
                if let Some(attrs) = cfg.apply(std::mem::take(&mut variant.attrs))? {
                    variant.attrs = attrs;
                    kept.push(variant);
                }
            }
            data.variants.extend(kept);
            Ok(())
        }
    }
}

fn strip_fields(cfg: &Cfg, fields: &mut Fields) -> syn::Result<()> {
    let list = match fields {
        Fields::Named(named) => &mut named.named,
        Fields::Unnamed(unnamed) => &mut unnamed.unnamed,
        Fields::Unit => return Ok(()),
    };
    let mut kept = Vec::new();
    for mut field in std::mem::take(list) {
        if let Some(attrs) = cfg.apply(std::mem::take(&mut field.attrs))? {
            field.attrs = attrs;
            kept.push(field);
        }
    }
    list.extend(kept);
    Ok(())
}

/// An identifier's text, without `r#`.
pub(super) fn text(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    match text.strip_prefix("r#") {
        Some(plain) => plain.to_owned(),
        None => text,
    }
}

/// The value of `#[path = "…"]`.
fn path_attribute(attrs: &[Attribute]) -> Option<String> {
    attrs.iter().find_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(path),
                ..
            }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Blanks `#!/usr/bin/env …`, so that places stay what they are.
fn without_shebang(text: &str) -> String {
    if text.starts_with("#!") && !text[2..].trim_start().starts_with('[') {
        let end = text.find('\n').unwrap_or(text.len());
        return " ".repeat(end) + &text[end..];
    }
    text.to_owned()
}

/// A guess at what a text that is no token stream lacks; strings are not looked into.
fn unclosed(text: &str) -> Option<String> {
    [('{', '}'), ('(', ')'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| {
            let (opened, closed) = (text.matches(open).count(), text.matches(close).count());
            match opened.cmp(&closed) {
                std::cmp::Ordering::Greater => Some(format!("a `{open}` is not closed")),
                std::cmp::Ordering::Less => Some(format!("a `{close}` closes nothing")),
                std::cmp::Ordering::Equal => None,
            }
        })
}
