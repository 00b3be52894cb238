//! `unique = "lookup"`: side tables that keep a value unique where the server's own unique keys
//! cannot. Their layout is told in `orm_schema`'s `lookup.rs`.
//!
//! A side table is written in the transaction of the row that it speaks of, so that both are there
//! or neither. A value that is taken raises what a native unique key raises. Inside an open
//! transaction without savepoints a refused write takes back what it did so far by itself: the
//! transaction goes on, as after a native refusal.

mod bulk;
mod insert;
mod undo;
mod update;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use orm_schema::{LOOKUP_VALUE, Unique, hashed_name, lookup_owner, lookup_table};

use super::plan::{ROOT, execute};
use crate::ast::{BinaryOp, Delete, Expr, Insert, Name};
use crate::backend::{DbErrorKind, Executor};
use crate::dialect::Features;
use crate::error::{Error, Result};
use crate::model::ModelMeta;
use crate::value::Value;

pub(super) use bulk::insert_many;
pub(super) use insert::insert;
pub(super) use undo::{Undo, end, is_refusal};
pub(super) use update::{Moved, Passed};

/// Rows of one statement at most.
const MAX_ROWS: usize = 512;

/// A side table.
#[derive(Debug)]
pub(super) struct Lookup {
    /// Number of the column that it keeps unique.
    pub(super) column: usize,
    table: &'static str,
    /// Its columns: the value, then the owner's.
    columns: Vec<&'static str>,
    /// What a native unique key would be called.
    constraint: String,
}

/// The side tables of a model on this database; none where native unique keys do.
pub(super) fn kept(features: &Features, meta: &'static ModelMeta) -> &'static [Lookup] {
    if !features.sharded || !is_kept(meta) {
        return &[];
    }
    // A few names are made once for each model.
    static KNOWN: RwLock<Option<HashMap<usize, &'static [Lookup]>>> = RwLock::new(None);
    let at = std::ptr::from_ref(meta) as usize;
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(lookups) = known.as_ref().and_then(|k| k.get(&at)) {
        return lookups;
    }
    drop(known);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let made = || &*Box::leak(lookups_of(meta).into_boxed_slice());
    known.get_or_insert_default().entry(at).or_insert_with(made)
}

fn is_lookup(meta: &ModelMeta, column: usize) -> bool {
    meta.columns[column].extra.unique == Unique::Lookup && meta.key != [column]
}

fn is_kept(meta: &ModelMeta) -> bool {
    meta.extra.managed && (0..meta.columns.len()).any(|c| is_lookup(meta, c))
}

fn lookups_of(meta: &'static ModelMeta) -> Vec<Lookup> {
    let forever = |name: String| -> &'static str { Box::leak(name.into_boxed_str()) };
    let of = |column: usize| {
        let name = meta.columns[column].column;
        let parts = meta.key.len();
        let owner = (0..parts).map(|at| forever(lookup_owner(at, parts).into_owned()));
        Lookup {
            column,
            table: forever(lookup_table(meta.table, name)),
            columns: std::iter::once(LOOKUP_VALUE).chain(owner).collect(),
            constraint: hashed_name(meta.table, &[name], "uniq"),
        }
    };
    let columns = 0..meta.columns.len();
    columns.filter(|&c| is_lookup(meta, c)).map(of).collect()
}

/// A value and the key of its row.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    value: Value,
    owner: Vec<Value>,
}

impl Lookup {
    /// Notes values. None of these claims has NULL.
    ///
    /// SQL: one `INSERT` for each power of two of rows.
    ///
    /// # Errors
    /// `UniqueViolation` of the column, if one is taken; what was noted before stands in `undo`.
    async fn claim(
        &self,
        db: &dyn Executor,
        meta: &'static ModelMeta,
        claims: &[Claim],
        undo: &mut Undo,
    ) -> Result<()> {
        for chunk in powers_of_two(claims) {
            self.insert(db, chunk)
                .await
                .map_err(|e| self.named(meta, e))?;
            undo.push(self.release_statement(chunk));
        }
        Ok(())
    }

    async fn insert(&self, db: &dyn Executor, claims: &[Claim]) -> Result<()> {
        execute(db, &self.claim_statement(claims).into())
            .await
            .map(drop)
    }

    fn claim_statement(&self, claims: &[Claim]) -> Insert {
        let value = |c: &Claim| std::iter::once(c.value.clone()).chain(c.owner.clone());
        Insert {
            table: self.table.into(),
            columns: self.columns.iter().map(|c| Name::from(*c)).collect(),
            values: claims.iter().flat_map(value).collect(),
            on_conflict: None,
            returning: Vec::new(),
        }
    }

    /// Strikes out what is noted for these rows under these values.
    ///
    /// SQL: one `DELETE` for each power of two of rows.
    pub(super) async fn release(&self, db: &dyn Executor, claims: &[Claim]) -> Result<()> {
        for chunk in powers_of_two(claims) {
            execute(db, &self.release_statement(chunk).into()).await?;
        }
        Ok(())
    }

    fn release_statement(&self, claims: &[Claim]) -> Delete {
        Delete {
            table: self.table.into(),
            alias: ROOT,
            joins: Vec::new(),
            filter: Some(self.filter(claims)),
        }
    }

    /// The value leads to the right part of the server, the owner guards what is another row's.
    fn filter(&self, claims: &[Claim]) -> Expr {
        if let [one] = claims {
            let values = std::iter::once(&one.value).chain(&one.owner);
            let equal = self.columns.iter().zip(values).map(|(column, value)| {
                Expr::binary(
                    Expr::column(ROOT, *column),
                    BinaryOp::Eq,
                    Expr::Value(value.clone()),
                )
            });
            return Expr::And(equal.collect());
        }
        let values = Expr::In {
            expr: Box::new(Expr::column(ROOT, self.columns[0])),
            list: claims.iter().map(|c| c.value.clone()).collect(),
        };
        let owners = claims.iter().map(|c| c.owner.clone()).collect();
        Expr::And(vec![values, self.owned_by(owners)])
    }

    fn owned_by(&self, owners: Vec<Vec<Value>>) -> Expr {
        if let [one] = &self.columns[1..] {
            return Expr::In {
                expr: Box::new(Expr::column(ROOT, *one)),
                list: owners.into_iter().flatten().collect(),
            };
        }
        let columns = self.columns[1..].iter();
        Expr::InRows {
            exprs: columns.map(|c| Expr::column(ROOT, *c)).collect(),
            rows: owners,
        }
    }

    /// The error of the side table as the column's own.
    fn named(&self, meta: &'static ModelMeta, error: Error) -> Error {
        let Error::Db(mut error) = error else {
            return error;
        };
        if error.is_unique_violation() {
            let column = &meta.columns[self.column];
            error.kind = DbErrorKind::UniqueViolation {
                constraint: Some(self.constraint.clone()),
                table: Some(meta.table.to_owned()),
                columns: vec![column.column.to_owned()],
            };
            error.message = format!(
                "the value of `{}` of {} is taken: {}",
                column.field, meta.name, error.message
            );
        }
        Error::Db(error)
    }
}

/// Strikes out all that side tables say of rows that are deleted, by their keys, which stand first in
/// these rows; nothing where there
/// are no side tables.
///
/// SQL: one `DELETE` for each lookup.
pub(super) async fn forget(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    keys: &[Vec<Value>],
) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let owners = || keys.iter().map(|k| k[..meta.key.len()].to_vec()).collect();
    for lookup in kept(db.dialect().features(), meta) {
        let delete = Delete {
            table: lookup.table.into(),
            alias: ROOT,
            joins: Vec::new(),
            filter: Some(lookup.owned_by(owners())),
        };
        execute(db, &delete.into()).await?;
    }
    Ok(())
}

/// The list in parts for one statement each.
fn powers_of_two<T>(list: &[T]) -> impl Iterator<Item = &[T]> {
    super::plan::powers_of_two(list, MAX_ROWS)
}

/// Sorts claims, so that two writers of many values take them in the same order and do not wait for
/// each other in a circle.
fn in_order(claims: &mut [Claim]) {
    claims.sort_by(|a, b| by_value(&a.value, &b.value));
}

fn by_value(a: &Value, b: &Value) -> Ordering {
    use Value as V;
    match (a, b) {
        (V::Text(a), V::Text(b)) => a.cmp(b),
        (V::Int(a), V::Int(b)) => a.cmp(b),
        (V::UInt(a), V::UInt(b)) => a.cmp(b),
        (V::Bytes(a), V::Bytes(b)) => a.cmp(b),
        (V::Uuid(a), V::Uuid(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}
