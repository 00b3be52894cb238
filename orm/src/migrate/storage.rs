//! What an application's configuration says of the storage of its models.
//!
//! It is put in where a migration meets a database, and never into a file: the same files run with
//! another storage type elsewhere, and their checksums stay.

use std::collections::BTreeMap;

use orm_schema::{ModelDef, Storage, StorageType};

use super::{Migration, Operation, ProjectState};

/// What holds for the models of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AppStorage {
    /// The storage type of models that name none.
    pub storage_type: Option<StorageType>,
    /// Whether SingleStore is told to check no unique key but the primary ones.
    pub unenforced_unique: bool,
}

impl AppStorage {
    /// Puts it into a model.
    pub fn fill(self, model: &mut ModelDef) {
        self.fill_storage(&mut model.storage);
        model.unenforced_unique |= self.unenforced_unique;
    }

    fn fill_storage(self, storage: &mut Storage) {
        storage.storage_type = storage.storage_type.or(self.storage_type);
    }
}

impl From<StorageType> for AppStorage {
    fn from(storage_type: StorageType) -> Self {
        Self {
            storage_type: Some(storage_type),
            ..Self::default()
        }
    }
}

/// What holds for the models of each application.
pub type StorageTypes = BTreeMap<String, AppStorage>;

/// A migration and the state before it, with what applications say filled in.
pub fn with_storage_types(
    migration: &Migration,
    before: &ProjectState,
    types: &StorageTypes,
) -> (Migration, ProjectState) {
    let (mut migration, mut before) = (migration.clone(), before.clone());
    if let Some(own) = types.get(&migration.app) {
        fill_operations(&mut migration.operations, *own);
    }
    for model in before.models_mut() {
        if let Some(own) = types.get(&model.app) {
            own.fill(model);
        }
    }
    (migration, before)
}

fn fill_operations(operations: &mut [Operation], own: AppStorage) {
    for operation in operations {
        match operation {
            Operation::CreateModel(model) | Operation::DeleteModel(model) => own.fill(model),
            Operation::AlterStorage { from, to, .. } => {
                own.fill_storage(from);
                own.fill_storage(to);
            }
            Operation::SeparateDatabaseAndState { database, state } => {
                fill_operations(database, own);
                fill_operations(state, own);
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
        let types: StorageTypes = [("blog".to_owned(), StorageType::Rowstore.into())].into();
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

    #[test]
    fn unique_keys_are_left_unchecked_where_asked() {
        let unchecked = AppStorage {
            unenforced_unique: true,
            ..AppStorage::default()
        };
        let types: StorageTypes = [("blog".to_owned(), unchecked)].into();
        let mut model = page("blog", None);
        let mut slug = FieldDef::new("slug", FieldType::Varchar { max_length: 20 });
        slug.unique = orm_schema::Unique::Yes;
        model.fields.push(slug);
        let mut migration = Migration::new("blog", "0001_initial");
        migration.operations.push(Operation::CreateModel(model));
        let (filled, before) = with_storage_types(&migration, &ProjectState::default(), &types);
        let sql = |to: &dyn crate::dialect::Dialect| {
            sql_for(&filled, &before, to, false).unwrap()[0].0.clone()
        };
        assert!(sql(&SingleStore).contains("(`slug`) UNENFORCED"));
        assert!(!sql(&crate::dialect::MariaDb).contains("UNENFORCED"));
    }
}
