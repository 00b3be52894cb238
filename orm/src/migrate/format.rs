//! The file format of migrations, version 1.
//!
//! Reading goes from TOML text through tables that know their place to operations; writing goes
//! from operations through [`Node`]s to text. What equals its default is left out, and what is
//! not known is refused, so that a file says all of what it means and a typing error is found.

mod decode;
mod encode;
mod error;
mod field;
mod node;
mod read;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use error::FormatError;
pub use node::Node;
pub(crate) use read::conflict_marker;
