//! Union, intersection, difference; windows; annotations; short forms.

use orm::prelude::*;
use orm::query::{
    Bound, cume_dist, dense_rank, exists, ntile, outer, percent_rank, rank, row_number, when,
    window,
};
use suite::models::blog::{Article, Author, Tag, fill, titles};

cases! {
    unions_of_objects, unions_of_tuples, limited_unions, intersections, differences,
    misused_unions, numbered_rows, ranks, neighbours, running_totals, calculated_windows, frames,
    columns_of_a_table_stand_twice,
    filtered_by_number, annotated, annotated_with_related, latest_and_earliest, containing,
    in_bulk, own_functions, own_sql,
}

fn named(all: &[Article]) -> Vec<&str> {
    all.iter().map(|a| a.title.as_str()).collect()
}

async fn unions_of_objects(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Article::filter(|a| a.author().name().eq("Ann"));
    let public = Article::filter(|a| a.public());
    // In the model's order: the most viewed first.
    assert_eq!(
        named(&ann.union(&public).all(db).await?),
        ["Épsilon", "Gamma_1", "Alpha"]
    );
    assert_eq!(ann.union_all(&public).all(db).await?.len(), 5);
    Ok(())
}

async fn unions_of_tuples(db: &Db) -> Result<()> {
    fill(db).await?;
    let authors = Author::objects().select(|a| (a.name(), a.id()));
    let tags = Tag::filter(|t| t.id().lte(2)).select(|t| (t.name(), t.id()));
    let rows = authors.union(&tags).all(db).await?;
    let row = |n: &str, i| (n.to_owned(), i);
    assert_eq!(
        rows,
        [
            row("Ann", 1),
            row("Bob", 2),
            row("Cid", 3),
            row("db", 2),
            row("rust", 1)
        ]
    );
    let same = authors.union_all(&authors).all(db).await?;
    assert_eq!(same.len(), 6);
    Ok(())
}

/// A limit of a part cuts the part, that of the whole the whole.
async fn limited_unions(db: &Db) -> Result<()> {
    fill(db).await?;
    let most = Article::objects().limit(1);
    let least = Article::objects().reverse().limit(1);
    assert_eq!(
        named(&most.union(&least).all(db).await?),
        ["Épsilon", "delta%"]
    );
    let cut = Article::objects().union(&least).offset(1).limit(2);
    assert_eq!(named(&cut.all(db).await?), ["beta", "Gamma_1"]);
    Ok(())
}

async fn intersections(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Article::filter(|a| a.author().name().eq("Ann"));
    let viewed = Article::filter(|a| a.views().gt(15));
    assert_eq!(
        named(&ann.intersection(&viewed).all(db).await?),
        ["Gamma_1"]
    );
    let authors = Author::objects().select(|a| a.id());
    let tags = Tag::objects().select(|t| t.id());
    assert_eq!(tags.intersection(&authors).all(db).await?, [1, 2, 3]);
    Ok(())
}

async fn differences(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Article::filter(|a| a.author().name().eq("Ann"));
    let viewed = Article::filter(|a| a.views().gt(15));
    assert_eq!(
        named(&viewed.difference(&ann).all(db).await?),
        ["Épsilon", "beta"]
    );
    let authors = Author::objects().select(|a| a.id());
    assert_eq!(
        Tag::objects()
            .select(|t| t.id())
            .difference(&authors)
            .all(db)
            .await?,
        [4]
    );
    Ok(())
}

async fn misused_unions(db: &Db) -> Result<()> {
    fill(db).await?;
    let loads = Article::objects().with(|a| a.author());
    let error = loads
        .union(&Article::objects())
        .all(db)
        .await
        .expect_err("refused")
        .to_string();
    assert!(error.contains("leave out `with`"), "{error}");
    Ok(())
}

/// Rows that tie are told apart by the key.
async fn numbered_rows(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            let by_author = window()
                .partition_by(a.author_id())
                .order_by(a.views().desc());
            let all = window().order_by(a.views());
            (
                a.id(),
                row_number().over(all.clone()),
                row_number().over(by_author),
                ntile(2).over(all),
            )
        })
        .all(db)
        .await?;
    assert_eq!(
        rows,
        [
            (1, 2, 2, 1),
            (2, 3, 2, 1),
            (3, 4, 1, 2),
            (4, 1, 1, 1),
            (5, 5, 1, 2)
        ]
    );
    Ok(())
}

async fn ranks(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            let w = window().order_by(a.views());
            (
                rank().over(w.clone()),
                dense_rank().over(w.clone()),
                percent_rank().over(w.clone()),
                cume_dist().over(w),
            )
        })
        .all(db)
        .await?;
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let wanted = [
        (2, 2, 0.25, 0.4),
        (3, 3, 0.5, 0.8),
        (3, 3, 0.5, 0.8),
        (1, 1, 0.0, 0.2),
        (5, 4, 1.0, 1.0),
    ];
    for (row, wanted) in rows.iter().zip(wanted) {
        let same = (row.0, row.1) == (wanted.0, wanted.1)
            && near(row.2, wanted.2)
            && near(row.3, wanted.3);
        assert!(same, "{row:?} {wanted:?}");
    }
    Ok(())
}

async fn neighbours(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            let w = window().order_by(a.id());
            (
                a.views().lag(1).over(w.clone()),
                a.views().lead(2).over(w.clone()),
                a.title().first_value().over(w.clone()),
                a.views()
                    .last_value()
                    .over(w.clone().rows(Bound::Unbounded, Bound::Unbounded)),
                a.views().nth_value(2).over(w),
            )
        })
        .all(db)
        .await?;
    let alpha = Some("Alpha".to_owned());
    assert_eq!(rows[0], (None, Some(20), alpha.clone(), Some(35), None));
    assert_eq!(
        rows[2],
        (Some(20), Some(35), alpha.clone(), Some(35), Some(20))
    );
    assert_eq!(rows[4], (Some(0), None, alpha, Some(35), Some(20)));
    Ok(())
}

/// What is over a window is calculated with beside the columns of the row, on either side.
async fn calculated_windows(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects().order_by(|a| a.id());
    let rows = all
        .clone()
        .select(|a| {
            let w = window().order_by(a.id());
            let before = || a.views().lag(1).over(w.clone());
            (
                a.views() - before(),
                a.views() + before().coalesce(-1) * 2,
                a.views().sum().over(w.clone()) - row_number().over(w.clone()),
                row_number().over(w.clone()).cast::<f64>() / 2.0,
            )
        })
        .all(db)
        .await?;
    assert_eq!(
        rows,
        [
            (None, 8, Some(9), Some(0.5)),
            (Some(10), 40, Some(28), Some(1.0)),
            (Some(0), 60, Some(47), Some(1.5)),
            (Some(-20), 40, Some(46), Some(2.0)),
            (Some(35), 35, Some(80), Some(2.5)),
        ]
    );
    // The share of each in all.
    let shares = all
        .clone()
        .select(|a| a.views() / a.views().sum().over(window()) * 85.0)
        .all(db)
        .await?;
    for (share, views) in shares.iter().zip([10.0, 20.0, 20.0, 0.0, 35.0]) {
        assert!(
            share.is_some_and(|s| (s - views).abs() < 0.05),
            "{shares:?}"
        );
    }
    // A table of them is filtered.
    let grown = all
        .select(|a| {
            (
                a.title(),
                a.views() - a.views().lag(1).over(window().order_by(a.id())),
            )
        })
        .as_table()
        .filter(|(_, more)| more.gt(0))
        .select(|(title, _)| title);
    assert_eq!(grown.count(db).await?, 2);
    Ok(())
}

/// What closures get of a table is no copy: a reference stands wherever the value does.
async fn columns_of_a_table_stand_twice(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .select(|a| (a.author_id(), a.views(), a.id()))
        .as_table()
        .filter(|(author, views, id)| {
            (views.gt(&author) | (&views + &id).eq(&id)) & (&id * 2 - &id).between(&id, &id + 1)
        })
        .order_by(|(author, views, id)| (views.desc(), author, id))
        .select(|(author, views, id)| {
            let w = window()
                .partition_by((&author, &author))
                .order_by((&views, &id));
            let larger = when(views.gt(&id), &views).otherwise(&id);
            (
                row_number().over(w),
                larger,
                1 + &views,
                &views % &id,
                author,
                views,
                id,
            )
        })
        .all(db)
        .await?;
    let all = Article::objects()
        .select(|a| (a.author_id(), a.views(), a.id()))
        .all(db)
        .await?;
    assert_eq!(rows.len(), all.len());
    for (number, larger, more, rest, author, views, id) in rows {
        let before = all
            .iter()
            .filter(|(a, v, i)| *a == author && (*v, *i) <= (views, id));
        assert_eq!(number, i64::try_from(before.count()).expect("small"));
        assert_eq!(
            (larger, more, rest),
            (views.max(id), views + 1, Some(views % id))
        );
    }
    // In assignments as well.
    let article = Article::objects().order_by(|a| a.id());
    article
        .clone()
        .update(|a| {
            let views = a.views() * 2;
            (
                a.views().set(&views),
                a.title()
                    .set(when(views.gte(40), "Many").otherwise(&a.title())),
            )
        })
        .exec(db)
        .await?;
    let first = article.select(|a| (a.title(), a.views())).all(db).await?;
    assert_eq!(first[0], ("Alpha".into(), 20));
    assert_eq!(first[1].0, "Many");
    Ok(())
}

async fn running_totals(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects().order_by(|a| a.id());
    // Windows with an order and without: MariaDB 10.11 confuses them, so there it is refused.
    let mixed = all
        .clone()
        .select(|a| {
            (
                a.views().sum().over(window().order_by(a.id())),
                a.views().avg().over(window().partition_by(a.public())),
                count().over(window()),
            )
        })
        .all(db)
        .await;
    match db.dialect().features().mixed_windows {
        // What stands in for SingleStore computes by MariaDB.
        true if !db.dialect().features().sharded => {
            assert_eq!(mixed?[0], (Some(10), Some(65.0 / 3.0), 5));
        }
        true => assert_eq!(mixed?.len(), 5),
        false => assert!(mixed.is_err_and(|e| e.to_string().contains("windows"))),
    }
    let sums = all
        .clone()
        .select(|a| a.views().sum().over(window().order_by(a.id())))
        .all(db)
        .await?;
    assert_eq!(sums, [Some(10), Some(30), Some(50), Some(50), Some(85)]);
    let means = all
        .clone()
        .select(|a| a.views().avg().over(window().partition_by(a.public())))
        .all(db)
        .await?;
    assert_eq!(means[1], Some(10.0));
    let whole = all
        .select(|a| (count().over(window()), a.views().max().over(window())))
        .first(db)
        .await?;
    assert_eq!(whole, Some((5, Some(35))));
    Ok(())
}

async fn frames(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            let w = window().order_by(a.id());
            (
                a.views()
                    .sum()
                    .over(w.clone().rows(Bound::Preceding(1), Bound::Following(1))),
                a.views()
                    .sum()
                    .over(w.rows(Bound::Current, Bound::Unbounded)),
            )
        })
        .all(db)
        .await?;
    let pair = |a, b| (Some(a), Some(b));
    assert_eq!(
        rows,
        [
            pair(30, 85),
            pair(50, 75),
            pair(40, 55),
            pair(55, 35),
            pair(35, 35)
        ]
    );
    Ok(())
}

/// The most viewed article of each author: a window is filtered by in the table of its query.
async fn filtered_by_number(db: &Db) -> Result<()> {
    fill(db).await?;
    let first = Article::objects()
        .select(|a| {
            let w = window()
                .partition_by(a.author_id())
                .order_by(a.views().desc());
            (a.author().name(), a.title(), row_number().over(w))
        })
        .as_table()
        .filter(|(_, _, n)| n.eq(1))
        .select(|(author, title, _)| (author, title))
        .all(db)
        .await?;
    let row = |a: &str, t: &str| (a.to_owned(), t.to_owned());
    assert_eq!(
        first,
        [
            row("Ann", "Gamma_1"),
            row("Bob", "Épsilon"),
            row("Cid", "delta%")
        ]
    );
    Ok(())
}

async fn annotated(db: &Db) -> Result<()> {
    fill(db).await?;
    let authors = Author::objects()
        .annotate(|a| {
            let id = outer(a.id());
            (
                a.name().length(),
                exists(Article::filter(|x| x.author_id().eq(id) & x.public())).as_bool(),
            )
        })
        .all(db)
        .await?;
    let seen: Vec<(&str, i64, bool)> = authors
        .iter()
        .map(|(a, (n, e))| (a.name.as_str(), *n, *e))
        .collect();
    assert_eq!(
        seen,
        [("Ann", 3, true), ("Bob", 3, true), ("Cid", 3, false)]
    );
    Ok(())
}

async fn annotated_with_related(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::filter(|a| a.id().eq(1))
        .with(|a| a.author())
        .prefetch(|a| a.tags())
        .annotate(|a| a.views() * 2)
        .all(db)
        .await?;
    let (article, doubled) = &rows[0];
    assert_eq!((article.author.get()?.name.as_str(), *doubled), ("Ann", 20));
    assert_eq!(article.tags.get()?.len(), 2);
    Ok(())
}

async fn latest_and_earliest(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects();
    assert_eq!(all.latest(db, |a| a.at()).await?.id, 5);
    assert_eq!(
        all.earliest(db, |a| (a.public().desc(), a.views()))
            .await?
            .id,
        1
    );
    let none = Article::objects().none().latest(db, |a| a.at()).await;
    assert!(none.expect_err("there is none").is_not_found());
    assert!(all.limit(1).latest(db, |a| a.at()).await.is_err());
    Ok(())
}

async fn containing(db: &Db) -> Result<()> {
    fill(db).await?;
    let one = Article::filter(|a| a.id().eq(1)).get(db).await?;
    assert!(Article::filter(|a| a.public()).contains(db, &one).await?);
    assert!(
        !Article::filter(|a| a.views().gt(10))
            .contains(db, &one)
            .await?
    );
    assert!(
        Article::objects()
            .limit(1)
            .contains(db, &one)
            .await
            .is_err()
    );
    Ok(())
}

async fn in_bulk(db: &Db) -> Result<()> {
    use suite::models::names::Seat;
    fill(db).await?;
    let found = Article::filter(|a| a.public())
        .in_bulk(db, [1, 2, 3, 99])
        .await?;
    let mut keys: Vec<i64> = found.keys().copied().collect();
    keys.sort_unstable();
    assert_eq!(keys, [1, 3]);
    assert!(Article::objects().in_bulk(db, []).await?.is_empty());
    let many = Article::objects().in_bulk(db, 1..2_500).await?;
    assert_eq!(many.len(), 5);
    orm::create_tables(db, &[Seat::META]).await?;
    for (hall, number) in [(1, "a"), (1, "b"), (2, "a")] {
        Seat::create(
            db,
            new!(Seat {
                hall: hall,
                number: number
            }),
        )
        .await?;
    }
    let key = |h, n: &str| (h, n.to_owned());
    let seats = Seat::objects()
        .in_bulk(db, [key(1, "b"), key(2, "a"), key(2, "b")])
        .await?;
    assert_eq!(seats.len(), 2);
    assert_eq!(seats[&key(1, "b")].number, "b");
    Ok(())
}

orm::sql_function!(fn hexadecimal(text: String) -> String = "HEX");

async fn own_functions(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(
        titles(
            db,
            Article::filter(|a| hexadecimal(a.title()).eq("62657461"))
        )
        .await?,
        ["beta"]
    );
    let groups = Article::objects()
        .aggregate(|a| hexadecimal(a.title().max()))
        .get(db)
        .await?;
    assert!(groups.is_some());
    Ok(())
}

/// SQL with places for the arguments, where the database has no function for it.
async fn own_sql(db: &Db) -> Result<()> {
    orm::sql_function!(fn either(a: i64, b: i64) -> i64 = "{} | {}");
    orm::sql_function!(fn longer_than(text: String, n: i64) -> bool = "LENGTH({}) > {}");
    fill(db).await?;
    let rows = Article::objects()
        .filter(|a| longer_than(a.title(), 4).is_true() & either(a.views(), 4).gt(9))
        .order_by(|a| either(a.views(), a.id()).desc())
        .select(|a| (a.views(), either(a.views(), 1) * 2))
        .all(db)
        .await?;
    assert_eq!(rows, [(35, Some(70)), (20, Some(42)), (10, Some(22))]);
    let most = Article::objects()
        .aggregate(|a| either(a.views().max(), 4))
        .get(db)
        .await?;
    assert_eq!(most, Some(39));
    Ok(())
}
