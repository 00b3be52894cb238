//! A query as plain data, before it becomes a statement.

use super::order::without_repeats;
use crate::ast::{
    Alias, BinaryOp, Expr, From, Join, JoinKind, Lock, Order, QueryOptions, Select, SelectItem,
    Statement,
};
use crate::backend::{Executed, Executor, Transaction};
use crate::dialect::{Features, Sql};
use crate::error::Result;
use crate::model::{At, JoinNode, Joins, ModelMeta, Scope, is_reference_table};
use crate::value::{RowSet, Value};

/// The alias of a query's own table.
pub(crate) const ROOT: Alias = Alias(0);

/// How the rows are ordered.
#[derive(Debug, Clone, Default)]
pub(crate) enum OrderRule {
    /// As the model says, else by key.
    #[default]
    Model,
    /// As the query says; the key is appended unless the order is total without it.
    Given(Vec<Order>),
    /// Not at all, because the code says `.unordered()`.
    Unordered,
}

/// A query on one model.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) meta: &'static ModelMeta,
    pub(crate) joins: Joins,
    pub(crate) next_alias: u16,
    pub(crate) filter: Vec<Expr>,
    pub(crate) order: OrderRule,
    pub(crate) reversed: bool,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
    pub(crate) lock: Option<Lock>,
    /// Options of the statement, of which the last of a name counts.
    pub(crate) options: Option<Box<QueryOptions>>,
    /// Matches nothing, and sends nothing.
    pub(crate) none: bool,
    /// A mistake in building the query, raised by the terminals.
    pub(crate) misuse: Option<String>,
    /// What stands in the place of the model's table: the result of another query.
    pub(crate) root: Option<From>,
    /// Sources joined by conditions.
    pub(crate) extra: Vec<Extra>,
    /// What makes an order total, where it is not the model's key.
    pub(crate) tie: Option<Vec<Order>>,
}

/// A source joined by a condition.
#[derive(Debug, Clone)]
pub(crate) struct Extra {
    pub(crate) kind: JoinKind,
    pub(crate) source: From,
    pub(crate) alias: Alias,
    pub(crate) on: Expr,
}

impl Plan {
    pub(crate) fn new(meta: &'static ModelMeta) -> Self {
        Self {
            meta,
            joins: Joins::default(),
            next_alias: 1,
            filter: Vec::new(),
            order: OrderRule::default(),
            reversed: false,
            limit: None,
            offset: None,
            lock: None,
            options: None,
            none: false,
            misuse: None,
            root: None,
            extra: Vec::new(),
            tie: None,
        }
    }

    /// Gives the selects in an expression that a closure made their place in this query.
    pub(crate) fn adopt(&mut self, mut node: Expr) -> Expr {
        if let Some(misuse) = crate::ast::place(&mut node, &mut self.next_alias) {
            self.misuse = Some(misuse);
        }
        self.break_ties(&mut node);
        node
    }

    /// Appends the key to the order of windows whose function tells rows apart that tie.
    fn break_ties(&self, node: &mut Expr) {
        if let Expr::Window(window) = node {
            if window.func.tells_ties_apart() && !window.order_by.is_empty() {
                let mut terms = std::mem::take(&mut window.order_by);
                match &self.tie {
                    Some(tie) => terms.extend(tie.iter().cloned()),
                    None => terms.extend(key_order(self.meta, ROOT)),
                }
                window.order_by = without_repeats(terms);
            }
            return;
        }
        node.parts_mut(&mut |e| self.break_ties(e), &mut |_| ());
    }

    /// The same for the terms of an order.
    pub(crate) fn adopt_terms(&mut self, mut terms: Vec<Order>) -> Vec<Order> {
        for term in &mut terms {
            let node = std::mem::replace(&mut term.expr, Expr::And(Vec::new()));
            term.expr = self.adopt(node);
        }
        terms
    }

    /// Adds a condition that a closure made.
    pub(crate) fn take_filter(&mut self, condition: Expr) {
        let condition = self.adopt(condition);
        self.add_filter(condition);
    }

    /// Whether the query is the model's table, all of it.
    pub(crate) fn is_whole(&self) -> bool {
        self.joins.nodes.is_empty()
            && self.filter.is_empty()
            && self.limit.is_none()
            && self.offset.is_none()
            && !self.none
            && self.extra.is_empty()
            && self.root.is_none()
            && self.options.is_none()
    }

    /// The source in the table's place and what tells its rows apart, if the query is nothing more.
    pub(crate) fn only_root(self) -> Option<(From, Vec<Order>)> {
        let more = !self.joins.nodes.is_empty()
            || !self.filter.is_empty()
            || self.limit.is_some()
            || self.offset.is_some()
            || self.none
            || !self.extra.is_empty();
        if more {
            return None;
        }
        Some((self.root?, self.tie.unwrap_or_default()))
    }

    /// Raises mistakes, and that of aggregates over rows that a limit cut from several sources.
    pub(crate) fn check_aggregate(&self) -> Result<()> {
        self.check()?;
        if self.tie.is_some() && (self.limit.is_some() || self.offset.is_some()) {
            return Err(crate::Error::Usage(
                "aggregates over a limit of joined rows: make a table of them first, `.select(…).limit(n).as_table()`".into(),
            ));
        }
        Ok(())
    }

    /// The select of a subquery for EXISTS.
    pub(crate) fn found(&self, item: SelectItem) -> Select {
        if self.limit.is_some() || self.offset.is_some() {
            self.rows(vec![item])
        } else {
            self.bare(vec![item])
        }
    }

    /// Runs a closure on the handle of the query's own table, and keeps the joins it asked for.
    pub(crate) fn with_root<T>(&mut self, run: impl FnOnce(At) -> T) -> T {
        let scope = Scope::new(std::mem::take(&mut self.joins), self.next_alias);
        let out = run(At::table(scope.clone(), self.meta, ROOT));
        (self.joins, self.next_alias) = scope.finish();
        out
    }

    pub(crate) fn add_filter(&mut self, condition: Expr) {
        match condition {
            Expr::And(list) => self.filter.extend(list),
            other => self.filter.push(other),
        }
    }

    /// Raises a mistake made while the query was built.
    pub(crate) fn check(&self) -> Result<()> {
        match &self.misuse {
            Some(text) => Err(crate::Error::Usage(text.clone())),
            None => Ok(()),
        }
    }

    /// As [`check`](Self::check), for a statement that writes the rows.
    pub(crate) fn check_write(&self) -> Result<()> {
        self.check()?;
        match &self.options {
            None => Ok(()),
            Some(_) => Err(crate::Error::Usage(
                "a `hint` in an update or a delete: its OPTION stands behind a SELECT alone, so leave it out".into(),
            )),
        }
    }

    /// As [`check`](Self::check); locks also ask for a transaction that holds them.
    pub(crate) fn check_on(&self, db: &dyn Executor) -> Result<()> {
        self.check()?;
        if self.lock.is_some() && !db.in_transaction() {
            return Err(crate::Error::Usage(format!(
                "`for_update` on {} would let go of its locks at once: run the query on a transaction, \
                 `db.begin()` or `db.atomic(…)`",
                self.meta.name
            )));
        }
        Ok(())
    }

    /// WHERE of the whole.
    pub(crate) fn condition(&self) -> Option<Expr> {
        if self.none {
            return Some(Expr::Or(Vec::new()));
        }
        match self.filter.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            many => Some(Expr::And(many.to_vec())),
        }
    }

    /// Whether the query finds one row at most, by its key, and asks nothing that takes long.
    pub(crate) fn is_point(&self) -> bool {
        let is_key = |column: &str, expr: &Expr| match expr {
            Expr::Binary {
                left,
                op: BinaryOp::Eq,
                right,
            } => {
                matches!(&**left, Expr::Column { table, name } if *table == ROOT && name == column)
                    && matches!(&**right, Expr::Value(_))
            }
            _ => false,
        };
        let found = |&c: &usize| {
            let column = self.meta.columns[c].column;
            self.filter.iter().any(|e| is_key(column, e))
        };
        self.meta.key.iter().all(found) && self.lock.is_none() && self.filter.iter().all(is_short)
    }

    /// WHERE of the whole, taken out.
    pub(crate) fn take_condition(&mut self) -> Option<Expr> {
        let mut filter = std::mem::take(&mut self.filter);
        match filter.len() {
            0 | 1 => filter.pop(),
            _ => Some(Expr::And(filter)),
        }
    }

    /// The columns of the model's table.
    pub(crate) fn own_columns(&self) -> Vec<SelectItem> {
        columns_at(self.meta, ROOT)
    }

    /// The order of the model's rows: total, whatever the query says.
    pub(crate) fn row_order(&self) -> Vec<Order> {
        let mut terms = match &self.order {
            OrderRule::Unordered => return Vec::new(),
            OrderRule::Given(terms) => terms.clone(),
            OrderRule::Model => model_order(self.meta, ROOT),
        };
        if let Some(tie) = &self.tie {
            if matches!(self.order, OrderRule::Model) {
                terms.clear();
            }
            terms.extend(tie.iter().cloned());
            return self.directed(without_repeats(terms));
        }
        let named = |c: usize| {
            let column = Expr::column(ROOT, self.meta.columns[c].column);
            terms.iter().any(|t| t.expr == column)
        };
        if !self.meta.is_unique(named) {
            terms.extend(key_order(self.meta, ROOT));
        }
        self.directed(without_repeats(terms))
    }

    pub(crate) fn directed(&self, mut terms: Vec<Order>) -> Vec<Order> {
        if self.reversed {
            for term in &mut terms {
                term.descending = !term.descending;
            }
        }
        terms
    }

    /// A select of these items from the query's tables, filtered, not yet ordered or limited.
    pub(crate) fn bare(&self, columns: Vec<SelectItem>) -> Select {
        if self.tie.is_some() {
            return self.bare_sources(columns);
        }
        Select {
            columns,
            joins: joins(&self.joins).collect(),
            filter: self.condition(),
            options: self.options.clone(),
            ..Select::from_table(self.meta.table, ROOT)
        }
    }

    /// The same from several sources, each join behind what its condition names.
    fn bare_sources(&self, columns: Vec<SelectItem>) -> Select {
        let mut select = Select {
            columns,
            filter: self.condition(),
            options: self.options.clone(),
            ..Select::from_table(self.meta.table, ROOT)
        };
        if let Some(root) = &self.root {
            select.from = Some(root.clone());
        }
        let mut at_hand = vec![ROOT];
        let mut hops: Vec<&JoinNode> = self.joins.nodes.iter().collect();
        let mut extra: Vec<&Extra> = self.extra.iter().collect();
        loop {
            // A path follows its start as soon as that is there.
            while let Some(i) = hops.iter().position(|h| at_hand.contains(&h.parent)) {
                let hop = hops.remove(i);
                at_hand.push(hop.alias);
                select.joins.push(join(hop));
            }
            if extra.is_empty() {
                break;
            }
            let next = extra.remove(0);
            at_hand.push(next.alias);
            // What the condition names of paths that begin at the joined table itself comes later.
            let early = is_within(&next.on, &at_hand);
            let on = if early {
                next.on.clone()
            } else {
                Expr::And(Vec::new())
            };
            select.joins.push(Join {
                kind: if early { next.kind } else { JoinKind::Inner },
                source: next.source.clone(),
                on,
            });
            if !early {
                select.filter = Some(match select.filter.take() {
                    Some(filter) => Expr::And(vec![next.on.clone(), filter]),
                    None => next.on.clone(),
                });
            }
        }
        select
    }

    /// A select of rows: ordered, limited, locked.
    pub(crate) fn rows(&self, columns: Vec<SelectItem>) -> Select {
        Select {
            order_by: self.row_order(),
            limit: self.limit,
            offset: self.offset,
            lock: self.lock,
            ..self.bare(columns)
        }
    }

    /// A select of one row of aggregates over the rows of the query, cut rows excluded.
    pub(crate) fn aggregate(&self, items: Vec<SelectItem>) -> Select {
        if self.limit.is_none() && self.offset.is_none() {
            return self.bare(items);
        }
        // The limited rows are chosen by key inside, then joined to the same tables outside.
        let mut select = self.bare(items);
        select.filter = Some(self.key_filter(ROOT));
        select
    }

    /// A condition on a table of the same model: its key is among the query's rows.
    pub(crate) fn key_filter(&self, outer: Alias) -> Expr {
        let inner_alias = Alias(self.next_alias.saturating_add(100));
        let keys = self.key_items();
        // Order decides which rows a limit keeps; without one it would only cost.
        let cut = self.limit.is_some() || self.offset.is_some();
        let mut select = if cut {
            self.rows(keys)
        } else {
            self.bare(keys)
        };
        // They are the statement's.
        select.options = None;
        keys_in(self.meta, outer, select, inner_alias)
    }

    /// The key's columns as `k0`, `k1`, ….
    pub(crate) fn key_items(&self) -> Vec<SelectItem> {
        let keys = self.meta.key.iter().enumerate().map(|(i, &c)| SelectItem {
            expr: Expr::column(ROOT, self.meta.columns[c].column),
            alias: Some(format!("k{i}").into()),
        });
        keys.collect()
    }
}

/// A condition on a table of the model: its key is among those that a select hands out as `k0`, `k1`, ….
pub(crate) fn keys_in(
    meta: &'static ModelMeta,
    outer: Alias,
    select: Select,
    inner_alias: Alias,
) -> Expr {
    let source = From::Subquery {
        select: Box::new(select),
        alias: inner_alias,
    };
    match meta.key {
        &[key] => Expr::InSelect {
            expr: Box::new(Expr::column(outer, meta.columns[key].column)),
            select: Box::new(Select {
                columns: vec![SelectItem {
                    expr: Expr::column(inner_alias, "k0"),
                    alias: None,
                }],
                from: Some(source),
                ..Select::empty()
            }),
        },
        many => {
            let equal = many.iter().enumerate().map(|(i, &c)| {
                Expr::binary(
                    Expr::column(inner_alias, format!("k{i}")),
                    BinaryOp::Eq,
                    Expr::column(outer, meta.columns[c].column),
                )
            });
            Expr::Exists(Box::new(Select {
                columns: vec![one()],
                from: Some(source),
                filter: Some(Expr::And(equal.collect())),
                ..Select::empty()
            }))
        }
    }
}

/// Whether an expression names tables at hand alone, or those of its own selects.
pub(crate) fn is_within(expr: &Expr, at_hand: &[Alias]) -> bool {
    let mut expr = expr.clone();
    let mut used = Vec::new();
    let mut held = at_hand.to_vec();
    crate::ast::aliases(&mut expr, &mut used, &mut held);
    used.iter().all(|a| held.contains(a))
}

/// Whether an expression takes no longer than the row it stands in: no selects, no patterns, no raw SQL.
pub(crate) fn is_short(expr: &Expr) -> bool {
    match expr {
        Expr::Column { .. } | Expr::Named(_) | Expr::Value(_) => true,
        Expr::Binary { left, right, .. } => is_short(left) && is_short(right),
        Expr::And(all) | Expr::Or(all) | Expr::Func { args: all, .. } => all.iter().all(is_short),
        Expr::Not(e) | Expr::IsNotTrue(e) | Expr::IsNull(e) | Expr::IsNotNull(e) => is_short(e),
        Expr::In { expr, .. } => is_short(expr),
        Expr::Between { expr, low, high } => is_short(expr) && is_short(low) && is_short(high),
        _ => false,
    }
}

/// `1 AS one`.
pub(crate) fn one() -> SelectItem {
    SelectItem {
        expr: Expr::Value(Value::Int(1)),
        alias: Some("one".into()),
    }
}

/// The columns of a model's table.
pub(crate) fn columns_at(meta: &'static ModelMeta, alias: Alias) -> Vec<SelectItem> {
    let item = |column: &'static str| SelectItem {
        expr: Expr::column(alias, column),
        alias: None,
    };
    meta.columns.iter().map(|c| item(c.column)).collect()
}

pub(crate) fn model_order(meta: &'static ModelMeta, alias: Alias) -> Vec<Order> {
    let term = |&(c, descending): &(usize, bool)| Order {
        expr: Expr::column(alias, meta.columns[c].column),
        descending,
    };
    meta.ordering.iter().map(term).collect()
}

pub(crate) fn key_order(meta: &'static ModelMeta, alias: Alias) -> impl Iterator<Item = Order> {
    meta.key.iter().map(move |&c| Order {
        expr: Expr::column(alias, meta.columns[c].column),
        descending: false,
    })
}

/// The joins as the AST says them.
pub(crate) fn joins(joins: &Joins) -> impl Iterator<Item = Join> {
    joins.nodes.iter().map(join)
}

fn join(node: &JoinNode) -> Join {
    let ties = node.from.relations[node.relation].ties().into_iter();
    let mut equal = ties.map(|(here, there)| {
        Expr::binary(
            Expr::column(node.alias, node.to.columns[there].column),
            BinaryOp::Eq,
            Expr::column(node.parent, node.from.columns[here].column),
        )
    });
    let on = match equal.len() {
        1 => equal.next().unwrap_or(Expr::And(Vec::new())),
        _ => Expr::And(equal.collect()),
    };
    Join {
        kind: if node.nullable {
            JoinKind::Left
        } else {
            JoinKind::Inner
        },
        source: From::Table {
            name: node.to.table.into(),
            alias: node.alias,
        },
        on,
    }
}

/// Equality of a model's key with values.
pub(crate) fn key_equals(meta: &'static ModelMeta, alias: Alias, values: Vec<Value>) -> Expr {
    let mut parts: Vec<Expr> = meta
        .key
        .iter()
        .zip(values)
        .map(|(&c, v)| {
            Expr::binary(
                Expr::column(alias, meta.columns[c].column),
                BinaryOp::Eq,
                Expr::Value(v),
            )
        })
        .collect();
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        Expr::And(parts)
    }
}

/// Rows of one statement at most in which each row has values of its own. They are compared with the
/// keys one after the other, so that more would cost more than they save; SingleStore's stack bears 900
/// (django-singlestore).
const MAX_OWN_VALUES: usize = 64;

/// How many rows a statement takes at most that gives each of them its own values for some columns.
pub(crate) fn parts_of(features: &Features, meta: &ModelMeta, columns: usize) -> usize {
    let fit = features.max_params / (columns * 2 + 1) / meta.key.len().max(1);
    1 << fit.clamp(1, MAX_OWN_VALUES).ilog2()
}

/// The value of a column for each of some rows, given by their keys.
pub(crate) fn value_by_key<'r>(
    meta: &'static ModelMeta,
    alias: Alias,
    column: usize,
    rows: impl ExactSizeIterator<Item = (&'r [Value], &'r Value)>,
) -> Expr {
    let mut rows = rows;
    if rows.len() == 1 {
        let value = rows.next().map(|(_, value)| value.clone());
        return Expr::Value(value.unwrap_or_default());
    }
    let when = |(key, value): (&[Value], &Value)| {
        let is = key_equals(meta, alias, key.to_vec());
        (is, Expr::Value(value.clone()))
    };
    Expr::Case {
        whens: rows.map(when).collect(),
        // Never taken, and says of which type the whole is.
        otherwise: Some(Box::new(Expr::column(alias, meta.columns[column].column))),
    }
}

/// The list in parts whose lengths are powers of two, so that few shapes of statements occur.
pub(crate) fn powers_of_two<T>(list: &[T], most: usize) -> impl Iterator<Item = &[T]> {
    let mut rest = list;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (chunk, left) = rest.split_at(most.min(1 << rest.len().ilog2()));
        rest = left;
        Some(chunk)
    })
}

/// Ends a transaction by the result of its work. Rolled back here and not by the drop, so that its
/// locks are gone when the caller sees the error.
pub(crate) async fn finish<T>(tx: Transaction, done: Result<T>) -> Result<T> {
    match done {
        Ok(value) => {
            tx.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // The connection recovers by itself; the caller's error is the one that matters.
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

/// Renders and runs a statement with rows.
pub(crate) async fn fetch(db: &dyn Executor, statement: &Statement) -> Result<RowSet> {
    let sql = db.dialect().render(statement)?;
    Ok(db.fetch(sql).await?)
}

/// Renders and runs a statement without rows.
pub(crate) async fn execute(db: &dyn Executor, statement: &Statement) -> Result<Executed> {
    Ok(db.execute(rendered(db, statement)?).await?)
}

/// Values from which on an INSERT hands over its rows instead of a copy.
const MANY_VALUES: usize = 256;

/// As [`rendered`], of a statement that is not needed again.
pub(crate) fn rendered_once(db: &dyn Executor, mut statement: Statement) -> Result<Sql> {
    super::validate::check_years(&statement, db.dialect().features())?;
    let values = match &mut statement {
        Statement::Insert(insert)
            if insert.on_conflict.is_none() && insert.values.len() >= MANY_VALUES =>
        {
            let places = vec![Value::Null; insert.values.len()];
            std::mem::replace(&mut insert.values, places)
        }
        _ => return to_sql(db, &statement),
    };
    let mut sql = to_sql(db, &statement)?;
    // Each value is a parameter, row by row, and the text does not depend on it.
    sql.params = values;
    Ok(sql)
}

/// A statement without rows, checked and ready to be sent.
pub(crate) fn rendered(db: &dyn Executor, statement: &Statement) -> Result<Sql> {
    super::validate::check_years(statement, db.dialect().features())?;
    to_sql(db, statement)
}

fn to_sql(db: &dyn Executor, statement: &Statement) -> Result<Sql> {
    let mut sql = db.dialect().render(statement)?;
    let table = match statement {
        _ if !db.dialect().features().sharded => None,
        Statement::Insert(insert) => Some(&insert.table),
        Statement::Update(update) => Some(&update.table),
        Statement::Delete(delete) => Some(&delete.table),
        _ => None,
    };
    sql.reference = table.is_some_and(|table| is_reference_table(table));
    Ok(sql)
}
