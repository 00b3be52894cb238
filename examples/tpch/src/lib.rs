//! TPC-H: the schema as models, the generator's data, and the 22 queries twice: with the typed builder
//! and as the specification writes them.
#![allow(missing_docs, reason = "the fields are those of the specification")]

pub mod data;
pub mod models;
pub mod queries;
pub mod sql;
pub mod table;
