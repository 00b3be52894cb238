//! Sets of related objects.

use orm::prelude::*;
use suite::models::blog::{Article, Author, Person, Tag, fill};

cases! {
    add_and_remove, set, clear, query, of_the_same_model, unsaved_owners, reverse_query,
    in_a_transaction, the_same_object_twice, a_refused_create_leaves_the_transaction,
}

async fn names(db: &impl Executor, article: &Article) -> Result<Vec<String>> {
    article
        .tags
        .query()
        .order_by(|t| t.name())
        .select(|t| t.name())
        .all(db)
        .await
}

async fn add_and_remove(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 2).await?;
    let web = Tag::get(db, 3).await?;
    article.tags.add(db, [&web]).await?;
    article.tags.add(db, [3, 1]).await?;
    assert_eq!(names(db, &article).await?, ["rust", "web"]);
    article.tags.remove(db, [&web]).await?;
    article.tags.remove(db, [3, 4]).await?;
    assert_eq!(names(db, &article).await?, ["rust"]);
    article.tags.add(db, Vec::<i64>::new()).await?;
    article.tags.remove(db, Vec::<i64>::new()).await?;
    assert_eq!(names(db, &article).await?, ["rust"]);
    // The same twice in one call.
    article.tags.add(db, [2, 2, 2]).await?;
    assert_eq!(names(db, &article).await?, ["db", "rust"]);
    Ok(())
}

async fn set(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 4).await?;
    article.tags.set(db, [1, 4]).await?;
    assert_eq!(names(db, &article).await?, ["idle", "rust"]);
    let before = db.statements();
    article.tags.set(db, [1, 4]).await?;
    assert_eq!(db.statements() - before, 1, "nothing differs");
    article.tags.set(db, Vec::<i64>::new()).await?;
    assert_eq!(names(db, &article).await?, [""; 0]);
    assert_eq!(
        names(db, &Article::get(db, 1).await?).await?,
        ["db", "rust"]
    );
    Ok(())
}

async fn clear(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 1).await?;
    article.tags.clear(db).await?;
    assert_eq!(names(db, &article).await?, [""; 0]);
    assert_eq!(names(db, &Article::get(db, 2).await?).await?, ["rust"]);
    assert_eq!(Tag::objects().count(db).await?, 4);
    Ok(())
}

async fn query(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 4).await?;
    assert_eq!(article.tags.query().count(db).await?, 3);
    let ids = article
        .tags
        .query()
        .filter(|t| t.name().ne("db"))
        .select(|t| t.id())
        .all(db)
        .await?;
    assert_eq!(ids, [1, 3]);
    assert_eq!(
        article.tags.query().first(db).await?.map(|t| t.name),
        Some("rust".to_owned())
    );
    assert_eq!(
        article
            .tags
            .query()
            .limit(2)
            .offset(1)
            .select(|t| t.id())
            .all(db)
            .await?,
        [2, 3]
    );
    // Deleting the members of a set deletes the objects.
    assert_eq!(
        article
            .tags
            .query()
            .filter(|t| t.name().eq("web"))
            .delete(db)
            .await?
            .by_model
            .get("Tag"),
        Some(&1)
    );
    assert_eq!(Tag::objects().count(db).await?, 3);
    Ok(())
}

async fn of_the_same_model(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut people = Vec::new();
    for (id, name) in [(1, "ann"), (2, "bob"), (3, "cid")] {
        people.push(Person::create(db, new!(Person { id, name })).await?);
    }
    people[0].follows.add(db, [&people[1], &people[2]]).await?;
    people[1].follows.add(db, [&people[0]]).await?;
    people[2].follows.add(db, [&people[2]]).await?;
    let names = async |q: QuerySet<Person>| q.select(|p| p.name()).all(db).await;
    assert_eq!(names(people[0].follows.query()).await?, ["bob", "cid"]);
    assert_eq!(
        names(Person::filter(|p| p.follows().any(|f| f.name().eq("ann")))).await?,
        ["bob"]
    );
    let deep = Person::filter(|p| p.follows().any(|f| f.follows().any(|g| g.name().eq("ann"))));
    assert_eq!(names(deep).await?, ["ann"]);
    let all = Person::objects()
        .prefetch(|p| p.follows().query(|q| q.prefetch(|f| f.follows())))
        .all(db)
        .await?;
    assert_eq!(all[0].follows.get()?[0].follows.get()?[0].name, "ann");
    let deleted = people[2].delete(db).await?;
    assert_eq!(deleted.total, 3, "{deleted:?}");
    Ok(())
}

async fn unsaved_owners(db: &Db) -> Result<()> {
    fill(db).await?;
    let person = Person {
        id: Auto::unset(),
        name: "x".into(),
        follows: ManyToMany::new(),
    };
    assert!(matches!(
        person.follows.add(db, [1]).await,
        Err(Error::Usage(_))
    ));
    assert!(matches!(
        person.follows.clear(db).await,
        Err(Error::Usage(_))
    ));
    assert!(matches!(
        person.follows.query().all(db).await,
        Err(Error::Usage(_))
    ));
    assert!(matches!(
        person.follows.query().count(db).await,
        Err(Error::Usage(_))
    ));
    assert!(matches!(
        person.follows.query().delete(db).await,
        Err(Error::Usage(_))
    ));
    let error = person.follows.get().expect_err("not loaded").to_string();
    assert!(error.contains("not saved"), "{error}");
    Ok(())
}

async fn reverse_query(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Author::get(db, 1).await?;
    assert_eq!(
        ann.articles.query().select(|a| a.id()).all(db).await?,
        [3, 1]
    );
    assert_eq!(ann.edited.query().count(db).await?, 1);
    let n = ann
        .articles
        .query()
        .update(|a| a.views().set(1))
        .exec(db)
        .await?;
    assert_eq!(n, 2);
    assert_eq!(
        ann.articles
            .query()
            .filter(|a| a.tags().exists())
            .delete(db)
            .await?
            .by_model
            .get("Article"),
        Some(&1)
    );
    Ok(())
}

async fn in_a_transaction(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 1).await?;
    let tx = db.begin().await?;
    article.tags.set(&tx, [3]).await?;
    article.tags.add(&tx, [4]).await?;
    assert_eq!(names(&tx, &article).await?, ["idle", "web"]);
    tx.rollback().await?;
    assert_eq!(names(db, &article).await?, ["db", "rust"]);
    Ok(())
}

async fn the_same_object_twice(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 3).await?;
    let ids = async || article.tags.query().select(|t| t.id()).all(db).await;
    article.tags.add(db, (1..=3).cycle().take(1500)).await?;
    assert_eq!(ids().await?, [1, 2, 3]);
    article.tags.set(db, [3, 3, 1]).await?;
    assert_eq!(ids().await?, [1, 3]);
    article.tags.remove(db, [3, 3, 99]).await?;
    assert_eq!(ids().await?, [1]);
    Ok(())
}

async fn a_refused_create_leaves_the_transaction(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 2).await?;
    let tx = db.begin().await?;
    let taken = article.tags.create(&tx, new!(Tag { name: "rust" })).await;
    assert!(taken.is_err_and(|e| e.is_unique_violation()));
    let new = || {
        new!(Tag {
            id: 1,
            name: "other"
        })
    };
    for taken in [
        article.tags.get_or_create(&tx, new(), |t| t.name()).await,
        article
            .tags
            .update_or_create(&tx, new(), |t| t.name())
            .await,
    ] {
        assert!(taken.is_err_and(|e| e.is_unique_violation()));
    }
    article
        .tags
        .create(&tx, new!(Tag { name: "fresh" }))
        .await?;
    tx.commit().await?;
    assert_eq!(names(db, &article).await?, ["fresh", "rust"]);
    Ok(())
}
