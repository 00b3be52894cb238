//! Relations of one object: reading and changing them.

mod heard;
mod one;
mod set;

use self::set::Set;
use super::get_or_create::Wanted;
use super::heard::end;
use super::lookup::is_refusal;
use super::record::columns_named;
use super::relation::{Link, link};
use super::{New, QuerySet, Record, RelationValue, Selection};
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{Bound, Here, ManyToMany, Model, ModelMeta, Reverse};
use crate::value::Value;

/// Why there is no set: its owner is not saved, or has NULL in the field that the set names it by.
fn unsaved_text<M: Model>(side: Option<(&'static ModelMeta, usize)>) -> String {
    let set = M::META.name;
    let column = side.and_then(|(owner, i)| {
        let mut columns = owner.bound_columns(i).iter();
        Some((owner, *columns.find(|c| !owner.key.contains(c))?))
    });
    match column {
        Some((owner, column)) => format!(
            "this set of {set} belongs to an object of {} whose `{}` is NULL: nothing can refer to it",
            owner.name, owner.columns[column].field
        ),
        _ => format!("this set of {set} belongs to an object that is not saved: insert it first"),
    }
}

/// The set of one owner, or why there is none.
fn set_of<'b, M: Model>(
    side: Option<(&'static ModelMeta, usize)>,
    bound: &'b Bound,
) -> std::result::Result<Set<'b>, String> {
    let Some((owner, i)) = side.filter(|_| !bound.is_null()) else {
        return Err(unsaved_text::<M>(side));
    };
    let link = link(owner, i);
    if matches!(link, Link::Pairs(_)) && M::META.key.len() != 1 {
        return Err(format!(
            "a table of pairs refers to keys of one column, and that of `{}` has several: relate the two by a model of the pairs with a `ForeignObject` for each",
            M::META.name
        ));
    }
    Ok(Set {
        meta: M::META,
        link,
        owner: bound.values(),
        name: (owner.name, owner.relations[i].field),
        side: (owner, i),
    })
}

/// The keys of objects, one after the other.
fn keys<M: Model, V: RelationValue<M>>(objects: impl IntoIterator<Item = V>) -> Result<Vec<Value>> {
    let mut keys = Vec::new();
    for object in objects {
        keys.extend(object.key_values().map_err(Error::Usage)?);
    }
    Ok(keys)
}

/// What both sides of a relation to many objects offer.
macro_rules! managed {
    ($name:ident) => {
        impl<M: Model> $name<M> {
            fn set_of(&self) -> Result<Set<'_>> {
                set_of::<M>(self.side(), self.owner()).map_err(Error::Usage)
            }

            /// A query for the objects of the set.
            pub fn query(&self) -> QuerySet<M> {
                let mut query = QuerySet::<M>::new();
                match set_of::<M>(self.side(), self.owner()) {
                    Ok(set) => {
                        let condition = set.condition(&mut query.plan.next_alias);
                        query.plan.add_filter(condition);
                    }
                    Err(text) => query.plan.misuse = Some(text),
                }
                query
            }

            /// Puts objects into the set; those in it already stay. A loaded set is not changed.
            ///
            /// SQL: over a table of pairs one `INSERT` that leaves pairs in place; else one `UPDATE` of
            /// the referring column. Many objects take several statements in a transaction.
            /// Django: `add`.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
            /// # fn main() -> Result<()> { run(async |db: Db| {
            /// let hello = Article::get(&db, 1).await?;
            /// let tea = Tag::objects().filter(|t| t.name().eq("tea")).get(&db).await?;
            /// hello.tags.add(&db, [&tea]).await?;
            /// assert_eq!(hello.tags.query().count(&db).await?, 2);
            /// Author::get(&db, 2).await?.articles.add(&db, [&hello]).await?; // its author now
            /// # Ok(()) }) }
            /// ```
            ///
            /// # Errors
            /// [`Error::Usage`] if the owner or an object is not saved, or if the model of the table of
            /// pairs has a field without a default: see [`add_through`](ManyToMany::add_through).
            /// [`Error::DoesNotExist`] if an object is gone whose column refers to the owner.
            pub async fn add<V: RelationValue<M>>(
                &self,
                db: &impl Executor,
                objects: impl IntoIterator<Item = V>,
            ) -> Result<()> {
                let keys = keys(objects)?;
                self.set_of()?.add(db, keys, &set::Plain).await
            }

            /// Takes objects out of the set; the objects themselves stay. Django: `remove`.
            ///
            /// SQL: over a table of pairs one `DELETE`, else one `UPDATE` that sets the referring column
            /// to NULL; several in a transaction for many objects. Where rows refer to those of a
            /// `through` model, as [`QuerySet::delete`](crate::query::QuerySet::delete) of these.
            ///
            /// # Errors
            /// [`Error::Usage`] if the owner or an object is not saved, or the referring column may not
            /// be NULL. [`Error::Protected`] if rows stand in the way of a pair of a `through` model.
            pub async fn remove<V: RelationValue<M>>(
                &self,
                db: &impl Executor,
                objects: impl IntoIterator<Item = V>,
            ) -> Result<()> {
                let keys = keys(objects)?;
                self.set_of()?.remove(db, Some(keys)).await
            }

            /// Takes all objects out of the set; the objects themselves stay. Django: `clear`.
            ///
            /// # Errors
            /// As [`remove`](Self::remove).
            pub async fn clear(&self, db: &impl Executor) -> Result<()> {
                self.set_of()?.remove(db, None).await
            }

            /// Makes the set exactly these objects, in one transaction. Django: `set`.
            ///
            /// SQL: one `SELECT` of the keys in place, then what takes out and puts in what differs.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
            /// # fn main() -> Result<()> { run(async |db: Db| {
            /// let hello = Article::get(&db, 1).await?;
            /// hello.tags.set(&db, [2]).await?; // keys or objects
            /// assert_eq!(hello.tags.query().select(|t| t.name()).all(&db).await?, ["tea"]);
            /// # Ok(()) }) }
            /// ```
            ///
            /// # Errors
            /// As [`add`](Self::add) and [`remove`](Self::remove); nothing is changed then.
            pub async fn set<V: RelationValue<M>>(
                &self,
                db: &impl Executor,
                objects: impl IntoIterator<Item = V>,
            ) -> Result<()> {
                let wanted = keys(objects)?;
                self.set_of()?.replace(db, wanted, &set::Plain).await
            }

            /// Inserts an object into its table and into the set. Django: `create`.
            ///
            /// SQL: one `INSERT`; over a table of pairs two in a transaction.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
            /// # fn main() -> Result<()> { run(async |db: Db| {
            /// let ann = Author::get(&db, 1).await?;
            /// // `..` leaves the author, who is known here.
            /// let article = ann.articles.create(&db, new!(Article { title: "Pots", .. })).await?;
            /// article.tags.create(&db, new!(Tag { name: "clay" })).await?;
            /// assert_eq!(*article.author.id(), 1);
            /// # Ok(()) }) }
            /// ```
            ///
            /// # Errors
            /// [`Error::Usage`] if the owner is not saved or a value is missing; [`Error::Db`].
            pub async fn create(&self, db: &impl Executor, new: New<M>) -> Result<M> {
                let set = self.set_of()?;
                if let Some(columns) = set.columns() {
                    let mut new = new;
                    for (&column, value) in columns.iter().zip(set.owner) {
                        new.put(column, value.clone());
                    }
                    return M::create(db, new).await;
                }
                let tx = db.begin().await?;
                let mut refused = false;
                let done = async {
                    let object = M::create(&tx, new).await;
                    let object = object.inspect_err(|e| refused = is_refusal(e))?;
                    let key = object.value(M::META.key[0]);
                    set.add(&tx, vec![key], &set::Plain).await?;
                    Ok(object)
                }
                .await;
                end(tx, done, refused).await
            }

            /// The object of the set with the same values in these fields as the new one, which is
            /// inserted if there is none; `true` if it was. Fields and result are those of
            /// [`Record::get_or_create`](super::Record::get_or_create). Django: `get_or_create`.
            ///
            /// In a reverse set the owner counts among the fields; over a table of pairs an object that
            /// is there already is put into the set.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
            /// # fn main() -> Result<()> { run(async |db: Db| {
            /// let hello = Article::get(&db, 1).await?;
            /// let new = new!(Tag { name: "clay" });
            /// let (clay, created) = hello.tags.get_or_create(&db, new, |t| t.name()).await?;
            /// assert!(created && clay.id.is_set());
            /// assert_eq!(hello.tags.query().count(&db).await?, 2);
            /// # Ok(()) }) }
            /// ```
            ///
            /// # Errors
            /// As [`Record::get_or_create`](super::Record::get_or_create) and [`add`](Self::add).
            pub async fn get_or_create<S: Selection<M>>(
                &self,
                db: &impl Executor,
                new: New<M>,
                by: impl FnOnce(&M::Fields<M, Here>) -> S,
            ) -> Result<(M, bool)> {
                self.found_or_created(db, new, columns_named::<M, S>("get_or_create", by)?, false)
                    .await
            }

            /// As [`get_or_create`](Self::get_or_create), and writes what the new object gives into the
            /// one that is there. Django: `update_or_create`.
            ///
            /// # Errors
            /// As [`get_or_create`](Self::get_or_create).
            pub async fn update_or_create<S: Selection<M>>(
                &self,
                db: &impl Executor,
                new: New<M>,
                by: impl FnOnce(&M::Fields<M, Here>) -> S,
            ) -> Result<(M, bool)> {
                self.found_or_created(
                    db,
                    new,
                    columns_named::<M, S>("update_or_create", by)?,
                    true,
                )
                .await
            }

            async fn found_or_created(
                &self,
                db: &impl Executor,
                mut new: New<M>,
                mut by: Vec<usize>,
                written: bool,
            ) -> Result<(M, bool)> {
                let set = self.set_of()?;
                let what = match written {
                    true => "update_or_create",
                    false => "get_or_create",
                };
                if let Some(columns) = set.columns() {
                    for (&column, value) in columns.iter().zip(set.owner) {
                        new.put(column, value.clone());
                        if !by.contains(&column) {
                            by.push(column);
                        }
                    }
                    let wanted = Wanted::new(what, new, by)?;
                    return match written {
                        true => wanted.replace_or_create(db).await,
                        false => wanted.get_or_create(db).await,
                    };
                }
                let wanted = Wanted::new(what, new, by)?;
                let tx = db.begin().await?;
                let mut refused = false;
                let done = async {
                    let found = match written {
                        true => wanted.replace_or_create(&tx).await,
                        false => wanted.get_or_create(&tx).await,
                    };
                    let (object, created) = found.inspect_err(|e| refused = is_refusal(e))?;
                    let key = object.value(M::META.key[0]);
                    set.add(&tx, vec![key], &set::Plain).await?;
                    Ok((object, created))
                }
                .await;
                end(tx, done, refused).await
            }
        }
    };
}
managed!(Reverse);
managed!(ManyToMany);

/// Through a model of one's own: `T` is the model of the table of pairs.
macro_rules! through {
    ($name:ident) => {
        impl<M: Model> $name<M> {
            /// Puts objects into the set, with values for the fields that the table of pairs has beside
            /// the two keys. Django: `add(…, through_defaults={…})`.
            ///
            /// SQL: one `SELECT` of the pairs in place and `INSERT`s of the others, in a transaction.
            ///
            /// `club.members.add_through(&db, [&ann], new!(Membership { since: 2024, .. }))`.
            ///
            /// # Errors
            /// As [`add`](Self::add); [`Error::Usage`] if `T` is not the model of the table of pairs.
            pub async fn add_through<T: Model, V: RelationValue<M>>(
                &self,
                db: &impl Executor,
                objects: impl IntoIterator<Item = V>,
                defaults: New<T>,
            ) -> Result<()> {
                let keys = keys(objects)?;
                self.set_of()?.add(db, keys, &defaults).await
            }

            /// Makes the set exactly these objects; new pairs get these values. Django:
            /// `set(…, through_defaults={…})`.
            ///
            /// # Errors
            /// As [`set`](Self::set) and [`add_through`](Self::add_through).
            pub async fn set_through<T: Model, V: RelationValue<M>>(
                &self,
                db: &impl Executor,
                objects: impl IntoIterator<Item = V>,
                defaults: New<T>,
            ) -> Result<()> {
                let wanted = keys(objects)?;
                self.set_of()?.replace(db, wanted, &defaults).await
            }
        }
    };
}
through!(Reverse);
through!(ManyToMany);

impl<M: Model> Reverse<M> {
    /// The one object of a relation that is one-to-one from its other side, if it was prefetched.
    ///
    /// # Errors
    /// [`Error::NotLoaded`], which says what to add to the query; [`Error::DoesNotExist`] if there is
    /// none. Django: the reverse of a `OneToOneField`.
    pub fn one(&self) -> Result<&M> {
        one_of(self.get()?.iter())
    }

    /// Reads the one object of a relation that is one-to-one from its other side.
    ///
    /// SQL: one `SELECT`.
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if there is none, [`Error::MultipleObjectsReturned`] if there are more.
    pub async fn fetch_one(&self, db: &impl Executor) -> Result<M> {
        self.query().get(db).await
    }
}

fn one_of<'m, M: Model>(mut objects: impl Iterator<Item = &'m M>) -> Result<&'m M> {
    let model = M::META.name;
    match (objects.next(), objects.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Error::DoesNotExist { model }),
        _ => Err(Error::MultipleObjectsReturned { model }),
    }
}
