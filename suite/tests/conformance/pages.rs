//! Pages by place: joined they are the whole query, whatever ties and is NULL.

use orm::prelude::*;
use orm::query::{Page, count, random, row_number, window};
use suite::models::blog::{Article, Author, fill, tables};
use suite::models::kinds::{Kinds, MaybeKinds};
use suite::models::names::Seat;

cases! {
    pages_joined_are_the_whole, every_type_is_found_again, keys_of_several_columns, over_relations,
    tuples_have_pages, related_objects_come_along, rows_that_come_and_go, an_object_knows_its_place,
    bad_cursors_are_refused, misuse_is_refused, pages_of_one_shape,
}

/// Random numbers from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn maybe<T>(&mut self, some: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(3) > 0).then(|| some(self))
    }
}

fn key(article: &Article) -> i64 {
    article.id.get().expect("a saved row")
}

fn ids(page: &Page<Article>) -> Vec<i64> {
    page.rows.iter().map(key).collect()
}

/// All pages of a size, forwards and backwards, against the whole.
async fn agree(db: &Db, query: &QuerySet<Article>, size: u64, whole: &[i64]) -> Result<()> {
    let (mut cursor, mut seen, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = query.page_after(cursor.as_deref(), size).all(db).await?;
        assert_eq!(page.previous.is_some(), cursor.is_some());
        seen.extend(ids(&page));
        pages += 1;
        assert!(pages <= whole.len() + 1, "it ends");
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        assert_eq!(page.rows.len() as u64, size, "only the last page is short");
    }
    assert_eq!(seen, whole, "{query:?} by {size}");
    let mut seen = Vec::new();
    loop {
        let page = query.page_before(cursor.as_deref(), size).all(db).await?;
        assert_eq!(page.next.is_some(), cursor.is_some());
        seen.splice(0..0, ids(&page));
        cursor = page.previous;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, whole, "{query:?} backwards by {size}");
    Ok(())
}

async fn random_articles(db: &Db, chance: &mut Chance, rows: i64) -> Result<()> {
    let new = (1..=rows).map(|id| {
        let at = chance.maybe(|c| suite::models::blog::january(1 + c.below(3) as u32, 5));
        new!(Article {
            id: id,
            title: ["a", "A", "b", "é", ""][chance.below(5) as usize],
            author: 1 + chance.below(3) as i64,
            editor: chance.maybe(|c| 1 + c.below(3) as i64),
            views: chance.below(4) as i64 - 1,
            rating: chance.maybe(|c| c.below(3) as f64 / 10.0),
            public: chance.below(2) == 0,
            at: at,
        })
    });
    Article::bulk_create(db, new.collect::<Vec<_>>()).await?;
    Ok(())
}

async fn pages_joined_are_the_whole(db: &Db) -> Result<()> {
    tables(db).await?;
    for (id, name, email) in [(1, "Ann", Some("x")), (2, "Bob", None), (3, "Ann", None)] {
        let email = email.map(str::to_owned);
        Author::create(db, new!(Author { id, name, email })).await?;
    }
    let mut chance = Chance(20_241);
    random_articles(db, &mut chance, 37).await?;
    let all = Article::objects;
    let orders = [
        all(),
        all().reverse(),
        all().order_by(|a| a.id().desc()),
        all().order_by(|a| a.rating()),
        all().order_by(|a| a.rating().desc()),
        all().order_by(|a| (a.rating().desc(), a.at().asc())),
        all().order_by(|a| (a.at().asc(), a.rating().desc(), a.title().desc())),
        all().order_by(|a| (a.public(), a.views().desc(), a.editor_id().asc())),
        all().order_by(|a| (a.editor().email().desc(), a.author().name().desc())),
        all().order_by(|a| (a.editor().name().asc(), a.id().desc())),
        all().order_by(|a| (a.title().length(), a.views() * 2)),
        all().order_by(|a| a.title().lower().desc()).reverse(),
        all()
            .filter(|a| a.views().gte(0) | a.rating().is_null())
            .order_by(|a| a.at().desc()),
        all()
            .filter(|a| a.author().name().eq("Ann"))
            .order_by(|a| a.author().email().asc()),
        all().filter(|a| a.id().lt(0)),
        all().none(),
    ];
    for query in &orders {
        let whole: Vec<i64> = query.all(db).await?.iter().map(key).collect();
        let size = 2 + chance.below(11);
        for size in [1, size, 37, 100] {
            agree(db, query, size, &whole).await?;
        }
    }
    Ok(())
}

async fn every_type_is_found_again(db: &Db) -> Result<()> {
    orm::create_tables(db, &[MaybeKinds::META]).await?;
    for id in 1..=2 {
        MaybeKinds::nothing(id).insert(db).await?;
    }
    for id in 3..=5 {
        MaybeKinds::from(Kinds::plain(id)).insert(db).await?;
    }
    macro_rules! each {
        ($($column:ident)*) => {$(
            for query in [
                MaybeKinds::objects().order_by(|k| k.$column().asc()),
                MaybeKinds::objects().order_by(|k| k.$column().desc()),
            ] {
                let whole: Vec<i64> = query.all(db).await?.iter().map(|k| k.id).collect();
                let (mut cursor, mut seen) = (None, Vec::new());
                for _ in 0..5 {
                    let page = query.page_after(cursor.as_deref(), 1).all(db).await?;
                    seen.extend(page.rows.iter().map(|k| k.id));
                    // The object says the same place.
                    let own = query.cursor_of(&page.rows[0])?;
                    let next = query.page_after(Some(&own), 1).all(db).await?;
                    let after = query.page_after(page.next.as_deref(), 1).all(db).await?;
                    if page.next.is_some() {
                        assert_eq!(next.rows, after.rows, stringify!($column));
                    }
                    cursor = page.next;
                }
                assert_eq!(seen, whole, stringify!($column));
            }
        )*};
    }
    each!(tiny small int big utiny usmall uint ubig double flag short text bytes few date time);
    each!(naive at span delta uuid price ip);
    for query in [
        MaybeKinds::objects().order_by(|k| k.single()),
        MaybeKinds::objects().order_by(|k| k.json()),
    ] {
        let error = query.page_after(None, 1).all(db).await.unwrap_err();
        assert!(
            error.to_string().contains("order by another column"),
            "{error}"
        );
    }
    Ok(())
}

async fn keys_of_several_columns(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Seat::META]).await?;
    for (hall, number, guest) in [
        (2, "b", None),
        (1, "b", Some("x")),
        (1, "a", None),
        (2, "a", Some("x")),
    ] {
        let guest = guest.map(str::to_owned);
        Seat::create(
            db,
            new!(Seat {
                hall,
                number,
                guest
            }),
        )
        .await?;
    }
    for query in [
        Seat::objects(),
        Seat::objects().order_by(|s| s.guest().desc()),
    ] {
        let whole = query.all(db).await?;
        let first = query.page_after(None, 3).all(db).await?;
        let rest = query.page_after(first.next.as_deref(), 3).all(db).await?;
        assert_eq!([first.rows, rest.rows].concat(), whole);
        assert_eq!(rest.next, None);
    }
    Ok(())
}

async fn over_relations(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects().order_by(|a| a.editor().name().desc());
    let whole: Vec<i64> = query.all(db).await?.iter().map(key).collect();
    agree(db, &query, 2, &whole).await?;
    let count_of_tags = Article::objects().order_by(|a| a.tags().count().desc());
    let whole: Vec<i64> = count_of_tags.all(db).await?.iter().map(key).collect();
    agree(db, &count_of_tags, 2, &whole).await
}

async fn tuples_have_pages(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects()
        .order_by(|a| a.rating())
        .select(|a| (a.title(), a.author().name()));
    let whole = query.all(db).await?;
    let first = query.page_after(None, 3).all(db).await?;
    assert_eq!(first.rows, whole[..3]);
    let rest = query.page_after(first.next.as_deref(), 3).all(db).await?;
    assert_eq!(rest.rows, whole[3..]);
    let back = query
        .page_before(rest.previous.as_deref(), 2)
        .all(db)
        .await?;
    assert_eq!(back.rows, whole[1..3]);
    // Groups have pages as a table.
    let groups = Article::objects()
        .group_by(|a| a.author_id())
        .aggregate(|_| count())
        .as_table()
        .order_by(|(_, n)| n.desc())
        .select(|(author, n)| (author, n));
    let whole = groups.all(db).await?;
    let first = groups.page_after(None, 2).all(db).await?;
    let rest = groups.page_after(first.next.as_deref(), 2).all(db).await?;
    assert_eq!([first.rows, rest.rows].concat(), whole);
    Ok(())
}

async fn related_objects_come_along(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects()
        .with(|a| (a.author(), a.editor()))
        .prefetch(|a| a.tags());
    let first = query.page_after(None, 2).all(db).await?;
    let second = query.page_after(first.next.as_deref(), 2).all(db).await?;
    for article in first.rows.iter().chain(&second.rows) {
        article.author.get()?;
        article.tags.get()?;
    }
    assert_eq!(second.rows.len(), 2);
    Ok(())
}

async fn rows_that_come_and_go(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects().order_by(|a| (a.views(), a.id()));
    let first = query.page_after(None, 2).all(db).await?;
    assert_eq!(ids(&first), [4, 1]);
    // The last row goes and one in front of it comes: the next page begins where it did.
    Article::filter(|a| a.id().eq(1)).delete(db).await?;
    let early = new!(Article {
        id: 9,
        title: "early",
        author: 1,
        views: -1
    });
    Article::create(db, early).await?;
    let second = query.page_after(first.next.as_deref(), 2).all(db).await?;
    assert_eq!(ids(&second), [2, 3]);
    Ok(())
}

async fn an_object_knows_its_place(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects().order_by(|a| a.at().desc());
    let whole = query.all(db).await?;
    let cursor = query.cursor_of(&whole[1])?;
    let page = query.page_after(Some(&cursor), 2).all(db).await?;
    let next: Vec<i64> = whole[2..4].iter().map(key).collect();
    assert_eq!(ids(&page), next);
    let beyond = Article::objects().order_by(|a| a.author().name());
    let error = beyond.cursor_of(&whole[1]).unwrap_err();
    assert!(
        error.to_string().contains("take the cursors of a page"),
        "{error}"
    );
    Ok(())
}

async fn bad_cursors_are_refused(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects();
    let good = query
        .page_after(None, 1)
        .all(db)
        .await?
        .next
        .expect("more rows");
    let other = query.clone().reverse();
    let recorder = db.record();
    for (query, cursor, cause) in [
        (&query, "", "it is none"),
        (&query, "' OR 1 = 1", "it is none"),
        (&query, &good[..good.len() - 2], "it is damaged"),
        (&other, &good, "another order"),
    ] {
        let error = query.page_after(Some(cursor), 1).all(db).await.unwrap_err();
        assert!(matches!(error, Error::Cursor(_)), "{error:?}");
        assert!(error.to_string().contains(cause), "{error}");
    }
    assert!(recorder.statements().is_empty(), "nothing is sent");
    Ok(())
}

async fn misuse_is_refused(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    for (query, cause) in [
        (all().unordered(), "need an order"),
        (all().limit(3), "its own size"),
        (all().offset(3), "its own size"),
        (all().for_update(), "locks no rows"),
        (all().order_by(|_| random()), "another each time"),
    ] {
        let error = query.page_after(None, 2).all(db).await.unwrap_err();
        assert!(error.to_string().contains(cause), "{error}");
    }
    let error = all().page_after(None, 0).all(db).await.unwrap_err();
    assert!(error.to_string().contains("at least one"), "{error}");
    let distinct = all().select(|a| a.public()).distinct();
    let error = distinct.page_before(None, 2).all(db).await.unwrap_err();
    assert!(error.to_string().contains("distinct"), "{error}");
    Ok(())
}

/// A page deep in a query is a range: its text does not depend on the values.
async fn pages_of_one_shape(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects().order_by(|a| (a.views().desc(), a.title()));
    let recorder = db.record();
    let mut cursor = None;
    for _ in 0..5 {
        cursor = query.page_after(cursor.as_deref(), 1).all(db).await?.next;
    }
    let texts: std::collections::BTreeSet<String> =
        query_texts(db, &query).await?.into_iter().collect();
    assert_eq!(texts.len(), 1, "{texts:#?}");
    let text = texts.first().expect("one");
    assert!(text.contains("WHERE t0"), "the range comes first: {text}");
    assert_eq!(recorder.statements().len(), 9);
    Ok(())
}

/// The texts of the pages behind each object.
async fn query_texts(db: &Db, query: &QuerySet<Article>) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for id in 1..=4 {
        let article = Article::get(db, id).await?;
        let cursor = query.cursor_of(&article)?;
        let sql = query.page_after(Some(&cursor), 1).to_sql(db.dialect())?;
        texts.push(sql.text.to_string());
    }
    Ok(texts)
}

#[test]
fn an_order_by_a_window_has_no_pages() {
    let ranked = Article::objects()
        .select(|a| (a.id(), row_number().over(window().order_by(a.views()))))
        .as_table()
        .order_by(|(_, n)| n.desc())
        .select(|(id, n)| (id, n));
    let dialect = orm::dialect::by_name("sqlite").expect("it exists");
    // As a table the number is a column like any other.
    assert!(ranked.page_after(None, 1).to_sql(dialect).is_ok());
}
