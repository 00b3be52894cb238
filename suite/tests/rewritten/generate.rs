//! Random statements, each with what it holds that a server refuses.

use std::collections::BTreeSet;
use std::sync::Arc;

use orm::ast::{
    Alias, Expr, From, Join, JoinKind, Order, Select, SelectItem, SetOp, SetOperation, Statement,
    WithTable,
};

use crate::choices::Choices;
use crate::classes::Class;
use crate::data::{COLUMNS, TABLES, Ty};

/// A statement, and what it holds.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) statement: Statement,
    pub(crate) classes: BTreeSet<Class>,
}

pub(crate) struct Generator<'c> {
    pub(crate) choices: &'c mut Choices,
    pub(crate) classes: BTreeSet<Class>,
    pub(crate) next: u16,
    /// The table that the statement writes.
    pub(crate) written: Option<&'static str>,
    /// Whether the statement writes, also within a named table, to which no table is the written one.
    pub(crate) writes: bool,
    /// The named tables so far.
    pub(crate) named: Vec<Arc<WithTable>>,
    /// How many named tables the place stands in.
    pub(crate) within: u32,
}

/// Columns that a place may name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Level {
    pub(crate) columns: Vec<(Expr, Ty)>,
}

/// The levels of a place, its own last.
pub(crate) type Scope = Vec<Level>;

/// Where an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    List,
    Where,
    Group,
    Having,
    Order,
    Aggregate,
    Window,
    /// In an UPDATE or DELETE.
    Written,
    /// In the select list of a subquery.
    SubList,
    /// Elsewhere in a subquery.
    Sub,
}

pub(crate) fn made(choices: &mut Choices) -> Made {
    let mut generator = Generator {
        choices,
        classes: BTreeSet::new(),
        next: 0,
        written: None,
        writes: false,
        named: Vec::new(),
        within: 0,
    };
    let statement = generator.statement();
    Made {
        statement,
        classes: generator.classes,
    }
}

pub(crate) fn item(expr: Expr, at: usize) -> SelectItem {
    SelectItem {
        expr,
        alias: Some(format!("c{at}").into()),
    }
}

pub(crate) fn items(exprs: Vec<Expr>) -> Vec<SelectItem> {
    let exprs = exprs.into_iter().enumerate();
    exprs.map(|(at, expr)| item(expr, at)).collect()
}

impl Generator<'_> {
    fn statement(&mut self) -> Statement {
        match self.choices.below(16) {
            0..=5 => self.plain().into(),
            6..=8 => self.grouped().into(),
            9 => self.distinct().into(),
            10 => self.windowed().into(),
            11 => self.derived().into(),
            12 => self.set_operation().into(),
            13..=14 => self.update().into(),
            _ => self.delete().into(),
        }
    }

    pub(crate) fn alias(&mut self) -> Alias {
        self.next += 1;
        Alias(self.next - 1)
    }

    /// A table as a source, and its columns.
    pub(crate) fn table(&mut self) -> (From, Level) {
        if self.choices.one_in(12) {
            return self.named_table();
        }
        let table = self.choices.pick(&TABLES);
        if self.written == Some(table) {
            self.classes.insert(Class::OwnTable);
        }
        self.plain_table(table)
    }

    pub(crate) fn plain_table(&mut self, table: &'static str) -> (From, Level) {
        let alias = self.alias();
        let name = table.into();
        (From::Table { name, alias }, Self::level(alias))
    }

    pub(crate) fn level(alias: Alias) -> Level {
        let columns = COLUMNS.iter();
        Level {
            columns: columns
                .map(|(name, ty)| (Expr::column(alias, *name), *ty))
                .collect(),
        }
    }

    /// A select of one table or two, and what it may name.
    pub(crate) fn sources(&mut self) -> (Select, Level) {
        let (from, mut level) = self.table();
        let mut select = Select {
            from: Some(from),
            ..Select::empty()
        };
        if self.choices.one_in(4) {
            let (source, other) = self.table();
            let kind = self.choices.pick(&[JoinKind::Inner, JoinKind::Left]);
            let on = Expr::binary(
                self.column(Ty::Int, &level),
                orm::ast::BinaryOp::Eq,
                self.column(Ty::Int, &other),
            );
            select.joins.push(Join { kind, source, on });
            level.columns.extend(other.columns);
        }
        (select, level)
    }

    /// The keys of all sources: they make any order total.
    pub(crate) fn keys(level: &Level) -> Vec<Order> {
        let ids = level.columns.iter().filter(
            |(column, _)| matches!(column, Expr::Column { name, .. } if name == "id" || name == "c0"),
        );
        ids.map(|(column, _)| Order {
            expr: column.clone(),
            descending: false,
        })
        .collect()
    }

    fn bounds(&mut self, select: &mut Select) {
        if self.choices.one_in(4) {
            select.limit = Some(u64::from(self.choices.below(6)) + 1);
            select.offset = self.choices.one_in(3).then_some(1);
        }
    }

    pub(crate) fn filter(&mut self, scope: &Scope, place: Place) -> Option<Expr> {
        (self.choices.below(3) != 0).then(|| self.condition(scope, place, 2))
    }

    fn plain(&mut self) -> Select {
        let (mut select, level) = self.sources();
        let keys = Self::keys(&level);
        let scope = vec![level];
        self.rows(&mut select, &scope);
        select.order_by.extend(keys);
        self.bounds(&mut select);
        select
    }

    /// Columns, conditions and the beginning of an order.
    fn rows(&mut self, select: &mut Select, scope: &Scope) {
        let mut exprs = vec![scope[0].columns[0].0.clone()];
        for _ in 0..=self.choices.below(2) {
            let ty = self.ty();
            exprs.push(self.expr(ty, scope, Place::List, 3));
        }
        if self.choices.one_in(6) {
            exprs.push(self.exists(scope, Place::List, 2));
        }
        select.filter = self.filter(scope, Place::Where);
        if self.choices.one_in(3) {
            let ty = self.ty();
            let expr = match self.choices.one_in(3) {
                // One of the list, which is then named by its position.
                true => exprs[exprs.len() - 1].clone(),
                false => self.expr(ty, scope, Place::Order, 2),
            };
            select.order_by.push(Order {
                expr,
                descending: self.choices.one_in(2),
            });
        }
        select.columns = items(exprs);
    }

    fn grouped(&mut self) -> Select {
        let (mut select, level) = self.sources();
        let scope = vec![level];
        select.filter = self.filter(&scope, Place::Where);
        for _ in 0..=self.choices.below(2) {
            let ty = self.ty();
            let term = match self.choices.below(3) {
                0 | 1 => self.column(ty, &scope[0]),
                _ => self.expr(ty, &scope, Place::Group, 2),
            };
            if !select.group_by.contains(&term) && !matches!(term, Expr::Value(_)) {
                select.group_by.push(term);
            }
        }
        // What stands outside of aggregates names columns of the group.
        let grouped = |(column, _): &&(Expr, Ty)| select.group_by.contains(column);
        let group = vec![Level {
            columns: scope[0].columns.iter().filter(grouped).cloned().collect(),
        }];
        let mut exprs = select.group_by.clone();
        for _ in 0..=self.choices.below(2) {
            exprs.push(self.aggregate(&scope));
        }
        if self.choices.one_in(4) {
            exprs.push(self.scalar(Ty::Int, &group, Place::List, 2));
        }
        if self.choices.one_in(2) {
            select.having = Some(self.having(&scope, &group));
        }
        if self.choices.one_in(3) {
            select.order_by.push(Order {
                expr: self.aggregate(&scope),
                descending: self.choices.one_in(2),
            });
        }
        if self.choices.one_in(5) && !group[0].columns.is_empty() {
            let expr = self.scalar(Ty::Int, &group, Place::Order, 1);
            select.order_by.push(Order {
                expr,
                descending: false,
            });
        }
        let terms = select.group_by.iter();
        let terms = terms.map(|term| Order {
            expr: term.clone(),
            descending: false,
        });
        let terms: Vec<Order> = terms.collect();
        select.order_by.extend(terms);
        select.columns = items(exprs);
        self.bounds(&mut select);
        select
    }

    fn distinct(&mut self) -> Select {
        let (mut select, level) = self.sources();
        let scope = vec![level];
        select.distinct = true;
        select.filter = self.filter(&scope, Place::Where);
        let mut exprs = Vec::new();
        for _ in 0..=self.choices.below(2) {
            let ty = self.ty();
            exprs.push(self.expr(ty, &scope, Place::List, 2));
        }
        select.order_by = exprs
            .iter()
            .map(|e| Order {
                expr: e.clone(),
                descending: false,
            })
            .collect();
        select.columns = items(exprs);
        self.bounds(&mut select);
        select
    }

    fn windowed(&mut self) -> Select {
        let (mut select, level) = self.sources();
        let keys = Self::keys(&level);
        let scope = vec![level];
        select.filter = self.filter(&scope, Place::Where);
        let mut exprs = vec![scope[0].columns[0].0.clone()];
        for _ in 0..=self.choices.below(2) {
            exprs.push(self.window(&scope, &keys));
        }
        select.columns = items(exprs);
        select.order_by = keys;
        select
    }

    /// A derived table, and a query on it.
    fn derived(&mut self) -> Select {
        let (mut inner, level) = self.sources();
        let keys = Self::keys(&level);
        let scope = vec![level];
        let before = self.classes.len();
        let exprs = vec![
            scope[0].columns[0].0.clone(),
            self.expr(Ty::Int, &scope, Place::List, 2),
            self.expr(Ty::Text, &scope, Place::List, 1),
        ];
        inner.filter = self.filter(&scope, Place::Where);
        if self.classes.len() > before {
            self.classes.insert(Class::Derived);
        }
        inner.columns = items(exprs);
        if self.choices.one_in(2) {
            inner.order_by = keys;
            inner.limit = Some(u64::from(self.choices.below(5)) + 2);
        }
        // A join may have doubled rows; all columns together tell them apart, or they are equal.
        let alias = self.alias();
        let types = [Ty::Int, Ty::Int, Ty::Text].into_iter().enumerate();
        let level = Level {
            columns: types
                .map(|(at, ty)| (Expr::column(alias, format!("c{at}")), ty))
                .collect(),
        };
        let order = level.columns.iter().map(|(column, _)| Order {
            expr: column.clone(),
            descending: false,
        });
        let order: Vec<Order> = order.collect();
        let mut select = Select {
            from: Some(From::Subquery {
                select: Box::new(inner),
                alias,
            }),
            ..Select::empty()
        };
        let scope = vec![level];
        let mut exprs: Vec<Expr> = scope[0].columns.iter().map(|(c, _)| c.clone()).collect();
        exprs.push(self.expr(Ty::Int, &scope, Place::List, 2));
        select.filter = self.filter(&scope, Place::Where);
        select.columns = items(exprs);
        select.order_by = order;
        select
    }

    fn set_operation(&mut self) -> SetOperation {
        let op = self.choices.pick(&[
            SetOp::Union,
            SetOp::UnionAll,
            SetOp::Intersect,
            SetOp::Except,
        ]);
        let parts = (0..=self.choices.below(2) + 1).map(|_| {
            let (mut select, level) = self.sources();
            let keys = Self::keys(&level);
            let scope = vec![level];
            select.filter = self.filter(&scope, Place::Where);
            let exprs = vec![
                self.expr(Ty::Int, &scope, Place::List, 2),
                self.column(Ty::Text, &scope[0]),
            ];
            select.columns = items(exprs);
            if self.choices.one_in(4) {
                select.order_by = keys;
                select.limit = Some(4);
            }
            select
        });
        let parts: Vec<Select> = parts.collect();
        let limit = (self.choices.one_in(2)).then(|| u64::from(self.choices.below(5)) + 1);
        if limit.is_some() {
            self.classes.insert(Class::SetLimit);
        }
        let order = ["c0", "c1"].into_iter().map(|name| Order {
            expr: Expr::Named(name.into()),
            descending: self.choices.one_in(2),
        });
        SetOperation {
            op,
            parts,
            order_by: order.collect(),
            limit,
            offset: limit.and(self.choices.one_in(3).then_some(1)),
        }
    }
}
