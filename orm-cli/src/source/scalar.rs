//! The neutral type of a field's Rust type that the grammar does not know: type aliases and
//! `#[derive(DbType)]` newtypes and enums, found by name.

use orm_schema::parse::{ParsedKind, Resolve, parse_db_type, parse_model};
use orm_schema::{FieldType, ModelId};
use quote::quote;
use syn::{PathArguments, Type};

use super::models::{Sources, derives, shown};
use super::names::Target;
use super::tree::ModuleId;

/// The most aliases and newtypes that may stand behind one another.
const MAX_DEPTH: usize = 32;

/// The type and whether it can be NULL.
pub(super) fn resolve(
    sources: &Sources<'_>,
    module: ModuleId,
    ty: &Type,
) -> Result<(FieldType, bool), String> {
    follow(sources, module, ty, 0)
}

fn follow(
    sources: &Sources<'_>,
    module: ModuleId,
    ty: &Type,
    depth: usize,
) -> Result<(FieldType, bool), String> {
    let Type::Path(path) = ty else {
        return Err(format!("`{}` cannot be stored in a column", quote!(#ty)));
    };
    let name = shown(&path.path);
    if depth > MAX_DEPTH {
        return Err(format!("`{name}` leads in a circle"));
    }
    if let Some(known) = renamed(sources, module, path) {
        return written(sources, module, &known, depth);
    }
    if path
        .path
        .segments
        .iter()
        .any(|s| s.arguments != PathArguments::None)
        || path.qself.is_some()
    {
        if let Some(own) = relation(sources, module, path) {
            return Err(format!(
                "`{name}` is `{own}` under another name, and relations are known by their own: write `{own}<…>`"
            ));
        }
        return Err(format!(
            "cannot read what `{}` is stored as: its parameters are the compiler's to know; \
             say it by `#[field(type = \"…\")]`, or wrap it in a newtype with `#[derive(DbType)]`",
            quote!(#path).to_string().replace(' ', "")
        ));
    }
    match sources.names.resolve(module, &path.path) {
        Some(Target::Alias(alias)) => {
            let alias = &sources.names.tree.aliases[alias];
            if !alias.item.generics.params.is_empty() {
                return Err(format!(
                    "the alias `{name}` has parameters; write the type itself"
                ));
            }
            written(sources, alias.module, &alias.item.ty, depth)
        }
        Some(Target::Derived(derived)) => db_type(sources, derived, &name, depth),
        Some(Target::Plain) => Err(not_storable(&name)),
        Some(Target::Module(_)) => Err(format!("`{name}` is a module, not a type")),
        Some(Target::External(full)) => Err(format!(
            "cannot read what `{}` is stored as: the crate `{}` is not part of this workspace; \
             say it by `#[field(type = \"…\")]`, or wrap it in a newtype with `#[derive(DbType)]`",
            full.join("::"),
            full[0]
        )),
        None => Err(format!("cannot find the type `{name}` here")),
    }
}

/// Types of other crates that the grammar knows by name, by crate.
const KNOWN: [(&str, &[&str]); 8] = [
    ("serde_json", &["Value"]),
    ("uuid", &["Uuid"]),
    ("rust_decimal", &["Decimal"]),
    (
        "chrono",
        &[
            "DateTime",
            "NaiveDateTime",
            "NaiveDate",
            "NaiveTime",
            "TimeDelta",
            "Duration",
        ],
    ),
    ("orm", &["Json", "Vector"]),
    ("std", &["String", "Vec", "Duration", "IpAddr"]),
    ("core", &["Duration", "IpAddr"]),
    ("alloc", &["String", "Vec"]),
];

/// The name of the relation that the type is under another one, by `use … as` or an alias.
fn relation(sources: &Sources<'_>, module: ModuleId, path: &syn::TypePath) -> Option<String> {
    const RELATIONS: [&str; 5] = [
        "ForeignKey",
        "OneToOne",
        "ManyToMany",
        "Reverse",
        "ForeignObject",
    ];
    let own = match sources.names.resolve(module, &path.path)? {
        Target::External(full) if full[0] == "orm" => full.last()?.clone(),
        Target::Alias(alias) => match &*sources.names.tree.aliases[alias].item.ty {
            Type::Path(to) => to.path.segments.last()?.ident.to_string(),
            _ => return None,
        },
        _ => return None,
    };
    RELATIONS.contains(&own.as_str()).then_some(own)
}

/// The type under its own name, where it came in under another one: `use serde_json::Value as Json`.
fn renamed(sources: &Sources<'_>, module: ModuleId, path: &syn::TypePath) -> Option<Type> {
    let last = path.path.segments.last()?;
    let Some(Target::External(full)) = sources.names.resolve(module, &path.path) else {
        return None;
    };
    let own = full.last()?;
    let known = KNOWN
        .iter()
        .any(|(krate, names)| *krate == full[0] && names.contains(&own.as_str()));
    if !known || last.ident == own.as_str() {
        return None;
    }
    let ident = syn::Ident::new(own, last.ident.span());
    let arguments = &last.arguments;
    Some(syn::parse_quote!(#ident #arguments))
}

fn not_storable(name: &str) -> String {
    format!("`{name}` cannot be stored: add `#[derive(DbType)]` to it, or use `Json<{name}>`")
}

/// The type as the grammar reads it in a field; what it does not know is followed further.
fn written(
    sources: &Sources<'_>,
    module: ModuleId,
    ty: &Type,
    depth: usize,
) -> Result<(FieldType, bool), String> {
    // The grammar is asked through a model of one field, so that there is one list of known types.
    let model = syn::parse2(quote! {
        struct Probe { #[field(primary_key)] id: i64, value: #ty }
    })
    .map_err(|e| e.to_string())?;
    let parsed = parse_model(&model).map_err(|e| e.to_string())?;
    let field = parsed.fields.last().ok_or("the type cannot be read")?;
    match &field.kind {
        ParsedKind::Scalar {
            known: Some(known), ..
        } => Ok((known.clone(), field.null)),
        ParsedKind::Scalar { inner, .. } => {
            let (ty, null) = follow(sources, module, inner, depth + 1)?;
            Ok((ty, null || field.null))
        }
        _ => Err(format!(
            "an alias cannot stand for `{}`: write it in the field",
            quote!(#ty)
        )),
    }
}

fn db_type(
    sources: &Sources<'_>,
    derived: usize,
    name: &str,
    depth: usize,
) -> Result<(FieldType, bool), String> {
    let item = &sources.names.tree.derived[derived];
    let is_db_type = derives(&sources.names, item.module, &item.input.attrs, "DbType")
        .map_err(|e| e.to_string())?;
    if !is_db_type {
        return Err(not_storable(name));
    }
    let parsed = parse_db_type(&item.input).map_err(|e| e.to_string())?;
    let inside = Inside {
        sources,
        module: item.module,
        depth,
    };
    let ty = parsed
        .resolve(&inside)
        .map_err(|e| format!("`{name}`: {e}"))?;
    Ok((ty, false))
}

/// Answers what stands inside a newtype, by the names of its own module.
struct Inside<'a, 't> {
    sources: &'a Sources<'t>,
    module: ModuleId,
    depth: usize,
}

impl Resolve for Inside<'_, '_> {
    fn app(&self) -> &str {
        ""
    }

    fn model(&self, path: &syn::Path) -> Result<ModelId, String> {
        Err(format!(
            "`{}` stands inside a stored type, which holds no relation",
            shown(path)
        ))
    }

    fn scalar(&self, ty: &Type) -> Result<(FieldType, bool), String> {
        follow(self.sources, self.module, ty, self.depth + 1)
    }
}
