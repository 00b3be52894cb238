//! Related sets loaded by a statement each.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::load::Loads;
use super::read::{object, read_all};
use super::relation::{Link, Pairs, link};
use super::{QuerySet, ToMany};
use crate::ast::{Alias, BinaryOp, Expr, From, Join, JoinKind, Select, SelectItem};
use crate::backend::{BoxFuture, Executor};
use crate::error::{Error, Result};
use crate::model::{HashKey, Model};
use crate::value::{RowReader, Value};

/// Keys of one statement: a power of two, so that lists of any length make few shapes.
const KEYS_PER_STATEMENT: usize = 1024;

/// What `prefetch` takes: a relation to many objects, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`prefetch` cannot load this",
    label = "found `{Self}`",
    note = "`prefetch` takes to-many relations: `.prefetch(|a| a.tags())`; for relations to one object use `.with(|a| a.author())`"
)]
pub trait PrefetchList<R> {
    /// Appends the relations.
    fn collect(self, nodes: &mut Vec<PrefetchNode<R>>);
}

/// One relation to load, its model erased.
pub struct PrefetchNode<R>(Arc<dyn Prefetch<R>>);

impl<R> Clone for PrefetchNode<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R> fmt::Debug for PrefetchNode<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrefetchNode")
    }
}

impl<R> PrefetchNode<R> {
    pub(crate) fn run<'a>(
        &'a self,
        db: &'a dyn Executor,
        owners: &'a mut [R],
    ) -> BoxFuture<'a, Result<()>> {
        self.0.run(db, owners)
    }
}

/// Loads a relation of many owners.
pub trait Prefetch<R>: Send + Sync {
    /// Runs the statements and fills the caches.
    fn run<'a>(&'a self, db: &'a dyn Executor, owners: &'a mut [R]) -> BoxFuture<'a, Result<()>>;
}

struct Run<M> {
    relation: usize,
    /// Whether the relation is one of the query's own model.
    own: bool,
    query: QuerySet<M>,
}

impl<R: Model, M: Model> PrefetchList<R> for ToMany<R, M> {
    fn collect(self, nodes: &mut Vec<PrefetchNode<R>>) {
        nodes.push(PrefetchNode(Arc::new(Run {
            relation: self.relation,
            own: self.owner.is_table(),
            query: self.query.unwrap_or_default(),
        })));
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<R, $($name: PrefetchList<R>),+> PrefetchList<R> for ($($name,)+) {
            fn collect(self, nodes: &mut Vec<PrefetchNode<R>>) {
                $(self.$index.collect(nodes);)+
            }
        }
    )*};
}
tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
}

impl<R: Model, M: Model> Prefetch<R> for Run<M> {
    fn run<'a>(&'a self, db: &'a dyn Executor, owners: &'a mut [R]) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.load(db, owners))
    }
}

impl<M: Model> Run<M> {
    async fn load<R: Model>(&self, db: &dyn Executor, owners: &mut [R]) -> Result<()> {
        if !self.own {
            return Err(Error::Usage(
                "`prefetch` loads relations of the query's own model: prefetch the rest from the query of that relation".into(),
            ));
        }
        if self.query.plan.limit.is_some() || self.query.plan.offset.is_some() {
            return Err(Error::Usage(
                "a prefetched query has no limit or offset: it would cut all owners' objects together".into(),
            ));
        }
        let &[key] = R::META.key else {
            return Err(Error::Usage(format!(
                "`{}` has a key of several columns, which a to-many relation cannot refer to",
                R::META.name
            )));
        };
        // One object may stand among the owners several times: below a many-to-many relation once
        // for each object that has it.
        let mut keys: Vec<Value> = Vec::with_capacity(owners.len());
        let mut sets: HashMap<HashKey, Vec<M>> = HashMap::with_capacity(owners.len());
        for owner in owners.iter() {
            let value = owner.value(key);
            if sets.insert(HashKey(value.clone()), Vec::new()).is_none() {
                keys.push(value);
            }
        }
        for chunk in keys.chunks(KEYS_PER_STATEMENT) {
            self.load_chunk(db, link(R::META, self.relation), chunk, &mut sets)
                .await?;
        }
        let sets: HashMap<HashKey, Arc<dyn Any + Send + Sync>> = sets
            .into_iter()
            .map(|(key, set)| (key, Arc::new(set) as Arc<dyn Any + Send + Sync>))
            .collect();
        for owner in owners {
            let set = sets.get(&HashKey(owner.value(key))).map(Arc::clone);
            if let Some(slot) = owner.slot(self.relation) {
                slot.fill(set);
            }
        }
        Ok(())
    }

    /// One statement: the object's columns, behind the owner's key where a table of pairs has it.
    async fn load_chunk(
        &self,
        db: &dyn Executor,
        link: Link,
        keys: &[Value],
        sets: &mut HashMap<HashKey, Vec<M>>,
    ) -> Result<()> {
        let plan = &self.query.plan;
        plan.check()?;
        if plan.none {
            return Ok(());
        }
        let root = super::plan::ROOT;
        let pairs = Alias(plan.next_alias);
        let mut select = self.query.to_select();
        let held = match link {
            Link::Column(column) => Some(column),
            Link::Pairs(_) => None,
        };
        let owner = match link {
            Link::Column(column) => Expr::column(root, M::META.columns[column].column),
            Link::Pairs(of) => {
                let key = M::META.single_key().map_or("", |k| k.column);
                let join = Join {
                    kind: JoinKind::Inner,
                    source: pairs_source(&of, pairs, keys),
                    on: Expr::binary(
                        Expr::column(pairs, of.to),
                        BinaryOp::Eq,
                        Expr::column(root, key),
                    ),
                };
                select.joins.insert(0, join);
                Expr::column(pairs, of.from)
            }
        };
        let in_keys = Expr::In {
            expr: Box::new(owner.clone()),
            list: keys.to_vec(),
        };
        select.filter = Some(match select.filter.take() {
            None => in_keys,
            Some(filter) => Expr::And(vec![in_keys, filter]),
        });
        // One object may belong to several owners: the owner's key makes the order total again.
        if let Link::Pairs(_) = link
            && !select.order_by.is_empty()
        {
            select.order_by.push(crate::ast::Order {
                expr: owner.clone(),
                descending: false,
            });
        }
        let loads = &self.query.loads;
        // The object itself says whose it is, unless a table of pairs does.
        if let Some(column) = held {
            let mut objects: Vec<M> = read_all(db, &select.into(), loads, object::<M>).await?;
            for nested in &self.query.prefetches {
                nested.run(db, &mut objects).await?;
            }
            sort(objects.into_iter().map(|o| (o.value(column), o)), sets);
            return Ok(());
        }
        select.columns.insert(
            0,
            SelectItem {
                expr: owner,
                alias: Some("owner".into()),
            },
        );
        let read = |loads: &Loads, row: &mut RowReader<'_>| {
            let owner = row.get_with(Ok)?;
            Ok((owner, object::<M>(loads, row)?))
        };
        let rows: Vec<(Value, M)> = read_all(db, &select.into(), loads, read).await?;
        let (owners, mut objects): (Vec<Value>, Vec<M>) = rows.into_iter().unzip();
        for nested in &self.query.prefetches {
            nested.run(db, &mut objects).await?;
        }
        sort(owners.into_iter().zip(objects), sets);
        Ok(())
    }
}

/// Puts each object into the set of its owner.
fn sort<M>(rows: impl IntoIterator<Item = (Value, M)>, sets: &mut HashMap<HashKey, Vec<M>>) {
    for (owner, object) in rows {
        sets.entry(HashKey(owner)).or_default().push(object);
    }
}

/// The pairs of some owners. A table of its own model may hold a pair several times, which then
/// counts once.
fn pairs_source(of: &Pairs, alias: Alias, keys: &[Value]) -> From {
    if of.through.is_none() {
        return From::Table {
            name: of.table.into(),
            alias,
        };
    }
    let inner = Alias(alias.0 + 1);
    let item = |column: &'static str| SelectItem {
        expr: Expr::column(inner, column),
        alias: None,
    };
    let select = Select {
        distinct: true,
        columns: vec![item(of.from), item(of.to)],
        filter: Some(Expr::In {
            expr: Box::new(Expr::column(inner, of.from)),
            list: keys.to_vec(),
        }),
        ..Select::from_table(of.table, inner)
    };
    From::Subquery {
        select: Box::new(select),
        alias,
    }
}
