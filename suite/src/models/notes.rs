//! Texts to search for words.

use orm::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "notes", index(fields(title, body), kind = "fulltext"))]
pub struct Note {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub title: String,
    pub body: String,
    #[field(default = 0)]
    pub stars: i32,
}

/// Texts to search by fields.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    app = "notes",
    storage_type = "columnstore",
    index(fields(title, body), kind = "fulltext", version = 2)
)]
pub struct Page {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub title: String,
    pub body: Option<String>,
}
