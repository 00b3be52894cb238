//! What travels together: a short transaction of the ORM's own takes its BEGIN along with its first
//! statement and its COMMIT with its last, and whatever breaks in between leaves nothing behind.
//!
//! An insert with a lookup is one trip where the server knows LAST_INSERT_ID() among the values of the
//! statement behind it, which nobody has reported of SingleStore: the cases hold in each way.
//!
//! Trips are counted by the stand-in for SingleStore: they do not depend on how busy a machine is.

use std::future::Future;
use std::time::Duration;

use gate::{Action, Fault, Gate, LastKey, Refusal, When};
use orm::prelude::*;
use orm::query::{New, concat};
use orm::schema::lookup_table;
use suite::backend::{Backend, Scratch};
use suite::models::accounts::{Account, Badge, assert_kept, tables};
use suite::models::blog::Tag;
use suite::models::halls::{self, Seat};

/// The gate, the database and its tables, in both protocols.
async fn each(case: impl AsyncFn(&Gate, &Db) -> Result<()>) {
    each_way(&[LastKey::Known], async |gate, db, _| case(gate, db).await).await;
}

const EVERY_WAY: &[LastKey] = &[LastKey::Known, LastKey::Zero, LastKey::Refused];

/// The same with what a server may make of LAST_INSERT_ID().
async fn each_way(ways: &[LastKey], case: impl AsyncFn(&Gate, &Db, LastKey) -> Result<()>) {
    for (backend, way) in protocols().flat_map(|b| ways.iter().map(move |way| (b, *way))) {
        let Some(scratch) = backend.scratch().await else {
            return;
        };
        let Scratch {
            gate: Some(gate), ..
        } = &scratch
        else {
            // A server itself counts no trips.
            return;
        };
        gate.control().set_last_key(way);
        // One connection: what it has seen holds for the next statement too.
        let url = scratch.url.replace("pool_max=4", "pool_max=1");
        let db = Db::connect(&url).await.expect("connects");
        tables(&db).await.expect("tables");
        if let Err(error) = case(gate, &db, way).await {
            panic!("on {backend:?}, {way:?}: {error}");
        }
        assert_kept(&db).await.expect("reads");
        scratch.assert_careful();
    }
}

fn protocols() -> impl Iterator<Item = Backend> {
    [Backend::SingleStoreText, Backend::SingleStorePrepared].into_iter()
}

/// How often a piece of work waits for the server, without what prepares its statements.
async fn trips<T>(gate: &Gate, work: impl Future<Output = T>) -> (T, u64) {
    gate.control().reset();
    let done = work.await;
    let counts = gate.control().counts();
    (done, counts.trips - counts.prepared)
}

fn account(email: &str) -> New<Account> {
    new!(Account { email: email })
}

fn fault(when: When, text: &str, action: Action) -> Fault {
    Fault::new(1, when, action).matching(text)
}

/// Waits of an insert, and statements of it, once the connection has seen what it knows.
fn usual(way: LastKey) -> u64 {
    match way {
        LastKey::Known => 1,
        LastKey::Zero | LastKey::Refused => 2,
    }
}

/// A plain insert waits once, and so does one with lookups. Where its key is not known to the
/// statements behind it, it waits twice.
#[tokio::test]
async fn an_insert_with_a_lookup_waits_once() {
    each_way(EVERY_WAY, async |gate, db, way| {
        // The first of a connection tries, and reads what was noted.
        let (made, waits) = trips(gate, Account::create(db, account("first"))).await;
        made?;
        let tried = match way {
            LastKey::Known | LastKey::Refused => 4,
            // What was noted is taken back, and noted anew.
            LastKey::Zero => 6,
        };
        // One less where it is refused when it is prepared.
        assert!(waits <= tried, "{waits}: {:#?}", gate.control().log());
        assert_kept(db).await?;
        let (made, waits) = trips(gate, Account::create(db, account("a"))).await;
        assert!(made?.id.is_set());
        assert_eq!(waits, usual(way), "{:#?}", gate.control().log());
        assert_eq!(gate.control().counts().statements, 4, "nothing is left out");
        // Two lookups are as many trips as one.
        let both = new!(Account {
            email: "b",
            nick: "b"
        });
        let (made, waits) = trips(gate, Account::create(db, both)).await;
        let made = made?;
        assert_eq!((waits, gate.control().counts().statements), (usual(way), 5));
        assert_eq!(
            Account::get(db, made.id.get().expect("made")).await?.email,
            "b"
        );
        // A key that the program knows: all at once.
        let badge = new!(Badge {
            code: "x",
            number: 1
        });
        let (made, waits) = trips(gate, Badge::create(db, badge)).await;
        made?;
        assert_eq!(waits, 1, "{:#?}", gate.control().log());
        Ok(())
    })
    .await;
}

/// So it is within a transaction, which goes on behind a value that is taken.
#[tokio::test]
async fn in_a_transaction_it_waits_once_too() {
    each_way(EVERY_WAY, async |gate, db, way| {
        let tx = db.begin().await?;
        // Tried in a transaction: nothing of the try is left in it.
        Account::create(&tx, account("first")).await?;
        let both = |email: &'static str, nick: &'static str| {
            new!(Account {
                email: email,
                nick: nick
            })
        };
        let (made, waits) = trips(gate, Account::create(&tx, both("a", "a"))).await;
        let made = made?;
        let alone = if way == LastKey::Known { 1 } else { 3 };
        assert_eq!(waits, alone, "{:#?}", gate.control().log());
        assert_eq!(gate.control().counts().statements, 3);
        for (email, nick, column) in [("a", "c", "email"), ("c", "a", "nick")] {
            let error = Account::create(&tx, both(email, nick)).await;
            let error = error.expect_err("taken");
            assert!(error.is_unique_violation(), "{error}");
            let named = format!("the value of `{column}`");
            assert!(error.to_string().contains(&named), "{error}");
            assert_eq!(Account::objects().count(&tx).await?, 2);
        }
        // Nothing that was refused keeps its values.
        Account::create(&tx, both("c", "c")).await?;
        tx.commit().await?;
        assert_eq!(
            Account::get(db, made.id.get().expect("made")).await?.email,
            "a"
        );
        assert_eq!(Account::objects().count(db).await?, 3);
        Ok(())
    })
    .await;
}

/// Other short transactions of the ORM save the trip of their BEGIN, and end empty for nothing.
#[tokio::test]
async fn a_transaction_of_the_orms_own_begins_with_its_first_statement() {
    each(async |gate, db| {
        let ann = Account::create(db, account("ann")).await?;
        let rename = ann.update(db, |a| a.email().set("anna"));
        let (done, waits) = trips(gate, rename).await;
        done?;
        let sent = gate.control().counts().statements;
        assert_eq!(
            waits + 1,
            sent,
            "BEGIN travels: {:#?}",
            gate.control().log()
        );
        let none = Account::objects().filter(|a| a.email().eq("nobody"));
        let (done, waits) = trips(gate, none.delete(db)).await;
        assert_eq!(done?.total, 0);
        assert_eq!(waits + 1, gate.control().counts().statements);
        // What the user begins is begun when it returns.
        let (tx, waits) = trips(gate, db.begin()).await;
        assert_eq!(waits, 1);
        tx?.rollback().await?;
        Ok(())
    })
    .await;
}

/// Rows in several statements are one trip, all or none.
#[tokio::test]
async fn few_rows_travel_together() {
    each(async |gate, db| {
        let tags = |names: &[&'static str]| {
            let tags = names.iter().map(|n| new!(Tag { name: *n }));
            tags.collect::<Vec<_>>()
        };
        orm::create_tables(db, &[Tag::META]).await?;
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let (made, waits) = trips(gate, Tag::bulk_create(db, tags(&names))).await;
        assert_eq!((made?, waits), (7, 1), "{:#?}", gate.control().log());
        assert_eq!(gate.control().counts().statements, 5);
        let again = Tag::bulk_create(db, tags(&["h", "i", "a"])).await;
        assert!(again.expect_err("taken").is_unique_violation());
        assert_eq!(Tag::objects().count(db).await?, 7);
        Ok(())
    })
    .await;
}

/// So do rows with lookups, whoever makes their keys.
#[tokio::test]
async fn few_rows_with_lookups_travel_together() {
    each_way(EVERY_WAY, async |gate, db, _| {
        let accounts = |names: &[&'static str]| {
            let both = |n: &&'static str| {
                new!(Account {
                    email: *n,
                    nick: *n
                })
            };
            names.iter().map(both).collect::<Vec<_>>()
        };
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let (made, waits) = trips(gate, Account::bulk_create(db, accounts(&names))).await;
        assert_eq!((made?, waits), (7, 1), "{:#?}", gate.control().log());
        // Rows in three statements, each of the two lookups in as many, BEGIN and COMMIT.
        assert_eq!(gate.control().counts().statements, 11);
        assert_kept(db).await?;
        let none = Account::bulk_create(db, accounts(&[])).await?;
        assert_eq!(none, 0);
        let error = Account::bulk_create(db, accounts(&["h", "i", "a"])).await;
        let error = error.expect_err("taken");
        assert!(error.is_unique_violation(), "{error}");
        assert!(
            error.to_string().contains("the value of `email`"),
            "{error}"
        );
        let badges = |from: i64| {
            let badge = |n: i64| {
                new!(Badge {
                    code: n.to_string(),
                    number: n
                })
            };
            (from..from + 3).map(badge).collect::<Vec<_>>()
        };
        let (made, waits) = trips(gate, Badge::bulk_create(db, badges(0))).await;
        assert_eq!((made?, waits), (3, 1), "{:#?}", gate.control().log());
        assert_eq!(Account::objects().count(db).await?, 7);
        for text in ["INTO `accounts_account` ", "_lookup", "COMMIT"] {
            for when in [When::Before, When::After] {
                gate.control().arm(fault(when, text, Action::Cut));
                let error = Account::bulk_create(db, accounts(&["x", "y", "z"])).await;
                let error = error.expect_err("lost");
                assert!(error.to_string().contains("is not known"), "{error}");
                let stay = text == "COMMIT" && when == When::After;
                settled(db, if stay { 10 } else { 7 }).await?;
            }
        }
        Ok(())
    })
    .await;
}

/// A value that is taken is refused with the column's name, and nothing of the row stays.
#[tokio::test]
async fn a_refused_statement_stops_what_travels_with_it() {
    each(async |gate, db| {
        Account::create(db, account("a")).await?;
        let badge = |code: &'static str, number| {
            new!(Badge {
                code: code,
                number: number
            })
        };
        Badge::create(db, badge("x", 1)).await?;
        for (error, column) in [
            (Account::create(db, account("a")).await.map(drop), "email"),
            (Badge::create(db, badge("y", 1)).await.map(drop), "number"),
        ] {
            let error = error.expect_err("taken");
            assert!(error.is_unique_violation(), "{error}");
            let named = format!("the value of `{column}`");
            assert!(error.to_string().contains(&named), "{error}");
        }
        // The key itself, which no side table keeps.
        let same = Badge::create(db, badge("x", 2)).await.expect_err("taken");
        assert!(
            same.is_unique_violation() && !same.to_string().contains("the value of"),
            "{same}"
        );
        let log = gate.control().log();
        assert_eq!(log.last().map(String::as_str), Some("ROLLBACK"), "{log:#?}");
        assert_eq!(Account::objects().count(db).await?, 1);
        assert_eq!(Badge::objects().count(db).await?, 1);
        Badge::create(db, badge("y", 2)).await?;
        Ok(())
    })
    .await;
}

/// Each statement of the four may be the one that is refused for now, or lost.
#[tokio::test]
async fn whatever_breaks_leaves_nothing_behind() {
    each_way(
        &[LastKey::Known, LastKey::Refused],
        async |gate, db, way| {
            let mut left = 0;
            let mut struck = 0;
            let side = lookup_table("accounts_account", "email");
            let statements = ["BEGIN", "INTO `accounts_account` ", &side, "COMMIT"];
            for (at, text) in statements.into_iter().enumerate() {
                for when in [When::Before, When::After] {
                    // A connection that has seen what it knows.
                    let seen = format!("{at}{when:?} seen");
                    Account::create(db, account(&seen)).await?;
                    left += 1;
                    let email = format!("{at}{when:?}");
                    let deadlock = Refusal::new(1213, "Deadlock found");
                    gate.control()
                        .arm(fault(when, text, Action::Error(deadlock)));
                    let error = Account::create(db, account(&email))
                        .await
                        .expect_err("refused");
                    assert!(error.is_retryable(), "{text} {when:?}: {error}");
                    // A COMMIT that the server ran and then took back by its answer is none of ours.
                    let stays = u64::from(text == "COMMIT" && when == When::After);
                    left += stays;
                    assert_eq!(Account::objects().count(db).await?, left, "{text} {when:?}");

                    let email = format!("{at}{when:?} cut");
                    gate.control().arm(fault(when, text, Action::Cut));
                    let cut = Account::create(db, account(&email)).await;
                    match cut {
                        // Nothing was begun on a connection that is lost with its first statement, unless
                        // the COMMIT was on its way too.
                        Ok(_) => {
                            assert!(at < 2 && way == LastKey::Refused, "{text} {when:?}");
                            left += 1;
                        }
                        Err(error) => {
                            assert!(at >= 2 || way == LastKey::Known, "{text} {when:?}");
                            assert!(error.is_connection_lost(), "{text}: {error}");
                            let unknown = error.to_string().contains("is not known");
                            assert!(unknown, "{text} {when:?}: {error}");
                            left += stays;
                        }
                    }
                    settled(db, left).await?;
                    struck += 2;
                    assert_eq!(gate.control().fired(), struck, "{text} {when:?}");
                }
            }
            Ok(())
        },
    )
    .await;
}

/// What is lost while a connection tries what it knows leaves nothing behind either.
#[tokio::test]
async fn a_try_that_breaks_leaves_nothing_behind() {
    each_way(EVERY_WAY, async |gate, db, way| {
        let side = lookup_table("accounts_account", "email");
        for (n, when) in [When::Before, When::After].into_iter().enumerate() {
            gate.control().arm(fault(when, &side, Action::Cut));
            let email = format!("{n}");
            let error = Account::create(db, account(&email)).await;
            let error = error.expect_err("lost");
            assert!(error.is_connection_lost(), "{way:?} {when:?}: {error}");
            settled(db, n as u64).await?;
            Account::create(db, account(&email)).await?;
            let taken = Account::create(db, account(&email)).await;
            assert!(taken.expect_err("taken").is_unique_violation());
            // The next one has a connection that tries again.
            gate.control()
                .arm(fault(When::Before, "COUNT", Action::Cut));
            let _ = Account::objects().count(db).await;
        }
        Ok(())
    })
    .await;
}

/// Values passed on from row to row, new ones, and keys that side tables name: each statement may be
/// the one that is refused for now, or lost, and the rows and their side tables change together.
#[tokio::test]
async fn an_update_that_breaks_leaves_all_as_it_was() {
    each(async |gate, db| {
        halls::fill(db, 1).await?;
        let seats = async || -> Result<()> {
            let row = |number: i32| {
                new!(Seat {
                    hall: "a",
                    number,
                    ticket: i64::from(number),
                    label: format!("s{number}"),
                    guest: 1
                })
            };
            Seat::objects().delete(db).await?;
            Seat::bulk_create(db, (1..=3).map(row)).await.map(drop)
        };
        let update = || {
            Seat::objects().update(|s| {
                (
                    s.number().set(s.number() + 10),
                    s.ticket().set(s.ticket() - 1),
                    s.label().set(concat(s.label(), "x")),
                )
            })
        };
        seats().await?;
        let (done, _) = trips(gate, update().exec(db)).await;
        assert_eq!(done?, 3);
        let log = gate.control().log();
        assert!(log.len() > 8, "{log:#?}");
        assert_eq!(numbers(db).await?, [11, 12, 13]);
        halls::assert_sound(db).await;
        for text in &log {
            for when in [When::Before, When::After] {
                let deadlock = Refusal::new(1213, "Deadlock found");
                for action in [Action::Error(deadlock), Action::Cut] {
                    seats().await?;
                    let fired = gate.control().fired();
                    gate.control().arm(fault(when, text, action.clone()));
                    let done = update().exec(db).await;
                    assert_eq!(gate.control().fired(), fired + 1, "{text}");
                    let changed = match done {
                        Ok(_) => true,
                        Err(error) => {
                            let lost = error.is_retryable() || error.is_connection_lost();
                            assert!(lost, "{text} {when:?}: {error}");
                            text == "COMMIT" && when == When::After
                        }
                    };
                    let want = if changed { [11, 12, 13] } else { [1, 2, 3] };
                    for _ in 0..100 {
                        if numbers(db).await? == want {
                            break;
                        }
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    assert_eq!(numbers(db).await?, want, "{text} {when:?}");
                    halls::assert_sound(db).await;
                }
            }
        }
        Ok(())
    })
    .await;
}

async fn numbers(db: &Db) -> Result<Vec<i32>> {
    let seats = Seat::objects().order_by(|s| (s.hall(), s.number()));
    seats.select(|s| s.number()).all(db).await
}

/// A save that changes nothing of which other tables speak is one statement, as without them.
#[tokio::test]
async fn a_save_waits_once_where_no_side_table_changes() {
    each(async |gate, db| {
        let mut ann = Account::create(db, account("ann")).await?;
        ann.visits = 7;
        let (saved, waits) = trips(gate, ann.save(db)).await;
        assert_eq!((saved?, waits), (orm::query::Saved::Updated, 1));
        ann.email = "anna".into();
        let (saved, waits) = trips(gate, ann.save(db)).await;
        assert_eq!(saved?, orm::query::Saved::Updated);
        assert!(waits <= 6, "{waits}: {:#?}", gate.control().log());
        halls::fill(db, 2).await?;
        let mut guest = halls::Guest::get(db, 1).await?;
        guest.visits = 70;
        let (saved, waits) = trips(gate, guest.save(db)).await;
        assert_eq!((saved?, waits), (orm::query::Saved::Updated, 1));
        Ok(())
    })
    .await;
}

/// Waits for the server to see that a client has gone.
async fn settled(db: &Db, rows: u64) -> Result<()> {
    for _ in 0..100 {
        if Account::objects().count(db).await? == rows {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(Account::objects().count(db).await?, rows);
    Ok(())
}
