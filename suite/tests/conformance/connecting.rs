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
async fn folder_as_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = refused(&format!("sqlite:{}", folder.path().display())).await;
    assert_eq!(error.kind, DbErrorKind::Unreachable, "{error}");
}

#[cfg(unix)]
mod rights {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    use std::path::Path;

    use super::*;

    /// Where the test that runs again as another user finds its files.
    const FOLDER: &str = "ORM_SUITE_RIGHTS";

    async fn prepare(folder: &Path) {
        let allow = |path: &Path, mode| {
            std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("rights");
        };
        for name in ["closed.db", "kept.db"] {
            let path = folder.join(name);
            let db = Db::connect(&format!("sqlite:{}", path.display())).await;
            let db = db.expect("connects");
            // Without WAL, whose side files a reader would have to make.
            statement(&db, "CREATE TABLE t (a INTEGER)")
                .await
                .expect("creates");
            statement(&db, "INSERT INTO t VALUES (7)")
                .await
                .expect("inserts");
            let mode = raw::<(String,)>("PRAGMA journal_mode = DELETE", ())
                .all(&db)
                .await;
            assert_eq!(mode.expect("leaves WAL"), [("delete".to_owned(),)]);
        }
        let closed = folder.join("folder");
        std::fs::create_dir(&closed).expect("a folder");
        std::fs::write(folder.join("folder/inside.db"), "").expect("writes");
        allow(&folder.join("closed.db"), 0o000);
        allow(&folder.join("kept.db"), 0o444);
        allow(&closed, 0o555);
        allow(folder, 0o755);
    }

    async fn check(folder: &Path) {
        let url = |name: &str| format!("sqlite:{}", folder.join(name).display());
        for name in ["closed.db", "folder/new.db"] {
            let error = refused(&url(name)).await;
            assert_eq!(error.kind, DbErrorKind::ReadOnly, "{name}: {error}");
            assert!(error.to_string().contains("rights"), "{error}");
        }
        assert!(!folder.join("folder/new.db").exists());
        // Reading works; a write says what is missing, and the data stays.
        let db = Db::connect(&url("kept.db")).await.expect("connects");
        let error = statement(&db, "INSERT INTO t VALUES (8)")
            .await
            .expect_err("kept");
        assert_eq!(
            error.as_db().map(|e| &e.kind),
            Some(&DbErrorKind::ReadOnly),
            "{error}"
        );
        let rows = raw::<(i64,)>("SELECT a FROM t", ()).all(&db).await;
        assert_eq!(rows.expect("reads"), [(7,)]);
    }

    #[tokio::test]
    async fn file_without_rights() {
        if let Some(folder) = std::env::var_os(FOLDER) {
            return check(Path::new(&folder)).await;
        }
        let folder = tempfile::tempdir().expect("a folder");
        prepare(folder.path()).await;
        if std::fs::File::open(folder.path().join("closed.db")).is_err() {
            return check(folder.path()).await;
        }
        // Rights do not bind root: the same again as nobody.
        let again = std::process::Command::new("/proc/self/exe")
            .args([
                "--exact",
                "connecting::rights::file_without_rights",
                "--nocapture",
            ])
            .env(FOLDER, folder.path())
            .current_dir("/")
            .gid(65534)
            .uid(65534)
            .output()
            .expect("runs as nobody");
        let out = String::from_utf8_lossy(&again.stdout).into_owned();
        let err = String::from_utf8_lossy(&again.stderr);
        assert!(
            again.status.success() && out.contains("1 passed"),
            "{out}{err}"
        );
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

/// A way to the server that can be cut.
struct Cable {
    port: u16,
    listening: tokio::task::JoinHandle<()>,
    calls: std::sync::Arc<std::sync::Mutex<Vec<tokio::task::AbortHandle>>>,
}

impl Cable {
    async fn lay(port: u16, server: String) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let calls = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let kept = std::sync::Arc::clone(&calls);
        let listening = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let Ok(mut far) = tokio::net::TcpStream::connect(&server).await else {
                    continue;
                };
                let call = tokio::spawn(async move {
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
                kept.lock().expect("no panic").push(call.abort_handle());
            }
        });
        Self {
            port,
            listening,
            calls,
        }
    }

    fn cut(self) {
        self.listening.abort();
        self.calls
            .lock()
            .expect("no panic")
            .drain(..)
            .for_each(|c| c.abort());
    }
}

/// The server goes away in the middle of a transaction and of a statement, and comes back.
async fn server_that_dies(backend: Backend) {
    let Some(scratch) = backend.scratch().await else {
        return;
    };
    let (login, rest) = scratch.url.rsplit_once('@').expect("a user");
    let (server, path) = rest.split_once('/').expect("a database");
    let cable = Cable::lay(0, server.to_owned()).await;
    let port = cable.port;
    let url = format!("{login}@127.0.0.1:{port}/{path}&acquire_timeout=5&connect_timeout=5");
    let db = Db::connect(&url).await.expect("connects");
    statement(&db, "CREATE TABLE t (a INTEGER)")
        .await
        .expect("creates");
    let kind = |e: Error| match e {
        Error::Db(e) => e.kind,
        other => panic!("{other}"),
    };

    let tx = db.begin().await.expect("begins");
    statement(&tx, "INSERT INTO t VALUES (1)")
        .await
        .expect("inserts");
    let waiting = {
        let db = db.clone();
        tokio::spawn(async move { statement(&db, "SELECT SLEEP(60)").await })
    };
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    cable.cut();
    let started = std::time::Instant::now();
    let lost = waiting.await.expect("no panic").expect_err("cut");
    assert_eq!(kind(lost), DbErrorKind::ConnectionLost);
    let lost = statement(&tx, "INSERT INTO t VALUES (2)")
        .await
        .expect_err("cut");
    assert_eq!(kind(lost), DbErrorKind::ConnectionLost);
    // What follows in the transaction is refused, not sent on another connection.
    let over = statement(&tx, "INSERT INTO t VALUES (3)")
        .await
        .expect_err("lost before");
    assert_eq!(kind(over), DbErrorKind::TransactionState);
    assert!(tx.commit().await.is_err());
    // Connections of the pool that lay idle may be found dead first.
    for _ in 0..5 {
        let gone = statement(&db, "INSERT INTO t VALUES (4)")
            .await
            .expect_err("no server");
        let gone = kind(gone);
        assert!(
            matches!(gone, DbErrorKind::Unreachable | DbErrorKind::ConnectionLost),
            "{gone:?}"
        );
    }
    let gone = statement(&db, "INSERT INTO t VALUES (4)")
        .await
        .expect_err("no server");
    assert_eq!(kind(gone), DbErrorKind::Unreachable);
    assert!(started.elapsed() < std::time::Duration::from_secs(20));

    let cable = Cable::lay(port, server.to_owned()).await;
    let count = raw::<(i64,)>("SELECT COUNT(*) FROM t", ()).all(&db).await;
    assert_eq!(count.expect("the server is back"), [(0,)]);
    statement(&db, "INSERT INTO t VALUES (5)")
        .await
        .expect("works again");
    drop(db);
    cable.cut();
}

#[tokio::test(flavor = "multi_thread")]
async fn server_that_dies_text() {
    server_that_dies(Backend::MariadbText).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_that_dies_prepared() {
    server_that_dies(Backend::MariadbPrepared).await;
}
