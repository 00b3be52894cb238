//! The migration engine: state, operations, autodetector, files, schema editor, executor.
//!
//! State is the replay of the migration files; there is no snapshot. Everything but the executor,
//! the recorder and the lock is pure.

mod operation;
mod state;

pub use operation::{ModelOptions, Operation, SqlByDialect};
pub use state::ProjectState;
