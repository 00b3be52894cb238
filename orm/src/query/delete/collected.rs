//! Deletes where all that goes must be known first: models that refer to each other in a circle, and
//! models that both go and stand in the way; and where receivers hear of what goes, before any of it
//! does. Holds the keys of all rows but those that nothing refers to and nobody hears of.

use std::collections::HashSet;

use orm_schema::OnDelete;

use super::graph::{Referrer, referrers, same};
use super::heard::{Found, Heard};
use super::parts::{replace, shape, values};
use super::rows::{
    delete_keys, delete_pairs, delete_referring, items, keys_in, protected, referring,
    refuse_referring, replacement, rows_of, set,
};
use super::{Deleted, KEYS_PER_STATEMENT, order};
use crate::backend::{BoxFuture, Executor, Transaction};
use crate::error::Result;
use crate::model::{HashKey, ModelMeta, RelationKind};
use crate::query::plan::Plan;
use crate::value::Value;

/// Deletes the rows of a query.
pub(super) async fn delete(
    db: &Transaction,
    plan: &Plan,
    heard: Option<&Heard>,
) -> Result<Deleted> {
    let meta = plan.meta;
    let rows = rows_of(db, plan.rows(items(meta, &shape(meta)))).await?;
    let mut collector = Collector {
        heard,
        ..Collector::default()
    };
    collector.collect(db, meta, rows).await?;
    collector.check_restricted()?;
    let mut deleted = Deleted::default();
    collector.run(db, &mut deleted).await?;
    Ok(deleted)
}

/// Rows of one model to be deleted: key, then other columns that relations refer to.
struct Doomed {
    meta: &'static ModelMeta,
    rows: Vec<Vec<Value>>,
}

type Seen = (&'static str, &'static str, Vec<HashKey>);

#[derive(Default)]
struct Collector<'h> {
    /// Who hears of what goes.
    heard: Option<&'h Heard>,
    /// In the order found.
    doomed: Vec<Doomed>,
    seen: HashSet<Seen>,
    /// Rows that refer to these values and go without being looked at.
    unseen: Vec<(&'static Referrer, Vec<Value>)>,
    /// Rows that refer to these values and get another.
    resets: Vec<(&'static ModelMeta, &'static Referrer, Vec<Value>)>,
    /// Rows in the way, unless they go too.
    restricted: Vec<(&'static ModelMeta, &'static Referrer, Vec<Vec<Value>>)>,
}

/// A row by its key, which stands first.
fn seen(meta: &'static ModelMeta, row: &[Value]) -> Seen {
    let key = row.iter().take(meta.key.len());
    (meta.app, meta.name, key.cloned().map(HashKey).collect())
}

/// Whether the rows of a model can go without being looked at: nothing refers to them, and none of
/// them decides over the delete.
fn is_leaf(meta: &'static ModelMeta) -> bool {
    let decides = |kind: &RelationKind| match kind {
        RelationKind::ToOne { on_delete, .. } | RelationKind::Columns { on_delete, .. } => {
            matches!(
                on_delete,
                OnDelete::Protect | OnDelete::Restrict | OnDelete::DoNothing
            )
        }
        _ => false,
    };
    referrers(meta).is_empty() && !meta.relations.iter().any(|r| decides(&r.kind))
}

impl Collector<'_> {
    fn collect<'a>(
        &'a mut self,
        db: &'a dyn Executor,
        meta: &'static ModelMeta,
        rows: Vec<Vec<Value>>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut fresh = rows;
            fresh.retain(|row| self.seen.insert(seen(meta, row)));
            if fresh.is_empty() {
                return Ok(());
            }
            let follow: Vec<(&'static Referrer, Vec<Value>)> = referrers(meta)
                .columns
                .iter()
                .map(|r| (r, values(meta, &fresh, &r.referred)))
                .collect();
            match self.doomed.iter_mut().find(|d| same(d.meta, meta)) {
                Some(known) => known.rows.extend(fresh),
                None => self.doomed.push(Doomed { meta, rows: fresh }),
            }
            for (referrer, values) in follow {
                self.follow(db, meta, referrer, values).await?;
            }
            Ok(())
        })
    }

    fn is_heard(&self, meta: &'static ModelMeta) -> bool {
        self.heard.is_some_and(|h| h.hears(meta))
    }

    async fn follow(
        &mut self,
        db: &dyn Executor,
        meta: &'static ModelMeta,
        referrer: &'static Referrer,
        values: Vec<Value>,
    ) -> Result<()> {
        match referrer.on_delete {
            OnDelete::DoNothing => {}
            OnDelete::SetNull | OnDelete::SetDefault => {
                self.resets.push((meta, referrer, values));
            }
            OnDelete::Cascade if is_leaf(referrer.meta) && !self.is_heard(referrer.meta) => {
                self.unseen.push((referrer, values));
            }
            OnDelete::Cascade => {
                let rows = referring(db, referrer, &values, &shape(referrer.meta)).await?;
                self.collect(db, referrer.meta, rows).await?;
            }
            OnDelete::Protect => refuse_referring(db, meta, referrer, &values).await?,
            OnDelete::Restrict => {
                let rows = referring(db, referrer, &values, referrer.meta.key).await?;
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
            let stays = |row: &&Vec<Value>| !self.seen.contains(&seen(referrer.meta, row));
            let left: Vec<Vec<Value>> = rows.iter().filter(stays).cloned().collect();
            if !left.is_empty() {
                return Err(protected(meta, referrer, &left, left.len() as u64));
            }
        }
        Ok(())
    }

    async fn run(self, db: &Transaction, deleted: &mut Deleted) -> Result<()> {
        let models: Vec<&'static ModelMeta> = self.doomed.iter().map(|d| d.meta).collect();
        let features = db.dialect().features();
        let at_once = features.foreign_keys && !features.deferred_foreign_keys;
        let order = order::order(&models, at_once);
        // The objects of each model that somebody hears of.
        let mut told: Vec<Vec<Found>> = models.iter().map(|_| Vec::new()).collect();
        if let Some(heard) = self.heard {
            for &model in &order.models {
                let doomed = &self.doomed[model];
                told[model] = heard.before(db, doomed.meta, &doomed.rows).await?;
            }
        }
        for (referrer, values) in &self.unseen {
            delete_referring(db, referrer, values, deleted).await?;
        }
        for doomed in &self.doomed {
            for pairs in &referrers(doomed.meta).pairs {
                let keys = values(doomed.meta, &doomed.rows, &doomed.meta.key[..1]);
                delete_pairs(db, pairs, &keys, deleted).await?;
            }
        }
        self.reset(db).await?;
        for (model, column) in order.clear {
            let doomed = &self.doomed[model];
            for chunk in doomed.rows.chunks(KEYS_PER_STATEMENT) {
                let filter = keys_in(doomed.meta, chunk);
                set(db, doomed.meta, &[column], &Value::Null, filter).await?;
            }
        }
        for model in order.models {
            let doomed = &self.doomed[model];
            delete_keys(db, doomed.meta, &doomed.rows, deleted).await?;
            if let Some(heard) = self.heard {
                heard.after(db, doomed.meta, &told[model]).await?;
            }
        }
        Ok(())
    }

    /// Sets the columns of rows that stay.
    async fn reset(&self, db: &dyn Executor) -> Result<()> {
        // All that goes from one model counts, by whatever path it was found.
        let mut all: Vec<(&'static ModelMeta, &'static Referrer, Vec<Value>)> = Vec::new();
        for (meta, referrer, values) in &self.resets {
            match all.iter_mut().find(|(_, r, _)| std::ptr::eq(*r, *referrer)) {
                Some((_, _, known)) => known.extend(values.iter().cloned()),
                None => all.push((meta, referrer, values.clone())),
            }
        }
        for (meta, referrer, values) in all {
            if let Some(to) = replacement(referrer)? {
                replace(db, meta, referrer, &to, &values).await?;
            }
        }
        Ok(())
    }
}
