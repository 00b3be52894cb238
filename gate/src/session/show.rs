//! SHOW and DESCRIBE, with SingleStore's answers.

use super::plan::{Answer, Plan, Planned};
use super::{Alive, Session};
use crate::catalog::SCHEMA;
use crate::refusal::Refusal;
use crate::sql::{Cursor, Sql, quote_text};

impl Session {
    pub(super) async fn plan_show(&mut self, sql: &Sql) -> Alive<Planned> {
        let mut c = Cursor::new(sql, 1, sql.len());
        if !sql.word(0, "SHOW") {
            return self.plan_describe(&mut c).await;
        }
        let full = c.eat("FULL") | c.eat("EXTENDED");
        if c.eat("CREATE TABLE") {
            return match c.table() {
                Ok((database, name)) => {
                    self.show_create_table(sql, database.as_deref(), &name)
                        .await
                }
                Err(refusal) => Ok(Err(refusal)),
            };
        }
        if c.is("CREATE DATABASE") || c.is("CREATE SCHEMA") {
            return Ok(Err(Refusal::feature("SHOW CREATE DATABASE")));
        }
        if c.eat("COLUMNS") || c.eat("FIELDS") {
            return Ok(self.show_columns(&mut c, full));
        }
        if c.eat_any(&["INDEX", "INDEXES", "KEYS"]) {
            return Ok(self.show_index(&mut c));
        }
        if c.eat("DATABASES") || c.eat("SCHEMAS") {
            let like = like(&mut c, "SCHEMA_NAME");
            return Ok(like.map(|like| {
                Plan::send(format!(
                    "SELECT SCHEMA_NAME AS `Database` FROM {SCHEMA}.SCHEMATA WHERE 1 = 1{like} ORDER BY SCHEMA_NAME"
                ))
            }));
        }
        if c.eat("TABLE STATUS") {
            return Ok(self.show_status(&mut c));
        }
        if c.is("VARIABLES") || c.is("SESSION VARIABLES") || c.is("GLOBAL VARIABLES") {
            return Ok(self.show_variables(sql));
        }
        Ok(Ok(self.show_other(&mut c, sql)))
    }

    async fn plan_describe(&mut self, c: &mut Cursor<'_>) -> Alive<Planned> {
        if c.is("SELECT") || c.is("FORMAT") {
            return Ok(Err(c.error()));
        }
        c.eat("TABLE");
        Ok(c.table()
            .map(|(database, name)| self.columns_query(database.as_deref(), &name, false, "")))
    }

    async fn show_create_table(
        &mut self,
        sql: &Sql,
        database: Option<&str>,
        name: &str,
    ) -> Alive<Planned> {
        let Some(info) = self.table(database, name).await? else {
            // A view, or nothing.
            return Ok(Ok(Plan::send(&*sql.text)));
        };
        Ok(Ok(Plan::Answer(Answer::Rows {
            columns: vec!["Table".to_owned(), "Create Table".to_owned()],
            rows: vec![vec![Some(info.name.clone()), Some(info.show_create())]],
        })))
    }

    /// `FROM t [FROM database] [LIKE 'pattern']`
    fn of_table(&self, c: &mut Cursor<'_>) -> Result<(Option<String>, String), Refusal> {
        if !c.eat("FROM") && !c.eat("IN") {
            return Err(c.error());
        }
        let (mut database, name) = c.table()?;
        if c.eat("FROM") || c.eat("IN") {
            database = Some(c.name()?);
        }
        Ok((database, name))
    }

    fn show_columns(&self, c: &mut Cursor<'_>, full: bool) -> Planned {
        let (database, name) = self.of_table(c)?;
        let like = like(c, "COLUMN_NAME")?;
        Ok(self.columns_query(database.as_deref(), &name, full, &like))
    }

    fn columns_query(&self, database: Option<&str>, name: &str, full: bool, like: &str) -> Plan {
        let (collation, rest) = if full {
            (
                ", COLLATION_NAME AS `Collation`",
                ", PRIVILEGES AS `Privileges`, COLUMN_COMMENT AS `Comment`",
            )
        } else {
            ("", "")
        };
        let place = self.place(database, name);
        Plan::send(format!(
            "SELECT COLUMN_NAME AS `Field`, COLUMN_TYPE AS `Type`{collation}, IS_NULLABLE AS `Null`, \
             COLUMN_KEY AS `Key`, COLUMN_DEFAULT AS `Default`, EXTRA AS `Extra`{rest} \
             FROM {SCHEMA}.COLUMNS WHERE {place}{like} ORDER BY ORDINAL_POSITION"
        ))
    }

    fn show_index(&self, c: &mut Cursor<'_>) -> Planned {
        let (database, name) = self.of_table(c)?;
        let place = self.place(database.as_deref(), &name);
        Ok(Plan::send(format!(
            "SELECT TABLE_NAME AS `Table`, NON_UNIQUE AS `Non_unique`, INDEX_NAME AS `Key_name`, \
             SEQ_IN_INDEX AS `Seq_in_index`, COLUMN_NAME AS `Column_name`, COLLATION AS `Collation`, \
             CARDINALITY AS `Cardinality`, SUB_PART AS `Sub_part`, PACKED AS `Packed`, NULLABLE AS `Null`, \
             INDEX_TYPE AS `Index_type`, COMMENT AS `Comment`, INDEX_COMMENT AS `Index_comment` \
             FROM {SCHEMA}.STATISTICS WHERE {place} ORDER BY INDEX_TYPE, INDEX_NAME, SEQ_IN_INDEX"
        )))
    }

    fn place(&self, database: Option<&str>, name: &str) -> String {
        format!(
            "TABLE_SCHEMA = {} AND TABLE_NAME = {}",
            quote_text(database.unwrap_or(&self.database)),
            quote_text(name)
        )
    }

    /// Row counts stand here, not in information_schema.TABLES.
    fn show_status(&self, c: &mut Cursor<'_>) -> Planned {
        let mut database = self.database.clone();
        if c.eat("FROM") || c.eat("IN") {
            database = c.name()?;
        }
        let like = like(c, "TABLE_NAME")?;
        Ok(Plan::send(format!(
            "SELECT TABLE_NAME AS `Name`, 'MemSQL' AS `Engine`, 10 AS `Version`, 'Compact' AS `Row_format`, \
             TABLE_ROWS AS `Rows`, AVG_ROW_LENGTH AS `Avg_row_length`, DATA_LENGTH AS `Data_length`, \
             TABLE_COLLATION AS `Collation`, {SCHEMA}.shown_comment(TABLE_COMMENT) AS `Comment` \
             FROM information_schema.TABLES WHERE TABLE_SCHEMA = {}{like} ORDER BY TABLE_NAME",
            quote_text(&database)
        )))
    }

    /// SingleStore's own variables by name; others are MariaDB's.
    fn show_variables(&self, sql: &Sql) -> Planned {
        let name = (0..sql.len())
            .find(|i| sql.word(*i, "LIKE"))
            .and_then(|i| sql.literal(i + 1));
        let value = name
            .as_deref()
            .and_then(|n| self.variable(&n.to_lowercase()));
        if let (Some(name), Some(value)) = (name, value) {
            return Ok(Plan::Answer(Answer::Rows {
                columns: vec!["Variable_name".to_owned(), "Value".to_owned()],
                rows: vec![vec![Some(name), Some(value)]],
            }));
        }
        Ok(Plan::send(&*sql.text))
    }

    fn show_other(&self, c: &mut Cursor<'_>, sql: &Sql) -> Plan {
        let rows = |columns: &[&str], rows: Vec<Vec<Option<String>>>| {
            Plan::Answer(Answer::Rows {
                columns: columns.iter().map(|c| (*c).to_owned()).collect(),
                rows,
            })
        };
        let row = |values: &[&str]| vec![values.iter().map(|v| Some((*v).to_owned())).collect()];
        if c.is("TEMPORARY TABLES") {
            let mut names: Vec<&String> = self.temporary.keys().map(|(_, name)| name).collect();
            names.sort();
            let names = names.into_iter().map(|n| vec![Some(n.clone())]).collect();
            return rows(&["Temporary_tables"], names);
        }
        if c.is("LEAVES") {
            let leaf = row(&["127.0.0.1", "3307", "1", "online"]);
            return rows(&["Host", "Port", "Availability_Group", "State"], leaf);
        }
        if c.is("AGGREGATORS") {
            let all = self.shared.state().aggregators.clone();
            let all = all
                .iter()
                .flat_map(|(host, port, master)| {
                    let master = if *master { "1" } else { "0" };
                    row(&[host, &port.to_string(), "online", master])
                })
                .collect();
            return rows(&["Host", "Port", "State", "Master_Aggregator"], all);
        }
        if c.is("PARTITIONS") {
            let partitions = (0..2)
                .flat_map(|n| row(&[&n.to_string(), "127.0.0.1", "3307", "Master", "0"]))
                .collect();
            return rows(&["Ordinal", "Host", "Port", "Role", "Locked"], partitions);
        }
        if c.is("TRIGGERS") {
            return rows(&["Trigger", "Event", "Table", "Statement"], Vec::new());
        }
        if c.is("PROJECTIONS") {
            return rows(&["Projection", "Table"], Vec::new());
        }
        if c.is("PLANCACHE") {
            let shapes = self.shared.state().stats.shapes();
            let plans = shapes
                .into_iter()
                .enumerate()
                .map(|(id, (text, commits))| {
                    vec![Some(id.to_string()), Some(text), Some(commits.to_string())]
                })
                .collect();
            return rows(&["PlanId", "QueryText", "Commits"], plans);
        }
        Plan::send(&*sql.text)
    }
}

/// `LIKE 'pattern'` as a condition on a column.
fn like(c: &mut Cursor<'_>, column: &str) -> Result<String, Refusal> {
    if !c.eat("LIKE") {
        return Ok(String::new());
    }
    Ok(format!(" AND {column} LIKE {}", quote_text(&c.literal()?)))
}
