//! Ends this process behind one of the statements that SQLite ran.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::proxy::{Fault, kill_self};

/// Counts the statements that SQLite ran, and kills the process behind one of them.
pub(crate) struct Counter {
    count: AtomicUsize,
    at: usize,
    log: Option<String>,
}

impl Counter {
    /// Counts from now on; `log` is a file that gets a line for each statement.
    pub(crate) fn install(fault: Option<Fault>, log: Option<String>) {
        let counter = Self {
            count: AtomicUsize::new(0),
            at: fault.map_or(usize::MAX, |f| f.at),
            log,
        };
        tracing::subscriber::set_global_default(counter).expect("the first subscriber");
    }
}

impl tracing::Subscriber for Counter {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "orm::sql"
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        if number == self.at {
            kill_self();
        }
        if let Some(log) = &self.log {
            std::fs::write(log, "x\n".repeat(number)).expect("the log is written");
        }
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}
