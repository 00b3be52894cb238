//! What the grammar reads: a model as written, with spans, before names are resolved.

use proc_macro2::Span;
use syn::{Ident, Path, Type};

use crate::{FieldType, IndexKind, IndexOptions, Literal, OnDelete, StorageType, Unique};

/// A value with the place it was read from.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// The place.
    pub span: Span,
}

/// A `#[derive(Model)]` struct as written.
#[derive(Debug, Clone)]
pub struct ParsedModel {
    /// The struct's name.
    pub ident: Ident,
    /// `app = "…"`.
    pub app: Option<Spanned<String>>,
    /// `table = "…"`.
    pub table: Option<Spanned<String>>,
    /// The fields, in order, reverse sets included.
    pub fields: Vec<ParsedField>,
    /// Names of the fields of the key, from `primary_key(…)` or the one field that says so.
    pub primary_key: Vec<Spanned<String>>,
    /// `storage_type = "…"`.
    pub storage_type: Option<Spanned<StorageType>>,
    /// `shard_key(…)`; `Some` of an empty list is keyless.
    pub shard_key: Option<Vec<Spanned<String>>>,
    /// `sort_key(…)`, with whether each part descends.
    pub sort_key: Vec<(Spanned<String>, bool)>,
    /// `ordering(…)`, with whether each part descends.
    pub ordering: Vec<(Spanned<String>, bool)>,
    /// `unique_together(…)`, each.
    pub unique_together: Vec<Vec<Spanned<String>>>,
    /// `natural_key(…)`.
    pub natural_key: Vec<Spanned<String>>,
    /// `unique(…)`, each.
    pub uniques: Vec<ParsedUnique>,
    /// `index(…)`, each.
    pub indexes: Vec<ParsedIndex>,
    /// `comment = "…"`.
    pub comment: Option<String>,
    /// `renamed_from = "…"`.
    pub renamed_from: Option<Spanned<String>>,
    /// `managed = …`.
    pub managed: bool,
    /// `validate = path`.
    pub validate: Option<Path>,
    /// `abstract`: the fields of a base, without a table.
    pub is_abstract: bool,
}

/// `unique(name = "…", fields(a, b), unenforced)`.
#[derive(Debug, Clone)]
pub struct ParsedUnique {
    /// The name, if given.
    pub name: Option<String>,
    /// The fields.
    pub fields: Vec<Spanned<String>>,
    /// Whether `unenforced` stands there.
    pub unenforced: bool,
}

/// `index(name = "…", fields(a, b), kind = "…", …)`.
#[derive(Debug, Clone)]
pub struct ParsedIndex {
    /// The name, if given.
    pub name: Option<String>,
    /// The fields.
    pub fields: Vec<Spanned<String>>,
    /// The kind, if given.
    pub kind: Option<IndexKind>,
    /// What it says beyond its kind.
    pub options: IndexOptions,
}

/// A field as written.
#[derive(Debug, Clone)]
pub struct ParsedField {
    /// The field's name.
    pub ident: Ident,
    /// The whole type, as written.
    pub ty: Type,
    /// What the type's outer words say.
    pub kind: ParsedKind,
    /// Whether the type is `Option<…>`.
    pub null: bool,
    /// The options of `#[field(...)]`.
    pub options: FieldOptions,
}

/// What a field's type says by its outer words.
#[derive(Debug, Clone)]
pub enum ParsedKind {
    /// A column of a value type. `known` is its neutral type where the name is one of the built-in
    /// ones (attributes such as `max_length` applied); else the name must be resolved.
    Scalar {
        /// The type without `Option<…>`.
        inner: Box<Type>,
        /// The neutral type, if the name is known.
        known: Option<FieldType>,
    },
    /// `Auto<…>`: a key that the database numbers.
    Auto {
        /// The neutral type.
        ty: FieldType,
        /// The type inside.
        inner: Box<Type>,
    },
    /// `ForeignKey<T>`.
    ForeignKey(Path),
    /// `OneToOne<T>`.
    OneToOne(Path),
    /// `ForeignObject<T>`: a relation by other fields of the model; no column of its own.
    ForeignObject(Path),
    /// `ManyToMany<T>`.
    ManyToMany(Path),
    /// `Reverse<T>`: the other side of a relation; no column.
    Reverse(Path),
    /// `#[field(flatten)]`: the fields of an abstract base.
    Flatten(Path),
}

/// The options of `#[field(...)]`.
#[derive(Debug, Clone, Default)]
pub struct FieldOptions {
    /// `primary_key`.
    pub primary_key: Option<Span>,
    /// `unique` or `unique = "lookup"`.
    pub unique: Option<Spanned<Unique>>,
    /// `index`.
    pub index: Option<Span>,
    /// `max_length = n`.
    pub max_length: Option<Spanned<u32>>,
    /// `precision = n`.
    pub precision: Option<Spanned<u8>>,
    /// `scale = n`.
    pub scale: Option<Spanned<u8>>,
    /// `dim = n`.
    pub dim: Option<Spanned<u32>>,
    /// `default = literal`; the flag form `default` is not part of the grammar.
    pub default: Option<Spanned<Literal>>,
    /// `default_fn = path`.
    pub default_fn: Option<Path>,
    /// `db_default = "sql"`.
    pub db_default: Option<Spanned<String>>,
    /// `column = "…"`.
    pub column: Option<Spanned<String>>,
    /// `collation = "…"`.
    pub collation: Option<Spanned<String>>,
    /// `comment = "…"`.
    pub comment: Option<String>,
    /// `choices(…)`; checked by validation only.
    pub choices: Option<Spanned<Vec<Literal>>>,
    /// `type = "sql type"`.
    pub sql_type: Option<Spanned<String>>,
    /// `on_delete = "…"`.
    pub on_delete: Option<Spanned<OnDelete>>,
    /// `db_constraint = …`.
    pub db_constraint: Option<Spanned<bool>>,
    /// `renamed_from = "…"`.
    pub renamed_from: Option<Spanned<String>>,
    /// `to_field = "…"`.
    pub to_field: Option<Spanned<String>>,
    /// `from_fields(a, b)`.
    pub from_fields: Option<Vec<Spanned<String>>>,
    /// `to_fields(a, b)`.
    pub to_fields: Option<Vec<Spanned<String>>>,
    /// `by = "…"` on a reverse set.
    pub by: Option<Spanned<String>>,
    /// `through = Path`.
    pub through: Option<Path>,
    /// `through_fields(a, b)`.
    pub through_fields: Option<(Spanned<String>, Spanned<String>)>,
    /// `symmetrical = …`.
    pub symmetrical: Option<Spanned<bool>>,
    /// `auto_now`.
    pub auto_now: Option<Span>,
    /// `auto_now_add`.
    pub auto_now_add: Option<Span>,
    /// `computed = "sql"`.
    pub computed: Option<Spanned<String>>,
    /// `validate = path`.
    pub validate: Option<Path>,
    /// `editable = …`.
    pub editable: Option<bool>,
    /// `serialize = …`.
    pub serialize: Option<Spanned<bool>>,
    /// `help_text = "…"`.
    pub help_text: Option<String>,
    /// `verbose_name = "…"`.
    pub verbose_name: Option<String>,
    /// `flatten`.
    pub flatten: Option<Span>,
}
