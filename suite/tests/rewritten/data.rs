//! Three tables of the same columns, and random rows for them.

use orm::ast::{Delete, Insert, Statement};
use orm::prelude::*;
use orm::value::Value;

use crate::choices::splitmix;

macro_rules! table {
    ($model:ident, $($storage:literal)?) => {
        #[derive(Model, Debug, Clone)]
        #[model(app = "rewritten" $(, storage_type = $storage)?)]
        pub(crate) struct $model {
            #[field(primary_key)]
            pub id: i64,
            pub k: Option<i64>,
            pub m: Option<i64>,
            pub n: i64,
            pub x: f64,
            #[field(max_length = 20)]
            pub s: Option<String>,
        }
    };
}

table!(Ash,);
table!(Birch,);
table!(Cedar, "reference");

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ty {
    Int,
    Float,
    Text,
}

pub(crate) const COLUMNS: [(&str, Ty); 6] = [
    ("id", Ty::Int),
    ("k", Ty::Int),
    ("m", Ty::Int),
    ("n", Ty::Int),
    ("x", Ty::Float),
    ("s", Ty::Text),
];

pub(crate) const TABLES: [&str; 3] = ["rewritten_ash", "rewritten_birch", "rewritten_cedar"];

/// Texts that differ in case and bytes, and what means something to a pattern. None ends in a blank:
/// to SingleStore such texts may be equal to those without.
pub(crate) const TEXTS: [&str; 13] = [
    "a", "b", "B", "c c", "", "é", "É", "a_b", "%", "\\", "o'", "12x", "[?*|",
];

/// The rows of one round, by table.
pub(crate) type Rows = [Vec<Vec<Value>>; 3];

/// Random rows: few different values, so that they meet; in one round of eight a table has none.
pub(crate) fn rows(seed: u64) -> Rows {
    let mut state = seed;
    let mut below = move |n: u64| splitmix(&mut state) % n;
    std::array::from_fn(|table| {
        let count = match below(8) {
            0 if table != 0 => 0,
            _ => 4 + below(9),
        };
        (1..=count)
            .map(|id| {
                let nullable = |v: u64, limit: u64| match v < limit {
                    true => Value::Int(v as i64),
                    false => Value::Null,
                };
                vec![
                    Value::Int(id as i64),
                    nullable(below(6), 5),
                    match below(12) {
                        11 => Value::Int(-3),
                        v => nullable(v, 8),
                    },
                    Value::Int(match below(10) {
                        8 => -1,
                        9 => 100_000,
                        v => v as i64,
                    }),
                    Value::Double(match below(14) {
                        12 => -2.5,
                        13 => 1e9,
                        v => v as f64 / 2.0,
                    }),
                    match below(2 + TEXTS.len() as u64) as usize {
                        at if at < TEXTS.len() => Value::Text(TEXTS[at].to_owned()),
                        _ => Value::Null,
                    },
                ]
            })
            .collect()
    })
}

pub(crate) async fn create(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Ash::META, Birch::META, Cedar::META]).await
}

/// Puts the rows in the place of those that are there.
pub(crate) async fn fill(db: &Db, rows: &Rows) -> Result<()> {
    for (table, rows) in TABLES.into_iter().zip(rows) {
        let delete = Delete {
            table: table.into(),
            alias: orm::ast::Alias(0),
            joins: Vec::new(),
            filter: None,
        };
        send(db, delete.into()).await?;
        if rows.is_empty() {
            continue;
        }
        let insert = Insert {
            table: table.into(),
            columns: COLUMNS.iter().map(|(name, _)| (*name).into()).collect(),
            values: rows.concat(),
            on_conflict: None,
            returning: Vec::new(),
        };
        send(db, insert.into()).await?;
    }
    Ok(())
}

async fn send(db: &Db, statement: Statement) -> Result<()> {
    let sql = db.dialect().render(&statement).expect("plain statements");
    db.execute(sql).await?;
    Ok(())
}
