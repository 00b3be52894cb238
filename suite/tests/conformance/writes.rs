//! Inserts and updates.

use orm::prelude::*;
use orm::query::{Saved, concat};
use suite::models::blog::{Article, Author, Tag, fill, january, titles};

cases! {
    create_fills_defaults, insert_hands_back_the_key, save, save_inserts_a_known_key, save_fields,
    save_changed, reload, update, update_by_expression, update_over_a_relation, update_with_a_limit,
    update_counts_matched_rows, update_one, bulk_create, bulk_create_is_all_or_none, auto_times,
    new_from_values, empty_bulk, columns_that_others_fill, counters_go_on_behind_keys_given_by_hand,
}

/// Keys that a database makes begin low, where rows with keys of their own are already.
async fn counters_go_on_behind_keys_given_by_hand(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Author::META]).await?;
    let known = (1..=300).map(|id| {
        new!(Author {
            id: id,
            name: format!("known {id}")
        })
    });
    assert_eq!(Author::bulk_create(db, known).await?, 300);
    db.sync_auto_increment().await?;
    for n in 0..10 {
        let new = Author::create(
            db,
            new!(Author {
                name: format!("new {n}")
            }),
        )
        .await?;
        assert!(new.id.get().is_some_and(|id| id > 300), "{:?}", new.id);
    }
    assert_eq!(Author::objects().count(db).await?, 310);
    Ok(())
}

async fn create_fills_defaults(db: &Db) -> Result<()> {
    fill(db).await?;
    let a = Article::create(
        db,
        new!(Article {
            title: "new",
            author: 1
        }),
    )
    .await?;
    assert_eq!(
        (a.body.as_str(), a.views, a.public, a.rating, a.at),
        ("", 0, false, None, None)
    );
    let again = Article::get(db, a.id.get().expect("a key")).await?;
    assert_eq!((again.title.as_str(), again.views), ("new", 0));
    assert_eq!(again.created_at, a.created_at);
    Ok(())
}

async fn insert_hands_back_the_key(db: &Db) -> Result<()> {
    fill(db).await?;
    let a = Tag::create(db, new!(Tag { name: "one" })).await?;
    let mut b = Tag {
        id: Auto::unset(),
        name: "two".to_owned(),
    };
    b.insert(db).await?;
    let (a, b) = (a.id.get().expect("a key"), b.id.get().expect("a key"));
    assert!(a > 4 && b > 4 && a != b);
    assert_eq!(Tag::get(db, b).await?.name, "two");
    Ok(())
}

async fn save(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut tag = Tag {
        id: Auto::unset(),
        name: "fresh".to_owned(),
    };
    assert_eq!(tag.save(db).await?, Saved::Created);
    tag.name = "changed".to_owned();
    assert_eq!(tag.save(db).await?, Saved::Updated);
    // Nothing changes, the row is there all the same.
    assert_eq!(tag.save(db).await?, Saved::Updated);
    assert_eq!(Tag::filter(|t| t.name().eq("changed")).count(db).await?, 1);
    assert_eq!(Tag::objects().count(db).await?, 5);
    Ok(())
}

async fn save_inserts_a_known_key(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut tag = Tag {
        id: Auto::from(77),
        name: "known".to_owned(),
    };
    assert_eq!(tag.save(db).await?, Saved::Created);
    assert_eq!(Tag::get(db, 77).await?.name, "known");
    Ok(())
}

async fn save_fields(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut a = Article::get(db, 1).await?;
    a.title = "written".to_owned();
    a.views = 999;
    a.save_fields(db, |a| a.title()).await?;
    let b = Article::get(db, 1).await?;
    assert_eq!((b.title.as_str(), b.views), ("written", 10));
    assert!(b.updated_at >= b.created_at);
    let mut ghost = Article {
        id: Auto::from(99),
        ..a.clone()
    };
    assert!(
        ghost
            .save_fields(db, |a| a.title())
            .await
            .is_err_and(|e| e.is_not_found())
    );
    Ok(())
}

async fn save_changed(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = Article::get(db, 1).await?;
    let mut a = before.clone();
    assert_eq!(a.save_changed(db, &before).await?, 0);
    a.views = 11;
    a.rating = None;
    Article::filter(|a| a.id().eq(1))
        .update(|a| a.title().set("other"))
        .exec(db)
        .await?;
    assert_eq!(a.save_changed(db, &before).await?, 2);
    let b = Article::get(db, 1).await?;
    assert_eq!((b.title.as_str(), b.views, b.rating), ("other", 11, None));
    Ok(())
}

async fn reload(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut a = Article::get(db, 1).await?;
    Article::objects()
        .update(|a| a.views().set(7))
        .exec(db)
        .await?;
    a.reload(db).await?;
    assert_eq!(a.views, 7);
    a.delete(db).await?;
    assert!(a.reload(db).await.is_err_and(|e| e.is_not_found()));
    Ok(())
}

async fn update(db: &Db) -> Result<()> {
    fill(db).await?;
    let n = Article::filter(|a| a.views().eq(20))
        .update(|a| {
            (
                a.title().set("same"),
                a.rating().set(None),
                a.at().set(Some(january(1, 1))),
                a.public().set(true),
            )
        })
        .exec(db)
        .await?;
    assert_eq!(n, 2);
    let rows = Article::filter(|a| a.title().eq("same"))
        .select(|a| (a.id(), a.rating(), a.at(), a.public()));
    let at = Some(january(1, 1));
    assert_eq!(
        rows.all(db).await?,
        [(2, None, at, true), (3, None, at, true)]
    );
    assert_eq!(
        Article::filter(|a| a.id().eq(99))
            .update(|a| a.views().set(1))
            .exec(db)
            .await?,
        0
    );
    Ok(())
}

async fn update_by_expression(db: &Db) -> Result<()> {
    fill(db).await?;
    Article::objects()
        .update(|a| {
            (
                a.views().set(a.views() * 2 + 1),
                a.body().set(concat(a.title(), "?")),
            )
        })
        .exec(db)
        .await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| (a.views(), a.body()))
        .all(db)
        .await?;
    let row = |v, t: &str| (v, t.to_owned());
    assert_eq!(
        rows,
        [
            row(21, "Alpha?"),
            row(41, "beta?"),
            row(41, "Gamma_1?"),
            row(1, "delta%?"),
            row(71, "Épsilon?")
        ]
    );
    Ok(())
}

async fn update_over_a_relation(db: &Db) -> Result<()> {
    fill(db).await?;
    let n = Article::filter(|a| a.author().name().eq("Ann") | a.editor().country().code().eq("fr"))
        .update(|a| a.views().set(0))
        .exec(db)
        .await?;
    assert_eq!(n, 3);
    let zero = Article::filter(|a| a.views().eq(0)).order_by(|a| a.id());
    assert_eq!(
        titles(db, zero).await?,
        ["Alpha", "Gamma_1", "delta%", "Épsilon"]
    );
    let n = Article::filter(|a| a.tags().any(|t| t.name().eq("web")))
        .update(|a| a.views().set(4))
        .exec(db)
        .await?;
    assert_eq!(n, 1);
    // The table that changes may be read inside.
    let n = Author::filter(|a| a.articles().any(|x| x.author().name().eq("Ann")))
        .update(|a| a.name().set("Anna"))
        .exec(db)
        .await?;
    assert_eq!(n, 1);
    let foreign = Article::objects()
        .update(|a| a.author().name().set("x"))
        .exec(db)
        .await;
    assert!(matches!(foreign, Err(Error::Usage(_))));
    let twice = Article::objects()
        .update(|a| (a.views().set(1), a.title().set("x"), a.views().set(2)))
        .exec(db)
        .await;
    assert!(matches!(&twice, Err(Error::Usage(t)) if t.contains("`views` twice")));
    assert_eq!(Article::filter(|a| a.title().eq("x")).count(db).await?, 0);
    Ok(())
}

async fn update_with_a_limit(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(
        Article::objects()
            .limit(2)
            .update(|a| a.title().set("top"))
            .exec(db)
            .await?,
        2
    );
    assert_eq!(
        titles(db, Article::objects()).await?,
        ["top", "top", "Gamma_1", "Alpha", "delta%"]
    );
    assert_eq!(
        Article::objects()
            .offset(3)
            .update(|a| a.title().set("low"))
            .exec(db)
            .await?,
        2
    );
    assert_eq!(
        titles(db, Article::objects()).await?,
        ["top", "top", "Gamma_1", "low", "low"]
    );
    Ok(())
}

async fn update_counts_matched_rows(db: &Db) -> Result<()> {
    fill(db).await?;
    let same = || Article::filter(|a| a.views().eq(20)).update(|a| a.views().set(20));
    assert_eq!(same().exec(db).await?, 2);
    assert_eq!(same().exec(db).await?, 2);
    Ok(())
}

async fn update_one(db: &Db) -> Result<()> {
    fill(db).await?;
    let a = Article::get(db, 1).await?;
    a.update(db, |a| a.views().set(a.views() + 5)).await?;
    assert_eq!(Article::get(db, 1).await?.views, 15);
    let ghost = Article {
        id: Auto::from(99),
        ..a
    };
    assert!(
        ghost
            .update(db, |a| a.views().set(0))
            .await
            .is_err_and(|e| e.is_not_found())
    );
    Ok(())
}

async fn bulk_create(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = (0..1300).map(|i| {
        new!(Article {
            title: format!("b{i}"),
            author: 1,
            views: i
        })
    });
    assert_eq!(Article::bulk_create(db, rows).await?, 1300);
    assert_eq!(
        Article::filter(|a| a.title().startswith("b"))
            .count(db)
            .await?,
        1301
    );
    let sum = Article::filter(|a| a.title().ne("beta") & a.title().startswith("b"))
        .aggregate(|a| a.views().sum())
        .get(db)
        .await?;
    assert_eq!(sum, Some(1299 * 1300 / 2));
    let objects = vec![
        Tag {
            id: Auto::unset(),
            name: "x".into(),
        },
        Tag {
            id: Auto::from(50),
            name: "y".into(),
        },
    ];
    assert_eq!(Tag::bulk_create(db, objects).await?, 2);
    assert_eq!(Tag::get(db, 50).await?.name, "y");
    Ok(())
}

async fn bulk_create_is_all_or_none(db: &Db) -> Result<()> {
    fill(db).await?;
    let names = (0..1500).map(|i| {
        new!(Tag {
            name: if i == 1400 {
                "rust".to_owned()
            } else {
                format!("n{i}")
            }
        })
    });
    let error = Tag::bulk_create(db, names)
        .await
        .expect_err("rust is taken");
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(Tag::objects().count(db).await?, 4);
    let long = [
        new!(Tag { name: "ok" }),
        new!(Tag {
            name: "x".repeat(51)
        }),
    ];
    let error = Tag::bulk_create(db, long).await.expect_err("too long");
    let kind = error.as_db().map(|e| &e.kind);
    assert!(
        matches!(kind, Some(DbErrorKind::DataTooLong { .. })),
        "{error}"
    );
    assert_eq!(Tag::objects().count(db).await?, 4);
    Ok(())
}

async fn auto_times(db: &Db) -> Result<()> {
    fill(db).await?;
    let start = Utc::now() - chrono::TimeDelta::seconds(1);
    let mut a = Article::create(
        db,
        new!(Article {
            title: "t",
            author: 1
        }),
    )
    .await?;
    assert!(a.created_at > start && a.updated_at > start);
    let (created, updated) = (a.created_at, a.updated_at);
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    a.save(db).await?;
    assert_eq!(a.created_at, created);
    assert!(a.updated_at > updated);
    let row = Article::get(db, a.id.get().expect("a key")).await?;
    assert_eq!((row.created_at, row.updated_at), (created, a.updated_at));
    Ok(())
}

async fn new_from_values(db: &Db) -> Result<()> {
    fill(db).await?;
    let title = "short";
    let ann = Author::get(db, 1).await?;
    let a = Article::create(
        db,
        new!(Article {
            title,
            author: &ann,
            editor: Some(&ann)
        }),
    )
    .await?;
    let b = Article::create(
        db,
        new!(Article {
            title: String::from("b"),
            author: 2,
            editor: None::<i64>
        }),
    )
    .await?;
    assert_eq!((*a.author.id(), a.editor.map(|e| *e.id())), (1, Some(1)));
    assert_eq!((*b.author.id(), b.editor), (2, None));
    let unsaved = Author {
        id: Auto::unset(),
        name: "x".into(),
        email: None,
        country: None,
        articles: Reverse::new(),
        edited: Reverse::new(),
    };
    let error = Article::create(
        db,
        new!(Article {
            title: "c",
            author: &unsaved
        }),
    )
    .await
    .expect_err("unsaved");
    assert!(error.to_string().contains("not saved"), "{error}");
    assert!(ForeignKey::to(&unsaved).is_err());
    Ok(())
}

async fn empty_bulk(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = db.statements();
    assert_eq!(Tag::bulk_create(db, Vec::<Tag>::new()).await?, 0);
    assert_eq!(db.statements(), before);
    Ok(())
}

/// The value of `default_fn`.
fn word() -> String {
    "made".to_owned()
}

/// Columns that somebody else fills: a function, the database, an expression.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "filled")]
struct Parcel {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(default_fn = word, max_length = 20)]
    word: String,
    #[field(db_default = "7")]
    rank: i32,
    #[field(db_default = "CURRENT_TIMESTAMP(6)")]
    at: DateTime<Utc>,
    amount: i64,
    #[field(computed = "amount * 2")]
    twice: i64,
}

async fn columns_that_others_fill(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Parcel::META]).await?;
    let made = Parcel::create(db, new!(Parcel { amount: 4 })).await?;
    assert_eq!(
        (made.word.as_str(), made.rank, made.amount, made.twice),
        ("made", 7, 4, 8)
    );
    let age = Utc::now() - made.at;
    assert!(age.num_seconds().abs() < 60, "{age}");
    let mut again = made.clone();
    again.reload(db).await?;
    assert_eq!(again, made);
    // What is given is kept; what is computed is the database's.
    let given = new!(Parcel {
        amount: 5,
        rank: 1,
        word: "given"
    });
    let mut given = Parcel::create(db, given).await?;
    assert_eq!(
        (given.rank, given.twice, given.word.as_str()),
        (1, 10, "given")
    );
    given.amount = 6;
    given.save(db).await?;
    given.reload(db).await?;
    assert_eq!(given.twice, 12);
    let many = (0..3).map(|n| new!(Parcel { amount: n }));
    assert_eq!(Parcel::bulk_create(db, many).await?, 3);
    let rows = Parcel::filter(|p| p.amount().lt(3))
        .order_by(|p| p.amount())
        .select(|p| (p.rank(), p.twice()));
    assert_eq!(rows.all(db).await?, [(7, 0), (7, 2), (7, 4)]);
    assert_eq!(Parcel::filter(|p| p.twice().gt(3)).count(db).await?, 3);
    Ok(())
}
