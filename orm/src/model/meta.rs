//! What generic code needs to know of a model, as constants.

use orm_schema::{FieldType, IndexKind, IndexOptions, OnDelete, StorageType, Unique};

use super::checks::same_family;
use crate::value::Value;

/// A model's table, columns and relations.
#[derive(Debug)]
pub struct ModelMeta {
    /// The application.
    pub app: &'static str,
    /// The struct's name.
    pub name: &'static str,
    /// The table.
    pub table: &'static str,
    /// The columns, in the order in which rows hand them out.
    pub columns: &'static [ColumnMeta],
    /// Numbers of the columns of the primary key.
    pub key: &'static [usize],
    /// Numbers of columns, and whether each descends: the order of queries that name none.
    pub ordering: &'static [(usize, bool)],
    /// Groups of columns that are unique together, beside the key.
    pub uniques: &'static [&'static [usize]],
    /// The relations.
    pub relations: &'static [RelationMeta],
    /// Fields that `new!` must be given, with the message for when one is missing.
    pub required: &'static [(&'static str, &'static str)],
    /// What only migrations need to know.
    pub extra: ModelExtra,
    /// `validate`, on the whole object.
    pub validate: Option<ValidateObject>,
    /// Reads an object.
    pub read: super::ReadFn,
    /// Where the struct stands: `file:line`.
    pub source: &'static str,
}

/// One column.
#[derive(Debug)]
pub struct ColumnMeta {
    /// The field.
    pub field: &'static str,
    /// The column.
    pub column: &'static str,
    /// The neutral type, attributes applied.
    pub ty: FieldType,
    /// Whether NULL is accepted.
    pub null: bool,
    /// Whether the database numbers the rows by this column.
    pub auto: bool,
    /// Whether no two rows have the same value.
    pub unique: bool,
    /// Whether the database computes it.
    pub computed: bool,
    /// What an insert uses when no value is given.
    pub default: Default,
    /// Whether each save sets it to the time.
    pub auto_now: bool,
    /// Whether the insert sets it to the time.
    pub auto_now_add: bool,
    /// What only migrations need to know.
    pub extra: ColumnExtra,
    /// The type by the Rust type's own word, to compare with what the tokens said.
    pub rust_type: FieldType,
    /// Whether the Rust type takes NULL, by its own word.
    pub rust_null: bool,
}

/// What an insert uses when no value is given.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// Nothing: the field is required, or NULL if it may be.
    None,
    /// A literal.
    Literal(LiteralMeta),
    /// A value that the program makes.
    Made(fn() -> Value),
    /// The database's own default; the column is left out of the insert.
    Database,
}

/// A literal as a constant.
#[derive(Debug, Clone, Copy)]
pub enum LiteralMeta {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A floating point number.
    Float(f64),
    /// Text.
    Text(&'static str),
}

impl Default {
    /// The value that the program fills in, if it does.
    pub fn value(&self, ty: &FieldType) -> Option<Value> {
        match self {
            Self::None | Self::Database => None,
            Self::Made(make) => Some(make()),
            Self::Literal(literal) => Some(literal.value(ty)),
        }
    }
}

impl LiteralMeta {
    /// The value of a column of this type.
    pub fn value(&self, ty: &FieldType) -> Value {
        match (*self, ty) {
            (Self::Bool(v), _) => Value::Bool(v),
            (Self::Int(v), FieldType::Decimal { .. }) => Value::Decimal(v.to_string()),
            (Self::Int(v), FieldType::Float | FieldType::Double) => Value::Double(v as f64),
            (Self::Int(v), _) => match i64::try_from(v) {
                Ok(v) => Value::Int(v),
                Err(_) => Value::UInt(u64::try_from(v).unwrap_or_default()),
            },
            (Self::Float(v), FieldType::Decimal { .. }) => Value::Decimal(v.to_string()),
            (Self::Float(v), _) => Value::Double(v),
            (Self::Text(v), FieldType::Decimal { .. }) => Value::Decimal(v.to_owned()),
            (Self::Text(v), FieldType::Json) => Value::Json(v.to_owned()),
            (Self::Text(v), _) => Value::Text(v.to_owned()),
        }
    }

    /// The literal as migrations know it.
    pub fn literal(&self) -> orm_schema::Literal {
        match *self {
            Self::Bool(v) => orm_schema::Literal::Bool(v),
            Self::Int(v) => orm_schema::Literal::Int(v),
            Self::Float(v) => orm_schema::Literal::Float(v),
            Self::Text(v) => orm_schema::Literal::Text(v.to_owned()),
        }
    }
}

/// What only migrations need to know of a column.
#[derive(Debug, Clone, Copy)]
pub struct ColumnExtra {
    /// `index`.
    pub index: bool,
    /// `unique`.
    pub unique: Unique,
    /// `db_default`.
    pub db_default: Option<&'static str>,
    /// `collation`.
    pub collation: Option<&'static str>,
    /// `comment`.
    pub comment: Option<&'static str>,
    /// `computed`.
    pub computed: Option<&'static str>,
    /// `type`.
    pub sql_type: Option<&'static str>,
    /// Whether the relation is one-to-one.
    pub one_to_one: bool,
    /// `choices`; empty accepts every value.
    pub choices: &'static [LiteralMeta],
    /// `validate`, on the column's value.
    pub validate: Option<ValidateColumn>,
}

/// A function that validates the value of a column, which is not NULL.
pub type ValidateColumn = fn(Value) -> Result<(), super::ValidationErrors>;

/// A function that validates an object of the model it stands in, whose type only the model knows.
pub type ValidateObject = fn(&dyn std::any::Any) -> Result<(), super::ValidationErrors>;

impl ColumnExtra {
    /// What most columns have.
    pub const NONE: Self = Self {
        index: false,
        unique: Unique::No,
        db_default: None,
        collation: None,
        comment: None,
        computed: None,
        sql_type: None,
        one_to_one: false,
        choices: &[],
        validate: None,
    };
}

/// A named index: name, fields, kind.
pub type IndexMeta = (
    &'static str,
    &'static [&'static str],
    Option<IndexKind>,
    IndexOptions,
);

/// What only migrations need to know of a model.
#[derive(Debug, Clone, Copy)]
pub struct ModelExtra {
    /// Names of all fields that the state knows, in order.
    pub fields: &'static [&'static str],
    /// `storage_type`.
    pub storage_type: Option<StorageType>,
    /// `shard_key`.
    pub shard_key: Option<&'static [&'static str]>,
    /// `sort_key`, with whether each part descends.
    pub sort_key: &'static [(&'static str, bool)],
    /// `unique_together`.
    pub unique_together: &'static [&'static [&'static str]],
    /// `index`.
    pub indexes: &'static [IndexMeta],
    /// `unique`: name, fields, whether it is unenforced.
    pub constraints: &'static [(&'static str, &'static [&'static str], bool)],
    /// `comment`.
    pub comment: Option<&'static str>,
    /// `managed`.
    pub managed: bool,
    /// `natural_key`.
    pub natural_key: &'static [&'static str],
    /// Fields with `serialize = false`.
    pub left_out: &'static [&'static str],
}

/// One relation.
#[derive(Debug)]
pub struct RelationMeta {
    /// The field.
    pub field: &'static str,
    /// The other model.
    pub target: fn() -> &'static ModelMeta,
    /// The other model's name, as the struct writes it.
    pub target_name: &'static str,
    /// `db_constraint`: whether a foreign key holds it, where the database has such.
    pub db_constraint: bool,
    /// How the two are tied.
    pub kind: RelationKind,
}

/// How two models are tied.
#[derive(Debug)]
pub enum RelationKind {
    /// By a column of this model that holds the other's key.
    ToOne {
        /// Number of the column.
        column: usize,
        /// What happens here when the other row is deleted.
        on_delete: OnDelete,
        /// The other model's field that the column refers to, where it is not the key.
        to_field: Option<&'static str>,
    },
    /// By a column of the other model that holds this one's key.
    Reverse {
        /// The other model's field.
        by: &'static str,
        /// Numbers of this model's columns that the other refers to.
        owner: fn() -> &'static [usize],
    },
    /// By several columns of this model, which are fields of their own.
    Columns {
        /// Numbers of the columns.
        own: &'static [usize],
        /// The other model's fields, one for each; none is its key.
        to_fields: &'static [&'static str],
        /// What happens here when the other row is deleted.
        on_delete: OnDelete,
    },
    /// By a table of pairs.
    ManyToMany {
        /// The table.
        table: &'static str,
        /// Its column with this model's key.
        from: &'static str,
        /// Its column with the other model's key.
        to: &'static str,
        /// The model of the table, where it is an own one.
        through: Option<fn() -> &'static ModelMeta>,
        /// Whether a pair stands for both directions.
        symmetrical: bool,
    },
}

impl RelationMeta {
    /// Number of the other model's column that a relation to one object refers to: that of `to_field`,
    /// else that of the key.
    pub fn referred(&self) -> usize {
        let target = (self.target)();
        let named = match self.kind {
            RelationKind::ToOne {
                to_field: Some(field),
                ..
            } => target.column_of(field),
            _ => None,
        };
        named.unwrap_or(target.key[0])
    }

    /// Numbers of the columns that are equal in two related objects, here and there, of a relation to
    /// one object.
    pub fn ties(&self) -> Vec<(usize, usize)> {
        match self.kind {
            RelationKind::ToOne { column, .. } => vec![(column, self.referred())],
            RelationKind::Columns { own, to_fields, .. } => {
                let target = (self.target)();
                let there = |i: usize| match to_fields.get(i) {
                    Some(field) => target.column_of(field).unwrap_or_default(),
                    None => target.key[i],
                };
                let pairs = own.iter().enumerate();
                pairs.map(|(i, &column)| (column, there(i))).collect()
            }
            RelationKind::Reverse { .. } | RelationKind::ManyToMany { .. } => Vec::new(),
        }
    }
}

impl ModelMeta {
    /// Numbers of the columns whose values say which objects a relation leads to: those by which the
    /// objects of a to-many relation name this one, or the own columns of a relation by several. None
    /// where the relation holds its key itself.
    pub fn bound_columns(&self, relation: usize) -> &'static [usize] {
        match (self.relations.get(relation).map(|r| &r.kind), self.key) {
            (Some(RelationKind::Reverse { owner, .. }), _) => owner(),
            (Some(RelationKind::Columns { own, .. }), _) => own,
            (Some(RelationKind::ManyToMany { .. }), [_]) => self.key,
            _ => &[],
        }
    }

    /// Number of the column of a field.
    pub fn column_of(&self, field: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.field == field)
    }

    /// The column of a to-one relation by its field.
    pub fn to_one_column(&self, field: &str) -> Option<usize> {
        self.relations.iter().find_map(|r| match r.kind {
            RelationKind::ToOne { column, .. } if r.field == field => Some(column),
            _ => None,
        })
    }

    /// The column of a primary key of one column.
    pub fn single_key(&self) -> Option<&'static ColumnMeta> {
        match self.key {
            &[i] => self.columns.get(i),
            _ => None,
        }
    }

    /// Whether rows are told apart by these columns. A lookup is not relied on, since no server keeps
    /// it unique by itself.
    pub fn is_unique(&self, has: impl Fn(usize) -> bool) -> bool {
        let all = |group: &[usize]| !group.is_empty() && group.iter().all(|&c| has(c));
        let never_null = |group: &[usize]| group.iter().all(|&c| !self.columns[c].null);
        all(self.key)
            || (0..self.columns.len()).any(|c| {
                let column = &self.columns[c];
                let kept = column.unique && column.extra.unique != Unique::Lookup;
                kept && !column.null && has(c)
            })
            || self.uniques.iter().any(|g| all(g) && never_null(g))
    }

    /// Compares what the tokens said of each column with the Rust type's own word; called in a
    /// constant, so that a wrong assumption does not compile.
    pub const fn check(&self) {
        let mut i = 0;
        while i < self.columns.len() {
            let column = &self.columns[i];
            if !same_family(&column.ty, &column.rust_type) {
                panic!(
                    "a field's type is not what its name says: a type alias or an own type has the name of a built-in one; rename it"
                );
            }
            if column.null != column.rust_null {
                panic!("a field's type hides an `Option`: write `Option<…>` in the struct itself");
            }
            i += 1;
        }
    }
}
