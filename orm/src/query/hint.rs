//! Hints: options of how SingleStore plans or runs a query.

use super::QuerySet;
use crate::ast::{QueryOption, QueryOptions};
use crate::model::Model;
use crate::value::Value;

/// A value of an option: a whole number, a truth value or a text.
pub trait OptionValue {
    /// As it is sent.
    fn into_value(self) -> Value;
}

impl OptionValue for i64 {
    fn into_value(self) -> Value {
        Value::Int(self)
    }
}

impl OptionValue for bool {
    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

impl OptionValue for &str {
    fn into_value(self) -> Value {
        Value::Text(self.to_owned())
    }
}

/// An option of how SingleStore plans or runs one query: `OPTION (name = value)`.
///
/// Source: SingleStore documentation, SELECT; the options are those of the server's version.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint(Result<QueryOption, String>);

impl Hint {
    /// The option of this name: `Hint::option("materialize_ctes", "OFF")`.
    ///
    /// The name is of letters, digits and underscores; any other is raised when the query is sent.
    pub fn option(name: &'static str, value: impl OptionValue) -> Self {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_word) {
            return Self(Err(format!(
                "`{name}` is no name of an option: it is of letters, digits and underscores"
            )));
        }
        Self(Ok(QueryOption {
            name,
            value: value.into_value(),
        }))
    }

    /// How the server runs a query that it has not compiled yet: `"interpret"`, `"interpret_first"`,
    /// `"compile"` or what else its version knows.
    pub fn interpreter_mode(mode: &str) -> Self {
        Self::option("interpreter_mode", mode)
    }

    /// The resource pool that the query runs in.
    pub fn resource_pool(name: &str) -> Self {
        Self::option("resource_pool", name)
    }
}

impl<M: Model> QuerySet<M> {
    /// Tells SingleStore how to plan or run the query; of one option the last value counts.
    ///
    /// SQL: `OPTION (name = value)` behind the statement. It belongs to the outermost query, and other
    /// databases have no such thing: both are refused when the query is rendered. Updates and deletes take
    /// none ([`Error::Usage`](crate::Error::Usage)).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctest/blog.rs"));
    /// use orm::dialect::SingleStore;
    /// use orm::query::Hint;
    /// # fn main() -> Result<()> { run(async |db: Db| {
    /// let query = Tag::objects().hint(Hint::option("materialize_ctes", "OFF"));
    /// assert!(query.to_sql(&SingleStore)?.text.ends_with("OPTION (materialize_ctes = 'OFF')"));
    /// let error = query.all(&db).await.unwrap_err();
    /// assert!(error.to_string().contains("sqlite does not support options of a query"), "{error}");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`RenderError::Unsupported`](crate::dialect::RenderError::Unsupported) on other databases.
    #[must_use]
    pub fn hint(mut self, hint: Hint) -> Self {
        match hint.0 {
            Ok(option) => {
                let options = self.plan.options.take();
                let mut list = options.map_or_else(Vec::new, |o| o.list);
                list.retain(|o| o.name != option.name);
                list.push(option);
                self.plan.options = Some(Box::new(QueryOptions { list }));
            }
            Err(misuse) => self.plan.misuse = Some(misuse),
        }
        self
    }
}
