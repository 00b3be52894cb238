//! What foreign keys refuse elsewhere: a value that changes while rows refer to it.

use std::collections::HashSet;

use orm_schema::hashed_name;

use super::{Change, Row};
use crate::ast::{Expr, Select};
use crate::backend::{DbError, DbErrorKind, Executor};
use crate::dialect::Features;
use crate::error::{Error, Result};
use crate::model::{HashKey, ModelMeta};
use crate::query::delete::graph::referrers;
use crate::query::plan::{ROOT, fetch, one};
use crate::value::Value;

/// Values of one statement at most.
const MAX_VALUES: usize = 512;

/// A column of another table that a foreign key would hold to one of the model's.
struct Holder {
    table: &'static str,
    column: &'static str,
    /// Who refers, for the message: the field and the model, or the column and the table.
    by: (&'static str, &'static str),
}

/// Whether rows may refer to this column where a foreign key would hold them, and none does.
pub(super) fn is_to(features: &Features, meta: &'static ModelMeta, column: usize) -> bool {
    !features.foreign_keys && holders(meta, column).next().is_some()
}

/// The columns that refer to one of the model's. Relations by several columns have no foreign key on
/// any database.
fn holders(meta: &'static ModelMeta, column: usize) -> impl Iterator<Item = Holder> {
    let referrers = referrers(meta);
    let columns = referrers.columns.iter();
    let columns = columns.filter(move |r| r.held && r.referred == [column]);
    let columns = columns.map(|r| Holder {
        table: r.meta.table,
        column: r.meta.columns[r.columns[0]].column,
        by: (r.field, r.meta.name),
    });
    let key = meta.key == [column];
    let pairs = referrers.pairs.iter().filter(move |p| p.held && key);
    columns.chain(pairs.map(|p| Holder {
        table: p.table,
        column: p.column,
        by: (p.column, p.table),
    }))
}

impl Change {
    /// Raises the foreign key's error if rows refer to a value that would go.
    ///
    /// SQL: one `SELECT … LIMIT 1` for up to 512 values and each relation that refers to them; none where
    /// no value changes.
    pub(super) async fn refuse_referred(&self, tx: &dyn Executor, rows: &[Row]) -> Result<()> {
        for (at, &column) in self.referred.iter().enumerate() {
            let mut seen = HashSet::new();
            let changes = rows.iter().filter(|r| r.same.get(at) != Some(&true));
            let gone: Vec<Value> = changes
                .map(|r| self.old(r, column).clone())
                .filter(|v| !v.is_null() && seen.insert(HashKey(v.clone())))
                .collect();
            for chunk in gone.chunks(MAX_VALUES) {
                for holder in holders(self.meta, column) {
                    refuse(tx, self.meta, column, &holder, chunk).await?;
                }
            }
        }
        Ok(())
    }
}

async fn refuse(
    tx: &dyn Executor,
    meta: &'static ModelMeta,
    column: usize,
    holder: &Holder,
    values: &[Value],
) -> Result<()> {
    let select = Select {
        columns: vec![one()],
        filter: Some(Expr::In {
            expr: Box::new(Expr::column(ROOT, holder.column)),
            list: values.to_vec(),
        }),
        limit: Some(1),
        ..Select::from_table(holder.table, ROOT)
    };
    if fetch(tx, &select.into()).await?.is_empty() {
        return Ok(());
    }
    let kind = DbErrorKind::ForeignKey {
        constraint: Some(hashed_name(holder.table, &[holder.column], "fk")),
    };
    let message = format!(
        "`{}` of {} cannot change while rows refer to it by `{}` of {}",
        meta.columns[column].field, meta.name, holder.by.0, holder.by.1
    );
    Err(Error::Db(DbError::new(kind, message)))
}
