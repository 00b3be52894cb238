//! Aggregates and groups.

use orm::prelude::*;
use suite::models::blog::{Article, Author, fill};

cases! {
    over_all, over_nothing, over_a_limit, distinct, groups, group_by_several, group_by_null, having,
    over_relations, filtered_groups, limited_groups,
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
