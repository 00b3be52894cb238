//! Full-text search where the database has it; elsewhere refused before anything is sent.

use orm::prelude::*;
use orm::query::{Optimize, match_against};
use suite::models::notes::Note;

cases! { words_are_found, the_best_comes_first, conditions_combine, signs_mean_nothing, no_words_find_nothing }

async fn filled(db: &Db) -> Result<bool> {
    let features = db.dialect().features();
    orm::create_tables(db, &[Note::META]).await?;
    if !features.fulltext_index {
        // The table is there without the index, for everything but that search.
        let new = new!(Note {
            id: 1,
            title: "Green tea",
            body: "Brewed"
        });
        Note::create(db, new).await?;
        let plain = Note::filter(|n| n.title().icontains("TEA"));
        assert_eq!(plain.count(db).await?, 1);
        let sent = db.statements();
        let query = Note::filter(|n| match_against((n.title(), n.body()), "tea"));
        let error = query.count(db).await.expect_err("there is no such search");
        assert!(matches!(error, Error::Render(_)), "{error}");
        assert!(
            error.to_string().contains("search by `contains`"),
            "{error}"
        );
        assert_eq!(db.statements(), sent, "something was sent");
        return Ok(false);
    }
    let rows = [
        (1, "Green tea", "How to brew it, and with which water"),
        (2, "Black coffee", "Boiling water and patience"),
        (
            3,
            "Kettles",
            "A kettle for tea, a kettle for green vegetables",
        ),
        (4, "Tea, tea, tea", "Tea that is green, tea that is black"),
        (5, "Nothing", "A page left empty"),
    ];
    let rows = rows.map(|(id, title, body)| new!(Note { id, title, body }));
    assert_eq!(Note::bulk_create(db, rows).await?, 5);
    if features.optimize_table {
        Note::optimize_table(db, Optimize::Flush).await?;
    }
    Ok(true)
}

async fn words_are_found(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let found = |words: &'static str| {
        Note::filter(move |n| match_against((n.title(), n.body()), words)).select(|n| n.id())
    };
    assert_eq!(found("coffee").all(db).await?, [2]);
    assert_eq!(found("KETTLE").all(db).await?, [3]);
    // Any of them.
    assert_eq!(found("coffee vegetables").all(db).await?, [2, 3]);
    assert_eq!(found("absent").all(db).await?, [0_i64; 0]);
    Ok(())
}

async fn the_best_comes_first(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let rows = Note::objects()
        .filter(|n| match_against((n.title(), n.body()), "coffee patience vegetables"))
        .order_by(|n| {
            match_against((n.title(), n.body()), "coffee patience vegetables")
                .score()
                .desc()
        })
        .select(|n| {
            let search = match_against((n.title(), n.body()), "coffee patience vegetables");
            (n.id(), search.score())
        })
        .all(db)
        .await?;
    assert_eq!(rows.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2, 3]);
    assert!(rows[0].1 >= rows[1].1 && rows[1].1 > 0.0, "{rows:?}");
    // What does not match has the score 0, and comes in the order of its key.
    let all = Note::objects()
        .order_by(|n| {
            match_against((n.title(), n.body()), "coffee")
                .score()
                .desc()
        })
        .select(|n| n.id())
        .all(db)
        .await?;
    assert_eq!(all, [2, 1, 3, 4, 5]);
    Ok(())
}

async fn conditions_combine(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    Note::filter(|n| n.id().eq(2))
        .update(|n| n.stars().set(3))
        .exec(db)
        .await?;
    let search = |n: &<Note as Model>::Fields<Note, orm::model::Here>| {
        match_against((n.title(), n.body()), "coffee vegetables")
    };
    let ids = |q: QuerySet<Note>| async move { q.select(|n| n.id()).all(db).await };
    assert_eq!(
        ids(Note::filter(|n| search(n) & n.stars().gt(0))).await?,
        [2]
    );
    assert_eq!(
        ids(Note::filter(|n| n.id().eq(5) | search(n))).await?,
        [2, 3, 5]
    );
    assert_eq!(ids(Note::filter(|n| !search(n))).await?, [1, 4, 5]);
    assert_eq!(ids(Note::objects().exclude(search)).await?, [1, 4, 5]);
    let gone = Note::filter(|n| search(n)).delete(db).await?;
    assert_eq!(gone.by_model["Note"], 2);
    Ok(())
}

async fn signs_mean_nothing(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    for words in [
        "+coffee -water",
        "\"coffee",
        "coffee*",
        "title:(coffee",
        "coffee' OR '1",
        "NOT coffee~2",
    ] {
        let found = Note::filter(|n| match_against((n.title(), n.body()), words));
        let ids = found.select(|n| n.id()).all(db).await?;
        assert!(ids.contains(&2), "{words}: {ids:?}");
    }
    Ok(())
}

async fn no_words_find_nothing(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    for words in ["", " ", "+-*\"'"] {
        let none = Note::filter(|n| match_against((n.title(), n.body()), words));
        assert_eq!(none.count(db).await?, 0);
        let all = Note::objects().order_by(|n| match_against((n.title(), n.body()), words).score());
        assert_eq!(all.select(|n| n.id()).all(db).await?, [1, 2, 3, 4, 5]);
    }
    Ok(())
}
