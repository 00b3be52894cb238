//! Relations by several fields: `ForeignObject`, both ways.

use orm::Error;
use orm::integrity::{DataOptions, FaultKind, check_data};
use orm::migrate::ProjectState;
use orm::prelude::*;
use suite::backend::unchecked;
use suite::models::tenants::{self, Fee, Line, Mark, Memo, Order, Rate, Seal, fill};

cases! {
    conditions, conditions_over_the_reverse, absent_objects, objects_along, prefetched_forwards,
    prefetched_backwards, prefetched_for_each, fetched, not_loaded, other_fields_than_the_key,
    sets, objects_with_keys_of_several_columns, sets_by_part_of_a_key, cascades, clears,
    protects_and_restricts, many_parts, goes_by_what_was_saved, orphans,
}

async fn titles(db: &Db, orders: QuerySet<Order>) -> Result<Vec<String>> {
    orders.select(|o| o.title()).all(db).await
}

async fn items(db: &Db, lines: QuerySet<Line>) -> Result<Vec<String>> {
    lines.select(|l| l.item()).all(db).await
}

async fn order(db: &Db, tenant: i64, number: i64) -> Result<Order> {
    Order::get(db, (tenant, number)).await
}

async fn conditions(db: &Db) -> Result<()> {
    fill(db).await?;
    let ink = order(db, 1, 1).await?;
    assert_eq!(
        items(db, Line::filter(|l| l.order().is(&ink))).await?,
        ["blue", "red"]
    );
    assert_eq!(
        items(db, Line::filter(|l| !l.order().is(&ink))).await?,
        ["fine", "olive"]
    );
    assert_eq!(
        items(db, Line::filter(|l| l.order().title().eq("oil"))).await?,
        ["olive"]
    );
    let deep = Mark::filter(|m| m.line().order().title().eq("ink"));
    assert_eq!(
        deep.select(|m| (m.tenant(), m.id())).all(db).await?,
        [(1, 1)]
    );
    let rows = Line::objects()
        .order_by(|l| (l.order().title().desc(), l.place()))
        .select(|l| (l.item(), l.order().title()))
        .all(db)
        .await?;
    let row = |a: &str, b: &str| (a.to_owned(), Some(b.to_owned()));
    assert_eq!(
        rows,
        [
            row("olive", "oil"),
            row("fine", "nibs"),
            row("blue", "ink"),
            row("red", "ink")
        ]
    );
    Ok(())
}

async fn conditions_over_the_reverse(db: &Db) -> Result<()> {
    fill(db).await?;
    let any = Order::filter(|o| o.lines().any(|l| l.item().contains("i")));
    assert_eq!(titles(db, any).await?, ["nibs", "oil"]);
    let none = Order::filter(|o| o.lines().none(|l| l.item().contains("i")));
    assert_eq!(titles(db, none).await?, ["ink", "oats"]);
    let all = Order::filter(|o| o.lines().all(|l| l.place().eq(1)));
    assert_eq!(titles(db, all).await?, ["nibs", "oil", "oats"]);
    assert_eq!(
        titles(db, Order::filter(|o| !o.lines().exists())).await?,
        ["oats"]
    );
    assert_eq!(
        titles(db, Order::filter(|o| o.lines().count().eq(2))).await?,
        ["ink"]
    );
    let deep = Order::filter(|o| o.lines().any(|l| l.marks().any(|m| m.id().eq(1))));
    assert_eq!(titles(db, deep).await?, ["ink", "oil"]);
    let counts = Order::objects().select(|o| (o.title(), o.lines().count(), o.memos().count()));
    let row = |a: &str, b, c| (a.to_owned(), b, c);
    assert_eq!(
        counts.all(db).await?,
        [
            row("ink", 2, 1),
            row("nibs", 1, 0),
            row("oil", 1, 1),
            row("oats", 0, 0)
        ]
    );
    Ok(())
}

/// No server promises that there is an object, so rows without one stay.
async fn absent_objects(db: &Db) -> Result<()> {
    fill(db).await?;
    Memo::create(
        db,
        new!(Memo {
            tenant: 2,
            order_number: Some(77),
            text: "lost"
        }),
    )
    .await?;
    let memos = Memo::objects().with(|m| m.order()).all(db).await?;
    let titles: Result<Vec<_>> = memos
        .iter()
        .map(|m| Ok(m.order.get()?.map(|o| o.title.clone())))
        .collect();
    assert_eq!(
        titles?,
        [Some("ink".to_owned()), Some("oil".to_owned()), None, None]
    );
    let texts = async |q: QuerySet<Memo>| q.select(|m| m.text()).all(db).await;
    assert_eq!(
        texts(Memo::filter(|m| m.order().is_null())).await?,
        ["none"]
    );
    assert_eq!(
        texts(Memo::filter(|m| m.order().is_not_null())).await?,
        ["soon", "late", "lost"]
    );
    let without = Memo::filter(|m| m.order().title().is_null());
    assert_eq!(texts(without).await?, ["none", "lost"]);
    let other = Memo::filter(|m| m.order().title().ne("ink"));
    assert_eq!(texts(other).await?, ["late", "none", "lost"]);
    Ok(())
}

async fn objects_along(db: &Db) -> Result<()> {
    fill(db).await?;
    let marks = Mark::objects().with(|m| m.line().order());
    let marks = orm::assert_queries!(db, 1, { marks.all(db).await? });
    let line = marks[0].line.get()?.expect("there");
    assert_eq!(line.item, "red");
    assert_eq!(line.order.get()?.map(|o| o.title.as_str()), Some("ink"));
    Ok(())
}

async fn prefetched_forwards(db: &Db) -> Result<()> {
    fill(db).await?;
    let marks = Mark::objects().prefetch(|m| m.line().query(|q| q.prefetch(|l| l.order())));
    let marks = orm::assert_queries!(db, 3, { marks.all(db).await? });
    let of = |m: &Mark| -> Result<Option<String>> {
        let line = m.line.get()?.expect("there");
        Ok(line
            .order
            .get()?
            .map(|o| format!("{} {}", line.item, o.title)))
    };
    let of: Result<Vec<_>> = marks.iter().map(of).collect();
    let text = |t: &str| Some(t.to_owned());
    assert_eq!(of?, [text("red ink"), text("fine nibs"), text("olive oil")]);
    let memos = Memo::objects().prefetch(|m| m.order()).all(db).await?;
    assert!(memos[2].order.get()?.is_none());
    Ok(())
}

async fn prefetched_backwards(db: &Db) -> Result<()> {
    fill(db).await?;
    let orders =
        Order::objects().prefetch(|o| (o.lines().query(|q| q.prefetch(|l| l.marks())), o.memos()));
    let orders = orm::assert_queries!(db, 4, { orders.all(db).await? });
    let of = |o: &Order| -> Result<(Vec<String>, usize)> {
        Ok((
            o.lines.get()?.iter().map(|l| l.item.clone()).collect(),
            o.memos.get()?.len(),
        ))
    };
    let of: Result<Vec<_>> = orders.iter().map(of).collect();
    let row = |items: &[&str], memos| (items.iter().map(|i| (*i).to_owned()).collect(), memos);
    assert_eq!(
        of?,
        [
            row(&["blue", "red"], 1),
            row(&["fine"], 0),
            row(&["olive"], 1),
            row(&[], 0)
        ]
    );
    let lines = orders[0].lines.get()?;
    assert!(lines[0].marks.get()?.is_empty());
    assert_eq!(lines[1].marks.get()?[0].id, 1);
    Ok(())
}

/// The first of each owner, not of all.
async fn prefetched_for_each(db: &Db) -> Result<()> {
    fill(db).await?;
    let last = Order::objects().prefetch(|o| {
        o.lines()
            .query(|q| q.order_by(|l| l.place().desc()).limit(1))
    });
    let orders = orm::assert_queries!(db, 2, { last.all(db).await? });
    let items: Result<Vec<Option<String>>> = orders
        .iter()
        .map(|o| Ok(o.lines.get()?.first().map(|l| l.item.clone())))
        .collect();
    let text = |t: &str| Some(t.to_owned());
    assert_eq!(items?, [text("red"), text("fine"), text("olive"), None]);
    Ok(())
}

async fn fetched(db: &Db) -> Result<()> {
    fill(db).await?;
    let line = Line::get(db, (2, 1, 1)).await?;
    assert_eq!(
        line.order.fetch(db).await?.map(|o| o.title).as_deref(),
        Some("oil")
    );
    let memo = Memo::get(db, 3).await?;
    assert!(orm::assert_queries!(db, 0, { memo.order.fetch(db).await? }).is_none());
    let made = Line::create(
        db,
        new!(Line {
            tenant: 1,
            order_number: 9,
            place: 1,
            item: "?"
        }),
    )
    .await?;
    assert!(made.order.fetch(db).await?.is_none());
    Ok(())
}

async fn not_loaded(db: &Db) -> Result<()> {
    fill(db).await?;
    let line = Line::get(db, (2, 1, 1)).await?;
    let error = line.order.get().expect_err("not loaded").to_string();
    assert!(error.contains(".with(|x| x.order())"), "{error}");
    let unsaved = Memo {
        id: Auto::default(),
        tenant: 1,
        order_number: Some(1),
        text: String::new(),
        order: ForeignObject::new(),
    };
    let error = unsaved.order.fetch(db).await.expect_err("not saved");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("not saved")),
        "{error}"
    );
    Ok(())
}

async fn other_fields_than_the_key(db: &Db) -> Result<()> {
    fill(db).await?;
    let fees = Fee::objects().with(|f| f.rate()).all(db).await?;
    let of: Result<Vec<_>> = fees
        .iter()
        .map(|f| Ok(f.rate.get()?.map(|r| r.percent)))
        .collect();
    assert_eq!(of?, [Some(20), Some(9), None]);
    let rates = Rate::objects().prefetch(|r| r.fees()).all(db).await?;
    let of: Result<Vec<usize>> = rates.iter().map(|r| Ok(r.fees.get()?.len())).collect();
    assert_eq!(of?, [1, 0, 1]);
    let idle = Rate::filter(|r| r.fees().none(|f| f.id().gt(0)));
    assert_eq!(idle.select(|r| r.percent()).all(db).await?, [19]);
    assert_eq!(rates[1].fees.query().count(db).await?, 0);
    Ok(())
}

async fn sets(db: &Db) -> Result<()> {
    fill(db).await?;
    let oats = order(db, 2, 2).await?;
    let line = oats
        .lines
        .create(
            db,
            new!(Line {
                place: 1,
                item: "rolled",
                ..
            }),
        )
        .await?;
    assert_eq!((line.tenant, line.order_number), (2, 2));
    let (_, created) = oats
        .lines
        .get_or_create(
            db,
            new!(Line {
                place: 1,
                item: "x",
                ..
            }),
            |l| l.place(),
        )
        .await?;
    assert!(!created);
    assert_eq!(items(db, oats.lines.query()).await?, ["rolled"]);
    oats.memos.add(db, [2, 3]).await?;
    let texts = async || oats.memos.query().select(|m| m.text()).all(db).await;
    assert_eq!(texts().await?, ["late", "none"]);
    oats.memos.set(db, [3]).await?;
    assert_eq!(texts().await?, ["none"]);
    assert_eq!(Memo::get(db, 2).await?.order_number, None);
    assert_eq!(
        Memo::get(db, 2).await?.tenant,
        2,
        "what may not be NULL stays"
    );
    let memo = Memo::get(db, 3).await?;
    oats.memos.remove(db, [&memo]).await?;
    assert_eq!(texts().await?, [""; 0]);
    Ok(())
}

/// Sets by one column, of objects whose own keys have several.
async fn objects_with_keys_of_several_columns(db: &Db) -> Result<()> {
    use suite::models::names::{self, Booking, Seat};
    let _ = (Seat::META, Booking::META, names::Seat::META);
    fill(db).await?;
    let mark = Mark::get(db, (1, 2)).await?;
    let red = Line::get(db, (1, 1, 2)).await?;
    red.marks.add(db, [&mark]).await?;
    let mark = Mark::get(db, (1, 2)).await?;
    assert_eq!((mark.order_number, mark.line_place), (1, 2));
    red.marks.add(db, [(1, 1)]).await?;
    assert_eq!(red.marks.query().count(db).await?, 2);
    // Tenant 2's mark cannot become tenant 1's: it would be another.
    let error = red
        .marks
        .add(db, [(2, 1)])
        .await
        .expect_err("of another tenant");
    assert!(error.is_not_found(), "{error}");
    let error = red.marks.clear(db).await.expect_err("no field may be NULL");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("`order_number`")),
        "{error}"
    );
    Ok(())
}

async fn sets_by_part_of_a_key(db: &Db) -> Result<()> {
    fill(db).await?;
    let oats = order(db, 2, 2).await?;
    let error = oats
        .lines
        .add(db, [(2, 1, 1)])
        .await
        .expect_err("in the key");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("in their key")),
        "{error}"
    );
    Ok(())
}

async fn cascades(db: &Db) -> Result<()> {
    fill(db).await?;
    let deleted = order(db, 1, 1).await?.delete(db).await?;
    assert_eq!(
        (
            deleted.total,
            deleted.by_model["Line"],
            deleted.by_model["Mark"]
        ),
        (4, 2, 1)
    );
    assert_eq!(items(db, Line::objects()).await?, ["fine", "olive"]);
    assert_eq!(Mark::objects().count(db).await?, 2);
    let deleted = Order::filter(|o| o.number().eq(1)).delete(db).await?;
    assert_eq!((deleted.total, deleted.by_model["Mark"]), (3, 1));
    Ok(())
}

async fn clears(db: &Db) -> Result<()> {
    fill(db).await?;
    order(db, 2, 1).await?.delete(db).await?;
    let memo = Memo::get(db, 2).await?;
    assert_eq!((memo.tenant, memo.order_number), (2, None));
    assert_eq!(
        Memo::get(db, 1).await?.order_number,
        Some(1),
        "another tenant's"
    );
    Ok(())
}

async fn protects_and_restricts(db: &Db) -> Result<()> {
    fill(db).await?;
    Seal::create(
        db,
        new!(Seal {
            id: 5,
            tenant: 1,
            order_number: 2
        }),
    )
    .await?;
    order(db, 2, 2).await?.delete(db).await?;
    let error = order(db, 1, 2).await?.delete(db).await.expect_err("sealed");
    let Error::Protected {
        by, field, objects, ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(
        (*by, *field, objects.as_slice()),
        ("Seal", "order", &["5".to_owned()][..])
    );
    let error = Rate::filter(|r| r.tenant().eq(1))
        .delete(db)
        .await
        .expect_err("in use");
    assert!(
        matches!(
            error,
            Error::Protected {
                by: "Fee",
                count: 1,
                ..
            }
        ),
        "{error}"
    );
    Rate::get(db, 2).await?.delete(db).await?;
    Ok(())
}

/// More rows than one statement names.
async fn many_parts(db: &Db) -> Result<()> {
    fill(db).await?;
    let orders = (0..1500).map(|number| {
        new!(Order {
            tenant: 7,
            number: number,
            title: "x"
        })
    });
    Order::bulk_create(db, orders).await?;
    let lines = (0..1500).map(|n| {
        new!(Line {
            tenant: 7,
            order_number: n,
            place: 1,
            item: "y"
        })
    });
    Line::bulk_create(db, lines).await?;
    let found = Order::filter(|o| o.tenant().eq(7))
        .prefetch(|o| o.lines())
        .all(db)
        .await?;
    assert!(
        found
            .iter()
            .all(|o| o.lines.get().is_ok_and(|l| l.len() == 1))
    );
    let deleted = Order::filter(|o| o.tenant().eq(7)).delete(db).await?;
    assert_eq!(
        (deleted.by_model["Order"], deleted.by_model["Line"]),
        (1500, 1500)
    );
    assert_eq!(Line::objects().count(db).await?, 4);
    Ok(())
}

async fn goes_by_what_was_saved(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut memo = Memo::objects()
        .with(|m| m.order())
        .first(db)
        .await?
        .expect("there");
    memo.order_number = Some(2);
    assert_eq!(
        memo.order.get()?.map(|o| o.number),
        Some(1),
        "not saved yet"
    );
    memo.save(db).await?;
    assert!(memo.order.get().is_err(), "another object now");
    assert_eq!(
        memo.order.fetch(db).await?.map(|o| o.title).as_deref(),
        Some("nibs")
    );
    Ok(())
}

async fn orphans(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut state = ProjectState::default();
    for meta in tenants::ALL {
        state.insert(meta.def());
    }
    let look = async |fix: bool| {
        let mut options = DataOptions::default();
        options.fix = fix;
        check_data(db, &state, &options, &mut |_| {})
            .await
            .expect("looks")
    };
    assert!(look(false).await.is_empty());
    unchecked(db, "UPDATE tenants_memo SET order_number = 9 WHERE id = 2").await?;
    unchecked(
        db,
        "UPDATE tenants_mark SET line_place = 9 WHERE tenant = 2",
    )
    .await?;
    let found = look(true).await;
    let mut short: Vec<_> = found
        .iter()
        .map(|f| (f.model.as_str(), f.kind, f.field.as_str(), f.count))
        .collect();
    short.sort_by_key(|f| f.0.to_owned());
    assert_eq!(
        short,
        [
            ("Mark", FaultKind::Orphan, "line", 1),
            ("Memo", FaultKind::Orphan, "order", 1)
        ]
    );
    let left = look(false).await;
    assert_eq!(left.len(), 1, "cascade is left to a person: {left:?}");
    let memo = Memo::get(db, 2).await?;
    assert_eq!((memo.tenant, memo.order_number), (2, None));
    Ok(())
}
