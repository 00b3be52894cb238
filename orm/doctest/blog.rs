// The models and rows of the examples in the documentation; each example includes this file.
use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering(name))]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
    #[field(by = "author")]
    pub articles: Reverse<Article>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering(-published_at))]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 200)]
    pub title: String,
    pub author: ForeignKey<Author>,
    #[field(on_delete = "set_null")]
    pub editor: Option<ForeignKey<Author>>,
    pub tags: ManyToMany<Tag>,
    #[field(default = 0)]
    pub views: i64,
    #[field(auto_now_add)]
    pub published_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog")]
pub struct Tag {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50, unique)]
    pub name: String,
}

/// Two authors with three articles, on SQLite in memory; then the example.
#[allow(dead_code)]
fn run<F: Future<Output = Result<()>>>(example: impl FnOnce(Db) -> F) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("tokio starts").block_on(async {
        let db = Db::connect("sqlite::memory:").await?;
        orm::create_tables(&db, &[Article::META]).await?;
        let ann = Author::create(&db, new!(Author { name: "Ann" })).await?;
        let bo = Author::create(&db, new!(Author { name: "Bo" })).await?;
        let rust = Tag::create(&db, new!(Tag { name: "rust" })).await?;
        let tea = Tag::create(&db, new!(Tag { name: "tea" })).await?;
        for (title, author, editor, views, tag) in [
            ("Hello", &ann, Some(&bo), 120, &rust),
            ("Borrowing", &ann, None, 80, &rust),
            ("Kettles", &bo, None, 7, &tea),
        ] {
            let article = Article::create(&db, new!(Article { title, author, editor, views })).await?;
            article.tags.add(&db, [tag]).await?;
        }
        example(db).await
    })
}
