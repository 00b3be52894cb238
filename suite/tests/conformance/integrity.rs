//! Looking for rows that contradict each other, and repairing them.

use orm::integrity::{DataOptions, Fault, FaultKind, check_data};
use orm::migrate::ProjectState;
use orm::model::ModelMeta;
use orm::prelude::*;
use orm::schema::lookup_table;
use suite::backend::{statement, unchecked};
use suite::models::accounts::{self, Account, assert_kept};
use suite::models::clubs::{self, Club, Member, Membership};
use suite::models::names::Seat;
use suite::models::{names, press};

cases! {
    nothing_to_find, orphans, orphans_that_stay, orphans_of_pairs, part_by_part, keys_of_several_columns,
    lookups if sharded, lookups_of_two_rows if sharded, duplicates_that_nobody_refuses if sharded,
}

fn state(models: &[&'static ModelMeta]) -> ProjectState {
    let mut state = ProjectState::default();
    for meta in models {
        state.insert(meta.def());
    }
    state
}

fn all_clubs() -> ProjectState {
    state(&[
        Member::META,
        Club::META,
        Membership::META,
        clubs::Badge::META,
    ])
}

async fn check(db: &Db, state: &ProjectState, fix: bool, rows: u64) -> Vec<Fault> {
    let mut options = DataOptions::default();
    options.fix = fix;
    options.rows = rows;
    let mut last = 0;
    let mut seen = |p: orm::integrity::DataProgress<'_>| {
        assert!(p.done <= p.total, "{p:?}");
        last = p.done;
    };
    check_data(db, state, &options, &mut seen)
        .await
        .expect("looks")
}

type Short = (FaultKind, String, u64, Vec<String>);

fn short(faults: &[Fault]) -> Vec<Short> {
    let one = |f: &Fault| {
        let place = format!("{}.{}.{}", f.app, f.model, f.field);
        (f.kind, place, f.count, f.examples.clone())
    };
    faults.iter().map(one).collect()
}

fn is(kind: FaultKind, place: &str, count: u64, examples: &[&str]) -> Short {
    let examples = examples.iter().map(|e| (*e).to_owned()).collect();
    (kind, place.to_owned(), count, examples)
}

async fn nothing_to_find(db: &Db) -> Result<()> {
    clubs::fill(db).await?;
    let chess = Club::get(db, 1).await?;
    chess.helpers.add(db, [1, 2]).await?;
    chess
        .members
        .add_through(db, [3], new!(Membership { since: 1, .. }))
        .await?;
    Member::get(db, 1).await?.sponsored.add(db, [2]).await?;
    assert_eq!(check(db, &all_clubs(), false, 2).await, []);
    assert_eq!(check(db, &all_clubs(), true, 2).await, []);
    Ok(())
}

/// References to rows that are gone, which may be NULL.
async fn orphans(db: &Db) -> Result<()> {
    clubs::fill(db).await?;
    unchecked(
        db,
        "UPDATE clubs_member SET sponsor_id = 99 WHERE id IN (2, 4)",
    )
    .await?;
    Member::filter(|m| m.id().eq(3))
        .update(|m| m.sponsor().set(Some(1)))
        .exec(db)
        .await?;
    let found = check(db, &all_clubs(), false, 1).await;
    assert_eq!(
        short(&found),
        [is(
            FaultKind::Orphan,
            "clubs.Member.sponsor",
            2,
            &["2", "4"]
        )]
    );
    assert_eq!(found[0].repaired, 0);
    assert!(found[0].hint.contains("--fix"), "{}", found[0].hint);
    let repaired = check(db, &all_clubs(), true, 1).await;
    assert!(repaired[0].is_repaired(), "{repaired:?}");
    assert_eq!(check(db, &all_clubs(), false, 100).await, []);
    let sponsors = Member::objects()
        .order_by(|m| m.id())
        .select(|m| m.sponsor_id());
    assert_eq!(sponsors.all(db).await?, [None, None, Some(1), None]);
    Ok(())
}

/// What only a person may decide.
async fn orphans_that_stay(db: &Db) -> Result<()> {
    clubs::fill(db).await?;
    let chess = Club::get(db, 1).await?;
    chess
        .members
        .add_through(db, [1, 2], new!(Membership { since: 1, .. }))
        .await?;
    unchecked(
        db,
        "UPDATE clubs_membership SET club_id = 77 WHERE member_id = 2",
    )
    .await?;
    for fix in [false, true, false] {
        let found = check(db, &all_clubs(), fix, 100).await;
        let [fault] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(
            (fault.field.as_str(), fault.count, fault.repaired),
            ("club", 1, 0)
        );
        assert!(fault.hint.contains("person"), "{}", fault.hint);
    }
    assert_eq!(Membership::objects().count(db).await?, 2);
    Ok(())
}

async fn orphans_of_pairs(db: &Db) -> Result<()> {
    clubs::fill(db).await?;
    let chess = Club::get(db, 1).await?;
    chess.helpers.add(db, [1, 2]).await?;
    unchecked(
        db,
        "INSERT INTO clubs_club_helpers (club_id, member_id) VALUES (1, 50), (60, 2), (61, 51)",
    )
    .await?;
    let found = check(db, &all_clubs(), false, 100).await;
    assert_eq!(
        short(&found),
        [
            is(
                FaultKind::Orphan,
                "clubs.Club.helpers",
                2,
                &["60, 2", "61, 51"]
            ),
            is(
                FaultKind::Orphan,
                "clubs.Club.helpers",
                2,
                &["1, 50", "61, 51"]
            ),
        ]
    );
    check(db, &all_clubs(), true, 1).await;
    assert_eq!(check(db, &all_clubs(), false, 100).await, []);
    assert_eq!(chess.helpers.query().count(db).await?, 2);
    Ok(())
}

async fn part_by_part(db: &Db) -> Result<()> {
    press::tables(db).await?;
    press::fill(db, 500).await?;
    let models = [
        press::Writer::META,
        press::Story::META,
        press::Topic::META,
        press::Remark::META,
    ];
    unchecked(db, "DELETE FROM press_story WHERE id > 900").await?;
    unchecked(db, "DELETE FROM press_story WHERE id <= 3").await?;
    for rows in [7, 250, 1000, 5000] {
        let found = check(db, &state(&models), false, rows).await;
        let counts: Vec<(&str, u64)> = found.iter().map(|f| (f.table.as_str(), f.count)).collect();
        assert_eq!(counts, [("press_remark", 103), ("press_story_topics", 206)]);
        assert_eq!(found[0].examples[..4], ["1", "2", "3", "901"]);
        assert_eq!(found[0].examples.len(), 10);
        assert!(found[0].message.ends_with("; …"), "{}", found[0].message);
    }
    Ok(())
}

async fn keys_of_several_columns(db: &Db) -> Result<()> {
    orm::create_tables(db, &[Seat::META, names::Order::META]).await?;
    for (hall, number) in [(1, "a"), (1, "b"), (2, "a"), (3, "c")] {
        Seat::create(db, new!(Seat { hall, number })).await?;
    }
    for rows in [1, 2, 3, 4, 5] {
        assert_eq!(
            check(db, &state(&[Seat::META, names::Order::META]), false, rows).await,
            []
        );
    }
    Ok(())
}

async fn lookups(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    for email in ["ann", "bob", "cid"] {
        Account::create(db, new!(Account { email: email })).await?;
    }
    let side = lookup_table(Account::META.table, "email");
    let state = state(&[Account::META]);
    assert_eq!(check(db, &state, false, 2).await, []);
    statement(db, &format!("DELETE FROM {side} WHERE value = 'bob'")).await?;
    statement(
        db,
        &format!("INSERT INTO {side} (value, owner) VALUES ('eve', 1), ('fay', 98)"),
    )
    .await?;
    let bob = Account::filter(|a| a.email().eq("bob")).get(db).await?;
    let id = bob.id.get().map(|id| id.to_string()).unwrap_or_default();
    let found = check(db, &state, false, 2).await;
    assert_eq!(
        short(&found),
        [
            is(
                FaultKind::LookupStray,
                "accounts.Account.email",
                2,
                &["eve", "fay"]
            ),
            is(
                FaultKind::LookupMissing,
                "accounts.Account.email",
                1,
                &[&id]
            ),
        ]
    );
    let repaired = check(db, &state, true, 2).await;
    assert!(repaired.iter().all(Fault::is_repaired), "{repaired:?}");
    assert_eq!(check(db, &state, false, 2).await, []);
    assert_kept(db).await
}

/// Two rows with one value, of which the side table can speak of one only.
async fn lookups_of_two_rows(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    for email in ["ann", "bob"] {
        Account::create(db, new!(Account { email: email })).await?;
    }
    statement(
        db,
        &format!("UPDATE {} SET email = 'ann'", Account::META.table),
    )
    .await?;
    let state = state(&[Account::META]);
    let kinds = |found: &[Fault]| -> Vec<(FaultKind, u64, u64)> {
        found
            .iter()
            .map(|f| (f.kind, f.count, f.repaired))
            .collect()
    };
    assert_eq!(
        kinds(&check(db, &state, false, 2).await),
        [
            (FaultKind::LookupStray, 1, 0),
            (FaultKind::Duplicate, 1, 0),
            (FaultKind::LookupMissing, 1, 0)
        ]
    );
    check(db, &state, true, 2).await;
    assert_eq!(
        kinds(&check(db, &state, true, 2).await),
        [
            (FaultKind::Duplicate, 1, 0),
            (FaultKind::LookupMissing, 1, 0)
        ]
    );
    Ok(())
}

/// A key that the server is told not to check.
async fn duplicates_that_nobody_refuses(db: &Db) -> Result<()> {
    let mut def = Seat::META.def();
    def.constraints.push(orm::schema::ConstraintDef {
        name: "one_guest".to_owned(),
        fields: vec!["guest".to_owned()],
        unenforced: true,
    });
    let mut state = ProjectState::default();
    state.insert(def);
    orm::create_tables(db, &[Seat::META]).await?;
    for (hall, guest) in [
        (1, Some("ann")),
        (2, Some("bob")),
        (3, Some("ann")),
        (4, None),
        (5, None),
    ] {
        Seat::create(
            db,
            new!(Seat {
                hall,
                number: "a",
                guest: guest.map(str::to_owned)
            }),
        )
        .await?;
    }
    let found = check(db, &state, true, 2).await;
    assert_eq!(
        short(&found),
        [is(FaultKind::Duplicate, "names.Seat.guest", 1, &["ann"])]
    );
    Ok(())
}
