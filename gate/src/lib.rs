//! A stand-in for SingleStore, for tests and development where no server can run.
//!
//! `gate` speaks the MySQL protocol in front of a MariaDB. It accepts SingleStore's dialect, refuses
//! what SingleStore refuses, behaves as SingleStore does where that differs from MySQL, and breaks
//! on request. It is written from collected facts about the server alone and shares no rule and no
//! rendering with `orm`, so that it can prove `orm` wrong.

mod catalog;
mod control;
mod faults;
mod ids;
mod options;
mod random;
mod refusal;
mod rewrite;
mod rules;
mod server;
mod session;
mod sql;
mod stats;
mod wire;

pub use control::Control;
pub use faults::{Action, Fault, When};
pub use options::{LastKey, Options, Role, Savepoints, Shapes, TableType};
pub use refusal::Refusal;
pub use server::{Gate, StartError};
pub use stats::{Counts, Note};
