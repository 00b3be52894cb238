//! What can go wrong when operations move a state.

/// An operation does not fit the state it is applied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateError {
    /// The migration, as `app.name`, where it is known.
    pub migration: Option<String>,
    /// The operation, in its one-line form, where it is known.
    pub operation: Option<String>,
    /// What is wrong.
    pub problem: Box<StateProblem>,
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateProblem {
    /// The model is not there.
    #[error("model {model} does not exist{}", .near.as_ref().map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    NoModel {
        /// The model, as `app.Model`.
        model: String,
        /// A model of like name.
        near: Option<String>,
    },
    /// A model of that name is there already.
    #[error("model {model} exists already")]
    ModelExists {
        /// The model, as `app.Model`.
        model: String,
    },
    /// The field is not there.
    #[error("model {model} has no field {field}{}", .near.as_ref().map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    NoField {
        /// The model, as `app.Model`.
        model: String,
        /// The field.
        field: String,
        /// A field of like name.
        near: Option<String>,
    },
    /// A field of that name is there already.
    #[error("model {model} has a field {field} already")]
    FieldExists {
        /// The model, as `app.Model`.
        model: String,
        /// The field.
        field: String,
    },
    /// The field is still named by something that has to go first.
    #[error("field {field} of {model} is still named by {by}; change that first")]
    FieldInUse {
        /// The model, as `app.Model`.
        model: String,
        /// The field.
        field: String,
        /// What names it.
        by: String,
    },
    /// Something names a field that is not there.
    #[error("{by} of {model} names field {field}, which does not exist")]
    Dangling {
        /// The model, as `app.Model`.
        model: String,
        /// The field that is missing.
        field: String,
        /// What names it.
        by: String,
    },
    /// An index or constraint is not there.
    #[error("model {model} has no {what} named {name}")]
    NoPart {
        /// The model, as `app.Model`.
        model: String,
        /// `index` or `constraint`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// An index or constraint is there already.
    #[error("model {model} has an {what} named {name} already")]
    PartExists {
        /// The model, as `app.Model`.
        model: String,
        /// `index` or `constraint`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The old side that the operation carries is not what the earlier migrations made.
    #[error(
        "{what} of {model} is {found} after the earlier migrations, but the operation says it was {said}; \
         correct the operation's old side, or the order of the migrations"
    )]
    Differs {
        /// The model, as `app.Model`.
        model: String,
        /// What differs.
        what: String,
        /// What the state holds.
        found: String,
        /// What the operation carries.
        said: String,
    },
    /// A relation leads to a model that is not there.
    #[error(
        "field {field} of {model} refers to {target}, which does not exist; add a dependency on the migration that creates it"
    )]
    NoTarget {
        /// The model, as `app.Model`.
        model: String,
        /// The field.
        field: String,
        /// What is missing.
        target: String,
    },
    /// The operation belongs to another application.
    #[error("the operation's model {model} is not of application {app}")]
    WrongApp {
        /// The model, as `app.Model`.
        model: String,
        /// The application of the migration.
        app: String,
    },
}

impl From<StateProblem> for StateError {
    fn from(problem: StateProblem) -> Self {
        Self {
            migration: None,
            operation: None,
            problem: Box::new(problem),
        }
    }
}

impl StateError {
    /// Adds the migration's name, unless one is known.
    #[must_use]
    pub fn in_migration(mut self, app: &str, name: &str) -> Self {
        self.migration
            .get_or_insert_with(|| format!("{app}.{name}"));
        self
    }
}

impl std::fmt::Display for StateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(migration) = &self.migration {
            write!(f, "migration {migration}: ")?;
        }
        if let Some(operation) = &self.operation {
            write!(f, "cannot apply \"{operation}\": ")?;
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for StateError {}

/// An operation that cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{operation}\" cannot be undone: {reason}")]
pub struct Irreversible {
    /// The operation, in its one-line form.
    pub operation: String,
    /// Why, and the way out.
    pub reason: &'static str,
}
