//! Cases that the tests of the schema editor share: a state with tables, and operations on it.

#![allow(dead_code, reason = "each test binary uses its part")]

mod exchange;
pub(crate) mod live;

use orm::migrate::{Operation, ProjectState};
use orm::schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, Literal, ModelDef, ModelId, OrderField,
    RelationDef, Storage, StorageType, Unique,
};

/// Operations on the state of [`base`].
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) before: ProjectState,
    pub(crate) operations: Vec<Operation>,
}

pub(crate) const APP: &str = "shop";

pub(crate) fn varchar(name: &str, max_length: u32) -> FieldDef {
    FieldDef::new(name, FieldType::Varchar { max_length })
}

pub(crate) fn int(name: &str) -> FieldDef {
    FieldDef::new(name, FieldType::Int { unsigned: false })
}

pub(crate) fn auto(name: &str) -> FieldDef {
    let mut field = FieldDef::new(name, FieldType::BigInt { unsigned: false });
    field.auto = true;
    field
}

pub(crate) fn to(model: &str) -> RelationDef {
    RelationDef::new(ModelId::new(APP, model))
}

pub(crate) fn foreign_key(name: &str, model: &str) -> FieldDef {
    FieldDef::new(name, FieldType::ForeignKey(to(model)))
}

pub(crate) fn many_to_many(name: &str, model: &str) -> FieldDef {
    FieldDef::new(name, FieldType::ManyToMany(to(model)))
}

pub(crate) fn null(mut field: FieldDef) -> FieldDef {
    field.null = true;
    field
}

pub(crate) fn default(mut field: FieldDef, value: Literal) -> FieldDef {
    field.default = Some(value);
    field
}

pub(crate) fn unique(mut field: FieldDef) -> FieldDef {
    field.unique = Unique::Yes;
    field
}

pub(crate) fn lookup(mut field: FieldDef) -> FieldDef {
    field.unique = Unique::Lookup;
    field
}

pub(crate) fn indexed(mut field: FieldDef) -> FieldDef {
    field.index = true;
    field
}

pub(crate) fn text(value: &str) -> Literal {
    Literal::Text(value.to_owned())
}

pub(crate) fn model(name: &str, fields: Vec<FieldDef>) -> ModelDef {
    let mut model = ModelDef::new(APP, name);
    model.primary_key = vec![fields[0].name.clone()];
    model.fields = fields;
    model
}

/// Writers, their books, tags of books; and stock in rowstore, whose columns SingleStore can alter.
pub(crate) fn base() -> ProjectState {
    let mut state = ProjectState::default();
    state.insert(model("Writer", vec![auto("id"), varchar("name", 100)]));
    state.insert(model(
        "Tag",
        vec![varchar("code", 20), null(varchar("label", 50))],
    ));
    let mut book = model(
        "Book",
        vec![
            auto("id"),
            indexed(varchar("title", 200)),
            null(varchar("subtitle", 200)),
            int("pages"),
            foreign_key("writer", "Writer"),
            null(foreign_key("editor", "Writer")),
            many_to_many("tags", "Tag"),
        ],
    );
    book.indexes.push(IndexDef {
        name: "book_pages_title".into(),
        fields: vec!["pages".into(), "title".into()],
        kind: None,
        options: Default::default(),
    });
    state.insert(book);
    let mut stock = model(
        "Stock",
        vec![int("id"), varchar("place", 50), null(int("amount"))],
    );
    stock.storage.storage_type = Some(StorageType::Rowstore);
    stock.unique_together = vec![vec!["id".into(), "place".into()]];
    state.insert(stock);
    state
}

pub(crate) fn case(name: &'static str, operations: Vec<Operation>) -> Case {
    Case {
        name,
        before: base(),
        operations,
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

fn add(model: &str, field: FieldDef) -> Operation {
    Operation::AddField {
        model: model.into(),
        field,
        preserve_default: true,
    }
}

fn field(model: &str, name: &str) -> FieldDef {
    let state = base();
    let model = state
        .model(&ModelId::new(APP, model))
        .expect("the base has the model");
    model.field(name).expect("the model has the field").clone()
}

/// One case for each way an operation reaches the database. `remove_field` and the like are the ways
/// back.
pub(crate) fn cases() -> Vec<Case> {
    let mut out = models();
    out.extend(fields());
    out.extend(keys());
    out.extend(lookups());
    out.extend(others());
    out.extend(exchange::cases());
    out
}

fn models() -> Vec<Case> {
    let shelf = model(
        "Shelf",
        vec![
            auto("id"),
            unique(varchar("code", 20)),
            foreign_key("book", "Book"),
            FieldDef::new("keeper", FieldType::OneToOne(to("Writer"))),
            many_to_many("books", "Book"),
            many_to_many("near", "Shelf"),
        ],
    );
    let mut log = model(
        "Log",
        vec![
            FieldDef::new("at", FieldType::DateTime),
            int("level"),
            FieldDef::new("line", FieldType::Text),
        ],
    );
    log.primary_key = vec!["at".into(), "level".into()];
    log.storage = Storage {
        storage_type: Some(StorageType::Columnstore),
        shard_key: Some(vec!["level".into()]),
        sort_key: vec![OrderField::parse("-at")],
    };
    log.comment = Some("what happened".into());
    vec![
        case(
            "create_model",
            vec![Operation::CreateModel({
                // Unique beside the key is not possible on a sharded table.
                let mut shelf = shelf.clone();
                shelf.storage.storage_type = Some(StorageType::Reference);
                shelf
            })],
        ),
        case(
            "create_model_unique_sharded",
            vec![Operation::CreateModel(shelf)],
        ),
        case("create_model_storage", vec![Operation::CreateModel(log)]),
        case(
            "rename_model",
            vec![Operation::RenameModel {
                from: "Book".into(),
                to: "Work".into(),
            }],
        ),
        case(
            "rename_model_referred",
            vec![Operation::RenameModel {
                from: "Writer".into(),
                to: "Author".into(),
            }],
        ),
        case(
            "alter_model_table",
            vec![Operation::AlterModelTable {
                model: "Book".into(),
                from: "shop_book".into(),
                to: "books".into(),
            }],
        ),
        case(
            "alter_model_table_comment",
            vec![Operation::AlterModelTableComment {
                model: "Book".into(),
                from: None,
                to: Some("what is read".into()),
            }],
        ),
    ]
}

fn fields() -> Vec<Case> {
    let mut once = add("Book", default(varchar("slug", 80), text("it's")));
    if let Operation::AddField {
        preserve_default, ..
    } = &mut once
    {
        *preserve_default = false;
    }
    let mut stamped = FieldDef::new("seen", FieldType::DateTime);
    stamped.db_default = Some("CURRENT_TIMESTAMP(6)".into());
    let mut key_type = auto("id");
    key_type.ty = FieldType::Int { unsigned: false };
    key_type.auto = false;
    let mut column = field("Book", "pages");
    column.column = Some("page_count".into());
    let mut one_to_one = field("Book", "writer");
    one_to_one.ty = FieldType::OneToOne(to("Writer"));
    let title = field("Book", "title");
    vec![
        case(
            "add_field_null",
            vec![add("Book", null(indexed(varchar("note", 80))))],
        ),
        case("add_field_one_off", vec![once]),
        case(
            "add_field_text",
            vec![add(
                "Book",
                default(FieldDef::new("blurb", FieldType::Text), text("")),
            )],
        ),
        case("add_field_db_default", vec![add("Book", stamped)]),
        case("add_field_bare", vec![add("Book", int("weight"))]),
        case(
            "add_field_uuid",
            vec![add(
                "Book",
                default(
                    FieldDef::new("ref", FieldType::Uuid),
                    text("6f9619ff-8b86-d011-b42d-00c04fc964ff"),
                ),
            )],
        ),
        case(
            "add_field_foreign_key",
            vec![add("Book", null(foreign_key("series", "Tag")))],
        ),
        case(
            "add_field_many_to_many",
            vec![add("Writer", many_to_many("friends", "Writer"))],
        ),
        case(
            "alter_field_longer",
            vec![alter("Book", title.clone(), indexed(varchar("title", 300)))],
        ),
        case(
            "alter_field_rowstore",
            vec![alter(
                "Stock",
                field("Stock", "place"),
                varchar("place", 90),
            )],
        ),
        case(
            "alter_field_not_null",
            vec![alter(
                "Book",
                field("Book", "subtitle"),
                varchar("subtitle", 200),
            )],
        ),
        case(
            "alter_field_not_null_default",
            vec![alter(
                "Book",
                field("Book", "subtitle"),
                default(varchar("subtitle", 200), text("-")),
            )],
        ),
        case(
            "alter_field_not_null_rowstore",
            vec![alter(
                "Stock",
                field("Stock", "amount"),
                default(int("amount"), Literal::Int(0)),
            )],
        ),
        case(
            "alter_field_index",
            vec![alter("Book", title, varchar("title", 200))],
        ),
        case(
            "alter_field_unique",
            vec![alter(
                "Tag",
                field("Tag", "label"),
                unique(null(varchar("label", 50))),
            )],
        ),
        case(
            "alter_field_key_type",
            vec![alter("Tag", field("Tag", "code"), varchar("code", 40))],
        ),
        case(
            "alter_field_auto_key",
            vec![alter("Writer", auto("id"), key_type)],
        ),
        case(
            "alter_field_column",
            vec![alter("Book", field("Book", "pages"), column)],
        ),
        case(
            "alter_field_one_to_one",
            vec![alter("Book", field("Book", "writer"), one_to_one)],
        ),
        case(
            "alter_field_db_constraint",
            vec![alter("Book", field("Book", "writer"), {
                let mut free = field("Book", "writer");
                if let Some(relation) = free.ty.relation_mut() {
                    relation.db_constraint = false;
                }
                free
            })],
        ),
        case(
            "add_field_db_constraint",
            vec![add("Book", {
                let mut free = null(foreign_key("reader", "Writer"));
                if let Some(relation) = free.ty.relation_mut() {
                    relation.db_constraint = false;
                }
                free
            })],
        ),
        case(
            "alter_field_target",
            vec![alter(
                "Book",
                field("Book", "tags"),
                many_to_many("tags", "Writer"),
            )],
        ),
        case(
            "rename_field",
            vec![Operation::RenameField {
                model: "Book".into(),
                from: "title".into(),
                to: "name".into(),
            }],
        ),
        case(
            "rename_field_key",
            vec![Operation::RenameField {
                model: "Tag".into(),
                from: "code".into(),
                to: "short".into(),
            }],
        ),
        case(
            "rename_field_many_to_many",
            vec![Operation::RenameField {
                model: "Book".into(),
                from: "tags".into(),
                to: "labels".into(),
            }],
        ),
    ]
}

fn keys() -> Vec<Case> {
    let group = |fields: &[&str]| fields.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>();
    vec![
        case(
            "add_index",
            vec![Operation::AddIndex {
                model: "Writer".into(),
                index: IndexDef {
                    name: "writer_name".into(),
                    fields: group(&["name"]),
                    kind: None,
                    options: Default::default(),
                },
            }],
        ),
        case(
            "add_index_shared",
            vec![Operation::AddIndex {
                model: "Book".into(),
                index: IndexDef {
                    name: "book_both".into(),
                    fields: group(&["title", "subtitle"]),
                    kind: None,
                    options: Default::default(),
                },
            }],
        ),
        case(
            "rename_index",
            vec![Operation::RenameIndex {
                model: "Book".into(),
                from: "book_pages_title".into(),
                to: "book_pt".into(),
            }],
        ),
        case(
            "add_constraint",
            vec![Operation::AddConstraint {
                model: "Stock".into(),
                constraint: ConstraintDef {
                    name: "stock_place_amount".into(),
                    fields: group(&["id", "amount"]),
                    unenforced: false,
                },
            }],
        ),
        case(
            "alter_unique_together",
            vec![Operation::AlterUniqueTogether {
                model: "Book".into(),
                from: vec![],
                to: vec![group(&["id", "title"])],
            }],
        ),
        case(
            "alter_primary_key",
            vec![Operation::AlterPrimaryKey {
                model: "Stock".into(),
                from: group(&["id"]),
                to: group(&["id", "place"]),
            }],
        ),
        case(
            "add_automatic_key",
            vec![
                add("Stock", auto("no")),
                Operation::AlterPrimaryKey {
                    model: "Stock".into(),
                    from: group(&["id"]),
                    to: group(&["no"]),
                },
            ],
        ),
        case(
            "alter_storage",
            vec![Operation::AlterStorage {
                model: "Book".into(),
                from: Storage::default(),
                to: Storage {
                    storage_type: Some(StorageType::Columnstore),
                    shard_key: None,
                    sort_key: vec![OrderField::parse("title")],
                },
            }],
        ),
    ]
}

/// `unique = "lookup"`: a unique key, on SingleStore a side table.
fn lookups() -> Vec<Case> {
    let title = || lookup(varchar("title", 200));
    let made = || alter("Book", field("Book", "title"), title());
    let place = || lookup(varchar("place", 50));
    let made_in_stock = || alter("Stock", field("Stock", "place"), place());
    let group = |fields: &[&str]| fields.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>();
    let keeper = FieldDef::new("keeper", FieldType::OneToOne(to("Writer")));
    let mut heading = title();
    heading.column = Some("heading".into());
    vec![
        case(
            "create_model_lookup",
            vec![Operation::CreateModel(model(
                "Shelf",
                vec![
                    auto("id"),
                    lookup(varchar("code", 20)),
                    lookup(null(keeper)),
                ],
            ))],
        ),
        case(
            "add_field_lookup",
            vec![add("Book", lookup(null(varchar("isbn", 20))))],
        ),
        case("alter_field_lookup", vec![made()]),
        case(
            "alter_field_lookup_unique",
            vec![
                made(),
                alter("Book", title(), unique(varchar("title", 200))),
            ],
        ),
        case(
            "alter_field_lookup_longer",
            vec![
                made(),
                alter("Book", title(), lookup(varchar("title", 300))),
            ],
        ),
        case(
            "alter_field_lookup_column",
            vec![made(), alter("Book", title(), heading)],
        ),
        case(
            "rename_field_lookup",
            vec![
                made(),
                Operation::RenameField {
                    model: "Book".into(),
                    from: "title".into(),
                    to: "name".into(),
                },
            ],
        ),
        case(
            "rename_model_lookup",
            vec![
                made(),
                Operation::RenameModel {
                    from: "Book".into(),
                    to: "Work".into(),
                },
            ],
        ),
        case(
            "alter_model_table_lookup",
            vec![
                made(),
                Operation::AlterModelTable {
                    model: "Book".into(),
                    from: "shop_book".into(),
                    to: "books".into(),
                },
            ],
        ),
        case(
            "alter_primary_key_lookup",
            vec![
                made_in_stock(),
                Operation::AlterPrimaryKey {
                    model: "Stock".into(),
                    from: group(&["id"]),
                    to: group(&["id", "place"]),
                },
            ],
        ),
        case(
            "alter_storage_lookup",
            vec![
                made_in_stock(),
                Operation::AlterStorage {
                    model: "Stock".into(),
                    from: Storage {
                        storage_type: Some(StorageType::Rowstore),
                        ..Storage::default()
                    },
                    to: Storage {
                        storage_type: Some(StorageType::Reference),
                        ..Storage::default()
                    },
                },
            ],
        ),
    ]
}

fn others() -> Vec<Case> {
    let sql = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    };
    vec![
        case(
            "run_sql",
            vec![Operation::RunSql {
                sql: sql(&[(
                    "default",
                    "UPDATE shop_writer SET name = 'a;b'; -- done;\nDELETE FROM shop_tag WHERE code = 'x'",
                )]),
                reverse: Some(sql(&[("default", "")])),
            }],
        ),
        case(
            "separate_database_and_state",
            vec![Operation::SeparateDatabaseAndState {
                database: vec![],
                state: vec![add("Book", null(int("ghost")))],
            }],
        ),
    ]
}
