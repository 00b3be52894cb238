//! Bits, collations, digests, and aggregates of the database's own.

use orm::dialect::by_name;
use orm::prelude::*;
use suite::models::blog::{Article, fill};
use suite::models::kinds::{Kinds, MaybeKinds};

cases! {
    bits_of_numbers, bits_moved, bits_of_groups, bits_of_no_value, bits_of_distinct_values,
    collated, old_digests, own_aggregates,
}

orm::sql_aggregate!(fn own_sum(number: i64) -> i64 = "SUM");

const NUMBERS: &[i64] = &[0, 1, 6, -1, -8, 255, i64::MAX, i64::MIN, 0x5555_5555_5555];

async fn numbers(db: &Db) -> Result<()> {
    orm::create_tables(db, &[MaybeKinds::META, Kinds::META]).await?;
    for (id, n) in (1..).zip(NUMBERS) {
        Kinds {
            big: *n,
            int: i32::try_from(*n).unwrap_or(7),
            ubig: n.unsigned_abs() >> 1,
            ..Kinds::plain(id)
        }
        .save(db)
        .await?;
    }
    MaybeKinds::nothing(1).save(db).await.map(drop)
}

async fn bits_of_numbers(db: &Db) -> Result<()> {
    numbers(db).await?;
    for mask in [0, 1, 6, -2, i64::MAX, i64::MIN] {
        let rows = Kinds::objects()
            .order_by(|k| k.id())
            .select(|k| {
                (
                    k.big().bit_and(mask),
                    k.big().bit_or(mask),
                    k.big().bit_xor(mask),
                )
            })
            .all(db)
            .await?;
        let wanted: Vec<_> = NUMBERS
            .iter()
            .map(|n| (n & mask, n | mask, n ^ mask))
            .collect();
        assert_eq!(rows, wanted, "{mask}");
    }
    // Between columns, of other widths, without signs, and in a condition.
    let rows = Kinds::objects()
        .order_by(|k| k.id())
        .select(|k| {
            (
                k.big().bit_xor(k.id()),
                k.int().bit_and(-4),
                k.ubig().bit_or(1_u64),
            )
        })
        .all(db)
        .await?;
    let wanted: Vec<_> = (1..)
        .zip(NUMBERS)
        .map(|(id, n)| {
            (
                n ^ id,
                i32::try_from(*n).unwrap_or(7) & -4,
                n.unsigned_abs() >> 1 | 1,
            )
        })
        .collect();
    assert_eq!(rows, wanted);
    let even = Kinds::filter(|k| k.big().bit_and(1).eq(0))
        .count(db)
        .await?;
    assert_eq!(even, NUMBERS.iter().filter(|n| *n & 1 == 0).count() as u64);
    let nothing = MaybeKinds::objects()
        .select(|k| k.big().bit_and(1))
        .get(db)
        .await?;
    assert_eq!(nothing, None);
    Ok(())
}

async fn bits_moved(db: &Db) -> Result<()> {
    numbers(db).await?;
    for by in [0, 1, 31, 63, 64, 100, -1] {
        let rows = Kinds::objects()
            .order_by(|k| k.id())
            .select(|k| (k.big().shift_left(by), k.big().shift_right(by)))
            .all(db)
            .await?;
        let wanted: Vec<_> = NUMBERS
            .iter()
            .map(|n| match u32::try_from(by) {
                Ok(by) if by < 64 => (n << by, n >> by),
                _ => (0, if *n < 0 { -1 } else { 0 }),
            })
            .collect();
        assert_eq!(rows, wanted, "{by}");
    }
    // The result of a narrow column has 64 bits.
    let row = Kinds::objects()
        .filter(|k| k.id().eq(5))
        .select(|k| {
            (
                k.int().shift_left(40),
                k.uint().shift_left(3_u32),
                k.uint().shift_right(1_u32),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row, (-8 << 40, 7 << 3, 3));
    let nothing = MaybeKinds::objects()
        .select(|k| (k.big().shift_left(1), k.big().shift_right(70)))
        .get(db)
        .await?;
    assert_eq!(nothing, (None, None));
    Ok(())
}

async fn bits_of_groups(db: &Db) -> Result<()> {
    numbers(db).await?;
    let groups = Kinds::objects()
        .group_by(|k| k.id() % 2)
        .aggregate(|k| (k.big().all_bits(), k.big().any_bits(), k.big().odd_bits()))
        .all(db)
        .await?;
    let fold = |odd: bool, f: fn(i64, i64) -> i64| {
        let own = (1..).zip(NUMBERS).filter(|(id, _)| (id % 2 == 1) == odd);
        own.map(|(_, n)| *n).reduce(f)
    };
    let wanted: Vec<_> = [false, true]
        .into_iter()
        .map(|odd| {
            (
                Some(i64::from(odd)),
                fold(odd, |a, b| a & b),
                fold(odd, |a, b| a | b),
                fold(odd, |a, b| a ^ b),
            )
        })
        .collect();
    assert_eq!(groups, wanted);
    let some = Kinds::objects()
        .aggregate(|k| k.big().any_bits().filter(k.id().lte(3)))
        .get(db)
        .await?;
    assert_eq!(some, Some(7));
    Ok(())
}

/// Servers would give all bits, or none.
async fn bits_of_no_value(db: &Db) -> Result<()> {
    numbers(db).await?;
    let none = MaybeKinds::objects()
        .aggregate(|k| (k.big().all_bits(), k.big().any_bits(), k.int().odd_bits()))
        .get(db)
        .await?;
    assert_eq!(none, (None, None, None));
    let none = Kinds::filter(|k| k.id().gt(1000))
        .aggregate(|k| k.ubig().all_bits())
        .get(db)
        .await?;
    assert_eq!(none, None);
    Ok(())
}

async fn bits_of_distinct_values(db: &Db) -> Result<()> {
    numbers(db).await?;
    let any = Kinds::objects()
        .aggregate(|k| k.small().any_bits().distinct())
        .get(db)
        .await?;
    assert_eq!(any, Some(2));
    let odd = Kinds::objects().aggregate(|k| k.small().odd_bits().distinct());
    let error = odd.to_sql(db.dialect()).expect_err("refused").to_string();
    assert!(error.contains("distinct"), "{error}");
    let running = Kinds::objects().select(|k| {
        k.big()
            .any_bits()
            .over(orm::query::window().order_by(k.id()))
    });
    let error = running
        .to_sql(db.dialect())
        .expect_err("refused")
        .to_string();
    assert!(error.contains("window"), "{error}");
    Ok(())
}

async fn collated(db: &Db) -> Result<()> {
    fill(db).await?;
    let of = async |name: &'static str, text: &str| {
        let text = text.to_owned();
        let query = Article::filter(move |a| a.title().collate(name).eq(text));
        query.count(db).await
    };
    assert_eq!(of("utf8mb4_general_ci", "ALPHA").await?, 1);
    assert_eq!(of("utf8mb4_bin", "ALPHA").await?, 0);
    assert_eq!(of("utf8mb4_bin", "Alpha").await?, 1);
    let titles = Article::objects()
        .filter(|a| a.title().is_in(["Alpha", "beta", "Gamma_1"]))
        .order_by(|a| a.title().collate("utf8mb4_general_ci").desc())
        .select(|a| a.title())
        .all(db)
        .await?;
    assert_eq!(titles, ["Gamma_1", "beta", "Alpha"]);
    let odd = Article::filter(|a| a.title().collate("x; DROP TABLE blog_article").eq("a"));
    let error = odd.all(db).await.expect_err("refused").to_string();
    assert!(error.contains("letters, digits"), "{error}");
    Ok(())
}

async fn old_digests(db: &Db) -> Result<()> {
    fill(db).await?;
    let row = Article::objects()
        .filter(|a| a.title().eq("Alpha"))
        .select(|a| (a.title().md5(), a.title().lower().sha1()))
        .get(db)
        .await?;
    // Of `printf Alpha | md5sum` and `printf alpha | sha1sum`.
    let wanted = (
        "6132295fcf5570fb8b0a944ef322a598".to_owned(),
        "be76331b95dfc399cd776d2fc68021e0db03cc4f".to_owned(),
    );
    assert_eq!(row, wanted);
    Ok(())
}

async fn own_aggregates(db: &Db) -> Result<()> {
    fill(db).await?;
    let row = Article::objects()
        .aggregate(|a| {
            (
                own_sum(a.views()),
                a.views().sum(),
                own_sum(a.views()).distinct(),
                own_sum(a.views()).filter(a.views().gt(15)),
                a.views().sum().filter(a.views().gt(15)),
            )
        })
        .get(db)
        .await?;
    assert_eq!(row.0, row.1);
    assert_eq!(row.3, row.4);
    let mut views = Article::objects()
        .select(|a| a.views())
        .distinct()
        .all(db)
        .await?;
    views.dedup();
    assert_eq!(row.2, Some(views.iter().sum()));
    let running = Article::objects()
        .order_by(|a| a.id())
        .select(|a| own_sum(a.views()).over(orm::query::window().order_by(a.id())))
        .all(db)
        .await?;
    assert_eq!(running.last().copied().flatten(), row.1);
    Ok(())
}

/// What is not known of a server is asked in another way.
#[test]
fn bits_as_sql() {
    let sql = |dialect: &str| {
        let query = Kinds::filter(|k| k.big().bit_xor(5).eq(1)).select(|k| k.id());
        let dialect = by_name(dialect).expect("it exists");
        let text = query.to_sql(dialect).expect("it renders").text.to_string();
        let (_, filter) = text.split_once(" WHERE ").expect("a filter");
        filter.split(" ORDER").next().unwrap_or_default().to_owned()
    };
    assert_eq!(sql("sqlite"), r#"orm_bit_xor(t0."big", ?) = ?"#);
    assert_eq!(sql("mariadb"), "CAST(t0.`big` ^ ? AS SIGNED) = ?");
    assert_eq!(
        sql("singlestore"),
        "(CAST(t0.`big` | ? AS SIGNED) - CAST(t0.`big` & ? AS SIGNED)) = ?"
    );
}
