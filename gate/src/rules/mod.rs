//! What SingleStore refuses.

mod alter;
mod create;
mod write;

pub(crate) use alter::alter;
pub(crate) use create::{Settings, create_table};
pub(crate) use write::{delete, insert, update, update_tables};
