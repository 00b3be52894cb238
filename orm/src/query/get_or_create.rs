//! Objects that are found or created, so that there is one in the end whoever else tries at the same
//! time.
//!
//! A unique key decides, not a lock and no savepoint: of many inserts at once one goes through, and
//! the others find its row. A refused insert leaves an open transaction as it was.

use std::sync::Arc;

use super::{Assignments, New, QuerySet, UpdateQuery, change, heard, lookup};
use crate::ast::{BinaryOp, Expr};
use crate::backend::{BoxFuture, Executor};
use crate::error::{Error, Result};
use crate::model::{Here, Model, ModelMeta};
use crate::query::plan::{ROOT, finish};
use crate::signals::Lists;
use crate::value::Value;

/// Rounds of looking and inserting. A third one is needed only if the row that was in the way is
/// deleted before it can be read.
const ROUNDS: usize = 3;

/// An object that shall be there.
pub(super) struct Wanted<M> {
    /// The columns that tell it from others.
    by: Vec<usize>,
    /// The columns whose values the program gave.
    given: Vec<usize>,
    /// All values, defaults filled in.
    values: Vec<Option<Value>>,
    model: std::marker::PhantomData<fn() -> M>,
}

impl<M: Model> Wanted<M> {
    /// Checks that `by` tells rows apart, for `what`.
    pub(super) fn new(what: &str, new: New<M>, by: Vec<usize>) -> Result<Self> {
        let meta = M::META;
        if !is_key(meta, &by) {
            return Err(Error::Usage(format!(
                "`{what}` of {} by {}: these fields contain no unique key, so that two rows could be created at once; make them unique, or use `first` and `create`",
                meta.name,
                names(meta, &by)
            )));
        }
        let given = new.given();
        let values = new.finish()?;
        let bare = |c: &&usize| values[**c].as_ref().is_none_or(Value::is_null);
        if let Some(&column) = by.iter().find(bare) {
            return Err(Error::Usage(format!(
                "`{what}` of {} needs a value for `{}`, by which the object is looked for; NULL is never the same as another NULL",
                meta.name, meta.columns[column].field
            )));
        }
        Ok(Self {
            by,
            given,
            values,
            model: std::marker::PhantomData,
        })
    }

    fn query(&self) -> QuerySet<M> {
        let mut query = QuerySet::new();
        for &column in &self.by {
            query.plan.add_filter(Expr::binary(
                Expr::column(ROOT, M::META.columns[column].column),
                BinaryOp::Eq,
                Expr::Value(self.values[column].clone().unwrap_or_default()),
            ));
        }
        query
    }

    /// The object that is there, or the new one; `true` if it is new.
    pub(super) async fn get_or_create(self, db: &impl Executor) -> Result<(M, bool)> {
        let query = self.query();
        let mut refused = None;
        for _ in 0..ROUNDS {
            if let Some(found) = query.get_opt(db).await? {
                return Ok((found, false));
            }
            match heard::create::<M>(db, self.values.clone()).await {
                Ok(created) => return Ok((created, true)),
                Err(error) if error.is_unique_violation() => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or(Error::DoesNotExist {
            model: M::META.name,
        }))
    }

    /// Updates the object that is there, or creates the new one; `true` if it is new.
    pub(super) async fn update_or_create<A: Assignments<M>>(
        self,
        db: &impl Executor,
        set: impl FnOnce(&M::Fields<M, Here>) -> A,
    ) -> Result<(M, bool)> {
        let query = self.query();
        let update = query.clone().update(set).touched();
        self.write(db, query, update).await
    }

    /// As [`update_or_create`](Self::update_or_create) with the values of the new object.
    pub(super) async fn replace_or_create(self, db: &impl Executor) -> Result<(M, bool)> {
        let query = self.query();
        let kept = |c: &&usize| !self.by.contains(c) && !M::META.key.contains(c);
        let set = self.given.iter().filter(kept).map(|&c| {
            let value = self.values[c].clone().unwrap_or_default();
            super::Assignment::new(c, true, Ok(Expr::Value(value)))
        });
        let set: Vec<_> = set.collect();
        if set.is_empty() {
            return self.get_or_create(db).await;
        }
        let update = query.clone().update(move |_| set).touched();
        self.write(db, query, update).await
    }

    async fn write(
        self,
        db: &impl Executor,
        query: QuerySet<M>,
        update: UpdateQuery<M>,
    ) -> Result<(M, bool)> {
        let mut refused = None;
        for _ in 0..ROUNDS {
            if let Some(found) = updated(db, &query, &update, &self.by).await? {
                return Ok((found, false));
            }
            match heard::create::<M>(db, self.values.clone()).await {
                Ok(created) => return Ok((created, true)),
                Err(error) if error.is_unique_violation() => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or(Error::DoesNotExist {
            model: M::META.name,
        }))
    }
}

/// Updates the row and reads it, if it is there. Both in one transaction: were the update committed
/// and the read refused, the caller would take the whole for undone.
async fn updated<M: Model>(
    db: &impl Executor,
    query: &QuerySet<M>,
    update: &UpdateQuery<M>,
    by: &[usize],
) -> Result<Option<M>> {
    let lists = heard::of_saves::<M>(db);
    // Where what it is found by changes, it is found again by its key alone.
    if lists.is_some() || update.columns().any(|c| by.contains(&c)) {
        return updated_in_steps(db, lists, query.clone(), update.clone()).await;
    }
    if db.in_transaction() {
        return update_and_read(db, query, update).await;
    }
    let tx = db.begin().await?;
    let done = update_and_read(&tx, query, update).await;
    finish(tx, done).await
}

/// The same, the row read and locked first: receivers get the object with its new values before these
/// are written.
fn updated_in_steps<'a, M: Model>(
    db: &'a dyn Executor,
    lists: Option<Arc<Lists>>,
    query: QuerySet<M>,
    update: UpdateQuery<M>,
) -> BoxFuture<'a, Result<Option<M>>> {
    Box::pin(async move {
        let key = update.columns().find(|c| M::META.key.contains(c));
        if let Some(column) = key {
            return Err(Error::Usage(format!(
                "`{}` is part of the key of {}, which `update_or_create` leaves as it is: use `update` of a query",
                M::META.columns[column].field,
                M::META.name
            )));
        }
        let one_table = lookup::kept(db.dialect().features(), M::META).is_empty();
        let tx = db.begin().await?;
        let mut refused = false;
        let done = async {
            // Such a write would wait for the lock that its own transaction holds.
            let reference = change::may_be_reference(M::META, one_table);
            let locks = !tx.may_write_apart(M::META.table, reference).await?;
            let found = match locks {
                true => query.for_update(),
                false => query,
            };
            let Some(object) = found.get_opt(&tx).await? else {
                return Ok(None);
            };
            let update = heard::Update {
                query: update,
                locks,
            };
            let lists = lists.as_deref();
            heard::update(&tx, lists, object, update, &mut refused).await
        }
        .await;
        if matches!(done, Ok(None)) && lists.is_some() {
            // What receivers did for an update of a row that is gone by now.
            if !tx.is_unwritten() {
                tx.rollback().await?;
                return Ok(None);
            }
            tx.forget_hooks();
        }
        heard::end(tx, done, refused).await
    })
}

async fn update_and_read<M: Model>(
    db: &impl Executor,
    query: &QuerySet<M>,
    update: &UpdateQuery<M>,
) -> Result<Option<M>> {
    match update.clone().exec(db).await? {
        0 => Ok(None),
        _ => query.get_opt(db).await,
    }
}

/// Whether a unique key is among these columns.
fn is_key(meta: &ModelMeta, columns: &[usize]) -> bool {
    keys(meta).any(|key| key.iter().all(|c| columns.contains(c)))
}

/// All unique keys of a model: the primary key, single columns, groups.
pub(super) fn keys(meta: &ModelMeta) -> impl Iterator<Item = Vec<usize>> {
    let single = (0..meta.columns.len()).filter(|&c| meta.columns[c].unique);
    std::iter::once(meta.key.to_vec())
        .filter(|k| !k.is_empty())
        .chain(single.map(|c| vec![c]))
        .chain(meta.uniques.iter().map(|g| g.to_vec()))
}

/// The fields of these columns, for a message.
pub(super) fn names(meta: &ModelMeta, columns: &[usize]) -> String {
    let names = columns
        .iter()
        .map(|&c| format!("`{}`", meta.columns[c].field));
    match columns {
        [] => "no field".to_owned(),
        _ => names.collect::<Vec<_>>().join(", "),
    }
}
