//! The tree that stands between operations and their text, in TOML and in JSON.

use std::fmt::Write as _;

/// A value of a migration file, with the keys of tables in the order they are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A floating point number.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Vec<(String, Node)>),
}

impl Node {
    /// Makes a text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Makes a list of texts.
    pub(crate) fn texts<S: ToString>(texts: impl IntoIterator<Item = S>) -> Self {
        Self::List(
            texts
                .into_iter()
                .map(|t| Self::Text(t.to_string()))
                .collect(),
        )
    }

    /// The value of this key, if the node is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Table(pairs) => pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The node as compact JSON. Numbers that JSON has not (`nan`, `inf`) become texts.
    ///
    /// ```
    /// use orm::migrate::Node;
    /// let node = Node::Table(vec![("a".into(), Node::List(vec![Node::Int(1), Node::Bool(true)]))]);
    /// assert_eq!(node.to_json(), r#"{"a":[1,true]}"#);
    /// ```
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) {
        match self {
            Self::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Self::Int(i) => push(out, i),
            Self::Float(f) if f.is_finite() => out.push_str(&float(*f)),
            Self::Float(f) => quoted(&float(*f), out),
            Self::Text(t) => quoted(t, out),
            Self::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Self::Table(pairs) => {
                out.push('{');
                for (i, (key, value)) in pairs.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    quoted(key, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// The node as a TOML value on one line, but for texts of several lines.
    pub(crate) fn write_toml(&self, out: &mut String) {
        match self {
            Self::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Self::Int(i) => push(out, i),
            Self::Float(f) => out.push_str(&float(*f)),
            Self::Text(t) if t.contains('\n') => long_text(t, out),
            Self::Text(t) => quoted(t, out),
            Self::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    item.write_toml(out);
                }
                out.push(']');
            }
            Self::Table(pairs) if pairs.is_empty() => out.push_str("{}"),
            Self::Table(pairs) => {
                out.push_str("{ ");
                for (i, (key, value)) in pairs.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    write_key(key, out);
                    out.push_str(" = ");
                    value.write_toml(out);
                }
                out.push_str(" }");
            }
        }
    }
}

/// Appends a key, quoted where it has to be.
pub(crate) fn write_key(key: &str, out: &mut String) {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) {
        out.push_str(key);
    } else {
        quoted(key, out);
    }
}

fn push(out: &mut String, value: &impl std::fmt::Display) {
    write!(out, "{value}").expect("writing to a string cannot fail");
}

/// A float that reads back as a float, to the last bit.
fn float(f: f64) -> String {
    if f.is_nan() {
        "nan".to_owned()
    } else {
        format!("{f:?}")
    }
}

/// A text in double quotes; the escapes are those that TOML and JSON share.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    text.chars().for_each(|c| escaped(c, out));
    out.push('"');
}

fn escaped(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c.is_control() => {
            write!(out, "\\u{:04x}", c as u32).expect("writing to a string cannot fail");
        }
        c => out.push(c),
    }
}

/// A text of several lines as one reads it, between three quotes.
fn long_text(text: &str, out: &mut String) {
    out.push_str("\"\"\"\n");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push(c),
            // Only quotes that would join others have to be escaped.
            '"' if !out.ends_with('"') && chars.peek().is_some_and(|n| *n != '"') => out.push(c),
            c => escaped(c, out),
        }
    }
    out.push_str("\"\"\"");
}
