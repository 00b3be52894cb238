//! The programs of docs/queries.md: they compile, run, and are what it shows.
#![allow(missing_docs, reason = "the guide says what its models are")]

use orm::query::{
    Bound, Hint, Unit, concat, days, exists, json_object, months, outer, random, row_number,
    scalar, tuple, value, when, window,
};

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
// Texts: `contains` and its like take what visitors type literally, `like` and `regex` take patterns.
let found = Article::objects()
    .filter(|a| a.title().istartswith("he") | a.title().iexact("KETTLES"))
    .filter(|a| a.title().regex("^[A-Z][a-z]+$") & !a.title().like("B%"));
assert_eq!(found.count(&db).await?, 2);
// The object at hand, its key, or a list of keys.
let ann = Author::filter(|a| a.name().eq("Ann")).get(&db).await?;
assert_eq!(Article::filter(|a| a.author().is(&ann)).count(&db).await?, 2);
assert_eq!(Article::filter(|a| a.author_id().eq(ann.id)).count(&db).await?, 2);
assert_eq!(Article::filter(|a| a.author().is_in([1, 2])).count(&db).await?, 3);
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
async fn order(db: Db) -> Result<()> {
    // guide: block
let by = Article::objects().order_by(|a| (a.editor().name().asc().nulls_last(), a.views().desc()));
let titles = by.clone().select(|a| a.title()).all(&db).await?;
assert_eq!(titles, ["Hello", "Borrowing", "Kettles"]);
assert_eq!(by.last(&db).await?.map(|a| a.title).as_deref(), Some("Kettles"));
assert_eq!(Article::objects().earliest(&db, |a| a.views()).await?.title, "Kettles");
let any = Article::objects().order_by(|_| random()).first(&db).await?; // another each time
assert!(any.is_some());
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
    // guide: block
// Prefetch some of each: the most read article of every author.
let authors = Author::objects()
    .prefetch(|a| a.articles().query(|q| q.order_by(|x| x.views().desc()).limit(1)))
    .all(&db)
    .await?;
assert_eq!(authors[0].articles.get()?[0].title, "Hello");
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
    // guide: block
// NULLs replaced, types changed, texts and numbers calculated.
let lines = Article::objects()
    .order_by(|a| a.id())
    .select(|a| {
        let editor = a.editor().name().coalesce("nobody");
        let stars = a.views().cast::<f64>().sqrt().round(1);
        (concat(a.title(), concat(" / ", editor)), stars, a.title().substr(1, 3).lower())
    })
    .all(&db)
    .await?;
assert_eq!(lines[0], ("Hello / Bo".to_owned(), Some(11.0), "hel".to_owned()));
assert_eq!(lines[1].0, "Borrowing / nobody");
// Different tuples, and how many of them.
let names = Article::objects().select(|a| a.author().name()).distinct();
assert_eq!(names.all(&db).await?, ["Ann", "Bo"]);
assert_eq!(names.count(&db).await?, 2);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn parts_of_objects(db: Db) -> Result<()> {
    // guide: block
#[derive(Row, Debug, PartialEq)]
struct Line {
    title: String,
    editor: Option<String>,
}
let lines: Vec<Line> = Article::objects()
    .order_by(|a| a.id())
    .select(|a| LineColumns { title: a.title(), editor: a.editor().name() })
    .all(&db)
    .await?;
assert_eq!(lines[0], Line { title: "Hello".into(), editor: Some("Bo".into()) });

#[derive(Row, Debug, PartialEq)]
#[row(model = Article)]
struct Headline {
    id: i64,
    title: String,
}
let short = Article::filter(|a| a.views().gt(100)).only::<Headline>().all(&db).await?;
assert_eq!(short, [Headline { id: 1, title: "Hello".into() }]);
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn dates(db: Db) -> Result<()> {
    // guide: block
let today = Utc::now();
let new = Article::objects()
    .filter(|a| a.published_at().gt(today - TimeDelta::days(7)))
    .filter(|a| a.published_at().year().gte(2024) & a.published_at().week_day().between(1, 7));
assert_eq!(new.count(&db).await?, 3);
// Due a month from then.
let due = Article::objects()
    .order_by(|a| a.id())
    .select(|a| (a.published_at().date() + months(1), a.published_at().trunc(Unit::Year)))
    .first(&db)
    .await?;
assert!(due.is_some_and(|(due, year)| due > today.date_naive() && year <= today));
// How far a date moves may stand in a column.
let later = Article::objects().filter(|a| (a.published_at() - days(a.views())).lt(today - TimeDelta::days(100)));
assert_eq!(later.count(&db).await?, 1);
// For each month that has one; the months alone are a list.
let per_month: Vec<(DateTime<Utc>, i64)> = Article::objects()
    .group_by(|a| a.published_at().trunc(Unit::Month))
    .aggregate(|_| count())
    .all(&db)
    .await?;
let months = Article::objects().dates(|a| a.published_at(), Unit::Month).all(&db).await?;
assert_eq!(months, per_month.iter().map(|(month, _)| *month).collect::<Vec<_>>());
    // guide: end
    Ok(())
}

#[rustfmt::skip]
async fn json(db: Db) -> Result<()> {
    // guide: block
#[derive(Model, Debug, Clone)]
#[model(app = "guide")]
pub struct Product {
    #[field(primary_key)]
    pub id: i64,
    pub data: serde_json::Value,
}
orm::create_tables(&db, &[Product::META]).await?;
for (id, data) in [
    (1, serde_json::json!({"color": "red", "size": {"height": 90}, "tags": ["new", "sale"]})),
    (2, serde_json::json!({"color": null, "size": {"height": 40}, "tags": []})),
] {
    Product::create(&db, new!(Product { id, data })).await?;
}
let tall = Product::filter(|p| p.data().key("size").key("height").as_int().gt(50));
assert_eq!(tall.count(&db).await?, 1);
let red = Product::filter(|p| p.data().key("color").as_text().icontains("RE"));
assert_eq!(red.get(&db).await?.id, 1);
// JSON's null, a missing key, and what a list holds are three questions.
assert_eq!(Product::filter(|p| p.data().key("color").is_json_null()).get(&db).await?.id, 2);
assert_eq!(Product::filter(|p| p.data().key("weight").is_missing()).count(&db).await?, 2);
assert_eq!(Product::filter(|p| p.data().key("tags").has_item("sale")).get(&db).await?.id, 1);
let first = Product::objects().select(|p| p.data().key("tags").item(0).as_text()).all(&db).await?;
assert_eq!(first, [Some("new".to_owned()), None]);
// Documents are made in queries, too.
let made = Product::objects()
    .select(|p| json_object((("id", p.id()), ("color", p.data().key("color").as_text()))))
    .first(&db)
    .await?;
assert_eq!(made, Some(serde_json::json!({"id": 1, "color": "red"})));
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
// Columns of a table are moved into their place; a reference serves where one stands twice.
let ranked = Article::objects()
    .select(|a| (a.author().name(), a.views()))
    .as_table()
    .select(|(name, views)| {
        let by_name = window().partition_by(&name).order_by(views.desc());
        (row_number().over(by_name), &views * 2, name, views)
    });
assert_eq!(ranked.first(&db).await?, Some((2, 160, "Ann".into(), 80)));
    // guide: end
    // guide: block
// Texts joined in an order, different values, a value for none at all; the first group.
let of_authors = Article::objects()
    .group_by(|a| a.author().name())
    .aggregate(|a| {
        let titles = a.title().join_by(", ", a.views().desc());
        (titles, a.editor_id().count_distinct(), a.views().sum().filter(a.views().gt(1000)).coalesce(0))
    })
    .order_by(|a| a.views().sum().desc());
let first = of_authors.first(&db).await?;
assert_eq!(first, Some(("Ann".into(), Some("Hello, Borrowing".into()), 1, 0)));
assert_eq!(of_authors.count(&db).await?, 2);
    // guide: end
    // guide: block
// Totals over the last key, then over all: a key is `None` in the row of a total over it. SQLite has none.
let totals = Article::objects()
    .group_by(|a| (a.author().name(), a.editor().name().coalesce("nobody")))
    .aggregate(|a| (count(), a.views().sum()))
    .rollup()
    .select(|((author, editor), (articles, views))| (author, editor, articles, views));
if db.dialect().features().rollup {
    let rows = totals.all(&db).await?;
    assert_eq!(rows.last(), Some(&(None, None, 3, Some(205))));
} else {
    assert!(totals.all(&db).await.is_err());
}
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
    // guide: block
// Aggregates over the objects of a relation: side by side they do not multiply rows.
let (ann, (read, sum, latest)) = Author::filter(|a| a.name().eq("Ann"))
    .annotate(|a| {
        let read = a.articles().query(|q| q.filter(|x| x.views().gt(100)));
        let sum = a.articles().aggregate(|x| x.views().sum());
        (read.count(), sum, a.articles().aggregate(|x| x.published_at().max()))
    })
    .get(&db)
    .await?;
assert_eq!((ann.name.as_str(), read, sum), ("Ann", 1, Some(200)));
assert!(latest.is_some());
// They stand in conditions and orders as well.
let most = Author::objects()
    .filter(|a| a.articles().aggregate(|x| x.views().max()).gt(5))
    .order_by(|a| a.articles().aggregate(|x| x.views().sum()).desc());
assert_eq!(most.first(&db).await?.map(|a| a.name).as_deref(), Some("Ann"));
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
    // guide: block
// More of them, in an order, counted; each operation takes what stands left of it as a whole.
let ann = Article::filter(|a| a.author().name().eq("Ann"));
let few = Article::filter(|a| a.views().lt(10));
let both = ann.union(&few).order_by(|a| a.title().desc());
assert_eq!(both.first(&db).await?.map(|a| a.title).as_deref(), Some("Kettles"));
assert_eq!(both.count(&db).await?, 3);
// Tuples of several models as one table.
let words = Article::objects()
    .select(|a| (value("article"), a.title()))
    .union_all(&Tag::objects().select(|t| (value("tag"), t.name())))
    .as_table()
    .group_by(|(kind, _)| kind)
    .aggregate(|(_, word)| (count(), word.length().max()))
    .all(&db)
    .await?;
assert_eq!(words, [("article".into(), 3, Some(9)), ("tag".into(), 2, Some(4))]);
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
    // guide: block
// What is computed over windows is filtered as a table: the most read of each author.
let first = Article::objects()
    .select(|a| {
        let by_author = window().partition_by(a.author_id()).order_by(a.views().desc());
        (a.id(), row_number().over(by_author))
    })
    .as_table()
    .filter(|(_, n)| n.eq(1))
    .select(|(id, _)| id);
assert_eq!(Article::filter(|a| a.id().is_among(&first)).count(&db).await?, 2);
// The same in short: the first object of each kind, in an order.
let first = Article::objects().order_by(|a| a.views().desc()).distinct_on(|a| a.author_id());
assert_eq!(first.all(&db).await?[0].title, "Hello");
// A frame of rows, and the row before.
let means = Article::objects()
    .order_by(|a| a.id())
    .select(|a| {
        let by_id = window().order_by(a.id());
        let two = by_id.clone().rows(Bound::Preceding(1), Bound::Current);
        (a.views().avg().over(two), a.views().lag(1).over(by_id))
    })
    .all(&db)
    .await?;
assert_eq!(means, [(Some(120.0), None), (Some(100.0), Some(120)), (Some(43.5), Some(80))]);
// Calculated with: what changed since the row before, and the share in all.
let changes = Article::objects()
    .order_by(|a| a.id())
    .select(|a| a.views() - a.views().lag(1).over(window().order_by(a.id())).coalesce(0));
assert_eq!(changes.all(&db).await?, [120, -40, -73]);
let shares = Article::objects()
    .order_by(|a| a.id())
    .select(|a| a.views() / a.views().sum().over(window()) * 100.0);
assert!(shares.first(&db).await?.is_some_and(|share| share > Some(57.9)));
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
    // guide: block
// What a row is set to may lie beyond a relation, or be chosen by a condition.
Article::objects()
    .update(|a| {
        let views = when(a.author().name().eq("Bo"), a.views() + 1).otherwise(a.views());
        (a.views().set(views), a.title().set(concat(a.title(), concat(" by ", a.author().name()))))
    })
    .exec(&db)
    .await?;
let kettles = Article::get(&db, 3).await?;
assert_eq!((kettles.title.as_str(), kettles.views), ("Kettles by Bo", 9));
// Many rows at once: `LOAD DATA` where the server has it, else inserts of many rows.
let tags = (0..1_000).map(|n| new!(Tag { name: format!("tag {n}") }));
assert_eq!(Tag::bulk_load(&db, tags).await?, 1_000);
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
async fn pages(db: Db) -> Result<()> {
    // guide: block
let by_views = Article::objects().order_by(|a| a.views().desc());
let page = by_views.page_after(None, 2).all(&db).await?;
assert_eq!((page.rows[0].views, page.rows[1].views), (120, 80));
let next = by_views.page_after(page.next.as_deref(), 2).all(&db).await?;
assert_eq!((next.rows[0].views, next.next.is_none()), (7, true));
let back = by_views.page_before(next.previous.as_deref(), 2).all(&db).await?;
assert_eq!(back.rows[0].id, page.rows[0].id);
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
async fn see_what_is_sent(db: Db) -> Result<()> {
    // guide: block
let read = Article::filter(|a| a.views().gt(100)).select(|a| a.title());
let sql = read.to_sql(&orm::dialect::SingleStore)?;
assert!(sql.text.ends_with("WHERE t0.`views` > ? ORDER BY t0.`published_at` DESC, t0.`id`"));
assert!(!read.explain(&db).await?.is_empty());
let hinted = Article::objects().hint(Hint::interpreter_mode("llvm"));
let sql = hinted.to_sql(&orm::dialect::SingleStore)?;
assert!(sql.text.ends_with("OPTION (interpreter_mode = 'llvm')"));
assert!(hinted.to_sql(&orm::dialect::Sqlite).is_err());
// In a test: how many statements.
let authors = orm::assert_queries!(db, 2, { Author::objects().prefetch(|a| a.articles()).all(&db).await? });
assert_eq!(authors.len(), 2);
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
// Not a name but SQL, with a place for each argument: operators, and whatever else a database has.
orm::sql_function!(fn matches_file(text: String, pattern: String) -> bool = "{} GLOB {}");
let found = Article::objects().filter(|a| matches_file(a.title(), "[HK]*").is_true());
assert_eq!(found.count(&db).await?, 2);
    // guide: end
    // guide: block
orm::sql_aggregate!(fn total(x: i64) -> f64 = "TOTAL");
let read = Article::objects().aggregate(|a| total(a.views()).filter(a.views().gt(50))).get(&db).await?;
assert_eq!(read, Some(200.0));
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
    order,
    relations,
    values_and_expressions,
    parts_of_objects,
    dates,
    json,
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
    pages,
    streams,
    locks,
    see_what_is_sent,
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
