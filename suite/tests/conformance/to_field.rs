//! Relations that refer to another unique field than the key: `to_field`.

use orm::Error;
use orm::fixtures::{FixtureError, LoadOptions};
use orm::integrity::{DataOptions, FaultKind, check_data};
use orm::migrate::{HistoricalError, Models, ProjectState};
use orm::prelude::*;
use suite::backend::unchecked;
use suite::models::ports::{Flag, Nation, Pole, Town, fill};

cases! {
    conditions, joins_only_for_other_columns, objects_along, prefetched_forwards, prefetched_backwards,
    fetched, keys_made_by_hand, set_to_objects_and_values, sets, sets_of_no_value, one_to_one, own_model,
    deletes_what_refers, clears_what_refers, protects_by_the_field, restricts_behind_a_key,
    follows_a_changed_value, orphans_by_the_field, models_of_the_past_keep_what_is_referred_to,
    loaded_rows_keep_what_is_referred_to,
}

async fn names(db: &Db, towns: QuerySet<Town>) -> Result<Vec<String>> {
    towns.select(|t| t.name()).all(db).await
}

async fn nation(db: &Db, code: &str) -> Result<Nation> {
    Nation::filter(|n| n.code().eq(code)).get(db).await
}

async fn conditions(db: &Db) -> Result<()> {
    fill(db).await?;
    let austria = nation(db, "at").await?;
    let is = Town::filter(|t| t.nation().is(&austria));
    assert_eq!(names(db, is).await?, ["Graz", "Linz"]);
    let eq = Town::filter(|t| t.nation().eq("at") & t.nation_id().eq("at"));
    assert_eq!(names(db, eq).await?, ["Graz", "Linz"]);
    // France's key is 12, Austria's number is: what is compared is the number.
    let number = Town::filter(|t| t.tax().eq(12));
    assert_eq!(names(db, number).await?, ["Graz"]);
    let number = Town::filter(|t| t.tax().is(&austria));
    assert_eq!(names(db, number).await?, ["Graz"]);
    let path = Town::filter(|t| t.tax().name().eq("France") | t.twin().name().eq("France"));
    assert_eq!(names(db, path).await?, ["Graz", "Linz"]);
    let key = Town::filter(|t| t.nation().id().eq(12));
    assert_eq!(names(db, key).await?, ["Lyon"]);
    let none = Town::filter(|t| t.tax().is_null());
    assert_eq!(names(db, none).await?, ["Lyon"]);
    let among = Nation::filter(|n| n.name().contains("F"));
    let among = Town::filter(|t| t.nation().id().is_among(&among));
    assert_eq!(names(db, among).await?, ["Lyon"]);
    let many = Nation::filter(|n| n.towns().any(|t| t.name().eq("Lyon")));
    assert_eq!(many.select(|n| n.code()).all(db).await?, ["fr"]);
    let counts = Nation::objects().select(|n| (n.code(), n.towns().count(), n.taxed().count()));
    let row = |code: &str, towns, taxed| (code.to_owned(), towns, taxed);
    assert_eq!(
        counts.all(db).await?,
        [row("at", 2, 1), row("fr", 1, 1), row("va", 0, 0)]
    );
    // A nation without a number is one that nothing refers to by it.
    let idle = Nation::filter(|n| n.taxed().none(|t| t.name().ne("")));
    assert_eq!(idle.select(|n| n.code()).all(db).await?, ["va"]);
    Ok(())
}

async fn joins_only_for_other_columns(db: &Db) -> Result<()> {
    let sql = |q: QuerySet<Town>| q.to_sql(db.dialect()).map(|sql| sql.text);
    assert!(!sql(Town::filter(|t| t.nation().code().eq("at")))?.contains("JOIN"));
    assert!(sql(Town::filter(|t| t.nation().id().eq(1)))?.contains("JOIN"));
    Ok(())
}

async fn objects_along(db: &Db) -> Result<()> {
    fill(db).await?;
    let towns = Town::objects().with(|t| (t.nation(), t.twin(), t.tax()));
    let towns = orm::assert_queries!(db, 1, { towns.all(db).await? });
    let of = |i: usize| {
        let town: &Town = &towns[i];
        let name = |n: &Nation| n.name.clone();
        let twin = town.twin.as_ref().map(|n| n.get().map(name));
        let tax = town.tax.as_ref().map(|n| n.get().map(name));
        Ok::<_, Error>((
            town.nation.get()?.name.clone(),
            twin.transpose()?,
            tax.transpose()?,
        ))
    };
    let n = |t: &str| t.to_owned();
    assert_eq!(
        of(0)?,
        (n("Austria"), Some(n("France")), Some(n("Austria")))
    );
    assert_eq!(of(1)?, (n("Austria"), None, Some(n("France"))));
    assert_eq!(of(2)?, (n("France"), Some(n("Austria")), None));
    assert_eq!(towns[0].nation.id(), "at");
    Ok(())
}

async fn prefetched_forwards(db: &Db) -> Result<()> {
    fill(db).await?;
    let towns = Town::objects().prefetch(|t| (t.nation(), t.twin(), t.tax()));
    let towns = orm::assert_queries!(db, 4, { towns.all(db).await? });
    assert_eq!(
        towns[0]
            .tax
            .as_ref()
            .map(|n| n.get())
            .transpose()?
            .map(|n| n.code.as_str()),
        Some("at")
    );
    assert_eq!(
        towns[1]
            .tax
            .as_ref()
            .map(|n| n.get())
            .transpose()?
            .map(|n| n.code.as_str()),
        Some("fr")
    );
    assert_eq!(towns[2].nation.get()?.name, "France");
    assert_eq!(
        towns[2]
            .twin
            .as_ref()
            .map(|n| n.get())
            .transpose()?
            .map(|n| n.name.as_str()),
        Some("Austria")
    );
    Ok(())
}

async fn prefetched_backwards(db: &Db) -> Result<()> {
    fill(db).await?;
    let nations = Nation::objects().prefetch(|n| {
        (
            n.towns(),
            n.taxed(),
            n.twins().query(|q| q.prefetch(|t| t.nation())),
        )
    });
    let nations = orm::assert_queries!(db, 5, { nations.all(db).await? });
    let of = |set: &Reverse<Town>| -> Result<Vec<String>> {
        Ok(set.get()?.iter().map(|t| t.name.clone()).collect())
    };
    assert_eq!(of(&nations[0].towns)?, ["Graz", "Linz"]);
    assert_eq!(of(&nations[0].taxed)?, ["Graz"]);
    assert_eq!(of(&nations[0].twins)?, ["Lyon"]);
    assert_eq!(nations[0].twins.get()?[0].nation.get()?.name, "France");
    assert_eq!(of(&nations[1].taxed)?, ["Linz"]);
    // Without a number: loaded, and empty.
    assert!(of(&nations[2].taxed)?.is_empty());
    Ok(())
}

async fn fetched(db: &Db) -> Result<()> {
    fill(db).await?;
    let graz = Town::get(db, 1).await?;
    assert_eq!(graz.nation.fetch(db).await?.name, "Austria");
    let tax = graz.tax.clone().expect("it has one");
    assert_eq!(
        (*tax.id(), tax.fetch(db).await?.name.as_str()),
        (12, "Austria")
    );
    let pole = Flag {
        nation: OneToOne::new("zz".to_owned()),
        colours: String::new(),
    };
    let error = pole.nation.get().expect_err("nothing loaded it");
    assert!(error.to_string().contains("Nation"), "{error}");
    Ok(())
}

/// Before anything says which relation it is, a number could be the key.
async fn keys_made_by_hand(db: &Db) -> Result<()> {
    fill(db).await?;
    let by_hand: ForeignKey<Nation> = ForeignKey::new(12);
    let error = by_hand.fetch(db).await.expect_err("key or number");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("`number`") || t.contains("`code`")),
        "{error}"
    );
    let austria = nation(db, "at").await?;
    let error = ForeignKey::to(&austria).expect_err("key or number");
    assert!(matches!(error, Error::Usage(_)), "{error}");
    // The insert says it.
    let mut town = Town {
        id: Auto::default(),
        name: "Wels".into(),
        nation: ForeignKey::new("at".into()),
        twin: None,
        tax: Some(by_hand),
    };
    town.insert(db).await?;
    assert_eq!(town.nation.fetch(db).await?.name, "Austria");
    assert_eq!(
        town.tax.expect("it has one").fetch(db).await?.name,
        "Austria"
    );
    Ok(())
}

async fn set_to_objects_and_values(db: &Db) -> Result<()> {
    fill(db).await?;
    let (austria, france) = (nation(db, "at").await?, nation(db, "fr").await?);
    let vatican = nation(db, "va").await?;
    let made = Town::create(
        db,
        new!(Town {
            name: "Nice",
            nation: &france,
            tax: Some(&austria)
        }),
    )
    .await?;
    assert_eq!(
        (made.nation.id().as_str(), made.tax.map(|t| *t.id())),
        ("fr", Some(12))
    );
    let linz = Town::filter(|t| t.name().eq("Linz"));
    linz.clone()
        .update(|t| {
            (
                t.nation().set(&france),
                t.twin().set(Some("va")),
                t.tax().set(None::<i64>),
            )
        })
        .exec(db)
        .await?;
    let linz = linz.get(db).await?;
    assert_eq!((linz.nation.id().as_str(), linz.tax), ("fr", None));
    assert_eq!(linz.twin.map(|t| t.id().clone()).as_deref(), Some("va"));
    // It has no number that anything could refer to.
    let refused = Town::create(
        db,
        new!(Town {
            name: "Roma",
            nation: "va",
            tax: Some(&vatican)
        }),
    )
    .await;
    let error = refused.expect_err("no number");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("`number` of the Nation is NULL")),
        "{error}"
    );
    let idle = Town::filter(|t| t.tax().is(&vatican));
    assert_eq!(idle.count(db).await?, 0);
    let mut unsaved = vatican.clone();
    unsaved.id = Auto::default();
    let refused = Town::create(
        db,
        new!(Town {
            name: "Roma",
            nation: &unsaved
        }),
    )
    .await;
    assert!(matches!(refused, Err(Error::Usage(t)) if t.contains("not saved")));
    Ok(())
}

async fn sets(db: &Db) -> Result<()> {
    fill(db).await?;
    let france = nation(db, "fr").await?;
    assert_eq!(names(db, france.towns.query()).await?, ["Lyon"]);
    france.towns.add(db, [1]).await?;
    assert_eq!(names(db, france.towns.query()).await?, ["Graz", "Lyon"]);
    let nice = france
        .towns
        .create(db, new!(Town { name: "Nice", .. }))
        .await?;
    assert_eq!(nice.nation.id(), "fr");
    // Town 1 is there, but pays to Austria: no object of this set, and its key is taken.
    let new = new!(Town {
        id: 1,
        name: "Graz",
        nation: "fr"
    });
    let error = france.taxed.get_or_create(db, new, |t| t.id()).await;
    assert!(error.expect_err("taken").is_unique_violation());
    france
        .taxed
        .set(db, [3, nice.id.get().expect("saved")])
        .await?;
    assert_eq!(names(db, france.taxed.query()).await?, ["Lyon", "Nice"]);
    assert_eq!(
        names(db, Town::filter(|t| t.tax().eq(13))).await?,
        ["Lyon", "Nice"]
    );
    france.taxed.remove(db, [&nice]).await?;
    france.twins.clear(db).await?;
    assert_eq!(names(db, france.taxed.query()).await?, ["Lyon"]);
    assert_eq!(names(db, france.twins.query()).await?, [""; 0]);
    let error = france.towns.clear(db).await.expect_err("never NULL");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("`nation`")),
        "{error}"
    );
    Ok(())
}

async fn sets_of_no_value(db: &Db) -> Result<()> {
    fill(db).await?;
    let vatican = nation(db, "va").await?;
    for error in [
        vatican.taxed.add(db, [1]).await.expect_err("no number"),
        vatican.taxed.query().all(db).await.expect_err("no number"),
    ] {
        assert!(
            matches!(&error, Error::Usage(t) if t.contains("`number` is NULL")),
            "{error}"
        );
    }
    Ok(())
}

async fn one_to_one(db: &Db) -> Result<()> {
    fill(db).await?;
    let flag = Flag::get(db, "at".to_owned()).await?;
    assert_eq!(flag.nation.fetch(db).await?.name, "Austria");
    let nations = Nation::objects().prefetch(|n| n.flag()).all(db).await?;
    assert_eq!(nations[0].flag.one()?.colours, "red and white");
    let error = nations[1].flag.one().expect_err("none");
    assert!(error.is_not_found(), "{error}");
    assert_eq!(
        nations[0].flag.fetch_one(db).await?.colours,
        "red and white"
    );
    Ok(())
}

async fn own_model(db: &Db) -> Result<()> {
    fill(db).await?;
    let (austria, france) = (nation(db, "at").await?, nation(db, "fr").await?);
    austria.friends.add(db, [&france]).await?;
    let found = Nation::filter(|n| n.friend().name().eq("Austria")).with(|n| n.friend());
    let found = found.get(db).await?;
    assert_eq!(found.friend.expect("set").get()?.code, "at");
    let found = Nation::filter(|n| n.friends().any(|f| f.code().eq("fr")));
    assert_eq!(found.get(db).await?.code, "at");
    Ok(())
}

async fn deletes_what_refers(db: &Db) -> Result<()> {
    fill(db).await?;
    Town::objects()
        .update(|t| t.tax().set(None::<i64>))
        .exec(db)
        .await?;
    let deleted = nation(db, "at").await?.delete(db).await?;
    assert_eq!((deleted.total, deleted.by_model["Town"]), (4, 2));
    assert_eq!(
        (deleted.by_model["Flag"], deleted.by_model["Nation"]),
        (1, 1)
    );
    let left = Town::objects().all(db).await?;
    assert_eq!(
        (left.len(), left[0].name.as_str(), &left[0].twin),
        (1, "Lyon", &None)
    );
    Ok(())
}

async fn clears_what_refers(db: &Db) -> Result<()> {
    fill(db).await?;
    let vatican = nation(db, "va").await?;
    vatican.twins.add(db, [2]).await?;
    vatican.friends.add(db, [11]).await?;
    let deleted = Nation::filter(|n| n.code().eq("va")).delete(db).await?;
    assert_eq!(deleted.total, 1);
    assert_eq!(Town::get(db, 2).await?.twin, None);
    assert_eq!(nation(db, "at").await?.friend, None);
    assert_eq!(Town::filter(|t| t.twin().is_not_null()).count(db).await?, 2);
    Ok(())
}

async fn protects_by_the_field(db: &Db) -> Result<()> {
    fill(db).await?;
    let error = nation(db, "at").await?.delete(db).await.expect_err("Graz");
    let Error::Protected {
        field,
        count,
        objects,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(
        (*field, *count, objects.as_slice()),
        ("tax", 1, &["1".to_owned()][..])
    );
    assert_eq!(Nation::objects().count(db).await?, 3);
    Ok(())
}

async fn restricts_behind_a_key(db: &Db) -> Result<()> {
    fill(db).await?;
    Town::objects()
        .update(|t| t.tax().set(None::<i64>))
        .exec(db)
        .await?;
    let pole = Pole::create(db, new!(Pole { flag: "at" })).await?;
    assert_eq!(pole.flag.fetch(db).await?.colours, "red and white");
    let error = nation(db, "at")
        .await?
        .delete(db)
        .await
        .expect_err("the pole");
    assert!(
        matches!(error, Error::Protected { by: "Pole", .. }),
        "{error}"
    );
    pole.delete(db).await?;
    nation(db, "at").await?.delete(db).await?;
    Ok(())
}

/// The sets of an object go by what its row says, not by what was set and not saved.
async fn follows_a_changed_value(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut vatican = nation(db, "va").await?;
    vatican.number = Some(99);
    assert!(vatican.taxed.query().all(db).await.is_err());
    vatican.save(db).await?;
    vatican.taxed.add(db, [3]).await?;
    assert_eq!(names(db, Town::filter(|t| t.tax().eq(99))).await?, ["Lyon"]);
    vatican.taxed.clear(db).await?;
    vatican.number = Some(98);
    vatican.save_fields(db, |n| n.number()).await?;
    vatican.taxed.add(db, [3]).await?;
    assert_eq!(names(db, Town::filter(|t| t.tax().eq(98))).await?, ["Lyon"]);
    Ok(())
}

async fn orphans_by_the_field(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut state = ProjectState::default();
    for meta in [Nation::META, Town::META, Flag::META, Pole::META] {
        state.insert(meta.def());
    }
    let look = async |fix: bool| {
        let mut options = DataOptions::default();
        options.fix = fix;
        check_data(db, &state, &options, &mut |_| {})
            .await
            .expect("looks")
    };
    assert!(look(false).await.is_empty());
    // 11 is Austria's key, and nobody's number.
    unchecked(
        db,
        "UPDATE ports_town SET twin_id = 'xx', tax_id = 11 WHERE id = 1",
    )
    .await?;
    let found = look(true).await;
    let short: Vec<_> = found
        .iter()
        .map(|f| (f.kind, f.field.as_str(), f.count))
        .collect();
    assert_eq!(
        short,
        [
            (FaultKind::Orphan, "twin", 1),
            (FaultKind::Orphan, "tax", 1)
        ]
    );
    let left = look(false).await;
    assert_eq!(
        left.len(),
        1,
        "set_null is repaired, protect is left to a person: {left:?}"
    );
    assert_eq!(Town::get(db, 1).await?.twin, None);
    Ok(())
}

/// Of all that the ORM writes, rows of migrations' code too.
async fn models_of_the_past_keep_what_is_referred_to(db: &Db) -> Result<()> {
    fill(db).await?;
    let state = ports();
    let models = Models::new(db, &state);
    let nations = models.get("ports", "Nation").expect("a model");
    let refused = |done: std::result::Result<(), HistoricalError>| match done {
        Err(HistoricalError::Db(error)) => assert!(error.is_foreign_key_violation(), "{error}"),
        other => panic!("rows refer to it: {other:?}"),
    };
    let one = async |code: &str| {
        let found = nations.clone().filter("code", code).expect("a column");
        found.first().await.expect("a query").expect("a row")
    };
    // By a town; by a town's tax; by nobody.
    for (code, column, value) in [("fr", "code", "gb"), ("at", "number", "77")] {
        let mut row = one(code).await;
        match column {
            "number" => row.set(column, 77),
            _ => row.set(column, value),
        }
        .expect("fits");
        row.set("name", "new").expect("fits");
        refused(models.save(&mut row).await);
    }
    let mut row = one("va").await;
    row.set("code", "vt").expect("fits");
    models.save(&mut row).await.expect("nobody refers to it");
    // What stays is no change.
    let mut row = one("fr").await;
    row.set("code", "fr").expect("fits");
    row.set("name", "La France").expect("fits");
    models.save(&mut row).await.expect("it stays");
    let all = nations.update("number", None::<i64>).await;
    refused(all.map(drop));
    let idle = nations.clone().exclude("code", "at").expect("a column");
    refused(idle.update("number", None::<i64>).await.map(drop));
    let idle = nations.clone().filter("code", "vt").expect("a column");
    assert_eq!(idle.update("number", 5).await.expect("nobody refers"), 1);
    let names = Nation::objects().select(|n| (n.code(), n.number(), n.name()));
    let is = |code: &str, number, name: &str| (code.to_owned(), Some(number), name.to_owned());
    let kept = [
        is("at", 12, "Austria"),
        is("fr", 13, "La France"),
        is("vt", 5, "Vatican"),
    ];
    assert_eq!(names.all(db).await?, kept);
    Ok(())
}

/// Of a text that is loaded all rows are looked at, also those that refer to its own.
async fn loaded_rows_keep_what_is_referred_to(db: &Db) -> Result<()> {
    fill(db).await?;
    let state = ports();
    let load = async |text: &str| {
        let options = LoadOptions::default();
        let loaded = orm::fixtures::load(db, &state, &options, &mut text.as_bytes()).await;
        loaded.map(drop).map_err(|error| match error {
            FixtureError::Faults { faults } => {
                faults.into_iter().map(|f| f.message).collect::<Vec<_>>()
            }
            other => vec![other.to_string()],
        })
    };
    let france = |code: &str| {
        format!(
            r#"{{"model": "ports.nation", "pk": 12, "fields": {{"code": "{code}", "number": 13, "name": "France"}}}}"#
        )
    };
    let told = load(&france("gb")).await.expect_err("Lyon lies there");
    let nation =
        "1 row of `ports_town` refer by `nation` to rows of `ports_nation` that are gone: 3";
    let twin = "1 row of `ports_town` refer by `twin` to rows of `ports_nation` that are gone: 1";
    assert_eq!(told, [nation, twin]);
    let town = r#"{"model": "ports.town", "pk": 4, "fields": {"name": "Rome", "nation": "it"}}"#;
    let told = load(town).await.expect_err("no such nation");
    let rome = "1 row of `ports_town` refer by `nation` to rows of `ports_nation` that are gone: 4";
    assert_eq!(told, [rome]);
    assert_eq!(names(db, Town::objects()).await?, ["Graz", "Linz", "Lyon"]);
    // Together with those that refer to it.
    let all = [
        france("gb"),
        r#"{"model": "ports.town", "pk": 1, "fields": {"name": "Graz", "nation": "at"}}"#
            .to_owned(),
        r#"{"model": "ports.town", "pk": 3, "fields": {"name": "Lyon", "nation": "gb"}}"#
            .to_owned(),
    ];
    load(&all.join("\n")).await.expect("all are there");
    let moved = Town::filter(|t| t.nation().eq("gb"));
    assert_eq!(names(db, moved).await?, ["Lyon"]);
    Ok(())
}

fn ports() -> ProjectState {
    let all = [Nation::META, Town::META, Flag::META, Pole::META];
    all.iter().map(|meta| meta.def()).collect()
}
