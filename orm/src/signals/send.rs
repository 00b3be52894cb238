//! Telling receivers.

use std::sync::Arc;

use super::receiver::Cause;
use super::registry::Named;
use super::{Event, Lists, M2mChanged, Origin, PostDelete, PostSave, PreDelete, PreSave};
use crate::backend::{Executor, Transaction};
use crate::error::{Error, Result};
use crate::model::{AnyModel, ModelMeta};

/// The receivers of a model on this database; `None` where none was connected to anything.
#[inline]
pub(crate) fn of(db: &dyn Executor, meta: &'static ModelMeta) -> Option<Arc<Lists>> {
    db.database()?.receivers()?.of(meta)
}

/// Whether a receiver may be connected to something.
#[inline]
pub(crate) fn any(db: &dyn Executor) -> bool {
    db.database().is_some_and(|db| db.receivers().is_some())
}

fn refused<E: Event>(
    signal: &'static str,
    model: &'static ModelMeta,
    receiver: &Named<E>,
    cause: Cause,
) -> Error {
    Error::Receiver {
        receiver: receiver.name.to_string(),
        signal,
        model: model.name,
        cause,
    }
}

impl Lists {
    /// Whether one of them hears of saves.
    pub(crate) fn of_saves(&self) -> bool {
        !self.pre_save.is_empty() || !self.post_save.is_empty()
    }

    /// Whether one of them may change an object before it is saved.
    pub(crate) fn before_saves(&self) -> bool {
        !self.pre_save.is_empty()
    }

    /// Whether one of them hears of deletes.
    pub(crate) fn of_deletes(&self) -> bool {
        !self.pre_delete.is_empty() || !self.post_delete.is_empty()
    }

    /// Whether one of them hears of many-to-many sets.
    pub(crate) fn of_sets(&self) -> bool {
        !self.m2m_changed.is_empty()
    }

    pub(crate) async fn pre_save(
        &self,
        tx: &Transaction,
        object: &mut dyn AnyModel,
        update_fields: Option<&[&'static str]>,
    ) -> Result<()> {
        for receiver in &self.pre_save {
            let event = PreSave {
                object: &mut *object,
                tx,
                update_fields,
            };
            let done = receiver.calls.call(event).await;
            done.map_err(|cause| refused("pre_save", object.meta(), receiver, cause))?;
        }
        Ok(())
    }

    pub(crate) async fn post_save(
        &self,
        tx: &Transaction,
        object: &dyn AnyModel,
        created: bool,
        update_fields: Option<&[&'static str]>,
    ) -> Result<()> {
        for receiver in &self.post_save {
            let event = PostSave {
                object,
                tx,
                created,
                update_fields,
            };
            let done = receiver.calls.call(event).await;
            done.map_err(|cause| refused("post_save", object.meta(), receiver, cause))?;
        }
        Ok(())
    }

    pub(crate) async fn pre_delete(
        &self,
        tx: &Transaction,
        object: &dyn AnyModel,
        origin: Origin,
    ) -> Result<()> {
        for receiver in &self.pre_delete {
            let event = PreDelete { object, tx, origin };
            let done = receiver.calls.call(event).await;
            done.map_err(|cause| refused("pre_delete", object.meta(), receiver, cause))?;
        }
        Ok(())
    }

    pub(crate) async fn post_delete(
        &self,
        tx: &Transaction,
        object: &dyn AnyModel,
        origin: Origin,
    ) -> Result<()> {
        for receiver in &self.post_delete {
            let event = PostDelete { object, tx, origin };
            let done = receiver.calls.call(event).await;
            done.map_err(|cause| refused("post_delete", object.meta(), receiver, cause))?;
        }
        Ok(())
    }

    /// `declared` is the model of the field, which sends it; `event` makes the event for each receiver.
    pub(crate) async fn m2m_changed<'a>(
        &self,
        declared: &'static ModelMeta,
        event: impl Fn() -> M2mChanged<'a>,
    ) -> Result<()> {
        for receiver in &self.m2m_changed {
            let done = receiver.calls.call(event()).await;
            done.map_err(|cause| refused("m2m_changed", declared, receiver, cause))?;
        }
        Ok(())
    }
}
