//! Rules that several models break together, or that are a warning: each fires where it should, and
//! stays silent beside it.

use orm_schema::check::{
    Finding, check_models, check_mysql, check_one_to_one, check_sqlite, check_through,
};
use orm_schema::{
    ConstraintDef, FieldDef, FieldType, IndexDef, IndexKind, ModelDef, ModelId, RelationDef,
    Unique, hashed_name,
};

fn to(name: &str) -> RelationDef {
    RelationDef::new(ModelId::new("blog", name))
}

/// A model with an automatic key and the text `slug`.
fn model(name: &str) -> ModelDef {
    let mut model = ModelDef::new("blog", name);
    let mut id = FieldDef::new("id", FieldType::BigInt { unsigned: false });
    id.auto = true;
    let slug = FieldDef::new("slug", FieldType::Varchar { max_length: 20 });
    model.fields = vec![id, slug];
    model.primary_key = vec!["id".to_owned()];
    model
}

fn with(mut model: ModelDef, name: &str, ty: FieldType) -> ModelDef {
    model.fields.push(FieldDef::new(name, ty));
    model
}

fn names(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|f| (*f).to_owned()).collect()
}

fn indexed(mut model: ModelDef, name: &str, kind: Option<IndexKind>) -> ModelDef {
    model.indexes.push(IndexDef {
        name: name.to_owned(),
        fields: names(&["slug"]),
        kind,
        options: orm_schema::IndexOptions::default(),
    });
    model
}

fn constrained(mut model: ModelDef, name: &str) -> ModelDef {
    model.constraints.push(ConstraintDef {
        name: name.to_owned(),
        fields: names(&["slug"]),
        unenforced: false,
    });
    model
}

/// Model, rule, the other model and the message.
type Told = (String, &'static str, Option<String>, String);

fn told(found: Vec<(ModelId, Finding)>) -> Vec<Told> {
    let told = found.into_iter().map(|(id, f)| {
        assert!(!f.hint.is_empty());
        (id.name, f.id, f.other.map(|o| o.name), f.message)
    });
    told.collect()
}

#[track_caller]
fn clash(models: &[ModelDef], at: &str, other: &str, message: &str) {
    let expected: Told = (
        at.to_owned(),
        "G012",
        Some(other.to_owned()),
        message.to_owned(),
    );
    assert_eq!(told(check_sqlite(models)), [expected]);
    // Servers keep the names by table.
    assert_eq!(check_models(models), []);
}

#[test]
fn g012_names_that_sqlite_has_once() {
    clash(
        &[
            indexed(model("Page"), "by_slug", None),
            indexed(model("Post"), "BY_slug", None),
        ],
        "Post",
        "Page",
        "the index `BY_slug` of `blog.Post` has the name of the index of `blog.Page`",
    );
    // A table, its own as well, and that of pairs.
    clash(
        &[indexed(model("Page"), "blog_page", None)],
        "Page",
        "Page",
        "the index `blog_page` of `blog.Page` has the name of the table of `blog.Page`",
    );
    let tagged = with(model("Post"), "tags", FieldType::ManyToMany(to("Page")));
    clash(
        &[
            indexed(model("Page"), "blog_post_tags", None),
            tagged.clone(),
        ],
        "Page",
        "Post",
        "the index `blog_post_tags` of `blog.Page` has the name of the table for `tags` of `blog.Post`",
    );
    // What a field names by itself.
    let mut searched = model("Post");
    searched.fields[1].index = true;
    let by_itself = hashed_name("blog_post", &["slug"], "idx");
    clash(
        &[indexed(model("Page"), &by_itself, None), searched],
        "Page",
        "Post",
        &format!(
            "the index `{by_itself}` of `blog.Page` has the name of the index of `slug` of `blog.Post`"
        ),
    );
    let pairs = hashed_name("blog_post_tags", &["page_id"], "idx");
    clash(
        &[indexed(model("Page"), &pairs, None), tagged],
        "Page",
        "Post",
        &format!(
            "the index `{pairs}` of `blog.Page` has the name of an index for `tags` of `blog.Post`"
        ),
    );
}

#[test]
fn g012_is_silent_where_sqlite_has_no_such_index() {
    let silent = |models: &[ModelDef]| assert_eq!(told(check_sqlite(models)), []);
    silent(&[
        indexed(model("Page"), "by_slug", None),
        indexed(model("Post"), "post_by_slug", None),
    ]);
    for kind in [IndexKind::Fulltext, IndexKind::Vector] {
        silent(&[
            indexed(model("Page"), "by_slug", Some(kind)),
            indexed(model("Post"), "by_slug", None),
        ]);
    }
    let mut foreign = indexed(model("Post"), "by_slug", None);
    foreign.managed = false;
    silent(&[indexed(model("Page"), "by_slug", None), foreign]);
    // Unique keys have their names within their tables.
    silent(&[
        indexed(model("Page"), "by_slug", None),
        constrained(model("Post"), "by_slug"),
        constrained(model("Pin"), "by_slug"),
    ]);
    // Twice in one model is a rule of all databases.
    let twice = constrained(indexed(model("Page"), "by_slug", None), "by_slug");
    silent(std::slice::from_ref(&twice));
    assert_eq!(told(check_models([&twice]))[0].1, "G004");
}

#[test]
fn g013_a_foreign_key_of_one_row() {
    let found = |change: &dyn Fn(&mut ModelDef)| -> Vec<(String, String)> {
        let mut page = with(model("Page"), "author", FieldType::ForeignKey(to("Author")));
        change(&mut page);
        let found = check_one_to_one(&page);
        let told = found.into_iter().map(|f| {
            assert_eq!((f.id, f.field.as_deref()), ("G013", Some("author")));
            (f.message, f.hint)
        });
        told.collect()
    };
    assert_eq!(found(&|_| ()), []);
    assert_eq!(
        found(&|m| m.fields[2].unique = Unique::Yes),
        [(
            "`author` of `Page` is a `ForeignKey` that is unique, so that no two rows share it"
                .into(),
            "write `OneToOne<Author>` and leave `unique` out; the table stays as it is".into()
        )]
    );
    let key = found(&|m| m.primary_key = names(&["author"]));
    assert_eq!(
        key[0].1,
        "write `OneToOne<Author>`; the table stays as it is"
    );
    assert_eq!(found(&|m| m.fields[2].unique = Unique::Lookup).len(), 1);
    assert_eq!(found(&|m| m.primary_key = names(&["author", "slug"])), []);
    let one = |m: &mut ModelDef| m.fields[2].ty = FieldType::OneToOne(to("Author"));
    assert_eq!(found(&one), []);
}

#[test]
fn g014_keys_that_are_too_long() {
    let found = |change: &dyn Fn(&mut ModelDef)| -> Vec<(Option<String>, String)> {
        let mut page = with(model("Page"), "no", FieldType::BigInt { unsigned: false });
        page.fields[1].ty = FieldType::Varchar { max_length: 768 };
        change(&mut page);
        let found = check_mysql(&page, &|_| None).into_iter();
        found.map(|f| (f.field, f.message)).collect()
    };
    let slug = Some("slug".to_owned());
    assert_eq!(found(&|m| m.fields[1].unique = Unique::Yes), []);
    let long = |m: &mut ModelDef| m.fields[1].ty = FieldType::Varchar { max_length: 769 };
    assert_eq!(found(&long), []);
    for (unique, index) in [
        (Unique::Yes, false),
        (Unique::Lookup, false),
        (Unique::No, true),
    ] {
        let what = if index { "index of" } else { "unique field" };
        let told = found(&|m| {
            long(m);
            m.fields[1].unique = unique;
            m.fields[1].index = index;
        });
        let message = format!("the {what} `slug` of `Page` may have 3076 bytes");
        assert_eq!(told, [(slug.clone(), message)]);
    }
    let key = found(&|m| {
        long(m);
        m.primary_key = names(&["slug"]);
    });
    assert_eq!(key[0].1, "the primary key of `Page` may have 3076 bytes");
    // Columns of a key add up; words have indexes of another kind.
    let together = found(&|m| m.unique_together.push(names(&["slug", "no"])));
    let message = "`unique_together(slug, no)` of `Page` may have 3080 bytes".to_owned();
    assert_eq!(together, [(None, message)]);
    let words = |m: &mut ModelDef| {
        long(m);
        *m = indexed(m.clone(), "words", Some(IndexKind::Fulltext));
    };
    assert_eq!(found(&words), []);
    let index = |m: &mut ModelDef| {
        long(m);
        *m = indexed(m.clone(), "by_slug", None);
    };
    assert_eq!(
        found(&index)[0].1,
        "the index `by_slug` of `Page` may have 3076 bytes"
    );
    let foreign = |m: &mut ModelDef| {
        index(m);
        m.managed = false;
    };
    assert_eq!(found(&foreign), []);
}

/// `Person.clubs` by a `Membership` with these relations, and what `through_fields` says.
fn pairs(keys: &[(&str, &str)], fields: Option<(&str, &str)>, target: &str) -> Vec<Told> {
    let mut relation = to(target);
    relation.through = Some(ModelId::new("blog", "Membership"));
    let person = with(model("Person"), "clubs", FieldType::ManyToMany(relation));
    let mut membership = model("Membership");
    for (name, target) in keys {
        membership = with(membership, name, FieldType::ForeignKey(to(target)));
    }
    let fields = fields.map(|(from, to)| (from.to_owned(), to.to_owned()));
    let said = |id: &ModelId, field: &str| {
        assert_eq!((id.name.as_str(), field), ("Person", "clubs"));
        fields.clone()
    };
    told(check_through([&person, &model("Club"), &membership], &said))
}

#[track_caller]
fn faulty(found: Vec<Told>, rule: &'static str, ends: &str) {
    let told = found.first().expect("a finding");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((told.0.as_str(), told.1), ("Person", rule));
    assert_eq!(told.2.as_deref(), Some("Membership"));
    let message = format!("`clubs` of `Person` has its pairs in `Membership`, {ends}");
    assert_eq!(told.3, message);
}

#[test]
fn g015_relations_of_a_through_model() {
    let person = ("person", "Person");
    let club = ("club", "Club");
    assert_eq!(pairs(&[person, club], None, "Club"), []);
    faulty(
        pairs(&[person], None, "Club"),
        "G015",
        "which has no `ForeignKey` to `Club`",
    );
    faulty(
        pairs(&[person, ("inviter", "Person"), club], None, "Club"),
        "G015",
        "which has 2 `ForeignKey`s to `Person`: `person`, `inviter`",
    );
    faulty(
        pairs(&[person, club, ("rival", "Club")], None, "Club"),
        "G015",
        "which has 2 `ForeignKey`s to `Club`: `club`, `rival`",
    );
    assert_eq!(pairs(&[], None, "Club").len(), 2);
    // Tied to itself.
    let friend = ("friend", "Person");
    assert_eq!(pairs(&[person, friend], None, "Person"), []);
    faulty(
        pairs(&[person], None, "Person"),
        "G015",
        "which has one `ForeignKey` to `Person`, `person`, where both sides are that model",
    );
    faulty(
        pairs(&[], None, "Person"),
        "G015",
        "which has no `ForeignKey` to `Person`",
    );
    faulty(
        pairs(&[person, friend, ("third", "Person")], None, "Person"),
        "G015",
        "which has 3 `ForeignKey`s to `Person`: `person`, `friend`, `third`",
    );
}

#[test]
fn g015_pairs_are_of_primary_keys() {
    let mut relation = to("Club");
    relation.through = Some(ModelId::new("blog", "Membership"));
    let person = with(model("Person"), "clubs", FieldType::ManyToMany(relation));
    let mut by_slug = to("Club");
    by_slug.to_field = Some("slug".to_owned());
    let mut membership = with(
        model("Membership"),
        "person",
        FieldType::ForeignKey(to("Person")),
    );
    membership = with(membership, "club", FieldType::OneToOne(by_slug));
    let models = [person, model("Club"), membership];
    let ends = "whose `club` refers to `Club` by `to_field = \"slug\"`";
    faulty(told(check_through(&models, &|_, _| None)), "G015", ends);
    let said = |_: &ModelId, _: &str| Some(("person".to_owned(), "club".to_owned()));
    faulty(told(check_through(&models, &said)), "G015", ends);
    // One whose source is not at hand.
    assert_eq!(check_through(&models[..2], &said), []);
}

#[test]
fn g016_what_through_fields_names() {
    let keys = [
        ("person", "Person"),
        ("inviter", "Person"),
        ("club", "Club"),
    ];
    let named = |from, to| pairs(&keys, Some((from, to)), "Club");
    assert_eq!(named("person", "club"), []);
    assert_eq!(named("inviter", "club"), []);
    faulty(
        named("persn", "club"),
        "G016",
        "which has no field `persn` as `through_fields` says: did you mean `person`?",
    );
    faulty(
        named("person", "zzzzzz"),
        "G016",
        "which has no field `zzzzzz` as `through_fields` says",
    );
    faulty(
        named("person", "slug"),
        "G016",
        "whose `slug` in `through_fields` is no `ForeignKey`",
    );
    faulty(
        named("person", "inviter"),
        "G016",
        "whose `inviter` leads to `Person`, where `through_fields` names the one to `Club`",
    );
    assert_eq!(named("club", "person").len(), 2);
}
