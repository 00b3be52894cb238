//! Changes to a statement's text, collected first and made at once.

use std::ops::Range;

/// Replacements and insertions by place. Insertions may nest: of two prefixes at one place the later
/// one stands outside.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    replaced: Vec<(Range<usize>, String)>,
    before: Vec<(usize, String)>,
    after: Vec<(usize, String)>,
}

impl Edits {
    pub(crate) fn is_empty(&self) -> bool {
        self.replaced.is_empty() && self.before.is_empty() && self.after.is_empty()
    }

    pub(crate) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.replaced.push((range, text.into()));
    }

    /// Inserts in front of what starts at `at`.
    pub(crate) fn before(&mut self, at: usize, text: impl Into<String>) {
        self.before.push((at, text.into()));
    }

    /// Inserts behind what ends at `at`.
    pub(crate) fn after(&mut self, at: usize, text: impl Into<String>) {
        self.after.push((at, text.into()));
    }

    /// The changed text.
    pub(crate) fn apply(self, text: &str) -> String {
        // At one place: what closes, innermost first; then what opens, outermost first.
        enum Act {
            After(String),
            Before(String),
            Replace(usize, String),
        }
        let mut acts: Vec<(usize, u8, Act)> = Vec::new();
        acts.extend(self.after.into_iter().map(|(at, t)| (at, 0, Act::After(t))));
        acts.extend(
            self.before
                .into_iter()
                .rev()
                .map(|(at, t)| (at, 1, Act::Before(t))),
        );
        acts.extend(
            self.replaced
                .into_iter()
                .map(|(r, t)| (r.start, 2, Act::Replace(r.end, t))),
        );
        acts.sort_by_key(|(at, rank, _)| (*at, *rank));
        let mut out = String::with_capacity(text.len() + 64);
        let mut done = 0;
        for (at, _, act) in acts {
            if at > done {
                out.push_str(&text[done..at]);
                done = at;
            }
            match act {
                Act::After(t) | Act::Before(t) => {
                    if at >= done {
                        out.push_str(&t);
                    }
                }
                // One replacement within another is lost with it.
                Act::Replace(end, t) => {
                    if at >= done {
                        out.push_str(&t);
                        done = end;
                    }
                }
            }
        }
        out.push_str(&text[done..]);
        out
    }
}
