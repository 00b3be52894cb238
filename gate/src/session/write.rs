//! INSERT, UPDATE and DELETE.

use super::plan::{Followed, InsertIds, Plan, Planned, Send};
use super::{Alive, Session};
use crate::catalog::TableInfo;
use crate::options::LastKey;
use crate::refusal::Refusal;
use crate::sql::{Cursor, Edits, Query, Range, Sql};
use crate::wire::Status;

impl Session {
    pub(super) fn in_transaction(&self) -> bool {
        self.status.has(Status::IN_TRANSACTION) || !self.status.has(Status::AUTOCOMMIT)
    }

    /// The text with LAST_INSERT_ID() as the server knows it there.
    fn rewritten_values(&self, sql: &Sql) -> Result<String, Refusal> {
        let last_key = self.shared.state().last_key;
        let mut edits = Edits::default();
        for at in (0..sql.len()).filter(|&at| sql.words(at, "LAST_INSERT_ID")) {
            match last_key {
                _ if !sql.symbol(at + 1, "(") || !sql.symbol(at + 2, ")") => {}
                LastKey::Known => {}
                LastKey::Zero => edits.replace(sql.start(at)..sql.end(at + 2), "0"),
                LastKey::Refused => {
                    return Err(Refusal::feature("LAST_INSERT_ID() in VALUES"));
                }
            }
        }
        self.rewrite(sql, &mut edits)?;
        Ok(edits.apply(&sql.text))
    }

    pub(super) async fn plan_insert(&mut self, sql: &Sql) -> Alive<Planned> {
        let mut c = Cursor::new(sql, 1, sql.len());
        let ignore = c.eat("IGNORE");
        c.eat("INTO");
        let (database, name) = match c.table() {
            Ok(table) => table,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let info = self.table(database.as_deref(), &name).await?;
        let select = sql.find(c.at, sql.len(), |i| sql.any_word(i, &["SELECT", "WITH"]));
        let query = select.and_then(|at| {
            let end = sql.find(at, sql.len(), |i| sql.words(i, "ON DUPLICATE"));
            Query::parse(sql, at, end.unwrap_or(sql.len()))
        });
        if let Err(refusal) = self.check_write(sql, query).await? {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = crate::rules::insert(sql, c.at, ignore, info.as_deref()) {
            return Ok(Err(refusal));
        }
        if let Some(refusal) = info.as_deref().and_then(|i| self.child_refuses_write(i)) {
            return Ok(Err(refusal));
        }
        let text = match self.rewritten_values(sql) {
            Ok(text) => text,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let insert = info.as_deref().and_then(|info| ids(sql, c.at, info));
        let upserts = sql.find(c.at, sql.len(), |i| sql.words(i, "ON DUPLICATE KEY UPDATE"));
        let upserted = upserts.and_then(|end| rows_of_values(sql, c.at, end));
        // Ids that are given move the counter of a reference table, and of no other.
        let follow = info
            .as_deref()
            .filter(|i| i.kind.is_reference() && insert.is_none() && !i.uid.is_empty())
            .and_then(|i| {
                let column = i.auto_increment()?.name.clone();
                Some(Followed(i.database.clone(), i.name.clone(), column))
            });
        Ok(Ok(Plan::Send(Send {
            text,
            insert,
            follow,
            affected: upserted.filter(|_| self.shared.options.upsert_counts_rows),
            ..Send::default()
        })))
    }

    /// `LOAD DATA [LOCAL] INFILE '…' INTO TABLE t … [(columns)]`: the client's rows get ids as those of
    /// an INSERT do.
    pub(super) async fn plan_load(&mut self, sql: &Sql) -> Alive<Planned> {
        let into = sql.find(0, sql.len(), |i| sql.words(i, "INTO TABLE"));
        let Some(at) = into else {
            return Ok(Ok(Plan::send(&*sql.text)));
        };
        let mut c = Cursor::new(sql, at + 2, sql.len());
        let (database, name) = match c.table() {
            Ok(table) => table,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let info = self.table(database.as_deref(), &name).await?;
        if let Some(refusal) = info.as_deref().and_then(|i| self.child_refuses_write(i)) {
            return Ok(Err(refusal));
        }
        let columns = sql.find(c.at, sql.len(), |i| sql.symbol(i, "("));
        let insert = info.as_deref().and_then(|info| {
            let auto = info.auto_increment()?;
            let given = columns.is_none_or(|open| {
                let list = sql.list(open + 1, sql.close(open));
                list.iter()
                    .filter_map(|(from, _)| sql.name(*from))
                    .any(|n| n.eq_ignore_ascii_case(&auto.name))
            });
            (!given && !info.uid.is_empty()).then(|| InsertIds {
                uid: info.uid.clone(),
                rows: None,
            })
        });
        Ok(Ok(Plan::Send(Send {
            text: sql.text.to_string(),
            insert,
            ..Send::default()
        })))
    }

    pub(super) async fn plan_update(&mut self, sql: &Sql) -> Alive<Planned> {
        let tables = crate::rules::update_tables(sql);
        let target = tables.first().map(|(_, _, name)| name.clone());
        let mut infos = Vec::new();
        for (alias, database, name) in tables {
            if let Some(info) = self.table(database.as_deref(), &name).await? {
                infos.push((alias, info));
            }
        }
        let set = sql
            .find(0, sql.len(), |i| sql.word(i, "SET"))
            .unwrap_or(sql.len());
        let filter = filter(sql);
        let set_end = filter.map_or(sql.len(), |f| f.0 - 1);
        let query = Query::of_write(sql, (1, set), (set, set_end), filter);
        if let Err(refusal) = self.check_write(sql, Some(query)).await? {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = crate::rules::update(sql, &infos) {
            return Ok(Err(refusal));
        }
        if let Some(refusal) = infos.first().and_then(|(_, i)| self.child_refuses_write(i)) {
            return Ok(Err(refusal));
        }
        let mut edits = Edits::default();
        if !sql.word(1, "IGNORE") && target.is_some_and(|name| reads_itself(sql, 1, &name)) {
            edits.before(sql.start(1), FOUND_FIRST);
        }
        let done = self.rewrite(sql, &mut edits);
        Ok(done.map(|()| Plan::send(edits.apply(&sql.text))))
    }

    pub(super) async fn plan_delete(&mut self, sql: &Sql) -> Alive<Planned> {
        let target = match crate::rules::delete(sql) {
            Ok(target) => target,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let from = sql
            .find(0, sql.len(), |i| sql.word(i, "FROM"))
            .map_or(1, |i| i + 1);
        let filter = filter(sql);
        let end = filter.map_or(sql.len(), |f| f.0 - 1);
        let query = Query::of_write(sql, (from, end), (0, 0), filter);
        if let Err(refusal) = self.check_write(sql, Some(query)).await? {
            return Ok(Err(refusal));
        }
        let mut edits = Edits::default();
        if let Some((database, name)) = target {
            if let Some(info) = self.table(database.as_deref(), &name).await?
                && let Some(refusal) = self.child_refuses_write(&info)
            {
                return Ok(Err(refusal));
            }
            if reads_itself(sql, from, &name) {
                if from == 2 {
                    edits.before(sql.start(1), format!("{} ", sql.slice(from, end)));
                }
                edits.before(sql.start(from), FOUND_FIRST);
            }
        }
        let done = self.rewrite(sql, &mut edits);
        Ok(done.map(|()| Plan::send(edits.apply(&sql.text))))
    }
}

/// Put in front of the written table. SingleStore reads a table as it was when the statement began;
/// MariaDB computes a subquery when it is first asked for, by when rows may have changed, but finds all
/// rows first of a table that is not the first one.
const FOUND_FIRST: &str = "(SELECT 1 AS gate_one UNION SELECT 1) AS gate_first STRAIGHT_JOIN ";

/// Whether a subquery of an UPDATE or DELETE reads the table that it writes, which stands at `at`.
fn reads_itself(sql: &Sql, at: usize, table: &str) -> bool {
    let names = |i: usize| sql.name(i).is_some_and(|n| n.eq_ignore_ascii_case(table));
    let read = |i: usize| sql.any_word(i - 1, &["FROM", "JOIN"]) && names(i);
    let limited = sql.find(at, sql.len(), |i| sql.word(i, "LIMIT"));
    limited.is_none() && (at + 1..sql.len()).any(read)
}

/// The condition of an UPDATE or DELETE.
fn filter(sql: &Sql) -> Option<Range> {
    let at = sql.find(0, sql.len(), |i| sql.word(i, "WHERE"))?;
    let end = sql.find(at, sql.len(), |i| sql.any_word(i, &["LIMIT", "ORDER"]));
    Some((at + 1, end.unwrap_or(sql.len())))
}

/// The number of rows between VALUES and `end`.
fn rows_of_values(sql: &Sql, at: usize, end: usize) -> Option<u64> {
    let values = sql.find(at, end, |i| sql.any_word(i, &["VALUES", "VALUE"]))?;
    Some(sql.list(values + 1, end).len() as u64)
}

/// Whether an INSERT generates ids, and for how many rows.
fn ids(sql: &Sql, at: usize, info: &TableInfo) -> Option<InsertIds> {
    let auto = info.auto_increment()?;
    if info.uid.is_empty() {
        return None;
    }
    let uid = info.uid.clone();
    let all = Some(InsertIds {
        uid: uid.clone(),
        rows: None,
    });
    let mut c = Cursor::new(sql, at, sql.len());
    let mut columns: Vec<String> = info.columns.iter().map(|c| c.name.clone()).collect();
    if c.is_symbol("(") && !sql.any_word(at + 1, &["SELECT", "WITH"]) {
        let Ok((from, to)) = c.parens() else {
            return all;
        };
        let list = sql.list(from, to);
        if !list.is_empty() {
            columns = list
                .iter()
                .filter_map(|(from, _)| sql.name(*from))
                .collect();
        }
    }
    let place = columns
        .iter()
        .position(|c| c.eq_ignore_ascii_case(&auto.name));
    if !c.eat("VALUES") && !c.eat("VALUE") {
        // SELECT or SET: ids are generated unless the column is given.
        let given = place.is_some() && sql.any_word(c.at, &["SELECT", "WITH"]);
        return if given {
            None
        } else if sql.word(c.at, "SET") {
            one(sql, c.at, &auto.name, uid)
        } else {
            all
        };
    }
    let mut rows = 0;
    while c.is_symbol("(") {
        let Ok((from, to)) = c.parens() else {
            return all;
        };
        let generated = match place {
            None => true,
            Some(place) => sql
                .list(from, to)
                .get(place)
                .is_none_or(|(from, to)| generates(sql, *from, *to)),
        };
        rows += u64::from(generated);
        c.eat_symbol(",");
    }
    (rows > 0).then_some(InsertIds {
        uid,
        rows: Some(rows),
    })
}

/// NULL, 0 and DEFAULT generate an id. A parameter is taken for one that is given: an id set aside for
/// a statement that does not use it would go to the next.
fn generates(sql: &Sql, from: usize, to: usize) -> bool {
    to == from + 1
        && (sql.any_word(from, &["NULL", "DEFAULT"]) || matches!(sql.at(from), "0" | "'0'"))
}

fn one(sql: &Sql, at: usize, column: &str, uid: String) -> Option<InsertIds> {
    let given = (at..sql.len()).any(|i| {
        sql.name(i).is_some_and(|n| n.eq_ignore_ascii_case(column)) && sql.symbol(i + 1, "=")
    });
    (!given).then_some(InsertIds { uid, rows: Some(1) })
}
