//! Updates of columns that side tables keep unique.
//!
//! The rows are locked first, so that what is read of them stays. Then new values are noted: if one
//! is taken, nothing of the rows has changed yet. The rows follow, and old values are struck out
//! last.

use std::collections::{HashMap, HashSet};

use super::super::plan::{execute, fetch, is_short, key_order};
use super::{Claim, Lookup, MAX_ROWS, Undo, end, in_order, kept};
use crate::ast::{Alias, Expr, Lock, Select, SelectItem, Update};
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{HashKey, ModelMeta};
use crate::value::Value;

/// Which rows are changed.
pub(in super::super) enum Chosen {
    /// Those of the table that meet this condition, which speaks of its own columns only.
    Where(Option<Expr>),
    /// Those whose keys this select hands out.
    Keys(Box<Select>),
}

/// Changes columns of rows, and what side tables say of them; tells how many rows matched.
///
/// SQL, in one transaction: `SELECT … FOR UPDATE` of the rows; where a lookup changes, one `INSERT`
/// and one `DELETE` for each side table; one `UPDATE`. Each for up to 512 rows.
pub(in super::super) async fn update(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    set: Vec<(usize, Expr)>,
    alias: Alias,
    chosen: Chosen,
) -> Result<u64> {
    if let Some((key, _)) = set.iter().find(|(c, _)| meta.key.contains(c)) {
        return Err(Error::Usage(format!(
            "the key `{}` of {} cannot be updated on {}: the side tables of its lookups hold it; create a new row and delete the old one",
            meta.columns[*key].field,
            meta.name,
            db.dialect().name()
        )));
    }
    let change = Change {
        meta,
        lookups: kept(db.dialect().features(), meta)
            .iter()
            .filter(|l| set.iter().any(|(c, _)| *c == l.column))
            .collect(),
        set,
        alias,
    };
    let tx = db.begin().await?;
    let mut undo = Undo::default();
    let done = change.run(&tx, chosen, &mut undo).await;
    end(tx, done, undo).await
}

struct Change {
    meta: &'static ModelMeta,
    lookups: Vec<&'static Lookup>,
    set: Vec<(usize, Expr)>,
    alias: Alias,
}

/// A row that is locked: its key, and the values of its lookups.
struct Row {
    key: Vec<Value>,
    old: Vec<Value>,
}

impl Change {
    async fn run(&self, tx: &dyn Executor, chosen: Chosen, undo: &mut Undo) -> Result<u64> {
        let rows = self.lock(tx, chosen).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let mut released = Vec::with_capacity(self.lookups.len());
        for at in 0..self.lookups.len() {
            released.push(self.note(tx, at, &rows, undo).await?);
        }
        let mut matched = 0;
        for chunk in rows.chunks(MAX_ROWS) {
            let keys: Vec<Vec<Value>> = chunk.iter().map(|r| r.key.clone()).collect();
            let set = self.set.iter();
            let update = Update {
                table: self.meta.table.into(),
                alias: self.alias,
                set: set
                    .map(|(c, e)| (self.meta.columns[*c].column.into(), e.clone()))
                    .collect(),
                joins: Vec::new(),
                filter: Some(keys_in(self.meta, self.alias, &keys)),
            };
            matched += execute(tx, &update.into()).await?.rows_affected;
            undo.give_up();
        }
        for (lookup, gone) in self.lookups.iter().zip(&released) {
            lookup.release(tx, gone).await?;
        }
        Ok(matched)
    }

    /// Notes the new values of a lookup; hands back what is to be struck out in the end.
    async fn note(
        &self,
        tx: &dyn Executor,
        at: usize,
        rows: &[Row],
        undo: &mut Undo,
    ) -> Result<Vec<Claim>> {
        let lookup = self.lookups[at];
        let new = self.new_values(tx, lookup, rows).await?;
        let (mut wanted, mut gone) = (Vec::new(), Vec::new());
        for (row, new) in rows.iter().zip(new) {
            let old = &row.old[at];
            if HashKey(old.clone()) == HashKey(new.clone()) {
                continue;
            }
            let claim = |value: Value| Claim {
                value,
                owner: row.key.clone(),
            };
            if !old.is_null() {
                gone.push(claim(old.clone()));
            }
            if !new.is_null() {
                wanted.push(claim(new));
            }
        }
        in_order(&mut wanted);
        let own = lookup.reclaim(tx, self.meta, &wanted, undo).await?;
        let own = wanted.iter().zip(own).filter(|(_, own)| *own);
        // What the database takes as the same stays as it is noted.
        let stay: HashSet<Vec<HashKey>> = own.map(|(c, _)| hashed(&c.owner)).collect();
        if !stay.is_empty() {
            gone.retain(|c| !stay.contains(&hashed(&c.owner)));
        }
        Ok(gone)
    }

    /// Locks the rows and reads what their lookups say.
    async fn lock(&self, tx: &dyn Executor, chosen: Chosen) -> Result<Vec<Row>> {
        let select = match chosen {
            Chosen::Where(filter) => return self.locked(tx, filter).await,
            Chosen::Keys(select) => *select,
        };
        let keys = fetch(tx, &select.into()).await?.values;
        let keys: Vec<Vec<Value>> = keys
            .chunks(self.meta.key.len().max(1))
            .map(<[Value]>::to_vec)
            .collect();
        let mut rows = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(MAX_ROWS) {
            let filter = keys_in(self.meta, self.alias, chunk);
            rows.extend(self.locked(tx, Some(filter)).await?);
        }
        Ok(rows)
    }

    async fn locked(&self, tx: &dyn Executor, filter: Option<Expr>) -> Result<Vec<Row>> {
        let parts = self.meta.key.len();
        let lookups = self.lookups.iter().map(|l| l.column);
        let columns = self.meta.key.iter().copied().chain(lookups);
        let items = columns.map(|c| SelectItem {
            expr: Expr::column(self.alias, self.meta.columns[c].column),
            alias: None,
        });
        let select = Select {
            columns: items.collect(),
            filter,
            order_by: key_order(self.meta, self.alias).collect(),
            lock: Some(Lock::Update),
            ..Select::from_table(self.meta.table, self.alias)
        };
        let width = select.columns.len();
        let values = fetch(tx, &select.into()).await?.values;
        let row = |values: &[Value]| Row {
            key: values[..parts].to_vec(),
            old: values[parts..].to_vec(),
        };
        Ok(values.chunks_exact(width).map(row).collect())
    }

    /// What the lookup's column gets in each row.
    async fn new_values(
        &self,
        tx: &dyn Executor,
        lookup: &Lookup,
        rows: &[Row],
    ) -> Result<Vec<Value>> {
        let expr = self.set.iter().find(|(c, _)| *c == lookup.column);
        let expr = match expr {
            Some((_, Expr::Value(value))) => return Ok(vec![value.clone(); rows.len()]),
            Some((_, expr)) => expr,
            None => return Ok(Vec::new()),
        };
        let parts = self.meta.key.len();
        let mut found = HashMap::new();
        for chunk in rows.chunks(MAX_ROWS) {
            let keys: Vec<Vec<Value>> = chunk.iter().map(|r| r.key.clone()).collect();
            let key = self.meta.key.iter().map(|&c| SelectItem {
                expr: Expr::column(self.alias, self.meta.columns[c].column),
                alias: None,
            });
            let value = SelectItem {
                expr: expr.clone(),
                alias: Some("new_value".into()),
            };
            let select = Select {
                columns: key.chain([value]).collect(),
                filter: Some(keys_in(self.meta, self.alias, &keys)),
                order_by: key_order(self.meta, self.alias).collect(),
                ..Select::from_table(self.meta.table, self.alias)
            };
            let values = fetch(tx, &select.into()).await?.values;
            for row in values.chunks_exact(parts + 1) {
                found.insert(hashed(&row[..parts]), row[parts].clone());
            }
        }
        let value = |row: &Row| {
            found.remove(&hashed(&row.key)).ok_or_else(|| {
                Error::Usage(format!(
                    "a row of {} was gone while it was updated",
                    self.meta.name
                ))
            })
        };
        rows.iter().map(value).collect()
    }
}

/// The rows with these keys.
pub(super) fn keys_in(meta: &'static ModelMeta, alias: Alias, keys: &[Vec<Value>]) -> Expr {
    let column = |&c: &usize| Expr::column(alias, meta.columns[c].column);
    match meta.key {
        [one] => Expr::In {
            expr: Box::new(column(one)),
            list: keys.iter().flatten().cloned().collect(),
        },
        many => Expr::InRows {
            exprs: many.iter().map(column).collect(),
            rows: keys.to_vec(),
        },
    }
}

fn hashed(key: &[Value]) -> Vec<HashKey> {
    key.iter().cloned().map(HashKey).collect()
}

/// Whether a condition can stand in a locking select, which takes no selects inside (SingleStore).
pub(in super::super) fn is_plain(filter: &[Expr]) -> bool {
    filter.iter().all(is_short)
}
