//! Fewer operations that do the same.

use super::operation::Operation;

/// Merges operations of one application that undo or continue each other.
pub fn optimize(app: &str, operations: Vec<Operation>) -> Vec<Operation> {
    let _ = app;
    operations
}
