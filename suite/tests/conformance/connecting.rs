//! Databases that cannot be reached: each fault has a kind of its own.

use orm::prelude::*;
use suite::backend::{Backend, server_url, statement};

/// Not `expect_err`: a `Db` is not for printing.
async fn refused(url: &str) -> DbError {
    match Db::connect(url).await {
        Err(error) => error,
        Ok(_) => panic!("{url} connects"),
    }
}

#[tokio::test]
async fn dead_server() {
    // A port that was free a moment ago: nobody listens there.
    let port = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        listener.local_addr().expect("an address").port()
    };
    for scheme in ["mysql", "mariadb", "singlestore"] {
        let url = format!("{scheme}://u:s3cret@127.0.0.1:{port}/db?connect_timeout=5");
        let error = refused(&url).await;
        assert_eq!(error.kind, DbErrorKind::Unreachable, "{error}");
        let text = error.to_string();
        assert!(
            text.contains(&port.to_string()) && !text.contains("s3cret"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn missing_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("none/suite.db");
    let error = refused(&format!("sqlite:{}", path.display())).await;
    assert_eq!(error.kind, DbErrorKind::Unreachable, "{error}");
    assert!(error.to_string().contains("none"), "{error}");
    assert!(!folder.path().join("none").exists());
}

#[tokio::test]
async fn file_without_rights() {
    let folder = tempfile::tempdir().expect("a folder");
    // Rights do not bind root, but not even root can open a folder as a file.
    let error = refused(&format!("sqlite:{}", folder.path().display())).await;
    assert_eq!(error.kind, DbErrorKind::Unreachable, "{error}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.path().join("closed.db");
        std::fs::write(&path, "").expect("writes");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).expect("rights");
        if std::fs::File::open(&path).is_err() {
            let error = refused(&format!("sqlite:{}", path.display())).await;
            assert_eq!(error.kind, DbErrorKind::Unreachable, "{error}");
        }
    }
}

#[tokio::test]
async fn file_of_another_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("letter.txt");
    let text = "Dear reader, ".repeat(200);
    std::fs::write(&path, &text).expect("writes");
    let error = refused(&format!("sqlite:{}", path.display())).await;
    assert_eq!(error.kind, DbErrorKind::Unreachable, "{error}");
    assert_eq!(std::fs::read_to_string(&path).expect("reads"), text);
}

#[tokio::test]
async fn wrong_password() {
    let Some(server) = server_url() else { return };
    let (_, place) = server.rsplit_once('@').expect("a user");
    let error = refused(&format!("mariadb://orm_suite_nobody:s3cret@{place}")).await;
    assert_eq!(error.kind, DbErrorKind::Auth, "{error}");
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

#[tokio::test]
async fn unknown_database() {
    let Some(server) = server_url() else { return };
    let error = refused(&format!("{server}orm_suite_no_such_database")).await;
    assert_eq!(error.kind, DbErrorKind::NoSuchObject, "{error}");
    assert!(
        error.to_string().contains("orm_suite_no_such_database"),
        "{error}"
    );
}

#[tokio::test]
async fn wrong_urls() {
    for url in [
        "",
        "postgres://x/y",
        "mysql://h:port/x",
        "sqlite:",
        "mysql://h/x?protocol=smoke",
        "sqlite:x?pol_max=3",
    ] {
        let error = refused(url).await;
        assert_eq!(error.kind, DbErrorKind::Config, "{url}: {error}");
    }
}

/// The pool is full: the error names who holds it.
async fn full_pool(backend: Backend) {
    let Some(scratch) = backend.scratch().await else {
        return;
    };
    let db = Db::builder(&scratch.url)
        .pool_max(1)
        .acquire_timeout(std::time::Duration::from_millis(100))
        .connect()
        .await
        .expect("connects");
    statement(&db, "CREATE TABLE t (a INTEGER)")
        .await
        .expect("creates");
    let tx = db.begin().await.expect("begins");
    let error = statement(&db, "INSERT INTO t VALUES (1)")
        .await
        .expect_err("full");
    let Some(DbErrorKind::PoolTimeout { holders }) = error.as_db().map(|e| &e.kind) else {
        panic!("{error}");
    };
    assert!(
        holders.iter().any(|h| h.contains("connecting.rs")),
        "{holders:?}"
    );
    tx.rollback().await.expect("rolls back");
    statement(&db, "INSERT INTO t VALUES (1)")
        .await
        .expect("free again");
    let rows: Vec<(i64,)> = raw("SELECT COUNT(*) FROM t", ())
        .all(&db)
        .await
        .expect("reads");
    assert_eq!(rows, [(1,)]);
}

#[tokio::test]
async fn full_pool_on_sqlite() {
    full_pool(Backend::Sqlite).await;
}

#[tokio::test]
async fn full_pool_on_mariadb() {
    full_pool(Backend::MariadbPrepared).await;
}
