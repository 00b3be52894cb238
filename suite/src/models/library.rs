//! Models with natural keys: by a value, by a relation and a value, by the key of a parent.

use orm::prelude::*;

/// Known by the name.
#[derive(Model, Debug, Clone)]
#[model(
    app = "library",
    storage_type = "rowstore reference",
    natural_key(name)
)]
pub struct Writer {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 80, unique)]
    pub name: String,
    pub born: Option<i32>,
    #[field(max_length = 80, default = "", serialize = false)]
    pub secret: String,
}

/// Known by the writer's name and the title.
#[derive(Model, Debug, Clone)]
#[model(
    app = "library",
    natural_key(writer, title),
    unique(name = "library_novel_title", fields(writer, title), unenforced)
)]
pub struct Novel {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub writer: ForeignKey<Writer>,
    #[field(max_length = 80)]
    pub title: String,
    pub sequel_of: Option<ForeignKey<Novel>>,
    pub shelves: ManyToMany<Shelf>,
}

/// Known by a value that a side table keeps unique; may stand in another one.
#[derive(Model, Debug, Clone)]
#[model(app = "library", natural_key(code))]
pub struct Shelf {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(unique = "lookup")]
    pub code: i32,
    pub inside: Option<ForeignKey<Shelf>>,
}

/// Known as the novel is, whose key it shares.
#[derive(Model, Debug, Clone)]
#[model(app = "library")]
pub struct Recording {
    #[field(primary_key)]
    pub novel: OneToOne<Novel>,
    pub minutes: i32,
}

/// Known by its number alone; refers to those that are known by more.
#[derive(Model, Debug, Clone)]
#[model(app = "library")]
pub struct Loan {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub novel: ForeignKey<Novel>,
    pub recording: Option<ForeignKey<Recording>>,
}

/// Each refers to another one.
#[derive(Model, Debug, Clone)]
#[model(app = "library", storage_type = "reference", natural_key(name))]
pub struct Twin {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 80, unique)]
    pub name: String,
    pub other: ForeignKey<Twin>,
}

/// The tables, without rows.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    let models = [
        Writer::META,
        Novel::META,
        Shelf::META,
        Recording::META,
        Loan::META,
        Twin::META,
    ];
    orm::create_tables(db, &models).await
}
