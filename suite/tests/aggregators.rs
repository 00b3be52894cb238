//! Several aggregators in one URL: reads that go on elsewhere, and tables that the master makes. Two
//! stand-ins in front of one server play them.

use std::time::Duration;

use gate::{Action, Fault, Gate, Options, Role, When};
use orm::backend::DbErrorKind;
use orm::prelude::*;
use suite::backend::{Backend, Scratch, server_url, statement};
use suite::models::accounts::Account;
use suite::models::blog::Tag;

struct Cluster {
    child: Gate,
    master: Gate,
    /// Both hosts, the child first.
    url: String,
    _scratch: Scratch,
}

fn port(gate: &Gate) -> u16 {
    let rest = gate.url().rsplit(':').next().expect("a port");
    rest.trim_end_matches('/').parse().expect("a number")
}

/// A child aggregator and the master, which tell of each other.
async fn cluster() -> Option<Cluster> {
    let scratch = Backend::MariadbText.scratch().await?;
    let database = scratch.url.rsplit('/').next().expect("a database");
    let database = database.split('?').next().expect("a name").to_owned();
    let server = server_url()?;
    let start = || Gate::start(&server, Options::default());
    let child = start().await.expect("a gate");
    let master = start().await.expect("a gate");
    child.control().set_role(Role::Child);
    for gate in [&child, &master] {
        gate.control().set_aggregators(&[
            ("127.0.0.1", port(&child), false),
            ("127.0.0.1", port(&master), true),
        ]);
    }
    let (scheme, place) = child.url().split_once("//").expect("a URL");
    assert_eq!(scheme, "mysql:");
    let place = place.trim_end_matches('/');
    let url = format!(
        "singlestore://{place},127.0.0.1:{}/{database}?pool_max=1",
        port(&master)
    );
    Some(Cluster {
        child,
        master,
        url,
        _scratch: scratch,
    })
}

async fn names(db: &Db) -> Result<Vec<String>> {
    let tags = Tag::objects().order_by(|t| t.name()).select(|t| t.name());
    tags.all(db).await
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_made_by_the_master() {
    let Some(cluster) = cluster().await else {
        return;
    };
    let db = Db::connect(&cluster.url).await.expect("connects");
    let error = statement(&db, "CREATE TABLE t (id BIGINT PRIMARY KEY)").await;
    let error = error.expect_err("the child refuses");
    assert!(error.to_string().contains("child aggregators"), "{error}");
    let master = db.master().await.expect("the master");
    assert_eq!(
        master
            .url()
            .split("127.0.0.1:")
            .nth(1)
            .map(|u| u.split('/').next()),
        Some(Some(port(&cluster.master).to_string().as_str())),
    );
    orm::create_tables(&master, &[Tag::META])
        .await
        .expect("a table");
    Tag::create(&db, new!(Tag { name: "a" }))
        .await
        .expect("by the child");
    assert_eq!(names(&master).await.expect("names"), ["a"]);
    // One host is taken as it is.
    let place = cluster.child.url().replace("mysql", "singlestore");
    let one = Db::connect(&format!("{place}information_schema")).await;
    let one = one.expect("connects");
    assert_eq!(one.master().await.expect("itself").url(), one.url());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_out_of_reach_is_named() {
    let Some(cluster) = cluster().await else {
        return;
    };
    for gate in [&cluster.child, &cluster.master] {
        // A name that no resolver knows.
        gate.control().set_aggregators(&[
            ("127.0.0.1", port(&cluster.child), false),
            ("master.invalid", 3306, true),
        ]);
    }
    let db = Db::connect(&cluster.url).await.expect("connects");
    let error = db.master().await.expect_err("out of reach");
    assert_eq!(error.kind, DbErrorKind::Unreachable);
    assert!(
        error.message.contains("calls itself master.invalid:3306"),
        "{error}"
    );
    assert!(
        error.message.contains("name only the master in the URL"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_goes_on_by_another_aggregator() {
    let Some(cluster) = cluster().await else {
        return;
    };
    let db = Db::connect(&cluster.url).await.expect("connects");
    let master = db.master().await.expect("the master");
    orm::create_tables(&master, &[Tag::META])
        .await
        .expect("a table");
    Tag::create(&master, new!(Tag { name: "a" }))
        .await
        .expect("a row");
    // The connection goes to the child, which dies within the statement and stays away.
    assert_eq!(names(&db).await.expect("by the child"), ["a"]);
    let dies = || {
        let down = Duration::from_secs(600);
        let mut fault = Fault::new(1, When::Before, Action::Kill { down });
        fault.matching = Some("blog_tag".to_owned());
        fault
    };
    cluster.child.control().arm(dies());
    assert_eq!(names(&db).await.expect("by the master"), ["a"]);
    assert_eq!(cluster.child.control().fired(), 1);
}

/// A write whose connection is lost may have taken effect: it is not sent again. Neither is a read in a
/// transaction, and a read is sent again but once.
#[tokio::test(flavor = "multi_thread")]
async fn only_reads_outside_transactions_are_sent_again() {
    let Some(cluster) = cluster().await else {
        return;
    };
    let db = Db::connect(&cluster.url).await.expect("connects");
    let master = db.master().await.expect("the master");
    orm::create_tables(&master, &[Tag::META])
        .await
        .expect("a table");
    let both = [cluster.child.control(), cluster.master.control()];
    let cut = |repeat: bool| {
        for control in both {
            control.disarm();
            let mut fault = Fault::new(1, When::After, Action::Cut);
            fault.matching = Some("blog_tag".to_owned());
            fault.repeat = repeat;
            control.arm(fault);
        }
    };
    let lost = |error: orm::Error| {
        let kind = error.as_db().map(|e| e.kind.clone());
        assert_eq!(kind, Some(DbErrorKind::ConnectionLost), "{error}");
    };
    cut(false);
    lost(
        Tag::create(&db, new!(Tag { name: "once" }))
            .await
            .expect_err("cut"),
    );
    both.iter().for_each(|c| c.disarm());
    assert_eq!(names(&db).await.expect("names"), ["once"]);
    cut(false);
    let tx = db.begin().await.expect("begins");
    lost(Tag::objects().count(&tx).await.map(drop).expect_err("cut"));
    drop(tx);
    cut(true);
    let before = db.statements();
    lost(names(&db).await.map(drop).expect_err("cut twice"));
    assert_eq!(db.statements() - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_tells_vendor_and_version() {
    for (backend, vendor) in [
        (Backend::Sqlite, "sqlite"),
        (Backend::MariadbText, "mariadb"),
        (Backend::SingleStoreText, "singlestore"),
    ] {
        let Some(scratch) = backend.scratch().await else {
            continue;
        };
        let db = Db::connect(&scratch.url).await.expect("connects");
        assert_eq!(db.vendor(), vendor);
        let first = db.version().split('.').next().map(str::parse::<u32>);
        assert!(matches!(first, Some(Ok(3..))), "{}", db.version());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_too_old_is_refused() {
    let Some(server) = server_url() else {
        return;
    };
    let mut options = Options::default();
    options.engine_version = "7.8.12-4b1c".to_owned();
    let gate = Gate::start(&server, options).await.expect("a gate");
    let url = gate.url().replace("mysql", "singlestore");
    let error = Db::connect(&url).await.expect_err("too old");
    assert_eq!(error.kind, DbErrorKind::Unsupported);
    assert!(
        error
            .message
            .contains("the oldest supported version is 8.5"),
        "{error}"
    );
}

/// Where the URL names several hosts, the cluster is asked which of them answers before a reference
/// table is written in a transaction, and only then.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_tells_who_takes_reference_tables_in_transactions() {
    let Some(cluster) = cluster().await else {
        return;
    };
    let db = Db::connect(&cluster.url).await.expect("connects");
    let master = db.master().await.expect("the master");
    orm::create_tables(&master, &[Tag::META, Account::META])
        .await
        .expect("tables");
    let asked = |gate: &Gate| {
        let log = gate.control().log();
        log.iter().filter(|t| *t == "SHOW AGGREGATORS").count()
    };
    let before = asked(&cluster.child);
    let tx = db.begin().await.expect("begins");
    Account::create(&tx, new!(Account { email: "sharded" }))
        .await
        .expect("of no interest");
    assert_eq!(asked(&cluster.child), before);
    for name in ["a", "b"] {
        let error = Tag::create(&tx, new!(Tag { name: name })).await;
        let error = error.expect_err("refused").to_string();
        assert!(error.contains("child aggregators"), "{error}");
    }
    assert_eq!(asked(&cluster.child), before + 1, "once for a while");
    assert_eq!(
        cluster.child.control().counts().refused,
        0,
        "nothing was sent"
    );
    tx.commit().await.expect("goes on");
    // The same hosts, the master first.
    let url = cluster.url.replace(
        &format!(
            "{},127.0.0.1:{}",
            port(&cluster.child),
            port(&cluster.master)
        ),
        &format!(
            "{},127.0.0.1:{}",
            port(&cluster.master),
            port(&cluster.child)
        ),
    );
    assert_ne!(url, cluster.url);
    let db = Db::connect(&url).await.expect("connects");
    let before = asked(&cluster.master);
    let tx = db.begin().await.expect("begins");
    for name in ["a", "b"] {
        Tag::create(&tx, new!(Tag { name: name }))
            .await
            .expect("by the master");
    }
    tx.commit().await.expect("commits");
    assert_eq!(asked(&cluster.master), before + 1);
    assert_eq!(names(&db).await.expect("names"), ["a", "b"]);
    // What the URL says is not asked for.
    let told = Db::connect(&(url + "&aggregator=master"))
        .await
        .expect("connects");
    let tx = told.begin().await.expect("begins");
    Tag::create(&tx, new!(Tag { name: "c" }))
        .await
        .expect("by the master");
    tx.commit().await.expect("commits");
    assert_eq!(asked(&cluster.master), before + 1);
}

/// A URL of one host that says it is a child aggregator still finds the master.
#[tokio::test(flavor = "multi_thread")]
async fn a_child_leads_to_the_master() {
    let Some(cluster) = cluster().await else {
        return;
    };
    let database = cluster.url.rsplit('/').next().expect("a database");
    let place = cluster.child.url().replace("mysql", "singlestore");
    let db = Db::connect(&format!("{place}{database}&aggregator=child"))
        .await
        .expect("connects");
    let master = db.master().await.expect("the master");
    orm::create_tables(&master, &[Tag::META])
        .await
        .expect("a table");
    let tx = master.begin().await.expect("begins");
    Tag::create(&tx, new!(Tag { name: "a" }))
        .await
        .expect("not taken for a child");
    tx.commit().await.expect("commits");
    assert_eq!(names(&db).await.expect("names"), ["a"]);
}
