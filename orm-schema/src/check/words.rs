//! Reads a column type in the server's own words, as far as rules ask.

use crate::FieldType;

/// `VARCHAR(20) CHARACTER SET utf8`: the type's name, its numbers, the words behind it.
pub(super) struct OwnWords {
    /// The name, in lower case.
    pub(super) head: String,
    /// What stands in the first brackets; `None` where there are none right behind the name.
    pub(super) arguments: Option<String>,
    /// All words outside of quotes and of the first brackets, in lower case.
    pub(super) rest: Vec<String>,
}

impl OwnWords {
    pub(super) fn read(sql: &str) -> Self {
        let text = without_quoted(&sql.to_ascii_lowercase());
        let text = text.trim();
        let end = text
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(text.len());
        let (head, behind) = text.split_at(end);
        let (arguments, rest) = match behind.trim_start().strip_prefix('(') {
            Some(inner) => match inner.split_once(')') {
                Some((arguments, rest)) => (Some(arguments.trim().to_owned()), rest),
                None => (Some(inner.trim().to_owned()), ""),
            },
            None => (None, behind),
        };
        let rest = rest
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect();
        Self {
            head: head.to_owned(),
            arguments,
            rest,
        }
    }

    /// The numbers in the brackets, as in `DECIMAL(10, 2)`; empty where there is anything else.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let arguments = self.arguments.as_deref().unwrap_or_default();
        let numbers: Result<Vec<u32>, _> = arguments.split(',').map(|n| n.trim().parse()).collect();
        numbers.unwrap_or_default()
    }
}

/// The text with all that stands in quotes taken out: `enum('check')` holds no word `check`.
fn without_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut quote = None;
    while let Some(c) = chars.next() {
        match quote {
            Some(_) if c == '\\' => drop(chars.next()),
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None => out.push(c),
        }
    }
    out
}

/// Whether the column is a floating point number.
pub(super) fn is_float(ty: &FieldType) -> bool {
    match ty {
        FieldType::Float | FieldType::Double => true,
        FieldType::Sql(sql) => {
            matches!(&*OwnWords::read(sql).head, "float" | "double" | "real")
        }
        _ => false,
    }
}

/// Whether the column is an ENUM, which only own words make.
pub(super) fn is_enum(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Sql(sql) if OwnWords::read(sql).head == "enum")
}

/// Whether the column is a text, as FULLTEXT wants it; of unknown types nothing is said.
pub(super) fn is_text(ty: &FieldType) -> bool {
    match ty {
        FieldType::Sql(sql) => {
            let head = OwnWords::read(sql).head;
            head.is_empty() || head.ends_with("char") || head.ends_with("text")
        }
        other => other.is_text(),
    }
}

/// Whether the column is a vector; of unknown types nothing is said.
pub(super) fn is_vector(ty: &FieldType) -> bool {
    match ty {
        FieldType::Sql(sql) => matches!(&*OwnWords::read(sql).head, "" | "vector"),
        other => matches!(other, FieldType::Vector { .. }),
    }
}
