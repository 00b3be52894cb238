//! The tables in which a database keeps what was migrated: `orm_migrations`, one row per migration
//! that is applied, and `orm_migration_steps`, one row per step of a migration that is under way;
//! beside them those of `parts` and `kept`.
//!
//! They are ordinary tables on every backend: on SingleStore columnstore, sharded by their keys.

use std::time::{SystemTime, UNIX_EPOCH};

use orm_schema::{ColumnDef, FieldType, TableDef, TableStorage};

use super::kept::kept_table;
use super::migration::Migration;
use super::parts::{PARTS, parts_table};
use super::plan::Direction;
use super::probe;
use crate::ast::{
    Alias, BinaryOp, Ddl, Delete, Expr, Insert, Name, Order, Select, SelectItem, Statement, Update,
};
use crate::backend::{DbError, DbErrorKind, Executor};
use crate::dialect::{RenderError, Sql};
use crate::value::{CivilDate, CivilDateTime, CivilTime, DecodeError, RowSet, Value};

/// The table of applied migrations.
pub(crate) const MIGRATIONS: &str = "orm_migrations";
/// The table of steps under way.
pub(crate) const STEPS: &str = "orm_migration_steps";

/// A migration that the database says is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// The application.
    pub app: String,
    /// The name.
    pub name: String,
    /// When it was applied, in UTC by the migrating machine's clock.
    pub applied_at: CivilDateTime,
    /// The checksum of its file then.
    pub checksum: String,
    /// The SQL that ran; empty if it was only recorded (`--fake`).
    pub sql: String,
}

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepStatus {
    /// It was sent; whether it took effect is not noted.
    Started,
    /// A statement on rows was sent by itself, where no transaction could hold it and its note
    /// together.
    Alone,
    /// It took effect.
    Done,
    /// The database refused it, so it took no effect.
    Failed,
}

impl StepStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Alone => "alone",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "done" => Self::Done,
            "failed" => Self::Failed,
            "alone" => Self::Alone,
            _ => Self::Started,
        }
    }
}

/// A step in the journal.
#[derive(Debug, Clone)]
pub(crate) struct JournalStep {
    pub(crate) app: String,
    pub(crate) name: String,
    pub(crate) position: i64,
    pub(crate) direction: Direction,
    pub(crate) status: StepStatus,
    pub(crate) checksum: String,
    pub(crate) statement: String,
}

/// Reads and writes the two tables.
pub(crate) struct Recorder<'a> {
    db: &'a dyn Executor,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(db: &'a dyn Executor) -> Self {
        Self { db }
    }

    /// Creates the tables that are missing.
    pub(crate) async fn ensure_tables(&self) -> Result<(), DbError> {
        let mut tables = vec![migrations_table(), steps_table()];
        if !self.db.dialect().features().transactional_ddl {
            tables.extend([parts_table(), kept_table()]);
        }
        for table in tables {
            if !probe::table_exists(self.db, &table.name).await? {
                let ddl = Ddl::CreateTable {
                    table,
                    if_not_exists: true,
                };
                let text = self.db.dialect().render_ddl(&ddl).map_err(render_error)?;
                self.db.execute(plain(text)).await?;
            }
        }
        Ok(())
    }

    /// The applied migrations, in the order they were applied; none if there is no table yet.
    pub(crate) async fn applied(&self) -> Result<Vec<AppliedMigration>, DbError> {
        if !probe::table_exists(self.db, MIGRATIONS).await? {
            return Ok(Vec::new());
        }
        let columns = ["app", "name", "applied_at", "checksum", "sql"];
        let order = ["applied_at", "app", "name"];
        let mut rows = RowJournal(self.db)
            .select(MIGRATIONS, &columns, None, &order)
            .await?;
        read(&mut rows, |row| {
            Ok(AppliedMigration {
                app: row.get()?,
                name: row.get()?,
                applied_at: row.get()?,
                checksum: row.get()?,
                sql: row.get()?,
            })
        })
    }

    pub(crate) async fn record(
        &self,
        app: &str,
        name: &str,
        checksum: &str,
        sql: &str,
    ) -> Result<(), DbError> {
        let values = vec![
            text(app),
            text(name),
            Value::DateTime(now()),
            text(checksum),
            text(sql),
        ];
        let columns = ["app", "name", "applied_at", "checksum", "sql"];
        RowJournal(self.db)
            .insert(MIGRATIONS, &columns, values)
            .await
    }

    /// Writes the checksum of an applied migration anew, unless its record has another one by now.
    pub(crate) async fn renew_checksum(
        &self,
        recorded: &AppliedMigration,
        checksum: &str,
    ) -> Result<(), DbError> {
        let mut key = of(&recorded.app, &recorded.name);
        key.push(eq("checksum", text(&recorded.checksum)));
        let set = vec![("checksum", text(checksum))];
        RowJournal(self.db).update(MIGRATIONS, set, key).await
    }

    /// Takes a migration out of the record, and with it those that it stands for: else it would
    /// count as applied again.
    pub(crate) async fn forget(&self, migration: &Migration) -> Result<(), DbError> {
        for (app, name) in &migration.replaces {
            RowJournal(self.db)
                .delete(MIGRATIONS, of(app, name))
                .await?;
        }
        let own = of(&migration.app, &migration.name);
        RowJournal(self.db).delete(MIGRATIONS, own).await
    }

    /// The steps of all migrations that are under way, in order.
    pub(crate) async fn steps(&self) -> Result<Vec<JournalStep>, DbError> {
        if !probe::table_exists(self.db, STEPS).await? {
            return Ok(Vec::new());
        }
        let columns = [
            "app",
            "name",
            "position",
            "direction",
            "status",
            "checksum",
            "statement",
        ];
        let mut rows = RowJournal(self.db)
            .select(STEPS, &columns, None, &["app", "name", "position"])
            .await?;
        read(&mut rows, |row| {
            Ok(JournalStep {
                app: row.get()?,
                name: row.get()?,
                position: row.get()?,
                direction: match row.get::<String>()?.as_str() {
                    "backwards" => Direction::Backwards,
                    _ => Direction::Forwards,
                },
                status: StepStatus::from_name(&row.get::<String>()?),
                checksum: row.get()?,
                statement: row.get()?,
            })
        })
    }

    /// Notes that a step is about to be sent.
    pub(crate) async fn step_started(
        &self,
        step: &JournalStep,
        again: bool,
    ) -> Result<(), DbError> {
        let journal = RowJournal(self.db);
        if again {
            // One statement: a run that is killed between two would lose the step.
            let set = vec![
                ("status", text(StepStatus::Started.as_str())),
                ("checksum", text(&step.checksum)),
                ("statement", text(&step.statement)),
                ("started_at", Value::DateTime(now())),
                ("ended_at", Value::Null),
            ];
            return journal.update(STEPS, set, step_key(step)).await;
        }
        let columns = [
            "app",
            "name",
            "position",
            "direction",
            "status",
            "checksum",
            "statement",
            "started_at",
        ];
        let values = vec![
            text(&step.app),
            text(&step.name),
            Value::Int(step.position),
            text(step.direction.as_str()),
            text(StepStatus::Started.as_str()),
            text(&step.checksum),
            text(&step.statement),
            Value::DateTime(now()),
        ];
        journal.insert(STEPS, &columns, values).await
    }

    /// Notes how a step ended.
    pub(crate) async fn step_ended(
        &self,
        step: &JournalStep,
        status: StepStatus,
    ) -> Result<(), DbError> {
        let set = vec![
            ("status", text(status.as_str())),
            ("ended_at", Value::DateTime(now())),
        ];
        RowJournal(self.db).update(STEPS, set, step_key(step)).await
    }

    /// Forgets the steps of a migration that is through.
    pub(crate) async fn clear_steps(&self, app: &str, name: &str) -> Result<(), DbError> {
        let journal = RowJournal(self.db);
        if probe::table_exists(self.db, PARTS).await? {
            journal.delete(PARTS, of(app, name)).await?;
        }
        journal.delete(STEPS, of(app, name)).await
    }
}

/// Writes and reads rows of our own tables.
pub(crate) struct RowJournal<'a>(pub(crate) &'a dyn Executor);

impl RowJournal<'_> {
    pub(crate) async fn insert(
        &self,
        table: &'static str,
        columns: &[&'static str],
        values: Vec<Value>,
    ) -> Result<(), DbError> {
        let insert = Insert {
            table: table.into(),
            columns: columns.iter().map(|c| Name::from(*c)).collect(),
            values,
            on_conflict: None,
            returning: Vec::new(),
        };
        self.execute(Statement::Insert(insert)).await
    }

    pub(crate) async fn update(
        &self,
        table: &'static str,
        set: Vec<(&'static str, Value)>,
        key: Vec<Expr>,
    ) -> Result<(), DbError> {
        let set = set.into_iter().map(|(c, v)| (c.into(), Expr::Value(v)));
        let update = Update {
            table: table.into(),
            alias: Alias(0),
            set: set.collect(),
            joins: Vec::new(),
            filter: Some(Expr::And(key)),
        };
        self.execute(Statement::Update(update)).await
    }

    pub(crate) async fn delete(&self, table: &'static str, key: Vec<Expr>) -> Result<(), DbError> {
        let delete = Delete {
            table: table.into(),
            alias: Alias(0),
            joins: Vec::new(),
            filter: Some(Expr::And(key)),
        };
        self.execute(Statement::Delete(delete)).await
    }

    pub(crate) async fn select(
        &self,
        table: &'static str,
        columns: &[&'static str],
        filter: Option<Expr>,
        order: &[&'static str],
    ) -> Result<RowSet, DbError> {
        let mut select = Select::from_table(table, Alias(0));
        let item = |c: &&'static str| SelectItem {
            expr: Expr::column(Alias(0), *c),
            alias: None,
        };
        select.columns = columns.iter().map(item).collect();
        let order_by = |c: &&'static str| Order {
            expr: Expr::column(Alias(0), *c),
            descending: false,
        };
        select.order_by = order.iter().map(order_by).collect();
        select.filter = filter;
        let sql = self
            .0
            .dialect()
            .render(&Statement::Select(select))
            .map_err(render_error)?;
        self.0.fetch(sql).await
    }

    async fn execute(&self, statement: Statement) -> Result<(), DbError> {
        let sql = self.0.dialect().render(&statement).map_err(render_error)?;
        self.0.execute(sql).await.map(drop)
    }
}

/// The definition of `orm_migrations`.
pub(crate) fn migrations_table() -> TableDef {
    let mut columns = key_columns();
    columns.push(ColumnDef::new("applied_at", FieldType::DateTime));
    columns.push(ColumnDef::new(
        "checksum",
        FieldType::Varchar { max_length: 64 },
    ));
    columns.push(ColumnDef::new("sql", FieldType::Text));
    table(MIGRATIONS, columns, &["app", "name"])
}

/// The definition of `orm_migration_steps`.
pub(crate) fn steps_table() -> TableDef {
    let mut columns = key_columns();
    columns.push(ColumnDef::new(
        "position",
        FieldType::BigInt { unsigned: false },
    ));
    columns.push(ColumnDef::new(
        "direction",
        FieldType::Varchar { max_length: 10 },
    ));
    columns.push(ColumnDef::new(
        "status",
        FieldType::Varchar { max_length: 10 },
    ));
    columns.push(ColumnDef::new(
        "checksum",
        FieldType::Varchar { max_length: 64 },
    ));
    columns.push(ColumnDef::new("statement", FieldType::Text));
    columns.push(ColumnDef::new("started_at", FieldType::DateTime));
    let mut ended = ColumnDef::new("ended_at", FieldType::DateTime);
    ended.null = true;
    columns.push(ended);
    table(STEPS, columns, &["app", "name", "position"])
}

pub(crate) fn key_columns() -> Vec<ColumnDef> {
    // 355 characters of four bytes stay below InnoDB's limit of 3,072 bytes for a key.
    vec![
        ColumnDef::new("app", FieldType::Varchar { max_length: 100 }),
        ColumnDef::new("name", FieldType::Varchar { max_length: 255 }),
    ]
}

pub(crate) fn table(name: &str, columns: Vec<ColumnDef>, key: &[&str]) -> TableDef {
    TableDef {
        name: name.to_owned(),
        columns,
        primary_key: key.iter().map(|c| (*c).to_owned()).collect(),
        uniques: Vec::new(),
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        storage: TableStorage::default(),
        comment: None,
    }
}

fn of(app: &str, name: &str) -> Vec<Expr> {
    vec![eq("app", text(app)), eq("name", text(name))]
}

fn step_key(step: &JournalStep) -> Vec<Expr> {
    vec![
        eq("app", text(&step.app)),
        eq("name", text(&step.name)),
        eq("position", Value::Int(step.position)),
    ]
}

pub(crate) fn eq(column: &'static str, value: Value) -> Expr {
    Expr::binary(
        Expr::column(Alias(0), column),
        BinaryOp::Eq,
        Expr::Value(value),
    )
}

pub(crate) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// A statement without parameters.
pub(crate) fn plain(text: impl Into<String>) -> Sql {
    Sql {
        text: text.into().into(),
        ..Sql::default()
    }
}

pub(crate) fn render_error(error: RenderError) -> DbError {
    DbError::new(DbErrorKind::Render, error.to_string()).with_source(error)
}

/// Decodes all rows.
pub(crate) fn read<T>(
    rows: &mut RowSet,
    decode: impl Fn(&mut crate::value::RowReader<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DbError> {
    let decoded: Result<Vec<T>, DecodeError> =
        rows.rows().map(|mut row| decode(&mut row)).collect();
    decoded
        .map_err(|e| DbError::new(DbErrorKind::Data { column: None }, e.to_string()).with_source(e))
}

/// The present time in UTC, by this machine's clock.
pub(crate) fn now() -> CivilDateTime {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    civil(since.as_secs(), since.subsec_micros())
}

/// Seconds since 1970 as date and time (Howard Hinnant, "chrono-compatible low-level date
/// algorithms", `civil_from_days`).
fn civil(seconds: u64, micros: u32) -> CivilDateTime {
    let (days, rest) = ((seconds / 86_400) as i64 + 719_468, seconds % 86_400);
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    CivilDateTime {
        date: CivilDate {
            year: (year_of_era + era * 400 + i64::from(month <= 2)) as i32,
            month: month as u8,
            day: (of_year - (153 * shifted + 2) / 5 + 1) as u8,
        },
        time: CivilTime {
            hour: (rest / 3_600) as u8,
            minute: (rest / 60 % 60) as u8,
            second: (rest % 60) as u8,
            micros,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Dialect as _, SingleStore};

    /// SingleStore's shared tier refuses ROWSTORE.
    #[test]
    fn our_tables_are_ordinary_ones() {
        for table in [
            migrations_table(),
            steps_table(),
            parts_table(),
            kept_table(),
        ] {
            let name = table.name.clone();
            let ddl = Ddl::CreateTable {
                table,
                if_not_exists: true,
            };
            let sql = SingleStore.render_ddl(&ddl).unwrap();
            let begin = format!("CREATE TABLE IF NOT EXISTS `{name}`");
            assert!(sql.starts_with(&begin), "{sql}");
            assert!(sql.contains("SHARD KEY (`"), "{sql}");
        }
    }

    #[test]
    fn counts_days_as_the_calendar_does() {
        assert_eq!(civil(0, 0).to_string(), "1970-01-01 00:00:00.000000");
        assert_eq!(
            civil(951_782_400, 5).to_string(),
            "2000-02-29 00:00:00.000005"
        );
        assert_eq!(
            civil(1_735_689_599, 0).to_string(),
            "2024-12-31 23:59:59.000000"
        );
        assert_eq!(
            civil(4_107_542_399, 999_999).to_string(),
            "2100-02-28 23:59:59.999999"
        );
    }
}
