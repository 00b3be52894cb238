//! A place in a statement, moved on by what is recognised.

use super::{Kind, Sql};
use crate::refusal::Refusal;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    pub(crate) sql: &'a Sql,
    pub(crate) at: usize,
    pub(crate) end: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(sql: &'a Sql, at: usize, end: usize) -> Self {
        Self { sql, at, end }
    }

    pub(crate) fn done(&self) -> bool {
        self.at >= self.end
    }

    pub(crate) fn is(&self, words: &str) -> bool {
        self.at + words.split(' ').count() <= self.end && self.sql.words(self.at, words)
    }

    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        !self.done() && self.sql.symbol(self.at, symbol)
    }

    /// Moves on if these keywords stand here.
    pub(crate) fn eat(&mut self, words: &str) -> bool {
        let there = self.is(words);
        if there {
            self.at += words.split(' ').count();
        }
        there
    }

    pub(crate) fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    pub(crate) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let there = self.is_symbol(symbol);
        self.at += usize::from(there);
        there
    }

    pub(crate) fn expect(&mut self, words: &str) -> Result<(), Refusal> {
        if self.eat(words) {
            Ok(())
        } else {
            Err(self.error())
        }
    }

    pub(crate) fn name(&mut self) -> Result<String, Refusal> {
        if self.done() {
            return Err(self.error());
        }
        let name = self.sql.name(self.at).ok_or_else(|| self.error())?;
        self.at += 1;
        Ok(name)
    }

    /// `name` or `database.name`.
    pub(crate) fn table(&mut self) -> Result<(Option<String>, String), Refusal> {
        let first = self.name()?;
        if self.eat_symbol(".") {
            return Ok((Some(first), self.name()?));
        }
        Ok((None, first))
    }

    pub(crate) fn literal(&mut self) -> Result<String, Refusal> {
        if self.done() {
            return Err(self.error());
        }
        let text = self.sql.literal(self.at).ok_or_else(|| self.error())?;
        self.at += 1;
        Ok(text)
    }

    /// Passes the parenthesis that opens here; the tokens within.
    pub(crate) fn parens(&mut self) -> Result<(usize, usize), Refusal> {
        let from = self.at;
        if !self.is_symbol("(") {
            return Err(self.error());
        }
        let close = self.sql.close(from);
        if close >= self.end {
            return Err(self.error());
        }
        self.at = close + 1;
        Ok((from + 1, close))
    }

    pub(crate) fn kind(&self) -> Option<Kind> {
        if self.done() {
            None
        } else {
            self.sql.kind(self.at)
        }
    }

    /// The source of the token here, past which the cursor moves.
    pub(crate) fn take(&mut self) -> &'a str {
        let text = if self.done() {
            ""
        } else {
            self.sql.at(self.at)
        };
        self.at += 1;
        text
    }

    /// A syntax error here.
    pub(crate) fn error(&self) -> Refusal {
        let from = self.sql.start(self.at.min(self.end));
        Refusal::syntax(self.sql.text.get(from..).unwrap_or_default())
    }
}
