//! Small cases, and random ones.

mod property;
