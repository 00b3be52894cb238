//! Queries combined: ordered, counted, chained, and as tables of further queries.

use orm::prelude::*;
use orm::query::value;
use rust_decimal::Decimal;
use suite::models::blog::{Article, Author, Tag, fill};
use suite::models::kinds::Kinds;

cases! {
    sets_in_order, sets_of_tuples_in_order, sets_counted, sets_streamed, sets_of_nothing,
    sets_chained, sets_of_several_kinds if intersect_except, sets_as_tables, sets_named,
    sets_of_decimals, sets_misused,
}

fn named(all: &[Article]) -> Vec<&str> {
    all.iter().map(|a| a.title.as_str()).collect()
}

fn ann() -> QuerySet<Article> {
    Article::filter(|a| a.author().name().eq("Ann"))
}

fn public() -> QuerySet<Article> {
    Article::filter(|a| a.public())
}

fn bob() -> QuerySet<Article> {
    Article::filter(|a| a.author().name().eq("Bob"))
}

async fn sets_in_order(db: &Db) -> Result<()> {
    fill(db).await?;
    let both = ann().union(&bob());
    let by_title = both.clone().order_by(|a| a.title().desc());
    assert_eq!(
        named(&by_title.all(db).await?),
        ["Épsilon", "beta", "Gamma_1", "Alpha"]
    );
    // By what is computed, NULLs last; the model's own order breaks the tie.
    let by_length = both.clone().order_by(|a| a.title().length() % 2);
    assert_eq!(
        named(&by_length.all(db).await?),
        ["beta", "Épsilon", "Gamma_1", "Alpha"]
    );
    // Of the same shape, with another parameter in the order.
    let by_length = both.clone().order_by(|a| a.title().length() % 3);
    assert_eq!(
        named(&by_length.all(db).await?),
        ["Épsilon", "beta", "Gamma_1", "Alpha"]
    );
    let rated = both
        .clone()
        .order_by(|a| a.rating().asc().nulls_last())
        .limit(3);
    assert_eq!(
        named(&rated.all(db).await?),
        ["Gamma_1", "Épsilon", "Alpha"]
    );
    let rest = both.order_by(|a| a.rating().asc().nulls_last()).offset(3);
    assert_eq!(named(&rest.all(db).await?), ["beta"]);
    Ok(())
}

async fn sets_of_tuples_in_order(db: &Db) -> Result<()> {
    fill(db).await?;
    let names = Author::objects()
        .select(|a| (a.name(), a.id()))
        .union_all(&Tag::objects().select(|t| (t.name(), t.id())));
    let by = names.order_by(|(name, id)| (id.desc(), name.upper().desc()));
    let rows = by.limit(4).all(db).await?;
    let row = |n: &str, i| (n.to_owned(), i);
    assert_eq!(
        rows,
        [row("idle", 4), row("web", 3), row("Cid", 3), row("db", 2)]
    );
    Ok(())
}

async fn sets_counted(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(ann().union(&public()).count(db).await?, 3);
    assert_eq!(ann().union_all(&public()).count(db).await?, 5);
    assert_eq!(
        ann()
            .union_all(&public())
            .offset(1)
            .limit(3)
            .count(db)
            .await?,
        3
    );
    assert!(ann().union(&public()).exists(db).await?);
    let none = Article::filter(|a| a.id().gt(99));
    assert!(!none.union(&none).exists(db).await?);
    let first = ann().union(&public()).first(db).await?;
    assert_eq!(first.map(|a| a.title).as_deref(), Some("Épsilon"));
    assert!(none.union(&none).first(db).await?.is_none());
    assert!(!ann().union(&public()).explain(db).await?.is_empty());
    Ok(())
}

async fn sets_streamed(db: &Db) -> Result<()> {
    fill(db).await?;
    let both = ann().union(&bob()).order_by(|a| a.id().desc());
    let mut rows = both.stream(db).await?;
    let mut ids = Vec::new();
    while let Some(article) = rows.next().await? {
        ids.push(article.id.get());
    }
    assert_eq!(ids, [Some(5), Some(3), Some(2), Some(1)]);
    Ok(())
}

async fn sets_of_nothing(db: &Db) -> Result<()> {
    fill(db).await?;
    let nothing = || Article::objects().none();
    assert_eq!(nothing().union(&ann()).all(db).await?.len(), 2);
    assert_eq!(ann().union(&nothing()).count(db).await?, 2);
    assert_eq!(nothing().union(&nothing()).count(db).await?, 0);
    Ok(())
}

async fn sets_chained(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = ann().union(&bob()).union(&public());
    assert_eq!(all.count(db).await?, 4);
    // Equal rows once, then all again: each operation takes what stands left of it as a whole.
    let twice = ann().union(&ann()).union_all(&ann());
    assert_eq!(twice.count(db).await?, 4);
    let once = ann().union_all(&ann()).union(&ann());
    assert_eq!(once.count(db).await?, 2);
    // Of a union that is cut, the rest joins in afterwards.
    let cut = ann().union(&bob()).limit(1).union_all(&bob());
    assert_eq!(
        named(&cut.order_by(|a| (a.title(), a.id())).all(db).await?),
        ["beta", "Épsilon", "Épsilon"]
    );
    let names = Author::objects().select(|a| a.name());
    let more = names
        .union_all(&Tag::objects().select(|t| t.name()))
        .union_all(&Author::objects().select(|a| a.name()));
    assert_eq!(more.count(db).await?, 10);
    Ok(())
}

async fn sets_of_several_kinds(db: &Db) -> Result<()> {
    fill(db).await?;
    // Not `ann ∪ (bob ∩ public)`, which databases would make of it without brackets.
    let both = ann().union(&bob()).intersection(&public());
    assert_eq!(named(&both.all(db).await?), ["Épsilon", "Gamma_1", "Alpha"]);
    let left = Article::objects().difference(&ann().union(&public()));
    assert_eq!(named(&left.all(db).await?), ["beta", "delta%"]);
    let less = Article::objects().difference(&ann()).difference(&bob());
    assert_eq!(named(&less.all(db).await?), ["delta%"]);
    // What is taken away is a difference itself: of Ann's, those that are public stay.
    let rest = Article::objects().difference(&ann().difference(&public()));
    let either = Article::filter(|a| !a.author().name().eq("Ann") | a.public());
    assert_eq!(named(&rest.all(db).await?), named(&either.all(db).await?));
    Ok(())
}

async fn sets_as_tables(db: &Db) -> Result<()> {
    fill(db).await?;
    let things = Article::objects()
        .select(|a| (value("article"), a.title(), a.views()))
        .union_all(&Tag::objects().select(|t| (value("tag"), t.name(), t.id())))
        .union_all(&Author::objects().select(|a| (value("author"), a.name(), a.id())));
    let kinds = things
        .as_table()
        .filter(|(_, name, _)| name.length().lte(5))
        .group_by(|(kind, _, _)| kind)
        .aggregate(|(_, _, n)| (count(), n.sum()))
        .all(db)
        .await?;
    let row = |k: &str, n, sum| (k.to_owned(), n, Some(sum));
    assert_eq!(
        kinds,
        [
            row("article", 2, 30),
            row("author", 3, 6),
            row("tag", 4, 10)
        ]
    );
    // Joined to a model, and the other way round.
    let names = Author::objects()
        .select(|a| (a.id(), a.name()))
        .union(&Tag::filter(|t| t.id().eq(4)).select(|t| (t.id(), t.name())))
        .as_table();
    let joined = (names.clone())
        .join(Article::objects(), |((id, _), a)| a.author_id().eq(id))
        .order_by(|(_, a)| a.title())
        .select(|((_, name), a)| (a.title(), name))
        .limit(2)
        .all(db)
        .await?;
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(joined, [pair("Alpha", "Ann"), pair("Gamma_1", "Ann")]);
    let joined = Article::objects()
        .left_join(names, |(a, (id, _))| a.editor_id().eq(id))
        .order_by(|(a, _)| a.id())
        .select(|(a, (_, name))| (a.id(), name))
        .all(db)
        .await?;
    let names = [Some("Bob"), None, Some("Cid"), Some("Ann"), Some("Bob")];
    let wanted: Vec<_> = (1..).zip(names.map(|n| n.map(str::to_owned))).collect();
    assert_eq!(joined, wanted);
    // Among the rows of one, with a parameter on either side.
    let ids = Article::filter(|a| a.views().gt(15))
        .select(|a| a.id())
        .union(&Article::filter(|a| a.views().lt(5)).select(|a| a.id()));
    let among = ids.as_table().filter(|id| id.gt(2)).select(|id| id);
    let found = Article::filter(|a| a.id().is_among(&among) & a.public());
    assert_eq!(named(&found.all(db).await?), ["Épsilon", "Gamma_1"]);
    Ok(())
}

async fn sets_named(db: &Db) -> Result<()> {
    fill(db).await?;
    let names = Author::objects()
        .select(|a| a.name())
        .union(&Tag::objects().select(|t| t.name()))
        .as_table()
        .named("names");
    let longer = (names.clone())
        .join(names, |(a, b)| a.length().gt(b.length()))
        .count(db)
        .await?;
    // idle over six of three or less, rust as well; each of three over db.
    assert_eq!(longer, 5 + 5 + 4);
    Ok(())
}

/// Computed decimals are compared as numbers, not as the texts that SQLite keeps.
async fn sets_of_decimals(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    let dec = |text: &str| text.parse::<Decimal>().expect("a decimal");
    for (id, price) in [(1, "9.5"), (2, "10.5"), (3, "-2")] {
        let mut row = Kinds {
            price: dec(price),
            ..Kinds::plain(id)
        };
        row.save(db).await?;
    }
    let price = |q: QuerySet<Kinds>| q.select(|k| k.price() * Decimal::TEN);
    let few = price(Kinds::filter(|k| k.id().lt(3)));
    let rest = price(Kinds::filter(|k| k.id().gte(3)));
    let all = few.union_all(&rest);
    let wanted = [dec("-20"), dec("95"), dec("105")];
    assert_eq!(all.all(db).await?, wanted);
    let down = all.clone().order_by(|p| p.desc()).all(db).await?;
    assert_eq!(down, [wanted[2], wanted[1], wanted[0]]);
    let most = all.as_table().aggregate(|p| (p.max(), p.sum()));
    assert_eq!(most.get(db).await?, (Some(dec("105")), Some(dec("180"))));
    Ok(())
}

async fn sets_misused(db: &Db) -> Result<()> {
    fill(db).await?;
    let both = ann().union(&public());
    for ordered in [
        both.clone().order_by(|a| a.author().name()),
        both.clone().order_by(|a| a.tags().count()),
    ] {
        for error in [
            ordered.all(db).await.err(),
            ordered.count(db).await.err(),
            ordered.union(&bob()).all(db).await.err(),
        ] {
            let error = error.expect("refused").to_string();
            assert!(error.contains("by their own columns"), "{error}");
        }
    }
    let loads = both.union(&Article::objects().with(|a| a.author()));
    let error = loads.count(db).await.expect_err("refused").to_string();
    assert!(error.contains("leave out `with`"), "{error}");
    Ok(())
}
