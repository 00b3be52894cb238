//! The Rust of `docs/coming-from-django.md`: it compiles, runs, and is what the page shows.
#![allow(missing_docs, reason = "the page says what its models are")]

// doc: models
use orm::DbType;
use orm::prelude::*;

#[derive(DbType, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Draft,
    Live,
}

#[derive(Model, Debug, Clone)]
#[model(ordering(name))]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
    #[field(max_length = 200, unique)]
    pub email: Option<String>,
    #[field(by = "author")]
    pub articles: Reverse<Article>,
}

#[derive(Model, Debug, Clone)]
pub struct Tag {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50, unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(ordering(-published_at), index(fields(author, published_at)))]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 200)]
    pub title: String,
    #[field(max_length = 20, default = "draft")]
    pub status: Status,
    #[field(on_delete = "cascade")]
    pub author: ForeignKey<Author>,
    #[field(on_delete = "set_null")]
    pub editor: Option<ForeignKey<Author>>,
    pub tags: ManyToMany<Tag>,
    #[field(default = 0)]
    pub views: i64,
    #[field(auto_now_add)]
    pub published_at: DateTime<Utc>,
}
// doc: end

mod bases {
    use orm::prelude::*;

    // doc: bases
    #[derive(Model, Debug, Clone)]
    #[model(abstract)]
    pub struct Stamps {
        #[field(auto_now_add)]
        pub made_at: DateTime<Utc>,
        #[field(auto_now)]
        pub changed_at: DateTime<Utc>,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Comment {
        #[field(primary_key)]
        pub id: Auto<i64>,
        pub text: String,
        #[field(flatten)]
        pub stamps: Stamps,
    }
    // doc: end
}

// doc: managers
pub trait Articles {
    #[must_use]
    fn live(self) -> Self;
}

impl Articles for QuerySet<Article> {
    fn live(self) -> Self {
        self.filter(|a| a.status().eq(Status::Live))
    }
}
// doc: end

#[rustfmt::skip]
async fn queries(db: &Db) -> Result<()> {
    // doc: querysets
// Article.objects.filter(author__name__icontains="ann").exclude(editor=None)
let found = Article::objects()
    .filter(|a| a.author().name().icontains("ann"))
    .exclude(|a| a.editor().is_null())
    .all(db)
    .await?;

// Article.objects.filter(Q(views__gt=100) | Q(status="live")).order_by("-views", "title")[:20]
let popular = Article::objects()
    .filter(|a| a.views().gt(100) | a.status().eq(Status::Live))
    .order_by(|a| (a.views().desc(), a.title()))
    .limit(20)
    .all(db)
    .await?;

// Article.objects.values_list("title", "author__name")
let titles: Vec<(String, String)> = Article::objects()
    .select(|a| (a.title(), a.author().name()))
    .all(db)
    .await?;

// Author.objects.filter(articles__tags__name="rust").distinct()
let rustaceans = Author::objects()
    .filter(|a| a.articles().any(|x| x.tags().any(|t| t.name().eq("rust"))))
    .all(db)
    .await?;

// Author.objects.annotate(n=Count("articles"))
let counted: Vec<(Author, i64)> = Author::objects()
    .annotate(|a| a.articles().count())
    .all(db)
    .await?;

// Article.objects.values("author__name").annotate(n=Count("*"), v=Avg("views")).filter(n__gt=1)
let stats: Vec<(String, i64, Option<f64>)> = Article::objects()
    .group_by(|a| a.author().name())
    .having(|a| a.id().count().gt(1))
    .aggregate(|a| (count(), a.views().avg()))
    .all(db)
    .await?;

// The manager's own: Article.objects.live()
let live = Article::objects().live().count(db).await?;
    // doc: end
    assert_eq!((found.len(), popular.len(), titles.len()), (1, 2, 3));
    assert_eq!((rustaceans.len(), live), (1, 1));
    assert_eq!(counted[0].1, 2);
    assert_eq!(stats, [("Ann".to_owned(), 2, Some(100.0))]);
    Ok(())
}

#[rustfmt::skip]
async fn loading(db: &Db) -> Result<()> {
    // doc: loading
// Article.objects.select_related("author", "editor").prefetch_related("tags")
let articles = Article::objects()
    .with(|a| (a.author(), a.editor()))
    .prefetch(|a| a.tags())
    .all(db)
    .await?;
for article in &articles {
    let _name = &article.author.get()?.name;        // loaded, or an error that says what to add
    let _tags = article.tags.get()?.len();
}

// article.author, a query hidden behind an attribute in Django
let article = Article::get(db, 1).await?;
let author = article.author.fetch(db).await?;       // here it is one to see
let _key = article.author.id();                     // and the key needs none
    // doc: end
    assert_eq!(author.name, "Ann");
    Ok(())
}

#[rustfmt::skip]
async fn writing(db: &Db) -> Result<()> {
    // doc: writing
// Author.objects.create(name="Ann")
let zoe = Author::create(db, new!(Author { name: "Zoe" })).await?;

// article = Article(title="…", author=zoe); article.save()
let mut article = Article::create(db, new!(Article { title: "Hello", author: &zoe })).await?;
article.title = "Hello, world".to_owned();
article.save(db).await?;                            // all columns; `save_changed` those that differ

// Article.objects.filter(author=zoe).update(views=F("views") + 1)
Article::objects()
    .filter(|a| a.author().is(&zoe))
    .update(|a| a.views().set(a.views() + 1))
    .exec(db)
    .await?;

// Author.objects.get_or_create(email="zoe@example.org", defaults={"name": "Zoe"})
let (_author, _created) = Author::get_or_create(
    db,
    new!(Author { name: "Zoe", email: "zoe@example.org" }),
    |a| a.email(),
)
.await?;

// Tag.objects.bulk_create([Tag(name="a"), Tag(name="b")])
Tag::bulk_create(db, [new!(Tag { name: "a" }), new!(Tag { name: "b" })]).await?;

// article.tags.set([1, 2]); article.tags.clear()
article.tags.set(db, [1, 2]).await?;
article.tags.clear(db).await?;

// Article.objects.filter(author=zoe).delete()
let deleted = Article::objects().filter(|a| a.author().is(&zoe)).delete(db).await?;
    // doc: end
    assert_eq!(deleted.total, 1);
    Ok(())
}

#[rustfmt::skip]
async fn transactions(db: &Db) -> Result<()> {
    // doc: transactions
db.atomic(|tx| async move {
    let article = Article::objects().filter(|a| a.id().eq(1)).for_update().get(&tx).await?;
    article.update(&tx, |a| a.views().set(a.views() + 1)).await?;
    tx.on_commit(|| async { /* send the mail */ })?;
    Ok::<_, Error>(())
})
.await?;
    // doc: end
    Ok(())
}

#[rustfmt::skip]
#[expect(clippy::print_stdout, reason = "in place of a log")]
mod signals {
    use super::{Article, Db, Record, Result};

    // doc: signals
    use orm::model::AnyModel;
    use orm::signals::{PostSave, PreSave};

    // @receiver(pre_save, sender=Article)
    // def tidy(sender, instance, **kwargs): instance.title = instance.title.strip()
    async fn tidy(event: PreSave<'_, Article>) -> Result<()> {
        event.object.title = event.object.title.trim().to_owned();
        Ok(())
    }

    // post_save.connect(audit, dispatch_uid="audit")
    async fn audit(event: PostSave<'_, dyn AnyModel>) -> Result<()> {
        let line = format!("{} {:?}", event.object.meta().name, event.object.key_values());
        event.tx.on_commit(move || async move { println!("{line}") })?;
        Ok(())
    }

    fn connect(db: &Db) {
        db.signals().of::<Article>().pre_save("tidy", tidy);
        db.signals().of_all().post_save("audit", audit);
    }
    // doc: end

    pub(super) async fn shown(db: &Db) -> Result<()> {
        connect(db);
        let mut article = Article::get(db, 1).await?;
        article.title = "  One ".to_owned();
        article.save(db).await?;
        assert_eq!(article.title, "One");
        Ok(())
    }
}

async fn fill(db: &Db) -> Result<()> {
    let ann = Author::create(db, new!(Author { name: "Ann" })).await?;
    let bo = Author::create(db, new!(Author { name: "Bo" })).await?;
    let rust = Tag::create(db, new!(Tag { name: "rust" })).await?;
    for (title, author, editor, views, status) in [
        ("One", &ann, Some(&bo), 120, Status::Draft),
        ("Two", &ann, None, 80, Status::Live),
        ("Three", &bo, None, 7, Status::Draft),
    ] {
        let new = new!(Article {
            title,
            author,
            editor,
            views,
            status
        });
        let article = Article::create(db, new).await?;
        if views > 100 {
            article.tags.add(db, [&rust]).await?;
        }
    }
    Ok(())
}

// doc: tests
use orm::testing::TestDatabase;

#[tokio::test]
async fn two_statements_whatever_the_number_of_authors() -> Result<()> {
    let db = TestDatabase::in_memory()
        .fixtures(["tests/data/authors.json"])
        .with_models(&[Article::META])
        .await?;
    let authors = orm::assert_queries!(db, 2, {
        Author::objects()
            .prefetch(|a| a.articles())
            .all(&*db)
            .await?
    });
    assert_eq!(authors.len(), 1);
    Ok(())
}
// doc: end

#[tokio::test]
async fn files_are_loaded_into_test_databases() -> Result<()> {
    let rows = ["tests/data/authors.json"];
    let made = TestDatabase::in_memory().fixtures(rows);
    for _ in 0..2 {
        let db = made.with_models(&[Article::META]).await?;
        let ann = Author::objects().filter(|a| a.name().eq("Ann"));
        assert_eq!(ann.get(&*db).await?.id.get(), Some(7));
        assert_eq!(Tag::objects().count(&*db).await?, 1);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("articles.json");
    let record = r#"{"model": "suite.article", "fields": {"title": "x", "author": 8, "published_at": "2024-02-29T00:00:00Z"}}"#;
    std::fs::write(&other, record).expect("is written");
    // Together, in one transaction: what one refers to may stand in another.
    let dangling = made.clone().fixtures([&other]);
    let error = dangling.with_models(&[Article::META]).await;
    let error = error.expect_err("no author has that key").to_string();
    assert!(error.contains("D001"), "{error}");
    let missing = made.clone().fixtures([folder.path().join("none.json")]);
    let error = missing.with_models(&[Article::META]).await;
    let error = error.expect_err("there is no such file").to_string();
    assert!(error.ends_with("none.json"), "{error}");
    Ok(())
}

#[tokio::test]
async fn it_runs() -> Result<()> {
    let db = Db::connect("sqlite::memory:").await?;
    orm::create_tables(&db, &[Article::META, bases::Comment::META]).await?;
    fill(&db).await?;
    queries(&db).await?;
    loading(&db).await?;
    transactions(&db).await?;
    signals::shown(&db).await?;
    writing(&db).await
}

#[test]
fn the_page_shows_it() {
    let page = include_str!("../../docs/coming-from-django.md");
    let mut shown = page.split("```rust\n").skip(1).map(|block| {
        let end = block.find("```").expect("the block ends");
        block[..end].trim_end()
    });
    let source = include_str!("coming_from_django.rs");
    let mark = "// doc: ";
    let own = source
        .lines()
        .filter(|line| line.trim_start().starts_with(mark))
        .count();
    assert_eq!(own % 2, 0, "a part without an end");
    let mut parts = 0;
    let mut open: Option<(String, String)> = None;
    for line in source.lines() {
        match (line.trim_start().strip_prefix(mark), &mut open) {
            (Some("end"), _) => {
                let (name, code) = open.take().expect("a part");
                let code = without_indent(&code);
                assert_eq!(shown.next(), Some(code.trim_end()), "{name}");
                parts += 1;
            }
            (Some(name), _) => open = Some((name.to_owned(), String::new())),
            (None, Some((_, code))) => {
                code.push_str(line);
                code.push('\n');
            }
            (None, None) => {}
        }
    }
    assert_eq!(parts, own / 2);
    assert_eq!(shown.next(), None, "a block that is not compiled");
}

/// The code as it would stand outside of a module.
fn without_indent(code: &str) -> String {
    let indented = |line: &str| line.is_empty() || line.starts_with("    ");
    if !code.lines().all(indented) {
        return code.to_owned();
    }
    let lines = code
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}
