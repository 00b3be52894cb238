//! Neutral column types and literal values.

use crate::model::RelationDef;

/// The type of a field, independent of any database.
///
/// Dialects spell it: `DateTime` is `DATETIME(6)` on SingleStore and text on SQLite.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// True or false.
    Bool,
    /// 16-bit integer.
    SmallInt {
        /// Whether negative values are excluded.
        unsigned: bool,
    },
    /// 32-bit integer.
    Int {
        /// Whether negative values are excluded.
        unsigned: bool,
    },
    /// 64-bit integer.
    BigInt {
        /// Whether negative values are excluded.
        unsigned: bool,
    },
    /// 32-bit floating point number.
    Float,
    /// 64-bit floating point number.
    Double,
    /// Exact decimal number.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// Text of a fixed number of characters.
    Char {
        /// Characters.
        max_length: u32,
    },
    /// Text of at most so many characters.
    Varchar {
        /// Characters.
        max_length: u32,
    },
    /// Text without a bound.
    Text,
    /// Bytes.
    Binary {
        /// Bytes at most; `None` is unbounded.
        max_length: Option<u32>,
    },
    /// Calendar date.
    Date,
    /// Time of day, microseconds.
    Time,
    /// Instant in UTC, microseconds.
    DateTime,
    /// Span of time, stored as microseconds in a 64-bit integer.
    Duration,
    /// JSON document.
    Json,
    /// UUID.
    Uuid,
    /// IPv4 or IPv6 address.
    Ip,
    /// Vector of 32-bit floats.
    Vector {
        /// Number of elements.
        dim: u32,
    },
    /// Geographic shape.
    Geography,
    /// A column type in the database's own words, from `type = "…"`.
    Sql(String),
    /// Reference to one row of another model, many rows may share it.
    ForeignKey(RelationDef),
    /// Reference to one row of another model that no other row shares.
    OneToOne(RelationDef),
    /// Set of rows of another model, kept in a table of its own.
    ManyToMany(RelationDef),
}

impl FieldType {
    /// The relation, if the type is one.
    pub fn relation(&self) -> Option<&RelationDef> {
        match self {
            Self::ForeignKey(r) | Self::OneToOne(r) | Self::ManyToMany(r) => Some(r),
            _ => None,
        }
    }

    /// The relation, mutably, if the type is one.
    pub fn relation_mut(&mut self) -> Option<&mut RelationDef> {
        match self {
            Self::ForeignKey(r) | Self::OneToOne(r) | Self::ManyToMany(r) => Some(r),
            _ => None,
        }
    }

    /// Whether the field has a column in its model's own table.
    pub fn has_column(&self) -> bool {
        !matches!(self, Self::ManyToMany(_))
    }

    /// Whether the field is a foreign key or one-to-one.
    pub fn is_to_one(&self) -> bool {
        matches!(self, Self::ForeignKey(_) | Self::OneToOne(_))
    }

    /// Whether values are text whose comparison follows a collation.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Char { .. } | Self::Varchar { .. } | Self::Text)
    }

    /// Whether values are whole numbers.
    pub fn is_integer(&self) -> bool {
        matches!(
            self,
            Self::SmallInt { .. } | Self::Int { .. } | Self::BigInt { .. }
        )
    }

    /// The type's neutral name, as migration files write it (without its parameters).
    ///
    /// ```
    /// use orm_schema::FieldType;
    /// assert_eq!(FieldType::Varchar { max_length: 80 }.name(), "varchar");
    /// assert_eq!(FieldType::Int { unsigned: true }.name(), "int unsigned");
    /// assert_eq!(FieldType::Sql("INET6".into()).name(), "sql:INET6");
    /// ```
    pub fn name(&self) -> std::borrow::Cow<'static, str> {
        let name = match self {
            Self::Bool => "bool",
            Self::SmallInt { unsigned: false } => "smallint",
            Self::SmallInt { unsigned: true } => "smallint unsigned",
            Self::Int { unsigned: false } => "int",
            Self::Int { unsigned: true } => "int unsigned",
            Self::BigInt { unsigned: false } => "bigint",
            Self::BigInt { unsigned: true } => "bigint unsigned",
            Self::Float => "float",
            Self::Double => "double",
            Self::Decimal { .. } => "decimal",
            Self::Char { .. } => "char",
            Self::Varchar { .. } => "varchar",
            Self::Text => "text",
            Self::Binary { .. } => "binary",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Duration => "duration",
            Self::Json => "json",
            Self::Uuid => "uuid",
            Self::Ip => "ip",
            Self::Vector { .. } => "vector",
            Self::Geography => "geography",
            Self::Sql(text) => return format!("sql:{text}").into(),
            Self::ForeignKey(_) => "foreign_key",
            Self::OneToOne(_) => "one_to_one",
            Self::ManyToMany(_) => "many_to_many",
        };
        name.into()
    }
}

/// A literal value in an attribute or a migration file.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A floating point number.
    Float(f64),
    /// Text; also the form of decimals, dates, times, UUIDs, addresses and JSON.
    Text(String),
}
