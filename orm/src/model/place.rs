//! Whether a path of a query can be NULL, as a type.

use crate::value::{DbType, DecodeError, RowReader};

/// Whether a column reached by a path can be NULL.
pub trait Place: Copy + Send + Sync + 'static {
    /// What a column of `T` gives there: `T`, or `Option<T>`.
    type Out<T: DbType>: Send + 'static;
    /// Where either of two can be NULL: what a calculation with both gives.
    type Or<N: Place>: Place;
    /// Where both of two can be NULL: what the first that is not NULL gives.
    type And<N: Place>: Place;
    /// Whether NULL can occur.
    const NULLABLE: bool;

    /// Reads what the next column gives.
    ///
    /// # Errors
    /// [`DecodeError`] if the value does not fit.
    fn read<T: DbType>(row: &mut RowReader<'_>) -> Result<Self::Out<T>, DecodeError>;
}

/// Never NULL.
#[derive(Debug, Clone, Copy)]
pub struct Here;

/// NULL where the column is nullable or a relation on the path is.
#[derive(Debug, Clone, Copy)]
pub struct Maybe;

/// A place that can be NULL: only [`Maybe`].
#[diagnostic::on_unimplemented(
    message = "this column is never NULL, so there is nothing to ask",
    label = "not a nullable column",
    note = "a column that may be NULL has the type `Option<…>` in its struct"
)]
pub trait Nullable: Place {}

impl Nullable for Maybe {}

impl Place for Here {
    type Out<T: DbType> = T;
    type Or<N: Place> = N;
    type And<N: Place> = Self;
    const NULLABLE: bool = false;
    #[inline]
    fn read<T: DbType>(row: &mut RowReader<'_>) -> Result<T, DecodeError> {
        row.get()
    }
}

impl Place for Maybe {
    type Out<T: DbType> = Option<T>;
    type Or<N: Place> = Self;
    type And<N: Place> = N;
    const NULLABLE: bool = true;
    #[inline]
    fn read<T: DbType>(row: &mut RowReader<'_>) -> Result<Option<T>, DecodeError> {
        row.get()
    }
}
