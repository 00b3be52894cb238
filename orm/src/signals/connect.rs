//! Connecting receivers to a database.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::receiver::Adapted;
use super::registry::{Kept, Registry};
use super::{Event, M2mChanged, PostDelete, PostSave, PreDelete, PreSave, Receiver, Sends};
use crate::backend::Db;
use crate::model::{AnyModel, Model};

impl Db {
    /// The receivers that hear of what is written through this handle, its clones and its transactions.
    ///
    /// Django: `django.db.models.signals`.
    pub fn signals(&self) -> Signals<'_> {
        Signals { db: self }
    }

    /// The receivers, if any was ever connected.
    pub(super) fn receivers(&self) -> Option<&Registry> {
        self.kept()?.downcast_ref()
    }
}

/// The receivers of a database. See [`Db::signals`].
#[derive(Clone, Copy)]
pub struct Signals<'d> {
    db: &'d Db,
}

impl<'d> Signals<'d> {
    /// What one model sends. Django: `sender=Article`.
    #[must_use]
    pub fn of<M: Model>(&self) -> Sender<'d, M> {
        Sender::new(self.db)
    }

    /// What all models send: receivers get `dyn AnyModel`, which
    /// knows the table's description and its values. Django: no `sender`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// use orm::model::AnyModel;
    /// use orm::signals::PostSave;
    ///
    /// async fn print(event: PostSave<'_, dyn AnyModel>) -> Result<()> {
    ///     println!("{} {:?}", event.object.meta().table, event.object.key_values());
    ///     Ok(())
    /// }
    ///
    /// db.signals().of_all().post_save("print", print);
    /// Tag::create(&db, new!(Tag { name: "jazz" })).await?;
    /// assert!(db.signals().disconnect("print"));
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn of_all(&self) -> Sender<'d, dyn AnyModel> {
        Sender::new(self.db)
    }

    /// Disconnects the receivers of this name, whatever they hear of; tells whether there was one. A
    /// write that is under way still tells them.
    pub fn disconnect(&self, name: &str) -> bool {
        self.db
            .receivers()
            .is_some_and(|r| r.disconnect(None, name))
    }
}

impl fmt::Debug for Signals<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.db.receivers().map(Registry::names);
        f.debug_tuple("Signals")
            .field(&names.unwrap_or_default())
            .finish()
    }
}

/// What one model sends, or all of them. See [`Signals::of`].
///
/// Each method connects a receiver under a name. The same name twice, for one signal of one sender, is
/// once: the first receiver stays. Receivers are called one after the other, in the order in which they
/// were connected. Django: `signal.connect(receiver, sender=…, dispatch_uid=…)`.
pub struct Sender<'d, O: Sends + ?Sized> {
    db: &'d Db,
    sender: PhantomData<fn(&O)>,
}

impl<'d, O: Sends + ?Sized> Sender<'d, O> {
    fn new(db: &'d Db) -> Self {
        Self {
            db,
            sender: PhantomData,
        }
    }

    fn connect<E: Event<Any: Kept>, K: 'static>(
        &self,
        name: &str,
        receiver: impl Receiver<E, K>,
    ) -> &Self {
        let kept = self.db.kept_or::<Registry>();
        if let Some(registry) = kept.downcast_ref::<Registry>() {
            let calls = Arc::new(Adapted::<E, K, _>::new(receiver));
            registry.connect::<E::Any>(O::model(), name, calls);
        }
        self
    }

    /// Connects a receiver that is called before an object is saved. Django: `pre_save.connect`.
    pub fn pre_save<K: 'static>(
        &self,
        name: &str,
        receiver: impl Receiver<PreSave<'static, O>, K>,
    ) -> &Self {
        self.connect(name, receiver)
    }

    /// Connects a receiver that is called after an object was saved. Django: `post_save.connect`.
    pub fn post_save<K: 'static>(
        &self,
        name: &str,
        receiver: impl Receiver<PostSave<'static, O>, K>,
    ) -> &Self {
        self.connect(name, receiver)
    }

    /// Connects a receiver that is called before an object is deleted. Django: `pre_delete.connect`.
    pub fn pre_delete<K: 'static>(
        &self,
        name: &str,
        receiver: impl Receiver<PreDelete<'static, O>, K>,
    ) -> &Self {
        self.connect(name, receiver)
    }

    /// Connects a receiver that is called after an object was deleted. Django: `post_delete.connect`.
    pub fn post_delete<K: 'static>(
        &self,
        name: &str,
        receiver: impl Receiver<PostDelete<'static, O>, K>,
    ) -> &Self {
        self.connect(name, receiver)
    }

    /// Connects a receiver that is called before and after many-to-many sets change, of fields that this
    /// model declares, from whichever side. Django: `m2m_changed.connect(sender=Article.tags.through)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// use orm::signals::{M2mAction, M2mChanged};
    ///
    /// async fn few(event: M2mChanged<'_>) -> Result<()> {
    ///     if (event.action, event.field) == (M2mAction::PostAdd, "tags") && !event.reverse {
    ///         let article = Article::get(event.tx, event.owner_as()?).await?;
    ///         if article.tags.query().count(event.tx).await? > 2 {
    ///             return Err(orm::Error::Usage("two tags are enough".into()));
    ///         }
    ///     }
    ///     Ok(())
    /// }
    ///
    /// db.signals().of::<Article>().m2m_changed("few", few);
    /// let hello = Article::get(&db, 1).await?;
    /// let jazz = Tag::create(&db, new!(Tag { name: "jazz" })).await?;
    /// hello.tags.add(&db, [2]).await?;
    /// assert!(hello.tags.add(&db, [&jazz]).await.is_err());
    /// assert_eq!(hello.tags.query().count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn m2m_changed<K: 'static>(
        &self,
        name: &str,
        receiver: impl Receiver<M2mChanged<'static>, K>,
    ) -> &Self {
        self.connect(name, receiver)
    }

    /// Disconnects the receivers of this name, of all signals of this sender; tells whether there was
    /// one. Django: `signal.disconnect(sender=…, dispatch_uid=…)`.
    pub fn disconnect(&self, name: &str) -> bool {
        self.db
            .receivers()
            .is_some_and(|r| r.disconnect(Some(O::model()), name))
    }
}

impl<O: Sends + ?Sized> fmt::Debug for Sender<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let model = O::model().map_or("all models", |m| m.name);
        f.debug_tuple("Sender").field(&model).finish()
    }
}
