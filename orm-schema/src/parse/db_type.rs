//! Reads `#[derive(DbType)]`: newtypes, and enums without payload.

use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned as _;
use syn::{Data, DataEnum, DeriveInput, Fields, Ident, Type, Variant};

use super::errors::{Errors, show};
use super::items::{Grammar, Item};
use super::names::{self, db as name};
use super::parsed::{FieldOptions, ParsedKind, Spanned};
use super::{Resolve, resolve, types, values};
use crate::{FieldType, Literal, snake_case};

const DB: Grammar = Grammar {
    place: "#[db(...)]",
    names: names::db::ALL,
    repeatable: &[],
};

const VARIANT: Grammar = Grammar {
    place: "#[db(...)] on a variant",
    names: names::variant::ALL,
    repeatable: &[],
};

/// A `#[derive(DbType)]` type as written.
#[derive(Debug, Clone)]
pub struct ParsedDbType {
    /// The type's name.
    pub ident: Ident,
    /// What is stored.
    pub kind: ParsedDbKind,
    /// `max_length`, `precision` and `scale`, where they stand.
    options: FieldOptions,
}

/// What a `#[derive(DbType)]` type is stored as.
#[derive(Debug, Clone)]
pub enum ParsedDbKind {
    /// A tuple struct of one field: stored as that field.
    Newtype {
        /// The field's type.
        inner: Box<Type>,
        /// Its neutral type, if the name is a built-in one; else it must be resolved.
        known: Option<FieldType>,
    },
    /// An enum stored by the names of its variants.
    TextEnum {
        /// Characters at most: the longest name, or what `max_length` says.
        max_length: u32,
        /// The variants, in order.
        variants: Vec<ParsedVariant>,
    },
    /// An enum stored by its discriminants.
    IntEnum {
        /// `int`, or `bigint` where a number needs it.
        ty: FieldType,
        /// The variants, in order.
        variants: Vec<ParsedVariant>,
    },
}

/// A variant of an enum.
#[derive(Debug, Clone)]
pub struct ParsedVariant {
    /// The variant's name.
    pub ident: Ident,
    /// The stored text: the given one, else the name in snake case.
    pub text: String,
    /// The discriminant.
    pub number: i64,
}

impl ParsedDbType {
    /// The neutral type that values are stored as.
    ///
    /// # Errors
    /// The message of [`Resolve::scalar`] at the type inside a newtype, if that is not a built-in one.
    pub fn resolve(&self, with: &dyn Resolve) -> syn::Result<FieldType> {
        match &self.kind {
            ParsedDbKind::TextEnum { max_length, .. } => Ok(FieldType::Varchar {
                max_length: *max_length,
            }),
            ParsedDbKind::IntEnum { ty, .. } => Ok(ty.clone()),
            ParsedDbKind::Newtype {
                known: Some(ty), ..
            } => Ok(ty.clone()),
            ParsedDbKind::Newtype { inner, .. } => match with.scalar(inner) {
                Ok((ty, false)) => Ok(resolve::sized(ty, &self.options)),
                Ok((_, true)) => Err(syn::Error::new_spanned(inner, OPTIONAL)),
                Err(message) => Err(syn::Error::new_spanned(inner, message)),
            },
        }
    }
}

const OPTIONAL: &str = "a stored type cannot hold NULL itself: take the `Option` out, and write `Option<…>` around the type in the model";

/// How an enum is stored.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Repr {
    Text,
    Int,
}

/// Reads a whole type.
pub(super) fn read(input: &DeriveInput) -> syn::Result<ParsedDbType> {
    let mut errors = Errors::default();
    if !input.generics.params.is_empty() {
        errors.over(
            &input.generics,
            format!(
                "`{}` has generic parameters: a stored type is one fixed type, write one for each",
                input.ident
            ),
        );
    }
    let mut options = FieldOptions::default();
    let mut repr = None;
    for item in DB.read(&input.attrs, "db", &mut errors) {
        match item.attribute.name {
            name::MAX_LENGTH => options.max_length = item.number(&mut errors),
            name::PRECISION => options.precision = item.number(&mut errors),
            name::SCALE => options.scale = item.number(&mut errors),
            _ => {
                repr = item.choice(&[("text", Repr::Text), ("int", Repr::Int)], &mut errors);
            }
        }
    }
    super::rules::numbers(&options, &mut errors);
    let kind = match &input.data {
        Data::Struct(data) => newtype(input, &data.fields, &options, repr, &mut errors),
        Data::Enum(data) => enumeration(input, data, &options, repr, &mut errors),
        Data::Union(_) => {
            errors.at(
                input.ident.span(),
                "a union cannot be stored: use a struct or an enum",
            );
            None
        }
    };
    let fallback = ParsedDbKind::IntEnum {
        ty: FieldType::Int { unsigned: false },
        variants: Vec::new(),
    };
    if kind.is_none() && errors.count() == 0 {
        errors.at(input.ident.span(), "this type cannot be stored");
    }
    errors.finish(ParsedDbType {
        ident: input.ident.clone(),
        kind: kind.unwrap_or(fallback),
        options,
    })
}

fn newtype(
    input: &DeriveInput,
    fields: &Fields,
    options: &FieldOptions,
    repr: Option<Spanned<Repr>>,
    errors: &mut Errors,
) -> Option<ParsedDbKind> {
    if let Some(repr) = repr {
        errors.at(
            repr.span,
            "`repr` says how an enum is stored: on a struct leave it out",
        );
    }
    let field = match fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first()?,
        _ => {
            let ident = &input.ident;
            errors.at(
                ident.span(),
                format!(
                    "`{ident}` cannot be stored in one column: `DbType` takes a struct of one unnamed field, \
                     `struct {ident}(String);`, or an enum; for more fields use `Json<{ident}>` in the model"
                ),
            );
            return None;
        }
    };
    let found = types::classify(&field.ty, options, errors)?;
    if found.null {
        errors.over(&field.ty, OPTIONAL);
        return None;
    }
    let ParsedKind::Scalar { inner, known } = found.kind else {
        errors.over(
            &field.ty,
            format!(
                "`{}` cannot stand inside a stored type: relations and keys stand in a model",
                show(&field.ty)
            ),
        );
        return None;
    };
    if let Some(ty) = &known {
        super::rules::scalar(&mut options.clone(), ty, errors);
    }
    Some(ParsedDbKind::Newtype { inner, known })
}

fn enumeration(
    input: &DeriveInput,
    data: &DataEnum,
    options: &FieldOptions,
    repr: Option<Spanned<Repr>>,
    errors: &mut Errors,
) -> Option<ParsedDbKind> {
    for (name, number) in [("precision", &options.precision), ("scale", &options.scale)] {
        if let Some(number) = number {
            errors.at(
                number.span,
                format!("`{name}` does not fit an enum: it belongs on a decimal"),
            );
        }
    }
    if data.variants.is_empty() {
        errors.at(
            input.ident.span(),
            format!(
                "`{}` has no variants: there is nothing to store",
                input.ident
            ),
        );
        return None;
    }
    let repr = repr.map_or(Repr::Text, |r| r.value);
    let variants = variants(data, repr, errors);
    match repr {
        Repr::Int => int_enum(variants, options, errors),
        Repr::Text => text_enum(variants, options, errors),
    }
}

fn int_enum(
    variants: Vec<ParsedVariant>,
    options: &FieldOptions,
    errors: &mut Errors,
) -> Option<ParsedDbKind> {
    if let Some(length) = &options.max_length {
        errors.at(
            length.span,
            "`max_length` does not fit `repr = \"int\"`: numbers have no length",
        );
    }
    let small = variants.iter().all(|v| i32::try_from(v.number).is_ok());
    let ty = if small {
        FieldType::Int { unsigned: false }
    } else {
        FieldType::BigInt { unsigned: false }
    };
    Some(ParsedDbKind::IntEnum { ty, variants })
}

fn text_enum(
    variants: Vec<ParsedVariant>,
    options: &FieldOptions,
    errors: &mut Errors,
) -> Option<ParsedDbKind> {
    let longest = variants
        .iter()
        .map(|v| v.text.chars().count())
        .max()
        .unwrap_or(1);
    let longest = u32::try_from(longest).unwrap_or(u32::MAX);
    let max_length = options.max_length.as_ref().map_or(longest, |n| n.value);
    if let Some(length) = options.max_length.as_ref().filter(|n| n.value < longest) {
        errors.at(
            length.span,
            format!(
                "`max_length` is shorter than the longest name of a variant, {longest} characters"
            ),
        );
    }
    Some(ParsedDbKind::TextEnum {
        max_length,
        variants,
    })
}

fn variants(data: &DataEnum, repr: Repr, errors: &mut Errors) -> Vec<ParsedVariant> {
    let mut found: Vec<ParsedVariant> = Vec::new();
    let mut next: Option<i64> = Some(0);
    let before = errors.count();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.over(
                &variant.fields,
                format!(
                    "variant `{}` holds values: an enum in a column has plain names only, use `Json<…>` for others",
                    variant.ident
                ),
            );
        }
        let Some(number) = discriminant(variant, next, repr) else {
            // What follows an unreadable number counts on from it: one fault is enough.
            if errors.count() == before {
                unreadable(variant, errors);
            }
            next = None;
            continue;
        };
        next = number.checked_add(1);
        let (text, span) = stored_text(variant, repr, errors);
        if let Some(twin) = found
            .iter()
            .find(|v| v.text.eq_ignore_ascii_case(&text) && repr == Repr::Text)
        {
            errors.at(
                span,
                format!(
                    "variants `{}` and `{}` are both stored as \"{text}\": name one with `#[db(rename = \"…\")]`",
                    twin.ident, variant.ident
                ),
            );
        }
        if let Some(twin) = found
            .iter()
            .find(|v| v.number == number && repr == Repr::Int)
        {
            errors.at(
                variant.ident.span(),
                format!(
                    "variants `{}` and `{}` are both stored as {number}",
                    twin.ident, variant.ident
                ),
            );
        }
        found.push(ParsedVariant {
            ident: variant.ident.clone(),
            text,
            number,
        });
    }
    found
}

/// The variant's number. Only `repr = "int"` needs it to be readable.
fn discriminant(variant: &Variant, next: Option<i64>, repr: Repr) -> Option<i64> {
    let number = match &variant.discriminant {
        None => next,
        Some((_, expr)) => match values::literal(expr.to_token_stream()) {
            Ok(Literal::Int(n)) => i64::try_from(n).ok(),
            _ => None,
        },
    };
    match repr {
        Repr::Int => number,
        Repr::Text => Some(number.unwrap_or_default()),
    }
}

fn unreadable(variant: &Variant, errors: &mut Errors) {
    let written = variant.discriminant.as_ref().map(|(_, expr)| expr.span());
    errors.at(
        written.unwrap_or(variant.ident.span()),
        format!(
            "the number of variant `{0}` cannot be read: write it as a whole number, `{0} = 1`",
            variant.ident
        ),
    );
}

/// The variant's stored text, and where it is said.
fn stored_text(variant: &Variant, repr: Repr, errors: &mut Errors) -> (String, Span) {
    let items: Vec<Item> = VARIANT.read(&variant.attrs, "db", errors);
    let given = items.first().and_then(|item| item.string(errors));
    match given {
        Some(text) if repr == Repr::Int => {
            errors.at(
                text.span,
                "`rename` does not fit `repr = \"int\"`: numbers are stored, not names",
            );
            (text.value, text.span)
        }
        Some(text) => (text.value, text.span),
        None => (
            snake_case(&variant.ident.unraw().to_string()),
            variant.ident.span(),
        ),
    }
}
