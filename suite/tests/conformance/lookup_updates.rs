//! Updates of lookups from related rows and from one another, and of keys that side tables hold: the
//! same as with native unique keys.

use orm::Error;
use orm::backend::DbErrorKind;
use orm::prelude::*;
use orm::query::{coalesce, concat, outer, scalar, when};
use suite::models::halls::{Desk, Guest, Seat, assert_sound, fill};

cases! {
    a_part_of_the_key, the_key_and_a_lookup_at_once, a_key_by_expression, a_key_that_is_taken,
    the_key_of_a_reference_table, many_keys, a_shard_key_is_refused_early if sharded,
    values_of_related_rows, a_taken_value_of_a_related_row, values_of_the_own_model,
    values_of_selects, a_missing_partner_is_null, rows_without_partner_stay,
    values_move_down, values_move_down_by_many, values_move_up_where_rows_allow_it,
    no_exchange_within_one_update, two_rows_want_one_value, a_value_passed_on_twice,
    a_refusal_leaves_the_transaction_open, saved_again, concurrent_moves, concurrent_keys,
}

async fn seat(db: &impl Executor, number: i32, ticket: Option<i64>) -> Result<Seat> {
    let new = new!(Seat {
        hall: "a",
        number,
        ticket,
        label: format!("s{number}"),
        guest: i64::from(number)
    });
    Seat::create(db, new).await
}

async fn tickets(db: &Db) -> Result<Vec<(i32, Option<i64>)>> {
    let seats = Seat::objects().order_by(|s| (s.hall(), s.number()));
    seats.select(|s| (s.number(), s.ticket())).all(db).await
}

async fn labels(db: &Db) -> Result<Vec<String>> {
    let seats = Seat::objects().order_by(|s| (s.hall(), s.number()));
    seats.select(|s| s.label()).all(db).await
}

async fn badges(db: &Db) -> Result<Vec<String>> {
    Guest::objects().select(|g| g.badge()).all(db).await
}

/// Asserts that a value of this column was refused because another row has it.
fn taken<T>(result: Result<T>, table: &str, column: &str) {
    let error = match result {
        Ok(_) => panic!("{column} was taken twice"),
        Err(error) => error,
    };
    let Some(DbErrorKind::UniqueViolation {
        constraint,
        columns,
        ..
    }) = error.as_db().map(|e| &e.kind)
    else {
        panic!("{error}");
    };
    // Databases name the one or the other.
    let head = format!("{table}_{column}");
    let named = constraint.as_ref().is_some_and(|c| c.starts_with(&head));
    assert!(named || columns == &[column], "{error:?}");
}

async fn a_part_of_the_key(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    let first = seat(db, 1, Some(10)).await?;
    seat(db, 2, None).await?;
    first.update(db, |s| s.number().set(7)).await?;
    assert_eq!(tickets(db).await?, [(2, None), (7, Some(10))]);
    assert_sound(db).await;
    // What it had is still taken, by the row under its new key.
    taken(seat(db, 3, Some(10)).await, "halls_seat", "ticket");
    let moved = Seat::filter(|s| s.ticket().eq(10)).get(db).await?;
    assert_eq!((moved.number, moved.label.as_str()), (7, "s1"));
    moved.update(db, |s| s.ticket().set(11)).await?;
    moved.delete(db).await?;
    seat(db, 1, Some(11)).await?;
    assert_sound(db).await;
    let gone = first.update(db, |s| s.number().set(9)).await;
    assert!(gone.is_ok(), "it is there again: {gone:?}");
    let none = Seat::filter(|s| s.number().eq(1)).update(|s| s.number().set(2));
    assert_eq!(none.exec(db).await?, 0);
    assert_sound(db).await;
    Ok(())
}

async fn the_key_and_a_lookup_at_once(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    seat(db, 1, Some(10)).await?;
    seat(db, 2, Some(20)).await?;
    let first = Seat::filter(|s| s.number().eq(1));
    let both = first
        .clone()
        .update(|s| (s.number().set(5), s.ticket().set(20)));
    taken(both.exec(db).await, "halls_seat", "ticket");
    assert_sound(db).await;
    let both = first.update(|s| (s.number().set(5), s.ticket().set(50), s.label().set("five")));
    assert_eq!(both.exec(db).await?, 1);
    assert_eq!(tickets(db).await?, [(2, Some(20)), (5, Some(50))]);
    assert_sound(db).await;
    let emptied = Seat::objects().update(|s| {
        (
            s.number().set(s.number() + 10),
            s.ticket().set(None::<i64>),
            s.label().set(concat(s.label(), "!")),
        )
    });
    assert_eq!(emptied.exec(db).await?, 2);
    assert_eq!(tickets(db).await?, [(12, None), (15, None)]);
    assert_eq!(labels(db).await?, ["s2!", "five!"]);
    assert_sound(db).await;
    Ok(())
}

async fn a_key_by_expression(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    for number in 1..=3 {
        seat(db, number, Some(number.into())).await?;
    }
    // Down by one: each row goes where the one before it was.
    let down = Seat::objects().update(|s| s.number().set(s.number() - 1));
    assert_eq!(down.exec(db).await?, 3);
    let moved = [(0, Some(1)), (1, Some(2)), (2, Some(3))];
    assert_eq!(tickets(db).await?, moved);
    assert_sound(db).await;
    let by_guest = Seat::filter(|s| s.guest().visits().gt(1))
        .update(|s| s.number().set(s.number() * 100 + s.guest().floor()));
    assert_eq!(by_guest.exec(db).await?, 2);
    let moved = [(0, Some(1)), (100, Some(2)), (200, Some(3))];
    assert_eq!(tickets(db).await?, moved);
    assert_sound(db).await;
    Ok(())
}

async fn a_key_that_is_taken(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    let first = seat(db, 1, Some(10)).await?;
    seat(db, 2, Some(20)).await?;
    let clash = first.update(db, |s| (s.number().set(2), s.ticket().set(30)));
    let error = clash.await.expect_err("taken");
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(tickets(db).await?, [(1, Some(10)), (2, Some(20))]);
    assert_sound(db).await;
    // Nothing was noted for the row that stays.
    seat(db, 3, Some(30)).await?;
    assert_sound(db).await;
    Ok(())
}

async fn the_key_of_a_reference_table(db: &Db) -> Result<()> {
    fill(db, 1).await?;
    for (id, code) in [(1, "x"), (2, "y")] {
        Desk::create(db, new!(Desk { id, code })).await?;
    }
    let desk = Desk::get(db, 1).await?;
    desk.update(db, |d| d.id().set(9)).await?;
    let ids = Desk::objects()
        .select(|d| (d.id(), d.code()))
        .all(db)
        .await?;
    assert_eq!(ids, [(2, "y".to_owned()), (9, "x".to_owned())]);
    assert_sound(db).await;
    let error = Desk::filter(|d| d.code().eq("x")).update(|d| d.id().set(2));
    let error = error.exec(db).await.expect_err("taken");
    assert!(error.is_unique_violation(), "{error}");
    taken(
        Desk::create(db, new!(Desk { id: 1, code: "x" })).await,
        "halls_desk",
        "code",
    );
    assert_sound(db).await;
    Ok(())
}

async fn many_keys(db: &Db) -> Result<()> {
    fill(db, 1).await?;
    let row = |number: i32| {
        new!(Seat {
            hall: "a",
            number,
            ticket: i64::from(number),
            label: format!("s{number}"),
            guest: 1
        })
    };
    Seat::bulk_create(db, (0..1200).map(row)).await?;
    let far = Seat::objects().update(|s| s.number().set(s.number() + 5000));
    assert_eq!(far.exec(db).await?, 1200);
    let ends = Seat::objects().order_by(|s| s.number());
    let first = ends.first(db).await?.expect("rows");
    assert_eq!((first.number, first.ticket), (5000, Some(0)));
    assert_sound(db).await;
    Ok(())
}

/// Where the server itself refuses, before anything is sent, and with the way out.
async fn a_shard_key_is_refused_early(db: &Db) -> Result<()> {
    fill(db, 2).await?;
    let only = seat(db, 1, Some(1)).await?;
    let error = only.update(db, |s| s.hall().set("b")).await;
    let error = error.expect_err("the shard key");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("`hall`") && t.contains("delete the old one")),
        "{error}"
    );
    let error = Guest::filter(|g| g.id().eq(1)).update(|g| g.id().set(5));
    let error = error.exec(db).await.expect_err("the shard key");
    assert!(
        matches!(&error, Error::Usage(t) if t.contains("`id`")),
        "{error}"
    );
    assert_eq!(tickets(db).await?, [(1, Some(1))]);
    assert_sound(db).await;
    Ok(())
}

async fn values_of_related_rows(db: &Db) -> Result<()> {
    fill(db, 4).await?;
    for number in 1..=4 {
        seat(db, number, None).await?;
    }
    let set = Seat::filter(|s| s.number().gt(1)).update(|s| {
        (
            s.label().set(s.guest().badge()),
            s.ticket().set(s.guest().visits() + 100),
            s.sold().set(s.guest().visits()),
        )
    });
    assert_eq!(set.exec(db).await?, 3);
    assert_eq!(labels(db).await?, ["s1", "b2", "b3", "b4"]);
    let want = [(1, None), (2, Some(102)), (3, Some(103)), (4, Some(104))];
    assert_eq!(tickets(db).await?, want);
    let sold = Seat::objects()
        .order_by(|s| s.number())
        .select(|s| s.sold());
    assert_eq!(sold.all(db).await?, [0, 2, 3, 4]);
    assert_sound(db).await;
    // Filters and limits go over relations as well.
    let one = Seat::filter(|s| s.guest().visits().lt(4))
        .order_by(|s| s.number().desc())
        .limit(1)
        .update(|s| s.label().set(concat(s.guest().badge(), s.label())));
    assert_eq!(one.exec(db).await?, 1);
    assert_eq!(labels(db).await?, ["s1", "b2", "b3b3", "b4"]);
    assert_sound(db).await;
    Ok(())
}

async fn a_taken_value_of_a_related_row(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    for number in 1..=3 {
        seat(db, number, None).await?;
    }
    Guest::filter(|g| g.id().gt(1))
        .update(|g| g.visits().set(7))
        .exec(db)
        .await?;
    let same = Seat::objects().update(|s| s.ticket().set(s.guest().visits()));
    taken(same.exec(db).await, "halls_seat", "ticket");
    assert_eq!(tickets(db).await?, [(1, None), (2, None), (3, None)]);
    let mut third = Seat::filter(|s| s.number().eq(3)).get(db).await?;
    third.label = "b1".into();
    third.save(db).await?;
    let one = Seat::filter(|s| s.number().eq(1)).update(|s| s.label().set(s.guest().badge()));
    taken(one.exec(db).await, "halls_seat", "label");
    assert_sound(db).await;
    Ok(())
}

async fn values_of_the_own_model(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    for (guest, host) in [(2, 1), (3, 2)] {
        Guest::filter(move |g| g.id().eq(guest))
            .update(move |g| g.host().set(Some(host)))
            .exec(db)
            .await?;
    }
    // All from the old values, whatever is written first.
    let set = Guest::filter(|g| g.host().is_not_null()).update(|g| {
        let badge = concat(coalesce(g.host().badge(), ""), g.badge());
        let visits = coalesce(g.host().visits(), 0);
        (g.badge().set(badge), g.visits().set(visits))
    });
    assert_eq!(set.exec(db).await?, 2);
    assert_eq!(badges(db).await?, ["b1", "b1b2", "b2b3"]);
    let visits = Guest::objects().select(|g| g.visits()).all(db).await?;
    assert_eq!(visits, [1, 1, 2]);
    assert_sound(db).await;
    Ok(())
}

async fn values_of_selects(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    for number in 1..=3 {
        seat(db, number, Some(i64::from(number) * 10)).await?;
    }
    let set = Guest::objects().update(|g| {
        let guest = outer(g.id());
        let label = Seat::filter(|s| s.guest().id().eq(guest)).aggregate(|s| s.label().max());
        g.nick().set(scalar(label))
    });
    assert_eq!(set.exec(db).await?, 3);
    let nicks = Guest::objects().select(|g| g.nick()).all(db).await?;
    let want = ["s1", "s2", "s3"].map(|t| Some(t.to_owned()));
    assert_eq!(nicks, want);
    assert_sound(db).await;
    Ok(())
}

async fn a_missing_partner_is_null(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    Guest::filter(|g| g.id().eq(3))
        .update(|g| g.host().set(Some(1)))
        .exec(db)
        .await?;
    let set = Guest::objects().update(|g| g.nick().set(g.host().badge()));
    assert_eq!(
        set.exec(db).await?,
        3,
        "rows without a partner are changed too"
    );
    let nicks = Guest::objects().select(|g| g.nick()).all(db).await?;
    assert_eq!(nicks, [None, None, Some("b1".to_owned())]);
    assert_sound(db).await;
    Ok(())
}

/// A row whose relation leads nowhere is none that a join finds.
async fn rows_without_partner_stay(db: &Db) -> Result<()> {
    fill(db, 2).await?;
    seat(db, 1, None).await?;
    seat(db, 2, None).await?;
    let lost = "UPDATE halls_seat SET guest_id = 99 WHERE number = 2";
    suite::backend::unchecked(db, lost).await?;
    let set = Seat::objects().update(|s| (s.label().set(s.guest().badge()), s.ticket().set(4)));
    assert_eq!(set.exec(db).await?, 1);
    assert_eq!(labels(db).await?, ["b1", "s2"]);
    assert_eq!(tickets(db).await?, [(1, Some(4)), (2, None)]);
    let found = "UPDATE halls_seat SET guest_id = 2 WHERE number = 2";
    suite::backend::unchecked(db, found).await?;
    assert_sound(db).await;
    Ok(())
}

async fn values_move_down(db: &Db) -> Result<()> {
    fill(db, 4).await?;
    for number in 1..=4 {
        seat(db, number, Some(number.into())).await?;
    }
    // Each row takes what the one before it gave up.
    let down = Seat::objects().update(|s| s.ticket().set(s.ticket() - 1));
    assert_eq!(down.exec(db).await?, 4);
    let want = [(1, Some(0)), (2, Some(1)), (3, Some(2)), (4, Some(3))];
    assert_eq!(tickets(db).await?, want);
    assert_sound(db).await;
    taken(seat(db, 5, Some(3)).await, "halls_seat", "ticket");
    Ok(())
}

async fn values_move_down_by_many(db: &Db) -> Result<()> {
    fill(db, 1).await?;
    let row = |number: i32| {
        new!(Seat {
            hall: "a",
            number,
            ticket: i64::from(number),
            label: format!("s{number}"),
            guest: 1
        })
    };
    Seat::bulk_create(db, (0..700).map(row)).await?;
    let down = Seat::objects().update(|s| s.ticket().set(s.ticket() - 3));
    assert_eq!(down.exec(db).await?, 700);
    assert_sound(db).await;
    let last = Seat::filter(|s| s.number().eq(699)).get(db).await?;
    assert_eq!(last.ticket, Some(696));
    Ok(())
}

/// A value that a later row has still is taken; one that nobody has, or that goes with the row's own
/// update before, is not.
async fn values_move_up_where_rows_allow_it(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    for number in 1..=3 {
        seat(db, number, Some(number.into())).await?;
    }
    let up = || Seat::objects().update(|s| s.ticket().set(s.ticket() + 1));
    taken(up().exec(db).await, "halls_seat", "ticket");
    let want = [(1, Some(1)), (2, Some(2)), (3, Some(3))];
    assert_eq!(tickets(db).await?, want);
    assert_sound(db).await;
    let far = Seat::objects().update(|s| s.ticket().set(s.ticket() + 3));
    assert_eq!(far.exec(db).await?, 3);
    assert_sound(db).await;
    // From the last to the first by their keys.
    let turned = Seat::objects().update(|s| s.ticket().set(s.number().cast::<i64>() * -1));
    assert_eq!(turned.exec(db).await?, 3);
    assert_eq!(up().exec(db).await?, 3);
    let want = [(1, Some(0)), (2, Some(-1)), (3, Some(-2))];
    assert_eq!(tickets(db).await?, want);
    assert_sound(db).await;
    Ok(())
}

/// Unique keys are looked at row by row.
async fn no_exchange_within_one_update(db: &Db) -> Result<()> {
    fill(db, 2).await?;
    seat(db, 1, Some(1)).await?;
    seat(db, 2, Some(2)).await?;
    let swap = Seat::objects().update(|s| s.ticket().set(s.ticket() * -1 + 3));
    taken(swap.exec(db).await, "halls_seat", "ticket");
    let swap = Seat::objects().update(|s| {
        let other = when(s.label().eq("s1"), "s2").otherwise("s1");
        s.label().set(other)
    });
    taken(swap.exec(db).await, "halls_seat", "label");
    assert_eq!(tickets(db).await?, [(1, Some(1)), (2, Some(2))]);
    assert_eq!(labels(db).await?, ["s1", "s2"]);
    assert_sound(db).await;
    Ok(())
}

async fn two_rows_want_one_value(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    for number in 1..=3 {
        seat(db, number, Some(number.into())).await?;
    }
    // Row 1 gives 1 up; rows 2 and 3 both want it.
    let both = Seat::objects().update(|s| {
        let first = when(s.number().eq(1), 9_i64).otherwise(1_i64);
        s.ticket().set(first)
    });
    taken(both.exec(db).await, "halls_seat", "ticket");
    let want = [(1, Some(1)), (2, Some(2)), (3, Some(3))];
    assert_eq!(tickets(db).await?, want);
    assert_sound(db).await;
    Ok(())
}

async fn a_value_passed_on_twice(db: &Db) -> Result<()> {
    fill(db, 3).await?;
    for number in 1..=3 {
        seat(db, number, Some(number.into())).await?;
    }
    for _ in 0..2 {
        let down = Seat::objects().update(|s| s.ticket().set(s.ticket() - 1));
        assert_eq!(down.exec(db).await?, 3);
        assert_sound(db).await;
    }
    let emptied = Seat::filter(|s| s.number().lte(2)).update(|s| s.ticket().set(None::<i64>));
    assert_eq!(emptied.exec(db).await?, 2);
    assert_eq!(tickets(db).await?, [(1, None), (2, None), (3, Some(1))]);
    assert_sound(db).await;
    Ok(())
}

/// As a native refusal does: only what was refused is undone.
async fn a_refusal_leaves_the_transaction_open(db: &Db) -> Result<()> {
    fill(db, 4).await?;
    for number in 1..=4 {
        seat(db, number, Some(number.into())).await?;
    }
    let tx = db.begin().await?;
    // Rows 2 and 3 take over what was given up before row 4 is refused.
    let refused = Seat::filter(|s| s.number().lte(3)).update(|s| {
        let wanted = when(s.number().eq(3), 4_i64).otherwise(s.ticket() - 1);
        s.ticket().set(wanted)
    });
    taken(refused.exec(&tx).await, "halls_seat", "ticket");
    let clash = Seat::filter(|s| s.number().eq(1));
    let clash = clash.update(|s| (s.number().set(2), s.label().set("new")));
    let error = clash.exec(&tx).await.expect_err("taken");
    assert!(error.is_unique_violation(), "{error}");
    let moved = Seat::filter(|s| s.number().eq(4));
    let moved = moved.update(|s| (s.number().set(5), s.label().set("five")));
    assert_eq!(moved.exec(&tx).await?, 1);
    tx.commit().await?;
    let want = [(1, Some(1)), (2, Some(2)), (3, Some(3)), (5, Some(4))];
    assert_eq!(tickets(db).await?, want);
    assert_eq!(labels(db).await?, ["s1", "s2", "s3", "five"]);
    assert_sound(db).await;
    let tx = db.begin().await?;
    let down = Seat::objects().update(|s| {
        (
            s.ticket().set(s.ticket() - 1),
            s.number().set(s.number() - 1),
        )
    });
    assert_eq!(down.exec(&tx).await?, 4);
    tx.rollback().await?;
    assert_eq!(tickets(db).await?, want);
    assert_sound(db).await;
    Ok(())
}

/// A save that changes nothing of which side tables speak, one that does, one of a row that is gone.
async fn saved_again(db: &Db) -> Result<()> {
    fill(db, 1).await?;
    let mut one = seat(db, 1, None).await?;
    one.sold = 3;
    assert_eq!(one.save(db).await?, orm::query::Saved::Updated);
    one.ticket = Some(5);
    one.sold = 4;
    one.save_fields(db, |s| (s.ticket(), s.sold())).await?;
    one.ticket = None;
    assert_eq!(one.save(db).await?, orm::query::Saved::Updated);
    assert_sound(db).await;
    let now = Seat::objects().get(db).await?;
    assert_eq!((now.ticket, now.sold), (None, 4));
    let copy = one.clone();
    one.delete(db).await?;
    let mut copy = copy;
    assert_eq!(copy.save(db).await?, orm::query::Saved::Created);
    assert_sound(db).await;
    Ok(())
}

/// Tasks that move tickets between few seats, by relations and by each other.
async fn concurrent_moves(db: &Db) -> Result<()> {
    fill(db, 6).await?;
    for number in 1..=6 {
        seat(db, number, Some(number.into())).await?;
    }
    let work = async |db: Db, task: i64| {
        let number = i32::try_from(task % 6 + 1).expect("small");
        let one = Seat::filter(|s| s.number().eq(number));
        match task % 4 {
            0 => {
                one.update(|s| s.ticket().set(s.guest().visits() + task))
                    .exec(&db)
                    .await
            }
            1 => {
                one.update(|s| s.label().set(concat(s.guest().badge(), "x")))
                    .exec(&db)
                    .await
            }
            2 => {
                Seat::objects()
                    .update(|s| s.ticket().set(s.ticket() - 1))
                    .exec(&db)
                    .await
            }
            _ => one.update(|s| s.ticket().set(task % 9)).exec(&db).await,
        }
    };
    let changed = crowd(db, work).await;
    assert!(changed > 0, "all were refused");
    let mut found: Vec<i64> = tickets(db).await?.into_iter().filter_map(|t| t.1).collect();
    found.sort_unstable();
    let all = found.len();
    found.dedup();
    assert_eq!(found.len(), all);
    assert_sound(db).await;
    Ok(())
}

/// Tasks that change keys while others change what is noted for them.
async fn concurrent_keys(db: &Db) -> Result<()> {
    fill(db, 6).await?;
    for number in 1..=6 {
        seat(db, number, Some(number.into())).await?;
    }
    let work = async |db: Db, task: i64| {
        let ticket = task % 6 + 1;
        let to = i32::try_from(task * 7 % 13 + 1).expect("small");
        let one = Seat::filter(|s| s.ticket().eq(ticket));
        match task % 3 {
            0 => one.update(|s| s.number().set(to)).exec(&db).await,
            1 => {
                one.update(|s| (s.number().set(to), s.label().set(format!("l{to}"))))
                    .exec(&db)
                    .await
            }
            _ => {
                one.update(|s| s.label().set(format!("t{task}")))
                    .exec(&db)
                    .await
            }
        }
    };
    let changed = crowd(db, work).await;
    assert!(changed > 0, "all were refused");
    assert_eq!(Seat::objects().count(db).await?, 6);
    assert_sound(db).await;
    Ok(())
}

/// 64 tasks at once; how many of them changed anything. A value that is taken and a lock that is not
/// granted are nothing else than expected.
async fn crowd<F>(db: &Db, work: impl Fn(Db, i64) -> F) -> u64
where
    F: Future<Output = Result<u64>> + Send + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..64 {
        tasks.spawn(work(db.clone(), task));
    }
    let mut changed = 0;
    while let Some(done) = tasks.join_next().await {
        match done.expect("no panic") {
            Ok(rows) => changed += u64::from(rows > 0),
            Err(e) if e.is_unique_violation() || e.is_retryable() => {}
            Err(e) => panic!("{e}"),
        }
    }
    changed
}
