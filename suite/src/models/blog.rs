//! A blog: relations of every sort, and the rows that most cases ask about.

use chrono::TimeZone;
use orm::prelude::*;

use crate::backend::sync_ids;

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering(name), storage_type = "reference")]
pub struct Author {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
    #[field(max_length = 200, unique)]
    pub email: Option<String>,
    pub country: Option<ForeignKey<Country>>,
    #[field(by = "author")]
    pub articles: Reverse<Article>,
    #[field(by = "editor")]
    pub edited: Reverse<Article>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering(-views))]
pub struct Article {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 20)]
    pub title: String,
    #[field(default = "")]
    pub body: String,
    #[field(on_delete = "cascade")]
    pub author: ForeignKey<Author>,
    #[field(on_delete = "set_null")]
    pub editor: Option<ForeignKey<Author>>,
    pub tags: ManyToMany<Tag>,
    #[field(default = 0)]
    pub views: i64,
    pub rating: Option<f64>,
    #[field(default = false)]
    pub public: bool,
    pub at: Option<DateTime<Utc>>,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
    #[field(auto_now)]
    pub updated_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", storage_type = "reference")]
pub struct Tag {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 50, unique)]
    pub name: String,
}

/// A key of text.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "blog")]
pub struct Country {
    #[field(primary_key, max_length = 2)]
    pub code: String,
    #[field(max_length = 100)]
    pub name: String,
}

/// A one-to-one.
#[derive(Model, Debug, Clone)]
#[model(app = "blog", storage_type = "reference")]
pub struct Profile {
    #[field(primary_key)]
    pub id: Auto<i64>,
    pub author: OneToOne<Author>,
    #[field(max_length = 100)]
    pub site: String,
}

/// A tree.
#[derive(Model, Debug, Clone)]
#[model(app = "blog")]
pub struct Category {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
    #[field(on_delete = "cascade")]
    pub parent: Option<ForeignKey<Category>>,
    #[field(by = "parent")]
    pub children: Reverse<Category>,
}

/// A set of objects of the same model.
#[derive(Model, Debug, Clone)]
#[model(app = "blog")]
pub struct Person {
    #[field(primary_key)]
    pub id: Auto<i64>,
    #[field(max_length = 100)]
    pub name: String,
    #[field(symmetrical = false)]
    pub follows: ManyToMany<Person>,
}

/// All tables of the blog, empty.
///
/// # Errors
/// As [`orm::create_tables`].
pub async fn tables(db: &Db) -> Result<()> {
    let all = [
        Author::META,
        Article::META,
        Tag::META,
        Country::META,
        Profile::META,
        Category::META,
        Person::META,
    ];
    orm::create_tables(db, &all).await
}

/// An instant of January 2024.
///
/// # Panics
/// When there is no such day or hour.
pub fn january(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 1, day, hour, 30, 15)
        .single()
        .expect("a day of January")
}

/// The blog's rows. By the model's own order: Epsilon, beta, Gamma_1, Alpha, delta%.
///
/// | id | title | author | editor | views | rating | public | at | tags |
/// | --- | --- | --- | --- | --- | --- | --- | --- | --- |
/// | 1 | Alpha | Ann | Bob | 10 | 4.5 | yes | 15th | rust, db |
/// | 2 | beta | Bob | | 20 | | no | 16th | rust |
/// | 3 | Gamma_1 | Ann | Cid | 20 | 2.0 | yes | | |
/// | 4 | delta% | Cid | Ann | 0 | | no | 17th | web, db, rust |
/// | 5 | Épsilon | Bob | Bob | 35 | 3.0 | yes | 18th | |
///
/// # Errors
/// As any insert.
pub async fn fill(db: &Db) -> Result<()> {
    tables(db).await?;
    for (code, name) in [("at", "Austria"), ("fr", "France")] {
        Country::create(db, new!(Country { code, name })).await?;
    }
    let authors = [
        (1, "Ann", Some("ann@example.org"), Some("at")),
        (2, "Bob", None, Some("fr")),
        (3, "Cid", None, None),
    ];
    for (id, name, email, country) in authors {
        let new = new!(Author {
            id: id,
            name: name,
            email: email.map(str::to_owned),
            country: country.map(str::to_owned),
        });
        Author::create(db, new).await?;
    }
    for (id, name) in [(1, "rust"), (2, "db"), (3, "web"), (4, "idle")] {
        Tag::create(db, new!(Tag { id: id, name: name })).await?;
    }
    let day = |d| Some(january(d, 10));
    let rows: [Row; 5] = [
        (
            1,
            "Alpha",
            1,
            Some(2),
            10,
            Some(4.5),
            true,
            day(15),
            &[1, 2],
        ),
        (2, "beta", 2, None, 20, None, false, day(16), &[1]),
        (3, "Gamma_1", 1, Some(3), 20, Some(2.0), true, None, &[]),
        (4, "delta%", 3, Some(1), 0, None, false, day(17), &[3, 2, 1]),
        (5, "Épsilon", 2, Some(2), 35, Some(3.0), true, day(18), &[]),
    ];
    for (id, title, author, editor, views, rating, public, at, tags) in rows {
        let new = new!(Article {
            id: id,
            title: title,
            author: author,
            editor: editor,
            views: views,
            rating: rating,
            public: public,
            at: at,
        });
        let article = Article::create(db, new).await?;
        article.tags.add(db, tags.iter().copied()).await?;
    }
    sync_ids(db).await
}

type Row = (
    i64,
    &'static str,
    i64,
    Option<i64>,
    i64,
    Option<f64>,
    bool,
    Option<DateTime<Utc>>,
    &'static [i64],
);

/// The titles that a query hands out, in order.
///
/// # Errors
/// As [`QuerySet::all`].
pub async fn titles(db: &impl Executor, query: QuerySet<Article>) -> Result<Vec<String>> {
    let all = query.all(db).await?;
    Ok(all.into_iter().map(|a| a.title).collect())
}
