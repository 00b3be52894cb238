//! Splits SQL text into statements: a server's protocol, and the journal, take one at a time.

/// Splits at semicolons outside of quotes, comments and bodies (`BEGIN … END` of triggers and
/// procedures). Statements keep their text, comments included; empty ones are left out.
///
/// `backslash` says whether a backslash escapes within quotes, as in the MySQL family.
///
/// # Errors
/// A message if a quote or comment does not end.
pub fn split_sql(text: &str, backslash: bool) -> Result<Vec<String>, String> {
    let mut splitter = Splitter {
        text,
        backslash,
        at: 0,
        start: 0,
        words: 0,
        body: Body::No,
        out: Vec::new(),
        solid: false,
    };
    splitter.run()?;
    Ok(splitter.out)
}

/// Whether semicolons may belong to a body.
#[derive(Clone, Copy, PartialEq)]
enum Body {
    /// An ordinary statement.
    No,
    /// CREATE stood first; the next words tell.
    Perhaps,
    /// Within so many BEGIN and CASE.
    In(usize),
}

struct Splitter<'a> {
    text: &'a str,
    backslash: bool,
    at: usize,
    start: usize,
    /// Words of the statement so far.
    words: usize,
    body: Body,
    out: Vec<String>,
    /// Whether the statement holds anything but blanks and comments.
    solid: bool,
}

impl Splitter<'_> {
    fn run(&mut self) -> Result<(), String> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            let rest = &self.text[self.at..];
            match byte {
                b'\'' | b'"' | b'`' => self.quoted(byte, byte)?,
                b'[' if !self.backslash => self.quoted(b'[', b']')?,
                b'-' if rest.starts_with("--") && self.is_line_comment(rest) => self.line(),
                b'#' if self.backslash => self.line(),
                b'/' if rest.starts_with("/*") => match rest.find("*/") {
                    // MySQL runs what stands in `/*! … */`.
                    Some(end) => {
                        self.solid |= rest.starts_with("/*!");
                        self.at += end + 2;
                    }
                    None => return Err(self.unended("comment", self.at)),
                },
                b';' if matches!(self.body, Body::In(1..)) => self.at += 1,
                b';' => self.end(),
                b if b.is_ascii_alphabetic() || b == b'_' => self.word(),
                // Not a word's start, so the rest of the word is no keyword.
                b if b.is_ascii_digit() || b == b'$' || b == b'@' => drop(self.skip_word()),
                b => {
                    self.solid |= !b.is_ascii_whitespace();
                    self.at += rest.chars().next().map_or(1, char::len_utf8);
                }
            }
        }
        self.end();
        Ok(())
    }

    /// MySQL wants a blank after the two dashes; `1--1` is a sum there.
    fn is_line_comment(&self, rest: &str) -> bool {
        !self.backslash || rest[2..].chars().next().is_none_or(char::is_whitespace)
    }

    fn line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    fn quoted(&mut self, open: u8, close: u8) -> Result<(), String> {
        let from = self.at;
        let bytes = self.text.as_bytes();
        let escapes = self.backslash && open != b'`';
        self.solid = true;
        self.at += 1;
        while let Some(&byte) = bytes.get(self.at) {
            self.at += 1;
            if byte == b'\\' && escapes {
                self.at += 1;
            } else if byte == close {
                // A doubled quote begins a new quoted part, which comes to the same.
                return Ok(());
            }
        }
        Err(self.unended("quote", from))
    }

    fn unended(&self, what: &str, from: usize) -> String {
        let line = self.text[..from].matches('\n').count() + 1;
        format!("the {what} that begins in line {line} does not end")
    }

    fn skip_word(&mut self) -> &str {
        let from = self.at;
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == '@';
        let rest = &self.text[from..];
        self.at += rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        self.solid = true;
        self.words += 1;
        &self.text[from..self.at]
    }

    fn word(&mut self) {
        let first = self.words == 0;
        let word = self.skip_word().to_ascii_uppercase();
        self.body = match (self.body, word.as_str()) {
            (Body::No, "CREATE") if first => Body::Perhaps,
            (Body::Perhaps, "TRIGGER" | "PROCEDURE" | "FUNCTION" | "EVENT") => Body::In(0),
            // The name of what is created comes soon after what it is.
            (Body::Perhaps, "TABLE" | "INDEX" | "VIEW" | "DATABASE" | "SCHEMA") => Body::No,
            (Body::In(depth), "BEGIN" | "CASE") => Body::In(depth + 1),
            (Body::In(depth), "END") => self.after_end(depth),
            (body, _) => body,
        };
    }

    /// `END IF` and its like close what was not counted; `END CASE` closes one CASE.
    fn after_end(&mut self, depth: usize) -> Body {
        let rest = self.text[self.at..].trim_start();
        let next: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
        match next.to_ascii_uppercase().as_str() {
            "IF" | "LOOP" | "WHILE" | "REPEAT" | "FOR" => Body::In(depth),
            "CASE" => {
                self.at = self.text.len() - rest.len() + next.len();
                Body::In(depth.saturating_sub(1))
            }
            _ => Body::In(depth.saturating_sub(1)),
        }
    }

    fn end(&mut self) {
        let statement = self.text[self.start..self.at].trim();
        if self.solid {
            self.out.push(statement.to_owned());
        }
        self.at = (self.at + 1).min(self.text.len());
        self.start = self.at;
        self.words = 0;
        self.body = Body::No;
        self.solid = false;
        // The last call may stand at the very end already.
        if self.start == self.text.len() {
            self.at = self.start;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split_sql;

    fn check(text: &str, backslash: bool, expected: &[&str]) {
        assert_eq!(split_sql(text, backslash).unwrap(), expected, "{text}");
    }

    #[test]
    fn splits_at_semicolons_only_outside_quotes_and_comments() {
        check("a; b", true, &["a", "b"]);
        check("a;;\n ; b;", true, &["a", "b"]);
        check("", true, &[]);
        check(
            "SELECT 'a;b', \"c;d\", `e;f`; x",
            true,
            &["SELECT 'a;b', \"c;d\", `e;f`", "x"],
        );
        check("SELECT 'it''s; ok'; x", false, &["SELECT 'it''s; ok'", "x"]);
        check(
            "SELECT 1 -- one; two\n; x",
            true,
            &["SELECT 1 -- one; two", "x"],
        );
        check(
            "/* a; b */ SELECT 1; # c; d",
            true,
            &["/* a; b */ SELECT 1"],
        );
        check("SELECT [a;b]; x", false, &["SELECT [a;b]", "x"]);
        check("SELECT 'ü;é'; ü", true, &["SELECT 'ü;é'", "ü"]);
    }

    #[test]
    fn backslash_escapes_in_the_mysql_family_only() {
        check(r"SELECT 'a\'; b'; x", true, &[r"SELECT 'a\'; b'", "x"]);
        check(r"SELECT 'a\'; b", false, &[r"SELECT 'a\'", "b"]);
        check("SELECT 1--1; x", true, &["SELECT 1--1", "x"]);
        check("SELECT 1--1; x", false, &["SELECT 1--1; x"]);
    }

    #[test]
    fn keeps_bodies_whole() {
        let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END";
        check(&format!("{trigger}; x"), false, &[trigger, "x"]);
        let procedure = "CREATE PROCEDURE p() BEGIN IF 1 THEN SELECT 1; END IF; CASE 1 WHEN 1 THEN SELECT 2; END CASE; END";
        check(&format!("{procedure}; x"), true, &[procedure, "x"]);
        check(
            "CREATE TABLE begin_ (a int); x",
            true,
            &["CREATE TABLE begin_ (a int)", "x"],
        );
    }

    #[test]
    fn says_where_a_quote_begins_that_does_not_end() {
        let error = split_sql("a;\nSELECT 'b", true).unwrap_err();
        assert_eq!(error, "the quote that begins in line 2 does not end");
        assert!(split_sql("/* a", true).unwrap_err().contains("comment"));
    }
}
