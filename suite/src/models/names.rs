//! Names that need quoting, and keys of several columns.

use orm::prelude::*;

/// Words of SQL, quotes and Unicode as names.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "names", table = "order")]
pub struct Order {
    #[field(primary_key, column = "key")]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub select: String,
    pub group: i32,
    pub r#type: i32,
    #[field(column = "größe")]
    pub size: i32,
    #[field(column = "two words")]
    pub words: i32,
    pub r#where: Option<ForeignKey<Order>>,
}

/// A key of two columns.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "names", primary_key(hall, number))]
pub struct Seat {
    pub hall: i64,
    #[field(max_length = 10)]
    pub number: String,
    #[field(max_length = 20)]
    pub guest: Option<String>,
}

/// Columns that are unique together.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "names", storage_type = "reference", unique_together(room, hour))]
pub struct Booking {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub room: i32,
    pub hour: i32,
    #[field(max_length = 20, default = "nobody")]
    pub guest: String,
}
