//! What a statement holds that a server refuses, so that runs can say what they have proved.

use std::collections::{BTreeMap, BTreeSet};

/// A class of what is said in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// A subquery in the select list that refers to the row outside.
    List,
    /// A subquery in WHERE that refers to it by more than equalities.
    Where,
    /// A subquery in GROUP BY.
    Group,
    /// A subquery in HAVING that refers to the group.
    Having,
    /// A subquery in ORDER BY.
    Order,
    /// A subquery in an aggregate.
    Aggregate,
    /// A subquery in a window.
    Window,
    /// A subquery in a derived table.
    Derived,
    /// A subquery within a subquery that refers to the outermost row.
    TwoLevels,
    /// A subquery of the select list of another.
    Nested,
    /// One row of an order, out of those that belong to the row outside.
    FirstRow,
    /// A subquery that refers to the row outside by more than equalities.
    MoreThanEqual,
    /// EXISTS.
    Exists,
    /// IN (SELECT …) that refers to the row outside.
    InSelect,
    /// LIMIT in IN (SELECT …).
    InLimit,
    /// LIMIT around a set operation.
    SetLimit,
    /// A subquery that an UPDATE sets a column to, or that it or a DELETE is filtered by.
    Written,
    /// A subquery that reads the table which the statement writes.
    OwnTable,
    /// A write that reads a table which the written one refers to.
    JoinedWrite,
    /// A named table.
    Named,
    /// A named table that is used again.
    NamedTwice,
    /// A recursive table.
    Recursive,
    /// Several columns looked for in a list of rows.
    Rows,
    /// Several columns looked for among those of a subquery.
    RowsSelected,
}

/// What became of the statements with a class.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    /// Statements.
    pub(crate) seen: usize,
    /// Those that are said in another way.
    pub(crate) changed: usize,
    /// Of these, those with rows in the answer, or that changed rows.
    pub(crate) telling: usize,
    /// Those refused before they were sent.
    pub(crate) refused: usize,
}

/// The counts of a run.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) all: Count,
    pub(crate) classes: BTreeMap<Class, Count>,
    /// Why statements were refused.
    pub(crate) reasons: BTreeMap<String, usize>,
}

impl Tally {
    pub(crate) fn add(&mut self, classes: &BTreeSet<Class>, outcome: &Outcome) {
        let one = Count {
            seen: 1,
            changed: usize::from(outcome.changed),
            telling: usize::from(outcome.changed && outcome.rows > 0),
            refused: usize::from(outcome.refused.is_some()),
        };
        for class in classes {
            self.classes.entry(*class).or_default().add(one);
        }
        let mut all = one;
        all.telling = usize::from(outcome.rows > 0);
        self.all.add(all);
        if let Some(reason) = &outcome.refused {
            *self.reasons.entry(reason.clone()).or_default() += 1;
        }
    }
}

impl Count {
    fn add(&mut self, one: Self) {
        self.seen += one.seen;
        self.changed += one.changed;
        self.telling += one.telling;
        self.refused += one.refused;
    }
}

/// What became of one statement.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Rows of the answer, or rows that changed.
    pub(crate) rows: usize,
    /// Whether SingleStore is sent something else than the others.
    pub(crate) changed: bool,
    /// Why it was not sent.
    pub(crate) refused: Option<String>,
}
