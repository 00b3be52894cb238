//! What the grammar reads.

use orm_schema::parse::{ParsedKind, ParsedModel};
use orm_schema::{FieldType, IndexKind, Literal, OnDelete, StorageType, Unique};

use crate::support::{model, with_field};

fn known(field: &str) -> Option<FieldType> {
    let model = model(&with_field(field));
    match &model.fields[1].kind {
        ParsedKind::Scalar { known, .. } => known.clone(),
        other => panic!("not a value: {other:?}"),
    }
}

fn names(fields: &[orm_schema::parse::Spanned<String>]) -> Vec<&str> {
    fields.iter().map(|f| f.value.as_str()).collect()
}

#[test]
fn the_designs_example_reads() {
    let m: ParsedModel = model(
        r#"#[model(storage_type = "columnstore", shard_key(author), sort_key(-published_at), ordering(-published_at))]
        pub struct Article {
            #[field(primary_key)]
            pub id: Auto<i64>,
            #[field(max_length = 200)]
            pub title: String,
            #[field(on_delete = "cascade")]
            pub author: ForeignKey<Author>,
            pub editor: Option<ForeignKey<Author>>,
            pub tags: ManyToMany<Tag>,
            #[field(default = 0)]
            pub views: i64,
            pub published_at: DateTime<Utc>,
            #[field(by = "article")]
            pub comments: Reverse<Comment>,
        }"#,
    );
    assert_eq!(
        m.storage_type.map(|s| s.value),
        Some(StorageType::Columnstore)
    );
    assert_eq!(names(&m.primary_key), ["id"]);
    assert_eq!(m.shard_key.as_deref().map(names), Some(vec!["author"]));
    assert_eq!(
        (m.sort_key[0].0.value.as_str(), m.sort_key[0].1),
        ("published_at", true)
    );
    assert!(m.fields[3].null && matches!(m.fields[3].kind, ParsedKind::ForeignKey(_)));
    let columns: Vec<_> = m.fields.iter().map(|f| f.column_name()).collect();
    let expected = [
        "id",
        "title",
        "author_id",
        "editor_id",
        "",
        "views",
        "published_at",
        "",
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|c| (!c.is_empty()).then(|| (*c).to_owned()))
        .collect();
    assert_eq!(columns, expected);
}

#[test]
fn every_known_type_has_its_neutral_type() {
    use FieldType as T;
    let table: &[(&str, T)] = &[
        ("bool", T::Bool),
        ("i8", T::SmallInt { unsigned: false }),
        ("i16", T::SmallInt { unsigned: false }),
        ("i32", T::Int { unsigned: false }),
        ("i64", T::BigInt { unsigned: false }),
        ("u8", T::SmallInt { unsigned: true }),
        ("u16", T::SmallInt { unsigned: true }),
        ("u32", T::Int { unsigned: true }),
        ("u64", T::BigInt { unsigned: true }),
        ("f32", T::Float),
        ("f64", T::Double),
        ("String", T::Text),
        ("std::string::String", T::Text),
        ("Vec<u8>", T::Binary { max_length: None }),
        ("DateTime<Utc>", T::DateTime),
        ("chrono::DateTime<chrono::Utc>", T::DateTime),
        ("NaiveDateTime", T::DateTime),
        ("CivilDateTime", T::DateTime),
        ("NaiveDate", T::Date),
        ("CivilDate", T::Date),
        ("NaiveTime", T::Time),
        ("CivilTime", T::Time),
        ("std::time::Duration", T::Duration),
        ("TimeDelta", T::Duration),
        ("Uuid", T::Uuid),
        ("std::net::IpAddr", T::Ip),
        ("serde_json::Value", T::Json),
        ("Json<Settings>", T::Json),
        ("Vector<384>", T::Vector { dim: 384 }),
        ("(i64)", T::BigInt { unsigned: false }),
    ];
    for (rust, neutral) in table {
        assert_eq!(
            known(&format!("f: {rust}")).as_ref(),
            Some(neutral),
            "{rust}"
        );
        assert_eq!(
            known(&format!("f: Option<{rust}>")).as_ref(),
            Some(neutral),
            "Option<{rust}>"
        );
    }
    assert_eq!(known("f: Status"), None);
    assert_eq!(known("f: Wrapped<u8>"), None);
}

#[test]
fn attributes_size_a_type() {
    assert_eq!(
        known("#[field(max_length = 80)] f: String"),
        Some(FieldType::Varchar { max_length: 80 })
    );
    assert_eq!(
        known("#[field(max_length = 16)] f: Vec<u8>"),
        Some(FieldType::Binary {
            max_length: Some(16)
        })
    );
    assert_eq!(
        known("#[field(precision = 10, scale = 2)] f: rust_decimal::Decimal"),
        Some(FieldType::Decimal {
            precision: 10,
            scale: 2
        })
    );
    assert_eq!(
        known("#[field(dim = 3)] f: Vector<DIM>"),
        Some(FieldType::Vector { dim: 3 })
    );
    assert_eq!(
        known("#[field(type = \"MEDIUMTEXT\")] f: Anything"),
        Some(FieldType::Sql("MEDIUMTEXT".to_owned()))
    );
}

#[test]
fn keys_that_the_database_numbers() {
    for (rust, neutral) in [
        ("Auto<i64>", FieldType::BigInt { unsigned: false }),
        ("orm::Auto<i32>", FieldType::Int { unsigned: false }),
        ("Auto<u64>", FieldType::BigInt { unsigned: true }),
    ] {
        let m = model(&format!("struct A {{ #[field(primary_key)] id: {rust} }}"));
        assert!(matches!(&m.fields[0].kind, ParsedKind::Auto { ty, .. } if *ty == neutral));
    }
}

#[test]
fn defaults_take_the_form_of_their_type() {
    let default = |field: &str| {
        let m = model(&with_field(field));
        m.fields[1]
            .options
            .default
            .as_ref()
            .map(|d| d.value.clone())
    };
    assert_eq!(
        default("#[field(default = -3)] f: i64"),
        Some(Literal::Int(-3))
    );
    assert_eq!(
        default("#[field(default = 0)] f: f64"),
        Some(Literal::Float(0.0))
    );
    assert_eq!(
        default("#[field(default = true)] f: bool"),
        Some(Literal::Bool(true))
    );
    let decimal = "#[field(default = 9.95, precision = 4, scale = 2)] f: Decimal";
    assert_eq!(default(decimal), Some(Literal::Text("9.95".to_owned())));
    let date = "#[field(default = \"2024-02-29\")] f: NaiveDate";
    assert_eq!(default(date), Some(Literal::Text("2024-02-29".to_owned())));
}

#[test]
fn every_field_option_reads() {
    let m = model(&with_field(
        r#"#[field(unique = "lookup", max_length = 10, default = "a", db_default = "'a'", column = "c",
            collation = "utf8mb4_bin", comment = "x", choices("a", "b"), renamed_from = "old",
            validate = crate::check, editable = false, help_text = "h", verbose_name = "v")]
        f: String,
        #[field(on_delete = "set_null", to_field = "code", index)] g: Option<OneToOne<Author>>,
        #[field(through = crate::Labelling, through_fields(article, tag))] h: ManyToMany<Tag>,
        #[field(symmetrical = false)] i: ManyToMany<Self>,
        #[field(auto_now)] j: DateTime<Utc>,
        #[field(auto_now_add)] k: NaiveDate,
        #[field(computed = "a * b")] l: i64,
        #[field(default_fn = make::it)] m: Uuid"#,
    ));
    let f = &m.fields[1].options;
    assert_eq!(f.unique.as_ref().map(|u| u.value), Some(Unique::Lookup));
    assert_eq!(f.choices.as_ref().map(|c| c.value.len()), Some(2));
    assert_eq!(f.editable, Some(false));
    assert_eq!(f.help_text.as_deref(), Some("h"));
    assert_eq!(f.verbose_name.as_deref(), Some("v"));
    assert_eq!(
        f.renamed_from.as_ref().map(|r| r.value.as_str()),
        Some("old")
    );
    assert!(f.validate.is_some());
    let g = &m.fields[2].options;
    assert_eq!(
        g.on_delete.as_ref().map(|d| d.value),
        Some(OnDelete::SetNull)
    );
    assert!(g.index.is_some());
    let h = &m.fields[3].options;
    assert_eq!(
        h.through_fields
            .as_ref()
            .map(|(a, b)| (a.value.as_str(), b.value.as_str())),
        Some(("article", "tag"))
    );
    assert_eq!(
        m.fields[4].options.symmetrical.as_ref().map(|s| s.value),
        Some(false)
    );
    assert!(m.fields[5].options.auto_now.is_some() && m.fields[6].options.auto_now_add.is_some());
    assert_eq!(
        m.fields[7]
            .options
            .computed
            .as_ref()
            .map(|c| c.value.as_str()),
        Some("a * b")
    );
    assert!(m.fields[8].options.default_fn.is_some());
}

#[test]
fn every_model_option_reads() {
    let m = model(
        r#"#[model(table = "t", app = "blog", storage_type = "rowstore reference", primary_key(a, b),
            shard_key(), ordering(-a, b), unique_together(a, c), unique_together(b, c), natural_key(a, c),
            unique(name = "u", fields(c), unenforced), comment = "x")]
        #[model(index(name = "i", fields(a, c), kind = "btree"), renamed_from = "Old", managed = false)]
        struct M { a: i64, b: i64, c: i64 }"#,
    );
    assert_eq!(m.table.as_ref().map(|t| t.value.as_str()), Some("t"));
    assert_eq!(m.app.as_ref().map(|t| t.value.as_str()), Some("blog"));
    assert_eq!(
        m.storage_type.as_ref().map(|s| s.value),
        Some(StorageType::RowstoreReference)
    );
    assert_eq!(names(&m.primary_key), ["a", "b"]);
    assert!(m.shard_key.as_ref().is_some_and(Vec::is_empty));
    assert_eq!(m.unique_together.len(), 2);
    assert_eq!(names(&m.natural_key), ["a", "c"]);
    assert!(m.uniques[0].unenforced && m.uniques[0].name.as_deref() == Some("u"));
    assert_eq!(m.indexes[0].kind, Some(IndexKind::Btree));
    assert_eq!(
        m.renamed_from.as_ref().map(|r| r.value.as_str()),
        Some("Old")
    );
    assert!(!m.managed && m.comment.as_deref() == Some("x"));
}

#[test]
fn raw_identifiers_lose_their_mark() {
    let m = model("#[model(ordering(r#type))] struct A { #[field(primary_key)] r#type: i64 }");
    assert_eq!(m.fields[0].name(), "type");
    assert_eq!(m.fields[0].column_name().as_deref(), Some("type"));
}

/// Brackets are as good as parentheses, and keep clippy from comparing what stands in them.
#[test]
fn lists_may_stand_in_brackets() {
    let body = "pub struct Note {
            #[field(primary_key)] pub id: i64,
            #[field(max_length = 9)] pub a: String,
            #[field(max_length = 9)] pub b: String,
        }";
    let read = |attribute: &str| format!("{:?}", normal(&model(&format!("{attribute} {body}"))));
    let round = "#[model(index(fields(a, b), kind = \"hash\"), index(fields(a), kind = \"hash\"), unique_together(a, b), ordering(-a, id))]";
    let square = round
        .replace("fields(a, b)", "fields[a, b]")
        .replace("fields(a)", "fields[a]");
    let square = square.replace("unique_together(a, b)", "unique_together[a, b]");
    let square = square.replace("ordering(-a, id)", "ordering[-a, id]");
    assert_eq!(read(round), read(&square));
}

/// What the lists say, without the places where they stand.
fn normal(m: &ParsedModel) -> impl std::fmt::Debug + use<> {
    let indexes: Vec<_> = m
        .indexes
        .iter()
        .map(|i| names(&i.fields).join(","))
        .collect();
    let groups: Vec<_> = m
        .unique_together
        .iter()
        .map(|g| names(g).join(","))
        .collect();
    let ordering: Vec<_> = m
        .ordering
        .iter()
        .map(|(f, d)| (f.value.clone(), *d))
        .collect();
    assert_eq!((indexes.len(), groups.len(), ordering.len()), (2, 1, 2));
    (indexes, groups, ordering)
}
