//! Small cases, and random ones.

mod cases;
mod files;
mod history;
mod property;
