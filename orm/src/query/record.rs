//! What is called on one object: create, save, refresh, delete.

use std::future::Future;

use super::get_or_create::Wanted;
use super::heard::{self, Write};
use super::plan::{ROOT, key_equals, rendered};
use super::{Assignments, Condition, IntoInsert, New, QuerySet, Selection, change, save, validate};
use crate::ast::{Expr, Update};
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{Here, Key, Model, ModelMeta, rebind};
use crate::value::{CivilDateTime, Value};

/// What [`Record::save`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// A row was inserted.
    Created,
    /// The row was updated.
    Updated,
}

/// What every model can do; in the prelude.
///
/// Receivers of [signals](crate::signals) hear of what is done to one object, in the same transaction,
/// and may refuse it with [`Error::Receiver`]; not of bulk methods and of [`update`](Self::update).
pub trait Record: Model {
    /// A query on all objects. Django: `Model.objects`.
    #[must_use]
    fn objects() -> QuerySet<Self> {
        QuerySet::new()
    }

    /// The object with this key.
    ///
    /// SQL: one `SELECT … LIMIT 2`. Django: `objects.get(pk=…)`.
    ///
    /// # Errors
    /// [`Error::DoesNotExist`].
    fn get(db: &impl Executor, key: Self::Key) -> impl Future<Output = Result<Self>> + Send {
        async move {
            let mut query = QuerySet::<Self>::new();
            query
                .plan
                .add_filter(key_equals(Self::META, ROOT, key.to_values()));
            query.get(db).await
        }
    }

    /// Inserts a new object: `Article::create(&db, new!(Article { title: "Hello" }))`.
    ///
    /// SQL: one `INSERT`, and one `SELECT` where the database fills in defaults that it cannot hand
    /// back. Django: `objects.create`. Keys given by hand: see [`Db::sync_auto_increment`](crate::Db::sync_auto_increment).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let cy = Author::create(&db, new!(Author { name: "Cy" })).await?;
    /// assert!(cy.id.is_set());
    /// let doubled = Tag::create(&db, new!(Tag { name: "tea" })).await;
    /// assert!(doubled.unwrap_err().is_unique_violation());
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Db`] with `UniqueViolation`, `NotNull`, `DataTooLong`, …
    fn create(db: &impl Executor, new: New<Self>) -> impl Future<Output = Result<Self>> + Send {
        async move {
            let values = new.finish()?;
            heard::create::<Self>(db, values).await
        }
    }

    /// Inserts this object; a key that the database hands out is filled in.
    ///
    /// # Errors
    /// As [`create`](Self::create). Django: `save(force_insert=True)`.
    fn insert(&mut self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        async move {
            match heard::of_saves::<Self>(db) {
                None => save::insert(db, self).await,
                Some(lists) => {
                    let written = heard::write(db, lists, self, Write::Insert).await;
                    written.map(drop)
                }
            }
        }
    }

    /// Updates this object's row, or inserts it where there is none.
    ///
    /// SQL: one `INSERT` when the key is not known; else one `UPDATE`, and an `INSERT` if no row
    /// matched. Where a value changes that a side table keeps unique, or that rows could refer to and no
    /// foreign key watches, more in one transaction. Django: `save`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let mut ann = Author::get(&db, 1).await?;
    /// ann.name = "Anna".into();
    /// assert_eq!(ann.save(&db).await?, orm::query::Saved::Updated);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Db`] with `UniqueViolation`, `ForeignKey`, `NotNull`, `DataTooLong`, …
    fn save(&mut self, db: &impl Executor) -> impl Future<Output = Result<Saved>> + Send {
        async move {
            match heard::of_saves::<Self>(db) {
                None => save::save(db, self).await,
                Some(lists) => {
                    let written = heard::write(db, lists, self, Write::Save).await;
                    written.map(|w| w.saved)
                }
            }
        }
    }

    /// Updates only these fields of this object's row: `.save_fields(&db, |a| (a.title(), a.views()))`.
    ///
    /// SQL: one `UPDATE`. Django: `save(update_fields=[…])`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let mut hello = Article::get(&db, 1).await?;
    /// hello.views = 121;
    /// hello.title = "not saved".into();
    /// hello.save_fields(&db, |a| a.views()).await?;
    /// hello.reload(&db).await?;
    /// assert_eq!((hello.views, hello.title.as_str()), (121, "Hello"));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if there is no such row.
    fn save_fields<S: Selection<Self>>(
        &mut self,
        db: &impl Executor,
        fields: impl FnOnce(&Self::Fields<Self, Here>) -> S + Send,
    ) -> impl Future<Output = Result<()>> + Send {
        let columns = columns_named::<Self, S>("save_fields", fields);
        async move {
            let columns = columns?;
            match heard::of_saves::<Self>(db) {
                None => save::fields(db, self, columns).await,
                Some(lists) => {
                    let written = heard::write(db, lists, self, Write::Fields(columns)).await;
                    written.map(drop)
                }
            }
        }
    }

    /// Updates the fields that differ from an earlier state of this object; tells how many.
    ///
    /// SQL: one `UPDATE`, or none.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let mut hello = Article::get(&db, 1).await?;
    /// let before = hello.clone();
    /// hello.views += 1;
    /// assert_eq!(hello.save_changed(&db, &before).await?, 1);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if there is no such row.
    fn save_changed(
        &mut self,
        db: &impl Executor,
        before: &Self,
    ) -> impl Future<Output = Result<usize>> + Send {
        async move {
            match heard::of_saves::<Self>(db) {
                None => save::changed(db, self, before).await,
                Some(lists) => {
                    let written = heard::write(db, lists, self, Write::Changed(before)).await;
                    written.map(|w| w.changed)
                }
            }
        }
    }

    /// Deletes this object's row, and does to the rows that refer to it what their `on_delete` says.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let ann = Author::get(&db, 1).await?;
    /// let deleted = ann.delete(&db).await?;
    /// assert_eq!(deleted.by_model["Article"], 2); // on_delete = "cascade" is the default
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Protected`]; [`Error::Db`]. Django: `delete`.
    fn delete(
        &self,
        db: &impl Executor,
    ) -> impl Future<Output = Result<super::delete::Deleted>> + Send {
        async move { this(self)?.delete_object(db).await }
    }

    /// Reads this object's row again. Loaded relations are forgotten.
    ///
    /// # Errors
    /// [`Error::DoesNotExist`]. Django: `refresh_from_db`.
    fn reload(&mut self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        async move {
            *self = this(self)?.get(db).await?;
            Ok(())
        }
    }

    /// Inserts many rows, all or none, and tells how many: objects, or what [`new!`](crate::new) makes.
    ///
    /// SQL: multi-row `INSERT`s, as many as the parameters and packet of one statement demand, in one
    /// transaction when there are several. Keys are not handed back. Django: `bulk_create`. Keys given
    /// by hand: see [`Db::sync_auto_increment`](crate::Db::sync_auto_increment).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let names = ["a", "b", "c"];
    /// let inserted = Tag::bulk_create(&db, names.map(|name| new!(Tag { name }))).await?;
    /// assert_eq!(inserted, 3);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Db`] with `UniqueViolation`, `NotNull`, `DataTooLong`, …; nothing is inserted then.
    fn bulk_create<I>(db: &impl Executor, rows: I) -> impl Future<Output = Result<u64>> + Send
    where
        I: IntoIterator<Item: IntoInsert<Self>> + Send,
        I::IntoIter: Send,
    {
        async move { super::bulk::insert::<Self, I>(db, rows).await }
    }

    /// Inserts many rows, and leaves out those for which any unique key is taken. How many that are
    /// is not told: servers count differently.
    ///
    /// SQL: as [`bulk_create`](Self::bulk_create), with `INSERT IGNORE` or `ON CONFLICT DO NOTHING`;
    /// where side tables keep lookups, row by row in one transaction. NULLs, overlong values and
    /// missing parents are errors as ever. Django: `bulk_create(ignore_conflicts=True)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let before = Tag::objects().count(&db).await?;
    /// let names = ["tea", "new"]; // "tea" is there
    /// Tag::bulk_create_ignore_conflicts(&db, names.map(|name| new!(Tag { name }))).await?;
    /// assert_eq!(Tag::objects().count(&db).await?, before + 1);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Db`] with `NotNull`, `DataTooLong`, …; nothing is inserted then.
    fn bulk_create_ignore_conflicts<I>(
        db: &impl Executor,
        rows: I,
    ) -> impl Future<Output = Result<()>> + Send
    where
        I: IntoIterator<Item: IntoInsert<Self>> + Send,
        I::IntoIter: Send,
    {
        async move { super::upsert::insert_ignoring::<Self, I>(db, rows).await }
    }

    /// Inserts many rows; where the row of a unique key is there already, it gets these fields of the
    /// new one: `(&db, rows, |a| a.title(), |a| (a.body(), a.views()))`. Of rows that are given twice
    /// the last counts. `auto_now` fields are set too.
    ///
    /// SQL: as [`bulk_create`](Self::bulk_create), with `ON DUPLICATE KEY UPDATE` or `ON CONFLICT (…) DO
    /// UPDATE`. Where that would also take another unique key for the one that is meant, side tables
    /// keep lookups, or rows refer to a field that no foreign key watches: an `UPDATE`, and an `INSERT`
    /// if no row matched, row by row in one transaction.
    /// Django: `bulk_create(update_conflicts=True, unique_fields=…, update_fields=…)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let mut articles = Article::objects().order_by(|a| a.id()).all(&db).await?;
    /// articles[0].views = 5000;
    /// let only = articles.into_iter().take(1);
    /// Article::bulk_create_update_conflicts(&db, only, |a| a.id(), |a| a.views()).await?;
    /// assert_eq!(Article::get(&db, 1).await?.views, 5000);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] if the first fields are no unique key, or the second are part of one.
    /// [`Error::Db`] with `UniqueViolation` if another unique key is taken, `NotNull`, …; nothing is
    /// written then.
    fn bulk_create_update_conflicts<I, U, S>(
        db: &impl Executor,
        rows: I,
        unique: impl FnOnce(&Self::Fields<Self, Here>) -> U + Send,
        fields: impl FnOnce(&Self::Fields<Self, Here>) -> S + Send,
    ) -> impl Future<Output = Result<()>> + Send
    where
        I: IntoIterator<Item: IntoInsert<Self>> + Send,
        I::IntoIter: Send,
        U: Selection<Self>,
        S: Selection<Self>,
    {
        let unique = columns_named::<Self, U>("bulk_create_update_conflicts", unique);
        let fields = columns_named::<Self, S>("bulk_create_update_conflicts", fields);
        async move { super::upsert::insert_updating::<Self, I>(db, rows, unique?, fields?).await }
    }

    /// Saves these fields of many objects, and tells how many rows matched:
    /// `(&db, &mut articles, |a| (a.title(), a.views()))`. `auto_now` fields are set too.
    ///
    /// SQL: one `UPDATE` for up to 64 objects, in one transaction. Objects without a row change nothing.
    /// Django: `bulk_update`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let mut articles = Article::objects().order_by(|a| a.id()).all(&db).await?;
    /// for article in &mut articles {
    ///     article.views += 1;
    /// }
    /// let rows = Article::bulk_update(&db, &mut articles, |a| a.views()).await?;
    /// assert_eq!((rows, Article::get(&db, 1).await?.views), (3, 121));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] if an object has no key, or a field is part of it; [`Error::Db`].
    fn bulk_update<S: Selection<Self>>(
        db: &impl Executor,
        objects: &mut [Self],
        fields: impl FnOnce(&Self::Fields<Self, Here>) -> S + Send,
    ) -> impl Future<Output = Result<u64>> + Send {
        let columns = columns_named::<Self, S>("bulk_update", fields);
        async move {
            let mut columns = columns?;
            for object in &mut *objects {
                touch(object, false)?;
            }
            let auto = (0..Self::META.columns.len()).filter(|&c| Self::META.columns[c].auto_now);
            let auto: Vec<usize> = auto.filter(|c| !columns.contains(c)).collect();
            if !columns.is_empty() {
                columns.extend(auto);
            }
            let rows = super::bulk_update::bulk_update(db, objects, &columns).await?;
            objects.iter_mut().for_each(rebind);
            Ok(rows)
        }
    }

    /// The object with the same value in these fields as the new one, which is inserted if there is
    /// none; `true` if it was: `(&db, new!(Tag { name: "tea" }), |t| t.name())`.
    ///
    /// Exactly one is there in the end, whoever tries at the same time: the fields must contain a unique
    /// key. It needs no savepoint, and leaves an open transaction as it was when another was faster.
    ///
    /// SQL: one `SELECT`, an `INSERT` if it finds none, and a `SELECT` again if another was faster.
    /// Django: `get_or_create(defaults=…)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let (tag, created) = Tag::get_or_create(&db, new!(Tag { name: "jazz" }), |t| t.name()).await?;
    /// let (same, again) = Tag::get_or_create(&db, new!(Tag { name: "jazz" }), |t| t.name()).await?;
    /// assert_eq!((created, again, tag.id), (true, false, same.id));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] if the fields contain no unique key, or one of them has no value.
    /// [`Error::Db`] with `UniqueViolation` if another unique key is taken, `NotNull`, …
    fn get_or_create<S: Selection<Self>>(
        db: &impl Executor,
        new: New<Self>,
        by: impl FnOnce(&Self::Fields<Self, Here>) -> S + Send,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send {
        let what = "get_or_create";
        let wanted = columns_named::<Self, S>(what, by).and_then(|by| Wanted::new(what, new, by));
        async move { wanted?.get_or_create(db).await }
    }

    /// Writes what the new object gives into the one with the same value in these fields, or inserts it
    /// if there is none; `true` if it did.
    ///
    /// Only fields that `new!` names are written, `auto_now` fields too. Exactly one is there in the
    /// end, as by [`get_or_create`](Self::get_or_create).
    ///
    /// SQL: one `UPDATE` and one `SELECT`; an `INSERT` if no row matched. Where receivers hear of saves,
    /// the row is read and locked first. Django: `update_or_create(defaults=…)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let new = new!(Author { id: 1, name: "Anna" });
    /// let (ann, created) = Author::update_or_create(&db, new, |a| a.id()).await?;
    /// assert_eq!((ann.name.as_str(), created), ("Anna", false));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`get_or_create`](Self::get_or_create).
    fn update_or_create<S: Selection<Self>>(
        db: &impl Executor,
        new: New<Self>,
        by: impl FnOnce(&Self::Fields<Self, Here>) -> S + Send,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send {
        let what = "update_or_create";
        let wanted = columns_named::<Self, S>(what, by).and_then(|by| Wanted::new(what, new, by));
        async move { wanted?.replace_or_create(db).await }
    }

    /// As [`update_or_create`](Self::update_or_create), with other values for an update than for a new
    /// object: `(&db, new!(Page { path: "/", hits: 1 }), |p| p.path(), |p| p.hits().set(p.hits() + 1))`.
    ///
    /// A field by which the object is looked for may change, unless it is part of the key; then the row is
    /// read and locked first. Django: `update_or_create(defaults=…, create_defaults=…)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let new = new!(Article { id: 1, title: "Hello", author: 1 });
    /// let seen = Article::update_or_create_with(&db, new, |a| a.id(), |a| a.views().set(a.views() + 1));
    /// assert_eq!(seen.await?.0.views, 121);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`get_or_create`](Self::get_or_create); [`Error::Usage`] for a new value of a key by which the
    /// object is looked for, or of any where receivers hear of saves.
    fn update_or_create_with<S: Selection<Self>, A: Assignments<Self>>(
        db: &impl Executor,
        new: New<Self>,
        by: impl FnOnce(&Self::Fields<Self, Here>) -> S + Send,
        set: impl FnOnce(&Self::Fields<Self, Here>) -> A + Send,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send {
        let what = "update_or_create_with";
        let wanted = columns_named::<Self, S>(what, by).and_then(|by| Wanted::new(what, new, by));
        async move { wanted?.update_or_create(db, set).await }
    }

    /// The objects that meet a condition: short for `objects().filter(…)`.
    #[must_use]
    fn filter<C: Condition<Self>>(
        condition: impl FnOnce(&Self::Fields<Self, Here>) -> C,
    ) -> QuerySet<Self> {
        Self::objects().filter(condition)
    }

    /// Changes columns of this object's row by expressions, without reading it first:
    /// `article.update(&db, |a| a.views().set(a.views() + 1))`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let hello = Article::get(&db, 1).await?;
    /// hello.update(&db, |a| a.views().set(a.views() + 1)).await?;
    /// assert_eq!(Article::get(&db, 1).await?.views, 121);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if there is no such row.
    fn update<A: Assignments<Self>>(
        &self,
        db: &impl Executor,
        set: impl FnOnce(&Self::Fields<Self, Here>) -> A + Send,
    ) -> impl Future<Output = Result<()>> + Send {
        let query = this(self).map(|q| q.update(set));
        async move {
            match query?.exec(db).await? {
                0 => Err(Error::DoesNotExist {
                    model: Self::META.name,
                }),
                _ => Ok(()),
            }
        }
    }
}

impl<M: Model> Record for M {}

/// A query for this object's row.
fn this<M: Model>(object: &M) -> Result<QuerySet<M>> {
    let key = object.key().ok_or_else(|| {
        Error::Usage(format!(
            "this {} has no key yet: insert it first",
            M::META.name
        ))
    })?;
    let mut query = QuerySet::<M>::new();
    query
        .plan
        .add_filter(key_equals(M::META, ROOT, key.to_values()));
    Ok(query)
}

/// The columns that a method was given.
pub(super) fn columns_named<M: Model, S: Selection<M>>(
    what: &str,
    fields: impl FnOnce(&M::Fields<M, Here>) -> S,
) -> Result<Vec<usize>> {
    let mut nodes = Vec::new();
    QuerySet::<M>::new().with_fields(|f| fields(f).nodes(&mut nodes));
    let find = |node: &Expr| match node {
        Expr::Column { table, name } if *table == ROOT => {
            M::META.columns.iter().position(|c| c.column == name)
        }
        _ => None,
    };
    let column = |node: &Expr| {
        let name = M::META.name;
        find(node).ok_or_else(|| Error::Usage(format!("`{what}` takes columns of {name} itself")))
    };
    nodes.iter().map(column).collect()
}

/// Sets `auto_now` columns, and on insert also those that the model fills by `auto_now_add`.
pub(super) fn touch<M: Model>(object: &mut M, insert: bool) -> Result<()> {
    if !M::META.columns.iter().any(|c| c.auto_now || c.auto_now_add) {
        return Ok(());
    }
    let now = crate::value::now();
    for (i, column) in M::META.columns.iter().enumerate() {
        if column.auto_now || (insert && column.auto_now_add) {
            let value = clock_value(column.ty.clone(), now);
            object.put(i, value)?;
        }
    }
    Ok(())
}

/// The time as a column of this type keeps it.
pub(crate) fn clock_value(ty: orm_schema::FieldType, now: CivilDateTime) -> Value {
    match ty {
        orm_schema::FieldType::Date => Value::Date(now.date),
        orm_schema::FieldType::Time => Value::Time(now.time),
        _ => Value::DateTime(now),
    }
}

/// Updates these columns, the key and computed ones excepted; tells how many rows matched.
pub(super) async fn update_columns<M: Model>(
    db: &dyn Executor,
    object: &M,
    columns: &[usize],
) -> Result<u64> {
    let meta = M::META;
    let mut set: Vec<(usize, Value)> = Vec::with_capacity(columns.len());
    for &i in columns {
        let column = &meta.columns[i];
        if meta.key.contains(&i) || column.computed {
            continue;
        }
        let value = object.value(i);
        validate::check(meta, column, &value)?;
        set.push((i, value));
    }
    let key = object.key().ok_or_else(|| {
        Error::Usage(format!(
            "this {} has no key yet: insert it first",
            meta.name
        ))
    })?;
    if set.is_empty() {
        return Ok(u64::from(this(object)?.exists_dyn(db).await?));
    }
    let filter = key_equals(meta, ROOT, key.to_values());
    let features = db.dialect().features();
    if !change::concerns(features, meta, set.iter().map(|(c, _)| *c)) {
        return update_point(db, meta, &set, filter).await;
    }
    let mut parts = change::stands(features, meta, &set);
    parts.insert(0, filter.clone());
    match update_point(db, meta, &set, Expr::And(parts)).await? {
        0 => {}
        matched => return Ok(matched),
    }
    let set = set.into_iter().map(|(c, value)| (c, Expr::Value(value)));
    let chosen = change::Chosen::Where(Some(filter));
    change::update(db, meta, change::Set::own(set.collect()), chosen).await
}

/// Updates the row of a key where it meets the filter.
async fn update_point(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    set: &[(usize, Value)],
    filter: Expr,
) -> Result<u64> {
    let set = set.iter();
    let update = Update {
        table: meta.table.into(),
        alias: ROOT,
        set: set
            .map(|(c, v)| (meta.columns[*c].column.into(), Expr::Value(v.clone())))
            .collect(),
        joins: Vec::new(),
        filter: Some(filter),
    };
    let mut sql = rendered(db, &update.into())?;
    sql.point = true;
    Ok(db.execute(sql).await?.rows_affected)
}

pub(super) async fn update_existing<M: Model>(
    db: &dyn Executor,
    object: &M,
    columns: &[usize],
) -> Result<()> {
    match update_columns(db, object, columns).await? {
        0 => Err(Error::DoesNotExist {
            model: M::META.name,
        }),
        _ => Ok(()),
    }
}

/// The time as the default of a column of this type; for the derive.
pub fn clock(ty: orm_schema::FieldType) -> Value {
    clock_value(ty, crate::value::now())
}
