//! Values that change though other tables speak of them: keys beside lookups, lookups that relations
//! refer to.

use orm::integrity::{DataOptions, check_data};
use orm::migrate::ProjectState;
use orm::model::ModelMeta;
use orm::prelude::*;

/// Referred to by its key, which never changes, and by its badge.
#[derive(Model, Debug, Clone)]
#[model(app = "halls", ordering(id))]
pub struct Guest {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20, unique = "lookup")]
    pub badge: String,
    #[field(max_length = 20, unique = "lookup")]
    pub nick: Option<String>,
    #[field(default = 0)]
    pub visits: i64,
    #[field(default = 0)]
    pub floor: i32,
    #[field(on_delete = "set_null")]
    pub host: Option<ForeignKey<Self>>,
}

/// A key of which one part can change on every backend, since the shard key leaves it out.
#[derive(Model, Debug, Clone)]
#[model(app = "halls", primary_key(hall, number), shard_key(hall))]
pub struct Seat {
    #[field(max_length = 10)]
    pub hall: String,
    pub number: i32,
    #[field(unique = "lookup")]
    pub ticket: Option<i64>,
    #[field(max_length = 20, unique = "lookup")]
    pub label: String,
    #[field(default = 0)]
    pub sold: i64,
    #[field(on_delete = "cascade")]
    pub guest: ForeignKey<Guest>,
}

/// In a reference table, whose key can change; rows refer to it.
#[derive(Model, Debug, Clone)]
#[model(app = "halls", storage_type = "reference", ordering(id))]
pub struct Desk {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 10, unique = "lookup")]
    pub code: String,
    #[field(default = 0)]
    pub height: i64,
    pub users: ManyToMany<Guest>,
}

/// Refers to the key of its desk.
#[derive(Model, Debug, Clone)]
#[model(app = "halls")]
pub struct Drawer {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = "cascade")]
    pub desk: ForeignKey<Desk>,
}

/// Refers to badges; none of it goes by itself.
#[derive(Model, Debug, Clone)]
#[model(app = "halls")]
pub struct Pass {
    #[field(primary_key)]
    pub id: i64,
    #[field(to_field = "badge", on_delete = "protect")]
    pub guest: ForeignKey<Guest, String>,
    /// Nobody watches over it.
    #[field(to_field = "nick", on_delete = "set_null", db_constraint = false)]
    pub friend: Option<ForeignKey<Guest, String>>,
}

/// All models.
pub const ALL: [&ModelMeta; 5] = [
    Guest::META,
    Seat::META,
    Desk::META,
    Drawer::META,
    Pass::META,
];

/// The tables, with guests 1 to `guests`: badges `b1`, `b2`, …; nicks `n1`, ….
///
/// # Errors
/// As any insert.
pub async fn fill(db: &Db, guests: i64) -> Result<()> {
    orm::create_tables(db, &ALL).await?;
    let guest = |id: i64| {
        new!(Guest {
            id,
            badge: format!("b{id}"),
            nick: format!("n{id}"),
            visits: id,
        })
    };
    Guest::bulk_create(db, (1..=guests).map(guest)).await?;
    Ok(())
}

/// Asserts that `check --data` finds nothing.
///
/// # Panics
/// If it finds anything, or the database refuses.
pub async fn assert_sound(db: &Db) {
    let mut state = ProjectState::default();
    for meta in ALL {
        state.insert(meta.def());
    }
    let found = check_data(db, &state, &DataOptions::default(), &mut |_| {}).await;
    let found = found.expect("looks");
    assert!(found.is_empty(), "{found:#?}");
}
