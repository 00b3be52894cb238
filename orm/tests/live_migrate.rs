//! Migrations on real databases: SQLite, and MariaDB where `ORM_TEST_MARIADB_URL` names a server.

mod migrations;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use migrations::live::{Live, creating, exec, fill, lines, on, ran, same, sql};
use migrations::{APP, Case, base, cases, foreign_key, int, model, null, varchar};
use orm::backend::{BoxFuture, Db, Executor};
use orm::migrate::{
    Code, CodeError, CodeRegistry, Direction, InDoubt, MigrateError, MigrateOptions, Migration,
    Migrator, Models, Operation, Progress, SqlByDialect, Step, Target,
};
use orm::schema::Literal;

fn to(name: &str) -> Target {
    Target::Migration(APP.to_owned(), name.to_owned())
}

fn second(operations: Vec<Operation>) -> Vec<Migration> {
    let second = Migration {
        operations,
        ..Migration::new(APP, "0002_second")
    };
    vec![
        creating("0001_initial", &base()),
        on(second, "0001_initial"),
    ]
}

fn run_sql(text: &str) -> Operation {
    let sql: SqlByDialect = [("default".to_owned(), text.to_owned())].into();
    Operation::RunSql {
        sql,
        reverse: Some([("default".to_owned(), String::new())].into()),
    }
}

fn add(model: &str, field: orm::schema::FieldDef) -> Operation {
    Operation::AddField {
        model: model.into(),
        field,
        preserve_default: true,
    }
}

/// Runs a case both ways. The schema must be what a new database would have, and the rows must stay.
async fn check_case(live: &Live, fresh: &Live, case: &Case) {
    let name = case.name;
    let migrations = second(case.operations.clone());
    live.run(&migrations, to("0001")).await.expect("initial");
    if refused_as_planned(live, case, &migrations).await {
        return;
    }
    fill(&live.db).await;
    let (picture, rows) = (live.picture().await, live.rows().await);
    prepare_rows(live, case).await;
    let rows = if rows == live.rows().await {
        rows
    } else {
        live.rows().await
    };
    let ran_now = live
        .run(&migrations, Target::All)
        .await
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(ran_now, [ran("0002_second", Direction::Forwards)], "{name}");

    let mut after = base();
    if name != "separate_database_and_state" {
        migrations[1].state_forward(&mut after).expect("state");
    }
    fresh
        .run(&[creating("0001_initial", &after)], Target::All)
        .await
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    let (now, then) = (live.picture().await, fresh.picture().await);
    same(&now, &then, &format!("{name} forwards"));

    live.run(&migrations, to("0001"))
        .await
        .unwrap_or_else(|e| panic!("{name} backwards: {e}"));
    same(
        &live.picture().await,
        &picture,
        &format!("{name} backwards"),
    );
    let now = live.rows().await;
    match name {
        "run_sql" => assert!(now.contains("1 | a;b"), "{now}"),
        "alter_field_not_null_default" => {
            assert_eq!(now, rows.replace("Eleven | Null", "Eleven | -"), "{name}")
        }
        "alter_field_not_null_rowstore" => {
            assert_eq!(now, rows.replace("floor | Null", "floor | 0"), "{name}")
        }
        _ => assert_eq!(now, rows, "{name}"),
    }
    // The numbers go on behind the row that was deleted.
    exec(
        &live.db,
        "INSERT INTO shop_book (title, pages, writer_id) VALUES ('new', 1, 1)",
    )
    .await;
    let max = lines(&live.db, "SELECT MAX(id) AS n FROM shop_book").await;
    if live.is_sharded() {
        let left = live.prune().await;
        assert!(!left.iter().any(|t| t.ends_with("__old")), "{left:?}");
        // Numbers have gaps and no order there.
        let books = lines(&live.db, "SELECT COUNT(*) AS n FROM shop_book").await;
        assert_eq!(
            books,
            [if name == "add_field_bare" { "1" } else { "3" }],
            "{name}"
        );
    } else {
        assert_eq!(max, ["100"], "{name}");
    }
}

/// Whether the database cannot do it, which is said before anything has run.
async fn refused_as_planned(live: &Live, case: &Case, migrations: &[Migration]) -> bool {
    let before = base();
    let plan = orm::migrate::plan_migration(
        &migrations[1],
        &before,
        live.db.dialect(),
        Direction::Forwards,
    );
    let Err(planned) = plan else {
        return false;
    };
    assert!(live.is_sharded(), "{}: {planned}", case.name);
    let picture = live.picture().await;
    let error = live
        .run(migrations, Target::All)
        .await
        .expect_err(case.name);
    assert_eq!(error.to_string(), planned.to_string());
    assert_eq!(live.picture().await, picture, "{}", case.name);
    true
}

/// Takes away what some cases are refused for.
async fn prepare_rows(live: &Live, case: &Case) {
    let refused = match case.name {
        "alter_field_not_null" => "UPDATE shop_book SET subtitle = '' WHERE subtitle IS NULL",
        "add_field_bare" => "DELETE FROM shop_book",
        "alter_field_target" => return exec(&live.db, "DELETE FROM shop_book_tags").await,
        _ => return,
    };
    let migrations = second(case.operations.clone());
    let before = live.picture().await;
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err(case.name);
    assert!(
        matches!(error, MigrateError::Rows { rows: 1 | 2, .. }),
        "{error}"
    );
    assert_eq!(live.picture().await, before);
    if case.name == "add_field_bare" {
        exec(&live.db, "DELETE FROM shop_book_tags").await;
    }
    exec(&live.db, refused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_both_ways_on_sqlite() {
    for case in cases() {
        check_case(&Live::sqlite().await, &Live::sqlite().await, &case).await;
    }
}

/// DDL on a server waits for its disk, so tests go side by side, each with databases of its own.
const SIDE_BY_SIDE: usize = 6;

/// All cases on databases that `new` makes on a server, by their names.
async fn every_operation_both_ways<F>(new: impl Fn(String) -> F + Copy + Send + 'static)
where
    F: Future<Output = Option<Live>> + Send,
{
    let mut tasks = tokio::task::JoinSet::new();
    for lane in 0..SIDE_BY_SIDE {
        tasks.spawn(async move {
            for case in cases().into_iter().skip(lane).step_by(SIDE_BY_SIDE) {
                let Some(live) = new(format!("live{lane}")).await else {
                    return;
                };
                let fresh = new(format!("fresh{lane}")).await.expect("the server");
                check_case(&live, &fresh, &case).await;
                live.drop().await;
                fresh.drop().await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no case failed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_both_ways_on_singlestore() {
    every_operation_both_ways(|name| async move { Live::singlestore(&name).await }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_both_ways_on_mariadb() {
    every_operation_both_ways(|name| async move { Live::mariadb(&name).await }).await;
}

#[tokio::test]
async fn a_failing_statement_leaves_sqlite_untouched() {
    let live = Live::sqlite().await;
    let migrations = second(vec![
        add("Book", int("weight")),
        add("Tag", null(foreign_key("book", "Book"))),
        run_sql("UPDATE shop_tag SET label = 'x'; UPDATE nowhere SET a = 1"),
    ]);
    live.run(&migrations, to("0001")).await.expect("initial");
    exec(&live.db, "INSERT INTO shop_tag (code) VALUES ('red')").await;
    let before = live.picture().await;
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err("no such table")
        .to_string();
    assert!(
        error.contains("shop.0002_second: step ") && error.contains("undone as a whole"),
        "{error}"
    );
    assert!(error.contains("nowhere"), "{error}");
    assert_eq!(live.picture().await, before);
    assert_eq!(
        lines(&live.db, "SELECT label FROM shop_tag").await,
        ["Null"]
    );
    assert_eq!(
        lines(&live.db, "SELECT name FROM orm_migrations").await,
        ["0001_initial"]
    );
    assert_eq!(lines(&live.db, "PRAGMA foreign_keys").await, ["1"]);
}

#[tokio::test]
async fn rows_that_refer_to_nothing_undo_the_migration_on_sqlite() {
    let live = Live::sqlite().await;
    // The rebuild switches the check off, so the statement after it is not refused by itself.
    let migrations = second(vec![
        add("Book", int("weight")),
        run_sql("INSERT INTO shop_book_tags (book_id, tag_id) VALUES (7, 'red')"),
    ]);
    live.run(&migrations, to("0001")).await.expect("initial");
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err("orphans")
        .to_string();
    assert!(
        error.contains("refers to a missing row of shop_book"),
        "{error}"
    );
    assert_eq!(
        lines(&live.db, "SELECT COUNT(*) AS n FROM shop_book_tags").await,
        ["0"]
    );
}

#[tokio::test]
async fn a_rebuild_keeps_what_the_users_own_statements_made_on_sqlite() {
    let live = Live::sqlite().await;
    let migrations = second(vec![add("Book", foreign_key("series", "Tag"))]);
    live.run(&migrations, to("0001")).await.expect("initial");
    for text in [
        "CREATE VIEW titles AS SELECT title FROM shop_book",
        "CREATE INDEX own_index ON shop_book (title) WHERE pages > 100",
        "CREATE TRIGGER own_trigger AFTER INSERT ON shop_book BEGIN UPDATE shop_writer SET name = NEW.title; END",
    ] {
        exec(&live.db, text).await;
    }
    let own =
        "SELECT name, sql FROM sqlite_master WHERE name LIKE 'own%' OR name = 'titles' ORDER BY 1";
    let before = lines(&live.db, own).await;
    assert_eq!(before.len(), 3);
    live.run(&migrations, Target::All).await.expect("a rebuild");
    assert_eq!(lines(&live.db, own).await, before);
    exec(
        &live.db,
        "INSERT INTO shop_writer (id, name) VALUES (1, 'ann')",
    )
    .await;
    exec(&live.db, "INSERT INTO shop_tag (code) VALUES ('red')").await;
    exec(
        &live.db,
        "INSERT INTO shop_book (title, pages, writer_id, series_id) VALUES ('new', 1, 1, 'red')",
    )
    .await;
    assert_eq!(
        lines(&live.db, "SELECT name FROM shop_writer").await,
        ["new"]
    );
    assert_eq!(lines(&live.db, "SELECT title FROM titles").await, ["new"]);
    exec(
        &live.db,
        "CREATE INDEX own_series ON shop_book (series_id, title)",
    )
    .await;
    let error = live
        .run(&migrations, to("0001"))
        .await
        .expect_err("its column goes")
        .to_string();
    assert!(
        error.contains("`own_series`") && error.contains("undone"),
        "{error}"
    );
    assert_eq!(lines(&live.db, "PRAGMA legacy_alter_table").await, ["0"]);
}

/// The initial migration adds a foreign key to a table that it made: a second table on SQLite.
async fn check_fake_initial(live: &Live) {
    let mut migrations = second(vec![add("Book", null(int("weight")))]);
    let favourite = null(foreign_key("favourite", "Book"));
    migrations[0].operations.push(add("Writer", favourite));
    live.run(&migrations, to("0001")).await.expect("initial");
    let steps = "SELECT COUNT(*) AS n FROM orm_migrations";
    exec(&live.db, "DELETE FROM orm_migrations").await;
    // What was refused for a table of the same name is not taken for done by the next run.
    for _ in 0..2 {
        live.run(&migrations, Target::All)
            .await
            .expect_err("the tables are there");
    }
    let fake_initial = || MigrateOptions {
        fake_initial: true,
        ..MigrateOptions::default()
    };
    exec(&live.db, "ALTER TABLE shop_stock RENAME TO stock").await;
    exec(
        &live.db,
        "CREATE TABLE shop_stock (id BIGINT NOT NULL PRIMARY KEY)",
    )
    .await;
    live.run_with(&migrations, Target::All, fake_initial())
        .await
        .expect_err("a column is not there");
    exec(&live.db, "DROP TABLE shop_stock").await;
    exec(&live.db, "ALTER TABLE stock RENAME TO shop_stock").await;
    let done = live
        .run_with(&migrations, Target::All, fake_initial())
        .await
        .expect("fake initial");
    assert!(done[0].faked && !done[1].faked, "{done:?}");
    let options = MigrateOptions {
        fake: true,
        ..MigrateOptions::default()
    };
    live.run_with(&migrations, Target::Zero(APP.into()), options)
        .await
        .expect("fake zero");
    assert_eq!(lines(&live.db, steps).await, ["0"]);
    assert!(live.picture().await.contains("shop_book"));
}

#[tokio::test]
async fn fake_initial_recognises_tables_that_stand() {
    check_fake_initial(&Live::sqlite().await).await;
    let servers = [
        Live::mariadb("fake_initial").await,
        Live::singlestore("fake_initial").await,
    ];
    for live in servers.into_iter().flatten() {
        check_fake_initial(&live).await;
        live.drop().await;
    }
}

struct Fills;

fn fill_weights<'a>(models: &'a Models<'a>) -> BoxFuture<'a, Result<(), CodeError>> {
    Box::pin(async move {
        let db = models.db();
        db.execute(sql("UPDATE shop_book SET weight = pages * 2"))
            .await?;
        Ok(())
    })
}

impl CodeRegistry for Fills {
    fn get(&self, name: &str) -> Option<Code> {
        (name == "fill_weights").then_some(Code::Once(fill_weights))
    }

    fn names(&self) -> Vec<String> {
        vec!["fill_weights".into()]
    }
}

async fn check_code(live: &Live) {
    let weight = null(int("weight"));
    let migrations = second(vec![
        add("Book", weight.clone()),
        Operation::RunCode {
            name: "fill_weights".into(),
            reverse: None,
        },
        Operation::AlterField {
            model: "Book".into(),
            from: weight,
            to: int("weight"),
            preserve_default: true,
        },
    ]);
    live.run(&migrations, to("0001")).await.expect("initial");
    fill(&live.db).await;
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err("no code")
        .to_string();
    assert!(
        error.contains("`fill_weights`") && error.contains("data_migration"),
        "{error}"
    );
    assert!(!live.picture().await.contains("weight"));
    let options = MigrateOptions {
        code: &Fills,
        ..MigrateOptions::default()
    };
    live.run_with(&migrations, Target::All, options)
        .await
        .expect("code");
    assert_eq!(
        lines(&live.db, "SELECT weight FROM shop_book ORDER BY id").await,
        ["200", "220"]
    );
    let error = live
        .run(&migrations, to("0001"))
        .await
        .expect_err("code has no way back")
        .to_string();
    assert!(error.contains("cannot be undone"), "{error}");
}

#[tokio::test]
async fn code_runs_between_operations_on_sqlite() {
    check_code(&Live::sqlite().await).await;
}

#[tokio::test]
async fn code_runs_between_operations_on_mariadb() {
    let Some(live) = Live::mariadb("code").await else {
        return;
    };
    check_code(&live).await;
    live.drop().await;
}

#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn note(&self, text: &str) {
        self.0.lock().expect("no panic").push(text.to_owned());
    }
}

#[tokio::test]
async fn a_changed_file_of_an_applied_migration_is_reported() {
    let live = Live::sqlite().await;
    let mut migrations = second(vec![add("Book", null(int("weight")))]);
    live.run(&migrations, Target::All).await.expect("all");
    migrations[1].operations = vec![add("Book", null(int("height")))];
    let notes = Notes::default();
    let options = MigrateOptions {
        progress: &notes,
        ..MigrateOptions::default()
    };
    live.run_with(&migrations, Target::All, options)
        .await
        .expect("nothing to do");
    let notes = notes.0.into_inner().expect("no panic");
    assert_eq!(
        notes,
        ["the file of shop.0002_second has changed since it was applied"]
    );
}

/// The checksum of no operations, in the form that was over `depends_on` too, and in today's.
const EARLIER: &str = "5b3732deb9a1aa427dc291da85796c1e1f64dae03b78bab262169450a7764123";
const TODAY: &str = "ba008b3ff2e64fd0f721e62a4159d1068da4c3f8ca432bf40a0414c167013059";

/// Records of an earlier form are written in today's by a run, and by nothing that only looks.
async fn check_checksums_of_an_earlier_form(live: &Live) {
    let named = |name: &str| Migration::new(APP, name);
    let files = [
        named("0001_empty"),
        on(named("0002_second"), "0001_empty"),
        named("0003_other"),
    ];
    live.run(&files, Target::All).await.expect("runs");
    let changed = "0".repeat(64);
    for (checksum, name) in [
        (EARLIER, "0001_empty"),
        // What it had without a dependency is not what it has now: its file has changed.
        (EARLIER, "0002_second"),
        (&changed, "0003_other"),
    ] {
        let set =
            format!("UPDATE orm_migrations SET checksum = '{checksum}' WHERE name = '{name}'");
        exec(&live.db, &set).await;
    }
    let migrator = Migrator::new(&live.db, &files, MigrateOptions::default()).expect("an order");
    let recorded = || {
        lines(
            &live.db,
            "SELECT checksum FROM orm_migrations ORDER BY name",
        )
    };
    let before = [EARLIER, EARLIER, &changed];
    let plan = migrator.plan(&[Target::All]).await.expect("a plan");
    assert!(plan.is_empty());
    let unknown = Target::Migration(APP.to_owned(), "0009".to_owned());
    migrator.run(&[unknown]).await.expect_err("no such target");
    assert_eq!(recorded().await, before);
    migrator.run(&[Target::All]).await.expect("nothing to do");
    assert_eq!(recorded().await, [TODAY, EARLIER, &changed]);
    // So that the dependencies of the first may be edited now.
    let mut edited = files.clone();
    edited[0] = on(edited[0].clone(), "0003_other");
    let migrator = Migrator::new(&live.db, &edited, MigrateOptions::default()).expect("an order");
    let applied = migrator.applied().await.expect("a table");
    let mut told = migrator.changed(&applied);
    told.sort();
    assert_eq!(told, ["shop.0002_second", "shop.0003_other"]);
}

#[tokio::test]
async fn checksums_of_an_earlier_form_are_renewed_by_a_run_on_sqlite() {
    check_checksums_of_an_earlier_form(&Live::sqlite().await).await;
}

#[tokio::test]
async fn checksums_of_an_earlier_form_are_renewed_by_a_run_on_mariadb() {
    let Some(live) = Live::mariadb("checksums").await else {
        return;
    };
    check_checksums_of_an_earlier_form(&live).await;
    live.drop().await;
}

#[tokio::test]
async fn sqlite_refuses_while_another_process_writes() {
    let live = Live::sqlite().await;
    let migrations = second(vec![add("Book", null(int("weight")))]);
    live.run(&migrations, to("0001")).await.expect("initial");
    let other = Db::connect(&live.url).await.expect("a second pool");
    let writes = other.begin().await.expect("the write lock");
    let impatient = Db::connect(&format!("{}?busy_timeout=0.2", live.url))
        .await
        .expect("a third pool");
    let migrator = orm::migrate::Migrator::new(&impatient, &migrations, MigrateOptions::default())
        .expect("order");
    let error = migrator.run(&[Target::All]).await.expect_err("locked");
    assert!(matches!(error, MigrateError::Locked { .. }), "{error}");
    writes.rollback().await.expect("rollback");
    migrator.run(&[Target::All]).await.expect("free again");
}

/// A second migrator is told who migrates, on which machine and since when.
#[tokio::test(flavor = "multi_thread")]
async fn one_migrator_at_a_time_on_sqlite() {
    let live = Live::sqlite().await;
    let slow = "CREATE TABLE slow AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 6000000) SELECT COUNT(*) AS n FROM c";
    let migrations = second(vec![run_sql(slow)]);
    live.run(&migrations, to("0001")).await.expect("initial");
    let (url, all) = (live.url.clone(), migrations.clone());
    let first = tokio::spawn(async move {
        let db = Db::connect(&url).await.expect("the first migrator");
        let options = MigrateOptions::default();
        let migrator = orm::migrate::Migrator::new(&db, &all, options).expect("order");
        migrator.run(&[Target::All]).await.map(|ran| ran.len())
    });
    let note = std::path::PathBuf::from(format!(
        "{}-migrating",
        live.url.trim_start_matches("sqlite:")
    ));
    for _ in 0..500 {
        if note.is_file() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let impatient = Db::connect(&format!("{}?busy_timeout=0.05", live.url))
        .await
        .expect("the second migrator");
    let migrator = orm::migrate::Migrator::new(&impatient, &migrations, MigrateOptions::default())
        .expect("order");
    let refused = migrator.run(&[Target::All]).await;
    let Err(MigrateError::Locked { owner }) = refused else {
        panic!("the first one holds the lock: {refused:?}");
    };
    let process = format!("process {}", std::process::id());
    for part in ["@", process.as_str(), "since 2"] {
        assert!(owner.contains(part), "{part}: {owner}");
    }
    assert_eq!(first.await.expect("task").expect("migrated"), 1);
    assert!(!note.exists(), "the note is taken back");
    let patient = migrator.run(&[Target::All]).await.expect("free again");
    assert!(patient.is_empty());
    // A note that a killed run left keeps nobody out.
    std::fs::write(
        &note,
        "nobody@nowhere, process 1, since 2000-01-01 00:00:00 UTC",
    )
    .expect("note");
    live.run(&migrations, to("0001")).await.expect("backwards");
    assert!(!note.exists());
}

#[tokio::test]
async fn one_migrator_at_a_time_on_mariadb() {
    let Some(live) = Live::mariadb("lock").await else {
        return;
    };
    let migrations = second(vec![run_sql("DO SLEEP(2)")]);
    live.run(&migrations, to("0001")).await.expect("initial");
    let slow = live.run(&migrations, Target::All);
    let options = MigrateOptions {
        lock_wait: Duration::from_millis(300),
        ..MigrateOptions::default()
    };
    let other = Db::connect(&live.url).await.expect("a second pool");
    let late = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let migrator = orm::migrate::Migrator::new(&other, &migrations, options).expect("order");
        migrator.run(&[Target::All]).await
    };
    let (slow, late) = tokio::join!(slow, late);
    assert_eq!(slow.expect("holds the lock").len(), 1);
    let error = late.expect_err("locked").to_string();
    let process = format!("process {}, since ", std::process::id());
    assert!(
        error.contains("another run migrates") && error.contains(&process),
        "{error}"
    );
    live.drop().await;
}

/// A save of statistics that began before an index was renamed ends after it, in the background.
#[tokio::test]
async fn statistics_under_an_old_name_do_not_stop_a_renaming_on_mariadb() {
    let Some(live) = Live::mariadb("stats").await else {
        return;
    };
    let rename = Operation::RenameIndex {
        model: "Book".into(),
        from: "book_pages_title".into(),
        to: "book_pt".into(),
    };
    let migrations = second(vec![rename]);
    live.run(&migrations, to("0001")).await.expect("initial");
    fill(&live.db).await;
    exec(&live.db, "ANALYZE TABLE shop_book").await;
    let (picture, rows) = (live.picture().await, live.rows().await);
    let late = |of: &str, under: &str| {
        format!(
            "REPLACE INTO mysql.innodb_index_stats SELECT database_name, table_name, '{under}', last_update, stat_name, stat_value, sample_size, stat_description FROM mysql.innodb_index_stats WHERE database_name = DATABASE() AND index_name = '{of}'"
        )
    };
    exec(&live.db, &late("book_pages_title", "book_pt")).await;
    let error = live
        .db
        .execute(sql(
            "ALTER TABLE shop_book RENAME INDEX book_pages_title TO book_pt",
        ))
        .await
        .expect_err("the server refuses this");
    assert_eq!(error.code, Some(1022), "{error}");
    let notes = Notes::default();
    let options = MigrateOptions {
        progress: &notes,
        ..MigrateOptions::default()
    };
    live.run_with(&migrations, Target::All, options)
        .await
        .expect("forwards");
    assert!(live.picture().await.contains("book_pt"));
    exec(&live.db, "ANALYZE TABLE shop_book").await;
    exec(&live.db, &late("book_pt", "book_pages_title")).await;
    live.run_with(&migrations, to("0001"), options)
        .await
        .expect("backwards");
    assert_eq!(live.picture().await, picture);
    assert_eq!(live.rows().await, rows);
    let notes = notes.0.into_inner().expect("no panic");
    assert_eq!(notes.len(), 2, "{notes:?}");
    live.drop().await;
}

/// A server goes on with a statement whose client was killed.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_outlives_its_migrator_is_waited_for_on_mariadb() {
    let Some(live) = Live::mariadb("outlives").await else {
        return;
    };
    let migrations = second(vec![add("Book", null(int("weight")))]);
    live.run(&migrations, to("0001")).await.expect("initial");
    let left = live.db.acquire().await.expect("a connection");
    let id = lines(&left, "SELECT CONNECTION_ID()").await.remove(0);
    let begun = std::time::Instant::now();
    let statement = tokio::spawn(async move { left.execute(sql("DO SLEEP(2)")).await });
    let owner = format!("ann@host, process 1, since 2024-01-01 00:00:00 UTC, connection {id}");
    exec(
        &live.db,
        &format!("UPDATE orm_migration_lock SET owner = '{owner}' WHERE id = 2"),
    )
    .await;
    let options = MigrateOptions {
        lock_wait: Duration::from_millis(300),
        ..MigrateOptions::default()
    };
    let error = live
        .run_with(&migrations, Target::All, options)
        .await
        .expect_err("still at work")
        .to_string();
    assert!(
        error.contains("ann@host") && error.contains("still executes its statement"),
        "{error}"
    );
    live.run(&migrations, Target::All).await.expect("waits");
    assert!(begun.elapsed() >= Duration::from_secs(2));
    statement.await.expect("no panic").expect("slept");
    live.drop().await;
}

#[tokio::test]
async fn a_table_of_the_users_own_is_not_taken_for_a_copy_on_singlestore() {
    let Some(live) = Live::singlestore("in_the_way").await else {
        return;
    };
    let case = cases().into_iter().find(|c| c.name == "alter_storage");
    let migrations = second(case.expect("the case").operations);
    live.run(&migrations, to("0001")).await.expect("initial");
    for name in ["shop_book__old", "shop_book__new"] {
        exec(
            &live.db,
            &format!("CREATE TABLE {name} (id BIGINT PRIMARY KEY)"),
        )
        .await;
        let error = live
            .run(&migrations, Target::All)
            .await
            .expect_err("in the way")
            .to_string();
        assert!(
            error.contains(&format!("`{name}`")) && error.contains("rename or drop it"),
            "{error}"
        );
        exec(&live.db, &format!("DROP TABLE {name}")).await;
    }
    let steps = lines(&live.db, "SELECT COUNT(*) AS n FROM orm_migration_steps").await;
    assert_eq!(steps, ["0"]);
    let plan = orm::migrate::Migrator::new(&live.db, &migrations, MigrateOptions::default())
        .expect("order")
        .plan(&[Target::All])
        .await
        .expect("a plan");
    let moved: Vec<u64> = plan[0].steps.iter().filter_map(|s| s.rows).collect();
    assert_eq!(moved, [0]);
    live.run(&migrations, Target::All).await.expect("free");
    live.drop().await;
}

#[tokio::test]
async fn mariadb_goes_on_after_a_failing_statement() {
    let Some(live) = Live::mariadb("resume").await else {
        return;
    };
    let mut shelf = model("Shelf", vec![varchar("code", 20)]);
    shelf.fields.push(int("width"));
    let mut migrations = second(vec![
        add("Book", null(int("weight"))),
        run_sql("INSERT INTO not_yet (a) VALUES (1)"),
        Operation::CreateModel(shelf),
    ]);
    live.run(&migrations, to("0001")).await.expect("initial");
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err("no such table")
        .to_string();
    assert!(
        error.contains("step 2 of 3 failed") && error.contains("goes on from here"),
        "{error}"
    );
    assert!(live.picture().await.contains("weight"));
    // Half done, the way is on only.
    let error = live
        .run(&migrations, Target::Zero(APP.into()))
        .await
        .expect_err("half done")
        .to_string();
    assert!(
        error.contains("stopped forwards after 1 of 2 steps"),
        "{error}"
    );
    // What ran already cannot be changed.
    let kept = migrations[1].operations.clone();
    migrations[1].operations[0] = add("Book", null(int("height")));
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err("changed")
        .to_string();
    assert!(error.contains("has changed since"), "{error}");
    // The statement that was refused can.
    migrations[1].operations = kept;
    migrations[1].operations[1] = run_sql("INSERT INTO shop_tag (code) VALUES ('once')");
    live.run(&migrations, Target::All).await.expect("goes on");
    assert_eq!(lines(&live.db, "SELECT code FROM shop_tag").await, ["once"]);
    assert_eq!(
        lines(&live.db, "SELECT COUNT(*) AS n FROM orm_migration_steps").await,
        ["0"]
    );
    live.run(&migrations, Target::Zero(APP.into()))
        .await
        .expect("zero");
    assert_eq!(live.picture().await, "");
    live.drop().await;
}

/// Stops a run when step number `.0` begins or ends.
struct StopAt(usize, bool, tokio::sync::Notify);

impl Progress for StopAt {
    fn step_begins(&self, number: usize, _: usize, _: &Step, _: &str) {
        if number == self.0 && self.1 {
            self.2.notify_one();
        }
    }

    fn step_ends(&self, number: usize, _: usize, _: &Step, _: Duration) {
        if number == self.0 && !self.1 {
            self.2.notify_one();
        }
    }
}

/// Every kind of step that MariaDB runs.
fn many_steps() -> Vec<Operation> {
    let wanted = ["rename_model", "rename_model_referred", "create_model"];
    let mut out: Vec<Operation> = Vec::new();
    for case in cases().into_iter().filter(|c| wanted.contains(&c.name)) {
        if case.name == "create_model" {
            continue;
        }
        out.extend(case.operations);
    }
    let title = varchar("title", 200);
    out.push(Operation::AlterField {
        model: "Work".into(),
        from: migrations::indexed(title.clone()),
        to: varchar("title", 300),
        preserve_default: true,
    });
    out.push(add(
        "Work",
        migrations::default(varchar("slug", 80), Literal::Text("s".into())),
    ));
    out.push(Operation::AlterUniqueTogether {
        model: "Stock".into(),
        from: vec![vec!["id".into(), "place".into()]],
        to: vec![vec!["place".into(), "amount".into()]],
    });
    out.push(Operation::AlterPrimaryKey {
        model: "Stock".into(),
        from: vec!["id".into()],
        to: vec!["id".into(), "place".into()],
    });
    out.push(Operation::RemoveField {
        model: "Work".into(),
        field: int("pages"),
    });
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_at_any_step_is_finished_by_the_next_on_mariadb() {
    let mut operations = many_steps();
    operations.insert(
        0,
        Operation::RemoveIndex {
            model: "Book".into(),
            index: orm::schema::IndexDef {
                name: "book_pages_title".into(),
                fields: vec!["pages".into(), "title".into()],
                kind: None,
                options: Default::default(),
            },
        },
    );
    let migrations = second(operations);
    let Some(fresh) = Live::mariadb("whole").await else {
        return;
    };
    fresh
        .run(&migrations, Target::All)
        .await
        .expect("in one go");
    let expected = fresh.picture().await;
    fresh.drop().await;
    let steps = {
        let live = Live::mariadb("count").await.expect("the server");
        let migrator =
            orm::migrate::Migrator::new(&live.db, &migrations, MigrateOptions::default())
                .expect("order");
        let plan = migrator.plan(&[Target::All]).await.expect("plan");
        let steps = plan[1].steps.len();
        live.drop().await;
        steps
    };
    assert!(steps > 20, "{steps}");
    let (expected, migrations) = (Arc::new(expected), Arc::new(migrations));
    let mut tasks = tokio::task::JoinSet::new();
    for lane in 0..SIDE_BY_SIDE {
        let (expected, migrations) = (Arc::clone(&expected), Arc::clone(&migrations));
        tasks.spawn(async move {
            for number in (1..=steps).skip(lane).step_by(SIDE_BY_SIDE) {
                let name = format!("killed{lane}");
                killed(&name, number, true, &migrations, &expected).await;
                // Between steps there is less to go wrong.
                if number % 5 == 0 {
                    killed(&name, number, false, &migrations, &expected).await;
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("every run was finished");
    }
}

async fn killed(name: &str, number: usize, begins: bool, migrations: &[Migration], expected: &str) {
    let live = Live::mariadb(name).await.expect("the server");
    live.run(migrations, to("0001")).await.expect("initial");
    fill(&live.db).await;
    let stop = StopAt(number, begins, tokio::sync::Notify::new());
    let options = MigrateOptions {
        progress: &stop,
        ..MigrateOptions::default()
    };
    tokio::select! {
        biased;
        () = stop.2.notified() => {}
        result = live.run_with(migrations, Target::All, options) => {
            result.unwrap_or_else(|e| panic!("step {number}: {e}"));
        }
    }
    let again = live.run(migrations, Target::All).await;
    again.unwrap_or_else(|e| panic!("after step {number}: {e}"));
    assert_eq!(live.picture().await, expected, "after step {number}");
    let left = lines(&live.db, "SELECT COUNT(*) AS n FROM shop_work").await;
    assert_eq!(left, ["2"], "after step {number}");
    live.drop().await;
}

#[tokio::test]
async fn a_statement_of_the_users_own_in_doubt_is_asked_for_on_mariadb() {
    let Some(live) = Live::mariadb("doubt").await else {
        return;
    };
    let migrations = second(vec![run_sql("CREATE VIEW one AS SELECT 1")]);
    live.run(&migrations, to("0001")).await.expect("initial");
    live.run(&migrations, Target::All).await.expect("second");
    // As if the run had been killed right after the statement.
    exec(
        &live.db,
        "DELETE FROM orm_migrations WHERE name = '0002_second'",
    )
    .await;
    let checksum = migrations[1].checksum();
    exec(&live.db, &format!("INSERT INTO orm_migration_steps (app, name, position, direction, status, checksum, statement, started_at) VALUES ('shop', '0002_second', 0, 'forwards', 'started', '{checksum}', 'CREATE VIEW one AS SELECT 1', NOW())")).await;
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err("in doubt")
        .to_string();
    assert!(
        error.contains("interrupted in step 1 of 1") && error.contains("CREATE VIEW one"),
        "{error}"
    );
    let options = MigrateOptions {
        in_doubt: Some(InDoubt::Done),
        ..MigrateOptions::default()
    };
    live.run_with(&migrations, Target::All, options)
        .await
        .expect("done");
    assert_eq!(lines(&live.db, "SELECT * FROM one").await, ["1"]);
    live.drop().await;
}
