//! Operations before, operations after.

use orm_schema::{FieldDef, FieldType, IndexDef, Literal, ModelDef, ModelId, RelationDef};

use super::optimize;
use crate::migrate::Operation;

fn text(name: &str) -> FieldDef {
    FieldDef::new(name, FieldType::Text)
}

fn to(name: &str, model: &str) -> FieldDef {
    FieldDef::new(
        name,
        FieldType::ForeignKey(RelationDef::new(ModelId::new("a", model))),
    )
}

fn model(name: &str, fields: &[FieldDef]) -> ModelDef {
    ModelDef {
        fields: fields.to_vec(),
        ..ModelDef::new("a", name)
    }
}

fn create(name: &str, fields: &[FieldDef]) -> Operation {
    Operation::CreateModel(model(name, fields))
}

fn delete(name: &str, fields: &[FieldDef]) -> Operation {
    Operation::DeleteModel(model(name, fields))
}

fn add(model: &str, field: FieldDef) -> Operation {
    Operation::AddField {
        model: model.into(),
        field,
        preserve_default: true,
    }
}

fn once(model: &str, field: FieldDef) -> Operation {
    Operation::AddField {
        model: model.into(),
        field,
        preserve_default: false,
    }
}

fn remove(model: &str, field: FieldDef) -> Operation {
    Operation::RemoveField {
        model: model.into(),
        field,
    }
}

fn alter(model: &str, from: FieldDef, to: FieldDef) -> Operation {
    Operation::AlterField {
        model: model.into(),
        from,
        to,
        preserve_default: true,
    }
}

fn rename(model: &str, from: &str, to: &str) -> Operation {
    Operation::RenameField {
        model: model.into(),
        from: from.into(),
        to: to.into(),
    }
}

fn rename_model(from: &str, to: &str) -> Operation {
    Operation::RenameModel {
        from: from.into(),
        to: to.into(),
    }
}

fn index(name: &str) -> IndexDef {
    IndexDef {
        name: name.into(),
        fields: vec!["x".into()],
        kind: None,
        options: Default::default(),
    }
}

fn add_index(name: &str) -> Operation {
    Operation::AddIndex {
        model: "A".into(),
        index: index(name),
    }
}

fn sql() -> Operation {
    Operation::RunSql {
        sql: Default::default(),
        reverse: None,
    }
}

fn null(field: FieldDef) -> FieldDef {
    FieldDef {
        null: true,
        ..field
    }
}

fn with(field: FieldDef, default: &str) -> FieldDef {
    FieldDef {
        default: Some(Literal::Text(default.into())),
        ..field
    }
}

fn check(before: &[Operation], after: &[Operation]) {
    assert_eq!(optimize("a", before.to_vec()), after, "{before:#?}");
}

fn stays(operations: &[Operation]) {
    check(operations, operations);
}

#[test]
fn changes_of_a_new_model_go_into_its_creation() {
    check(&[create("A", &[]), delete("A", &[])], &[]);
    check(
        &[create("A", &[]), add("A", text("x"))],
        &[create("A", &[text("x")])],
    );
    check(
        &[create("A", &[]), once("A", with(text("x"), "1"))],
        &[create("A", &[text("x")])],
    );
    check(
        &[create("A", &[text("x")]), remove("A", text("x"))],
        &[create("A", &[])],
    );
    check(
        &[
            create("A", &[text("x")]),
            alter("A", text("x"), null(text("x"))),
        ],
        &[create("A", &[null(text("x"))])],
    );
    check(
        &[create("A", &[text("x")]), rename("A", "x", "y")],
        &[create("A", &[text("y")])],
    );
    check(
        &[create("A", &[]), rename_model("A", "B")],
        &[create("B", &[])],
    );
    let indexed = ModelDef {
        indexes: vec![index("i")],
        ..model("A", &[text("x")])
    };
    check(
        &[create("A", &[text("x")]), add_index("i")],
        &[Operation::CreateModel(indexed)],
    );
}

#[test]
fn changes_before_a_deletion_go_into_it() {
    check(
        &[remove("A", text("x")), delete("A", &[])],
        &[delete("A", &[text("x")])],
    );
    check(
        &[add("A", text("x")), delete("A", &[text("x")])],
        &[delete("A", &[])],
    );
    check(
        &[rename("A", "x", "y"), delete("A", &[text("y")])],
        &[delete("A", &[text("x")])],
    );
}

#[test]
fn changes_of_a_field_merge() {
    check(&[add("A", text("x")), remove("A", text("x"))], &[]);
    check(
        &[add("A", text("x")), rename("A", "x", "y")],
        &[add("A", text("y"))],
    );
    check(
        &[add("A", text("x")), alter("A", text("x"), null(text("x")))],
        &[add("A", null(text("x")))],
    );
    check(
        &[
            once("A", with(text("x"), "1")),
            alter("A", text("x"), null(text("x"))),
        ],
        &[once("A", with(null(text("x")), "1"))],
    );
    check(
        &[
            alter("A", text("x"), null(text("x"))),
            alter("A", null(text("x")), text("x")),
        ],
        &[],
    );
    check(
        &[
            alter("A", text("x"), null(text("x"))),
            remove("A", null(text("x"))),
        ],
        &[remove("A", text("x"))],
    );
    check(
        &[rename("A", "x", "y"), rename("A", "y", "z")],
        &[rename("A", "x", "z")],
    );
    check(&[rename("A", "x", "y"), rename("A", "y", "x")], &[]);
    check(
        &[rename("A", "x", "y"), remove("A", text("y"))],
        &[remove("A", text("x"))],
    );
    check(
        &[rename_model("A", "B"), rename_model("B", "C")],
        &[rename_model("A", "C")],
    );
}

#[test]
fn what_would_lose_a_value_stays() {
    stays(&[
        add("A", with(text("x"), "1")),
        alter("A", with(text("x"), "1"), with(text("x"), "2")),
    ]);
    stays(&[
        add("A", with(text("x"), "1")),
        alter("A", with(text("x"), "1"), text("x")),
    ]);
    let filled = with(text("x"), "1");
    stays(&[
        alter("A", null(text("x")), filled.clone()),
        alter("A", filled, text("x")),
    ]);
    stays(&[
        alter("A", text("x"), null(text("x"))),
        rename("A", "x", "y"),
    ]);
}

#[test]
fn what_is_between_is_crossed_only_if_it_does_not_care() {
    let other = create("B", &[]);
    check(
        &[create("A", &[]), other.clone(), add("A", text("x"))],
        &[other.clone(), create("A", &[text("x")])],
    );
    // B needs A, so A cannot move; but the field can.
    let needs = create("B", &[to("a", "A")]);
    check(
        &[create("A", &[]), needs.clone(), add("A", text("x"))],
        &[create("A", &[text("x")]), needs.clone()],
    );
    // A circle stays open.
    stays(&[create("A", &[]), needs, add("A", to("b", "B"))]);
    stays(&[create("A", &[]), sql(), add("A", text("x"))]);
    stays(&[add("A", text("x")), sql(), remove("A", text("x"))]);
    check(
        &[
            add("A", text("x")),
            add("A", text("y")),
            remove("A", text("x")),
        ],
        &[add("A", text("y"))],
    );
    // The index names the field.
    stays(&[rename("A", "x", "y"), add_index("i"), rename("A", "y", "z")]);
}

#[test]
fn parts_and_options_merge() {
    let remove_index = |name: &str| Operation::RemoveIndex {
        model: "A".into(),
        index: index(name),
    };
    let rename_index = |from: &str, to: &str| Operation::RenameIndex {
        model: "A".into(),
        from: from.into(),
        to: to.into(),
    };
    check(&[add_index("i"), remove_index("i")], &[]);
    check(&[add_index("i"), rename_index("i", "j")], &[add_index("j")]);
    check(
        &[rename_index("i", "j"), rename_index("j", "k")],
        &[rename_index("i", "k")],
    );
    let table = |from: &str, to: &str| Operation::AlterModelTable {
        model: "A".into(),
        from: from.into(),
        to: to.into(),
    };
    check(&[table("t", "u"), table("u", "v")], &[table("t", "v")]);
    check(&[table("t", "u"), table("u", "t")], &[]);
    stays(&[
        table("t", "u"),
        Operation::AlterModelTable {
            model: "B".into(),
            from: "u".into(),
            to: "v".into(),
        },
    ]);
}
