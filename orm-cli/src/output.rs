//! Standard output and error, and what a person is asked.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::OnceLock;

use crate::args::{ColorChoice, Format, Global};
use crate::report::{Diagnostic, Failure};

/// Where a command writes to, and whether it may ask.
#[derive(Debug)]
pub(crate) struct Output {
    format: Format,
    color: bool,
    error_color: bool,
    interactive: bool,
    /// Why standard output did not take all that was written.
    lost: OnceLock<io::Error>,
}

/// A style of text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Style {
    /// A heading.
    Bold,
    /// Something added or done.
    Green,
    /// Something removed.
    Red,
    /// Something changed, or a warning.
    Yellow,
    /// Of little weight.
    Dim,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let color = |terminal: bool| match global.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !plain,
        };
        Self {
            format: global.format,
            color: color(io::stdout().is_terminal()),
            error_color: color(io::stderr().is_terminal()),
            interactive: !global.no_input && io::stdin().is_terminal(),
            lost: OnceLock::new(),
        }
    }

    /// Whether one JSON document is asked for.
    pub(crate) fn json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether a person may be asked.
    pub(crate) fn interactive(&self) -> bool {
        self.interactive
    }

    /// The text in a style, if colours are on.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match style {
            Style::Bold => "1",
            Style::Green => "32",
            Style::Red => "31",
            Style::Yellow => "33",
            Style::Dim => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// Writes a line for people; nothing when JSON is asked for.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        if !self.json() {
            self.write(line.as_ref());
        }
    }

    /// Writes a line to standard output. A reader that went away (`| head`) is no fault of ours; what
    /// a full disk did not take is one, told at the end.
    pub(crate) fn write(&self, line: &str) {
        let mut out = io::stdout().lock();
        let written = writeln!(out, "{line}").and_then(|()| out.flush());
        if let Err(e) = written
            && e.kind() != io::ErrorKind::BrokenPipe
        {
            let _ = self.lost.set(e);
        }
    }

    /// What is wrong if standard output did not take all that was written.
    pub(crate) fn lost(&self) -> Option<Failure> {
        let error = self.lost.get()?;
        Some(Failure::usage(format!(
            "cannot write standard output: {error}"
        )))
    }

    /// Writes the JSON document.
    pub(crate) fn document(&self, value: &serde_json::Value) {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        self.write(&text);
    }

    /// Writes a line about the command itself, beside its output.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        write_line(&mut io::stderr().lock(), line.as_ref());
    }

    /// A fault as it is shown on standard output.
    pub(crate) fn rendered(&self, diagnostic: &Diagnostic) -> String {
        diagnostic.render(self.color)
    }

    /// Writes a fault to standard error.
    pub(crate) fn diagnostic(&self, diagnostic: &Diagnostic) {
        self.note(diagnostic.render(self.error_color));
    }

    /// Writes a failure to standard error: as text, or as one line of JSON.
    pub(crate) fn failure(&self, failure: &Failure) {
        if !self.json() {
            for (i, diagnostic) in failure.diagnostics.iter().enumerate() {
                if i > 0 {
                    self.note("");
                }
                self.diagnostic(diagnostic);
            }
            return;
        }
        let errors: Vec<_> = failure
            .diagnostics
            .iter()
            .map(|d| {
                serde_json::json!({
                    "file": d.place.as_ref().map(|p| crate::report::shown(&p.file)),
                    "line": d.place.as_ref().map(crate::report::Place::line),
                    "column": d.place.as_ref().map(crate::report::Place::column),
                    "message": d.message,
                    "hint": d.hint,
                })
            })
            .collect();
        self.note(serde_json::json!({ "code": failure.code, "errors": errors }).to_string());
    }

    /// Asks a person; `None` at the end of input.
    pub(crate) fn ask(&self, question: &str) -> Option<String> {
        let mut out = io::stderr().lock();
        let _ = write!(out, "{question} ");
        let _ = out.flush();
        drop(out);
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(n) if n > 0 => Some(line.trim().to_owned()),
            _ => None,
        }
    }

    /// Asks a question that is answered by yes or no; no answer is no.
    pub(crate) fn confirm(&self, question: &str) -> bool {
        loop {
            let Some(answer) = self.ask(&format!("{question} [y/N]")) else {
                return false;
            };
            match answer.to_lowercase().as_str() {
                "y" | "yes" => return true,
                "" | "n" | "no" => return false,
                _ => self.note("Please answer yes or no."),
            }
        }
    }
}

/// Of errors that are not read nobody can be told.
fn write_line(out: &mut dyn Write, line: &str) {
    let _ = writeln!(out, "{line}");
}
