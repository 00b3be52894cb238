//! The list of rules.

use super::Rule;

macro_rules! rules {
    ($($id:ident $title:literal, $source:literal, $hint:literal;)*) => {
        $(
            #[doc = $title]
            pub(super) const $id: Rule = Rule {
                id: stringify!($id),
                title: $title,
                source: $source,
                hint: $hint,
            };
        )*

        /// Every rule, in the order of its id.
        pub const RULES: &[Rule] = &[$($id),*];
    };
}

/// The rule of this id.
///
/// ```
/// let rule = orm_schema::check::rule("S001").expect("a rule of SingleStore");
/// assert_eq!(rule.title, "a unique key contains all fields of the shard key");
/// ```
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|r| r.id == id)
}

rules! {
    S001 "a unique key contains all fields of the shard key",
        "error 1744; manual: Why do I get errors about UNIQUE KEYs",
        "make it the shard key, keep the table on every node with `storage_type = \"reference\"`, keep a side table with `#[field(unique = \"lookup\")]`, or tell the server not to check with `#[model(unique(fields(…), unenforced))]`";
    S002 "the primary key contains all fields of the shard key",
        "error 1744; manual: Understanding Keys and Indexes",
        "add the fields to `primary_key(…)`, or take them out of `shard_key(…)`";
    S003 "a table with a primary key has a shard key",
        "error 1706: SHARD KEY () with a PRIMARY KEY",
        "leave `shard_key()` out: rows are then spread by the primary key";
    S004 "a unique key needs a shard key to be checked",
        "unique keys of keyless tables are not enforced",
        "name the shard key with `shard_key(…)`, or say `unenforced`";
    S005 "a key of a columnstore is no floating point number",
        "refused: FLOAT and DOUBLE primary keys on columnstore",
        "use `Decimal` or an integer, or `storage_type = \"rowstore\"`";
    S006 "a reference table has no shard key",
        "refused: a reference table is whole on every node",
        "leave `shard_key(…)` out, or choose another storage type";
    S007 "a reference table has a primary key",
        "refused: Reference Table without a Primary Key",
        "add a key: `#[field(primary_key)] pub id: Auto<i64>`";
    S008 "a sort key belongs to a columnstore",
        "refused: SORT KEY on rowstore",
        "leave `sort_key(…)` out, or use `storage_type = \"columnstore\"`";
    S009 "a columnstore with a unique key of several columns has no other unique key",
        "refused: multiple UNIQUE indexes with at least one index containing multiple columns on columnstore table (the primary key counts)",
        "keep one of the keys, say `unenforced` on the others, use `#[field(unique = \"lookup\")]`, or `storage_type = \"reference\"`";
    S010 "a columnstore has one hash index on the same columns",
        "refused: multiple HASH indices on the same columns",
        "remove one of them: a key has an index already";
    S011 "a one-to-one relation of a sharded table is its key",
        "error 1744: a unique column outside of the shard key",
        "make it the key with `#[field(primary_key)]`, use `storage_type = \"reference\"`, or `#[field(unique = \"lookup\")]`";
    S012 "an automatic key is a BIGINT",
        "manual: AUTO_INCREMENT columns are BIGINT",
        "write `Auto<i64>`";
    S013 "a table numbers one column only",
        "refused: two AUTO_INCREMENT columns",
        "keep one `Auto` field";
    S014 "a columnstore has no index on an ENUM column",
        "refused: index on ENUM on columnstore",
        "store the value as text with `#[derive(DbType)]`, or use `storage_type = \"rowstore\"`";
    S015 "a table has one FULLTEXT index",
        "refused: more than one FULLTEXT KEY",
        "name all the fields in one index";
    S016 "FULLTEXT and vector indexes belong to columnstores",
        "manual: FULLTEXT and VECTOR INDEX are columnstore indexes",
        "use `storage_type = \"columnstore\"`, or remove the index";
    S017 "a columnstore's indexes are hash indexes",
        "manual: CREATE TABLE, BTREE belongs to rowstore",
        "leave `kind` out; for ranges use `sort_key(…)`, or `storage_type = \"rowstore\"`";
    S018 "GEOGRAPHY belongs to a rowstore",
        "refused: GEOGRAPHY columns on columnstore",
        "use `storage_type = \"rowstore\"`";
    S019 "a default of the database is a literal or a plain time function",
        "refused: DEFAULT (expression), functions with arguments, CASE",
        "write a literal or `CURRENT_TIMESTAMP(6)`, or let the program fill it in with `default_fn = …`";
    S020 "a default of the database on a sharded table is not UUID()",
        "refused: UUID() built-in as a default column value on a sharded table",
        "let the program make it: `default_fn = …`";
    S021 "a VARCHAR has at most 21844 characters",
        "manual: VARCHAR, utf8 arithmetic",
        "leave `max_length` out for a text without a bound";
    S022 "a CHAR has at most 255 characters",
        "MySQL's rule, which the server shares",
        "use VARCHAR: `#[field(max_length = …)]` on a `String`";
    S023 "a VARBINARY has at most 65533 bytes",
        "limit of VARBINARY",
        "leave `max_length` out for bytes without a bound";
    S024 "a DECIMAL has at most 65 digits, 30 of them after the point",
        "limit of DECIMAL",
        "lower `precision` or `scale`";
    S025 "times have 0 or 6 digits of seconds",
        "refused: DATETIME(n) other than 0 and 6",
        "use `DateTime<Utc>`, which is DATETIME(6), or write `type = \"DATETIME(6)\"`";
    S026 "an index has at most 16 columns",
        "limit of key parts",
        "index fewer fields";
    S027 "the server has no such column type",
        "types of other databases that are absent",
        "leave `type = …` out: the field's Rust type has a column type on every backend";
    S028 "the name of an index starts with a letter",
        "refused: index names that start with a digit",
        "give it another `name`";
    S029 "a field of the shard key is never changed",
        "refused: UPDATE of a shard key column",
        "use `on_delete = \"cascade\"` or `\"protect\"`, or another shard key";
    G001 "a name in the database has at most 64 characters",
        "limit of MySQL, MariaDB and SingleStore",
        "give a shorter name with `table`, `column` or `name`";
    G002 "two models do not share a table",
        "the second CREATE TABLE would fail",
        "name another table with `#[model(table = \"…\")]`";
    G003 "a relation refers to a unique field",
        "a foreign key needs a key on the other side",
        "make the field unique there, or leave `to_field` out for the primary key";
    G004 "an index or constraint has a name of its own",
        "the second CREATE INDEX would fail",
        "give one of them another `name`";
    G005 "a reference that becomes NULL may be NULL",
        "the delete would fail",
        "write `Option<ForeignKey<…>>`, or another `on_delete`";
    G006 "keys, orders and indexes name fields of their model",
        "the column would not exist",
        "name a field of the model";
    G007 "two fields do not share a column",
        "the second column would be refused",
        "name another column with `#[field(column = \"…\")]`";
    G008 "a relation ends at a column with a type of its own",
        "a column takes the type of the key that it refers to; in a circle of keys there is none",
        "give one of the models a key of its own: `#[field(primary_key)] pub id: Auto<i64>`";
}
