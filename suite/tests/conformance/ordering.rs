//! Order: the same everywhere, and total.

use orm::prelude::*;
use suite::models::blog::{Article, Author, Tag, fill, titles};

cases! {
    by_the_model, by_the_query, nulls_first, descending_nulls_last, nulls_where_they_are_wanted,
    nulls_placed_in_groups_and_windows, nulls_placed_on_pages, by_relation, by_expression,
    by_count,
    reversed, text_by_code_point, ties_go_to_the_key, groups, distinct, distinct_by_relations,
    lists_of_terms,
}

async fn by_the_model(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(
        titles(db, Article::objects()).await?,
        ["Épsilon", "beta", "Gamma_1", "Alpha", "delta%"]
    );
    let tags = Tag::objects().select(|t| t.name()).all(db).await?;
    assert_eq!(tags, ["rust", "db", "web", "idle"]);
    Ok(())
}

async fn by_the_query(db: &Db) -> Result<()> {
    fill(db).await?;
    let by = titles(
        db,
        Article::objects().order_by(|a| (a.views().asc(), a.title().desc())),
    )
    .await?;
    assert_eq!(by, ["delta%", "Alpha", "beta", "Gamma_1", "Épsilon"]);
    let last = Article::objects()
        .order_by(|a| a.id())
        .order_by(|a| a.id().desc());
    assert_eq!(
        titles(db, last).await?,
        ["Épsilon", "delta%", "Gamma_1", "beta", "Alpha"]
    );
    Ok(())
}

async fn nulls_first(db: &Db) -> Result<()> {
    fill(db).await?;
    let by = titles(db, Article::objects().order_by(|a| a.rating())).await?;
    assert_eq!(by, ["beta", "delta%", "Gamma_1", "Épsilon", "Alpha"]);
    Ok(())
}

async fn descending_nulls_last(db: &Db) -> Result<()> {
    fill(db).await?;
    let by = titles(db, Article::objects().order_by(|a| a.rating().desc())).await?;
    assert_eq!(by, ["Alpha", "Épsilon", "Gamma_1", "beta", "delta%"]);
    Ok(())
}

async fn nulls_where_they_are_wanted(db: &Db) -> Result<()> {
    fill(db).await?;
    let last = || Article::objects().order_by(|a| a.rating().asc().nulls_last());
    let up = ["Gamma_1", "Épsilon", "Alpha", "beta", "delta%"];
    assert_eq!(titles(db, last()).await?, up);
    let mut down = up;
    down.reverse();
    assert_eq!(titles(db, last().reverse()).await?, down);
    let first = Article::objects().order_by(|a| a.rating().desc().nulls_first());
    assert_eq!(
        titles(db, first).await?,
        ["beta", "delta%", "Alpha", "Épsilon", "Gamma_1"]
    );
    // Where they stand there by themselves, nothing is said.
    for (said, plain) in [
        (
            Article::objects().order_by(|a| a.rating().asc().nulls_first()),
            Article::objects().order_by(|a| a.rating().asc()),
        ),
        (
            Article::objects().order_by(|a| a.rating().desc().nulls_last()),
            Article::objects().order_by(|a| a.rating().desc()),
        ),
    ] {
        let dialect = db.dialect();
        assert_eq!(said.to_sql(dialect)?.text, plain.to_sql(dialect)?.text);
    }
    let lists = last().select(|a| a.rating()).distinct().all(db).await?;
    assert_eq!(lists, [Some(2.0), Some(3.0), Some(4.5), None]);
    let terms =
        || Article::objects().order_by(|a| vec![a.rating().asc().nulls_last(), a.id().asc()]);
    assert_eq!(titles(db, terms()).await?, up);
    assert_eq!(
        terms().last(db).await?.map(|a| a.title).as_deref(),
        Some("delta%")
    );
    Ok(())
}

async fn nulls_placed_in_groups_and_windows(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| a.editor_id())
        .aggregate(|a| a.rating().max())
        .order_by(|a| a.rating().max().asc().nulls_last());
    assert_eq!(
        groups.all(db).await?,
        [
            (Some(3), Some(2.0)),
            (Some(2), Some(4.5)),
            (None, None),
            (Some(1), None)
        ]
    );
    let numbers = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            let by = orm::query::window().order_by(a.rating().asc().nulls_last());
            orm::query::row_number().over(by)
        })
        .all(db)
        .await?;
    assert_eq!(numbers, [3, 4, 1, 5, 2]);
    let joined = Article::objects()
        .group_by(|a| a.public())
        .aggregate(|a| a.title().join_by("+", a.at().asc().nulls_last()))
        .all(db)
        .await?;
    assert_eq!(joined[1], (true, Some("Alpha+Épsilon+Gamma_1".to_owned())));
    Ok(())
}

async fn nulls_placed_on_pages(db: &Db) -> Result<()> {
    fill(db).await?;
    for query in [
        Article::objects().order_by(|a| a.rating().asc().nulls_last()),
        Article::objects().order_by(|a| a.rating().desc().nulls_first()),
        Article::objects().order_by(|a| (a.editor().name().asc().nulls_last(), a.title().desc())),
    ] {
        let all = titles(db, query.clone()).await?;
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let page = query.page_after(cursor.as_deref(), 2).all(db).await?;
            seen.extend(page.rows.into_iter().map(|a| a.title));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
    }
    Ok(())
}

async fn by_relation(db: &Db) -> Result<()> {
    fill(db).await?;
    let by = Article::objects().order_by(|a| (a.author().name().desc(), a.id()));
    assert_eq!(
        titles(db, by).await?,
        ["delta%", "beta", "Épsilon", "Alpha", "Gamma_1"]
    );
    let by = Article::objects().order_by(|a| a.editor().name());
    assert_eq!(
        titles(db, by).await?,
        ["beta", "delta%", "Alpha", "Épsilon", "Gamma_1"]
    );
    Ok(())
}

async fn by_expression(db: &Db) -> Result<()> {
    fill(db).await?;
    let by = titles(db, Article::objects().order_by(|a| a.title().length())).await?;
    assert_eq!(by, ["beta", "Alpha", "delta%", "Gamma_1", "Épsilon"]);
    Ok(())
}

async fn by_count(db: &Db) -> Result<()> {
    fill(db).await?;
    let by = titles(
        db,
        Article::objects().order_by(|a| (a.tags().count().desc(), a.id())),
    )
    .await?;
    assert_eq!(by, ["delta%", "Alpha", "beta", "Gamma_1", "Épsilon"]);
    Ok(())
}

async fn reversed(db: &Db) -> Result<()> {
    fill(db).await?;
    let reversed = titles(db, Article::objects().reverse()).await?;
    assert_eq!(reversed, ["delta%", "Alpha", "Gamma_1", "beta", "Épsilon"]);
    let twice = titles(db, Article::objects().reverse().reverse()).await?;
    assert_eq!(twice[0], "Épsilon");
    Ok(())
}

async fn text_by_code_point(db: &Db) -> Result<()> {
    fill(db).await?;
    for (id, name) in [
        (10, "a"),
        (11, "B"),
        (12, "ä"),
        (13, "z"),
        (14, "A"),
        (15, "1"),
    ] {
        Tag::create(db, new!(Tag { id, name })).await?;
    }
    let names = Tag::filter(|t| t.id().gte(10))
        .order_by(|t| t.name())
        .select(|t| t.name())
        .all(db)
        .await?;
    assert_eq!(names, ["1", "A", "B", "a", "z", "ä"]);
    Ok(())
}

async fn ties_go_to_the_key(db: &Db) -> Result<()> {
    fill(db).await?;
    Article::objects()
        .update(|a| a.views().set(1))
        .exec(db)
        .await?;
    assert_eq!(
        titles(db, Article::objects()).await?,
        ["Alpha", "beta", "Gamma_1", "delta%", "Épsilon"]
    );
    let pages: Vec<String> = {
        let mut all = Vec::new();
        for page in 0..5 {
            all.extend(titles(db, Article::objects().offset(page).limit(1)).await?);
        }
        all
    };
    assert_eq!(pages, ["Alpha", "beta", "Gamma_1", "delta%", "Épsilon"]);
    Ok(())
}

async fn groups(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| a.views())
        .aggregate(|_| count())
        .all(db)
        .await?;
    assert_eq!(groups, [(0, 1), (10, 1), (20, 2), (35, 1)]);
    let by_count = Article::objects()
        .group_by(|a| a.author().name())
        .aggregate(|a| (count(), a.views().max()))
        .order_by(|a| (a.id().count().desc(), a.author().name().desc()))
        .all(db)
        .await?;
    let row = |n: &str, c, m| (n.to_owned(), c, Some(m));
    assert_eq!(
        by_count,
        [row("Bob", 2, 35), row("Ann", 2, 20), row("Cid", 1, 0)]
    );
    Ok(())
}

async fn distinct(db: &Db) -> Result<()> {
    fill(db).await?;
    let views = Article::objects()
        .select(|a| a.views())
        .distinct()
        .all(db)
        .await?;
    assert_eq!(views, [35, 20, 10, 0]);
    let names = Article::objects()
        .select(|a| a.author().name())
        .distinct()
        .all(db)
        .await?;
    assert_eq!(names, ["Ann", "Bob", "Cid"]);
    let pairs = Article::objects()
        .order_by(|a| a.editor().name().desc())
        .select(|a| (a.public(), a.editor().name()))
        .distinct()
        .all(db)
        .await?;
    let n = |t: &str| Some(t.to_owned());
    assert_eq!(
        pairs,
        [
            (true, n("Cid")),
            (true, n("Bob")),
            (false, n("Ann")),
            (false, None)
        ]
    );
    let page = Article::objects()
        .select(|a| a.views())
        .distinct()
        .limit(2)
        .offset(1)
        .all(db)
        .await?;
    assert_eq!(page, [20, 10]);
    Ok(())
}

async fn lists_of_terms(db: &Db) -> Result<()> {
    fill(db).await?;
    let newest_first = true;
    let names = Author::objects()
        .order_by(|a| {
            if newest_first {
                vec![a.id().desc(), a.name().asc()]
            } else {
                vec![]
            }
        })
        .select(|a| a.name())
        .all(db)
        .await?;
    assert_eq!(names, ["Cid", "Bob", "Ann"]);
    Ok(())
}

/// What is selected and what orders are two subqueries that say the same.
async fn distinct_by_relations(db: &Db) -> Result<()> {
    fill(db).await?;
    let names = |rows: Vec<(String, Option<i64>)>| {
        let names = rows.into_iter().map(|(name, _)| name);
        names.collect::<Vec<_>>()
    };
    let counted = Author::objects()
        .order_by(|a| a.articles().count())
        .select(|a| (a.name(), a.articles().count()))
        .distinct();
    let row = |name: &str, n: i64| (name.to_owned(), n);
    let rows = [row("Cid", 1), row("Ann", 2), row("Bob", 2)];
    assert_eq!(counted.all(db).await?, rows);
    assert_eq!(counted.last(db).await?, Some(row("Bob", 2)));
    let most = Author::objects()
        .order_by(|a| {
            let most = a.articles().aggregate(|x| x.views().max());
            most.desc().nulls_first()
        })
        .select(|a| (a.name(), a.articles().aggregate(|x| x.views().max())))
        .distinct();
    assert_eq!(names(most.all(db).await?), ["Bob", "Ann", "Cid"]);
    Ok(())
}
