//! Values go in and come out unchanged.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use orm::prelude::*;
use rust_decimal::Decimal;
use suite::models::kinds::{Kinds, MaybeKinds};
use uuid::Uuid;

cases! {
    ordinary_values, largest_values, smallest_values, options, nulls, texts, bytes, floats,
    instants, json, decimals, addresses, values_find_their_row, decimals_order_as_numbers,
    nulls_in_lookups, bulk_rows,
}

async fn keeps(db: &Db, mut row: Kinds) -> Result<()> {
    row.insert(db).await?;
    assert_eq!(Kinds::get(db, row.id).await?, row);
    Ok(())
}

async fn tables(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META, MaybeKinds::META]).await
}

async fn ordinary_values(db: &Db) -> Result<()> {
    tables(db).await?;
    keeps(db, Kinds::plain(1)).await
}

async fn largest_values(db: &Db) -> Result<()> {
    tables(db).await?;
    let date = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a date");
    let time = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).expect("a time");
    let row = Kinds {
        tiny: i8::MAX,
        small: i16::MAX,
        int: i32::MAX,
        big: i64::MAX,
        utiny: u8::MAX,
        usmall: u16::MAX,
        uint: u32::MAX,
        single: f32::MAX,
        double: f64::MAX,
        date,
        time,
        naive: date.and_time(time),
        at: date.and_time(time).and_utc(),
        span: Duration::from_micros(i64::MAX as u64),
        delta: TimeDelta::microseconds(i64::MAX),
        uuid: Uuid::max(),
        price: "99999999.9999".parse().expect("a decimal"),
        ip: IpAddr::from([0xffff_u16; 8]),
        ..Kinds::plain(i64::MAX)
    };
    keeps(db, row).await
}

async fn smallest_values(db: &Db) -> Result<()> {
    tables(db).await?;
    let date = NaiveDate::from_ymd_opt(1000, 1, 1).expect("a date");
    let time = NaiveTime::from_hms_opt(0, 0, 0).expect("a time");
    let row = Kinds {
        tiny: i8::MIN,
        small: i16::MIN,
        int: i32::MIN,
        big: i64::MIN,
        utiny: 0,
        usmall: 0,
        uint: 0,
        ubig: 0,
        single: -f32::MAX,
        double: f64::MIN_POSITIVE,
        flag: false,
        short: String::new(),
        text: String::new(),
        bytes: Vec::new(),
        few: Vec::new(),
        date,
        time,
        naive: date.and_time(time),
        at: date.and_time(time).and_utc(),
        span: Duration::ZERO,
        delta: TimeDelta::microseconds(-i64::MAX),
        uuid: Uuid::nil(),
        price: "-99999999.9999".parse().expect("a decimal"),
        json: serde_json::Value::Null,
        ip: IpAddr::from([0; 4]),
        ..Kinds::plain(i64::MIN)
    };
    keeps(db, row).await
}

async fn options(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut row = MaybeKinds::from(Kinds::plain(3));
    row.insert(db).await?;
    assert_eq!(MaybeKinds::get(db, 3).await?, row);
    Ok(())
}

async fn nulls(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut row = MaybeKinds::nothing(4);
    row.insert(db).await?;
    assert_eq!(MaybeKinds::get(db, 4).await?, row);
    // From NULL to values and back.
    let mut full = MaybeKinds::from(Kinds::plain(4));
    full.save(db).await?;
    assert_eq!(MaybeKinds::get(db, 4).await?, full);
    row.save(db).await?;
    assert_eq!(MaybeKinds::get(db, 4).await?, row);
    Ok(())
}

async fn texts(db: &Db) -> Result<()> {
    tables(db).await?;
    let texts = [
        "'",
        "''",
        "\"",
        "`",
        "\\",
        "\\'",
        "\\\\",
        "a\0b",
        "\n\r\t\u{1a}",
        "%_",
        "?",
        "{}",
        "$1 :a @b",
        "'; DROP TABLE x; --",
        "/* x */ -- y",
        "é ß ı İ ǅ",
        "日本語",
        "👩‍👩‍👧",
        "\u{feff}x\u{200b}",
        " x ",
    ];
    for (id, text) in (0..).zip(texts) {
        let row = Kinds {
            short: text.to_owned(),
            text: text.repeat(3),
            json: serde_json::json!({ text: text }),
            ..Kinds::plain(id)
        };
        keeps(db, row).await?;
        let found = Kinds::filter(|k| k.short().eq(text)).all(db).await?;
        assert_eq!(
            found.iter().map(|k| k.id).collect::<Vec<_>>(),
            [id],
            "{text:?}"
        );
        let found = Kinds::filter(|k| k.text().contains(text) & k.id().eq(id));
        if text.contains('\0') && db.dialect().name() == "sqlite" {
            let error = found.count(db).await.expect_err("patterns end at NUL");
            assert!(error.to_string().contains("NUL"), "{error}");
        } else {
            assert_eq!(found.count(db).await?, 1, "{text:?}");
        }
    }
    let long = Kinds {
        text: "0123456789abcdef".repeat(64 * 1024),
        ..Kinds::plain(1000)
    };
    keeps(db, long).await
}

async fn bytes(db: &Db) -> Result<()> {
    tables(db).await?;
    let row = Kinds {
        bytes: (0..=255).collect(),
        few: vec![0, 39, 92, 0],
        ..Kinds::plain(1)
    };
    keeps(db, row.clone()).await?;
    assert_eq!(
        Kinds::filter(|k| k.bytes().eq(row.bytes.clone()))
            .count(db)
            .await?,
        1
    );
    assert_eq!(
        Kinds::filter(|k| k.few().eq(vec![0, 39, 92]))
            .count(db)
            .await?,
        0
    );
    Ok(())
}

async fn floats(db: &Db) -> Result<()> {
    tables(db).await?;
    for (id, double) in (0..).zip([0.1, 1e300, -1e-300, 1.0 / 3.0, 123_456_789.123_456_7, 1e15]) {
        let row = Kinds {
            double,
            single: double as f32,
            ..Kinds::plain(id)
        };
        if row.single.is_finite() && row.single.abs() > f32::MIN_POSITIVE {
            keeps(db, row).await?;
            assert_eq!(Kinds::filter(|k| k.double().eq(double)).count(db).await?, 1);
        }
    }
    for double in [f64::NAN, f64::INFINITY] {
        let mut row = Kinds {
            double,
            ..Kinds::plain(99)
        };
        let error = row.insert(db).await.expect_err("no number");
        assert!(error.to_string().contains("no database holds"), "{error}");
    }
    assert_eq!(Kinds::filter(|k| k.id().eq(99)).count(db).await?, 0);
    Ok(())
}

async fn instants(db: &Db) -> Result<()> {
    tables(db).await?;
    for (id, text) in (0..).zip([
        "1970-01-01T00:00:00Z",
        "2024-03-31T02:30:00.000001Z",
        "2024-10-27T02:30:00.1Z",
        "1999-12-31T23:59:59.999999Z",
    ]) {
        let at: DateTime<Utc> = text.parse().expect("an instant");
        let row = Kinds {
            at,
            naive: at.naive_utc(),
            date: at.date_naive(),
            time: at.time(),
            ..Kinds::plain(id)
        };
        keeps(db, row).await?;
        let found = Kinds::filter(|k| k.at().eq(at) & k.naive().eq(at.naive_utc()));
        assert_eq!(found.count(db).await?, 1, "{text}");
        let found = Kinds::filter(|k| k.at().gt(at - TimeDelta::microseconds(1)) & k.at().lte(at));
        assert_eq!(found.count(db).await?, 1, "{text}");
        let found = Kinds::filter(|k| k.time().eq(at.time()) & k.date().eq(at.date_naive()));
        assert_eq!(found.count(db).await?, 1, "{text}");
    }
    Ok(())
}

async fn json(db: &Db) -> Result<()> {
    tables(db).await?;
    let documents = [
        serde_json::json!(null),
        serde_json::json!(true),
        serde_json::json!(1),
        serde_json::json!("text \" \\ ' é"),
        serde_json::json!([]),
        serde_json::json!({}),
        serde_json::json!({"z": 1, "a": [1.5, {"b": null}]}),
    ];
    for (id, json) in (0..).zip(documents) {
        let row = Kinds {
            json,
            ..Kinds::plain(id)
        };
        keeps(db, row).await?;
    }
    Ok(())
}

async fn decimals(db: &Db) -> Result<()> {
    tables(db).await?;
    for (id, text) in (0..).zip([
        "0",
        "0.0001",
        "-0.0001",
        "1.5",
        "10",
        "12345678.9",
        "-7.2500",
    ]) {
        let price: Decimal = text.parse().expect("a decimal");
        let row = Kinds {
            price,
            ..Kinds::plain(id)
        };
        keeps(db, row).await?;
        let found = Kinds::filter(|k| k.price().eq(price)).all(db).await?;
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].id, id, "{text}");
    }
    Ok(())
}

async fn addresses(db: &Db) -> Result<()> {
    tables(db).await?;
    for (id, text) in (0..).zip([
        "127.0.0.1",
        "255.255.255.255",
        "::1",
        "2001:db8::ff00:42:8329",
    ]) {
        let ip: IpAddr = text.parse().expect("an address");
        keeps(
            db,
            Kinds {
                ip,
                ..Kinds::plain(id)
            },
        )
        .await?;
        assert_eq!(Kinds::filter(|k| k.ip().eq(ip)).get(db).await?.id, id);
    }
    Ok(())
}

async fn values_find_their_row(db: &Db) -> Result<()> {
    tables(db).await?;
    let row = Kinds::plain(1);
    keeps(db, row.clone()).await?;
    let query = Kinds::objects()
        .filter(|k| k.tiny().eq(row.tiny) & k.small().eq(row.small) & k.int().eq(row.int))
        .filter(|k| k.big().eq(row.big) & k.utiny().eq(row.utiny) & k.usmall().eq(row.usmall))
        .filter(|k| k.uint().eq(row.uint) & k.ubig().eq(row.ubig))
        .filter(|k| k.single().eq(row.single) & k.double().eq(row.double) & k.flag().eq(row.flag))
        .filter(|k| k.short().eq(&row.short) & k.text().eq(&row.text) & k.bytes().eq(&row.bytes))
        .filter(|k| k.date().eq(row.date) & k.time().eq(row.time) & k.naive().eq(row.naive))
        .filter(|k| k.at().eq(row.at) & k.span().eq(row.span) & k.delta().eq(row.delta))
        .filter(|k| k.uuid().eq(row.uuid) & k.price().eq(row.price) & k.ip().eq(row.ip));
    assert_eq!(query.get(db).await?, row);
    let found = Kinds::objects()
        .filter(|k| k.uuid().is_in([row.uuid, Uuid::nil()]))
        .filter(|k| k.span().between(Duration::ZERO, Duration::from_secs(2)))
        .filter(|k| k.delta().lt(TimeDelta::zero()));
    assert_eq!(found.count(db).await?, 1);
    Ok(())
}

async fn decimals_order_as_numbers(db: &Db) -> Result<()> {
    tables(db).await?;
    for (id, text) in (0..).zip(["10", "9", "-1", "-10", "0.5", "100"]) {
        let price = text.parse().expect("a decimal");
        Kinds::insert(
            &mut Kinds {
                price,
                ..Kinds::plain(id)
            },
            db,
        )
        .await?;
    }
    let ids = Kinds::objects()
        .order_by(|k| k.price())
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(ids, [3, 2, 4, 1, 0, 5]);
    let nine: Decimal = "9".parse().expect("a decimal");
    let ids = Kinds::filter(|k| k.price().gt(nine))
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(ids, [0, 5]);
    let sums = Kinds::objects()
        .aggregate(|k| (k.price().sum(), k.price().min(), k.price().max()))
        .get(db)
        .await?;
    let of = |t: &str| Some(t.parse::<Decimal>().expect("a decimal"));
    assert_eq!(sums, (of("108.5"), of("-10"), of("100")));
    Ok(())
}

async fn nulls_in_lookups(db: &Db) -> Result<()> {
    tables(db).await?;
    MaybeKinds::nothing(1).insert(db).await?;
    MaybeKinds::from(Kinds::plain(2)).insert(db).await?;
    let ids = async |q: QuerySet<MaybeKinds>| q.select(|k| k.id()).all(db).await;
    let all = MaybeKinds::objects;
    assert_eq!(ids(all().filter(|k| k.int().is_null())).await?, [1]);
    assert_eq!(ids(all().filter(|k| k.int().is_not_null())).await?, [2]);
    assert_eq!(ids(all().filter(|k| k.int().eq(-3))).await?, [2]);
    assert_eq!(ids(all().filter(|k| k.int().ne(-3))).await?, [1]);
    assert_eq!(ids(all().filter(|k| k.int().ne(7))).await?, [1, 2]);
    assert_eq!(ids(all().exclude(|k| k.int().eq(-3))).await?, [1]);
    assert_eq!(ids(all().exclude(|k| k.int().gt(-3))).await?, [1, 2]);
    assert_eq!(ids(all().filter(|k| k.int().eq_opt(None))).await?, [1]);
    assert_eq!(ids(all().filter(|k| k.int().eq_opt(Some(-3)))).await?, [2]);
    assert_eq!(ids(all().filter(|k| k.int().not_in([1, 2]))).await?, [1, 2]);
    assert_eq!(ids(all().filter(|k| !k.short().contains("ho"))).await?, [1]);
    assert_eq!(
        ids(all().filter(|k| k.flag().is_false())).await?,
        [0_i64; 0]
    );
    assert_eq!(ids(all().exclude(|k| k.flag())).await?, [1]);
    assert_eq!(
        ids(all().filter(|k| !(k.int().gt(0) | k.int().lt(0)))).await?,
        [1]
    );
    Ok(())
}

async fn bulk_rows(db: &Db) -> Result<()> {
    tables(db).await?;
    let rows: Vec<Kinds> = (0..100).map(Kinds::plain).collect();
    assert_eq!(Kinds::bulk_create(db, rows.clone()).await?, 100);
    assert_eq!(Kinds::objects().all(db).await?, rows);
    let mixed = [
        MaybeKinds::nothing(1),
        Kinds::plain(2).into(),
        MaybeKinds::nothing(3),
    ];
    MaybeKinds::bulk_create(db, mixed.clone()).await?;
    assert_eq!(MaybeKinds::objects().all(db).await?, mixed);
    Ok(())
}
