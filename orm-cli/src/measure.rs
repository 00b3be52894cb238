//! Runs a command and watches its time and its memory: for measurements and tests.

use std::io;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a command did.
#[derive(Debug)]
pub struct Measured {
    /// Its output and exit code.
    pub output: Output,
    /// From start to end.
    pub time: Duration,
    /// The most memory that it held, in bytes; `None` where the system does not tell (it is Linux that
    /// does).
    pub peak: Option<u64>,
}

/// How often the memory is looked at. Linux keeps the highest value, so only what the command takes
/// in its last moments can be missed.
const PAUSE: Duration = Duration::from_millis(2);

/// Runs a command to its end.
///
/// # Errors
/// It does not start.
pub fn measure(command: &mut Command) -> io::Result<Measured> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let start = Instant::now();
    let child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut peak = None;
            while !over.load(Ordering::Relaxed) {
                peak = highest(&status).max(peak);
                std::thread::sleep(PAUSE);
            }
            peak
        });
        let output = child.wait_with_output();
        let time = start.elapsed();
        over.store(true, Ordering::Relaxed);
        let peak = watch.join().unwrap_or_default();
        output.map(|output| Measured { output, time, peak })
    })
}

/// The most memory that a process held so far.
fn highest(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}
