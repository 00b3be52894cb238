//! What every form of query can be asked: how many rows, any at all, the first, the last, the plan.

use std::collections::HashSet;

use orm::prelude::*;
use orm::query::Unit;
use suite::models::blog::{Article, Author, Tag, fill, january};
use suite::models::kinds::Kinds;

cases! {
    tuples_counted, tuples_of_a_limit_counted, tuples_first_and_last, tuples_found_or_not,
    groups_counted, groups_first, groups_streamed, annotated_found, annotated_streamed,
    annotated_locked, joins_asked, plans_of_all_forms, in_bulk_by_a_unique_column, lists_of_dates,
    keys_of_objects_at_hand, narrow_numbers, powers_of_columns,
}

async fn tuples_counted(db: &Db) -> Result<()> {
    fill(db).await?;
    let views = || Article::objects().select(|a| a.views());
    assert_eq!(views().count(db).await?, 5);
    assert_eq!(views().distinct().count(db).await?, 4);
    assert!(views().distinct().exists(db).await?);
    // Columns of the same name, and NULLs, which are one.
    let names = Article::objects().select(|a| (a.author().name(), a.editor().name()));
    assert_eq!(names.clone().count(db).await?, 5);
    assert_eq!(names.distinct().count(db).await?, 5);
    let editors = Article::objects().select(|a| a.editor_id()).distinct();
    assert_eq!(editors.count(db).await?, 4);
    let none = Article::objects().none().select(|a| a.id()).distinct();
    assert_eq!(none.count(db).await?, 0);
    assert!(!none.exists(db).await?);
    Ok(())
}

async fn tuples_of_a_limit_counted(db: &Db) -> Result<()> {
    fill(db).await?;
    let views = || Article::objects().select(|a| a.views());
    assert_eq!(views().limit(3).count(db).await?, 3);
    assert_eq!(views().offset(4).count(db).await?, 1);
    assert_eq!(views().distinct().limit(3).count(db).await?, 3);
    assert_eq!(views().distinct().offset(3).count(db).await?, 1);
    assert!(!views().offset(9).exists(db).await?);
    // Five rows, four different ones.
    assert!(views().offset(4).exists(db).await?);
    assert!(views().distinct().offset(3).exists(db).await?);
    assert!(!views().distinct().offset(4).exists(db).await?);
    assert!(!views().limit(0).exists(db).await?);
    Ok(())
}

async fn tuples_first_and_last(db: &Db) -> Result<()> {
    fill(db).await?;
    let unordered = Article::objects().unordered();
    assert!(matches!(unordered.last(db).await, Err(Error::Usage(_))));
    let unordered = unordered.select(|a| a.title());
    assert!(matches!(unordered.last(db).await, Err(Error::Usage(_))));
    let titles = || Article::objects().select(|a| a.title());
    assert_eq!(titles().first(db).await?.as_deref(), Some("Épsilon"));
    assert_eq!(titles().last(db).await?.as_deref(), Some("delta%"));
    let views = || {
        Article::objects()
            .order_by(|a| a.views())
            .select(|a| a.views())
    };
    assert_eq!(views().distinct().last(db).await?, Some(35));
    // What the order does not name is turned round with it.
    let flags = || {
        Article::objects()
            .select(|a| (a.public(), a.author_id()))
            .distinct()
    };
    let all = flags().all(db).await?;
    assert_eq!(flags().last(db).await?.as_ref(), all.last());
    let error = titles().limit(2).last(db).await.expect_err("refused");
    assert!(error.to_string().contains("`last` on a query"), "{error}");
    Ok(())
}

async fn tuples_found_or_not(db: &Db) -> Result<()> {
    fill(db).await?;
    let title = |id: i64| Article::filter(|a| a.id().eq(id)).select(|a| a.title());
    assert_eq!(title(1).get_opt(db).await?.as_deref(), Some("Alpha"));
    assert_eq!(title(99).get_opt(db).await?, None);
    let two = Article::objects().select(|a| a.title()).get_opt(db).await;
    assert!(matches!(two, Err(Error::MultipleObjectsReturned { .. })));
    Ok(())
}

async fn groups_counted(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = || Article::objects().group_by(|a| a.author_id());
    assert_eq!(groups().count(db).await?, 3);
    assert_eq!(groups().having(|_| count().gt(1)).count(db).await?, 2);
    assert_eq!(groups().limit(1).count(db).await?, 1);
    let sums = groups().aggregate(|a| a.views().sum());
    assert_eq!(sums.count(db).await?, 3);
    let none = Article::objects().none().group_by(|a| a.author_id());
    assert_eq!(none.count(db).await?, 0);
    Ok(())
}

async fn groups_first(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| a.author().name())
        .aggregate(|a| a.views().sum())
        .order_by(|a| a.views().sum().desc());
    assert_eq!(groups.first(db).await?, Some(("Bob".to_owned(), Some(55))));
    let second = groups.offset(1).limit(2);
    assert_eq!(second.first(db).await?, Some(("Ann".to_owned(), Some(30))));
    let made = Article::objects()
        .group_by(|a| a.author().name())
        .select(|_, name| (name.upper(), count()));
    assert_eq!(made.first(db).await?, Some(("ANN".to_owned(), 2)));
    let none = Article::filter(|a| a.id().gt(99))
        .group_by(|a| a.author_id())
        .aggregate(|_| count());
    assert_eq!(none.first(db).await?, None);
    Ok(())
}

async fn groups_streamed(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| a.author().name())
        .aggregate(|_| count());
    let mut rows = groups.stream(db).await?;
    let mut seen = Vec::new();
    while let Some(row) = rows.next().await? {
        seen.push(row);
    }
    drop(rows);
    assert_eq!(seen, groups.all(db).await?);
    let made = Article::objects()
        .group_by(|a| a.author_id())
        .select(|a, author| (author, a.views().max()));
    let mut rows = made.stream(db).await?;
    assert_eq!(rows.next().await?, Some((1, Some(20))));
    Ok(())
}

async fn annotated_found(db: &Db) -> Result<()> {
    fill(db).await?;
    let counted = |q: QuerySet<Author>| q.annotate(|a| a.articles().count());
    let (ann, n) = counted(Author::filter(|a| a.name().eq("Ann")))
        .get(db)
        .await?;
    assert_eq!((ann.name.as_str(), n), ("Ann", 2));
    let nobody = counted(Author::filter(|a| a.name().eq("?")));
    assert!(nobody.get(db).await.expect_err("none").is_not_found());
    assert!(nobody.get_opt(db).await?.is_none());
    assert!(nobody.first(db).await?.is_none());
    let many = counted(Author::objects());
    assert!(matches!(
        many.get(db).await,
        Err(Error::MultipleObjectsReturned { .. })
    ));
    // What is prefetched and loaded comes along.
    let first = Article::objects()
        .with(|a| a.author())
        .prefetch(|a| a.tags())
        .order_by(|a| a.id())
        .annotate(|a| a.views() * 2)
        .first(db)
        .await?;
    let (article, twice) = first.expect("one");
    assert_eq!((article.author.get()?.name.as_str(), twice), ("Ann", 20));
    assert_eq!(article.tags.get()?.len(), 2);
    Ok(())
}

async fn annotated_streamed(db: &Db) -> Result<()> {
    fill(db).await?;
    let counted = Article::objects()
        .with(|a| a.author())
        .order_by(|a| a.id())
        .annotate(|a| a.tags().count());
    let mut rows = counted.stream(db).await?;
    let mut seen = Vec::new();
    while let Some((article, n)) = rows.next().await? {
        seen.push((article.author.get()?.name.clone(), n));
    }
    drop(rows);
    let row = |n: &str, c| (n.to_owned(), c);
    assert_eq!(
        seen,
        [
            row("Ann", 2),
            row("Bob", 1),
            row("Ann", 0),
            row("Cid", 3),
            row("Bob", 0)
        ]
    );
    let tags = Article::objects()
        .prefetch(|a| a.tags())
        .annotate(|a| a.views());
    let error = tags.stream(db).await.expect_err("refused").to_string();
    assert!(error.contains("`stream` cannot prefetch"), "{error}");
    Ok(())
}

async fn annotated_locked(db: &Db) -> Result<()> {
    fill(db).await?;
    let locked = Article::objects()
        .filter(|a| a.author().name().eq("Ann"))
        .for_update()
        .annotate(|a| a.title().length());
    let error = locked
        .all(db)
        .await
        .expect_err("no transaction")
        .to_string();
    assert!(error.contains("run the query on a transaction"), "{error}");
    let tx = db.begin().await?;
    assert_eq!(locked.all(&tx).await?.len(), 2);
    tx.commit().await?;
    Ok(())
}

async fn joins_asked(db: &Db) -> Result<()> {
    fill(db).await?;
    let joined = Article::objects().join(Tag::objects(), |(a, t)| a.id().eq(t.id()));
    assert!(joined.exists(db).await?);
    assert_eq!(
        joined
            .clone()
            .select(|(a, t)| (a.id(), t.id()))
            .count(db)
            .await?,
        4
    );
    let none = joined.filter(|(a, _)| a.id().gt(99));
    assert!(!none.exists(db).await?);
    Ok(())
}

async fn plans_of_all_forms(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    let plans = [
        all().explain(db).await?,
        all()
            .filter(|a| a.views().gt(5))
            .select(|a| a.title())
            .explain(db)
            .await?,
        all().annotate(|a| a.title().length()).explain(db).await?,
        all().aggregate(|a| a.views().sum()).explain(db).await?,
        all()
            .group_by(|a| a.author_id())
            .aggregate(|_| count())
            .explain(db)
            .await?,
        all()
            .group_by(|a| a.author_id())
            .select(|_, a| a)
            .explain(db)
            .await?,
    ];
    assert!(plans.iter().all(|plan| !plan.is_empty()), "{plans:?}");
    Ok(())
}

async fn in_bulk_by_a_unique_column(db: &Db) -> Result<()> {
    fill(db).await?;
    let tags = Tag::objects();
    let found = tags
        .in_bulk_by(db, |t| t.name(), ["web", "db", "?"])
        .await?;
    assert_eq!(found.len(), 2);
    assert_eq!(found["web"].id, 3);
    let ids = tags.in_bulk_by(db, |t| t.id(), [1_i64, 4]).await?;
    assert_eq!(ids[&4].name, "idle");
    // Nullable and unique: those that have a value.
    let authors = Author::objects();
    let found = authors
        .in_bulk_by(db, |a| a.email(), ["ann@example.org"])
        .await?;
    assert_eq!(found["ann@example.org"].name, "Ann");
    let many = tags.in_bulk_by(db, |t| t.id(), 0..2_500).await?;
    assert_eq!(many.keys().collect::<HashSet<_>>().len(), 4);
    assert!(
        tags.in_bulk_by(db, |t| t.name(), Vec::<String>::new())
            .await?
            .is_empty()
    );
    let error = Article::objects()
        .in_bulk_by(db, |a| a.views(), [20_i64])
        .await;
    let error = error.expect_err("several").to_string();
    assert!(
        error.contains("takes a unique column of Article"),
        "{error}"
    );
    Ok(())
}

async fn lists_of_dates(db: &Db) -> Result<()> {
    fill(db).await?;
    let days = Article::objects().dates(|a| a.at().date(), Unit::Day);
    let day = |d| january(d, 10).date_naive();
    assert_eq!(days.all(db).await?, [15, 16, 17, 18].map(day));
    let months = Article::objects().dates(|a| a.at(), Unit::Month);
    assert_eq!(
        months.all(db).await?,
        [january(1, 10)
            .date_naive()
            .and_hms_opt(0, 0, 0)
            .expect("midnight")
            .and_utc()]
    );
    let down = Article::filter(|a| a.public())
        .reverse()
        .dates(|a| a.at().date(), Unit::Day);
    assert_eq!(down.all(db).await?, [18, 15].map(day));
    Ok(())
}

async fn keys_of_objects_at_hand(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Author::filter(|a| a.name().eq("Ann")).get(db).await?;
    let own = || Article::filter(|a| a.author_id().eq(ann.id));
    assert_eq!(own().count(db).await?, 2);
    assert_eq!(
        Article::filter(|a| a.author().eq(ann.id)).count(db).await?,
        2
    );
    assert_eq!(Author::filter(|a| a.id().ne(ann.id)).count(db).await?, 2);
    let both = [ann.id, Auto::from(3)];
    assert_eq!(
        Article::filter(|a| a.author_id().is_in(both))
            .count(db)
            .await?,
        3
    );
    // One that is not saved equals nothing, so all are its complement.
    let unsaved = Auto::<i64>::unset();
    assert_eq!(Author::filter(|a| a.id().eq(unsaved)).count(db).await?, 0);
    assert_eq!(Author::filter(|a| !a.id().eq(unsaved)).count(db).await?, 3);
    assert_eq!(
        Author::filter(|a| a.id().not_in([unsaved]))
            .count(db)
            .await?,
        3
    );
    // A relation is set by it too.
    let new = Article::create(
        db,
        new!(Article {
            title: "New",
            author: ann.id
        }),
    )
    .await?;
    assert_eq!(*new.author.id(), 1);
    let error = Article::create(
        db,
        new!(Article {
            title: "New",
            author: unsaved
        }),
    )
    .await;
    let error = error.expect_err("refused").to_string();
    assert!(error.contains("the Author is not saved"), "{error}");
    Ok(())
}

async fn narrow_numbers(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    Kinds::plain(300).save(db).await?;
    let row = Kinds::objects()
        .select(|k| {
            (
                k.id().cast::<i32>(),
                k.double().cast::<i8>(),
                k.price().cast::<u16>(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row, (300, 0, 12));
    Kinds::objects()
        .update(|k| k.int().set(k.id().cast::<i32>()))
        .exec(db)
        .await?;
    assert_eq!(Kinds::get(db, 300).await?.int, 300);
    // What does not fit is an error, never another number.
    let error = Kinds::objects()
        .select(|k| k.id().cast::<u8>())
        .get(db)
        .await;
    assert!(
        error
            .expect_err("too large")
            .to_string()
            .contains("out of range")
    );
    Ok(())
}

async fn powers_of_columns(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    Kinds {
        small: 3,
        uint: 2,
        double: 8.0,
        ..Kinds::plain(1)
    }
    .save(db)
    .await?;
    let row = Kinds::objects()
        .select(|k| {
            (
                k.uint().power(k.small()),
                k.double().log(k.uint()),
                k.double().modulo(k.small()),
                k.double().atan2(k.double() * 1.0),
                k.double().power(k.double() + 0.5),
            )
        })
        .get(db)
        .await?;
    let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < b.abs() * 1e-9);
    let atan = std::f64::consts::FRAC_PI_4;
    assert!(
        near(row.0, 8.0) && near(row.1, 3.0) && near(row.2, 2.0),
        "{row:?}"
    );
    assert!(near(row.3, atan) && near(row.4, 8_f64.powf(8.5)), "{row:?}");
    Ok(())
}
