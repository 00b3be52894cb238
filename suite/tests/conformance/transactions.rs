//! Transactions.

use std::sync::{Arc, Mutex};

use orm::dialect::RowLocks;
use orm::prelude::*;
use suite::models::blog::{Article, Tag, fill};

cases! {
    commit, rollback, dropped, atomic, atomic_undoes, nested, nested_undone if savepoints, after_an_error,
    isolation, over, hooks_run_after_the_commit, hooks_of_what_is_undone_never_run,
    a_panic_of_a_hook_keeps_no_other, durable, independent, isolation_levels, locks, retried,
}

async fn add(db: &impl Executor, name: &str) -> Result<Tag> {
    Tag::create(db, new!(Tag { name })).await
}

async fn names(db: &impl Executor) -> Result<Vec<String>> {
    Tag::filter(|t| t.id().gt(4))
        .order_by(|t| t.name())
        .select(|t| t.name())
        .all(db)
        .await
}

async fn commit(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    add(&tx, "a").await?;
    assert_eq!(names(&tx).await?, ["a"]);
    tx.commit().await?;
    assert_eq!(names(db).await?, ["a"]);
    Ok(())
}

async fn rollback(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    add(&tx, "a").await?;
    tx.rollback().await?;
    assert_eq!(names(db).await?, [""; 0]);
    Ok(())
}

async fn dropped(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    add(&tx, "a").await?;
    drop(tx);
    assert_eq!(names(db).await?, [""; 0]);
    Ok(())
}

async fn atomic(db: &Db) -> Result<()> {
    fill(db).await?;
    let id = db
        .atomic(|tx| async move {
            add(&tx, "a").await?;
            let b = add(&tx, "b").await?;
            Ok::<_, Error>(b.id)
        })
        .await?;
    assert!(id.is_set());
    assert_eq!(names(db).await?, ["a", "b"]);
    Ok(())
}

async fn atomic_undoes(db: &Db) -> Result<()> {
    fill(db).await?;
    let result = db
        .atomic(|tx| async move {
            add(&tx, "a").await?;
            add(&tx, "rust").await?;
            Ok::<_, Error>(())
        })
        .await;
    assert!(result.is_err_and(|e| e.is_unique_violation()));
    assert_eq!(names(db).await?, [""; 0]);
    Ok(())
}

async fn nested(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    add(&tx, "a").await?;
    let inner = tx.begin().await?;
    add(&inner, "b").await?;
    inner.commit().await?;
    tx.commit().await?;
    assert_eq!(names(db).await?, ["a", "b"]);
    Ok(())
}

async fn nested_undone(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    add(&tx, "a").await?;
    let inner = tx
        .atomic(|inner| async move {
            add(&inner, "b").await?;
            Err::<(), Error>(Error::Usage("no".into()))
        })
        .await;
    assert!(matches!(inner, Err(Error::Usage(_))));
    add(&tx, "c").await?;
    tx.commit().await?;
    assert_eq!(names(db).await?, ["a", "c"]);
    Ok(())
}

async fn after_an_error(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    add(&tx, "a").await?;
    assert!(
        add(&tx, "rust")
            .await
            .is_err_and(|e| e.is_unique_violation())
    );
    // A refused row undoes itself only.
    add(&tx, "b").await?;
    tx.commit().await?;
    assert_eq!(names(db).await?, ["a", "b"]);
    Ok(())
}

async fn isolation(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    add(&tx, "a").await?;
    assert_eq!(names(db).await?, [""; 0], "not committed yet");
    tx.commit().await?;
    assert_eq!(names(db).await?, ["a"]);
    Ok(())
}

async fn over(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    let other = tx.clone();
    tx.commit().await?;
    let error = add(&other, "a").await.expect_err("over");
    assert_eq!(
        error.as_db().map(|e| &e.kind),
        Some(&DbErrorKind::TransactionState)
    );
    assert_eq!(names(db).await?, [""; 0]);
    Ok(())
}

type Log = Arc<Mutex<Vec<String>>>;

/// Notes a word, and how many rows of the test are committed then.
fn note(tx: &Transaction, db: &Db, log: &Log, word: &'static str) {
    let (db, log) = (db.clone(), Arc::clone(log));
    let run = move || async move {
        let rows = names(&db).await.map_or(0, |n| n.len());
        log.lock().expect("unbroken").push(format!("{word} {rows}"));
    };
    tx.on_commit(run).expect("the transaction is open");
}

fn read(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().expect("unbroken"))
}

async fn hooks_run_after_the_commit(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    let tx = db.begin().await?;
    note(&tx, db, &log, "first");
    add(&tx, "a").await?;
    let inner = tx.begin().await?;
    note(&inner, db, &log, "inner");
    inner.commit().await?;
    note(&tx, db, &log, "last");
    assert_eq!(read(&log), [""; 0]);
    tx.commit().await?;
    assert_eq!(read(&log), ["first 1", "inner 1", "last 1"]);
    // Registered in a transaction that is over: refused, not lost.
    let tx = db.begin().await?;
    let over = tx.clone();
    tx.commit().await?;
    let error = over.on_commit(|| async {}).expect_err("over");
    assert_eq!(error.kind, DbErrorKind::TransactionState);
    Ok(())
}

async fn hooks_of_what_is_undone_never_run(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    let tx = db.begin().await?;
    note(&tx, db, &log, "outer");
    let inner = tx.begin().await?;
    note(&inner, db, &log, "inner");
    let innermost = inner.begin().await?;
    note(&innermost, db, &log, "innermost");
    innermost.commit().await?;
    inner.rollback().await?;
    let committed = tx.commit().await.is_ok();
    // Without savepoints the inner rollback dooms the whole.
    assert_eq!(committed, db.dialect().features().savepoints);
    let expected: &[&str] = if committed { &["outer 0"] } else { &[] };
    assert_eq!(read(&log), expected);
    for dropped in [false, true] {
        let tx = db.begin().await?;
        note(&tx, db, &log, "undone");
        match dropped {
            true => drop(tx),
            false => tx.rollback().await?,
        }
        // The connection serves the next one, which knows nothing of it.
        db.begin().await?.commit().await?;
        assert_eq!(read(&log), [""; 0]);
    }
    Ok(())
}

async fn a_panic_of_a_hook_keeps_no_other(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    let tx = db.begin().await?;
    add(&tx, "a").await?;
    tx.on_commit(|| async { panic!("a hook of the test") })?;
    note(&tx, db, &log, "after");
    let end = tokio::spawn(async move { tx.commit().await }).await;
    assert!(end.is_err_and(|e| e.is_panic()));
    assert_eq!(read(&log), ["after 1"]);
    Ok(())
}

async fn durable(db: &Db) -> Result<()> {
    fill(db).await?;
    let work = |tx: Transaction| async move { add(&tx, "a").await };
    db.durable(work).await?;
    assert_eq!(names(db).await?, ["a"]);
    let tx = db.begin().await?;
    let error = tx.durable(work).await.expect_err("it is not the outermost");
    assert!(error.to_string().contains("outermost"), "{error}");
    assert!(Executor::in_transaction(&tx) && !Executor::in_transaction(db));
    tx.commit().await?;
    assert_eq!(names(db).await?, ["a"]);
    Ok(())
}

async fn independent(db: &Db) -> Result<()> {
    fill(db).await?;
    let tx = db.begin().await?;
    add(&tx, "a").await?;
    if db.dialect().features().row_locks == RowLocks::Database {
        let error = tx.independent().expect_err("one writes at a time");
        assert_eq!(error.kind, DbErrorKind::Unsupported);
        return tx.rollback().await.map_err(Error::from);
    }
    let own = tx.independent()?;
    own.atomic(|own| async move { add(&own, "audit").await })
        .await?;
    tx.rollback().await?;
    assert_eq!(names(db).await?, ["audit"]);
    Ok(())
}

async fn isolation_levels(db: &Db) -> Result<()> {
    fill(db).await?;
    let levels = db.dialect().features().isolation;
    let all = [
        Isolation::ReadUncommitted,
        Isolation::ReadCommitted,
        Isolation::RepeatableRead,
        Isolation::Serializable,
    ];
    for level in all {
        let begun = db.begin_isolated(level).await;
        if !levels.contains(&level) {
            let error = begun.expect_err("no such level");
            assert_eq!(error.kind, DbErrorKind::Unsupported);
            continue;
        }
        let tx = begun?;
        let before = names(&tx).await?.len();
        if level <= Isolation::ReadCommitted {
            add(db, level.words()).await?;
            assert_eq!(names(&tx).await?.len(), before + 1, "{level:?} sees it");
        }
        tx.commit().await?;
        // The next transaction of the connection is as always.
        db.begin().await?.commit().await?;
    }
    Ok(())
}

async fn locks(db: &Db) -> Result<()> {
    fill(db).await?;
    let of_ann = || Article::filter(|a| a.author().name().eq("Ann")).for_update();
    let error = of_ann()
        .all(db)
        .await
        .expect_err("nobody would hold the locks");
    assert!(matches!(error, Error::Usage(_)), "{error}");
    let rows = of_ann().limit(1).stream(db).await;
    assert!(rows.is_err());
    let tx = db.begin().await?;
    let mut locked = of_ann()
        .order_by(|a| a.id())
        .with(|a| a.author())
        .all(&tx)
        .await?;
    assert_eq!(locked.len(), 2);
    for article in &mut locked {
        assert_eq!(article.author.get()?.name, "Ann");
        article.views += 1;
        article.save(&tx).await?;
    }
    let none = Article::filter(|a| a.author().name().eq("nobody")).for_update();
    assert!(none.all(&tx).await?.is_empty());
    assert_eq!(of_ann().limit(1).offset(1).all(&tx).await?.len(), 1);
    tx.commit().await?;
    // Who waits for the lock sees what the holder has written.
    let first = locked[0].id.get().unwrap_or_default();
    let bump = || async {
        db.atomic(|tx| async move {
            let mut article = Article::filter(|a| a.id().eq(first) & a.author().name().eq("Ann"))
                .for_update()
                .get(&tx)
                .await?;
            article.views += 1;
            article.save(&tx).await?;
            Ok::<_, Error>(())
        })
        .await
    };
    let (a, b, c) = tokio::join!(bump(), bump(), bump());
    a.and(b).and(c)?;
    let after = Article::get(db, first).await?;
    assert_eq!(after.views, locked[0].views + 3);
    Ok(())
}

/// The closure is run again as a whole, and only what is committed has its hooks run.
async fn retried(db: &Db) -> Result<()> {
    fill(db).await?;
    let (log, runs) = (Log::default(), Arc::new(Mutex::new(0)));
    let policy = RetryPolicy {
        first_wait: std::time::Duration::from_millis(1),
        ..RetryPolicy::default()
    };
    let (seen, counted) = (Arc::clone(&log), Arc::clone(&runs));
    db.retrying(policy, move |tx| {
        let (db, log, runs) = (db.clone(), Arc::clone(&seen), Arc::clone(&counted));
        async move {
            note(&tx, &db, &log, "hook");
            add(&tx, "a").await?;
            let run = {
                let mut runs = runs.lock().expect("unbroken");
                *runs += 1;
                *runs
            };
            if run < 3 {
                let kind = DbErrorKind::Retryable(orm::backend::RetryCause::Deadlock);
                return Err(Error::from(DbError::new(kind, "as if")));
            }
            Ok(())
        }
    })
    .await?;
    assert_eq!(*runs.lock().expect("unbroken"), 3);
    assert_eq!(read(&log), ["hook 1"]);
    assert_eq!(names(db).await?, ["a"]);
    Ok(())
}
