//! Fields that were added, removed or changed.

use std::collections::BTreeSet;

use orm_schema::{FieldDef, FieldType, Literal, ModelDef, ModelId, Unique};

use super::columns::Columns;
use super::deps::{self, Dep};
use super::questions::{Answer, Question, QuestionKind, value_type};
use super::{Detector, Operation};
use crate::migrate::canon;

impl Detector<'_> {
    /// Removes, adds and alters fields, in this order.
    pub(super) fn changed_fields(&mut self, old: &ModelDef, new: &ModelDef) {
        let mut removed: Vec<&FieldDef> = Vec::new();
        let mut added: Vec<&FieldDef> = Vec::new();
        let mut altered: Vec<(&FieldDef, &FieldDef)> = Vec::new();
        for field in &old.fields {
            match new.field(&field.name) {
                None => removed.push(field),
                Some(n) if canon::same_field(field, n) => {}
                Some(n) if replaced(field, n) => {
                    removed.push(field);
                    added.push(n);
                }
                Some(n) => altered.push((field, n)),
            }
        }
        added.extend(new.fields.iter().filter(|f| old.field(&f.name).is_none()));
        let mut altered: Vec<(FieldDef, FieldDef)> = altered
            .into_iter()
            .map(|(a, b)| (a.clone(), b.clone()))
            .collect();
        let freed = self.relations_out_of_the_way(old, new, &mut altered);
        let altered: Vec<(&FieldDef, &FieldDef)> = altered.iter().map(|(a, b)| (a, b)).collect();
        let now = self.out_of_the_way(old, new, &removed);
        for field in &now.removed {
            self.remove_field(old, field);
        }
        let columns = Columns {
            removed: &now.removed,
            aside: &now.aside,
            freed: &freed,
            altered: &altered,
        };
        for field in added {
            self.add_field(new, field, &columns);
        }
        self.alter_fields(new, &altered, &columns);
    }

    fn remove_field(&mut self, old: &ModelDef, field: &FieldDef) {
        let id = old.id();
        let mut deps = vec![
            Dep::Unnamed(id.clone(), field.name.clone()),
            Dep::FieldAltered(id.clone(), field.name.clone()),
        ];
        deps.extend(deps::of_old_relation(field));
        for other in old.fields.iter().filter(|c| computed_from(c, field)) {
            deps.push(Dep::FieldGone(id.clone(), other.name.clone()));
            deps.push(Dep::FieldAltered(id.clone(), other.name.clone()));
        }
        for (other, f) in self.referring(old, Some(&field.name)) {
            deps.push(Dep::RelationGone(other, f));
        }
        let operation = Operation::RemoveField {
            model: old.name.clone(),
            field: field.clone(),
        };
        self.plan(&old.app, operation, deps);
    }

    /// The fields of models that refer to a field by `to_field`, or without it to the key.
    pub(super) fn referring(
        &self,
        model: &ModelDef,
        field: Option<&str>,
    ) -> Vec<(orm_schema::ModelId, String)> {
        let id = model.id();
        let refers = |f: &&FieldDef| {
            f.ty.relation()
                .is_some_and(|r| r.to.same(&id) && r.to_field.as_deref() == field)
        };
        self.old
            .models()
            .flat_map(|m| {
                m.fields
                    .iter()
                    .filter(refers)
                    .map(|f| (m.id(), f.name.clone()))
            })
            .collect()
    }

    fn add_field(&mut self, new: &ModelDef, field: &FieldDef, columns: &Columns<'_>) {
        let id = new.id();
        let mut deps = self.of_relation(&id, field);
        deps.push(Dep::FieldGone(id.clone(), field.name.clone()));
        deps.extend(columns.free(&id, field));
        deps.extend(computed_of(new, field));
        let (value, null) = match self.one_off(QuestionKind::Default, new, field) {
            OneOff::Value(value) => (Some(value), field.null),
            OneOff::None => (None, field.null),
            OneOff::Later => (None, true),
        };
        let preserve_default = value.is_none();
        let field = FieldDef {
            null,
            ..with_default(field, value)
        };
        let operation = Operation::AddField {
            model: new.name.clone(),
            field,
            preserve_default,
        };
        self.plan(&new.app, operation, deps);
    }

    pub(super) fn alter_field(
        &mut self,
        new: &ModelDef,
        from: &FieldDef,
        to: &FieldDef,
        columns: &Columns<'_>,
        mut deps: Vec<Dep>,
    ) {
        let id = new.id();
        deps.extend(self.of_relation(&id, to));
        deps.extend(deps::of_old_relation(from));
        deps.extend(columns.free_of_gone(&id, to));
        let aside = columns.freed.iter().filter(|(f, _)| f.name == from.name);
        deps.extend(aside.map(|(_, place)| Dep::Planned(*place)));
        // A key that becomes a relation could have no type: another takes its place first.
        if to.ty.relation().is_some() && !new.primary_key.contains(&to.name) {
            deps.push(Dep::Unnamed(id.clone(), to.name.clone()).rather());
        }
        deps.extend(computed_of(new, to));
        let value = match from.null {
            true => self.one_off(QuestionKind::NotNull, new, to).value(),
            false => None,
        };
        let preserve_default = value.is_none();
        let field = with_default(to, value);
        let operation = Operation::AlterField {
            model: new.name.clone(),
            from: from.clone(),
            to: field,
            preserve_default,
        };
        self.plan(&new.app, operation, deps);
    }

    /// The value that rows that are there already get, where nothing else gives one.
    fn one_off(&mut self, kind: QuestionKind, model: &ModelDef, field: &FieldDef) -> OneOff {
        if !model.managed || !needs_value(field) {
            return OneOff::None;
        }
        let id = model.id();
        let of_field = |set: &BTreeSet<(ModelId, String)>| {
            set.iter().any(|(m, f)| *f == field.name && m.same(&id))
        };
        if of_field(&self.hints.automatic) {
            return now(&self.hints.now, &field.ty).map_or(OneOff::None, OneOff::Value);
        }
        let question = Question {
            unique: is_unique(model, field),
            made: of_field(&self.hints.made),
            ..Question::field(kind, &id, field, value_type(&field.ty, self.new))
        };
        let unique = question.unique;
        match self.ask(question) {
            Answer::Value(value) => OneOff::Value(value),
            Answer::Leave if kind == QuestionKind::Default && unique => {
                self.later.push((id, field.name.clone()));
                OneOff::Later
            }
            _ => OneOff::None,
        }
    }
}

/// What rows that are there already get.
enum OneOff {
    /// What the column gives by itself.
    None,
    /// This value.
    Value(Literal),
    /// NULL for now.
    Later,
}

impl OneOff {
    fn value(self) -> Option<Literal> {
        match self {
            Self::Value(value) => Some(value),
            Self::None | Self::Later => None,
        }
    }
}

/// Whether no two rows can have the same value in the field, beside the primary key, which cannot
/// be NULL for a while.
fn is_unique(model: &ModelDef, field: &FieldDef) -> bool {
    let alone = |fields: &[String]| fields == [field.name.as_str()];
    let named = (model.constraints.iter()).any(|c| !c.unenforced && alone(&c.fields));
    let grouped = model.unique_together.iter().any(|g| alone(g));
    let own = field.unique != Unique::No || matches!(field.ty, FieldType::OneToOne(_));
    !model.primary_key.contains(&field.name) && (own || named || grouped)
}

fn needs_value(field: &FieldDef) -> bool {
    !field.null
        && !field.auto
        && field.ty.has_column()
        && field.default.is_none()
        && field.db_default.is_none()
        && field.computed.is_none()
}

fn with_default(field: &FieldDef, value: Option<Literal>) -> FieldDef {
    FieldDef {
        default: value.or_else(|| field.default.clone()),
        ..field.clone()
    }
}

/// The part of a time that a column of this type holds.
fn now(time: &str, ty: &FieldType) -> Option<Literal> {
    let (date, hour) = time.split_once(' ')?;
    let text = match ty {
        FieldType::Date => date,
        FieldType::Time => hour,
        _ => time,
    };
    Some(Literal::Text(text.to_owned()))
}

/// Whether no change leads from one field to the other: a set has a table of its own.
fn replaced(old: &FieldDef, new: &FieldDef) -> bool {
    match (&old.ty, &new.ty) {
        (FieldType::ManyToMany(a), FieldType::ManyToMany(b)) => {
            let same =
                |a: &Option<orm_schema::ModelId>, b: &Option<orm_schema::ModelId>| match (a, b) {
                    (Some(a), Some(b)) => a.same(b),
                    (None, None) => true,
                    _ => false,
                };
            !a.to.same(&b.to) || !same(&a.through, &b.through)
        }
        (FieldType::ManyToMany(_), _) | (_, FieldType::ManyToMany(_)) => true,
        _ => false,
    }
}

/// A computed column needs the columns that its expression names.
fn computed_of(model: &ModelDef, field: &FieldDef) -> Vec<Dep> {
    let used = model.fields.iter().filter(|f| computed_from(field, f));
    used.flat_map(|f| {
        [
            Dep::Field(model.id(), f.name.clone()),
            Dep::FieldAltered(model.id(), f.name.clone()),
        ]
    })
    .collect()
}

/// Whether the field's expression names the column of another field.
fn computed_from(field: &FieldDef, other: &FieldDef) -> bool {
    let Some(sql) = &field.computed else {
        return false;
    };
    let column = other.column_name();
    field.name != other.name
        && sql
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word.eq_ignore_ascii_case(&column))
}
