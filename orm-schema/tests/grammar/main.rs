//! The attribute grammar: what it reads, and what it says of everything else.

mod db_type;
mod field_faults;
mod fuzz;
mod macro_made;
mod model_faults;
mod reading;
mod reference;
mod resolving;
mod storage;
mod support;
