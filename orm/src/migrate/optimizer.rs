//! Fewer operations that do the same.
//!
//! Two operations on one model merge if nothing between them cares: the first can move to the
//! second, or the second to the first. Code, SQL and what separates database and state are never
//! crossed. What would give rows other values is left alone.

mod merge;
mod refs;
#[cfg(test)]
mod tests;

use super::operation::Operation;
use merge::merge;
use refs::{Refs, commute};

/// Merges operations of one application that undo or continue each other.
///
/// Django: `MigrationOptimizer.optimize`.
pub fn optimize(app: &str, mut operations: Vec<Operation>) -> Vec<Operation> {
    while step(app, &mut operations) {}
    operations
}

/// Merges the first pair that can be, and says whether there was one.
fn step(app: &str, operations: &mut Vec<Operation>) -> bool {
    let refs: Vec<Refs> = operations.iter().map(|o| Refs::of(app, o)).collect();
    for i in 0..operations.len() {
        for j in i + 1..operations.len() {
            if !refs[i].continues_as(&refs[j]) {
                continue;
            }
            let Some(merged) = merge(app, &operations[i], &operations[j]) else {
                continue;
            };
            let free = |k: usize| (i + 1..j).all(|b| commute(&refs[k], &refs[b]));
            let at = if free(i) {
                j - 1
            } else if free(j) {
                i
            } else {
                break;
            };
            operations.remove(j);
            operations.remove(i);
            operations.splice(at..at, merged);
            return true;
        }
    }
    false
}
