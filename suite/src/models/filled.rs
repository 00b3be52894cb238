//! Columns that somebody else fills: a function, the database, an expression.

use orm::prelude::*;

/// The value of `default_fn`.
pub fn word() -> String {
    "made".to_owned()
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "filled")]
pub struct Parcel {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(default_fn = word, max_length = 20)]
    pub word: String,
    #[field(db_default = "7")]
    pub rank: i32,
    #[field(db_default = "CURRENT_TIMESTAMP(6)")]
    pub at: DateTime<Utc>,
    pub amount: i64,
    #[field(computed = "amount * 2")]
    pub twice: i64,
}
