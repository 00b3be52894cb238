//! A diagram for Graphviz.

use std::fmt::Write as _;

use super::{Diagram, Node};

/// A directed graph with a cluster for each app.
pub(super) fn draw(diagram: &Diagram) -> String {
    let mut out = "digraph {\n  rankdir=LR;\n  node [shape=plain, fontname=\"sans-serif\", fontsize=11];\n  edge [fontname=\"sans-serif\", fontsize=9];\n".to_owned();
    for (number, (group, places)) in diagram.groups().into_iter().enumerate() {
        let _ = writeln!(
            out,
            "  subgraph cluster_{number} {{\n    label=\"{}\";",
            quoted(group)
        );
        for at in places {
            let node = &diagram.nodes[at];
            let _ = writeln!(out, "    {} [label=<{}>];", node.word(), table(node));
        }
        out.push_str("  }\n");
    }
    for arrow in &diagram.arrows {
        let port = arrow.row.map_or(String::new(), |row| format!(":f{row}"));
        let style = if arrow.optional { ", style=dashed" } else { "" };
        let both = if arrow.many.1 { ", dir=both" } else { "" };
        let _ = writeln!(
            out,
            "  {}{port} -> {} [tooltip=\"{}\"{style}{both}];",
            diagram.nodes[arrow.from].word(),
            diagram.nodes[arrow.to].word(),
            quoted(&arrow.label)
        );
    }
    out.push_str("}\n");
    out
}

fn table(node: &Node) -> String {
    let mut out = format!(
        "<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"4\"><tr><td bgcolor=\"#dde6f0\" colspan=\"2\"><b>{}</b>",
        escaped(&node.name)
    );
    if !node.note.is_empty() {
        let _ = write!(out, "<br/><i>{}</i>", escaped(&node.note));
    }
    out.push_str("</td></tr>");
    for (at, row) in node.rows.iter().enumerate() {
        let name = match row.key {
            true => format!("<u>{}</u>", escaped(&row.name)),
            false => escaped(&row.name),
        };
        let _ = write!(
            out,
            "<tr><td align=\"left\">{name}</td><td align=\"left\" port=\"f{at}\">{}</td></tr>",
            escaped(&row.ty)
        );
    }
    out.push_str("</table>");
    out
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Text between tags.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
