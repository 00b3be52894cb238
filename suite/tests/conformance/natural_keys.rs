//! Rows as text by the names that people know them by.

use std::fmt::Write as _;

use orm::fixtures::{self, DumpOptions, FixtureError, Input, LoadOptions, Loaded};
use orm::migrate::ProjectState;
use orm::prelude::*;
use suite::models::library::{self, Loan, Novel, Recording, Shelf, Twin, Writer};

cases! {
    rows_move_between_databases_that_number_them_differently, keys_alone_stay_as_they_were,
    a_natural_key_that_is_there_is_changed, what_comes_behind_is_found, texts_refer_to_each_other,
    what_is_nowhere_is_named, circles_that_cannot_begin_are_refused, lists_that_django_wrote,
    what_is_wrong_with_a_natural_key, many_rows_take_few_statements,
    a_field_that_is_not_written_keeps_its_value,
}

fn state() -> ProjectState {
    [
        Writer::META,
        Novel::META,
        Shelf::META,
        Recording::META,
        Loan::META,
        Twin::META,
    ]
    .iter()
    .map(|meta| meta.def())
    .collect()
}

/// Records of every model, in the order in which they are written.
const ROWS: &str = r#"{"model":"library.Twin","fields":{"name":"Narcissus","other":["Narcissus"]}}
{"model":"library.Shelf","fields":{"code":1,"inside":null}}
{"model":"library.Shelf","fields":{"code":2,"inside":[1]}}
{"model":"library.Writer","fields":{"name":"Ann \"A\"","born":null}}
{"model":"library.Writer","fields":{"name":"Bob","born":1970}}
{"model":"library.Novel","fields":{"writer":["Ann \"A\""],"title":"Hello","sequel_of":null}}
{"model":"library.Novel","fields":{"writer":["Bob"],"title":"Hello","sequel_of":["Ann \"A\"","Hello"]}}
{"model":"library.Novel.shelves","pk":[["Ann \"A\"","Hello"],[1]],"fields":{}}
{"model":"library.Novel.shelves","pk":[["Bob","Hello"],[1]],"fields":{}}
{"model":"library.Novel.shelves","pk":[["Bob","Hello"],[2]],"fields":{}}
{"model":"library.Recording","pk":["Bob","Hello"],"fields":{"minutes":7}}
{"model":"library.Loan","pk":5,"fields":{"novel":["Bob","Hello"],"recording":["Bob","Hello"]}}
{"model":"library.Loan","pk":6,"fields":{"novel":["Ann \"A\"","Hello"],"recording":null}}
"#;

fn natural() -> DumpOptions {
    let mut options = DumpOptions::default();
    options.lines = true;
    options.natural_foreign = true;
    options.natural_primary = true;
    options
}

async fn text(db: &Db, options: &DumpOptions) -> String {
    let mut out = Vec::new();
    let written = fixtures::dump(db, &state(), options, &mut out).await;
    written.unwrap_or_else(|e| panic!("{}", told(&e)));
    String::from_utf8(out).expect("text")
}

async fn load(db: &Db, text: &str) -> std::result::Result<Loaded, FixtureError> {
    fixtures::load(db, &state(), &LoadOptions::default(), &mut text.as_bytes()).await
}

async fn loaded(db: &Db, text: &str) -> Loaded {
    load(db, text)
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)))
}

async fn refused(db: &Db, text: &str) -> String {
    told(&load(db, text).await.expect_err("is refused"))
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

/// The lines of a text in an order of their own: rows come in that of keys, which each database makes.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// Fills the tables, with numbers that no fresh database would give.
async fn fill(db: &Db) -> Result<()> {
    library::tables(db).await?;
    let rows = r#"{"model":"library.Writer","pk":70,"fields":{"name":"Ann \"A\""}}
        {"model":"library.Writer","pk":71,"fields":{"name":"Bob","born":1970}}
        {"model":"library.Shelf","pk":31,"fields":{"code":1}}
        {"model":"library.Shelf","pk":32,"fields":{"code":2,"inside":31}}
        {"model":"library.Novel","pk":80,"fields":{"writer":70,"title":"Hello","shelves":[31]}}
        {"model":"library.Novel","pk":81,"fields":{"writer":71,"title":"Hello","sequel_of":80,"shelves":[31,32]}}
        {"model":"library.Recording","pk":81,"fields":{"minutes":7}}
        {"model":"library.Loan","pk":5,"fields":{"novel":81,"recording":81}}
        {"model":"library.Loan","pk":6,"fields":{"novel":80}}
        {"model":"library.Twin","pk":9,"fields":{"name":"Narcissus","other":9}}"#;
    assert_eq!(loaded(db, rows).await.inserted, 10);
    Ok(())
}

async fn rows_move_between_databases_that_number_them_differently(db: &Db) -> Result<()> {
    fill(db).await?;
    let here = text(db, &natural()).await;
    assert_eq!(sorted(&here), sorted(ROWS));
    // Nobody is there who refers to nobody but itself.
    let rows = here.replace(&line(&here, "library.Twin"), "");
    let other = Db::connect("sqlite::memory:").await?;
    library::tables(&other).await?;
    let there = loaded(&other, &rows).await;
    assert_eq!((there.records, there.inserted, there.updated), (12, 12, 0));
    let back = text(&other, &natural()).await;
    assert_eq!(sorted(&back), sorted(&rows));
    let ids = Novel::objects().order_by(|n| n.id()).all(&other).await?;
    assert_eq!(
        ids.iter().filter_map(|n| n.id.get()).collect::<Vec<_>>(),
        [1, 2]
    );
    // Over the rows that they came from: each is found, none is new.
    let again = loaded(db, &back).await;
    assert_eq!((again.inserted, again.updated), (0, 12));
    assert_eq!(text(db, &natural()).await, here);
    let novel = Novel::objects().filter(|n| n.id().eq(81)).get(db).await?;
    assert_eq!(novel.sequel_of.map(|s| *s.id()), Some(80));
    Ok(())
}

/// The line of a model's only record.
fn line(text: &str, model: &str) -> String {
    let mut found = text.lines().filter(|l| l.contains(&format!("\"{model}\"")));
    format!("{}\n", found.next().expect("a record"))
}

async fn keys_alone_stay_as_they_were(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut options = DumpOptions::default();
    options.lines = true;
    options.only = vec!["library.Novel".to_owned(), "library.Recording".to_owned()];
    assert_eq!(
        text(db, &options).await,
        r#"{"model":"library.Novel","pk":80,"fields":{"writer":70,"title":"Hello","sequel_of":null}}
{"model":"library.Novel","pk":81,"fields":{"writer":71,"title":"Hello","sequel_of":80}}
{"model":"library.Recording","pk":81,"fields":{"minutes":7}}
{"model":"library.Novel.shelves","pk":[80,31],"fields":{}}
{"model":"library.Novel.shelves","pk":[81,31],"fields":{}}
{"model":"library.Novel.shelves","pk":[81,32],"fields":{}}
"#
    );
    options.natural_foreign = true;
    options.only = vec!["library.Novel".to_owned()];
    options.exclude = vec!["library.Novel.shelves".to_owned()];
    options.keys = vec!["81".to_owned()];
    assert_eq!(
        text(db, &options).await,
        "{\"model\":\"library.Novel\",\"pk\":81,\"fields\":{\"writer\":[\"Bob\"],\"title\":\"Hello\",\"sequel_of\":[\"Ann \\\"A\\\"\",\"Hello\"]}}\n"
    );
    options.natural_foreign = false;
    options.natural_primary = true;
    let error = fixtures::dump(db, &state(), &options, &mut Vec::new()).await;
    assert_eq!(
        told(&error.expect_err("leads nowhere")),
        "`natural_primary` leaves out the keys by which relations are written: it needs `natural_foreign`"
    );
    Ok(())
}

async fn a_natural_key_that_is_there_is_changed(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = r#"{"model":"library.Writer","fields":{"name":"Bob","born":1971}}
        {"model":"library.Writer","fields":{"name":"Eve","born":1}}
        {"model":"library.Writer","fields":{"name":"Eve","born":2}}
        {"model":"library.Shelf","fields":{"code":2,"inside":null}}
        {"model":"library.Recording","pk":["Bob","Hello"],"fields":{"minutes":8}}"#;
    let done = loaded(db, rows).await;
    assert_eq!((done.inserted, done.updated), (1, 3));
    let born = Writer::objects()
        .order_by(|w| w.name())
        .select(|w| (w.name(), w.born()))
        .all(db)
        .await?;
    assert_eq!(
        born,
        [
            ("Ann \"A\"".to_owned(), None),
            ("Bob".to_owned(), Some(1971)),
            ("Eve".to_owned(), Some(2))
        ]
    );
    let shelf = Shelf::objects().filter(|s| s.code().eq(2)).get(db).await?;
    assert_eq!((shelf.id.get(), shelf.inside.is_none()), (Some(32), true));
    let recording = Recording::objects()
        .filter(|r| r.minutes().eq(8))
        .get(db)
        .await?;
    assert_eq!(*recording.novel.id(), 81);
    Ok(())
}

/// From the end to the beginning: what may be NULL is put in afterwards, other records wait.
async fn what_comes_behind_is_found(db: &Db) -> Result<()> {
    library::tables(db).await?;
    let mut lines: Vec<&str> = ROWS.lines().filter(|l| !l.contains("Twin")).collect();
    lines.reverse();
    let reversed = lines.join("\n");
    let done = loaded(db, &reversed).await;
    assert_eq!((done.records, done.inserted, done.updated), (12, 12, 0));
    assert_eq!(done.tables["library.Novel"], 2);
    assert_eq!(sorted(&text(db, &natural()).await), {
        lines.sort_unstable();
        lines
    });
    // Two that refer to each other, and one that nobody knows by another name.
    let circle = r#"{"model":"library.Shelf","fields":{"code":11,"inside":[12]}}
        {"model":"library.Shelf","fields":{"code":12,"inside":[11]}}
        {"model":"library.Loan","fields":{"novel":["Bob","Hello"],"recording":["Bob","Last"]}}
        {"model":"library.Recording","pk":["Bob","Last"],"fields":{"minutes":1}}
        {"model":"library.Novel","fields":{"writer":["Bob"],"title":"Last"}}"#;
    let done = loaded(db, circle).await;
    assert_eq!((done.inserted, done.updated), (5, 0));
    let shelves = Shelf::objects()
        .filter(|s| s.inside().code().gt(10) & s.code().gt(10))
        .count(db)
        .await?;
    assert_eq!(shelves, 2);
    let loans = Loan::objects()
        .filter(|l| l.recording().minutes().eq(1))
        .count(db)
        .await?;
    assert_eq!((loans, Loan::objects().count(db).await?), (1, 3));
    Ok(())
}

async fn texts_refer_to_each_other(db: &Db) -> Result<()> {
    library::tables(db).await?;
    let mut first = &br#"{"model":"library.Novel","fields":{"writer":["Ann"],"title":"One"}}"#[..];
    let mut second = &br#"{"model":"library.Writer","fields":{"name":"Ann"}}"#[..];
    let mut inputs = [
        Input {
            name: "first.json".to_owned(),
            text: &mut first,
        },
        Input {
            name: "second.json".to_owned(),
            text: &mut second,
        },
    ];
    let options = LoadOptions::default();
    let done = fixtures::load_all(db, &state(), &options, &mut inputs).await;
    assert_eq!(done.expect("loads").inserted, 2);
    let mut first = &br#"{"model":"library.Writer","fields":{"name":"Eve"}}"#[..];
    let mut second =
        &b"\n\n{\"model\":\"library.Loan\",\"fields\":{\"novel\":[\"Eve\",\"None\"]}}"[..];
    let mut inputs = [
        Input {
            name: "first.json".to_owned(),
            text: &mut first,
        },
        Input {
            name: "second.json".to_owned(),
            text: &mut second,
        },
    ];
    let error = fixtures::load_all(db, &state(), &options, &mut inputs).await;
    assert_eq!(
        told(&error.expect_err("is nowhere")),
        "second.json: record 1, line 3: `novel` refers to the library.Novel with the natural key [\"Eve\",\"None\"], which is neither in the database nor in what is loaded"
    );
    assert_eq!(Writer::objects().count(db).await?, 1);
    Ok(())
}

async fn what_is_nowhere_is_named(db: &Db) -> Result<()> {
    library::tables(db).await?;
    // What waits for what waits is not at fault.
    let rows = r#"{"model":"library.Loan","fields":{"novel":["Eve","One"]}}
        {"model":"library.Novel","fields":{"writer":["Eve"],"title":"One"}}
        {"model":"library.Writer","fields":{"name":"Ann"}}"#;
    assert_eq!(
        refused(db, rows).await,
        "record 2, line 2: `writer` refers to the library.Writer with the natural key [\"Eve\"], which is neither in the database nor in what is loaded"
    );
    let rows = r#"{"model":"library.Shelf","fields":{"code":1,"inside":[7]}}"#;
    assert_eq!(
        refused(db, rows).await,
        "record 1, line 1: `inside` refers to the library.Shelf with the natural key [7], which is neither in the database nor in what is loaded"
    );
    let rows = r#"{"model":"library.Writer","fields":{"name":"Ann"}}
        {"model":"library.Shelf","fields":{"code":1}}
        {"model":"library.Novel","fields":{"writer":["Ann"],"title":"One","shelves":[[1],[2]]}}"#;
    assert_eq!(
        refused(db, rows).await,
        "record 3, line 3: `shelves` refers to the library.Shelf with the natural key [2], which is neither in the database nor in what is loaded"
    );
    let rows = r#"{"model":"library.Novel.shelves","pk":[["Ann","One"],[1]],"fields":{}}"#;
    assert_eq!(
        refused(db, rows).await,
        "record 1, line 1: `from` refers to the library.Novel with the natural key [\"Ann\",\"One\"], which is neither in the database nor in what is loaded"
    );
    assert_eq!(Writer::objects().count(db).await?, 0);
    assert_eq!(Shelf::objects().count(db).await?, 0);
    Ok(())
}

async fn circles_that_cannot_begin_are_refused(db: &Db) -> Result<()> {
    library::tables(db).await?;
    let rows = r#"{"model":"library.Twin","fields":{"name":"Castor","other":["Pollux"]}}
        {"model":"library.Twin","fields":{"name":"Pollux","other":["Castor"]}}"#;
    assert_eq!(
        refused(db, rows).await,
        "record 1, line 1: `other` refers to the library.Twin with the natural key [\"Pollux\"], whose record (line 2) waits in turn: records refer to each other in a circle, by fields that may not be NULL"
    );
    assert_eq!(Twin::objects().count(db).await?, 0);
    // By their keys they can.
    let rows = r#"{"model":"library.Twin","pk":1,"fields":{"name":"Castor","other":2}}
        {"model":"library.Twin","pk":2,"fields":{"name":"Pollux","other":1}}"#;
    assert_eq!(loaded(db, rows).await.inserted, 2);
    Ok(())
}

async fn lists_that_django_wrote(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = r#"[{"model": "library.novel", "fields": {
        "writer": ["Bob"], "title": "New", "sequel_of": ["Bob", "Hello"], "shelves": [[2], [3], 31]
    }}, {"model": "library.shelf", "pk": null, "fields": {"code": 3, "inside": [2]}}]"#;
    let done = loaded(db, rows).await;
    assert_eq!((done.inserted, done.updated), (2, 0));
    let novel = Novel::objects()
        .filter(|n| n.title().eq("New"))
        .get(db)
        .await?;
    let shelves = novel.shelves.query().order_by(|s| s.code()).all(db).await?;
    let codes: Vec<i32> = shelves.iter().map(|s| s.code).collect();
    assert_eq!(codes, [1, 2, 3]);
    assert_eq!(novel.sequel_of.map(|s| *s.id()), Some(81));
    Ok(())
}

async fn what_is_wrong_with_a_natural_key(db: &Db) -> Result<()> {
    fill(db).await?;
    for (fields, wanted) in [
        (
            r#""writer": ["Ann", 1], "title": "x""#,
            "`writer`: the natural key of library.Writer is [name]: 1 values, not 2",
        ),
        (
            r#""writer": [null], "title": "x""#,
            "`writer`: a natural key holds no null",
        ),
        (
            r#""writer": [7], "title": "x""#,
            "`writer`: a number stands where a text is expected",
        ),
        (
            r#""writer": 1, "title": ["x"]"#,
            "`title`: a list stands where a text is expected",
        ),
    ] {
        let rows = format!("{{\"model\": \"library.Novel\", \"fields\": {{{fields}}}}}");
        assert_eq!(
            refused(db, &rows).await,
            format!("record 1, line 1: {wanted}")
        );
    }
    let rows = r#"{"model": "library.Recording", "fields": {"minutes": 1}}"#;
    assert_eq!(
        refused(db, rows).await,
        "record 1, line 1: it has no `pk`, and the database does not number library.Recording"
    );
    // The key of a record says which row is meant; the name of another row is taken.
    let rows = r#"{"model": "library.Writer", "pk": 99, "fields": {"name": "Bob"}}"#;
    let told = refused(db, rows).await;
    assert!(
        told.starts_with("record 1, line 1: the database refused library.Writer with the key 99: "),
        "{told}"
    );
    Ok(())
}

async fn many_rows_take_few_statements(db: &Db) -> Result<()> {
    library::tables(db).await?;
    let mut rows = String::new();
    for n in 0..600 {
        writeln!(
            rows,
            "{{\"model\":\"library.Writer\",\"fields\":{{\"name\":\"w{n:03}\",\"born\":{n}}}}}"
        )
        .expect("a text");
    }
    for n in 0..600 {
        writeln!(rows, "{{\"model\":\"library.Novel\",\"fields\":{{\"writer\":[\"w{n:03}\"],\"title\":\"t\",\"sequel_of\":null}}}}")
            .expect("a text");
    }
    for n in 0..600 {
        writeln!(rows, "{{\"model\":\"library.Recording\",\"pk\":[\"w{n:03}\",\"t\"],\"fields\":{{\"minutes\":{n}}}}}")
            .expect("a text");
    }
    let before = db.statements();
    let done = loaded(db, &rows).await;
    assert_eq!(done.inserted, 1_800);
    let sent = db.statements() - before;
    assert!(sent < 60, "{sent} statements");
    assert_eq!(sorted(&text(db, &natural()).await), sorted(&rows));
    Ok(())
}

async fn a_field_that_is_not_written_keeps_its_value(db: &Db) -> Result<()> {
    fill(db).await?;
    Writer::objects()
        .update(|w| w.secret().set("kept"))
        .exec(db)
        .await?;
    for options in [natural(), DumpOptions::default()] {
        let rows = text(db, &options).await;
        assert!(!rows.contains("secret") && !rows.contains("kept"), "{rows}");
        loaded(db, &rows).await;
    }
    let kept = Writer::objects().filter(|w| w.secret().eq("kept"));
    assert_eq!(kept.count(db).await?, 2);
    // What a record says all the same is taken.
    let rows = r#"{"model":"library.Writer","fields":{"name":"Bob","secret":"new"}}
        {"model":"library.Writer","fields":{"name":"Eve"}}"#;
    loaded(db, rows).await;
    let secrets = Writer::objects()
        .order_by(|w| w.name())
        .select(|w| w.secret())
        .all(db)
        .await?;
    assert_eq!(secrets, ["kept", "new", ""]);
    Ok(())
}
