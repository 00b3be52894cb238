//! Reads `#[field(...)]` and one field of the struct.

use syn::ext::IdentExt;

use super::errors::{Errors, suggestion};
use super::items::{FIELD, Item, Shape};
use super::names::field as name;
use super::parsed::{FieldOptions, ParsedField, Spanned};
use super::{rules, types};
use crate::{OnDelete, Unique};

/// Reads one field. `None`: its faults are noted.
pub(super) fn read(field: &syn::Field, errors: &mut Errors) -> Option<ParsedField> {
    let ident = field.ident.clone()?;
    refuse_misplaced(&field.attrs, errors);
    let before = errors.count();
    let mut options = FieldOptions::default();
    for item in FIELD.read(&field.attrs, "field", errors) {
        read_option(&item, &mut options, errors);
    }
    let complete = errors.count() == before;
    if !complete {
        stand_in(&mut options, &ident);
    }
    // The type is read even when an attribute is wrong, so that both faults show.
    let classified = types::classify(&field.ty, &options, errors)?;
    let mut parsed = ParsedField {
        ident,
        ty: field.ty.clone(),
        kind: classified.kind,
        null: classified.null,
        options,
    };
    if complete {
        rules::check(&mut parsed, errors);
    }
    Some(parsed)
}

/// Fills in what the type would miss because an attribute is wrong: one fault, one message.
/// The values never leave the parser, which has failed by now.
fn stand_in(options: &mut FieldOptions, ident: &syn::Ident) {
    let span = ident.span();
    options.precision.get_or_insert(Spanned { value: 10, span });
    options.scale.get_or_insert(Spanned { value: 0, span });
}

fn refuse_misplaced(attributes: &[syn::Attribute], errors: &mut Errors) {
    for attribute in attributes.iter().filter(|a| a.path().is_ident("model")) {
        errors.over(
            attribute,
            "`#[model(...)]` stands on the struct: on a field write `#[field(...)]`",
        );
    }
}

fn read_option(item: &Item, options: &mut FieldOptions, errors: &mut Errors) {
    let value = |text: Option<Spanned<String>>| text.map(|t| t.value);
    match item.attribute.name {
        name::PRIMARY_KEY => options.primary_key = item.flag(errors),
        name::UNIQUE => options.unique = unique(item, errors),
        name::INDEX => options.index = item.flag(errors),
        name::MAX_LENGTH => options.max_length = item.number(errors),
        name::PRECISION => options.precision = item.number(errors),
        name::SCALE => options.scale = item.number(errors),
        name::DIM => options.dim = item.number(errors),
        name::DEFAULT => options.default = item.literal(errors),
        name::DEFAULT_FN => options.default_fn = item.path(errors),
        name::DB_DEFAULT => options.db_default = item.string(errors),
        name::COLUMN => options.column = item.string(errors),
        name::COLLATION => options.collation = item.string(errors),
        name::COMMENT => options.comment = value(item.text(errors)),
        name::CHOICES => options.choices = item.literals(errors),
        name::TYPE => options.sql_type = item.string(errors),
        name::ON_DELETE => options.on_delete = item.choice(&OnDelete::NAMES, errors),
        name::RENAMED_FROM => options.renamed_from = item.string(errors),
        name::DB_CONSTRAINT => options.db_constraint = item.boolean(errors),
        name::TO_FIELD => options.to_field = item.string(errors),
        name::FROM_FIELDS => options.from_fields = item.fields(errors),
        name::TO_FIELDS => options.to_fields = item.fields(errors),
        name::BY => options.by = item.string(errors),
        name::THROUGH => options.through = item.path(errors),
        name::THROUGH_FIELDS => options.through_fields = pair(item, errors),
        name::SYMMETRICAL => options.symmetrical = item.boolean(errors),
        name::AUTO_NOW => options.auto_now = item.flag(errors),
        name::AUTO_NOW_ADD => options.auto_now_add = item.flag(errors),
        name::COMPUTED => options.computed = item.string(errors),
        name::VALIDATE => options.validate = item.path(errors),
        name::SERIALIZE => options.serialize = item.boolean(errors),
        name::EDITABLE => options.editable = item.boolean(errors).map(|b| b.value),
        name::HELP_TEXT => options.help_text = value(item.text(errors)),
        name::VERBOSE_NAME => options.verbose_name = value(item.text(errors)),
        name::FLATTEN => options.flatten = item.flag(errors),
        other => errors.at(item.name.span(), format!("`{other}` cannot stand here")),
    }
}

/// `unique` or `unique = "lookup"`.
fn unique(item: &Item, errors: &mut Errors) -> Option<Spanned<Unique>> {
    let span = item.span();
    if let Shape::Flag = item.shape {
        let value = Unique::Yes;
        return Some(Spanned { value, span });
    }
    let text = item.text(errors)?;
    if text.value == "lookup" {
        let value = Unique::Lookup;
        return Some(Spanned { value, span });
    }
    errors.at(
        text.span,
        format!(
            "`unique` cannot be \"{}\"{}\nwrite `unique`, or `unique = \"lookup\"` for a side table",
            text.value,
            suggestion(&text.value, ["lookup"])
        ),
    );
    None
}

/// `(a, b)`.
fn pair(item: &Item, errors: &mut Errors) -> Option<(Spanned<String>, Spanned<String>)> {
    let before = errors.count();
    let fields = item.fields(errors)?;
    if errors.count() > before {
        return None;
    }
    match <[Spanned<String>; 2]>::try_from(fields) {
        Ok([a, b]) => Some((a, b)),
        Err(found) => {
            errors.at(
                item.span(),
                format!(
                    "`{}` names two fields, found {}: write `{}`",
                    item.attribute.name,
                    found.len(),
                    item.attribute.form
                ),
            );
            None
        }
    }
}

impl ParsedField {
    /// The field's name, without `r#`.
    pub fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// The column: the given one, else the field's name, with `_id` for a foreign key or one-to-one;
    /// `None` for sets of rows and flattened bases, which have no column.
    pub fn column_name(&self) -> Option<String> {
        use super::ParsedKind as Kind;
        let default = match self.kind {
            Kind::ForeignObject(_) | Kind::ManyToMany(_) | Kind::Reverse(_) | Kind::Flatten(_) => {
                return None;
            }
            Kind::ForeignKey(_) | Kind::OneToOne(_) => format!("{}_id", self.name()),
            Kind::Scalar { .. } | Kind::Auto { .. } => self.name(),
        };
        Some(match &self.options.column {
            Some(column) => column.value.clone(),
            None => default,
        })
    }
}
