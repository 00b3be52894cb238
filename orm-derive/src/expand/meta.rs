//! The metadata constant.

use orm_schema::parse::{ParsedField, ParsedKind, Spanned};
use orm_schema::{
    FieldType, IndexKind, IndexOptions, ModelDef, OnDelete, StorageType, Unique, VectorIndexType,
    VectorMetric, snake_case,
};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::tokens::{field_type, literal_meta, on_delete, option, plain};
use super::{Column, Context, PRIVATE, Relation};

/// `ModelMeta { … }`.
pub(crate) fn expand(context: &Context<'_>, def: &ModelDef) -> TokenStream {
    let extra = model_extra(context, def);
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
    let validate = option(model.validate.as_ref().map(|path| {
        quote!(|object| match object.downcast_ref::<#ident>() {
            ::core::option::Option::Some(object) => {
                #path(object).map_err(::core::convert::Into::into)
            }
            ::core::option::Option::None => ::core::result::Result::Ok(()),
        })
    }));
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
            extra: #extra,
            validate: #validate,
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
    let extra = column_extra(field);
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
            extra: #extra,
            rust_type: #rust::TYPE,
            rust_null: #rust::NULLABLE && !#auto,
        }
    }
}

fn column_extra(field: &ParsedField) -> TokenStream {
    let o = PRIVATE;
    let options = &field.options;
    let text = |t: &Option<Spanned<String>>| t.as_ref().map(|t| t.value.clone());
    let mut parts = Vec::new();
    if options.index.is_some() {
        parts.push(quote!(index: true));
    }
    match options.unique.as_ref().map(|u| u.value) {
        Some(Unique::Yes) => parts.push(quote!(unique: #o::Unique::Yes)),
        Some(Unique::Lookup) => parts.push(quote!(unique: #o::Unique::Lookup)),
        Some(Unique::No) | None => {}
    }
    for (name, value) in [
        (quote!(db_default), text(&options.db_default)),
        (quote!(collation), text(&options.collation)),
        (quote!(comment), options.comment.clone()),
        (quote!(computed), text(&options.computed)),
        (quote!(sql_type), text(&options.sql_type)),
    ] {
        if value.is_some() {
            let value = option(value);
            parts.push(quote!(#name: #value));
        }
    }
    if matches!(field.kind, ParsedKind::OneToOne(_)) {
        parts.push(quote!(one_to_one: true));
    }
    if let Some(choices) = &options.choices {
        let choices = choices.value.iter().map(literal_meta);
        parts.push(quote!(choices: &[#(#choices),*]));
    }
    if let Some(path) = &options.validate {
        let ty = value_type(field);
        parts.push(quote!(validate: ::core::option::Option::Some(|value| {
            let value = <#ty as #o::DbType>::from_value(value).map_err(#o::not_decoded)?;
            #path(&value).map_err(::core::convert::Into::into)
        })));
    }
    if parts.is_empty() {
        return quote!(#o::ColumnExtra::NONE);
    }
    quote!(#o::ColumnExtra { #(#parts,)* ..#o::ColumnExtra::NONE })
}

/// The type of a field's value that is not NULL.
fn value_type(field: &ParsedField) -> TokenStream {
    let o = PRIVATE;
    match &field.kind {
        ParsedKind::Scalar { inner, .. } | ParsedKind::Auto { inner, .. } => quote!(#inner),
        ParsedKind::ForeignKey(_) | ParsedKind::OneToOne(_) => {
            let ty = &field.ty;
            quote!(<#ty as #o::RefersTo>::Key)
        }
        _ => {
            let ty = &field.ty;
            quote!(#ty)
        }
    }
}

/// What only migrations need to know of the model. Names are as the shared grammar resolves them.
fn index_options(options: &IndexOptions) -> TokenStream {
    let o = PRIVATE;
    if options.is_empty() {
        return quote!(#o::IndexOptions::NONE);
    }
    let version = option(options.version);
    let index_type = option(options.index_type.map(|t| match t {
        VectorIndexType::Auto => quote!(#o::VectorIndexType::Auto),
        VectorIndexType::Flat => quote!(#o::VectorIndexType::Flat),
        VectorIndexType::IvfFlat => quote!(#o::VectorIndexType::IvfFlat),
        VectorIndexType::IvfPq => quote!(#o::VectorIndexType::IvfPq),
        VectorIndexType::IvfPqfs => quote!(#o::VectorIndexType::IvfPqfs),
        VectorIndexType::HnswFlat => quote!(#o::VectorIndexType::HnswFlat),
        VectorIndexType::HnswPq => quote!(#o::VectorIndexType::HnswPq),
    }));
    let metric_type = option(options.metric_type.map(|m| match m {
        VectorMetric::EuclideanDistance => quote!(#o::VectorMetric::EuclideanDistance),
        VectorMetric::DotProduct => quote!(#o::VectorMetric::DotProduct),
    }));
    let numbers = options.numbers.iter().map(|n| option(*n));
    quote! {
        #o::IndexOptions {
            version: #version,
            index_type: #index_type,
            metric_type: #metric_type,
            numbers: [#(#numbers),*],
        }
    }
}

fn model_extra(context: &Context<'_>, def: &ModelDef) -> TokenStream {
    let o = PRIVATE;
    let fields = def.fields.iter().map(|f| f.name.as_str());
    let storage_type = option(def.storage.storage_type.map(|s| match s {
        StorageType::Columnstore => quote!(#o::StorageType::Columnstore),
        StorageType::Rowstore => quote!(#o::StorageType::Rowstore),
        StorageType::Reference => quote!(#o::StorageType::Reference),
        StorageType::RowstoreReference => quote!(#o::StorageType::RowstoreReference),
    }));
    let shard_key = option(def.storage.shard_key.as_ref().map(|k| quote!(&[#(#k),*])));
    let sort_key = def.storage.sort_key.iter().map(|k| {
        let (field, descending) = (&k.field, k.descending);
        quote!((#field, #descending))
    });
    let together = def.unique_together.iter().map(|g| quote!(&[#(#g),*]));
    let indexes = def.indexes.iter().map(|i| {
        let (name, fields) = (&i.name, &i.fields);
        let kind = option(i.kind.map(|k| match k {
            IndexKind::Hash => quote!(#o::IndexKind::Hash),
            IndexKind::Btree => quote!(#o::IndexKind::Btree),
            IndexKind::Fulltext => quote!(#o::IndexKind::Fulltext),
            IndexKind::Vector => quote!(#o::IndexKind::Vector),
        }));
        let options = index_options(&i.options);
        quote!((#name, &[#(#fields),*], #kind, #options))
    });
    let constraints = def.constraints.iter().map(|c| {
        let (name, fields, unenforced) = (&c.name, &c.fields, c.unenforced);
        quote!((#name, &[#(#fields),*], #unenforced))
    });
    let comment = option(context.model.comment.clone());
    let managed = context.model.managed;
    let (natural_key, left_out) = (&def.fixtures.natural_key, &def.fixtures.left_out);
    quote! {
        #o::ModelExtra {
            fields: &[#(#fields),*],
            storage_type: #storage_type,
            shard_key: #shard_key,
            sort_key: &[#(#sort_key),*],
            unique_together: &[#(#together),*],
            indexes: &[#(#indexes),*],
            constraints: &[#(#constraints),*],
            comment: #comment,
            managed: #managed,
            natural_key: &[#(#natural_key),*],
            left_out: &[#(#left_out),*],
        }
    }
}

fn default(field: &ParsedField, rust: &TokenStream) -> TokenStream {
    let o = PRIVATE;
    let options = &field.options;
    if let Some(path) = &options.default_fn {
        let ty = &field.ty;
        return quote!(#o::DefaultMeta::Made(|| <#ty as #o::DbType>::into_value(#path().into())));
    }
    if let Some(literal) = &options.default {
        let literal = literal_meta(&literal.value);
        return quote!(#o::DefaultMeta::Literal(#literal));
    }
    if options.auto_now.is_some() || options.auto_now_add.is_some() {
        return quote!(#o::DefaultMeta::Made(|| #o::clock(#rust::TYPE)));
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
    | ParsedKind::ForeignObject(target)
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
            let to_field = option(field.options.to_field.as_ref().map(|f| f.value.clone()));
            quote!(ToOne { column: #column, on_delete: #rule, to_field: #to_field })
        }
        (ParsedKind::ForeignObject(_), None) => columns(context, field),
        (ParsedKind::ManyToMany(_), None) => pairs(context, field, target),
        _ => {
            let by = field
                .options
                .by
                .as_ref()
                .map(|b| b.value.clone())
                .unwrap_or_default();
            // A constant of a function's body: the two models' own may refer to each other.
            quote! {
                Reverse {
                    by: #by,
                    owner: || const {
                        &#o::reverse_owner(
                            <#target as #o::Model>::META,
                            #by,
                            <Self as #o::Model>::META,
                        )
                    }
                    .columns(),
                }
            }
        }
    };
    let target_name = match last_segment(target) {
        own if own == "Self" => plain(&context.model.ident),
        other => other,
    };
    let db_constraint = field.options.db_constraint.as_ref().is_none_or(|c| c.value);
    quote! {
        #o::RelationMeta {
            field: #name,
            target: || <#target as #o::Model>::META,
            target_name: #target_name,
            db_constraint: #db_constraint,
            kind: #o::RelationKind::#kind,
        }
    }
}

/// By which columns of this model a relation refers.
fn columns(context: &Context<'_>, field: &ParsedField) -> TokenStream {
    let o = &field.options;
    let from = o.from_fields.iter().flatten();
    let own = from.filter_map(|f| context.column_of(&f.value));
    let to = o.to_fields.iter().flatten().map(|f| f.value.as_str());
    let rule = on_delete(o.on_delete.as_ref().map_or(OnDelete::Cascade, |r| r.value));
    quote! {
        Columns {
            own: &[#(#own),*],
            to_fields: &[#(#to),*],
            on_delete: #rule,
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
    // As Django: a relation to the own model goes both ways unless it says otherwise. An own table of
    // pairs says more of a pair than that it is there, so there the word is asked for.
    let symmetrical = own == other
        && match &field.options.symmetrical {
            Some(given) => given.value,
            None => field.options.through.is_none(),
        };
    if let Some(through) = &field.options.through {
        let (from, to) = match &field.options.through_fields {
            Some((from, to)) => (from.value.clone(), to.value.clone()),
            None => (String::new(), String::new()),
        };
        let to_itself = own == other;
        return quote! {
            ManyToMany {
                table: <#through as #o::Model>::META.table,
                from: #o::through_column(<#through as #o::Model>::META, #from, #own, #to_itself, false),
                to: #o::through_column(<#through as #o::Model>::META, #to, #other, #to_itself, true),
                through: ::core::option::Option::Some(|| <#through as #o::Model>::META),
                symmetrical: #symmetrical,
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
    quote! {
        ManyToMany {
            table: #table,
            from: #from,
            to: #to,
            through: ::core::option::Option::None,
            symmetrical: #symmetrical,
        }
    }
}
