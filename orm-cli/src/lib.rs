//! The command line of `orm`: a library, so that a project may have a `manage` binary of its own,
//! and the binary `orm-cli`.

pub mod project;
pub mod report;
pub mod source;
