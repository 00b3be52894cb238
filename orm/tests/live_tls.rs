//! TLS against a MariaDB of the test's own, with throw-away certificates: what is taken, and what is
//! refused with which words. Runs with the feature `tls`; needs `mariadbd` and `openssl`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use orm::backend::DbErrorKind;
use orm::prelude::*;
use orm::raw;

/// A server with a certificate for `localhost` alone, and one without TLS where none is given.
struct Server {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Programs of servers are not on every user's path.
fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    let path = std::env::var("PATH").unwrap_or_default();
    command
        .env("PATH", format!("{path}:/usr/sbin:/sbin"))
        .stdin(Stdio::null());
    command
}

#[track_caller]
fn done(command: &mut Command) {
    let out = command.output().expect("the program runs");
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{command:?}: {text}");
}

/// Without the programs there is no test, which is said aloud; `ORM_TEST_REQUIRE_LIVE` makes it a failure.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn have(names: &[&str]) -> bool {
    let missing = |name: &&&str| {
        let mut command = program(name);
        command.arg(if **name == "openssl" {
            "version"
        } else {
            "--version"
        });
        let found = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        found.is_err()
    };
    let missing: Vec<_> = names.iter().filter(missing).collect();
    if missing.is_empty() {
        return true;
    }
    let required = std::env::var("ORM_TEST_REQUIRE_LIVE").is_ok_and(|v| v == "1");
    assert!(
        !required,
        "ORM_TEST_REQUIRE_LIVE: not installed: {missing:?}"
    );
    eprintln!("SKIPPED: TLS; not installed: {missing:?}");
    false
}

/// An authority of its own: its key and its certificate.
fn authority(folder: &Path, name: &str) -> PathBuf {
    let (key, cert) = (
        folder.join(format!("{name}.key")),
        folder.join(format!("{name}.pem")),
    );
    done(
        program("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ])
            .args(["-nodes", "-days", "2", "-subj"])
            .arg(format!("/CN=throw-away {name}"))
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&cert),
    );
    cert
}

/// A certificate for `localhost` that the authority signs.
fn certificate(folder: &Path, ca: &Path) -> (PathBuf, PathBuf) {
    let at = |name: &str| folder.join(name);
    let (key, request, cert, names) = (at("s.key"), at("s.csr"), at("s.pem"), at("s.ext"));
    done(
        program("openssl")
            .args([
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ])
            .args(["-nodes", "-subj", "/CN=localhost", "-keyout"])
            .arg(&key)
            .arg("-out")
            .arg(&request),
    );
    std::fs::write(&names, "subjectAltName=DNS:localhost\n").expect("writes");
    done(
        program("openssl")
            .args(["x509", "-req", "-days", "2", "-CAcreateserial", "-in"])
            .arg(&request)
            .arg("-CA")
            .arg(ca)
            .arg("-CAkey")
            .arg(ca.with_extension("key"))
            .arg("-extfile")
            .arg(&names)
            .arg("-out")
            .arg(&cert),
    );
    (cert, key)
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Server {
    fn start(tls: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let option = |name: &str, path: &Path| format!("--{name}={}", path.display());
        authority(folder.path(), "other");
        let user = Command::new("id")
            .arg("-un")
            .output()
            .expect("a user")
            .stdout;
        let user = String::from_utf8(user).expect("a name");
        let user = format!("--user={}", user.trim());
        std::fs::create_dir(at("data")).expect("a folder");
        done(
            program("mariadb-install-db")
                .args([
                    "--no-defaults",
                    "--skip-test-db",
                    "--auth-root-authentication-method=normal",
                ])
                .arg(&user)
                .arg(option("datadir", &at("data")))
                .arg(option("tmpdir", folder.path())),
        );
        let port = free_port();
        let log = std::fs::File::create(at("log")).expect("a log");
        let mut command = program("mariadbd");
        command
            .args([
                "--no-defaults",
                "--bind-address=127.0.0.1",
                "--performance-schema=ON",
            ])
            .args([
                "--skip-log-bin",
                "--innodb-flush-method=nosync",
                "--innodb-buffer-pool-size=16M",
            ])
            .arg(&user)
            .arg(option("datadir", &at("data")))
            .arg(option("tmpdir", folder.path()))
            .arg(option("socket", &at("s.sock")))
            .arg(option("pid-file", &at("pid")))
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(log);
        if tls {
            let ca = authority(folder.path(), "ca");
            let (cert, key) = certificate(folder.path(), &ca);
            command
                .arg(option("ssl-cert", &cert))
                .arg(option("ssl-key", &key));
        }
        let child = command.spawn().expect("the server starts");
        let mut server = Self {
            child,
            port,
            folder,
        };
        server.wait();
        server
    }

    fn wait(&mut self) {
        let start = Instant::now();
        let log = self.folder.path().join("log");
        loop {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            if text.contains("ready for connections") {
                return;
            }
            let ended = self.child.try_wait().expect("a child").is_some();
            let late = start.elapsed() > Duration::from_secs(120);
            assert!(!ended && !late, "the server did not start: {text}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn url(&self, host: &str, options: &str) -> String {
        format!(
            "mariadb://root@{host}:{}/mysql?pool_max=1&{options}",
            self.port
        )
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

/// The cipher of the session, empty without one.
async fn cipher(url: &str) -> String {
    let db = Db::connect(url).await.expect(url);
    let rows = raw::<(String,)>(
        "SELECT VARIABLE_VALUE AS a FROM information_schema.session_status \
         WHERE VARIABLE_NAME = 'SSL_CIPHER' ORDER BY 1",
        (),
    );
    rows.all(&db).await.expect("a status").remove(0).0
}

async fn refused(url: &str, parts: &[&str]) {
    let error = Db::connect(url).await.expect_err(url);
    assert_eq!(error.kind, DbErrorKind::Config, "{error}");
    for part in parts {
        assert!(error.message.contains(part), "{part} is not in: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_is_checked() {
    if !have(&["mariadbd", "mariadb-install-db", "openssl"]) {
        return;
    }
    let server = Server::start(true);
    let (ca, other) = (server.file("ca.pem"), server.file("other.pem"));
    let with = |host: &str, options: &str| server.url(host, options);

    // Signed by an authority that the URL names, for the host that it names.
    for options in [format!("tls=required&tls_ca={ca}"), format!("tls_ca={ca}")] {
        assert_ne!(cipher(&with("localhost", &options)).await, "");
    }
    let built = Db::builder(&with("localhost", ""))
        .tls_ca(&ca)
        .connect()
        .await;
    built.expect("by the builder");
    // Encrypted, and nothing checked.
    assert_ne!(cipher(&with("127.0.0.1", "tls=preferred")).await, "");
    // Not asked for.
    assert_eq!(cipher(&with("127.0.0.1", "")).await, "");
    assert_eq!(cipher(&with("127.0.0.1", "tls=disabled")).await, "");

    let place = format!("localhost:{}/mysql", server.port);
    refused(
        &with("localhost", "tls=required"),
        &[&place, "no authority known here", "tls_ca=/path"],
    )
    .await;
    refused(
        &with("localhost", &format!("tls=required&tls_ca={other}")),
        &[&place, "no authority known here", "tls_ca="],
    )
    .await;
    refused(
        &with("127.0.0.1", &format!("tls=required&tls_ca={ca}")),
        &[
            "127.0.0.1",
            "IP address mismatch",
            "made out to another host",
        ],
    )
    .await;
    let missing = server.file("missing.pem");
    refused(
        &with("localhost", &format!("tls_ca={missing}")),
        &["tls_ca=", "missing.pem", "cannot be read"],
    )
    .await;
    let key = server.file("ca.key");
    refused(
        &with("localhost", &format!("tls_ca={key}")),
        &["holds no certificate", "-----BEGIN CERTIFICATE-----"],
    )
    .await;
    // A connection that ends a statement from beside it is encrypted too, or it could not.
    let slow = Db::connect(&with(
        "localhost",
        &format!("tls_ca={ca}&statement_timeout=0.3"),
    ))
    .await
    .expect("connects");
    raw::<(i64,)>("SELECT SLEEP(120) AS a ORDER BY 1", ())
        .all(&slow)
        .await
        .expect_err("too long");
    let root = Db::connect(&with("127.0.0.1", "")).await.expect("connects");
    let start = Instant::now();
    loop {
        let count = raw::<(i64,)>(
            "SELECT COUNT(*) AS a FROM information_schema.processlist WHERE info LIKE '%SLEEP(120)%' \
             AND id <> CONNECTION_ID() ORDER BY 1",
            (),
        );
        if count.all(&root).await.expect("a count") == [(0,)] {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "it still runs");
    }
    // What the server tells of the connection, as its administrator sees it.
    let told = raw::<(String, String)>(
        "SELECT ATTR_NAME AS a, ATTR_VALUE AS b FROM performance_schema.session_connect_attrs \
         WHERE PROCESSLIST_ID = CONNECTION_ID() ORDER BY 1",
        (),
    );
    let told = told.all(&root).await.expect("attributes");
    for (name, part) in [
        ("_connector_name", "orm"),
        ("program_name", "live_tls"),
        ("_pid", &std::process::id().to_string()),
    ] {
        let found = told.iter().find(|(n, _)| n == name);
        assert!(found.is_some_and(|(_, v)| v.contains(part)), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls() {
    if !have(&["mariadbd", "mariadb-install-db", "openssl"]) {
        return;
    }
    let server = Server::start(false);
    refused(
        &server.url("localhost", "tls=required"),
        &[
            "offers no TLS",
            "tls=required",
            "give the server a certificate",
        ],
    )
    .await;
    assert_eq!(cipher(&server.url("localhost", "tls=preferred")).await, "");
}
