//! How each operation moves the state.

use orm_schema::{FieldDef, ModelDef, ModelId, OrderField, Storage, nearest};

use super::inverse::kept;
use super::{ModelOptions, Operation};
use crate::migrate::canon;
use crate::migrate::error::{StateError, StateProblem};
use crate::migrate::state::ProjectState;

type Done = Result<(), StateProblem>;

impl Operation {
    /// Moves the state forward by this operation of application `app`.
    ///
    /// The old side that an operation carries is compared with the state, so that an inverse never
    /// restores what was not there.
    ///
    /// # Errors
    /// [`StateError`] if the operation does not fit the state; the state may then be changed in
    /// part and is of no further use.
    ///
    /// Django: `Operation.state_forwards`.
    pub fn state_forward(&self, app: &str, state: &mut ProjectState) -> Result<(), StateError> {
        let done = match self {
            Self::SeparateDatabaseAndState { state: inner, .. } => {
                return inner.iter().try_for_each(|o| o.state_forward(app, state));
            }
            Self::RunSql { .. } | Self::RunCode { .. } => Ok(()),
            Self::CreateModel(_) | Self::DeleteModel(_) | Self::RenameModel { .. } => {
                self.forward_model(app, state)
            }
            Self::AddField { .. }
            | Self::RemoveField { .. }
            | Self::AlterField { .. }
            | Self::RenameField { .. } => self.forward_field(app, state),
            Self::AddIndex { .. }
            | Self::RemoveIndex { .. }
            | Self::RenameIndex { .. }
            | Self::AddConstraint { .. }
            | Self::RemoveConstraint { .. } => self.forward_part(app, state),
            _ => self.forward_options(app, state),
        };
        done.map_err(|problem| StateError {
            migration: None,
            operation: Some(self.describe()),
            problem: Box::new(problem),
        })
    }

    fn forward_model(&self, app: &str, state: &mut ProjectState) -> Done {
        match self {
            Self::CreateModel(model) => create_model(app, model, state),
            Self::DeleteModel(model) => {
                let found = get(app, &model.name, state)?;
                if !canon::same_model(found, model) {
                    return Err(differs(
                        found,
                        "the definition",
                        &first_difference(found, model),
                    ));
                }
                state.remove(&ModelId::new(app, &model.name));
                Ok(())
            }
            Self::RenameModel { from, to } => rename_model(app, from, to, state),
            _ => Ok(()),
        }
    }

    fn forward_field(&self, app: &str, state: &mut ProjectState) -> Done {
        match self {
            Self::AddField {
                model,
                field,
                preserve_default,
            } => {
                let model = get(app, model, state)?;
                if model.field(&field.name).is_some() {
                    return Err(field_exists(model, &field.name));
                }
                model.fields.push(kept(field, *preserve_default));
                Ok(())
            }
            Self::RemoveField { model, field } => {
                let model = get(app, model, state)?;
                expect_field(model, &field.name, field)?;
                if let Some(by) = names(model).into_iter().find(|(_, f)| *f == field.name) {
                    return Err(StateProblem::FieldInUse {
                        model: model.id().to_string(),
                        field: field.name.clone(),
                        by: by.0,
                    });
                }
                model.fields.retain(|f| f.name != field.name);
                Ok(())
            }
            Self::AlterField {
                model,
                from,
                to,
                preserve_default,
            } => {
                let model = get(app, model, state)?;
                expect_field(model, &from.name, from)?;
                if let Some(field) = model.field_mut(&from.name) {
                    *field = FieldDef {
                        name: from.name.clone(),
                        ..kept(to, *preserve_default)
                    };
                }
                Ok(())
            }
            Self::RenameField { model, from, to } => rename_field(app, model, from, to, state),
            _ => Ok(()),
        }
    }

    fn forward_part(&self, app: &str, state: &mut ProjectState) -> Done {
        match self {
            Self::AddIndex { model, index } => {
                let model = get(app, model, state)?;
                if model.indexes.iter().any(|i| i.name == index.name) {
                    return Err(part_exists(model, "index", &index.name));
                }
                model.indexes.push(index.clone());
                check_names(model)
            }
            Self::RemoveIndex { model, index } => {
                let model = get(app, model, state)?;
                let at = model.indexes.iter().position(|i| i.name == index.name);
                let at = at.ok_or_else(|| no_part(model, "index", &index.name))?;
                if model.indexes[at] != *index {
                    let both = (format!("{:?}", model.indexes[at]), format!("{index:?}"));
                    return Err(differs(model, &format!("index {}", index.name), &both));
                }
                model.indexes.remove(at);
                Ok(())
            }
            Self::RenameIndex { model, from, to } => {
                let model = get(app, model, state)?;
                if model.indexes.iter().any(|i| i.name == *to) {
                    return Err(part_exists(model, "index", to));
                }
                let missing = no_part(model, "index", from);
                let index = model
                    .indexes
                    .iter_mut()
                    .find(|i| i.name == *from)
                    .ok_or(missing)?;
                index.name.clone_from(to);
                Ok(())
            }
            Self::AddConstraint { model, constraint } => {
                let model = get(app, model, state)?;
                if model.constraints.iter().any(|c| c.name == constraint.name) {
                    return Err(part_exists(model, "constraint", &constraint.name));
                }
                model.constraints.push(constraint.clone());
                check_names(model)
            }
            Self::RemoveConstraint { model, constraint } => {
                let model = get(app, model, state)?;
                let at = model
                    .constraints
                    .iter()
                    .position(|c| c.name == constraint.name);
                let at = at.ok_or_else(|| no_part(model, "constraint", &constraint.name))?;
                if model.constraints[at] != *constraint {
                    let both = (
                        format!("{:?}", model.constraints[at]),
                        format!("{constraint:?}"),
                    );
                    return Err(differs(
                        model,
                        &format!("constraint {}", constraint.name),
                        &both,
                    ));
                }
                model.constraints.remove(at);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn forward_options(&self, app: &str, state: &mut ProjectState) -> Done {
        match self {
            Self::AlterModelTable { model, from, to } => {
                let model = get(app, model, state)?;
                expect(model, "the table", &model.table, from)?;
                model.table.clone_from(to);
            }
            Self::AlterModelTableComment { model, from, to } => {
                let model = get(app, model, state)?;
                expect(model, "the table's comment", &model.comment, from)?;
                model.comment.clone_from(to);
            }
            Self::AlterUniqueTogether { model, from, to } => {
                let model = get(app, model, state)?;
                let (found, said) = (canon::groups(&model.unique_together), canon::groups(from));
                expect(model, "unique_together", &found, &said)?;
                model.unique_together.clone_from(to);
                check_names(model)?;
            }
            Self::AlterPrimaryKey { model, from, to } => {
                let model = get(app, model, state)?;
                expect(model, "the primary key", &model.primary_key, from)?;
                model.primary_key.clone_from(to);
                check_names(model)?;
            }
            Self::AlterStorage { model, from, to } => {
                let model = get(app, model, state)?;
                expect(model, "the storage", &model.storage, from)?;
                model.storage.clone_from(to);
                check_names(model)?;
            }
            Self::AlterModelOptions { model, from, to } => {
                alter_options(get(app, model, state)?, from, to)?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn create_model(app: &str, model: &ModelDef, state: &mut ProjectState) -> Done {
    if model.app != app {
        return Err(StateProblem::WrongApp {
            model: model.id().to_string(),
            app: app.to_owned(),
        });
    }
    if state.model(&model.id()).is_some() {
        return Err(StateProblem::ModelExists {
            model: model.id().to_string(),
        });
    }
    for (i, field) in model.fields.iter().enumerate() {
        if model.fields[..i].iter().any(|f| f.name == field.name) {
            return Err(field_exists(model, &field.name));
        }
    }
    check_names(model)?;
    state.insert(model.clone());
    Ok(())
}

fn rename_model(app: &str, from: &str, to: &str, state: &mut ProjectState) -> Done {
    let (old, new) = (ModelId::new(app, from), ModelId::new(app, to));
    get(app, from, state)?;
    if !old.same(&new) && state.model(&new).is_some() {
        return Err(StateProblem::ModelExists {
            model: new.to_string(),
        });
    }
    if let Some(mut model) = state.remove(&old) {
        if model.table == ModelDef::default_table(app, &model.name) {
            model.table = ModelDef::default_table(app, to);
        }
        to.clone_into(&mut model.name);
        state.insert(model);
    }
    for relation in state.models_mut().flat_map(relations_mut) {
        if relation.to.same(&old) {
            relation.to = new.clone();
        }
        if relation.through.as_ref().is_some_and(|t| t.same(&old)) {
            relation.through = Some(new.clone());
        }
    }
    Ok(())
}

fn rename_field(app: &str, name: &str, from: &str, to: &str, state: &mut ProjectState) -> Done {
    let model = get(app, name, state)?;
    let id = model.id();
    if model.field(to).is_some() {
        return Err(field_exists(model, to));
    }
    let missing = no_field(model, from);
    to.clone_into(&mut model.field_mut(from).ok_or(missing)?.name);
    rename_uses(model, from, to);
    for relation in state.models_mut().flat_map(relations_mut) {
        if relation.to.same(&id) && relation.to_field.as_deref() == Some(from) {
            relation.to_field = Some(to.to_owned());
        }
    }
    Ok(())
}

/// Renames a field wherever its own model names it.
pub(crate) fn rename_uses(model: &mut ModelDef, from: &str, to: &str) {
    let lists = model
        .unique_together
        .iter_mut()
        .chain(model.indexes.iter_mut().map(|i| &mut i.fields))
        .chain(model.constraints.iter_mut().map(|c| &mut c.fields))
        .chain(model.storage.shard_key.iter_mut())
        .chain(std::iter::once(&mut model.primary_key));
    let ordered = model
        .ordering
        .iter_mut()
        .chain(model.storage.sort_key.iter_mut());
    let names = lists.flatten().chain(ordered.map(|o| &mut o.field));
    for name in names.filter(|n| *n == from) {
        to.clone_into(name);
    }
}

fn alter_options(model: &mut ModelDef, from: &ModelOptions, to: &ModelOptions) -> Done {
    if let Some(ordering) = &from.ordering {
        expect(
            model,
            "ordering",
            &order_text(&model.ordering),
            &order_text(ordering),
        )?;
    }
    if let Some(managed) = from.managed {
        expect(model, "managed", &model.managed, &managed)?;
    }
    if let Some(ordering) = &to.ordering {
        model.ordering.clone_from(ordering);
    }
    if let Some(managed) = to.managed {
        model.managed = managed;
    }
    Ok(())
}

fn order_text(fields: &[OrderField]) -> Vec<String> {
    fields.iter().map(ToString::to_string).collect()
}

fn relations_mut(model: &mut ModelDef) -> impl Iterator<Item = &mut orm_schema::RelationDef> {
    model.fields.iter_mut().filter_map(|f| f.ty.relation_mut())
}

/// What names fields of the model, except ordering, which no table depends on.
fn names(model: &ModelDef) -> Vec<(String, &str)> {
    let mut out: Vec<(String, &str)> = Vec::new();
    out.extend(
        model
            .primary_key
            .iter()
            .map(|f| ("the primary key".to_owned(), f.as_str())),
    );
    let Storage {
        shard_key,
        sort_key,
        ..
    } = &model.storage;
    out.extend(
        shard_key
            .iter()
            .flatten()
            .map(|f| ("the shard key".to_owned(), f.as_str())),
    );
    out.extend(
        sort_key
            .iter()
            .map(|o| ("the sort key".to_owned(), o.field.as_str())),
    );
    for group in &model.unique_together {
        let by = format!("unique_together ({})", group.join(", "));
        out.extend(group.iter().map(|f| (by.clone(), f.as_str())));
    }
    for index in &model.indexes {
        out.extend(
            index
                .fields
                .iter()
                .map(|f| (format!("index {}", index.name), f.as_str())),
        );
    }
    for part in &model.constraints {
        out.extend(
            part.fields
                .iter()
                .map(|f| (format!("constraint {}", part.name), f.as_str())),
        );
    }
    out
}

/// Checks that all fields that keys, groups, indexes and constraints name are there.
fn check_names(model: &ModelDef) -> Done {
    match names(model)
        .into_iter()
        .find(|(_, f)| model.field(f).is_none())
    {
        None => Ok(()),
        Some((by, field)) => Err(StateProblem::Dangling {
            model: model.id().to_string(),
            field: field.to_owned(),
            by,
        }),
    }
}

fn get<'a>(
    app: &str,
    name: &str,
    state: &'a mut ProjectState,
) -> Result<&'a mut ModelDef, StateProblem> {
    let id = ModelId::new(app, name);
    if state.model(&id).is_none() {
        let near = nearest(
            name,
            state
                .models()
                .filter(|m| m.app == app)
                .map(|m| m.name.as_str()),
        );
        return Err(StateProblem::NoModel {
            model: id.to_string(),
            near: near.map(str::to_owned),
        });
    }
    let missing = StateProblem::NoModel {
        model: id.to_string(),
        near: None,
    };
    state.model_mut(&id).ok_or(missing)
}

fn expect<T: PartialEq + std::fmt::Debug>(
    model: &ModelDef,
    what: &str,
    found: &T,
    said: &T,
) -> Done {
    if found == said {
        return Ok(());
    }
    Err(differs(
        model,
        what,
        &(format!("{found:?}"), format!("{said:?}")),
    ))
}

fn expect_field(model: &ModelDef, name: &str, said: &FieldDef) -> Done {
    let found = model.field(name).ok_or_else(|| no_field(model, name))?;
    if canon::same_field(found, said) {
        return Ok(());
    }
    let both = (format!("{found:?}"), format!("{said:?}"));
    Err(differs(model, &format!("field {name}"), &both))
}

/// The first thing in which two models differ, for a message.
fn first_difference(found: &ModelDef, said: &ModelDef) -> (String, String) {
    let (a, b) = (canon::model(found), canon::model(said));
    let differing = a.fields.iter().find(|f| b.field(&f.name) != Some(*f));
    match differing {
        Some(f) => (format!("{f:?}"), format!("{:?}", b.field(&f.name))),
        None => (format!("{a:?}"), format!("{b:?}")),
    }
}

fn differs(model: &ModelDef, what: &str, (found, said): &(String, String)) -> StateProblem {
    StateProblem::Differs {
        model: model.id().to_string(),
        what: what.to_owned(),
        found: found.clone(),
        said: said.clone(),
    }
}

fn no_field(model: &ModelDef, field: &str) -> StateProblem {
    let near = nearest(field, model.fields.iter().map(|f| f.name.as_str()));
    StateProblem::NoField {
        model: model.id().to_string(),
        field: field.to_owned(),
        near: near.map(str::to_owned),
    }
}

fn field_exists(model: &ModelDef, field: &str) -> StateProblem {
    StateProblem::FieldExists {
        model: model.id().to_string(),
        field: field.to_owned(),
    }
}

fn no_part(model: &ModelDef, what: &'static str, name: &str) -> StateProblem {
    StateProblem::NoPart {
        model: model.id().to_string(),
        what,
        name: name.to_owned(),
    }
}

fn part_exists(model: &ModelDef, what: &'static str, name: &str) -> StateProblem {
    StateProblem::PartExists {
        model: model.id().to_string(),
        what,
        name: name.to_owned(),
    }
}
