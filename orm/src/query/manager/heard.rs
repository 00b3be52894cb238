//! Many-to-many sets of whose changes receivers hear.

use std::collections::HashSet;
use std::sync::Arc;

use super::set::{Defaults, MAX_ROWS, Set, row_key, rows_that};
use crate::backend::{Executor, Transaction};
use crate::error::Result;
use crate::model::{HashKey, ModelMeta, RelationKind};
use crate::query::relation::Link;
use crate::signals::{self, Lists, M2mAction, M2mChanged};
use crate::value::Value;

/// Who hears of changes of a set.
pub(super) struct Heard {
    lists: Arc<Lists>,
    /// The model that declares the field.
    declared: &'static ModelMeta,
    field: &'static str,
    /// Whether the set is seen from the other side.
    reverse: bool,
}

impl Set<'_> {
    /// Who hears of changes of this set; nobody does where it has no table of pairs.
    pub(super) fn heard(&self, db: &dyn Executor) -> Option<Heard> {
        if matches!(self.link, Link::Columns(_)) {
            return None;
        }
        let (owner, relation) = self.side;
        let relation = &owner.relations[relation];
        let (declared, field, reverse) = match relation.kind {
            RelationKind::Reverse { by, .. } => (self.meta, by, true),
            _ => (owner, relation.field, false),
        };
        let lists = signals::of(db, declared).filter(|lists| lists.of_sets())?;
        Some(Heard {
            lists,
            declared,
            field,
            reverse,
        })
    }

    async fn tell(
        &self,
        tx: &Transaction,
        heard: &Heard,
        action: M2mAction,
        keys: &[Value],
    ) -> Result<()> {
        let owner = self.owner.first().unwrap_or(&Value::Null);
        let event = || M2mChanged {
            action,
            field: heard.field,
            reverse: heard.reverse,
            owner_model: self.side.0,
            owner,
            model: self.meta,
            keys,
            tx,
        };
        heard.lists.m2m_changed(heard.declared, event).await
    }

    /// Puts objects in and tells of those that were not there; nobody is told where all were.
    pub(super) async fn put_in_told(
        &self,
        tx: &Transaction,
        heard: &Heard,
        keys: &[Value],
        defaults: &dyn Defaults,
    ) -> Result<()> {
        let mut have: HashSet<HashKey> = HashSet::new();
        for chunk in keys.chunks(MAX_ROWS) {
            let present = self.present(tx, Some(chunk)).await?;
            have.extend(present.chunks(1).map(row_key));
        }
        let fresh = rows_that(keys, 1, |key| !have.contains(&key));
        if fresh.is_empty() {
            return Ok(());
        }
        self.tell(tx, heard, M2mAction::PreAdd, &fresh).await?;
        self.put_in(tx, &fresh, defaults).await?;
        self.tell(tx, heard, M2mAction::PostAdd, &fresh).await
    }

    /// Takes objects out and tells of them, whether they were in the set or not; `None` is all.
    pub(super) async fn take_out_told(
        &self,
        tx: &Transaction,
        heard: &Heard,
        keys: Option<&[Value]>,
    ) -> Result<()> {
        let (pre, post) = match keys {
            Some([]) => return Ok(()),
            Some(_) => (M2mAction::PreRemove, M2mAction::PostRemove),
            None => (M2mAction::PreClear, M2mAction::PostClear),
        };
        let told = keys.unwrap_or_default();
        self.tell(tx, heard, pre, told).await?;
        self.take_out(tx, keys).await?;
        self.tell(tx, heard, post, told).await
    }
}
