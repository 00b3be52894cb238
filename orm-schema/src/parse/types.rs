//! The known Rust types and the neutral types they are stored as.

use quote::ToTokens;
use syn::{Expr, GenericArgument, Lit, Path, PathArguments, PathSegment, Type};

use super::errors::{Errors, show};
use super::parsed::{FieldOptions, ParsedKind};
use crate::FieldType;

/// What a field's type says, and whether it is `Option<…>`.
pub(super) struct Classified {
    pub(super) kind: ParsedKind,
    pub(super) null: bool,
}

/// Reads a field's type. `None`: it is refused, and the fault is noted.
pub(super) fn classify(
    ty: &Type,
    options: &FieldOptions,
    errors: &mut Errors,
) -> Option<Classified> {
    let ty = peel(ty);
    let Some(inner) = argument_of(ty, "Option") else {
        let kind = kind_of(ty, options, errors)?;
        return Some(Classified { kind, null: false });
    };
    let inner = peel(inner);
    if last_segment(inner).is_some_and(|s| s.ident == "Option") {
        errors.over(
            ty,
            "`Option` inside `Option` has no meaning in a database: a column is NULL or not, write one `Option`",
        );
        return None;
    }
    let kind = kind_of(inner, options, errors)?;
    let advice = match &kind {
        ParsedKind::ManyToMany(_) => {
            "`ManyToMany` cannot be optional: a set may be empty, so write it without `Option`"
        }
        ParsedKind::Reverse(_) => {
            "`Reverse` cannot be optional: a set may be empty, so write it without `Option`"
        }
        ParsedKind::Auto { .. } => {
            "`Auto` cannot be optional: it is already empty until the row is saved, so write it without `Option`"
        }
        ParsedKind::ForeignObject(_) => {
            "`ForeignObject` cannot be optional: whether there is an object, its `get` says, so write it without `Option`"
        }
        ParsedKind::Flatten(_) => "a flattened base cannot be optional: write it without `Option`",
        _ => return Some(Classified { kind, null: true }),
    };
    errors.over(ty, advice);
    None
}

fn kind_of(ty: &Type, options: &FieldOptions, errors: &mut Errors) -> Option<ParsedKind> {
    if options.flatten.is_some() {
        return flatten(ty, errors);
    }
    let Type::Path(path) = ty else {
        refuse_shape(ty, errors);
        return None;
    };
    let segment = path.path.segments.last()?;
    match segment.ident.to_string().as_str() {
        "ForeignKey" => Some(ParsedKind::ForeignKey(to_one(segment, options, errors)?)),
        "OneToOne" => Some(ParsedKind::OneToOne(to_one(segment, options, errors)?)),
        "ForeignObject" => {
            let only = only_type(segment);
            Some(ParsedKind::ForeignObject(target(segment, only, errors)?))
        }
        "ManyToMany" => {
            let only = only_type(segment);
            Some(ParsedKind::ManyToMany(target(segment, only, errors)?))
        }
        "Reverse" => {
            let only = only_type(segment);
            Some(ParsedKind::Reverse(target(segment, only, errors)?))
        }
        "Auto" => auto(segment, errors),
        _ => scalar(ty, segment, options, errors),
    }
}

fn flatten(ty: &Type, errors: &mut Errors) -> Option<ParsedKind> {
    match ty {
        Type::Path(path) if path.qself.is_none() => Some(ParsedKind::Flatten(path.path.clone())),
        _ => {
            errors.over(
                ty,
                format!(
                    "`flatten` takes over the fields of a struct with `#[model(abstract)]`, not of `{}`",
                    show(ty)
                ),
            );
            None
        }
    }
}

/// The `T` of `ForeignKey<T>`, and of `ForeignKey<T, K>` where `to_field` names a field of type `K`.
fn to_one(segment: &PathSegment, options: &FieldOptions, errors: &mut Errors) -> Option<Path> {
    let Some((model, key)) = two_types(segment) else {
        return target(segment, only_type(segment), errors);
    };
    if options.to_field.is_none() {
        errors.over(
            key,
            format!(
                "`{}` holds the value of another field than the key: say which by `#[field(to_field = \"…\")]`, or write `{}<{}>`",
                show(segment),
                segment.ident,
                show(model)
            ),
        );
        return None;
    }
    target(segment, Some(model), errors)
}

/// The model that a relation names.
fn target(segment: &PathSegment, given: Option<&Type>, errors: &mut Errors) -> Option<Path> {
    let name = &segment.ident;
    match given.map(peel) {
        Some(Type::Path(path)) if path.qself.is_none() => match path.path.segments.last() {
            Some(last) if last.arguments.is_none() => Some(path.path.clone()),
            _ => {
                let (inner, outer) = (show(path), show(segment));
                let advice = if inner.starts_with("Option") {
                    format!(": write `Option<{name}<…>>`")
                } else {
                    String::new()
                };
                errors.over(
                    path,
                    format!("`{outer}` does not name a model: `{inner}` is not a struct's plain name{advice}"),
                );
                None
            }
        },
        _ => {
            errors.over(
                segment,
                format!("`{name}` does not say which model it refers to: write `{name}<Author>`"),
            );
            None
        }
    }
}

fn auto(segment: &PathSegment, errors: &mut Errors) -> Option<ParsedKind> {
    let inner = only_type(segment).map(peel);
    let ty = match inner
        .and_then(last_segment)
        .map(|s| s.ident.to_string())
        .as_deref()
    {
        Some("i64") => FieldType::BigInt { unsigned: false },
        Some("i32") => FieldType::Int { unsigned: false },
        Some("u64") => FieldType::BigInt { unsigned: true },
        _ => {
            errors.over(
                segment,
                format!(
                    "`{}` is not a key that a database can number: write `Auto<i64>` (also `Auto<i32>`, `Auto<u64>`)",
                    show(segment)
                ),
            );
            return None;
        }
    };
    Some(ParsedKind::Auto {
        ty,
        inner: Box::new(inner?.clone()),
    })
}

fn scalar(
    ty: &Type,
    segment: &PathSegment,
    options: &FieldOptions,
    errors: &mut Errors,
) -> Option<ParsedKind> {
    if let Some(advice) = refused(segment) {
        errors.over(ty, format!("`{}` cannot be stored: {advice}", show(ty)));
        return None;
    }
    let known = match &options.sql_type {
        Some(sql) => Some(FieldType::Sql(sql.value.clone())),
        None => known(segment, options, errors)?,
    };
    Some(ParsedKind::Scalar {
        inner: Box::new(ty.clone()),
        known,
    })
}

/// The neutral type of a known name, without what attributes say; `None` inside means that the name
/// must be resolved.
fn known(
    segment: &PathSegment,
    options: &FieldOptions,
    errors: &mut Errors,
) -> Option<Option<FieldType>> {
    let bare = matches!(segment.arguments, PathArguments::None);
    let ty = match segment.ident.to_string().as_str() {
        "Vector" => return vector(segment, options, errors).map(Some),
        "DateTime" if !bare => return datetime(segment, errors).map(Some),
        "Decimal" if bare => return decimal(segment, options, errors).map(Some),
        "Json" if !bare => FieldType::Json,
        "Vec" if is_vec_of_bytes(segment) => FieldType::Binary {
            max_length: options.max_length.as_ref().map(|n| n.value),
        },
        _ if !bare => return Some(None),
        "bool" => FieldType::Bool,
        "i8" | "i16" => FieldType::SmallInt { unsigned: false },
        "i32" => FieldType::Int { unsigned: false },
        "i64" => FieldType::BigInt { unsigned: false },
        "u8" | "u16" => FieldType::SmallInt { unsigned: true },
        "u32" => FieldType::Int { unsigned: true },
        "u64" => FieldType::BigInt { unsigned: true },
        "f32" => FieldType::Float,
        "f64" => FieldType::Double,
        "String" => match &options.max_length {
            Some(n) => FieldType::Varchar {
                max_length: n.value,
            },
            None => FieldType::Text,
        },
        "NaiveDateTime" | "CivilDateTime" => FieldType::DateTime,
        "NaiveDate" | "CivilDate" => FieldType::Date,
        "NaiveTime" | "CivilTime" => FieldType::Time,
        "Duration" | "TimeDelta" => FieldType::Duration,
        "Uuid" => FieldType::Uuid,
        "IpAddr" => FieldType::Ip,
        "Value" => FieldType::Json,
        _ => return Some(None),
    };
    Some(Some(ty))
}

fn datetime(segment: &PathSegment, errors: &mut Errors) -> Option<FieldType> {
    let zone = only_type(segment).map(peel).and_then(last_segment);
    if zone.is_some_and(|z| z.ident == "Utc") {
        return Some(FieldType::DateTime);
    }
    errors.over(
        segment,
        format!(
            "`{}` cannot be stored: databases here keep instants in UTC, write `DateTime<Utc>`",
            show(segment)
        ),
    );
    None
}

fn decimal(
    segment: &PathSegment,
    options: &FieldOptions,
    errors: &mut Errors,
) -> Option<FieldType> {
    let (Some(precision), Some(scale)) = (&options.precision, &options.scale) else {
        let missing = match (&options.precision, &options.scale) {
            (None, None) => "`precision` (digits in all) and `scale` (digits after the point)",
            (None, _) => "`precision` (digits in all)",
            _ => "`scale` (digits after the point)",
        };
        errors.over(
            segment,
            format!("`Decimal` needs {missing}: write `#[field(precision = 10, scale = 2)]`"),
        );
        return None;
    };
    Some(FieldType::Decimal {
        precision: precision.value,
        scale: scale.value,
    })
}

fn vector(segment: &PathSegment, options: &FieldOptions, errors: &mut Errors) -> Option<FieldType> {
    let written = match &segment.arguments {
        PathArguments::AngleBracketed(list) => list.args.first().and_then(const_number),
        _ => None,
    };
    let dim = match (written, &options.dim) {
        (Some(n), Some(dim)) if n != u64::from(dim.value) => {
            errors.at(
                dim.span,
                format!(
                    "`dim = {}` contradicts `{}`: leave it out",
                    dim.value,
                    show(segment)
                ),
            );
            return None;
        }
        (Some(n), _) => u32::try_from(n).ok(),
        (None, Some(dim)) => Some(dim.value),
        (None, None) => {
            errors.over(
                segment,
                format!(
                    "the number of elements of `{}` is not known here: write `Vector<384>` or add `#[field(dim = 384)]`",
                    show(segment)
                ),
            );
            return None;
        }
    };
    match dim {
        Some(dim @ 1..=65_535) => Some(FieldType::Vector { dim }),
        _ => {
            errors.over(segment, "a vector has 1 to 65535 elements");
            None
        }
    }
}

fn const_number(argument: &GenericArgument) -> Option<u64> {
    match argument {
        GenericArgument::Const(Expr::Lit(literal)) => match &literal.lit {
            Lit::Int(n) => n.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// Why a name cannot be stored, and what to use instead.
fn refused(segment: &PathSegment) -> Option<&'static str> {
    let generic = !matches!(segment.arguments, PathArguments::None);
    Some(match segment.ident.to_string().as_str() {
        "usize" => "its size depends on the machine: use `u64` or `u32`",
        "isize" => "its size depends on the machine: use `i64` or `i32`",
        "i128" | "u128" => "no database has 128-bit integers: use `i64`, `Decimal` or `Uuid`",
        "char" => "use `String` with `#[field(max_length = 1)]`",
        "str" => "use `String`",
        "f16" | "f128" => "use `f32` or `f64`",
        "Vec" if generic && !is_vec_of_bytes(segment) => {
            "a column holds one value: use `Json<Vec<…>>`, `Vector<N>` for numbers to search by, or `ManyToMany<…>`"
        }
        "HashMap" | "BTreeMap" if generic => "use `Json<…>` around it, or a model of its own",
        "HashSet" | "BTreeSet" | "VecDeque" if generic => "use `Json<Vec<…>>` or `ManyToMany<…>`",
        "Instant" if !generic => "it has no meaning outside of the program: use `DateTime<Utc>`",
        "SystemTime" if !generic => "use `DateTime<Utc>` or `CivilDateTime`",
        "Ipv4Addr" | "Ipv6Addr" => "use `IpAddr`",
        _ => return None,
    })
}

fn refuse_shape(ty: &Type, errors: &mut Errors) {
    let advice = match ty {
        Type::Reference(r) if show(&r.elem) == "str" => "a model owns its data: use `String`",
        Type::Reference(_) => "a model owns its data: write the type without `&`",
        Type::Array(a) if show(&a.elem) == "u8" => "use `Vec<u8>` with `#[field(max_length = …)]`",
        Type::Array(a) if show(&a.elem) == "f32" => "use `Vector<N>`",
        Type::Array(_) | Type::Slice(_) => "a column holds one value: use `Json<Vec<…>>`",
        Type::Tuple(_) => "a column holds one value: use one field for each, or `Json<…>`",
        _ => "a field's type is a name such as `String`, `i64` or `ForeignKey<Author>`",
    };
    errors.over(ty, format!("`{}` cannot be stored: {advice}", show(ty)));
}

fn is_vec_of_bytes(segment: &PathSegment) -> bool {
    only_type(segment).is_some_and(|t| peel(t).to_token_stream().to_string() == "u8")
}

/// The single type argument of a segment.
fn only_type(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(list) = &segment.arguments else {
        return None;
    };
    let mut types = list.args.iter();
    match (types.next(), types.next()) {
        (Some(GenericArgument::Type(ty)), None) => Some(ty),
        _ => None,
    }
}

/// The two type arguments of a segment.
fn two_types(segment: &PathSegment) -> Option<(&Type, &Type)> {
    let PathArguments::AngleBracketed(list) = &segment.arguments else {
        return None;
    };
    let mut types = list.args.iter();
    match (types.next(), types.next(), types.next()) {
        (Some(GenericArgument::Type(a)), Some(GenericArgument::Type(b)), None) => Some((a, b)),
        _ => None,
    }
}

/// The `T` of `name<T>`, with or without a path before it.
fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    last_segment(ty)
        .filter(|s| s.ident == name)
        .and_then(only_type)
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The type without parentheses and without the invisible group of a macro's fragment.
pub(super) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        other => other,
    }
}
