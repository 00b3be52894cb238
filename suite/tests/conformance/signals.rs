//! Receivers of signals: who is told what and when, within which transaction, and what their refusal
//! undoes.

use std::sync::{Arc, Mutex};

use orm::backend::DbErrorKind;
use orm::dialect::RowLocks;
use orm::model::AnyModel;
use orm::prelude::*;
use orm::query::Saved;
use orm::signals::{
    Cause, M2mAction, M2mChanged, Origin, PostDelete, PostSave, PreDelete, PreSave, Receiver, Sends,
};
use orm::value::Value;
use rust_decimal::Decimal;
use suite::models::accounts::{self, Account, Badge, Locker, assert_kept};
use suite::models::blog::{self, Article, Author, Category, Country, Tag, fill};
use suite::models::clubs::{self, Club, Member, Membership};
use suite::models::owners::{self, Loan, Note, Owner, Pet, Toy};
use suite::models::tangle::{self, Left, Right};

cases! {
    told_of_saves, parts_of_objects, what_is_silent, receivers_change_what_is_saved, fields_that_the_database_fills,
    found_or_created, updated_or_created, updated_by_expressions, refused_saves, refused_in_a_transaction,
    refused_writes_leave_the_transaction, lookups_are_kept, told_of_deletes, told_of_cascades, what_only_forgets, refused_deletes,
    protected_from_the_start, circles, told_of_trees, lookups_are_forgotten, many_objects, told_of_sets, sets_from_the_other_side,
    told_once_of_symmetrical_sets, sets_through_a_model, refused_sets, created_in_a_set, in_the_same_transaction, once_for_a_name,
    all_models, order_of_receivers, apart_from_other_databases, no_cost_for_other_models,
    receivers_that_write_the_same_model, after_commit, updated_as_without_receivers, told_of_the_newest_values,
    a_field_by_which_it_is_found_moves, empty_values_that_no_type_has, refused_before_anything_is_written,
    nothing_waits_for_a_refused_write, pairs_that_rows_refer_to, updated_by_other_rows, every_task_counts,
}

/// Writes down what it is told.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, line: impl Into<String>) {
        self.0.lock().expect("no panic").push(line.into());
    }

    /// What was told since it was asked last.
    fn read(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }

    /// Hears of all that one model sends.
    fn connect<M: Model>(&self, db: &Db) {
        db.signals()
            .of::<M>()
            .pre_save("log", self.clone())
            .post_save("log", self.clone())
            .pre_delete("log", self.clone())
            .post_delete("log", self.clone())
            .m2m_changed("log", self.clone());
    }
}

/// A name and a key, whatever the type.
trait Shown: Sends {
    fn shown(&self) -> String;
}

fn shown(object: &dyn AnyModel) -> String {
    let key = object.key_values().into_iter().map(|v| match v {
        Value::Null => "-".to_owned(),
        Value::Int(v) => v.to_string(),
        Value::UInt(v) => v.to_string(),
        Value::Text(v) => v,
        other => format!("{other:?}"),
    });
    let key: Vec<String> = key.collect();
    format!("{} {}", object.meta().name, key.join("/"))
}

impl<M: Model> Shown for M {
    fn shown(&self) -> String {
        shown(self)
    }
}

impl Shown for dyn AnyModel {
    fn shown(&self) -> String {
        shown(self)
    }
}

fn of_fields(fields: Option<&[&str]>) -> String {
    fields.map_or_else(String::new, |f| format!(" of {}", f.join(", ")))
}

impl<O: Shown + ?Sized> Receiver<PreSave<'static, O>> for Log {
    async fn receive(&self, event: PreSave<'_, O>) -> Result<(), Cause> {
        let fields = of_fields(event.update_fields);
        self.note(format!("pre_save {}{fields}", event.object.shown()));
        Ok(())
    }
}

impl<O: Shown + ?Sized> Receiver<PostSave<'static, O>> for Log {
    async fn receive(&self, event: PostSave<'_, O>) -> Result<(), Cause> {
        let how = if event.created { "created" } else { "updated" };
        let fields = of_fields(event.update_fields);
        self.note(format!("post_save {} {how}{fields}", event.object.shown()));
        Ok(())
    }
}

fn from(origin: Origin) -> String {
    match origin {
        Origin::Object(meta) => format!("object {}", meta.name),
        Origin::Query(meta) => format!("query {}", meta.name),
        _ => "?".to_owned(),
    }
}

impl<O: Shown + ?Sized> Receiver<PreDelete<'static, O>> for Log {
    async fn receive(&self, event: PreDelete<'_, O>) -> Result<(), Cause> {
        let origin = from(event.origin);
        self.note(format!("pre_delete {} by {origin}", event.object.shown()));
        Ok(())
    }
}

impl<O: Shown + ?Sized> Receiver<PostDelete<'static, O>> for Log {
    async fn receive(&self, event: PostDelete<'_, O>) -> Result<(), Cause> {
        self.note(format!("post_delete {}", event.object.shown()));
        Ok(())
    }
}

impl Receiver<M2mChanged<'static>> for Log {
    async fn receive(&self, event: M2mChanged<'_>) -> Result<(), Cause> {
        let mut keys: Vec<i64> = event.keys_as()?;
        keys.sort_unstable();
        let other = if event.reverse { ", reverse" } else { "" };
        self.note(format!(
            "{:?} {} {} .{} {} {keys:?}{other}",
            event.action,
            event.owner_model.name,
            event.owner_as::<i64>()?,
            event.field,
            event.model.name,
        ));
        Ok(())
    }
}

async fn told_of_saves(db: &Db) -> Result<()> {
    blog::tables(db).await?;
    let log = Log::default();
    log.connect::<Country>(db);
    log.connect::<Tag>(db);
    Country::create(
        db,
        new!(Country {
            code: "at",
            name: "Austria"
        }),
    )
    .await?;
    assert_eq!(
        log.read(),
        ["pre_save Country at", "post_save Country at created"]
    );
    let mut at = Country::get(db, "at".to_owned()).await?;
    at.name = "Österreich".to_owned();
    assert_eq!(at.save(db).await?, Saved::Updated);
    assert_eq!(
        log.read(),
        ["pre_save Country at", "post_save Country at updated"]
    );
    // The key is given and no row has it.
    let mut fr = Country {
        code: "fr".to_owned(),
        name: "France".to_owned(),
    };
    assert_eq!(fr.save(db).await?, Saved::Created);
    assert_eq!(
        log.read(),
        ["pre_save Country fr", "post_save Country fr created"]
    );
    // The database numbers the row: before it is there, it has no key.
    let tag = Tag::create(db, new!(Tag { name: "rust" })).await?;
    let key = tag.id.get().expect("a key");
    let after = format!("post_save Tag {key} created");
    assert_eq!(log.read(), ["pre_save Tag -", after.as_str()]);
    for how in ["insert", "save"] {
        let mut tag = Tag {
            id: Auto::unset(),
            name: how.to_owned(),
        };
        match how {
            "insert" => tag.insert(db).await?,
            _ => assert_eq!(tag.save(db).await?, Saved::Created),
        }
        let after = format!("post_save Tag {} created", tag.id.get().expect("a key"));
        assert_eq!(log.read(), ["pre_save Tag -", after.as_str()], "{how}");
        assert_eq!(Tag::filter(|t| t.name().eq(how)).count(db).await?, 1);
    }
    Ok(())
}

async fn parts_of_objects(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    log.connect::<Article>(db);
    let mut alpha = Article::get(db, 1).await?;
    let before = alpha.clone();
    alpha.views = 11;
    alpha.title = "not saved".to_owned();
    alpha.save_fields(db, |a| (a.views(), a.public())).await?;
    let told = [
        "pre_save Article 1 of views, public",
        "post_save Article 1 updated of views, public",
    ];
    assert_eq!(log.read(), told);
    alpha.reload(db).await?;
    assert_eq!((alpha.views, alpha.title.as_str()), (11, "Alpha"));
    assert!(alpha.updated_at > before.updated_at);
    let before = alpha.clone();
    assert_eq!(alpha.save_changed(db, &before).await?, 0);
    assert_eq!(log.read(), [""; 0], "nothing is saved");
    alpha.rating = None;
    assert_eq!(alpha.save_changed(db, &before).await?, 1);
    assert_eq!(
        log.read(),
        [
            "pre_save Article 1 of rating",
            "post_save Article 1 updated of rating"
        ]
    );
    // Nothing differs any more when the receivers are done.
    async fn unrated(event: PreSave<'_, Article>) -> Result<()> {
        event.object.rating = None;
        Ok(())
    }
    let unrating = db.signals().of::<Article>();
    unrating.pre_save("unrated", unrated);
    let before = alpha.clone();
    alpha.rating = Some(1.0);
    assert_eq!(alpha.save_changed(db, &before).await?, 0);
    assert_eq!(log.read(), ["pre_save Article 1 of rating"]);
    // What a receiver changes beside is saved too.
    alpha.views = 12;
    alpha.rating = Some(1.0);
    let before = alpha.clone();
    alpha.views = 13;
    assert_eq!(alpha.save_changed(db, &before).await?, 2);
    assert_eq!(
        log.read(),
        [
            "pre_save Article 1 of views",
            "post_save Article 1 updated of views, rating"
        ]
    );
    alpha.reload(db).await?;
    assert_eq!((alpha.views, alpha.rating), (13, None));
    unrating.disconnect("unrated");
    // There is no such row: only the first signal is sent.
    let mut gone = alpha.clone();
    gone.id = Auto::from(99);
    let missing = gone.save_fields(db, |a| a.views()).await;
    assert!(missing.is_err_and(|e| e.is_not_found()));
    assert_eq!(log.read(), ["pre_save Article 99 of views"]);
    Ok(())
}

/// What Django does not tell of either.
async fn what_is_silent(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    log.connect::<Country>(db);
    log.connect::<Article>(db);
    log.connect::<Author>(db);
    let country = |code: &str| Country {
        code: code.to_owned(),
        name: "x".to_owned(),
    };
    Country::bulk_create(db, ["aa", "bb"].map(country)).await?;
    Country::bulk_create_ignore_conflicts(db, ["aa", "cc"].map(country)).await?;
    Country::bulk_create_update_conflicts(db, ["aa"].map(country), |c| c.code(), |c| c.name())
        .await?;
    Country::bulk_update(db, &mut [country("aa")], |c| c.name()).await?;
    Country::objects()
        .update(|c| c.name().set("y"))
        .exec(db)
        .await?;
    country("aa").update(db, |c| c.name().set("z")).await?;
    let bob = Author::get(db, 2).await?;
    bob.articles.add(db, [1]).await?; // the referring column, by an UPDATE
    bob.edited.clear(db).await?;
    assert_eq!(log.read(), [""; 0]);
    Ok(())
}

async fn receivers_change_what_is_saved(db: &Db) -> Result<()> {
    async fn loud(event: PreSave<'_, Country>) -> Result<()> {
        event.object.name = event.object.name.to_uppercase();
        Ok(())
    }
    async fn named_by_code(event: PreSave<'_, dyn AnyModel>) -> Result<()> {
        let code = event.object.get("code");
        if let Some(Value::Text(code)) = code
            && event.object.get("name") == Some(Value::Text(String::new()))
        {
            assert!(event.object.set("name", format!("land {code}"))?);
        }
        assert!(!event.object.set("nothing", 1_i64)?);
        Ok(())
    }
    blog::tables(db).await?;
    db.signals()
        .of_all()
        .pre_save("named by code", named_by_code);
    db.signals().of::<Country>().pre_save("loud", loud);
    let at = Country::create(
        db,
        new!(Country {
            code: "at",
            name: ""
        }),
    )
    .await?;
    assert_eq!(at.name, "LAND AT");
    let mut fr = Country {
        code: "fr".to_owned(),
        name: "France".to_owned(),
    };
    fr.insert(db).await?;
    assert_eq!(fr.name, "FRANCE");
    fr.name = "Gaul".to_owned();
    fr.save(db).await?;
    let read = Country::objects().order_by(|c| c.code()).all(db).await?;
    assert_eq!(
        (read[0].name.as_str(), read[1].name.as_str()),
        ("LAND AT", "GAUL")
    );
    // What is not among the fields that are saved, is not saved.
    fr.name = "quiet".to_owned();
    let before = fr.clone();
    assert_eq!(fr.save_changed(db, &before).await?, 0);
    // A change that a receiver makes is checked as any.
    async fn too_long(event: PreSave<'_, Country>) -> Result<()> {
        event.object.code = "long".to_owned();
        Ok(())
    }
    db.signals().of::<Country>().pre_save("too long", too_long);
    let long = Country::create(
        db,
        new!(Country {
            code: "es",
            name: ""
        }),
    )
    .await;
    assert!(long.is_err());
    assert_eq!(Country::objects().count(db).await?, 2);
    Ok(())
}

/// Columns that the database fills.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "told")]
struct Parcel {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(db_default = "7")]
    rank: i32,
    #[field(db_default = "'plain'", max_length = 20)]
    kind: String,
    #[field(db_default = "CURRENT_TIMESTAMP(6)")]
    at: DateTime<Utc>,
    amount: i64,
    #[field(computed = "amount * 2")]
    twice: i64,
}

async fn fields_that_the_database_fills(db: &Db) -> Result<()> {
    async fn odd(event: PreSave<'_, Parcel>) -> Result<()> {
        let parcel = event.object;
        if !parcel.id.is_set() {
            assert_eq!(
                (parcel.rank, parcel.kind.as_str(), parcel.twice),
                (0, "", 0)
            );
        }
        if parcel.amount % 2 == 1 {
            parcel.rank = 3;
        }
        parcel.twice = 1000; // nobody's business
        Ok(())
    }
    orm::create_tables(db, &[Parcel::META]).await?;
    db.signals().of::<Parcel>().pre_save("odd", odd);
    let even = Parcel::create(db, new!(Parcel { amount: 4 })).await?;
    assert_eq!((even.rank, even.kind.as_str(), even.twice), (7, "plain", 8));
    assert!((Utc::now() - even.at).num_seconds().abs() < 60);
    let mut odd = Parcel::create(db, new!(Parcel { amount: 5 })).await?;
    assert_eq!((odd.rank, odd.kind.as_str(), odd.twice), (3, "plain", 10));
    odd.amount = 6;
    odd.save(db).await?;
    assert_eq!(
        odd.twice, 10,
        "as a save leaves it of which nobody hears, whatever a receiver puts there"
    );
    let before = odd.clone();
    assert_eq!(odd.save_changed(db, &before).await?, 0);
    odd.reload(db).await?;
    assert_eq!((odd.rank, odd.twice), (3, 12));
    // What is updated is read again, as it is where nobody hears of it.
    struct Seen(Log);
    impl Receiver<PostSave<'static, Parcel>> for Seen {
        async fn receive(&self, event: PostSave<'_, Parcel>) -> Result<(), Cause> {
            self.0.note(event.object.twice.to_string());
            Ok(())
        }
    }
    let log = Log::default();
    let parcels = db.signals().of::<Parcel>();
    parcels.post_save("seen", Seen(log.clone()));
    let id = even.id.get().expect("a key");
    let new = |amount| new!(Parcel { id: id, amount });
    let (even, created) = Parcel::update_or_create(db, new(8), |p| p.id()).await?;
    assert_eq!((created, even.amount, even.twice), (false, 8, 16));
    assert_eq!(log.read(), ["16"]);
    assert!(parcels.disconnect("odd") && parcels.disconnect("seen"));
    let (even, _) = Parcel::update_or_create(db, new(10), |p| p.id()).await?;
    assert_eq!(even.twice, 20);
    Ok(())
}

async fn found_or_created(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    log.connect::<Country>(db);
    let new = |name| new!(Country { code: "es", name });
    let (_, created) = Country::get_or_create(db, new("Spain"), |c| c.code()).await?;
    assert!(created);
    assert_eq!(
        log.read(),
        ["pre_save Country es", "post_save Country es created"]
    );
    let (es, created) = Country::get_or_create(db, new("Iberia"), |c| c.code()).await?;
    assert_eq!((created, es.name.as_str()), (false, "Spain"));
    assert_eq!(log.read(), [""; 0]);
    Ok(())
}

async fn updated_or_created(db: &Db) -> Result<()> {
    async fn loud(event: PreSave<'_, Author>) -> Result<()> {
        event.object.name = event.object.name.to_uppercase();
        Ok(())
    }
    fill(db).await?;
    let log = Log::default();
    log.connect::<Author>(db);
    db.signals().of::<Author>().pre_save("loud", loud);
    let new = |name| {
        new!(Author {
            email: "zoe@x",
            name
        })
    };
    let (zoe, created) = Author::update_or_create(db, new("Zoe"), |a| a.email()).await?;
    assert!(created && zoe.name == "ZOE");
    let key = zoe.id.get().expect("a key");
    let after = format!("post_save Author {key} created");
    assert_eq!(log.read(), ["pre_save Author -", after.as_str()]);
    let (same, created) = Author::update_or_create(db, new("zoë"), |a| a.email()).await?;
    assert_eq!(
        (created, same.id, same.name.as_str()),
        (false, zoe.id, "ZOË")
    );
    let told = [
        format!("pre_save Author {key} of name"),
        format!("post_save Author {key} updated of name"),
    ];
    assert_eq!(log.read(), told);
    assert_eq!(Author::get(db, key).await?.name, "ZOË");
    Ok(())
}

async fn updated_by_expressions(db: &Db) -> Result<()> {
    /// Sees the new values before they are saved, and the row with the old ones.
    async fn at_most_forty(event: PreSave<'_, Article>) -> Result<()> {
        let id = event.object.id.get();
        let stored = Article::objects()
            .filter_some(id, |a, id| a.id().eq(id))
            .get(event.tx)
            .await?;
        assert_eq!(stored.views, 35);
        event.object.views = event.object.views.min(40);
        Ok(())
    }
    fill(db).await?;
    db.signals()
        .of::<Article>()
        .pre_save("at most forty", at_most_forty);
    let new = new!(Article {
        id: 5,
        title: "x",
        author: 1
    });
    let set = Article::update_or_create_with(
        db,
        new,
        |a| a.id(),
        |a| (a.views().set(a.views() * 2), a.body().set("doubled")),
    );
    let (article, created) = set.await?;
    assert_eq!(
        (created, article.views, article.body.as_str()),
        (false, 40, "doubled")
    );
    let read = Article::get(db, 5).await?;
    assert_eq!(
        (read.views, read.body.as_str(), read.title.as_str()),
        (40, "doubled", "Épsilon")
    );
    // A key does not follow what is told of one object.
    let new = new!(Article {
        id: 5,
        title: "x",
        author: 1
    });
    let moved = Article::update_or_create_with(db, new, |a| a.id(), |a| a.id().set(6)).await;
    assert!(matches!(moved, Err(Error::Usage(text)) if text.contains("`id`")));
    Ok(())
}

/// Notes each save in a row of its own, then refuses those it does not like.
async fn strict(event: PostSave<'_, Country>) -> Result<()> {
    Tag::create(
        event.tx,
        new!(Tag {
            name: format!("saved {}", event.object.code)
        }),
    )
    .await?;
    match event.object.name.as_str() {
        "bad" => Err(Error::Usage("a bad name".to_owned())),
        _ => Ok(()),
    }
}

async fn refused_saves(db: &Db) -> Result<()> {
    blog::tables(db).await?;
    db.signals().of::<Country>().post_save("strict", strict);
    let good = |code| new!(Country { code, name: "good" });
    let bad = |code| new!(Country { code, name: "bad" });
    let mut at = Country::create(db, good("at")).await?;
    let error = Country::create(db, bad("fr")).await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "the receiver `strict` of post_save of Country refused: a bad name"
    );
    assert!(matches!(
        &error,
        Error::Receiver { receiver, signal: "post_save", model: "Country", cause }
            if receiver == "strict" && cause.downcast_ref::<Error>().is_some()
    ));
    Tag::objects()
        .filter(|t| t.name().eq("saved at"))
        .delete(db)
        .await?;
    at.name = "bad".to_owned();
    assert!(at.save(db).await.is_err());
    assert!(at.save_fields(db, |c| c.name()).await.is_err());
    assert!(
        Country::get_or_create(db, bad("es"), |c| c.code())
            .await
            .is_err()
    );
    assert!(
        Country::update_or_create(db, bad("at"), |c| c.code())
            .await
            .is_err()
    );
    // Neither the rows nor what the receiver wrote.
    let all = Country::objects()
        .select(|c| (c.code(), c.name()))
        .all(db)
        .await?;
    assert_eq!(all, [("at".to_owned(), "good".to_owned())]);
    assert_eq!(Tag::objects().count(db).await?, 0);
    // An object whose insert is undone has no key.
    async fn never(event: PostSave<'_, Author>) -> Result<(), String> {
        assert!(event.object.id.is_set());
        Err(format!("no {}", event.object.name))
    }
    db.signals().of::<Author>().post_save("never", never);
    let mut ann = Author::create(db, new!(Author { name: "Ann" })).await;
    assert!(ann.is_err());
    db.signals().disconnect("never");
    ann = Author::create(db, new!(Author { name: "Ann" })).await;
    let mut ann = ann?;
    ann.id = Auto::unset();
    db.signals().of::<Author>().post_save("never", never);
    assert!(
        ann.save(db)
            .await
            .is_err_and(|e| e.to_string().ends_with("refused: no Ann"))
    );
    assert!(!ann.id.is_set());
    assert_eq!(Author::objects().count(db).await?, 1);
    Ok(())
}

async fn refused_in_a_transaction(db: &Db) -> Result<()> {
    blog::tables(db).await?;
    db.signals().of::<Country>().post_save("strict", strict);
    let tx = db.begin().await?;
    Country::create(
        &tx,
        new!(Country {
            code: "at",
            name: "good"
        }),
    )
    .await?;
    let refused = Country::create(
        &tx,
        new!(Country {
            code: "fr",
            name: "bad"
        }),
    )
    .await;
    assert!(refused.is_err());
    // Without savepoints the refusal dooms the whole.
    let goes_on = Tag::objects().count(&tx).await;
    assert_eq!(goes_on.is_ok(), db.dialect().features().savepoints);
    assert_eq!(
        tx.commit().await.is_ok(),
        db.dialect().features().savepoints
    );
    let kept = u64::from(db.dialect().features().savepoints);
    assert_eq!(Country::objects().count(db).await?, kept);
    assert_eq!(Tag::objects().count(db).await?, kept);
    Ok(())
}

/// A statement that the database refuses undoes itself, whatever hears of it.
async fn refused_writes_leave_the_transaction(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    log.connect::<Country>(db);
    let tx = db.begin().await?;
    let taken = Country::create(
        &tx,
        new!(Country {
            code: "at",
            name: "again"
        }),
    )
    .await;
    assert!(taken.is_err_and(|e| e.is_unique_violation()));
    assert_eq!(log.read(), ["pre_save Country at"]);
    let mut none = Country {
        code: "xx".to_owned(),
        name: String::new(),
    };
    assert!(
        none.save_fields(&tx, |c| c.name())
            .await
            .is_err_and(|e| e.is_not_found())
    );
    let (at, created) = Country::get_or_create(
        &tx,
        new!(Country {
            code: "at",
            name: "again"
        }),
        |c| c.code(),
    )
    .await?;
    assert_eq!((created, at.name.as_str()), (false, "Austria"));
    Country::create(
        &tx,
        new!(Country {
            code: "es",
            name: "Spain"
        }),
    )
    .await?;
    tx.commit().await?;
    assert_eq!(Country::objects().count(db).await?, 3);
    Ok(())
}

async fn lookups_are_kept(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let log = Log::default();
    log.connect::<Account>(db);
    let mut ann = Account::create(
        db,
        new!(Account {
            email: "ann@x",
            nick: "ann".to_owned()
        }),
    )
    .await?;
    ann.email = "ann@y".to_owned();
    ann.save(db).await?;
    let taken = Account::create(db, new!(Account { email: "ann@y" })).await;
    assert!(taken.is_err_and(|e| e.is_unique_violation()));
    let tx = db.begin().await?;
    let taken = Account::create(&tx, new!(Account { email: "ann@y" })).await;
    assert!(taken.is_err_and(|e| e.is_unique_violation()));
    let (same, created) =
        Account::get_or_create(&tx, new!(Account { email: "ann@y" }), |a| a.email()).await?;
    assert_eq!((same.id, created), (ann.id, false));
    Account::create(&tx, new!(Account { email: "bob@x" })).await?;
    tx.commit().await?;
    assert_kept(db).await?;
    let key = ann.id.get().expect("a key");
    let told = log.read();
    assert_eq!(
        told[..2],
        [
            "pre_save Account -".to_owned(),
            format!("post_save Account {key} created")
        ]
    );
    assert_eq!(
        told.iter().filter(|l| l.starts_with("post_save")).count(),
        3,
        "{told:?}"
    );
    Ok(())
}

async fn told_of_deletes(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    log.connect::<Country>(db);
    Author::objects()
        .update(|a| a.country().set(None::<&str>))
        .exec(db)
        .await?;
    let at = Country::get(db, "at".to_owned()).await?;
    assert_eq!(at.delete(db).await?.by_model["Country"], 1);
    assert_eq!(
        log.read(),
        [
            "pre_delete Country at by object Country",
            "post_delete Country at"
        ]
    );
    assert_eq!(at.delete(db).await?.total, 0);
    assert_eq!(log.read(), [""; 0], "there is no such row");
    for code in ["es", "de"] {
        Country::create(db, new!(Country { code, name: "x" })).await?;
    }
    log.read();
    let deleted = Country::filter(|c| c.name().eq("x")).delete(db).await?;
    assert_eq!(deleted.total, 2);
    let told = [
        "pre_delete Country de by query Country",
        "pre_delete Country es by query Country",
        "post_delete Country de",
        "post_delete Country es",
    ];
    assert_eq!(log.read(), told);
    assert_eq!(
        Country::objects().select(|c| c.code()).all(db).await?,
        ["fr"]
    );
    Ok(())
}

async fn told_of_cascades(db: &Db) -> Result<()> {
    /// The row is still there, with what it refers to.
    async fn there(event: PreDelete<'_, Pet>) -> Result<()> {
        let owner = *event.object.owner.id();
        assert_eq!(
            Owner::filter(|o| o.id().eq(owner)).count(event.tx).await?,
            1
        );
        let id = event.object.id.get().unwrap_or_default();
        assert_eq!(Pet::filter(|p| p.id().eq(id)).count(event.tx).await?, 1);
        Ok(())
    }
    async fn gone(event: PostDelete<'_, Pet>) -> Result<()> {
        let id = event.object.id.get().unwrap_or_default();
        assert_eq!(Pet::filter(|p| p.id().eq(id)).count(event.tx).await?, 0);
        // What refers goes before what it refers to.
        assert_eq!(event.origin.model().name, "Owner");
        assert_eq!(Owner::filter(|o| o.id().eq(1)).count(event.tx).await?, 1);
        Ok(())
    }
    owners::fill(db).await?;
    for (id, owner) in [(1, 1), (2, 1), (3, 2)] {
        Pet::create(db, new!(Pet { id, owner })).await?;
    }
    for (id, pet) in [(1, 2), (2, 3)] {
        Toy::create(db, new!(Toy { id, pet })).await?;
    }
    let log = Log::default();
    log.connect::<Toy>(db);
    log.connect::<Owner>(db);
    db.signals()
        .of::<Pet>()
        .pre_delete("there", there)
        .post_delete("gone", gone);
    let deleted = Owner::get(db, 1).await?.delete(db).await?;
    let by: Vec<(&str, u64)> = deleted.by_model.into_iter().collect();
    assert_eq!(by, [("Owner", 1), ("Pet", 2), ("Toy", 1)]);
    let told = [
        "pre_delete Toy 1 by object Owner",
        "pre_delete Owner 1 by object Owner",
        "post_delete Toy 1",
        "post_delete Owner 1",
    ];
    assert_eq!(log.read(), told);
    assert_eq!(Owner::objects().count(db).await?, 2);
    assert_eq!(Pet::objects().select(|p| p.id()).all(db).await?, [3]);
    Ok(())
}

/// Rows that only change hear nothing, as in Django.
async fn what_only_forgets(db: &Db) -> Result<()> {
    owners::fill(db).await?;
    Note::create(db, new!(Note { id: 1, owner: 2 })).await?;
    let log = Log::default();
    log.connect::<Note>(db);
    log.connect::<Owner>(db);
    Owner::get(db, 2).await?.delete(db).await?;
    assert_eq!(
        log.read(),
        ["pre_delete Owner 2 by object Owner", "post_delete Owner 2"]
    );
    assert!(Note::get(db, 1).await?.owner.is_none());
    Ok(())
}

async fn refused_deletes(db: &Db) -> Result<()> {
    async fn never(event: PreDelete<'_, Toy>) -> Result<(), String> {
        Err(format!("toy {} stays", event.object.id))
    }
    async fn late(_: PostDelete<'_, Toy>) -> Result<(), &'static str> {
        Err("too late")
    }
    owners::fill(db).await?;
    Pet::create(db, new!(Pet { id: 1, owner: 1 })).await?;
    Toy::create(db, new!(Toy { id: 7, pet: 1 })).await?;
    for round in ["pre", "post"] {
        let toys = db.signals().of::<Toy>();
        match round {
            "pre" => toys.pre_delete("never", never),
            _ => toys.post_delete("late", late),
        };
        let error = Owner::objects()
            .delete(db)
            .await
            .expect_err(round)
            .to_string();
        let expected = match round {
            "pre" => "the receiver `never` of pre_delete of Toy refused: toy 7 stays",
            _ => "the receiver `late` of post_delete of Toy refused: too late",
        };
        assert_eq!(error, expected);
        assert_eq!(Owner::objects().count(db).await?, 3);
        assert_eq!(Toy::objects().count(db).await?, 1);
        assert!(toys.disconnect(if round == "pre" { "never" } else { "late" }));
    }
    assert_eq!(Owner::objects().delete(db).await?.total, 5);
    Ok(())
}

/// What stands in the way is seen before anybody is told.
async fn protected_from_the_start(db: &Db) -> Result<()> {
    owners::fill(db).await?;
    Loan::create(db, new!(Loan { id: 5, owner: 3 })).await?;
    let log = Log::default();
    log.connect::<Owner>(db);
    let error = Owner::objects().delete(db).await.expect_err("protected");
    assert!(
        matches!(error, Error::Protected { by: "Loan", .. }),
        "{error}"
    );
    assert_eq!(log.read(), [""; 0]);
    Ok(())
}

async fn circles(db: &Db) -> Result<()> {
    tangle::tables(db).await?;
    let mut left = Left::create(db, new!(Left { id: 1 })).await?;
    let right = Right::create(db, new!(Right { id: 1, left: &left })).await?;
    left.right = Some(ForeignKey::new(right.id.get().expect("a key")));
    left.save(db).await?;
    let log = Log::default();
    log.connect::<Left>(db);
    log.connect::<Right>(db);
    assert_eq!(left.delete(db).await?.total, 2);
    let mut told = log.read();
    let posts = told.split_off(2);
    told.sort();
    assert_eq!(
        told,
        [
            "pre_delete Left 1 by object Left",
            "pre_delete Right 1 by object Left"
        ]
    );
    assert_eq!(posts.len(), 2);
    Ok(())
}

async fn told_of_trees(db: &Db) -> Result<()> {
    blog::tables(db).await?;
    let mut parent: Option<i64> = None;
    for id in 1..=4 {
        Category::create(
            db,
            new!(Category {
                id,
                name: "c",
                parent
            }),
        )
        .await?;
        parent = Some(id);
    }
    let log = Log::default();
    log.connect::<Category>(db);
    assert_eq!(
        Category::filter(|c| c.id().eq(2)).delete(db).await?.total,
        3
    );
    let mut told = log.read();
    told.sort();
    let ids = [2, 3, 4];
    let posts = ids.map(|id| format!("post_delete Category {id}"));
    let pres = ids.map(|id| format!("pre_delete Category {id} by query Category"));
    assert_eq!(told, [posts, pres].concat());
    assert_eq!(Category::objects().select(|c| c.id()).all(db).await?, [1]);
    Ok(())
}

async fn lookups_are_forgotten(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let ann = Account::create(db, new!(Account { email: "ann@x" })).await?;
    Badge::create(
        db,
        new!(Badge {
            code: "b",
            number: 1,
            account: &ann
        }),
    )
    .await?;
    let ticket = uuid::Uuid::from_u128(1);
    Locker::create(
        db,
        new!(Locker {
            room: "a",
            number: 1,
            ticket,
            account: &ann
        }),
    )
    .await?;
    let log = Log::default();
    log.connect::<Locker>(db);
    assert_eq!(ann.delete(db).await?.total, 2);
    assert_eq!(
        log.read(),
        [
            "pre_delete Locker a/1 by object Account",
            "post_delete Locker a/1"
        ]
    );
    assert_kept(db).await?;
    assert!(Badge::get(db, "b".to_owned()).await?.account.is_none());
    Account::create(db, new!(Account { email: "ann@x" })).await?;
    Ok(())
}

/// More than a statement takes.
async fn many_objects(db: &Db) -> Result<()> {
    owners::fill(db).await?;
    let pets = (1..=1200).map(|id| new!(Pet { id, owner: 1 }));
    Pet::bulk_create(db, pets).await?;
    let log = Log::default();
    log.connect::<Pet>(db);
    assert_eq!(
        Owner::get(db, 1).await?.delete(db).await?.by_model["Pet"],
        1200
    );
    let told = log.read();
    assert_eq!(told.len(), 2400);
    let heard = |line: &str| told.iter().filter(|l| *l == line).count();
    for id in [1, 512, 513, 1200] {
        assert_eq!(heard(&format!("pre_delete Pet {id} by object Owner")), 1);
        assert_eq!(heard(&format!("post_delete Pet {id}")), 1);
    }
    assert!(told[..1200].iter().all(|l| l.starts_with("pre")));
    Ok(())
}

async fn told_of_sets(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    log.connect::<Article>(db);
    log.connect::<Tag>(db);
    let alpha = Article::get(db, 1).await?; // rust, db
    alpha.tags.add(db, [2, 3, 3]).await?;
    let told = [
        "PreAdd Article 1 .tags Tag [3]",
        "PostAdd Article 1 .tags Tag [3]",
    ];
    assert_eq!(log.read(), told, "of those that were not there");
    alpha.tags.add(db, [3]).await?;
    assert_eq!(log.read(), [""; 0]);
    alpha.tags.remove(db, [1, 4]).await?;
    let told = [
        "PreRemove Article 1 .tags Tag [1, 4]",
        "PostRemove Article 1 .tags Tag [1, 4]",
    ];
    assert_eq!(log.read(), told, "of those that were named");
    alpha.tags.set(db, [1, 3]).await?; // it has 2 and 3
    let told = [
        "PreRemove Article 1 .tags Tag [2]",
        "PostRemove Article 1 .tags Tag [2]",
        "PreAdd Article 1 .tags Tag [1]",
        "PostAdd Article 1 .tags Tag [1]",
    ];
    assert_eq!(log.read(), told);
    alpha.tags.set(db, [3, 1]).await?;
    assert_eq!(log.read(), [""; 0]);
    alpha.tags.clear(db).await?;
    assert_eq!(
        log.read(),
        [
            "PreClear Article 1 .tags Tag []",
            "PostClear Article 1 .tags Tag []"
        ]
    );
    assert_eq!(alpha.tags.query().count(db).await?, 0);
    // The rows of pairs go with an object, and are no objects.
    Article::get(db, 4).await?.delete(db).await?;
    assert_eq!(
        log.read(),
        [
            "pre_delete Article 4 by object Article",
            "post_delete Article 4"
        ]
    );
    Ok(())
}

async fn sets_from_the_other_side(db: &Db) -> Result<()> {
    clubs::fill(db).await?;
    let log = Log::default();
    log.connect::<Club>(db);
    let ann = Member::get(db, 1).await?;
    ann.helps.add(db, [1, 2]).await?;
    let told = [
        "PreAdd Member 1 .helpers Club [1, 2], reverse",
        "PostAdd Member 1 .helpers Club [1, 2], reverse",
    ];
    assert_eq!(log.read(), told);
    ann.helps.remove(db, [2]).await?;
    let told = [
        "PreRemove Member 1 .helpers Club [2], reverse",
        "PostRemove Member 1 .helpers Club [2], reverse",
    ];
    assert_eq!(log.read(), told);
    ann.helps.clear(db).await?;
    assert_eq!(log.read().len(), 2);
    Ok(())
}

async fn told_once_of_symmetrical_sets(db: &Db) -> Result<()> {
    clubs::fill(db).await?;
    let log = Log::default();
    log.connect::<Member>(db);
    let ann = Member::get(db, 1).await?;
    ann.friends.add(db, [2, 3]).await?;
    // Once, though each pair stands there twice.
    let told = [
        "PreAdd Member 1 .friends Member [2, 3]",
        "PostAdd Member 1 .friends Member [2, 3]",
    ];
    assert_eq!(log.read(), told);
    assert_eq!(
        Member::get(db, 2).await?.friends.query().count(db).await?,
        1
    );
    Member::get(db, 2).await?.friends.remove(db, [1]).await?;
    let told = [
        "PreRemove Member 2 .friends Member [1]",
        "PostRemove Member 2 .friends Member [1]",
    ];
    assert_eq!(log.read(), told);
    assert_eq!(ann.friends.query().count(db).await?, 1);
    Ok(())
}

async fn sets_through_a_model(db: &Db) -> Result<()> {
    clubs::fill(db).await?;
    let log = Log::default();
    log.connect::<Club>(db);
    log.connect::<Membership>(db);
    let chess = Club::get(db, 1).await?;
    let since = || new!(Membership { since: 2020, .. });
    chess.members.add_through(db, [1, 2], since()).await?;
    let told = [
        "PreAdd Club 1 .members Member [1, 2]",
        "PostAdd Club 1 .members Member [1, 2]",
    ];
    assert_eq!(log.read(), told, "rows of pairs are not saved one by one");
    let pair = chess
        .memberships
        .query()
        .filter(|m| m.member().eq(1))
        .get(db)
        .await?;
    let pair = pair.id.get().expect("a key");
    chess.members.remove(db, [1]).await?;
    let told = [
        "PreRemove Club 1 .members Member [1]".to_owned(),
        format!("pre_delete Membership {pair} by query Membership"),
        format!("post_delete Membership {pair}"),
        "PostRemove Club 1 .members Member [1]".to_owned(),
    ];
    assert_eq!(log.read(), told, "but deleted as objects");
    assert_eq!(chess.members.query().select(|m| m.id()).all(db).await?, [2]);
    let bob = Member::get(db, 2).await?;
    bob.clubs.clear(db).await?;
    let told = log.read();
    assert_eq!(told.len(), 4);
    assert_eq!(told[0], "PreClear Member 2 .members Club [], reverse");
    assert_eq!(Membership::objects().count(db).await?, 0);
    Ok(())
}

async fn refused_sets(db: &Db) -> Result<()> {
    async fn no_web(event: M2mChanged<'_>) -> Result<()> {
        let adds = matches!(event.action, M2mAction::PreAdd | M2mAction::PostAdd);
        if adds && event.keys_as::<i64>()?.contains(&3) {
            return Err(Error::Usage(format!(
                "no web on {}",
                event.owner_as::<i64>()?
            )));
        }
        Ok(())
    }
    fill(db).await?;
    db.signals().of::<Article>().m2m_changed("no web", no_web);
    let alpha = Article::get(db, 1).await?;
    let error = alpha
        .tags
        .set(db, [3, 4])
        .await
        .expect_err("refused")
        .to_string();
    assert_eq!(
        error,
        "the receiver `no web` of m2m_changed of Article refused: no web on 1"
    );
    assert!(alpha.tags.add(db, [3]).await.is_err());
    let left = alpha.tags.query().order_by(|t| t.id()).select(|t| t.id());
    assert_eq!(left.all(db).await?, [1, 2], "what was taken out is back");
    alpha.tags.add(db, [4]).await?;
    Ok(())
}

async fn created_in_a_set(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    log.connect::<Article>(db);
    log.connect::<Tag>(db);
    let alpha = Article::get(db, 1).await?;
    let tag = alpha.tags.create(db, new!(Tag { name: "new" })).await?;
    let key = tag.id.get().expect("a key");
    let told = [
        "pre_save Tag -".to_owned(),
        format!("post_save Tag {key} created"),
        format!("PreAdd Article 1 .tags Tag [{key}]"),
        format!("PostAdd Article 1 .tags Tag [{key}]"),
    ];
    assert_eq!(log.read(), told);
    let ann = Author::get(db, 1).await?;
    let article = ann
        .articles
        .create(db, new!(Article { title: "new", .. }))
        .await?;
    let key = article.id.get().expect("a key");
    let after = format!("post_save Article {key} created");
    assert_eq!(log.read(), ["pre_save Article -", after.as_str()]);
    Ok(())
}

async fn in_the_same_transaction(db: &Db) -> Result<()> {
    /// Sees what the transaction around has written, and what it saves itself.
    async fn count(event: PostSave<'_, Country>) -> Result<()> {
        let name = format!("{} countries", Country::objects().count(event.tx).await?);
        Tag::get_or_create(event.tx, new!(Tag { name }), |t| t.name()).await?;
        Ok(())
    }
    blog::tables(db).await?;
    db.signals().of::<Country>().post_save("count", count);
    let tx = db.begin().await?;
    for code in ["at", "fr"] {
        Country::create(&tx, new!(Country { code, name: "x" })).await?;
    }
    let tags = || Tag::objects().order_by(|t| t.name()).select(|t| t.name());
    assert_eq!(tags().all(&tx).await?, ["1 countries", "2 countries"]);
    tx.rollback().await?;
    assert_eq!(tags().all(db).await?, [""; 0]);
    assert_eq!(Country::objects().count(db).await?, 0);
    // A pinned connection has the same receivers.
    let connection = db.acquire().await?;
    Country::create(
        &connection,
        new!(Country {
            code: "at",
            name: "x"
        }),
    )
    .await?;
    drop(connection);
    assert_eq!(tags().all(db).await?, ["1 countries"]);
    Ok(())
}

async fn once_for_a_name(db: &Db) -> Result<()> {
    blog::tables(db).await?;
    let (first, second) = (Log::default(), Log::default());
    first.connect::<Country>(db);
    first.connect::<Country>(db);
    second.connect::<Country>(db); // of the same name
    second.connect::<Tag>(db);
    let mut at = Country::create(
        db,
        new!(Country {
            code: "at",
            name: "x"
        }),
    )
    .await?;
    assert_eq!((first.read().len(), second.read().len()), (2, 0));
    assert!(format!("{:?}", db.signals()).contains("log"));
    assert!(db.signals().of::<Country>().disconnect("log"));
    assert!(!db.signals().of::<Country>().disconnect("log"));
    at.save(db).await?;
    Tag::create(db, new!(Tag { name: "rust" })).await?;
    assert_eq!((first.read().len(), second.read().len()), (0, 2));
    assert!(db.signals().disconnect("log"));
    assert!(!db.signals().disconnect("log"));
    Tag::create(db, new!(Tag { name: "db" })).await?;
    assert_eq!(second.read(), [""; 0]);
    // The name is free again.
    second.connect::<Country>(db);
    at.save(db).await?;
    assert_eq!(second.read().len(), 2);
    Ok(())
}

async fn all_models(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    db.signals()
        .of_all()
        .pre_save("all", log.clone())
        .post_save("all", log.clone())
        .pre_delete("all", log.clone())
        .post_delete("all", log.clone())
        .m2m_changed("all", log.clone());
    let tag = Tag::create(db, new!(Tag { id: 9, name: "new" })).await?;
    let alpha = Article::get(db, 1).await?;
    alpha.tags.add(db, [9]).await?;
    tag.delete(db).await?;
    Author::get(db, 3).await?.delete(db).await?;
    let told = [
        "pre_save Tag 9",
        "post_save Tag 9 created",
        "PreAdd Article 1 .tags Tag [9]",
        "PostAdd Article 1 .tags Tag [9]",
        "pre_delete Tag 9 by object Tag",
        "post_delete Tag 9",
        "pre_delete Article 4 by object Author",
        "pre_delete Author 3 by object Author",
        "post_delete Article 4",
        "post_delete Author 3",
    ];
    assert_eq!(log.read(), told);
    assert!(
        !db.signals().of::<Tag>().disconnect("all"),
        "it is no receiver of tags alone"
    );
    assert!(db.signals().of_all().disconnect("all"));
    // What it is told of is the object itself.
    async fn typed(event: PostDelete<'_, dyn AnyModel>) -> Result<()> {
        let tag = event.object.downcast_ref::<Tag>();
        assert_eq!(tag.map(|t| t.name.as_str()), Some("idle"));
        assert_eq!(
            event.object.get("name"),
            Some(Value::Text("idle".to_owned()))
        );
        assert!(event.object.downcast_ref::<Article>().is_none());
        Err(Error::Usage("seen".to_owned()))
    }
    db.signals().of_all().post_delete("typed", typed);
    let error = Tag::filter(|t| t.name().eq("idle"))
        .delete(db)
        .await
        .expect_err("refused");
    assert!(
        error
            .to_string()
            .ends_with("of post_delete of Tag refused: seen"),
        "{error}"
    );
    Ok(())
}

async fn order_of_receivers(db: &Db) -> Result<()> {
    struct Says(&'static str, Log);
    impl<O: Sends + ?Sized> Receiver<PreSave<'static, O>> for Says {
        async fn receive(&self, _: PreSave<'_, O>) -> Result<(), Cause> {
            self.1.note(self.0);
            Ok(())
        }
    }
    blog::tables(db).await?;
    let log = Log::default();
    let signals = db.signals();
    signals
        .of::<Country>()
        .pre_save("1", Says("first", log.clone()));
    signals.of_all().pre_save("2", Says("second", log.clone()));
    signals
        .of::<Country>()
        .pre_save("3", Says("third", log.clone()));
    Country::create(
        db,
        new!(Country {
            code: "at",
            name: "x"
        }),
    )
    .await?;
    assert_eq!(log.read(), ["first", "second", "third"]);
    // An async closure is one, too.
    let fourth = async |event: PreSave<'_, Country>| -> Result<()> {
        event.object.name.push_str(" and a closure");
        Ok(())
    };
    signals.of::<Country>().pre_save("4", fourth);
    let fr = new!(Country {
        code: "fr",
        name: "x"
    });
    assert_eq!(Country::create(db, fr).await?.name, "x and a closure");
    Ok(())
}

async fn apart_from_other_databases(db: &Db) -> Result<()> {
    blog::tables(db).await?;
    let log = Log::default();
    log.connect::<Country>(db);
    let other = Db::connect("sqlite::memory:").await?;
    blog::tables(&other).await?;
    Country::create(
        &other,
        new!(Country {
            code: "at",
            name: "x"
        }),
    )
    .await?;
    assert_eq!(log.read(), [""; 0]);
    // A clone is the same handle.
    Country::create(
        &db.clone(),
        new!(Country {
            code: "at",
            name: "x"
        }),
    )
    .await?;
    assert_eq!(log.read().len(), 2);
    Ok(())
}

/// The statements of a model stay the same when receivers hear of another one.
async fn no_cost_for_other_models(db: &Db) -> Result<()> {
    async fn work(db: &Db) -> Result<Vec<String>> {
        let recorder = db.record();
        let mut tag = Tag::create(db, new!(Tag { name: "one" })).await?;
        tag.name = "two".to_owned();
        tag.save(db).await?;
        let hello = Category::create(db, new!(Category { name: "c" })).await?;
        hello.delete(db).await?;
        tag.delete(db).await?;
        Ok(recorder.statements())
    }
    blog::tables(db).await?;
    let before = work(db).await?;
    let log = Log::default();
    log.connect::<Country>(db);
    assert_eq!(work(db).await?, before);
    log.connect::<Tag>(db);
    assert_ne!(work(db).await?, before);
    assert!(db.signals().disconnect("log"));
    assert_eq!(work(db).await?, before);
    Ok(())
}

async fn receivers_that_write_the_same_model(db: &Db) -> Result<()> {
    /// Saves the object's parent, whose receiver is this one again.
    async fn upwards(event: PostSave<'_, Category>) -> Result<()> {
        if let Some(parent) = &event.object.parent {
            let mut parent = parent.fetch(event.tx).await?;
            parent.name.push('+');
            parent.save(event.tx).await?;
        }
        Ok(())
    }
    blog::tables(db).await?;
    let mut parent: Option<i64> = None;
    for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
        Category::create(db, new!(Category { id, name, parent })).await?;
        parent = Some(id);
    }
    db.signals().of::<Category>().post_save("upwards", upwards);
    Category::get(db, 3).await?.save(db).await?;
    let names = Category::objects()
        .order_by(|c| c.id())
        .select(|c| c.name());
    assert_eq!(names.all(db).await?, ["a+", "b+", "c"]);
    Ok(())
}

async fn after_commit(db: &Db) -> Result<()> {
    struct Mails(Log);
    impl Receiver<PostSave<'static, Country>> for Mails {
        async fn receive(&self, event: PostSave<'_, Country>) -> Result<(), Cause> {
            let (log, line) = (self.0.clone(), format!("mail of {}", event.object.code));
            event.tx.on_commit(move || async move { log.note(line) })?;
            Ok(())
        }
    }
    blog::tables(db).await?;
    let log = Log::default();
    db.signals()
        .of::<Country>()
        .post_save("mails", Mails(log.clone()));
    Country::create(
        db,
        new!(Country {
            code: "at",
            name: "x"
        }),
    )
    .await?;
    assert_eq!(log.read(), ["mail of at"]);
    let tx = db.begin().await?;
    Country::create(
        &tx,
        new!(Country {
            code: "fr",
            name: "x"
        }),
    )
    .await?;
    assert_eq!(log.read(), [""; 0]);
    tx.commit().await?;
    assert_eq!(log.read(), ["mail of fr"]);
    let tx = db.begin().await?;
    Country::create(
        &tx,
        new!(Country {
            code: "es",
            name: "x"
        }),
    )
    .await?;
    tx.rollback().await?;
    assert_eq!(log.read(), [""; 0]);
    Ok(())
}

/// What the server makes of the values that it computes.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "told", storage_type = "reference")]
struct Ware {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 20, unique)]
    code: String,
    #[field(precision = 8, scale = 2)]
    price: Decimal,
    #[field(default = 1)]
    small: i16,
    #[field(auto_now)]
    at: DateTime<Utc>,
}

/// What is updated, and why it is not, are the same whether somebody hears of it or not.
async fn updated_as_without_receivers(db: &Db) -> Result<()> {
    /// Is told of the values that will stand there.
    struct Told(Log);
    impl Receiver<PreSave<'static, Ware>> for Told {
        async fn receive(&self, event: PreSave<'_, Ware>) -> Result<(), Cause> {
            self.0.note(format!("{:.2}", event.object.price));
            assert!(event.object.price.scale() <= 2);
            Ok(())
        }
    }
    let day = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
    orm::create_tables(db, &[Ware::META]).await?;
    let log = Log::default();
    for heard in [false, true] {
        let code = if heard { "heard" } else { "silent" };
        let price = Decimal::new(1005, 2);
        let new = || new!(Ware { code, price });
        Ware::create(db, new()).await?;
        if heard {
            db.signals()
                .of::<Ware>()
                .pre_save("told", Told(log.clone()));
        }
        // Rounded as the column is.
        let change = Ware::update_or_create_with(
            db,
            new(),
            |w| w.code(),
            |w| w.price().set(w.price() * Decimal::new(11, 1)),
        );
        let (ware, created) = change.await?;
        assert_eq!(
            (created, ware.price),
            (false, Decimal::new(1106, 2)),
            "{code}"
        );
        // A time that is given is not the clock's.
        let at = day("2001-02-03T04:05:06Z");
        let with = new!(Ware { code, price, at });
        let (ware, _) = Ware::update_or_create(db, with, |w| w.code()).await?;
        assert_eq!((ware.at, ware.price), (at, price), "{code}");
        let later = day("2002-02-03T04:05:06Z");
        let set = Ware::update_or_create_with(db, new(), |w| w.code(), |w| w.at().set(later));
        assert_eq!(set.await?.0.at, later, "{code}");
        let touched = Ware::update_or_create(db, new(), |w| w.code()).await?.0;
        assert!(touched.at > later, "{code}");
        // What does not fit is refused by the database.
        let wide = Ware::update_or_create_with(
            db,
            new(),
            |w| w.code(),
            |w| w.small().set((w.small() + 1) * 30_000),
        );
        let error = wide.await.expect_err("out of range");
        let kind = error.as_db().map(|e| &e.kind);
        assert!(
            matches!(kind, Some(DbErrorKind::Data { .. })),
            "{code}: {error}"
        );
        let dear = Ware::update_or_create_with(
            db,
            new(),
            |w| w.code(),
            |w| w.price().set(w.price() * Decimal::from(1_000_000)),
        );
        let error = dear.await.expect_err("too many digits");
        let kind = error.as_db().map(|e| &e.kind);
        assert!(
            matches!(kind, Some(DbErrorKind::Data { .. })),
            "{code}: {error}"
        );
    }
    assert_eq!(log.read()[..2], ["11.06", "10.05"]);
    // One that a receiver puts there is checked as any.
    async fn precise(event: PreSave<'_, Ware>) -> Result<()> {
        event.object.price = Decimal::new(12_345, 3);
        Ok(())
    }
    db.signals().of::<Ware>().pre_save("precise", precise);
    let change = Ware::update_or_create_with(
        db,
        new!(Ware {
            code: "heard",
            price: Decimal::ONE
        }),
        |w| w.code(),
        |w| w.price().set(w.price() + Decimal::ONE),
    );
    let error = change.await.expect_err("three digits");
    assert!(error.to_string().contains("`price`"), "{error}");
    Ok(())
}

/// A transaction whose snapshot is older than the row adds to what the row has now.
async fn told_of_the_newest_values(db: &Db) -> Result<()> {
    struct Views(Log);
    impl Receiver<PreSave<'static, Article>> for Views {
        async fn receive(&self, event: PreSave<'_, Article>) -> Result<(), Cause> {
            self.0.note(event.object.views.to_string());
            if event.object.title == "capped" {
                event.object.views = event.object.views.min(1000) + 1;
            }
            Ok(())
        }
    }
    fill(db).await?;
    let log = Log::default();
    db.signals()
        .of::<Article>()
        .pre_save("views", Views(log.clone()));
    if db.dialect().features().row_locks == RowLocks::Database {
        return Ok(()); // nobody else writes meanwhile
    }
    // The least that shows a snapshot, where there is one.
    let levels = db.dialect().features().isolation;
    let level = match levels.contains(&Isolation::RepeatableRead) {
        true => Isolation::RepeatableRead,
        false => Isolation::ReadCommitted,
    };
    let views = async || Ok::<_, Error>(Article::get(db, 5).await?.views);
    for capped in [false, true] {
        if capped {
            let all = Article::filter(|a| a.id().eq(5));
            all.update(|a| a.title().set("capped")).exec(db).await?;
        }
        let start = views().await?;
        let tx = db.begin_isolated(level).await?;
        assert_eq!(Article::get(&tx, 5).await?.views, start);
        let others = Article::filter(|a| a.id().eq(5));
        others
            .update(|a| a.views().set(a.views() + 100))
            .exec(db)
            .await?;
        let new = new!(Article {
            id: 5,
            title: "x",
            author: 1
        });
        let more =
            Article::update_or_create_with(&tx, new, |a| a.id(), |a| a.views().set(a.views() + 1));
        let (article, _) = more.await?;
        tx.commit().await?;
        let all = start + 101;
        assert_eq!(log.read(), [all.to_string()]);
        let all = all + i64::from(capped);
        assert_eq!((article.views, views().await?), (all, all));
    }
    Ok(())
}

/// The same row, whoever hears of it.
async fn a_field_by_which_it_is_found_moves(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    let all = Author::objects().count(db).await?;
    for heard in [false, true] {
        if heard {
            log.connect::<Author>(db);
        }
        let (from, to) = if heard {
            ("b@x", "c@x")
        } else {
            ("a@x", "b@x")
        };
        let new = || {
            new!(Author {
                email: from,
                name: "Zoe"
            })
        };
        let (zoe, created) = Author::get_or_create(db, new(), |a| a.email()).await?;
        assert_eq!(created, !heard);
        let moved = Author::update_or_create_with(
            db,
            new(),
            |a| a.email(),
            |a| {
                (
                    a.email().set(to),
                    a.name().set(orm::query::concat(a.name(), "!")),
                )
            },
        );
        let (moved, created) = moved.await?;
        assert_eq!(
            (moved.id, created, moved.email.as_deref()),
            (zoe.id, false, Some(to))
        );
        assert_eq!(moved.name, if heard { "Zoe!!" } else { "Zoe!" });
        assert_eq!(Author::objects().count(db).await?, all + 1);
        // A key stays.
        let key = zoe.id.get().expect("a key");
        let with = new!(Author {
            id: key,
            name: "Zoe"
        });
        let change = Author::update_or_create_with(db, with, |a| a.id(), |a| a.id().set(999));
        let refused = change.await.expect_err("its key");
        assert!(
            matches!(&refused, Error::Usage(text) if text.contains("`id`")),
            "{refused}"
        );
        // Its first column is that of another table, though the key is a first one, too.
        let with = new!(Author {
            id: key,
            name: "Zoe"
        });
        let change =
            Author::update_or_create_with(db, with, |a| a.id(), |a| a.country().code().set("XX"));
        let refused = change.await.expect_err("a related one's");
        assert!(
            matches!(&refused, Error::Usage(text) if text.contains("its own columns only")),
            "{refused}"
        );
    }
    assert_eq!(log.read().len(), 2);
    Ok(())
}

#[derive(DbType, Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Light,
    Heavy,
}

/// Values that the database fills in, of types that have no empty one.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "told")]
struct Load {
    #[field(primary_key)]
    id: Auto<i64>,
    amount: i64,
    #[field(
        computed = "CASE WHEN amount > 5 THEN 'heavy' ELSE 'light' END",
        max_length = 10
    )]
    grade: Grade,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "told")]
struct Parcels {
    #[field(primary_key)]
    id: Auto<i64>,
    amount: i64,
    #[field(db_default = "'heavy'", max_length = 10, column = "how_heavy")]
    grade: Grade,
}

async fn empty_values_that_no_type_has(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Load::META, Parcels::META]).await?;
    let log = Log::default();
    log.connect::<Load>(db);
    log.connect::<Parcels>(db);
    let tx = db.begin().await?;
    let error = Parcels::create(&tx, new!(Parcels { amount: 1 }))
        .await
        .expect_err("no draft");
    let text = error.to_string();
    for part in ["pre_save of Parcels", "`grade`", "new!"] {
        assert!(text.contains(part), "{text}");
    }
    let grade = Grade::Light;
    let given = Parcels::create(&tx, new!(Parcels { amount: 1, grade })).await?;
    assert_eq!(given.grade, Grade::Light);
    let error = Load::create(&tx, new!(Load { amount: 9 }))
        .await
        .expect_err("no draft");
    let text = error.to_string();
    for part in ["pre_save of Load", "`grade`", "`insert`"] {
        assert!(text.contains(part), "{text}");
    }
    let mut heavy = Load {
        id: Auto::unset(),
        amount: 9,
        grade: Grade::Light,
    };
    heavy.insert(&tx).await?;
    assert_eq!(heavy.grade, Grade::Heavy);
    tx.commit().await?;
    assert_eq!(
        (
            Parcels::objects().count(db).await?,
            Load::objects().count(db).await?
        ),
        (1, 1)
    );
    // Who hears only afterwards sees no empty value.
    db.signals().disconnect("log");
    db.signals().of::<Load>().post_save("log", log.clone());
    let light = Load::create(db, new!(Load { amount: 1 })).await?;
    assert_eq!(light.grade, Grade::Light);
    Ok(())
}

/// The transaction around goes on, also where nothing undoes a part of it.
async fn refused_before_anything_is_written(db: &Db) -> Result<()> {
    async fn no_bad(event: PreSave<'_, Country>) -> Result<()> {
        match event.object.name.as_str() {
            "bad" => Err(Error::Usage("a bad name".to_owned())),
            _ => Ok(()),
        }
    }
    async fn stays(event: PreDelete<'_, Country>) -> Result<(), String> {
        Err(format!("{} stays", event.object.code))
    }
    async fn no_web(_: M2mChanged<'_>) -> Result<(), &'static str> {
        Err("no tags")
    }
    fill(db).await?;
    db.signals()
        .of::<Country>()
        .pre_save("no bad", no_bad)
        .pre_delete("stays", stays);
    db.signals().of::<Article>().m2m_changed("no web", no_web);
    let tx = db.begin().await?;
    let new = |code, name: &'static str| new!(Country { code, name });
    Country::create(&tx, new("es", "Spain")).await?;
    assert!(Country::create(&tx, new("xx", "bad")).await.is_err());
    let mut at = Country::get(&tx, "at".to_owned()).await?;
    at.name = "bad".to_owned();
    assert!(at.save(&tx).await.is_err());
    let change = Country::update_or_create(&tx, new("at", "bad"), |c| c.code());
    assert!(change.await.is_err());
    assert!(Country::objects().delete(&tx).await.is_err());
    let alpha = Article::get(&tx, 1).await?;
    assert!(alpha.tags.add(&tx, [3]).await.is_err());
    assert!(alpha.tags.clear(&tx).await.is_err());
    Country::create(&tx, new("de", "Germany")).await?;
    tx.commit().await?;
    let codes = Country::objects()
        .order_by(|c| c.code())
        .select(|c| c.code());
    assert_eq!(codes.all(db).await?, ["at", "de", "es", "fr"]);
    assert_eq!(alpha.tags.query().count(db).await?, 2);
    Ok(())
}

/// What a receiver leaves for after the commit goes with the write that was refused.
async fn nothing_waits_for_a_refused_write(db: &Db) -> Result<()> {
    struct Mails(Log);
    impl Receiver<PreSave<'static, Country>> for Mails {
        async fn receive(&self, event: PreSave<'_, Country>) -> Result<(), Cause> {
            let (log, line) = (self.0.clone(), event.object.name.clone());
            event.tx.on_commit(move || async move { log.note(line) })?;
            Ok(())
        }
    }
    fill(db).await?;
    let log = Log::default();
    db.signals()
        .of::<Country>()
        .pre_save("mails", Mails(log.clone()));
    let tx = db.begin().await?;
    let new = |code, name: &'static str| new!(Country { code, name });
    let taken = Country::create(&tx, new("at", "taken")).await;
    assert!(taken.is_err_and(|e| e.is_unique_violation()));
    let mut none = Country {
        code: "xx".to_owned(),
        name: "none".to_owned(),
    };
    let missing = none.save_fields(&tx, |c| c.name()).await;
    assert!(missing.is_err_and(|e| e.is_not_found()));
    Country::create(&tx, new("es", "Spain")).await?;
    assert_eq!(log.read(), [""; 0]);
    tx.commit().await?;
    assert_eq!(log.read(), ["Spain"]);
    Ok(())
}

#[derive(Model, Debug, Clone)]
#[model(app = "told")]
struct Sailor {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 20)]
    name: String,
}

/// Rows of pairs that others refer to.
#[derive(Model, Debug, Clone)]
#[model(app = "told")]
struct Ship {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(through = Berth)]
    crew: ManyToMany<Sailor>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "told")]
struct Berth {
    #[field(primary_key)]
    id: Auto<i64>,
    ship: ForeignKey<Ship>,
    member: ForeignKey<Sailor>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "told")]
struct Watch {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(on_delete = "cascade")]
    berth: ForeignKey<Berth>,
    #[field(on_delete = "set_null")]
    before: Option<ForeignKey<Berth>>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "told")]
struct Wage {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(on_delete = "protect")]
    berth: ForeignKey<Berth>,
}

async fn pairs_that_rows_refer_to(db: &Db) -> Result<()> {
    let all = [Ship::META, Berth::META, Watch::META, Wage::META];
    orm::create_tables(db, &all).await?;
    for (id, name) in [(1, "Ann"), (2, "Bob"), (3, "Cid"), (4, "Dee")] {
        Sailor::create(db, new!(Sailor { id, name })).await?;
    }
    let log = Log::default();
    for heard in [false, true] {
        if heard {
            log.connect::<Watch>(db);
        }
        let ship = Ship::create(db, new!(Ship {})).await?;
        ship.crew.add(db, [1, 2, 3]).await?;
        let berths = Berth::filter(|b| b.ship().eq(ship.id)).order_by(|b| b.id());
        let berths = berths.all(db).await?;
        let [ann, bob, cid] = berths.as_slice() else {
            panic!("{berths:?}");
        };
        Watch::create(db, new!(Watch { berth: ann })).await?;
        let second = new!(Watch {
            berth: bob,
            before: ann
        });
        let second = Watch::create(db, second).await?;
        let wage = Wage::create(db, new!(Wage { berth: cid })).await?;
        log.read();
        // What refers to a pair goes with it, or forgets it.
        ship.crew.remove(db, [1]).await?;
        let left = Watch::objects().all(db).await?;
        assert_eq!((left.len(), left[0].id), (1, second.id), "heard: {heard}");
        assert!(left[0].before.is_none());
        // Or stands in the way of it, and nothing is done.
        for change in ["remove", "clear", "set"] {
            let done = match change {
                "remove" => ship.crew.remove(db, [2, 3]).await,
                "clear" => ship.crew.clear(db).await,
                _ => ship.crew.set(db, [4]).await,
            };
            assert!(
                matches!(done, Err(Error::Protected { by: "Wage", .. })),
                "{change}: {done:?}"
            );
        }
        assert_eq!(ship.crew.query().count(db).await?, 2);
        assert_eq!(Watch::objects().count(db).await?, 1);
        wage.delete(db).await?;
        ship.crew.set(db, [4]).await?;
        assert_eq!(Watch::objects().count(db).await?, 0);
        assert_eq!(ship.crew.query().select(|m| m.id()).all(db).await?, [4]);
    }
    assert_eq!(log.read().len(), 4);
    Ok(())
}

/// Values of related rows and of subqueries, and lookups among what is updated.
async fn updated_by_other_rows(db: &Db) -> Result<()> {
    struct Views(Log);
    impl Receiver<PreSave<'static, Article>> for Views {
        async fn receive(&self, event: PreSave<'_, Article>) -> Result<(), Cause> {
            self.0.note(event.object.views.to_string());
            Ok(())
        }
    }
    fill(db).await?;
    let log = Log::default();
    db.signals()
        .of::<Article>()
        .pre_save("views", Views(log.clone()));
    let new = || {
        new!(Article {
            id: 5,
            title: "x",
            author: 1
        })
    };
    let author = *Article::get(db, 5).await?.author.id();
    let set = Article::update_or_create_with(
        db,
        new(),
        |a| a.id(),
        |a| a.views().set(a.author().id() + 100),
    );
    assert_eq!(set.await?.0.views, author + 100);
    let tags = Tag::objects().count(db).await?;
    let count = Tag::objects().aggregate(|t| t.id().count());
    let set = Article::update_or_create_with(
        db,
        new(),
        |a| a.id(),
        |a| a.views().set(orm::query::scalar(count)),
    );
    let tags = i64::try_from(tags).expect("few");
    assert_eq!(set.await?.0.views, tags);
    assert_eq!(log.read(), [(author + 100).to_string(), tags.to_string()]);
    // A lookup that moves, and one that is taken.
    accounts::tables(db).await?;
    log.connect::<Account>(db);
    let new = |email, nick| {
        new!(Account {
            email: email,
            nick: nick
        })
    };
    for (email, nick) in [("ann@x", "ann"), ("bob@x", "bob")] {
        Account::create(db, new(email, nick)).await?;
    }
    let tx = db.begin().await?;
    let change = Account::update_or_create(&tx, new("ann@x", "bob"), |a| a.email());
    assert!(change.await.is_err_and(|e| e.is_unique_violation()));
    let change = Account::update_or_create(&tx, new("ann@x", "amy"), |a| a.email());
    assert_eq!(change.await?.0.nick.as_deref(), Some("amy"));
    let change = Account::update_or_create_with(
        &tx,
        new("ann@x", "amy"),
        |a| a.email(),
        |a| a.email().set("amy@x"),
    );
    assert_eq!(change.await?.0.email, "amy@x");
    tx.commit().await?;
    Account::create(db, new("ann@x", "ann")).await?;
    assert_kept(db).await
}

async fn every_task_counts(db: &Db) -> Result<()> {
    fill(db).await?;
    let log = Log::default();
    log.connect::<Article>(db);
    let start = Article::get(db, 5).await?.views;
    let tasks = (0..8).map(|_| {
        let db = db.clone();
        tokio::spawn(async move {
            let new = new!(Article {
                id: 5,
                title: "x",
                author: 1
            });
            Article::update_or_create_with(&db, new, |a| a.id(), |a| a.views().set(a.views() + 1))
                .await
                .map(|(article, created)| (article.views, created))
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut seen = Vec::new();
    for task in tasks {
        let (views, created) = task.await.expect("no panic")?;
        assert!(!created);
        seen.push(views - start);
    }
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(log.read().len(), 16);
    Ok(())
}
