//! What is wrong with a migration file, and where.

/// A migration file that cannot be read.
///
/// Its text is `file:line:column: what is wrong; way out`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {problem}{}", .hint.as_ref().map(|h| format!("; {h}")).unwrap_or_default())]
pub struct FormatError {
    /// The file, as it was named to the reader.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
    /// The way out, where one is known.
    pub hint: Option<String>,
}

impl FormatError {
    /// Makes an error at a byte of the text.
    pub(crate) fn at(file: &str, text: &str, byte: usize, problem: impl Into<String>) -> Self {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &text[..byte];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            problem: problem.into(),
            hint: None,
        }
    }

    /// Adds a way out.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
