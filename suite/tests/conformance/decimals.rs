//! Decimals that are calculated compare as numbers, whatever they are calculated by: SQLite keeps them as
//! texts, of which `9.5` is behind `10`.

use orm::prelude::*;
use orm::query::{Bound, coalesce, row_number, value, when, window};
use rust_decimal::Decimal;
use suite::models::kinds::MaybeKinds;

cases! {
    of_functions, of_case, of_groups, of_filtered_aggregates, of_windows, different_ones,
    texts_beside_them,
}

/// 9.5, 10, 100.25 and nothing; the texts are those numbers, and `9.50`.
async fn prices(db: &Db) -> Result<()> {
    orm::create_tables(db, &[MaybeKinds::META]).await?;
    let rows = [
        (1, Some(Decimal::new(95, 1)), "9.5"),
        (2, Some(Decimal::new(10, 0)), "10"),
        (3, Some(Decimal::new(10_025, 2)), "9.50"),
        (4, None, "100.25"),
    ];
    for (id, price, text) in rows {
        let mut row = MaybeKinds {
            price,
            text: Some(text.to_owned()),
            ..MaybeKinds::nothing(id)
        };
        row.save(db).await?;
    }
    Ok(())
}

async fn of_functions(db: &Db) -> Result<()> {
    prices(db).await?;
    let nothing = Decimal::new(99, 1);
    let all = || MaybeKinds::objects();
    let ids = all()
        .order_by(|k| k.price().coalesce(nothing))
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(ids, [1, 4, 2, 3]);
    let ids = all()
        .order_by(|k| k.price().null_if(Decimal::ONE).desc())
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(ids, [3, 2, 1, 4]);
    // Neither side is a column.
    let ids = all()
        .filter(|k| {
            let ten = k.price().null_if(Decimal::ONE).greatest(Decimal::TEN);
            k.price().coalesce(nothing).lt(ten)
        })
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(ids, [1]);
    let ids = all()
        .filter(|k| k.price().least(Decimal::TEN).is_in([Decimal::new(1000, 2)]))
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(ids, [2, 3]);
    Ok(())
}

async fn of_case(db: &Db) -> Result<()> {
    prices(db).await?;
    let ids = MaybeKinds::objects()
        .order_by(|k| when(k.id().lt(4), k.price()).otherwise(Decimal::new(99, 1)))
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(ids, [1, 4, 2, 3]);
    let ids = MaybeKinds::objects()
        .filter(|k| {
            let price = when(k.id().gt(1), k.price()).or_null();
            price.lte(when(k.id().gt(0), value(Decimal::new(1000, 2))).or_null())
        })
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(ids, [2]);
    Ok(())
}

async fn of_groups(db: &Db) -> Result<()> {
    prices(db).await?;
    let groups = || MaybeKinds::objects().group_by(|k| k.id());
    let least = groups()
        .order_by(|k| k.price().min().desc())
        .aggregate(|_| count())
        .all(db)
        .await?;
    assert_eq!(least, [(3, 1), (2, 1), (1, 1), (4, 1)]);
    let some = groups()
        .having(|k| {
            let most = k.price().min().coalesce(Decimal::ZERO) + Decimal::ONE;
            k.price().max().lt(most)
        })
        .having(|k| k.price().max().gt(Decimal::new(96, 1)))
        .aggregate(|_| count())
        .all(db)
        .await?;
    assert_eq!(some, [(2, 1), (3, 1)]);
    let by_price = MaybeKinds::objects()
        .group_by(|k| k.price().coalesce(Decimal::new(950, 2)))
        .aggregate(|k| k.id().count())
        .all(db)
        .await?;
    let counts: Vec<i64> = by_price.into_iter().map(|(_, n)| n).collect();
    assert_eq!(counts, [2, 1, 1]);
    Ok(())
}

async fn of_filtered_aggregates(db: &Db) -> Result<()> {
    prices(db).await?;
    let ends = MaybeKinds::objects()
        .aggregate(|k| {
            (
                k.price().min().filter(k.id().lt(3)),
                k.price().max().filter(k.id().lt(3)),
                coalesce(k.price(), Decimal::new(950, 2)).count_distinct(),
                coalesce(k.price(), Decimal::new(950, 2)).sum().distinct(),
            )
        })
        .get(db)
        .await?;
    let sum = Decimal::new(11_975, 2);
    assert_eq!(
        ends,
        (Some(Decimal::new(95, 1)), Some(Decimal::TEN), 3, Some(sum))
    );
    let joined = MaybeKinds::objects()
        .aggregate(|k| {
            k.text()
                .join_by("-", k.price().coalesce(Decimal::new(99, 1)).asc())
        })
        .get(db)
        .await?;
    assert_eq!(joined.as_deref(), Some("9.5-100.25-10-9.50"));
    Ok(())
}

async fn of_windows(db: &Db) -> Result<()> {
    prices(db).await?;
    let rows = MaybeKinds::objects()
        .select(|k| {
            let all = window()
                .order_by(k.id())
                .rows(Bound::Unbounded, Bound::Unbounded);
            let by_price = window().order_by((k.price().coalesce(Decimal::new(99, 1)), k.id()));
            (
                k.id(),
                row_number().over(by_price),
                k.price().max().over(all),
            )
        })
        .all(db)
        .await?;
    let largest = Some(Decimal::new(10_025, 2));
    assert_eq!(
        rows,
        [
            (1, 1, largest),
            (2, 3, largest),
            (3, 4, largest),
            (4, 2, largest)
        ]
    );
    let above = MaybeKinds::objects()
        .select(|k| (k.id(), k.price().max().over(window().partition_by(k.id()))))
        .as_table()
        .filter(|(_, most)| most.gt(Decimal::new(99, 1)))
        .order_by(|(_, most)| most.desc())
        .select(|(id, _)| id)
        .all(db)
        .await?;
    assert_eq!(above, [3, 2]);
    Ok(())
}

async fn different_ones(db: &Db) -> Result<()> {
    prices(db).await?;
    let different = MaybeKinds::objects()
        .select(|k| when(k.id().lt(2), k.price()).otherwise(Decimal::new(950, 2)))
        .distinct()
        .all(db)
        .await?;
    assert_eq!(different, [Some(Decimal::new(95, 1))]);
    Ok(())
}

/// Texts that are chosen by decimals stay texts.
async fn texts_beside_them(db: &Db) -> Result<()> {
    prices(db).await?;
    let texts = MaybeKinds::objects()
        .order_by(|k| when(k.price().lt(Decimal::ZERO), "never").otherwise(k.text()))
        .select(|k| k.text())
        .all(db)
        .await?;
    let texts: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
    assert_eq!(texts, ["10", "100.25", "9.5", "9.50"]);
    let same = MaybeKinds::objects()
        .filter(|k| {
            when(k.price().gt(Decimal::ZERO), k.text())
                .or_null()
                .eq("9.50")
        })
        .select(|k| k.id())
        .all(db)
        .await?;
    assert_eq!(same, [3]);
    let least = MaybeKinds::objects()
        .aggregate(|k| k.text().min().filter(k.price().gt(Decimal::ZERO)))
        .get(db)
        .await?;
    assert_eq!(least.as_deref(), Some("10"));
    Ok(())
}
