//! Values that are unique across shards: `unique = "lookup"`, beside keys of every sort.

use orm::model::ModelMeta;
use orm::prelude::*;
use orm::query::raw;
use orm::schema::{LOOKUP_VALUE, Unique, lookup_owner, lookup_table};

/// A key that the database makes, and two lookups.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "accounts", ordering(email))]
pub struct Account {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 80, unique = "lookup")]
    pub email: String,
    #[field(max_length = 20, unique = "lookup")]
    pub nick: Option<String>,
    #[field(max_length = 40, default = "")]
    pub name: String,
    #[field(default = 0)]
    pub visits: i64,
}

/// A key that the program makes; the lookups are a number and a relation that is forgotten.
#[derive(Model, Debug, Clone)]
#[model(app = "accounts")]
pub struct Badge {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    #[field(unique = "lookup")]
    pub number: i64,
    #[field(unique = "lookup", on_delete = "set_null")]
    pub account: Option<OneToOne<Account>>,
}

/// A key of two columns, in rowstore; goes with its account.
#[derive(Model, Debug, Clone)]
#[model(app = "accounts", primary_key(room, number), storage_type = "rowstore")]
pub struct Locker {
    #[field(max_length = 10)]
    pub room: String,
    pub number: i32,
    #[field(unique = "lookup")]
    pub ticket: Option<uuid::Uuid>,
    #[field(on_delete = "cascade")]
    pub account: ForeignKey<Account>,
}

/// The tables, without rows.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Account::META, Badge::META, Locker::META]).await
}

/// Asserts that side tables, where there are any, say what the rows say.
///
/// # Errors
/// What the database raises.
///
/// # Panics
/// If a value is not noted for its row, or one is noted that no row has.
pub async fn assert_kept(db: &impl Executor) -> Result<()> {
    for meta in [Account::META, Badge::META, Locker::META] {
        for column in meta.columns {
            if column.extra.unique == Unique::Lookup && db.dialect().features().sharded {
                let [own, side] = noted(db, meta, column.column).await?;
                assert_eq!(own, side, "{} of {}", column.column, meta.name);
            }
        }
    }
    Ok(())
}

/// Values with their rows' keys: as the table says, and as the side table does.
async fn noted(db: &impl Executor, meta: &ModelMeta, column: &str) -> Result<[Vec<String>; 2]> {
    let key: Vec<&str> = meta.key.iter().map(|&c| meta.columns[c].column).collect();
    let owner: Vec<String> = (0..key.len())
        .map(|at| lookup_owner(at, key.len()).into_owned())
        .collect();
    let own = format!(
        "SELECT CONCAT_WS('|', `{column}`, `{}`) AS line FROM `{}` WHERE `{column}` IS NOT NULL ORDER BY 1",
        key.join("`, `"),
        meta.table
    );
    let side = format!(
        "SELECT CONCAT_WS('|', `{LOOKUP_VALUE}`, `{}`) AS line FROM `{}` ORDER BY 1",
        owner.join("`, `"),
        lookup_table(meta.table, column)
    );
    let own: Vec<(String,)> = raw(&own, ()).all(db).await?;
    let side: Vec<(String,)> = raw(&side, ()).all(db).await?;
    let lines = |list: Vec<(String,)>| {
        let mut lines: Vec<String> = list.into_iter().map(|(l,)| l).collect();
        lines.sort();
        lines
    };
    Ok([lines(own), lines(side)])
}
