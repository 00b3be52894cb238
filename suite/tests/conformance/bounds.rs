//! Values at and past the bounds of their columns, given or computed: what does not fit is refused
//! with the column's name, on every backend alike.

use chrono::{Datelike, NaiveDate, TimeDelta, TimeZone};
use orm::prelude::*;
use orm::query::{Assignment, concat};
use rust_decimal::Decimal;
use suite::models::kinds::{Kinds, MaybeKinds};

cases! {
    integers_by_expression, texts_by_expression, floats_by_expression, decimals_by_expression,
    decimal_arithmetic, what_fits_is_stored, numbers_that_are_none, dates, integers_above_the_signed, floats_of_32_bits,
    more_values_than_parameters,
}

async fn one(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META, MaybeKinds::META]).await?;
    Kinds::plain(1).insert(db).await
}

fn kind(result: Result<impl Sized>) -> DbErrorKind {
    match result.map(drop) {
        Err(Error::Db(error)) => error.kind,
        other => panic!("not an error of the database: {other:?}"),
    }
}

/// The column and whether the value was too long; some servers name no column for an overflow that
/// comes before the assignment.
async fn refused(
    db: &Db,
    column: &str,
    set: impl FnOnce(&<Kinds as Model>::Fields<Kinds, orm::model::Here>) -> Assignment<Kinds>,
) -> Result<bool> {
    let before = Kinds::objects().all(db).await?;
    let kind = kind(Kinds::objects().update(set).exec(db).await);
    assert_eq!(Kinds::objects().all(db).await?, before, "{column}");
    match kind {
        DbErrorKind::Data { column: named } => {
            assert!(named.is_none_or(|n| n == column), "{column}");
            Ok(false)
        }
        DbErrorKind::DataTooLong { column: named } => {
            assert_eq!(named.as_deref(), Some(column));
            Ok(true)
        }
        other => panic!("{column}: {other:?}"),
    }
}

async fn integers_by_expression(db: &Db) -> Result<()> {
    one(db).await?;
    assert!(!refused(db, "small", |k| k.small().set(k.small() + 30_000 + 30_000)).await?);
    assert!(!refused(db, "small", |k| k.small().set(k.small() - 30_000 - 30_000)).await?);
    assert!(!refused(db, "int", |k| k.int().set(k.int() + i32::MAX + 4)).await?);
    assert!(!refused(db, "usmall", |k| k.usmall().set(k.usmall() - 10)).await?);
    assert!(!refused(db, "usmall", |k| k.usmall().set(k.usmall() + u16::MAX)).await?);
    assert!(!refused(db, "uint", |k| k.uint().set(k.uint() * u32::MAX)).await?);
    assert!(!refused(db, "big", |k| k.big().set(k.big() + i64::MAX)).await?);
    assert!(!refused(db, "big", |k| k.big().set(k.big() * i64::MIN)).await?);
    assert!(!refused(db, "ubig", |k| k.ubig().set(k.ubig() - 9)).await?);
    Ok(())
}

async fn texts_by_expression(db: &Db) -> Result<()> {
    one(db).await?;
    let long = "é".repeat(16);
    assert!(
        refused(db, "short", |k| k
            .short()
            .set(concat(k.short(), long.as_str())))
        .await?
    );
    let fits = "é".repeat(15);
    let n = Kinds::objects().update(|k| k.short().set(concat(k.short(), fits.as_str())));
    assert_eq!(n.exec(db).await?, 1);
    assert_eq!(Kinds::get(db, 1).await?.short, format!("short{fits}"));
    let set = Kinds::objects().update(|k| k.bytes().set(vec![0; 5]));
    set.exec(db).await?;
    assert!(refused(db, "few", |k| k.few().set(k.bytes())).await?);
    Ok(())
}

async fn floats_by_expression(db: &Db) -> Result<()> {
    one(db).await?;
    Kinds::objects()
        .update(|k| k.double().set(1e308))
        .exec(db)
        .await?;
    assert!(!refused(db, "double", |k| k.double().set(k.double() * 1e10)).await?);
    Ok(())
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

async fn decimals_by_expression(db: &Db) -> Result<()> {
    one(db).await?;
    assert!(!refused(db, "price", |k| k.price().set(k.price() * dec("100000000"))).await?);
    // More digits behind the point than the column has are rounded, half away from zero.
    for (price, factor, wanted) in [
        ("0.0001", "0.5", "0.0001"),
        ("-0.0001", "0.5", "-0.0001"),
        ("0.0001", "0.4999", "0.0000"),
        ("9.9999", "1.00001", "10.0000"),
    ] {
        let set = Kinds::objects().update(|k| k.price().set(dec(price)));
        set.exec(db).await?;
        let scaled = Kinds::objects().update(|k| k.price().set(k.price() * dec(factor)));
        scaled.exec(db).await?;
        assert_eq!(
            Kinds::get(db, 1).await?.price,
            dec(wanted),
            "{price} * {factor}"
        );
    }
    Ok(())
}

async fn decimal_arithmetic(db: &Db) -> Result<()> {
    one(db).await?;
    for (id, price) in [(2, "0.1"), (3, "0.2"), (4, "-12345678.9876")] {
        let mut row = Kinds {
            price: dec(price),
            ..Kinds::plain(id)
        };
        row.insert(db).await?;
    }
    let rows = Kinds::filter(|k| k.id().gt(1))
        .select(|k| {
            (
                k.price() + dec("0.2"),
                k.price() - dec("0.3"),
                k.price() * dec("3"),
                k.price() * k.price(),
            )
        })
        .all(db)
        .await?;
    let wanted = [
        ("0.3", "-0.2", "0.3", "0.01"),
        ("0.4", "-0.1", "0.6", "0.04"),
        (
            "-12345678.7876",
            "-12345679.2876",
            "-37037036.9628",
            "152415789664868.16095376",
        ),
    ];
    for (row, wanted) in rows.iter().zip(wanted) {
        let wanted = (dec(wanted.0), dec(wanted.1), dec(wanted.2), dec(wanted.3));
        assert_eq!((row.0, row.1, row.2), (wanted.0, wanted.1, wanted.2));
        assert_eq!(row.3.round_dp(4), wanted.3.round_dp(4));
    }
    // 0.1 + 0.2 is 0.3, and sums compare and sort as numbers.
    let q = Kinds::filter(|k| (k.price() + dec("0.2")).eq(dec("0.30")));
    assert_eq!(q.select(|k| k.id()).all(db).await?, [2]);
    let q = Kinds::filter(|k| (k.price() + k.price()).gt(k.price() * dec("2.0") - dec("9")));
    assert_eq!(q.count(db).await?, 4);
    let q = Kinds::objects().order_by(|k| (k.price() * dec("-1")).asc());
    assert_eq!(q.select(|k| k.id()).all(db).await?, [1, 3, 2, 4]);
    let sum = Kinds::objects()
        .aggregate(|k| (k.price() + dec("1")).sum())
        .get(db)
        .await?;
    assert_eq!(sum, Some(dec("-12345662.3420")));
    Ok(())
}

async fn what_fits_is_stored(db: &Db) -> Result<()> {
    one(db).await?;
    let set = Kinds::objects().update(|k| {
        (
            k.small().set(k.small() + 32_765),
            k.usmall().set(k.usmall() - 6),
            k.int().set(k.int() - (i32::MAX - 2)),
            k.big().set(k.big() - 4 + i64::MAX),
            k.uint().set(k.uint() - 7 + u32::MAX),
            k.double().set(k.double() * 0.0),
            k.price().set(k.price() - dec("12.3456")),
        )
    });
    assert_eq!(set.exec(db).await?, 1);
    let k = Kinds::get(db, 1).await?;
    assert_eq!((k.small, k.usmall, k.int), (i16::MAX, 0, i32::MIN));
    assert_eq!(
        (k.big, k.uint, k.double, k.price),
        (i64::MAX, u32::MAX, 0.0, dec("0"))
    );
    // NULL goes through, into columns that take it.
    let mut maybe = MaybeKinds::nothing(1);
    maybe.insert(db).await?;
    let set = MaybeKinds::objects().update(|k| {
        (
            k.small().set(k.small() + 1),
            k.short().set(k.text()),
            k.few().set(k.bytes()),
            k.price().set(k.price() + dec("1")),
            k.double().set(k.double() + 1.0),
        )
    });
    assert_eq!(set.exec(db).await?, 1);
    assert_eq!(MaybeKinds::get(db, 1).await?, maybe);
    Ok(())
}

async fn numbers_that_are_none(db: &Db) -> Result<()> {
    one(db).await?;
    let wanted = |c: &str| DbErrorKind::Data {
        column: Some(c.to_owned()),
    };
    for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let bad = || Kinds {
            double: x,
            ..Kinds::plain(2)
        };
        assert_eq!(kind(bad().insert(db).await), wanted("double"));
        assert_eq!(kind(bad().save(db).await), wanted("double"));
        let rows = [Kinds::plain(3), bad()];
        assert_eq!(kind(Kinds::bulk_create(db, rows).await), wanted("double"));
        let set = Kinds::objects().update(|k| k.double().set(x));
        assert_eq!(kind(set.exec(db).await), wanted("double"));
        let single = Kinds {
            single: x as f32,
            ..Kinds::plain(2)
        };
        assert_eq!(
            kind(Kinds::bulk_create(db, [single]).await),
            wanted("single")
        );
        // No value to look for: refused, since no database could say what it equals.
        let lookup = kind(Kinds::filter(|k| k.double().eq(x)).count(db).await);
        assert!(matches!(lookup, DbErrorKind::Data { .. }), "{lookup:?}");
    }
    assert_eq!(Kinds::objects().all(db).await?, [Kinds::plain(1)]);
    Ok(())
}

async fn dates(db: &Db) -> Result<()> {
    one(db).await?;
    let min_year = db.dialect().features().min_year;
    for (y, m, d) in [
        (1, 1, 1),
        (999, 12, 31),
        (1000, 1, 1),
        (9999, 12, 31),
        (1969, 12, 31),
    ] {
        if y < min_year {
            continue;
        }
        let date = NaiveDate::from_ymd_opt(y, m, d).expect("a date");
        let at = Utc
            .with_ymd_and_hms(y, m, d, 23, 59, 59)
            .single()
            .expect("an instant")
            + TimeDelta::microseconds(999_999);
        let mut row = Kinds {
            date,
            at,
            naive: at.naive_utc(),
            ..Kinds::plain(2)
        };
        row.insert(db).await?;
        let found =
            || Kinds::filter(|k| k.date().eq(date) & k.at().eq(at) & k.naive().lte(at.naive_utc()));
        assert_eq!(found().get(db).await?, row);
        let parts = found()
            .select(|k| {
                (
                    k.date().year(),
                    k.at().month(),
                    k.at().second(),
                    k.at().date(),
                    k.at().week_day(),
                    k.at().quarter(),
                    k.date().day(),
                )
            })
            .get(db)
            .await?;
        let week_day = i64::from(date.weekday().num_days_from_sunday()) + 1;
        assert_eq!(
            parts,
            (
                y.into(),
                m.into(),
                59,
                date,
                week_day,
                (i64::from(m) + 2) / 3,
                d.into()
            )
        );
        row.delete(db).await?;
    }
    for y in [0, -1, 10_000] {
        let date = NaiveDate::from_ymd_opt(y, 1, 1).expect("a date");
        let mut row = Kinds {
            date,
            ..Kinds::plain(2)
        };
        let wanted = DbErrorKind::Data {
            column: Some("date".to_owned()),
        };
        assert_eq!(kind(row.insert(db).await), wanted);
        let mut row = Kinds {
            at: date.and_hms_opt(0, 0, 0).expect("midnight").and_utc(),
            ..Kinds::plain(2)
        };
        let wanted = DbErrorKind::Data {
            column: Some("at".to_owned()),
        };
        assert_eq!(kind(row.insert(db).await), wanted);
    }
    let mut early = Kinds {
        date: NaiveDate::from_ymd_opt(min_year - 1, 12, 31).expect("a date"),
        ..Kinds::plain(2)
    };
    let wanted = DbErrorKind::Data {
        column: Some("date".to_owned()),
    };
    assert_eq!(kind(early.insert(db).await), wanted);
    early.id = 1;
    assert_eq!(kind(early.save(db).await), wanted);
    assert_eq!(kind(Kinds::bulk_create(db, [early]).await), wanted);
    assert_eq!(Kinds::objects().all(db).await?, [Kinds::plain(1)]);
    Ok(())
}

async fn integers_above_the_signed(db: &Db) -> Result<()> {
    one(db).await?;
    let mut row = Kinds {
        ubig: u64::MAX,
        ..Kinds::plain(2)
    };
    if db.dialect().features().unsigned_64 {
        row.insert(db).await?;
        assert_eq!(Kinds::filter(|k| k.ubig().eq(u64::MAX)).get(db).await?, row);
        assert_eq!(Kinds::filter(|k| k.ubig().lt(u64::MAX)).count(db).await?, 1);
        return Ok(());
    }
    for refused in [
        kind(row.insert(db).await),
        kind(Kinds::bulk_create(db, [row]).await),
        kind(Kinds::filter(|k| k.ubig().eq(u64::MAX)).count(db).await),
    ] {
        assert!(matches!(refused, DbErrorKind::Data { .. }), "{refused:?}");
    }
    assert_eq!(Kinds::objects().all(db).await?, [Kinds::plain(1)]);
    Ok(())
}

async fn floats_of_32_bits(db: &Db) -> Result<()> {
    one(db).await?;
    for x in [0.1_f32, f32::MAX, f32::MIN_POSITIVE, 16_777_217.0] {
        let mut row = Kinds {
            single: x,
            ..Kinds::plain(2)
        };
        row.insert(db).await?;
        assert_eq!(Kinds::filter(|k| k.single().eq(x)).get(db).await?, row);
        let both =
            Kinds::filter(|k| k.id().eq(2)).aggregate(|k| (k.single().sum(), k.single().max()));
        assert_eq!(both.get(db).await?, (Some(f64::from(x)), Some(x)));
        row.delete(db).await?;
    }
    Ok(())
}

async fn more_values_than_parameters(db: &Db) -> Result<()> {
    one(db).await?;
    let q = Kinds::filter(|k| k.big().is_in(0..100_000) & k.uint().eq(7));
    assert_eq!(q.count(db).await?, 1);
    let texts = (0..100_000)
        .map(|i| format!("it's \\ {i}?"))
        .chain(["short".to_owned()]);
    assert_eq!(
        Kinds::filter(|k| k.short().is_in(texts)).count(db).await?,
        1
    );
    let prices = (0..70_000)
        .map(|i| Decimal::new(i * 10, 1))
        .chain([dec("12.34560")]);
    assert_eq!(
        Kinds::filter(|k| k.price().is_in(prices)).count(db).await?,
        1
    );
    let others = Kinds::filter(|k| k.big().not_in(5..100_000));
    assert_eq!(others.count(db).await?, 1);
    Ok(())
}
