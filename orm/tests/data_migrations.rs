//! Code that migrations run: models as they were, batches that go on, ways back.

mod migrations;

use std::sync::Mutex;

use migrations::live::{Live, creating, exec, fill, lines, on};
use migrations::{APP, base, default, lookup, model, null, varchar};
use orm::migrate::{
    Code, CodeBatches, CodeError, CodeRegistry, DynRow, MigrateError, MigrateOptions, Migration,
    Migrator, Models, Moved, Operation, Progress, Step, Target,
};
use orm::prelude::*;
use orm::schema::{FieldDef, FieldType, Literal, lookup_table};
use orm::value::Value;

type Done = Result<(), CodeError>;

/// Code by name, as a program would register it.
struct Registered(&'static [(&'static str, Code)]);

impl CodeRegistry for Registered {
    fn get(&self, name: &str) -> Option<Code> {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, c)| *c)
    }

    fn names(&self) -> Vec<String> {
        self.0.iter().map(|(n, _)| (*n).to_owned()).collect()
    }
}

macro_rules! once {
    ($function:ident) => {
        Code::Once(|models| Box::pin($function(models)))
    };
}

macro_rules! each_book {
    ($rows:literal, $function:ident) => {
        Code::Batches(CodeBatches {
            app: APP,
            model: "Book",
            rows: $rows,
            code: |models, rows| Box::pin($function(models, rows)),
        })
    };
}

fn run(name: &str, reverse: Option<&str>) -> Operation {
    Operation::RunCode {
        name: name.into(),
        reverse: reverse.map(str::to_owned),
    }
}

fn add(field: FieldDef) -> Operation {
    Operation::AddField {
        model: "Book".into(),
        field,
        preserve_default: true,
    }
}

fn later(name: &str, after: &str, operations: Vec<Operation>) -> Migration {
    let migration = Migration {
        operations,
        ..Migration::new(APP, name)
    };
    on(migration, after)
}

fn to(name: &str) -> Target {
    Target::Migration(APP.to_owned(), name.to_owned())
}

/// Runs a check on the servers that there are.
macro_rules! on_servers {
    ($check:ident: $mariadb:ident, $singlestore:ident) => {
        #[tokio::test]
        async fn $mariadb() {
            let name = concat!("code_", stringify!($check));
            if let Some(live) = Live::mariadb(name).await {
                $check(&live).await;
                live.drop().await;
            }
        }

        #[tokio::test]
        async fn $singlestore() {
            let name = concat!("code_", stringify!($check));
            if let Some(live) = Live::singlestore(name).await {
                $check(&live).await;
                live.drop().await;
            }
        }
    };
}

// ---- models as they were ---------------------------------------------------------------------

async fn slugs(models: &Models<'_>) -> Done {
    for mut row in models.get(APP, "book")?.all().await? {
        let title: String = row.get("title")?;
        row.set("slug", title.to_lowercase())?;
        models.save(&mut row).await?;
    }
    let error = models.get(APP, "Volume").unwrap_err().to_string();
    assert!(
        error.contains("no model shop.Volume at this point of history"),
        "{error}"
    );
    Ok(())
}

async fn no_slugs(models: &Models<'_>) -> Done {
    let all = models
        .get(APP, "Book")?
        .update("slug", None::<String>)
        .await?;
    assert_eq!(all, 2);
    Ok(())
}

/// The model is another one later, under another name and with other columns.
async fn history(live: &Live) {
    let slug = null(varchar("slug", 200));
    let migrations = [
        creating("0001_initial", &base()),
        later(
            "0002_slug",
            "0001_initial",
            vec![add(slug), run("slugs", Some("no_slugs"))],
        ),
        later(
            "0003_volume",
            "0002_slug",
            vec![
                Operation::RenameField {
                    model: "Book".into(),
                    from: "title".into(),
                    to: "name".into(),
                },
                Operation::RenameModel {
                    from: "Book".into(),
                    to: "Volume".into(),
                },
            ],
        ),
    ];
    let code = Registered(&[("slugs", once!(slugs)), ("no_slugs", once!(no_slugs))]);
    let options = MigrateOptions {
        code: &code,
        ..MigrateOptions::default()
    };
    live.run(&migrations, to("0001_initial")).await.unwrap();
    fill(&live.db).await;
    live.run_with(&migrations, Target::All, options)
        .await
        .unwrap();
    let rows = "SELECT name, slug FROM shop_volume ORDER BY id";
    assert_eq!(
        lines(&live.db, rows).await,
        ["Ten | ten", "Eleven | eleven"]
    );
    live.run_with(&migrations, to("0001_initial"), options)
        .await
        .unwrap();
    let rows = "SELECT title FROM shop_book ORDER BY id";
    assert_eq!(lines(&live.db, rows).await, ["Ten", "Eleven"]);
}

#[tokio::test]
async fn models_are_as_they_were_on_sqlite() {
    history(&Live::sqlite().await).await;
}

on_servers!(history: models_are_as_they_were_on_mariadb, models_are_as_they_were_on_singlestore);

// ---- what rows can do ------------------------------------------------------------------------

fn ids(rows: &[DynRow]) -> Vec<i64> {
    rows.iter().map(|r| r.get("id").unwrap()).collect()
}

async fn reads(models: &Models<'_>) -> Done {
    let books = models.get(APP, "Book")?;
    for (lookup, value, expected) in [
        ("pages", 100, vec![10]),
        ("pages__ne", 100, vec![11, 12]),
        ("pages__lt", 110, vec![10]),
        ("pages__lte", 110, vec![10, 11]),
        ("pages__gt", 110, vec![12]),
        ("pages__gte", 110, vec![11, 12]),
        // A relation is the key of the row that it leads to, by either name.
        ("writer", 1, vec![10, 12]),
        ("writer_id", 2, vec![11]),
    ] {
        let found = books.clone().filter(lookup, value)?.all().await?;
        assert_eq!(ids(&found), expected, "{lookup}");
    }
    for (lookup, value, expected) in [
        ("title", "Ten", vec![10]),
        ("title__contains", "e", vec![10, 11, 12]),
        ("title__icontains", "TEN", vec![10]),
        ("title__iexact", "TWELVE", vec![12]),
        ("title__startswith", "Tw", vec![12]),
        ("title__endswith", "en", vec![10, 11]),
    ] {
        let found = books.clone().filter(lookup, value)?.all().await?;
        assert_eq!(ids(&found), expected, "{lookup}");
    }
    let null = books.clone().filter("subtitle__isnull", true)?;
    assert_eq!(ids(&null.all().await?), [11, 12]);
    let null = books.clone().filter("subtitle", None::<String>)?;
    assert_eq!(null.count().await?, 2);
    // Where it is not known whether it holds, the row stays.
    let left = books.clone().exclude("subtitle", "x")?;
    assert_eq!(ids(&left.all().await?), [11, 12]);
    let some = books.clone().filter_in("id", [12, 10, 7])?;
    assert_eq!(ids(&some.all().await?), [10, 12]);
    let last = books
        .clone()
        .order_by("-pages")?
        .first()
        .await?
        .expect("rows");
    assert_eq!(last.get::<i64>("id")?, 12);
    let by_writer = books.clone().order_by("writer")?.order_by("-id")?.limit(2);
    assert_eq!(ids(&by_writer.all().await?), [12, 10]);
    assert_eq!(last.get::<Option<String>>("subtitle")?, None);
    let pairs = models.pairs(APP, "Book", "tags")?.filter("from", 10)?;
    let tags = pairs.order_by("to")?.all().await?;
    let tags: Vec<String> = tags.iter().map(|r| r.get("to").unwrap()).collect();
    assert_eq!(tags, ["blue", "red"]);
    Ok(())
}

async fn writes(models: &Models<'_>) -> Done {
    let books = models.get(APP, "Book")?;
    // Batches of one, while the rows behind and before are changed and others are added.
    let mut batches = books.batches(1)?;
    let mut walked = Vec::new();
    while let Some(rows) = batches.next().await? {
        for mut row in rows {
            walked.push(row.get::<i64>("id")?);
            row.set("pages", row.get::<i32>("pages")? + 1)?;
            models.save(&mut row).await?;
            let mut copy = books.new_row();
            copy.set("title", "copy")?.set("writer", 2)?;
            models.insert(&mut copy).await?;
            assert!(copy.get::<i64>("id")? > 0, "the key that it got");
            assert_eq!(copy.get::<i32>("pages")?, 1, "the default of then");
            copy.set("title", "copy!")?;
            models.save(&mut copy).await?;
        }
    }
    assert_eq!(walked, [10, 11, 12]);
    let copies = books.clone().filter("title", "copy!")?;
    assert_eq!(copies.count().await?, 3);
    let one = copies.first().await?.expect("a copy");
    models.delete(&one).await?;
    let mut gone = one.clone();
    gone.set("pages", 5)?;
    let error = models.save(&mut gone).await.unwrap_err().to_string();
    assert!(error.contains("is gone"), "{error}");
    assert_eq!(copies.update("pages", 9).await?, 2);
    assert_eq!(copies.delete().await?, 2);
    let pairs = models.pairs(APP, "Book", "tags")?;
    let mut pair = pairs.new_row();
    pair.set("from", 12)?.set("to", "red")?;
    models.insert(&mut pair).await?;
    assert_eq!(pairs.filter("from", 10)?.delete().await?, 2);
    Ok(())
}

async fn refusals(models: &Models<'_>) -> Done {
    let books = models.get(APP, "Book")?;
    let mut row = books.new_row();
    let told = |e: orm::migrate::HistoricalError| e.to_string();
    for (error, expected) in [
        (
            told(row.set("titel", "x").unwrap_err()),
            "shop.Book has no column `titel` at this point of history; it has id, title, subtitle, pages, writer_id, editor_id",
        ),
        (
            told(row.set("pages", "many").unwrap_err()),
            "shop.Book.pages is a whole number; the value is text",
        ),
        (
            told(row.set("pages", 1_i64 << 40).unwrap_err()),
            "shop.Book.pages holds -2147483648 to 2147483647; the value is 1099511627776",
        ),
        (
            told(row.set("title", None::<String>).unwrap_err()),
            "shop.Book.title is NOT NULL; the value is NULL",
        ),
        (
            told(row.set("title", "x".repeat(201)).unwrap_err()),
            "shop.Book.title holds 200 characters; the text has 201",
        ),
        (
            told(row.get::<i64>("pages").unwrap_err()),
            "shop.Book.pages has no value in this row, which is not inserted yet",
        ),
        (
            told(models.insert(&mut row).await.unwrap_err()),
            "shop.Book.title has no default; set it before the insert",
        ),
        (
            told(models.save(&mut row).await.unwrap_err()),
            "the row of shop.Book is not in the table: insert it first",
        ),
        (
            told(books.clone().filter("pages__near", 1).unwrap_err()),
            "there is no lookup `near` for shop.Book; there are exact, ne, lt, lte, gt, gte, isnull, contains, icontains, startswith, endswith, iexact",
        ),
        (
            told(books.clone().filter("pages", "x").unwrap_err()),
            "shop.Book.pages is a whole number; the value is text",
        ),
        (
            told(books.clone().limit(1).delete().await.unwrap_err()),
            "delete takes all rows of shop.Book that the filters leave; take `limit` away",
        ),
        (
            told(books.clone().order_by("id")?.batches(1).unwrap_err()),
            "batches of shop.Book come in the order of its primary key; take `order_by` away",
        ),
        (
            told(models.get("shop", "Buch").unwrap_err()),
            "there is no model shop.Buch at this point of history; did you mean shop.Book?; name it in `depends_on` if an earlier migration of another application makes it",
        ),
        (
            told(models.pairs("shop", "Book", "title").unwrap_err()),
            "shop.Book.title is no many-to-many field at this point of history",
        ),
    ] {
        assert_eq!(error, expected);
    }
    let first = books.first().await?.expect("a row");
    let error = told(first.get::<bool>("title").unwrap_err());
    assert!(error.contains("column `title` as bool"), "{error}");
    Ok(())
}

async fn rows(live: &Live) {
    let mut state = base();
    let id = orm::schema::ModelId::new(APP, "Book");
    let book = state.model_mut(&id).expect("books");
    let pages = book.field_mut("pages").expect("pages");
    *pages = default(pages.clone(), Literal::Int(1));
    let migrations = [
        creating("0001_initial", &state),
        later("0002_reads", "0001_initial", vec![run("reads", Some(""))]),
        later(
            "0003_writes",
            "0002_reads",
            vec![run("writes", Some("")), run("refusals", Some(""))],
        ),
    ];
    let code = Registered(&[
        ("reads", once!(reads)),
        ("writes", once!(writes)),
        ("refusals", once!(refusals)),
    ]);
    let options = MigrateOptions {
        code: &code,
        ..MigrateOptions::default()
    };
    live.run(&migrations, to("0001_initial")).await.unwrap();
    fill(&live.db).await;
    exec(
        &live.db,
        "INSERT INTO shop_book (id, title, pages, writer_id) VALUES (12, 'Twelve', 120, 1)",
    )
    .await;
    live.run_with(&migrations, Target::All, options)
        .await
        .unwrap();
    let pages = "SELECT id, pages FROM shop_book ORDER BY id";
    assert_eq!(
        lines(&live.db, pages).await,
        ["10 | 101", "11 | 111", "12 | 121"]
    );
    let pairs = "SELECT book_id, tag_id FROM shop_book_tags ORDER BY 1, 2";
    assert_eq!(lines(&live.db, pairs).await, ["11 | red", "12 | red"]);
    // Where there is nothing to undo, nothing is.
    let back = live.run(&migrations, to("0001_initial")).await.unwrap();
    assert_eq!(back.len(), 2);
    assert_eq!(
        lines(&live.db, pages).await,
        ["10 | 101", "11 | 111", "12 | 121"]
    );
}

#[tokio::test]
async fn rows_are_read_and_written_on_sqlite() {
    rows(&Live::sqlite().await).await;
}

on_servers!(rows: rows_are_read_and_written_on_mariadb, rows_are_read_and_written_on_singlestore);

// ---- every type, and values that side tables keep unique -------------------------------------

fn uuid(number: u128) -> Value {
    Value::Uuid(number.to_be_bytes())
}

async fn copies(models: &Models<'_>) -> Done {
    let things = models.get(APP, "Thing")?;
    for row in things.all().await? {
        let mut copy = things.new_row();
        for (name, value) in row.columns() {
            match name {
                "id" => copy.set("id", value.clone())?,
                "code" => copy.set("code", format!("{}'", row.get::<String>("code")?))?,
                name => copy.set(name, value.clone())?,
            };
        }
        let id = row.value("id")?.clone();
        let other = uuid(2);
        copy.set("id", other.clone())?;
        models.insert(&mut copy).await?;
        let again = things.clone().filter("id", other.clone())?.first().await?;
        let again = again.expect("it is found by its key");
        for name in ["day", "at", "price", "ready", "data", "about"] {
            assert_eq!(again.value(name)?, row.value(name)?, "{name}");
        }
        assert_eq!(things.clone().filter("id", id)?.count().await?, 1);
    }
    // A value that is free again can be taken, one that is taken cannot.
    let mut first = things
        .clone()
        .filter("code", "a")?
        .first()
        .await?
        .expect("a");
    first.set("code", "b")?;
    models.save(&mut first).await?;
    let mut second = things
        .clone()
        .filter("code", "a'")?
        .first()
        .await?
        .expect("a'");
    second.set("code", "a")?;
    models.save(&mut second).await?;
    models.delete(&first).await?;
    second.set("code", "b")?;
    models.save(&mut second).await?;
    Ok(())
}

async fn clash(models: &Models<'_>) -> Done {
    let things = models.get(APP, "Thing")?;
    let mut thing = things.first().await?.expect("a thing");
    thing.set("id", uuid(99))?;
    let mut copy = things.new_row();
    for (name, value) in thing.columns() {
        copy.set(name, value.clone())?;
    }
    models.insert(&mut copy).await?;
    Ok(())
}

async fn types(live: &Live) {
    let field = |name: &str, ty| FieldDef::new(name, ty);
    let mut state = base();
    state.insert(model(
        "Thing",
        vec![
            field("id", FieldType::Uuid),
            lookup(varchar("code", 20)),
            field("day", FieldType::Date),
            field("at", FieldType::DateTime),
            field(
                "price",
                FieldType::Decimal {
                    precision: 10,
                    scale: 2,
                },
            ),
            field("ready", FieldType::Bool),
            field(
                "data",
                FieldType::Binary {
                    max_length: Some(9),
                },
            ),
            null(field("about", FieldType::Json)),
        ],
    ));
    let migrations = [
        creating("0001_initial", &state),
        later("0002_copies", "0001_initial", vec![run("copies", None)]),
        later("0003_clash", "0002_copies", vec![run("clash", None)]),
    ];
    let code = Registered(&[("copies", once!(copies)), ("clash", once!(clash))]);
    let options = MigrateOptions {
        code: &code,
        ..MigrateOptions::default()
    };
    live.run(&migrations, to("0001_initial")).await.unwrap();
    let id = "00000000000000000000000000000001";
    exec(&live.db, &format!("INSERT INTO shop_thing (id, code, day, at, price, ready, data, about) VALUES ('{id}', 'a', '2026-02-28', '2026-02-28 12:30:00.000001', '12.50', 1, x'78797a', '{{\"a\": 1}}')")).await;
    if live.is_sharded() {
        let side = lookup_table("shop_thing", "code");
        let side = format!("INSERT INTO {side} (value, owner) VALUES ('a', '{id}')");
        exec(&live.db, &side).await;
    }
    live.run_with(&migrations, to("0002_copies"), options)
        .await
        .unwrap();
    let found = lines(&live.db, "SELECT id, code FROM shop_thing ORDER BY id").await;
    assert_eq!(found, ["00000000000000000000000000000002 | b"]);
    if live.is_sharded() {
        let side = lookup_table("shop_thing", "code");
        assert_eq!(
            lines(
                &live.db,
                &format!("SELECT value, owner FROM {side} ORDER BY value")
            )
            .await,
            ["b | 00000000000000000000000000000002"]
        );
    }
    let error = live
        .run_with(&migrations, Target::All, options)
        .await
        .unwrap_err();
    assert!(matches!(error, MigrateError::Code { .. }), "{error}");
    assert_eq!(
        lines(&live.db, "SELECT COUNT(*) AS n FROM shop_thing").await,
        ["1"]
    );
}

#[tokio::test]
async fn values_of_every_type_on_sqlite() {
    types(&Live::sqlite().await).await;
}

on_servers!(types: values_of_every_type_on_mariadb, values_of_every_type_on_singlestore);

// ---- batches ---------------------------------------------------------------------------------

/// Adds a page to each book; stops at the book that stock 1 says, and adds a book for each batch.
async fn add_pages(models: &Models<'_>, rows: Vec<DynRow>) -> Done {
    let stock = models.get(APP, "Stock")?.filter("id", 1)?.first().await?;
    let stop: i64 = stock.expect("stock").get::<i32>("amount")?.into();
    let books = models.get(APP, "Book")?;
    for mut row in rows {
        row.set("pages", row.get::<i32>("pages")? + 1)?;
        models.save(&mut row).await?;
        if row.get::<i64>("id")? == stop {
            return Err(format!("book {stop} is too heavy").into());
        }
    }
    let mut extra = books.new_row();
    extra
        .set("title", "extra")?
        .set("pages", 0)?
        .set("writer", 1)?;
    // Behind all that are walked.
    extra.set("id", 1_000_000 + books.count().await? as i64)?;
    models.insert(&mut extra).await?;
    Ok(())
}

async fn take_pages(models: &Models<'_>, rows: Vec<DynRow>) -> Done {
    for mut row in rows {
        match row.get::<String>("title")?.as_str() {
            "extra" => models.delete(&row).await?,
            _ => {
                row.set("pages", row.get::<i32>("pages")? - 1)?;
                models.save(&mut row).await?;
            }
        }
    }
    Ok(())
}

/// Notes the rows that were told of.
#[derive(Default)]
struct Told(Mutex<Vec<(u64, u64, u64)>>);

impl Progress for Told {
    fn rows_moved(&self, _: usize, _: usize, moved: &Moved<'_>) {
        assert_eq!(moved.table, "shop.Book");
        let figures = (moved.rows, moved.total, moved.now);
        self.0.lock().unwrap().push(figures);
    }

    fn step_begins(&self, _: usize, _: usize, step: &Step, sql: &str) {
        assert!(sql.is_empty() && step.comment.starts_with("run code "));
    }
}

async fn pages(live: &Live) -> Vec<String> {
    let text = "SELECT COUNT(*) AS n, SUM(pages) AS s FROM shop_book WHERE title = 'walked'";
    let mut out = lines(&live.db, text).await;
    let extra = "SELECT COUNT(*) AS n FROM shop_book WHERE title = 'extra'";
    out.extend(lines(&live.db, extra).await);
    out
}

async fn batches(live: &Live) {
    let migrations = [
        creating("0001_initial", &base()),
        later(
            "0002_pages",
            "0001_initial",
            vec![run("add_pages", Some("take_pages"))],
        ),
    ];
    let code = Registered(&[
        ("add_pages", each_book!(10, add_pages)),
        ("take_pages", each_book!(10, take_pages)),
    ]);
    live.run(&migrations, to("0001_initial")).await.unwrap();
    exec(
        &live.db,
        "INSERT INTO shop_writer (id, name) VALUES (1, 'ann')",
    )
    .await;
    exec(
        &live.db,
        "INSERT INTO shop_stock (id, place, amount) VALUES (1, 'shelf', 125)",
    )
    .await;
    let rows: Vec<String> = (101..=125)
        .map(|id| format!("({id}, 'walked', 0, 1)"))
        .collect();
    exec(
        &live.db,
        &format!(
            "INSERT INTO shop_book (id, title, pages, writer_id) VALUES {}",
            rows.join(", ")
        ),
    )
    .await;
    let told = Told::default();
    let options = MigrateOptions {
        code: &code,
        progress: &told,
        ..MigrateOptions::default()
    };
    let error = live
        .run_with(&migrations, Target::All, options)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("shop.0002_pages: the code `add_pages` failed: book 125 is too heavy"),
        "{error}"
    );
    let one = live.is_sqlite();
    // The last batch is undone; those before it stay, or all are one with the migration.
    let (after, stays) = match one {
        true => (["25 | 0", "0"], "; the migration was undone as a whole"),
        false => (
            ["25 | 20", "2"],
            "; the 20 rows of the batches before stay, and the next run goes on behind them",
        ),
    };
    assert!(error.ends_with(stays), "{error}");
    assert_eq!(pages(live).await, after);
    let now = std::mem::take(&mut *told.0.lock().unwrap());
    assert_eq!(now, [(10, 25, 10), (20, 25, 20)]);

    exec(&live.db, "UPDATE shop_stock SET amount = 0 WHERE id = 1").await;
    live.run_with(&migrations, Target::All, options)
        .await
        .unwrap();
    // Each row once, and none that the code added.
    assert_eq!(pages(live).await, ["25 | 25", "3"]);
    let now = std::mem::take(&mut *told.0.lock().unwrap());
    match one {
        true => assert_eq!(now, [(10, 25, 10), (20, 25, 20), (25, 25, 25)]),
        false => assert_eq!(now, [(25, 27, 5)]),
    }
    live.run_with(&migrations, to("0001_initial"), options)
        .await
        .unwrap();
    assert_eq!(pages(live).await, ["25 | 0", "0"]);
    let left = "SELECT COUNT(*) AS n FROM orm_migration_steps";
    assert_eq!(lines(&live.db, left).await, ["0"]);
    // An empty table is walked at once.
    exec(&live.db, "DELETE FROM shop_book").await;
    live.run_with(&migrations, Target::All, options)
        .await
        .unwrap();
    assert_eq!(pages(live).await.last().unwrap(), "0");
}

#[tokio::test]
async fn batches_go_on_where_they_stopped_on_sqlite() {
    batches(&Live::sqlite().await).await;
}

on_servers!(batches: batches_go_on_where_they_stopped_on_mariadb, batches_go_on_where_they_stopped_on_singlestore);

// ---- before anything runs --------------------------------------------------------------------

async fn nothing(_: &Models<'_>) -> Done {
    Err("this must not run".into())
}

async fn no_row(models: &Models<'_>, _: Vec<DynRow>) -> Done {
    nothing(models).await
}

async fn refused(live: &Live, operations: Vec<Operation>, code: Registered) -> MigrateError {
    let migrations = [
        creating("0001_initial", &base()),
        later("0002_code", "0001_initial", operations),
    ];
    let options = MigrateOptions {
        code: &code,
        ..MigrateOptions::default()
    };
    let error = live.run_with(&migrations, Target::All, options).await;
    let error = error.expect_err("it is refused");
    let migrator = Migrator::new(&live.db, &migrations, options).unwrap();
    assert!(migrator.applied().await.unwrap().is_empty(), "{error}");
    error
}

#[tokio::test]
async fn what_cannot_run_is_refused_before_anything_runs() {
    let live = Live::sqlite().await;
    let error = refused(&live, vec![run("fill slugs", None)], Registered(&[])).await;
    assert_eq!(
        error.to_string(),
        "shop.0002_code (shop/0002_code.toml) runs the code `fill slugs`, which this program does not hold (it holds none); run the program that links it, or register it: #[orm::data_migration(\"fill slugs\")] async fn fill_slugs(models: &orm::migrate::Models<'_>) -> orm::Result<()>"
    );
    let twice = Registered(&[("nothing", once!(nothing)), ("nothing", once!(nothing))]);
    let error = refused(&live, vec![run("nothing", None)], twice).await;
    assert!(matches!(error, MigrateError::TwoCodes { .. }), "{error}");
    let renamed = Operation::RenameModel {
        from: "Book".into(),
        to: "Volume".into(),
    };
    let walks = Registered(&[("walk", each_book!(1, no_row))]);
    let error = refused(&live, vec![renamed, run("walk", None)], walks).await;
    assert!(
        error.to_string().contains("there is no model shop.Book"),
        "{error}"
    );
}

#[tokio::test]
async fn code_is_shown_in_the_plan_and_may_be_faked() {
    let live = Live::sqlite().await;
    let migrations = [
        creating("0001_initial", &base()),
        later("0002_code", "0001_initial", vec![run("nothing", Some(""))]),
    ];
    live.run(&migrations, to("0001_initial")).await.unwrap();
    let migrator = Migrator::new(&live.db, &migrations, MigrateOptions::default()).unwrap();
    let plan = migrator.plan(&[Target::All]).await.unwrap();
    assert_eq!(plan[0].steps[0].operation, "Run code nothing");
    assert_eq!(plan[0].steps[0].step.comment, "run code nothing");
    let options = MigrateOptions {
        fake: true,
        ..MigrateOptions::default()
    };
    let ran = live.run_with(&migrations, Target::All, options).await;
    assert!(ran.unwrap()[0].faked);
    let irreversible = [
        creating("0001_initial", &base()),
        later("0002_code", "0001_initial", vec![run("nothing", None)]),
    ];
    let error = live.run(&irreversible, to("0001_initial")).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("it has no `reverse`"), "{error}");
}

// ---- today's structs -------------------------------------------------------------------------

#[derive(Model, Debug, Clone)]
#[model(app = "shop")]
struct Writer {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 300)]
    name: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "shop")]
struct Book {
    #[field(primary_key)]
    id: Auto<i64>,
    title: String,
    #[field(max_length = 200)]
    subtitle: String,
    #[field(max_length = 50)]
    isbn: String,
}

async fn typed(models: &Models<'_>) -> Result<(), Error> {
    let db = models.db();
    let writers = models.typed::<Writer>()?;
    let ann = writers.filter(|w| w.name().eq("ann"));
    let changed = ann.update(|w| w.name().set("Ann")).exec(&db).await?;
    assert_eq!(changed, 1);
    let error = models.typed::<Book>().unwrap_err().to_string();
    for part in [
        "the struct shop.Book (orm/tests/data_migrations.rs:",
        "`title` is varchar there, text here; `subtitle` may be NULL there; `isbn` is not there; use models.get(\"shop\", \"Book\")",
    ] {
        assert!(error.contains(part), "{error}");
    }
    Ok(())
}

async fn structs(live: &Live) {
    let migrations = [
        creating("0001_initial", &base()),
        later("0002_typed", "0001_initial", vec![run("typed", None)]),
    ];
    let code = Registered(&[(
        "typed",
        Code::Once(|models| Box::pin(async move { Ok(typed(models).await?) })),
    )]);
    let options = MigrateOptions {
        code: &code,
        ..MigrateOptions::default()
    };
    live.run(&migrations, to("0001_initial")).await.unwrap();
    fill(&live.db).await;
    live.run_with(&migrations, Target::All, options)
        .await
        .unwrap();
    let names = "SELECT name FROM shop_writer ORDER BY id";
    assert_eq!(lines(&live.db, names).await, ["Ann", "bob"]);
}

#[tokio::test]
async fn todays_structs_where_they_fit_on_sqlite() {
    structs(&Live::sqlite().await).await;
}

on_servers!(structs: todays_structs_where_they_fit_on_mariadb, todays_structs_where_they_fit_on_singlestore);
