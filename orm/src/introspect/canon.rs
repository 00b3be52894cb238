//! One spelling for what databases write in several: types, defaults, expressions, storage.

use super::table::{Column, KeyKind, Table, TableKind};
use crate::dialect::{Dialect, Features};

/// Brings a table that was just read into its one form.
pub(super) fn table(table: &mut Table, dialect: &dyn Dialect) {
    let features = dialect.features();
    let embedded = features.transactional_ddl;
    json_checks(table);
    for column in &mut table.columns {
        column.ty = column_type(&column.ty, embedded);
        column.default = column.default.take().filter(|d| !is_null(d));
        column.comment = column.comment.take().filter(|c| !c.is_empty());
        column.collation = collation(column, table.collation.as_deref(), embedded);
    }
    table.comment = table.comment.take().filter(|c| !c.is_empty());
    primary_key(table, embedded);
    for key in &mut table.keys {
        key.kind = usual(key.kind, table.storage.rowstore, features);
    }
    storage(table, features);
}

/// Columns of the key accept no NULL, but for SQLite's, where only a row number is safe from it.
fn primary_key(table: &mut Table, embedded: bool) {
    let alone = table.primary_key.len() == 1;
    for name in table.primary_key.clone() {
        let without_rowid = table.kind == TableKind::WithoutRowid;
        let Some(column) = table
            .columns
            .iter_mut()
            .find(|c| super::table::same_name(&c.name, &name))
        else {
            continue;
        };
        // The key may spell its columns in another case.
        if let Some(part) = table.primary_key.iter_mut().find(|p| **p == name) {
            part.clone_from(&column.name);
        }
        let row_number = embedded && alone && column.ty == "integer" && !without_rowid;
        column.auto_increment |= row_number;
        if !embedded || row_number || without_rowid {
            column.null = false;
        }
    }
}

/// MariaDB keeps JSON as LONGTEXT with a check on it.
fn json_checks(table: &mut Table) {
    let columns = &mut table.columns;
    table.checks.retain(|check| {
        let Some(name) = json_column(check) else {
            return true;
        };
        let found = columns
            .iter_mut()
            .find(|c| c.name == name && c.ty.eq_ignore_ascii_case("longtext"));
        match found {
            Some(column) => {
                column.ty = "json".to_owned();
                false
            }
            None => true,
        }
    });
}

/// The column of ``json_valid(`column`)``.
fn json_column(check: &str) -> Option<String> {
    let text = trimmed(check);
    let (word, rest) = text.split_once('(')?;
    let inner = rest.strip_suffix(')')?.trim();
    let name = inner.strip_prefix('`')?.strip_suffix('`')?;
    word.trim()
        .eq_ignore_ascii_case("json_valid")
        .then(|| name.replace("``", "`"))
}

/// The kind that a key has anyway is none of its own.
fn usual(kind: KeyKind, rowstore: bool, features: &Features) -> KeyKind {
    let implied = match kind {
        KeyKind::Hash => !(features.sharded && rowstore),
        KeyKind::Btree => !features.sharded || rowstore,
        _ => false,
    };
    if implied { KeyKind::Usual } else { kind }
}

/// A table with a key is sharded by it where nothing is said, and one without is not sharded.
fn storage(table: &mut Table, features: &Features) {
    let storage = &mut table.storage;
    storage.shard_key = match storage.shard_key.take() {
        _ if !features.sharded || storage.reference => None,
        None => Some(table.primary_key.clone()),
        given => given,
    };
}

fn collation(column: &Column, table: Option<&str>, embedded: bool) -> Option<String> {
    let own = column.collation.clone();
    if embedded {
        return own.map(|c| c.to_lowercase()).filter(|c| c != "binary");
    }
    if !is_text(&column.ty) {
        return None;
    }
    own.or_else(|| table.map(str::to_owned))
        .map(|c| c.to_lowercase())
        .filter(|c| !c.is_empty())
}

/// Whether a type of MySQL's family, in its one spelling, follows a collation.
pub(super) fn is_text(ty: &str) -> bool {
    let base = ty.split('(').next().unwrap_or_default();
    matches!(
        base,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set"
    )
}

fn is_numeric(ty: &str) -> bool {
    let base = ty.split(['(', ' ']).next().unwrap_or_default();
    base.contains("int")
        || matches!(
            base,
            "decimal" | "double" | "float" | "real" | "numeric" | "boolean" | "decimal_text"
        )
}

/// A type in one spelling.
pub(super) fn column_type(text: &str, embedded: bool) -> String {
    let text = squeezed(text);
    if embedded {
        // A column without a type keeps what it is given, as BLOB does.
        return if text.is_empty() {
            "blob".to_owned()
        } else {
            text
        };
    }
    let (base, args, suffix) = split_type(&text);
    let base = match base {
        "bool" | "boolean" => return "tinyint(1)".to_owned(),
        "integer" => "int",
        "dec" | "numeric" | "fixed" => "decimal",
        "double precision" | "real" => "double",
        "character varying" | "char varying" | "nvarchar" => "varchar",
        "character" | "nchar" => "char",
        other => other,
    };
    let unsigned = suffix.split(' ').any(|w| w == "unsigned");
    let args = match (base, args) {
        ("tinyint", Some("1")) if !unsigned => Some("1"),
        ("tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year", _) => None,
        ("decimal", None) => Some("10,0"),
        ("char" | "binary" | "bit", None) => Some("1"),
        ("datetime" | "time" | "timestamp", Some("0")) => None,
        (_, args) => args,
    };
    let mut out = base.to_owned();
    if let Some(args) = args {
        let vector = args.strip_suffix(",f32").filter(|_| base == "vector");
        let scale = if base == "decimal" && !args.contains(',') {
            ",0"
        } else {
            ""
        };
        out.push_str(&format!("({}{scale})", vector.unwrap_or(args)));
    }
    for word in suffix.split(' ').filter(|w| !matches!(*w, "" | "signed")) {
        out.push(' ');
        out.push_str(word);
    }
    out
}

/// Base, what stands in its parentheses, and the words after.
fn split_type(text: &str) -> (&str, Option<&str>, &str) {
    let Some((base, rest)) = text.split_once('(') else {
        let words = ["unsigned", "signed", "zerofill"];
        let cut = words
            .iter()
            .filter_map(|w| text.find(&format!(" {w}")))
            .min();
        return match cut {
            Some(at) => (&text[..at], None, text[at..].trim_start()),
            None => (text, None, ""),
        };
    };
    match rest.rsplit_once(')') {
        Some((args, suffix)) => (base.trim_end(), Some(args), suffix.trim()),
        None => (base, Some(rest), ""),
    }
}

/// Lower case outside of quotes, one blank between words, none around signs.
fn squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    for c in text.trim().chars() {
        if let Some(close) = quote {
            out.push(c);
            if c == close {
                quote = None;
            }
            continue;
        }
        match c {
            '\'' | '"' | '`' => {
                quote = Some(c);
                out.push(c);
            }
            c if c.is_whitespace() => {
                if !out.ends_with([' ', '(', ',']) {
                    out.push(' ');
                }
            }
            '(' | ')' | ',' => {
                if out.ends_with(' ') {
                    out.pop();
                }
                out.push(c);
            }
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// An expression in one spelling: names without quotes, words in lower case, no blanks, no
/// parentheses around the whole, no charset before a text.
pub(super) fn expression(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bare = without_name_quotes(&trimmed(text));
    let mut chars = bare.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                strip_introducer(&mut out);
                out.push(c);
                for c in chars.by_ref() {
                    out.push(c);
                    if c == '\'' {
                        break;
                    }
                }
            }
            c if c.is_whitespace() => {
                // Two words stay two words.
                let word = |c: char| c.is_alphanumeric() || c == '_';
                let after = chars.peek().copied().is_some_and(word);
                if after && out.ends_with(word) {
                    out.push(' ');
                }
            }
            c => out.extend(c.to_lowercase()),
        }
    }
    let out = out.replace("ucase(", "upper(").replace("lcase(", "lower(");
    now(&out).unwrap_or(out)
}

/// Takes the quotes of names away; those within texts stay.
fn without_name_quotes(text: &str) -> String {
    let mut in_text = false;
    text.chars()
        .filter(|c| {
            in_text ^= *c == '\'';
            in_text || !matches!(c, '`' | '"')
        })
        .collect()
}

fn strip_introducer(out: &mut String) {
    for name in ["_utf8mb4", "_utf8mb3", "_utf8", "_latin1"] {
        if let Some(rest) = out.strip_suffix(name) {
            *out = rest.to_owned();
        }
    }
}

/// The present time in one spelling.
fn now(text: &str) -> Option<String> {
    let (word, args) = text.split_once('(').map_or((text, ""), |(w, a)| (w, a));
    let args = args.strip_suffix(')').unwrap_or(args);
    if !matches!(
        word,
        "current_timestamp" | "now" | "localtimestamp" | "localtime"
    ) {
        return None;
    }
    match args {
        "" | "0" => Some("current_timestamp".to_owned()),
        n if n.chars().all(|c| c.is_ascii_digit()) => Some(format!("current_timestamp({n})")),
        _ => None,
    }
}

/// Without the parentheses around the whole.
pub(super) fn trimmed(text: &str) -> String {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        if !closes_at_end(inner) {
            break;
        }
        text = inner.trim();
    }
    text.to_owned()
}

/// Whether the parentheses taken away belonged together.
fn closes_at_end(inner: &str) -> bool {
    let (mut depth, mut quote) = (0_i32, None);
    for c in inner.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn is_null(text: &str) -> bool {
    trimmed(text).eq_ignore_ascii_case("null")
}

/// The default of a column in one spelling.
pub(super) fn default(ty: &str, text: &str) -> String {
    let out = expression(text);
    let bare = out
        .strip_prefix('\'')
        .and_then(|t| t.strip_suffix('\''))
        .filter(|t| !t.contains('\''));
    if is_numeric(ty) {
        return number(bare.unwrap_or(&out));
    }
    let fraction =
        ty.starts_with("datetime") || ty.starts_with("timestamp") || ty.starts_with("time");
    match bare {
        Some(text) if fraction => {
            let cut = if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.')
            } else {
                text
            };
            format!("'{cut}'")
        }
        _ => out,
    }
}

fn number(text: &str) -> String {
    let text = match text {
        "true" => "1",
        "false" => "0",
        text => text.strip_prefix('+').unwrap_or(text),
    };
    let plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    if plain && text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_one_spelling() {
        for (text, expected) in [
            ("INT(11)", "int"),
            ("int(10) unsigned", "int unsigned"),
            ("INTEGER UNSIGNED", "int unsigned"),
            ("BOOL", "tinyint(1)"),
            ("tinyint(4)", "tinyint"),
            ("tinyint(1) unsigned", "tinyint unsigned"),
            ("DECIMAL(12, 4)", "decimal(12,4)"),
            ("decimal(7)", "decimal(7,0)"),
            ("numeric", "decimal(10,0)"),
            ("datetime(0)", "datetime"),
            ("DATETIME(6)", "datetime(6)"),
            ("ENUM('G', 'PG')", "enum('G','PG')"),
            ("VECTOR(3, F32)", "vector(3)"),
            ("double precision", "double"),
            ("year(4)", "year"),
            ("char", "char(1)"),
        ] {
            assert_eq!(column_type(text, false), expected, "{text}");
        }
        assert_eq!(
            column_type("DECIMAL_TEXT(12, 4)", true),
            "decimal_text(12,4)"
        );
        assert_eq!(column_type("BIGINT  UNSIGNED", true), "bigint unsigned");
    }

    #[test]
    fn defaults_have_one_spelling() {
        for (ty, a, b) in [
            ("int", "'0'", "(0)"),
            ("decimal(5,2)", "'4.90'", "4.9"),
            ("tinyint(1)", "true", "1"),
            (
                "datetime(6)",
                "current_timestamp(6)",
                "CURRENT_TIMESTAMP(6)",
            ),
            ("datetime", "NOW()", "current_timestamp()"),
            (
                "datetime(6)",
                "'2024-01-01 00:00:00.000000'",
                "'2024-01-01 00:00:00'",
            ),
            ("varchar(3)", "_utf8mb4'x'", "('x')"),
            ("int", "`a` + 1", "(a + 1)"),
            (
                "int",
                "case when `b` > 1 then 2 end",
                "CASE WHEN b > 1 THEN 2 END",
            ),
            ("text", "concat(`a`,'\"`')", "CONCAT(a, '\"`')"),
        ] {
            assert_eq!(default(ty, a), default(ty, b), "{a} {b}");
        }
        assert_ne!(default("varchar(3)", "'A'"), default("varchar(3)", "'a'"));
        assert_ne!(default("int", "1"), default("int", "10"));
    }

    #[test]
    fn only_parentheses_that_belong_together_go() {
        assert_eq!(trimmed("((a))"), "a");
        assert_eq!(trimmed("(a) + (b)"), "(a) + (b)");
        assert_eq!(trimmed("(')')"), "')'");
    }
}
