//! The conformance suite of orm: models and cases written once, and run on every backend.
//!
//! A case is an `async fn(&Db) -> Result<()>` on an empty database of its own. The cases stand in
//! `tests/conformance`; this library holds what they share.

pub mod backend;
pub mod models;
