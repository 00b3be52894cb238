//! Models and fields that were renamed.

use orm_schema::{FieldDef, ModelDef, ModelId};

use super::deps::{self, Dep};
use super::questions::{Answer, Question};
use super::{DetectError, Detector, Operation};
use crate::migrate::canon;

impl Detector<'_> {
    /// Finds renamed models and applies them to the old state.
    pub(super) fn renamed_models(&mut self) -> Result<(), DetectError> {
        let new = self.new;
        for model in new.models() {
            if self.old.model(&model.id()).is_some() {
                continue;
            }
            let Some(from) = self.old_name_of(model) else {
                continue;
            };
            let operation = Operation::RenameModel {
                from,
                to: model.name.clone(),
            };
            self.apply(&model.app, operation, vec![])?;
        }
        Ok(())
    }

    /// The old name of a new model, by a hint, an answer given beforehand, or a question.
    fn old_name_of(&mut self, model: &ModelDef) -> Option<String> {
        let id = model.id();
        let gone: Vec<ModelDef> = self
            .old
            .models()
            .filter(|m| m.app == model.app && self.new.model(&m.id()).is_none())
            .cloned()
            .collect();
        let named = |name: &str| gone.iter().find(|m| m.name.eq_ignore_ascii_case(name));
        let hint = self
            .hints
            .renamed_models
            .iter()
            .find(|(m, _)| m.same(&id))
            .map(|(_, old)| old);
        if let Some(old) = hint.and_then(|old| named(old)) {
            return Some(old.name.clone());
        }
        if let Some(old) = self
            .answers
            .given_rename(&id, None)
            .as_deref()
            .and_then(named)
        {
            self.questions.push(Question {
                answer: Answer::Yes,
                ..Question::rename_model(&id, &old.name)
            });
            return Some(old.name.clone());
        }
        let alike = gone.iter().filter(|old| alike(old, model));
        let mut names = alike.map(|old| old.name.clone());
        names.find(|old| self.ask(Question::rename_model(&id, old)) == Answer::Yes)
    }

    /// Finds renamed fields and applies them to the old state.
    pub(super) fn renamed_fields(&mut self) -> Result<(), DetectError> {
        let new = self.new;
        for model in new.models() {
            for field in &model.fields {
                let Some(old) = self.old.model(&model.id()) else {
                    break;
                };
                if old.field(&field.name).is_some() {
                    continue;
                }
                let old = old.clone();
                let Some(from) = self.old_field_of(model, &old, field) else {
                    continue;
                };
                self.rename_field(model, &from, field)?;
            }
        }
        Ok(())
    }

    fn old_field_of(
        &mut self,
        model: &ModelDef,
        old: &ModelDef,
        field: &FieldDef,
    ) -> Option<FieldDef> {
        let id = model.id();
        let gone: Vec<&FieldDef> = old
            .fields
            .iter()
            .filter(|f| model.field(&f.name).is_none())
            .collect();
        let named = |name: &str| gone.iter().find(|f| f.name == name).copied().cloned();
        let hints = &self.hints.renamed_fields;
        let hint = hints
            .iter()
            .find(|((m, f), _)| m.same(&id) && *f == field.name);
        let fits = |f: &FieldDef| f.ty.has_column() == field.ty.has_column();
        if let Some(old) = hint.and_then(|(_, old)| named(old)).filter(fits) {
            return Some(old);
        }
        let given = self.answers.given_rename(&id, Some(&field.name));
        if let Some(old) = given.as_deref().and_then(named).filter(fits) {
            let question = Question::rename_field(&id, &field.name, &old.name);
            self.questions.push(Question {
                answer: Answer::Yes,
                ..question
            });
            return Some(old);
        }
        let mut alike = gone
            .into_iter()
            .filter(|old| same_but_for_the_name(old, field));
        alike
            .find(|old| {
                let question = Question::rename_field(&id, &field.name, &old.name);
                self.ask(question) == Answer::Yes
            })
            .cloned()
    }

    /// Renames; a column that stays is written down first, so that the rename leaves it alone.
    fn rename_field(
        &mut self,
        model: &ModelDef,
        from: &FieldDef,
        to: &FieldDef,
    ) -> Result<(), DetectError> {
        let name = || model.name.clone();
        let stays = from.ty.has_column() && from.column_name() == to.column_name();
        if stays && from.column.is_none() {
            let kept = FieldDef {
                column: Some(from.column_name().into_owned()),
                ..from.clone()
            };
            let alter = Operation::AlterField {
                model: name(),
                from: from.clone(),
                to: kept,
                preserve_default: true,
            };
            self.apply(&model.app, alter, deps::of_old_relation(from))?;
        }
        let rename = Operation::RenameField {
            model: name(),
            from: from.name.clone(),
            to: to.name.clone(),
        };
        let id = model.id();
        let deps = vec![
            Dep::ModelNamed(id.clone()),
            Dep::FieldAltered(id, from.name.clone()),
        ];
        self.apply(&model.app, rename, deps)
    }
}

/// Whether two models have the same fields but for names and what relations lead to.
fn alike(old: &ModelDef, new: &ModelDef) -> bool {
    let agnostic = |model: &ModelDef| {
        let mut fields = model.fields.clone();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        for field in &mut fields {
            field.name.clear();
            if let Some(relation) = field.ty.relation_mut() {
                relation.to = ModelId::new("", "");
                relation.through = None;
            }
        }
        fields
    };
    agnostic(old) == agnostic(new)
}

/// Whether a field differs in name only; a column that stays is none of the difference.
fn same_but_for_the_name(old: &FieldDef, new: &FieldDef) -> bool {
    let bare = |field: &FieldDef| FieldDef {
        column: None,
        ..canon::field(field)
    };
    let nameless = |field: FieldDef| FieldDef {
        name: String::new(),
        ..field
    };
    let column = old.column == new.column
        || new
            .column
            .as_deref()
            .is_some_and(|c| old.ty.has_column() && c == old.column_name());
    column && nameless(bare(old)) == nameless(bare(new))
}
