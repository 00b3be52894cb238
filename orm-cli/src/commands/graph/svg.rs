//! A diagram as a picture that needs no other program.
//!
//! Each app is a block; in it boxes stand in columns, those that are referred to left of those that
//! refer to them. Blocks fill lines of about equal width, so that fifty models fit a screen.

use std::fmt::Write as _;

use super::dot::escaped;
use super::{Arrow, Diagram, Node};

/// Measures, in pixels.
const ROW: usize = 18;
const HEAD: usize = 26;
const GAP: usize = 36;
const CHARACTER: usize = 7;
/// A column of a block is filled up to this height.
const COLUMN: usize = 760;
/// A line of blocks is filled up to this width.
const LINE: usize = 2_000;

/// Where a box stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

/// A block of an app, before it has a place of its own.
struct Block<'d> {
    group: &'d str,
    boxes: Vec<(usize, Place)>,
    width: usize,
    height: usize,
}

pub(super) fn draw(diagram: &Diagram) -> String {
    let ranks = ranks(diagram);
    let blocks: Vec<Block<'_>> = diagram
        .groups()
        .into_iter()
        .map(|(group, places)| block(diagram, &ranks, group, places))
        .collect();
    let mut places = vec![Place::default(); diagram.nodes.len()];
    let mut frames = String::new();
    let (mut x, mut y, mut line) = (GAP, GAP, 0);
    let (mut right, mut bottom) = (0, 0);
    for block in blocks {
        if x > GAP && x + block.width > LINE {
            (x, y, line) = (GAP, y + line + GAP, 0);
        }
        let _ = writeln!(
            frames,
            "<rect class=\"app\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"6\"/>\n<text class=\"app\" x=\"{}\" y=\"{}\">{}</text>",
            block.width,
            block.height,
            x + 12,
            y + 20,
            escaped(block.group)
        );
        for (at, place) in block.boxes {
            places[at] = Place {
                x: x + place.x,
                y: y + place.y,
                ..place
            };
        }
        right = right.max(x + block.width);
        bottom = bottom.max(y + block.height);
        line = line.max(block.height);
        x += block.width + GAP;
    }
    let mut out = head(right + GAP, bottom + GAP);
    out.push_str(&frames);
    for arrow in &diagram.arrows {
        line_of(&mut out, diagram, arrow, &places);
    }
    for (node, place) in diagram.nodes.iter().zip(&places) {
        box_of(&mut out, node, *place);
    }
    out.push_str("</svg>\n");
    out
}

/// How many arrows lie behind each box at most, as far as they do not lead in a circle.
fn ranks(diagram: &Diagram) -> Vec<usize> {
    let count = diagram.nodes.len();
    let mut ranks = vec![0; count];
    // Once through for each rank; a circle would go on for ever.
    for _ in 0..count.min(12) {
        let mut changed = false;
        for arrow in &diagram.arrows {
            let wanted = ranks[arrow.to] + 1;
            if arrow.from != arrow.to && ranks[arrow.from] < wanted && wanted < count.min(12) {
                ranks[arrow.from] = wanted;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    ranks
}

fn size(node: &Node) -> (usize, usize) {
    let rows = node
        .rows
        .iter()
        .map(|r| r.name.chars().count() + r.ty.chars().count() + 4);
    let head = [node.name.chars().count() + 2, node.note.chars().count()];
    let width = rows.chain(head).max().unwrap_or(0) * CHARACTER + 20;
    let note = if node.note.is_empty() { 0 } else { ROW };
    (width.max(120), HEAD + note + node.rows.len() * ROW + 6)
}

fn block<'d>(
    diagram: &Diagram,
    ranks: &[usize],
    group: &'d str,
    mut places: Vec<usize>,
) -> Block<'d> {
    places.sort_by_key(|&at| (ranks[at], at));
    let mut boxes = Vec::with_capacity(places.len());
    let (mut x, mut y, mut wide, mut high) = (GAP / 2, HEAD + 6, 0, 0);
    for at in places {
        let (width, height) = size(&diagram.nodes[at]);
        if y > HEAD + 6 && y + height > COLUMN {
            (x, y, wide) = (x + wide + GAP * 2, HEAD + 6, 0);
        }
        boxes.push((
            at,
            Place {
                x,
                y,
                width,
                height,
            },
        ));
        wide = wide.max(width);
        y += height + GAP / 2;
        high = high.max(y);
    }
    let title = group.chars().count() * (CHARACTER + 2) + 24;
    Block {
        group,
        boxes,
        width: (x + wide + GAP / 2).max(title),
        height: high,
    }
}

fn head(width: usize, height: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" font-size=\"12\">\n\
         <style>rect.app{{fill:#f4f6f9;stroke:#c3ccd8}}text.app{{font-size:14px;fill:#5a6b80}}\
         rect.box{{fill:#fff;stroke:#5a6b80}}rect.head{{fill:#dde6f0;stroke:#5a6b80}}.name{{font-weight:bold}}\
         .note{{fill:#5a6b80;font-size:11px}}.type{{fill:#5a6b80}}.key{{text-decoration:underline}}\
         path.to{{fill:none;stroke:#7a8ba0}}path.maybe{{stroke-dasharray:4 3}}</style>\n\
         <defs><marker id=\"to\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto-start-reverse\"><path d=\"M0 0 8 4 0 8z\" fill=\"#7a8ba0\"/></marker></defs>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    )
}

fn box_of(out: &mut String, node: &Node, place: Place) {
    let Place {
        x,
        y,
        width,
        height,
    } = place;
    let note = if node.note.is_empty() { 0 } else { ROW };
    let _ = writeln!(
        out,
        "<rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>\n\
         <rect class=\"head\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\"/>\n\
         <text class=\"name\" x=\"{}\" y=\"{}\">{}</text>",
        HEAD + note,
        x + 8,
        y + 17,
        escaped(&node.name)
    );
    if note > 0 {
        let _ = writeln!(
            out,
            "<text class=\"note\" x=\"{}\" y=\"{}\">{}</text>",
            x + 8,
            y + 34,
            escaped(&node.note)
        );
    }
    let names = node
        .rows
        .iter()
        .map(|r| r.name.chars().count())
        .max()
        .unwrap_or(0);
    for (number, row) in node.rows.iter().enumerate() {
        let line = y + HEAD + note + number * ROW + 14;
        let class = if row.key { " class=\"key\"" } else { "" };
        let _ = writeln!(
            out,
            "<text{class} x=\"{}\" y=\"{line}\">{}</text><text class=\"type\" x=\"{}\" y=\"{line}\">{}</text>",
            x + 8,
            escaped(&row.name),
            x + 8 + (names + 2) * CHARACTER,
            escaped(&row.ty)
        );
    }
}

/// A curve from the row to the head of the other box, from and to the sides that are nearer.
fn line_of(out: &mut String, diagram: &Diagram, arrow: &Arrow, places: &[Place]) {
    let (from, to) = (places[arrow.from], places[arrow.to]);
    let note = if diagram.nodes[arrow.from].note.is_empty() {
        0
    } else {
        ROW
    };
    let y1 = match arrow.row {
        Some(row) => from.y + HEAD + note + row * ROW + 10,
        None => from.y + HEAD / 2,
    };
    let y2 = to.y + HEAD / 2;
    let leftwards = to.x + to.width <= from.x;
    let same = from.x < to.x + to.width && to.x < from.x + from.width;
    let (x1, x2) = match (leftwards, same) {
        (true, _) => (from.x, to.x + to.width),
        (false, true) => (from.x + from.width, to.x + to.width),
        (false, false) => (from.x + from.width, to.x),
    };
    let bend = GAP.max(x1.abs_diff(x2) / 3);
    let c1 = if leftwards {
        x1.saturating_sub(bend)
    } else {
        x1 + bend
    };
    let c2 = if leftwards || same {
        x2 + bend
    } else {
        x2.saturating_sub(bend)
    };
    let maybe = if arrow.optional { " maybe" } else { "" };
    let both = if arrow.many.1 {
        " marker-start=\"url(#to)\""
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "<path class=\"to{maybe}\" d=\"M{x1} {y1} C{c1} {y1} {c2} {y2} {x2} {y2}\" marker-end=\"url(#to)\"{both}><title>{}.{} to {}</title></path>",
        escaped(&diagram.nodes[arrow.from].id()),
        escaped(&arrow.label),
        escaped(&diagram.nodes[arrow.to].id()),
    );
}
