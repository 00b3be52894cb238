//! The storage type that an application's configuration gives to models that name none.
//!
//! It is put in where a migration meets a database, and never into a file: the same files run with
//! another storage type elsewhere, and their checksums stay.

use std::collections::BTreeMap;

use orm_schema::{Storage, StorageType};

use super::{Migration, Operation, ProjectState};

/// Storage types by application.
pub type StorageTypes = BTreeMap<String, StorageType>;

/// A migration and the state before it, with the storage types that are left open filled in.
pub fn with_storage_types(
    migration: &Migration,
    before: &ProjectState,
    types: &StorageTypes,
) -> (Migration, ProjectState) {
    let (mut migration, mut before) = (migration.clone(), before.clone());
    let own = types.get(&migration.app).copied();
    fill_operations(&mut migration.operations, own);
    for model in before.models_mut() {
        let storage_type = types.get(&model.app).copied();
        fill(&mut model.storage, storage_type);
    }
    (migration, before)
}

fn fill(storage: &mut Storage, storage_type: Option<StorageType>) {
    storage.storage_type = storage.storage_type.or(storage_type);
}

fn fill_operations(operations: &mut [Operation], storage_type: Option<StorageType>) {
    for operation in operations {
        match operation {
            Operation::CreateModel(model) | Operation::DeleteModel(model) => {
                fill(&mut model.storage, storage_type);
            }
            Operation::AlterStorage { from, to, .. } => {
                fill(from, storage_type);
                fill(to, storage_type);
            }
            Operation::SeparateDatabaseAndState { database, state } => {
                fill_operations(database, storage_type);
                fill_operations(state, storage_type);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use orm_schema::{FieldDef, FieldType, ModelDef};

    use super::*;
    use crate::dialect::SingleStore;
    use crate::migrate::sql_for;

    fn page(app: &str, storage_type: Option<StorageType>) -> ModelDef {
        let mut model = ModelDef::new(app, "Page");
        model
            .fields
            .push(FieldDef::new("id", FieldType::BigInt { unsigned: false }));
        model.primary_key = vec!["id".to_owned()];
        model.storage.storage_type = storage_type;
        model
    }

    #[test]
    fn only_what_is_left_open_is_filled_in() {
        let types: StorageTypes = [("blog".to_owned(), StorageType::Rowstore)].into();
        let sql = |app: &str, own: Option<StorageType>| {
            let mut migration = Migration::new(app, "0001_initial");
            migration
                .operations
                .push(Operation::CreateModel(page(app, own)));
            let (filled, before) = with_storage_types(&migration, &ProjectState::default(), &types);
            sql_for(&filled, &before, &SingleStore, false).unwrap()[0]
                .0
                .clone()
        };
        assert!(sql("blog", None).starts_with("CREATE ROWSTORE TABLE"));
        assert!(!sql("blog", Some(StorageType::Columnstore)).contains("ROWSTORE"));
        assert!(!sql("shop", None).contains("ROWSTORE"));
    }
}
