//! Names that are exchanged, by the operations that the autodetector finds for it.

use std::collections::BTreeMap;

use orm::migrate::{AnswerTable, Hints, Operation, ProjectState, detect};
use orm::schema::{FieldDef, IndexDef, ModelDef, ModelId};

use super::{APP, Case, base, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("rename_field_exchanged", fields()),
        case("rename_field_circle", circle()),
        case("rename_model_exchanged", models()),
        case("alter_model_table_exchanged", tables()),
        case("alter_field_columns_exchanged", columns()),
        case("rename_index_exchanged", indexes()),
    ]
}

/// What is found after `first`, from the base to what `edit` makes of it.
fn found(
    first: Vec<Operation>,
    answers: &AnswerTable,
    edit: impl FnOnce(&mut ProjectState),
) -> Vec<Operation> {
    let mut from = base();
    for operation in &first {
        operation.state_forward(APP, &mut from).expect("it fits");
    }
    let mut to = from.clone();
    edit(&mut to);
    let changes = detect(&from, &to, &Hints::default(), &mut answers.clone());
    let changes = changes.expect("changes");
    let found = changes.operations().into_iter().map(|(_, o)| o.clone());
    let all: Vec<Operation> = first.into_iter().chain(found).collect();
    assert!(all.len() > 2, "nothing is put aside: {all:?}");
    all
}

fn book(state: &mut ProjectState) -> &mut ModelDef {
    model(state, "Book")
}

fn model<'a>(state: &'a mut ProjectState, name: &str) -> &'a mut ModelDef {
    state
        .model_mut(&ModelId::new(APP, name))
        .expect("the base has the model")
}

fn field<'a>(model: &'a mut ModelDef, name: &str) -> &'a mut FieldDef {
    model.field_mut(name).expect("the model has the field")
}

/// New names of fields of a book, by the old ones; whatever names them goes along.
fn renamed(pairs: &[(&str, &str)]) -> Vec<Operation> {
    let id = ModelId::new(APP, "Book");
    let old = pairs.iter().map(|(old, new)| {
        let key = (id.clone(), (*new).to_owned());
        (key, (*old).to_owned())
    });
    let answers = AnswerTable {
        renamed_fields: old.collect(),
        ..AnswerTable::default()
    };
    found(vec![], &answers, |state| {
        let new = |name: &str| {
            let pair = pairs.iter().find(|(old, _)| *old == name);
            pair.map_or(name.to_owned(), |(_, new)| (*new).to_owned())
        };
        let book = book(state);
        for field in &mut book.fields {
            field.name = new(&field.name);
        }
        for index in &mut book.indexes {
            index.fields = index.fields.iter().map(|f| new(f)).collect();
        }
    })
}

fn fields() -> Vec<Operation> {
    renamed(&[("title", "subtitle"), ("subtitle", "title")])
}

/// With two relations, whose columns are not called as they are.
fn circle() -> Vec<Operation> {
    renamed(&[
        ("writer", "editor"),
        ("editor", "pages"),
        ("pages", "writer"),
    ])
}

/// A book becomes a writer, and the writer a book; books refer to writers, and have sets of tags.
fn models() -> Vec<Operation> {
    let id = |name: &str| ModelId::new(APP, name);
    let answers = AnswerTable {
        renamed_models: BTreeMap::from([
            (id("Book"), "Writer".to_owned()),
            (id("Writer"), "Book".to_owned()),
        ]),
        ..AnswerTable::default()
    };
    found(vec![], &answers, |state| {
        let both = ["Book", "Writer"].map(|m| state.remove(&id(m)).expect("the base has it"));
        for (mut model, name) in both.into_iter().zip(["Writer", "Book"]) {
            model.name = name.to_owned();
            model.table = ModelDef::default_table(APP, name);
            for relation in model.fields.iter_mut().filter_map(|f| f.ty.relation_mut()) {
                if relation.to.same(&id("Writer")) {
                    relation.to = id("Book");
                }
            }
            state.insert(model);
        }
    })
}

fn tables() -> Vec<Operation> {
    found(vec![], &AnswerTable::default(), |state| {
        "shop_writer".clone_into(&mut book(state).table);
        "shop_book".clone_into(&mut model(state, "Writer").table);
    })
}

fn columns() -> Vec<Operation> {
    found(vec![], &AnswerTable::default(), |state| {
        let book = book(state);
        field(book, "title").column = Some("subtitle".into());
        field(book, "subtitle").column = Some("title".into());
    })
}

fn indexes() -> Vec<Operation> {
    let add = Operation::AddIndex {
        model: "Book".into(),
        index: IndexDef {
            name: "book_subtitle".into(),
            fields: vec!["subtitle".into()],
            kind: None,
            options: Default::default(),
        },
    };
    found(vec![add], &AnswerTable::default(), |state| {
        let indexes = &mut book(state).indexes;
        let name = std::mem::take(&mut indexes[0].name);
        indexes[0].name = std::mem::replace(&mut indexes[1].name, name);
    })
}
