//! Deletes of which receivers hear: the objects that go are read, as Django does, and all that goes is
//! found before any of it does.

use std::any::Any;
use std::sync::Arc;

use super::graph::{going, same};
use super::rows::keys_in;
use super::{Deleted, KEYS_PER_STATEMENT, collected};
use crate::ast::Select;
use crate::backend::{BoxFuture, Executor, Transaction};
use crate::error::{Error, Result};
use crate::model::{AnyModel, ModelMeta, View};
use crate::query::heard::end;
use crate::query::plan::{Plan, ROOT, columns_at, fetch, key_order};
use crate::signals::{self, Lists, Origin};
use crate::value::Value;

/// Who hears of a delete.
pub(super) struct Heard {
    origin: Origin,
    /// The models of whose deletes somebody hears.
    by: Vec<(&'static ModelMeta, Arc<Lists>)>,
}

/// An object that goes.
pub(super) struct Found {
    object: Arc<dyn Any + Send + Sync>,
    view: View,
}

impl Found {
    fn get(&self) -> Option<&dyn AnyModel> {
        (self.view)(&*self.object)
    }
}

impl Heard {
    /// Who hears of deletes of the model's rows, or of those that go with them; `None` if nobody does.
    #[inline]
    pub(super) fn of(db: &dyn Executor, root: &'static ModelMeta, origin: Origin) -> Option<Self> {
        if !signals::any(db) {
            return None;
        }
        Self::among(db, root, origin)
    }

    fn among(db: &dyn Executor, root: &'static ModelMeta, origin: Origin) -> Option<Self> {
        let lists = |meta| signals::of(db, meta).filter(|lists| lists.of_deletes());
        let going = going(root).into_iter();
        let by: Vec<_> = going
            .filter_map(|meta| Some((meta, lists(meta)?)))
            .collect();
        (!by.is_empty()).then_some(Self { origin, by })
    }

    /// Deletes the rows of a query.
    pub(super) fn delete<'a>(
        self,
        db: &'a dyn Executor,
        plan: &'a Plan,
    ) -> BoxFuture<'a, Result<Deleted>> {
        Box::pin(async move {
            let tx = db.begin().await?;
            let done = collected::delete(&tx, plan, Some(&self)).await;
            end(tx, done, false).await
        })
    }

    pub(super) fn hears(&self, meta: &'static ModelMeta) -> bool {
        self.of_model(meta).is_some()
    }

    fn of_model(&self, meta: &'static ModelMeta) -> Option<&Lists> {
        let (_, lists) = self.by.iter().find(|(m, _)| same(m, meta))?;
        Some(lists)
    }

    /// Reads the objects with these keys, if somebody hears of them, and tells that they will go.
    pub(super) async fn before(
        &self,
        tx: &Transaction,
        meta: &'static ModelMeta,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Found>> {
        let Some(lists) = self.of_model(meta) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(KEYS_PER_STATEMENT) {
            found.extend(read(tx, meta, chunk).await?);
        }
        for object in found.iter().filter_map(Found::get) {
            lists.pre_delete(tx, object, self.origin).await?;
        }
        Ok(found)
    }

    /// Tells that these objects have gone.
    pub(super) async fn after(
        &self,
        tx: &Transaction,
        meta: &'static ModelMeta,
        objects: &[Found],
    ) -> Result<()> {
        let Some(lists) = self.of_model(meta) else {
            return Ok(());
        };
        for object in objects.iter().filter_map(Found::get) {
            lists.post_delete(tx, object, self.origin).await?;
        }
        Ok(())
    }
}

/// The objects with these keys, in the order of the key.
async fn read(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    keys: &[Vec<Value>],
) -> Result<Vec<Found>> {
    let select = Select {
        columns: columns_at(meta, ROOT),
        filter: Some(keys_in(meta, keys)),
        order_by: key_order(meta, ROOT).collect(),
        ..Select::from_table(meta.table, ROOT)
    };
    let mut rows = fetch(db, &select.into()).await?;
    let mut found = Vec::with_capacity(rows.len());
    for mut row in rows.rows() {
        let mut view = None;
        let object = (meta.read)(&mut row, &mut |object, _| {
            view = Some(object.view());
            Ok(())
        })?;
        let view = view.ok_or_else(|| Error::DoesNotExist { model: meta.name })?;
        found.push(Found { object, view });
    }
    Ok(found)
}
