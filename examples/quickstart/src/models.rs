//! The models. Change one, run the program again, and see the migration that it makes.

use orm::prelude::*;

/// Someone who writes.
#[derive(Model, Debug, Clone)]
#[model(ordering(name))]
pub struct Author {
    /// Handed out by the database.
    #[field(primary_key)]
    pub id: Auto<i64>,
    /// Full name.
    #[field(max_length = 100)]
    pub name: String,
    /// What they wrote: the other side of [`Article::author`], no column.
    #[field(by = "author")]
    pub articles: Reverse<Article>,
}

/// Something to read. The sort key is SingleStore's; other databases ignore it.
#[derive(Model, Debug, Clone)]
#[model(sort_key(-published_at), ordering(-published_at))]
pub struct Article {
    /// Handed out by the database.
    #[field(primary_key)]
    pub id: Auto<i64>,
    /// A line.
    #[field(max_length = 200)]
    pub title: String,
    /// Who wrote it: the column `author_id`. Their articles go with them.
    #[field(on_delete = "cascade")]
    pub author: ForeignKey<Author>,
    /// Who read it before it went out, if anyone.
    #[field(on_delete = "set_null")]
    pub editor: Option<ForeignKey<Author>>,
    /// What it is about: a table of pairs.
    pub tags: ManyToMany<Tag>,
    /// How often it was read.
    #[field(default = 0)]
    pub views: i64,
    /// When it went out, in UTC.
    pub published_at: DateTime<Utc>,
}

/// A word to find articles by. A small table that every SingleStore node holds whole, so that its
/// name can be unique there too.
#[derive(Model, Debug, Clone)]
#[model(storage_type = "reference", ordering(name))]
pub struct Tag {
    /// Handed out by the database.
    #[field(primary_key)]
    pub id: Auto<i64>,
    /// The word.
    #[field(max_length = 50, unique)]
    pub name: String,
}
