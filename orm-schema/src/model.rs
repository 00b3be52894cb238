//! The model side: what the code and the migration files say.

use crate::index_options::IndexOptions;
use crate::types::{FieldType, Literal};

/// Names a model: application and model name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId {
    /// The application, in lower case.
    pub app: String,
    /// The struct's name.
    pub name: String,
}

impl ModelId {
    /// Makes an id of its two parts.
    pub fn new(app: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            app: app.into(),
            name: name.into(),
        }
    }

    /// Whether two ids name the same model: model names compare without case.
    pub fn same(&self, other: &Self) -> bool {
        self.app == other.app && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl std::fmt::Display for ModelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.app, self.name)
    }
}

/// One model, as it takes part in migrations.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelDef {
    /// The application.
    pub app: String,
    /// The struct's name.
    pub name: String,
    /// The table's name.
    pub table: String,
    /// All fields that the state knows, in the order of the struct; reverse sets are not among them.
    pub fields: Vec<FieldDef>,
    /// Names of the fields of the primary key.
    pub primary_key: Vec<String>,
    /// Storage type, shard key and sort key.
    pub storage: Storage,
    /// Groups of fields that are unique together.
    pub unique_together: Vec<Vec<String>>,
    /// Named indexes.
    pub indexes: Vec<IndexDef>,
    /// Named unique constraints.
    pub constraints: Vec<ConstraintDef>,
    /// The order of queries that name none.
    pub ordering: Vec<OrderField>,
    /// The table's comment.
    pub comment: Option<String>,
    /// Whether migrations create, change and drop the table.
    pub managed: bool,
    /// Whether the server is told to check no unique key of the table (SingleStore). It comes from the
    /// environment of a run and stands in no file.
    pub unenforced_unique: bool,
    /// Relations by several fields. They have no column and change no table, so they stand in no file.
    pub objects: Vec<ObjectDef>,
    /// How its rows are written as text, and named there. It changes no table and stands in no file.
    pub fixtures: FixtureDef,
}

/// How the rows of a model are written as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct FixtureDef {
    /// The fields by which people know a row; empty where it is known by its key alone.
    pub natural_key: Vec<String>,
    /// The fields that are not written.
    pub left_out: Vec<String>,
}

impl ModelDef {
    /// Makes a model with no fields and all options at their defaults.
    pub fn new(app: impl Into<String>, name: impl Into<String>) -> Self {
        let (app, name) = (app.into(), name.into());
        let table = Self::default_table(&app, &name);
        Self {
            app,
            name,
            table,
            fields: Vec::new(),
            primary_key: Vec::new(),
            storage: Storage::default(),
            unique_together: Vec::new(),
            indexes: Vec::new(),
            constraints: Vec::new(),
            ordering: Vec::new(),
            comment: None,
            managed: true,
            unenforced_unique: false,
            objects: Vec::new(),
            fixtures: FixtureDef::default(),
        }
    }

    /// The table that a model has when no attribute names one: `<app>_<model_in_snake_case>`.
    pub fn default_table(app: &str, name: &str) -> String {
        crate::name::shorten(&format!("{app}_{}", crate::name::snake_case(name)))
    }

    /// The model's id.
    pub fn id(&self) -> ModelId {
        ModelId::new(&self.app, &self.name)
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The field of this name, mutably.
    pub fn field_mut(&mut self, name: &str) -> Option<&mut FieldDef> {
        self.fields.iter_mut().find(|f| f.name == name)
    }

    /// The fields of the primary key, in its order.
    pub fn key_fields(&self) -> impl Iterator<Item = &FieldDef> {
        self.primary_key.iter().filter_map(|n| self.field(n))
    }
}

/// One field of a model, as it takes part in migrations.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDef {
    /// The field's name.
    pub name: String,
    /// The column, where it is not the default name.
    pub column: Option<String>,
    /// The type.
    pub ty: FieldType,
    /// Whether the column accepts NULL.
    pub null: bool,
    /// Whether the database numbers the rows by itself.
    pub auto: bool,
    /// The default that the program fills in.
    pub default: Option<Literal>,
    /// The default that the database fills in, as SQL.
    pub db_default: Option<String>,
    /// Whether the value is unique in the table.
    pub unique: Unique,
    /// Whether the column has an index of its own.
    pub index: bool,
    /// The collation.
    pub collation: Option<String>,
    /// The column's comment.
    pub comment: Option<String>,
    /// The expression of a column that the database computes.
    pub computed: Option<String>,
}

impl FieldDef {
    /// Makes a NOT NULL field with all options at their defaults.
    pub fn new(name: impl Into<String>, ty: FieldType) -> Self {
        Self {
            name: name.into(),
            column: None,
            ty,
            null: false,
            auto: false,
            default: None,
            db_default: None,
            unique: Unique::No,
            index: false,
            collation: None,
            comment: None,
            computed: None,
        }
    }

    /// The column's name: the given one, else the field's, with `_id` for a relation.
    pub fn column_name(&self) -> std::borrow::Cow<'_, str> {
        match &self.column {
            Some(c) => c.as_str().into(),
            None => Self::default_column(&self.name, &self.ty),
        }
    }

    /// The column a field has when no attribute names one.
    pub fn default_column<'a>(name: &'a str, ty: &FieldType) -> std::borrow::Cow<'a, str> {
        if ty.is_to_one() {
            format!("{name}_id").into()
        } else {
            name.into()
        }
    }
}

/// Whether and how a field's value is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Unique {
    /// Not unique.
    #[default]
    No,
    /// By a unique key of the table.
    Yes,
    /// By a side table that the ORM keeps, for servers whose unique keys must contain the shard key.
    Lookup,
}

/// A relation to another model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RelationDef {
    /// The model that is referred to.
    pub to: ModelId,
    /// The field referred to, where it is not the primary key.
    pub to_field: Option<String>,
    /// What happens to the referring rows when the row referred to is deleted.
    pub on_delete: OnDelete,
    /// Whether the database holds the relation by a foreign key, where it has such.
    pub db_constraint: bool,
    /// The model whose table holds a many-to-many relation, where it is not the automatic one.
    pub through: Option<ModelId>,
}

impl RelationDef {
    /// Makes a relation with all options at their defaults.
    pub fn new(to: ModelId) -> Self {
        Self {
            to,
            to_field: None,
            on_delete: OnDelete::Cascade,
            db_constraint: true,
            through: None,
        }
    }
}

/// A relation to one object of another model by several fields of this one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectDef {
    /// The field.
    pub name: String,
    /// The model that is referred to.
    pub to: ModelId,
    /// The fields of this model.
    pub from_fields: Vec<String>,
    /// The fields referred to, one for each; none is the primary key.
    pub to_fields: Vec<String>,
    /// What happens to the referring rows when the row referred to is deleted.
    pub on_delete: OnDelete,
}

/// What happens to referring rows on delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnDelete {
    /// They are deleted too.
    #[default]
    Cascade,
    /// The delete is refused.
    Protect,
    /// The delete is refused, unless they go in the same delete by another way.
    Restrict,
    /// The reference becomes NULL.
    SetNull,
    /// The reference becomes the field's default.
    SetDefault,
    /// Nothing.
    DoNothing,
}

impl OnDelete {
    /// Every variant with its name in attributes and migration files.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("cascade", Self::Cascade),
        ("protect", Self::Protect),
        ("restrict", Self::Restrict),
        ("set_null", Self::SetNull),
        ("set_default", Self::SetDefault),
        ("do_nothing", Self::DoNothing),
    ];

    /// The name in attributes and migration files.
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, v)| *v == self)
            .map_or("cascade", |(n, _)| n)
    }

    /// The variant of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, v)| *v)
    }
}

/// Where and how a table's rows are kept (SingleStore).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Storage {
    /// The storage type; `None` follows the application, else the server.
    pub storage_type: Option<StorageType>,
    /// Fields of the shard key; `None` is the primary key, an empty list is keyless.
    pub shard_key: Option<Vec<String>>,
    /// Fields of the sort key, with direction.
    pub sort_key: Vec<OrderField>,
}

/// SingleStore's storage types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StorageType {
    /// Columnstore, sharded.
    Columnstore,
    /// Rowstore, sharded.
    Rowstore,
    /// Columnstore, a full copy on every node.
    Reference,
    /// Rowstore, a full copy on every node.
    RowstoreReference,
}

impl StorageType {
    /// Every variant with its name in attributes and migration files.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("columnstore", Self::Columnstore),
        ("rowstore", Self::Rowstore),
        ("reference", Self::Reference),
        ("rowstore reference", Self::RowstoreReference),
    ];

    /// The name in attributes and migration files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Columnstore => "columnstore",
            Self::Rowstore => "rowstore",
            Self::Reference => "reference",
            Self::RowstoreReference => "rowstore reference",
        }
    }

    /// The variant of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, v)| *v)
    }

    /// Whether every node holds all rows.
    pub fn is_reference(self) -> bool {
        matches!(self, Self::Reference | Self::RowstoreReference)
    }

    /// Whether rows are kept in memory, row by row.
    pub fn is_rowstore(self) -> bool {
        matches!(self, Self::Rowstore | Self::RowstoreReference)
    }
}

/// A field with a direction, written `name` or `-name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderField {
    /// The field.
    pub field: String,
    /// Whether large values come first.
    pub descending: bool,
}

impl OrderField {
    /// Reads `name` or `-name`.
    pub fn parse(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(field) => Self {
                field: field.trim().to_owned(),
                descending: true,
            },
            None => Self {
                field: text.to_owned(),
                descending: false,
            },
        }
    }
}

impl std::fmt::Display for OrderField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.descending { "-" } else { "" };
        write!(f, "{sign}{}", self.field)
    }
}

/// A named index over fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndexDef {
    /// The index's name.
    pub name: String,
    /// The fields.
    pub fields: Vec<String>,
    /// The kind; `None` is the database's usual one.
    pub kind: Option<IndexKind>,
    /// What it says beyond its kind.
    pub options: IndexOptions,
}

/// Kinds of index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexKind {
    /// Equality only.
    Hash,
    /// Ordered.
    Btree,
    /// Words of a text.
    Fulltext,
    /// Nearest vectors.
    Vector,
}

impl IndexKind {
    /// Every variant with its name in attributes and migration files.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("hash", Self::Hash),
        ("btree", Self::Btree),
        ("fulltext", Self::Fulltext),
        ("vector", Self::Vector),
    ];

    /// The name in attributes and migration files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Btree => "btree",
            Self::Fulltext => "fulltext",
            Self::Vector => "vector",
        }
    }

    /// The variant of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, v)| *v)
    }
}

/// A named unique constraint over fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConstraintDef {
    /// The constraint's name.
    pub name: String,
    /// The fields.
    pub fields: Vec<String>,
    /// Whether the server is told not to check it (SingleStore).
    pub unenforced: bool,
}
