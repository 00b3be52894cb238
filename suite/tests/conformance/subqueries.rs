//! Queries inside queries, joins by conditions, and the results of queries as tables.

use orm::prelude::*;
use orm::query::{exists, outer, outer_outer, scalar, when};
use suite::models::blog::{Article, Author, Country, Tag, fill, titles};

cases! {
    among_keys, among_a_column, among_nothing, among_limited, among_groups, not_among_nulls,
    among_in_groups, none_behind_one_row,
    values_of_queries_among_others,
    exists_correlated, exists_of_paths,
    exists_inside_exists, scalar_of_aggregate,
    scalar_correlated, scalar_first, scalar_of_nothing, compared_sums, update_from_another,
    joined_models, left_joined, joined_filtered, joined_three, joined_paths, joined_groups,
    derived_limited, aggregates_of_aggregates, derived_joined, derived_decimals,
    built_in_pieces, misuse_is_told,
}

async fn is(db: &Db, query: QuerySet<Article>, ids: &[i64]) -> Result<()> {
    let found = query
        .order_by(|a| a.id())
        .select(|a| a.id())
        .all(db)
        .await?;
    assert_eq!(found, ids);
    Ok(())
}

async fn among_keys(db: &Db) -> Result<()> {
    fill(db).await?;
    let french = Author::filter(|a| a.country().eq("fr".to_owned()));
    is(
        db,
        Article::filter(|a| a.author().is_among(&french)),
        &[2, 5],
    )
    .await?;
    is(
        db,
        Article::filter(|a| !a.author().is_among(&french)),
        &[1, 3, 4],
    )
    .await
}

async fn among_a_column(db: &Db) -> Result<()> {
    fill(db).await?;
    let editors = Article::objects().select(|a| a.editor_id());
    let names = Author::filter(|a| {
        a.id()
            .is_among(&Article::objects().select(|a| a.author_id()))
    });
    assert_eq!(names.count(db).await?, 3);
    assert_eq!(editors.all(db).await?.len(), 5);
    Ok(())
}

/// The same in the list and in what groups are made of is one and the same.
async fn among_in_groups(db: &Db) -> Result<()> {
    fill(db).await?;
    let first = Article::objects().order_by(|a| a.id()).limit(1);
    let rows = Article::objects()
        .group_by(|a| {
            let chosen = when(a.id().is_among(&first), a.public()).otherwise(a.public());
            (a.public(), chosen)
        })
        .aggregate(|_| count())
        .all(db)
        .await?;
    assert_eq!(rows, [(false, false, 2), (true, true, 3)]);
    Ok(())
}

/// What another query finds, looked for among the rows of a third.
async fn values_of_queries_among_others(db: &Db) -> Result<()> {
    fill(db).await?;
    let views = Article::filter(|a| a.views().gte(20)).select(|a| a.views());
    let query = Article::filter(|a| {
        let author = outer(a.author_id());
        let most = Article::filter(|x| x.author_id().eq(author)).aggregate(|x| x.views().max());
        scalar(most).is_among(&views)
    });
    // Cid's most is 0.
    is(db, query, &[1, 2, 3, 5]).await
}

/// An offset passes over the one row that a server finds by its key, also where different ones are asked
/// for.
async fn none_behind_one_row(db: &Db) -> Result<()> {
    fill(db).await?;
    let author = |offset| {
        Article::filter(|a| a.id().eq(2))
            .select(|a| a.author().name())
            .distinct()
            .limit(3)
            .offset(offset)
    };
    assert_eq!(author(0).all(db).await?, ["Bob"]);
    assert_eq!(author(1).all(db).await?, [""; 0]);
    let several = Article::objects()
        .select(|a| (a.author().name(), a.author_id()))
        .distinct()
        .limit(1)
        .offset(1);
    assert_eq!(several.all(db).await?, [("Bob".to_owned(), 2)]);
    Ok(())
}

async fn among_nothing(db: &Db) -> Result<()> {
    fill(db).await?;
    let none = Author::objects().none();
    is(db, Article::filter(|a| a.author().is_among(&none)), &[]).await?;
    is(
        db,
        Article::filter(|a| !a.author().is_among(&none)),
        &[1, 2, 3, 4, 5],
    )
    .await
}

/// The order of the query inside decides what its limit keeps.
async fn among_limited(db: &Db) -> Result<()> {
    fill(db).await?;
    let top = Article::objects().order_by(|a| a.views().desc()).limit(2);
    is(db, Article::filter(|a| a.id().is_among(&top)), &[2, 5]).await?;
    let top = Article::objects()
        .order_by(|a| a.views())
        .select(|a| a.id())
        .offset(1)
        .limit(1);
    is(db, Article::filter(|a| a.id().is_among(&top)), &[1]).await
}

async fn among_groups(db: &Db) -> Result<()> {
    fill(db).await?;
    let busy = Article::objects()
        .group_by(|a| a.author_id())
        .having(|a| a.views().sum().gt(40));
    is(
        db,
        Article::filter(|a| a.author_id().is_among(&busy)),
        &[2, 5],
    )
    .await
}

/// A complement is true, also where the list holds a NULL.
async fn not_among_nulls(db: &Db) -> Result<()> {
    fill(db).await?;
    let editors = Article::objects().select(|a| a.editor_id());
    let idle = Author::filter(|a| !a.id().is_among(&editors.clone()));
    assert_eq!(idle.count(db).await?, 0);
    let bob_only = Article::filter(|a| a.id().eq(1)).select(|a| a.editor_id());
    let others = Author::filter(|a| !a.id().is_among(&bob_only));
    assert_eq!(others.count(db).await?, 2);
    // What is NULL is not among those of an empty list either.
    let nobody = Article::filter(|a| a.editor_id().is_not_null() & a.views().lt(a.views()));
    let nobody = nobody.select(|a| a.editor_id());
    let all = Article::filter(|a| !a.editor_id().is_among(&nobody));
    is(db, all, &[1, 2, 3, 4, 5]).await
}

async fn exists_correlated(db: &Db) -> Result<()> {
    fill(db).await?;
    let better = |a: &<Article as orm::Model>::Fields<Article, orm::model::Here>| {
        let (author, views) = (outer(a.author_id()), outer(a.views()));
        exists(Article::filter(|x| {
            x.author_id().eq(author) & x.views().gt(views)
        }))
    };
    is(db, Article::filter(better), &[1, 2]).await?;
    is(db, Article::filter(|a| !better(a)), &[3, 4, 5]).await
}

async fn exists_of_paths(db: &Db) -> Result<()> {
    fill(db).await?;
    let with_country = Author::filter(|a| {
        let code = outer(a.country_id());
        exists(Country::filter(|c| {
            c.code().eq(code) & c.name().startswith("F")
        }))
    });
    assert_eq!(with_country.count(db).await?, 1);
    Ok(())
}

async fn exists_inside_exists(db: &Db) -> Result<()> {
    fill(db).await?;
    // Authors with an article whose editor comes from the author's own country.
    let query = Author::filter(|a| {
        let (id, country) = (outer(a.id()), outer_outer(a.country_id()));
        exists(Article::filter(|x| {
            let editor = outer(x.editor_id());
            x.author_id().eq(id)
                & exists(Author::filter(|e| {
                    e.id().eq(editor) & e.country_id().eq(country)
                }))
        }))
    });
    let names = query.select(|a| a.name()).all(db).await?;
    assert_eq!(names, ["Bob"]);
    Ok(())
}

async fn scalar_of_aggregate(db: &Db) -> Result<()> {
    fill(db).await?;
    let mean = Article::objects().aggregate(|a| a.views().avg());
    is(
        db,
        Article::filter(|a| a.views().cast::<f64>().gt(scalar(mean))),
        &[2, 3, 5],
    )
    .await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            let most = Article::objects().aggregate(|x| x.views().max());
            (a.id(), scalar(most) - a.views())
        })
        .limit(2)
        .all(db)
        .await?;
    assert_eq!(rows, [(1, Some(25)), (2, Some(15))]);
    Ok(())
}

async fn scalar_correlated(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::filter(|a| {
        let author = outer(a.author_id());
        let most = Article::filter(|x| x.author_id().eq(author)).aggregate(|x| x.views().max());
        a.views().eq(scalar(most))
    });
    is(db, query, &[3, 4, 5]).await?;
    let sums = Author::objects()
        .select(|a| {
            let id = outer(a.id());
            let sum = Article::filter(|x| x.author_id().eq(id)).aggregate(|x| x.views().sum());
            (a.name(), scalar(sum))
        })
        .all(db)
        .await?;
    let row = |n: &str, s| (n.to_owned(), Some(s));
    assert_eq!(sums, [row("Ann", 30), row("Bob", 55), row("Cid", 0)]);
    Ok(())
}

async fn scalar_first(db: &Db) -> Result<()> {
    fill(db).await?;
    let first = Article::objects()
        .order_by(|a| a.views().desc())
        .select(|a| a.title());
    let top = Article::filter(|a| a.title().eq(scalar(first)));
    assert_eq!(titles(db, top).await?, ["Épsilon"]);
    Ok(())
}

async fn scalar_of_nothing(db: &Db) -> Result<()> {
    fill(db).await?;
    let none = Article::filter(|a| a.id().gt(99)).select(|a| a.views());
    let rows: Vec<Option<i64>> = Article::objects()
        .limit(1)
        .select(|_| scalar(none))
        .all(db)
        .await?;
    assert_eq!(rows, [None]);
    Ok(())
}

async fn compared_sums(db: &Db) -> Result<()> {
    fill(db).await?;
    let third = Article::objects().aggregate(|a| a.views().sum() / 3);
    let groups = Article::objects()
        .group_by(|a| a.author().name())
        .having(|a| a.views().sum().cast::<f64>().gt(scalar(third)))
        .aggregate(|a| a.views().sum())
        .all(db)
        .await?;
    assert_eq!(
        groups,
        [("Ann".to_owned(), Some(30)), ("Bob".to_owned(), Some(55))]
    );
    Ok(())
}

async fn update_from_another(db: &Db) -> Result<()> {
    fill(db).await?;
    Article::filter(|a| a.id().lte(2))
        .update(|a| {
            let author = outer(a.author_id());
            let name = Author::filter(|x| x.id().eq(author)).aggregate(|x| x.name().max());
            a.body().set(scalar(name))
        })
        .exec(db)
        .await?;
    let bodies = Article::objects()
        .order_by(|a| a.id())
        .select(|a| a.body())
        .all(db)
        .await?;
    assert_eq!(bodies[..3], ["Ann", "Bob", ""]);
    Ok(())
}

async fn joined_models(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Tag::objects()
        .join(Author::objects(), |(t, a)| t.id().eq(a.id()))
        .select(|(t, a)| (t.name(), a.name()))
        .all(db)
        .await?;
    let row = |t: &str, a: &str| (t.to_owned(), a.to_owned());
    assert_eq!(
        rows,
        [row("rust", "Ann"), row("db", "Bob"), row("web", "Cid")]
    );
    Ok(())
}

async fn left_joined(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows: Vec<(String, Option<String>)> = Tag::objects()
        .left_join(Author::objects(), |(t, a)| {
            t.id().eq(a.id()) & a.name().ne("Bob")
        })
        .order_by(|(t, _)| t.name())
        .select(|(t, a)| (t.name(), a.name()))
        .all(db)
        .await?;
    let row = |t: &str, a: Option<&str>| (t.to_owned(), a.map(str::to_owned));
    assert_eq!(
        rows,
        [
            row("db", None),
            row("idle", None),
            row("rust", Some("Ann")),
            row("web", Some("Cid"))
        ]
    );
    let lonely = Tag::objects()
        .left_join(Author::objects(), |(t, a)| t.id().eq(a.id()))
        .filter(|(_, a)| a.id().is_null());
    assert_eq!(lonely.count(db).await?, 1);
    Ok(())
}

async fn joined_filtered(db: &Db) -> Result<()> {
    fill(db).await?;
    let top = Article::objects().order_by(|a| a.views().desc()).limit(2);
    let rows = Tag::filter(|t| t.name().eq("rust"))
        .join(top, |(t, a)| t.id().lte(a.id()))
        .select(|(_, a)| (a.id(), a.author().name()))
        .all(db)
        .await?;
    assert_eq!(rows, [(2, "Bob".to_owned()), (5, "Bob".to_owned())]);
    let n = Tag::objects()
        .left_join(Author::filter(|a| a.name().eq("Ann")), |(t, a)| {
            t.id().eq(a.id())
        })
        .filter(|(_, a)| a.id().is_not_null())
        .count(db)
        .await?;
    assert_eq!(n, 1);
    Ok(())
}

async fn joined_three(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Tag::objects()
        .join(Author::objects(), |(t, a)| t.id().eq(a.id()))
        .join(Article::objects(), |((_, a), x)| x.editor_id().eq(a.id()))
        .filter(|((t, _), x)| t.name().ne("web") & x.public())
        .order_by(|((_, a), x)| (a.name().desc(), x.views().desc()))
        .select(|((t, a), x)| (t.name(), a.name(), x.title()))
        .limit(2)
        .all(db)
        .await?;
    let row = |t: &str, a: &str, x: &str| (t.to_owned(), a.to_owned(), x.to_owned());
    assert_eq!(
        rows,
        [row("db", "Bob", "Épsilon"), row("db", "Bob", "Alpha")]
    );
    Ok(())
}

/// Paths begin at both sides, and may stand in the condition.
async fn joined_paths(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .join(Author::objects(), |(x, a)| {
            a.country().name().eq(x.author().country().name()) & x.public()
        })
        .select(|(x, a)| (x.id(), a.country().name(), x.author().name()))
        .all(db)
        .await?;
    let row = |i, c: &str, a: &str| (i, Some(c.to_owned()), a.to_owned());
    assert_eq!(
        rows,
        [
            row(1, "Austria", "Ann"),
            row(3, "Austria", "Ann"),
            row(5, "France", "Bob")
        ]
    );
    Ok(())
}

async fn joined_groups(db: &Db) -> Result<()> {
    fill(db).await?;
    let counts = Author::objects()
        .left_join(Article::filter(|x| x.public()), |(a, x)| {
            x.author_id().eq(a.id())
        })
        .group_by(|(a, _)| a.name())
        .aggregate(|(_, x)| (x.id().count(), x.views().sum()))
        .all(db)
        .await?;
    let row = |n: &str, c, s| (n.to_owned(), c, s);
    assert_eq!(
        counts,
        [
            row("Ann", 2, Some(30)),
            row("Bob", 1, Some(35)),
            row("Cid", 0, None)
        ]
    );
    Ok(())
}

async fn derived_limited(db: &Db) -> Result<()> {
    fill(db).await?;
    let top = Article::objects()
        .order_by(|a| a.views().desc())
        .select(|a| (a.title(), a.views() * 2))
        .limit(3)
        .as_table();
    let all = top
        .clone()
        .aggregate(|(_, v)| (v.sum(), count()))
        .get(db)
        .await?;
    assert_eq!(all, (Some(150), 3));
    let rows = top
        .filter(|(t, _)| t.contains("e"))
        .select(|(t, v)| (v, t.upper()))
        .all(db)
        .await?;
    assert_eq!(rows, [(40, "BETA".to_owned())]);
    Ok(())
}

async fn aggregates_of_aggregates(db: &Db) -> Result<()> {
    fill(db).await?;
    let sums = Article::objects()
        .group_by(|a| a.author_id())
        .aggregate(|a| a.views().sum());
    let all = sums
        .as_table()
        .aggregate(|(_, s)| (s.max(), s.avg(), count()))
        .get(db)
        .await?;
    assert_eq!(all, (Some(55), Some(85.0 / 3.0), 3));
    let rows = sums
        .as_table()
        .filter(|(_, s)| s.gt(10))
        .select(|(id, s)| (id, s))
        .all(db)
        .await?;
    assert_eq!(rows, [(1, Some(30)), (2, Some(55))]);
    Ok(())
}

async fn derived_joined(db: &Db) -> Result<()> {
    fill(db).await?;
    let revenue = Article::objects()
        .group_by(|a| a.author_id())
        .aggregate(|a| a.views().sum());
    let most = revenue.as_table().aggregate(|(_, s)| s.max());
    let rows = Author::objects()
        .join(revenue.as_table(), |(a, (id, _))| a.id().eq(id))
        .filter(|(_, (_, sum))| sum.eq(scalar(most)))
        .select(|(a, (_, sum))| (a.name(), sum))
        .all(db)
        .await?;
    assert_eq!(rows, [("Bob".to_owned(), Some(55))]);
    Ok(())
}

/// Decimals of a table compare and sort as numbers.
async fn derived_decimals(db: &Db) -> Result<()> {
    use suite::models::kinds::Kinds;
    orm::create_tables(db, &[Kinds::META]).await?;
    for (id, price) in [(1, "9.5"), (2, "10.25"), (3, "-1")] {
        let price = price.parse().expect("a decimal");
        Kinds {
            price,
            ..Kinds::plain(id)
        }
        .save(db)
        .await?;
    }
    let doubled = Kinds::objects()
        .select(|k| (k.id(), k.price() + k.price()))
        .as_table();
    let ids = doubled
        .clone()
        .order_by(|(_, p)| p.desc())
        .select(|(id, _)| id)
        .all(db)
        .await?;
    assert_eq!(ids, [2, 1, 3]);
    let most = doubled.clone().aggregate(|(_, p)| p.max());
    let top = doubled
        .filter(|(_, p)| p.eq(scalar(most)))
        .select(|(id, _)| id)
        .all(db)
        .await?;
    assert_eq!(top, [2]);
    Ok(())
}

/// A search form: conditions, subqueries and orders come and go, the type stays.
async fn built_in_pieces(db: &Db) -> Result<()> {
    fill(db).await?;
    for (author, busy, ids) in [
        (None, false, &[1, 2, 3, 4, 5][..]),
        (Some("Bob"), false, &[2, 5]),
        (None, true, &[1, 2, 3, 5]),
        (Some("Cid"), true, &[]),
    ] {
        let mut query = Article::objects().filter_some(author, |a, n| a.author().name().eq(n));
        if busy {
            let several = Article::objects()
                .group_by(|a| a.author_id())
                .having(|_| count().gt(1));
            query = query.filter(|a| a.author_id().is_among(&several));
        }
        is(db, query, ids).await?;
    }
    Ok(())
}

async fn misuse_is_told(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut stray = None;
    let _ = Author::filter(|a| {
        stray = Some(outer(a.id()));
        a.id().eq(1)
    });
    let alone = Article::filter(|a| a.author_id().eq(stray.expect("it ran")));
    let error = alone.all(db).await.expect_err("refused").to_string();
    assert!(error.contains("outer(…)"), "{error}");
    let cut = Tag::objects()
        .limit(1)
        .join(Author::objects(), |(t, a)| t.id().eq(a.id()));
    let error = cut.count(db).await.expect_err("refused").to_string();
    assert!(error.contains("a limit before a join"), "{error}");
    let joined = Tag::objects()
        .join(Author::objects(), |(t, a)| t.id().eq(a.id()))
        .limit(1);
    let error = joined.count(db).await.expect_err("refused").to_string();
    assert!(error.contains("make a table of them first"), "{error}");
    let loads = Article::objects()
        .with(|a| a.author())
        .join(Tag::objects(), |(a, t)| a.id().eq(t.id()));
    let error = loads.count(db).await.expect_err("refused").to_string();
    assert!(error.contains("join first"), "{error}");
    let beyond =
        Tag::objects().left_join(Article::objects(), |(t, x)| t.name().eq(x.author().name()));
    let error = beyond.count(db).await.expect_err("refused").to_string();
    assert!(error.contains("left join"), "{error}");
    Ok(())
}
