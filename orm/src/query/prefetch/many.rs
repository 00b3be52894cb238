//! Relations to many objects.

use std::sync::Arc;

use super::sets::Sets;
use super::{Prefetch, PrefetchList, PrefetchNode, ToMany, not_own, values_per_statement};
use crate::ast::{Alias, BinaryOp, Expr, From, Join, JoinKind, Order, Select, SelectItem};
use crate::backend::{BoxFuture, Executor};
use crate::error::Result;
use crate::model::Model;
use crate::query::QuerySet;
use crate::query::load::Loads;
use crate::query::plan::{ROOT, key_order};
use crate::query::read::{object, push_object, read_all};
use crate::query::relation::ties::{among, joined, push, tie};
use crate::query::relation::{Link, Pairs, link};
use crate::value::{DecodeError, RowReader, Value};

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

impl<R: Model, M: Model> Prefetch<R> for Run<M> {
    fn run<'a>(&'a self, db: &'a dyn Executor, owners: &'a mut [R]) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.load(db, owners))
    }
}

impl<M: Model> Run<M> {
    async fn load<R: Model>(&self, db: &dyn Executor, owners: &mut [R]) -> Result<()> {
        if !self.own {
            return Err(not_own());
        }
        let meta = R::META;
        let key = match meta.bound_columns(self.relation) {
            [] => meta.key,
            columns => columns,
        };
        // One object may stand among the owners several times: below a many-to-many relation once
        // for each object that has it.
        let mut keys: Vec<Value> = Vec::with_capacity(owners.len());
        let mut sets = Sets::with_capacity(owners.len());
        for owner in owners.iter() {
            if sets.add_owner(tie(owner, key)) {
                push(&mut keys, owner, key);
            }
        }
        for chunk in keys.chunks(values_per_statement(key.len())) {
            self.load_chunk(db, link(R::META, self.relation), chunk, &mut sets)
                .await?;
        }
        let shared = sets.shared();
        for owner in owners {
            let set = shared(tie(owner, key));
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
        sets: &mut Sets<M>,
    ) -> Result<()> {
        let plan = &self.query.plan;
        plan.check()?;
        if plan.none {
            return Ok(());
        }
        let root = ROOT;
        let pairs = Alias(plan.next_alias);
        let mut select = self.query.to_select();
        let held = match link {
            Link::Columns(columns) => Some(columns),
            Link::Pairs(_) => None,
        };
        let column = |&c: &usize| Expr::column(root, M::META.columns[c].column);
        let owner: Vec<Expr> = match link {
            Link::Columns(columns) => columns.iter().map(column).collect(),
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
                vec![Expr::column(pairs, of.from)]
            }
        };
        let in_keys = among(owner.clone(), keys);
        select.filter = Some(match select.filter.take() {
            None => in_keys,
            Some(filter) => Expr::And(vec![in_keys, filter]),
        });
        // One object may belong to several owners: the owner's key makes the order total again.
        if let Link::Pairs(_) = link
            && !select.order_by.is_empty()
        {
            select.order_by.extend(owner.iter().map(|expr| Order {
                expr: expr.clone(),
                descending: false,
            }));
        }
        let loads = &self.query.loads;
        let cut = select.limit.is_some() || select.offset.is_some();
        // The object itself says whose it is, unless a table of pairs does.
        if let (Some(columns), false) = (held, cut) {
            let mut objects: Vec<M> = read_all(db, &select.into(), loads, push_object::<M>).await?;
            self.nested(db, &mut objects).await?;
            sets.sort(objects, |_, o| tie(o, columns));
            return Ok(());
        }
        let width = owner.len();
        let items = owner.into_iter().map(|expr| SelectItem {
            expr,
            alias: Some("owner".into()),
        });
        select.columns.splice(0..0, items);
        if cut {
            // Behind the aliases of the pairs.
            let key = key_order(M::META, ROOT).collect();
            select = for_each_owner(select, width, Alias(pairs.0 + 2), key);
        }
        // What reads a row is a plain function. Keys and `from_fields` have four columns at most.
        let read = match width {
            1 => owned::<M, 1>,
            2 => owned::<M, 2>,
            3 => owned::<M, 3>,
            _ => owned::<M, 4>,
        };
        let rows: Vec<(Value, M)> = read_all(db, &select.into(), loads, read).await?;
        let (mut owners, mut objects): (Vec<Value>, Vec<M>) = rows.into_iter().unzip();
        self.nested(db, &mut objects).await?;
        sets.sort(objects, |i, _| {
            std::mem::replace(&mut owners[i], Value::Null)
        });
        Ok(())
    }

    async fn nested(&self, db: &dyn Executor, objects: &mut [M]) -> Result<()> {
        if objects.is_empty() {
            return Ok(());
        }
        for nested in &self.query.prefetches {
            nested.run(db, objects).await?;
        }
        Ok(())
    }
}

/// Reads an object behind the `N` values that name its owner.
fn owned<M: Model, const N: usize>(
    loads: &Loads,
    row: &mut RowReader<'_>,
    rows: &mut Vec<(Value, M)>,
) -> Result<(), DecodeError> {
    let owner = match N {
        1 => row.get_with(Ok)?,
        _ => {
            let values: Result<Vec<Value>, _> = (0..N).map(|_| row.get_with(Ok)).collect();
            joined(values?.into_iter())
        }
    };
    rows.push((owner, object::<M>(loads, row)?));
    Ok(())
}

/// Cuts by limit and offset the rows of each owner, whose key is the first items, instead of all rows.
fn for_each_owner(mut select: Select, width: usize, alias: Alias, key: Vec<Order>) -> Select {
    let (limit, offset) = (select.limit.take(), select.offset.take().unwrap_or(0));
    let owner: Vec<Expr> = select.columns[..width]
        .iter()
        .map(|c| c.expr.clone())
        .collect();
    let mut order = std::mem::take(&mut select.order_by);
    if order.is_empty() {
        order = key;
    }
    for (i, item) in select.columns.iter_mut().enumerate() {
        item.alias = Some(format!("c{i}").into());
    }
    let column = |name: String| Expr::column(alias, name);
    let columns = (0..select.columns.len())
        .map(|i| SelectItem {
            expr: column(format!("c{i}")),
            alias: None,
        })
        .collect();
    select.columns.push(SelectItem {
        expr: Expr::row_number(owner, order),
        alias: Some("n".into()),
    });
    let number = |n: u64| Expr::Value(Value::Int(i64::try_from(n).unwrap_or(i64::MAX)));
    let place = || column("n".to_owned());
    let mut filter = vec![Expr::binary(place(), BinaryOp::Gt, number(offset))];
    if let Some(limit) = limit {
        let last = number(offset.saturating_add(limit));
        filter.push(Expr::binary(place(), BinaryOp::Le, last));
    }
    let ascending = |expr| Order {
        expr,
        descending: false,
    };
    Select {
        columns,
        from: Some(From::Subquery {
            select: Box::new(select),
            alias,
        }),
        filter: Some(Expr::And(filter)),
        order_by: (0..width)
            .map(|i| column(format!("c{i}")))
            .chain([place()])
            .map(ascending)
            .collect(),
        ..Select::empty()
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
