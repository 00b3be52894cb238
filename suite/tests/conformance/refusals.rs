//! Bad input: each fault has a kind of its own, and leaves the data as it was.

use orm::prelude::*;
use suite::backend::statement;
use suite::models::blog::{Article, Author, Tag, fill, titles};
use suite::models::kinds::Kinds;

cases! {
    too_long, too_long_in_raw_sql, null, null_in_raw_sql, duplicate, duplicate_key, duplicate_in_update,
    missing_parent if foreign_keys, missing_parent_in_update if foreign_keys,
    parent_in_use if foreign_keys, out_of_range, value_past_the_type, bad_number, missing_table,
    missing_default, failed_statements_leave_the_pool_whole,
}

fn kind(result: Result<impl Sized>) -> DbErrorKind {
    match result.map(drop) {
        Err(Error::Db(error)) => error.kind,
        other => panic!("not an error of the database: {other:?}"),
    }
}

/// Nothing has changed.
async fn whole(db: &Db) -> Result<()> {
    assert_eq!(
        titles(db, Article::objects()).await?,
        ["Épsilon", "beta", "Gamma_1", "Alpha", "delta%"]
    );
    let names = Author::objects()
        .select(|a| (a.name(), a.email()))
        .all(db)
        .await?;
    let row = |n: &str, e: Option<&str>| (n.to_owned(), e.map(str::to_owned));
    assert_eq!(
        names,
        [
            row("Ann", Some("ann@example.org")),
            row("Bob", None),
            row("Cid", None)
        ]
    );
    assert_eq!(
        Tag::objects().select(|t| t.name()).all(db).await?,
        ["rust", "db", "web", "idle"]
    );
    Ok(())
}

async fn too_long(db: &Db) -> Result<()> {
    fill(db).await?;
    let long = "é".repeat(21);
    let wanted = DbErrorKind::DataTooLong {
        column: Some("title".into()),
    };
    assert_eq!(
        kind(
            Article::create(
                db,
                new!(Article {
                    title: long.clone(),
                    author: 1
                })
            )
            .await
        ),
        wanted
    );
    let mut a = Article::get(db, 1).await?;
    a.title.clone_from(&long);
    assert_eq!(kind(a.save(db).await), wanted);
    assert_eq!(kind(a.insert(db).await), wanted);
    assert_eq!(kind(a.save_fields(db, |a| a.title()).await), wanted);
    assert_eq!(
        kind(
            Article::objects()
                .update(|a| a.title().set(long.clone()))
                .exec(db)
                .await
        ),
        wanted
    );
    assert_eq!(kind(Article::bulk_create(db, [a]).await), wanted);
    whole(db).await?;
    // As many characters as fit, though more bytes.
    Article::create(
        db,
        new!(Article {
            title: "é".repeat(20),
            author: 1
        }),
    )
    .await?;
    Ok(())
}

async fn too_long_in_raw_sql(db: &Db) -> Result<()> {
    fill(db).await?;
    if db.dialect().name() == "sqlite" {
        return Ok(()); // SQLite's columns have no length.
    }
    let sql = "UPDATE blog_tag SET name = {} WHERE id = 1";
    assert_eq!(
        kind(raw::<()>(sql, ("x".repeat(51),)).exec(db).await),
        DbErrorKind::DataTooLong {
            column: Some("name".into())
        }
    );
    whole(db).await
}

async fn null(db: &Db) -> Result<()> {
    fill(db).await?;
    // Only an expression can smuggle it in: the types refuse the value.
    let result = Article::objects()
        .update(|a| a.rating().set(a.rating() / 0.0))
        .exec(db)
        .await;
    assert_eq!(result?, 5);
    let result = Author::objects()
        .update(|a| a.name().set(a.email()))
        .exec(db)
        .await;
    assert!(matches!(kind(result), DbErrorKind::NotNull { column: Some(c), .. } if c == "name"));
    whole(db).await
}

async fn null_in_raw_sql(db: &Db) -> Result<()> {
    fill(db).await?;
    for sql in [
        "INSERT INTO blog_tag (id, name) VALUES (9, NULL)",
        "UPDATE blog_tag SET name = NULL",
    ] {
        let kind = kind(statement(db, sql).await);
        assert!(
            matches!(&kind, DbErrorKind::NotNull { column: Some(c), .. } if c == "name"),
            "{kind:?}"
        );
    }
    whole(db).await
}

fn names_column(kind: &DbErrorKind, column: &str) -> bool {
    let DbErrorKind::UniqueViolation {
        constraint,
        columns,
        ..
    } = kind
    else {
        return false;
    };
    columns.iter().any(|c| c == column) || constraint.as_ref().is_some_and(|c| c.contains(column))
}

async fn duplicate(db: &Db) -> Result<()> {
    fill(db).await?;
    let taken = kind(Tag::create(db, new!(Tag { name: "rust" })).await);
    assert!(names_column(&taken, "name"), "{taken:?}");
    let new = new!(Author {
        name: "Eve",
        email: Some("ann@example.org".to_owned())
    });
    let taken = kind(Author::create(db, new).await);
    assert!(names_column(&taken, "email"), "{taken:?}");
    // NULL is no duplicate.
    Author::create(db, new!(Author { id: 9, name: "Zoe" }))
        .await?
        .delete(db)
        .await?;
    whole(db).await
}

async fn duplicate_key(db: &Db) -> Result<()> {
    fill(db).await?;
    let taken = kind(
        Tag::create(
            db,
            new!(Tag {
                id: 1,
                name: "other"
            }),
        )
        .await,
    );
    assert!(
        matches!(taken, DbErrorKind::UniqueViolation { .. }),
        "{taken:?}"
    );
    whole(db).await
}

async fn duplicate_in_update(db: &Db) -> Result<()> {
    fill(db).await?;
    let taken = kind(
        Tag::objects()
            .update(|t| t.name().set("same"))
            .exec(db)
            .await,
    );
    assert!(names_column(&taken, "name"), "{taken:?}");
    let mut tag = Tag::get(db, 2).await?;
    tag.name = "rust".to_owned();
    assert!(names_column(&kind(tag.save(db).await), "name"));
    whole(db).await
}

async fn missing_parent(db: &Db) -> Result<()> {
    fill(db).await?;
    let missing = kind(
        Article::create(
            db,
            new!(Article {
                title: "x",
                author: 99
            }),
        )
        .await,
    );
    assert!(
        matches!(missing, DbErrorKind::ForeignKey { .. }),
        "{missing:?}"
    );
    let rows = [
        new!(Article {
            title: "x",
            author: 1
        }),
        new!(Article {
            title: "y",
            author: 99
        }),
    ];
    let missing = kind(Article::bulk_create(db, rows).await);
    assert!(
        matches!(missing, DbErrorKind::ForeignKey { .. }),
        "{missing:?}"
    );
    let missing = kind(Article::get(db, 1).await?.tags.add(db, [1, 3, 99]).await);
    assert!(
        matches!(missing, DbErrorKind::ForeignKey { .. }),
        "{missing:?}"
    );
    assert_eq!(Article::get(db, 1).await?.tags.query().count(db).await?, 2);
    whole(db).await
}

async fn missing_parent_in_update(db: &Db) -> Result<()> {
    fill(db).await?;
    let missing = kind(
        Article::objects()
            .update(|a| a.author().set(99))
            .exec(db)
            .await,
    );
    assert!(
        matches!(missing, DbErrorKind::ForeignKey { .. }),
        "{missing:?}"
    );
    assert_eq!(
        Article::objects()
            .order_by(|a| a.id())
            .select(|a| a.author_id())
            .all(db)
            .await?,
        [1, 2, 1, 3, 2]
    );
    whole(db).await
}

async fn parent_in_use(db: &Db) -> Result<()> {
    fill(db).await?;
    let used = kind(statement(db, "DELETE FROM blog_author").await);
    assert!(matches!(used, DbErrorKind::ForeignKey { .. }), "{used:?}");
    whole(db).await
}

async fn out_of_range(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    Kinds::plain(1).insert(db).await?;
    let past = Kinds::objects().update(|k| k.small().set(k.small() + 30_000 + 30_000));
    let past = kind(past.exec(db).await);
    assert!(matches!(past, DbErrorKind::Data { .. }), "{past:?}");
    let past = Kinds::objects().update(|k| k.usmall().set(k.usmall() - 10));
    let past = kind(past.exec(db).await);
    assert!(matches!(past, DbErrorKind::Data { .. }), "{past:?}");
    assert_eq!(Kinds::objects().all(db).await?, [Kinds::plain(1)]);
    Ok(())
}

/// The column is wider than the field's type: reading names the column, and nothing is cut.
async fn value_past_the_type(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    Kinds::plain(1).insert(db).await?;
    statement(db, "UPDATE kinds_kinds SET tiny = 300").await?;
    let error = Kinds::get(db, 1).await.expect_err("too big for i8");
    assert!(matches!(&error, Error::Decode(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains("tiny") && text.contains("300"), "{text}");
    Ok(())
}

async fn bad_number(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    for price in ["100000000", "0.00001"] {
        let mut row = Kinds {
            price: price.parse().expect("a decimal"),
            ..Kinds::plain(1)
        };
        let wrong = kind(row.insert(db).await);
        assert_eq!(
            wrong,
            DbErrorKind::Data {
                column: Some("price".into())
            }
        );
    }
    let mut row = Kinds {
        few: vec![0; 5],
        ..Kinds::plain(1)
    };
    assert_eq!(
        kind(row.insert(db).await),
        DbErrorKind::DataTooLong {
            column: Some("few".into())
        }
    );
    assert_eq!(Kinds::objects().count(db).await?, 0);
    Ok(())
}

async fn missing_table(db: &Db) -> Result<()> {
    assert_eq!(
        kind(Tag::objects().count(db).await),
        DbErrorKind::NoSuchObject
    );
    assert_eq!(
        kind(Tag::create(db, new!(Tag { name: "x" })).await),
        DbErrorKind::NoSuchObject
    );
    orm::create_tables(db, &[Tag::META]).await?;
    assert_eq!(
        kind(orm::create_tables(db, &[Tag::META]).await),
        DbErrorKind::Exists
    );
    Ok(())
}

async fn missing_default(db: &Db) -> Result<()> {
    fill(db).await?;
    // `new!` would not compile; the type behind it checks at run time.
    let error = Tag::create(db, orm::New::new()).await.expect_err("no name");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("`name`") && t.contains("Tag")),
        "{error}"
    );
    whole(db).await
}

async fn failed_statements_leave_the_pool_whole(db: &Db) -> Result<()> {
    fill(db).await?;
    for _ in 0..30 {
        assert!(Tag::create(db, new!(Tag { name: "rust" })).await.is_err());
        let tx = db.begin().await?;
        assert!(Tag::create(&tx, new!(Tag { name: "rust" })).await.is_err());
    }
    whole(db).await
}
