// Models of the tables of a database, by `orm-cli inspectdb`. Read them before you use them; a
// catalog does not say:
// - what on_delete is meant to be, where the database itself only refuses (do_nothing here);
// - which defaults the program fills in, and the order of queries;
// - whether a BIGINT is a `Duration`, and a time a `NaiveDateTime` and not in UTC.
// Needs the features decimal, json of orm, and the crates of those types.

use orm::prelude::*;

/// Table `friends`.
#[derive(Model, Debug, Clone)]
#[model(table = "friends", primary_key(a, b), index(name = "fb", fields(b)))]
pub struct Friends {
    #[field(column = "a")]
    pub a: ForeignKey<Person>,
    #[field(column = "b", on_delete = "do_nothing")]
    pub b: ForeignKey<Person>,
}

// index `start` (name(5)): not in the model, because indexes there are over whole columns; keep
// it by run_sql
/// Table `person`.
#[derive(Model, Debug, Clone)]
#[model(
    table = "person",
    index(name = "words", fields(name), kind = "fulltext"),
    comment = "people"
)]
pub struct Person {
    // INT UNSIGNED: automatic keys are INT, BIGINT or BIGINT UNSIGNED, so a new table gets the
    // next larger one
    #[field(primary_key)]
    pub id: Auto<u64>,
    #[field(
        max_length = 40,
        collation = "utf8mb4_general_ci",
        comment = "as \"written\""
    )]
    pub name: String,
    #[field(type = "enum('good','bad')", db_default = "'good'")]
    pub mood: String,
    // TINYINT(1), taken for a truth value; if other numbers stand in it: type = "tinyint" and
    // i8
    #[field(db_default = "0")]
    pub flag: bool,
    #[field(type = "tinyint unsigned")]
    pub level: Option<u8>,
    // CHAR(32) may hold UUIDs: if so, write `Uuid` without `type`
    #[field(type = "char(32)")]
    pub uuid: Option<String>,
    // bytes; if it holds text, write `String`
    #[field(type = "blob")]
    pub photo: Option<Vec<u8>>,
    pub doc: Option<serde_json::Value>,
    #[field(precision = 8, scale = 2, db_default = "1.50")]
    pub price: rust_decimal::Decimal,
    #[field(precision = 10, scale = 2, computed = "`price` * 2")]
    pub gross: Option<rust_decimal::Decimal>,
    // ON UPDATE current_timestamp(): models set it by `auto_now`, in the program
    #[field(type = "timestamp", db_default = "current_timestamp()")]
    pub changed: DateTime<Utc>,
    #[field(by = "a")]
    pub friends_a_set: Reverse<Friends>,
    #[field(by = "b")]
    pub friends_b_set: Reverse<Friends>,
}
