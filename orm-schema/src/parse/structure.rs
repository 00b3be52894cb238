//! Rules over several fields of a model: keys, names, columns, indexes.

use std::collections::HashMap;

use proc_macro2::Span;

use super::errors::{Errors, list, show, suggestion};
use super::fixtures;
use super::model::refuse_on_abstract;
use super::names::{field as field_name, model as name};
use super::parsed::{ParsedField, ParsedKind, ParsedModel, Spanned};
use crate::{FieldType, IndexKind, OnDelete};

/// Checks a model whose fields are all read; sets the key that one field declares.
pub(super) fn check(model: &mut ParsedModel, errors: &mut Errors) {
    if model.is_abstract {
        refuse_on_abstract(model, errors);
    }
    declared_key(model, errors);
    // What a base brings is not known before it is spliced in.
    if model.has_flatten() {
        return;
    }
    let declared: Vec<String> = model.fields.iter().map(ParsedField::name).collect();
    check_names(model, &declared, errors);
    if model.primary_key.is_empty() && !model.is_abstract {
        errors.at(
            model.ident.span(),
            format!(
                "model `{}` has no primary key: add `#[field(primary_key)] pub id: Auto<i64>`, \
                 or name the key's fields with `#[model(primary_key(a, b))]`",
                model.ident
            ),
        );
    }
    key_fields(model, errors);
    columns(model, errors);
    keyable(model, errors);
    index_kinds(model, errors);
    object_names(model, errors);
    own_relations(model, errors);
    objects(model, errors);
    renames(model, errors);
    fixtures::check(model, errors);
}

impl ParsedModel {
    /// Whether a field stands for the fields of a base that is not spliced in yet.
    pub fn has_flatten(&self) -> bool {
        self.fields
            .iter()
            .any(|f| matches!(f.kind, ParsedKind::Flatten(_)))
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&ParsedField> {
        self.fields.iter().find(|f| f.name() == name)
    }

    /// Every place that names fields, with its attribute.
    fn named(&self) -> Vec<(&'static str, Vec<&Spanned<String>>)> {
        fn all(fields: &[Spanned<String>]) -> Vec<&Spanned<String>> {
            fields.iter().collect()
        }
        let mut named = vec![
            (name::PRIMARY_KEY, all(&self.primary_key)),
            (
                name::SHARD_KEY,
                self.shard_key.as_deref().map(all).unwrap_or_default(),
            ),
            (
                name::SORT_KEY,
                self.sort_key.iter().map(|(f, _)| f).collect(),
            ),
            (
                name::ORDERING,
                self.ordering.iter().map(|(f, _)| f).collect(),
            ),
        ];
        named.extend(
            self.unique_together
                .iter()
                .map(|g| (name::UNIQUE_TOGETHER, all(g))),
        );
        named.push((name::NATURAL_KEY, all(&self.natural_key)));
        named.extend(self.uniques.iter().map(|u| (name::UNIQUE, all(&u.fields))));
        named.extend(self.indexes.iter().map(|i| (name::INDEX, all(&i.fields))));
        let from = self
            .fields
            .iter()
            .filter_map(|f| f.options.from_fields.as_deref());
        named.extend(from.map(|fields| (field_name::FROM_FIELDS, all(fields))));
        named
    }
}

fn declared_key(model: &mut ParsedModel, errors: &mut Errors) {
    let fields = model
        .fields
        .iter()
        .filter_map(|f| Some((f.name(), f.options.primary_key?)));
    let declared: Vec<(String, Span)> = fields.collect();
    let [(first, span), rest @ ..] = declared.as_slice() else {
        return;
    };
    for (_, span) in rest {
        let names: Vec<&str> = declared.iter().map(|(n, _)| n.as_str()).collect();
        errors.at(
            *span,
            format!(
                "a second field says `primary_key`: for a key of several fields write `#[model(primary_key({}))]` on the struct",
                names.join(", ")
            ),
        );
    }
    if model.primary_key.is_empty() {
        model.primary_key = vec![Spanned {
            value: first.clone(),
            span: *span,
        }];
    } else if rest.is_empty()
        && !matches!(model.primary_key.as_slice(), [one] if one.value == *first)
    {
        errors.at(
            *span,
            format!(
                "`primary_key` stands on the struct and on `{first}`: keep one, `#[model(primary_key({}))]` is the whole key",
                model.primary_key.iter().map(|k| k.value.as_str()).collect::<Vec<_>>().join(", ")
            ),
        );
    }
}

/// Checks that a relation by several fields can be cleared where its rule says so.
fn objects(model: &ParsedModel, errors: &mut Errors) {
    for field in &model.fields {
        let (Some(from), Some(rule)) = (&field.options.from_fields, &field.options.on_delete)
        else {
            continue;
        };
        let mut parts = from.iter().filter_map(|f| model.field(&f.value));
        if rule.value == OnDelete::SetNull && !parts.any(|f| f.null) {
            errors.at(
                rule.span,
                "`on_delete = \"set_null\"` needs a field among `from_fields` that may be NULL: write its type as `Option<…>`",
            );
        }
    }
}

/// Checks that every name in the model's attributes is a field with a column.
pub(super) fn check_names(model: &ParsedModel, declared: &[String], errors: &mut Errors) {
    if model.has_flatten() {
        return;
    }
    for (attribute, fields) in model.named() {
        for field in fields {
            check_name(model, declared, attribute, field, errors);
        }
    }
}

fn check_name(
    model: &ParsedModel,
    declared: &[String],
    attribute: &str,
    field: &Spanned<String>,
    errors: &mut Errors,
) {
    let word = field.value.as_str();
    if !declared.iter().any(|d| d == word) {
        let by_column = model
            .fields
            .iter()
            .find(|f| f.column_name().as_deref() == Some(word));
        let advice = match by_column {
            Some(f) => format!(": fields are named, not columns, write `{}`", f.name()),
            None => suggestion(word, declared.iter().map(String::as_str)),
        };
        errors.at(
            field.span,
            format!(
                "`{attribute}` names `{word}`, which is not a field of `{}`{advice}\nfields: {}",
                model.ident,
                list(declared.iter().map(String::as_str))
            ),
        );
        return;
    }
    if let Some(found) = model.field(word)
        && found.column_name().is_none()
    {
        errors.at(
            field.span,
            format!(
                "`{attribute}` names `{word}`, which has no column in this table: `{}` is kept elsewhere",
                show(&found.ty)
            ),
        );
    }
}

fn key_fields(model: &ParsedModel, errors: &mut Errors) {
    for part in &model.primary_key {
        let Some(field) = model.field(&part.value) else {
            continue;
        };
        if field.null && field.options.primary_key.is_none() {
            errors.at(
                part.span,
                format!(
                    "a key is never NULL: write the type of `{}` without `Option`",
                    part.value
                ),
            );
        }
    }
    let mut autos = model
        .fields
        .iter()
        .filter(|f| matches!(f.kind, ParsedKind::Auto { .. }));
    if let Some(auto) = autos.next() {
        let name = auto.name();
        let in_key = model.primary_key.iter().any(|k| k.value == name);
        if !in_key && !model.is_abstract {
            errors.over(
                &auto.ty,
                format!("`{name}` is numbered by the database but is not in the key: add `#[field(primary_key)]`"),
            );
        }
    }
    for second in autos {
        errors.over(
            &second.ty,
            "a second `Auto` field: a table numbers one column only",
        );
    }
}

fn columns(model: &ParsedModel, errors: &mut Errors) {
    let mut seen: HashMap<String, String> = HashMap::new();
    for field in &model.fields {
        let Some(column) = field.column_name() else {
            continue;
        };
        let span = field
            .options
            .column
            .as_ref()
            .map_or(field.ident.span(), |c| c.span);
        if column.chars().count() > crate::MAX_IDENTIFIER && field.options.column.is_none() {
            errors.at(
                span,
                format!(
                    "the column of `{}` has more than {} characters: name a shorter one with `column = \"…\"`",
                    field.name(),
                    crate::MAX_IDENTIFIER
                ),
            );
        }
        // Every backend compares column names without case.
        if let Some(other) = seen.insert(column.to_lowercase(), field.name()) {
            errors.at(
                span,
                format!(
                    "fields `{other}` and `{}` have the same column `{column}`: name another one with `column = \"…\"`",
                    field.name()
                ),
            );
        }
    }
}

/// Refuses keys and indexes over columns that have no bounded value.
fn keyable(model: &ParsedModel, errors: &mut Errors) {
    let mut places: Vec<(&str, &[Spanned<String>])> = Vec::new();
    if model.primary_key.len() > 1 || model.field_key_is_elsewhere() {
        places.push((name::PRIMARY_KEY, &model.primary_key));
    }
    places.extend(
        model
            .shard_key
            .iter()
            .map(|k| (name::SHARD_KEY, k.as_slice())),
    );
    places.extend(
        model
            .unique_together
            .iter()
            .map(|g| (name::UNIQUE_TOGETHER, g.as_slice())),
    );
    places.extend(
        model
            .uniques
            .iter()
            .map(|u| (name::UNIQUE, u.fields.as_slice())),
    );
    let ordinary =
        |k: Option<IndexKind>| matches!(k, None | Some(IndexKind::Hash | IndexKind::Btree));
    let indexes = model.indexes.iter().filter(|i| ordinary(i.kind));
    places.extend(indexes.map(|i| (name::INDEX, i.fields.as_slice())));
    for (attribute, fields) in places {
        for field in fields {
            let Some(found) = model.field(&field.value) else {
                continue;
            };
            if let Some(advice) = unbounded(found) {
                errors.at(
                    field.span,
                    format!("`{attribute}` cannot hold `{}`, {advice}", field.value),
                );
            }
        }
    }
}

impl ParsedModel {
    /// Whether the key's only field is named on the struct alone.
    fn field_key_is_elsewhere(&self) -> bool {
        let mut fields = self.primary_key.iter().filter_map(|k| self.field(&k.value));
        fields.any(|f| f.options.primary_key.is_none())
    }
}

fn unbounded(field: &ParsedField) -> Option<String> {
    let ParsedKind::Scalar {
        known: Some(ty), ..
    } = &field.kind
    else {
        return None;
    };
    let advice = format!("add `#[field(max_length = 200)]` to `{}`", field.name());
    Some(match ty {
        FieldType::Text => format!("a text without `max_length`: {advice}"),
        FieldType::Binary { max_length: None } => format!("bytes without `max_length`: {advice}"),
        FieldType::Json => "a JSON document".to_owned(),
        FieldType::Vector { .. } => {
            "a vector: write `index(fields(…), kind = \"vector\")` to search by it".to_owned()
        }
        FieldType::Geography => "a shape".to_owned(),
        _ => return None,
    })
}

fn index_kinds(model: &ParsedModel, errors: &mut Errors) {
    for index in &model.indexes {
        for field in &index.fields {
            let Some(ParsedKind::Scalar {
                known: Some(ty), ..
            }) = model.field(&field.value).map(|f| &f.kind)
            else {
                continue;
            };
            let sql = matches!(ty, FieldType::Sql(_));
            let wrong = match index.kind {
                Some(IndexKind::Fulltext) if !ty.is_text() && !sql => {
                    "a fulltext index holds texts"
                }
                Some(IndexKind::Vector) if !matches!(ty, FieldType::Vector { .. }) && !sql => {
                    "a vector index holds a `Vector<…>`"
                }
                _ => continue,
            };
            errors.at(
                field.span,
                format!("{wrong}, `{}` is {}", field.value, ty.name()),
            );
        }
        if let (Some(IndexKind::Vector), [_, second, ..]) = (index.kind, index.fields.as_slice()) {
            errors.at(second.span, "a vector index holds one field");
        }
    }
}

fn object_names(model: &ParsedModel, errors: &mut Errors) {
    let uniques = model.uniques.iter().map(|u| (&u.name, u.fields.first()));
    let indexes = model.indexes.iter().map(|i| (&i.name, i.fields.first()));
    let mut seen: Vec<String> = Vec::new();
    for (name, field) in uniques.chain(indexes) {
        let (Some(name), Some(field)) = (name, field) else {
            continue;
        };
        if seen.contains(&name.to_lowercase()) {
            errors.at(
                field.span,
                format!("two indexes or constraints are named \"{name}\": rename one"),
            );
        }
        seen.push(name.to_lowercase());
    }
}

fn own_relations(model: &ParsedModel, errors: &mut Errors) {
    for field in &model.fields {
        if let (ParsedKind::ManyToMany(target), Some(symmetrical)) =
            (&field.kind, &field.options.symmetrical)
            && !target.is_ident("Self")
            && target
                .segments
                .last()
                .is_none_or(|s| s.ident != model.ident)
        {
            errors.at(
                symmetrical.span,
                format!(
                    "`symmetrical` needs a relation of the model to itself: `{}` is another model",
                    show(target)
                ),
            );
        }
    }
}

fn renames(model: &ParsedModel, errors: &mut Errors) {
    let mut seen: Vec<&str> = Vec::new();
    for field in &model.fields {
        let Some(old) = &field.options.renamed_from else {
            continue;
        };
        if old.value == field.name() {
            errors.at(
                old.span,
                "`renamed_from` names the field itself: write its former name",
            );
        } else if model.field(&old.value).is_some() {
            errors.at(
                old.span,
                format!(
                    "`renamed_from` names `{}`, which is still a field here",
                    old.value
                ),
            );
        } else if seen.contains(&old.value.as_str()) {
            errors.at(
                old.span,
                format!("two fields were renamed from `{}`: keep one", old.value),
            );
        }
        seen.push(&old.value);
    }
    if let Some(old) = &model.renamed_from
        && model.ident == old.value.as_str()
    {
        errors.at(
            old.span,
            "`renamed_from` names the model itself: write its former name",
        );
    }
}
