//! Relations of one object: reading and changing them.

use super::plan::{execute, finish};
use super::relation::{Inner, Link, link};
use super::{QuerySet, RelationValue};
use crate::ast::{Alias, BinaryOp, Delete, Expr, Insert, OnConflict, Select, SelectItem};
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{ForeignKey, ManyToMany, Model, OneToOne, Reverse, Scalar};
use crate::value::Value;

/// Rows of one statement at most.
const MAX_ROWS: usize = 512;

macro_rules! fetch {
    ($($name:ident),*) => {$(
        impl<M: Model> $name<M>
        where
            M::Key: Scalar,
        {
            /// Reads the object referred to, whether a query loaded it or not.
            ///
            /// SQL: one `SELECT`.
            ///
            /// # Errors
            /// [`Error::DoesNotExist`] if the row is gone.
            pub async fn fetch(&self, db: &impl Executor) -> Result<M> {
                <M as super::Record>::get(db, self.id().clone()).await
            }
        }

        impl<M: Model> $name<M> {
            /// Refers to a saved object.
            ///
            /// # Errors
            /// [`Error::Usage`] if the object is not saved.
            pub fn to(object: &M) -> Result<Self> {
                object.key().map(Self::new).ok_or_else(|| {
                    Error::Usage(format!(
                        "the {} is not saved, so nothing can refer to it",
                        M::META.name
                    ))
                })
            }
        }
    )*};
}
fetch!(ForeignKey, OneToOne);

/// A query for the objects that belong to an owner.
fn members<M: Model>(link: Link, owner: &Value) -> QuerySet<M> {
    let mut query = QuerySet::<M>::new();
    let root = super::plan::ROOT;
    let condition = match link {
        Link::Column(column) => Expr::binary(
            Expr::column(root, column),
            BinaryOp::Eq,
            Expr::Value(owner.clone()),
        ),
        Link::Pairs { to, .. } => {
            let mut inner = Inner::of(&link, M::META, false, || {
                let alias = Alias(query.plan.next_alias);
                query.plan.next_alias += 1;
                alias
            });
            let pairs = match &inner.owner {
                Expr::Column { table, .. } => *table,
                _ => root,
            };
            inner.select.columns = vec![SelectItem {
                expr: Expr::column(pairs, to),
                alias: None,
            }];
            inner.select.filter = Some(Expr::binary(
                inner.owner,
                BinaryOp::Eq,
                Expr::Value(owner.clone()),
            ));
            let select: Box<Select> = Box::new(inner.select);
            let key = M::META.single_key().map_or("", |k| k.column);
            Expr::InSelect {
                expr: Box::new(Expr::column(root, key)),
                select,
            }
        }
    };
    query.plan.add_filter(condition);
    query
}

fn unsaved<M: Model>() -> QuerySet<M> {
    let mut query = QuerySet::<M>::new();
    query.plan.misuse = Some(unsaved_text::<M>());
    query
}

fn unsaved_text<M: Model>() -> String {
    format!(
        "this set of {} belongs to an object that is not saved: insert it first",
        M::META.name
    )
}

impl<M: Model> Reverse<M> {
    /// A query for the objects that refer to this one.
    pub fn query(&self) -> QuerySet<M> {
        match self.side() {
            Some((owner, i)) if !self.owner().is_null() => members(link(owner, i), self.owner()),
            _ => unsaved(),
        }
    }
}

impl<M: Model> ManyToMany<M> {
    /// A query for the objects of the set.
    pub fn query(&self) -> QuerySet<M> {
        match self.side() {
            Some((owner, i)) if !self.owner().is_null() => members(link(owner, i), self.owner()),
            _ => unsaved(),
        }
    }

    fn pairs(&self) -> Result<(&'static str, &'static str, &'static str)> {
        match self.side().map(|(owner, i)| link(owner, i)) {
            Some(Link::Pairs { table, from, to }) if !self.owner().is_null() => {
                Ok((table, from, to))
            }
            _ => Err(Error::Usage(unsaved_text::<M>())),
        }
    }

    fn keys<V: RelationValue<M>>(objects: impl IntoIterator<Item = V>) -> Result<Vec<Value>> {
        objects
            .into_iter()
            .map(|o| o.relation_value().map_err(Error::Usage))
            .collect()
    }

    /// Puts objects into the set; those in it already stay. A loaded set is not changed.
    ///
    /// SQL: one `INSERT` that ignores pairs in place, or several in a transaction. Django: `add`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let hello = Article::get(&db, 1).await?;
    /// let tea = Tag::objects().filter(|t| t.name().eq("tea")).get(&db).await?;
    /// hello.tags.add(&db, [&tea]).await?;
    /// assert_eq!(hello.tags.query().count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] if the owner or an object is not saved.
    pub async fn add<V: RelationValue<M>>(
        &self,
        db: &impl Executor,
        objects: impl IntoIterator<Item = V>,
    ) -> Result<()> {
        let keys = Self::keys(objects)?;
        self.insert(db, keys).await
    }

    async fn insert(&self, db: &dyn Executor, keys: Vec<Value>) -> Result<()> {
        let (table, from, to) = self.pairs()?;
        let mut statements = Vec::new();
        let mut rest = keys.as_slice();
        while !rest.is_empty() {
            let rows = MAX_ROWS.min(1 << rest.len().ilog2());
            let (chunk, left) = rest.split_at(rows);
            rest = left;
            statements.push(
                Insert {
                    table: table.into(),
                    columns: vec![from.into(), to.into()],
                    values: chunk
                        .iter()
                        .flat_map(|k| [self.owner().clone(), k.clone()])
                        .collect(),
                    on_conflict: Some(OnConflict::Ignore),
                    returning: Vec::new(),
                }
                .into(),
            );
        }
        match statements.as_slice() {
            [] => Ok(()),
            [one] => execute(db, one).await.map(drop),
            many => {
                let tx = db.begin().await?;
                let done = async {
                    for statement in many {
                        execute(&tx, statement).await?;
                    }
                    Ok(())
                }
                .await;
                finish(tx, done).await
            }
        }
    }

    /// Takes objects out of the set; the objects themselves stay. Django: `remove`.
    ///
    /// # Errors
    /// [`Error::Usage`] if the owner or an object is not saved.
    pub async fn remove<V: RelationValue<M>>(
        &self,
        db: &impl Executor,
        objects: impl IntoIterator<Item = V>,
    ) -> Result<()> {
        let keys = Self::keys(objects)?;
        self.delete(db, Some(keys)).await
    }

    /// Takes all objects out of the set. Django: `clear`.
    ///
    /// # Errors
    /// [`Error::Usage`] if the owner is not saved.
    pub async fn clear(&self, db: &impl Executor) -> Result<()> {
        self.delete(db, None).await
    }

    async fn delete(&self, db: &dyn Executor, keys: Option<Vec<Value>>) -> Result<()> {
        let (table, from, to) = self.pairs()?;
        let root = super::plan::ROOT;
        let mut filter = vec![Expr::binary(
            Expr::column(root, from),
            BinaryOp::Eq,
            Expr::Value(self.owner().clone()),
        )];
        if let Some(list) = keys {
            if list.is_empty() {
                return Ok(());
            }
            filter.push(Expr::In {
                expr: Box::new(Expr::column(root, to)),
                list,
            });
        }
        let delete = Delete {
            table: table.into(),
            alias: root,
            filter: Some(Expr::And(filter)),
        };
        execute(db, &delete.into()).await.map(drop)
    }

    /// Makes the set exactly these objects, in one transaction. Django: `set`.
    ///
    /// SQL: one `SELECT` of the keys in place, then a `DELETE` and an `INSERT` of what differs.
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
    /// [`Error::Usage`] if the owner or an object is not saved.
    pub async fn set<V: RelationValue<M>>(
        &self,
        db: &impl Executor,
        objects: impl IntoIterator<Item = V>,
    ) -> Result<()> {
        let wanted = Self::keys(objects)?;
        self.pairs()?;
        let tx = db.begin().await?;
        let done = self.replace(&tx, wanted).await;
        finish(tx, done).await
    }

    async fn replace(&self, tx: &dyn Executor, wanted: Vec<Value>) -> Result<()> {
        use crate::model::HashKey;
        use std::collections::HashSet;
        let (table, from, to) = self.pairs()?;
        let root = super::plan::ROOT;
        let select = Select {
            columns: vec![SelectItem {
                expr: Expr::column(root, to),
                alias: None,
            }],
            filter: Some(Expr::binary(
                Expr::column(root, from),
                BinaryOp::Eq,
                Expr::Value(self.owner().clone()),
            )),
            order_by: vec![crate::ast::Order {
                expr: Expr::column(root, to),
                descending: false,
            }],
            ..Select::from_table(table, root)
        };
        let present = super::plan::fetch(tx, &select.into()).await?.values;
        let keep: HashSet<HashKey> = wanted.iter().cloned().map(HashKey).collect();
        let have: HashSet<HashKey> = present.iter().cloned().map(HashKey).collect();
        let gone = present
            .into_iter()
            .filter(|k| !keep.contains(&HashKey(k.clone())));
        self.delete(tx, Some(gone.collect())).await?;
        let fresh = wanted
            .into_iter()
            .filter(|k| !have.contains(&HashKey(k.clone())));
        self.insert(tx, fresh.collect()).await
    }
}
