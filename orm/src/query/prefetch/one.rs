//! Relations to one object, loaded by a statement of their own.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{Prefetch, PrefetchList, PrefetchNode, not_own, values_per_statement};
use crate::ast::Expr;
use crate::backend::{BoxFuture, Executor};
use crate::error::{Error, Result};
use crate::model::{HashKey, Model, Place};
use crate::query::plan::ROOT;
use crate::query::read::{push_object, read_all};
use crate::query::relation::ties::{among, push, tie};
use crate::query::{QuerySet, ToOne};
use crate::value::Value;

/// A relation to one object with the query that loads it; made by [`ToOne::query`].
pub struct ToOneQuery<R, M: Model> {
    relation: usize,
    own: bool,
    query: QuerySet<M>,
    marker: PhantomData<fn() -> R>,
}

impl<R, M: Model> fmt::Debug for ToOneQuery<R, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToOneQuery<{}>", M::META.name)
    }
}

impl<R: 'static, M: Model, P: Place, K> ToOne<R, M, P, K> {
    /// For `prefetch`: loads only what this query matches, with what it loads and prefetches.
    #[must_use]
    pub fn query(self, query: impl FnOnce(QuerySet<M>) -> QuerySet<M>) -> ToOneQuery<R, M> {
        let (own, relation) = self.place();
        ToOneQuery {
            relation,
            own,
            query: query(QuerySet::default()),
            marker: PhantomData,
        }
    }
}

impl<R: Model, M: Model, P: Place, K> PrefetchList<R> for ToOne<R, M, P, K> {
    fn collect(self, nodes: &mut Vec<PrefetchNode<R>>) {
        self.query(|q| q).collect(nodes);
    }
}

impl<R: Model, M: Model> PrefetchList<R> for ToOneQuery<R, M> {
    fn collect(self, nodes: &mut Vec<PrefetchNode<R>>) {
        nodes.push(PrefetchNode(Arc::new(Run {
            relation: self.relation,
            own: self.own,
            query: self.query,
        })));
    }
}

struct Run<M> {
    relation: usize,
    own: bool,
    query: QuerySet<M>,
}

impl<R: Model, M: Model> Prefetch<R> for Run<M> {
    fn run<'a>(&'a self, db: &'a dyn Executor, owners: &'a mut [R]) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.load(db, owners))
    }
}

impl<M: Model> Run<M> {
    async fn load<R: Model>(&self, db: &dyn Executor, owners: &mut [R]) -> Result<()> {
        let plan = &self.query.plan;
        let relation = &R::META.relations[self.relation];
        if !self.own {
            return Err(not_own());
        }
        if plan.limit.is_some() || plan.offset.is_some() {
            return Err(Error::Usage(
                "a prefetched relation to one object has no limit or offset".into(),
            ));
        }
        plan.check()?;
        let (here, there): (Vec<usize>, Vec<usize>) = relation.ties().into_iter().unzip();
        let mut objects: HashMap<HashKey, Arc<dyn Any + Send + Sync>> = HashMap::new();
        for chunk in keys(owners, &here).chunks(values_per_statement(here.len())) {
            if plan.none {
                break;
            }
            let mut select = self.query.to_select();
            let column = |&c: &usize| Expr::column(ROOT, M::META.columns[c].column);
            let in_keys = among(there.iter().map(column).collect(), chunk);
            select.filter = Some(match select.filter.take() {
                None => in_keys,
                Some(filter) => Expr::And(vec![in_keys, filter]),
            });
            let loads = &self.query.loads;
            let mut found: Vec<M> = read_all(db, &select.into(), loads, push_object::<M>).await?;
            if !found.is_empty() {
                for nested in &self.query.prefetches {
                    nested.run(db, &mut found).await?;
                }
            }
            objects.extend(found.into_iter().map(|o| {
                let key = HashKey(tie(&o, &there));
                (key, Arc::new(o) as Arc<dyn Any + Send + Sync>)
            }));
        }
        for owner in owners {
            let object = objects.get(&HashKey(tie(owner, &here))).map(Arc::clone);
            if let Some(slot) = owner.slot(self.relation) {
                slot.fill(object);
            }
        }
        Ok(())
    }
}

/// The keys that objects refer to, each once, one after the other.
fn keys<R: Model>(owners: &[R], columns: &[usize]) -> Vec<Value> {
    let mut seen = std::collections::HashSet::with_capacity(owners.len());
    let mut out = Vec::with_capacity(owners.len() * columns.len());
    for owner in owners {
        if seen.insert(HashKey(tie(owner, columns))) {
            push(&mut out, owner, columns);
        }
    }
    out
}
