//! The shapes of statements.

use std::sync::Arc;

use super::again;
use super::walk::{Walk, is_long};
use crate::ast::{
    Delete, Expr, From, Insert, Join, Name, OnConflict, Order, QueryOption, QueryOptions, Select,
    SelectItem, SetOperation, Statement, Update, WithTable,
};

impl Walk<'_> {
    pub(super) fn statement(&mut self, statement: &Statement) -> bool {
        match statement {
            Statement::Select(select) => self.tag(1) && self.select(select),
            Statement::Insert(insert) => self.tag(2) && self.insert(insert),
            Statement::Update(update) => self.tag(3) && self.update(update),
            Statement::Delete(delete) => self.tag(4) && self.delete(delete),
            Statement::SetOperation(operation) => self.tag(5) && self.set_operation(operation),
            Statement::Raw(raw) => self.tag(6) && self.raw(raw),
        }
    }

    fn set_operation(&mut self, operation: &SetOperation) -> bool {
        let SetOperation {
            op,
            parts,
            order_by,
            limit,
            offset,
        } = operation;
        self.tag(*op as u8)
            && self.count(parts.len())
            && parts.iter().all(|part| self.inner(part))
            && self.orders(&[], order_by)
            && self.number(*limit)
            && self.number(*offset)
    }

    /// A select that stands in a statement.
    pub(super) fn inner(&mut self, select: &Select) -> bool {
        self.moved = true;
        self.nested = true;
        self.select(select)
    }

    fn select(&mut self, select: &Select) -> bool {
        let Select {
            distinct,
            columns,
            from,
            joins,
            filter,
            group_by,
            rollup,
            having,
            order_by,
            limit,
            offset,
            lock,
            options,
        } = select;
        self.flag(*distinct)
            && self.count(columns.len())
            && columns.iter().all(|c| self.item(c))
            && match from {
                None => self.tag(0),
                Some(from) => self.tag(1) && self.source(from),
            }
            && self.count(joins.len())
            && joins.iter().all(|j| self.join(j))
            && self.optional(filter.as_ref())
            && self.terms(columns, group_by.iter())
            && self.flag(*rollup)
            && self.optional(having.as_ref())
            && self.orders(columns, order_by)
            && self.number(*limit)
            && self.number(*offset)
            && match lock {
                None => self.tag(0),
                Some(lock) => self.tag(1) && self.tag(*lock as u8),
            }
            && match options {
                None => self.tag(0),
                Some(options) => self.tag(1) && self.options(options),
            }
    }

    /// What an option says stands in the text.
    fn options(&mut self, options: &QueryOptions) -> bool {
        let QueryOptions { list } = options;
        self.count(list.len())
            && list.iter().all(|option| {
                let QueryOption { name, value } = option;
                let mut text = String::new();
                self.d.write_literal(&mut text, value).is_ok()
                    && self.text(name)
                    && self.text(&text)
            })
    }

    fn item(&mut self, item: &SelectItem) -> bool {
        let SelectItem { expr, alias } = item;
        self.expr(expr)
            && match alias {
                None => self.tag(0),
                Some(alias) => self.tag(1) && self.name(alias),
            }
    }

    fn source(&mut self, source: &From) -> bool {
        match source {
            From::Table { name, alias } => self.tag(1) && self.name(name) && self.alias(*alias),
            From::Subquery { select, alias } => {
                self.tag(2) && self.inner(select) && self.alias(*alias)
            }
            From::With { table, alias } => self.tag(3) && self.table(table) && self.alias(*alias),
            From::Found { name, alias } => self.tag(4) && self.name(name) && self.alias(*alias),
            From::Set { operation, alias } => {
                self.tag(6) && self.set_operation(operation) && self.alias(*alias)
            }
            From::Raw { sql, alias } => self.tag(5) && self.raw(sql) && self.alias(*alias),
        }
    }

    /// A named table, in full where it is used first.
    fn table(&mut self, table: &Arc<WithTable>) -> bool {
        let place = Arc::as_ptr(table).addr();
        if let Some(known) = self.tables.iter().position(|t| *t == place) {
            return self.tag(1) && self.count(known);
        }
        self.tables.push(place);
        let WithTable { name, select, step } = &**table;
        self.tag(0)
            && self.name(name)
            && self.inner(select)
            && match step {
                None => self.tag(0),
                Some(step) => {
                    self.tag(1)
                        && self.flag(step.distinct)
                        && self.word(step.max_depth.into())
                        && self.inner(&step.select)
                }
            }
    }

    fn join(&mut self, join: &Join) -> bool {
        let Join { kind, source, on } = join;
        self.tag(*kind as u8) && self.source(source) && self.expr(on)
    }

    /// The terms of GROUP BY or ORDER BY: one that is selected as well may be named by its place.
    fn terms<'e>(
        &mut self,
        columns: &'e [SelectItem],
        terms: impl ExactSizeIterator<Item = &'e Expr> + Clone,
    ) -> bool {
        self.count(terms.len())
            && (terms.clone().enumerate()).all(|(at, term)| {
                self.unless_equal(
                    |walk| walk.expr(term),
                    || again::of_term(columns, terms.clone().take(at), term),
                )
            })
    }

    fn orders(&mut self, columns: &[SelectItem], orders: &[Order]) -> bool {
        self.terms(columns, orders.iter().map(|o| &o.expr))
            && orders.iter().all(|o| self.flag(o.descending))
    }

    fn insert(&mut self, insert: &Insert) -> bool {
        let Insert {
            table,
            columns,
            values,
            on_conflict,
            returning,
        } = insert;
        if is_long(values.len()) {
            return false;
        }
        self.params.extend_from_slice(values);
        self.name(table)
            && self.names(columns)
            && self.count(values.len())
            && match on_conflict {
                None => self.tag(0),
                Some(OnConflict::Ignore) => self.tag(1),
                Some(OnConflict::Update { target, set }) => {
                    self.moved = true;
                    self.tag(2) && self.names(target) && self.sets(set)
                }
            }
            && self.names(returning)
    }

    fn sets(&mut self, set: &[(Name, Expr)]) -> bool {
        self.count(set.len()) && set.iter().all(|(name, e)| self.name(name) && self.expr(e))
    }

    /// The joins of a statement that writes: where a dialect puts them decides in what order their
    /// values come.
    fn joins(&mut self, joins: &[Join]) -> bool {
        self.moved |= !joins.is_empty();
        self.count(joins.len()) && joins.iter().all(|join| self.join(join))
    }

    fn update(&mut self, update: &Update) -> bool {
        let Update {
            table,
            alias,
            joins,
            set,
            filter,
        } = update;
        self.name(table)
            && self.alias(*alias)
            && self.joins(joins)
            && self.sets(set)
            && self.optional(filter.as_ref())
    }

    fn delete(&mut self, delete: &Delete) -> bool {
        let Delete {
            table,
            alias,
            joins,
            filter,
        } = delete;
        self.name(table)
            && self.alias(*alias)
            && self.joins(joins)
            && self.optional(filter.as_ref())
    }

    pub(super) fn optional(&mut self, expr: Option<&Expr>) -> bool {
        match expr {
            None => self.tag(0),
            Some(expr) => self.tag(1) && self.expr(expr),
        }
    }
}
