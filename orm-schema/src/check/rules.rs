//! The list of rules.

use super::{Caught, Rule};

macro_rules! rules {
    ($($id:ident $first:ident $title:literal, $source:literal, $hint:literal;)*) => {
        $(
            #[doc = $title]
            pub(super) const $id: Rule = Rule {
                id: stringify!($id),
                title: $title,
                source: $source,
                hint: $hint,
                first: Caught::$first,
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
    S001 Derive "a unique key contains all fields of the shard key",
        "SingleStore documentation, Why do I get errors about UNIQUE KEYs; error 1744 in reports of several clients",
        "make it the shard key, keep the table on every node with `storage_type = \"reference\"`, keep a side table with `#[field(unique = \"lookup\")]`, or tell the server not to check with `#[model(unique(fields(…), unenforced))]`";
    S002 Derive "the primary key contains all fields of the shard key",
        "SingleStore documentation, Understanding Keys and Indexes; error 1744",
        "add the fields to `primary_key(…)`, or take them out of `shard_key(…)`";
    S003 Derive "a table with a primary key has a shard key",
        "BenchBox, its SingleStore adapter: error 1706 for SHARD KEY () with a PRIMARY KEY",
        "leave `shard_key()` out: rows are then spread by the primary key";
    S004 Derive "a unique key needs a shard key to be checked",
        "SingleStore documentation, Why do I get errors about UNIQUE KEYs; django-singlestore: not enforced on keyless tables",
        "name the shard key with `shard_key(…)`, or say `unenforced`";
    S005 Derive "a key of a columnstore is no floating point number",
        "django-singlestore, features: FLOAT and DOUBLE primary keys on columnstore",
        "use `Decimal` or an integer, or `storage_type = \"rowstore\"`";
    S006 Derive "a reference table has no shard key",
        "dbt-singlestore, its adapter: SHARD KEY on a reference table",
        "leave `shard_key(…)` out, or choose another storage type";
    S007 Derive "a reference table has a primary key",
        "django-singlestore, features: Feature 'Reference Table without a Primary Key' is not supported",
        "add a key: `#[field(primary_key)] pub id: Auto<i64>`";
    S008 Derive "a sort key belongs to a columnstore",
        "zmdb, measured on 9.0.12: SORT KEY on a rowstore",
        "leave `sort_key(…)` out, or use `storage_type = \"columnstore\"`";
    S009 Derive "a columnstore with a unique key of several columns has no other unique key",
        "django-singlestore, features: multiple UNIQUE indexes with at least one index containing multiple columns on columnstore table",
        "keep one of the keys, say `unenforced` on the others, use `#[field(unique = \"lookup\")]`, or `storage_type = \"reference\"`";
    S010 Derive "a columnstore has one hash index on the same columns",
        "django-singlestore, features: Multiple HASH indices on the same columns",
        "remove one of them: a key has an index already";
    S011 Derive "a one-to-one relation of a sharded table is its key",
        "django-singlestore, README: a one-to-one field is the primary key, or the table is a reference table; error 1744",
        "make it the key with `#[field(primary_key)]`, use `storage_type = \"reference\"`, or `#[field(unique = \"lookup\")]`";
    S012 Derive "an automatic key is a BIGINT",
        "SingleStore documentation, Distributed SQL Surface Area: AUTO_INCREMENT columns are BIGINT",
        "write `Auto<i64>`";
    S013 Derive "a table numbers one column only",
        "SingleStore documentation, CREATE TABLE: one AUTO_INCREMENT column",
        "keep one `Auto` field";
    S014 Derive "a columnstore has no index on an ENUM column",
        "Hibernate, SingleStoreDialect: no index on an ENUM column of a columnstore",
        "store the value as text with `#[derive(DbType)]`, or use `storage_type = \"rowstore\"`";
    S015 Derive "a table has one FULLTEXT index",
        "SingleStore.EntityFrameworkCore, functional tests: more than one FULLTEXT KEY",
        "name all the fields in one index";
    S016 Derive "FULLTEXT and vector indexes belong to columnstores",
        "SingleStore documentation, CREATE TABLE: FULLTEXT and VECTOR indexes belong to columnstores",
        "use `storage_type = \"columnstore\"`, or remove the index";
    S017 Derive "a columnstore's indexes are hash indexes",
        "SingleStore documentation, CREATE TABLE: a columnstore index is a HASH index; whether BTREE is refused or ignored nobody has reported",
        "leave `kind` out; for ranges use `sort_key(…)`, or `storage_type = \"rowstore\"`";
    S018 Derive "GEOGRAPHY belongs to a rowstore",
        "pengdows.crud, measured on 9.1.1: GEOGRAPHY on a columnstore",
        "use `storage_type = \"rowstore\"`";
    S019 Derive "a default of the database is a literal or a plain time function",
        "django-singlestore, expected failures: DEFAULT with functions and CASE; the parenthesised form is a syntax error",
        "write a literal or `CURRENT_TIMESTAMP(6)`, or let the program fill it in with `default_fn = …`";
    S020 Derive "a default of the database on a sharded table is not UUID()",
        "SingleStore.EntityFrameworkCore, functional tests: Can't create a sharded table with UUID() built-in as a default column value",
        "let the program make it: `default_fn = …`";
    S021 Derive "a VARCHAR has at most 21844 characters",
        "Hibernate, SingleStoreDialect: VARCHAR up to 21844 characters",
        "leave `max_length` out for a text without a bound";
    S022 Derive "a CHAR has at most 255 characters",
        "MySQL's rule, taken to hold: nobody has reported it for SingleStore",
        "use VARCHAR: `#[field(max_length = …)]` on a `String`";
    S023 Derive "a VARBINARY has at most 65533 bytes",
        "Hibernate, SingleStoreDialect: VARBINARY up to 65533 bytes",
        "leave `max_length` out for bytes without a bound";
    S024 Derive "a DECIMAL has at most 65 digits, 30 of them after the point",
        "SingleStore Python client, its tests; Hibernate, SingleStoreDialect: DECIMAL(65, 30)",
        "lower `precision` or `scale`";
    S025 Derive "times have 0 or 6 digits of seconds",
        "ops notes on 8.9.34 and zmdb on 9.0.12: DATETIME(n) other than 0 and 6",
        "use `DateTime<Utc>`, which is DATETIME(6), or write `type = \"DATETIME(6)\"`";
    S026 Derive "an index has at most 16 columns",
        "SingleStore JDBC driver: at most 16 columns in an index",
        "index fewer fields";
    S027 Derive "the server has no such column type",
        "sqlglot, SingleStore dialect; pengdows.crud on 9.1.1; Hibernate: types that are absent",
        "leave `type = …` out: the field's Rust type has a column type on every backend";
    S028 Derive "the name of an index starts with a letter",
        "dbt-singlestore, its adapter: an index name must not start with a digit",
        "give it another `name`";
    S029 Derive "a field of the shard key is never changed",
        "SingleStore documentation, Understanding Keys and Indexes: shard key columns cannot be updated",
        "use `on_delete = \"cascade\"` or `\"protect\"`, or another shard key";
    S030 Derive "a column type in the server's own words says nothing of other columns and tables",
        "error 2752 and Feature 'Check constraints', measured on 9.0.12 and 9.1.1; Laravel driver: no VIRTUAL, STORED or GENERATED ALWAYS",
        "leave CHECK and REFERENCES out of `type = …`; for a computed column write `#[field(computed = \"…\")]`";
    S031 Derive "a SPARSE column belongs to a rowstore",
        "Laravel driver and SQLAlchemy dialect of SingleStore: SPARSE is a feature of rowstores",
        "leave SPARSE out, or use `storage_type = \"rowstore\"`";
    S032 Derive "a FULLTEXT index holds texts",
        "SingleStore documentation, CREATE TABLE: FULLTEXT columns are CHAR, VARCHAR and TEXT",
        "index a `String` field, or leave `kind` out";
    S033 Derive "a vector index holds one vector",
        "SingleStore documentation, CREATE TABLE: VECTOR INDEX name (column)",
        "name the one field of type `Vector`, or leave `kind` out";
    S034 Derive "a VARCHAR or VARBINARY says its length",
        "Hibernate, SingleStoreDialect; SingleStore.EntityFrameworkCore: the length is required",
        "write `#[field(max_length = …)]`, or `type = \"VARCHAR(…)\"`";
    S035 Derive "a default date lies in the years 1000 to 9999",
        "django-singlestore, expected failures: years below 1000 and zero dates",
        "write a later date, or let the program fill it in with `default_fn = …`";
    S036 Derive "the server has the character set of a collation",
        "SingleStore ODBC driver, its tests: gbk is absent",
        "use a collation of utf8mb4, or leave `collation` out";
    S037 Derive "a lookup holds short values that the program writes",
        "SingleStore documentation, CREATE TABLE: a side table is keyed by the value; django-singlestore: no FLOAT or DOUBLE keys; MySQL's 3072 bytes of a key, taken to hold",
        "give a text or bytes `max_length` (768 characters, 3072 bytes at most), or keep a digest of a long value in a field of its own and make that the lookup";
    G001 Check "a name in the database has at most 64 characters",
        "limit of MySQL, MariaDB and SingleStore",
        "give a shorter name with `table`, `column` or `name`";
    G002 Check "two models do not share a table",
        "the second CREATE TABLE would fail",
        "name another table with `#[model(table = \"…\")]`, or another field for the relation";
    G003 Check "a relation refers to a unique field",
        "a foreign key needs a key on the other side",
        "make the field unique there, or leave `to_field` out for the primary key";
    G004 Check "an index or constraint has a name of its own",
        "the second CREATE INDEX would fail",
        "give one of them another `name`";
    G005 Check "a reference that becomes NULL may be NULL",
        "the delete would fail",
        "write `Option<ForeignKey<…>>`, or another `on_delete`";
    G006 Check "keys, orders and indexes name fields of their model",
        "the column would not exist",
        "name a field of the model";
    G007 Check "two fields do not share a column",
        "the second column would be refused",
        "name another column with `#[field(column = \"…\")]`";
    G008 Check "a relation ends at a column with a type of its own",
        "a column takes the type of the key that it refers to; in a circle of keys there is none",
        "give one of the models a key of its own: `#[field(primary_key)] pub id: Auto<i64>`";
    G009 Check "a relation stays within one database",
        "no query joins over two databases, no key holds such a relation, and the one's migrations cannot build on the other's",
        "keep both applications in one database (`apps` in orm.toml), or keep the other's key in a plain field";
    G010 Check "a relation of one column refers to a key of one field",
        "a column holds one value",
        "name a unique field of the other model with `to_field`, or refer by several fields with `ForeignObject`; pairs of such models are a model of their own";
    G011 Check "a natural key leads to values",
        "a key that the database numbers is another one in each database, and a circle of natural keys has no end",
        "give the model that the relation leads to a `#[model(natural_key(…))]` of its own values, or leave the relation out of this one";
    G012 Check "the name of an index is used once in a database of SQLite",
        "SQLite documentation, CREATE INDEX: tables and indexes have their names in one list of the database; Django, models.E030",
        "give one of them another `name`; where no database of the project is SQLite this is a warning, as servers keep the names of indexes by table";
    G013 Check "a foreign key that no two rows share is a one-to-one relation",
        "Django, fields.W342: from the other side there is one object then, not a set",
        "write `OneToOne<…>` and leave `unique` out; the table stays as it is";
    G014 Check "a key of MySQL and MariaDB has at most 3072 bytes",
        "error 1071, measured on MariaDB 10.11, where a unique key alone is held by hashes instead; MySQL documentation, InnoDB Limits; Django, mysql.W003",
        "lower `max_length` (768 characters are 3072 bytes), or keep a digest of a long value in a field of its own and make that the key; with a `collation` of fewer bytes a character it may fit";
    G015 Check "a `through` model has one relation to each side",
        "pairs are read from two columns of its table, and which two has to be clear; Django, fields.E333 to fields.E336",
        "give it one `ForeignKey` by primary key to each side, two where a model is tied to itself; where it has more, name the two that are meant with `through_fields(from, to)`";
    G016 Check "`through_fields` names the two relations of the `through` model",
        "pairs are read from the columns of those two; Django, fields.E338 and fields.E339",
        "name the `ForeignKey` to this model first, then the one to the other side";
}
