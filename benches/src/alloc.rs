//! A global allocator that counts.

#![expect(
    unsafe_code,
    reason = "GlobalAlloc is an unsafe trait; each method hands its arguments to the system's allocator unchanged"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

static CALLS: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// Counts calls and live bytes of all threads, and hands on to the system's allocator. Memory that
/// SQLite's C code takes is not seen.
#[derive(Debug)]
pub(crate) struct Counting;

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(size(layout.size()), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        LIVE.fetch_sub(size(layout.size()), Relaxed);
        grow(new_size);
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn grow(bytes: usize) {
    CALLS.fetch_add(1, Relaxed);
    let live = LIVE.fetch_add(size(bytes), Relaxed) + size(bytes);
    PEAK.fetch_max(live, Relaxed);
}

/// What was allocated between two points in time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Use {
    /// Allocations and reallocations.
    pub(crate) calls: u64,
    /// Most bytes in use above the start.
    pub(crate) peak: i64,
}

/// A point in time to measure from.
#[derive(Debug)]
pub(crate) struct Mark {
    calls: u64,
    live: i64,
}

impl Mark {
    /// Starts to measure; forgets the peak of an earlier mark.
    pub(crate) fn now() -> Self {
        let live = LIVE.load(Relaxed);
        PEAK.store(live, Relaxed);
        Self {
            calls: CALLS.load(Relaxed),
            live,
        }
    }

    /// What was allocated since.
    pub(crate) fn used(&self) -> Use {
        Use {
            calls: CALLS.load(Relaxed) - self.calls,
            peak: PEAK.load(Relaxed) - self.live,
        }
    }
}
