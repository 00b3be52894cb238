//! The order in which the rows of several models can be deleted.

use crate::model::{ModelMeta, RelationKind};

/// What to do first, and then in which order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Columns to set to NULL before any delete: the model's number in the list, and the column's.
    pub(super) clear: Vec<(usize, usize)>,
    /// The models' numbers: what refers stands before what it refers to.
    pub(super) models: Vec<usize>,
}

/// A column of one model that refers to another of the list, or to the same.
struct Edge {
    from: usize,
    to: usize,
    column: usize,
    null: bool,
}

fn same(a: &ModelMeta, b: &ModelMeta) -> bool {
    a.app == b.app && a.name == b.name
}

fn edges(models: &[&'static ModelMeta]) -> Vec<Edge> {
    let mut out = Vec::new();
    for (from, meta) in models.iter().enumerate() {
        for relation in meta.relations {
            let RelationKind::ToOne { column, .. } = relation.kind else {
                continue;
            };
            let target = (relation.target)();
            let to = models.iter().position(|m| same(m, target));
            out.extend(to.map(|to| Edge {
                from,
                to,
                column,
                null: meta.columns[column].null,
            }));
        }
    }
    out
}

/// Orders models, given in the order in which they were found. `at_once` says that the database
/// checks foreign keys after each row and not at the end: circles are then opened by clearing
/// columns that may be NULL. One of columns that may not is left to the database to refuse.
pub(super) fn order(models: &[&'static ModelMeta], at_once: bool) -> Order {
    let mut edges = edges(models);
    let mut clear = Vec::new();
    if at_once {
        // Which row of a table goes first is the server's choice.
        edges.retain(|e| {
            if e.from == e.to && e.null {
                clear.push((e.from, e.column));
            }
            e.from != e.to
        });
    } else {
        edges.retain(|e| e.from != e.to);
    }
    let mut left: Vec<usize> = (0..models.len()).rev().collect();
    let mut sorted = Vec::with_capacity(left.len());
    while let Some(&last) = left.first() {
        let free = left
            .iter()
            .position(|m| !edges.iter().any(|e| e.to == *m && left.contains(&e.from)));
        if let Some(free) = free {
            sorted.push(left.remove(free));
            continue;
        }
        let inner = |e: &Edge| left.contains(&e.from) && left.contains(&e.to);
        match edges.iter().position(|e| at_once && e.null && inner(e)) {
            Some(open) => {
                let edge = edges.remove(open);
                clear.push((edge.from, edge.column));
            }
            None => {
                left.retain(|m| *m != last);
                sorted.push(last);
            }
        }
    }
    Order {
        clear,
        models: sorted,
    }
}
