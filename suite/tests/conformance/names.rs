//! Names that need quoting, composite keys, unique groups.

use orm::prelude::*;
use suite::models::names::{Booking, Order, Seat};

cases! { reserved_words, composite_keys, composite_keys_in_queries, unique_together, every_storage }

async fn reserved_words(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Order::META]).await?;
    let first = Order::create(
        db,
        new!(Order {
            id: 1,
            select: "from",
            group: 1,
            r#type: 2,
            size: 3,
            words: 4
        }),
    )
    .await?;
    let new = new!(Order {
        id: 2,
        select: "where",
        group: 1,
        r#type: 5,
        size: 6,
        words: 7,
        r#where: Some(&first)
    });
    let mut second = Order::create(db, new).await?;
    assert_eq!(Order::get(db, 2).await?, second);
    second.size = 60;
    second.save(db).await?;
    let found =
        Order::filter(|o| o.r#where().select().eq("from") & o.size().gt(10) & o.words().eq(7))
            .order_by(|o| (o.group(), o.size().desc()))
            .with(|o| o.r#where())
            .get(db)
            .await?;
    assert_eq!((found.r#type, found.size), (5, 60));
    assert_eq!(found.r#where.expect("a relation").get()?.select, "from");
    let groups = Order::objects()
        .group_by(|o| o.group())
        .having(|o| o.size().sum().gt(0))
        .aggregate(|o| (o.size().sum(), o.words().max()))
        .all(db)
        .await?;
    assert_eq!(groups, [(1, Some(63), Some(7))]);
    assert_eq!(
        Order::objects()
            .update(|o| (o.select().set("x"), o.r#type().set(o.r#type() + o.size())))
            .exec(db)
            .await?,
        2
    );
    assert_eq!(
        Order::objects().select(|o| o.r#type()).all(db).await?,
        [5, 65]
    );
    assert_eq!(
        Order::filter(|o| o.r#where().is_not_null())
            .delete(db)
            .await?
            .total,
        1
    );
    Ok(())
}

async fn seats(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Seat::META]).await?;
    for (hall, number, guest) in [
        (2, "a", None),
        (1, "b", Some("Ann")),
        (1, "a", Some("Bob")),
        (2, "b", None),
    ] {
        Seat::create(
            db,
            new!(Seat {
                hall,
                number,
                guest: guest.map(str::to_owned)
            }),
        )
        .await?;
    }
    Ok(())
}

async fn composite_keys(db: &Db) -> Result<()> {
    seats(db).await?;
    let mut seat = Seat::get(db, (1, "b".to_owned())).await?;
    assert_eq!(seat.guest.as_deref(), Some("Ann"));
    assert!(
        Seat::get(db, (9, "b".to_owned()))
            .await
            .is_err_and(|e| e.is_not_found())
    );
    seat.guest = None;
    assert_eq!(seat.save(db).await?, orm::query::Saved::Updated);
    seat.reload(db).await?;
    assert_eq!(seat.guest, None);
    let mut new = Seat {
        hall: 3,
        number: "c".into(),
        guest: None,
    };
    assert_eq!(new.save(db).await?, orm::query::Saved::Created);
    let error = new.insert(db).await.expect_err("taken");
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(new.delete(db).await?.total, 1);
    assert_eq!(Seat::objects().count(db).await?, 4);
    seat.update(db, |s| s.guest().set(Some("Cid".to_owned())))
        .await?;
    assert_eq!(
        Seat::filter(|s| s.guest().eq("Cid")).get(db).await?.number,
        "b"
    );
    Ok(())
}

async fn composite_keys_in_queries(db: &Db) -> Result<()> {
    seats(db).await?;
    let keys = |s: Vec<Seat>| -> Vec<String> {
        s.iter()
            .map(|s| format!("{}{}", s.hall, s.number))
            .collect()
    };
    assert_eq!(
        keys(Seat::objects().all(db).await?),
        ["1a", "1b", "2a", "2b"]
    );
    assert_eq!(
        keys(Seat::objects().reverse().all(db).await?),
        ["2b", "2a", "1b", "1a"]
    );
    assert_eq!(
        keys(Seat::objects().order_by(|s| s.guest()).all(db).await?),
        ["2a", "2b", "1b", "1a"]
    );
    assert_eq!(
        keys(
            Seat::objects()
                .order_by(|s| s.number().desc())
                .all(db)
                .await?
        ),
        ["1b", "2b", "1a", "2a"]
    );
    assert_eq!(Seat::objects().limit(3).count(db).await?, 3);
    assert_eq!(
        Seat::objects()
            .limit(3)
            .aggregate(|s| s.hall().sum())
            .get(db)
            .await?,
        Some(4)
    );
    assert_eq!(
        Seat::objects()
            .limit(2)
            .update(|s| s.guest().set(Some("x".to_owned())))
            .exec(db)
            .await?,
        2
    );
    assert_eq!(Seat::filter(|s| s.guest().eq("x")).count(db).await?, 2);
    assert_eq!(Seat::objects().offset(3).delete(db).await?.total, 1);
    assert_eq!(keys(Seat::objects().all(db).await?), ["1a", "1b", "2a"]);
    assert_eq!(
        Seat::bulk_create(
            db,
            vec![Seat {
                hall: 0,
                number: "z".into(),
                guest: None
            }]
        )
        .await?,
        1
    );
    assert_eq!(
        Seat::objects().first(db).await?.map(|s| s.number),
        Some("z".to_owned())
    );
    Ok(())
}

async fn unique_together(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Booking::META]).await?;
    Booking::create(db, new!(Booking { room: 1, hour: 9 })).await?;
    Booking::create(db, new!(Booking { room: 1, hour: 10 })).await?;
    Booking::create(db, new!(Booking { room: 2, hour: 9 })).await?;
    let error = Booking::create(
        db,
        new!(Booking {
            room: 1,
            hour: 9,
            guest: "Ann"
        }),
    )
    .await
    .expect_err("taken");
    let Some(DbErrorKind::UniqueViolation {
        constraint,
        columns,
        ..
    }) = error.as_db().map(|e| &e.kind)
    else {
        panic!("{error}");
    };
    assert!(
        constraint.is_some() || columns == &["room", "hour"],
        "{error:?}"
    );
    assert_eq!(Booking::objects().count(db).await?, 3);
    // The group makes an order total without the key.
    let order = Booking::objects()
        .order_by(|b| (b.hour(), b.room()))
        .select(|b| (b.hour(), b.room()));
    assert_eq!(order.all(db).await?, [(9, 1), (9, 2), (10, 1)]);
    Ok(())
}

async fn every_storage(db: &Db) -> Result<()> {
    use crate::storage::{Counter, Event, Setting, tables};
    use suite::models::blog::january;
    tables(db).await?;
    for (tenant, number, code, day) in [(1, 1, "a", 3), (1, 2, "b", 1), (2, 1, "a", 2)] {
        let new = new!(Event {
            tenant: tenant,
            number: number,
            code: code,
            at: january(day, 1)
        });
        Event::create(db, new).await?;
    }
    let order = Event::objects().select(|e| (e.tenant(), e.number()));
    assert_eq!(order.all(db).await?, [(1, 1), (2, 1), (1, 2)]);
    let new = new!(Event {
        tenant: 1,
        number: 2,
        code: "a",
        at: january(4, 1)
    });
    let taken = Event::create(db, new).await.expect_err("taken");
    assert!(taken.is_unique_violation(), "{taken}");
    let mut counter = Counter::create(db, new!(Counter { kind: "hits" })).await?;
    counter.update(db, |c| c.value().set(c.value() + 2)).await?;
    counter.reload(db).await?;
    assert_eq!(counter.value, 2);
    let new = new!(Setting {
        name: "colour",
        label: "Colour",
        value: "red"
    });
    let mut setting = Setting::create(db, new).await?;
    setting.value = "blue".to_owned();
    setting.save(db).await?;
    assert_eq!(Setting::get(db, "colour".to_owned()).await?, setting);
    Ok(())
}
