//! `bulk_load`: what goes in comes out, all of it or nothing, on every backend alike.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use futures_util::stream;
use gate::{Action, Fault, Refusal, When};
use orm::prelude::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use suite::backend::Backend;
use suite::models::accounts::{self, Account, assert_kept};
use suite::models::blog::{Article, Author, Tag, fill};
use suite::models::kinds::{Kinds, MaybeKinds};
use uuid::Uuid;

cases! {
    random_rows_come_out, every_byte_comes_out, texts_come_out, slices_and_references, nothing_to_load,
    keys_and_defaults, taken_keys, keys_taken_twice_in_it, missing_parents, what_does_not_fit,
    streams, a_stream_that_fails, within_a_transaction, a_refusal_within_a_transaction, lookups_are_kept,
    rows_that_differ_in_what_they_give, large_rows, many_rows, a_dropped_load_leaves_nothing,
}

async fn tables(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META, MaybeKinds::META]).await
}

async fn maybe(db: &Db) -> Result<Vec<MaybeKinds>> {
    MaybeKinds::objects().all(db).await
}

/// Rows of any values that every backend keeps, a quarter of them NULL.
fn row() -> impl Strategy<Value = MaybeKinds> {
    fn or_null<T: std::fmt::Debug>(
        value: impl Strategy<Value = T>,
    ) -> impl Strategy<Value = Option<T>> {
        prop::option::weighted(0.75, value)
    }
    let day = (0..3_000_000_i32).prop_map(|d| {
        let first = NaiveDate::from_ymd_opt(1000, 1, 1).expect("a date");
        first + TimeDelta::days(d.into())
    });
    let time = (0..86_400_u32, 0..1_000_000_u32).prop_map(|(s, micro)| {
        NaiveTime::from_num_seconds_from_midnight_opt(s, micro * 1000).expect("a time")
    });
    let finite = prop::num::f64::NORMAL | prop::num::f64::ZERO;
    let small = prop::num::f32::NORMAL | prop::num::f32::ZERO;
    let price = (-999_999_999_999_i64..=999_999_999_999).prop_map(|n| Decimal::new(n, 4));
    let json =
        any::<String>().prop_map(|s| serde_json::json!({ "k": [s, null, 1], s.clone(): true }));
    let ints = (
        or_null(any::<i8>()),
        or_null(any::<i16>()),
        or_null(any::<i32>()),
        or_null(any::<i64>()),
        or_null(any::<u8>()),
        or_null(any::<u16>()),
        or_null(any::<u32>()),
        or_null(0..=i64::MAX as u64),
    );
    let numbers = (
        or_null(small),
        or_null(finite),
        or_null(any::<bool>()),
        or_null(price),
    );
    let texts = (
        or_null(prop::collection::vec(any::<char>(), 0..=20).prop_map(String::from_iter)),
        or_null(any::<String>()),
        or_null(prop::collection::vec(any::<u8>(), 0..60)),
        or_null(prop::collection::vec(any::<u8>(), 0..=4)),
        or_null(json),
    );
    let times = (
        or_null(day.clone()),
        or_null(time.clone()),
        or_null((day.clone(), time.clone())),
        or_null((day, time)),
    );
    let others = (
        or_null(0..i64::MAX as u64),
        or_null(-i64::MAX..i64::MAX),
        or_null(any::<u128>()),
        or_null(any::<std::net::IpAddr>()),
    );
    (ints, numbers, texts, times, others).prop_map(|(i, n, t, d, o)| MaybeKinds {
        id: 0,
        tiny: i.0,
        small: i.1,
        int: i.2,
        big: i.3,
        utiny: i.4,
        usmall: i.5,
        uint: i.6,
        ubig: i.7,
        single: n.0,
        double: n.1,
        flag: n.2,
        price: n.3,
        short: t.0,
        text: t.1,
        bytes: t.2,
        few: t.3,
        json: t.4,
        date: d.0,
        time: d.1,
        naive: d.2.map(|(day, time)| day.and_time(time)),
        at: d
            .3
            .map(|(day, time)| DateTime::from_naive_utc_and_offset(day.and_time(time), Utc)),
        span: o.0.map(std::time::Duration::from_micros),
        delta: o.1.map(TimeDelta::microseconds),
        uuid: o.2.map(Uuid::from_u128),
        ip: o.3,
    })
}

async fn random_rows_come_out(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut runner = TestRunner::deterministic();
    let tree = prop::collection::vec(row(), 400)
        .new_tree(&mut runner)
        .expect("rows");
    let mut rows = tree.current();
    for (id, row) in (1..).zip(&mut rows) {
        row.id = id;
    }
    assert_eq!(MaybeKinds::bulk_load(db, &rows).await?, 400);
    let found = maybe(db).await?;
    for (found, row) in found.iter().zip(&rows) {
        assert_eq!(found, row);
    }
    assert_eq!(found.len(), 400);
    Ok(())
}

async fn every_byte_comes_out(db: &Db) -> Result<()> {
    tables(db).await?;
    let pairs = (0..=u16::MAX).step_by(7).map(u16::to_be_bytes);
    let rows: Vec<Kinds> = (1..)
        .zip(pairs)
        .map(|(id, pair)| Kinds {
            bytes: pair.iter().chain(&[b'\\', pair[0]]).copied().collect(),
            few: pair.to_vec(),
            ..Kinds::plain(id)
        })
        .collect();
    let all: Vec<u8> = (0..=255).collect();
    let whole = Kinds {
        bytes: all.repeat(3),
        ..Kinds::plain(0)
    };
    Kinds::bulk_load(db, std::iter::once(&whole).chain(&rows)).await?;
    let found = Kinds::objects().all(db).await?;
    assert_eq!(found[0], whole);
    assert!(found[1..] == rows[..], "other bytes came out");
    Ok(())
}

async fn texts_come_out(db: &Db) -> Result<()> {
    tables(db).await?;
    let texts = [
        "",
        "\\",
        "\\N",
        "\\\\N",
        "N",
        "NULL",
        "\t",
        "\n",
        "\r\n",
        "a\tb\nc\\",
        "\\t",
        "a\0b",
        "\0",
        "\u{1a}",
        "\\0",
        "'",
        "\"",
        "\"a\"",
        ",",
        "@c1",
        " x ",
        "\u{feff}",
        "é ß İ",
        "日本語",
        "👩‍👩‍👧",
        "\u{10ffff}",
        "\u{8}",
        "$1 ? {}",
        "--",
        "/* */",
        ";",
    ];
    let rows: Vec<Kinds> = (0..)
        .zip(texts)
        .map(|(id, text)| Kinds {
            short: text.to_owned(),
            text: text.repeat(3),
            json: serde_json::json!({ text: [text] }),
            ..Kinds::plain(id)
        })
        .collect();
    Kinds::bulk_load(db, &rows).await?;
    let found = Kinds::objects().all(db).await?;
    for (found, row) in found.iter().zip(&rows) {
        assert_eq!(found, row);
    }
    assert_eq!(found.len(), rows.len());
    Ok(())
}

async fn slices_and_references(db: &Db) -> Result<()> {
    tables(db).await?;
    let rows = [Kinds::plain(1), Kinds::plain(2)];
    assert_eq!(Kinds::bulk_load(db, &rows).await?, 2);
    assert_eq!(Kinds::bulk_load(db, vec![Kinds::plain(3)]).await?, 1);
    assert_eq!(Kinds::bulk_create(db, &[Kinds::plain(4)]).await?, 1);
    assert_eq!(
        Kinds::objects().select(|k| k.id()).all(db).await?,
        [1, 2, 3, 4]
    );
    Ok(())
}

async fn nothing_to_load(db: &Db) -> Result<()> {
    tables(db).await?;
    let sent = db.statements();
    assert_eq!(Kinds::bulk_load(db, Vec::<Kinds>::new()).await?, 0);
    assert_eq!(db.statements(), sent);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "loaded")]
struct Parcel {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(default = "made", max_length = 20)]
    word: String,
    #[field(db_default = "7")]
    rank: i32,
    #[field(auto_now_add)]
    at: DateTime<Utc>,
    amount: Option<i64>,
    #[field(computed = "amount * 2")]
    twice: Option<i64>,
}

async fn keys_and_defaults(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Parcel::META]).await?;
    let rows = (0..50).map(|n| new!(Parcel { amount: Some(n) }));
    assert_eq!(Parcel::bulk_load(db, rows).await?, 50);
    let found = Parcel::objects().order_by(|p| p.amount()).all(db).await?;
    for (n, parcel) in (0..).zip(&found) {
        assert_eq!((parcel.amount, parcel.twice), (Some(n), Some(2 * n)));
        assert_eq!((parcel.word.as_str(), parcel.rank), ("made", 7));
        assert!((Utc::now() - parcel.at).num_seconds().abs() < 60);
    }
    // The keys that come afterwards are others.
    let mut ids: Vec<_> = found.iter().map(|p| p.id.to_value()).collect();
    for n in 0..5 {
        ids.push(
            Parcel::create(db, new!(Parcel { amount: Some(n) }))
                .await?
                .id
                .to_value(),
        );
        Parcel::bulk_load(db, [new!(Parcel { amount: None })]).await?;
    }
    let ids: std::collections::BTreeSet<String> = ids.iter().map(|id| format!("{id:?}")).collect();
    assert_eq!(ids.len(), 55);
    assert_eq!(Parcel::objects().count(db).await?, 60);
    // A row of defaults alone.
    assert_eq!(Parcel::bulk_load(db, [new!(Parcel {})]).await?, 1);
    Ok(())
}

fn kind<T>(result: Result<T>) -> DbErrorKind {
    match result.map(drop) {
        Err(Error::Db(error)) => error.kind,
        other => panic!("not an error of the database: {other:?}"),
    }
}

async fn taken_keys(db: &Db) -> Result<()> {
    tables(db).await?;
    Kinds::plain(500).insert(db).await?;
    let rows = (0..1000).map(Kinds::plain);
    let error = Kinds::bulk_load(db, rows).await.expect_err("500 is there");
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(Kinds::objects().count(db).await?, 1);
    Ok(())
}

async fn keys_taken_twice_in_it(db: &Db) -> Result<()> {
    tables(db).await?;
    let rows = (0..100).chain([42]).map(Kinds::plain);
    let error = Kinds::bulk_load(db, rows)
        .await
        .expect_err("42 stands twice");
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(Kinds::objects().count(db).await?, 0);
    Ok(())
}

async fn missing_parents(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = Article::objects().count(db).await?;
    let ann = Author::objects()
        .select(|a| a.id())
        .first(db)
        .await?
        .expect("an author");
    let rows = |last: i64| {
        let authors = [ann, ann, last];
        authors.map(|author| {
            new!(Article {
                title: "loaded",
                author: author
            })
        })
    };
    let loaded = Article::bulk_load(db, rows(9_999_999)).await;
    if db.dialect().features().foreign_keys {
        assert!(matches!(kind(loaded), DbErrorKind::ForeignKey { .. }));
        assert_eq!(Article::objects().count(db).await?, before);
    } else {
        assert_eq!(loaded?, 3);
    }
    let before = Article::objects().count(db).await?;
    assert_eq!(Article::bulk_load(db, rows(ann)).await?, 3);
    assert_eq!(Article::objects().count(db).await?, before + 3);
    Ok(())
}

async fn what_does_not_fit(db: &Db) -> Result<()> {
    tables(db).await?;
    let load = |bad: Kinds| Kinds::bulk_load(db, (1..50).map(Kinds::plain).chain([bad]));
    let column = |c: &str| Some(c.to_owned());
    let short = Kinds {
        short: "é".repeat(21),
        ..Kinds::plain(0)
    };
    assert_eq!(
        kind(load(short).await),
        DbErrorKind::DataTooLong {
            column: column("short")
        }
    );
    let few = Kinds {
        few: vec![0; 5],
        ..Kinds::plain(0)
    };
    assert_eq!(
        kind(load(few).await),
        DbErrorKind::DataTooLong {
            column: column("few")
        }
    );
    let price = Kinds {
        price: Decimal::new(1, 5),
        ..Kinds::plain(0)
    };
    assert_eq!(
        kind(load(price).await),
        DbErrorKind::Data {
            column: column("price")
        }
    );
    let double = Kinds {
        double: f64::NAN,
        ..Kinds::plain(0)
    };
    assert_eq!(
        kind(load(double).await),
        DbErrorKind::Data {
            column: column("double")
        }
    );
    let early = NaiveDate::from_ymd_opt(999, 12, 31).expect("a date");
    let early = Kinds {
        date: early,
        ..Kinds::plain(0)
    };
    if db.dialect().features().min_year > 999 {
        assert_eq!(
            kind(load(early).await),
            DbErrorKind::Data {
                column: column("date")
            }
        );
    }
    assert_eq!(Kinds::objects().count(db).await?, 0);
    // The connection is good for more.
    assert_eq!(Kinds::bulk_load(db, (1..50).map(Kinds::plain)).await?, 49);
    Ok(())
}

async fn streams(db: &Db) -> Result<()> {
    tables(db).await?;
    let rows = stream::unfold(0_i64, |id| async move {
        // Some rows are waited for.
        if id % 100 == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        (id < 1_000).then(|| (Ok(Kinds::plain(id)), id + 1))
    });
    assert_eq!(Kinds::bulk_load_stream(db, rows).await?, 1_000);
    assert_eq!(Kinds::objects().count(db).await?, 1_000);
    Ok(())
}

async fn a_stream_that_fails(db: &Db) -> Result<()> {
    tables(db).await?;
    for good in [0_i64, 1, 3_000] {
        let fail = stream::iter([Err(Error::Usage("the source has failed".into()))]);
        let rows =
            stream::StreamExt::chain(stream::iter((0..good).map(|id| Ok(Kinds::plain(id)))), fail);
        let error = Kinds::bulk_load_stream(db, rows)
            .await
            .expect_err("it fails");
        assert!(
            error.to_string().contains("the source has failed"),
            "{error}"
        );
        assert_eq!(Kinds::objects().count(db).await?, 0);
    }
    assert_eq!(Kinds::bulk_load(db, (0..10).map(Kinds::plain)).await?, 10);
    Ok(())
}

async fn within_a_transaction(db: &Db) -> Result<()> {
    tables(db).await?;
    let tx = db.begin().await?;
    Kinds::plain(100).insert(&tx).await?;
    assert_eq!(Kinds::bulk_load(&tx, (0..20).map(Kinds::plain)).await?, 20);
    assert_eq!(Kinds::objects().count(&tx).await?, 21);
    tx.rollback().await?;
    assert_eq!(Kinds::objects().count(db).await?, 0);
    let tx = db.begin().await?;
    assert_eq!(Kinds::bulk_load(&tx, (0..20).map(Kinds::plain)).await?, 20);
    tx.commit().await?;
    assert_eq!(Kinds::objects().count(db).await?, 20);
    Ok(())
}

async fn a_refusal_within_a_transaction(db: &Db) -> Result<()> {
    tables(db).await?;
    let tx = db.begin().await?;
    Kinds::plain(100).insert(&tx).await?;
    let error = Kinds::bulk_load(&tx, (0..200).map(Kinds::plain)).await;
    assert!(error.expect_err("100 is there").is_unique_violation());
    let after = Kinds::objects().count(&tx).await;
    if db.dialect().features().savepoints {
        // The rest of the transaction stays.
        assert_eq!(after?, 1);
        tx.commit().await?;
        assert_eq!(Kinds::objects().count(db).await?, 1);
    } else {
        assert!(after.is_err());
        let _ = tx.rollback().await;
        assert_eq!(Kinds::objects().count(db).await?, 0);
    }
    Ok(())
}

async fn lookups_are_kept(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let accounts = |from: usize, to: usize| {
        (from..to).map(|n| {
            new!(Account {
                email: format!("{n}@x"),
                nick: (n % 2 == 0).then(|| format!("n{n}"))
            })
        })
    };
    assert_eq!(Account::bulk_load(db, accounts(0, 30)).await?, 30);
    assert_kept(db).await?;
    let error = Account::bulk_load(db, accounts(29, 60))
        .await
        .expect_err("29 is taken");
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(Account::objects().count(db).await?, 30);
    assert_kept(db).await
}

async fn rows_that_differ_in_what_they_give(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Parcel::META]).await?;
    let rows = (0..20_i64).map(|n| {
        let new = new!(Parcel { amount: Some(n) });
        match n % 4 {
            0 => new,
            1 => new!(Parcel {
                amount: Some(n),
                rank: 1
            }),
            _ => new!(Parcel {
                amount: None,
                rank: 2,
                word: "given"
            }),
        }
    });
    assert_eq!(Parcel::bulk_load(db, rows).await?, 20);
    let count = async |rank: i32| Parcel::filter(move |p| p.rank().eq(rank)).count(db).await;
    assert_eq!(
        (count(7).await?, count(1).await?, count(2).await?),
        (5, 5, 10)
    );
    Ok(())
}

async fn large_rows(db: &Db) -> Result<()> {
    tables(db).await?;
    let rows: Vec<Kinds> = (0..3_u8)
        .map(|n| Kinds {
            bytes: (0..900_000_u32).map(|i| (i % 251) as u8 ^ n).collect(),
            text: "ä\t".repeat(300_000),
            ..Kinds::plain(n.into())
        })
        .collect();
    assert_eq!(Kinds::bulk_load(db, &rows).await?, 3);
    assert!(
        Kinds::objects().all(db).await? == rows,
        "other rows came out"
    );
    Ok(())
}

async fn many_rows(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = Tag::objects().count(db).await?;
    let recorder = db.record();
    let name = |n| format!("loaded {n}");
    let rows = (0..20_000).map(|n| new!(Tag { name: name(n) }));
    assert_eq!(Tag::bulk_load(db, rows).await?, 20_000);
    let sent = recorder.statements();
    if db.dialect().features().load_data {
        assert!(
            sent.len() == 1 && sent[0].starts_with("LOAD DATA LOCAL INFILE"),
            "{sent:?}"
        );
    }
    assert_eq!(Tag::objects().count(db).await?, before + 20_000);
    let last = Tag::filter(|t| t.name().eq(name(19_999)));
    assert_eq!(last.count(db).await?, 1);
    Ok(())
}

/// A server that takes no files says so before it asks for one.
#[tokio::test]
async fn rows_are_inserted_where_no_files_are_taken() {
    for code in [1148, 3948, 4166] {
        let Some(scratch) = Backend::SingleStoreText.scratch().await else {
            return;
        };
        let Some(gate) = &scratch.gate else {
            return;
        };
        let db = Db::connect(&scratch.url).await.expect("connects");
        tables(&db).await.expect("tables");
        let refusal = Action::Error(Refusal::new(code, "LOCAL INFILE is disabled"));
        let fault = Fault::new(1, When::Before, refusal).matching("LOAD DATA LOCAL");
        gate.control().arm(fault.repeating());
        let rows = (0..3_000).map(Kinds::plain);
        assert_eq!(Kinds::bulk_load(&db, rows).await.expect("inserts"), 3_000);
        assert!(gate.control().fired() > 0);
        let found = Kinds::objects().count(&db).await.expect("counts");
        assert_eq!(found, 3_000);
        // What is taken is taken there, too.
        let error = Kinds::bulk_load(&db, [Kinds::plain(-1), Kinds::plain(7)]).await;
        assert!(error.expect_err("7 is there").is_unique_violation());
        assert_eq!(Kinds::objects().count(&db).await.expect("counts"), 3_000);
    }
}

/// A connection that ends in the middle of the file is an error, and nothing stays.
#[tokio::test]
async fn a_lost_connection_leaves_nothing() {
    let Some(scratch) = Backend::SingleStoreText.scratch().await else {
        return;
    };
    let Some(gate) = &scratch.gate else {
        return;
    };
    let db = Db::connect(&scratch.url).await.expect("connects");
    tables(&db).await.expect("tables");
    let fault = Fault::new(1, When::After, Action::Cut).matching("LOAD DATA LOCAL");
    gate.control().arm(fault);
    let error = Kinds::bulk_load(&db, (0..3_000).map(Kinds::plain)).await;
    assert!(error.expect_err("the answer is lost").is_connection_lost());
    assert_eq!(Kinds::objects().count(&db).await.expect("counts"), 0);
    let again = Kinds::bulk_load(&db, (0..3_000).map(Kinds::plain)).await;
    assert_eq!(again.expect("loads"), 3_000);
}

async fn a_dropped_load_leaves_nothing(db: &Db) -> Result<()> {
    tables(db).await?;
    let some = stream::iter((0..3_000).map(|id| Ok(Kinds::plain(id))));
    let rows = stream::StreamExt::chain(some, stream::pending());
    let load = Kinds::bulk_load_stream(db, rows);
    let cut = tokio::time::timeout(std::time::Duration::from_millis(400), load).await;
    assert!(cut.is_err(), "the stream never ends");
    assert_eq!(Kinds::bulk_load(db, (0..10).map(Kinds::plain)).await?, 10);
    assert_eq!(Kinds::objects().count(db).await?, 10);
    Ok(())
}
