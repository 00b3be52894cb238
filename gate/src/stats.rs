//! What was sent: counts, shapes, a log, and the statements that a careful client does not send.

use std::collections::{HashMap, VecDeque};

/// Shapes are no longer told apart beyond so many.
const MOST_SHAPES: usize = 100_000;
const LOG_LENGTH: usize = 10_000;
const EXAMPLES: usize = 50;

/// Counts of statements since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Statements, refused ones too.
    pub statements: u64,
    /// Statements that differ in more than their literals.
    pub shapes: u64,
    /// Statements that gate refused by a rule of SingleStore's.
    pub refused: u64,
    /// Queries whose rows may come in another order next time.
    pub unordered: u64,
    /// SAVEPOINT, RELEASE SAVEPOINT, ROLLBACK TO.
    pub savepoints: u64,
    /// Statements with a FOREIGN KEY or REFERENCES clause.
    pub foreign_keys: u64,
    /// Queries with a computed column that has no alias: each constant in it makes a plan of its own.
    pub unaliased: u64,
    /// COM_STMT_PREPARE.
    pub prepared: u64,
    /// Commands with statements that a client waited for: one may hold several statements.
    pub trips: u64,
}

/// What is noteworthy about a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Note {
    /// Rows without a total order.
    Unordered,
    /// A savepoint.
    Savepoint,
    /// A foreign key.
    ForeignKey,
    /// A computed column without an alias.
    Unaliased,
    /// Refused.
    Refused,
}

impl Note {
    /// Its word on the control connection.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unordered => "unordered",
            Self::Savepoint => "savepoint",
            Self::ForeignKey => "foreign_key",
            Self::Unaliased => "unaliased",
            Self::Refused => "refused",
        }
    }

    pub(crate) const ALL: [Self; 5] = [
        Self::Unordered,
        Self::Savepoint,
        Self::ForeignKey,
        Self::Unaliased,
        Self::Refused,
    ];
}

#[derive(Debug, Default)]
pub(crate) struct Stats {
    counts: Counts,
    shapes: HashMap<String, u64>,
    log: VecDeque<String>,
    examples: HashMap<Note, Vec<String>>,
}

impl Stats {
    pub(crate) fn statement(&mut self, text: &str, shape: String) {
        self.counts.statements += 1;
        if self.shapes.len() < MOST_SHAPES || self.shapes.contains_key(&shape) {
            *self.shapes.entry(shape).or_default() += 1;
        }
        if self.log.len() == LOG_LENGTH {
            self.log.pop_front();
        }
        self.log.push_back(clip(text));
    }

    pub(crate) fn trip(&mut self) {
        self.counts.trips += 1;
    }

    pub(crate) fn prepared(&mut self) {
        self.counts.prepared += 1;
    }

    pub(crate) fn note(&mut self, note: Note, text: &str) {
        *match note {
            Note::Unordered => &mut self.counts.unordered,
            Note::Savepoint => &mut self.counts.savepoints,
            Note::ForeignKey => &mut self.counts.foreign_keys,
            Note::Unaliased => &mut self.counts.unaliased,
            Note::Refused => &mut self.counts.refused,
        } += 1;
        let examples = self.examples.entry(note).or_default();
        if examples.len() < EXAMPLES {
            examples.push(clip(text));
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            shapes: self.shapes.len() as u64,
            ..self.counts.clone()
        }
    }

    pub(crate) fn shapes(&self) -> Vec<(String, u64)> {
        let mut out: Vec<_> = self.shapes.iter().map(|(s, n)| (s.clone(), *n)).collect();
        out.sort();
        out
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.log.iter().cloned().collect()
    }

    pub(crate) fn examples(&self, note: Note) -> Vec<String> {
        self.examples.get(&note).cloned().unwrap_or_default()
    }
}

/// Statements are kept up to a length that a log can hold.
fn clip(text: &str) -> String {
    const LENGTH: usize = 4_000;
    if text.len() <= LENGTH {
        return text.to_owned();
    }
    match text.char_indices().nth(LENGTH) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}
