//! Parts that a SingleStore plays: a shared tier, a child aggregator, a server that prepares nothing,
//! and one whose master moves. Only the stand-in plays them on demand.

#[path = "shared/book.rs"]
mod book;

use std::time::Duration;

use book::{migrations, page};

use gate::{Action, Control, Fault, Gate, Role, When};
use orm::backend::{DbErrorKind, RetryCause};
use orm::migrate::{MigrateError, MigrateOptions, Migration, Migrator, Operation, Target};
use orm::prelude::*;
use orm::query::New;
use orm::schema::StorageType;
use orm::signals::PreSave;
use suite::backend::{Backend, Scratch, statement};
use suite::models::accounts::Account;
use suite::models::blog::{Article, Tag};
use suite::models::ports::{self, Nation, Town};

/// A database on a stand-in of its own.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
async fn scratch(backend: Backend) -> Option<Scratch> {
    let scratch = backend.scratch().await?;
    if scratch.gate.is_none() {
        eprintln!("SKIPPED: a real SingleStore plays no parts");
        return None;
    }
    Some(scratch)
}

fn control(scratch: &Scratch) -> &Control {
    scratch.gate.as_ref().map(Gate::control).expect("a gate")
}

async fn migrate(db: &Db, to: &[Target]) -> Result<usize, MigrateError> {
    let migrations = migrations();
    let migrator = Migrator::new(db, &migrations, MigrateOptions::default())?;
    Ok(migrator.run(to).await?.len())
}

async fn pages(db: &Db) -> i64 {
    let counts: Vec<(i64,)> = raw("SELECT COUNT(*) AS n FROM book_page", ())
        .all(db)
        .await
        .expect("a count");
    counts[0].0
}

/// The notes of a run need no ROWSTORE, and neither does a table that names no storage type.
#[tokio::test(flavor = "multi_thread")]
async fn a_shared_tier_is_migrated() {
    for backend in [Backend::SingleStoreText, Backend::SingleStorePrepared] {
        let Some(scratch) = scratch(backend).await else {
            return;
        };
        control(&scratch).set_shared_tier(true);
        let db = Db::connect(&scratch.url).await.expect("connects");
        let first = Target::Migration("book".into(), "0001_initial".into());
        assert_eq!(migrate(&db, &[first]).await.expect("the first"), 1);
        for title in ["a", "b", "c"] {
            let sql = format!("INSERT INTO book_page (title) VALUES ('{title}')");
            statement(&db, &sql).await.expect("a row");
        }
        assert_eq!(migrate(&db, &[Target::All]).await.expect("the second"), 1);
        assert_eq!(pages(&db).await, 3);
        let back = [Target::Zero("book".into())];
        assert_eq!(migrate(&db, &back).await.expect("back"), 2);
        scratch.assert_careful();
        // What asks for ROWSTORE is told by the server, and nothing is half done.
        let mut stored = page();
        stored.storage.storage_type = Some(StorageType::Rowstore);
        let rowstore = [Migration {
            operations: vec![Operation::CreateModel(stored)],
            ..Migration::new("book", "0001_initial")
        }];
        let migrator = Migrator::new(&db, &rowstore, MigrateOptions::default()).expect("order");
        let error = migrator.run(&[Target::All]).await.expect_err("refused");
        assert!(error.to_string().contains("shared tier"), "{error}");
        assert_eq!(migrate(&db, &[Target::All]).await.expect("columnstore"), 2);
    }
}

fn kind<T>(result: Result<T>) -> Option<DbErrorKind> {
    result.err().and_then(|e| e.as_db().map(|e| e.kind.clone()))
}

async fn add(db: &impl Executor, name: &str) -> Result<Tag> {
    Tag::create(db, new!(Tag { name })).await
}

/// A child aggregator writes rows, but those of reference tables in no transaction, and makes no
/// tables: errors of a kind, and nothing half written.
#[tokio::test(flavor = "multi_thread")]
async fn a_child_aggregator_says_what_it_does_not_do() {
    let Some(scratch) = scratch(Backend::SingleStoreText).await else {
        return;
    };
    let db = Db::connect(&scratch.url).await.expect("connects");
    orm::create_tables(&db, &[Tag::META])
        .await
        .expect("a table");
    control(&scratch).set_role(Role::Child);
    let tag = add(&db, "alone").await.expect("in no transaction");
    let within = db
        .atomic(|tx| async move { add(&tx, "within").await })
        .await;
    let Err(error) = within else {
        panic!("a reference table was written in a transaction");
    };
    let text = error.to_string();
    for part in [
        "child aggregators",
        "blog_tag",
        "tx.independent()",
        "master aggregator",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(kind::<()>(Err(error)), Some(DbErrorKind::Unsupported));
    let names = Tag::filter(|t| t.id().gt(0)).order_by(|t| t.name());
    let names = names.select(|t| t.name());
    assert_eq!(names.all(&db).await.expect("names"), [&*tag.name]);
    // The way out: what is written there stays whatever becomes of the transaction.
    let tx = db.begin().await.expect("begins");
    let outside = tx.independent().expect("a server");
    add(&outside, "outside").await.expect("in no transaction");
    tx.rollback().await.expect("rolls back");
    assert_eq!(names.all(&db).await.expect("names"), ["alone", "outside"]);
    let error = migrate(&db, &[Target::All]).await.expect_err("refused");
    assert!(error.to_string().contains("master aggregator"), "{error}");
    control(&scratch).set_role(Role::Master);
    assert_eq!(migrate(&db, &[Target::All]).await.expect("runs"), 2);
    scratch.assert_careful();
}

/// A database of tags and articles' authors on a child aggregator, by a URL with these options.
async fn on_child(backend: Backend, options: &str) -> Option<(Scratch, Db)> {
    let scratch = scratch(backend).await?;
    let db = Db::connect(&scratch.url).await.expect("connects");
    orm::create_tables(&db, &[Article::META, Account::META])
        .await
        .expect("tables");
    control(&scratch).set_role(Role::Child);
    let url = format!(
        "{}&{options}",
        scratch.url.replace("pool_max=4", "pool_max=2")
    );
    let db = Db::connect(&url).await.expect("connects");
    control(&scratch).reset();
    Some((scratch, db))
}

const BOTH: [Backend; 2] = [Backend::SingleStoreText, Backend::SingleStorePrepared];

fn tags(names: &[&'static str]) -> Vec<New<Tag>> {
    names.iter().map(|name| new!(Tag { name: *name })).collect()
}

async fn names(db: &impl Executor) -> Vec<String> {
    let names = Tag::filter(|t| t.id().gt(0)).order_by(|t| t.name());
    names.select(|t| t.name()).all(db).await.expect("names")
}

fn account(email: &str) -> New<Account> {
    new!(Account { email: email })
}

/// The error is one and the same, whoever raises it, and the transaction goes on behind it.
fn assert_refused<T: std::fmt::Debug>(done: Result<T>) {
    let error = done.expect_err("refused");
    let text = error.to_string();
    for part in [
        "Writing to a reference table in multi-statement transaction is not permitted on child aggregators",
        "blog_tag",
        "tx.independent()",
        "reference_writes=autocommit",
        "master aggregator",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(kind::<()>(Err(error)), Some(DbErrorKind::Unsupported));
}

/// Where the URL says that the hosts are child aggregators, such a write is not sent at all.
#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_is_known_is_sent_no_write_that_it_refuses() {
    for backend in BOTH {
        let Some((scratch, db)) = on_child(backend, "aggregator=child").await else {
            return;
        };
        let kept = add(&db, "alone").await.expect("in no transaction");
        let tx = db.begin().await.expect("begins");
        control(&scratch).reset();
        assert_refused(add(&tx, "within").await);
        assert_refused(kept.update(&tx, |t| t.name().set("other")).await);
        let sent = control(&scratch).log();
        let writes = |text: &&String| !text.starts_with("SELECT");
        assert_eq!(sent.iter().find(writes), None, "{sent:#?}");
        Account::create(&tx, account("a")).await.expect("sharded");
        tx.commit().await.expect("goes on");
        assert_eq!(Account::objects().count(&db).await.expect("counts"), 1);
        // So are writes of several statements, which doom it as always.
        let tx = db.begin().await.expect("begins");
        assert_refused(Tag::objects().delete(&tx).await);
        tx.rollback().await.expect("rolls back");
        let tx = db.begin().await.expect("begins");
        assert_refused(Tag::bulk_create(&tx, tags(&["a", "b", "c"])).await);
        tx.rollback().await.expect("rolls back");
        // A transaction of the ORM's own is one too.
        assert_refused(Tag::bulk_load(&db, tags(&["a", "b"])).await);
        assert_refused(Tag::bulk_create(&db, tags(&["a", "b", "c"])).await);
        assert_eq!(control(&scratch).counts().refused, 0);
        assert_eq!(names(&db).await, ["alone"]);
        scratch.assert_careful();
    }
}

/// What a child aggregator has refused once is not sent again by the connections there were.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_remembered() {
    for backend in BOTH {
        let Some((scratch, db)) = on_child(backend, "pool_min=1").await else {
            return;
        };
        let refused = || control(&scratch).counts().refused;
        let tx = db.begin().await.expect("begins");
        assert_refused(add(&tx, "a").await);
        assert_eq!(refused(), 1, "the server says it");
        assert_refused(add(&tx, "b").await);
        // A statement of the program's own, to a table that no model is asked about.
        let own = statement(&tx, "DELETE FROM `blog_tag` WHERE id = 1").await;
        assert_refused(own);
        assert_refused(Tag::bulk_create(&tx, tags(&["a", "b", "c"])).await);
        assert_eq!(refused(), 1, "and is not asked again");
        tx.rollback().await.expect("rolls back");
        // The aggregator becomes the master: new connections see it.
        control(&scratch).set_role(Role::Master);
        control(&scratch).kill(Duration::ZERO);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let tx = db.begin().await.expect("begins");
        add(&tx, "c").await.expect("by the master");
        tx.commit().await.expect("commits");
        assert_eq!((names(&db).await, refused()), (vec!["c".to_owned()], 1));
        scratch.assert_careful();
    }
}

/// `reference_writes=autocommit`: such writes leave the transaction, and stay when it is rolled back;
/// all others belong to it.
#[tokio::test(flavor = "multi_thread")]
async fn reference_tables_are_written_apart_where_that_is_asked_for() {
    for (backend, options) in BOTH.into_iter().flat_map(|backend| {
        let options = ["", "&aggregator=child"].map(|o| format!("reference_writes=autocommit{o}"));
        options.map(|o| (backend, o))
    }) {
        let Some((scratch, db)) = on_child(backend, &options).await else {
            return;
        };
        let tx = db.begin().await.expect("begins");
        let first = add(&tx, "a").await.expect("apart");
        assert!(first.id.is_set());
        Account::create(&tx, account("gone")).await.expect("a row");
        add(&tx, "b").await.expect("apart");
        assert_eq!(names(&tx).await, ["a", "b"], "it is read there at once");
        Tag::bulk_create(&tx, tags(&["c", "d", "e"]))
            .await
            .expect("rows");
        first
            .update(&tx, |t| t.name().set("A"))
            .await
            .expect("a row");
        Tag::filter(|t| t.name().eq("b"))
            .delete(&tx)
            .await
            .expect("a row");
        let taken = add(&tx, "c").await.expect_err("taken");
        assert!(taken.is_unique_violation(), "{taken}");
        tx.rollback().await.expect("rolls back");
        assert_eq!(names(&db).await, ["A", "c", "d", "e"]);
        assert_eq!(Account::objects().count(&db).await.expect("counts"), 0);
        // A transaction of the ORM's own.
        Tag::bulk_create(&db, tags(&["f", "g", "h"]))
            .await
            .expect("rows");
        let refused = control(&scratch).counts().refused;
        assert_eq!(refused, u64::from(!options.contains("child")));
        // The master takes them within, and takes them back.
        control(&scratch).set_role(Role::Master);
        let url = scratch.url.clone() + "&reference_writes=autocommit";
        let db = Db::connect(&url).await.expect("connects");
        let tx = db.begin().await.expect("begins");
        add(&tx, "z").await.expect("within");
        Tag::bulk_create(&tx, tags(&["x", "y", "v"]))
            .await
            .expect("rows");
        tx.rollback().await.expect("rolls back");
        assert_eq!(names(&db).await, ["A", "c", "d", "e", "f", "g", "h"]);
        scratch.assert_careful();
    }
}

/// What rows could refer to is written apart as well, and not waited for: no lock of the transaction's
/// own is in the way.
#[tokio::test(flavor = "multi_thread")]
async fn what_rows_could_refer_to_is_written_apart_without_a_wait() {
    for (backend, options) in BOTH.into_iter().flat_map(|b| APART.map(|o| (b, o))) {
        let Some((scratch, db)) = on_child(backend, options).await else {
            return;
        };
        nations(&scratch).await;
        let vatican = Nation::filter(|n| n.id().eq(13));
        let tx = db.begin().await.expect("begins");
        let mut it = vatican.clone().get(&tx).await.expect("it");
        it.code = "vt".into();
        soon(it.save(&tx)).await.expect("nobody refers to it");
        let change = vatican
            .clone()
            .update(|n| (n.code().set("vb"), n.number().set(n.id() + 4)));
        assert_eq!(soon(change.exec(&tx)).await.expect("one row"), 1);
        let france = Nation::filter(|n| n.id().eq(12));
        let change = france.update(|n| n.code().set("gb")).exec(&tx);
        let error = soon(change).await.expect_err("a town");
        assert!(is_held(&error), "{error}");
        tx.rollback().await.expect("rolls back");
        // A transaction of the ORM's own, and several rows, of which one has a number and one has none.
        let others = Nation::filter(|n| n.id().ne(11));
        let change = others.update(|n| n.number().set(n.id() + 100)).exec(&db);
        let error = soon(change).await.expect_err("a town pays there");
        assert!(is_held(&error), "{error}");
        let change = Nation::filter(|n| n.id().ne(12));
        let change = change.update(|n| n.number().set(n.number())).exec(&db);
        assert_eq!(soon(change).await.expect("nothing changes"), 2);
        let all = Nation::objects().select(|n| (n.code(), n.number()));
        let all = all.all(&db).await.expect("nations");
        let is = |code: &str, number| (code.to_owned(), Some(number));
        assert_eq!(all, [is("at", 12), is("fr", 13), is("vb", 17)]);
        scratch.assert_careful();
    }
}

/// `update_or_create` of which receivers hear locks no row that it writes apart, and adds to what the
/// row has.
#[tokio::test(flavor = "multi_thread")]
async fn what_receivers_hear_of_is_written_apart_without_a_wait() {
    async fn longer(event: PreSave<'_, Tag>) -> Result<()> {
        assert!(event.update_fields.is_none() || event.object.name.ends_with('!'));
        Ok(())
    }
    for (backend, options) in BOTH.into_iter().flat_map(|b| APART.map(|o| (b, o))) {
        let Some((scratch, db)) = on_child(backend, options).await else {
            return;
        };
        db.signals().of::<Tag>().pre_save("longer", longer);
        let tag = add(&db, "a").await.expect("a row");
        let id = tag.id.get().expect("a key");
        let new = || new!(Tag { id: id, name: "a" });
        let tx = db.begin().await.expect("begins");
        let change = Tag::update_or_create_with(
            &tx,
            new(),
            |t| t.id(),
            |t| t.name().set(orm::query::concat(t.name(), "!")),
        );
        let (changed, created) = soon(change).await.expect("within");
        assert_eq!((changed.name.as_str(), created), ("a!", false));
        tx.rollback().await.expect("rolls back");
        let change = Tag::update_or_create_with(
            &db,
            new(),
            |t| t.id(),
            |t| t.name().set(orm::query::concat(t.name(), "!")),
        );
        let (changed, created) = soon(change).await.expect("a transaction of its own");
        assert_eq!((changed.name.as_str(), created), ("a!!", false));
        let locks = |text: &&String| text.contains("FOR UPDATE");
        assert_eq!(control(&scratch).log().iter().find(locks), None);
        // The master locks the row.
        control(&scratch).set_role(Role::Master);
        let url = scratch.url.clone() + "&reference_writes=autocommit&aggregator=master";
        let master = Db::connect(&url).await.expect("connects");
        master.signals().of::<Tag>().pre_save("longer", longer);
        let change = Tag::update_or_create_with(
            &master,
            new(),
            |t| t.id(),
            |t| t.name().set(orm::query::concat(t.name(), "!")),
        );
        soon(change).await.expect("by the master");
        assert!(control(&scratch).log().iter().any(|t| locks(&t)));
        assert_eq!(names(&db).await, ["a!!!"]);
        scratch.assert_careful();
    }
}

/// A code that another program changes after it was read is read again: rows may refer to the new one.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_meanwhile_is_asked_for_again() {
    for backend in BOTH {
        for options in APART {
            let Some((scratch, db)) = on_child(backend, options).await else {
                return;
            };
            let by_master = nations(&scratch).await;
            control(&scratch).set_role(Role::Master);
            let other = by_master.begin().await.expect("begins");
            let vatican = Nation::filter(|n| n.id().eq(13));
            let change = vatican.clone().update(|n| n.code().set("vx"));
            change.exec(&other).await.expect("by the master");
            control(&scratch).set_role(Role::Child);
            let own = db.clone();
            let change = vatican.clone().update(|n| n.code().set("vy"));
            let own = tokio::spawn(async move { change.exec(&own).await });
            let writes =
                |text: &String| text.starts_with("UPDATE") && text.contains("ports_nation");
            let sent = async {
                while control(&scratch).log().iter().filter(|t| writes(t)).count() < 2 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Ok(())
            };
            soon(sent).await.expect("it is sent");
            let town = new!(Town {
                name: "Vico",
                nation: "vx"
            });
            Town::create(&other, town).await.expect("a town");
            other.commit().await.expect("commits");
            let error = own.await.expect("ends").expect_err("a town");
            assert!(is_held(&error), "{error}");
            let codes = vatican.select(|n| n.code()).all(&db).await;
            assert_eq!(codes.expect("codes"), ["vx"]);
            scratch.assert_careful();
        }
    }
}

const APART: [&str; 2] = [
    "reference_writes=autocommit",
    "reference_writes=autocommit&aggregator=child",
];

/// Nations and their towns; the database by no such options.
async fn nations(scratch: &Scratch) -> Db {
    let db = Db::connect(&scratch.url).await.expect("connects");
    control(scratch).set_role(Role::Master);
    ports::fill(&db).await.expect("rows");
    control(scratch).set_role(Role::Child);
    control(scratch).reset();
    db
}

/// Long before a lock is given up.
async fn soon<T>(done: impl Future<Output = Result<T>>) -> Result<T> {
    let done = tokio::time::timeout(Duration::from_secs(15), done);
    done.await.expect("it waits for nothing")
}

fn is_held(error: &orm::Error) -> bool {
    error.as_db().is_some_and(|e| e.is_foreign_key_violation())
}

/// A value that rows could refer to changes there too, in one statement outside a transaction, and not
/// while rows refer to it.
#[tokio::test(flavor = "multi_thread")]
async fn a_child_aggregator_changes_what_nobody_refers_to() {
    let Some(scratch) = scratch(Backend::SingleStorePrepared).await else {
        return;
    };
    let db = Db::connect(&scratch.url).await.expect("connects");
    ports::fill(&db).await.expect("rows");
    control(&scratch).set_role(Role::Child);
    let mut vatican = Nation::filter(|n| n.code().eq("va"))
        .get(&db)
        .await
        .expect("it");
    vatican.code = "vt".into();
    vatican.save(&db).await.expect("nobody refers to it");
    let austria = Nation::filter(|n| n.code().eq("at"));
    let update = austria.update(|n| n.code().set("oe"));
    let error = update.clone().exec(&db).await.expect_err("towns");
    assert!(is_held(&error), "{error}");
    let tx = db.begin().await.expect("begins");
    let within = update.exec(&tx).await.expect_err("towns");
    tx.rollback().await.expect("rolls back");
    assert!(is_held(&within), "{within}");
    let codes = Nation::objects().select(|n| n.code());
    assert_eq!(codes.all(&db).await.expect("codes"), ["at", "fr", "vt"]);
    scratch.assert_careful();
}

/// `protocol=prepared` where the server prepares nothing, as one that writes an audit log: statements
/// go as text.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_prepares_nothing_is_sent_text() {
    let Some(scratch) = scratch(Backend::SingleStorePrepared).await else {
        return;
    };
    let db = Db::connect(&scratch.url).await.expect("connects");
    orm::create_tables(&db, &[Tag::META])
        .await
        .expect("a table");
    control(&scratch).set_prepare(false);
    for name in ["a", "b"] {
        add(&db, name).await.expect("sent as text");
    }
    db.atomic(|tx| async move { add(&tx, "c").await })
        .await
        .expect("in a transaction too");
    let names = Tag::filter(|t| t.id().gt(0)).order_by(|t| t.name());
    let names = names.select(|t| t.name());
    assert_eq!(names.all(&db).await.expect("names"), ["a", "b", "c"]);
    scratch.assert_careful();
}

/// The master moves: open transactions are lost and said to be worth another try; a migration stops
/// with a cause, and the next run goes on with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_moved_master_is_worth_another_try() {
    let Some(scratch) = scratch(Backend::SingleStoreText).await else {
        return;
    };
    let moved = |n| Fault::new(n, When::Before, Action::MasterMoved { statements: 3 });
    let db = Db::connect(&scratch.url).await.expect("connects");
    orm::create_tables(&db, &[Tag::META])
        .await
        .expect("a table");
    let tx = db.begin().await.expect("begins");
    add(&tx, "lost").await.expect("a row");
    control(&scratch).arm(moved(1));
    let failed = add(&tx, "lost too").await;
    assert_eq!(
        kind(failed),
        Some(DbErrorKind::Retryable(RetryCause::Failover))
    );
    drop(tx);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut tries = 0;
    while add(&db, "kept").await.is_err() {
        tries += 1;
        assert!(tries < 10, "the master came back");
    }
    let names = Tag::filter(|t| t.id().gt(0)).select(|t| t.name());
    assert_eq!(names.all(&db).await.expect("names"), ["kept"]);

    let first = Target::Migration("book".into(), "0001_initial".into());
    migrate(&db, &[first]).await.expect("the first");
    statement(&db, "INSERT INTO book_page (title) VALUES ('a'), ('b')")
        .await
        .expect("rows");
    let mut stopped = 0;
    for n in (1..).step_by(3) {
        control(&scratch).disarm();
        control(&scratch).arm(moved(n));
        let Err(error) = migrate(&db, &[Target::All]).await else {
            break;
        };
        let text = format!("{error:?}");
        assert!(text.contains("Failover") || text.contains("1777"), "{text}");
        stopped += 1;
        // The statements that still fail are used up.
        for _ in 0..4 {
            let _ = statement(&db, "DO 0").await;
        }
        assert!(n < 400, "it ends");
    }
    assert!(stopped > 5, "{stopped}");
    control(&scratch).disarm();
    assert_eq!(pages(&db).await, 2);
    assert_eq!(migrate(&db, &[Target::All]).await.expect("all is done"), 0);
}

/// A connection that is lost before COMMIT has left nothing, so the work is done again. Lost at
/// COMMIT, it is done again only where doing it twice does no harm.
#[tokio::test(flavor = "multi_thread")]
async fn work_is_done_again_unless_it_may_have_been_done() {
    for backend in [Backend::SingleStoreText, Backend::SingleStorePrepared] {
        let Some(scratch) = scratch(backend).await else {
            return;
        };
        let db = Db::connect(&scratch.url).await.expect("connects");
        orm::create_tables(&db, &[Tag::META])
            .await
            .expect("a table");
        let add = |name: &'static str, policy: RetryPolicy| {
            db.retrying(policy, move |tx| async move {
                Tag::create(&tx, new!(Tag { name })).await.map(drop)
            })
        };
        let cut = |when: When, text: &str| {
            control(&scratch).arm(Fault::new(1, when, Action::Cut).matching(text));
        };
        cut(When::Before, "INSERT");
        add("a", RetryPolicy::default()).await.expect("done again");
        cut(When::After, "COMMIT");
        let error = add("b", RetryPolicy::default())
            .await
            .expect_err("nobody knows");
        assert!(error.is_connection_lost(), "{error}");
        assert!(error.to_string().contains("not known"), "{error}");
        cut(When::Before, "COMMIT");
        let done = add("c", RetryPolicy::for_idempotent()).await;
        done.expect("not committed, done again");
        cut(When::After, "COMMIT");
        let again = add("d", RetryPolicy::for_idempotent()).await;
        assert!(again.expect_err("it was there").is_unique_violation());
        let names = Tag::objects().select(|t| t.name()).all(&db).await;
        let mut names = names.expect("rows");
        names.sort();
        assert_eq!(names, ["a", "b", "c", "d"]);
        scratch.assert_careful();
    }
}
