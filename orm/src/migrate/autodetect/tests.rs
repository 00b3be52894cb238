//! Small cases, and random ones.

mod cases;
#[cfg(feature = "sqlite")]
mod executed;
mod files;
mod history;
mod property;
