//! What validation finds.

use std::borrow::Cow;
use std::fmt;

/// One fault: what is wrong, a short code for programs, and the field it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field; `None` is the object as a whole.
    pub field: Option<&'static str>,
    /// `null`, `max_length`, `max_digits`, `range`, `choices`, `unique`, `invalid`, or one's own.
    pub code: Cow<'static, str>,
    /// What is wrong, to stand behind the field's name.
    pub message: String,
}

impl Invalid {
    /// A fault with the code `invalid`.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            field: None,
            code: Cow::Borrowed("invalid"),
            message: message.into(),
        }
    }

    /// The same of a field.
    #[must_use]
    pub fn of(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// The same with a code.
    #[must_use]
    pub fn code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.code = code.into();
        self
    }
}

impl From<String> for Invalid {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<&str> for Invalid {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "`{field}` {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// All faults of an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ValidationErrors {
    pub(crate) model: &'static str,
    faults: Vec<Invalid>,
}

impl ValidationErrors {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault.
    pub fn add(&mut self, fault: impl Into<Invalid>) {
        self.faults.push(fault.into());
    }

    /// Adds the faults of others.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Invalid>) {
        self.faults.extend(others);
    }

    /// The faults, in the order of the fields; those of the object as a whole last.
    pub fn faults(&self) -> &[Invalid] {
        &self.faults
    }

    /// The faults of a field.
    pub fn of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a Invalid> {
        self.faults.iter().filter(move |f| f.field == Some(field))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// These, unless there are none.
    ///
    /// # Errors
    /// Itself, if there is a fault.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl IntoIterator for ValidationErrors {
    type Item = Invalid;
    type IntoIter = std::vec::IntoIter<Invalid>;
    fn into_iter(self) -> Self::IntoIter {
        self.faults.into_iter()
    }
}

impl fmt::Display for ValidationErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let model = if self.model.is_empty() {
            "the object"
        } else {
            self.model
        };
        write!(f, "{model} is not valid: ")?;
        for (i, fault) in self.faults.iter().enumerate() {
            let sign = if i > 0 { "; " } else { "" };
            write!(f, "{sign}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidationErrors {}

/// The fault of a value that is none of its column's type; for the derive.
pub fn not_decoded(error: crate::value::DecodeError) -> ValidationErrors {
    Invalid::new(format!("cannot be read: {error}")).into()
}

macro_rules! from_one {
    ($($ty:ty),*) => {$(
        impl From<$ty> for ValidationErrors {
            fn from(fault: $ty) -> Self {
                let mut errors = Self::new();
                errors.add(fault);
                errors
            }
        }
    )*};
}
from_one!(Invalid, String, &str);
