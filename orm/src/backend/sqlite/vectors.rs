//! Comparison of vectors, which SQLite lacks: over the texts that columns keep them as.

use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

use super::functions::{PURE, text, user};
use crate::value::vector_elements;

/// Registers the functions.
pub(super) fn register(conn: &Connection) -> Result<()> {
    type Term = fn(f64, f64) -> f64;
    type End = fn(f64) -> f64;
    let functions: [(&str, Term, End); 2] = [
        ("orm_dot_product", |a, b| a * b, |sum| sum),
        (
            "orm_euclidean_distance",
            |a, b| (a - b) * (a - b),
            f64::sqrt,
        ),
    ];
    for (name, term, end) in functions {
        conn.create_scalar_function(name, 2, PURE, move |ctx| {
            let (a, b) = (elements(ctx, 0)?, elements(ctx, 1)?);
            let (Some(a), Some(b)) = (&*a, &*b) else {
                return Ok(None);
            };
            if a.len() != b.len() {
                return Err(user(format!(
                    "vectors of {} and of {} elements cannot be compared",
                    a.len(),
                    b.len()
                )));
            }
            let terms = a.iter().zip(b).map(|(a, b)| term((*a).into(), (*b).into()));
            Ok(Some(end(terms.sum::<f64>())))
        })?;
    }
    Ok(())
}

/// An argument; one that is the same for all rows is read once.
fn elements(ctx: &Context<'_>, at: usize) -> Result<std::sync::Arc<Option<Vec<f32>>>> {
    let at = i32::try_from(at).unwrap_or(0);
    ctx.get_or_create_aux(at, |value: ValueRef<'_>| {
        let Some(text) = text(value)? else {
            return Ok::<_, Error>(None);
        };
        vector_elements(&text).map(Some).map_err(user)
    })
}
