//! Migrations as canonical TOML text.

use sha2::{Digest as _, Sha256};

use super::node::{Node, write_key};
use crate::migrate::migration::Migration;

/// The longest line that holds a list.
const WIDTH: usize = 100;

/// The keys whose lists always stand one item a line, so that a change is a small diff.
const LONG_LISTS: [&str; 5] = ["fields", "indexes", "constraints", "database", "state"];

impl Migration {
    /// The text of the migration's file. The same migration always gives the same bytes.
    pub fn to_toml(&self) -> String {
        let mut out = String::from("format = 1\n");
        for (key, list) in [
            ("depends_on", &self.depends_on),
            ("replaces", &self.replaces),
        ] {
            if !list.is_empty() {
                pair(key, &names(list), &mut out);
            }
        }
        for operation in &self.operations {
            out.push_str("\n[[operations]]\n");
            if let Node::Table(pairs) = operation.to_node() {
                pairs
                    .iter()
                    .for_each(|(key, value)| pair(key, value, &mut out));
            }
        }
        out
    }

    /// SHA-256 of what the migration depends on and does, in hexadecimal digits; comments and
    /// layout of its file say nothing, nor does `replaces`, which goes when a squash is over.
    pub fn checksum(&self) -> String {
        let content = Node::Table(vec![
            ("depends_on".to_owned(), names(&self.depends_on)),
            (
                "operations".to_owned(),
                Node::List(self.operations.iter().map(|o| o.to_node()).collect()),
            ),
        ]);
        let digest = Sha256::digest(content.to_json().as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn names(list: &[(String, String)]) -> Node {
    Node::texts(list.iter().map(|(app, name)| format!("{app}.{name}")))
}

/// Appends a line `key = value`; long lists take a line for each item.
fn pair(key: &str, value: &Node, out: &mut String) {
    let start = out.len();
    write_key(key, out);
    out.push_str(" = ");
    let head = out.len();
    value.write_toml(out);
    if let Node::List(items) = value
        && !items.is_empty()
        && (LONG_LISTS.contains(&key) || out.len() - start > WIDTH)
    {
        out.truncate(head);
        out.push_str("[\n");
        for item in items {
            out.push_str("  ");
            item.write_toml(out);
            out.push_str(",\n");
        }
        out.push(']');
    }
    out.push('\n');
}
