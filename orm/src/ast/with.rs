//! Tables that a statement computes before all else.

use super::{Name, Select};

/// A named table: `WITH name AS (…)`. Where it is used, [`From::With`](super::From::With) holds it, so
/// that a query that uses it can stand in any other; the renderer writes each once.
#[derive(Debug, Clone, PartialEq)]
pub struct WithTable {
    /// Its name.
    pub name: Name,
    /// Its rows, or its first ones. The select numbers its tables for itself.
    pub select: Select,
    /// What is found from the rows found last, again and again.
    pub step: Option<Step>,
}

/// The part of a recursive table that reads the table itself, as [`From::Found`](super::From::Found).
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The select; its condition ends the recursion after `max_depth` steps.
    pub select: Select,
    /// Whether equal rows of one depth are found once. Without a meaning where the table is read as a
    /// set, but for the time it takes: a database that cannot do it leaves it out.
    pub distinct: bool,
    /// How often it is taken at most.
    pub max_depth: u32,
}
