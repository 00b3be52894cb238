//! Repairs of what was found.

use orm_schema::LOOKUP_VALUE;

use super::Result;
use super::plan::{Check, Checked, Mend};
use super::sql::{HERE, column, execute};
use crate::ast::{Delete, Expr, Insert, OnConflict, Update};
use crate::backend::Executor;
use crate::value::Value;

/// Rows of one statement.
const ROWS: usize = 512;

/// Repairs rows: their key, then the columns that were compared.
pub(super) async fn mend(
    db: &dyn Executor,
    of: &Checked,
    check: &Check,
    found: &[Vec<Value>],
) -> Result<()> {
    let Check::Alone {
        other, equal, mend, ..
    } = check
    else {
        return Ok(());
    };
    for rows in found.chunks(ROWS) {
        match mend {
            Mend::No(_) => {}
            Mend::Null(column) => set_null(db, of, equal, column, rows).await?,
            Mend::Delete => delete(db, of, rows).await?,
            Mend::Insert => {
                let columns = equal
                    .iter()
                    .map(|(_, there)| there.clone().into())
                    .collect();
                insert(db, other, columns, of.key.len(), rows).await?;
            }
        }
    }
    Ok(())
}

fn these(of: &Checked, rows: &[Vec<Value>]) -> Expr {
    let width = of.key.len();
    if width == 1 {
        return Expr::In {
            expr: Box::new(column(HERE, &of.key[0])),
            list: rows.iter().map(|row| row[0].clone()).collect(),
        };
    }
    Expr::InRows {
        exprs: of.key.iter().map(|k| column(HERE, k)).collect(),
        rows: rows.iter().map(|row| row[..width].to_vec()).collect(),
    }
}

async fn set_null(
    db: &dyn Executor,
    of: &Checked,
    equal: &[(String, String)],
    name: &str,
    rows: &[Vec<Value>],
) -> Result<()> {
    // Only what still refers to the row that is gone.
    let compared = |row: &Vec<Value>| row[of.key.len()..].to_vec();
    let gone = match equal {
        [(here, _)] => Expr::In {
            expr: Box::new(column(HERE, here)),
            list: rows.iter().flat_map(compared).collect(),
        },
        many => Expr::InRows {
            exprs: many.iter().map(|(here, _)| column(HERE, here)).collect(),
            rows: rows.iter().map(compared).collect(),
        },
    };
    let update = Update {
        table: of.table.clone().into(),
        alias: HERE,
        set: vec![(name.to_owned().into(), Expr::Value(Value::Null))],
        joins: Vec::new(),
        filter: Some(Expr::And(vec![these(of, rows), gone])),
    };
    execute(db, &update.into()).await.map(drop)
}

async fn delete(db: &dyn Executor, of: &Checked, rows: &[Vec<Value>]) -> Result<()> {
    let delete = Delete {
        table: of.table.clone().into(),
        alias: HERE,
        joins: Vec::new(),
        filter: Some(these(of, rows)),
    };
    execute(db, &delete.into()).await.map(drop)
}

/// Inserts partners; one whose key is taken is left out.
async fn insert(
    db: &dyn Executor,
    table: &str,
    columns: Vec<crate::ast::Name>,
    from: usize,
    rows: &[Vec<Value>],
) -> Result<()> {
    debug_assert_eq!(columns.first().map(AsRef::as_ref), Some(LOOKUP_VALUE));
    let insert = Insert {
        table: table.to_owned().into(),
        columns,
        values: rows.iter().flat_map(|row| row[from..].to_vec()).collect(),
        on_conflict: Some(OnConflict::Ignore),
        returning: Vec::new(),
    };
    execute(db, &insert.into()).await.map(drop)
}
