//! SQL text with parameters.

use std::fmt;
use std::marker::PhantomData;

use super::QuerySet;
use super::plan::{execute, fetch};
use super::row::by_name;
use crate::ast::{Expr, Name, RawSql, Statement};
use crate::backend::{Executed, Executor};
use crate::dialect::Sql;
use crate::error::{Error, Result};
use crate::model::{Model, read_one};
use crate::value::{DbType, RowSet, Value};

/// SQL text of the database's own dialect; `{}` stands for a parameter.
pub struct Raw<T> {
    sql: std::result::Result<RawSql, String>,
    marker: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for Raw<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Raw").field(&self.sql).finish()
    }
}

/// Parameters of [`raw`]: a tuple of values, or a list of [`Value`]s.
pub trait Params {
    /// The values, in order.
    fn into_params(self) -> Vec<Value>;
}

impl Params for () {
    fn into_params(self) -> Vec<Value> {
        Vec::new()
    }
}

impl Params for Vec<Value> {
    fn into_params(self) -> Vec<Value> {
        self
    }
}

/// A value that can be a parameter.
pub trait Param {
    /// The value.
    fn into_param(self) -> Value;
}

impl<T: DbType> Param for T {
    fn into_param(self) -> Value {
        self.into_value()
    }
}

impl Param for &str {
    fn into_param(self) -> Value {
        Value::Text(self.to_owned())
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<$($name: Param),+> Params for ($($name,)+) {
            fn into_params(self) -> Vec<Value> {
                vec![$(self.$index.into_param()),+]
            }
        }
    )*};
}
tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}

/// Cuts the text at each `{}`; `{{}}` is a literal `{}`.
fn parse(text: &str, params: Vec<Value>) -> std::result::Result<RawSql, String> {
    let mut parts = vec![String::new()];
    let mut rest = text;
    while let Some(at) = rest.find("{}") {
        let literal = rest[..at].ends_with('{') && rest[at + 2..].starts_with('}');
        let last = parts.len() - 1;
        if literal {
            parts[last].push_str(&rest[..at - 1]);
            parts[last].push_str("{}");
            rest = &rest[at + 3..];
        } else {
            parts[last].push_str(&rest[..at]);
            parts.push(String::new());
            rest = &rest[at + 2..];
        }
    }
    let last = parts.len() - 1;
    parts[last].push_str(rest);
    if parts.len() - 1 != params.len() {
        return Err(format!(
            "the SQL has {} places `{{}}` but {} parameters were given: {text}",
            parts.len() - 1,
            params.len()
        ));
    }
    Ok(RawSql {
        parts: parts.into_iter().map(Name::from).collect(),
        params: params.into_iter().map(Expr::Value).collect(),
    })
}

/// SQL text with parameters: `raw::<Article>("SELECT * FROM blog_article WHERE views > {}", (100,))`.
///
/// Values go in as parameters, never as text. Rows are read into models and `#[derive(Row)]` structs
/// by column name, into tuples by position. The order of the rows is what the text says. Django: `raw`, `cursor.execute`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let rows = raw::<(String, i64)>(
///     "SELECT title, views FROM blog_article WHERE views > {} ORDER BY id",
///     (100,),
/// );
/// assert_eq!(rows.all(&db).await?, [("Hello".into(), 120)]);
/// # Ok(()) }) }
/// ```
pub fn raw<T>(text: &str, params: impl Params) -> Raw<T> {
    Raw {
        sql: parse(text, params.into_params()),
        marker: PhantomData,
    }
}

/// What raw SQL's rows can be read into: a model, a `#[derive(Row)]` struct, or a tuple of values.
#[diagnostic::on_unimplemented(
    message = "the rows of raw SQL cannot be read into `{Self}`",
    note = "take a model, a struct with `#[derive(Row)]`, or a tuple: `raw::<(i64, String)>(…)`; a single value is `(i64,)`"
)]
pub trait FromRows: Sized {
    /// Reads all rows.
    ///
    /// # Errors
    /// [`Error::Decode`]; [`Error::Usage`] if a model's column is missing.
    fn from_rows(rows: RowSet) -> Result<Vec<Self>>;
}

impl<M: Model> FromRows for M {
    fn from_rows(rows: RowSet) -> Result<Vec<Self>> {
        let names: Vec<&str> = M::META.columns.iter().map(|c| c.column).collect();
        by_name(rows, M::META.name, &names, read_one::<M>)
    }
}

macro_rules! from_rows {
    ($($($name:ident),+;)*) => {$(
        impl<$($name: DbType),+> FromRows for ($($name,)+) {
            fn from_rows(mut rows: RowSet) -> Result<Vec<Self>> {
                rows.rows().map(|mut row| Ok(($(row.get::<$name>()?,)+))).collect()
            }
        }
    )*};
}
from_rows! {
    A;
    A, B;
    A, B, C;
    A, B, C, D;
    A, B, C, D, E;
    A, B, C, D, E, F;
}

impl<T> Raw<T> {
    fn statement(&self) -> Result<Statement> {
        match &self.sql {
            Ok(sql) => Ok(Statement::Raw(sql.clone())),
            Err(text) => Err(Error::Usage(text.clone())),
        }
    }

    /// Runs a statement without rows.
    ///
    /// # Errors
    /// [`Error::Db`]; [`Error::Usage`] if places and parameters differ in number.
    pub async fn exec(&self, db: &impl Executor) -> Result<Executed> {
        execute(db, &self.statement()?).await
    }

    /// The rows.
    ///
    /// # Errors
    /// [`Error::Db`]; [`Error::Decode`]; [`Error::Usage`] if places and parameters differ in number,
    /// or a column is missing that is read by its name.
    pub async fn all(&self, db: &impl Executor) -> Result<Vec<T>>
    where
        T: FromRows,
    {
        T::from_rows(fetch(db, &self.statement()?).await?)
    }
}

impl<M: Model> QuerySet<M> {
    /// Keeps the objects that meet a condition in SQL: `.filter_raw("views % {} = 0", (7,))`.
    ///
    /// Columns are named as in the table; with joins write `t0.` before those of this model.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let query = Article::objects().filter_raw("views % {} = 0", (10,));
    /// assert_eq!(query.count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn filter_raw(mut self, text: &str, params: impl Params) -> Self {
        match parse(text, params.into_params()) {
            Ok(mut sql) => {
                if let Some(first) = sql.parts.first_mut() {
                    *first = format!("({first}").into();
                }
                if let Some(last) = sql.parts.last_mut() {
                    *last = format!("{last})").into();
                }
                self.plan.add_filter(Expr::Raw(sql));
            }
            Err(text) => self.plan.misuse = Some(text),
        }
        self
    }
}

/// Runs `EXPLAIN` of a statement and hands back its rows as lines.
pub(crate) async fn explain(db: &dyn Executor, mut sql: Sql) -> Result<Vec<String>> {
    let word = db.dialect().features().explain;
    let text = format!("{word} {}", sql.text);
    let shift = u32::try_from(word.len() + 1).unwrap_or_default();
    sql.marks = sql.marks.iter().map(|m| m + shift).collect();
    sql.text = text.into();
    let rows = db.fetch(sql).await?;
    let width = rows.columns.len().max(1);
    let line = |row: &[Value]| {
        let cells = row
            .iter()
            .zip(rows.columns.iter())
            .filter(|(v, _)| !v.is_null());
        let cells = cells.map(|(v, name)| match v {
            Value::Text(t) => format!("{name}={t}"),
            Value::Int(n) => format!("{name}={n}"),
            other => format!("{name}={other:?}"),
        });
        cells.collect::<Vec<_>>().join(" ")
    };
    Ok(rows.values.chunks(width).map(line).collect())
}
