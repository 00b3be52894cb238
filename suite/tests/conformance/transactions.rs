//! Transactions.

use orm::prelude::*;
use suite::models::blog::{Tag, fill};

cases! { commit, rollback, dropped, atomic, atomic_undoes, nested, nested_undone if savepoints, after_an_error, isolation, over }

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
