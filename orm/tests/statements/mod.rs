//! Statements as texts, for the tests of backends.

use orm::backend::{DbErrorKind, Executor};
use orm::dialect::Sql;
use orm::value::{RowSet, Value};

pub(crate) fn sql(text: &str, params: impl IntoIterator<Item = Value>) -> Sql {
    let marks = text.match_indices('?').map(|(at, _)| at as u32).collect();
    Sql {
        text: text.to_owned().into(),
        params: params.into_iter().collect(),
        marks,
        ..Sql::default()
    }
}

pub(crate) async fn run(db: &dyn Executor, text: &str) -> u64 {
    db.execute(sql(text, [])).await.expect(text).rows_affected
}

pub(crate) async fn rows(db: &dyn Executor, text: &str) -> RowSet {
    db.fetch(sql(text, [])).await.expect(text)
}

pub(crate) async fn count(db: &dyn Executor, table: &str) -> i64 {
    match rows(db, &format!("SELECT COUNT(*) FROM {table}"))
        .await
        .values[0]
    {
        Value::Int(n) => n,
        ref other => panic!("{other:?}"),
    }
}

pub(crate) async fn kind(db: &dyn Executor, text: &str) -> DbErrorKind {
    db.execute(sql(text, [])).await.expect_err(text).kind
}
