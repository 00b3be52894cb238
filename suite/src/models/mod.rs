//! The shared models: what users write, and what they hopefully do not.
#![allow(missing_docs, reason = "models of tests; their names say it all")]

pub mod accounts;
pub mod bases;
pub mod blog;
pub mod clubs;
pub mod documents;
pub mod forms;
pub mod halls;
pub mod kinds;
pub mod library;
pub mod loops;
pub mod names;
pub mod notes;
pub mod owners;
pub mod ports;
pub mod press;
pub mod tangle;
pub mod tenants;
pub mod torture;
pub mod vectors;
