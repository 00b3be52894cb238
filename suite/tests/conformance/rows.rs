//! Rows read into structs with named fields.

use orm::prelude::*;
use orm::query::{Bound, concat, row_number, window};
use rust_decimal::Decimal;
use suite::models::blog::{Article, Author, fill};
use suite::models::kinds::Kinds;

cases! {
    rows_by_field, rows_wider_than_tuples, rows_of_groups, rows_as_tables, rows_combined,
    parts_of_a_model, rows_by_column_name, rows_without_their_column, rows_of_aggregates,
}

#[derive(Row, Debug, Clone, PartialEq)]
struct Headline {
    title: String,
    author: String,
    editor: Option<String>,
    rating: Option<f64>,
    r#type: i64,
}

/// Some columns of an article.
#[derive(Row, Debug, Clone, PartialEq)]
#[row(model = Article)]
struct Short {
    id: i64,
    title: String,
    editor_id: Option<i64>,
}

async fn parts_of_a_model(db: &Db) -> Result<()> {
    fill(db).await?;
    let short = |id, title: &str, editor_id| Short {
        id,
        title: title.to_owned(),
        editor_id,
    };
    let ann = Article::filter(|a| a.author().name().eq("Ann")).only::<Short>();
    assert_eq!(
        ann.all(db).await?,
        [short(3, "Gamma_1", Some(3)), short(1, "Alpha", Some(2))]
    );
    assert_eq!(ann.clone().limit(1).get(db).await?.id, 3);
    assert_eq!(ann.count(db).await?, 2);
    let recorder = db.record();
    let page = Article::objects()
        .only::<Short>()
        .page_after(None, 2)
        .all(db)
        .await?;
    assert_eq!(page.rows[1], short(2, "beta", None));
    let sql = recorder.statements().concat();
    assert!(!sql.contains("body") && !sql.contains("rating"), "{sql}");
    Ok(())
}

async fn rows_by_field(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects()
        .order_by(|a| a.id())
        .select(|a| HeadlineColumns {
            r#type: a.views() * 2,
            author: concat(a.author().name(), "!"),
            editor: a.editor().name(),
            title: a.title(),
            rating: a.rating(),
        });
    let rows: Vec<Headline> = query.all(db).await?;
    let articles = Article::objects()
        .order_by(|a| a.id())
        .with(|a| (a.author(), a.editor()))
        .all(db)
        .await?;
    assert_eq!(rows.len(), articles.len());
    for (row, article) in rows.iter().zip(&articles) {
        assert_eq!(row.title, article.title);
        assert_eq!(row.author, format!("{}!", article.author.get()?.name));
        let editor = match &article.editor {
            Some(editor) => Some(editor.get()?.name.clone()),
            None => None,
        };
        assert_eq!(row.editor, editor);
        assert_eq!(
            (row.rating, row.r#type),
            (article.rating, article.views * 2)
        );
    }
    assert!(rows.iter().any(|r| r.editor.is_none()) && rows.iter().any(|r| r.editor.is_some()));
    assert_eq!(query.first(db).await?.as_ref(), rows.first());
    let mut streamed = query.stream(db).await?;
    for row in &rows {
        assert_eq!(streamed.next().await?.as_ref(), Some(row));
    }
    assert_eq!(streamed.next().await?, None);
    Ok(())
}

/// More fields than a tuple takes, and types whose reading differs between databases.
#[derive(Row, Debug, PartialEq)]
struct Wide {
    tiny: i8,
    small: i16,
    int: i32,
    big: i64,
    double: f64,
    flag: bool,
    price: Decimal,
    doubled: Decimal,
    at: DateTime<Utc>,
    json: serde_json::Value,
    maybe: Option<i32>,
}

async fn rows_wider_than_tuples(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    Kinds::plain(1).save(db).await?;
    let plain = Kinds::plain(1);
    let row = Kinds::objects()
        .select(|k| WideColumns {
            tiny: k.tiny(),
            small: k.small(),
            int: k.int(),
            big: k.big(),
            double: k.double(),
            flag: k.flag(),
            price: k.price(),
            doubled: k.price() + k.price(),
            at: k.at(),
            json: k.json(),
            // What is never NULL fits an `Option` as well.
            maybe: k.int() + 1,
        })
        .get(db)
        .await?;
    let wanted = Wide {
        tiny: plain.tiny,
        small: plain.small,
        int: plain.int,
        big: plain.big,
        double: plain.double,
        flag: plain.flag,
        price: plain.price,
        doubled: plain.price + plain.price,
        at: plain.at,
        json: plain.json,
        maybe: Some(plain.int + 1),
    };
    assert_eq!(row, wanted);
    Ok(())
}

#[derive(Row, Debug, PartialEq)]
struct Output {
    articles: i64,
    author: String,
    per_article: Option<f64>,
    shout: String,
}

async fn rows_of_groups(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .group_by(|a| (a.author().name(), a.author().id()))
        .having(|_| count().gt(0))
        .order_by(|a| a.author().name().desc())
        .select(|a, (name, id)| OutputColumns {
            articles: count(),
            author: name.clone(),
            per_article: (a.views().sum() + id.clone() - id) / count(),
            shout: name.upper(),
        })
        .all(db)
        .await?;
    let tuples = Article::objects()
        .group_by(|a| a.author().name())
        .aggregate(|a| (count(), a.views().sum()))
        .all(db)
        .await?;
    let wanted: Vec<Output> = tuples
        .into_iter()
        .rev()
        .map(|(author, articles, views)| Output {
            articles,
            shout: author.to_uppercase(),
            author,
            per_article: views.map(|v| v as f64 / articles as f64),
        })
        .collect();
    assert_eq!(rows, wanted);
    // Tuples in an order of one's own, and no key among them.
    let counts: Vec<i64> = Article::objects()
        .group_by(|a| a.author().name())
        .select(|_, _| count())
        .all(db)
        .await?;
    assert_eq!(
        counts,
        wanted.iter().rev().map(|o| o.articles).collect::<Vec<_>>()
    );
    Ok(())
}

async fn rows_as_tables(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects()
        .order_by(|a| a.id())
        .select(|a| HeadlineColumns {
            title: a.title(),
            author: a.author().name(),
            editor: a.editor().name(),
            rating: a.rating(),
            r#type: row_number().over(
                window()
                    .partition_by(a.author_id())
                    .order_by(a.views().desc()),
            ),
        });
    // A window's value is no column, but one of the table.
    let first = all
        .as_table()
        .filter(|h| h.r#type.eq(1) & h.author.startswith("A"))
        .select(|h| (h.title, h.author, h.editor))
        .all(db)
        .await?;
    let wanted: Vec<_> = all
        .all(db)
        .await?
        .into_iter()
        .filter(|h| h.r#type == 1 && h.author.starts_with('A'))
        .map(|h| (h.title, h.author, h.editor))
        .collect();
    assert!(!wanted.is_empty());
    let sorted = |mut rows: Vec<(String, String, Option<String>)>| {
        rows.sort();
        rows
    };
    assert_eq!(sorted(first), sorted(wanted));
    Ok(())
}

#[derive(Row, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    kind: String,
    name: String,
}

async fn rows_combined(db: &Db) -> Result<()> {
    fill(db).await?;
    let authors = Author::objects().select(|a| NamedColumns {
        kind: orm::query::value("author"),
        name: a.name(),
    });
    let articles = Article::objects().select(|a| NamedColumns {
        kind: orm::query::value("article"),
        name: a.title(),
    });
    let both: Vec<Named> = authors.union(&articles).all(db).await?;
    let mut wanted = authors.all(db).await?;
    wanted.extend(articles.all(db).await?);
    wanted.sort();
    wanted.dedup();
    assert_eq!(both, wanted);
    Ok(())
}

async fn rows_by_column_name(db: &Db) -> Result<()> {
    fill(db).await?;
    let typed = Author::objects()
        .filter(|a| a.name().startswith("A"))
        .order_by(|a| a.id())
        .select(|a| NamedColumns {
            kind: orm::query::value("author"),
            name: a.name(),
        })
        .all(db)
        .await?;
    let sql = "SELECT id, name, {} AS kind FROM blog_author WHERE name LIKE {} ORDER BY id";
    let rows = raw::<Named>(sql, ("author", "A%")).all(db).await?;
    assert!(!rows.is_empty());
    assert_eq!(rows, typed);
    Ok(())
}

async fn rows_without_their_column(db: &Db) -> Result<()> {
    fill(db).await?;
    let message = |sql: &str| {
        let query = raw::<Named>(sql, ());
        async move {
            match query.all(db).await {
                Err(Error::Usage(text)) => text,
                other => format!("{other:?}"),
            }
        }
    };
    // Also where there is no row to read.
    assert_eq!(
        message("SELECT name FROM blog_author WHERE 1 = 0 ORDER BY id").await,
        "the rows have no column `kind`, which Named needs"
    );
    assert_eq!(
        message("SELECT name, name, 'x' AS kind FROM blog_author ORDER BY id").await,
        "the rows have several columns `name`: name the one that Named is to get, by `AS`"
    );
    let wrong = raw::<Named>("SELECT NULL AS kind, name FROM blog_author ORDER BY id", ())
        .all(db)
        .await;
    let wrong = wrong.expect_err("NULL is no String").to_string();
    assert!(
        wrong.contains("`kind`") && wrong.contains("NULL"),
        "{wrong}"
    );
    Ok(())
}

#[derive(Row, Debug, PartialEq)]
struct Totals {
    articles: i64,
    views: Option<i64>,
}

async fn rows_of_aggregates(db: &Db) -> Result<()> {
    fill(db).await?;
    let totals = Article::objects()
        .aggregate(|a| TotalsColumns {
            articles: count(),
            views: a.views().sum(),
        })
        .get(db)
        .await?;
    let (articles, views) = Article::objects()
        .aggregate(|a| (count(), a.views().sum()))
        .get(db)
        .await?;
    assert_eq!(totals, Totals { articles, views });
    // A running total beside each object.
    let running = Article::objects()
        .order_by(|a| a.id())
        .annotate(|a| TotalsColumns {
            articles: a.id(),
            views: a.views().sum().over(
                window()
                    .order_by(a.id())
                    .rows(Bound::Unbounded, Bound::Current),
            ),
        })
        .all(db)
        .await?;
    assert_eq!(running.last().expect("a row").1.views, views);
    Ok(())
}
