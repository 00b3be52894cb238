//! What is said of a wrong `#[field(...)]`, one attribute after the other.

use crate::support::{fault, faults, field_fault, with_field};

/// The first line of the only message.
#[track_caller]
fn says(field: &str, line: &str) {
    let message = field_fault(field);
    assert_eq!(message.lines().next(), Some(line), "{field}");
}

#[test]
fn unknown_names() {
    let message = field_fault("#[field(max_lenght = 3)] f: String");
    let (first, second) = message.split_once('\n').expect("the names follow");
    assert_eq!(
        first,
        "unknown attribute `max_lenght` in `#[field(...)]`: did you mean `max_length`?"
    );
    assert!(
        second.starts_with("valid names: `primary_key`, `unique`, `index`, `max_length`"),
        "{second}"
    );
    says(
        "#[field(xyzzy)] f: i64",
        "unknown attribute `xyzzy` in `#[field(...)]`",
    );
    says(
        "#[field(null)] f: i64",
        "unknown attribute `null` in `#[field(...)]`: a column that may be NULL has the type `Option<…>`",
    );
    says(
        "#[field(shard_key)] f: i64",
        "unknown attribute `shard_key` in `#[field(...)]`: it belongs in `#[model(...)]` on the struct",
    );
    says(
        "#[field(db_column = \"x\")] f: i64",
        "unknown attribute `db_column` in `#[field(...)]`: write `column = \"…\"`",
    );
}

#[test]
fn shapes_of_attributes() {
    says(
        "#[field] f: i64",
        "`#[field]` says nothing: write `#[field(...)]` with names inside",
    );
    says(
        "#[field = 3] f: i64",
        "`#[field = …]` is not understood: write `#[field(...)]`",
    );
    says(
        "#[field(3)] f: i64",
        "expected a name in `#[field(...)]`, found `3`",
    );
    says(
        "#[field(unique index)] f: i64",
        "unexpected `index` after `unique`: commas stand between attributes",
    );
    says(
        "#[field(default =)] f: i64",
        "`default` has no value after `=`: write `default = 0`",
    );
    says(
        "#[field(default: 3)] f: i64",
        "a value stands behind `=`, not `:`: write `default = 0`",
    );
    says("#[field(index, , unique)] f: i64", "one comma too many");
    says(
        "#[field(unique, unique)] f: i64",
        "`unique` stands twice: keep one of them",
    );
    says(
        "#[field(index = true)] f: i64",
        "`index` takes no value: write it alone",
    );
    says(
        "#[model(index)] f: i64",
        "`#[model(...)]` stands on the struct: on a field write `#[field(...)]`",
    );
    says(
        "#[field(choices(1)(2))] f: i64",
        "unexpected `(2)` after `choices`: commas stand between attributes",
    );
}

#[test]
fn kinds_of_values() {
    says(
        "#[field(max_length = \"3\")] f: String",
        "`max_length` takes a whole number, found `\"3\"`: write `max_length = 200`",
    );
    says(
        "#[field(max_length)] f: String",
        "`max_length` needs a whole number: write `max_length = 200`",
    );
    says(
        "#[field(max_length(3))] f: String",
        "`max_length` takes a whole number, found `(3)`: write `max_length = 200`",
    );
    says(
        "#[field(max_length = -1)] f: String",
        "`max_length` is out of range: -1",
    );
    says(
        "#[field(max_length = 99999999999)] f: String",
        "`max_length` is out of range: 99999999999",
    );
    says(
        "#[field(column = 3)] f: i64",
        "`column` takes text in quotes, found `3`: write `column = \"title\"`",
    );
    says(
        "#[field(column = \"\")] f: i64",
        "`column` is empty: give it a value or leave it out",
    );
    says(
        "#[field(editable = 1)] f: i64",
        "`editable` takes `true` or `false`, found `1`: write `editable = false`",
    );
    says(
        "#[field(validate = \"check\")] f: i64",
        "`validate` takes a path without quotes, found `\"check\"`: write `validate = check_title`",
    );
    says(
        "#[field(default_fn = 3)] f: i64",
        "`default_fn` takes a path, found `3`: write `default_fn = make_value`",
    );
    says(
        "#[field(default)] f: i64",
        "`default` needs a value: write `default = 0`",
    );
    says(
        "#[field(default = MAX)] f: i64",
        "`default` takes a literal such as `0`, `true` or `\"text\"`, found `MAX`: for a constant or a call write `default_fn = path` of a function",
    );
    says(
        "#[field(default = 'a')] f: String",
        "`default` takes text in double quotes, found a character: write \"a\"",
    );
    says(
        "#[field(default = b\"a\")] f: String",
        "`default` takes a number, a truth value or text, found `b\"a\"`: for other values write `default_fn = path`",
    );
    says(
        "#[field(choices = \"a\")] f: String",
        "`choices` takes values in parentheses, found `\"a\"`: write `choices(\"draft\", \"live\")`",
    );
    says(
        "#[field(choices())] f: String",
        "`choices` is empty: write `choices(\"draft\", \"live\")` or leave it out",
    );
    says(
        "#[field(unique = \"lokup\")] f: i64",
        "`unique` cannot be \"lokup\": did you mean `lookup`?",
    );
}

#[test]
fn key() {
    says(
        "#[field(primary_key = 1)] f: i64",
        "`primary_key` takes no value: write it alone",
    );
    assert_eq!(
        fault("struct A { #[field(primary_key)] id: Option<i64> }"),
        "a key is never NULL: write the type without `Option`"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key, unique)] id: i64 }"),
        "`unique` adds nothing to `primary_key`: a key is unique"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key, index)] id: i64 }"),
        "`index` adds nothing to `primary_key`: a key has an index"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key)] id: String }"),
        "`primary_key` cannot stand on a text without `max_length`: add `max_length = 200`"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key)] id: Vec<u8> }"),
        "`primary_key` cannot stand on bytes without `max_length`: add `max_length = 200`"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key)] id: Json<X> }"),
        "`primary_key` cannot stand on a JSON document"
    );
}

#[test]
fn unique_and_index() {
    says(
        "#[field(unique)] f: String",
        "`unique` cannot stand on a text without `max_length`: add `max_length = 200`",
    );
    says(
        "#[field(index)] f: String",
        "`index` cannot stand on a text without `max_length`: add `max_length = 200`",
    );
    says(
        "#[field(unique, index)] f: i64",
        "`index` adds nothing to `unique`: a unique column has an index",
    );
    says(
        "#[field(unique)] f: OneToOne<B>",
        "`unique` adds nothing to `OneToOne`: it is unique by itself",
    );
    assert!(faults(&with_field("#[field(unique = \"lookup\", index)] f: i64")).is_empty());
}

#[test]
fn sizes() {
    says(
        "#[field(max_length = 0)] f: String",
        "`max_length` must be at least 1: no text would fit into 0 characters",
    );
    says(
        "#[field(max_length = 9)] f: i64",
        "`max_length` does not fit the type: it belongs on `String` and `Vec<u8>`, this is bigint",
    );
    says(
        "#[field(precision = 9)] f: Decimal",
        "`Decimal` needs `scale` (digits after the point): write `#[field(precision = 10, scale = 2)]`",
    );
    says(
        "#[field(scale = 9)] f: Decimal",
        "`Decimal` needs `precision` (digits in all): write `#[field(precision = 10, scale = 2)]`",
    );
    says(
        "f: Decimal",
        "`Decimal` needs `precision` (digits in all) and `scale` (digits after the point): write `#[field(precision = 10, scale = 2)]`",
    );
    says(
        "#[field(precision = 66, scale = 2)] f: Decimal",
        "`precision` must be between 1 and 65 digits",
    );
    says(
        "#[field(precision = 4, scale = 5)] f: Decimal",
        "`scale` counts among the `precision` digits, so it cannot be more than 4",
    );
    says(
        "#[field(precision = 40, scale = 31)] f: Decimal",
        "`scale` must be at most 30 digits",
    );
    says(
        "#[field(dim = 3)] f: i64",
        "`dim` does not fit the type: it belongs on `Vector<…>`, this is bigint",
    );
    says(
        "f: Vector<DIM>",
        "the number of elements of `Vector<DIM>` is not known here: write `Vector<384>` or add `#[field(dim = 384)]`",
    );
    says(
        "#[field(dim = 4)] f: Vector<3>",
        "`dim = 4` contradicts `Vector<3>`: leave it out",
    );
    says("f: Vector<0>", "a vector has 1 to 65535 elements");
    says(
        "#[field(collation = \"c\")] f: i64",
        "`collation` does not fit the type: it belongs on `String`, this is bigint",
    );
    says(
        "#[field(type = \"X\", max_length = 3)] f: String",
        "`max_length` does not fit the type: say it in `type = \"…\"`",
    );
}

#[test]
fn defaults_that_do_not_fit() {
    says(
        "#[field(default = \"a\")] f: i64",
        "`default` does not fit: the type needs a whole number, found text `\"a\"`",
    );
    says(
        "#[field(default = 40000)] f: i16",
        "`default` does not fit: 40000 is not in the range of the type, -32768 to 32767",
    );
    says(
        "#[field(default = -1)] f: u32",
        "`default` does not fit: -1 is not in the range of the type, 0 to 4294967295",
    );
    says(
        "#[field(default = 1)] f: bool",
        "`default` does not fit: the type needs `true` or `false`, found `1`",
    );
    says(
        "#[field(default = \"1\")] f: f64",
        "`default` does not fit: the type needs a number, found text `\"1\"`",
    );
    says(
        "#[field(default = 1)] f: String",
        "`default` does not fit: the type needs text in quotes, found `1`",
    );
    says(
        "#[field(default = \"abc\", max_length = 2)] f: String",
        "`default` does not fit: \"abc\" has 3 characters, more than 2",
    );
    says(
        "#[field(default = \"2023-02-29\")] f: NaiveDate",
        "`default` does not fit: \"2023-02-29\" is not a date such as \"2024-12-31\"",
    );
    says(
        "#[field(default = \"24:00:00\")] f: NaiveTime",
        "`default` does not fit: \"24:00:00\" is not a time such as \"23:59:59\"",
    );
    says(
        "#[field(default = \"now\")] f: DateTime<Utc>",
        "`default` does not fit: \"now\" is not an instant in UTC such as \"2024-12-31 23:59:59\"",
    );
    says(
        "#[field(default = \"x\")] f: Uuid",
        "`default` does not fit: \"x\" is not a UUID such as \"67e55044-10b1-426f-9247-bb680e5fe0c8\"",
    );
    says(
        "#[field(default = \"1.2.3\")] f: IpAddr",
        "`default` does not fit: \"1.2.3\" is not an address such as \"127.0.0.1\"",
    );
    says(
        "#[field(default = \"\")] f: Value",
        "`default` does not fit: \"\" is not a JSON document such as \"{}\"",
    );
    says(
        "#[field(default = 1.234, precision = 4, scale = 2)] f: Decimal",
        "`default` does not fit: 1.234 has more than 2 digits after the point",
    );
    says(
        "#[field(default = 123, precision = 4, scale = 2)] f: Decimal",
        "`default` does not fit: 123 has more than 2 digits before the point",
    );
    says(
        "#[field(default = \"1e3\", precision = 4, scale = 2)] f: Decimal",
        "`default` does not fit: \"1e3\" is not a plain decimal number such as \"-12.50\"",
    );
    says(
        "#[field(default = \"ab\")] f: Vec<u8>",
        "`default` does not fit: this type has no literal: write `default_fn = path`",
    );
    says(
        "#[field(default = 1.5)] f: Duration",
        "`default` does not fit: the type needs a whole number of microseconds, found `1.5`",
    );
    says(
        "#[field(default = true)] f: ForeignKey<B>",
        "`default` does not fit: the type needs the key of a row: a whole number or text, found `true`",
    );
    says(
        "#[field(choices(1, \"b\"))] f: i64",
        "a value of `choices` does not fit: the type needs a whole number, found text `\"b\"`",
    );
    says(
        "#[field(choices(1, 2), default = 3)] f: i64",
        "`default` is not one of the `choices`",
    );
}

#[test]
fn what_excludes_each_other() {
    says(
        "#[field(default = 1, default_fn = f)] f: i64",
        "`default` and `default_fn` exclude each other: keep one",
    );
    says(
        "#[field(auto_now, auto_now_add)] f: NaiveDate",
        "`auto_now` and `auto_now_add` exclude each other: keep one",
    );
    says(
        "#[field(auto_now, default_fn = f)] f: NaiveDate",
        "`auto_now` and `default_fn` exclude each other: keep one",
    );
    says(
        "#[field(auto_now_add, default = \"2024-01-01\")] f: NaiveDate",
        "`auto_now_add` and `default` exclude each other: keep one",
    );
    says(
        "#[field(computed = \"1\", default = 1)] f: i64",
        "`computed` and `default` exclude each other: keep one",
    );
    says(
        "#[field(computed = \"1\", db_default = \"1\")] f: i64",
        "`computed` and `db_default` exclude each other: keep one",
    );
    says(
        "#[field(auto_now)] f: i64",
        "`auto_now` does not fit the type: it belongs on dates and times, this is bigint",
    );
    says(
        "#[field(auto_now_add)] f: String",
        "`auto_now_add` does not fit the type: it belongs on dates and times, this is text",
    );
}

#[test]
fn attributes_on_the_wrong_kind_of_field() {
    says(
        "#[field(on_delete = \"cascade\")] f: String",
        "`on_delete` cannot stand on a field that holds a value: it belongs on `ForeignKey` and `OneToOne`",
    );
    says(
        "#[field(to_field = \"code\")] f: i64",
        "`to_field` cannot stand on a field that holds a value: it belongs on `ForeignKey` and `OneToOne`",
    );
    says(
        "#[field(by = \"x\")] f: ForeignKey<B>",
        "`by` cannot stand on a `ForeignKey`: it belongs on `Reverse<…>`",
    );
    says(
        "#[field(through = X)] f: ForeignKey<B>",
        "`through` cannot stand on a `ForeignKey`: it belongs on `ManyToMany`",
    );
    says(
        "#[field(symmetrical)] f: OneToOne<B>",
        "`symmetrical` cannot stand on a `OneToOne`: it belongs on `ManyToMany`",
    );
    says(
        "#[field(max_length = 3)] f: ForeignKey<B>",
        "`max_length` cannot stand on a `ForeignKey`: its column has the type of the key it refers to",
    );
    says(
        "#[field(on_delete = \"cascade\")] f: ManyToMany<B>",
        "`on_delete` cannot stand on a `ManyToMany`: rows of the joining table always go with either side",
    );
    says(
        "#[field(column = \"x\")] f: ManyToMany<B>",
        "`column` cannot stand on a `ManyToMany`: it has no column in this table",
    );
    says(
        "#[field(index, by = \"x\")] f: Reverse<B>",
        "`index` cannot stand on a `Reverse`: it has no column in this table",
    );
    says(
        "f: Reverse<B>",
        "`Reverse` does not say which relation it is the other side of: write `#[field(by = \"…\")]` with the name of a relation field of `B`",
    );
    assert_eq!(
        fault("struct A { #[field(primary_key, default = 1)] id: Auto<i64> }"),
        "`default` cannot stand on an `Auto` field: the database numbers the rows"
    );
    assert_eq!(
        fault("struct A { #[field(primary_key, unique)] id: Auto<i64> }"),
        "`unique` cannot stand on an `Auto` field: it is the key, which is unique and has an index"
    );
    says(
        "#[field(flatten, index)] f: B",
        "`index` cannot stand on a flattened base: it has no column in this table",
    );
}

#[test]
fn relations() {
    let message = field_fault("#[field(on_delete = \"setnull\")] f: Option<ForeignKey<B>>");
    assert_eq!(
        message,
        "`on_delete` cannot be \"setnull\": did you mean `set_null`?\n\
         valid values: `cascade`, `protect`, `restrict`, `set_null`, `set_default`, `do_nothing`"
    );
    says(
        "#[field(on_delete = \"set_null\")] f: ForeignKey<B>",
        "`on_delete = \"set_null\"` needs a column that may be NULL: write `Option<ForeignKey<B>>`",
    );
    says(
        "#[field(on_delete = \"set_default\")] f: ForeignKey<B>",
        "`on_delete = \"set_default\"` needs a default: add `default = …` with the key of a row",
    );
    says(
        "#[field(through_fields(a, b))] f: ManyToMany<B>",
        "`through_fields` needs `through`: write `through = Membership` as well",
    );
    says(
        "#[field(through = X, through_fields(a))] f: ManyToMany<B>",
        "`through_fields` names two fields, found 1: write `through_fields(person, club)`",
    );
    says(
        "#[field(through = X, through_fields(\"a\", b))] f: ManyToMany<B>",
        "`through_fields` takes names of fields, found `\"a\"`: write `a` without quotes",
    );
    says(
        "#[field(symmetrical)] f: ManyToMany<B>",
        "`symmetrical` needs a relation of the model to itself: `B` is another model",
    );
    says(
        "f: ForeignKey",
        "`ForeignKey` does not say which model it refers to: write `ForeignKey<Author>`",
    );
    says(
        "f: ForeignKey<Option<B>>",
        "`ForeignKey<Option<B>>` does not name a model: `Option<B>` is not a struct's plain name: write `Option<ForeignKey<…>>`",
    );
    says(
        "f: ManyToMany<&B>",
        "`ManyToMany` does not say which model it refers to: write `ManyToMany<Author>`",
    );
}

#[test]
fn types_that_cannot_be_stored() {
    says(
        "f: usize",
        "`usize` cannot be stored: its size depends on the machine: use `u64` or `u32`",
    );
    says(
        "f: isize",
        "`isize` cannot be stored: its size depends on the machine: use `i64` or `i32`",
    );
    says(
        "f: Option<i128>",
        "`i128` cannot be stored: no database has 128-bit integers: use `i64`, `Decimal` or `Uuid`",
    );
    says(
        "f: char",
        "`char` cannot be stored: use `String` with `#[field(max_length = 1)]`",
    );
    says(
        "f: &'static str",
        "`&'static str` cannot be stored: a model owns its data: use `String`",
    );
    says(
        "f: [u8; 16]",
        "`[u8; 16]` cannot be stored: use `Vec<u8>` with `#[field(max_length = …)]`",
    );
    says(
        "f: (i64, i64)",
        "`(i64, i64)` cannot be stored: a column holds one value: use one field for each, or `Json<…>`",
    );
    says(
        "f: Vec<String>",
        "`Vec<String>` cannot be stored: a column holds one value: use `Json<Vec<…>>`, `Vector<N>` for numbers to search by, or `ManyToMany<…>`",
    );
    says(
        "f: HashMap<String, i64>",
        "`HashMap<String, i64>` cannot be stored: use `Json<…>` around it, or a model of its own",
    );
    says(
        "f: DateTime<Local>",
        "`DateTime<Local>` cannot be stored: databases here keep instants in UTC, write `DateTime<Utc>`",
    );
    says(
        "f: Option<Option<i64>>",
        "`Option` inside `Option` has no meaning in a database: a column is NULL or not, write one `Option`",
    );
    says(
        "f: Option<ManyToMany<B>>",
        "`ManyToMany` cannot be optional: a set may be empty, so write it without `Option`",
    );
    says(
        "#[field(by = \"a\")] f: Option<Reverse<B>>",
        "`Reverse` cannot be optional: a set may be empty, so write it without `Option`",
    );
    says(
        "f: Option<Auto<i64>>",
        "`Auto` cannot be optional: it is already empty until the row is saved, so write it without `Option`",
    );
    says(
        "f: Auto<String>",
        "`Auto<String>` is not a key that a database can number: write `Auto<i64>` (also `Auto<i32>`, `Auto<u64>`)",
    );
    says(
        "f: fn(i64) -> i64",
        "`fn(i64) -> i64` cannot be stored: a field's type is a name such as `String`, `i64` or `ForeignKey<Author>`",
    );
}

#[test]
fn names_in_the_database() {
    let long = "x".repeat(65);
    says(
        &format!("#[field(column = \"{long}\")] f: i64"),
        "`column` has 65 characters, databases take at most 64",
    );
    says(
        "#[field(column = \"a`b\")] f: i64",
        "`column` holds a character that names must not have: use letters, digits and `_`",
    );
    says(
        &format!("{long}: i64"),
        &format!(
            "the column of `{long}` has more than 64 characters: name a shorter one with `column = \"…\"`"
        ),
    );
}

#[test]
fn all_faults_of_a_struct_show_at_once() {
    let all = faults(
        "#[model(tabel = \"x\")] struct A { #[field(max_lenght = 3, index = 1)] a: String, b: usize, #[field(precission = 3)] c: Decimal }",
    );
    let first_lines: Vec<&str> = all.iter().filter_map(|m| m.lines().next()).collect();
    assert_eq!(
        first_lines,
        [
            "unknown attribute `tabel` in `#[model(...)]`: did you mean `table`?",
            "unknown attribute `max_lenght` in `#[field(...)]`: did you mean `max_length`?",
            "`index` takes no value: write it alone",
            "`usize` cannot be stored: its size depends on the machine: use `u64` or `u32`",
            "unknown attribute `precission` in `#[field(...)]`: did you mean `precision`?",
        ]
    );
}
