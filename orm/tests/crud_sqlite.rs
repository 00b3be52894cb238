//! The whole path on embedded SQLite.
#![allow(missing_docs, reason = "models of a test")]

use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering(name))]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
    #[field(by = "author")]
    pub articles: Reverse<Article>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering(-views))]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub title: String,
    #[field(on_delete = "cascade")]
    pub author: ForeignKey<Author>,
    #[field(on_delete = "set_null")]
    pub editor: Option<ForeignKey<Author>>,
    pub tags: ManyToMany<Tag>,
    #[field(default = 0)]
    pub views: i64,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog")]
pub struct Tag {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50, unique)]
    pub name: String,
}

#[tokio::test]
async fn the_whole_path() -> Result<()> {
    let db = Db::connect("sqlite::memory:").await?;
    orm::create_tables(&db, &[Article::META]).await?;
    let ann = Author::create(&db, new!(Author { name: "Ann" })).await?;
    let bob = Author::create(&db, new!(Author { name: "Bob" })).await?;
    let mut hello = Article::create(
        &db,
        new!(Article {
            title: "Hello",
            author: &ann,
            editor: Some(&bob)
        }),
    )
    .await?;
    assert_eq!(hello.id, 1);
    assert_eq!(hello.views, 0);
    let rust = Tag::create(&db, new!(Tag { name: "rust" })).await?;
    let db_tag = Tag::create(&db, new!(Tag { name: "db" })).await?;
    hello.tags.add(&db, [&rust, &db_tag]).await?;
    hello.tags.add(&db, [&rust]).await?;
    assert_eq!(hello.tags.query().count(&db).await?, 2);
    hello.views = 5;
    hello.save(&db).await?;
    for i in 0..10 {
        let mut a = Article {
            id: Auto::unset(),
            title: format!("t{i}"),
            author: ForeignKey::to(&bob)?,
            editor: None,
            tags: ManyToMany::new(),
            views: i,
            created_at: Utc::now(),
        };
        a.insert(&db).await?;
    }
    let all = Article::objects()
        .filter(|a| a.author().name().eq("Ann"))
        .with(|a| (a.author(), a.editor()))
        .prefetch(|a| a.tags())
        .all(&db)
        .await?;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].author.get()?.name, "Ann");
    assert_eq!(
        all[0]
            .editor
            .as_ref()
            .map(|e| e.get().map(|e| e.name.clone())),
        Some(Ok("Bob".to_owned()))
    );
    assert_eq!(all[0].tags.get()?.len(), 2);
    let stats: Vec<(String, i64, Option<f64>)> = Article::objects()
        .group_by(|a| a.author().name())
        .aggregate(|a| (count(), a.views().avg()))
        .all(&db)
        .await?;
    assert_eq!(
        stats,
        [
            ("Ann".to_owned(), 1, Some(5.0)),
            ("Bob".to_owned(), 10, Some(4.5))
        ]
    );
    let authors = Author::objects()
        .prefetch(|a| a.articles().query(|q| q.with(|x| x.author())))
        .all(&db)
        .await?;
    assert_eq!(authors[1].articles.get()?.len(), 10);
    assert_eq!(authors[1].articles.get()?[0].views, 9);
    assert_eq!(
        Article::objects()
            .filter(|a| a.author().name().eq("Bob"))
            .update(|a| a.views().set(a.views() + 1))
            .exec(&db)
            .await?,
        10
    );
    let deleted = Author::objects()
        .filter(|a| a.name().eq("Bob"))
        .delete(&db)
        .await?;
    assert_eq!(deleted.total, 11);
    hello.reload(&db).await?;
    assert_eq!(hello.editor, None);
    let e = Article::create(
        &db,
        new!(Article {
            title: "x".repeat(21),
            author: &ann
        }),
    )
    .await
    .unwrap_err();
    assert!(
        matches!(e.as_db().unwrap().kind, DbErrorKind::DataTooLong { .. }),
        "{e}"
    );
    let e = Tag::create(&db, new!(Tag { name: "rust" }))
        .await
        .unwrap_err();
    assert!(e.is_unique_violation(), "{e}");
    let mut rows = Article::objects().stream(&db).await?;
    assert_eq!(
        rows.next().await?.map(|a| a.title),
        Some("Hello".to_owned())
    );
    Ok(())
}

#[derive(DbType, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Draft,
    InReview,
}

#[derive(DbType, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[db(repr = "int")]
pub enum Level {
    Low = 1,
    High = 5,
}

#[derive(DbType, Debug, Clone, PartialEq)]
pub struct Meters(pub f64);

#[derive(Model, Debug, Clone)]
#[model(app = "blog", primary_key(a, b))]
pub struct Pair {
    pub a: i64,
    #[field(max_length = 10)]
    pub b: String,
    pub status: Status,
    pub level: Option<Level>,
    pub length: Meters,
    pub near: Option<Vector<2>>,
}

#[tokio::test]
async fn own_types_and_keys_of_several_columns() -> Result<()> {
    let db = Db::connect("sqlite::memory:").await?;
    orm::create_tables(&db, &[Pair::META]).await?;
    let mut pair = Pair::create(
        &db,
        new!(Pair {
            a: 1,
            b: "x",
            status: Status::InReview,
            level: Some(Level::High),
            length: Meters(1.5)
        }),
    )
    .await?;
    assert_eq!(pair.level, Some(Level::High));
    pair.level = None;
    pair.near = Some([1.0, 2.0].into());
    pair.save(&db).await?;
    let back = Pair::get(&db, (1, "x".to_owned())).await?;
    assert_eq!(back.level, None);
    assert_eq!(back.near, Some([1.0, 2.0].into()));
    assert_eq!(back.status, Status::InReview);
    assert_eq!(
        Pair::filter(|p| p.status().eq(Status::Draft))
            .count(&db)
            .await?,
        0
    );
    let before = back.clone();
    pair.length = Meters(2.0);
    assert_eq!(pair.save_changed(&db, &before).await?, 1);
    pair.save_fields(&db, |p| (p.length(), p.status())).await?;
    pair.update(&db, |p| p.level().set(Level::Low)).await?;
    assert_eq!(pair.delete(&db).await?.total, 1);
    Ok(())
}

#[orm::data_migration("count_pairs")]
async fn count_pairs(db: &dyn Executor) -> Result<()> {
    Pair::objects().count(&db).await?;
    Ok(())
}

#[tokio::test]
async fn data_migrations_are_found_by_name() -> Result<()> {
    use orm::migrate::{Code, CodeRegistry as _, LinkedCode, Models};
    let db = Db::connect("sqlite::memory:").await?;
    orm::create_tables(&db, &[Pair::META]).await?;
    assert_eq!(LinkedCode.names(), ["count_pairs"]);
    let Some(Code::Once(code)) = LinkedCode.get("count_pairs") else {
        panic!("it is registered, and runs once");
    };
    let state = orm::linked_state();
    let models = Models::new(&db, &state);
    orm::assert_queries!(db, 1, { code(&models).await.expect("it runs") });
    assert!(LinkedCode.get("other").is_none());
    Ok(())
}
