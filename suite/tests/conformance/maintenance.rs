//! What SingleStore alone has: tables put in order, options of queries. Elsewhere refused before
//! anything is sent.

use orm::prelude::*;
use orm::query::{Hint, Optimize, exists, outer};
use suite::models::blog::{Article, Tag, fill};

cases! { tables_are_optimized, queries_take_options }

async fn tables_are_optimized(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = Tag::objects()
        .select(|t| (t.id(), t.name()))
        .all(db)
        .await?;
    for how in [Optimize::Flush, Optimize::Full, Optimize::Merge] {
        let sent = db.statements();
        let done = Tag::optimize_table(db, how).await;
        if db.dialect().features().optimize_table {
            done?;
            assert_eq!(db.statements(), sent + 1);
        } else {
            let error = done.expect_err("there is no such statement");
            assert!(matches!(error, Error::Render(_)), "{error}");
            assert_eq!(db.statements(), sent, "something was sent");
        }
    }
    assert_eq!(
        Tag::objects()
            .select(|t| (t.id(), t.name()))
            .all(db)
            .await?,
        before
    );
    // It would commit.
    let tx = db.begin().await?;
    Tag::create(&tx, new!(Tag { name: "undone" })).await?;
    assert!(Tag::optimize_table(&tx, Optimize::Flush).await.is_err());
    tx.rollback().await?;
    assert_eq!(
        Tag::objects()
            .select(|t| (t.id(), t.name()))
            .all(db)
            .await?,
        before
    );
    Ok(())
}

async fn queries_take_options(db: &Db) -> Result<()> {
    fill(db).await?;
    let plain = Article::objects().order_by(|a| a.views().desc());
    let hinted = plain
        .clone()
        .hint(Hint::interpreter_mode("compile"))
        .hint(Hint::option("materialize_ctes", "OFF"))
        .hint(Hint::interpreter_mode("interpret"));
    let wrong = Article::objects().hint(Hint::option("a) FOR UPDATE; --", 1));
    assert!(matches!(wrong.all(db).await, Err(Error::Usage(_))));
    if !db.dialect().features().query_options {
        let sent = db.statements();
        let error = hinted.all(db).await.expect_err("there are no options");
        assert!(matches!(error, Error::Render(_)), "{error}");
        assert!(hinted.count(db).await.is_err());
        assert_eq!(db.statements(), sent, "something was sent");
        return Ok(());
    }
    let text = hinted.to_sql(db.dialect())?.text.to_string();
    assert!(
        text.ends_with(" OPTION (materialize_ctes = 'OFF', interpreter_mode = 'interpret')"),
        "{text}"
    );
    let ids = |rows: Vec<Article>| rows.iter().map(|a| a.id).collect::<Vec<_>>();
    assert_eq!(ids(hinted.all(db).await?), ids(plain.all(db).await?));
    assert_eq!(hinted.count(db).await?, plain.count(db).await?);
    assert!(hinted.exists(db).await?);
    let first = |row: Option<Article>| row.map(|a| a.id);
    assert_eq!(
        first(hinted.first(db).await?),
        first(plain.first(db).await?)
    );
    let titles = hinted.clone().select(|a| a.title()).all(db).await?;
    let plain_titles = plain.clone().select(|a| a.title()).all(db).await?;
    assert_eq!(titles, plain_titles);
    // The statement's, whatever stands in derived tables within it.
    let (few, all) = (hinted.clone().limit(2), plain.clone().limit(2));
    assert_eq!(few.count(db).await?, 2);
    assert!(few.exists(db).await?);
    let most = |q: &QuerySet<Article>| q.clone().aggregate(|a| (a.views().sum(), count()));
    assert_eq!(most(&few).get(db).await?, most(&all).get(db).await?);
    let text = most(&few).to_sql(db.dialect())?.text.to_string();
    assert_eq!(text.matches("OPTION (").count(), 1, "{text}");
    let firsts = |q: &QuerySet<Article>| q.clone().distinct_on(|a| a.author_id());
    let firsts = (
        firsts(&hinted).all(db).await?,
        firsts(&plain).all(db).await?,
    );
    assert_eq!(ids(firsts.0), ids(firsts.1));
    // It has no place behind a statement that writes.
    let written = hinted.clone().update(|a| a.views().set(1)).exec(db).await;
    assert!(matches!(written, Err(Error::Usage(_))), "{written:?}");
    let deleted = hinted.limit(1).delete(db).await;
    assert!(matches!(deleted, Err(Error::Usage(_))), "{deleted:?}");
    // Within another query it has no place.
    let inner = Article::objects().filter(|a| a.author_id().eq(outer(a.author_id())));
    let inner = inner.hint(Hint::option("materialize_ctes", "OFF"));
    assert!(Article::filter(|_| exists(inner)).all(db).await.is_err());
    Ok(())
}
