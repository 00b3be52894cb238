//! Full text of the second version: `MATCH (TABLE t) AGAINST ('…')` and `BM25(t, '…')`.
//!
//! The language is the part of Lucene's that the documentation shows: `field:word`, `field:"a phrase"`,
//! `field:"near words"~5`, `field:beginning*`, `field:fuzzy~1`, joined by AND, OR, AND NOT and
//! parentheses. A search becomes regular expressions over the fields; the score counts what matches.

use crate::refusal::Refusal;
use crate::sql::{Edits, Sql, quote_name, quote_text};

/// Rewrites the call at `i`, if it is one of these.
pub(super) fn rewrite(sql: &Sql, i: usize, name: &str, edits: &mut Edits) -> Result<bool, Refusal> {
    let close = sql.close(i + 1);
    let matches = name == "MATCH" && sql.word(i + 2, "TABLE");
    let (table, text, end) = if matches {
        if !sql.word(close + 1, "AGAINST") || !sql.symbol(close + 2, "(") {
            return Err(Refusal::syntax(sql.slice(i, sql.len())));
        }
        (i + 3, close + 3, sql.close(close + 2))
    } else if name == "BM25" {
        (i + 2, close.saturating_sub(1), close)
    } else {
        return Ok(false);
    };
    let wrong = || Refusal::syntax(sql.slice(i, sql.len()));
    let table = sql.name(table).ok_or_else(wrong)?;
    // A parameter is refused: whether a server takes one there nobody has reported.
    let text = sql
        .literal(text)
        .filter(|_| end < sql.len())
        .ok_or_else(wrong)?;
    let mut words = Words::new(&table, &text);
    let found = words.any().filter(|_| words.rest.trim().is_empty());
    let found = found.ok_or_else(|| Refusal::syntax(&text))?;
    let sql_text = match matches {
        true => found.condition,
        false => format!(
            "CAST(IF({}, {}, 0) AS DOUBLE)",
            found.condition,
            found.terms.join(" + ")
        ),
    };
    edits.replace(sql.start(i)..sql.end(end), sql_text);
    Ok(true)
}

/// A search in MariaDB's words.
struct Found {
    condition: String,
    /// What the score counts.
    terms: Vec<String>,
}

struct Words<'a> {
    table: &'a str,
    rest: &'a str,
}

impl<'a> Words<'a> {
    fn new(table: &'a str, text: &'a str) -> Self {
        Self { table, rest: text }
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some(behind) = rest.strip_prefix(word) else {
            return false;
        };
        if behind.starts_with(|c: char| c.is_alphanumeric()) && word != "(" && word != ")" {
            return false;
        }
        self.rest = behind;
        true
    }

    fn any(&mut self) -> Option<Found> {
        let mut found = self.all()?;
        while self.word("OR") {
            let other = self.all()?;
            found.condition = format!("({} OR {})", found.condition, other.condition);
            found.terms.extend(other.terms);
        }
        Some(found)
    }

    fn all(&mut self) -> Option<Found> {
        let mut found = self.one()?;
        while self.word("AND") {
            let not = self.word("NOT");
            let other = self.one()?;
            let word = if not { "AND NOT" } else { "AND" };
            found.condition = format!("({} {word} {})", found.condition, other.condition);
            if !not {
                found.terms.extend(other.terms);
            }
        }
        Some(found)
    }

    fn one(&mut self) -> Option<Found> {
        if self.word("(") {
            let found = self.any()?;
            return self.word(")").then_some(found);
        }
        let (field, rest) = self.rest.trim_start().split_once(':')?;
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        if field.is_empty() || !field.chars().all(is_name) {
            return None;
        }
        self.rest = rest;
        let pattern = self.term()?;
        let text = format!("{}.{}", quote_name(self.table), quote_name(field));
        let condition = format!(
            "(LOWER(IFNULL({text}, '')) REGEXP {})",
            quote_text(&pattern)
        );
        Some(Found {
            terms: vec![condition.clone()],
            condition,
        })
    }

    /// A regular expression for what stands behind a field.
    fn term(&mut self) -> Option<String> {
        let quoted = self.rest.strip_prefix('"');
        let (words, rest) = match quoted {
            Some(rest) => rest.split_once('"')?,
            None => {
                let end = self.rest.find(|c: char| !c.is_alphanumeric());
                self.rest.split_at(end.unwrap_or(self.rest.len()))
            }
        };
        self.rest = rest;
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let plain = |w: &String| w.chars().all(char::is_alphanumeric);
        if words.is_empty() || !words.iter().all(plain) {
            return None;
        }
        if let Some(rest) = self.rest.strip_prefix('~') {
            let end = rest.find(|c: char| !c.is_ascii_digit());
            let (n, rest) = rest.split_at(end.unwrap_or(rest.len()));
            self.rest = rest;
            return match (quoted, n.parse().ok()) {
                (Some(_), Some(between)) => Some(near(&words, between)),
                (None, Some(letters @ 0..=2)) => Some(whole(&fuzzy(&words[0], letters))),
                (None, None) if n.is_empty() => Some(whole(&fuzzy(&words[0], 2))),
                _ => None,
            };
        }
        if let Some(rest) = self.rest.strip_prefix('*').filter(|_| quoted.is_none()) {
            self.rest = rest;
            return Some(format!("[[:<:]]{}", words[0]));
        }
        Some(whole(&words.join("[^[:alnum:]]+")))
    }
}

fn whole(pattern: &str) -> String {
    format!("[[:<:]]({pattern})[[:>:]]")
}

/// The words with at most so many others between them, in this order or the other.
fn near(words: &[String], between: u32) -> String {
    let gap = format!("[^[:alnum:]]+([[:alnum:]]+[^[:alnum:]]+){{0,{between}}}");
    let back: Vec<&str> = words.iter().rev().map(String::as_str).collect();
    whole(&format!("{}|{}", words.join(&gap), back.join(&gap)))
}

/// The words that differ from one in so many letters at most.
fn fuzzy(word: &str, letters: u32) -> String {
    let mut all: Vec<String> = vec![word.to_owned()];
    for _ in 0..letters {
        let mut next = Vec::new();
        for word in &all {
            let chars: Vec<char> = word.chars().collect();
            for i in 0..=chars.len() {
                let (before, behind) = chars.split_at(i);
                let with = |middle: &str, behind: &[char]| {
                    let before: String = before.iter().collect();
                    before + middle + &behind.iter().collect::<String>()
                };
                next.push(with(".", behind));
                if let Some((_, behind)) = behind.split_first() {
                    next.push(with(".", behind));
                    next.push(with("", behind));
                }
            }
        }
        next.retain(|w| !w.is_empty());
        all.extend(next);
        all.sort();
        all.dedup();
    }
    all.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Mode;

    fn rewritten(text: &str) -> Result<String, Refusal> {
        let sql = Sql::new(text, Mode::default());
        let mut edits = Edits::default();
        super::super::functions::rewrite(&sql, &mut edits)?;
        Ok(edits.apply(text))
    }

    #[test]
    fn a_search_becomes_regular_expressions() {
        let cond = |pattern: &str| format!("(LOWER(IFNULL(`t0`.`b`, '')) REGEXP '{pattern}')");
        for (search, condition) in [
            ("b:tea", cond("[[:<:]](tea)[[:>:]]")),
            ("b:te*", cond("[[:<:]]te")),
            (
                "(b:tea OR b:pot)",
                format!(
                    "({} OR {})",
                    cond("[[:<:]](tea)[[:>:]]"),
                    cond("[[:<:]](pot)[[:>:]]")
                ),
            ),
            (
                "b:tea AND NOT b:pot",
                format!(
                    "({} AND NOT {})",
                    cond("[[:<:]](tea)[[:>:]]"),
                    cond("[[:<:]](pot)[[:>:]]")
                ),
            ),
            (
                "b:\"green tea\"",
                cond("[[:<:]](green[^[:alnum:]]+tea)[[:>:]]"),
            ),
            ("b:ab~1", cond("[[:<:]](.ab|.b|a|a.|a.b|ab|ab.|b)[[:>:]]")),
        ] {
            let sql = format!("SELECT 1 FROM x AS t0 WHERE MATCH (TABLE t0) AGAINST ('{search}')");
            let found = rewritten(&sql).map(|s| s.rsplit(" WHERE ").next().map(str::to_owned));
            let found = found.ok().flatten().unwrap_or_default();
            assert_eq!(found, condition, "{search}");
        }
    }

    #[test]
    fn what_is_no_search_is_refused() {
        for search in [
            "",
            "tea",
            "b:",
            "b:tea)",
            "(b:tea",
            "b:tea OR",
            "b:a~3",
            "b:\"x",
            ":x",
            "b:tea pot",
        ] {
            let sql = format!("SELECT BM25(t0, '{search}') FROM x AS t0");
            assert!(rewritten(&sql).is_err(), "{search}");
        }
        assert!(rewritten("SELECT 1 FROM x AS t0 WHERE MATCH (TABLE t0) AGAINST (?)").is_err());
    }
}
