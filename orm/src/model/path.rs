//! Where a handle of fields stands in a statement, and the joins that lead there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::{ModelMeta, RelationKind, RelationMeta};
use crate::ast::{Alias, Expr};

/// One join that a path needs.
#[derive(Debug, Clone)]
pub struct JoinNode {
    /// The alias of the joined table.
    pub alias: Alias,
    /// The alias of the table joined from.
    pub parent: Alias,
    /// The model joined from.
    pub from: &'static ModelMeta,
    /// The model joined.
    pub to: &'static ModelMeta,
    /// Number of the relation in `from`.
    pub relation: usize,
    /// Whether the row may be missing.
    pub nullable: bool,
}

/// The joins of one select.
#[derive(Debug, Clone, Default)]
pub struct Joins {
    /// In the order in which they must be written.
    pub nodes: Vec<JoinNode>,
}

/// The joins of one select while closures run, and the aliases of the whole statement.
#[derive(Debug, Clone)]
pub struct Scope(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    joins: RefCell<Joins>,
    /// The first free alias; that of the outermost scope counts.
    next: Cell<u16>,
    outer: Option<Scope>,
}

impl Scope {
    /// A scope that goes on from these joins; `next` is the first free alias.
    pub fn new(joins: Joins, next: u16) -> Self {
        Self(Rc::new(Inner {
            joins: RefCell::new(joins),
            next: Cell::new(next),
            outer: None,
        }))
    }

    /// A scope of a select inside, which shares the aliases.
    pub fn inner(&self) -> Self {
        Self(Rc::new(Inner {
            joins: RefCell::default(),
            next: Cell::new(0),
            outer: Some(self.clone()),
        }))
    }

    fn next(&self) -> &Cell<u16> {
        match &self.0.outer {
            Some(outer) => outer.next(),
            None => &self.0.next,
        }
    }

    /// A new alias.
    pub fn alias(&self) -> Alias {
        let next = self.next();
        let alias = Alias(next.get());
        next.set(next.get().saturating_add(1));
        alias
    }

    /// Takes out the joins so far, and the next free alias.
    pub fn finish(&self) -> (Joins, u16) {
        (self.0.joins.take(), self.next().get())
    }

    /// The alias of a related table; joins it when it is not joined yet.
    fn join(
        &self,
        parent: Alias,
        from: &'static ModelMeta,
        relation: usize,
        nullable: bool,
    ) -> Alias {
        let known = self
            .0
            .joins
            .borrow()
            .nodes
            .iter()
            .find(|n| n.parent == parent && n.relation == relation)
            .map(|n| n.alias);
        known.unwrap_or_else(|| {
            let alias = self.alias();
            self.0.joins.borrow_mut().nodes.push(JoinNode {
                alias,
                parent,
                from,
                to: (from.relations[relation].target)(),
                relation,
                nullable,
            });
            alias
        })
    }
}

/// Where a handle of fields stands.
#[derive(Debug, Clone)]
pub struct At {
    scope: Scope,
    meta: &'static ModelMeta,
    place: Where,
}

#[derive(Debug, Clone)]
enum Where {
    Table(Alias),
    /// Over a relation; joined only when a column beyond the key is asked for.
    Hop(Rc<Hop>),
}

#[derive(Debug)]
struct Hop {
    parent: At,
    relation: usize,
    nullable: bool,
}

impl At {
    /// A table of the statement.
    pub fn table(scope: Scope, meta: &'static ModelMeta, alias: Alias) -> Self {
        Self {
            scope,
            meta,
            place: Where::Table(alias),
        }
    }

    /// The other end of a to-one relation. `nullable` says whether the path up to it can be NULL.
    pub fn hop(&self, relation: usize, nullable: bool) -> Self {
        Self {
            scope: self.scope.clone(),
            meta: (self.relation(relation).target)(),
            place: Where::Hop(Rc::new(Hop {
                parent: self.clone(),
                relation,
                nullable,
            })),
        }
    }

    /// The model.
    pub fn meta(&self) -> &'static ModelMeta {
        self.meta
    }

    /// The scope.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// A relation of the model.
    pub fn relation(&self, relation: usize) -> &'static RelationMeta {
        &self.meta.relations[relation]
    }

    /// The alias of the table, joined if need be.
    pub fn alias(&self) -> Alias {
        match &self.place {
            Where::Table(alias) => *alias,
            Where::Hop(hop) => {
                let parent = hop.parent.alias();
                self.scope
                    .join(parent, hop.parent.meta, hop.relation, hop.nullable)
            }
        }
    }

    /// A column. What a relation refers to is the referring column: no join for it.
    pub fn column(&self, column: usize) -> Expr {
        if let Where::Hop(hop) = &self.place {
            let relation = hop.parent.relation(hop.relation);
            if let RelationKind::ToOne { column: own, .. } = relation.kind
                && relation.referred() == column
            {
                return hop.parent.column(own);
            }
        }
        Expr::column(self.alias(), self.meta.columns[column].column)
    }

    /// The column that holds a to-one relation's key.
    pub fn relation_column(&self, relation: usize) -> Option<usize> {
        match self.relation(relation).kind {
            RelationKind::ToOne { column, .. } => Some(column),
            _ => None,
        }
    }

    /// The relation that leads here, whose it is, and whether the path can be NULL.
    pub fn came_by(&self) -> Option<(&Self, usize, bool)> {
        match &self.place {
            Where::Table(_) => None,
            Where::Hop(hop) => Some((&hop.parent, hop.relation, hop.nullable)),
        }
    }

    /// Whether a table stands here, and not the end of a relation.
    pub fn is_table(&self) -> bool {
        matches!(self.place, Where::Table(_))
    }
}
