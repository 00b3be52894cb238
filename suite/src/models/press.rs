//! Writers with much that depends on them.

use orm::prelude::*;

use crate::backend::sync_ids;

#[derive(Model, Debug, Clone)]
#[model(app = "press")]
pub struct Writer {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50)]
    pub name: String,
    #[field(by = "writer")]
    pub stories: Reverse<Story>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "press")]
pub struct Story {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub writer: ForeignKey<Writer>,
    #[field(on_delete = "set_null")]
    pub editor: Option<ForeignKey<Writer>>,
    #[field(max_length = 50)]
    pub title: String,
    pub topics: ManyToMany<Topic>,
    #[field(by = "story")]
    pub remarks: Reverse<Remark>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "press")]
pub struct Topic {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "press")]
pub struct Remark {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(on_delete = "cascade")]
    pub story: ForeignKey<Story>,
    #[field(max_length = 100)]
    pub text: String,
}

/// All tables, empty.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    let all = [Writer::META, Story::META, Topic::META, Remark::META];
    orm::create_tables(db, &all).await
}

/// Two writers, each with so many stories, each of which has one remark and two topics. Stories of
/// writer 1 are 1 to `stories`.
///
/// # Errors
/// As any insert.
pub async fn fill(db: &Db, stories: i64) -> Result<()> {
    for (id, name) in [(1, "Ann"), (2, "Bob")] {
        Writer::create(db, new!(Writer { id, name })).await?;
    }
    Topic::bulk_create(
        db,
        (1..=10).map(|id| {
            new!(Topic {
                id,
                name: format!("t{id}")
            })
        }),
    )
    .await?;
    let of = |id| 1 + i64::from(id > stories);
    let all = 1..=2 * stories;
    let new = |id| {
        new!(Story {
            id: id,
            writer: of(id),
            title: format!("story {id}"),
        })
    };
    Story::bulk_create(db, all.clone().map(new)).await?;
    let new = |id| {
        new!(Remark {
            id: id,
            story: id,
            text: "a remark of ordinary length",
        })
    };
    Remark::bulk_create(db, all.clone().map(new)).await?;
    let pairs: Vec<String> = all
        .flat_map(|id| [(id, 1 + id % 5), (id, 6 + id % 5)])
        .map(|(story, topic)| format!("({story}, {topic})"))
        .collect();
    for part in pairs.chunks(5000) {
        let sql = format!(
            "INSERT INTO press_story_topics (story_id, topic_id) VALUES {}",
            part.join(", ")
        );
        crate::backend::statement(db, &sql).await?;
    }
    sync_ids(db).await
}
