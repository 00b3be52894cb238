//! Rows as structs with named fields.

use super::{Column, Expression, PerRow, Windowed};
use crate::ast::Expr;
use crate::error::{Error, Result};
use crate::model::{Here, Place};
use crate::value::{DbType, DecodeError, RowReader, RowSet, Value};
use orm_schema::FieldType;

/// A struct that rows are read into; made by `#[derive(Row)]`.
///
/// The derive also makes a struct `…Columns` with the same fields, to be filled with what is selected
/// for each: a field that is left out, or filled with something of another type, does not compile.
/// Raw SQL's rows are read by the names of their columns. Django: `values`, `values_list(named=True)`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
/// #[derive(Row, Debug, PartialEq)]
/// struct Headline {
///     title: String,
///     author: String,
/// }
///
/// # fn main() -> Result<()> { run(async |db: Db| {
/// let headlines: Vec<Headline> = Article::objects()
///     .filter(|a| a.views().gt(100))
///     .select(|a| HeadlineColumns { title: a.title(), author: a.author().name() })
///     .all(&db)
///     .await?;
/// let ann = Headline { title: "Hello".into(), author: "Ann".into() };
/// assert_eq!(headlines, [ann]);
///
/// let sql = "SELECT name AS author, 'Hello' AS title FROM blog_author WHERE id = {}";
/// assert_eq!(raw::<Headline>(sql, (1,)).all(&db).await?, headlines);
/// # Ok(()) }) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a struct that rows can be read into",
    note = "put `#[derive(Row)]` on it"
)]
pub trait Row: Sized + Send + 'static {
    /// The struct's name, for messages.
    const NAME: &'static str;
    /// The names of the fields, in order.
    const FIELDS: &'static [&'static str];

    /// Reads one row, field by field.
    ///
    /// # Errors
    /// [`DecodeError`] if a value does not fit.
    fn read(row: &mut RowReader<'_>) -> Result<Self, DecodeError>;
}

/// What can fill a field of type `T` of a [`Row`], in a query on `R`: a column or an expression of
/// that type; of what may be NULL an `Option<T>`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot be filled with `{Self}`",
    label = "one of the fields is filled with something of another type",
    note = "the field's type is that of the column; of a column or path that may be NULL it is an `Option<…>`",
    note = "columns stand in `.select(…)` of a query; aggregates in `.aggregate(…)`, or with the keys in `.select(…)` of a `.group_by(…)`"
)]
pub trait Fills<R, T, K = PerRow> {
    /// Whether it is an exact decimal.
    fn exact() -> bool;
    /// The node of the AST.
    fn node(self) -> Expr;
}

fn is_decimal<T: DbType>() -> bool {
    matches!(T::TYPE, FieldType::Decimal { .. })
}

impl<R, T: DbType, K> Fills<R, T, K> for Expression<R, T, Here, K> {
    fn exact() -> bool {
        is_decimal::<T>()
    }
    fn node(self) -> Expr {
        self.node
    }
}

impl<R, T: DbType, N: Place, K> Fills<R, Option<T>, K> for Expression<R, T, N, K> {
    fn exact() -> bool {
        is_decimal::<T>()
    }
    fn node(self) -> Expr {
        self.node
    }
}

impl<R, T: DbType> Fills<R, T> for Column<R, T, Here> {
    fn exact() -> bool {
        is_decimal::<T>()
    }
    fn node(self) -> Expr {
        self.expr().node
    }
}

impl<R, T: DbType, N: Place> Fills<R, Option<T>> for Column<R, T, N> {
    fn exact() -> bool {
        is_decimal::<T>()
    }
    fn node(self) -> Expr {
        self.expr().node
    }
}

impl<R, T: DbType> Fills<R, T> for Windowed<R, T, Here> {
    fn exact() -> bool {
        is_decimal::<T>()
    }
    fn node(self) -> Expr {
        self.node
    }
}

impl<R, T: DbType, N: Place> Fills<R, Option<T>> for Windowed<R, T, N> {
    fn exact() -> bool {
        is_decimal::<T>()
    }
    fn node(self) -> Expr {
        self.node
    }
}

/// Reads rows into structs by the names of their columns.
///
/// # Errors
/// [`Error::Usage`] if a field's column is missing or there twice; [`Error::Decode`].
pub fn rows_by_name<T: Row>(rows: RowSet) -> Result<Vec<T>> {
    for field in T::FIELDS {
        if rows.columns.iter().filter(|c| *c == field).count() > 1 {
            return Err(Error::Usage(format!(
                "the rows have several columns `{field}`: name the one that {} is to get, by `AS`",
                T::NAME
            )));
        }
    }
    by_name(rows, T::NAME, T::FIELDS, T::read)
}

/// Reads rows whose columns stand in any order.
pub(super) fn by_name<T>(
    mut rows: RowSet,
    reader: &str,
    names: &[&str],
    read: fn(&mut RowReader<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>> {
    let mut places = Vec::with_capacity(names.len());
    for name in names {
        let at = rows.columns.iter().position(|c| c == name);
        places.push(at.ok_or_else(|| {
            Error::Usage(format!(
                "the rows have no column `{name}`, which {reader} needs"
            ))
        })?);
    }
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let width = rows.columns.len().max(1);
    let mut out = Vec::with_capacity(rows.len());
    for row in rows.values.chunks_exact_mut(width) {
        let mut values: Vec<Value> = places
            .iter()
            .map(|&p| std::mem::take(&mut row[p]))
            .collect();
        out.push(read(&mut RowReader::new(&names, &mut values))?);
    }
    Ok(out)
}
