//! A day's work makes few shapes of statements: lists and rows of any number, a search form with any
//! of its fields. SingleStore compiles each shape, and so do statement caches.
#![allow(missing_docs, reason = "a model of a test")]

use orm::prelude::*;
use suite::backend::Backend;

/// Queries of the work.
const QUERIES: u64 = 10_000;
/// Shapes that it may make.
const SHAPES: usize = 60;
/// Of so many queries one is an insert of many rows.
const INSERTS: u64 = 250;

#[derive(Model, Debug, Clone)]
#[model(app = "workload")]
pub struct Item {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 40)]
    pub name: String,
    pub kind: i64,
    pub price: i64,
    #[field(max_length = 40)]
    pub note: Option<String>,
}

/// SplitMix64: the same work on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn maybe(&mut self, limit: u64) -> Option<i64> {
        (self.below(2) == 0).then(|| self.below(limit) as i64)
    }
}

fn rows(from: u64, count: u64) -> impl Iterator<Item = impl orm::query::IntoInsert<Item>> {
    (from..from + count).map(|i| {
        new!(Item {
            name: format!("item {i}"),
            kind: (i % 7) as i64,
            price: (i * 37 % 1000) as i64,
        })
    })
}

/// A form with five fields, each of which may be empty.
fn search(dice: &mut Dice) -> QuerySet<Item> {
    let name = dice.maybe(100).map(|n| format!("item {n}"));
    let noted = (dice.below(2) == 0).then_some(());
    Item::objects()
        .filter_some(name, |i, name| i.name().eq(name))
        .filter_some(dice.maybe(7), |i, kind| i.kind().eq(kind))
        .filter_some(dice.maybe(1000), |i, price| i.price().gte(price))
        .filter_some(dice.maybe(1000), |i, price| i.price().lte(price))
        .filter_some(noted, |i, ()| i.note().is_not_null())
        .order_by(|i| i.price().desc())
        .limit(20)
}

async fn work(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Item::META]).await?;
    Item::bulk_create(db, rows(0, 500)).await?;
    let mut dice = Dice(5);
    let before = db.shapes();
    let (mut found, mut inserted) = (0, 0);
    for query in 0..QUERIES {
        if query % INSERTS == 0 {
            let count = 1 + dice.below(5_000);
            let tx = db.begin().await?;
            inserted += Item::bulk_create(&tx, rows(1_000, count)).await?;
            tx.rollback().await?;
        } else if query % 2 == 0 {
            let count = 1 + dice.below(1_000);
            let ids: Vec<i64> = (0..count).map(|_| dice.below(100_000) as i64).collect();
            found += Item::filter(|i| i.id().is_in(ids)).all(db).await?.len();
        } else {
            found += search(&mut dice).all(db).await?.len();
        }
    }
    assert!(found > 10_000 && inserted > 50_000, "{found}, {inserted}");
    let shapes = db.shapes() - before;
    assert!(shapes <= SHAPES, "{shapes} shapes");
    assert!(shapes > 32, "the form alone has more than {shapes} shapes");
    Ok(())
}

#[tokio::test]
async fn a_days_work_makes_few_shapes_on_sqlite() {
    Backend::Sqlite.run(work).await;
}

/// The stand-in tells statements apart by all but their literals, as the server does.
#[tokio::test]
async fn a_days_work_makes_few_shapes_on_singlestore() {
    let Some(scratch) = Backend::SingleStoreText.scratch().await else {
        return;
    };
    let db = Db::connect(&scratch.url).await.expect("connects");
    work(&db).await.expect("works");
    if let Some(gate) = &scratch.gate {
        let shapes = gate.control().shapes();
        let of_work = |shape: &&(String, u64)| {
            let words = ["SELECT", "INSERT"];
            words.iter().any(|w| shape.0.starts_with(w)) && shape.0.contains("workload_item")
        };
        let seen: Vec<_> = shapes.iter().filter(of_work).collect();
        assert!(
            (33..=SHAPES + 2).contains(&seen.len()),
            "{} shapes: {seen:#?}",
            seen.len()
        );
    }
}
