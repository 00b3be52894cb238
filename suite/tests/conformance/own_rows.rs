//! Writes that ask their own table: all of them see the rows as they were before.

use orm::prelude::*;
use orm::query::{coalesce, outer, scalar, when};
use suite::models::blog::{Article, fill};
use suite::models::names::Seat;

cases! {
    values_asked_for_late, conditions_asked_for_late, members_asked_for_late, rows_deleted_meanwhile,
    groups_that_rows_leave, groups_of_the_row if correlated_subqueries,
}

async fn views(db: &Db) -> Result<Vec<i64>> {
    let rows = Article::objects().order_by(|a| a.id());
    rows.select(|a| a.views()).all(db).await
}

/// The first rows need no answer, so that servers would ask when these are written.
async fn values_asked_for_late(db: &Db) -> Result<()> {
    fill(db).await?;
    let most = Article::objects().aggregate(|x| x.views().max());
    Article::objects()
        .update(|a| {
            let most = coalesce(scalar(most), 0);
            let views = when(a.id().gt(2), most).otherwise(a.views() + 100);
            a.views().set(views)
        })
        .exec(db)
        .await?;
    assert_eq!(views(db).await?, [110, 120, 35, 35, 35]);
    Ok(())
}

async fn conditions_asked_for_late(db: &Db) -> Result<()> {
    fill(db).await?;
    let most = Article::objects().aggregate(|x| x.views().max());
    let few = Article::filter(|a| a.id().lte(2) | scalar(most).gt(100));
    let changed = few.update(|a| a.views().set(a.views() + 100));
    assert_eq!(changed.exec(db).await?, 2);
    assert_eq!(views(db).await?, [110, 120, 20, 0, 35]);
    Ok(())
}

async fn members_asked_for_late(db: &Db) -> Result<()> {
    fill(db).await?;
    let few = Article::objects().select(|x| x.views());
    let query = Article::filter(|a| a.id().eq(1) | (a.views() + 80).is_among(&few));
    let changed = query.update(|a| a.views().set(a.views() + 90));
    assert_eq!(changed.exec(db).await?, 1);
    assert_eq!(views(db).await?, [100, 20, 20, 0, 35]);
    Ok(())
}

async fn rows_deleted_meanwhile(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Seat::META]).await?;
    for (hall, number) in [(1, "a"), (1, "b"), (2, "a"), (3, "a"), (3, "b")] {
        Seat::create(db, new!(Seat { hall, number })).await?;
    }
    let seats = Seat::objects().aggregate(|_| count());
    let gone = Seat::filter(|s| s.hall().eq(1) | scalar(seats).lt(5));
    assert_eq!(gone.delete(db).await?.total, 2);
    assert_eq!(Seat::objects().count(db).await?, 3);
    Ok(())
}

/// Rows of groups are looked for anew for each row.
/// A key that has few rows each, so that servers would rather look at the groups one by one.
async fn groups_that_rows_leave(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Seat::META]).await?;
    let seat = |hall, number| new!(Seat { hall, number });
    let seats = (1..=400).flat_map(|hall| {
        let second = (hall % 4 != 0).then(|| seat(hall, "b"));
        std::iter::once(seat(hall, "a")).chain(second)
    });
    Seat::bulk_create(db, seats).await?;
    let shared = Seat::objects()
        .group_by(|s| s.hall())
        .having(|s| s.number().count().gt(1));
    let gone = Seat::filter(|s| s.hall().is_among(&shared))
        .delete(db)
        .await?;
    assert_eq!(gone.total, 600);
    let alone = Seat::objects().select(|s| s.hall()).all(db).await?;
    assert!(alone.iter().all(|hall| hall % 4 == 0), "{alone:?}");
    assert_eq!(alone.len(), 100);
    Ok(())
}

async fn groups_of_the_row(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::filter(|a| {
        let author = outer(a.author_id());
        let busy = Article::filter(|x| x.author_id().eq(author))
            .group_by(|x| x.author_id())
            .having(|x| x.views().sum().gt(40));
        a.author_id().is_among(&busy)
    });
    let changed = query.update(|a| a.views().set(a.views() - 100));
    assert_eq!(changed.exec(db).await?, 2);
    assert_eq!(views(db).await?, [10, -80, 20, 0, -65]);
    Ok(())
}
