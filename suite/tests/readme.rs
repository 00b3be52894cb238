//! The program of the README: it compiles, runs, and is what the README shows.
#![allow(missing_docs, reason = "the README says what its models are")]

// What the README shows of a whole crate stands between the marks.
// readme: models
use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(ordering(name))]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
    #[field(by = "author")]
    pub articles: Reverse<Article>,
}

#[derive(Model, Debug, Clone)]
#[model(storage_type = "reference")] // on SingleStore: a copy on every node, so that names can be unique
pub struct Tag {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50, unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(sort_key(-published_at), ordering(-published_at))]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 200)]
    pub title: String,
    #[field(on_delete = "cascade")]
    pub author: ForeignKey<Author>, // column author_id
    #[field(on_delete = "set_null")]
    pub editor: Option<ForeignKey<Author>>, // NULL where there is none
    pub tags: ManyToMany<Tag>,
    #[field(default = 0)]
    pub views: i64,
    pub published_at: DateTime<Utc>,
}
// readme: end

#[rustfmt::skip]
async fn queries(db: Db) -> Result<()> {
    // readme: queries
let ann = Author::create(&db, new!(Author { name: "Ann" })).await?;
let hello = Article::create(
    &db,
    new!(Article { title: "Hello", author: &ann, published_at: Utc::now() }),
)
.await?;

let recent = Article::objects()
    .filter(|a| a.author().name().icontains("ann") & a.views().lt(100))
    .exclude(|a| a.editor().is_not_null())
    .order_by(|a| a.published_at().desc())
    .with(|a| (a.author(), a.editor()))     // select_related, typed
    .prefetch(|a| a.tags())                 // one query more, whatever the number of rows
    .limit(20)
    .all(&db)
    .await?;
assert_eq!(recent[0].author.get()?.name, "Ann");

let stats: Vec<(String, i64, Option<f64>)> = Article::objects()
    .group_by(|a| a.author().name())
    .having(|a| a.id().count().gt(0))
    .aggregate(|a| (count(), a.views().avg()))
    .all(&db)
    .await?;

hello.update(&db, |a| a.views().set(a.views() + 1)).await?;
    // readme: end
    assert_eq!(stats, [("Ann".to_owned(), 1, Some(0.0))]);
    assert_eq!(Article::get(&db, 1).await?.views, 1);
    Ok(())
}

#[tokio::test]
async fn it_runs() {
    let db = Db::connect("sqlite::memory:").await.expect("connects");
    let all = [Author::META, Tag::META, Article::META];
    orm::create_tables(&db, &all).await.expect("creates");
    queries(db).await.expect("runs");
}

#[test]
fn the_readme_shows_it() {
    let readme = include_str!("../../README.md");
    let mut shown = readme.split("```rust\n").skip(1).map(|block| {
        let end = block.find("```").expect("the block ends");
        &block[..end]
    });
    for part in include_str!("readme.rs")
        .split("// readme: ")
        .skip(1)
        .take(4)
    {
        let (name, code) = part.split_once('\n').expect("lines");
        if name == "end" {
            continue;
        }
        let code = code.trim_end_matches([' ', '\n']);
        assert_eq!(shown.next().map(str::trim_end), Some(code), "{name}");
    }
    assert_eq!(shown.next(), None, "a block that is not compiled");
}
