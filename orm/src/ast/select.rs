//! SELECT and set operations.

use std::sync::Arc;

use super::{Alias, Expr, Name, RawSql, WithTable};
use crate::value::Value;

/// A SELECT.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// Whether equal rows come once.
    pub distinct: bool,
    /// What is selected.
    pub columns: Vec<SelectItem>,
    /// The first table; `None` selects from nothing.
    pub from: Option<From>,
    /// Further tables.
    pub joins: Vec<Join>,
    /// WHERE.
    pub filter: Option<Expr>,
    /// GROUP BY.
    pub group_by: Vec<Expr>,
    /// Whether the groups are followed by their totals: over the last key, over the last two, …, over all
    /// rows. The keys that a total is over are NULL in its row.
    pub rollup: bool,
    /// HAVING.
    pub having: Option<Expr>,
    /// ORDER BY.
    pub order_by: Vec<Order>,
    /// Rows at most.
    pub limit: Option<u64>,
    /// Rows passed over.
    pub offset: Option<u64>,
    /// FOR UPDATE.
    pub lock: Option<Lock>,
    /// OPTION (name = value), of the statement as a whole.
    pub options: Option<Box<QueryOptions>>,
}

impl Select {
    /// Selects nothing yet from a table.
    pub fn from_table(name: impl Into<Name>, alias: Alias) -> Self {
        Self {
            from: Some(From::Table {
                name: name.into(),
                alias,
            }),
            ..Self::empty()
        }
    }

    /// Selects nothing yet from nothing.
    pub fn empty() -> Self {
        Self {
            distinct: false,
            columns: Vec::new(),
            from: None,
            joins: Vec::new(),
            filter: None,
            group_by: Vec::new(),
            rollup: false,
            having: None,
            order_by: Vec::new(),
            limit: None,
            offset: None,
            lock: None,
            options: None,
        }
    }
}

/// Options of a statement; boxed where it stands, because few have any.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryOptions {
    /// The options, each name once.
    pub list: Vec<QueryOption>,
}

/// An option of how a server plans or runs a query.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryOption {
    /// Its name: letters, digits and underscores.
    pub name: &'static str,
    /// Its value.
    pub value: Value,
}

/// An expression in the select list.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectItem {
    /// The expression.
    pub expr: Expr,
    /// Its name in the result. Every item that is not a plain column has one: SingleStore keeps an
    /// unnamed computed item's constants in the plan.
    pub alias: Option<Name>,
}

/// A source of rows.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// A table.
    Table {
        /// Its name.
        name: Name,
        /// Its alias.
        alias: Alias,
    },
    /// A derived table.
    Subquery {
        /// The select.
        select: Box<Select>,
        /// Its alias.
        alias: Alias,
    },
    /// A derived table given as SQL text.
    Raw {
        /// The text of the select.
        sql: RawSql,
        /// Its alias.
        alias: Alias,
    },
    /// A named table of the statement.
    With {
        /// The table.
        table: Arc<WithTable>,
        /// Its alias.
        alias: Alias,
    },
    /// A derived table of a set operation.
    Set {
        /// The operation.
        operation: Box<SetOperation>,
        /// Its alias.
        alias: Alias,
    },
    /// In the step of a recursive table: what the step before found.
    Found {
        /// The table's name.
        name: Name,
        /// Its alias.
        alias: Alias,
    },
}

impl From {
    /// Its alias.
    pub fn alias(&self) -> Alias {
        match self {
            Self::Table { alias, .. }
            | Self::Subquery { alias, .. }
            | Self::Raw { alias, .. }
            | Self::With { alias, .. }
            | Self::Set { alias, .. }
            | Self::Found { alias, .. } => *alias,
        }
    }

    /// The selects that stand in it; not those of named tables, which number theirs for themselves.
    pub(crate) fn selects(&self) -> impl Iterator<Item = &Select> {
        match self {
            Self::Subquery { select, .. } => std::slice::from_ref(&**select).iter(),
            Self::Set { operation, .. } => operation.parts.iter(),
            Self::Table { .. } | Self::Raw { .. } | Self::With { .. } | Self::Found { .. } => {
                [].iter()
            }
        }
    }

    /// The same to be changed.
    pub(crate) fn selects_mut(&mut self) -> impl Iterator<Item = &mut Select> {
        match self {
            Self::Subquery { select, .. } => std::slice::from_mut(&mut **select).iter_mut(),
            Self::Set { operation, .. } => operation.parts.iter_mut(),
            Self::Table { .. } | Self::Raw { .. } | Self::With { .. } | Self::Found { .. } => {
                [].iter_mut()
            }
        }
    }

    pub(crate) fn alias_mut(&mut self) -> &mut Alias {
        match self {
            Self::Table { alias, .. }
            | Self::Subquery { alias, .. }
            | Self::Raw { alias, .. }
            | Self::With { alias, .. }
            | Self::Set { alias, .. }
            | Self::Found { alias, .. } => alias,
        }
    }
}

/// A further source of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// Inner or left.
    pub kind: JoinKind,
    /// The source.
    pub source: From,
    /// The condition.
    pub on: Expr,
}

/// Kinds of join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// Rows without a partner are left out.
    Inner,
    /// Rows without a partner stay, with NULLs.
    Left,
}

/// One term of ORDER BY. NULLs come first ascending, last descending, on every backend.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The expression.
    pub expr: Expr,
    /// Whether large values come first.
    pub descending: bool,
}

/// Locking of the rows read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lock {
    /// FOR UPDATE.
    Update,
    /// FOR UPDATE NOWAIT.
    UpdateNoWait,
    /// FOR UPDATE SKIP LOCKED.
    UpdateSkipLocked,
}

/// Two or more selects combined.
#[derive(Debug, Clone, PartialEq)]
pub struct SetOperation {
    /// How.
    pub op: SetOp,
    /// The selects, with equal columns.
    pub parts: Vec<Select>,
    /// ORDER BY of the whole, by [`Expr::Named`] columns and what is computed from them.
    pub order_by: Vec<Order>,
    /// Rows at most, of the whole.
    pub limit: Option<u64>,
    /// Rows passed over, of the whole.
    pub offset: Option<u64>,
}

/// Kinds of set operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetOp {
    /// Rows of any, equal ones once.
    Union,
    /// Rows of any.
    UnionAll,
    /// Rows of all.
    Intersect,
    /// Rows of the first and of no other.
    Except,
}
