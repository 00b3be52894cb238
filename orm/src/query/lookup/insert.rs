//! New rows of models with lookups, one at a time.

use super::super::insert::{generated, insert_of, insert_plain};
use super::super::plan::{ROOT, execute, fetch, finish, key_equals, one, rendered};
use super::{Claim, Lookup, Undo, end};
use crate::ast::{BinaryOp, Delete, Expr, RawSql, Select, Statement};
use crate::backend::{DbError, DbErrorKind, Executed, Executor, Transaction};
use crate::dialect::{Dialect, Sql};
use crate::error::{Error, Result};
use crate::model::ModelMeta;
use crate::value::Value;

/// Inserts one row with what its side tables say of it; hands back all its values.
///
/// SQL: one `INSERT` for the row and one for each lookup that is not NULL, in one transaction. In one
/// of its own all travel together: `BEGIN; INSERT …; INSERT …; COMMIT` is one trip. A key that the
/// database makes is `LAST_INSERT_ID()` to the statements behind it. Nobody has reported whether every
/// SingleStore knows it there, so the first insert of each connection reads back what was noted, and
/// where that is wrong each row waits for its key: two trips. A second lookup takes the key from the
/// side table of the first: what is `LAST_INSERT_ID()` behind that INSERT, nobody has reported either.
pub(in super::super) async fn insert(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    lookups: &[Lookup],
    values: Vec<Option<Value>>,
) -> Result<Vec<Value>> {
    let null = |l: &Lookup| values[l.column].as_ref().is_some_and(Value::is_null);
    if lookups.iter().all(null) {
        return insert_plain(db, meta, values).await;
    }
    let tx = db.begin().await?;
    let owner = Owner::of(&tx, meta, &values);
    if tx.is_outermost() && !matches!(owner, Owner::Unseen(_)) {
        return alone(tx, meta, lookups, values, owner).await;
    }
    let mut undo = Undo::default();
    let done = match owner {
        Owner::Last(_) if !tx.is_deferred() => {
            within_together(&tx, meta, lookups, values, owner, &mut undo).await
        }
        owner => within(&tx, meta, lookups, values, owner, &mut undo).await,
    };
    end(tx, done, undo).await
}

/// Where the side tables get a row's key from.
#[derive(Debug, Clone, Copy)]
enum Owner {
    /// From the program.
    Program,
    /// From the statement itself: the key that the row was just given.
    Last(&'static str),
    /// The same, though it was not yet seen whether this connection knows it.
    Unseen(&'static str),
}

impl Owner {
    fn of(tx: &Transaction, meta: &ModelMeta, values: &[Option<Value>]) -> Self {
        let mut unset = (0..values.len()).filter(|&at| values[at].is_none());
        let (Some(auto), None) = (unset.next(), unset.next()) else {
            return Self::Program;
        };
        match tx.dialect().features().last_key {
            Some(last) if meta.columns[auto].auto && meta.key == [auto] => {
                match tx.knows_last_key() {
                    Some(true) => Self::Last(last),
                    Some(false) => Self::Program,
                    None => Self::Unseen(last),
                }
            }
            _ => Self::Program,
        }
    }
}

/// In a transaction of its own.
async fn alone(
    tx: Transaction,
    meta: &'static ModelMeta,
    lookups: &[Lookup],
    values: Vec<Option<Value>>,
    owner: Owner,
) -> Result<Vec<Value>> {
    let unit = match unit(&tx, meta, lookups, values, owner).await {
        Ok(unit) => unit,
        Err(error) => return finish(tx, Err(error)).await,
    };
    let (row, statements) = unit.split();
    match tx.commit_with(statements).await {
        Ok(done) => row.made(meta, &done),
        Err((done, error)) => Err(row.named(meta, done.len(), error)),
    }
}

/// A row, and the statements of it that are left to be sent.
struct Unit<'l> {
    row: Row<'l>,
    statements: Vec<Sql>,
}

/// What is known of a row.
struct Row<'l> {
    values: Vec<Value>,
    /// The column whose value the first statement makes.
    auto: Option<usize>,
    /// Whose each of the statements is.
    whose: Vec<Option<&'l Lookup>>,
}

impl<'l> Unit<'l> {
    fn split(self) -> (Row<'l>, Vec<Sql>) {
        (self.row, self.statements)
    }
}

impl Row<'_> {
    /// Its values, after what was done.
    fn made(mut self, meta: &'static ModelMeta, done: &[Executed]) -> Result<Vec<Value>> {
        if let Some(auto) = self.auto {
            let key = done.first().and_then(|first| first.last_insert_id);
            self.values[auto] = generated(meta, key)?;
        }
        Ok(self.values)
    }

    /// The error of one of the statements.
    fn named(&self, meta: &'static ModelMeta, at: usize, error: DbError) -> Error {
        match self.whose.get(at) {
            Some(Some(lookup)) => lookup.named(meta, error.into()),
            _ => error.into(),
        }
    }
}

async fn unit<'l>(
    tx: &Transaction,
    meta: &'static ModelMeta,
    lookups: &'l [Lookup],
    values: Vec<Option<Value>>,
    owner: Owner,
) -> Result<Unit<'l>> {
    let (mut statements, mut whose) = (Vec::new(), Vec::new());
    let auto = values.iter().position(Option::is_none);
    let values = match owner {
        Owner::Program | Owner::Unseen(_) if auto.is_some() => {
            // What the database fills in is known after it.
            insert_plain(tx, meta, values).await?
        }
        _ => {
            statements.push(rendered(tx, &insert_of(meta, &values)?.into())?);
            whose.push(None);
            values.into_iter().map(Option::unwrap_or_default).collect()
        }
    };
    let key = key_of(meta, &values);
    let mut first: Option<(&Lookup, Value)> = None;
    for lookup in lookups.iter().filter(|l| !values[l.column].is_null()) {
        let value = values[lookup.column].clone();
        let claim = match (owner, &first) {
            (Owner::Last(_), Some((noted, by))) => {
                lookup.claim_of_noted(tx.dialect(), value, noted, by.clone())
            }
            (Owner::Last(last), None) => {
                first = Some((lookup, value.clone()));
                lookup.claim_of_last(tx.dialect(), value, last)
            }
            _ => lookup
                .claim_statement(&[Claim {
                    value,
                    owner: key.clone(),
                }])
                .into(),
        };
        statements.push(rendered(tx, &claim)?);
        whose.push(Some(lookup));
    }
    let auto = auto.filter(|_| matches!(owner, Owner::Last(_)));
    Ok(Unit {
        row: Row {
            values,
            auto,
            whose,
        },
        statements,
    })
}

fn key_of(meta: &ModelMeta, values: &[Value]) -> Vec<Value> {
    meta.key.iter().map(|&c| values[c].clone()).collect()
}

fn delete_of(meta: &'static ModelMeta, key: Vec<Value>) -> Delete {
    Delete {
        table: meta.table.into(),
        alias: ROOT,
        joins: Vec::new(),
        filter: Some(key_equals(meta, ROOT, key)),
    }
}

/// In an open transaction, in one trip.
async fn within_together(
    tx: &Transaction,
    meta: &'static ModelMeta,
    lookups: &[Lookup],
    values: Vec<Option<Value>>,
    owner: Owner,
    undo: &mut Undo,
) -> Result<Vec<Value>> {
    let (row, statements) = unit(tx, meta, lookups, values, owner).await?.split();
    let (done, error) = match tx.run_together(statements).await {
        Ok(done) => return row.made(meta, &done),
        Err(unfinished) => unfinished,
    };
    let error = row.named(meta, done.len(), error);
    let whose = row.whose.clone();
    if done.is_empty() {
        return Err(error);
    }
    let Ok(values) = row.made(meta, &done) else {
        undo.give_up();
        return Err(error);
    };
    let key = key_of(meta, &values);
    undo.push(delete_of(meta, key.clone()));
    for lookup in whose.into_iter().take(done.len()).flatten() {
        let value = values[lookup.column].clone();
        let owner = key.clone();
        undo.push(lookup.release_statement(&[Claim { value, owner }]));
    }
    Err(error)
}

/// In an open transaction, statement by statement.
async fn within(
    tx: &Transaction,
    meta: &'static ModelMeta,
    lookups: &[Lookup],
    values: Vec<Option<Value>>,
    owner: Owner,
    undo: &mut Undo,
) -> Result<Vec<Value>> {
    let values = insert_plain(tx, meta, values).await?;
    let key = key_of(meta, &values);
    undo.push(delete_of(meta, key.clone()));
    let mut unseen = match owner {
        Owner::Unseen(last) => Some(last),
        _ => None,
    };
    for lookup in lookups {
        let value = values[lookup.column].clone();
        if value.is_null() {
            continue;
        }
        let claim = Claim {
            value,
            owner: key.clone(),
        };
        if let Some(last) = unseen.take()
            && lookup.claim_unseen(tx, meta, &claim, last, undo).await?
        {
            continue;
        }
        lookup.claim(tx, meta, &[claim], undo).await?;
    }
    Ok(values)
}

impl Lookup {
    /// `INSERT INTO side (value, key`.
    fn insert_head(&self, dialect: &dyn Dialect) -> String {
        let mut head = "INSERT INTO ".to_owned();
        dialect.write_identifier(&mut head, self.table);
        for (at, column) in self.columns.iter().enumerate() {
            head.push_str(if at > 0 { ", " } else { " (" });
            dialect.write_identifier(&mut head, column);
        }
        head
    }

    /// Notes a value for the key that the connection's last INSERT was given.
    fn claim_of_last(&self, dialect: &dyn Dialect, value: Value, last: &str) -> Statement {
        let mut head = self.insert_head(dialect);
        head.push_str(") VALUES (");
        Statement::Raw(RawSql {
            parts: vec![head.into(), format!(", {last})").into()],
            params: vec![Expr::Value(value)],
        })
    }

    /// Notes a value for the key that another side table has under a value of the same row.
    ///
    /// SQL: `INSERT INTO side (value, key) SELECT …, key FROM other WHERE value = …`.
    fn claim_of_noted(
        &self,
        dialect: &dyn Dialect,
        value: Value,
        noted: &Self,
        by: Value,
    ) -> Statement {
        let mut head = self.insert_head(dialect);
        head.push_str(") SELECT ");
        let mut middle = String::new();
        for column in &noted.columns[1..] {
            middle.push_str(", ");
            dialect.write_identifier(&mut middle, column);
        }
        middle.push_str(" FROM ");
        dialect.write_identifier(&mut middle, noted.table);
        middle.push_str(" WHERE ");
        dialect.write_identifier(&mut middle, noted.columns[0]);
        middle.push_str(" = ");
        Statement::Raw(RawSql {
            parts: vec![head.into(), middle.into(), "".into()],
            params: vec![Expr::Value(value), Expr::Value(by)],
        })
    }

    /// Whether the value is noted for this very row.
    async fn is_own(&self, tx: &Transaction, claim: &Claim) -> Result<bool> {
        let select = Select {
            columns: vec![one()],
            filter: Some(self.filter(std::slice::from_ref(claim))),
            limit: Some(1),
            ..Select::from_table(self.table, ROOT)
        };
        Ok(!fetch(tx, &select.into()).await?.is_empty())
    }

    /// Sees whether the connection knows the key that the row was just given, by a claim of it. Hands
    /// back whether it does, and the value is noted; else nothing of the try is left.
    async fn claim_unseen(
        &self,
        tx: &Transaction,
        meta: &'static ModelMeta,
        claim: &Claim,
        last: &str,
        undo: &mut Undo,
    ) -> Result<bool> {
        let statement = self.claim_of_last(tx.dialect(), claim.value.clone(), last);
        match execute(tx, &statement).await {
            Ok(_) => {}
            Err(error) if error.is_unique_violation() => return Err(self.named(meta, error)),
            Err(error) if !is_not_understood(&error) => return Err(error),
            Err(error) => {
                tracing::debug!(target: "orm::sql", %error, "rows of side tables wait for their keys");
                tx.note_last_key(false);
                return Ok(false);
            }
        }
        // Until the try is seen through, what it wrote has no way back.
        let known = self.is_own(tx, claim).await;
        let known = known.inspect_err(|_| undo.give_up())?;
        tx.note_last_key(known);
        if known {
            undo.push(self.release_statement(std::slice::from_ref(claim)));
            return Ok(true);
        }
        // The value is unique here, so the row is the one that was just written.
        let written = Delete {
            table: self.table.into(),
            alias: ROOT,
            joins: Vec::new(),
            filter: Some(Expr::binary(
                Expr::column(ROOT, self.columns[0]),
                BinaryOp::Eq,
                Expr::Value(claim.value.clone()),
            )),
        };
        let removed = execute(tx, &written.into()).await;
        removed.inspect_err(|_| undo.give_up())?;
        Ok(false)
    }
}

/// Whether a statement may have been refused for a function that is not known where it stands, or is
/// nothing there.
fn is_not_understood(error: &Error) -> bool {
    let kind = error.as_db().map(|error| &error.kind);
    matches!(
        kind,
        Some(
            DbErrorKind::Unsupported
                | DbErrorKind::Syntax
                | DbErrorKind::NotNull { .. }
                | DbErrorKind::Data { .. }
                | DbErrorKind::Other
        )
    )
}
