//! Values that change while rows refer to them: refused as a foreign key refuses it, whether the
//! server has such or not.

use orm::integrity::{DataOptions, FaultKind, check_data};
use orm::migrate::ProjectState;
use orm::prelude::*;
use suite::models::halls::{Desk, Drawer, Guest, Pass, assert_sound, fill};
use suite::models::tenants::{self, Fee, Rate};

cases! {
    saves, updates, updates_of_many, from_related_rows, bulk_updates, upserts, updates_or_creates,
    in_an_open_transaction, what_nobody_refers_to, what_stays_the_same, the_key, the_key_of_pairs,
    without_a_constraint, by_several_columns, inserts_at_the_same_time,
}

/// Passes to `b1` and `b2`; the second one's friend is `n3`.
async fn passes(db: &Db) -> Result<()> {
    fill(db, 4).await?;
    for (id, guest, friend) in [(1, "b1", None), (2, "b2", Some("n3")), (3, "b2", None)] {
        Pass::create(db, new!(Pass { id, guest, friend })).await?;
    }
    Ok(())
}

fn refused<T: std::fmt::Debug>(result: Result<T>) {
    let error = result.expect_err("rows refer to it");
    let db = error.as_db().unwrap_or_else(|| panic!("{error}"));
    assert!(db.is_foreign_key_violation(), "{error}");
}

async fn badges(db: &Db) -> Result<Vec<String>> {
    Guest::objects().select(|g| g.badge()).all(db).await
}

const WHOLE: [&str; 4] = ["b1", "b2", "b3", "b4"];

async fn saves(db: &Db) -> Result<()> {
    passes(db).await?;
    let mut one = Guest::get(db, 1).await?;
    let before = one.clone();
    one.visits = 50;
    assert_eq!(one.save(db).await?, orm::query::Saved::Updated);
    one.badge = "new".into();
    one.visits = 60;
    refused(one.save(db).await);
    refused(one.save_fields(db, |g| g.badge()).await);
    refused(one.save_changed(db, &before).await);
    let now = Guest::get(db, 1).await?;
    assert_eq!((now.badge.as_str(), now.visits), ("b1", 50));
    assert_sound(db).await;
    Pass::filter(|p| p.id().eq(1)).delete(db).await?;
    one.save(db).await?;
    assert_eq!(badges(db).await?, ["new", "b2", "b3", "b4"]);
    assert_sound(db).await;
    Ok(())
}

async fn updates(db: &Db) -> Result<()> {
    passes(db).await?;
    let one = Guest::get(db, 1).await?;
    refused(one.update(db, |g| g.badge().set("new")).await);
    let all =
        Guest::objects().update(|g| (g.badge().set(g.id().cast::<String>()), g.visits().set(0)));
    refused(all.exec(db).await);
    let visits = Guest::objects().select(|g| g.visits()).all(db).await?;
    assert_eq!(visits, [1, 2, 3, 4]);
    assert_eq!(badges(db).await?, WHOLE);
    assert_sound(db).await;
    Ok(())
}

/// Those that nobody refers to could change; none does, since one may not.
async fn updates_of_many(db: &Db) -> Result<()> {
    fill(db, 900).await?;
    Pass::create(
        db,
        new!(Pass {
            id: 1,
            guest: "b899"
        }),
    )
    .await?;
    let all = Guest::objects();
    let longer = all
        .clone()
        .update(|g| g.badge().set(g.id().cast::<String>()));
    refused(longer.exec(db).await);
    let most = all.exclude(|g| g.id().eq(899));
    let longer = most.update(|g| g.badge().set(g.id().cast::<String>()));
    assert_eq!(longer.exec(db).await?, 899);
    assert_sound(db).await;
    Ok(())
}

async fn from_related_rows(db: &Db) -> Result<()> {
    passes(db).await?;
    for id in [2, 3, 4] {
        let one = Guest::filter(move |g| g.id().eq(id));
        one.update(|g| g.host().set(Some(1))).exec(db).await?;
    }
    let of_host = |id: i64| {
        let one = Guest::filter(move |g| g.id().eq(id));
        one.update(|g| g.badge().set(orm::query::coalesce(g.host().nick(), "?")))
    };
    refused(of_host(2).exec(db).await);
    assert_eq!(of_host(3).exec(db).await?, 1);
    assert_eq!(badges(db).await?, ["b1", "b2", "n1", "b4"]);
    assert_sound(db).await;
    Ok(())
}

async fn bulk_updates(db: &Db) -> Result<()> {
    passes(db).await?;
    let mut all = Guest::objects().all(db).await?;
    for guest in &mut all {
        guest.visits += 10;
    }
    // The badges are written, and stay.
    let same = Guest::bulk_update(db, &mut all, |g| (g.badge(), g.visits()));
    assert_eq!(same.await?, 4);
    for guest in &mut all {
        guest.badge.push('x');
    }
    refused(Guest::bulk_update(db, &mut all, |g| (g.badge(), g.visits())).await);
    assert_eq!(badges(db).await?, WHOLE);
    assert_eq!(
        Guest::bulk_update(db, &mut all[2..], |g| g.badge()).await?,
        2
    );
    assert_eq!(badges(db).await?, ["b1", "b2", "b3x", "b4x"]);
    assert_sound(db).await;
    Ok(())
}

async fn upserts(db: &Db) -> Result<()> {
    passes(db).await?;
    let row = |id: i64, badge: &str| {
        new!(Guest {
            id,
            badge: badge.to_owned(),
            visits: 9
        })
    };
    let upsert = async |rows: Vec<_>| {
        Guest::bulk_create_update_conflicts(db, rows, |g| g.id(), |g| (g.badge(), g.visits())).await
    };
    upsert(vec![row(1, "b1"), row(3, "c3"), row(5, "c5")]).await?;
    assert_eq!(badges(db).await?, ["b1", "b2", "c3", "b4", "c5"]);
    refused(upsert(vec![row(2, "c2"), row(6, "c6")]).await);
    assert_eq!(badges(db).await?, ["b1", "b2", "c3", "b4", "c5"]);
    assert_sound(db).await;
    Ok(())
}

async fn updates_or_creates(db: &Db) -> Result<()> {
    passes(db).await?;
    let row = |id: i64, badge: &str| {
        new!(Guest {
            id,
            badge: badge.to_owned()
        })
    };
    refused(Guest::update_or_create(db, row(1, "c1"), |g| g.id()).await);
    let (three, created) = Guest::update_or_create(db, row(3, "c3"), |g| g.id()).await?;
    assert_eq!((three.badge.as_str(), created), ("c3", false));
    assert_eq!(badges(db).await?, ["b1", "b2", "c3", "b4"]);
    assert_sound(db).await;
    Ok(())
}

/// A transaction goes on after the refusal, or is refused when it ends: databases differ in that, and
/// nothing of it stays.
async fn in_an_open_transaction(db: &Db) -> Result<()> {
    passes(db).await?;
    let tx = db.begin().await?;
    Pass::filter(|p| p.id().eq(1)).delete(&tx).await?;
    // Nobody refers to it any more, in this transaction.
    Guest::filter(|g| g.id().eq(1))
        .update(|g| g.badge().set("new"))
        .exec(&tx)
        .await?;
    let two = Guest::filter(|g| g.id().eq(2)).update(|g| g.badge().set("two"));
    let done = match two.exec(&tx).await {
        Ok(_) => tx.commit().await.map_err(Into::into),
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    };
    refused(done);
    assert_eq!(badges(db).await?, WHOLE);
    assert_sound(db).await;
    Ok(())
}

async fn what_nobody_refers_to(db: &Db) -> Result<()> {
    passes(db).await?;
    let rest = Guest::filter(|g| g.id().gt(2)).update(|g| g.badge().set(g.id().cast::<String>()));
    assert_eq!(rest.exec(db).await?, 2);
    let mut four = Guest::get(db, 4).await?;
    four.badge = "four".into();
    four.save(db).await?;
    assert_eq!(badges(db).await?, ["b1", "b2", "3", "four"]);
    assert_sound(db).await;
    Ok(())
}

async fn what_stays_the_same(db: &Db) -> Result<()> {
    passes(db).await?;
    let one = Guest::filter(|g| g.id().eq(1));
    let same = one
        .clone()
        .update(|g| (g.badge().set("b1"), g.visits().set(8)));
    assert_eq!(same.exec(db).await?, 1);
    let same = one.update(|g| g.badge().set(g.badge()));
    assert_eq!(same.exec(db).await?, 1);
    let computed = Guest::objects().update(|g| {
        g.badge()
            .set(orm::query::concat("b", g.id().cast::<String>()))
    });
    assert_eq!(computed.exec(db).await?, 4);
    assert_sound(db).await;
    Ok(())
}

async fn desks(db: &Db) -> Result<()> {
    fill(db, 2).await?;
    for (id, code) in [(1, "x"), (2, "y"), (3, "z")] {
        Desk::create(db, new!(Desk { id, code })).await?;
    }
    Drawer::create(db, new!(Drawer { id: 1, desk: 1 })).await?;
    Desk::get(db, 2).await?.users.add(db, [1, 2]).await
}

async fn the_key(db: &Db) -> Result<()> {
    desks(db).await?;
    let id = |id: i64| Desk::filter(move |d| d.id().eq(id)).update(|d| d.id().set(d.id() + 10));
    refused(id(1).exec(db).await);
    assert_eq!(id(3).exec(db).await?, 1);
    Drawer::objects().delete(db).await?;
    assert_eq!(id(1).exec(db).await?, 1);
    let ids = Desk::objects()
        .select(|d| (d.id(), d.code()))
        .all(db)
        .await?;
    let row = |id, code: &str| (id, code.to_owned());
    assert_eq!(ids, [row(2, "y"), row(11, "x"), row(13, "z")]);
    assert_sound(db).await;
    Ok(())
}

async fn the_key_of_pairs(db: &Db) -> Result<()> {
    desks(db).await?;
    let two = Desk::get(db, 2).await?;
    refused(
        two.update(db, |d| (d.id().set(20), d.code().set("new")))
            .await,
    );
    let same = two.update(db, |d| (d.id().set(2), d.code().set("new")));
    same.await?;
    two.users.clear(db).await?;
    two.update(db, |d| d.id().set(20)).await?;
    let ids = Desk::objects().select(|d| d.id()).all(db).await?;
    assert_eq!(ids, [1, 3, 20]);
    assert_sound(db).await;
    Ok(())
}

/// Nobody watches over it, as the model says.
async fn without_a_constraint(db: &Db) -> Result<()> {
    passes(db).await?;
    let three = Guest::get(db, 3).await?;
    three.update(db, |g| g.nick().set("other")).await?;
    let pass = Pass::filter(|p| p.friend().is_not_null()).get(db).await?;
    assert_eq!(pass.friend.map(|f| f.id().clone()).as_deref(), Some("n3"));
    Ok(())
}

/// Relations by several columns have no foreign key anywhere; `check --data` finds what they lose.
async fn by_several_columns(db: &Db) -> Result<()> {
    tenants::fill(db).await?;
    let fee = Fee::filter(|f| f.rate_code().is_not_null())
        .first(db)
        .await?;
    let fee = fee.expect("a fee");
    let code = fee.rate_code.clone().expect("it has one");
    let tenant = fee.tenant;
    let rates = Rate::filter(move |r| r.tenant().eq(tenant) & r.code().eq(code));
    assert_eq!(rates.update(|r| r.code().set("gone")).exec(db).await?, 1);
    let mut state = ProjectState::default();
    for meta in tenants::ALL {
        state.insert(meta.def());
    }
    let found = check_data(db, &state, &DataOptions::default(), &mut |_| {}).await;
    let found = found.expect("looks");
    assert!(
        found
            .iter()
            .any(|f| f.kind == FaultKind::Orphan && f.field == "rate"),
        "{found:?}"
    );
    Ok(())
}

/// 64 tasks that change badges or delete what refers to them; whoever is refused changes nothing.
async fn inserts_at_the_same_time(db: &Db) -> Result<()> {
    passes(db).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..64_i64 {
        let db = db.clone();
        tasks.spawn(async move {
            let id = task % 4 + 1;
            let one = Guest::filter(move |g| g.id().eq(id));
            match task % 3 {
                0 => {
                    one.update(|g| g.badge().set(format!("t{task}")))
                        .exec(&db)
                        .await
                }
                1 => one.update(|g| g.visits().set(task)).exec(&db).await,
                _ => Pass::filter(|p| p.id().eq(id))
                    .delete(&db)
                    .await
                    .map(|d| d.total),
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        match done.expect("no panic") {
            Ok(_) => {}
            Err(e) if e.is_retryable() => {}
            Err(e) if e.as_db().is_some_and(|d| d.is_foreign_key_violation()) => {}
            Err(e) => panic!("{e}"),
        }
    }
    assert_sound(db).await;
    Ok(())
}
