//! Side tables of `unique = "lookup"`: how migrations fill them, and what stands in their way. The
//! stand-in for SingleStore, on the server of `ORM_TEST_MARIADB_URL`.

mod migrations;

use migrations::live::{Live, creating, exec, fill, lines, on};
use migrations::{APP, base, default, indexed, lookup, null, text, varchar};
use orm::migrate::{MigrateError, MigrateOptions, Migration, Operation, SqlByDialect, Target};
use orm::schema::{FieldDef, lookup_table};

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

fn to_lookup(from: FieldDef, to: FieldDef) -> Operation {
    Operation::AlterField {
        model: "Book".into(),
        from,
        to: lookup(to),
        preserve_default: true,
    }
}

async fn prepared(name: &str, migrations: &[Migration]) -> Option<Live> {
    let live = Live::singlestore(name).await?;
    let first = Target::Migration(APP.to_owned(), "0001".to_owned());
    live.run(migrations, first).await.expect("initial");
    fill(&live.db).await;
    Some(live)
}

async fn books(live: &Live, count: u32) {
    for i in 0..count {
        let text = format!(
            "INSERT INTO shop_book (id, title, pages, writer_id) VALUES ({}, 'book {i}', 1, 1)",
            1000 + i
        );
        exec(&live.db, &text).await;
    }
}

/// What the side table of a column of books says, and what the books do.
async fn both(live: &Live, column: &str) -> [Vec<String>; 2] {
    let side = lookup_table("shop_book", column);
    let side = format!("SELECT value, owner FROM `{side}` ORDER BY owner, value");
    let own = format!(
        "SELECT {column}, id FROM shop_book WHERE {column} IS NOT NULL ORDER BY id, {column}"
    );
    [lines(&live.db, &side).await, lines(&live.db, &own).await]
}

#[tokio::test]
async fn filled_part_by_part() {
    let title = varchar("title", 200);
    let migrations = second(vec![to_lookup(indexed(title.clone()), title)]);
    let Some(live) = prepared("lookup_parts", &migrations).await else {
        return;
    };
    books(&live, 25).await;
    let options = MigrateOptions {
        part_rows: Some(4),
        ..MigrateOptions::default()
    };
    live.run_with(&migrations, Target::All, options)
        .await
        .expect("fills");
    let [side, own] = both(&live, "title").await;
    assert_eq!(side, own);
    assert_eq!(side.len(), 27);
    live.drop().await;
}

#[tokio::test]
async fn duplicates_are_listed_before_anything_runs() {
    let title = varchar("title", 200);
    let migrations = second(vec![to_lookup(indexed(title.clone()), title)]);
    let Some(live) = prepared("lookup_twice", &migrations).await else {
        return;
    };
    books(&live, 3).await;
    exec(
        &live.db,
        "UPDATE shop_book SET title = 'it''s' WHERE id >= 1000",
    )
    .await;
    let before = live.picture().await;
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err("duplicates");
    let MigrateError::Duplicates { ref values, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(*values, [("\"it's\"".to_owned(), 3)]);
    let error = error.to_string();
    assert!(
        error.contains("shop_book.title becomes unique, but several rows have \"it's\" (3 rows)"),
        "{error}"
    );
    assert_eq!(live.picture().await, before);
    exec(
        &live.db,
        "UPDATE shop_book SET title = CONCAT('it', id) WHERE id >= 1000",
    )
    .await;
    live.run(&migrations, Target::All).await.expect("mended");
    let [side, own] = both(&live, "title").await;
    assert_eq!(side, own);
    live.drop().await;
}

/// What the new collation takes as the same, the old one did not: nothing could tell before.
#[tokio::test]
async fn duplicates_that_show_while_it_is_filled() {
    let title = varchar("title", 200);
    let mut caseless = title.clone();
    caseless.collation = Some("utf8mb4_general_ci".into());
    let migrations = second(vec![to_lookup(indexed(title), caseless)]);
    let Some(live) = prepared("lookup_case", &migrations).await else {
        return;
    };
    books(&live, 20).await;
    exec(
        &live.db,
        "UPDATE shop_book SET title = 'BOOK 7' WHERE id = 1003",
    )
    .await;
    let options = MigrateOptions {
        part_rows: Some(4),
        ..MigrateOptions::default()
    };
    for _ in 0..2 {
        let error = live
            .run_with(&migrations, Target::All, options)
            .await
            .expect_err("duplicates");
        let MigrateError::Duplicates { ref values, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].1, 2, "{error}");
    }
    // Whichever of them goes: the side table does not hold on to it.
    exec(&live.db, "DELETE FROM shop_book WHERE id = 1003").await;
    live.run_with(&migrations, Target::All, options)
        .await
        .expect("goes on");
    let [side, own] = both(&live, "title").await;
    assert_eq!(side, own);
    live.drop().await;
}

#[tokio::test]
async fn one_value_for_all_rows_is_refused() {
    let add = |field| {
        vec![Operation::AddField {
            model: "Book".into(),
            field,
            preserve_default: true,
        }]
    };
    let migrations = second(add(lookup(default(varchar("isbn", 20), text("-")))));
    let Some(live) = prepared("lookup_same", &migrations).await else {
        return;
    };
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err("two rows");
    assert!(
        matches!(error, MigrateError::SameForAll { rows: 2, .. }),
        "{error}"
    );
    exec(&live.db, "DELETE FROM shop_book WHERE id = 10").await;
    live.run(&migrations, Target::All).await.expect("one row");
    let [side, own] = both(&live, "isbn").await;
    assert_eq!(side, own);
    assert_eq!(side.len(), 1);
    live.drop().await;
}

/// The way that the message names: with NULL, filled, then unique; all in one migration.
#[tokio::test]
async fn filled_first_and_unique_then() {
    let one = |text: &str| -> SqlByDialect { [("default".to_owned(), text.to_owned())].into() };
    let isbn = || null(varchar("isbn", 20));
    let migrations = second(vec![
        Operation::AddField {
            model: "Book".into(),
            field: isbn(),
            preserve_default: true,
        },
        Operation::RunSql {
            sql: one("UPDATE shop_book SET isbn = CONCAT('i', pages)"),
            reverse: Some(one("")),
        },
        to_lookup(isbn(), isbn()),
    ]);
    let Some(live) = prepared("lookup_filled", &migrations).await else {
        return;
    };
    exec(&live.db, "UPDATE shop_book SET pages = 5").await;
    let error = live
        .run(&migrations, Target::All)
        .await
        .expect_err("the same");
    assert!(
        matches!(&error, MigrateError::Duplicates { values, .. } if values[0].0 == "\"i5\""),
        "{error}"
    );
    exec(&live.db, "UPDATE shop_book SET isbn = NULL WHERE id = 10").await;
    live.run(&migrations, Target::All).await.expect("goes on");
    let [side, own] = both(&live, "isbn").await;
    assert_eq!(side, own);
    assert_eq!(side.len(), 1);
    live.drop().await;
}
