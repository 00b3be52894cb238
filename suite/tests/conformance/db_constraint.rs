//! Relations that no foreign key holds, `db_constraint = false`: the same on databases with foreign
//! keys as on those without.

use orm::integrity::{DataOptions, FaultKind, check_data};
use orm::migrate::ProjectState;
use orm::prelude::*;
use suite::backend::statement;

cases! { nobody_refuses, orphans_are_found, deletes_reach_them, others_are_held if foreign_keys }

#[derive(Model, Debug)]
#[model(app = "loose", storage_type = "reference")]
struct Shelf {
    #[field(primary_key)]
    id: Auto<i64>,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug)]
#[model(app = "loose")]
struct Item {
    #[field(primary_key)]
    id: i64,
    #[field(db_constraint = false)]
    shelf: ForeignKey<Shelf>,
    #[field(db_constraint = false, on_delete = "set_null")]
    former: Option<ForeignKey<Shelf>>,
    #[field(db_constraint = false)]
    marked: ManyToMany<Shelf>,
    held: Option<ForeignKey<Shelf>>,
}

async fn tables(db: &Db) -> Result<i64> {
    orm::create_tables(db, &[Shelf::META, Item::META]).await?;
    let shelf = Shelf::create(db, new!(Shelf { name: "a" })).await?;
    let shelf = shelf.id.get().expect("an id");
    for (id, on, former) in [(1, shelf, "NULL"), (2, 900, "NULL"), (3, 901, "902")] {
        let row = format!(
            "INSERT INTO loose_item (id, shelf_id, former_id) VALUES ({id}, {on}, {former})"
        );
        statement(db, &row).await?;
    }
    for to in [shelf, 903] {
        let pair = format!("INSERT INTO loose_item_marked (item_id, shelf_id) VALUES (1, {to})");
        statement(db, &pair).await?;
    }
    Ok(shelf)
}

async fn nobody_refuses(db: &Db) -> Result<()> {
    tables(db).await?;
    let ids = Item::objects().order_by(|i| i.id()).select(|i| i.id());
    assert_eq!(ids.all(db).await?, [1, 2, 3]);
    // A join over one that leads nowhere finds nothing, as it does where no server watches.
    let there = Item::filter(|i| i.shelf().name().ne("z")).select(|i| i.id());
    assert_eq!(there.all(db).await?, [1]);
    Ok(())
}

async fn others_are_held(db: &Db) -> Result<()> {
    tables(db).await?;
    let refused = statement(db, "UPDATE loose_item SET held_id = 900 WHERE id = 1").await;
    let error = refused.expect_err("a foreign key");
    let kind = error.as_db().map(|e| e.kind.clone());
    assert!(
        matches!(kind, Some(orm::backend::DbErrorKind::ForeignKey { .. })),
        "{error}"
    );
    Ok(())
}

async fn orphans_are_found(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut state = ProjectState::default();
    for meta in [Shelf::META, Item::META] {
        state.insert(meta.def());
    }
    let look = async || {
        let faults = check_data(db, &state, &DataOptions::default(), &mut |_| ()).await;
        let faults = faults.expect("looks");
        let short = faults.iter().map(|f| (f.kind, f.field.clone(), f.count));
        short.collect::<Vec<_>>()
    };
    let orphan = |field: &str, count| (FaultKind::Orphan, field.to_owned(), count);
    assert_eq!(
        look().await,
        [orphan("shelf", 2), orphan("former", 1), orphan("marked", 1)]
    );
    Ok(())
}

/// What happens to referring rows is the business of the program on every database.
async fn deletes_reach_them(db: &Db) -> Result<()> {
    let shelf = tables(db).await?;
    statement(
        db,
        &format!("UPDATE loose_item SET former_id = {shelf} WHERE id = 2"),
    )
    .await?;
    let done = Shelf::filter(|s| s.id().eq(shelf)).delete(db).await?;
    assert_eq!(
        done.total, 4,
        "the shelf, its item, the item's pairs: {done:?}"
    );
    let left = Item::objects()
        .order_by(|i| i.id())
        .select(|i| (i.id(), i.former_id()));
    assert_eq!(left.all(db).await?, [(2, None), (3, Some(902))]);
    let pairs = orm::raw::<(i64,)>(
        "SELECT shelf_id FROM loose_item_marked ORDER BY shelf_id",
        (),
    );
    // The pairs of an item go with it, whatever they lead to.
    assert_eq!(pairs.all(db).await?, []);
    Ok(())
}
