//! State before, operation, state after; and back.

use orm_schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, Literal, ModelDef, ModelId, OrderField,
    RelationDef, Storage,
};

use super::{ModelOptions, Operation};
use crate::migrate::{ProjectState, StateProblem};

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}

fn author() -> ModelDef {
    let mut m = ModelDef::new("blog", "Author");
    m.fields.push(FieldDef {
        auto: true,
        ..FieldDef::new("id", FieldType::BigInt { unsigned: false })
    });
    m.fields.push(FieldDef::new(
        "email",
        FieldType::Varchar { max_length: 80 },
    ));
    m.primary_key = names(&["id"]);
    m
}

fn article() -> ModelDef {
    let mut m = ModelDef::new("blog", "Article");
    let mut to_author = RelationDef::new(ModelId::new("blog", "Author"));
    to_author.to_field = Some("email".into());
    m.fields.push(FieldDef {
        auto: true,
        ..FieldDef::new("id", FieldType::BigInt { unsigned: false })
    });
    m.fields.push(FieldDef::new(
        "title",
        FieldType::Varchar { max_length: 80 },
    ));
    m.fields
        .push(FieldDef::new("author", FieldType::ForeignKey(to_author)));
    m.primary_key = names(&["id"]);
    m.unique_together = vec![names(&["title", "author"])];
    m.indexes.push(IndexDef {
        name: "ti".into(),
        fields: names(&["title"]),
        kind: None,
        options: Default::default(),
    });
    m.constraints.push(ConstraintDef {
        name: "tu".into(),
        fields: names(&["title"]),
        unenforced: false,
    });
    m.ordering.push(OrderField::parse("-title"));
    m.storage.sort_key.push(OrderField::parse("title"));
    m
}

fn state() -> ProjectState {
    [author(), article()].into_iter().collect()
}

fn slug() -> FieldDef {
    FieldDef {
        default: Some(Literal::Text("x".into())),
        ..FieldDef::new("slug", FieldType::Varchar { max_length: 80 })
    }
}

fn index(name: &str) -> IndexDef {
    IndexDef {
        name: name.into(),
        fields: names(&["title"]),
        kind: None,
        options: Default::default(),
    }
}

fn text(name: &str) -> FieldDef {
    FieldDef::new(name, FieldType::Text)
}

/// Applies the operation, compares with what `expected` makes of the state, and goes back.
fn check(operation: Operation, expected: impl FnOnce(&mut ModelDef)) {
    let before = state();
    let mut after = before.clone();
    operation.state_forward("blog", &mut after).unwrap();
    let mut want = before.clone();
    expected(want.model_mut(&ModelId::new("blog", "Article")).unwrap());
    assert_eq!(after, want, "{operation:?}");
    operation
        .inverse()
        .unwrap()
        .state_forward("blog", &mut after)
        .unwrap();
    assert!(after.same(&before), "back from {operation:?}");
}

fn refused(operation: Operation) -> StateProblem {
    *operation
        .state_forward("blog", &mut state())
        .unwrap_err()
        .problem
}

#[test]
fn fields_are_added_removed_and_altered() {
    let a = || "Article".to_owned();
    let add = |preserve_default| Operation::AddField {
        model: a(),
        field: slug(),
        preserve_default,
    };
    check(add(true), |m| m.fields.push(slug()));
    check(add(false), |m| {
        m.fields.push(FieldDef {
            default: None,
            ..slug()
        })
    });
    let from = article().field("title").cloned().unwrap();
    let to = FieldDef {
        default: Some(Literal::Int(1)),
        ..text("title")
    };
    let alter = |preserve_default| Operation::AlterField {
        model: "article".into(),
        from: from.clone(),
        to: to.clone(),
        preserve_default,
    };
    check(alter(true), |m| *m.field_mut("title").unwrap() = to.clone());
    check(alter(false), |m| {
        *m.field_mut("title").unwrap() = text("title")
    });

    let mut after = state();
    add(true).state_forward("blog", &mut after).unwrap();
    let remove = Operation::RemoveField {
        model: a(),
        field: slug(),
    };
    remove.state_forward("blog", &mut after).unwrap();
    assert_eq!(after, state());
}

#[test]
fn renaming_a_field_carries_what_names_it() {
    let rename = |model: &str, from: &str, to: &str| Operation::RenameField {
        model: model.into(),
        from: from.into(),
        to: to.into(),
    };
    check(rename("Article", "title", "headline"), |m| {
        m.field_mut("title").unwrap().name = "headline".into();
        m.unique_together = vec![names(&["headline", "author"])];
        m.indexes[0].fields = names(&["headline"]);
        m.constraints[0].fields = names(&["headline"]);
        m.ordering = vec![OrderField::parse("-headline")];
        m.storage.sort_key = vec![OrderField::parse("headline")];
    });
    check(rename("Article", "id", "key"), |m| {
        m.field_mut("id").unwrap().name = "key".into();
        m.primary_key = names(&["key"]);
    });
    let mut after = state();
    rename("Author", "email", "mail")
        .state_forward("blog", &mut after)
        .unwrap();
    let article = after.model(&ModelId::new("blog", "Article")).unwrap();
    let relation = article.field("author").unwrap().ty.relation().unwrap();
    assert_eq!(relation.to_field.as_deref(), Some("mail"));
}

#[test]
fn renaming_a_model_carries_relations_and_its_default_table() {
    let mut after = state();
    let rename = Operation::RenameModel {
        from: "author".into(),
        to: "Writer".into(),
    };
    rename.state_forward("blog", &mut after).unwrap();
    let writer = after.model(&ModelId::new("blog", "writer")).unwrap();
    assert_eq!(
        (writer.name.as_str(), writer.table.as_str()),
        ("Writer", "blog_writer")
    );
    let article = after.model(&ModelId::new("blog", "Article")).unwrap();
    assert_eq!(
        article
            .field("author")
            .unwrap()
            .ty
            .relation()
            .unwrap()
            .to
            .name,
        "Writer"
    );
    rename
        .inverse()
        .unwrap()
        .state_forward("blog", &mut after)
        .unwrap();
    assert!(after.same(&state()));

    let mut own_table = ProjectState::default();
    own_table.insert(ModelDef {
        table: "people".into(),
        ..author()
    });
    rename.state_forward("blog", &mut own_table).unwrap();
    assert_eq!(own_table.models().next().unwrap().table, "people");
}

#[test]
fn options_indexes_and_constraints_change() {
    let model = || "Article".to_owned();
    check(
        Operation::AlterModelTable {
            model: model(),
            from: "blog_article".into(),
            to: "posts".into(),
        },
        |m| m.table = "posts".into(),
    );
    check(
        Operation::AlterModelTableComment {
            model: model(),
            from: None,
            to: Some("c".into()),
        },
        |m| m.comment = Some("c".into()),
    );
    let from = article().unique_together;
    check(
        Operation::AlterUniqueTogether {
            model: model(),
            from,
            to: vec![],
        },
        |m| {
            m.unique_together.clear();
        },
    );
    let to = names(&["id", "title"]);
    check(
        Operation::AlterPrimaryKey {
            model: model(),
            from: names(&["id"]),
            to: to.clone(),
        },
        |m| m.primary_key = to,
    );
    let storage = Storage {
        shard_key: Some(vec![]),
        ..Storage::default()
    };
    check(
        Operation::AlterStorage {
            model: model(),
            from: article().storage,
            to: storage.clone(),
        },
        |m| m.storage = storage,
    );
    let from = ModelOptions {
        ordering: None,
        managed: Some(true),
    };
    let to = ModelOptions {
        ordering: None,
        managed: Some(false),
    };
    check(
        Operation::AlterModelOptions {
            model: model(),
            from,
            to,
        },
        |m| m.managed = false,
    );
    check(
        Operation::AddIndex {
            model: model(),
            index: index("b"),
        },
        |m| m.indexes.push(index("b")),
    );
    check(
        Operation::RemoveIndex {
            model: model(),
            index: index("ti"),
        },
        |m| m.indexes.clear(),
    );
    check(
        Operation::RenameIndex {
            model: model(),
            from: "ti".into(),
            to: "b".into(),
        },
        |m| m.indexes = vec![index("b")],
    );
    let constraint = article().constraints.remove(0);
    check(
        Operation::RemoveConstraint {
            model: model(),
            constraint,
        },
        |m| m.constraints.clear(),
    );
}

#[test]
fn models_are_created_and_deleted() {
    let tag = ModelDef {
        fields: vec![text("id")],
        primary_key: names(&["id"]),
        ..ModelDef::new("blog", "Tag")
    };
    let create = Operation::CreateModel(tag);
    let mut after = state();
    create.state_forward("blog", &mut after).unwrap();
    assert_eq!(after.models().count(), 3);
    create
        .inverse()
        .unwrap()
        .state_forward("blog", &mut after)
        .unwrap();
    assert_eq!(after, state());
}

#[test]
fn state_and_database_part_ways() {
    let operation = Operation::SeparateDatabaseAndState {
        database: vec![Operation::AddField {
            model: "Article".into(),
            field: text("a"),
            preserve_default: true,
        }],
        state: vec![
            Operation::AddField {
                model: "Article".into(),
                field: text("b"),
                preserve_default: true,
            },
            Operation::RenameField {
                model: "Article".into(),
                from: "b".into(),
                to: "c".into(),
            },
        ],
    };
    check(operation, |m| m.fields.push(text("c")));
}

#[test]
fn what_does_not_fit_is_refused() {
    let add = |model: &str, field| Operation::AddField {
        model: model.into(),
        field,
        preserve_default: true,
    };
    let remove = |field| Operation::RemoveField {
        model: "Article".into(),
        field,
    };
    let error = add("Artcle", text("x"))
        .state_forward("blog", &mut state())
        .unwrap_err();
    assert_eq!(
        error.in_migration("blog", "0002_x").to_string(),
        "migration blog.0002_x: cannot apply \"Add field x to Artcle\": \
         model blog.Artcle does not exist; did you mean Article?"
    );
    assert!(matches!(
        refused(add("Article", text("title"))),
        StateProblem::FieldExists { .. }
    ));
    assert!(matches!(
        refused(remove(text("nope"))),
        StateProblem::NoField { .. }
    ));
    let title = article().field("title").cloned().unwrap();
    assert!(matches!(
        refused(remove(title)),
        StateProblem::FieldInUse { .. }
    ));
    assert!(matches!(
        refused(remove(text("title"))),
        StateProblem::Differs { .. }
    ));
    assert!(matches!(
        refused(Operation::CreateModel(author())),
        StateProblem::ModelExists { .. }
    ));
    assert!(matches!(
        refused(Operation::DeleteModel(ModelDef {
            comment: Some("c".into()),
            ..author()
        })),
        StateProblem::Differs { .. }
    ));
    let rename = Operation::RenameModel {
        from: "Article".into(),
        to: "AUTHOR".into(),
    };
    assert!(matches!(refused(rename), StateProblem::ModelExists { .. }));
    let bad = IndexDef {
        name: "i".into(),
        fields: names(&["gone"]),
        kind: None,
        options: Default::default(),
    };
    let bad = Operation::AddIndex {
        model: "Article".into(),
        index: bad,
    };
    assert!(matches!(refused(bad), StateProblem::Dangling { .. }));
    let twice = Operation::AddIndex {
        model: "Article".into(),
        index: index("ti"),
    };
    assert!(matches!(refused(twice), StateProblem::PartExists { .. }));
    let other = ModelDef::new("shop", "Item");
    assert!(matches!(
        refused(Operation::CreateModel(other)),
        StateProblem::WrongApp { .. }
    ));
}

#[test]
fn code_and_sql_without_reverse_cannot_be_undone() {
    let code = Operation::RunCode {
        name: "fill".into(),
        reverse: None,
    };
    let error = code.inverse().unwrap_err().to_string();
    assert!(
        error.starts_with("\"Run code fill\" cannot be undone: "),
        "{error}"
    );
    assert!(
        Operation::RunSql {
            sql: Default::default(),
            reverse: None
        }
        .inverse()
        .is_err()
    );
    let nested = Operation::SeparateDatabaseAndState {
        database: vec![code],
        state: vec![],
    };
    assert!(nested.inverse().is_err());
}

#[test]
fn code_with_a_way_back_is_undone_by_it() {
    let code = |name: &str, reverse: &str| Operation::RunCode {
        name: name.into(),
        reverse: Some(reverse.into()),
    };
    assert_eq!(
        code("fill", "clear").inverse().unwrap(),
        code("clear", "fill")
    );
    let nothing = code("fill", "").inverse().unwrap();
    assert_eq!(nothing, code("", "fill"));
    assert_eq!(nothing.inverse().unwrap(), code("fill", ""));
}

#[test]
fn dangling_relations_are_found() {
    let lonely: ProjectState = [article()].into_iter().collect();
    let error = lonely.check_relations().unwrap_err().to_string();
    assert!(
        error.contains("field author of blog.Article refers to model blog.Author"),
        "{error}"
    );
    assert!(state().check_relations().is_ok());
}
