//! What the tasks know of their writes: what was acknowledged, what failed for certain, and what
//! nobody can know.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// All rows of one unit: those that one task writes and no other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Of the permit, and of the owner while there is one.
    pub(crate) step: i64,
    pub(crate) owner: Option<Owned>,
    /// Whether the label of the unit's name exists.
    pub(crate) label: bool,
    /// Seats, each with its room.
    pub(crate) seats: BTreeMap<String, Option<String>>,
}

/// An owner and what goes with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) tag: String,
    pub(crate) nick: Option<String>,
    pub(crate) labels: BTreeSet<String>,
    /// Houses with their rooms.
    pub(crate) houses: BTreeMap<String, BTreeSet<String>>,
}

/// What is known of a unit.
#[derive(Debug, Clone)]
pub(crate) enum Known {
    /// It is so; `None`: nothing of it is there.
    Is(Option<Unit>),
    /// The answer to the last COMMIT never came: all of it or nothing.
    Either {
        before: Option<Unit>,
        after: Unit,
        /// Shared labels that the last transaction counted.
        counts: Vec<String>,
    },
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Acknowledged,
    /// Failed for certain; the unit is as before.
    Refused,
    /// Undone on purpose: rolled back or dropped.
    Undone,
    Unknown,
}

/// Sums of one kind of work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    pub(crate) undone: u64,
    pub(crate) unknown: u64,
    /// Runs after the first one.
    pub(crate) retried: u64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.undone += other.undone;
        self.unknown += other.unknown;
        self.retried += other.retried;
    }
}

/// One task's notes, or those of all.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) units: BTreeMap<String, Known>,
    /// How often shared labels were counted by acknowledged transactions.
    pub(crate) counts: BTreeMap<String, u64>,
    /// The same of single calls, with those whose answer never came.
    pub(crate) hot: BTreeMap<String, [u64; 2]>,
    pub(crate) sums: BTreeMap<&'static str, Sums>,
    /// Reasons of what was refused.
    pub(crate) reasons: BTreeMap<String, u64>,
    /// Errors that nothing here explains.
    pub(crate) surprises: Vec<String>,
}

impl Ledger {
    pub(crate) fn note(&mut self, kind: &'static str, ending: Ending, retried: u64) {
        let sums = self.sums.entry(kind).or_default();
        sums.retried += retried;
        let sum = match ending {
            Ending::Acknowledged => &mut sums.acknowledged,
            Ending::Refused => &mut sums.refused,
            Ending::Undone => &mut sums.undone,
            Ending::Unknown => &mut sums.unknown,
        };
        *sum += 1;
    }

    /// Takes over what another task noted.
    pub(crate) fn merge(&mut self, other: Self) {
        self.units.extend(other.units);
        for (name, n) in other.counts {
            *self.counts.entry(name).or_default() += n;
        }
        for (name, [sure, unknown]) in other.hot {
            let sums = self.hot.entry(name).or_default();
            sums[0] += sure;
            sums[1] += unknown;
        }
        for (kind, sums) in other.sums {
            self.sums.entry(kind).or_default().add(sums);
        }
        for (reason, n) in other.reasons {
            *self.reasons.entry(reason).or_default() += n;
        }
        self.surprises.extend(other.surprises);
    }

    pub(crate) fn total(&self) -> Sums {
        self.sums.values().fold(Sums::default(), |mut all, one| {
            all.add(*one);
            all
        })
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [
            "kind",
            "acknowledged",
            "refused",
            "undone",
            "unknown",
            "retried",
        ];
        for word in head {
            write!(f, "{word:>13}")?;
        }
        let total = ("total", self.total());
        let kinds = self.sums.iter().map(|(kind, sums)| (*kind, *sums));
        for (kind, s) in kinds.chain([total]) {
            write!(
                f,
                "\n{kind:>13}{:>13}{:>13}{:>13}{:>13}{:>13}",
                s.acknowledged, s.refused, s.undone, s.unknown, s.retried
            )?;
        }
        write!(f, "\nrefused since: {:?}", self.reasons)
    }
}
