//! What the autodetector asks, and who answers.

use std::collections::BTreeMap;

use orm_schema::{FieldDef, FieldType, Literal, ModelId};

use crate::migrate::format::Node;
use crate::migrate::state::ProjectState;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuestionKind {
    /// Was the model renamed?
    RenameModel,
    /// Was the field renamed?
    RenameField,
    /// What do rows that are there get in a new NOT NULL column?
    Default,
    /// What do NULLs become in a column that accepts them no more?
    NotNull,
    /// May the table be dropped?
    Drop,
}

impl QuestionKind {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RenameModel => "rename_model",
            Self::RenameField => "rename_field",
            Self::Default => "default",
            Self::NotNull => "not_null",
            Self::Drop => "drop",
        }
    }
}

/// A question, with its answer once it is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What is asked.
    pub kind: QuestionKind,
    /// The model, with its new name.
    pub model: ModelId,
    /// The field, with its new name; for `drop` the many-to-many field whose table goes.
    pub field: Option<String>,
    /// For renames, the name that may have been the old one.
    pub old: Option<String>,
    /// For values, the field's type.
    pub ty: Option<FieldType>,
    /// For values, whether the field is unique, so that no two rows can have the same.
    pub unique: bool,
    /// For values, whether the program makes them, by `default_fn`: for new rows, not for those that
    /// are there.
    pub made: bool,
    /// The answer.
    pub answer: Answer,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No; for `drop` this ends the run.
    No,
    /// This value, for the rows that are there and only for them.
    Value(Literal),
    /// For `not_null`: go on, the NULLs are seen to elsewhere. For `default` of a unique field: add
    /// it as NULL, as the first of three steps; when rows have their values, the next run makes it
    /// NOT NULL.
    Leave,
    /// The run must not go on.
    Refuse,
}

/// Who answers: a person, flags, a test.
pub trait Answers {
    /// Answers a question.
    fn ask(&mut self, question: &Question) -> Answer;

    /// The old name of a model, or of a field of it, that was given beforehand; it counts even
    /// where the definitions differ.
    fn given_rename(&mut self, model: &ModelId, field: Option<&str>) -> Option<String> {
        let _ = (model, field);
        None
    }

    /// Whether dropping any table was agreed to beforehand.
    fn allows_drops(&self) -> bool {
        false
    }
}

/// Answers given beforehand, and no person: a rename that is not given is not assumed, a value
/// that is not given is refused for a new column and left for an old one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AnswerTable {
    /// Models as they are called now, with their old names.
    pub renamed_models: BTreeMap<ModelId, String>,
    /// Fields as they are called now, with their old names.
    pub renamed_fields: BTreeMap<(ModelId, String), String>,
    /// Values for rows that are there, by field, as plain text.
    pub defaults: BTreeMap<(ModelId, String), String>,
    /// Whether tables may be dropped.
    pub allow_drop: bool,
}

impl Answers for AnswerTable {
    fn ask(&mut self, question: &Question) -> Answer {
        match question.kind {
            QuestionKind::RenameModel | QuestionKind::RenameField => Answer::No,
            QuestionKind::Drop => Answer::Refuse,
            QuestionKind::Default => self.value(question).unwrap_or(Answer::Refuse),
            QuestionKind::NotNull => self.value(question).unwrap_or(Answer::Leave),
        }
    }

    fn given_rename(&mut self, model: &ModelId, field: Option<&str>) -> Option<String> {
        match field {
            None => self
                .renamed_models
                .iter()
                .find(|(m, _)| m.same(model))
                .map(|(_, old)| old.clone()),
            Some(field) => of_field(&self.renamed_fields, model, field).cloned(),
        }
    }

    fn allows_drops(&self) -> bool {
        self.allow_drop
    }
}

fn of_field<'a, T>(
    map: &'a BTreeMap<(ModelId, String), T>,
    model: &ModelId,
    field: &str,
) -> Option<&'a T> {
    map.iter()
        .find(|((m, f), _)| f == field && m.same(model))
        .map(|(_, v)| v)
}

/// An answer that was given beforehand and fits nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// No such model in the models or the migrations.
    #[error("the answer for {model} fits nothing: there is no model {missing}")]
    NoModel {
        /// What the answer is about.
        model: String,
        /// What is missing.
        missing: String,
    },
    /// No such field.
    #[error("the answer for {model} fits nothing: there is no field {missing}")]
    NoField {
        /// What the answer is about.
        model: String,
        /// What is missing.
        missing: String,
    },
    /// The new name belongs to another one that stays what it is.
    #[error(
        "{about} cannot be renamed to {name}: there is a {name} by now; rename that too, or remove it in a migration of its own first"
    )]
    Taken {
        /// What was to be renamed.
        about: String,
        /// The name that is taken.
        name: String,
    },
    /// The text is no value of the column's type.
    #[error("the default for {field} does not fit: {problem}")]
    BadValue {
        /// The field.
        field: String,
        /// What is wrong.
        problem: String,
    },
}

impl AnswerTable {
    fn value(&self, question: &Question) -> Option<Answer> {
        let (field, ty) = (question.field.as_deref()?, question.ty.as_ref()?);
        let text = of_field(&self.defaults, &question.model, field)?;
        Some(parse_default(ty, text).map_or(Answer::Refuse, Answer::Value))
    }

    /// Checks that every answer fits a model and a field, new or old.
    ///
    /// # Errors
    /// [`BadAnswer`] for the first one that fits nothing; one that is merely not needed is fine.
    pub fn check(&self, from: &ProjectState, to: &ProjectState) -> Result<(), BadAnswer> {
        for (model, old) in &self.renamed_models {
            let about = model.to_string();
            if to.model(model).is_none() {
                return Err(BadAnswer::NoModel {
                    missing: about.clone(),
                    model: about,
                });
            }
            let old = ModelId::new(&model.app, old);
            if from.model(&old).is_none() && !model.same(&old) && from.model(model).is_none() {
                return Err(BadAnswer::NoModel {
                    model: about,
                    missing: old.to_string(),
                });
            }
            let leaves = |m: &ModelId, name: &str| ModelId::new(&m.app, name).same(model);
            let vacated = self.renamed_models.iter().any(|(m, name)| leaves(m, name));
            let gone = from.model(&old).is_some() && to.model(&old).is_none();
            if gone && from.model(model).is_some() && !vacated {
                return Err(BadAnswer::Taken {
                    about: old.to_string(),
                    name: model.name.clone(),
                });
            }
        }
        let about_fields = self.renamed_fields.keys().chain(self.defaults.keys());
        for (model, field) in about_fields {
            let about = format!("{model}.{field}");
            let Some(found) = to.model(model) else {
                return Err(BadAnswer::NoModel {
                    model: about,
                    missing: model.to_string(),
                });
            };
            let Some(found) = found.field(field) else {
                return Err(BadAnswer::NoField {
                    missing: about.clone(),
                    model: about,
                });
            };
            if let Some(text) = of_field(&self.defaults, model, field) {
                let ty = value_type(&found.ty, to);
                parse_default(&ty, text).map_err(|problem| BadAnswer::BadValue {
                    field: about,
                    problem,
                })?;
            }
        }
        self.check_old_fields(from, to)
    }

    fn check_old_fields(&self, from: &ProjectState, to: &ProjectState) -> Result<(), BadAnswer> {
        for ((model, field), old) in &self.renamed_fields {
            let renamed = self.renamed_models.iter().find(|(m, _)| m.same(model));
            let before = renamed.map_or(model.clone(), |(_, n)| ModelId::new(&model.app, n));
            let known = from.model(&before).or_else(|| from.model(model));
            // A model that is renamed by a hint has no old fields here; the rename decides.
            if known.is_some_and(|m| m.field(old).is_none() && m.field(field).is_none()) {
                return Err(BadAnswer::NoField {
                    model: format!("{model}.{field}"),
                    missing: format!("{before}.{old}"),
                });
            }
            let has = |state: Option<&orm_schema::ModelDef>, name: &str| {
                state.is_some_and(|m| m.field(name).is_some())
            };
            let gone = has(known, old) && !has(to.model(model), old);
            let mut others = self.renamed_fields.iter();
            let vacated = others.any(|((m, _), name)| m.same(model) && name == field);
            if gone && has(known, field) && !vacated {
                return Err(BadAnswer::Taken {
                    about: format!("{before}.{old}"),
                    name: field.clone(),
                });
            }
        }
        Ok(())
    }
}

/// The type of a field's values: for a relation that of the key it refers to.
pub(super) fn value_type(ty: &FieldType, state: &ProjectState) -> FieldType {
    let mut ty = ty.clone();
    // A chain of keys that are relations ends; a circle of them is cut.
    for _ in 0..16 {
        let Some(relation) = ty.relation() else { break };
        let Some(target) = state.model(&relation.to) else {
            break;
        };
        let key = relation
            .to_field
            .as_ref()
            .or_else(|| target.primary_key.first());
        let Some(field) = key.and_then(|k| target.field(k)) else {
            break;
        };
        ty = field.ty.clone();
    }
    ty
}

/// Reads plain text as a value of a column's type.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_default(ty: &FieldType, text: &str) -> Result<Literal, String> {
    match ty {
        FieldType::Bool => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Literal::Bool(true)),
            "false" | "0" => Ok(Literal::Bool(false)),
            _ => Err(format!("`{text}` is neither true nor false")),
        },
        FieldType::SmallInt { .. }
        | FieldType::Int { .. }
        | FieldType::BigInt { .. }
        | FieldType::Duration => {
            let number: i128 = text
                .parse()
                .map_err(|_| format!("`{text}` is not a whole number"))?;
            let (low, high) = range(ty);
            if (low..=high).contains(&number) {
                Ok(Literal::Int(number))
            } else {
                Err(format!("{number} is not between {low} and {high}"))
            }
        }
        FieldType::Float | FieldType::Double => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Literal::Float(number)),
            _ => Err(format!("`{text}` is not a number")),
        },
        FieldType::Decimal { .. } => match text.parse::<f64>() {
            Ok(number) if number.is_finite() && !text.contains(['e', 'E']) => {
                Ok(Literal::Text(text.to_owned()))
            }
            _ => Err(format!("`{text}` is not a decimal number")),
        },
        FieldType::Char { max_length } | FieldType::Varchar { max_length }
            if text.chars().count() > *max_length as usize =>
        {
            Err(format!("`{text}` is longer than {max_length} characters"))
        }
        _ => Ok(Literal::Text(text.to_owned())),
    }
}

fn range(ty: &FieldType) -> (i128, i128) {
    match ty {
        FieldType::SmallInt { unsigned: false } => (i16::MIN.into(), i16::MAX.into()),
        FieldType::SmallInt { unsigned: true } => (0, u16::MAX.into()),
        FieldType::Int { unsigned: false } => (i32::MIN.into(), i32::MAX.into()),
        FieldType::Int { unsigned: true } => (0, u32::MAX.into()),
        FieldType::BigInt { unsigned: true } => (0, u64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

impl Question {
    fn new(kind: QuestionKind, model: &ModelId) -> Self {
        Self {
            kind,
            model: model.clone(),
            field: None,
            old: None,
            ty: None,
            unique: false,
            made: false,
            answer: Answer::Refuse,
        }
    }

    pub(super) fn rename_model(model: &ModelId, old: &str) -> Self {
        Self {
            old: Some(old.to_owned()),
            ..Self::new(QuestionKind::RenameModel, model)
        }
    }

    pub(super) fn rename_field(model: &ModelId, field: &str, old: &str) -> Self {
        Self {
            field: Some(field.to_owned()),
            old: Some(old.to_owned()),
            ..Self::new(QuestionKind::RenameField, model)
        }
    }

    pub(super) fn field(
        kind: QuestionKind,
        model: &ModelId,
        field: &FieldDef,
        ty: FieldType,
    ) -> Self {
        Self {
            field: Some(field.name.clone()),
            ty: Some(ty),
            ..Self::new(kind, model)
        }
    }

    pub(super) fn drop(model: &ModelId, field: Option<&str>) -> Self {
        Self {
            field: field.map(str::to_owned),
            ..Self::new(QuestionKind::Drop, model)
        }
    }

    /// What the question is about: `app.Model` or `app.Model.field`.
    pub fn subject(&self) -> String {
        match &self.field {
            Some(field) => format!("{}.{field}", self.model),
            None => self.model.to_string(),
        }
    }

    /// The question as one asks a person.
    pub fn prompt(&self) -> String {
        let subject = self.subject();
        let old = self.old.as_deref().unwrap_or_default();
        match self.kind {
            QuestionKind::RenameModel => format!(
                "Was the model {}.{old} renamed to {}?",
                self.model.app, self.model.name
            ),
            QuestionKind::RenameField => format!(
                "Was {}.{old} renamed to {}?",
                self.model,
                self.field.as_deref().unwrap_or_default()
            ),
            QuestionKind::Default => {
                format!("{}; which value do rows get that are there?", self.fault())
            }
            QuestionKind::NotNull => {
                format!(
                    "{subject} accepts NULL no more; which value do NULLs become that are there?"
                )
            }
            QuestionKind::Drop => format!("Drop the table of {subject} with all its rows?"),
        }
    }

    /// Why a new field needs a value.
    fn fault(&self) -> String {
        let subject = self.subject();
        match (self.unique, self.made) {
            (false, false) => format!("{subject} is new, not NULL and has no default"),
            (false, true) => {
                format!("{subject} is new, not NULL and has a default_fn, which gives none")
            }
            (true, false) => format!(
                "{subject} is new, unique and not NULL, and rows that are there would all get one value"
            ),
            (true, true) => format!(
                "{subject} is new, unique and not NULL, and its default_fn fills in new rows only: rows \
                 that are there would all get one value"
            ),
        }
    }

    /// What a refusal says: what is wrong and the way out.
    pub fn refusal(&self) -> String {
        let subject = self.subject();
        match self.kind {
            QuestionKind::Default if self.unique => {
                let app = &self.model.app;
                format!(
                    "{}; go three steps: make it an Option and run makemigrations, fill it by a data \
                     migration (makemigrations {app} --empty, with run_code), make it NOT NULL again and \
                     run makemigrations; where no table has more than one row, --default {subject}=VALUE \
                     will do",
                    self.fault()
                )
            }
            QuestionKind::Default => format!(
                "{} for the rows that are there; \
                 give one with --default {subject}=VALUE, or set a default, or make it an Option",
                self.fault()
            ),
            QuestionKind::NotNull => format!(
                "{subject} accepts NULL no more; give a value for NULLs with --default {subject}=VALUE"
            ),
            QuestionKind::Drop => format!(
                "the table of {subject} would be dropped with all its rows; agree with --allow-drop, \
                 or say what it was renamed to with --rename"
            ),
            QuestionKind::RenameModel | QuestionKind::RenameField => {
                format!(
                    "{subject} may have been renamed; say so with --rename, or add it first and remove the old one later"
                )
            }
        }
    }

    /// The question as an entry of `questions` in JSON. The answer of a rename is the old name, or
    /// null when it was none; that of a value is the value, or null when it was left.
    pub fn to_json(&self) -> String {
        let text = |s: &str| Node::text(s).to_json();
        let field = self.field.as_deref().map_or("null".to_owned(), text);
        let answer = match (&self.answer, &self.old) {
            (Answer::Yes, Some(old)) => text(old),
            (Answer::Yes, None) => "true".to_owned(),
            (Answer::No, None) => "false".to_owned(),
            (Answer::Value(Literal::Bool(b)), _) => Node::Bool(*b).to_json(),
            (Answer::Value(Literal::Int(i)), _) => Node::Int(*i).to_json(),
            (Answer::Value(Literal::Float(f)), _) => Node::Float(*f).to_json(),
            (Answer::Value(Literal::Text(t)), _) => text(t),
            (Answer::No | Answer::Leave | Answer::Refuse, _) => "null".to_owned(),
        };
        format!(
            r#"{{"kind":{},"app":{},"model":{},"field":{field},"answer":{answer}}}"#,
            text(self.kind.as_str()),
            text(&self.model.app),
            text(&self.model.name)
        )
    }
}
