//! Words, names, texts and signs of a CREATE statement.

use std::ops::Range;

use super::ParseError;

/// One token, with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A bare word, as written.
    Word(String),
    /// A quoted name, without its quotes.
    Name(String),
    /// A text in single quotes, without them.
    Text(String),
    /// A number.
    Number,
    /// Any other character.
    Sign(char),
}

/// Splits a statement. `backslash`: whether it escapes in texts (MySQL's family).
pub(super) fn tokens(text: &str, backslash: bool) -> Result<Vec<Token>, ParseError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        backslash,
    };
    let mut out = Vec::new();
    while let Some(token) = lexer.next()? {
        out.push(token);
    }
    Ok(out)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    backslash: bool,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Result<Option<Token>, ParseError> {
        self.skip()?;
        let Some(c) = self.rest().chars().next() else {
            return Ok(None);
        };
        let start = self.at;
        let kind = match c {
            '`' => Kind::Name(self.quoted('`', false)?),
            '"' => Kind::Name(self.quoted('"', false)?),
            '[' => Kind::Name(self.quoted(']', false)?),
            '\'' => Kind::Text(self.quoted('\'', self.backslash)?),
            c if c.is_ascii_digit() => {
                self.take(|c| c.is_ascii_alphanumeric() || c == '.');
                Kind::Number
            }
            c if is_word(c) => {
                self.take(is_word);
                Kind::Word(self.text[start..self.at].to_owned())
            }
            c => {
                self.at += c.len_utf8();
                Kind::Sign(c)
            }
        };
        Ok(Some(Token {
            kind,
            at: start..self.at,
        }))
    }

    fn take(&mut self, fits: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !fits(c)).unwrap_or(rest.len());
    }

    /// Passes over blanks and comments; what stands in `/*!80023 … */` takes part, as it does for the
    /// servers that print it.
    fn skip(&mut self) -> Result<(), ParseError> {
        loop {
            self.take(char::is_whitespace);
            let rest = self.rest();
            if rest.starts_with("--") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*!") {
                self.at += 3;
                self.take(|c| c.is_ascii_digit());
            } else if rest.starts_with("*/") {
                self.at += 2;
            } else if rest.starts_with("/*") {
                match rest.find("*/") {
                    Some(end) => self.at += end + 2,
                    None => {
                        return Err(ParseError::new(
                            self.text,
                            self.at,
                            "a comment that does not end",
                        ));
                    }
                }
            } else {
                return Ok(());
            }
        }
    }

    /// What stands between the quote at hand and `close`; a doubled `close` is one of it.
    fn quoted(&mut self, close: char, backslash: bool) -> Result<String, ParseError> {
        let start = self.at;
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            if backslash && c == '\\' {
                if let Some((_, escaped)) = chars.next() {
                    out.push(unescaped(escaped));
                }
            } else if c == close {
                // `]]` is no escape in SQLite: a name in brackets ends at the first.
                if close != ']' && chars.peek().is_some_and(|(_, n)| *n == close) {
                    chars.next();
                    out.push(c);
                } else {
                    self.at = start + i + c.len_utf8();
                    return Ok(out);
                }
            } else {
                out.push(c);
            }
        }
        Err(ParseError::new(
            self.text,
            start,
            "a quote that is not closed",
        ))
    }
}

fn unescaped(c: char) -> char {
    match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        'Z' => '\u{1a}',
        'b' => '\u{8}',
        c => c,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@')
}
