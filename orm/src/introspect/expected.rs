//! The form that a table of the models must have on a database.

use orm_schema::{StorageType, TableDef};

use super::error::IntrospectError;
use super::parse::{parse_index, parse_table};
use super::table::Table;
use crate::ast::Ddl;
use crate::dialect::Dialect;

/// Describes a table as the database would after its CREATE TABLE. `rowstore`: whether the server
/// keeps tables that name no storage in rows (SingleStore's `default_table_type`); one with a sort
/// key is a columnstore even there.
///
/// # Errors
/// [`IntrospectError::Expected`] if the dialect has no form of the table.
pub fn expected_table(
    table: &TableDef,
    dialect: &dyn Dialect,
    rowstore: bool,
) -> Result<Table, IntrospectError> {
    let fault = |problem: String| IntrospectError::Expected {
        table: table.name.clone(),
        problem,
    };
    let render = |ddl: &Ddl| dialect.render_ddl(ddl).map_err(|e| fault(e.to_string()));
    let mut def = table.clone();
    let open = def.storage.storage_type.is_none() && def.storage.sort_key.is_empty();
    if rowstore && open && dialect.features().sharded {
        def.storage.storage_type = Some(StorageType::Rowstore);
    }
    let create = Ddl::CreateTable {
        table: def,
        if_not_exists: false,
    };
    let mut out = parse_table(&render(&create)?, dialect).map_err(|e| fault(e.to_string()))?;
    if !dialect.features().inline_indexes {
        for index in &table.indexes {
            let create = Ddl::CreateIndex {
                table: table.name.clone(),
                index: index.clone(),
            };
            let key = parse_index(&render(&create)?).map_err(|e| fault(e.to_string()))?;
            out.keys.push(key);
        }
    }
    Ok(out)
}
