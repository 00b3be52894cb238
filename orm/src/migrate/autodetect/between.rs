//! What lies between: after each operation a database has a table for every model.
//!
//! A relation takes its column from the key that it refers to, so a key of several fields, or keys
//! that lead in a circle, can stand in the way of an operation though the models after all of them
//! are sound. Such an order is not written, for no database could run it.

use orm_schema::{FieldDef, ModelDef, ModelId};

use super::DetectError;
use super::changes::Changes;
use crate::dialect::{Dialect as _, Features, Sqlite};
use crate::migrate::operation::Operation;
use crate::migrate::state::ProjectState;
use crate::migrate::table_of::{TableError, tables_of};

impl Changes {
    /// Checks the states between two; where a model has no table in one of these, `check` says so.
    pub(super) fn check_between(
        &self,
        from: &ProjectState,
        to: &ProjectState,
    ) -> Result<(), DetectError> {
        let order = self.order();
        let operations = || {
            let drafts = order
                .iter()
                .map(|(app, index)| (*app, &self.apps[*app][*index]));
            drafts.flat_map(|(app, draft)| draft.operations.iter().map(move |o| (app, o)))
        };
        // Each of the databases knows all that is asked here.
        let features = Sqlite.features();
        let mut state = from.clone();
        if !operations().any(|(app, o)| touches_key(app, o, from, to)) {
            return Ok(());
        }
        // Those that migrations do not care for as well: they may come to be managed.
        let (mut before, mut after) = (from.clone(), to.clone());
        for model in before.models_mut().chain(after.models_mut()) {
            model.managed = true;
        }
        if fault(&before, features).is_some() || fault(&after, features).is_some() {
            return Ok(());
        }
        for (app, operation) in operations() {
            operation.state_forward(app, &mut state)?;
            let touched = touched(app, operation);
            let found = state.models().filter(|m| concerns(m, touched.as_ref()));
            let mut found = found.filter_map(|m| tables_of(&state, m, features).err());
            if let Some(problem) = found.next() {
                return Err(DetectError::Between {
                    operation: operation.describe(),
                    app: app.to_owned(),
                    problem: Box::new(problem),
                });
            }
        }
        Ok(())
    }
}

/// The first model that has no table.
fn fault(state: &ProjectState, features: &Features) -> Option<TableError> {
    let mut faults = state
        .models()
        .filter_map(|m| tables_of(state, m, features).err());
    faults.next()
}

/// Whether the operation changes a key, or the type of a field that is one before or after.
fn touches_key(app: &str, operation: &Operation, from: &ProjectState, to: &ProjectState) -> bool {
    match operation {
        Operation::AlterPrimaryKey { .. } => true,
        Operation::AlterField {
            model,
            to: field,
            from: old,
            ..
        } => {
            let id = ModelId::new(app, model);
            let keyed = |state: &ProjectState| {
                let key = state.model(&id).map_or(&[][..], |m| &m.primary_key);
                key.contains(&field.name) || key.contains(&old.name)
            };
            let relates = |f: &FieldDef| f.ty.relation().is_some();
            (relates(field) || relates(old)) && (keyed(from) || keyed(to))
        }
        _ => false,
    }
}

/// The model whose table an operation makes or changes in a way that others notice, or that needs
/// others.
fn touched(app: &str, operation: &Operation) -> Option<ModelId> {
    match operation {
        Operation::CreateModel(m) => Some(m.id()),
        Operation::AddField { model, .. }
        | Operation::AlterField { model, .. }
        | Operation::AlterPrimaryKey { model, .. } => Some(ModelId::new(app, model)),
        _ => None,
    }
}

/// Whether it is the model, or one that refers to it.
fn concerns(model: &ModelDef, touched: Option<&ModelId>) -> bool {
    touched.is_some_and(|id| {
        let refers = |f: &FieldDef| f.ty.relation().is_some_and(|r| r.to.same(id));
        model.id().same(id) || model.fields.iter().any(refers)
    })
}

#[cfg(test)]
mod tests {
    use orm_schema::{FieldType, RelationDef};

    use super::*;
    use crate::migrate::autodetect::Draft;

    fn model(name: &str, key: &[&str], fields: Vec<FieldDef>) -> ModelDef {
        let mut model = ModelDef::new("b", name);
        let number = FieldType::BigInt { unsigned: false };
        model.fields.push(FieldDef::new("id", number.clone()));
        model.fields.push(FieldDef::new("n", number));
        model.fields.extend(fields);
        model.primary_key = key.iter().map(|k| (*k).to_owned()).collect();
        model
    }

    #[test]
    fn what_no_database_could_run_is_refused() {
        let to_a = RelationDef::new(ModelId::new("b", "A"));
        let relation = FieldDef::new("a", FieldType::ForeignKey(to_a));
        let from: ProjectState = [
            model("A", &["id", "n"], vec![]),
            model("B", &["id"], vec![]),
        ]
        .into_iter()
        .collect();
        let to: ProjectState = [
            model("A", &["id"], vec![]),
            model("B", &["id"], vec![relation.clone()]),
        ]
        .into_iter()
        .collect();
        let key = Operation::AlterPrimaryKey {
            model: "A".into(),
            from: vec!["id".into(), "n".into()],
            to: vec!["id".into()],
        };
        let add = Operation::AddField {
            model: "B".into(),
            field: relation,
            preserve_default: true,
        };
        let check = |operations: Vec<Operation>| {
            let draft = Draft {
                operations,
                ..Draft::default()
            };
            let changes = Changes {
                apps: [("b".to_owned(), vec![draft])].into(),
                ..Changes::default()
            };
            changes.check_between(&from, &to).map_err(|e| e.to_string())
        };
        assert_eq!(check(vec![key.clone(), add.clone()]), Ok(()));
        assert_eq!(
            check(vec![add, key]).unwrap_err(),
            "these changes cannot be made in one run: after \"Add field a to B\" in b, b.B.a refers to \
             b.A, whose primary key has 2 fields; a relation needs one: name a unique field of it by \
             `to_field`; make them in two: first change the keys and take away the relations that are \
             in the way, run `makemigrations`, then make the rest of the changes and run it again"
        );
    }
}
