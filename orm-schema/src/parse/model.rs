//! Reads `#[model(...)]` and the struct around the fields.

use proc_macro2::{Group, TokenTree};
use syn::{Data, DeriveInput, Fields, Ident};

use super::errors::{Errors, list, show};
use super::items::{Grammar, Item, MODEL, Shape};
use super::names::{self, model as name};
use super::parsed::{ParsedIndex, ParsedModel, ParsedUnique, Spanned};
use super::{field, rules, structure};
use crate::{IndexKind, IndexOptions, StorageType, VectorIndexType, VectorMetric, metric_advice};

const UNIQUE: Grammar = Grammar {
    place: "unique(...)",
    names: names::unique::ALL,
    repeatable: &[],
};

const INDEX: Grammar = Grammar {
    place: "index(...)",
    names: names::index::ALL,
    repeatable: &[],
};

/// Reads a whole struct.
pub(super) fn read(input: &DeriveInput) -> syn::Result<ParsedModel> {
    let mut errors = Errors::default();
    refuse_generics(input, &mut errors);
    refuse_misplaced(input, &mut errors);
    let mut model = ParsedModel::empty(input.ident.clone());
    for item in MODEL.read(&input.attrs, "model", &mut errors) {
        read_option(&item, &mut model, &mut errors);
    }
    let Some(fields) = named_fields(input, &mut errors) else {
        return errors.finish(model);
    };
    let before = errors.count();
    let parsed = fields.named.iter();
    model.fields = parsed.filter_map(|f| field::read(f, &mut errors)).collect();
    if errors.count() == before {
        structure::check(&mut model, &mut errors);
    } else {
        let declared: Vec<String> = fields.named.iter().filter_map(name_of).collect();
        structure::check_names(&model, &declared, &mut errors);
    }
    errors.finish(model)
}

impl ParsedModel {
    fn empty(ident: syn::Ident) -> Self {
        Self {
            ident,
            app: None,
            table: None,
            fields: Vec::new(),
            primary_key: Vec::new(),
            storage_type: None,
            shard_key: None,
            sort_key: Vec::new(),
            ordering: Vec::new(),
            unique_together: Vec::new(),
            natural_key: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            comment: None,
            renamed_from: None,
            managed: true,
            validate: None,
            is_abstract: false,
        }
    }
}

fn name_of(field: &syn::Field) -> Option<String> {
    use syn::ext::IdentExt;
    field.ident.as_ref().map(|i| i.unraw().to_string())
}

fn refuse_generics(input: &DeriveInput, errors: &mut Errors) {
    if !input.generics.params.is_empty() {
        errors.over(
            &input.generics,
            format!(
                "model `{}` has generic parameters: a table has one fixed set of columns, write one struct for each table",
                input.ident
            ),
        );
    }
}

fn refuse_misplaced(input: &DeriveInput, errors: &mut Errors) {
    for attribute in input.attrs.iter().filter(|a| a.path().is_ident("field")) {
        errors.over(
            attribute,
            "`#[field(...)]` stands on a field: on the struct write `#[model(...)]`",
        );
    }
}

fn named_fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a syn::FieldsNamed> {
    let ident = &input.ident;
    let advice = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(fields),
            Fields::Unnamed(_) => format!(
                "`{ident}` is a tuple struct: a model needs named fields, one for each column"
            ),
            Fields::Unit => format!(
                "`{ident}` has no fields: a model needs a key, write `{{ #[field(primary_key)] pub id: Auto<i64> }}`"
            ),
        },
        Data::Enum(_) => format!(
            "`{ident}` is an enum: a model is a struct; for an enum that is stored in a column write `#[derive(DbType)]`"
        ),
        Data::Union(_) => format!("`{ident}` is a union: a model is a struct with named fields"),
    };
    errors.at(ident.span(), advice);
    None
}

fn read_option(item: &Item, model: &mut ParsedModel, errors: &mut Errors) {
    match item.attribute.name {
        name::TABLE => {
            model.table = item.string(errors);
            if let Some(table) = &model.table {
                rules::identifier(name::TABLE, table, errors);
            }
        }
        name::APP => model.app = app(item, errors),
        name::STORAGE_TYPE => model.storage_type = item.choice(&StorageType::NAMES, errors),
        name::PRIMARY_KEY => {
            model.primary_key = some_fields(item, errors).unwrap_or_default();
        }
        name::SHARD_KEY => model.shard_key = item.fields(errors),
        name::SORT_KEY => model.sort_key = some_ordered(item, errors),
        name::ORDERING => model.ordering = some_ordered(item, errors),
        name::UNIQUE_TOGETHER => model.unique_together.extend(some_fields(item, errors)),
        name::NATURAL_KEY => {
            model.natural_key = some_fields(item, errors).unwrap_or_default();
        }
        name::UNIQUE => model.uniques.extend(unique(item, errors)),
        name::INDEX => model.indexes.extend(index(item, errors)),
        name::COMMENT => model.comment = item.text(errors).map(|t| t.value),
        name::RENAMED_FROM => model.renamed_from = item.string(errors),
        name::VALIDATE => model.validate = item.path(errors),
        name::MANAGED => model.managed = item.boolean(errors).is_none_or(|b| b.value),
        name::ABSTRACT => model.is_abstract = item.flag(errors).is_some(),
        other => errors.at(item.name.span(), format!("`{other}` cannot stand here")),
    }
}

fn app(item: &Item, errors: &mut Errors) -> Option<Spanned<String>> {
    let app = item.string(errors)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !app.value.chars().all(plain) || app.value.starts_with(|c: char| c.is_ascii_digit()) {
        errors.at(
            app.span,
            format!(
                "`app` names a folder and starts table names: use small letters, digits and `_`, found \"{}\"",
                app.value
            ),
        );
        return None;
    }
    Some(app)
}

fn some_fields(item: &Item, errors: &mut Errors) -> Option<Vec<Spanned<String>>> {
    let before = errors.count();
    let fields = item.fields(errors)?;
    if fields.is_empty() && errors.count() == before {
        item.empty(errors);
    }
    (!fields.is_empty()).then_some(fields)
}

fn some_ordered(item: &Item, errors: &mut Errors) -> Vec<(Spanned<String>, bool)> {
    let before = errors.count();
    let fields = item.ordered_fields(errors).unwrap_or_default();
    if fields.is_empty() && errors.count() == before {
        item.empty(errors);
    }
    fields
}

/// The items of `unique(…)` or `index(…)`; names of fields without `fields(…)` around get advice.
fn parts(item: &Item, grammar: &Grammar, errors: &mut Errors) -> Option<Vec<Item>> {
    let Shape::List(group) = &item.shape else {
        let (name, form) = (item.attribute.name, item.attribute.form);
        errors.at(
            item.span(),
            format!("`{name}` on a model names fields: write `{form}`, or `#[field({name})]` on one field"),
        );
        return None;
    };
    if only_bare_words(group) {
        let (name, found) = (item.attribute.name, show(group.stream()));
        errors.at(
            group.span(),
            format!("`{name}` names its fields in `fields(…)`: write `{name}(fields({found}))`"),
        );
        return None;
    }
    let before = errors.count();
    let items = grammar.read_group(group, errors);
    if errors.count() > before {
        return None;
    }
    if !items
        .iter()
        .any(|i| i.attribute.name == names::index::FIELDS)
    {
        errors.at(
            group.span(),
            format!(
                "`{}` does not name its fields: write `{}`",
                item.attribute.name, item.attribute.form
            ),
        );
        return None;
    }
    Some(items)
}

/// Whether a list holds nothing but words, as `unique_together(a, b)` does.
fn only_bare_words(group: &Group) -> bool {
    let known = |word: &Ident| {
        let all = names::index::ALL.iter().chain(names::unique::ALL);
        all.map(|a| a.name).any(|name| word == name)
    };
    let mut tokens = group.stream().into_iter().peekable();
    tokens.peek().is_some()
        && tokens.all(|token| match token {
            TokenTree::Ident(word) => !known(&word),
            TokenTree::Punct(p) => matches!(p.as_char(), ',' | '-'),
            _ => false,
        })
}

fn object_name(item: &Item, errors: &mut Errors) -> Option<String> {
    let name = item.string(errors)?;
    rules::identifier(item.attribute.name, &name, errors);
    if name.value.starts_with(|c: char| c.is_ascii_digit()) {
        errors.at(
            name.span,
            "`name` starts with a digit, which SingleStore refuses: start with a letter",
        );
    }
    Some(name.value)
}

fn unique(item: &Item, errors: &mut Errors) -> Option<ParsedUnique> {
    let mut unique = ParsedUnique {
        name: None,
        fields: Vec::new(),
        unenforced: false,
    };
    for part in parts(item, &UNIQUE, errors)? {
        match part.attribute.name {
            names::unique::NAME => unique.name = object_name(&part, errors),
            names::unique::FIELDS => unique.fields = some_fields(&part, errors)?,
            _ => unique.unenforced = part.flag(errors).is_some(),
        }
    }
    Some(unique)
}

fn index(item: &Item, errors: &mut Errors) -> Option<ParsedIndex> {
    let mut index = ParsedIndex {
        name: None,
        fields: Vec::new(),
        kind: None,
        options: IndexOptions::NONE,
    };
    let parts = parts(item, &INDEX, errors)?;
    let before = errors.count();
    for part in &parts {
        match part.attribute.name {
            names::index::NAME => index.name = object_name(part, errors),
            names::index::FIELDS => index.fields = some_fields(part, errors)?,
            names::index::KIND => {
                index.kind = part.choice(&IndexKind::NAMES, errors).map(|k| k.value);
            }
            _ => index_option(part, &mut index.options, errors),
        }
    }
    if errors.count() == before
        && let Some(fault) = index.options.fault(index.kind)
    {
        let at = parts.iter().find(|p| p.attribute.name == fault.option);
        errors.at(at.unwrap_or(item).span(), fault.message);
    }
    Some(index)
}

fn index_option(part: &Item, options: &mut IndexOptions, errors: &mut Errors) {
    match part.attribute.name {
        names::index::VERSION => options.version = part.number(errors).map(|n| n.value),
        names::index::INDEX_TYPE => {
            let read = part.choice(&VectorIndexType::NAMES, errors);
            options.index_type = read.map(|t| t.value);
        }
        names::index::METRIC_TYPE => options.metric_type = metric(part, errors),
        name => {
            if let Some(number) = part.number(errors) {
                options.set_number(name, number.value);
            }
        }
    }
}

/// The metric; that of the cosine gets advice of its own, as other databases have it.
fn metric(part: &Item, errors: &mut Errors) -> Option<VectorMetric> {
    let text = part.string(errors)?;
    let known = VectorMetric::NAMES.iter().find(|(n, _)| *n == text.value);
    if known.is_none() {
        let advice = metric_advice(&text.value);
        let word = text.value;
        errors.at(
            text.span,
            format!("`metric_type` cannot be \"{word}\": {advice}"),
        );
    }
    known.map(|(_, metric)| *metric)
}

/// Attributes that an abstract base cannot have, as it has no table.
pub(super) fn refuse_on_abstract(model: &ParsedModel, errors: &mut Errors) {
    let checks = [
        (name::TABLE, model.table.as_ref().map(|t| t.span)),
        (
            name::STORAGE_TYPE,
            model.storage_type.as_ref().map(|t| t.span),
        ),
        (
            name::SHARD_KEY,
            model
                .shard_key
                .as_ref()
                .map(|k| k.first().map_or(model.ident.span(), |f| f.span)),
        ),
        (name::SORT_KEY, model.sort_key.first().map(|(f, _)| f.span)),
        (
            name::RENAMED_FROM,
            model.renamed_from.as_ref().map(|t| t.span),
        ),
        (
            name::COMMENT,
            model.comment.as_ref().map(|_| model.ident.span()),
        ),
        (name::MANAGED, (!model.managed).then(|| model.ident.span())),
    ];
    let found: Vec<_> = checks
        .iter()
        .filter_map(|(n, s)| Some((*n, (*s)?)))
        .collect();
    if let Some((_, span)) = found.first() {
        errors.at(
            *span,
            format!(
                "an abstract model has no table, so {} means nothing here: write it on the models that flatten it",
                list(found.iter().map(|(n, _)| *n))
            ),
        );
    }
}
