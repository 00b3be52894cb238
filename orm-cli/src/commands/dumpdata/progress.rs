//! How much of a large dump is written: on a terminal in one line, else a line for each 16 MB. How
//! much there is in all nobody knows before.

use std::io::{self, IsTerminal as _, Write};

/// Bytes between two lines, and below which none is worth it.
const STEP: u64 = 16 << 20;

/// A file that tells how much was written to it.
pub(super) struct Watched<W> {
    inner: W,
    name: String,
    written: u64,
    /// Megabytes that were told of.
    told: u64,
    terminal: bool,
}

impl<W> Watched<W> {
    pub(super) fn new(inner: W, name: String) -> Self {
        Self {
            inner,
            name,
            written: 0,
            told: 0,
            terminal: io::stderr().is_terminal(),
        }
    }

    /// The file, after the line on a terminal is gone.
    pub(super) fn into_inner(self) -> W {
        if self.terminal && self.told > 0 {
            show("\r\x1b[K");
        }
        self.inner
    }

    /// What to tell after so many more bytes.
    fn advance(&mut self, bytes: usize) -> Option<String> {
        self.written += bytes as u64;
        let step = if self.terminal { 1 << 20 } else { STEP };
        let now = self.written / step * step;
        if self.written < STEP || now >> 20 <= self.told {
            return None;
        }
        self.told = now >> 20;
        let line = format!("{}: {} MB", self.name, self.told);
        Some(match self.terminal {
            true => format!("\r\x1b[K{line}"),
            false => format!("{line}\n"),
        })
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        if let Some(line) = self.advance(taken) {
            show(&line);
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A terminal that went away is no fault of ours.
fn show(text: &str) {
    let mut out = io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::{STEP, Watched};

    #[test]
    fn only_what_is_large_is_told_of() {
        let told = |terminal: bool, parts: &[u64]| -> Vec<String> {
            let mut watched = Watched::new(Vec::<u8>::new(), "all.json".to_owned());
            watched.terminal = terminal;
            let parts = parts.iter().map(|n| usize::try_from(*n).expect("fits"));
            parts.filter_map(|n| watched.advance(n)).collect()
        };
        assert_eq!(told(false, &[STEP - 1]), [""; 0]);
        assert_eq!(
            told(false, &[STEP, 1, STEP, STEP - 2]),
            ["all.json: 16 MB\n", "all.json: 32 MB\n"]
        );
        assert_eq!(
            told(true, &[STEP, 1, 1 << 20]),
            ["\r\x1b[Kall.json: 16 MB", "\r\x1b[Kall.json: 17 MB"]
        );
    }
}
