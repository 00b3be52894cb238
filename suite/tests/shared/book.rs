//! A table that is made, changed in place, and copied into another.

use orm::migrate::{Migration, Operation};
use orm::schema::{FieldDef, FieldType, ModelDef, OrderField, Storage};

pub(crate) fn page() -> ModelDef {
    let mut page = ModelDef::new("book", "Page");
    let mut id = FieldDef::new("id", FieldType::BigInt { unsigned: false });
    id.auto = true;
    page.fields = vec![
        id,
        FieldDef::new("title", FieldType::Varchar { max_length: 50 }),
    ];
    page.primary_key = vec!["id".into()];
    page
}

/// A table is made, changed in place, and copied into another that has a sort key.
pub(crate) fn migrations() -> Vec<Migration> {
    let views = FieldDef {
        null: true,
        ..FieldDef::new("views", FieldType::BigInt { unsigned: false })
    };
    let first = Migration {
        operations: vec![Operation::CreateModel(page())],
        ..Migration::new("book", "0001_initial")
    };
    let second = Migration {
        depends_on: vec![("book".into(), "0001_initial".into())],
        operations: vec![
            Operation::AddField {
                model: "Page".into(),
                field: views,
                preserve_default: true,
            },
            Operation::AlterStorage {
                model: "Page".into(),
                from: Storage::default(),
                to: Storage {
                    sort_key: vec![OrderField::parse("title")],
                    ..Storage::default()
                },
            },
        ],
        ..Migration::new("book", "0002_second")
    };
    vec![first, second]
}
