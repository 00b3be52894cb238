//! What the derive says of SingleStore's rules.

use crate::support::{messages, model};

fn broken(source: &str) -> Vec<String> {
    let all = model(source)
        .check_storage()
        .map_or_else(messages, |()| Vec::new());
    all.iter()
        .filter_map(|m| m.lines().next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn only_a_storage_type_in_the_code_is_checked() {
    let fields = "struct A { #[field(primary_key)] id: Auto<i64>, #[field(unique)] code: i64, other: Wrapped<u8> }";
    assert_eq!(broken(fields), [""; 0]);
    assert_eq!(
        broken(&format!("#[model(storage_type = \"reference\")] {fields}")),
        [""; 0]
    );
    assert_eq!(
        broken(&format!(
            "#[model(storage_type = \"columnstore\")] {fields}"
        )),
        ["the unique field `code` of `A` does not contain `id` of the shard key (S001)"]
    );
}

#[test]
fn all_broken_rules_show_at_once() {
    let source = "#[model(storage_type = \"rowstore reference\", shard_key(id), sort_key(id))]
        struct A { #[field(primary_key)] id: Auto<i32>, #[field(max_length = 30000)] name: String,
            #[field(max_length = 9, unique)] slug: Slug }";
    assert_eq!(
        broken(source),
        [
            "`A` is a rowstore reference table and names a shard key (S006)",
            "`A` is a rowstore reference table and names a sort key (S008)",
            "the automatic key `id` of `A` is int, not bigint (S012)",
            "`name` of `A` has 30000 characters (S021)",
        ]
    );
}
