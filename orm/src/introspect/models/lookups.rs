//! Side tables of lookups, which become `unique = "lookup"` of the field that they belong to.

use std::collections::BTreeMap;

use orm_schema::{LOOKUP_VALUE, Unique, lookup_owner, lookup_table};

use super::InspectedModel;
use crate::introspect::table::Table;

/// Each side table's name, with the table and the column that it keeps unique.
pub(super) type Sides = BTreeMap<String, (String, String)>;

/// The side tables among these tables.
pub(super) fn sides(tables: &[Table]) -> Sides {
    let mut out = Sides::new();
    for table in tables {
        for column in &table.columns {
            let name = lookup_table(&table.name, &column.name);
            let side = tables.iter().find(|t| t.name == name);
            if side.is_some_and(|side| has_shape(side, table)) {
                out.insert(name, (table.name.clone(), column.name.clone()));
            }
        }
    }
    out
}

fn has_shape(side: &Table, own: &Table) -> bool {
    let parts = own.primary_key.len();
    let owner = (0..parts).map(|at| lookup_owner(at, parts).into_owned());
    let wanted = std::iter::once(LOOKUP_VALUE.to_owned()).chain(owner);
    side.primary_key == [LOOKUP_VALUE] && side.columns.iter().map(|c| c.name.clone()).eq(wanted)
}

/// Says of the fields of this model what side tables say of their columns. The index of such a
/// column comes with the lookup.
pub(super) fn mark(sides: &Sides, model: &mut InspectedModel) {
    for (_, column) in sides.values().filter(|(t, _)| *t == model.def.table) {
        let fields = model.def.fields.iter_mut();
        for field in fields.filter(|f| f.column_name() == column.as_str()) {
            field.unique = Unique::Lookup;
            field.index = false;
        }
    }
}
