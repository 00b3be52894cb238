//! Breaking on request.

use std::time::Duration;

use crate::refusal::Refusal;

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before the statement reaches the database.
    Before,
    /// After it took effect, before its answer reaches the client.
    After,
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Ends the statement's connection without a word; its transaction is rolled back.
    Cut,
    /// Ends every connection, as a server that dies; new ones are refused for so long.
    Kill {
        /// How long no new connection is taken.
        down: Duration,
    },
    /// Answers with an error.
    Error(Refusal),
    /// Waits, then goes on.
    Delay(Duration),
    /// The master moves to another node: this statement and so many more fail with "has no master
    /// instance", and open transactions are lost.
    MasterMoved {
        /// How many statements fail after this one.
        statements: u32,
    },
}

/// A fault to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The how-manieth statement from now on it strikes; 1 is the next.
    pub nth: u64,
    /// Only statements that contain this text count, without regard to case.
    pub matching: Option<String>,
    /// Before or after it.
    pub when: When,
    /// What happens.
    pub action: Action,
    /// Strikes at each statement from the nth on, not once.
    pub repeat: bool,
}

impl Fault {
    /// A fault at the `nth` statement from now on, once.
    pub fn new(nth: u64, when: When, action: Action) -> Self {
        Self {
            nth,
            matching: None,
            when,
            action,
            repeat: false,
        }
    }

    /// Only statements that contain this text count.
    pub fn matching(mut self, text: impl Into<String>) -> Self {
        self.matching = Some(text.into());
        self
    }

    /// Strikes at each statement from the nth on.
    pub fn repeating(mut self) -> Self {
        self.repeat = true;
        self
    }
}

/// Faults that wait, each with the statements it has seen.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    armed: Vec<(Fault, u64)>,
    fired: u64,
}

impl Faults {
    pub(crate) fn arm(&mut self, fault: Fault) {
        self.armed.push((fault, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn is_armed(&self) -> bool {
        !self.armed.is_empty()
    }

    pub(crate) fn fired(&self) -> u64 {
        self.fired
    }

    /// Counts a statement; the fault that strikes at it.
    pub(crate) fn strike(&mut self, statement: &str) -> Option<Fault> {
        let mut struck = None;
        self.armed.retain_mut(|(fault, seen)| {
            let matches = fault
                .matching
                .as_ref()
                .is_none_or(|part| contains(statement, part));
            *seen += u64::from(matches);
            if !matches || *seen < fault.nth || struck.is_some() {
                return true;
            }
            struck = Some(fault.clone());
            fault.repeat
        });
        self.fired += u64::from(struck.is_some());
        struck
    }
}

fn contains(text: &str, part: &str) -> bool {
    text.to_ascii_lowercase()
        .contains(&part.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_once_at_its_statement() {
        let mut faults = Faults::default();
        faults.arm(Fault::new(2, When::Before, Action::Cut).matching("insert"));
        let struck: Vec<bool> = ["INSERT 1", "SELECT 1", "insert 2", "INSERT 3"]
            .iter()
            .map(|s| faults.strike(s).is_some())
            .collect();
        assert_eq!(struck, [false, false, true, false]);
        assert_eq!((faults.fired(), faults.armed.len()), (1, 0));
    }

    #[test]
    fn a_repeating_fault_goes_on() {
        let mut faults = Faults::default();
        faults.arm(Fault::new(2, When::After, Action::Cut).repeating());
        let struck: Vec<bool> = (0..4).map(|_| faults.strike("x").is_some()).collect();
        assert_eq!(struck, [false, true, true, true]);
    }
}
