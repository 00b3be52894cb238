//! The guard against dropping what nobody meant to drop.

use orm_schema::{FieldDef, FieldType, ModelDef};

use super::Detector;
use super::questions::{Answer, Question};
use crate::migrate::canon;
use crate::migrate::state::ProjectState;

impl Detector<'_> {
    /// Asks if the run would drop more than one table, or all of an application's.
    pub(super) fn guard_drops(&mut self, old: &ProjectState, gone: &[&ModelDef]) {
        let mut drops: Vec<Question> = Vec::new();
        for model in gone.iter().filter(|m| m.managed) {
            drops.push(Question::drop(&model.id(), None));
            drops.extend(sets(model).map(|f| Question::drop(&model.id(), Some(&f.name))));
        }
        for model in old.models().filter(|m| m.managed) {
            let Some(new) = self.new.model(&model.id()) else {
                continue;
            };
            let lost = |f: &&FieldDef| !new.field(&f.name).is_some_and(|n| keeps_table(f, n));
            drops.extend(
                sets(model)
                    .filter(lost)
                    .map(|f| Question::drop(&model.id(), Some(&f.name))),
            );
        }
        let emptied = gone.iter().filter(|m| m.managed).any(|m| {
            old.models()
                .filter(|o| o.app == m.app && o.managed)
                .all(|o| self.new.model(&o.id()).is_none())
        });
        if drops.len() > 1 || emptied {
            for question in drops {
                if self.answers.allows_drops() {
                    self.questions.push(Question {
                        answer: Answer::Yes,
                        ..question
                    });
                } else if self.ask(question.clone()) == Answer::No {
                    self.refused.push(Question {
                        answer: Answer::No,
                        ..question
                    });
                }
            }
        }
    }
}

/// The fields that have a table of their own.
fn sets(model: &ModelDef) -> impl Iterator<Item = &FieldDef> {
    model
        .fields
        .iter()
        .filter(|f| matches!(&f.ty, FieldType::ManyToMany(r) if r.through.is_none()))
}

fn keeps_table(old: &FieldDef, new: &FieldDef) -> bool {
    match (&old.ty, &new.ty) {
        (FieldType::ManyToMany(a), FieldType::ManyToMany(b)) => {
            canon::id(&a.to) == canon::id(&b.to) && b.through.is_none()
        }
        _ => false,
    }
}
