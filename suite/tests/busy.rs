//! Others write, and other migrators run, while SingleStore's tables are copied.

#[path = "shared/book.rs"]
mod book;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use book::migrations;
use orm::migrate::{MigrateError, MigrateOptions, Migrator, Progress, Target};
use orm::prelude::*;
use suite::backend::{Backend, statement};

const ROWS: i64 = 2_000;

async fn read(db: &Db) -> BTreeMap<i64, String> {
    let rows: Vec<(i64, String)> = raw("SELECT id, title FROM book_page ORDER BY id", ())
        .all(db)
        .await
        .expect("rows");
    rows.into_iter().collect()
}

/// A table of [`ROWS`] rows, before its copy.
async fn filled(db: &Db) -> BTreeMap<i64, String> {
    let all = migrations();
    let migrator = Migrator::new(db, &all, MigrateOptions::default()).expect("order");
    let first = Target::Migration("book".into(), "0001_initial".into());
    migrator.run(&[first]).await.expect("the first");
    let values: Vec<String> = (1..=ROWS).map(|id| format!("({id}, 't{id}')")).collect();
    let sql = format!(
        "INSERT INTO book_page (id, title) VALUES {}",
        values.join(", ")
    );
    statement(db, &sql).await.expect("rows");
    read(db).await
}

/// Writes until told to stop: what was acknowledged, and how often.
async fn write(
    db: Db,
    mut rows: BTreeMap<i64, String>,
    stop: Arc<AtomicBool>,
) -> (BTreeMap<i64, String>, u64) {
    let mut writes = 0;
    for n in 1.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let (at, new) = (n * 7919 % ROWS + 1, 1_000_000 + n);
        let done = statement(
            &db,
            &format!("UPDATE book_page SET title = 'w{n}' WHERE id = {at}"),
        )
        .await;
        if done.is_ok() {
            rows.entry(at).and_modify(|t| *t = format!("w{n}"));
        }
        if statement(&db, &format!("DELETE FROM book_page WHERE id = {}", at / 2))
            .await
            .is_ok()
        {
            rows.remove(&(at / 2));
        }
        if statement(
            &db,
            &format!("INSERT INTO book_page (id, title) VALUES ({new}, 'n')"),
        )
        .await
        .is_ok()
        {
            rows.insert(new, "n".to_owned());
            writes += 1;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    (rows, writes)
}

#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn note(&self, text: &str) {
        self.0.lock().expect("no panic").push(text.to_owned());
    }
}

/// Every write that the server took is there when the copy has taken the name, and the run says so: only
/// while the name is away are writes refused.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_that_others_write_while_a_table_is_copied() {
    let Some(scratch) = Backend::SingleStoreText.scratch().await else {
        return;
    };
    let db = Db::connect(&scratch.url).await.expect("connects");
    let rows = filled(&db).await;
    let stop = Arc::new(AtomicBool::new(false));
    let other = Db::connect(&scratch.url).await.expect("connects");
    let writer = tokio::spawn(write(other, rows, Arc::clone(&stop)));
    let all = migrations();
    let notes = Notes::default();
    let options = MigrateOptions {
        progress: &notes,
        part_rows: Some(50),
        ..MigrateOptions::default()
    };
    let migrator = Migrator::new(&db, &all, options).expect("order");
    let ran = migrator.run(&[Target::All]).await;
    stop.store(true, Ordering::Relaxed);
    let (expected, writes) = writer.await.expect("no panic");
    assert_eq!(ran.expect("copied").len(), 1);
    assert!(writes > 20, "{writes}");
    assert_eq!(read(&db).await, expected);
    let notes = notes.0.lock().expect("no panic").join("\n");
    assert!(notes.contains("others wrote to book_page"), "{notes}");
    scratch.assert_careful();
}

async fn lock_owner(db: &Db) -> String {
    let owners: Vec<(String,)> = raw(
        "SELECT owner FROM orm_migration_lock WHERE id = 2 ORDER BY id",
        (),
    )
    .all(db)
    .await
    .expect("the lock's table");
    owners.into_iter().next().expect("its row").0
}

/// One of two migrators works; the other waits, and refuses with who works and since when.
#[tokio::test(flavor = "multi_thread")]
async fn one_migrator_at_a_time() {
    let Some(scratch) = Backend::SingleStoreText.scratch().await else {
        return;
    };
    let db = Db::connect(&scratch.url).await.expect("connects");
    filled(&db).await;
    let other = Db::connect(&scratch.url).await.expect("connects");
    let all = migrations();
    // So small that the copy takes its time.
    let slow = MigrateOptions {
        part_rows: Some(2),
        ..MigrateOptions::default()
    };
    let hasty = MigrateOptions {
        lock_wait: Duration::from_millis(100),
        ..MigrateOptions::default()
    };
    let first = Migrator::new(&db, &all, slow).expect("order");
    let second = Migrator::new(&other, &all, hasty).expect("order");
    let patient = MigrateOptions {
        lock_wait: Duration::from_secs(120),
        ..MigrateOptions::default()
    };
    let patient = Migrator::new(&other, &all, patient).expect("order");
    let targets = [Target::All];
    let late = async {
        while lock_owner(&other).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        (second.run(&targets).await, patient.run(&targets).await)
    };
    let (worked, (refused, waited)) = tokio::join!(first.run(&targets), late);
    assert_eq!(worked.expect("holds the lock").len(), 1);
    let Err(MigrateError::Locked { owner }) = refused else {
        panic!("two migrators at once");
    };
    let process = format!(", process {}, since 2", std::process::id());
    assert!(owner.contains('@') && owner.contains(&process), "{owner}");
    assert_eq!(waited.expect("waited").len(), 0);
}
