//! Rules about defaults that the database fills in.

use super::rules::*;
use super::words::OwnWords;
use super::{Finding, Table};
use crate::{FieldDef, FieldType};

pub(super) fn check(table: &Table<'_, '_>, field: &FieldDef, sql: &str, found: &mut Vec<Finding>) {
    let text = without_on_update(sql.trim());
    let (name, model) = (&field.name, &table.model.name);
    if early_date(field, text) {
        let message = format!("`{name}` of `{model}` has the default {sql}");
        found.push(Finding::new(&S035, message).of(name));
        return;
    }
    if call_of(text).is_some_and(|f| f.eq_ignore_ascii_case("uuid")) {
        if table.is_sharded() {
            let message = format!("`{name}` of the sharded table `{model}` has the default {sql}");
            found.push(Finding::new(&S020, message).of(name));
        }
        return;
    }
    if !is_literal(text) && !is_plain_function(text) {
        let message = format!("`{name}` of `{model}` has the default {sql}");
        found.push(Finding::new(&S019, message).of(name));
    }
}

/// Whether a date is written as text whose year is below 1000; zero dates are among them.
fn early_date(field: &FieldDef, text: &str) -> bool {
    let is_date = match &field.ty {
        FieldType::Date | FieldType::DateTime => true,
        FieldType::Sql(sql) => matches!(&*OwnWords::read(sql).head, "date" | "datetime"),
        _ => false,
    };
    let inner = text
        .strip_prefix(['\'', '"'])
        .and_then(|t| t.strip_suffix(['\'', '"']));
    let year = inner.and_then(|t| t.trim().split('-').next()?.parse::<u32>().ok());
    is_date && year.is_some_and(|y| y < 1000)
}

/// The part before `ON UPDATE …`, which the server accepts behind a default.
fn without_on_update(text: &str) -> &str {
    match text.to_ascii_lowercase().find(" on update ") {
        Some(at) => text.get(..at).unwrap_or(text).trim_end(),
        None => text,
    }
}

/// The function's name in `name()` or `name(6)`.
fn call_of(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once('(')?;
    let argument = rest.strip_suffix(')')?.trim();
    let nullary = argument.bytes().all(|b| b.is_ascii_digit());
    (nullary && is_word(name.trim())).then(|| name.trim())
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Functions without arguments, but for digits of seconds, that say the time.
const TIMES: [&str; 11] = [
    "current_timestamp",
    "now",
    "localtime",
    "localtimestamp",
    "current_date",
    "curdate",
    "current_time",
    "curtime",
    "utc_timestamp",
    "utc_date",
    "utc_time",
];

fn is_plain_function(text: &str) -> bool {
    let name = call_of(text).unwrap_or(text);
    TIMES.iter().any(|t| t.eq_ignore_ascii_case(name))
}

fn is_literal(text: &str) -> bool {
    let words = ["null", "true", "false"];
    if words.iter().any(|w| w.eq_ignore_ascii_case(text)) {
        return true;
    }
    let number = text.strip_prefix(['-', '+']).unwrap_or(text);
    if number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        let hex = number.strip_prefix("0x").or(number.strip_prefix("0X"));
        return match hex {
            Some(digits) => !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()),
            None => number.parse::<f64>().is_ok(),
        };
    }
    // `b'1'` and `x'ff'` are literals too.
    let quoted = text
        .strip_prefix(['b', 'B', 'x', 'X'])
        .filter(|r| r.starts_with('\''))
        .unwrap_or(text);
    is_quoted(quoted, '\'') || is_quoted(quoted, '"')
}

/// Whether the text is one string in quotes, with doubled or escaped quotes inside.
fn is_quoted(text: &str, quote: char) -> bool {
    let Some(inner) = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)) else {
        return false;
    };
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let paired = match c {
            '\\' => chars.next().is_some(),
            c if c == quote => chars.next() == Some(quote),
            _ => true,
        };
        if !paired {
            return false;
        }
    }
    true
}
