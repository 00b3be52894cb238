//! What is said of a wrong `#[model(...)]` or a struct that is no model.

use crate::support::{fault, faults};

/// The first line of the only message of a model with fields `id` (key), `a`, `b`, `text`, `tags`.
#[track_caller]
fn says(attribute: &str, line: &str) {
    let message = fault(&format!(
        "#[model({attribute})] struct A {{ #[field(primary_key)] id: Auto<i64>, a: i64, b: Option<i64>,
            text: String, author: ForeignKey<Author>, tags: ManyToMany<Tag>, vector: Vector<3> }}"
    ));
    assert_eq!(message.lines().next(), Some(line), "{attribute}");
}

#[test]
fn what_is_no_model() {
    assert_eq!(
        fault("enum A { B }"),
        "`A` is an enum: a model is a struct; for an enum that is stored in a column write `#[derive(DbType)]`"
    );
    assert_eq!(
        fault("struct A(i64);"),
        "`A` is a tuple struct: a model needs named fields, one for each column"
    );
    assert_eq!(
        fault("struct A;"),
        "`A` has no fields: a model needs a key, write `{ #[field(primary_key)] pub id: Auto<i64> }`"
    );
    assert_eq!(
        fault("union A { a: i64 }"),
        "`A` is a union: a model is a struct with named fields"
    );
    assert_eq!(
        fault("struct A<T> { #[field(primary_key)] id: i64 }"),
        "model `A` has generic parameters: a table has one fixed set of columns, write one struct for each table"
    );
    assert_eq!(
        fault("#[field(index)] struct A { #[field(primary_key)] id: i64 }"),
        "`#[field(...)]` stands on a field: on the struct write `#[model(...)]`"
    );
}

#[test]
fn keys() {
    assert_eq!(
        fault("struct A { a: i64 }"),
        "model `A` has no primary key: add `#[field(primary_key)] pub id: Auto<i64>`, or name the key's fields with `#[model(primary_key(a, b))]`"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key)] a: i64, #[field(primary_key)] b: i64 }"),
        "a second field says `primary_key`: for a key of several fields write `#[model(primary_key(a, b))]` on the struct"
    );
    assert_eq!(
        fault(
            "#[model(primary_key(b, c))] struct A { #[field(primary_key)] a: i64, b: i64, c: i64 }"
        ),
        "`primary_key` stands on the struct and on `a`: keep one, `#[model(primary_key(b, c))]` is the whole key"
    );
    assert!(
        faults("#[model(primary_key(a))] struct A { #[field(primary_key)] a: i64 }").is_empty()
    );
    assert_eq!(
        fault("#[model(primary_key(a, b))] struct A { a: i64, b: Option<i64> }"),
        "a key is never NULL: write the type of `b` without `Option`"
    );
    assert_eq!(
        fault("#[model(primary_key(a, b))] struct A { a: i64, b: String }"),
        "`primary_key` cannot hold `b`, a text without `max_length`: add `#[field(max_length = 200)]` to `b`"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key)] a: i64, id: Auto<i64> }"),
        "`id` is numbered by the database but is not in the key: add `#[field(primary_key)]`"
    );
    assert_eq!(
        fault("#[model(primary_key(a, b))] struct A { a: Auto<i64>, b: Auto<i64> }"),
        "a second `Auto` field: a table numbers one column only"
    );
    assert!(faults("#[model(primary_key(a, id))] struct A { a: i64, id: Auto<i64> }").is_empty());
}

#[test]
fn names_of_fields() {
    let message = fault(
        "#[model(ordering(-titel))] struct A { #[field(primary_key)] id: i64, title: String }",
    );
    assert_eq!(
        message,
        "`ordering` names `titel`, which is not a field of `A`: did you mean `title`?\nfields: `id`, `title`"
    );
    for attribute in ["primary_key", "shard_key", "sort_key", "unique_together"] {
        let all = faults(&format!(
            "#[model({attribute}(zzzzz))] struct A {{ #[field(primary_key)] id: i64 }}"
        ));
        let start = format!("`{attribute}` names `zzzzz`, which is not a field of `A`");
        assert!(all.iter().any(|m| m.starts_with(&start)), "{all:?}");
    }
    says(
        "unique(fields(zzzzz))",
        "`unique` names `zzzzz`, which is not a field of `A`",
    );
    says(
        "index(fields(zzzzz))",
        "`index` names `zzzzz`, which is not a field of `A`",
    );
    says(
        "ordering(author_id)",
        "`ordering` names `author_id`, which is not a field of `A`: fields are named, not columns, write `author`",
    );
    says(
        "ordering(tags)",
        "`ordering` names `tags`, which has no column in this table: `ManyToMany<Tag>` is kept elsewhere",
    );
    says("ordering(a, a)", "`a` stands twice in `ordering`");
    says(
        "ordering()",
        "`ordering` is empty: write `ordering(-created, id)` or leave it out",
    );
    says(
        "ordering = \"a\"",
        "`ordering` takes names of fields in parentheses, found `\"a\"`: write `ordering(-created, id)`",
    );
    says(
        "ordering(\"-a\")",
        "`ordering` takes names of fields, found `\"-a\"`: write `-a` without quotes",
    );
    says(
        "ordering(a b)",
        "`ordering` takes names of fields, found `a b`: write `ordering(-created, id)`",
    );
    says(
        "shard_key(-id)",
        "`shard_key` has no direction: write `id` without `-`",
    );
    says(
        "sort_key",
        "`sort_key` needs names of fields in parentheses: write `sort_key(a, -b)`",
    );
    says(
        "unique_together()",
        "`unique_together` is empty: write `unique_together(a, b)` or leave it out",
    );
}

#[test]
fn a_wrong_field_does_not_hide_or_cause_other_faults() {
    let all = faults(
        "#[model(ordering(a, c))] struct A { #[field(primary_kye)] id: i64, a: usize, b: i64 }",
    );
    assert_eq!(all.len(), 3, "{all:#?}");
    assert!(all[2].starts_with("`ordering` names `c`"), "{all:#?}");
}

#[test]
fn indexes_and_constraints() {
    says(
        "index",
        "`index` on a model names fields: write `index(fields(a, b))`, or `#[field(index)]` on one field",
    );
    says(
        "unique",
        "`unique` on a model names fields: write `unique(name = \"one_per_day\", fields(a, b))`, or `#[field(unique)]` on one field",
    );
    says(
        "index(name = \"x\")",
        "`index` does not name its fields: write `index(fields(a, b))`",
    );
    says(
        "index(a, -b)",
        "`index` names its fields in `fields(…)`: write `index(fields(a, -b))`",
    );
    says(
        "unique(a)",
        "`unique` names its fields in `fields(…)`: write `unique(fields(a))`",
    );
    says(
        "index(a, fields(b))",
        "unknown attribute `a` in `index(...)`",
    );
    says(
        "index(fields())",
        "`fields` is empty: write `fields(a, b)` or leave it out",
    );
    says(
        "index(fields(a), kind = \"btre\")",
        "`kind` cannot be \"btre\": did you mean `btree`?",
    );
    says(
        "index(fields(a), unenforced)",
        "unknown attribute `unenforced` in `index(...)`",
    );
    says(
        "unique(fields(a), unenforced = 1)",
        "`unenforced` takes no value: write it alone",
    );
    says(
        "index(name = \"1x\", fields(a))",
        "`name` starts with a digit, which SingleStore refuses: start with a letter",
    );
    says(
        "index(name = \"x\", fields(a)), unique(name = \"X\", fields(b))",
        "two indexes or constraints are named \"x\": rename one",
    );
    says(
        "index(fields(text))",
        "`index` cannot hold `text`, a text without `max_length`: add `#[field(max_length = 200)]` to `text`",
    );
    says(
        "unique_together(a, text)",
        "`unique_together` cannot hold `text`, a text without `max_length`: add `#[field(max_length = 200)]` to `text`",
    );
    says(
        "index(fields(vector))",
        "`index` cannot hold `vector`, a vector: write `index(fields(…), kind = \"vector\")` to search by it",
    );
    says(
        "index(fields(a), kind = \"fulltext\")",
        "a fulltext index holds texts, `a` is bigint",
    );
    says(
        "index(fields(a), kind = \"vector\")",
        "a vector index holds a `Vector<…>`, `a` is bigint",
    );
    says(
        "index(fields(vector), kind = \"vector\", version = 2)",
        "`version` is that of a full-text index: add `kind = \"fulltext\"`, or leave it out",
    );
    says(
        "index(fields(text), kind = \"fulltext\", version = 0)",
        "full text has the versions 1 and 2, not 0",
    );
    says(
        "index(fields(vector), kind = \"vector\", index_type = \"hnsw_pq\", nlist = 5)",
        "`nlist` is a number of the index types `ivf_flat`, `ivf_pq`, `ivf_pqfs`; this index is `hnsw_pq`",
    );
    says(
        "index(fields(vector), kind = \"vector\", metric_type = \"cosine\")",
        "`metric_type` cannot be \"cosine\": no vector index compares by the cosine: keep vectors of length 1, and write `metric_type = \"dot_product\"`",
    );
    assert!(faults("#[model(index(fields(v), kind = \"vector\", index_type = \"ivf_pqfs\", metric_type = \"dot_product\", nlist = 128, nprobe = 8, m = 1))] struct A { #[field(primary_key)] id: i64, v: Vector<3> }").is_empty());
    assert!(faults("#[model(index(fields(t), kind = \"fulltext\"))] struct A { #[field(primary_key)] id: i64, t: String }").is_empty());
}

#[test]
fn names_and_values_of_options() {
    says(
        "storage_type = \"columstore\"",
        "`storage_type` cannot be \"columstore\": did you mean `columnstore`?",
    );
    says(
        "app = \"My Blog\"",
        "`app` names a folder and starts table names: use small letters, digits and `_`, found \"My Blog\"",
    );
    says(
        "table = \"\"",
        "`table` is empty: give it a value or leave it out",
    );
    says(
        "table = blog",
        "`table` takes text in quotes, found `blog`: write `table = \"blog_article\"`",
    );
    says(
        "managed = \"no\"",
        "`managed` takes `true` or `false`, found `\"no\"`: write `managed = false`",
    );
    says(
        "renamed_from = \"A\"",
        "`renamed_from` names the model itself: write its former name",
    );
    says(
        "max_length = 3",
        "unknown attribute `max_length` in `#[model(...)]`: it belongs in `#[field(...)]` on a field",
    );
    says(
        "db_table = \"x\"",
        "unknown attribute `db_table` in `#[model(...)]`: write `table = \"…\"`",
    );
    says(
        "table = \"a\", table = \"b\"",
        "`table` stands twice: keep one of them",
    );
    says(
        "abstract, table = \"x\", shard_key(a)",
        "an abstract model has no table, so `table`, `shard_key` means nothing here: write it on the models that flatten it",
    );
}

#[test]
fn columns_and_former_names() {
    assert_eq!(
        fault("struct A { #[field(primary_key)] id: i64, author: ForeignKey<B>, author_id: i64 }"),
        "fields `author` and `author_id` have the same column `author_id`: name another one with `column = \"…\"`"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key)] id: i64, #[field(column = \"ID\")] b: i64 }"),
        "fields `id` and `b` have the same column `ID`: name another one with `column = \"…\"`"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key)] id: i64, #[field(renamed_from = \"id\")] b: i64 }"),
        "`renamed_from` names `id`, which is still a field here"
    );
    assert_eq!(
        fault(
            "struct A { #[field(primary_key, renamed_from = \"x\")] id: i64, #[field(renamed_from = \"x\")] b: i64 }"
        ),
        "two fields were renamed from `x`: keep one"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key, renamed_from = \"id\")] id: i64 }"),
        "`renamed_from` names the field itself: write its former name"
    );
}
