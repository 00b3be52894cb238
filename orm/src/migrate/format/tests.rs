//! The format: what is written, what is read, what is refused and where.

use orm_schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, IndexKind, IndexOptions, Literal, ModelDef,
    ModelId, OrderField, RelationDef, Unique, VectorIndexType, VectorMetric,
};
use proptest::prelude::*;

use crate::migrate::{Migration, Operation, testing};

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}

fn article() -> ModelDef {
    let mut m = ModelDef::new("blog", "Article");
    let id = FieldDef::new("id", FieldType::BigInt { unsigned: false });
    m.fields.push(FieldDef { auto: true, ..id });
    let title = FieldDef::new("title", FieldType::Varchar { max_length: 200 });
    m.fields.push(FieldDef {
        unique: Unique::Lookup,
        ..title
    });
    let price = FieldType::Decimal {
        precision: 10,
        scale: 2,
    };
    m.fields.push(FieldDef {
        null: true,
        default: Some(Literal::Text("0".into())),
        ..FieldDef::new("price", price)
    });
    let author = RelationDef::new(ModelId::new("auth", "User"));
    m.fields
        .push(FieldDef::new("author", FieldType::ForeignKey(author)));
    m.primary_key = names(&["id"]);
    m.storage.shard_key = Some(vec![]);
    m.storage.sort_key.push(OrderField::parse("-price"));
    m.unique_together = vec![names(&["title", "author"])];
    m.indexes.push(IndexDef {
        name: "i".into(),
        fields: names(&["price"]),
        kind: Some(IndexKind::Btree),
        options: Default::default(),
    });
    m.constraints.push(ConstraintDef {
        name: "c".into(),
        fields: names(&["title"]),
        unenforced: true,
    });
    m.ordering.push(OrderField::parse("-price"));
    m
}

fn sample() -> Migration {
    let mut m = Migration::new("blog", "0002_x");
    m.depends_on = vec![
        ("blog".into(), "0001_initial".into()),
        ("auth".into(), "0001_initial".into()),
    ];
    let title = |max_length| FieldDef::new("title", FieldType::Varchar { max_length });
    let slug = FieldDef::new("slug", FieldType::Varchar { max_length: 80 });
    let sql = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(k, v)| ((*k).into(), (*v).into()))
            .collect()
    };
    m.operations = vec![
        Operation::CreateModel(article()),
        Operation::AddField {
            model: "Article".into(),
            field: FieldDef {
                default: Some(Literal::Text(String::new())),
                ..slug
            },
            preserve_default: false,
        },
        Operation::AlterField {
            model: "Article".into(),
            from: title(200),
            to: title(300),
            preserve_default: true,
        },
        Operation::AlterStorage {
            model: "Article".into(),
            from: article().storage,
            to: Default::default(),
        },
        Operation::RunSql {
            sql: sql(&[
                ("default", "UPDATE a\n  SET b = \"c\"\n"),
                ("singlestore", "X"),
            ]),
            reverse: Some(sql(&[])),
        },
        Operation::RunCode {
            name: "fill_slugs".into(),
            reverse: None,
        },
        Operation::RunCode {
            name: "fill_slugs".into(),
            reverse: Some("clear_slugs".into()),
        },
    ];
    m
}

#[test]
fn the_text_is_canonical() {
    insta::assert_snapshot!(sample().to_toml(), @r#"
    format = 1
    depends_on = ["blog.0001_initial", "auth.0001_initial"]

    [[operations]]
    op = "create_model"
    model = "Article"
    fields = [
      { name = "id", type = "bigint", auto = true },
      { name = "title", type = "varchar", max_length = 200, unique = "lookup" },
      { name = "price", type = "decimal", null = true, precision = 10, scale = 2, default = "0" },
      { name = "author", type = "foreign_key", to = "auth.User" },
    ]
    primary_key = ["id"]
    shard_key = []
    sort_key = ["-price"]
    unique_together = [["title", "author"]]
    indexes = [
      { name = "i", fields = ["price"], kind = "btree" },
    ]
    constraints = [
      { name = "c", fields = ["title"], unenforced = true },
    ]
    ordering = ["-price"]

    [[operations]]
    op = "add_field"
    model = "Article"
    field = { name = "slug", type = "varchar", max_length = 80, default = "" }
    preserve_default = false

    [[operations]]
    op = "alter_field"
    model = "Article"
    name = "title"
    from = { type = "varchar", max_length = 200 }
    to = { type = "varchar", max_length = 300 }

    [[operations]]
    op = "alter_storage"
    model = "Article"
    from = { shard_key = [], sort_key = ["-price"] }
    to = {}

    [[operations]]
    op = "run_sql"
    sql = { default = """
    UPDATE a
      SET b = "c"
    """, singlestore = "X" }
    reverse = {}

    [[operations]]
    op = "run_code"
    name = "fill_slugs"

    [[operations]]
    op = "run_code"
    name = "fill_slugs"
    reverse = "clear_slugs"
    "#);
}

#[test]
fn what_is_written_is_read() {
    let text = sample().to_toml();
    assert_eq!(
        Migration::from_toml("blog", "0002_x", "f", &text),
        Ok(sample())
    );
    let empty = Migration::new("blog", "0003_merge");
    assert_eq!(empty.to_toml(), "format = 1\n");
    assert_eq!(
        Migration::from_toml("blog", "0003_merge", "f", "format = 1\n"),
        Ok(empty)
    );
}

#[test]
fn options_of_indexes_are_written_and_read() {
    let mut near = IndexDef {
        name: "i".into(),
        fields: names(&["look"]),
        kind: Some(IndexKind::Vector),
        options: IndexOptions {
            index_type: Some(VectorIndexType::IvfPqfs),
            metric_type: Some(VectorMetric::DotProduct),
            ..IndexOptions::NONE
        },
    };
    near.options.set_number("nlist", 128);
    let words = IndexDef {
        name: "w".into(),
        fields: names(&["body"]),
        kind: Some(IndexKind::Fulltext),
        options: IndexOptions {
            version: Some(2),
            ..IndexOptions::NONE
        },
    };
    let mut m = Migration::new("blog", "0002_x");
    let add = |index| Operation::AddIndex {
        model: "Article".into(),
        index,
    };
    m.operations = vec![add(near), add(words)];
    let text = m.to_toml();
    insta::assert_snapshot!(text, @r#"
    format = 1

    [[operations]]
    op = "add_index"
    model = "Article"
    index = { name = "i", fields = ["look"], kind = "vector", index_type = "ivf_pqfs", metric_type = "dot_product", nlist = 128 }

    [[operations]]
    op = "add_index"
    model = "Article"
    index = { name = "w", fields = ["body"], kind = "fulltext", version = 2 }
    "#);
    assert_eq!(Migration::from_toml("blog", "0002_x", "f", &text), Ok(m));
    for (from, to, wrong) in [
        ("nlist = 128", "nlist = 0", "f:6: `nlist` is at least 1"),
        (
            "\"ivf_pqfs\"",
            "\"hnsw_flat\"",
            "f:6: `nlist` is a number of the index types `ivf_flat`, `ivf_pq`, `ivf_pqfs`; this index is `hnsw_flat`",
        ),
        (
            "version = 2",
            "version = 3",
            "f:11: full text has the versions 1 and 2, not 3",
        ),
        (
            "dot_product",
            "cosine",
            "f:6: unknown metric of vectors `cosine`; known are euclidean_distance, dot_product",
        ),
        (
            "nlist",
            "nlists",
            "f:6: unknown key `nlists` in `index`; did you mean `nlist`?",
        ),
    ] {
        let read = Migration::from_toml("blog", "0002_x", "f", &text.replace(from, to));
        let error = read.map(drop).map_err(|e| e.to_string()).expect_err(to);
        let (place, wrong) = wrong.split_once(": ").expect("a place");
        assert!(
            error.starts_with(place) && error.ends_with(wrong),
            "{error}"
        );
    }
}

#[test]
fn the_example_of_the_format_is_read() {
    let text = r#"
format = 1
depends_on = ["blog.0001_initial", "auth.0001_initial"]

[[operations]]
op = "add_field"
model = "Article"
field = { name = "slug", type = "varchar", max_length = 80, default = "" }

[[operations]]
op = "run_sql"
sql = { singlestore = "A", default = "B" }
reverse = { default = "" }

[[operations]]
op = "separate_database_and_state"
state = [{ op = "rename_model", from = "A", to = "B" }]
"#;
    let migration = Migration::from_toml("blog", "0002_x", "f", text).unwrap();
    assert_eq!(migration.operations.len(), 3);
    assert_eq!(
        migration.depends_on[1],
        ("auth".to_owned(), "0001_initial".to_owned())
    );
}

#[test]
fn the_checksum_is_of_the_content() {
    let text = sample().to_toml();
    let commented = text
        .replacen('\n', "  # why\n\n", 1)
        .replace("max_length = 300", "max_length =   0x12C");
    let parse = |t: &str| Migration::from_toml("blog", "0002_x", "f", t).unwrap();
    let read = |t: &str| parse(t).checksum();
    assert_eq!(read(&text), read(&commented));
    assert_ne!(read(&text), read(&text.replace("300", "301")));
    assert_eq!(read(&text).len(), 64);
    // What has to run before changes when a squash is over.
    let mut moved = parse(&text);
    moved.depends_on = vec![("blog".to_owned(), "0001_squashed_0002_y".to_owned())];
    assert_eq!(moved.checksum(), read(&text));
    // Pinned: a checksum in a history table outlives releases.
    insta::assert_snapshot!(read("format = 1"), @"ba008b3ff2e64fd0f721e62a4159d1068da4c3f8ca432bf40a0414c167013059");
    let before = "5b3732deb9a1aa427dc291da85796c1e1f64dae03b78bab262169450a7764123";
    assert!(parse("format = 1").is_recorded_as(before));
    assert!(parse("format = 1").is_recorded_as(&read("format = 1")));
    assert!(!parse(&text).is_recorded_as(before));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let op = |body: &str| format!("format = 1\n[[operations]]\n{body}\n");
    let add = |field: &str| {
        op(&format!(
            "op = \"add_field\"\nmodel = \"A\"\nfield = {{ {field} }}"
        ))
    };
    let cases = [
        (
            "format = 2".to_owned(),
            "f:1:10: the file has format 2, this version reads format 1; update orm, or write `format = 1` if the file follows it",
        ),
        (
            String::new(),
            "f:1:1: the migration lacks the key `format`; start the file with `format = 1`",
        ),
        (
            "format = \"1\"".to_owned(),
            "f:1:10: `format` is text, but has to be a whole number",
        ),
        (
            "format = 1\nforma = 2".to_owned(),
            "f:2:1: unknown key `forma` in the migration; did you mean `format`?",
        ),
        (
            "format = 1\ndepends_on = [\"blog\"]".to_owned(),
            "f:2:15: `blog` does not name a migration; write `app.name`, such as `blog.0001_initial`",
        ),
        (
            op("op = \"add_feild\""),
            "f:3:6: unknown operation `add_feild`; did you mean `add_field`?",
        ),
        (
            op("model = \"A\""),
            "f:2:1: the operation lacks the key `op`",
        ),
        (
            op("op = \"rename_field\"\nmodle = \"A\""),
            "f:4:1: unknown key `modle` in rename_field; did you mean `model`?",
        ),
        (
            op("op = \"rename_model\"\nfrom = \"A\""),
            "f:2:1: rename_model lacks the key `to`",
        ),
        (
            op("op = \"run_code\"\nname = \"\""),
            "f:4:8: `name` is empty, but has to name the code that runs",
        ),
        (
            op("op = \"run_code\"\nname = 3"),
            "f:4:8: `name` is a whole number, but has to be text",
        ),
        (
            op("op = \"run_code\"\nname = \"a\"\nx = 1"),
            "f:5:1: unknown key `x` in run_code; it may have name, op, reverse",
        ),
        (
            op("op = \"run_sql\"\nsql = { mysq = \"\" }"),
            "f:4:16: unknown dialect `mysq`; did you mean `mysql`?",
        ),
        (
            add("name = \"x\", type = \"varchr\", max_length = 3"),
            "f:5:30: unknown type `varchr`; did you mean `varchar`?",
        ),
        (
            add("name = \"x\", type = \"varchar\""),
            "f:5:9: field x lacks the key `max_length`",
        ),
        (
            add("name = \"é\", type = \"text\", max_length = 3"),
            "f:5:51: `max_length` says nothing about a field of type `text`; take it out, or change the type",
        ),
        (
            add("name = \"x\", type = \"varchar\", max_length = -1"),
            "f:5:54: `max_length` is out of range",
        ),
        (
            add("name = \"x\", type = \"foreign_key\", to = \"User\""),
            "f:5:50: `User` does not name a model; write `app.Model`, such as `blog.User`",
        ),
        (
            add("name = \"x\", type = \"text\", unique = \"lokup\""),
            "f:5:47: unknown kind of unique `lokup`; did you mean `lookup`?",
        ),
        (
            add("name = \"x\", type = \"text\", default = 2020-01-01"),
            "f:5:48: `default` has to be true, false, a number or text; dates and times are written as text",
        ),
    ];
    for (text, expected) in cases {
        let error = Migration::from_toml("blog", "0002_x", "f", &text).unwrap_err();
        assert_eq!(error.to_string(), expected, "{text}");
    }
    let error =
        Migration::from_toml("blog", "0002_x", "f", "format = 1\n<<<<<<< HEAD\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 1));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_operation_survives_the_way_through_a_file(operations in prop::collection::vec(testing::operation(), 0..4)) {
        let mut migration = Migration::new("blog", "0002_x");
        migration.operations = operations;
        let text = migration.to_toml();
        let read = Migration::from_toml("blog", "0002_x", "f", &text);
        prop_assert_eq!(read.as_ref(), Ok(&migration), "{}", text);
        prop_assert_eq!(read.map(|m| m.to_toml()), Ok(text));
    }
}
