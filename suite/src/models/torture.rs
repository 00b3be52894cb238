//! Six models that hang together, each with a lookup: what many tasks write at once while things
//! break. An owner and its permit say the same step, and the permit outlives the owner.

use orm::model::ModelMeta;
use orm::prelude::*;

/// Its tag changes with each step; nicks are few and fought over.
#[derive(Model, Debug, Clone)]
#[model(app = "torture")]
pub struct Owner {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 40)]
    pub unit: String,
    #[field(max_length = 60, unique = "lookup")]
    pub tag: String,
    #[field(max_length = 20, unique = "lookup")]
    pub nick: Option<String>,
    pub step: i64,
    pub labels: ManyToMany<Label>,
}

/// Goes with its owner.
#[derive(Model, Debug, Clone)]
#[model(app = "torture")]
pub struct House {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub owner: ForeignKey<Owner>,
    #[field(max_length = 60, unique = "lookup")]
    pub number: String,
}

/// Goes with its house.
#[derive(Model, Debug, Clone)]
#[model(app = "torture")]
pub struct Room {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub house: ForeignKey<House>,
    #[field(max_length = 60, unique = "lookup")]
    pub code: String,
}

/// Forgets its owner, and tells the last step of a unit.
#[derive(Model, Debug, Clone)]
#[model(app = "torture")]
pub struct Permit {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "set_null")]
    pub owner: Option<ForeignKey<Owner>>,
    #[field(max_length = 40, unique = "lookup")]
    pub serial: String,
    pub step: i64,
}

/// Found or created by many at once; counts.
#[derive(Model, Debug, Clone)]
#[model(app = "torture")]
pub struct Label {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 40, unique = "lookup")]
    pub name: String,
    #[field(default = 0)]
    pub uses: i64,
}

/// A key that the program makes; one for a room, which it forgets.
#[derive(Model, Debug, Clone)]
#[model(app = "torture")]
pub struct Seat {
    #[field(primary_key, max_length = 60)]
    pub code: String,
    #[field(unique = "lookup", on_delete = "set_null")]
    pub room: Option<OneToOne<Room>>,
}

/// All of them.
pub const ALL: [&ModelMeta; 6] = [
    Owner::META,
    House::META,
    Room::META,
    Permit::META,
    Label::META,
    Seat::META,
];
