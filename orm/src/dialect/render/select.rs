//! SELECT and set operations.

use super::{Result, Writer, same, unsupported};
use crate::ast::{
    Expr, From, Func, Join, JoinKind, LikeKind, Lock, Order, QueryOptions, Select, SelectItem,
    SetOp, SetOperation,
};
use crate::dialect::RowLocks;

impl Writer<'_> {
    /// A SELECT that is the statement: only there options may stand.
    pub(super) fn statement(&mut self, select: &Select) -> Result {
        self.body(select)?;
        match &select.options {
            Some(options) => self.options(options),
            None => Ok(()),
        }
    }

    /// A SELECT in a statement.
    pub(super) fn select(&mut self, select: &Select) -> Result {
        if select.options.is_some() {
            return Err(self.refuse(
                "options of a query that stands in another statement",
                "give the `hint` to the query around it",
            ));
        }
        if self.with_within {
            return self.with_own(select);
        }
        self.body(select)
    }

    pub(super) fn body(&mut self, select: &Select) -> Result {
        if !self.d.features().mixed_windows {
            self.check_windows(select)?;
        }
        if let Some(search) = self.nearest_of(select)? {
            return self.nearest(select, search);
        }
        self.push(if select.distinct {
            "SELECT DISTINCT "
        } else {
            "SELECT "
        });
        self.select_list(&select.columns)?;
        match &select.from {
            Some(from) => {
                self.push(" FROM ");
                self.source(from)?;
            }
            None if select.filter.is_some() && self.d.features().from_dual => {
                self.push(" FROM DUAL");
            }
            None => {}
        }
        for join in &select.joins {
            self.join(join)?;
        }
        if let Some(filter) = &select.filter {
            self.push(" WHERE ");
            match self.d.features().pattern_share {
                Some(share) if !select.joins.is_empty() => self.estimated(filter, share)?,
                _ => self.expr(filter)?,
            }
        }
        self.groups(select)?;
        self.order_by(&select.order_by, &select.columns)?;
        self.limit(select.limit, select.offset);
        self.lock(select)
    }

    /// GROUP BY and HAVING.
    fn groups(&mut self, select: &Select) -> Result {
        let rollup = select.rollup && !select.group_by.is_empty();
        let features = self.d.features();
        if rollup && !features.rollup {
            return Err(self.refuse(
                "totals over the keys of groups (ROLLUP)",
                "send a query for each level: one with all keys, one without the last, and so on, and \
                 `aggregate` over all rows; or test the feature `rollup` first",
            ));
        }
        let call = rollup && features.rollup_call;
        if !select.group_by.is_empty() {
            self.push(if call {
                " GROUP BY ROLLUP("
            } else {
                " GROUP BY "
            });
            self.list(&select.group_by, |w, e| w.term(e, &select.columns))?;
            match (rollup, call) {
                (true, true) => self.push(")"),
                (true, false) => self.push(" WITH ROLLUP"),
                _ => {}
            }
        }
        // The standard's total over all rows is there over none too, MySQL's is not.
        if call {
            self.push(" HAVING COUNT(*) > 0");
        }
        if let Some(having) = &select.having {
            self.push(if call { " AND " } else { " HAVING " });
            return if call {
                self.parens(having)
            } else {
                self.expr(having)
            };
        }
        Ok(())
    }

    /// A condition whose text patterns say how many rows they leave.
    fn estimated(&mut self, filter: &Expr, share: &str) -> Result {
        match filter {
            Expr::And(parts) if parts.len() > 1 => {
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        self.push(" AND ");
                    }
                    match part {
                        Expr::Raw(_) | Expr::Or(_) => self.parens(part)?,
                        Expr::And(_) => {
                            self.push("(");
                            self.estimated(part, share)?;
                            self.push(")");
                        }
                        _ => self.estimated(part, share)?,
                    }
                }
                Ok(())
            }
            Expr::Like { kind, .. } if *kind != LikeKind::Exact => self.likely(filter, share),
            Expr::Regex { .. } => self.likely(filter, share),
            _ => self.expr(filter),
        }
    }

    fn likely(&mut self, pattern: &Expr, share: &str) -> Result {
        self.push("likelihood(");
        self.expr(pattern)?;
        self.push(", ");
        self.push(share);
        self.push(")");
        Ok(())
    }

    /// Options stand in the text, as LIMIT does: they take no parameters.
    fn options(&mut self, options: &QueryOptions) -> Result {
        if !self.d.features().query_options {
            return Err(self.refuse(
                "options of a query",
                "SingleStore alone has them: leave `hint` out where `features().query_options` is false",
            ));
        }
        self.push(" OPTION (");
        self.list(&options.list, |w, option| {
            w.push(option.name);
            w.push(" = ");
            w.literal(&option.value)
        })?;
        self.push(")");
        Ok(())
    }

    /// Refuses windows with and without an order side by side.
    fn check_windows(&self, select: &Select) -> Result {
        let (mut ordered, mut whole) = (false, false);
        let terms = select.order_by.iter().map(|o| &o.expr);
        for expr in select.columns.iter().map(|c| &c.expr).chain(terms) {
            let mut see = |e: &Expr| {
                if let Expr::Window(window) = e {
                    whole |= window.order_by.is_empty();
                    ordered |= !window.order_by.is_empty();
                }
            };
            super::scope::walk(expr, &mut see, &mut |_| ());
        }
        if ordered && whole {
            return Err(self.refuse(
                "windows with and without an order in one query, of which it computes some over the wrong rows",
                "ask for them in a query each, or in a table each: `.select(…).as_table()`",
            ));
        }
        Ok(())
    }

    /// The select list. Every item that is not a plain column gets a name: SingleStore keeps the
    /// constants of an unnamed one in the plan, and a derived table needs one.
    fn select_list(&mut self, columns: &[SelectItem]) -> Result {
        if columns.is_empty() {
            self.push("1 AS ");
            self.name("c0");
            return Ok(());
        }
        for (i, item) in columns.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.expr(&item.expr)?;
            match &item.alias {
                Some(alias) => {
                    self.push(" AS ");
                    self.name(alias);
                }
                None if matches!(item.expr, Expr::Column { .. } | Expr::Named(_)) => {}
                None => {
                    self.push(" AS ");
                    self.name(&format!("c{i}"));
                }
            }
        }
        Ok(())
    }

    fn source(&mut self, source: &From) -> Result {
        let alias = match source {
            From::Table { name, alias } => {
                self.table_source(name);
                alias
            }
            From::Subquery { select, alias } => {
                self.push("(");
                self.select(select)?;
                self.push(")");
                alias
            }
            From::Raw { sql, alias } => {
                self.push("(");
                self.raw(sql)?;
                self.push(")");
                alias
            }
            From::Set { operation, alias } => {
                self.push("(");
                self.set_operation(operation)?;
                self.push(")");
                alias
            }
            // The statement takes no WITH in front of it, and this stands in no select of it.
            From::With { table, alias } if self.with_within => {
                self.push("(");
                self.with_alone(table)?;
                self.push(")");
                alias
            }
            From::With { table, alias } => {
                self.name(&table.name);
                alias
            }
            From::Found { name, alias } => {
                self.name(name);
                alias
            }
        };
        self.push(" AS ");
        self.alias(*alias);
        Ok(())
    }

    pub(super) fn join(&mut self, join: &Join) -> Result {
        self.joined(join)?;
        self.push(" ON ");
        self.expr(&join.on)
    }

    /// A join of a statement that writes. A DISTINCT table is computed first, so it may read the table
    /// that is written, unless the database refuses what only a LIMIT keeps it from merging.
    pub(super) fn join_of_write(&mut self, join: &Join) -> Result {
        let target = self.target;
        if let From::Subquery { select, .. } = &join.source
            && select.distinct
            && !self.d.features().merges_derived
        {
            self.target = None;
        }
        self.joined(join)?;
        self.target = target;
        self.push(" ON ");
        self.expr(&join.on)
    }

    fn joined(&mut self, join: &Join) -> Result {
        self.push(match join.kind {
            JoinKind::Inner => " INNER JOIN ",
            JoinKind::Left => " LEFT JOIN ",
        });
        self.source(&join.source)
    }

    /// A term of GROUP BY or ORDER BY. One that holds parameters and is also selected is named by its
    /// position: a server does not see that two parameters are the same value.
    pub(super) fn term(&mut self, expr: &Expr, columns: &[SelectItem]) -> Result {
        let plain = matches!(expr, Expr::Column { .. } | Expr::Named(_) | Expr::Raw(_));
        let position = same(columns.iter().map(|c| &c.expr), expr);
        match position {
            Some(at) if !plain => self.number(at as u64 + 1),
            _ => self.expr(expr)?,
        }
        Ok(())
    }

    pub(in crate::dialect) fn order_by(
        &mut self,
        terms: &[Order],
        columns: &[SelectItem],
    ) -> Result {
        if terms.is_empty() {
            return Ok(());
        }
        self.push(" ORDER BY ");
        self.list(terms, |w, order| {
            match &order.expr {
                Expr::Func {
                    func: Func::Nearest(search),
                    args,
                } => w.nearest_term(*search, args, columns)?,
                expr => w.term(expr, columns)?,
            }
            if order.descending {
                w.push(" DESC");
            }
            Ok(())
        })
    }

    /// LIMIT and OFFSET as numbers: text-protocol servers take no parameter there.
    pub(super) fn limit(&mut self, limit: Option<u64>, offset: Option<u64>) {
        match (limit, offset) {
            (None, None) => return,
            (Some(limit), _) => {
                self.push(" LIMIT ");
                self.number(limit.min(i64::MAX as u64));
            }
            (None, Some(_)) => {
                self.push(" LIMIT ");
                self.push(self.d.features().limit_all);
            }
        }
        if let Some(offset) = offset {
            self.push(" OFFSET ");
            self.number(offset.min(i64::MAX as u64));
        }
    }

    fn lock(&mut self, select: &Select) -> Result {
        let Some(lock) = select.lock else {
            return Ok(());
        };
        let features = self.d.features();
        let text = match (features.row_locks, lock) {
            (RowLocks::Database, Lock::Update) => return Ok(()),
            (_, Lock::Update) => " FOR UPDATE",
            (RowLocks::SkipLocked, Lock::UpdateNoWait) => " FOR UPDATE NOWAIT",
            (RowLocks::SkipLocked, Lock::UpdateSkipLocked) => " FOR UPDATE SKIP LOCKED",
            (_, Lock::UpdateNoWait) => {
                return Err(self.refuse(
                    "FOR UPDATE NOWAIT",
                    "lock with FOR UPDATE and a lock timeout, or test the feature `row_locks` first",
                ));
            }
            (_, Lock::UpdateSkipLocked) => {
                return Err(self.refuse(
                    "FOR UPDATE SKIP LOCKED",
                    "claim rows by an UPDATE of a status column, or test the feature `row_locks` first",
                ));
            }
        };
        if !features.lock_joins && !super::scope::single_table(select) {
            return Err(self.refuse(
                "FOR UPDATE with a join or a subquery",
                "select the keys first, then lock the rows of one table by their keys",
            ));
        }
        self.push(text);
        Ok(())
    }

    /// An error of this dialect.
    pub(in crate::dialect) fn refuse(
        &self,
        feature: impl Into<String>,
        hint: impl Into<String>,
    ) -> crate::dialect::RenderError {
        unsupported(self.d.dialect(), feature, hint)
    }

    pub(super) fn set_operation(&mut self, operation: &SetOperation) -> Result {
        let features = self.d.features();
        let word = match operation.op {
            SetOp::Union => " UNION ",
            SetOp::UnionAll => " UNION ALL ",
            SetOp::Intersect => " INTERSECT ",
            SetOp::Except => " EXCEPT ",
        };
        if matches!(operation.op, SetOp::Intersect | SetOp::Except) && !features.intersect_except {
            return Err(self.refuse(word.trim(), "filter by `IN` or `NOT IN` a subquery instead"));
        }
        let bounded = !operation.order_by.is_empty()
            || operation.limit.is_some()
            || operation.offset.is_some();
        // What is computed from columns is no column of the result, by which alone SQLite orders.
        let computed = |order: &Order| {
            let column = match &order.expr {
                Expr::Func {
                    func: Func::Exact,
                    args,
                } => args.first(),
                other => Some(other),
            };
            !matches!(column, Some(Expr::Named(_)))
        };
        // Nor does SQLite find every column of an operation that begins with another one.
        let nested = |part: &Select| matches!(part.from, Some(From::Set { .. }));
        let wrap = (bounded && features.wrap_set_operations)
            || operation.order_by.iter().any(computed)
            || (bounded && operation.parts.iter().any(nested));
        if wrap {
            self.push("SELECT * FROM (");
        }
        for (i, part) in operation.parts.iter().enumerate() {
            if i > 0 {
                self.push(word);
            }
            self.set_part(part)?;
        }
        if wrap {
            let alias = self.wrap_alias();
            self.push(") AS ");
            self.push(&alias);
        }
        self.order_by(&operation.order_by, &[])?;
        self.limit(operation.limit, operation.offset);
        Ok(())
    }

    /// A part of a set operation. Its own ORDER BY and LIMIT stand in a derived table: SQLite takes
    /// no parentheses, and elsewhere the clauses could bind to the whole.
    pub(super) fn set_part(&mut self, part: &Select) -> Result {
        if part.lock.is_some() {
            return Err(self.refuse(
                "FOR UPDATE in a set operation",
                "lock the rows by their keys",
            ));
        }
        let bounded = !part.order_by.is_empty() || part.limit.is_some() || part.offset.is_some();
        if bounded {
            self.wrapped(part, false)
        } else {
            self.select(part)
        }
    }

    /// `SELECT * FROM (select) AS w0`.
    pub(super) fn wrapped(&mut self, select: &Select, keep_apart: bool) -> Result {
        self.push("SELECT * FROM (");
        self.select(select)?;
        if keep_apart && select.limit.is_none() && select.offset.is_none() {
            self.push(" LIMIT ");
            self.push(self.d.features().limit_all);
        }
        let alias = self.wrap_alias();
        self.push(") AS ");
        self.push(&alias);
        Ok(())
    }

    /// A table's name as a source of rows. MySQL's family refuses to read the table that the
    /// statement writes (1093), so there it becomes a derived table.
    fn table_source(&mut self, name: &str) {
        let features = self.d.features();
        let written = self.target.is_some_and(|t| t.table == name);
        if !written || features.self_select {
            self.name(name);
            return;
        }
        self.push("(SELECT * FROM ");
        self.name(name);
        if features.merges_derived {
            self.push(" LIMIT ");
            self.push(features.limit_all);
        }
        self.push(")");
    }
}
