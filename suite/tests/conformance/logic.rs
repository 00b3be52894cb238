//! `&`, `|`, `!` and NULL: a row either meets a condition or is met by its negation.

use orm::prelude::*;
use suite::models::blog::{Article, Author, Tag, fill, titles};

cases! {
    precedence, raw_parts_stay_apart, joins_under_or, lists_and_null, negated_junctions, sets_that_are_empty,
    sets_over_a_nullable_path, nested_sets, several_conditions_on_one_set,
    counts_of_several_sets, each_condition_and_its_complement,
}

async fn precedence(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| a.views().eq(0) | a.views().eq(35) & a.public() | a.views().eq(10));
    assert_eq!(titles(db, q).await?, ["Épsilon", "Alpha", "delta%"]);
    let q = Article::filter(|a| !(a.views().eq(0) | a.public()) & !a.title().eq("x"));
    assert_eq!(titles(db, q).await?, ["beta"]);
    let q = Article::filter(|a| !!(a.views().eq(0) & !a.public()));
    assert_eq!(titles(db, q).await?, ["delta%"]);
    let q = Article::filter(|a| (a.views() * 2 + 1 - (a.views() - 3)).eq(24));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1"]);
    let q = Article::filter(|a| (a.views() - (a.views() - 3) * 2).eq(a.views() * -1 + 6));
    assert_eq!(q.count(db).await?, 5);
    Ok(())
}

async fn raw_parts_stay_apart(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| a.views().eq(20)).filter_raw("views = {} OR 1 = 1", (1,));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1"]);
    Ok(())
}

async fn joins_under_or(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| a.editor().name().eq("Bob") | a.author().name().eq("Cid"));
    assert_eq!(titles(db, q).await?, ["Épsilon", "Alpha", "delta%"]);
    Ok(())
}

async fn lists_and_null(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| a.author_id().is_in([a.editor_id()]));
    assert_eq!(titles(db, q).await?, ["Épsilon"]);
    let q = Article::filter(|a| a.author_id().not_in([a.editor_id()]));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1", "Alpha", "delta%"]);
    let q = Article::filter(|a| a.editor_id().not_in([2]));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1", "delta%"]);
    let none: [i64; 0] = [];
    assert_eq!(
        Article::filter(|a| a.editor_id().is_in(none))
            .count(db)
            .await?,
        0
    );
    assert_eq!(
        Article::filter(|a| a.editor_id().not_in(none))
            .count(db)
            .await?,
        5
    );
    Ok(())
}

async fn negated_junctions(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| !(a.editor_id().is_in([2]) | a.rating().gt(3.5)));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1", "delta%"]);
    let q = Article::filter(|a| !(a.editor_id().is_in([2]) & a.rating().gt(3.5)));
    assert_eq!(
        titles(db, q).await?,
        ["Épsilon", "beta", "Gamma_1", "delta%"]
    );
    Ok(())
}

async fn sets_that_are_empty(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| a.tags().all(|t| t.name().eq("rust")));
    assert_eq!(titles(db, q).await?, ["Épsilon", "beta", "Gamma_1"]);
    let q = Article::filter(|a| !a.tags().all(|t| t.name().eq("rust")));
    assert_eq!(titles(db, q).await?, ["Alpha", "delta%"]);
    let q = Article::filter(|a| a.tags().none(|t| t.name().eq("rust")));
    assert_eq!(titles(db, q).await?, ["Épsilon", "Gamma_1"]);
    let q = Article::filter(|a| !a.tags().exists());
    assert_eq!(titles(db, q).await?, ["Épsilon", "Gamma_1"]);
    // Where the condition is NULL, not all meet it.
    let names = async |q: QuerySet<Author>| q.select(|a| a.name()).all(db).await;
    let q = Author::filter(|a| a.articles().all(|x| x.rating().gt(2.5)));
    assert_eq!(names(q).await?, [""; 0]);
    let q = Author::filter(|a| a.edited().all(|x| x.rating().gt(2.5)));
    assert_eq!(names(q).await?, ["Bob"]);
    let q = Author::filter(|a| a.edited().none(|x| x.rating().gt(2.5)));
    assert_eq!(names(q).await?, ["Ann", "Cid"]);
    Ok(())
}

async fn sets_over_a_nullable_path(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| a.editor().articles().any(|x| x.views().eq(35)));
    assert_eq!(titles(db, q).await?, ["Épsilon", "Alpha"]);
    let q = Article::objects().exclude(|a| a.editor().articles().any(|x| x.views().eq(35)));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1", "delta%"]);
    let q = Article::filter(|a| a.editor().articles().none(|x| x.views().eq(35)));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1", "delta%"]);
    let q = Article::filter(|a| a.editor().articles().count().eq(0));
    assert_eq!(titles(db, q).await?, ["beta"]);
    Ok(())
}

async fn nested_sets(db: &Db) -> Result<()> {
    fill(db).await?;
    let names = async |q: QuerySet<Author>| q.select(|a| a.name()).all(db).await;
    let q = Author::filter(|a| {
        a.articles().any(|x| {
            x.tags().any(|t| t.name().eq("web")) & x.author().articles().none(|y| y.views().gt(0))
        })
    });
    assert_eq!(names(q).await?, ["Cid"]);
    let q = Author::filter(|a| {
        a.articles()
            .any(|x| x.tags().all(|t| t.name().eq("rust")) & x.editor().is_null())
    });
    assert_eq!(names(q).await?, ["Bob"]);
    Ok(())
}

async fn several_conditions_on_one_set(db: &Db) -> Result<()> {
    fill(db).await?;
    // One article may meet the first, another the second.
    let q = Author::filter(|a| {
        a.articles()
            .any(|x| x.editor().country().name().eq("France"))
            & a.articles().any(|x| x.views().eq(20))
    });
    assert_eq!(q.select(|a| a.name()).all(db).await?, ["Ann", "Bob"]);
    Ok(())
}

async fn counts_of_several_sets(db: &Db) -> Result<()> {
    fill(db).await?;
    let counts = Article::objects()
        .select(|a| (a.tags().count(), a.author().articles().count()))
        .all(db)
        .await?;
    assert_eq!(counts, [(0, 2), (1, 2), (0, 2), (2, 2), (3, 1)]);
    Ok(())
}

/// `filter` and `exclude` of each condition share the rows among them, none lost, none in both.
async fn each_condition_and_its_complement(db: &Db) -> Result<()> {
    fill(db).await?;
    let none: [i64; 0] = [];
    macro_rules! check {
        ($($condition:expr),* $(,)?) => {$(
            let inside = Article::objects().filter($condition).select(|a| a.id()).all(db).await?;
            let outside = Article::objects().exclude($condition).select(|a| a.id()).all(db).await?;
            let mut all = [inside, outside].concat();
            all.sort_unstable();
            assert_eq!(all, [1, 2, 3, 4, 5], "{}", stringify!($condition));
        )*};
    }
    check!(
        |a| a.rating().gt(2.5),
        |a| a.rating().ne(2.0),
        |a| a.rating().is_null(),
        |a| a.rating().between(2.0, 3.0),
        |a| a.rating().is_in([2.0, 4.5]),
        |a| a.rating().not_in([2.0]),
        |a| a.editor().name().eq("Bob"),
        |a| a.editor().name().icontains("b"),
        |a| a.editor().name().startswith("B"),
        |a| a.editor().name().regex("^B"),
        |a| a.editor().country().is_null(),
        |a| a.editor().country().name().lt("B"),
        |a| a.editor().is_in([1, 2]),
        |a| a.editor().eq(a.author_id()),
        |a| a.editor_id().is_in(none),
        |a| a.at().year().eq(2024),
        |a| (a.rating() + a.rating()).gt(5.0),
        |a| a.tags().any(|t| t.name().eq("rust")),
        |a| a.tags().all(|t| t.name().eq("rust")),
        |a| a.editor().edited().any(|x| x.rating().gt(2.5)),
        |a| a.editor().edited().count().gt(1),
        |a| a.public() | a.rating().gt(1.0),
        |a| a.public() & a.rating().gt(1.0),
        |a| !(a.rating().gt(1.0) & a.editor().name().ne("Bob")),
    );
    assert_eq!(Tag::objects().count(db).await?, 4);
    Ok(())
}
