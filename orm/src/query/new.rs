//! Objects to be created.

use std::fmt;
use std::marker::PhantomData;

use super::Assignment;
use crate::ast::Expr;
use crate::error::{Error, Result};
use crate::model::{At, DefaultMeta, Here, Model, ModelMeta, Scope, read_one};
use crate::value::{RowReader, Value};

/// Values for a new object; made by [`new!`](crate::new).
pub struct New<M> {
    values: Vec<Option<Value>>,
    misuse: Option<String>,
    model: PhantomData<fn() -> M>,
}

impl<M> fmt::Debug for New<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("New").field(&self.values).finish()
    }
}

impl<M> Clone for New<M> {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            misuse: self.misuse.clone(),
            model: PhantomData,
        }
    }
}

impl<M: Model> Default for New<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Model> New<M> {
    /// No value yet. Required fields are checked by [`new!`](crate::new) only.
    #[expect(
        clippy::self_named_constructors,
        reason = "`New::new` is what Rust calls it"
    )]
    pub fn new() -> Self {
        Self {
            values: vec![None; M::META.columns.len()],
            misuse: None,
            model: PhantomData,
        }
    }

    /// Adds the value of a field: `.with(|a| a.title().set("…"))`.
    #[must_use]
    pub fn with(mut self, set: impl FnOnce(&M::Fields<M, Here>) -> Assignment<M>) -> Self {
        let at = At::table(
            Scope::new(crate::model::Joins::default(), 1),
            M::META,
            super::plan::ROOT,
        );
        let assignment = set(&at.into());
        match assignment.node {
            Ok(Expr::Value(value)) => self.values[assignment.column] = Some(value),
            Ok(_) => {
                self.misuse = Some(format!(
                    "`{}` of a new {} needs a value, not an expression",
                    M::META.columns[assignment.column].field,
                    M::META.name
                ));
            }
            Err(text) => self.misuse = Some(text),
        }
        self
    }

    /// The columns that have a value by now.
    pub(crate) fn given(&self) -> Vec<usize> {
        let columns = 0..self.values.len();
        columns.filter(|&c| self.values[c].is_some()).collect()
    }

    /// Sets a column, whatever it was.
    pub(crate) fn put(&mut self, column: usize, value: Value) {
        self.values[column] = Some(value);
    }

    /// What was wrong with a value that was given.
    pub(crate) fn misuse(&self) -> Option<&str> {
        self.misuse.as_deref()
    }

    /// The values with the defaults that there are, and the columns that miss one.
    pub(crate) fn known(&self) -> (Vec<Option<Value>>, Vec<usize>) {
        let mut values = self.values.clone();
        let mut missing = Vec::new();
        for (i, (slot, column)) in values.iter_mut().zip(M::META.columns).enumerate() {
            if slot.is_some() || column.auto || column.computed {
                continue;
            }
            *slot = column.default.value(&column.ty);
            if slot.is_none() && !column.null && matches!(column.default, DefaultMeta::None) {
                missing.push(i);
            }
        }
        (values, missing)
    }

    /// The values, defaults filled in; `None` is left to the database.
    pub(crate) fn finish(self) -> Result<Vec<Option<Value>>> {
        match self.misuse {
            Some(text) => Err(Error::Usage(text)),
            None => with_defaults(M::META, self.values),
        }
    }
}

/// Fills defaults into the values of a new row; `None` is left to the database.
pub(crate) fn with_defaults(
    meta: &'static ModelMeta,
    mut values: Vec<Option<Value>>,
) -> Result<Vec<Option<Value>>> {
    for (slot, column) in values.iter_mut().zip(meta.columns) {
        if slot.is_some() || column.auto || column.computed {
            continue;
        }
        *slot = match column.default {
            DefaultMeta::Literal(_) | DefaultMeta::Made(_) => column.default.value(&column.ty),
            DefaultMeta::Database => None,
            DefaultMeta::None if column.null => Some(Value::Null),
            DefaultMeta::None => {
                return Err(Error::Usage(format!(
                    "the field `{}` of a new {} has no value and no default",
                    column.field, meta.name
                )));
            }
        };
    }
    Ok(values)
}

/// Makes an object of the values of all its columns.
pub(crate) fn object_of<M: Model>(mut values: Vec<Value>) -> Result<M> {
    let columns: Vec<String> = M::META
        .columns
        .iter()
        .map(|c| c.column.to_owned())
        .collect();
    Ok(read_one(&mut RowReader::new(&columns, &mut values))?)
}

/// What can be inserted as a row of `M`: an object, or what [`new!`](crate::new) makes.
pub trait IntoInsert<M> {
    /// Appends a value for each column, and tells which columns are left to the database.
    ///
    /// # Errors
    /// [`Error::Usage`] if a value is missing.
    fn push(self, values: &mut Vec<Value>, unset: &mut Vec<usize>) -> Result<()>;
}

impl<M: Model> IntoInsert<M> for M {
    fn push(self, values: &mut Vec<Value>, unset: &mut Vec<usize>) -> Result<()> {
        let start = values.len();
        self.into_values(values);
        let own = values[start..].iter().zip(M::META.columns).enumerate();
        unset.extend(
            own.filter(|(_, (v, c))| (c.auto && v.is_null()) || c.computed)
                .map(|(i, _)| i),
        );
        Ok(())
    }
}

impl<M: Model> IntoInsert<M> for New<M> {
    fn push(self, values: &mut Vec<Value>, unset: &mut Vec<usize>) -> Result<()> {
        for (i, value) in self.finish()?.into_iter().enumerate() {
            if value.is_none() {
                unset.push(i);
            }
            values.push(value.unwrap_or_default());
        }
        Ok(())
    }
}

/// Checks that all required fields are given; run in a constant by [`new!`](crate::new), so that a
/// missing one does not compile.
///
/// # Panics
/// With the message for the missing field: at compile time.
pub const fn check_new(meta: &ModelMeta, given: &[&str]) {
    let mut i = 0;
    while i < meta.required.len() {
        let (field, message) = meta.required[i];
        let mut found = false;
        let mut j = 0;
        while j < given.len() {
            if crate::model::same_text(plain(given[j]), field) {
                found = true;
            }
            j += 1;
        }
        if !found {
            panic!("{}", message);
        }
        i += 1;
    }
}

/// The name of a field without the `r#` that a keyword needs.
const fn plain(field: &str) -> &str {
    match field.as_bytes() {
        [b'r', b'#', rest @ ..] => match core::str::from_utf8(rest) {
            Ok(name) => name,
            Err(_) => field,
        },
        _ => field,
    }
}
