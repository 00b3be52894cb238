//! Vectors: kept as they are, and searched by nearness where the database can; elsewhere refused before
//! anything is sent.

use orm::prelude::*;
use orm::query::Nearest;
use suite::models::vectors::{Indexed, Picture, Searched};

cases! {
    values_are_kept, what_is_no_vector_is_refused, nearest_first, thresholds, between_columns, nulls,
    ties_go_by_key, in_groups, in_updates_and_pages, an_index_is_no_hindrance,
    an_index_finds_the_nearest, the_nearest_among_others, the_nearest_in_other_queries,
}

fn v(elements: [f32; 3]) -> Vector<3> {
    Vector::from(elements)
}

async fn filled(db: &Db) -> Result<bool> {
    orm::create_tables(db, &[Picture::META]).await?;
    for (id, look, mood) in [
        (1, [1.0, 0.0, 0.0], Some([0.0, 1.0, 0.0])),
        (2, [0.6, 0.8, 0.0], None),
        (3, [0.0, 0.0, 1.0], Some([0.0, 0.0, 3.0])),
        (4, [-1.0, 0.0, 0.0], Some([-2.0, 0.0, 0.0])),
    ] {
        let new = new!(Picture {
            id,
            look: v(look),
            mood: mood.map(v)
        });
        Picture::create(db, new).await?;
    }
    let able = db.dialect().features().vector_functions;
    if !able {
        let sent = db.statements();
        let query = Picture::objects().order_by(|p| p.look().euclidean_distance(v([1.0; 3])));
        let error = query.all(db).await.expect_err("there is no such function");
        let text = error.to_string();
        assert!(matches!(error, Error::Render(_)), "{text}");
        assert!(
            text.contains("distance of vectors") && text.contains("SingleStore"),
            "{text}"
        );
        assert!(query.to_sql(db.dialect()).is_err());
        assert_eq!(db.statements(), sent, "something was sent");
    }
    Ok(able)
}

async fn values_are_kept(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Picture::META]).await?;
    let looks = [
        [0.1, -0.2, 0.3],
        [f32::MAX, f32::MIN, 0.0],
        [f32::MIN_POSITIVE, 1.0 / 3.0, -1e-20],
        [16_777_217.0, 1e20, 123_456.79],
    ];
    for (id, look) in (1..).zip(looks) {
        let mut picture = Picture {
            id,
            name: String::new(),
            look: v(look),
            mood: (id % 2 == 0).then(|| v(look)),
        };
        picture.insert(db).await?;
        assert_eq!(Picture::get(db, id).await?, picture);
        picture.look = v([look[2], look[1], look[0]]);
        picture.save(db).await?;
        assert_eq!(Picture::get(db, id).await?.look, picture.look);
    }
    let rows = Picture::objects()
        .select(|p| (p.id(), p.mood()))
        .all(db)
        .await?;
    assert_eq!(rows[0], (1, None));
    assert_eq!(rows[1], (2, Some(v(looks[1]))));
    Ok(())
}

async fn what_is_no_vector_is_refused(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Picture::META]).await?;
    let sent = db.statements();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let new = new!(Picture {
            id: 1,
            look: v([0.0, bad, 0.0])
        });
        let error = Picture::create(db, new.clone())
            .await
            .expect_err("no number");
        let kind = error.as_db().map(|e| e.kind.clone());
        let column = Some("look".to_owned());
        assert_eq!(kind, Some(DbErrorKind::Data { column }), "{error}");
        assert!(Picture::bulk_create(db, [new.clone()]).await.is_err());
        assert!(Picture::bulk_load(db, [new]).await.is_err());
        let near = Picture::filter(|p| p.look().dot_product(v([bad; 3])).gt(0.0));
        assert!(near.count(db).await.is_err());
    }
    assert!(Vector::<3>::try_from(vec![1.0, 2.0]).is_err());
    assert_eq!(Picture::objects().count(db).await?, 0);
    assert!(db.statements() >= sent);
    Ok(())
}

async fn nearest_first(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let wanted = v([0.8, 0.6, 0.0]);
    let near = Picture::objects()
        .order_by(|p| p.look().euclidean_distance(&wanted))
        .select(|p| (p.id(), p.look().euclidean_distance(&wanted)))
        .all(db)
        .await?;
    let ids: Vec<i64> = near.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [2, 1, 3, 4]);
    let expected = [
        0.08_f64.sqrt(),
        0.4_f64.sqrt(),
        2_f64.sqrt(),
        3.6_f64.sqrt(),
    ];
    for ((_, found), expected) in near.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
    let like = Picture::objects()
        .order_by(|p| p.look().dot_product(&wanted).desc())
        .limit(2)
        .all(db)
        .await?;
    assert_eq!(like.iter().map(|p| p.id).collect::<Vec<_>>(), [2, 1]);
    Ok(())
}

async fn thresholds(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let wanted = v([1.0, 0.0, 0.0]);
    let like = async |least: f64| {
        Picture::filter(|p| p.look().dot_product(&wanted).gte(least))
            .count(db)
            .await
    };
    assert_eq!(like(0.5).await?, 2);
    assert_eq!(like(-0.5).await?, 3);
    assert_eq!(like(2.0).await?, 0);
    let far = Picture::objects()
        .exclude(|p| p.look().euclidean_distance(&wanted).lt(1.5) | p.name().eq("x"));
    assert_eq!(far.select(|p| p.id()).all(db).await?, [4]);
    Ok(())
}

async fn between_columns(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let rows = Picture::objects()
        .select(|p| {
            (
                p.id(),
                p.look().dot_product(p.mood()),
                p.mood().dot_product(p.mood()),
            )
        })
        .all(db)
        .await?;
    assert_eq!(
        rows,
        [
            (1, Some(0.0), Some(1.0)),
            (2, None, None),
            (3, Some(3.0), Some(9.0)),
            (4, Some(2.0), Some(4.0)),
        ]
    );
    Ok(())
}

async fn nulls(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let zero = v([0.0; 3]);
    let ids = Picture::objects()
        .order_by(|p| p.mood().euclidean_distance(&zero))
        .select(|p| p.id());
    // NULL first, as ever.
    assert_eq!(ids.all(db).await?, [2, 1, 4, 3]);
    let none = Picture::filter(|p| p.mood().euclidean_distance(&zero).is_null());
    assert_eq!(none.select(|p| p.id()).all(db).await?, [2]);
    let other = Picture::exclude_far(&zero);
    assert_eq!(other.select(|p| p.id()).all(db).await?, [2, 3, 4]);
    Ok(())
}

trait Far {
    fn exclude_far(zero: &Vector<3>) -> QuerySet<Picture>;
}

impl Far for Picture {
    fn exclude_far(zero: &Vector<3>) -> QuerySet<Self> {
        Self::objects().exclude(|p| p.mood().euclidean_distance(zero).lt(1.5))
    }
}

async fn ties_go_by_key(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    for id in [9, 7, 8] {
        Picture::create(
            db,
            new!(Picture {
                id,
                look: v([1.0, 0.0, 0.0])
            }),
        )
        .await?;
    }
    let wanted = v([1.0, 0.0, 0.0]);
    let query = Picture::objects().order_by(|p| p.look().euclidean_distance(&wanted));
    assert_eq!(
        query.clone().select(|p| p.id()).limit(4).all(db).await?,
        [1, 7, 8, 9]
    );
    let paged = query.limit(2).offset(2).all(db).await?;
    assert_eq!(paged.iter().map(|p| p.id).collect::<Vec<_>>(), [8, 9]);
    Ok(())
}

async fn in_groups(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let wanted = v([1.0, 0.0, 0.0]);
    let (most, sum) = Picture::objects()
        .aggregate(|p| {
            let like = p.look().dot_product(&wanted);
            (like.max(), like.sum())
        })
        .get(db)
        .await?;
    assert_eq!(most, Some(1.0));
    assert!((sum.unwrap_or_default() - 0.6).abs() < 1e-6, "{sum:?}");
    Ok(())
}

async fn in_updates_and_pages(db: &Db) -> Result<()> {
    if !filled(db).await? {
        return Ok(());
    }
    let wanted = v([1.0, 0.0, 0.0]);
    let changed = Picture::filter(|p| p.look().dot_product(&wanted).lt(0.0))
        .update(|p| {
            (
                p.name().set("opposite"),
                p.look().set(v([0.5, 0.25, 0.125])),
            )
        })
        .exec(db)
        .await?;
    assert_eq!(changed, 1);
    let four = Picture::get(db, 4).await?;
    assert_eq!(
        (four.name.as_str(), four.look),
        ("opposite", v([0.5, 0.25, 0.125]))
    );
    let streamed = Picture::objects().order_by(|p| p.look().dot_product(&wanted).desc());
    let mut rows = streamed.stream(db).await?;
    let mut ids = Vec::new();
    while let Some(picture) = rows.next().await? {
        ids.push(picture.id);
    }
    assert_eq!(ids, [1, 2, 4, 3]);
    Ok(())
}

async fn an_index_is_no_hindrance(db: &Db) -> Result<()> {
    let features = db.dialect().features();
    let made = orm::create_tables(db, &[Indexed::META]).await;
    if !features.vector_functions {
        let error = made.expect_err("nothing could use it").to_string();
        assert!(error.contains("vector index"), "{error}");
        return Ok(());
    }
    made?;
    for id in [2, 1] {
        Indexed::create(
            db,
            new!(Indexed {
                id,
                look: v([1.0, 0.0, id as f32])
            }),
        )
        .await?;
    }
    let wanted = v([1.0, 0.0, 2.0]);
    let near = Indexed::objects().order_by(|p| p.look().euclidean_distance(&wanted));
    assert_eq!(near.select(|p| p.id()).limit(1).all(db).await?, [2]);
    Ok(())
}

/// Rows of which those with the same name are equally near; whether the database searches them.
async fn searched(db: &Db) -> Result<bool> {
    let made = orm::create_tables(db, &[Searched::META]).await;
    if !db.dialect().features().vector_functions {
        let error = made.expect_err("nothing could use it").to_string();
        assert!(error.contains("vector index"), "{error}");
        return Ok(false);
    }
    made?;
    for (id, name, look, place) in [
        (4, "near", [0.8, 0.6, 0.0], [1.0, 1.0]),
        (2, "near", [0.8, 0.6, 0.0], [1.0, 1.0]),
        (3, "far", [-1.0, 0.0, 0.0], [9.0, 9.0]),
        (1, "middle", [0.6, 0.8, 0.0], [2.0, 2.0]),
    ] {
        let (look, place, name) = (v(look), Vector::from(place), name.to_owned());
        Searched::create(
            db,
            new!(Searched {
                id,
                name,
                look,
                place
            }),
        )
        .await?;
    }
    Ok(true)
}

async fn an_index_finds_the_nearest(db: &Db) -> Result<()> {
    if !searched(db).await? {
        return Ok(());
    }
    let wanted = v([0.8, 0.6, 0.0]);
    let origin = Vector::from([0.0, 0.0]);
    for by in [
        Nearest::dot_product(),
        Nearest::dot_product().candidates(10).nprobe(2),
        Nearest::dot_product().exact(),
    ] {
        let near = Searched::objects().order_by(|s| s.look().nearest(&wanted, by));
        let ids = near.clone().select(|s| s.id()).limit(4).all(db).await?;
        assert_eq!(ids, [2, 4, 1, 3], "{by:?}");
        let rest = near.clone().limit(2).offset(1).all(db).await?;
        let names: Vec<&str> = rest.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["near", "middle"], "{by:?}");
        let scored = near
            .select(|s| (s.look().dot_product(&wanted), s.id()))
            .limit(3)
            .all(db)
            .await?;
        assert_eq!(
            scored.iter().map(|(_, id)| *id).collect::<Vec<_>>(),
            [2, 4, 1]
        );
        assert!(
            (scored[0].0 - 1.0).abs() < 1e-6 && (scored[2].0 - 0.96).abs() < 1e-6,
            "{scored:?}"
        );
    }
    let near = Nearest::euclidean_distance().ef(16);
    let query = Searched::objects().order_by(|s| s.place().nearest(&origin, near));
    assert_eq!(query.select(|s| s.id()).limit(3).all(db).await?, [2, 4, 1]);
    let first = Searched::objects()
        .order_by(|s| s.place().nearest(&origin, near))
        .first(db)
        .await?;
    // Which of two that are equally near a limit leaves is up to the index.
    assert_eq!(first.map(|s| s.name).as_deref(), Some("near"));
    Ok(())
}

async fn the_nearest_among_others(db: &Db) -> Result<()> {
    if !searched(db).await? {
        return Ok(());
    }
    let wanted = v([0.8, 0.6, 0.0]);
    let near = Searched::objects()
        .filter(|s| s.name().ne("near"))
        .order_by(|s| {
            s.look()
                .nearest(&wanted, Nearest::dot_product().candidates(100))
        });
    assert_eq!(
        near.clone().select(|s| s.id()).limit(5).all(db).await?,
        [1, 3]
    );
    assert_eq!(near.clone().limit(1).count(db).await?, 1);
    // The farthest, and all of them, no index finds.
    let sent = db.statements();
    for error in [
        near.clone().last(db).await.err(),
        near.clone().all(db).await.err(),
        near.clone().limit(101).all(db).await.err(),
    ] {
        let error = error.expect("no index finds that").to_string();
        assert!(
            error.contains("nearest") || error.contains("candidates"),
            "{error}"
        );
    }
    assert_eq!(db.statements(), sent, "something was sent");
    let all = Searched::objects()
        .order_by(|s| s.look().nearest(&wanted, Nearest::dot_product().exact()))
        .select(|s| s.id());
    assert_eq!(all.all(db).await?, [2, 4, 1, 3]);
    Ok(())
}

async fn the_nearest_in_other_queries(db: &Db) -> Result<()> {
    if !searched(db).await? {
        return Ok(());
    }
    let wanted = v([0.8, 0.6, 0.0]);
    let near = Searched::objects()
        .order_by(|s| s.look().nearest(&wanted, Nearest::dot_product()))
        .limit(3);
    let named = Searched::filter(|s| s.id().is_among(&near)).order_by(|s| s.id().desc());
    assert_eq!(named.select(|s| s.id()).all(db).await?, [4, 2, 1]);
    let mut rows = near.stream(db).await?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next().await? {
        ids.push(row.id);
    }
    assert_eq!(ids, [2, 4, 1]);
    Ok(())
}
