//! Statements on a table as a whole that are neither schema nor rows.

use super::{Dialect, RenderError, Sql};

/// What `OPTIMIZE TABLE` does on SingleStore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Optimize {
    /// Merges what is worth it.
    Merge,
    /// Merges everything: takes long, and leaves a table that is read fastest.
    Full,
    /// Moves rows from memory to the columnstore.
    Flush,
}

/// `OPTIMIZE TABLE … FLUSH` and its like.
///
/// # Errors
/// [`RenderError::Unsupported`] where the database has no columnstore to put in order.
pub fn optimize_table(
    dialect: &dyn Dialect,
    table: &str,
    how: Optimize,
) -> Result<Sql, RenderError> {
    let word = match how {
        Optimize::Merge => "",
        Optimize::Full => " FULL",
        Optimize::Flush => " FLUSH",
    };
    if !dialect.features().optimize_table {
        return Err(RenderError::Unsupported {
            dialect: dialect.name(),
            feature: format!("OPTIMIZE TABLE{word}"),
            hint: "SingleStore alone has it: ask `features().optimize_table` first".to_owned(),
        });
    }
    let mut text = String::from("OPTIMIZE TABLE ");
    dialect.write_identifier(&mut text, table);
    text.push_str(word);
    Ok(Sql {
        text: text.into(),
        ..Sql::default()
    })
}
