//! From a model as written to the model that takes part in migrations.

use orm_schema::{FieldType, IndexKind, ModelDef, ModelId, OnDelete, RelationDef, hashed_name};

use crate::support::{Blog, messages, model, resolved, unresolved, with_field};

#[test]
fn the_definition_says_what_the_struct_says() {
    let m = resolved(
        r#"#[model(shard_key(author), sort_key(-at), ordering(-at), unique_together(author, title),
            index(fields(author, at)), index(fields(title), kind = "fulltext"), unique(fields(title)))]
        struct BlogPost {
            #[field(primary_key)] id: Auto<i64>,
            #[field(max_length = 200, column = "headline")] title: String,
            #[field(on_delete = "protect", to_field = "code", index)] author: ForeignKey<crate::Author>,
            #[field(column = "editor_id")] editor: Option<OneToOne<Author>>,
            #[field(through = Labelling)] tags: ManyToMany<Tag>,
            parent: Option<ForeignKey<Self>>,
            at: DateTime<Utc>,
            #[field(by = "post")] replies: Reverse<Article>,
            status: Status,
            maybe: Maybe,
        }"#,
    );
    assert_eq!(
        (m.app.as_str(), m.name.as_str(), m.table.as_str()),
        ("blog", "BlogPost", "blog_blog_post")
    );
    let names: Vec<&str> = m.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "id", "title", "author", "editor", "tags", "parent", "at", "status", "maybe"
        ]
    );
    assert!(m.fields[0].auto && !m.fields[1].auto);
    assert_eq!(m.fields[1].column.as_deref(), Some("headline"));
    let mut author = RelationDef::new(ModelId::new("blog", "Author"));
    author.to_field = Some("code".to_owned());
    author.on_delete = OnDelete::Protect;
    assert_eq!(m.fields[2].ty, FieldType::ForeignKey(author));
    assert!(m.fields[2].index && !m.fields[3].index);
    assert_eq!(m.fields[3].column, None, "the default name is not written");
    assert!(m.fields[3].null);
    let through = m.fields[4].ty.relation().and_then(|r| r.through.clone());
    assert_eq!(through, Some(ModelId::new("blog", "Labelling")));
    assert_eq!(
        m.fields[5].ty.relation().map(|r| r.to.name.as_str()),
        Some("BlogPost")
    );
    assert!(m.fields[8].null, "an alias may say that NULL is allowed");
    assert_eq!(m.storage.shard_key, Some(vec!["author".to_owned()]));
    assert_eq!(m.ordering[0].to_string(), "-at");
    assert_eq!(
        m.indexes[0].name,
        hashed_name("blog_blog_post", &["author_id", "at"], "idx")
    );
    assert_eq!(m.indexes[1].kind, Some(IndexKind::Fulltext));
    assert_eq!(
        m.constraints[0].name,
        hashed_name("blog_blog_post", &["headline"], "uniq")
    );
}

#[test]
fn names_that_do_not_resolve_are_all_reported() {
    let all = unresolved(&with_field(
        "a: ForeignKey<Nobody>, b: Mystery, #[field(by = \"x\")] c: Reverse<Nothing>",
    ));
    assert_eq!(
        all,
        [
            "the type is not known here: derive `DbType` on it",
            "no model `Nobody` is known here",
            "no model `Nothing` is known here",
        ]
    );
}

#[test]
fn attributes_apply_to_resolved_types() {
    let m = resolved(&with_field("#[field(max_length = 30, unique)] slug: Slug"));
    assert_eq!(m.fields[1].ty, FieldType::Varchar { max_length: 30 });
    assert_eq!(
        unresolved(&with_field("#[field(unique)] slug: Slug")),
        ["`unique` cannot stand on a text without `max_length`: add `max_length = 200`"]
    );
    assert_eq!(
        unresolved(&with_field("#[field(precision = 3, scale = 1)] slug: Slug")).len(),
        2
    );
    assert_eq!(
        unresolved(&with_field(
            "#[field(default = \"published\")] status: Status"
        )),
        ["`default` does not fit: \"published\" has 9 characters, more than 5"]
    );
    assert_eq!(
        unresolved(&format!(
            "#[model(primary_key(id, status))] {}",
            "struct A { id: i64, status: Maybe }"
        )),
        ["a key is never NULL: write the type of `status` without `Option`"]
    );
}

#[test]
fn bases_are_spliced_in_place() {
    let base = model(
        "#[model(abstract, ordering(-created), index(fields(created)))]
        struct Stamps { #[field(primary_key)] id: Auto<i64>, created: DateTime<Utc> }",
    );
    let source = "#[model(unique_together(a, created))]
        struct Article { a: i64, #[field(flatten)] stamps: base::Stamps, b: i64 }";
    let mut article = model(source);
    assert_eq!(
        unresolved(source),
        [
            "the fields of `base::Stamps` are not known here: it must be a struct with `#[model(abstract)]` that the reader can find"
        ]
    );
    let places: Vec<usize> = article.flattened().map(|(i, _)| i).collect();
    assert_eq!(places, [1]);
    article.flatten(1, &base).expect("the base is abstract");
    let m: ModelDef = article.resolve(&Blog).expect("all is there");
    let names: Vec<&str> = m.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["a", "id", "created", "b"]);
    assert_eq!(m.primary_key, ["id"]);
    assert_eq!(m.ordering[0].to_string(), "-created");
    assert_eq!(m.indexes.len(), 1);
    assert_eq!(
        unresolved("#[model(abstract)] struct Base { a: i64 }"),
        ["`Base` is abstract: it has no table of its own"]
    );
}

#[test]
fn splicing_refuses_what_is_no_base() {
    let plain = model("struct Plain { #[field(primary_key)] id: i64 }");
    let mut article = model("struct Article { a: i64, #[field(flatten)] stamps: Plain }");
    let all = messages(article.flatten(1, &plain).expect_err("not abstract"));
    assert_eq!(
        all,
        [
            "`Plain` is a model of its own: write `#[model(abstract)]` on it, or relate to it with `OneToOne<Plain>`"
        ]
    );
    assert_eq!(
        messages(article.flatten(0, &plain).expect_err("a column")),
        ["`a` is not flattened"]
    );
    assert_eq!(
        messages(article.flatten(7, &plain).expect_err("nothing")),
        ["`Article` has no field at position 7"]
    );
}

#[test]
fn what_a_base_brings_is_checked_once_it_is_there() {
    let base = model("#[model(abstract)] struct Base { b: i64 }");
    let mut article =
        model("#[model(ordering(c))] struct Article { #[field(flatten)] base: Base }");
    article.flatten(0, &base).expect("the base is abstract");
    let all = messages(article.resolve(&Blog).expect_err("no key, no `c`"));
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all[0].starts_with("`ordering` names `c`, which is not a field of `Article`"));
    assert!(all[1].starts_with("model `Article` has no primary key"));
}

#[test]
fn two_indexes_of_one_name_are_refused() {
    let source = "#[model(index(fields(a)), index(fields(a), kind = \"hash\"))]
        struct A { #[field(primary_key)] id: Auto<i64>, a: i64 }";
    assert_eq!(
        unresolved(source),
        ["the same fields have two indexes: give one of them a `name = \"…\"`, or remove it"]
    );
}
