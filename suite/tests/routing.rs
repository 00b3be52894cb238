//! Several databases: which one a model's statements go to, on two databases of each kind.
#![allow(missing_docs, reason = "models of tests; their names say it all")]

use orm::migrate::{MigrateOptions, Migration, Migrator, Operation, Target};
use orm::model::ModelMeta;
use orm::prelude::*;
use orm::routing::{Databases, Router};
use orm::signals::PreSave;
use suite::backend::{Backend, Scratch};
use suite::models::blog::{Article, Author, Country, Tag};

#[derive(Model, Debug, Clone)]
#[model(app = "stats", ordering(page), storage_type = "reference")]
pub struct Hit {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50, unique)]
    pub page: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "stats")]
pub struct Reading {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub author: ForeignKey<Author>,
}

const BACKENDS: [Backend; 3] = [
    Backend::Sqlite,
    Backend::MariadbText,
    Backend::SingleStoreText,
];

/// Two empty databases with the tables of `Hit` and `Tag`.
async fn two(backend: Backend) -> Option<[(Scratch, Db); 2]> {
    let mut out = Vec::new();
    for _ in 0..2 {
        let scratch = backend.scratch().await?;
        let db = Db::connect(&scratch.url).await.expect("connects");
        let models = [Hit::META, Tag::META];
        orm::create_tables(&db, &models).await.expect("tables");
        out.push((scratch, db));
    }
    out.try_into().ok()
}

async fn hits(db: &impl Executor) -> Vec<String> {
    let pages = Hit::objects().select(|h| h.page());
    pages.all(db).await.expect("hits")
}

async fn hit(db: &impl Executor, page: &str) {
    Hit::create(db, new!(Hit { page })).await.expect("a hit");
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_go_to_their_database() {
    for backend in BACKENDS {
        let Some([(one, first), (other, second)]) = two(backend).await else {
            continue;
        };
        let dbs = Databases::builder()
            .database("default", first.clone())
            .database("stats", second.clone())
            .apps("stats", ["stats"])
            .build()
            .expect("builds");
        hit(&dbs.of::<Hit>().expect("routed"), "a").await;
        let tag = dbs.of::<Tag>().expect("routed");
        Tag::create(&tag, new!(Tag { name: "t" }))
            .await
            .expect("a tag");
        assert_eq!(
            (hits(&first).await.len(), hits(&second).await.len()),
            (0, 1)
        );
        assert_eq!(Tag::objects().count(&first).await.expect("tags"), 1);
        assert_eq!(Tag::objects().count(&second).await.expect("tags"), 0);
        // The choice by hand, as `using` in Django.
        hit(dbs.named("default").expect("named"), "b").await;
        assert_eq!(hits(&first).await, ["b"]);
        // Updates, deletes and transactions of a set go the same way.
        let routed = dbs.of::<Hit>().expect("routed");
        let update = Hit::filter(|h| h.page().eq("a")).update(|h| h.page().set("c"));
        assert_eq!(update.exec(&routed).await.expect("updates"), 1);
        let new = new!(Hit { page: "d" });
        let made = Hit::get_or_create(&routed, new, |h| h.page()).await;
        let (_, made) = made.expect("made");
        assert!(made);
        let tx = Executor::begin(&routed).await.expect("begins");
        hit(&tx, "e").await;
        tx.rollback().await.expect("rolled back");
        assert_eq!(hits(&routed).await, ["c", "d"]);
        assert_eq!(hits(&first).await, ["b"]);
        one.assert_careful();
        other.assert_careful();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_go_to_replicas_until_something_is_written() {
    for backend in BACKENDS {
        let Some([(_one, primary), (_other, copy)]) = two(backend).await else {
            continue;
        };
        // Different rows tell which of the two was read.
        hit(&primary, "primary").await;
        hit(&copy, "copy").await;
        let dbs = Databases::builder()
            .database("default", primary.clone())
            .replica("default", copy.clone())
            .build()
            .expect("builds");
        let routed = dbs.of::<Hit>().expect("routed");
        assert_eq!(hits(&routed).await, ["copy"]);
        let other = dbs.of::<Hit>().expect("routed");
        let tx = Executor::begin(&other).await.expect("begins");
        assert_eq!(hits(&tx).await, ["primary"]);
        tx.rollback().await.expect("over");
        // One executor's write leaves others alone, but not its own clones.
        let clone = routed.clone();
        hit(&routed, "z").await;
        assert_eq!(hits(&clone).await, ["primary", "z"]);
        assert_eq!(hits(&dbs.of::<Hit>().expect("routed")).await, ["copy"]);
        // A scope holds for all models of the database.
        let scope = dbs.scope();
        assert_eq!(hits(&scope.of::<Hit>().expect("routed")).await, ["copy"]);
        let tag = scope.of::<Tag>().expect("routed");
        Tag::create(&tag, new!(Tag { name: "t" }))
            .await
            .expect("a tag");
        assert_eq!(
            hits(&scope.of::<Hit>().expect("routed")).await,
            ["primary", "z"]
        );
        assert_eq!(
            hits(&dbs.scope().of::<Hit>().expect("routed")).await,
            ["copy"]
        );
    }
}

/// Rows that are locked are those of the primary.
/// Receivers belong to the database that is written to, whichever way leads there.
#[tokio::test]
async fn receivers_hear_of_routed_writes() {
    async fn loud(event: PreSave<'_, Hit>) -> Result<()> {
        event.object.page.push('!');
        Ok(())
    }
    let (main, replica) = (memory().await, memory().await);
    for db in [&main, &replica] {
        orm::create_tables(db, &[Hit::META]).await.expect("tables");
    }
    let dbs = Databases::builder()
        .database("default", main.clone())
        .replica("default", replica.clone());
    let dbs = dbs.build().expect("databases");
    main.signals().of::<Hit>().pre_save("loud", loud);
    hit(&dbs.of::<Hit>().expect("routed"), "/").await;
    hit(&replica, "/").await;
    assert_eq!(hits(&main).await, ["/!"]);
    assert_eq!(hits(&replica).await, ["/"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_locks_rows_goes_to_the_primary() {
    let Some([(_one, primary), (_other, copy)]) = two(Backend::MariadbText).await else {
        return;
    };
    hit(&primary, "primary").await;
    hit(&copy, "copy").await;
    let dbs = Databases::builder()
        .database("default", primary)
        .replica("default", copy)
        .build()
        .expect("builds");
    let routed = dbs.of::<Hit>().expect("routed");
    let text = "SELECT id, page FROM stats_hit ORDER BY id FOR UPDATE";
    let found: Vec<(i64, String)> = raw(text, ()).all(&routed).await.expect("rows");
    assert_eq!(found[0].1, "primary");
}

/// Reads `stats` from one database and writes it to another; keeps its migrations to the latter.
struct Split;

impl Router for Split {
    fn db_for_read(&self, model: &ModelMeta) -> Option<&str> {
        (model.app == "stats").then_some("reports")
    }
    fn db_for_write(&self, model: &ModelMeta) -> Option<&str> {
        (model.app == "stats").then_some("stats")
    }
    fn allow_relation(&self, from: &ModelMeta, to: &ModelMeta) -> Option<bool> {
        (from.app == "stats" && to.app == "accounts").then_some(true)
    }
    fn allow_migrate(&self, database: &str, app: &str) -> Option<bool> {
        Some((database == "stats") == (app == "stats"))
    }
}

async fn memory() -> Db {
    Db::connect("sqlite::memory:").await.expect("connects")
}

fn table_of(meta: &ModelMeta) -> Migration {
    Migration {
        operations: vec![Operation::CreateModel(meta.def())],
        ..Migration::new(meta.app, "0001_initial")
    }
}

#[tokio::test]
async fn a_router_splits_reads_writes_and_migrations() {
    let dbs = Databases::builder()
        .database("default", memory().await)
        .database("stats", memory().await)
        .database("reports", memory().await)
        .router(Split)
        .build()
        .expect("builds");
    let all = [table_of(Hit::META), table_of(Tag::META)];
    for (name, expected) in [("stats", vec!["stats_hit"]), ("default", vec!["blog_tag"])] {
        let db = dbs.named(name).expect("named");
        let migrator = Migrator::new(db, &all, MigrateOptions::default()).expect("order");
        let targets = dbs.targets(name, &all).expect("targets");
        assert_eq!(migrator.run(&targets).await.expect("runs").len(), 1);
        let text = "SELECT name AS n FROM sqlite_master WHERE type = 'table' AND name IN ('stats_hit', 'blog_tag') ORDER BY name";
        let tables: Vec<(String,)> = raw(text, ()).all(db).await.expect("tables");
        let tables: Vec<&str> = tables.iter().map(|t| t.0.as_str()).collect();
        assert_eq!(tables, expected);
        assert_eq!(migrator.applied().await.expect("applied").len(), 1);
    }
    let reports = dbs.named("reports").expect("named");
    orm::create_tables(reports, &[Hit::META])
        .await
        .expect("a table");
    hit(reports, "read here").await;
    let routed = dbs.of::<Hit>().expect("routed");
    assert_eq!(hits(&routed).await, ["read here"]);
    hit(&routed, "written there").await;
    assert_eq!(hits(&routed).await, ["written there"]);
    assert_eq!(
        hits(dbs.named("stats").expect("named")).await,
        ["written there"]
    );
}

#[tokio::test]
async fn relations_between_databases_are_found() {
    let builder = || async {
        Databases::builder()
            .database("default", memory().await)
            .database("stats", memory().await)
            .apps("stats", ["stats"])
    };
    let dbs = builder().await.build().expect("builds");
    assert_eq!(
        dbs.foreign_relations(),
        ["stats.Reading.author -> blog.Author"]
    );
    assert!(dbs.allows_relation(Article::META, Country::META));
    assert!(!dbs.allows_migrate("default", "stats") && dbs.allows_migrate("stats", "stats"));
    assert!(dbs.allows_migrate("default", "blog") && !dbs.allows_migrate("stats", "blog"));
    let mut reading = table_of(Reading::META);
    reading.depends_on = vec![("blog".into(), "0001_initial".into())];
    let error = dbs.targets("stats", &[reading]).expect_err("refused");
    assert!(
        error.message.contains("builds on blog.0001_initial"),
        "{error}"
    );
    assert_eq!(
        dbs.targets("default", &[table_of(Tag::META)])
            .expect("targets"),
        [Target::App("blog".into())]
    );
}

#[tokio::test]
async fn faults_of_the_arrangement_are_named() {
    let refused = |result: Result<Databases, DbError>, part: &str| {
        let error = result.expect_err(part);
        assert_eq!(error.kind, DbErrorKind::Config);
        assert!(error.message.contains(part), "{error}");
    };
    let db = memory().await;
    let one = || Databases::builder().database("default", db.clone());
    refused(Databases::builder().build(), "`default`");
    refused(
        one().database("default", db.clone()).build(),
        "two databases",
    );
    refused(
        one().replica("defualt", db.clone()).build(),
        "did you mean `default`?",
    );
    let twice = one().database("b", db.clone());
    let twice = twice.apps("default", ["x"]).apps("b", ["x"]);
    refused(twice.build(), "given to two databases");
    let dbs = one().router(Split).build().expect("builds");
    let error = dbs.of::<Hit>().expect_err("unknown");
    assert!(
        error.message.contains("no database is called `stats`"),
        "{error}"
    );
    if let Some(scratch) = Backend::MariadbText.scratch().await {
        let other = Db::connect(&scratch.url).await.expect("connects");
        refused(one().replica("default", other).build(), "one product");
    }
}

#[tokio::test]
async fn the_databases_of_orm_toml() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("orm.toml");
    let write = |text: &str| std::fs::write(&file, text).expect("written");
    write(
        "[databases.default]\nurl = \"sqlite:main.db\"\nreplicas = [\"sqlite:copy.db\"]\n\n\
         [databases.stats]\nurl = \"sqlite:stats.db\"\napps = [\"stats\"]\n\n[apps.stats]\nsource = \"x\"\n",
    );
    let builder = Databases::builder().read(&file).await.expect("reads");
    let dbs = builder.build().expect("builds");
    assert_eq!(dbs.names().collect::<Vec<_>>(), ["default", "stats"]);
    for name in ["main.db", "copy.db", "stats.db"] {
        assert!(folder.path().join(name).exists(), "{name}");
    }
    assert!(dbs.allows_migrate("stats", "stats"));
    for (text, part) in [
        (
            "[databases.default]\nurl = 3\n",
            "`databases.default.url` must be a string",
        ),
        (
            "[databases.default]\nrul = \"x\"\n",
            "unknown key `databases.default.rul`",
        ),
        (
            "[databases.default]\nurl = \"env:ORM_TEST_NO_SUCH\"\n",
            "ORM_TEST_NO_SUCH is not set",
        ),
        ("[apps]\n", "names no database"),
        ("[", "does not parse"),
    ] {
        write(text);
        let error = Databases::builder().read(&file).await.expect_err(part);
        assert!(error.message.contains(part), "{error}");
    }
}
