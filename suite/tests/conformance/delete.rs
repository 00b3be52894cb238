//! Deletes and `on_delete`.

use orm::prelude::*;
use suite::models::blog::Category;
use suite::models::blog::{self, Article, Author};
use suite::models::loops::{self, Link};
use suite::models::owners::{Chip, Debt, Loan, Note, Owner, Pet, Plot, Toy, fill};
use suite::models::press::{self, Remark, Story, Writer};
use suite::models::tangle::{self, Apple, Branch, Left, Right, Root};

cases! {
    cascades, protects, restricts, restricted_rows_that_go_too, sets_null, sets_default,
    does_nothing if foreign_keys, one_object, many_to_many_pairs, by_relation, with_a_limit, plain_rows, nothing,
    many_rows, unsaved, found_before_what_it_refers_to, models_that_refer_to_each_other, trees,
    errors_leave_no_locks if foreign_keys, many_parts, parts_of_odd_queries, names_the_objects_in_the_way,
    defaults_that_go_too, restricted_in_a_later_part, sets_null_in_its_own_table,
}

async fn cascades(db: &Db) -> Result<()> {
    fill(db).await?;
    for owner in [1, 1, 2] {
        let pet = Pet::create(db, new!(Pet { owner })).await?;
        Toy::create(db, new!(Toy { pet: &pet })).await?;
    }
    let deleted = Owner::filter(|o| o.id().eq(1)).delete(db).await?;
    assert_eq!(deleted.total, 5);
    let by: Vec<(&str, u64)> = deleted.by_model.into_iter().collect();
    assert_eq!(by, [("Owner", 1), ("Pet", 2), ("Toy", 2)]);
    assert_eq!(Owner::objects().select(|o| o.id()).all(db).await?, [2, 3]);
    assert_eq!(Pet::objects().count(db).await?, 1);
    assert_eq!(Toy::objects().count(db).await?, 1);
    Ok(())
}

async fn protects(db: &Db) -> Result<()> {
    fill(db).await?;
    Pet::create(db, new!(Pet { owner: 2 })).await?;
    Loan::create(db, new!(Loan { id: 5, owner: 2 })).await?;
    let error = Owner::filter(|o| o.id().gte(2))
        .delete(db)
        .await
        .expect_err("protected");
    assert!(
        matches!(&error, Error::Protected { model: "Owner", by: "Loan", field: "owner", rule: "protect", count: 1, objects } if objects == &["5"]),
        "{error}"
    );
    assert_eq!(Owner::objects().count(db).await?, 3);
    assert_eq!(Pet::objects().count(db).await?, 1);
    Loan::objects().delete(db).await?;
    assert_eq!(Owner::filter(|o| o.id().gte(2)).delete(db).await?.total, 3);
    Ok(())
}

async fn restricts(db: &Db) -> Result<()> {
    fill(db).await?;
    Chip::create(db, new!(Chip { owner: 2 })).await?;
    let error = Owner::filter(|o| o.id().eq(2))
        .delete(db)
        .await
        .expect_err("restricted");
    assert!(
        matches!(
            &error,
            Error::Protected {
                by: "Chip",
                rule: "restrict",
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(Owner::objects().count(db).await?, 3);
    Ok(())
}

async fn restricted_rows_that_go_too(db: &Db) -> Result<()> {
    fill(db).await?;
    let pet = Pet::create(db, new!(Pet { owner: 2 })).await?;
    Chip::create(
        db,
        new!(Chip {
            owner: 2,
            pet: Some(&pet)
        }),
    )
    .await?;
    assert_eq!(Owner::filter(|o| o.id().eq(2)).delete(db).await?.total, 3);
    assert_eq!(Chip::objects().count(db).await?, 0);
    Ok(())
}

async fn sets_null(db: &Db) -> Result<()> {
    fill(db).await?;
    for owner in [Some(2), Some(3), None] {
        Note::create(db, new!(Note { owner })).await?;
    }
    assert_eq!(Owner::filter(|o| o.id().eq(2)).delete(db).await?.total, 1);
    let owners = Note::objects()
        .order_by(|n| n.owner_id())
        .select(|n| n.owner_id())
        .all(db)
        .await?;
    assert_eq!(owners, [None, None, Some(3)]);
    Ok(())
}

async fn sets_default(db: &Db) -> Result<()> {
    fill(db).await?;
    Plot::create(db, new!(Plot { owner: 3 })).await?;
    Owner::filter(|o| o.id().eq(3)).delete(db).await?;
    assert_eq!(Plot::objects().select(|p| p.owner_id()).all(db).await?, [1]);
    Ok(())
}

async fn does_nothing(db: &Db) -> Result<()> {
    fill(db).await?;
    Debt::create(db, new!(Debt { owner: 3 })).await?;
    // The database's own constraint stands in the way, where it has one.
    let error = Owner::filter(|o| o.id().eq(3))
        .delete(db)
        .await
        .expect_err("still referred to");
    assert!(
        error.as_db().is_some_and(DbError::is_foreign_key_violation),
        "{error}"
    );
    assert_eq!(Owner::objects().count(db).await?, 3);
    Ok(())
}

async fn one_object(db: &Db) -> Result<()> {
    fill(db).await?;
    let owner = Owner::get(db, 2).await?;
    assert_eq!(owner.delete(db).await?.total, 1);
    assert_eq!(owner.delete(db).await?.total, 0);
    assert_eq!(Owner::objects().count(db).await?, 2);
    Ok(())
}

async fn many_to_many_pairs(db: &Db) -> Result<()> {
    blog::fill(db).await?;
    let deleted = blog::Tag::filter(|t| t.name().eq("rust"))
        .delete(db)
        .await?;
    assert_eq!(deleted.total, 4);
    assert_eq!(deleted.by_model.get("blog_article_tags"), Some(&3));
    assert_eq!(Article::filter(|a| a.tags().exists()).count(db).await?, 2);
    let deleted = Article::filter(|a| a.id().eq(4)).delete(db).await?;
    assert_eq!(deleted.total, 3);
    assert_eq!(blog::Tag::objects().count(db).await?, 3);
    Ok(())
}

async fn by_relation(db: &Db) -> Result<()> {
    blog::fill(db).await?;
    let gone =
        Article::filter(|a| a.author().name().eq("Ann") & a.tags().none(|t| t.name().eq("rust")));
    assert_eq!(gone.delete(db).await?.total, 1);
    assert_eq!(
        Article::objects().select(|a| a.id()).all(db).await?,
        [5, 2, 1, 4]
    );
    let deleted = Author::filter(|a| a.country().name().eq("France"))
        .delete(db)
        .await?;
    // Bob, his two articles, the pair of one of them; what he edited stays.
    assert_eq!(deleted.total, 4);
    assert_eq!(
        Article::objects()
            .select(|a| (a.id(), a.editor_id()))
            .all(db)
            .await?,
        [(1, None), (4, Some(1))]
    );
    Ok(())
}

async fn with_a_limit(db: &Db) -> Result<()> {
    blog::fill(db).await?;
    assert_eq!(
        Article::objects()
            .limit(2)
            .delete(db)
            .await?
            .by_model
            .get("Article"),
        Some(&2)
    );
    assert_eq!(
        Article::objects().select(|a| a.id()).all(db).await?,
        [3, 1, 4]
    );
    assert_eq!(
        Article::objects()
            .offset(2)
            .delete(db)
            .await?
            .by_model
            .get("Article"),
        Some(&1)
    );
    assert_eq!(Article::objects().select(|a| a.id()).all(db).await?, [3, 1]);
    Ok(())
}

async fn plain_rows(db: &Db) -> Result<()> {
    fill(db).await?;
    Note::bulk_create(db, (1..=9).map(|_| new!(Note { owner: Some(1) }))).await?;
    let before = db.statements();
    assert_eq!(
        Note::objects()
            .order_by(|n| n.id().desc())
            .limit(4)
            .delete(db)
            .await?
            .total,
        4
    );
    assert_eq!(
        Note::filter(|n| n.owner().name().eq("Ann"))
            .delete(db)
            .await?
            .total,
        5
    );
    assert_eq!(db.statements() - before, 2);
    Ok(())
}

async fn nothing(db: &Db) -> Result<()> {
    fill(db).await?;
    let deleted = Owner::filter(|o| o.id().eq(99)).delete(db).await?;
    assert_eq!((deleted.total, deleted.by_model.len()), (0, 0));
    Ok(())
}

async fn many_rows(db: &Db) -> Result<()> {
    fill(db).await?;
    Owner::bulk_create(db, (100..1400).map(|i| new!(Owner { id: i, name: "x" }))).await?;
    Pet::bulk_create(db, (100..1400).map(|i| new!(Pet { owner: i }))).await?;
    let deleted = Owner::filter(|o| o.id().gte(100)).delete(db).await?;
    assert_eq!(deleted.total, 2600);
    assert_eq!(Owner::objects().count(db).await?, 3);
    Ok(())
}

async fn unsaved(db: &Db) -> Result<()> {
    fill(db).await?;
    let owner = Owner {
        id: Auto::unset(),
        name: "x".into(),
    };
    assert!(matches!(owner.delete(db).await, Err(Error::Usage(_))));
    assert_eq!(Owner::objects().count(db).await?, 3);
    Ok(())
}

async fn found_before_what_it_refers_to(db: &Db) -> Result<()> {
    tangle::tables(db).await?;
    let root = Root::create(db, new!(Root { id: 1 })).await?;
    let branch = Branch::create(db, new!(Branch { root: &root })).await?;
    let new = new!(Apple {
        root: &root,
        branch: &branch
    });
    Apple::create(db, new).await?;
    let deleted = root.delete(db).await?;
    let by: Vec<(&str, u64)> = deleted.by_model.into_iter().collect();
    assert_eq!(by, [("Apple", 1), ("Branch", 1), ("Root", 1)]);
    Ok(())
}

async fn models_that_refer_to_each_other(db: &Db) -> Result<()> {
    tangle::tables(db).await?;
    let left = Left::create(db, new!(Left { id: 1 })).await?;
    let right = Right::create(db, new!(Right { left: &left })).await?;
    left.update(db, |l| l.right().set(Some(&right))).await?;
    assert_eq!(right.delete(db).await?.total, 2);
    assert_eq!(Left::objects().count(db).await?, 0);
    Ok(())
}

async fn trees(db: &Db) -> Result<()> {
    blog::fill(db).await?;
    for all in [false, true] {
        let mut above: Option<Category> = None;
        for name in ["a", "b", "c"] {
            let new = new!(Category {
                name: name,
                parent: above.as_ref()
            });
            above = Some(Category::create(db, new).await?);
        }
        let query = if all {
            Category::objects()
        } else {
            Category::filter(|c| c.parent().is_null())
        };
        assert_eq!(query.delete(db).await?.total, 3);
    }
    Ok(())
}

/// The caller that sees the error finds no lock of the failed delete in its way.
async fn errors_leave_no_locks(db: &Db) -> Result<()> {
    fill(db).await?;
    Debt::create(db, new!(Debt { owner: 3 })).await?;
    Note::create(db, new!(Note { owner: Some(3) })).await?;
    for _ in 0..10 {
        assert!(Owner::filter(|o| o.id().eq(3)).delete(db).await.is_err());
        let other = db.begin().await?;
        let all = Owner::objects().update(|o| o.name().set("x"));
        assert_eq!(all.exec(&other).await?, 3);
        other.rollback().await?;
    }
    assert_eq!(Note::filter(|n| n.owner().eq(3)).count(db).await?, 1);
    Ok(())
}

async fn many_parts(db: &Db) -> Result<()> {
    press::tables(db).await?;
    press::fill(db, 5000).await?;
    Story::filter(|s| s.id().gt(9990))
        .update(|s| s.editor().set(Some(1)))
        .exec(db)
        .await?;
    let deleted = Writer::filter(|w| w.name().eq("Ann")).delete(db).await?;
    let by: Vec<(&str, u64)> = deleted.by_model.into_iter().collect();
    assert_eq!(
        by,
        [
            ("Remark", 5000),
            ("Story", 5000),
            ("Writer", 1),
            ("press_story_topics", 10_000)
        ]
    );
    assert_eq!(deleted.total, 20_001);
    assert_eq!(
        Story::filter(|s| s.editor().is_null()).count(db).await?,
        5000
    );
    assert_eq!(
        Story::filter(|s| s.topics().exists()).count(db).await?,
        5000
    );
    assert_eq!(Story::objects().delete(db).await?.by_model["Story"], 5000);
    assert_eq!(Remark::objects().count(db).await?, 0);
    Ok(())
}

/// Whether a row is still among the rows of a query when others were deleted must not matter.
async fn parts_of_odd_queries(db: &Db) -> Result<()> {
    press::tables(db).await?;
    press::fill(db, 3000).await?;
    let by_path =
        Story::filter(|s| s.writer().name().eq("Ann") & s.writer().stories().any(|o| o.id().eq(1)));
    let deleted = by_path.delete(db).await?;
    assert_eq!(deleted.by_model["Story"], 3000, "{deleted:?}");
    let some = Story::objects().order_by(|s| s.id().desc()).limit(2500);
    assert_eq!(some.delete(db).await?.by_model["Remark"], 2500);
    let left = Story::objects().order_by(|s| s.id()).select(|s| s.id());
    assert_eq!(left.all(db).await?, (3001..=3500).collect::<Vec<i64>>());
    Ok(())
}

async fn names_the_objects_in_the_way(db: &Db) -> Result<()> {
    fill(db).await?;
    Loan::bulk_create(
        db,
        (1..=15).map(|i| {
            new!(Loan {
                id: i,
                owner: 2 + i % 2
            })
        }),
    )
    .await?;
    let error = Owner::objects().delete(db).await.expect_err("protected");
    let Error::Protected { count, objects, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*count, 15);
    let first: Vec<String> = (1..=10).map(|i: i64| i.to_string()).collect();
    assert_eq!(*objects, first);
    let text = error.to_string();
    assert!(
        text.contains("15 Loan") && text.ends_with("9; 10; …"),
        "{text}"
    );
    assert_eq!(Owner::objects().count(db).await?, 3);
    Ok(())
}

async fn defaults_that_go_too(db: &Db) -> Result<()> {
    fill(db).await?;
    Plot::create(db, new!(Plot { owner: 3 })).await?;
    let error = Owner::objects()
        .delete(db)
        .await
        .expect_err("no default left");
    assert!(
        matches!(
            &error,
            Error::Protected {
                by: "Plot",
                rule: "set_default",
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(Plot::objects().select(|p| p.owner_id()).all(db).await?, [3]);
    Ok(())
}

/// A row that restricts the first of many objects goes with the last of them.
async fn restricted_in_a_later_part(db: &Db) -> Result<()> {
    fill(db).await?;
    Owner::bulk_create(db, (100..4100).map(|i| new!(Owner { id: i, name: "x" }))).await?;
    let pet = Pet::create(db, new!(Pet { owner: 4099 })).await?;
    let new = new!(Chip {
        owner: 100,
        pet: Some(&pet)
    });
    Chip::create(db, new).await?;
    assert_eq!(
        Owner::filter(|o| o.id().gte(100)).delete(db).await?.total,
        4002
    );
    Ok(())
}

async fn sets_null_in_its_own_table(db: &Db) -> Result<()> {
    loops::tables(db).await?;
    for (id, next) in [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(1))] {
        Link::create(db, new!(Link { id, next })).await?;
    }
    // Rows 2 and 4 are of the query, though nothing shows it once row 1 is gone.
    let all = Link::filter(|l| l.next().is_null() | l.next().eq(1));
    assert_eq!(all.delete(db).await?.total, 3);
    let left = Link::objects().select(|l| (l.id(), l.next_id()));
    assert_eq!(left.all(db).await?, [(3, None)]);
    Ok(())
}
