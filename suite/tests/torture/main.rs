//! Many tasks write six models at once while connections are cut and the server refuses at random;
//! each keeps a ledger, and afterwards the tables say what the ledgers say.
//!
//! `ORM_TEST_TORTURE_SECONDS` is how long (6), `ORM_TEST_TORTURE_SEED` repeats the choices of a run,
//! though not how the tasks met.

mod chance;
mod chaos;
mod ledger;
mod task;
mod verify;
mod work;

use std::time::{Duration, Instant, SystemTime};

use gate::{Action, Fault, Refusal, When};
use ledger::Ledger;
use orm::prelude::*;
use suite::backend::{Backend, Scratch, statement};
use suite::models::torture::{ALL, Label};

const TASKS: u64 = 32;

/// What differs in how the tasks are tormented.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lane {
    /// Steps that are given up are, after at most so long.
    patience_micros: u64,
    /// Whether lock waits are shortened by session.
    session_waits: bool,
    /// Whether transactions are run again: a file refuses BEGIN, before there is one.
    retries: bool,
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
    )
}

/// Runs the tasks and a tormentor side by side; prints the ledger and checks it.
#[expect(clippy::print_stderr, reason = "the figures of the run")]
async fn torture<F: Future<Output = u64>>(
    backend: Backend,
    options: &str,
    lane: Lane,
    torment: impl FnOnce(&Scratch, String, Instant, u64) -> F,
) {
    let Some(scratch) = backend.scratch().await else {
        return;
    };
    let url = match scratch.url.split_once("&pool_max=4") {
        Some((url, _)) => format!("{url}&{options}"),
        None => format!("{}?{options}", scratch.url),
    };
    let db = Db::connect(&url).await.expect("connects");
    orm::create_tables(&db, &ALL).await.expect("tables");
    statement(
        &db,
        "CREATE TABLE torture_busy (n BIGINT NOT NULL PRIMARY KEY)",
    )
    .await
    .expect("a table");
    statement(&db, "INSERT INTO torture_busy VALUES (0)")
        .await
        .expect("a row");
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seed =
        number("ORM_TEST_TORTURE_SEED").unwrap_or_else(|| now.map_or(1, |d| d.as_nanos() as u64));
    let seconds = number("ORM_TEST_TORTURE_SECONDS").unwrap_or(6);
    eprintln!("{backend:?}: ORM_TEST_TORTURE_SEED={seed}, {seconds} s");
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..TASKS {
        tasks.spawn(task::run(db.clone(), number, lane, until, seed));
    }
    let faults = torment(&scratch, url.clone(), until, seed).await;
    let mut ledger = Ledger::default();
    while let Some(done) = tasks.join_next().await {
        ledger.merge(done.expect("no task panics"));
    }
    eprintln!("{backend:?}: {faults} faults\n{ledger}");
    assert!(
        ledger.surprises.is_empty(),
        "{:#?}",
        &ledger.surprises[..ledger.surprises.len().min(10)]
    );
    drop(db);
    // What the tasks left on their way must not keep anything now.
    let db = Db::connect(&scratch.url).await.expect("connects");
    let (rows, kept) = verify::verify(&db, &ledger).await;
    eprintln!("{backend:?}: {rows} rows, {kept} unknown transactions took effect");
    not_idle(&ledger, faults, lane, seconds);
    scratch.assert_careful();
}

/// Enough happened for the run to mean something.
fn not_idle(ledger: &Ledger, faults: u64, lane: Lane, seconds: u64) {
    let total = ledger.total();
    let least = |what: &str, n: u64, least: u64| {
        assert!(n >= least, "only {n} of {what}, {least} are wanted");
    };
    // Few, since the machine may be slow.
    let some = (seconds / 2).max(1);
    least("faults", faults, some);
    least("refused", total.refused, some);
    least("undone", total.undone, some);
    least("unknown", total.unknown, some);
    if lane.retries {
        least("retried", total.retried, some);
    }
    for kind in work::Kind::ALL {
        let sums = ledger.sums.get(kind.word()).copied().unwrap_or_default();
        least(kind.word(), sums.acknowledged, some);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let lane = Lane {
        patience_micros: 20_000,
        session_waits: false,
        retries: false,
    };
    let options = "pool_max=16&busy_timeout=0.1&acquire_timeout=3";
    torture(
        Backend::Sqlite,
        options,
        lane,
        |_, url, until, seed| async move { chaos::sqlite(&url, until, seed).await },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mariadb() {
    let lane = Lane {
        patience_micros: 60_000,
        session_waits: true,
        retries: true,
    };
    let options = "pool_max=16&acquire_timeout=3";
    torture(
        Backend::MariadbText,
        options,
        lane,
        |_, url, until, seed| async move {
            let (server, rest) = url.rsplit_once('/').expect("a database");
            let name = rest.split('?').next().expect("a name");
            let server = Db::connect(&format!("{server}/?pool_max=1"))
                .await
                .expect("connects");
            chaos::mariadb(&server, name, until, seed).await
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
async fn gate() {
    if std::env::var_os("ORM_TEST_SINGLESTORE_URL").is_some() {
        eprintln!("SKIPPED: only the stand-in for SingleStore breaks on request");
        return;
    }
    let lane = Lane {
        patience_micros: 100_000,
        session_waits: false,
        retries: true,
    };
    let options = "pool_max=16&acquire_timeout=3";
    torture(
        Backend::SingleStoreText,
        options,
        lane,
        |scratch, _, until, seed| {
            let gate = scratch.gate.as_ref().expect("a stand-in");
            let control = gate.control().clone();
            async move { chaos::gate(&control, until, seed).await }
        },
    )
    .await;
}

/// The stand-in refuses without undoing: had the ORM taken the transaction for over, the next one on
/// this connection would commit its rest.
#[tokio::test]
async fn what_a_deadlock_leaves_open_is_undone() {
    if std::env::var_os("ORM_TEST_SINGLESTORE_URL").is_some() {
        return;
    }
    for backend in [Backend::SingleStoreText, Backend::SingleStorePrepared] {
        let Some(scratch) = backend.scratch().await else {
            return;
        };
        let url = scratch.url.replace("pool_max=4", "pool_max=1");
        let db = Db::connect(&url).await.expect("connects");
        orm::create_tables(&db, &ALL).await.expect("tables");
        for dropped in [false, true] {
            let tx = db.begin().await.expect("begins");
            work::count(&tx, "lost").await.expect("counts");
            let deadlock = Action::Error(Refusal::new(1213, "Deadlock found"));
            let fault = Fault::new(1, When::Before, deadlock).matching("INSERT");
            scratch
                .gate
                .as_ref()
                .expect("a stand-in")
                .control()
                .arm(fault);
            let refused = work::count(&tx, "other").await.expect_err("a deadlock");
            assert!(refused.is_retryable(), "{refused}");
            if dropped {
                drop(tx);
            } else {
                tx.rollback().await.expect("rolls back");
            }
            work::count(&db, "kept").await.expect("counts");
        }
        let labels = Label::objects().order_by(|l| l.name()).all(&db).await;
        let labels = labels.expect("reads");
        assert_eq!(labels.len(), 1, "{labels:?}");
        assert_eq!((labels[0].name.as_str(), labels[0].uses), ("kept", 2));
    }
}
