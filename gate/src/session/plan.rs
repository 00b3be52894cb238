//! What is done with a statement, by its first words.

use std::sync::Arc;

use super::login::MYSQL_VERSION;
use super::{Alive, Session};
use crate::catalog::TableInfo;
use crate::options::{Savepoints, TableType};
use crate::refusal::Refusal;
use crate::rewrite::{self, Known};
use crate::rules::Settings;
use crate::sql::{Edits, Kind, Sql};
use crate::stats::Note;

/// What is done with a statement.
#[derive(Debug)]
pub(super) enum Plan {
    Answer(Answer),
    Send(Send),
}

/// An answer of the gate's own.
#[derive(Debug)]
pub(super) enum Answer {
    Ok {
        warnings: u16,
    },
    Rows {
        columns: Vec<String>,
        rows: Vec<Vec<Option<String>>>,
    },
    Refuse(Refusal),
}

/// A statement for the backend.
#[derive(Debug, Default)]
pub(super) struct Send {
    pub(super) text: String,
    /// Statements of the gate's own that run first.
    pub(super) before: Vec<String>,
    pub(super) shuffle: bool,
    /// Whether descriptions of tables may change.
    pub(super) ddl: bool,
    pub(super) insert: Option<InsertIds>,
    pub(super) follow: Option<Followed>,
    /// What the answer says of the rows it touched, in place of MariaDB's count.
    pub(super) affected: Option<u64>,
    /// Whether it is recursive, so that it may take too many iterations.
    pub(super) recursive: bool,
    pub(super) effect: Effect,
}

/// An INSERT that generates ids.
#[derive(Debug, Clone)]
pub(super) struct InsertIds {
    pub(super) uid: String,
    pub(super) rows: Option<u64>,
}

/// A table whose counter follows ids that were given: database, table, column.
#[derive(Debug, Clone)]
pub(super) struct Followed(pub(super) String, pub(super) String, pub(super) String);

/// What changes in the session once a statement succeeded.
#[derive(Debug, Default)]
pub(super) enum Effect {
    #[default]
    None,
    Use(String),
    Temporary(Arc<TableInfo>),
    Dropped(String, String),
    SqlMode,
}

impl Plan {
    pub(super) fn refuse(refusal: Refusal) -> Self {
        Self::Answer(Answer::Refuse(refusal))
    }

    pub(super) fn ok() -> Self {
        Self::Answer(Answer::Ok { warnings: 0 })
    }

    pub(super) fn send(text: impl Into<String>) -> Self {
        Self::Send(Send {
            text: text.into(),
            ..Send::default()
        })
    }

    pub(super) fn ddl(text: impl Into<String>) -> Self {
        Self::Send(Send {
            text: text.into(),
            ddl: true,
            ..Send::default()
        })
    }
}

/// A plan, or why there is none.
pub(super) type Planned = Result<Plan, Refusal>;

impl Session {
    pub(super) async fn plan(&mut self, sql: &Sql) -> Alive<Plan> {
        let planned = self.plan_kind(sql).await?;
        Ok(planned.unwrap_or_else(Plan::refuse))
    }

    async fn plan_kind(&mut self, sql: &Sql) -> Alive<Planned> {
        let first = sql.at(0).to_ascii_uppercase();
        match &*first {
            "SELECT" | "WITH" | "(" => self.plan_query(sql).await,
            "INSERT" | "REPLACE" => self.plan_insert(sql).await,
            "LOAD" => self.plan_load(sql).await,
            "UPDATE" => self.plan_update(sql).await,
            "DELETE" => self.plan_delete(sql).await,
            "CREATE" => self.plan_create(sql).await,
            "ALTER" => self.plan_alter(sql).await,
            "DROP" => self.plan_drop(sql).await,
            "AGGREGATOR" => self.plan_sync(sql).await,
            "SHOW" | "DESCRIBE" | "DESC" => self.plan_show(sql).await,
            "TRUNCATE" => Ok(Ok(Plan::ddl(&*sql.text))),
            "OPTIMIZE" => Ok(optimize(sql)),
            "RENAME" | "XA" | "HANDLER" | "LOCK" | "UNLOCK" | "VALUES" | "TABLE" => {
                Ok(Err(Refusal::syntax(&sql.text)))
            }
            "SAVEPOINT" | "RELEASE" => Ok(self.plan_savepoint(sql)),
            "ROLLBACK" if sql.word(1, "TO") || sql.words(1, "WORK TO") => {
                Ok(self.plan_savepoint(sql))
            }
            "START" => Ok(start_transaction(sql)),
            "SET" => Ok(self.plan_set(sql)),
            "USE" => Ok(use_database(sql)),
            "EXPLAIN" | "PROFILE" => self.plan_explain(sql).await,
            "KILL" => Ok(Ok(Plan::send(kill(sql)))),
            _ => Ok(Ok(Plan::send(&*sql.text))),
        }
    }

    pub(super) fn settings(&self) -> Settings<'_> {
        let state = self.shared.state();
        Settings {
            options: &self.shared.options,
            table_type: self.vars.table_type,
            shared_tier: state.shared_tier,
            ignore_foreign_keys: state.ignore_foreign_keys,
        }
    }

    /// The description of a table; `None` for views, catalog tables and those that do not exist.
    pub(super) async fn table(
        &mut self,
        database: Option<&str>,
        name: &str,
    ) -> Alive<Option<Arc<TableInfo>>> {
        let database = database.unwrap_or(&self.database).to_owned();
        if database.is_empty() {
            return Ok(None);
        }
        if let Some(table) = self.temporary.get(&(database.clone(), name.to_owned())) {
            return Ok(Some(Arc::clone(table)));
        }
        if let Some(known) = self.shared.catalog.get(&database, name) {
            return Ok(known);
        }
        let generation = self.shared.catalog.generation();
        let show = format!(
            "SHOW CREATE TABLE {}.{}",
            crate::sql::quote_name(&database),
            crate::sql::quote_name(name)
        );
        let mode = self.mode;
        let info = match self.ask(&show).await? {
            Ok(rows) => rows.into_iter().next().and_then(|row| {
                let text = row.into_iter().nth(1)??;
                TableInfo::from_show(&database, &text, mode)
                    .ok()
                    .map(Arc::new)
            }),
            Err(_) => None,
        };
        // A table that does not exist may be made on the backend itself: only what is there is kept.
        match &info {
            Some(table) if table.temporary => {
                let key = (database, name.to_owned());
                self.temporary.insert(key, Arc::clone(table));
            }
            Some(_) => {
                let catalog = Arc::clone(&self.shared.catalog);
                catalog.put(&database, name, info.clone(), generation);
            }
            None => {}
        }
        Ok(info)
    }

    /// Rewrites what stands anywhere in a statement.
    pub(super) fn rewrite(&self, sql: &Sql, edits: &mut Edits) -> Result<(), Refusal> {
        let value = |name: &str| self.variable(name);
        rewrite::statement(sql, &Known { value: &value }, edits)
    }

    /// SingleStore's own variables.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        if let Some(value) = self.vars.other.get(name) {
            return Some(value.clone());
        }
        if name == "database()" {
            return self.database.is_empty().then(String::new);
        }
        Some(match name {
            "version" => MYSQL_VERSION.to_owned(),
            "memsql_version" => self.shared.options.engine_version.clone(),
            "version_comment" => "SingleStoreDB source distribution (compatible; MySQL Enterprise & MySQL Commercial)".to_owned(),
            "aggregator_id" => "1".to_owned(),
            "system_time_zone" => self.shared.options.time_zone.clone(),
            "time_zone" => "SYSTEM".to_owned(),
            "table_name_case_sensitivity" => "ON".to_owned(),
            "default_table_type" => match self.vars.table_type {
                TableType::Columnstore => "columnstore".to_owned(),
                TableType::Rowstore => "rowstore".to_owned(),
            },
            "warn_level" => if self.savepoints_refused() { "ERRORS" } else { "WARNINGS" }.to_owned(),
            "data_conversion_compatibility_level" => "8.0".to_owned(),
            "regexp_format" => "extended".to_owned(),
            "ignore_foreign_keys" => if self.shared.state().ignore_foreign_keys { "ON" } else { "OFF" }.to_owned(),
            "default_distributed_ddl_timeout" => "180000".to_owned(),
            "max_recursive_cte_iterations" => "32".to_owned(),
            "parametrizer_query_max_params" => "1048576".to_owned(),
            "columnstore_table_lock_threshold" => "5000".to_owned(),
            "interpreter_mode" => "interpret_first".to_owned(),
            "plan_expiration_minutes" => "720".to_owned(),
            "maximum_table_memory" => "32768".to_owned(),
            "enable_extended_types_metadata" => "OFF".to_owned(),
            "vector_type_project_format" => "JSON".to_owned(),
            "resource_pool" => "default_pool".to_owned(),
            "lock_wait_timeout" => self.shared.options.lock_wait.as_secs().max(1).to_string(),
            _ => return None,
        })
    }

    fn savepoints_refused(&self) -> bool {
        self.vars
            .warn_errors
            .unwrap_or_else(|| self.shared.state().savepoints == Savepoints::Refuse)
    }

    fn plan_savepoint(&self, sql: &Sql) -> Planned {
        self.note(Note::Savepoint, &sql.text);
        if self.savepoints_refused() {
            return Err(Refusal::feature("SAVEPOINT"));
        }
        Ok(Plan::Answer(Answer::Ok { warnings: 1 }))
    }

    /// SET: what only SingleStore knows is kept here, the rest goes on.
    fn plan_set(&mut self, sql: &Sql) -> Planned {
        if isolation(sql) {
            let committed = sql.text.to_ascii_uppercase().replace('-', " ");
            if committed.contains("READ COMMITTED") || committed.contains("READ UNCOMMITTED") {
                return Ok(Plan::ok());
            }
            return Err(Refusal::feature(
                "transaction isolation other than READ COMMITTED",
            ));
        }
        let mut kept = Vec::new();
        let mut sql_mode = false;
        for (from, to) in sql.list(1, sql.len()) {
            let Some((name, value)) = assignment(sql, from, to) else {
                kept.push(sql.slice(from, to).to_owned());
                continue;
            };
            if !self.own_variable(&name, &value) {
                sql_mode |= name == "sql_mode";
                kept.push(sql.slice(from, to).to_owned());
            }
        }
        if kept.is_empty() {
            return Ok(Plan::ok());
        }
        let text = format!("SET {}", kept.join(", "));
        let sql = Sql::new(text, self.mode);
        let mut edits = Edits::default();
        self.rewrite(&sql, &mut edits)?;
        Ok(Plan::Send(Send {
            text: edits.apply(&sql.text),
            effect: if sql_mode {
                Effect::SqlMode
            } else {
                Effect::None
            },
            ..Send::default()
        }))
    }

    /// Takes a variable that MariaDB must not see.
    fn own_variable(&mut self, name: &str, value: &str) -> bool {
        let upper = value.to_ascii_uppercase();
        match name {
            // Accepted, and ignored.
            "time_zone" => true,
            "warn_level" => {
                self.vars.warn_errors = Some(upper == "ERRORS");
                true
            }
            "default_table_type" => {
                self.vars.table_type = if upper == "ROWSTORE" {
                    TableType::Rowstore
                } else {
                    TableType::Columnstore
                };
                true
            }
            "ignore_foreign_keys" => {
                self.shared.state().ignore_foreign_keys = matches!(&*upper, "ON" | "1" | "TRUE");
                true
            }
            "foreign_key_checks" | "lock_wait_timeout" => true,
            _ if self.variable(name).is_some() => {
                self.vars.other.insert(name.to_owned(), value.to_owned());
                true
            }
            _ => false,
        }
    }
}

/// Whether SET is about the isolation of transactions.
fn isolation(sql: &Sql) -> bool {
    (0..sql.len()).any(|i| {
        sql.words(i, "ISOLATION LEVEL")
            || ["TX_ISOLATION", "TRANSACTION_ISOLATION"]
                .iter()
                .any(|name| {
                    sql.at(i)
                        .to_ascii_uppercase()
                        .trim_start_matches("@@SESSION.")
                        .trim_start_matches('@')
                        == *name
                })
    })
}

/// Name in lower case and value of `[scope] name = value`.
fn assignment(sql: &Sql, from: usize, to: usize) -> Option<(String, String)> {
    let mut at = from;
    if sql.any_word(at, &["SESSION", "GLOBAL", "LOCAL"]) {
        at += 1;
    }
    let name = match sql.kind(at)? {
        Kind::Variable => rewrite::known_variable(sql.at(at))?,
        _ => sql.name(at)?.to_ascii_lowercase(),
    };
    if !sql.symbol(at + 1, "=") && !sql.symbol(at + 1, ":=") {
        return None;
    }
    let value = match sql.literal(at + 2) {
        Some(text) if at + 3 == to => text,
        _ => sql.slice(at + 2, to).to_owned(),
    };
    Some((name, value))
}

fn start_transaction(sql: &Sql) -> Planned {
    if sql.words(1, "TRANSACTION WITH CONSISTENT") {
        return Err(Refusal::syntax(sql.slice(2, sql.len())));
    }
    Ok(Plan::send(&*sql.text))
}

fn use_database(sql: &Sql) -> Planned {
    let name = sql.name(1).ok_or_else(|| Refusal::syntax(&sql.text))?;
    if rewrite::HIDDEN.contains(&&*name) {
        return Err(Refusal::new(1049, format!("Unknown database '{name}'")));
    }
    Ok(Plan::Send(Send {
        text: sql.text.clone(),
        effect: Effect::Use(name),
        ..Send::default()
    }))
}

/// `OPTIMIZE TABLE t [FULL|FLUSH|FIX_ALTER|…]`: nothing to do, and it commits.
fn optimize(sql: &Sql) -> Planned {
    if !sql.word(1, "TABLE") {
        return Err(Refusal::syntax(sql.slice(1, sql.len())));
    }
    let mut end = 3;
    if sql.symbol(end, ".") {
        end += 2;
    }
    let table = sql.slice(2, end);
    Ok(Plan::Send(Send {
        text: format!("ANALYZE TABLE {table}"),
        before: vec!["COMMIT".to_owned()],
        ..Send::default()
    }))
}

/// `KILL [QUERY|CONNECTION] id [aggregator]`.
fn kill(sql: &Sql) -> String {
    let mut end = 2;
    if sql.any_word(1, &["QUERY", "CONNECTION"]) {
        end = 3;
    }
    sql.slice(0, end).to_owned()
}
