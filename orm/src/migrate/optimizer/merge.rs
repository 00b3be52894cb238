//! Pairs of operations that are one, or none.

use orm_schema::{FieldDef, ModelDef, ModelId};

use crate::migrate::canon;
use crate::migrate::operation::{ModelOptions, Operation};
use crate::migrate::state::ProjectState;

/// What two operations on one model, one right after the other, come to; `None` if they stay two.
pub(super) fn merge(app: &str, first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    use Operation as O;
    match (first, second) {
        (O::CreateModel(_), O::DeleteModel(_)) => Some(vec![]),
        (O::CreateModel(m), next) => {
            let name = if let O::RenameModel { to, .. } = next {
                to
            } else {
                &m.name
            };
            Some(vec![O::CreateModel(applied(app, m, name, next)?)])
        }
        (O::RenameModel { .. }, O::DeleteModel(_)) => None,
        (before, O::DeleteModel(m)) => {
            let model = applied(app, m, &m.name, &before.inverse().ok()?)?;
            Some(vec![O::DeleteModel(model)])
        }
        (O::RenameModel { from, .. }, O::RenameModel { to, .. }) => {
            let rename = O::RenameModel {
                from: from.clone(),
                to: to.clone(),
            };
            Some(unless(from == to, rename))
        }
        _ => merge_fields(first, second)
            .or_else(|| merge_parts(first, second))
            .or_else(|| merge_options(first, second)),
    }
}

/// The model after an operation on it.
fn applied(app: &str, model: &ModelDef, name: &str, operation: &Operation) -> Option<ModelDef> {
    let mut state: ProjectState = [model.clone()].into_iter().collect();
    operation.state_forward(app, &mut state).ok()?;
    state.remove(&ModelId::new(app, name))
}

fn unless(nothing: bool, operation: Operation) -> Vec<Operation> {
    if nothing { vec![] } else { vec![operation] }
}

fn merge_fields(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    use Operation as O;
    match (first, second) {
        (O::AddField { field: a, .. }, O::RemoveField { field: b, .. }) if a.name == b.name => {
            Some(vec![])
        }
        (
            O::AddField {
                model,
                field,
                preserve_default,
            },
            O::RenameField { from, to, .. },
        ) if field.name == *from => {
            let field = FieldDef {
                name: to.clone(),
                ..field.clone()
            };
            Some(vec![O::AddField {
                model: model.clone(),
                field,
                preserve_default: *preserve_default,
            }])
        }
        (O::AddField { field: a, .. }, O::AlterField { to, .. }) if a.name == to.name => {
            add_then_alter(first, second)
        }
        (O::AlterField { to: a, .. }, O::AlterField { to: b, .. }) if a.name == b.name => {
            alter_twice(first, second)
        }
        (O::AlterField { model, from, .. }, O::RemoveField { field, .. })
            if from.name == field.name =>
        {
            Some(vec![O::RemoveField {
                model: model.clone(),
                field: from.clone(),
            }])
        }
        (O::RenameField { model, from, to }, O::RemoveField { field, .. }) if *to == field.name => {
            let field = FieldDef {
                name: from.clone(),
                ..field.clone()
            };
            Some(vec![O::RemoveField {
                model: model.clone(),
                field,
            }])
        }
        (
            O::RenameField {
                model,
                from,
                to: middle,
            },
            O::RenameField { from: next, to, .. },
        ) if middle == next => {
            let rename = O::RenameField {
                model: model.clone(),
                from: from.clone(),
                to: to.clone(),
            };
            Some(unless(from == to, rename))
        }
        _ => None,
    }
}

/// A field that is added and altered is added as it ends, if its rows get the same value.
fn add_then_alter(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    let Operation::AddField {
        model,
        field,
        preserve_default: kept,
    } = first
    else {
        return None;
    };
    let Operation::AlterField {
        to,
        preserve_default,
        ..
    } = second
    else {
        return None;
    };
    let (field, preserve_default) = if field.default.is_none() {
        (to.clone(), *preserve_default)
    } else if *kept && *preserve_default && to.default == field.default {
        (to.clone(), true)
    } else if !kept
        && *preserve_default
        && to.default.is_none()
        && canon::field(to).ty == canon::field(field).ty
    {
        (
            FieldDef {
                default: field.default.clone(),
                ..to.clone()
            },
            false,
        )
    } else {
        return None;
    };
    Some(vec![Operation::AddField {
        model: model.clone(),
        field,
        preserve_default,
    }])
}

/// Two changes of a field are one, if no value that the first one fills in gets lost.
fn alter_twice(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    let Operation::AlterField {
        model,
        from,
        to: middle,
        preserve_default: kept,
    } = first
    else {
        return None;
    };
    let Operation::AlterField {
        to,
        preserve_default,
        ..
    } = second
    else {
        return None;
    };
    let fills = from.null && !middle.null && middle.default.is_some();
    if fills && (!kept || !preserve_default || to.default != middle.default) {
        return None;
    }
    let alter = Operation::AlterField {
        model: model.clone(),
        from: from.clone(),
        to: to.clone(),
        preserve_default: *preserve_default,
    };
    Some(unless(
        *preserve_default && canon::same_field(from, to),
        alter,
    ))
}

fn merge_parts(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    use Operation as O;
    match (first, second) {
        (O::AddIndex { index: a, .. }, O::RemoveIndex { index: b, .. }) if a == b => Some(vec![]),
        (O::AddIndex { model, index }, O::RenameIndex { from, to, .. }) if index.name == *from => {
            let index = orm_schema::IndexDef {
                name: to.clone(),
                ..index.clone()
            };
            Some(vec![O::AddIndex {
                model: model.clone(),
                index,
            }])
        }
        (
            O::RenameIndex {
                model,
                from,
                to: middle,
            },
            O::RenameIndex { from: next, to, .. },
        ) if middle == next => {
            let rename = O::RenameIndex {
                model: model.clone(),
                from: from.clone(),
                to: to.clone(),
            };
            Some(unless(from == to, rename))
        }
        (O::AddConstraint { constraint: a, .. }, O::RemoveConstraint { constraint: b, .. })
            if a == b =>
        {
            Some(vec![])
        }
        _ => None,
    }
}

fn merge_options(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    use Operation as O;
    Some(match (first, second) {
        (O::AlterModelTable { model, from, .. }, O::AlterModelTable { to, .. }) => unless(
            from == to,
            O::AlterModelTable {
                model: model.clone(),
                from: from.clone(),
                to: to.clone(),
            },
        ),
        (O::AlterModelTableComment { model, from, .. }, O::AlterModelTableComment { to, .. }) => {
            unless(
                from == to,
                O::AlterModelTableComment {
                    model: model.clone(),
                    from: from.clone(),
                    to: to.clone(),
                },
            )
        }
        (O::AlterUniqueTogether { model, from, .. }, O::AlterUniqueTogether { to, .. }) => unless(
            canon::groups(from) == canon::groups(to),
            O::AlterUniqueTogether {
                model: model.clone(),
                from: from.clone(),
                to: to.clone(),
            },
        ),
        (O::AlterPrimaryKey { model, from, .. }, O::AlterPrimaryKey { to, .. }) => unless(
            from == to,
            O::AlterPrimaryKey {
                model: model.clone(),
                from: from.clone(),
                to: to.clone(),
            },
        ),
        (O::AlterStorage { model, from, .. }, O::AlterStorage { to, .. }) => unless(
            from == to,
            O::AlterStorage {
                model: model.clone(),
                from: from.clone(),
                to: to.clone(),
            },
        ),
        (
            O::AlterModelOptions { model, from, to },
            O::AlterModelOptions {
                from: next_from,
                to: next_to,
                ..
            },
        ) => {
            let from = either(from, next_from);
            let to = either(next_to, to);
            unless(
                from == to,
                O::AlterModelOptions {
                    model: model.clone(),
                    from,
                    to,
                },
            )
        }
        _ => return None,
    })
}

fn either(first: &ModelOptions, second: &ModelOptions) -> ModelOptions {
    ModelOptions {
        ordering: first.ordering.clone().or_else(|| second.ordering.clone()),
        managed: first.managed.or(second.managed),
    }
}
