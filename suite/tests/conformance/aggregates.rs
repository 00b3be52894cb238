//! Aggregates and groups.

use orm::prelude::*;
use orm::query::{outer, scalar};
use suite::models::blog::{Article, Author, fill};

cases! {
    over_all, over_nothing, over_a_limit, distinct, groups, group_by_several, group_by_null, having,
    over_relations, filtered_groups, limited_groups, with_filter, distinct_sums, spread, joined_texts,
    calculated_aggregates, default_for_nothing, exact_sums_in_order, having_of_two, spread_in_full,
    joined_of_some,
}

async fn over_all(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects()
        .aggregate(|a| {
            (
                count(),
                a.views().sum(),
                a.views().avg(),
                a.views().min(),
                a.views().max(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(all, (5, Some(85), Some(17.0), Some(0), Some(35)));
    let ratings = Article::objects()
        .aggregate(|a| (a.rating().count(), a.rating().sum()))
        .get(db)
        .await?;
    assert_eq!(ratings, (3, Some(9.5)));
    let one = Article::filter(|a| a.public())
        .aggregate(|a| a.title().min())
        .get(db)
        .await?;
    assert_eq!(one.as_deref(), Some("Alpha"));
    let last = Article::objects()
        .aggregate(|a| a.at().max())
        .get(db)
        .await?;
    assert_eq!(last, Some(suite::models::blog::january(18, 10)));
    Ok(())
}

async fn over_nothing(db: &Db) -> Result<()> {
    fill(db).await?;
    let none = Article::filter(|a| a.id().gt(99))
        .aggregate(|a| (count(), a.views().sum(), a.views().avg(), a.title().max()))
        .get(db)
        .await?;
    assert_eq!(none, (0, None, None, None));
    Ok(())
}

async fn over_a_limit(db: &Db) -> Result<()> {
    fill(db).await?;
    let two = Article::objects()
        .limit(2)
        .aggregate(|a| (count(), a.views().sum()))
        .get(db)
        .await?;
    assert_eq!(two, (2, Some(55)));
    let rest = Article::objects()
        .offset(2)
        .aggregate(|a| (count(), a.views().sum()))
        .get(db)
        .await?;
    assert_eq!(rest, (3, Some(30)));
    let names = Article::objects()
        .limit(2)
        .aggregate(|a| a.author().name().max())
        .get(db)
        .await?;
    assert_eq!(names.as_deref(), Some("Bob"));
    Ok(())
}

async fn distinct(db: &Db) -> Result<()> {
    fill(db).await?;
    let n = Article::objects()
        .aggregate(|a| {
            (
                a.views().count(),
                a.views().count_distinct(),
                a.editor_id().count_distinct(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(n, (5, 4, 3));
    Ok(())
}

async fn groups(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| a.author().name())
        .aggregate(|a| (count(), a.views().avg(), a.views().sum()))
        .all(db)
        .await?;
    let row = |n: &str, c, a, s| (n.to_owned(), c, Some(a), Some(s));
    assert_eq!(
        groups,
        [
            row("Ann", 2, 15.0, 30),
            row("Bob", 2, 27.5, 55),
            row("Cid", 1, 0.0, 0)
        ]
    );
    Ok(())
}

async fn group_by_several(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| (a.author_id(), a.public()))
        .aggregate(|a| a.id().max())
        .all(db)
        .await?;
    assert_eq!(
        groups,
        [
            (1, true, Some(3)),
            (2, false, Some(2)),
            (2, true, Some(5)),
            (3, false, Some(4))
        ]
    );
    Ok(())
}

async fn group_by_null(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| a.editor().name())
        .aggregate(|_| count())
        .all(db)
        .await?;
    let n = |t: &str| Some(t.to_owned());
    assert_eq!(
        groups,
        [(None, 1), (n("Ann"), 1), (n("Bob"), 2), (n("Cid"), 1)]
    );
    Ok(())
}

async fn having(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| a.author().name())
        .having(|a| a.id().count().gt(1))
        .having(|a| a.views().sum().gt(30))
        .aggregate(|a| a.views().min())
        .all(db)
        .await?;
    assert_eq!(groups, [("Bob".to_owned(), Some(20))]);
    let groups = Article::objects()
        .group_by(|a| a.author().name())
        .having(|a| !(a.id().count().gt(1)) | a.rating().max().gt(4.0))
        .aggregate(|_| count())
        .all(db)
        .await?;
    assert_eq!(groups, [("Ann".to_owned(), 2), ("Cid".to_owned(), 1)]);
    Ok(())
}

async fn over_relations(db: &Db) -> Result<()> {
    fill(db).await?;
    let one = Article::filter(|a| a.tags().any(|t| t.name().eq("rust")))
        .aggregate(|a| (count(), a.author().country().name().max()))
        .get(db)
        .await?;
    assert_eq!(one, (3, Some("France".to_owned())));
    let by_country = Article::objects()
        .group_by(|a| a.author().country().name())
        .aggregate(|a| a.views().sum())
        .all(db)
        .await?;
    let n = |t: &str| Some(t.to_owned());
    assert_eq!(
        by_country,
        [
            (None, Some(0)),
            (n("Austria"), Some(30)),
            (n("France"), Some(55))
        ]
    );
    Ok(())
}

async fn filtered_groups(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Author::filter(|a| a.country().is_not_null())
        .group_by(|a| a.country_id())
        .aggregate(|a| (count(), a.name().max()))
        .all(db)
        .await?;
    let row = |c: &str, n, name: &str| (Some(c.to_owned()), n, Some(name.to_owned()));
    assert_eq!(groups, [row("at", 1, "Ann"), row("fr", 1, "Bob")]);
    Ok(())
}

async fn limited_groups(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| a.views())
        .aggregate(|_| count())
        .limit(2)
        .offset(1)
        .all(db)
        .await?;
    assert_eq!(groups, [(10, 1), (20, 2)]);
    Ok(())
}

async fn with_filter(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects()
        .aggregate(|a| {
            (
                count().filter(a.public()),
                a.views().sum().filter(a.rating().is_not_null()),
                a.views().max().filter(a.views().lt(20)),
                (a.views().sum() / count()).filter(a.public()),
                a.title().min().filter(a.id().gt(99)),
            )
        })
        .get(db)
        .await?;
    assert_eq!(all, (3, Some(65), Some(10), Some(65.0 / 3.0), None));
    let groups = Article::objects()
        .group_by(|a| a.author().name())
        .having(|a| count().filter(a.public()).gt(0))
        .aggregate(|a| count().filter(!a.public()))
        .all(db)
        .await?;
    assert_eq!(groups, [("Ann".to_owned(), 0), ("Bob".to_owned(), 1)]);
    Ok(())
}

async fn distinct_sums(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects()
        .aggregate(|a| {
            (
                a.views().sum().distinct(),
                a.views().avg().distinct(),
                count().distinct(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(all, (Some(65), Some(16.25), 5));
    Ok(())
}

/// With all digits of a float, also of whole numbers.
async fn spread_in_full(db: &Db) -> Result<()> {
    fill(db).await?;
    let (all, sample) = Article::filter(|a| a.id().lt(4))
        .aggregate(|a| (a.views().variance(), a.views().std_dev_sample()))
        .get(db)
        .await?;
    let near = |a: Option<f64>, b: f64| {
        let a = a.expect("a number");
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    };
    near(all, 200.0 / 9.0);
    near(sample, (100.0_f64 / 3.0).sqrt());
    Ok(())
}

/// Texts of the rows that are among those of another query.
async fn joined_of_some(db: &Db) -> Result<()> {
    fill(db).await?;
    let edited = Article::objects().select(|a| a.editor_id());
    let rows = Article::objects()
        .group_by(|a| a.public())
        .aggregate(|a| a.title().join("-").filter(a.author_id().is_among(&edited)))
        .all(db)
        .await?;
    assert_eq!(
        rows,
        [
            (false, Some("beta-delta%".to_owned())),
            (true, Some("Alpha-Gamma_1-Épsilon".to_owned()))
        ]
    );
    let own = Author::objects()
        .select(|x| {
            let id = outer(x.id());
            (
                x.id(),
                scalar(
                    Article::filter(|a| a.author_id().eq(id))
                        .aggregate(|a| a.title().join_by("+", a.views().desc())),
                ),
            )
        })
        .all(db)
        .await?;
    // Where the text is found by a query that finds none, none is joined.
    let none = Article::objects()
        .aggregate(|a| {
            let id = outer(a.id());
            let found = Article::filter(|x| x.id().eq(id) & x.views().lt(0));
            (
                count(),
                scalar(found.aggregate(|x| x.title().max())).join("-"),
            )
        })
        .get(db)
        .await?;
    assert_eq!(none, (5, None));
    let own: Vec<_> = own.iter().map(|(id, t)| (*id, t.as_deref())).collect();
    assert_eq!(
        own,
        [
            (1, Some("Gamma_1+Alpha")),
            (2, Some("Épsilon+beta")),
            (3, Some("delta%"))
        ]
    );
    Ok(())
}

async fn spread(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects()
        .aggregate(|a| {
            (
                a.views().variance(),
                a.views().variance_sample(),
                a.views().std_dev(),
                a.views().std_dev_sample(),
                a.views().variance_sample().filter(a.id().eq(1)),
                a.views().std_dev().filter(a.id().eq(99)),
            )
        })
        .get(db)
        .await?;
    let near = |a: Option<f64>, b: f64| {
        let a = a.expect("a number");
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    };
    near(all.0, 136.0);
    near(all.1, 170.0);
    near(all.2, 136_f64.sqrt());
    near(all.3, 170_f64.sqrt());
    assert_eq!((all.4, all.5), (None, None));
    Ok(())
}

async fn joined_texts(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| a.author().name())
        .aggregate(|a| {
            (
                a.title().join(", "),
                a.title().join_by("|", (a.views().desc(), a.id().desc())),
                a.title().join("").filter(a.public()),
            )
        })
        .all(db)
        .await?;
    let s = |t: &str| Some(t.to_owned());
    assert_eq!(
        groups,
        [
            (
                "Ann".to_owned(),
                s("Alpha, Gamma_1"),
                s("Gamma_1|Alpha"),
                s("AlphaGamma_1")
            ),
            (
                "Bob".to_owned(),
                s("beta, Épsilon"),
                s("Épsilon|beta"),
                s("Épsilon")
            ),
            ("Cid".to_owned(), s("delta%"), s("delta%"), None),
        ]
    );
    // NULL comes before zero, in no order of its own.
    let rated = Article::objects()
        .aggregate(|a| a.title().join_by("|", (a.rating() - 2.0, a.id())))
        .get(db)
        .await?;
    let rated = rated.unwrap_or_default();
    assert!(rated.starts_with("beta|delta%|"), "{rated}");
    let distinct = Article::objects()
        .aggregate(|a| a.author().name().join(", ").distinct())
        .get(db)
        .await;
    if db.dialect().features().distinct_ordered_concat {
        assert_eq!(distinct?, s("Ann, Bob, Cid"));
    } else {
        let refused = distinct.expect_err("refused before it is sent").to_string();
        assert!(refused.contains("group by the text as well"), "{refused}");
    }
    Ok(())
}

async fn calculated_aggregates(db: &Db) -> Result<()> {
    fill(db).await?;
    let share: Option<f64> = Article::objects()
        .aggregate(|a| 100.0 * (a.views().sum().filter(a.public()) / a.views().sum()))
        .get(db)
        .await?;
    assert_eq!(share, Some(100.0 * 65.0 / 85.0));
    let widest = Article::objects()
        .group_by(|a| a.author().name())
        .order_by(|a| (a.views().max() - a.views().min()).desc())
        .aggregate(|a| a.views().max() - a.views().min())
        .all(db)
        .await?;
    assert_eq!(widest[0], ("Bob".to_owned(), Some(15)));
    Ok(())
}

async fn default_for_nothing(db: &Db) -> Result<()> {
    fill(db).await?;
    let none: (i64, f64) = Article::filter(|a| a.id().gt(99))
        .aggregate(|a| (a.views().sum().coalesce(0), a.rating().avg().coalesce(-1.0)))
        .get(db)
        .await?;
    assert_eq!(none, (0, -1.0));
    Ok(())
}

/// Sums of decimals are ordered and compared as numbers.
async fn exact_sums_in_order(db: &Db) -> Result<()> {
    use suite::models::kinds::Kinds;
    orm::create_tables(db, &[Kinds::META]).await?;
    for (id, int, price) in [(1, 1, "9.5"), (2, 1, "0.5"), (3, 2, "9.25"), (4, 3, "-1")] {
        let price = price.parse().expect("a decimal");
        Kinds {
            int,
            price,
            ..Kinds::plain(id)
        }
        .save(db)
        .await?;
    }
    let sums = Kinds::objects()
        .group_by(|k| k.int())
        .having(|k| {
            k.price()
                .sum()
                .gt("-5".parse::<rust_decimal::Decimal>().expect("a decimal"))
        })
        .order_by(|k| k.price().sum().desc())
        .aggregate(|k| (k.price().sum(), k.price().max()))
        .all(db)
        .await?;
    let ints: Vec<i32> = sums.iter().map(|s| s.0).collect();
    assert_eq!(ints, [1, 2, 3]);
    let alike = Kinds::objects()
        .group_by(|k| k.int())
        .having(|k| k.price().sum().eq(k.price().max()))
        .aggregate(|_| count())
        .all(db)
        .await?;
    assert_eq!(alike, [(2, 1), (3, 1)]);
    Ok(())
}

async fn having_of_two(db: &Db) -> Result<()> {
    fill(db).await?;
    let names = Article::objects()
        .group_by(|a| a.author().name())
        .having(|a| a.views().sum().gt(a.views().max()) & count().eq(2))
        .aggregate(|_| count())
        .all(db)
        .await?;
    assert_eq!(names, [("Ann".to_owned(), 2), ("Bob".to_owned(), 2)]);
    Ok(())
}
