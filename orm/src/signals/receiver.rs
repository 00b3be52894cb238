//! What can be connected.

use std::marker::PhantomData;

use super::Event;
use crate::backend::BoxFuture;

/// Why a receiver refused.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Hears of an event.
///
/// Every `async fn` of the event is one, whatever its error, and every async closure that captures
/// nothing. What keeps something is a type of its own:
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// use orm::signals::{Cause, PostSave, Receiver};
///
/// struct Counter(Arc<AtomicUsize>);
///
/// impl Receiver<PostSave<'static, Tag>> for Counter {
///     async fn receive(&self, event: PostSave<'_, Tag>) -> Result<(), Cause> {
///         if event.object.name.is_empty() {
///             return Err("a tag without a name".into());
///         }
///         self.0.fetch_add(1, Ordering::Relaxed);
///         Ok(())
///     }
/// }
///
/// let saved = Arc::new(AtomicUsize::new(0));
/// db.signals().of::<Tag>().post_save("counter", Counter(Arc::clone(&saved)));
/// Tag::create(&db, new!(Tag { name: "jazz" })).await?;
/// let refused = Tag::create(&db, new!(Tag { name: "" })).await.unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "the receiver `counter` of post_save of Tag refused: a tag without a name"
/// );
/// assert_eq!((saved.load(Ordering::Relaxed), Tag::objects().count(&db).await?), (1, 3));
/// # Ok(()) }) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be connected to `{E}`",
    label = "not a receiver of `{E}`",
    note = "a receiver is an `async fn` that takes this event, with any lifetime, and returns a `Result<(), _>`: `async fn slug(event: PreSave<'_, Article>) -> Result<()>`",
    note = "its future has to be `Send`: it keeps no `Rc` and no lock guard over an `.await`",
    note = "code that keeps something is a type of its own that implements `Receiver`"
)]
pub trait Receiver<E: Event, K = Own>: Send + Sync + 'static {
    /// Is told of one event. An error undoes what the event is about.
    ///
    /// # Errors
    /// Whatever makes the write impossible.
    fn receive<'a>(&'a self, event: E::At<'a>) -> impl Future<Output = Result<(), Cause>> + Send;
}

/// Types that implement [`Receiver`] themselves.
#[derive(Debug)]
pub enum Own {}

/// Functions, which are receivers by what they take. Apart from [`Own`], so that a type can be a receiver
/// of the events of all models without being taken for a function.
#[derive(Debug)]
pub enum Function {}

/// What an `async fn` that is a receiver returns: `Result<(), E>`, where `E` is any error.
pub trait Outcome: Send {
    /// Forgets the type of the error.
    ///
    /// # Errors
    /// The one that it is.
    fn outcome(self) -> Result<(), Cause>;
}

impl<E: Into<Cause> + Send> Outcome for Result<(), E> {
    fn outcome(self) -> Result<(), Cause> {
        self.map_err(Into::into)
    }
}

/// A function of an event of one lifetime, so that its future may borrow from the event.
pub trait Called<'a, E>: Send + Sync + 'static {
    type Future: Future<Output: Outcome> + Send + 'a;
    fn called(&self, event: E) -> Self::Future;
}

impl<'a, E, F, Fut> Called<'a, E> for F
where
    F: Fn(E) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: Outcome> + Send + 'a,
{
    type Future = Fut;

    fn called(&self, event: E) -> Fut {
        self(event)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Event, F> Receiver<E, Function> for F
where
    F: for<'a> Called<'a, E::At<'a>>,
{
    fn receive<'a>(&'a self, event: E::At<'a>) -> impl Future<Output = Result<(), Cause>> + Send {
        let future = self.called(event);
        async move { future.await.outcome() }
    }
}

/// A receiver as it is kept: of events of any model.
pub(super) trait Calls<E: Event>: Send + Sync {
    fn call<'a>(&'a self, event: E::At<'a>) -> BoxFuture<'a, Result<(), Cause>>;
}

/// A receiver of one model's events.
pub(super) struct Adapted<E, K, R>(R, PhantomData<fn() -> (E, K)>);

impl<E, K, R> Adapted<E, K, R> {
    pub(super) fn new(receiver: R) -> Self {
        Self(receiver, PhantomData)
    }
}

impl<E: Event, K: 'static, R: Receiver<E, K>> Calls<E::Any> for Adapted<E, K, R> {
    fn call<'a>(&'a self, event: <E::Any as Event>::At<'a>) -> BoxFuture<'a, Result<(), Cause>> {
        match E::narrow(event) {
            Some(event) => Box::pin(self.0.receive(event)),
            None => Box::pin(async {
                Err("two models have the same application and name: rename one".into())
            }),
        }
    }
}
