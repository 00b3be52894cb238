//! The programs of docs/queries.md: they compile, run, and are what it shows.
#![allow(missing_docs, reason = "the guide says what its models are")]

use orm::query::{concat, exists, outer, row_number, scalar, tuple, value, when, window};

include!("../../orm/doctest/blog.rs");

#[rustfmt::skip]
async fn get_one(db: Db) -> Result<()> {
    // guide: block
let hello = Article::get(&db, 1).await?;
assert_eq!(hello.title, "Hello");
let kettles = Article::objects().filter(|a| a.title().eq("Kettles")).get(&db).await?;
assert!(Article::get(&db, 99).await.is_err_and(|e| e.is_not_found()));
let most_read = Article::objects().order_by(|a| a.views().desc()).first(&db).await?;
assert_eq!(most_read.map(|a| a.title).as_deref(), Some("Hello"));
let found = Article::objects().in_bulk(&db, [1, 3, 99]).await?; // by key
assert_eq!((found.len(), &found[&3].title), (2, &kettles.title));
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn filter_exclude_order_slice(db: Db) -> Result<()> {
    // guide: block
let articles = Article::objects()
    .filter(|a| a.views().between(5, 200) & (a.title().startswith("H") | a.views().lt(10)))
    .exclude(|a| a.author().name().icontains("zo"))
    .order_by(|a| a.views().desc())
    .limit(10)
    .all(&db)
    .await?;
assert_eq!(articles.len(), 2);
    // guide: end
    // guide: block
// A search form: a field that is empty asks for nothing.
let (title, least) = (None::<&str>, Some(50));
let found = Article::objects()
    .filter_some(title, |a, t| a.title().contains(t))
    .filter_some(least, |a, n| a.views().gte(n));
assert_eq!(found.count(&db).await?, 2);
    // guide: end
    // guide: block
// Several columns together, as the key of a model with a key of several columns.
let behind = Article::objects()
    .filter(|a| tuple((a.author_id(), a.views())).gt((1, 80)))
    .filter(|a| tuple((a.author_id(), a.title())).is_in([(1, "Hello"), (2, "Kettles")]));
assert_eq!(behind.count(&db).await?, 2);
// Among the rows of another query.
let known = Article::objects().select(|a| (a.author_id(), a.title()));
let among = Article::filter(|a| tuple((a.author_id(), a.title())).is_among(&known));
assert_eq!(among.count(&db).await?, Article::objects().count(&db).await?);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn relations(db: Db) -> Result<()> {
    // guide: block
let rust = Article::objects()
    .filter(|a| a.tags().any(|t| t.name().eq("rust")))
    .with(|a| (a.author(), a.editor()))
    .prefetch(|a| a.tags())
    .order_by(|a| a.id())
    .all(&db)
    .await?;
assert_eq!(rust[0].author.get()?.name, "Ann");
let editors: Vec<(String, Option<String>)> = Article::objects()
    .order_by(|a| a.id())
    .select(|a| (a.title(), a.editor().name()))
    .all(&db)
    .await?;
assert_eq!(editors[0].1.as_deref(), Some("Bo"));
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn values_and_expressions(db: Db) -> Result<()> {
    // guide: block
let lines = Article::objects()
    .order_by(|a| a.views())
    .select(|a| {
        let read = when(a.views().gt(100), "much").when(a.views().gt(10), "some");
        (a.title().upper(), a.views() * 2, read.otherwise("little"))
    })
    .all(&db)
    .await?;
assert_eq!(lines[0], ("KETTLES".to_owned(), 14, "little".to_owned()));
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn aggregates_and_groups(db: Db) -> Result<()> {
    // guide: block
let (all, read) = Article::objects()
    .aggregate(|a| (count(), count().filter(a.views().gt(50))))
    .get(&db)
    .await?;
assert_eq!((all, read), (3, 2));
let stats: Vec<(String, i64, Option<f64>)> = Article::objects()
    .group_by(|a| a.author().name())
    .having(|a| a.views().sum().gt(10))
    .aggregate(|a| (count(), a.views().avg()))
    .all(&db)
    .await?;
assert_eq!(stats, [("Ann".into(), 2, Some(100.0))]);
    // guide: end
    // guide: block
// A query is a table too: how many authors have written how many articles.
let spread = Article::objects()
    .group_by(|a| a.author_id())
    .aggregate(|_| count())
    .as_table()
    .group_by(|(_, n)| n)
    .aggregate(|_| count())
    .all(&db)
    .await?;
assert_eq!(spread, [(1, 1), (2, 1)]);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn named_tables(db: Db) -> Result<()> {
    // guide: block
let written = Article::objects()
    .group_by(|a| a.author_id())
    .aggregate(|_| count())
    .as_table()
    .named("written");
// Pairs of authors of whom the second has written more.
let pairs = written
    .clone()
    .join(written, |((_, n), (_, more))| n.lt(more))
    .select(|((less, _), (more, _))| (less, more))
    .all(&db)
    .await?;
assert_eq!(pairs, [(2, 1)]);
    // guide: end
    // guide: block
#[derive(Model, Debug, Clone)]
#[model(app = "shop")]
struct Category {
    #[field(primary_key)]
    id: i64,
    parent: Option<ForeignKey<Category>>,
    #[field(max_length = 20)]
    name: String,
}
orm::create_tables(&db, &[Category::META]).await?;
for (id, parent, name) in [(1, None, "food"), (2, Some(1), "tea"), (3, Some(2), "green"), (4, None, "toys")] {
    Category::create(&db, new!(Category { id, parent, name })).await?;
}
let tree = Category::objects()
    .filter(|c| c.name().eq("food"))
    .select(|c| (c.id(), c.name(), value(0_i64)))
    .as_table()
    .recursive("tree", 20, |found| {
        Category::objects()
            .join(found, |(c, (id, _, _))| c.parent_id().eq(id))
            .select(|(c, (_, path, depth))| (c.id(), concat(path, concat("/", c.name())), depth + 1))
    });
let paths = tree.clone().order_by(|(_, path, _)| path).select(|(_, path, depth)| (path, depth)).all(&db).await?;
assert_eq!(paths, [("food".to_owned(), 0), ("food/tea".to_owned(), 1), ("food/tea/green".to_owned(), 2)]);
let within = Category::objects().filter(|c| c.id().is_among(&tree.clone().select(|(id, _, _)| id)));
assert_eq!(within.count(&db).await?, 3);
    // guide: end
    // guide: block
// All that hangs together with one, up and down.
let family = Category::objects()
    .filter(|c| c.name().eq("green"))
    .select(|c| (c.id(), c.parent_id()))
    .as_table()
    .recursive_distinct("family", 20, |found| {
        found
            .join(Category::objects(), |((id, parent), c)| c.id().eq(parent) | c.parent_id().eq(id))
            .select(|(_, c)| (c.id(), c.parent_id()))
    });
assert_eq!(family.select(|(id, _)| id).all(&db).await?, [1, 2, 3]);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn annotate(db: Db) -> Result<()> {
    // guide: block
let authors = Author::objects().annotate(|a| a.articles().count()).all(&db).await?;
let (ann, articles) = &authors[0];
assert_eq!((ann.name.as_str(), *articles), ("Ann", 2));
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn subqueries(db: Db) -> Result<()> {
    // guide: block
let most_read = Article::objects().filter(|a| {
    !exists(Article::objects().filter(|x| {
        x.author_id().eq(outer(a.author_id())) & x.views().gt(outer(a.views()))
    }))
});
assert_eq!(most_read.count(&db).await?, 2);
let above = Article::objects().filter(|a| {
    let mean = Article::objects()
        .filter(|x| x.author_id().eq(outer(a.author_id())))
        .aggregate(|x| x.views().avg());
    a.views().cast::<f64>().gt(scalar(mean))
});
assert_eq!(above.all(&db).await?[0].title, "Hello");
let top = Article::objects().order_by(|a| a.views().desc()).limit(2);
let among = Article::objects().filter(|a| a.id().is_among(&top));
assert_eq!(among.count(&db).await?, 2);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn joins_by_conditions(db: Db) -> Result<()> {
    // guide: block
let pairs = Tag::objects()
    .join(Author::objects(), |(t, a)| t.id().eq(a.id()))
    .select(|(t, a)| (t.name(), a.name()))
    .all(&db)
    .await?;
assert_eq!(pairs[0], ("rust".to_owned(), "Ann".to_owned()));
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn set_operations(db: Db) -> Result<()> {
    // guide: block
let ann = Article::objects().filter(|a| a.author().name().eq("Ann"));
let read = Article::objects().filter(|a| a.views().gt(100));
assert_eq!(ann.union(&read).all(&db).await?.len(), 2);
assert_eq!(ann.intersection(&read).all(&db).await?[0].title, "Hello");
assert_eq!(ann.difference(&read).all(&db).await?[0].title, "Borrowing");
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn windows(db: Db) -> Result<()> {
    // guide: block
let ranks = Article::objects()
    .order_by(|a| a.id())
    .select(|a| {
        let by_author = window().partition_by(a.author_id()).order_by(a.views().desc());
        (a.title(), row_number().over(by_author.clone()), a.views().sum().over(by_author))
    })
    .all(&db)
    .await?;
assert_eq!(ranks[1], ("Borrowing".into(), 2, Some(200)));
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn vectors(db: Db) -> Result<()> {
    // guide: block
use orm::query::Nearest;

#[derive(Model, Debug, Clone)]
#[model(
    app = "guide",
    index(fields(look), kind = "vector", index_type = "ivf_pqfs", metric_type = "dot_product", nlist = 128)
)]
pub struct Picture {
    #[field(primary_key)]
    pub id: i64,
    pub look: Vector<3>,
}
orm::create_tables(&db, &[Picture::META]).await?;
for (id, look) in [(1, [1.0, 0.0, 0.0]), (2, [0.6, 0.8, 0.0]), (3, [0.0, 0.0, 1.0])] {
    Picture::create(&db, new!(Picture { id, look: Vector::from(look) })).await?;
}
let wanted = Vector::from([0.8, 0.6, 0.0]);
// Each vector is compared.
let near = Picture::objects()
    .filter(|p| p.look().dot_product(&wanted).gt(0.5))
    .order_by(|p| p.look().euclidean_distance(&wanted));
assert_eq!(near.select(|p| p.id()).all(&db).await?, [2, 1]);
// The index finds a hundred, of which ten come back in the order of their product and their key.
let nearest = Picture::objects()
    .order_by(|p| p.look().nearest(&wanted, Nearest::dot_product().candidates(100).nprobe(16)))
    .select(|p| (p.id(), p.look().dot_product(&wanted)))
    .limit(10);
assert_eq!(nearest.all(&db).await?[0].0, 2);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn full_text(db: Db) -> Result<()> {
    // guide: block
use orm::query::{TextQuery, match_against, match_fields};

#[derive(Model, Debug, Clone)]
#[model(app = "guide", index(fields(title, body), kind = "fulltext"))]
pub struct Note {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub title: String,
    pub body: String,
}
#[derive(Model, Debug, Clone)]
#[model(app = "guide", index(fields(title, body), kind = "fulltext", version = 2))]
pub struct Page {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub title: String,
    pub body: String,
}
// SingleStore, MySQL, MariaDB: any of the words in the columns of the index.
let notes = Note::filter(|n| match_against((n.title(), n.body()), "green tea"))
    .order_by(|n| match_against((n.title(), n.body()), "green tea").score().desc());
assert!(notes.to_sql(&orm::dialect::MariaDb)?.text.contains("AGAINST"));
// SingleStore, with an index of version 2: by fields, phrases, near words, beginnings, wrong letters.
let pages = Page::filter(|p| {
    let tea = TextQuery::any_word(p.title(), "green tea") | TextQuery::phrase(p.body(), "tea pot");
    match_fields(tea.without(TextQuery::fuzzy(p.body(), "coffee", 1)))
});
assert!(pages.to_sql(&orm::dialect::SingleStore)?.text.contains("MATCH (TABLE t0) AGAINST (?)"));
// SQLite has no such search, and says so before anything is sent.
assert!(pages.all(&db).await.is_err() && notes.all(&db).await.is_err());
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn write(db: Db) -> Result<()> {
    // guide: block
Tag::create(&db, new!(Tag { name: "jazz" })).await?;
Tag::bulk_create(&db, ["folk", "soul"].map(|name| new!(Tag { name }))).await?;
let read = Article::objects().filter(|a| a.author_id().eq(1));
read.update(|a| a.views().set(a.views() + 1)).exec(&db).await?;
assert_eq!(Article::get(&db, 1).await?.views, 121);
Tag::objects().filter(|t| t.name().eq("jazz")).delete(&db).await?;
let mut articles = Article::objects().order_by(|a| a.id()).all(&db).await?;
for article in &mut articles {
    article.views += 1;
}
Article::bulk_update(&db, &mut articles, |a| a.views()).await?;
assert_eq!(Article::get(&db, 1).await?.views, 122);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn upserts(db: Db) -> Result<()> {
    // guide: block
let (tag, created) = Tag::get_or_create(&db, new!(Tag { name: "jazz" }), |t| t.name()).await?;
let (same, again) = Tag::get_or_create(&db, new!(Tag { name: "jazz" }), |t| t.name()).await?;
assert_eq!((created, again, tag.id), (true, false, same.id));
let new = new!(Author { id: 1, name: "Anna" });
let (ann, created) = Author::update_or_create(&db, new, |a| a.id()).await?;
assert_eq!((ann.name.as_str(), created), ("Anna", false));
let names = ["tea", "new"]; // "tea" is there
Tag::bulk_create_ignore_conflicts(&db, names.map(|name| new!(Tag { name }))).await?;
let mut articles = Article::objects().order_by(|a| a.id()).all(&db).await?;
articles[0].views = 5000;
let only = articles.into_iter().take(1);
Article::bulk_create_update_conflicts(&db, only, |a| a.id(), |a| a.views()).await?;
assert_eq!(Article::get(&db, 1).await?.views, 5000);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn streams(db: Db) -> Result<()> {
    // guide: block
let mut rows = Article::objects().order_by(|a| a.views()).stream(&db).await?;
let mut views = 0;
while let Some(article) = rows.next().await? {
    views += article.views;
}
assert_eq!(views, 207);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn locks(db: Db) -> Result<()> {
    // guide: block
let tx = db.begin().await?;
let tea = Tag::objects().filter(|t| t.name().eq("tea")).for_update();
assert_eq!(tea.get(&tx).await?.name, "tea");
tx.commit().await?;
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn raw_pieces(db: Db) -> Result<()> {
    // guide: block
let even = Article::objects().filter_raw("views % {} = 0", (10,));
assert_eq!(even.count(&db).await?, 2);
let rows = raw::<(String, i64)>(
    "SELECT title, views FROM blog_article WHERE views > {} ORDER BY id",
    (100,),
);
assert_eq!(rows.all(&db).await?, [("Hello".into(), 120)]);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn own_functions(db: Db) -> Result<()> {
    // guide: block
orm::sql_function!(fn quoted(text: String) -> String = "quote");
let quoted = Article::objects()
    .filter(|a| quoted(a.title()).eq("'Hello'"))
    .select(|a| quoted(a.title()))
    .all(&db)
    .await?;
assert_eq!(quoted, [Some("'Hello'".to_owned())]);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn shapes_of_statements(db: Db) -> Result<()> {
    // guide: block
let before = db.shapes();
for n in 1..=100 {
    Article::objects().filter(|a| a.id().is_in(0..n)).all(&db).await?;
}
assert_eq!(db.shapes() - before, 8);
    // guide: end
    Ok(())
}

macro_rules! runs {
    ($($name:ident),* $(,)?) => {
        mod runs {$(
            #[test]
            fn $name() {
                super::run(super::$name).expect("runs");
            }
        )*}
    };
}

runs! {
    get_one,
    filter_exclude_order_slice,
    relations,
    values_and_expressions,
    aggregates_and_groups,
    named_tables,
    annotate,
    subqueries,
    joins_by_conditions,
    set_operations,
    windows,
    vectors,
    full_text,
    write,
    upserts,
    streams,
    locks,
    raw_pieces,
    own_functions,
    shapes_of_statements,
}

#[test]
fn the_guide_shows_them() {
    let guide = include_str!("../../docs/queries.md");
    let shown = guide.split("```rust\n").skip(1);
    let mut shown = shown.map(|block| block.split("```").next().unwrap_or_default());
    let (source, _) = include_str!("queries_guide.rs")
        .split_once("macro_rules!")
        .expect("the programs come first");
    for part in source.split("    // guide: block\n").skip(1) {
        let code = part.split("    // guide: end").next();
        assert_eq!(shown.next(), code);
    }
    assert_eq!(shown.next(), None, "a block that is not compiled");
}
