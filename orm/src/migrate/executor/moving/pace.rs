//! How many rows the next part has.

use std::time::Duration;

/// Few enough to start with on any table.
const FIRST: u64 = 10_000;
const FEWEST: u64 = 1_000;
const MOST: u64 = 500_000;
/// A part takes about as long as this, so that no statement holds locks or memory for long.
const SHORT: Duration = Duration::from_millis(500);
const LONG: Duration = Duration::from_secs(2);

/// Follows the time that parts take.
pub(super) struct Pace {
    rows: u64,
    fixed: bool,
}

impl Pace {
    /// Parts of this many rows, or of as many as their time allows.
    pub(super) fn new(rows: Option<u64>) -> Self {
        Self {
            rows: rows.map_or(FIRST, |n| n.max(1)),
            fixed: rows.is_some(),
        }
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// A part took this long.
    pub(super) fn took(&mut self, time: Duration) {
        if self.fixed {
            return;
        }
        if time < SHORT {
            self.rows = (self.rows * 2).min(MOST);
        } else if time > LONG {
            self.rows = (self.rows / 2).max(FEWEST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_while_they_are_quick_and_shrink_when_they_are_slow() {
        let mut pace = Pace::new(None);
        assert_eq!(pace.rows(), FIRST);
        pace.took(Duration::from_millis(10));
        assert_eq!(pace.rows(), 2 * FIRST);
        pace.took(Duration::from_secs(1));
        assert_eq!(pace.rows(), 2 * FIRST);
        for _ in 0..20 {
            pace.took(Duration::from_millis(1));
        }
        assert_eq!(pace.rows(), MOST);
        for _ in 0..20 {
            pace.took(Duration::from_secs(9));
        }
        assert_eq!(pace.rows(), FEWEST);
        let mut fixed = Pace::new(Some(3));
        fixed.took(Duration::ZERO);
        assert_eq!(fixed.rows(), 3);
    }
}
