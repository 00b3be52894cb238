//! Expressions: calculation, CASE, casts, and the functions of texts, numbers and dates.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use orm::prelude::*;
use orm::query::{
    Unit, coalesce, concat, days, months, pi, random, value, weeks, when, window, years,
};
use rust_decimal::Decimal;
use suite::models::blog::{Article, fill, january};
use suite::models::kinds::{Kinds, MaybeKinds};

cases! {
    promotion, exact_decimals, division, left_sides, negation, nullable_operands,
    conditional_values, conditional_update, casts, first_of, extremes, cut_texts, searched_texts,
    padded_texts, digests, patterns, rounding, mathematics, no_value, written_without_value,
    whole_numbers, calendar_parts,
    iso_weeks, starts_of_units, moved_dates, moved_by_columns, windows_of_decimals, spans_of_time, clock_times, date_lookups,
    conditions_as_values, group_by_expressions,
}

/// Rows of every type, numbered from 1; the dates and prices differ.
async fn kinds(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    for (id, price, (y, m, d)) in [
        (1, "10.2500", (2024, 1, 31)),
        (2, "-3.5000", (2023, 12, 31)),
        (3, "0.0050", (2021, 1, 3)),
    ] {
        let date = NaiveDate::from_ymd_opt(y, m, d).expect("a date");
        let mut row = Kinds {
            price: price.parse().expect("a decimal"),
            date,
            at: date
                .and_hms_micro_opt(13, 14, 59, 250_000)
                .expect("a time")
                .and_utc(),
            int: i32::try_from(id).expect("small") * 3,
            double: 2.5 * id as f64,
            ..Kinds::plain(id)
        };
        row.save(db).await?;
    }
    Ok(())
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a date")
}

async fn promotion(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row: (i32, i64, f64, Decimal, f64) = Kinds::objects()
        .filter(|k| k.id().eq(1))
        .select(|k| {
            (
                k.int() + 1,
                k.int() + k.id(),
                k.id() * k.double(),
                k.price() * k.int(),
                k.price() * k.double(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row, (4, 4, 2.5, dec("30.75"), 25.625));
    Ok(())
}

async fn exact_decimals(db: &Db) -> Result<()> {
    kinds(db).await?;
    let rows: Vec<(Decimal, Decimal, Decimal)> = Kinds::objects()
        .select(|k| {
            (
                k.price() + dec("0.1"),
                k.price() * (k.price() - dec("0.0001")),
                k.price() * k.price() * k.price(),
            )
        })
        .all(db)
        .await?;
    assert_eq!(
        rows[0],
        (dec("10.35"), dec("105.061475"), dec("1076.890625"))
    );
    assert_eq!(rows[1], (dec("-3.4"), dec("12.25035"), dec("-42.875")));
    // As numbers, not as texts: 10.25 above 2, -3.5 below 0.005.
    let ids = Kinds::objects()
        .order_by(|k| (k.price() + k.price()).desc())
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(ids, [1, 3, 2]);
    let above = Kinds::filter(|k| (k.price() * Decimal::from(2)).gt(dec("2")));
    assert_eq!(above.count(db).await?, 1);
    Ok(())
}

async fn division(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(2))
        .select(|k| {
            (
                k.int() / 4,
                k.price() / k.int(),
                k.id() / (k.id() - 2),
                k.int() % 4,
            )
        })
        .get(db)
        .await?;
    assert_eq!(row, (Some(1.5), Some(-3.5 / 6.0), None, Some(2)));
    Ok(())
}

async fn left_sides(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(1))
        .select(|k| {
            (
                1 - k.price(),
                10 - k.id(),
                2.0 * k.double(),
                dec("1.5") + k.price(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row, (dec("-9.25"), 9, 5.0, dec("11.75")));
    Ok(())
}

async fn negation(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(2))
        .select(|k| (-k.id(), -k.price(), -(k.double() + 1.0)))
        .get(db)
        .await?;
    assert_eq!(row, (-2, dec("3.5"), -6.0));
    Ok(())
}

/// What is calculated with a column that may be NULL may be NULL.
async fn nullable_operands(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows: Vec<(Option<f64>, Option<f64>)> = Article::objects()
        .order_by(|a| a.id())
        .select(|a| (a.views() + a.rating(), a.rating() + a.views()))
        .limit(2)
        .all(db)
        .await?;
    assert_eq!(rows, [(Some(14.5), Some(14.5)), (None, None)]);
    Ok(())
}

async fn conditional_values(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            (
                when(a.views().gte(20), "high")
                    .when(a.views().gt(0), "low")
                    .otherwise("none"),
                when(a.rating().gt(2.5), a.views()).or_null(),
                when(a.rating().gt(2.5), a.rating()).otherwise(0.0),
            )
        })
        .all(db)
        .await?;
    let row = |t: &str, n, r| (t.to_owned(), n, r);
    assert_eq!(
        rows,
        [
            row("low", Some(10), Some(4.5)),
            row("high", None, Some(0.0)),
            row("high", None, Some(0.0)),
            row("none", None, Some(0.0)),
            row("high", Some(35), Some(3.0)),
        ]
    );
    Ok(())
}

async fn conditional_update(db: &Db) -> Result<()> {
    fill(db).await?;
    Article::objects()
        .update(|a| {
            a.views()
                .set(when(a.public(), a.views() + 100).otherwise(a.views() - 1))
        })
        .exec(db)
        .await?;
    let views = Article::objects()
        .order_by(|a| a.id())
        .select(|a| a.views())
        .all(db)
        .await?;
    assert_eq!(views, [110, 19, 120, -1, 135]);
    Ok(())
}

async fn casts(db: &Db) -> Result<()> {
    kinds(db).await?;
    let rows = Kinds::objects()
        .order_by(|k| k.id())
        .select(|k| {
            (
                k.double().cast::<i64>(),
                k.price().cast::<i64>(),
                k.price().cast::<f64>(),
                k.id().cast::<String>(),
                k.date().cast::<DateTime<Utc>>(),
                value("2024-02-29").cast::<NaiveDate>(),
            )
        })
        .all(db)
        .await?;
    assert_eq!(rows[0].0, 2, "half to even");
    assert_eq!(rows[2].0, 8, "half to even");
    let wholes: Vec<i64> = rows.iter().map(|r| r.1).collect();
    assert_eq!(wholes, [10, -4, 0], "half away from zero");
    assert_eq!((rows[1].2, rows[1].3.as_str()), (-3.5, "2"));
    assert_eq!(
        rows[0].4,
        day(2024, 1, 31)
            .and_hms_opt(0, 0, 0)
            .expect("midnight")
            .and_utc()
    );
    assert_eq!(rows[0].5, day(2024, 2, 29));
    let read = Kinds::filter(|k| (k.id().cast::<Decimal>() / k.int()).lt(0.4));
    assert_eq!(read.count(db).await?, 3);
    let texts = value("12 apples").cast::<i64>();
    let n = Kinds::objects().limit(1).select(|_| texts).get(db).await?;
    assert_eq!(n, 12);
    Ok(())
}

async fn first_of(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows: Vec<(f64, Option<i64>, Option<i64>)> = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            (
                coalesce(a.rating(), a.views().cast::<f64>()),
                a.views().null_if(20),
                a.editor_id().coalesce(a.editor_id()),
            )
        })
        .limit(3)
        .all(db)
        .await?;
    assert_eq!(
        rows,
        [
            (4.5, Some(10), Some(2)),
            (20.0, None, None),
            (2.0, None, Some(3))
        ]
    );
    Ok(())
}

async fn extremes(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(1))
        .select(|k| {
            (
                k.id().greatest(7),
                k.id().least(7),
                k.price().greatest(dec("9.9")),
                k.price().least(dec("9.9")),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row, (7, 1, dec("10.25"), dec("9.9")));
    fill(db).await?;
    let none = Article::filter(|a| a.rating().is_null())
        .select(|a| a.rating().greatest(1.0))
        .distinct()
        .all(db)
        .await?;
    assert_eq!(none, [None]);
    Ok(())
}

async fn cut_texts(db: &Db) -> Result<()> {
    fill(db).await?;
    let row = Article::filter(|a| a.id().eq(5))
        .select(|a| {
            (
                a.title().left(2),
                a.title().right(3),
                a.title().substr(2, 3),
                a.title().reverse(),
                (
                    a.title().left(0),
                    a.title().right(0),
                    a.title().substr(99, 1),
                    a.title().substr(0, 3),
                ),
                concat("  x ", a.title()).left(4).trim(),
                concat("  x ", "").trim_start(),
                concat("  x ", "").trim_end(),
            )
        })
        .get(db)
        .await?;
    let s = str::to_owned;
    assert_eq!(
        row,
        (
            s("Ép"),
            s("lon"),
            s("psi"),
            s("nolispÉ"),
            (s(""), s(""), s(""), s("")),
            s("x"),
            s("x "),
            s("  x")
        )
    );
    Ok(())
}

async fn searched_texts(db: &Db) -> Result<()> {
    fill(db).await?;
    let row = Article::filter(|a| a.id().eq(1))
        .select(|a| {
            (
                a.title().position("ph"),
                a.title().position("PH"),
                a.title().replace("a", "aa"),
                a.title().length() + a.body().length(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row, (3, 0, "Alphaa".to_owned(), 5));
    // A text from a column is looked for as it is, wildcards and all.
    let within = Article::filter(|a| concat("x", a.title()).position(a.title()).eq(2));
    assert_eq!(within.count(db).await?, 5);
    Ok(())
}

async fn padded_texts(db: &Db) -> Result<()> {
    fill(db).await?;
    let row = Article::filter(|a| a.id().eq(5))
        .select(|a| {
            (
                a.title().pad_start(10, "-+"),
                a.title().pad_end(10, "-+"),
                a.title().pad_start(3, "-"),
                a.title().left(1).repeat(3),
            )
        })
        .get(db)
        .await?;
    let s = str::to_owned;
    assert_eq!(row, (s("-+-Épsilon"), s("Épsilon-+-"), s("Éps"), s("ÉÉÉ")));
    Ok(())
}

async fn digests(db: &Db) -> Result<()> {
    fill(db).await?;
    let row = Article::filter(|a| a.id().eq(1))
        .select(|a| {
            (
                a.title().sha256(),
                a.title().sha384().length(),
                a.title().sha512().length(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row.0, ALPHA);
    assert_eq!((row.1, row.2), (96, 128));
    Ok(())
}

/// SHA-256 of `Alpha`.
const ALPHA: &str = "b1a96dd646bccaa24cef7a3db22a6f995f05658f4f1c3272913e258c03e6fb24";

async fn patterns(db: &Db) -> Result<()> {
    fill(db).await?;
    for (pattern, ids) in [
        ("%a", &[1, 2][..]),
        ("A%", &[1]),
        ("a%", &[]),
        ("_eta", &[2]),
        ("G%_1", &[3]),
        ("%[a-z]%", &[]),
        ("%*%", &[]),
        ("%|%", &[]),
        ("%\\%", &[]),
        ("___silon", &[]),
        ("__silon", &[5]),
    ] {
        let found = Article::filter(|a| a.title().like(pattern))
            .order_by(|a| a.id())
            .select(|a| a.id())
            .all(db)
            .await?;
        assert_eq!(found, ids, "{pattern}");
    }
    let rest = Article::filter(|a| !a.title().like("%a%"));
    assert_eq!(rest.count(db).await?, 1);
    Ok(())
}

async fn rounding(db: &Db) -> Result<()> {
    kinds(db).await?;
    let rows = Kinds::objects()
        .order_by(|k| k.id())
        .select(|k| {
            (
                (
                    k.price().round(1),
                    k.price().ceil(),
                    k.price().floor(),
                    k.price().abs(),
                ),
                (k.double().round(0), k.double().ceil(), k.double().floor()),
                k.price().sign(),
            )
        })
        .all(db)
        .await?;
    let d = dec;
    assert_eq!(
        rows,
        [
            (
                (d("10.3"), d("11"), d("10"), d("10.25")),
                (2.0, 3.0, 2.0),
                1
            ),
            ((d("-3.5"), d("-3"), d("-4"), d("3.5")), (5.0, 5.0, 5.0), -1),
            ((d("0"), d("1"), d("0"), d("0.005")), (8.0, 8.0, 7.0), 1),
        ]
    );
    let cents = Kinds::filter(|k| k.id().eq(3))
        .select(|k| k.price().round(2))
        .get(db)
        .await?;
    assert_eq!(cents, d("0.01"));
    Ok(())
}

async fn mathematics(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(2))
        .select(|k| {
            (
                (
                    k.id().sqrt(),
                    k.id().power(10.0),
                    k.double().modulo(3.0),
                    k.id().log(2.0),
                ),
                (
                    k.id().exp(),
                    k.id().ln(),
                    k.id().sin(),
                    k.id().cos(),
                    k.id().tan(),
                ),
                (
                    k.id().cot(),
                    (k.id() - 2).cot(),
                    (k.id() - 2).asin(),
                    k.id().acos(),
                ),
                (
                    k.id().atan(),
                    k.id().atan2(2.0),
                    k.id().to_degrees(),
                    k.id().to_radians(),
                ),
                ((-k.id()).sqrt(), (k.id() - 2).ln(), pi(), random()),
            )
        })
        .get(db)
        .await?;
    let near = |a: Option<f64>, b: f64| {
        let a = a.expect("a number");
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    };
    near(row.0.0, 2_f64.sqrt());
    near(row.0.1, 1024.0);
    near(row.0.2, 2.0);
    near(row.0.3, 1.0);
    near(row.1.0, 2_f64.exp());
    near(row.1.1, 2_f64.ln());
    near(row.1.2, 2_f64.sin());
    near(row.1.3, 2_f64.cos());
    near(row.1.4, 2_f64.tan());
    near(row.2.0, 1.0 / 2_f64.tan());
    assert_eq!(row.2.1, None);
    near(row.2.2, 0.0);
    assert_eq!(row.2.3, None);
    near(row.3.0, 2_f64.atan());
    near(row.3.1, std::f64::consts::FRAC_PI_4);
    near(row.3.2, 2_f64.to_degrees());
    near(row.3.3, 2_f64.to_radians());
    assert_eq!((row.4.0, row.4.1), (None, None));
    near(Some(row.4.2), std::f64::consts::PI);
    assert!((0.0..1.0).contains(&row.4.3));
    Ok(())
}

/// Where a function has no value, or one beyond all floats, it is NULL.
async fn no_value(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(2))
        .select(|k| {
            (
                ((-k.id()).power(0.5), (k.id() - 2).power(-1.0)),
                (k.id().power(1e9), (k.id() * 1000).exp()),
                (k.id().log(0.0), k.id().log(1.0), k.id().log(-2.0)),
                ((-k.id()).power(3.0), (k.id() - 2).power(0.0)),
                ((k.id() * -1000).exp(), k.id().power(-1e9)),
            )
        })
        .get(db)
        .await?;
    assert_eq!(
        row,
        (
            (None, None),
            (None, None),
            (None, None, None),
            (Some(-8.0), Some(1.0)),
            (Some(0.0), Some(0.0)),
        )
    );
    Ok(())
}

/// What has no value is written as NULL, or refused by a strict server: never anything else.
async fn written_without_value(db: &Db) -> Result<()> {
    orm::create_tables(db, &[MaybeKinds::META]).await?;
    let date = NaiveDate::from_ymd_opt(9999, 12, 31);
    let mut row = MaybeKinds {
        date,
        text: Some("12x".to_owned()),
        ..MaybeKinds::nothing(1)
    };
    row.save(db).await?;
    let read = async || {
        let row = MaybeKinds::objects().select(|k| (k.date(), k.big()));
        row.get(db).await
    };
    let moved = MaybeKinds::objects().update(|k| k.date().set(k.date() + days(1)));
    let done = moved.exec(db).await;
    let expected = if done.is_ok() { None } else { date };
    assert_eq!(read().await?, (expected, None), "{done:?}");
    // Of a text that is no number as a whole it is the number that it begins with.
    let cast = MaybeKinds::objects().update(|k| k.big().set(k.text().cast::<i64>()));
    let done = cast.exec(db).await;
    let number = done.is_ok().then_some(12);
    assert_eq!(read().await?, (expected, number), "{done:?}");
    Ok(())
}

/// Whole numbers stay what they are.
async fn whole_numbers(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(2))
        .select(|k| {
            (
                k.id().ceil(),
                k.int().floor(),
                k.id().round(2),
                (k.id() - 5).abs(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row, (2, 6, 2, 3));
    Ok(())
}

async fn calendar_parts(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(1))
        .select(|k| {
            (
                (
                    k.date().year(),
                    k.date().month(),
                    k.date().day(),
                    k.date().quarter(),
                ),
                (k.at().hour(), k.at().minute(), k.at().second()),
                (k.at().week_day(), k.at().iso_week_day()),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row, ((2024, 1, 31, 1), (13, 14, 59), (4, 3)));
    Ok(())
}

/// The turn of a year belongs to the week's own year.
async fn iso_weeks(db: &Db) -> Result<()> {
    kinds(db).await?;
    let rows = Kinds::objects()
        .order_by(|k| k.id())
        .select(|k| {
            (
                k.date().iso_year(),
                k.date().week(),
                k.at().iso_year(),
                k.at().week(),
            )
        })
        .all(db)
        .await?;
    assert_eq!(
        rows,
        [
            (2024, 5, 2024, 5),
            (2023, 52, 2023, 52),
            (2020, 53, 2020, 53)
        ]
    );
    Ok(())
}

async fn starts_of_units(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(3))
        .select(|k| {
            (
                k.date().trunc(Unit::Year),
                k.date().trunc(Unit::Quarter),
                k.date().trunc(Unit::Month),
                k.date().trunc(Unit::Week),
                k.date().trunc(Unit::Day),
            )
        })
        .get(db)
        .await?;
    let jan = day(2021, 1, 1);
    assert_eq!(row, (jan, jan, jan, day(2020, 12, 28), day(2021, 1, 3)));
    let row = Kinds::objects()
        .filter(|k| k.id().eq(1))
        .select(|k| {
            (
                k.at().trunc(Unit::Quarter),
                k.at().trunc(Unit::Week),
                k.at().trunc(Unit::Day),
                k.at().trunc(Unit::Hour),
                k.at().trunc(Unit::Minute),
                k.at().trunc(Unit::Second),
            )
        })
        .get(db)
        .await?;
    let at = |m, d, h, mi, s| {
        day(2024, m, d)
            .and_hms_opt(h, mi, s)
            .expect("a time")
            .and_utc()
    };
    assert_eq!(
        row,
        (
            at(1, 1, 0, 0, 0),
            at(1, 29, 0, 0, 0),
            at(1, 31, 0, 0, 0),
            at(1, 31, 13, 0, 0),
            at(1, 31, 13, 14, 0),
            at(1, 31, 13, 14, 59)
        )
    );
    Ok(())
}

async fn moved_dates(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(1))
        .select(|k| {
            (
                k.date() + months(1),
                k.date() - days(31),
                k.date() + weeks(1),
                k.date() - years(1),
                k.at() + months(1),
                k.at() + TimeDelta::microseconds(750_000),
                k.at() - TimeDelta::hours(14),
            )
        })
        .get(db)
        .await?;
    let at = day(2024, 1, 31)
        .and_hms_micro_opt(13, 14, 59, 250_000)
        .expect("a time")
        .and_utc();
    assert_eq!(
        row,
        (
            day(2024, 2, 29),
            day(2023, 12, 31),
            day(2024, 2, 7),
            day(2023, 1, 31),
            at + TimeDelta::days(29),
            at + TimeDelta::microseconds(750_000),
            at - TimeDelta::hours(14),
        )
    );
    let recent = Kinds::filter(|k| k.date().gt(value(day(2024, 2, 1)) - months(2)));
    assert_eq!(recent.count(db).await?, 2);
    Ok(())
}

/// How far a date moves may stand in a column.
async fn moved_by_columns(db: &Db) -> Result<()> {
    kinds(db).await?;
    let rows = Kinds::objects()
        .order_by(|k| k.id())
        .select(|k| {
            (
                k.date() + days(k.int()),
                k.date() - months(k.id()),
                k.at() + weeks(k.int() - 3),
                k.date() + days(&k.int().null_if(3)),
            )
        })
        .all(db)
        .await?;
    let at = |date: NaiveDate| {
        date.and_hms_micro_opt(13, 14, 59, 250_000)
            .expect("a time")
            .and_utc()
    };
    assert_eq!(
        rows,
        [
            (
                Some(day(2024, 2, 3)),
                Some(day(2023, 12, 31)),
                Some(at(day(2024, 1, 31))),
                None
            ),
            (
                Some(day(2024, 1, 6)),
                Some(day(2023, 10, 31)),
                Some(at(day(2024, 1, 21))),
                Some(day(2024, 1, 6))
            ),
            (
                Some(day(2021, 1, 12)),
                Some(day(2020, 10, 3)),
                Some(at(day(2021, 2, 14))),
                Some(day(2021, 1, 12))
            ),
        ]
    );
    let late = Kinds::filter(|k| (k.date() - days(k.int())).gte(day(2023, 12, 25)));
    assert_eq!(late.count(db).await?, 2);
    late.update(|k| k.date().set(k.date() + years(k.int())))
        .exec(db)
        .await?;
    let moved = Kinds::objects()
        .order_by(|k| k.id())
        .select(|k| k.date())
        .all(db)
        .await?;
    assert_eq!(
        moved,
        [day(2027, 1, 31), day(2029, 12, 31), day(2021, 1, 3)]
    );
    Ok(())
}

async fn windows_of_decimals(db: &Db) -> Result<()> {
    kinds(db).await?;
    let rows = Kinds::objects()
        .order_by(|k| k.id())
        .select(|k| {
            let w = || window().order_by(k.id());
            let before = k.price().lag(1).over(w());
            (
                k.price() - before,
                k.price().first_value().over(w()) * k.id(),
                k.at() - k.at().lag(1).over(w()),
            )
        })
        .all(db)
        .await?;
    let days = |n| Some(TimeDelta::days(n));
    assert_eq!(
        rows,
        [
            (None, Some(dec("10.25")), None),
            (Some(dec("-13.75")), Some(dec("20.5")), days(-31)),
            (Some(dec("3.505")), Some(dec("30.75")), days(-1092)),
        ]
    );
    Ok(())
}

async fn spans_of_time(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(1))
        .select(|k| {
            (
                k.at() - (k.at() - days(2)),
                k.date() - (k.date() - days(1)),
                k.date().days_since(day(2023, 1, 31)),
                k.at() + k.delta() - k.at(),
                k.delta(),
            )
        })
        .get(db)
        .await?;
    assert_eq!(
        (row.0, row.1, row.2),
        (TimeDelta::days(2), TimeDelta::days(1), 365)
    );
    assert_eq!(row.3, row.4);
    Ok(())
}

async fn clock_times(db: &Db) -> Result<()> {
    kinds(db).await?;
    let row = Kinds::objects()
        .filter(|k| k.id().eq(1))
        .select(|k| (k.at().date(), k.at().time()))
        .get(db)
        .await?;
    let time = NaiveTime::from_hms_micro_opt(13, 14, 59, 250_000).expect("a time");
    assert_eq!(row, (day(2024, 1, 31), time));
    let found = Kinds::filter(|k| k.at().time().eq(time) & k.at().date().eq(day(2024, 1, 31)));
    assert_eq!(found.count(db).await?, 1);
    Ok(())
}

async fn date_lookups(db: &Db) -> Result<()> {
    fill(db).await?;
    let n =
        Article::filter(|a| a.at().year().eq(2024) & a.at().month().eq(1) & a.at().day().gte(16));
    assert_eq!(n.count(db).await?, 3);
    let n = Article::filter(|a| a.at().quarter().between(1, 2) & a.at().week_day().is_in([2, 3]));
    assert_eq!(n.count(db).await?, 2);
    let n = Article::filter(|a| a.at().week().eq(3) & a.at().iso_year().eq(2024));
    assert_eq!(n.count(db).await?, 4);
    let n = Article::filter(|a| a.at().date().eq(january(15, 0).date_naive()));
    assert_eq!(n.count(db).await?, 1);
    Ok(())
}

async fn conditions_as_values(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            (
                (a.rating().gt(2.5) & a.views().lt(30)).as_bool(),
                a.tags().exists().as_bool(),
            )
        })
        .all(db)
        .await?;
    assert_eq!(
        rows,
        [
            (true, true),
            (false, true),
            (false, false),
            (false, true),
            (false, false)
        ]
    );
    Ok(())
}

async fn group_by_expressions(db: &Db) -> Result<()> {
    fill(db).await?;
    let groups = Article::objects()
        .group_by(|a| when(a.views().gte(20), "high").otherwise("low"))
        .aggregate(|a| (count(), a.views().sum()))
        .all(db)
        .await?;
    assert_eq!(
        groups,
        [
            ("high".to_owned(), 3, Some(75)),
            ("low".to_owned(), 2, Some(10))
        ]
    );
    let by_day = Article::filter(|a| a.at().is_not_null())
        .group_by(|a| (a.at().trunc(Unit::Month), a.title().left(1).lower()))
        .having(|_| count().gte(1))
        .aggregate(|_| count())
        .all(db)
        .await?;
    assert_eq!(by_day.len(), 4);
    Ok(())
}
