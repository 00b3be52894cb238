//! Queries: refused by their shape, or sent with rows that have no order shuffled.

use super::plan::{Plan, Planned, Send};
use super::{Alive, Session};
use crate::refusal::Refusal;
use crate::rewrite::full_join;
use crate::rules::{self, Order, Tables};
use crate::sql::{Edits, Query, Sql};
use crate::stats::Note;

impl Session {
    pub(super) async fn plan_query(&mut self, sql: &Sql) -> Alive<Planned> {
        let checked = match self.checked(sql).await? {
            Ok(checked) => checked,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let joined = checked
            .as_ref()
            .and_then(|(query, tables)| full_join(sql, query, tables));
        if let Some(text) = joined {
            return Box::pin(self.plan_query(&Sql::new(text, self.mode))).await;
        }
        let mut edits = Edits::default();
        if let Err(refusal) = self.rewrite(sql, &mut edits) {
            return Ok(Err(refusal));
        }
        drop_options(sql, &mut edits);
        let mut shuffle = false;
        if let Some((query, tables)) = &checked {
            shuffle = self.unsettle(sql, query, tables, &mut edits);
        }
        let shuffle = shuffle && self.shared.options.shuffle;
        let recursive = checked.as_ref().is_some_and(|(query, _)| query.recursive);
        Ok(Ok(Plan::Send(Send {
            text: edits.apply(&sql.text),
            before: recursive
                .then(|| self.cap_iterations())
                .into_iter()
                .collect(),
            recursive,
            shuffle,
            ..Send::default()
        })))
    }

    /// Ends a recursive query after `max_recursive_cte_iterations`. Nothing says whether the first rows
    /// count as one; here they do, and so does the last iteration, which finds none.
    fn cap_iterations(&self) -> String {
        let set = self.variable("max_recursive_cte_iterations");
        let most: u32 = set.and_then(|n| n.parse().ok()).unwrap_or(32);
        format!("SET max_recursive_iterations = {}", most.saturating_sub(1))
    }

    /// Refuses a query that stands within another statement.
    pub(super) async fn check_query(&mut self, sql: &Sql) -> Alive<Result<(), Refusal>> {
        Ok(self.checked(sql).await?.map(drop))
    }

    /// Checks the syntax of a statement and the shape of the query that it is.
    async fn checked(&mut self, sql: &Sql) -> Alive<Result<Option<(Query, Tables)>, Refusal>> {
        if let Err(refusal) = rules::syntax(sql) {
            return Ok(Err(refusal));
        }
        let Some(query) = Query::parse(sql, 0, sql.len()) else {
            return Ok(Ok(None));
        };
        let tables = self.tables(&query).await?;
        if let Err(refusal) = rules::shapes(sql, &query, &tables, self.shared.options.shapes) {
            return Ok(Err(refusal));
        }
        Ok(Ok(Some((query, tables))))
    }

    /// Checks the syntax of a statement that writes, and the subqueries in it.
    pub(super) async fn check_write(
        &mut self,
        sql: &Sql,
        query: Option<Query>,
    ) -> Alive<Result<(), Refusal>> {
        if let Err(refusal) = rules::syntax(sql) {
            return Ok(Err(refusal));
        }
        let Some(query) = query else {
            return Ok(Ok(()));
        };
        let tables = self.tables(&query).await?;
        Ok(rules::shapes(
            sql,
            &query,
            &tables,
            self.shared.options.shapes,
        ))
    }

    /// The descriptions of the tables that a query names.
    pub(super) async fn tables(&mut self, query: &Query) -> Alive<Tables> {
        let mut tables = Tables::default();
        for (database, name) in rules::named_tables(query) {
            let catalog = database
                .as_ref()
                .is_some_and(|d| d.eq_ignore_ascii_case("information_schema"));
            if catalog || name.eq_ignore_ascii_case("dual") {
                continue;
            }
            if let Some(info) = self.table(database.as_deref(), &name).await? {
                tables.put(database, name, info);
            }
        }
        Ok(tables)
    }

    /// Gives rows that have no total order another order each time; whether the whole result is to be
    /// shuffled on its way. Takes notes of what a careful client does not send.
    fn unsettle(&mut self, sql: &Sql, query: &Query, tables: &Tables, edits: &mut Edits) -> bool {
        let shuffles = self.shared.options.shuffle;
        let mut unordered = false;
        let mut shuffle = false;
        let mut unaliased = false;
        query.walk(0, &mut |part, depth| {
            unaliased |= has_unaliased(sql, part);
            // Within a query an order matters only where it decides what LIMIT takes.
            if depth > 0 && part.limit.is_none() {
                return;
            }
            let order = rules::order(sql, part, tables);
            // Nothing is known of a view's keys, nor of what is not there.
            let judged = order == Order::None || rules::is_known(part, tables);
            if order == Order::Total || !judged {
                return;
            }
            // A vector index answers no order that leaves no ties.
            unordered |= depth == 0 || !rules::is_vector_search(sql, part);
            let single = part.single().is_some();
            match (order, part.limit) {
                (Order::Ties, _) if single && shuffles => {
                    edits.after(sql.end(part.order_end - 1), ", RAND()");
                }
                (Order::None, Some(limit)) if single && shuffles => {
                    edits.before(sql.start(limit), "ORDER BY RAND() ");
                }
                (Order::None, _) if depth == 0 => shuffle = true,
                _ => {}
            }
        });
        limit_of_last_branch(sql, query, edits);
        if unordered {
            self.note(Note::Unordered, &sql.text);
        }
        if unaliased {
            self.note(Note::Unaliased, &sql.text);
        }
        shuffle
    }
}

/// Whether a computed column of the list has no alias: constants in it are not taken out of the plan.
fn has_unaliased(sql: &Sql, query: &Query) -> bool {
    query.parts.iter().any(|(_, core)| {
        core.items.iter().any(|item| {
            let variable = sql.at(item.range.0).starts_with('@');
            !item.star
                && item.alias.is_none()
                && !variable
                && rules::plain(sql, item.range).is_none()
        })
    })
}

/// `OPTION (name = value)` behind a query tunes SingleStore alone.
fn drop_options(sql: &Sql, edits: &mut Edits) {
    let option = sql.find(0, sql.len(), |i| {
        sql.word(i, "OPTION") && sql.symbol(i + 1, "(")
    });
    if let Some(at) = option {
        let close = sql.close(at + 1).min(sql.len() - 1);
        edits.replace(sql.start(at)..sql.end(close), "");
    }
}

/// ORDER BY and LIMIT behind a UNION bind to its last branch.
fn limit_of_last_branch(sql: &Sql, query: &Query, edits: &mut Edits) {
    let Some((Some(_), last)) = query.parts.last() else {
        return;
    };
    if query.limit.is_none() || last.nested.is_some() {
        return;
    }
    edits.before(sql.start(last.range.0), "(");
    edits.after(sql.end(query.range.1 - 1), ")");
}
