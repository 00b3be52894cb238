//! Models that flatten abstract bases: their fields are the model's own.

use orm::prelude::*;
use suite::models::bases::{Note, Shelf, Volume, tables};
use uuid::Uuid;

cases! {
    columns_of_bases, reading_and_writing, relations_of_bases, validation_of_bases, options_of_bases,
}

fn volume(n: u128, title: &str) -> orm::New<Volume> {
    new!(Volume {
        key: Uuid::from_u128(n),
        title: title,
        pages: 10
    })
}

async fn columns_of_bases(_: &Db) -> Result<()> {
    let columns: Vec<&str> = Volume::META.columns.iter().map(|c| c.column).collect();
    let wanted = [
        "key", "title", "volume", "shelf_id", "pages", "made_at", "seen_at",
    ];
    assert_eq!(columns, wanted);
    assert_eq!(Volume::META.key, [0]);
    assert_eq!(Volume::META.uniques, [[1, 2]]);
    let def = Volume::META.def();
    assert_eq!(def.primary_key, ["key"]);
    assert_eq!(def.indexes[0].fields, ["made_at"]);
    Ok(())
}

async fn reading_and_writing(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut one = Volume::create(db, volume(1, "one")).await?;
    assert_eq!(one.titled.title, "one");
    assert_eq!(one.titled.volume, 1);
    assert!(one.stamps.seen_at.is_some());
    one.titled.volume = 2;
    one.pages = 20;
    let made = one.stamps.made_at;
    one.save(db).await?;
    let read = Volume::get(db, Uuid::from_u128(1)).await?;
    assert_eq!((read.titled.volume, read.pages), (2, 20));
    assert_eq!(read.stamps.made_at, made);
    let before = read.clone();
    let mut read = read;
    read.titled.title = "first".to_owned();
    read.save_changed(db, &before).await?;
    let query = Volume::filter(|v| {
        v.title().startswith("f") & v.made_at().lte(made) & v.key().eq(Uuid::from_u128(1))
    });
    assert_eq!(
        query
            .clone()
            .select(|v| (v.title(), v.volume()))
            .all(db)
            .await?,
        [("first".to_owned(), 2)]
    );
    query
        .update(|v| v.volume().set(v.volume() + 1))
        .exec(db)
        .await?;
    assert_eq!(Volume::objects().get(db).await?.titled.volume, 3);
    let more =
        (2..5).map(|n| volume(n, "more").with(|v| v.volume().set(i32::try_from(n).unwrap_or(0))));
    assert_eq!(Volume::bulk_create(db, more).await?, 3);
    assert_eq!(read.delete(db).await?.total, 1);
    assert_eq!(Volume::objects().count(db).await?, 3);
    Ok(())
}

async fn relations_of_bases(db: &Db) -> Result<()> {
    tables(db).await?;
    let left = Shelf::create(db, new!(Shelf { place: "left" })).await?;
    let new = volume(1, "one").with(|v| v.shelf().set(Some(&left)));
    let one = Volume::create(db, new).await?;
    one.notes.create(db, new!(Note { text: "a", .. })).await?;
    let read = Volume::filter(|v| v.shelf().place().eq("left"))
        .with(|v| v.shelf())
        .prefetch(|v| v.notes())
        .get(db)
        .await?;
    assert_eq!(
        read.titled.shelf.as_ref().expect("one").get()?.place,
        "left"
    );
    assert_eq!(read.notes.get()?[0].text, "a");
    let note = Note::objects().with(|n| n.volume().shelf()).get(db).await?;
    let shelf = &note.volume.get()?.titled.shelf;
    assert_eq!(shelf.as_ref().expect("one").get()?.place, "left");
    assert_eq!(left.volumes.query().count(db).await?, 1);
    assert_eq!(left.delete(db).await?.total, 1);
    assert!(Volume::objects().get(db).await?.titled.shelf.is_none());
    Ok(())
}

async fn validation_of_bases(db: &Db) -> Result<()> {
    tables(db).await?;
    let errors = volume(1, " ").validate().expect_err("blank");
    assert_eq!(errors.of("title").count(), 1);
    let mut one = Volume::create(db, volume(1, "one")).await?;
    one.titled.title = "x".repeat(31);
    assert_eq!(
        one.validate().expect_err("too long").faults()[0].code,
        "max_length"
    );
    Ok(())
}

/// Keys, order and unique groups that the base says.
async fn options_of_bases(db: &Db) -> Result<()> {
    tables(db).await?;
    for n in 1..4 {
        let new = volume(n, &format!("v{n}"));
        Volume::create(db, new).await?;
    }
    let taken = Volume::create(db, volume(9, "v1")).await;
    assert!(taken.is_err_and(|e| e.is_unique_violation()));
    let sql = Volume::objects().to_sql(db.dialect())?;
    let order = sql.text.split("ORDER BY").nth(1).unwrap_or_default();
    assert!(
        order.contains("made_at") && order.contains("DESC"),
        "{order}"
    );
    let sql = Note::objects().to_sql(db.dialect())?;
    let order = sql.text.split("ORDER BY").nth(1).unwrap_or_default();
    assert!(!order.contains("made_at"), "{order}");
    Ok(())
}
