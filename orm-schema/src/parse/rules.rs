//! Which attributes may stand on which kind of field, and with which others.

use proc_macro2::Span;
use syn::spanned::Spanned as _;

use super::errors::Errors;
use super::literal;
use super::names::field as name;
use super::parsed::{FieldOptions, ParsedField, ParsedKind, Spanned};
use crate::{FieldType, MAX_IDENTIFIER, ModelId, OnDelete, RelationDef, Unique};

/// Checks one field, and brings its default into the form its type keeps.
pub(super) fn check(field: &mut ParsedField, errors: &mut Errors) {
    let before = errors.count();
    allowed(field, errors);
    if errors.count() > before {
        // An attribute on the wrong kind of field: its value means nothing.
        return;
    }
    numbers(&field.options, errors);
    names(&field.options, errors);
    exclusive(&field.options, errors);
    key(field, errors);
    relation(field, errors);
    match &field.kind {
        ParsedKind::Scalar {
            known: Some(ty), ..
        } => {
            let ty = ty.clone();
            scalar(&mut field.options, &ty, errors);
        }
        // The key's type is the target's business; that it is a number or text is known here.
        ParsedKind::ForeignKey(_) | ParsedKind::OneToOne(_) => {
            let any = FieldType::ForeignKey(RelationDef::new(ModelId::new("", "")));
            literals(&mut field.options, &any, errors);
        }
        _ => {}
    }
}

/// What a field of each kind is called, and the attributes it takes.
fn grammar_of(kind: &ParsedKind) -> (&'static str, &'static [&'static str]) {
    match kind {
        ParsedKind::Scalar { .. } => ("a field that holds a value", SCALAR),
        ParsedKind::Auto { .. } => ("an `Auto` field", AUTO),
        ParsedKind::ForeignKey(_) => ("a `ForeignKey`", TO_ONE),
        ParsedKind::OneToOne(_) => ("a `OneToOne`", TO_ONE),
        ParsedKind::ForeignObject(_) => ("a `ForeignObject`", OBJECT),
        ParsedKind::ManyToMany(_) => ("a `ManyToMany`", TO_MANY),
        ParsedKind::Reverse(_) => ("a `Reverse`", REVERSE),
        ParsedKind::Flatten(_) => ("a flattened base", &[name::FLATTEN]),
    }
}

const SCALAR: &[&str] = &[
    name::PRIMARY_KEY,
    name::UNIQUE,
    name::INDEX,
    name::MAX_LENGTH,
    name::PRECISION,
    name::SCALE,
    name::DIM,
    name::DEFAULT,
    name::DEFAULT_FN,
    name::DB_DEFAULT,
    name::COLUMN,
    name::COLLATION,
    name::COMMENT,
    name::CHOICES,
    name::TYPE,
    name::RENAMED_FROM,
    name::AUTO_NOW,
    name::AUTO_NOW_ADD,
    name::COMPUTED,
    name::VALIDATE,
    name::EDITABLE,
    name::SERIALIZE,
    name::HELP_TEXT,
    name::VERBOSE_NAME,
];

const AUTO: &[&str] = &[
    name::PRIMARY_KEY,
    name::COLUMN,
    name::COMMENT,
    name::RENAMED_FROM,
    name::EDITABLE,
    name::HELP_TEXT,
    name::VERBOSE_NAME,
];

const TO_ONE: &[&str] = &[
    name::PRIMARY_KEY,
    name::UNIQUE,
    name::INDEX,
    name::DEFAULT,
    name::DEFAULT_FN,
    name::DB_DEFAULT,
    name::COLUMN,
    name::COMMENT,
    name::ON_DELETE,
    name::DB_CONSTRAINT,
    name::RENAMED_FROM,
    name::TO_FIELD,
    name::VALIDATE,
    name::EDITABLE,
    name::SERIALIZE,
    name::HELP_TEXT,
    name::VERBOSE_NAME,
];

const OBJECT: &[&str] = &[
    name::FROM_FIELDS,
    name::TO_FIELDS,
    name::ON_DELETE,
    name::HELP_TEXT,
    name::VERBOSE_NAME,
];

const TO_MANY: &[&str] = &[
    name::DB_CONSTRAINT,
    name::RENAMED_FROM,
    name::THROUGH,
    name::THROUGH_FIELDS,
    name::SYMMETRICAL,
    name::EDITABLE,
    name::SERIALIZE,
    name::HELP_TEXT,
    name::VERBOSE_NAME,
];

const REVERSE: &[&str] = &[name::BY, name::HELP_TEXT, name::VERBOSE_NAME];

/// Where each attribute that is present stands.
fn present(o: &FieldOptions, field: Span) -> Vec<(&'static str, Span)> {
    fn at<T>(option: &Option<Spanned<T>>) -> Option<Span> {
        option.as_ref().map(|s| s.span)
    }
    let path = |p: &Option<syn::Path>| p.as_ref().map(|p| p.span());
    let fields = |names: &Option<Vec<Spanned<String>>>, field: Span| {
        let names = names.as_ref()?;
        Some(names.first().map_or(field, |n| n.span))
    };
    // Texts for people keep no place of their own; the field's name is near enough.
    let text = |there: bool| there.then_some(field);
    let all = [
        (name::PRIMARY_KEY, o.primary_key),
        (name::UNIQUE, at(&o.unique)),
        (name::INDEX, o.index),
        (name::MAX_LENGTH, at(&o.max_length)),
        (name::PRECISION, at(&o.precision)),
        (name::SCALE, at(&o.scale)),
        (name::DIM, at(&o.dim)),
        (name::DEFAULT, at(&o.default)),
        (name::DEFAULT_FN, path(&o.default_fn)),
        (name::DB_DEFAULT, at(&o.db_default)),
        (name::COLUMN, at(&o.column)),
        (name::COLLATION, at(&o.collation)),
        (name::COMMENT, text(o.comment.is_some())),
        (name::CHOICES, at(&o.choices)),
        (name::TYPE, at(&o.sql_type)),
        (name::ON_DELETE, at(&o.on_delete)),
        (name::RENAMED_FROM, at(&o.renamed_from)),
        (name::DB_CONSTRAINT, at(&o.db_constraint)),
        (name::TO_FIELD, at(&o.to_field)),
        (name::FROM_FIELDS, fields(&o.from_fields, field)),
        (name::TO_FIELDS, fields(&o.to_fields, field)),
        (name::BY, at(&o.by)),
        (name::THROUGH, path(&o.through)),
        (
            name::THROUGH_FIELDS,
            o.through_fields.as_ref().map(|(a, _)| a.span),
        ),
        (name::SYMMETRICAL, at(&o.symmetrical)),
        (name::AUTO_NOW, o.auto_now),
        (name::AUTO_NOW_ADD, o.auto_now_add),
        (name::COMPUTED, at(&o.computed)),
        (name::VALIDATE, path(&o.validate)),
        (name::EDITABLE, text(o.editable.is_some())),
        (name::SERIALIZE, at(&o.serialize)),
        (name::HELP_TEXT, text(o.help_text.is_some())),
        (name::VERBOSE_NAME, text(o.verbose_name.is_some())),
        (name::FLATTEN, o.flatten),
    ];
    all.into_iter()
        .filter_map(|(n, span)| Some((n, span?)))
        .collect()
}

fn allowed(field: &ParsedField, errors: &mut Errors) {
    let (what, names) = grammar_of(&field.kind);
    for (attribute, span) in present(&field.options, field.ident.span()) {
        if !names.contains(&attribute) {
            let advice = why_not(attribute, &field.kind);
            errors.at(
                span,
                format!("`{attribute}` cannot stand on {what}{advice}"),
            );
        }
    }
    if let (ParsedKind::Reverse(target), None) = (&field.kind, &field.options.by) {
        errors.over(
            &field.ty,
            format!(
                "`Reverse` does not say which relation it is the other side of: write `#[field(by = \"…\")]` \
                 with the name of a relation field of `{}`",
                super::errors::show(target)
            ),
        );
    }
}

/// Where an attribute belongs that stands on the wrong kind of field.
fn why_not(attribute: &str, kind: &ParsedKind) -> &'static str {
    let to_many = matches!(kind, ParsedKind::ManyToMany(_));
    match attribute {
        name::ON_DELETE if to_many => ": rows of the joining table always go with either side",
        name::TO_FIELD if matches!(kind, ParsedKind::ForeignObject(_)) => {
            ": write `to_fields(…)` here, with a field for each of `from_fields`"
        }
        name::ON_DELETE | name::TO_FIELD => ": it belongs on `ForeignKey` and `OneToOne`",
        name::FROM_FIELDS | name::TO_FIELDS => ": it belongs on `ForeignObject`",
        name::BY => ": it belongs on `Reverse<…>`",
        name::THROUGH | name::THROUGH_FIELDS | name::SYMMETRICAL => ": it belongs on `ManyToMany`",
        name::FLATTEN => "",
        name::MAX_LENGTH | name::PRECISION | name::SCALE | name::TYPE | name::COLLATION
            if matches!(kind, ParsedKind::ForeignKey(_) | ParsedKind::OneToOne(_)) =>
        {
            ": its column has the type of the key it refers to"
        }
        name::DEFAULT | name::DEFAULT_FN | name::DB_DEFAULT
            if matches!(kind, ParsedKind::Auto { .. }) =>
        {
            ": the database numbers the rows"
        }
        name::UNIQUE | name::INDEX if matches!(kind, ParsedKind::Auto { .. }) => {
            ": it is the key, which is unique and has an index"
        }
        name::COLUMN | name::INDEX | name::UNIQUE | name::DEFAULT | name::PRIMARY_KEY => {
            ": it has no column in this table"
        }
        _ => "",
    }
}

pub(super) fn numbers(options: &FieldOptions, errors: &mut Errors) {
    if let Some(length) = &options.max_length
        && length.value == 0
    {
        errors.at(
            length.span,
            "`max_length` must be at least 1: no text would fit into 0 characters",
        );
    }
    if let Some(dim) = &options.dim
        && dim.value == 0
    {
        errors.at(dim.span, "`dim` must be at least 1");
    }
    let (Some(precision), Some(scale)) = (&options.precision, &options.scale) else {
        return;
    };
    if !(1..=65).contains(&precision.value) {
        errors.at(
            precision.span,
            "`precision` must be between 1 and 65 digits",
        );
    } else if scale.value > precision.value {
        errors.at(
            scale.span,
            format!(
                "`scale` counts among the `precision` digits, so it cannot be more than {}",
                precision.value
            ),
        );
    } else if scale.value > 30 {
        errors.at(scale.span, "`scale` must be at most 30 digits");
    }
}

fn names(options: &FieldOptions, errors: &mut Errors) {
    if let Some(column) = &options.column {
        identifier(name::COLUMN, column, errors);
    }
}

/// Checks the length and characters of a name in the database.
pub(super) fn identifier(attribute: &str, text: &Spanned<String>, errors: &mut Errors) {
    let length = text.value.chars().count();
    if length > MAX_IDENTIFIER {
        errors.at(
            text.span,
            format!(
                "`{attribute}` has {length} characters, databases take at most {MAX_IDENTIFIER}"
            ),
        );
    }
    let bad = |c: char| c.is_control() || matches!(c, '`' | '"' | '.' | '/' | '\\');
    if text.value.contains(bad) || text.value.trim() != text.value {
        errors.at(
            text.span,
            format!("`{attribute}` holds a character that names must not have: use letters, digits and `_`"),
        );
    }
}

fn exclusive(o: &FieldOptions, errors: &mut Errors) {
    let default_fn = o.default_fn.as_ref().map(|p| p.span());
    let default = o.default.as_ref().map(|d| d.span);
    let db_default = o.db_default.as_ref().map(|d| d.span);
    let computed = o.computed.as_ref().map(|c| c.span);
    let pairs = [
        (name::DEFAULT, default, name::DEFAULT_FN, default_fn),
        (
            name::AUTO_NOW,
            o.auto_now,
            name::AUTO_NOW_ADD,
            o.auto_now_add,
        ),
        (name::AUTO_NOW, o.auto_now, name::DEFAULT, default),
        (name::AUTO_NOW, o.auto_now, name::DEFAULT_FN, default_fn),
        (name::AUTO_NOW_ADD, o.auto_now_add, name::DEFAULT, default),
        (
            name::AUTO_NOW_ADD,
            o.auto_now_add,
            name::DEFAULT_FN,
            default_fn,
        ),
        (name::COMPUTED, computed, name::DEFAULT, default),
        (name::COMPUTED, computed, name::DEFAULT_FN, default_fn),
        (name::COMPUTED, computed, name::DB_DEFAULT, db_default),
        (name::COMPUTED, computed, name::AUTO_NOW, o.auto_now),
        (name::COMPUTED, computed, name::AUTO_NOW_ADD, o.auto_now_add),
        (name::COMPUTED, computed, name::PRIMARY_KEY, o.primary_key),
    ];
    for (first, a, second, b) in pairs {
        if let (Some(_), Some(span)) = (a, b) {
            errors.at(
                span,
                format!("`{first}` and `{second}` exclude each other: keep one"),
            );
        }
    }
}

fn key(field: &ParsedField, errors: &mut Errors) {
    let o = &field.options;
    let unique = o.unique.as_ref();
    if let Some(span) = o.primary_key {
        if field.null {
            errors.at(span, "a key is never NULL: write the type without `Option`");
        }
        if let Some(unique) = unique {
            errors.at(
                unique.span,
                "`unique` adds nothing to `primary_key`: a key is unique",
            );
        }
        if let Some(index) = o.index {
            errors.at(
                index,
                "`index` adds nothing to `primary_key`: a key has an index",
            );
        }
        return;
    }
    if let (Some(index), Some(Unique::Yes)) = (o.index, unique.map(|u| u.value)) {
        errors.at(
            index,
            "`index` adds nothing to `unique`: a unique column has an index",
        );
    }
    if let (ParsedKind::OneToOne(_), Some(unique)) = (&field.kind, unique)
        && unique.value == Unique::Yes
    {
        errors.at(
            unique.span,
            "`unique` adds nothing to `OneToOne`: it is unique by itself",
        );
    }
}

fn relation(field: &ParsedField, errors: &mut Errors) {
    let o = &field.options;
    if let ParsedKind::ForeignObject(target) = &field.kind {
        return object(field, target, errors);
    }
    match o.on_delete.as_ref().map(|d| (d.value, d.span)) {
        Some((OnDelete::SetNull, span)) if !field.null => errors.at(
            span,
            format!(
                "`on_delete = \"set_null\"` needs a column that may be NULL: write `Option<{}>`",
                super::errors::show(&field.ty)
            ),
        ),
        Some((OnDelete::SetDefault, span))
            if o.default.is_none() && o.default_fn.is_none() && o.db_default.is_none() =>
        {
            errors.at(
                span,
                "`on_delete = \"set_default\"` needs a default: add `default = …` with the key of a row",
            );
        }
        _ => {}
    }
    if let (Some((first, _)), None) = (&o.through_fields, &o.through) {
        errors.at(
            first.span,
            "`through_fields` needs `through`: write `through = Membership` as well",
        );
    }
    if let (Some(constraint), Some(_)) = (&o.db_constraint, &o.through) {
        errors.at(
            constraint.span,
            "`db_constraint` stands on the relations of the `through` model: the pairs have their foreign keys there",
        );
    }
    if let (Some(symmetrical), Some(_)) = (&o.symmetrical, &o.through)
        && symmetrical.value
        && o.through_fields.is_none()
    {
        errors.at(
            symmetrical.span,
            "`symmetrical` with `through` needs `through_fields(from, to)` to say which side is which",
        );
    }
}

/// Checks a relation by several fields. What it may set to NULL, the whole model shows.
fn object(field: &ParsedField, target: &syn::Path, errors: &mut Errors) {
    let o = &field.options;
    let Some(from) = &o.from_fields else {
        errors.over(
            &field.ty,
            format!(
                "`ForeignObject` does not say by which fields it refers: write `#[field(from_fields(a, b))]` \
                 with a field of this model for each part of the key of `{}`",
                super::errors::show(target)
            ),
        );
        return;
    };
    let span = from.first().map_or(field.ident.span(), |f| f.span);
    if !(1..=4).contains(&from.len()) {
        errors.at(
            span,
            format!(
                "`from_fields` names one to four fields, found {}",
                from.len()
            ),
        );
    }
    if let Some(to) = &o.to_fields
        && to.len() != from.len()
    {
        errors.at(
            to.first().map_or(span, |f| f.span),
            format!(
                "`to_fields` and `from_fields` name pairs of fields: found {} and {}",
                to.len(),
                from.len()
            ),
        );
    }
    if let Some(rule) = &o.on_delete
        && rule.value == OnDelete::SetDefault
    {
        errors.at(
            rule.span,
            "a `ForeignObject` has no default to be set to: its columns are fields of their own",
        );
    }
}

/// Checks a value field whose neutral type is known; also called once a name is resolved.
pub(super) fn scalar(o: &mut FieldOptions, ty: &FieldType, errors: &mut Errors) {
    fits_type(o, ty, errors);
    literals(o, ty, errors);
    let bounded = match ty {
        FieldType::Text => "a text without `max_length`",
        FieldType::Binary { max_length: None } => "bytes without `max_length`",
        FieldType::Json => "a JSON document",
        FieldType::Vector { .. } => "a vector",
        FieldType::Geography => "a shape",
        _ => return,
    };
    let lengths = matches!(ty, FieldType::Text | FieldType::Binary { .. });
    let advice = if lengths {
        ": add `max_length = 200`"
    } else {
        ""
    };
    let spans = [
        (name::PRIMARY_KEY, o.primary_key),
        (name::UNIQUE, o.unique.as_ref().map(|u| u.span)),
        (name::INDEX, o.index),
    ];
    for (attribute, span) in spans {
        if let Some(span) = span {
            errors.at(
                span,
                format!("`{attribute}` cannot stand on {bounded}{advice}"),
            );
        }
    }
}

/// Refuses the attributes that a type does not have.
fn fits_type(o: &FieldOptions, ty: &FieldType, errors: &mut Errors) {
    fn at<T>(option: &Option<Spanned<T>>) -> Option<Span> {
        option.as_ref().map(|s| s.span)
    }
    let sql = matches!(ty, FieldType::Sql(_));
    let text = ty.is_text();
    let decimal = matches!(ty, FieldType::Decimal { .. });
    let time = matches!(ty, FieldType::DateTime | FieldType::Date | FieldType::Time);
    let lengths = text || matches!(ty, FieldType::Binary { .. });
    let vector = matches!(ty, FieldType::Vector { .. });
    let checks = [
        (
            name::MAX_LENGTH,
            at(&o.max_length),
            lengths,
            "`String` and `Vec<u8>`",
        ),
        (name::PRECISION, at(&o.precision), decimal, "`Decimal`"),
        (name::SCALE, at(&o.scale), decimal, "`Decimal`"),
        (name::DIM, at(&o.dim), vector, "`Vector<…>`"),
        (name::COLLATION, at(&o.collation), text || sql, "`String`"),
        (name::AUTO_NOW, o.auto_now, time || sql, "dates and times"),
        (
            name::AUTO_NOW_ADD,
            o.auto_now_add,
            time || sql,
            "dates and times",
        ),
    ];
    for (attribute, span, fits, where_to) in checks {
        let Some(span) = span.filter(|_| !fits) else {
            continue;
        };
        let advice = if sql {
            ": say it in `type = \"…\"`".to_owned()
        } else {
            format!(": it belongs on {where_to}, this is {}", ty.name())
        };
        errors.at(span, format!("`{attribute}` does not fit the type{advice}"));
    }
}

/// Checks `default` and `choices` against the type.
fn literals(o: &mut FieldOptions, ty: &FieldType, errors: &mut Errors) {
    if let Some(default) = &mut o.default {
        match literal::fit(ty, &default.value) {
            Ok(value) => default.value = value,
            Err(why) => errors.at(default.span, format!("`default` does not fit: {why}")),
        }
    }
    let Some(choices) = &mut o.choices else {
        return;
    };
    for choice in &mut choices.value {
        match literal::fit(ty, choice) {
            Ok(value) => *choice = value,
            Err(why) => errors.at(
                choices.span,
                format!("a value of `choices` does not fit: {why}"),
            ),
        }
    }
    if let Some(default) = &o.default
        && !choices.value.contains(&default.value)
    {
        errors.at(default.span, "`default` is not one of the `choices`");
    }
}
