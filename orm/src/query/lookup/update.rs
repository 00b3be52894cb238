//! New values of rows that are there.
//!
//! Servers look at a unique key row by row, so that a row may take a value that another one of the
//! same statement gave up before. Side tables follow that in the order of the rows' keys: such a value
//! is passed on, and one that a later row still has is taken.

use std::collections::HashMap;

use super::super::change::hashed;
use super::super::plan::{ROOT, execute, fetch, one, powers_of_two};
use super::{Claim, Lookup, Undo, by_value};
use crate::ast::{BinaryOp, Expr, Select, SelectItem, Update};
use crate::backend::{DbError, DbErrorKind, Executor};
use crate::error::{Error, Result};
use crate::model::{HashKey, ModelMeta};
use crate::value::Value;

/// Rows of one statement in which each has a value of its own.
const MAX_PASSED: usize = 64;

/// A row whose value changes.
pub(in super::super) struct Moved {
    pub(in super::super) owner: Vec<Value>,
    pub(in super::super) old: Value,
    pub(in super::super) new: Value,
}

/// A value that goes from one key to another.
pub(in super::super) struct Passed {
    pub(in super::super) value: Value,
    pub(in super::super) from: Vec<Value>,
    pub(in super::super) to: Vec<Value>,
}

/// What becomes of the values that rows had.
struct Noting<'a> {
    lookup: &'a Lookup,
    meta: &'static ModelMeta,
    rows: &'a [Moved],
    /// Rows whose old value is to be struck out in the end.
    gone: Vec<bool>,
}

impl Lookup {
    /// Notes the new values of rows, which come in the order of their keys; hands back what is to be
    /// struck out when the rows have changed.
    ///
    /// SQL: one `INSERT` for each power of two of rows; where rows take values of others among them, one
    /// `UPDATE` for up to 64 of these. Rows whose new value only the database takes for the old one cost
    /// four statements each.
    ///
    /// # Errors
    /// `UniqueViolation` of the column, if a value is taken.
    pub(in super::super) async fn note(
        &self,
        db: &dyn Executor,
        meta: &'static ModelMeta,
        rows: &[Moved],
        undo: &mut Undo,
    ) -> Result<Vec<Claim>> {
        let mut noting = Noting {
            lookup: self,
            meta,
            rows,
            gone: rows.iter().map(|r| !r.old.is_null()).collect(),
        };
        let (passed, mut wanted) = noting.sorted()?;
        self.pass_on_undoable(db, &passed, undo).await?;
        wanted.sort_by(|&a, &b| by_value(&rows[a].new, &rows[b].new));
        noting.claim(db, &wanted, undo).await?;
        let gone = noting.gone.iter().zip(rows).filter(|(gone, _)| **gone);
        let claim = |(_, row): (&bool, &Moved)| Claim {
            value: row.old.clone(),
            owner: row.owner.clone(),
        };
        Ok(gone.map(claim).collect())
    }

    /// Has the side table name other keys for these values.
    pub(in super::super) async fn pass_on(
        &self,
        db: &dyn Executor,
        passed: &[Passed],
    ) -> Result<()> {
        for chunk in powers_of_two(passed, MAX_PASSED) {
            execute(db, &self.passing(chunk).into()).await?;
        }
        Ok(())
    }

    async fn pass_on_undoable(
        &self,
        db: &dyn Executor,
        passed: &[Passed],
        undo: &mut Undo,
    ) -> Result<()> {
        for chunk in powers_of_two(passed, MAX_PASSED) {
            execute(db, &self.passing(chunk).into()).await?;
            let back = chunk.iter().map(|p| Passed {
                value: p.value.clone(),
                from: p.to.clone(),
                to: p.from.clone(),
            });
            let back: Vec<Passed> = back.collect();
            undo.push(self.passing(&back));
        }
        Ok(())
    }

    /// `UPDATE … SET owner = CASE WHEN value = … THEN … END WHERE …`
    fn passing(&self, passed: &[Passed]) -> Update {
        let own = |column: &'static str| Expr::column(ROOT, column);
        let owner = |part: usize| {
            if let [one] = passed {
                return Expr::Value(one.to[part].clone());
            }
            let when = |p: &Passed| {
                let value = Expr::Value(p.value.clone());
                let is = Expr::binary(own(self.columns[0]), BinaryOp::Eq, value);
                (is, Expr::Value(p.to[part].clone()))
            };
            Expr::Case {
                whens: passed.iter().map(when).collect(),
                // Never taken, and says of which type the whole is.
                otherwise: Some(Box::new(own(self.columns[part + 1]))),
            }
        };
        let claims = passed.iter().map(|p| Claim {
            value: p.value.clone(),
            owner: p.from.clone(),
        });
        let claims: Vec<Claim> = claims.collect();
        let columns = self.columns[1..].iter().enumerate();
        Update {
            table: self.table.into(),
            alias: ROOT,
            joins: Vec::new(),
            set: columns.map(|(at, c)| ((*c).into(), owner(at))).collect(),
            filter: Some(self.filter(&claims)),
        }
    }

    /// The key of the row that has a value.
    async fn holder(&self, db: &dyn Executor, value: &Value) -> Result<Vec<Value>> {
        let item = |column: &&'static str| SelectItem {
            expr: Expr::column(ROOT, *column),
            alias: None,
        };
        let select = Select {
            columns: self.columns[1..].iter().map(item).collect(),
            filter: Some(self.has(value)),
            limit: Some(1),
            ..Select::from_table(self.table, ROOT)
        };
        Ok(fetch(db, &select.into()).await?.values)
    }

    /// Whether two values are the same to the database, and one that is noted.
    async fn are_same(&self, db: &dyn Executor, a: &Value, b: &Value) -> Result<bool> {
        let select = Select {
            columns: vec![one()],
            filter: Some(Expr::And(vec![self.has(a), self.has(b)])),
            limit: Some(1),
            ..Select::from_table(self.table, ROOT)
        };
        Ok(!fetch(db, &select.into()).await?.is_empty())
    }

    fn has(&self, value: &Value) -> Expr {
        let column = Expr::column(ROOT, self.columns[0]);
        Expr::binary(column, BinaryOp::Eq, Expr::Value(value.clone()))
    }
}

impl Noting<'_> {
    /// The values that rows take over from rows before them, and the rows that want others.
    fn sorted(&mut self) -> Result<(Vec<Passed>, Vec<usize>)> {
        let held = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, r)| !r.old.is_null());
        let mut holders: HashMap<HashKey, usize> =
            held.map(|(at, r)| (HashKey(r.old.clone()), at)).collect();
        let (mut passed, mut wanted) = (Vec::new(), Vec::new());
        for (at, row) in self.rows.iter().enumerate() {
            if row.new.is_null() {
                continue;
            }
            match holders.get(&HashKey(row.new.clone())) {
                Some(&from) if from > at => return Err(self.taken()),
                Some(&from) => {
                    holders.remove(&HashKey(row.new.clone()));
                    passed.push(self.passed(from, at));
                }
                None => wanted.push(at),
            }
        }
        Ok((passed, wanted))
    }

    fn passed(&mut self, from: usize, to: usize) -> Passed {
        self.gone[from] = false;
        Passed {
            value: self.rows[to].new.clone(),
            from: self.rows[from].owner.clone(),
            to: self.rows[to].owner.clone(),
        }
    }

    async fn claim(&mut self, db: &dyn Executor, wanted: &[usize], undo: &mut Undo) -> Result<()> {
        for chunk in powers_of_two(wanted, super::MAX_ROWS) {
            let claims: Vec<Claim> = chunk.iter().map(|&at| self.claim_of(at)).collect();
            match self.lookup.insert(db, &claims).await {
                Ok(()) => undo.push(self.lookup.release_statement(&claims)),
                Err(error) if error.is_unique_violation() => {
                    for &at in chunk {
                        self.claim_one(db, at, undo).await?;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn claim_of(&self, at: usize) -> Claim {
        Claim {
            value: self.rows[at].new.clone(),
            owner: self.rows[at].owner.clone(),
        }
    }

    /// Asks whose the value is where it is taken: to the database it may be the row's own old one, or
    /// that of a row before, though not byte by byte.
    async fn claim_one(&mut self, db: &dyn Executor, at: usize, undo: &mut Undo) -> Result<()> {
        let claim = [self.claim_of(at)];
        let error = match self.lookup.insert(db, &claim).await {
            Ok(()) => {
                undo.push(self.lookup.release_statement(&claim));
                return Ok(());
            }
            Err(error) if error.is_unique_violation() => error,
            Err(error) => return Err(error),
        };
        let holder = hashed(&self.lookup.holder(db, &claim[0].value).await?);
        let before = (0..=at).find(|&r| self.gone[r] && hashed(&self.rows[r].owner) == holder);
        let Some(from) = before else {
            return Err(self.lookup.named(self.meta, error));
        };
        // Else it is one that the row before has got by this update.
        let old = &self.rows[from].old;
        if !self.lookup.are_same(db, old, &claim[0].value).await? {
            return Err(self.lookup.named(self.meta, error));
        }
        if from == at {
            // It stays as it is noted.
            self.gone[at] = false;
            return Ok(());
        }
        let passed = [self.passed(from, at)];
        self.lookup.pass_on_undoable(db, &passed, undo).await
    }

    fn taken(&self) -> Error {
        let taken = DbErrorKind::UniqueViolation {
            constraint: None,
            table: None,
            columns: Vec::new(),
        };
        let error = DbError::new(taken, "a row that the update changes later has it");
        self.lookup.named(self.meta, error.into())
    }
}
