//! From a column's type in the database's words to the neutral type.
//!
//! A neutral type is taken only if the dialect writes it exactly so: a model made from a table makes
//! the same table again. Everything else stays in the database's words, as `type = "…"`.

use orm_schema::{ColumnDef, ColumnDefault, FieldType, TableDef, TableStorage};

use super::canon;
use super::expected::expected_table;
use super::table::{Column, Table};
use crate::dialect::Dialect;

/// The types of one dialect.
pub(super) struct Types<'a> {
    dialect: &'a dyn Dialect,
    fixed: Vec<(String, FieldType)>,
    now: Option<String>,
}

impl<'a> Types<'a> {
    pub(super) fn new(dialect: &'a dyn Dialect) -> Self {
        let mut this = Self {
            dialect,
            fixed: Vec::new(),
            now: None,
        };
        for ty in fixed() {
            // A type that shares its spelling with an earlier one cannot be told from it, and a
            // text of some length may be anything.
            if let Some(column) = this.spelled(&ty, None)
                && !column.ty.starts_with("char(")
                && !column.ty.starts_with("varchar(")
            {
                this.fixed.push((column.ty, ty));
            }
        }
        let now = ColumnDefault::Sql("CURRENT_TIMESTAMP".to_owned());
        let column = this.spelled(&FieldType::DateTime, Some(now));
        this.now = column
            .and_then(|c| c.default)
            .map(|d| canon::expression(&d));
        this
    }

    /// The column that the dialect makes of a neutral type.
    fn spelled(&self, ty: &FieldType, default: Option<ColumnDefault>) -> Option<Column> {
        let mut column = ColumnDef::new("c", ty.clone());
        column.default = default;
        let table = TableDef {
            name: "t".to_owned(),
            columns: vec![column],
            primary_key: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            storage: TableStorage::default(),
            comment: None,
        };
        let mut table: Table = expected_table(&table, self.dialect, false).ok()?;
        table.columns.pop()
    }

    /// The neutral type of a type in its one spelling.
    pub(super) fn neutral(&self, ty: &str) -> FieldType {
        if let Some((_, found)) = self.fixed.iter().find(|(spelled, _)| spelled == ty) {
            return found.clone();
        }
        let sized = sized(ty)
            .into_iter()
            .find(|candidate| self.spelled(candidate, None).is_some_and(|c| c.ty == ty));
        sized.unwrap_or_else(|| FieldType::Sql(ty.to_owned()))
    }

    /// A default as a model says it.
    pub(super) fn default(&self, ty: &FieldType, text: &str) -> String {
        let now = *ty == FieldType::DateTime && self.now == Some(canon::expression(text));
        if now {
            "CURRENT_TIMESTAMP(6)".to_owned()
        } else {
            text.to_owned()
        }
    }
}

fn fixed() -> [FieldType; 17] {
    [
        FieldType::Bool,
        FieldType::SmallInt { unsigned: false },
        FieldType::SmallInt { unsigned: true },
        FieldType::Int { unsigned: false },
        FieldType::Int { unsigned: true },
        FieldType::BigInt { unsigned: false },
        FieldType::BigInt { unsigned: true },
        FieldType::Double,
        FieldType::Text,
        FieldType::Binary { max_length: None },
        FieldType::Date,
        FieldType::Time,
        FieldType::DateTime,
        FieldType::Json,
        FieldType::Uuid,
        FieldType::Ip,
        FieldType::Geography,
    ]
}

/// Neutral types that carry the numbers in a type's parentheses.
fn sized(ty: &str) -> Vec<FieldType> {
    let inside = ty
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .unwrap_or_default();
    let numbers: Vec<u32> = inside.split(',').map_while(|n| n.parse().ok()).collect();
    match numbers[..] {
        [n] => vec![
            FieldType::Varchar { max_length: n },
            FieldType::Binary {
                max_length: Some(n),
            },
            FieldType::Vector { dim: n },
        ],
        [precision, scale] => match (u8::try_from(precision), u8::try_from(scale)) {
            (Ok(precision), Ok(scale)) => vec![FieldType::Decimal { precision, scale }],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
