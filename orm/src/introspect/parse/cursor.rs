//! A place among tokens.

use super::ParseError;
use super::lexer::{Kind, Token};

pub(super) struct Cursor<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            text,
            tokens,
            at: 0,
        }
    }

    pub(super) fn error(&self, problem: &str) -> ParseError {
        let at = self
            .tokens
            .get(self.at)
            .map_or(self.text.len(), |t| t.at.start);
        ParseError::new(self.text, at, problem)
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn kind(&self) -> Option<&'a Kind> {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, n: usize) -> Option<&'a Kind> {
        self.tokens.get(self.at + n).map(|t| &t.kind)
    }

    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    /// The number of the token at hand, for [`slice`](Self::slice).
    pub(super) fn mark(&self) -> usize {
        self.at
    }

    /// Goes back to a mark.
    pub(super) fn back(&mut self, mark: usize) {
        self.at = mark;
    }

    /// The text from a mark to the token before the one at hand.
    pub(super) fn slice(&self, mark: usize) -> &'a str {
        match (
            self.tokens.get(mark),
            self.at.checked_sub(1).and_then(|i| self.tokens.get(i)),
        ) {
            (Some(first), Some(last)) if mark < self.at => &self.text[first.at.start..last.at.end],
            _ => "",
        }
    }

    pub(super) fn peek_word(&self, word: &str) -> bool {
        is_word(self.kind(), word)
    }

    pub(super) fn peek_words(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(i, w)| is_word(self.ahead(i), w))
    }

    /// Takes the word, if it is the next token; words compare without case.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        self.at += usize::from(found);
        found
    }

    /// Takes all of the words, or none.
    pub(super) fn words(&mut self, words: &[&str]) -> bool {
        let found = self.peek_words(words);
        if found {
            self.at += words.len();
        }
        found
    }

    pub(super) fn peek_sign(&self, sign: char) -> bool {
        self.kind() == Some(&Kind::Sign(sign))
    }

    pub(super) fn sign(&mut self, sign: char) -> bool {
        let found = self.peek_sign(sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect_sign(&mut self, sign: char) -> Result<(), ParseError> {
        if self.sign(sign) {
            return Ok(());
        }
        Err(self.error(&format!("expected `{sign}`")))
    }

    /// A name, quoted or not; SQLite also takes a text for one.
    pub(super) fn name(&mut self) -> Result<String, ParseError> {
        match self.kind() {
            Some(Kind::Word(name) | Kind::Name(name) | Kind::Text(name)) => {
                self.at += 1;
                Ok(name.clone())
            }
            _ => Err(self.error("expected a name")),
        }
    }

    /// A text in quotes.
    pub(super) fn text(&mut self) -> Option<String> {
        let (Some(Kind::Text(text)) | Some(Kind::Name(text))) = self.kind() else {
            return None;
        };
        self.at += 1;
        Some(text.clone())
    }

    /// What stands between the parenthesis at hand and the one that closes it.
    pub(super) fn group(&mut self) -> Result<&'a str, ParseError> {
        let open = self.at;
        self.expect_sign('(')?;
        let inside = self.at;
        let mut depth = 1;
        loop {
            match self.kind() {
                None => {
                    self.at = open;
                    return Err(self.error("a parenthesis that is not closed"));
                }
                Some(Kind::Sign('(')) => depth += 1,
                Some(Kind::Sign(')')) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let text = self.slice(inside);
                self.at += 1;
                return Ok(text);
            }
            self.at += 1;
        }
    }

    /// A list of names in parentheses; prefix lengths and directions are passed over.
    pub(super) fn names(&mut self) -> Result<Vec<String>, ParseError> {
        let parts = super::keys::parts(self)?;
        Ok(parts.into_iter().map(|p| p.text).collect())
    }
}

fn is_word(kind: Option<&Kind>, word: &str) -> bool {
    matches!(kind, Some(Kind::Word(w)) if w.eq_ignore_ascii_case(word))
}
