//! Columns that pass from one field to another.

use orm_schema::{FieldDef, ModelDef, ModelId};

use super::deps::{self, Dep};
use super::exchange;
use super::{Detector, Operation};

/// The columns of a model that become free.
pub(super) struct Columns<'a> {
    /// Fields that go.
    pub(super) removed: &'a [FieldDef],
    /// Fields that go, whose columns are put aside first, as they are and as they are then.
    pub(super) aside: &'a [(FieldDef, FieldDef)],
    /// Fields that stay, as they were before their columns were put aside, each with the place of
    /// the operation that does so.
    pub(super) freed: &'a [(FieldDef, usize)],
    /// Fields that are altered, as they are and as they shall be.
    pub(super) altered: &'a [(&'a FieldDef, &'a FieldDef)],
}

impl Columns<'_> {
    /// What has to come before a field is altered, so that its column is free of what goes.
    pub(super) fn free_of_gone(&self, id: &ModelId, field: &FieldDef) -> Vec<Dep> {
        let gone = self.removed.iter().filter(|f| has_column_of(f, field));
        let gone = gone.map(|f| Dep::FieldGone(id.clone(), f.name.clone()));
        let aside = self.aside.iter().filter(|(f, _)| has_column_of(f, field));
        let aside = aside.map(|(f, _)| Dep::FieldAltered(id.clone(), f.name.clone()));
        let freed = self.freed.iter().filter(|(f, _)| has_column_of(f, field));
        let freed = freed.map(|(_, place)| Dep::Planned(*place));
        gone.chain(aside).chain(freed).collect()
    }

    /// What has to come before a field is added, so that its column is free.
    pub(super) fn free(&self, id: &ModelId, field: &FieldDef) -> Vec<Dep> {
        let left = |(from, to): &&(&FieldDef, &FieldDef)| {
            has_column_of(from, field) && !has_column_of(to, field)
        };
        let left = self.altered.iter().filter(left);
        let left = left.map(|(f, _)| Dep::FieldAltered(id.clone(), f.name.clone()));
        let mut deps = self.free_of_gone(id, field);
        deps.extend(left);
        deps
    }
}

fn has_column_of(field: &FieldDef, other: &FieldDef) -> bool {
    field.ty.has_column() && other.ty.has_column() && field.column_name() == other.column_name()
}

/// Fields that go, after those in the way were put aside.
pub(super) struct Going {
    pub(super) removed: Vec<FieldDef>,
    pub(super) aside: Vec<(FieldDef, FieldDef)>,
}

impl Detector<'_> {
    /// Puts the columns of removed fields aside that another field takes, where the field can only
    /// go when the other is there: it is part of a key, or referred to.
    pub(super) fn out_of_the_way(
        &mut self,
        old: &ModelDef,
        new: &ModelDef,
        removed: &[&FieldDef],
    ) -> Going {
        let mut going = Going {
            removed: Vec::new(),
            aside: Vec::new(),
        };
        for field in removed {
            let takes = |f: &FieldDef| f.name != field.name && has_column_of(f, field);
            let taken = new.fields.iter().any(takes);
            let held =
                || is_leaned_on(old, field) || !self.referring(old, Some(&field.name)).is_empty();
            if !taken || !held() {
                going.removed.push((*field).clone());
                continue;
            }
            let column = column_aside(&field.column_name(), [old, new].into_iter());
            let aside = FieldDef {
                column: Some(column),
                ..(*field).clone()
            };
            self.put_aside(new, (*field).clone(), aside.clone(), vec![]);
            going.removed.push(aside.clone());
            going.aside.push(((*field).clone(), aside));
        }
        going
    }

    /// Puts the columns of fields aside that become other relations, where a field of the new key
    /// takes the column: a relation may have to wait for the key, and the key for the column.
    ///
    /// Hands back the fields as they were, and changes them to what they are then.
    pub(super) fn relations_out_of_the_way(
        &mut self,
        old: &ModelDef,
        new: &ModelDef,
        altered: &mut [(FieldDef, FieldDef)],
    ) -> Vec<(FieldDef, usize)> {
        let mut freed = Vec::new();
        if old.primary_key == new.primary_key {
            return freed;
        }
        for (from, to) in altered {
            let takes = |f: &FieldDef| {
                f.name != from.name && new.primary_key.contains(&f.name) && has_column_of(f, from)
            };
            if !to.ty.is_to_one() || !new.fields.iter().any(takes) {
                continue;
            }
            let column = column_aside(&from.column_name(), [old, new].into_iter());
            let aside = FieldDef {
                column: Some(column),
                ..from.clone()
            };
            freed.push((from.clone(), self.planned.len()));
            self.put_aside(new, from.clone(), aside.clone(), vec![]);
            *from = aside;
        }
        freed
    }

    /// Alters fields; where they take each other's columns, in an order in which each is free.
    pub(super) fn alter_fields(
        &mut self,
        new: &ModelDef,
        altered: &[(&FieldDef, &FieldDef)],
        columns: &Columns<'_>,
    ) {
        let moved = |pair: &&(&FieldDef, &FieldDef)| {
            pair.0.ty.has_column()
                && pair.1.ty.has_column()
                && pair.0.column_name() != pair.1.column_name()
        };
        let moving: Vec<_> = altered.iter().filter(moved).copied().collect();
        let column = |f: &FieldDef| f.column_name().into_owned();
        let pairs: Vec<_> = moving.iter().map(|(a, b)| (column(a), column(b))).collect();
        let same = |a: &str, b: &str| a == b;
        if !exchange::contested(&pairs, same) {
            for (from, to) in altered {
                self.alter_field(new, from, to, columns, vec![]);
            }
            return;
        }
        for (from, to) in altered.iter().filter(|pair| !moved(pair)) {
            self.alter_field(new, from, to, columns, vec![]);
        }
        let old = self.old.model(&new.id()).cloned();
        let moves = exchange::ordered(&pairs, same, |name| {
            column_aside(name, old.iter().chain([new]))
        });
        let mut now: Vec<FieldDef> = moving.iter().map(|(from, _)| (*from).clone()).collect();
        let mut places = Vec::new();
        for step in &moves {
            let after = step
                .after
                .iter()
                .map(|i| Dep::Planned(places[*i]))
                .collect();
            let (from, to) = (now[step.item].clone(), moving[step.item].1);
            places.push(self.planned.len());
            if step.to == column(to) {
                self.alter_field(new, &from, to, columns, after);
            } else {
                let to = FieldDef {
                    column: Some(step.to.clone()),
                    ..from.clone()
                };
                now[step.item] = to.clone();
                self.put_aside(new, from, to, after);
            }
        }
    }

    /// Gives a field a column of another name for a while, and changes nothing else of it.
    fn put_aside(&mut self, new: &ModelDef, from: FieldDef, to: FieldDef, mut deps: Vec<Dep>) {
        deps.extend(deps::of_old_relation(&from));
        let operation = Operation::AlterField {
            model: new.name.clone(),
            from,
            to,
            preserve_default: true,
        };
        self.plan(&new.app, operation, deps);
    }
}

/// A column that no field of these models has.
fn column_aside<'m>(column: &str, models: impl Iterator<Item = &'m ModelDef> + Clone) -> String {
    exchange::aside(column, "_aside", |name| {
        let mut fields = models.clone().flat_map(|m| &m.fields);
        fields.any(|f| f.name == name || f.column_name() == name)
    })
}

/// Whether the field is named where it is replaced by another in one operation.
fn is_leaned_on(model: &ModelDef, field: &FieldDef) -> bool {
    let storage = &model.storage;
    let mut keys = (model.primary_key.iter())
        .chain(storage.shard_key.iter().flatten())
        .chain(model.unique_together.iter().flatten());
    let mut ordered = model.ordering.iter().chain(&storage.sort_key);
    keys.any(|f| *f == field.name) || ordered.any(|o| o.field == field.name)
}
