//! Groups with their totals.

use orm::dialect::RenderError;
use orm::prelude::*;
use suite::models::blog::{Article, Author, fill};

cases! {
    totals_over_keys if rollup, totals_in_another_order if rollup, totals_filtered if rollup,
    totals_of_calculated_keys if rollup, totals_of_other_aggregates if rollup,
    totals_over_nothing if rollup, totals_as_a_table if rollup, totals_refused, totals_misused,
}

type Row = (Option<String>, Option<bool>, i64, Option<i64>);

fn row(author: Option<&str>, public: Option<bool>, n: i64, views: i64) -> Row {
    (author.map(str::to_owned), public, n, Some(views))
}

/// Groups by author and by whether the public may read, with a number and a sum.
macro_rules! by_author {
    ($articles:expr) => {
        $articles
            .group_by(|a| (a.author().name(), a.public()))
            .aggregate(|a| (count(), a.views().sum()))
    };
}

/// The rows of their totals.
macro_rules! rows {
    ($db:expr, $table:expr) => {
        $table
            .select(|((author, public), (n, views))| (author, public, n, views))
            .all($db)
            .await?
    };
}

async fn totals_over_keys(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = [
        row(Some("Ann"), Some(true), 2, 30),
        row(Some("Ann"), None, 2, 30),
        row(Some("Bob"), Some(false), 1, 20),
        row(Some("Bob"), Some(true), 1, 35),
        row(Some("Bob"), None, 2, 55),
        row(Some("Cid"), Some(false), 1, 0),
        row(Some("Cid"), None, 1, 0),
        row(None, None, 5, 85),
    ];
    let table = by_author!(Article::objects()).rollup();
    assert_eq!(rows!(db, table.clone()), all);
    assert_eq!(rows!(db, table.clone().limit(2).offset(3)), all[3..5]);
    let mut turned = all.clone();
    turned.reverse();
    assert_eq!(rows!(db, table.clone().reverse()), turned);
    let select = table.select(|((author, public), (n, views))| (author, public, n, views));
    assert_eq!(select.first(db).await?.as_ref(), Some(&all[0]));
    assert_eq!(select.last(db).await?.as_ref(), Some(&all[7]));
    let mut stream = select.stream(db).await?;
    let mut streamed = Vec::new();
    while let Some(row) = stream.next().await? {
        streamed.push(row);
    }
    drop(stream);
    assert_eq!(streamed, all);
    // One key, which is that of the rows.
    let one = Article::filter(|a| a.views().eq(20))
        .group_by(|a| a.id())
        .aggregate(|a| a.views().sum())
        .rollup()
        .select(|(id, views)| (id, views))
        .all(db)
        .await?;
    assert_eq!(
        one,
        [(Some(2), Some(20)), (Some(3), Some(20)), (None, Some(40))]
    );
    Ok(())
}

async fn totals_in_another_order(db: &Db) -> Result<()> {
    fill(db).await?;
    let table = || by_author!(Article::objects()).rollup();
    // By an aggregate; rows that tie by their keys, totals behind.
    assert_eq!(
        rows!(db, table().order_by(|(_, (_, views))| views.desc())),
        [
            row(None, None, 5, 85),
            row(Some("Bob"), None, 2, 55),
            row(Some("Bob"), Some(true), 1, 35),
            row(Some("Ann"), Some(true), 2, 30),
            row(Some("Ann"), None, 2, 30),
            row(Some("Bob"), Some(false), 1, 20),
            row(Some("Cid"), Some(false), 1, 0),
            row(Some("Cid"), None, 1, 0),
        ]
    );
    // By a key: NULL is before all values, as in any order, unless it is said.
    let by_author = table().order_by(|((author, _), _)| author.asc()).limit(2);
    assert_eq!(
        rows!(db, by_author),
        [row(None, None, 5, 85), row(Some("Ann"), Some(true), 2, 30)]
    );
    let last = table()
        .order_by(|((author, public), _)| (author.desc().nulls_first(), public.asc()))
        .limit(3);
    assert_eq!(
        rows!(db, last),
        [
            row(None, None, 5, 85),
            row(Some("Cid"), None, 1, 0),
            row(Some("Cid"), Some(false), 1, 0),
        ]
    );
    Ok(())
}

async fn totals_filtered(db: &Db) -> Result<()> {
    fill(db).await?;
    let several = [
        row(Some("Ann"), Some(true), 2, 30),
        row(Some("Ann"), None, 2, 30),
        row(Some("Bob"), None, 2, 55),
        row(None, None, 5, 85),
    ];
    // HAVING asks groups and totals alike, as a filter of the table does.
    let having = by_author!(Article::objects())
        .having(|_| count().gt(1))
        .rollup();
    assert_eq!(rows!(db, having), several);
    let table = by_author!(Article::objects()).rollup();
    let filtered = table.clone().filter(|(_, (n, _))| n.gt(1));
    assert_eq!(rows!(db, filtered), several);
    let authors = table
        .clone()
        .filter(|((author, public), _)| public.is_null() & author.is_not_null());
    assert_eq!(
        rows!(db, authors),
        [
            row(Some("Ann"), None, 2, 30),
            row(Some("Bob"), None, 2, 55),
            row(Some("Cid"), None, 1, 0),
        ]
    );
    let bob = table.filter(|((author, _), _)| author.eq("Bob"));
    assert_eq!(
        rows!(db, bob),
        [
            row(Some("Bob"), Some(false), 1, 20),
            row(Some("Bob"), Some(true), 1, 35),
            row(Some("Bob"), None, 2, 55),
        ]
    );
    // A filter before counts for the totals too.
    let read = by_author!(Article::filter(|a| a.views().gt(20))).rollup();
    assert_eq!(
        rows!(db, read),
        [
            row(Some("Bob"), Some(true), 1, 35),
            row(Some("Bob"), None, 1, 35),
            row(None, None, 1, 35),
        ]
    );
    Ok(())
}

async fn totals_of_calculated_keys(db: &Db) -> Result<()> {
    fill(db).await?;
    // Without an editor there is a value in the key's place, so that NULL means a total; both keys have
    // parameters.
    let rows = Article::objects()
        .group_by(|a| (a.editor().name().coalesce("-"), a.views() + 1))
        .aggregate(|_| count())
        .rollup()
        .select(|((editor, views), n)| (editor, views, n))
        .all(db)
        .await?;
    let row = |editor: Option<&str>, views, n| (editor.map(str::to_owned), views, n);
    assert_eq!(
        rows,
        [
            row(Some("-"), Some(21), 1),
            row(Some("-"), None, 1),
            row(Some("Ann"), Some(1), 1),
            row(Some("Ann"), None, 1),
            row(Some("Bob"), Some(11), 1),
            row(Some("Bob"), Some(36), 1),
            row(Some("Bob"), None, 2),
            row(Some("Cid"), Some(21), 1),
            row(Some("Cid"), None, 1),
            row(None, None, 5),
        ]
    );
    Ok(())
}

async fn totals_of_other_aggregates(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .group_by(|a| a.author_id())
        .aggregate(|a| {
            let public = count().filter(a.public());
            let titles = a.title().join_by(",", a.id());
            (
                public,
                a.editor_id().count_distinct(),
                a.rating().avg(),
                titles,
            )
        })
        .rollup()
        .select(|(author, (public, editors, rating, titles))| {
            (author, public, editors, rating, titles)
        })
        .all(db)
        .await?;
    let row = |author, public, editors, rating, titles: &str| {
        (author, public, editors, rating, Some(titles.to_owned()))
    };
    assert_eq!(
        rows,
        [
            row(Some(1), 2, 2, Some(3.25), "Alpha,Gamma_1"),
            row(Some(2), 1, 1, Some(3.0), "beta,Épsilon"),
            row(Some(3), 0, 1, None, "delta%"),
            row(
                None,
                3,
                3,
                Some(9.5 / 3.0),
                "Alpha,beta,Gamma_1,delta%,Épsilon"
            ),
        ]
    );
    Ok(())
}

async fn totals_over_nothing(db: &Db) -> Result<()> {
    fill(db).await?;
    let none = by_author!(Article::filter(|a| a.views().gt(99))).rollup();
    assert_eq!(rows!(db, none), []);
    let never = by_author!(Article::objects().none()).rollup();
    assert_eq!(rows!(db, never), []);
    Ok(())
}

async fn totals_as_a_table(db: &Db) -> Result<()> {
    fill(db).await?;
    let table = by_author!(Article::objects()).rollup();
    assert_eq!(table.count(db).await?, 8);
    assert!(
        table
            .clone()
            .filter(|((author, _), _)| author.is_null())
            .exists(db)
            .await?
    );
    // Each author's total beside the author; the total over all has none.
    let authors = table
        .clone()
        .filter(|((_, public), _)| public.is_null())
        .select(|((author, _), (_, views))| (author, views))
        .as_table()
        .left_join(Author::objects(), |((name, _), a)| a.name().eq(name))
        .select(|((name, views), a)| (name, views, a.id()))
        .all(db)
        .await?;
    let row = |name: Option<&str>, views, id| (name.map(str::to_owned), Some(views), id);
    assert_eq!(
        authors,
        [
            row(None, 85, None),
            row(Some("Ann"), 30, Some(1)),
            row(Some("Bob"), 55, Some(2)),
            row(Some("Cid"), 0, Some(3)),
        ]
    );
    // Shares of the whole: the table twice in one statement, said once.
    let named = table.named("totals");
    let shares = named
        .clone()
        .join(named, |(((_, public), _), ((whole, _), _))| {
            public.is_null() & whole.is_null()
        })
        .select(|(((author, _), (n, _)), (_, (all, _)))| (author, n, all))
        .all(db)
        .await?;
    let row = |author: Option<&str>, n| (author.map(str::to_owned), n, 5);
    assert_eq!(
        shares,
        [
            row(Some("Ann"), 2),
            row(Some("Bob"), 2),
            row(Some("Cid"), 1),
            row(None, 5),
        ]
    );
    Ok(())
}

/// Where a database has no totals it is said before anything is sent.
async fn totals_refused(db: &Db) -> Result<()> {
    fill(db).await?;
    let table = by_author!(Article::objects()).rollup();
    let result = table.select(|((author, _), _)| author).all(db).await;
    if db.dialect().features().rollup {
        assert_eq!(result?.len(), 8);
        return Ok(());
    }
    let Err(Error::Render(RenderError::Unsupported { feature, hint, .. })) = result else {
        panic!("not refused: {result:?}");
    };
    assert_eq!(feature, "totals over the keys of groups (ROLLUP)");
    assert!(hint.contains("a query for each level"), "{hint}");
    Ok(())
}

async fn totals_misused(db: &Db) -> Result<()> {
    fill(db).await?;
    let ordered = by_author!(Article::objects())
        .order_by(|a| a.views().sum())
        .rollup();
    let limited = by_author!(Article::objects()).limit(3).rollup();
    let passed = by_author!(Article::objects()).offset(3).rollup();
    for (table, wanted) in [(ordered, "order"), (limited, "limit"), (passed, "limit")] {
        match table.count(db).await {
            Err(Error::Usage(text)) => assert!(text.contains(wanted), "{text}"),
            other => panic!("{wanted}: {other:?}"),
        }
    }
    let twice = Article::objects()
        .group_by(|a| (a.author_id(), a.public(), a.author_id()))
        .aggregate(|_| count())
        .rollup();
    match twice.select(|(_, n)| n).all(db).await {
        Err(Error::Usage(text)) => assert!(text.contains("stands twice"), "{text}"),
        other => panic!("{other:?}"),
    }
    Ok(())
}
