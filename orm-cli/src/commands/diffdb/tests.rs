//! Hand-made changes of tables on SingleStore, from the texts that servers print.

use orm::dialect::{Dialect, SingleStore};
use orm::introspect::{Found, parse_table};
use orm::migrate::ProjectState;
use orm_schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, ModelDef, ModelId, OrderField, RelationDef,
};

use super::{Drift, described, drifts};

fn page() -> ModelDef {
    let mut model = ModelDef::new("blog", "Page");
    let mut id = FieldDef::new("id", FieldType::BigInt { unsigned: false });
    id.auto = true;
    let mut title = FieldDef::new("title", FieldType::Varchar { max_length: 80 });
    title.db_default = Some("'x'".to_owned());
    let mut author = FieldDef::new(
        "author",
        FieldType::ForeignKey(RelationDef::new(ModelId::new("blog", "Page"))),
    );
    author.null = true;
    let mut at = FieldDef::new("at", FieldType::DateTime);
    at.db_default = Some("CURRENT_TIMESTAMP(6)".to_owned());
    at.comment = Some("when".to_owned());
    model.fields = vec![id, title, author, at];
    model.primary_key = vec!["id".to_owned()];
    model.storage.sort_key = vec![OrderField::parse("-at")];
    model.indexes.push(IndexDef {
        name: "by_title".to_owned(),
        fields: vec!["title".to_owned()],
        kind: None,
        options: Default::default(),
    });
    model.constraints.push(ConstraintDef {
        name: "once".to_owned(),
        fields: vec!["title".to_owned(), "author".to_owned()],
        unenforced: true,
    });
    model.comment = Some("pages".to_owned());
    model
}

/// As a server prints the table.
const TEXT: &str = "CREATE TABLE `blog_page` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `title` varchar(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'x',
  `author_id` bigint(20) DEFAULT NULL,
  `at` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'when',
  PRIMARY KEY (`id`),
  UNIQUE KEY `once` (`title`,`author_id`) UNENFORCED NORELY,
  KEY `by_title` (`title`) USING HASH,
  KEY `blog_page_author_id_INDEX` (`author_id`) USING HASH,
  SHARD KEY `__SHARDKEY` (`id`),
  SORT KEY `at` (`at` DESC)
) AUTOSTATS_CARDINALITY_MODE=INCREMENTAL AUTOSTATS_HISTOGRAM_MODE=CREATE AUTOSTATS_SAMPLING=ON SQL_MODE='STRICT_ALL_TABLES' COMMENT='pages'";

fn text() -> String {
    let name = orm_schema::hashed_name("blog_page", &["author_id"], "idx");
    TEXT.replace("blog_page_author_id_INDEX", &name)
}

fn found(texts: &[&str]) -> Found {
    let read =
        |text: &&str| parse_table(text, &SingleStore).unwrap_or_else(|e| panic!("{e}\n{text}"));
    Found {
        tables: texts.iter().map(read).collect(),
        ..Found::default()
    }
}

fn drifts_of(found: &Found) -> Vec<Drift> {
    let state = ProjectState::from_iter([page()]);
    let dialect: &'static dyn Dialect = &SingleStore;
    let tables = described(&state, &[], found.rowstore_by_default, dialect).unwrap();
    drifts(&state, &tables, found, &[], dialect)
}

#[test]
fn a_table_as_it_was_made_is_none() {
    let text = text();
    let drifts = drifts_of(&found(&[&text]));
    let said: Vec<String> = drifts.iter().map(|d| d.difference.to_string()).collect();
    assert_eq!(said, [""; 0]);
    // A sort key makes a columnstore, whatever the server does with tables that say nothing.
    let mut rows = found(&[&text]);
    rows.rowstore_by_default = true;
    assert!(drifts_of(&rows).is_empty());
}

/// What was changed, what is said of it, and the operation that says it.
#[test]
fn every_kind_of_change_is_named() {
    let cases = [
        (
            "CREATE TABLE",
            "CREATE REFERENCE TABLE",
            "storage is reference, should be columnstore",
            "alter_storage",
        ),
        (
            "SHARD KEY `__SHARDKEY` (`id`)",
            "SHARD KEY `title` (`title`)",
            "shard key is (title), should be (id)",
            "alter_storage",
        ),
        (
            "SHARD KEY `__SHARDKEY` (`id`)",
            "SHARD KEY ()",
            "shard key is (), should be (id)",
            "alter_storage",
        ),
        (
            "SORT KEY `at` (`at` DESC)",
            "SORT KEY `at` (`at`)",
            "sort key is (at), should be (at DESC)",
            "alter_storage",
        ),
        (
            "SORT KEY `at` (`at` DESC)",
            "SORT KEY `__UNORDERED` ()",
            "sort key (at DESC) is missing",
            "alter_storage",
        ),
        (
            "varchar(80)",
            "varchar(90)",
            "column `title`: type is varchar(90), should be varchar(80)",
            "alter_field",
        ),
        (
            "utf8mb4_bin",
            "utf8mb4_general_ci",
            "column `title`: collation is utf8mb4_general_ci, should be utf8mb4_bin",
            "alter_field",
        ),
        (
            "NOT NULL DEFAULT 'x'",
            "DEFAULT 'x'",
            "column `title`: NULL is accepted, should be refused",
            "alter_field",
        ),
        (
            "DEFAULT 'x'",
            "DEFAULT 'y'",
            "column `title`: default is 'y', should be 'x'",
            "alter_field",
        ),
        (
            "DEFAULT 'x'",
            "",
            "column `title`: default is missing, should be 'x'",
            "alter_field",
        ),
        (
            "COMMENT 'when'",
            "",
            "column `at`: comment is missing, should be \"when\"",
            "alter_field",
        ),
        (
            " COMMENT='pages'",
            "",
            "comment of the table is missing, should be \"pages\"",
            "alter_model_table_comment",
        ),
        (
            " AUTO_INCREMENT,",
            ",",
            "column `id`: automatic numbers is missing, should be on",
            "alter_field",
        ),
        (
            "  `author_id` bigint(20) DEFAULT NULL,\n",
            "",
            "column `author_id` bigint NULL is missing",
            "add_field",
        ),
        (
            "  PRIMARY KEY",
            "  `note` int(11) DEFAULT NULL,\n  PRIMARY KEY",
            "column `note` int NULL should not be there",
            "remove_field",
        ),
        (
            "  PRIMARY KEY",
            "  `twice` AS (`id` * 2) PERSISTED bigint(20),\n  PRIMARY KEY",
            "column `twice` bigint AS (`id` * 2) should not be there",
            "remove_field",
        ),
        (
            "  KEY `by_title` (`title`) USING HASH,\n",
            "",
            "index `by_title` (title) is missing",
            "add_index",
        ),
        (
            "  KEY `by_title`",
            "  KEY `mine` (`at`) USING HASH,\n  KEY `by_title`",
            "index `mine` (at) should not be there",
            "remove_index",
        ),
        (
            "  KEY `by_title`",
            "  FULLTEXT USING VERSION 1 KEY `words` (`title`),\n  KEY `by_title`",
            "index `words` (title) fulltext should not be there",
            "remove_index",
        ),
        (
            "KEY `by_title` (`title`) USING HASH",
            "KEY `by_title` (`title`) USING BTREE",
            "index `by_title` is (title) btree, should be (title)",
            "remove_index",
        ),
        (
            " UNENFORCED NORELY",
            "",
            "unique key `once` is (title, author_id), should be (title, author_id) unenforced",
            "remove_constraint",
        ),
        (
            "  UNIQUE KEY `once` (`title`,`author_id`) UNENFORCED NORELY,\n",
            "",
            "unique key `once` (title, author_id) unenforced is missing",
            "add_constraint",
        ),
    ];
    let text = text();
    for (from, to, expected, operation) in cases {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        let drifts = drifts_of(&found(&[&changed]));
        let drift = drifts.iter().find(|d| d.difference.to_string() == expected);
        let said: Vec<String> = drifts.iter().map(|d| d.difference.to_string()).collect();
        let drift = drift.unwrap_or_else(|| panic!("{expected}\n{said:#?}"));
        let op = drift.mend.operations.first().map(|o| {
            let node = o.to_node();
            let value: serde_json::Value = serde_json::from_str(&node.to_json()).unwrap();
            value["op"].as_str().unwrap().to_owned()
        });
        assert_eq!(op.as_deref().unwrap_or("-"), operation, "{expected}");
        let told = !drift.mend.sql.is_empty() || drift.mend.note.is_some();
        assert!(told, "nothing is said to mend: {expected}");
    }
}

#[test]
fn tables_that_are_missing_or_too_many_are_named() {
    let drifts = drifts_of(&found(&[
        "CREATE TABLE `stray` (`a` int(11), SHARD KEY ())",
    ]));
    let said: Vec<String> = drifts.iter().map(|d| d.difference.to_string()).collect();
    assert_eq!(
        said,
        [
            "table `blog_page` (id, title, author_id, at) is missing",
            "table `stray` (a) should not be there",
        ]
    );
    assert!(drifts[0].mend.sql[0].starts_with("CREATE TABLE `blog_page`"));
    assert_eq!(drifts[1].mend.sql, ["DROP TABLE `stray`"]);
}

#[test]
fn a_table_that_cannot_be_read_is_a_difference() {
    let mut found = found(&[]);
    let error = parse_table("CREATE TABLE `blog_page` (", &SingleStore).unwrap_err();
    found.unread.push(("blog_page".to_owned(), error));
    let drifts = drifts_of(&found);
    assert_eq!(drifts.len(), 1);
    assert!(
        drifts[0]
            .difference
            .to_string()
            .contains("cannot be compared")
    );
}
