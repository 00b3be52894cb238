//! Relations that refer to another unique field than the key.

use orm::prelude::*;

use crate::backend::sync_ids;

#[derive(Model, Debug, Clone)]
#[model(app = "ports", storage_type = "reference", ordering(code))]
pub struct Nation {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 2, unique)]
    pub code: String,
    /// Of the same type as the key, and not the same.
    #[field(unique)]
    pub number: Option<i64>,
    #[field(max_length = 20)]
    pub name: String,
    #[field(to_field = "code", on_delete = "set_null")]
    pub friend: Option<ForeignKey<Self, String>>,
    #[field(by = "friend")]
    pub friends: Reverse<Self>,
    #[field(by = "nation")]
    pub towns: Reverse<Town>,
    #[field(by = "twin")]
    pub twins: Reverse<Town>,
    #[field(by = "tax")]
    pub taxed: Reverse<Town>,
    #[field(by = "nation")]
    pub flag: Reverse<Flag>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "ports", ordering(name))]
pub struct Town {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub name: String,
    #[field(to_field = "code", on_delete = "cascade")]
    pub nation: ForeignKey<Nation, String>,
    #[field(to_field = "code", on_delete = "set_null")]
    pub twin: Option<ForeignKey<Nation, String>>,
    /// Without a second type, since `number` is an `i64` as the key is.
    #[field(to_field = "number", on_delete = "protect")]
    pub tax: Option<ForeignKey<Nation>>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "ports")]
pub struct Flag {
    #[field(primary_key, to_field = "code")]
    pub nation: OneToOne<Nation, String>,
    #[field(max_length = 20)]
    pub colours: String,
}

/// Refers to a key that is itself a relation by another field.
#[derive(Model, Debug, Clone)]
#[model(app = "ports")]
pub struct Pole {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "restrict")]
    pub flag: ForeignKey<Flag>,
}

/// All tables. Nations 11 to 13 have the numbers 12, 13 and none, so that a key taken for a number
/// shows; the towns are Graz and Linz in Austria, Lyon in France.
///
/// # Errors
/// As any insert.
pub async fn fill(db: &Db) -> Result<()> {
    let all = [Nation::META, Town::META, Flag::META, Pole::META];
    orm::create_tables(db, &all).await?;
    let nations = [
        (11, "at", Some(12), "Austria"),
        (12, "fr", Some(13), "France"),
        (13, "va", None, "Vatican"),
    ];
    for (id, code, number, name) in nations {
        Nation::create(
            db,
            new!(Nation {
                id,
                code,
                number,
                name
            }),
        )
        .await?;
    }
    let towns = [
        (1, "Graz", "at", Some("fr"), Some(12)),
        (2, "Linz", "at", None, Some(13)),
        (3, "Lyon", "fr", Some("at"), None),
    ];
    for (id, name, nation, twin, tax) in towns {
        Town::create(
            db,
            new!(Town {
                id,
                name,
                nation,
                twin,
                tax
            }),
        )
        .await?;
    }
    let nation = "at";
    let colours = "red and white";
    Flag::create(db, new!(Flag { nation, colours })).await?;
    sync_ids(db).await
}
