//! A diagram as text.

use std::fmt::Write as _;

use super::{Diagram, Node};

/// Group by group; relations point at what they refer to.
pub(super) fn draw(diagram: &Diagram) -> String {
    let mut out = String::new();
    for (group, places) in diagram.groups() {
        let _ = writeln!(out, "{group}");
        for at in places {
            node(&mut out, diagram, at);
        }
    }
    if diagram.nodes.is_empty() {
        out.push_str("(nothing to draw)\n");
    }
    out
}

fn node(out: &mut String, diagram: &Diagram, at: usize) {
    let Node {
        name, note, rows, ..
    } = &diagram.nodes[at];
    let note = match note.as_str() {
        "" => String::new(),
        note => format!("  ({note})"),
    };
    let _ = writeln!(out, "  {name}{note}");
    let width = rows
        .iter()
        .map(|r| r.name.chars().count())
        .max()
        .unwrap_or(0);
    for row in rows {
        let mark = if row.key { "*" } else { " " };
        let arrow = row.relation.unwrap_or("");
        let _ = writeln!(out, "    {mark} {:width$}  {arrow:3} {}", row.name, row.ty);
    }
    for arrow in diagram
        .arrows
        .iter()
        .filter(|a| a.from == at && a.row.is_none())
    {
        let _ = writeln!(out, "      -> {}", diagram.nodes[arrow.to].id());
    }
}
