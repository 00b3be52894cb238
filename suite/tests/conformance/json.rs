//! JSON documents: paths, comparisons, keys, and documents made of columns.

use orm::Json;
use orm::dialect::RenderError;
use orm::prelude::*;
use orm::query::{json_array, json_object, value};
use serde_json::{Value, json};
use suite::models::blog::{Article, fill};
use suite::models::documents::{Document, Owner, Settings};
use suite::models::kinds::Kinds;

cases! {
    json_paths, json_kinds_of_nothing, json_is_the_same, json_texts, json_numbers, json_in,
    json_keys, json_items, json_contains, json_whole_documents, json_typed, json_orders,
    json_groups_and_values, json_odd_keys, json_many_keys, json_first_of_no_array, json_made,
    json_members_of_every_type,
}

async fn document(db: &Db, id: i64, data: Value) -> Result<()> {
    Document {
        id,
        data,
        settings: None,
    }
    .save(db)
    .await
    .map(drop)
}

async fn documents(db: &Db, all: impl IntoIterator<Item = Value>) -> Result<()> {
    orm::create_tables(db, &[Document::META]).await?;
    for (id, data) in (1..).zip(all) {
        document(db, id, data).await?;
    }
    Ok(())
}

/// Documents with every kind of value at `v`.
async fn kinds(db: &Db) -> Result<()> {
    let with = |v: Value| json!({ "v": v });
    let all = [
        json!({}),
        with(json!(null)),
        with(json!(true)),
        with(json!(false)),
        with(json!(0)),
        with(json!(-12)),
        with(json!(2.5)),
        with(json!("")),
        with(json!("Text \"quoted\"\n\\ é")),
        with(json!("true")),
        with(json!("12")),
        with(json!([])),
        with(json!([1, "a", null])),
        with(json!({})),
        with(json!({"v": 1, "w": "x"})),
        with(json!("text ")),
        with(json!("text")),
    ];
    documents(db, all).await
}

/// The keys of the documents that meet a condition.
macro_rules! ids {
    ($db:expr, $condition:expr) => {
        Document::objects()
            .filter($condition)
            .select(|d| d.id())
            .all($db)
            .await?
    };
}

async fn json_paths(db: &Db) -> Result<()> {
    documents(
        db,
        [
            json!({"owner": {"name": "Ann", "pets": [{"name": "Rex"}, {"name": "Tom"}]}, "n": 1}),
            json!({"owner": {"name": "Bob", "pets": []}}),
            json!([{"name": "first"}, [1, [2, 3]]]),
        ],
    )
    .await?;
    let rows = Document::objects()
        .select(|d| {
            let owner = d.data().key("owner");
            (
                owner.clone().key("name").as_text(),
                owner.key("pets").item(1).key("name").as_text(),
                d.data().item(1).item(1).item(0).as_int(),
                d.data().item(0).key("name").json(),
            )
        })
        .all(db)
        .await?;
    assert_eq!(
        rows,
        [
            (Some("Ann".into()), Some("Tom".into()), None, None),
            (Some("Bob".into()), None, None, None),
            (None, None, Some(2), Some(json!("first"))),
        ]
    );
    Ok(())
}

/// A key that is missing, JSON's null, and a document that is not there.
async fn json_kinds_of_nothing(db: &Db) -> Result<()> {
    kinds(db).await?;
    assert_eq!(ids!(db, |d| d.data().key("v").is_missing()), [1]);
    assert_eq!(ids!(db, |d| d.data().key("v").exists()).len(), 16);
    assert_eq!(ids!(db, |d| d.data().key("v").is_json_null()), [2]);
    assert_eq!(ids!(db, |d| d.data().key("v").eq(json!(null))), [2]);
    assert_eq!(ids!(db, |d| !d.data().key("v").is_json_null()).len(), 16);
    assert_eq!(ids!(db, |d| d.data().key("v").json().is_null()), [1]);
    let read: Vec<Option<Value>> = Document::objects()
        .limit(3)
        .select(|d| d.data().key("v").json())
        .all(db)
        .await?;
    assert_eq!(read, [None, Some(Value::Null), Some(Value::Bool(true))]);
    // Of the whole document.
    document(db, 20, json!(null)).await?;
    assert_eq!(ids!(db, |d| d.data().is_json_null()), [20]);
    assert_eq!(ids!(db, |d| d.settings().is_null()).len(), 18);
    assert!(ids!(db, |d| d.settings().key("theme").exists()).is_empty());
    assert_eq!(
        ids!(db, |d| d.settings().key("theme").is_missing()).len(),
        18
    );
    assert_eq!(ids!(db, |d| !d.settings().has_key("theme")).len(), 18);
    Ok(())
}

async fn json_is_the_same(db: &Db) -> Result<()> {
    kinds(db).await?;
    let all = Document::objects().all(db).await?;
    for one in &all {
        let Some(v) = one.data.get("v") else { continue };
        assert_eq!(
            ids!(db, |d| d.data().key("v").eq(v.clone())),
            [one.id],
            "{v}"
        );
        let others = ids!(db, |d| d.data().key("v").ne(v.clone()));
        assert_eq!(others.len(), all.len() - 1, "{v}");
    }
    assert_eq!(
        ids!(db, |d| d.data().key("v").eq(json!({"w": "x", "v": 1}))),
        [15]
    );
    assert!(ids!(db, |d| d.data().key("v").eq(json!(["a", 1, null]))).is_empty());
    Ok(())
}

async fn json_texts(db: &Db) -> Result<()> {
    kinds(db).await?;
    let texts: Vec<Option<String>> = Document::objects()
        .select(|d| d.data().key("v").as_text())
        .all(db)
        .await?;
    let wanted: Vec<Option<String>> = Document::objects()
        .all(db)
        .await?
        .iter()
        .map(|d| d.data.get("v").and_then(Value::as_str).map(str::to_owned))
        .collect();
    assert_eq!(texts, wanted);
    let v = |d: &orm::query::Handles<Document>| d.data().key("v").as_text();
    assert_eq!(ids!(db, |d| v(d).eq("12")), [11]);
    assert_eq!(ids!(db, |d| v(d).iexact("TRUE")), [10]);
    assert_eq!(ids!(db, |d| v(d).contains("quoted")), [9]);
    assert_eq!(ids!(db, |d| v(d).icontains("TEXT")), [9, 16, 17]);
    assert_eq!(ids!(db, |d| v(d).startswith("Text")), [9]);
    assert_eq!(ids!(db, |d| v(d).istartswith("TE")), [9, 16, 17]);
    assert_eq!(ids!(db, |d| v(d).endswith("\\ é")), [9]);
    assert_eq!(ids!(db, |d| v(d).iendswith("É")), [9]);
    assert_eq!(ids!(db, |d| v(d).regex("^[0-9]+$")), [11]);
    assert_eq!(ids!(db, |d| v(d).iregex("^TRUE$")), [10]);
    assert_eq!(ids!(db, |d| v(d).gt("t")), [10, 16, 17]);
    let lengths = Document::objects()
        .filter(|d| d.id().gte(16))
        .select(|d| (v(d).length(), v(d).upper()))
        .all(db)
        .await?;
    assert_eq!(lengths[1], (Some(4), Some("TEXT".into())));
    if db.dialect().features().trailing_blanks {
        assert_eq!(ids!(db, |d| v(d).eq("text")), [17]);
    }
    Ok(())
}

async fn json_numbers(db: &Db) -> Result<()> {
    kinds(db).await?;
    document(db, 18, json!({"v": i64::MAX})).await?;
    document(db, 19, json!({"v": -1.5e10})).await?;
    let rows = Document::objects()
        .filter(|d| d.data().key("v").as_float().is_not_null())
        .select(|d| {
            let v = d.data().key("v");
            (d.id(), v.as_int(), v.as_float(), v.as_bool())
        })
        .all(db)
        .await?;
    assert_eq!(
        rows,
        [
            (5, Some(0), Some(0.0), None),
            (6, Some(-12), Some(-12.0), None),
            (7, None, Some(2.5), None),
            (18, Some(i64::MAX), Some(i64::MAX as f64), None),
            (19, None, Some(-1.5e10), None),
        ]
    );
    assert_eq!(ids!(db, |d| d.data().key("v").as_int().lt(0)), [6]);
    assert_eq!(ids!(db, |d| d.data().key("v").as_int().lte(0)), [5, 6]);
    assert_eq!(ids!(db, |d| d.data().key("v").as_float().gte(2.5)), [7, 18]);
    assert_eq!(
        ids!(db, |d| d.data().key("v").as_float().between(-20.0, 1.0)),
        [5, 6]
    );
    assert_eq!(ids!(db, |d| d.data().key("v").as_bool().is_true()), [3]);
    assert_eq!(ids!(db, |d| d.data().key("v").as_bool().is_false()), [4]);
    let more = |d: &orm::query::Handles<Document>| d.data().key("v").as_int() + 1;
    assert_eq!(ids!(db, |d| d.id().lt(18) & more(d).eq(1)), [5]);
    Ok(())
}

async fn json_in(db: &Db) -> Result<()> {
    kinds(db).await?;
    let list = [
        json!(0),
        json!("12"),
        json!([]),
        json!(null),
        json!({"a": 1}),
    ];
    assert_eq!(ids!(db, |d| d.data().key("v").is_in(list)), [2, 5, 11, 12]);
    assert!(ids!(db, |d| d.data().key("v").is_in(Vec::<Value>::new())).is_empty());
    assert_eq!(
        ids!(db, |d| d.data().key("v").as_int().is_in([0, -12, 7])),
        [5, 6]
    );
    assert_eq!(
        ids!(db, |d| d.data().key("v").as_text().is_in(["", "true"])),
        [8, 10]
    );
    assert_eq!(ids!(db, |d| !d.data().key("v").is_in([json!(0)])).len(), 16);
    Ok(())
}

async fn json_keys(db: &Db) -> Result<()> {
    documents(
        db,
        [
            json!({"a": 1, "b": null}),
            json!({"b": {"c": 1}}),
            json!(["a", "b"]),
            json!("a"),
            json!({"c": [{"a": 1}]}),
        ],
    )
    .await?;
    assert_eq!(ids!(db, |d| d.data().has_key("a")), [1]);
    assert_eq!(ids!(db, |d| d.data().has_key("b")), [1, 2]);
    assert_eq!(ids!(db, |d| d.data().has_keys(["a", "b"])), [1]);
    assert_eq!(ids!(db, |d| d.data().has_any_key(["a", "c", "zz"])), [1, 5]);
    assert_eq!(
        ids!(db, |d| d.data().has_keys(Vec::<String>::new())).len(),
        5
    );
    assert!(ids!(db, |d| d.data().has_any_key(Vec::<String>::new())).is_empty());
    assert_eq!(ids!(db, |d| d.data().key("b").has_key("c")), [2]);
    assert_eq!(ids!(db, |d| d.data().key("c").item(0).has_key("a")), [5]);
    assert_eq!(ids!(db, |d| !d.data().has_key("b")), [3, 4, 5]);
    assert_eq!(ids!(db, |d| d.data().item(1).exists()), [3]);
    Ok(())
}

async fn json_items(db: &Db) -> Result<()> {
    documents(
        db,
        [
            json!({"tags": ["red", "blue"]}),
            json!({"tags": [["red"], 1, null]}),
            json!({"tags": "red"}),
            json!({"tags": []}),
            json!({}),
        ],
    )
    .await?;
    assert_eq!(ids!(db, |d| d.data().key("tags").has_item("red")), [1]);
    assert_eq!(ids!(db, |d| d.data().key("tags").has_item(1)), [2]);
    assert_eq!(
        ids!(db, |d| d.data().key("tags").has_item(json!(["red"]))),
        [2]
    );
    assert_eq!(
        ids!(db, |d| d.data().key("tags").has_item(json!(null))),
        [2]
    );
    document(db, 6, json!([1, 2])).await?;
    assert_eq!(ids!(db, |d| d.data().has_item(2)), [6]);
    assert_eq!(
        ids!(db, |d| !d.data().key("tags").has_item("red")),
        [2, 3, 4, 5, 6]
    );
    Ok(())
}

/// What SingleStore has no question for is refused before it is sent.
async fn json_contains(db: &Db) -> Result<()> {
    documents(
        db,
        [
            json!({"a": {"b": 1, "c": 2}, "l": [1, 2, 3]}),
            json!({"a": {"b": 1}}),
            json!({"a": 1, "l": [{"x": 1, "y": 2}]}),
            json!([1, [2], "z"]),
        ],
    )
    .await?;
    let contains = |other: Value| Document::filter(move |d| d.data().contains(other));
    if let Err(error) = contains(json!({})).to_sql(db.dialect()) {
        let Error::Render(RenderError::Unsupported { feature, hint, .. }) = &error else {
            panic!("{error}");
        };
        assert!(
            feature.contains("contains") && hint.contains("has_key"),
            "{error}"
        );
        assert!(contains(json!({})).all(db).await.is_err());
        return Ok(());
    }
    for (other, wanted) in [
        (json!({"a": {"b": 1}}), vec![1, 2]),
        (json!({"a": {"b": 2}}), vec![]),
        (json!({"l": [3, 1]}), vec![1]),
        (json!({"l": [{"x": 1}]}), vec![3]),
        (json!({"a": {}}), vec![1, 2]),
        (json!([1]), vec![4]),
        (json!("z"), vec![4]),
        (json!({}), vec![1, 2, 3]),
    ] {
        assert_eq!(
            ids!(db, |d| d.data().contains(other.clone())),
            wanted,
            "{other}"
        );
    }
    assert_eq!(
        ids!(db, |d| d.data().key("a").contains(json!({"c": 2}))),
        [1]
    );
    assert_eq!(
        ids!(db, |d| d
            .data()
            .contained_by(json!({"a": {"b": 1, "d": 5}, "z": 1}))),
        [2]
    );
    assert_eq!(
        ids!(db, |d| d.data().key("l").contained_by(json!([1, 2, 3, 4]))),
        [1]
    );
    Ok(())
}

/// As documents, not as texts.
async fn json_whole_documents(db: &Db) -> Result<()> {
    let first = json!({"b": [1, {"x": null}], "a": "é\""});
    documents(db, [first.clone(), json!([1, 2]), json!("t")]).await?;
    let other: Value =
        serde_json::from_str(r#"{ "a" : "é\"", "b":[1,{"x":null}] }"#).expect("it is JSON");
    assert_eq!(ids!(db, |d| d.data().eq(other.clone())), [1]);
    assert_eq!(ids!(db, |d| d.data().ne(other.clone())), [2, 3]);
    assert_eq!(
        ids!(db, |d| d.data().is_in([other.clone(), json!("t")])),
        [1, 3]
    );
    assert_eq!(
        ids!(db, |d| d.data().not_in([other.clone(), json!("t")])),
        [2]
    );
    assert_eq!(ids!(db, |d| d.data().eq(d.data())).len(), 3);
    assert_eq!(ids!(db, |d| d.data().item(1).json().eq(json!(2))), [2]);
    Ok(())
}

fn settings(theme: &str, sizes: &[i64], owner: Option<(&str, bool)>) -> Json<Settings> {
    Json(Settings {
        theme: theme.to_owned(),
        sizes: sizes.to_vec(),
        owner: owner.map(|(name, admin)| Owner {
            name: name.to_owned(),
            admin,
        }),
    })
}

async fn json_typed(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Document::META]).await?;
    let all = [
        Some(settings("dark", &[3, 5], Some(("Ann", true)))),
        Some(settings("light", &[], None)),
        None,
    ];
    for (id, settings) in (1..).zip(all.clone()) {
        Document {
            id,
            data: json!({}),
            settings,
        }
        .save(db)
        .await?;
    }
    let read = Document::objects().all(db).await?;
    let read: Vec<_> = read.into_iter().map(|d| d.settings).collect();
    assert_eq!(read, all);
    let owners = Document::objects()
        .select(|d| {
            (
                d.settings().key("owner").as_type::<Option<Owner>>(),
                d.settings().key("sizes").as_type::<Vec<i64>>(),
                d.settings().key("owner").key("admin").as_bool(),
            )
        })
        .all(db)
        .await?;
    let ann = Owner {
        name: "Ann".into(),
        admin: true,
    };
    assert_eq!(
        owners,
        [
            (Some(Json(Some(ann))), Some(Json(vec![3, 5])), Some(true)),
            (Some(Json(None)), Some(Json(vec![])), None),
            (None, None, None),
        ]
    );
    assert_eq!(ids!(db, |d| d.settings().key("sizes").has_item(5)), [1]);
    assert_eq!(
        ids!(db, |d| d.settings().eq(settings("light", &[], None))),
        [2]
    );
    // What does not fit says so.
    document(db, 9, json!({"sizes": "none"})).await?;
    let wrong = Document::objects()
        .filter(|d| d.id().eq(9))
        .select(|d| d.data().key("sizes").as_type::<Vec<i64>>())
        .all(db)
        .await;
    assert!(matches!(wrong, Err(Error::Decode(_))), "{wrong:?}");
    Ok(())
}

async fn json_orders(db: &Db) -> Result<()> {
    documents(
        db,
        [
            json!({"rank": 10, "name": "b"}),
            json!({"rank": 9, "name": "a"}),
            json!({"name": "B"}),
            json!({"rank": null}),
            json!({"rank": 9.5}),
        ],
    )
    .await?;
    let by = |order: fn(&orm::query::Handles<Document>) -> orm::query::OrderBy<Document>| {
        Document::objects().order_by(order).select(|d| d.id())
    };
    let rank = by(|d| d.data().key("rank").as_float().asc())
        .all(db)
        .await?;
    assert_eq!(rank, [3, 4, 2, 5, 1]);
    let rank = by(|d| d.data().key("rank").as_int().desc()).all(db).await?;
    assert_eq!(rank, [1, 2, 3, 4, 5]);
    let name = by(|d| d.data().key("name").as_text().desc())
        .all(db)
        .await?;
    assert_eq!(name, [1, 2, 3, 4, 5]);
    Ok(())
}

async fn json_groups_and_values(db: &Db) -> Result<()> {
    documents(
        db,
        [
            json!({"kind": "x", "n": 1}),
            json!({"kind": "y", "n": 5}),
            json!({"kind": "x", "n": 2.5}),
            json!({"n": "7"}),
        ],
    )
    .await?;
    let groups = Document::objects()
        .group_by(|d| d.data().key("kind").as_text())
        .aggregate(|d| (count(), d.data().key("n").as_float().sum()))
        .all(db)
        .await?;
    assert_eq!(
        groups,
        [
            (None, 1, None),
            (Some("x".into()), 2, Some(3.5)),
            (Some("y".into()), 1, Some(5.0)),
        ]
    );
    let annotated = Document::objects()
        .annotate(|d| d.data().key("n").as_int())
        .all(db)
        .await?;
    let numbers: Vec<Option<i64>> = annotated.into_iter().map(|(_, n)| n).collect();
    assert_eq!(numbers, [Some(1), Some(5), None, None]);
    let kinds = Document::objects()
        .select(|d| d.data().key("kind").as_text())
        .distinct()
        .all(db)
        .await?;
    assert_eq!(kinds, [None, Some("x".into()), Some("y".into())]);
    Ok(())
}

const ODD: &[&str] = &[
    "", " ", "a b", "a.b", "a[0]", "[0]", "0", "12", "$", "$.a", "*", "**", "\"", "a\"b", "\\",
    "a\\", "\\\"", "\\u0041", "'", "''", "`", "é", "日本", "😀", "\n", "\t", "\u{1}", "a?b", "{}",
    "a,b", "#-1", "last", "A", "a", "a ", "%", "_", "a--", "/*", ":", "::", "null",
];

/// Each key finds its own value alone.
async fn json_odd_keys(db: &Db) -> Result<()> {
    let object: serde_json::Map<String, Value> = ODD
        .iter()
        .enumerate()
        .map(|(i, k)| ((*k).to_owned(), json!(i)))
        .collect();
    documents(db, [Value::Object(object), json!({"x": ODD})]).await?;
    for (i, key) in ODD.iter().enumerate() {
        let n = i64::try_from(i).expect("small");
        let read = Document::objects()
            .filter(|d| d.id().eq(1))
            .select(|d| (d.data().key(*key).as_int(), d.data().key(*key).json()))
            .get(db)
            .await?;
        assert_eq!(read, (Some(n), Some(json!(i))), "{key:?}");
        assert_eq!(ids!(db, |d| d.data().has_key(*key)), [1], "{key:?}");
        assert_eq!(ids!(db, |d| d.data().key(*key).eq(i)), [1], "{key:?}");
        assert_eq!(
            ids!(db, |d| d.data().key("x").has_item(*key)),
            [2],
            "{key:?}"
        );
        let place = u32::try_from(i).expect("small");
        let text = Document::objects()
            .filter(|d| d.data().key("x").item(place).as_text().eq(*key))
            .select(|d| d.data().key("x").item(place).as_text())
            .get(db)
            .await?;
        assert_eq!(text.as_deref(), Some(*key));
    }
    Ok(())
}

/// Keys put together at random of what is special somewhere.
async fn json_many_keys(db: &Db) -> Result<()> {
    const PARTS: &[&str] = &[
        "\"", "\\", "'", ".", "[", "]", "$", "*", "0", "7", "a", "é", "😀", "\n", "\u{1f}", "?",
        " ", "`", "u", "n", "%", ":", "#", "-",
    ];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |n: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % n as u64) as usize
    };
    let mut keys = std::collections::BTreeSet::new();
    while keys.len() < 150 {
        let length = 1 + next(6);
        let parts = (0..length).map(|_| PARTS[next(PARTS.len())]);
        let key: String = parts.collect();
        // MariaDB, also behind the stand-in, finds none of these: `json_keys_with_a_dash`.
        if !key.starts_with('-') {
            keys.insert(key);
        }
    }
    let object: serde_json::Map<String, Value> = keys
        .iter()
        .enumerate()
        .map(|(i, k)| (k.clone(), json!({ k: [i] })))
        .collect();
    documents(db, [Value::Object(object)]).await?;
    for (i, key) in keys.iter().enumerate() {
        let read = Document::objects()
            .select(|d| {
                d.data()
                    .key(key.as_str())
                    .key(key.as_str())
                    .item(0)
                    .as_int()
            })
            .get(db)
            .await?;
        assert_eq!(read, i64::try_from(i).ok(), "{key:?}");
    }
    Ok(())
}

/// MySQL's family takes what is no array as the first element of one.
async fn json_first_of_no_array(db: &Db) -> Result<()> {
    documents(
        db,
        [
            json!({"a": 5}),
            json!({"a": [5]}),
            json!({"a": {"b": 1, "0": 2}}),
            json!(5),
            json!([5]),
        ],
    )
    .await?;
    assert_eq!(ids!(db, |d| d.data().key("a").item(0).exists()), [2]);
    assert_eq!(ids!(db, |d| d.data().item(0).exists()), [5]);
    assert_eq!(ids!(db, |d| d.data().item(0).as_int().eq(5)), [5]);
    assert_eq!(ids!(db, |d| d.data().key("a").item(0).eq(5)), [2]);
    assert_eq!(
        ids!(db, |d| d.data().key("a").item(0).json().is_not_null()),
        [2]
    );
    assert_eq!(ids!(db, |d| d.data().key("a").key("0").as_int().eq(2)), [3]);
    assert_eq!(ids!(db, |d| d.data().key("a").has_key("0")), [3]);
    Ok(())
}

async fn json_made(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Article::objects()
        .order_by(|a| a.id())
        .select(|a| {
            json_object((
                ("title", a.title()),
                ("rating", a.rating()),
                ("public", a.public()),
                (
                    "by \"whom\"",
                    json_array((a.author().name(), a.editor().name())),
                ),
                ("next", a.views() + 1),
                ("fixed", "text"),
                ("empty", json_object((("x", value(1_i64)),))),
            ))
        })
        .all(db)
        .await?;
    let articles = Article::objects()
        .order_by(|a| a.id())
        .with(|a| (a.author(), a.editor()))
        .all(db)
        .await?;
    let mut wanted = Vec::new();
    for a in &articles {
        let editor = match &a.editor {
            Some(editor) => Some(editor.get()?.name.clone()),
            None => None,
        };
        wanted.push(json!({
            "title": a.title,
            "rating": a.rating,
            "public": a.public,
            "by \"whom\"": [a.author.get()?.name, editor],
            "next": a.views + 1,
            "fixed": "text",
            "empty": {"x": 1},
        }));
    }
    // `2.0` of one database is `2` of another.
    let by_value = |v: &Value| v.to_string().replace(".0,", ",").replace(".0}", "}");
    let by_value = |all: &[Value]| all.iter().map(by_value).collect::<Vec<_>>();
    assert_eq!(by_value(&rows), by_value(&wanted));
    // In a condition, and compared with a document.
    let same = Article::objects()
        .filter(|a| {
            json_array((a.views(), a.public())).eq(json!([articles[0].views, articles[0].public]))
        })
        .count(db)
        .await?;
    assert!(same >= 1);
    Ok(())
}

async fn json_members_of_every_type(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Kinds::META]).await?;
    let plain = Kinds::plain(1);
    plain.clone().save(db).await?;
    let made = Kinds::objects()
        .select(|k| {
            json_array((
                json_array((k.tiny(), k.small(), k.int(), k.big())),
                json_array((k.utiny(), k.usmall(), k.uint(), k.ubig())),
                json_array((k.double(), k.flag(), k.short(), k.text())),
                json_array((k.date(), k.naive(), k.at())),
                json_array((k.span(), k.delta(), k.uuid(), k.price())),
                k.json(),
                k.ip(),
            ))
        })
        .get(db)
        .await?;
    let wanted = json!([
        [plain.tiny, plain.small, plain.int, plain.big],
        [plain.utiny, plain.usmall, plain.uint, plain.ubig],
        [plain.double, plain.flag, plain.short, plain.text],
        [
            "2024-02-29",
            "2024-02-29 13:14:15.123456",
            "2024-02-29 13:14:15.123456"
        ],
        [
            1_500_000,
            -2_500_000,
            plain.uuid.simple().to_string(),
            12.3456
        ],
        plain.json,
        "192.168.0.1",
    ]);
    assert_eq!(made, wanted);
    let bytes = Kinds::objects().select(|k| json_array((k.bytes(),)));
    let refused = bytes.to_sql(db.dialect());
    assert!(matches!(refused, Err(Error::Render(_))), "{refused:?}");
    Ok(())
}

/// MariaDB finds no such key by any path, so there it is refused.
#[test]
fn json_keys_with_a_dash() {
    let query = Document::filter(|d| d.data().key("a").key("-1").exists());
    for dialect in orm::dialect::ALL {
        match query.to_sql(dialect) {
            Ok(sql) => assert!(sql.text.contains("-1") && dialect.name() != "mariadb"),
            Err(error) => {
                assert_eq!(dialect.name(), "mariadb");
                assert!(error.to_string().contains("begins with `-`"), "{error}");
            }
        }
    }
}

/// A path is a part of the text, what it is compared with a parameter; equal shapes have equal text.
#[test]
fn json_as_sql() {
    let text = |dialect: &str, key: &str, n: i64| {
        let query = Document::objects()
            .filter(|d| d.data().key(key).item(0).as_int().eq(n))
            .filter(|d| d.data().key(key).eq(n))
            .select(|d| d.id());
        let dialect = orm::dialect::by_name(dialect).expect("it exists");
        let sql = query.to_sql(dialect).expect("it renders");
        assert_eq!(sql.params.len(), 2);
        sql.text.to_string()
    };
    for (dialect, wanted) in [
        (
            "sqlite",
            r#"SELECT t0."id" FROM "documents_document" AS t0 WHERE ((CASE WHEN json_type(t0."data", '$."k''"[0]') = 'integer' THEN json_extract(t0."data", '$."k''"[0]') END)) = ? AND orm_json_same((t0."data" -> '$."k''"'), ?) ORDER BY t0."id""#,
        ),
        (
            "mysql",
            r#"SELECT t0.`id` FROM `documents_document` AS t0 WHERE ((CASE WHEN CAST((CASE WHEN JSON_TYPE(JSON_EXTRACT(t0.`data`, '$."k''"')) = 'ARRAY' THEN JSON_EXTRACT(t0.`data`, '$."k''"[0]') END) AS CHAR) REGEXP '^-?[0-9]+$' THEN CAST((CASE WHEN JSON_TYPE(JSON_EXTRACT(t0.`data`, '$."k''"')) = 'ARRAY' THEN JSON_EXTRACT(t0.`data`, '$."k''"[0]') END) AS SIGNED) END)) = ? AND (JSON_EXTRACT(t0.`data`, '$."k''"') = CAST(? AS JSON)) ORDER BY t0.`id`"#,
        ),
        (
            "singlestore",
            r#"SELECT t0.`id` FROM `documents_document` AS t0 WHERE ((CASE WHEN ((CASE WHEN (JSON_EXTRACT_JSON(t0.`data`, 'k''') :> LONGTEXT) LIKE '[%' THEN JSON_EXTRACT_JSON(t0.`data`, 'k''', 0) END) :> LONGTEXT) REGEXP '^-?[0-9]+$' THEN JSON_EXTRACT_BIGINT(t0.`data`, 'k''', 0) END)) = ? AND ((JSON_EXTRACT_JSON(t0.`data`, 'k''') :> JSON) = (? :> JSON)) ORDER BY t0.`id`"#,
        ),
    ] {
        assert_eq!(text(dialect, "k'", 1), wanted);
        assert_eq!(text(dialect, "k'", 2), wanted);
        assert_ne!(text(dialect, "l'", 1), wanted);
    }
}
