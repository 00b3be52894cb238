//! Names of structs and fields from names of tables and columns.

use orm_schema::snake_case;

/// Names of the prelude and of Rust that a struct beside `use orm::prelude::*` must not have.
const TAKEN: [&str; 33] = [
    "Json",
    "Connection",
    "Db",
    "DbError",
    "DbErrorKind",
    "Executor",
    "Transaction",
    "Error",
    "Result",
    "Auto",
    "ForeignKey",
    "ManyToMany",
    "OneToOne",
    "Reverse",
    "QuerySet",
    "Record",
    "DbType",
    "Model",
    "Vector",
    "DateTime",
    "Utc",
    "Self",
    "Option",
    "Vec",
    "String",
    "Box",
    "Some",
    "None",
    "Ok",
    "Err",
    "Decimal",
    "Uuid",
    "Value",
];

/// A table's name as a struct's: `blog_post` and `BlogPost` are `BlogPost`.
pub(super) fn struct_name(table: &str) -> String {
    let mut out = String::new();
    for word in table
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        // ACTOR is a word, iPhone and PlaylistTrack are as they should be.
        let shouted = word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
        let mut chars = word.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        if shouted {
            out.extend(chars.flat_map(char::to_lowercase));
        } else {
            out.extend(chars);
        }
    }
    if !out.starts_with(|c: char| c.is_alphabetic()) {
        out.insert_str(0, "Table");
    }
    if TAKEN.contains(&out.as_str()) {
        out.push_str("Row");
    }
    out
}

/// A column's name as a field's: `AlbumId` is `album_id`, `two words` is `two_words`.
pub(super) fn field_name(column: &str) -> String {
    let words: String = column
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    let mut out = String::new();
    for c in snake_case(&words).chars() {
        if c != '_' || !out.ends_with('_') {
            out.push(c);
        }
    }
    let out = out.trim_matches('_');
    match out {
        "" => "column".to_owned(),
        // These cannot be written as `r#…`.
        "self" | "super" | "crate" => format!("{out}_"),
        out if out.starts_with(|c: char| c.is_alphabetic()) => out.to_owned(),
        out => format!("n{out}"),
    }
}

/// The first of `name`, `name_2`, `name_3`, … that is free.
pub(super) fn free(name: String, separator: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&name) {
        return name;
    }
    let mut number = 2_u32;
    loop {
        let next = format!("{name}{separator}{number}");
        if !taken(&next) {
            return next;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_structs() {
        for (table, expected) in [
            ("blog_post", "BlogPost"),
            ("PlaylistTrack", "PlaylistTrack"),
            ("ACTOR", "Actor"),
            ("2fa", "Table2fa"),
            ("model", "ModelRow"),
            ("order-items", "OrderItems"),
            ("größe", "Größe"),
            ("__", "Table"),
        ] {
            assert_eq!(struct_name(table), expected, "{table}");
        }
    }

    #[test]
    fn columns_become_fields() {
        for (column, expected) in [
            ("AlbumId", "album_id"),
            ("ID", "id"),
            ("two words", "two_words"),
            ("1st", "n1st"),
            ("self", "self_"),
            ("type", "type"),
            ("a--b", "a_b"),
            ("$", "column"),
        ] {
            assert_eq!(field_name(column), expected, "{column}");
        }
        assert_eq!(free("a".into(), "_", |n| n == "a" || n == "a_2"), "a_3");
    }
}
