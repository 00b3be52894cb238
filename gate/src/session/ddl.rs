//! CREATE, ALTER, DROP and AGGREGATOR SYNC.

use std::sync::Arc;

use super::plan::{Effect, Plan, Planned, Send};
use super::{Alive, Session};
use crate::catalog::TableInfo;
use crate::options::Role;
use crate::refusal::Refusal;
use crate::rewrite;
use crate::rules;
use crate::sql::{CreateTable, Cursor, Edits, Kind, Sql, TableKind, quote_name, quote_text};
use crate::stats::Note;

/// Database and name.
type Table = (Option<String>, String);

impl Session {
    pub(super) async fn plan_create(&mut self, sql: &Sql) -> Alive<Planned> {
        let mut at = 1;
        if sql.words(at, "OR REPLACE") {
            at += 2;
        }
        if sql.any_word(
            at,
            &["TABLE", "ROWSTORE", "REFERENCE", "TEMPORARY", "GLOBAL"],
        ) {
            if at > 1 {
                return Ok(Err(Refusal::syntax("OR REPLACE")));
            }
            return self.plan_create_table(sql).await;
        }
        if sql.any_word(at, &["DATABASE", "SCHEMA"]) {
            return Ok(create_database(sql, &self.shared.options.collation));
        }
        if sql.any_word(at, &["INDEX", "UNIQUE", "FULLTEXT", "SPATIAL"]) {
            return self.plan_create_index(sql).await;
        }
        if sql.word(at, "VIEW")
            || (sql.kind(at) == Some(Kind::Word)
                && sql
                    .find(at, sql.len(), |i| sql.word(i, "VIEW"))
                    .is_some_and(|v| v < at + 12))
        {
            return Ok(self.plan_create_view(sql));
        }
        if sql.any_word(at, &["USER", "ROLE"]) {
            return Ok(Ok(Plan::send(&*sql.text)));
        }
        // Triggers, events, sequences; procedures in MySQL's language.
        Ok(Err(Refusal::syntax(sql.slice(at, sql.len()))))
    }

    async fn plan_create_table(&mut self, sql: &Sql) -> Alive<Planned> {
        let table = match CreateTable::parse(sql, true) {
            Ok(table) => table,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let foreign = table
            .keys
            .iter()
            .any(|k| k.kind == crate::sql::KeyKind::Foreign)
            || table.columns.iter().any(|c| c.references);
        if foreign {
            self.note(Note::ForeignKey, &sql.text);
        }
        if let Some(refusal) = self.child_refuses_ddl() {
            return Ok(Err(refusal));
        }
        if let Some((database, name)) = table.like.clone() {
            return self.plan_like(&table, database.as_deref(), &name).await;
        }
        if table.select.is_some() {
            return self.plan_create_as(sql, &table).await;
        }
        let uid = self.uid();
        let shared = Arc::clone(&self.shared);
        let planned = {
            let settings = self.settings();
            rules::create_table(&table, &self.database, uid, &settings)
        };
        let info = match planned {
            Ok(info) => info,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let text = info.backend_create(
            table.if_not_exists,
            &shared.options.collation,
            &rewrite::expression,
        );
        Ok(Ok(self.created(info, text)))
    }

    /// A plan that creates a table; a temporary one does not commit by itself.
    fn created(&self, info: TableInfo, text: String) -> Plan {
        let temporary = info.temporary;
        Plan::Send(Send {
            text,
            ddl: true,
            before: vec!["COMMIT".to_owned()],
            effect: if temporary {
                Effect::Temporary(Arc::new(info))
            } else {
                Effect::None
            },
            ..Send::default()
        })
    }

    async fn plan_like(
        &mut self,
        table: &CreateTable,
        database: Option<&str>,
        name: &str,
    ) -> Alive<Planned> {
        let Some(model) = self.table(database, name).await? else {
            let database = database.unwrap_or(&self.database);
            return Ok(Err(Refusal::new(
                1146,
                format!("Table '{database}.{name}' doesn't exist"),
            )));
        };
        let mut info = (*model).clone();
        info.uid = self.uid();
        info.temporary = table.temporary;
        info.name.clone_from(&table.name);
        info.database = table
            .database
            .clone()
            .unwrap_or_else(|| self.database.clone());
        let text = info.backend_create(table.if_not_exists, "", &rewrite::expression);
        Ok(Ok(self.created(info, text)))
    }

    /// CREATE TABLE … AS SELECT. Keys can stand in front only with their columns.
    async fn plan_create_as(&mut self, sql: &Sql, table: &CreateTable) -> Alive<Planned> {
        let Some(at) = table.select else {
            return Ok(Err(Refusal::syntax(&sql.text)));
        };
        let query = Sql::new(sql.slice(at, sql.len()), self.mode);
        let mut edits = Edits::default();
        if let Err(refusal) = self.check_query(&query).await? {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = self.rewrite(&query, &mut edits) {
            return Ok(Err(refusal));
        }
        let query = edits.apply(&query.text);
        let uid = self.uid();
        let planned = {
            let settings = self.settings();
            if table.reference && table.columns.is_empty() {
                Err(Refusal::distributed(
                    "Reference Table without a Primary Key",
                ))
            } else {
                rules::create_table(table, &self.database, uid, &settings)
            }
        };
        let info = match planned {
            Ok(info) => info,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let collation = self.shared.options.collation.clone();
        let mut text = info.backend_create(table.if_not_exists, &collation, &rewrite::expression);
        if info.columns.is_empty() {
            text = text.replacen("\n()", "", 1);
        }
        text.push(' ');
        text.push_str(&query);
        if info.temporary {
            // What the columns are is known only afterwards.
            return Ok(Ok(Plan::ddl(text)));
        }
        Ok(Ok(self.created(info, text)))
    }

    /// Tells tables of one name apart.
    fn uid(&mut self) -> String {
        format!("{:016x}", self.random.next())
    }

    /// A child aggregator passes DDL on to the master; with no master it fails.
    fn child_refuses_ddl(&self) -> Option<Refusal> {
        let child = self.shared.state().role == Role::Child;
        child.then(|| {
            Refusal::new(
                1706,
                "This statement is not permitted on child aggregators: run it on the master aggregator",
            )
        })
    }

    fn plan_create_view(&self, sql: &Sql) -> Planned {
        let select = sql
            .find(1, sql.len(), |i| sql.word(i, "AS"))
            .map_or(0, |i| i + 1);
        if sql.word(select, "WITH") {
            return Err(Refusal::syntax(sql.slice(select, sql.len())));
        }
        let mut edits = Edits::default();
        self.rewrite(sql, &mut edits)?;
        Ok(Plan::ddl(edits.apply(&sql.text)))
    }

    async fn plan_create_index(&mut self, sql: &Sql) -> Alive<Planned> {
        let mut c = Cursor::new(sql, 1, sql.len());
        let word = if c.eat("UNIQUE") {
            "UNIQUE INDEX"
        } else if c.eat("FULLTEXT") {
            "FULLTEXT INDEX"
        } else if c.is("SPATIAL") {
            return Ok(Err(c.error()));
        } else {
            "INDEX"
        };
        let head = |c: &mut Cursor<'_>| -> Result<(String, Table, usize), Refusal> {
            c.expect("INDEX")?;
            if c.is("IF NOT EXISTS") {
                return Err(c.error());
            }
            let name = quote_name(&c.name()?);
            let mut using = String::new();
            if c.is("USING") {
                using = c.sql.slice(c.at, c.at + 2).to_owned();
                c.at += 2;
            }
            c.expect("ON")?;
            let table = c.table()?;
            Ok((format!("{name} {using}"), table, c.at))
        };
        let (name, (database, table), rest) = match head(&mut c) {
            Ok(parts) => parts,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let spec = format!("ADD {word} {name} {}", sql.slice(rest, sql.len()));
        self.alter_with(database.as_deref(), &table, &spec).await
    }

    pub(super) async fn plan_alter(&mut self, sql: &Sql) -> Alive<Planned> {
        let mut c = Cursor::new(sql, 1, sql.len());
        c.eat("ONLINE");
        if c.is("DATABASE") || c.is("SCHEMA") {
            return Ok(Err(Refusal::feature("ALTER DATABASE")));
        }
        if c.is("USER") || c.is("VIEW") {
            return Ok(Ok(Plan::ddl(&*sql.text)));
        }
        let table = c.expect("TABLE").and_then(|()| c.table());
        let (database, table) = match table {
            Ok(table) => table,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let specs = sql.slice(c.at, sql.len()).to_owned();
        if (c.at..sql.len()).any(|i| sql.words(i, "FOREIGN KEY")) {
            self.note(Note::ForeignKey, &sql.text);
        }
        self.alter_with(database.as_deref(), &table, &specs).await
    }

    async fn alter_with(
        &mut self,
        database: Option<&str>,
        name: &str,
        specs: &str,
    ) -> Alive<Planned> {
        if let Some(refusal) = self.child_refuses_ddl() {
            return Ok(Err(refusal));
        }
        let target = qualified(database, name);
        let Some(info) = self.table(database, name).await? else {
            let database = database.unwrap_or(&self.database);
            return Ok(Err(Refusal::new(
                1146,
                format!("Table '{database}.{name}' doesn't exist"),
            )));
        };
        let sql = Sql::new(specs, self.mode);
        let planned = {
            let settings = self.settings();
            rules::alter(&sql, 0, &info, &settings, &rewrite::expression)
        };
        let alteration = match planned {
            Ok(alteration) => alteration,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if alteration.specs.is_empty() {
            return Ok(Ok(Plan::send("COMMIT")));
        }
        let text = format!("ALTER TABLE {target} {}", alteration.specs.join(", "));
        let mut plan = Plan::ddl(text);
        if info.temporary
            && let Plan::Send(send) = &mut plan
        {
            // Its description is read anew.
            send.before.push("COMMIT".to_owned());
            send.effect = Effect::Dropped(info.database.clone(), info.name.clone());
        }
        Ok(Ok(plan))
    }

    pub(super) async fn plan_drop(&mut self, sql: &Sql) -> Alive<Planned> {
        let mut c = Cursor::new(sql, 1, sql.len());
        let temporary = c.eat("TEMPORARY");
        if c.eat("TABLE") {
            c.eat("IF EXISTS");
            let (database, name) = match c.table() {
                Ok(table) => table,
                Err(refusal) => return Ok(Err(refusal)),
            };
            if c.is_symbol(",") {
                return Ok(Err(Refusal::feature(
                    "dropping several tables in one statement",
                )));
            }
            if let Some(refusal) = self.child_refuses_ddl() {
                return Ok(Err(refusal));
            }
            let database = database.unwrap_or_else(|| self.database.clone());
            let key = (database.clone(), name.clone());
            let before = if temporary || self.temporary.contains_key(&key) {
                vec!["COMMIT".to_owned()]
            } else {
                Vec::new()
            };
            return Ok(Ok(Plan::Send(Send {
                text: sql.text.clone(),
                ddl: true,
                before,
                effect: Effect::Dropped(database, name),
                ..Send::default()
            })));
        }
        if c.is("INDEX") {
            c.at += 1;
            if c.is("IF EXISTS") {
                return Ok(Err(c.error()));
            }
            let parts = c.name().and_then(|index| {
                c.expect("ON")?;
                Ok((index, c.table()?))
            });
            let (index, (database, table)) = match parts {
                Ok(parts) => parts,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let spec = format!("DROP INDEX {}", quote_name(&index));
            return self.alter_with(database.as_deref(), &table, &spec).await;
        }
        Ok(Ok(Plan::ddl(&*sql.text)))
    }

    /// `AGGREGATOR SYNC AUTO_INCREMENT [ON db[.table]] [ALL]`; it commits.
    pub(super) async fn plan_sync(&mut self, sql: &Sql) -> Alive<Planned> {
        let mut c = Cursor::new(sql, 0, sql.len());
        let target = (|| {
            c.expect("AGGREGATOR SYNC AUTO_INCREMENT")?;
            let target = if c.eat("ON") { Some(c.table()?) } else { None };
            c.eat("ALL");
            if c.done() { Ok(target) } else { Err(c.error()) }
        })();
        let (database, table) = match target {
            Ok(Some((Some(database), table))) => (database, Some(table)),
            Ok(Some((None, database))) => (database, None),
            Ok(None) => (self.database.clone(), None),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut find = format!(
            "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS \
             WHERE EXTRA LIKE '%auto_increment%' AND TABLE_SCHEMA = {}",
            quote_text(&database)
        );
        if let Some(table) = table {
            find.push_str(&format!(" AND TABLE_NAME = {}", quote_text(&table)));
        }
        let rows = match self.ask(&find).await? {
            Ok(rows) => rows,
            Err((code, text)) => return Ok(Err(Refusal::new(code, text))),
        };
        for row in rows {
            let [Some(table), Some(column)] = &row[..] else {
                continue;
            };
            if let Err(refusal) = self.sync_table(&database, table, column).await? {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(Plan::send("COMMIT")))
    }

    pub(super) async fn sync_table(
        &mut self,
        database: &str,
        table: &str,
        column: &str,
    ) -> Alive<Result<(), Refusal>> {
        let Some(info) = self.table(Some(database), table).await? else {
            return Ok(Ok(()));
        };
        if info.uid.is_empty() {
            return Ok(Ok(()));
        }
        let highest = format!(
            "SELECT COALESCE(MAX({}), 0) FROM {}",
            quote_name(column),
            qualified(Some(database), table)
        );
        let rows = match self.ask(&highest).await? {
            Ok(rows) => rows,
            Err((code, text)) => return Ok(Err(Refusal::new(code, text))),
        };
        let highest = rows
            .first()
            .and_then(|r| r.first()?.as_deref()?.parse().ok());
        let shared = Arc::clone(&self.shared);
        let synced = shared.ids.sync(&info.uid, highest.unwrap_or(0)).await;
        Ok(synced.map_err(|e| Refusal::new(1777, e.to_string())))
    }

    /// A write to a reference table within a transaction is refused on a child aggregator.
    pub(super) fn child_refuses_write(&self, info: &TableInfo) -> Option<Refusal> {
        let child = self.shared.state().role == Role::Child;
        let reference = matches!(
            info.kind,
            TableKind::Reference | TableKind::RowstoreReference
        );
        (child && reference && self.in_transaction()).then(|| {
            Refusal::new(
                1706,
                "Writing to a reference table in multi-statement transaction is not permitted on child aggregators",
            )
        })
    }
}

pub(super) fn qualified(database: Option<&str>, name: &str) -> String {
    match database {
        Some(database) => format!("{}.{}", quote_name(database), quote_name(name)),
        None => quote_name(name),
    }
}

/// `CREATE DATABASE [IF NOT EXISTS] name [PARTITIONS n] [other words]`.
fn create_database(sql: &Sql, collation: &str) -> Planned {
    let mut c = Cursor::new(sql, 2, sql.len());
    let exists = if c.eat("IF NOT EXISTS") {
        "IF NOT EXISTS "
    } else {
        ""
    };
    let name = c.name()?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if !plain {
        return Err(Refusal::new(
            1102,
            format!("Incorrect database name '{name}'"),
        ));
    }
    let mut collate = collation.to_owned();
    while !c.done() {
        c.eat_symbol("=");
        if c.eat("COLLATE") {
            c.eat_symbol("=");
            collate = c.take().to_owned();
        } else {
            c.at += 1;
        }
    }
    let charset = collate.split('_').next().unwrap_or("utf8mb4").to_owned();
    Ok(Plan::ddl(format!(
        "CREATE DATABASE {exists}{} CHARACTER SET {charset} COLLATE {collate}",
        quote_name(&name)
    )))
}
