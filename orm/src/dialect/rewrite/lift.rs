//! Subqueries in the select list, GROUP BY, HAVING, ORDER BY and aggregates, and those in WHERE that
//! the server does not transform, lifted to joined derived tables.
//!
//! `SELECT (SELECT COUNT(*) FROM b WHERE b.a_id = a.id) …` becomes
//! `SELECT COALESCE(d.a0, 0) … LEFT JOIN (SELECT b.a_id AS k0, COUNT(*) AS a0 FROM b GROUP BY b.a_id)
//! AS d ON d.k0 = a.id`. The derived table has one row for each key at most, so no row is doubled.

use super::keys::flat;
use super::visit::{alias, aliases, children};
use super::{Aliases, Result, correlated, refuse};
use crate::ast::{
    Alias, BinaryOp, Delete, Expr, From, Join, JoinKind, Name, Select, SelectItem, Statement,
    Update,
};
use crate::dialect::render::reads_table;
use crate::value::Value;

/// Whether a statement may hold what must be lifted: all but a walk over plain columns.
pub(super) fn needed(statement: &Statement) -> bool {
    let plain = |e: &Expr| matches!(e, Expr::Column { .. } | Expr::Named(_) | Expr::Value(_));
    match statement {
        Statement::Select(s) => {
            let simple = s.columns.iter().all(|c| plain(&c.expr))
                && s.order_by.iter().all(|o| plain(&o.expr))
                && s.group_by.is_empty()
                && s.having.is_none();
            let tables = (s.from.iter().chain(s.joins.iter().map(|j| &j.source)))
                .all(|source| matches!(source, From::Table { .. }));
            let filter = s
                .filter
                .as_ref()
                .is_none_or(crate::dialect::render::no_selects);
            !(simple && tables && filter)
        }
        Statement::SetOperation(_) => true,
        Statement::Update(_) | Statement::Delete(_) => true,
        Statement::Insert(_) | Statement::Raw(_) => false,
    }
}

pub(super) struct Lift {
    pub(super) dialect: &'static str,
    /// Whether operands that are looked for together in a select stay so.
    pub(super) rows_stay: bool,
    /// Whether EXISTS is joined, also where a server would transform it.
    pub(super) join_exists: bool,
    /// What the rows of the select at hand come of; the first is its FROM.
    pub(super) sources: Vec<Join>,
    pub(super) aliases: Aliases,
    /// The table that is written, where subqueries on it are all that is lifted.
    pub(super) asks: Option<Name>,
    /// Conditions on the rows that are written, which a derived table may repeat.
    pub(super) kept: Vec<Expr>,
    /// Whether columns of derived tables have names that no other has: MariaDB does not find a column
    /// in HAVING where GROUP BY names another of its name.
    pub(super) unique: bool,
}

/// Where an expression stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In the select list: what does not depend on the row may stay.
    List,
    /// In GROUP BY or ORDER BY, where no subquery may stand.
    Term,
    /// In HAVING.
    Having,
    /// In an aggregate, where no subquery may stand.
    Aggregate,
}

/// What was lifted from one select.
#[derive(Default)]
pub(super) struct Lifted {
    pub(super) joins: Vec<Join>,
    /// The subqueries, and what stands for each.
    pub(super) known: Vec<(Expr, Expr)>,
    /// What is looked for among the rows of a select, by its place, and what stands for it: the same
    /// in the list and in GROUP BY must stay the same.
    members: Vec<(Place, Expr, Expr)>,
}

impl Lift {
    /// Lifts from one select; those inside it come after it.
    pub(super) fn select(&mut self, select: &mut Select) -> Result {
        let own: Vec<Alias> = aliases(select).collect();
        self.sources = (select.from.iter().cloned().map(first))
            .chain(select.joins.iter().cloned())
            .collect();
        let mut lifted = Lifted::default();
        let grouped = !select.group_by.is_empty();
        self.unique = grouped && select.having.is_some();
        // A column that rows are put in order or in groups by goes with its term, which names it by its
        // place then.
        let terms = select.order_by.iter().map(|o| &o.expr);
        let terms: Vec<Expr> = terms.chain(&select.group_by).cloned().collect();
        for item in &mut select.columns {
            let place = match terms.contains(&item.expr) {
                true => Place::Term,
                false => Place::List,
            };
            self.expr(&mut item.expr, place, &own, &mut lifted)?;
        }
        if let Some(filter) = &mut select.filter {
            self.condition(filter, true, &own, &mut lifted)?;
        }
        for term in &mut select.group_by {
            self.expr(term, Place::Term, &own, &mut lifted)?;
        }
        if let Some(having) = &mut select.having {
            self.expr(having, Place::Having, &own, &mut lifted)?;
        }
        for order in &mut select.order_by {
            self.expr(&mut order.expr, Place::Term, &own, &mut lifted)?;
        }
        if grouped {
            let joined: Vec<Alias> = lifted.joins.iter().map(|j| alias(&j.source)).collect();
            let terms = terms_of(select, &joined);
            if select.rollup && !terms.is_empty() {
                return Err(refuse(
                    self.dialect,
                    "subselect beside the totals over keys (ROLLUP), of which it would become one more",
                    "filter or join the table of the totals by it, `.rollup().filter(…)`",
                ));
            }
            select.group_by.extend(terms);
        }
        select.joins.append(&mut lifted.joins);
        Ok(())
    }

    /// Lifts from the values and the condition of an UPDATE.
    pub(super) fn update(&mut self, update: &mut Update) -> Result {
        let own = self.written(&update.table, update.alias, &update.joins);
        self.keep(update.filter.as_ref());
        let mut lifted = Lifted::default();
        for (_, value) in &mut update.set {
            self.condition(value, false, &own, &mut lifted)?;
        }
        if let Some(filter) = &mut update.filter {
            self.condition(filter, true, &own, &mut lifted)?;
        }
        update.joins.append(&mut lifted.joins);
        Ok(())
    }

    /// Lifts from the condition of a DELETE.
    pub(super) fn delete(&mut self, delete: &mut Delete) -> Result {
        let own = self.written(&delete.table, delete.alias, &delete.joins);
        self.keep(delete.filter.as_ref());
        let mut lifted = Lifted::default();
        if let Some(filter) = &mut delete.filter {
            self.condition(filter, true, &own, &mut lifted)?;
        }
        delete.joins.append(&mut lifted.joins);
        Ok(())
    }

    /// Takes note of what a statement that writes reads; returns the aliases.
    fn written(&mut self, table: &Name, target: Alias, joins: &[Join]) -> Vec<Alias> {
        let table = From::Table {
            name: table.clone(),
            alias: target,
        };
        self.sources = std::iter::once(first(table))
            .chain(joins.iter().cloned())
            .collect();
        self.sources.iter().map(|j| alias(&j.source)).collect()
    }

    /// Takes note of the conditions that say the same wherever they stand.
    fn keep(&mut self, filter: Option<&Expr>) {
        if self.asks.is_some() {
            let parts = flat(filter.into_iter().cloned().collect());
            self.kept = parts.into_iter().filter(is_steady).collect();
        }
    }

    fn expr(
        &mut self,
        expr: &mut Expr,
        place: Place,
        own: &[Alias],
        lifted: &mut Lifted,
    ) -> Result {
        let stays =
            |select: &Select| matches!(place, Place::List | Place::Having) && !correlated(select);
        match expr {
            Expr::Scalar(select) if stays(select) && !is_nested(select) => return Ok(()),
            Expr::Exists(select) if stays(select) => return Ok(()),
            Expr::InSelect {
                select,
                expr: operand,
            } if stays(select) => {
                return self.expr(operand, place, own, lifted);
            }
            Expr::Scalar(_) | Expr::Exists(_) => {
                *expr = self.joined(expr, own, lifted)?;
                return Ok(());
            }
            Expr::RowInSelect { exprs, select } if self.rows_stay && stays(select) => {
                return (exprs.iter_mut()).try_for_each(|e| self.expr(e, place, own, lifted));
            }
            Expr::InSelect { .. } | Expr::RowInSelect { .. } => {
                return self.member(expr, place, own, lifted);
            }
            _ => {}
        }
        let place = match expr {
            Expr::Aggregate { .. } | Expr::GroupConcat { .. } => Place::Aggregate,
            Expr::Window(_) => Place::Term,
            _ => place,
        };
        children(expr, &mut |e| self.expr(e, place, own, lifted))
    }

    /// What is looked for among the rows of a select, as EXISTS, which is lifted then.
    fn member(
        &mut self,
        expr: &mut Expr,
        place: Place,
        own: &[Alias],
        lifted: &mut Lifted,
    ) -> Result {
        let known = |(at, from, _): &&(Place, Expr, Expr)| *at == place && from == expr;
        if let Some((.., to)) = lifted.members.iter().find(known) {
            *expr = to.clone();
            return Ok(());
        }
        let mut to = match &*expr {
            Expr::InSelect {
                select,
                expr: operand,
            } => self.among(std::slice::from_ref(&**operand), select, false)?,
            Expr::RowInSelect { exprs, select } => self.among(exprs, select, false)?,
            _ => return Ok(()),
        };
        self.expr(&mut to, place, own, lifted)?;
        let from = std::mem::replace(expr, to.clone());
        lifted.members.push((place, from, to));
        Ok(())
    }

    /// Lifts from WHERE what the server does not transform by itself. Where `plain`, NULL is as good
    /// as false.
    fn condition(
        &mut self,
        expr: &mut Expr,
        plain: bool,
        own: &[Alias],
        lifted: &mut Lifted,
    ) -> Result {
        if (self.asks.as_ref()).is_some_and(|table| !reads_table(expr, table)) {
            return Ok(());
        }
        match expr {
            Expr::Exists(select)
                if correlated(select) && (self.join_exists || !self.transforms(select, own)) =>
            {
                *expr = self.joined(expr, own, lifted)?;
                Ok(())
            }
            // The server transforms some of these only where the table outside is sharded.
            Expr::Scalar(select) if correlated(select) => {
                let stays = self.transforms(select, own);
                match self.joined(expr, own, lifted) {
                    Ok(value) => *expr = value,
                    Err(_) if stays => {}
                    Err(error) => return Err(error),
                }
                Ok(())
            }
            Expr::InSelect {
                select,
                expr: operand,
            } if correlated(select) && !self.stays(select, own) => {
                // No EXISTS says the same; the rows are found before any is written.
                if self.asks.is_some() && chooses(select) {
                    return self.condition(operand, false, own, lifted);
                }
                *expr = self.among(std::slice::from_ref(&**operand), select, plain)?;
                self.condition(expr, plain, own, lifted)
            }
            Expr::RowInSelect { exprs, select }
                if !self.rows_stay || (correlated(select) && !self.stays(select, own)) =>
            {
                if self.asks.is_some() && correlated(select) && chooses(select) {
                    return (exprs.iter_mut())
                        .try_for_each(|e| self.condition(e, false, own, lifted));
                }
                *expr = self.among(exprs, select, plain)?;
                self.condition(expr, plain, own, lifted)
            }
            Expr::And(all) | Expr::Or(all) => {
                (all.iter_mut()).try_for_each(|e| self.condition(e, plain, own, lifted))
            }
            Expr::IsNotTrue(e) => self.condition(e, true, own, lifted),
            Expr::Case { whens, otherwise } => {
                for (when, then) in whens {
                    self.condition(when, true, own, lifted)?;
                    self.condition(then, false, own, lifted)?;
                }
                (otherwise.iter_mut()).try_for_each(|e| self.condition(e, false, own, lifted))
            }
            _ => children(expr, &mut |e| self.condition(e, false, own, lifted)),
        }
    }

    /// Membership as EXISTS; with NULL as SQL has it, unless it is as good as false: what is not found
    /// is not absent where NULLs on either side leave that open.
    fn among(&mut self, operands: &[Expr], select: &Select, plain: bool) -> Result<Expr> {
        let mut select = select.clone();
        if chooses(&select) {
            if correlated(&select) {
                return Err(refuse(
                    self.dialect,
                    "correlated IN (SELECT …) with LIMIT, GROUP BY or aggregates",
                    "leave out the limit, or use `exists` with the condition inside",
                ));
            }
            select = self.derived(select, operands.len());
        }
        if operands.iter().any(holds_aggregate) {
            return Err(refuse(
                self.dialect,
                "an aggregate that is looked for in a correlated IN (SELECT …)",
                "compare it with a scalar subquery",
            ));
        }
        if select.columns.len() < operands.len() || operands.is_empty() {
            return Ok(Expr::Or(Vec::new()));
        }
        let values: Vec<Expr> = select.columns.drain(..).map(|item| item.expr).collect();
        select.distinct = false;
        select.order_by.clear();
        let exists = |conditions: Vec<Expr>| {
            let mut select = select.clone();
            let parts = select.filter.take().into_iter().chain(conditions);
            let mut parts: Vec<Expr> = flat(parts.collect());
            select.filter = match parts.len() {
                0 | 1 => parts.pop(),
                _ => Some(Expr::And(parts)),
            };
            Expr::Exists(Box::new(select))
        };
        let pairs = || values.iter().zip(operands);
        let equal = |(value, operand): (&Expr, &Expr)| {
            Expr::binary(value.clone(), BinaryOp::Eq, operand.clone())
        };
        let found = exists(pairs().map(equal).collect());
        if plain {
            return Ok(found);
        }
        let null = |e: &Expr| Expr::IsNull(Box::new(e.clone()));
        let unknown = match (&values[..], operands) {
            // The operand's own NULL is asked of the row outside, not of each row inside.
            ([value], [operand]) => Expr::Or(vec![
                exists(vec![null(value)]),
                Expr::And(vec![null(operand), exists(Vec::new())]),
            ]),
            _ => exists(
                pairs()
                    .map(|(v, o)| Expr::Or(vec![equal((v, o)), null(v), null(o)]))
                    .collect(),
            ),
        };
        Ok(Expr::Case {
            whens: vec![
                (found, Expr::Value(Value::Int(1))),
                (unknown, Expr::Value(Value::Null)),
            ],
            otherwise: Some(Box::new(Expr::Value(Value::Int(0)))),
        })
    }

    /// A select as a derived table with so many columns, so that conditions can be added.
    fn derived(&mut self, mut select: Select, width: usize) -> Select {
        let alias = self.aliases.next();
        select.columns.truncate(width);
        let mut columns = Vec::with_capacity(width);
        for (at, item) in select.columns.iter_mut().enumerate() {
            let name: Name = format!("a{at}").into();
            item.alias = Some(name.clone());
            columns.push(SelectItem {
                expr: Expr::column(alias, name.clone()),
                alias: Some(name),
            });
        }
        Select {
            columns,
            from: Some(From::Subquery {
                select: Box::new(select),
                alias,
            }),
            ..Select::empty()
        }
    }

    /// Whether a server may be left to transform a subquery, which it does while rows are written.
    fn stays(&self, select: &Select, own: &[Alias]) -> bool {
        self.asks.is_none() && self.transforms(select, own)
    }

    /// Whether the server does: it knows subqueries that equal the outer row in some columns.
    fn transforms(&self, select: &Select, own: &[Alias]) -> bool {
        let whole = select.limit.is_none()
            && select.offset.is_none()
            && select.group_by.is_empty()
            && select.having.is_none();
        let mut rest = select.clone();
        let held: Vec<Alias> = aliases(select).collect();
        let keys = self.take_keys(&mut rest, own, &held);
        whole && keys.is_ok_and(|keys| !keys.is_empty()) && !correlated(&rest)
    }
}

/// Whether the rows of a select depend on others of its tables, so that no condition can be added.
fn chooses(select: &Select) -> bool {
    let cut = select.limit.is_some() || select.offset.is_some();
    let grouped = !select.group_by.is_empty() || select.having.is_some();
    cut || grouped || select.columns.iter().any(|c| holds_aggregate(&c.expr))
}

/// A FROM as the first of several sources.
fn first(source: From) -> Join {
    Join {
        kind: JoinKind::Inner,
        source,
        on: Expr::And(Vec::new()),
    }
}

/// Whether the value of a select is itself one.
fn is_nested(select: &Select) -> bool {
    (select.columns.iter()).any(|c| !crate::dialect::render::no_selects(&c.expr))
}

/// Whether a condition is made of columns, values and comparisons alone.
fn is_steady(part: &Expr) -> bool {
    let mut steady = matches!(
        part,
        Expr::Column { .. }
            | Expr::Value(_)
            | Expr::Binary { .. }
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Not(_)
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsNotTrue(_)
            | Expr::In { .. }
            | Expr::InRows { .. }
            | Expr::Between { .. }
            | Expr::Like { .. }
    );
    // Nothing refuses here.
    let _ = children(&mut part.clone(), &mut |e| {
        steady &= is_steady(e);
        Ok(())
    });
    steady
}

pub(super) fn holds_aggregate(value: &Expr) -> bool {
    let mut value = value.clone();
    if matches!(value, Expr::Aggregate { .. } | Expr::GroupConcat { .. }) {
        return true;
    }
    let mut found = false;
    // Nothing refuses here.
    let _ = children(&mut value, &mut |e| {
        found |= holds_aggregate(e);
        Ok(())
    });
    found
}

/// Columns of joined tables that the groups must be made of as well, since they stand outside of
/// aggregates and of what the groups are made of already: that one value may come of several.
fn terms_of(select: &Select, joined: &[Alias]) -> Vec<Expr> {
    let mut terms = Vec::new();
    let items = select.columns.iter().map(|c| &c.expr);
    let exprs = items
        .chain(&select.having)
        .chain(select.order_by.iter().map(|o| &o.expr));
    for expr in exprs {
        terms_in(expr, &select.group_by, joined, &mut terms);
    }
    terms
}

fn terms_in(expr: &Expr, groups: &[Expr], joined: &[Alias], terms: &mut Vec<Expr>) {
    if groups.contains(expr) || terms.contains(expr) {
        return;
    }
    match expr {
        Expr::Aggregate { .. } | Expr::GroupConcat { .. } => {}
        Expr::Column { table, .. } => {
            if joined.contains(table) {
                terms.push(expr.clone());
            }
        }
        _ => {
            // Nothing refuses here.
            let _ = children(&mut expr.clone(), &mut |e| {
                terms_in(e, groups, joined, terms);
                Ok(())
            });
        }
    }
}
