//! Aggregates over the objects of each row, and conditions on some of them.

use orm::prelude::*;
use suite::models::blog::{Article, Author, Person, Tag, fill};
use suite::models::clubs::{self, Club, Member, Membership};

cases! {
    sums_of_objects, sums_side_by_side, sums_in_conditions, sums_of_sets, sums_of_pairs_held_twice,
    sums_beyond, sums_changed, chosen_objects, chosen_objects_of_sets, chosen_misused,
}

async fn sums_of_objects(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Author::objects()
        .annotate(|a| a.articles().aggregate(|x| x.views().sum()))
        .all(db)
        .await?;
    let sums: Vec<_> = rows.iter().map(|(a, n)| (a.name.as_str(), *n)).collect();
    assert_eq!(
        sums,
        [("Ann", Some(30)), ("Bob", Some(55)), ("Cid", Some(0))]
    );
    // Of none: NULL, 0 where it is said, and no rows counted.
    Author::create(db, new!(Author { id: 9, name: "Dan" })).await?;
    let dan = Author::filter(|a| a.id().eq(9)).annotate(|a| {
        let sum = a.articles().aggregate(|x| x.views().sum());
        (
            sum.clone(),
            sum.coalesce(0),
            a.articles().aggregate(|_| count()),
        )
    });
    assert_eq!(dan.get(db).await?.1, (None, 0, 0));
    Ok(())
}

/// Two of them do not multiply each other's rows.
async fn sums_side_by_side(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Author::objects()
        .select(|a| {
            (
                a.name(),
                a.articles().count(),
                a.articles().aggregate(|x| x.views().sum()),
                a.edited().aggregate(|x| x.views().sum()),
                a.edited().aggregate(|x| x.rating().avg()),
            )
        })
        .all(db)
        .await?;
    let row = |n: &str, c, s, e, r| (n.to_owned(), c, Some(s), Some(e), r);
    assert_eq!(
        rows,
        [
            row("Ann", 2, 30, 0, None),
            row("Bob", 2, 55, 45, Some(3.75)),
            row("Cid", 1, 0, 20, Some(2.0)),
        ]
    );
    Ok(())
}

async fn sums_in_conditions(db: &Db) -> Result<()> {
    fill(db).await?;
    let names = async |q: QuerySet<Author>| q.select(|a| a.name()).all(db).await;
    let read = Author::filter(|a| a.articles().aggregate(|x| x.views().sum()).gt(20));
    assert_eq!(names(read).await?, ["Ann", "Bob"]);
    let by = Author::objects()
        .order_by(|a| a.articles().aggregate(|x| x.views().max()).desc())
        .limit(2);
    assert_eq!(names(by).await?, ["Bob", "Ann"]);
    let not = Author::objects().exclude(|a| a.articles().aggregate(|x| x.rating().min()).gt(2.5));
    assert_eq!(names(not).await?, ["Ann", "Cid"]);
    Ok(())
}

async fn sums_of_sets(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| (a.id(), a.tags().aggregate(|t| t.name().max())))
        .all(db)
        .await?;
    let name = |n: &str| Some(n.to_owned());
    assert_eq!(
        rows,
        [
            (1, name("rust")),
            (2, name("rust")),
            (3, None),
            (4, name("web")),
            (5, None)
        ]
    );
    // A set of the same model, from both sides.
    for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
        Person::create(db, new!(Person { id, name })).await?;
    }
    Person::get(db, 1).await?.follows.add(db, [2, 3]).await?;
    let follows = Person::objects()
        .select(|p| (p.name(), p.follows().aggregate(|f| f.id().sum())))
        .all(db)
        .await?;
    assert_eq!(follows[0], ("a".to_owned(), Some(5)));
    assert_eq!(follows[1].1, None);
    Ok(())
}

/// An own table of pairs may hold a pair twice; the object is one.
async fn sums_of_pairs_held_twice(db: &Db) -> Result<()> {
    clubs::fill(db).await?;
    for (club, member) in [(1, 1), (1, 1), (1, 2), (2, 3)] {
        Membership::create(
            db,
            new!(Membership {
                club,
                member,
                since: 2000
            }),
        )
        .await?;
    }
    let rows = Club::objects()
        .order_by(|c| c.id())
        .select(|c| {
            let of = c.members();
            (c.id(), of.count(), of.aggregate(|m| m.id().sum()))
        })
        .all(db)
        .await?;
    assert_eq!(rows, [(1, 2, Some(3)), (2, 1, Some(3))]);
    let some = Club::objects()
        .order_by(|c| c.id())
        .select(|c| c.members().query(|q| q.filter(|m| m.id().lt(2))).count())
        .all(db)
        .await?;
    assert_eq!(some, [1, 0]);
    let clubs = Member::filter(|m| m.clubs().aggregate(|c| c.id().max()).eq(2));
    assert_eq!(clubs.count(db).await?, 1);
    Ok(())
}

/// What is summed lies beyond another relation, and the owner behind one.
async fn sums_beyond(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Author::objects()
        .select(|a| {
            (
                a.name(),
                a.articles().aggregate(|x| x.editor().name().max()),
            )
        })
        .all(db)
        .await?;
    let name = |n: &str| Some(n.to_owned());
    assert_eq!(rows[0], ("Ann".to_owned(), name("Cid")));
    assert_eq!(rows[2], ("Cid".to_owned(), name("Ann")));
    let by_author = Article::objects()
        .order_by(|a| a.id())
        .select(|a| a.author().articles().aggregate(|x| x.views().sum()))
        .all(db)
        .await?;
    assert_eq!(by_author, [Some(30), Some(55), Some(30), Some(0), Some(55)]);
    Ok(())
}

async fn sums_changed(db: &Db) -> Result<()> {
    fill(db).await?;
    let changed = Article::objects()
        .filter(|a| a.tags().aggregate(|t| t.id().sum()).gte(3))
        .update(|a| a.views().set(a.views() + 100))
        .exec(db)
        .await?;
    assert_eq!(changed, 2);
    let gone = Tag::filter(|t| t.id().gt(3)).delete(db).await?;
    assert_eq!(gone.total, 1);
    Ok(())
}

async fn chosen_objects(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Author::objects()
        .select(|a| {
            let public = a.articles().query(|q| q.filter(|x| x.public()));
            (a.name(), public.count())
        })
        .all(db)
        .await?;
    let counts: Vec<_> = rows.iter().map(|(n, c)| (n.as_str(), *c)).collect();
    assert_eq!(counts, [("Ann", 2), ("Bob", 1), ("Cid", 0)]);
    let names = async |q: QuerySet<Author>| q.select(|a| a.name()).all(db).await;
    let some = Author::filter(|a| a.articles().query(|q| q.filter(|x| x.public())).exists());
    assert_eq!(names(some).await?, ["Ann", "Bob"]);
    let any = Author::filter(|a| {
        let public = a.articles().query(|q| q.filter(|x| x.public()));
        public.any(|x| x.views().gte(20))
    });
    assert_eq!(names(any).await?, ["Ann", "Bob"]);
    let all = Author::filter(|a| {
        let public = a.articles().query(|q| q.filter(|x| x.public()));
        public.all(|x| x.views().gte(20))
    });
    assert_eq!(names(all).await?, ["Bob", "Cid"]);
    let none = Author::filter(|a| {
        let public = a.articles().query(|q| q.exclude(|x| x.public()));
        public.none(|x| x.views().gt(0))
    });
    assert_eq!(names(none).await?, ["Ann", "Cid"]);
    Ok(())
}

async fn chosen_objects_of_sets(db: &Db) -> Result<()> {
    fill(db).await?;
    let found = Article::objects()
        .order_by(|a| a.id())
        .filter(|a| {
            a.tags()
                .query(|q| q.filter(|t| t.name().ne("rust")))
                .count()
                .gte(2)
        })
        .select(|a| a.title())
        .all(db)
        .await?;
    assert_eq!(found, ["delta%"]);
    let any = Article::filter(|a| {
        a.tags()
            .query(|q| q.filter(|t| t.id().gt(1)))
            .any(|t| t.name().eq("db"))
    });
    assert_eq!(any.count(db).await?, 2);
    Ok(())
}

async fn chosen_misused(db: &Db) -> Result<()> {
    fill(db).await?;
    let first = Author::objects().annotate(|a| a.articles().query(|q| q.limit(1)).count());
    let error = first.all(db).await.expect_err("refused").to_string();
    assert!(
        error.contains("a limit on the objects of each row"),
        "{error}"
    );
    Ok(())
}
