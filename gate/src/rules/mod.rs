//! What SingleStore refuses.

mod alter;
mod column;
mod correlation;
mod create;
mod order;
mod scope;
mod shapes;
mod syntax;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use alter::alter;
pub(crate) use create::{Settings, create_table};
pub(crate) use order::{Order, is_vector_search, order};
pub(crate) use scope::{Tables, is_known, named_tables, plain};
pub(crate) use shapes::shapes;
pub(crate) use syntax::syntax;
pub(crate) use write::{delete, insert, update, update_tables};
