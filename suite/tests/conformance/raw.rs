//! SQL by hand.

use orm::prelude::*;
use suite::models::blog::{Article, Tag, fill, titles};

cases! { tuples, models, missing_columns, parameters, filter_raw, exec, bad_sql, explain, decode_errors }

async fn tuples(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows: Vec<(i64, String)> = raw(
        "SELECT id, name FROM blog_tag WHERE id < {} ORDER BY id DESC",
        (3,),
    )
    .all(db)
    .await?;
    assert_eq!(rows, [(2, "db".to_owned()), (1, "rust".to_owned())]);
    let none: Vec<(i64,)> = raw("SELECT id FROM blog_tag WHERE id > {} ORDER BY id", (99,))
        .all(db)
        .await?;
    assert!(none.is_empty());
    let null: Vec<(Option<i64>,)> =
        raw("SELECT MAX(id) AS most FROM blog_tag WHERE id > {}", (99,))
            .all(db)
            .await?;
    assert_eq!(null, [(None,)]);
    Ok(())
}

async fn models(db: &Db) -> Result<()> {
    fill(db).await?;
    let tags: Vec<Tag> = raw(
        "SELECT name, 1 AS extra, id FROM blog_tag WHERE name = {} ORDER BY id",
        ("web",),
    )
    .all(db)
    .await?;
    assert_eq!((tags[0].id, tags[0].name.as_str()), (3.into(), "web"));
    let articles: Vec<Article> = raw("SELECT * FROM blog_article ORDER BY id", ())
        .all(db)
        .await?;
    assert_eq!(articles.len(), 5);
    assert_eq!(articles[0].tags.query().count(db).await?, 2);
    Ok(())
}

async fn missing_columns(db: &Db) -> Result<()> {
    fill(db).await?;
    let error = raw::<Tag>("SELECT id FROM blog_tag ORDER BY id", ())
        .all(db)
        .await
        .expect_err("no name");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("`name`")),
        "{error}"
    );
    Ok(())
}

async fn parameters(db: &Db) -> Result<()> {
    fill(db).await?;
    let nasty = "'; DROP TABLE blog_tag; -- {} ? \\";
    let rows: Vec<(String, i64)> = raw("SELECT {} AS a, {} AS b", (nasty, 7)).all(db).await?;
    assert_eq!(rows, [(nasty.to_owned(), 7)]);
    let braces: Vec<(String,)> = raw("SELECT '{{}}' AS a", ()).all(db).await?;
    assert_eq!(braces, [("{}".to_owned(),)]);
    for wrong in [raw::<(i64,)>("SELECT {}", ()), raw("SELECT 1", (1,))] {
        assert!(matches!(wrong.all(db).await, Err(Error::Usage(_))));
    }
    assert_eq!(Tag::objects().count(db).await?, 4);
    Ok(())
}

async fn filter_raw(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::objects().filter_raw("views % {} = {}", (15, 5));
    assert_eq!(titles(db, q).await?, ["Épsilon", "beta", "Gamma_1"]);
    let q = Article::objects()
        .filter_raw("views = 0 OR views = {}", (20,))
        .filter(|a| a.public());
    assert_eq!(titles(db, q).await?, ["Gamma_1"]);
    let q = Article::objects().filter_raw("views = {}", ());
    assert!(matches!(q.all(db).await, Err(Error::Usage(_))));
    assert!(matches!(q.count(db).await, Err(Error::Usage(_))));
    assert!(matches!(q.delete(db).await, Err(Error::Usage(_))));
    assert_eq!(Article::objects().count(db).await?, 5);
    Ok(())
}

async fn exec(db: &Db) -> Result<()> {
    fill(db).await?;
    let done = raw::<()>(
        "UPDATE blog_article SET views = {} WHERE views = {}",
        (1, 20),
    )
    .exec(db)
    .await?;
    assert_eq!(done.rows_affected, 2);
    assert_eq!(Article::filter(|a| a.views().eq(1)).count(db).await?, 2);
    Ok(())
}

async fn bad_sql(db: &Db) -> Result<()> {
    fill(db).await?;
    let kind = async |text: &str| match raw::<(i64,)>(text, ()).all(db).await {
        Err(Error::Db(error)) => error.kind,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(kind("SELEC 1").await, DbErrorKind::Syntax);
    assert_eq!(
        kind("SELECT id FROM no_such_table ORDER BY id").await,
        DbErrorKind::NoSuchObject
    );
    assert_eq!(
        kind("SELECT no_such_column FROM blog_tag ORDER BY id").await,
        DbErrorKind::NoSuchObject
    );
    // The connection is none the worse.
    assert_eq!(Tag::objects().count(db).await?, 4);
    Ok(())
}

async fn explain(db: &Db) -> Result<()> {
    fill(db).await?;
    let lines = Article::filter(|a| a.title().eq("it's {} ?"))
        .explain(db)
        .await?;
    assert!(!lines.is_empty());
    Ok(())
}

async fn decode_errors(db: &Db) -> Result<()> {
    fill(db).await?;
    let error = raw::<(i64,)>("SELECT name FROM blog_tag WHERE id = 1", ())
        .all(db)
        .await
        .expect_err("text");
    assert!(matches!(&error, Error::Decode(_)), "{error}");
    assert!(
        error.to_string().contains("name"),
        "names the column: {error}"
    );
    let error = raw::<(i8,)>("SELECT 300 AS big", ())
        .all(db)
        .await
        .expect_err("too big");
    assert!(
        matches!(&error, Error::Decode(_)) && error.to_string().contains("big"),
        "{error}"
    );
    let error = raw::<(i64,)>("SELECT NULL AS hole", ())
        .all(db)
        .await
        .expect_err("NULL");
    assert!(
        matches!(&error, Error::Decode(_)) && error.to_string().contains("hole"),
        "{error}"
    );
    Ok(())
}
