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

    /// SHA-256 of what the migration does, in hexadecimal digits. Comments and layout of its file say
    /// nothing; nor do `replaces` and `depends_on`: when a squash is over the one goes, and others name
    /// the squashed migration in place of those that are gone.
    pub fn checksum(&self) -> String {
        digest(vec![self.operations_node()])
    }

    /// Whether this is the migration that a database recorded with a checksum, be it one of an earlier
    /// form, over what the migration depends on as well.
    pub(crate) fn is_recorded_as(&self, checksum: &str) -> bool {
        let earlier = || {
            let depends_on = ("depends_on".to_owned(), names(&self.depends_on));
            digest(vec![depends_on, self.operations_node()])
        };
        checksum == self.checksum() || checksum == earlier()
    }

    fn operations_node(&self) -> (String, Node) {
        let operations = self.operations.iter().map(|o| o.to_node());
        ("operations".to_owned(), Node::List(operations.collect()))
    }
}

fn digest(content: Vec<(String, Node)>) -> String {
    let digest = Sha256::digest(Node::Table(content).to_json().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
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
