//! Deletes, with what `on_delete` asks for. Runs in the ORM on every backend, so that the result is
//! the same whether the server has foreign keys or not.

mod order;

use std::collections::{BTreeMap, HashSet};

use orm_schema::OnDelete;

use super::QuerySet;
use super::plan::{ROOT, execute, fetch, finish, key_order};
use crate::ast::{Alias, Delete, Expr, Select, SelectItem, Update};
use crate::backend::{BoxFuture, Executor};
use crate::error::{Error, Result};
use crate::model::{HashKey, Model, ModelMeta, RelationKind, registered};
use crate::value::Value;

/// Keys of one statement.
const KEYS_PER_STATEMENT: usize = 512;

/// How many rows a delete took, of each model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deleted {
    /// All rows, those of relation tables included.
    pub total: u64,
    /// By model name; rows of a many-to-many table under the table's name.
    pub by_model: BTreeMap<&'static str, u64>,
}

impl Deleted {
    fn add(&mut self, name: &'static str, rows: u64) {
        if rows > 0 {
            self.total += rows;
            *self.by_model.entry(name).or_default() += rows;
        }
    }
}

impl<M: Model> QuerySet<M> {
    /// Deletes the rows, and does to the rows that refer to them what their `on_delete` says.
    ///
    /// SQL: one `DELETE` when no model refers to this one; else selects of keys, then updates and
    /// deletes in batches, in one transaction. Django: `QuerySet.delete`.
    ///
    /// # Errors
    /// [`Error::Protected`] when a row stands in the way; nothing is deleted then. [`Error::Db`].
    pub async fn delete(&self, db: &impl Executor) -> Result<Deleted> {
        self.plan.check()?;
        if self.plan.none {
            return Ok(Deleted::default());
        }
        delete(db, self).await
    }

    pub(crate) async fn exists_dyn(&self, db: &dyn Executor) -> Result<bool> {
        let mut query = self.clone();
        query.plan.limit = Some(1);
        let select = query.plan.rows(vec![super::plan::one()]);
        Ok(!fetch(db, &select.into()).await?.is_empty())
    }
}

/// A column that refers to a model.
struct Referrer {
    meta: &'static ModelMeta,
    field: &'static str,
    column: usize,
    on_delete: OnDelete,
}

/// A column of a many-to-many table that refers to a model.
struct Pairs {
    table: &'static str,
    column: &'static str,
}

fn same(a: &ModelMeta, b: &ModelMeta) -> bool {
    a.app == b.app && a.name == b.name
}

fn referrers(to: &'static ModelMeta) -> (Vec<Referrer>, Vec<Pairs>) {
    let (mut columns, mut pairs) = (Vec::new(), Vec::new());
    for meta in registered() {
        for relation in meta.relations {
            let target = (relation.target)();
            match relation.kind {
                RelationKind::ToOne { column, on_delete } if same(target, to) => {
                    columns.push(Referrer {
                        meta,
                        field: relation.field,
                        column,
                        on_delete,
                    });
                }
                RelationKind::ManyToMany {
                    table,
                    from,
                    to: other,
                    ..
                } => {
                    if same(meta, to) {
                        pairs.push(Pairs {
                            table,
                            column: from,
                        });
                    }
                    if same(target, to) {
                        pairs.push(Pairs {
                            table,
                            column: other,
                        });
                    }
                }
                _ => {}
            }
        }
    }
    // The order in which the linker lists the models is not stable.
    columns.sort_by_key(|r| (r.meta.app, r.meta.name, r.column));
    pairs.sort_by_key(|p| (p.table, p.column));
    (columns, pairs)
}

async fn delete<M: Model>(db: &dyn Executor, query: &QuerySet<M>) -> Result<Deleted> {
    let meta = M::META;
    let (columns, pairs) = referrers(meta);
    let mut deleted = Deleted::default();
    if columns.is_empty() && pairs.is_empty() {
        let plan = &query.plan;
        let plain = plan.joins.nodes.is_empty() && plan.limit.is_none() && plan.offset.is_none();
        let (alias, filter) = if plain {
            (ROOT, plan.condition())
        } else {
            (Alias(u16::MAX), Some(plan.key_filter(Alias(u16::MAX))))
        };
        let delete = Delete {
            table: meta.table.into(),
            alias,
            filter,
        };
        deleted.add(meta.name, execute(db, &delete.into()).await?.rows_affected);
        return Ok(deleted);
    }
    let tx = db.begin().await?;
    let done = cascade(&tx, query).await;
    finish(tx, done).await
}

async fn cascade<M: Model>(tx: &dyn Executor, query: &QuerySet<M>) -> Result<Deleted> {
    let keys = rows_of(tx, query.plan.rows(key_items(M::META))).await?;
    let mut collector = Collector::default();
    collector.collect(tx, M::META, keys).await?;
    collector.check_restricted()?;
    let mut deleted = Deleted::default();
    collector.run(tx, &mut deleted).await?;
    Ok(deleted)
}

fn key_items(meta: &'static ModelMeta) -> Vec<SelectItem> {
    let item = |&c: &usize| SelectItem {
        expr: Expr::column(ROOT, meta.columns[c].column),
        alias: None,
    };
    meta.key.iter().map(item).collect()
}

async fn rows_of(db: &dyn Executor, select: Select) -> Result<Vec<Vec<Value>>> {
    let width = select.columns.len().max(1);
    let mut rows = fetch(db, &select.into()).await?.values;
    let mut out = Vec::with_capacity(rows.len() / width);
    while !rows.is_empty() {
        let rest = rows.split_off(width.min(rows.len()));
        out.push(std::mem::replace(&mut rows, rest));
    }
    Ok(out)
}

/// Rows of one model to be deleted, by key.
struct Doomed {
    meta: &'static ModelMeta,
    keys: Vec<Vec<Value>>,
}

#[derive(Default)]
struct Collector {
    /// In the order found.
    doomed: Vec<Doomed>,
    seen: HashSet<(&'static str, &'static str, Vec<HashKey>)>,
    /// Column, new value, and the keys of the rows referred to.
    resets: Vec<(Referrer, Value, Vec<Value>)>,
    pairs: Vec<(Pairs, Vec<Value>)>,
    restricted: Vec<(&'static ModelMeta, Referrer, Vec<Vec<Value>>)>,
}

impl Collector {
    fn collect<'a>(
        &'a mut self,
        db: &'a dyn Executor,
        meta: &'static ModelMeta,
        keys: Vec<Vec<Value>>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut fresh = keys;
            fresh.retain(|k| {
                let key = k.iter().cloned().map(HashKey).collect();
                self.seen.insert((meta.app, meta.name, key))
            });
            if fresh.is_empty() {
                return Ok(());
            }
            // Only keys of one column can be referred to.
            let single: Vec<Value> = fresh
                .iter()
                .filter(|k| k.len() == 1)
                .map(|k| k[0].clone())
                .collect();
            match self.doomed.iter_mut().find(|d| same(d.meta, meta)) {
                Some(known) => known.keys.extend(fresh),
                None => self.doomed.push(Doomed { meta, keys: fresh }),
            }
            if single.is_empty() {
                return Ok(());
            }
            let (columns, pairs) = referrers(meta);
            for pair in pairs {
                self.pairs.push((pair, single.clone()));
            }
            for referrer in columns {
                self.follow(db, meta, referrer, &single).await?;
            }
            Ok(())
        })
    }

    async fn follow(
        &mut self,
        db: &dyn Executor,
        meta: &'static ModelMeta,
        referrer: Referrer,
        keys: &[Value],
    ) -> Result<()> {
        match referrer.on_delete {
            OnDelete::DoNothing => {}
            OnDelete::SetNull => self.resets.push((referrer, Value::Null, keys.to_vec())),
            OnDelete::SetDefault => {
                let column = &referrer.meta.columns[referrer.column];
                let Some(value) = column.default.value(&column.ty) else {
                    return Err(Error::Usage(format!(
                        "`{}` of {} has on_delete = \"set_default\" but no default",
                        referrer.field, referrer.meta.name
                    )));
                };
                self.resets.push((referrer, value, keys.to_vec()));
            }
            OnDelete::Cascade => {
                let rows = referring(db, &referrer, keys).await?;
                self.collect(db, referrer.meta, rows).await?;
            }
            OnDelete::Protect => {
                let rows = referring(db, &referrer, keys).await?;
                if !rows.is_empty() {
                    return Err(protected(meta, &referrer, "protect", &rows));
                }
            }
            OnDelete::Restrict => {
                let rows = referring(db, &referrer, keys).await?;
                if !rows.is_empty() {
                    self.restricted.push((meta, referrer, rows));
                }
            }
        }
        Ok(())
    }

    /// A restricted row is in the way unless it goes in the same delete by another path.
    fn check_restricted(&mut self) -> Result<()> {
        for (meta, referrer, rows) in std::mem::take(&mut self.restricted) {
            let stays = |k: &&Vec<Value>| {
                let key = k.iter().cloned().map(HashKey).collect();
                !self
                    .seen
                    .contains(&(referrer.meta.app, referrer.meta.name, key))
            };
            let left: Vec<Vec<Value>> = rows.iter().filter(stays).cloned().collect();
            if !left.is_empty() {
                return Err(protected(meta, &referrer, "restrict", &left));
            }
        }
        Ok(())
    }

    async fn run(self, db: &dyn Executor, deleted: &mut Deleted) -> Result<()> {
        for (pairs, keys) in self.pairs {
            for chunk in keys.chunks(KEYS_PER_STATEMENT) {
                let delete = Delete {
                    table: pairs.table.into(),
                    alias: ROOT,
                    filter: Some(Expr::In {
                        expr: Box::new(Expr::column(ROOT, pairs.column)),
                        list: chunk.to_vec(),
                    }),
                };
                deleted.add(
                    pairs.table,
                    execute(db, &delete.into()).await?.rows_affected,
                );
            }
        }
        for (referrer, value, keys) in self.resets {
            let column = referrer.meta.columns[referrer.column].column;
            for chunk in keys.chunks(KEYS_PER_STATEMENT) {
                let update = Update {
                    table: referrer.meta.table.into(),
                    alias: ROOT,
                    set: vec![(column.into(), Expr::Value(value.clone()))],
                    filter: Some(Expr::In {
                        expr: Box::new(Expr::column(ROOT, column)),
                        list: chunk.to_vec(),
                    }),
                };
                execute(db, &update.into()).await?;
            }
        }
        let models: Vec<&'static ModelMeta> = self.doomed.iter().map(|d| d.meta).collect();
        let features = db.dialect().features();
        let at_once = features.foreign_keys && !features.deferred_foreign_keys;
        let order = order::order(&models, at_once);
        for (model, column) in order.clear {
            let doomed = &self.doomed[model];
            for chunk in doomed.keys.chunks(KEYS_PER_STATEMENT) {
                let update = Update {
                    table: doomed.meta.table.into(),
                    alias: ROOT,
                    set: vec![(
                        doomed.meta.columns[column].column.into(),
                        Expr::Value(Value::Null),
                    )],
                    filter: Some(keys_in(doomed.meta, chunk)),
                };
                execute(db, &update.into()).await?;
            }
        }
        for model in order.models {
            let doomed = &self.doomed[model];
            // Backwards: in a tree the rows found last lie deepest.
            for chunk in doomed.keys.rchunks(KEYS_PER_STATEMENT) {
                let delete = Delete {
                    table: doomed.meta.table.into(),
                    alias: ROOT,
                    filter: Some(keys_in(doomed.meta, chunk)),
                };
                deleted.add(
                    doomed.meta.name,
                    execute(db, &delete.into()).await?.rows_affected,
                );
            }
        }
        Ok(())
    }
}

fn keys_in(meta: &'static ModelMeta, keys: &[Vec<Value>]) -> Expr {
    let columns = meta
        .key
        .iter()
        .map(|&c| Expr::column(ROOT, meta.columns[c].column));
    let mut columns: Vec<Expr> = columns.collect();
    if columns.len() == 1 {
        return Expr::In {
            expr: Box::new(columns.remove(0)),
            list: keys.iter().map(|k| k[0].clone()).collect(),
        };
    }
    Expr::InRows {
        exprs: columns,
        rows: keys.to_vec(),
    }
}

/// Keys of the rows that refer to any of these keys.
async fn referring(
    db: &dyn Executor,
    referrer: &Referrer,
    keys: &[Value],
) -> Result<Vec<Vec<Value>>> {
    let meta = referrer.meta;
    let mut out = Vec::new();
    for chunk in keys.chunks(KEYS_PER_STATEMENT) {
        let select = Select {
            columns: key_items(meta),
            filter: Some(Expr::In {
                expr: Box::new(Expr::column(ROOT, meta.columns[referrer.column].column)),
                list: chunk.to_vec(),
            }),
            order_by: key_order(meta, ROOT).collect(),
            ..Select::from_table(meta.table, ROOT)
        };
        out.extend(rows_of(db, select).await?);
    }
    Ok(out)
}

fn protected(
    meta: &'static ModelMeta,
    by: &Referrer,
    rule: &'static str,
    rows: &[Vec<Value>],
) -> Error {
    let text = |v: &Value| match v {
        Value::Int(v) => v.to_string(),
        Value::UInt(v) => v.to_string(),
        Value::Text(v) => v.clone(),
        other => format!("{other:?}"),
    };
    let example = rows
        .first()
        .map(|k| k.iter().map(text).collect::<Vec<_>>().join(", "));
    Error::Protected {
        model: meta.name,
        by: by.meta.name,
        field: by.field,
        rule,
        count: rows.len() as u64,
        example: example.unwrap_or_default(),
    }
}
