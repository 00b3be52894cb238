//! Changes at places in JSON documents.

use orm::Json;
use orm::prelude::*;
use serde_json::{Value, json};
use suite::models::documents::{Document, Owner, Settings};

cases! {
    json_set, json_set_of_every_kind, json_set_where_nothing_is, json_set_elements, json_removed,
    json_several_places, json_places_that_meet, json_typed_set, json_null_documents,
    json_set_odd_keys, json_set_chosen, json_large_numbers_stay,
}

async fn documents(db: &Db, all: impl IntoIterator<Item = Value>) -> Result<()> {
    orm::create_tables(db, &[Document::META]).await?;
    for (id, data) in (1..).zip(all) {
        let settings = None;
        Document { id, data, settings }.save(db).await?;
    }
    Ok(())
}

async fn data(db: &Db) -> Result<Vec<Value>> {
    let ordered = Document::objects().order_by(|d| d.id());
    ordered.select(|d| d.data()).all(db).await
}

/// What becomes of documents; as many rows are counted as there are.
macro_rules! changed {
    ($db:expr, $change:expr) => {{
        let rows = Document::objects().update($change).exec($db).await?;
        let all = data($db).await?;
        assert_eq!(rows, all.len() as u64);
        all
    }};
}

async fn json_set(db: &Db) -> Result<()> {
    documents(db, [json!({"a": {"b": 1, "c": [1, 2]}, "d": "x"})]).await?;
    assert_eq!(
        changed!(db, |d| d.data().key("a").key("b").set(7)),
        [json!({"a": {"b": 7, "c": [1, 2]}, "d": "x"})]
    );
    assert_eq!(
        changed!(db, |d| d.data().key("a").key("new").set("it's \"so\" \\ é")),
        [json!({"a": {"b": 7, "c": [1, 2], "new": "it's \"so\" \\ é"}, "d": "x"})]
    );
    assert_eq!(
        changed!(db, |d| d.data().key("a").set(json!({"e": [null, true]}))),
        [json!({"a": {"e": [null, true]}, "d": "x"})]
    );
    Ok(())
}

async fn json_set_of_every_kind(db: &Db) -> Result<()> {
    documents(db, [json!({"v": 0})]).await?;
    macro_rules! becomes {
        ($value:expr, $wanted:tt) => {
            let all = changed!(db, |d| d.data().key("v").set($value));
            assert_eq!(all, [json!({ "v": json!($wanted) })]);
        };
    }
    becomes!(true, true);
    becomes!(false, false);
    becomes!(-12_i32, (-12));
    becomes!(i64::MAX, (i64::MAX));
    becomes!(2.5_f64, 2.5);
    becomes!("12", "12");
    becomes!("true", "true");
    becomes!("", "");
    becomes!("null", "null");
    becomes!("[1]", "[1]");
    becomes!(json!(null), null);
    becomes!(json!("text"), "text");
    becomes!(json!([]), []);
    becomes!(json!({"v": {"w": "x"}}), {"v": {"w": "x"}});
    becomes!(json!(3), 3);
    // A column, an expression, a part of the document itself, and what is missing in it.
    documents_again(db, [json!({"v": 0, "w": [1, {"x": "y"}]})]).await?;
    let all = changed!(db, |d| d.data().key("v").set(d.id() + 1));
    assert_eq!(all[0]["v"], json!(2));
    let all = changed!(db, |d| d.data().key("v").set(d.data().key("w").json()));
    assert_eq!(all[0]["v"], json!([1, {"x": "y"}]));
    let all = changed!(db, |d| d.data().key("v").set(d.data().key("no").json()));
    assert_eq!(all[0]["v"], json!(null));
    let all = changed!(db, |d| d.data().key("v").set(d.data().key("no").as_text()));
    assert_eq!(all[0]["v"], json!(null));
    let all = changed!(db, |d| d
        .data()
        .key("v")
        .set(d.data().key("w").item(0).as_int() + 1));
    assert_eq!(all[0]["v"], json!(2));
    Ok(())
}

async fn documents_again(db: &Db, all: impl IntoIterator<Item = Value>) -> Result<()> {
    Document::objects().delete(db).await?;
    for (id, data) in (1..).zip(all) {
        let settings = None;
        Document { id, data, settings }.save(db).await?;
    }
    Ok(())
}

/// Nothing is made on the way, and nothing is taken for what it is not.
async fn json_set_where_nothing_is(db: &Db) -> Result<()> {
    let all = [
        json!({}),
        json!({"a": null}),
        json!({"a": 1}),
        json!({"a": "b"}),
        json!({"a": []}),
        json!({"a": [{"b": 1}]}),
        json!([]),
        json!([{"a": {"b": 1}}]),
        json!(1),
        json!("a"),
        json!(null),
    ];
    documents(db, all.clone()).await?;
    let after = changed!(db, |d| d.data().key("a").key("b").set(5));
    assert_eq!(after, all);
    let after = changed!(db, |d| d.data().key("a").key("b").key("c").set(5));
    assert_eq!(after, all);
    let after = changed!(db, |d| d.data().key("new").set(5));
    let objects = |v: &Value| v.is_object();
    for (before, after) in all.iter().zip(&after) {
        let mut wanted = before.clone();
        if objects(before) {
            wanted["new"] = json!(5);
        }
        assert_eq!(*after, wanted);
    }
    Ok(())
}

async fn json_set_elements(db: &Db) -> Result<()> {
    let all = [
        json!({"a": [1, 2, 3]}),
        json!({"a": []}),
        json!({"a": 1}),
        json!({"a": {"b": 1}}),
        json!({"a": [{"b": 1}]}),
        json!([[1], 2]),
        json!("a"),
    ];
    documents(db, all.clone()).await?;
    let after = changed!(db, |d| d.data().key("a").item(1).set("x"));
    assert_eq!(after[0], json!({"a": [1, "x", 3]}));
    assert_eq!(after[1..], all[1..]);
    let after = changed!(db, |d| d.data().key("a").item(0).set(9));
    assert_eq!(after[0], json!({"a": [9, "x", 3]}));
    assert_eq!(after[1..4], all[1..4]);
    assert_eq!(after[4], json!({"a": [9]}));
    assert_eq!(after[5..], all[5..]);
    documents_again(db, all.clone()).await?;
    let after = changed!(db, |d| d.data().key("a").item(0).key("b").set(5));
    assert_eq!(after[..4], all[..4]);
    assert_eq!(after[4], json!({"a": [{"b": 5}]}));
    let after = changed!(db, |d| d.data().item(0).set(json!({})));
    assert_eq!(after[5], json!([{}, 2]));
    assert_eq!(after[6], all[6]);
    assert_eq!(after[..4], all[..4]);
    Ok(())
}

async fn json_removed(db: &Db) -> Result<()> {
    let all = [
        json!({"a": {"b": 1, "c": 2}, "d": [1, 2, 3]}),
        json!({"a": 1, "d": 4}),
        json!([1, 2]),
        json!("a"),
    ];
    documents(db, all.clone()).await?;
    let after = changed!(db, |d| d.data().key("a").key("b").remove());
    assert_eq!(after[0], json!({"a": {"c": 2}, "d": [1, 2, 3]}));
    assert_eq!(after[1..], all[1..]);
    let after = changed!(db, |d| d.data().key("d").item(0).remove());
    assert_eq!(after[0], json!({"a": {"c": 2}, "d": [2, 3]}));
    assert_eq!(after[1..], all[1..]);
    let after = changed!(db, |d| d.data().key("d").item(7).remove());
    assert_eq!(after[0], json!({"a": {"c": 2}, "d": [2, 3]}));
    let after = changed!(db, |d| d.data().key("a").remove());
    assert_eq!(after[0], json!({"d": [2, 3]}));
    assert_eq!(after[1], json!({"d": 4}));
    assert_eq!(after[2..], all[2..]);
    let after = changed!(db, |d| d.data().item(0).remove());
    assert_eq!(after[2], json!([2]));
    assert_eq!(after[3], all[3]);
    Ok(())
}

async fn json_several_places(db: &Db) -> Result<()> {
    documents(
        db,
        [
            json!({"a": 1, "b": {"c": 2}, "d": [1, 2], "e": true}),
            json!({"b": 2}),
            json!([1]),
        ],
    )
    .await?;
    let after = changed!(db, |d| (
        d.data().key("a").set("x"),
        d.data().key("b").key("c").set(d.data().key("a").as_int()),
        d.data().key("d").item(1).set(json!([])),
        d.data().key("e").remove(),
    ));
    assert_eq!(after[0], json!({"a": "x", "b": {"c": 1}, "d": [1, []]}));
    assert_eq!(after[1], json!({"a": "x", "b": 2}));
    assert_eq!(after[2], json!([1]));
    Ok(())
}

/// Databases differ in what they do first, so none of them does both.
async fn json_places_that_meet(db: &Db) -> Result<()> {
    let all = [json!({"a": {"b": [1, 2]}})];
    documents(db, all.clone()).await?;
    macro_rules! refused {
        ($words:literal, $change:expr) => {
            let error = Document::objects().update($change).exec(db).await;
            let error = error.expect_err("refused").to_string();
            assert!(error.contains($words), "{error}");
        };
    }
    refused!("lies in another", |d| (
        d.data().key("a").set(1),
        d.data().key("a").key("b").set(2)
    ));
    refused!("lies in another", |d| (
        d.data().key("a").key("b").item(0).remove(),
        d.data().key("c").set(0),
        d.data().key("a").key("b").item(1).set(2)
    ));
    refused!("choose one", |d| (
        d.data().set(json!({})),
        d.data().key("a").set(2)
    ));
    refused!("choose one", |d| (
        d.data().key("a").set(2),
        d.data().set(json!({}))
    ));
    assert_eq!(data(db).await?, all);
    Ok(())
}

async fn json_typed_set(db: &Db) -> Result<()> {
    documents(db, [json!(0), json!(0)]).await?;
    let owner = Owner {
        name: "Ann".into(),
        admin: false,
    };
    let settings = Settings {
        theme: "dark".into(),
        sizes: vec![1, 2],
        owner: Some(owner.clone()),
    };
    let one = Document::objects().filter(|d| d.id().eq(1));
    one.update(|d| d.settings().set(Json(settings.clone())))
        .exec(db)
        .await?;
    let new = Owner {
        name: "Bob".into(),
        ..owner
    };
    Document::objects()
        .update(|d| {
            (
                d.settings().key("owner").set(Json(new.clone())),
                d.settings().key("sizes").item(1).set(9),
            )
        })
        .exec(db)
        .await?;
    let read = Document::objects()
        .order_by(|d| d.id())
        .select(|d| d.settings())
        .all(db)
        .await?;
    let wanted = Settings {
        owner: Some(new),
        sizes: vec![1, 9],
        ..settings
    };
    assert_eq!(read, [Some(Json(wanted)), None]);
    Ok(())
}

/// A document that is SQL's NULL stays it.
async fn json_null_documents(db: &Db) -> Result<()> {
    documents(db, [json!(0)]).await?;
    let all = Document::objects();
    all.clone()
        .update(|d| d.settings().key("theme").set("x"))
        .exec(db)
        .await?;
    all.clone()
        .update(|d| d.settings().key("theme").remove())
        .exec(db)
        .await?;
    assert_eq!(all.filter(|d| d.settings().is_null()).count(db).await?, 1);
    Ok(())
}

async fn json_set_odd_keys(db: &Db) -> Result<()> {
    documents(db, [json!({"a": 1})]).await?;
    let keys = [
        "", "a b", "q\"t", "it's", "$", "0", "a.b", "[0]", "\\", "é", "a\nb",
    ];
    for key in keys {
        let after = changed!(db, |d| d.data().key(key).set(1));
        assert_eq!(after[0][key], json!(1), "{key:?}");
    }
    for key in keys {
        let after = changed!(db, |d| d.data().key(key).remove());
        assert_eq!(after[0].get(key), None, "{key:?}");
    }
    assert_eq!(data(db).await?, [json!({"a": 1})]);
    Ok(())
}

async fn json_set_chosen(db: &Db) -> Result<()> {
    documents(db, [json!({"a": {"b": 1}}), json!({"a": 2}), json!({})]).await?;
    let rows = Document::objects()
        .filter(|d| d.data().key("a").key("b").exists())
        .update(|d| d.data().key("a").key("b").set(2))
        .exec(db)
        .await?;
    assert_eq!(rows, 1);
    assert_eq!(data(db).await?[0], json!({"a": {"b": 2}}));
    // By its key, and the rows of a limit.
    let one = Document::objects().filter(|d| d.id().eq(2));
    one.update(|d| d.data().key("a").set(3)).exec(db).await?;
    let first = Document::objects().order_by(|d| d.id().desc()).limit(1);
    first.update(|d| d.data().key("z").set(4)).exec(db).await?;
    assert_eq!(data(db).await?[1..], [json!({"a": 3}), json!({"z": 4})]);
    Ok(())
}

/// What is not changed is not read into something else and written back.
async fn json_large_numbers_stay(db: &Db) -> Result<()> {
    documents(
        db,
        [json!({"a": u64::MAX, "b": 0.1, "c": i64::MIN, "v": 0})],
    )
    .await?;
    let after = changed!(db, |d| d.data().key("v").set(1));
    let wanted = json!({"a": u64::MAX, "b": 0.1, "c": i64::MIN, "v": 1});
    assert_eq!(after, [wanted]);
    Ok(())
}
