//! `unique = "lookup"`: the same meaning as a native unique key, wherever it is kept.

use orm::Error;
use orm::backend::DbErrorKind;
use orm::prelude::*;
use orm::query::{Saved, concat};
use suite::models::accounts::{Account, Badge, Locker, assert_kept, tables};
use uuid::Uuid;

cases! {
    create, insert_and_save, save_parts, update_sets, update_by_expression, update_over_a_relation,
    nulls, bulk, bulk_is_all_or_none, bulk_of_known_keys, deletes, cascades, set_null, composite_keys,
    a_refusal_leaves_the_transaction_open, rolled_back, concurrent_creates, concurrent_swaps,
    what_texts_are_the_same,
}

async fn account(db: &impl Executor, email: &str) -> Result<Account> {
    Account::create(db, new!(Account { email: email })).await
}

/// Asserts that a value of this column was refused because another row has it.
fn taken<T>(result: Result<T>, table: &str, column: &str) {
    let error = match result {
        Ok(_) => panic!("{column} was taken twice"),
        Err(error) => error,
    };
    assert!(error.is_unique_violation(), "{error}");
    let Some(DbErrorKind::UniqueViolation {
        constraint,
        columns,
        ..
    }) = error.as_db().map(|e| &e.kind)
    else {
        panic!("{error}");
    };
    // Databases name the one or the other.
    let by_key = constraint.as_ref().is_some_and(|c| {
        let head = format!("{table}_{column}");
        c.starts_with(&head) && c.ends_with("_uniq")
    });
    assert!(by_key || columns == &[column], "{error:?}");
}

async fn count(db: &impl Executor) -> Result<u64> {
    Account::objects().count(db).await
}

async fn create(db: &Db) -> Result<()> {
    tables(db).await?;
    let ann = account(db, "ann").await?;
    assert!(ann.id.is_set());
    taken(account(db, "ann").await, "accounts_account", "email");
    let doubled = new!(Account {
        email: "bob",
        nick: "a"
    });
    Account::create(db, doubled.clone()).await?;
    // The first lookup is taken back when the second is refused.
    let other = new!(Account {
        email: "cid",
        nick: "a"
    });
    taken(Account::create(db, other).await, "accounts_account", "nick");
    assert_eq!(count(db).await?, 2);
    account(db, "cid").await?;
    assert_kept(db).await
}

async fn insert_and_save(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut ann = Account {
        id: Auto::unset(),
        email: "ann".into(),
        nick: None,
        name: String::new(),
        visits: 0,
    };
    assert_eq!(ann.save(db).await?, Saved::Created);
    assert_eq!(ann.save(db).await?, Saved::Updated);
    ann.email = "anna".into();
    ann.nick = Some("a".into());
    assert_eq!(ann.save(db).await?, Saved::Updated);
    let mut other = account(db, "ann").await?;
    other.email = "anna".into();
    other.name = "lost".into();
    taken(other.save(db).await, "accounts_account", "email");
    assert_eq!(Account::get(db, other.id()).await?.name, "");
    other.email = "ann".into();
    other.nick = Some("a".into());
    taken(other.save(db).await, "accounts_account", "nick");
    let mut known = Account {
        id: Auto::from(77_000),
        email: "known".into(),
        ..other
    };
    known.nick = None;
    assert_eq!(known.save(db).await?, Saved::Created);
    assert_kept(db).await
}

trait Id {
    fn id(&self) -> i64;
}

impl Id for Account {
    fn id(&self) -> i64 {
        self.id.get().expect("a key")
    }
}

async fn save_parts(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut ann = account(db, "ann").await?;
    account(db, "bob").await?;
    let before = ann.clone();
    ann.email = "bob".into();
    ann.name = "Ann".into();
    ann.save_fields(db, |a| a.name()).await?;
    taken(
        ann.save_fields(db, |a| (a.email(), a.name())).await,
        "accounts_account",
        "email",
    );
    taken(
        ann.save_changed(db, &before).await,
        "accounts_account",
        "email",
    );
    ann.email = "ann2".into();
    assert_eq!(ann.save_changed(db, &before).await?, 2);
    ann.update(db, |a| a.email().set("ann3")).await?;
    assert_eq!(Account::get(db, ann.id()).await?.email, "ann3");
    account(db, "ann").await?;
    account(db, "ann2").await?;
    let mut gone = ann.clone();
    gone.id = Auto::from(99_000);
    let missing = gone.save_fields(db, |a| a.email()).await;
    assert!(matches!(missing, Err(Error::DoesNotExist { .. })));
    assert_kept(db).await
}

async fn update_sets(db: &Db) -> Result<()> {
    tables(db).await?;
    for email in ["a", "b", "c"] {
        account(db, email).await?;
    }
    let all = Account::objects;
    let to = |from: &'static str, to: &'static str| {
        all()
            .filter(move |a| a.email().eq(from))
            .update(move |a| a.email().set(to))
    };
    assert_eq!(to("a", "d").exec(db).await?, 1);
    taken(to("b", "c").exec(db).await, "accounts_account", "email");
    // To what it is.
    assert_eq!(to("c", "c").exec(db).await?, 1);
    assert_eq!(to("none", "e").exec(db).await?, 0);
    // Several rows cannot get one value.
    let two = all().filter(|a| a.email().gte("c"));
    taken(
        two.update(|a| a.nick().set("same")).exec(db).await,
        "accounts_account",
        "nick",
    );
    assert_eq!(all().filter(|a| a.nick().is_null()).count(db).await?, 3);
    let one = all().order_by(|a| a.email().desc()).limit(1);
    assert_eq!(
        one.update(|a| (a.nick().set("last"), a.visits().set(a.visits() + 1)))
            .exec(db)
            .await?,
        1
    );
    let last = all().filter(|a| a.nick().eq("last")).get(db).await?;
    assert_eq!((last.email.as_str(), last.visits), ("d", 1));
    assert_kept(db).await
}

async fn update_by_expression(db: &Db) -> Result<()> {
    tables(db).await?;
    for (email, nick) in [("a", Some("x")), ("b", Some("y")), ("c", None)] {
        let nick = nick.map(str::to_owned);
        Account::create(
            db,
            new!(Account {
                email: email,
                nick: nick
            }),
        )
        .await?;
    }
    let all = Account::objects;
    let longer = all().update(|a| a.email().set(concat(a.email(), "@example")));
    assert_eq!(longer.exec(db).await?, 3);
    account(db, "a").await?;
    taken(account(db, "b@example").await, "accounts_account", "email");
    // Past the other's value while that is there.
    let clash = all()
        .filter(|a| a.email().startswith("a"))
        .update(|a| a.email().set("all"));
    taken(clash.exec(db).await, "accounts_account", "email");
    let cleared = all().update(|a| a.nick().set(None::<String>));
    assert_eq!(cleared.exec(db).await?, 4);
    assert_kept(db).await?;
    let everyone = all().update(|a| a.nick().set(a.email()));
    assert_eq!(everyone.exec(db).await?, 4);
    assert_kept(db).await
}

async fn update_over_a_relation(db: &Db) -> Result<()> {
    tables(db).await?;
    let ann = account(db, "ann").await?;
    let bob = account(db, "bob").await?;
    for (code, number, account) in [("a", 1, &ann), ("b", 2, &bob)] {
        Badge::create(
            db,
            new!(Badge {
                code: code,
                number: number,
                account: account
            }),
        )
        .await?;
    }
    let of_bob = Badge::filter(|b| b.account().email().eq("bob"));
    assert_eq!(
        of_bob
            .clone()
            .update(|b| b.number().set(3))
            .exec(db)
            .await?,
        1
    );
    taken(
        of_bob.update(|b| b.number().set(1)).exec(db).await,
        "accounts_badge",
        "number",
    );
    let b = Badge::get(db, "b".to_owned()).await?;
    assert_eq!(b.number, 3);
    taken(
        b.update(db, |b| b.account().set(&ann)).await,
        "accounts_badge",
        "account_id",
    );
    assert_kept(db).await
}

async fn nulls(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut a = account(db, "a").await?;
    let mut b = account(db, "b").await?;
    a.nick = Some("n".into());
    a.save(db).await?;
    a.nick = None;
    a.save(db).await?;
    b.nick = Some("n".into());
    b.save(db).await?;
    assert_kept(db).await?;
    a.nick = Some("n".into());
    taken(a.save(db).await, "accounts_account", "nick");
    assert_kept(db).await
}

async fn bulk(db: &Db) -> Result<()> {
    tables(db).await?;
    let row = |i: i64| {
        let nick = (i % 3 == 0).then(|| format!("n{i}"));
        new!(Account {
            email: format!("{i}@example"),
            nick: nick
        })
    };
    assert_eq!(Account::bulk_create(db, (0..1300).map(row)).await?, 1300);
    assert_eq!(count(db).await?, 1300);
    taken(account(db, "7@example").await, "accounts_account", "email");
    assert_kept(db).await
}

async fn bulk_is_all_or_none(db: &Db) -> Result<()> {
    tables(db).await?;
    account(db, "7").await?;
    let row = |i: i64| {
        new!(Account {
            email: i.to_string()
        })
    };
    let taken_before = Account::bulk_create(db, (0..20).map(row)).await;
    taken(taken_before, "accounts_account", "email");
    let twice = Account::bulk_create(db, [1, 2, 1].map(row)).await;
    taken(twice, "accounts_account", "email");
    assert_eq!(count(db).await?, 1);
    assert_kept(db).await
}

async fn bulk_of_known_keys(db: &Db) -> Result<()> {
    tables(db).await?;
    let row = |i: i64| {
        new!(Badge {
            code: format!("b{i}"),
            number: i
        })
    };
    assert_eq!(Badge::bulk_create(db, (0..700).map(row)).await?, 700);
    let doubled = new!(Badge {
        code: "other",
        number: 8
    });
    taken(
        Badge::bulk_create(db, [row(1000), doubled]).await,
        "accounts_badge",
        "number",
    );
    assert_eq!(Badge::objects().count(db).await?, 700);
    assert_kept(db).await
}

async fn deletes(db: &Db) -> Result<()> {
    tables(db).await?;
    for email in ["a", "b", "c", "d"] {
        account(db, email).await?;
    }
    let a = Account::filter(|a| a.email().eq("a")).get(db).await?;
    assert_eq!(a.delete(db).await?.total, 1);
    let rest = Account::objects().order_by(|a| a.email()).limit(2);
    assert_eq!(rest.delete(db).await?.total, 2);
    assert_kept(db).await?;
    for email in ["a", "b", "c"] {
        account(db, email).await?;
    }
    let badges = ["x", "y"].map(|code| {
        new!(Badge {
            code: code,
            number: code.len() as i64 + i64::from(code == "y")
        })
    });
    Badge::bulk_create(db, badges).await?;
    assert_eq!(Badge::objects().delete(db).await?.total, 2);
    assert_kept(db).await
}

async fn locker(
    db: &impl Executor,
    number: i32,
    account: &Account,
    ticket: Uuid,
) -> Result<Locker> {
    let new = new!(Locker {
        room: "cellar",
        number: number,
        ticket: ticket,
        account: account
    });
    Locker::create(db, new).await
}

async fn cascades(db: &Db) -> Result<()> {
    tables(db).await?;
    let ann = account(db, "ann").await?;
    let bob = account(db, "bob").await?;
    for i in 0..3 {
        locker(db, i, &ann, Uuid::from_u128(i as u128)).await?;
    }
    locker(db, 9, &bob, Uuid::from_u128(9)).await?;
    let deleted = ann.delete(db).await?;
    assert_eq!(deleted.by_model["Locker"], 3);
    assert_kept(db).await?;
    locker(db, 1, &bob, Uuid::from_u128(1)).await?;
    taken(
        locker(db, 2, &bob, Uuid::from_u128(9)).await,
        "accounts_locker",
        "ticket",
    );
    assert_kept(db).await
}

async fn set_null(db: &Db) -> Result<()> {
    tables(db).await?;
    let ann = account(db, "ann").await?;
    let badge = new!(Badge {
        code: "a",
        number: 1,
        account: &ann
    });
    Badge::create(db, badge).await?;
    let second = new!(Badge {
        code: "b",
        number: 2,
        account: &ann
    });
    taken(
        Badge::create(db, second).await,
        "accounts_badge",
        "account_id",
    );
    ann.delete(db).await?;
    assert!(Badge::get(db, "a".to_owned()).await?.account.is_none());
    assert_kept(db).await
}

async fn composite_keys(db: &Db) -> Result<()> {
    tables(db).await?;
    let ann = account(db, "ann").await?;
    let mut one = locker(db, 1, &ann, Uuid::from_u128(1)).await?;
    let two = locker(db, 2, &ann, Uuid::from_u128(2)).await?;
    one.ticket = two.ticket;
    taken(one.save(db).await, "accounts_locker", "ticket");
    one.ticket = Some(Uuid::from_u128(3));
    one.save(db).await?;
    let all = Locker::objects();
    let cleared = all.clone().update(|l| l.ticket().set(None::<Uuid>));
    assert_eq!(cleared.exec(db).await?, 2);
    assert_kept(db).await?;
    assert_eq!(all.delete(db).await?.total, 2);
    assert_kept(db).await
}

/// As a native refusal does: only what was refused is undone.
async fn a_refusal_leaves_the_transaction_open(db: &Db) -> Result<()> {
    tables(db).await?;
    let ann = account(db, "ann").await?;
    let tx = db.begin().await?;
    account(&tx, "bob").await?;
    taken(account(&tx, "ann").await, "accounts_account", "email");
    let clash = new!(Account {
        email: "cid",
        nick: "n"
    });
    let mut cid = Account::create(&tx, clash).await?;
    let clash = new!(Account {
        email: "dan",
        nick: "n"
    });
    taken(
        Account::create(&tx, clash).await,
        "accounts_account",
        "nick",
    );
    cid.email = "bob".into();
    taken(cid.save(&tx).await, "accounts_account", "email");
    let all = Account::filter(|a| a.email().eq("cid"));
    let to_ann = all.update(|a| a.email().set("ann"));
    taken(to_ann.exec(&tx).await, "accounts_account", "email");
    let rows = ["eve", "ann"].map(|email| new!(Account { email: email }));
    taken(
        Account::bulk_create(&tx, rows).await,
        "accounts_account",
        "email",
    );
    account(&tx, "dan").await?;
    ann.delete(&tx).await?;
    account(&tx, "ann").await?;
    tx.commit().await?;
    let emails = Account::objects().select(|a| a.email()).all(db).await?;
    assert_eq!(emails, ["ann", "bob", "cid", "dan"]);
    assert_kept(db).await
}

async fn rolled_back(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut ann = account(db, "ann").await?;
    let tx = db.begin().await?;
    account(&tx, "bob").await?;
    ann.email = "anna".into();
    ann.save(&tx).await?;
    tx.rollback().await?;
    assert_kept(db).await?;
    account(db, "bob").await?;
    account(db, "anna").await?;
    taken(account(db, "ann").await, "accounts_account", "email");
    assert_kept(db).await
}

async fn concurrent_creates(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let db = db.clone();
        tasks.spawn(async move { account(&db, "only").await });
    }
    let mut created = 0;
    while let Some(done) = tasks.join_next().await {
        match done.expect("no panic") {
            Ok(_) => created += 1,
            other => taken(other, "accounts_account", "email"),
        }
    }
    assert_eq!((created, count(db).await?), (1, 1));
    assert_kept(db).await
}

/// Tasks that move rows between few values: each value has one owner at most, all the time.
async fn concurrent_swaps(db: &Db) -> Result<()> {
    tables(db).await?;
    let mut ids = Vec::new();
    for i in 0..6 {
        ids.push(account(db, &format!("v{i}")).await?.id());
    }
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8_i64 {
        let (db, ids) = (db.clone(), ids.clone());
        tasks.spawn(async move {
            for turn in 0..10_i64 {
                let id = ids[((task * 5 + turn * 7) % 6) as usize];
                let email = format!("v{}", (task * 3 + turn * 11) % 9);
                let one = Account::filter(|a| a.id().eq(id));
                let result = match turn % 3 {
                    0 if task % 2 == 0 => one.delete(&db).await.map(|d| d.total),
                    1 if task % 4 == 0 => account(&db, &email).await.map(|_| 1),
                    _ => one.update(|a| a.email().set(email)).exec(&db).await,
                };
                match result {
                    Ok(_) => {}
                    Err(e) if e.is_unique_violation() || e.is_retryable() => {}
                    Err(e) => panic!("{e}"),
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no panic");
    }
    let mut emails = Account::objects().select(|a| a.email()).all(db).await?;
    let all = emails.len();
    emails.dedup();
    assert_eq!(emails.len(), all);
    assert_kept(db).await
}

/// Which texts are the same is what the column's collation says; by default all that differ do.
async fn what_texts_are_the_same(db: &Db) -> Result<()> {
    tables(db).await?;
    for email in ["ann", "Ann", "änn", "ANN"] {
        account(db, email).await?;
    }
    let blank = account(db, "ann ").await;
    if db.dialect().features().trailing_blanks {
        blank?;
    }
    assert_kept(db).await
}
