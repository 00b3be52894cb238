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
