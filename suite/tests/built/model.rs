//! Models with columns of every kind that expressions know, most of them nullable, and random rows.

use chrono::{DateTime, NaiveDate, Utc};
use orm::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::choices::splitmix;

#[derive(Model, Debug, Clone)]
#[model(app = "built", storage_type = "reference")]
pub(crate) struct Town {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20)]
    pub name: Option<String>,
    pub level: i64,
}

#[derive(Model, Debug, Clone)]
#[model(app = "built")]
pub(crate) struct Shop {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20)]
    pub name: Option<String>,
    pub size: Option<i64>,
    pub town: Option<ForeignKey<Town>>,
    #[field(by = "shop")]
    pub sales: Reverse<Sale>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "built")]
pub(crate) struct Tag {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20)]
    pub word: String,
    pub weight: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "built")]
pub(crate) struct Sale {
    #[field(primary_key)]
    pub id: i64,
    pub shop: Option<ForeignKey<Shop>>,
    pub tags: ManyToMany<Tag>,
    pub n: Option<i64>,
    pub m: i64,
    pub x: Option<f64>,
    #[field(precision = 10, scale = 2)]
    pub price: Option<Decimal>,
    #[field(precision = 12, scale = 4)]
    pub cost: Decimal,
    #[field(max_length = 20)]
    pub s: Option<String>,
    #[field(max_length = 20)]
    pub t: String,
    pub day: Option<NaiveDate>,
    pub at: Option<DateTime<Utc>>,
    pub flag: Option<bool>,
    pub doc: Option<Value>,
}

/// Texts that differ in case and bytes, and what means something to a pattern or looks like a number. None
/// ends in a blank: to SingleStore such texts may be equal to those without.
pub(crate) const TEXTS: [&str; 14] = [
    "a", "b", "B", "c c", "", "é", "É", "a_b", "%", "\\", "o'", "9.5", "10", "[?*|",
];

const DECIMALS: [(i64, u32); 9] = [
    (0, 0),
    (950, 2),
    (1000, 2),
    (-1, 2),
    (95, 1),
    (10_050, 2),
    (-12_345, 1),
    (99_999_999, 2),
    (2, 0),
];

pub(crate) fn decimal(at: usize) -> Decimal {
    let (digits, scale) = DECIMALS[at % DECIMALS.len()];
    Decimal::new(digits, scale)
}

/// Days at the edges of months and years. Not at those of the calendar: servers refuse to write what a
/// calculation makes of a day beyond them, where SQLite writes NULL.
const DAYS: [&str; 9] = [
    "2026-01-31",
    "2024-02-29",
    "1999-12-31",
    "2000-01-01",
    "1970-01-01",
    "1969-12-29",
    "2026-03-01",
    "9990-12-31",
    "1101-05-06",
];

pub(crate) fn day(at: usize) -> NaiveDate {
    DAYS[at % DAYS.len()].parse().expect("a date")
}

const TIMES: [&str; 4] = ["00:00:00", "23:59:59.999999", "12:30:15.5", "23:59:59"];

pub(crate) fn instant(at: usize) -> DateTime<Utc> {
    let time = TIMES[at % TIMES.len()].parse().expect("a time");
    day(at).and_time(time).and_utc()
}

pub(crate) fn document(at: usize) -> Value {
    match at % 12 {
        0 => json!({"a": 1, "b": "x", "c": [1, 2, {"a": "é"}]}),
        1 => json!({"a": null, "b": "", "c": []}),
        2 => json!({"a": -2.5, "b": "B", "c": ["x", null, true]}),
        3 => json!({"a": "1", "b": {"a": 3}, "c": {"a": 1}}),
        4 => json!({"a": true, "b": "o'\\\"", "k.\"e": 7}),
        5 => json!({}),
        6 => json!([1, "x", null]),
        7 => json!([]),
        8 => json!("x"),
        9 => json!(12),
        10 => json!({"c": [[1, 2], "x"], "a": 1.0}),
        _ => json!(null),
    }
}

/// Random rows of all tables.
#[derive(Debug)]
pub(crate) struct Rows {
    towns: Vec<Town>,
    shops: Vec<Shop>,
    tags: Vec<Tag>,
    sales: Vec<(Sale, Vec<i64>)>,
}

/// Few different values, so that they meet; now and then a table is empty.
pub(crate) fn rows(seed: u64) -> Rows {
    let mut state = seed;
    let mut below = move |n: u64| splitmix(&mut state) % n;
    let text = |at: u64| TEXTS.get(at as usize).map(|t| (*t).to_owned());
    let towns = if below(6) == 0 { 0 } else { 1 + below(3) };
    let shops = if below(6) == 0 { 0 } else { 1 + below(4) };
    let tags = below(4);
    let sales = if below(10) == 0 { 0 } else { 3 + below(9) };
    let some = |v: u64, all: u64| (v < all).then_some(v);
    let key = |v: u64, all: u64| some(v, all).map(|v| v as i64 + 1);
    Rows {
        towns: (1..=towns as i64)
            .map(|id| Town {
                id,
                name: text(below(16)),
                level: below(5) as i64 - 1,
            })
            .collect(),
        shops: (1..=shops as i64)
            .map(|id| Shop {
                id,
                name: text(below(16)),
                size: some(below(5), 4).map(|v| v as i64),
                town: key(below(towns + 1), towns).map(ForeignKey::new),
                sales: Reverse::default(),
            })
            .collect(),
        tags: (1..=tags as i64)
            .map(|id| Tag {
                id,
                word: text(below(14)).unwrap_or_default(),
                weight: some(below(4), 3).map(|v| v as i64),
            })
            .collect(),
        sales: (1..=sales as i64)
            .map(|id| {
                let sale = Sale {
                    id,
                    shop: key(below(shops + 1), shops).map(ForeignKey::new),
                    tags: ManyToMany::default(),
                    n: match below(9) {
                        8 => None,
                        7 => Some(-3),
                        6 => Some(100),
                        v => Some(v as i64),
                    },
                    m: below(7) as i64 - 1,
                    x: some(below(14), 12).map(|v| (v as f64 - 3.0) / 4.0),
                    price: some(below(11), 9).map(|v| decimal(v as usize)),
                    cost: decimal(below(9) as usize),
                    s: text(below(17)),
                    t: text(below(14)).unwrap_or_default(),
                    day: some(below(11), 9).map(|v| day(v as usize)),
                    at: some(below(42), 36).map(|v| instant(v as usize)),
                    flag: some(below(3), 2).map(|v| v == 1),
                    doc: some(below(14), 12).map(|v| document(v as usize)),
                };
                let tags = (1..=tags as i64).filter(|_| below(3) == 0).collect();
                (sale, tags)
            })
            .collect(),
    }
}

pub(crate) async fn create(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Town::META, Shop::META, Tag::META, Sale::META]).await
}

/// Puts the rows in the place of those that are there.
pub(crate) async fn fill(db: &Db, rows: &Rows) -> Result<()> {
    Sale::objects().delete(db).await?;
    Tag::objects().delete(db).await?;
    Shop::objects().delete(db).await?;
    Town::objects().delete(db).await?;
    Town::bulk_create(db, rows.towns.clone()).await?;
    Shop::bulk_create(db, rows.shops.clone()).await?;
    Tag::bulk_create(db, rows.tags.clone()).await?;
    Sale::bulk_create(db, rows.sales.iter().map(|(sale, _)| sale.clone())).await?;
    for (sale, tags) in &rows.sales {
        if !tags.is_empty() {
            let sale = Sale::get(db, sale.id).await?;
            sale.tags.add(db, tags.iter().copied()).await?;
        }
    }
    Ok(())
}
