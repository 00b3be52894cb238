//! Changing the sets of one object: those that refer to it, those with an own table of pairs, and
//! those of the same model.

use orm::prelude::*;
use suite::models::blog::{self, Article, Author};
use suite::models::clubs::{Badge, Club, Member, Membership, fill};
use suite::models::loops::{self, Bout, Player};

cases! {
    create_in_a_set, add_to_a_reverse_set, remove_from_a_reverse_set, set_a_reverse_set,
    sets_that_cannot_be_left, add_what_is_gone, both_sides_of_pairs, symmetrical_sets,
    through_an_own_model, through_defaults, through_another_model, delete_through,
    reverse_one_to_one, friends_of_oneself, pairs_that_stand_twice,
    counts_of_pairs, sides_that_are_named,
}

async fn names(db: &impl Executor, query: QuerySet<Member>) -> Result<Vec<String>> {
    query
        .order_by(|m| m.name())
        .select(|m| m.name())
        .all(db)
        .await
}

async fn create_in_a_set(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Member::get(db, 1).await?;
    let before = db.statements();
    let eve = ann
        .sponsored
        .create(db, new!(Member { name: "Eve" }))
        .await?;
    assert_eq!(db.statements() - before, 1);
    assert_eq!(eve.sponsor.as_ref().map(|s| *s.id()), Some(1));
    assert_eq!(names(db, ann.sponsored.query()).await?, ["Eve"]);
    let chess = Club::get(db, 1).await?;
    chess
        .helpers
        .create(db, new!(Member { name: "Fay" }))
        .await?;
    assert_eq!(names(db, chess.helpers.query()).await?, ["Fay"]);
    blog::fill(db).await?;
    let ann = Author::get(db, 1).await?;
    let article = ann
        .articles
        .create(db, new!(Article { title: "new", .. }))
        .await?;
    assert_eq!(*article.author.id(), 1);
    let missing = ann.articles.create(db, new!(Article { .. })).await;
    let text = missing.expect_err("no title").to_string();
    assert!(text.contains("title"), "{text}");
    Ok(())
}

async fn add_to_a_reverse_set(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Member::get(db, 1).await?;
    let bob = Member::get(db, 2).await?;
    ann.sponsored.add(db, [&bob]).await?;
    ann.sponsored.add(db, [3, 3, 2]).await?;
    ann.sponsored.add(db, Vec::<i64>::new()).await?;
    assert_eq!(names(db, ann.sponsored.query()).await?, ["Bob", "Cid"]);
    Ok(())
}

async fn remove_from_a_reverse_set(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Member::get(db, 1).await?;
    ann.sponsored.add(db, [2, 3, 4]).await?;
    ann.sponsored.remove(db, [3, 1]).await?;
    assert_eq!(names(db, ann.sponsored.query()).await?, ["Bob", "Dee"]);
    ann.sponsored.clear(db).await?;
    assert!(!ann.sponsored.query().exists(db).await?);
    assert_eq!(Member::objects().count(db).await?, 4);
    Ok(())
}

async fn set_a_reverse_set(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Member::get(db, 1).await?;
    ann.sponsored.set(db, [2, 3]).await?;
    ann.sponsored.set(db, [3, 4]).await?;
    assert_eq!(names(db, ann.sponsored.query()).await?, ["Cid", "Dee"]);
    let before = db.statements();
    ann.sponsored.set(db, [4, 3]).await?;
    assert_eq!(db.statements() - before, 1, "nothing differs");
    // All or nothing.
    assert!(ann.sponsored.set(db, [2, 99]).await.is_err());
    assert_eq!(names(db, ann.sponsored.query()).await?, ["Cid", "Dee"]);
    Ok(())
}

async fn sets_that_cannot_be_left(db: &Db) -> Result<()> {
    blog::fill(db).await?;
    let ann = Author::get(db, 1).await?;
    for refused in [
        ann.articles.clear(db).await,
        ann.articles.remove(db, [1]).await,
        ann.articles.set(db, [1, 2]).await,
    ] {
        let error = refused.expect_err("the author is not NULL");
        assert!(
            matches!(&error, Error::Usage(t) if t.contains("may not be NULL")),
            "{error}"
        );
    }
    assert_eq!(ann.articles.query().count(db).await?, 2);
    // Nothing would have to leave.
    ann.articles.set(db, [1, 2, 3]).await?;
    assert_eq!(ann.articles.query().count(db).await?, 3);
    Ok(())
}

async fn add_what_is_gone(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Member::get(db, 1).await?;
    let error = ann
        .sponsored
        .add(db, [2, 99])
        .await
        .expect_err("there is no 99");
    assert!(error.is_not_found(), "{error}");
    assert_eq!(ann.sponsored.query().count(db).await?, 0);
    Ok(())
}

async fn both_sides_of_pairs(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Member::get(db, 1).await?;
    ann.helps.add(db, [1, 2]).await?;
    let chess = Club::get(db, 1).await?;
    assert_eq!(names(db, chess.helpers.query()).await?, ["Ann"]);
    chess.helpers.add(db, [1, 2]).await?;
    assert_eq!(
        names(
            db,
            Member::filter(|m| m.helps().any(|c| c.name().eq("Chess")))
        )
        .await?,
        ["Ann", "Bob"]
    );
    let all = Member::objects()
        .order_by(|m| m.id())
        .prefetch(|m| m.helps())
        .all(db)
        .await?;
    let sets: Vec<Vec<&str>> = all
        .iter()
        .map(|m| {
            m.helps
                .get()
                .expect("loaded")
                .iter()
                .map(|c| c.name.as_str())
                .collect()
        })
        .collect();
    assert_eq!(
        sets,
        [vec!["Chess", "Rowing"], vec!["Chess"], vec![], vec![]]
    );
    ann.helps.set(db, [2]).await?;
    assert_eq!(names(db, chess.helpers.query()).await?, ["Bob"]);
    ann.helps.clear(db).await?;
    assert_eq!(Club::filter(|c| c.helpers().exists()).count(db).await?, 1);
    let text = ann.helps.get().expect_err("not loaded").to_string();
    assert!(text.contains(".prefetch(|x| x.helps())"), "{text}");
    Ok(())
}

async fn symmetrical_sets(db: &Db) -> Result<()> {
    fill(db).await?;
    let (ann, bob) = (Member::get(db, 1).await?, Member::get(db, 2).await?);
    ann.friends.add(db, [2, 3]).await?;
    assert_eq!(names(db, bob.friends.query()).await?, ["Ann"]);
    bob.friends.add(db, [1, 4]).await?;
    assert_eq!(names(db, ann.friends.query()).await?, ["Bob", "Cid"]);
    let deep = Member::filter(|m| m.friends().any(|f| f.name().eq("Ann")));
    assert_eq!(names(db, deep).await?, ["Bob", "Cid"]);
    bob.friends.set(db, [3]).await?;
    assert_eq!(names(db, ann.friends.query()).await?, ["Cid"]);
    assert_eq!(
        names(db, Member::get(db, 3).await?.friends.query()).await?,
        ["Ann", "Bob"]
    );
    ann.friends.remove(db, [3]).await?;
    assert_eq!(
        names(db, Member::get(db, 3).await?.friends.query()).await?,
        ["Bob"]
    );
    Member::get(db, 3).await?.friends.clear(db).await?;
    assert_eq!(Member::filter(|m| m.friends().exists()).count(db).await?, 0);
    Ok(())
}

async fn friends_of_oneself(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Member::get(db, 1).await?;
    ann.friends.add(db, [1]).await?;
    assert_eq!(names(db, ann.friends.query()).await?, ["Ann"]);
    assert_eq!(ann.delete(db).await?.total, 2);
    Ok(())
}

async fn through_an_own_model(db: &Db) -> Result<()> {
    fill(db).await?;
    let chess = Club::get(db, 1).await?;
    let error = chess.members.add(db, [1]).await.expect_err("since when");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("since") && t.contains("add_through")),
        "{error}"
    );
    chess
        .memberships
        .create(
            db,
            new!(Membership {
                member: 2,
                since: 2001,
                ..
            }),
        )
        .await?;
    assert_eq!(names(db, chess.members.query()).await?, ["Bob"]);
    let bob = Member::get(db, 2).await?;
    let clubs = bob.clubs.query().select(|c| c.name());
    assert_eq!(clubs.all(db).await?, ["Chess"]);
    let found = Club::filter(|c| c.members().any(|m| m.name().eq("Bob")));
    assert_eq!(found.count(db).await?, 1);
    let all = Club::objects()
        .prefetch(|c| c.members())
        .order_by(|c| c.id())
        .all(db)
        .await?;
    assert_eq!(
        (all[0].members.get()?.len(), all[1].members.get()?.len()),
        (1, 0)
    );
    chess.members.remove(db, [2]).await?;
    assert_eq!(Membership::objects().count(db).await?, 0);
    Ok(())
}

async fn through_defaults(db: &Db) -> Result<()> {
    fill(db).await?;
    let chess = Club::get(db, 1).await?;
    let since = |since| new!(Membership { since: since, .. });
    chess
        .members
        .add_through(db, [1, 2, 1], since(2001))
        .await?;
    chess.members.add_through(db, [2, 3], since(2002)).await?;
    let rows = Membership::objects()
        .order_by(|m| m.member_id())
        .select(|m| (m.member_id(), m.since(), m.rank()));
    let row = |id: i64, since, rank: &str| (id, since, rank.to_owned());
    assert_eq!(
        rows.all(db).await?,
        [
            row(1, 2001, "plain"),
            row(2, 2001, "plain"),
            row(3, 2002, "plain")
        ]
    );
    chess
        .members
        .set_through(
            db,
            [3, 4],
            new!(Membership {
                since: 2003,
                rank: "chair",
                ..
            }),
        )
        .await?;
    assert_eq!(
        rows.all(db).await?,
        [row(3, 2002, "plain"), row(4, 2003, "chair")]
    );
    // From the other side.
    Member::get(db, 1)
        .await?
        .clubs
        .add_through(db, [1, 2], since(2004))
        .await?;
    assert_eq!(
        names(db, chess.members.query()).await?,
        ["Ann", "Cid", "Dee"]
    );
    let long = new!(Membership {
        since: 1,
        rank: "x".repeat(21),
        ..
    });
    let error = chess
        .members
        .add_through(db, [2], long)
        .await
        .expect_err("too long");
    assert!(
        error
            .as_db()
            .is_some_and(|e| matches!(e.kind, DbErrorKind::DataTooLong { .. })),
        "{error}"
    );
    Ok(())
}

async fn through_another_model(db: &Db) -> Result<()> {
    fill(db).await?;
    let chess = Club::get(db, 1).await?;
    for refused in [
        chess.members.add_through(db, [1], new!(Badge { .. })).await,
        chess
            .helpers
            .add_through(db, [1], new!(Membership { since: 1, .. }))
            .await,
    ] {
        assert!(matches!(refused, Err(Error::Usage(_))), "{refused:?}");
    }
    assert_eq!(Membership::objects().count(db).await?, 0);
    Ok(())
}

/// A pair that stands twice in an own table of pairs is one member of the set.
async fn pairs_that_stand_twice(db: &Db) -> Result<()> {
    fill(db).await?;
    let chess = Club::get(db, 1).await?;
    for (member, since) in [(2, 2001), (2, 2002), (1, 2003)] {
        let new = new!(Membership {
            member: member,
            since: since,
            ..
        });
        chess.memberships.create(db, new).await?;
    }
    assert_eq!(names(db, chess.members.query()).await?, ["Ann", "Bob"]);
    let query = Club::filter(|c| c.id().eq(1))
        .prefetch(|c| c.members().query(|q| q.order_by(|m| m.name().desc())));
    let loaded = query.get(db).await?;
    let members: Vec<&str> = loaded
        .members
        .get()?
        .iter()
        .map(|m| m.name.as_str())
        .collect();
    assert_eq!(members, ["Bob", "Ann"]);
    chess
        .members
        .add_through(db, [2], new!(Membership { since: 1, .. }))
        .await?;
    assert_eq!(Membership::objects().count(db).await?, 3);
    chess
        .members
        .set_through(db, [2], new!(Membership { since: 1, .. }))
        .await?;
    assert_eq!(Membership::objects().count(db).await?, 2);
    Ok(())
}

async fn counts_of_pairs(db: &Db) -> Result<()> {
    pairs_that_stand_twice(db).await?;
    let counts = Club::objects()
        .order_by(|c| c.id())
        .select(|c| c.members().count());
    assert_eq!(counts.all(db).await?, [1, 0]);
    Ok(())
}

/// Rows of an own table of pairs go by that model's own rules.
async fn delete_through(db: &Db) -> Result<()> {
    fill(db).await?;
    let chess = Club::get(db, 1).await?;
    chess
        .members
        .add_through(db, [1, 2], new!(Membership { since: 1, .. }))
        .await?;
    chess.helpers.add(db, [1, 3]).await?;
    let error = Member::get(db, 1)
        .await?
        .delete(db)
        .await
        .expect_err("protected");
    assert!(
        matches!(
            &error,
            Error::Protected {
                by: "Membership",
                field: "member",
                ..
            }
        ),
        "{error}"
    );
    let deleted = chess.delete(db).await?;
    let by: Vec<(&str, u64)> = deleted.by_model.into_iter().collect();
    assert_eq!(
        by,
        [("Club", 1), ("Membership", 2), ("clubs_club_helpers", 2)]
    );
    Ok(())
}

async fn reverse_one_to_one(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Member::get(db, 1).await?;
    assert!(
        ann.badge
            .fetch_one(db)
            .await
            .is_err_and(|e| e.is_not_found())
    );
    ann.badge
        .create(db, new!(Badge { number: "A1", .. }))
        .await?;
    assert_eq!(ann.badge.fetch_one(db).await?.number, "A1");
    assert!(matches!(ann.badge.one(), Err(Error::NotLoaded(_))));
    let all = Member::objects()
        .order_by(|m| m.id())
        .prefetch(|m| m.badge())
        .all(db)
        .await?;
    assert_eq!(all[0].badge.one()?.number, "A1");
    assert!(all[1].badge.one().is_err_and(|e| e.is_not_found()));
    assert_eq!(
        names(
            db,
            Member::filter(|m| m.badge().any(|b| b.number().eq("A1")))
        )
        .await?,
        ["Ann"]
    );
    assert_eq!(
        names(db, Member::filter(|m| !m.badge().exists())).await?,
        ["Bob", "Cid", "Dee"]
    );
    Ok(())
}

/// `through_fields` says which relation is which side, in whatever order they stand.
async fn sides_that_are_named(db: &Db) -> Result<()> {
    loops::tables(db).await?;
    for (id, name) in [(1, "Ann"), (2, "Bob"), (3, "Cid")] {
        Player::create(db, new!(Player { id, name })).await?;
    }
    let ann = Player::get(db, 1).await?;
    ann.beat.add(db, [2, 3]).await?;
    let bouts = Bout::objects().order_by(|b| b.loser_id());
    let pairs = bouts.select(|b| (b.winner_id(), b.loser_id()));
    assert_eq!(pairs.all(db).await?, [(1, 2), (1, 3)]);
    let bob = Player::get(db, 2).await?;
    assert_eq!(bob.beat.query().count(db).await?, 0);
    let best = bob.lost_to.query().select(|p| p.name());
    assert_eq!(best.all(db).await?, ["Ann"]);
    bob.lost_to.clear(db).await?;
    assert_eq!(pairs.all(db).await?, [(1, 3)]);
    Ok(())
}
