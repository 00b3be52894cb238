//! Updates of columns of which more is said than their rows say: side tables keep them unique, or rows
//! of other models refer to them where no server watches over that.
//!
//! The rows are locked first, so that what is read of them stays, unless the lock would be waited for
//! by the write itself. Then the new values are computed, before any row changes. Rows that refer to
//! what would go are looked for, and new values noted in the side tables: if that is refused, nothing of
//! the rows has changed yet. The rows follow, and old values are struck out last.

mod referred;
mod unlocked;
mod values;

use super::lookup::{self, Lookup, Moved, Undo};
use super::plan::{ROOT, execute, fetch, is_short, key_order, parts_of, powers_of_two};
use crate::ast::{Alias, BinaryOp, Expr, Join, Lock, Select, SelectItem, Update};
use crate::backend::{DbError, Executor, is_refused};
use crate::dialect::Features;
use crate::error::{Error, Result};
use crate::model::{HashKey, ModelMeta, is_reference_table};
use crate::value::Value;

/// Rows of one statement at most.
const MAX_ROWS: usize = 512;

/// Which rows are changed.
#[derive(Clone)]
pub(super) enum Chosen {
    /// Those of the table that meet this condition, which speaks of its own columns only.
    Where(Option<Expr>),
    /// Those whose keys this select hands out.
    Keys(Box<Select>),
}

/// What the rows get.
pub(super) struct Set {
    /// The columns and their new values.
    pub(super) columns: Vec<(usize, Expr)>,
    /// What the values read beside the row itself.
    pub(super) joins: Vec<Join>,
    /// The alias of the row's table in them.
    pub(super) alias: Alias,
}

impl Set {
    /// Values that read the row alone.
    pub(super) fn own(columns: Vec<(usize, Expr)>) -> Self {
        Self {
            columns,
            joins: Vec::new(),
            alias: ROOT,
        }
    }
}

/// Whether a condition can stand in a locking select, which takes no selects inside (SingleStore).
pub(super) fn is_plain(filter: &[Expr]) -> bool {
    filter.iter().all(is_short)
}

/// Whether other tables speak of these columns.
pub(super) fn concerns(
    features: &Features,
    meta: &'static ModelMeta,
    mut columns: impl Iterator<Item = usize>,
) -> bool {
    let kept = lookup::kept(features, meta);
    columns.any(|c| is_watched(features, meta, kept, c))
}

fn is_watched(
    features: &Features,
    meta: &'static ModelMeta,
    kept: &[Lookup],
    column: usize,
) -> bool {
    let noted = !kept.is_empty() && meta.key.contains(&column);
    noted || kept.iter().any(|l| l.column == column) || referred::is_to(features, meta, column)
}

/// That a row has these values already in all columns of which other tables speak: then one plain
/// statement can write it.
pub(super) fn stands(
    features: &Features,
    meta: &'static ModelMeta,
    set: &[(usize, Value)],
) -> Vec<Expr> {
    let kept = lookup::kept(features, meta);
    let watched = |(c, _): &&(usize, Value)| is_watched(features, meta, kept, *c);
    let stands = |(c, value): &(usize, Value)| {
        let column = Expr::column(ROOT, meta.columns[*c].column);
        match value {
            Value::Null => Expr::IsNull(Box::new(column)),
            value => Expr::binary(column, BinaryOp::Eq, Expr::Value(value.clone())),
        }
    };
    set.iter().filter(watched).map(stands).collect()
}

/// Changes columns of rows, and what side tables say of them; tells how many rows matched.
///
/// SQL, in one transaction: `SELECT … FOR UPDATE` of the rows; one `SELECT` of new values that the
/// program does not know; one `SELECT … LIMIT 1` for each relation that refers to a column that changes;
/// where a lookup changes, one `INSERT` and one `DELETE` for each side table; one `UPDATE`; one more
/// for each side table where the key changes. Each for up to 512 rows, for up to 64 where each row has
/// a value of its own. Where the `UPDATE` may travel apart (`reference_writes=autocommit`) no row is
/// locked, and the `UPDATE` asks for what was read.
///
/// # Errors
/// `UniqueViolation` of the lookup whose value is taken; `ForeignKey` where rows refer to a value that
/// would go; [`Error::Usage`] for a column of the shard key. Without locks: `Retryable` if others
/// change the rows again and again, `Other` if they changed some of them meanwhile.
pub(super) async fn update(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    set: Set,
    chosen: Chosen,
) -> Result<u64> {
    let features = db.dialect().features();
    if let Some((column, _)) = set.columns.iter().find(|(c, _)| shards_by(meta, *c)) {
        return Err(Error::Usage(format!(
            "`{}` says which node holds a row of {}, so {} does not update it: create a new row and delete the old one, or name the shard key with `shard_key(…)` so that it leaves this field out",
            meta.columns[*column].field,
            meta.name,
            db.dialect().name()
        )));
    }
    let mut change = Change::new(features, meta, set);
    let tx = db.begin().await?;
    // Such a write would wait for the lock that its own transaction holds.
    change.locks = !tx
        .may_write_apart(meta.table, may_be_reference(meta, change.is_one_table()))
        .await?;
    let alone = change.is_one_table().then(|| chosen.clone());
    let alone = alone.filter(|_| tx.is_outermost());
    let mut undo = Undo::default();
    let done = change.run(&tx, chosen, &mut undo).await;
    let refused = match lookup::end(tx, done, undo).await {
        Err(Error::Db(error)) if is_refused(&error) => error,
        done => return done,
    };
    // A child aggregator writes to reference tables in no transaction (django-singlestore's notes).
    match alone {
        Some(chosen) => change.run_alone(db, chosen, refused).await,
        None => Err(refused.into()),
    }
}

/// Whether the table may be a reference table, as far as the model tells; one with side tables is none
/// if it does not say so.
pub(super) fn may_be_reference(meta: &'static ModelMeta, one_table: bool) -> bool {
    match meta.extra.storage_type {
        Some(storage) => storage.is_reference(),
        None => is_reference_table(meta.table) || one_table,
    }
}

/// Whether the model's code says that this column is in the shard key.
fn shards_by(meta: &ModelMeta, column: usize) -> bool {
    match (meta.extra.storage_type, meta.extra.shard_key) {
        (Some(storage), _) if storage.is_reference() => false,
        (_, Some(fields)) => fields.contains(&meta.columns[column].field),
        (_, None) => meta.key.contains(&column),
    }
}

struct Change {
    meta: &'static ModelMeta,
    set: Set,
    /// All side tables.
    kept: &'static [Lookup],
    /// Columns of which the old values are read: those of lookups, and those referred to.
    read: Vec<usize>,
    /// Columns referred to that are set.
    referred: Vec<usize>,
    /// Columns of the set whose new values are computed before any row changes.
    computed: Vec<usize>,
    /// Those of them whose expressions could read other values once rows have changed.
    fixed: Vec<usize>,
    /// Whether the rows are locked, which lasts as long as a transaction.
    locks: bool,
}

/// A row that is changed.
struct Row {
    key: Vec<Value>,
    /// As [`Change::read`].
    old: Vec<Value>,
    /// As [`Change::computed`].
    new: Vec<Value>,
    /// As [`Change::referred`]: whether the database takes the new value for the old one.
    same: Vec<bool>,
}

impl Change {
    fn new(features: &Features, meta: &'static ModelMeta, set: Set) -> Self {
        let kept = lookup::kept(features, meta);
        let sets = |c: usize| set.columns.iter().any(|(column, _)| *column == c);
        let moves_key = meta.key.iter().any(|&c| sets(c));
        let lookups = kept.iter().map(|l| l.column);
        let mut read: Vec<usize> = lookups.filter(|&c| moves_key || sets(c)).collect();
        let columns = set.columns.iter().map(|(c, _)| *c);
        let referred: Vec<usize> = columns
            .filter(|&c| referred::is_to(features, meta, c))
            .collect();
        for &column in &referred {
            if !read.contains(&column) {
                read.push(column);
            }
        }
        let mut change = Self {
            meta,
            kept,
            read,
            referred,
            computed: Vec::new(),
            fixed: Vec::new(),
            locks: true,
            set,
        };
        change.plan_values();
        change
    }

    async fn run(&self, tx: &dyn Executor, chosen: Chosen, undo: &mut Undo) -> Result<u64> {
        if !self.locks {
            let done = self.run_unlocked(tx, &chosen, undo, usize::MAX).await?;
            return Ok(done.unwrap_or_default());
        }
        let rows = self.read(tx, chosen).await?;
        let rows = self.with_values(tx, rows).await?;
        self.apply(tx, &rows, undo).await
    }

    /// Changes rows, and what side tables say of them; tells how many matched.
    async fn apply(&self, tx: &dyn Executor, rows: &[Row], undo: &mut Undo) -> Result<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.refuse_referred(tx, rows).await?;
        let mut released = Vec::new();
        for lookup in self.kept.iter().filter(|l| self.sets(l.column)) {
            let moved = self.moved(rows, lookup.column);
            released.push((lookup, lookup.note(tx, self.meta, &moved, undo).await?));
        }
        let matched = self.write(tx, rows, undo).await?;
        for (lookup, gone) in released {
            lookup.release(tx, &gone).await?;
        }
        if !self.kept.is_empty() && self.meta.key.iter().any(|&c| self.sets(c)) {
            self.move_owners(tx, rows).await?;
        }
        Ok(matched)
    }

    /// Whether it writes to no side table.
    fn is_one_table(&self) -> bool {
        let moves_key = self.meta.key.iter().any(|&c| self.sets(c));
        !self.kept.iter().any(|l| moves_key || self.sets(l.column))
    }

    /// Without a transaction, where one statement does it; else raises what refused the transaction.
    async fn run_alone(
        &mut self,
        db: &dyn Executor,
        chosen: Chosen,
        refused: DbError,
    ) -> Result<u64> {
        self.locks = false;
        let most = match self.fixed.is_empty() {
            true => self.most(db.dialect().features()),
            false => 1,
        };
        let mut undo = Undo::default();
        let done = self.run_unlocked(db, &chosen, &mut undo, most).await?;
        done.ok_or_else(|| refused.into())
    }

    fn sets(&self, column: usize) -> bool {
        self.set.columns.iter().any(|(c, _)| *c == column)
    }

    /// The rows whose values of a lookup change, in the order of their keys.
    fn moved(&self, rows: &[Row], column: usize) -> Vec<Moved> {
        let moved = rows.iter().map(|row| Moved {
            owner: row.key.clone(),
            old: self.old(row, column).clone(),
            new: self.new_value(row, column).clone(),
        });
        moved
            .filter(|m| HashKey(m.old.clone()) != HashKey(m.new.clone()))
            .collect()
    }

    /// Has all side tables name the rows by their new keys.
    async fn move_owners(&self, tx: &dyn Executor, rows: &[Row]) -> Result<()> {
        let mut renamed = Vec::new();
        for row in rows {
            let key = self.meta.key.iter().enumerate();
            let new: Vec<Value> = key
                .map(|(part, &c)| match self.sets(c) {
                    true => self.new_value(row, c).clone(),
                    false => row.key[part].clone(),
                })
                .collect();
            if hashed(&new) != hashed(&row.key) {
                renamed.push((row, new));
            }
        }
        for lookup in self.kept {
            let value = |row: &Row| match self.sets(lookup.column) {
                true => self.new_value(row, lookup.column).clone(),
                false => self.old(row, lookup.column).clone(),
            };
            let passed = renamed.iter().map(|(row, new)| lookup::Passed {
                value: value(row),
                from: row.key.clone(),
                to: new.clone(),
            });
            let passed: Vec<_> = passed.filter(|p| !p.value.is_null()).collect();
            lookup.pass_on(tx, &passed).await?;
        }
        Ok(())
    }

    /// Reads what is compared with the rows' new values, and locks them unless that is in the way.
    async fn read(&self, tx: &dyn Executor, chosen: Chosen) -> Result<Vec<Row>> {
        let select = match chosen {
            Chosen::Where(filter) => return self.read_where(tx, filter).await,
            Chosen::Keys(select) => *select,
        };
        let keys = fetch(tx, &select.into()).await?.values;
        let keys: Vec<Vec<Value>> = keys
            .chunks(self.meta.key.len().max(1))
            .map(<[Value]>::to_vec)
            .collect();
        let mut rows = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(MAX_ROWS) {
            let filter = keys_in(self.meta, self.set.alias, chunk);
            rows.extend(self.read_where(tx, Some(filter)).await?);
        }
        Ok(rows)
    }

    async fn read_where(&self, tx: &dyn Executor, filter: Option<Expr>) -> Result<Vec<Row>> {
        let parts = self.meta.key.len();
        let columns = self.meta.key.iter().chain(&self.read);
        let select = Select {
            columns: columns.map(|&c| self.item(c)).collect(),
            filter,
            order_by: key_order(self.meta, self.set.alias).collect(),
            lock: self.locks.then_some(Lock::Update),
            ..Select::from_table(self.meta.table, self.set.alias)
        };
        let width = select.columns.len();
        let values = fetch(tx, &select.into()).await?.values;
        let row = |values: &[Value]| Row {
            key: values[..parts].to_vec(),
            old: values[parts..].to_vec(),
            new: Vec::new(),
            same: Vec::new(),
        };
        Ok(values.chunks_exact(width).map(row).collect())
    }

    fn item(&self, column: usize) -> SelectItem {
        SelectItem {
            expr: Expr::column(self.set.alias, self.meta.columns[column].column),
            alias: None,
        }
    }

    /// Rows of one UPDATE at most.
    fn most(&self, features: &Features) -> usize {
        match self.fixed.len() {
            0 => MAX_ROWS,
            columns => parts_of(features, self.meta, columns),
        }
    }

    /// Writes the rows; tells how many there were.
    async fn write(&self, tx: &dyn Executor, rows: &[Row], undo: &mut Undo) -> Result<u64> {
        let mut matched = 0;
        let most = self.most(tx.dialect().features());
        let chunks: Vec<&[Row]> = match self.fixed.is_empty() {
            true => rows.chunks(most).collect(),
            false => powers_of_two(rows, most).collect(),
        };
        for chunk in chunks {
            let (set, joins) = self.assignments(chunk);
            let update = Update {
                table: self.meta.table.into(),
                alias: self.set.alias,
                set,
                joins,
                filter: Some(self.still(chunk)),
            };
            matched += execute(tx, &update.into()).await?.rows_affected;
            undo.give_up();
        }
        Ok(matched)
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

/// A key to find a row by.
pub(super) fn hashed(key: &[Value]) -> Vec<HashKey> {
    key.iter().cloned().map(HashKey).collect()
}
