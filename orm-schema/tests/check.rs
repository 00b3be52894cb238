//! The rule book: each rule fires where it should, and stays silent beside it.

use orm_schema::check::{
    RULES, check_databases, check_model, check_models, check_singlestore, rule,
};
use orm_schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, IndexKind, ModelDef, ModelId, ObjectDef,
    OnDelete, OrderField, RelationDef, StorageType, Unique,
};

fn bigint() -> FieldType {
    FieldType::BigInt { unsigned: false }
}

fn to(name: &str) -> RelationDef {
    RelationDef::new(ModelId::new("blog", name))
}

/// A model with an automatic key and the columns `a` and `b`.
fn article() -> ModelDef {
    let mut model = ModelDef::new("blog", "Article");
    let mut id = FieldDef::new("id", bigint());
    id.auto = true;
    model.fields = vec![
        id,
        FieldDef::new("a", bigint()),
        FieldDef::new("b", bigint()),
    ];
    model.primary_key = vec!["id".to_owned()];
    model
}

/// What another model looks like: a text as key.
fn author() -> ModelDef {
    let mut model = ModelDef::new("blog", "Author");
    let code = FieldDef::new("code", FieldType::Double);
    let mut email = FieldDef::new("email", FieldType::Varchar { max_length: 50 });
    email.unique = Unique::Yes;
    model.fields = vec![code, email, FieldDef::new("name", FieldType::Text)];
    model.primary_key = vec!["code".to_owned()];
    model
}

fn names(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|f| (*f).to_owned()).collect()
}

fn index(name: &str, fields: &[&str], kind: Option<IndexKind>) -> IndexDef {
    IndexDef {
        name: name.to_owned(),
        fields: names(fields),
        kind,
        options: Default::default(),
    }
}

fn constraint(name: &str, fields: &[&str], unenforced: bool) -> ConstraintDef {
    ConstraintDef {
        name: name.to_owned(),
        fields: names(fields),
        unenforced,
    }
}

/// The ids and fields of what SingleStore refuses in `article`, changed.
fn refused(change: impl FnOnce(&mut ModelDef)) -> Vec<(&'static str, Option<String>)> {
    let (mut model, author) = (article(), author());
    change(&mut model);
    let related = |id: &ModelId| (id.name == "Author").then_some(&author);
    let found = check_singlestore(&model, &related);
    for finding in &found {
        assert!(finding.message.contains("Article"), "{finding:?}");
        assert!(!finding.hint.is_empty(), "{finding:?}");
    }
    found.into_iter().map(|f| (f.id, f.field)).collect()
}

/// The only rule that fires, with its field.
#[track_caller]
fn fires(id: &'static str, field: Option<&str>, change: impl FnOnce(&mut ModelDef)) {
    assert_eq!(refused(change), [(id, field.map(str::to_owned))]);
}

#[track_caller]
fn silent(change: impl FnOnce(&mut ModelDef)) {
    assert_eq!(refused(change), []);
}

fn storage(model: &mut ModelDef, kind: StorageType) {
    model.storage.storage_type = Some(kind);
}

fn shard(model: &mut ModelDef, fields: &[&str]) {
    model.storage.shard_key = Some(names(fields));
}

fn push(model: &mut ModelDef, name: &str, ty: FieldType) -> usize {
    model.fields.push(FieldDef::new(name, ty));
    model.fields.len() - 1
}

#[test]
fn a_plain_model_breaks_no_rule() {
    silent(|_| ());
    let model = article();
    assert_eq!(check_model(&model, &|_| None), []);
}

#[test]
fn s001_unique_keys_contain_the_shard_key() {
    fires("S001", Some("a"), |m| m.fields[1].unique = Unique::Yes);
    fires("S001", Some("a"), |m| {
        storage(m, StorageType::Rowstore);
        m.constraints.push(constraint("u", &["a"], false));
    });
    silent(|m| m.fields[1].unique = Unique::Lookup);
    silent(|m| m.constraints.push(constraint("u", &["a", "b"], true)));
    silent(|m| {
        storage(m, StorageType::Reference);
        m.fields[1].unique = Unique::Yes;
    });
    silent(|m| {
        m.primary_key = names(&["a", "id"]);
        storage(m, StorageType::Rowstore);
        shard(m, &["a"]);
        m.fields[1].unique = Unique::Yes;
        m.unique_together.push(names(&["a", "b"]));
    });
}

#[test]
fn s002_the_primary_key_contains_the_shard_key() {
    fires("S002", Some("a"), |m| shard(m, &["a"]));
    silent(|m| shard(m, &["id"]));
    silent(|m| {
        m.primary_key = names(&["a", "id"]);
        shard(m, &["a"]);
    });
}

#[test]
fn s003_and_s004_keyless() {
    fires("S003", None, |m| shard(m, &[]));
    let keyless = |m: &mut ModelDef| {
        m.primary_key.clear();
        shard(m, &[]);
    };
    silent(keyless);
    fires("S004", Some("a"), |m| {
        keyless(m);
        m.fields[1].unique = Unique::Yes;
    });
    silent(|m| {
        keyless(m);
        m.constraints.push(constraint("u", &["a"], true));
    });
    // Without any key rows are spread at random, also where nobody says so.
    fires("S004", Some("a"), |m| {
        m.primary_key.clear();
        m.constraints.push(constraint("u", &["a"], false));
    });
}

#[test]
fn s005_float_keys() {
    fires("S005", Some("id"), |m| {
        m.fields[0] = FieldDef::new("id", FieldType::Float)
    });
    fires("S005", Some("id"), |m| {
        m.fields[0] = FieldDef::new("id", FieldType::ForeignKey(to("Author")));
    });
    silent(|m| {
        storage(m, StorageType::Rowstore);
        m.fields[0] = FieldDef::new("id", FieldType::Double);
    });
    silent(|m| m.fields[0] = FieldDef::new("id", FieldType::ForeignKey(to("Unknown"))));
    silent(|m| m.fields[1].ty = FieldType::Double);
}

#[test]
fn s006_and_s007_reference_tables() {
    for kind in [StorageType::Reference, StorageType::RowstoreReference] {
        fires("S006", None, |m| {
            storage(m, kind);
            shard(m, &["id"]);
        });
        fires("S007", None, |m| {
            storage(m, kind);
            m.primary_key.clear();
        });
        silent(|m| storage(m, kind));
    }
}

#[test]
fn s008_sort_keys() {
    let sorted = |m: &mut ModelDef| m.storage.sort_key = vec![OrderField::parse("-a")];
    for kind in [StorageType::Rowstore, StorageType::RowstoreReference] {
        fires("S008", None, |m| {
            storage(m, kind);
            sorted(m);
        });
    }
    silent(sorted);
    silent(|m| {
        storage(m, StorageType::Reference);
        sorted(m);
    });
}

#[test]
fn s009_several_unique_keys() {
    let wide = |m: &mut ModelDef| m.unique_together.push(names(&["id", "a"]));
    fires("S009", None, wide);
    fires("S009", None, |m| {
        m.primary_key = names(&["id", "a"]);
        shard(m, &["id"]);
        m.constraints.push(constraint("u", &["id"], false));
    });
    silent(|m| m.constraints.push(constraint("u", &["id", "a"], true)));
    silent(|m| {
        storage(m, StorageType::Rowstore);
        wide(m);
    });
    silent(|m| {
        storage(m, StorageType::Reference);
        wide(m);
    });
}

#[test]
fn s010_hash_indexes_on_the_same_columns() {
    fires("S010", Some("a"), |m| {
        m.fields[1].index = true;
        m.indexes.push(index("i", &["a"], Some(IndexKind::Hash)));
    });
    fires("S010", Some("id"), |m| m.fields[0].index = true);
    fires("S010", None, |m| {
        m.indexes.push(index("i", &["a", "b"], None));
        m.indexes.push(index("j", &["a", "b"], None));
    });
    silent(|m| {
        m.fields[1].index = true;
        m.indexes.push(index("i", &["a", "b"], None));
        m.indexes.push(index("j", &["b"], None));
    });
    silent(|m| {
        storage(m, StorageType::Rowstore);
        m.indexes.push(index("i", &["a"], None));
        m.indexes.push(index("j", &["a"], Some(IndexKind::Btree)));
    });
}

#[test]
fn s011_one_to_one() {
    let one = FieldType::OneToOne(to("Author"));
    fires("S011", Some("one"), |m| {
        push(m, "one", one.clone());
    });
    silent(|m| {
        let at = push(m, "one", FieldType::OneToOne(to("Article")));
        m.fields[at].unique = Unique::Lookup;
    });
    silent(|m| {
        storage(m, StorageType::Reference);
        push(m, "one", one.clone());
    });
    silent(|m| {
        m.fields[0] = FieldDef::new("id", FieldType::OneToOne(to("Elsewhere")));
    });
}

#[test]
fn s012_and_s013_automatic_keys() {
    fires("S012", Some("id"), |m| {
        m.fields[0].ty = FieldType::Int { unsigned: false }
    });
    silent(|m| m.fields[0].ty = FieldType::BigInt { unsigned: true });
    fires("S013", Some("a"), |m| m.fields[1].auto = true);
}

#[test]
fn s014_enums() {
    let ty = || FieldType::Sql("ENUM('a', 'b')".to_owned());
    fires("S014", Some("a"), |m| {
        m.fields[1].ty = ty();
        m.fields[1].index = true;
        m.indexes.push(index("i", &["b", "a"], None));
    });
    silent(|m| m.fields[1].ty = ty());
    silent(|m| {
        storage(m, StorageType::Rowstore);
        m.fields[1].ty = ty();
        m.fields[1].index = true;
    });
}

#[test]
fn s015_to_s017_kinds_of_index() {
    let fulltext = |name| index(name, &["t"], Some(IndexKind::Fulltext));
    fires("S015", None, |m| {
        push(m, "t", FieldType::Text);
        m.indexes = vec![fulltext("i"), fulltext("j")];
    });
    silent(|m| {
        push(m, "t", FieldType::Text);
        m.indexes = vec![fulltext("i")];
    });
    fires("S016", None, |m| {
        storage(m, StorageType::Rowstore);
        push(m, "t", FieldType::Text);
        m.indexes = vec![fulltext("i")];
    });
    fires("S016", None, |m| {
        storage(m, StorageType::RowstoreReference);
        push(m, "v", FieldType::Vector { dim: 3 });
        m.indexes = vec![index("i", &["v"], Some(IndexKind::Vector))];
    });
    fires("S017", None, |m| {
        m.indexes = vec![index("i", &["a"], Some(IndexKind::Btree))]
    });
    silent(|m| {
        storage(m, StorageType::Rowstore);
        m.indexes = vec![index("i", &["a"], Some(IndexKind::Btree))];
    });
}

#[test]
fn s018_geography() {
    fires("S018", Some("a"), |m| m.fields[1].ty = FieldType::Geography);
    fires("S018", Some("a"), |m| {
        m.fields[1].ty = FieldType::Sql("geography".to_owned())
    });
    silent(|m| m.fields[1].ty = FieldType::Sql("GEOGRAPHYPOINT".to_owned()));
    silent(|m| {
        storage(m, StorageType::Rowstore);
        m.fields[1].ty = FieldType::Geography;
    });
}

#[test]
fn s019_and_s020_defaults() {
    let with = |sql: &str| {
        let sql = sql.to_owned();
        move |m: &mut ModelDef| m.fields[1].db_default = Some(sql)
    };
    for sql in [
        "(1 + 1)",
        "1 + 1",
        "CASE WHEN 1 THEN 2 END",
        "LENGTH('abc')",
        "RAND()",
        "'a' 'b'",
        "'a''",
        "'a\\'",
        "0x",
        "",
    ] {
        fires("S019", Some("a"), with(sql));
    }
    for sql in [
        "0",
        "-1.5",
        "1e3",
        "'it''s'",
        "'it\\'s'",
        "\"x\"",
        "''",
        "NULL",
        "true",
        "0xff",
        "x'ff'",
        "b'1'",
        "CURRENT_TIMESTAMP",
        "current_timestamp(6)",
        "NOW()",
        "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)",
    ] {
        silent(with(sql));
    }
    fires("S020", Some("a"), with("UUID()"));
    silent(|m| {
        storage(m, StorageType::Reference);
        with("uuid()")(m);
    });
}

#[test]
fn s021_to_s024_sizes() {
    let with = |ty: FieldType| move |m: &mut ModelDef| m.fields[1].ty = ty;
    fires(
        "S021",
        Some("a"),
        with(FieldType::Varchar { max_length: 21_845 }),
    );
    silent(with(FieldType::Varchar { max_length: 21_844 }));
    fires("S022", Some("a"), with(FieldType::Char { max_length: 256 }));
    silent(with(FieldType::Char { max_length: 255 }));
    // Longer ones become LONGBLOB, whose length the ORM checks.
    silent(with(FieldType::Binary {
        max_length: Some(65_534),
    }));
    silent(with(FieldType::Binary { max_length: None }));
    for (precision, scale) in [(66, 2), (60, 31), (2, 3), (0, 0)] {
        fires(
            "S024",
            Some("a"),
            with(FieldType::Decimal { precision, scale }),
        );
    }
    silent(with(FieldType::Decimal {
        precision: 65,
        scale: 30,
    }));
}

#[test]
fn s025_and_s027_types_in_the_databases_words() {
    let with = |sql: &str| {
        let ty = FieldType::Sql(sql.to_owned());
        move |m: &mut ModelDef| m.fields[1].ty = ty
    };
    for sql in ["DATETIME(3)", "timestamp (1)", "TIME( 2 )"] {
        fires("S025", Some("a"), with(sql));
    }
    for sql in [
        "DATETIME(6)",
        "DATETIME",
        "TIMESTAMP(0)",
        "TIME(6) NOT NULL",
        "MEDIUMTEXT",
        "ÜBER",
        "",
    ] {
        silent(with(sql));
    }
    for sql in ["UUID", "inet6", "Geometry", "SERIAL"] {
        fires("S027", Some("a"), with(sql));
    }
}

#[test]
fn s026_and_s028_shapes_and_names_of_indexes() {
    let many: Vec<String> = (0..17).map(|i| format!("f{i}")).collect();
    let with = |count: usize| {
        let fields = many.iter().take(count).cloned().collect();
        move |m: &mut ModelDef| {
            m.indexes = vec![IndexDef {
                name: "i".to_owned(),
                fields,
                kind: None,
                options: Default::default(),
            }];
        }
    };
    fires("S026", None, with(17));
    silent(with(16));
    fires("S028", None, |m| {
        m.indexes = vec![index("1i", &["a"], None)]
    });
    fires("S028", None, |m| {
        m.constraints = vec![constraint("2u", &["id"], true)]
    });
}

#[test]
fn s029_references_in_the_shard_key() {
    let with = |on_delete: OnDelete| {
        move |m: &mut ModelDef| {
            let mut relation = to("Elsewhere");
            relation.on_delete = on_delete;
            let at = push(m, "owner", FieldType::ForeignKey(relation));
            m.fields[at].null = true;
            m.primary_key = names(&["owner", "id"]);
            shard(m, &["owner"]);
        }
    };
    fires("S029", Some("owner"), with(OnDelete::SetNull));
    fires("S029", Some("owner"), with(OnDelete::SetDefault));
    silent(with(OnDelete::Cascade));
}

#[test]
fn s030_s031_and_s034_own_words() {
    let with = |sql: &str| {
        let ty = FieldType::Sql(sql.to_owned());
        move |m: &mut ModelDef| m.fields[1].ty = ty
    };
    for sql in [
        "INT CHECK (a > 0)",
        "BIGINT REFERENCES other (id)",
        "INT GENERATED ALWAYS AS (1)",
        "int as (1) virtual",
        "INT stored",
    ] {
        fires("S030", Some("a"), with(sql));
    }
    silent(with("ENUM('check', 'it\\'s stored', \"virtual\")"));
    fires("S031", Some("a"), with("INT SPARSE"));
    silent(|m| {
        storage(m, StorageType::Rowstore);
        with("INT SPARSE")(m);
    });
    fires("S034", Some("a"), with("VARCHAR"));
    fires("S034", Some("a"), with("varbinary NOT NULL"));
    silent(with("VARCHAR (10)"));
    for (id, sql) in [
        ("S021", "VARCHAR(21845)"),
        ("S022", "CHAR(256)"),
        ("S022", "BINARY(300)"),
        ("S023", "VARBINARY( 65534 )"),
        ("S024", "NUMERIC(70)"),
        ("S024", "DECIMAL(10, 31)"),
    ] {
        fires(id, Some("a"), with(sql));
    }
    for sql in [
        "DECIMAL(10, 2)",
        "DEC",
        "INT(11)",
        "ENUM('1', '99999')",
        "VECTOR(3, I8)",
    ] {
        silent(with(sql));
    }
}

#[test]
fn s032_and_s033_contents_of_indexes() {
    let fulltext = |m: &mut ModelDef, field: &str| {
        m.indexes = vec![index("i", &[field], Some(IndexKind::Fulltext))];
    };
    fires("S032", Some("a"), |m| fulltext(m, "a"));
    fires("S032", Some("t"), |m| {
        push(m, "t", FieldType::Sql("JSON".to_owned()));
        fulltext(m, "t");
    });
    for ty in [FieldType::Text, FieldType::Sql("MEDIUMTEXT".to_owned())] {
        silent(|m| {
            push(m, "t", ty);
            fulltext(m, "t");
        });
    }
    let vector = |m: &mut ModelDef, fields: &[&str]| {
        push(m, "v", FieldType::Vector { dim: 3 });
        push(m, "w", FieldType::Sql("VECTOR(3, I8)".to_owned()));
        m.indexes = vec![index("i", fields, Some(IndexKind::Vector))];
    };
    fires("S033", None, |m| vector(m, &["a"]));
    fires("S033", None, |m| vector(m, &["v", "w"]));
    silent(|m| vector(m, &["v"]));
    silent(|m| vector(m, &["w"]));
}

#[test]
fn s035_early_dates() {
    let with = |ty: FieldType, sql: &str| {
        let sql = sql.to_owned();
        move |m: &mut ModelDef| {
            m.fields[1].ty = ty;
            m.fields[1].db_default = Some(sql);
        }
    };
    for sql in ["'0000-00-00'", "'0999-12-31'", "\"1-1-1\""] {
        fires("S035", Some("a"), with(FieldType::Date, sql));
    }
    fires(
        "S035",
        Some("a"),
        with(
            FieldType::Sql("DATETIME".to_owned()),
            "'0001-01-01 00:00:00'",
        ),
    );
    silent(with(FieldType::Date, "'1000-01-01'"));
    silent(with(FieldType::DateTime, "CURRENT_TIMESTAMP(6)"));
    silent(with(FieldType::Text, "'1-2'"));
}

#[test]
fn s036_collations() {
    let with = |name: &str| {
        let name = name.to_owned();
        move |m: &mut ModelDef| m.fields[1].collation = Some(name)
    };
    fires("S036", Some("a"), with("gbk_chinese_ci"));
    silent(with("utf8mb4_bin"));
}

/// The key of `Author` is a floating point number, or what is given.
fn refused_beside(key: FieldType, change: impl FnOnce(&mut ModelDef)) -> Vec<&'static str> {
    let (mut model, mut author) = (article(), author());
    author.fields[0].ty = key;
    storage(&mut author, StorageType::Rowstore);
    change(&mut model);
    let related = |id: &ModelId| (id.name == "Author").then_some(&author);
    let found = check_singlestore(&model, &related);
    found.into_iter().map(|f| f.id).collect()
}

#[test]
fn keys_of_others_in_tables_of_links_and_in_indexes() {
    let many = |m: &mut ModelDef| {
        push(m, "authors", FieldType::ManyToMany(to("Author")));
    };
    let one = |m: &mut ModelDef| {
        push(m, "author", FieldType::ForeignKey(to("Author")));
    };
    let enumerated = || FieldType::Sql("ENUM('a')".to_owned());
    assert_eq!(refused_beside(FieldType::Double, many), ["S005"]);
    assert_eq!(refused_beside(enumerated(), many), ["S014"]);
    assert_eq!(refused_beside(enumerated(), one), ["S014"]);
    assert_eq!(refused_beside(FieldType::Double, one), [""; 0]);
    assert_eq!(refused_beside(bigint(), many), [""; 0]);
    let in_memory = |m: &mut ModelDef| {
        storage(m, StorageType::Rowstore);
        many(m);
    };
    assert_eq!(refused_beside(FieldType::Double, in_memory), [""; 0]);
}

#[test]
fn tables_of_others_are_left_alone() {
    silent(|m| {
        m.managed = false;
        m.fields[1].unique = Unique::Yes;
    });
}

/// The ids and fields of what no backend takes.
fn general(change: impl FnOnce(&mut ModelDef)) -> Vec<(&'static str, Option<String>)> {
    let (mut model, author) = (article(), author());
    change(&mut model);
    let related = |id: &ModelId| (id.name == "Author").then_some(&author);
    check_model(&model, &related)
        .into_iter()
        .map(|f| (f.id, f.field))
        .collect()
}

#[test]
fn g001_long_names() {
    let long = "x".repeat(65);
    let at = |field: Option<&str>| vec![("G001", field.map(str::to_owned))];
    assert_eq!(general(|m| m.table = long.clone()), at(None));
    assert_eq!(
        general(|m| m.fields[1].column = Some(long.clone())),
        at(Some("a"))
    );
    assert_eq!(
        general(|m| m.indexes.push(index(&long, &["a"], None))),
        at(None)
    );
    assert_eq!(
        general(|m| m.constraints.push(constraint(&long, &["a"], false))),
        at(None)
    );
    assert_eq!(general(|m| m.table = "ä".repeat(64)), []);
}

#[test]
fn g002_two_models_with_one_table() {
    let (first, mut second) = (article(), article());
    second.name = "Other".to_owned();
    second.table = first.table.to_uppercase();
    let found = check_models([&first, &second]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0.clone(), found[0].1.id), (second.id(), "G002"));
    second.managed = false;
    assert_eq!(check_models([&first, &second]), []);
}

#[test]
fn g002_pairs_in_the_table_of_a_model() {
    let (mut first, mut second) = (article(), article());
    second.name = "Other".to_owned();
    second.table = "blog_other".to_owned();
    push(&mut first, "others", FieldType::ManyToMany(to("Other")));
    assert_eq!(check_models([&first, &second]), []);
    second.table = orm_schema::many_to_many_table(&first.table, "OTHERS");
    let found = check_models([&first, &second]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0].0, found[0].1.id), (&first.id(), "G002"));
    assert_eq!(found[0].1.field.as_deref(), Some("others"));
}

#[test]
fn g003_and_g005_relations() {
    let with = |field: &str, null: bool, on_delete: OnDelete| {
        let mut relation = to("Author");
        relation.to_field = Some(field.to_owned());
        relation.on_delete = on_delete;
        move |m: &mut ModelDef| {
            let at = push(m, "author", FieldType::ForeignKey(relation));
            m.fields[at].null = null;
        }
    };
    let at = |id| vec![(id, Some("author".to_owned()))];
    assert_eq!(general(with("name", false, OnDelete::Cascade)), at("G003"));
    assert_eq!(
        general(with("nothing", false, OnDelete::Cascade)),
        at("G003")
    );
    assert_eq!(general(with("email", false, OnDelete::Cascade)), []);
    assert_eq!(general(with("code", false, OnDelete::Cascade)), []);
    assert_eq!(general(with("code", false, OnDelete::SetNull)), at("G005"));
    assert_eq!(general(with("code", true, OnDelete::SetNull)), []);
}

#[test]
fn g009_natural_keys() {
    let model = |name: &str, fields: &[(&str, Option<&str>)], natural: &[&str]| {
        let mut model = ModelDef::new("zoo", name);
        let mut id = FieldDef::new("id", bigint());
        id.auto = true;
        model.fields.push(id);
        model.primary_key = names(&["id"]);
        for (field, to) in fields {
            let ty = match to {
                Some(to) => FieldType::ForeignKey(RelationDef::new(ModelId::new("zoo", *to))),
                None => FieldType::Varchar { max_length: 9 },
            };
            model.fields.push(FieldDef::new(*field, ty));
        }
        model.fixtures.natural_key = names(natural);
        model
    };
    let found = |models: &[ModelDef]| -> Vec<(String, String)> {
        let found = check_models(models).into_iter();
        found
            .filter(|(_, f)| f.id == "G011")
            .map(|(id, f)| (id.name, f.message))
            .collect()
    };
    let keeper = |natural: &[&str]| model("Keeper", &[("name", None)], natural);
    let cage = |to| model("Cage", &[("of", Some(to)), ("no", None)], &["of", "no"]);
    assert!(found(&[keeper(&["name"]), cage("Keeper")]).is_empty());
    let number = found(&[keeper(&[]), cage("Keeper")]);
    assert_eq!(number.len(), 1);
    assert_eq!(
        number[0].1,
        "`of` of the natural key of `Cage` leads to `Keeper`, whose rows are known by a number of the database alone"
    );
    assert_eq!(
        found(&[cage("Cage")])[0].1,
        "`of` of the natural key of `Cage` leads back to `Cage`"
    );
    // Over another one; the one in between is at fault as well.
    let pen = model("Pen", &[("cage", Some("Cage"))], &["cage"]);
    assert_eq!(found(&[pen, cage("Pen")]).len(), 2);
    // The key of a parent is the parent's; a key that people write is a value.
    let mut child = model("Child", &[("parent", Some("Keeper"))], &[]);
    child.primary_key = names(&["parent"]);
    assert!(found(&[keeper(&["name"]), child.clone(), cage("Child")]).is_empty());
    assert_eq!(found(&[keeper(&[]), child, cage("Child")]).len(), 1);
    let mut country = keeper(&[]);
    country.fields[0].auto = false;
    assert!(found(&[country, cage("Keeper")]).is_empty());
}

#[test]
fn g004_g006_and_g007_names() {
    let none = |id| vec![(id, None)];
    assert_eq!(
        general(|m| {
            m.indexes.push(index("i", &["a"], None));
            m.constraints.push(constraint("I", &["b"], false));
        }),
        none("G004")
    );
    assert_eq!(
        general(|m| m.ordering = vec![OrderField::parse("-c")]),
        none("G006")
    );
    assert_eq!(
        general(|m| m.unique_together = vec![names(&["a", "c"])]),
        none("G006")
    );
    assert_eq!(
        general(|m| m.fields[2].column = Some("A".to_owned())),
        vec![("G007", Some("b".to_owned()))]
    );
}

/// Relations of every sort between two databases; none of them within one, or where nobody knows.
#[test]
fn g009_relations_between_databases() {
    let mut near = article();
    let far = ModelId::new("stats", "Hit");
    let other = |id: &ModelId| RelationDef::new(id.clone());
    push(&mut near, "hit", FieldType::ForeignKey(other(&far)));
    push(&mut near, "hits", FieldType::ManyToMany(other(&far)));
    let mut through = to("Other");
    through.through = Some(far.clone());
    push(&mut near, "by", FieldType::ManyToMany(through));
    push(&mut near, "own", FieldType::ForeignKey(to("Other")));
    near.objects.push(ObjectDef {
        name: "pair".to_owned(),
        to: far,
        from_fields: names(&["a", "b"]),
        to_fields: names(&["a", "b"]),
        on_delete: OnDelete::Cascade,
    });
    let apart = |app: &str| match app {
        "blog" => Some("default"),
        "stats" => Some("numbers"),
        _ => None,
    };
    let found = check_databases([&near], &apart);
    let fields = found.iter().map(|(id, f)| {
        assert_eq!((id, f.id), (&near.id(), "G009"));
        assert!(f.message.contains("`default`") && f.message.contains("`numbers`"));
        f.field.clone().expect("a field")
    });
    assert_eq!(fields.collect::<Vec<_>>(), ["hit", "hits", "by", "pair"]);
    assert_eq!(check_databases([&near], &|_| Some("default")), []);
    let half = |app: &str| (app == "blog").then_some("default");
    assert_eq!(check_databases([&near], &half), []);
}

#[test]
fn g010_relations_to_several_columns() {
    let mut pair = author();
    pair.name = "Pair".to_owned();
    pair.primary_key = names(&["code", "email"]);
    let mut model = article();
    push(&mut model, "by_key", FieldType::ForeignKey(to("Pair")));
    push(&mut model, "pairs", FieldType::ManyToMany(to("Pair")));
    let mut named = to("Pair");
    named.to_field = Some("email".to_owned());
    push(&mut model, "by_name", FieldType::ForeignKey(named));
    let found = check_models([&model, &pair]);
    let found: Vec<_> = found
        .iter()
        .map(|(_, f)| (f.id, f.field.as_deref()))
        .collect();
    assert_eq!(found, [("G010", Some("by_key")), ("G010", Some("pairs"))]);
    // The pairs of a model whose own key has two fields.
    push(&mut pair, "articles", FieldType::ManyToMany(to("Article")));
    let found = check_models([&article(), &pair]);
    let found: Vec<_> = found
        .iter()
        .map(|(_, f)| (f.id, f.field.as_deref()))
        .collect();
    assert_eq!(found, [("G010", Some("articles"))]);
}

#[test]
fn ids_are_in_order_and_found() {
    let ids: Vec<&str> = RULES.iter().map(|r| r.id).collect();
    for (position, id) in ids.iter().filter(|id| id.starts_with('S')).enumerate() {
        assert_eq!(*id, format!("S{:03}", position + 1));
    }
    assert!(ids.iter().all(|id| rule(id).is_some()));
    assert_eq!(rule("S999"), None);
}

#[test]
fn keys_that_take_their_types_from_each_other() {
    let key = |name: &str, target: &str| {
        let mut model = ModelDef::new("blog", name);
        model.fields = vec![FieldDef::new("key", FieldType::OneToOne(to(target)))];
        model.primary_key = names(&["key"]);
        model
    };
    let found = |models: &[ModelDef]| -> Vec<(String, String)> {
        let found = check_models(models).into_iter();
        found
            .filter(|(_, f)| f.id == "G008")
            .map(|(id, f)| (id.name, f.message))
            .collect()
    };
    let circle = found(&[key("Ant", "Bee"), key("Bee", "Cat"), key("Cat", "Ant")]);
    let models: Vec<&str> = circle.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(models, ["Ant", "Bee", "Cat"]);
    assert!(
        circle[0]
            .1
            .ends_with("Ant.key → Bee.key → Cat.key → Ant.key"),
        "{circle:?}"
    );
    assert_eq!(found(&[key("Ant", "Ant")]).len(), 1);
    // One that leads into a circle has a type as little, but is not at fault.
    let into = found(&[key("Ant", "Bee"), key("Bee", "Bee")]);
    assert_eq!(into.len(), 1);
    assert_eq!(into[0].0, "Bee");
    // A part of a key is as bad: whoever refers to the key refers to all of it.
    let mut part = key("Bee", "Ant");
    part.fields.push(FieldDef::new("no", bigint()));
    part.primary_key = names(&["no", "key"]);
    assert_eq!(found(&[key("Ant", "Bee"), part]).len(), 2);
    // A key of its own ends the way, and so does a field that is not the key.
    assert!(found(&[key("Ant", "Bee"), key("Bee", "Article"), article()]).is_empty());
    let mut tree = article();
    tree.fields.push(FieldDef::new(
        "parent",
        FieldType::ForeignKey(to("Article")),
    ));
    assert!(found(&[tree.clone()]).is_empty());
    let parent = tree.fields.last_mut().expect("just pushed");
    parent.ty = FieldType::ForeignKey(RelationDef {
        to_field: Some("parent".to_owned()),
        ..to("Article")
    });
    assert_eq!(found(&[tree]).len(), 1);
}

#[test]
fn lookups_hold_short_values_that_the_program_writes() {
    let found = |change: &dyn Fn(&mut FieldDef)| -> Option<String> {
        let mut model = article();
        let mut field = FieldDef::new("mark", FieldType::Varchar { max_length: 768 });
        field.unique = Unique::Lookup;
        change(&mut field);
        model.fields.push(field);
        let related = |_: &ModelId| None;
        let found = check_singlestore(&model, &related);
        found
            .into_iter()
            .find(|f| f.id == "S037")
            .map(|f| f.message)
    };
    let of = |ty: FieldType| found(&|f| f.ty = ty.clone());
    assert_eq!(found(&|_| ()), None);
    for ty in [
        FieldType::BigInt { unsigned: true },
        FieldType::Bool,
        FieldType::Uuid,
        FieldType::Ip,
        FieldType::Date,
        FieldType::DateTime,
        FieldType::Duration,
        FieldType::Decimal {
            precision: 20,
            scale: 4,
        },
        FieldType::Binary {
            max_length: Some(3072),
        },
        FieldType::Sql("VARCHAR(20)".into()),
        // Known only by a relation or an own type: nothing is said.
        FieldType::Sql(String::new()),
        FieldType::ForeignKey(to("Elsewhere")),
    ] {
        assert_eq!(of(ty.clone()), None, "{ty:?}");
    }
    for (ty, what) in [
        (FieldType::Varchar { max_length: 769 }, "has 769 characters"),
        (FieldType::Text, "is a text without a bound"),
        (FieldType::Binary { max_length: None }, "is bytes"),
        (
            FieldType::Binary {
                max_length: Some(3073),
            },
            "has 3073 bytes",
        ),
        (FieldType::Double, "is double"),
        (FieldType::Json, "is json"),
        (FieldType::Geography, "is geography"),
        (FieldType::Vector { dim: 3 }, "is vector"),
        (FieldType::Sql("LONGTEXT".into()), "is LONGTEXT"),
        (FieldType::Sql("enum('a')".into()), "is enum('a')"),
        (FieldType::Sql("VARCHAR(900)".into()), "is VARCHAR(900)"),
    ] {
        let message = of(ty.clone()).unwrap_or_else(|| panic!("{ty:?} is taken"));
        let what = what.replace("is bytes", "is bytes without a bound");
        assert_eq!(
            message,
            format!(
                "the lookup `mark` of `Article` {what}, which cannot be the key of a side table"
            )
        );
    }
    assert!(found(&|f| f.computed = Some("1".into())).is_some_and(|m| m.contains("computed")));
    assert!(found(&|f| f.db_default = Some("'a'".into())).is_some_and(|m| m.contains("filled in")));
}
