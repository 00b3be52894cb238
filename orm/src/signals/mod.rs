//! Receivers: code that hears of saves, deletes and changed sets before and after they are made.
//!
//! They are connected to a database handle, [`Db::signals`](crate::Db::signals), not to the process, so
//! that a test, and each of several databases, has its own. A receiver is called within the transaction
//! of the write: its own statements go there, and its error undoes the write. Where nothing is connected
//! a write costs one load more.
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
//! # fn main() -> Result<()> { run(async |db: Db| {
//! use orm::signals::{PostSave, PreSave};
//!
//! async fn capital(event: PreSave<'_, Author>) -> Result<()> {
//!     event.object.name = event.object.name.to_uppercase();
//!     Ok(())
//! }
//!
//! async fn greet(event: PostSave<'_, Author>) -> Result<()> {
//!     if event.created {
//!         let new = new!(Article { title: "Hello, I am new here", author: event.object });
//!         Article::create(event.tx, new).await?;
//!     }
//!     Ok(())
//! }
//!
//! db.signals()
//!     .of::<Author>()
//!     .pre_save("capital", capital)
//!     .post_save("greet", greet);
//!
//! let cy = Author::create(&db, new!(Author { name: "Cy" })).await?;
//! assert_eq!(cy.name, "CY");
//! assert_eq!(cy.articles.query().count(&db).await?, 1);
//! # Ok(()) }) }
//! ```
//!
//! `docs/signals.md` says which operations send what. Knows nothing of queries: these ask it who hears.

mod connect;
mod event;
mod receiver;
mod registry;
mod send;

pub use connect::{Sender, Signals};
pub use event::{
    Event, M2mAction, M2mChanged, Origin, PostDelete, PostSave, PreDelete, PreSave, Sends,
};
pub use receiver::{Cause, Function, Outcome, Own, Receiver};
pub(crate) use registry::Lists;
pub(crate) use send::{any, of};
