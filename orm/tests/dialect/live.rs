//! One way to ask either engine.

use std::cell::RefCell;

use mysql_async::prelude::Queryable;
use orm::ast::{Ddl, Statement};
use orm::dialect::{Dialect, bound};
use orm::value::Value;

use crate::engines::{drop_database, mariadb, mysql_value, sqlite, sqlite_value};

/// An engine with the dialect to speak to it.
pub(crate) struct Live {
    pub(crate) dialect: &'static dyn Dialect,
    engine: RefCell<Engine>,
}

enum Engine {
    Sqlite(rusqlite::Connection),
    MariaDb {
        runtime: tokio::runtime::Runtime,
        db: Option<mysql_async::Conn>,
        name: String,
    },
}

impl Live {
    pub(crate) fn sqlite() -> Self {
        Self {
            dialect: &orm::dialect::Sqlite,
            engine: RefCell::new(Engine::Sqlite(sqlite())),
        }
    }

    /// MariaDB in a database of this name, if one is given in the environment.
    pub(crate) fn mariadb(name: &str, dialect: &'static dyn Dialect, mode: &str) -> Option<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let mut db = runtime.block_on(mariadb(name))?;
        let set = format!("SET sql_mode = '{mode}'");
        runtime.block_on(db.query_drop(set)).expect("sets the mode");
        Some(Self {
            dialect,
            engine: RefCell::new(Engine::MariaDb {
                runtime,
                db: Some(db),
                name: name.to_owned(),
            }),
        })
    }

    /// Every engine at hand, MariaDB in both modes of text literals.
    pub(crate) fn all(name: &str) -> Vec<Self> {
        let no_backslash = orm::dialect::by_name_no_backslash("mariadb").expect("a dialect");
        [
            Some(Self::sqlite()),
            Self::mariadb(&format!("{name}_b"), &orm::dialect::MariaDb, STRICT),
            Self::mariadb(&format!("{name}_nb"), no_backslash, STRICT_NO_BACKSLASH),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    pub(crate) fn ddl(&self, ddl: &Ddl) {
        let sql = self.dialect.render_ddl(ddl).expect("renders");
        self.text(&sql);
    }

    /// The rows of a statement, each value as text; with the parameters written into the text.
    pub(crate) fn inlined(&self, statement: &Statement) -> Vec<Vec<Option<String>>> {
        let sql = self.dialect.render(statement).expect("renders");
        let text = self.dialect.inline(&sql).expect("inlines");
        self.text(&text)
    }

    /// The rows of a statement, each value as text; with the parameters bound.
    pub(crate) fn bound(&self, statement: &Statement) -> Vec<Vec<Option<String>>> {
        let sql = self.dialect.render(statement).expect("renders");
        let dialect = self.dialect;
        let params = sql
            .params
            .iter()
            .map(|v| bound(dialect, v).expect("a value"));
        match &mut *self.engine.borrow_mut() {
            Engine::Sqlite(db) => {
                let params: Vec<_> = params.map(|v| sqlite_value(&v)).collect();
                sqlite_rows(db, &sql.text, params)
            }
            Engine::MariaDb { runtime, db, .. } => {
                let params: Vec<_> = params.map(|v| mysql_value(&v)).collect();
                let db = db.as_mut().expect("open");
                let rows: Vec<mysql_async::Row> = runtime
                    .block_on(db.exec(sql.text.as_ref(), params))
                    .unwrap_or_else(|e| panic!("{e}\n{}", sql.text));
                rows.into_iter().map(mysql_row).collect()
            }
        }
    }

    /// The rows of a text.
    pub(crate) fn text(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        match &mut *self.engine.borrow_mut() {
            Engine::Sqlite(db) => sqlite_rows(db, sql, vec![]),
            Engine::MariaDb { runtime, db, .. } => {
                let db = db.as_mut().expect("open");
                let rows: Vec<mysql_async::Row> = runtime
                    .block_on(db.query(sql))
                    .unwrap_or_else(|e| panic!("{e}\n{sql}"));
                rows.into_iter().map(mysql_row).collect()
            }
        }
    }

    /// The bytes that come out of `SELECT <literal>`.
    pub(crate) fn literal(&self, value: &Value) -> Vec<u8> {
        let mut sql = "SELECT ".to_owned();
        self.dialect
            .write_literal(&mut sql, value)
            .expect("a literal");
        match &mut *self.engine.borrow_mut() {
            Engine::Sqlite(db) => db
                .query_row(&sql, [], |row| {
                    use rusqlite::types::ValueRef;
                    Ok(match row.get_ref(0)? {
                        ValueRef::Null => b"NULL".to_vec(),
                        ValueRef::Integer(v) => v.to_string().into_bytes(),
                        ValueRef::Real(v) => format!("{v:e}").into_bytes(),
                        ValueRef::Text(v) | ValueRef::Blob(v) => v.to_vec(),
                    })
                })
                .unwrap_or_else(|e| panic!("{e}\n{sql}")),
            Engine::MariaDb { runtime, db, .. } => {
                let db = db.as_mut().expect("open");
                let value: Option<mysql_async::Value> = runtime
                    .block_on(db.query_first(&sql))
                    .unwrap_or_else(|e| panic!("{e}\n{sql}"));
                match value.expect("a row") {
                    mysql_async::Value::Bytes(v) => v,
                    mysql_async::Value::NULL => b"NULL".to_vec(),
                    other => panic!("{other:?}"),
                }
            }
        }
    }

    /// The name that comes out for a column of this name.
    pub(crate) fn column_name(&self, name: &str) -> String {
        let mut sql = "SELECT 1 AS ".to_owned();
        self.dialect.write_identifier(&mut sql, name);
        match &mut *self.engine.borrow_mut() {
            Engine::Sqlite(db) => {
                let statement = db.prepare(&sql).unwrap_or_else(|e| panic!("{e}\n{sql}"));
                statement.column_name(0).expect("a column").to_owned()
            }
            Engine::MariaDb { runtime, db, .. } => {
                let db = db.as_mut().expect("open");
                let row: Option<mysql_async::Row> = runtime
                    .block_on(db.query_first(&sql))
                    .unwrap_or_else(|e| panic!("{e}\n{sql}"));
                row.expect("a row").columns_ref()[0].name_str().into_owned()
            }
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(*self.engine.borrow(), Engine::Sqlite(_))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Engine::MariaDb { runtime, db, name } = self.engine.get_mut()
            && let Some(db) = db.take()
            && !std::thread::panicking()
        {
            runtime.block_on(drop_database(db, name));
        }
    }
}

pub(crate) const STRICT: &str = "STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY";
pub(crate) const STRICT_NO_BACKSLASH: &str =
    "STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_BACKSLASH_ESCAPES";

fn sqlite_rows(
    db: &rusqlite::Connection,
    sql: &str,
    params: Vec<rusqlite::types::Value>,
) -> Vec<Vec<Option<String>>> {
    use rusqlite::types::ValueRef;
    let run = || {
        let mut statement = db.prepare(sql)?;
        let width = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            let row: rusqlite::Result<Vec<_>> = (0..width)
                .map(|i| {
                    Ok(match row.get_ref(i)? {
                        ValueRef::Null => None,
                        ValueRef::Integer(v) => Some(v.to_string()),
                        ValueRef::Real(v) => Some(v.to_string()),
                        ValueRef::Text(v) | ValueRef::Blob(v) => {
                            Some(String::from_utf8_lossy(v).into_owned())
                        }
                    })
                })
                .collect();
            out.push(row?);
        }
        Ok::<_, rusqlite::Error>(out)
    };
    run().unwrap_or_else(|e| panic!("{e}\n{sql}"))
}

fn mysql_row(row: mysql_async::Row) -> Vec<Option<String>> {
    use mysql_async::Value;
    row.unwrap()
        .into_iter()
        .map(|v| match v {
            Value::NULL => None,
            Value::Bytes(v) => Some(String::from_utf8_lossy(&v).into_owned()),
            Value::Int(v) => Some(v.to_string()),
            Value::UInt(v) => Some(v.to_string()),
            Value::Float(v) => Some(v.to_string()),
            Value::Double(v) => Some(v.to_string()),
            Value::Date(y, mo, d, 0, 0, 0, 0) => Some(format!("{y:04}-{mo:02}-{d:02}")),
            Value::Date(y, mo, d, h, mi, s, us) => Some(format!(
                "{y:04}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02}.{us:06}"
            )),
            Value::Time(_, _, h, m, s, us) => Some(format!("{h:02}:{m:02}:{s:02}.{us:06}")),
        })
        .collect()
}
