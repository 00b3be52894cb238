//! What the live tests share: databases of their own, rows, and a picture of a schema.

use std::fmt::Write as _;

use orm::backend::{Db, Executor};
use orm::dialect::Sql;
use orm::migrate::{
    Direction, MigrateError, MigrateOptions, Migration, Migrator, Operation, ProjectState, Ran,
    Target,
};
use orm::value::Value;

use super::APP;

pub(crate) fn sql(text: impl Into<String>) -> Sql {
    Sql {
        text: text.into().into(),
        ..Sql::default()
    }
}

pub(crate) async fn exec(db: &dyn Executor, text: &str) {
    if let Err(error) = db.execute(sql(text)).await {
        panic!("{error}: {text}");
    }
}

/// All rows, one line each.
pub(crate) async fn lines(db: &dyn Executor, text: &str) -> Vec<String> {
    let rows = db
        .fetch(sql(text))
        .await
        .unwrap_or_else(|e| panic!("{e}: {text}"));
    let width = rows.columns.len().max(1);
    let line = |row: &[Value]| {
        let show = |v: &Value| match v {
            Value::Text(t) | Value::Decimal(t) | Value::Json(t) => t.clone(),
            Value::Int(v) => v.to_string(),
            Value::UInt(v) => v.to_string(),
            Value::Bytes(b) => String::from_utf8_lossy(b).into_owned(),
            other => format!("{other:?}"),
        };
        row.iter().map(show).collect::<Vec<_>>().join(" | ")
    };
    rows.values.chunks_exact(width).map(line).collect()
}

/// A database of its own, gone when this is dropped (SQLite) or replaced by the next run.
pub(crate) struct Live {
    pub(crate) db: Db,
    pub(crate) url: String,
    _dir: Option<tempfile::TempDir>,
}

impl Live {
    pub(crate) async fn sqlite() -> Self {
        let dir = tempfile::tempdir().expect("folder");
        let url = format!("sqlite:{}", dir.path().join("test.db").display());
        let db = Db::connect(&url).await.expect("a new file");
        Self {
            db,
            url,
            _dir: Some(dir),
        }
    }

    /// A new database on the server of `ORM_TEST_MARIADB_URL`; says so when there is none.
    pub(crate) async fn mariadb(name: &str) -> Option<Self> {
        Self::server("ORM_TEST_MARIADB_URL", name).await
    }

    /// A new database on the stand-in for SingleStore, or on a real one.
    pub(crate) async fn singlestore(name: &str) -> Option<Self> {
        let real = std::env::var("ORM_TEST_SINGLESTORE_URL").is_ok();
        let variable = match real {
            true => "ORM_TEST_SINGLESTORE_URL",
            false => "ORM_TEST_GATE_URL",
        };
        Self::server(variable, &format!("s_{name}")).await
    }

    #[expect(clippy::print_stdout, reason = "a skipped test says so")]
    async fn server(variable: &str, name: &str) -> Option<Self> {
        let Ok(server) = std::env::var(variable) else {
            let required = std::env::var("ORM_TEST_REQUIRE_LIVE").is_ok_and(|v| v == "1");
            assert!(
                !required,
                "{variable} is not set, and ORM_TEST_REQUIRE_LIVE=1"
            );
            println!("skipped: {variable} is not set");
            return None;
        };
        let server = server.trim_end_matches('/');
        let base = match server.rsplit_once('/') {
            Some((base, _)) if base.contains("//") => base,
            _ => server,
        };
        let name = format!("schema_editor_{name}_{}", std::process::id());
        let admin = Db::connect(&format!("{base}/information_schema"))
            .await
            .expect("the server");
        exec(&admin, &format!("DROP DATABASE IF EXISTS {name}")).await;
        exec(&admin, &format!("CREATE DATABASE {name}")).await;
        let url = format!("{base}/{name}");
        let db = Db::connect(&url).await.expect("the new database");
        Some(Self {
            db,
            url,
            _dir: None,
        })
    }

    /// Whether the server is SingleStore, or stands in for it.
    pub(crate) fn is_sharded(&self) -> bool {
        self.db.dialect().features().sharded
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.db.dialect().name() == "sqlite"
    }

    pub(crate) async fn drop(self) {
        if !self.is_sqlite() {
            let name = self.url.rsplit_once('/').expect("a path").1.to_owned();
            exec(&self.db, &format!("DROP DATABASE {name}")).await;
        }
    }

    /// The tables, columns, keys and foreign keys, whatever the order of the columns.
    pub(crate) async fn picture(&self) -> String {
        let lines = if self.is_sqlite() {
            self.sqlite_picture().await
        } else {
            self.server_picture().await
        };
        lines.join("\n")
    }

    async fn sqlite_picture(&self) -> Vec<String> {
        let mut out = Vec::new();
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'orm_%' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        for table in lines(&self.db, tables).await {
            out.push(table.clone());
            for query in [
                "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('@') ORDER BY name",
                "SELECT CASE origin WHEN 'c' THEN l.name ELSE origin END, \"unique\", (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)) FROM pragma_index_list('@') l ORDER BY 1, 3",
                "SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list('@') ORDER BY 1",
                "SELECT instr(sql, 'AUTOINCREMENT') > 0 FROM sqlite_master WHERE name = '@'",
            ] {
                for line in lines(&self.db, &query.replace('@', &table)).await {
                    out.push(format!("  {line}"));
                }
            }
        }
        out
    }

    async fn server_picture(&self) -> Vec<String> {
        let mut out = Vec::new();
        for query in [
            "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLLATION_NAME, COLUMN_COMMENT FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2",
            "SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2, 3, 4, 5",
            "SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY 1, 2, 3, 4, 5",
            "SELECT TABLE_NAME, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1",
        ] {
            out.extend(
                lines(&self.db, query)
                    .await
                    .into_iter()
                    .filter(|l| !l.starts_with("orm_")),
            );
        }
        if self.is_sharded() {
            out.extend(self.storage_picture().await);
        }
        // What was copied stays until somebody prunes.
        out.retain(|l| {
            !l.split([' ', ':'])
                .next()
                .is_some_and(|t| t.ends_with("__old"))
        });
        out
    }

    /// The tables' storage types, shard keys and sort keys.
    async fn storage_picture(&self) -> Vec<String> {
        let tables = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1";
        let mut out = Vec::new();
        for table in lines(&self.db, tables).await {
            if table.starts_with("orm_") {
                continue;
            }
            for line in lines(&self.db, &format!("SHOW CREATE TABLE `{table}`")).await {
                let words = ["CREATE", "SHARD KEY", "SORT KEY"];
                let parts = line.split(" | ").flat_map(str::lines).map(str::trim);
                let parts = parts.map(|p| p.trim_start_matches(", ").trim_end_matches(','));
                let kept = parts.filter(|p| words.iter().any(|w| p.starts_with(w)));
                out.extend(kept.map(|p| format!("{table}: {p}")));
            }
        }
        out
    }

    pub(crate) async fn run(
        &self,
        migrations: &[Migration],
        target: Target,
    ) -> Result<Vec<Ran>, MigrateError> {
        self.run_with(migrations, target, MigrateOptions::default())
            .await
    }

    pub(crate) async fn run_with(
        &self,
        migrations: &[Migration],
        target: Target,
        options: MigrateOptions<'_>,
    ) -> Result<Vec<Ran>, MigrateError> {
        Migrator::new(&self.db, migrations, options)?
            .run(&[target])
            .await
    }

    /// Drops what migrations kept; says which tables are left.
    pub(crate) async fn prune(&self) -> Vec<String> {
        let migrator = Migrator::new(&self.db, &[], MigrateOptions::default()).expect("no order");
        migrator.prune().await.expect("prunes");
        let tables = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1";
        lines(&self.db, tables).await
    }

    /// Every row of a table, all columns of it, in a total order.
    pub(crate) async fn whole(&self, table: &str) -> Vec<String> {
        let (columns, places) = if self.is_sqlite() {
            ("*".to_owned(), "1".to_owned())
        } else {
            let columns = format!(
                "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' ORDER BY ORDINAL_POSITION, 1"
            );
            let columns = lines(&self.db, &columns).await;
            let places: Vec<String> = (1..=columns.len()).map(|n| n.to_string()).collect();
            (format!("`{}`", columns.join("`, `")), places.join(", "))
        };
        let text = format!("SELECT {columns} FROM {table} ORDER BY {places}");
        lines(&self.db, &text).await
    }

    /// Every row of the base's tables.
    pub(crate) async fn rows(&self) -> String {
        let mut out = String::new();
        for (table, columns) in [
            ("shop_writer", "id, name"),
            ("shop_tag", "code, label"),
            (
                "shop_book",
                "id, title, subtitle, pages, writer_id, editor_id",
            ),
            ("shop_book_tags", "book_id, tag_id"),
            ("shop_stock", "id, place, amount"),
        ] {
            let text = format!("SELECT {columns} FROM {table} ORDER BY 1, 2");
            let _ = writeln!(out, "{table}: {}", lines(&self.db, &text).await.join(" / "));
        }
        out
    }
}

/// Two pictures or the like are the same; else the lines that only one of them has.
#[track_caller]
pub(crate) fn same(now: &str, expected: &str, what: &str) {
    let only = |a: &str, b: &str| {
        let other: Vec<&str> = b.lines().collect();
        let lines = a.lines().filter(|l| !other.contains(l));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert!(
        now == expected,
        "{what}\nis:\n{}\nshould be:\n{}",
        only(now, expected),
        only(expected, now)
    );
}

/// Creates the models of a state, in an order in which relations find what they refer to.
pub(crate) fn creating(name: &str, state: &ProjectState) -> Migration {
    let mut left: Vec<_> = state.models().cloned().collect();
    let mut migration = Migration::new(APP, name);
    while !left.is_empty() {
        let ready = left.iter().position(|model| {
            let relations = model.fields.iter().filter_map(|f| f.ty.relation());
            let mut targets = relations.map(|r| &r.to).filter(|t| !t.same(&model.id()));
            targets.all(|t| !left.iter().any(|l| l.id().same(t)))
        });
        let at = ready.expect("the models refer to each other in a circle");
        migration
            .operations
            .push(Operation::CreateModel(left.remove(at)));
    }
    migration
}

pub(crate) fn on(mut migration: Migration, dependency: &str) -> Migration {
    migration
        .depends_on
        .push((APP.to_owned(), dependency.to_owned()));
    migration
}

pub(crate) fn ran(name: &str, direction: Direction) -> Ran {
    Ran {
        app: APP.to_owned(),
        name: name.to_owned(),
        direction,
        faked: false,
    }
}

pub(crate) async fn fill(db: &Db) {
    for text in [
        "INSERT INTO shop_writer (id, name) VALUES (1, 'ann'), (2, 'bob')",
        "INSERT INTO shop_tag (code, label) VALUES ('red', 'Red'), ('blue', NULL)",
        "INSERT INTO shop_book (id, title, subtitle, pages, writer_id, editor_id) VALUES (10, 'Ten', 'x', 100, 1, 2), (11, 'Eleven', NULL, 110, 2, NULL), (99, 'gone', NULL, 1, 1, NULL)",
        "DELETE FROM shop_book WHERE id = 99",
        "INSERT INTO shop_book_tags (book_id, tag_id) VALUES (10, 'red'), (10, 'blue'), (11, 'red')",
        "INSERT INTO shop_stock (id, place, amount) VALUES (1, 'shelf', 5), (2, 'floor', NULL)",
    ] {
        exec(db, text).await;
    }
}
