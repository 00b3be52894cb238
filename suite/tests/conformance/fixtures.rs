//! Rows as text and back.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use orm::fixtures::{self, DumpOptions, FixtureError, LoadOptions, Loaded};
use orm::migrate::ProjectState;
use orm::model::{ModelMeta, registered};
use orm::prelude::*;
use orm::schema::{FieldDef, FieldType, IndexKind, ModelDef, lookup_table};
use suite::backend::statement;
use suite::models::accounts::{self, Account, assert_kept};
use suite::models::blog::{self, Article, Author};
use suite::models::kinds::{Kinds, MaybeKinds};
use suite::models::loops::{self, Link};
use suite::models::tangle::{self, Left, Right};

cases! {
    all_models_go_to_another_database_and_back, every_kind_of_value, large_numbers if unsigned_64,
    rows_that_are_there_are_changed, rows_in_circles, a_dangling_row_is_named,
    a_refused_row_is_named, nothing_is_kept_of_a_text_that_breaks_off, what_is_left_out,
    chosen_rows, records_that_django_wrote, lookups_are_kept, many_rows, emptied,
    automatic_keys_go_on,
}

/// The models of the suite's library: those of single tests are for single databases.
fn suite_models() -> Vec<&'static ModelMeta> {
    let own = |meta: &&ModelMeta| !["storage", "filled"].contains(&meta.app) && meta.extra.managed;
    // Full-text and vector indexes are of single databases, too.
    let anywhere = |meta: &&ModelMeta| {
        let mut kinds = meta.extra.indexes.iter().map(|(_, _, kind, _)| kind);
        !kinds.any(|k| matches!(k, Some(IndexKind::Fulltext | IndexKind::Vector)))
    };
    registered().filter(own).filter(anywhere).collect()
}

fn state(models: &[&'static ModelMeta]) -> ProjectState {
    models.iter().map(|meta| meta.def()).collect()
}

async fn text(db: &Db, state: &ProjectState, options: &DumpOptions) -> String {
    let mut out = Vec::new();
    fixtures::dump(db, state, options, &mut out)
        .await
        .expect("is written");
    String::from_utf8(out).expect("text")
}

fn lines() -> DumpOptions {
    let mut options = DumpOptions::default();
    options.lines = true;
    options
}

async fn load(
    db: &Db,
    state: &ProjectState,
    text: &str,
) -> std::result::Result<Loaded, FixtureError> {
    fixtures::load(db, state, &LoadOptions::default(), &mut text.as_bytes()).await
}

/// The error's messages, those of its sources behind it.
fn told(error: &FixtureError) -> String {
    let mut out = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(e) = source {
        write!(out, ": {e}").expect("a text");
        source = e.source();
    }
    out
}

/// A value of a type that is another one for each number.
fn value(ty: &FieldType, n: usize) -> String {
    match ty {
        FieldType::Bool => n.is_multiple_of(2).to_string(),
        FieldType::SmallInt { .. }
        | FieldType::Int { .. }
        | FieldType::BigInt { .. }
        | FieldType::Duration => n.to_string(),
        FieldType::Float | FieldType::Double => format!("{n}.5"),
        FieldType::Decimal { scale, .. } => {
            format!("\"{n}.{}\"", "0".repeat((*scale).into())).replace(".\"", "\"")
        }
        FieldType::Binary { .. } => format!("\"{}\"", ["AA==", "AQ==", "/w=="][n % 3]),
        FieldType::Date => format!("\"2024-02-0{n}\""),
        FieldType::Time => format!("\"0{n}:00:00.000001\""),
        FieldType::DateTime => format!("\"2024-02-0{n}T00:00:00.000000Z\""),
        FieldType::Json => format!("{{\"b\":[{n},null],\"a\":\"x\"}}"),
        FieldType::Uuid => format!("\"00000000-0000-0000-0000-00000000000{n}\""),
        FieldType::Ip => format!("\"10.0.0.{n}\""),
        FieldType::Vector { dim } => {
            format!("[{}]", vec![format!("{n}.5"); *dim as usize].join(","))
        }
        _ => format!("\"t{n}\""),
    }
}

/// The same for a field: a relation has the value of what it refers to.
fn field_value(state: &ProjectState, field: &FieldDef, n: usize) -> String {
    let Some(relation) = field.ty.relation() else {
        return value(&field.ty, n);
    };
    let target = state.model(&relation.to).expect("the target");
    let name = relation.to_field.as_ref().unwrap_or(&target.primary_key[0]);
    field_value(state, target.field(name).expect("a field"), n)
}

fn key(state: &ProjectState, model: &ModelDef, n: usize) -> String {
    let parts: Vec<String> = model
        .key_fields()
        .map(|f| field_value(state, f, n))
        .collect();
    match parts.as_slice() {
        [one] => one.clone(),
        parts => format!("[{}]", parts.join(",")),
    }
}

/// Three rows of each model and of each table of pairs.
fn rows_of_all(state: &ProjectState) -> String {
    let mut out = String::new();
    for model in state.models() {
        for n in 1..=3 {
            let fields = model.fields.iter().filter(|f| {
                let written = !model.fixtures.left_out.contains(&f.name);
                let plain = f.ty.has_column() && f.computed.is_none() && written;
                plain && !model.primary_key.contains(&f.name)
            });
            let fields: Vec<String> = fields
                .map(|f| format!("\"{}\":{}", f.name, field_value(state, f, n)))
                .collect();
            writeln!(
                out,
                "{{\"model\":\"{}\",\"pk\":{},\"fields\":{{{}}}}}",
                model.id(),
                key(state, model, n),
                fields.join(",")
            )
            .expect("a text");
            for field in &model.fields {
                if let FieldType::ManyToMany(relation) = &field.ty
                    && relation.through.is_none()
                {
                    let target = state.model(&relation.to).expect("the target");
                    let pair = [key(state, model, n), key(state, target, n)].join(",");
                    writeln!(
                        out,
                        "{{\"model\":\"{}.{}\",\"pk\":[{pair}],\"fields\":{{}}}}",
                        model.id(),
                        field.name
                    )
                    .expect("a text");
                }
            }
        }
    }
    out
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

async fn all_models_go_to_another_database_and_back(db: &Db) -> Result<()> {
    let models = suite_models();
    assert!(models.len() > 30, "{}", models.len());
    let state = state(&models);
    orm::create_tables(db, &models).await?;
    let wanted = rows_of_all(&state);
    let loaded = load(db, &state, &wanted)
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(loaded.inserted, wanted.lines().count() as u64);
    let here = text(db, &state, &lines()).await;
    assert_eq!(sorted(&here), sorted(&wanted));
    // Into SQLite and out of it.
    let other = Db::connect("sqlite::memory:").await?;
    orm::create_tables(&other, &models).await?;
    load(&other, &state, &here)
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    let there = text(&other, &state, &DumpOptions::default()).await;
    // And back, as a list.
    fixtures::empty(db, &state).await.expect("is emptied");
    assert_eq!(text(db, &state, &lines()).await, "");
    assert_eq!(text(db, &state, &DumpOptions::default()).await, "[]\n");
    load(db, &state, &there)
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(text(db, &state, &lines()).await, here);
    assert_eq!(text(db, &state, &DumpOptions::default()).await, there);
    let mut indented = DumpOptions::default();
    indented.indent = Some(2);
    let indented = text(db, &state, &indented).await;
    let parsed: Vec<serde_json::Value> = serde_json::from_str(&indented).expect("JSON");
    assert_eq!(
        parsed,
        serde_json::from_str::<Vec<serde_json::Value>>(&there).expect("JSON")
    );
    assert!(
        indented.starts_with("[\n  {\n    \"model\": "),
        "{indented}"
    );
    Ok(())
}

async fn every_kind_of_value(db: &Db) -> Result<()> {
    let state = state(&[Kinds::META, MaybeKinds::META]);
    orm::create_tables(db, &[Kinds::META, MaybeKinds::META]).await?;
    let mut odd = Kinds::plain(2);
    odd.text = "blank \n\t\"\\ \u{1F600}\u{2028}'".to_owned();
    odd.single = 0.1;
    odd.double = 1.0 / 3.0;
    odd.json = serde_json::json!({"$json": [1.5e10, "\u{1F600}", "a b"]});
    odd.big = i64::MIN;
    odd.bytes = (0..=255).collect();
    for row in [Kinds::plain(1), odd] {
        Kinds::bulk_create(db, [row.clone()]).await?;
        MaybeKinds::bulk_create(db, [MaybeKinds::from(row)]).await?;
    }
    let mut null = MaybeKinds::nothing(4);
    null.json = Some(serde_json::Value::Null);
    MaybeKinds::bulk_create(db, [MaybeKinds::nothing(3), null]).await?;
    let before = (
        Kinds::objects().all(db).await?,
        MaybeKinds::objects().all(db).await?,
    );
    let first = text(db, &state, &lines()).await;
    fixtures::empty(db, &state).await.expect("is emptied");
    assert_eq!(Kinds::objects().count(db).await?, 0);
    load(db, &state, &first)
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(
        (
            Kinds::objects().all(db).await?,
            MaybeKinds::objects().all(db).await?
        ),
        before
    );
    assert_eq!(text(db, &state, &lines()).await, first);
    Ok(())
}

async fn large_numbers(db: &Db) -> Result<()> {
    let state = state(&[Kinds::META]);
    orm::create_tables(db, &[Kinds::META]).await?;
    let mut row = Kinds::plain(1);
    row.ubig = u64::MAX;
    Kinds::bulk_create(db, [row.clone()]).await?;
    let first = text(db, &state, &lines()).await;
    assert!(first.contains("\"ubig\":18446744073709551615"), "{first}");
    fixtures::empty(db, &state).await.expect("is emptied");
    load(db, &state, &first)
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(Kinds::get(db, 1).await?, row);
    Ok(())
}

fn links() -> ProjectState {
    state(&[Link::META, loops::Player::META, loops::Bout::META])
}

async fn rows_that_are_there_are_changed(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let state = state(&[Account::META, accounts::Badge::META, accounts::Locker::META]);
    let one = r#"{"model": "accounts.Account", "pk": 1, "fields": {"email": "a@x", "name": "A", "visits": 7}}"#;
    let loaded = load(db, &state, one).await.expect("loads");
    assert_eq!((loaded.records, loaded.inserted, loaded.updated), (1, 1, 0));
    // What a record does not say has the model's default, as a new row has it; the last one counts.
    let both = r#"[
        {"model": "accounts.account", "pk": 1, "fields": {"email": "never"}},
        {"model": "accounts.account", "pk": 2, "fields": {"email": "b@x", "nick": "bee"}},
        {"model": "accounts.account", "pk": 1, "fields": {"email": "a@y"}}
    ]"#;
    let loaded = load(db, &state, both).await.expect("loads");
    assert_eq!((loaded.records, loaded.inserted, loaded.updated), (3, 1, 1));
    let rows = Account::objects().order_by(|a| a.id()).all(db).await?;
    let shown: Vec<_> = rows
        .iter()
        .map(|r| {
            (
                r.email.as_str(),
                r.nick.as_deref(),
                r.name.as_str(),
                r.visits,
            )
        })
        .collect();
    assert_eq!(shown, [("a@y", None, "", 0), ("b@x", Some("bee"), "", 0)]);
    assert_kept(db).await?;
    Ok(())
}

/// References to rows that come later, in a circle, and to the row itself.
async fn rows_in_circles(db: &Db) -> Result<()> {
    loops::tables(db).await?;
    tangle::tables(db).await?;
    let all = [
        Link::META,
        loops::Player::META,
        loops::Bout::META,
        tangle::Root::META,
        tangle::Apple::META,
        tangle::Branch::META,
        Left::META,
        Right::META,
        tangle::Knot::META,
    ];
    let state = state(&all);
    let rows = r#"
        {"model": "loops.Link", "pk": 1, "fields": {"next": 3}}
        {"model": "loops.Link", "pk": 2, "fields": {"next": 2}}
        {"model": "loops.Link", "pk": 3, "fields": {"next": 1}}
        {"model": "tangle.Left", "pk": 1, "fields": {"right": 1}}
        {"model": "tangle.Right", "pk": 1, "fields": {"left": 1}}"#;
    let loaded = load(db, &state, rows)
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(loaded.inserted, 5);
    assert_eq!(
        Link::objects().filter(|l| l.next().eq(1)).count(db).await?,
        1
    );
    // The server watches again afterwards.
    if db.dialect().features().foreign_keys {
        let refused = statement(db, "INSERT INTO loops_link (id, next_id) VALUES (9, 77)").await;
        assert!(refused.is_err_and(|e| e.to_string().to_lowercase().contains("foreign key")));
    }
    Ok(())
}

async fn a_dangling_row_is_named(db: &Db) -> Result<()> {
    loops::tables(db).await?;
    let state = links();
    let rows = r#"{"model": "loops.Link", "pk": 1, "fields": {"next": 2}}
        {"model": "loops.Link", "pk": 2, "fields": {"next": 7}}"#;
    let error = load(db, &state, rows).await.expect_err("dangles");
    let text = told(&error);
    assert!(
        text.contains(
            "D001: 1 row of `loops_link` refer by `next` to rows of `loops_link` that are gone: 2"
        ),
        "{text}"
    );
    assert_eq!(Link::objects().count(db).await?, 0);
    Ok(())
}

async fn a_refused_row_is_named(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let state = state(&[Account::META, accounts::Badge::META, accounts::Locker::META]);
    let rows = r#"[
        {"model": "accounts.account", "pk": 1, "fields": {"email": "a@x"}},
        {"model": "accounts.account", "pk": 2, "fields": {"email": "b@x"}},
        {"model": "accounts.account", "pk": 3, "fields": {"email": "a@x"}}
    ]"#;
    let error = load(db, &state, rows)
        .await
        .expect_err("the address is taken");
    let FixtureError::Row {
        record,
        line,
        label,
        key,
        error,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(
        (record, line, label.as_str(), key.as_str()),
        (3, 4, "accounts.Account", "3")
    );
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(Account::objects().count(db).await?, 0);
    assert_kept(db).await?;
    for (fields, wanted) in [
        (
            r#""email": 5"#,
            "record 1, line 1: `email`: a number stands where a text is expected",
        ),
        (
            r#""name": "x""#,
            "record 1, line 1: `email` is missing, may not be NULL and has no default in the migrations",
        ),
        (
            r#""email": "x", "visit": 1"#,
            "record 1, line 1: accounts.Account has no field `visit`; did you mean `visits`?",
        ),
        (
            r#""email": null"#,
            "record 1, line 1: `email`: it is null, and the column may not be NULL",
        ),
    ] {
        let rows =
            format!("{{\"model\": \"accounts.Account\", \"pk\": 1, \"fields\": {{{fields}}}}}");
        let error = load(db, &state, &rows).await.expect_err(wanted);
        assert_eq!(told(&error), wanted);
    }
    for (rows, wanted) in [
        (
            r#"{"model": "accounts.Acount", "fields": {}}"#,
            "there is no `accounts.Acount`; did you mean `accounts.Account`?",
        ),
        (r#"{"pk": 1}"#, "it names no `model`"),
        (
            r#"{"model": "accounts.Locker", "pk": ["a"], "fields": {}}"#,
            "`pk` has 1 parts, the key is room, number",
        ),
        (
            r#"{"model": "accounts.Locker", "pk": ["a", 1], "fields": {"account": ["ann"]}}"#,
            "`account`: a natural key stands here, and accounts.Account names none: write the primary key, or name one there with `#[model(natural_key(…))]`",
        ),
        (
            r#"{"model": "accounts.Badge", "fields": {"number": 1}}"#,
            "it has no `pk`, and the database does not number accounts.Badge",
        ),
    ] {
        let error = load(db, &state, rows).await.expect_err(wanted);
        assert_eq!(told(&error), format!("record 1, line 1: {wanted}"));
    }
    Ok(())
}

async fn nothing_is_kept_of_a_text_that_breaks_off(db: &Db) -> Result<()> {
    loops::tables(db).await?;
    let state = links();
    let mut rows = "[".to_owned();
    for id in 1..=600 {
        writeln!(rows, "{{\"model\": \"loops.Link\", \"pk\": {id}}},").expect("a text");
    }
    let error = load(db, &state, &rows).await.expect_err("breaks off");
    assert_eq!(
        told(&error),
        "record 601, line 601: the list has no end: the text was cut off"
    );
    assert_eq!(Link::objects().count(db).await?, 0);
    Ok(())
}

async fn what_is_left_out(db: &Db) -> Result<()> {
    loops::tables(db).await?;
    let state = links();
    let rows = r#"{"model": "loops.Link", "pk": 1, "fields": {"gone": 1}}
        {"model": "old.Thing", "pk": 1, "fields": {}}
        {"model": "loops.Player", "pk": 1, "fields": {"name": "Ann"}}"#;
    let mut options = LoadOptions::default();
    options.ignore_unknown = true;
    options.exclude = vec!["loops.Player".to_owned()];
    let loaded = fixtures::load(db, &state, &options, &mut rows.as_bytes())
        .await
        .expect("loads");
    assert_eq!((loaded.records, loaded.inserted, loaded.passed), (3, 1, 2));
    assert_eq!(
        loaded.tables,
        BTreeMap::from([("loops.Link".to_owned(), 1)])
    );
    assert_eq!(loops::Player::objects().count(db).await?, 0);
    options.exclude = vec!["loops.Plyer".to_owned()];
    let error = fixtures::load(db, &state, &options, &mut rows.as_bytes())
        .await
        .expect_err("unknown");
    assert_eq!(
        told(&error),
        "there is no `loops.Plyer`; did you mean `loops.Player`?"
    );
    Ok(())
}

async fn chosen_rows(db: &Db) -> Result<()> {
    blog::fill(db).await?;
    let state: ProjectState = suite_models()
        .iter()
        .filter(|m| m.app == "blog")
        .map(|m| m.def())
        .collect();
    let models = |text: &str| {
        let mut found: Vec<String> = text
            .lines()
            .map(|l| {
                serde_json::from_str::<serde_json::Value>(l).expect("JSON")["model"]
                    .as_str()
                    .expect("a name")
                    .to_owned()
            })
            .collect();
        found.dedup();
        found
    };
    let mut options = lines();
    options.only = vec!["blog.article".to_owned()];
    let articles = text(db, &state, &options).await;
    assert_eq!(models(&articles), ["blog.Article", "blog.Article.tags"]);
    options.exclude = vec!["blog.Article.tags".to_owned()];
    assert_eq!(models(&text(db, &state, &options).await), ["blog.Article"]);
    options.keys = vec![
        "3".to_owned(),
        "1".to_owned(),
        "3".to_owned(),
        "999".to_owned(),
    ];
    let chosen = text(db, &state, &options).await;
    let keys: Vec<&str> = chosen
        .lines()
        .filter_map(|l| l.split("\"pk\":").nth(1)?.split(',').next())
        .collect();
    assert_eq!(keys, ["1", "3"]);
    options.keys = vec!["x".to_owned()];
    let error = fixtures::dump(db, &state, &options, &mut Vec::new())
        .await
        .expect_err("no key");
    assert!(told(&error).starts_with("the key `x`: "), "{error}");
    options.only = vec!["blog".to_owned()];
    let error = fixtures::dump(db, &state, &options, &mut Vec::new())
        .await
        .expect_err("several models");
    assert_eq!(
        told(&error),
        "keys choose rows of one model: name that one, as `app.Model`"
    );
    // Referred to before referring.
    let mut options = lines();
    options.only = vec!["blog".to_owned()];
    let found = models(&text(db, &state, &options).await);
    let place = |name: &str| found.iter().position(|m| m == name).expect(name);
    assert!(place("blog.Author") < place("blog.Article"), "{found:?}");
    assert!(
        place("blog.Article") < place("blog.Article.tags"),
        "{found:?}"
    );
    Ok(())
}

/// A list as `dumpdata` of Django writes it: names in lower case, lists for many-to-many fields, no
/// key where the database makes one.
async fn records_that_django_wrote(db: &Db) -> Result<()> {
    blog::fill(db).await?;
    let state: ProjectState = suite_models()
        .iter()
        .filter(|m| m.app == "blog")
        .map(|m| m.def())
        .collect();
    let article = Article::objects()
        .order_by(|a| a.id())
        .first(db)
        .await?
        .expect("an article");
    let before = text(db, &state, &lines()).await;
    let line = before
        .lines()
        .find(|l| {
            l.starts_with(&format!(
                "{{\"model\":\"blog.Article\",\"pk\":{},",
                article.id.get().expect("a key")
            ))
        })
        .expect("the record");
    let django = line
        .replace("blog.Article", "blog.article")
        .replace("\"fields\":{", "\"fields\":{\"tags\":[2,1,2],");
    load(db, &state, &format!("[{django}]"))
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    let tags = article.tags.query().order_by(|t| t.id()).all(db).await?;
    let tags: Vec<i64> = tags.iter().filter_map(|t| t.id.get()).collect();
    assert_eq!(tags, [1, 2]);
    let authors = Author::objects().count(db).await?;
    let author = before
        .lines()
        .find(|l| l.contains("\"blog.Author\""))
        .expect("an author");
    let author: serde_json::Value = serde_json::from_str(author).expect("JSON");
    let mut fields = author["fields"].clone();
    for (name, value) in fields.as_object_mut().expect("fields") {
        if value.is_string() && name != "country" {
            *value = serde_json::json!(format!("new {name}"));
        }
    }
    let record = serde_json::json!([{"model": "blog.author", "pk": null, "fields": fields}]);
    load(db, &state, &record.to_string())
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(Author::objects().count(db).await?, authors + 1);
    Ok(())
}

async fn lookups_are_kept(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let state = state(&[Account::META, accounts::Badge::META, accounts::Locker::META]);
    // Two values change places: what was noted of both is struck out first.
    for rows in [
        r#"{"model": "accounts.Account", "pk": 1, "fields": {"email": "a@x", "nick": "a"}}
           {"model": "accounts.Account", "fields": {"email": "c@x", "nick": "c"}}
           {"model": "accounts.Locker", "pk": ["r", 1], "fields": {"ticket": "00000000-0000-0000-0000-000000000001", "account": 1}}"#,
        r#"{"model": "accounts.Account", "pk": 1, "fields": {"email": "b@x", "nick": null}}
           {"model": "accounts.Locker", "pk": ["r", 1], "fields": {"ticket": "00000000-0000-0000-0000-000000000002", "account": 1}}"#,
    ] {
        load(db, &state, rows)
            .await
            .unwrap_or_else(|e| panic!("{}", told(&e)));
        assert_kept(db).await?;
    }
    let taken = r#"{"model": "accounts.Account", "pk": 9, "fields": {"email": "b@x"}}"#;
    let error = load(db, &state, taken).await.expect_err("is taken");
    assert!(
        told(&error)
            .starts_with("record 1, line 1: the database refused accounts.Account with the key 9"),
        "{error}"
    );
    assert_kept(db).await?;
    if db.dialect().features().sharded {
        let side = lookup_table("accounts_account", "email");
        fixtures::empty(db, &state).await.expect("is emptied");
        let rows = orm::query::raw::<(i64,)>(&format!("SELECT COUNT(*) AS n FROM {side}"), ())
            .all(db)
            .await?;
        assert_eq!(rows, [(0,)]);
    }
    Ok(())
}

/// More rows than one part, in both directions.
async fn many_rows(db: &Db) -> Result<()> {
    loops::tables(db).await?;
    let state = links();
    let mut rows = String::new();
    for id in 1..=1_500 {
        let next = if id % 7 == 0 {
            "null".to_owned()
        } else {
            (1_501 - id).to_string()
        };
        writeln!(
            rows,
            "{{\"model\":\"loops.Link\",\"pk\":{id},\"fields\":{{\"next\":{next}}}}}"
        )
        .expect("a text");
    }
    let before = db.statements();
    let loaded = load(db, &state, &rows)
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(loaded.inserted, 1_500);
    let sent = db.statements() - before;
    assert!(sent < 40, "{sent} statements");
    assert_eq!(text(db, &state, &lines()).await, rows);
    let again = load(db, &state, &rows)
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!((again.inserted, again.updated), (0, 1_500));
    assert_eq!(text(db, &state, &lines()).await, rows);
    Ok(())
}

async fn emptied(db: &Db) -> Result<()> {
    blog::fill(db).await?;
    let state: ProjectState = suite_models()
        .iter()
        .filter(|m| m.app == "blog")
        .map(|m| m.def())
        .collect();
    let statements = fixtures::emptying(&state, db.dialect()).expect("statements");
    let tables = fixtures::empty(db, &state).await.expect("is emptied");
    assert_eq!(tables, statements.names.len());
    assert_eq!(text(db, &state, &lines()).await, "");
    // Numbers begin anew, and the tables can be written.
    let link = Author::create(db, new!(Author { name: "Ann", .. })).await;
    assert!(link.is_ok(), "{link:?}");
    Ok(())
}

async fn automatic_keys_go_on(db: &Db) -> Result<()> {
    loops::tables(db).await?;
    let state = links();
    load(
        db,
        &state,
        r#"{"model": "loops.Link", "pk": 41, "fields": {}}"#,
    )
    .await
    .expect("loads");
    for _ in 0..50 {
        let link = Link::create(db, new!(Link { .. })).await?;
        assert!(link.id.get().is_some_and(|id| id != 41));
    }
    assert_eq!(Link::objects().count(db).await?, 51);
    Ok(())
}
