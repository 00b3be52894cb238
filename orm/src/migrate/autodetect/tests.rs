//! Small cases, and random ones.

mod cases;
mod property;
