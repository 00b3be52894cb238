//! What `orm-cli inspectdb` prints for databases that were there before: it compiles.

#![allow(missing_docs, reason = "nobody says what these tables are for")]

#[path = "../../orm-cli/tests/inspected/chinook_mariadb.rs"]
mod chinook_mariadb;
#[path = "../../orm-cli/tests/inspected/chinook_sqlite.rs"]
mod chinook_sqlite;
#[path = "../../orm-cli/tests/inspected/odd_mariadb.rs"]
mod odd_mariadb;
#[path = "../../orm-cli/tests/inspected/odd_sqlite.rs"]
mod odd_sqlite;
#[path = "../../orm-cli/tests/inspected/sakila_mariadb.rs"]
mod sakila_mariadb;

use orm::prelude::*;

/// The models work: rows go in and come out, through the relations that were read.
#[tokio::test(flavor = "multi_thread")]
async fn rows_go_through_models_that_were_read() -> Result<()> {
    use chinook_sqlite::{Album, Artist, Playlist, PlaylistTrack};

    let db = Db::connect("sqlite::memory:").await?;
    orm::create_tables(&db, &[PlaylistTrack::META]).await?;
    let artist = Artist::create(
        &db,
        new!(Artist {
            name: "Ann".to_owned()
        }),
    )
    .await?;
    let title = "Hello".to_owned();
    Album::create(
        &db,
        new!(Album {
            title: title,
            artist: &artist
        }),
    )
    .await?;
    let found = Album::filter(|a| a.artist().name().eq("Ann"))
        .with(|a| a.artist())
        .all(&db)
        .await?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].artist.get()?.artist_id, artist.artist_id);
    assert_eq!(Playlist::objects().all(&db).await?.len(), 0);
    Ok(())
}
