//! State before, state after, expected operations.

use std::collections::BTreeMap;

use orm_schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, IndexKind, Literal, ModelDef, ModelId, OnDelete,
    OrderField, RelationDef, Unique, VectorIndexType,
};

use crate::migrate::autodetect::{AnswerTable, Arrangement, DetectError, Hints, detect};
use crate::migrate::{Migration, Operation, ProjectState};

pub(super) fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}

pub(super) fn id(text: &str) -> ModelId {
    let (app, name) = text.split_once('.').unwrap();
    ModelId::new(app, name)
}

/// Makes a field of words: `name type [null] [default] [column=…]`; relations are `fk app.Model`,
/// `m2m app.Model [through=app.Model]`.
pub(super) fn field(text: &str) -> FieldDef {
    let words: Vec<&str> = text.split(' ').collect();
    let relation = || RelationDef::new(id(words[2]));
    let ty = match words[1] {
        "text" => FieldType::Text,
        "int" => FieldType::Int { unsigned: false },
        "auto" => FieldType::BigInt { unsigned: false },
        "datetime" => FieldType::DateTime,
        "varchar" => FieldType::Varchar { max_length: 9 },
        "long" => FieldType::Varchar { max_length: 90 },
        "bigint" => FieldType::BigInt { unsigned: false },
        "unsigned" => FieldType::Int { unsigned: true },
        "bool" => FieldType::Bool,
        "json" => FieldType::Json,
        "uuid" => FieldType::Uuid,
        "decimal" => FieldType::Decimal {
            precision: 9,
            scale: 2,
        },
        "one" => FieldType::OneToOne(relation()),
        "fk" => FieldType::ForeignKey(relation()),
        "m2m" => FieldType::ManyToMany(relation()),
        other => panic!("no type {other}"),
    };
    let mut f = FieldDef::new(words[0], ty);
    f.auto = words[1] == "auto";
    for word in &words[2..] {
        match word.split_once('=') {
            None if *word == "null" => f.null = true,
            Some(("default", value)) => f.default = Some(Literal::Text(value.into())),
            Some(("column", value)) => f.column = Some(value.into()),
            None if *word == "index" => f.index = true,
            None if *word == "unique" => f.unique = Unique::Yes,
            Some(("db_default", value)) => f.db_default = Some(value.into()),
            Some(("collation", value)) => f.collation = Some(value.into()),
            Some(("comment", value)) => f.comment = Some(value.into()),
            Some(("on_delete", "protect")) => {
                f.ty.relation_mut().unwrap().on_delete = OnDelete::Protect;
            }
            Some(("computed", value)) => f.computed = Some(value.into()),
            Some(("to_field", value)) => f.ty.relation_mut().unwrap().to_field = Some(value.into()),
            Some(("through", value)) => f.ty.relation_mut().unwrap().through = Some(id(value)),
            _ => {}
        }
    }
    f
}

/// A model with the key `id` and these fields.
pub(super) fn model(name: &str, fields: &[&str]) -> ModelDef {
    let id = id(name);
    let mut m = ModelDef::new(id.app, id.name);
    m.fields.push(field("id auto"));
    m.fields.extend(fields.iter().map(|f| field(f)));
    m.primary_key = names(&["id"]);
    m
}

pub(super) fn index(name: &str, fields: &[&str]) -> IndexDef {
    IndexDef {
        name: name.into(),
        fields: names(fields),
        kind: None,
        options: Default::default(),
    }
}

pub(super) struct Case {
    from: Vec<ModelDef>,
    to: Vec<ModelDef>,
    pub(super) hints: Hints,
    pub(super) answers: AnswerTable,
}

pub(super) fn case(from: &[ModelDef], to: &[ModelDef]) -> Case {
    let answers = AnswerTable {
        allow_drop: true,
        ..AnswerTable::default()
    };
    Case {
        from: from.to_vec(),
        to: to.to_vec(),
        hints: Hints::default(),
        answers,
    }
}

impl Case {
    pub(super) fn states(&self) -> (ProjectState, ProjectState) {
        (
            self.from.iter().cloned().collect(),
            self.to.iter().cloned().collect(),
        )
    }

    fn detect(&mut self) -> Result<crate::migrate::Changes, DetectError> {
        let (from, to) = self.states();
        detect(&from, &to, &self.hints, &mut self.answers)
    }

    fn given(mut self, rename: &str, old: &str) -> Self {
        match rename.splitn(3, '.').collect::<Vec<_>>()[..] {
            [app, model, field] => {
                let key = (ModelId::new(app, model), field.to_owned());
                self.answers.renamed_fields.insert(key, old.into());
            }
            _ => drop(self.answers.renamed_models.insert(id(rename), old.into())),
        }
        self
    }

    fn default(mut self, model: &str, field: &str, value: &str) -> Self {
        self.answers
            .defaults
            .insert((id(model), field.into()), value.into());
        self
    }

    /// The migrations, as `app.name <- dependencies`, with their operations.
    pub(super) fn migrations(&mut self) -> Vec<Migration> {
        let apps = self
            .from
            .iter()
            .map(|m| (m.app.clone(), "0001_initial".to_owned()));
        let newest: BTreeMap<String, String> = apps.collect();
        let with = Arrangement {
            newest,
            name: None,
            date: "20260101_1200",
        };
        self.detect().unwrap().arrange(&with)
    }

    fn finds(mut self, expected: &[&str]) -> Vec<Migration> {
        let migrations = self.migrations();
        let mut found = Vec::new();
        for m in &migrations {
            let deps: Vec<String> = m
                .depends_on
                .iter()
                .map(|(a, n)| format!("{a}.{n}"))
                .collect();
            found.push(
                format!("{}.{} <- {}", m.app, m.name, deps.join(" "))
                    .trim()
                    .to_owned(),
            );
            found.extend(m.operations.iter().map(Operation::describe));
        }
        assert_eq!(found, expected);
        migrations
    }

    fn asks(mut self, expected: &[&str]) {
        let changes = self.detect().unwrap();
        let found: Vec<String> = changes.questions.iter().map(|q| q.to_json()).collect();
        assert_eq!(found, expected);
    }

    fn refused(mut self) -> String {
        self.answers.allow_drop = false;
        match self.detect() {
            Err(error @ DetectError::Refused(_)) => error.to_string(),
            other => panic!("not refused: {other:?}"),
        }
    }
}

fn article(fields: &[&str]) -> ModelDef {
    model("blog.Article", fields)
}

#[test]
fn new_models_are_created_in_the_order_of_their_relations() {
    let author = model("blog.Author", &[]);
    let to = [
        article(&[
            "author fk blog.Author",
            "tags m2m blog.Tag",
            "self fk blog.Article null",
        ]),
        author,
        model("blog.Tag", &[]),
    ];
    case(&[], &to).finds(&[
        "blog.0001_initial <-",
        "Create model Author",
        "Create model Tag",
        "Create model Article",
    ]);
}

#[test]
fn circles_are_opened_by_adding_a_field_later() {
    let to = [
        model("blog.A", &["b fk blog.B"]),
        model("blog.B", &["a fk blog.A"]),
    ];
    case(&[], &to).finds(&[
        "blog.0001_initial <-",
        "Create model A",
        "Create model B",
        "Add field b to A",
    ]);
    case(&to, &[]).finds(&[
        "blog.0002_remove_a_b_delete_b_delete_a <- blog.0001_initial",
        "Remove field b from A",
        "Delete model B",
        "Delete model A",
    ]);

    // The unique group waits for its field.
    let grouped = ModelDef {
        unique_together: vec![names(&["id", "b"])],
        ..to[0].clone()
    };
    case(&[], &[to[1].clone(), grouped]).finds(&[
        "blog.0001_initial <-",
        "Create model B",
        "Create model A",
        "Add field a to B",
    ]);
}

#[test]
fn circles_over_applications_split_migrations() {
    let to = [model("a.A", &["b fk b.B"]), model("b.B", &["a fk a.A"])];
    case(&[], &to).finds(&[
        "a.0001_initial <-",
        "Create model A",
        "b.0001_initial <- a.0001_initial",
        "Create model B",
        "a.0002_initial <- a.0001_initial b.0001_initial",
        "Add field b to A",
    ]);
    let crossed = [
        model("a.A", &["b fk b.B1"]),
        model("b.B1", &[]),
        model("b.B2", &["a fk a.A"]),
    ];
    case(&[], &crossed).finds(&[
        "b.0001_initial <-",
        "Create model B1",
        "a.0001_initial <- b.0001_initial",
        "Create model A",
        "b.0002_initial <- b.0001_initial a.0001_initial",
        "Create model B2",
    ]);
}

#[test]
fn dependencies_on_other_applications_are_on_their_newest_migration() {
    let user = model("auth.User", &[]);
    let from = [user.clone(), article(&[])];
    case(&from, &[user, article(&["author fk auth.User null"])]).finds(&[
        "blog.0002_article_author <- blog.0001_initial auth.0001_initial",
        "Add field author to Article",
    ]);
}

#[test]
fn through_models_come_before_the_set() {
    let to = [
        article(&["tags m2m blog.Tag through=blog.Link"]),
        model("blog.Link", &["article fk blog.Article", "tag fk blog.Tag"]),
        model("blog.Tag", &[]),
    ];
    case(&[], &to).finds(&[
        "blog.0001_initial <-",
        "Create model Tag",
        "Create model Article",
        "Create model Link",
        "Add field tags to Article",
    ]);
    case(&to, &[article(&[]), to[2].clone()]).finds(&[
        "blog.0002_remove_article_tags_delete_link <- blog.0001_initial",
        "Remove field tags from Article",
        "Delete model Link",
    ]);
}

#[test]
fn deleted_models_wait_for_the_relations_to_them() {
    let from = [model("auth.User", &[]), article(&["author fk auth.User"])];
    case(&from, &[article(&[])]).finds(&[
        "blog.0002_remove_article_author <- blog.0001_initial",
        "Remove field author from Article",
        "auth.0002_delete_user <- auth.0001_initial blog.0002_remove_article_author",
        "Delete model User",
    ]);
}

#[test]
fn fields_are_added_removed_and_altered() {
    case(&[article(&["x text"])], &[article(&["y int null"])]).finds(&[
        "blog.0002_remove_article_x_article_y <- blog.0001_initial",
        "Remove field x from Article",
        "Add field y to Article",
    ]);
    case(&[article(&["x text"])], &[article(&["x varchar"])]).finds(&[
        "blog.0002_alter_article_x <- blog.0001_initial",
        "Alter field x on Article",
    ]);
    // The column is free only when its field is gone.
    case(
        &[article(&["a text column=c"])],
        &[article(&["b int null column=c"])],
    )
    .finds(&[
        "blog.0002_remove_article_a_article_b <- blog.0001_initial",
        "Remove field a from Article",
        "Add field b to Article",
    ]);
    let mut to = article(&["author fk blog.Article null"]);
    let from = to.clone();
    to.fields[1].ty.relation_mut().unwrap().on_delete = OnDelete::Protect;
    case(&[from], &[to]).finds(&[
        "blog.0002_alter_article_author <- blog.0001_initial",
        "Alter field author on Article",
    ]);
}

#[test]
fn sets_are_replaced_not_altered() {
    let both = |x: &str| {
        [
            article(&[x]),
            model("blog.Tag", &[]),
            model("blog.Mark", &[]),
        ]
    };
    let replaced = &[
        "blog.0002_remove_article_x_article_x <- blog.0001_initial",
        "Remove field x from Article",
        "Add field x to Article",
    ];
    case(&both("x m2m blog.Tag"), &both("x m2m blog.Mark")).finds(replaced);
    case(&both("x text null"), &both("x m2m blog.Tag")).finds(replaced);
}

#[test]
fn computed_columns_come_after_what_they_use_and_go_before() {
    let from = [article(&[])];
    let to = [article(&["a int null computed=b+1", "b int null"])];
    case(&from, &to).finds(&[
        "blog.0002_article_b_article_a <- blog.0001_initial",
        "Add field b to Article",
        "Add field a to Article",
    ]);
    case(
        &[article(&["b int null", "a int null computed=b+1"])],
        &from,
    )
    .finds(&[
        "blog.0002_remove_article_a_remove_article_b <- blog.0001_initial",
        "Remove field a from Article",
        "Remove field b from Article",
    ]);
}

#[test]
fn renames_are_taken_from_hints_and_answers_only() {
    let from = [article(&["title text null"])];
    let to = [article(&["headline text null"])];
    let renamed = &[
        "blog.0002_rename_title_article_headline <- blog.0001_initial",
        "Rename field title on Article to headline",
    ];
    case(&from, &to)
        .given("blog.Article.headline", "title")
        .finds(renamed);
    let mut hinted = case(&from, &to);
    hinted
        .hints
        .renamed_fields
        .insert((id("blog.article"), "headline".into()), "title".into());
    hinted.finds(renamed);
    let mut stale = case(&to, &to);
    stale
        .hints
        .renamed_fields
        .insert((id("blog.Article"), "headline".into()), "title".into());
    stale.finds(&[]);
    case(&from, &to).finds(&[
        "blog.0002_remove_article_title_article_headline <- blog.0001_initial",
        "Remove field title from Article",
        "Add field headline to Article",
    ]);
    case(&from, &to).asks(&[
        r#"{"kind":"rename_field","app":"blog","model":"Article","field":"headline","answer":null}"#,
    ]);
    // Another definition: nothing to ask.
    case(&from, &[article(&["headline int null"])]).asks(&[]);
    // But a rename that is given counts, and the rest of the difference follows.
    case(&from, &[article(&["headline int null"])])
        .given("blog.Article.headline", "title")
        .finds(&[
            "blog.0002_rename_title_article_headline_alter_article_headline <- blog.0001_initial",
            "Rename field title on Article to headline",
            "Alter field headline on Article",
        ]);
}

#[test]
fn a_renamed_field_whose_column_stays_is_altered_first() {
    let from = [article(&["title text"])];
    let to = [article(&["headline text column=title"])];
    let found = case(&from, &to)
        .given("blog.Article.headline", "title")
        .finds(&[
            "blog.0002_alter_article_title_rename_title_article_headline <- blog.0001_initial",
            "Alter field title on Article",
            "Rename field title on Article to headline",
        ]);
    let Operation::AlterField { to, .. } = &found[0].operations[0] else {
        panic!("{found:?}")
    };
    assert_eq!(to.column.as_deref(), Some("title"));
    // The question is asked, too.
    case(&from, &[article(&["headline text column=title default=x"])]).asks(&[]);
    case(&from, &[article(&["headline text column=title"])])
        .default("blog.Article", "headline", "x")
        .asks(&[
            r#"{"kind":"rename_field","app":"blog","model":"Article","field":"headline","answer":null}"#,
            r#"{"kind":"default","app":"blog","model":"Article","field":"headline","answer":"x"}"#,
        ]);
}

#[test]
fn renamed_fields_carry_what_names_them() {
    let with = |name: &str| {
        let mut m = article(&[&format!("{name} text")]);
        m.unique_together = vec![names(&["id", name])];
        m.indexes = vec![index("i", &[name])];
        m.ordering = vec![OrderField::parse(name)];
        m
    };
    let other = |name: &str| {
        model(
            "shop.Item",
            &[&format!("a fk blog.Article to_field={name}")],
        )
    };
    case(&[with("a"), other("a")], &[with("b"), other("b")])
        .given("blog.Article.b", "a")
        .finds(&[
            "blog.0002_rename_a_article_b <- blog.0001_initial",
            "Rename field a on Article to b",
        ]);
}

#[test]
fn models_are_renamed() {
    let from = [
        model("blog.Post", &["title text"]),
        model("shop.Item", &["post fk blog.Post"]),
    ];
    let to = [
        article(&["title text"]),
        model("shop.Item", &["post fk blog.Article"]),
    ];
    let renamed = &[
        "blog.0002_rename_post_article <- blog.0001_initial",
        "Rename model Post to Article",
    ];
    case(&from, &to)
        .given("blog.Article", "Post")
        .finds(renamed);
    let mut hinted = case(&from, &to);
    hinted
        .hints
        .renamed_models
        .insert(id("blog.Article"), "post".into());
    hinted.finds(renamed);
    case(&from, &to).asks(&[
        r#"{"kind":"rename_model","app":"blog","model":"Article","field":null,"answer":null}"#,
        r#"{"kind":"drop","app":"blog","model":"Post","field":null,"answer":true}"#,
    ]);
    case(&from, &to).given("blog.Article", "Post").asks(&[
        r#"{"kind":"rename_model","app":"blog","model":"Article","field":null,"answer":"Post"}"#,
    ]);
    // A field renamed at once, and a new relation from elsewhere that needs the new name.
    let to = [
        article(&["headline text"]),
        model(
            "shop.Item",
            &["post fk blog.Article", "b fk blog.Article null"],
        ),
    ];
    case(&from, &to).given("blog.Article", "Post").given("blog.Article.headline", "title").finds(&[
        "blog.0002_rename_post_article_rename_title_article_headline <- blog.0001_initial",
        "Rename model Post to Article",
        "Rename field title on Article to headline",
        "shop.0002_item_b <- shop.0001_initial blog.0002_rename_post_article_rename_title_article_headline",
        "Add field b to Item",
    ]);
}

#[test]
fn case_and_order_and_spelling_make_no_operation() {
    let from = article(&["a text", "b text", "c fk blog.Article null"]);
    let mut to = model(
        "blog.ARTICLE",
        &[
            "b text",
            "a text column=a",
            "c fk blog.article null column=c_id",
        ],
    );
    to.fields.reverse();
    case(&[from], &[to]).finds(&[]);
}

#[test]
fn groups_shrink_before_and_grow_after_the_fields() {
    let mut from = article(&["a text", "b text null"]);
    from.unique_together = vec![names(&["id", "a"])];
    let mut to = article(&["b text null", "c text null"]);
    to.unique_together = vec![names(&["b", "c"])];
    let found = case(&[from.clone()], &[to]).finds(&[
        "blog.0002_alter_article_unique_together_remove_article_a_and_more <- blog.0001_initial",
        "Change unique together of Article (0 groups)",
        "Remove field a from Article",
        "Add field c to Article",
        "Change unique together of Article (1 groups)",
    ]);
    assert_eq!(found.len(), 1);
    let mut other = from.clone();
    other.unique_together = vec![names(&["id", "b"])];
    case(&[from], &[other]).finds(&[
        "blog.0002_alter_article_unique_together <- blog.0001_initial",
        "Change unique together of Article (1 groups)",
    ]);
}

#[test]
fn indexes_are_added_removed_and_renamed() {
    let with = |indexes: &[IndexDef]| {
        [ModelDef {
            indexes: indexes.to_vec(),
            ..article(&["a text", "b text"])
        }]
    };
    case(&with(&[index("i", &["a"])]), &with(&[index("j", &["a"])])).finds(&[
        "blog.0002_rename_i_j <- blog.0001_initial",
        "Rename index i on Article to j",
    ]);
    case(&with(&[index("i", &["a"])]), &with(&[index("i", &["b"])])).finds(&[
        "blog.0002_remove_article_i_article_i <- blog.0001_initial",
        "Remove index i from Article",
        "Add index i on b of Article",
    ]);
    // Another option is another index, also under another name.
    let near = |name, nlist| {
        let mut near = index(name, &["a"]);
        near.kind = Some(IndexKind::Vector);
        near.options.index_type = Some(VectorIndexType::IvfFlat);
        near.options.set_number("nlist", nlist);
        near
    };
    for (from, to) in [("i", "i"), ("i", "j")] {
        case(&with(&[near(from, 64)]), &with(&[near(to, 128)])).finds(&[
            &format!("blog.0002_remove_article_i_article_{to} <- blog.0001_initial"),
            "Remove index i from Article",
            &format!("Add index {to} on a of Article"),
        ]);
    }
    case(&with(&[near("i", 64)]), &with(&[near("j", 64)])).finds(&[
        "blog.0002_rename_i_j <- blog.0001_initial",
        "Rename index i on Article to j",
    ]);
    // A chain is renamed from its free end.
    case(
        &with(&[index("i", &["a"]), index("j", &["b"])]),
        &with(&[index("j", &["a"]), index("k", &["b"])]),
    )
    .finds(&[
        "blog.0002_rename_j_k_rename_i_j <- blog.0001_initial",
        "Rename index j on Article to k",
        "Rename index i on Article to j",
    ]);
}

#[test]
fn constraints_keys_storage_options_and_tables_change() {
    let from = article(&["a text", "b text"]);
    let constraint = ConstraintDef {
        name: "u".into(),
        fields: names(&["a"]),
        unenforced: true,
    };
    let mut to = from.clone();
    to.constraints.push(constraint);
    to.primary_key = names(&["id", "a"]);
    to.storage.shard_key = Some(names(&["a"]));
    to.ordering.push(OrderField::parse("-a"));
    to.managed = false;
    to.table = "articles".into();
    to.comment = Some("all of them".into());
    case(std::slice::from_ref(&from), std::slice::from_ref(&to)).finds(&[
        "blog.0002_alter_article_options_article_u_and_more <- blog.0001_initial",
        "Change options of Article",
        "Add constraint u to Article",
        "Change primary key of Article to id, a",
        "Change storage of Article",
        "Rename table of Article to articles",
        "Change table comment of Article",
    ]);
    // On the way back the shard key leaves before the key does.
    case(&[to], &[from]).finds(&[
        "blog.0002_alter_article_options_remove_article_u_and_more <- blog.0001_initial",
        "Change options of Article",
        "Remove constraint u from Article",
        "Change storage of Article",
        "Change primary key of Article to id",
        "Rename table of Article to blog_article",
        "Change table comment of Article",
    ]);
}

#[test]
fn another_key_is_added_before_the_old_one_goes() {
    let from = article(&[]);
    let mut to = article(&["code varchar"]);
    to.fields.remove(0);
    to.primary_key = names(&["code"]);
    case(&[from], &[to])
        .default("blog.Article", "code", "x")
        .finds(&[
            "blog.0002_article_code_alter_article_primary_key_and_more <- blog.0001_initial",
            "Add field code to Article",
            "Change primary key of Article to code",
            "Remove field id from Article",
        ]);
}

#[test]
fn a_new_column_needs_a_value_for_the_rows_that_are_there() {
    let from = || [article(&[])];
    let refusal = case(&from(), &[article(&["a int", "b text"])]).refused();
    assert_eq!(refusal.lines().count(), 2, "{refusal}");
    assert!(
        refusal.contains("--default blog.Article.a=VALUE"),
        "{refusal}"
    );
    let found = case(&from(), &[article(&["a int"])])
        .default("blog.article", "a", "7")
        .migrations();
    let Operation::AddField {
        field,
        preserve_default: false,
        ..
    } = &found[0].operations[0]
    else {
        panic!("{found:?}")
    };
    assert_eq!(field.default, Some(Literal::Int(7)));
    for quiet in [
        "a int null",
        "a int default=1",
        "a int computed=id",
        "a m2m blog.Article",
    ] {
        case(&from(), &[article(&[quiet])]).asks(&[]);
    }
    let mut automatic = case(&from(), &[article(&["at datetime"])]);
    automatic
        .hints
        .automatic
        .insert((id("blog.Article"), "at".into()));
    automatic.hints.now = "2026-01-02 03:04:05".into();
    let found = automatic.migrations();
    let Operation::AddField {
        field,
        preserve_default: false,
        ..
    } = &found[0].operations[0]
    else {
        panic!("{found:?}")
    };
    assert_eq!(
        field.default,
        Some(Literal::Text("2026-01-02 03:04:05".into()))
    );
    automatic.asks(&[]);
    let unmanaged = |fields: &[&str]| {
        [ModelDef {
            managed: false,
            ..article(fields)
        }]
    };
    case(&unmanaged(&[]), &unmanaged(&["a int"])).asks(&[]);
    // A relation takes a key of what it leads to.
    let related = case(&from(), &[article(&["a fk blog.Article"])])
        .default("blog.Article", "a", "3")
        .migrations();
    let Operation::AddField { field, .. } = &related[0].operations[0] else {
        panic!("{related:?}")
    };
    assert_eq!(field.default, Some(Literal::Int(3)));
}

#[test]
fn nulls_that_may_be_no_more_are_noted_or_filled() {
    let (from, to) = ([article(&["a int null"])], [article(&["a int"])]);
    case(&from, &to)
        .asks(&[r#"{"kind":"not_null","app":"blog","model":"Article","field":"a","answer":null}"#]);
    let found = case(&from, &to)
        .default("blog.Article", "a", "7")
        .migrations();
    assert!(matches!(
        &found[0].operations[0],
        Operation::AlterField {
            preserve_default: false,
            ..
        }
    ));
    case(&from, &[article(&["a int default=1"])]).asks(&[]);
    case(&to, &from).asks(&[]);
}

#[test]
fn dropping_much_needs_to_be_agreed_to() {
    let two = [
        article(&[]),
        model("blog.Tag", &[]),
        model("blog.User", &[]),
    ];
    let refusal = case(&two, &two[..1]).refused();
    assert!(
        refusal.contains("blog.Tag") && refusal.contains("blog.User"),
        "{refusal}"
    );
    assert!(refusal.contains("--allow-drop"), "{refusal}");
    case(&two[..1], &[]).refused();
    case(&two, &two[..2]).asks(&[]);
    let sets = [article(&["a m2m blog.Article", "b m2m blog.Article"])];
    case(&sets, &[article(&[])]).refused();
    case(&two, &two[..1]).asks(&[
        r#"{"kind":"drop","app":"blog","model":"Tag","field":null,"answer":true}"#,
        r#"{"kind":"drop","app":"blog","model":"User","field":null,"answer":true}"#,
    ]);
    let mut unmanaged = two.clone();
    unmanaged[1].managed = false;
    unmanaged[2].managed = false;
    case(&unmanaged, &two[..1]).asks(&[]);
}

#[test]
fn answers_that_fit_nothing_are_found() {
    let check = |case: Case| {
        let (from, to) = case.states();
        case.answers.check(&from, &to).map_err(|e| e.to_string())
    };
    let states = || case(&[article(&["a int"])], &[article(&["b int"])]);
    assert_eq!(check(states().given("blog.Article.b", "a")), Ok(()));
    assert_eq!(check(states().default("blog.article", "b", "1")), Ok(()));
    assert!(check(states().given("blog.Article.b", "x")).is_err());
    assert!(check(states().given("blog.Article.x", "a")).is_err());
    assert!(check(states().given("blog.Post", "Article")).is_err());
    assert!(check(states().default("blog.Article", "x", "1")).is_err());
    assert!(check(states().default("blog.Artcle", "b", "1")).is_err());
    let error = check(states().default("blog.Article", "b", "one")).unwrap_err();
    assert_eq!(
        error,
        "the default for blog.Article.b does not fit: `one` is not a whole number"
    );
}

#[test]
fn changes_are_trimmed_to_applications() {
    let to = [
        model("a.A", &["b fk b.B"]),
        model("b.B", &[]),
        model("c.C", &[]),
    ];
    let mut changes = case(&[], &to).detect().unwrap();
    changes.trim(&["a".to_owned()].into());
    assert_eq!(changes.apps.keys().collect::<Vec<_>>(), ["a", "b"]);
}
