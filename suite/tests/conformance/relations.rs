//! Paths over relations, `with` and `prefetch`.

use orm::prelude::*;
use suite::models::blog::{Article, Author, Category, Country, Profile, Tag, fill, titles};
use suite::models::press::{self, Remark, Story, Writer};
use suite::models::tangle::{self, Knot};

cases! {
    paths, nullable_paths, deep_paths, any_all_none, filtered_by_counts,
    counts, with_loads, with_a_path, without_with,
    prefetch_many_to_many, prefetch_reverse, prefetch_nested, prefetch_query, prefetch_of_nothing,
    one_to_one, trees, text_keys, setting_relations, fetch, prefetch_many_owners,
    prefetch_below_a_shared_object, prefetch_with_limits_and_paths, prefetch_so_many_of_each,
    prefetch_so_many_pairs_of_each, prefetch_to_one, prefetch_objects_at_hand,
    one_statement_for_each_level, with_three_levels, prefetch_of_others,
}

async fn paths(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| a.author().name().eq("Bob"));
    assert_eq!(titles(db, q).await?, ["Épsilon", "beta"]);
    let q = Article::filter(|a| a.author().eq(2) & a.author().id().eq(2) & a.author_id().eq(2));
    assert_eq!(titles(db, q).await?, ["Épsilon", "beta"]);
    let ann = Author::get(db, 1).await?;
    assert_eq!(
        titles(db, Article::filter(|a| a.author().is(&ann))).await?,
        ["Gamma_1", "Alpha"]
    );
    assert_eq!(
        titles(db, Article::filter(|a| a.author().ne(2))).await?,
        ["Gamma_1", "Alpha", "delta%"]
    );
    Ok(())
}

async fn nullable_paths(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(
        titles(db, Article::filter(|a| a.editor().is_null())).await?,
        ["beta"]
    );
    let q = Article::filter(|a| a.editor().is_not_null());
    assert_eq!(
        titles(db, q).await?,
        ["Épsilon", "Gamma_1", "Alpha", "delta%"]
    );
    let q = Article::filter(|a| a.editor().name().eq("Bob"));
    assert_eq!(titles(db, q).await?, ["Épsilon", "Alpha"]);
    let q = Article::filter(|a| a.editor().name().ne("Bob"));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1", "delta%"]);
    let q = Article::objects().exclude(|a| a.editor().name().eq("Bob"));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1", "delta%"]);
    let q = Article::filter(|a| a.editor().name().is_null());
    assert_eq!(titles(db, q).await?, ["beta"]);
    let q = Article::filter(|a| a.editor().ne(2));
    assert_eq!(titles(db, q).await?, ["beta", "Gamma_1", "delta%"]);
    let names = Article::objects()
        .select(|a| (a.id(), a.editor().name()))
        .all(db)
        .await?;
    let n = |t: &str| Some(t.to_owned());
    assert_eq!(
        names,
        [
            (5, n("Bob")),
            (2, None),
            (3, n("Cid")),
            (1, n("Bob")),
            (4, n("Ann"))
        ]
    );
    Ok(())
}

async fn deep_paths(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| a.author().country().name().eq("France"));
    assert_eq!(titles(db, q).await?, ["Épsilon", "beta"]);
    let q = Article::filter(|a| a.author().country().is_null());
    assert_eq!(titles(db, q).await?, ["delta%"]);
    let q =
        Article::filter(|a| a.author().country().eq("at") & a.editor().country().code().eq("fr"));
    assert_eq!(titles(db, q).await?, ["Alpha"]);
    let rows = Article::objects()
        .order_by(|a| (a.editor().country().name(), a.id()))
        .select(|a| (a.id(), a.editor().country().name()))
        .all(db)
        .await?;
    let n = |t: &str| Some(t.to_owned());
    assert_eq!(
        rows,
        [
            (2, None),
            (3, None),
            (4, n("Austria")),
            (1, n("France")),
            (5, n("France"))
        ]
    );
    Ok(())
}

async fn any_all_none(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Article::objects;
    let rust = |a: QuerySet<Article>| a.filter(|a| a.tags().any(|t| t.name().eq("rust")));
    assert_eq!(titles(db, rust(all())).await?, ["beta", "Alpha", "delta%"]);
    let q = rust(all()).filter(|a| a.tags().any(|t| t.name().eq("db")));
    assert_eq!(titles(db, q).await?, ["Alpha", "delta%"]);
    let q = all().filter(|a| a.tags().none(|t| t.name().eq("rust")));
    assert_eq!(titles(db, q).await?, ["Épsilon", "Gamma_1"]);
    let q = all().filter(|a| a.tags().all(|t| t.name().is_in(["rust", "db"])));
    assert_eq!(
        titles(db, q).await?,
        ["Épsilon", "beta", "Gamma_1", "Alpha"]
    );
    let q = all().filter(|a| a.tags().exists() & !a.tags().any(|t| t.name().eq("db")));
    assert_eq!(titles(db, q).await?, ["beta"]);
    let authors = Author::filter(|a| a.articles().any(|x| x.tags().any(|t| t.name().eq("web"))));
    assert_eq!(authors.select(|a| a.name()).all(db).await?, ["Cid"]);
    let authors = Author::filter(|a| a.articles().all(|x| x.views().gt(5)));
    assert_eq!(authors.select(|a| a.name()).all(db).await?, ["Ann", "Bob"]);
    let authors = Author::filter(|a| a.edited().any(|x| x.author().name().eq("Ann")));
    assert_eq!(authors.select(|a| a.name()).all(db).await?, ["Bob", "Cid"]);
    // NULL in a condition inside: `all` is the complement of "some are not".
    let authors = Author::filter(|a| a.articles().all(|x| x.rating().gt(1.0)));
    assert_eq!(authors.select(|a| a.name()).all(db).await?, ["Ann"]);
    let q = all().filter(|a| a.author().articles().any(|x| x.title().eq("beta")));
    assert_eq!(titles(db, q).await?, ["Épsilon", "beta"]);
    Ok(())
}

async fn filtered_by_counts(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::filter(|a| a.tags().count().gt(1));
    assert_eq!(titles(db, q).await?, ["Alpha", "delta%"]);
    Ok(())
}

async fn counts(db: &Db) -> Result<()> {
    fill(db).await?;
    let rows = Author::objects()
        .select(|a| (a.name(), a.articles().count(), a.edited().count()))
        .all(db)
        .await?;
    let row = |n: &str, a, e| (n.to_owned(), a, e);
    assert_eq!(rows, [row("Ann", 2, 1), row("Bob", 2, 2), row("Cid", 1, 1)]);
    Ok(())
}

async fn with_loads(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = db.statements();
    let all = Article::objects()
        .with(|a| (a.author(), a.editor()))
        .all(db)
        .await?;
    assert_eq!(db.statements() - before, 1);
    let rows: Vec<(&str, &str, Option<&str>)> = all
        .iter()
        .map(|a| {
            let editor = a
                .editor
                .as_ref()
                .map(|e| e.get().expect("loaded").name.as_str());
            (
                a.title.as_str(),
                a.author.get().expect("loaded").name.as_str(),
                editor,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("Épsilon", "Bob", Some("Bob")),
            ("beta", "Bob", None),
            ("Gamma_1", "Ann", Some("Cid")),
            ("Alpha", "Ann", Some("Bob")),
            ("delta%", "Cid", Some("Ann"))
        ]
    );
    Ok(())
}

async fn with_a_path(db: &Db) -> Result<()> {
    fill(db).await?;
    let q = Article::objects()
        .with(|a| (a.author().country(), a.editor().country()))
        .order_by(|a| a.id());
    let all = q.all(db).await?;
    let country = |a: &Author| {
        a.country
            .as_ref()
            .map(|c| c.get().expect("loaded").name.clone())
    };
    let rows: Vec<_> = all
        .iter()
        .map(|a| {
            let author = country(a.author.get().expect("loaded"));
            let editor = a.editor.as_ref().map(|e| country(e.get().expect("loaded")));
            (author, editor)
        })
        .collect();
    let n = |t: &str| Some(t.to_owned());
    assert_eq!(
        rows,
        [
            (n("Austria"), Some(n("France"))),
            (n("France"), None),
            (n("Austria"), Some(None)),
            (None, Some(n("Austria"))),
            (n("France"), Some(n("France")))
        ]
    );
    Ok(())
}

async fn without_with(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 1).await?;
    assert_eq!(*article.author.id(), 1);
    let error = article.author.get().expect_err("not loaded").to_string();
    assert!(
        error.contains("not loaded") && error.contains(".with("),
        "{error}"
    );
    let error = article.tags.get().expect_err("not loaded").to_string();
    assert!(
        error.contains("not loaded") && error.contains(".prefetch("),
        "{error}"
    );
    Ok(())
}

async fn prefetch_many_to_many(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = db.statements();
    let all = Article::objects()
        .order_by(|a| a.id())
        .prefetch(|a| a.tags())
        .all(db)
        .await?;
    assert_eq!(db.statements() - before, 2);
    let tags: Vec<Vec<&str>> = all
        .iter()
        .map(|a| {
            a.tags
                .get()
                .expect("loaded")
                .iter()
                .map(|t| t.name.as_str())
                .collect()
        })
        .collect();
    assert_eq!(
        tags,
        [
            vec!["rust", "db"],
            vec!["rust"],
            vec![],
            vec!["rust", "db", "web"],
            vec![]
        ]
    );
    Ok(())
}

async fn prefetch_reverse(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = db.statements();
    let all = Author::objects()
        .prefetch(|a| (a.articles(), a.edited()))
        .all(db)
        .await?;
    assert_eq!(db.statements() - before, 3);
    let names = |r: &Reverse<Article>| -> Vec<String> {
        r.get()
            .expect("loaded")
            .iter()
            .map(|a| a.title.clone())
            .collect()
    };
    let rows: Vec<_> = all
        .iter()
        .map(|a| (names(&a.articles), names(&a.edited)))
        .collect();
    let v = |t: &[&str]| t.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        rows,
        [
            (v(&["Gamma_1", "Alpha"]), v(&["delta%"])),
            (v(&["Épsilon", "beta"]), v(&["Épsilon", "Alpha"])),
            (v(&["delta%"]), v(&["Gamma_1"]))
        ]
    );
    Ok(())
}

async fn prefetch_nested(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Author::objects()
        .prefetch(|a| {
            a.articles()
                .query(|q| q.with(|x| x.editor()).prefetch(|x| x.tags()))
        })
        .all(db)
        .await?;
    let bob = all[1].articles.get()?;
    assert_eq!(
        bob[0].editor.as_ref().expect("an editor").get()?.name,
        "Bob"
    );
    assert_eq!(bob[1].tags.get()?[0].name, "rust");
    Ok(())
}

async fn prefetch_query(db: &Db) -> Result<()> {
    fill(db).await?;
    let all = Author::objects()
        .prefetch(|a| {
            a.articles().query(|q| {
                q.filter(|x| x.author().country().code().eq("at"))
                    .order_by(|x| x.title())
            })
        })
        .all(db)
        .await?;
    let titles: Vec<Vec<&str>> = all
        .iter()
        .map(|a| {
            a.articles
                .get()
                .expect("loaded")
                .iter()
                .map(|x| x.title.as_str())
                .collect()
        })
        .collect();
    assert_eq!(titles, [vec!["Alpha", "Gamma_1"], vec![], vec![]]);
    Ok(())
}

async fn prefetch_of_nothing(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = db.statements();
    let none = Article::filter(|a| a.id().gt(100))
        .prefetch(|a| a.tags())
        .all(db)
        .await?;
    assert!(none.is_empty());
    assert_eq!(db.statements() - before, 1);
    Ok(())
}

async fn prefetch_many_owners(db: &Db) -> Result<()> {
    fill(db).await?;
    let tags = (100..2600).map(|i| {
        new!(Tag {
            id: i,
            name: format!("t{i}")
        })
    });
    Tag::bulk_create(db, tags).await?;
    let authors = (100..2600).map(|i| {
        new!(Author {
            id: i,
            name: format!("a{i:04}")
        })
    });
    Author::bulk_create(db, authors).await?;
    let articles = (100..2600).map(|i| {
        new!(Article {
            id: i,
            title: "x",
            author: i,
            views: i
        })
    });
    Article::bulk_create(db, articles).await?;
    let all = Author::filter(|a| a.id().gte(100))
        .prefetch(|a| a.articles())
        .all(db)
        .await?;
    assert_eq!(all.len(), 2500);
    assert!(all.iter().all(|a| {
        a.articles
            .get()
            .is_ok_and(|x| x.len() == 1 && x[0].views == a.id.get().unwrap_or(0))
    }));
    Article::get(db, 1)
        .await?
        .tags
        .set(db, 100..2600_i64)
        .await?;
    let one = Article::filter(|a| a.id().eq(1))
        .prefetch(|a| a.tags())
        .get(db)
        .await?;
    assert_eq!(one.tags.get()?.len(), 2500);
    Ok(())
}

async fn one_to_one(db: &Db) -> Result<()> {
    fill(db).await?;
    let ann = Author::get(db, 1).await?;
    Profile::create(
        db,
        new!(Profile {
            author: &ann,
            site: "ann.example"
        }),
    )
    .await?;
    let error = Profile::create(
        db,
        new!(Profile {
            author: 1,
            site: "other"
        }),
    )
    .await
    .expect_err("taken");
    assert!(error.is_unique_violation(), "{error}");
    let profile = Profile::filter(|p| p.author().name().eq("Ann"))
        .with(|p| p.author())
        .get(db)
        .await?;
    assert_eq!(profile.author.get()?.name, "Ann");
    assert_eq!(profile.site, "ann.example");
    assert_eq!(Profile::objects().count(db).await?, 1);
    Ok(())
}

async fn trees(db: &Db) -> Result<()> {
    fill(db).await?;
    for (id, name, parent) in [
        (1, "root", None),
        (2, "left", Some(1)),
        (3, "right", Some(1)),
        (4, "leaf", Some(2)),
    ] {
        Category::create(db, new!(Category { id, name, parent })).await?;
    }
    let names = async |q: QuerySet<Category>| q.select(|c| c.name()).all(db).await;
    assert_eq!(
        names(Category::filter(|c| c.parent().is_null())).await?,
        ["root"]
    );
    assert_eq!(
        names(Category::filter(|c| c.parent().parent().name().eq("root"))).await?,
        ["leaf"]
    );
    assert_eq!(
        names(Category::filter(|c| c.children().exists())).await?,
        ["root", "left"]
    );
    assert_eq!(
        names(Category::filter(|c| c
            .children()
            .any(|x| x.name().eq("leaf"))))
        .await?,
        ["left"]
    );
    let leaf = Category::filter(|c| c.id().eq(4))
        .with(|c| c.parent().parent())
        .get(db)
        .await?;
    let left = leaf.parent.as_ref().expect("a parent").get()?;
    assert_eq!(left.name, "left");
    assert_eq!(left.parent.as_ref().expect("a parent").get()?.name, "root");
    let roots = Category::filter(|c| c.id().eq(1))
        .prefetch(|c| c.children())
        .get(db)
        .await?;
    let children: Vec<&str> = roots
        .children
        .get()?
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(children, ["left", "right"]);
    assert_eq!(
        Category::filter(|c| c.id().eq(1)).delete(db).await?.total,
        4
    );
    assert_eq!(Category::objects().count(db).await?, 0);
    Ok(())
}

async fn text_keys(db: &Db) -> Result<()> {
    fill(db).await?;
    assert_eq!(Country::get(db, "at".to_owned()).await?.name, "Austria");
    let q = Author::filter(|a| a.country().is_in(["at", "fr"]));
    assert_eq!(q.select(|a| a.name()).all(db).await?, ["Ann", "Bob"]);
    let mut france = Country::get(db, "fr".to_owned()).await?;
    france.name = "République".to_owned();
    france.save(db).await?;
    let bob = Author::filter(|a| a.id().eq(2))
        .with(|a| a.country())
        .get(db)
        .await?;
    assert_eq!(bob.country.expect("a country").get()?.name, "République");
    Ok(())
}

async fn setting_relations(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut article = Article::filter(|a| a.id().eq(1))
        .with(|a| a.author())
        .get(db)
        .await?;
    article.author.set(3);
    assert!(!article.author.is_loaded());
    article.editor = None;
    article.save(db).await?;
    let row = Article::filter(|a| a.id().eq(1)).select(|a| (a.author().name(), a.editor().name()));
    assert_eq!(row.get(db).await?, ("Cid".to_owned(), None));
    let bob = Author::get(db, 2).await?;
    Article::filter(|a| a.id().eq(1))
        .update(|a| (a.author().set(&bob), a.editor().set(Some(&bob))))
        .exec(db)
        .await?;
    assert_eq!(
        row.get(db).await?,
        ("Bob".to_owned(), Some("Bob".to_owned()))
    );
    Article::filter(|a| a.id().eq(1))
        .update(|a| a.editor().set(None::<i64>))
        .exec(db)
        .await?;
    assert_eq!(row.get(db).await?, ("Bob".to_owned(), None));
    Ok(())
}

async fn fetch(db: &Db) -> Result<()> {
    fill(db).await?;
    let article = Article::get(db, 1).await?;
    assert_eq!(article.author.fetch(db).await?.name, "Ann");
    let ghost = ForeignKey::<Author>::new(99);
    assert!(ghost.fetch(db).await.is_err_and(|e| e.is_not_found()));
    Ok(())
}

/// Each of two owners has the same two objects: all four copies have their own sets.
async fn prefetch_below_a_shared_object(db: &Db) -> Result<()> {
    tangle::tables(db).await?;
    for id in [1, 2] {
        Knot::create(db, new!(Knot { id: id })).await?;
    }
    for knot in Knot::objects().all(db).await? {
        knot.ties.add(db, [1, 2]).await?;
    }
    let before = db.statements();
    let all = Knot::objects()
        .prefetch(|k| k.ties().query(|q| q.prefetch(|k| k.ties())))
        .all(db)
        .await?;
    assert_eq!(db.statements() - before, 3);
    for tie in all.iter().flat_map(|k| k.ties.get().unwrap_or_default()) {
        let ids: Vec<i64> = tie.ties.get()?.iter().map(|k| k.id).collect();
        assert_eq!(ids, [1, 2]);
    }
    Ok(())
}

async fn prefetch_with_limits_and_paths(db: &Db) -> Result<()> {
    fill(db).await?;
    let some = Article::objects()
        .limit(2)
        .offset(1)
        .with(|a| (a.author(), a.editor().country()))
        .prefetch(|a| a.tags().query(|q| q.order_by(|t| t.name())))
        .order_by(|a| a.id());
    let some = some.all(db).await?;
    assert_eq!(
        (some[0].title.as_str(), some[1].title.as_str()),
        ("beta", "Gamma_1")
    );
    assert!(some[0].editor.is_none());
    assert_eq!(some[1].author.get()?.name, "Ann");
    assert!(some[1].tags.get()?.is_empty());
    let first = Article::objects()
        .order_by(|a| a.id())
        .prefetch(|a| a.tags().query(|q| q.order_by(|t| t.name())));
    let first = first.first(db).await?.expect("there is one");
    let names: Vec<&str> = first.tags.get()?.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["db", "rust"]);
    let authors = Author::objects().prefetch(|a| {
        a.articles().query(|q| {
            q.with(|x| x.editor())
                .exclude(|x| x.editor().name().eq("Cid"))
                .filter(|x| x.author().name().ne("Bob"))
        })
    });
    let mut sizes = Vec::new();
    for author in authors.all(db).await? {
        sizes.push(author.articles.get()?.len());
    }
    assert_eq!(sizes, [1, 0, 1]);
    Ok(())
}

async fn prefetch_so_many_of_each(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = db.statements();
    let query = Author::objects().prefetch(|a| {
        a.articles().query(|q| {
            q.order_by(|x| x.title().desc())
                .with(|x| x.editor())
                .limit(1)
        })
    });
    let mut titles = Vec::new();
    for author in query.all(db).await? {
        for article in author.articles.get()? {
            let editor = article
                .editor
                .as_ref()
                .map(|e| e.get().map(|e| e.name.clone()));
            titles.push((
                author.name.clone(),
                article.title.clone(),
                editor.transpose()?,
            ));
        }
    }
    let row =
        |a: &str, t: &str, e: Option<&str>| (a.to_owned(), t.to_owned(), e.map(str::to_owned));
    assert_eq!(
        titles,
        [
            row("Ann", "Gamma_1", Some("Cid")),
            row("Bob", "Épsilon", Some("Bob")),
            row("Cid", "delta%", Some("Ann"))
        ]
    );
    assert_eq!(db.statements() - before, 2);
    let second = Author::objects().prefetch(|a| a.articles().query(|q| q.offset(1).limit(5)));
    let sizes = async |q: QuerySet<Author>| -> Result<Vec<usize>> {
        let all = q.all(db).await?;
        all.iter().map(|a| Ok(a.articles.get()?.len())).collect()
    };
    assert_eq!(sizes(second).await?, [1, 1, 0]);
    let rest = Author::objects().prefetch(|a| a.articles().query(|q| q.offset(1)));
    assert_eq!(sizes(rest).await?, [1, 1, 0]);
    let none = Author::objects().prefetch(|a| a.articles().query(|q| q.limit(0)));
    assert_eq!(sizes(none).await?, [0, 0, 0]);
    Ok(())
}

async fn prefetch_so_many_pairs_of_each(db: &Db) -> Result<()> {
    fill(db).await?;
    let query = Article::objects()
        .order_by(|a| a.id())
        .prefetch(|a| a.tags().query(|q| q.order_by(|t| t.name()).limit(2)));
    let mut names = Vec::new();
    for article in query.all(db).await? {
        let tags: Vec<&str> = article
            .tags
            .get()?
            .iter()
            .map(|t| t.name.as_str())
            .collect();
        names.push(tags.join(" "));
    }
    assert_eq!(names, ["db rust", "rust", "", "db rust", ""]);
    Ok(())
}

async fn prefetch_to_one(db: &Db) -> Result<()> {
    fill(db).await?;
    let before = db.statements();
    let all = Article::objects()
        .order_by(|a| a.id())
        .prefetch(|a| {
            (
                a.author()
                    .query(|q| q.with(|x| x.country()).prefetch(|x| x.edited())),
                a.editor(),
            )
        })
        .all(db)
        .await?;
    assert_eq!(db.statements() - before, 4);
    let author = all[0].author.get()?;
    assert_eq!(author.country.as_ref().expect("one").get()?.name, "Austria");
    assert_eq!(author.edited.get()?[0].title, "delta%");
    let editors: Vec<Option<&str>> = all
        .iter()
        .map(|a| {
            a.editor
                .as_ref()
                .map(|e| e.get().expect("loaded").name.as_str())
        })
        .collect();
    assert_eq!(
        editors,
        [Some("Bob"), None, Some("Cid"), Some("Ann"), Some("Bob")]
    );
    // What the query leaves out is not loaded.
    let some = Article::objects()
        .order_by(|a| a.id())
        .prefetch(|a| a.author().query(|q| q.filter(|x| x.name().eq("Ann"))));
    let loaded: Vec<bool> = some
        .all(db)
        .await?
        .iter()
        .map(|a| a.author.is_loaded())
        .collect();
    assert_eq!(loaded, [true, false, true, false, false]);
    Ok(())
}

async fn prefetch_objects_at_hand(db: &Db) -> Result<()> {
    fill(db).await?;
    let mut all = Article::objects().order_by(|a| a.id()).all(db).await?;
    let before = db.statements();
    orm::prefetch_objects(db, &mut all, |a| {
        (a.author(), a.tags().query(|q| q.limit(1)))
    })
    .await?;
    assert_eq!(db.statements() - before, 2);
    assert_eq!(all[1].author.get()?.name, "Bob");
    assert_eq!(all[3].tags.get()?.len(), 1);
    orm::prefetch_objects(db, &mut all[..1], |a| a.tags()).await?;
    assert_eq!(all[0].tags.get()?.len(), 2);
    let before = db.statements();
    orm::prefetch_objects(db, &mut all[..0], |a| a.tags()).await?;
    assert_eq!(db.statements() - before, 0);
    Ok(())
}

/// Three levels below the query, with many rows on each: one statement for each level.
async fn one_statement_for_each_level(db: &Db) -> Result<()> {
    press::tables(db).await?;
    press::fill(db, 1500).await?;
    let remark = |i: i64| {
        new!(Remark {
            story: 1 + i % 3000,
            text: "second"
        })
    };
    Remark::bulk_create(db, (0..3000).map(remark)).await?;
    let before = db.statements();
    let writers = Writer::objects()
        .prefetch(|w| {
            w.stories().query(|q| {
                q.prefetch(|s| {
                    s.remarks().query(|q| {
                        q.order_by(|r| r.id().desc())
                            .prefetch(|r| r.story().query(|q| q.prefetch(|s| s.topics())))
                    })
                })
            })
        })
        .all(db)
        .await?;
    assert_eq!(db.statements() - before, 5);
    let mut seen = 0;
    for story in writers
        .iter()
        .flat_map(|w| w.stories.get().unwrap_or_default())
    {
        let [second, first] = story.remarks.get()? else {
            panic!("two remarks");
        };
        assert_eq!(second.text, "second");
        assert_eq!(first.story.get()?.topics.get()?.len(), 2);
        seen += 1;
    }
    assert_eq!(seen, 3000);
    assert_eq!(Story::objects().count(db).await?, 3000);
    Ok(())
}

async fn with_three_levels(db: &Db) -> Result<()> {
    fill(db).await?;
    for (id, parent) in [
        (1, None),
        (2, Some(1)),
        (3, Some(2)),
        (4, Some(3)),
        (5, Some(4)),
    ] {
        Category::create(
            db,
            new!(Category {
                id,
                name: format!("c{id}"),
                parent
            }),
        )
        .await?;
    }
    let before = db.statements();
    let leaf = Category::filter(|c| c.id().eq(5))
        .with(|c| c.parent().parent().parent().parent())
        .get(db)
        .await?;
    assert_eq!(db.statements() - before, 1);
    let mut names = Vec::new();
    let mut at = &leaf;
    while let Some(parent) = &at.parent {
        at = parent.get()?;
        names.push(at.name.as_str());
    }
    assert_eq!(names, ["c4", "c3", "c2", "c1"]);
    Ok(())
}

async fn prefetch_of_others(db: &Db) -> Result<()> {
    fill(db).await?;
    let below = Article::objects().prefetch(|a| a.author().articles());
    let error = below
        .all(db)
        .await
        .expect_err("not the article's own")
        .to_string();
    assert!(error.contains("prefetch"), "{error}");
    let below = Article::objects().prefetch(|a| a.author().country());
    assert!(matches!(below.all(db).await, Err(Error::Usage(_))));
    let cut = Article::objects().prefetch(|a| a.author().query(|q| q.limit(1)));
    assert!(matches!(cut.all(db).await, Err(Error::Usage(_))));
    Ok(())
}
