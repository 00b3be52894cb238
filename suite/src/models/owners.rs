//! One model for each rule of `on_delete`.

use orm::prelude::*;

use crate::backend::sync_ids;

#[derive(Model, Debug, Clone)]
#[model(app = "owners")]
pub struct Owner {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub name: String,
}

/// Goes with its owner.
#[derive(Model, Debug, Clone)]
#[model(app = "owners")]
pub struct Pet {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub owner: ForeignKey<Owner>,
}

/// Goes with its pet, and so with the owner.
#[derive(Model, Debug, Clone)]
#[model(app = "owners")]
pub struct Toy {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub pet: ForeignKey<Pet>,
}

/// Keeps its owner from going.
#[derive(Model, Debug, Clone)]
#[model(app = "owners")]
pub struct Loan {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "protect")]
    pub owner: ForeignKey<Owner>,
}

/// Keeps its owner from going, unless it goes with its pet.
#[derive(Model, Debug, Clone)]
#[model(app = "owners")]
pub struct Chip {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "restrict")]
    pub owner: ForeignKey<Owner>,
    #[field(on_delete = "cascade")]
    pub pet: Option<ForeignKey<Pet>>,
}

/// Forgets its owner.
#[derive(Model, Debug, Clone)]
#[model(app = "owners")]
pub struct Note {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "set_null")]
    pub owner: Option<ForeignKey<Owner>>,
}

/// Falls to owner 1.
#[derive(Model, Debug, Clone)]
#[model(app = "owners")]
pub struct Plot {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "set_default", default = 1)]
    pub owner: ForeignKey<Owner>,
}

/// Left to the database.
#[derive(Model, Debug, Clone)]
#[model(app = "owners")]
pub struct Debt {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "do_nothing")]
    pub owner: ForeignKey<Owner>,
}

/// All tables, and owners 1 to 3.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn fill(db: &Db) -> Result<()> {
    let all = [
        Owner::META,
        Pet::META,
        Toy::META,
        Loan::META,
        Chip::META,
        Note::META,
        Plot::META,
        Debt::META,
    ];
    orm::create_tables(db, &all).await?;
    for (id, name) in [(1, "Ann"), (2, "Bob"), (3, "Cid")] {
        Owner::create(db, new!(Owner { id: id, name: name })).await?;
    }
    sync_ids(db).await
}
