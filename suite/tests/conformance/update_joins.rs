//! Updates whose new values, filters and limits go over relations; the first rows of each kind.

use orm::prelude::*;
use orm::query::{coalesce, concat};
use suite::models::blog::{Article, Author, Category, Country, fill};
use suite::models::names::Seat;

cases! {
    values_of_related_rows, a_missing_partner_is_null, values_two_relations_away,
    a_parent_of_the_same_model, filters_and_values_both_go_over_relations, limits_choose_the_rows,
    every_value_sees_the_old_row, all_matched_rows_count, deletes_go_over_relations,
    first_of_each_kind, first_of_keys_of_several_columns,
}

async fn column<T: Clone>(db: &Db, get: impl Fn(&Article) -> T) -> Result<Vec<T>> {
    let all = Article::objects().order_by(|a| a.id()).all(db).await?;
    Ok(all.iter().map(get).collect())
}

async fn values_of_related_rows(db: &Db) -> Result<()> {
    fill(db).await?;
    let changed = Article::objects()
        .filter(|a| a.views().gt(0))
        .update(|a| {
            (
                a.body().set(a.author().name()),
                a.views().set(a.views() + a.author().name().length()),
            )
        })
        .exec(db)
        .await?;
    assert_eq!(changed, 4);
    assert_eq!(
        column(db, |a| a.body.clone()).await?,
        ["Ann", "Bob", "Ann", "", "Bob"]
    );
    assert_eq!(column(db, |a| a.views).await?, [13, 23, 23, 0, 38]);
    Ok(())
}

async fn a_missing_partner_is_null(db: &Db) -> Result<()> {
    fill(db).await?;
    let changed = Article::objects()
        .update(|a| {
            let name = coalesce(a.editor().name(), "nobody");
            (
                a.body().set(name),
                a.rating().set(a.editor().id().cast::<f64>()),
            )
        })
        .exec(db)
        .await?;
    assert_eq!(changed, 5, "rows without a partner are changed too");
    assert_eq!(
        column(db, |a| a.body.clone()).await?,
        ["Bob", "nobody", "Cid", "Ann", "Bob"]
    );
    assert_eq!(
        column(db, |a| a.rating).await?,
        [Some(2.0), None, Some(3.0), Some(1.0), Some(2.0)]
    );
    Ok(())
}

async fn values_two_relations_away(db: &Db) -> Result<()> {
    fill(db).await?;
    Article::objects()
        .update(|a| a.body().set(coalesce(a.author().country().name(), "?")))
        .exec(db)
        .await?;
    assert_eq!(
        column(db, |a| a.body.clone()).await?,
        ["Austria", "France", "Austria", "?", "France"]
    );
    Ok(())
}

async fn a_parent_of_the_same_model(db: &Db) -> Result<()> {
    fill(db).await?;
    let root = Category::create(
        db,
        new!(Category {
            id: 1,
            name: "root"
        }),
    )
    .await?;
    let child = new!(Category {
        id: 2,
        name: "child",
        parent: Some(&root)
    });
    let child = Category::create(db, child).await?;
    let leaf = new!(Category {
        id: 3,
        name: "leaf",
        parent: Some(&child)
    });
    Category::create(db, leaf).await?;
    let changed = Category::filter(|c| c.parent().is_not_null())
        .update(|c| {
            c.name()
                .set(concat(c.parent().name(), concat("/", c.name())))
        })
        .exec(db)
        .await?;
    assert_eq!(changed, 2);
    let names = Category::objects().select(|c| c.name()).all(db).await?;
    assert_eq!(
        names,
        ["root", "root/child", "child/leaf"],
        "all from the old names"
    );
    Ok(())
}

async fn filters_and_values_both_go_over_relations(db: &Db) -> Result<()> {
    fill(db).await?;
    let changed = Article::filter(|a| a.author().name().eq("Ann"))
        .update(|a| a.body().set(a.author().name().upper()))
        .exec(db)
        .await?;
    assert_eq!(changed, 2);
    assert_eq!(
        column(db, |a| a.body.clone()).await?,
        ["ANN", "", "ANN", "", ""]
    );
    let changed = Article::filter(|a| a.tags().any(|t| t.name().eq("db")))
        .update(|a| a.body().set(a.author().name()))
        .exec(db)
        .await?;
    assert_eq!(changed, 2);
    assert_eq!(
        column(db, |a| a.body.clone()).await?,
        ["Ann", "", "ANN", "Cid", ""]
    );
    Ok(())
}

async fn limits_choose_the_rows(db: &Db) -> Result<()> {
    fill(db).await?;
    let changed = Article::objects()
        .order_by(|a| a.author().name().desc())
        .limit(2)
        .update(|a| a.body().set(a.author().name()))
        .exec(db)
        .await?;
    assert_eq!(changed, 2);
    assert_eq!(
        column(db, |a| a.body.clone()).await?,
        ["", "Bob", "", "Cid", ""]
    );
    Ok(())
}

async fn every_value_sees_the_old_row(db: &Db) -> Result<()> {
    fill(db).await?;
    Article::filter(|a| a.id().eq(1))
        .update(|a| {
            (
                a.title().set(a.author().name()),
                a.body().set(concat(a.title(), a.author().name())),
            )
        })
        .exec(db)
        .await?;
    let alpha = Article::get(db, 1).await?;
    assert_eq!((&*alpha.title, &*alpha.body), ("Ann", "AlphaAnn"));
    Ok(())
}

async fn all_matched_rows_count(db: &Db) -> Result<()> {
    fill(db).await?;
    for _ in 0..2 {
        let changed = Article::filter(|a| a.public().is_true())
            .update(|a| a.body().set(a.author().name()))
            .exec(db)
            .await?;
        assert_eq!(changed, 3, "also those that had the value already");
    }
    Ok(())
}

async fn deletes_go_over_relations(db: &Db) -> Result<()> {
    fill(db).await?;
    let gone = Article::filter(|a| a.author().country().name().eq("France"))
        .delete(db)
        .await?;
    assert_eq!(gone.by_model["Article"], 2);
    assert_eq!(
        column(db, |a| a.id.get()).await?,
        [Some(1), Some(3), Some(4)]
    );
    let gone = Country::filter(|c| c.name().eq("nowhere"))
        .delete(db)
        .await?;
    assert_eq!(gone.total, 0);
    let gone = Author::objects()
        .order_by(|a| a.country().name().desc())
        .limit(1)
        .delete(db)
        .await?;
    assert!(gone.total >= 1);
    Ok(())
}

async fn first_of_each_kind(db: &Db) -> Result<()> {
    fill(db).await?;
    let firsts = Article::objects()
        .order_by(|a| a.views().desc())
        .distinct_on(|a| a.author_id());
    let titles = async |q: QuerySet<Article>| q.select(|a| a.title()).all(db).await;
    assert_eq!(
        titles(firsts.clone()).await?,
        ["Épsilon", "Gamma_1", "delta%"]
    );
    assert_eq!(firsts.count(db).await?, 3);
    assert_eq!(
        titles(firsts.clone().limit(1).offset(1)).await?,
        ["Gamma_1"]
    );
    let late = firsts.clone().filter(|a| a.views().lt(30));
    assert_eq!(
        titles(late).await?,
        ["Gamma_1", "delta%"],
        "what is filtered afterwards goes"
    );
    let again = firsts.order_by(|a| a.title());
    assert_eq!(titles(again).await?, ["Gamma_1", "delta%", "Épsilon"]);
    // NULLs are one kind; over relations; by an expression.
    let by_editor = Article::objects()
        .order_by(|a| (a.editor().name().asc(), a.id().desc()))
        .distinct_on(|a| a.editor().name());
    assert_eq!(
        titles(by_editor).await?,
        ["beta", "delta%", "Épsilon", "Gamma_1"]
    );
    let by_two = Article::objects()
        .order_by(|a| a.id())
        .distinct_on(|a| (a.public(), a.title().length()));
    assert_eq!(
        titles(by_two).await?,
        ["Alpha", "beta", "Gamma_1", "delta%"]
    );
    let error = Article::objects()
        .limit(2)
        .distinct_on(|a| a.public())
        .all(db)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("limit the firsts"), "{error}");
    let error = Article::objects()
        .unordered()
        .distinct_on(|a| a.public())
        .all(db)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("needs an order"), "{error}");
    Ok(())
}

async fn first_of_keys_of_several_columns(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Seat::META]).await?;
    for (hall, number) in [(2, "b"), (1, "b"), (1, "a"), (2, "a")] {
        Seat::create(db, new!(Seat { hall, number })).await?;
    }
    let firsts = Seat::objects()
        .distinct_on(|s| s.hall())
        .select(|s| (s.hall(), s.number()));
    assert_eq!(
        firsts.all(db).await?,
        [(1, "a".to_owned()), (2, "a".to_owned())]
    );
    Ok(())
}
