//! Deletes and `on_delete`.

use orm::prelude::*;
use suite::models::blog::Category;
use suite::models::blog::{self, Article, Author};
use suite::models::owners::{Chip, Debt, Loan, Note, Owner, Pet, Plot, Toy, fill};
use suite::models::tangle::{self, Apple, Branch, Left, Right, Root};

cases! {
    cascades, protects, restricts, restricted_rows_that_go_too, sets_null, sets_default,
    does_nothing if foreign_keys, one_object, many_to_many_pairs, by_relation, with_a_limit, plain_rows, nothing,
    many_rows, unsaved, found_before_what_it_refers_to, models_that_refer_to_each_other, trees,
    errors_leave_no_locks if foreign_keys,
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
        matches!(&error, Error::Protected { model: "Owner", by: "Loan", field: "owner", rule: "protect", count: 1, example } if example == "5"),
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
