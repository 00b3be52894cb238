//! The metadata constant.

use orm_schema::parse::{ParsedField, ParsedKind, Spanned};
use orm_schema::{FieldType, OnDelete, Unique, snake_case};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::tokens::{field_type, on_delete, plain, value};
use super::{Column, Context, PRIVATE, Relation};

/// `ModelMeta { … }`.
pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let o = PRIVATE;
    let model = context.model;
    let (ident, app, table) = (&model.ident, &context.app, &context.table);
    let name = plain(ident);
    let columns = context.columns.iter().map(column);
    let numbers = |names: &[Spanned<String>]| -> Vec<usize> {
        names
            .iter()
            .filter_map(|n| context.column_of(&n.value))
            .collect()
    };
    let key = numbers(&model.primary_key);
    let ordering = model.ordering.iter().filter_map(|(field, descending)| {
        let i = context.column_of(&field.value)?;
        Some(quote!((#i, #descending)))
    });
    let together = model.unique_together.iter().map(|g| numbers(g));
    let named = model
        .uniques
        .iter()
        .filter(|u| !u.unenforced)
        .map(|u| numbers(&u.fields));
    let uniques = together.chain(named).map(|group| quote!(&[#(#group),*]));
    let relations = context.relations.iter().map(|r| relation(context, r));
    let required = context
        .columns
        .iter()
        .filter_map(|c| required(&name, c.field));
    quote! {
        #o::ModelMeta {
            app: #app,
            name: #name,
            table: #table,
            columns: &[#(#columns),*],
            key: &[#(#key),*],
            ordering: &[#(#ordering),*],
            uniques: &[#(#uniques),*],
            relations: &[#(#relations),*],
            required: &[#(#required),*],
            read: #o::read_erased::<#ident>,
            source: ::core::concat!(::core::file!(), ":", ::core::line!()),
        }
    }
}

/// The field's own type without `Option` and `Auto`.
fn rust_type(field: &ParsedField) -> TokenStream {
    let o = PRIVATE;
    let ty = &field.ty;
    quote!(<#ty as #o::DbType>)
}

fn column(column: &Column<'_>) -> TokenStream {
    let o = PRIVATE;
    let field = column.field;
    let options = &field.options;
    let (name, column) = (plain(&field.ident), &column.name);
    let rust = rust_type(field);
    let ty = match &field.kind {
        ParsedKind::Scalar {
            known: Some(ty), ..
        }
        | ParsedKind::Auto { ty, .. } => field_type(ty),
        ParsedKind::Scalar { .. } if options.sql_type.is_some() => {
            field_type(&FieldType::Sql(String::new()))
        }
        _ => quote!(#rust::TYPE),
    };
    let auto = matches!(field.kind, ParsedKind::Auto { .. });
    let null = field.null;
    let unique = options
        .unique
        .as_ref()
        .is_some_and(|u| u.value != Unique::No)
        || matches!(field.kind, ParsedKind::OneToOne(_));
    let computed = options.computed.is_some();
    let (auto_now, auto_now_add) = (options.auto_now.is_some(), options.auto_now_add.is_some());
    let default = default(field, &rust);
    quote! {
        #o::ColumnMeta {
            field: #name,
            column: #column,
            ty: #ty,
            null: #null,
            auto: #auto,
            unique: #unique,
            computed: #computed,
            default: #default,
            auto_now: #auto_now,
            auto_now_add: #auto_now_add,
            rust_type: #rust::TYPE,
            rust_null: #rust::NULLABLE && !#auto,
        }
    }
}

fn default(field: &ParsedField, rust: &TokenStream) -> TokenStream {
    let o = PRIVATE;
    let options = &field.options;
    if let Some(path) = &options.default_fn {
        let ty = &field.ty;
        return quote!(#o::DefaultMeta::Value(|| <#ty as #o::DbType>::into_value(#path().into())));
    }
    if let Some(literal) = &options.default {
        let known = match &field.kind {
            ParsedKind::Scalar { known, .. } => known.as_ref(),
            _ => None,
        };
        let value = value(&literal.value, known);
        return quote!(#o::DefaultMeta::Value(|| #value));
    }
    if options.auto_now.is_some() || options.auto_now_add.is_some() {
        return quote!(#o::DefaultMeta::Value(|| #o::clock(#rust::TYPE)));
    }
    if options.db_default.is_some() {
        return quote!(#o::DefaultMeta::Database);
    }
    quote!(#o::DefaultMeta::None)
}

/// The field and what `new!` says when it is missing.
fn required(model: &str, field: &ParsedField) -> Option<TokenStream> {
    let o = &field.options;
    let optional = field.null
        || matches!(field.kind, ParsedKind::Auto { .. })
        || o.default.is_some()
        || o.default_fn.is_some()
        || o.db_default.is_some()
        || o.computed.is_some()
        || o.auto_now.is_some()
        || o.auto_now_add.is_some();
    let name = plain(&field.ident);
    let message = format!(
        "the required field `{name}` is missing: write `new!({model} {{ {name}: …, .. }})` with it, or give the field a default"
    );
    (!optional).then(|| quote!((#name, #message)))
}

fn last_segment(path: &Path) -> String {
    path.segments
        .last()
        .map(|s| plain(&s.ident))
        .unwrap_or_default()
}

fn relation(context: &Context<'_>, relation: &Relation<'_>) -> TokenStream {
    let o = PRIVATE;
    let field = relation.field;
    let name = plain(&field.ident);
    let (ParsedKind::ForeignKey(target)
    | ParsedKind::OneToOne(target)
    | ParsedKind::ManyToMany(target)
    | ParsedKind::Reverse(target)) = &field.kind
    else {
        return TokenStream::new();
    };
    let kind = match (&field.kind, relation.column) {
        (_, Some(column)) => {
            let rule = on_delete(
                field
                    .options
                    .on_delete
                    .as_ref()
                    .map_or(OnDelete::Cascade, |r| r.value),
            );
            quote!(ToOne { column: #column, on_delete: #rule })
        }
        (ParsedKind::ManyToMany(_), None) => pairs(context, field, target),
        _ => {
            let by = field
                .options
                .by
                .as_ref()
                .map(|b| b.value.clone())
                .unwrap_or_default();
            quote!(Reverse { by: #by })
        }
    };
    let target_name = match last_segment(target) {
        own if own == "Self" => plain(&context.model.ident),
        other => other,
    };
    quote! {
        #o::RelationMeta {
            field: #name,
            target: || <#target as #o::Model>::META,
            target_name: #target_name,
            kind: #o::RelationKind::#kind,
        }
    }
}

/// The table of pairs: the automatic one, or that of the `through` model.
fn pairs(context: &Context<'_>, field: &ParsedField, target: &Path) -> TokenStream {
    let o = PRIVATE;
    let own = plain(&context.model.ident);
    let other = match last_segment(target) {
        same if same == "Self" => own.clone(),
        other => other,
    };
    if let Some(through) = &field.options.through {
        let (from, to) = match &field.options.through_fields {
            Some((from, to)) => (from.value.clone(), to.value.clone()),
            None => (String::new(), String::new()),
        };
        return quote! {
            ManyToMany {
                table: <#through as #o::Model>::META.table,
                from: #o::through_column(<#through as #o::Model>::META, #from, #own, false),
                to: #o::through_column(<#through as #o::Model>::META, #to, #other, true),
            }
        };
    }
    let table = orm_schema::shorten(&format!("{}_{}", context.table, plain(&field.ident)));
    let (from, to) = if own == other {
        let name = snake_case(&own);
        (format!("from_{name}_id"), format!("to_{name}_id"))
    } else {
        (
            format!("{}_id", snake_case(&own)),
            format!("{}_id", snake_case(&other)),
        )
    };
    quote!(ManyToMany { table: #table, from: #from, to: #to })
}
