//! One statement on every database, as it is and in the form for SingleStore.

use std::collections::BTreeMap;

use gate::Note;
use orm::ast::{Alias, Expr, Order, Select, SelectItem, Statement};
use orm::dialect::{RenderError, SingleStore, rewritten};
use orm::prelude::*;
use orm::value::Value;
use suite::backend::{Backend, Scratch};

use crate::classes::Outcome;
use crate::data::{self, COLUMNS, Rows};

/// A value of an answer; databases differ in how exact their types of numbers are.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Null,
    Number(f64),
    Text(String),
}

impl Cell {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(v) => Self::Number(f64::from(u8::from(*v))),
            Value::Int(v) => Self::Number(*v as f64),
            Value::UInt(v) => Self::Number(*v as f64),
            Value::Double(v) => Self::Number(*v),
            Value::Decimal(v) => Self::Number(v.parse().expect("digits")),
            Value::Text(v) => Self::Text(v.clone()),
            other => panic!("a {} was not asked for", other.kind()),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
            }
            _ => self == other,
        }
    }
}

type Answer = Vec<Vec<Cell>>;

fn differ(a: &Answer, b: &Answer) -> bool {
    let same = |a: &Vec<Cell>, b: &Vec<Cell>| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
    };
    a.len() != b.len() || !a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// The databases, by what they are called.
pub(crate) struct Databases {
    sqlite: Db,
    mariadb: Db,
    /// The stand-in for SingleStore, with text and with prepared statements.
    singlestore: [Db; 2],
    scratches: Vec<Scratch>,
}

impl Databases {
    /// Empty tables on each; `None` where there is no server.
    pub(crate) async fn open() -> Option<Self> {
        let mut scratches = Vec::new();
        let mut dbs = Vec::new();
        for backend in [
            Backend::Sqlite,
            Backend::MariadbText,
            Backend::SingleStoreText,
            Backend::SingleStorePrepared,
        ] {
            let scratch = backend.scratch().await?;
            let db = Db::connect(&scratch.url).await.expect("connects");
            data::create(&db).await.expect("tables are made");
            dbs.push(db);
            scratches.push(scratch);
        }
        let mut dbs = dbs.into_iter();
        let mut next = || dbs.next().expect("there are four");
        Some(Self {
            sqlite: next(),
            mariadb: next(),
            singlestore: [next(), next()],
            scratches,
        })
    }

    pub(crate) async fn fill(&self, rows: &Rows) {
        let [text, prepared] = &self.singlestore;
        for db in [&self.sqlite, &self.mariadb, text, prepared] {
            data::fill(db, rows).await.expect("rows are written");
        }
    }

    /// Asserts that the stand-in was sent nothing else that a careful client does not send. Not that all
    /// orders are total: where one row of a subquery is taken, the order ends in the value that is taken
    /// from it. Rows that tie in all of that give the same answer, but the stand-in asks for a key.
    pub(crate) fn assert_careful(&self) {
        for gate in self.scratches.iter().filter_map(|s| s.gate.as_ref()) {
            for note in [Note::Savepoint, Note::Unaliased] {
                let sent = gate.control().examples(note);
                assert!(sent.is_empty(), "{}: {sent:#?}", note.word());
            }
        }
    }

    /// Runs the statement everywhere; says where the answers differ.
    pub(crate) async fn compare(
        &self,
        statement: &Statement,
        prepared: bool,
    ) -> Result<Outcome, String> {
        let here = self.sqlite.dialect();
        let plain = match here.render(statement) {
            Ok(sql) => sql,
            Err(error) => return refused(&error),
        };
        let expected = answer(&self.sqlite, statement, plain.clone()).await;
        let expected = expected.map_err(|e| format!("SQLite: {e}\n  {}", plain.text))?;
        let mut outcome = Outcome {
            rows: rows(statement, &expected, &self.sqlite).await?,
            ..Outcome::default()
        };
        let changed = match rewritten(&SingleStore, statement) {
            Ok(changed) => changed,
            Err(error) => {
                outcome.refused = refused(&error)?.refused;
                self.same("MariaDB", &self.mariadb, statement, statement, &expected)
                    .await?;
                return Ok(outcome);
            }
        };
        let singlestore = &self.singlestore[usize::from(prepared)];
        let sent = match singlestore.dialect().render(statement) {
            Ok(sent) => sent,
            Err(error) => {
                outcome.refused = refused(&error)?.refused;
                return Ok(outcome);
            }
        };
        let wrapped = |text: &str| text.matches("(SELECT * FROM").count();
        outcome.changed = *changed != *statement
            || wrapped(&sent.text) > wrapped(&plain.text)
            || sent.text.starts_with("SELECT * FROM (");
        self.same("MariaDB", &self.mariadb, statement, statement, &expected)
            .await?;
        if *changed != *statement {
            for (name, db) in [
                ("SQLite, rewritten", &self.sqlite),
                ("MariaDB, rewritten", &self.mariadb),
            ] {
                self.same(name, db, statement, &changed, &expected).await?;
            }
        }
        self.same("SingleStore", singlestore, statement, statement, &expected)
            .await?;
        Ok(outcome)
    }

    async fn same(
        &self,
        name: &str,
        db: &Db,
        statement: &Statement,
        form: &Statement,
        expected: &Answer,
    ) -> Result<(), String> {
        let sql = match db.dialect().render(form) {
            Ok(sql) => sql,
            Err(error) => return refused(&error).map(|_| ()),
        };
        let text = db.dialect().inline(&sql).unwrap_or_default();
        let found = answer(db, statement, sql).await;
        let found = found.map_err(|e| format!("{name}: {e}\n  {text}"))?;
        if differ(&found, expected) {
            let plain = self.sqlite.dialect().render(statement);
            let plain = plain
                .and_then(|sql| self.sqlite.dialect().inline(&sql))
                .unwrap_or_default();
            return Err(format!(
                "{name} answers\n  {}\nSQLite\n  {}\nto\n  {text}\nwhich is\n  {plain}",
                shown(&found),
                shown(expected)
            ));
        }
        Ok(())
    }
}

/// A refusal that names a shape or a feature is an answer; anything else is not.
fn refused(error: &RenderError) -> Result<Outcome, String> {
    match error {
        RenderError::UnsupportedQueryShape { class, .. } => Ok(Outcome {
            refused: Some((*class).to_owned()),
            ..Outcome::default()
        }),
        RenderError::Unsupported { feature, .. } => Ok(Outcome {
            refused: Some(feature.clone()),
            ..Outcome::default()
        }),
        other => Err(other.to_string()),
    }
}

fn shown(answer: &Answer) -> String {
    let cell = |cell: &Cell| match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Number(n) => n.to_string(),
        Cell::Text(text) => format!("'{text}'"),
    };
    let row = |row: &Vec<Cell>| row.iter().map(cell).collect::<Vec<_>>().join(" ");
    answer.iter().map(row).collect::<Vec<_>>().join(" | ")
}

/// The rows of a query; of a write those of the table afterwards, and then it is undone.
async fn answer(
    db: &Db,
    statement: &Statement,
    sql: orm::dialect::Sql,
) -> Result<Answer, orm::backend::DbError> {
    let table = match statement {
        Statement::Update(update) => &update.table,
        Statement::Delete(delete) => &delete.table,
        _ => return fetched(db, sql).await,
    };
    let tx = db.begin().await?;
    let done = tx.execute(sql).await;
    let all = db.dialect().render(&whole(table)).expect("a plain query");
    let rows = match done {
        Ok(_) => fetched(&tx, all).await,
        Err(error) => Err(error),
    };
    tx.rollback().await?;
    rows
}

async fn fetched(
    db: &impl Executor,
    sql: orm::dialect::Sql,
) -> Result<Answer, orm::backend::DbError> {
    let rows = db.fetch(sql).await?;
    let width = rows.columns.len().max(1);
    let row = |row: &[Value]| row.iter().map(Cell::of).collect();
    Ok(rows.values.chunks(width).map(row).collect())
}

/// All rows of a table.
fn whole(table: &str) -> Statement {
    let column = |name: &'static str| Expr::column(Alias(0), name);
    Select {
        columns: COLUMNS
            .iter()
            .map(|(name, _)| SelectItem {
                expr: column(name),
                alias: None,
            })
            .collect(),
        order_by: vec![Order {
            expr: column("id"),
            descending: false,
        }],
        ..Select::from_table(table.to_owned(), Alias(0))
    }
    .into()
}

/// Rows of the answer; of a write, those that it changed or took away.
async fn rows(statement: &Statement, found: &Answer, db: &Db) -> Result<usize, String> {
    let table = match statement {
        Statement::Update(update) => &update.table,
        Statement::Delete(delete) => &delete.table,
        _ => return Ok(found.len()),
    };
    let all = db.dialect().render(&whole(table)).expect("a plain query");
    let before = fetched(db, all).await.map_err(|e| e.to_string())?;
    Ok(before.iter().filter(|row| !found.contains(row)).count())
}

/// The reasons, the most frequent first.
pub(crate) fn ranked(reasons: &BTreeMap<String, usize>) -> Vec<(usize, &str)> {
    let mut ranked: Vec<_> = reasons.iter().map(|(r, n)| (*n, r.as_str())).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    ranked
}
