//! Full-text search by fields, SingleStore's second version; elsewhere refused before anything is sent.

use orm::prelude::*;
use orm::query::{Optimize, TextQuery, match_fields};
use suite::models::notes::Page;

cases! { fields_and_words, phrases_and_near_words, beginnings_and_wrong_letters, both_any_and_without, the_score_orders }

type Search = TextQuery<Page>;
type Fields = <Page as Model>::Fields<Page, orm::model::Here>;

async fn filled(db: &Db) -> Result<bool> {
    let features = db.dialect().features();
    orm::create_tables(db, &[Page::META]).await?;
    let rows = [
        (1, "Green tea", Some("How to brew it, and with which water")),
        (
            2,
            "Black coffee",
            Some("Boiling water, no green tea at all"),
        ),
        (3, "Kettles", Some("A kettle for tea, a kettle for greens")),
        (4, "Tea, tea, tea", None),
    ];
    let rows = rows.map(|(id, title, body)| {
        new!(Page {
            id,
            title,
            body: body.map(str::to_owned)
        })
    });
    assert_eq!(Page::bulk_create(db, rows).await?, 4);
    if features.optimize_table {
        Page::optimize_table(db, Optimize::Flush).await?;
    }
    if !features.fulltext_fields {
        let sent = db.statements();
        let query = Page::filter(|p| match_fields(Search::any_word(p.title(), "tea")));
        let error = query.count(db).await.expect_err("there is no such search");
        assert!(matches!(error, Error::Render(_)), "{error}");
        assert!(error.to_string().contains("full-text search"), "{error}");
        assert_eq!(db.statements(), sent, "something was sent");
    }
    Ok(features.fulltext_fields)
}

async fn found(db: &Db, search: impl Fn(&Fields) -> Search) -> Result<Vec<i64>> {
    let query = Page::objects().filter(|p| match_fields(search(p)));
    query.select(|p| p.id()).all(db).await
}

async fn fields_and_words(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    assert_eq!(
        found(db, |p| Search::any_word(p.title(), "TEA kettles")).await?,
        [1, 3, 4]
    );
    assert_eq!(
        found(db, |p| Search::any_word(p.body(), "tea")).await?,
        [2, 3]
    );
    assert_eq!(
        found(db, |p| Search::all_words(p.body(), "tea water")).await?,
        [2]
    );
    for none in ["", "absent", "+ - \" ' ) *"] {
        assert_eq!(
            found(db, |p| Search::any_word(p.title(), none)).await?,
            [0_i64; 0]
        );
    }
    // No sign is an operator.
    for signs in ["tea'); DROP", "tea\" OR", "(tea", "title:tea", "tea~2 AND"] {
        assert!(
            found(db, |p| Search::any_word(p.title(), signs))
                .await?
                .contains(&1),
            "{signs}"
        );
    }
    Ok(())
}

async fn phrases_and_near_words(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    assert_eq!(
        found(db, |p| Search::phrase(p.body(), "green tea")).await?,
        [2]
    );
    assert_eq!(
        found(db, |p| Search::phrase(p.title(), "tea green")).await?,
        [0_i64; 0]
    );
    assert_eq!(
        found(db, |p| Search::near(p.body(), "boiling tea", 4)).await?,
        [2]
    );
    assert_eq!(
        found(db, |p| Search::near(p.body(), "boiling tea", 1)).await?,
        [0_i64; 0]
    );
    Ok(())
}

async fn beginnings_and_wrong_letters(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    assert_eq!(
        found(db, |p| Search::prefix(p.body(), "kettle gre")).await?,
        [3]
    );
    assert_eq!(found(db, |p| Search::prefix(p.title(), "t")).await?, [1, 4]);
    assert_eq!(
        found(db, |p| Search::fuzzy(p.title(), "cofee", 1)).await?,
        [2]
    );
    assert_eq!(
        found(db, |p| Search::fuzzy(p.title(), "kotles", 1)).await?,
        [0_i64; 0]
    );
    assert_eq!(
        found(db, |p| Search::fuzzy(p.title(), "kotles", 2)).await?,
        [3]
    );
    Ok(())
}

async fn both_any_and_without(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let tea = |p: &Fields| Search::any_word(p.title(), "tea") | Search::any_word(p.body(), "tea");
    assert_eq!(found(db, tea).await?, [1, 2, 3, 4]);
    assert_eq!(
        found(db, |p| tea(p) & Search::any_word(p.body(), "water")).await?,
        [1, 2]
    );
    assert_eq!(
        found(db, |p| tea(p).without(Search::any_word(p.body(), "water"))).await?,
        [3, 4]
    );
    let not = Page::objects().exclude(|p| match_fields(Search::any_word(p.title(), "tea")));
    assert_eq!(not.select(|p| p.id()).all(db).await?, [2, 3]);
    let with = Page::filter(|p| p.id().gt(1) & match_fields(tea(p)));
    assert_eq!(with.count(db).await?, 3);
    Ok(())
}

async fn the_score_orders(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let search = |p: &Fields| {
        Search::any_word(p.body(), "green tea") | Search::any_word(p.title(), "coffee")
    };
    let rows = Page::objects()
        .filter(|p| match_fields(search(p)))
        .order_by(|p| match_fields(search(p)).score().desc())
        .select(|p| (p.id(), match_fields(search(p)).score()))
        .all(db)
        .await?;
    assert_eq!(rows.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2, 3]);
    assert!(rows[0].1 > rows[1].1 && rows[1].1 > 0.0, "{rows:?}");
    // What does not match has the score 0, and comes in the order of its key.
    let all = Page::objects().order_by(|p| match_fields(search(p)).score().desc());
    assert_eq!(all.select(|p| p.id()).all(db).await?, [2, 3, 1, 4]);
    Ok(())
}
