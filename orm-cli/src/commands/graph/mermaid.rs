//! A diagram for Mermaid.

use std::fmt::Write as _;

use super::{Arrow, Diagram};

/// Models: an entity relationship diagram.
pub(super) fn entities(diagram: &Diagram) -> String {
    let mut out = "erDiagram\n".to_owned();
    for node in &diagram.nodes {
        let _ = writeln!(
            out,
            "    {}[\"{}\"] {{",
            node.word(),
            escaped(&node.title())
        );
        for row in &node.rows {
            // A set has no column.
            if row.relation == Some("<->") {
                continue;
            }
            let mark = match (row.key, row.relation) {
                (true, Some(_)) => " PK,FK",
                (true, None) => " PK",
                (false, Some(_)) => " FK",
                (false, None) => "",
            };
            let _ = writeln!(out, "        {} {}{mark}", word(&row.ty), word(&row.name));
        }
        out.push_str("    }\n");
    }
    for arrow in &diagram.arrows {
        let (from, to) = (&diagram.nodes[arrow.from], &diagram.nodes[arrow.to]);
        let _ = writeln!(
            out,
            "    {} {} {} : \"{}\"",
            from.word(),
            cardinality(arrow),
            to.word(),
            escaped(&arrow.label)
        );
    }
    out
}

fn cardinality(arrow: &Arrow) -> String {
    let left = if arrow.many.0 { "}o" } else { "|o" };
    let right = match (arrow.many.1, arrow.optional) {
        (true, _) => "o{",
        (false, true) => "o|",
        (false, false) => "||",
    };
    format!("{left}--{right}")
}

/// Migrations: a flow chart.
pub(super) fn flow(diagram: &Diagram) -> String {
    let mut out = "flowchart RL\n".to_owned();
    for (number, (group, places)) in diagram.groups().into_iter().enumerate() {
        let _ = writeln!(out, "    subgraph g{number}[\"{}\"]", escaped(group));
        for at in places {
            let node = &diagram.nodes[at];
            let _ = writeln!(out, "        {}[\"{}\"]", node.word(), escaped(&node.name));
        }
        out.push_str("    end\n");
    }
    for arrow in &diagram.arrows {
        let (from, to) = (&diagram.nodes[arrow.from], &diagram.nodes[arrow.to]);
        let _ = writeln!(out, "    {} --> {}", from.word(), to.word());
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('"', "#quot;")
}

/// What may stand as a type or a name there: letters first, then digits and brackets too.
fn word(text: &str) -> String {
    let text = text.trim_end_matches('?');
    let plain = |c: char| match c {
        c if c.is_alphanumeric() => c,
        '(' | ')' | '[' | ']' | '-' => c,
        _ => '_',
    };
    let mut out: String = text.chars().map(plain).collect();
    if !out.starts_with(char::is_alphabetic) {
        out.insert(0, 'x');
    }
    out
}
