//! Conditions.

use orm::prelude::*;
use orm::query::{coalesce, concat};
use suite::models::blog::{Article, Author, fill, january, titles};

cases! {
    comparisons, texts, wildcards_are_literal, case, regex, lists, long_lists, logic, columns,
    arithmetic, dates, functions, optional_parts, nothing_at_all, get, first_and_last, counting,
    limits,
}

async fn is(db: &Db, query: QuerySet<Article>, wanted: &[&str]) -> Result<()> {
    assert_eq!(query.count(db).await?, wanted.len() as u64);
    assert_eq!(query.exists(db).await?, !wanted.is_empty());
    assert_eq!(titles(db, query).await?, wanted);
    Ok(())
}

async fn comparisons(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(
        db,
        all(),
        &["Épsilon", "beta", "Gamma_1", "Alpha", "delta%"],
    )
    .await?;
    is(db, all().filter(|a| a.views().eq(20)), &["beta", "Gamma_1"]).await?;
    is(
        db,
        all().filter(|a| a.views().ne(20)),
        &["Épsilon", "Alpha", "delta%"],
    )
    .await?;
    is(db, all().filter(|a| a.views().gt(20)), &["Épsilon"]).await?;
    is(
        db,
        all().filter(|a| a.views().gte(20)),
        &["Épsilon", "beta", "Gamma_1"],
    )
    .await?;
    is(db, all().filter(|a| a.views().lt(10)), &["delta%"]).await?;
    is(
        db,
        all().filter(|a| a.views().lte(10)),
        &["Alpha", "delta%"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.views().between(10, 20)),
        &["beta", "Gamma_1", "Alpha"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.rating().gt(2.5)),
        &["Épsilon", "Alpha"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.public()),
        &["Épsilon", "Gamma_1", "Alpha"],
    )
    .await?;
    is(db, all().filter(|a| !a.public()), &["beta", "delta%"]).await?;
    is(
        db,
        all().filter(|a| a.at().lt(january(16, 12))),
        &["beta", "Alpha"],
    )
    .await
}

async fn texts(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(db, all().filter(|a| a.title().eq("beta")), &["beta"]).await?;
    is(
        db,
        all().filter(|a| a.title().contains("a")),
        &["beta", "Gamma_1", "Alpha", "delta%"],
    )
    .await?;
    is(db, all().filter(|a| a.title().startswith("be")), &["beta"]).await?;
    is(
        db,
        all().filter(|a| a.title().endswith("a")),
        &["beta", "Alpha"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.title().gt("b")),
        &["Épsilon", "beta", "delta%"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.title().startswith("É")),
        &["Épsilon"],
    )
    .await?;
    is(db, all().filter(|a| a.title().startswith("E")), &[]).await
}

async fn wildcards_are_literal(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(db, all().filter(|a| a.title().contains("%")), &["delta%"]).await?;
    is(db, all().filter(|a| a.title().contains("_")), &["Gamma_1"]).await?;
    is(db, all().filter(|a| a.title().icontains("_")), &["Gamma_1"]).await?;
    is(db, all().filter(|a| a.title().endswith("%")), &["delta%"]).await?;
    is(db, all().filter(|a| a.title().contains("\\")), &[]).await?;
    is(db, all().filter(|a| a.title().startswith("_")), &[]).await?;
    is(
        db,
        all().filter(|a| a.title().contains("")),
        &["Épsilon", "beta", "Gamma_1", "Alpha", "delta%"],
    )
    .await
}

async fn case(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(db, all().filter(|a| a.title().eq("alpha")), &[]).await?;
    is(db, all().filter(|a| a.title().iexact("alpha")), &["Alpha"]).await?;
    is(
        db,
        all().filter(|a| a.title().iexact("éPSILON")),
        &["Épsilon"],
    )
    .await?;
    is(db, all().filter(|a| a.title().contains("AL")), &[]).await?;
    is(db, all().filter(|a| a.title().icontains("AL")), &["Alpha"]).await?;
    is(
        db,
        all().filter(|a| a.title().icontains("éP")),
        &["Épsilon"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.title().istartswith("D")),
        &["delta%"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.title().iendswith("A")),
        &["beta", "Alpha"],
    )
    .await
}

async fn regex(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(
        db,
        all().filter(|a| a.title().regex("^[A-Z].*a")),
        &["Gamma_1", "Alpha"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.title().regex("[0-9]$")),
        &["Gamma_1"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.title().iregex("^(ALPHA|BETA)$")),
        &["beta", "Alpha"],
    )
    .await
}

async fn lists(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(
        db,
        all().filter(|a| a.views().is_in([0, 35])),
        &["Épsilon", "delta%"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.views().is_in([0, 10, 35])),
        &["Épsilon", "Alpha", "delta%"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.views().not_in([0, 10, 35])),
        &["beta", "Gamma_1"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.title().is_in(["beta", "nothing"])),
        &["beta"],
    )
    .await?;
    let none: [i64; 0] = [];
    is(db, all().filter(|a| a.views().is_in(none)), &[]).await?;
    is(
        db,
        all().filter(|a| a.views().not_in(none)),
        &["Épsilon", "beta", "Gamma_1", "Alpha", "delta%"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.author().is_in([1, 3])),
        &["Gamma_1", "Alpha", "delta%"],
    )
    .await
}

async fn long_lists(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(
        db,
        all().filter(|a| a.views().is_in(20..2000)),
        &["Épsilon", "beta", "Gamma_1"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.views().not_in(20..5000)),
        &["Alpha", "delta%"],
    )
    .await
}

async fn logic(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(
        db,
        all().filter(|a| a.views().eq(0) | a.views().eq(35)),
        &["Épsilon", "delta%"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.views().eq(20) & a.public()),
        &["Gamma_1"],
    )
    .await?;
    is(
        db,
        all().filter(|a| (a.views().eq(0) | a.views().eq(20)) & a.public()),
        &["Gamma_1"],
    )
    .await?;
    is(
        db,
        all().filter(|a| !(a.views().eq(0) | a.views().eq(20))),
        &["Épsilon", "Alpha"],
    )
    .await?;
    is(
        db,
        all()
            .filter(|a| a.views().eq(20))
            .filter(|a| a.title().eq("beta")),
        &["beta"],
    )
    .await?;
    is(
        db,
        all()
            .exclude(|a| a.views().eq(20))
            .exclude(|a| a.views().eq(0)),
        &["Épsilon", "Alpha"],
    )
    .await?;
    // A row is either in or out, also where NULL is compared.
    is(
        db,
        all().filter(|a| a.rating().gt(2.5)),
        &["Épsilon", "Alpha"],
    )
    .await?;
    is(
        db,
        all().exclude(|a| a.rating().gt(2.5)),
        &["beta", "Gamma_1", "delta%"],
    )
    .await?;
    is(
        db,
        all().filter(|a| !!a.rating().gt(2.5)),
        &["Épsilon", "Alpha"],
    )
    .await
}

async fn columns(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(
        db,
        all().filter(|a| a.author_id().eq(a.editor_id())),
        &["Épsilon"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.author_id().ne(a.editor_id())),
        &["beta", "Gamma_1", "Alpha", "delta%"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.views().gt(a.id())),
        &["Épsilon", "beta", "Gamma_1", "Alpha"],
    )
    .await?;
    is(db, all().filter(|a| a.title().eq(a.author().name())), &[]).await
}

async fn arithmetic(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(
        db,
        all().filter(|a| (a.views() * 2 + 1).gt(41)),
        &["Épsilon"],
    )
    .await?;
    is(db, all().filter(|a| (a.views() - a.id()).eq(9)), &["Alpha"]).await?;
    let values = all()
        .select(|a| (a.views() * 2, a.views() - 5, a.views() / 10))
        .all(db)
        .await?;
    assert_eq!(
        values,
        [
            (70, 30, Some(3.5)),
            (40, 15, Some(2.0)),
            (40, 15, Some(2.0)),
            (20, 5, Some(1.0)),
            (0, -5, Some(0.0))
        ]
    );
    let by_zero = all()
        .filter(|a| a.id().eq(1))
        .select(|a| a.id() / (a.id() - 1))
        .all(db)
        .await?;
    assert_eq!(by_zero, [None]);
    Ok(())
}

async fn dates(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = || Article::objects().order_by(|a| a.id());
    is(
        db,
        all().filter(|a| a.at().year().eq(2024)),
        &["Alpha", "beta", "delta%", "Épsilon"],
    )
    .await?;
    is(
        db,
        all().filter(|a| a.at().day().gt(16)),
        &["delta%", "Épsilon"],
    )
    .await?;
    let parts = all()
        .filter(|a| a.id().eq(1))
        .select(|a| {
            let at = a.at();
            (
                at.year(),
                at.month(),
                at.day(),
                at.quarter(),
                at.week_day(),
                at.hour(),
                at.minute(),
                at.second(),
            )
        })
        .get(db)
        .await?;
    let of = Some;
    // 15 January 2024 was a Monday.
    assert_eq!(
        parts,
        (
            of(2024),
            of(1),
            of(15),
            of(1),
            of(2),
            of(10),
            of(30),
            of(15)
        )
    );
    let days = all()
        .filter(|a| a.id().lt(4))
        .select(|a| a.at().date())
        .all(db)
        .await?;
    assert_eq!(
        days,
        [
            Some(january(15, 0).date_naive()),
            Some(january(16, 0).date_naive()),
            None
        ]
    );
    Ok(())
}

async fn functions(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::filter(|a| a.id().is_in([1, 5]))
        .order_by(|a| a.id())
        .select(|a| {
            (
                a.title().lower(),
                a.title().upper(),
                a.title().length(),
                concat(a.title(), "!"),
            )
        })
        .all(db)
        .await?;
    let row = |l: &str, u: &str, n: i64, c: &str| (l.to_owned(), u.to_owned(), n, c.to_owned());
    assert_eq!(
        rows,
        [
            row("alpha", "ALPHA", 5, "Alpha!"),
            row("épsilon", "ÉPSILON", 7, "Épsilon!")
        ]
    );
    let ratings = Article::objects()
        .order_by(|a| a.id())
        .select(|a| coalesce(&a.rating(), -1.0))
        .all(db)
        .await?;
    assert_eq!(ratings, [4.5, -1.0, 2.0, -1.0, 3.0]);
    is(db, Article::filter(|a| a.title().length().eq(4)), &["beta"]).await?;
    is(
        db,
        Article::filter(|a| a.title().upper().eq("BETA")),
        &["beta"],
    )
    .await?;
    let now = Article::filter(|a| a.created_at().lte(orm::query::now()))
        .count(db)
        .await?;
    assert_eq!(now, 5);
    Ok(())
}

async fn optional_parts(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    is(
        db,
        all().filter_some(Some(20), |a, v| a.views().gt(v)),
        &["Épsilon"],
    )
    .await?;
    is(
        db,
        all()
            .filter_some(None::<i64>, |a, v| a.views().gt(v))
            .limit(9),
        &["Épsilon", "beta", "Gamma_1", "Alpha", "delta%"],
    )
    .await
}

async fn nothing_at_all(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = db.statements();
    let none = || Article::objects().none();
    is(db, none(), &[]).await?;
    assert_eq!(none().delete(db).await?.total, 0);
    assert_eq!(none().update(|a| a.views().set(1)).exec(db).await?, 0);
    assert_eq!(none().select(|a| a.id()).all(db).await?, [0_i64; 0]);
    assert!(none().stream(db).await?.next().await?.is_none());
    let mut tuples = none().select(|a| a.id()).stream(db).await?;
    assert!(tuples.next().await?.is_none());
    assert_eq!(db.statements(), before, "nothing was sent");
    let nothing = none().aggregate(|a| (count(), a.views().sum()));
    assert_eq!(nothing.get(db).await?, (0, None));
    Ok(())
}

async fn get(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(Article::get(db, 2).await?.title, "beta");
    assert!(matches!(
        Article::get(db, 99).await,
        Err(Error::DoesNotExist { model: "Article" })
    ));
    let two = Article::filter(|a| a.views().eq(20));
    assert!(matches!(
        two.get(db).await,
        Err(Error::MultipleObjectsReturned { model: "Article" })
    ));
    assert!(matches!(
        two.get_opt(db).await,
        Err(Error::MultipleObjectsReturned { .. })
    ));
    assert!(
        Article::filter(|a| a.views().eq(7))
            .get_opt(db)
            .await?
            .is_none()
    );
    assert_eq!(two.clone().limit(1).get(db).await?.title, "beta");
    let name = Author::filter(|a| a.id().eq(3))
        .select(|a| a.name())
        .get(db)
        .await?;
    assert_eq!(name, "Cid");
    // A limit of the query is never raised.
    let titles = || Article::objects().select(|a| a.title());
    assert_eq!(titles().limit(1).get(db).await?, "Épsilon");
    assert_eq!(titles().limit(0).first(db).await?, None);
    Ok(())
}

async fn first_and_last(db: &Db) -> Result<()> {
    fill(db).await?;
    let title = |a: Option<Article>| a.map(|a| a.title);
    let all = Article::objects;
    assert_eq!(title(all().first(db).await?).as_deref(), Some("Épsilon"));
    assert_eq!(title(all().last(db).await?).as_deref(), Some("delta%"));
    let twenty = || all().filter(|a| a.views().eq(20));
    assert_eq!(title(twenty().first(db).await?).as_deref(), Some("beta"));
    assert_eq!(title(twenty().last(db).await?).as_deref(), Some("Gamma_1"));
    assert_eq!(title(all().filter(|a| a.id().eq(77)).last(db).await?), None);
    assert!(matches!(
        all().limit(2).last(db).await,
        Err(Error::Usage(_))
    ));
    Ok(())
}

async fn counting(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(Article::objects().limit(3).count(db).await?, 3);
    assert_eq!(Article::objects().offset(4).count(db).await?, 1);
    assert_eq!(Article::objects().limit(0).count(db).await?, 0);
    assert!(!Article::objects().limit(0).exists(db).await?);
    assert!(!Article::objects().offset(5).exists(db).await?);
    assert!(Article::objects().offset(4).exists(db).await?);
    assert_eq!(
        Article::filter(|a| a.author().name().eq("Ann"))
            .count(db)
            .await?,
        2
    );
    assert!(
        Article::filter(|a| a.author().name().eq("Ann"))
            .exists(db)
            .await?
    );
    Ok(())
}

async fn limits(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    assert_eq!(titles(db, all().limit(2)).await?, ["Épsilon", "beta"]);
    assert_eq!(titles(db, all().offset(3)).await?, ["Alpha", "delta%"]);
    assert_eq!(
        titles(db, all().offset(1).limit(2)).await?,
        ["beta", "Gamma_1"]
    );
    assert_eq!(titles(db, all().limit(0)).await?, [""; 0]);
    assert_eq!(titles(db, all().offset(99)).await?, [""; 0]);
    // A filter that stands after the limit still comes before it.
    assert_eq!(
        titles(db, all().limit(1).filter(|a| a.views().eq(20))).await?,
        ["beta"]
    );
    Ok(())
}
