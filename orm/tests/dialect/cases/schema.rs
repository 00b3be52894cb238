//! Statements on the schema.

use orm::ast::{CopySource, Ddl};
use orm::schema::{
    ColumnDef, ColumnDefault, FieldType, ForeignKeyDef, IndexKind, IndexOptions, Literal, OnDelete,
    StorageType, TableDef, TableIndexDef, TableStorage, UniqueDef, VectorIndexType, VectorMetric,
};
use orm::value::Value;

use super::{Case, What};

fn column(name: &str, ty: FieldType) -> ColumnDef {
    ColumnDef::new(name, ty)
}

fn null(name: &str, ty: FieldType) -> ColumnDef {
    ColumnDef {
        null: true,
        ..column(name, ty)
    }
}

fn auto(name: &str) -> ColumnDef {
    ColumnDef {
        auto_increment: true,
        ..column(name, BIGINT)
    }
}

fn with_default(column: ColumnDef, literal: Literal) -> ColumnDef {
    ColumnDef {
        default: Some(ColumnDefault::Literal(literal)),
        ..column
    }
}

const BIGINT: FieldType = FieldType::BigInt { unsigned: false };

fn varchar(max_length: u32) -> FieldType {
    FieldType::Varchar { max_length }
}

fn table(name: &str, columns: Vec<ColumnDef>) -> TableDef {
    TableDef {
        name: name.into(),
        primary_key: columns
            .first()
            .map(|c| c.name.clone())
            .into_iter()
            .collect(),
        columns,
        uniques: vec![],
        indexes: vec![],
        foreign_keys: vec![],
        storage: TableStorage::default(),
        comment: None,
    }
}

fn index(name: &str, columns: &[&str], kind: Option<IndexKind>) -> TableIndexDef {
    TableIndexDef {
        name: name.into(),
        columns: columns.iter().map(|&c| c.into()).collect(),
        kind,
        options: Default::default(),
    }
}

fn unique(name: &str, columns: &[&str]) -> UniqueDef {
    UniqueDef {
        name: name.into(),
        columns: columns.iter().map(|&c| c.into()).collect(),
        unenforced: false,
    }
}

fn foreign_key(name: &str, column: &str, to: &str) -> ForeignKeyDef {
    ForeignKeyDef {
        name: name.into(),
        columns: vec![column.into()],
        ref_table: to.into(),
        ref_columns: vec!["id".into()],
        on_delete: OnDelete::Cascade,
    }
}

fn create_case(name: &'static str, table: TableDef) -> Case {
    Case {
        group: "create_table",
        name,
        what: What::Schema(Ddl::CreateTable {
            table,
            if_not_exists: false,
        }),
    }
}

/// The tables that the other cases read and write.
pub(super) fn create() -> Vec<Case> {
    let author = table(
        "author",
        vec![
            auto("id"),
            column("name", varchar(100)),
            null("rating", FieldType::Double),
            with_default(
                column("books", FieldType::Int { unsigned: false }),
                Literal::Int(0),
            ),
        ],
    );
    let article = TableDef {
        indexes: vec![index("article_author_id_idx", &["author_id"], None)],
        ..table(
            "article",
            vec![
                auto("id"),
                column("author_id", BIGINT),
                null("editor_id", BIGINT),
                column("title", varchar(200)),
                with_default(
                    column("body", FieldType::Text),
                    Literal::Text("it's \\ \"x\"".into()),
                ),
                with_default(
                    column("views", FieldType::Int { unsigned: false }),
                    Literal::Int(-1),
                ),
                null(
                    "price",
                    FieldType::Decimal {
                        precision: 20,
                        scale: 4,
                    },
                ),
                null("published_at", FieldType::DateTime),
                null("meta", FieldType::Json),
                null("uid", FieldType::Uuid),
                with_default(column("active", FieldType::Bool), Literal::Bool(true)),
            ],
        )
    };
    let tag = TableDef {
        uniques: vec![unique("tag_slug_uniq", &["slug"])],
        storage: TableStorage {
            storage_type: Some(StorageType::Reference),
            ..TableStorage::default()
        },
        comment: Some("what it's \\ about".into()),
        ..table(
            "tag",
            vec![
                column("id", BIGINT),
                ColumnDef {
                    collation: Some("utf8mb4_general_ci".into()),
                    comment: Some("in the address".into()),
                    ..column("slug", varchar(50))
                },
                with_default(column("hits", BIGINT), Literal::Int(0)),
            ],
        )
    };
    let mut out = vec![
        create_case("author, with an automatic key", author),
        create_case("article, with an index and defaults", article),
        create_case("tag, a reference table with comments", tag),
        create_case("every type", every_type()),
        create_case("two columns as key", many_to_many()),
        create_case("foreign keys", with_foreign_keys()),
    ];
    out.extend(storage());
    out.extend(index_kinds());
    out.push(Case {
        group: "create_table",
        name: "if it does not exist",
        what: What::Schema(Ddl::CreateTable {
            table: table("author", vec![auto("id")]),
            if_not_exists: true,
        }),
    });
    out
}

fn every_type() -> TableDef {
    let types = [
        ("bool", FieldType::Bool),
        ("smallint", FieldType::SmallInt { unsigned: false }),
        ("usmallint", FieldType::SmallInt { unsigned: true }),
        ("int", FieldType::Int { unsigned: false }),
        ("uint", FieldType::Int { unsigned: true }),
        ("bigint", BIGINT),
        ("ubigint", FieldType::BigInt { unsigned: true }),
        ("float", FieldType::Float),
        ("double", FieldType::Double),
        (
            "decimal",
            FieldType::Decimal {
                precision: 12,
                scale: 2,
            },
        ),
        ("char", FieldType::Char { max_length: 2 }),
        ("varchar", varchar(80)),
        ("text", FieldType::Text),
        ("binary", FieldType::Binary { max_length: None }),
        (
            "binary16",
            FieldType::Binary {
                max_length: Some(16),
            },
        ),
        ("date", FieldType::Date),
        ("time", FieldType::Time),
        ("datetime", FieldType::DateTime),
        ("duration", FieldType::Duration),
        ("json", FieldType::Json),
        ("uuid", FieldType::Uuid),
        ("ip", FieldType::Ip),
        ("vector", FieldType::Vector { dim: 3 }),
        ("sql", FieldType::Sql("INT".into())),
    ];
    let mut columns: Vec<ColumnDef> = types.into_iter().map(|(n, t)| null(n, t)).collect();
    columns.push(ColumnDef {
        computed: Some("1 + 2".into()),
        ..column("computed", BIGINT)
    });
    columns.push(ColumnDef {
        default: Some(ColumnDefault::Sql("CURRENT_TIMESTAMP".into())),
        ..column("stamped", FieldType::DateTime)
    });
    columns.insert(0, auto("id"));
    table("every_type", columns)
}

fn many_to_many() -> TableDef {
    TableDef {
        primary_key: vec!["article_id".into(), "tag_id".into()],
        indexes: vec![index("article_tags_tag_id_idx", &["tag_id"], None)],
        storage: TableStorage {
            shard_key: Some(vec!["article_id".into()]),
            ..TableStorage::default()
        },
        ..table(
            "article_tags",
            vec![column("article_id", BIGINT), column("tag_id", BIGINT)],
        )
    }
}

fn with_foreign_keys() -> TableDef {
    TableDef {
        indexes: vec![index("comment_author_id_idx", &["author_id"], None)],
        foreign_keys: vec![foreign_key("comment_author_id_fk", "author_id", "author")],
        ..table("comment", vec![auto("id"), column("author_id", BIGINT)])
    }
}

fn storage() -> Vec<Case> {
    let stored = |name: &str, storage| TableDef {
        storage,
        ..table(
            name,
            vec![column("id", BIGINT), column("day", FieldType::Date)],
        )
    };
    let by = |storage_type| TableStorage {
        storage_type: Some(storage_type),
        ..TableStorage::default()
    };
    let keyless = TableDef {
        primary_key: vec![],
        uniques: vec![UniqueDef {
            unenforced: true,
            ..unique("keyless_id_uniq", &["id"])
        }],
        ..stored(
            "keyless",
            TableStorage {
                shard_key: Some(vec![]),
                sort_key: vec![("day".into(), true), ("id".into(), false)],
                ..by(StorageType::Columnstore)
            },
        )
    };
    let sorted_rowstore = TableStorage {
        sort_key: vec![("day".into(), false)],
        ..by(StorageType::Rowstore)
    };
    vec![
        create_case("keyless columnstore with a sort key", keyless),
        create_case("rowstore", stored("in_memory", by(StorageType::Rowstore))),
        create_case(
            "rowstore reference",
            stored("in_memory_everywhere", by(StorageType::RowstoreReference)),
        ),
        create_case(
            "rowstore with a sort key",
            stored("sorted_rowstore", sorted_rowstore),
        ),
    ]
}

fn index_kinds() -> Vec<Case> {
    let with = |kind: IndexKind| TableDef {
        indexes: vec![index(
            &format!("indexed_{}_idx", kind.as_str()),
            &["body"],
            Some(kind),
        )],
        ..table(
            &format!("indexed_{}", kind.as_str()),
            vec![column("id", BIGINT), column("body", varchar(100))],
        )
    };
    let options = |kind: IndexKind, options: IndexOptions| {
        let mut table = with(kind);
        table.name += "_options";
        table.indexes[0].options = options;
        table
    };
    let mut near = IndexOptions {
        index_type: Some(VectorIndexType::HnswPq),
        metric_type: Some(VectorMetric::DotProduct),
        ..IndexOptions::NONE
    };
    for (name, value) in [("m", 4), ("neighbors", 30), ("ef_construction", 40)] {
        assert!(near.set_number(name, value));
    }
    let second = IndexOptions {
        version: Some(2),
        ..IndexOptions::NONE
    };
    vec![
        create_case(
            "full-text index of version 2",
            options(IndexKind::Fulltext, second),
        ),
        create_case(
            "vector index with options",
            options(IndexKind::Vector, near),
        ),
        create_case("hash index", with(IndexKind::Hash)),
        create_case("tree index", with(IndexKind::Btree)),
        create_case("full-text index", with(IndexKind::Fulltext)),
        create_case("vector index", with(IndexKind::Vector)),
    ]
}

fn case(name: &'static str, ddl: Ddl) -> Case {
    Case {
        group: "alter_table",
        name,
        what: What::Schema(ddl),
    }
}

/// Changes of the tables, and at last their end.
pub(super) fn alter() -> Vec<Case> {
    let mut out = alter_columns();
    out.extend(alter_keys());
    out.extend(copy());
    out.push(case(
        "drop a table",
        Ddl::DropTable {
            name: "tag".into(),
            if_exists: false,
        },
    ));
    out.push(case(
        "drop a table if it exists",
        Ddl::DropTable {
            name: "tag".into(),
            if_exists: true,
        },
    ));
    out.push(case(
        "raw",
        Ddl::Raw("DROP TABLE IF EXISTS every_type".into()),
    ));
    out
}

fn alter_columns() -> Vec<Case> {
    let table = || "author".to_owned();
    let bio = || with_default(column("bio", varchar(100)), Literal::Text(String::new()));
    vec![
        case(
            "add a column",
            Ddl::AddColumn {
                table: table(),
                column: bio(),
            },
        ),
        case(
            "add a computed column",
            Ddl::AddColumn {
                table: table(),
                column: ColumnDef {
                    computed: Some("books + 1".into()),
                    ..null("more", BIGINT)
                },
            },
        ),
        case(
            "rename a column",
            Ddl::RenameColumn {
                table: table(),
                from: "bio".into(),
                to: "life".into(),
                column: bio(),
            },
        ),
        case(
            "change a column",
            Ddl::ModifyColumn {
                table: table(),
                column: ColumnDef {
                    comment: Some("short".into()),
                    ..null("rating", varchar(200))
                },
            },
        ),
        case(
            "fill NULLs",
            Ddl::FillNulls {
                table: table(),
                column: column("rating", varchar(200)),
                value: Literal::Text("it's".into()),
            },
        ),
        case(
            "drop a column",
            Ddl::DropColumn {
                table: table(),
                column: "more".into(),
            },
        ),
    ]
}

fn alter_keys() -> Vec<Case> {
    let table = || "article".to_owned();
    vec![
        case(
            "create an index",
            Ddl::CreateIndex {
                table: table(),
                index: index("article_views_idx", &["views", "title"], None),
            },
        ),
        case(
            "create a hash index",
            Ddl::CreateIndex {
                table: table(),
                index: index("article_editor_idx", &["editor_id"], Some(IndexKind::Hash)),
            },
        ),
        case(
            "create a full-text index",
            Ddl::CreateIndex {
                table: table(),
                index: index("article_body_idx", &["body"], Some(IndexKind::Fulltext)),
            },
        ),
        case(
            "create a full-text index of version 2",
            Ddl::CreateIndex {
                table: table(),
                index: TableIndexDef {
                    options: IndexOptions {
                        version: Some(2),
                        ..IndexOptions::NONE
                    },
                    ..index("article_words_idx", &["body"], Some(IndexKind::Fulltext))
                },
            },
        ),
        case(
            "rename an index",
            Ddl::RenameIndex {
                table: table(),
                from: "article_editor_idx".into(),
                to: "article_by_editor_idx".into(),
                rebuild: false,
            },
        ),
        case(
            "rename an index and build the table anew",
            Ddl::RenameIndex {
                table: table(),
                from: "article_by_editor_idx".into(),
                to: "article_editors_idx".into(),
                rebuild: true,
            },
        ),
        case(
            "drop an index",
            Ddl::DropIndex {
                table: table(),
                name: "article_views_idx".into(),
            },
        ),
        case(
            "add a unique key",
            Ddl::AddUnique {
                table: table(),
                unique: unique("article_title_uniq", &["title", "id"]),
            },
        ),
        case(
            "drop a unique key",
            Ddl::DropUnique {
                table: table(),
                name: "article_title_uniq".into(),
            },
        ),
        case(
            "add a foreign key",
            Ddl::AddForeignKey {
                table: "article_tags".into(),
                foreign_key: foreign_key("article_tags_tag_id_fk", "tag_id", "tag"),
            },
        ),
        case(
            "drop a foreign key",
            Ddl::DropForeignKey {
                table: "article_tags".into(),
                name: "article_tags_tag_id_fk".into(),
            },
        ),
        case(
            "replace the primary key",
            Ddl::AlterPrimaryKey {
                table: "article_tags".into(),
                drop: true,
                columns: vec!["tag_id".into(), "article_id".into()],
            },
        ),
        case(
            "drop the primary key",
            Ddl::AlterPrimaryKey {
                table: "article_tags".into(),
                drop: true,
                columns: vec![],
            },
        ),
        case(
            "add a primary key",
            Ddl::AlterPrimaryKey {
                table: "article_tags".into(),
                drop: false,
                columns: vec!["article_id".into()],
            },
        ),
        case(
            "change the comment",
            Ddl::TableComment {
                table: "article_tags".into(),
                comment: Some("it's".into()),
            },
        ),
        case(
            "remove the comment",
            Ddl::TableComment {
                table: "article_tags".into(),
                comment: None,
            },
        ),
    ]
}

fn copy() -> Vec<Case> {
    vec![
        case(
            "copy rows",
            Ddl::CopyRows {
                from: "article".into(),
                to: "tag".into(),
                columns: vec![
                    ("id".into(), CopySource::Column("id".into())),
                    (
                        "slug".into(),
                        CopySource::ColumnOr("uid".into(), Value::Text("x".into())),
                    ),
                    ("hits".into(), CopySource::Value(Value::Int(7))),
                ],
            },
        ),
        case(
            "copy rows with NULL",
            Ddl::CopyRows {
                from: "tag".into(),
                to: "every_type".into(),
                columns: vec![
                    ("int".into(), CopySource::Value(Value::Null)),
                    ("bool".into(), CopySource::Value(Value::Bool(true))),
                ],
            },
        ),
        case(
            "rename a table",
            Ddl::RenameTable {
                from: "comment".into(),
                to: "remark".into(),
            },
        ),
    ]
}
