//! What a lookup costs: an insert of a row with `unique = "lookup"` beside one without. On the stand-in
//! for SingleStore it is a row of a side table, elsewhere a unique key.
//!
//! ```text
//! cargo nextest run --release -p benches --test lookup --no-capture
//! ```

#![expect(clippy::print_stdout, reason = "a test that prints figures")]
#![allow(missing_docs, reason = "models of tests")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gate::LastKey;
use mysql_async::prelude::Queryable;
use orm::prelude::*;
use orm::schema::{LOOKUP_VALUE, lookup_owner, lookup_table};
use suite::backend::Backend;

#[derive(Model, Debug, Clone)]
#[model(app = "price")]
pub struct Plain {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 80, index)]
    pub email: String,
    #[field(max_length = 80)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "price")]
pub struct Looked {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 80, unique = "lookup")]
    pub email: String,
    #[field(max_length = 80)]
    pub name: String,
}

/// What an insert with a lookup may cost, as a multiple of one without: by itself, within a
/// transaction, and in bulk. Both wait once for the server (`suite/tests/trips.rs` counts); the one with
/// a lookup sends twice as many rows, and where it commits by itself BEGIN and COMMIT. Where a server
/// does not know the key in the statement behind it there is a second wait, which costs what a wait costs.
const MOST: [f64; 3] = [2.2, 2.2, 2.2];
const PAIRS: usize = 150;
const BULK_PAIRS: usize = 9;
const BULK: usize = 400;
/// So often pairs are added before a median above the bound counts.
const ROUNDS: usize = 4;

/// Times of both sides, which take turns one by one: what disturbs the machine for a while disturbs
/// both, and the medians leave out what disturbs a few.
#[derive(Default)]
struct Pairs {
    plain: Vec<Duration>,
    looked: Vec<Duration>,
}

fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

impl Pairs {
    fn ratio(&self) -> f64 {
        median(&self.looked) / median(&self.plain)
    }

    fn tell(&self, backend: Backend, what: &str, rows: usize) {
        let each = |times: &[Duration]| median(times) * 1e6 / rows as f64;
        println!(
            "{backend:?}, {what}: {:.0} us a row, with a lookup {:.0} us, ratio {:.2} ({} pairs)",
            each(&self.plain),
            each(&self.looked),
            self.ratio(),
            self.plain.len(),
        );
    }
}

/// A number that no other row has.
fn next(count: usize) -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(count, Ordering::Relaxed)
}

macro_rules! new_row {
    ($model:ident, $i:expr) => {
        new!($model {
            email: format!("{}@example.org", $i),
            name: "somebody"
        })
    };
}

macro_rules! timed {
    ($model:ident, $db:expr) => {{
        let new = new_row!($model, next(1));
        let begun = Instant::now();
        $model::create($db, new).await?;
        begun.elapsed()
    }};
}

macro_rules! timed_bulk {
    ($model:ident, $db:expr) => {{
        let from = next(BULK);
        let rows = (from..from + BULK).map(|i| new_row!($model, i));
        let begun = Instant::now();
        $model::bulk_create($db, rows).await?;
        begun.elapsed()
    }};
}

async fn add(db: &Db, pairs: &mut [Pairs; 3]) -> Result<()> {
    let [alone, within, bulk] = pairs;
    for _ in 0..PAIRS {
        alone.plain.push(timed!(Plain, db));
        alone.looked.push(timed!(Looked, db));
    }
    let tx = db.begin().await?;
    for _ in 0..PAIRS {
        within.plain.push(timed!(Plain, &tx));
        within.looked.push(timed!(Looked, &tx));
    }
    tx.commit().await?;
    for _ in 0..BULK_PAIRS {
        bulk.plain.push(timed_bulk!(Plain, db));
        bulk.looked.push(timed_bulk!(Looked, db));
    }
    Ok(())
}

/// The same statements by the driver: what the server itself takes, whoever asks it.
async fn by_hand(url: &str) -> mysql_async::Result<Pairs> {
    let (_, place) = url.split_once("://").unwrap_or(("", url));
    let place = place.split('?').next().unwrap_or(place);
    let url = format!("mysql://{place}");
    let mut conn = mysql_async::Conn::new(mysql_async::Opts::from_url(&url)?).await?;
    let side = lookup_table("price_looked", "email");
    let owner = lookup_owner(0, 1);
    let mut pairs = Pairs::default();
    for _ in 0..PAIRS {
        let insert = |table: &str| {
            let email = format!("{}@example.org", next(1));
            let row = format!("INSERT INTO {table} (email, name) VALUES ('{email}', 'somebody')");
            (email, row)
        };
        let (_, row) = insert("price_plain");
        let begun = Instant::now();
        conn.query_drop(row).await?;
        pairs.plain.push(begun.elapsed());
        let (email, row) = insert("price_looked");
        let noted = format!(
            "INSERT INTO {side} ({LOOKUP_VALUE}, {owner}) VALUES ('{email}', LAST_INSERT_ID())"
        );
        let begun = Instant::now();
        conn.query_drop(format!("BEGIN; {row}; {noted}; COMMIT"))
            .await?;
        pairs.looked.push(begun.elapsed());
    }
    conn.disconnect().await?;
    Ok(pairs)
}

async fn holds(backend: Backend) {
    let Some(scratch) = backend.scratch().await else {
        return;
    };
    let by_hands = scratch.gate.is_some();
    if let Some(gate) = &scratch.gate {
        gate.control().set_last_key(LastKey::Known);
    }
    let db = Db::connect(&scratch.url).await.expect("connects");
    orm::create_tables(&db, &[Plain::META, Looked::META])
        .await
        .expect("tables");
    let mut pairs = [const {
        Pairs {
            plain: Vec::new(),
            looked: Vec::new(),
        }
    }; 3];
    let mut ratios = [f64::MAX; 3];
    for round in 0..ROUNDS {
        add(&db, &mut pairs).await.expect("inserts");
        if round == 0 {
            // The first ones prepare statements, and see what the connection knows.
            for pairs in &mut pairs[..2] {
                pairs.plain.drain(..PAIRS / 10);
                pairs.looked.drain(..PAIRS / 10);
            }
        }
        ratios = pairs.each_ref().map(Pairs::ratio);
        if ratios.iter().zip(MOST).all(|(ratio, most)| *ratio <= most) {
            break;
        }
    }
    let whats = [
        ("each by itself", 1),
        ("in a transaction", 1),
        ("in bulk", BULK),
    ];
    for (pairs, (what, rows)) in pairs.iter().zip(whats) {
        pairs.tell(backend, what, rows);
    }
    if by_hands {
        let pairs = by_hand(&scratch.url).await.expect("the same by hand");
        pairs.tell(backend, "each by itself, by hand", 1);
    }
    let holds = ratios.iter().zip(MOST).all(|(ratio, most)| *ratio <= most);
    assert!(
        holds,
        "an insert with a lookup costs more than {MOST:?} times one without: {ratios:.2?}"
    );
}

#[tokio::test]
async fn sqlite() {
    holds(Backend::Sqlite).await;
}

#[tokio::test]
async fn mariadb_text() {
    holds(Backend::MariadbText).await;
}

#[tokio::test]
async fn mariadb_prepared() {
    holds(Backend::MariadbPrepared).await;
}

#[tokio::test]
async fn singlestore_text() {
    holds(Backend::SingleStoreText).await;
}

#[tokio::test]
async fn singlestore_prepared() {
    holds(Backend::SingleStorePrepared).await;
}
