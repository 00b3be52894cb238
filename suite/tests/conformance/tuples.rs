//! Several columns compared together.

use orm::prelude::*;
use orm::query::tuple;
use suite::models::blog::{Article, fill as fill_blog};
use suite::models::names::Seat;
use suite::models::tenants::{Memo, Order, fill};

cases! {
    tuples_are_equal, tuples_of_texts_and_decimals, tuples_in_lists, tuples_in_order,
    tuples_of_three, tuples_of_columns, tuples_with_null, tuples_with_documents,
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
