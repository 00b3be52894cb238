//! Models and fields that were renamed.

use orm_schema::{FieldDef, ModelDef, ModelId};

use super::deps::{self, Dep};
use super::exchange::{self, Told};
use super::questions::{Answer, Question};
use super::{DetectError, Detector, Operation};
use crate::migrate::canon;

/// A rename that was decided on: the old name, and what has the new one.
type Decided<T> = Vec<(String, T)>;

fn same_model_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

fn same_field_name(a: &str, b: &str) -> bool {
    a == b
}

impl Detector<'_> {
    /// Finds renamed models and applies them to the old state.
    pub(super) fn renamed_models(&mut self) -> Result<(), DetectError> {
        let apps: Vec<String> = self.new.apps().map(str::to_owned).collect();
        for app in apps {
            let decided = self.decided_models(&app);
            self.rename_models(&app, &decided)?;
        }
        Ok(())
    }

    fn decided_models(&mut self, app: &str) -> Decided<ModelDef> {
        let new: Vec<&ModelDef> = self.new.models().filter(|m| m.app == app).collect();
        let told = self.told_models(app, &new);
        let exchanged = self.exchanged_models(&new, &told);
        let mut decided: Decided<ModelDef> = Vec::new();
        for model in new {
            let is_it = |t: &&Told| same_model_name(&t.new, &model.name);
            if let Some(told) = told.iter().chain(&exchanged).find(is_it) {
                if told.answer {
                    self.questions.push(Question {
                        answer: Answer::Yes,
                        ..Question::rename_model(&model.id(), &told.old)
                    });
                }
                decided.push((told.old.clone(), model.clone()));
            } else if self.old.model(&model.id()).is_none()
                && let Some(old) = self.guessed_model(model, &told, &decided)
            {
                decided.push((old, model.clone()));
            }
        }
        decided
    }

    /// The renames that an answer or a hint tells, also of names that are there before and after.
    fn told_models(&mut self, app: &str, new: &[&ModelDef]) -> Vec<Told> {
        let old = |name: &str| self.old.model(&ModelId::new(app, name));
        let mut told = Vec::new();
        for model in new {
            let id = model.id();
            let answer = self.answers.given_rename(&id, None);
            let mut hints = self.hints.renamed_models.iter();
            let hint = hints.find(|(m, _)| m.same(&id)).map(|(_, old)| old.clone());
            let said = [answer.map(|o| (o, true)), hint.map(|o| (o, false))];
            let there = |(name, answer): (String, bool)| old(&name).map(|m| (m, answer));
            if let Some((from, answer)) = said.into_iter().flatten().find_map(there) {
                told.push(Told {
                    old: from.name.clone(),
                    new: model.name.clone(),
                    answer,
                });
            }
        }
        let told = exchange::possible(told, |name| old(name).is_some(), same_model_name);
        let now = |name: &str| self.new.model(&ModelId::new(app, name));
        let alike = |from: &str, to: &str| old(from).zip(now(to)).is_some_and(same_fields);
        exchange::meant(
            told,
            same_model_name,
            |t| alike(&t.old, &t.new),
            |t| alike(&t.new, &t.new),
        )
    }

    /// Pairs of models that look as if they had exchanged their names, where somebody says so.
    fn exchanged_models(&mut self, new: &[&ModelDef], told: &[Told]) -> Vec<Told> {
        let free = |m: &&&ModelDef| {
            told.iter()
                .all(|t| !same_model_name(&t.old, &m.name) && !same_model_name(&t.new, &m.name))
        };
        let both = new.iter().filter(free).filter_map(|m| {
            let old = self.old.model(&m.id())?;
            Some(((old.name.clone(), bare_fields(old)), (*m, bare_fields(m))))
        });
        let both: Vec<_> = both.filter(|(old, new)| old.1 != new.1).collect();
        let mut out: Vec<Told> = Vec::new();
        for (i, (old_a, new_a)) in both.iter().enumerate() {
            for (old_b, new_b) in &both[i + 1..] {
                if old_b.1 != new_a.1 || old_a.1 != new_b.1 {
                    continue;
                }
                if out.iter().any(|t| [&old_a.0, &old_b.0].contains(&&t.old)) {
                    continue;
                }
                if self.ask(Question::rename_model(&new_a.0.id(), &old_b.0)) == Answer::Yes {
                    out.extend(both_ways(&old_b.0, &new_a.0.name, &old_a.0, &new_b.0.name));
                }
            }
        }
        out
    }

    /// A model that is gone and may be the new one, if somebody says so.
    fn guessed_model(
        &mut self,
        model: &ModelDef,
        told: &[Told],
        decided: &Decided<ModelDef>,
    ) -> Option<String> {
        let left = |m: &&ModelDef| {
            told.iter().all(|t| !same_model_name(&t.old, &m.name))
                && decided.iter().all(|(old, _)| *old != m.name)
        };
        let gone = self.old.models().filter(|m| m.app == model.app);
        let gone = gone.filter(|m| self.new.model(&m.id()).is_none());
        let alike = gone.filter(left).filter(|old| alike(old, model));
        let names: Vec<String> = alike.map(|old| old.name.clone()).collect();
        let id = model.id();
        let mut names = names.into_iter();
        names.find(|old| self.ask(Question::rename_model(&id, old)) == Answer::Yes)
    }

    /// Applies the renames in an order in which each name is free.
    fn rename_models(&mut self, app: &str, decided: &Decided<ModelDef>) -> Result<(), DetectError> {
        let pairs: Vec<(String, String)> = decided
            .iter()
            .map(|(old, model)| (old.clone(), model.name.clone()))
            .collect();
        let taken = |name: &str| {
            let id = ModelId::new(app, name);
            self.old.model(&id).is_some() || self.new.model(&id).is_some()
        };
        let aside = |name: &str| exchange::aside(name, "Aside", taken);
        let moves = exchange::ordered(&pairs, same_model_name, aside);
        let mut places = Vec::new();
        for step in &moves {
            let mut deps: Vec<Dep> = step
                .after
                .iter()
                .map(|i| Dep::Planned(places[*i]))
                .collect();
            deps.extend(self.table_out_of_the_way(app, &step.from, &step.to)?);
            let (from, to) = (step.from.clone(), step.to.clone());
            let before = self
                .old
                .model(&ModelId::new(app, &from))
                .map(|m| m.table.clone());
            self.apply(app, Operation::RenameModel { from, to }, deps)?;
            let place = self.planned.len() - 1;
            places.push(place);
            self.freed
                .models
                .push((ModelId::new(app, &step.from), place));
            self.freed.tables.extend(before.map(|table| (table, place)));
        }
        Ok(())
    }

    /// A table takes its model's new name, unless another has it by now; then it is put aside, and
    /// gets its name with the other tables that change theirs.
    fn table_out_of_the_way(
        &mut self,
        app: &str,
        from: &str,
        to: &str,
    ) -> Result<Option<Dep>, DetectError> {
        let Some(model) = self.old.model(&ModelId::new(app, from)).cloned() else {
            return Ok(None);
        };
        let table = ModelDef::default_table(app, to);
        let moves = model.table == ModelDef::default_table(app, &model.name);
        let other = |m: &ModelDef| canon::same_name(&m.table, &table) && !m.id().same(&model.id());
        if !moves || !self.old.models().any(other) {
            return Ok(None);
        }
        let aside = self.table_aside(&model.table);
        self.freed
            .tables
            .push((model.table.clone(), self.planned.len()));
        let operation = Operation::AlterModelTable {
            model: model.name,
            from: model.table,
            to: aside,
        };
        // The name may have come to it by a rename of this run.
        let named = Dep::ModelNamed(ModelId::new(app, from));
        self.apply(app, operation, vec![named])?;
        Ok(Some(Dep::Planned(self.planned.len() - 1)))
    }

    /// Finds renamed fields and applies them to the old state.
    pub(super) fn renamed_fields(&mut self) -> Result<(), DetectError> {
        let new = self.new;
        for model in new.models() {
            let Some(old) = self.old.model(&model.id()).cloned() else {
                continue;
            };
            let decided = self.decided_fields(model, &old);
            self.rename_fields(model, &decided)?;
        }
        Ok(())
    }

    fn decided_fields(&mut self, model: &ModelDef, old: &ModelDef) -> Decided<FieldDef> {
        let told = self.told_fields(model, old);
        let exchanged = self.exchanged_fields(model, old, &told);
        let mut decided: Decided<FieldDef> = Vec::new();
        for field in &model.fields {
            if let Some(told) = told.iter().chain(&exchanged).find(|t| t.new == field.name) {
                if told.answer {
                    let question = Question::rename_field(&model.id(), &field.name, &told.old);
                    self.questions.push(Question {
                        answer: Answer::Yes,
                        ..question
                    });
                }
                decided.push((told.old.clone(), field.clone()));
            } else if old.field(&field.name).is_none()
                && let Some(from) = self.guessed_field(model, old, field, &told, &decided)
            {
                decided.push((from, field.clone()));
            }
        }
        decided
    }

    /// The renames that an answer or a hint tells, also of names that are there before and after.
    fn told_fields(&mut self, model: &ModelDef, old: &ModelDef) -> Vec<Told> {
        let id = model.id();
        let mut told = Vec::new();
        for field in &model.fields {
            let answer = self.answers.given_rename(&id, Some(&field.name));
            let mut hints = self.hints.renamed_fields.iter();
            let hint = hints.find(|((m, f), _)| m.same(&id) && *f == field.name);
            let said = [
                answer.map(|o| (o, true)),
                hint.map(|(_, old)| (old.clone(), false)),
            ];
            let fits = |(name, _): &(String, bool)| {
                let found = old.field(name);
                found.is_some_and(|f| f.ty.has_column() == field.ty.has_column())
            };
            if let Some((from, answer)) = said.into_iter().flatten().find(fits) {
                told.push(Told {
                    old: from,
                    new: field.name.clone(),
                    answer,
                });
            }
        }
        let told = exchange::possible(told, |name| old.field(name).is_some(), same_field_name);
        exchange::meant(
            told,
            same_field_name,
            |t| (old.field(&t.old).zip(model.field(&t.new))).is_some_and(same_but_for_the_name),
            |t| (old.field(&t.new).zip(model.field(&t.new))).is_some_and(same_as_it_was),
        )
    }

    /// Pairs of fields that look as if they had exchanged their names, where somebody says so.
    fn exchanged_fields(&mut self, model: &ModelDef, old: &ModelDef, told: &[Told]) -> Vec<Told> {
        let free = |f: &&FieldDef| told.iter().all(|t| t.old != f.name && t.new != f.name);
        let both = model.fields.iter().filter(free);
        let both = both.filter_map(|f| Some((old.field(&f.name)?, f)));
        let both: Vec<_> = both.filter(|pair| !same_as_it_was(*pair)).collect();
        let mut out: Vec<Told> = Vec::new();
        for (i, (old_a, new_a)) in both.iter().enumerate() {
            for (old_b, new_b) in &both[i + 1..] {
                let done = out
                    .iter()
                    .any(|t| t.old == old_a.name || t.old == old_b.name);
                let exchanged = same_but_for_the_name((old_b, new_a))
                    && same_but_for_the_name((old_a, new_b))
                    && nameless(old_a) != nameless(old_b);
                if done || !exchanged {
                    continue;
                }
                let question = Question::rename_field(&model.id(), &new_a.name, &old_b.name);
                if self.ask(question) == Answer::Yes {
                    out.extend(both_ways(
                        &old_b.name,
                        &new_a.name,
                        &old_a.name,
                        &new_b.name,
                    ));
                }
            }
        }
        out
    }

    /// A field that is gone and may be the new one, if somebody says so.
    fn guessed_field(
        &mut self,
        model: &ModelDef,
        old: &ModelDef,
        field: &FieldDef,
        told: &[Told],
        decided: &Decided<FieldDef>,
    ) -> Option<String> {
        let left = |f: &&FieldDef| {
            told.iter().all(|t| t.old != f.name) && decided.iter().all(|(old, _)| *old != f.name)
        };
        let gone = old.fields.iter().filter(|f| model.field(&f.name).is_none());
        let mut alike = gone
            .filter(left)
            .filter(|old| same_but_for_the_name((old, field)));
        let found = alike.find(|old| {
            let question = Question::rename_field(&model.id(), &field.name, &old.name);
            self.ask(question) == Answer::Yes
        });
        found.map(|f| f.name.clone())
    }

    /// Applies the renames in an order in which each name is free.
    fn rename_fields(
        &mut self,
        model: &ModelDef,
        decided: &Decided<FieldDef>,
    ) -> Result<(), DetectError> {
        let id = model.id();
        let pairs: Vec<(String, String)> = decided
            .iter()
            .map(|(old, field)| (old.clone(), field.name.clone()))
            .collect();
        let pins = self.pins(model, decided);
        let Some(old) = self.old.model(&id).cloned() else {
            return Ok(());
        };
        let taken = |name: &str| {
            let has = |f: &FieldDef| f.name == name || f.column_name() == name;
            old.fields.iter().chain(&model.fields).any(has)
        };
        let aside = |name: &str| exchange::aside(name, "_aside", taken);
        let moves = exchange::ordered(&pairs, same_field_name, aside);
        let mut pinned: Vec<Option<usize>> = vec![None; decided.len()];
        for (item, (from, _)) in decided.iter().enumerate() {
            if pins[item] {
                pinned[item] = Some(self.pin_column(model, from)?);
            }
        }
        let mut places = Vec::new();
        for step in &moves {
            let mut deps = vec![Dep::ModelNamed(id.clone())];
            deps.extend(step.after.iter().map(|i| Dep::Planned(places[*i])));
            deps.extend(pinned[step.item].map(Dep::Planned));
            let rename = Operation::RenameField {
                model: model.name.clone(),
                from: step.from.clone(),
                to: step.to.clone(),
            };
            self.apply(&model.app, rename, deps)?;
            places.push(self.planned.len() - 1);
        }
        Ok(())
    }

    /// Which of the renames leave the column as it is: where it stays, and where another field has
    /// the column of that name by now, which frees it later.
    fn pins(&self, model: &ModelDef, decided: &Decided<FieldDef>) -> Vec<bool> {
        let Some(old) = self.old.model(&model.id()) else {
            return vec![false; decided.len()];
        };
        let mut pins = vec![false; decided.len()];
        // What stays may be in the way of another.
        loop {
            let makes_way = |f: &FieldDef| {
                let at = decided.iter().position(|(from, _)| *from == f.name);
                f.column.is_none() && at.is_some_and(|at| !pins[at])
            };
            let next: Vec<bool> = decided
                .iter()
                .map(|(from, to)| {
                    old.field(from)
                        .is_some_and(|f| pinned(f, to, old, makes_way))
                })
                .collect();
            if next == pins {
                return pins;
            }
            pins = next;
        }
    }

    /// Writes a column down, so that a rename of its field leaves it alone.
    fn pin_column(&mut self, model: &ModelDef, field: &str) -> Result<usize, DetectError> {
        let old = self.old.model(&model.id());
        if let Some(from) = old.and_then(|m| m.field(field)).cloned() {
            let kept = FieldDef {
                column: Some(from.column_name().into_owned()),
                ..from.clone()
            };
            let mut deps = deps::of_old_relation(&from);
            deps.push(Dep::ModelNamed(model.id()));
            let alter = Operation::AlterField {
                model: model.name.clone(),
                from,
                to: kept,
                preserve_default: true,
            };
            self.apply(&model.app, alter, deps)?;
        }
        Ok(self.planned.len() - 1)
    }
}

/// Whether a rename would take a column that is to stay, or one that another field still has.
fn pinned(
    field: &FieldDef,
    to: &FieldDef,
    model: &ModelDef,
    makes_way: impl Fn(&FieldDef) -> bool,
) -> bool {
    if !field.ty.has_column() || field.column.is_some() {
        return false;
    }
    let renamed = FieldDef {
        name: to.name.clone(),
        column: None,
        ..field.clone()
    };
    let column = renamed.column_name();
    let held = |f: &FieldDef| {
        f.name != field.name && f.ty.has_column() && f.column_name() == column && !makes_way(f)
    };
    field.column_name() == to.column_name() || model.fields.iter().any(held)
}

/// Both halves of an exchange, the first of which was asked about.
fn both_ways(old_a: &str, new_a: &str, old_b: &str, new_b: &str) -> [Told; 2] {
    let told = |old: &str, new: &str, answer| Told {
        old: old.to_owned(),
        new: new.to_owned(),
        answer,
    };
    [told(old_a, new_a, false), told(old_b, new_b, true)]
}

/// Whether two models have the same fields but for what relations lead to.
fn same_fields((old, new): (&ModelDef, &ModelDef)) -> bool {
    bare_fields(old) == bare_fields(new)
}

fn bare_fields(model: &ModelDef) -> Vec<FieldDef> {
    let mut fields: Vec<FieldDef> = model.fields.iter().map(canon::field).collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    for relation in fields.iter_mut().filter_map(|f| f.ty.relation_mut()) {
        relation.to = ModelId::new("", "");
        relation.through = None;
    }
    fields
}

fn same_as_it_was((old, new): (&FieldDef, &FieldDef)) -> bool {
    canon::same_field(old, new)
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
fn same_but_for_the_name((old, new): (&FieldDef, &FieldDef)) -> bool {
    let column = old.column == new.column
        || new
            .column
            .as_deref()
            .is_some_and(|c| old.ty.has_column() && c == old.column_name());
    column && nameless(old) == nameless(new)
}

/// A field without its name and column.
fn nameless(field: &FieldDef) -> FieldDef {
    FieldDef {
        name: String::new(),
        column: None,
        ..canon::field(field)
    }
}
