//! Objects that are found or created, and rows that may be there already.

use orm::prelude::*;
use suite::backend::sync_ids;
use suite::models::accounts::{self, Account, Badge, assert_kept};
use suite::models::blog::{Article, Author, Country, Profile, Tag, fill};

cases! {
    get_or_create, get_or_create_by_a_lookup, get_or_create_in_a_transaction, of_many_tasks_one_creates,
    of_many_transactions_one_creates, of_many_tasks_one_creates_a_lookup, update_or_create,
    update_or_create_with_expressions, update_or_create_lookups, every_task_counts,
    every_task_counts_a_lookup, needs_a_unique_key, another_key_is_taken, ignore_conflicts,
    ignore_conflicts_of_lookups, update_conflicts, update_conflicts_of_one_key_only,
    update_conflicts_of_lookups, update_conflicts_says_what_it_takes, bulk_update,
    bulk_update_many, bulk_update_lookups, bulk_update_refusals, in_a_reverse_set, in_a_set_of_pairs,
}

async fn get_or_create(db: &Db) -> Result<()> {
    fill(db).await?;
    let new = || {
        new!(Author {
            name: "Zoe",
            email: "zoe@x"
        })
    };
    let (zoe, created) = Author::get_or_create(db, new(), |a| a.email()).await?;
    assert!(created && zoe.id.is_set());
    let other = new!(Author {
        name: "not kept",
        email: "zoe@x"
    });
    let (same, created) = Author::get_or_create(db, other, |a| a.email()).await?;
    assert_eq!(
        (created, same.id, same.name.as_str()),
        (false, zoe.id, "Zoe")
    );
    // By more than the key; what differs beside it is another object.
    let (same, created) = Author::get_or_create(db, new(), |a| (a.email(), a.name())).await?;
    assert_eq!((created, same.id), (false, zoe.id));
    let (_, created) = Country::get_or_create(
        db,
        new!(Country {
            code: "XX",
            name: "Nowhere"
        }),
        |c| c.code(),
    )
    .await?;
    assert!(created);
    let author = zoe.id.get().expect("a key");
    let new = new!(Profile {
        author: author,
        site: "z"
    });
    let (_, created) = Profile::get_or_create(db, new, |p| p.author().id()).await?;
    assert!(created);
    Ok(())
}

fn account(email: &str) -> orm::query::New<Account> {
    new!(Account { email: email })
}

async fn get_or_create_by_a_lookup(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let (ann, created) = Account::get_or_create(db, account("ann"), |a| a.email()).await?;
    assert!(created);
    let (same, created) = Account::get_or_create(db, account("ann"), |a| a.email()).await?;
    assert_eq!((created, same), (false, ann));
    assert_kept(db).await
}

/// A loser's transaction goes on.
async fn get_or_create_in_a_transaction(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let tx = db.begin().await?;
    for email in ["ann", "bob", "ann"] {
        Account::get_or_create(&tx, account(email), |a| a.email()).await?;
    }
    // The nick is taken, by another object than is looked for.
    let taken = new!(Account {
        email: "cid",
        nick: "n"
    });
    Account::get_or_create(&tx, taken, |a| a.email()).await?;
    let clash = new!(Account {
        email: "dan",
        nick: "n"
    });
    let refused = Account::get_or_create(&tx, clash, |a| a.email()).await;
    assert!(refused.is_err_and(|e| e.is_unique_violation()));
    Account::get_or_create(&tx, account("eve"), |a| a.email()).await?;
    tx.commit().await?;
    let emails = Account::objects().select(|a| a.email()).all(db).await?;
    assert_eq!(emails, ["ann", "bob", "cid", "eve"]);
    assert_kept(db).await
}

const TASKS: usize = 64;

/// Runs a call in many tasks, and counts those that answer yes.
async fn count_of<F>(db: &Db, call: impl Fn(Db) -> F) -> usize
where
    F: Future<Output = Result<bool>> + Send + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..TASKS {
        tasks.spawn(call(db.clone()));
    }
    let mut count = 0;
    while let Some(done) = tasks.join_next().await {
        count += usize::from(done.expect("no panic").expect("no error"));
    }
    count
}

async fn of_many_tasks_one_creates(db: &Db) -> Result<()> {
    fill(db).await?;
    let created = count_of(db, |db| async move {
        let new = new!(Tag { name: "hot" });
        Ok(Tag::get_or_create(&db, new, |t| t.name()).await?.1)
    });
    assert_eq!(created.await, 1);
    assert_eq!(Tag::filter(|t| t.name().eq("hot")).count(db).await?, 1);
    Ok(())
}

async fn of_many_transactions_one_creates(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let created = count_of(db, |db| async move {
        let policy = orm::backend::RetryPolicy::default();
        db.retrying(policy, |tx| async move {
            let (_, created) = Account::get_or_create(&tx, account("hot"), |a| a.email()).await?;
            let (_, second) = Account::get_or_create(&tx, account("hotter"), |a| a.email()).await?;
            assert_eq!(created, second);
            Ok::<_, orm::Error>(created)
        })
        .await
    });
    assert_eq!(created.await, 1);
    assert_eq!(Account::objects().count(db).await?, 2);
    assert_kept(db).await
}

async fn of_many_tasks_one_creates_a_lookup(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let created = count_of(db, |db| async move {
        Ok(Account::get_or_create(&db, account("hot"), |a| a.email())
            .await?
            .1)
    });
    assert_eq!(created.await, 1);
    assert_eq!(Account::objects().count(db).await?, 1);
    assert_kept(db).await
}

async fn update_or_create(db: &Db) -> Result<()> {
    fill(db).await?;
    let new = |name: &'static str| {
        new!(Author {
            name: name,
            email: "zoe@x"
        })
    };
    let (zoe, created) = Author::update_or_create(db, new("Zoe"), |a| a.email()).await?;
    assert!(created);
    let (same, created) = Author::update_or_create(db, new("Zoé"), |a| a.email()).await?;
    assert_eq!(
        (created, same.id, same.name.as_str()),
        (false, zoe.id, "Zoé")
    );
    // Nothing changes, and it is no new object.
    let (same, created) = Author::update_or_create(db, new("Zoé"), |a| a.email()).await?;
    assert_eq!((created, same.id), (false, zoe.id));
    // What the new object does not name stays as it is.
    let before = Article::get(db, 1).await?;
    let new = new!(Article {
        id: 1,
        title: "new",
        author: *before.author.id()
    });
    let (after, created) = Article::update_or_create(db, new, |a| a.id()).await?;
    assert_eq!(
        (created, after.views, after.title.as_str()),
        (false, before.views, "new")
    );
    assert!(after.updated_at > before.updated_at && after.created_at == before.created_at);
    // There is nothing to write but what it is found by.
    let (_, created) = Tag::update_or_create(db, new!(Tag { name: "fresh" }), |t| t.name()).await?;
    let (_, again) = Tag::update_or_create(db, new!(Tag { name: "fresh" }), |t| t.name()).await?;
    assert_eq!((created, again), (true, false));
    Ok(())
}

async fn update_or_create_with_expressions(db: &Db) -> Result<()> {
    fill(db).await?;
    for i in 0..3 {
        let new = new!(Country {
            code: "XX",
            name: "X"
        });
        let (country, created) = Country::update_or_create_with(
            db,
            new,
            |c| c.code(),
            |c| c.name().set(orm::query::concat(c.name(), "!")),
        )
        .await?;
        assert_eq!((created, country.name.len()), (i == 0, 1 + i));
    }
    Ok(())
}

async fn update_or_create_lookups(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let new = |email: &'static str, nick: &'static str| {
        new!(Account {
            email: email,
            nick: nick
        })
    };
    Account::update_or_create(db, new("ann", "a"), |a| a.email()).await?;
    let (ann, created) = Account::update_or_create(db, new("ann", "b"), |a| a.email()).await?;
    assert_eq!((created, ann.nick.as_deref()), (false, Some("b")));
    Account::update_or_create(db, new("bob", "a"), |a| a.email()).await?;
    let taken = Account::update_or_create(db, new("bob", "b"), |a| a.email()).await;
    assert!(taken.is_err_and(|e| e.is_unique_violation()));
    let taken = Account::update_or_create(db, new("cid", "b"), |a| a.email()).await;
    assert!(taken.is_err_and(|e| e.is_unique_violation()));
    assert_eq!(Account::objects().count(db).await?, 2);
    assert_kept(db).await
}

async fn every_task_counts(db: &Db) -> Result<()> {
    fill(db).await?;
    let created = count_of(db, |db| async move {
        let new = new!(Article {
            id: 500,
            title: "hot",
            author: 1,
            views: 1
        });
        let (_, created) =
            Article::update_or_create_with(&db, new, |a| a.id(), |a| a.views().set(a.views() + 1))
                .await?;
        Ok(created)
    });
    assert_eq!(created.await, 1);
    assert_eq!(Article::get(db, 500).await?.views, TASKS as i64);
    sync_ids(db).await
}

async fn every_task_counts_a_lookup(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let created = count_of(db, |db| async move {
        let new = new!(Account {
            email: "hot",
            visits: 1
        });
        let more = Account::update_or_create_with(
            &db,
            new,
            |a| a.email(),
            |a| a.visits().set(a.visits() + 1),
        );
        Ok(more.await?.1)
    });
    assert_eq!(created.await, 1);
    let all = Account::objects().all(db).await?;
    assert_eq!((all.len(), all[0].visits), (1, TASKS as i64));
    assert_kept(db).await
}

async fn needs_a_unique_key(db: &Db) -> Result<()> {
    fill(db).await?;
    let by_name = Author::get_or_create(db, new!(Author { name: "Ann" }), |a| a.name()).await;
    let text = by_name.expect_err("two could be made").to_string();
    assert!(
        text.contains("`get_or_create` of Author by `name`") && text.contains("no unique key"),
        "{text}"
    );
    let null = Author::update_or_create(db, new!(Author { name: "Ann" }), |a| a.email()).await;
    let text = null.expect_err("NULL is not unique").to_string();
    assert!(text.contains("needs a value for `email`"), "{text}");
    let related = Article::get_or_create(
        db,
        new!(Article {
            title: "x",
            author: 1
        }),
        |a| (a.id(), a.author().name()),
    );
    let text = related.await.expect_err("of another model").to_string();
    assert!(text.contains("takes columns of Article itself"), "{text}");
    Ok(())
}

async fn another_key_is_taken(db: &Db) -> Result<()> {
    fill(db).await?;
    let (zoe, _) = Author::get_or_create(
        db,
        new!(Author {
            name: "Zoe",
            email: "zoe@x"
        }),
        |a| a.email(),
    )
    .await?;
    let clash = new!(Author {
        id: 900,
        name: "Zoe",
        email: "zoe@x"
    });
    let refused = Author::get_or_create(db, clash, |a| a.id()).await;
    assert!(refused.is_err_and(|e| e.is_unique_violation()));
    assert_eq!(
        Author::filter(|a| a.email().eq("zoe@x")).get(db).await?.id,
        zoe.id
    );
    Ok(())
}

async fn ignore_conflicts(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = Tag::objects().count(db).await?;
    let first = Tag::objects().order_by(|t| t.id()).limit(1).get(db).await?;
    let names = ["n1", first.name.as_str(), "n2", "n1"].map(str::to_owned);
    Tag::bulk_create_ignore_conflicts(db, names.map(|name| new!(Tag { name: name }))).await?;
    assert_eq!(Tag::objects().count(db).await?, before + 2);
    // The key counts as well, and only what is taken is left out.
    let tag = |id: i64, name: &str| Tag {
        id: Auto::from(id),
        name: name.to_owned(),
    };
    let known = first.id.get().expect("a key");
    Tag::bulk_create_ignore_conflicts(db, [tag(known, "n3"), tag(7000, "n4")]).await?;
    assert_eq!(Tag::objects().count(db).await?, before + 3);
    let long = "x".repeat(51);
    let refused = Tag::bulk_create_ignore_conflicts(db, [new!(Tag { name: long })]).await;
    assert!(refused.is_err());
    Tag::bulk_create_ignore_conflicts(db, Vec::<Tag>::new()).await
}

async fn ignore_conflicts_of_lookups(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let new = |email: &'static str, nick: &'static str| {
        new!(Account {
            email: email,
            nick: nick
        })
    };
    Account::bulk_create(db, [new("a", "1"), new("b", "2")]).await?;
    let rows = [
        new("c", "1"),
        new("a", "3"),
        new("d", "4"),
        new("d", "5"),
        new("e", "5"),
    ];
    Account::bulk_create_ignore_conflicts(db, rows).await?;
    let emails = Account::objects().select(|a| a.email()).all(db).await?;
    assert_eq!(emails, ["a", "b", "d", "e"]);
    assert_kept(db).await
}

async fn update_conflicts(db: &Db) -> Result<()> {
    fill(db).await?;
    let country = |code: &str, name: &str| Country {
        code: code.to_owned(),
        name: name.to_owned(),
    };
    Country::bulk_create(db, [country("X1", "one"), country("X2", "two")]).await?;
    let rows = [
        country("X2", "zwei"),
        country("X3", "drei"),
        country("X3", "trois"),
    ];
    Country::bulk_create_update_conflicts(db, rows, |c| c.code(), |c| c.name()).await?;
    let names = Country::filter(|c| c.code().startswith("X"))
        .order_by(|c| c.code())
        .select(|c| c.name());
    assert_eq!(names.all(db).await?, ["one", "zwei", "trois"]);
    // By a unique column; the key is the database's, so nothing else can be taken.
    let new = |name: &'static str, email: &'static str| {
        new!(Author {
            name: name,
            email: email
        })
    };
    Author::bulk_create(db, [new("Zoe", "z@x")]).await?;
    let rows = [new("Zoé", "z@x"), new("Yan", "y@x")];
    Author::bulk_create_update_conflicts(db, rows, |a| a.email(), |a| a.name()).await?;
    let names = Author::filter(|a| a.email().is_in(["y@x", "z@x"]))
        .order_by(|a| a.email())
        .select(|a| a.name());
    assert_eq!(names.all(db).await?, ["Yan", "Zoé"]);
    let before = Article::get(db, 1).await?;
    let mut again = before.clone();
    again.views = 7;
    again.title = "not this".to_owned();
    Article::bulk_create_update_conflicts(db, [again], |a| a.id(), |a| a.views()).await?;
    let after = Article::get(db, 1).await?;
    assert_eq!((after.views, after.title), (7, before.title));
    assert!(after.updated_at > before.updated_at);
    Ok(())
}

/// Another unique key that is taken is an error on every database, and never another row's update.
async fn update_conflicts_of_one_key_only(db: &Db) -> Result<()> {
    fill(db).await?;
    let author = |id: i64, name: &str, email: &str| {
        new!(Author {
            id: id,
            name: name,
            email: email
        })
    };
    Author::bulk_create(db, [author(801, "a", "a@x"), author(802, "b", "b@x")]).await?;
    let clash = [
        author(803, "c", "c@x"),
        author(801, "taken", "b@x"),
        author(804, "b2", "b@x"),
    ];
    let refused = Author::bulk_create_update_conflicts(db, clash, |a| a.id(), |a| a.name()).await;
    assert!(refused.is_err_and(|e| e.is_unique_violation()));
    let rows = [author(801, "a2", "other@x"), author(805, "e", "e@x")];
    Author::bulk_create_update_conflicts(db, rows, |a| a.id(), |a| a.name()).await?;
    let all = Author::filter(|a| a.id().gt(800))
        .order_by(|a| a.id())
        .select(|a| (a.id(), a.name(), a.email()))
        .all(db)
        .await?;
    let all: Vec<(i64, &str, &str)> = all
        .iter()
        .map(|(id, name, email)| (*id, name.as_str(), email.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        all,
        [(801, "a2", "a@x"), (802, "b", "b@x"), (805, "e", "e@x")]
    );
    sync_ids(db).await
}

async fn update_conflicts_of_lookups(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let new = |email: &'static str, nick: &'static str, name: &'static str| {
        new!(Account {
            email: email,
            nick: nick,
            name: name
        })
    };
    Account::bulk_create(db, [new("a", "1", "A"), new("b", "2", "B")]).await?;
    let rows = [new("a", "3", "A2"), new("c", "1", "C"), new("c", "1", "C2")];
    Account::bulk_create_update_conflicts(db, rows, |a| a.email(), |a| (a.nick(), a.name()))
        .await?;
    let rows = [new("d", "4", "D"), new("b", "3", "B2")];
    let refused =
        Account::bulk_create_update_conflicts(db, rows, |a| a.email(), |a| (a.nick(), a.name()));
    assert!(refused.await.is_err_and(|e| e.is_unique_violation()));
    let all = Account::objects().select(|a| (a.email(), a.nick(), a.name()));
    let all = all.all(db).await?;
    let all: Vec<(&str, &str, &str)> = all
        .iter()
        .map(|(e, n, m)| (e.as_str(), n.as_deref().unwrap_or_default(), m.as_str()))
        .collect();
    assert_eq!(all, [("a", "3", "A2"), ("b", "2", "B"), ("c", "1", "C2")]);
    assert_kept(db).await
}

async fn update_conflicts_says_what_it_takes(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = || [new!(Tag { name: "x" })];
    let text = |r: Result<()>| r.expect_err("refused").to_string();
    let new = || {
        [new!(Author {
            name: "x",
            email: "x@x"
        })]
    };
    let by = Author::bulk_create_update_conflicts(db, new(), |a| a.name(), |a| a.email());
    assert!(text(by.await).contains("`name` is no unique key of Author"));
    let more =
        Author::bulk_create_update_conflicts(db, new(), |a| (a.email(), a.name()), |a| a.name());
    assert!(text(more.await).contains("is no unique key of Author"));
    let key = Tag::bulk_create_update_conflicts(db, rows(), |t| t.name(), |t| t.id());
    assert!(text(key.await).contains("`id` of Tag cannot be updated"));
    Ok(())
}

async fn bulk_update(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut articles = Article::objects().order_by(|a| a.id()).all(db).await?;
    let before = articles.clone();
    for (i, article) in articles.iter_mut().enumerate() {
        article.views = i as i64 * 10;
        article.title = format!("title {i}");
        article.rating = (i % 2 == 0).then_some(i as f64 / 2.0);
        article.body = "not saved".to_owned();
    }
    let rows = Article::bulk_update(db, &mut articles, |a| (a.views(), a.title(), a.rating()));
    assert_eq!(rows.await?, articles.len() as u64);
    let after = Article::objects().order_by(|a| a.id()).all(db).await?;
    for ((is, was), wanted) in after.iter().zip(&before).zip(&articles) {
        assert_eq!((is.views, &is.title), (wanted.views, &wanted.title));
        assert_eq!((is.rating, &is.body), (wanted.rating, &was.body));
        assert!(is.updated_at > was.updated_at && is.updated_at == wanted.updated_at);
    }
    // One that is gone changes nothing, and is not counted.
    articles[0].id = Auto::from(77_000);
    let rows = Article::bulk_update(db, &mut articles[..2], |a| a.views()).await?;
    assert_eq!(rows, 1);
    assert_eq!(Article::bulk_update(db, &mut [], |a| a.views()).await?, 0);
    Ok(())
}

async fn bulk_update_many(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let new = |i: i64| {
        new!(Badge {
            code: format!("b{i:04}"),
            number: i
        })
    };
    Badge::bulk_create(db, (0..300).map(new)).await?;
    let mut badges = Badge::objects().order_by(|b| b.code()).all(db).await?;
    for badge in &mut badges {
        badge.number += 1000;
    }
    let rows = Badge::bulk_update(db, &mut badges, |b| b.number()).await?;
    assert_eq!(rows, 300);
    let numbers = Badge::objects()
        .order_by(|b| b.code())
        .select(|b| b.number());
    assert_eq!(numbers.all(db).await?, (1000..1300).collect::<Vec<i64>>());
    assert_kept(db).await
}

async fn bulk_update_lookups(db: &Db) -> Result<()> {
    accounts::tables(db).await?;
    let new = |email: &'static str, nick: &'static str| {
        new!(Account {
            email: email,
            nick: nick
        })
    };
    Account::bulk_create(db, [new("a", "1"), new("b", "2"), new("c", "3")]).await?;
    let mut all = Account::objects().all(db).await?;
    for (account, nick) in all.iter_mut().zip([None, Some("5"), Some("6")]) {
        account.nick = nick.map(str::to_owned);
        account.email = format!("{}@x", account.email);
    }
    assert_eq!(
        Account::bulk_update(db, &mut all, |a| (a.email(), a.nick())).await?,
        3
    );
    assert_kept(db).await?;
    Account::bulk_create(db, [new("a", "1"), new("d", "2")]).await?;
    all[0].email = "d".to_owned();
    let refused = Account::bulk_update(db, &mut all, |a| a.email()).await;
    assert!(refused.is_err_and(|e| e.is_unique_violation()));
    let emails = Account::objects().select(|a| a.email()).all(db).await?;
    assert_eq!(emails, ["a", "a@x", "b@x", "c@x", "d"]);
    assert_kept(db).await
}

async fn bulk_update_refusals(db: &Db) -> Result<()> {
    fill(db).await?;
    let text = |r: Result<u64>| r.expect_err("refused").to_string();
    let mut tags = Tag::objects().order_by(|t| t.id()).all(db).await?;
    let key = Tag::bulk_update(db, &mut tags, |t| t.id()).await;
    assert!(text(key).contains("cannot change `id` of it"));
    tags[1].id = Auto::unset();
    let unsaved = Tag::bulk_update(db, &mut tags, |t| t.name()).await;
    assert!(text(unsaved).contains("has no key yet"));
    tags.truncate(1);
    tags[0].name = "x".repeat(51);
    assert!(Tag::bulk_update(db, &mut tags, |t| t.name()).await.is_err());
    Ok(())
}

/// The owner counts: what another has is not in the set.
async fn in_a_reverse_set(db: &Db) -> Result<()> {
    fill(db).await?;
    let (ann, bob) = (Author::get(db, 1).await?, Author::get(db, 2).await?);
    let new = |title: &'static str| {
        new!(Article {
            id: 600,
            title: title,
            ..
        })
    };
    let (_, created) = ann.articles.get_or_create(db, new("a"), |a| a.id()).await?;
    let (same, again) = ann.articles.get_or_create(db, new("b"), |a| a.id()).await?;
    assert_eq!((created, again, same.title.as_str()), (true, false, "a"));
    assert_eq!(*same.author.id(), 1);
    let (same, again) = ann
        .articles
        .update_or_create(db, new("b"), |a| a.id())
        .await?;
    assert_eq!((again, same.title.as_str()), (false, "b"));
    let others = bob.articles.get_or_create(db, new("c"), |a| a.id()).await;
    assert!(others.is_err_and(|e| e.is_unique_violation()));
    let others = bob
        .articles
        .update_or_create(db, new("c"), |a| a.id())
        .await;
    assert!(others.is_err_and(|e| e.is_unique_violation()));
    assert_eq!(Article::get(db, 600).await?.title, "b");
    sync_ids(db).await
}

async fn in_a_set_of_pairs(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 1).await?;
    article.tags.clear(db).await?;
    Tag::create(db, new!(Tag { name: "elsewhere" })).await?;
    for (name, wanted) in [("fresh", true), ("fresh", false), ("elsewhere", false)] {
        let (_, created) = article
            .tags
            .get_or_create(db, new!(Tag { name: name }), |t| t.name())
            .await?;
        assert_eq!(created, wanted, "{name}");
    }
    let names = article
        .tags
        .query()
        .order_by(|t| t.name())
        .select(|t| t.name());
    assert_eq!(names.all(db).await?, ["elsewhere", "fresh"]);
    Ok(())
}
