//! What goes wrong, told so that it can be mended: the place, the cause and the way out.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// Exit code: a difference was found, or `check` found errors.
pub const EXIT_DIFFERENCE: u8 = 1;
/// Exit code: wrong usage, configuration or source.
pub const EXIT_USAGE: u8 = 2;
/// Exit code: the database refused or could not be reached.
pub const EXIT_DATABASE: u8 = 3;
/// Exit code: it would lose data, and nobody confirmed.
pub const EXIT_REFUSED: u8 = 4;

/// A place in a text file. Line and column are counted only when asked for: there is one place for
/// every field of every model.
#[derive(Clone)]
pub struct Place {
    /// The file.
    pub file: Arc<Path>,
    /// The bytes meant, within `source`.
    pub bytes: Range<usize>,
    /// The file's text; empty where it is not at hand.
    pub source: Arc<str>,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}",
            self.file.display(),
            self.line(),
            self.column()
        )
    }
}

impl Place {
    /// The place of these bytes in a text.
    pub fn new(file: impl Into<Arc<Path>>, source: &Arc<str>, bytes: Range<usize>) -> Self {
        let start = floor_boundary(source, bytes.start);
        let end = floor_boundary(source, bytes.end).max(start);
        Self {
            file: file.into(),
            bytes: start..end,
            source: Arc::clone(source),
        }
    }

    /// A whole file, where no line is known.
    pub fn file(file: impl Into<Arc<Path>>) -> Self {
        Self {
            file: file.into(),
            bytes: 0..0,
            source: Arc::from(""),
        }
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.before().bytes().filter(|b| *b == b'\n').count() + 1
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        let before = self.before();
        let line = before.rfind('\n').map_or(before, |i| &before[i + 1..]);
        line.chars().count() + 1
    }

    fn before(&self) -> &str {
        &self.source[..self.bytes.start]
    }
}

/// The nearest character boundary at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One fault.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where, if it has a place in a file.
    pub place: Option<Place>,
    /// The way out.
    pub hint: Option<String>,
    /// Whether it is a warning only.
    pub warning: bool,
}

impl Diagnostic {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place: None,
            hint: None,
            warning: false,
        }
    }

    /// An error at a place.
    pub fn at(place: Place, message: impl Into<String>) -> Self {
        Self {
            place: Some(place),
            ..Self::new(message)
        }
    }

    /// Adds the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Renders it as rustc does: the message, the source line with a mark, the hint.
    pub fn render(&self, color: bool) -> String {
        let level = if self.warning {
            Level::WARNING
        } else {
            Level::ERROR
        };
        let mut group = level
            .primary_title(self.message.as_str())
            .elements(None::<annotate_snippets::Message<'_>>);
        let path;
        if let Some(place) = &self.place {
            path = shown(&place.file);
            if place.source.is_empty() {
                group = group.element(annotate_snippets::Origin::path(path.as_str()));
            } else {
                let note = AnnotationKind::Primary.span(place.bytes.clone());
                group = group.element(
                    Snippet::source(&*place.source)
                        .path(path.as_str())
                        .annotation(note),
                );
            }
        }
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }
}

/// A path as shown: relative to the working directory where it lies below it.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here)
        .unwrap_or(path)
        .display()
        .to_string()
}

/// Why a command did not do what it was asked.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// The faults, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// Wrong usage, configuration or source.
    pub fn usage(message: impl Into<String>) -> Self {
        Diagnostic::new(message).into()
    }

    /// A failure with another exit code.
    pub fn with_code(code: u8, diagnostic: Diagnostic) -> Self {
        Self {
            code,
            diagnostics: vec![diagnostic],
        }
    }

    /// A database error, with its whole chain of causes.
    pub fn database(error: &(dyn std::error::Error + 'static)) -> Self {
        Self::with_code(EXIT_DATABASE, Diagnostic::new(chain(error)))
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::with_code(EXIT_USAGE, diagnostic)
    }
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            code: EXIT_USAGE,
            diagnostics,
        }
    }
}

/// An error and its causes in one line.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    let mut whole = error.is::<orm::DbError>();
    while let Some(cause) = source {
        // An error of a database holds the driver's words already.
        if whole {
            break;
        }
        whole = cause.is::<orm::DbError>();
        let cause_text = cause.to_string();
        // A library that repeats its source in its message would make us say it twice.
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
