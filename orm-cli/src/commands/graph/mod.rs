//! `graph`: draws the models and what they refer to, or the migrations and what they depend on.

mod dot;
mod mermaid;
mod migrations;
mod models;
mod svg;
mod text;

use serde_json::json;

use super::Context;
use crate::args::{self, Drawing};
use crate::report::Failure;

/// What is drawn: boxes in groups, and arrows between them.
#[derive(Debug, Default)]
struct Diagram {
    nodes: Vec<Node>,
    arrows: Vec<Arrow>,
}

/// A box: a model, or a migration.
#[derive(Debug)]
struct Node {
    /// The app.
    group: String,
    name: String,
    /// What stands beside the name: how rows are kept.
    note: String,
    rows: Vec<Row>,
}

/// A field.
#[derive(Debug)]
struct Row {
    name: String,
    ty: String,
    /// Whether it is the key, or a part of it.
    key: bool,
    /// What a relation is, as `ForeignKey` spells it: `->`, `--`, `<->`.
    relation: Option<&'static str>,
}

/// An arrow from a box, or one of its rows, to another box.
#[derive(Debug)]
struct Arrow {
    from: usize,
    row: Option<usize>,
    to: usize,
    label: String,
    /// Whether any number of the first belong to one of the second, and the other way round.
    many: (bool, bool),
    /// Whether there may be none.
    optional: bool,
}

impl Node {
    /// `app.Name`.
    fn id(&self) -> String {
        format!("{}.{}", self.group, self.name)
    }

    /// Letters, digits and underscores alone.
    fn word(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        self.id().chars().map(plain).collect()
    }

    /// The name, and the note in brackets.
    fn title(&self) -> String {
        match self.note.as_str() {
            "" => self.id(),
            note => format!("{} ({note})", self.id()),
        }
    }
}

impl Diagram {
    /// The groups in order, with the places of their boxes.
    fn groups(&self) -> Vec<(&str, Vec<usize>)> {
        let mut out: Vec<(&str, Vec<usize>)> = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            match out.iter_mut().find(|(group, _)| *group == node.group) {
                Some((_, list)) => list.push(at),
                None => out.push((&node.group, vec![at])),
            }
        }
        out
    }
}

pub(super) fn run(context: &Context<'_>, args: &args::Graph) -> Result<u8, Failure> {
    let diagram = match args.migrations {
        true => migrations::diagram(context, &args.apps)?,
        false => models::diagram(context, &args.apps)?,
    };
    if context.output.json() {
        context.output.document(&document(&diagram));
        return Ok(0);
    }
    let drawn = match (args.draw, args.migrations) {
        (Drawing::Text, _) => text::draw(&diagram),
        (Drawing::Mermaid, false) => mermaid::entities(&diagram),
        (Drawing::Mermaid, true) => mermaid::flow(&diagram),
        (Drawing::Dot, _) => dot::draw(&diagram),
        (Drawing::Svg, _) => svg::draw(&diagram),
    };
    context.output.say(drawn.trim_end());
    Ok(0)
}

fn document(diagram: &Diagram) -> serde_json::Value {
    let node = |n: &Node| {
        let rows = n
            .rows
            .iter()
            .map(|r| json!({ "name": r.name, "type": r.ty, "key": r.key }));
        json!({ "app": n.group, "name": n.name, "note": n.note, "fields": rows.collect::<Vec<_>>() })
    };
    let arrow = |a: &Arrow| json!({ "from": diagram.nodes[a.from].id(), "to": diagram.nodes[a.to].id(), "field": a.label });
    json!({
        "nodes": diagram.nodes.iter().map(node).collect::<Vec<_>>(),
        "arrows": diagram.arrows.iter().map(arrow).collect::<Vec<_>>(),
    })
}
