//! All linked models.

use std::collections::HashSet;
use std::sync::LazyLock;

use orm_schema::StorageType;

use super::ModelMeta;

/// A model that the derive registered.
#[derive(Debug)]
pub struct Registered(pub &'static ModelMeta);

inventory::collect!(Registered);

/// Every model linked into this program.
pub fn registered() -> impl Iterator<Item = &'static ModelMeta> {
    inventory::iter::<Registered>.into_iter().map(|r| r.0)
}

/// Whether a linked model keeps its rows in this table, on every node (`storage_type = "reference"`).
pub(crate) fn is_reference_table(table: &str) -> bool {
    static TABLES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        let stored = |m: &&ModelMeta| m.extra.storage_type.is_some_and(StorageType::is_reference);
        registered().filter(stored).map(|m| m.table).collect()
    });
    TABLES.contains(table)
}

/// The linked model of this application and name.
pub fn registered_model(app: &str, name: &str) -> Option<&'static ModelMeta> {
    registered().find(|m| m.app == app && m.name.eq_ignore_ascii_case(name))
}
