//! The names of all attributes, each in one place: the parser, its messages and the docs use them.

/// One attribute of the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it does.
    pub about: &'static str,
}

macro_rules! attributes {
    ($(#[$doc:meta])* $module:ident: $($constant:ident = $name:literal, $form:literal, $about:literal;)*) => {
        $(#[$doc])*
        pub mod $module {
            use super::Attribute;
            $(
                #[doc = $about]
                pub const $constant: &str = $name;
            )*
            /// Every attribute, in the order of the documentation.
            pub const ALL: &[Attribute] =
                &[$(Attribute { name: $constant, form: $form, about: $about }),*];
        }
    };
}

attributes! {
    /// Names in `#[model(...)]`.
    model:
    TABLE = "table", "table = \"blog_article\"", "The table's name.";
    APP = "app", "app = \"blog\"", "The application the model belongs to.";
    STORAGE_TYPE = "storage_type", "storage_type = \"columnstore\"", "SingleStore's storage type.";
    PRIMARY_KEY = "primary_key", "primary_key(a, b)", "The fields of a composite key.";
    SHARD_KEY = "shard_key", "shard_key(a)", "The fields that say which node holds a row; empty spreads rows at random.";
    SORT_KEY = "sort_key", "sort_key(a, -b)", "The order of rows on disk in a columnstore.";
    ORDERING = "ordering", "ordering(-created, id)", "The order of queries that name none.";
    UNIQUE_TOGETHER = "unique_together", "unique_together(a, b)", "Fields that are unique together; may stand several times.";
    NATURAL_KEY = "natural_key", "natural_key(author, title)", "The fields by which rows are known in `dumpdata --natural-foreign` and `loaddata`.";
    UNIQUE = "unique", "unique(name = \"one_per_day\", fields(a, b))", "A named unique constraint; may stand several times.";
    INDEX = "index", "index(fields(a, b))", "An index; may stand several times.";
    COMMENT = "comment", "comment = \"…\"", "The table's comment.";
    RENAMED_FROM = "renamed_from", "renamed_from = \"OldName\"", "The struct's former name.";
    MANAGED = "managed", "managed = false", "Whether migrations create, change and drop the table.";
    VALIDATE = "validate", "validate = check_article", "The function that validation calls with the whole object.";
    ABSTRACT = "abstract", "abstract", "Makes the struct a base for other models, without a table.";
}

attributes! {
    /// Names in `#[model(unique(...))]`.
    unique:
    NAME = "name", "name = \"one_per_day\"", "The constraint's name.";
    FIELDS = "fields", "fields(a, b)", "The fields.";
    UNENFORCED = "unenforced", "unenforced", "Tells SingleStore not to check it.";
}

attributes! {
    /// Names in `#[model(index(...))]`.
    index:
    NAME = "name", "name = \"by_day\"", "The index's name.";
    FIELDS = "fields", "fields(a, b)", "The fields.";
    KIND = "kind", "kind = \"hash\"", "The kind of index: `hash`, `btree`, `fulltext` or `vector`.";
    VERSION = "version", "version = 2", "Full text on SingleStore: the version, 2 from 8.7 on.";
    INDEX_TYPE = "index_type", "index_type = \"ivf_pqfs\"", "Vectors on SingleStore: how the index is built, `auto`, `flat`, `ivf_flat`, `ivf_pq`, `ivf_pqfs`, `hnsw_flat` or `hnsw_pq`.";
    METRIC_TYPE = "metric_type", "metric_type = \"dot_product\"", "Vectors on SingleStore: what the index compares by, `euclidean_distance` (if left out) or `dot_product`.";
    NLIST = "nlist", "nlist = 128", "`ivf_…`: the number of lists that vectors are put in.";
    NPROBE = "nprobe", "nprobe = 8", "`ivf_…`: how many of the lists a search reads, where it does not say.";
    M = "m", "m = 32", "`…_pq` and `…_pqfs`: the number of parts that a vector is compressed in.";
    NBITS = "nbits", "nbits = 8", "`…_pq`: bits of each part.";
    NEIGHBORS = "neighbors", "neighbors = 30", "`hnsw_…`: links of each vector, the server's `M`.";
    EF_CONSTRUCTION = "ef_construction", "ef_construction = 40", "`hnsw_…`: vectors considered when one is put in.";
    EF = "ef", "ef = 16", "`hnsw_…`: vectors considered by a search, where it does not say.";
}

attributes! {
    /// Names in `#[field(...)]`.
    field:
    PRIMARY_KEY = "primary_key", "primary_key", "Makes the field the key.";
    UNIQUE = "unique", "unique", "No two rows share the value. `unique = \"lookup\"` means the same, and keeps a side table for it where the server's unique keys must contain the shard key (SingleStore).";
    INDEX = "index", "index", "Gives the column an index.";
    MAX_LENGTH = "max_length", "max_length = 200", "Characters at most (bytes for `Vec<u8>`).";
    PRECISION = "precision", "precision = 10", "Digits of a decimal in all.";
    SCALE = "scale", "scale = 2", "Digits of a decimal after the point.";
    DIM = "dim", "dim = 384", "The number of elements of a vector.";
    DEFAULT = "default", "default = 0", "The value that the program fills in.";
    DEFAULT_FN = "default_fn", "default_fn = make_value", "The function whose value the program fills in.";
    DB_DEFAULT = "db_default", "db_default = \"CURRENT_TIMESTAMP(6)\"", "The default that the database fills in, as SQL.";
    COLUMN = "column", "column = \"title\"", "The column's name.";
    COLLATION = "collation", "collation = \"utf8mb4_bin\"", "The column's collation.";
    COMMENT = "comment", "comment = \"…\"", "The column's comment.";
    CHOICES = "choices", "choices(\"draft\", \"live\")", "The values that validation accepts.";
    TYPE = "type", "type = \"MEDIUMTEXT\"", "The column's type in the database's own words.";
    ON_DELETE = "on_delete", "on_delete = \"cascade\"", "What happens to this row when the row referred to is deleted: `cascade` (if left out, of an `Option` as well), `protect`, `restrict`, `set_null`, `set_default` or `do_nothing`.";
    RENAMED_FROM = "renamed_from", "renamed_from = \"old_name\"", "The field's former name.";
    DB_CONSTRAINT = "db_constraint", "db_constraint = false", "Whether the database holds the relation by a foreign key.";
    TO_FIELD = "to_field", "to_field = \"code\"", "The field referred to, where it is not the key; its type stands second: `ForeignKey<Country, String>`.";
    FROM_FIELDS = "from_fields", "from_fields(tenant, number)", "The fields of this model that a `ForeignObject` refers by.";
    TO_FIELDS = "to_fields", "to_fields(tenant, id)", "The fields that a `ForeignObject` refers to, where they are not the key.";
    BY = "by", "by = \"author\"", "The relation that a `Reverse` is the other side of.";
    THROUGH = "through", "through = Membership", "The model that holds a many-to-many relation.";
    THROUGH_FIELDS = "through_fields", "through_fields(person, club)", "The two relations of the `through` model.";
    SYMMETRICAL = "symmetrical", "symmetrical = false", "Whether a relation to the own model goes both ways.";
    AUTO_NOW = "auto_now", "auto_now", "Sets the time at every save.";
    AUTO_NOW_ADD = "auto_now_add", "auto_now_add", "Sets the time when the row is made.";
    COMPUTED = "computed", "computed = \"price * amount\"", "The expression of a column that the database computes.";
    VALIDATE = "validate", "validate = check_title", "The function that validation calls.";
    EDITABLE = "editable", "editable = false", "Whether forms show the field.";
    SERIALIZE = "serialize", "serialize = false", "Whether `dumpdata` writes the field.";
    HELP_TEXT = "help_text", "help_text = \"…\"", "A hint for forms.";
    VERBOSE_NAME = "verbose_name", "verbose_name = \"…\"", "The field's name for people.";
    FLATTEN = "flatten", "flatten", "Takes over the fields of a struct with `#[model(abstract)]`.";
}

attributes! {
    /// Names in `#[db(...)]` on a `#[derive(DbType)]` type.
    db:
    MAX_LENGTH = "max_length", "max_length = 20", "Characters at most.";
    REPR = "repr", "repr = \"int\"", "Stores an enum's numbers (`int`) or names (`text`).";
    PRECISION = "precision", "precision = 10", "Digits of a decimal in all.";
    SCALE = "scale", "scale = 2", "Digits of a decimal after the point.";
}

attributes! {
    /// Names in `#[db(...)]` on a variant.
    variant:
    RENAME = "rename", "rename = \"on hold\"", "The stored name of the variant.";
}

/// Words of other tools, with what stands for them here.
pub(super) const HABITS: &[(&str, &str)] = &[
    ("null", "a column that may be NULL has the type `Option<…>`"),
    (
        "nullable",
        "a column that may be NULL has the type `Option<…>`",
    ),
    (
        "blank",
        "a column that may be NULL has the type `Option<…>`",
    ),
    (
        "related_name",
        "the other side is a field there: `#[field(by = \"…\")] items: Reverse<…>`",
    ),
    ("db_column", "write `column = \"…\"`"),
    ("column_name", "write `column = \"…\"`"),
    ("rename", "write `column = \"…\"`"),
    ("db_index", "write `index`"),
    ("indexed", "write `index`"),
    ("db_table", "write `table = \"…\"`"),
    ("table_name", "write `table = \"…\"`"),
    ("app_label", "write `app = \"…\"`"),
    ("db_comment", "write `comment = \"…\"`"),
    ("db_collation", "write `collation = \"…\"`"),
    ("max_digits", "write `precision = …`"),
    ("decimal_places", "write `scale = …`"),
    ("pk", "write `primary_key`"),
    ("key", "write `primary_key`"),
    ("id", "write `primary_key`"),
    ("auto_increment", "the key's type says it: `Auto<i64>`"),
    ("autoincrement", "the key's type says it: `Auto<i64>`"),
    ("sql_type", "write `type = \"…\"`"),
    ("column_type", "write `type = \"…\"`"),
    ("order_by", "write `ordering(…)`"),
    ("indexes", "write `index(fields(…))`, once for each"),
    ("constraints", "write `unique(fields(…))`, once for each"),
];

/// What is said below the table of an index's attributes.
const OF_SEVERAL_INDEXES: &str = "
Where two indexes or unique groups of a model name one field, or two indexes have one `kind`, clippy takes what stands twice \
for a mistake (`clippy::duplicated_attributes`), and a derive cannot tell it otherwise. A list in brackets, which means the same \
everywhere, keeps it quiet; one in the model is enough if all indexes stand in one `#[model(...)]`:

```rust,ignore
#[model(
    index(fields[author, day], kind = \"hash\"),
    index(fields[author, title], kind = \"hash\"),
    unique_together[day, title]
)]
```
";

/// The reference of all attributes as Markdown: `docs/attributes.md` is this text.
pub fn reference() -> String {
    let parts: [(&str, &str, &[Attribute]); 6] = [
        ("`#[model(...)]`", "Stands on the struct.", model::ALL),
        (
            "`unique(...)` in `#[model(...)]`",
            "A unique constraint.",
            unique::ALL,
        ),
        ("`index(...)` in `#[model(...)]`", "An index.", index::ALL),
        ("`#[field(...)]`", "Stands on a field.", field::ALL),
        (
            "`#[db(...)]`",
            "Stands on a type with `#[derive(DbType)]`.",
            db::ALL,
        ),
        (
            "`#[db(...)]` on a variant",
            "Stands on a variant of an enum with `#[derive(DbType)]`.",
            variant::ALL,
        ),
    ];
    let mut text = String::from(
        "# Attributes\n\nEvery attribute that the derives read, as the parser knows them; \
         a test holds this page to the code.\n",
    );
    for (title, about, names) in parts {
        text.push_str(&format!(
            "\n## {title}\n\n{about}\n\n| write | it does |\n| --- | --- |\n"
        ));
        for attribute in names {
            // Some attributes take values in which a pipe would end the cell.
            let form = attribute.form.replace('|', "\\|");
            text.push_str(&format!("| `{form}` | {} |\n", attribute.about));
        }
        if names == index::ALL {
            text.push_str(OF_SEVERAL_INDEXES);
        }
    }
    text
}
