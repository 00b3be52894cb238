//! How often a program that uses orm asks for memory, held below bounds: nothing per value beyond
//! what the value keeps, and little per statement.

#![expect(clippy::print_stdout, reason = "a test that prints figures")]

#[path = "../src/alloc.rs"]
#[allow(dead_code, reason = "the program reads more of it")]
mod alloc;

use orm::prelude::*;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

#[derive(Model, Debug, Clone)]
#[model(table = "owner")]
struct Owner {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 100)]
    name: String,
}

/// A row of seven columns, one of which keeps a text.
#[derive(Model, Debug, Clone)]
#[model(table = "piece")]
struct Piece {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 200)]
    title: String,
    owner: ForeignKey<Owner>,
    views: i64,
    score: Option<f64>,
    published: bool,
    published_at: DateTime<Utc>,
}

const ROWS: i64 = 2000;
const TIMES: i64 = 500;

const TABLE: &str = "CREATE TABLE piece (id INTEGER PRIMARY KEY, title TEXT NOT NULL, \
    owner_id INTEGER NOT NULL, views INTEGER NOT NULL, score REAL, published INTEGER NOT NULL, \
    published_at TEXT NOT NULL)";

fn pieces() -> impl Iterator<Item = Piece> {
    (0..ROWS).map(|n| Piece {
        id: Auto::unset(),
        title: format!("Piece {n}"),
        owner: ForeignKey::new(n % 7 + 1),
        views: n,
        score: (n % 2 == 0).then_some(0.5),
        published: true,
        published_at: Utc::now(),
    })
}

async fn filled() -> anyhow::Result<Db> {
    let db = Db::connect("sqlite::memory:").await?;
    let text = TABLE.into();
    db.execute(orm::dialect::Sql {
        text,
        ..Default::default()
    })
    .await?;
    Piece::bulk_create(&db, pieces()).await?;
    Ok(db)
}

/// Allocations for each of `n`, after a run that fills the caches.
async fn each(n: i64, work: impl AsyncFn() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    work().await?;
    let mark = alloc::Mark::now();
    work().await?;
    Ok(mark.used().calls as f64 / n as f64)
}

/// One test, since the count is that of the whole process.
#[tokio::test]
async fn allocations_stay_below_their_bounds() -> anyhow::Result<()> {
    let db = filled().await?;
    let select = each(ROWS, async || {
        let pieces = Piece::objects().all(&db).await?;
        anyhow::ensure!(pieces.len() as i64 == ROWS, "all rows");
        Ok(())
    });
    let select = select.await?;
    let stream = each(ROWS, async || {
        let mut rows = Piece::objects().stream(&db).await?;
        while rows.next().await?.is_some() {}
        Ok(())
    });
    let stream = stream.await?;
    // Six values of a row and no text: what is left is what holds the rows.
    let tuples = each(ROWS, async || {
        let rows = Piece::objects()
            .select(|p| {
                (
                    p.id(),
                    p.owner_id(),
                    p.views(),
                    p.score(),
                    p.published(),
                    p.published_at(),
                )
            })
            .all(&db)
            .await?;
        anyhow::ensure!(rows.len() as i64 == ROWS, "all rows");
        Ok(())
    });
    let tuples = tuples.await?;
    let insert = each(ROWS, async || {
        let tx = db.begin().await?;
        Piece::bulk_create(&tx, pieces()).await?;
        tx.rollback().await?;
        Ok(())
    });
    let insert = insert.await?;
    let get = each(TIMES, async || {
        for n in 1..=TIMES {
            Piece::get(&db, n).await?;
        }
        Ok(())
    });
    let get = get.await?;
    let update = each(TIMES, async || {
        let tx = db.begin().await?;
        for n in 1..=TIMES {
            let query = Piece::objects().filter(|p| p.id().eq(n));
            query
                .update(|p| p.views().set(p.views() + 1))
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    });
    let update = update.await?;
    let figures = [
        // The title of each row, and the growth of what holds them.
        ("row of a select", select, 1.05),
        ("row of a stream", stream, 1.05),
        ("row of a select of numbers and dates", tuples, 0.05),
        // The title of each row, which the test itself makes.
        ("row of a bulk insert", insert, 1.15),
        ("get", get, 21.5),
        ("update", update, 16.5),
    ];
    for (what, calls, _) in figures {
        println!("{calls:.2} allocations for each {what}");
    }
    for (what, calls, bound) in figures {
        assert!(
            calls < bound,
            "{calls} allocations for each {what}, {bound} were allowed"
        );
    }
    Ok(())
}
