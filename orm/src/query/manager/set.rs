//! The objects that belong to one owner, whichever way they are tied to it.

use std::collections::HashSet;

use crate::ast::{Alias, BinaryOp, Delete, Expr, Insert, OnConflict, Order, Select, SelectItem};
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{HashKey, Model, ModelMeta};
use crate::query::delete::delete_where;
use crate::query::heard::end;
use crate::query::new::with_defaults;
use crate::query::plan::{ROOT, execute, fetch};
use crate::query::relation::ties::{among, joined};
use crate::query::relation::{Inner, Link, Pairs};
use crate::query::upsert::update;
use crate::query::{New, lookup, validate};
use crate::value::Value;

/// Rows of one statement at most.
pub(super) const MAX_ROWS: usize = 512;

/// The set of one owner.
pub(super) struct Set<'o> {
    /// The objects' model.
    pub(super) meta: &'static ModelMeta,
    pub(super) link: Link,
    /// The values of the owner by which it is named.
    pub(super) owner: &'o [Value],
    /// The owner's model and its field, for messages.
    pub(super) name: (&'static str, &'static str),
    /// The owner's model and the number of the relation.
    pub(super) side: (&'static ModelMeta, usize),
}

/// The values that a new row of an own table of pairs starts with.
pub(super) trait Defaults: Sync {
    /// The model they are of, if it was named.
    fn model(&self) -> Option<&'static ModelMeta>;

    /// The values, defaults filled in; `keys` are the columns with the two keys.
    fn row(
        &self,
        meta: &'static ModelMeta,
        keys: [(usize, Value); 2],
    ) -> Result<Vec<Option<Value>>>;
}

/// None given.
pub(super) struct Plain;

impl Defaults for Plain {
    fn model(&self) -> Option<&'static ModelMeta> {
        None
    }

    fn row(
        &self,
        meta: &'static ModelMeta,
        keys: [(usize, Value); 2],
    ) -> Result<Vec<Option<Value>>> {
        let mut values = vec![None; meta.columns.len()];
        for (column, key) in keys {
            values[column] = Some(key);
        }
        with_defaults(meta, values)
    }
}

impl<T: Model> Defaults for New<T> {
    fn model(&self) -> Option<&'static ModelMeta> {
        Some(T::META)
    }

    fn row(&self, _: &'static ModelMeta, keys: [(usize, Value); 2]) -> Result<Vec<Option<Value>>> {
        let mut new = self.clone();
        for (column, key) in keys {
            new.put(column, key);
        }
        new.finish()
    }
}

/// The columns have these values.
fn equals(columns: &[&'static str], values: &[Value]) -> Vec<Expr> {
    let equal = |(&column, value): (&&'static str, &Value)| {
        Expr::binary(
            Expr::column(ROOT, column),
            BinaryOp::Eq,
            Expr::Value(value.clone()),
        )
    };
    columns.iter().zip(values).map(equal).collect()
}

/// The columns are one of these rows of values.
fn in_rows(columns: &[&'static str], rows: &[Value]) -> Expr {
    among(
        columns.iter().map(|&c| Expr::column(ROOT, c)).collect(),
        rows,
    )
}

/// A row of values as the key of a map.
pub(super) fn row_key(row: &[Value]) -> HashKey {
    HashKey(joined(row.iter().cloned()))
}

/// The rows of values that a condition takes, one after the other.
pub(super) fn rows_that(
    rows: &[Value],
    width: usize,
    mut takes: impl FnMut(HashKey) -> bool,
) -> Vec<Value> {
    let rows = rows.chunks(width).filter(|row| takes(row_key(row)));
    rows.flatten().cloned().collect()
}

impl Set<'_> {
    /// The objects' columns that refer to the owner, if there is no table of pairs.
    pub(super) fn columns(&self) -> Option<&'static [usize]> {
        match self.link {
            Link::Columns(columns) => Some(columns),
            Link::Pairs(_) => None,
        }
    }

    fn names(&self, columns: &[usize]) -> Vec<&'static str> {
        columns
            .iter()
            .map(|&c| self.meta.columns[c].column)
            .collect()
    }

    /// How many values a key of the objects has.
    fn width(&self) -> usize {
        self.meta.key.len().max(1)
    }

    /// The keys, equal ones once.
    fn distinct(&self, keys: &[Value]) -> Vec<Value> {
        let mut seen = HashSet::with_capacity(keys.len());
        rows_that(keys, self.width(), |key| seen.insert(key))
    }

    /// The condition that an object is in the set.
    pub(super) fn condition(&self, next_alias: &mut u16) -> Expr {
        let pairs = match self.link {
            Link::Columns(columns) => {
                let mut equal = equals(&self.names(columns), self.owner);
                return match equal.len() {
                    1 => equal.remove(0),
                    _ => Expr::And(equal),
                };
            }
            Link::Pairs(pairs) => pairs,
        };
        let mut inner = Inner::of(&self.link, self.meta, false, || {
            let alias = Alias(*next_alias);
            *next_alias += 1;
            alias
        });
        let table = match inner.owner.first() {
            Some(Expr::Column { table, .. }) => *table,
            _ => ROOT,
        };
        inner.select.columns = vec![SelectItem {
            expr: Expr::column(table, pairs.to),
            alias: None,
        }];
        inner.select.filter = Some(Expr::binary(
            inner.owner.remove(0),
            BinaryOp::Eq,
            Expr::Value(self.one()),
        ));
        Expr::InSelect {
            expr: Box::new(Expr::column(ROOT, self.key()[0])),
            select: Box::new(inner.select),
        }
    }

    /// The columns with the objects' key.
    fn key(&self) -> Vec<&'static str> {
        self.names(self.meta.key)
    }

    /// The owner in a table of pairs.
    fn one(&self) -> Value {
        self.owner.first().cloned().unwrap_or_default()
    }

    /// Puts objects in.
    pub(super) async fn add(
        &self,
        db: &dyn Executor,
        keys: Vec<Value>,
        defaults: &dyn Defaults,
    ) -> Result<()> {
        self.check_model(defaults)?;
        let keys = self.distinct(&keys);
        if keys.is_empty() {
            return Ok(());
        }
        let heard = self.heard(db);
        // One statement is whole by itself; several rows may take several, to bound their shapes.
        let alone = heard.is_none()
            && keys.len() == self.width()
            && match self.link {
                Link::Pairs(pairs) => pairs.through.is_none() && !pairs.symmetrical,
                Link::Columns(_) => false,
            };
        if alone {
            return self.put_in(db, &keys, defaults).await;
        }
        let tx = db.begin().await?;
        let done = match heard {
            None => self.put_in(&tx, &keys, defaults).await,
            Some(heard) => self.put_in_told(&tx, &heard, &keys, defaults).await,
        };
        end(tx, done, false).await
    }

    /// Takes objects out; `None` is all.
    pub(super) async fn remove(&self, db: &dyn Executor, keys: Option<Vec<Value>>) -> Result<()> {
        let keys = keys.map(|keys| self.distinct(&keys));
        let heard = self.heard(db);
        let alone = heard.is_none()
            && keys
                .as_ref()
                .is_none_or(|k| k.len() <= MAX_ROWS * self.width())
            && !matches!(self.link, Link::Pairs(pairs) if pairs.symmetrical);
        if alone {
            return self.take_out(db, keys.as_deref()).await;
        }
        let tx = db.begin().await?;
        let done = match heard {
            None => self.take_out(&tx, keys.as_deref()).await,
            Some(heard) => self.take_out_told(&tx, &heard, keys.as_deref()).await,
        };
        end(tx, done, false).await
    }

    /// Makes the set these objects.
    pub(super) async fn replace(
        &self,
        db: &dyn Executor,
        wanted: Vec<Value>,
        defaults: &dyn Defaults,
    ) -> Result<()> {
        self.check_model(defaults)?;
        let wanted = self.distinct(&wanted);
        let width = self.width();
        let heard = self.heard(db);
        let tx = db.begin().await?;
        let done = async {
            let present = self.present(&tx, None).await?;
            let keys =
                |rows: &[Value]| -> HashSet<HashKey> { rows.chunks(width).map(row_key).collect() };
            let (keep, have) = (keys(&wanted), keys(&present));
            let gone = rows_that(&present, width, |key| !keep.contains(&key));
            let fresh = rows_that(&wanted, width, |key| !have.contains(&key));
            if let Some(heard) = heard {
                self.take_out_told(&tx, &heard, Some(&gone)).await?;
                return self.put_in_told(&tx, &heard, &fresh, defaults).await;
            }
            self.take_out(&tx, Some(&gone)).await?;
            self.put_in(&tx, &fresh, defaults).await
        }
        .await;
        end(tx, done, false).await
    }

    fn check_model(&self, defaults: &dyn Defaults) -> Result<()> {
        let Some(given) = defaults.model() else {
            return Ok(());
        };
        let through = match self.link {
            Link::Pairs(pairs) => pairs.through,
            Link::Columns(_) => None,
        };
        if through
            .is_some_and(|t| std::ptr::eq(t, given) || (t.app, t.name) == (given.app, given.name))
        {
            return Ok(());
        }
        let (model, field) = self.name;
        let advice = match through {
            Some(through) => format!("give values of {}", through.name),
            None => "use `add` or `set`".to_owned(),
        };
        Err(Error::Usage(format!(
            "{} is not the model of the pairs of {model}'s `{field}`: {advice}",
            given.name
        )))
    }

    /// Keys of the objects in the set: all, or those among some.
    pub(super) async fn present(
        &self,
        db: &dyn Executor,
        among_keys: Option<&[Value]>,
    ) -> Result<Vec<Value>> {
        let (table, from, to) = match self.link {
            Link::Columns(columns) => (self.meta.table, self.names(columns), self.key()),
            Link::Pairs(Pairs {
                table, from, to, ..
            }) => (table, vec![from], vec![to]),
        };
        let mut filter = equals(&from, self.owner);
        filter.extend(among_keys.map(|keys| in_rows(&to, keys)));
        let to = || to.iter().map(|&c| Expr::column(ROOT, c));
        let select = Select {
            distinct: true,
            columns: to().map(|expr| SelectItem { expr, alias: None }).collect(),
            filter: Some(Expr::And(filter)),
            order_by: to()
                .map(|expr| Order {
                    expr,
                    descending: false,
                })
                .collect(),
            ..Select::from_table(table, ROOT)
        };
        Ok(fetch(db, &select.into()).await?.values)
    }

    pub(super) async fn put_in(
        &self,
        db: &dyn Executor,
        keys: &[Value],
        defaults: &dyn Defaults,
    ) -> Result<()> {
        match self.link {
            Link::Columns(columns) => self.refer(db, columns, keys).await,
            Link::Pairs(pairs) => match pairs.through {
                None => {
                    self.insert_pairs(db, pairs, keys, false).await?;
                    if pairs.symmetrical {
                        self.insert_pairs(db, pairs, keys, true).await?;
                    }
                    Ok(())
                }
                Some(through) => {
                    self.insert_through(db, pairs, through, keys, defaults)
                        .await
                }
            },
        }
    }

    pub(super) async fn take_out(&self, db: &dyn Executor, keys: Option<&[Value]>) -> Result<()> {
        let chunks: Vec<Option<&[Value]>> = match keys {
            None => vec![None],
            Some(keys) => keys.chunks(MAX_ROWS * self.width()).map(Some).collect(),
        };
        for chunk in chunks {
            match self.link {
                Link::Columns(columns) => self.forget(db, columns, chunk).await?,
                Link::Pairs(pairs) => {
                    self.delete_pairs(db, pairs, false, chunk).await?;
                    if pairs.symmetrical {
                        self.delete_pairs(db, pairs, true, chunk).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Lets rows refer to the owner.
    async fn refer(&self, db: &dyn Executor, columns: &[usize], keys: &[Value]) -> Result<()> {
        let mut matched = 0;
        let width = self.width();
        // Of several columns those in the key stay as they are: what tells tenants apart moves no object.
        let stays = |c: &usize| columns.len() > 1 && self.meta.key.contains(c);
        let parts = columns.iter().zip(self.owner);
        let (own, set): (Vec<_>, Vec<_>) = parts.partition(|(c, _)| stays(c));
        let own: Vec<Expr> = own
            .into_iter()
            .flat_map(|(&c, value)| equals(&self.names(&[c]), std::slice::from_ref(value)))
            .collect();
        if set.is_empty() {
            return Err(self.in_key());
        }
        for chunk in keys.chunks(MAX_ROWS * width) {
            let set = set.iter().map(|&(&c, v)| (c, Expr::Value(v.clone())));
            let mut filter = vec![in_rows(&self.key(), chunk)];
            filter.extend(own.iter().cloned());
            let filter = match filter.len() {
                1 => filter.remove(0),
                _ => Expr::And(filter),
            };
            matched += update(db, self.meta, set.collect(), filter).await?;
        }
        if matched < (keys.len() / width) as u64 {
            return Err(Error::DoesNotExist {
                model: self.meta.name,
            });
        }
        Ok(())
    }

    fn in_key(&self) -> Error {
        Error::Usage(format!(
            "{}'s `{}` is of objects of {} that name it in their key, which stays as it is: create them in the set",
            self.name.0, self.name.1, self.meta.name
        ))
    }

    /// Lets rows refer to nothing.
    async fn forget(
        &self,
        db: &dyn Executor,
        columns: &[usize],
        keys: Option<&[Value]>,
    ) -> Result<()> {
        let may = |&&c: &&usize| self.meta.columns[c].null;
        let cleared: Vec<usize> = columns.iter().filter(may).copied().collect();
        if cleared.is_empty() {
            let fields: Vec<String> = columns
                .iter()
                .map(|&c| format!("`{}`", self.meta.columns[c].field))
                .collect();
            return Err(Error::Usage(format!(
                "{} of {} may not be NULL, so nothing can be taken out of {}'s `{}`: let the rows refer to another object, or delete them",
                fields.join(", "),
                self.meta.name,
                self.name.0,
                self.name.1
            )));
        }
        let mut filter = equals(&self.names(columns), self.owner);
        filter.extend(keys.map(|keys| in_rows(&self.key(), keys)));
        let set = cleared.into_iter().map(|c| (c, Expr::Value(Value::Null)));
        let done = update(db, self.meta, set.collect(), Expr::And(filter)).await;
        done.map(drop)
    }

    /// Inserts pairs that are not there, in a table that has nothing but the two keys.
    async fn insert_pairs(
        &self,
        db: &dyn Executor,
        pairs: Pairs,
        keys: &[Value],
        turned: bool,
    ) -> Result<()> {
        let (from, to) = match turned {
            false => (pairs.from, pairs.to),
            true => (pairs.to, pairs.from),
        };
        let mut rest = keys;
        while !rest.is_empty() {
            // Powers of two, so that sets of any size make few shapes.
            let rows = MAX_ROWS.min(1 << rest.len().ilog2());
            let (chunk, left) = rest.split_at(rows);
            rest = left;
            let insert = Insert {
                table: pairs.table.into(),
                columns: vec![from.into(), to.into()],
                values: chunk.iter().flat_map(|k| [self.one(), k.clone()]).collect(),
                on_conflict: Some(OnConflict::Ignore),
                returning: Vec::new(),
            };
            execute(db, &insert.into()).await?;
        }
        Ok(())
    }

    /// Inserts pairs that are not there, in the table of a model of its own. Nothing says that a pair
    /// is unique there, so those in place are asked for.
    async fn insert_through(
        &self,
        db: &dyn Executor,
        pairs: Pairs,
        through: &'static ModelMeta,
        keys: &[Value],
        defaults: &dyn Defaults,
    ) -> Result<()> {
        for chunk in keys.chunks(MAX_ROWS) {
            let present = self.present(db, Some(chunk)).await?;
            let have: HashSet<HashKey> = present.into_iter().map(HashKey).collect();
            let mut rows = Vec::new();
            for key in chunk
                .iter()
                .filter(|k| !have.contains(&HashKey((*k).clone())))
            {
                let (own, other) = (self.one(), key.clone());
                let both = HashKey(own.clone()) != HashKey(other.clone());
                rows.push(through_row(
                    through,
                    pairs,
                    defaults,
                    own.clone(),
                    other.clone(),
                )?);
                if pairs.symmetrical && both {
                    rows.push(through_row(through, pairs, defaults, other, own)?);
                }
            }
            insert_rows(db, through, rows).await?;
        }
        Ok(())
    }

    async fn delete_pairs(
        &self,
        db: &dyn Executor,
        pairs: Pairs,
        turned: bool,
        keys: Option<&[Value]>,
    ) -> Result<()> {
        let (from, to) = match turned {
            false => (pairs.from, pairs.to),
            true => (pairs.to, pairs.from),
        };
        let mut filter = equals(&[from], self.owner);
        filter.extend(keys.map(|keys| in_rows(&[to], keys)));
        // Rows of a model: others may refer to them, side tables speak of them, receivers hear of them.
        if let Some(through) = pairs.through {
            return delete_where(db, through, filter).await;
        }
        let delete = Delete {
            table: pairs.table.into(),
            alias: ROOT,
            joins: Vec::new(),
            filter: Some(Expr::And(filter)),
        };
        execute(db, &delete.into()).await.map(drop)
    }
}

fn column_at(meta: &'static ModelMeta, name: &str) -> usize {
    meta.columns
        .iter()
        .position(|c| c.column == name)
        .unwrap_or_default()
}

fn through_row(
    through: &'static ModelMeta,
    pairs: Pairs,
    defaults: &dyn Defaults,
    from: Value,
    to: Value,
) -> Result<Vec<Option<Value>>> {
    let keys = [
        (column_at(through, pairs.from), from),
        (column_at(through, pairs.to), to),
    ];
    defaults.row(through, keys).map_err(|error| match error {
        Error::Usage(text) => Error::Usage(format!(
            "{text}: give it by `add_through`, or create the {} itself",
            through.name
        )),
        other => other,
    })
}

/// Inserts rows that all leave the same columns to the database.
async fn insert_rows(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    rows: Vec<Vec<Option<Value>>>,
) -> Result<()> {
    let lookups = lookup::kept(db.dialect().features(), meta);
    if !lookups.is_empty() {
        for row in rows {
            lookup::insert(db, meta, lookups, row).await?;
        }
        return Ok(());
    }
    let Some(first) = rows.first() else {
        return Ok(());
    };
    let given: Vec<usize> = (0..first.len()).filter(|&c| first[c].is_some()).collect();
    let fit = db.dialect().features().max_params / given.len().max(1);
    for part in rows.chunks(fit.clamp(1, MAX_ROWS)) {
        let mut values = Vec::with_capacity(part.len() * given.len());
        for row in part {
            for &c in &given {
                let value = row[c].clone().unwrap_or_default();
                validate::check(meta, &meta.columns[c], &value)?;
                values.push(value);
            }
        }
        let insert = Insert {
            table: meta.table.into(),
            columns: given
                .iter()
                .map(|&c| meta.columns[c].column.into())
                .collect(),
            values,
            on_conflict: None,
            returning: Vec::new(),
        };
        execute(db, &insert.into()).await?;
    }
    Ok(())
}
