//! The tables of a model and their columns, for those who read and write rows by name: fixtures, and
//! the code of data migrations.

use orm_schema::{FieldType, Literal, ModelDef};

use super::{MappedTable, ProjectState, TableError, mapped_tables};
use crate::dialect::Features;

/// One column.
#[derive(Debug, Clone)]
pub(crate) struct RowColumn {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) ty: FieldType,
    pub(crate) null: bool,
    pub(crate) auto: bool,
    /// Whether the database has a default of its own.
    pub(crate) db_default: bool,
    /// Whether the database computes it.
    pub(crate) computed: bool,
    /// What the program gives a row that has no value here.
    pub(crate) default: Option<Literal>,
    /// Whether a side table keeps its values unique.
    pub(crate) lookup: bool,
}

impl RowColumn {
    /// Whether the database fills it: by a default of its own, or by computing it.
    pub(crate) fn is_filled(&self) -> bool {
        self.db_default || self.computed
    }
}

/// As [`mapped_tables`], also of a model for whose table migrations do not care.
pub(crate) fn tables_of_rows(
    state: &ProjectState,
    model: &ModelDef,
    features: &Features,
) -> Result<Vec<MappedTable>, TableError> {
    if model.managed {
        return mapped_tables(state, model, features);
    }
    let mut managed = model.clone();
    managed.managed = true;
    mapped_tables(state, &managed, features)
}

/// The columns of one of a model's tables, in the table's order.
pub(crate) fn row_columns(
    mapped: &MappedTable,
    model: &ModelDef,
    features: &Features,
) -> Vec<RowColumn> {
    let column = |column: &orm_schema::ColumnDef| {
        let known = mapped.columns.iter().find(|(_, c)| *c == column.name);
        let field = known.map_or(&column.name, |(field, _)| field);
        // The fields of pairs are none of the model's.
        let def = model.field(field).filter(|_| mapped.field.is_none());
        RowColumn {
            field: field.clone(),
            name: column.name.clone(),
            ty: column.ty.clone(),
            null: column.null,
            auto: column.auto_increment,
            db_default: column.default.is_some(),
            computed: column.computed.is_some(),
            default: def.and_then(|d| d.default.clone()),
            lookup: features.sharded && def.is_some_and(|d| model.has_lookup(&d.name)),
        }
    };
    mapped.table.columns.iter().map(column).collect()
}
