//! What a session is before its first statement and after its last one: zone, found rows, what the
//! server is told of the program, and statements that are ended on the server.

use std::time::{Duration, Instant};

use gate::{Gate, Options};
use orm::backend::DbErrorKind;
use orm::prelude::*;
use orm::raw;
use suite::backend::{Backend, Scratch, server_url, statement};
use suite::models::blog::Tag;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Each way to a server.
const SERVERS: [Backend; 4] = [
    Backend::MariadbText,
    Backend::MariadbPrepared,
    Backend::SingleStoreText,
    Backend::SingleStorePrepared,
];

/// Statements that the server runs and that hold the text. Asked past the stand-in, whose own view of
/// sessions could hide one.
async fn running(root: &Db, text: &str) -> Vec<i64> {
    let asked = raw::<(i64,)>(
        "SELECT id FROM information_schema.processlist WHERE command <> 'Sleep' AND info LIKE {} \
         AND id <> CONNECTION_ID() ORDER BY id",
        (format!("%{text}%"),),
    );
    let rows = asked.all(root).await.expect("processes");
    rows.into_iter().map(|(id,)| id).collect()
}

/// Waits until the server runs no such statement.
async fn ended(root: &Db, text: &str) {
    let start = Instant::now();
    while !running(root, text).await.is_empty() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "the server still runs {text}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn root() -> Option<Db> {
    let url = server_url()?;
    Some(Db::connect(&url).await.expect("the server"))
}

fn timed(error: orm::Error) {
    let kind = error.as_db().map(|e| e.kind.clone());
    assert_eq!(kind, Some(DbErrorKind::Timeout), "{error}");
    assert!(error.to_string().contains("statement_timeout"), "{error}");
}

/// One connection, and half a second for each statement.
async fn hurried(scratch: &Scratch) -> Db {
    let url = format!(
        "{}&statement_timeout=0.5&acquire_timeout=10",
        scratch.url.replace("pool_max=4", "pool_max=1")
    );
    Db::connect(&url).await.expect("connects")
}

/// The text tells the statements of one case from those of others on the same server. A length of time
/// that no test waits for.
fn sleeping(mark: &str) -> String {
    format!("SELECT SLEEP(120) AS a, '{mark}' AS b FROM (SELECT 1 AS c) AS d ORDER BY 1, 2")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_over_its_time_is_ended_on_the_server() {
    let Some(root) = root().await else { return };
    for (at, backend) in SERVERS.into_iter().enumerate() {
        let Some(scratch) = backend.scratch().await else {
            return;
        };
        let db = hurried(&scratch).await;
        let mark = format!("mark-plain-{at}-{}", std::process::id());
        let seen = tokio::spawn({
            let (root, mark) = (root.clone(), mark.clone());
            async move {
                // The check below is worth something only if the server did run it.
                let start = Instant::now();
                while running(&root, &mark).await.is_empty() {
                    assert!(start.elapsed() < Duration::from_secs(10), "never seen");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        });
        let error = raw::<(i64, String)>(&sleeping(&mark), ()).all(&db).await;
        timed(error.expect_err("too long"));
        seen.await.expect("was seen");
        ended(&root, &mark).await;
        // The one connection is not handed out with what it was doing.
        let rows = raw::<(i64,)>("SELECT 7 AS a ORDER BY 1", ()).all(&db).await;
        assert_eq!(rows.expect("a new connection"), [(7,)], "{backend:?}");
    }
}

/// A transaction whose statement was ended is over: nothing of it stays, and nobody waits for its locks.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_over_its_time_leaves_nothing() {
    let Some(root) = root().await else { return };
    for (at, backend) in SERVERS.into_iter().enumerate() {
        let Some(scratch) = backend.scratch().await else {
            return;
        };
        let patient = Db::connect(&scratch.url).await.expect("connects");
        orm::create_tables(&patient, &[Tag::META])
            .await
            .expect("a table");
        let kept = Tag::create(&patient, new!(Tag { name: "kept" })).await;
        let kept = kept.expect("a row").id.get().expect("an id");
        let db = hurried(&scratch).await;
        let mark = format!("mark-tx-{at}-{}", std::process::id());
        let done = db
            .atomic(async |tx| {
                Tag::create(&tx, new!(Tag { name: "gone" })).await?;
                Tag::objects()
                    .filter(|t| t.id().eq(kept))
                    .update(|t| t.name().set("changed"))
                    .exec(&tx)
                    .await?;
                raw::<(i64, String)>(&sleeping(&mark), ()).all(&tx).await
            })
            .await;
        timed(done.expect_err("too long"));
        ended(&root, &mark).await;
        let start = Instant::now();
        let renamed = Tag::objects()
            .filter(|t| t.id().eq(kept))
            .update(|t| t.name().set("mine"))
            .exec(&patient)
            .await;
        assert_eq!(renamed.expect("no lock is left"), 1);
        assert!(start.elapsed() < Duration::from_secs(10), "{backend:?}");
        let names = Tag::objects().order_by(|t| t.name()).select(|t| t.name());
        assert_eq!(names.all(&db).await.expect("names"), ["mine"]);
    }
}

/// Connection ids are an aggregator's own: the one that runs the statement is told to end it.
#[tokio::test(flavor = "multi_thread")]
async fn the_aggregator_that_runs_it_is_told() {
    let Some(root) = root().await else { return };
    let scratch = Backend::MariadbText.scratch().await.expect("a database");
    let database = scratch.url.rsplit('/').next().expect("a database");
    let database = database.split('?').next().expect("a name");
    let server = server_url().expect("a server");
    let start = || Gate::start(&server, Options::default());
    let (one, two) = (
        start().await.expect("a gate"),
        start().await.expect("a gate"),
    );
    let place = |gate: &Gate| {
        let url = gate.url();
        let place = url.split_once("//").expect("a URL").1;
        place.trim_end_matches('/').to_owned()
    };
    let second = place(&two);
    let second = second.rsplit('@').next().expect("a host");
    let url = format!(
        "singlestore://{},{second}/{database}?pool_max=1&statement_timeout=0.5",
        place(&one)
    );
    let kills = |gate: &Gate| {
        let log = gate.control().log();
        log.iter().filter(|sql| sql.starts_with("KILL")).count()
    };
    // A pool of one connection, twice: the first connection of each goes to the same host.
    let db = Db::connect(&url).await.expect("connects");
    for round in 0..3 {
        let before = (kills(&one), kills(&two));
        let mark = format!("mark-host-{round}-{}", std::process::id());
        let error = raw::<(i64, String)>(&sleeping(&mark), ()).all(&db).await;
        timed(error.expect_err("too long"));
        ended(&root, &mark).await;
        let asked = |gate: &Gate| gate.control().log().iter().any(|sql| sql.contains(&mark));
        let by_one = asked(&one);
        assert_ne!(by_one, asked(&two), "one of them ran it");
        let told = (kills(&one) - before.0, kills(&two) - before.1);
        assert_eq!(told, if by_one { (1, 0) } else { (0, 1) });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_count_the_rows_they_found() {
    for backend in SERVERS.into_iter().chain([Backend::Sqlite]) {
        backend
            .run(async |db| {
                orm::create_tables(db, &[Tag::META]).await?;
                for name in ["a", "b"] {
                    Tag::create(db, new!(Tag { name })).await?;
                }
                let set = |name: &'static str| {
                    Tag::objects()
                        .filter(|t| t.name().eq("a"))
                        .update(move |t| t.name().set(name))
                };
                // Nothing changes in the row that is found.
                assert_eq!(set("a").exec(db).await?, 1);
                let same = "UPDATE blog_tag SET name = name WHERE name IN ('a', 'b')";
                assert_eq!(statement(db, same).await?, 2);
                assert_eq!(
                    statement(db, "UPDATE blog_tag SET name = 'c' WHERE 1 = 0").await?,
                    0
                );
                Ok(())
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_outside_utc_is_refused() {
    let Some(server) = server_url() else { return };
    for (zone, good) in [
        ("UTC", true),
        ("Etc/UTC", true),
        ("GMT", true),
        ("CET", false),
        ("America/New_York", false),
        ("", false),
    ] {
        let mut options = Options::default();
        options.time_zone = zone.to_owned();
        let gate = Gate::start(&server, options).await.expect("a gate");
        let url = format!("{}information_schema", gate.url());
        for scheme in ["singlestore:", "mysql:"] {
            let done = Db::connect(&url.replace("mysql:", scheme)).await;
            match done {
                Ok(_) => assert!(good, "`{zone}` is taken"),
                Err(error) => {
                    assert!(!good, "{error}");
                    assert_eq!(error.kind, DbErrorKind::Config);
                    for part in [&*format!("`{zone}`"), "127.0.0.1", "run its nodes in UTC"] {
                        assert!(error.message.contains(part), "{error}");
                    }
                }
            }
        }
    }
}

/// Servers of MySQL's family convert by the session's zone, which is UTC whatever the server's is.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_mysql_are_in_utc() {
    let Some(scratch) = Backend::MariadbText.scratch().await else {
        return;
    };
    let root = root().await.expect("the server");
    let db = Db::connect(&scratch.url).await.expect("connects");
    let zone = raw::<(String, i64)>(
        "SELECT @@session.time_zone AS a, TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW()) AS b ORDER BY 1",
        (),
    );
    assert_eq!(
        zone.all(&db).await.expect("a zone"),
        [("+00:00".to_owned(), 0)]
    );
    drop(root);
}

/// The client's part of the login, as it goes over the wire, with what a server answered to it.
async fn login(server: &str) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let port = listener.local_addr().expect("an address").port();
    let place = server
        .rsplit('@')
        .next()
        .expect("a host")
        .trim_end_matches('/');
    let place = place.to_owned();
    let seen = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        let mut server = TcpStream::connect(&place).await.expect("the server");
        let greeting = packet(&mut server).await;
        client.write_all(&greeting).await.expect("greets");
        let login = packet(&mut client).await;
        server.write_all(&login).await.expect("passes it on");
        let answer = packet(&mut server).await;
        assert_eq!(answer[4], 0, "the server takes the login");
        login
    });
    let user = server
        .split_once("//")
        .and_then(|(_, rest)| rest.rsplit_once('@'));
    let user = user.map_or("root", |(user, _)| user);
    // Nobody passes on what follows the login.
    let url = format!("mysql://{user}@127.0.0.1:{port}/information_schema?connect_timeout=5");
    Db::connect(&url).await.expect_err("the relay ends");
    seen.await.expect("a login")
}

/// One packet with its head.
async fn packet(socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    socket.read_exact(&mut bytes).await.expect("a head");
    let length = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]) as usize;
    bytes.resize(4 + length, 0);
    socket.read_exact(&mut bytes[4..]).await.expect("a body");
    bytes
}

/// A text of the protocol: its length, then its bytes.
fn counted(text: &str) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(text.len()).expect("a short text")];
    bytes.extend(text.bytes());
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_told_who_connects() {
    let Some(server) = server_url() else { return };
    let login = login(&server).await;
    let program = std::env::current_exe().expect("this test");
    let program = program
        .file_stem()
        .and_then(|n| n.to_str())
        .expect("a name");
    let pid = std::process::id().to_string();
    for (name, value) in [
        ("program_name", program),
        ("_connector_name", "orm"),
        ("_pid", &pid),
        ("_os", std::env::consts::OS),
    ] {
        let pair = [counted(name), counted(value)].concat();
        assert!(
            login.windows(pair.len()).any(|part| part == pair),
            "{name} = {value} is not told"
        );
    }
}
