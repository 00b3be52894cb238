//! Several columns compared together.

use orm::prelude::*;
use orm::query::tuple;
use suite::models::blog::{Article, fill as fill_blog};
use suite::models::names::Seat;
use suite::models::tenants::{Memo, Order, fill};

cases! {
    tuples_are_equal, tuples_of_texts_and_decimals, tuples_in_lists, tuples_in_order,
    tuples_of_three, tuples_of_columns, tuples_with_null, tuples_with_documents,
    tuples_among_rows, tuples_among_rows_with_null, tuples_among_groups_and_few,
    tuples_of_a_named_table, tuples_that_are_not_in_a_list,
}

macro_rules! titles {
    ($db:expr, $condition:expr) => {
        Order::filter($condition)
            .select(|o| o.title())
            .all($db)
            .await?
    };
}

async fn tuples_are_equal(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(
        titles!(db, |o| tuple((o.tenant(), o.number())).eq((1, 2))),
        ["nibs"]
    );
    assert!(titles!(db, |o| tuple((o.tenant(), o.number())).eq((2, 9))).is_empty());
    let others = titles!(db, |o| tuple((o.tenant(), o.number())).ne((1, 2)));
    assert_eq!(others, ["ink", "oil", "oats"]);
    Ok(())
}

async fn seats(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Seat::META]).await?;
    for (hall, number, guest) in [
        (1, "A", None),
        (1, "a", Some("Ann")),
        (1, "c", Some("Bob")),
        (2, "A", Some("Cy")),
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
    Ok(())
}

/// The case of texts counts in each way of comparing.
async fn tuples_of_texts_and_decimals(db: &Db) -> Result<()> {
    seats(db).await?;
    let all = async |query: QuerySet<Seat>| query.select(|s| (s.hall(), s.number())).all(db).await;
    let row = |hall, number: &str| (hall, number.to_owned());
    let wanted = Seat::filter(|s| {
        tuple((s.hall(), s.number())).is_in([(1, "a"), (1, "b"), (2, "A"), (2, "a")])
    });
    assert_eq!(all(wanted).await?, [row(1, "a"), row(2, "A")]);
    let behind = Seat::filter(|s| tuple((s.hall(), s.number())).gt((1, "A")));
    assert_eq!(all(behind).await?, [row(1, "a"), row(1, "c"), row(2, "A")]);
    let mut kinds = suite::models::kinds::Kinds::plain(1);
    orm::create_tables(db, &[suite::models::kinds::Kinds::META]).await?;
    kinds.save(db).await?;
    let price = kinds.price;
    let found = suite::models::kinds::Kinds::filter(|k| {
        tuple((k.price(), k.date(), k.uuid())).is_in([(price, kinds.date, kinds.uuid)])
            & tuple((k.price(), k.id())).gte((price, 1))
            & tuple((k.price(), k.id())).lt((price, 2))
    });
    assert_eq!(found.count(db).await?, 1);
    Ok(())
}

async fn tuples_in_lists(db: &Db) -> Result<()> {
    fill(db).await?;
    let found = titles!(db, |o| tuple((o.tenant(), o.number())).is_in([
        (1, 1),
        (2, 1),
        (9, 9)
    ]));
    assert_eq!(found, ["ink", "oil"]);
    let none: [(i64, i64); 0] = [];
    assert!(titles!(db, |o| tuple((o.tenant(), o.number())).is_in(none)).is_empty());
    let all = titles!(db, |o| tuple((o.tenant(), o.number())).not_in(none));
    assert_eq!(all.len(), 4);
    let rest = titles!(db, |o| tuple((o.tenant(), o.number()))
        .not_in([(1, 1), (2, 1)]));
    assert_eq!(rest, ["nibs", "oats"]);
    // Lists of several lengths are few shapes.
    let before = db.shapes();
    for n in 1..40_i64 {
        let keys = (0..n).map(|i| (i, 1_i64));
        Order::filter(|o| tuple((o.tenant(), o.number())).is_in(keys))
            .count(db)
            .await?;
    }
    let shapes = db.shapes() - before;
    assert!(shapes <= 7, "{shapes} shapes");
    Ok(())
}

/// As of the words in a dictionary.
async fn tuples_in_order(db: &Db) -> Result<()> {
    fill(db).await?;
    let keys = Order::objects()
        .select(|o| (o.tenant(), o.number()))
        .all(db)
        .await?;
    for at in [(0, 0), (1, 1), (1, 2), (1, 9), (2, 0), (2, 1), (3, 0)] {
        let is = |wanted: &dyn Fn((i64, i64)) -> bool| -> Vec<(i64, i64)> {
            keys.iter().copied().filter(|k| wanted(*k)).collect()
        };
        macro_rules! found {
            ($lookup:ident) => {
                Order::filter(|o| tuple((o.tenant(), o.number())).$lookup(at))
                    .select(|o| (o.tenant(), o.number()))
                    .all(db)
                    .await?
            };
        }
        assert_eq!(found!(gt), is(&|k| k > at), "{at:?}");
        assert_eq!(found!(gte), is(&|k| k >= at), "{at:?}");
        assert_eq!(found!(lt), is(&|k| k < at), "{at:?}");
        assert_eq!(found!(lte), is(&|k| k <= at), "{at:?}");
        let not = Order::filter(|o| !tuple((o.tenant(), o.number())).gt(at));
        let not = not.select(|o| (o.tenant(), o.number())).all(db).await?;
        assert_eq!(not, is(&|k| k <= at), "{at:?}");
    }
    Ok(())
}

async fn tuples_of_three(db: &Db) -> Result<()> {
    fill_blog(db).await?;
    let row = |a: &Article| (*a.author.id(), a.views, a.title.clone());
    let all = Article::objects().order_by(|a| a.id()).all(db).await?;
    for at in all.iter().map(row) {
        let (author, views, title) = at.clone();
        let behind = Article::objects()
            .filter(|a| {
                tuple((a.author_id(), a.views(), a.title())).gt((author, views, title.as_str()))
            })
            .order_by(|a| a.id())
            .all(db)
            .await?;
        let wanted: Vec<_> = all.iter().map(row).filter(|r| *r > at).collect();
        assert_eq!(behind.iter().map(row).collect::<Vec<_>>(), wanted, "{at:?}");
    }
    Ok(())
}

/// Columns and expressions on either side, alone and in lists.
async fn tuples_of_columns(db: &Db) -> Result<()> {
    fill(db).await?;
    let same = titles!(db, |o| tuple((o.tenant(), o.number()))
        .eq((o.number(), o.tenant())));
    assert_eq!(same, titles!(db, |o| o.tenant().eq(o.number())));
    let less = titles!(db, |o| tuple((o.tenant(), o.number()))
        .lt(tuple((o.number(), o.tenant()))));
    assert_eq!(less, titles!(db, |o| o.tenant().lt(o.number())));
    let mixed = titles!(db, |o| tuple((o.tenant() + 0, o.number())).is_in([
        (o.tenant().expr(), value_of(1)),
        (o.number().expr(), value_of(2))
    ]));
    let wanted = titles!(db, |o| o.number().eq(1)
        | (o.number().eq(2) & o.tenant().eq(2)));
    assert_eq!(mixed, wanted);
    let lines = suite::models::tenants::Line::filter(|l| {
        tuple((l.order().tenant(), l.order().number())).eq((1, 2))
    });
    assert_eq!(lines.select(|l| l.item()).all(db).await?, ["fine"]);
    Ok(())
}

fn value_of<R>(n: i64) -> orm::query::Expression<R, i64> {
    orm::query::value(n)
}

/// What is unknown is met by neither a condition nor that of the other, but by its complement.
async fn tuples_with_null(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Memo::objects()
        .select(|m| (m.tenant(), m.order_number()))
        .all(db)
        .await?;
    assert!(all.iter().any(|(_, n)| n.is_none()), "{all:?}");
    let is = |wanted: &dyn Fn(i64, Option<i64>) -> bool| -> Vec<(i64, Option<i64>)> {
        all.iter()
            .copied()
            .filter(|(t, n)| wanted(*t, *n))
            .collect()
    };
    macro_rules! found {
        ($condition:expr) => {
            Memo::filter($condition)
                .select(|m| (m.tenant(), m.order_number()))
                .all(db)
                .await?
        };
    }
    macro_rules! key {
        ($m:expr) => {
            tuple(($m.tenant(), $m.order_number()))
        };
    }
    assert_eq!(found!(|m| key!(m).is_null()), is(&|_, n| n.is_none()));
    assert_eq!(found!(|m| key!(m).is_not_null()), is(&|_, n| n.is_some()));
    let tenants: Vec<i64> = all.iter().map(|(t, _)| *t).collect();
    for at in tenants
        .into_iter()
        .flat_map(|t| [(t - 1, 1), (t, 1), (t, 0), (t + 1, 1)])
    {
        let known = |t: i64, n: Option<i64>| n.map(|n| (t, n));
        // Where the first differs, the second is not asked for.
        let gt = |t: i64, n: Option<i64>| t > at.0 || known(t, n).is_some_and(|k| k > at);
        let lte = |t: i64, n: Option<i64>| t < at.0 || known(t, n).is_some_and(|k| k <= at);
        let eq = |t: i64, n: Option<i64>| known(t, n) == Some(at);
        assert_eq!(found!(|m| key!(m).gt(at)), is(&gt), "{at:?}");
        assert_eq!(found!(|m| !key!(m).gt(at)), is(&|t, n| !gt(t, n)), "{at:?}");
        assert_eq!(found!(|m| key!(m).lte(at)), is(&lte), "{at:?}");
        assert_eq!(found!(|m| key!(m).eq(at)), is(&eq), "{at:?}");
        assert_eq!(found!(|m| key!(m).ne(at)), is(&|t, n| !eq(t, n)), "{at:?}");
        assert_eq!(found!(|m| key!(m).is_in([at, (77, 77)])), is(&eq), "{at:?}");
        assert_eq!(
            found!(|m| key!(m).not_in([at])),
            is(&|t, n| !eq(t, n)),
            "{at:?}"
        );
    }
    Ok(())
}

/// JSON columns are compared as documents here too.
async fn tuples_with_documents(db: &Db) -> Result<()> {
    use serde_json::json;
    use suite::models::documents::Document;
    orm::create_tables(db, &[Document::META]).await?;
    for (id, data) in [(1, json!({"a": 1, "b": 2})), (2, json!([1]))] {
        let settings = None;
        Document { id, data, settings }.save(db).await?;
    }
    let other = json!({"b": 2, "a": 1});
    let found = Document::filter(|d| tuple((d.id(), d.data())).eq((1, &other)));
    assert_eq!(found.count(db).await?, 1);
    let list = [(1, other.clone()), (2, other)];
    let found = Document::filter(|d| tuple((d.id(), d.data())).is_in(list));
    assert_eq!(found.count(db).await?, 1);
    Ok(())
}

/// Rows of another query, of this table and of another, and those that they leave.
async fn tuples_among_rows(db: &Db) -> Result<()> {
    use suite::models::tenants::Line;
    fill(db).await?;
    let with_lines = Line::objects().select(|l| (l.tenant(), l.order_number()));
    let found = titles!(db, |o| tuple((o.tenant(), o.number()))
        .is_among(&with_lines));
    assert_eq!(found, ["ink", "nibs", "oil"]);
    let others = titles!(db, |o| !tuple((o.tenant(), o.number()))
        .is_among(&with_lines));
    assert_eq!(others, ["oats"]);
    // A query set stands for its keys.
    let keys = Order::filter(|o| o.title().contains("o"));
    let found = titles!(db, |o| tuple((o.tenant(), o.number())).is_among(&keys)
        & o.number().gt(1));
    assert_eq!(found, ["oats"]);
    let turned = Order::objects().select(|o| (o.number(), o.tenant(), o.title()));
    let found = titles!(db, |o| tuple((o.tenant(), o.number(), o.title()))
        .is_among(&turned));
    assert_eq!(found, ["ink", "oats"]);
    let none = Line::objects()
        .filter(|l| l.item().eq("none"))
        .select(|l| (l.tenant(), l.order_number()));
    assert!(titles!(db, |o| tuple((o.tenant(), o.number())).is_among(&none)).is_empty());
    let all = titles!(db, |o| !tuple((o.tenant(), o.number())).is_among(&none));
    assert_eq!(all.len(), 4);
    // The table that is written is among those that are read.
    let twos = Order::filter(|o| o.number().eq(2)).select(|o| (o.tenant(), o.number()));
    let changed = Order::filter(|o| tuple((o.tenant(), o.number())).is_among(&twos))
        .update(|o| o.title().set("two"))
        .exec(db)
        .await?;
    assert_eq!(changed, 2);
    assert_eq!(titles!(db, |o| o.title().eq("two")).len(), 2);
    let found = Line::filter(|l| tuple((l.tenant(), l.order_number())).is_among(&twos));
    found.delete(db).await?;
    let left = Line::objects().select(|l| l.item()).all(db).await?;
    assert_eq!(left, ["blue", "red", "olive"]);
    Ok(())
}

/// NULL is among no rows, and rows with NULL leave open whether another is among them.
async fn tuples_among_rows_with_null(db: &Db) -> Result<()> {
    fill(db).await?;
    let refers = Memo::objects().select(|m| (m.tenant(), m.order_number()));
    let all = refers.all(db).await?;
    assert!(all.iter().any(|(_, n)| n.is_none()), "{all:?}");
    let named = Memo::objects()
        .filter(|m| m.order_number().is_not_null())
        .select(|m| (m.tenant(), m.order_number()));
    for query in [&refers, &named] {
        let known: Vec<(i64, i64)> = (query.all(db).await?.into_iter())
            .filter_map(|(t, n)| Some((t, n?)))
            .collect();
        let orders = Order::objects().select(|o| (o.tenant(), o.number()));
        let (among, others): (Vec<_>, Vec<_>) =
            (orders.all(db).await?.into_iter()).partition(|key| known.contains(key));
        assert!(
            !among.is_empty() && !others.is_empty(),
            "{among:?} {others:?}"
        );
        let found = Order::filter(|o| tuple((o.tenant(), o.number())).is_among(query));
        let found = found.select(|o| (o.tenant(), o.number())).all(db).await?;
        assert_eq!(found, among);
        let found = Order::filter(|o| !tuple((o.tenant(), o.number())).is_among(query));
        let found = found.select(|o| (o.tenant(), o.number())).all(db).await?;
        assert_eq!(found, others);
    }
    let keys = Order::objects().select(|o| (o.tenant(), o.number()));
    let found = Memo::filter(|m| tuple((m.tenant(), m.order_number())).is_among(&keys));
    let referring = all.iter().filter(|(_, n)| n.is_some()).count();
    assert_eq!(found.count(db).await?, referring as u64);
    let found = Memo::filter(|m| !tuple((m.tenant(), m.order_number())).is_among(&keys));
    assert_eq!(found.count(db).await?, (all.len() - referring) as u64);
    Ok(())
}

/// Keys of groups, the first rows of an order, and rows that depend on the one around.
async fn tuples_among_groups_and_few(db: &Db) -> Result<()> {
    use orm::query::{count, exists, outer};
    use suite::models::tenants::Line;
    fill(db).await?;
    let several = Line::objects()
        .group_by(|l| (l.tenant(), l.order_number()))
        .having(|_| count().gt(1));
    let found = titles!(db, |o| tuple((o.tenant(), o.number())).is_among(&several));
    assert_eq!(found, ["ink"]);
    let last = Order::objects()
        .order_by(|o| (o.tenant().desc(), o.number().desc()))
        .limit(2)
        .select(|o| (o.tenant(), o.number()));
    let found = titles!(db, |o| tuple((o.tenant(), o.number())).is_among(&last));
    assert_eq!(found, ["oil", "oats"]);
    let same = titles!(db, |o| {
        let later = Line::objects()
            .filter(|l| l.order_number().gte(outer(o.number())))
            .select(|l| (l.tenant(), l.order_number()));
        tuple((o.tenant(), o.number())).is_among(&later)
    });
    assert_eq!(same, ["ink", "nibs", "oil"]);
    let within = titles!(db, |o| exists(Line::objects().filter(|l| {
        tuple((l.tenant(), l.order_number())).is_among(&several) & l.tenant().eq(outer(o.tenant()))
    })));
    assert_eq!(within, ["ink", "nibs"]);
    Ok(())
}

/// Columns that a subquery stands behind, on either side.
async fn tuples_of_a_named_table(db: &Db) -> Result<()> {
    use orm::query::{outer, scalar};
    use suite::models::tenants::Line;
    fill(db).await?;
    let counted = Order::objects()
        .select(|o| {
            let lines = Line::objects()
                .filter(|l| {
                    l.tenant().eq(outer(o.tenant())) & l.order_number().eq(outer(o.number()))
                })
                .aggregate(|_| orm::query::count());
            (o.title(), o.number(), scalar(lines))
        })
        .as_table()
        .named("counted");
    let pairs = Line::objects().select(|l| (l.tenant(), l.order_number()));
    let found = counted
        .clone()
        .filter(|(_, number, lines)| tuple((number, lines)).is_among(&pairs))
        .select(|(title, ..)| title);
    assert_eq!(found.all(db).await?, ["ink", "nibs", "oil"]);
    Ok(())
}

/// A row whose first column is NULL is not in the list either, where its second column is another.
async fn tuples_that_are_not_in_a_list(db: &Db) -> Result<()> {
    fill_blog(db).await?;
    let others = Article::filter(|a| !tuple((a.editor().name(), a.id())).is_in([("nobody", 99)]))
        .order_by(|a| a.id())
        .select(|a| (a.id(), a.editor().id()))
        .all(db)
        .await?;
    assert_eq!(
        others.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert!(others.iter().any(|(_, editor)| editor.is_none()));
    Ok(())
}
