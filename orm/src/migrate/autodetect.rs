//! The autodetector: from two states and the answers to its questions to operations.
//!
//! Renames come first and are applied to a working copy of the old state, so that all that follows
//! compares like names with like. New models are created in the order of their relations; a
//! relation that closes a circle is added afterwards. What has to come before what is said by
//! [`Dep`]s and resolved once, inside an application by sorting, between applications by
//! splitting into several migrations.
//!
//! It is a pure function: no file, no database, no clock.

mod arrange;
mod between;
mod changes;
mod columns;
mod create;
mod deps;
mod exchange;
mod fields;
mod guard;
mod indexes;
mod keys;
mod options;
mod plan;
mod questions;
mod rename;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use orm_schema::{FieldDef, ModelDef, ModelId};

pub use arrange::Arrangement;
pub use changes::{Changes, Draft, DraftDependency};
use deps::{Dep, Planned};
pub use questions::{
    Answer, AnswerTable, Answers, BadAnswer, Question, QuestionKind, parse_default,
};

use super::canon::same_name;
use super::error::StateError;
use super::operation::Operation;
use super::state::ProjectState;
use super::table_of::TableError;

/// What the models say beside their definitions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hints {
    /// `renamed_from` of models: the model as it is now, and its old name.
    pub renamed_models: BTreeMap<ModelId, String>,
    /// `renamed_from` of fields: model and field as they are now, and the field's old name.
    pub renamed_fields: BTreeMap<(ModelId, String), String>,
    /// Fields with `auto_now` or `auto_now_add`; their first value is the time of the migration.
    pub automatic: BTreeSet<(ModelId, String)>,
    /// Fields with `default_fn`, which the program calls for new rows.
    pub made: BTreeSet<(ModelId, String)>,
    /// The time in UTC, as `YYYY-MM-DD HH:MM:SS`, for fields in `automatic`: detecting reads no
    /// clock.
    pub now: String,
}

/// Why there are no changes.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// Questions that nobody answered, where going on would lose data or fail.
    #[error("{}", refusal(.0))]
    Refused(Vec<Question>),
    /// The operations do not lead from one state to the other; this is a fault of the detector.
    #[error("the operations found do not fit the migrations: {0}")]
    State(#[from] StateError),
    /// The operations lead elsewhere; this is a fault of the detector.
    #[error("the operations found do not lead to the models; the first model that differs is {0}")]
    Incomplete(ModelId),
    /// The models after all of the operations are sound, and those after some of them are not, in
    /// any order that was found.
    #[error(
        "these changes cannot be made in one run: after \"{operation}\" in {app}, {problem}; make them in two: first change the keys and take away the relations that are in the way, run `makemigrations`, then make the rest of the changes and run it again"
    )]
    Between {
        /// The application of the operation.
        app: String,
        /// The operation after which no database could hold the models.
        operation: String,
        /// Why it could not.
        problem: Box<TableError>,
    },
}

fn refusal(questions: &[Question]) -> String {
    let lines: Vec<String> = questions.iter().map(Question::refusal).collect();
    lines.join("\n")
}

/// Finds the operations that lead from one state to another.
///
/// # Errors
/// [`DetectError::Refused`] with all questions that were asked and refused.
///
/// Django: `MigrationAutodetector.changes`.
pub fn detect(
    from: &ProjectState,
    to: &ProjectState,
    hints: &Hints,
    answers: &mut dyn Answers,
) -> Result<Changes, DetectError> {
    let mut detector = Detector {
        old: from.clone(),
        new: to,
        hints,
        answers,
        planned: Vec::new(),
        freed: Freed::default(),
        indexes: indexes::names(from),
        later: Vec::new(),
        questions: Vec::new(),
        refused: Vec::new(),
    };
    detector.run()?;
    let Detector {
        old,
        planned,
        later,
        questions,
        refused,
        ..
    } = detector;
    if !refused.is_empty() {
        return Err(DetectError::Refused(refused));
    }
    let changes = Changes {
        apps: plan::split(planned, &old),
        questions,
    };
    let mut goal = to.clone();
    for (model, field) in &later {
        let model = goal.model_mut(model);
        if let Some(field) = model.and_then(|m| m.field_mut(field)) {
            field.null = true;
        }
    }
    changes.check(from, &goal)?;
    changes.check_between(from, &goal)?;
    Ok(changes)
}

struct Detector<'a> {
    /// The old state, with the renames found so far.
    old: ProjectState,
    new: &'a ProjectState,
    hints: &'a Hints,
    answers: &'a mut dyn Answers,
    planned: Vec<Planned>,
    freed: Freed,
    /// The names of the indexes that are there.
    indexes: BTreeSet<String>,
    /// New fields that are NULL for now, and made NOT NULL by a later run.
    later: Vec<(ModelId, String)>,
    questions: Vec<Question>,
    refused: Vec<Question>,
}

/// Names that renames leave, each with the place of the operation that does so.
#[derive(Default)]
struct Freed {
    models: Vec<(ModelId, usize)>,
    tables: Vec<(String, usize)>,
}

impl Freed {
    /// What has to come before something takes the table's name.
    fn table(&self, table: &str) -> Vec<Dep> {
        let by = self
            .tables
            .iter()
            .filter(|(name, _)| same_name(name, table));
        by.map(|(_, place)| Dep::Planned(*place)).collect()
    }

    /// What has to come before something takes the model's name.
    fn model(&self, id: &ModelId) -> Vec<Dep> {
        let by = self.models.iter().filter(|(model, _)| model.same(id));
        by.map(|(_, place)| Dep::Planned(*place)).collect()
    }
}

impl Detector<'_> {
    fn run(&mut self) -> Result<(), DetectError> {
        self.renamed_models()?;
        self.renamed_fields()?;
        let old = self.old.clone();
        let gone: Vec<&ModelDef> = old
            .models()
            .filter(|m| self.new.model(&m.id()).is_none())
            .collect();
        let fresh: Vec<&ModelDef> = self
            .new
            .models()
            .filter(|m| old.model(&m.id()).is_none())
            .collect();
        self.guard_drops(&old, &gone);
        for (app, operation) in create::deletions(&gone) {
            self.plan_deletion(app, operation, &old);
        }
        for (app, operation) in create::creations(&fresh) {
            self.plan_creation(app, operation);
        }
        for model in old.models() {
            if let Some(new) = self.new.model(&model.id()) {
                self.changed_model(model, new);
            }
        }
        self.open_circles();
        Ok(())
    }

    /// The operations between two definitions of one model.
    fn changed_model(&mut self, old: &ModelDef, new: &ModelDef) {
        self.changed_options(old, new);
        self.removed_parts(old, new);
        self.changed_fields(old, new);
        self.added_parts(old, new);
        self.changed_keys(old, new);
        self.changed_table(old, new);
    }

    /// Plans an operation that comes after the renames of its model and of its model's fields.
    fn plan(&mut self, app: &str, operation: Operation, mut deps: Vec<Dep>) {
        if let Some(id) = deps::model_of(app, &operation) {
            deps.extend([Dep::ModelNamed(id.clone()), Dep::FieldsNamed(id)]);
        }
        self.planned.push(Planned {
            app: app.to_owned(),
            operation,
            deps,
        });
    }

    /// Applies an operation to the working copy of the old state, and plans it.
    fn apply(
        &mut self,
        app: &str,
        operation: Operation,
        deps: Vec<Dep>,
    ) -> Result<(), DetectError> {
        operation.state_forward(app, &mut self.old)?;
        self.planned.push(Planned {
            app: app.to_owned(),
            operation,
            deps,
        });
        Ok(())
    }

    fn ask(&mut self, mut question: Question) -> Answer {
        let answer = self.answers.ask(&question);
        question.answer = answer.clone();
        if answer == Answer::Refuse {
            self.refused.push(question.clone());
        }
        self.questions.push(question);
        answer
    }

    fn plan_creation(&mut self, app: String, operation: Operation) {
        let mut deps = match &operation {
            Operation::CreateModel(m) => {
                let id = m.id();
                let fields = m.fields.iter();
                fields.flat_map(|f| self.of_relation(&id, f)).collect()
            }
            Operation::AddField { model, field, .. } => {
                self.of_relation(&ModelId::new(&app, model), field)
            }
            _ => Vec::new(),
        };
        match &operation {
            Operation::CreateModel(m) => {
                deps.push(Dep::TableFree(m.table.clone()));
                deps.extend(self.freed.table(&m.table));
                deps.extend(self.freed.model(&m.id()));
                deps.extend(m.indexes.iter().flat_map(|i| self.free_index(&i.name)));
            }
            // The parts of a model that came later than its creation, which may wait itself.
            other => {
                if let Operation::AddIndex { index, .. } = other {
                    deps.extend(self.free_index(&index.name));
                }
                deps.extend(deps::of_parts(&app, other));
                deps.extend(deps::model_of(&app, other).map(Dep::Model));
            }
        }
        self.plan(&app, operation, deps);
    }

    fn plan_deletion(&mut self, app: String, operation: Operation, old: &ProjectState) {
        let mut deps = Vec::new();
        match &operation {
            Operation::DeleteModel(m) => {
                for other in old.models().filter(|o| !o.id().same(&m.id())) {
                    let leads = |f: &&FieldDef| deps::leads_to(f, &m.id());
                    let leading = other.fields.iter().filter(leads);
                    deps.extend(leading.map(|f| Dep::RelationGone(other.id(), f.name.clone())));
                }
                deps.extend(m.fields.iter().flat_map(deps::of_old_relation));
                deps.push(Dep::PartsGone(m.id()));
            }
            Operation::RemoveField { model, field } => {
                deps.extend(deps::of_old_relation(field));
                deps.push(Dep::Unnamed(ModelId::new(&app, model), field.name.clone()));
            }
            _ => {}
        }
        self.plan(&app, operation, deps);
    }
}
