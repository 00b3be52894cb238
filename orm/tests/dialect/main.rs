//! How the dialects spell SQL: golden texts, and the same texts on real engines.

mod cases;
mod engines;
mod golden;
mod literals;
mod live;
mod meaning;
