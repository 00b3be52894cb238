//! Rows one by one.

use orm::prelude::*;
use suite::models::blog::{Article, Tag, fill};

cases! { in_order, with_relations, tuples, dropped_half_way, in_a_transaction, no_prefetch, errors }

async fn in_order(db: &Db) -> Result<()> {
    fill(db).await?;
    Tag::bulk_create(
        db,
        (100..3100).map(|i| {
            new!(Tag {
                id: i,
                name: format!("t{i}")
            })
        }),
    )
    .await?;
    let mut rows = Tag::filter(|t| t.id().gte(100))
        .order_by(|t| t.id().desc())
        .stream(db)
        .await?;
    let mut next = 3099;
    while let Some(tag) = rows.next().await? {
        assert_eq!(tag.id, next);
        assert_eq!(tag.name, format!("t{next}"));
        next -= 1;
    }
    assert_eq!(next, 99);
    assert!(rows.next().await?.is_none());
    Ok(())
}

async fn with_relations(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut rows = Article::objects()
        .with(|a| (a.author(), a.editor()))
        .stream(db)
        .await?;
    let mut names = Vec::new();
    while let Some(a) = rows.next().await? {
        names.push(a.author.get()?.name.clone());
    }
    assert_eq!(names, ["Bob", "Bob", "Ann", "Ann", "Cid"]);
    Ok(())
}

async fn tuples(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut rows = Article::objects()
        .select(|a| (a.id(), a.editor().name()))
        .stream(db)
        .await?;
    assert_eq!(rows.next().await?, Some((5, Some("Bob".to_owned()))));
    assert_eq!(rows.next().await?, Some((2, None)));
    Ok(())
}

async fn dropped_half_way(db: &Db) -> Result<()> {
    fill(db).await?;
    Tag::bulk_create(
        db,
        (100..3100).map(|i| {
            new!(Tag {
                id: i,
                name: format!("t{i}")
            })
        }),
    )
    .await?;
    for _ in 0..10 {
        let mut rows = Tag::objects().stream(db).await?;
        assert_eq!(rows.next().await?.map(|t| t.name), Some("rust".to_owned()));
        drop(rows);
    }
    assert_eq!(Tag::objects().count(db).await?, 3004);
    Ok(())
}

async fn in_a_transaction(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    Tag::create(&tx, new!(Tag { id: 9, name: "new" })).await?;
    let mut rows = Tag::objects()
        .order_by(|t| t.id().desc())
        .stream(&tx)
        .await?;
    let mut names = Vec::new();
    while let Some(tag) = rows.next().await? {
        names.push(tag.name);
    }
    drop(rows);
    assert_eq!(names, ["new", "idle", "web", "db", "rust"]);
    assert_eq!(Tag::objects().count(&tx).await?, 5);
    tx.rollback().await?;
    assert_eq!(Tag::objects().count(db).await?, 4);
    Ok(())
}

async fn no_prefetch(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects().prefetch(|a| a.tags());
    assert!(matches!(query.stream(db).await, Err(Error::Usage(_))));
    Ok(())
}

async fn errors(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects().filter_raw("no_such_column = {}", (1,));
    let failed = match query.stream(db).await {
        Ok(mut rows) => rows.next().await.expect_err("no such column"),
        Err(error) => error,
    };
    assert_eq!(
        failed.as_db().map(|e| &e.kind),
        Some(&DbErrorKind::NoSuchObject)
    );
    assert_eq!(Tag::objects().count(db).await?, 4);
    Ok(())
}
