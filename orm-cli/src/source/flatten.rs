//! Splices the fields of abstract bases into the models that flatten them.

use std::collections::HashSet;

use orm_schema::parse::ParsedModel;
use syn::spanned::Spanned;

use super::models::{Base, Sources, shown};
use super::names::Target;
use crate::report::Diagnostic;

/// Splices all bases, bases of bases first.
///
/// Hands back the models that could not be made whole: what else they lack is no fault of theirs.
pub(super) fn splice(sources: &mut Sources<'_>, faults: &mut Vec<Diagnostic>) -> HashSet<usize> {
    let mut broken = HashSet::new();
    for index in 0..sources.found.len() {
        if sources.found[index].parsed.flattened().next().is_none() {
            continue;
        }
        match spliced(sources, index, &mut Vec::new()) {
            Ok((parsed, bases)) => {
                sources.found[index].parsed = parsed;
                sources.found[index].bases = bases;
            }
            Err(error) => {
                broken.insert(sources.found[index].derived);
                let found = &sources.found[index];
                let tree = sources.names.tree;
                let file = tree.modules[found.module].file;
                for one in error {
                    faults.push(Diagnostic::at(
                        tree.place(file, one.span()),
                        one.to_string(),
                    ));
                }
            }
        }
    }
    broken
}

/// The model with the fields of its bases, and where those stand.
fn spliced(
    sources: &Sources<'_>,
    index: usize,
    open: &mut Vec<usize>,
) -> syn::Result<(ParsedModel, Vec<Base>)> {
    let found = &sources.found[index];
    let mut parsed = found.parsed.clone();
    let mut bases = found.bases.clone();
    let written: Vec<(usize, syn::Path)> =
        parsed.flattened().map(|(i, p)| (i, p.clone())).collect();
    open.push(index);
    // From the last one, so that the positions before stay what they are.
    for (position, path) in written.into_iter().rev() {
        let base = base_of(sources, found.module, &path)?;
        if open.contains(&base) {
            let name = shown(&path);
            return Err(syn::Error::new_spanned(
                path,
                format!("the base `{name}` contains itself"),
            ));
        }
        let (base_parsed, inner) = spliced(sources, base, open)?;
        parsed.flatten(position, &base_parsed)?;
        bases.extend(inner);
        bases.push(stretch(sources, base));
    }
    open.pop();
    Ok((parsed, bases))
}

fn base_of(sources: &Sources<'_>, module: usize, path: &syn::Path) -> syn::Result<usize> {
    let found = match sources.names.resolve(module, path) {
        Some(Target::Derived(derived)) if sources.faulty.contains_key(&derived) => {
            return Err(syn::Error::new_spanned(
                path,
                format!(
                    "cannot read the base `{}`: mend its own errors first",
                    shown(path)
                ),
            ));
        }
        Some(Target::Derived(derived)) => sources.by_derived.get(&derived).copied(),
        _ => None,
    };
    found.ok_or_else(|| {
        let name = shown(path);
        syn::Error::new_spanned(
            path,
            format!("cannot find the base `{name}`: it must be a struct of this workspace with `#[derive(Model)]` and `#[model(abstract)]`"),
        )
    })
}

fn stretch(sources: &Sources<'_>, base: usize) -> Base {
    let tree = sources.names.tree;
    let found = &sources.found[base];
    let file = tree.modules[found.module].file;
    let bytes = tree.derived[found.derived].input.span().byte_range();
    Base::new(file, bytes, found.module)
}
