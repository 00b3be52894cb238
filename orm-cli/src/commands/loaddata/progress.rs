//! How far a large file is read: on a terminal in one line, else a line for each tenth.

use std::io::{self, BufRead, IsTerminal as _, Read, Write as _};

/// Files of fewer bytes are not worth a line.
const LARGE: u64 = 16 << 20;

/// A file that tells how much of it was read.
pub(super) struct Watched<R> {
    inner: R,
    name: String,
    read: u64,
    total: u64,
    terminal: bool,
    /// The last part of a hundred that was told of.
    told: u64,
}

impl<R> Watched<R> {
    /// Watches a file of so many bytes.
    pub(super) fn new(inner: R, name: String, total: u64) -> Self {
        Self {
            inner,
            name,
            read: 0,
            total,
            terminal: io::stderr().is_terminal(),
            told: 0,
        }
    }

    fn advance(&mut self, bytes: usize) {
        self.read += bytes as u64;
        if self.total < LARGE {
            return;
        }
        let percent = (self.read.saturating_mul(100) / self.total).min(100);
        let step = if self.terminal { 1 } else { 10 };
        if percent / step <= self.told / step {
            return;
        }
        self.told = percent;
        let line = format!(
            "{}: {} of {} MB, {percent} %",
            self.name,
            self.read >> 20,
            self.total >> 20
        );
        // A terminal that went away is no fault of ours.
        let mut out = io::stderr().lock();
        let _ = match (self.terminal, percent) {
            (false, _) => writeln!(out, "{line}"),
            (true, 100) => write!(out, "\r\x1b[K"),
            (true, _) => write!(out, "\r\x1b[K{line}"),
        };
        let _ = out.flush();
    }
}

impl<R: BufRead> Read for Watched<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(out)?;
        self.advance(bytes);
        Ok(bytes)
    }
}

impl<R: BufRead> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.inner.consume(bytes);
        self.advance(bytes);
    }
}
