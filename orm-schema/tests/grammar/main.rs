//! The attribute grammar: what it reads, and what it says of everything else.

mod reading;
mod resolving;
mod support;
