//! Parts that a SingleStore plays: a shared tier, a child aggregator, a server that prepares nothing,
//! and one whose master moves. Only the stand-in plays them on demand.

#[path = "shared/book.rs"]
mod book;

use std::time::Duration;

use book::{migrations, page};

use gate::{Action, Control, Fault, Gate, Role, When};
use orm::backend::{DbErrorKind, RetryCause};
use orm::migrate::{MigrateError, MigrateOptions, Migration, Migrator, Operation, Target};
use orm::prelude::*;
use orm::schema::StorageType;
use suite::backend::{Backend, Scratch, statement};
use suite::models::blog::Tag;

/// A database on a stand-in of its own.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
async fn scratch(backend: Backend) -> Option<Scratch> {
    let scratch = backend.scratch().await?;
    if scratch.gate.is_none() {
        eprintln!("SKIPPED: a real SingleStore plays no parts");
        return None;
    }
    Some(scratch)
}

fn control(scratch: &Scratch) -> &Control {
    scratch.gate.as_ref().map(Gate::control).expect("a gate")
}

async fn migrate(db: &Db, to: &[Target]) -> Result<usize, MigrateError> {
    let migrations = migrations();
    let migrator = Migrator::new(db, &migrations, MigrateOptions::default())?;
    Ok(migrator.run(to).await?.len())
}

async fn pages(db: &Db) -> i64 {
    let counts: Vec<(i64,)> = raw("SELECT COUNT(*) AS n FROM book_page", ())
        .all(db)
        .await
        .expect("a count");
    counts[0].0
}

/// The notes of a run need no ROWSTORE, and neither does a table that names no storage type.
#[tokio::test(flavor = "multi_thread")]
async fn a_shared_tier_is_migrated() {
    for backend in [Backend::SingleStoreText, Backend::SingleStorePrepared] {
        let Some(scratch) = scratch(backend).await else {
            return;
        };
        control(&scratch).set_shared_tier(true);
        let db = Db::connect(&scratch.url).await.expect("connects");
        let first = Target::Migration("book".into(), "0001_initial".into());
        assert_eq!(migrate(&db, &[first]).await.expect("the first"), 1);
        for title in ["a", "b", "c"] {
            let sql = format!("INSERT INTO book_page (title) VALUES ('{title}')");
            statement(&db, &sql).await.expect("a row");
        }
        assert_eq!(migrate(&db, &[Target::All]).await.expect("the second"), 1);
        assert_eq!(pages(&db).await, 3);
        let back = [Target::Zero("book".into())];
        assert_eq!(migrate(&db, &back).await.expect("back"), 2);
        scratch.assert_careful();
        // What asks for ROWSTORE is told by the server, and nothing is half done.
        let mut stored = page();
        stored.storage.storage_type = Some(StorageType::Rowstore);
        let rowstore = [Migration {
            operations: vec![Operation::CreateModel(stored)],
            ..Migration::new("book", "0001_initial")
        }];
        let migrator = Migrator::new(&db, &rowstore, MigrateOptions::default()).expect("order");
        let error = migrator.run(&[Target::All]).await.expect_err("refused");
        assert!(error.to_string().contains("shared tier"), "{error}");
        assert_eq!(migrate(&db, &[Target::All]).await.expect("columnstore"), 2);
    }
}

fn kind<T>(result: Result<T>) -> Option<DbErrorKind> {
    result.err().and_then(|e| e.as_db().map(|e| e.kind.clone()))
}

async fn add(db: &impl Executor, name: &str) -> Result<Tag> {
    Tag::create(db, new!(Tag { name })).await
}

/// A child aggregator writes rows, but those of reference tables in no transaction, and makes no
/// tables: errors of a kind, and nothing half written.
#[tokio::test(flavor = "multi_thread")]
async fn a_child_aggregator_says_what_it_does_not_do() {
    let Some(scratch) = scratch(Backend::SingleStoreText).await else {
        return;
    };
    let db = Db::connect(&scratch.url).await.expect("connects");
    orm::create_tables(&db, &[Tag::META])
        .await
        .expect("a table");
    control(&scratch).set_role(Role::Child);
    let tag = add(&db, "alone").await.expect("in no transaction");
    let within = db
        .atomic(|tx| async move { add(&tx, "within").await })
        .await;
    let Err(error) = within else {
        panic!("a reference table was written in a transaction");
    };
    let text = error.to_string();
    for part in [
        "child aggregators",
        "blog_tag",
        "tx.independent()",
        "master aggregator",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(kind::<()>(Err(error)), Some(DbErrorKind::Unsupported));
    let names = Tag::filter(|t| t.id().gt(0)).order_by(|t| t.name());
    let names = names.select(|t| t.name());
    assert_eq!(names.all(&db).await.expect("names"), [&*tag.name]);
    // The way out: what is written there stays whatever becomes of the transaction.
    let tx = db.begin().await.expect("begins");
    let outside = tx.independent().expect("a server");
    add(&outside, "outside").await.expect("in no transaction");
    tx.rollback().await.expect("rolls back");
    assert_eq!(names.all(&db).await.expect("names"), ["alone", "outside"]);
    let error = migrate(&db, &[Target::All]).await.expect_err("refused");
    assert!(error.to_string().contains("master aggregator"), "{error}");
    control(&scratch).set_role(Role::Master);
    assert_eq!(migrate(&db, &[Target::All]).await.expect("runs"), 2);
    scratch.assert_careful();
}

/// `protocol=prepared` where the server prepares nothing, as one that writes an audit log: statements
/// go as text.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_prepares_nothing_is_sent_text() {
    let Some(scratch) = scratch(Backend::SingleStorePrepared).await else {
        return;
    };
    let db = Db::connect(&scratch.url).await.expect("connects");
    orm::create_tables(&db, &[Tag::META])
        .await
        .expect("a table");
    control(&scratch).set_prepare(false);
    for name in ["a", "b"] {
        add(&db, name).await.expect("sent as text");
    }
    db.atomic(|tx| async move { add(&tx, "c").await })
        .await
        .expect("in a transaction too");
    let names = Tag::filter(|t| t.id().gt(0)).order_by(|t| t.name());
    let names = names.select(|t| t.name());
    assert_eq!(names.all(&db).await.expect("names"), ["a", "b", "c"]);
    scratch.assert_careful();
}

/// The master moves: open transactions are lost and said to be worth another try; a migration stops
/// with a cause, and the next run goes on with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_moved_master_is_worth_another_try() {
    let Some(scratch) = scratch(Backend::SingleStoreText).await else {
        return;
    };
    let moved = |n| Fault::new(n, When::Before, Action::MasterMoved { statements: 3 });
    let db = Db::connect(&scratch.url).await.expect("connects");
    orm::create_tables(&db, &[Tag::META])
        .await
        .expect("a table");
    let tx = db.begin().await.expect("begins");
    add(&tx, "lost").await.expect("a row");
    control(&scratch).arm(moved(1));
    let failed = add(&tx, "lost too").await;
    assert_eq!(
        kind(failed),
        Some(DbErrorKind::Retryable(RetryCause::Failover))
    );
    drop(tx);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut tries = 0;
    while add(&db, "kept").await.is_err() {
        tries += 1;
        assert!(tries < 10, "the master came back");
    }
    let names = Tag::filter(|t| t.id().gt(0)).select(|t| t.name());
    assert_eq!(names.all(&db).await.expect("names"), ["kept"]);

    let first = Target::Migration("book".into(), "0001_initial".into());
    migrate(&db, &[first]).await.expect("the first");
    statement(&db, "INSERT INTO book_page (title) VALUES ('a'), ('b')")
        .await
        .expect("rows");
    let mut stopped = 0;
    for n in (1..).step_by(3) {
        control(&scratch).disarm();
        control(&scratch).arm(moved(n));
        let Err(error) = migrate(&db, &[Target::All]).await else {
            break;
        };
        let text = format!("{error:?}");
        assert!(text.contains("Failover") || text.contains("1777"), "{text}");
        stopped += 1;
        // The statements that still fail are used up.
        for _ in 0..4 {
            let _ = statement(&db, "DO 0").await;
        }
        assert!(n < 400, "it ends");
    }
    assert!(stopped > 5, "{stopped}");
    control(&scratch).disarm();
    assert_eq!(pages(&db).await, 2);
    assert_eq!(migrate(&db, &[Target::All]).await.expect("all is done"), 0);
}

/// A connection that is lost before COMMIT has left nothing, so the work is done again. Lost at
/// COMMIT, it is done again only where doing it twice does no harm.
#[tokio::test(flavor = "multi_thread")]
async fn work_is_done_again_unless_it_may_have_been_done() {
    for backend in [Backend::SingleStoreText, Backend::SingleStorePrepared] {
        let Some(scratch) = scratch(backend).await else {
            return;
        };
        let db = Db::connect(&scratch.url).await.expect("connects");
        orm::create_tables(&db, &[Tag::META])
            .await
            .expect("a table");
        let add = |name: &'static str, policy: RetryPolicy| {
            db.retrying(policy, move |tx| async move {
                Tag::create(&tx, new!(Tag { name })).await.map(drop)
            })
        };
        let cut = |when: When, text: &str| {
            control(&scratch).arm(Fault::new(1, when, Action::Cut).matching(text));
        };
        cut(When::Before, "INSERT");
        add("a", RetryPolicy::default()).await.expect("done again");
        cut(When::After, "COMMIT");
        let error = add("b", RetryPolicy::default())
            .await
            .expect_err("nobody knows");
        assert!(error.is_connection_lost(), "{error}");
        assert!(error.to_string().contains("not known"), "{error}");
        cut(When::Before, "COMMIT");
        let done = add("c", RetryPolicy::for_idempotent()).await;
        done.expect("not committed, done again");
        cut(When::After, "COMMIT");
        let again = add("d", RetryPolicy::for_idempotent()).await;
        assert!(again.expect_err("it was there").is_unique_violation());
        let names = Tag::objects().select(|t| t.name()).all(&db).await;
        let mut names = names.expect("rows");
        names.sort();
        assert_eq!(names, ["a", "b", "c", "d"]);
        scratch.assert_careful();
    }
}
